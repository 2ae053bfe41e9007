# ruff: noqa: RUF009 - the calls in `shape` return dataclass fields
"""A purchase that a person really made, worked through in the ten steps of the practical task «My case».

1  the purchase and who may see it       6  the real choice
2  influences                            7  situations
3  problem recognition                   8  provider, encounter, satisfaction, doubt
4  search                                9  experience fed back
5  criteria × alternatives, weights      10 what the model does not explain, and the report

The case is a value: it holds what the person said and computes nothing. `worked` draws conclusions, `review_case` asks
about gaps, `files` keeps it in one local JSON file. Nothing on it is judged.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from crm_toolkit.behaviour.decision_process import SEQUENCES, SITUATION_KINDS, STANDINGS
from crm_toolkit.behaviour.decision_process.after import LEARNING
from crm_toolkit.behaviour.decision_process.recognition import THRESHOLD
from crm_toolkit.behaviour.decision_rules.together import KINDS
from crm_toolkit.behaviour.influences import CONSTRUCTS, PRIVACY, Canvas, Influence
from crm_toolkit.errors import InputError
from crm_toolkit.exercises import shape
from crm_toolkit.texts import mark, say

STEPS = {
    1: mark("The purchase"),
    2: mark("Influences"),
    3: mark("Problem recognition"),
    4: mark("Search"),
    5: mark("Criteria and weights"),
    6: mark("The real choice"),
    7: mark("Situations"),
    8: mark("The encounter"),
    9: mark("Experience"),
    10: mark("Report"),
}
SOURCES = {
    "memory": mark("own memory"),
    "people": mark("people I know"),
    "provider": mark("the provider: site, advertisement, staff"),
    "independent": mark("reviews, ratings, press"),
    "trial": mark("a look or a trial on the spot"),
}
OF_RULES = ("conjunctive", "disjunctive", "elimination_by_aspects", "lexicographic", "weighted")
RULES = {kind.code: kind.label for kind in KINDS if kind.code in OF_RULES}
_LOW, _HIGH = shape.LOWEST_FEELING, shape.HIGHEST_FEELING


@dataclass(frozen=True)
class About:
    """Step 1: what was bought, when, in which circumstances; who may see it."""

    purchase: str = shape.text()
    bought_on: dt.date | None = shape.day()
    setting: str = shape.text()
    privacy: str = shape.word(PRIVACY, "local")

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Need:
    """Step 3: desired and actual state (0–100) at the time and some time before, importance (0–1), threshold."""

    desired: float | None = shape.number(0, 100)
    actual: float | None = shape.number(0, 100)
    importance: float | None = shape.number(0, 1)
    threshold: float = shape.number(0, 100, THRESHOLD.default)
    desired_before: float | None = shape.number(0, 100)
    actual_before: float | None = shape.number(0, 100)
    story: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Look:
    """A moment of the search: when, where, what was learned."""

    day: dt.date | None = shape.day()
    source: str = shape.word(SOURCES)
    learned: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Search:
    """Step 4: the timeline, and the two numbers of a stopping rule.

    ``spread`` is by how much alternatives differ in worth (standard deviation, points), ``cost`` what a look costs in
    the same points.
    """

    looks: tuple[Look, ...] = shape.many(Look, shape.MOST_ROWS)
    spread: float | None = shape.number(0, 1000)
    cost: float | None = shape.number(0.01, 1000)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Alternative:
    """Steps 4 and 5: an alternative, the set it stood in, whether it was inspected, its marks by criterion."""

    name: str = shape.text()
    standing: str = shape.word(STANDINGS)
    inspected: bool = shape.flag()
    marks: tuple[float | None, ...] = shape.marks()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Criterion:
    """Step 5: a criterion, its points of 100, the mark below which nothing passes, the mark that alone is enough."""

    name: str = shape.text()
    points: float | None = shape.number(0, 100)
    minimum: float | None = shape.number(shape.LOWEST_MARK, shape.HIGHEST_MARK)
    enough: float | None = shape.number(shape.LOWEST_MARK, shape.HIGHEST_MARK)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Preference:
    """Step 5: of two alternatives the one that would be taken, and the one left."""

    taken: str = shape.text()
    left: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class RealChoice:
    """Step 6: what was really chosen, why, and by which rule the person believes to have chosen."""

    chosen: str = shape.text()
    why: str = shape.text()
    rule: str = shape.word(RULES)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Switch:
    """Step 7: a situation that can be switched on.

    ``factor`` multiplies the weight of ``criterion``, ``stricter`` is added to every minimum, ``considered`` says how
    many of the heaviest criteria are looked at. By how much is the person's own number.
    """

    kind: str = shape.word(SITUATION_KINDS)
    name: str = shape.text()
    on: bool = shape.flag()
    criterion: str = shape.text()
    factor: float | None = shape.number(0, 10)
    stricter: float | None = shape.number(-4, 4)
    considered: int | None = shape.number(1, shape.MOST, whole=True)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Encounter:
    """Step 8: the provider and what happened; expectation, performance and satisfaction from −3 to 3, 0 = as usual."""

    provider: str = shape.text()
    sequence: str = shape.word(SEQUENCES)
    happened: str = shape.text()
    expectation: float | None = shape.number(_LOW, _HIGH)
    performance: float | None = shape.number(_LOW, _HIGH)
    satisfaction: float | None = shape.number(_LOW, _HIGH)
    irrevocability: float | None = shape.number(0, 1)
    proneness: float | None = shape.number(0, 1)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Belief:
    """Step 9: what was believed about something before, and what was experienced, from −3 to 3."""

    construct: str = shape.word(CONSTRUCTS)
    believed: str = shape.text()
    before: float | None = shape.number(_LOW, _HIGH)
    experienced: float | None = shape.number(_LOW, _HIGH)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Experience:
    """Step 9: beliefs, and the share of a surprise that is learnt."""

    learning: float = shape.number(0, 1, LEARNING.default)
    beliefs: tuple[Belief, ...] = shape.many(Belief)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Reflection:
    """Step 10: what the model does not explain, what follows for the provider, anything else."""

    not_explained: str = shape.text()
    for_provider: str = shape.text()
    notes: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class MyCase:
    """A purchase worked through in ten steps; empty until something is said.

    Parameters
    ----------
    about : About
    influences : tuple of Influence
        At most one for each construct, kept in the order of the model.
    need, search, alternatives, criteria, preferences, choice, situations, encounter, experience, reflection
        The parts of the other steps.

    Raises
    ------
    InputError
        If something does not fit; all problems at once.

    Examples
    --------
    >>> case = MyCase(About("a haircut"), (Influence("memory", "The name came first.", 1, 0.7),))
    >>> case.canvas.filled, case.considered
    (('memory',), ())
    """

    about: About = shape.one(About)
    influences: tuple[Influence, ...] = shape.own_kind(())
    need: Need = shape.one(Need)
    search: Search = shape.one(Search)
    alternatives: tuple[Alternative, ...] = shape.many(Alternative, shape.MOST_ALTERNATIVES)
    criteria: tuple[Criterion, ...] = shape.many(Criterion)
    preferences: tuple[Preference, ...] = shape.many(Preference, shape.MOST_ROWS)
    choice: RealChoice = shape.one(RealChoice)
    situations: tuple[Switch, ...] = shape.many(Switch)
    encounter: Encounter = shape.one(Encounter)
    experience: Experience = shape.one(Experience)
    reflection: Reflection = shape.one(Reflection)

    def __post_init__(self) -> None:
        problems: list[Any] = []
        for check in (lambda: shape.require(self), lambda: self._in_order()):
            try:
                check()
            except InputError as letter:
                problems += letter.problems
        if problems:
            raise InputError(say("This is no case."), problems)

    def _in_order(self) -> None:
        sorted_ones = Canvas("", self.influences).influences
        object.__setattr__(self, "influences", sorted_ones)

    @property
    def canvas(self) -> Canvas:
        """The influences as a canvas, for the diagram and its review."""
        return Canvas(self.about.purchase, self.influences, self.about.privacy)

    @property
    def named(self) -> tuple[Alternative, ...]:
        """Alternatives with a name."""
        return tuple(one for one in self.alternatives if one.name.strip())

    @property
    def considered(self) -> tuple[Alternative, ...]:
        """The alternatives of the evoked set."""
        return tuple(one for one in self.named if one.standing == "evoked")
