"""Rules of whom to contact: the profit of each by the share contacted, against the truth of a simulated world."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    in_round_units,
    percent_ticks,
    short_money,
    show_numbers,
    styled,
)
from crm_toolkit.texts import format_percent, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis import TargetingRules

_LINES = ((BLUE, "-"), (VERMILLION, "--"), (ORANGE, (0, (5, 1, 1, 1))), (GREY, ":"), ("#009E73", "-."))


def targeting_rules_chart(
    found: TargetingRules,
    *,
    names: Mapping[str, str] | None = None,
    share: float | None = None,
    currency: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the profit of every rule by the share of customers contacted.

    Parameters
    ----------
    found : analysis.TargetingRules
        As `analysis.targeting_rules` returns it, with up to five rules.
    names : mapping, optional
        Rule → what it is called, in the reader's language.
    share : float, optional
        A share that is marked by a line, with a dot on every curve.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If there are more than five rules.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> table = pd.DataFrame({"risk": [0.9, 0.8, 0.3, 0.1], "uplift": [0, 1, 9, 2], "gain": [-2.0, 1, 10, 3]})
    >>> found = analysis.targeting_rules(table, ["risk", "uplift"], contact_cost=2)
    >>> print(plots.alt_text(targeting_rules_chart(found, share=0.5)))
    Profit by the share contacted; at 50%: risk -5.00, uplift 9.00.
    """
    rules = list(dict.fromkeys(found.curves["rule"]))
    if len(rules) > len(_LINES):
        what = say("From 1 to {most} rules can be drawn.", most=len(_LINES))
        raise InputError(say("There is nothing to draw."), [Problem("outside_range", what)])
    words = dict(names or {})
    scale, word = in_round_units(float(found.curves["profit"].abs().max()))
    at = None if share is None else found.at(share)
    told = []
    with styled():
        ax = axes_of_own(7.6, 4.8) if ax is None else ax
        for rule, (colour, line) in zip(rules, _LINES, strict=False):
            mine = found.curves[found.curves["rule"] == rule]
            label = words.get(rule, rule)
            ax.plot(mine["share"], mine["profit"] / scale, color=colour, linestyle=line, linewidth=2.4, label=label)
            if at is not None:
                row = at[at["rule"] == rule].iloc[0]
                ax.plot([row["share"]], [row["profit"] / scale], "o", color=colour, markersize=7, zorder=5)
                told.append(f"{label} {short_money(row['profit'], currency)}")
        if at is not None:
            ax.axvline(float(at["share"].iloc[0]), color=GREY, linewidth=1)
        ax.axhline(0, color=GREY, linewidth=1.2)
        unit = ", ".join(part for part in (currency or say("units of money"), word) if part)
        ax.set(title=say("Whom to contact: profit by rule"), xlim=(0, 1),
               xlabel=say("Share of customers contacted, first the highest by the rule"),
               ylabel=fill(say("Profit by the truth, {unit}", unit=unit), 36))  # fmt: skip
        ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, compact)
        ax.grid(True)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
    if not told:
        told = [f"{words.get(row['rule'], row['rule'])} {short_money(row['profit'], currency)}"
                for row in found.best.to_dict("records")]  # fmt: skip
        describe(ax, say("Profit by the share contacted; the best of each rule: {list}.", list=", ".join(told)))
    else:
        describe(ax, say("Profit by the share contacted; at {share}: {list}.",
                         share=format_percent(float(at["share"].iloc[0]) if at is not None else 0.0, 0),
                         list=", ".join(told)))  # fmt: skip
    return ax
