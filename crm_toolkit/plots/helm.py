"""Twelve quarters at the helm in pictures: what the organisation saw, twins, attribution, luck."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LOOKS: dict[str, tuple[str, str, str]] = {  # who → words, colour, line
    "you": (mark("you"), BLUE, "-"),
    "nothing": (mark("nothing is changed"), GREY, ":"),
    "reference": (mark("a simple rule"), ORANGE, "--"),
}
MEASURES = {
    "cash": mark("Cash at the end, units of money"),
    "equity": mark("Customer equity, units of money"),
    "clients": mark("Clients"),
}


def quarters_chart(
    values: Sequence[float | None],
    *,
    title: str,
    unit: str,
    percent: bool = False,
    expected: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a figure quarter by quarter; a gap where the organisation does not know it.

    Parameters
    ----------
    values : sequence of float or None
        From the first quarter on.
    title, unit : str
        In the reader's language.
    percent : bool
        Whether the values are fractions to be shown as per cent.
    expected : (float, float), optional
        An interval foreseen for the last quarter.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> print(plots.alt_text(quarters_chart([100.0, None, 120.0], title="Clients", unit="people")))
    Clients: quarter 1 100, quarter 3 120. Not known in 1 of 3 quarters.
    """
    if not values:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("No quarter was played yet."))])
    form = (lambda value: format_percent(value, 0)) if percent else compact
    known = [(place, float(value)) for place, value in enumerate(values, start=1) if value is not None]
    with styled():
        ax = axes_of_own(4.6, 2.7) if ax is None else ax
        ax.plot([place for place, _ in known], [value for _, value in known], "o-", color=BLUE, linewidth=2)
        if expected is not None:
            ax.plot([len(values)] * 2, expected, color=ORANGE, linewidth=7, alpha=0.55, solid_capstyle="butt",
                    label=say("your interval"), zorder=1)  # fmt: skip
            ax.legend(loc="best")
        gaps = [place for place in range(1, len(values) + 1) if place not in {one for one, _ in known}]
        for place in gaps:
            ax.axvspan(place - 0.5, place + 0.5, color="#EEEEEE", zorder=0)
        if gaps:
            ax.text(gaps[0], 0.5, " " + say("not known"), transform=ax.get_xaxis_transform(), color=GREY, fontsize=9,
                    va="center")  # fmt: skip
        ax.set_xlim(0.5, max(len(values), 4) + 0.5)
        ax.set_xticks(range(1, max(len(values), 4) + 1))
        if not known:
            ax.set_yticks([])
        ax.set_title(fill(title, 36))
        ax.set_xlabel(say("quarter"))
        ax.set_ylabel(unit)
        show_numbers(ax.yaxis, form)
        ax.grid(True, axis="y")
        ends = [known[0], known[-1]] if len(known) > 1 else known
        said = ", ".join(say("quarter {number} {value}", number=place, value=form(value)) for place, value in ends)
        told = say("{title}: {values}.", title=title, values=said or say("not known"))
        if gaps:
            told += " " + say("Not known in {gaps} of {count} quarters.", gaps=len(gaps), count=len(values))
        describe(ax, told)
    return ax


def helm_twins_chart(quarterly: pd.DataFrame, *, measure: str = "equity", ax: Axes | None = None) -> Axes:
    """Draw a game beside its twins.

    Parameters
    ----------
    quarterly : DataFrame
        As `world.helm.Twins.quarterly`: ``who``, ``quarter`` and the measure.
    measure : {"equity", "cash", "clients"}
        What to draw.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"who": ["you", "nothing"], "quarter": [1, 1], "cash": [12, 10]})
    >>> print(plots.alt_text(helm_twins_chart(table, measure="cash")))
    Cash at the end, units of money. In the end: you 12; nothing is changed 10.
    """
    require_frame(quarterly, ("who", "quarter", measure), asked_by="helm_twins_chart")
    said = []
    with styled():
        ax = axes_of_own(6.2, 3.6) if ax is None else ax
        for who, (words, colour, line) in LOOKS.items():
            part = quarterly[quarterly["who"] == who]
            if len(part):
                ax.plot(part["quarter"], part[measure], line, color=colour, linewidth=2.4, marker="o", markersize=4,
                        label=say(words))  # fmt: skip
                said.append(f"{say(words)} {compact(float(part[measure].iloc[-1]))}")
        ax.set_title(say(MEASURES[measure]))
        ax.set_xlabel(say("quarter"))
        ax.set_xticks(sorted(quarterly["quarter"].unique()))
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncol=3)
        describe(ax, say("{measure}. In the end: {values}.", measure=say(MEASURES[measure]), values="; ".join(said)))
    return ax


