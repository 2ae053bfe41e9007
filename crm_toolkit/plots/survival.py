"""How long customers stay, in pictures: survival curves with those at risk, and hazard ratios."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

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
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.survival.cox import CoxModel
    from crm_toolkit.analysis.survival.kaplan_meier import KaplanMeier

TIMES = {
    None: mark("Time since the beginning"),
    "day": mark("Days since the beginning"),
    "week": mark("Weeks since the beginning"),
    "month": mark("Months since the beginning"),
    "year": mark("Years since the beginning"),
}
_LINES = ((BLUE, "-"), (VERMILLION, "--"), ("#009E73", "-."), (ORANGE, (0, (5, 1, 1, 1, 1, 1))), ("#CC79A7", ":"))
_ROW = 14  # points between the rows of numbers at risk


def survival_chart(curve: KaplanMeier, *, unit: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw survival functions as steps, with intervals, and below them how many were still followed.

    Parameters
    ----------
    curve : analysis.KaplanMeier
        As `analysis.kaplan_meier` returns it, of up to five groups.
    unit : {"day", "week", "month", "year"}, optional
        Unit of the durations, for the label.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A cross marks a time at which somebody was followed no longer (up to 300 of them); a dotted line marks 50 %.

    Raises
    ------
    InputError
        If the unit is unknown or there are more than five groups.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.survival.kaplan_meier import kaplan_meier
    >>> lives = pd.DataFrame({"duration": [1, 2, 2, 3, 4], "event": [1, 1, 0, 1, 0]})
    >>> print(plots.alt_text(survival_chart(kaplan_meier(lives), unit="month")))
    Survival curve of 5 customers, of whom 3 left. At 4 (months since the beginning) 30.0% are still there
    (interval from 1.2% to 71.9%). Median 3.
    """
    groups = curve.curves()
    _check(unit, len(groups))
    told = []
    with styled():
        ax = axes_of_own(7.8, 4.6 + 0.2 * len(groups)) if ax is None else ax
        ends = []
        for (name, part), (colour, line) in zip(groups, _LINES, strict=False):
            summary = curve.summary[curve.summary["group"] == name].iloc[0]
            label = "" if len(groups) == 1 and name == "all" else str(name)
            _curve(ax, part, colour, line, label)
            ends.append(float(part["time"].iloc[-1]))
            told.append(_in_words(label, part, summary, unit))
        ax.axhline(0.5, color=GREY, linewidth=1, linestyle=":")
        ax.set_xlim(0, max(ends) * 1.02)
        ax.set_ylim(0, 1.02)
        ax.set(
            title=say("Who is still there"),
            xlabel=say(TIMES[unit]),
            ylabel=say("Share still there, with interval"),
        )
        show_numbers(ax.yaxis, percent_ticks)
        show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="y")
        if len(groups) > 1:
            ax.legend(loc="upper right")
        _numbers_at_risk(ax, groups)
    describe(ax, " ".join(told))
    return ax


