"""Fisher scoring for a hazard in discrete time: the design, the links, the climb.

With n at risk and d events in a row, the log likelihood is Σ d log h + (n − d) log(1 − h). Its gradient by the linear
predictor η is (d − n h) h'/(h (1 − h)), its expected curvature n h'²/(h (1 − h)); iteratively reweighted least squares
(McCullagh and Nelder 1989) goes up by them, with halved steps where it would go down.
"""

from __future__ import annotations

import numpy as np

from crm_toolkit.analysis.survival.reading import Floats
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say

LINKS = ("logit", "cloglog")
BASELINES = ("each", "log", "log-squared", "constant")


def terms_of(baseline: str, last: int, names: tuple[str, ...]) -> list[str]:
    """Names of the coefficients."""
    if baseline == "each":
        return [*(f"period_{number}" for number in range(1, last + 1)), *names]
    own = ["intercept", "log_period", "log_period_squared"]
    return [*own[: {"constant": 1, "log": 2, "log-squared": 3}[baseline]], *names]


def design_of(period: Floats, x: Floats, baseline: str, last: int) -> Floats:
    """One row for each period, one column for each coefficient."""
    if baseline == "each":
        own = (period[:, None] == np.arange(1, last + 1)[None, :]).astype(np.float64)
    else:
        log = np.log(period)
        own = np.stack([np.ones(len(period)), log, log**2], axis=1)
        own = own[:, : {"constant": 1, "log": 2, "log-squared": 3}[baseline]]
    return np.hstack([own, x])


def response_of(eta: Floats, link: str) -> tuple[Floats, Floats]:
    """The hazard and its slope by the linear predictor."""
    eta = np.clip(eta, -30.0, 30.0 if link == "logit" else 3.5)
    if link == "logit":
        hazard = 1 / (1 + np.exp(-eta))
        return hazard, hazard * (1 - hazard)
    rate = np.exp(eta)
    return -np.expm1(-rate), rate * np.exp(-rate)


def scored(design: Floats, n: Floats, d: Floats, link: str) -> tuple[Floats, Floats, float]:
    """Fisher scoring with halved steps: coefficients, information, log likelihood."""

    def at(beta: Floats) -> tuple[float, Floats, Floats]:
        hazard, slope = response_of(design @ beta, link)
        hazard = np.clip(hazard, 1e-14, 1 - 1e-14)
        value = float((d * np.log(hazard) + (n - d) * np.log1p(-hazard)).sum())
        score = (d - n * hazard) * slope / (hazard * (1 - hazard))
        return value, design.T @ score, (design * (n * slope**2 / (hazard * (1 - hazard)))[:, None]).T @ design

    share = (d + 0.5) / (n + 1)
    target = np.log(share / (1 - share)) if link == "logit" else np.log(-np.log1p(-share))
    root = np.sqrt(n)
    beta = np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0]
    value, gradient, information = at(beta)
    for _ in range(100):
        step = np.linalg.lstsq(information, gradient, rcond=1e-12)[0]
        if float(gradient @ step) < 1e-10:
            break
        length = 1.0
        while True:
            ahead = at(beta + length * step)
            if ahead[0] >= value - 1e-10 * abs(value) or length < 1e-6:
                break
            length /= 2
        beta = beta + length * step
        value, gradient, information = ahead
    return beta, information, value


def require_finite(design: Floats, information: Floats, beta: Floats, terms: list[str], heading: str) -> None:
    """Refuse coefficients that have no finite or no single estimate."""
    cross = design.T @ design
    scale = 1 / np.sqrt(np.diag(cross))
    curvature, vectors = np.linalg.eigh(cross * np.outer(scale, scale))
    if curvature[0] < 1e-10:
        tied = [terms[k] for k in np.flatnonzero(np.abs(vectors[:, 0]) > 1e-3)]
        what = say("These follow from each other: {names}.", names=join_names(tied))
        problem = Problem("dependent", what, advice=say("Leave one of them out."), column=tied[-1])
        raise InputError(heading, [problem])
    width = np.abs(design).max(axis=0)
    curvature, vectors = np.linalg.eigh(information / np.outer(width, width))
    error = np.sqrt((vectors**2 / np.maximum(curvature, 1e-300)).sum(axis=1))
    away = [k for k in range(len(terms)) if error[k] > 100]
    if away:
        raise InputError(heading, [
            Problem(
                "separation",
                say("`{name}` parts those who left from those who stayed without exception (separation): its "
                    "coefficient has no finite estimate.", name=terms[k]),
                found=say("The climb was stopped at {values}.", values=f"{terms[k]} = {beta[k]:.3g}"),
                advice=say("Leave `{name}` out, or check whether it was known before they left.", name=terms[k]),
                column=terms[k],
            )
            for k in away
        ])  # fmt: skip
