"""Service in pictures: waiting by staff, how long answers take, complaints beside their denominator, recovery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots.dots import dot_axes, draw_dots, label_of, legend_below
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, percent_ticks, show_numbers, styled
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.complaints.rates import ComplaintRates
    from crm_toolkit.analysis.service.recovery import RecoveryEffect
    from crm_toolkit.analysis.service.times import ServiceTimes

MEASURES = {
    "first_response": mark("Time to the first response"),
    "resolution": mark("Time to the resolution"),
}
_PER = {
    "order": (mark("Complaints per 100 orders"), mark("Complaints per 1,000 orders")),
    "contact": (mark("Complaints per 100 contacts"), mark("Complaints per 1,000 contacts")),
    "customer_month": (
        mark("Complaints per 100 customers and month"),
        mark("Complaints per 1,000 customers and month"),
    ),
}
_CONTRASTS = {
    ("recovered", "not_failed"): mark("set right\nagainst no complaint"),
    ("unrecovered", "not_failed"): mark("not set right\nagainst no complaint"),
    ("recovered", "unrecovered"): mark("set right\nagainst not set right"),
}
_LINES = ((BLUE, "-"), (VERMILLION, "--"), ("#009E73", "-."), (ORANGE, ":"))
_MOST_PERIODS = 18
_WAITING = ("agents", "utilisation", "stable", "mean_wait_minutes", "service_level")


def waiting_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the mean wait by the number of agents.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.waiting_table` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The wait as a line; utilisation stands under the number of agents, the share served in time above the dots.
        Where the queue grows without end there is a cross instead.

    Raises
    ------
    InputError
        If a column is missing or there is no row.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.service.queues import waiting_table
    >>> print(plots.alt_text(waiting_chart(waiting_table(200, 3, [10, 12, 14]))))
    Mean wait by the number of agents. 10: the queue grows without end; 12: 0.67 minutes at utilisation 83%; 14: 0.13
    minutes at utilisation 71%.
    """
    require_frame(table, _WAITING, asked_by="waiting_chart")
    if table.empty:
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("The table has no row."))])
    rows = table.sort_values("agents", ignore_index=True)
    place, stable = np.arange(len(rows)), rows["stable"].to_numpy(dtype=bool)
    wait = rows["mean_wait_minutes"].to_numpy(dtype="float64")
    with styled():
        ax = axes_of_own(min(max(3.2 + 0.55 * len(rows), 7.4), 13), 4.8) if ax is None else ax
        ax.plot(place[stable], wait[stable], color=BLUE, marker="o", markersize=7, linewidth=2.2)
        highest = float(np.nanmax(wait)) if stable.any() else 1.0
        if (~stable).any():
            ax.plot(place[~stable], np.full((~stable).sum(), highest), "x", color=VERMILLION, markersize=10,
                    markeredgewidth=2.5, label=say("the queue grows without end"))  # fmt: skip
        for spot, level in zip(place[stable], rows["service_level"][stable], strict=True):
            ax.annotate(format_percent(level, 0), (spot, wait[spot]), xytext=(7, 6), textcoords="offset points",
                        ha="left", va="bottom", fontsize=9.5)  # fmt: skip
        names = [f"{int(one)}\n{format_percent(busy, 0)}" for one, busy in zip(rows["agents"], rows["utilisation"],
                                                                               strict=True)]  # fmt: skip
        ax.set_xticks(place, names)
        ax.set_ylim(0, highest * 1.2)
        ax.margins(x=0.06)
        ax.set(title=say("Waiting by the number of agents\n(above the dots: share served in time)"),
               xlabel=say("Agents, and their utilisation"), ylabel=say("Mean wait, minutes"))  # fmt: skip
        show_numbers(ax.yaxis, format_number)
        ax.grid(True, axis="y")
        if (~stable).any():
            ax.legend(loc="upper right")
    told = "; ".join(
        say("{agents}: {minutes} minutes at utilisation {busy}", agents=int(row["agents"]),
            minutes=format_number(row["mean_wait_minutes"], 2), busy=format_percent(row["utilisation"], 0))
        if row["stable"] else say("{agents}: the queue grows without end", agents=int(row["agents"]))
        for _, row in rows.iterrows()
    )  # fmt: skip
    describe(ax, say("Mean wait by the number of agents. {list}.", list=told))
    return ax


