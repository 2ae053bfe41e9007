"""The encounters of a block in order: by customer, then by time, with keys, dates and branches.

Where customers pay by the period, the fees stand among the orders; a visit without a purchase is no order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.streams import Stream
from crm_toolkit.world.calendar import Calendar
from crm_toolkit.world.people.population import branch_of

if TYPE_CHECKING:
    from crm_toolkit.world.block import Lived, WorldSpec
    from crm_toolkit.world.traits import Traits

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PER_CUSTOMER = 100_000  # keys of a customer's orders, contacts …: customer_id · 100,000 + number
FEE_WEEKS = 4
STICKS = 0.75  # share of orders by the customer's usual channel; assumption


@dataclass(frozen=True)
class Sales:
    """All orders of a block, by customer and time.

    Parameters
    ----------
    encounter : array
        Which encounter of the book it was; -1 for a fee.
    person, time : arrays
        Index of the customer in ``traits``, weeks since the start.
    key : array
        ``order_id``.
    gross, discount, points_value, amount : arrays
        Minor units.
    """

    encounter: Integers
    person: Integers
    time: Floats
    customer: Integers
    key: Integers
    gross: Integers
    discount: Integers
    points_value: Integers
    amount: Integers


@dataclass(frozen=True)
class Book:
    """A block ready to be written down.

    Parameters
    ----------
    events : dict of arrays
        The encounters (`events.VISIT` and `PURCHASE`), by customer and time.
    customer : array
        ``customer_id`` of every encounter.
    """

    spec: WorldSpec
    lived: Lived
    calendar: Calendar
    events: Reordered
    customer: Integers

    @property
    def time(self) -> Floats:
        """Weeks since the start of every encounter."""
        return self.events["time"]

    @cached_property
    def branch(self) -> Integers:
        """``branch_id`` of every encounter."""
        return branch_of(self.customer)

    @cached_property
    def came(self) -> NDArray[np.bool_]:
        """Which of ``traits.ids`` belong to the world and came within its weeks."""
        return self.lived.wanted & (self.lived.traits.acquired < self.spec.weeks)

    @cached_property
    def sales(self) -> Sales:
        """The orders."""
        return _sales(self)

    @cached_property
    def order_of(self) -> Integers:
        """Index in ``sales`` of every encounter's order, or of the customer's last one before it; -1 where none is."""
        sales = self.sales
        own = np.full(len(self.customer), -1, dtype=np.int64)
        bought = sales.encounter >= 0
        own[sales.encounter[bought]] = np.flatnonzero(bought)
        if (own >= 0).all() or not len(sales.customer):
            return own
        place = np.searchsorted(_keyed(sales.customer, sales.time), _keyed(self.customer, self.time), side="right") - 1
        theirs = (place >= 0) & (sales.customer[np.maximum(place, 0)] == self.customer)
        return np.where(own >= 0, own, np.where(theirs, place, -1))

    def of_sales(self, column: str, for_fee: int) -> Integers:
        """A column of the encounters for every order; one value for all fees."""
        values = np.full(len(self.sales.encounter), for_fee, dtype=np.int64)
        place = np.flatnonzero(self.sales.encounter >= 0)
        values[place] = self.events.at(column, self.sales.encounter[place])
        return values

    @cached_property
    def sold_at(self) -> NDArray:
        """Date and time of every order."""
        return self.calendar.moment(self.sales.time)

    @cached_property
    def order_channel(self) -> NDArray[np.int64]:
        """Channel of every order, as a place on the scenario's list: mostly the customer's usual one."""
        sales, shares = self.sales, np.cumsum(list(self.spec.scenario.lists["order_channels"].values()))
        shares = shares / shares[-1]
        usual = np.searchsorted(shares, liked_channel(self.lived.traits), side="right")[sales.person]
        luck = Stream(self.spec.seed, "order channel").many(1, sales.customer, sales.key)[0]
        other = np.searchsorted(shares, np.maximum(luck - STICKS, 0) / (1 - STICKS), side="right")
        return np.where(luck < STICKS, usual, np.minimum(other, len(shares) - 1))

    def luck(self, purpose: str, count: int, which: Integers | slice = slice(None)) -> Floats:
        """Coarse luck of encounters for what is decided after the clock has run: (count, encounters)."""
        return Stream(self.spec.seed, purpose).many(count, self.customer[which], self.events["number"][which])

    def employee(self, department: str, luck: Floats, branch: Integers) -> Integers:
        """``employee_id`` of somebody in a department of a branch."""
        first, number = staff_places(self.spec)[department]
        return branch * 100 + first + (luck * number).astype(np.int64)


def liked_channel(traits: Traits) -> Floats:
    """A customer's place on the list of channels, from 0 to 1."""
    from scipy.special import ndtr

    return np.minimum(ndtr(traits.score["channel"]), 1 - 1e-12)


