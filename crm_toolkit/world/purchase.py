"""What is bought at encounters while the clock runs: as much of it as changes what comes next.

Points and bills hang on sums, so these are worked out here where there is a programme or debts drive away; the rest
of a purchase is left to `takings`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.world.baskets import gamma_gamma_minor
from crm_toolkit.world.events import NEVER_PAID
from crm_toolkit.world.state import draw_near
from crm_toolkit.world.takings import days_late, way_of_paying
from crm_toolkit.world.visits import BASKET, BUYS, METHOD, OFFER, PAY, REDEEM, Visits

if TYPE_CHECKING:
    from crm_toolkit.firm import WeeklyPoints
    from crm_toolkit.world.state import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_WRITTEN_OFF_WEEKS = 26


def purchase(state: State, visits: Visits, gone: Integers, gross_by_basket: Integers) -> None:
    """Let customers buy at the encounters that stand last in the log; what feeds back goes into the state.

    Parameters
    ----------
    state : State
        Changed in place.
    visits : Visits
        The encounters of a week.
    gone : array
        The encounters that don't take place; they stand in the log until the end, and so may their purchases.
    gross_by_basket : array
        Sum of every basket this week, in minor units.
    """
    which: Integers | slice = slice(None)
    if state.scenario["extras_share"] < 1:
        which = (visits.below(BUYS, state.scenario["extras_share"])).nonzero()[0]
        if gone.size:
            which = _without(which, gone, len(visits.who))
        state.bought_at.append(which + (state.encounters.rows - len(visits.who)))
    who, rules, begin = visits.who[which], state.policy.loyalty, state.purchases.rows
    if not who.size:
        return
    basket, chance = _basket(state, visits, which)
    state.purchases.add(basket=basket)
    offers, fraction = _offers(state, visits, which)
    if offers is not None:
        state.purchases.put(slice(begin, state.purchases.rows), offer=offers + np.int8(1))
    points = rules is not None and visits.week >= rules.from_week
    if points or state.owing:
        amount = gross_by_basket.take(basket)
        if state.scenario.ticket == "gamma_gamma":
            factor, spend = state.outlook.list_factor[visits.week], state.traits.score["spend"][who]
            amount = gamma_gamma_minor(state.scenario, spend, chance, factor)
        if offers is not None or fraction > 0:
            amount = amount - np.rint(amount * fraction).astype(np.int64)
        if rules is not None and points:
            place, value = _points(state, rules, visits, which, gone, amount)
            if state.scenario.on("points_pressure"):
                draw_near(state, rules, visits.ends.who if isinstance(which, slice) else who)
            if place.size:
                state.purchases.put(begin + place, redeemed=rules.threshold, points_value=value)
                amount[place] -= value
        if state.owing:
            _owe(state, visits, which, amount)
    if not state.policy.campaigns:
        return  # nobody else looks at these
    if not isinstance(which, slice):
        np.add.at(state.orders, who, 1)
        np.add.at(state.recent, who, 1.0)
        return
    last, more = visits.ends.who, visits.turn.take(visits.ends.place)
    more += 1
    state.orders[last], state.recent[last] = state.orders.take(last) + more, state.recent.take(last) + more
    if gone.size:
        np.subtract.at(state.orders, who[gone], 1)
        np.subtract.at(state.recent, who[gone], 1.0)


def _basket(state: State, visits: Visits, which: Integers | slice) -> tuple[NDArray[np.int16], Floats]:
    """What is bought, and the chance in it as a normal score."""
    chance = ndtri(visits.luck(BASKET, which))
    if state.scenario.ticket == "gamma_gamma":
        return np.zeros(len(chance), dtype=np.int16), chance
    own = state.scenario["basket_spread"]
    score = np.sqrt(1 - own**2) * chance
    score += state.standing.take(visits.who[which])
    return state.baskets.take(score), chance


def _offers(state: State, visits: Visits, which: Integers | slice) -> tuple[NDArray[np.int8] | None, Floats]:
    """Whose offer is used, -1 for none, or None in weeks without any; and the share of the price that is taken off."""
    plain = 1 - (1 - state.outlook.discount[visits.week]) * (1 - state.discounts[-1])
    if not state.outlook.offers[visits.week]:
        return None, plain
    offer = state.offer[visits.who[which]]
    having = (offer >= 0).nonzero()[0]
    luck = visits.luck(OFFER, having if isinstance(which, slice) else which[having])
    offer[having[luck >= state.scenario["offer_use"]]] = -1
    return offer, 1 - (1 - state.outlook.discount[visits.week]) * (1 - state.discounts[offer])


def _points(
    state: State, rules: WeeklyPoints, visits: Visits, which: Integers | slice, gone: Integers, net: Integers
) -> tuple[Integers, Integers]:
    """Earn and redeem points. Gives the purchases at which points are redeemed, and what these are worth there."""
    who = visits.who[which]
    joins = who[state.joining.take(who)]
    state.enrolled[joins], state.joining[joins] = visits.week, False
    earned = _earned(state, rules, who, net)
    earned *= state.member.take(who)
    if isinstance(which, slice):
        earned[gone] = 0
        total = state.earned.take(who)
        total += visits.running(earned)
        state.earned[visits.ends.who] = total.take(visits.ends.place)
        before = total - earned
        before -= state.used.take(who)
        hits = (before >= rules.threshold).nonzero()[0]
        hits = _without(hits, gone, len(who)) if gone.size else hits
        places: Integers = hits
    else:
        np.add.at(state.earned, who, earned)
        before = state.earned[who] - state.used[who]
        hits = (before >= rules.threshold).nonzero()[0]
        places = which[hits]
    hits = hits[visits.luck(REDEEM, places) < state.scenario["redeem_share"]]
    if hits.size and not isinstance(which, slice):
        _take_back_later(who, earned, before, hits, len(state.earned))
        hits = hits[before[hits] >= rules.threshold]
    return _redeem(state, rules, visits.week, who, before, net, earned, hits)


def _earned(state: State, rules: WeeklyPoints, who: Integers, net: Integers) -> Integers:
    """Points of members for amounts, minor units."""
    factor = None if state.membership is None else state.membership.factor
    return rules.earned(net) if factor is None else rules.earned(net) * factor[who]


def _without(places: Integers, others: Integers, among: int) -> Integers:
    """Some of so many places that are not among the others."""
    there = np.ones(among, dtype=bool)
    there[others] = False
    return places[there[places]]


def _take_back_later(who: Integers, earned: Integers, balance: Integers, hits: Integers, people: int) -> None:
    """Make of balances after all purchases of a week those before some of them, in place."""
    theirs = np.zeros(people, dtype=bool)
    theirs[who[hits]] = True
    mine = theirs[who].nonzero()[0]
    order = mine[who[mine].argsort(kind="stable")]
    left = np.cumsum(earned[order][::-1])[::-1]  # from this purchase to the last one of the last customer
    ends = np.append(who[order][1:] != who[order][:-1], True)
    beyond = np.append(left[1:], 0)[ends]
    balance[order] -= left - beyond[np.cumsum(ends) - ends]


def _redeem(
    state: State, rules: WeeklyPoints, week: int, who: Integers, before: Integers, net: Integers,
    earned: Integers, hits: Integers,
) -> tuple[Integers, Integers]:  # fmt: skip
    """Redeem at everybody's first purchase of those at which they want to, then at the next one, as far as points last.

    ``before`` is what an account would hold before a purchase if nothing were redeemed in this week; ``hits`` are
    purchases at which that is enough and the customer is willing.
    """
    places, values = [], []
    while hits.size:
        first = state.firsts(who[hits])
        place = hits[first]
        person, value = who[place], np.minimum(round(rules.reward * 100), net[place])
        fewer = earned[place] - _earned(state, rules, person, net[place] - value)
        state.earned[person] -= fewer
        state.used[person] += rules.threshold
        if state.membership is not None:
            state.membership.redeemed(person, week, state.satisfaction)
        places.append(place)
        values.append(value)
        if first.all():
            break
        spent = np.zeros(len(state.used), dtype=np.int64)
        spent[person] = rules.threshold + fewer
        hits = hits[~first]
        before[hits] -= spent[who[hits]]
        hits = hits[before[hits] >= rules.threshold]
    if not places:
        return hits, hits
    return np.concatenate(places), np.concatenate(values)


def _owe(state: State, visits: Visits, which: Integers | slice, amount: Integers) -> None:
    """Remember until when the bills of the week stay open."""
    scenario, who = state.scenario, visits.who[which]
    method = way_of_paying(visits.luck(METHOD, which), state.preferred_method[who], state.method_shares)
    place = (state.billed[method] & (amount > 0)).nonzero()[0]
    who = who[place]
    delay = days_late(
        scenario, visits.luck(PAY, place if isinstance(which, slice) else which[place]),
        state.traits.score["discipline"][who],
    )  # fmt: skip
    waiting = np.where(delay == NEVER_PAID, _WRITTEN_OFF_WEEKS, delay // 7)
    open_until = visits.week + (int(scenario["due_days"]) // 7) + waiting
    np.maximum.at(state.debt_until, who, np.where(delay == 0, -1, open_until))
