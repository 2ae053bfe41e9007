"""From weeks since the start to a date and an hour, and to months.

Within a week time runs through an index of weekdays and hours: a moment at a share f of a week falls where a share
f of the week's business is done. So closing hours and busy Saturdays cost no luck and never change an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crm_toolkit.world.setting import Scenario

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
WEEK_SECONDS = 7 * 86_400
_BINS = 4096


@dataclass(frozen=True, eq=False)
class Calendar:
    """The calendar of a world.

    Parameters
    ----------
    start : datetime64[s]
        Midnight at which the first week begins.
    weeks : int
    edges : array
        Cumulative share of a week's business at the beginning of every open hour, and 1 at the end.
    hours : array
        Which hours of the week these are, from 0 to 167.
    """

    start: np.datetime64
    weeks: int
    edges: Floats
    hours: Floats

    @property
    def end(self) -> np.datetime64:
        """Midnight at which the last week is over."""
        return self.start + np.timedelta64(self.weeks * WEEK_SECONDS, "s")

    @property
    def months(self) -> NDArray:
        """The first days of all months that the world touches."""
        first, last = self.start.astype("datetime64[M]"), (self.end - np.timedelta64(1, "s")).astype("datetime64[M]")
        return np.arange(first, last + np.timedelta64(1, "M")).astype("datetime64[D]")

    def moment(self, time: Floats) -> NDArray:
        """The date and time of moments given in weeks, to the full minute."""
        week = np.floor(time)
        share = time - week
        hour = self._guess.take((share * _BINS).astype(np.int64))
        for _ in range(self._steps):
            hour += share >= self.edges[1:].take(hour)
        share -= self.edges.take(hour)
        share *= self._width.take(hour)
        share += self.hours.take(hour)
        share *= 60
        share += 1e-7
        seconds = np.minimum(share.astype(np.int64), self._last_minute.take(hour))
        seconds *= 60
        seconds += week.astype(np.int64) * WEEK_SECONDS
        return self.start + seconds.astype("timedelta64[s]")

    @cached_property
    def _width(self) -> Floats:
        return 1 / np.diff(self.edges)

    @cached_property
    def _last_minute(self) -> Integers:
        return 60 * self.hours.astype(np.int64) + 59

    @cached_property
    def _guess(self) -> Integers:
        """Share of a week in bins → the first open hour that reaches into the bin."""
        starts = np.searchsorted(self.edges, np.arange(_BINS + 1) / _BINS, side="right") - 1
        return np.minimum(starts, len(self.hours) - 1)

    @cached_property
    def _steps(self) -> int:
        """How many hours may begin within one bin."""
        return int(np.diff(self._guess).max(initial=0)) or 1

    @cached_property
    def _months_by_day(self) -> Integers:
        days = np.arange(self.weeks * 7 + 400) + self.start.astype("datetime64[D]")
        return (days.astype("datetime64[M]") - self.start.astype("datetime64[M]")).astype(np.int64)

    def month_of(self, moment: NDArray) -> Integers:
        """The number of a moment's month, 0 for the first one; what lies far beyond the end is only that."""
        if moment.dtype == np.dtype("datetime64[D]"):
            day = (moment - self.start.astype("datetime64[D]")).astype(np.int64)
        else:
            day = (moment.astype("datetime64[s]") - self.start).astype(np.int64) // 86_400
        return self._months_by_day[np.minimum(day, len(self._months_by_day) - 1)]

    def week_of(self, moment: NDArray) -> Integers:
        """The number of a moment's week."""
        return (moment.astype("datetime64[s]") - self.start).astype(np.int64) // WEEK_SECONDS

    def as_of(self) -> NDArray:
        """The day at whose end a month is closed: its last one, or the world's last day."""
        after = (self.months.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
        return np.minimum(after, self.end.astype("datetime64[D]")) - np.timedelta64(1, "D")


def calendar(scenario: Scenario, weeks: int) -> Calendar:
    """The calendar of a scenario."""
    on = scenario.on("season")
    days = np.asarray(scenario.lists["weekdays"] if on else [1.0] * 7, dtype=np.float64)
    hours = np.asarray(scenario.lists["hours"], dtype=np.float64)
    busy = np.outer(days, hours).ravel()
    opened = np.flatnonzero(busy > 0)
    edges = np.concatenate([[0.0], np.cumsum(busy[opened])])
    edges /= edges[-1]
    return Calendar(np.datetime64(scenario.start, "s"), weeks, edges, opened.astype(np.float64))