def helm_attribution_chart(table: pd.DataFrame, *, labels: dict[str, str], ax: Axes | None = None) -> Axes:
    """Draw what each group of levers contributed to the score.

    Parameters
    ----------
    table : DataFrame
        As `world.helm.Attribution.table`: ``group``, ``lost_without``.
    labels : dict of str to str
        Words for the groups, in the reader's language.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes
        Bars to the right helped, bars to the left cost; they need not add up.

    Raises
    ------
    InputError
        If nothing was changed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"group": ["staff", "price"], "lost_without": [4.0, -1.5]})
    >>> print(plots.alt_text(helm_attribution_chart(table, labels={"staff": "Staff", "price": "Prices"})))
    Points of the score that would be missing without a decision: Staff +4.0; Prices −1.5.
    """
    require_frame(table, ("group", "lost_without"), asked_by="helm_attribution_chart")
    if table.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("No lever was moved."))])
    names = [labels.get(group, group) for group in table["group"]]
    values = table["lost_without"].to_numpy(dtype="float64")
    signed = [("+" if value >= 0 else "−") + format_number(abs(float(value)), 1) for value in values]
    with styled():
        ax = axes_of_own(7.4, 1.3 + 0.42 * len(names)) if ax is None else ax
        rows = np.arange(len(names))[::-1]
        ax.barh(rows, values, color=[BLUE if value >= 0 else VERMILLION for value in values], height=0.62)
        ax.axvline(0, color=GREY, linewidth=1.2)
        reach = max(float(np.abs(values).max()), 0.5)
        for row, value, text in zip(rows, values, signed, strict=True):
            ax.text(value + (0.03 if value >= 0 else -0.03) * reach, row, text, va="center",
                    ha="left" if value >= 0 else "right", fontsize=9.5)  # fmt: skip
        ax.set_xlim(min(float(values.min()), 0) - 0.25 * reach, max(float(values.max()), 0) + 0.25 * reach)
        ax.set_yticks(rows, names)
        ax.set_title(say("What the score would lack without a decision"))
        ax.set_xlabel(say("points of the score"))
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
        pairs = "; ".join(f"{name} {text}" for name, text in zip(names, signed, strict=True))
        describe(ax, say("Points of the score that would be missing without a decision: {values}.", values=pairs))
    return ax


def luck_chart(own: float, others: Sequence[float], percentile: float, *, ax: Axes | None = None) -> Axes:
    """Draw the own score among those of other worlds with the same decisions.

    Parameters
    ----------
    own : float
        Score of this game.
    others : sequence of float
        Scores of the other worlds.
    percentile : float
        Share of them that lies lower.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> print(plots.alt_text(luck_chart(61.0, [55.0, 60.0, 64.0, 58.0], 0.75)))
    The same decisions in 4 other worlds: scores from 55.0 to 64.0, yours 61.0. 75% of the worlds score lower.
    """
    if len(others) < 2:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("At least 2 worlds are needed."))])
    with styled():
        ax = axes_of_own(6.4, 3.2) if ax is None else ax
        from matplotlib.ticker import MaxNLocator

        ax.hist(others, bins=min(max(len(others) // 8, 5), 25), color="#9CC9E3", edgecolor="white")
        ax.axvline(own, color=VERMILLION, linewidth=2.6, label=say("yours: {value}", value=format_number(own, 1)))
        ax.set_title(say("The same decisions, other luck"))
        ax.set_xlabel(say("score"))
        ax.set_ylabel(say("worlds"))
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        show_numbers(ax.xaxis, compact)
        ax.legend(loc="upper left", bbox_to_anchor=(0.0, -0.2))
        describe(ax, say("The same decisions in {count} other worlds: scores from {low} to {high}, yours {own}. "
                         "{share} of the worlds score lower.", count=len(others), low=format_number(min(others), 1),
                         high=format_number(max(others), 1), own=format_number(own, 1),
                         share=format_percent(percentile, 0)))  # fmt: skip
    return ax
