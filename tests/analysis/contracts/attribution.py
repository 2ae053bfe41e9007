"""Contracts of paths, of ready paths and of experiments."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.attribution.experiment import holdout_increments
from crm_toolkit.analysis.attribution.paths import paths_from_table, touch_paths
from crm_toolkit.analysis.attribution.table import attribution_table
from tests.analysis.contract import AS_OF, Contract

_TOUCHES = ("customer_id", "touched_at", "channel")


@cache
def touches() -> pd.DataFrame:
    """300 touches of 60 customers, some without a customer or a channel, some at the same second."""
    luck = np.random.default_rng(5)
    moment = pd.Timestamp("2023-11-01") + pd.to_timedelta(luck.integers(0, 95 * 24, 300) * 3600, unit="s")
    channel = luck.choice(["search", "email", "sms", "direct"], 300)
    customer = pd.Series(luck.integers(0, 60, 300), dtype="Int64").mask(luck.random(300) < 0.03)
    frame = pd.DataFrame({"customer_id": customer, "touched_at": moment, "channel": channel})
    return frame.assign(channel=frame["channel"].mask(luck.random(300) < 0.03))


@cache
def orders() -> pd.DataFrame:
    """80 orders of 70 customers, with returns."""
    luck = np.random.default_rng(6)
    moment = pd.Timestamp("2023-11-05") + pd.to_timedelta(luck.integers(0, 90 * 24, 80) * 3600, unit="s")
    amount = np.round(luck.gamma(2, 20, 80), 2) * np.where(luck.random(80) < 0.1, -1, 1)
    return pd.DataFrame({"customer_id": luck.integers(0, 70, 80), "ordered_at": moment, "amount": amount})


@cache
def assignments() -> pd.DataFrame:
    """Two campaigns with both arms and propensities."""
    luck = np.random.default_rng(7)
    campaign = np.repeat([1, 2], 30)
    chance = np.where(campaign == 1, 0.5, luck.uniform(0.3, 0.7, 60))
    arm = np.where(luck.random(60) < chance, "treated", "holdout")
    return pd.DataFrame(
        {
            "campaign_id": campaign,
            "customer_id": luck.permutation(70)[:60],
            "assigned_on": pd.Timestamp("2023-12-01"),
            "arm": arm,
            "propensity": chance,
        }
    )


def ready() -> pd.DataFrame:
    """Paths as text."""
    luck = np.random.default_rng(8)
    words = [" > ".join(luck.choice(list("abcd"), luck.integers(1, 5))) for _ in range(40)]
    return pd.DataFrame(
        {"path": words, "conversions": luck.poisson(2, 40), "unconverted": luck.poisson(5, 40), "value": 10.0}
    )


CONTRACTS = [
    Contract("touch_paths", touches, lambda t: touch_paths(t, orders(), as_of=AS_OF, value="amount"), _TOUCHES),
    Contract("touch_paths: conversions", orders,
             lambda t: touch_paths(touches(), t, as_of=AS_OF, value="amount", unfinished="keep"),
             ("customer_id", "ordered_at", "amount"), numbers=("amount",)),
    Contract("touch_paths: credits", touches,
             lambda t: attribution_table(touch_paths(t, orders(), as_of=AS_OF, lookback_days=10)), _TOUCHES),
    Contract("paths_from_table", ready, lambda t: paths_from_table(t, value="value").table,
             ("path", "conversions", "unconverted", "value"), numbers=("conversions", "unconverted", "value")),
    Contract("holdout_increments", assignments,
             lambda t: holdout_increments(t, orders(), days=30, as_of=AS_OF, value="amount"),
             ("campaign_id", "customer_id", "assigned_on", "arm"), numbers=("propensity",)),
    Contract("holdout_increments: conversions", orders,
             lambda t: holdout_increments(assignments(), t, days=30, as_of=AS_OF),
             ("customer_id", "ordered_at"), missing=("standard_error", "low", "high")),
]  # fmt: skip
