"""Naive local times as whole microseconds since 1970, one time or a column, with letters on what can't be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import Problem
from crm_toolkit.texts import say

Integers = NDArray[np.int64]

MINUTE = 60_000_000  # microseconds
MISSING = int(np.iinfo(np.int64).min)  # what numpy calls "not a time"
FIRST_YEAR, LAST_YEAR = 1900, 2200
_EPOCH = dt.datetime(1970, 1, 1)
_TICK = dt.timedelta(microseconds=1)
_MOST_ROWS = 5


def moments(given: Any, name: str, problems: list[Problem]) -> tuple[Integers, bool]:
    """Times as microseconds since 1970, and whether it was a single one; what can't be read goes to ``problems``."""
    single = isinstance(given, (str, dt.date, np.datetime64)) or not isinstance(given, Iterable)
    if not single and isinstance(getattr(given, "dtype", None), np.dtype) and given.dtype.kind == "M":
        found = np.asarray(given).astype("datetime64[us]").astype(np.int64)
    else:
        found = np.array([_moment(one, single) for one in ([given] if single else given)], dtype=object)
        wrong = np.array([isinstance(one, str) for one in found], dtype=bool)
        for code, what, advice in (
            ("no_time", say("`{name}` has no time.", name=name), say("Write `datetime(2026, 3, 2, 9, 30)`.")),
            ("time_zone", say("`{name}` has a time zone.", name=name),
             say("Give the organisation's local time without a zone: `.replace(tzinfo=None)` after converting.")),
        ):  # fmt: skip
            those = np.array([one == code for one in found], dtype=bool)
            if those.any():
                where = int(np.flatnonzero(those)[0])
                value = repr(given if single else list(given)[where])
                problems.append(Problem(code, what, found=say("Found: {value}.", value=value), advice=advice,
                                        rows=() if single else rows_of(those), column=name))  # fmt: skip
        found = np.where(wrong, MISSING, found).astype(np.int64)
    outside = (found != MISSING) & ((found < _micros(FIRST_YEAR)) | (found >= _micros(LAST_YEAR + 1)))
    if outside.any():
        what = say("`{name}` lies outside the years {first}–{last}.", name=name, first=FIRST_YEAR, last=LAST_YEAR)
        problems.append(Problem("outside_calendar", what, rows=() if single else rows_of(outside), column=name))
        found = np.where(outside, MISSING, found)
    return found, single


def _moment(value: Any, needed: bool) -> int | str:
    """One time in microseconds, or the code of what is wrong with it."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            return "no_time"
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if value is None or value != value:
        return "no_time" if needed else MISSING
    if not isinstance(value, dt.datetime):
        return "no_time"
    return "time_zone" if value.tzinfo is not None else (value - _EPOCH) // _TICK


def _micros(year: int) -> int:
    return (dt.datetime(year, 1, 1) - _EPOCH) // _TICK


def as_datetime(at: int) -> dt.datetime:
    """A moment in microseconds since 1970 as a plain datetime.

    >>> as_datetime(0)
    datetime.datetime(1970, 1, 1, 0, 0)
    """
    return _EPOCH + dt.timedelta(microseconds=at)


def in_micros(minutes: float) -> int:
    """Minutes in whole microseconds."""
    return round(minutes * MINUTE)


def working_amounts(given: Any, problems: list[Problem]) -> tuple[Integers, bool]:
    """Amounts of working minutes in microseconds, and whether it was a single one."""
    single = isinstance(given, str) or not isinstance(given, Iterable)
    try:
        found = np.atleast_1d(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        found = np.array([np.nan])
    wrong = ~((found >= 0) & (found <= 1e9)) | np.array([isinstance(given, (bool, str))])
    if wrong.any():
        what = say("`minutes` must be a number of minutes, 0 or more.")
        value = given if single else found[wrong][0]
        problems.append(Problem("no_minutes", what, found=say("Found: {value}.", value=repr(value)),
                                rows=() if single else rows_of(wrong), column="minutes"))  # fmt: skip
        found = np.where(wrong, 0.0, found)
    return np.round(found * MINUTE).astype(np.int64), single


def rows_of(which: NDArray[np.bool_]) -> tuple[int, ...]:
    """The first rows of which something is true, counted from 1."""
    return tuple(int(row) + 1 for row in np.flatnonzero(which)[:_MOST_ROWS])
