"""Working time: how much of it lies between two moments, and when so much of it has passed.

All working time is one list of intervals with its running total, so the working time W(t) before any moment is one
look-up, and a deadline is the same look-up backwards: W grows only while the organisation works, and the deadline of m
minutes is the earliest t with W(t) - W(start) = m.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, overload

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.business_hours import BusinessHours, end_in_day, in_day
from crm_toolkit.firm.moments import MINUTE, MISSING, Integers, as_datetime, moments, rows_of, working_amounts
from crm_toolkit.texts import format_number, say

MOST_YEARS = 10
_DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, eq=False)
class WorkingTime:
    """All working time of some years: intervals in microseconds since 1970, and what was worked before each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    after: list[int]
    as_arrays: tuple[Integers, Integers, Integers, Integers]

    def worked(self, at: int) -> int:
        """Working time before a moment."""
        place = bisect_right(self.starts, at) - 1
        return self.before[place] + min(at, self.ends[place]) - self.starts[place] if place >= 0 else 0

    def reached(self, work: int) -> int | None:
        """The earliest moment before which so much was worked (more than none); None if that is beyond the table."""
        place = bisect_left(self.after, work)
        return self.starts[place] + work - self.before[place] if place < len(self.after) else None

    def all_worked(self, at: Integers) -> Integers:
        """As `worked`, for an array."""
        starts, ends, before, _ = self.as_arrays
        place = np.searchsorted(starts, at, side="right") - 1
        inside = np.maximum(place, 0)
        return np.where(place >= 0, before[inside] + np.minimum(at, ends[inside]) - starts[inside], 0)

    def all_reached(self, work: Integers) -> Integers:
        """As `reached`, for an array; what is beyond the table is missing."""
        starts, _, before, after = self.as_arrays
        place = np.searchsorted(after, work, side="left")
        inside = np.minimum(place, max(len(after) - 1, 0))
        return np.where(place < len(after), starts[inside] + work - before[inside], MISSING)


@lru_cache(maxsize=32)
def timetable(hours: BusinessHours, first_year: int, last_year: int) -> WorkingTime:
    """The working time of whole years, the first and the last included; kept, so that asking again costs nothing."""
    free, special = set(hours.holidays), dict(hours.special_days)
    usual = [[(in_day(one), end_in_day(other)) for one, other in day] for day in hours.week]  # type: ignore[union-attr]
    starts, ends = [], []
    first, last = dt.date(first_year, 1, 1).toordinal(), dt.date(last_year, 12, 31).toordinal()
    zero = dt.date(1970, 1, 1).toordinal()
    for ordinal in range(first, last + 1):
        day = dt.date.fromordinal(ordinal)
        if day in special:
            today = [(in_day(one), end_in_day(other)) for one, other in special[day]]
        else:
            today = [] if day in free else usual[day.weekday()]
        midnight = (ordinal - zero) * _DAY
        for one, other in today:
            starts.append(midnight + one)
            ends.append(midnight + other)
    lengths = np.array(ends, dtype=np.int64) - np.array(starts, dtype=np.int64)
    after = np.cumsum(lengths, dtype=np.int64)
    before = after - lengths
    arrays = (np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64), before, after)
    return WorkingTime(starts, ends, before.tolist(), after.tolist(), arrays)


@overload
def working_minutes(hours: BusinessHours, start: dt.datetime | str, end: dt.datetime | str) -> float: ...
@overload
def working_minutes(hours: BusinessHours, start: Any, end: Any) -> Any: ...
def working_minutes(hours: BusinessHours, start: Any, end: Any) -> Any:
    """How many minutes an organisation has worked between two moments.

    Parameters
    ----------
    hours : BusinessHours
        When the organisation works.
    start, end : datetime, ISO text, or an array or Series of them
        Naive local times; the end is not before the start.

    Returns
    -------
    float or array of float
        Minutes; an array if one of the two is one. A missing time in an array gives a missing number.

    Raises
    ------
    InputError
        All problems at once: no time, a time with a zone, an end before its start (with rows).

    Examples
    --------
    >>> from datetime import time
    >>> hours = BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})
    >>> working_minutes(hours, "2026-03-06 16:00", "2026-03-09 10:00")  # from Friday to Monday
    120.0
    """
    problems: list[Problem] = []
    _check_hours(hours, problems)
    one, single = moments(start, "start", problems)
    other, too = moments(end, "end", problems)
    one, other = _of_one_length(one, other, "end", problems)
    known = (one != MISSING) & (other != MISSING)
    backwards = known & (other < one)
    if backwards.any():
        what = say("The end lies before the start.")
        found = "" if not (single and too) else f"{as_datetime(int(one[0]))} – {as_datetime(int(other[0]))}"
        problems.append(Problem("reversed", what, found=found, rows=rows_of(backwards), column="end"))
    if problems:
        raise InputError(say("Working minutes can't be counted."), problems)
    minutes = np.full(len(one), np.nan)
    if known.any():
        table = timetable(hours, as_datetime(int(one[known].min())).year, as_datetime(int(other[known].max())).year)
        minutes[known] = (table.all_worked(other[known]) - table.all_worked(one[known])) / MINUTE
    return float(minutes[0]) if single and too else minutes


