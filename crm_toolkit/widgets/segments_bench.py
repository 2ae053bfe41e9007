"""Explore segments: cut customers in k parts, and see whether the parts are real, what they are like, whether they pay.

Four invented customer bases are called A to D, so that one has to find out what they are; the truth can be uncovered
when the verdict is written down. A table of your own takes their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis.clusters import (
    ClusterChoice,
    Clusters,
    SegmentPolicy,
    SegmentProfiles,
    choose_clusters,
    fit_clusters,
    segment_policy,
    segment_profiles,
)
from crm_toolkit.analysis.clusters.choice import STABLE
from crm_toolkit.datasets.segment_customers import FEATURES, make_segment_customers
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say, say_count
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

BASES = {"A": "cloud_pays", "B": "groups_alike", "C": "cloud_alike", "D": "groups_pay"}
TRUTH = {
    "groups_pay": mark("three groups, and each answers to a treatment of its own"),
    "groups_alike": mark("three groups, and all of them answer alike"),
    "cloud_pays": mark("one cloud without groups; the answer slides with the receipt"),
    "cloud_alike": mark("one cloud without groups, and everybody answers alike"),
}
SCALING = {
    "standard": mark("logarithms where skewed, divided by the standard deviation"),
    "robust": mark("logarithms where skewed, divided by the interquartile range"),
    "raw": mark("as they are: units decide"),
}
METHODS = {"kmeans": mark("k-means"), "gaussian_mixture": mark("mixture of normal clouds"), "ward": mark("Ward")}
WORDS = {
    "visits": mark("visits a year"),
    "receipt": mark("mean receipt"),
    "questions": mark("questions a year"),
    "monetary": mark("money a year"),
    "recency_days": mark("days since the last purchase"),
    "frequency": mark("orders"),
    "none": mark("nothing"),
    "call": mark("a call"),
    "points": mark("loyalty points"),
}
KNOBS = {
    knob.name: knob
    for knob in (
        Knob("k", 3, 2, 8, 1, mark("Number of clusters k"), origin="convention"),
        Knob("fixed_cost", 500.0, 0.0, 20_000.0, 100.0, mark("Cost of treating segments differently"),
             unit=mark("currency units"), origin="assumption", reference="texts and rules for a quarter"),
    )
}  # fmt: skip
_ROWS = (("data", "features", "scaling"), ("method", "k", "fixed_cost", "truth"), ("conclusion",),
         ("structure", "stability"), ("profiles",), ("policy",), ("cards",))  # fmt: skip
_MOST_K = 6
# so few that a turn takes a second or two
_LIGHT: dict[str, Any] = {"draws": 8, "references": 39, "sample": 400, "starts": 3}


@dataclass(frozen=True, eq=False)
class SegmentsView:
    """What `explore_segments` shows.

    Parameters
    ----------
    choice : analysis.ClusterChoice
    clusters : analysis.Clusters
    profiles : analysis.SegmentProfiles
    policy : analysis.SegmentPolicy or None
        None if the table holds no treatment, or some segment has too few customers.
    """

    choice: ClusterChoice
    clusters: Clusters
    profiles: SegmentProfiles
    policy: SegmentPolicy | None


def explore_segments(
    table: pd.DataFrame | None = None, *, columns: Sequence[str] = FEATURES, money: str = "monetary", data: str = "A"
) -> Explorer:
    """Cut customers into clusters, and see structure, stability, profile cards and what treating them differently
    brings.

    Parameters
    ----------
    table : pandas.DataFrame, optional
        Customers of your own: ``customer_id``, the features, the money and, if treatments were given by lot,
        ``treatment`` and ``outcome`` (profit after the cost of the treatment). By default four invented customer
        bases, A to D.
    columns : sequence of str
        The features, one or more.
    money : str
        The column of the money.
    data : {"A", "B", "C", "D"}
        The invented base that is open at the beginning.

    Returns
    -------
    Explorer
        A notebook shows controls, charts and cards; ``.result`` is a `SegmentsView`. With ``CRM_STATIC=1`` there is
        only the static copy.

    Raises
    ------
    InputError
        If a column is missing.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_segments(data="C")
    >>> explorer.result.choice.test.structure, explorer.result.policy.decision
    (False, 'one_treatment')
    """
    names = tuple(columns)
    if table is not None:
        require_frame(table, ("customer_id", *names, money), asked_by="explore_segments")
    own = None if table is None else table.reset_index(drop=True)
    sets = _feature_sets(names)

    @lru_cache(maxsize=32)
    def choice_of(base: str, features: str, scaling: str, method: str) -> ClusterChoice:
        people = _customers(base, own)
        return choose_clusters(people, sets[features], most_k=_MOST_K, method=method, **_LIGHT, **_options(scaling))

    def look(*, data: str, features: str, scaling: str, method: str, k: int, fixed_cost: float, truth: bool) -> View:
        people = _customers(data, own)
        choice = choice_of(_alike(data), features, scaling, method)
        clusters = fit_clusters(people, sets[features], k=k, method=method, order_by=_leading(sets[features], money),
                                **_options(scaling))  # fmt: skip
        joined = people.merge(clusters.labels[["customer_id", "cluster"]], on="customer_id")
        described = tuple(dict.fromkeys((*names, money)))
        profiles = segment_profiles(joined, described, money=money)
        policy = _policy(joined, fixed_cost)
        return _view(choice, clusters, profiles, policy, data if truth and own is None else "", k)

    start = {"data": data, "features": "0", "scaling": "standard", "method": "kmeans", "truth": False,
             **{name: knob.default for name, knob in KNOBS.items()}}  # fmt: skip

    def controls() -> dict[str, Any]:
        bases = [(say("base {letter}", letter=letter), letter) for letter in BASES] if own is None else [
            (say("your table"), data)]  # fmt: skip
        features = [(join_names(_word(one) for one in some), code) for code, some in sets.items()]
        return {
            "data": choice_control(say("Customers"), bases, value=data),
            "features": choice_control(say("Features"), features, value="0"),
            "scaling": choice_control(say("Scaling"), _choices(SCALING), value="standard"),
            "method": choice_control(say("Method"), _choices(METHODS), value="kmeans"),
            **{name: number_control(knob) for name, knob in KNOBS.items()},
            "truth": choice_control(say("Truth"), [(say("hidden"), False), (say("shown"), True)], value=False),
        }

    return Explorer(look, controls=controls, start=start, rows=_ROWS)


def _alike(base: str) -> str:
    """The first base with the same customers: two of them differ in the answers to treatments only."""
    shape = BASES[base].split("_")[0]
    return next(letter for letter, kind in BASES.items() if kind.startswith(shape))


@lru_cache(maxsize=8)
def _made(kind: str) -> pd.DataFrame:
    return make_segment_customers(kind).customers


def _customers(base: str, own: pd.DataFrame | None) -> pd.DataFrame:
    return _made(BASES[base]) if own is None else own


def _feature_sets(names: tuple[str, ...]) -> dict[str, list[str]]:
    """All features, and every set with one left out: keys are numbers."""
    sets = [list(names)]
    if len(names) > 1:
        sets += [[one for one in names if one != left] for left in names]
    if len(names) > 2:
        sets += [[one] for one in names]
    return {str(place): some for place, some in enumerate(sets)}


def _options(scaling: str) -> dict[str, Any]:
    return {"transform": "none", "scale": "none"} if scaling == "raw" else {"transform": "auto", "scale": scaling}


def _leading(features: Sequence[str], money: str) -> str:
    return money if money in features else ("receipt" if "receipt" in features else features[0])


def _policy(joined: pd.DataFrame, fixed_cost: float) -> SegmentPolicy | None:
    if not {"treatment", "outcome"} <= set(joined.columns):
        return None
    cells = joined.groupby(["cluster", "treatment"]).size()
    full = joined["cluster"].nunique() * joined["treatment"].nunique()
    if joined["cluster"].nunique() < 2 or len(cells) < full or cells.min() < 10:
        return None
    return segment_policy(joined, segment="cluster", fixed_cost=fixed_cost)


def _view(
    choice: ClusterChoice, clusters: Clusters, profiles: SegmentProfiles, policy: SegmentPolicy | None, shown: str,
    k: int,
) -> View:  # fmt: skip
    words = {name: say(text) for name, text in WORDS.items()}
    narrow = {name: "\n".join(wrap(text, 12)) for name, text in words.items()}
    areas: dict[str, Any] = {
        "structure": plots.show(plots.structure_chart(choice.test)),
        "stability": plots.show(plots.cluster_choice_chart(choice)),
        "profiles": plots.show(plots.segment_profile_chart(profiles, labels=narrow)),
        "policy": Table(say("What treating them differently brings"), (say("Segment"),), (), _no_policy()),
        "cards": _cards(profiles, clusters),
    }
    if policy is not None:
        areas["policy"] = plots.show(plots.segment_policy_chart(policy, labels=words))
    told = [choice.test.verdict, _stability_told(choice, min(k, _MOST_K)), policy.verdict if policy else _no_policy()]
    notes = []
    if clusters.explained > 0:
        notes.append(say("These {k} clusters “explain” {share} of the squared distances; clusters of one cloud do too.",
                         k=clusters.k, share=format_percent(clusters.explained, 0)))  # fmt: skip
    if shown:
        notes.append(say("The truth about base {letter}: {truth}.", letter=shown, truth=say(TRUTH[BASES[shown]])))
    return View(" ".join(told), areas, SegmentsView(choice, clusters, profiles, policy), tuple(notes))


def _no_policy() -> str:
    return say("What it brings can't be measured: it takes treatments given by lot and ten customers of each segment "
               "under each of them.")  # fmt: skip


def _stability_told(choice: ClusterChoice, k: int) -> str:
    row = choice.table[choice.table["k"] == k]
    if row.empty:
        return ""
    index = float(row["stability"].iloc[0])
    said = format_number(index, 2)
    if index >= STABLE.default:
        return say_count("Other draws of the customers find the {count} cluster again (adjusted Rand index {index}).",
                         "Other draws of the customers find the {count} clusters again (adjusted Rand index {index}).",
                         k, index=said)  # fmt: skip
    return say_count("Other draws cut {count} cluster elsewhere (adjusted Rand index {index}).",
                     "Other draws cut {count} clusters elsewhere (adjusted Rand index {index}).", k,
                     index=said)  # fmt: skip


def _cards(profiles: SegmentProfiles, clusters: Clusters) -> Table:
    """A profile card a row: size, money, what stands out."""
    heads = (say("Segment"), say("Customers"), say("Share of the money"), say("More than others"),
             say("Less than others"))  # fmt: skip
    rows = []
    for row in profiles.segments.to_dict("records"):
        mine = profiles.features[profiles.features["segment"] == row["segment"]]
        sides = [
            ", ".join(f"{_word(one['feature'])} {format_number(round(one['index']))}"
                      for one in mine[mine["stands_out"] == side].to_dict("records")) or "–"
            for side in ("over", "under")
        ]  # fmt: skip
        money = row["money_share"]
        size = f"{format_number(row['customers'])} ({format_percent(row['customer_share'], 0)})"
        rows.append((str(row["segment"]), size,
                     "–" if money != money else format_percent(money, 0), *sides))  # fmt: skip
    return Table(say("Profile cards (index: 100 is the mean of all)"), heads, tuple(rows),
                 say("A card is a mean. Segments are no people: look how much its customers differ."))  # fmt: skip


def _word(name: str) -> str:
    return say(WORDS[name]) if name in WORDS else name


def _choices(texts: dict[str, str]) -> list[tuple[str, str]]:
    return [(say(text), code) for code, text in texts.items()]
