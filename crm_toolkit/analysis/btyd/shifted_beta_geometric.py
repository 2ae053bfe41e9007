"""Renewal of contracts: the shifted beta-geometric model and its kin with chances that change in time.

A customer cancels at each renewal with a chance of their own, θ ~ beta(α, β) (Fader and Hardie 2007, Journal of
Interactive Marketing 21, 76–90). Over many customers the survivors are

    S(t) = B(α, β+t) / B(α, β),      retention rate  r(t) = (β+t-1) / (α+β+t-1),

so retention rises with time although nobody changes: those who are likely to leave are gone. In the beta discrete
Weibull model (Fader, Hardie, Liu, Davin and Steenburgh 2018) a customer's chance changes as well, t becomes t^c:
S(t) = B(γ, δ+t^c) / B(γ, δ), and c = 1 is the shifted beta-geometric with γ = α, δ = β.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    maximise,
    require_positive,
    standard_errors_of,
)
from crm_toolkit.analysis.btyd.times import checked_times
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say

Floats = NDArray[np.float64]

TIMING = ("before_renewal", "after_renewal", "today")


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """A shifted beta-geometric model with its parameters, estimated or given.

    Parameters
    ----------
    alpha, beta : float
        Chances of cancelling over customers: beta; their mean is α / (α + β).
    estimation : Estimation or None
        How the parameters were estimated; ``None`` if they were given.

    Examples
    --------
    >>> model = ShiftedBetaGeometric(alpha=0.668, beta=3.806)
    >>> print(model.survival([1, 7, 8, 12]).round(3))
    [0.851 0.489 0.46  0.378]
    """

    alpha: float
    beta: float
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
        return {"alpha": self.alpha, "beta": self.beta}

    def survival(self, renewals: ArrayLike) -> Floats:
        """Share of customers left after so many renewals, from 1 at 0."""
        (t,) = checked_times(renewals=renewals)
        return np.exp(_log_survival(t, self.alpha, self.beta, 1.0))

    def retention_rate(self, renewal: ArrayLike) -> Floats:
        """Share of those left that renew at the renewal number t = 1, 2, …"""
        (t,) = checked_times(renewal=renewal)
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def discounted_expected_residual_lifetime(
        self, renewals: ArrayLike, *, discount_rate: float, timing: str = "before_renewal"
    ) -> Floats:
        """DERL: discounted payments still to come from a customer who has renewed so many times.

        Parameters
        ----------
        renewals : int or array
            Renewals already made; with ``"before_renewal"`` the next one is due.
        discount_rate : float
            Per period, above 0.
        timing : {"before_renewal", "after_renewal", "today"}
            Where we stand. ``"before_renewal"``: just before the next renewal is decided; its payment is not
            discounted (Fader and Hardie 2010, eq. 6, with n = renewals + 1). ``"after_renewal"``: right after a
            renewal that has just been paid; the next payment is one period away. ``"today"``: as
            ``"after_renewal"``, with the payment just made counted in.

        Returns
        -------
        array
            In payments: times the margin of one payment it is money.

        References
        ----------
        Fader, P. S. and Hardie, B. G. S. (2010). Customer-Base Valuation in a Contractual Setting: The Perils of
        Ignoring Heterogeneity. Marketing Science 29 (1), 85–93.

        Examples
        --------
        >>> model = ShiftedBetaGeometric(alpha=0.668, beta=3.806)
        >>> print(model.discounted_expected_residual_lifetime(7, discount_rate=0.1).round(3))
        7.53
        """
        from scipy.special import hyp2f1

        (t,) = checked_times(renewals=renewals)
        problems = []
        if timing not in TIMING:
            problems.append(Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, TIMING)))))
        if not (np.isfinite(discount_rate) and discount_rate > 0):
            what = say("`{name}` must be above 0, not {value}.", name="discount_rate", value=discount_rate)
            problems.append(Problem("outside_range", what, column="discount_rate"))
        if problems:
            raise InputError(say("The model can't answer this."), problems)
        a, b, d = self.alpha, self.beta, 1 / (1 + discount_rate)
        ahead = (b + t) / (a + b + t) * hyp2f1(1.0, b + t + 1, a + b + t + 1, d)  # Σ_{j≥1} S(t+j) / S(t) d^(j-1)
        if timing == "before_renewal":
            return ahead
        return d * ahead + (1.0 if timing == "today" else 0.0)


@dataclass(frozen=True)
class BetaDiscreteWeibull:
    """A beta discrete Weibull model: as the shifted beta-geometric, with chances that change in time.

    Parameters
    ----------
    gamma, delta : float
        The beta distribution over customers.
    c : float
        Below 1 a customer's chance of cancelling falls with time, above 1 it rises.
    estimation : Estimation or None
        How the parameters were estimated; ``None`` if they were given.
    """

    gamma: float
    delta: float
    c: float
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
        return {"gamma": self.gamma, "delta": self.delta, "c": self.c}

    def survival(self, renewals: ArrayLike) -> Floats:
        """Share of customers left after so many renewals, from 1 at 0.

        >>> print(BetaDiscreteWeibull(0.25937, 1.72276, 1.58428).survival([1, 2, 7]).round(3))
        [0.869 0.742 0.481]
        """
        (t,) = checked_times(renewals=renewals)
        return np.exp(_log_survival(t, self.gamma, self.delta, self.c))

    def retention_rate(self, renewal: ArrayLike) -> Floats:
        """Share of those left that renew at the renewal number t = 1, 2, …"""
        (t,) = checked_times(renewal=renewal)
        return self.survival(t) / self.survival(np.maximum(t - 1, 0))


def fit_shifted_beta_geometric(survivors: ArrayLike, *, priors: Priors = None) -> ShiftedBetaGeometric:
    """Estimate the shifted beta-geometric model: how many customers will renew, and renew again?

    Parameters
    ----------
    survivors : sequence of float
        Customers of one cohort at the start and after each renewal, such as ``[1000, 869, 743, 653]``. Shares work
        as well if you multiply them by the size of the cohort: standard errors depend on it.
    priors : mapping of names to LogPrior, or "weak", optional
        As for `fit_bgnbd`; ``"weak"`` has medians of 1.

    Returns
    -------
    ShiftedBetaGeometric
        With ``alpha, beta``, ``log_likelihood``, ``standard_errors``, ``interval(level)``.

    Raises
    ------
    InputError
        If there are fewer than two renewals, numbers grow, nobody or everybody left, or the likelihood has no
        maximum.

    References
    ----------
    Fader, P. S. and Hardie, B. G. S. (2007). How to Project Customer Retention. Journal of Interactive Marketing
    21 (1), 76–90.

    Examples
    --------
    >>> model = fit_shifted_beta_geometric([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(model.alpha, 3), round(model.beta, 3)
    (0.668, 3.806)
    """
    asked_by = "fit_shifted_beta_geometric"
    left, remaining, customers = _cohort(survivors, asked_by, renewals=2)
    weak = {name: LogPrior(1.0, 1.5) for name in ("alpha", "beta")}
    chosen = checked_priors(priors, weak, asked_by=asked_by)

    def objective(values: Floats) -> tuple[float, Floats]:
        value, gradient = _likelihood(left, remaining, values[0], values[1], 1.0)
        return value, gradient[:2]

    mean = float(left.sum() / (left.sum() + (customers - np.cumsum(left)).sum()))
    names = ("alpha", "beta")
    found = maximise(objective, names, [1.0, 1.0 / max(mean, 1e-3)], asked_by=asked_by, scale=customers, priors=chosen)
    return ShiftedBetaGeometric(
        **dict(zip(names, found.values.tolist(), strict=True)),
        estimation=_estimation(found, names, left, customers, chosen),
    )


def fit_beta_discrete_weibull(survivors: ArrayLike, *, priors: Priors = None) -> BetaDiscreteWeibull:
    """Estimate the beta discrete Weibull model, which the shifted beta-geometric is a case of.

    Parameters
    ----------
    survivors, priors
        As for `fit_shifted_beta_geometric`; at least three renewals.

    Returns
    -------
    BetaDiscreteWeibull
        With ``gamma, delta, c``, ``log_likelihood``, ``standard_errors``, ``interval(level)``.

    Raises
    ------
    InputError
        As `fit_shifted_beta_geometric`.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., Liu, Y., Davin, J. and Steenburgh, T. (2018). "How to Project Customer
    Retention" Revisited. Journal of Interactive Marketing 43, 1–16.

    Examples
    --------
    >>> print(fit_beta_discrete_weibull([1000, 869, 743, 653, 593]).survival(7).round(3))
    0.481
    """
    asked_by = "fit_beta_discrete_weibull"
    left, remaining, customers = _cohort(survivors, asked_by, renewals=3)
    names = ("gamma", "delta", "c")
    chosen = checked_priors(priors, {name: LogPrior(1.0, 1.5) for name in names}, asked_by=asked_by)

    def objective(values: Floats) -> tuple[float, Floats]:
        return _likelihood(left, remaining, *values)

    found = maximise(objective, names, [0.8, 2.5, 1.1], asked_by=asked_by, scale=customers, priors=chosen)
    return BetaDiscreteWeibull(
        **dict(zip(names, found.values.tolist(), strict=True)),
        estimation=_estimation(found, names, left, customers, chosen),
    )


def _log_survival(t: Floats, alpha: float, beta: float, c: float) -> Floats:
    from scipy.special import betaln

    return betaln(alpha, beta + t**c) - betaln(alpha, beta)


def _likelihood(left: Floats, remaining: float, alpha: float, beta: float, c: float) -> tuple[float, Floats]:
    """Log likelihood of how many left at each renewal and how many remain, and its gradient."""
    from scipy.special import psi

    t = np.arange(len(left) + 1, dtype=np.float64)
    risen = t**c
    log_s = _log_survival(t, alpha, beta, c)
    both, end = psi(alpha + beta) - psi(alpha + beta + risen), psi(beta + risen) - psi(beta)
    slope = psi(beta + risen) - psi(alpha + beta + risen)
    with np.errstate(divide="ignore"):
        by_c = slope * np.where(t > 0, risen * np.log(np.maximum(t, 1e-300)), 0.0)
    by = np.array([both, both + end, by_c])
    gone = np.maximum(-np.expm1(np.diff(log_s)), 1e-300)  # share of those left that leave at renewal t
    value = float((left * (log_s[:-1] + np.log(gone))).sum()) + remaining * float(log_s[-1])
    share = np.exp(np.diff(log_s)) / gone
    rows = by[:, :-1] - np.diff(by, axis=1) * share
    return value, (left * rows).sum(axis=1) + remaining * by[:, -1]


def _cohort(survivors: ArrayLike, asked_by: str, *, renewals: int) -> tuple[Floats, float, float]:
    heading = say("`{function}` can't be estimated.", function=asked_by)
    try:
        counts = np.asarray(survivors, dtype=np.float64)
    except (TypeError, ValueError):
        counts = np.zeros((0, 0))
    if counts.ndim != 1:
        what = say("`survivors` must be numbers in a row: customers at the start and after each renewal.")
        raise InputError(heading, [Problem("wrong_kind", what)])
    if len(counts) < renewals + 1:
        what = say("At least {least} renewals are needed; {found} were given.", least=renewals,
                   found=max(len(counts) - 1, 0))  # fmt: skip
        raise InputError(heading, [Problem("too_few_renewals", what)])
    problems = []
    if not (np.isfinite(counts).all() and (counts >= 0).all() and counts[0] > 0):
        what = say("Numbers of customers must be 0 or more, and above 0 at the start.")
        problems.append(Problem("bad_number", what))
    elif (np.diff(counts) > 0).any():
        at = int(np.argmax(np.diff(counts) > 0)) + 1
        what = say("After renewal {number} there are more customers than before it: this is not one cohort.", number=at)
        problems.append(Problem("growing", what))
    elif counts[-1] == counts[0]:
        what = say("Nobody of {customers} customers left: chances of cancelling can't be told.",
                   customers=f"{counts[0]:g}")  # fmt: skip
        problems.append(Problem("nobody_left", what))
    elif counts[1] == 0:
        what = say("All customers left at the first renewal: there is nothing to tell apart.")
        problems.append(Problem("everybody_left", what))
    if problems:
        raise InputError(heading, problems)
    return -np.diff(counts), float(counts[-1]), float(counts[0])


def _estimation(
    found: Any, names: tuple[str, ...], left: Floats, customers: float, priors: Mapping[str, LogPrior]
) -> Estimation:
    return Estimation(
        log_likelihood=found.log_likelihood,
        customers=round(customers),
        customers_repeat=round(customers - left[0]),
        customers_unobserved=0,
        rows=len(left) + 1,
        priors=tuple(priors.items()),
        covariance=found.covariance(names),
        log_covariance=found.log_covariance,
    )
