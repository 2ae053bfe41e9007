"""Experiments in pictures: effects with their intervals, looks at a running test, peeking, power, balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.experiments.arms import ArmComparison
    from crm_toolkit.analysis.experiments.groups import GroupEffects
    from crm_toolkit.analysis.experiments.means import EffectEstimate
    from crm_toolkit.analysis.experiments.peeking import PeekingSimulation
    from crm_toolkit.analysis.experiments.sequential import SequentialTest

GREEN, PINK = "#009E73", "#CC79A7"
_LINES = ((BLUE, "-"), (VERMILLION, "--"), (GREEN, "-."), (ORANGE, (0, (5, 1, 1, 1, 1, 1))), (PINK, ":"))
_NO_EFFECT = {"difference": 0.0, "ratio": 1.0, "superiority": 0.5}
_SCALES = {
    "difference": mark("Difference from the control group"),
    "points": mark("Difference from the control group, percentage points"),
    "ratio": mark("Ratio to the control group"),
    "superiority": mark("Probability of having more than the control group"),
}
_MOST_ROWS = 30


def effect_chart(
    effects: ArmComparison | GroupEffects | Sequence[EffectEstimate] | Mapping[str, EffectEstimate],
    *,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw effects with their intervals, one below the other (a forest plot).

    Parameters
    ----------
    effects : ArmComparison, GroupEffects, or effects in a list or by name
        As `analysis.compare_arms`, `analysis.effect_by_group`, `analysis.compare_means` and their neighbours return
        them; all of one scale. Groups have the effect of all together below them.
    unit : str
        Unit of the outcome for the axis, such as "₽".
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        An interval that holds “no effect” is drawn hollow. Shares are in percentage points.

    Raises
    ------
    InputError
        If there is no effect, more than 30, or effects of different scales.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.experiments.rates import compare_rate_counts
    >>> mail, call = (compare_rate_counts(count, 400, 36, 400) for count in (60, 50))
    >>> ax = effect_chart({"mail": mail, "call": call})
    >>> print(plots.alt_text(ax))
    Effects of 2 comparisons with intervals. mail: 6 (1.5 to 10.5); call: 3.5 (-0.82 to 7.8).
    """
    rows, scale, percent = _rows(effects)
    factor = 100.0 if percent else 1.0
    zero = _NO_EFFECT[scale]
    told = []
    with styled():
        ax = axes_of_own(7.6, max(1.5 + 0.42 * len(rows), 2.6)) if ax is None else ax
        ax.axvline(zero, color=GREY, linewidth=1.2)
        for place, (name, estimate, low, high) in enumerate(rows):
            found = low > zero or high < zero
            colour = BLUE if found else GREY
            ax.plot([low * factor, high * factor], [place, place], color=colour, linewidth=2.2, solid_capstyle="butt")
            ax.plot([estimate * factor], [place], "o", markersize=8, markeredgecolor=colour, markeredgewidth=2,
                    color=colour if found else "white")  # fmt: skip
            told.append(say("{name}: {estimate} ({low} to {high})", name=name, estimate=_number(estimate * factor),
                            low=_number(low * factor), high=_number(high * factor)))  # fmt: skip
        ax.set_yticks(range(len(rows)), [name for name, *_ in rows])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        label = say(_SCALES["points" if percent else scale])
        ax.set(title=say("Effects with their intervals"), xlabel=f"{label}, {unit}" if unit and not percent else label)
        ax.grid(True, axis="x")
        ax.margins(x=0.08)
        show_numbers(ax.xaxis, compact)
    alt = say_count(
        "Effect of {count} comparison with its interval. {list}.",
        "Effects of {count} comparisons with intervals. {list}.",
        len(rows),
        list="; ".join(told),
    )
    describe(ax, alt)
    return ax


def _rows(effects: Any) -> tuple[list[tuple[str, float, float, float]], str, bool]:
    """Name, estimate, low, high of each; the scale; whether they are shares."""
    if hasattr(effects, "overall"):
        every = effects.overall
        table = effects.table.dropna(subset=["estimate"])
        rows = [(str(row.group), row.estimate, row.low, row.high) for row in table.itertuples()]
        rows.append((say("all together"), every.estimate, every.low, every.high))
        return _few(rows), every.scale, every.kind == "rate" and every.scale == "difference"
    if hasattr(effects, "effects"):
        named = {str(one.treated): one for one in effects.effects}
    elif isinstance(effects, Mapping):
        named = {str(name): one for name, one in effects.items()}
    else:
        named = {f"{one.metric}: {one.treated}": one for one in effects}
    scales = {(one.scale, one.kind == "rate") for one in named.values()}
    if len(scales) > 1:
        what = say("Effects of different scales can't stand on one axis.")
        raise InputError(say("There is nothing to draw."), [Problem("mixed_scales", what)])
    rows = _few([(name, one.estimate, one.low, one.high) for name, one in named.items()])
    scale, rate = scales.pop()
    return rows, scale, rate and scale == "difference"


