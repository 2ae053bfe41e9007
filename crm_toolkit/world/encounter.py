"""One encounter of each of some customers with the organisation: what is experienced, bought, paid and felt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.satisfaction import disconfirmed
from crm_toolkit.behaviour.switching import reaction_chances
from crm_toolkit.world.baskets import gamma_gamma_minor
from crm_toolkit.world.outlook import strain
from crm_toolkit.world.state import leave, performed, renew_need

if TYPE_CHECKING:
    from crm_toolkit.world.state import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# what the twelve numbers of an encounter's luck decide; the first three are wanted as normal scores
(NEED, BASKET, PERFORMANCE, WAIT, FAILURE, DROPOUT, EMPLOYEE, METHOD, OFFER, REDEEM, BUYS, PAY) = range(12)
_DRAWS, _SCORES = 12, 3
_AFTERMATH = 1 << 40  # step of the luck of what follows a failure
AT_ONCE, NEVER_PAID = -2, -1
_CALM = 0.6  # how much discipline matters for paying on time; assumption
_STICKS = 0.85  # share of payments by the preferred way; assumption


def serve(state: State, week: int, who: Integers, when: Floats, gross_by_basket: Integers) -> None:
    """Let customers meet the organisation at given times of a week.

    Parameters
    ----------
    state : State
        Changed in place.
    week : int
        The week's number.
    who : array
        Indexes of customers, each at most once.
    when : array
        Times within the week, from 0 to 1.
    gross_by_basket : array
        Sum of every basket this week, in minor units.
    """
    number = state.number[who]
    luck = state.encounter_luck.many(_DRAWS, number, who)
    scores = ndtri(luck[:_SCORES])
    felt = _experience(state, week, who, luck, scores[PERFORMANCE])
    bought = _purchase(state, week, who, luck, scores[BASKET], gross_by_basket)
    state.encounters.add(person=who, number=number, time=week + when, **felt, **bought)
    state.number[who] = number + 1
    renew_need(state, who, luck[NEED], scores[NEED])
    gone = felt["reaction"] == 2
    if gone.any():
        leave(state, who[gone], week + when[gone], because=3)
    if state.scenario["a"] > 0:
        chance = state.traits.dropout[who]
        if state.scenario.on("satisfaction"):
            chance = chance * np.exp(-state.scenario["satisfaction_to_churn"] * state.satisfaction[who])
        drops = (number > 0) & (luck[DROPOUT] < chance) & ~gone
        leave(state, who[drops], week + when[drops], because=2)


def _experience(state: State, week: int, who: Integers, luck: Floats, score: Floats) -> dict[str, NDArray]:
    """Waiting, performance, failure and what follows for satisfaction."""
    scenario, n = state.scenario, len(who)
    employee = (luck[EMPLOYEE] * state.skill.shape[1]).astype(np.int8)
    nothing, no = np.zeros(n), np.zeros(n, dtype=bool)
    felt: dict[str, NDArray] = {
        "employee": employee, "wait": nothing, "performance": nothing, "disconfirmation": nothing,
        "satisfaction": nothing, "failed": no, "severity": np.zeros(n, dtype=np.int8),
        "reaction": np.zeros(n, dtype=np.int8), "repaired": no, "repeated": no,
    }  # fmt: skip
    if not scenario.on("satisfaction"):
        return felt
    outlook = state.outlook
    waits, mean, failure = outlook.waits[week], outlook.wait[week], outlook.failure[week]
    if scenario.on("crowding"):
        waits, mean, failure = (one[state.branch[who]] for one in strain(scenario, state.felt / outlook.staff[week]))
    skill = state.skill[state.branch[who], employee]
    wait = np.maximum(np.log(waits / luck[WAIT]), 0.0) * mean
    risk = failure * np.exp(-0.5 * skill)
    failed = luck[FAILURE] < risk
    severity = np.where(failed, np.searchsorted(state.severities, luck[FAILURE] / risk) + 1, 0)
    performance = outlook.performance[week] + skill + scenario["performance_sd"] * score
    performance += performed(scenario, severity, wait)
    before = state.satisfaction[who]
    after, expectation, difference = disconfirmed(
        before, state.expectation[who] - state.forgiven, performance, gain=scenario["satisfaction_gain"],
        loss_weight=scenario["loss_weight"], learning=scenario["expectation_learning"],
    )  # fmt: skip
    state.expectation[who] = expectation + (1 - scenario["expectation_learning"]) * state.forgiven
    felt |= {"wait": wait, "performance": performance, "disconfirmation": difference, "failed": failed,
             "severity": severity, "satisfaction": after}  # fmt: skip
    if failed.any():
        _aftermath(state, week, who, before, felt)
    state.satisfaction[who] = felt["satisfaction"]
    return felt


def _aftermath(state: State, week: int, who: Integers, before: Floats, felt: dict[str, NDArray]) -> None:
    """What customers do about failures, and whether a complaint is settled well. Changes ``felt`` in place."""
    scenario = state.scenario
    place = np.flatnonzero(felt["failed"])
    person = who[place]
    repeated = week - state.last_failure[person] <= scenario["double_weeks"]
    felt["repeated"] = felt["repeated"].copy()
    felt["repeated"][place] = repeated
    state.last_failure[person] = week
    if not scenario.on("complaints"):
        return
    voice, leaves, tells = reaction_chances(
        felt["severity"][place].astype(np.float64), state.traits.score["complaint"][person], state.habit[person],
        voice=scenario["voice"], leave=scenario["leave_after_failure"],
        word_of_mouth=scenario["word_of_mouth_after_failure"],
    )  # fmt: skip
    drawn, mended = state.encounter_luck.many(2, state.number[person] + _AFTERMATH, person)
    said = drawn < voice
    gone = ~said & (drawn < voice + leaves)
    if not scenario.on("churn"):
        gone[:] = False
    told = ~said & ~gone & (drawn >= voice + leaves) & (drawn < voice + leaves + tells)
    felt["reaction"][place] = said + 2 * gone + 3 * told
    if scenario.on("recovery"):
        odds = scenario["recovery_share"] / (1 - min(scenario["recovery_share"], 0.999)) * state.outlook.recovery[week]
        settled = said & (mended < odds / (1 + odds))
        felt["repaired"] = felt["repaired"].copy()
        felt["repaired"][place] = settled
        once = settled & ~repeated
        better = before[place] + scenario["recovery_gain"]
        felt["satisfaction"][place] = np.where(
            once, np.maximum(felt["satisfaction"][place], better), felt["satisfaction"][place]
        )


def _purchase(
    state: State, week: int, who: Integers, luck: Floats, chance: Floats, gross_by_basket: Integers
) -> dict[str, NDArray]:
    """What is bought, for how much, with which offer and points, and how it is paid."""
    scenario, own = state.scenario, state.scenario["basket_spread"]
    buys = luck[BUYS] < scenario["extras_share"]
    spend = state.traits.score["spend"][who]
    if scenario.ticket == "gamma_gamma":
        basket = np.zeros(len(who), dtype=np.int64)
        gross = gamma_gamma_minor(scenario, spend, chance, state.outlook.list_factor[week])
    else:
        basket = state.baskets.take(own * spend + np.sqrt(1 - own**2) * chance)
        gross = gross_by_basket[basket]
    gross = np.where(buys, gross, 0)
    offer = state.offer[who]
    offer = np.where(buys & (offer >= 0) & (luck[OFFER] < scenario["offer_use"]), offer, -1)
    fraction = 1 - (1 - state.outlook.discount[week]) * (1 - state.discounts[offer])
    discount = np.rint(gross * fraction).astype(np.int64)
    earned, redeemed, value = _points(state, week, who, luck, gross - discount, buys)
    amount = gross - discount - value
    method, delay = _payment(state, week, who, luck, amount)
    state.orders[who] += buys
    state.recent[who] += buys
    if scenario.on("loyalty_habit"):
        state.habit[who] += scenario["habit_gain"] * (1 - state.habit[who])
    return {
        "bought": buys, "basket": basket, "gross": gross, "discount": discount, "points_value": value,
        "amount": amount, "campaign": offer, "earned": earned, "redeemed": redeemed, "method": method, "delay": delay,
    }  # fmt: skip


def _points(
    state: State, week: int, who: Integers, luck: Floats, net: Integers, buys: NDArray
) -> tuple[Integers, Integers, Integers]:
    """Points earned and redeemed, and the money that the redeemed ones are worth here."""
    rules, nothing = state.policy.loyalty, np.zeros(len(who), dtype=np.int64)
    if rules is None or week < rules.from_week:
        return nothing, nothing, nothing
    member = state.member[who] & buys
    joins = who[member & np.isinf(state.enrolled[who])]
    state.enrolled[joins] = week
    wants = member & (state.balance[who] >= rules.threshold) & (luck[REDEEM] < state.scenario["redeem_share"])
    redeemed = np.where(wants, rules.threshold, 0)
    value = np.where(wants, np.minimum(round(rules.reward * 100), net), 0)
    earned = np.where(member, rules.earned(net - value), 0)
    state.balance[who] += earned - redeemed
    state.earned[who] += earned
    state.used[who] += redeemed
    return earned, redeemed, value


def _payment(state: State, week: int, who: Integers, luck: Floats, amount: Integers) -> tuple[NDArray, NDArray]:
    """The way of paying, and the days after the due day on which a bill is paid."""
    scenario, shares = state.scenario, state.method_shares
    other = np.searchsorted(shares, (luck[METHOD] - _STICKS) / (1 - _STICKS), side="right")
    method = np.where(luck[METHOD] < _STICKS, state.preferred_method[who], np.minimum(other, len(shares) - 1))
    delay = np.full(len(who), AT_ONCE, dtype=np.int16)
    if not state.billed.any():
        return method.astype(np.int8), delay
    place = np.flatnonzero(state.billed[method] & (amount > 0))
    delay[place] = 0
    if scenario.on("payment_behaviour"):
        calm = np.exp(-_CALM * state.traits.score["discipline"][who[place]] - _CALM**2 / 2)  # 1 on average
        default = np.minimum(scenario["default_share"] * calm, 0.9)
        late = np.minimum(scenario["late_share"] * calm, 0.95)
        drawn = luck[PAY][place]
        within = np.clip((drawn - default) / late, 0.0, 1 - 1e-9)  # among late payers, chance again
        days = np.ceil(-np.log1p(-within) * scenario["late_days"]).clip(1, 30_000)
        delay[place] = np.where(drawn < default, NEVER_PAID, np.where(drawn < default + late, days, 0))
        waiting = np.where(delay[place] == NEVER_PAID, 26, delay[place] // 7)
        open_until = week + (int(scenario["due_days"]) // 7) + waiting
        state.debt_until[who[place]] = np.maximum(state.debt_until[who[place]],
                                                  np.where(delay[place] == 0, -1, open_until))  # fmt: skip
    return method.astype(np.int8), delay
