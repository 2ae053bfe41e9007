"""Maximum likelihood for BG/NBD and Pareto/NBD on histories (x, t_x, T), compact and without the package.

Both log-likelihoods are those of the papers, in forms that neither overflow nor lose digits. Parameters are
fitted as logarithms; the inverse of the numerical Hessian at the maximum is their covariance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats, Floats, Floats, Floats], Floats]


@dataclass(frozen=True)
class Fit:
    """Fitted logarithms of the parameters and their covariance."""

    logs: Floats
    covariance: Floats

    def distances(self, planted: tuple[float, ...]) -> Floats:
        """Standard errors between the fitted and the planted logarithm of every parameter."""
        return (self.logs - np.log(planted)) / np.sqrt(np.diag(self.covariance))

    def squared_distance(self, planted: tuple[float, ...]) -> float:
        """Of all parameters together: chi-squared with four degrees of freedom, if the planted ones are true."""
        away = self.logs - np.log(planted)
        return float(away @ np.linalg.solve(self.covariance, away))


def bgnbd_log_likelihood(logs: Floats, x: Floats, last: Floats, age: Floats) -> Floats:
    """Fader, Hardie, Lee 2005, equation 6: two terms, alive and gone after the last purchase."""
    r, alpha, a, b = np.exp(logs)
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    shared += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + last)
    return shared + np.where(x > 0, np.logaddexp(alive, gone), alive)


def pareto_nbd_log_likelihood(logs: Floats, x: Floats, last: Floats, age: Floats) -> Floats:
    """Schmittlein, Morrison, Colombo 1987, in the form of Fader and Hardie's note of 2005."""
    r, alpha, s, beta = np.exp(logs)
    exponent = r + s + x
    larger, apart = max(alpha, beta), abs(alpha - beta)
    second = s + 1 if alpha >= beta else r + x

    def log_part(time: Floats) -> Floats:
        if np.ptp(time) == 0:  # who came together differ in their purchases alone
            counts, whose = np.unique(x, return_inverse=True)
            return log_of(r + s + counts, time[0], second if alpha >= beta else r + counts)[whose]
        return log_of(exponent, time, second)

    def log_of(power: Floats, time: Floats | float, numerator: Floats | float) -> Floats:
        series = hyp2f1(power, numerator, power + 1, apart / (larger + time))
        return np.log(series) - power * np.log(larger + time)

    begun, ended = log_part(last), log_part(age)
    gone = np.log(s) - np.log(exponent) + begun + np.log(np.maximum(-np.expm1(ended - begun), 1e-300))
    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.logaddexp(alive, gone)


def fit(log_likelihood: Likelihood, x: Floats, last: Floats, age: Floats) -> Fit:
    """The maximum; a first guess comes from every tenth customer.

    What is left of the gradient at the end moves a logarithm by about a hundredth of its standard error.
    """
    rough = _loss(log_likelihood, x[::10], last[::10], age[::10])
    guess = minimize(rough, np.log([1.0, 10.0, 1.0, 10.0]), method="Nelder-Mead", options={"maxiter": 300})
    guess = minimize(rough, guess.x, method="BFGS", options={"gtol": 1e-5})
    loss = _loss(log_likelihood, x, last, age)
    near = np.linalg.inv(_hessian(rough, guess.x))
    found = minimize(loss, guess.x, method="BFGS", options={"gtol": 1e-5, "hess_inv0": (near + near.T) / 2})
    return Fit(found.x, np.linalg.inv(_hessian(loss, found.x) * len(x)))


def _loss(log_likelihood: Likelihood, x: Floats, last: Floats, age: Floats) -> Callable[[Floats], float]:
    """Minus the mean log-likelihood; equal histories are counted together."""
    histories, copies = np.unique(np.stack([x, last, age]), axis=1, return_counts=True)
    shares = copies / len(x)
    return lambda logs: -float(shares @ log_likelihood(logs, *histories))


def _hessian(function: Callable[[Floats], float], at: Floats, step: float = 1e-3) -> Floats:
    size = len(at)
    moves = np.eye(size) * step
    second = np.empty((size, size))
    middle = function(at)
    for one in range(size):
        second[one, one] = (function(at + moves[one]) + function(at - moves[one]) - 2 * middle) / step**2
        for other in range(one + 1, size):
            value = function(at + moves[one] + moves[other]) - function(at + moves[one] - moves[other])
            value += function(at - moves[one] - moves[other]) - function(at - moves[one] + moves[other])
            second[one, other] = second[other, one] = value / (4 * step**2)
    return second
