"""The Lorenz curve: what share of the money comes from what share of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, VERMILLION, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis import SpendConcentration


def lorenz_chart(concentration: SpendConcentration, *, ax: Axes | None = None) -> Axes:
    """Draw how unevenly money is spread over customers.

    Parameters
    ----------
    concentration : analysis.SpendConcentration
        As `analysis.spend_concentration` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The curve, the line of equality, the mark of the top 20 %, the Gini index. Both axes are fractions shown as
        per cent.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis
    >>> ax = lorenz_chart(analysis.spend_concentration(pd.DataFrame({"monetary": [0, 0, 10, 10, 80]})))
    >>> ax.get_ylabel()
    'Share of the money'
    """
    points, top = concentration.points, concentration.top_20_share
    gini = format_number(concentration.gini, 2)
    with styled():
        ax = axes_of_own(6.4, 5.4) if ax is None else ax
        ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1.2, label=say("all spend alike"))
        ax.plot(
            points["customer_share"],
            points["money_share"],
            color=BLUE,
            linewidth=2.4,
            clip_on=False,
            label=say("these customers; Gini index {gini}", gini=gini),
        )
        ax.plot([0.8, 0.8], [0, 1 - top], color=VERMILLION, linewidth=1.2, linestyle=":")
        ax.plot([0.8, 0.8], [1 - top, 1], color=VERMILLION, linewidth=2.4, marker="_", markersize=9)
        ax.annotate(
            say("the top {fraction} of customers\nbring {share} of the money",
                fraction=format_percent(0.2, 0), share=format_percent(top)),
            (0.8, min(1 - top / 2, 0.79)), xytext=(-9, 0), textcoords="offset points", ha="right", va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2},
        )  # fmt: skip
        ax.set(
            xlim=(0, 1),
            ylim=(0, 1),
            title=say("How the money is spread over customers"),
            xlabel=say("Share of customers, from those who spend least"),
            ylabel=say("Share of the money"),
        )
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, percent_ticks)
        ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        ax.grid(True)
        ax.legend(loc="upper left", borderaxespad=0.3)
    describe(ax, _in_words(concentration, gini))
    return ax


def _in_words(concentration: SpendConcentration, gini: str) -> str:
    return say_count(
        "Lorenz curve of {count} customer: the top {fraction} bring {share} of the money. Gini index {gini}.",
        "Lorenz curve of {count} customers: the top {fraction} bring {share} of the money. Gini index {gini}.",
        concentration.customers,
        fraction=format_percent(0.2, 0),
        share=format_percent(concentration.top_20_share),
        gini=gini,
    )