def _few(rows: list[Any]) -> list[Any]:
    if not 1 <= len(rows) <= _MOST_ROWS:
        what = say_count(
            "There is {count} effect; from 1 to {most} can be drawn.",
            "There are {count} effects; from 1 to {most} can be drawn.",
            len(rows),
            most=_MOST_ROWS,
        )
        raise InputError(say("There is nothing to draw."), [Problem("outside_range", what)])
    return rows


def sequential_chart(test: SequentialTest, *, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw a running experiment: the estimate with its always-valid and its ordinary interval, look by look.

    Parameters
    ----------
    test : analysis.SequentialTest
        As `analysis.always_valid_means` or `analysis.always_valid_rates` returns it.
    unit : str
        Unit of the outcome for the axis; of shares percentage points are drawn.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        With a mark at the first look at which the always-valid interval leaves out 0.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from crm_toolkit.analysis.experiments.sequential import always_valid_means
    >>> luck = np.random.default_rng(5)
    >>> table = pd.DataFrame({"day": np.repeat(range(1, 21), 100), "arm": luck.integers(0, 2, 2000)})
    >>> table["spend"] = luck.normal(10, 4, 2000) + table["arm"]
    >>> len(sequential_chart(always_valid_means(table, "spend", "day")).collections)
    2
    """
    path = test.path
    factor = 100.0 if test.kind == "rate" else 1.0
    x = (path["treated_n"] + path["control_n"]).to_numpy(float)
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.6, 4.6) if ax is None else ax
        ax.axhline(0, color=GREY, linewidth=1.2)
        ax.fill_between(x, path["low"] * factor, path["high"] * factor, color=BLUE, alpha=0.22, linewidth=0,
                        label=say("always valid: look whenever you like"))  # fmt: skip
        ax.fill_between(x, path["fixed_low"] * factor, path["fixed_high"] * factor, color=ORANGE, alpha=0.55,
                        linewidth=0, label=say("ordinary: for one look at the end"))  # fmt: skip
        ax.plot(x, path["estimate"] * factor, color="#1A1A1A", linewidth=1.8, label=say("difference so far"))
        if test.stopped is not None:
            at = test.stopped - 1
            ax.plot([x[at]], [path["estimate"].iloc[at] * factor], "o", color=VERMILLION, markersize=9, zorder=5,
                    label=say("may stop here"))  # fmt: skip
        shown = path.iloc[len(path) // 10 :] if len(path) > 10 else path
        reach = float(max(shown["high"].max(), -shown["low"].min())) * factor * 1.1
        ax.set_ylim(-reach, reach)
        units = say("percentage points") if test.kind == "rate" else unit
        ax.set(
            title=say("A test followed look by look"),
            xlabel=say("Customers so far"),
            ylabel=say("Difference, {unit}", unit=units) if units else say("Difference from the control group"),
        )
        ax.grid(True, axis="y")
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, compact)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    describe(ax, say("Line chart of a test's difference with two intervals. {reading}", reading=test.reading()))
    return ax


def peeking_chart(simulation: PeekingSimulation, *, ax: Axes | None = None) -> Axes:
    """Draw how often experiments find something by each look: by peeking, by one look, by the always-valid interval.

    Parameters
    ----------
    simulation : analysis.PeekingSimulation
        As `analysis.peeking_simulation` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.analysis.experiments.peeking import peeking_simulation
    >>> ax = peeking_chart(peeking_simulation(customers=400, looks=10, runs=100))
    >>> len(ax.lines)
    4
    """
    table, null = simulation.table, simulation.effect == 0
    alpha = 1 - simulation.level
    names = {
        "peeking": say("peeking: ordinary interval at every look"),
        "single_look": say("ordinary interval, this look alone"),
        "always_valid": say("always-valid interval at every look"),
    }
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.6, 4.9) if ax is None else ax
        for (column, name), (colour, line) in zip(
            names.items(), ((VERMILLION, "-"), (ORANGE, "--"), (BLUE, "-.")), strict=True
        ):
            ax.plot(table["look"], table[column], color=colour, linestyle=line, linewidth=2.4, label=name)
        if null:
            promise = say("promised: {share}", share=format_percent(alpha, 0))
            ax.axhline(alpha, color=GREY, linewidth=1.2, label=promise)
        ax.set(
            title=say("No effect, and yet “significant”") if null else say("How soon an effect is found"),
            xlabel=say("Looks at the results"),
            ylabel=say("Experiments with a false alarm so far") if null else say("Experiments that found it so far"),
        )
        ax.set_ylim(0, max(float(table[list(names)].to_numpy().max()) * 1.08, 2 * alpha))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=1)
    describe(ax, say("Line chart over looks at an experiment. {reading}", reading=simulation.reading()))
    return ax


def power_chart(table: pd.DataFrame, *, percent: bool = False, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw the power of an experiment by its size, a curve for each effect.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.power_table` returns it; up to five effects.
    percent : bool
        Whether the effects are differences of shares, to be named in percentage points.
    unit : str
        Unit of the effects otherwise.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        With a line at a power of 80 %.

    Raises
    ------
    InputError
        If a column is missing, there is no row, or there are more than five effects.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.experiments.power import power_table
    >>> ax = power_chart(power_table([1000, 4000, 8000], [0.02], control_rate=0.1), percent=True)
    >>> print(plots.alt_text(ax))
    Power by the size of the experiment. Effect 2 pp: 80% with about 7,784 customers.
    """
    require_frame(table, ("effect", "customers", "power"), asked_by="power_chart")
    effects = sorted(table["effect"].unique())
    if not 1 <= len(effects) <= len(_LINES):
        what = say_count("There is {count} effect; from 1 to {most} can be drawn.",
                         "There are {count} effects; from 1 to {most} can be drawn.", len(effects),
                         most=len(_LINES))  # fmt: skip
        raise InputError(say("There is nothing to draw."), [Problem("outside_range", what)])
    told = []
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.6, 4.6) if ax is None else ax
        ax.axhline(0.8, color=GREY, linewidth=1.2)
        for effect, (colour, line) in zip(effects, _LINES, strict=False):
            mine = table[table["effect"] == effect].sort_values("customers")
            x, power = mine["customers"].to_numpy(float), mine["power"].to_numpy(float)
            if percent:
                name = say("{points} pp", points=_number(effect * 100))
            else:
                name = f"{_number(effect)} {unit}".strip()
            ax.plot(x, power, color=colour, linestyle=line, linewidth=2.4, label=name)
            if power[-1] >= 0.8 > power[0]:
                needed = float(np.interp(0.8, power, x))
                told.append(say("Effect {name}: 80% with about {customers} customers", name=name,
                                customers=format_number(round(needed))))  # fmt: skip
            else:
                told.append(say("Effect {name}: from {low} to {high}", name=name, low=format_percent(power[0], 0),
                                high=format_percent(power[-1], 0)))  # fmt: skip
        ax.set(title=say("How many customers an experiment needs"), xlabel=say("Customers of both arms together"),
               ylabel=say("Power: chance to find the effect"), ylim=(0, 1.02))  # fmt: skip
        ax.xaxis.set_major_locator(MaxNLocator(5))
        show_numbers(ax.xaxis, compact)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        ax.legend(title=say("True effect"), loc="upper left", bbox_to_anchor=(1.0, 1.0))
    describe(ax, say("Power by the size of the experiment. {list}.", list="; ".join(told)))
    return ax


