"""Gamma-Gamma: how much a customer spends at a purchase, when a few purchases say it poorly.

A customer's spends are gamma distributed with shape p and a rate ν of their own; ν ~ gamma(q, γ). The mean z of x
purchases then has the likelihood (Fader, Hardie and Lee 2005, Journal of Marketing Research 42, 415–430; Fader and
Hardie 2013, note on the gamma-gamma model)

    L = Γ(px+q) / (Γ(px) Γ(q)) · γ^q z^(px-1) x^(px) / (γ + x z)^(px+q)

and what the customer will spend on average is drawn towards the mean of all: E[M | z, x] = p (γ + x z) / (px + q - 1).
Spend must not go with the number of purchases: `monetary_correlation` says how far it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.btyd.fitting import (
    Estimation,
    LogPrior,
    Priors,
    checked_priors,
    covariance_of,
    customers_of,
    interval_of,
    log_likelihood_of,
    maximise_curved,
    require_positive,
    standard_errors_of,
)
from crm_toolkit.analysis.btyd.gamma_function import log_gammas
from crm_toolkit.analysis.btyd.reading import MIN_REPEAT_CUSTOMERS, compressed, read_columns
from crm_toolkit.analysis.btyd.times import checked_times
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count

Floats = NDArray[np.float64]
NAMES = ("p", "q", "gamma")


@dataclass(frozen=True)
class GammaGamma:
    """A Gamma-Gamma model with its parameters, estimated or given.

    Parameters
    ----------
    p : float
        Shape of one customer's spends: the higher, the more alike they are.
    q, gamma : float
        Customers among themselves: shape, and scale in currency units.
    monetary_correlation : float or None
        Correlation of frequency and mean spend among customers who came back; the model takes it as 0. ``None``
        if the parameters were given or one of the two does not vary.
    estimation : Estimation or None
        How the parameters were estimated; ``None`` if they were given.

    Examples
    --------
    >>> spend = GammaGamma(p=6.25, q=3.74, gamma=15.44)
    >>> print(spend.expected_average_spend([2, 0], [22.35, 0.0]).round(2))
    [24.66 35.22]
    """

    p: float
    q: float
    gamma: float
    monetary_correlation: float | None = None
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
        return {"p": self.p, "q": self.q, "gamma": self.gamma}

    @property
    def mean_spend(self) -> float:
        """Mean spend over all customers, pγ / (q - 1), in currency units.

        Raises
        ------
        InputError
            If q is 1 or less: the distribution then has no mean.
        """
        if self.q <= 1:
            what = say("`q` is {value}; a mean over customers exists only above 1.", value=f"{self.q:.3g}")
            advice = say("Give a prior for `q`, or look for a few huge amounts in the data.")
            raise InputError(say("This model has no mean spend."), [Problem("no_mean", what, advice=advice)])
        return self.p * self.gamma / (self.q - 1)

    def expected_average_spend(self, frequency: ArrayLike, monetary: ArrayLike) -> Floats:
        """What a customer spends at a purchase on average, in currency units.

        Parameters
        ----------
        frequency, monetary : floats or arrays
            Repeat purchases and their mean money; for frequency 0 the mean over all customers comes back.
        """
        x, z = np.broadcast_arrays(*checked_times(frequency=frequency, monetary=monetary))
        fresh = x == 0
        mean = self.mean_spend if fresh.any() else 0.0
        seen = np.where(fresh, 1.0, x)
        return np.where(fresh, mean, self.p * (self.gamma + seen * z) / (self.p * seen + self.q - 1))


def fit_gamma_gamma(summary: Any, *, priors: Priors = None) -> GammaGamma:
    """Estimate Gamma-Gamma: how much do customers spend at a purchase?

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``frequency`` and ``monetary`` (currency units); customers who never came back take no part.
    priors : mapping of names to LogPrior, or "weak", optional
        As for `fit_bgnbd`; ``"weak"`` has medians of 5 for ``p``, 4 for ``q`` and half the mean spend for ``gamma``.

    Returns
    -------
    GammaGamma
        With ``p, q, gamma``, ``log_likelihood``, ``standard_errors``, ``interval(level)``, ``monetary_correlation``.

    Raises
    ------
    InputError
        If a column is missing, a mean spend of a customer who came back is not above 0, fewer than 30 customers
        came back (without priors), or all spend alike.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: Using Iso-Value Curves for Customer Base
    Analysis. Journal of Marketing Research 42 (4), 415–430.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(1)
    >>> rate = luck.gamma(4.0, 1 / 15.0, 400)
    >>> table = pd.DataFrame({"frequency": 3, "monetary": luck.gamma(3 * 6.0, 1 / (3 * rate))})
    >>> interval = fit_gamma_gamma(table).interval(0.99)
    >>> bool((interval["low"] < [6, 4, 15]).all() and (interval["high"] > [6, 4, 15]).all())
    True
    """
    asked_by = "fit_gamma_gamma"
    (x, z), weight = read_columns(summary, ("frequency", "monetary"), asked_by=asked_by)
    heading = say("`{function}` can't be estimated.", function=asked_by)
    customers = int(weight.sum())
    problems = _problems(x, z, weight)
    if problems:
        raise InputError(heading, problems)
    back = x > 0
    repeat = int(weight[back].sum())
    x, z, weight = x[back], z[back], weight[back]
    if repeat:
        x, z, weight = compressed([x, z], weight)
    if repeat < (MIN_REPEAT_CUSTOMERS if priors is None else 1):
        what = say_count(
            "An average spend needs repeat purchases: {back} of {count} customer came back.",
            "An average spend needs repeat purchases: {back} of {count} customers came back.",
            customers,
            back=repeat,
        )
        advice = say("At least {least} must come back.", least=MIN_REPEAT_CUSTOMERS)
        raise InputError(heading, [Problem("too_few_repeats", what, advice=advice, column="frequency")])
    mean = float((weight * z).sum() / weight.sum())
    weak = {"p": LogPrior(5.0, 1.5), "q": LogPrior(4.0, 1.5), "gamma": LogPrior(mean / 2, 1.5)}
    chosen = checked_priors(priors, weak, asked_by=asked_by)
    if not chosen:
        _require_spread(z, heading)
    facts = _Facts.of(x, z, weight)

    def curved(values: Floats) -> tuple[float, Floats, Floats]:
        return _likelihood(values, facts)

    found = maximise_curved(
        curved, NAMES, [4.0, 4.0, mean * 0.75], asked_by=asked_by, scale=float(weight.sum()), priors=chosen
    )
    estimation = Estimation(
        log_likelihood=found.log_likelihood,
        customers=customers,
        customers_repeat=repeat,
        customers_unobserved=0,
        rows=len(x),
        priors=tuple(chosen.items()),
        prior_driven=repeat < MIN_REPEAT_CUSTOMERS,
        covariance=found.covariance(NAMES),
        log_covariance=found.log_covariance,
    )
    p, q, gamma = found.values.tolist()
    return GammaGamma(p, q, gamma, _correlation(x, z, weight), estimation)


@dataclass(frozen=True)
class _Facts:
    """What a likelihood needs of the data, made once."""

    spent: Floats
    """x z of every row."""
    weights: Floats
    """Two rows: w, w x."""
    log_spend: Floats
    """Two sums: of w ln z, of w x ln z."""
    counts: Floats
    people: Floats

    @classmethod
    def of(cls, x: Floats, z: Floats, weight: Floats) -> _Facts:
        people = np.bincount(x.astype(np.int64), weights=weight) if x.max() < 2 * len(x) + 1_000 else None
        if people is None:
            counts, which = np.unique(x, return_inverse=True)
            people = np.bincount(which, weights=weight)
        else:
            there = np.flatnonzero(people)
            counts, people = there.astype(np.float64), people[there]
        weights = np.stack([weight, weight * x])
        return cls(x * z, weights, np.einsum("ij,j->i", weights, np.log(z)), counts, people.astype(np.float64))


def _likelihood(values: Floats, facts: _Facts) -> tuple[float, Floats, Floats]:
    """Log likelihood, gradient and Hessian by p, q, γ; what depends on x alone is made once for every x."""
    p, q, gamma = values.tolist()
    counts, people, (log_z, x_log_z) = facts.counts, facts.people, facts.log_spend.tolist()
    px, size, log_gamma = p * counts, float(people.sum()), np.log(gamma)
    of_row = np.empty((3, len(facts.spent)))  # ln (γ + x z), its inverse to the powers 1 and 2
    total = np.add(facts.spent, gamma, out=of_row[2])
    np.log(total, out=of_row[0])
    np.divide(1.0, total, out=of_row[1])
    np.multiply(of_row[1], of_row[1], out=of_row[2])
    sums = np.einsum("ik,jk->ij", facts.weights, of_row)
    (logs, inverse, _), (x_logs, x_inverse, _) = sums.tolist()
    power_logs, power_inverse, power_square = (p * sums[1] + q * sums[0]).tolist()
    of_q, of_px, of_both = log_gammas(q, px, px + q)
    value = (people * (of_both[0] - of_px[0] + px * np.log(counts))).sum()
    value += size * (q * log_gamma - of_q[0]) + p * x_log_z - log_z - power_logs
    gradient = [
        (people * counts * (of_both[1] - of_px[1] + np.log(counts))).sum() + x_log_z - x_logs,
        (people * of_both[1]).sum() + size * (log_gamma - of_q[1]) - logs,
        size * q / gamma - power_inverse,
    ]
    bend = of_both[2]
    pp, pq = (people * counts**2 * (bend - of_px[2])).sum(), (people * counts * bend).sum()
    qq, p_gamma = (people * bend).sum() - size * of_q[2], -x_inverse
    q_gamma, gamma_gamma = size / gamma - inverse, power_square - size * q / gamma**2
    hessian = np.array([[pp, pq, p_gamma], [pq, qq, q_gamma], [p_gamma, q_gamma, gamma_gamma]], dtype=np.float64)
    return float(value), np.array(gradient), hessian


def _problems(x: Floats, z: Floats, weight: Floats) -> list[Problem]:
    problems = []
    bad = ~(np.isfinite(x) & np.isfinite(z) & (x >= 0) & (np.floor(x) == x))
    with np.errstate(invalid="ignore"):
        unpaid = ~bad & (x > 0) & ~(z > 0)
    if bad.any():
        what = say_count(
            "{count} customer has a missing, infinite or broken frequency or mean spend.",
            "{count} customers have a missing, infinite or broken frequency or mean spend.",
            int(weight[bad].sum()),
        )
        place = "monetary" if (bad & ~np.isfinite(z)).any() else "frequency"
        problems.append(Problem("bad_number", what, column=place))
    if unpaid.any():
        what = say_count(
            "{count} customer came back, yet has a mean spend of 0 or below.",
            "{count} customers came back, yet have a mean spend of 0 or below.",
            int(weight[unpaid].sum()),
        )
        found = say("Returns or free purchases do that; the model knows positive spends only.")
        advice = say('Leave returns out (`purchase_summary(…, returns="exclude")`), or leave these customers out.')
        problems.append(Problem("no_spend", what, found=found, advice=advice, column="monetary"))
    return problems


def _require_spread(z: Floats, heading: str) -> None:
    if (z == z[0]).all():
        what = say("All customers who came back have the same mean spend: there is nothing to tell apart.")
        raise InputError(heading, [Problem("all_alike", what, column="monetary")])


def _correlation(x: Floats, z: Floats, weight: Floats) -> float | None:
    share = weight / weight.sum()
    off_x, off_z = x - (share * x).sum(), z - (share * z).sum()
    spread = (share * off_x**2).sum() * (share * off_z**2).sum()
    return float((share * off_x * off_z).sum() / np.sqrt(spread)) if spread > 0 else None
