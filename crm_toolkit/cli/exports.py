"""``crm-toolkit export``: a workbook for nbgrader or otter-grader, a graded class for Moodle."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crm_toolkit.texts import say


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    about = say("a workbook for another grader, points for Moodle")
    export = commands.add_parser("export", parents=[common], help=about, description=about)
    kinds = export.add_subparsers(metavar="KIND", required=True)
    for kind, told in (
        ("nbgrader", say("a source tree for nbgrader: solutions, tests with partial credit")),
        ("otter", say("a master notebook for `otter assign`")),
    ):
        one = kinds.add_parser(kind, parents=[common], help=told, description=told)
        one.add_argument("lesson", metavar="LESSON", help=say("the lesson, such as 04_ranking"))
        one.add_argument("--out", metavar="DIR", type=Path, required=True, help=say("the folder for what is written"))
        one.set_defaults(run=_export, kind=kind)
    told = say("points and feedback of a graded class for Moodle's gradebook")
    moodle = kinds.add_parser("moodle", parents=[common], help=told, description=told)
    moodle.add_argument("lesson", metavar="LESSON", nargs="?", default="", help=say("only this lesson"))
    moodle.add_argument("--results", metavar="DIR", type=Path, required=True, help=say("the results of `grade`"))
    moodle.add_argument("--roster", metavar="FILE", type=Path, help=say("the class list, for the addresses in Moodle"))
    moodle.add_argument("--out", metavar="DIR", type=Path, required=True, help=say("the folder for what is written"))
    moodle.set_defaults(run=_moodle)


def _export(asked: argparse.Namespace) -> int:
    """Write an assignment of another grader and say where it is."""
    from crm_toolkit.exercises import exports

    if asked.kind == "nbgrader":
        for path in exports.export_nbgrader(asked.lesson, out=asked.out):
            print(path)
        return 0
    print(exports.export_otter(asked.lesson, out=asked.out))
    return 0


def _moodle(asked: argparse.Namespace) -> int:
    """Write the table for Moodle and say where it is."""
    from crm_toolkit.exercises import exports
    from crm_toolkit.exercises.exams.roster import read_roster

    emails = {one.student: one.email for one in read_roster(asked.roster)} if asked.roster else {}
    print(exports.export_moodle(asked.results, out=asked.out, lesson=asked.lesson, emails=emails))
    return 0
