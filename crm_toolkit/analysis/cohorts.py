"""Customers by the period of their first purchase: who comes back, when, and what they bring.

cohort   the customers whose first purchase fell into the same period (day, week, month, quarter, year)
age      periods since that one; at age 0 everybody buys, by definition
active   a customer with a purchase in the period; returns are no purchases, but their money is subtracted

Periods are those of the calendar; a week begins on Monday. The grid is full: a period in which nobody came first is
a row of zeros, an age at which nobody bought a column of zeros. A zero is an observation, "nobody"; a missing cell is
a period that is not over yet at the date of analysis. A period that is only partly over would look as if customers
had stayed away, so by default it is not shown.

A customer who skips a period and comes back is active again: this is *not* a survival curve and may rise. Cohorts
before the first period of the data may be false: whoever bought earlier, out of sight, looks new.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day, checked, count_where, require_purchases, used_lines
from crm_toolkit.analysis.periods import PERIODS, first_day, period_label, period_number, period_of
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.engines import Desk, laid_out, rows
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_date, say

_NEEDED = ("customer_id", "ordered_at", "amount")
MOST_PERIODS = 2_000
_BITS = 63
_MANY = 200_000  # lines from which the bits are worth their longer question: a decision about speed, not a limit


@dataclass(frozen=True, eq=False)
class CohortTable:
    """Cohorts by age or by calendar: customers, shares, money.

    Parameters
    ----------
    customers : pandas.DataFrame
        Active customers. A row for each cohort (``cohort``, such as ``"2024-03"``), a column for each age (from 0)
        or period. 0 is nobody, missing is not yet over. By calendar, periods before the cohort's first are 0.
    revenue : pandas.DataFrame
        Their money, currency units, returns subtracted; of the same form.
    unit : {"day", "week", "month", "quarter", "year"}
    by : {"age", "calendar"}
    as_of : datetime.date
        Date of analysis.
    last_day : datetime.date
        Last day of the last period shown.
    """

    customers: pd.DataFrame
    revenue: pd.DataFrame
    unit: str
    by: str
    as_of: dt.date
    last_day: dt.date
    _first: int = field(repr=False)

    @property
    def sizes(self) -> pd.Series:
        """Customers of each cohort."""
        if self.by == "age":
            return self.customers[0].rename("size")
        cells = self.customers.to_numpy(dtype="float64")
        return pd.Series(np.diagonal(cells).astype("int64"), index=self.customers.index, name="size")

    @property
    def retention(self) -> pd.DataFrame:
        """Active customers as a fraction of the cohort.

        Missing where the period is not yet over, where the cohort is empty and, by calendar, before it began.
        """
        sizes = self.sizes.to_numpy(dtype="float64")[:, None]
        cells = self.customers.to_numpy(dtype="float64", na_value=np.nan)
        if self.by == "calendar":
            cells = np.where(np.tri(len(cells), k=-1, dtype=bool), np.nan, cells)
        shares = np.divide(cells, sizes, out=np.full(cells.shape, np.nan), where=sizes > 0)
        return pd.DataFrame(shares, index=self.customers.index, columns=self.customers.columns)

    @property
    def revenue_per_customer(self) -> pd.DataFrame:
        """Money per customer of the cohort, also those who did not buy, currency units."""
        sizes = self.sizes.to_numpy(dtype="float64")[:, None]
        money = self.revenue.to_numpy()
        each = np.divide(money, sizes, out=np.full(money.shape, np.nan), where=sizes > 0)
        return pd.DataFrame(each, index=self.revenue.index, columns=self.revenue.columns)


def retention_table(
    purchases: Any,
    *,
    as_of: Any,
    unit: str = "month",
    by: str = "age",
    unfinished: str = "drop",
    minor_digits: int = 2,
) -> CohortTable:
    """Count the customers of each cohort who buy again, by age or by calendar.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units, negative on
        a return). Lines without a customer or after ``as_of`` are left out; `purchase_coverage` counts them.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    unit : {"day", "week", "month", "quarter", "year"}
        Period of the calendar.
    by : {"age", "calendar"}
        What stands in the columns.
    unfinished : {"drop", "keep"}
        What happens to the period that is not over at ``as_of``: it is not shown, or it is shown as far as it goes.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    CohortTable
        ``.customers``, ``.retention``, ``.revenue``, ``.revenue_per_customer``, ``.sizes``; the same for every
        engine, exactly, and for every order of the lines.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount or a date is missing, no purchase is left, no period
        is over, or there are more than 2,000 periods.

    Notes
    -----
    By age all cohorts line up, to be compared with each other; by calendar a month in which something happened to
    everybody is a column, and the columns of ``revenue`` add up to the money of the period. Returns in a period
    without a purchase count as money of that period, but not as activity; returns before the first purchase are not
    counted.

    Examples
    --------
    >>> import pandas as pd
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "bob", "bob", "eve"],
    ...         "ordered_at": pd.to_datetime(["2024-01-05", "2024-04-20", "2024-01-09", "2024-02-01", "2024-03-30"]),
    ...         "amount": [20.0, 30.0, 10.0, 15.0, 8.0],
    ...     }
    ... )
    >>> table = retention_table(purchases, as_of="2024-04-30")
    >>> print(table.customers)
    age      0     1     2     3
    cohort
    2024-01  2     1     0     1
    2024-02  0     0     0  <NA>
    2024-03  1     0  <NA>  <NA>
    2024-04  0  <NA>  <NA>  <NA>
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    require_choice("unit", unit, PERIODS)
    require_choice("by", by, ("age", "calendar"))
    require_choice("unfinished", unfinished, ("drop", "keep"))
    last = period_of(day, unit)
    if unfinished == "drop" and first_day(last + 1, unit) != day + dt.timedelta(days=1):
        last -= 1
    with laid_out(purchases, _NEEDED, asked_by="retention_table") as desk:
        counts = checked(desk, _NEEDED, day, digits, asked_by="retention_table")
        require_purchases(counts, day, asked_by="retention_table")
        lines = used_lines(desk, day, digits, counts).with_columns(period=period_number("day", unit).cast(nw.Int32))
        cells = _cells(desk, lines, returns=bool(counts["returns"]), many=counts["lines"] >= _MANY)
    return _laid_out_grid(cells, last, unit, by, day, 10**digits)


