"""Where the course answers the textbook chapter it grew from: element by element, question by question.

The chapter says what client orientation and CRM are (elements ``S1``–``S23``), asks seven questions (``Q1``–``Q7``)
and sets four practical tasks (``P1``–``P4``). ``docs/seed-map.toml`` lists them in words of our own, each with the
places where a learner *does* something about it: a heading of a lesson, calls, checks. The page that people read,
``docs/seed-map.md`` and ``docs/seed-map.ru.md``, is written from it: ``python -m crm_toolkit.exercises.seed_map``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank
from crm_toolkit.exercises.rubrics import load_rubric
from crm_toolkit.exercises.sources import Cell, read_source
from crm_toolkit.texts import LANGUAGES, language, say

_ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = {"S": 23, "Q": 7, "P": 4}
"""How many elements, questions and practical tasks the chapter has."""


@dataclass(frozen=True)
class Place:
    """Where a row is done.

    Parameters
    ----------
    lesson : str
        The lesson's file name without ending.
    heading : str
        The English heading of the section, without its signs.
    calls : tuple of str
        Public names below `crm_toolkit`, such as ``"widgets.two_doors"``.
    checks : tuple of str
        As in the promises of a lesson: a task's id, ``quiz:ID`` or ``quiz:ID/ITEM``, ``predict:ID``, ``rubric:ID``.
    planned : bool
        Whether the place is not there yet.
    """

    lesson: str
    heading: str
    calls: tuple[str, ...]
    checks: tuple[str, ...]
    planned: bool


@dataclass(frozen=True)
class Row:
    """An element, a question or a practical task: its id, its words in both languages, its places."""

    id: str
    words: dict[str, str]
    places: tuple[Place, ...]


def read_seed_map(root: str | Path = _ROOT) -> tuple[Row, ...]:
    """Read the list.

    >>> rows = read_seed_map()
    >>> rows[0].id, rows[-1].id
    ('S1', 'P4')
    """
    told = tomllib.loads(Path(root, "docs", "seed-map.toml").read_text(encoding="utf-8"))
    return tuple(
        Row(
            row["id"],
            {code: row[code] for code in LANGUAGES},
            tuple(
                Place(
                    place["lesson"],
                    place.get("heading", ""),
                    tuple(place.get("calls", ())),
                    tuple(place.get("checks", ())),
                    place.get("planned", False),
                )
                for place in row["places"]
            ),
        )
        for row in told["rows"]
    )


class Lessons:
    """The lessons' sources, each read once."""

    def __init__(self, root: str | Path = _ROOT) -> None:
        self.folder = Path(root, "notebooks", "source")
        self._read: dict[str, list[Cell]] = {}

    def cells(self, lesson: str) -> list[Cell]:
        """The cells of a lesson; none where there is no such lesson."""
        if lesson not in self._read:
            path = self.folder / f"{lesson}.py"
            self._read[lesson] = read_source(path) if path.exists() else []
        return self._read[lesson]

    def headings(self, lesson: str) -> dict[str, dict[str, str]]:
        """English heading → the heading in every language, in the order of the lesson."""
        found: dict[str, dict[str, str]] = {}
        for cell in self.cells(lesson):
            if cell.kind == "markdown" and "lesson" in cell.editions:
                told = {code: re.findall(r"^#+ +(.*?) *$", cell.texts[code], re.M) for code in LANGUAGES}
                for titles in zip(*told.values(), strict=True):
                    found.setdefault(titles[0], dict(zip(told, titles, strict=True)))
        return found

    def text(self, lesson: str) -> str:
        """All English prose and code of a lesson."""
        return "\n".join(cell.texts["en"] for cell in self.cells(lesson))


