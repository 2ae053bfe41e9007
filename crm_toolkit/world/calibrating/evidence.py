"""How the figures of a calibration report are measured on a world, each with its Monte Carlo standard error.

A figure is a ratio of sums over customers wherever that is possible; its error is then that of a ratio estimator
with customers as clusters (Cochran 1977, ch. 6), because two orders of one customer are no two observations. Where
it is no ratio (a median, a concentration), the customers are dealt into twenty groups and the error is the spread of
the groups' values divided by the root of their number. Customers of a branch share its staff; the errors are those
of other customers in the same branches.

All functions take an `Evidence` and return an `Estimate`, or ``None`` where the world has nothing to measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.world.setting import Scenario

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
YEAR = 365.25 / 7
GROUPS = 20
FEWEST = 20
"""Observations below which a share is not measured at all."""
_WEEK = np.timedelta64(7 * 86_400, "s")


class Estimate(NamedTuple):
    """A measured figure and its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class Evidence:
    """What a calibration looks at: the tables of record, the tables of truth if there are any, the scenario.

    Parameters
    ----------
    tables, truth : mapping of str to DataFrame
        As `World.tables` and `World.truth`; ``truth`` may be empty.
    scenario : Scenario
    """

    tables: Mapping[str, pd.DataFrame]
    truth: Mapping[str, pd.DataFrame]
    scenario: Scenario

    @cached_property
    def start(self) -> np.datetime64:
        """Midnight at which the world began."""
        return np.datetime64(self.scenario.start, "s")

    @cached_property
    def weeks(self) -> int:
        """How many weeks the world lasted: those of the table ``capacity``."""
        last = self.tables["capacity"]["week_start"].max().to_datetime64()
        return int((last - self.start) // _WEEK) + 1

    @cached_property
    def ids(self) -> Integers:
        """All customers, by number."""
        return self.tables["customers"]["customer_id"].to_numpy(np.int64)

    def person(self, frame: pd.DataFrame) -> Integers:
        """The place in ``ids`` of the customer of every row."""
        return np.searchsorted(self.ids, frame["customer_id"].to_numpy(np.int64))

    def time(self, moments: ArrayLike) -> Floats:
        """Weeks since the start; not a number where there is no moment."""
        gone = np.asarray(moments, dtype="datetime64[s]") - self.start
        return np.where(np.isnat(gone), np.nan, gone / _WEEK)

    @cached_property
    def begun(self) -> Floats:
        """When every customer's first order was, in weeks since the start."""
        return self.time(self.tables["customers"]["acquired_at"].to_numpy())

    @cached_property
    def order_person(self) -> Integers:
        """Of every order: its customer's place; orders stand by customer and time."""
        return self.person(self.tables["orders"])

    @cached_property
    def order_time(self) -> Floats:
        """Of every order: weeks since the start."""
        return self.time(self.tables["orders"]["ordered_at"].to_numpy())

    @cached_property
    def order_amount(self) -> Floats:
        """Of every order: its money."""
        return self.tables["orders"]["amount"].to_numpy(np.float64)

    @cached_property
    def nth_order(self) -> Integers:
        """Of every order: 0 for its customer's first one, 1 for the second …"""
        person = self.order_person
        begins = np.searchsorted(person, person, side="left")
        return np.arange(len(person)) - begins

    def ratio(self, top: ArrayLike, bottom: ArrayLike, person: Integers) -> Estimate | None:
        """A sum over a sum, with customers as clusters; both terms have one value for each entry of ``person``."""
        above = np.bincount(person, weights=np.asarray(top, dtype=np.float64), minlength=len(self.ids))
        below = np.bincount(person, weights=np.asarray(bottom, dtype=np.float64), minlength=len(self.ids))
        if below.sum() <= 0:
            return None
        value = above.sum() / below.sum()
        return Estimate(float(value), float(np.sqrt(((above - value * below) ** 2).sum()) / below.sum()))

    def share(self, which: ArrayLike, person: Integers) -> Estimate | None:
        """The share of rows that are true; where it is rare, the error is that of Agresti and Coull 1998."""
        found = self.ratio(which, np.ones(len(person)), person) if len(person) >= FEWEST else None
        if found is None:
            return None
        near = (found.value * len(person) + 2) / (len(person) + 4)
        return Estimate(found.value, max(found.error, float(np.sqrt(near * (1 - near) / len(person)))))

    def grouped(self, measure: Callable[[Integers], float], person: Integers) -> Estimate | None:
        """A measure that is no ratio, of all rows (given by their indexes); its spread over groups of customers."""
        if len(person) < FEWEST * GROUPS:
            return None
        order = np.argsort(person % GROUPS, kind="stable")
        edges = np.searchsorted((person % GROUPS)[order], np.arange(GROUPS + 1))
        parts = [measure(np.sort(order[low:high])) for low, high in pairwise(edges) if high > low]
        return Estimate(float(measure(np.arange(len(person)))), float(np.std(parts, ddof=1) / np.sqrt(len(parts))))

    @cached_property
    def last_year(self) -> NDArray[np.bool_]:
        """Which orders fall into the last 52 weeks."""
        return self.order_time >= self.weeks - 52
