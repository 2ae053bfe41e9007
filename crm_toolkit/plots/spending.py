"""Spending on acquisition and on retention: what the next customer costs beside what a customer is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.plots.value_formulas import equity_contour_chart
from crm_toolkit.texts import format_money, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from crm_toolkit.analysis import Spending

_WORTHS_SHOWN = 2.2  # the axis of costs ends at so many customer values


def marginal_cost_chart(here: Spending, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw average and marginal costs of one customer by spending, beside the value of a customer.

    Parameters
    ----------
    here : analysis.Spending
        As `analysis.judge_spending` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Marginal costs as thick lines with the present spending on them (a triangle where it lies above the picture),
        averages as thin dotted ones, the value of a customer as a level line.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> curve = analysis.ResponseCurve
    >>> here = analysis.judge_spending(
    ...     3, 20, acquisition=curve(0.5, 0.35), retention=curve(0.7, 0.15), margin=50, discount=0.2
    ... )
    >>> print(plots.alt_text(marginal_cost_chart(here, currency="USD")))
    One customer more costs $16.33 to acquire and $191.29 to retain; a customer is worth $74.79. On average one costs
    $9.23 and $30.07.
    """
    best = here.best
    top = _WORTHS_SHOWN * max(here.value, best.value, 1e-9)
    drawn = (
        (say("acquisition"), best.acquisition, here.acquisition_spend, here.acquisition_marginal,
         best.acquisition_spend, BLUE, "-"),
        (say("retention"), best.retention, here.retention_spend, here.retention_marginal, best.retention_spend,
         VERMILLION, "--"),
    )  # fmt: skip
    with styled():
        ax = axes_of_own(7.0, 4.8) if ax is None else ax
        far = 0.0
        for word, curve, spend, cost, optimum, colour, line in drawn:
            end = max(2 * optimum, 1.1 * spend, 1 / curve.speed)
            far = max(far, end)
            x = np.linspace(0, end, 200)
            rate = -curve.ceiling * np.expm1(-curve.speed * x)
            slope = curve.speed * curve.ceiling * np.exp(-curve.speed * x)
            average = np.divide(x, rate, out=np.full_like(x, 1 / (curve.speed * curve.ceiling)), where=rate > 0)
            with np.errstate(divide="ignore"):
                marginal = 1 / slope
            ax.plot(x, marginal, line, color=colour, linewidth=2.5, label=say("one more: {what}", what=word))
            ax.plot(x, average, ":", color=colour, linewidth=1.5, label=say("on average: {what}", what=word))
            inside = cost <= top
            ax.plot([spend], [min(cost, 0.985 * top)], "o" if inside else "^", color=colour, markersize=9,
                    markeredgecolor="white", zorder=5, clip_on=False)  # fmt: skip
        ax.axhline(here.value, color=GREY, linewidth=1.6, label=say("what a customer is worth"))
        ax.set(xlim=(0, far), ylim=(0, top), title=say("What one customer costs"),
               xlabel=say("Spending per person and period, {unit}", unit=currency or say("units of money")),
               ylabel=say("Cost of one customer, {unit}", unit=currency or say("units of money")))  # fmt: skip
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2, fontsize=9)
    describe(
        ax,
        say(
            "One customer more costs {acquire} to acquire and {retain} to retain; a customer is worth {value}. On "
            "average one costs {acquired} and {retained}.",
            acquire=_money(here.acquisition_marginal, currency),
            retain=_money(here.retention_marginal, currency),
            value=_money(here.value, currency),
            acquired=_money(here.acquisition_average, currency),
            retained=_money(here.retention_average, currency),
        ),
    )
    return ax


def spending_page(here: Spending, *, currency: str = "") -> Figure:
    """Draw customer equity over both spendings with the present one, and the costs of one customer beside it.

    Parameters
    ----------
    here : analysis.Spending
        As `analysis.judge_spending` returns it.
    currency : str
        ISO 4217 code for labels.

    Returns
    -------
    matplotlib Figure
        At the left contours with a circle at the present spending and a cross at the optimum.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11.4, 5.2), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
    equity_contour_chart(here.best, currency=currency, at=(here.acquisition_spend, here.retention_spend), ax=left)
    with styled():
        here_word: Any = say("here: {value}", value=_money(here.equity, currency))
        left.set_ylabel(say("Retention: per customer, {unit}", unit=currency or say("units of money")))
        left.annotate(
            here_word, (here.acquisition_spend, here.retention_spend), (11, -16), textcoords="offset points",
            fontsize=10, bbox={"facecolor": "white", "edgecolor": GREY, "alpha": 0.92, "pad": 2.5, "linewidth": 0.5},
        )  # fmt: skip
    marginal_cost_chart(here, currency=currency, ax=right)
    return figure


def _money(value: float, currency: str) -> str:
    if not np.isfinite(value) or value > 1e9:
        return say("beyond all bounds")
    return style.short_money(value, currency) if abs(value) >= 9_999.5 else format_money(value, currency, 2)
