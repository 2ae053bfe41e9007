"""Funnels in pictures: bars with intervals, two groups compared, how long deals stay at a stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    axes_of_own,
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.funnel.comparison import FunnelComparison
    from crm_toolkit.analysis.funnel.conversion import Funnel
    from crm_toolkit.analysis.funnel.times import StageTimes

_LINES: tuple[tuple[str, Any], ...] = (
    (BLUE, "-"), (VERMILLION, "--"), ("#009E73", "-."), (ORANGE, (0, (5, 1, 1, 1, 1, 1))), ("#CC79A7", ":"),
)  # fmt: skip
_MOST_STAGES = 12
_PALE = "#A6CBE3"


def funnel_chart(funnel: Funnel, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw who reached each stage, with intervals, and how many moved on from it.

    Parameters
    ----------
    funnel : analysis Funnel
        As `funnel_table` returns it; up to 12 stages.
    labels : mapping of str to str, optional
        Words for the stages; by default their names.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar for each stage, from the top: share of all entities with its interval, their number, and below it the
        share that moved on so far, with its interval.

    Raises
    ------
    InputError
        If there are more than 12 stages.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.funnel.conversion import funnel_table
    >>> moves = pd.DataFrame(
    ...     {"deal_id": [1, 1, 2, 3], "to_stage": ["new", "won", "new", "new"], "moved_at": pd.Timestamp("2024-03-01")}
    ... )
    >>> ax = funnel_chart(funnel_table(moves, ["new", "won"], as_of="2024-03-31"))
    >>> plots.alt_text(ax)
    'Funnel of 3 entities. new: 3 (100%), 33.3% moved on; won: 1 (33.3%).'
    """
    table = funnel.table
    _require_stages(len(table))
    words = dict(labels or {})
    share, places, told = table["share_of_all"].to_numpy(), np.arange(len(table)), []
    with styled():
        ax = axes_of_own(8.6, 1.5 + 0.86 * len(table)) if ax is None else ax
        ax.barh(places, share, height=0.5, color=_PALE, edgecolor=BLUE, linewidth=1.0)
        reach = np.abs([share - table["share_low"], table["share_high"] - share])
        ax.errorbar(share, places, xerr=reach, fmt="none", ecolor="#1A1A1A", elinewidth=1.4, capsize=4)
        for place, row in enumerate(table.to_dict("records")):
            name = words.get(row["stage"], row["stage"])
            shown = f"{format_number(row['reached'])} ({_percent(row['share_of_all'])})"
            ax.text(1.06, place, shown, ha="left", va="center", fontweight="bold")
            told.append(f"{name}: {shown}")
            if np.isnan(row["conversion"]):
                continue
            rate = format_percent(row["conversion"])
            moved = say("↓ {share} moved on, from {low} to {high}; lost {lost}, open {open}", share=rate,
                        low=format_percent(row["low"]), high=format_percent(row["high"]),
                        lost=format_number(row["lost"]), open=format_number(row["open"]))  # fmt: skip
            ax.text(0.0, place + 0.5, moved, ha="left", va="center", fontsize=9, color=GREY)
            told[-1] += ", " + say("{share} moved on", share=rate)
        ax.set_yticks(places, [words.get(name, name) for name in table["stage"]])
        ax.set(xlim=(0, 1.32), ylim=(len(table) - 0.5, -0.5), xlabel=say("Share of all that came, with interval"))
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
        ax.tick_params(axis="y", length=0)
        ax.set_title(say("Sales funnel"))
        show_numbers(ax.xaxis, percent_ticks)
    count = say_count("Funnel of {count} entity.", "Funnel of {count} entities.", funnel.entities)
    describe(ax, f"{count} {'; '.join(told)}.")
    return ax


