"""``crm-toolkit submit`` and ``crm-toolkit grade``: a workbook is handed in, a class is graded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crm_toolkit.cli.progress import progress
from crm_toolkit.texts import say


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the words of both commands."""
    about = say("hand in a workbook")
    submit = commands.add_parser(
        "submit",
        parents=[common],
        help=about,
        description=say("Packs a saved workbook for your instructor, with your id in the name of the file."),
    )
    submit.add_argument("notebook", metavar="NOTEBOOK", type=Path, help=say("the saved workbook"))
    submit.add_argument("--student", metavar="ID", required=True, help=say("your id, as in the workbook"))
    submit.add_argument(
        "--out", metavar="FOLDER", type=Path, default=Path(), help=say("the folder; this one without it")
    )
    submit.set_defaults(run=_submit)
    grade = commands.add_parser(
        "grade",
        parents=[common],
        help=say("grade a folder of workbooks"),
        description=say(
            "Runs every workbook behind the strongest walls that this computer has, judges the answers with each "
            "student's own numbers, and writes grades, feedback and a board. Goes on where it was stopped."
        ),
    )
    grade.add_argument("folder", metavar="FOLDER", type=Path, help=say("the folder with the files of the students"))
    grade.add_argument("--out", metavar="DIR", type=Path, required=True, help=say("the folder for the results"))
    grade.add_argument(
        "--salt", metavar="WORD", default="", help=say("an exam's word, which changes everybody's numbers")
    )
    grade.add_argument("--workers", metavar="N", type=int, help=say("workbooks at a time"))
    grade.add_argument("--trusted", action="store_true",
                       help=say("the workbooks are harmless: needed on Windows and macOS"))  # fmt: skip
    grade.set_defaults(run=_grade)


def _submit(asked: argparse.Namespace) -> int:
    """Pack a workbook and say where it is."""
    from crm_toolkit.exercises.grading import submit

    print(submit(asked.notebook, student=asked.student, folder=asked.out))
    return 0


def _grade(asked: argparse.Namespace) -> int:
    """Grade a class and say what came of it."""
    from crm_toolkit.exercises.grading import grade

    with progress(say("Grading"), log=True) as tell:
        grades = grade(
            asked.folder,
            out=asked.out,
            salt=asked.salt,
            trusted=asked.trusted,
            workers=asked.workers,
            on_progress=lambda done, everyone, name: tell(done / everyone, after=f"{done}/{everyone} {name}"),
        )
    print(grades)
    for name in ("grades.csv", "board.html", "board_students.html", "feedback", "report.json"):
        print(grades.out / name)
    return 0
