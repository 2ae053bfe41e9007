"""Who comes when within a week.

Within a week rates are constant, so the moments of a customer's encounters hang on their need alone: all of them
are known before anything is experienced. They stand round after round, everybody's first encounter of the week, then
everybody's second one and so on; every encounter of a later round knows where the customer's one before it stands.
So what hangs on the encounter before is worked through round by round, and everything else for all rounds at once.
"""

from __future__ import annotations

from dataclasses import dataclass
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
_BITS = 4  # of a place in a customer's row of thresholds
_ROW = 1 << _BITS


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

    @property
    def first(self) -> slice:
        """The first round."""
        return slice(0, self.before[0][0].start if self.before else len(self.who))

    def running(self, values: NDArray) -> NDArray:
        """Sums of values over a customer's encounters of the week so far, the present one included."""
        sums = values.copy()
        for one, before in self.before:
            sums[one] += sums.take(before)
        return sums


_HALF = np.uint64(32)


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
        How many to draw at once; 0 if they are not drawn ahead.

    Attributes
    ----------
    kept : array
        A row of 16 for each customer, the encounters in hand one after another; without ``ahead`` only the last one.
    """

    def __init__(self, luck: Prepared, regularity: float, ahead: int):
        self._luck, self._regularity, self.ahead = luck, regularity, ahead
        people = len(luck.mixed)
        self.kept = np.zeros((people + 1) * _ROW if ahead else people)  # one row more, to read beyond the last one
        self._first = np.zeros(people, dtype=np.int64)  # the encounter at the beginning of the row
        self._drawn = np.zeros(people, dtype=np.int64)  # the first encounter that is not in hand

    def prepare(self, who: Integers, number: Integers) -> None:
        """Draw for those with few in hand, so that everybody has ``ahead`` encounters or more from ``number`` on."""
        left = self._drawn[who]
        left -= number
        few = (left < self.ahead).nonzero()[0]
        who, number, left = who[few], number[few], left[few]
        row, more = who << _BITS, np.arange(self.ahead)[:, None]
        unused = self.kept.take(row + (number - self._first[who]) + more)
        self.kept[row + more] = unused
        drawn = number + left
        luck = one_of_many(self._luck.addresses(drawn + more, who).ravel(), NEED)
        self.kept[(row + left + more).ravel()] = self._quantile(luck)
        self._first[who], self._drawn[who] = number, drawn + self.ahead

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
        return (who << _BITS) + (number - self._first[who]) if self.ahead else who


def thresholds_of(scenario: Scenario, luck: Prepared) -> Thresholds:
    """The thresholds of customers."""
    regularity = scenario["regularity"] if scenario.on("need_refill") else 1.0
    return Thresholds(luck, regularity, _AHEAD if scenario.on("several_a_week") else 0)


def visits_of(state: State, week: int, who: Integers, when: Floats, rate: Floats) -> Visits:
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
    rate : array
        The customers' rates of this week.
    """
    thresholds, number = state.thresholds, state.number[who]
    if not thresholds.ahead:
        visits = _drawn(state, week, who, number, when, np.zeros(len(who), dtype=np.int64), [])
        state.need[who] = thresholds.next(who, visits.luck(NEED))
        return visits
    thresholds.prepare(who, number)
    place = thresholds.places(who, number)
    need = thresholds.kept.take(place)
    need -= rate[who] * (state.ends[who] - when)
    places, needs, before, start = [place], [need], [], 0
    while (again := (need < 0).nonzero()[0]).size:
        place = place.take(again)
        place += 1
        if len(places) % thresholds.ahead == 0:
            person = place >> _BITS
            thresholds.prepare(person, state.number[person] + len(places))
            place = thresholds.places(person, state.number[person] + len(places))
        need = need.take(again)
        need += thresholds.kept.take(place)
        end = start + len(places[-1])
        before.append((slice(end, end + len(place)), again + start))
        places.append(place)
        needs.append(need)
        start = end
    if not before:
        state.need[who] = need
        return _drawn(state, week, who, number, when, np.zeros(len(who), dtype=np.int64), before)
    who = np.concatenate(places) >> _BITS
    left = np.concatenate(needs)
    state.need[who] = left  # a customer's last encounter stands last, and counts
    late = who[len(when) :]
    later = left.take(np.concatenate([one for _, one in before]))
    later /= rate[late]
    later += state.ends[late]
    when = np.concatenate([when, np.maximum(later, 0.0, out=later)])
    turn = np.arange(len(places)).repeat([len(one) for one in places])
    return _drawn(state, week, who, state.number[who] + turn, when, turn, before)


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
