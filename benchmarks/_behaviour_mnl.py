"""Multinomial logit of choices: ours beside xlogit, statsmodels and scipy's ``minimize`` alone.

`CONTESTANTS` names for each question the functions of this module that answer it; each takes the choices (long format:
one row for each offer of each task) and the file that they came from, gets them ready, and returns what is timed.
`make_data` writes the file, `assert_equal` compares the answers.

The likelihood is concave, so all climb to the same maximum; each answer holds estimates, standard errors from the
curvature there, and the log-likelihood. ``minimize`` is given the exact gradient and stands for an analyst without a
library; its errors come from the exact curvature too. statsmodels counts every set of choices by a recursion in Python
(`ConditionalLogit`). xlogit stops its climb a little earlier, hence the tolerance.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 20231231
SIZES = {"2,000 choices among 4 offers": 2_000, "100,000 choices among 4 offers": 100_000}
SMALL = {"2,000 choices among 4 offers": 2_000}
PEERS = ("xlogit", "statsmodels")
AT_LEAST = 0.5  # seconds; small tables take hundredths
OFFERS = 4
BETA = {"price": -0.3, "minutes": -0.05, "trainer": 0.8, "sauna": 0.4, "rating": 0.5}
NAMES = tuple(BETA)
TOLERANCE = 2e-3  # of a standard error, for estimates; relative, for standard errors
CONTESTANTS = {
    "fit_mnl": {
        "crm_toolkit": "ours",
        "xlogit": "xlogit_mnl",
        "scipy minimize": "scipy_alone",
        "statsmodels": "statsmodels_conditional",
    },
}


def make_data(file: Path, choices: int = 2_000) -> None:
    """Choices among random offers by people with exactly these weights."""
    luck = np.random.default_rng(SEED)
    size = choices * OFFERS
    frame = pd.DataFrame(
        {
            "task_id": np.repeat(np.arange(choices), OFFERS),
            "offer": np.tile(np.arange(OFFERS), choices),
            "price": luck.uniform(5, 15, size).round(1),
            "minutes": luck.integers(2, 40, size).astype("float64"),
            "trainer": luck.integers(0, 2, size).astype("float64"),
            "sauna": luck.integers(0, 2, size).astype("float64"),
            "rating": luck.uniform(1, 5, size).round(1),
        }
    )
    worth = frame[list(NAMES)].to_numpy() @ np.array(list(BETA.values())) + luck.gumbel(size=size)
    best = worth.reshape(choices, OFFERS).argmax(axis=1) + np.arange(choices) * OFFERS
    frame["chosen"] = np.isin(np.arange(size), best)
    frame.to_parquet(file, index=False)


def ours(frame, _path):
    """fit_mnl on the long table, with every check."""
    from crm_toolkit.analysis.choice import fit_mnl

    fit_mnl(frame.head(OFFERS * 50), list(NAMES))  # what is imported with the first fit

    def run():
        fit = fit_mnl(frame, list(NAMES))
        table = fit.coefficients
        return _answer(table["estimate"], table["standard_error"], fit.log_likelihood)

    return run


def xlogit_mnl(frame, _path):
    """xlogit.MultinomialLogit, as its documentation has it; no graphics card."""
    from xlogit import MultinomialLogit

    model = MultinomialLogit()
    given: dict[str, Any] = {"X": frame[list(NAMES)], "y": frame["chosen"], "varnames": list(NAMES),
                             "ids": frame["task_id"], "alts": frame["offer"]}  # fmt: skip

    def run():
        model.fit(**given, tol_opts={"ftol": 1e-12, "gtol": 1e-8}, verbose=0)
        return _answer(model.coeff_, model.stderr, model.loglikelihood)

    return run


def statsmodels_conditional(frame, _path):
    """ConditionalLogit of statsmodels."""
    from statsmodels.discrete.conditional_models import ConditionalLogit

    given = frame["chosen"].astype("int64").to_numpy(), frame[list(NAMES)].to_numpy(), frame["task_id"].to_numpy()

    def run():
        found = ConditionalLogit(given[0], given[1], groups=given[2]).fit(disp=0)
        return _answer(found.params, found.bse, found.llf)

    return run


def scipy_alone(frame, _path):
    """scipy.optimize.minimize (BFGS) with the exact gradient; errors from the exact curvature."""
    from scipy.optimize import minimize

    X = frame[list(NAMES)].to_numpy().reshape(-1, OFFERS, len(NAMES))
    taken = frame["chosen"].to_numpy().reshape(-1, OFFERS)

    def chances(beta):
        utility = X @ beta
        utility -= utility.max(axis=1, keepdims=True)
        total = np.log(np.exp(utility).sum(axis=1, keepdims=True))
        return utility - total

    def loss(beta):
        log = chances(beta)
        return -log[taken].sum(), -np.einsum("nj,njk->k", taken - np.exp(log), X)

    def run():
        found = minimize(loss, np.zeros(len(NAMES)), jac=True, method="BFGS", options={"gtol": 1e-3})
        chance = np.exp(chances(found.x))
        mean = np.einsum("nj,njk->nk", chance, X)
        curvature = np.einsum("nj,njk,njl->kl", chance, X, X) - mean.T @ mean
        return _answer(found.x, np.sqrt(np.diagonal(np.linalg.inv(curvature))), -found.fun)

    return run


def _answer(estimates: Any, errors: Any, likelihood: float) -> dict[str, list[float] | float]:
    return {"estimates": [float(one) for one in np.asarray(estimates)],
            "errors": [float(one) for one in np.asarray(errors)], "likelihood": float(likelihood)}  # fmt: skip


def assert_equal(ours: Any, other: Any) -> None:
    """Refuse to time answers that differ: the same maximum, the same place of it, the same errors."""
    np.testing.assert_allclose(other["likelihood"], ours["likelihood"], rtol=1e-9, err_msg="log-likelihood")
    away = (np.array(other["estimates"]) - ours["estimates"]) / np.array(ours["errors"])
    np.testing.assert_allclose(away, 0, atol=TOLERANCE, err_msg="estimates, in standard errors")
    np.testing.assert_allclose(other["errors"], ours["errors"], rtol=TOLERANCE * 10, err_msg="standard errors")
