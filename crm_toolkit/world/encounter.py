"""The encounters of a week with the organisation: what is experienced and felt, and who leaves over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.satisfaction import HIGHEST, LOWEST, reaction, within_scale
from crm_toolkit.behaviour.switching import reaction_chances
from crm_toolkit.world.outlook import strain
from crm_toolkit.world.purchase import purchase
from crm_toolkit.world.state import leave, performed
from crm_toolkit.world.visits import DROPOUT, EMPLOYEE, FAILURE, PERFORMANCE, WAIT, Visits

if TYPE_CHECKING:
    from crm_toolkit.world.state import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_AFTERMATH = 1 << 40  # step of the luck of what follows a failure
_EXIT = 2
_BY_FAILURE, _BY_ORDER = 3, 2  # why somebody left


@dataclass
class Felt:
    """What the encounters of a week were like, one value each; the last two as they were after it."""

    performance: Floats
    disconfirmation: Floats
    satisfaction: Floats
    expectation: Floats


@dataclass
class Failures:
    """The few encounters with a failure: where they stand among the week's, rising, and what came of each."""

    place: Integers
    severity: NDArray[np.int8]
    reaction: NDArray[np.int8]
    repaired: NDArray[np.bool_]
    repeated: NDArray[np.bool_]


def serve(state: State, visits: Visits, gross_by_basket: Integers) -> None:
    """Let customers meet the organisation.

    Parameters
    ----------
    state : State
        Changed in place.
    visits : Visits
        The encounters of a week.
    gross_by_basket : array
        Sum of every basket this week, in minor units.
    """
    employee = (visits.luck(EMPLOYEE) * state.skill.shape[1]).astype(np.int8)
    habit = _Habit(state, visits)
    felt, failures, waits = _experience(state, visits, employee, habit)
    exits, because = _exits(state, visits, felt, failures)
    state.number[visits.who] = visits.number + 1  # a customer's last encounter stands last, and counts
    gone = exits[:0]  # encounters that would have come after the customer left
    if exits.size:
        _leave(state, visits, felt, habit, exits, because)
        if visits.before:
            gone = (visits.number >= state.number[visits.who]).nonzero()[0]
    log, begin = state.encounters, state.encounters.rows
    time = visits.when + visits.week
    log.add(person=visits.who, number=visits.number, week=visits.week, time=time, employee=employee)
    if felt is not None:
        log.put(slice(begin, log.rows), performance=felt.performance, disconfirmation=felt.disconfirmation,
                satisfaction=felt.satisfaction)  # fmt: skip
        log.put(begin + waits[0], wait=waits[1])
        log.put(
            begin + failures.place, failed=True, severity=failures.severity, reaction=failures.reaction,
            repaired=failures.repaired, repeated=failures.repeated,
        )  # fmt: skip
    state.gone.append(begin + gone)
    purchase(state, visits, gone, gross_by_basket)


class _Habit:
    """The habit before each encounter of the week; every one adds to it.

    It is 1 − (1 − habit) · (1 − gain)ᵏ after k encounters, so the state is brought to the week's end at once.
    """

    def __init__(self, state: State, visits: Visits):
        self._visits, self._on = visits, state.scenario.on("loyalty_habit")
        if self._on:
            self._lacks = 1.0 - state.habit[visits.who]
            rounds = len(visits.before) + 1
            self._keeps = (1.0 - state.scenario["habit_gain"]) ** np.arange(rounds + 1)
            state.habit[visits.who] = 1.0 - self._lacks * self._keeps[visits.turn + 1]

    def at(self, places: Integers, more: int = 0) -> Floats:
        """The habit before some encounters, or after so many more."""
        if not self._on:
            return np.zeros(len(places))
        return 1.0 - self._lacks[places] * self._keeps[self._visits.turn[places] + more]


