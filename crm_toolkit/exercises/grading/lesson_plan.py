"""What is run for a lesson: the instructor's own cells, with gaps for the student's, and which task each gap serves.

The plan is read from the workbook in ``exercises/<language>/``. A cell tagged ``solution`` is a gap. A task begins
where an instructor's cell says ``x = crm.exercise("…")`` and is handed in where one says ``x.check(…)``; the gaps
between the hand-in before and this one are the task's own. Cells after the last hand-in are not run.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import LANGUAGES, say

COURSE = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class PlannedCell:
    """A cell of the plan; ``forget`` names what a gap must bind anew for its task."""

    id: str
    source: str
    gap: bool
    forget: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedTask:
    """A task of the plan: its name in the bank, its gaps, and the cell that hands it in."""

    id: str
    gaps: tuple[str, ...]
    check: str


@dataclass(frozen=True)
class Plan:
    """What is run for a lesson."""

    lesson: str
    cells: tuple[PlannedCell, ...]
    tasks: tuple[PlannedTask, ...]
    every_id: frozenset[str]
    digest: str


def lesson_plan(lesson: str, course: str | os.PathLike[str] | None = None) -> Plan:
    """Read the plan of a lesson.

    Parameters
    ----------
    lesson : str
        The file name of the lesson, such as ``"04_ranking"``.
    course : str or path, optional
        The folder of the course; found by itself.

    Raises
    ------
    InputError
        If the course's workbook is not there.

    Examples
    --------
    >>> [task.id for task in lesson_plan("00_start").tasks]
    ['retention_rate']
    """
    return _lesson_plan(lesson, Path(course or COURSE))


@cache
def _lesson_plan(lesson: str, course: Path) -> Plan:
    places = [course / "exercises" / code / f"{lesson}.ipynb" for code in LANGUAGES]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        what = say("The workbook “{name}” of the course is not there.", name=f"exercises/en/{lesson}.ipynb")
        advice = say("Grade in the folder of the course, or name it: `course=…`.")
        raise InputError(say("The lesson can't be graded."), [Problem("no_workbook", what, advice=advice)])
    cells = []
    everything = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in everything:
        if cell["cell_type"] == "code":
            text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            cells.append(PlannedCell(cell["id"], text, "solution" in cell["metadata"].get("tags", ())))
    return planned(lesson, cells, frozenset(cell["id"] for cell in everything))


def planned(lesson: str, cells: list[PlannedCell], every_id: frozenset[str]) -> Plan:
    """The plan of cells: the tasks in them, and what each gap has to bind anew; cells after the last are left out."""
    tasks, wanted = _tasks(cells)
    checks = {task.check for task in tasks}
    last = max((number for number, cell in enumerate(cells) if cell.id in checks), default=-1)
    cells = [
        PlannedCell(cell.id, cell.source, cell.gap, tuple(sorted(wanted.get(cell.id, ()))))
        for cell in cells[: last + 1]
    ]
    text = json.dumps([[cell.id, cell.source, cell.gap] for cell in cells])
    return Plan(lesson, tuple(cells), tuple(tasks), every_id, hashlib.sha256(text.encode()).hexdigest())


def _tasks(cells: list[PlannedCell]) -> tuple[list[PlannedTask], dict[str, set[str]]]:
    """The tasks in order, and for each gap the names that its hand-in reads."""
    names: dict[str, str] = {}
    gaps: list[PlannedCell] = []
    tasks: list[PlannedTask] = []
    wanted: dict[str, set[str]] = {}
    for cell in cells:
        if cell.gap:
            gaps.append(cell)
            continue
        tree = ast.parse(cell.source)
        names |= _opened(tree)
        handed_in = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "check"
            and isinstance(node.func.value, ast.Name) and node.func.value.id in names
        ]  # fmt: skip
        for call in handed_in:
            tasks.append(PlannedTask(names[call.func.value.id], tuple(gap.id for gap in gaps), cell.id))  # type: ignore[attr-defined]
            read = {node.id for word in call.args for node in ast.walk(word) if isinstance(node, ast.Name)}
            for gap in gaps:
                wanted.setdefault(gap.id, set()).update(read & _bound(gap.source))
        if handed_in:
            gaps = []
    return tasks, wanted


def _opened(tree: ast.AST) -> dict[str, str]:
    """Names bound to an exercise: ``x = crm.exercise("task", …)``."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called, words = node.value.func, node.value.args
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name == "exercise" and words and isinstance(words[0], ast.Constant):
                found.update({one.id: str(words[0].value) for one in node.targets if isinstance(one, ast.Name)})
    return found


def _bound(source: str) -> set[str]:
    tree = ast.parse(source)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
