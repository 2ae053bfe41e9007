"""What putting failures right brings, by the budget: satisfaction after one failure and after two, and profit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_toolkit.analysis.recovery_budget import LIMITS, RecoveryBudget
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, show_numbers, styled
from crm_toolkit.texts import format_number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def recovery_budget_page(found: RecoveryBudget) -> Figure:
    """Draw satisfaction and profit against the budget for putting a failure right.

    Parameters
    ----------
    found : analysis.RecoveryBudget
        As `analysis.recovery_budget.recovery_budget` returns it.

    Returns
    -------
    matplotlib Figure
        At the left satisfaction after one failure and after two (above 0 is the paradox), at the right the profit of
        one failure with the best budget marked.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.recovery_budget import recovery_budget
    >>> print(plots.alt_text(recovery_budget_page(recovery_budget())).split(". ")[0])
    After one failure satisfaction is above that without a failure from a budget of 57 on; after two failures never
    """
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(10.4, 4.7), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        _satisfaction(found, left)
        _profit(found, right)
        for ax in (left, right):
            ax.axvline(found.budget, color=GREY, linewidth=1.2)
            ax.grid(True, axis="y")
            ax.margins(x=0)
            show_numbers(ax.xaxis, format_number)
            show_numbers(ax.yaxis, format_number)
            ax.set_xlabel(say("Budget for one complaint, units of money"))
            handles: Any = ax.get_legend_handles_labels()[0]
            ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=1)
    describe(right, f"{_paradox(found)} {_best(found)} {say(LIMITS)}")
    return figure


def _satisfaction(found: RecoveryBudget, ax: Axes) -> None:
    x = found.table["budget"]
    ax.axhline(0, color=GREY, linewidth=1.4, linestyle=":", label=say("without a failure"))
    ax.plot(x, found.table["satisfaction_one"], "-", color=BLUE, linewidth=2.4, label=say("after one failure"))
    ax.plot(x, found.table["satisfaction_two"], "--", color=VERMILLION, linewidth=2.4, label=say("after two failures"))
    top = max(float(found.table["satisfaction_one"].max()), 0.0) + 0.5
    ax.set_ylim(-4.2, max(top, 1.0))
    ax.axhspan(0, max(top, 1.0), color=ORANGE, alpha=0.12, linewidth=0)
    ax.annotate(say("paradox"), (0.98, 0.98), xycoords="axes fraction", va="top", ha="right", fontsize=9.5)
    ax.set(title=say("Satisfaction of those who complained"), ylabel=say("Standard deviations from no failure"))


def _profit(found: RecoveryBudget, ax: Axes) -> None:
    table = found.table
    ax.axhline(found.without_failure, color=GREY, linewidth=1.4, linestyle=":", label=say("without a failure"))
    ax.plot(table["budget"], table["profit"], "-", color=BLUE, linewidth=2.4, label=say("with a failure"))
    ax.plot([found.best], [table["profit"].loc[found.best]], "D", color=VERMILLION, markersize=9,
            label=say("best budget: {budget}", budget=format_number(found.best)))  # fmt: skip
    low, high = float(table["profit"].min()), float(table["profit"].max())
    ax.set_ylim(max(low, high - 2.2 * abs(found.without_failure)) - 5, max(found.without_failure, high) * 1.12 + 1)
    ax.set(title=say("Profit of one customer"), ylabel=say("Units of money"))


def _paradox(found: RecoveryBudget) -> str:
    if found.paradox_from is None:
        return say("After one failure satisfaction is never above that without a failure.")
    if found.paradox_twice_from is None:
        return say("After one failure satisfaction is above that without a failure from a budget of {one} on; after "
                   "two failures never.", one=format_number(found.paradox_from))  # fmt: skip
    one, two = format_number(found.paradox_from), format_number(found.paradox_twice_from)
    return say("After one failure satisfaction is above that without a failure from a budget of {one} on, after two "
               "from {two} on.", one=one, two=two)  # fmt: skip


def _best(found: RecoveryBudget) -> str:
    return say("Best budget: {budget}, profit {profit}; without a failure {without}.", budget=format_number(found.best),
               profit=format_number(found.row(found.best)["profit"], 1),
               without=format_number(found.without_failure, 1))  # fmt: skip
