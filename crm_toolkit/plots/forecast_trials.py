"""Forecasts on trial: how the error grows with the distance, and what was foretold beside what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.forecast import SHORT_NAMES
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.texts import format_percent, join_names, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from crm_toolkit.analysis.forecast.backtest import Backtest

_LINES = {"naive": (GREY, ":"), "seasonal_naive": (GREY, "--")}
_MOST_TICKS = 7


def error_by_step_chart(backtest: Backtest, *, ax: Axes | None = None) -> Axes:
    """Draw the mean absolute error of every method by how far ahead was looked.

    Parameters
    ----------
    backtest : analysis.Backtest
        As `analysis.backtest` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A line for each method; the naive ones are grey and broken.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> values = [20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37]
    >>> test = analysis.backtest(values, horizon=2, season_length=4, methods=["seasonal_naive"], origins=4)
    >>> print(plots.alt_text(error_by_step_chart(test)))
    Mean absolute error by periods ahead. seasonal naive: 3 at 1, 3 at 2; naive: 15 at 1, 9 at 2.
    """
    table, told = backtest.by_step(), []
    with styled():
        ax = axes_of_own(6.4, 4.4) if ax is None else ax
        colours = iter((BLUE, VERMILLION, ORANGE, "#009E73", "#CC79A7", "#56B4E9"))
        for name, part in table.groupby("method", sort=False):
            colour, line = _LINES.get(str(name), ("", "-"))
            label = say(SHORT_NAMES[str(name)])
            ax.plot(part["step"], part["mae"], line, color=colour or next(colours, BLUE), linewidth=2.3, marker="o",
                    markersize=4.5, label=label)  # fmt: skip
            ends = sorted({0, len(part) - 1})
            points = ", ".join(say("{error} at {step}", error=compact(part["mae"].iloc[end]),
                                   step=compact(part["step"].iloc[end])) for end in ends)  # fmt: skip
            told.append(f"{label}: {points}")
        ax.set(title=say("The error by how far ahead"), xlabel=say("Periods ahead"),
               ylabel=say("Mean absolute error"))  # fmt: skip
        ax.set_ylim(bottom=0)
        steps = sorted(table["step"].unique())
        ax.set_xticks(steps[:: -(-len(steps) // 12)])
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, handlelength=3.6)
    describe(ax, say("Mean absolute error by periods ahead. {list}.", list="; ".join(told)))
    return ax


def trials_chart(backtest: Backtest, method: str, *, ax: Axes | None = None) -> Axes:
    """Draw what a method foretold at its farthest step, with intervals, beside what came.

    Parameters
    ----------
    backtest : analysis.Backtest
        As `analysis.backtest` returns it.
    method : str
        One of its methods.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar for each interval, a ring for the forecast, a dot for what came; what fell outside is a cross.

    Raises
    ------
    InputError
        If the method took no part.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> values = [20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37]
    >>> test = analysis.backtest(values, horizon=2, season_length=4, methods=["seasonal_naive"], origins=4)
    >>> print(plots.alt_text(trials_chart(test, "naive")).split(".")[0])
    naive, 2 periods ahead: 4 of 4 values lie in their interval
    """
    if method not in set(backtest.trials["method"]):
        what = say("Known: {names}.", names=join_names(backtest.scores["method"], most=20))
        heading = say("`{name}` can't be {value}.", name="method", value=repr(method))
        raise InputError(heading, [Problem("unknown_method", what, column="method")])
    part = backtest.trials[backtest.trials["method"] == method]
    part = part[part["step"] == part["step"].max()].reset_index(drop=True)
    inside = part["actual"].between(part["low"], part["high"])
    x = np.arange(len(part))
    with styled():
        ax = axes_of_own(6.4, 4.4) if ax is None else ax
        level = say("interval of {level}", level=format_percent(backtest.level, 0))
        ax.vlines(x, part["low"], part["high"], color=ORANGE, alpha=0.45, linewidth=9, label=level)
        ax.plot(
            x, part["forecast"], "o", color=VERMILLION, markerfacecolor="white", markersize=6, label=say("forecast")
        )
        ax.plot(x[inside], part["actual"][inside], "o", color=BLUE, markersize=6, label=say("came, inside"))
        if not inside.all():
            ax.plot(x[~inside], part["actual"][~inside], "X", color="#1A1A1A", markersize=8, label=say("came, outside"))
        every = -(-len(part) // _MOST_TICKS)
        ax.set_xticks(x[::every], [str(label) for label in part["period"].iloc[::every]], rotation=30, ha="right")
        ax.set(title=say("What was foretold, and what came"))
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    pairs = "; ".join(f"{row.period}: {compact(row.forecast)} / {compact(row.actual)}" for row in part.itertuples())
    describe(ax, say("{method}, {step} periods ahead: {hits} of {count} values lie in their interval. Forecast / came: "
                     "{list}.", method=say(SHORT_NAMES[method]), step=compact(part["step"].iloc[0]),
                     hits=compact(int(inside.sum())), count=compact(len(part)), list=pairs))  # fmt: skip
    return ax


def forecast_trials_page(backtest: Backtest, method: str) -> Figure:
    """Draw both side by side: the error by distance, and the trials of one method.

    Parameters
    ----------
    backtest : analysis.Backtest
        As `analysis.backtest` returns it.
    method : str
        Whose trials are shown.

    Returns
    -------
    matplotlib Figure
    """
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11.4, 4.8), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
    error_by_step_chart(backtest, ax=left)
    trials_chart(backtest, method, ax=right)
    return figure
