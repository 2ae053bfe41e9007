"""ABC by the share of the money, XYZ by how even the demand is; the two together.

ABC. Sort the customers from those who bring most. A customer belongs to A if those who bring more than he does bring,
together, less than the first cut of all money (80 %); to B if less than the second (95 %); else to C. So the customer
who carries the sum across a cut still belongs to the upper class, customers with equal money share a class, and the
order of rows never matters. Negative money counts as 0 in the sums and makes C.

XYZ. The coefficient of variation (CV) of a customer's money per period: standard deviation (divided by n) over mean,
periods without a purchase counted as zero: leaving them out would make a customer who came twice look regular. X is
a CV up to the first cut, Y up to the second, Z above. Whoever returned as much as he bought has no CV and is Z.

The cuts are conventions and stand in the result's columns as numbers beside the classes. For goods in stock, cuts of
0.1 and 0.25 are usual; single customers are less even than a shop's demand, so 0.5 and 1 are the default here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day, checked, divided, require_purchases, used_lines
from crm_toolkit.analysis.periods import PERIODS, first_day, period_number, period_of
from crm_toolkit.analysis.tables import collected, minor_units_of, opened, require_sound
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.engines import laid_out, rows
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_date, mark, say, say_count

ABC_CUTS = (
    Knob("a_cut", 0.8, 0.01, 0.99, 0.01, mark("Share of the money at which class A ends"), origin="convention",
         reference="the 80/20 rule"),
    Knob("b_cut", 0.95, 0.01, 0.999, 0.01, mark("Share of the money at which class B ends"), origin="convention",
         reference="usual in stock keeping"),
)  # fmt: skip
XYZ_CUTS = (
    Knob("x_cut", 0.5, 0.01, 10.0, 0.05, mark("Coefficient of variation up to which class X reaches"),
         origin="convention", reference="half of the mean; for goods in stock 0.1 is usual"),
    Knob("y_cut", 1.0, 0.01, 10.0, 0.05, mark("Coefficient of variation up to which class Y reaches"),
         origin="convention", reference="as large as the mean; for goods in stock 0.25 is usual"),
)  # fmt: skip
_NEEDED = ("customer_id", "ordered_at", "amount")


def abc_classes(
    table: Any, column: str = "monetary", *, cuts: Sequence[float] | None = None, minor_digits: int = 2
) -> Any:
    """Class every row by the share of the money that rows above it bring.

    Parameters
    ----------
    table : frame or relation
        One row per customer (or product, or branch).
    column : str
        Money of the row, currency units.
    cuts : two floats, optional
        Shares of the money, fractions in ascending order; by default 0.8 and 0.95.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    frame
        The table, of its kind and in its order, with ``share_above`` (fraction of the money that rows with more bring)
        and ``abc`` ("A", "B", "C").

    Raises
    ------
    InputError
        If the column is missing or not of numbers, a value is missing, nobody brought anything, or the cuts are wrong.

    Examples
    --------
    >>> import pandas as pd
    >>> spent = pd.DataFrame({"customer_id": list("abcde"), "monetary": [50, 5, 35, 5, 5]})
    >>> print(abc_classes(spent).to_string(index=False))
    customer_id  monetary  share_above abc
              a        50         0.00   A
              b         5         0.85   B
              c        35         0.50   A
              d         5         0.85   B
              e         5         0.85   B
    """
    low, high = _cuts("cuts", cuts, ABC_CUTS)
    frame = opened(table, (column,), asked_by="abc_classes")
    _, minor = minor_units_of(column, minor_digits)
    counted = distinct_money(frame, column, minor, asked_by="abc_classes")
    money, people = np.maximum(counted["minor"].to_numpy(), 0), counted["n"].to_numpy()
    above = np.concatenate([[0.0], np.cumsum((money * people)[::-1])[:-1]])[::-1]
    total = float((money * people).sum())
    if total <= 0:
        what = say_count("{count} customer spent nothing.", "{count} customers spent nothing.", int(people.sum()))
        heading = say("`{function}` can't measure this table.", function="abc_classes")
        raise InputError(heading, [Problem("no_money", what, column=column)])
    share = above / total
    share[money == 0] = 1.0
    least = [counted["minor"].to_numpy()[share < cut].min(initial=np.inf) for cut in (low, high)]
    lower = nw.when(minor >= float(least[1])).then(nw.lit("B")).otherwise(nw.lit("C"))
    classed = nw.when(minor >= float(least[0])).then(nw.lit("A")).otherwise(lower)
    if isinstance(frame, nw.LazyFrame):
        lines = frame.with_columns(crm_minor=minor)
        upto = nw.when(nw.col("crm_minor") > 0).then(nw.col("crm_minor")).otherwise(nw.lit(0.0))
        lines = lines.with_columns(crm_money=upto, crm_whole=nw.lit(1))
        steps = lines.group_by("crm_money").agg(crm_sum=nw.col("crm_money").sum()).with_columns(crm_whole=nw.lit(1))
        reached = nw.col("crm_sum").cum_sum(reverse=True).over("crm_whole", order_by="crm_money") - nw.col("crm_sum")
        steps = steps.with_columns(crm_above=divided(reached, total, beside="crm_whole")).select(
            "crm_money", "crm_above"
        )
        lines = lines.join(steps, on="crm_money", how="left")
        shown = nw.when(nw.col("crm_money") > 0).then(nw.col("crm_above")).otherwise(nw.lit(1.0))
        names = frame.collect_schema().names()
        return lines.with_columns(share_above=shown, abc=classed).select(*names, "share_above", "abc").to_native()
    values = frame.select(crm_minor=minor)["crm_minor"].to_numpy().astype("float64")
    place = np.searchsorted(counted["minor"].to_numpy(), values)
    column_of = nw.new_series("share_above", share[place].tolist(), nw.Float64, backend=frame.implementation)
    return _with_series(frame, column_of).with_columns(abc=classed).to_native()


def _with_series(frame: Any, series: Any) -> Any:
    """A series set beside a frame, row by row, whatever the index of the frame is."""
    if frame.implementation.is_pandas_like():
        native = frame.to_native()
        return nw.from_native(native.assign(**{series.name: series.to_numpy()}))
    return frame.with_columns(series)


def distinct_money(frame: Any, column: str, minor: nw.Expr, *, asked_by: str) -> pd.DataFrame:
    """Distinct amounts in minor units, ascending, and how many rows have each."""
    heading = say("`{function}` can't measure this table.", function=asked_by)
    if not frame.collect_schema()[column].is_numeric():
        what = say("The column `{name}` must hold numbers.", name=column)
        raise InputError(heading, [Problem("wrong_kind", what, column=column)])
    sound = nw.col(column).cast(nw.Float64).is_finite().fill_null(False)
    counted = collected(frame.select(minor=nw.when(sound).then(minor)).group_by("minor").agg(n=nw.len()).sort("minor"))
    counted = counted.astype({"minor": "float64", "n": "int64"})
    unsound = int(counted.loc[counted["minor"].isna(), "n"].sum())
    if unsound:
        what = say_count("{count} amount is missing or infinite.", "{count} amounts are missing or infinite.", unsound)
        raise InputError(heading, [Problem("unsound_amount", what, column=column)])
    return counted


def abc_xyz_classes(
    purchases: Any,
    *,
    as_of: Any,
    since: Any = None,
    unit: str = "month",
    life: str = "window",
    abc_cuts: Sequence[float] | None = None,
    xyz_cuts: Sequence[float] | None = None,
    minor_digits: int = 2,
) -> pd.DataFrame:
    """Class every customer by how much and how evenly he or she buys.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units, negative on
        a return). Lines without a customer or after ``as_of`` are left out.
    as_of : date, datetime or str
        Date of analysis; a period that is not over by then takes no part.
    since : date, datetime or str, optional
        The window begins with the period of this day; by default with that of the first purchase of all.
    unit : {"day", "week", "month", "quarter", "year"}
        Period of the calendar.
    life : {"window", "first_purchase"}
        Which empty periods count as zero: all of the window, or those since the customer's first purchase in it.
        With ``"window"`` a new customer is uneven because the window began before he came.
    abc_cuts, xyz_cuts : two floats, optional
        Ascending; by default 0.8 and 0.95 (fractions of the money), 0.5 and 1 (coefficients of variation).
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    pandas.DataFrame
        One row per customer of the window, sorted by ``customer_id``: ``customer_id``, ``monetary`` (currency units),
        ``periods`` (counted), ``active_periods`` (with a line), ``variation`` (CV; missing where the money is not above
        0), ``share_above`` (fraction), ``abc``, ``xyz`` and ``abc_xyz`` such as ``"AX"``.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount or a date is missing, no purchase or fewer than two
        periods are left, or an option is not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_id": ["even", "even", "even", "once"],
    ...         "ordered_at": pd.to_datetime(["2024-01-05", "2024-02-05", "2024-03-05", "2024-02-20"]),
    ...         "amount": [10.0, 10.0, 10.0, 90.0],
    ...     }
    ... )
    >>> classes = abc_xyz_classes(purchases, as_of="2024-03-31")
    >>> print(classes[["customer_id", "monetary", "periods", "variation", "abc_xyz"]].round(3).to_string(index=False))
    customer_id  monetary  periods  variation abc_xyz
           even      30.0        3      0.000      AX
           once      90.0        3      1.414      AZ
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    begin = None if since is None else as_day(since, "since")
    require_choice("unit", unit, PERIODS)
    require_choice("life", life, ("window", "first_purchase"))
    x_cut, y_cut = _cuts("xyz_cuts", xyz_cuts, XYZ_CUTS)
    _cuts("abc_cuts", abc_cuts, ABC_CUTS)
    last = period_of(day, unit)
    if first_day(last + 1, unit) != day + dt.timedelta(days=1):
        last -= 1
    with laid_out(purchases, _NEEDED, asked_by="abc_xyz_classes") as desk:
        counts = checked(desk, _NEEDED, day, digits, asked_by="abc_xyz_classes")
        require_purchases(counts, day, asked_by="abc_xyz_classes")
        lines = used_lines(desk, day, digits, counts).with_columns(period=period_number("day", unit))
        lines = lines.filter(nw.col("period") <= last)
        if begin is not None:
            lines = lines.filter(nw.col("period") >= period_of(begin, unit))
        spans = rows(lines.select(first=nw.col("period").min()))[0]["first"]
        start = period_of(begin, unit) if begin is not None else spans
        if spans is None or start is None or last - int(start) + 1 < 2:
            what = say("Evenness needs at least two periods that are over, with a purchase in them.")
            advice = say("Choose a shorter `unit` or a longer window; the date of analysis is {day}.",
                         day=format_date(day))  # fmt: skip
            heading = say("`{function}` can't lay out these periods.", function="abc_xyz_classes")
            raise InputError(heading, [Problem("no_period", what, advice=advice, column="unit")])
        periods = lines.group_by("customer_id", "period").agg(minor=nw.col("minor").sum())
        squared = nw.col("minor").cast(nw.Float64) * nw.col("minor").cast(nw.Float64)
        customers = (
            periods.with_columns(squared=squared)
            .group_by("customer_id")
            .agg(
                first=nw.col("period").min(),
                active=nw.len(),
                minor=nw.col("minor").sum(),
                squares=nw.col("squared").sum(),
            )
        )
        customers = customers.with_columns(active=nw.col("active").cast(nw.Int64))
        money = divided(nw.col("minor"), 10**digits, beside="active")
        found = collected(customers.with_columns(monetary=money).sort("customer_id"))
    count = last - (int(start) if life == "window" else found["first"].to_numpy(dtype="int64")) + 1
    total, squares = (found[name].to_numpy(dtype="float64") for name in ("minor", "squares"))
    variance = np.maximum(count * squares - total**2, 0.0)
    variation = np.divide(np.sqrt(variance), total, out=np.full(len(found), np.nan), where=total > 0)
    table = pd.DataFrame(
        {
            "customer_id": found["customer_id"],
            "monetary": found["monetary"].astype("float64"),
            "periods": np.broadcast_to(count, len(found)).astype("int64"),
            "active_periods": found["active"].astype("int64"),
            "variation": variation,
        }
    )
    table = abc_classes(table, cuts=abc_cuts, minor_digits=digits)
    evenness = np.where(variation <= x_cut + 1e-12, "X", np.where(variation <= y_cut + 1e-12, "Y", "Z"))
    return table.assign(xyz=evenness, abc_xyz=table["abc"].astype(str) + evenness)


