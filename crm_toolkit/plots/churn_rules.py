"""Churn by definition in pictures: pauses beside their threshold, churn of contracts period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_date, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis import PauseChurn

_MOST_BARS = 40


def pause_churn_chart(churn: PauseChurn, *, ax: Axes | None = None) -> Axes:
    """Draw how long customers have paused, and who is called lapsed.

    Parameters
    ----------
    churn : analysis.PauseChurn
        As `analysis.pause_churn` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Bars count customers by the length of the pause: orange are lapsed, blue are not; the dashed line is the
        threshold of the base. With thresholds of the customers' own both colours stand on both sides of it.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-11", "2024-01-21", "2024-01-01", "2024-03-01"])
    >>> purchases = pd.DataFrame({"customer_id": [1, 1, 1, 2, 2], "ordered_at": days, "amount": 5.0})
    >>> churn = analysis.pause_churn(purchases, as_of="2024-06-30", quantile=0.5)
    >>> plots.alt_text(pause_churn_chart(churn))
    'Pauses of 2 customers on Jun 30, 2024: 2 (100%) have paused longer than 10 days and are called lapsed.'
    """
    frame = nw.from_native(churn.table).select("pause_days", "lapsed")
    table = (frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else frame).to_pandas()
    pause, lapsed = table["pause_days"].to_numpy(dtype=float), table["lapsed"].to_numpy(dtype=bool)
    width = max(1.0, float(np.ceil((pause.max() + 1) / _MOST_BARS)))
    border = churn.threshold_days + 1  # the first lapsed day is the edge of a bar
    edges = np.arange(border - width * np.ceil(border / width), max(pause.max(), border) + width + 1, width)
    with styled():
        ax = axes_of_own(7.4, 4.8) if ax is None else ax
        stayed, gone = (np.histogram(pause[chosen], edges)[0] for chosen in (~lapsed, lapsed))
        places = edges[:-1] + width / 2
        ax.bar(places, stayed, width * 0.92, color=BLUE, label=say("not lapsed"))
        ax.bar(places, gone, width * 0.92, bottom=stayed, color=ORANGE, label=say("lapsed"))
        ax.axvline(border, color=GREY, linestyle="--", linewidth=1.6,
                   label=say_count("threshold: {count} day", "threshold: {count} days",
                                   churn.threshold_days))  # fmt: skip
        ax.set_title(say("How long customers have paused"), pad=30)
        ax.set_xlabel(say("Days since the last purchase"))
        ax.set_ylabel(say("Customers"))
        ax.set_xlim(min(edges[0], 0), edges[-1])
        ax.set_ylim(0, max(float((stayed + gone).max()), 1) * 1.22)
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.3, borderpad=0, columnspacing=1.4)
        if churn.test is not None and churn.test.false_alarm_rate is not None:
            ax.annotate(
                say("put back to {day}: {share} of those\ncalled lapsed bought again",
                    day=format_date(churn.test.tested_on), share=format_percent(churn.test.false_alarm_rate, 0)),
                (1, 1), (-6, -6), xycoords="axes fraction", textcoords="offset points", ha="right", va="top",
                fontsize=9.5, bbox={"facecolor": "white", "edgecolor": GREY, "alpha": 0.9, "linewidth": 0.5},
            )  # fmt: skip
    told = say_count(
        "Pauses of {count} customer on {day}:", "Pauses of {count} customers on {day}:", churn.customers,
        day=format_date(churn.as_of),
    )  # fmt: skip
    if churn.of == "base":
        rule = say_count(
            "{lapsed} ({share}) have paused longer than {count} day and are called lapsed.",
            "{lapsed} ({share}) have paused longer than {count} days and are called lapsed.",
            churn.threshold_days,
            lapsed=churn.lapsed,
            share=format_percent(churn.lapsed / churn.customers, 0),
        )
    else:
        rule = say(
            "{lapsed} ({share}) have paused longer than their own threshold and are called lapsed.",
            lapsed=churn.lapsed,
            share=format_percent(churn.lapsed / churn.customers, 0),
        )
    describe(ax, f"{told} {rule}")
    return ax


def contract_churn_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the churn rate of contracts period by period.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.contract_churn` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The line is the churn rate, a gap where no contract ran at the beginning; grey bars in the background are the
        contracts that ran on the first day, on the right axis.

    Raises
    ------
    InputError
        If a column is missing or there is no period.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> contracts = pd.DataFrame({"started_on": pd.to_datetime(["2023-12-01"] * 4)})
    >>> contracts["ended_on"] = pd.to_datetime(["2024-01-15", "2024-02-15", None, None])
    >>> plots.alt_text(contract_churn_chart(analysis.contract_churn(contracts, as_of="2024-02-29")))
    'Churn of contracts in 3 periods: 33% in the last one, 2024-02, from 25% to 33%.'
    """
    require_frame(table, ("period", "at_start", "churn_rate"), asked_by="contract_churn_chart")
    rate = table["churn_rate"].to_numpy(dtype=float)
    if not np.isfinite(rate).any():
        what = say("No contract ran on the first day of a period.")
        raise InputError(say("There is nothing to draw."), [Problem("empty", what)])
    places, labels = np.arange(len(table)), table["period"].astype(str).tolist()
    with styled():
        ax = axes_of_own(7.6, 4.8) if ax is None else ax
        behind = ax.twinx()
        behind.set_zorder(ax.get_zorder() - 1)
        behind.tick_params(axis="x", labelbottom=False, bottom=False)
        ax.patch.set_visible(False)
        behind.bar(places, table["at_start"], width=0.8, color="#D9D9D9", label=say("contracts on the first day"))
        behind.set_ylabel(say("Contracts on the first day"))
        behind.spines["right"].set_visible(True)
        behind.set_ylim(0, max(float(table["at_start"].max()), 1) * 1.8)
        show_numbers(behind.yaxis, compact)
        ax.plot(places, rate, color=VERMILLION, marker="o", markersize=5, linewidth=2.2, label=say("churn rate"))
        ax.set_ylim(0, max(float(np.nanmax(rate)), 0.01) * 1.25)
        ax.set_title(say("Churn of contracts"), pad=30)
        ax.set_xlabel(say("Period"))
        ax.set_ylabel(say("Share of the contracts that ended"))
        show_numbers(ax.yaxis, percent_ticks)
        step = max(1, -(-len(labels) // 9))
        ax.set_xticks(places[::step], labels[::step])
        handles = [*ax.get_legend_handles_labels()[0], *behind.get_legend_handles_labels()[0]]
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3, borderpad=0)
    known = np.flatnonzero(np.isfinite(rate))
    describe(
        ax,
        say_count(
            "Churn of contracts in {count} period: {last} in the last one, {period}, from {low} to {high}.",
            "Churn of contracts in {count} periods: {last} in the last one, {period}, from {low} to {high}.",
            len(table),
            last=format_percent(rate[known[-1]], 0),
            period=labels[known[-1]],
            low=format_percent(float(np.nanmin(rate)), 0),
            high=format_percent(float(np.nanmax(rate)), 0),
        ),
    )
    return ax
