"""Policies against each other: their weeks, what one brings more than another, and to whom.

A comparison (`world.comparison`) knows every customer under every policy, so its charts show what no organisation ever
sees: the effect on each customer. The baseline is grey and dashed in every chart; each other policy keeps its colour
and kind of line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, VERMILLION, axes_of_own, compact, styled
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from crm_toolkit.world.comparison import EffectSpread, PolicyComparison

COURSES = {
    "amount": mark("Revenue week by week"),
    "orders": mark("Orders week by week"),
    "staying": mark("Customers who have not left, week by week"),
}
GAINS = {
    "amount": mark("Revenue gained since the start"),
    "orders": mark("Orders gained since the start"),
    "staying": mark("Customers kept more"),
}
EFFECTS = {
    "amount": mark("Effect on the revenue of each customer"),
    "margin": mark("Effect on the margin of each customer"),
    "orders": mark("Effect on the orders of each customer"),
}
TOTALS = {
    "amount": mark("Effect on revenue"),
    "margin": mark("Effect on margin"),
    "profit": mark("Effect on profit"),
    "orders": mark("Effect on orders"),
    "complaints": mark("Effect on complaints"),
    "staying": mark("Effect on customers who have not left"),
    "satisfaction": mark("Effect on mean satisfaction"),
}
_MONEY = ("amount", "margin", "profit")
_LINES = ((BLUE, "-"), (VERMILLION, "-."), (ORANGE, (0, (4, 1))), (BLUE, ":"), (VERMILLION, (0, (1, 1))))
_BARS = 40
_LONGEST_NAME = 40


def policy_course_chart(comparison: PolicyComparison, *, measure: str = "amount", ax: Axes | None = None) -> Axes:
    """Draw the weeks of every policy.

    Parameters
    ----------
    comparison : world.PolicyComparison
        As `compare` returns it.
    measure : {"amount", "orders", "staying"}
        Revenue or orders of each week, or customers at its end.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One line for each policy, every week as it was in the first replication.

    Raises
    ------
    InputError
        If the measure is unknown.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import crm_toolkit as crm
    >>> policies = {"list": crm.Policy(), "cheaper": crm.Policy(pricing=crm.firm.Pricing(discount=0.1))}
    >>> both = crm.compare("barbershop", policies, customers=200, weeks=26)
    >>> policy_course_chart(both, measure="orders").get_ylabel()
    'Orders of a week'
    """
    _check(measure, COURSES)
    weeks = comparison.weekly
    with styled():
        ax = axes_of_own(8.0, 4.2) if ax is None else ax
        told = []
        for name, look in _looks(comparison.names):
            mine = weeks[weeks["policy"] == name]
            course = mine[measure].to_numpy()
            ax.plot(mine["week"].to_numpy(), course, label=_short(name), **look)
            told.append(say("{name}: {first} in the first week, {last} in the last one, {most} at most", name=name,
                            first=_said(course[0], measure, comparison.currency),
                            last=_said(course[-1], measure, comparison.currency),
                            most=_said(course.max(), measure, comparison.currency)))  # fmt: skip
        ax.set_ylim(bottom=0)
        _week_axis(ax, weeks["week"].max(), counted=measure != "amount")
        ax.set_ylabel(_course_unit(measure, comparison.currency))
        _headed(ax, say(COURSES[measure]))
    described = say_count(
        "Line chart of {count} week. {title}. {list}.", "Line chart of {count} weeks. {title}. {list}.",
        len(weeks) // len(comparison.names), title=say(COURSES[measure]), list="; ".join(told),
    )  # fmt: skip
    describe(ax, described)
    return ax


def policy_gain_chart(comparison: PolicyComparison, *, measure: str = "amount", ax: Axes | None = None) -> Axes:
    """Draw what each policy has brought more than the baseline, up to every week.

    Parameters
    ----------
    comparison : world.PolicyComparison
        As `compare` returns it.
    measure : {"amount", "orders", "staying"}
        Revenue or orders, added up from the start, or customers at the end of each week.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        One line for each policy but the baseline, which is the line of zero; the legend has the last week's values.

    Raises
    ------
    InputError
        If the measure is unknown.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import crm_toolkit as crm
    >>> same = crm.compare("barbershop", {"a": crm.Policy(), "b": crm.Policy()}, customers=200, weeks=26)
    >>> policy_gain_chart(same).get_legend_handles_labels()[1]
    ['a', 'b: $0.00']
    """
    _check(measure, GAINS)
    weeks, currency = comparison.weekly, comparison.currency
    with styled():
        ax = axes_of_own(8.0, 3.2) if ax is None else ax
        ax.axhline(0, label=_short(comparison.names[0]), **dict(_looks(comparison.names))[comparison.names[0]])
        told = []
        for name, look in list(_looks(comparison.names))[1:]:
            mine = weeks[weeks["policy"] == name]
            gained = mine[f"{measure}_gained"].to_numpy()
            label = f"{_short(name)}: {_signed(gained[-1], measure, currency)}"
            ax.plot(mine["week"].to_numpy(), gained, label=label, **look)
            told.append(f"{name}: {_signed(gained[-1], measure, currency)}")
        if not weeks[f"{measure}_gained"].any():
            ax.set_ylim(-1, 1)
        _week_axis(ax, weeks["week"].max(), counted=measure != "amount")
        ax.set_ylabel(_total_unit(measure, currency))
        _headed(ax, say(GAINS[measure]))
    described = say("Line chart. {title}, against “{name}”, in the last week: {list}.", title=say(GAINS[measure]),
                    name=comparison.names[0], list="; ".join(told))  # fmt: skip
    describe(ax, described)
    return ax


def policy_effect_chart(
    comparison: PolicyComparison, policy: str, *, measure: str = "margin", ax: Axes | None = None
) -> Axes:
    """Draw whom a policy costs and whom it makes bring more: the effect on every customer.

    Parameters
    ----------
    comparison : world.PolicyComparison
        As `compare` returns it.
    policy : str
        One of the policies, which is set against the baseline.
    measure : {"margin", "amount", "orders"}
        Whose effect, over all weeks.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A histogram of the effects that are not zero; the legend has the shares of all three, zero among them. Bars
        end at zero, the outermost effects stand in the outermost bars. The dashed line is the mean over all customers.

    Raises
    ------
    InputError
        If the policy or the measure is unknown.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import crm_toolkit as crm
    >>> policies = {"list": crm.Policy(), "points": crm.Policy(loyalty=crm.WeeklyPoints())}
    >>> both = crm.compare("barbershop", policies, customers=200, weeks=26)
    >>> policy_effect_chart(both, "points").get_title(loc="left")
    'Effect on the margin of each customer'
    """
    _check(measure, EFFECTS)
    _check(policy, comparison.names, option="policy")
    spread, currency = comparison.spread(policy, measure), comparison.currency
    with styled():
        from matplotlib.patches import Patch
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(8.0, 4.2) if ax is None else ax
        edges = _edges(spread)
        inside = np.clip(spread.effects, edges[0], edges[-1])
        for chosen, colour in ((inside < 0, ORANGE), (inside > 0, BLUE)):
            ax.hist(inside[chosen], bins=edges.tolist(), color=colour, histtype="stepfilled", linewidth=0)
        unit = _total_unit(measure, currency)
        label = say("“{name}” less “{baseline}”,\nall weeks together, {unit}", name=_short(policy, 24),
                    baseline=_short(comparison.names[0], 24), unit=_lower(unit))  # fmt: skip
        if spread.changed:
            ax.axvline(spread.mean, color="#1A1A1A", linewidth=1.6, linestyle="--")
            right = spread.mean <= (edges[0] + edges[-1]) / 2
            ax.annotate(
                say("mean of all {value}", value=_signed(spread.mean, measure, currency)), (spread.mean, 1),
                (6 if right else -6, -4), xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
                ha="left" if right else "right",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2},
            )  # fmt: skip
            if spread.effects.min() < edges[0] or spread.effects.max() > edges[-1]:
                label += "\n" + say("the outermost bars hold what lies beyond them")
        else:
            nobody = say("The effect is exactly zero for every customer.")
            ax.text(0.5, 0.5, nobody, transform=ax.transAxes, ha="center")
            ax.set(xticks=[], yticks=[], ylim=(0, 1))
        ax.margins(y=0.15)
        ax.set(xlim=(edges[0], edges[-1]), xlabel=label, ylabel=say("Customers"))
        style.show_numbers(ax.xaxis, compact)
        style.show_numbers(ax.yaxis, compact)
        if spread.changed:
            ax.xaxis.set_major_locator(MaxNLocator(nbins=7))
            ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        ax.grid(True, axis="y")
        same = spread.customers - spread.changed
        handles = [
            Patch(facecolor=colour, edgecolor=GREY, label=text)
            for colour, text in (
                (ORANGE, say("less: {share}", share=format_percent(spread.less / spread.customers))),
                ("white", say("no effect: {share}", share=format_percent(same / spread.customers))),
                (BLUE, say("more: {share}", share=format_percent(spread.more / spread.customers))),
            )
        ]
        _headed(ax, say(EFFECTS[measure]), handles)
    describe(ax, _spread_in_words(spread, comparison))
    return ax


def policy_summary_chart(comparison: PolicyComparison, *, measure: str = "margin", ax: Axes | None = None) -> Axes:
    """Draw the effects of all policies with their 95 % intervals.

    Parameters
    ----------
    comparison : world.PolicyComparison
        As `compare` returns it; intervals need more than one replication.
    measure : {"margin", "amount", "profit", "orders", "complaints", "staying", "satisfaction"}
        What is drawn.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A point for each policy but the baseline, which is the line of zero.

    Raises
    ------
    InputError
        If the measure is unknown.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import crm_toolkit as crm
    >>> policies = {"list": crm.Policy(), "cheaper": crm.Policy(pricing=crm.firm.Pricing(discount=0.1))}
    >>> both = crm.compare("barbershop", policies, customers=200, weeks=26, replications=3)
    >>> [label.get_text() for label in policy_summary_chart(both).get_yticklabels()]
    ['cheaper']
    """
    _check(measure, TOTALS)
    table, currency = comparison.summary, comparison.currency
    rows = table[(table["measure"] == measure) & (table["policy"] != comparison.names[0])].to_dict("records")
    replications = comparison.replications["replication"].nunique()
    with styled():
        ax = axes_of_own(8.0, 2.1 + 0.5 * len(rows)) if ax is None else ax
        ax.axvline(0, color=GREY, linestyle="--", linewidth=1.2)
        told = []
        for place, (row, (_, look)) in enumerate(zip(rows, list(_looks(comparison.names))[1:], strict=True)):
            known = not math.isnan(row["low"])
            reach = [[row["effect"] - row["low"]], [row["high"] - row["effect"]]] if known else None
            ax.errorbar(row["effect"], place, xerr=reach, color=look["color"], marker="o", markersize=7, capsize=5,
                        linewidth=2)  # fmt: skip
            effect = _signed(row["effect"], measure, currency)
            ax.annotate(effect, (row["effect"], place), (0, 9), textcoords="offset points", ha="center", fontsize=9.5)
            told.append(_interval_in_words(row, effect, measure, currency) if known else f"{row['policy']}: {effect}")
        ax.set_yticks(range(len(rows)), [fill(_short(row["policy"]), 22) for row in rows])
        ax.set_ylim(len(rows) - 0.5, -0.75)
        ax.margins(x=0.15)
        ax.tick_params(axis="y", length=0)
        against = say("Against “{name}”, {unit}", name=_short(comparison.names[0]),
                      unit=_lower(_total_unit(measure, currency)))  # fmt: skip
        drawn = say_count("{count} replication, no interval", "mean and 95% interval of {count} replications",
                          replications)  # fmt: skip
        if measure == "profit":
            drawn += "\n" + say("profit here: margin less staff and additional advertising")
        ax.set(title=say(TOTALS[measure]), xlabel=f"{against}\n{drawn}")
        style.show_numbers(ax.xaxis, compact)
        ax.grid(True, axis="x")
    describe(ax, say("Points with intervals. {title}, against “{name}”, {drawn}. {list}.", title=say(TOTALS[measure]),
                     name=comparison.names[0], drawn=drawn.replace("\n", "; "), list="; ".join(told)))  # fmt: skip
    return ax


def policy_page(comparison: PolicyComparison, *, measure: str = "amount", width: float = 8.0) -> Figure:
    """Draw the weeks of every policy, and under them what each has brought more than the baseline.

    Parameters
    ----------
    comparison : world.PolicyComparison
        As `compare` returns it.
    measure : {"amount", "orders", "staying"}
        As for `policy_course_chart` and `policy_gain_chart`.
    width : float
        Inches.

    Returns
    -------
    matplotlib Figure
        ``figure.savefig(path)`` writes it.

    Examples
    --------
    >>> import crm_toolkit as crm
    >>> same = crm.compare("barbershop", {"a": crm.Policy(), "b": crm.Policy()}, customers=200, weeks=26)
    >>> len(policy_page(same).axes)
    2
    """
    _check(measure, COURSES)
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, 0.82 * width), layout="constrained")
        FigureCanvasAgg(figure)
        upper, lower = figure.subplots(2, 1, height_ratios=[1.3, 1])
    policy_course_chart(comparison, measure=measure, ax=upper)
    policy_gain_chart(comparison, measure=measure, ax=lower)
    return figure


def _check(value: str, allowed: Iterable[str], option: str = "measure") -> None:
    if value not in allowed:
        raise InputError(
            say("`{name}` can't be {value}.", name=option, value=repr(value)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, allowed))))],
        )


def _looks(names: tuple[str, ...]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Every policy with the look of its line."""
    yield names[0], {"color": GREY, "linestyle": "--", "linewidth": 1.6}
    for place, name in enumerate(names[1:]):
        colour, line = _LINES[place % len(_LINES)]
        yield name, {"color": colour, "linestyle": line, "linewidth": 1.8}


