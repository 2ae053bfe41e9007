# ruff: noqa: RUF009 - the calls in `shape` return dataclass fields
"""The dossier of an organisation as one frozen value: facts with sources, technologies, numbers, what follows for it.

1  organisation: facts, segments, sources     6  service blueprint
2  attraction                                 7  diagnosis
3  service                                    8  recommendation
4  retention                                  9  self-grade
5  funnel to retention
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_toolkit.exercises import shape
from crm_toolkit.exercises.dated_sources import MOST_SOURCES, DatedSource
from crm_toolkit.exercises.organisation_dossier.cards import BY_CODE, OWN, STAGES
from crm_toolkit.exercises.self_grade import Grade
from crm_toolkit.texts import mark

STEPS = {
    1: mark("Organisation"),
    2: mark("Attraction"),
    3: mark("Client service"),
    4: mark("Retention"),
    5: mark("Funnel to retention"),
    6: mark("Service blueprint"),
    7: mark("Diagnosis"),
    8: mark("Recommendation"),
    9: mark("Self-grade"),
}
STEP_OF = {"attraction": 2, "service": 3, "retention": 4}
RUBRIC = "organisation_dossier"
CHOICES = {**{code: card.name for code, card in BY_CODE.items()}, OWN: mark("another one")}
MOST_FACTS, MOST_SEGMENTS, MOST_OF_STAGE, MOST_STEPS, MOST_ROWS = 24, 8, 8, 12, 16


def _source() -> int | None:
    return shape.number(1, MOST_SOURCES, whole=True)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Organisation:
    """Which organisation it is, what it does and how large it is."""

    name: str = shape.text()
    service: str = shape.text()
    size: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Fact:
    """One fact with the number of its source."""

    words: str = shape.text()
    source: int | None = _source()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Segment:
    """One group of clients: who, what for, how many of them."""

    who: str = shape.text()
    need: str = shape.text()
    share: float | None = shape.number(0, 1)
    source: int | None = _source()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Technology:
    """A technology as it is done here: what exactly, and why it should work."""

    stage: str = shape.word(STAGES)
    card: str = shape.word(CHOICES)
    how: str = shape.text()
    works: str = shape.text()
    source: int | None = _source()

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.card or self.how.strip() or self.works.strip() or self.source)


@dataclass(frozen=True)
class Measure:
    """A number of a stage with its definition and how sure it is: so many of so many, or a value with a range."""

    stage: str = shape.word(STAGES)
    name: str = shape.text()
    definition: str = shape.text()
    hits: int | None = shape.number(0, 1e9, whole=True)
    of: int | None = shape.number(1, 1e9, whole=True)
    value: float | None = shape.number(-1e12, 1e12)
    low: float | None = shape.number(-1e12, 1e12)
    high: float | None = shape.number(-1e12, 1e12)
    source: int | None = _source()

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.name.strip() or self.definition.strip() or self.counted or self.value is not None)

    @property
    def counted(self) -> bool:
        """Whether it is a share of counts."""
        return self.hits is not None and self.of is not None

    @property
    def sure(self) -> bool:
        """Whether it is said how sure it is."""
        return self.counted or (self.value is not None and self.low is not None and self.high is not None)


@dataclass(frozen=True)
class FunnelFrame:
    """Of which time the counts are, and what attraction cost in it."""

    period: str = shape.text()
    same_people: str = shape.text()
    spend: float | None = shape.number(0, 1e12)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class FunnelStep:
    """How many came to a step, and what counts as having come."""

    name: str = shape.text()
    definition: str = shape.text()
    count: int | None = shape.number(0, 1e9, whole=True)
    source: int | None = _source()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class BlueprintStep:
    """A step of the service as the client lives it and as the organisation makes it."""

    name: str = shape.text()
    client: str = shape.text()
    front: str = shape.text()
    back: str = shape.text()
    support: str = shape.text()
    fails: bool = shape.flag()
    failure: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Diagnosis:
    """Where value leaks, what would have been otherwise, and the test that would show it."""

    leak: str = shape.text()
    evidence: str = shape.text()
    counterfactual: str = shape.text()
    test: str = shape.text()
    step: int | None = shape.number(1, MOST_STEPS, whole=True)
    rise: float | None = shape.number(0.0001, 0.9999)
    clients: int | None = shape.number(4, 1e9, whole=True)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Recommendation:
    """What to do, at what cost and risk, with which data of people, and when to stop."""

    what: str = shape.text()
    cost: str = shape.text()
    risk: str = shape.text()
    ethics: str = shape.text()
    data: str = shape.text()
    stop: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Dossier:
    """The whole dossier.

    Raises
    ------
    InputError
        If something does not fit; all problems at once.

    Examples
    --------
    >>> dossier = Dossier(funnel=(FunnelStep("calls", count=400), FunnelStep(), FunnelStep("visits", count=120)))
    >>> list(dossier.steps)
    [1, 3]
    """

    organisation: Organisation = shape.one(Organisation)
    sources: tuple[DatedSource, ...] = shape.many(DatedSource, MOST_SOURCES)
    facts: tuple[Fact, ...] = shape.many(Fact, MOST_FACTS)
    segments: tuple[Segment, ...] = shape.many(Segment, MOST_SEGMENTS)
    technologies: tuple[Technology, ...] = shape.many(Technology, 3 * MOST_OF_STAGE)
    measures: tuple[Measure, ...] = shape.many(Measure, 3 * MOST_OF_STAGE)
    frame: FunnelFrame = shape.one(FunnelFrame)
    funnel: tuple[FunnelStep, ...] = shape.many(FunnelStep, MOST_STEPS)
    blueprint: tuple[BlueprintStep, ...] = shape.many(BlueprintStep, MOST_ROWS)
    diagnosis: Diagnosis = shape.one(Diagnosis)
    recommendation: Recommendation = shape.one(Recommendation)
    grades: tuple[Grade, ...] = shape.many(Grade)

    def __post_init__(self) -> None:
        shape.require(self)

    def technologies_of(self, stage: str) -> tuple[Technology, ...]:
        """The technologies of a stage of which something is said."""
        return tuple(one for one in self.technologies if one.stage == stage and not one.empty)

    def measures_of(self, stage: str) -> tuple[Measure, ...]:
        """The numbers of a stage of which something is said."""
        return tuple(one for one in self.measures if one.stage == stage and not one.empty)

    @property
    def steps(self) -> dict[int, FunnelStep]:
        """The steps of the funnel that have a name and a count, by their number."""
        return {number: one for number, one in enumerate(self.funnel, start=1)
                if one.name.strip() and one.count is not None}  # fmt: skip

    @property
    def sources_used(self) -> list[int | None]:
        """Numbers of the sources that facts, segments, technologies and numbers name."""
        rows: tuple[Any, ...] = (*self.facts, *self.segments, *self.technologies, *self.measures, *self.funnel)
        return [one.source for one in rows]
