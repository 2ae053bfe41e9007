"""The cells of an exam: of every task the part of its workbook from its heading to its hand-in, and a setup before.

The student's notebook and the grader's plan are made of the same cells with the same ids. They differ in how a task is
opened: the student's reads the paper, the grader's gets the numbers handed over.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import bank
from crm_toolkit.exercises.exams.keys import Exam
from crm_toolkit.exercises.grading.lesson_plan import COURSE, Plan, PlannedCell, lesson_plan, planned
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import say

SETUP = "exam-setup"
Import = tuple[str, str]


@dataclass(frozen=True)
class ExamCell:
    """A cell of an exam; ``gap`` where the student fills in, ``task`` where a heading for it goes before."""

    id: str
    kind: str
    source: str
    gap: bool = False
    task: str = ""


def exam_tasks(words: Iterable[str], course: str | Path | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tasks that are meant by a lesson's name or by names of tasks, and those of the lesson that are left out.

    Parameters
    ----------
    words : iterable of str
        One lesson, such as ``"04_ranking"``, or tasks.
    course : str or Path, optional
        The folder of the course; found by itself.

    Raises
    ------
    InputError
        Naming every task that is unknown, or can't be set in an exam: one with the same numbers for all, or one whose
        work lies in the student's own database.

    Examples
    --------
    >>> exam_tasks(["00_start"])
    (('retention_rate',), ())
    """
    words = list(words)
    if len(words) == 1 and words[0] in {lesson.file for lesson in LESSONS}:
        every = list(dict.fromkeys(task.id for task in lesson_plan(words[0], course).tasks))
        return tuple(name for name in every if _fit(name)), tuple(name for name in every if not _fit(name))
    problems = []
    for word in words:
        known = {**bank.every_task(), **bank.every_practice()}
        if word not in known:
            close = near_misses(word, {**known, **dict.fromkeys(lesson.file for lesson in LESSONS)})
            advice = say("Did you mean “{close}”?", close=close[0]) if close else ""
            problems.append(Problem("unknown_task", say("There is no task or lesson “{id}”.", id=word), advice=advice))
        elif not _fit(word):
            what = say("“{id}” can't be set in an exam: all have the same numbers, or the work lies in the student's "
                       "own database.", id=word)  # fmt: skip
            problems.append(Problem("no_exam_task", what))
    if not words or len(set(words)) < len(words):
        problems.append(Problem("tasks_twice", say("Name each task once.")))
    if problems:
        raise InputError(say("The exam can't be prepared."), problems)
    return tuple(words), ()


def _fit(name: str) -> bool:
    task = bank.every_task().get(name)
    return task is not None and task.own_numbers


def exam_cells(tasks: tuple[str, ...], code: str, course: str | Path | None = None) -> tuple[ExamCell, ...]:
    """The cells of an exam in one language; tasks are opened as in a workbook."""
    cells: list[ExamCell] = []
    imports: list[Import] = [("", "crm_toolkit as crm")]
    for task in tasks:
        names, part = _part(task, code, Path(course or COURSE))
        imports += names
        cells += part
    return ExamCell(SETUP, "code", _import_lines(imports)), *cells


def _import_lines(imports: Iterable[Import]) -> str:
    """One line for each module, the toolkit's own last.

    >>> print(_import_lines([("", "crm_toolkit as crm"), ("", "numpy as np"), ("crm_toolkit", "plots")]))
    import numpy as np
    import crm_toolkit as crm
    from crm_toolkit import plots
    """
    whole = sorted({name for module, name in imports if not module})
    lines = [f"import {name}" for name in whole]
    for home in sorted({module for module, _ in imports} - {""}):
        names = sorted({name for module, name in imports if module == home})
        lines.append(f"from {home} import {', '.join(names)}")
    return "\n".join(sorted(lines, key=lambda line: ("crm_toolkit" in line, line.startswith("from"))))


@cache
def _part(task: str, code: str, course: Path) -> tuple[tuple[Import, ...], tuple[ExamCell, ...]]:
    """The imports that a task's part of its workbook needs, and the part."""
    for lesson in LESSONS:
        path = course / "exercises" / code / f"{lesson.file}.ipynb"
        if path.is_file():
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            found = _of_workbook(task, [cell | {"source": "".join(cell["source"])} for cell in cells])
            if found is not None:
                return _imports(cells), found
    name = re.sub(r"\W", "_", task)
    opened = f'{name} = crm.exercise("{task}", student=student)\n{name}'
    return (), (
        ExamCell(f"{task}-open", "code", opened, task=task),
        ExamCell(f"{task}-gap", "code", f"data = {name}.data\nanswer = ...", gap=True),
        ExamCell(f"{task}-check", "code", f"{name}.check(answer)"),
    )


def _of_workbook(task: str, cells: list[dict[str, Any]]) -> tuple[ExamCell, ...] | None:
    first = next((at for at, cell in enumerate(cells) if f'crm.exercise("{task}"' in cell["source"]), None)
    if first is None or cells[first]["cell_type"] != "code":
        return None
    name = re.search(rf'(\w+) = crm\.exercise\("{task}"', cells[first]["source"])
    last = next((at for at, cell in enumerate(cells) if name and f"{name[1]}.check(" in cell["source"]), None)
    if last is None:
        return None
    part = [ExamCell(cells[first]["id"], "code", cells[first]["source"], task=task)]
    for cell in cells[first + 1 : last + 1]:
        gap = "solution" in cell["metadata"].get("tags", ())
        part.append(ExamCell(cell["id"], cell["cell_type"], cell["source"], gap))
    return tuple(part)


def _imports(cells: list[dict[str, Any]]) -> tuple[Import, ...]:
    """What a workbook's own cells import: module and name, no module for a module itself."""
    found: list[Import] = []
    for cell in cells:
        if cell["cell_type"] == "code" and "solution" not in cell["metadata"].get("tags", ()):
            for node in ast.parse("".join(cell["source"])).body:
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    home = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
                    found += [(home, ast.unparse(name)) for name in node.names]
    return tuple(found)


def exam_plan(exam: Exam, course: str | Path | None = None) -> Plan:
    """What the grader runs for an exam.

    Raises
    ------
    InputError
        If the course's workbooks are not there.
    """
    return _exam_plan(exam, Path(course or COURSE))


@cache
def _exam_plan(exam: Exam, course: Path) -> Plan:
    every = exam_cells(exam.tasks, "en", course)
    cells = []
    for cell in every:
        if cell.kind == "code":
            source = cell.source + ('\nstudent = "exam"' if cell.id == SETUP else "")
            cells.append(PlannedCell(cell.id, source, cell.gap))
    return planned(exam.lesson, cells, frozenset(cell.id for cell in every))
