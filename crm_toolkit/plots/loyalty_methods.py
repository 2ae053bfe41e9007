"""What a programme did, in pictures: methods side by side, beside the truth, over many worlds; mechanisms."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.loyalty.methods import METHODS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import label_of
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    axes_of_own,
    compact,
    money_unit,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.loyalty.methods import ProgrammeEvaluation


def programme_methods_chart(
    evaluation: ProgrammeEvaluation,
    *,
    truth: Mapping[str, float] | None = None,
    unit: str = "",
    labels: Mapping[Any, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what every method says of a programme, beside the truth where it is known.

    Parameters
    ----------
    evaluation : analysis.ProgrammeEvaluation
        As `analysis.evaluate_programme` returns it.
    truth : mapping of str to float, optional
        True effect on a ``"member"`` and on an ``"invited"`` customer.
    unit : str
        Unit of the outcome, or the code of a currency.
    labels : mapping, optional
        What the outcome is called in the picture; by default the name of its column.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A row for each method; filled where the interval holds the truth, hollow where not.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> table = pd.DataFrame({"member": [1, 1, 1, 0, 0, 0], "before_2": [8, 9, 10, 4, 5, 6]})
    >>> table["before_1"], table["after"] = [9, 10, 12, 5, 7, 6], [12, 14, 15, 6, 7, 7]
    >>> found = analysis.evaluate_programme(table, covariates=[])
    >>> print(plots.alt_text(programme_methods_chart(found, truth={"member": 2.0})))
    Effect by method. naive comparison: 7 (3.69 to 10.3), not the truth 2; difference in differences: 2.67 (1.36 to
    3.98), holds the truth 2.
    """
    known, told = dict(truth or {}), []
    rows = evaluation.table.to_dict("records")
    with styled():
        ax = axes_of_own(8.4, 1.9 + 0.52 * len(rows)) if ax is None else ax
        ax.axvline(0, color=GREY, linewidth=1.2)
        for place, row in enumerate(rows):
            true = known.get(row["about"])
            wrong = true is not None and not row["low"] <= true <= row["high"]
            colour = VERMILLION if wrong else BLUE
            ends = np.isfinite([row["low"], row["high"]]).all()
            if ends:
                ax.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=2.4, solid_capstyle="butt")
            ax.plot([row["estimate"]], [place], "o", markersize=8.5, color="white" if wrong else colour,
                    markeredgecolor=colour, markeredgewidth=2)  # fmt: skip
            said = say("{name}: {estimate} ({low} to {high})", name=row["name"], estimate=_number(row["estimate"]),
                       low=_number(row["low"]), high=_number(row["high"]))  # fmt: skip
            if true is not None:
                ax.plot([true, true], [place - 0.36, place + 0.36], color="#1A1A1A", linewidth=3)
                word = say("not the truth {truth}", truth=_number(true)) if wrong else ""
                said += ", " + (word or say("holds the truth {truth}", truth=_number(true)))
            told.append(said)
        ax.set_yticks(range(len(rows)), [fill(row["name"], 26) for row in rows])
        ax.set_ylim(len(rows) - 0.45, -0.55)
        ax.tick_params(axis="y", length=0)
        label = say("Effect on “{metric}” per customer", metric=label_of(evaluation.outcome, labels))
        ax.set_title(say("What the programme did, by method"), pad=30 if known else None)
        ax.set_xlabel(f"{label}, {unit}" if unit else label)
        ax.margins(x=0.08)
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
        if known:
            _key(ax)
    describe(ax, say("Effect by method. {list}.", list="; ".join(told)))
    return ax


def _key(ax: Axes) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color="#1A1A1A", marker="|", markersize=14, markeredgewidth=3, linestyle="none",
               label=say("truth")),
        Line2D([], [], color=BLUE, marker="o", markersize=8, linewidth=2.2, label=say("holds the truth")),
        Line2D([], [], color=VERMILLION, marker="o", markersize=8, linewidth=2.2, markerfacecolor="white",
               markeredgewidth=2, label=say("does not")),
    ]  # fmt: skip
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.3, borderpad=0)


