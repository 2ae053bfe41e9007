"""What a quarter comes to when it is over: points that expire, what is noted, the truth, customer equity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.behaviour.satisfaction import within_scale
from crm_toolkit.world.helm.books import Books
from crm_toolkit.world.helm.levers import Decision
from crm_toolkit.world.helm.parameters import WEEKS
from crm_toolkit.world.helm.rounds import round_result, surveyed

if TYPE_CHECKING:
    from crm_toolkit.world.helm.voyage import Ship

REASONS = ("failure", "price", "disappointed", "drift")
CHANNELS = ("search", "social", "talk")
LASTING = 0.4  # part of a quarter's failures that is expected to go on; an assumption
INTEREST = 0.03  # on the overdraft, in a quarter; a convention of the game
LAST_CALL = 52  # weeks in which points of a programme that has ended are honoured


def settle(ship: Ship, decision: Decision) -> None:
    """Let points expire, and pay for the overdraft."""
    idle = ship.week - ship.last_visit
    old = (ship.points > 0) & (idle > decision.validity)
    if old.any():
        ship.count("points_expired", float(ship.points[old].sum()))
        ship.mood[old & ship.client] = within_scale(ship.mood[old & ship.client] - 0.4)
        ship.points[old] = 0
    if decision.reward == 0 and ship.points.any():
        ship.points[(ship.points > 0) & (idle > LAST_CALL)] = 0
    closing = ship.cash + Books(0, ship.lines).profit
    if closing < 0:
        ship.pay("interest", round(-INTEREST * closing))


def noted_of(ship: Ship, decision: Decision, now: dict[str, float], *, begin: int, number: int) -> dict[str, Any]:
    """What the organisation has written down; `sight` decides what can be read from it."""
    sums, seen_before = ship.sums, ship.last_seen >= begin - WEEKS
    noted: dict[str, Any] = {
        "data": ship.data, "visits": int(ship.seen_now.sum()),
        "clients": int(np.count_nonzero(ship.last_seen >= begin)),
        "known": int(np.count_nonzero(ship.on_file & ship.client)),
        "stayed": float((ship.last_seen[seen_before] >= begin).mean()) if seen_before.any() else 0.0,
        "complaints": sums.get("complaints_noted", 0.0), "load": sums["load"] / WEEKS, "wait": sums["wait"] / WEEKS,
        "turned": sums.get("turned", 0.0), "staff": ship.team.count, "staff_left": ship.team.left,
        "staff_hired": ship.team.hired, "points": int(ship.points.sum()),
        "till_visits": int(sums.get("visits", 0.0)),
    }  # fmt: skip
    if ship.round is not None:
        noted["round"] = round_result(ship)
    if decision.survey:
        noted["survey"] = surveyed(ship, number)
    if decision.market:
        noted["market"] = {"rival_price": now["rival_price"], "rival_programme": now["rival_programme"],
                           "share": float(ship.client.mean()),
                           **{name: sums.get(f"left_{name}", 0.0) for name in REASONS}}  # fmt: skip
    return noted


def truth_of(ship: Ship, decision: Decision) -> dict[str, float]:
    """What only the game knows; the counts of staff begin anew."""
    skill, fatigue = ship.team.means()
    client, team = ship.client, ship.team
    sums = {name: ship.sums.get(name, 0.0) for name in (
        *(f"left_{reason}" for reason in REASONS), *(f"new_{channel}" for channel in CHANNELS), "visits", "turned",
        "failures", "complaints", "leaked")}  # fmt: skip
    truth = {
        "clients": float(np.count_nonzero(client)), "new": sum(sums[f"new_{channel}"] for channel in CHANNELS),
        "left": sum(sums[f"left_{reason}"] for reason in REASONS), **sums,
        "retention": float(client[ship.clients_before].mean()) if ship.clients_before.any() else 0.0,
        "load": ship.sums["load"] / WEEKS, "wait": ship.sums["wait"] / WEEKS,
        "satisfaction": float(ship.mood[client].mean()) if client.any() else 0.0,
        "skill": skill, "fatigue": fatigue, "staff": float(team.count), "staff_left": float(team.left),
        "staff_hired": float(team.hired), "trust": ship.trust, "data": ship.data,
        "points_owed": float(ship.points[client].sum()) / 100,
        "points_given": ship.sums.get("points_given", 0.0) / 100,
        "points_expired": ship.sums.get("points_expired", 0.0) / 100, "equity": equity_of(ship, decision),
    }  # fmt: skip
    team.left = team.hired = team.dismissed = 0
    return truth


def equity_of(ship: Ship, decision: Decision) -> float:
    """Expected discounted margin of today's clients, less the points they hold; currency units.

    Half of today's satisfaction is taken to last. A client's value is margin / (hazard + discount), with the hazard of
    drifting off and that of failures.
    """
    given, at = ship.given, np.flatnonzero(ship.client)
    lasting = 0.5 * ship.mood[at]
    rate = ship.by_price[at] * np.exp(given["satisfaction_to_visits"] * lasting)
    margin = rate * (ship.amount[at] * (1 - 0.7 * decision.reward) - ship.material[at]) / 100
    lost = given["trust_to_exit"] * (0.8 - ship.trust)
    hazard = ship.base_exit[at] * np.exp(lost - given["satisfaction_to_exit"] * lasting
                                         - given["habit_to_exit"] * ship.habit[at])  # fmt: skip
    failing = LASTING * ship.sums["failing"] / WEEKS + (1 - LASTING) * given["base_failure"]
    by_failure = rate * failing * given["exit_at_failure"]
    value = margin / (np.maximum(hazard, 0.001) + by_failure + given["horizon_discount"])
    return round(float(value.sum()) - float(ship.points[at].sum()) / 100, 2)
