"""Contracts of surveys, scales, drivers and tags of complaints."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.complaints.tags import tag_agreement, tag_complaints
from crm_toolkit.analysis.surveys.drivers import driver_importance
from crm_toolkit.analysis.surveys.reliability import cronbach_alpha
from crm_toolkit.analysis.surveys.scales import servqual_table
from crm_toolkit.analysis.surveys.scores import customer_effort_score, customer_satisfaction_score, net_promoter_score
from crm_toolkit.analysis.surveys.weights import response_rate
from tests.analysis.contract import Contract


@cache
def surveys() -> pd.DataFrame:
    """300 invitations in three branches, a third of them answered."""
    luck = np.random.default_rng(11)
    answered = luck.random(300) < 0.4
    frame = pd.DataFrame(
        {
            "survey_id": np.arange(300),
            "branch": luck.choice(["north", "south", "west"], 300),
            "answered_at": pd.Timestamp("2024-03-01") + pd.to_timedelta(luck.integers(0, 90, 300), unit="D"),
            "nps": luck.integers(0, 11, 300).astype("float64"),
            "csat": luck.integers(1, 6, 300).astype("float64"),
            "ces": luck.integers(1, 8, 300).astype("float64"),
        }
    )
    hidden = ["answered_at", "nps", "csat", "ces"]
    frame[hidden] = frame[hidden].where(pd.Series(answered), np.nan)
    return frame


def _items() -> pd.DataFrame:
    luck = np.random.default_rng(12)
    rows = pd.DataFrame(
        {"survey_id": np.repeat(np.arange(25), 4), "dimension": ["empathy", "empathy", "speed", "speed"] * 25}
    )
    return rows.assign(
        expectation=luck.integers(4, 8, 100).astype("float64"), perception=luck.integers(2, 8, 100).astype("float64")
    )


def _answers() -> pd.DataFrame:
    luck = np.random.default_rng(13)
    common = luck.normal(size=60)
    return pd.DataFrame({name: np.round(4 + common + luck.normal(size=60), 2) for name in ("a", "b", "c", "y")})


def _texts() -> pd.DataFrame:
    said = ["Мастер опоздал на час", "Rude staff", None, "Всё плохо", "The queue was long", "Не работает душ"]
    return pd.DataFrame({"complaint_id": range(6), "text": said})


def _causes() -> pd.DataFrame:
    return pd.DataFrame({"row": [0, 1, 3, 4], "cause": ["late_start", "rude_staff", "poor_result", "long_queue"]})


_DRIVERS = ("a", "b", "c")

CONTRACTS = [
    Contract("net_promoter_score", surveys, net_promoter_score, ("nps",), numbers=("nps",)),
    Contract(
        "net_promoter_score: weighted groups", surveys, lambda t: net_promoter_score(t, strata="branch"),
        ("nps", "branch"), numbers=("nps",),
    ),
    Contract(
        "customer_satisfaction_score", surveys, lambda t: customer_satisfaction_score(t, by="branch"),
        ("csat", "branch"), numbers=("csat",),
    ),
    Contract("customer_effort_score", surveys, customer_effort_score, ("ces",), numbers=("ces",)),
    Contract("response_rate", surveys, lambda t: response_rate(t, by="branch"), ("answered_at", "branch")),
    Contract(
        "servqual_table", _items, servqual_table, ("survey_id", "dimension", "expectation", "perception"),
        numbers=("expectation", "perception"),
    ),
    Contract("cronbach_alpha", _answers, lambda t: cronbach_alpha(t, _DRIVERS), _DRIVERS, numbers=_DRIVERS),
    Contract(
        "driver_importance", _answers, lambda t: driver_importance(t, _DRIVERS, outcome="y", replications=100),
        (*_DRIVERS, "y"), numbers=(*_DRIVERS, "y"),
    ),
    Contract("tag_complaints", _texts, lambda t: tag_complaints(t, key="complaint_id"), ("text", "complaint_id"),
             order_free=False, note="the rows of the answer keep the order of the complaints"),
    Contract("tag_agreement", _causes, lambda t: tag_agreement(tag_complaints(_texts()), t), ("row", "cause"),
             missing=("precision", "recall")),
]  # fmt: skip
