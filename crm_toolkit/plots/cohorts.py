"""Cohorts in pictures: the heat map of who comes back, and curves of retention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    LIGHT_TO_DARK,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis import CohortTable

VALUES = {
    "retention": mark("Customers of each cohort who bought again"),
    "customers": mark("Active customers of each cohort"),
    "revenue": mark("Money of each cohort"),
    "revenue_per_customer": mark("Money per customer of each cohort"),
}
AGES = {
    "day": mark("Days since the first purchase"),
    "week": mark("Weeks since the first purchase"),
    "month": mark("Months since the first purchase"),
    "quarter": mark("Quarters since the first purchase"),
    "year": mark("Years since the first purchase"),
}
COHORTS = {
    "day": mark("Day of the first purchase"),
    "week": mark("Week of the first purchase (its Monday)"),
    "month": mark("Month of the first purchase"),
    "quarter": mark("Quarter of the first purchase"),
    "year": mark("Year of the first purchase"),
}
PERIODS = {
    "day": mark("Day"),
    "week": mark("Week (its Monday)"),
    "month": mark("Month"),
    "quarter": mark("Quarter"),
    "year": mark("Year"),
}
_NEEDED = ("age", "customers", "active", "retention", "low", "high")
_LINES = ((BLUE, "-"), (VERMILLION, "--"), ("#009E73", "-."), (ORANGE, (0, (5, 1, 1, 1, 1, 1))), ("#CC79A7", ":"))
_MOST_WRITTEN, _MOST_LABELS = 14, 18


def retention_chart(
    table: CohortTable, *, value: str = "retention", currency: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a heat map of cohorts: the oldest on top, time to the right.

    Parameters
    ----------
    table : analysis.CohortTable
        As `analysis.retention_table` returns it.
    value : {"retention", "customers", "revenue", "revenue_per_customer"}
        What is drawn.
    currency : str
        ISO 4217 code for labels, where it is money.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A cell not yet over, or before the cohort began, stays white; a zero is a cell with a number. Age 0, where
        everybody buys by definition, has its numbers but, for retention, no part in the scale of colours. Up to 14
        columns have their numbers written.

    Raises
    ------
    InputError
        If ``value`` is unknown.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> days = pd.to_datetime(["2024-01-05", "2024-02-02", "2024-01-07", "2024-02-09"])
    >>> purchases = pd.DataFrame({"customer_id": [1, 1, 2, 3], "ordered_at": days, "amount": 9.0})
    >>> ax = retention_chart(analysis.retention_table(purchases, as_of="2024-02-29"))
    >>> print(plots.alt_text(ax))
    Customers of each cohort who bought again: a heat map of 2 cohorts, from 2024-01 to 2024-02. 2024-01: 100%, 50%;
    2024-02: 100%.
    """
    if value not in VALUES:
        raise InputError(
            say("`{name}` can't be {value}.", name="value", value=repr(value)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, VALUES))), column="value")],
        )
    cells = getattr(table, value).to_numpy(dtype="float64", na_value=np.nan)
    size, percent = len(cells), value == "retention"
    if table.by == "calendar":
        cells = np.where(np.tri(size, k=-1, dtype=bool), np.nan, cells)
    shown = np.where(np.eye(size, k=0, dtype=bool) if table.by == "calendar" else np.arange(size)[None, :] == 0,
                     np.nan, cells) if percent and size > 1 else cells  # fmt: skip
    largest = float(np.nanmax(np.abs(shown), initial=0)) or 1.0
    two_sided = bool((cells < 0).any())
    write = size <= _MOST_WRITTEN
    with styled():
        ax = (
            axes_of_own(min(max(3.4 + 0.55 * size, 7.4), 12.5), min(max(1.9 + 0.34 * size, 3.2), 9.0))
            if ax is None
            else ax
        )
        mesh = ax.pcolormesh(
            np.clip(cells, -largest, largest),
            cmap=style.TWO_SIDED if two_sided else LIGHT_TO_DARK,
            vmin=-largest if two_sided else 0,
            vmax=largest,
            edgecolors="white",
            linewidth=1.0 if size <= 36 else 0,
        )
        if percent and size > 1:
            _blank_first(ax, table)
        scale, unit = (1.0, "") if percent else style.in_round_units(largest)
        written = [[_in_cell(number, percent, scale) for number in row] for row in cells]
        if write:
            for (row, column), number in np.ndenumerate(cells):
                if not np.isnan(number):
                    plain = percent and np.isnan(shown[row, column])
                    colour = GREY if plain else style.readable_on(tuple(mesh.to_rgba(number)))
                    ax.text(column + 0.5, row + 0.5, written[row][column], color=colour, ha="center", va="center",
                            in_layout=False, fontsize=9.5 if size <= 10 else 8)  # fmt: skip
        _axes(ax, table, size)
        label = _unit(value, currency) + (f", {unit}" if unit else "")
        figure: Any = ax.figure
        bar = figure.colorbar(mesh, ax=ax, label=label, shrink=0.9)
        bar.outline.set_visible(False)
        style.show_numbers(bar.ax.yaxis, percent_ticks if percent else lambda number: format_number(number / scale))
        ax.set_title(say(VALUES[value]))
    lines = [
        say("{name}: {values}", name=name, values=", ".join(cell for cell in row if cell))
        for name, row in zip(table.customers.index, written, strict=True)
    ]
    described = say_count(
        "{title}: a heat map of {count} cohort, from {first} to {last}. {rows}.",
        "{title}: a heat map of {count} cohorts, from {first} to {last}. {rows}.",
        size,
        title=say(VALUES[value]),
        first=table.customers.index[0],
        last=table.customers.index[-1],
        rows="; ".join(lines[:12]) + (" …" if size > 12 else ""),
    )
    describe(ax, described)
    return ax


