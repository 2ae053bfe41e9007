"""Diffusion in pictures: who comes when, by themselves or told by others, and the Bass model fitted to a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_toolkit.behaviour.diffusion import LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.limits import note_limits
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.bass_model import BassFit
    from crm_toolkit.behaviour.diffusion import BassPeak

_COLUMNS = ("period", "adopters", "innovators", "imitators", "share")


def bass_chart(table: pd.DataFrame, *, peak: BassPeak | None = None, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw a Bass curve: adopters of each period, divided into those who came by themselves and those who were told.

    Parameters
    ----------
    table : pandas.DataFrame
        As `behaviour.bass_table` returns it.
    peak : behaviour.BassPeak, optional
        Marked, if it lies inside the table.
    unit : str
        What a period is ("year"), for the label; by default "period".
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Bars, innovators below and imitators on top; a dotted line where the peak is.

    Raises
    ------
    InputError
        If a column is missing or there is no period.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.behaviour.diffusion import bass_table
    >>> from crm_toolkit.plots import alt_text
    >>> alt_text(bass_chart(bass_table(20, p=0.03, q=0.4, potential=1000))).split(";")[0]
    'Bass curve of 20 periods: most come in period 7, 114 of them'
    """
    require_frame(table, _COLUMNS, asked_by="bass_chart")
    if not len(table):
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no rows."))])
    with styled():
        ax = axes_of_own(7.6, 4.4) if ax is None else ax
        place = table["period"].to_numpy()
        ax.bar(place, table["innovators"], color=ORANGE, width=0.86, label=say("by themselves (innovation)"))
        ax.bar(place, table["imitators"], bottom=table["innovators"], color=BLUE, width=0.86,
               label=say("told by others (imitation)"))  # fmt: skip
        if peak is not None and peak.inside and peak.time <= place[-1]:
            ax.axvline(peak.time + 0.5, color="#1A1A1A", linestyle=":", linewidth=2, zorder=5,
                       label=say("peak, {time} from the start", time=format_number(peak.time, 1)))  # fmt: skip
        ax.set_xlim(place[0] - 0.8, place[-1] + 0.8)
        _whole_ticks(ax, len(place))
        ax.set_ylim(0, float(table["adopters"].max()) * 1.08 or 1.0)
        ax.set_title(say("Who comes when"), pad=48 if peak is not None and peak.inside else 28)
        ax.set_xlabel(unit or say("Period"))
        ax.set_ylabel(say("Adopters in the period"))
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2, borderpad=0)
        note_limits(ax, say(LIMITS))
    highest = int(table["adopters"].to_numpy().argmax())
    head = say_count("Bass curve of {count} period: most come in period {period}, {adopters} of them; {share} of the "
                     "potential have come at the end.",
                     "Bass curve of {count} periods: most come in period {period}, {adopters} of them; {share} of the "
                     "potential have come at the end.",
                     len(table), period=int(place[highest]), adopters=compact(float(table["adopters"].iloc[highest])),
                     share=format_percent(float(table["share"].iloc[-1]), 0))  # fmt: skip
    describe(ax, f"{head} {say(LIMITS)}")
    return ax


def bass_fit_chart(fit: BassFit, *, ahead: int = 8, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw a fitted Bass model over its history, with the forecast and its interval.

    Parameters
    ----------
    fit : analysis.BassFit
        As `analysis.fit_bass` returns it.
    ahead : int
        Periods to forecast, 1 to 1,000.
    unit : str
        What a period is ("year"), for the label; by default "period".
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Dots are the history, the line is the model, broken where it is a forecast, with a band that holds the adopters
        to come; a grey band on the time axis is the interval of the peak.

    Raises
    ------
    InputError
        If ``ahead`` is not allowed.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit.analysis.diffusion import fit_bass
    >>> bass_fit_chart(fit_bass([24, 36, 52, 71, 90, 100, 98, 84, 62, 41])).get_ylabel()
    'Adopters in the period'
    """
    past, coming = fit.history, fit.forecast(ahead)
    with styled():
        ax = axes_of_own(7.8, 4.5) if ax is None else ax
        if fit.peak_time_low is not None and fit.peak_time_high is not None:
            low, high = fit.peak_time_low + 0.5, min(fit.peak_time_high + 0.5, float(coming["period"].iloc[-1]) + 0.5)
            if low < high:
                ax.axvspan(low, high, color=GREY, alpha=0.18, linewidth=0,
                           label=say("interval of the peak's time"))  # fmt: skip
        ax.fill_between(coming["period"], coming["low"], coming["high"], color=ORANGE, alpha=0.3, linewidth=0,
                        label=say("interval of {level}", level=format_percent(fit.level, 0)))  # fmt: skip
        ax.plot(past["period"], past["expected"], color=VERMILLION, linewidth=2.2, label=say("Bass model"))
        joined = np.r_[past["period"].iloc[-1], coming["period"]]
        ax.plot(joined, np.r_[past["expected"].iloc[-1], coming["adopters"]], color=VERMILLION, linewidth=2.2,
                linestyle="--", label=say("forecast"))  # fmt: skip
        ax.plot(past["period"], past["adopters"], "o", color=BLUE, markersize=6.5, label=say("what happened"))
        ax.set_ylim(0, max(float(past["adopters"].max()), float(past["expected"].max()),
                           min(float(coming["high"].max()), 2.5 * float(past["adopters"].max()))) * 1.08)  # fmt: skip
        _whole_ticks(ax, len(past) + len(coming))
        ax.set_title(say("Adopters and the Bass model"), pad=48)
        ax.set_xlabel(unit or say("Period"))
        ax.set_ylabel(say("Adopters in the period"))
        show_numbers(ax.yaxis, compact)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2, borderpad=0)
        note_limits(ax, fit.limits)
    last = coming.iloc[-1]
    tail = say("In period {period} the model expects {adopters} (from {low} to {high}).", period=int(last["period"]),
               adopters=compact(last["adopters"]), low=compact(last["low"]), high=compact(last["high"]))  # fmt: skip
    describe(ax, " ".join([fit.conclusion, tail, *fit.warnings, fit.limits]))
    return ax


def _whole_ticks(ax: Axes, count: int) -> None:
    """Periods are whole numbers, at most a dozen of them named."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(nbins=min(count, 12), integer=True))
    show_numbers(ax.xaxis, lambda value: format_number(round(value)))
