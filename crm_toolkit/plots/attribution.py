"""Attribution in pictures: all methods side by side, and the experiment beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.texts import format_number, mark, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.attribution.experiment import HoldoutIncrements
    from crm_toolkit.analysis.attribution.table import AttributionTable

METHODS = {
    "first": mark("first touch"),
    "last": mark("last touch"),
    "last_non_direct": mark("last non-direct touch"),
    "linear": mark("linear"),
    "time_decay": mark("time decay"),
    "position": mark("by position"),
    "markov": mark("Markov chain"),
    "shapley": mark("Shapley value"),
    "shapley_rate": mark("Shapley value of rates"),
}
_DRAWN: dict[str, tuple[str, str, bool]] = {  # colour, marker, filled
    "first": (ORANGE, "<", True),
    "last": (VERMILLION, ">", True),
    "last_non_direct": (VERMILLION, ">", False),
    "linear": (BLUE, "o", False),
    "time_decay": (BLUE, "v", True),
    "position": ("#CC79A7", "P", True),
    "markov": ("#009E73", "s", True),
    "shapley": ("#1A1A1A", "X", True),
    "shapley_rate": ("#1A1A1A", "d", False),
}
_MOST_CHANNELS = 20


def attribution_chart(
    table: AttributionTable,
    *,
    truth: HoldoutIncrements | None = None,
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the credits of every channel by every method, and what an experiment says it caused.

    Parameters
    ----------
    table : analysis AttributionTable
        As `attribution_table` returns it; the 20 largest channels are drawn.
    truth : analysis HoldoutIncrements, optional
        As `holdout_increments` returns it: incremental conversions with their interval, drawn as a grey bar.
    labels : mapping of str to str, optional
        Words for the channels; by default their names.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A row for each channel, the largest on top, a sign for each method.

    Raises
    ------
    InputError
        If there is no channel.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.attribution.table import attribution_table
    >>> from crm_toolkit.analysis.attribution.paths import paths_from_table
    >>> paths = paths_from_table(pd.DataFrame({"path": ["G", "G > M"], "conversions": [3, 1], "unconverted": 0}))
    >>> plots.alt_text(attribution_chart(attribution_table(paths, ["first", "last"])))
    'Credits of 4 conversions by channel. G: first touch 4, last touch 3; M: first touch 0, last touch 1.'
    """
    from matplotlib.lines import Line2D

    credits = table.credits
    if credits.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("There are no channels."))])
    words, told = dict(labels or {}), []
    size = credits[list(table.methods)].mean(axis=1)
    order = np.lexsort((np.arange(len(size)), -size.to_numpy()))[:_MOST_CHANNELS]
    spread = 0.62 / max(len(table.methods), 1)
    known: dict[str, Any] = {} if truth is None else {row["channel"]: row for row in truth.table.to_dict("records")}
    with styled():
        ax = axes_of_own(9.2, max(1.8 + 0.95 * len(order), 3.6 + 0.1 * len(table.methods))) if ax is None else ax
        for place, number in enumerate(order):
            row = credits.iloc[int(number)]
            name = words.get(row["channel"], row["channel"])
            parts = []
            if row["channel"] in known:
                parts.append(_draw_truth(ax, known[row["channel"]], place))
            for step, method in enumerate(table.methods):
                colour, marker, filled = _DRAWN[method]
                down = (step - (len(table.methods) - 1) / 2) * spread
                ax.plot([row[method]], [place + down], marker=marker, markersize=7.5, linestyle="none", color=colour,
                        markerfacecolor=colour if filled else "white", markeredgewidth=1.5)  # fmt: skip
                parts.append(f"{say(METHODS[method])} {format_number(round(float(row[method]), 1))}")
            told.append(f"{name}: {', '.join(parts)}")
            if place:
                ax.axhline(place - 0.5, color="#D9D9D9", linewidth=0.8)
        names = [words.get(name, name) for name in credits["channel"].iloc[order]]
        ax.set_yticks(range(len(order)), [str(name)[:24] for name in names])
        ax.set_ylim(len(order) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.margins(x=0.04)
        ax.grid(True, axis="x")
        ax.set(xlabel=say("Conversions credited to the channel"), title=say("The same conversions, credited by rule"))
        show_numbers(ax.xaxis, compact)
        handles: list[Any] = [
            Line2D([], [], color=_DRAWN[method][0], marker=_DRAWN[method][1], linestyle="none", markersize=7.5,
                   markerfacecolor=_DRAWN[method][0] if _DRAWN[method][2] else "white", markeredgewidth=1.5,
                   label=say(METHODS[method]))
            for method in table.methods
        ]  # fmt: skip
        if any(row["channel"] in known for row in credits.iloc[order].to_dict("records")):
            label = say("caused, by the experiment\n(with interval)")
            handles.insert(0, Line2D([], [], color=GREY, linewidth=7, alpha=0.45, marker="D", markersize=7,
                                     markeredgecolor="#1A1A1A", markerfacecolor="white", label=label))  # fmt: skip
            ax.set_xlabel(say("Conversions: credited and caused; the difference is bookkeeping, not cause"), labelpad=6)
            ax.axvline(0, color=GREY, linewidth=0.9)
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    total = format_number(round(table.conversions, 1))
    describe(ax, say("Credits of {total} conversions by channel. {list}.", total=total, list="; ".join(told)))
    return ax


def _draw_truth(ax: Axes, row: dict[str, Any], place: int) -> str:
    value, low, high = row["incremental"], row["low"], row["high"]
    if not np.isnan(low):
        ax.plot([low, high], [place, place], color=GREY, alpha=0.45, linewidth=15, solid_capstyle="butt", zorder=1)
    ax.plot([value], [place], "D", markersize=8, markeredgecolor="#1A1A1A", markerfacecolor="white", zorder=1.5)
    shown = format_number(round(float(value), 1))
    if np.isnan(low):
        return say("caused {number}", number=shown)
    return say("caused {number} (from {low} to {high})", number=shown, low=format_number(round(float(low), 1)),
               high=format_number(round(float(high), 1)))  # fmt: skip