def _headed(ax: Axes, title: str, handles: list[Any] | None = None) -> None:
    """A title with the legend between it and the axes: in one row if there is room for it, else in one column."""
    size, handle = (10.0, 2.2) if handles is None else (9.5, 1.0)
    handles = ax.get_legend_handles_labels()[0] if handles is None else handles
    signs = sum(len(str(one.get_label())) for one in handles)
    needed = size * (0.6 * signs + (handle + 0.8) * len(handles) + len(handles) - 1)
    figure: Any = ax.figure
    room = ax.get_position().width * figure.get_figwidth() * 72 * 1.04
    columns = len(handles) if needed <= room else 1
    ax.set_title(title, pad=8 + 17 * (len(handles) // columns))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2, borderpad=0,
              columnspacing=1.0, handlelength=handle, fontsize=size)  # fmt: skip


def _week_axis(ax: Axes, last: int, *, counted: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_xlim(0, max(last, 1))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=counted))
    ax.set_xlabel(say("Weeks since the start"))
    style.show_numbers(ax.xaxis, compact)
    style.show_numbers(ax.yaxis, compact)
    ax.grid(True, axis="y")


def _course_unit(measure: str, currency: str) -> str:
    if measure == "amount":
        return say("Revenue of a week, {unit}", unit=style.money_unit(currency))
    return say("Orders of a week") if measure == "orders" else say("Customers")


