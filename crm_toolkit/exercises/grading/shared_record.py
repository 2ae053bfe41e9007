"""What a student shares of their own record, of their own will: tries and opened hints of one lesson.

`submit(…, share_progress=True)` adds it, nothing else does. A line says which check it was, what the check found, or
which hint was opened, in the order in which it happened. There is no time in it, no answer, no other lesson, and no
line of another person's numbers (someone else may have worked on the same computer).

The grader reads it as hostile bytes: known checks, known words, counted lines; whatever else stands there is left out
and said to have been left out. It never touches a grade: it is for the seminar board alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from crm_toolkit.exercises import bank
from crm_toolkit.exercises.grading.notebook_bytes import Refusal
from crm_toolkit.exercises.progress import Event
from crm_toolkit.exercises.variants import variant_code

RECORD = "progress.jsonl"
LARGEST_RECORD = 200_000
MOST_LINES = 2_000
_LONGEST_LINE = 400
_TRIED = ("task", "practice", "quiz")
_GENERAL = {"WRONG", "UNREADABLE", "INCOMPLETE", "PERCENT", "ROUNDING", "UNKNOWN_CUSTOMERS", "UNKNOWN_ROWS"}


@dataclass(frozen=True)
class Tried:
    """One check of a shared record.

    Parameters
    ----------
    kind : {"task", "practice", "quiz"}
    id : str
        The name of the task, or ``quiz:item``.
    tries : int
        How often it was checked; 0 where only a hint was opened.
    right_at : int
        At which try it was right first, from 1; 0 if at none.
    slips : tuple of (str, int)
        Codes of tries that were not right and how often each came.
    hints : tuple of int
        Levels of the hints that were opened, 1 to 3.
    """

    kind: str
    id: str
    tries: int
    right_at: int
    slips: tuple[tuple[str, int], ...] = ()
    hints: tuple[int, ...] = ()

    @staticmethod
    def of_dict(facts: dict[str, Any]) -> Tried:
        """Back from plain JSON."""
        slips = tuple((str(code), int(count)) for code, count in facts["slips"])
        return Tried(**(facts | {"slips": slips, "hints": tuple(facts["hints"])}))


def lines_to_share(
    events: Iterable[Event], *, tasks: Collection[str], lesson: str, student: str, salts: Collection[str] = ("",)
) -> bytes:
    """The lines of a record that go into a submission.

    Parameters
    ----------
    events : iterable of Event
        The learner's record.
    tasks : collection of str
        The tasks of the workbook.
    lesson : str
        Two digits: questions of quizzes are taken by their lesson.
    student : str
        Whose numbers the lines must be about.
    salts : collection of str
        Words of an exam that stand in the notebook.

    Returns
    -------
    bytes
        Empty if nothing belongs to this student and lesson.
    """
    own = {variant_code(task, student, salt) for task in tasks for salt in salts}
    lines = []
    for one in events:
        mine = one.kind == "quiz" and one.lesson == lesson
        if mine or (one.kind in (*_TRIED, "hint") and one.id in tasks and one.variant in own):
            facts = {"kind": one.kind, "id": one.id, "status": one.status, "code": one.code}
            lines.append(json.dumps(facts, ensure_ascii=False) + "\n")
    return "".join(lines[-MOST_LINES:]).encode("utf-8", "replace")


def read_record(data: bytes) -> tuple[tuple[Tried, ...], int]:
    r"""A shared record, check by check, and how many of its lines could not be read.

    Raises
    ------
    Refusal
        ``RECORD_TOO_LARGE``.

    Examples
    --------
    >>> line = b'{"kind": "task", "id": "retention_rate", "status": "right", "code": "RIGHT"}\n'
    >>> read_record(line + b"rubbish\n")
    ((Tried(kind='task', id='retention_rate', tries=1, right_at=1, slips=(), hints=()),), 1)
    """
    lines = data.split(b"\n")
    if len(data) > LARGEST_RECORD or len(lines) > MOST_LINES + 1:
        raise Refusal("RECORD_TOO_LARGE")
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    strange = 0
    for line in filter(bytes.strip, lines):
        facts = _facts(line)
        if facts is None:
            strange += 1
            continue
        kind, name, status, code = facts
        found.setdefault((kind, name), []).append((status, code))
    return tuple(_tried(*key, seen) for key, seen in found.items()), strange


def _tried(kind: str, name: str, seen: list[tuple[str, str]]) -> Tried:
    tries = [(status, code) for status, code in seen if status != "opened"]
    right = [place for place, (status, _) in enumerate(tries, 1) if status == "right"]
    slips = Counter(code for status, code in tries if status != "right")
    hints = sorted({int(code) for status, code in seen if status == "opened"})
    return Tried(kind, name, len(tries), right[0] if right else 0, tuple(sorted(slips.items())), tuple(hints))


def _facts(line: bytes) -> tuple[str, str, str, str] | None:
    """Kind, name, status and code of a line in which every word is known; nothing of any other."""
    if len(line) > _LONGEST_LINE:
        return None
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict):
        return None
    kind, name, status, code = (facts.get(word) for word in ("kind", "id", "status", "code"))
    if not (isinstance(kind, str) and isinstance(name, str) and isinstance(status, str) and isinstance(code, str)):
        return None
    if kind == "hint":
        kinds = [one for one in _TRIED if (one, name) in known_codes()]
        return (kinds[0], name, "opened", code) if kinds and status == "opened" and code in ("1", "2", "3") else None
    codes = known_codes().get((kind, name))
    if codes is None or status not in ("right", "misconception", "wrong", "unreadable"):
        return None
    fits = code == "RIGHT" if status == "right" else code in codes
    return (kind, name, status, code) if fits else None


@cache
def known_codes() -> dict[tuple[str, str], frozenset[str]]:
    """Every check of the bank and the codes that it can find: no other word of a student's reaches a projector.

    >>> "CHURN" in known_codes()["task", "retention_rate"]
    True
    """
    found = {("task", one.id): {slip.code for slip in one.misconceptions} for one in bank.every_task().values()}
    found |= {("practice", one.id): {want.code for want in one.requirements} for one in bank.every_practice().values()}
    for quiz in bank.every_quiz().values():
        for item in quiz.items:
            wrong = {f"{item.id}_{place}".upper() for place, one in enumerate(item.choices) if not one.right}
            found["quiz", f"{quiz.id}:{item.id}"] = wrong
    return {key: frozenset(codes if key[0] == "quiz" else codes | _GENERAL) for key, codes in found.items()}
