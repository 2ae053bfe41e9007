"""From weeks since the start to a date and an hour, and to months.

Within a week time runs through an index of weekdays and hours: a moment at a share f of a week falls where a share
f of the week's business is done. So closing hours and busy Saturdays cost no luck and never change an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crm_toolkit.world.scenario import Scenario

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
WEEK_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Calendar:
    """The calendar of a world.

    Parameters
    ----------
    start : datetime64[s]
        Midnight at which the first week begins.
    weeks : int
    share : array
        Cumulative share of a week's business at the end of every hour, from 0 to 1.
    """

    start: np.datetime64
    weeks: int
    share: Floats

    @property
    def end(self) -> np.datetime64:
        """Midnight at which the last week is over."""
        return self.start + np.timedelta64(self.weeks * WEEK_SECONDS, "s")

    @property
    def months(self) -> NDArray:
        """The first days of all months that the world touches."""
        first, last = self.start.astype("datetime64[M]"), (self.end - np.timedelta64(1, "s")).astype("datetime64[M]")
        return np.arange(first, last + 1).astype("datetime64[D]")

    def moment(self, time: Floats) -> NDArray:
        """The date and time of moments given in weeks, to the full minute."""
        week = np.floor(time)
        hour = np.interp(time - week, self.share, np.arange(len(self.share), dtype=np.float64))
        minutes = np.minimum(np.floor(hour * 60 + 1e-7), 7 * 1440 - 1).astype(np.int64)
        return self.start + (week.astype(np.int64) * WEEK_SECONDS + minutes * 60).astype("timedelta64[s]")

    def month_of(self, moment: NDArray) -> Integers:
        """The number of a moment's month, 0 for the first one."""
        return (moment.astype("datetime64[M]") - self.start.astype("datetime64[M]")).astype(np.int64)

    def week_of(self, moment: NDArray) -> Integers:
        """The number of a moment's week."""
        return (moment.astype("datetime64[s]") - self.start).astype(np.int64) // WEEK_SECONDS

    def as_of(self) -> NDArray:
        """The day at whose end a month is closed: its last one, or the world's last day."""
        last = (self.months.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
        return np.minimum(last, self.end.astype("datetime64[D]") - 1)


def calendar(scenario: Scenario, weeks: int) -> Calendar:
    """The calendar of a scenario."""
    on = scenario.on("season")
    days = np.asarray(scenario.lists["weekdays"] if on else [1.0] * 7, dtype=np.float64)
    hours = np.asarray(scenario.lists["hours"], dtype=np.float64)
    share = np.concatenate([[0.0], np.cumsum(np.outer(days, hours))])
    rising = share + np.arange(len(share)) * 1e-9 * share[-1]  # closed hours have no width, but time runs forward
    return Calendar(np.datetime64(scenario.start, "s"), weeks, (rising - rising[0]) / (rising[-1] - rising[0]))