def _blank_first(ax: Axes, table: CohortTable) -> None:
    """Age 0 is 100 % by definition: a light grey, so that it does not take the scale."""
    from matplotlib.patches import Rectangle

    for row in range(len(table.customers)):
        column = 0 if table.by == "age" else row
        if table.sizes.iloc[row]:
            ax.add_patch(Rectangle((column, row), 1, 1, facecolor="#EDEDED", edgecolor="white", linewidth=1.0))


def _axes(ax: Axes, table: CohortTable, size: int) -> None:
    every = max(-(-size // _MOST_LABELS), 1)
    places = list(range(0, size, every))
    names = [str(name) for name in table.customers.index]
    sizes = [compact(float(count)) for count in table.sizes]
    ax.set_yticks([place + 0.5 for place in places], [f"{names[place]}  ({sizes[place]})" for place in places])
    if table.by == "age":
        ax.set_xticks([place + 0.5 for place in places], [str(place) for place in places])
        ax.set_xlabel(say(AGES[table.unit]))
    else:
        ax.set_xticks([place + 0.5 for place in places], [names[place] for place in places], rotation=45, ha="right")
        ax.set_xlabel(say(PERIODS[table.unit]))
    ax.set_ylabel(say("{cohort}\n(customers)", cohort=say(COHORTS[table.unit])))
    ax.invert_yaxis()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def retention_curve_chart(
    curves: pd.DataFrame | Mapping[str, pd.DataFrame], *, unit: str = "month", ax: Axes | None = None
) -> Axes:
    """Draw the share of customers who are active by age, with intervals.

    Parameters
    ----------
    curves : pandas.DataFrame or mapping
        As `analysis.retention_curve` returns it, or up to five of them by name.
    unit : {"day", "week", "month", "quarter", "year"}
        Unit of the age, for the label.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One line per curve from age 1 on (at age 0 everybody buys, by definition), with a band for the interval.

    Raises
    ------
    InputError
        If a column is missing, the unit is unknown, there are more than five curves, or none reaches age 1.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis
    >>> days = pd.to_datetime(["2024-01-05", "2024-02-02", "2024-01-07", "2024-02-09"])
    >>> purchases = pd.DataFrame({"customer_id": [1, 1, 2, 3], "ordered_at": days, "amount": 9.0})
    >>> curve = analysis.retention_curve(analysis.retention_table(purchases, as_of="2024-02-29"))
    >>> retention_curve_chart(curve).get_xlabel()
    'Months since the first purchase'
    """
    named = {"": curves} if isinstance(curves, pd.DataFrame) else dict(curves)
    _check_curves(named, unit)
    told = []
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.6, 4.6) if ax is None else ax
        for (name, curve), (colour, line) in zip(named.items(), _LINES, strict=False):
            later = curve[curve["age"] > 0]
            ax.fill_between(later["age"], later["low"], later["high"], color=colour, alpha=0.16, linewidth=0)
            ax.plot(later["age"], later["retention"], color=colour, linestyle=line, linewidth=2.2, marker="o",
                    markersize=4, label=name)  # fmt: skip
            told += [_curve_in_words(name, later)] if len(later) else []
        ax.set_ylim(bottom=0)
        ax.margins(x=0.02)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set(
            title=say("Customers who are active, by time since the first purchase"),
            xlabel=say(AGES[unit]),
            ylabel=say("Share of the customers, with interval"),
        )
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        if len(named) > 1:
            ax.legend(loc="upper right")
    describe(ax, say("Line chart of retention. {list}.", list="; ".join(told)))
    return ax


def _check_curves(named: Mapping[str, pd.DataFrame], unit: str) -> None:
    for curve in named.values():
        require_frame(curve, _NEEDED, asked_by="retention_curve_chart")
    if unit not in AGES:
        raise InputError(
            say("`{name}` can't be {value}.", name="unit", value=repr(unit)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, AGES))), column="unit")],
        )
    if not any((curve["age"] > 0).any() for curve in named.values()):
        what = say("No cohort has reached age 1.")
        raise InputError(say("There is nothing to draw."), [Problem("empty", what)])
    if len(named) > len(_LINES):
        what = say("{count} curves can't be told apart; {most} can.", count=len(named), most=len(_LINES))
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])


def _curve_in_words(name: str, curve: pd.DataFrame) -> str:
    first, last = curve.iloc[0], curve.iloc[-1]
    told = say(
        "age {first}: {one}, age {last}: {two} (from {low} to {high})",
        first=int(first["age"]),
        one=format_percent(first["retention"]),
        last=int(last["age"]),
        two=format_percent(last["retention"]),
        low=format_percent(last["low"]),
        high=format_percent(last["high"]),
    )
    return f"{name}: {told}" if name else told


def _in_cell(number: float, percent: bool, scale: float) -> str:
    if np.isnan(number):
        return ""
    if percent:
        return format_percent(number, 0 if number == 0 or number >= 0.0995 else 1)
    return format_number(round(number / scale, 1) if scale > 1 else round(number, 0 if abs(number) >= 100 else 2))


def _unit(value: str, currency: str) -> str:
    if value == "retention":
        return say("Share of the cohort")
    if value == "customers":
        return say("Customers")
    if value == "revenue":
        return say("Money, {unit}", unit=style.money_unit(currency))
    return say("Money per customer, {unit}", unit=style.money_unit(currency))
