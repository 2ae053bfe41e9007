"""The encounters of a week with the organisation: what is experienced and felt, and who leaves over it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.satisfaction import disconfirmed
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
    """What the encounters of a week were like, one value each, and the state of the customer after it."""

    employee: NDArray[np.int8]
    wait: Floats
    performance: Floats
    disconfirmation: Floats
    satisfaction: Floats
    expectation: Floats
    habit: Floats


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
    felt, failures = _experience(state, visits)
    exits, because = _exits(state, visits, felt, failures)
    if exits.size:
        _leave(state, visits, felt, exits, because)
        if len(visits.begins) > 2:  # whoever comes several times may have left before
            final = np.full(len(state.number), np.iinfo(np.int64).max)
            final[visits.who[exits]] = visits.number[exits]
            there = np.flatnonzero(visits.number <= final[visits.who])
            visits, felt, failures = _without(there, visits, felt, failures)
    state.number[visits.who] = visits.number + 1  # a customer's last encounter stands last, and counts
    begin = state.encounters.rows
    state.encounters.add(
        person=visits.who, number=visits.number, time=visits.week + visits.when, employee=felt.employee, wait=felt.wait,
        performance=felt.performance, disconfirmation=felt.disconfirmation, satisfaction=felt.satisfaction,
    )  # fmt: skip
    state.encounters.put(
        begin + failures.place, failed=np.ones(len(failures.place), dtype=bool), severity=failures.severity,
        reaction=failures.reaction, repaired=failures.repaired, repeated=failures.repeated,
    )  # fmt: skip
    purchase(state, visits, gross_by_basket)


def _exits(state: State, visits: Visits, felt: Felt, failures: Failures) -> tuple[Integers, Integers]:
    """The encounters at which somebody leaves, a customer's first one each, and why."""
    exits = failures.place[failures.reaction == _EXIT]
    because = np.full(len(exits), _BY_FAILURE)
    if state.scenario["a"] == 0 and not exits.size:
        return exits, because
    if state.scenario["a"] > 0:
        chance = state.traits.dropout[visits.who]
        if state.scenario.on("satisfaction"):
            chance = chance * np.exp(-state.scenario["satisfaction_to_churn"] * felt.satisfaction)
        drops = np.flatnonzero((visits.number > 0) & (visits.luck(DROPOUT) < chance))
        exits, because = np.concatenate([exits, drops]), np.concatenate([because, np.full(len(drops), _BY_ORDER)])
    if exits.size > 1:
        order = np.argsort(exits, kind="stable")  # where both reasons meet, the failure comes first
        exits, because = exits[order], because[order]
        _, first = np.unique(visits.who[exits], return_index=True)
        exits, because = exits[first], because[first]
    return exits, because


def _leave(state: State, visits: Visits, felt: Felt, exits: Integers, because: Integers) -> None:
    """Let customers leave, as they were at that moment."""
    person = visits.who[exits]
    if state.scenario.on("satisfaction"):
        state.satisfaction[person], state.expectation[person] = felt.satisfaction[exits], felt.expectation[exits]
    if state.scenario.on("loyalty_habit"):
        state.habit[person] = felt.habit[exits]
    for cause in (_BY_FAILURE, _BY_ORDER):
        mine = because == cause
        if mine.any():
            leave(state, person[mine], visits.week + visits.when[exits[mine]], cause)


def _without(there: Integers, visits: Visits, felt: Felt, failures: Failures) -> tuple[Visits, Felt, Failures]:
    """Only the encounters that take place."""
    mine = np.isin(failures.place, there)
    kept = [getattr(failures, one.name)[mine] for one in fields(failures)]
    kept[0] = np.searchsorted(there, kept[0])
    return visits.kept(there), Felt(*(getattr(felt, one.name)[there] for one in fields(felt))), Failures(*kept)


def _experience(state: State, visits: Visits) -> tuple[Felt, Failures]:
    """Waiting, performance, failure and what follows for satisfaction and habit."""
    scenario, n = state.scenario, len(visits.who)
    employee = (visits.luck(EMPLOYEE) * state.skill.shape[1]).astype(np.int8)
    nothing, nowhere = np.zeros(n), np.zeros(0, dtype=np.int64)
    felt = Felt(employee, *(nothing,) * 6)
    before = _habit(state, visits, felt) if scenario.on("loyalty_habit") else nothing
    if not scenario.on("satisfaction"):
        return felt, _nothing_more(nowhere, nowhere)
    place, severity = _performance(state, visits, felt)
    failures = _aftermath(state, visits, _nothing_more(place, severity), before)
    _feelings(state, visits, felt, failures)
    return felt, failures


