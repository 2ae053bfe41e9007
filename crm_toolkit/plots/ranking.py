"""Rankings in pictures: the whale curve, ABC and XYZ, deciles, customers who change place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    LIGHT_TO_DARK,
    ORANGE,
    VERMILLION,
    axes_of_own,
    percent_ticks,
    show_numbers,
    styled,
)
from crm_toolkit.schema import require_columns, require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis import RankChanges, WhaleCurve

ABC = {
    "A": mark("A: most of the money"),
    "B": mark("B: the middle"),
    "C": mark("C: the rest"),
}
XYZ = {"X": mark("X: even"), "Y": mark("Y: uneven"), "Z": mark("Z: now and then")}
_MOST_NAMES = 30


def whale_chart(whale: WhaleCurve, *, ax: Axes | None = None) -> Axes:
    """Draw the cumulated profit from the most to the least profitable customer.

    Parameters
    ----------
    whale : analysis.WhaleCurve
        As `analysis.whale_curve` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        The curve, the line of equal profits, the line of 100 % and the peak with what unprofitable customers cost.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> ax = whale_chart(analysis.whale_curve(pd.DataFrame({"profit": [60, 50, 40, -10, -40]})))
    >>> plots.alt_text(ax)
    'Whale curve of 5 customers: 60.0% are profitable and bring 150.0% of the profit; 2 unprofitable ones cost 50.0%.'
    """
    points = whale.points
    with styled():
        ax = axes_of_own(7.2, 5.0) if ax is None else ax
        ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1.2, label=say("all equally profitable"))
        ax.axhline(1, color=GREY, linewidth=0.9)
        ax.plot(points["customer_share"], points["profit_share"], color=BLUE, linewidth=2.4,
                label=say("these customers"))  # fmt: skip
        if whale.lost > 0:
            peak, at = whale.peak, whale.peak_customers
            end = points[points["customer_share"] >= at]
            ax.fill_between(end["customer_share"], 1, end["profit_share"], color=ORANGE, alpha=0.45, linewidth=0,
                            label=say("eaten up by unprofitable customers: {share}",
                                      share=format_percent(whale.lost)))  # fmt: skip
            ax.plot([at], [peak], "o", color=VERMILLION, markersize=7, clip_on=False)
            note = say("{customers} of customers\nbring {share} of the profit", customers=format_percent(at),
                       share=format_percent(peak))  # fmt: skip
            right = at > 0.5
            ax.annotate(note, (at, peak), (-10 if right else 10, 10), textcoords="offset points", va="bottom",
                        ha="right" if right else "left")  # fmt: skip
        ax.set(
            xlim=(0, 1),
            ylim=(0, max(whale.peak, 1) * 1.24),
            title=say("Whale curve: profit added up from the best customer"),
            xlabel=say("Share of customers, from the most profitable"),
            ylabel=say("Share of the profit of all"),
        )
        show_numbers(ax.xaxis, percent_ticks)
        show_numbers(ax.yaxis, percent_ticks)
        ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        ax.grid(True)
        ax.legend(loc="lower right", facecolor="white", frameon=True, edgecolor="none", framealpha=0.9)
    describe(ax, _whale_in_words(whale))
    return ax


def _whale_in_words(whale: WhaleCurve) -> str:
    told = say_count(
        "Whale curve of {count} customer: {people} are profitable and bring {share} of the profit;",
        "Whale curve of {count} customers: {people} are profitable and bring {share} of the profit;",
        whale.customers,
        people=format_percent(whale.peak_customers),
        share=format_percent(whale.peak),
    )
    lost = say_count(
        "{count} unprofitable one costs {share}.",
        "{count} unprofitable ones cost {share}.",
        whale.unprofitable,
        share=format_percent(whale.lost),
    )
    return f"{told} {lost}"


def abc_xyz_chart(customers: pd.DataFrame, money: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the nine classes with their shares of the customers and of the money.

    Parameters
    ----------
    customers, money : pandas.DataFrame
        As `analysis.abc_xyz_table` returns them for ``"customers"`` and for ``"monetary"``.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A cell is the darker the more of the money it brings.

    Raises
    ------
    InputError
        If a class is missing or there are no customers.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis
    >>> classes = pd.DataFrame({"abc": ["A", "C", "C"], "xyz": ["X", "Z", "Z"], "monetary": [9.0, 1.0, 0.5]})
    >>> tables = [analysis.abc_xyz_table(classes, value) for value in ("customers", "monetary")]
    >>> print(abc_xyz_chart(*tables).texts[0].get_text())
    1 customer
    33.3% of customers
    85.7% of the money
    """
    for table in (customers, money):
        require_frame(table, ("X", "Y", "Z"), asked_by="abc_xyz_chart")
        require_columns(("A", "B", "C"), table.index, asked_by="abc_xyz_chart")
    people = customers.loc[list(ABC), list(XYZ)].to_numpy(dtype="float64")
    sums = money.loc[list(ABC), list(XYZ)].to_numpy(dtype="float64")
    if not people.sum():
        raise InputError(say("There is nothing to draw."), [Problem("empty", say("There are no customers."))])
    total = sums.sum()
    shares = sums / total if total > 0 else np.zeros_like(sums)
    told = []
    with styled():
        ax = axes_of_own(8.4, 4.8) if ax is None else ax
        largest = float(shares.max()) or 1.0
        mesh = ax.pcolormesh(shares, cmap=LIGHT_TO_DARK, vmin=0, vmax=largest, edgecolors="white", linewidth=2)
        for (row, column), count in np.ndenumerate(people):
            share = float(shares[row, column])
            counted = say_count("{count} customer", "{count} customers", int(count))
            of_people = say("{share} of customers", share=format_percent(count / people.sum()))
            of_money = say("{share} of the money", share=format_percent(share))
            ax.text(column + 0.5, row + 0.5, f"{counted}\n{of_people}\n{of_money}", ha="center", va="center",
                    fontsize=9.5, linespacing=1.35, in_layout=False,
                    color=style.readable_on(tuple(mesh.to_rgba(np.array(share)))))  # fmt: skip
            told.append(f"{'ABC'[row]}{'XYZ'[column]}: {counted}, {of_money}")
        ax.set_xticks([0.5, 1.5, 2.5], [say(text) for text in XYZ.values()])
        ax.set_yticks([0.5, 1.5, 2.5], [say(text) for text in ABC.values()])
        ax.invert_yaxis()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set(title=say("Customers by money and by evenness"), xlabel=say("How evenly they buy, period by period"))
        figure: Any = ax.figure
        bar = figure.colorbar(mesh, ax=ax, label=say("Share of the money"), shrink=0.85)
        bar.outline.set_visible(False)
        show_numbers(bar.ax.yaxis, percent_ticks)
    describe(ax, say("Nine classes of customers. {list}.", list="; ".join(told)))
    return ax


def rank_change_chart(
    changes: RankChanges, first: str, second: str, *, most: int = 12, labels: tuple[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw the customers who change place most between two rankings: a line from one rank to the other.

    Parameters
    ----------
    changes : analysis.RankChanges
        As `analysis.rank_changes` returns it.
    first, second : str
        Two of the measures.
    most : int
        How many customers, 1 to 30.
    labels : two str, optional
        Words for the measures; by default their column names.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Rank 1 on top; solid lines rise, dashed ones fall. Names are moved apart where they would meet.

    Raises
    ------
    InputError
        If a measure is unknown or ``most`` lies outside 1 to 30.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis
    >>> table = pd.DataFrame({"customer_id": list("abcd"), "monetary": [100, 80, 60, 40], "profit": [10, 30, 20, 5]})
    >>> ax = rank_change_chart(analysis.rank_changes(table, ["monetary", "profit"]), "monetary", "profit")
    >>> [line.get_label() for line in ax.lines[:4]]
    ['a', 'b', 'c', 'd']
    """
    _check_changes(changes, first, second, most)
    frame = changes.customers
    one, two = frame[f"rank_{first}"].to_numpy(), frame[f"rank_{second}"].to_numpy()
    chosen = np.argsort(-np.abs(one - two), kind="stable")[:most]
    names = [str(name)[:18] for name in frame.iloc[chosen, 0]]
    left, right = one[chosen], two[chosen]
    words = labels or (first, second)
    with styled():
        from matplotlib.lines import Line2D

        ax = axes_of_own(7.4, 1.9 + 0.3 * max(len(chosen), 6)) if ax is None else ax
        worst, best = float(max(left.max(), right.max())), float(min(left.min(), right.min()))
        room = (worst - best) / max(len(chosen), 6) or 1.0
        for name, low, high in zip(names, left, right, strict=True):
            rises = high < low
            ax.plot([0, 1], [low, high], color=BLUE if rises else VERMILLION, linestyle="-" if rises else "--",
                    marker="o", markersize=4.5, linewidth=1.7, label=name)  # fmt: skip
        for side, ranks, ha in ((0, left, "right"), (1, right, "left")):
            for name, rank, place in zip(names, ranks, _apart(ranks, room), strict=True):
                shown = format_number(rank)
                text = f"{name} · {shown}" if side == 0 else f"{shown} · {name}"
                reach = -0.07 if side == 0 else 0.07
                ax.plot([side, side + reach], [rank, place], color="#B0B0B0", linewidth=0.6, zorder=0)
                ax.text(side + reach * 1.2, place, text, ha=ha, va="center", fontsize=9)
        ax.set_xlim(-0.62, 1.62)
        ends = [*_apart(left, room), *_apart(right, room), worst, best]
        ax.set_ylim(max(ends) + room * 0.8, min(ends) - room * 0.8)
        heads = (
            say("{measure}\ncustomer · rank", measure=words[0]),
            say("{measure}\nrank · customer", measure=words[1]),
        )
        ax.set_xticks([0, 1], list(heads))
        ax.set_yticks([])
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(length=0)
        title = say_count("The customer who changes place most", "The {count} customers who change place most",
                          len(chosen))  # fmt: skip
        ax.set_title(title, pad=28)
        handles = [
            Line2D([], [], color=BLUE, marker="o", markersize=4.5, label=say("rises")),
            Line2D([], [], color=VERMILLION, linestyle="--", marker="o", markersize=4.5, label=say("falls")),
        ]
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.3, borderpad=0)
        pairs = changes.pairs.to_dict("records")
        pair = next(row for row in pairs if {row["first"], row["second"]} == {first, second})
        known = not np.isnan(pair["kendall_tau_b"])  # missing where all values of a measure are equal
        tau = format_number(pair["kendall_tau_b"], 2) if known else "–"
        overlap = format_percent(pair["top_overlap"], 0)
        ax.set_xlabel(say("Rank, 1 is best. All customers: Kendall's tau-b {tau}, the same in the top {top}: {share}",
                          tau=tau, top=format_number(changes.top), share=overlap))  # fmt: skip
    told = [
        say("{name}: from {low} to {high}", name=name, low=format_number(low), high=format_number(high))
        for name, low, high in zip(names, left, right, strict=True)
    ]
    described = say("Ranks by {first} and by {second}. Kendall's tau-b {tau}. {list}.", first=words[0], second=words[1],
                    tau=tau, list="; ".join(told))  # fmt: skip
    describe(ax, described)
    return ax


def _apart(ranks: np.ndarray, room: float) -> list[float]:
    """Places for labels near their ranks, at least ``room`` apart."""
    order = np.argsort(ranks, kind="stable")
    wanted = ranks[order].astype(float)
    places = wanted.copy()
    for step in range(1, len(places)):
        places[step] = max(places[step], places[step - 1] + room)
    places -= max(float((places - wanted).mean()), 0.0)
    back = np.empty_like(places)
    back[order] = places
    return back.tolist()


def _check_changes(changes: RankChanges, first: str, second: str, most: int) -> None:
    known = [name.removeprefix("rank_") for name in changes.customers.columns if name.startswith("rank_")]
    problems = [
        Problem("unknown_option", say("There is no measure `{name}`; there are {names}.", name=name,
                                      names=", ".join(known)))
        for name in (first, second)
        if name not in known
    ]  # fmt: skip
    if first == second:
        problems.append(Problem("unknown_option", say("Two different measures are needed.")))
    if not 1 <= most <= _MOST_NAMES:
        problems.append(Problem("outside_range", say("`most` lies from {low} to {high}.", low=1, high=_MOST_NAMES)))
    if problems:
        raise InputError(say("There is nothing to draw."), problems)


def decile_chart(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what groups of customers bring, from the best to the worst.

    Parameters
    ----------
    table : pandas.DataFrame
        As `analysis.decile_table` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A bar is the group's share of the money, the line the share of the group and all better ones; the dashed line is
        the share that every group would bring if customers were equal.

    Raises
    ------
    InputError
        If a column is missing, or the shares are: the total was not above 0.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> spent = pd.DataFrame({"monetary": [80, 40, 20, 20, 20, 20]})
    >>> plots.alt_text(decile_chart(analysis.decile_table(spent, groups=3)))
    'Money of 3 groups of customers, from the best: 60%, 0%, 40%. The best group holds 2 customers.'
    """
    require_frame(table, ("decile", "customers", "money_share", "cumulative_money_share"),
                    asked_by="decile_chart")  # fmt: skip
    share = table["money_share"].to_numpy(dtype=float)
    if not len(share) or np.isnan(share).any():
        what = say("The groups have no shares: all together bring no money.")
        raise InputError(say("There is nothing to draw."), [Problem("no_money", what, column="money_share")])
    groups, reached = table["decile"].to_numpy(), table["cumulative_money_share"].to_numpy(dtype=float)
    with styled():
        ax = axes_of_own(7.4, 4.9) if ax is None else ax
        ax.bar(groups, share, width=0.72, color=BLUE, label=say("share of the group"))
        ax.plot(groups, reached, color=VERMILLION, marker="o", markersize=5, linewidth=2,
                label=say("this group and all better ones"))  # fmt: skip
        ax.axhline(1 / len(share), color=GREY, linestyle="--", linewidth=1.2, label=say("if all were equal"))
        if len(share) <= 12:
            for at, value in zip(groups, share, strict=True):
                ax.annotate(format_percent(value, 0), (at, max(value, 0)), (0, 3), textcoords="offset points",
                            ha="center", fontsize=9,
                            zorder=5,
                            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.9, "pad": 0.5})  # fmt: skip
            ax.set_xticks(groups)
        ax.set_title(say("What groups of customers bring"), pad=30)
        ax.set_xlabel(say("Group of customers, 1 is the best"))
        ax.set_ylabel(say("Share of the money"))
        ax.set_ylim(min(0.0, float(share.min()) * 1.1), max(1.0, float(reached.max())) * 1.06)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.3, borderpad=0, columnspacing=1.2,
                  fontsize=9.5)  # fmt: skip
    told = say(
        "Money of {count} groups of customers, from the best: {shares}.",
        count=format_number(len(share)),
        shares=", ".join(format_percent(value, 0) for value in share[:10]) + (", …" if len(share) > 10 else ""),
    )
    best = say_count(
        "The best group holds {count} customer.", "The best group holds {count} customers.",
        int(table["customers"].iloc[0]),
    )  # fmt: skip
    describe(ax, f"{told} {best}")
    return ax
