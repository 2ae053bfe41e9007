"""Contracts of the models "buy till you die": estimates, forecasts, tables beside the holdout, the bridge."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit import analysis
from crm_toolkit.analysis import BGNBD, GammaGamma
from crm_toolkit.analysis.btyd.regularity import purchase_regularity, regularity_profile
from tests.analysis.contract import AS_OF, LINES, Contract, purchases, summary

MODEL = BGNBD(0.8, 8.0, 0.8, 2.5, unit="week")
SPEND = GammaGamma(6.25, 3.74, 15.44)
HISTORY = ("frequency", "recency", "T")


@cache
def histories() -> pd.DataFrame:
    """150 customers who live as BG/NBD says, with money and a holdout; time in weeks."""
    luck, size = np.random.default_rng(4), 150
    rate, dropout = luck.gamma(0.9, 0.12, (size, 1)), luck.beta(0.8, 2.5, (size, 1))
    T = np.round(luck.uniform(20, 40, (size, 1)), 1)
    moments = luck.exponential(1 / rate, (size, 60)).cumsum(axis=1)
    made = (moments <= T) & (np.arange(60) < luck.geometric(dropout))
    x = made.sum(axis=1)
    return pd.DataFrame(
        {
            "customer_id": np.arange(size),
            "frequency": x,
            "recency": (moments * made).max(axis=1),
            "T": T[:, 0],
            "monetary": np.where(x > 0, luck.gamma(4.0, 10.0, size), 0.0),
            "holdout_frequency": luck.poisson(0.5, size),
            "T_holdout": 10.0,
        }
    )


@cache
def kinds() -> pd.DataFrame:
    """300 customers who live as Pareto/NBD says; those who use the app buy more often."""
    luck, size = np.random.default_rng(2), 300
    app = luck.integers(0, 2, (size, 1))
    rate, leaving = luck.gamma(0.8, 0.3, (size, 1)) * np.exp(0.5 * app), luck.gamma(0.7, 0.08, (size, 1))
    T = luck.integers(20, 40, (size, 1)) * 1.0
    moments = luck.exponential(1 / rate, (size, 80)).cumsum(axis=1)
    made = moments <= np.minimum(luck.exponential(1 / leaving), T)
    x, last = made.sum(axis=1), (moments * made).max(axis=1)
    return pd.DataFrame({"frequency": x, "recency": last, "T": T[:, 0], "app": app[:, 0]})


def _occasions() -> pd.DataFrame:
    luck = np.random.default_rng(6)
    came = luck.random((120, 6)) < luck.beta(1.0, 1.0, (120, 1))
    came &= np.arange(6) < luck.geometric(luck.beta(0.7, 2.8, (120, 1)))
    last = np.where(came.any(axis=1), 6 - came[:, ::-1].argmax(axis=1), 0)
    return pd.DataFrame({"frequency": came.sum(axis=1), "recency": last, "T": 6})


@cache
def moments() -> pd.DataFrame:
    """Lines of 400 customers over a year, two stages between purchases; some leave."""
    luck = np.random.default_rng(1)
    stages = luck.gamma(2.0, 1.0, (400, 40)) / luck.gamma(2.0, 0.03, (400, 1))
    days = np.column_stack([np.zeros(400), stages.cumsum(axis=1)]).round()
    made = (days <= 365) & (np.arange(41) < 1 + luck.geometric(luck.beta(1.0, 4.0, (400, 1))))
    when = pd.Timestamp("2023-01-31") + pd.to_timedelta(days[made], unit="D")
    return pd.DataFrame({"customer_id": np.nonzero(made)[0], "ordered_at": when, "amount": 1.0})


def _as_pymc() -> pd.DataFrame:
    return summary().rename(columns={"monetary": "monetary_value"})


_SUMMARY = (*HISTORY, "monetary")

CONTRACTS = [
    Contract("fit_bgnbd", histories, analysis.fit_bgnbd, HISTORY, numbers=HISTORY),
    Contract("fit_mbgnbd", histories, analysis.fit_mbgnbd, HISTORY, numbers=HISTORY),
    Contract("fit_bgcnbd", histories, lambda t: analysis.fit_bgcnbd(t, regularity=2), HISTORY, numbers=HISTORY),
    Contract("fit_pareto_nbd", kinds, analysis.fit_pareto_nbd, HISTORY, numbers=HISTORY),
    Contract("fit_nbd", histories, analysis.fit_nbd, HISTORY, numbers=HISTORY),
    Contract("fit_bgbb", _occasions, lambda t: analysis.fit_bgbb(t, priors="weak"), HISTORY, numbers=HISTORY),
    Contract(
        "fit_gamma_gamma", histories, analysis.fit_gamma_gamma, ("frequency", "monetary"),
        numbers=("frequency", "monetary"),
    ),
    Contract(
        "fit_bgnbd_covariates", kinds, lambda t: analysis.fit_bgnbd_covariates(t, ["app"]), (*HISTORY, "app"),
        numbers=(*HISTORY, "app"),
    ),
    Contract(
        "fit_pareto_nbd_covariates", kinds, lambda t: analysis.fit_pareto_nbd_covariates(t, ["app"]),
        (*HISTORY, "app"), numbers=(*HISTORY, "app"),
    ),
    Contract(
        "customer_forecast", histories, lambda t: analysis.customer_forecast(MODEL, t, horizon=39),
        ("customer_id", *HISTORY), numbers=HISTORY,
    ),
    Contract(
        "customer_lifetime_value", histories,
        lambda t: analysis.customer_lifetime_value(MODEL, SPEND, t, margin=0.3, horizon_months=3),
        ("customer_id", *_SUMMARY), numbers=_SUMMARY,
    ),
    Contract(
        "frequency_histogram_table", histories, lambda t: analysis.frequency_histogram_table(MODEL, t), HISTORY,
        numbers=HISTORY,
    ),
    Contract(
        "conditional_expectation_table", histories, lambda t: analysis.conditional_expectation_table(MODEL, t),
        (*HISTORY, "holdout_frequency", "T_holdout"), numbers=(*HISTORY, "holdout_frequency", "T_holdout"),
    ),
    Contract(
        "tracking_table", purchases,
        lambda t: analysis.tracking_table(MODEL, t, as_of=AS_OF, calibration_end="2023-06-30"), LINES,
        numbers=("amount",),
    ),
    Contract(
        "purchase_regularity", moments, lambda t: purchase_regularity(t, as_of=AS_OF), LINES, numbers=("amount",),
    ),
    Contract(
        "regularity_profile", moments, lambda t: regularity_profile(t, as_of=AS_OF, most=2), LINES,
        numbers=("amount",),
    ),
    Contract("to_pymc_marketing", summary, analysis.to_pymc_marketing, ("customer_id", *_SUMMARY), numbers=_SUMMARY),
    Contract(
        "from_pymc_marketing", _as_pymc, lambda t: analysis.from_pymc_marketing(t, unit="week"),
        ("customer_id", *HISTORY, "monetary_value"), numbers=HISTORY,
        note="money has another name in the letter of a summary that can't be one",
    ),
]  # fmt: skip
