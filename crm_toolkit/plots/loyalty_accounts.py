"""Points in the accounts in pictures: the liability month by month, the triangle, what becomes of points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    LIGHT_TO_DARK,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    in_round_units,
    money_unit,
    percent_ticks,
    readable_on,
    short_money,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_date, format_number, format_percent, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.loyalty.breakage import RedemptionCurve
    from crm_toolkit.analysis.loyalty.chain_ladder import ChainLadder

_MOST_COHORTS = 16


def liability_chart(table: pd.DataFrame, *, currency: str = "", minor_digits: int = 2, ax: Axes | None = None) -> Axes:
    """Draw the liability for points month by month: what was added, what became revenue, what is left.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.liability_rollforward` returns it.
    currency : str
        ISO 4217 code for labels.
    minor_digits : int
        Digits of the currency's minor unit.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Bars upwards (deferred) and downwards (recognised), a line for the liability at the end of the month.

    Raises
    ------
    InputError
        If a column is missing or there is no month.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"month": pd.to_datetime(["2025-01-01", "2025-02-01"]), "deferred_minor": [1000, 400]})
    >>> table["recognised_minor"], table["closing_minor"] = [0, 625], [1000, 775]
    >>> print(plots.alt_text(liability_chart(table, currency="USD")))
    Liability for points over 2 months: $14.00 deferred, $6.25 recognised, $7.75 left at the end; the most was $10.00.
    """
    wanted = ("month", "deferred_minor", "recognised_minor", "closing_minor")
    require_frame(table, wanted, asked_by="liability_chart")
    if table.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    unit = 10**minor_digits
    added, taken, left = (table[name].to_numpy(dtype="float64") / unit for name in wanted[1:])
    scale, word = in_round_units(max(float(np.abs(left).max()), float(np.abs(added).max()), 1.0))
    x = np.arange(len(table))
    with styled():
        ax = axes_of_own(max(7.2, 0.3 * len(table) + 2), 4.8) if ax is None else ax
        ax.bar(x, added / scale, width=0.8, color=BLUE, label=say("deferred for points given"))
        ax.bar(x, -taken / scale, width=0.8, color=ORANGE, label=say("recognised as revenue"))
        ax.plot(x, left / scale, color="#1A1A1A", linewidth=2.2, marker="o", markersize=4,
                label=say("liability at the end"))  # fmt: skip
        ax.axhline(0, color=GREY, linewidth=1)
        step = max(1, -(-len(table) // 7))
        ax.set_xticks(x[::step], [format_date(day.date(), "MMM yy") for day in table["month"].iloc[::step]])
        ax.set_title(say("Liability for points, month by month"), pad=48)
        label = ", ".join(part for part in (word, money_unit(currency)) if part)
        ax.set_ylabel(label[:1].upper() + label[1:] if not currency or word else label)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3, borderpad=0, columnspacing=1.2)
    alt = say_count(
        "Liability for points over {count} month: {added} deferred, {taken} recognised, {left} left at the end; the "
        "most was {most}.",
        "Liability for points over {count} months: {added} deferred, {taken} recognised, {left} left at the end; the "
        "most was {most}.",
        len(table), added=short_money(float(added.sum()), currency), taken=short_money(float(taken.sum()), currency),
        left=short_money(float(left[-1]), currency), most=short_money(float(left.max()), currency),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def chain_ladder_chart(ladder: ChainLadder, *, ax: Axes | None = None) -> Axes:
    """Draw a triangle carried on: what is known, and what is to come by the chain ladder.

    Parameters
    ----------
    ladder : analysis.ChainLadder
        As `analysis.chain_ladder` returns it; the latest 16 cohorts are drawn.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A row for each cohort, a column for each age: known cells upright in colour, cells to come in italics on white;
        the factors below.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> ladder = analysis.chain_ladder(pd.DataFrame([[100, 180], [110, float("nan")]], index=["Q1", "Q2"]))
    >>> print(plots.alt_text(chain_ladder_chart(ladder)))
    Triangle of 2 cohorts, factors by age: 1.8. Known now and in the end: Q1 180 and 180, Q2 110 and 198.
    """
    full, known = ladder.completed().tail(_MOST_COHORTS), ladder.triangle.tail(_MOST_COHORTS).notna().to_numpy()
    cells = full.to_numpy(dtype="float64")
    scale, word = in_round_units(float(np.nanmax(cells)), most=99_999.5)
    names = [_cohort(name) for name in full.index]
    with styled():
        ax = axes_of_own(2.4 + 0.78 * cells.shape[1], 2.2 + 0.42 * cells.shape[0]) if ax is None else ax
        shown = np.where(known, cells, np.nan)
        mesh = ax.pcolormesh(np.ma.masked_invalid(shown), cmap=LIGHT_TO_DARK, vmin=0, vmax=float(np.nanmax(cells)),
                             edgecolors="white", linewidth=1.5)  # fmt: skip
        for (row, column), number in np.ndenumerate(cells):
            here = bool(known[row, column])
            ax.text(column + 0.5, row + 0.5, _short(number / scale), ha="center", va="center", fontsize=9,
                    color=readable_on(tuple(mesh.to_rgba(number))) if here else "#1A1A1A",
                    style="normal" if here else "italic")  # fmt: skip
        factors = ladder.factors["factor"].to_numpy()
        for column, factor in enumerate(factors):
            ax.text(column + 1.0, len(names) + 0.42, f"×{format_number(round(float(factor), 3))}", ha="center",
                    va="center", fontsize=9, color=VERMILLION)  # fmt: skip
        ax.set_xticks(np.arange(cells.shape[1]) + 0.5, [str(age) for age in full.columns])
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set_yticks(np.arange(len(names)) + 0.5, names)
        ax.set_ylim(len(names) + 0.8, 0)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        unit = f", {word}" if word else ""
        ax.set_title(say("Points redeemed by age{unit}: known, and to come (italics)", unit=unit), pad=14)
        ax.set_xlabel(say("Age of the points, periods"))
        ax.set_ylabel(say("Given in"))
    last = ladder.table.tail(_MOST_COHORTS)
    ends = [
        say("{name} {now} and {end}", name=name, now=_short(now), end=_short(end))
        for name, now, end in zip(names, last["latest"], last["ultimate"], strict=True)
    ]
    alt = say_count(
        "Triangle of {count} cohort, factors by age: {factors}. Known now and in the end: {list}.",
        "Triangle of {count} cohorts, factors by age: {factors}. Known now and in the end: {list}.",
        len(names), factors="; ".join(format_number(round(float(factor), 3)) for factor in factors),
        list=", ".join(ends),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def redemption_chart(curve: RedemptionCurve, *, ax: Axes | None = None) -> Axes:
    """Draw what becomes of points by their age: redeemed, still outstanding, expired.

    Parameters
    ----------
    curve : analysis.RedemptionCurve
        As `analysis.redemption_curve` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The redeemed share with its interval; the rest is outstanding or expired.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> moves = pd.DataFrame(
    ...     {"lot_id": 1, "member_id": 5, "at": pd.to_datetime(["2025-01-01", "2025-02-15", "2025-07-01"])}
    ... )
    >>> moves["kind"], moves["points"] = ["earn", "redeem", "expire"], [100, -60, -40]
    >>> curve = analysis.redemption_curve(moves, as_of="2025-12-31", draws=0)
    >>> print(plots.alt_text(redemption_chart(curve)))
    Of 100 points 60.0% are redeemed by an age of 6 months, 40.0% have expired, 0.0% are outstanding.
    """
    table = curve.table
    age, redeemed = table["age"].to_numpy(), table["redeemed"].to_numpy()
    outstanding = table["outstanding"].to_numpy()
    with styled():
        ax = axes_of_own(7.4, 4.6) if ax is None else ax
        ax.fill_between(age, 0, redeemed, step="post", color=BLUE, alpha=0.85, linewidth=0, label=say("redeemed"))
        ax.fill_between(age, redeemed, redeemed + outstanding, step="post", color="#E0E0E0", linewidth=0,
                        label=say("outstanding"))  # fmt: skip
        ax.fill_between(
            age, redeemed + outstanding, 1, step="post", color=ORANGE, linewidth=0, label=say("expired unused")
        )
        if table["low"].notna().any():
            for side in ("low", "high"):
                label = say("{level} interval", level=format_percent(curve.level, 0)) if side == "low" else None
                ax.step(age, table[side], where="post", color="#1A1A1A", linewidth=1.2, linestyle="--", label=label)
        ax.set_title(say("What becomes of points"), pad=30)
        ax.set(xlabel=say("Age, months"), ylabel=say("Share of the points"), ylim=(0, 1),
               xlim=(0, max(float(age[-1]), 0.1)))  # fmt: skip
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, percent_ticks)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.3, borderpad=0, columnspacing=1.2)
    alt = say_count(
        "Of {count} point {redeemed} are redeemed by an age of {age} months, {expired} have expired, {open} are "
        "outstanding.",
        "Of {count} points {redeemed} are redeemed by an age of {age} months, {expired} have expired, {open} are "
        "outstanding.",
        curve.points, redeemed=format_percent(curve.redeemed_share), age=format_number(round(float(age[-1]))),
        expired=format_percent(float(table["expired"].iloc[-1])), open=format_percent(curve.open_share),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def _cohort(name: Any) -> str:
    return format_date(name.date(), "MMM yy") if hasattr(name, "date") else str(name)


def _short(value: float) -> str:
    return format_number(round(float(value), 1 if abs(value) < 10 else 0) + 0.0)
