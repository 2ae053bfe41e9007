"""Contracts of clusters, profiles and the profit of segments."""

import numpy as np
import pandas as pd

from crm_toolkit.analysis.clusters.choice import choose_clusters
from crm_toolkit.analysis.clusters.fitting import fit_clusters
from crm_toolkit.analysis.clusters.null import structure_test
from crm_toolkit.analysis.clusters.plan import segment_plan
from crm_toolkit.analysis.clusters.profiles import segment_profiles
from crm_toolkit.analysis.clusters.profit import segment_policy
from tests.analysis.contract import Contract, scores

FEATURES = ("recency_days", "frequency", "monetary")


def _responses() -> pd.DataFrame:
    luck = np.random.default_rng(3)
    segment, treatment = luck.integers(0, 2, 120), luck.integers(0, 2, 120)
    return pd.DataFrame(
        {
            "segment": np.array(["new", "loyal"])[segment],
            "treatment": np.array(["call", "points"])[treatment],
            "outcome": np.round(luck.gamma(2, 5, 120) + 3 * (segment == treatment), 2),
        }
    )


def _effects() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment": ["new", "loyal", "asleep"],
            "customers": [100, 60, 80],
            "call": [2.0, 1.0, -1.0],
            "points": [1.0, 4.0, 0.5],
        }
    )


CONTRACTS = [
    Contract(
        "fit_clusters", scores, lambda t: fit_clusters(t, k=2, starts=2), ("customer_id", *FEATURES), numbers=FEATURES,
    ),
    Contract(
        "fit_clusters: mixture", scores, lambda t: fit_clusters(t, k=2, method="gaussian_mixture", starts=1),
        ("customer_id", *FEATURES),
    ),
    Contract(
        "fit_clusters: ward", scores, lambda t: fit_clusters(t, k=3, method="ward", scale="robust"),
        ("customer_id", *FEATURES), numbers=FEATURES,
    ),
    Contract(
        "structure_test", scores, lambda t: structure_test(t, most_k=3, references=19), ("customer_id", *FEATURES),
        numbers=FEATURES,
    ),
    Contract(
        "choose_clusters", scores,
        lambda t: choose_clusters(t, most_k=3, references=19, draws=5, method="ward"), ("customer_id", *FEATURES),
        numbers=FEATURES, missing=("silhouette",), note="the silhouette of one cluster is not defined",
    ),
    Contract(
        "segment_profiles", scores, lambda t: segment_profiles(t, ["frequency", "rfm"], segment="segment"),
        ("segment", "frequency", "monetary", "rfm"), numbers=("frequency", "monetary"),
        missing=("low", "high", "money_share_low", "money_share_high", "median", "base_median", "index",
                 "money_share"),
        note="too few customers for an interval; no money",
    ),
    Contract(
        "segment_policy", _responses, lambda t: segment_policy(t, fixed_cost=10), ("segment", "treatment", "outcome"),
        numbers=("outcome",),
    ),
    Contract(
        "segment_plan", _effects, lambda t: segment_plan(t, ["call", "points"]).gain,
        ("segment", "customers", "call", "points"), numbers=("customers", "call", "points"),
    ),
]  # fmt: skip
