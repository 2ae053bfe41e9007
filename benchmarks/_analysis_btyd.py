"""Models "buy till you die" at three sizes: ours beside lifetimes and pymc-marketing's posterior mode.

`CONTESTANTS` names for each question the functions of this module that answer it; each takes the summary of the
customers and the file that it came from, gets it ready, and returns what is timed. All maximise the same likelihood:
pymc-marketing is given flat priors, with its own it answers another question. Answers are equal to the precision at
which lifetimes stops its climb.

lifetimes needs pandas below 2, pymc-marketing brings its own numpy: both run with interpreters of their own. The file
is one of numpy, which every interpreter reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 20231231
SIZES = {"CDNOW's size, 2,357 customers": 2_357, "100,000 customers": 100_000, "1,000,000 customers": 1_000_000}
SMALL = {"CDNOW's size, 2,357 customers": 2_357}
PEERS = ("lifetimes", "pymc_marketing")
AT_LEAST = 1.0  # seconds; CDNOW takes thousandths
HORIZON = 39.0
CONTESTANTS = {
    "fit_bgnbd": {
        "crm_toolkit": "ours_bgnbd",
        "lifetimes": "lifetimes_bgnbd",
        "pymc_marketing": "pymc_bgnbd",
    },
    "fit_pareto_nbd": {
        "crm_toolkit": "ours_pareto",
        "lifetimes": "lifetimes_pareto",
        "pymc_marketing": "pymc_pareto",
    },
    "fit_gamma_gamma": {
        "crm_toolkit": "ours_spend",
        "lifetimes": "lifetimes_spend",
        "pymc_marketing": "pymc_spend",
    },
    "39 weeks ahead, every customer": {
        "crm_toolkit": "ours_ahead",
        "lifetimes": "lifetimes_ahead",
        "pymc_marketing": "pymc_ahead",
    },
}
MODEL = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


def make_data(file: Path, customers: int) -> None:
    """Customers who buy and leave as Pareto/NBD with CDNOW's parameters says; whole days, weeks as the unit."""
    luck = np.random.default_rng(SEED)
    rate, leaving = luck.gamma(0.55, 1 / 10.58, customers), luck.gamma(0.61, 1 / 11.67, customers)
    T = luck.integers(27 * 7, 39 * 7, customers) / 7
    alive = np.minimum(luck.exponential(1 / leaving), T)
    x = luck.poisson(rate * alive)
    last = np.ceil(7 * alive * luck.random(customers) ** (1 / np.maximum(x, 1))) / 7
    recency = np.where(x > 0, np.minimum(last, T), 0.0)
    spend = luck.gamma(6.25 * np.maximum(x, 1)) / np.maximum(x, 1) / luck.gamma(3.74, 1 / 15.44, customers)
    monetary = np.where(x > 0, np.maximum(np.round(spend, 2), 0.01), 0.0)
    with file.open("wb") as out:
        np.savez(out, frequency=x, recency=recency, T=T, monetary=monetary)


def read(file: Path) -> pd.DataFrame:
    """The summary, with numbers for customers."""
    with np.load(file) as columns:
        table = pd.DataFrame({name: columns[name] for name in columns.files})
    table.insert(0, "customer_id", np.arange(len(table)))
    return table


def ours_bgnbd(table, _path):
    """fit_bgnbd with standard errors."""
    from crm_toolkit.analysis import fit_bgnbd

    return lambda: fit_bgnbd(table).parameters


def ours_pareto(table, _path):
    """fit_pareto_nbd with standard errors."""
    from crm_toolkit.analysis import fit_pareto_nbd

    return lambda: fit_pareto_nbd(table).parameters


def ours_spend(table, _path):
    """fit_gamma_gamma with standard errors."""
    from crm_toolkit.analysis import fit_gamma_gamma

    return lambda: fit_gamma_gamma(table).parameters


def ours_ahead(table, _path):
    """customer_forecast: chance to be there and purchases to come."""
    from crm_toolkit.analysis import BGNBD, customer_forecast

    return lambda: customer_forecast(BGNBD(**MODEL), table, horizon=HORIZON)["expected_purchases"].to_numpy()


