"""The encounters of a week with the organisation: what is experienced and felt, and who leaves over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.satisfaction import HIGHEST, LOWEST, reaction, within_scale
from crm_toolkit.behaviour.switching import reaction_chances
from crm_toolkit.world.outlook import strain
from crm_toolkit.world.purchase import purchase
from crm_toolkit.world.state import leave, performed
from crm_toolkit.world.visits import DROPOUT, EMPLOYEE, FAILURE, PERFORMANCE, WAIT, Visits
from crm_toolkit.world.waits import minutes_of

if TYPE_CHECKING:
    from crm_toolkit.world.state import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_AFTERMATH = 1 << 40  # step of the luck of what follows a failure
_EXIT = 2
_SLIGHTLY_MORE = 1 + 1e-9  # so that rounding loses none of them
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
    employee = visits.one_of(EMPLOYEE, state.skill.shape[1])
    habit = _Habit(state, visits)
    felt, failures = _experience(state, visits, employee, habit)
    exits, because = _exits(state, visits, felt, failures)
    state.number[visits.ends.who] = visits.number.take(visits.ends.place) + 1
    habit.grow(exits)
    gone = exits[:0]  # encounters that would have come after the customer left
    if exits.size:
        _leave(state, visits, felt, exits, because)
        if visits.before:
            gone = (visits.number >= state.number[visits.who]).nonzero()[0]
    log, begin = state.encounters, state.encounters.rows
    time = visits.when + visits.week
    happened: dict[str, Any] = {"person": visits.who, "number": visits.number, "week": visits.week, "time": time,
                                "employee": employee}  # fmt: skip
    if felt is not None:
        happened |= {"performance": felt.performance, "disconfirmation": felt.disconfirmation,
                     "satisfaction": felt.satisfaction}  # fmt: skip
        if failures.place.size:
            state.failures.append(replace(failures, place=failures.place + begin))
    log.add(**happened)
    if gone.size:
        state.gone.append(begin + gone)
    purchase(state, visits, gone, gross_by_basket)


class _Habit:
    """The habit before each encounter of the week; every one adds to it.

    It is 1 − (1 − habit) · (1 − gain)ᵏ after k encounters, so the state is brought to the week's end at once.
    """

    def __init__(self, state: State, visits: Visits):
        self._state, self._visits, self._on = state, visits, state.scenario.on("loyalty_habit")
        if self._on:
            self._keeps = (1.0 - state.scenario["habit_gain"]) ** np.arange(len(visits.before) + 2)

    def before(self, places: Integers) -> Floats:
        """The habit before some encounters."""
        return self._at(self._visits.who.take(places), places, 0) if self._on else np.zeros(len(places))

    def grow(self, exits: Integers) -> None:
        """Bring the state to the end of the week, or for some customers to the encounters at which they leave."""
        if self._on:
            ends, leavers = self._visits.ends, self._visits.who.take(exits)
            habit, theirs = self._at(ends.who, ends.place, 1), self._at(leavers, exits, 1) if exits.size else None
            self._state.habit[ends.who] = habit
            if theirs is not None:
                self._state.habit[leavers] = theirs

    def _at(self, who: Integers, places: Integers, more: int) -> Floats:
        habit = np.subtract(1.0, self._state.habit.take(who))
        habit *= self._keeps.take(self._visits.turn.take(places) + more) if self._visits.before else self._keeps[more]
        return np.subtract(1.0, habit, out=habit)


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


def _leave(state: State, visits: Visits, felt: Felt | None, exits: Integers, because: Integers) -> None:
    """Let customers leave, as they were at that moment."""
    person = visits.who[exits]
    if felt is not None:
        state.satisfaction[person], state.expectation[person] = felt.satisfaction[exits], felt.expectation[exits]
    state.number[person] = visits.number[exits] + 1
    for cause in (_BY_FAILURE, _BY_ORDER):
        mine = because == cause
        if mine.any():
            leave(state, person[mine], visits.week + visits.when[exits[mine]], cause)


def _experience(state: State, visits: Visits, employee: Integers, habit: _Habit) -> tuple[Felt | None, Failures]:
    """Performance, failure and what follows for satisfaction."""
    if not state.scenario.on("satisfaction"):
        nowhere = np.zeros(0, dtype=np.int64)
        return None, _nothing_more(nowhere, nowhere)
    performance, place, severity = _performance(state, visits, employee)
    failures = _aftermath(state, visits, _nothing_more(place, severity), habit)
    return _feelings(state, visits, performance, failures), failures


def _nothing_more(place: Integers, severity: NDArray) -> Failures:
    no = np.zeros(len(place), dtype=bool)
    return Failures(place, severity.astype(np.int8), np.zeros(len(place), dtype=np.int8), no, no)


def _performance(state: State, visits: Visits, employee: Integers) -> tuple[Floats, Integers, Integers]:
    """What the organisation does: performance; places and severity of failures."""
    scenario, outlook, week = state.scenario, state.outlook, visits.week
    desk = state.desk.take(visits.who)
    desk += employee
    chance, mean, failure = outlook.waits[week], outlook.wait[week], outlook.failure[week]
    if scenario.on("crowding"):  # the numbers of each branch instead of the same ones for all
        chance, mean, failure = strain(scenario, state.felt / outlook.staff[week])
        failure = failure[:, None]
    risks = (failure * state.steadiness).ravel()
    place = visits.below(FAILURE, risks.max()).nonzero()[0]
    risk, unlucky = risks.take(desk.take(place)), visits.luck(FAILURE, place)
    failed = (unlucky < risk).nonzero()[0]
    place = place.take(failed)
    severity = state.severities.searchsorted(unlucky.take(failed) / risk.take(failed)) + 1
    performance = ndtri(visits.luck(PERFORMANCE))
    performance *= scenario["performance_sd"]
    performance += (outlook.performance[week] + state.skill).ravel().take(desk)
    # waits that are not too long mar nothing
    longest = mean.max()
    too_long = visits.below(WAIT, chance.max() * exp(-scenario["wait_tolerance"] / longest) * _SLIGHTLY_MORE)
    too_long[place] = True
    marred = too_long.nonzero()[0]
    if scenario.on("crowding"):
        where = state.branch.take(visits.who.take(marred))
        chance, mean = chance.take(where), mean.take(where)
    severe = np.zeros(len(marred), dtype=np.int64)
    severe[marred.searchsorted(place)] = severity
    performance[marred] += performed(scenario, severe, minutes_of(visits.luck(WAIT, marred), chance, mean))
    return performance, place, severity


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
    bar[first] = state.expectation.take(who[first])
    bar[first] -= forgiven
    higher = performance - forgiven
    higher *= learning
    higher[first] += keeps * bar[first]
    for one, before in visits.before:
        past = higher.take(before)
        bar[one] = past
        past *= keeps
        higher[one] += past
    higher += forgiven
    disconfirmation = performance - bar
    change = reaction(disconfirmation, gain=gain, loss_weight=weight)
    repaired = failures.place[failures.repaired & ~failures.repeated]
    if repaired.size:  # one failure that is made good leaves nobody worse off, two do
        change[repaired] = np.maximum(change[repaired], scenario["recovery_gain"])
    change[first] += state.satisfaction.take(who[first])
    satisfaction = visits.running(change)
    if satisfaction.min() < LOWEST or satisfaction.max() > HIGHEST:
        satisfaction = _bounded(state, visits, change, repaired)
    ends = visits.ends
    state.satisfaction[ends.who], state.expectation[ends.who] = satisfaction.take(ends.place), higher.take(ends.place)
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
        failures.severity.astype(np.float64), state.traits.score["complaint"][person], habit.before(place),
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
