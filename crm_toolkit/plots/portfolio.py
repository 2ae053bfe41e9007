"""Customers by how long they stay and what they bring: the four corners of Reinartz and Kumar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.analysis.portfolio import CORNERS
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.texts import format_percent, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.portfolio import Portfolio

_DRAWN = {"true_friends": (BLUE, "o"), "butterflies": (ORANGE, "^"), "barnacles": (VERMILLION, "s"),
          "strangers": (GREY, "x")}  # fmt: skip
_MOST_POINTS = 1500


def portfolio_chart(found: Portfolio, *, currency: str = "", unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw customers on the matrix of longevity and profit.

    Parameters
    ----------
    found : analysis.Portfolio
        As `analysis.portfolio_matrix` returns it.
    currency : str
        ISO 4217 code for labels.
    unit : str
        Unit of longevity, in the reader's language.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A mark for each customer (of many, every so-manieth), in the colour and form of the corner; the legend has
        shares of customers and of profit.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> table = pd.DataFrame({"customer_id": [1, 2, 3, 4], "longevity": [9, 8, 2, 1], "profit": [50, -5, 40, -2]})
    >>> print(plots.alt_text(portfolio_chart(analysis.portfolio_matrix(table))).split(";")[0])
    Longevity and profit of 4 customers. true friends: 25% of the customers, 60% of the profit
    """
    table = found.customers
    step = max(len(table) // _MOST_POINTS, 1)
    shown = table.iloc[::step]
    told = []
    with styled():
        ax = axes_of_own(8.2, 4.8) if ax is None else ax
        for row in found.corners.to_dict("records"):
            colour, marker = _DRAWN[row["corner"]]
            part = shown[shown["corner"] == row["corner"]]
            money = "—" if np.isnan(row["profit_share"]) else format_percent(row["profit_share"], 0)
            word = say("{corner}: {share} of the customers, {money} of the profit", corner=say(CORNERS[row["corner"]]),
                       share=format_percent(row["share"], 0), money=money)  # fmt: skip
            told.append(word)
            ax.plot(part["longevity"], part["profit"], marker, color=colour, markersize=4.5, alpha=0.55,
                    linestyle="none", label=word)  # fmt: skip
        ax.axvline(found.longevity_border, color=GREY, linewidth=1)
        ax.axhline(found.profit_border, color=GREY, linewidth=1)
        low, high = (float(np.quantile(table["profit"], share)) for share in (0.002, 0.995))
        room = 0.06 * ((high - low) or 1)
        ax.set_ylim(min(low, found.profit_border) - room, max(high, found.profit_border) + room)
        name = say("How long they have been customers")
        ax.set(title=say("Long is not the same as profitable"), xlabel=f"{name}, {unit}" if unit else name,
               ylabel=say("Profit less cost to serve, {unit}", unit=currency or say("units of money")))  # fmt: skip
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2, fontsize=9, markerscale=1.6)
    describe(ax, say("Longevity and profit of {count} customers. {list}.", count=style.compact(len(table)),
                     list="; ".join(told)))  # fmt: skip
    return ax
