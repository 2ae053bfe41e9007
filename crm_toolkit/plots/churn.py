"""Models of churn in pictures: calibration, lift, profit by depth, importance, and risk against effect."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    money_unit,
    percent_ticks,
    short_money,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.churn.profit import ChurnProfitCurve
    from crm_toolkit.analysis.churn.targeting import ChurnTargeting

POLICIES = {
    "nobody": mark("nobody"),
    "risk": mark("highest risk"),
    "value_at_risk": mark("highest value at risk"),
    "effect": mark("highest effect"),
    "gain": mark("everyone with a gain"),
    "everybody": mark("everybody"),
}
FEATURE_NAMES = {
    "purchase_days": mark("days with a purchase"),
    "recency_days": mark("days since the last purchase"),
    "tenure_days": mark("days since the first purchase"),
    "gap_days": mark("mean pause between purchases"),
    "pause_ratio": mark("present pause by the usual one"),
    "purchase_days_recent": mark("days with a purchase lately"),
    "amount": mark("money in all"),
    "amount_mean": mark("money per day with a purchase"),
    "amount_recent": mark("money lately"),
    "returns": mark("lines of returns"),
}


def churn_calibration_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share that left against the foretold probability, bin by bin.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.churn_calibration_table` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Dots on the dotted line are right; a cross of another colour marks a bin whose interval misses it.

    Raises
    ------
    InputError
        If a column is missing or the table is empty.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"probability": [0.1, 0.5], "churn_rate": [0.12, 0.7], "low": [0.05, 0.6]})
    >>> table["high"], table["within"] = [0.2, 0.8], [True, False]
    >>> churn_calibration_chart(table).get_ylabel()
    'Share that left, with interval'
    """
    _check(table, ("probability", "churn_rate", "low", "high", "within"), "churn_calibration_chart")
    with styled():
        ax = axes_of_own(6.2, 5.2) if ax is None else ax
        top = min(1.0, 1.12 * float(max(table["high"].max(), table["probability"].max())))
        ax.plot([0, top], [0, top], color=GREY, linewidth=1.2, linestyle=":", label=say("as foretold"))
        for fits, colour, marker, label in (
            (True, BLUE, "o", say("interval holds the probability")),
            (False, VERMILLION, "X", say("interval misses it")),
        ):
            part = table[table["within"].astype(bool) == fits]
            if len(part):
                reach = [part["churn_rate"] - part["low"], part["high"] - part["churn_rate"]]
                ax.errorbar(part["probability"], part["churn_rate"], yerr=reach, fmt=marker, color=colour, markersize=7,
                            linewidth=1.6, label=label)  # fmt: skip
        ax.set(
            title=say("Do the probabilities hold?"),
            xlabel=say("Foretold probability of leaving"),
            ylabel=say("Share that left, with interval"),
            xlim=(0, top),
            ylim=(0, top),
        )
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True)
        ax.legend(loc="upper left")
    rows = [
        say("{foretold} foretold, {found} left", foretold=format_percent(one), found=format_percent(other))
        for one, other in zip(table["probability"], table["churn_rate"], strict=True)
    ]
    alt = say_count(
        "Calibration of foretold churn in {count} bin: {rows}. Bins whose interval holds the probability: {within}.",
        "Calibration of foretold churn in {count} bins: {rows}. Bins whose interval holds the probability: {within}.",
        len(table), rows="; ".join(rows), within=int(table["within"].sum()),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def churn_lift_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw which share of the leavers is found among the customers with the highest probabilities.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.churn_lift_table` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The curve of gains; the dotted line is a choice by lot. Numbers are the lift so far, at up to six points.

    Raises
    ------
    InputError
        If a column is missing or the table is empty.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"share": [0.5, 1.0], "gain": [0.8, 1.0], "lift_so_far": [1.6, 1.0]})
    >>> plots.alt_text(churn_lift_chart(table))
    'Curve of gains: the first 50.0% of the customers hold 80.0% of the leavers, lift 1.6.'
    """
    _check(table, ("share", "gain", "lift_so_far"), "churn_lift_chart")
    share, gain = (np.concatenate([[0.0], table[name].to_numpy(float)]) for name in ("share", "gain"))
    lift = table["lift_so_far"].to_numpy(float)
    with styled():
        ax = axes_of_own(6.6, 4.8) if ax is None else ax
        ax.plot(share, gain, color=BLUE, linewidth=2.4, marker="o", label=say("by the model"))
        ax.plot([0, 1], [0, 1], color=GREY, linewidth=1.2, linestyle=":", label=say("by lot"))
        for place in range(0, min(len(lift) - 1, 5)):
            ax.annotate(f"×{format_number(round(float(lift[place]), 1))}", (share[place + 1], gain[place + 1]), (7, -4),
                        textcoords="offset points", fontsize=9.5, va="top")  # fmt: skip
        ax.set(
            title=say("How many leavers the first ones hold"),
            xlabel=say("Share of customers, the highest probabilities first"),
            ylabel=say("Share of all leavers"),
            xlim=(0, 1),
            ylim=(0, 1.03),
        )
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True)
        ax.legend(loc="lower right")
    alt = say(
        "Curve of gains: the first {share} of the customers hold {gain} of the leavers, lift {lift}.",
        share=format_percent(share[1]), gain=format_percent(gain[1]), lift=format_number(round(float(lift[0]), 2)),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def churn_profit_chart(curve: ChurnProfitCurve, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw what an offer brings by how many customers get it.

    Parameters
    ----------
    curve : analysis.ChurnProfitCurve
        As `analysis.churn_profit_curve` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Profit by what happened with its interval, profit by the probabilities, the best depth after the event and the
        depth of the break-even rule.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.churn.profit import churn_profit_curve
    >>> scored = pd.DataFrame({"churned": [1, 0, 1, 0], "probability": [0.9, 0.6, 0.4, 0.1]})
    >>> curve = churn_profit_curve(scored, value=100, saved_share=0.3, contact_cost=8)
    >>> churn_profit_chart(curve).get_xlabel()
    'Share of customers contacted, those with the most to lose first'
    """
    table = curve.table
    share = table["share"].to_numpy(float)
    with styled():
        ax = axes_of_own(7.6, 5.2) if ax is None else ax
        ax.fill_between(share, table["low"], table["high"], color=BLUE, alpha=0.16, linewidth=0)
        ax.plot(share, table["profit"], color=BLUE, linewidth=2.4, label=say("by what happened"))
        ax.plot(share, table["profit_expected"], color=ORANGE, linewidth=2.2, linestyle="--",
                label=say("by the probabilities"))  # fmt: skip
        ax.axhline(0, color=GREY, linewidth=1)
        rule, best = curve.at_break_even, curve.best
        ax.axvline(float(rule["share"]), color=GREY, linewidth=1.2, linestyle=":", label=say("break-even rule"))
        ax.plot([float(best["share"])], [float(best["profit"])], "D", color=VERMILLION, markersize=8,
                label=say("best after the event"))  # fmt: skip
        ax.set(
            title=say("What the offer brings, by depth"),
            xlabel=say("Share of customers contacted, those with the most to lose first"),
            ylabel=say("Profit, {unit}", unit=money_unit(currency)),
            xlim=(0, 1),
        )
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    alt = say(
        "By the break-even rule {rule} of the customers are contacted and {one} is earned; "
        "the best depth was {best} with {two}; contacting everybody brings {all}.",
        rule=format_percent(float(rule["share"])), one=short_money(float(rule["profit"]), currency),
        best=format_percent(float(best["share"])), two=short_money(float(best["profit"]), currency),
        all=short_money(curve.everybody, currency),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def churn_importance_chart(table: pd.DataFrame, *, most: int = 12, ax: Axes | None = None) -> Axes:
    """Draw how much worse a model foretells without each column.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.churn_importance_table` returns it.
    most : int
        At most so many features, the most important ones.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own, as high as there are features.

    Returns
    -------
    matplotlib Axes
        Bars with the middle 90 % of the shuffles; features of `analysis.churn_features` bear their names in words.

    Raises
    ------
    InputError
        If a column is missing or the table is empty.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"feature": ["returns"], "importance": [0.08], "low": [0.06], "high": [0.1]})
    >>> plots.alt_text(churn_importance_chart(table))
    'Importance of 1 feature, the most important first: lines of returns 0.08.'
    """
    _check(table, ("feature", "importance", "low", "high"), "churn_importance_chart")
    shown = table.head(most)
    names = [say(FEATURE_NAMES[name]) if name in FEATURE_NAMES else str(name) for name in shown["feature"]]
    value = shown["importance"].to_numpy(float)
    with styled():
        ax = axes_of_own(7.6, 1.5 + 0.4 * len(shown)) if ax is None else ax
        ax.barh(range(len(shown)), value, color=BLUE, height=0.62)
        reach = [np.maximum(value - shown["low"], 0), np.maximum(shown["high"] - value, 0)]
        ax.errorbar(value, range(len(shown)), xerr=reach, fmt="none", ecolor="#1A1A1A", linewidth=1.4, capsize=3)
        ax.axvline(0, color=GREY, linewidth=1)
        ax.set_yticks(range(len(shown)), [fill(name, 32) for name in names])
        ax.set_ylim(len(shown) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.set(
            title=say("What the model goes by"),
            xlabel=say("Loss when shuffled, with the middle 90%"),
        )
        show_numbers(ax.xaxis, format_number)
        ax.grid(True, axis="x")
    told = [f"{name} {format_number(round(float(one), 3) + 0.0)}" for name, one in zip(names, value, strict=True)]
    alt = say_count(
        "Importance of {count} feature, the most important first: {rows}.",
        "Importance of {count} features, the most important first: {rows}.",
        len(shown),
        rows="; ".join(told),
    )
    describe(ax, alt)
    return ax


def churn_targeting_chart(result: ChurnTargeting, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw the profit of each policy of contacting: risk against effect.

    Parameters
    ----------
    result : analysis.ChurnTargeting
        As `analysis.churn_targeting_table` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Bars for the profit by effect scores, dots with intervals for the profit measured in the experiment, as far as
        there are; beside each how many are contacted and how many of them the policy by risk contacts too.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.churn.targeting import churn_targeting_table
    >>> table = pd.DataFrame({"customer_id": [1, 2, 3, 4], "probability": [0.9, 0.6, 0.4, 0.1]})
    >>> table["effect"] = [0.0, 0.3, 0.2, -0.1]
    >>> result = churn_targeting_table(table, contacts=0.5, value=100, contact_cost=5)
    >>> print(plots.alt_text(churn_targeting_chart(result)))
    Profit of 5 policies of contacting: highest risk 20.00; highest value at risk 20.00; highest effect 40.00; everyone
    with a gain 40.00; everybody 20.00.
    """
    table = result.policies[result.policies["policy"] != "nobody"].reset_index(drop=True)
    expected, measured = table["profit_expected"].to_numpy(float), table["profit_measured"].to_numpy(float)
    scored, tried = bool(np.isfinite(expected).any()), bool(np.isfinite(measured).any())
    names = [say(POLICIES[policy]) for policy in table["policy"]]
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(8.6, 1.8 + 0.55 * len(table)) if ax is None else ax
        place = np.arange(len(table))
        if scored:
            ax.barh(place, expected, color=ORANGE, height=0.6, label=say("by effect scores"))
        if tried:
            reach = [measured - table["low"], table["high"] - measured]
            ax.errorbar(measured, place, xerr=reach, fmt="o", color=BLUE, markersize=8, linewidth=2, capsize=4,
                        label=say("measured in the experiment"))  # fmt: skip
        ax.axvline(0, color=GREY, linewidth=1)
        ax.set_yticks(place, [fill(name, 24) for name in names])
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        for row, (people, common) in enumerate(zip(table["customers"], table["shared_with_risk"], strict=True)):
            words = say("contacted {people}\nof them by risk too {share}", people=compact(round(people)),
                        share=format_percent(common, 0))  # fmt: skip
            ax.annotate(words, (1, row), (8, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
                        va="center", fontsize=9, annotation_clip=False)  # fmt: skip
        ax.set(
            title=say("Whom to contact: risk against effect"),
            xlabel=say("Profit of the policy, {unit}", unit=money_unit(currency)),
        )
        ax.xaxis.set_major_locator(MaxNLocator(5))
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
        if scored and tried:
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    told = []
    for name, one, other in zip(names, expected, measured, strict=True):
        best = other if np.isfinite(other) else one
        told.append(f"{name} {short_money(float(best), currency)}" if np.isfinite(best) else name)
    alt = say_count(
        "Profit of {count} policy of contacting: {rows}.",
        "Profit of {count} policies of contacting: {rows}.",
        len(table),
        rows="; ".join(told),
    )
    describe(ax, alt)
    return ax


def _check(table: pd.DataFrame, columns: tuple[str, ...], asked_by: str) -> None:
    require_frame(table, columns, asked_by=asked_by)
    if not len(table):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
