"""One member's account in a picture: the balance booking by booking, the reward, and what expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, ORANGE, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.texts import format_number, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def member_account_chart(table: pd.DataFrame, threshold: int, *, name: str = "", ax: Axes | None = None) -> Axes:
    """Draw what happened in one member's account.

    Parameters
    ----------
    table : pandas.DataFrame
        As `ProgrammeRun.member_year` returns it: ``at`` (datetime), ``what`` (``"earn"``, ``"redeem"``, ``"expire"``),
        ``points`` (signed), ``balance``.
    threshold : int
        Points that a reward takes.
    name : str
        Who it is, for the title.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The balance as steps, a line at the reward; a triangle upwards where a reward was taken, a cross where points
        expired.

    Raises
    ------
    InputError
        If there are no bookings.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> day = pd.to_datetime(["2025-01-10", "2025-02-01", "2025-02-01"])
    >>> table = pd.DataFrame({"at": day, "what": ["earn", "earn", "redeem"], "points": [80, 40, -100]})
    >>> print(plots.alt_text(member_account_chart(table.assign(balance=[80, 120, 20]), 100)))
    3 bookings; a reward takes 100 points. Rewards taken: 1; points expired: 0. The balance ends at 20.
    """
    if not len(table):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("There are no bookings."))])
    from matplotlib.dates import AutoDateLocator, DateFormatter

    taken, gone = (table[table["what"] == what] for what in ("redeem", "expire"))
    with styled():
        ax = axes_of_own(8.0, 3.4) if ax is None else ax
        ax.step(table["at"], table["balance"], where="post", color=BLUE, linewidth=2, label=say("balance, points"))
        ax.axhline(threshold, color=ORANGE, linestyle="--", linewidth=1.8, label=say("a reward"))
        if len(taken):
            ax.plot(taken["at"], taken["balance"], "^", color="#1A1A1A", markersize=8, linestyle="none", clip_on=False,
                    label=say("reward taken"))  # fmt: skip
        if len(gone):
            ax.plot(gone["at"], gone["balance"], "X", color=VERMILLION, markersize=9, linestyle="none", clip_on=False,
                    label=say("points expired"))  # fmt: skip
        ax.set_ylim(0, 1.12 * max(threshold, int(table["balance"].max())))
        locator = AutoDateLocator(maxticks=8)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(DateFormatter("%m.%Y"))
        show_numbers(ax.yaxis, compact)
        ax.set(title=say("The account of {name}", name=name) if name else say("The account of a member"),
               ylabel=say("balance, points"))  # fmt: skip
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=4)
    alt = say_count("{count} booking; a reward takes {threshold} points.",
                    "{count} bookings; a reward takes {threshold} points.", len(table),
                    threshold=format_number(threshold))  # fmt: skip
    alt += " " + say("Rewards taken: {rewards}; points expired: {lost}. The balance ends at {balance}.",
                     rewards=format_number(len(taken)), lost=format_number(-int(gone["points"].sum())),
                     balance=format_number(int(table["balance"].iloc[-1])))  # fmt: skip
    describe(ax, alt)
    return ax
