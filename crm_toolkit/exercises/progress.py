"""What a learner has done so far: a file of their own, one line for each check.

The record belongs to the learner. It lies on their computer, is read by nobody else, is sent nowhere, and may be
deleted at any time. It is kept only where the environment variable ``CRM_PROGRESS`` names a file (``python course.py
lab`` names ``my_work/progress.jsonl``); elsewhere nothing is written. Answers are not kept, only what a check found.
A check never fails because its line could not be written: `trouble` says why.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.texts import language, say

if TYPE_CHECKING:
    import pandas as pd

VARIABLE = "CRM_PROGRESS"
KINDS = ("task", "practice", "quiz", "prediction", "rubric", "hint")
_trouble: list[str] = []


@dataclass(frozen=True)
class Event:
    """One line of the record.

    Parameters
    ----------
    at : str
        Local time, ISO 8601, to the second.
    lesson : str
        Two digits.
    kind : {"task", "practice", "quiz", "prediction", "rubric", "hint"}
    id : str
        The name of the task, quiz item (``quiz:item``), prediction or rubric.
    status : str
        That of the verdict; ``"committed"`` for a guess, ``"graded"`` for a rubric, ``"opened"`` for a hint.
    code : str
        The code of the verdict, such as ``"RIGHT"`` or ``"PER_LEAD"``; the level of a hint.
    variant : str
        The variant's code; empty where all have the same.
    """

    at: str
    lesson: str
    kind: str
    id: str
    status: str
    code: str = ""
    variant: str = ""


@dataclass(frozen=True)
class Check:
    """Something of a lesson that can be done and seen to be done."""

    lesson: str
    kind: str
    id: str
    title: str


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a learner is; made by `read_progress`.

    Parameters
    ----------
    lessons : DataFrame
        ``lesson``, ``title``, ``file``, ``done`` and ``checks`` (counts: tasks, quiz questions, predictions,
        graded open tasks),
        ``right_at_first`` and ``tried`` (counts: of tasks and quiz questions), ``hints`` (opened), ``last`` (local
        time of the last check, ``NaT`` before the first).
    next : tuple of Check
        What to do next: the first checks that are not done in the lesson at work, else in the first one that is begun.
    slips : tuple of (str, int)
        Codes of known slips and how often each was made, the commonest first.
    events : tuple of Event
        All lines that could be read, in order.
    unreadable : int
        Lines that could not be read; they are left in the file.
    """

    lessons: pd.DataFrame
    next: tuple[Check, ...]
    slips: tuple[tuple[str, int], ...]
    events: tuple[Event, ...] = field(repr=False)
    unreadable: int = 0

    def __str__(self) -> str:
        done, checks = int(self.lessons["done"].sum()), int(self.lessons["checks"].sum())
        said = [say("Done: {done} of {all} checks.", done=done, all=checks)]
        if self.next:
            lesson = next(one for one in LESSONS if one.number == self.next[0].lesson)
            said.append(say("Next: lesson {number}, {title}.", number=lesson.number, title=say(lesson.title)))
        return " ".join(said)


