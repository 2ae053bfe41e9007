"""``crm-toolkit submit``, ``grade`` and ``exam``: a workbook is handed in, a class is graded, an exam is prepared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crm_toolkit.cli.progress import progress
from crm_toolkit.texts import say


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the words of the three commands."""
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
    submit.add_argument("--share-progress", action="store_true",
                        help=say("add what your record says of this lesson: checks, what they found, opened hints; no "
                                 "times, no answers; it helps the seminar and never touches a grade"))  # fmt: skip
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
    grade.add_argument("--key", metavar="FILE", type=Path, help=say("the key file of an exam"))
    grade.add_argument("--accept-unsigned", action="store_true",
                       help=say("grade papers of an exam without a signature too"))  # fmt: skip
    late = say("points of late work count so much, 0 to 1; without it late work is only reported")
    grade.add_argument("--late-credit", metavar="SHARE", type=float, default=1.0, help=late)
    grade.add_argument("--workers", metavar="N", type=int, help=say("workbooks at a time"))
    grade.add_argument("--trusted", action="store_true",
                       help=say("the workbooks are harmless: needed on Windows and macOS"))  # fmt: skip
    grade.set_defaults(run=_grade)
    _add_exam(commands, common)


def _add_exam(commands: Any, common: argparse.ArgumentParser) -> None:
    about = say("prepare an exam")
    exam = commands.add_parser("exam", parents=[common], help=about, description=about)
    told = say(
        "Writes a paper for each student of a class list: a notebook and the data of its tasks, drawn and signed with "
        "the instructor's key. The key file is made if it is missing; keep it where no student gets it."
    )
    words = exam.add_subparsers(metavar="WORD", required=True)
    prepare = words.add_parser("prepare", parents=[common], help=about, description=told)
    prepare.add_argument("tasks", metavar="LESSON|TASK", nargs="+", help=say("a lesson such as 04_ranking, or tasks"))
    prepare.add_argument("--roster", metavar="FILE", type=Path, required=True,
                         help=say("the class list: a table with a column `id`"))  # fmt: skip
    prepare.add_argument("--key", metavar="FILE", type=Path, required=True, help=say("the key file of an exam"))
    prepare.add_argument("--out", metavar="DIR", type=Path, required=True, help=say("the folder for the papers"))
    prepare.add_argument("--name", metavar="NAME", default="", help=say("what the exam is called in files"))
    prepare.add_argument("--deadline", metavar="TIME", default="", help=say("such as 2026-12-20T18:00"))
    prepare.add_argument("--salt", metavar="WORD", default="",
                         help=say("an exam's word, which changes everybody's numbers"))  # fmt: skip
    prepare.set_defaults(run=_prepare)


def _submit(asked: argparse.Namespace) -> int:
    """Pack a workbook and say where it is."""
    from crm_toolkit.exercises.grading import submit

    made = submit(asked.notebook, student=asked.student, folder=asked.out, share_progress=asked.share_progress)
    print(made)
    return 0


def _grade(asked: argparse.Namespace) -> int:
    """Grade a class and say what came of it."""
    from crm_toolkit.exercises.grading import grade

    with progress(say("Grading"), log=True) as tell:
        grades = grade(
            asked.folder,
            out=asked.out,
            salt=asked.salt,
            key=asked.key,
            accept_unsigned=asked.accept_unsigned,
            late_credit=asked.late_credit,
            trusted=asked.trusted,
            workers=asked.workers,
            on_progress=lambda done, everyone, name: tell(done / everyone, after=f"{done}/{everyone} {name}"),
        )
    print(grades)
    for name in ("grades.csv", "board.html", "board_students.html", "feedback", "report.json"):
        print(grades.out / name)
    return 0


def _prepare(asked: argparse.Namespace) -> int:
    """Write the papers of an exam and say what came of it."""
    from crm_toolkit.exercises.exams import prepare_exam

    with progress(say("Papers"), log=True) as tell:
        made = prepare_exam(
            asked.tasks,
            roster=asked.roster,
            key=asked.key,
            out=asked.out,
            name=asked.name,
            deadline=asked.deadline,
            salt=asked.salt,
            on_progress=lambda done, everyone, name: tell(done / everyone, after=f"{done}/{everyone} {name}"),
        )
    print(made)
    print(asked.out)
    return 0
