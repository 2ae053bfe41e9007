"""Regular series: what was sold, ordered, asked in every period of the calendar, up to a date.

A forecast needs every period once, in order. A period in which nothing happened is a zero, not a gap. Two periods are
no observations: the last one, if it is not over at the date of analysis, and the first one, if the data begin in the
middle of it; both would look like a slump. They are left out, and the series says so.

Lines without a customer are demand all the same: they count as money and as orders, not as customers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day, checked, count_where, used_lines
from crm_toolkit.analysis.periods import PERIODS, first_day, period_label, period_number, period_of
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.engines import Desk, laid_out, rows
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_date, mark, say, say_count

MEASURES = ("revenue", "orders", "customers")
SEASONS = {"day": 7, "week": 52, "month": 12, "quarter": 4, "year": 1}
MOST_PERIODS = 20_000
_NEEDED = ("order_id", "customer_id", "ordered_at", "amount")
_NOT_LAID_OUT = mark("`{function}` can't lay out these periods.")


@dataclass(frozen=True, eq=False)
class PeriodSeries:
    """One number for every period of the calendar.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per period, in order: ``period`` (label, such as ``"2024-03"``), ``starts_on`` (date), ``days`` (days of
        the calendar in it), ``value`` (currency units or a count; 0 where nothing happened), ``finished`` (flag).
    unit : {"day", "week", "month", "quarter", "year"}
    measure : str
        What the value is: ``"revenue"``, ``"orders"``, ``"customers"`` or ``"events"``.
    as_of : datetime.date
    dropped_first, dropped_last : str
        Label of an incomplete first or last period that was left out; empty if there was none.
    """

    table: pd.DataFrame
    unit: str
    measure: str
    as_of: dt.date
    dropped_first: str = ""
    dropped_last: str = ""

    @property
    def finished(self) -> pd.DataFrame:
        """The rows of periods that are over: what a forecast may learn from."""
        return self.table[self.table["finished"]].reset_index(drop=True)

    @property
    def values(self) -> NDArray[np.float64]:
        """Values of the periods that are over."""
        return self.finished["value"].to_numpy(np.float64)

    @property
    def season_length(self) -> int:
        """Periods in a usual season: 7 days, 52 weeks, 12 months, 4 quarters; 1 is none."""
        return SEASONS[self.unit]

    @property
    def is_count(self) -> bool:
        """Whether the values count something, so that a forecast below 0 can't be."""
        return self.measure != "revenue"

    def later(self, horizon: int) -> pd.DataFrame:
        """The periods after the last finished one: ``period, starts_on, days``."""
        last = period_of(self.finished["starts_on"].iloc[-1].date(), self.unit)
        return _calendar(last + 1, last + int(horizon), self.unit)


