"""Contracts of churn: features, labels, classifier, evaluation, targeting."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.churn.evaluation import churn_calibration_table, churn_lift_table, churn_performance
from crm_toolkit.analysis.churn.features import churn_features, churn_split, contract_churn_labels
from crm_toolkit.analysis.churn.importance import churn_importance_table
from crm_toolkit.analysis.churn.model import ChurnModel, fit_churn, leakage_table
from crm_toolkit.analysis.churn.profit import churn_profit_curve
from crm_toolkit.analysis.churn.targeting import churn_targeting_table
from tests.analysis.contract import LINES, Contract, purchases

_DAY = "2023-10-31"
_SCORED = ("churned", "probability")


def _contracts() -> pd.DataFrame:
    opened = purchases()["ordered_at"]
    ended = opened + pd.to_timedelta(20 + 7 * (pd.RangeIndex(len(opened)) % 40), unit="D")
    return pd.DataFrame({"customer_id": range(len(opened)), "started_on": opened, "ended_on": ended})


def _customers() -> pd.DataFrame:
    luck = np.random.default_rng(3)
    visits, amount = luck.poisson(4, 240), luck.gamma(2, 30, 240)
    gone = (luck.random(240) < 1 / (1 + visits)).astype(int)
    return pd.DataFrame({"customer_id": range(240), "visits": visits, "amount": amount, "churned": gone})


def _scored() -> pd.DataFrame:
    table = _customers()
    table["probability"] = 1 / (1.5 + table["visits"])
    return table.assign(effect=np.cos(table["customer_id"]) / 10, treated=table["customer_id"] % 2)


@cache
def _model() -> ChurnModel:
    return fit_churn(_customers())


_OFFER = {"value": 100.0, "contact_cost": 2.0, "incentive": 5.0, "accept_probability": 0.3}
_POLICIES = ("customer_id", "probability", "effect", "treated", "churned")

CONTRACTS = [
    Contract(
        "churn_features", purchases, lambda t: churn_features(t, as_of=_DAY, horizon_days=60), LINES,
        numbers=("amount",),
    ),
    Contract(
        "churn_split", purchases, lambda t: churn_split(t, as_of="2024-01-31", horizon_days=60).test, LINES,
        numbers=("amount",),
    ),
    Contract(
        "contract_churn_labels", _contracts, lambda t: contract_churn_labels(t, as_of=_DAY, horizon_days=60),
        ("customer_id", "started_on", "ended_on"),
    ),
    Contract(
        "leakage_table", _customers, leakage_table, ("churned",), numbers=("churned",), missing=("auc",),
    ),
    Contract(
        "fit_churn", _customers, lambda t: fit_churn(t).probabilities(_customers()), ("churned",),
        numbers=("visits", "amount", "churned"),
    ),
    Contract("churn_performance", _scored, churn_performance, _SCORED, numbers=_SCORED),
    Contract("churn_calibration_table", _scored, churn_calibration_table, _SCORED, numbers=_SCORED),
    Contract("churn_lift_table", _scored, churn_lift_table, _SCORED, numbers=_SCORED),
    Contract(
        "churn_importance_table", _customers, lambda t: churn_importance_table(_model(), t, repeats=3),
        ("visits", "amount", "churned"), numbers=("visits", "amount", "churned"),
    ),
    Contract(
        "churn_profit_curve", _scored, lambda t: churn_profit_curve(t, saved_share=0.2, **_OFFER), _SCORED,
        numbers=_SCORED,
    ),
    Contract(
        "churn_targeting_table", _scored, lambda t: churn_targeting_table(t, contacts=0.2, treated="treated", **_OFFER),
        _POLICIES, numbers=("probability", "effect", "treated", "churned"), missing=("profit_measured", "low", "high"),
        note="a policy with fewer than two customers on a side of the experiment has no measured profit",
    ),
]  # fmt: skip
