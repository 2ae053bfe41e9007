"""What a likelihood needs of the customers: equal ones stand in one row with their number.

The likelihoods "buy till you die" depend on a customer through frequency, recency and T only, so a million
customers with a few thousand different histories cost as much as a few thousand. Compression is exact.

A customer with T = 0 bought for the first time on the last day of observation. Every likelihood here gives such a
history the chance 1, whatever the parameters, so he or she takes part and changes nothing, gets a forecast like any
new customer, and is counted: `Estimation.customers_unobserved`. Refused, with the count, are a base in which nobody was
observed for any time, and a repeat purchase in no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.analysis.purchases import PurchaseSummary
from crm_toolkit.analysis.ready_summary import require_summary
from crm_toolkit.engines import laid_out, with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import PURCHASE_SUMMARY, require_columns
from crm_toolkit.texts import say, say_count

Floats = NDArray[np.float64]

HISTORY = ("frequency", "recency", "T")
MIN_REPEAT_CUSTOMERS = 30  # convention: below it the four parameters are guesses
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Histories:
    """Different histories with the number of customers of each.

    Parameters
    ----------
    x, tx, T : arrays
        Frequency, recency, T, one entry for every different history.
    weight : array
        Customers with that history.
    which : array of int
        Place of ``x`` in ``counts``, for tables of functions of x alone.
    counts : array
        Different frequencies, ascending.
    customers, customers_repeat, customers_unobserved : int
        All customers, those who came back, those with T = 0 (they say nothing).
    unit : str or None
        Unit of time, if known.
    """

    x: Floats
    tx: Floats
    T: Floats
    weight: Floats
    which: NDArray[np.intp]
    counts: Floats
    customers: int
    customers_repeat: int
    customers_unobserved: int
    unit: str | None

    @cached_property
    def people(self) -> Floats:
        """Customers of each frequency in ``counts``."""
        return np.bincount(self.which, weights=self.weight, minlength=len(self.counts)).astype(np.float64)

    def thinned(self, rows: int) -> Histories:
        """Every n-th history, for a first guess; not more than ``rows`` or so."""
        keep = slice(None, None, max(1, len(self.x) // rows))
        return Histories(
            self.x[keep], self.tx[keep], self.T[keep], self.weight[keep], self.which[keep], self.counts,
            int(self.weight[keep].sum()), int(self.weight[keep][self.x[keep] > 0].sum()), 0, self.unit,
        )  # fmt: skip


def table_of(summary: Any) -> tuple[Any, str | None]:
    """The table of a summary, and its unit if it is known."""
    return (summary.table, summary.unit) if isinstance(summary, PurchaseSummary) else (summary, None)


def read_columns(summary: Any, columns: tuple[str, ...], *, asked_by: str) -> tuple[list[Floats], Floats]:
    """The numbers of these columns, and how many customers stand behind every row.

    Raises
    ------
    InputError
        If the table is of no known kind, a column is missing, or there is no row.
    """
    table, _ = table_of(summary)
    table = with_named_columns(table)
    if isinstance(table, pd.DataFrame):
        require_columns(columns, tuple(table.columns), asked_by=asked_by)
        require_numbers([name for name in columns if not is_numeric(table[name])], asked_by)
        numbers = [table[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in columns]
        weight = np.ones(len(table))
    else:
        with laid_out(table, columns, asked_by=asked_by) as desk:
            require_columns(columns, desk.columns, asked_by=asked_by)
            schema = desk.lines.collect_schema()
            require_numbers([name for name in columns if not schema[name].is_numeric()], asked_by)
            grouped = desk.lines.select(*(nw.col(name).cast(nw.Float64) for name in columns))
            grouped = grouped.group_by(*columns).agg(customers=nw.len())
            native = grouped.collect("pyarrow").to_native()
        numbers = [
            native.column(name).to_pandas().to_numpy(dtype=np.float64, na_value=np.nan).copy() for name in columns
        ]
        weight = native.column("customers").to_pandas().to_numpy(dtype=np.float64)
    if not len(weight):
        problem = Problem("no_customers", say("The table has 0 customers."))
        raise InputError(say("`{function}` can't be estimated.", function=asked_by), [problem])
    return numbers, weight


def read_histories(summary: Any, *, asked_by: str, least_repeat: int = MIN_REPEAT_CUSTOMERS) -> Histories:
    """Compress a purchase summary, or refuse it with the reason and the counts.

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``frequency`` (whole), ``recency`` and ``T`` (one unit of time).
    asked_by : str
        The public function that asks, for the letter.
    least_repeat : int
        How many customers must have come back.
    """
    (x, tx, T), weight = read_columns(summary, HISTORY, asked_by=asked_by)
    _require_sound(summary, x, tx, T, weight, asked_by)
    x, tx, T, weight = compressed([x, tx, T], weight)
    customers, back = int(weight.sum()), int(weight[x > 0].sum())
    unobserved = int(weight[T == 0].sum())
    heading = say("`{function}` can't be estimated.", function=asked_by)
    if unobserved == customers:
        what = say_count(
            "{count} customer was observed for no time: every `T` is 0.",
            "{count} customers were observed for no time: every `T` is 0.",
            customers,
        )
        raise InputError(heading, [Problem("no_time", what, column="T")])
    if back < least_repeat:
        raise InputError(heading, [too_few_repeats(back, customers, least_repeat)])
    counts, which = np.unique(x, return_inverse=True)
    return Histories(x, tx, T, weight, which, counts, customers, back, unobserved, table_of(summary)[1])


def too_few_repeats(back: int, customers: int, least: int) -> Problem:
    """The letter's paragraph for a base in which too few came back."""
    what = say_count("{back} of {count} customer came back.", "{back} of {count} customers came back.", customers,
                     back=back)  # fmt: skip
    found = say("Rate of purchase and dropout can't be told apart from so little; at least {least} must come back.",
                least=least)  # fmt: skip
    advice = say('Observe longer, or give `priors="weak"`: the answer then leans on the prior and says so.')
    return Problem("too_few_repeats", what, found=found, advice=advice, column="frequency")


