"""Baskets in pictures: which items go together, and rules by how often they apply and hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import GREY, LIGHT_TO_DARK, TWO_SIDED, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_ITEMS, _MOST_NAMED = 20, 9


def cross_sell_chart(lift: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many times more often two items stand in one basket than by chance.

    Parameters
    ----------
    lift : pandas.DataFrame
        As `analysis.lift_table` returns it; 2 to 20 items.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A heat map: one colour for pairs that seek each other, another for those that avoid each other, white for
        chance.

    Raises
    ------
    InputError
        If the table is not square or has too many items.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.baskets.cross_sell import item_pairs, lift_table
    >>> orders = [(1, "swim"), (1, "towel"), (2, "swim"), (2, "towel"), (3, "swim"), (4, "yoga")]
    >>> pairs = item_pairs(pd.DataFrame(orders, columns=["order_id", "item"]), min_count=1, returns=None)
    >>> plots.alt_text(cross_sell_chart(lift_table(pairs)))
    'Heat map of the lift of 3 items. Most often together: swim and towel 1.33. Most seldom: swim and yoga 0.'
    """
    cells, names = lift.to_numpy(dtype="float64"), [str(name) for name in lift.columns]
    size = len(names)
    if cells.shape != (size, size) or not 2 <= size <= _MOST_ITEMS:
        what = say("A square table of 2 to {most} items is needed.", most=_MOST_ITEMS)
        raise InputError(say("There is nothing to draw."), [Problem("outside_range", what)])
    with styled():
        ax = axes_of_own(min(3.6 + 0.52 * size, 12), min(2.6 + 0.42 * size, 10)) if ax is None else ax
        logs = np.log2(np.clip(cells, 0.25, 4))
        mesh = ax.pcolormesh(logs, cmap=TWO_SIDED, vmin=-2, vmax=2, edgecolors="white", linewidth=1.0)
        ax.set_facecolor("#EDEDED")
        for (row, column), number in np.ndenumerate(cells):
            if not np.isnan(number):
                colour = style.readable_on(tuple(mesh.to_rgba(logs[row, column])))
                ax.text(column + 0.5, row + 0.5, _short(number), color=colour, ha="center", va="center",
                        fontsize=9 if size <= 12 else 7, in_layout=False)  # fmt: skip
        ax.set_yticks(np.arange(size) + 0.5, [_cut(name) for name in names])
        ax.set_xticks(np.arange(size) + 0.5, [_cut(name) for name in names], rotation=40, ha="right",
                      rotation_mode="anchor")  # fmt: skip
        ax.invert_yaxis()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        figure: Any = ax.figure
        bar = figure.colorbar(mesh, ax=ax, shrink=0.9, ticks=[-2, -1, 0, 1, 2])
        bar.ax.set_yticklabels(["≤ ¼", "½", "1", "2", "≥ 4"])
        bar.outline.set_visible(False)
        bar.set_label(say("Lift, 1 = by chance"))
        ax.set_title(say("Which items go together"))
    upper = np.where(np.tri(size, dtype=bool), np.nan, cells)
    high = np.unravel_index(int(np.nanargmax(upper)), upper.shape)
    low = np.unravel_index(int(np.nanargmin(upper)), upper.shape)
    described = say(
        "Heat map of the lift of {count} items. Most often together: {one} and {two} {high}. Most seldom: {three} and "
        "{four} {low}.",
        count=size,
        one=names[high[0]],
        two=names[high[1]],
        high=_short(upper[high]),
        three=names[low[0]],
        four=names[low[1]],
        low=_short(upper[low]),
    )
    describe(ax, described)
    return ax


