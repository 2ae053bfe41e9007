"""The same numbers drawn twice, so that the eye sees what an axis does to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, VERMILLION, compact, show_numbers, styled
from crm_toolkit.texts import format_number, join_names, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def cut_axis_page(values: Mapping[str, float], *, cut: float, label: str = "") -> Figure:
    """Draw bars twice: on an axis that is cut off, and on one that begins with zero.

    Parameters
    ----------
    values : mapping of str to float
        Name of the bar → its value, above ``cut``; two to twelve of them.
    cut : float
        Where the left axis begins, above 0.
    label : str
        What is measured, with its unit.

    Returns
    -------
    matplotlib Figure
        Left: bars whose lengths say something else than the numbers; right: the same bars from zero.

    Raises
    ------
    InputError
        If there are too few or too many bars, or ``cut`` does not lie between 0 and the smallest value.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> page = cut_axis_page({"2024": 14.2, "2025": 14.6}, cut=14.0)
    >>> print(plots.alt_text(page))
    The axis begins with 14: the longest bar is 3 times as long as the shortest. The axis begins with 0: the longest
    bar is 1.03 times as long as the shortest. Values: 2024 14.2, 2025 14.6.
    """
    shown = {str(name): float(value) for name, value in values.items()}
    if not 2 <= len(shown) <= 12 or not 0 < cut < min(shown.values(), default=0.0):
        what = say("Two to twelve bars are needed, and an axis that is cut off between 0 and the smallest of them.")
        raise InputError(say("There is nothing to draw."), [Problem("outside_range", what, column="cut")])
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8.6, 3.6), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        highest, lowest = max(shown.values()), min(shown.values())
        for ax, start, colour in ((left, cut, VERMILLION), (right, 0.0, BLUE)):
            ax.bar(range(len(shown)), [value - start for value in shown.values()], 0.6, bottom=start, color=colour)
            ax.set_xticks(range(len(shown)), list(shown))
            ax.tick_params(axis="x", length=0)
            ax.set_ylim(start, highest + 0.25 * (highest - start))
            for place, value in enumerate(shown.values()):
                ax.annotate(format_number(value), (place, value), (0, 4), textcoords="offset points", ha="center")
            ax.set_title(say("axis from {start}", start=format_number(start)))
            ax.set_ylabel(label)
            show_numbers(ax.yaxis, compact)
            ax.grid(True, axis="y")
            times = (highest - start) / (lowest - start)
            told = say("The axis begins with {start}: the longest bar is {times} times as long as the shortest.",
                       start=format_number(start), times=format_number(round(times, 2)))  # fmt: skip
            if ax is right:
                listed = join_names((f"{name} {format_number(value)}" for name, value in shown.items()), most=12)
                told += " " + say("Values: {list}.", list=listed)
            describe(ax, told)
    return figure
