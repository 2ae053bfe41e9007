"""A gift without a cause in a picture: whom the rewards of a loyalty programme went to."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from crm_toolkit.analysis.loyalty.gifts import GROUPS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, ORANGE, axes_of_own, percent_ticks, short_money, show_numbers, styled
from crm_toolkit.texts import format_percent, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.loyalty.gifts import GiftSplit


def gift_chart(split: GiftSplit, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw whom the rewards went to: members who bought more, changed nothing, bought less.

    Parameters
    ----------
    split : analysis.GiftSplit
        As `analysis.gift_split` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two bars of parts: members and cost of the rewards.

    Raises
    ------
    InputError
        If no rewards were paid.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> twins = pd.DataFrame({"reward_cost": [10, 5, 5], "with": [20, 12, 4], "without": [20, 10, 5]})
    >>> print(plots.alt_text(gift_chart(analysis.gift_split(twins), currency="USD")))
    Rewards for $20.00: 25% to members who bought more, 50% to those who changed nothing, 25% to those who bought
    less.
    """
    if not split.cost:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("No rewards were paid."))])
    rows = split.table.set_index("group").loc[["more", "same", "less"]]
    members = rows["members"].to_numpy(dtype="float64")
    parts = (members / max(members.sum(), 1), rows["cost_share"].to_numpy(dtype="float64"))
    colours = (BLUE, "#E0E0E0", ORANGE)
    from matplotlib.patches import Patch

    with styled():
        ax = axes_of_own(7.8, 3.3) if ax is None else ax
        for bar, shares in enumerate(parts):
            left = 0.0
            for share, colour, hatch in zip(shares, colours, ("", "", "//"), strict=True):
                ax.barh(bar, share, left=left, height=0.55, color=colour, edgecolor="white", hatch=hatch)
                if share >= 0.06:
                    tone = "white" if colour == BLUE else "#1A1A1A"
                    back = {"facecolor": colour, "edgecolor": "none", "pad": 1.5} if hatch else None
                    ax.text(left + share / 2, bar, format_percent(share, 0), ha="center", va="center", color=tone,
                            bbox=back)  # fmt: skip
                left += share
        handles = [
            Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=say(GROUPS[group]))
            for group, colour, hatch in zip(rows.index, colours, ("", "", "//"), strict=True)
        ]
        cost = say("cost of the rewards, {money}", money=short_money(split.cost, currency))
        ax.set_yticks([0, 1], [say("members"), fill(cost, 20)])
        ax.invert_yaxis()
        ax.tick_params(axis="y", length=0)
        ax.set(title=say("A gift without a cause: whom the rewards went to"), xlim=(0, 1))
        show_numbers(ax.xaxis, percent_ticks)
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
    more, same, less = (format_percent(share, 0) for share in parts[1])
    alt = say(
        "Rewards for {cost}: {more} to members who bought more, {same} to those who changed nothing, {less} to those "
        "who bought less.", cost=short_money(split.cost, currency), more=more, same=same, less=less,
    )  # fmt: skip
    describe(ax, alt)
    return ax
