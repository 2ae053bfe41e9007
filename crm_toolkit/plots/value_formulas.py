"""Formulas of value in pictures: response curves and equity around the optimum, elasticities of the levers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    LIGHT_TO_DARK,
    VERMILLION,
    axes_of_own,
    compact,
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_money, format_percent, mark, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from crm_toolkit.analysis import OptimalBudgets


def response_chart(best: OptimalBudgets, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw how acquisition and retention respond to spending, with the optimum on both curves.

    Parameters
    ----------
    best : analysis.OptimalBudgets
        As `analysis.optimal_budgets` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two curves up to twice their optimum; a dotted line is a ceiling that no spending reaches.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis
    >>> curve = analysis.ResponseCurve
    >>> best = analysis.optimal_budgets(
    ...     acquisition=curve(0.5, 0.35), retention=curve(0.7, 0.15), margin=50, discount=0.2
    ... )
    >>> response_chart(best).get_ylabel()
    'Share of the people who respond'
    """
    curves = best.curves()
    with styled():
        ax = axes_of_own(7.0, 4.8) if ax is None else ax
        drawn = (
            (
                "acquisition",
                say("acquired"),
                best.acquisition,
                best.acquisition_spend,
                best.acquisition_rate,
                BLUE,
                "-",
            ),
            ("retention", say("retained"), best.retention, best.retention_spend, best.retention_rate, VERMILLION, "--"),
        )
        for kind, word, curve, spend, rate, colour, line in drawn:
            mine = curves[curves["kind"] == kind]
            ax.axhline(curve.ceiling, color=colour, linestyle=":", linewidth=1)
            ax.plot(mine["spend"], mine["rate"], color=colour, linestyle=line, linewidth=2.3, label=word)
            ax.plot([spend], [rate], "o", color=colour, markersize=8, markeredgecolor="white", zorder=5)
            below, above = (-15, 8) if kind == "acquisition" else (-15, 24)
            note = f"{_money(spend, currency)}, {format_percent(rate)}"
            ax.annotate(note, (spend, rate), (9, below if rate > 0 else above), textcoords="offset points",
                        fontsize=9.5,
                        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1})  # fmt: skip
        ax.set_xlim(left=0)
        ax.set_ylim(0, max(best.acquisition.ceiling, best.retention.ceiling) * 1.12)
        ax.set_title(say("Response to spending, and the optimum"), pad=28)
        ax.set_xlabel(say("Spending per person and period, {unit}", unit=style.money_unit(currency)))
        ax.set_ylabel(say("Share of the people who respond"))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3, borderpad=0)
    describe(
        ax,
        say(
            "Two response curves. At the optimum {a_spend} per prospect acquire {a_rate}, {r_spend} per customer and "
            "period retain {r_rate}.",
            a_spend=_money(best.acquisition_spend, currency),
            a_rate=format_percent(best.acquisition_rate),
            r_spend=_money(best.retention_spend, currency),
            r_rate=format_percent(best.retention_rate),
        ),
    )
    return ax