def _nothing_more(place: Integers, severity: NDArray) -> Failures:
    no = np.zeros(len(place), dtype=bool)
    return Failures(place, severity.astype(np.int8), np.zeros(len(place), dtype=np.int8), no, no)


def _habit(state: State, visits: Visits, felt: Felt) -> Floats:
    """The habit before every encounter; every one adds to it."""
    before, felt.habit = np.empty(len(visits.who)), np.empty(len(visits.who))
    for one in visits.rounds():
        who = visits.who[one]
        habit = before[one] = state.habit[who]
        more = 1 - habit
        more *= state.scenario["habit_gain"]
        felt.habit[one] = state.habit[who] = np.add(habit, more, out=more)
    return before


def _performance(state: State, visits: Visits, felt: Felt) -> tuple[Integers, Integers]:
    """What the organisation does: waiting, performance, failures; gives the places of these, and their severity."""
    scenario, outlook, week = state.scenario, state.outlook, visits.week
    desk = state.desk[visits.who]
    desk += felt.employee
    waits, mean, failure = outlook.waits[week], outlook.wait[week], outlook.failure[week]
    if scenario.on("crowding"):  # the numbers of each branch instead of the same ones for all
        branch = state.branch[visits.who]
        waits, mean, failure = strain(scenario, state.felt / outlook.staff[week])
        waits, mean, failure = waits[branch], mean[branch], failure[:, None]
    risk = (failure * state.steadiness).ravel()[desk]
    luck = visits.luck(FAILURE)
    failed = luck < risk
    place = np.flatnonzero(failed)
    severity = np.searchsorted(state.severities, luck[place] / risk[place]) + 1
    performance = ndtri(visits.luck(PERFORMANCE))
    performance *= scenario["performance_sd"]
    performance += (outlook.performance[week] + state.skill).ravel()[desk]
    luck, felt.wait = visits.luck(WAIT), np.zeros(len(luck))
    failed |= luck < waits
    marred = np.flatnonzero(failed)  # the others neither wait nor have a failure to bear
    if scenario.on("crowding"):
        waits, mean = waits[marred], mean[marred]
    wait = felt.wait[marred] = np.maximum(np.log(waits / luck[marred]), 0.0) * mean
    severe = np.zeros(len(marred), dtype=np.int64)
    severe[np.searchsorted(marred, place)] = severity
    performance[marred] += performed(scenario, severe, wait)
    felt.performance = performance
    return place, severity


def _feelings(state: State, visits: Visits, felt: Felt, failures: Failures) -> None:
    """Satisfaction and expectation, one encounter after another."""
    scenario, n = state.scenario, len(visits.who)
    gain, weight = scenario["satisfaction_gain"], scenario["loss_weight"]
    learning = scenario["expectation_learning"]
    forgiven, rest = state.forgiven, (1 - learning) * state.forgiven
    felt.satisfaction, felt.expectation, felt.disconfirmation = np.empty(n), np.empty(n), np.empty(n)
    repaired = failures.place[failures.repaired & ~failures.repeated]
    bounds = np.searchsorted(repaired, visits.begins).tolist()
    for number, one in enumerate(visits.rounds()):
        who = visits.who[one]
        before = state.satisfaction[who]
        after, expectation, felt.disconfirmation[one] = disconfirmed(
            before, state.expectation[who] - forgiven, felt.performance[one], gain=gain, loss_weight=weight,
            learning=learning,
        )  # fmt: skip
        if bounds[number] < bounds[number + 1]:  # one failure that is made good leaves nobody worse off, two do
            place = repaired[bounds[number] : bounds[number + 1]] - one.start
            after[place] = np.maximum(after[place], before[place] + scenario["recovery_gain"])
        expectation += rest
        felt.satisfaction[one] = state.satisfaction[who] = after
        felt.expectation[one] = state.expectation[who] = expectation


def _aftermath(state: State, visits: Visits, failures: Failures, habit: Floats) -> Failures:
    """What customers do about failures, and whether a complaint is settled well."""
    scenario, place = state.scenario, failures.place
    person = visits.who[place]
    if not place.size:
        return failures
    since = visits.week - state.last_failure[person]
    if len(visits.begins) > 2:  # whoever comes several times may have several failures: the second one is repeated
        _, first = np.unique(person, return_index=True)
        second = np.ones(len(person), dtype=bool)
        second[first] = False
        since[second] = 0
    failures.repeated = since <= scenario["double_weeks"]
    state.last_failure[person] = visits.week
    if not scenario.on("complaints"):
        return failures
    voice, leaves, tells = reaction_chances(
        failures.severity.astype(np.float64), state.traits.score["complaint"][person], habit[place],
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