def demand_series(
    purchases: Any,
    *,
    as_of: Any,
    unit: str = "month",
    measure: str = "revenue",
    since: Any = None,
    unfinished: str = "drop",
    minor_digits: int = 2,
) -> PeriodSeries:
    """Add purchases up by the periods of the calendar, with zeros where nothing was bought.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``order_id``, ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units,
        negative on a return). Lines after ``as_of`` are left out.
    as_of : date, datetime or str
        Last day of the data; the whole day takes part.
    unit : {"day", "week", "month", "quarter", "year"}
        Period of the calendar; a week begins on Monday.
    measure : {"revenue", "orders", "customers"}
        Money less returns, currency units; different orders with a purchase; different known customers with a purchase.
    since : date, datetime or str, optional
        First day that the data cover. Without it the day of the first line counts as that day.
    unfinished : {"drop", "mark"}
        Whether a last period that is not over is left out or kept as a row with ``finished`` false.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    PeriodSeries
        The same for every engine, exactly, and for every order of the lines.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount, a date or an order is missing, an option is not
        allowed, or no period is over.

    Examples
    --------
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "order_id": [1, 2, 3, 4],
    ...         "customer_id": ["ann", "bob", None, "ann"],
    ...         "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-20", "2024-03-05", "2024-04-02"]),
    ...         "amount": [20.0, 10.0, 5.0, 7.0],
    ...     }
    ... )
    >>> series = demand_series(purchases, as_of="2024-04-10")
    >>> print(series.table[["period", "days", "value"]].to_string(index=False))
     period  days  value
    2024-01    31   30.0
    2024-02    29    0.0
    2024-03    31    5.0
    >>> series.dropped_last
    '2024-04'
    """
    asked_by = "demand_series"
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    require_choice("unit", unit, PERIODS)
    require_choice("measure", measure, MEASURES)
    require_choice("unfinished", unfinished, ("drop", "mark"))
    begun = None if since is None else as_day(since, "since")
    with laid_out(purchases, _NEEDED, asked_by=asked_by) as desk:
        counts = checked(desk, _NEEDED, day, digits, asked_by=asked_by)
        asked = counts | {"after": 1, "without_customer": counts["without_customer"] if measure == "customers" else 0}
        lines = used_lines(desk, day, digits, asked, "order_id").with_columns(period=period_number("day", unit))
        if begun is not None:
            lines = lines.filter(nw.col("day") >= nw.lit(begun))
        first = desk.row(lines.select(first=nw.col("day").min(), n=nw.len()))
        _require_lines(first["n"], day, asked_by)
        found = rows(_totals(lines, measure))
    scale = 10**digits if measure == "revenue" else 1
    totals = {int(row["period"]): float(row["value"]) / scale for row in found}
    return _laid_out(totals, begun or _date_of(first["first"]), day, unit, measure, unfinished, asked_by)


def event_series(
    events: Any, *, as_of: Any, time: str = "opened_at", unit: str = "week", since: Any = None, unfinished: str = "drop"
) -> PeriodSeries:
    """Count events, such as contacts, by the periods of the calendar, with zeros where nothing happened.

    Parameters
    ----------
    events : frame, relation or path
        One row per event with a column of moments (datetime, local time). Rows after ``as_of`` are left out.
    as_of : date, datetime or str
        Last day of the data; the whole day takes part.
    time : str
        Name of that column.
    unit : {"day", "week", "month", "quarter", "year"}
        Period of the calendar; a week begins on Monday.
    since : date, datetime or str, optional
        First day that the data cover. Without it the day of the first event counts as that day.
    unfinished : {"drop", "mark"}
        Whether a last period that is not over is left out or kept as a row with ``finished`` false.

    Returns
    -------
    PeriodSeries
        With the measure ``"events"``.

    Raises
    ------
    InputError
        If the column is missing, holds no dates or has gaps, an option is not allowed, or no period is over.

    Examples
    --------
    >>> calls = pd.DataFrame(
    ...     {"opened_at": pd.to_datetime(["2024-01-01 09:00", "2024-01-03 17:00", "2024-01-15 08:00"])}
    ... )
    >>> print(event_series(calls, as_of="2024-01-21").table[["period", "value"]].to_string(index=False))
        period  value
    2024-01-01    2.0
    2024-01-08    0.0
    2024-01-15    1.0
    """
    asked_by = "event_series"
    day = as_day(as_of, "as_of")
    require_choice("unit", unit, PERIODS)
    require_choice("unfinished", unfinished, ("drop", "mark"))
    begun = None if since is None else as_day(since, "since")
    with laid_out(events, (time,), asked_by=asked_by) as desk:
        require_columns((time,), desk.columns, asked_by=asked_by)
        _require_moments(desk, time, asked_by)
        lines = desk.lines.select(day=nw.col(time).cast(nw.Date)).filter(nw.col("day") <= nw.lit(day))
        if begun is not None:
            lines = lines.filter(nw.col("day") >= nw.lit(begun))
        lines = lines.with_columns(period=period_number("day", unit))
        first = desk.row(lines.select(first=nw.col("day").min(), n=nw.len()))
        _require_lines(first["n"], day, asked_by)
        found = rows(lines.group_by("period").agg(value=nw.len()))
    totals = {int(row["period"]): float(row["value"]) for row in found}
    return _laid_out(totals, begun or _date_of(first["first"]), day, unit, "events", unfinished, asked_by)


