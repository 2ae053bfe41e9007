"""What published effects of loyalty programmes would bring a programme: a picture of what is not known."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from crm_toolkit.analysis.loyalty.effects import EFFECTS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    VERMILLION,
    axes_of_own,
    compact,
    money_unit,
    short_money,
    show_numbers,
    styled,
)
from crm_toolkit.texts import format_percent, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.loyalty.sensitivity import EconomicsMonteCarlo


def effect_draws_chart(found: EconomicsMonteCarlo, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw the change of a member's lifetime value by the finding from which behaviour was drawn.

    Parameters
    ----------
    found : analysis.EconomicsMonteCarlo
        As `analysis.economics_monte_carlo` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        For each finding the mean and the middle 90 % of its draws: a dot where it gains, a cross where it loses.

    Raises
    ------
    InputError
        If there are no draws.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> found = analysis.economics_monte_carlo(analysis.ProgrammeEconomics(), effects=["salon_value"], draws=100)
    >>> print(plots.alt_text(effect_draws_chart(found, currency="USD"))[:70])
    Change of a member's lifetime value by published finding. gain of life
    """
    table = found.by_effect
    if not len(table):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    findings = {effect.code: effect.finding for effect in EFFECTS}
    names = [say("no effect") if code == "none" else say(findings[code]) for code in table["effect"]]
    told = []
    with styled():
        ax = axes_of_own(8.4, 1.7 + 0.85 * len(table)) if ax is None else ax
        ax.axvline(0, color=GREY, linewidth=1.2, linestyle=":", zorder=1)
        for place, (name, row) in enumerate(zip(names, table.to_dict("records"), strict=True)):
            loses = row["value_change"] < 0
            colour = VERMILLION if loses else BLUE
            ax.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=3, solid_capstyle="butt")
            ax.plot([row["value_change"]], [place], "X" if loses else "o", color=colour, markersize=10,
                    markeredgecolor="white")  # fmt: skip
            mean = short_money(row["value_change"], currency)
            ax.annotate(mean, (row["value_change"], place), (0, 9), textcoords="offset points", ha="center",
                        fontsize=9)  # fmt: skip
            told.append(say("{name}: {mean}, from {low} to {high}; {share} of the draws lose", name=name, mean=mean,
                            low=short_money(row["low"], currency), high=short_money(row["high"], currency),
                            share=format_percent(row["loses"], 0)))  # fmt: skip
        ax.set_yticks(range(len(names)), [fill(name, 34) for name in names])
        ax.set_ylim(len(names) - 0.5, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.margins(x=0.12)
        ax.set_title(say("What published effects would bring"))
        ax.set(xlabel=say("Change of a member's lifetime value, {unit}", unit=money_unit(currency)))
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
    describe(ax, say("Change of a member's lifetime value by published finding. {list}.", list="; ".join(told)))
    return ax
