"""Uplift in pictures: the Qini curve with its band, uplift by decile, profit by the share treated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

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
    money_unit,
    percent_ticks,
    short_money,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.uplift.metrics import UpliftCurve
    from crm_toolkit.analysis.uplift.policy import TargetingProfit

_LINES = ((BLUE, "-"), (VERMILLION, "--"), ("#009E73", "-."), (ORANGE, (0, (5, 1, 1, 1, 1, 1))))


def qini_chart(curves: UpliftCurve | Mapping[str, UpliftCurve], *, ax: Axes | None = None) -> Axes:
    """Draw Qini (or uplift) curves: what treating the first customers of a ranking brings.

    Parameters
    ----------
    curves : analysis.UpliftCurve, or up to four by name
        As `analysis.qini_curve` or `analysis.uplift_curve` returns them; of one kind and of the same customers.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A single curve has the band of its intervals; the straight line is a random ranking.

    Raises
    ------
    InputError
        If there is no curve, more than four, or curves of different kinds.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.uplift.metrics import qini_curve
    >>> table = pd.DataFrame({"uplift": [9, 8, 7, 6, 5, 4, 3, 2], "treated": [1, 0] * 4})
    >>> table["outcome"] = [1, 0, 1, 0, 0, 0, 0, 1]
    >>> print(plots.alt_text(qini_chart(qini_curve(table, draws=0))))
    Qini curve of 8 customers by the share treated. Ranking: 2 at 50%, 1 at 100%.
    """
    named: dict[str, Any] = {say("ranking"): curves} if hasattr(curves, "points") else dict(curves)
    kinds = {curve.kind for curve in named.values()}
    if not 1 <= len(named) <= len(_LINES) or len(kinds) != 1:
        what = say("From 1 to {most} curves of one kind can be drawn.", most=len(_LINES))
        raise InputError(say("There is nothing to draw."), [Problem("outside_range", what)])
    kind, told = kinds.pop(), []
    with styled():
        ax = axes_of_own(7.4, 5.2) if ax is None else ax
        for (name, curve), (colour, line) in zip(named.items(), _LINES, strict=False):
            band = curve.band
            if len(named) == 1 and band["low"].notna().any():
                ax.fill_between(band["share"], band["low"], band["high"], color=colour, alpha=0.2, linewidth=0,
                                label=say("{level} interval", level=format_percent(curve.level, 0)))  # fmt: skip
            ax.plot(band["share"], band["gain"], color=colour, linestyle=line, linewidth=2.4, label=name)
            half = float(np.interp(0.5, band["share"], band["gain"]))
            told.append(say("{name}: {half} at 50%, {all} at 100%", name=name[:1].upper() + name[1:],
                            half=_number(half), all=_number(curve.total)))  # fmt: skip
        ax.plot([0, 1], [0, curve.total], color=GREY, linestyle=":", linewidth=1.8, label=say("random ranking"))
        ax.axhline(0, color=GREY, linewidth=0.9)
        ax.set(
            title=say("Qini curve") if kind == "qini" else say("Uplift curve"),
            xlabel=say("Share of customers treated, highest scores first"),
            ylabel=say("Outcomes gained among the treated") if kind == "qini" else say("Outcomes gained in all"),
            xlim=(0, 1),
        )
        ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, compact)
        ax.grid(True)
        ax.legend(loc="upper left" if curve.total >= 0 else "lower left", facecolor="white", frameon=True,
                  edgecolor="none", framealpha=0.9)  # fmt: skip
    alt = say_count(
        "{kind} of {count} customer by the share treated. {list}.",
        "{kind} of {count} customers by the share treated. {list}.",
        curve.customers,
        kind=say("Qini curve") if kind == "qini" else say("Uplift curve"),
        list="; ".join(told),
    )
    describe(ax, alt)
    return ax


def uplift_decile_chart(table: pd.DataFrame, *, percent: bool = True, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw the uplift of groups of customers, from the highest scores to the lowest, with intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.uplift_by_decile` returns it.
    percent : bool
        Whether the outcome is 0 or 1, so that the uplift is shown in percentage points.
    unit : str
        Unit of the outcome otherwise.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A group without customers of an arm has no bar.

    Raises
    ------
    InputError
        If a column is missing or there is nothing to draw.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"decile": [1, 2], "uplift": [0.06, -0.01], "low": [0.02, -0.05], "high": [0.1, 0.03]})
    >>> print(plots.alt_text(uplift_decile_chart(table)))
    Uplift of 2 groups of customers, from the highest scores, percentage points: 6; -1.
    """
    require_frame(table, ("decile", "uplift", "low", "high"), asked_by="uplift_decile_chart")
    factor = 100.0 if percent else 1.0
    uplift, low, high = (table[name].to_numpy(float) * factor for name in ("uplift", "low", "high"))
    if not np.isfinite(uplift).any():
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    x = table["decile"].to_numpy()
    label = say("Uplift, percentage points") if percent else say("Uplift")
    with styled():
        ax = axes_of_own(7.4, 4.6) if ax is None else ax
        colours = [BLUE if value >= 0 else VERMILLION for value in np.nan_to_num(uplift)]
        ax.bar(x, np.nan_to_num(uplift), color=colours, width=0.7)
        known = np.isfinite(low) & np.isfinite(high)
        ax.vlines(x[known], low[known], high[known], color="#1A1A1A", linewidth=1.6)
        ax.axhline(0, color=GREY, linewidth=1.2)
        ax.set(title=say("Uplift by group of customers"), xlabel=say("Group, 1 has the highest scores"),
               ylabel=f"{label}, {unit}" if unit and not percent else label)  # fmt: skip
        if len(x) <= 20:
            ax.set_xticks(x)
        show_numbers(ax.xaxis, compact)
        ax.tick_params(axis="x", length=0)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
    alt = say_count(
        "Uplift of {count} group of customers, from the highest scores, {unit}: {values}.",
        "Uplift of {count} groups of customers, from the highest scores, {unit}: {values}.",
        len(table),
        values="; ".join(_number(value) for value in uplift),
        unit=say("percentage points") if percent else unit or say("unit of the outcome"),
    )
    describe(ax, alt)
    return ax


