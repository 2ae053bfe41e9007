"""Business hours: when an organisation is at work.

A week of intervals (a lunch break is the gap between two of them), holidays, and special days with hours of their own.
Times are naive: what the clock on the wall says. In the night when that clock is changed an hour more or less has
passed than it shows; only an organisation that works through that night would notice, by that one hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import mark, say

Interval = tuple[dt.time, dt.time]

WEEKDAYS = (
    mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"), mark("Saturday"),
    mark("Sunday"),
)  # fmt: skip
_DAY = 24 * 60 * 60 * 1_000_000


@dataclass(frozen=True)
class BusinessHours:
    """When an organisation is at work.

    Parameters
    ----------
    week : mapping of int to intervals
        Weekday (0 is Monday) → intervals ``(from, to)`` of `datetime.time`; a missing weekday is free. ``time(0)`` as
        an end is midnight, the end of the day; work through the night is written as two intervals.
    holidays : iterable of date
        Days without work.
    special_days : mapping of date to intervals
        Days with hours of their own, such as a Saturday that is worked; they go before week and holidays.

    Raises
    ------
    InputError
        All problems at once: an unknown weekday, an interval that is reversed or overlaps another, a week without work,
        a day that is both a holiday and special.

    Examples
    --------
    >>> from datetime import date, time
    >>> day = ((time(9), time(13)), (time(14), time(18)))  # with a lunch break
    >>> hours = BusinessHours({weekday: day for weekday in range(5)}, holidays=(date(2026, 3, 9),))
    >>> hours.week[0][1]
    (datetime.time(14, 0), datetime.time(18, 0))
    """

    week: Mapping[int, Sequence[Interval]] | tuple[tuple[Interval, ...], ...]
    holidays: Iterable[dt.date] = ()
    special_days: Mapping[dt.date, Sequence[Interval]] | tuple[tuple[dt.date, tuple[Interval, ...]], ...] = ()

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        week = _week(self.week, problems)
        holidays = _dates(self.holidays, "holidays", problems)
        pairs = self.special_days.items() if isinstance(self.special_days, Mapping) else self.special_days
        special = {}
        for day, intervals in _pairs(pairs, problems):
            for known in _dates([day], "special_days", problems):
                special[known] = _intervals(intervals, str(known), "special_days", problems)
                if known in holidays:
                    what = say("{day} is both a holiday and a special day.", day=known)
                    problems.append(Problem("two_kinds", what, advice=say("Leave it in one of them."),
                                            column="special_days"))  # fmt: skip
        if not problems and not any(week):
            what = say("The week has no working time.")
            advice = say("Give at least one weekday an interval: `week={0: ((time(9), time(18)),)}`.")
            problems.append(Problem("empty_week", what, advice=advice, column="week"))
        if problems:
            raise InputError(say("`{kind}` can't be made.", kind="BusinessHours"), problems)
        object.__setattr__(self, "week", week)
        object.__setattr__(self, "holidays", tuple(sorted(set(holidays))))
        object.__setattr__(self, "special_days", tuple(sorted(special.items())))


def _week(given: Any, problems: list[Problem]) -> tuple[tuple[Interval, ...], ...]:
    week: list[tuple[Interval, ...]] = [()] * 7
    if not isinstance(given, Mapping):
        given = dict(enumerate(given)) if isinstance(given, Sequence) and not isinstance(given, str) else {"?": given}
    for weekday, intervals in given.items():
        if isinstance(weekday, bool) or weekday not in range(7):
            what = say("{value} is no weekday.", value=repr(weekday))
            problems.append(Problem("unknown_weekday", what, advice=say("Monday is 0, Sunday is 6."), column="week"))
            continue
        week[int(weekday)] = _intervals(intervals, say(WEEKDAYS[int(weekday)]), "week", problems)
    return tuple(week)


def _intervals(given: Any, day: str, column: str, problems: list[Problem]) -> tuple[Interval, ...]:
    """The intervals of one day in order; what is wrong with them goes to ``problems``."""
    found: list[Interval] = []
    for pair in given if isinstance(given, Iterable) and not isinstance(given, str) else [given]:
        ends = tuple(pair) if isinstance(pair, Iterable) and not isinstance(pair, str) else (pair,)
        if len(ends) != 2 or not all(isinstance(end, dt.time) and end.tzinfo is None for end in ends):
            what = say("{day}: {value} is no interval.", day=day, value=repr(pair))
            advice = say("Write a pair of times of the organisation, without a time zone: `(time(9), time(18))`.")
            problems.append(Problem("no_interval", what, advice=advice, column=column))
        elif in_day(ends[0]) >= end_in_day(ends[1]):
            what = say("{day}: the interval {value} ends before it begins.", day=day, value=_said(ends))
            advice = say("Work through the night is two intervals: to midnight, `time(0)`, and on from it.")
            problems.append(Problem("reversed_interval", what, advice=advice, column=column))
        else:
            found.append(ends)
    found.sort()
    for one, other in pairwise(found):
        if in_day(other[0]) < end_in_day(one[1]):
            what = say("{day}: the intervals {one} and {other} overlap.", day=day, one=_said(one), other=_said(other))
            problems.append(Problem("overlapping_intervals", what, advice=say("Make one of the two."), column=column))
    return tuple(found)


def _pairs(given: Any, problems: list[Problem]) -> list[tuple[Any, Any]]:
    try:
        return [(day, intervals) for day, intervals in given]
    except (TypeError, ValueError):
        what = say("`special_days` must name a day and its intervals, not {value}.", value=repr(given))
        problems.append(Problem("no_special_days", what, column="special_days"))
        return []


def _dates(given: Any, column: str, problems: list[Problem]) -> list[dt.date]:
    found = []
    for day in given if isinstance(given, Iterable) and not isinstance(given, str) else [given]:
        if isinstance(day, dt.date) and day == day:  # a missing pandas time equals nothing
            found.append(day.date() if isinstance(day, dt.datetime) else day)
        else:
            what = say("`{name}`: {value} is no date.", name=column, value=repr(day))
            problems.append(Problem("no_date", what, advice=say("Write `date(2026, 3, 9)`."), column=column))
    return found


def in_day(time: dt.time) -> int:
    """A time of the day in microseconds since midnight."""
    return ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000_000 + time.microsecond


def end_in_day(time: dt.time) -> int:
    return in_day(time) or _DAY


def _said(interval: Sequence[dt.time]) -> str:
    return "–".join(end.isoformat(timespec="minutes" if not end.second else "seconds") for end in interval)