def balance_chart(table: pd.DataFrame, *, threshold: float = 0.1, ax: Axes | None = None) -> Axes:
    """Draw how treated and untreated differed before the treatment, as they are and as they are weighted.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.balance_table` returns it.
    threshold : float
        Where the dashed lines stand.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If a column is missing or there is no row.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> table = pd.DataFrame({"covariate": ["orders"], "difference": [0.8], "weighted_difference": [0.02]})
    >>> print(plots.alt_text(balance_chart(table)))
    Standardised differences between treated and untreated before the treatment. orders: 0.8, weighted 0.02.
    """
    require_frame(table, ("covariate", "difference"), asked_by="balance_chart")
    if not len(table):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    weighted = "weighted_difference" in table.columns
    places, told = np.arange(len(table)), []
    with styled():
        ax = axes_of_own(7.6, max(2.1 + 0.4 * len(table), 3.0)) if ax is None else ax
        ax.axvline(0, color=GREY, linewidth=1.2)
        for side in (-threshold, threshold):
            ax.axvline(side, color=GREY, linewidth=1.0, linestyle="--")
        ax.plot(table["difference"], places, "s", color=VERMILLION, markersize=8, label=say("as they are"))
        if weighted:
            ax.plot(table["weighted_difference"], places, "o", color=BLUE, markersize=8,
                    label=say("weighted by propensity"))  # fmt: skip
        rows: Any = table.itertuples()
        for row in rows:
            said = [f"{row.covariate}: {_number(row.difference)}"]
            if weighted:
                said.append(say("weighted {value}", value=_number(row.weighted_difference)))
            told.append(", ".join(said))
        ax.set_yticks(places, list(table["covariate"]))
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.set(title=say("Treated and untreated before the treatment"),
               xlabel=say("Difference of the means in standard deviations"))  # fmt: skip
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
        from matplotlib.transforms import ScaledTranslation

        below = ax.transAxes + ScaledTranslation(0, -0.5, ax.figure.dpi_scale_trans)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=below, ncols=2)
    alt = say("Standardised differences between treated and untreated before the treatment. {list}.",
              list="; ".join(told))  # fmt: skip
    describe(ax, alt)
    return ax


def _number(value: float) -> str:
    """A number for a sentence or a label, two or three significant digits."""
    if not np.isfinite(value):
        return "—"
    size = abs(value)
    return format_number(round(value, 0 if size >= 100 else 1 if size >= 1 else 2 if size >= 0.1 else 3) + 0.0)
