"""How well a player foresaw and reasoned: Brier score, coverage of intervals, quality of the log, the whole score.

Brier score of a yes/no forecast: mean of (p − outcome)², 0 is best, 0.25 is always saying one half (Brier 1950). An
interval that is meant to hold in 80 % of the cases should do so, no more and no less. A good log names its reason, is
more than a guess, rests on something that could be seen, and says what would prove it wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.helm_game.played import PlayedGame
from crm_toolkit.texts import mark, say
from crm_toolkit.world.helm import Quarter, score_of

TOTAL_WEIGHTS: dict[str, float] = {"result": 0.7, "forecasts": 0.15, "log": 0.15}
"""Weights of the whole score: assumptions, shown to the player."""
TOTAL_PARTS: dict[str, str] = {
    "result": mark("Result of the organisation"),
    "forecasts": mark("Calibration of the forecasts"),
    "log": mark("Quality of the log"),
}
AIM = 0.8  # probability that an interval is meant to have
BUSY = 0.9
ENOUGH_SIGNS = 20
SEEN_BY: dict[str, tuple[str, ...]] = {
    "clients": ("clients",), "complaints": ("complaints",), "survey": ("survey",), "experiment": ("experiment",),
    "market": (), "load": (), "money": (), "fairness": (),
}  # fmt: skip


@dataclass(frozen=True)
class ForecastQuality:
    """How well forecasts agreed with what came.

    Parameters
    ----------
    brier : float
        Mean squared error of the probabilities; NaN without any.
    asked, answered : int
        Yes/no questions.
    coverage : float
        Share of the intervals that held the value; NaN without any.
    intervals : int
        How many intervals were given.
    skill : float
        0 to 1: what counts for the score.
    """

    brier: float
    asked: int
    answered: int
    coverage: float
    intervals: int
    skill: float


@dataclass(frozen=True)
class LogQuality:
    """How well decisions were reasoned.

    Parameters
    ----------
    quarters : tuple of tuple of str
        For each quarter what its entry lacks: codes of `LACKS`.
    skill : float
        0 to 1: what counts for the score.
    """

    quarters: tuple[tuple[str, ...], ...]
    skill: float


LACKS: dict[str, str] = {
    "no_reason": mark("no reason is chosen"),
    "guess": mark("the reason is a guess"),
    "unseen": mark("the reason could not be seen in the report"),
    "short": mark("the sentence why is missing or very short"),
    "no_test": mark("nothing says what would show that it was wrong"),
}


def brier_score(chances: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Mean of (probability − outcome)².

    Parameters
    ----------
    chances : sequence of float
        Probabilities, 0 to 1.
    outcomes : sequence of bool
        What came, as many.

    Raises
    ------
    InputError
        If they are not as many, there are none, or a probability is none.

    Examples
    --------
    >>> round(brier_score([0.9, 0.2], [True, False]), 3)
    0.025
    """
    problems = []
    if len(chances) != len(outcomes) or not len(chances):
        what = say("As many outcomes as probabilities are needed, and at least one.")
        problems.append(Problem("length", what, say("Found: {value}.", value=f"{len(chances)}, {len(outcomes)}")))
    wrong = [value for value in chances if not 0 <= value <= 1]
    if wrong:
        problems.append(Problem("outside_range", say("{value} is no probability.", value=wrong[0])))
    if problems:
        raise InputError(say("There is no Brier score."), problems)
    return sum((chance - bool(came)) ** 2 for chance, came in zip(chances, outcomes, strict=True)) / len(chances)


def outcomes_of(quarter: Quarter) -> Mapping[str, float]:
    """What forecasts are held against: ``profit``, ``load``, ``cash``, ``visits``."""
    value = {one.name: one.value for one in quarter.figures}
    return {"profit": value["profit"] or 0.0, "load": value["load"] or 0.0, "cash": value["cash"] or 0.0,
            "visits": value["till_visits"] or 0.0}  # fmt: skip


def forecast_quality(played: PlayedGame) -> ForecastQuality:
    """Hold all forecasts of a game against what came.

    Examples
    --------
    >>> from crm_toolkit.exercises.helm_game import Forecast, new_played_game
    >>> from crm_toolkit.world.helm import Decision
    >>> played = new_played_game(people=300).play(Decision(), Forecast(profit=1.0, cash_low=0, cash_high=1e6))
    >>> found = forecast_quality(played)
    >>> found.asked, found.answered, found.intervals
    (2, 1, 1)
    """
    chances, came, held = list[float](), list[bool](), list[bool]()
    for one, quarter in zip(played.quarters, played.game.quarters, strict=True):
        now, said = outcomes_of(quarter), one.forecast
        for chance, yes in ((said.profit, now["profit"] > 0), (said.busy, now["load"] > BUSY)):
            if chance is not None:
                chances.append(float(chance))
                came.append(yes)
        for name in ("cash", "visits"):
            low, high = getattr(said, f"{name}_low"), getattr(said, f"{name}_high")
            if low is not None and high is not None:
                held.append(low <= now[name] <= high)
    asked = 2 * len(played.quarters)
    brier = brier_score(chances, came) if chances else nan
    coverage = sum(held) / len(held) if held else nan
    sharp = max(1 - 4 * brier, 0.0) * len(chances) / asked if chances else 0.0
    level = max(1 - abs(coverage - AIM) / AIM, 0.0) * len(held) / asked if held else 0.0
    return ForecastQuality(brier, asked, len(chances), coverage, len(held), 0.6 * sharp + 0.4 * level)


def log_quality(played: PlayedGame) -> LogQuality:
    """Look at every entry of the log: reason, evidence that could be seen, a sentence, a test.

    Examples
    --------
    >>> from crm_toolkit.exercises.helm_game import new_played_game
    >>> from crm_toolkit.world.helm import Decision
    >>> log_quality(new_played_game(people=300).play(Decision())).quarters
    (('no_reason', 'short', 'no_test'),)
    """
    quarters, seen, points = list[tuple[str, ...]](), None, 0.0
    for one, quarter in zip(played.quarters, played.game.quarters, strict=True):
        lacks, entry = [], one.log
        if not entry.reason:
            lacks.append("no_reason")
        elif entry.reason == "guess":
            lacks.append("guess")
        elif any(seen is None or seen.figure(name).value is None for name in SEEN_BY[entry.reason]):
            lacks.append("unseen")
        if len(entry.why.strip()) < ENOUGH_SIGNS:
            lacks.append("short")
        if len(entry.wrong_if.strip()) < ENOUGH_SIGNS:
            lacks.append("no_test")
        quarters.append(tuple(lacks))
        points += max(1 - 0.35 * len(lacks), 0.0)
        seen = quarter
    return LogQuality(tuple(quarters), points / len(quarters) if quarters else 0.0)


def total_score(played: PlayedGame) -> dict[str, float]:
    """The whole score, 0 to 100, and its parts.

    Parameters
    ----------
    played : PlayedGame
        With at least one quarter.

    Returns
    -------
    dict
        ``total``, ``result`` (`world.helm.Score.total`), ``forecasts``, ``log``.

    Raises
    ------
    InputError
        If nothing was played yet.
    """
    if not played.quarters:
        raise InputError(say("There is no score yet."), [Problem("empty", say("No quarter was played yet."))])
    parts = {
        "result": score_of(played.game.passages, people=played.game.people).total,
        "forecasts": 100 * forecast_quality(played).skill,
        "log": 100 * log_quality(played).skill,
    }
    return {"total": sum(weight * parts[name] for name, weight in TOTAL_WEIGHTS.items()), **parts}
