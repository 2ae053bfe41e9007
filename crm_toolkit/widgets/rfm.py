"""Explore an RFM ranking: what date, number of classes and method do to segments and customers."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import narwhals as nw
import pandas as pd

from crm_toolkit import analysis, plots
from crm_toolkit.analysis import BINS, DEFAULT_GRID, SegmentGrid
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.engines import laid_out
from crm_toolkit.plots.style import axes_of_own, styled
from crm_toolkit.texts import format_date, format_money, format_number, format_percent, mark, say, say_count
from crm_toolkit.widgets.controls import choice_control, date_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

METHODS = {
    "quantile": mark("each measure by itself"),
    "nested": mark("nested: frequency within recency, money within both"),
}
CELLS = {
    "customers": mark("number of customers"),
    "monetary": mark("money of all customers"),
    "monetary_mean": mark("money per customer"),
}
_SHOWN = 20
_ROWS = (
    ("as_of", "bins", "method", "cells"),
    ("conclusion",),
    ("heatmap", "segments"),
    ("segment",),
    ("customers",),
)


@dataclass(frozen=True)
class RfmView:
    """The frames behind what `explore_rfm` shows.

    Parameters
    ----------
    as_of : datetime.date
    bins : int
    method : str
    scores : pandas.DataFrame
        `analysis.rfm_scores` with the column ``segment``: all customers.
    heatmap, segments : pandas.DataFrame
        `analysis.rfm_heatmap_table` of what the map shows, and `analysis.segment_table`.
    segment : str
        Code of the chosen segment.
    customers : pandas.DataFrame
        All customers of that segment, those with most money first.
    """

    as_of: dt.date
    bins: int
    method: str
    scores: pd.DataFrame
    heatmap: pd.DataFrame
    segments: pd.DataFrame
    segment: str
    customers: pd.DataFrame


def explore_rfm(
    purchases: Any,
    *,
    as_of: Any = None,
    bins: int | None = None,
    method: str = "quantile",
    currency: str = "",
    grid: SegmentGrid = DEFAULT_GRID,
    minor_digits: int = 2,
) -> Explorer:
    """Turn the date, the number of classes and the method, and see what becomes of segments and customers.

    Parameters
    ----------
    purchases : frame, relation or path
        As for `analysis.rfm_scores`. The lines are added up to orders once; turning a control only scores again.
    as_of : date, datetime or str, optional
        Where the date of analysis starts; by default the day of the last purchase.
    bins : int, optional
        Where the number of classes starts.
    method : {"quantile", "nested"}
        Where the method starts.
    currency : str
        ISO 4217 code for labels.
    grid : analysis.SegmentGrid
        Names the segments.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    Explorer
        A notebook shows controls, heat map, segments and customers; ``.result`` has the frames (`RfmView`). With
        ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If the purchases or the starting values can't be used.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "order_id": [1, 2, 3, 4],
    ...         "customer_id": ["ann", "ann", "bob", "eve"],
    ...         "ordered_at": pd.to_datetime(["2024-03-01", "2024-03-28", "2024-01-15", "2024-02-10"]),
    ...         "amount": [20.0, 30.0, 12.0, 99.0],
    ...     }
    ... )
    >>> explorer = explore_rfm(purchases, as_of="2024-03-31", bins=3)
    >>> explorer.result.segments[["segment", "customers"]].to_string(index=False, header=False).split()
    ['champions', '1', 'need_attention', '1', 'at_risk', '1']
    """
    start = BINS.default if bins is None else bins
    day = None if as_of is None else as_day(as_of, "as_of")
    orders, remarks = _orders(purchases, minor_digits)
    day = day or orders["ordered_at"].max().date()
    look = _looker(orders, remarks, currency, grid, minor_digits)

    def controls() -> dict[str, Any]:
        methods = [(say(text), code) for code, text in METHODS.items()]
        cells = [(say(text), code) for code, text in CELLS.items()]
        segments = [(analysis.segment_label(code, grid), code) for code in grid.codes]
        return {
            "as_of": date_control(say("Date of analysis"), value=day),
            "bins": number_control(BINS, value=start),
            "method": choice_control(say("Method"), methods, value=method),
            "cells": choice_control(say("The map shows"), cells, value="customers"),
            "segment": choice_control(say("Customers of the segment"), segments, value=grid.codes[0]),
        }

    beginning = {"as_of": day, "bins": start, "method": method, "cells": "customers", "segment": grid.codes[0]}
    return Explorer(look, controls=controls, start=beginning, rows=_ROWS)


def _orders(purchases: Any, minor_digits: int) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Purchases added up to one row per order, day and direction, which scores exactly like the lines; and remarks."""
    unit = 10**minor_digits
    needed = ("order_id", "customer_id", "ordered_at", "amount")
    nobody = analysis.purchase_coverage(purchases, as_of=dt.date.max, minor_digits=minor_digits).lines_without_customer
    left_out = say_count(
        "{count} line without a customer is left out.", "{count} lines without a customer are left out.", nobody
    )
    with laid_out(purchases, needed, asked_by="explore_rfm") as desk:
        lines = desk.lines.select(
            "order_id",
            "customer_id",
            ordered_at=nw.col("ordered_at").cast(nw.Date),
            amount=(nw.col("amount").cast(nw.Float64) * unit + 0.5).floor(),
            back=nw.col("amount") < 0,
        )
        kept = lines.group_by("order_id", "customer_id", "ordered_at", "back").agg(amount=nw.col("amount").sum())
        native = desk.hand_back(kept.drop("back"))
    orders = nw.from_native(native).lazy().collect("pandas").to_native()
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    orders["amount"] = orders["amount"] / unit
    return orders, (left_out,) if nobody else ()


