"""Small parts that several pages of a graded class share: escaped words, titles of lessons and checks, diagnoses."""

from __future__ import annotations

from functools import cache
from html import escape

from crm_toolkit.exercises import bank, exercise
from crm_toolkit.exercises.exams.keys import PREFIX
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.practice import PracticeExercise
from crm_toolkit.exercises.tasks import Exercise
from crm_toolkit.texts import mark, say

SLIPS = {
    "PERCENT": mark("The number is in per cent; a fraction is wanted."),
    "ROUNDING": mark("Rounded too early."),
    "WRONG": mark("None of the known slips."),
    "UNREADABLE": mark("Could not be read as an answer."),
    "INCOMPLETE": mark("Not complete."),
    "UNKNOWN_CUSTOMERS": mark("The answer names customers that are not in the task."),
    "UNKNOWN_ROWS": mark("The answer names rows that are not in the task."),
    "OTHER": mark("A word that the task does not know."),
}


def words(text: object) -> str:
    """A text that stays text on a page.

    >>> words("<b>")
    '&lt;b&gt;'
    """
    return escape(str(text)).encode("utf-8", "replace").decode()


def lesson_title(name: str) -> str:
    """Number and title of a lesson in the reader's language; the name itself of an unknown one."""
    if name.startswith(PREFIX):
        return say("Exam “{name}”", name=name.removeprefix(PREFIX))
    found = next((one for one in LESSONS if one.file == name), None)
    return f"{found.number} · {say(found.title)}" if found else name


def check_title(kind: str, name: str) -> str:
    """The title of a task, or the question of a quiz, in the reader's language.

    >>> check_title("task", "retention_rate")
    'Retention rate'
    """
    if kind != "quiz":
        return str(_shown(name).title)
    quiz, _, item = name.partition(":")
    return next(say(one.question) for one in bank.every_quiz()[quiz].items if one.id == item)


def diagnosis(kind: str, name: str, code: str) -> str:
    """What stands behind a code, in the reader's language; with the numbers of ``demo-01`` where it needs any."""
    if kind == "quiz":
        return _choice(name, code)
    own = _shown(name)
    if isinstance(own, Exercise):
        for slip in own.task.misconceptions:
            if slip.code == code:
                return say(slip.diagnosis, **own.task.words(own.case.data))
        return say(SLIPS[code]) if code in SLIPS else ""
    for one in own.task.requirements:
        if one.code == code:
            return say(one.wanted, **own.task.words(own.details))
    return say(SLIPS[code]) if code in SLIPS else ""


@cache
def _shown(name: str) -> Exercise | PracticeExercise:
    """The variant whose numbers stand in the texts of a page: made once, since a task may draw a whole world."""
    return exercise(name, student="demo-01")


def _choice(name: str, code: str) -> str:
    quiz, _, item = name.partition(":")
    asked = next(one for one in bank.every_quiz()[quiz].items if one.id == item)
    for place, choice in enumerate(asked.choices):
        if f"{item}_{place}".upper() == code:
            return f"{say(choice.text)} — {say(choice.diagnosis)}"
    return ""