def service_times_chart(
    times: ServiceTimes,
    *,
    measure: str = "first_response",
    labels: Mapping[Any, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw percentiles of the time to the first response or the resolution, by period or by group.

    Parameters
    ----------
    times : analysis.ServiceTimes
        As `analysis.service_times` returns it: with periods and one group, or with groups and no periods.
    measure : {"first_response", "resolution"}
        Which time.
    labels : mapping, optional
        Group → what people call it; by default as it stands in the table.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        By period a line with a band for each percentile; by group dots with intervals. An arrow is an upper bound that
        the data do not give, a gap a percentile that is not reached yet.

    Raises
    ------
    InputError
        If the measure is unknown, there are both groups and periods, or more than four percentiles.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.service.times import service_times
    >>> opened = pd.Timestamp("2024-03-01 09:00")
    >>> answers = [opened + pd.Timedelta(minutes=m) for m in range(5, 50)]
    >>> requests = pd.DataFrame({"opened_at": opened, "first_response_at": answers, "resolved_at": pd.NaT})
    >>> service_times_chart(service_times(requests, as_of="2024-03-01")).get_xlabel()
    'Minutes'
    """
    if measure not in MEASURES:
        raise InputError(
            say("`{name}` can't be {value}.", name="measure", value=repr(measure)),
            [
                Problem(
                    "unknown_option", say("Allowed: {names}.", names=join_names(map(repr, MEASURES))), column="measure"
                )
            ],
        )
    table = times.table[times.table["measure"] == measure].reset_index(drop=True)
    by_period, shares = table["period"].nunique() > 1 or (table["period"] != "all").all(), table["quantile"].unique()
    if by_period and table["group"].nunique() > 1:
        what = say("There are both groups and periods.")
        advice = say("Choose one group, or ask for the times without `unit`.")
        raise InputError(say("There is too much to draw."), [Problem("both", what, advice=advice)])
    if len(shares) > len(_LINES):
        what = say("{count} curves can't be told apart; {most} can.", count=len(shares), most=len(_LINES))
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])
    scale, unit = _time_unit(float(table["minutes"].max(skipna=True)) if table["reached"].any() else 1.0)
    title = say(MEASURES[measure]) + (say(", working time") if times.working_time else "")
    with styled():
        if by_period:
            ax = _by_period(table, shares, scale, axes_of_own(8.2, 4.8) if ax is None else ax)
            ax.set(title=title, ylabel=unit)
        else:
            ax = _by_group(table, scale, labels, ax)
            ax.set(title=title, xlabel=unit)
            ax.set_xlim(left=0)
        legend_below(ax)
    told = [
        _time_in_words(row, scale, label_of(row["period" if by_period else "group"], labels))
        for _, row in table.iterrows()
    ]
    more = " …" if len(told) > 12 else ""
    describe(ax, say("{title}, {unit}. {list}.", title=title, unit=unit.lower(), list="; ".join(told[:12]) + more))
    return ax


def _time_unit(longest: float) -> tuple[float, str]:
    if longest <= 180:
        return 1.0, say("Minutes")
    return (60.0, say("Hours")) if longest <= 72 * 60 else (1440.0, say("Days"))


def _percentile(share: float) -> str:
    return say("half within") if share == 0.5 else say("{share} within", share=format_percent(share, 0))


def _by_period(table: pd.DataFrame, shares: Any, scale: float, ax: Axes) -> Axes:
    periods = list(dict.fromkeys(table["period"]))
    places = {name: place for place, name in enumerate(periods)}
    for share, (colour, line) in zip(shares, _LINES, strict=False):
        mine = table[table["quantile"] == share]
        place = mine["period"].map(places).to_numpy()
        value, low, high = (mine[name].to_numpy(dtype="float64") / scale for name in ("minutes", "low", "high"))
        ax.fill_between(place, low, np.where(np.isnan(high), value, high), color=colour, alpha=0.16, linewidth=0)
        ax.plot(place, value, color=colour, linestyle=line, linewidth=2.2, marker="o", markersize=5,
                label=_percentile(share) if not np.isnan(value).all() else None)  # fmt: skip
        few = ~mine["enough"].to_numpy(dtype=bool) & ~np.isnan(value)
        ax.plot(place[few], value[few], "o", color=colour, markerfacecolor="white", markersize=7, markeredgewidth=1.5)
    every = max(-(-len(periods) // _MOST_PERIODS), 1)
    shown = list(range(0, len(periods), every))
    ax.set_xticks(shown, [periods[place] for place in shown], rotation=45, ha="right")
    ax.set_ylim(bottom=0)
    show_numbers(ax.yaxis, format_number)
    ax.grid(True, axis="y")
    return ax


def _by_group(table: pd.DataFrame, scale: float, labels: Mapping[Any, str] | None, ax: Axes | None) -> Axes:
    ax = dot_axes(len(table), ax)
    names = [say("{group}: {percentile}", group=label_of(row["group"], labels),
                 percentile=_percentile(row["quantile"])) for _, row in table.iterrows()]  # fmt: skip
    notes = [say_count("{count} request", "{count} requests", int(count)) for count in table["requests"]]
    draw_dots(ax, names, table["minutes"] / scale, table["low"] / scale, table["high"] / scale, solid=table["enough"],
              notes=notes, form=format_number, hollow=say("too few requests to tell"))  # fmt: skip
    return ax


def _time_in_words(row: pd.Series, scale: float, name: str) -> str:
    if not row["reached"]:
        return say("{name}, {percentile}: not reached", name=name, percentile=_percentile(row["quantile"]))
    return say("{name}, {percentile}: {value}", name=name, percentile=_percentile(row["quantile"]),
               value=format_number(row["minutes"] / scale, 1))  # fmt: skip


def complaint_rate_chart(
    rates: ComplaintRates, *, labels: Mapping[Any, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw complaints beside their denominator, with exact intervals, by period or by group.

    Parameters
    ----------
    rates : analysis.ComplaintRates
        As `analysis.complaint_rates` returns it: with periods and one group, or with groups and no periods.
    labels : mapping, optional
        Group → what people call it; by default as it stands in the table.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One dot with its interval for each period or group; a hollow one has too few complaints to be read by itself.

    Raises
    ------
    InputError
        If there are both groups and periods, or more than 40 groups.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.complaints.rates import complaint_rates
    >>> orders = pd.DataFrame({"ordered_at": pd.date_range("2024-01-01", periods=200, freq="D")})
    >>> complaints = pd.DataFrame({"opened_at": pd.date_range("2024-01-05", periods=8, freq="W")})
    >>> rates = complaint_rates(complaints, orders, per="order", as_of="2024-07-31")
    >>> print(plots.alt_text(complaint_rate_chart(rates)))
    Complaints per 100 orders. all: 4.0 (from 1.7 to 7.9), 8 complaints.
    """
    table = rates.table
    by_period = bool((table["period"] != "all").all())
    if by_period and table["group"].nunique() > 1:
        what = say("There are both groups and periods.")
        advice = say("Ask for the rates with one of them.")
        raise InputError(say("There is too much to draw."), [Problem("both", what, advice=advice)])
    small = float(table["rate"].max(skipna=True)) < 0.02 if table["exposure"].gt(0).any() else False
    scale, unit = (1000.0, say(_PER[rates.per][1])) if small else (100.0, say(_PER[rates.per][0]))
    value, low, high = (table[name].to_numpy(dtype="float64") * scale for name in ("rate", "low", "high"))
    firm = table["enough"].to_numpy(dtype=bool)
    names = [label_of(one, labels) for one in table["period" if by_period else "group"]]
    with styled():
        if by_period:
            ax = _rates_by_period(ax, names, value, low, high, firm)
            ax.set(title=say("Complaints by period"), ylabel=unit)
        else:
            ax = dot_axes(len(table), ax)
            notes = [say_count("{count} complaint", "{count} complaints", int(one)) for one in table["complaints"]]
            draw_dots(ax, names, value, low, high, solid=firm, notes=notes, form=format_number,
                      hollow=say("too few complaints to tell"))  # fmt: skip
            ax.set_xlim(left=0)
            ax.set(title=say("Complaints by group"), xlabel=unit)
        legend_below(ax)
    told = [
        say("{name}: nothing to divide by.", name=name) if np.isnan(rate) else
        say_count("{name}: {rate} (from {low} to {high}), {count} complaint.",
                  "{name}: {rate} (from {low} to {high}), {count} complaints.", int(count), name=name,
                  rate=format_number(rate, 1), low=format_number(bottom, 1), high=format_number(top, 1))
        for name, rate, bottom, top, count in zip(names, value, low, high, table["complaints"], strict=True)
    ]  # fmt: skip
    more = " …" if len(told) > 24 else ""
    describe(ax, say("{title}. {list}", title=unit, list=" ".join(told[:24]) + more))
    return ax


def _rates_by_period(
    ax: Axes | None, names: list[str], value: np.ndarray, low: np.ndarray, high: np.ndarray, firm: np.ndarray
) -> Axes:
    ax = axes_of_own(8.2, 4.8) if ax is None else ax
    place, known = np.arange(len(names)), ~np.isnan(value)
    ax.vlines(place[known], low[known], high[known], color=BLUE, linewidth=2.2, alpha=0.5)
    for some, face, label in ((firm, BLUE, ""), (~firm, "white", say("too few complaints to tell"))):
        chosen = known & some
        if chosen.any():
            ax.plot(place[chosen], value[chosen], "o", color=BLUE, markerfacecolor=face, markersize=7,
                    markeredgewidth=1.5, label=label or None)  # fmt: skip
    every = max(-(-len(names) // _MOST_PERIODS), 1)
    shown = list(range(0, len(names), every))
    ax.set_xticks(shown, [names[one] for one in shown], rotation=45, ha="right")
    ax.set_ylim(bottom=0)
    show_numbers(ax.yaxis, format_number)
    ax.grid(True, axis="y")
    return ax


def recovery_chart(effect: RecoveryEffect, *, ax: Axes | None = None) -> Axes:
    """Draw the differences in coming back after failure and recovery, as they are and adjusted.

    Parameters
    ----------
    effect : analysis.RecoveryEffect
        As `analysis.recovery_effect` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The adjusted differences with intervals, a diamond for the crude ones; hollow dots have too few cases.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.service.recovery import recovery_effect
    >>> states = ["not_failed"] * 40 + ["recovered"] * 30 + ["unrecovered"] * 30
    >>> cases = pd.DataFrame({"customer_id": range(100), "prior_orders": 0, "state": states, "returned": [1, 0] * 50})
    >>> recovery_chart(recovery_effect(cases)).get_title("left")
    'Coming back after a complaint: differences'
    """
    table = effect.contrasts
    values = effect.states["outcome"].to_numpy()
    share = bool(np.nanmin(values) >= 0 and np.nanmax(values) <= 1)
    form = percent_ticks if share else format_number
    with styled():
        ax = axes_of_own(7.8, 3.9) if ax is None else ax
        names = [say(_CONTRASTS[pair]) for pair in zip(table["first"], table["second"], strict=True)]
        ax.axvline(0, color=GREY, linewidth=1)
        ax.plot(table["crude"], np.arange(len(table)) + 0.22, "D", color=ORANGE, markersize=7, label=say("as it is"))
        draw_dots(ax, names, table["adjusted"], table["low"], table["high"], solid=table["verdict"] != "too_few",
                  notes=[""] * len(table), form=form, hollow=say("too few cases to tell"))  # fmt: skip
        if (table["verdict"] != "too_few").any():
            ax.plot([], [], "o", color=BLUE, markersize=8, label=say("same number of earlier orders"))
        unit = say("Difference of the share that came back") if share else say("Difference of the means")
        ax.set(title=say("Coming back after a complaint: differences"), xlabel=unit)
        legend_below(ax)
    told = [
        say("{name}: nothing to compare", name=" ".join(name.split())) if np.isnan(row["adjusted"]) else
        say("{name}: {value} (from {low} to {high})", name=" ".join(name.split()),
            value=_difference(row["adjusted"], share), low=_difference(row["low"], share),
            high=_difference(row["high"], share))
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    ]  # fmt: skip
    describe(ax, say("Differences in coming back, adjusted for earlier orders. {list}. {reading}", list="; ".join(told),
                     reading=effect.reading))  # fmt: skip
    return ax


def _difference(value: float, share: bool) -> str:
    return format_percent(value) if share else format_number(value, 2)