def association_rules_chart(rules: pd.DataFrame, *, named: int = 5, ax: Axes | None = None) -> Axes:
    """Draw rules by how often they apply (support) and hold (confidence); the darker, the higher the lift.

    Parameters
    ----------
    rules : pandas.DataFrame
        As `analysis.association_rules` returns them, at least one.
    named : int
        How many of the rules with the highest lift are written out, 0 to 9; of rules at almost the same place the one
        with the higher lift.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A point for each rule; numbers lead to the rules below the chart.

    Raises
    ------
    InputError
        If a column is missing, there are no rules, or ``named`` lies outside its range.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.baskets.rules import association_rules
    >>> from crm_toolkit.analysis.baskets.itemsets import frequent_itemsets
    >>> orders = [(1, "swim"), (1, "towel"), (2, "swim"), (2, "towel"), (3, "swim"), (4, "yoga")]
    >>> found = frequent_itemsets(pd.DataFrame(orders, columns=["order_id", "item"]), min_count=2, returns=None)
    >>> print(plots.alt_text(association_rules_chart(association_rules(found))))
    Scatter chart of 2 rules by support and confidence. Highest lift: towel → swim (support 50.0%, confidence 100.0%,
    lift 1.33).
    """
    needed = ("antecedent", "consequent", "support", "confidence", "lift")
    require_frame(rules, needed, asked_by="association_rules_chart")
    if not len(rules):
        what = say("There are no rules.")
        raise InputError(say("There is nothing to draw."), [Problem("empty", what)])
    if not 0 <= named <= _MOST_NAMED:
        what = say("A value from {low} to {high} is allowed.", low=0, high=_MOST_NAMED)
        raise InputError(say("`{name}` can't be {value}.", name="named", value=repr(named)),
                         [Problem("outside_range", what, column="named")])  # fmt: skip
    chosen = _apart(rules, named)
    with styled():
        from matplotlib.lines import Line2D

        ax = axes_of_own(7.8, 4.6 + 0.24 * len(chosen)) if ax is None else ax
        order = np.argsort(rules["lift"].to_numpy(), kind="stable")
        drawn = rules.iloc[order]
        points = ax.scatter(drawn["support"], drawn["confidence"], c=drawn["lift"], cmap=LIGHT_TO_DARK, s=46,
                            edgecolors=GREY, linewidths=0.6, vmin=0)  # fmt: skip
        for number, place in enumerate(chosen, start=1):
            row = rules.iloc[place]
            ax.annotate(str(number), (row["support"], row["confidence"]), (5, 5), textcoords="offset points",
                        fontweight="bold", fontsize=10)  # fmt: skip
        ax.margins(0.09, 0.12)
        figure: Any = ax.figure
        bar = figure.colorbar(points, ax=ax, shrink=0.9)
        bar.outline.set_visible(False)
        bar.set_label(say("Lift, 1 = by chance"))
        show_numbers(bar.ax.yaxis, lambda value: format_number(round(value, 2)))
        ax.set(
            title=say_count("{count} rule", "{count} rules", len(rules)),
            xlabel=say("Support: share of baskets with both sides"),
            ylabel=say("Confidence: share that also has the right side"),
        )
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True)
        if chosen:
            handles = [Line2D([], [], linestyle="", label=f"{number}  {_rule(rules.iloc[place], 76)}")
                       for number, place in enumerate(chosen, start=1)]  # fmt: skip
            ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.15), handlelength=0, handletextpad=0,
                      borderpad=0)  # fmt: skip
    best = rules.iloc[int(np.argmax(rules["lift"].to_numpy()))]
    described = say_count(
        "Scatter chart of {count} rule by support and confidence. Highest lift: {rule} (support {support}, confidence "
        "{confidence}, lift {lift}).",
        "Scatter chart of {count} rules by support and confidence. Highest lift: {rule} (support {support}, confidence "
        "{confidence}, lift {lift}).",
        len(rules),
        rule=_rule(best, 200),
        support=format_percent(best["support"]),
        confidence=format_percent(best["confidence"]),
        lift=format_number(round(best["lift"], 2)),
    )
    describe(ax, described)
    return ax


def _apart(rules: pd.DataFrame, named: int) -> list[int]:
    """Rows with the highest lift that do not lie upon each other."""
    where = rules[["support", "confidence"]].to_numpy(dtype="float64")
    size = np.ptp(where, axis=0)
    where = where / np.where(size > 0, size, 1)
    chosen: list[int] = []
    for row in np.argsort(-rules["lift"].to_numpy(), kind="stable").tolist():
        if len(chosen) == named:
            break
        if all(np.abs(where[row] - where[other]).max() > 0.06 for other in chosen):
            chosen.append(row)
    return chosen


def _rule(row: Any, width: int) -> str:
    left, right = (", ".join(map(str, row[side])) for side in ("antecedent", "consequent"))
    return _cut(f"{left} → {right}", width)


def _cut(name: str, width: int = 24) -> str:
    return name if len(name) <= width else f"{name[: width - 1]}…"


def _short(number: float) -> str:
    return format_number(round(float(number), 2 if number < 9.95 else 0))
