"""Segments side by side: how many customers, how much of the money."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from crm_toolkit.analysis import DEFAULT_GRID, SegmentGrid, segment_label
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_NEEDED = ("segment", "customers", "customer_share", "money_share")


def segment_chart(table: pd.DataFrame, *, grid: SegmentGrid = DEFAULT_GRID, ax: Axes | None = None) -> Axes:
    """Draw segments as pairs of bars: their share of the customers and their share of the money.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.segment_table` returns it: ``segment`` (code), ``customers``, ``customer_share`` and
        ``money_share`` (fractions; a missing ``money_share`` leaves the bar out).
    grid : analysis.SegmentGrid
        Names the segments; a code that it does not know stands as it is.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One pair of bars per segment in the order of the table, with the number of customers and both shares.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "segment": ["loyal", "new"],
    ...         "customers": [1, 3],
    ...         "customer_share": [0.25, 0.75],
    ...         "money_share": [0.8, 0.2],
    ...     }
    ... )
    >>> [label.get_text() for label in segment_chart(table).get_yticklabels()]
    ['Loyal customers', 'New customers']
    """
    require_frame(table, _NEEDED, asked_by="segment_chart")
    names = [segment_label(code, grid) if code in grid.codes else str(code) for code in table["segment"]]
    places = list(range(len(table)))
    customers = [int(count) for count in table["customers"]]
    people = [float(share) for share in table["customer_share"]]
    money = [float(share) for share in table["money_share"]]
    drawn_money = [0.0 if math.isnan(share) else share for share in money]
    with styled():
        ax = axes_of_own(8.4, 1.5 + 0.52 * max(len(table), 2)) if ax is None else ax
        ax.axvline(0, color=GREY, linewidth=0.8)
        bars = ax.barh([place - 0.2 for place in places], people, 0.38, color=BLUE, label=say("share of customers"))
        sums = ax.barh(
            [place + 0.2 for place in places], drawn_money, 0.38, color=ORANGE, label=say("share of the money")
        )
        counted = [
            f"{format_percent(share)} · {format_number(count)}" for share, count in zip(people, customers, strict=True)
        ]
        ax.bar_label(bars, counted, padding=4, fontsize=9.5)
        ax.bar_label(
            sums, ["" if math.isnan(share) else format_percent(share) for share in money], padding=4, fontsize=9.5
        )
        low, high = min([0.0, *drawn_money]), max([*people, *drawn_money, 0.01])
        room = 0.2 * (high - low)
        ax.set_xlim(low - (room if low < 0 else 0), high + room)
        ax.set_ylim(max(len(table), 1) - 0.4, -0.6)
        ax.set_yticks(places, names)
        ax.tick_params(axis="y", length=0)
        ax.set_title(say("Segments: customers and money"), pad=30)
        ax.set_xlabel(say("Share of all; beside it the number of customers"))
        show_numbers(ax.xaxis, percent_ticks)
        ax.grid(True, axis="x")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3, borderpad=0, columnspacing=1.5)
    described = [
        say("{name}: {people} of customers, {money} of money", name=name, people=format_percent(share),
            money="–" if math.isnan(part) else format_percent(part))
        for name, share, part in zip(names, people, money, strict=True)
    ]  # fmt: skip
    describe(ax, say("Bar chart of segments. {list}.", list="; ".join(described)))
    return ax
