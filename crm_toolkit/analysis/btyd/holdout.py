"""Does a model of purchases hold? What it expects beside what happened, in and after calibration.

frequency_histogram_table       customers by number of repeat purchases in calibration
tracking_table                  repeat purchases of all, period by period, on into the holdout
conditional_expectation_table   purchases in the holdout by those in calibration
history_matrix                  a number of the model for every recency and frequency
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.btyd.bgnbd import BGNBD
from crm_toolkit.analysis.btyd.nbd import NBD
from crm_toolkit.analysis.btyd.pareto_nbd import ParetoNBD
from crm_toolkit.analysis.btyd.reading import compressed, read_columns, read_histories
from crm_toolkit.analysis.lines import as_day, checked, require_purchases, used_lines
from crm_toolkit.analysis.purchases import UNIT_DAYS
from crm_toolkit.engines import laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_date, join_names, say

PurchaseModel = BGNBD | ParetoNBD | NBD
_NEEDED = ("customer_id", "ordered_at", "amount")
VALUES = ("probability_alive", "expected_purchases")


def frequency_histogram_table(model: PurchaseModel, summary: Any, *, most: int = 7) -> pd.DataFrame:
    """Compare how many customers made 0, 1, 2 … repeat purchases with how many the model expects.

    Parameters
    ----------
    model : BGNBD, ParetoNBD or NBD
        With parameters in the unit of the summary.
    summary : PurchaseSummary or frame
        ``frequency``, ``recency``, ``T``.
    most : int
        From this frequency on customers stand in one row.

    Returns
    -------
    pandas.DataFrame
        ``frequency`` (the last row means it and above), ``customers``, ``customers_expected``; both add up to all.

    Raises
    ------
    InputError
        If a column is missing, a history can't be, or ``most`` is below 1.

    Examples
    --------
    >>> summary = pd.DataFrame({"frequency": [0, 0, 3], "recency": [0, 0, 9.0], "T": [12.0, 8.0, 10.0]})
    >>> print(frequency_histogram_table(NBD(0.385, 12.07), summary, most=2).round(2).to_string(index=False))
     frequency  customers  customers_expected
             0          2                2.38
             1          0                0.41
             2          1                0.21
    """
    _require_most(most)
    histories = read_histories(summary, asked_by="frequency_histogram_table", least_repeat=0)
    T, weight = compressed([histories.T], histories.weight)
    counts = np.arange(most)
    expected = (weight[:, None] * model.count_probability(counts, T[:, None])).sum(axis=0)
    found = np.bincount(np.minimum(histories.x, most).astype(int), weights=histories.weight, minlength=most + 1)
    return pd.DataFrame(
        {
            "frequency": np.arange(most + 1),
            "customers": found.astype(int),
            "customers_expected": np.append(expected, histories.customers - expected.sum()),
        }
    )


def conditional_expectation_table(model: PurchaseModel, summary: Any, *, most: int = 7) -> pd.DataFrame:
    """Compare purchases in the holdout with those expected, by the number of purchases in calibration.

    Parameters
    ----------
    model : BGNBD, ParetoNBD or NBD
        Estimated on the calibration period.
    summary : PurchaseSummary or frame
        With ``holdout_frequency`` and ``T_holdout`` (`purchase_summary` with ``calibration_end`` makes them) beside
        ``frequency``, ``recency``, ``T``.
    most : int
        From this frequency on customers stand in one row.

    Returns
    -------
    pandas.DataFrame
        ``frequency`` (the last row means it and above), ``customers``, ``purchases`` and ``purchases_expected``, means
        per customer in the holdout; rows without customers are left out.

    Raises
    ------
    InputError
        If a column is missing, a history can't be, or ``most`` is below 1.

    Examples
    --------
    >>> past = {"frequency": [0, 0, 1], "recency": [0, 0, 9.0], "T": [12.0, 12.0, 12.07]}
    >>> summary = pd.DataFrame(past | {"holdout_frequency": [1, 0, 2], "T_holdout": 12.07})
    >>> print(conditional_expectation_table(NBD(0.385, 12.07), summary).round(2).to_string(index=False))
     frequency  customers  purchases  purchases_expected
             0          2        0.5                0.19
             1          1        2.0                0.69
    """
    _require_most(most)
    asked_by = "conditional_expectation_table"
    columns = ("frequency", "recency", "T", "holdout_frequency", "T_holdout")
    numbers, weight = read_columns(summary, columns, asked_by=asked_by)
    read_histories(summary, asked_by=asked_by, least_repeat=0)
    if not all((np.isfinite(column) & (column >= 0)).all() for column in numbers[3:]):
        what = say("`holdout_frequency` and `T_holdout` must be 0 or more, without gaps.")
        problems = [
            Problem("bad_number", what, column=name)
            for name, column in zip(columns[3:], numbers[3:], strict=True)
            if not (np.isfinite(column) & (column >= 0)).all()
        ]
        raise InputError(say("`{function}` can't answer this.", function=asked_by), problems[:1])
    x, tx, T, bought, ahead, weight = compressed(numbers, weight)
    expected = np.asarray(model.conditional_expected_purchases(ahead, x, tx, T))
    table = pd.DataFrame({"frequency": np.minimum(x, most).astype(int), "customers": weight})
    table["purchases"], table["purchases_expected"] = weight * bought, weight * expected
    table = table.groupby("frequency", as_index=False).sum()
    for name in ("purchases", "purchases_expected"):
        table[name] = table[name] / table["customers"]
    return table.astype({"customers": int})


def tracking_table(
    model: PurchaseModel, purchases: Any, *, as_of: Any, calibration_end: Any = None, period: str = "week"
) -> pd.DataFrame:
    """Follow the repeat purchases of a cohort period by period, beside those that the model expects.

    Parameters
    ----------
    model : BGNBD, ParetoNBD or NBD
        With a known unit of time.
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime), ``amount`` (currency units).
    as_of : date, datetime or str
        Last day of observation.
    calibration_end : date, datetime or str, optional
        Last day of calibration: customers first seen later are left out, as in the estimation. Without it all take
        part.
    period : {"day", "week", "month"}
        Length of a period: 1, 7 or 30.4375 days from the first purchase of all.

    Returns
    -------
    pandas.DataFrame
        One row per period: ``period`` (from 1), ``ends_on`` (its last day), ``purchases``, ``purchases_expected``
        (repeat purchases in it), ``cumulative``, ``cumulative_expected``, ``in_holdout`` (whether it ends after
        calibration). An unfinished last period is left out.

    Raises
    ------
    InputError
        If a column is missing, no purchase is left, the unit is unknown, dates are in the wrong order, or no
        period is complete.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-03", "2024-01-10"])
    >>> purchases = pd.DataFrame({"customer_id": ["a", "a", "a"], "ordered_at": days, "amount": 5.0})
    >>> table = tracking_table(NBD(0.385, 12.07, unit="week"), purchases, as_of="2024-01-15")
    >>> print(table[["period", "cumulative", "cumulative_expected"]].round(3).to_string(index=False))
     period  cumulative  cumulative_expected
          1           1                0.032
          2           2                0.064
    """
    asked_by = "tracking_table"
    day = as_day(as_of, "as_of")
    split = day if calibration_end is None else as_day(calibration_end, "calibration_end")
    heading = say("`{function}` can't answer this.", function=asked_by)
    problems = []
    if period not in UNIT_DAYS:
        what = say("`period` can be: {names}.", names=join_names(map(repr, UNIT_DAYS)))
        problems.append(Problem("unknown_option", what, column="period"))
    if model.unit not in UNIT_DAYS:
        what = say("The model's unit of time is unknown.")
        advice = say('Estimate it from `PurchaseSummary.from_frame(table, unit="week")`, or name the `unit`.')
        problems.append(Problem("unknown_unit", what, advice=advice))
    if split > day:
        what = say("The calibration period must end before the observation does.")
        found = say("`calibration_end` is {split}, `as_of` is {day}.", split=format_date(split), day=format_date(day))
        problems.append(Problem("wrong_order", what, found=found))
    if problems:
        raise InputError(heading, problems)
    first, repeats = _days_of_purchases(purchases, day, split, asked_by)
    begin, length = int(first["day"].min()), UNIT_DAYS[period]
    periods = int((day.toordinal() - begin) / length)
    if not periods:
        what = say("From the first purchase to the end of observation there is no complete period.")
        raise InputError(heading, [Problem("too_short", what)])
    ends = begin + np.arange(1, periods + 1) * length  # moments in days; the day of the first purchase is 0
    ahead = np.maximum(ends[:, None] - first["day"].to_numpy(), 0.0) / UNIT_DAYS[str(model.unit)]
    expected = (np.asarray(model.expected_purchases(ahead)) * first["customers"].to_numpy()).sum(axis=1)
    order = np.argsort(repeats["day"].to_numpy())
    done = np.concatenate([[0], np.cumsum(repeats["customers"].to_numpy()[order])])
    cumulative = done[np.searchsorted(repeats["day"].to_numpy()[order], np.floor(ends), side="right")]
    last = pd.to_datetime([_date(int(np.floor(end))) for end in ends])
    return pd.DataFrame(
        {
            "period": np.arange(1, periods + 1),
            "ends_on": last,
            "purchases": np.diff(cumulative, prepend=0),
            "purchases_expected": np.diff(expected, prepend=0.0),
            "cumulative": cumulative,
            "cumulative_expected": expected,
            "in_holdout": last > pd.Timestamp(split),
        }
    )


def history_matrix(
    model: PurchaseModel, *, T: float, most_frequency: int = 20, steps: int = 20, value: str = "probability_alive",
    horizon: float = 1.0,
) -> pd.DataFrame:  # fmt: skip
    """Tabulate a number of the model for every recency and frequency of customers first seen T ago.

    Parameters
    ----------
    model : BGNBD, ParetoNBD or NBD
        Estimated or given.
    T : float
        Time since the first purchase, in the model's units, above 0.
    most_frequency : int
        Columns are the frequencies 0 … ``most_frequency``.
    steps : int
        Rows are ``steps`` + 1 recencies from 0 to T.
    value : {"probability_alive", "expected_purchases"}
        What to tabulate.
    horizon : float
        Time ahead for ``"expected_purchases"``, in the model's units.

    Returns
    -------
    pandas.DataFrame
        Rows ``recency`` ascending, columns ``frequency``; missing where there is no such history: frequency 0 has
        recency 0, a repeat has recency above 0.

    Raises
    ------
    InputError
        If an option is out of range.

    Examples
    --------
    >>> model = BGNBD(0.243, 4.414, 0.793, 2.426)
    >>> print(history_matrix(model, T=40, most_frequency=2, steps=2).round(2).to_string())
    frequency    0     1     2
    recency
    0.0        1.0   NaN   NaN
    20.0       NaN  0.59  0.53
    40.0       NaN  0.75  0.81
    """
    problems = []
    if value not in VALUES:
        what = say("`value` can be: {names}.", names=join_names(map(repr, VALUES)))
        problems.append(Problem("unknown_option", what, column="value"))
    for name, number in (("T", T), ("most_frequency", most_frequency), ("steps", steps), ("horizon", horizon)):
        if not (np.isfinite(number) and number > 0):
            what = say("`{name}` must be above 0, not {value}.", name=name, value=number)
            problems.append(Problem("outside_range", what, column=name))
    if problems:
        raise InputError(say("`{function}` can't answer this.", function="history_matrix"), problems)
    frequency, recency = np.arange(int(most_frequency) + 1), np.linspace(0, T, int(steps) + 1)
    x, tx = np.meshgrid(frequency, recency)
    possible = (x > 0) == (tx > 0)
    numbers = np.full(x.shape, np.nan)
    chosen = x[possible], tx[possible], T
    numbers[possible] = (
        model.probability_alive(*chosen)
        if value == "probability_alive"
        else model.conditional_expected_purchases(horizon, *chosen)
    )
    return pd.DataFrame(numbers, index=pd.Index(recency, name="recency"), columns=pd.Index(frequency, name="frequency"))


def _days_of_purchases(purchases: Any, day: Any, split: Any, asked_by: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers by first day, and repeat purchase days by day, days as ordinal numbers."""
    with laid_out(purchases, _NEEDED, asked_by=asked_by) as desk:
        counts = checked(desk, _NEEDED, day, 2, asked_by=asked_by)
        require_purchases(counts, day, asked_by=asked_by)
        lines = used_lines(desk, day, 2, counts).filter(nw.col("bought"))
        days = lines.select("customer_id", "day").unique()
        begun = days.group_by("customer_id").agg(first=nw.col("day").min())
        begun = begun.filter(nw.col("first") <= nw.lit(split))
        first = begun.group_by("first").agg(customers=nw.len())
        later = days.join(begun, on="customer_id").filter(nw.col("day") > nw.col("first"))
        again = later.group_by("day").agg(customers=nw.len())
        tables = [step.collect("pyarrow").to_native().to_pandas() for step in (first, again)]
    heads, repeats = (table.set_axis(["day", "customers"], axis=1) for table in tables)
    for table in (heads, repeats):
        table["day"] = [pd.Timestamp(moment).toordinal() for moment in table["day"]]
    if not len(heads):
        what = say("No customer bought first by the end of calibration.")
        heading = say("`{function}` can't answer this.", function=asked_by)
        raise InputError(heading, [Problem("no_purchases", what)])
    return heads, repeats.astype({"day": int, "customers": int})


def _date(ordinal: int) -> pd.Timestamp:
    return pd.Timestamp.fromordinal(ordinal)


def _require_most(most: int) -> None:
    if isinstance(most, bool) or not isinstance(most, (int, np.integer)) or most < 1:
        heading = say("`{name}` can't be {value}.", name="most", value=repr(most))
        raise InputError(heading, [Problem("outside_range", say("A whole number from 1 is needed."), column="most")])