def _exits(state: State, visits: Visits, felt: Felt | None, failures: Failures) -> tuple[Integers, Integers]:
    """The encounters at which somebody leaves, a customer's first one each, and why."""
    exits = failures.place[failures.reaction == _EXIT]
    because = np.full(len(exits), _BY_FAILURE)
    if state.scenario["a"] == 0 and not exits.size:
        return exits, because
    if state.scenario["a"] > 0:
        chance = state.traits.dropout[visits.who]
        if felt is not None:
            chance = chance * np.exp(-state.scenario["satisfaction_to_churn"] * felt.satisfaction)
        drops = ((visits.number > 0) & (visits.luck(DROPOUT) < chance)).nonzero()[0]
        exits, because = np.concatenate([exits, drops]), np.concatenate([because, np.full(len(drops), _BY_ORDER)])
    if exits.size > 1:
        order = np.argsort(exits, kind="stable")  # where both reasons meet, the failure comes first
        exits, because = exits[order], because[order]
        first = state.firsts(visits.who[exits])
        exits, because = exits[first], because[first]
    return exits, because


def _leave(state: State, visits: Visits, felt: Felt | None, habit: _Habit, exits: Integers, because: Integers) -> None:
    """Let customers leave, as they were at that moment."""
    person = visits.who[exits]
    if felt is not None:
        state.satisfaction[person], state.expectation[person] = felt.satisfaction[exits], felt.expectation[exits]
    if state.scenario.on("loyalty_habit"):
        state.habit[person] = habit.at(exits, more=1)
    state.number[person] = visits.number[exits] + 1
    for cause in (_BY_FAILURE, _BY_ORDER):
        mine = because == cause
        if mine.any():
            leave(state, person[mine], visits.week + visits.when[exits[mine]], cause)


def _experience(
    state: State, visits: Visits, employee: NDArray[np.int8], habit: _Habit
) -> tuple[Felt | None, Failures, tuple[Integers, Floats]]:
    """Performance, failure and what follows for satisfaction; the encounters with a wait and its minutes."""
    if not state.scenario.on("satisfaction"):
        nowhere = np.zeros(0, dtype=np.int64)
        return None, _nothing_more(nowhere, nowhere), (nowhere, np.zeros(0))
    performance, place, severity, waits = _performance(state, visits, employee)
    failures = _aftermath(state, visits, _nothing_more(place, severity), habit)
    return _feelings(state, visits, performance, failures), failures, waits


def _nothing_more(place: Integers, severity: NDArray) -> Failures:
    no = np.zeros(len(place), dtype=bool)
    return Failures(place, severity.astype(np.int8), np.zeros(len(place), dtype=np.int8), no, no)


def _performance(
    state: State, visits: Visits, employee: NDArray[np.int8]
) -> tuple[Floats, Integers, Integers, tuple[Integers, Floats]]:
    """What the organisation does: performance; places and severity of failures; places and minutes of waits."""
    scenario, outlook, week = state.scenario, state.outlook, visits.week
    desk = state.desk[visits.who]
    desk += employee
    waits, mean, failure = outlook.waits[week], outlook.wait[week], outlook.failure[week]
    if scenario.on("crowding"):  # the numbers of each branch instead of the same ones for all
        branch = state.branch[visits.who]
        waits, mean, failure = strain(scenario, state.felt / outlook.staff[week])
        waits, mean, failure = waits[branch], mean[branch], failure[:, None]
    risks = (failure * state.steadiness).ravel()
    place = visits.below(FAILURE, risks.max()).nonzero()[0]
    risk, unlucky = risks[desk[place]], visits.luck(FAILURE, place)
    failed = (unlucky < risk).nonzero()[0]
    place = place[failed]
    severity = state.severities.searchsorted(unlucky[failed] / risk[failed]) + 1
    performance = ndtri(visits.luck(PERFORMANCE))
    performance *= scenario["performance_sd"]
    performance += (outlook.performance[week] + state.skill).ravel()[desk]
    waiting = visits.luck(WAIT) < waits if scenario.on("crowding") else visits.below(WAIT, waits)
    waiting[place] = True
    marred = waiting.nonzero()[0]  # the others neither wait nor have a failure to bear
    if scenario.on("crowding"):
        waits, mean = waits[marred], mean[marred]
    wait = np.maximum(np.log(waits / visits.luck(WAIT, marred)), 0.0) * mean
    severe = np.zeros(len(marred), dtype=np.int64)
    severe[marred.searchsorted(place)] = severity
    performance[marred] += performed(scenario, severe, wait)
    return performance, place, severity, (marred, wait)