def equity_contour_chart(
    best: OptimalBudgets, *, currency: str = "", at: tuple[float, float] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw customer equity over both spendings: contours with the optimum.

    Parameters
    ----------
    best : analysis.OptimalBudgets
        As `analysis.optimal_budgets` returns it.
    currency : str
        ISO 4217 code for labels.
    at : tuple of float, optional
        A spending on acquisition and retention that is marked with a circle; the axes reach beyond it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The darker the more a prospect is worth; a cross is the optimum.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> curve = analysis.ResponseCurve
    >>> best = analysis.optimal_budgets(
    ...     acquisition=curve(0.5, 0.35), retention=curve(0.7, 0.15), margin=50, discount=0.2
    ... )
    >>> plots.alt_text(equity_contour_chart(best, currency="USD"))
    'Contours of customer equity over both spendings. It is highest, $28.92 per prospect, at $7.49 for acquisition and
    $14.07 for retention.'
    """
    surface = best.surface(reach=(1.1 * at[0], 1.1 * at[1])) if at else best.surface()
    grid = surface.pivot(index="retention_spend", columns="acquisition_spend", values="equity")
    values = grid.to_numpy()
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.0, 4.8) if ax is None else ax
        x, y = grid.columns.to_numpy(dtype=float), grid.index.to_numpy(dtype=float)
        steps = MaxNLocator(nbins=12).tick_values(float(values.min()), float(values.max()))
        filled = ax.contourf(x, y, values, levels=steps, cmap=LIGHT_TO_DARK)
        ax.contour(x, y, values, levels=steps, colors="white", linewidths=0.6)
        ax.plot([best.acquisition_spend], [best.retention_spend], "X", color=VERMILLION, markersize=11,
                markeredgecolor="white", clip_on=False, zorder=5)  # fmt: skip
        if at:
            ax.plot(*at, "o", color="white", markersize=10, markeredgecolor="#1A1A1A", markeredgewidth=1.8,
                    clip_on=False, zorder=6)  # fmt: skip
        ax.annotate(
            say("optimum: {value}", value=_money(best.equity, currency)),
            (best.acquisition_spend, best.retention_spend), (11, 8), textcoords="offset points", fontsize=10,
            bbox={"facecolor": "white", "edgecolor": GREY, "alpha": 0.92, "pad": 2.5, "linewidth": 0.5},
        )  # fmt: skip
        unit = currency or say("units of money")
        figure: Any = ax.figure
        bar = figure.colorbar(filled, ax=ax, label=say("Customer equity per prospect, {unit}", unit=unit), shrink=1.0)
        bar.outline.set_visible(False)
        style.show_numbers(bar.ax.yaxis, compact)
        ax.set(
            title=say("Customer equity by spending"),
            xlabel=say("Acquisition: per prospect, {unit}", unit=unit),
            ylabel=say("Retention: per customer and period, {unit}", unit=unit),
        )
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
    describe(
        ax,
        say(
            "Contours of customer equity over both spendings. It is highest, {value} per prospect, at {a_spend} for "
            "acquisition and {r_spend} for retention.",
            value=_money(best.equity, currency),
            a_spend=_money(best.acquisition_spend, currency),
            r_spend=_money(best.retention_spend, currency),
        ),
    )
    return ax


def budget_page(best: OptimalBudgets, *, currency: str = "") -> Figure:
    """Draw the response curves and the contours side by side, for a report.

    Parameters
    ----------
    best : analysis.OptimalBudgets
        As `analysis.optimal_budgets` returns it.
    currency : str
        ISO 4217 code for labels.

    Returns
    -------
    matplotlib Figure
        ``figure.savefig(path)`` writes it.
    """
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(14, 5), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
    response_chart(best, currency=currency, ax=left)
    equity_contour_chart(best, currency=currency, ax=right)
    return figure


LEVERS = {
    "retention": mark("retention"),
    "margin": mark("margin"),
    "acquisition_cost": mark("acquisition cost (lower)"),
    "discount": mark("discount rate (lower)"),
}


def elasticity_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw by how many per cent customer equity rises when a lever improves by one per cent.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.CustomerEquity.elasticities` returns it: ``lever``, ``elasticity``.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar for each lever, the strongest on top.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> equity = analysis.customer_equity(
    ...     customers=1000, new_customers=100, margin=50, retention=0.8, discount=0.1, acquisition_cost=30
    ... )
    >>> plots.alt_text(elasticity_chart(equity.elasticities())).split(":")[0]
    'One per cent better raises customer equity by'
    """
    require_frame(table, ("lever", "elasticity"), asked_by="elasticity_chart")
    order = table.sort_values("elasticity", ignore_index=True)
    names = [say(LEVERS[lever]) if lever in LEVERS else str(lever) for lever in order["lever"]]
    values = order["elasticity"].to_numpy(dtype=float)
    with styled():
        ax = axes_of_own(7.0, 1.7 + 0.55 * max(len(order), 1)) if ax is None else ax
        ax.barh(range(len(order)), values, height=0.62, color=BLUE)
        ax.axvline(0, color=GREY, linewidth=1)
        for place, value in enumerate(values):
            ax.annotate(format_percent(value / 100, 2), (value, place), (5 if value >= 0 else -5, 0),
                        textcoords="offset points", va="center", ha="left" if value >= 0 else "right")  # fmt: skip
        ax.set_yticks(range(len(order)), names)
        low, high = min(0.0, *values), max(0.0, *values)
        ax.set_xlim(low - (0.16 * (high - low) if low < 0 else 0), high + 0.16 * (high - low or 1))
        ax.set_title(say("What moves customer equity"))
        ax.set_xlabel(say("Rise of customer equity if the lever improves by 1%"))
        ax.locator_params(axis="x", nbins=5)  # per cent with two decimals are wide
        show_numbers(ax.xaxis, lambda value: percent_ticks(value / 100))
        ax.grid(True, axis="x")
    parts = [f"{name} {format_percent(value / 100, 2)}" for name, value in zip(names, values, strict=True)]
    describe(ax, say("One per cent better raises customer equity by: {parts}.", parts=", ".join(parts[::-1])))
    return ax


def _money(value: float, currency: str) -> str:
    return style.short_money(value, currency) if abs(value) >= 9_999.5 else format_money(value, currency, 2)
