"""When points become active and when they expire, for any number of moments at once.

Times are whole microseconds since 1970 (local time of the organisation). Points are usable from ``active_from`` on and
until just before ``expires_at``: points of a day expire at the midnight after it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm.loyalty.parts import Life
from crm_toolkit.firm.moments import MISSING

Integers = NDArray[np.int64]

SECOND = 1_000_000
DAY = 86_400 * SECOND
NEVER = int(np.iinfo(np.int64).max)  # unlimited; also: active only after an action
_MONDAY = 4 * DAY  # 5 January 1970
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_number(at: Integers, period: str) -> Integers:
    """Calendar period in which a moment lies, counted from the one of January 1970 (weeks begin on Monday).

    >>> period_number(np.array([0, 4 * DAY]), "week").tolist()
    [-1, 0]
    """
    if period == "day":
        return at // DAY
    if period == "week":
        return (at - _MONDAY) // (7 * DAY)
    months = at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return months // _MONTHS[period]


def period_start(number: Integers, period: str) -> Integers:
    """First moment of a calendar period."""
    if period == "day":
        return number * DAY
    if period == "week":
        return number * (7 * DAY) + _MONDAY
    return (number * _MONTHS[period]).astype("datetime64[M]").astype("datetime64[us]").astype(np.int64)


def active_from(life: Life, issued: Integers) -> Integers:
    """When points that are earned now become active; `NEVER` where it takes an action.

    >>> active_from(Life(pending="days", pending_days=2), np.array([0])).tolist() == [2 * DAY]
    True
    """
    if life.pending == "action":
        return np.full(len(issued), NEVER)
    return issued + life.pending_days * DAY


def expires_at(life: Life, active: Integers) -> Integers:
    """First moment at which points that become active then are not usable any more.

    >>> life = Life(validity="period_end", period="year")
    >>> expires_at(life, np.array(["2026-03-05T10:00"], dtype="datetime64[us]").astype("int64")).astype(
    ...     "datetime64[us]"
    ... )
    array(['2027-01-01T00:00:00.000000'], dtype='datetime64[us]')
    """
    waits = active == NEVER
    active = np.where(waits, 0, active)
    if life.validity == "unlimited":
        return np.full(len(active), NEVER)
    if life.validity == "period_end":
        ends = period_start(period_number(active, life.period) + 1 + life.more_periods, life.period)
    else:
        ends = active + life.validity_days * DAY
        if life.rounding == "period_end":
            ends = period_start(period_number(ends - 1, life.period) + 1, life.period)
    return np.where(waits, NEVER, ends)


def lot_life(
    life: Life, at: Integers, own_active: Integers | None = None, own_expires: Integers | None = None
) -> tuple[Integers, Integers]:
    """When lots that are issued become active and expire: by their own times where they have them, else by the rules.

    `MISSING` is no own time. Nothing is active before it is issued, and points whose own end lies before they would
    become active are active at once.
    """
    active = active_from(life, at)
    if own_active is not None:
        active = np.where(own_active == MISSING, active, np.maximum(own_active, at))
    expires = expires_at(life, active)
    if own_expires is not None:
        expires = np.where(own_expires == MISSING, expires, own_expires)
        active = np.where((own_expires != MISSING) & (expires <= active), at, active)
    return active, expires