def open_book(spec: WorldSpec, lived: Lived) -> Book:
    """Put the encounters of a block in order by customer and time.

    A customer's encounters are numbered without gaps, so everyone's place follows from their number.
    """
    happened, ids = lived.happened.encounters, lived.traits.ids
    person, number = happened["person"], happened["number"]
    by_id = np.argsort(ids)
    counts = np.bincount(person, minlength=len(ids))[by_id]
    ends = np.cumsum(counts)
    begins = np.empty(len(ids), dtype=np.int64)
    begins[by_id] = ends - counts
    order = np.empty(len(person), dtype=np.int64)
    order[begins[person] + number] = np.arange(len(person))
    customer = np.repeat(ids[by_id], counts)
    inside = int(np.searchsorted(customer, spec.customers, side="right"))  # a branch may be filled up beyond the last
    return Book(spec, lived, spec.calendar, Reordered(happened, order[:inside]), customer[:inside])


class Reordered(dict[str, NDArray[Any]]):
    """Columns in another order, each put in order when it is first asked for."""

    def __init__(self, columns: Mapping[str, NDArray[Any]], order: Integers):
        super().__init__()
        self._columns, self._order = columns, order

    def __missing__(self, name: str) -> NDArray[Any]:
        self[name] = self._columns[name].take(self._order)
        return self[name]

    def at(self, name: str, which: Integers) -> NDArray[Any]:
        """A column at some places only, which spares putting all of it in order."""
        return self[name][which] if name in self else self._columns[name][self._order[which]]


def staff_places(spec: WorldSpec) -> dict[str, tuple[int, int]]:
    """Department → number of its first employee within a branch, from 1, and how many there are."""
    places, first = {}, 1
    for department, number in spec.scenario.lists["staff"].items():
        places[department] = (first, int(number))
        first += int(number)
    return places


def _keyed(customer: Integers, time: Floats) -> Floats:
    return customer * 4096.0 + time


def _sales(book: Book) -> Sales:
    events = book.events
    bought = np.flatnonzero(events["bought"])
    person, time = events.at("person", bought).astype(np.int64), events["time"][bought]
    money = {name: events.at(name, bought) for name in ("gross", "discount", "points_value", "amount")}
    encounter = bought
    if book.spec.scenario.contractual:
        fee_person, fee_time, fee, off = _fees(book)
        encounter = np.concatenate([np.full(len(fee), -1), bought])
        person, time = np.concatenate([fee_person, person]), np.concatenate([fee_time, time])
        none = np.zeros_like(fee)
        fees = {"gross": fee, "discount": off, "points_value": none, "amount": fee - off}
        money = {name: np.concatenate([fees[name], values]) for name, values in money.items()}
        order = np.lexsort((encounter >= 0, time, book.lived.traits.ids[person]))
        encounter, person, time = encounter[order], person[order], time[order]
        money = {name: values[order] for name, values in money.items()}
    customer = book.lived.traits.ids[person]
    return Sales(encounter, person, time, customer, keys(customer), **money)


