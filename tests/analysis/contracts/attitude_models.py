"""Contracts of planned behaviour, response surface, path model and stage rates."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.disconfirmation import fit_disconfirmation
from crm_toolkit.analysis.planned_behaviour import TERMS, fit_planned_behaviour
from crm_toolkit.analysis.recursive_paths import fit_recursive_paths
from crm_toolkit.analysis.stage_rates import fit_stage_rates, stage_stays
from tests.analysis.contract import Contract


@cache
def _answers() -> pd.DataFrame:
    luck = np.random.default_rng(21)
    frame = pd.DataFrame(luck.normal(size=(40, 3)), columns=list(TERMS)).round(3)
    return frame.assign(intention=(frame @ [0.5, 0.2, 0.3] + luck.normal(size=40)).round(3))


@cache
def _surveys() -> pd.DataFrame:
    luck = np.random.default_rng(22)
    frame = pd.DataFrame(luck.integers(1, 8, (40, 2)).astype("float64"), columns=["expectation", "performance"])
    return frame.assign(satisfaction=frame["performance"] - 0.5 * frame["expectation"] + luck.normal(size=40).round(3))


@cache
def _stays() -> pd.DataFrame:
    luck = np.random.default_rng(23)
    ways = np.array(["evaluation", "given_up", None], dtype=object)[luck.integers(0, 3, 30)]
    times, involved = luck.exponential(3, 30).round(3), luck.normal(size=30).round(3)
    return pd.DataFrame({"stage": "search", "duration": times, "next": ways, "involvement": involved})


@cache
def _log() -> pd.DataFrame:
    moments = pd.date_range("2024-01-01", periods=30, freq="9h").astype("datetime64[us]")
    names = ["need", "search", "purchase"]
    return pd.DataFrame({"person_id": np.arange(30) % 10, "stage": [names[k // 10] for k in range(30)],
                         "entered_at": moments})  # fmt: skip


_THREE = ("expectation", "performance", "satisfaction")
_EQUATIONS = {"subjective_norm": ["attitude"], "intention": ["attitude", "subjective_norm"]}

CONTRACTS = [
    Contract("fit_planned_behaviour", _answers, fit_planned_behaviour, (*TERMS, "intention"),
             numbers=("attitude", "intention")),
    Contract("fit_disconfirmation", _surveys, lambda t: fit_disconfirmation(t, scale=(-3, 9)), _THREE,
             numbers=("expectation", "satisfaction")),
    Contract("fit_recursive_paths", _answers, lambda t: fit_recursive_paths(t, _EQUATIONS),
             ("attitude", "subjective_norm", "intention"), numbers=("attitude",)),
    Contract("fit_stage_rates", _stays, lambda t: fit_stage_rates(t, ["involvement"]),
             ("stage", "duration", "next", "involvement"), numbers=("duration", "involvement")),
    Contract("stage_stays", _log, lambda t: stage_stays(t, as_of="2024-01-31"), ("person_id", "stage", "entered_at"),
             missing=("next",), note="with one row the stay is open"),
]  # fmt: skip
