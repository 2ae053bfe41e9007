"""Contracts of experiments, sequential tests, weighting, uplift models and their metrics."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.arms import compare_arms, sample_ratio_check
from crm_toolkit.analysis.experiments.groups import effect_by_group
from crm_toolkit.analysis.experiments.means import compare_means
from crm_toolkit.analysis.experiments.rates import compare_rates
from crm_toolkit.analysis.experiments.ratios import compare_ranks, compare_ratios
from crm_toolkit.analysis.experiments.sequential import always_valid_means, always_valid_rates
from crm_toolkit.analysis.experiments.weighting import balance_table, overlap_table, weighted_effect
from crm_toolkit.analysis.uplift.learners import fit_uplift, uplift_scores
from crm_toolkit.analysis.uplift.metrics import qini_curve, uplift_at_k, uplift_by_decile, uplift_curve
from crm_toolkit.analysis.uplift.policy import policy_value, targeting_profit
from tests.analysis.contract import Contract


@cache
def trial() -> pd.DataFrame:
    """300 customers with an arm, a propensity, features, a score, a rule, and outcomes of both kinds."""
    luck = np.random.default_rng(12)
    n = 300
    visits, segment = luck.integers(0, 9, n), luck.choice(["a", "b", "c"], n)
    propensity = np.round(0.2 + 0.06 * visits, 3)
    treated = (luck.random(n) < propensity).astype(int)
    bought = (luck.random(n) < 0.15 + 0.04 * visits * treated).astype(int)
    return pd.DataFrame(
        {
            "customer_id": luck.permutation(np.arange(1000, 1000 + n)),
            "arm": np.where(treated, "treated", "holdout"),
            "treated": treated,
            "propensity": propensity,
            "visits": visits,
            "segment": segment,
            "before": np.round(luck.gamma(2, 20, n), 2),
            "amount": np.round(bought * luck.gamma(2, 15, n) + 1, 2),
            "orders": 1 + luck.integers(0, 3, n),
            "outcome": bought,
            "uplift": np.round(luck.normal(size=n) + visits * 0.3, 1),
            "policy": (visits > 3).astype(int),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(luck.integers(0, 40, n), unit="D"),
        }
    )


_RANKED = ("uplift", "outcome", "treated")
_FEATURES = ["visits", "before", "segment"]

CONTRACTS = [
    Contract("compare_means", trial, lambda t: compare_means(t, "amount"), ("amount", "arm"), numbers=("amount",)),
    Contract(
        "compare_means: CUPED", trial, lambda t: compare_means(t, "amount", covariate="before", winsorise=0.95),
        ("amount", "arm", "before"), numbers=("amount", "before"),
    ),
    Contract("compare_rates", trial, lambda t: compare_rates(t, "outcome"), ("outcome", "arm"), numbers=("outcome",)),
    Contract(
        "compare_rates: ratio", trial, lambda t: compare_rates(t, "outcome", scale="ratio"), ("outcome", "arm"),
        numbers=("outcome",),
    ),
    Contract(
        "compare_ratios", trial, lambda t: compare_ratios(t, "amount", "orders"),
        ("amount", "orders", "arm", "customer_id"), numbers=("amount", "orders"),
    ),
    Contract("compare_ranks", trial, lambda t: compare_ranks(t, "amount"), ("amount", "arm"), numbers=("amount",)),
    Contract("sample_ratio_check", trial, sample_ratio_check, ("arm",)),
    Contract("compare_arms", trial, lambda t: compare_arms(t, "amount"), ("amount", "arm"), numbers=("amount",)),
    Contract(
        "effect_by_group", trial, lambda t: effect_by_group(t, "amount", "segment"), ("amount", "segment", "arm"),
        numbers=("amount",),
    ),
    Contract(
        "always_valid_means", trial, lambda t: always_valid_means(t, "amount", "day", burn_in=20),
        ("amount", "day", "arm"), numbers=("amount",),
    ),
    Contract(
        "always_valid_rates", trial, lambda t: always_valid_rates(t, "outcome", "visits", burn_in=20),
        ("outcome", "visits", "arm"), numbers=("outcome", "visits"),
    ),
    Contract(
        "weighted_effect", trial, lambda t: weighted_effect(t, "amount"), ("amount", "treated", "propensity"),
        numbers=("amount", "treated", "propensity"),
    ),
    Contract(
        "overlap_table", trial, overlap_table, ("treated", "propensity"), numbers=("treated", "propensity"),
    ),
    Contract(
        "balance_table", trial, lambda t: balance_table(t, ["visits", "before"], propensity="propensity"),
        ("visits", "before", "treated", "propensity"), numbers=("visits", "before", "treated", "propensity"),
    ),
    Contract(
        "fit_uplift", trial, lambda t: fit_uplift(t, _FEATURES).predict(trial()),
        (*_FEATURES, "outcome", "treated"), numbers=("visits", "outcome", "treated"),
        allows=("text:visits",), note="a column of words is a feature too",
    ),
    Contract(
        "uplift_scores", trial, lambda t: uplift_scores(t, _FEATURES, folds=2),
        ("customer_id", *_FEATURES, "outcome", "treated"), numbers=("before", "outcome", "treated"),
        note="300 words in one feature are too many",
    ),
    Contract("qini_curve", trial, qini_curve, _RANKED, numbers=_RANKED),
    Contract("uplift_curve", trial, lambda t: uplift_curve(t, propensity="propensity"), (*_RANKED, "propensity"),
             numbers=(*_RANKED, "propensity"), missing=("coefficient",)),
    Contract("uplift_at_k", trial, uplift_at_k, _RANKED, numbers=_RANKED),
    Contract("uplift_by_decile", trial, uplift_by_decile, _RANKED, numbers=_RANKED),
    Contract(
        "policy_value", trial, policy_value, ("policy", "outcome", "treated"),
        numbers=("policy", "outcome", "treated"),
    ),
    Contract(
        "targeting_profit", trial, lambda t: targeting_profit(t, contact_cost=0.1), _RANKED, numbers=_RANKED,
    ),
]  # fmt: skip
