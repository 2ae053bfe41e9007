"""Kano in pictures: features by what they please and annoy, and the shapes behind the categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.behaviour.kano import CATEGORIES, LIMITS, kano_curve
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import label_of, legend_below
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.texts import format_number, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.kano import KanoSurvey

_MOST = 15
_CORNERS = {"A": (0.01, 0.985, "left", "top"), "O": (0.99, 0.985, "right", "top"),
            "I": (0.01, 0.015, "left", "bottom"), "M": (0.99, 0.015, "right", "bottom")}  # fmt: skip


def kano_chart(survey: KanoSurvey, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw features by the share of people whom they please and whom their absence annoys.

    Parameters
    ----------
    survey : analysis.KanoSurvey
        As `analysis.kano_table` returns it; up to 15 rows.
    labels : mapping, optional
        Feature or group → what people call it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its two intervals for each feature and group; a hollow one is split: its category is not sure.

    Raises
    ------
    InputError
        If there is nothing to draw or more than 15 rows.
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    table = survey.table[survey.table["better"].notna()]
    if not 0 < len(table) <= _MOST:
        what = say("There are {count} features; from 1 to {most} can be drawn.", count=len(table), most=_MOST)
        raise InputError(say("There is nothing to draw, or too much."), [Problem("wrong_number", what)])
    x, y = -table["worse"].to_numpy(), table["better"].to_numpy()
    names = [label_of(row["feature"], labels) if row["group"] == "all"
             else f"{label_of(row['feature'], labels)}, {label_of(row['group'], labels)}"
             for _, row in table.iterrows()]  # fmt: skip
    with styled():
        ax = axes_of_own(6.2, 5.6) if ax is None else ax
        ax.axvline(0.5, color=GREY, linewidth=1)
        ax.axhline(0.5, color=GREY, linewidth=1)
        ax.hlines(y, -table["worse_high"], -table["worse_low"], color=GREY, linewidth=1.2, alpha=0.7)
        ax.vlines(x, table["better_low"], table["better_high"], color=GREY, linewidth=1.2, alpha=0.7)
        split = table["split"].to_numpy(dtype=bool)
        for some, face, label in ((~split, BLUE, say("category is sure")), (split, "white", say("split: not sure"))):
            if some.any():
                ax.plot(x[some], y[some], "o", color=BLUE, markerfacecolor=face, markersize=9, markeredgewidth=1.6,
                        label=label)  # fmt: skip
        ax.set(xlim=(-0.06, 1.06), ylim=(-0.06, 1.06))
        for letter, (right, high, ha, va) in _CORNERS.items():
            ax.text(right, high, say(CATEGORIES[letter]), transform=ax.transAxes, ha=ha, va=va, color=GREY,
                    fontstyle="italic")  # fmt: skip
        ax.set(title=say("Kano: what pleases and what annoys"),
               xlabel=say("Worse: share of people whom its absence annoys"),
               ylabel=say("Better: share of people whom it can please"))  # fmt: skip
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, percent_ticks)
        legend_below(ax)
        note_limits(ax, say(LIMITS))
        _name_corners(ax, x, y, names)
    told = [
        say("{name}: {category}, better {better}, worse {worse}.", name=name,
            category="/".join(say(CATEGORIES[letter]) for letter in row["category"].split("/")),
            better=format_number(row["better"], 2), worse=format_number(row["worse"], 2))
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    ]  # fmt: skip
    head = say_count("Kano's categories of {count} feature.", "Kano's categories of {count} features.", len(table))
    describe(ax, " ".join([head, *told, say(LIMITS)]))
    return ax


def _name_corners(ax: Axes, x: np.ndarray, y: np.ndarray, names: list[str]) -> None:
    """Write names between the arms of the crosses, where nothing stands yet."""
    figure: Any = ax.figure
    figure.draw_without_rendering()
    renderer: Any = figure.canvas.get_renderer()
    frame = ax.get_window_extent(renderer)
    taken = [text.get_window_extent(renderer) for text in ax.texts]
    dots = ax.transData.transform(np.column_stack([x, y]))
    sides = [(7 * right, (5 + 14 * far) * up, "left" if right > 0 else "right", "bottom" if up > 0 else "top")
             for far in range(4) for up in (1, -1) for right in (1, -1)]  # fmt: skip
    for place in np.argsort(-y, kind="stable"):
        for number, (right, up, ha, va) in enumerate(sides, start=1):
            text = ax.annotate(names[place], (x[place], y[place]), xytext=(right, up), textcoords="offset points",
                               ha=ha, va=va, fontsize=10)  # fmt: skip
            box = text.get_window_extent(renderer)
            inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
            on_dot = any(box.padded(5).contains(*dot) for dot in dots)
            if number == len(sides) or (inside and not on_dot and not any(box.overlaps(other) for other in taken)):
                taken.append(box)
                break
            text.remove()


def kano_curves_chart(*, ax: Axes | None = None) -> Axes:
    """Draw the shapes behind Kano's categories: satisfaction against how well a feature is carried out.

    Parameters
    ----------
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Four lines; shapes, not measurements.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> len(kano_curves_chart().lines) >= 4
    True
    """
    level = np.linspace(-1, 1, 101)
    with styled():
        ax = axes_of_own(5.4, 4.6) if ax is None else ax
        ax.axhline(0, color=GREY, linewidth=1)
        for letter, colour, dash in (("A", BLUE, "-"), ("O", ORANGE, "--"), ("M", VERMILLION, "-."), ("I", GREY, ":")):
            ax.plot(level, kano_curve(letter, level), dash, color=colour, linewidth=2.2, label=say(CATEGORIES[letter]))
        ax.set_xticks([-1, 1], [say("not at all"), say("fully")])
        ax.set_yticks([-1, 0, 1], [say("dissatisfied"), "0", say("delighted")])
        ax.set(title=say("Kano's shapes"), xlabel=say("How well the feature is carried out"))
        legend_below(ax)
    describe(ax, say("Kano's shapes: an attractive feature pleases where it is there, a must-be annoys where it is "
                     "missing, a one-dimensional one does both, an indifferent one neither. Shapes, not "
                     "measurements."))  # fmt: skip
    return ax