def _looker(
    orders: pd.DataFrame, remarks: tuple[str, ...], currency: str, grid: SegmentGrid, minor_digits: int
) -> Callable[..., View]:
    """The function behind the controls."""

    @lru_cache(maxsize=8)
    def scored(day: dt.date, bins: int, method: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", UserWarning)
            scores = analysis.rfm_scores(orders, as_of=day, bins=bins, method=method, minor_digits=minor_digits)
        notes = tuple(str(one.message) for one in told if issubclass(one.category, UserWarning))
        return analysis.rfm_segments(scores, grid=grid, bins=bins), notes

    @lru_cache(maxsize=8)
    def drawn(day: dt.date, bins: int, method: str, cells: str) -> tuple[pd.DataFrame, plots.Picture]:
        scores, _ = scored(day, bins, method)
        heatmap = analysis.rfm_heatmap_table(scores, cells, bins=bins, minor_digits=minor_digits)
        with styled():
            ax = axes_of_own(5.6, 4.6)
        return heatmap, plots.show(plots.rfm_heatmap_chart(heatmap, value=cells, currency=currency, ax=ax))

    def look(*, as_of: dt.date | None, bins: int, method: str, cells: str, segment: str) -> View:
        day = as_day(as_of, "as_of")
        scores, notes = scored(day, bins, method)
        heatmap, picture = drawn(day, bins, method, cells)
        segments = analysis.segment_table(scores, grid=grid, minor_digits=minor_digits)
        chosen = scores[scores["segment"] == segment]
        chosen = chosen.sort_values(["monetary", "customer_id"], ascending=[False, True]).reset_index(drop=True)
        result = RfmView(day, bins, method, scores, heatmap, segments, segment, chosen)
        areas: dict[str, plots.Picture | Table] = {
            "heatmap": picture,
            "segments": _segment_rows(segments, grid, currency),
            "customers": _customer_rows(chosen, analysis.segment_label(segment, grid), currency),
        }
        return View(_conclusion(result, grid), areas, result, notes + remarks)

    return look


def _conclusion(result: RfmView, grid: SegmentGrid) -> str:
    table = result.segments
    leader = max(table.to_dict("records"), key=lambda row: row["monetary"])
    counted = say_count(
        "{day}: {count} customer scored.", "{day}: {count} customers scored.", len(result.scores),
        day=format_date(result.as_of, "long"),
    )  # fmt: skip
    if not leader["money_share"] > 0:
        return counted
    name = analysis.segment_label(leader["segment"], grid)
    return f"{counted} " + say(
        "The segment “{name}” brings the most money: {people} of the customers, {money} of the money.",
        name=name,
        people=format_percent(leader["customer_share"]),
        money=format_percent(leader["money_share"]),
    )


def _segment_rows(table: pd.DataFrame, grid: SegmentGrid, currency: str) -> Table:
    heads = (
        say("Segment"), say("Customers"), say("Share of customers"), say("Money"), say("Share of the money"),
        say("Money per customer"), say("Median recency, days"), say("Median frequency, orders"),
    )  # fmt: skip
    rows = tuple(
        (
            analysis.segment_label(row["segment"], grid),
            format_number(row["customers"]),
            format_percent(row["customer_share"]),
            format_money(row["monetary"], currency),
            format_percent(row["money_share"]) if pd.notna(row["money_share"]) else "–",
            format_money(row["monetary_mean"], currency),
            format_number(row["recency_median"]),
            format_number(row["frequency_median"]),
        )
        for row in table.to_dict("records")
    )
    return Table(say("Segments"), heads, rows)


def _customer_rows(customers: pd.DataFrame, name: str, currency: str) -> Table:
    heads = (say("Customer"), say("Recency, days"), say("Orders"), say("Money"), say("Scores R, F, M"))
    rows = tuple(
        (
            str(row["customer_id"]),
            format_number(row["recency_days"]),
            format_number(row["frequency"]),
            format_money(row["monetary"], currency),
            str(row["rfm"]),
        )
        for row in customers.head(_SHOWN).to_dict("records")
    )
    if not rows:
        note = say("Nobody is in this segment now.")
    elif len(customers) > _SHOWN:
        note = say(
            "The first {shown} of {all} by money. All of them: `explorer = widgets.explore_rfm(…)`, then "
            "`explorer.result.customers`.",
            shown=_SHOWN,
            all=format_number(len(customers)),
        )
    else:
        note = say("In code: `explorer = widgets.explore_rfm(…)`, then `explorer.result.customers`.")
    count = say_count("{count} customer", "{count} customers", len(customers))
    return Table(say("Segment “{name}”: {count}", name=name, count=count), heads, rows, note)