def compressed(numbers: list[Floats], weight: Floats) -> tuple[Floats, ...]:
    """Unite equal rows; order of the result depends on the values alone."""
    with np.errstate(over="ignore"):
        key = np.zeros(len(weight), dtype=np.uint64)
        for column in numbers:
            key ^= (column + 0.0).view(np.uint64)
            key *= _MIX
            key ^= key >> np.uint64(29)
    order = np.argsort(key)
    del key  # what is large is not kept longer than it is needed
    rows = [column[order] for column in numbers]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in rows])
    starts = np.flatnonzero(fresh)
    return *(column[starts] for column in rows), np.add.reduceat(weight[order], starts)


def _require_sound(summary: Any, x: Floats, tx: Floats, T: Floats, weight: Floats, asked_by: str) -> None:
    unsound = ~(np.isfinite(x) & np.isfinite(tx) & np.isfinite(T) & (x >= 0) & (tx >= 0) & (T >= 0))
    with np.errstate(invalid="ignore"):
        odd = (x != np.floor(x)) | (tx > T) | ((x == 0) & (tx > 0))
        instant = (x > 0) & (tx == 0)
    if not (unsound | odd | instant).any():
        return
    table, _ = table_of(summary)
    with laid_out(table, PURCHASE_SUMMARY.column_names, asked_by=asked_by) as desk:
        if set(PURCHASE_SUMMARY.column_names) <= set(desk.columns):
            require_summary(desk)
    problems = []
    for name, column in zip(HISTORY, (x, tx, T), strict=True):
        bad = int(weight[~(np.isfinite(column) & (column >= 0))].sum())
        if bad:
            what = say_count(
                "{count} customer has a missing, infinite or negative `{name}`.",
                "{count} customers have a missing, infinite or negative `{name}`.",
                bad,
                name=name,
            )
            problems.append(Problem("bad_number", what, column=name))
    impossible = int(weight[odd & ~unsound].sum())
    at_once = int(weight[instant & ~odd & ~unsound].sum())
    if impossible:
        what = say_count(
            "{count} customer has a history that can't be: frequency not whole, `recency` above `T`, or recency "
            "without a repeat.",
            "{count} customers have a history that can't be: frequency not whole, `recency` above `T`, or recency "
            "without a repeat.",
            impossible,
        )
        problems.append(Problem("bad_history", what))
    if at_once:
        what = say_count(
            "{count} customer came back, yet recency is 0.",
            "{count} customers came back, yet recency is 0.",
            at_once,
        )
        problems.append(Problem("repeat_in_no_time", what, column="recency"))
    raise InputError(say("`{function}` can't be estimated.", function=asked_by), problems)


def is_numeric(column: pd.Series) -> bool:
    """Whether a column holds numbers; flags are none."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def require_numbers(wrong: list[str], asked_by: str) -> None:
    """Refuse the columns that do not hold numbers."""
    if wrong:
        raise InputError(
            say("`{function}` can't be estimated.", function=asked_by),
            [
                Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
                for name in wrong
            ],
        )
