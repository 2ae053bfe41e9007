"""Models of service in pictures: gaps of quality, failures and recoveries, judging before and after use."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.behaviour import evaluation, service_quality, service_recovery
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import dot_axes, legend_below
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, VERMILLION, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.behaviour.service_quality import FiveGaps, QualityGaps


_PAPER: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def quality_gaps_chart(gaps: QualityGaps, names: Sequence[str], *, ax: Axes | None = None) -> Axes:
    """Draw gaps of service quality by dimension, with the share of each in the weighted gap.

    Parameters
    ----------
    gaps : behaviour.QualityGaps
        As `behaviour.service_quality.quality_gaps` returns it.
    names : sequence of str
        What people call the dimensions, in the same order.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One bar for each dimension; its weight stands at the right.

    Raises
    ------
    InputError
        If there is not one name for each dimension, or more than 40.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.behaviour.service_quality import quality_gaps
    >>> ax = quality_gaps_chart(quality_gaps([6, 6], [5.5, 4.8], [40, 60]), ["empathy", "reliability"])
    >>> print(plots.alt_text(ax).split(". Exp")[0])
    Gaps of service quality: empathy −0.50, reliability −1.20; weighted −0.92
    """
    _require_names(names, len(gaps.gaps))
    with styled():
        ax = dot_axes(len(names), ax)
        notes = [say("weight {share}", share=format_percent(one, 0)) for one in gaps.weights]
        _bars(ax, names, gaps.gaps, notes)
        ax.axvline(gaps.weighted_gap, color=VERMILLION, linestyle="--", linewidth=1.6, label=say("weighted mean"))
        ax.set(title=say("Gaps of service quality"), xlabel=say("Perception less expectation, points of the scale"))
        legend_below(ax)
        note_limits(ax, say(service_quality.LIMITS))
    told = ", ".join(f"{name} {_signed(gap)}" for name, gap in zip(names, gaps.gaps, strict=True))
    describe(ax, say("Gaps of service quality: {list}; weighted {value}. {limits}", list=told,
                     value=_signed(gaps.weighted_gap), limits=say(service_quality.LIMITS)))  # fmt: skip
    return ax


def five_gaps_chart(gaps: FiveGaps, *, ax: Axes | None = None) -> Axes:
    """Draw the five gaps of service quality: where a shortfall arises.

    Parameters
    ----------
    gaps : behaviour.FiveGaps
        As `behaviour.service_quality.five_gaps` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Five bars; the deepest of gaps 1 to 4 are marked.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.behaviour.service_quality import five_gaps
    >>> gaps = five_gaps(expected=6.5, believed=6, standard=5.5, delivered=4.6, promised=6.2, perceived=4.8)
    >>> plots.alt_text(five_gaps_chart(gaps)).count("Gap")
    5
    """
    values = [getattr(gaps, name) for name in service_quality.GAPS]
    names = [fill(say(text), 44) for text in service_quality.GAPS.values()]
    deep = [name in gaps.deepest for name in service_quality.GAPS]
    with styled():
        ax = axes_of_own(9.2, 4.6) if ax is None else ax
        _bars(ax, names, np.array(values), [say("the deepest") if one else "" for one in deep],
              colours=[VERMILLION if one else BLUE for one in deep])  # fmt: skip
        ax.set(title=say("The five gaps of service quality"), xlabel=say("Points of the scale"))
    told = "; ".join(f"{say(text)}: {_signed(value)}" for text, value in zip(service_quality.GAPS.values(), values,
                                                                           strict=True))  # fmt: skip
    describe(ax, f"{told}.")
    return ax


def recovery_path_chart(path: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw satisfaction and the chance to return through failures and recoveries.

    Parameters
    ----------
    path : pandas.DataFrame
        As `behaviour.service_recovery.recovery_path` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Satisfaction falls with each failure and rises with its recovery; above the line at 0 is the paradox.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    require_frame(path, ("failures", "after_failure", "satisfaction", "paradox", "return_chance"),
                    asked_by="recovery_path_chart")  # fmt: skip
    x, y = [0.0], [0.0]
    steps = path.iloc[1:].to_dict("records")
    for row in steps:
        x += [row["failures"] - 0.5, float(row["failures"])]
        y += [row["after_failure"], row["satisfaction"]]
    with styled():
        ax = axes_of_own(7.6, 4.6) if ax is None else ax
        ax.axhline(0, color=GREY, linewidth=1.2, label=say("without a failure"))
        ax.plot(x, y, "-", color=BLUE, linewidth=2)
        ax.plot(x[1::2], y[1::2], "v", color=VERMILLION, markersize=9, label=say("after the failure"))
        ax.plot([0, *x[2::2]], [0, *y[2::2]], "o", color=BLUE, markersize=9, label=say("after the recovery"))
        span = max(max(y) - min(y), 0.5)
        ax.set_ylim(min(y) - 0.12 * span, max(y) + 0.3 * span)
        for place, value, chance in zip([0, *x[2::2]], [0, *y[2::2]], path["return_chance"], strict=True):
            ax.annotate(say("returns: {share}", share=format_percent(chance, 0)), (place, value), xytext=(0, 10),
                        textcoords="offset points", ha="center", va="bottom", fontsize=9, bbox=_PAPER)  # fmt: skip
        ax.set_xticks(range(len(path)))
        ax.set_xlim(-0.45, len(path) - 0.55)
        ax.grid(True, axis="y")
        show_numbers(ax.yaxis, format_number)
        ax.set(title=say("Failures and recoveries"), xlabel=say("Failures so far"),
               ylabel=say("Satisfaction, standard deviations"))  # fmt: skip
        legend_below(ax)
        note_limits(ax, say(service_recovery.LIMITS))
    told = [
        say("Failure {number}: satisfaction {after} after it, {recovered} after the recovery; returns: {share}.",
            number=row["failures"], after=_signed(row["after_failure"]), recovered=_signed(row["satisfaction"]),
            share=format_percent(row["return_chance"], 0))
        for row in steps
    ]  # fmt: skip
    describe(ax, " ".join([*told, say(service_recovery.LIMITS)]))
    return ax


def evaluation_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how well offers are put in order before and after use, against the share of search qualities.

    Parameters
    ----------
    table : pandas.DataFrame
        ``search`` (share of search qualities), ``before``, ``after`` (shares of pairs in the right order).
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two lines; 50 per cent is a coin's toss.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    require_frame(table, ("search", "before", "after"), asked_by="evaluation_chart")
    with styled():
        ax = axes_of_own(7.2, 4.4) if ax is None else ax
        ax.plot(table["search"], table["before"], "-o", color=VERMILLION, label=say("before the purchase"))
        ax.plot(table["search"], table["after"], "--D", color=BLUE, label=say("after use"))
        ax.axhline(0.5, color=GREY, linewidth=1)
        ax.set_ylim(0.47, 1.02)
        ax.grid(True)
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, percent_ticks)
        ax.set(title=say("Judging before and after use"), xlabel=say("Share of search qualities"),
               ylabel=say("Pairs of offers in the right order"))  # fmt: skip
        legend_below(ax)
        note_limits(ax, say(evaluation.LIMITS))
    ends = table.iloc[[0, -1]]
    told = [
        say("With {search} search qualities {before} of the pairs are in the right order before, {after} after use.",
            search=format_percent(row["search"], 0), before=format_percent(row["before"], 0),
            after=format_percent(row["after"], 0))
        for _, row in ends.iterrows()
    ]  # fmt: skip
    describe(ax, " ".join([*told, say(evaluation.LIMITS)]))
    return ax


def _bars(
    ax: Axes, names: Sequence[str], values: np.ndarray, notes: Sequence[str], colours: Sequence[str] | None = None
) -> None:
    place = np.arange(len(names))
    ax.barh(place, values, height=0.55, color=list(colours or [BLUE] * len(names)))
    ax.axvline(0, color=GREY, linewidth=1)
    edge = max(float(np.abs(values).max()), 0.1)
    ax.set_xlim(min(float(values.min()), 0) - 0.22 * edge, max(float(values.max()), 0) + 0.22 * edge)
    for row, (value, note) in enumerate(zip(values, notes, strict=True)):
        side = -4 if value < 0 else 4
        ax.annotate(_signed(value), (value, row), xytext=(side, 0), textcoords="offset points", va="center",
                    ha="right" if value < 0 else "left", fontsize=9.5, bbox=_PAPER)  # fmt: skip
        ax.annotate(note, (1.0, row), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                    va="center", ha="left", fontsize=9, color=GREY)  # fmt: skip
    ax.set_yticks(place, list(names))
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(True, axis="x")
    show_numbers(ax.xaxis, format_number)


def _signed(value: float) -> str:
    plain = format_number(abs(value), 2)
    return plain if round(value, 2) == 0 else f"{'−' if value < 0 else '+'}{plain}"


def _require_names(names: Sequence[str], size: int) -> None:
    if isinstance(names, str) or len(names) != size:
        what = say("There are {found} names for {size} dimensions.", found=len(names), size=size)
        raise InputError(say("There is nothing to draw, or too much."), [Problem("wrong_number", what, column="names")])
