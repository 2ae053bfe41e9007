"""Weights stated beside those that choices allow, and chances of being chosen under several ways of choosing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.decision_rules import broken, legend_under
from crm_toolkit.plots.dots import dot_axes
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_percent, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def weights_chart(comparison: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw weights as they were stated beside the range that choices allow.

    Parameters
    ----------
    comparison : pandas.DataFrame
        As `compare_weights` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar for the allowed range with its middle, a diamond for the stated share: filled where it lies within.

    Raises
    ------
    InputError
        If a column is missing or there is nothing to draw.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import LAPTOP_WEIGHTS, compare_weights, infer_weights, laptops
    >>> found = infer_weights(laptops(), [("Dell", "HP")])
    >>> weights_chart(compare_weights(LAPTOP_WEIGHTS, found)).get_xlabel()
    'Share of the weight'
    """
    needed = ("attribute", "stated", "inferred", "low", "high", "fits")
    require_frame(comparison, needed, asked_by="weights_chart")
    names = [str(name) for name in comparison["attribute"]]
    place = np.arange(len(names))
    fits = comparison["fits"].to_numpy(dtype=bool)
    with styled():
        ax = dot_axes(len(names) + 1, ax)
        ax.hlines(place, comparison["low"], comparison["high"], color=BLUE, linewidth=7, alpha=0.45,
                  label=say("allowed by the choices"))  # fmt: skip
        ax.plot(
            comparison["inferred"],
            place,
            "|",
            color=BLUE,
            markersize=15,
            markeredgewidth=2.5,
            label=say("their middle"),
        )
        for some, face, label in ((fits, ORANGE, say("stated, within")), (~fits, "white", say("stated, outside"))):
            if some.any():
                ax.plot(comparison["stated"][some], place[some], "D", color="#1A1A1A", markerfacecolor=face,
                        markersize=8, label=label)  # fmt: skip
        ax.set_yticks(place, names)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.set_xlim(-0.02, 1.02)
        ax.tick_params(axis="y", length=0)
        ax.grid(True, axis="x")
        show_numbers(ax.xaxis, percent_ticks)
        ax.set_xlabel(say("Share of the weight"))
        ax.set_title(say("Weights: stated and betrayed by choices"))
        legend_under(ax)
        note_limits(ax, say("Few choices leave wide ranges; the middle is a convention."))
    told = "; ".join(
        say("{name}: stated {stated}, allowed from {low} to {high}", name=row["attribute"],
            stated=format_percent(row["stated"]), low=format_percent(row["low"]), high=format_percent(row["high"]))
        for row in comparison.to_dict("records")
    )  # fmt: skip
    describe(ax, say("Weights stated and allowed by choices. {list}.", list=told))
    return ax


def chances_chart(chances: Mapping[str, Mapping[str, float]], *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw the chances of the same alternatives under several ways of choosing, side by side.

    Parameters
    ----------
    chances : mapping of str to mapping of str to float
        By the way's name for the reader, the chance of each alternative (from 0 to 1); at most three ways.
    title : str
        Over the picture.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A group of bars per alternative, one bar per way, each with its chance.

    Raises
    ------
    InputError
        If there is nothing or too much to draw, or the ways have other alternatives.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import luce_chances
    >>> ax = chances_chart({"Luce": luce_chances({"A": 1, "B": 3})})
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.25, 0.75]
    """
    names = list(next(iter(chances.values()), {}))
    if not names or len(chances) > 3 or any(list(one) != names for one in chances.values()):
        what = say("One to three ways of choosing are needed, all with the same alternatives.")
        raise InputError(say("There is nothing to draw, or too much."), [Problem("ways", what)])
    wide = 0.8 / len(chances)
    with styled():
        ax = axes_of_own(max(5.2, 1.6 + 1.5 * len(names)), 3.9) if ax is None else ax
        for number, (way, values) in enumerate(chances.items()):
            places = np.arange(len(names)) + (number - (len(chances) - 1) / 2) * wide
            bars = ax.bar(places, list(values.values()), 0.92 * wide, color=(BLUE, ORANGE, GREY)[number], label=way)
            ax.bar_label(bars, [format_percent(value) for value in values.values()], padding=2, fontsize=9)
        ax.set_xticks(range(len(names)), [broken(name) for name in names])
        ax.tick_params(axis="x", length=0)
        ax.set_ylim(0, 1.12 * max(max(values.values()) for values in chances.values()))
        ax.set_ylabel(say("Chance of being chosen"))
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        ax.set_title(title)
        legend_under(ax)
    told = "; ".join(f"{way}: " + ", ".join(f"{name} {format_percent(value)}" for name, value in values.items())
                     for way, values in chances.items())  # fmt: skip
    describe(ax, say("Chances of being chosen. {list}.", list=told))
    return ax
