"""Economics of a loyalty programme in pictures: break-even, what moves it, two numbers at once."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.loyalty.economics import MEASURES, NUMBERS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    TWO_SIDED,
    VERMILLION,
    axes_of_own,
    compact,
    money_unit,
    percent_ticks,
    readable_on,
    short_money,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.loyalty.economics import ProgrammeEconomics

_FRACTIONS = ("margin_rate", "face_rate", "redeemed_share", "unit_cost", "lift", "retention", "retention_gain",
              "discount")  # fmt: skip
_VERDICTS = {
    "pays": mark("The whole interval lies above the break-even: the programme pays."),
    "loses": mark("The whole interval lies below the break-even: the programme loses."),
    "open": mark("The break-even lies within the interval: it is not decided."),
}


def break_even_chart(
    economics: ProgrammeEconomics, estimates: pd.DataFrame, *, currency: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the yearly gain of a member by the lift, with the break-even and what was estimated.

    Parameters
    ----------
    economics : analysis.ProgrammeEconomics
        The programme.
    estimates : pandas.DataFrame
        ``name``, ``lift``, ``low``, ``high`` (fractions of the spend without the programme), a row for each method.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The line of the gain; below it the estimates with their intervals. Left of the break-even the programme loses.

    Raises
    ------
    InputError
        If a column is missing or there is no estimate.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> found = pd.DataFrame({"name": ["holdout"], "lift": [0.05], "low": [0.02], "high": [0.08]})
    >>> print(plots.alt_text(break_even_chart(analysis.ProgrammeEconomics(), found, currency="USD")))
    The programme breaks even at a lift of 9.1%. holdout: 5.0% (2.0% to 8.0%). The whole interval lies below the
    break-even: the programme loses.
    """
    require_frame(estimates, ("name", "lift", "low", "high"), asked_by="break_even_chart")
    if estimates.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    least = economics.break_even_lift
    ends = estimates[["lift", "low", "high"]].to_numpy(dtype="float64")
    edge = np.nanmax([np.nanmax(ends), 0.0 if least is None else 1.25 * least, 0.02])
    start = min(float(np.nanmin(ends)), 0.0)
    lifts = np.linspace(start, edge * 1.08, 50)
    gains = np.array([economics.changed(lift=float(np.clip(value, -0.9, 5))).profit_change for value in lifts])
    height = float(gains.max() - gains.min()) or 1.0
    floor, step, told = float(gains.min()), height * 0.12, []
    with styled():
        ax = axes_of_own(7.6, 4.6 + 0.3 * len(estimates)) if ax is None else ax
        ax.axhline(0, color=GREY, linewidth=1.2)
        ax.plot(lifts, gains, color=BLUE, linewidth=2.4, label=say("gain by the lift"))
        if least is None:
            told.append(say("Rewards eat the whole margin: there is no break-even."))
        else:
            told.append(say("The programme breaks even at a lift of {lift}.", lift=format_percent(least)))
            ax.axvline(least, color=VERMILLION, linestyle="--", linewidth=1.8,
                       label=say("break-even {lift}", lift=format_percent(least)))  # fmt: skip
        for place, row in enumerate(estimates.to_dict("records")):
            y = floor - step * (place + 1)
            ax.plot([row["low"], row["high"]], [y, y], color="#1A1A1A", linewidth=2.2, solid_capstyle="butt")
            ax.plot([row["lift"]], [y], "o", color="#1A1A1A", markersize=7.5)
            ax.annotate(str(row["name"]), (max(row["high"], row["lift"]), y), (8, 0), textcoords="offset points",
                        va="center", fontsize=9.5,
                        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1})  # fmt: skip
            told.append(say("{name}: {estimate} ({low} to {high}).", name=row["name"],
                            estimate=format_percent(row["lift"]), low=format_percent(row["low"]),
                            high=format_percent(row["high"])))  # fmt: skip
            told.append(say(_VERDICTS[economics.verdict(row["low"], row["high"])]))
        ax.set_ylim(floor - step * (len(estimates) + 1), floor + height * 1.06)
        ax.set_title(say("Does the lift pay for the rewards?"), pad=30)
        ax.set_xlabel(say("Lift: incremental spend, share of the spend"))
        ax.set_ylabel(say("Gain of a member in a year, {unit}", unit=money_unit(currency)))
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3, borderpad=0)
    describe(ax, " ".join(told))
    return ax


