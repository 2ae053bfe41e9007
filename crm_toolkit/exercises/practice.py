"""Practical tasks: something is done in the learner's own database, and the check looks there and says what is missing.

A `Practice` declares what has to be there as `Requirement`s. The check asks the work itself (a store, a role, a
table of pairs), names everything that is missing at once, and tells where to look, never how it was to be done.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.exercises import progress, variants
from crm_toolkit.exercises.answers import is_blank
from crm_toolkit.exercises.tasks import Data, Text
from crm_toolkit.exercises.verdict import Verdict, make_verdict
from crm_toolkit.schema.arguments import methods_with_kinds_told
from crm_toolkit.texts import language as spoken_language
from crm_toolkit.texts import say, say_count

Words = dict[str, object]


@dataclass(frozen=True)
class Requirement:
    """One thing that has to hold of the work.

    Parameters
    ----------
    code : str
        A stable word, such as ``"NO_COMPLAINT"``.
    wanted : str
        Marked English text: what has to be there.
    missing : str
        Marked English text: what is said when it is not; places in braces are filled by what the look returns.
    look : callable
        From the work and the task's data to nothing if it holds, or to words that fill ``missing``.
    """

    code: str
    wanted: str
    missing: str
    look: Callable[[Any, Data], Words | None]


@dataclass(frozen=True)
class Practice:
    """A practical task of the bank, without a student's details.

    Parameters
    ----------
    id, lesson, topic, title, statement, solution
        As in `Task`.
    works_on : str
        Name of the class of what `check` takes: ``"Store"``, ``"Role"``, ``"DataFrame"``.
    generate : callable
        From a `random.Random` to the student's details.
    words : callable
        From the details to what stands in the places of the texts.
    requirements : tuple of Requirement
        Each is worth the same.
    hints : tuple of three str
    """

    id: str
    lesson: str
    topic: str
    title: str
    statement: str
    works_on: str
    generate: Callable[[random.Random], Data]
    words: Callable[[Data], Words]
    requirements: tuple[Requirement, ...]
    hints: tuple[str, str, str]
    solution: str


@methods_with_kinds_told
@dataclass(frozen=True)
class PracticeExercise:
    """A practical task with one student's details; made by `exercise`.

    Attributes
    ----------
    statement : str
        The task in the reader's language.
    data : dict
        The student's details, fresh copies at every call.
    """

    task: Practice
    student: str
    salt: str
    language: str | None
    details: Data

    def __repr__(self) -> str:
        return f"PracticeExercise({self.id!r}, student={self.student!r}, variant {self.variant_code})"

    def _repr_markdown_(self) -> str:
        with self._speaking():
            variant = say("Variant {code}", code=self.variant_code)
        return f"### {self.title}\n\n*{variant}*\n\n{self.statement}"

    def _speaking(self) -> Any:
        return spoken_language(self.language) if self.language else nullcontext()

    def _text(self, text: str, **more: object) -> Text:
        with self._speaking():
            return Text(say(text, **(self.task.words(self.details) | more)))

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
        """The task in the reader's language, with the student's own details."""
        return self._text(self.task.statement)

    @property
    def data(self) -> Data:
        """The student's details; every call gives fresh copies."""
        return {name: deepcopy(value) for name, value in self.details.items() if not name.startswith("_")}

    @property
    def variant_code(self) -> str:
        """The short name of the variant."""
        return variants.variant_code(self.id, self.student, self.salt)

    @property
    def wanted(self) -> tuple[Text, ...]:
        """What has to be there, a sentence each."""
        return tuple(self._text(one.wanted) for one in self.task.requirements)

    def hint(self, level: int = 1) -> Text:
        """A hint: 1 the idea, 2 the step, 3 the first line of code.

        Raises
        ------
        InputError
            If the level is none of 1, 2, 3.
        """
        if isinstance(level, bool) or level not in (1, 2, 3):
            what = say("Hints are numbered 1 (the idea), 2 (the step), 3 (the first line).")
            raise InputError(say("There is no hint {level}.", level=level), [Problem("unknown_hint", what)])
        progress.note("hint", self.task.lesson, self.id, "opened", str(level), self.variant_code)
        return self._text(self.task.hints[level - 1])

    def check(self, work: object = None) -> Verdict:
        """Look at the work and say what is missing. Whatever comes, a `Verdict` returns."""
        with self._speaking():
            verdict = self._checked(work)
        progress.note("practice", self.task.lesson, self.id, verdict.status, verdict.code, self.variant_code)
        return verdict

    def solution(self) -> Text:
        """How it can be done."""
        return self._text(self.task.solution)

    def _checked(self, work: object) -> Verdict:
        if _blank(work):
            return make_verdict("not_attempted", 0.0, "NOT_ATTEMPTED", say("Pass your work: `.check(…)`."))
        if self.task.works_on not in {kind.__name__ for kind in type(work).__mro__}:
            what = say("A `{wanted}` is needed here, not a `{found}`.", wanted=self.task.works_on,
                       found=type(work).__name__)  # fmt: skip
            return make_verdict("unreadable", 0.0, "UNREADABLE", what)
        findings = [(one, _looked(one, work, self.details)) for one in self.task.requirements]
        done = sum(words is None for _, words in findings)
        lines = [
            f"✓ {self._text(one.wanted)}" if words is None else f"✗ {self._said(one, words)}" for one, words in findings
        ]
        codes = tuple("RIGHT" if words is None else one.code for one, words in findings)
        if done == len(findings):
            return make_verdict("right", 1.0, "RIGHT", "\n".join(["", *lines]), codes)
        first = next(code for code in codes if code != "RIGHT")
        if done == 0 and all(words is None or words.get("none") for _, words in findings):
            return make_verdict("not_attempted", 0.0, "NOT_ATTEMPTED", "\n".join(["", *lines]), codes)
        count = say_count("{count} thing is missing:", "{count} things are missing:", len(findings) - done)
        return make_verdict("wrong", done / len(findings), first, "\n".join([count, *lines]), codes)

    def _said(self, one: Requirement, words: Words) -> str:
        trouble = words.get("trouble")
        return str(trouble) if trouble else str(self._text(one.missing, **words))


def _blank(work: object) -> bool:
    try:
        return work is None or is_blank(work)
    except Exception:  # a learner's own object may raise anything
        return False


def _looked(one: Requirement, work: object, data: Data) -> Words | None:
    """What the look finds; a refusal on the way is told, never raised."""
    try:
        return one.look(work, data)
    except CRMError as letter:
        return {"trouble": str(letter)}
    except Exception as trouble:  # the work is the learner's: anything may come
        return {"trouble": say("It can't be looked at: {what}.", what=f"{type(trouble).__name__}: {trouble}"[:200])}
