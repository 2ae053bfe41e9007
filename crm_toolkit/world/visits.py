"""Who comes when within a week.

Within a week rates are constant, so the moments of a customer's encounters hang on their need alone: all of them
are known before anything is experienced. They stand round after round, everybody's first encounter of the week, then
everybody's second one and so on; every encounter of a later round knows where the customer's one before it stands.
So what hangs on the encounter before is worked through round by round, and everything else for all rounds at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.distributions import gamma_quantile
from crm_toolkit.streams import Prepared, Words, all_of_many, coarse_luck, one_of_many, words_of_many

if TYPE_CHECKING:
    from crm_toolkit.world.setting import Scenario
    from crm_toolkit.world.state import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# what the twelve numbers of an encounter's luck decide
NEED, BASKET, PERFORMANCE, WAIT, FAILURE, DROPOUT, EMPLOYEE, METHOD, OFFER, REDEEM, BUYS, PAY = range(12)
_DRAWS, _FEW = 12, 1000
_AHEAD = 8
_BITS, _LAST = 4, 15  # of a place in a customer's row of thresholds, and the last place
_EIGHT = np.dtype("V64")
_FEW_GO_ON = 400


@dataclass(frozen=True)
class Visits:
    """The encounters of one week, round after round.

    Parameters
    ----------
    week : int
    who : array
        Indexes of customers.
    number : array
        Which of the customer's encounters it is, from 0.
    when : array
        Times within the week, from 0 to 1.
    turn : array
        Which of the customer's encounters of the week it is, from 0.
    before : list of (slice, array)
        For every round but the first one: its encounters, and where the encounters before them stand.
    address : array
        Where their luck is drawn from (`streams.one_of_many`).
    words : dict of array
        Half the row → the words out of which two rows of luck come, of all encounters; for some rows.
    table : array (12, encounters), optional
        All of their luck, drawn at once: with few encounters that is quicker than drawing what is asked for.
    """

    week: int
    who: Integers
    number: Integers
    when: Floats
    turn: Integers
    before: list[tuple[slice, Integers]]
    address: Words
    words: dict[int, Words]
    table: Floats | None = None

    def luck(self, row: int, which: Integers | slice = slice(None)) -> Floats:
        """One of the twelve numbers, of all encounters or some."""
        if self.table is not None:
            return self.table[row][which]
        words = self.words.get(row // 2)
        return one_of_many(self.address[which], row) if words is None else coarse_luck(words[which], row)

    def below(self, row: int, chance: float) -> Flags:
        """Which encounters' luck lies below a chance; it takes no numbers, only the bits they are made of."""
        words = self.words.get(row // 2)
        if words is None:
            return self.luck(row) < chance
        bound = ceil(chance * 2.0**32 - 0.5)  # of the upper half of a word
        if bound <= 0 or bound >= 1 << 32:
            return np.full(len(words), bound > 0)
        return (words << _HALF if row % 2 else words) < np.uint64(bound << 32)

    def one_of(self, row: int, number: int) -> Integers:
        """One of so many things, all equally likely, by one of the twelve numbers; from the bits they are made of."""
        words = self.words.get(row // 2)
        if words is None:
            return (self.luck(row) * number).astype(np.int64)
        chosen = (words << _HALF if row % 2 else words) >> np.uint64(31)
        chosen |= _ONE  # twice the luck's place on its grid
        chosen *= np.uint64(number)
        chosen >>= np.uint64(33)
        return chosen.view(np.int64)

    @property
    def first(self) -> slice:
        """The first round."""
        return slice(0, self.before[0][0].start if self.before else len(self.who))

    @cached_property
    def ends(self) -> Ends:
        """Every customer's last encounter of the week."""
        if not self.before:
            return Ends(self.who, np.arange(len(self.who)))
        last = np.ones(len(self.who), dtype=bool)
        last[np.concatenate([before for _, before in self.before])] = False
        place = last.nonzero()[0]
        return Ends(self.who.take(place), place)

    def running(self, values: NDArray) -> NDArray:
        """Sums of values over a customer's encounters of the week so far, the present one included."""
        sums = values.copy()
        for one, before in self.before:
            more = sums[one]
            more += sums.take(before)
        return sums


_HALF, _ONE = np.uint64(32), np.uint64(1)


@dataclass(frozen=True)
class Ends:
    """Every customer's last encounter of a week: whose it is, and where it stands."""

    who: Integers
    place: Integers


class Thresholds:
    """How much need makes a customer come, for every encounter, drawn some encounters ahead.

    Customers come in rounds that grow smaller and smaller, and drawing for a few people takes as long as drawing
    for hundreds; so thresholds are drawn for many people and encounters at once. It is the same luck either way.

    Parameters
    ----------
    luck : Prepared
        The customers' luck.
    regularity : float
        Shape of the thresholds' gamma distribution.
    ahead : int
        How many to draw at once, 8 or 0 if they are not drawn ahead.

    Attributes
    ----------
    kept : array
        A row of 16 for each customer, two eights of encounters that take turns; without ``ahead`` only the last one.
    """

    def __init__(self, luck: Prepared, regularity: float, ahead: int):
        self._luck, self._regularity, self.ahead = luck, regularity, ahead
        people = len(luck.mixed)
        self.kept = np.zeros(people << _BITS if ahead else people)
        self._drawn = np.zeros(people, dtype=np.int64)  # the first encounter that is not in hand

    def prepare(self, who: Integers, number: Integers) -> None:
        """Draw for those with few in hand, so that everybody has ``ahead`` encounters or more from ``number`` on."""
        drawn = self._drawn.take(who)
        few = (drawn - number < self.ahead).nonzero()[0]
        if not few.size:
            return
        who, drawn = who.take(few), drawn.take(few)
        luck = one_of_many(self._luck.runs(drawn, self.ahead, who).ravel(), NEED)
        eights = self.kept.view(_EIGHT)  # numpy moves these much quicker than rows of eight
        eights[(who << 1) + (drawn >> 3 & 1)] = self._quantile(luck).view(_EIGHT)
        self._drawn[who] = drawn + self.ahead

    def next(self, who: Integers, luck: Floats) -> Floats:
        """The next thresholds, for once not drawn ahead but told their luck."""
        self.kept[who] = threshold = self._quantile(luck)
        return threshold

    def _quantile(self, luck: Floats) -> Floats:
        if self._regularity != 1.0:
            return gamma_quantile(ndtri(luck, out=luck), self._regularity, self._regularity)
        rest = 1.0 - luck  # of coarse luck nothing is lost here
        return np.negative(np.log(rest, out=rest), out=rest)

    def places(self, who: Integers, number: Integers) -> Integers:
        """Where the thresholds after these encounters are kept; they must be in hand, or the last ones used."""
        return (who << _BITS) + (number & _LAST) if self.ahead else who


def thresholds_of(scenario: Scenario, luck: Prepared) -> Thresholds:
    """The thresholds of customers."""
    regularity = scenario["regularity"] if scenario.on("need_refill") else 1.0
    return Thresholds(luck, regularity, _AHEAD if scenario.on("several_a_week") else 0)


def visits_of(state: State, week: int, who: Integers, when: Floats, fills: Floats, rate: Floats) -> Visits:
    """All encounters of a week, from everybody's first one; every encounter empties the need.

    Parameters
    ----------
    state : State
        Its needs are changed.
    week : int
        The week's number.
    who : array
        Who comes at all, each once.
    when : array
        Their first times within the week.
    fills : array
        How much need the rest of their week brings.
    rate : array
        The customers' rates of this week.
    """
    thresholds = state.thresholds
    if not thresholds.ahead:
        number = state.number.take(who)
        visits = _drawn(state, week, who, number, when, np.zeros(len(who), dtype=np.int64), [])
        state.need[who] = thresholds.next(who, visits.luck(NEED))
        return visits
    rounds = _rounds(thresholds, state.number, who, fills)
    number, turn = state.number.take(rounds.who), np.zeros(len(rounds.who), dtype=np.int64)
    if rounds.before:
        late = rounds.who[len(who) :]
        later = rounds.left.take(np.concatenate([one for _, one in rounds.before]))
        later /= rate.take(late)
        later += state.ends.take(late)
        when = np.concatenate([when, np.maximum(later, 0.0, out=later)])
        sizes = [len(who), *(one.stop - one.start for one, _ in rounds.before)]
        turn = np.arange(len(sizes)).repeat(sizes)
        number += turn
    visits = _drawn(state, week, rounds.who, number, when, turn, rounds.before)
    state.need[visits.ends.who] = rounds.left.take(visits.ends.place)
    return visits


@dataclass(frozen=True)
class _Rounds:
    """Who comes in which round.

    Parameters
    ----------
    who : array
        Indexes of customers, round after round.
    left : array
        Their need after each encounter; where it is above 0, they come again.
    before
        As in `Visits`.
    """

    who: Integers
    left: Floats
    before: list[tuple[slice, Integers]]


def _rounds(thresholds: Thresholds, numbers: Integers, who: Integers, fills: Floats) -> _Rounds:
    """All rounds of a week. Late ones concern few customers, for whom all rounds in hand are worked through at once."""
    kept, ahead, number = thresholds.kept, thresholds.ahead, numbers.take(who)
    thresholds.prepare(who, number)
    need = kept.take(thresholds.places(who, number))
    need -= fills
    people, lefts, before = [who], [need], []  # type: ignore[var-annotated]
    begin, end = 0, len(who)
    while (again := (need < 0).nonzero()[0]).size:
        who, need, turn = who.take(again), need.take(again), len(before) + 1
        number = numbers.take(who)
        number += turn
        again += begin
        if turn % ahead == 0:
            thresholds.prepare(who, number)
        if len(who) > _FEW_GO_ON:
            need += kept.take(thresholds.places(who, number))
            begin, end = end, end + len(who)
            before.append((slice(begin, end), again))
            people.append(who)
            lefts.append(need)
            continue
        rows = np.arange(ahead - turn % ahead)[:, None]
        sums = np.empty((len(rows) + 1, len(who)))
        sums[0], sums[1:] = need, kept.take(thresholds.places(who, number + rows))
        sums = np.add.accumulate(sums)
        come = sums[:-1] < 0
        flat = come.ravel()
        there, stands = flat.nonzero()[0], flat.cumsum() + (end - 1)
        links = np.concatenate([again, stands[: -len(who)]]).take(there)
        people.append(who.take(there % len(who)))
        lefts.append(sums[1:].ravel().take(there))
        for size in np.count_nonzero(come, axis=1).tolist():
            if size:
                begin, end = end, end + size
                before.append((slice(begin, end), links[:size]))
                links = links[size:]
        last = come[-1].nonzero()[0]
        who, need = who.take(last), sums[-1].take(last)
    return _Rounds(np.concatenate(people), np.concatenate(lefts), before)


def _drawn(
    state: State, week: int, who: Integers, number: Integers, when: Floats, turn: Integers,
    before: list[tuple[slice, Integers]],
) -> Visits:  # fmt: skip
    address = state.encounter_luck.addresses(number, who)
    words, table = {}, None
    if len(who) > _FEW:
        asked = [PERFORMANCE, FAILURE, EMPLOYEE, BUYS if state.scenario["extras_share"] < 1 else BASKET]
        halves = [row // 2 for row in asked]
        words = dict(zip(halves, words_of_many(address, halves), strict=True))
    else:
        table = all_of_many(address, _DRAWS)
    return Visits(week, who, number, when, turn, before, address, words, table)