def hazard_ratio_chart(model: CoxModel, *, ax: Axes | None = None) -> Axes:
    """Draw the hazard ratio of every covariate with its interval: a forest plot.

    Parameters
    ----------
    model : analysis.CoxModel
        As `analysis.fit_cox` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own, as high as there are covariates.

    Returns
    -------
    matplotlib Axes
        The scale is logarithmic; right of 1 customers leave sooner. Filled dots have intervals that leave out 1.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.survival.cox import fit_cox
    >>> lives = pd.DataFrame({"duration": [1, 2, 3, 4, 5, 6], "event": 1, "app": [0, 0, 1, 0, 1, 1]})
    >>> print(plots.alt_text(hazard_ratio_chart(fit_cox(lives, ["app"]))))
    Hazard ratios of 1 covariate with intervals. app: 0.18 (from 0.02 to 1.84).
    """
    table = model.coefficients
    with styled():
        from matplotlib.ticker import LogLocator, NullFormatter

        ax = axes_of_own(8.2, 1.7 + 0.42 * len(table)) if ax is None else ax
        rows: list[Any] = list(table.itertuples())
        for place, row in enumerate(rows):
            sure = row.low > 1 or row.high < 1
            ax.plot([row.low, row.high], [place, place], color=BLUE, linewidth=2, solid_capstyle="butt")
            ax.plot([row.hazard_ratio], [place], "o", color=BLUE, markersize=8,
                    markerfacecolor=BLUE if sure else "white", markeredgewidth=1.6)  # fmt: skip
            ax.annotate(_ratio_in_words(row), (1, place), (8, 0), xycoords=ax.get_yaxis_transform(),
                        textcoords="offset points", va="center", annotation_clip=False)  # fmt: skip
        ax.axvline(1, color=GREY, linewidth=1.2, linestyle=":")
        ax.set_xscale("log")
        low, high = float(table["low"].min()), float(table["high"].max())
        ax.set_xlim(min(low, 0.8) / 1.15, max(high, 1.25) * 1.15)
        span = np.log10(ax.get_xlim()[1] / ax.get_xlim()[0])
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if span < 2.2 else (1,)))
        ax.xaxis.set_minor_formatter(NullFormatter())
        show_numbers(ax.xaxis, format_number)
        ax.set_yticks(range(len(table)), [fill(str(name), 26) for name in table["covariate"]])
        ax.set_ylim(len(table) - 0.5, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.grid(True, axis="x")
        ax.set(
            title=say("What goes with leaving sooner"),
            xlabel=say("Hazard ratio per unit; right of 1 customers leave sooner"),
        )
    told = [f"{row.covariate}: {_ratio_in_words(row, words=True)}" for row in rows]
    alt = say_count(
        "Hazard ratios of {count} covariate with intervals. {rows}.",
        "Hazard ratios of {count} covariates with intervals. {rows}.",
        len(table),
        rows="; ".join(told),
    )
    describe(ax, alt)
    return ax


def _curve(ax: Axes, part: pd.DataFrame, colour: str, line: Any, label: str) -> None:
    time = np.concatenate([[0.0], part["time"].to_numpy()])
    first = float(part["low"].iloc[0]) if part["events"].iloc[0] == 0 else 1.0
    low = np.concatenate([[first], part["low"].to_numpy()])
    high = np.concatenate([[1.0], part["high"].to_numpy()])
    share = np.concatenate([[1.0], part["survival"].to_numpy()])
    ax.fill_between(time, low, high, step="post", color=colour, alpha=0.16, linewidth=0)
    ax.step(time, share, where="post", color=colour, linestyle=line, linewidth=2.2, label=label)
    lost = part[(part["censored"] > 0) & (part["survival"] > 0)]
    if 0 < len(lost) <= 300:
        ax.plot(lost["time"], lost["survival"], "+", color=colour, markersize=6, markeredgewidth=1)


def _numbers_at_risk(ax: Axes, groups: list[tuple[Any, pd.DataFrame]]) -> None:
    """Rows of numbers under the axis, at its ticks."""
    low, high = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticks() if low <= tick <= high * 0.999]
    ax.set_xticks(ticks)
    place: Any = ("data", "axes fraction")
    ax.annotate(say("Still followed"), (0, 0), (0, -46), xycoords=place, textcoords="offset points", fontsize=9,
                color=GREY, annotation_clip=False, va="top")  # fmt: skip
    for row, (name, part) in enumerate(groups):
        colour = _LINES[row][0]
        times, risk = part["time"].to_numpy(), part["at_risk"].to_numpy()
        down = -(46 + _ROW * (row + 1))
        for tick in ticks:
            at = int(np.searchsorted(times, tick, side="left"))
            many = int(risk[at]) if at < len(risk) else 0
            ax.annotate(compact(many), (tick, 0), (0, down), xycoords=place, textcoords="offset points", ha="center",
                        va="top", fontsize=9, color=colour, annotation_clip=False)  # fmt: skip
        if len(groups) > 1:
            ax.annotate(fill(str(name), 18), (0, 0), (-26, down), xycoords="axes fraction", ha="right", va="top",
                        textcoords="offset points", fontsize=9, color=colour, annotation_clip=False)  # fmt: skip


def _in_words(label: str, part: pd.DataFrame, summary: Any, unit: str | None) -> str:
    last = part.iloc[-1]
    told = say_count(
        "Survival curve of {count} customer, of whom {left} left. At {time} ({unit}) {share} are still there "
        "(interval from {low} to {high}).",
        "Survival curve of {count} customers, of whom {left} left. At {time} ({unit}) {share} are still there "
        "(interval from {low} to {high}).",
        int(summary["customers"]),
        left=format_number(int(summary["events"])),
        time=format_number(float(last["time"])),
        unit=_lower(say(TIMES[unit])),
        share=format_percent(last["survival"]),
        low=format_percent(last["low"]),
        high=format_percent(last["high"]),
    )
    median = (
        say("Median {median}.", median=format_number(float(summary["median"])))
        if summary["median_reached"]
        else say("The median was not reached.")
    )
    return (f"{label}: " if label else "") + told + " " + median


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _ratio_in_words(row: Any, *, words: bool = False) -> str:
    ratio, low, high = (format_number(round(value, 2), 2) for value in (row.hazard_ratio, row.low, row.high))
    if words:
        return say("{ratio} (from {low} to {high})", ratio=ratio, low=low, high=high)
    return f"{ratio} ({low}–{high})"


def _check(unit: str | None, groups: int) -> None:
    if unit not in TIMES:
        raise InputError(
            say("`{name}` can't be {value}.", name="unit", value=repr(unit)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, TIMES))), column="unit")],
        )
    if groups > len(_LINES):
        what = say("{count} curves can't be told apart; {most} can.", count=groups, most=len(_LINES))
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])
