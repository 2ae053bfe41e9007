"""Forecasts in pictures: what was, what is to come, and how the methods fared on the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    money_unit,
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.texts import format_percent, mark, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.forecast.backtest import Backtest
    from crm_toolkit.analysis.forecast.forecasting import Forecast
    from crm_toolkit.analysis.forecast.repeat import RepeatForecast
    from crm_toolkit.analysis.forecast.retention import RetentionForecast

TITLES = {
    "": mark("Forecast"),
    "revenue": mark("Revenue and its forecast"),
    "orders": mark("Orders and their forecast"),
    "customers": mark("Active customers and their forecast"),
    "events": mark("Contacts and their forecast"),
}
LABELS = {
    "": mark("Value"),
    "orders": mark("Orders in the period"),
    "customers": mark("Customers who bought in the period"),
    "events": mark("Contacts in the period"),
}
PERIODS = {
    "": mark("Period"),
    "day": mark("Day"),
    "week": mark("Week (its Monday)"),
    "month": mark("Month"),
    "quarter": mark("Quarter"),
    "year": mark("Year"),
}
SHORT_NAMES = {
    "naive": mark("naive"),
    "seasonal_naive": mark("seasonal naive"),
    "mean": mark("mean"),
    "ses": mark("simple smoothing"),
    "holt": mark("Holt"),
    "damped_trend": mark("Holt, damped"),
    "additive": mark("Holt–Winters, added"),
    "multiplicative": mark("Holt–Winters, multiplied"),
    "croston": mark("Croston"),
    "sba": mark("Syntetos–Boylan"),
    "tsb": mark("Teunter–Syntetos–Babai"),
}
_MOST_TICKS, _MOST_PAST = 9, 120


def forecast_chart(forecast: Forecast, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw a series, its forecast with interval, and the naive forecasts beside it.

    Parameters
    ----------
    forecast : analysis.Forecast
        As `analysis.forecast_series` returns it.
    currency : str
        ISO 4217 code for the label of revenue.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The last 120 periods at most, the forecast as a broken line with a band, naive as dots.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.analysis.forecast.forecasting import forecast_series
    >>> values = [20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37, 32, 47, 24, 40]
    >>> forecast_chart(forecast_series(values, horizon=4, season_length=4)).get_xlabel()
    'Period'
    """
    past = forecast.history.iloc[-_MOST_PAST:]
    table = forecast.table
    seen, ahead = np.arange(len(past)), len(past) + np.arange(len(table))
    joined = np.r_[seen[-1], ahead]
    last = float(past["value"].iloc[-1])
    level = format_percent(forecast.level, 0)
    with styled():
        ax = axes_of_own(8.0, 4.6) if ax is None else ax
        ax.fill_between(joined, np.r_[last, table["low"]], np.r_[last, table["high"]], color=ORANGE, alpha=0.25,
                        linewidth=0, label=say("interval of {level}", level=level))  # fmt: skip
        ax.plot(seen, past["value"], color=BLUE, linewidth=2.2, label=say("what happened"))
        ax.plot(joined, np.r_[last, table["forecast"]], color=VERMILLION, linewidth=2.2, linestyle="--",
                label=say("forecast"))  # fmt: skip
        for name, sign in (("naive", "o"), ("seasonal_naive", "D")):
            if name in table and name != forecast.method:
                ax.plot(ahead, table[name], color=GREY, linestyle="", marker=sign, markersize=4.5,
                        markerfacecolor="white" if name == "naive" else GREY, label=say(SHORT_NAMES[name]))  # fmt: skip
        ax.axvline(len(past) - 0.5, color=GREY, linewidth=1.0, linestyle=":")
        labels = [str(label) for label in [*past["period"], *table["period"]]]
        every = max(-(-len(labels) // _MOST_TICKS), 1)
        places = list(range(0, len(labels), every))
        long = max(map(len, labels)) > 7
        ax.set_xticks(places, [labels[place] for place in places], rotation=30 if long else 0,
                      ha="right" if long else "center")  # fmt: skip
        ax.set_xlabel(say(PERIODS[forecast.unit]))
        ax.set_ylabel(
            say("Money, {unit}", unit=money_unit(currency))
            if forecast.measure == "revenue"
            else say(LABELS.get(forecast.measure, LABELS[""]))
        )
        ax.set_title(say(TITLES.get(forecast.measure, TITLES[""])))
        show_numbers(ax.yaxis, compact)
        ax.margins(x=0.02)
        if past["value"].min() >= 0 and table["low"].min() >= 0:
            ax.set_ylim(bottom=0)
        ax.grid(True, axis="y")
        ax.legend(loc="upper left", bbox_to_anchor=(0, -0.32 if long else -0.19), ncols=3, borderaxespad=0)
    first, final = table.iloc[0], table.iloc[-1]
    told = say_count(
        "Line chart of {count} past period and {ahead} to come. {first}: {one} (from {low} to {high}); "
        "{last}: {two} (from {last_low} to {last_high}).",
        "Line chart of {count} past periods and {ahead} to come. {first}: {one} (from {low} to {high}); "
        "{last}: {two} (from {last_low} to {last_high}).",
        len(past), ahead=len(table), first=table["period"].iloc[0], one=compact(first["forecast"]),
        low=compact(first["low"]),
        high=compact(first["high"]), last=table["period"].iloc[-1], two=compact(final["forecast"]),
        last_low=compact(final["low"]), last_high=compact(final["high"]),
    )  # fmt: skip
    describe(ax, told)
    return ax


def backtest_chart(backtest: Backtest, *, ax: Axes | None = None) -> Axes:
    """Draw the mean absolute error of every method in the trials, that of the naive one also as a broken line.

    Parameters
    ----------
    backtest : analysis.Backtest
        As `analysis.backtest` returns it, or of a forecast.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One bar per method, the best on top, with the coverage of its intervals written beside it.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.analysis.forecast.backtest import backtest
    >>> values = [20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37]
    >>> backtest_chart(backtest(values, horizon=2, season_length=4, origins=4)).get_xlabel()
    'Mean absolute error, in the units of the series'
    """
    scores = backtest.scores
    errors = scores["mae"].to_numpy(float)
    naive = backtest.score("naive")["mae"]
    with styled():
        ax = axes_of_own(8.0, 1.6 + 0.42 * len(scores)) if ax is None else ax
        benchmark = scores["method"].isin(["naive", "seasonal_naive"])
        ax.barh(range(len(scores)), errors, color=np.where(benchmark, "#A6A6A6", BLUE), height=0.66)
        ax.axvline(naive, color=VERMILLION, linewidth=1.6, linestyle="--")
        most = float(errors.max()) or 1.0
        for row, (error, coverage) in enumerate(zip(errors, scores["coverage"], strict=True)):
            ax.text(error + 0.015 * most, row, say("{error}; {share} in the interval", error=compact(error),
                    share=format_percent(coverage, 0)), va="center", fontsize=9.5,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0})  # fmt: skip
        ax.set_yticks(range(len(scores)), [say(SHORT_NAMES[name]) for name in scores["method"]])
        ax.invert_yaxis()
        ax.set_xlim(0, 1.7 * most)
        ax.set_xlabel(say("Mean absolute error, in the units of the series"))
        ax.set_title(say("Errors of the methods on the past"))
        ax.tick_params(axis="y", length=0)
        show_numbers(ax.xaxis, compact)
    best = scores.iloc[0]
    told = say_count(
        "Bar chart of {count} method, {trials} trials. Smallest mean absolute error: {name}, {error}; naive: {naive}.",
        "Bar chart of {count} methods, {trials} trials. Smallest mean absolute error: {name}, {error}; naive: {naive}.",
        len(scores), trials=backtest.origins, name=say(SHORT_NAMES[best["method"]]), error=compact(best["mae"]),
        naive=compact(naive),
    )  # fmt: skip
    describe(ax, told)
    return ax


def retention_forecast_chart(forecast: RetentionForecast, *, ax: Axes | None = None) -> Axes:
    """Draw how many of a cohort are left after each renewal, seen and to come, beside a constant rate.

    Parameters
    ----------
    forecast : analysis.RetentionForecast
        As `analysis.forecast_retention` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.analysis.forecast.retention import forecast_retention
    >>> retention_forecast_chart(forecast_retention([1000, 869, 743, 653, 593], horizon=3)).get_xlabel()
    'Renewals'
    """
    table, size = forecast.table, float(forecast.table["survivors"].iloc[0])
    level = format_percent(forecast.level, 0)
    seen = table["survivors"].notna()
    ahead = table[~seen]
    last = table[seen].iloc[-1]
    with styled():
        ax = axes_of_own(7.6, 4.4) if ax is None else ax
        ax.fill_between(ahead["renewal"], ahead["low"] / size, ahead["high"] / size, color=ORANGE, alpha=0.3,
                        linewidth=0, label=say("interval of {level}", level=level))  # fmt: skip
        ax.plot(table.loc[seen, "renewal"], table.loc[seen, "survivors"] / size, color=BLUE, linewidth=2.2, marker="o",
                markersize=4.5, label=say("what happened"))  # fmt: skip
        ax.plot(np.r_[last["renewal"], ahead["renewal"]], np.r_[last["survivors"], ahead["forecast"]] / size,
                color=VERMILLION, linewidth=2.2, linestyle="--", label=say("forecast"))  # fmt: skip
        ax.plot(ahead["renewal"], ahead["naive"] / size, color=GREY, linestyle="", marker="o", markersize=4.5,
                markerfacecolor="white", label=say("naive: the last rate goes on"))  # fmt: skip
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set(
            title=say("Customers left after each renewal"), xlabel=say("Renewals"), ylabel=say("Share of the cohort")
        )
        ax.set_ylim(0, 1.04)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        ax.legend(loc="upper right")
    final = ahead.iloc[-1]
    told = say(
        "Line chart of a cohort: after {seen} renewals {left} are left; after {ahead} the forecast is {share} "
        "(from {low} to {high}).",
        seen=int(last["renewal"]), left=format_percent(last["survivors"] / size), ahead=int(final["renewal"]),
        share=format_percent(final["forecast"] / size), low=format_percent(final["low"] / size),
        high=format_percent(final["high"] / size),
    )  # fmt: skip
    describe(ax, told)
    return ax


def repeat_forecast_chart(forecast: RepeatForecast, *, ax: Axes | None = None) -> Axes:
    """Draw the repeat purchases to come from the customers known today, with interval and naive forecast.

    Parameters
    ----------
    forecast : analysis.RepeatForecast
        As `analysis.forecast_repeat_purchases` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If the forecast has no period.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    table = forecast.table
    if not len(table):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has 0 rows."))])
    with styled():
        ax = axes_of_own(7.6, 4.4) if ax is None else ax
        ax.fill_between(table["ends_on"], table["low"], table["high"], color=ORANGE, alpha=0.3, linewidth=0,
                        label=say("interval of {level}", level=format_percent(forecast.level, 0)))  # fmt: skip
        ax.plot(table["ends_on"], table["forecast"], color=VERMILLION, linewidth=2.2, linestyle="--",
                label=say("forecast"))  # fmt: skip
        ax.plot(table["ends_on"], table["naive"], color=GREY, linestyle="", marker="o", markersize=4.5,
                markerfacecolor="white", label=say("naive: as many as lately"))  # fmt: skip
        from matplotlib.dates import AutoDateLocator, DateFormatter

        ax.xaxis.set_major_locator(AutoDateLocator(maxticks=7))
        ax.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))
        ax.tick_params(axis="x", labelrotation=30)
        ax.set(
            title=say("Repeat purchases of today's customers"),
            xlabel=say("The period ends on"),
            ylabel=say("Repeat purchases in the period"),
        )
        ax.set_ylim(bottom=0)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left")
    told = say(
        "Line chart of repeat purchases over {count} periods: {total} expected (from {low} to {high}), {naive} if it "
        "goes on as lately.",
        count=len(table), total=compact(forecast.total), low=compact(forecast.low), high=compact(forecast.high),
        naive=compact(forecast.naive),
    )  # fmt: skip
    describe(ax, told)
    return ax