def _total_unit(measure: str, currency: str) -> str:
    if measure in _MONEY:
        return style.money_unit(currency)
    units = {"orders": say("Orders"), "complaints": say("Complaints"), "satisfaction": say("standard deviations")}
    return units.get(measure, say("Customers"))


def _lower(unit: str) -> str:
    """A unit within a sentence; a currency's code stays as it is."""
    return unit if unit.isupper() else unit[:1].lower() + unit[1:]


def _short(name: str, longest: int = _LONGEST_NAME) -> str:
    return shorten(str(name), longest, placeholder="…") or str(name)[:longest]


def _said(value: float, measure: str, currency: str) -> str:
    if measure in _MONEY:
        return style.short_money(float(value), currency)
    return format_number(round(float(value), 2))


def _signed(value: float, measure: str, currency: str) -> str:
    text = _said(value, measure, currency)
    return f"+{text}" if value > 0 else text


def _share(count: int, of: int) -> str:
    return f"{format_number(count)} ({format_percent(count / of if of else 0.0)})"


def _edges(spread: EffectSpread) -> np.ndarray:
    """Edges of bars of one width, so that no bar holds both losers and winners."""
    low, high = min(spread.low, 0.0), max(spread.high, 0.0)
    if low == high:
        return np.array([-1.0, 0.0, 1.0])
    width = (high - low) / _BARS
    middle = 0.0
    if spread.measure == "orders":
        width, middle = float(max(math.ceil(width), 1)), 0.5
    left, right = (max(math.ceil((end - middle) / width), 1) for end in (-low, high))
    below, above = -middle - width * np.arange(left, -1, -1), middle + width * np.arange(right + 1)
    return np.unique(np.concatenate([below, above]))


def _spread_in_words(spread: EffectSpread, comparison: PolicyComparison) -> str:
    return say_count(
        "Histogram. {title}: policy “{policy}” against “{baseline}”, {count} customer. Less: {less}; no effect: "
        "{same}; more: {more}. Mean of all: {mean}.",
        "Histogram. {title}: policy “{policy}” against “{baseline}”, {count} customers. Less: {less}; no effect: "
        "{same}; more: {more}. Mean of all: {mean}.",
        spread.customers,
        title=say(EFFECTS[spread.measure]),
        policy=spread.policy,
        baseline=comparison.names[0],
        less=_share(spread.less, spread.customers),
        same=_share(spread.customers - spread.changed, spread.customers),
        more=_share(spread.more, spread.customers),
        mean=_signed(spread.mean, spread.measure, comparison.currency),
    )  # fmt: skip


def _interval_in_words(row: dict[Any, Any], effect: str, measure: str, currency: str) -> str:
    return say("{name}: {effect}, from {low} to {high}", name=row["policy"], effect=effect,
               low=_signed(row["low"], measure, currency), high=_signed(row["high"], measure, currency))  # fmt: skip
