"""A lesson's source: one py:percent script in which English and Russian prose stand side by side.

Its cells carry their facts on the ``# %%`` line:

``lang="en"`` / ``lang="ru"``
    prose of one language; the Russian cell stands right after its English one and carries ``of="…"``, the first
    eight hex digits of the English cell's sha256, so that a translation that fell behind is noticed.
``edition="lesson"`` / ``"workbook"`` / ``"both"``
    where the cell goes; without it, into the lesson only.
``tags=["solution"]``
    code that a student fills in. A line that ends in ``#: blank`` becomes ``blank`` in the student's edition, a
    line that ends in a bare ``#:`` is left out there; the solved edition keeps the code.

Code is shared by both languages, so it carries no words of either.
"""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import LANGUAGES, say

EDITIONS = {"lesson": "notebooks", "workbook": "exercises"}


@dataclass(frozen=True)
class Cell:
    """One cell of a source: prose in two languages, or code that both share."""

    kind: str
    texts: dict[str, str]
    editions: tuple[str, ...]
    tags: tuple[str, ...]
    line: int
    translation_of: str = ""

    @property
    def digest(self) -> str:
        """First 8 hex digits of the English text's (or the code's) sha256."""
        return digest(self.texts["en"])


def digest(text: str) -> str:
    """First 8 hex digits of a cell's sha256.

    >>> digest("# What is CRM?")
    '4f35416b'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_source(path: str | Path) -> list[Cell]:
    """Read a lesson's source into cells with both languages paired.

    Parameters
    ----------
    path : str or Path
        A py:percent script.

    Returns
    -------
    list of Cell

    Raises
    ------
    InputError
        Naming every cell that lacks its other language, is outdated, or carries words in shared code.
    """
    import jupytext

    path = Path(path)
    raw = jupytext.read(path, fmt="py:percent").cells
    cells: list[Cell] = []
    problems: list[Problem] = []
    waiting: Cell | None = None
    for number, cell in enumerate(raw, start=1):
        facts = cell.metadata
        editions = facts.get("edition", "lesson")
        common: dict[str, Any] = {
            "kind": cell.cell_type,
            "editions": tuple(EDITIONS) if editions == "both" else (editions,),
            "tags": tuple(facts.get("tags", ())),
            "line": number,
        }
        spoken = facts.get("lang")
        if waiting is not None and spoken != "ru":
            problems.append(_no_translation(waiting))
            waiting = None
        if cell.cell_type == "code":
            problems += _words_in_code(cell.source, number)
            cells.append(Cell(texts=dict.fromkeys(LANGUAGES, cell.source), **common))
        elif spoken == "en":
            waiting = Cell(texts={"en": cell.source}, **common)
        elif spoken == "ru" and waiting is not None:
            pair = Cell(
                texts=waiting.texts | {"ru": cell.source},
                kind="markdown",
                editions=waiting.editions,
                tags=waiting.tags,
                line=waiting.line,
                translation_of=facts.get("of", ""),
            )
            if pair.translation_of != pair.digest:
                problems.append(_outdated(pair))
            cells.append(pair)
            waiting = None
        else:
            problems.append(
                Problem("lone_prose", say("Cell {number} is prose without its pair of languages.", number=number))
            )
    if waiting is not None:
        problems.append(_no_translation(waiting))
    if problems:
        raise InputError(say("The source “{name}” needs a hand.", name=path.name), problems)
    return cells


def _no_translation(cell: Cell) -> Problem:
    what = say("Cell {number} has no Russian cell after it.", number=cell.line)
    return Problem("no_translation", what, advice=say("It would carry {stamp}.", stamp=f'lang="ru" of="{cell.digest}"'))


def _outdated(cell: Cell) -> Problem:
    return Problem(
        "outdated_translation",
        say("The Russian text of cell {number} was made for another English text.", number=cell.line),
        advice=say("Bring it up to date, then stamp it: {stamp}.", stamp=f'of="{cell.digest}"'),
    )


def _words_in_code(source: str, number: int) -> list[Problem]:
    read = io.StringIO(source).readline
    comments = [token.string for token in tokenize.generate_tokens(read) if token.type == tokenize.COMMENT]
    if not re.search(r"[А-Яа-яЁё]", source) and all(comment.startswith("#:") for comment in comments):
        return []
    what = say("Code cell {number} is shared by both languages and carries words of one.", number=number)
    return [Problem("words_in_code", what, advice=say("Put the words into a prose cell."))]


def stamp(path: str | Path) -> int:
    """Stamp the Russian cells of a source as made for the English text that stands before them now.

    To be run after a translation was read again, not instead of reading it. Returns how many stamps changed.
    """
    path = Path(path)
    import jupytext

    texts = [cell.source for cell in jupytext.read(path, fmt="py:percent").cells if cell.metadata.get("lang") == "en"]
    digests = iter(digest(text) for text in texts)
    changed = 0
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("# %% [markdown]") and 'lang="ru"' in line:
            fresh = re.sub(r'\s+of="[^"]*"', "", line).replace('lang="ru"', f'lang="ru" of="{next(digests)}"')
            changed += fresh != line
            lines[number] = fresh
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed
