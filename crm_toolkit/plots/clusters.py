"""Clusters in pictures: whether there are any, how many, what they are like, and whether they pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    TWO_SIDED,
    VERMILLION,
    axes_of_own,
    percent_ticks,
    short_money,
    show_numbers,
    styled,
)
from crm_toolkit.texts import format_number, format_percent, say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis.clusters.choice import ClusterChoice
    from crm_toolkit.analysis.clusters.null import StructureTest
    from crm_toolkit.analysis.clusters.profiles import SegmentProfiles
    from crm_toolkit.analysis.clusters.profit import SegmentPolicy

_MARKS = ((BLUE, "o"), (VERMILLION, "s"), ("#009E73", "^"), (ORANGE, "D"), ("#CC79A7", "v"))
_MOST_COLUMNS, _MOST_ROWS = 14, 20


def structure_chart(test: StructureTest, *, ax: Axes | None = None) -> Axes:
    """Draw how close customers lie to k centres, beside clouds without groups.

    Parameters
    ----------
    test : analysis.StructureTest
        As `analysis.structure_test` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two curves over k; where groups are, the customers' curve runs below the other.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.clusters.null import structure_test
    >>> table = pd.DataFrame({"customer_id": range(60), "visits": [1, 2, 3, 21, 22, 23] * 10})
    >>> structure_chart(structure_test(table, ["visits"], most_k=4)).get_xlabel()
    'Number of clusters k'
    """
    table = test.table
    with styled():
        ax = axes_of_own(7.4, 4.6) if ax is None else ax
        ax.plot(table["k"], table["reference_share"], color=GREY, linestyle="--", marker="s", markersize=5,
                linewidth=1.6, label=say("one cloud without groups"))  # fmt: skip
        ax.plot(table["k"], table["within_share"], color=BLUE, marker="o", linewidth=2.2, label=say("these customers"))
        ax.set_ylim(0, 1.05)
        _whole_ticks(ax, table["k"])
        distance = say("Squared distance to the nearest centre,\nshare of the distance to the common one")
        ax.set(title=_wrapped(test.verdict, 54), xlabel=say("Number of clusters k"), ylabel=distance)
        show_numbers(ax.yaxis, percent_ticks)
        ax.grid(True, axis="y")
        ax.legend(loc="upper right")
    told = [
        say("k = {k}: {own} against {cloud}", k=int(row.k), own=format_percent(row.within_share),
            cloud=format_percent(row.reference_share))
        for row in _rows(table)
    ]  # fmt: skip
    described = say(
        "Squared distance to the nearest of k centres, customers against one cloud: {list}. {verdict}",
        list="; ".join(told),
        verdict=test.verdict,
    )
    describe(ax, described)
    return ax


def cluster_choice_chart(choice: ClusterChoice, *, ax: Axes | None = None) -> Axes:
    """Draw stability and silhouette over the number of clusters.

    Parameters
    ----------
    choice : analysis.ClusterChoice
        As `analysis.choose_clusters` returns it.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Two curves over k from 2; the suggested k is marked if there is structure.

    Raises
    ------
    InputError
        If all customers are equal, so that there is nothing to draw.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import plots
    >>> from crm_toolkit.analysis.clusters.choice import choose_clusters
    >>> table = pd.DataFrame({"customer_id": range(60), "visits": [1, 2, 3, 21, 22, 23] * 10})
    >>> ax = cluster_choice_chart(choose_clusters(table, ["visits"], most_k=4, draws=5))
    >>> print(plots.alt_text(ax).split(".")[0])
    Stability and silhouette: 2 clusters are suggested
    """
    table = choice.table[choice.table["k"] > 1]
    if table.empty:
        what = say("All customers are equal: there is one cluster.")
        raise InputError(say("There is nothing to draw."), [Problem("empty", what)])
    if choice.test.structure:
        found = say_count("Stability and silhouette: {count} cluster is suggested",
                          "Stability and silhouette: {count} clusters are suggested", choice.suggested)  # fmt: skip
    else:
        found = say("Stability and silhouette: no structure is shown")
    with styled():
        ax = axes_of_own(7.4, 4.6) if ax is None else ax
        low = np.minimum(table["stability_low"], table["stability"])
        ax.fill_between(table["k"], low, table["stability"], color=BLUE, alpha=0.15, linewidth=0)
        ax.plot(table["k"], table["stability"], color=BLUE, marker="o", linewidth=2.2,
                label=say("stability (adjusted Rand index; band: the weaker draws)"))  # fmt: skip
        ax.plot(table["k"], table["silhouette"], color=VERMILLION, linestyle="--", marker="s", markersize=5,
                linewidth=2, label=say("silhouette"))  # fmt: skip
        if choice.test.structure:
            ax.axvline(choice.suggested, color=GREY, linestyle=":", linewidth=1.6)
        lowest = float(np.nanmin(table[["stability_low", "silhouette"]].to_numpy(), initial=0.0))
        ax.set_ylim(min(lowest - 0.05, 0), 1.05)
        _whole_ticks(ax, table["k"])
        ax.set(title=found, xlabel=say("Number of clusters k"), ylabel=say("Index; 1 is the best"))
        show_numbers(ax.yaxis, lambda value: format_number(round(value, 2)))
        ax.grid(True, axis="y")
        ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), borderaxespad=0.2, borderpad=0)
    told = [
        say("k = {k}: stability {stability}, silhouette {silhouette}", k=int(row.k),
            stability=format_number(row.stability, 2),
            silhouette="–" if np.isnan(row.silhouette) else format_number(row.silhouette, 2))
        for row in _rows(table)
    ]  # fmt: skip
    describe(ax, f"{found}. {'; '.join(told)}. {choice.verdict}")
    return ax


def segment_profile_chart(
    profiles: SegmentProfiles, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw profile cards as a heat map: what is over and under the mean of all customers.

    Parameters
    ----------
    profiles : analysis.SegmentProfiles
        As `analysis.segment_profiles` returns them; up to 20 segments and 14 features.
    labels : mapping, optional
        What the columns (and values of text columns) are called in the picture.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        A row for each segment, with its share of customers and of money; in the cells the index, 100 is the base. Cells
        that do not stand out from it are without colour.

    Raises
    ------
    InputError
        If there are too many segments or features.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.clusters.profiles import segment_profiles
    >>> table = pd.DataFrame({"cluster": [1] * 20 + [2] * 80, "monetary": [90.0, 110.0] * 10 + [9.0, 11.0] * 40})
    >>> len(segment_profile_chart(segment_profiles(table, ["monetary"])).texts)
    2
    """
    named = labels or {}
    features = profiles.features.assign(
        column=[_column_name(row.feature, row.value, named) for row in _rows(profiles.features)]
    )
    columns = list(dict.fromkeys(features["column"]))
    segments = profiles.segments
    _check_size(len(columns), len(segments))
    cells = features.pivot(index="segment", columns="column", values="index").loc[segments["segment"], columns]
    verdicts = features.pivot(index="segment", columns="column", values="stands_out").loc[segments["segment"], columns]
    shown = np.log2(np.clip(cells.to_numpy(dtype="float64") / 100, 0.25, 4))
    plain = ~verdicts.isin(["over", "under"]).to_numpy()
    with styled():
        wide, high = max(4.6 + 0.95 * len(columns), 7.4), max(1.9 + 0.42 * len(segments), 3.2)
        ax = axes_of_own(min(wide, 13), min(high, 9)) if ax is None else ax
        mesh = ax.pcolormesh(np.where(plain, np.nan, shown), cmap=TWO_SIDED, vmin=-2, vmax=2, edgecolors="white",
                             linewidth=1.2)  # fmt: skip
        ax.set_facecolor("#F4F4F4")
        for (row, column), index in np.ndenumerate(cells.to_numpy(dtype="float64")):
            colour = GREY if plain[row, column] else style.readable_on(tuple(mesh.to_rgba(shown[row, column])))
            ax.text(column + 0.5, row + 0.5, "–" if np.isnan(index) else format_number(round(index)), color=colour,
                    ha="center", va="center", in_layout=False)  # fmt: skip
        rows = [
            say("{name}\n{people} of customers, {money} of money", name=row.segment,
                people=format_percent(row.customer_share, 0),
                money="–" if np.isnan(row.money_share) else format_percent(row.money_share, 0))
            for row in _rows(segments)
        ]  # fmt: skip
        ax.set_yticks(np.arange(len(rows)) + 0.5, rows, fontsize=9.5)
        ax.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=0 if len(columns) <= 5 else 35,
                      ha="center" if len(columns) <= 5 else "right")  # fmt: skip
        ax.invert_yaxis()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        figure: Any = ax.figure
        bar = figure.colorbar(mesh, ax=ax, shrink=0.9, ticks=[-2, -1, 0, 1, 2])
        bar.ax.set_yticklabels(["≤ 25", "50", "100", "200", "≥ 400"])
        bar.outline.set_visible(False)
        bar.set_label(say("Index, 100 = all customers"))
        ax.set_title(say("What segments are like (grey: like everybody)"))
    describe(ax, _profiles_in_words(features, segments))
    return ax


def segment_policy_chart(
    policy: SegmentPolicy,
    *,
    currency: str = "",
    labels: Mapping[Any, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the profit of each treatment in each segment, and what choosing by segment brings.

    Parameters
    ----------
    policy : analysis.SegmentPolicy
        As `analysis.segment_policy` returns it; up to 5 treatments.
    currency : str
        ISO 4217 code for labels.
    labels : mapping, optional
        What treatments are called in the picture.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Means with intervals; the best treatment of a segment is filled, the others are hollow.

    Raises
    ------
    InputError
        If there are more than five treatments or 20 segments.
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.clusters.profit import segment_policy
    >>> rows = [(s, t, 2.0 * (s == t) + k % 2) for s in "ab" for t in "ab" for k in range(20)]
    >>> policy = segment_policy(pd.DataFrame(rows, columns=["segment", "treatment", "outcome"]))
    >>> segment_policy_chart(policy).get_yticklabels()
    [Text(0, 0, 'a'), Text(0, 1, 'b')]
    """
    cells, named = policy.cells, labels or {}
    ways, groups = list(dict.fromkeys(cells["treatment"])), policy.policy["segment"].tolist()
    if len(ways) > len(_MARKS) or len(groups) > _MOST_ROWS:
        what = say("{count} treatments can't be told apart; {most} can.", count=len(ways), most=len(_MARKS))
        raise InputError(say("There is too much to draw."), [Problem("too_many", what)])
    best = dict(zip(groups, policy.policy["treatment"], strict=True))
    with styled():
        ax = axes_of_own(8.0, min(2.6 + 0.62 * len(groups), 10)) if ax is None else ax
        for number, (way, (colour, mark_of)) in enumerate(zip(ways, _MARKS, strict=False)):
            part = cells[cells["treatment"] == way]
            place = np.arange(len(groups)) + (number - (len(ways) - 1) / 2) * 0.6 / len(ways)
            ax.hlines(place, part["low"], part["high"], color=colour, linewidth=1.8)
            fill = [colour if best[one] == way else "white" for one in part["segment"]]
            ax.scatter(part["mean"], place, s=52, c=fill, edgecolors=colour, linewidths=1.6, marker=mark_of, zorder=3)
            word = str(named.get(way, way))
            ax.plot([], [], color=colour, marker=mark_of, markersize=7, linewidth=1.8,
                    label=say("{name} (best for all)", name=word) if way == policy.for_all else word)  # fmt: skip
        ax.set_yticks(range(len(groups)), [str(one) for one in groups])
        ax.set_ylim(len(groups) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        gain = say("Choosing by segment: {gain} per customer (from {low} to {high}); the same numbers promised {naive}",
                   gain=short_money(policy.gain, currency), low=short_money(policy.gain_low, currency),
                   high=short_money(policy.gain_high, currency),
                   naive=short_money(policy.naive_gain, currency))  # fmt: skip
        unit = say("Profit per customer, {unit}; filled: the best of the segment", unit=style.money_unit(currency))
        ax.set_xlabel(f"{unit}\n\n{_wrapped(gain, 92)}")
        ax.set_title(say("Profit per customer by segment and treatment"), pad=30)
        show_numbers(ax.xaxis, lambda value: format_number(round(value, 2)))
        ax.grid(True, axis="x")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(ways), borderaxespad=0.3, borderpad=0,
                  columnspacing=1.5)  # fmt: skip
    told = [
        say("{name}: {treatment} {mean}", name=row.segment, treatment=named.get(row.treatment, row.treatment),
            mean=short_money(row.mean, currency))
        for row in _rows(policy.policy)
    ]  # fmt: skip
    describe(ax, say("Best treatment by segment. {list}. {gain}.", list="; ".join(told), gain=gain))
    return ax


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def _whole_ticks(ax: Axes, ks: pd.Series) -> None:
    ax.set_xticks(ks.tolist())
    ax.set_xlim(ks.min() - 0.3, ks.max() + 0.3)


def _wrapped(sentence: str, width: int) -> str:
    from textwrap import wrap

    return "\n".join(wrap(sentence.replace("p = ", "p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"), width))


def _column_name(feature: str, value: Any, labels: Mapping[str, str]) -> str:
    name = labels.get(feature, feature)
    return name if value is None or value != value else f"{name}:\n{labels.get(str(value), value)}"


def _check_size(columns: int, rows: int) -> None:
    problems = []
    if columns > _MOST_COLUMNS or not columns:
        what = say("{count} features can't be drawn; from 1 to {most} can.", count=columns, most=_MOST_COLUMNS)
        advice = say("A text column takes a column for each of its values.")
        problems.append(Problem("too_many", what, advice=advice))
    if rows > _MOST_ROWS:
        what = say("{count} segments can't be drawn; from 1 to {most} can.", count=rows, most=_MOST_ROWS)
        problems.append(Problem("too_many", what))
    if problems:
        raise InputError(say("There is too much to draw."), problems)


def _profiles_in_words(features: pd.DataFrame, segments: pd.DataFrame) -> str:
    told = []
    for row in _rows(segments):
        own = features[(features["segment"] == row.segment) & features["stands_out"].isin(["over", "under"])]
        furthest = own.loc[np.abs(np.log(own["index"].clip(lower=1) / 100)).sort_values(ascending=False).index]
        seen = ", ".join(
            f"{name.replace(chr(10), ' ')} {format_number(round(index))}"
            for name, index in zip(furthest["column"].head(3), furthest["index"].head(3), strict=True)
        )
        told.append(
            say("{name}: {people} of customers, {what}", name=row.segment, people=format_percent(row.customer_share),
                what=seen or say("like everybody"))
        )  # fmt: skip
    return say("Heat map of segments, index 100 is the mean of all. {list}.", list="; ".join(told))