def targeting_profit_chart(profit: TargetingProfit, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw the profit by the share of customers who are treated, with the best share.

    Parameters
    ----------
    profit : analysis.TargetingProfit
        As `analysis.targeting_profit` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        With the band of the intervals where there are any.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.uplift.policy import targeting_profit
    >>> table = pd.DataFrame({"uplift": [9, 8, 7, 6, 5, 4, 3, 2], "treated": [1, 0] * 4})
    >>> table["outcome"] = [1, 0, 1, 0, 0, 0, 0, 1]
    >>> ax = targeting_profit_chart(targeting_profit(table, margin=10, contact_cost=4, draws=0), currency="USD")
    >>> print(plots.alt_text(ax))
    Profit by the share of customers treated: the best is 50.0% with $24.00; everybody brings -$12.00.
    """
    table = profit.table
    largest = float(np.nanmax(np.abs(table[["profit", "low", "high"]].to_numpy(float))))
    scale, word = in_round_units(largest)
    with styled():
        ax = axes_of_own(7.4, 4.8) if ax is None else ax
        if table["low"].notna().any():
            interval = say("{level} interval", level=format_percent(profit.level, 0))
            ax.fill_between(table["share"], table["low"] / scale, table["high"] / scale, color=BLUE, alpha=0.2,
                            linewidth=0, label=interval)  # fmt: skip
        ax.plot(table["share"], table["profit"] / scale, color=BLUE, linewidth=2.4, label=say("profit"))
        ax.axhline(0, color=GREY, linewidth=1.2)
        best = say("best: {share}, {money}", share=format_percent(profit.best_share, 0),
                   money=short_money(profit.best_profit, currency))  # fmt: skip
        ax.plot([profit.best_share], [profit.best_profit / scale], "o", color=VERMILLION, markersize=9, clip_on=False,
                label=best, linestyle="none")  # fmt: skip
        unit = ", ".join(part for part in (word, money_unit(currency)) if part)
        ax.set(title=say("Whom to treat: profit by the share treated"), xlim=(0, 1),
               xlabel=say("Share of customers treated, highest scores first"),
               ylabel=say("Profit, {unit}", unit=unit))  # fmt: skip
        ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, compact)
        ax.grid(True)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
    alt = say("Profit by the share of customers treated: the best is {share} with {profit}; everybody brings {all}.",
              share=format_percent(profit.best_share), profit=short_money(profit.best_profit, currency),
              all=short_money(profit.profit_everybody, currency))  # fmt: skip
    describe(ax, alt)
    return ax


def _number(value: float) -> str:
    """A number for a sentence, two or three significant digits."""
    if not np.isfinite(value):
        return "—"
    size = abs(value)
    return format_number(round(value, 0 if size >= 100 else 1 if size >= 1 else 2 if size >= 0.1 else 3) + 0.0)