def tornado_chart(
    table: pd.DataFrame, *, measure: str = "value_change", currency: str = "", most: int = 10, ax: Axes | None = None
) -> Axes:
    """Draw which number moves the economics of a programme most.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.tornado_table` returns it.
    measure : {"value_change", "profit_change", "break_even_lift"}
        What was looked at.
    currency : str
        ISO 4217 code for labels.
    most : int
        Longest bars that are drawn; a number that moves nothing has none.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar for each number, the longest on top: light at its low end, dark at its high end.

    Raises
    ------
    InputError
        If a column is missing or there is nothing to draw.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> table = analysis.tornado_table(
    ...     analysis.ProgrammeEconomics(lift=0.05), {"lift": (0, 0.1)}, measure="profit_change"
    ... )
    >>> print(plots.alt_text(tornado_chart(table, measure="profit_change", currency="USD")))
    What moves the margin gained by a member in a year, now -$6.75. Lift: incremental spend, share of the spend: -$15.00
    at 0%, $1.50 at 10%.
    """
    wanted = ("number", "low", "high", "at_low", "at_high", "base")
    require_frame(table, wanted, asked_by="tornado_chart")
    moved = table["at_low"] != table["at_high"]
    rows = table[moved & np.isfinite(table["at_low"]) & np.isfinite(table["at_high"])].head(most)
    if rows.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    base, told = float(rows["base"].iloc[0]), []
    form = percent_value if measure == "break_even_lift" else lambda value: short_money(value, currency)
    with styled():
        ax = axes_of_own(8.6, 1.9 + 0.52 * len(rows)) if ax is None else ax
        for place, row in enumerate(rows.to_dict("records")):
            for end, colour, side in (("at_low", ORANGE, "low"), ("at_high", BLUE, "high")):
                width = row[end] - base
                ax.barh(place, width, left=base, height=0.62, color=colour, zorder=2)
                right = width > 0 or (width == 0 and side == "high")
                ax.annotate(_written(row["number"], row[side]), (row[end], place), (5 if right else -5, 0),
                            textcoords="offset points", ha="left" if right else "right", va="center",
                            fontsize=9,
                            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # fmt: skip
            told.append(say("{name}: {at_low} at {low}, {at_high} at {high}", name=label_of(row["number"]),
                            at_low=form(row["at_low"]), low=_written(row["number"], row["low"]),
                            at_high=form(row["at_high"]), high=_written(row["number"], row["high"])))  # fmt: skip
        ax.axvline(base, color="#1A1A1A", linewidth=1.2, zorder=3)
        ax.axvline(0, color=GREY, linewidth=0.9, linestyle=":", zorder=1)
        ax.set_yticks(range(len(rows)), [fill(label_of(name), 28) for name in rows["number"]])
        ax.set_ylim(len(rows) - 0.45, -0.55)
        ax.tick_params(axis="y", length=0)
        ax.margins(x=0.16)
        unit = "" if measure == "break_even_lift" else f", {money_unit(currency)}"
        words = say(MEASURES[measure])
        ax.set_title(say("What moves the result"), pad=30)
        ax.set(xlabel=words[:1].upper() + words[1:] + unit)
        show_numbers(ax.xaxis, percent_ticks if measure == "break_even_lift" else compact)
        from matplotlib.patches import Patch

        handles = [Patch(color=ORANGE, label=say("at the low end")), Patch(color=BLUE, label=say("at the high end"))]
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3, borderpad=0)
        ax.grid(True, axis="x")
    describe(ax, say("What moves the {measure}, now {base}. {list}.", measure=say(MEASURES[measure]), base=form(base),
                     list="; ".join(told)))  # fmt: skip
    return ax


