"""Pareto/NBD: customers buy at a rate of their own and leave at a rate of their own, at any moment.

Rates of purchase λ ~ gamma(r, α), rates of leaving μ ~ gamma(s, β), independent. With the time of leaving y

    L = Γ(r+x) α^r β^s / Γ(r) · [ (α+T)^-(r+x) (β+T)^-s + s ∫ from t_x to T of (α+y)^-(r+x) (β+y)^-(s+1) dy ]

Schmittlein, Morrison and Colombo (1987), Management Science 33, 1–24; Fader and Hardie (2005), note on deriving the
Pareto/NBD model. `special` has the integral.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.btyd.bgnbd import climb, estimated, prepared
from crm_toolkit.analysis.btyd.fitting import (
    Estimation,
    Priors,
    covariance_of,
    customers_of,
    interval_of,
    log_likelihood_of,
    require_positive,
    standard_errors_of,
)
from crm_toolkit.analysis.btyd.gamma_function import log_gammas
from crm_toolkit.analysis.btyd.reading import Histories
from crm_toolkit.analysis.btyd.special import departure_nodes, unit_nodes
from crm_toolkit.analysis.btyd.times import checked_history, checked_times

Floats = NDArray[np.float64]
NAMES = ("r", "alpha", "s", "beta")
_CHUNK = 4_096
_SUMS_CHUNK = 1_024  # rows whose nodes fit into a processor's cache


@dataclass(frozen=True)
class ParetoNBD:
    """A Pareto/NBD model with its parameters, estimated or given.

    Parameters
    ----------
    r, alpha : float
        Purchase rates over customers: gamma with shape ``r`` and rate ``alpha`` (units of time).
    s, beta : float
        Rates of leaving over customers: gamma with shape ``s`` and rate ``beta`` (units of time).
    unit : str or None
        Unit of time.
    estimation : Estimation or None
        How the parameters were estimated; ``None`` if they were given.

    Examples
    --------
    >>> model = ParetoNBD(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562)
    >>> print(model.probability_alive(26, 30.86, 31).round(4))
    0.9979
    >>> print(model.conditional_expected_purchases(52, 26, 30.86, 31).round(2))
    25.45
    """

    r: float
    alpha: float
    s: float
    beta: float
    unit: str | None = None
    estimation: Estimation | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_positive(self, **self.parameters)

    log_likelihood = property(log_likelihood_of)
    covariance = property(covariance_of)
    standard_errors = property(standard_errors_of)
    customers = property(customers_of)
    interval = interval_of

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by the paper's names."""
        return {"r": self.r, "alpha": self.alpha, "s": self.s, "beta": self.beta}

    def expected_purchases(self, time: ArrayLike) -> Floats:
        """Expected repeat purchases of a new customer in a time.

        Parameters
        ----------
        time : float or array
            From the first purchase on, in units; 0 or more.
        """
        (t,) = checked_times(time=time)
        return self.r / self.alpha * _time_alive(t, 0.0, self.s, self.beta)

    def count_probability(self, count: ArrayLike, time: ArrayLike) -> Floats:
        """Chance that a new customer makes exactly ``count`` repeat purchases in a time."""
        from scipy.special import gammaln

        n, t = np.broadcast_arrays(*checked_times(count=count, time=time))
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta

        def buys(n: Floats, y: Floats) -> Floats:
            logs = gammaln(r + n) - gammaln(r) - gammaln(n + 1) + r * np.log(alpha / (alpha + y))
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.exp(logs + np.where(n > 0, n * np.log(y / (alpha + y)), 0.0))

        nodes, weights = unit_nodes(64)
        # the time of leaving has its distribution function in equal steps: 1 - (β/(β+y))^s
        gone = -np.expm1(-s * np.log1p(t / beta))
        total = (1 - gone) * buys(n, t)
        for node, weight in zip(nodes, weights, strict=True):
            y = beta * np.expm1(-np.log1p(-node * gone) / s)
            total = total + weight * gone * buys(n, y)
        return total

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """Chance that a customer of that history has not left by the end of observation.

        Parameters
        ----------
        frequency, recency, T : floats or arrays
            As in a `PurchaseSummary`, in its unit.
        """
        x, tx, age = checked_history(frequency, recency, T)
        flat = [np.ravel(part) for part in (x, tx, age)]
        parts = [
            _alive(flat[0][at : at + _CHUNK], flat[1][at : at + _CHUNK], flat[2][at : at + _CHUNK], **self.parameters)
            for at in range(0, max(flat[0].size, 1), _CHUNK)
        ]
        return np.concatenate(parts).reshape(x.shape)

    def conditional_expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Expected purchases in the time ``horizon`` after T of a customer with that history.

        Parameters
        ----------
        horizon : float or array
            In units; 0 or more.
        frequency, recency, T : floats or arrays
            As in a `PurchaseSummary`, in its unit.
        """
        (t,) = checked_times(horizon=horizon)
        return self.probability_alive(frequency, recency, T) * self.purchases_if_alive(t, frequency, T)

    def purchases_if_alive(self, horizon: ArrayLike, frequency: ArrayLike, T: ArrayLike) -> Floats:
        """Expected purchases in the time after T of a customer who has not left by T."""
        t, x, age = checked_times(horizon=horizon, frequency=frequency, T=T)
        return (self.r + x) / (self.alpha + age) * _time_alive(t, age, self.s, self.beta)


def fit_pareto_nbd(summary: Any, *, priors: Priors = None) -> ParetoNBD:
    """Estimate Pareto/NBD: how often do customers buy, and how soon do they leave?

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``frequency``, ``recency``, ``T``. Customers with T = 0 take part and say nothing;
        ``estimation.customers_unobserved`` counts them.
    priors : mapping of names to LogPrior, or "weak", optional
        As for `fit_bgnbd`.

    Returns
    -------
    ParetoNBD
        With ``r, alpha, s, beta``, ``log_likelihood``, ``standard_errors``, ``interval(level)``.

    Raises
    ------
    InputError
        As `fit_bgnbd`.

    References
    ----------
    Schmittlein, D. C., Morrison, D. G. and Colombo, R. (1987). Counting Your Customers: Who Are They and What Will
    They Do Next? Management Science 33 (1), 1–24.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(1)
    >>> rate, leaving = luck.gamma(1.0, 0.2, (600, 1)), luck.gamma(0.8, 0.06, (600, 1))
    >>> moments = luck.exponential(1 / rate, (600, 100)).cumsum(axis=1)
    >>> made = moments <= np.minimum(luck.exponential(1 / leaving), 40)
    >>> table = pd.DataFrame({"frequency": made.sum(axis=1), "recency": (moments * made).max(axis=1), "T": 40.0})
    >>> list(fit_pareto_nbd(table).parameters)
    ['r', 'alpha', 's', 'beta']
    """
    asked_by = "fit_pareto_nbd"
    histories, chosen = prepared(summary, priors, ("r", "s"), ("alpha", "beta"), asked_by=asked_by)
    time = float((histories.weight * histories.T).sum())
    bought = max(float((histories.weight * histories.x).sum()), 0.5)
    start = [0.6, 0.6 * time / (1.5 * bought), 0.6, 0.5 * time / histories.customers]

    def curved(histories: Histories, values: Floats) -> tuple[float, Floats, Floats]:
        return log_likelihood_sums(histories, *values.tolist())

    found = climb(histories, curved, NAMES, start, priors=chosen, asked_by=asked_by)
    return estimated(ParetoNBD, found, NAMES, histories, chosen)


def log_likelihood_sums(
    histories: Histories, r: float, alpha: float, s: float, beta: float
) -> tuple[float, Floats, Floats]:
    """Log likelihood of all customers, its gradient and its Hessian by r, α, s, β, the same for everybody.

    A history is a mixture of having stayed and of having left at each node of the integral: with the weights u and the
    terms' gradients f, the gradient is Σ u f and the Hessian Σ u (∂f + f fᵀ) - Σ u f (Σ u f)ᵀ.
    """
    counts, people, size = histories.counts, histories.people, float(histories.weight.sum())
    of_r, of_shape = log_gammas(r, r + counts)
    risen, risen_slope, risen_bend = (
        float((people * (up - low)).sum()) for up, low in zip(of_shape, of_r, strict=True)
    )
    value = risen + size * (r * np.log(alpha) + s * np.log(beta))
    by_r = risen_slope + size * np.log(alpha)
    gradient = np.array([by_r, size * r / alpha, size * np.log(beta), size * s / beta])
    hessian = np.zeros((4, 4))
    hessian[0, 0] = risen_bend
    hessian[0, 1], hessian[2, 3] = size / alpha, size / beta
    hessian[1, 1], hessian[3, 3] = -size * r / alpha**2, -size * s / beta**2
    for at in range(0, len(histories.x), _SUMS_CHUNK):
        part = slice(at, at + _SUMS_CHUNK)
        T, weight, power = histories.T[part], histories.weight[part], r + histories.x[part]
        leave, nodes, (log_a, of_a), (log_b, of_b) = departure_nodes(histories.tx[part], T, power, alpha, s, beta)
        log_longer, log_longer_b = np.log(alpha + T), np.log(beta + T)
        stay = -power * log_longer - s * log_longer_b
        ahead = leave + np.log(s) - stay
        small = np.exp(-np.abs(ahead))
        left = np.where(ahead > 0, 1.0, small) / (1 + small)
        kept = 1 - left
        value += float((weight * (stay + np.maximum(ahead, 0.0) + np.log1p(small))).sum())
        shares = nodes * left
        inverse_a, inverse_b = 1 / of_a, 1 / of_b
        first = [-log_a, inverse_a, (1 / s) - log_b, inverse_b]  # α and β without their factors -(r+x), -(s+1)
        stayed = [-log_longer, 1 / (alpha + T), -log_longer_b, 1 / (beta + T)]
        leaving: list[Any] = [1.0, -power, 1.0, -(s + 1)]
        staying: list[Any] = [1.0, -power, 1.0, -s]
        weighed = [shares * one for one in first]
        at_end = [factor * one for factor, one in zip(staying, stayed, strict=True)]
        means = [
            factor * one.sum(axis=0) + kept * end for factor, one, end in zip(leaving, weighed, at_end, strict=True)
        ]
        gradient += [float((weight * mean).sum()) for mean in means]
        for i in range(4):
            for j in range(i, 4):
                square = np.einsum("ij,ij->j", weighed[i], first[j])
                bend = leaving[i] * leaving[j] * square + kept * at_end[i] * at_end[j] - means[i] * means[j]
                if i == j and i in (1, 3):  # ∂²: (r+x) / (α+y)², (s+1) / (β+y)²
                    bend = bend - leaving[i] * square - staying[i] * kept * stayed[i] ** 2
                elif i == j == 2:
                    bend = bend - left / s**2
                elif (i, j) in ((0, 1), (2, 3)):  # ∂²: -1 / (α+y), -1 / (β+y)
                    bend = bend - weighed[j].sum(axis=0) - kept * stayed[j]
                hessian[i, j] += float((weight * bend).sum())
    return value, gradient, np.triu(hessian) + np.triu(hessian, 1).T


def log_likelihood_rows(
    histories: Histories, r: float, alpha: Any, s: float, beta: Any
) -> tuple[Floats, dict[str, Floats]]:
    """Log likelihood of every history and its derivatives; ``alpha`` and ``beta`` may differ by history."""
    from scipy.special import gammaln, psi

    size = len(histories.x)
    alone = np.ndim(alpha) == 0
    value, left = np.empty(size), np.empty(size)
    means = {name: np.empty(size) for name in ("log_a", "log_b", "inv_a", "inv_b")}
    log_longer, log_longer_b = np.log(alpha + histories.T), np.log(beta + histories.T)
    for at in range(0, size, _CHUNK):
        part = slice(at, at + _CHUNK)
        a, b = (alpha, beta) if alone else (alpha[part], beta[part])
        power = r + histories.x[part]
        stay = -power * log_longer[part] - s * log_longer_b[part]
        leave, shares, (log_a, of_a), (log_b, of_b) = departure_nodes(
            histories.tx[part], histories.T[part], power, a, s, b
        )
        leave = leave + np.log(s)
        top = np.maximum(stay, leave)
        total = top + np.log(np.exp(stay - top) + np.exp(leave - top))
        value[part], left[part] = total, np.exp(leave - total)
        means["log_a"][part] = np.einsum("ij,ij->j", shares, log_a)
        means["log_b"][part] = np.einsum("ij,ij->j", shares, log_b)
        means["inv_a"][part] = (shares / of_a).sum(axis=0)
        means["inv_b"][part] = (shares / of_b).sum(axis=0)
    counts, which = histories.counts, histories.which
    table, by_r = gammaln(r + counts) - gammaln(r), psi(r + counts) - psi(r)
    power, stayed = r + histories.x, 1 - left
    value = value + table[which] + r * np.log(alpha) + s * np.log(beta)
    gradient = {
        "r": by_r[which] + np.log(alpha) - stayed * log_longer - left * means["log_a"],
        "alpha": r / alpha - power * (stayed / (alpha + histories.T) + left * means["inv_a"]),
        "s": np.log(beta) - stayed * log_longer_b + left * (1 / s - means["log_b"]),
        "beta": s / beta - stayed * s / (beta + histories.T) - left * (s + 1) * means["inv_b"],
    }
    return value, gradient


def _alive(x: Floats, tx: Floats, age: Floats, *, r: float, alpha: Any, s: float, beta: Any) -> Floats:
    stay = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    leave = departure_nodes(tx, age, r + x, alpha, s, beta)[0] + np.log(s)
    return 1 / (1 + np.exp(np.minimum(leave - stay, 700.0)))


def _time_alive(t: Floats, age: Any, s: float, beta: Any) -> Floats:
    """Expected time alive within t after ``age`` of one who is alive then: ∫ ((β+T)/(β+T+u))^s du, for s = 1, too."""
    from scipy.special import exprel

    begun = beta + age
    longer = np.log1p(t / begun)
    return begun * longer * exprel((1 - s) * longer)
