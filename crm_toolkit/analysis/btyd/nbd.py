"""NBD: customers buy at a rate of their own and never leave. The yardstick for the models with dropout.

Rates λ ~ gamma(r, α); purchases of one customer are a Poisson process (Ehrenberg 1959, Applied Statistics 8, 26–41).
The likelihood of x purchases at their moments in a time T is Γ(r+x) / Γ(r) · α^r / (α+T)^(r+x), comparable with
that of BG/NBD and Pareto/NBD.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.btyd.bgnbd import estimated, prepared
from crm_toolkit.analysis.btyd.fitting import (
    Estimation,
    Priors,
    covariance_of,
    customers_of,
    interval_of,
    log_likelihood_of,
    maximise_curved,
    require_positive,
    standard_errors_of,
)
from crm_toolkit.analysis.btyd.gamma_function import log_gammas
from crm_toolkit.analysis.btyd.times import checked_history, checked_times

Floats = NDArray[np.float64]
NAMES = ("r", "alpha")


@dataclass(frozen=True)
class NBD:
    """An NBD model with its parameters, estimated or given.

    Parameters
    ----------
    r, alpha : float
        Purchase rates over customers: gamma with shape ``r`` and rate ``alpha`` (units of time).
    unit : str or None
        Unit of time.
    estimation : Estimation or None
        How the parameters were estimated; ``None`` if they were given.

    Examples
    --------
    >>> print(NBD(r=0.385, alpha=12.07).conditional_expected_purchases(39, 2, 30.43, 38.86).round(3))
    1.826
    """

    r: float
    alpha: float
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
        return {"r": self.r, "alpha": self.alpha}

    def expected_purchases(self, time: ArrayLike) -> Floats:
        """Expected repeat purchases of a new customer in a time (units)."""
        (t,) = checked_times(time=time)
        return self.r / self.alpha * t

    def count_probability(self, count: ArrayLike, time: ArrayLike) -> Floats:
        """Chance that a new customer makes exactly ``count`` repeat purchases in a time."""
        from scipy.special import gammaln, xlogy

        n, t = checked_times(count=count, time=time)
        logs = gammaln(self.r + n) - gammaln(self.r) - gammaln(n + 1) + self.r * np.log(self.alpha / (self.alpha + t))
        return np.exp(logs + xlogy(n, t / (self.alpha + t)))

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """One for everybody: nobody leaves in this model."""
        return np.ones(checked_history(frequency, recency, T)[0].shape)

    def conditional_expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Expected purchases in the time ``horizon`` after T of a customer with that history."""
        x, _, age = checked_history(frequency, recency, T)
        (t,) = checked_times(horizon=horizon)
        return (self.r + x) / (self.alpha + age) * t


def fit_nbd(summary: Any, *, priors: Priors = None) -> NBD:
    """Estimate NBD: how often would customers buy if nobody ever left?

    Parameters
    ----------
    summary, priors
        As for `fit_bgnbd`.

    Returns
    -------
    NBD
        With ``r, alpha``, ``log_likelihood``, ``standard_errors``, ``interval(level)``.

    Raises
    ------
    InputError
        As `fit_bgnbd`.

    References
    ----------
    Ehrenberg, A. S. C. (1959). The Pattern of Consumer Purchases. Applied Statistics 8 (1), 26–41.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> x = np.repeat([0, 1, 2, 3, 5], [50, 20, 12, 8, 10])
    >>> model = fit_nbd(pd.DataFrame({"frequency": x, "recency": np.where(x > 0, 9.0, 0.0), "T": 10.0}))
    >>> print(model.expected_purchases(10).round(3), x.mean())
    1.18 1.18
    """
    asked_by = "fit_nbd"
    histories, chosen = prepared(summary, priors, ("r",), ("alpha",), asked_by=asked_by)
    x, T, weight, counts, people = histories.x, histories.T, histories.weight, histories.counts, histories.people
    time, bought = float((weight * T).sum()), max(float((weight * x).sum()), 0.5)

    size = float(weight.sum())

    def curved(values: Floats) -> tuple[float, Floats, Floats]:
        r, alpha = values.tolist()
        logs, inverse, power = weight * np.log(alpha + T), 1 / (alpha + T), weight * (r + x)
        of_r, of_shape = log_gammas(r, r + counts)
        risen, risen_slope, bend_r = ((people * (up - low)).sum() for up, low in zip(of_shape, of_r, strict=True))
        value = risen + size * r * np.log(alpha) - ((r + x) * logs).sum()
        by_r = risen_slope + size * np.log(alpha) - logs.sum()
        mixed = size / alpha - (weight * inverse).sum()
        bend_alpha = (power * inverse**2).sum() - size * r / alpha**2
        slopes = np.array([by_r, size * r / alpha - (power * inverse).sum()])
        return float(value), slopes, np.array([[bend_r, mixed], [mixed, bend_alpha]])

    found = maximise_curved(curved, NAMES, [0.6, 0.6 * time / bought], asked_by=asked_by, scale=size, priors=chosen)
    return estimated(NBD, found, NAMES, histories, chosen)
