"""BG/BB: purchases at set occasions, such as a yearly gift, a season ticket, a conference.

At each of n occasions a customer who has not left buys with a chance of their own, p ~ beta(α, β), and before
each leaves for good with a chance of their own, θ ~ beta(γ, δ). With x purchases, the last at occasion t_x,

    L = B(α+x, β+n-x) / B(α, β) · B(γ, δ+n) / B(γ, δ)
        + Σ_{i=0}^{n-t_x-1} B(α+x, β+t_x-x+i) / B(α, β) · B(γ+1, δ+t_x+i) / B(γ, δ).

Fader, Hardie and Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual Setting, Marketing Science 29,
1086–1108. Here ``frequency`` is x, ``recency`` t_x and ``T`` n, all whole; the first purchase lies before them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.btyd.bgnbd import estimated
from crm_toolkit.analysis.btyd.fitting import (
    Estimation,
    LogPrior,
    Priors,
    checked_priors,
    covariance_of,
    customers_of,
    interval_of,
    log_likelihood_of,
    maximise,
    require_positive,
    standard_errors_of,
)
from crm_toolkit.analysis.btyd.reading import MIN_REPEAT_CUSTOMERS, read_histories
from crm_toolkit.analysis.btyd.times import checked_history, checked_times
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

Floats = NDArray[np.float64]
NAMES = ("alpha", "beta", "gamma", "delta")


@dataclass(frozen=True)
class BGBB:
    """A BG/BB model with its parameters, estimated or given.

    Parameters
    ----------
    alpha, beta : float
        Chances of buying at an occasion over customers: beta.
    gamma, delta : float
        Chances of leaving before an occasion over customers: beta.
    unit : str or None
        What an occasion is, if known.
    estimation : Estimation or None
        How the parameters were estimated; ``None`` if they were given.

    Examples
    --------
    >>> model = BGBB(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
    >>> print(model.probability_alive([0, 2, 6], [0, 4, 6], 6).round(2))
    [0.11 0.59 0.93]
    """

    alpha: float
    beta: float
    gamma: float
    delta: float
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
        return {"alpha": self.alpha, "beta": self.beta, "gamma": self.gamma, "delta": self.delta}

    def expected_purchases(self, occasions: ArrayLike) -> Floats:
        """Expected purchases of a new customer at so many occasions (whole)."""
        return self.conditional_expected_purchases(occasions, 0, 0, 0)

    def count_probability(self, count: ArrayLike, occasions: ArrayLike) -> Floats:
        """Chance that a new customer buys at exactly ``count`` of so many occasions."""
        from scipy.special import betaln, gammaln

        x, n = np.broadcast_arrays(*_whole(count=count, occasions=occasions))
        a, b, g, d = self.alpha, self.beta, self.gamma, self.delta
        total = np.zeros(x.shape)
        for stayed in range(int(n.max(initial=0)) + 1):  # alive at exactly so many occasions, or at all n
            within = (stayed >= x) & (stayed <= n)
            here = np.minimum(np.maximum(stayed, x), n)
            ways = gammaln(here + 1) - gammaln(x + 1) - gammaln(np.maximum(here - x, 0) + 1)
            buys = ways + betaln(a + x, b + np.maximum(here - x, 0)) - betaln(a, b)
            lives = np.where(here == n, betaln(g, d + n), betaln(g + 1, d + here)) - betaln(g, d)
            total = total + np.where(within, np.exp(buys + lives), 0.0)
        return total

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """Chance that a customer of that history is alive at the *next* occasion, T + 1, as in the paper's table."""
        x, tx, n = _histories(frequency, recency, T)
        return self._alive(x, tx, n) * (self.delta + n) / (self.gamma + self.delta + n)

    def conditional_expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Expected purchases at the ``horizon`` (whole) occasions after T of a customer with that history."""
        x, tx, n = _histories(frequency, recency, T)
        (ahead,) = _whole(horizon=horizon)
        ahead, x, tx, n = np.broadcast_arrays(ahead, x, tx, n)
        total, staying = np.zeros(x.shape), self._alive(x, tx, n)
        for step in range(int(ahead.max(initial=0))):
            staying = staying * (self.delta + n + step) / (self.gamma + self.delta + n + step)
            total = total + np.where(step < ahead, staying, 0.0)
        return total * (self.alpha + x) / (self.alpha + self.beta + n)

    def _alive(self, x: Floats, tx: Floats, n: Floats) -> Floats:
        logs = _terms(x, tx, n, self.alpha, self.beta, self.gamma, self.delta)
        top = logs.max(axis=0)
        return np.exp(logs[0] - top) / np.exp(logs - top).sum(axis=0)


def fit_bgbb(summary: Any, *, priors: Priors = None) -> BGBB:
    """Estimate BG/BB: at how many of the coming occasions will customers buy?

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``frequency`` (occasions with a purchase), ``recency`` (number of the last such occasion, 0 without one), ``T``
        (occasions in all), whole numbers.
    priors : mapping of names to LogPrior, or "weak", optional
        As for `fit_bgnbd`; ``"weak"`` has medians of 1.

    Returns
    -------
    BGBB
        With ``alpha, beta, gamma, delta``, ``log_likelihood``, ``standard_errors``, ``interval(level)``.

    Raises
    ------
    InputError
        As `fit_bgnbd`, or if a number is not whole or frequency exceeds recency.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Shang, J. (2010). Customer-Base Analysis in a Discrete-Time Noncontractual
    Setting. Marketing Science 29 (6), 1086–1108.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(0, 0, 60), (1, 1, 20), (1, 2, 9), (1, 3, 8), (2, 2, 14), (2, 3, 15), (3, 3, 24)]
    >>> histories = [(x, last, 3) for x, last, donors in rows for _ in range(donors)]
    >>> model = fit_bgbb(pd.DataFrame(histories, columns=["frequency", "recency", "T"]), priors="weak")
    >>> bool(model.probability_alive(3, 3, 3) > model.probability_alive(0, 0, 3))
    True
    """
    from scipy.special import psi

    asked_by = "fit_bgbb"
    histories = read_histories(summary, asked_by=asked_by, least_repeat=MIN_REPEAT_CUSTOMERS if priors is None else 0)
    x, tx, n, weight = histories.x, histories.tx, histories.T, histories.weight
    _require_occasions(x, tx, n, weight, say("`{function}` can't be estimated.", function=asked_by))
    chosen = checked_priors(priors, {name: LogPrior(1.0, 1.5) for name in NAMES}, asked_by=asked_by)
    steps = np.concatenate([[0.0], np.arange(float((n - tx).max()))])[:, None]
    # alive to the end: misses n - x, lives n; left after i more: misses t_x - x + i, lives t_x + i
    missed = np.where(np.arange(len(steps))[:, None] == 0, n - x, tx - x + steps)
    lived = np.where(np.arange(len(steps))[:, None] == 0, n, tx + steps)
    left = (np.arange(len(steps))[:, None] > 0) * 1.0

    def objective(values: Floats) -> tuple[float, Floats]:
        alpha, beta, gamma, delta = values
        logs = _terms(x, tx, n, *values)
        top = logs.max(axis=0)
        shares = np.exp(logs - top)
        total = shares.sum(axis=0)
        shares /= total
        ends, lives = psi(alpha + beta + x + missed), psi(gamma + left + delta + lived)
        first, second = psi(alpha + beta), psi(gamma + delta)
        by = [
            psi(alpha + x) - ends - psi(alpha) + first,
            psi(beta + missed) - ends - psi(beta) + first,
            psi(gamma + left) - lives - psi(gamma) + second,
            psi(delta + lived) - lives - psi(delta) + second,
        ]
        slopes = [float((weight * (shares * part).sum(axis=0)).sum()) for part in by]
        return float((weight * (top + np.log(total))).sum()), np.array(slopes)

    found = maximise(objective, NAMES, [1.0, 1.0, 0.6, 2.5], asked_by=asked_by, scale=float(weight.sum()),
                     priors=chosen)  # fmt: skip
    return estimated(BGBB, found, NAMES, histories, chosen)


def _terms(x: Floats, tx: Floats, n: Floats, alpha: float, beta: float, gamma: float, delta: float) -> Floats:
    """Logarithms of the terms of the likelihood: row 0 alive to the end, row 1 + i left after i more occasions."""
    from scipy.special import betaln

    rows = [betaln(alpha + x, beta + n - x) + betaln(gamma, delta + n)]
    for i in range(int((n - tx).max(initial=0))):
        valid = i < n - tx
        term = betaln(alpha + x, beta + np.maximum(tx - x, 0) + i) + betaln(gamma + 1, delta + tx + i)
        rows.append(np.where(valid, term, -np.inf))
    return np.array(rows) - betaln(alpha, beta) - betaln(gamma, delta)


def _whole(**values: ArrayLike) -> list[Floats]:
    arrays = checked_times(**values)
    problems = [
        Problem("not_whole", say("`{name}` must be whole: it counts occasions.", name=name), column=name)
        for name, array in zip(values, arrays, strict=True)
        if (array != np.floor(array)).any()
    ]
    if problems:
        raise InputError(say("The model can't answer this."), problems)
    return arrays


def _histories(frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> list[Floats]:
    x, tx, n = checked_history(frequency, recency, T)
    _require_occasions(x, tx, n, np.ones(x.shape), say("The model can't answer this."))
    return [x, tx, n]


def _require_occasions(x: Floats, tx: Floats, n: Floats, weight: Floats, heading: str) -> None:
    broken = (x != np.floor(x)) | (tx != np.floor(tx)) | (n != np.floor(n))
    more = ~broken & (x > tx)
    problems = []
    if broken.any():
        what = say("Frequency, recency and T must be whole: they count occasions.")
        found = say("Customers with fractions: {count}.", count=int(weight[broken].sum()))
        problems.append(Problem("not_whole", what, found=found))
    if more.any():
        what = say("Nobody can buy more often than there were occasions up to the last purchase.")
        found = say("Customers whose `frequency` exceeds `recency`: {count}.", count=int(weight[more].sum()))
        problems.append(Problem("too_many_purchases", what, found=found))
    if problems:
        raise InputError(heading, problems)