def kept_in() -> Path | None:
    """The file in which this program records, or nothing where it does not."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named) if named and os.environ.get("CRM_STATIC", "") != "1" else None


def trouble() -> str:
    """Why the last line was not written; empty if it was."""
    return _trouble[-1] if _trouble else ""


def note(kind: str, lesson: str, name: str, status: str, code: str = "", variant: str = "") -> bool:
    """Write down one check, if this program records; never an exception.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    lesson, name : str
        The number of the lesson, the name of what was checked.
    status, code, variant : str
        As in `Event`.

    Returns
    -------
    bool
        Whether a line was written. An attempt that was none (``"not_attempted"``) is not.
    """
    place = kept_in()
    if place is None or status == "not_attempted":
        return False
    event = Event(dt.datetime.now().isoformat(timespec="seconds"), lesson, kind, name, status, code, variant)
    line = json.dumps(asdict(event), ensure_ascii=False) + "\n"
    _trouble.clear()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line.encode())  # one call, so that two notebooks never mix their lines
        finally:
            os.close(handle)
    except OSError as reason:
        _trouble.append(str(reason.strerror or reason))
        return False
    return True


def read_progress(path: str | os.PathLike[str] | None = None) -> Progress:
    """How far am I, and what comes next?

    Parameters
    ----------
    path : str or path, optional
        The record; by default the one in which this program records. A file that is not there is an empty record.

    Returns
    -------
    Progress
        ``.lessons``, ``.next``, ``.slips``. Lines that can't be read are counted and left alone.

    Raises
    ------
    InputError
        If the file is there and can't be opened.

    Examples
    --------
    >>> print(read_progress("no/such/file.jsonl").next[0].lesson)
    00
    """
    place = Path(path) if path is not None else kept_in()
    events, unreadable = _read(place) if place is not None and place.exists() else ((), 0)
    checks = course_checks()
    done = {(one.kind, one.id) for one in events if one.status in ("right", "committed", "graded")}
    slips = Counter(one.code for one in events if one.status == "misconception")
    return Progress(_table(checks, done, events), _next(checks, done, events), tuple(slips.most_common()), events,
                    unreadable)  # fmt: skip


def delete_progress(path: str | os.PathLike[str] | None = None) -> bool:
    """Delete the record: nobody but the learner decides how long it is kept.

    Parameters
    ----------
    path : str or path, optional
        The record; by default the one in which this program records.

    Returns
    -------
    bool
        Whether there was one.

    Raises
    ------
    InputError
        If the file can't be deleted.
    """
    place = Path(path) if path is not None else kept_in()
    if place is None or not place.exists():
        return False
    try:
        place.unlink()
    except OSError as reason:
        raise _refusal(say("The record can't be deleted."), place, reason) from reason
    return True


def course_checks() -> tuple[Check, ...]:
    """Everything in the course that can be seen to be done, lesson by lesson, in the reader's language.

    >>> course_checks()[0].lesson
    '00'
    """
    from crm_toolkit.exercises import bank
    from crm_toolkit.exercises.rubrics import load_rubric

    found = [Check(one.lesson, "prediction", one.id, say(one.question)) for one in bank.every_prediction().values()]
    found += [Check(one.lesson, "task", one.id, say(one.title)) for one in bank.every_task().values()]
    found += [Check(one.lesson, "practice", one.id, say(one.title)) for one in bank.every_practice().values()]
    for quiz in bank.every_quiz().values():
        found += [Check(quiz.lesson, "quiz", f"{quiz.id}:{item.id}", say(item.question)) for item in quiz.items]
    for lesson in LESSONS:
        for name in lesson.rubrics:
            title = say("Open task: {title}", title=load_rubric(name).title[str(language())])
            found.append(Check(lesson.number, "rubric", name, title))
    known = {lesson.number for lesson in LESSONS}
    return tuple(sorted((one for one in found if one.lesson in known), key=lambda one: one.lesson))


def _read(place: Path) -> tuple[tuple[Event, ...], int]:
    try:
        lines = place.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as reason:
        raise _refusal(say("The record of your progress can't be read."), place, reason) from reason
    events, unreadable = [], 0
    for line in filter(str.strip, lines):
        event = _event(line)
        unreadable += event is None
        events += [event] if event else []
    return tuple(events), unreadable


def _event(line: str) -> Event | None:
    try:
        parts: Any = json.loads(line)
        event = Event(**parts)
        dt.datetime.fromisoformat(event.at)
    except (ValueError, TypeError):
        return None
    texts_only = all(isinstance(value, str) for value in asdict(event).values())
    return event if texts_only and event.kind in KINDS else None


def _table(checks: Iterable[Check], done: set[tuple[str, str]], events: Iterable[Event]) -> pd.DataFrame:
    import pandas as pd

    first: dict[tuple[str, str], Event] = {}
    for event in events:
        if event.kind in ("task", "practice", "quiz"):
            first.setdefault((event.kind, event.id), event)
    rows = []
    for lesson in LESSONS:
        mine = [one for one in checks if one.lesson == lesson.number]
        seen = [event for event in events if event.lesson == lesson.number]
        tried = [event for event in first.values() if event.lesson == lesson.number]
        rows.append(
            {
                "lesson": lesson.number,
                "title": say(lesson.title),
                "file": lesson.file,
                "done": sum((one.kind, one.id) in done for one in mine),
                "checks": len(mine),
                "right_at_first": sum(event.status == "right" for event in tried),
                "tried": len(tried),
                "hints": len({(event.id, event.code) for event in seen if event.kind == "hint"}),
                "last": pd.Timestamp(max(event.at for event in seen)) if seen else pd.NaT,
            }
        )
    return pd.DataFrame(rows)


def _next(checks: tuple[Check, ...], done: set[tuple[str, str]], events: tuple[Event, ...]) -> tuple[Check, ...]:
    """The open checks of the lesson at work, else of the first lesson that is begun, else of the first with any.

    A lesson may borrow a task of another one: a lesson is at work when two of its checks were tried.
    """
    still = [one for one in checks if (one.kind, one.id) not in done]
    still_in = {one.lesson for one in still}
    tried = Counter(lesson for lesson, _ in {(event.lesson, event.id) for event in events})
    at_work = [event.lesson for event in reversed(events) if tried[event.lesson] > 1][:1]
    begun = sorted(tried)
    for lesson in (*at_work, *begun, *sorted(still_in)):
        if lesson in still_in:
            return tuple(one for one in still if one.lesson == lesson)[:3]
    return ()


def _refusal(heading: str, place: Path, reason: OSError) -> InputError:
    what = say("The file “{path}” is not open to this program.", path=place)
    advice = say("Close it in other programs, or move it away.")
    return InputError(heading, [Problem("no_access", what, str(reason.strerror or reason), advice)])
