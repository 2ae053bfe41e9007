"""What an exported notebook calls: whose numbers are used, and what an answer is worth.

nbgrader and otter run a student's cells and the checks in one process, so a hostile notebook can reach both; only
`crm_toolkit.exercises.grading` keeps them apart.
"""

from __future__ import annotations

import os
from pathlib import Path

from crm_toolkit.exercises import checking, exercise
from crm_toolkit.exercises.tasks import Exercise
from crm_toolkit.exercises.verdict import Verdict

STEPS = 8
"""Otter gives a point in so many equal steps."""


def whose(student: str) -> str:
    """The id whose numbers are used: while nbgrader grades, that of the student's folder, else what the notebook says.

    >>> whose("A-1")
    'A-1'
    """
    if os.environ.get("NBGRADER_EXECUTION") != "autograde":
        return student
    return Path.cwd().parent.name


def points(task_id: str, answer: object, *, student: str) -> float:
    """Say what the check says, and return the points, from 0 to 1.

    Parameters
    ----------
    task_id : str
        A task of the bank.
    answer : object
        Anything at all.
    student : str
        The student's id.

    Examples
    --------
    >>> points("retention_rate", ..., student="A-1")
    … Not attempted yet. Pass your answer: `.check(answer)`.
    0.0
    """
    verdict = _verdict(task_id, answer, student)
    print(verdict)
    return round(verdict.score, 4)


def told(task_id: str, answer: object, *, student: str) -> None:
    """Say what the check says of an answer that is not right; a right one passes in silence.

    >>> told("retention_rate", "?", student="A-1")
    … Not attempted yet. Pass your answer: `.check(answer)`.
    """
    verdict = _verdict(task_id, answer, student)
    if not verdict.right:
        print(verdict)


def earned(task_id: str, answer: object, *, student: str, step: int) -> bool:
    """Whether an answer is worth at least ``step`` of the `STEPS` equal parts of the point.

    >>> earned("retention_rate", 0, student="A-1", step=1)
    False
    """
    return _verdict(task_id, answer, student).score * STEPS >= step - 1e-9


def _verdict(task_id: str, answer: object, student: str) -> Verdict:
    own = exercise(task_id, student=student)
    if isinstance(own, Exercise):
        return checking.diagnose(own.task, own.case, answer)
    return own._checked(answer)