def funnel_comparison_chart(
    comparison: FunnelComparison, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the differences of the conversions of two groups, stage by stage.

    Parameters
    ----------
    comparison : analysis FunnelComparison
        As `funnel_comparison` returns it; up to 12 stages.
    labels : mapping of str to str, optional
        Words for stages and groups; by default their names.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A dot with its interval for each stage; filled where the interval leaves out 0.

    Raises
    ------
    InputError
        If there are more than 12 stages, or no difference is known.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    table = comparison.table
    _require_stages(len(table))
    known = table.dropna(subset=["difference"])
    if known.empty:
        what = say("No stage was reached by both groups.")
        raise InputError(say("There is nothing to draw."), [Problem("empty", what)])
    words, told = dict(labels or {}), []
    a, b = words.get(comparison.a, comparison.a), words.get(comparison.b, comparison.b)
    with styled():
        ax = axes_of_own(8.2, 2.0 + 0.62 * len(table)) if ax is None else ax
        ax.axvline(0, color=GREY, linewidth=1.0)
        for place, row in zip(known.index, known.to_dict("records"), strict=True):
            clear = row["low"] > 0 or row["high"] < 0
            ax.plot([row["low"], row["high"]], [place, place], color=BLUE, linewidth=2.2)
            ax.plot([row["difference"]], [place], "o", markersize=8, markeredgewidth=1.8, markeredgecolor=BLUE,
                    markerfacecolor=BLUE if clear else "white")  # fmt: skip
            shown = f"{format_percent(row['conversion_a'])} → {format_percent(row['conversion_b'])}"
            ax.annotate(shown, (row["difference"], place), (0, 9), textcoords="offset points", ha="center", fontsize=9,
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip
            told.append(f"{words.get(row['stage'], row['stage'])}: {shown}")
        ax.set_yticks(range(len(table)), [words.get(name, name) for name in table["stage"]])
        ax.set(
            ylim=(len(table) - 0.4, -0.75),
            xlabel=say("Difference, percentage points, with interval (filled: without 0)"),
            title=say("Conversions: {b} less {a}", a=a, b=b),
        )
        ax.margins(x=0.12)
        show_numbers(ax.xaxis, lambda share: format_number(round(share * 100, 1)))
        ax.grid(True, axis="x")
        ax.tick_params(axis="y", length=0)
    described = say("Conversions of {a} and of {b}. {list}.", a=a, b=b, list="; ".join(told))
    describe(ax, described)
    return ax


def stage_times_chart(times: StageTimes, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw how long deals stay at each stage: the share that is still there after so many days.

    Parameters
    ----------
    times : analysis StageTimes
        As `stage_times` returns it; up to five stages with an ended stay.
    labels : mapping of str to str, optional
        Words for the stages; by default their names.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A falling curve for each stage with its interval; the line at one half marks the medians. Open stays are
        counted as Kaplan and Meier do.

    Raises
    ------
    InputError
        If no stay has ended, or more than five stages would be drawn.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    drawn = times.table[times.table["ended"] > 0]
    heading = say("There is nothing to draw.")
    if drawn.empty:
        raise InputError(heading, [Problem("empty", say("No stay has ended yet."))])
    if len(drawn) > len(_LINES):
        what = say("{count} curves can't be told apart; {most} can.", count=len(drawn), most=len(_LINES))
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])
    words, told = dict(labels or {}), []
    with styled():
        ax = axes_of_own(8.2, 4.8) if ax is None else ax
        ax.axhline(0.5, color=GREY, linewidth=1.0, linestyle=(0, (2, 3)))
        for row, (colour, line) in zip(drawn.to_dict("records"), _LINES, strict=False):
            curve = times.curves[times.curves["stage"] == row["stage"]]
            days = np.append(curve["days"], row["longest_days"])
            share, low, high = (np.append(curve[name], curve[name].iloc[-1]) for name in ("share", "low", "high"))
            name = words.get(row["stage"], row["stage"])
            median = (
                say("median {days} days", days=format_number(round(row["median_days"], 1)))
                if row["reached"]
                else say("median above {days} days", days=format_number(round(row["longest_days"], 1)))
            )
            stays = say_count("{count} stay, {open} open", "{count} stays, {open} open", row["stays"],
                              open=format_number(row["open"]))  # fmt: skip
            ax.fill_between(days, low, high, step="post", color=colour, alpha=0.14, linewidth=0)
            ax.step(days, share, where="post", color=colour, linestyle=line, linewidth=2.2,
                    label=f"{name}: {median}\n({stays})")  # fmt: skip
            told.append(f"{name}: {median} ({stays})")
        ax.set(
            ylim=(0, 1.02),
            xlabel=say("Days since the deal came to the stage"),
            ylabel=say("Share still there, with interval"),
            title=say("Time at a stage, open deals included"),
        )
        ax.set_xlim(left=0)
        show_numbers(ax.yaxis, percent_ticks)
        show_numbers(ax.xaxis, format_number)
        ax.grid(True)
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    describe(ax, say("Curves of the time at a stage. {list}.", list="; ".join(told)))
    return ax


def _require_stages(count: int) -> None:
    if count > _MOST_STAGES:
        what = say("{count} stages are too many for one picture; {most} fit.", count=count, most=_MOST_STAGES)
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])


def _percent(share: float) -> str:
    return format_percent(share, 0 if share in (0.0, 1.0) else 1)
