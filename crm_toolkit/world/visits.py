"""Who comes when within a week.

Within a week rates are constant, so the moments of a customer's encounters hang on their need alone: all of them
are known before anything is experienced. They stand round after round, everybody's first encounter of the week, then
everybody's second one and so on: within a round nobody comes twice, so a round can be worked through at once, and
what does not hang on the encounter before can be worked through for all rounds at once. Somebody who leaves at an
encounter has come too often then; `Visits.kept` takes the later ones back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.behaviour.distributions import gamma_quantile
from crm_toolkit.streams import Prepared, Words, all_of_many, one_of_many

if TYPE_CHECKING:
    from crm_toolkit.world.setting import Scenario
    from crm_toolkit.world.state import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# what the twelve numbers of an encounter's luck decide
NEED, BASKET, PERFORMANCE, WAIT, FAILURE, DROPOUT, EMPLOYEE, METHOD, OFFER, REDEEM, BUYS, PAY = range(12)
_DRAWS, _FEW = 12, 1000
_AHEAD = 4


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
    address : array
        Where their luck is drawn from (`streams.one_of_many`).
    begins : array
        Where every round begins, and the end of the last one.
    table : array (12, encounters), optional
        All of their luck, drawn at once: with few encounters that is quicker than drawing what is asked for.
    """

    week: int
    who: Integers
    number: Integers
    when: Floats
    address: Words
    begins: Integers
    table: Floats | None = None

    def luck(self, row: int, which: Integers | slice = slice(None)) -> Floats:
        """One of the twelve numbers, of all encounters or some."""
        return one_of_many(self.address[which], row) if self.table is None else self.table[row][which]

    def rounds(self, which: Integers | None = None) -> list[slice]:
        """The rounds as slices, or the slices into ``which``, rising places of some encounters, that belong to them."""
        if len(self.begins) == 2:
            return [slice(0, len(self.who) if which is None else len(which))]
        ends = self.begins if which is None else np.searchsorted(which, self.begins)
        return [slice(begin, end) for begin, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]

    def kept(self, which: Integers) -> Visits:
        """Only the encounters at rising places."""
        begins = np.searchsorted(which, self.begins)
        parts = (self.who[which], self.number[which], self.when[which], self.address[which])
        return Visits(self.week, *parts, begins, None if self.table is None else self.table[:, which])


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
        How many to draw at once, a power of 2; 0 if they are not drawn ahead.
    """

    def __init__(self, luck: Prepared, regularity: float, ahead: int):
        self._luck, self._regularity, self.ahead = luck, regularity, ahead
        self._size = 2 * ahead or 1  # the encounters in hand and the next ones
        self._kept = np.zeros(len(luck.mixed) * self._size)
        self._drawn = np.zeros(len(luck.mixed), dtype=np.int64)

    def prepare(self, who: Integers, number: Integers) -> None:
        """Draw for those with few in hand, so that everybody has ``ahead`` encounters or more from ``number`` on."""
        who = who[self._drawn[who] - number <= self.ahead]
        first = self._drawn[who]
        self._drawn[who] += self.ahead
        more = np.arange(self.ahead)
        luck = one_of_many(self._luck.addresses((first[:, None] + more).ravel(), np.repeat(who, self.ahead)), NEED)
        place = (who * self._size + (first & (self._size - 1)))[:, None] + more
        self._kept[place.ravel()] = self._quantile(luck)

    def next(self, who: Integers, luck: Floats) -> Floats:
        """The next thresholds, for once not drawn ahead but told their luck."""
        self._kept[who] = threshold = self._quantile(luck)
        return threshold

    def _quantile(self, luck: Floats) -> Floats:
        plain = self._regularity == 1.0
        return -np.log1p(-luck) if plain else gamma_quantile(ndtri(luck), self._regularity, self._regularity)

    def of(self, who: Integers, number: Integers) -> Floats:
        """The thresholds after these encounters; they must have been drawn, and be the last ones or later."""
        return self._kept.take(who * self._size + (number & (self._size - 1)))

    def missing(self, who: Integers, number: Integers) -> bool:
        """Whether somebody's has not been drawn."""
        return bool((self._drawn[who] <= number).any())


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
        visits = _drawn(state, week, who, number, when, np.array([0, len(who)]))
        state.need[who] = thresholds.next(who, visits.luck(NEED))
        return visits
    thresholds.prepare(who, number)
    pieces: list[tuple[NDArray, ...]] = []
    pace, ends = rate[who], state.ends[who]
    while who.size:
        pieces.append((who, number, when))
        if len(pieces) > thresholds.ahead and thresholds.missing(who, number):
            thresholds.prepare(who, number)
        need = thresholds.of(who, number)
        need -= pace * (ends - when)
        state.need[who] = need
        again = (need < 0).nonzero()[0]
        who, number, pace, ends = who[again], number[again] + 1, pace[again], ends[again]
        when = np.maximum(ends + need[again] / pace, 0.0)
    begins = np.cumsum([0, *(len(piece[0]) for piece in pieces)])
    who, number, when = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return _drawn(state, week, who, number, when, begins)


def _drawn(state: State, week: int, who: Integers, number: Integers, when: Floats, begins: Integers) -> Visits:
    address = state.encounter_luck.addresses(number, who)
    table = all_of_many(address, _DRAWS) if len(who) <= _FEW else None
    return Visits(week, who, number, when, address, begins, table)
