"""Estimates with their intervals, one below the other: the plain picture of "how much, and how sure"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.style import BLUE, GREY, axes_of_own, show_numbers
from crm_toolkit.texts import say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ROWS = 40


def dot_axes(rows: int, ax: Axes | None, *, width: float = 7.6) -> Axes:
    """Axes high enough for so many rows."""
    if rows > MOST_ROWS:
        what = say_count("{count} row can't be drawn; {most} can.", "{count} rows can't be drawn; {most} can.", rows,
                         most=MOST_ROWS)  # fmt: skip
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])
    return axes_of_own(width, max(1.9 + 0.42 * rows, 2.9)) if ax is None else ax


def draw_dots(
    ax: Axes,
    names: Sequence[str],
    values: Any,
    low: Any,
    high: Any,
    *,
    solid: Any,
    notes: Sequence[str],
    form: Callable[[float], str],
    colour: str = BLUE,
    hollow: str = "",
) -> None:
    """Dots with intervals, the first row on top; hollow ones are not to be read by themselves.

    ``notes`` stand at the right edge, behind the axes' end. A missing value is a row without a dot; a missing upper
    bound is drawn as an open end.
    """
    value, bottom, top = (np.asarray(one, dtype="float64") for one in (values, low, high))
    firm, place = np.asarray(solid, dtype=bool), np.arange(len(names))
    known = ~np.isnan(value)
    edge = np.nanmax(np.where(np.isnan(top), value, top)[known], initial=0.0)
    open_end = known & np.isnan(top)
    reach = np.where(open_end, edge + 0.08 * (abs(edge) or 1.0), top)
    ax.hlines(
        place[known], bottom[known], reach[known], color=np.where(firm, colour, GREY)[known].tolist(), linewidth=2.2
    )
    if open_end.any():
        ax.plot(reach[open_end], place[open_end], linestyle="none", marker=">", color=GREY, markersize=5)
    for some, face, label in ((firm, colour, ""), (~firm, "white", hollow)):
        chosen = known & some
        if chosen.any():
            edges = GREY if face == "white" else colour
            ax.plot(value[chosen], place[chosen], "o", markersize=8, color=edges, markerfacecolor=face,
                    markeredgewidth=1.6, label=label or None)  # fmt: skip
    for row, note in enumerate(notes):
        ax.annotate(note, (1.0, row), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                    va="center", ha="left", fontsize=9, color=GREY)  # fmt: skip
    ax.set_yticks(place, list(names))
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(True, axis="x")
    show_numbers(ax.xaxis, form)


def label_of(name: Any, labels: Mapping[Any, str] | None) -> str:
    """What a group is called: the reader's word where there is one."""
    if labels and name in labels:
        return labels[name]
    return say("all") if name == "all" else str(name)


def legend_below(ax: Axes) -> None:
    """The legend under the axes, where it covers nothing."""
    handles: Any = ax.get_legend_handles_labels()[0]
    if handles:
        figure: Any = ax.figure
        below = -0.96 / figure.get_figheight()
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, below), ncols=2)
