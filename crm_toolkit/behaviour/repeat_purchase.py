"""Buying again: a need that fills up with time and is emptied by a purchase.

A customer's need fills at the rate λ; when it reaches a threshold, they buy and the need starts from zero. The
threshold is drawn anew for every purchase with mean 1. With exponential thresholds purchases are a Poisson
process, the ground of the two published models:

Pareto/NBD (Schmittlein, Morrison, Colombo 1987): λ is gamma distributed over customers (shape r, rate α); a
customer leaves for good at a rate μ of their own, gamma distributed too (shape s, rate β).

BG/NBD (Fader, Hardie, Lee 2005): λ as before; after every repeat purchase a customer leaves for good with a
probability of their own, beta distributed (a, b).

With thresholds of gamma shape k above 1 purchases are more regular than chance (Platzer, Reutterer 2016).
The closed forms below say what both models promise, so that a simulation can be held to them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.schema.arguments import with_kinds_told

Floats = NDArray[np.float64]


@with_kinds_told
def bgnbd_expected_purchases(weeks: ArrayLike, *, r: float, alpha: float, a: float, b: float) -> Floats:
    """Expected repeat purchases of a new customer in a time (Fader, Hardie, Lee 2005, equation 9).

    Examples
    --------
    >>> bgnbd_expected_purchases(39, r=0.243, alpha=4.414, a=0.793, b=2.426).round(3)
    np.float64(1.197)
    """
    from scipy.special import hyp2f1

    t = np.asarray(weeks, dtype=np.float64)

    def formula(a: float) -> Floats:
        shrunk = (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t))
        return (a + b - 1) / (a - 1) * (1 - shrunk)

    if min(abs(a - 1), abs(a + b - 1)) < 4e-5:  # it is 0 / 0 there; the mean of both sides is its limit
        return (formula(a - 1e-4) + formula(a + 1e-4)) / 2
    return formula(a)


@with_kinds_told
def bgnbd_count_probability(count: ArrayLike, weeks: float, *, r: float, alpha: float, a: float, b: float) -> Floats:
    """Chance of exactly so many repeat purchases in a time (Fader, Hardie, Lee 2005, equation 8).

    Examples
    --------
    >>> bgnbd_count_probability(0, 39, r=0.243, alpha=4.414, a=0.793, b=2.426).round(4)
    np.float64(0.5738)
    """
    from scipy.special import betaln, gammaln

    x = np.asarray(count, dtype=np.float64)
    t = float(weeks)

    def negative_binomial(n: Floats) -> Floats:
        logs = gammaln(r + n) - gammaln(r) - gammaln(n + 1) + r * np.log(alpha / (alpha + t))
        return np.exp(logs + n * np.log(t / (alpha + t)))

    stays = np.exp(betaln(a, b + x) - betaln(a, b)) * negative_binomial(x)
    fewer = np.array([negative_binomial(np.arange(int(n), dtype=np.float64)).sum() for n in np.ravel(x)])
    left = np.exp(betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b)) * (1 - fewer.reshape(x.shape))
    return stays + np.where(x > 0, left, 0.0)


@with_kinds_told
def bgnbd_alive_probability(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, r: float, alpha: float, a: float, b: float
) -> Floats:
    """Chance that a customer of that history has not left (Fader, Hardie, Lee 2008, note on P(alive)).

    Examples
    --------
    >>> bgnbd_alive_probability(0, 0.0, 39.0, r=0.243, alpha=4.414, a=0.793, b=2.426)
    array(1.)
    """
    x, tx, age = (np.asarray(value, dtype=np.float64) for value in (frequency, recency, age))
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + tx)) ** (r + x)
    return np.where(x > 0, 1 / (1 + odds), 1.0)


@with_kinds_told
def pareto_nbd_expected_purchases(weeks: ArrayLike, *, r: float, alpha: float, s: float, beta: float) -> Floats:
    """Expected repeat purchases of a new customer in a time (Schmittlein, Morrison, Colombo 1987, equation 17).

    Examples
    --------
    >>> pareto_nbd_expected_purchases(39, r=0.553, alpha=10.578, s=0.606, beta=11.669).round(3)
    np.float64(1.213)
    """
    from scipy.special import exprel

    longer = np.log1p(np.asarray(weeks, dtype=np.float64) / beta)  # written so that s = 1 is a number like others
    return r * beta / alpha * longer * exprel((1 - s) * longer)


@with_kinds_told
def pareto_nbd_alive_share(weeks: ArrayLike, *, s: float, beta: float) -> Floats:
    """Share of customers who have not left after a time: the Pareto distribution's survival.

    >>> pareto_nbd_alive_share(0, s=0.606, beta=11.669)
    np.float64(1.0)
    """
    return (beta / (beta + np.asarray(weeks, dtype=np.float64))) ** s


@with_kinds_told
def pareto_nbd_alive_probability(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, r: float, alpha: float, s: float, beta: float
) -> Floats:
    """Chance that a customer of that history has not left (Schmittlein, Morrison, Colombo 1987, equations 11–13).

    Examples
    --------
    >>> bool(0 < pareto_nbd_alive_probability(0, 0.0, 39.0, r=0.553, alpha=10.578, s=0.606, beta=11.669) < 1)
    True
    """
    from scipy.special import hyp2f1

    x, tx, age = (np.asarray(value, dtype=np.float64) for value in (frequency, recency, age))
    larger, smaller = max(alpha, beta), min(alpha, beta)
    second = s + 1 if alpha >= beta else r + x
    exponent = r + s + x

    def part(t: Floats) -> Floats:
        ratio = (larger - smaller) / (larger + t)
        return (
            hyp2f1(exponent, second, exponent + 1, ratio)
            * ((alpha + age) / (larger + t)) ** (r + x)
            * ((beta + age) / (larger + t)) ** s
        )

    odds = s / exponent * (part(tx) - part(age))
    return 1 / (1 + odds)