def _feelings(state: State, visits: Visits, performance: Floats, failures: Failures) -> Felt:
    """Satisfaction and expectation, one encounter after another.

    An expectation learns from one encounter to the next. Then every disconfirmation is known, and as long as nobody's
    satisfaction reaches an end of its scale, it is a sum.
    """
    scenario, who = state.scenario, visits.who
    gain, weight, learning = scenario["satisfaction_gain"], scenario["loss_weight"], scenario["expectation_learning"]
    forgiven = state.forgiven
    first, keeps = visits.first, 1 - learning
    bar = np.empty(len(who))  # what performance is measured by; below the expectation, because people forgive a little
    bar[first] = state.expectation[who[first]]
    bar[first] -= forgiven
    higher = performance - forgiven
    higher *= learning
    higher[first] += keeps * bar[first]
    for one, before in visits.before:
        past = bar[one] = higher.take(before)
        past *= keeps
        higher[one] += past
    higher += forgiven
    disconfirmation = performance - bar
    change = reaction(disconfirmation, gain=gain, loss_weight=weight)
    repaired = failures.place[failures.repaired & ~failures.repeated]
    if repaired.size:  # one failure that is made good leaves nobody worse off, two do
        change[repaired] = np.maximum(change[repaired], scenario["recovery_gain"])
    change[first] += state.satisfaction[who[first]]
    satisfaction = visits.running(change)
    if satisfaction.min() < LOWEST or satisfaction.max() > HIGHEST:
        satisfaction = _bounded(state, visits, change, repaired)
    state.satisfaction[who], state.expectation[who] = satisfaction, higher  # a customer's last encounter counts
    return Felt(performance, disconfirmation, satisfaction, higher)


def _bounded(state: State, visits: Visits, change: Floats, repaired: Integers) -> Floats:
    """Satisfaction after every encounter, where somebody's reaches an end of the scale."""
    satisfaction, before = change.copy(), np.zeros(len(change))
    before[visits.first] = state.satisfaction[visits.who[visits.first]]
    satisfaction[visits.first] = within_scale(change[visits.first])

    def made_good(one: slice) -> None:
        mine = repaired[(repaired >= one.start) & (repaired < one.stop)]
        satisfaction[mine] = np.maximum(satisfaction[mine], before[mine] + state.scenario["recovery_gain"])

    made_good(visits.first)
    for one, earlier in visits.before:
        before[one] = satisfaction.take(earlier)
        satisfaction[one] = within_scale(before[one] + change[one])
        made_good(one)
    return satisfaction


def _aftermath(state: State, visits: Visits, failures: Failures, habit: _Habit) -> Failures:
    """What customers do about failures, and whether a complaint is settled well."""
    scenario, place = state.scenario, failures.place
    person = visits.who[place]
    if not place.size:
        return failures
    since = visits.week - state.last_failure[person]
    if visits.before:  # whoever comes several times may have several failures: the second one is repeated
        since[~state.firsts(person)] = 0
    failures.repeated = since <= scenario["double_weeks"]
    state.last_failure[person] = visits.week
    if not scenario.on("complaints"):
        return failures
    voice, leaves, tells = reaction_chances(
        failures.severity.astype(np.float64), state.traits.score["complaint"][person], habit.at(place),
        voice=scenario["voice"], leave=scenario["leave_after_failure"],
        word_of_mouth=scenario["word_of_mouth_after_failure"],
    )  # fmt: skip
    drawn, mended = state.encounter_luck.many(2, visits.number[place] + _AFTERMATH, person)
    said = drawn < voice
    gone = ~said & (drawn < voice + leaves)
    if not scenario.on("churn"):
        gone[:] = False
    told = ~said & ~gone & (drawn >= voice + leaves) & (drawn < voice + leaves + tells)
    failures.reaction = (said + 2 * gone + 3 * told).astype(np.int8)
    if scenario.on("recovery"):
        odds = scenario["recovery_share"] / (1 - min(scenario["recovery_share"], 0.999))
        odds *= state.outlook.recovery[visits.week]
        failures.repaired = said & (mended < odds / (1 + odds))
    return failures
