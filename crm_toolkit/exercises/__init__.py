"""Tasks with own numbers for every student, checked at once, with a diagnosis for known slips.

exercise     one task with the numbers of one student: ``.statement .data .hint(n) .check(answer) .solution()``
task_table   what the bank holds
load_rubric  what each level of an open task looks like
my_case      the practical task P2: one's own purchase in ten steps, kept in one local file
grading      `grading.submit` packs a workbook, `grading.grade` grades a class behind walls
quizzes and predictions are declared in the bank and shown by `crm_toolkit.widgets`

A check is advice: it runs on the student's own computer and the package is open, so answers can be found.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import bank
from crm_toolkit.exercises.practice import Practice, PracticeExercise, Requirement
from crm_toolkit.exercises.rubrics import load_rubric
from crm_toolkit.exercises.tasks import Case, Exercise, Misconception, Task
from crm_toolkit.exercises.variants import normalise_id, variant_code, variant_luck
from crm_toolkit.exercises.verdict import Verdict
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, say
from crm_toolkit.texts import language as _language

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Exercise",
    "Misconception",
    "Practice",
    "PracticeExercise",
    "Requirement",
    "Task",
    "Verdict",
    "exercise",
    "load_rubric",
    "normalise_id",
    "task_table",
    "variant_code",
]


@with_kinds_told
def exercise(task_id: str, *, student: str, language: str | None = None, salt: str = "") -> Exercise | PracticeExercise:
    """Which numbers does this student work on, and is the answer right?

    Parameters
    ----------
    task_id : str
        The task's name; `task_table` lists all of them.
    student : str
        The student's id. Capitals, spaces, dashes and look-alike letters make no difference.
    language : {"en", "ru"}, optional
        The language of this exercise; by default the one spoken when a text is asked for.
    salt : str
        An instructor's word that gives everybody other numbers, for an exam.

    Returns
    -------
    Exercise or PracticeExercise
        With a number or a table to hand in, or with work to be looked at: the learner's own store.

    Notes
    -----
    The same id gives the same numbers on every computer. `Exercise.check` never raises. In every variant
    the right answer and the known slips can be told apart.

    Raises
    ------
    InputError
        If the task is unknown or the student's id is empty.

    Examples
    --------
    >>> own = exercise("retention_rate", student="ИВТ-21-05")
    >>> print(own.check(None))
    … Not attempted yet. Pass your answer: `.check(answer)`.
    """
    if language is not None:
        with _language(language) as code:
            return _exercise(task_id, student, str(code), salt)
    return _exercise(task_id, student, None, salt)


def _exercise(task_id: str, student: str, language: str | None, salt: str) -> Exercise | PracticeExercise:
    tasks: dict[str, Any] = {**bank.every_task(), **bank.every_practice()}
    problems = []
    if not isinstance(task_id, str) or task_id not in tasks:
        close = near_misses(str(task_id), tasks)
        problems.append(
            Problem(
                "unknown_task",
                say("There is no task “{id}”.", id=task_id),
                found=say("Available: {names}.", names=join_names(tasks, most=30)),
                advice=say("Did you mean “{close}”?", close=close[0]) if close else "",
            )
        )
    if student is None or isinstance(student, bool) or not normalise_id(student):
        problems.append(
            Problem(
                "no_student",
                say("The student's id is empty."),
                advice=say('Write your own id, such as student="{id}": your numbers depend on it.', id="AB-21-05"),
            )
        )
    if problems:
        raise InputError(say("The exercise can't be opened."), problems)
    task = tasks[task_id]
    if isinstance(task, Practice):
        luck = variant_luck(task_id, student, str(salt))
        return PracticeExercise(task, str(student), str(salt), language, task.generate(luck))
    return Exercise(task, str(student), str(salt), language, _case(task, normalise_id(student), str(salt)))


@lru_cache(maxsize=256)
def _case(task: Task, student: str, salt: str) -> Case:
    """The numbers of a student, drawn once: a lesson asks for a task again and again."""
    return task.draw(variant_luck(task.id, student, salt))


def task_table() -> pd.DataFrame:
    """What does the bank of tasks hold?

    Returns
    -------
    DataFrame
        ``id, lesson, topic, title, answer, slips``: the title in the reader's language, the columns of the
        answer (or "number", or the kind of work that is looked at), how many known slips are diagnosed (or
        requirements looked at).

    Examples
    --------
    >>> "retention_rate" in set(task_table()["id"])
    True
    """
    import random

    import pandas as pd

    rows = []
    for task in bank.every_task().values():
        columns = task.draw(random.Random(0)).right
        rows.append(
            {
                "id": task.id,
                "lesson": task.lesson,
                "topic": task.topic,
                "title": say(task.title),
                "answer": ", ".join(name for name in columns if name) or say("number"),
                "slips": len(task.misconceptions),
            }
        )
    for practice in bank.every_practice().values():
        rows.append(
            {
                "id": practice.id,
                "lesson": practice.lesson,
                "topic": practice.topic,
                "title": say(practice.title),
                "answer": practice.works_on,
                "slips": len(practice.requirements),
            }
        )
    return pd.DataFrame(rows).sort_values("lesson", kind="stable", ignore_index=True)
