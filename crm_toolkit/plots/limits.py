"""A model's limits, said under its picture: one small sentence that goes wherever the picture goes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from crm_toolkit.plots.style import GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTERS_PER_INCH = 13


def note_limits(ax: Axes, sentence: str) -> None:
    """Write a sentence in small grey letters at the foot of a figure of one chart; among several charts, nowhere.

    Parameters
    ----------
    ax : matplotlib Axes
        The chart.
    sentence : str
        In the reader's language.

    Examples
    --------
    >>> from crm_toolkit.plots.style import axes_of_own
    >>> ax = axes_of_own(2.5, 2.0)
    >>> note_limits(ax, "No model foresees what one customer will do tomorrow.")
    >>> print(ax.figure.get_supxlabel())
    No model foresees what one
    customer will do tomorrow.
    """
    figure: Any = ax.figure
    if len(figure.axes) == 1:
        wrapped = textwrap.fill(sentence, int(_LETTERS_PER_INCH * figure.get_figwidth()))
        figure.supxlabel(wrapped, fontsize=8.5, color=GREY)