def _fees(book: Book) -> tuple[Integers, Floats, Integers, Integers]:
    """Fees of memberships: one at the first day and one for every period that begins before the customer leaves."""
    from crm_toolkit.world.outlook import outlook

    spec, lived = book.spec, book.lived
    course = outlook(spec.scenario, spec.policy, spec.weeks)
    members = np.flatnonzero(book.came)
    begun = lived.traits.acquired[members]
    until = np.minimum(lived.happened.left[members], spec.weeks)
    periods = np.maximum(np.ceil((until - begun) / FEE_WEEKS), 1).astype(np.int64)
    person = np.repeat(members, periods)
    number = np.arange(len(person)) - np.repeat(np.cumsum(periods) - periods, periods)
    time = lived.traits.acquired[person] + FEE_WEEKS * number
    inside = time < spec.weeks
    person, time = person[inside], time[inside]
    week = np.floor(time).astype(np.int64)
    fee = np.rint(spec.scenario["fee"] * 100 * course.list_factor[week]).astype(np.int64)
    return person, time, fee, np.rint(fee * course.discount[week]).astype(np.int64)


def by_owner_and_time(owner: Integers, time: Floats, standing: int = 0) -> Integers:
    """The order by owner, then time to a few seconds; what stood earlier stays earlier.

    The first ``standing`` are known to be in order, so that only the others are sorted, and then put among them.

    >>> by_owner_and_time(np.array([3, 5, 3]), np.array([1.0, 2.0, 1.5]), standing=2)
    array([0, 2, 1])
    """
    keyed = _keyed(owner, time)
    first, others = keyed[:standing], keyed[standing:]
    rest = np.argsort(others, kind="stable")
    place = np.searchsorted(first, others[rest], side="right") + np.arange(len(rest))
    order, mine = np.empty(len(keyed), dtype=np.int64), np.ones(len(keyed), dtype=bool)
    order[place], mine[place] = standing + rest, False
    order[mine] = np.arange(standing)
    return order


def numbered(sorted_owner: Integers) -> Integers:
    """0, 1, 2 … within every run of equal owners.

    >>> numbered(np.array([4, 4, 7, 9, 9, 9]))
    array([0, 1, 0, 0, 1, 2])
    """
    place = np.arange(len(sorted_owner))
    begins = np.ones(len(sorted_owner), dtype=bool)
    begins[1:] = sorted_owner[1:] != sorted_owner[:-1]
    return place - np.maximum.accumulate(np.where(begins, place, 0))


def keys(sorted_customer: Integers) -> Integers:
    """Keys made from the customer's: customer_id · 100,000 + 1, 2, 3 …

    >>> keys(np.array([17, 17, 18]))
    array([1700001, 1700002, 1800001])
    """
    return sorted_customer * PER_CUSTOMER + numbered(sorted_customer) + 1


def coded(codes: NDArray, words: Sequence[str]) -> pa.DictionaryArray:
    """A column of words by their codes; a code below 0 is no word at all."""
    small = np.asarray(codes).astype(np.int16, copy=False)
    missing = small < 0
    codes_column = pa.array(small, mask=missing if missing.any() else None)
    return pa.DictionaryArray.from_arrays(codes_column, pa.array(list(words)), safe=False)


def says(table: pa.Table, name: str, word: str) -> Integers:
    """The rows of a fresh table that have some word in a column made by `coded`.

    >>> says(pa.table({"kind": coded(np.array([0, 1, 0]), ["sale", "refund"])}), "kind", "sale")
    array([0, 2])
    """
    column = table.column(name).chunk(0)
    return np.flatnonzero(column.indices.to_numpy() == column.dictionary.to_pylist().index(word))


def money_column(minor: ArrayLike) -> pa.Array:
    """Minor units as currency units."""
    return pa.array(np.asarray(minor, dtype=np.int64) / 100.0)


def moments(values: NDArray, missing: NDArray | None = None) -> pa.Array:
    """Dates and times, with holes."""
    return pa.array(values.astype("datetime64[s]"), mask=missing)


def days(values: NDArray, missing: NDArray | None = None) -> pa.Array:
    """Days, with holes."""
    return pa.array(values.astype("datetime64[D]"), mask=missing)
