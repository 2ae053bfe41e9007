"""The student's side of an exam: tasks that are read from the paper's data. No answer is on this computer."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.answers import is_blank, read_number, read_table
from crm_toolkit.exercises.exams.paper_data import as_json, from_json
from crm_toolkit.exercises.tasks import Exercise, Text
from crm_toolkit.texts import join_names, say

_LARGEST = 20_000_000


@dataclass(frozen=True)
class PaperTask:
    """A task of an exam with the student's own numbers and without its answer.

    Parameters
    ----------
    id, title, statement, variant_code : str
        As in `Exercise`.
    columns, customers : tuple of str
        What a table of answers must have; empty where one number is wanted.
    key : str
        The column that names the rows of such a table.
    """

    id: str
    title: str
    statement: str
    variant_code: str
    columns: tuple[str, ...]
    customers: tuple[str, ...]
    key: str
    _data: dict[str, Any] = field(repr=False)

    def _repr_markdown_(self) -> str:
        return f"### {self.title}\n\n*{say('Variant {code}', code=self.variant_code)}*\n\n{self.statement}"

    @property
    def data(self) -> dict[str, Any]:
        """The numbers and tables of the task; every call gives fresh copies."""
        return deepcopy(self._data)

    def hint(self, level: int = 1) -> Text:
        """There are no hints in an exam."""
        return Text(say("There are no hints in an exam."))

    def check(self, answer: object = None) -> Text:
        """Say how an answer is read. Whether it is right is found out after it was handed in."""
        if _blank(answer):
            return Text(say("Nothing to hand in yet."))
        later = say("Whether it is right is found out after it was handed in.")
        if not self.columns:
            number = read_number(answer)
            if not number.values:
                return Text(number.trouble or say("Nothing to hand in yet."))
            return Text(f"{say('It is read as {number}.', number=f'{number.values[0]:.10g}')} {later}")
        table = read_table(answer, self.columns, self.key)
        if table.trouble:
            return Text(table.trouble)
        cells = [table.columns.get(name, {}).get(row) for name in self.columns for row in self.customers]
        found = sum(bool(cell and cell.values) for cell in cells)
        read = say("It is read as a table with {found} of {wanted} numbers.", found=found, wanted=len(cells))
        return Text(f"{read} {later}")


def _blank(answer: object) -> bool:
    try:
        return is_blank(answer)
    except Exception:  # an object of the student's own may raise anything
        return False


@dataclass(frozen=True)
class Paper:
    """A student's exam; made by `open_paper`."""

    folder: Path

    def task(self, name: str) -> PaperTask:
        """A task of the paper.

        Raises
        ------
        InputError
            If the paper has no such task, or its file was damaged.
        """
        path = self.folder / f"{name}.json"
        there = sorted(one.stem for one in self.folder.glob("*.json"))
        if name not in there:
            found = say("Found: {value}.", value=join_names(there, most=20) or "–")
            what = say("The exam has no task “{id}”.", id=name)
            raise _cannot(Problem("no_task", what, found, say("Unpack the whole archive; `data` lies in it.")))
        try:
            if path.stat().st_size > _LARGEST:
                raise ValueError
            return task_of(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
            what = say("The data of task “{id}” can't be read.", id=name)
            raise _cannot(Problem("broken", what, advice=say("Unpack the archive once more."))) from reason


def open_paper(folder: str | os.PathLike[str] = "data") -> Paper:
    """Open the data of an exam.

    Parameters
    ----------
    folder : str or path
        The folder ``data`` beside the notebook.

    Raises
    ------
    InputError
        If it is not there.
    """
    place = Path(folder)
    if not place.is_dir():
        what = say("There is no folder “{path}” beside the notebook.", path=folder)
        raise _cannot(Problem("no_data", what, advice=say("Unpack the whole archive; `data` lies in it.")))
    return Paper(place)


def _cannot(problem: Problem) -> InputError:
    return InputError(say("The exam can't be opened."), [problem])


def facts_of(own: Exercise) -> dict[str, Any]:
    """What of a task goes onto a paper: what a student sees, and nothing that tells the answer."""
    return {
        "id": own.id,
        "title": str(own.title),
        "statement": str(own.statement),
        "variant": own.variant_code,
        "columns": list(own.columns),
        "rows": list(own.customers),
        "key": own.task.key,
        "data": as_json(own.data),
    }


def task_of(facts: dict[str, Any]) -> PaperTask:
    """The counterpart of `facts_of`."""
    return PaperTask(
        facts["id"], facts["title"], facts["statement"], facts["variant"], tuple(facts["columns"]),
        tuple(facts["rows"]), facts["key"], from_json(facts["data"]),
    )  # fmt: skip