def _cells(desk: Desk, lines: nw.LazyFrame, *, returns: bool, many: bool) -> list[dict[str, Any]]:
    """Active customers and money by first period and period: a small table.

    The long way is from lines to customers and periods; it is read twice, so it is gone once. Where DuckDB works and
    the periods are few, they are the bits of one number a customer, and the long table of steps need not be made; for
    few lines that would take longer to ask than to answer.
    """
    if many and lines.implementation.is_duckdb():
        ends = desk.row(lines.select(first=nw.col("period").min(), last=nw.col("period").max()))
        if ends["last"] - ends["first"] < _BITS:
            return _cells_of_bits(desk, lines, int(ends["first"]), int(ends["last"]), returns=returns)
    if returns:
        steps = desk.settle(
            lines.group_by("customer_id", "period").agg(
                minor=nw.col("minor").sum(), bought=count_where(nw.col("bought"))
            )
        )
        active = nw.col("bought") > 0
        first = steps.filter(active).group_by("customer_id").agg(first=nw.col("period").min())
        bought: nw.Expr = nw.when(active).then(nw.lit(1)).count()
    else:
        steps = desk.settle(lines.group_by("customer_id", "period").agg(minor=nw.col("minor").sum()))
        first = steps.group_by("customer_id").agg(first=nw.col("period").min())
        bought = nw.len()
    joined = steps.join(first, on="customer_id", how="inner")
    return rows(joined.group_by("first", "period").agg(customers=bought, minor=nw.col("minor").sum()))


def _cells_of_bits(desk: Desk, lines: nw.LazyFrame, start: int, end: int, *, returns: bool) -> list[dict[str, Any]]:
    """The same in DuckDB's own words: bit ``j`` of a customer's number says whether they bought in period start + j."""
    bought = "filter (where bought)" if returns else ""
    each = f"customer_id, min(period) {bought} as first, bit_or(1::ubigint << (period - {start})) {bought} as bits"
    buyers = desk.settle(nw.from_native(lines.to_native().aggregate(each, "customer_id"))).filter(
        ~nw.col("first").is_null()
    )
    counted = ", ".join(f"sum((bits >> {place}) & 1)::bigint as p{start + place}" for place in range(end - start + 1))
    active = {
        row.pop("first"): row
        for row in rows(nw.from_native(buyers.to_native().aggregate(f"first, {counted}", "first")))
    }
    money = lines.join(buyers.select("customer_id", "first"), on="customer_id", how="inner")
    cells = rows(money.group_by("first", "period").agg(minor=nw.col("minor").sum()))
    return [{**cell, "customers": active[cell["first"]][f"p{cell['period']}"]} for cell in cells]


def _laid_out_grid(
    cells: list[dict[str, Any]], last: int, unit: str, by: str, day: dt.date, minor_units: int
) -> CohortTable:
    start = min(int(cell["first"]) for cell in cells)
    size = last - start + 1
    _require_grid(size, start, unit, day)
    customers, minor = np.zeros((size, size)), np.zeros((size, size))
    for cell in cells:
        cohort, period = int(cell["first"]) - start, int(cell["period"]) - start
        if cohort <= period < size:
            place = period - cohort if by == "age" else period
            customers[cohort, place] = cell["customers"]
            minor[cohort, place] = cell["minor"]
    missing = np.arange(size)[None, :] >= size - np.arange(size)[:, None] if by == "age" else np.zeros_like(minor, bool)
    labels = [period_label(start + step, unit) for step in range(size)]
    index = pd.Index(labels, name="cohort")
    columns = pd.RangeIndex(size, name="age") if by == "age" else pd.Index(labels, name="period")
    counted = pd.DataFrame(customers.astype("int64"), index=index, columns=columns).astype("Int64").mask(missing)
    money = pd.DataFrame(minor / minor_units, index=index, columns=columns).mask(missing)
    last_day = min(first_day(last + 1, unit) - dt.timedelta(days=1), day)
    return CohortTable(counted, money, unit, by, day, last_day, start)


