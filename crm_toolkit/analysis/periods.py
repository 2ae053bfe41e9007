"""Periods of the calendar as whole numbers, so that every engine counts them alike.

A number is worth nothing by itself; the next period has the next number. A week begins on Monday.
"""

from __future__ import annotations

import datetime as dt

import narwhals as nw

from crm_toolkit.analysis.lines import day_number

PERIODS = ("day", "week", "month", "quarter", "year")


def period_number(name: str, unit: str) -> nw.Expr:
    """The number of the period in which a date lies."""
    if unit == "day":
        return day_number(name).cast(nw.Int64)
    if unit == "week":
        return (day_number(name) - 1) // 7
    year = nw.col(name).dt.year().cast(nw.Int64)
    if unit == "year":
        return year
    month = nw.col(name).dt.month().cast(nw.Int64) - 1
    return year * 12 + month if unit == "month" else year * 4 + month // 3


def period_of(day: dt.date, unit: str) -> int:
    """The number of the period in which a day lies.

    >>> period_of(dt.date(2024, 3, 31), "month") - period_of(dt.date(2023, 12, 1), "month")
    3
    """
    if unit == "day":
        return day.toordinal()
    if unit == "week":
        return (day.toordinal() - 1) // 7
    if unit == "year":
        return day.year
    return day.year * 12 + day.month - 1 if unit == "month" else day.year * 4 + (day.month - 1) // 3


def first_day(number: int, unit: str) -> dt.date:
    """The first day of a period.

    >>> [str(first_day(period_of(dt.date(2024, 2, 29), unit), unit)) for unit in PERIODS]
    ['2024-02-29', '2024-02-26', '2024-02-01', '2024-01-01', '2024-01-01']
    """
    if unit == "day":
        return dt.date.fromordinal(number)
    if unit == "week":
        return dt.date.fromordinal(number * 7 + 1)
    if unit == "year":
        return dt.date(number, 1, 1)
    if unit == "month":
        return dt.date(number // 12, number % 12 + 1, 1)
    return dt.date(number // 4, number % 4 * 3 + 1, 1)


def period_label(number: int, unit: str) -> str:
    """A code of the period that sorts by time; a week is named by its Monday.

    >>> [period_label(period_of(dt.date(2024, 2, 29), unit), unit) for unit in PERIODS]
    ['2024-02-29', '2024-02-26', '2024-02', '2024-Q1', '2024']
    """
    day = first_day(number, unit)
    if unit == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"month": 7, "year": 4}.get(unit, 10)]
