# ruff: noqa: RUF009 - the calls in `shape` return dataclass fields
"""A programme that a student designs: rules, plan of the experiment, what was believed and why, the conclusion.

1  goal and rules           4  run and estimate      7  debrief
2  a member's eye           5  truth
3  experiment planner       6  books

The design is a value: parameters, seed and version, so that the same run can be had again anywhere. It computes
nothing; `lab` does. What is committed stays: the rule of the decision before the run, the belief before the truth.
Other rules make another run with other people; what members were promised before is kept, and can be held against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from crm_toolkit import __version__
from crm_toolkit.analysis.loyalty.economics import NUMBERS
from crm_toolkit.analysis.loyalty.methods import METHODS
from crm_toolkit.datasets.code_words import scenario_title
from crm_toolkit.exercises import shape
from crm_toolkit.exercises.kept_files import KeptWork
from crm_toolkit.exercises.real_programme import DECISIONS
from crm_toolkit.exercises.variants import normalise_id, variant_luck
from crm_toolkit.firm import WeeklyPoints
from crm_toolkit.firm.loyalty import KNOBS
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import language, mark
from crm_toolkit.world.loyalty_lab import programme_for
from crm_toolkit.world.setting import scenario as open_scenario
from crm_toolkit.world.setting import scenario_names

STEPS = {
    1: mark("Goal and rules"),
    2: mark("A member's eye"),
    3: mark("Experiment planner"),
    4: mark("Run and estimate"),
    5: mark("Truth"),
    6: mark("Books"),
    7: mark("Debrief"),
}
OUTCOMES = {
    "spend": mark("spend in 26 weeks"),
    "orders": mark("orders in 26 weeks"),
}
RULES = DECISIONS
LOCALES = {"en_US": "en_US", "ru_RU": "ru_RU"}
MOST_RUNS = 20
_KNOBS: dict[str, Knob] = {knob.name: knob for knob in KNOBS}


def _knob(name: str, known: dict[str, Knob], *, whole: bool = False) -> Any:
    knob = known[name]
    default = int(knob.default) if whole else knob.default
    return shape.number(knob.low, knob.high, default, whole=whole)


@dataclass(frozen=True)
class LabWorld:
    """The world of the run: who lives there, how long, by which luck and which version of the toolkit."""

    scenario: str = shape.word({name: name for name in scenario_names()}, "barbershop")
    locale: str = shape.word(LOCALES, "en_US")
    customers: int = shape.number(100, 50_000, 10_000, whole=True)
    weeks: int = shape.number(20, 520, 104, whole=True)
    seed: int = shape.number(0, 2**31, 1, whole=True)
    version: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class DesignedRules:
    """Step 1: what it is for, the rules, what a reward costs."""

    goal: str = shape.text()
    points_per_unit: float = _knob("points_per_unit", _KNOBS)
    threshold: int = _knob("threshold", _KNOBS, whole=True)
    reward: float = _knob("reward", _KNOBS)
    valid_weeks: int = _knob("valid_weeks", _KNOBS, whole=True)
    status_points: int = _knob("status_points", _KNOBS, whole=True)
    status_weeks: int = _knob("status_weeks", _KNOBS, whole=True)
    from_week: int = shape.number(2, 520, 52, whole=True)
    unit_cost: float = _knob("unit_cost", NUMBERS)
    fixed_cost: float = shape.number(0, 1e6, 0.0)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class ExperimentDesign:
    """Step 3: who is invited, what is looked at, from which effect on it matters, and when the answer is go."""

    invited_share: float = shape.number(0.05, 1.0, 0.5)
    outcome: str = shape.word(OUTCOMES, "spend")
    smallest: float | None = shape.number(0.001, 1e9)
    power: float = shape.number(0.5, 0.99, 0.8)
    rule: str = shape.word(RULES)
    committed: bool = shape.flag()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Belief:
    """Step 4: which method is believed, and why."""

    method: str = shape.word(METHODS)
    why: str = shape.text()
    committed: bool = shape.flag()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Promise:
    """What members of an earlier run were promised."""

    threshold: int = _knob("threshold", _KNOBS, whole=True)
    reward: float = _knob("reward", _KNOBS)
    valid_weeks: int = _knob("valid_weeks", _KNOBS, whole=True)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Conclusion:
    """Step 7: one sentence."""

    sentence: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class ProgrammeDesign:
    """A programme from its rules to the debrief, as far as it has come.

    Examples
    --------
    >>> ProgrammeDesign().weekly.threshold
    200
    """

    world: LabWorld = shape.one(LabWorld)
    rules: DesignedRules = shape.one(DesignedRules)
    experiment: ExperimentDesign = shape.one(ExperimentDesign)
    belief: Belief = shape.one(Belief)
    conclusion: Conclusion = shape.one(Conclusion)
    promises: tuple[Promise, ...] = shape.many(Promise, MOST_RUNS)

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def weekly(self) -> WeeklyPoints:
        """The rules as the world runs them."""
        own = self.rules
        return WeeklyPoints(
            points_per_unit=own.points_per_unit, threshold=own.threshold, reward=own.reward,
            valid_weeks=own.valid_weeks, from_week=own.from_week, status_points=own.status_points,
            status_weeks=own.status_weeks, invited_share=self.experiment.invited_share,
        )  # fmt: skip

    @property
    def ran(self) -> bool:
        """Whether the experiment was committed, and so has run."""
        return self.experiment.committed

    @property
    def revealed(self) -> bool:
        """Whether the truth may be looked at."""
        return self.ran and self.belief.committed

    @property
    def title(self) -> str:
        """The scenario in the reader's language."""
        return scenario_title(self.world.scenario)

    def again(self) -> ProgrammeDesign:
        """Another run: other people and other luck, nothing committed, what was promised is kept."""
        own = self.rules
        kept = (*self.promises, Promise(own.threshold, own.reward, own.valid_weeks))[-MOST_RUNS:]
        return replace(
            self, world=replace(self.world, seed=self.world.seed + 1),
            experiment=replace(self.experiment, committed=False), belief=Belief(), conclusion=Conclusion(),
            promises=kept,
        )  # fmt: skip


