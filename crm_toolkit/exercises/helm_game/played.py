# ruff: noqa: RUF009 - the calls in `shape` return dataclass fields
"""A game that a student plays: decisions, forecasts and reasons of every quarter, as a value and as a file.

The file holds the scenario, the seed, the version of the engine and what was typed; everything else follows from it, so
that a game is replayed bit for bit anywhere. A forecast and a reason are given before the quarter is run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, make_dataclass, replace
from functools import cached_property
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import shape
from crm_toolkit.exercises.kept_files import KeptWork
from crm_toolkit.exercises.variants import normalise_id, variant_luck
from crm_toolkit.texts import mark, say
from crm_toolkit.world.helm import Decision, Game, helm_scenario_names, new_game
from crm_toolkit.world.helm.game import FEWEST, MOST, VERSION
from crm_toolkit.world.helm.levers import LEVERS
from crm_toolkit.world.helm.parameters import MARKET, QUARTERS

REASONS: dict[str, str] = {
    "load": mark("the load of the staff"),
    "money": mark("cash and profit"),
    "clients": mark("clients who come and go"),
    "complaints": mark("complaints and failures"),
    "survey": mark("the survey"),
    "experiment": mark("the experiment"),
    "market": mark("news or the market report"),
    "fairness": mark("fairness to clients or staff"),
    "guess": mark("a guess"),
}


def _lever_field(name: str) -> Any:
    knob = LEVERS[name].knob
    default = int(knob.default) if knob.whole else float(knob.default)
    return shape.number(knob.low, knob.high, default, whole=knob.whole)


PlayedDecision: Any = make_dataclass(
    "PlayedDecision",
    [(name, float, _lever_field(name)) for name in LEVERS],
    frozen=True,
    namespace={"__post_init__": lambda self: shape.require(self), "__doc__": "The positions of all levers."},
)
PlayedDecision.__module__ = __name__


def played_decision(decision: Decision) -> Any:
    """A decision as it is kept.

    >>> played_decision(Decision(staff=12)).staff
    12
    """
    return PlayedDecision(**asdict(decision))


@dataclass(frozen=True)
class Forecast:
    """What was foreseen before a quarter was run; empty fields were not answered.

    Parameters
    ----------
    profit : float
        Probability, 0 to 1, that the profit of the quarter lies above 0.
    busy : float
        Probability that the mean load lies above 0.9.
    cash_low, cash_high : float
        An interval that holds the cash at the end with a probability of 80 %, units of money.
    visits_low, visits_high : float
        The same for the visits that are paid at the till.
    """

    profit: float | None = shape.number(0, 1)
    busy: float | None = shape.number(0, 1)
    cash_low: float | None = shape.number(-1e9, 1e9)
    cash_high: float | None = shape.number(-1e9, 1e9)
    visits_low: float | None = shape.number(0, 1e9)
    visits_high: float | None = shape.number(0, 1e9)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class LogEntry:
    """Why it was decided so, and what would show that it was wrong."""

    reason: str = shape.word(REASONS)
    why: str = shape.text()
    wrong_if: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class PlayedQuarter:
    """A quarter that was run."""

    decision: Any = shape.one(PlayedDecision)
    forecast: Forecast = shape.one(Forecast)
    log: LogEntry = shape.one(LogEntry)

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def levers(self) -> Decision:
        """The decision as the engine takes it."""
        return Decision(**asdict(self.decision))


@dataclass(frozen=True)
class Setup:
    """Which game it is."""

    player: str = shape.text()
    scenario: str = shape.word({name: name for name in helm_scenario_names()}, "growth")
    seed: int = shape.number(0, 2**31, 1, whole=True)
    people: int = shape.number(FEWEST, MOST, MARKET, whole=True)
    engine: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Closing:
    """What the player concludes at the end."""

    sentence: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class PlayedGame:
    """A game as far as it was played.

    Examples
    --------
    >>> played = new_played_game("growth", people=300).play(Decision())
    >>> [one.levers == Decision() for one in played.quarters], played.game.over
    ([True], False)
    """

    setup: Setup = shape.one(Setup)
    quarters: tuple[PlayedQuarter, ...] = shape.many(PlayedQuarter, QUARTERS)
    closing: Closing = shape.one(Closing)

    def __post_init__(self) -> None:
        shape.require(self)

    @cached_property
    def game(self) -> Game:
        """The game that follows from the decisions."""
        own = self.setup
        started = new_game(own.scenario, seed=int(own.seed), people=int(own.people))
        return replace(started, decisions=tuple(one.levers for one in self.quarters))

    @property
    def same_engine(self) -> bool:
        """Whether it was played with this version of the engine."""
        return self.setup.engine in ("", VERSION)

    def play(self, decision: Decision, forecast: Forecast | None = None, log: LogEntry | None = None) -> PlayedGame:
        """Run a quarter.

        Raises
        ------
        InputError
            If the game is over, or an interval is turned round; all problems at once.
        """
        forecast = Forecast() if forecast is None else forecast
        problems = forecast_problems(forecast)
        if len(self.quarters) >= QUARTERS:
            problems.append(Problem("over", say("All {count} quarters are played.", count=QUARTERS)))
        if problems:
            raise InputError(say("The quarter can't be run yet."), problems)
        one = PlayedQuarter(played_decision(decision), forecast, LogEntry() if log is None else log)
        return replace(self, quarters=(*self.quarters, one))


def forecast_problems(forecast: Forecast) -> list[Problem]:
    """What is wrong with a forecast as a whole: half an interval, or one that is turned round."""
    problems = []
    for name, label in (("cash", say("cash at the end")), ("visits", say("visits at the till"))):
        low, high = getattr(forecast, f"{name}_low"), getattr(forecast, f"{name}_high")
        if (low is None) != (high is None):
            what = say("The interval for “{name}” needs both ends, or none.", name=label)
            problems.append(Problem("half_interval", what, column=name))
        elif low is not None and low > high:
            what = say("The interval for “{name}” ends before it begins.", name=label)
            problems.append(Problem("turned_interval", what, column=name))
    return problems


def new_played_game(
    scenario: str = "growth", *, student: str | None = None, people: int = MARKET, seed: int | None = None
) -> PlayedGame:
    """Begin a game that is kept.

    Parameters
    ----------
    scenario : str
        One of `world.helm.helm_scenario_names`.
    student : str, optional
        Id of the student: whose luck, unless a seed is given; and the name in the table of a tournament.
    people : int
        Size of the market.
    seed : int, optional
        The same luck for everybody, as in a tournament.

    Returns
    -------
    PlayedGame

    Raises
    ------
    InputError
        If a name or a number is not allowed.

    Examples
    --------
    >>> new_played_game(student="A-1").setup.seed == new_played_game(student=" a-1").setup.seed
    True
    """
    who = normalise_id(student or "")
    if seed is None:
        seed = variant_luck("helm", student).randrange(1, 1_000_000) if who else 1
    new_game(scenario, seed=seed, people=people)  # refuses in its own words
    return PlayedGame(Setup(who, scenario, seed, people, VERSION))


KEPT = KeptWork(
    "crm_toolkit.helm",
    1,
    PlayedGame,
    mark("The game can't be read."),
    mark("“{path}” can't be read as a game."),
    mark("The game was not saved."),
)
load_game: Callable[..., PlayedGame] = KEPT.load
save_game = KEPT.save
