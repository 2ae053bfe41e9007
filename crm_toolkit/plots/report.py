"""Money and active customers over time on one page: two pictures that share their periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.plots.forecast import PERIODS
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, VERMILLION, compact, money_unit, show_numbers, styled
from crm_toolkit.texts import say, say_count

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from crm_toolkit.analysis.forecast.series import PeriodSeries

_MOST_TICKS, _MOST_BARS = 10, 60


def revenue_customers_page(revenue: PeriodSeries, customers: PeriodSeries, *, currency: str = "") -> Figure:
    """Draw revenue as bars and active customers as a line below it, period by period.

    Parameters
    ----------
    revenue, customers : analysis.PeriodSeries
        As `analysis.demand_series` returns them for the same purchases, unit and dates, the unfinished period marked
        or left out.
    currency : str
        ISO 4217 code for the label.

    Returns
    -------
    matplotlib Figure
        The last 60 periods at most; a period that is not over is hatched and its point hollow.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.forecast.series import demand_series
    >>> days = pd.to_datetime(["2024-01-01", "2024-02-05", "2024-03-09"])
    >>> lines = pd.DataFrame({"order_id": [1, 2, 3], "customer_id": [1, 1, 2], "ordered_at": days, "amount": 9.0})
    >>> series = [demand_series(lines, as_of="2024-03-31", measure=name) for name in ("revenue", "customers")]
    >>> len(revenue_customers_page(*series).axes)
    2
    """
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator

        figure = Figure(figsize=(8.6, 5.4), layout="constrained")
        FigureCanvasAgg(figure)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        money, people = revenue.table.iloc[-_MOST_BARS:], customers.table.iloc[-_MOST_BARS:]
        places = np.arange(len(money))
        over = money["finished"].to_numpy(bool)
        upper.bar(places[over], money.loc[over, "value"], color=BLUE, width=0.8)
        upper.bar(places[~over], money.loc[~over, "value"], facecolor="white", edgecolor=BLUE, hatch="///", width=0.8)
        lower.plot(places[over], people.loc[over, "value"], color=VERMILLION, linewidth=2.2, marker="o", markersize=4)
        lower.plot(places[~over], people.loc[~over, "value"], color=VERMILLION, linestyle="", marker="o", markersize=6,
                   markerfacecolor="white")  # fmt: skip
        upper.set(title=say("Revenue"), ylabel=say("Money, {unit}", unit=money_unit(currency)))
        lower.set(title=say("Active customers"), ylabel=say("Customers"), xlabel=say(PERIODS[revenue.unit]))
        for ax in (upper, lower):
            show_numbers(ax.yaxis, compact)
            ax.grid(True, axis="y")
        if money["value"].min() >= 0:
            upper.set_ylim(bottom=0)
        lower.set_ylim(bottom=0)
        lower.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        _ticks(lower, [str(label) for label in money["period"]])
    one = say_count(
        "Bar chart of revenue, {count} period, {first}–{last}: lowest {low} ({low_at}), highest {high} ({high_at}).",
        "Bar chart of revenue, {count} periods, {first}–{last}: lowest {low} ({low_at}), highest {high} ({high_at}).",
        len(money), **_ends(money),
    )  # fmt: skip
    other = say_count(
        "Line chart of active customers, {count} period: fewest {low} ({low_at}), most {high} ({high_at}).",
        "Line chart of active customers, {count} periods: fewest {low} ({low_at}), most {high} ({high_at}).",
        len(people), **_ends(people),
    )  # fmt: skip
    describe(upper, one)
    describe(lower, other)
    return figure


def _ends(table: Any) -> dict[str, Any]:
    values, labels = table["value"].to_numpy(), table["period"].tolist()
    low, high = int(values.argmin()), int(values.argmax())
    return {
        "first": labels[0],
        "last": labels[-1],
        "low": compact(float(values[low])),
        "low_at": labels[low],
        "high": compact(float(values[high])),
        "high_at": labels[high],
    }


def _ticks(ax: Any, labels: list[str]) -> None:
    every = max(-(-len(labels) // _MOST_TICKS), 1)
    shown = range(0, len(labels), every)
    long = max(map(len, labels)) > 7
    ax.set_xticks(list(shown), [labels[place] for place in shown], rotation=30 if long else 0,
                  ha="right" if long else "center")  # fmt: skip