def lifetimes_bgnbd(table, _path):
    """lifetimes, BetaGeoFitter."""
    from lifetimes import BetaGeoFitter

    return lambda: _of_lifetimes(BetaGeoFitter().fit(table["frequency"], table["recency"], table["T"]))


def lifetimes_pareto(table, _path):
    """lifetimes, ParetoNBDFitter."""
    from lifetimes import ParetoNBDFitter

    return lambda: _of_lifetimes(ParetoNBDFitter().fit(table["frequency"], table["recency"], table["T"]))


def lifetimes_spend(table, _path):
    """lifetimes, GammaGammaFitter."""
    from lifetimes import GammaGammaFitter

    back = table[table["frequency"] > 0]

    def run():
        found = _of_lifetimes(GammaGammaFitter().fit(back["frequency"], back["monetary"]))
        return {"p": found["p"], "q": found["q"], "gamma": found["v"]}

    return run


def lifetimes_ahead(table, _path):
    """lifetimes, conditional_expected_number_of_purchases_up_to_time."""
    from lifetimes import BetaGeoFitter

    model = BetaGeoFitter()
    model.params_ = pd.Series(MODEL)
    ask = model.conditional_expected_number_of_purchases_up_to_time
    return lambda: np.asarray(ask(HORIZON, table["frequency"], table["recency"], table["T"]))


def _of_lifetimes(model: Any) -> dict[str, float]:
    return {name: float(value) for name, value in model.params_.items()}


def pymc_bgnbd(table, _path):
    """pymc-marketing, BetaGeoModel, posterior mode under flat priors."""
    from pymc_marketing.clv import BetaGeoModel

    return _pymc(BetaGeoModel, table[["customer_id", "frequency", "recency", "T"]], ("r", "alpha", "a", "b"))


def pymc_pareto(table, _path):
    """pymc-marketing, ParetoNBDModel, posterior mode under flat priors."""
    from pymc_marketing.clv import ParetoNBDModel

    return _pymc(ParetoNBDModel, table[["customer_id", "frequency", "recency", "T"]], ("r", "alpha", "s", "beta"))


def pymc_spend(table, _path):
    """pymc-marketing, GammaGammaModel, posterior mode under flat priors."""
    from pymc_marketing.clv import GammaGammaModel

    back = table.loc[table["frequency"] > 0, ["customer_id", "frequency", "monetary"]]
    run = _pymc(GammaGammaModel, back.rename(columns={"monetary": "monetary_value"}), ("p", "q", "v"))

    def renamed():
        found = run()
        return {"p": found["p"], "q": found["q"], "gamma": found["v"]}

    return renamed


def pymc_ahead(table, _path):
    """pymc-marketing, expected_purchases of BetaGeoModel with given parameters."""
    import xarray
    from pymc_marketing.clv import BetaGeoModel

    data = table[["customer_id", "frequency", "recency", "T"]]
    model = BetaGeoModel(data, model_config=_flat(("r", "alpha", "a", "b")))
    model.build_model()
    point = {name: (("chain", "draw"), np.array([[value]])) for name, value in MODEL.items()}
    model.idata = _inference(xarray.Dataset(point, coords={"chain": [0], "draw": [0]}))
    return lambda: np.asarray(model.expected_purchases(data=data, future_t=HORIZON)).ravel()


def _inference(dataset: Any) -> Any:
    import arviz

    return arviz.InferenceData(posterior=dataset)


def _pymc(kind: Any, data: pd.DataFrame, names: tuple[str, ...]) -> Any:
    def run():
        model = kind(data, model_config=_flat(names))
        model.fit(method="map", progressbar=False)
        found = model.idata.posterior
        return {name: float(found[name].to_numpy().ravel()[0]) for name in names}

    return run


def _flat(names: tuple[str, ...]) -> dict[str, Any]:
    from pymc_extras.prior import Prior

    return {name: Prior("HalfFlat") for name in names}


def assert_equal(ours: Any, other: Any) -> None:
    """Refuse to time answers that differ: parameters by more than where a peer stops, expectations at all."""
    if isinstance(ours, dict):
        assert ours.keys() == other.keys()
        for name, value in ours.items():
            np.testing.assert_allclose(other[name], value, rtol=5e-3, err_msg=name)
    else:
        np.testing.assert_allclose(np.asarray(other), np.asarray(ours), rtol=1e-6, atol=1e-8)
