"""A workbook taken apart for another grader: which cells are filled in, which hand in a task, and with which words.

A cell to fill in consists of pieces: lines that stay, and gaps, which have a blank for the student and a solution.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import bank
from crm_toolkit.exercises.editions import Derived
from crm_toolkit.exercises.grading.lesson_plan import COURSE
from crm_toolkit.exercises.sources import read_source
from crm_toolkit.texts import join_names, language, say

_BLANK = re.compile(r"^(?P<indent>\s*)(?P<code>.*?\S)\s*#:(?P<blank>.*)$")
SEEN_WHERE_IT_RUNS = ("Store", "Role")
"""Practical tasks on these stay with the teacher: no other grader judges them either."""


@dataclass(frozen=True)
class Piece:
    """Lines of a cell to fill in: what a student finds there and what the solution is; equal where nothing is asked."""

    blank: tuple[str, ...]
    solution: tuple[str, ...]

    @property
    def gap(self) -> bool:
        """Whether something is asked here."""
        return self.blank != self.solution


@dataclass(frozen=True)
class Part:
    """A cell of a workbook for another grader.

    Parameters
    ----------
    id, kind, source : str
        The cell's id; ``"markdown"`` or ``"code"``; its source, as a student gets it and without the hand-in.
    pieces : tuple of Piece
        Of a cell to fill in.
    task, answer : str
        The task that this cell hands in, and the words that stand for the answer.
    names_student : bool
        Whether the student writes the id here.
    """

    id: str
    kind: str
    source: str
    pieces: tuple[Piece, ...] = ()
    task: str = ""
    answer: str = ""
    names_student: bool = False


def pieces(code: str) -> tuple[Piece, ...]:
    r"""The pieces of a cell of a lesson's source; neighbouring lines of one kind stand together.

    >>> [piece.gap for piece in pieces("a = 1\nb = 2  #: b = ...\nc = 3  #:\nd = b")]
    [False, True, False]
    """
    made: list[tuple[bool, list[str], list[str]]] = []
    for line in code.splitlines():
        found = _BLANK.match(line)
        if not made or made[-1][0] != bool(found):
            made.append((bool(found), [], []))
        _, blank, solution = made[-1]
        if not found:
            blank.append(line)
            solution.append(line)
            continue
        solution.append(found["indent"] + found["code"])
        if found["blank"].strip():
            blank.append(found["indent"] + found["blank"].strip())
    return tuple(Piece(tuple(blank), tuple(solution)) for _, blank, solution in made)


def workbook_parts(lesson: str, *, code: str | None = None, root: str | Path | None = None) -> tuple[Part, ...]:
    """A workbook in its parts, in one language.

    Parameters
    ----------
    lesson : str
        The file name of the lesson, such as ``"04_ranking"``.
    code : {"en", "ru"}, optional
        The language spoken now without it.
    root : str or Path, optional
        The folder of the course; found by itself.

    Raises
    ------
    InputError
        If there is no source of such a workbook.
    """
    root, code = Path(root or COURSE), code or str(language())
    source = root / "notebooks" / "source" / f"{lesson}.py"
    if not source.is_file():
        what = say("There is no source of a workbook “{name}”.", name=lesson)
        there = join_names(sorted(path.stem for path in source.parent.glob("[0-9][0-9]_*.py")), most=20)
        advice = say("Run this in the folder of the course, with the extra `course` installed.")
        problem = Problem("no_source", what, say("Found: {value}.", value=there or "–"), advice)
        raise InputError(say("Nothing was exported."), [problem])
    path = root / "exercises" / code / f"{lesson}.ipynb"
    derived = Derived(source, code, "workbook", path, tuple(read_source(source)))
    return _parts(derived)


def _parts(derived: Derived) -> tuple[Part, ...]:
    shown = derived.make().cells
    kept = [cell for cell in derived.cells if derived.kind in cell.editions]
    opened: dict[str, str] = {}
    parts = []
    for cell, seen in zip(kept, shown, strict=True):
        if cell.kind != "code":
            parts.append(Part(seen.id, "markdown", seen.source))
        elif "solution" in cell.tags:
            parts.append(Part(seen.id, "code", seen.source, pieces(cell.texts[derived.code])))
        else:
            opened |= dict(re.findall(r'(\w+) = crm\.exercise\("(\w+)"', seen.source))
            rest, task, answer = _handed_in(seen.source, opened)
            names = re.search(r"(?m)^student = ", seen.source) is not None
            parts.append(Part(seen.id, "code", rest, (), task, answer, names))
    return tuple(parts)


def _handed_in(source: str, opened: dict[str, str]) -> tuple[str, str, str]:
    """The cell without its last line where that hands a task in, the task, and the words of the answer."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    call = last.value if isinstance(last, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "check"):
        return source, "", ""
    task = opened.get(getattr(call.func.value, "id", ""), "")
    practice = bank.every_practice().get(task)
    if not task or len(call.args) != 1 or (practice is not None and practice.works_on in SEEN_WHERE_IT_RUNS):
        return source, "", ""
    rest = "\n".join(source.splitlines()[: call.lineno - 1])
    return rest, task, ast.get_source_segment(source, call.args[0]) or ""