@overload
def due_at(hours: BusinessHours, start: dt.datetime | str, minutes: float, holds: Any = ()) -> dt.datetime: ...
@overload
def due_at(hours: BusinessHours, start: Any, minutes: Any, holds: Any = ()) -> Any: ...
def due_at(hours: BusinessHours, start: Any, minutes: Any, holds: Any = ()) -> Any:
    """When so many working minutes have passed: the deadline.

    Parameters
    ----------
    hours : BusinessHours
        When the organisation works.
    start : datetime, ISO text, or an array or Series of them
        Naive local times.
    minutes : float or array of float
        Working minutes, not negative.
    holds : iterable of pairs of datetime
        ``(from, to)`` in which the clock stands still (waiting for the customer); for a single start only. They may
        touch, but not overlap. Only working time in them moves the deadline: a hold over a night moves nothing.

    Returns
    -------
    datetime or array of datetime64
        The earliest such moment: the end of a working day and not the beginning of the next. A missing start gives a
        missing deadline.

    Raises
    ------
    InputError
        All problems at once; among them a deadline that is not reached within 10 years.

    Examples
    --------
    >>> from datetime import datetime, time
    >>> hours = BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})
    >>> print(due_at(hours, "2026-03-02 09:00", 480))
    2026-03-02 17:00:00
    >>> over_night = (datetime(2026, 3, 2, 17), datetime(2026, 3, 3, 9))
    >>> print(due_at(hours, "2026-03-02 09:00", 480, holds=[over_night]))
    2026-03-02 17:00:00
    >>> print(due_at(hours, "2026-03-02 09:00", 480, holds=[(datetime(2026, 3, 2, 16), datetime(2026, 3, 3, 10))]))
    2026-03-03 11:00:00
    """
    problems: list[Problem] = []
    _check_hours(hours, problems)
    begin, single = moments(start, "start", problems)
    wanted, too = working_amounts(minutes, problems)
    begin, wanted = _of_one_length(begin, wanted, "minutes", problems)
    held = _holds(holds, problems)
    single = single and too
    if held and not single:
        what = say("Holds belong to one request, but several starts were given.")
        problems.append(Problem("holds_of_many", what, advice=say("Use `sla_table` for a queue."), column="holds"))
    if problems:
        raise InputError(say("The deadline can't be found."), problems)
    known = begin != MISSING
    due = np.full(len(begin), MISSING, dtype=np.int64)
    if single:
        due[0] = deadline(hours, int(begin[0]), int(wanted[0]), held)
    elif known.any():
        due[known] = _deadlines(hours, begin[known], wanted[known], np.flatnonzero(known))
    return as_datetime(int(due[0])) if single else due.astype("datetime64[us]")


def deadline(
    hours: BusinessHours,
    start: int,
    work: int,
    holds: Sequence[tuple[int, int]] = (),
    table: WorkingTime | None = None,
) -> int:
    """The deadline of one request, in microseconds.

    Holds are in order and do not overlap. A ``table`` that covers start and holds spares looking one up.
    """
    if work == 0:
        return start
    due = None if table is None else _reached(table, start, work, holds)
    if due is None:
        held_to = max([start, *(to for _, to in holds)])
        for years in (1, MOST_YEARS + 1):
            wide = timetable(hours, as_datetime(start).year, as_datetime(held_to).year + years)
            due = _reached(wide, start, work, holds)
            if due is not None:
                break
        if due is None or due > held_to + MOST_YEARS * 366 * _DAY:
            raise InputError(say("The deadline can't be found."), [_never(start, work)])
    return due


