"""Tasks as they are declared in the bank, and a task with one student's own numbers.

A `Task` knows how to draw numbers, how to solve them, and how people usually go astray: each
`Misconception` computes the value that its way of thinking leads to, so that a wrong answer is recognised
and answered with a diagnosis. An `Exercise` is a task with the numbers of one student.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import checking, progress, variants
from crm_toolkit.exercises.answers import KEY
from crm_toolkit.exercises.verdict import Verdict
from crm_toolkit.schema.arguments import methods_with_kinds_told
from crm_toolkit.texts import language as spoken_language
from crm_toolkit.texts import say

Data = dict[str, Any]
Values = dict[str, dict[str, float]]
"""Column → customer (or the task's own key) → number. A task that asks for one number has column and key ``""``."""

_MOST_DRAWS = 2000


def one_number(value: float) -> Values:
    """The answer of a task that asks for one number.

    >>> one_number(0.5)
    {'': {'': 0.5}}
    """
    return {"": {"": float(value)}}


@dataclass(frozen=True)
class Misconception:
    """A known slip: the value it leads to, and what to say to the person who made it.

    Parameters
    ----------
    code : str
        A stable word, such as ``"CHURN"``.
    value : callable
        From the task's data to the number (or the columns) that this thinking leads to.
    diagnosis : str
        Marked English text: the likely thinking and where to look, never the answer.
    credit : float
        Part of the point that this answer is worth.
    """

    code: str
    value: Callable[[Data], Values]
    diagnosis: str
    credit: float = 0.0


@dataclass(frozen=True)
class Task:
    """A task of the bank, without numbers.

    Parameters
    ----------
    id, lesson, topic : str
        Its stable name, the number of its lesson, the word of its topic.
    title, statement, solution : str
        Marked English texts; places in braces are filled from ``words``.
    hints : tuple of three str
        The idea, the step of the formula, the first line of code.
    generate : callable
        From a `random.Random` to the data; names with a leading underscore are kept from the student's view.
    answer : callable
        From the data to the right `Values`.
    misconceptions : tuple of Misconception
    words : callable
        From the data (and in the language spoken now) to what stands in the places of the texts.
    tolerance, tolerance_reason : float, str
        How far an answer may lie from the right one, and why.
    unit : {"fraction", "number"}
        A fraction handed in as per cent (78.6 for 0.786) gets the code ``PERCENT`` and ``percent_credit``.
    own_numbers : bool
        Whether students differ; a faded example has the same data for all.
    key : str
        The column that names the rows of an answer with a table.
    estimate : bool
        Whether the answer is an estimate: one that misses the truth narrowly was then not rounded too early.
    """

    id: str
    lesson: str
    topic: str
    title: str
    statement: str
    generate: Callable[[random.Random], Data]
    answer: Callable[[Data], Values]
    misconceptions: tuple[Misconception, ...]
    words: Callable[[Data], dict[str, object]]
    hints: tuple[str, str, str]
    solution: str
    tolerance: float
    tolerance_reason: str
    unit: str = "number"
    percent_credit: float = 0.5
    own_numbers: bool = True
    key: str = KEY
    estimate: bool = False

    def draw(self, luck: random.Random) -> Case:
        """A case in which the right answer and every misconception can be told apart."""
        for _ in range(_MOST_DRAWS):
            data = self.generate(luck)
            values = [self.answer(data)]
            for slip in self.misconceptions:  # most draws that fail do so at their first slips
                values.append(slip.value(data))
                if not self._apart(values[-1], values[:-1]):
                    break
            else:
                return Case(data, values[0], tuple(values[1:]))
        raise RuntimeError(f"task {self.id!r}: {_MOST_DRAWS} draws, and none tells its misconceptions apart")

    def say(self, text: str, data: Data) -> str:
        """One of the task's texts about these data, in the language spoken now."""
        return say(text, **self.words(data)) if "{" in text else say(text)  # most diagnoses have no places to fill

    def tells_apart(self, case: Case) -> bool:
        """Whether no two of the answer and the misconceptions lie within twice the tolerance, column by column."""
        values = (case.right, *case.slips)
        return all(self._apart(one, values[:place]) for place, one in enumerate(values))

    def _apart(self, first: Values, others: Sequence[Values]) -> bool:
        scales = (1.0, 100.0) if self.unit == "fraction" else (1.0,)
        room = 2.5 * self.tolerance
        for second in others:
            for column in first.keys() & second.keys():
                for scale in scales:
                    for one, other in ((first[column], second[column]), (second[column], first[column])):
                        if all(abs(scale * one[key] - other[key]) <= room for key in one):
                            return False
        return True


@dataclass(frozen=True)
class Case:
    """The data of one variant, the right answer, and what each misconception of the task leads to."""

    data: Data
    right: Values
    slips: tuple[Values, ...]


class Text(str):
    """A text that a notebook shows as formatted Markdown and that is an ordinary `str` elsewhere."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)


@methods_with_kinds_told
@dataclass(frozen=True)
class Exercise:
    """A task with the numbers of one student; made by `exercise`.

    Attributes
    ----------
    statement : str
        The task in the reader's language, with the student's own numbers.
    data : dict
        The numbers and tables, fresh copies at every call.
    variant_code : str
        The short name of the variant.

    Examples
    --------
    >>> from crm_toolkit.exercises import exercise
    >>> own = exercise("retention_rate", student="A-1")
    >>> share = (own.data["end"] - own.data["new"]) / own.data["start"]
    >>> own.check(share).right
    True
    """

    task: Task
    student: str
    salt: str
    language: str | None
    case: Case

    def __repr__(self) -> str:
        return f"Exercise({self.id!r}, student={self.student!r}, variant {self.variant_code})"

    def _repr_markdown_(self) -> str:
        with self._speaking():
            variant = say("Variant {code}", code=self.variant_code)
        return f"### {self.title}\n\n*{variant}*\n\n{self.statement}"

    def _speaking(self) -> Any:
        return spoken_language(self.language) if self.language else nullcontext()

    def _text(self, text: str) -> Text:
        with self._speaking():
            return Text(self.task.say(text, self.case.data))

    @property
    def id(self) -> str:
        """The task's name."""
        return self.task.id

    @property
    def title(self) -> str:
        """The task's title in the reader's language."""
        return self._text(self.task.title)

    @property
    def statement(self) -> Text:
        """The task in the reader's language, with the student's own numbers."""
        return self._text(self.task.statement)

    @property
    def data(self) -> Data:
        """The numbers and tables of the task; every call gives fresh copies."""
        return {name: deepcopy(value) for name, value in self.case.data.items() if not name.startswith("_")}

    @property
    def expected(self) -> Any:
        """The right answer, as it may be passed to `check`: a number or a frame. For teachers and solved editions."""
        if "" in self.case.right:
            return self.case.right[""][""]
        return pd.DataFrame(self.case.right).rename_axis(self.task.key).reset_index()

    @property
    def variant_code(self) -> str:
        """The short name of the variant."""
        return variants.variant_code(self.id, self.student, self.salt)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the answer must have; empty where one number is wanted."""
        return tuple(name for name in self.case.right if name)

    @property
    def customers(self) -> tuple[str, ...]:
        """The customers (or other rows) that the answer must have; empty where one number is wanted."""
        return tuple(name for name in next(iter(self.case.right.values())) if name)

    def hint(self, level: int = 1) -> Text:
        """A hint: 1 the idea, 2 the step of the formula, 3 the first line.

        Raises
        ------
        InputError
            If the level is none of 1, 2, 3.
        """
        if isinstance(level, bool) or level not in (1, 2, 3):
            with self._speaking():
                raise InputError(
                    say("There is no hint {level}.", level=level),
                    [
                        Problem(
                            "unknown_hint", say("Hints are numbered 1 (the idea), 2 (the step), 3 (the first line).")
                        )
                    ],
                )
        progress.note("hint", self.task.lesson, self.id, "opened", str(level), self.variant_code)
        return self._text(self.task.hints[level - 1])

    def check(self, answer: object) -> Verdict:
        """Check an answer: a number, a text with a number, or a table. Whatever comes, a `Verdict` returns."""
        with self._speaking():
            verdict = checking.diagnose(self.task, self.case, answer)
        progress.note("task", self.task.lesson, self.id, verdict.status, verdict.code, self.variant_code)
        return verdict

    @property
    def diagnoses(self) -> dict[str, Text]:
        """Code of every known slip → what is said to the person who made it. For teachers."""
        return {slip.code: self._text(slip.diagnosis) for slip in self.task.misconceptions}

    def solution(self) -> Text:
        """The worked solution with the student's own numbers."""
        return self._text(self.task.solution)