def new_design(
    scenario: str = "barbershop", *, student: str | None = None, customers: int = 10_000, weeks: int = 104
) -> ProgrammeDesign:
    """A design to start from: the scenario's own programme, and the luck of this student.

    Parameters
    ----------
    scenario : str
        One of `world.scenario_names`.
    student : str, optional
        Whose luck; by default seed 1.
    customers, weeks : int
        Size of the world.

    Raises
    ------
    InputError
        If a number or a name is not allowed.

    Examples
    --------
    >>> new_design("clinic", customers=500).world.seed
    1
    """
    locale = "ru_RU" if str(language()) == "ru" else "en_US"
    told = open_scenario(scenario, locale=locale)
    seed = variant_luck("loyalty_designer", student).randrange(1, 1_000_000) if normalise_id(student or "") else 1
    own = programme_for(told)
    start = own.from_week if weeks >= own.from_week + 8 else max(weeks // 2, 2)
    rules = DesignedRules(
        points_per_unit=own.points_per_unit, threshold=own.threshold, reward=own.reward, valid_weeks=own.valid_weeks,
        status_points=own.status_points, status_weeks=own.status_weeks, from_week=start,
    )  # fmt: skip
    return ProgrammeDesign(LabWorld(scenario, locale, customers, weeks, seed, __version__), rules)


KEPT = KeptWork(
    "crm_toolkit.programme_design",
    1,
    ProgrammeDesign,
    mark("The design can't be read."),
    mark("“{path}” can't be read as the design of a programme."),
    mark("The design was not saved."),
)
load_design: Callable[..., ProgrammeDesign] = KEPT.load
save_design = KEPT.save
