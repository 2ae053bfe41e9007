"""What is done once in a quarter: the round of retention offers with its experiment, win-back, the survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from crm_toolkit.streams import Stream
from crm_toolkit.world.helm.levers import Decision
from crm_toolkit.world.helm.parameters import WEEKS

if TYPE_CHECKING:
    from crm_toolkit.world.helm.voyage import Ship

LETTER = 50  # minor units
OFFER_WEEKS = 8
RETURNS = (0.06, 0.3, 0.12, 0.3)  # most who return, by reason of leaving; assumptions
WITHIN = 52


def retention_round(ship: Ship, decision: Decision, number: int) -> None:
    """Send offers to some of the clients on file, hold some out, and remember both for the evaluation."""
    known = np.flatnonzero(ship.on_file & ship.client)
    wanted = int(len(known) * decision.contacted)
    if not wanted:
        return
    luck = Stream(ship.seed, "helm offer").many(2, known, number)
    if decision.rule == 1:
        score = (ship.week - ship.last_seen[known]).astype(np.float64)
    elif decision.rule == 2:
        score = ship.seen_spend[known].astype(np.float64)
    else:
        weight = ship.informed / (ship.informed + 40.0)
        score = weight * ship.folk.response[known] + (1 - weight) * 0.4 * ndtri(luck[0])
    chosen = np.argsort(-score, kind="stable")[:wanted]
    held = luck[1][chosen] < decision.holdout
    asked, out = known[chosen[~held]], known[chosen[held]]
    ship.boost[:] = 0.0
    ship.boost[asked] = ship.folk.response[asked]
    ship.boost_until = ship.week + OFFER_WEEKS
    ship.offers[asked] = True
    ship.pay("retention", LETTER * len(asked))
    ship.informed += len(out) * ship.data
    ship.round = (asked, out, ship.seen_now.copy())


def round_result(ship: Ship) -> dict[str, float]:
    """What the records say of the last round: sizes, mean visits, effect and its standard error."""
    asked, out, before = ship.round
    visits = ship.seen_now - before
    found = {"asked": float(len(asked)), "held": float(len(out))}
    if len(asked) > 1 and len(out) > 1:
        found["effect"], found["error"] = evaluated(visits[asked], visits[out])
    return found


def evaluated(asked_visits: np.ndarray, out_visits: np.ndarray) -> tuple[float, float]:
    """Difference of means and its standard error.

    >>> effect, error = evaluated(np.array([1, 2, 3]), np.array([1, 1, 1]))
    >>> effect, round(error, 3)
    (1.0, 0.577)
    """
    effect = float(asked_visits.mean() - out_visits.mean())
    spread = asked_visits.var(ddof=1) / len(asked_visits) + out_visits.var(ddof=1) / len(out_visits)
    return effect, float(spread) ** 0.5


def win_back_round(ship: Ship, decision: Decision, number: int) -> None:
    """Write to those who left within a year and are on file."""
    gone = np.flatnonzero((ship.status == 2) & ship.on_file & (ship.week - ship.since <= WITHIN))
    if not len(gone):
        return
    most = np.asarray(RETURNS)[ship.reason[gone]]
    luck = Stream(ship.seed, "helm win back").uniform(gone, number)
    back = gone[luck < most * (1 - np.exp(-decision.win_back / 25))]
    ship.pay("win_back", LETTER * len(gone) + 100 * decision.win_back * len(back))
    ship.client[back], ship.status[back] = True, 1
    ship.mood[back], ship.habit[back], ship.last_visit[back] = -0.2, 0.1, ship.week
    ship.noted["won_back"] = len(back)


def surveyed(ship: Ship, number: int) -> tuple[int, float, float]:
    """Answers, their mean on a scale of 1 to 5, and its standard error."""
    came = np.flatnonzero((ship.visits_now > 0) & ship.client)
    luck = Stream(ship.seed, "helm survey").many(2, came, number)
    answers = came[luck[0] < 0.12 + 0.08 * (ship.mood[came] > 0)]
    if len(answers) < 2:
        return len(answers), float("nan"), float("nan")
    noise = 0.5 * ndtri(luck[1][luck[0] < 0.12 + 0.08 * (ship.mood[came] > 0)])
    marks = np.clip(np.rint(3.7 + 0.6 * ship.mood[answers] + noise), 1, 5)
    return len(answers), float(marks.mean()), float(marks.std(ddof=1) / len(marks) ** 0.5)


__all__ = ["LETTER", "OFFER_WEEKS", "WEEKS", "evaluated", "retention_round", "surveyed", "win_back_round"]
