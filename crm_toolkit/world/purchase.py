"""What is bought at encounters, for how much, with which offer and points, and how it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.world.baskets import gamma_gamma_minor
from crm_toolkit.world.events import AT_ONCE, NEVER_PAID
from crm_toolkit.world.visits import BASKET, BUYS, METHOD, OFFER, PAY, REDEEM, Visits

if TYPE_CHECKING:
    from crm_toolkit.firm import LoyaltyProgramme
    from crm_toolkit.world.state import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_CALM = 0.6  # how much discipline matters for paying on time; assumption
_STICKS = 0.85  # share of payments by the preferred way; assumption


def purchase(state: State, visits: Visits, gross_by_basket: Integers) -> None:
    """Let customers buy at the encounters that stand last in the log; what feeds back goes into the state."""
    if state.scenario["extras_share"] < 1:
        buyers = np.flatnonzero(visits.luck(BUYS) < state.scenario["extras_share"])
        state.bought_at.append(buyers + (state.encounters.rows - len(visits.who)))
        visits = visits.kept(buyers)
    who, rules = visits.who, state.policy.loyalty
    if not who.size:
        return
    basket, gross = _basket(state, visits, gross_by_basket)
    offers, fraction = _offers(state, visits)
    bought: dict[str, Any] = {"basket": basket, "gross": gross, "bought": True}
    bought |= {"campaign": -1 if offers is None else offers, "delay": AT_ONCE}
    amount = gross
    if offers is not None or fraction > 0:
        bought["discount"] = np.rint(gross * fraction).astype(np.int64)
        amount = gross - bought["discount"]
    if rules is not None and visits.week >= rules.from_week:
        points = _points(state, rules, visits, amount)
        amount = amount - points["points_value"]
        bought |= points
    bought["amount"] = amount
    bought["method"] = _method(state, visits)
    if state.billed.any():
        bought["delay"] = _delay(state, visits, bought["method"], amount)
    state.purchases.add(**bought)
    if state.policy.campaigns:  # nobody else looks at these; somebody may buy several times a week
        np.add.at(state.orders, who, 1)
        np.add.at(state.recent, who, 1.0)


def _basket(state: State, visits: Visits, gross_by_basket: Integers) -> tuple[Integers, Integers]:
    """What is bought, and its price in minor units."""
    scenario, own = state.scenario, state.scenario["basket_spread"]
    spend, chance = state.traits.score["spend"][visits.who], ndtri(visits.luck(BASKET))
    if scenario.ticket == "gamma_gamma":
        factor = state.outlook.list_factor[visits.week]
        return np.zeros(len(spend), dtype=np.int64), gamma_gamma_minor(scenario, spend, chance, factor)
    basket = state.baskets.take(own * spend + np.sqrt(1 - own**2) * chance)
    return basket, gross_by_basket[basket]


def _offers(state: State, visits: Visits) -> tuple[NDArray[np.int8] | None, Floats]:
    """Whose offer is used, -1 for none, or None in weeks without any; and the share of the price that is taken off."""
    plain = 1 - (1 - state.outlook.discount[visits.week]) * (1 - state.discounts[-1])
    if not state.outlook.offers[visits.week]:
        return None, plain
    offer = state.offer[visits.who]
    having = np.flatnonzero(offer >= 0)
    offer[having[visits.luck(OFFER, having) >= state.scenario["offer_use"]]] = -1
    return offer, 1 - (1 - state.outlook.discount[visits.week]) * (1 - state.discounts[offer])


def _points(state: State, rules: LoyaltyProgramme, visits: Visits, net: Integers) -> dict[str, Integers]:
    """Points earned and redeemed, and the money that the redeemed ones are worth here."""
    members = np.flatnonzero(state.member[visits.who])
    who, net_of_members = visits.who[members], net[members]
    joins = who[np.isinf(state.enrolled[who])]
    state.enrolled[joins] = visits.week
    earned, redeemed, value = rules.earned(net_of_members), np.zeros_like(who), np.zeros_like(who)
    willing = visits.luck(REDEEM, members) < state.scenario["redeem_share"]
    for one in visits.rounds(members):
        mine = who[one]
        balance = state.balance[mine]
        wants = ((balance >= rules.threshold) & willing[one]).nonzero()[0]
        if wants.size:
            place = one.start + wants
            redeemed[place] = rules.threshold
            value[place] = np.minimum(round(rules.reward * 100), net_of_members[place])
            earned[place] = rules.earned(net_of_members[place] - value[place])
            balance[wants] -= rules.threshold
        balance += earned[one]
        state.balance[mine] = balance
    np.add.at(state.earned, who, earned)
    redeems = redeemed.nonzero()[0]
    np.add.at(state.used, who[redeems], redeemed[redeems])
    points = {"earned": earned, "redeemed": redeemed, "points_value": value}
    if len(members) == len(net):
        return points
    spread = {name: np.zeros(len(net), dtype=np.int64) for name in points}
    for name, values in points.items():
        spread[name][members] = values
    return spread


def _method(state: State, visits: Visits) -> NDArray[np.int8]:
    """The way of paying: mostly the preferred one."""
    luck, shares, method = visits.luck(METHOD), state.method_shares, state.preferred_method[visits.who]
    others = np.flatnonzero(luck >= _STICKS)
    place = np.searchsorted(shares, (luck[others] - _STICKS) / (1 - _STICKS), side="right")
    method[others] = np.minimum(place, len(shares) - 1)
    return method


def _delay(state: State, visits: Visits, method: NDArray[np.int8], amount: Integers) -> NDArray[np.int16]:
    """The days after the due day on which a bill is paid."""
    scenario = state.scenario
    delay = np.full(len(method), AT_ONCE, dtype=np.int16)
    place = np.flatnonzero(state.billed[method] & (amount > 0))
    delay[place] = 0
    if not scenario.on("payment_behaviour"):
        return delay
    who = visits.who[place]
    calm = np.exp(-_CALM * state.traits.score["discipline"][who] - _CALM**2 / 2)  # 1 on average
    default = np.minimum(scenario["default_share"] * calm, 0.9)
    late = np.minimum(scenario["late_share"] * calm, 0.95)
    drawn = visits.luck(PAY, place)
    within = np.clip((drawn - default) / late, 0.0, 1 - 1e-9)  # among late payers, chance again
    days = np.ceil(-np.log1p(-within) * scenario["late_days"]).clip(1, 30_000)
    delay[place] = np.where(drawn < default, NEVER_PAID, np.where(drawn < default + late, days, 0))
    if scenario["debt_to_churn"] > 0:
        waiting = np.where(delay[place] == NEVER_PAID, 26, delay[place] // 7)
        open_until = visits.week + (int(scenario["due_days"]) // 7) + waiting
        np.maximum.at(state.debt_until, who, np.where(delay[place] == 0, -1, open_until))
    return delay