def _require_grid(size: int, start: int, unit: str, day: dt.date) -> None:
    heading = say("`{function}` can't lay out these periods.", function="retention_table")
    if size < 1:
        what = say("No period is over: the first one began on {first}, the date of analysis is {day}.",
                   first=format_date(first_day(start, unit)), day=format_date(day))  # fmt: skip
        advice = say('Choose a shorter `unit`, or show the unfinished period with `unfinished="keep"`.')
        raise InputError(heading, [Problem("no_period", what, advice=advice, column="as_of")])
    if size > MOST_PERIODS:
        what = say("From the first purchase to the date of analysis there are {count} periods; {most} can be shown.",
                   count=size, most=MOST_PERIODS)  # fmt: skip
        advice = say("Choose a longer `unit`, or remove purchases with a wrong date.")
        raise InputError(heading, [Problem("too_many_periods", what, advice=advice, column="unit")])


def retention_curve(table: CohortTable, *, cohort: str | None = None, level: float = 0.95) -> pd.DataFrame:
    """The share of customers who are active, by age, with intervals: of all cohorts together or of one.

    Parameters
    ----------
    table : CohortTable
        With ``by="age"``, as `retention_table` returns it.
    cohort : str, optional
        A row of the table, such as ``"2024-03"``; by default all cohorts, each up to the age that it has reached.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    pandas.DataFrame
        ``age``, ``cohorts`` (how many have reached it), ``customers`` (of these cohorts), ``active``, ``retention``
        (fraction), ``low``, ``high`` (Wilson's interval, fractions). At later ages there are fewer cohorts, the
        older ones: a bend of the curve may be a change of who is counted. The interval takes customers as
        independent and cohorts as alike; where they differ, it is too narrow.

    Raises
    ------
    InputError
        If the table is by calendar, the cohort is unknown or empty, or ``level`` lies outside 0.5 to 0.999.

    References
    ----------
    Wilson, E. B. (1927). Probable Inference, the Law of Succession, and Statistical Inference. Journal of the
    American Statistical Association 22, 209–212.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2024-01-05", "2024-02-02", "2024-01-07", "2024-01-20", "2024-02-01"])
    >>> purchases = pd.DataFrame({"customer_id": [1, 1, 2, 3, 4], "ordered_at": days, "amount": 9.0})
    >>> print(retention_curve(retention_table(purchases, as_of="2024-02-29")).round(3).to_string(index=False))
     age  cohorts  customers  active  retention   low  high
       0        2          4       4      1.000 0.510 1.000
       1        1          3       1      0.333 0.061 0.792
    """
    (share,) = require_numbers("retention_curve", level=(level, 0.5, 0.999))
    heading = say("`{function}` can't draw this curve.", function="retention_curve")
    if table.by != "age":
        advice = say('Ask `retention_table` with `by="age"`.')
        raise InputError(heading, [Problem("by_calendar", say("The table is by calendar."), advice=advice)])
    if cohort is not None and cohort not in table.customers.index:
        what = say("There is no cohort “{name}”.", name=cohort)
        found = say("Cohorts: from {first} to {last}.", first=table.customers.index[0], last=table.customers.index[-1])
        raise InputError(heading, [Problem("unknown_cohort", what, found, column="cohort")])
    sizes = table.sizes.to_numpy(dtype="float64")
    chosen = (sizes > 0) if cohort is None else (table.customers.index == cohort)
    if not sizes[chosen].sum():
        what = say("The cohort “{name}” has no customers.", name=cohort)
        raise InputError(heading, [Problem("empty_cohort", what, column="cohort")])
    cells = table.customers.to_numpy(dtype="float64", na_value=np.nan)[chosen]
    reached = ~np.isnan(cells)
    kept = reached.any(axis=0)
    customers = (reached * sizes[chosen][:, None]).sum(axis=0)[kept]
    active = np.nansum(cells, axis=0)[kept]
    low, high = wilson_interval(active, customers, share)
    return pd.DataFrame(
        {
            "age": np.arange(len(sizes))[kept],
            "cohorts": reached.sum(axis=0)[kept],
            "customers": customers.astype("int64"),
            "active": active.astype("int64"),
            "retention": active / customers,
            "low": low,
            "high": high,
        }
    )


def wilson_interval(successes: np.ndarray, trials: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of a share; ``trials`` above 0."""
    from statistics import NormalDist

    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    middle = (successes + z2 / 2) / (trials + z2)
    half = np.sqrt(z2 * (successes * (trials - successes) / trials + z2 / 4)) / (trials + z2)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