def _reached(table: WorkingTime, start: int, work: int, holds: Sequence[tuple[int, int]]) -> int | None:
    return table.reached(pushed(table, table.worked(start) + work, start, holds))


def pushed(table: WorkingTime, wanted: int, start: int, holds: Iterable[tuple[int, int]]) -> int:
    """The amount of work at the deadline, with the working time of those holds that begin before it."""
    for begin, end in holds:
        from_ = table.worked(max(begin, start))
        if from_ >= wanted:
            break
        wanted += max(table.worked(end) - from_, 0)
    return wanted


def _deadlines(hours: BusinessHours, begin: Integers, work: Integers, rows: Integers) -> Integers:
    first, last = as_datetime(int(begin.min())).year, as_datetime(int(begin.max())).year
    due = np.full(len(begin), MISSING, dtype=np.int64)
    for years in (1, MOST_YEARS + 1):
        table = timetable(hours, first, last + years)
        due = table.all_reached(table.all_worked(begin) + work)
        if (due != MISSING).all():
            break
    late = (work > 0) & ((due == MISSING) | (due > begin + MOST_YEARS * 366 * _DAY))
    if late.any():
        where = int(np.flatnonzero(late)[0])
        problem = _never(int(begin[where]), int(work[where]), rows=tuple(int(row) + 1 for row in rows[late][:5]))
        raise InputError(say("The deadline can't be found."), [problem])
    return np.where(work == 0, begin, due)


def _never(start: int, work: int, rows: tuple[int, ...] = ()) -> Problem:
    what = say("In the {years} years after {start} there are fewer than {minutes} working minutes.", years=MOST_YEARS,
               start=as_datetime(start), minutes=format_number(work / MINUTE))  # fmt: skip
    advice = say("Look at holidays and special days, or at the unit: minutes are meant.")
    return Problem("no_working_time", what, advice=advice, rows=rows, column="minutes")


def _holds(given: Any, problems: list[Problem]) -> list[tuple[int, int]]:
    found = []
    for number, pair in enumerate(given if isinstance(given, Iterable) and not isinstance(given, str) else [given], 1):
        ends = tuple(pair) if isinstance(pair, Iterable) and not isinstance(pair, str) else (pair,)
        if len(ends) != 2:
            what = say("Hold {number} is no pair of times.", number=number)
            problems.append(Problem("no_hold", what, found=say("Found: {value}.", value=repr(pair)), column="holds"))
        elif ends[1] is None or ends[1] != ends[1]:
            what = say("Hold {number} has no end.", number=number)
            advice = say("A deadline is known only when the hold is over; give the present moment as its end.")
            problems.append(Problem("hold_without_end", what, advice=advice, column="holds"))
        else:
            before = len(problems)
            (one, _), (other, _) = (moments(end, f"holds[{number - 1}]", problems) for end in ends)
            if len(problems) == before and other[0] < one[0]:
                what = say("Hold {number} ends before it begins.", number=number)
                problems.append(Problem("reversed_hold", what, column="holds"))
            elif len(problems) == before:
                found.append((int(one[0]), int(other[0])))
    found.sort()
    for one_, other_ in pairwise(found):
        if other_[0] < one_[1]:
            what = say("Two holds overlap: {one} and {other}.", one=as_datetime(one_[0]), other=as_datetime(other_[0]))
            problems.append(Problem("overlapping_holds", what, advice=say("Make one of the two."), column="holds"))
    return found


def _of_one_length(one: Integers, other: Integers, name: str, problems: list[Problem]) -> tuple[Integers, Integers]:
    try:
        one, other = np.broadcast_arrays(one, other)
    except ValueError:
        what = say("`start` has {one} values, `{name}` has {other}.", one=len(one), other=len(other), name=name)
        problems.append(Problem("other_length", what, column=name))
        other = one
    return one, other


def _check_hours(hours: Any, problems: list[Problem]) -> None:
    if not isinstance(hours, BusinessHours):
        what = say("`hours` must be `BusinessHours`, not {value}.", value=repr(hours))
        problems.append(Problem("no_hours", what, column="hours"))
