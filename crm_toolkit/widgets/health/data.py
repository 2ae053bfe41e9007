"""What the sections share: purchases without names, the time they cover, and results computed once."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from crm_toolkit import analysis
from crm_toolkit.analysis.forecast.series import PeriodSeries, demand_series
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.periods import first_day, period_of
from crm_toolkit.analysis.tables import opened
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import say, say_count

_NEEDED = ("order_id", "customer_id", "ordered_at", "amount")
_LEAST_PERIODS = 9  # so that a forecast has eight finished ones to learn from
_MOST_COHORTS = 14


@dataclass(frozen=True, eq=False)
class ReportData:
    """The data of a report and what several sections need of them.

    Parameters
    ----------
    name : str
        What the organisation or the file is called.
    purchases : pyarrow.Table
        ``order_id, customer_id`` (running numbers), ``ordered_at, amount``.
    as_of, first : datetime.date
        Last and first day of the data.
    currency : str
        ISO 4217 code; may be empty.
    tables : mapping of str to DataFrame
        Contacts, requests, complaints, surveys, contracts, as far as they are there.
    margin : float or None
        Contribution margin as a fraction of the money, if the reader knows it.
    read : tuple of str
        What the reading of a file noticed, sentences.
    """

    name: str
    purchases: pa.Table
    as_of: dt.date
    first: dt.date
    currency: str = ""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    margin: float | None = None
    read: tuple[str, ...] = ()

    @cached_property
    def coverage(self) -> analysis.PurchaseCoverage:
        """What of the lines takes part."""
        return analysis.purchase_coverage(self.purchases, as_of=self.as_of)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """RFM scores of all customers; what is to be said of them stands in ``warned``."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            scores = _home(analysis.rfm_scores(self.purchases, as_of=self.as_of))
        self.warned.extend(str(warning.message) for warning in caught if issubclass(warning.category, UserWarning))
        return scores

    @cached_property
    def warned(self) -> list[str]:
        """Warnings of the scores, sentences."""
        return []

    @cached_property
    def first_purchases(self) -> pd.Series:
        """Moment of the first purchase of every known customer."""
        lines = self.purchases.to_pandas().dropna(subset="customer_id")
        lines = lines[(lines["amount"] >= 0) & (lines["ordered_at"] < pd.Timestamp(self.as_of) + pd.Timedelta(days=1))]
        return lines.groupby("customer_id")["ordered_at"].min()

    @cached_property
    def churn(self) -> analysis.PauseChurn:
        """Who has paused too long."""
        return analysis.pause_churn(self.purchases, as_of=self.as_of)

    @cached_property
    def unit(self) -> str:
        """Months, if there are enough of them; weeks or days in a short history."""
        for unit in ("month", "week"):
            if period_of(self.as_of, unit) - period_of(self.first, unit) >= _LEAST_PERIODS:
                return unit
        return "day"

    @cached_property
    def cohort_unit(self) -> str:
        """The shortest period that leaves a table to be read."""
        for unit in ("week", "month", "quarter"):
            size = period_of(self.as_of, unit) - period_of(self.first, unit) + 1
            if size <= _MOST_COHORTS and (unit != "week" or self.unit != "month"):
                return unit
        return "year"

    def series(self, measure: str) -> PeriodSeries:
        """Money, orders or active customers by period, the unfinished one marked."""
        found = self._series.get(measure)
        if found is None:
            found = demand_series(self.purchases, as_of=self.as_of, unit=self.unit, measure=measure,
                                  since=self.beginning, unfinished="mark")  # fmt: skip
            self._series[measure] = found
        return found

    @cached_property
    def _series(self) -> dict[str, PeriodSeries]:
        return {}

    @cached_property
    def beginning(self) -> dt.date:
        """First day of the first period, if the data begin in its first days (closed days), else the first day."""
        start = first_day(period_of(self.first, self.unit), self.unit)
        near = {"month": 3, "week": 1, "day": 0}[self.unit]
        return start if (self.first - start).days <= near else self.first


def prepared(
    name: str,
    purchases: Any,
    *,
    as_of: Any = None,
    currency: str = "",
    tables: Mapping[str, pd.DataFrame] | None = None,
    margin: float | None = None,
    read: tuple[str, ...] = (),
) -> ReportData:
    """Take a table of purchases in: names become running numbers, days are found, what can't be is refused.

    Raises
    ------
    InputError
        If a column is missing or holds no dates or numbers, or there is no purchase with a date.
    """
    frame = purchases if isinstance(purchases, pd.DataFrame) else _home(purchases)
    require_columns(_NEEDED, tuple(map(str, frame.columns)), asked_by="health_report")
    heading = say("`{function}` can't read this table.", function="health_report")
    if not pd.api.types.is_datetime64_any_dtype(frame["ordered_at"]) or not pd.api.types.is_numeric_dtype(
        frame["amount"]
    ):
        what = say("Purchases need dates in `ordered_at` and numbers in `amount`.")
        advice = say("`crm.datasets.read_purchases` reads dates and money in many ways of writing.")
        raise InputError(heading, [Problem("wrong_kind", what, advice=advice)])
    if frame["amount"].isna().all() or frame["ordered_at"].isna().all():
        count = say_count("{count} line", "{count} lines", len(frame))
        what = say("There is no purchase with a date and an amount: {lines}.", lines=count)
        advice = say("In a store, the role may not see money: take another `role`.")
        raise InputError(heading, [Problem("no_purchases", what, advice=advice)])
    moments = frame["ordered_at"].dt.tz_localize(None) if frame["ordered_at"].dt.tz is not None else frame["ordered_at"]
    day = as_day(as_of, "as_of") if as_of is not None else moments.max().date()
    table = pa.table(
        {
            "order_id": _numbers(frame["order_id"]),
            "customer_id": _numbers(frame["customer_id"]),
            "ordered_at": pa.array(moments.astype("datetime64[us]")),
            "amount": pa.array(frame["amount"].astype("float64"), from_pandas=True),
        }
    )
    early = moments[moments < pd.Timestamp(day) + pd.Timedelta(days=1)]
    if not len(early):
        what = say("The date of analysis lies before the first purchase.")
        raise InputError(heading, [Problem("no_purchases", what, column="as_of")])
    return ReportData(name, table, day, early.min().date(), currency, dict(tables or {}), margin, read)


def _numbers(column: pd.Series) -> pa.Array:
    """Running numbers in place of names; a missing name stays missing."""
    codes, _ = pd.factorize(column, sort=False)
    return pa.array(codes.astype("int64"), mask=np.asarray(codes < 0))


def _home(table: Any) -> pd.DataFrame:
    """Any table of this package as pandas."""
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, pa.Table):
        return table.to_pandas()
    import narwhals as nw

    frame = opened(table, (), asked_by="health_report")
    return (frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else frame).to_pandas()
