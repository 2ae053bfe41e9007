# ruff: noqa: RUF009 - the calls in `shape` return dataclass fields
"""The work on a real programme as one frozen value, from description to critique; empty until something is said.

1  description: the organisation, dated sources, every field of the form or "not stated"
2  rules: what was assumed where the organisation is silent
3  a member's year: one sample member of the author's own
4  economics: numbers, each with where it comes from
5  plan of evaluation
6  critique and proposal
7  self-grade by the rubric
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crm_toolkit.analysis.loyalty.economics import NUMBERS
from crm_toolkit.exercises import shape
from crm_toolkit.exercises.dated_sources import MOST_SOURCES, DatedSource
from crm_toolkit.exercises.real_programme.fields import LABELS
from crm_toolkit.exercises.self_grade import Grade
from crm_toolkit.firm.loyalty import form_fields
from crm_toolkit.texts import mark

STEPS = {
    1: mark("Description"),
    2: mark("Rules"),
    3: mark("A member's year"),
    4: mark("Economics"),
    5: mark("Plan of evaluation"),
    6: mark("Critique"),
    7: mark("Self-grade"),
}
RUBRIC = "programme"
USES = {
    "soon": mark("as soon as there is enough"),
    "never": mark("never"),
}
ORIGINS = {
    "source": mark("stated by a source"),
    "assumption": mark("own assumption"),
}
OUTCOMES = {
    "spend": mark("spend of a client"),
    "orders": mark("orders of a client"),
    "retention": mark("share that comes back"),
}
DECISIONS = {
    "sure": mark("go if the whole interval pays for the programme"),
    "point": mark("go if the estimate pays for the programme"),
    "positive": mark("go if the interval lies above zero"),
}
FIGURES = {
    "members": mark("Members"),
    **{name: knob.label for name, knob in NUMBERS.items() if name not in ("face_rate",)},
}
NEEDED = ("members", "margin_rate", "redeemed_share", "unit_cost")  # without them nothing is worked out
MOST_VISITS = 120


@dataclass(frozen=True)
class About:
    """The organisation and what its programme is for."""

    organisation: str = shape.text()
    service: str = shape.text()
    programme: str = shape.text()
    purpose: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class FieldStated:
    """What the organisation says about one field: a value, or that it says nothing; where; what another source says.

    Parameters
    ----------
    path : str
        As `form_fields` lists it.
    value : str
        As it was typed.
    not_stated : bool
    source : int or None
        Number of a source.
    other : str
        What a source that contradicts says, and which one was taken and why.
    """

    path: str = shape.word(LABELS)
    value: str = shape.text()
    not_stated: bool = shape.flag()
    source: int | None = shape.number(1, MOST_SOURCES, whole=True)
    other: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.value.strip() or self.not_stated or self.source or self.other.strip())

    @property
    def answered(self) -> bool:
        """Whether it has a value or is marked as not stated."""
        return bool(self.value.strip()) != self.not_stated


@dataclass(frozen=True)
class Assumed:
    """What was assumed where the organisation is silent."""

    words: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class SampleMember:
    """One member whose year is run through the rules."""

    who: str = shape.text()
    first_day: dt.date | None = shape.day()
    every_days: int | None = shape.number(1, 366, whole=True)
    visits: int | None = shape.number(1, MOST_VISITS, whole=True)
    amount: float | None = shape.number(0.01, 1e9)
    uses: str = shape.word(USES)
    paid_back: int | None = shape.number(1, MOST_VISITS, whole=True)
    edge: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Figure:
    """One number of the economics with where it comes from."""

    name: str = shape.word(FIGURES)
    value: float | None = shape.number(-1e12, 1e12)
    origin: str = shape.word(ORIGINS)
    why: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return self.value is None and not self.origin and not self.why.strip()


@dataclass(frozen=True)
class EvaluationPlan:
    """How it would be found out whether the programme works."""

    outcome: str = shape.word(OUTCOMES)
    clients: int | None = shape.number(4, 1e9, whole=True)
    holdout: float | None = shape.number(0.01, 0.99)
    weeks: int | None = shape.number(1, 520, whole=True)
    base: float | None = shape.number(0.0001, 1e9)
    sd: float | None = shape.number(0.0001, 1e9)
    smallest: float | None = shape.number(0.0001, 1e9)
    power: float | None = shape.number(0.5, 0.99)
    rule: str = shape.word(DECISIONS)
    why: str = shape.text()
    too_small: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Critique:
    """Who wins and who pays, what is fair, what is proposed and what that costs."""

    winners: str = shape.text()
    fairness: str = shape.text()
    flags: str = shape.text()
    proposal: str = shape.text()
    cost: str = shape.text()
    instead: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class ProgrammeWork:
    """The whole work.

    Raises
    ------
    InputError
        If something does not fit; all problems at once.

    Examples
    --------
    >>> work = ProgrammeWork(fields=(FieldStated("earning.per_unit", "5%", source=1), FieldStated("life.validity")))
    >>> list(work.stated)
    ['earning.per_unit']
    """

    about: About = shape.one(About)
    sources: tuple[DatedSource, ...] = shape.many(DatedSource, MOST_SOURCES)
    fields: tuple[FieldStated, ...] = shape.many(FieldStated, len(LABELS))
    assumed: Assumed = shape.one(Assumed)
    member: SampleMember = shape.one(SampleMember)
    figures: tuple[Figure, ...] = shape.many(Figure, len(FIGURES))
    plan: EvaluationPlan = shape.one(EvaluationPlan)
    critique: Critique = shape.one(Critique)
    grades: tuple[Grade, ...] = shape.many(Grade)

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def stated(self) -> dict[str, FieldStated]:
        """The fields of which something is said, by path, in the order of the form."""
        given = {one.path: one for one in self.fields if one.path and not one.empty}
        return {path: given[path] for path in form_fields() if path in given}

    @property
    def numbers(self) -> dict[str, Figure]:
        """The figures that have a value, by name."""
        return {one.name: one for one in self.figures if one.name and one.value is not None}
