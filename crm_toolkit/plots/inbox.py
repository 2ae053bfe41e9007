"""How two people spend the same day: minutes by task of the department, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crm_toolkit.plots.dots import dot_axes, legend_below
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, ORANGE, show_numbers, styled
from crm_toolkit.texts import format_number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def time_split_chart(minutes: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw minutes by task, of two people.

    Parameters
    ----------
    minutes : pandas.DataFrame
        One row for each task, by its name for people; two columns, by who it is; minutes.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two bars for each task with their minutes; the second person's bars are hatched.

    Raises
    ------
    InputError
        If there are more than 40 tasks.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> told = pd.DataFrame({"you": [120, 30], "the rule": [80, 60]}, index=["complaints", "analytics"])
    >>> print(plots.alt_text(time_split_chart(told)))
    Minutes by task, you against the rule: complaints 120 and 80, analytics 30 and 60.
    """
    one, other = minutes.columns
    place = np.arange(len(minutes))
    with styled():
        ax = dot_axes(round(1.5 * len(minutes)), ax, width=7.8)
        looks = ((one, BLUE, "", -0.2), (other, ORANGE, "///", 0.2))
        for who, colour, hatch, shift in looks:
            ax.barh(place + shift, minutes[who], height=0.36, color=colour, hatch=hatch, edgecolor="white", label=who)
            for row, value in zip(place, minutes[who], strict=True):
                ax.annotate(format_number(int(value)), (value, row + shift), xytext=(4, 0), textcoords="offset points",
                            va="center", fontsize=9)  # fmt: skip
        ax.set_yticks(place, list(minutes.index))
        ax.set_ylim(len(minutes) - 0.4, -0.6)
        ax.set_xlim(0, max(float(minutes.to_numpy().max()), 1) * 1.12)
        ax.tick_params(axis="y", length=0)
        ax.grid(True, axis="x")
        show_numbers(ax.xaxis, format_number)
        ax.set(title=say("How the day was spent"), xlabel=say("Minutes"))
        legend_below(ax)
    listed = ", ".join(say("{task} {one} and {other}", task=task, one=format_number(int(row[one])),
                           other=format_number(int(row[other]))) for task, row in minutes.iterrows())  # fmt: skip
    describe(ax, say("Minutes by task, {one} against {other}: {list}.", one=one, other=other, list=listed))
    return ax