def _totals(lines: nw.LazyFrame, measure: str) -> nw.LazyFrame:
    if measure == "revenue":
        return lines.group_by("period").agg(value=nw.col("minor").sum())
    name = "order_id" if measure == "orders" else "customer_id"
    once = lines.filter(nw.col("bought")).select("period", name).unique()
    return once.group_by("period").agg(value=nw.len())


def _require_lines(found: int, day: dt.date, asked_by: str) -> None:
    if not found:
        what = say_count("{count} line lies in the time asked for.", "{count} lines lie in the time asked for.", 0)
        advice = say("The date of analysis is {day}; check it and the dates in the table.", day=format_date(day))
        raise InputError(say(_NOT_LAID_OUT, function=asked_by), [Problem("no_lines", what, advice=advice)])


def _require_moments(desk: Desk, time: str, asked_by: str) -> None:
    require_columns((time,), desk.columns, asked_by=asked_by)
    kind = desk.lines.collect_schema()[time]
    if not (kind == nw.Date or kind == nw.Datetime):
        heading = say("The column `{name}` is of kind {kind}.", name=time, kind=kind)
        problem = Problem("wrong_kind", heading, found=say("It must hold dates."), column=time)
        raise InputError(say("`{function}` can't read this table.", function=asked_by), [problem])
    undated = desk.row(desk.lines.select(n=count_where(nw.col(time).is_null())))["n"]
    if undated:
        what = say_count("{count} line has no date.", "{count} lines have no date.", undated)
        problem = Problem("no_date", what, advice=say("Fill them in or remove these lines."), column=time)
        raise InputError(say(_NOT_LAID_OUT, function=asked_by), [problem])


def _laid_out(
    totals: dict[int, float], begun: dt.date, day: dt.date, unit: str, measure: str, unfinished: str, asked_by: str
) -> PeriodSeries:
    start, last = period_of(begun, unit), period_of(day, unit)
    whole = first_day(last + 1, unit) == day + dt.timedelta(days=1)
    cut = first_day(start, unit) != begun
    first, final = start + cut, last - (not whole)
    if final < first:
        what = say("No period is over: the data run from {first} to {day}.", first=format_date(begun),
                   day=format_date(day))  # fmt: skip
        advice = say("Choose a shorter `unit`; periods in which the data begin or end do not count as whole.")
        raise InputError(say(_NOT_LAID_OUT, function=asked_by), [Problem("no_period", what, advice=advice)])
    if final - first >= MOST_PERIODS:
        what = say("From the first purchase to the date of analysis there are {count} periods; {most} can be shown.",
                   count=final - first + 1, most=MOST_PERIODS)  # fmt: skip
        advice = say("Choose a longer `unit`, or remove purchases with a wrong date.")
        raise InputError(say(_NOT_LAID_OUT, function=asked_by), [Problem("too_many_periods", what, advice=advice)])
    shown = last if unfinished == "mark" else final
    table = _calendar(first, shown, unit)
    table["value"] = [totals.get(number, 0.0) for number in range(first, shown + 1)]
    table["finished"] = np.arange(first, shown + 1) <= final
    return PeriodSeries(
        table,
        unit,
        measure,
        day,
        dropped_first=period_label(start, unit) if cut else "",
        dropped_last="" if whole or unfinished == "mark" else period_label(last, unit),
    )


def _calendar(first: int, last: int, unit: str) -> pd.DataFrame:
    """Periods with their labels, first days and lengths."""
    numbers = range(first, last + 1)
    starts = [first_day(number, unit) for number in numbers]
    ends = [*starts[1:], first_day(last + 1, unit)]
    return pd.DataFrame(
        {
            "period": [period_label(number, unit) for number in numbers],
            "starts_on": pd.to_datetime(starts),
            "days": [(end - start).days for start, end in zip(starts, ends, strict=True)],
        }
    )


def _date_of(moment: Any) -> dt.date:
    return dt.date(moment.year, moment.month, moment.day)