def what_is_missing(place: Place, lessons: Lessons) -> list[str]:
    """What a place promises and the course does not have; empty where all of it is there.

    >>> place = Place("04_ranking", "Explore", ("widgets.explore_rfm",), ("rfm_by_hand", "quiz:none"), False)
    >>> what_is_missing(place, Lessons())
    ['check quiz:none']
    """
    if not lessons.cells(place.lesson):
        return [f"lesson {place.lesson}"]
    missing = [] if place.heading in lessons.headings(place.lesson) else [f"heading {place.heading!r}"]
    missing += [f"call {call}" for call in place.calls if not _is_public(call)]
    text = lessons.text(place.lesson)
    for check in place.checks:
        name = check.partition(":")[2].partition("/")[0] or check
        if not _is_in_bank(check):
            missing.append(f"check {check}")
        elif not re.search(rf"[\"'`]{re.escape(name)}[\"'`]", text):
            missing.append(f"check {check} in lesson {place.lesson}")
    return missing


def _is_public(call: str) -> bool:
    thing: object = import_module("crm_toolkit")
    for part in call.split("."):
        if part.startswith("_"):
            return False
        if not hasattr(thing, part):
            try:
                import_module(f"{getattr(thing, '__name__', '')}.{part}")
            except ImportError:
                return False
        thing = getattr(thing, part)
    return callable(thing)


def _is_in_bank(check: str) -> bool:
    kind, _, name = check.rpartition(":")
    if kind == "quiz":
        quiz, _, item = name.partition("/")
        found = bank.every_quiz().get(quiz)
        return found is not None and (not item or item in {one.id for one in found.items})
    if kind == "predict":
        return name in bank.every_prediction()
    if kind == "rubric":
        try:
            load_rubric(name)
        except InputError:
            return False
        return True
    return not kind and (name in bank.every_task() or name in bank.every_practice())


def seed_map_page(code: str, rows: tuple[Row, ...], lessons: Lessons) -> str:
    """The page in one language, as it stands in ``docs``."""
    with language(code):
        other = {"en": "[По-русски](seed-map.ru.md)", "ru": "[In English](seed-map.md)"}[code]
        lines = [f"# {say('Where the chapter is done')}", "", other, "", _introduction(), ""]
        columns = (say("row"), say("in our words"), say("lesson, section"), say("call; check"))
        titles = {"S": say("Elements"), "Q": say("Questions for discussion"), "P": say("Practical tasks")}
        for part, title in titles.items():
            lines += [f"## {title}", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
            for row in rows:
                if row.id.startswith(part):
                    lines += _lines_of(row, lessons, code)
            lines.append("")
    return "\n".join(lines)


def _introduction() -> str:
    return say(
        "The course grew from a textbook chapter on client orientation and CRM. This page says, in words of our own, "
        "what the chapter states, asks and sets, and where in the course a learner does something about it. A check "
        "is a task, a question of a quiz, a prediction or a rubric; what is planned is marked so. The page is "
        "written from `docs/seed-map.toml`, and a test walks the list."
    )


def _lines_of(row: Row, lessons: Lessons, code: str) -> list[str]:
    lines = []
    for number, place in enumerate(row.places):
        heading = lessons.headings(place.lesson).get(place.heading, {}).get(code, "")
        where = f"{place.lesson[:2]}, {heading}" if heading else place.lesson[:2]
        if place.planned:
            where = say("{lesson} (planned)", lesson=place.lesson[:2])
        elif heading:
            where = f"[{where}](../notebooks/{code}/{place.lesson}.ipynb)"
        shown = [*(f"`{call}`" for call in place.calls), *(f"✓ `{check}`" for check in place.checks)]
        names = (f"**{row.id}**", row.words[code]) if not number else ("", "")
        lines.append("| " + " | ".join((*names, where, "<br>".join(shown))) + " |")
    return lines


def page_path(code: str, root: str | Path = _ROOT) -> Path:
    """Where the page of a language stands."""
    return Path(root, "docs", "seed-map.md" if code == "en" else f"seed-map.{code}.md")


def main() -> int:
    """Write the page in every language."""
    rows, lessons = read_seed_map(), Lessons()
    for code in LANGUAGES:
        page_path(code).write_text(seed_map_page(code, rows, lessons), encoding="utf-8")
        print(page_path(code).relative_to(_ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
