"""Contracts of choices, ratings, Kano, incidents, stages and survey tools."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.choice import fit_mnl
from crm_toolkit.analysis.conjoint import fit_ratings_conjoint
from crm_toolkit.analysis.incidents import coder_agreement, incident_reasons
from crm_toolkit.analysis.kano import kano_table
from crm_toolkit.analysis.service_profit import service_profit_path
from crm_toolkit.analysis.service_stages import stage_coverage
from crm_toolkit.analysis.surveys.nps_change import nps_change
from crm_toolkit.analysis.surveys.omega import mcdonald_omega
from crm_toolkit.analysis.surveys.quality_prediction import servqual_against_servperf
from crm_toolkit.analysis.surveys.raking import raking_weights
from tests.analysis.contract import Contract


@cache
def _choices() -> pd.DataFrame:
    luck = np.random.default_rng(21)
    frame = pd.DataFrame({"task_id": np.repeat(np.arange(60), 3), "price": luck.uniform(5, 15, 180).round(1)})
    frame["trainer"] = luck.integers(0, 2, 180).astype("float64")
    worth = (frame["trainer"] - 0.2 * frame["price"] + luck.gumbel(size=180)).to_numpy().reshape(60, 3)
    return frame.assign(chosen=(worth == worth.max(axis=1, keepdims=True)).ravel())


def _ratings() -> pd.DataFrame:
    luck = np.random.default_rng(22)
    frame = pd.DataFrame({"hall": luck.choice(["small", "large"], 60), "term": luck.choice(["month", "year"], 60)})
    return frame.assign(rating=luck.integers(1, 11, 60).astype("float64"))


def _kano() -> pd.DataFrame:
    luck = np.random.default_rng(23)
    answers = luck.integers(1, 6, (60, 2)).astype("float64")
    return pd.DataFrame(answers, columns=["functional", "dysfunctional"]).assign(feature=["app", "sauna"] * 30)


def _codes() -> pd.DataFrame:
    luck = np.random.default_rng(24)
    return pd.DataFrame({"incident_id": np.repeat(np.arange(20), 2), "coder": ["ann", "bob"] * 20,
                         "reason": luck.choice(["pricing", "competition"], 40)})  # fmt: skip


def _answers() -> pd.DataFrame:
    luck = np.random.default_rng(25)
    common = luck.normal(size=60)
    return pd.DataFrame({name: np.round(4 + common + luck.normal(size=60), 2) for name in ("aa", "bb", "cc")})


def _items() -> pd.DataFrame:
    luck = np.random.default_rng(26)
    frame = pd.DataFrame({"survey_id": np.arange(40), "expectation": luck.integers(4, 8, 40).astype("float64")})
    frame["perception"] = luck.integers(2, 8, 40).astype("float64")
    return frame.assign(satisfaction=luck.integers(1, 6, 40).astype("float64"))


def _people() -> pd.DataFrame:
    luck = np.random.default_rng(27)
    return pd.DataFrame({"age": luck.choice(["young", "old"], 50), "branch": luck.choice(["north", "south"], 50)})


def _surveys() -> pd.DataFrame:
    return pd.DataFrame({"nps": np.random.default_rng(28).integers(0, 11, 80).astype("float64")})


def _events() -> pd.DataFrame:
    luck = np.random.default_rng(29)
    return pd.DataFrame(
        {"customer_id": luck.integers(0, 20, 80), "kind": luck.choice(["order", "visit", "survey"], 80)}
    )


_MARGINS = {"age": {"young": 0.4, "old": 0.6}, "branch": {"north": 0.5, "south": 0.5}}

CONTRACTS = [
    Contract("fit_mnl", _choices, lambda t: fit_mnl(t, ["price", "trainer"]),
             ("task_id", "chosen", "price", "trainer"), numbers=("price",)),
    Contract("fit_ratings_conjoint", _ratings, lambda t: fit_ratings_conjoint(t, ["hall", "term"]),
             ("rating", "hall"), numbers=("rating",)),
    Contract("kano_table", _kano, lambda t: kano_table(t, replications=100), ("feature", "functional"),
             numbers=("functional",),
             missing=("better", "better_low", "better_high", "worse", "worse_low", "worse_high")),
    Contract("incident_reasons", _codes, incident_reasons, ("incident_id", "reason")),
    Contract("coder_agreement", _codes, lambda t: coder_agreement(t, replications=100), ("coder", "reason"),
             missing=("kappa", "kappa_low", "kappa_high", "alpha", "alpha_low", "alpha_high", "agreed")),
    Contract("mcdonald_omega", _answers, lambda t: mcdonald_omega(t, ["aa", "bb", "cc"], replications=100), ("aa",),
             numbers=("aa",)),
    Contract("servqual_against_servperf", _items, lambda t: servqual_against_servperf(t, replications=100),
             ("survey_id", "perception", "satisfaction"), numbers=("perception",)),
    Contract("raking_weights", _people, lambda t: raking_weights(t, _MARGINS).margins, ("age",)),
    Contract("nps_change", _surveys, lambda t: nps_change(t, _surveys()), (), numbers=("nps",)),
    Contract("service_profit_path", _answers, lambda t: service_profit_path(t, ["aa", "bb", "cc"], replications=100),
             ("aa",), numbers=("aa",)),
    Contract("stage_coverage", _events, stage_coverage, ("customer_id", "kind")),
]  # fmt: skip