def sensitivity_chart(
    grid: pd.DataFrame, *, measure: str = "value_change", currency: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the result of a programme for every pair of two numbers, as a heat map.

    Parameters
    ----------
    grid : pandas.DataFrame
        As `analysis.sensitivity_grid` returns it.
    measure : {"value_change", "profit_change", "break_even_lift"}
        What was looked at.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A cell for each pair; the sign stands in it, so that the colour is not needed.

    Raises
    ------
    InputError
        If there is nothing to draw.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> grid = analysis.sensitivity_grid(analysis.ProgrammeEconomics(), "lift", [0, 0.1], "unit_cost", [0.5, 1])
    >>> print(plots.alt_text(sensitivity_chart(grid, currency="USD")))
    Lifetime value gained by a member. What one unit of reward costs the firm 0.5: -$20.00, $26.00; 1: -$40.00, $4.00;
    from left to right: Lift: incremental spend, share of the spend 0%, 10%.
    """
    cells = grid.to_numpy(dtype="float64")
    if not cells.size or not np.isfinite(cells).any():
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    share = measure == "break_even_lift"
    form = percent_value if share else lambda value: short_money(value, currency)
    x, y = str(grid.columns.name), str(grid.index.name)
    words = say(MEASURES[measure])
    words = words[:1].upper() + words[1:]
    with styled():
        ax = axes_of_own(2.6 + 0.95 * grid.shape[1], 1.9 + 0.55 * grid.shape[0]) if ax is None else ax
        largest = float(np.nanmax(np.abs(cells))) or 1.0
        mesh = ax.pcolormesh(cells, cmap=TWO_SIDED, vmin=-largest, vmax=largest, edgecolors="white", linewidth=1.5)
        for (row, column), number in np.ndenumerate(cells):
            colour = GREY if np.isnan(number) else readable_on(tuple(mesh.to_rgba(number)))
            text = "—" if np.isnan(number) else form(number) if share else _cell(number)
            ax.text(column + 0.5, row + 0.5, text, color=colour, ha="center", va="center", fontsize=9.5)
        ax.set_xticks(np.arange(grid.shape[1]) + 0.5, [_written(x, value) for value in grid.columns])
        ax.set_yticks(np.arange(grid.shape[0]) + 0.5, [_written(y, value) for value in grid.index])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set(title=words if share else f"{words},\n{money_unit(currency)}", xlabel=label_of(x),
               ylabel=fill(label_of(y), 30))  # fmt: skip
    rows = ["{}: {}".format(_written(y, name), ", ".join("—" if np.isnan(v) else form(v) for v in row))
            for name, row in zip(grid.index, cells.tolist(), strict=True)]  # fmt: skip
    describe(ax, say("{title}. {y} {rows}; from left to right: {x} {values}.", title=words, y=label_of(y),
                     rows="; ".join(rows), x=label_of(x),
                     values=", ".join(_written(x, value) for value in grid.columns)))  # fmt: skip
    return ax


def label_of(number: str) -> str:
    """The words for a number of a programme."""
    return say(NUMBERS[number].label) if number in NUMBERS else number


def percent_value(value: float) -> str:
    """A share with one digit."""
    return format_percent(value)


def _written(number: str, value: Any) -> str:
    if number == "unit_cost":
        return format_number(round(float(value), 2))
    if number in _FRACTIONS:
        percent = float(value) * 100
        digits = next((d for d in range(2) if abs(percent - round(percent, d)) < 1e-6), 2)
        return format_percent(float(value), digits)
    return format_number(round(float(value), 2 if abs(value) < 1000 else 0))


def _cell(number: float) -> str:
    return format_number(round(number, 0 if abs(number) >= 100 else 1) + 0.0)
