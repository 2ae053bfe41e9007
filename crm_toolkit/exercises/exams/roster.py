"""The class list: a small table with an id for each student, and, where known, a language and an e-mail address."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.grading.file_names import LONGEST_ID, written_id
from crm_toolkit.exercises.variants import normalise_id
from crm_toolkit.texts import LANGUAGES, join_names, say

_LARGEST = 5_000_000
_HEADS = {
    "student": ("id", "student_id", "student", "id number", "idnumber", "номер", "идентификатор", "студент",
                "индивидуальный номер"),
    "email": ("email", "e-mail", "email address", "почта", "адрес электронной почты"),
    "language": ("language", "lang", "язык"),
}  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A student of the class list; ``language`` and ``email`` may be empty."""

    student: str
    language: str = ""
    email: str = ""


def read_roster(path: str | Path) -> tuple[Listed, ...]:
    """Read a class list.

    Parameters
    ----------
    path : str or Path
        A table with a head: a column with the id (``id``, ``student_id``, Moodle's ``ID number``), perhaps ``email``
        and ``language``. Comma, semicolon or tab; UTF-8 or Windows-1251.

    Raises
    ------
    InputError
        Naming every row without an id, with an id that can't go into a file's name, or with one that stands there
        twice.
    """
    path = Path(path)
    try:
        data = path.read_bytes()[: _LARGEST + 1]
    except OSError as reason:
        what = say("The class list “{path}” can't be read.", path=path)
        raise _cannot([Problem("no_roster", what, str(reason.strerror or reason))]) from reason
    lines = _text(data).splitlines()
    head = next((line for line in lines if line.strip()), "")
    mark = max(",;\t", key=head.count)
    rows = [row for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
    places = _places(rows[0] if rows else [])
    if "student" not in places:
        what = say("The class list has no column with ids.")
        found = say("Found: {value}.", value=join_names(rows[0], most=10) if rows else "–")
        raise _cannot([Problem("no_column", what, found, say("Call it `id`."))])
    listed: list[Listed] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        words = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        key = normalise_id(written_id(words["student"]))
        if not key:
            what = say("Row {number}: “{id}” can't be the id in a file's name.", number=number,
                       id=words["student"][:80])  # fmt: skip
            advice = say("Up to {count} letters, digits, dots and dashes.", count=LONGEST_ID)
            problems.append(Problem("bad_id", what, advice=advice))
        elif key in seen:
            what = say("Row {number}: “{id}” stands in row {other} already.", number=number, id=words["student"],
                       other=seen[key])  # fmt: skip
            problems.append(Problem("twice", what))
        else:
            code = words.get("language", "").lower()
            listed.append(Listed(words["student"], code if code in LANGUAGES else "", words.get("email", "")))
        seen.setdefault(key, number)
    if not listed and not problems:
        problems.append(Problem("empty", say("The class list has no students.")))
    if problems:
        raise _cannot(problems)
    return tuple(listed)


def _cannot(problems: list[Problem]) -> InputError:
    return InputError(say("The class list needs a hand."), problems)


def _text(data: bytes) -> str:
    if len(data) > _LARGEST:
        raise _cannot([Problem("too_large", say("It is too large for a class list."))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", "replace")


def _places(head: list[str]) -> dict[str, int]:
    words = [word.strip().casefold() for word in head]
    found = {}
    for name, known in _HEADS.items():
        place = next((words.index(word) for word in known if word in words), None)
        if place is not None:
            found[name] = place
    return found