def abc_xyz_table(classes: pd.DataFrame, value: str = "customers") -> pd.DataFrame:
    """The nine classes: customers, or their money.

    Parameters
    ----------
    classes : pandas.DataFrame
        As `abc_xyz_classes` returns it: ``abc``, ``xyz``, ``monetary``.
    value : {"customers", "monetary"}
        What is counted or added up.

    Returns
    -------
    pandas.DataFrame
        Rows A, B, C and columns X, Y, Z, all nine cells.

    Raises
    ------
    InputError
        If a column is missing, the money is not of numbers, a value of it is missing or infinite, or ``value`` is
        unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> classes = pd.DataFrame({"abc": ["A", "C", "C"], "xyz": ["X", "Z", "Z"], "monetary": [9.0, 1.0, 0.5]})
    >>> print(abc_xyz_table(classes).to_string())
    xyz  X  Y  Z
    abc
    A    1  0  0
    B    0  0  0
    C    0  0  2
    """
    require_choice("value", value, ("customers", "monetary"))
    frame = opened(classes, ("abc", "xyz", "monetary"), asked_by="abc_xyz_table")
    require_sound(frame, ("monetary",), asked_by="abc_xyz_table")
    counted = collected(frame.group_by("abc", "xyz").agg(customers=nw.len(), monetary=nw.col("monetary").sum()))
    grid = counted.pivot(index="abc", columns="xyz", values=value).reindex(index=list("ABC"), columns=list("XYZ"))
    grid = grid.rename_axis(index="abc", columns="xyz").fillna(0)
    return grid.astype("int64" if value == "customers" else "float64")


def _cuts(name: str, given: Sequence[float] | None, knobs: tuple[Knob, Knob]) -> tuple[float, float]:
    if given is None:
        return knobs[0].default, knobs[1].default
    try:
        low, high = (float(one) for one in given)
    except (TypeError, ValueError):
        low = high = float("nan")
    if not knobs[0].low <= low < high <= knobs[1].high:
        what = say("`{name}` must be two numbers in ascending order, from {low} to {high}.", name=name,
                   low=knobs[0].low, high=knobs[1].high)  # fmt: skip
        raise InputError(
            say("`{name}` can't be {value}.", name=name, value=repr(given)), [Problem("wrong_cuts", what, column=name)]
        )
    return low, high