def methods_over_worlds_chart(table: pd.DataFrame, *, log: bool = False, ax: Axes | None = None) -> Axes:
    """Draw the estimate of every method over the truth, world by world.

    Parameters
    ----------
    table : pandas.DataFrame
        ``method`` (as `analysis.evaluate_programme` calls them), ``ratio`` (estimate/truth): a row for each method and
        world.
    log : bool
        Whether the axis is logarithmic; ratios below a tenth and negative ones stand at its left edge then.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A point for each world; the bar is the middle half, the stroke the median. At 1 the method is right.

    Raises
    ------
    InputError
        If a column is missing or there is nothing to draw.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"method": ["naive"] * 3 + ["late"] * 3, "ratio": [6, 7, 8, 0.9, 1, 1.2]})
    >>> print(plots.alt_text(methods_over_worlds_chart(table)))
    Estimate over truth in 3 worlds, median and middle half: naive comparison 7 (6.5 to 7.5); holdout: effect of joining
    (LATE) 1 (0.95 to 1.1).
    """
    require_frame(table, ("method", "ratio"), asked_by="methods_over_worlds_chart")
    sound = table[np.isfinite(table["ratio"].to_numpy(dtype="float64"))]
    if sound.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    order = [name for name in METHODS if name in set(sound["method"])]
    told, worlds = [], 0
    values = sound["ratio"].to_numpy(dtype="float64")
    least = max(float(values[values > 0].min(initial=1.0)) * 0.9, 0.1)
    with styled():
        ax = axes_of_own(8.4, 1.7 + 0.62 * len(order)) if ax is None else ax
        for place, name in enumerate(order):
            mine = np.sort(sound.loc[sound["method"] == name, "ratio"].to_numpy(dtype="float64"))
            worlds = max(worlds, len(mine))
            low, middle, high = np.quantile(mine, [0.25, 0.5, 0.75])
            drawn = np.maximum(mine, least) if log else mine
            shift = 0.22 * ((np.arange(len(mine)) * 0.618034) % 1 - 0.5)
            ends = np.maximum([low, high], least) if log else np.array([low, high])
            ax.barh(place, ends[1] - ends[0], left=ends[0], height=0.5, color=ORANGE, alpha=0.55, linewidth=0)
            ax.plot(drawn, place + shift, "o", color=BLUE, markersize=4.5, alpha=0.6, markeredgewidth=0)
            shown = max(middle, least) if log else middle
            ax.plot([shown, shown], [place - 0.32, place + 0.32], color="#1A1A1A", linewidth=2.6)
            told.append(
                say(
                    "{name} {value} ({low} to {high})",
                    name=say(METHODS[name]),
                    value=_number(middle),
                    low=_number(low),
                    high=_number(high),
                )
            )
        ax.axvline(1, color=VERMILLION, linestyle="--", linewidth=1.8)
        if log:
            ax.set_xscale("log")
            from matplotlib.ticker import FixedLocator, NullLocator

            marks = [m for m in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if least * 0.9 <= m <= values.max() * 1.3]
            ax.xaxis.set_major_locator(FixedLocator(marks))
            ax.xaxis.set_minor_locator(NullLocator())
        ax.set_yticks(range(len(order)), [fill(say(METHODS[name]), 26) for name in order])
        ax.set_ylim(len(order) - 0.45, -0.55)
        ax.tick_params(axis="y", length=0)
        ax.set(title=say("Estimate over truth, world by world"),
               xlabel=say("Estimate divided by the true effect; 1 is right"))  # fmt: skip
        show_numbers(ax.xaxis, lambda value: format_number(round(value, 2)))
        ax.grid(True, axis="x")
    alt = say_count(
        "Estimate over truth in {count} world, median and middle half: {list}.",
        "Estimate over truth in {count} worlds, median and middle half: {list}.",
        worlds, list="; ".join(told),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def mechanisms_chart(
    table: pd.DataFrame, *, labels: Mapping[str, str] | None = None, unit: str = "", ax: Axes | None = None
) -> Axes:
    """Draw what each mechanism contributed: Shapley value, alone, and lost without it.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.shapley_of_switches` returns it.
    labels : mapping of str to str, optional
        Words for the mechanisms; by default their names.
    unit : str
        Unit of the result, or the code of a currency.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar for each mechanism, the largest on top, and two signs.

    Raises
    ------
    InputError
        If a column is missing or there is nothing to draw.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> table = analysis.shapley_of_switches(lambda on: 10.0 * ({"a", "b"} <= on), ["a", "b"])
    >>> print(plots.alt_text(mechanisms_chart(table)))
    Shapley values of 2 mechanisms, together 10. a: 5, alone 0, lost without it 10; b: 5, alone 0, lost without it 10.
    """
    wanted = ("switch", "shapley", "alone", "lost_without")
    require_frame(table, wanted, asked_by="mechanisms_chart")
    if table.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    words, told = dict(labels or {}), []
    rows = table.sort_values("shapley", ascending=False, kind="stable").to_dict("records")
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    with styled():
        ax = axes_of_own(8.0, 2.1 + 0.55 * len(rows)) if ax is None else ax
        ax.axvline(0, color=GREY, linewidth=1.2)
        for place, row in enumerate(rows):
            ax.barh(place, row["shapley"], height=0.55, color=BLUE if row["shapley"] >= 0 else VERMILLION)
            ax.plot([row["alone"]], [place], "D", color="white", markeredgecolor="#1A1A1A", markersize=7,
                    markeredgewidth=1.6)  # fmt: skip
            ax.plot([row["lost_without"]], [place], "X", color=ORANGE, markeredgecolor="#1A1A1A", markersize=9,
                    markeredgewidth=0.8)  # fmt: skip
            told.append(say("{name}: {value}, alone {alone}, lost without it {lost}",
                            name=words.get(row["switch"], row["switch"]), value=_number(row["shapley"]),
                            alone=_number(row["alone"]), lost=_number(row["lost_without"])))  # fmt: skip
        ax.set_yticks(range(len(rows)), [fill(words.get(row["switch"], row["switch"]), 26) for row in rows])
        ax.set_ylim(len(rows) - 0.45, -0.55)
        ax.tick_params(axis="y", length=0)
        ax.set_title(say("What each mechanism contributed"), pad=30)
        ax.set_xlabel(money_unit(unit) if unit else say("Result"))
        ax.margins(x=0.08)
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
        handles: list[Any] = [
            Patch(color=BLUE, label=say("Shapley value")),
            Line2D([], [], marker="D", color="white", markeredgecolor="#1A1A1A", linestyle="none", label=say("alone")),
            Line2D([], [], marker="X", color=ORANGE, markeredgecolor="#1A1A1A", markersize=9, linestyle="none",
                   label=say("lost without it")),
        ]  # fmt: skip
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.3, borderpad=0)
    alt = say_count(
        "Shapley value of {count} mechanism, together {total}. {list}.",
        "Shapley values of {count} mechanisms, together {total}. {list}.",
        len(rows), total=_number(float(table["shapley"].sum())), list="; ".join(told),
    )  # fmt: skip
    describe(ax, alt)
    return ax


def _number(value: float) -> str:
    """A number for a sentence, three significant digits."""
    if not np.isfinite(value):
        return "—"
    size = abs(value)
    return format_number(round(value, 0 if size >= 100 else 1 if size >= 10 else 2) + 0.0)
