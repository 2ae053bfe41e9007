"""Intervals for answers of surveys: differences of two shares of one sample, means, and differences of groups.

A net score is the difference of two shares of the same people (promoters less detractors). Its variance is
(p + d − (p − d)²) / n; with few answers the interval that inverts the score test is better (Tango 1998): it never
leaves the scale and does not collapse to a point when all answer alike.

Of two independent groups with intervals of their own the difference has an interval without further assumptions on its
form (MOVER, Zou and Donner 2008; for shares it is Newcombe's of 1998):

    d − √((a − a_low)² + (b_high − b)²)   to   d + √((a_high − a)² + (b − b_low)²),    d = a − b.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_HALVINGS = 60  # of the interval −1…1: to the last digit of a double


def two_sided_z(level: float) -> float:
    """The standard normal quantile that leaves half of what is beyond the level on each side.

    >>> round(two_sided_z(0.95), 3)
    1.96
    """
    return NormalDist().inv_cdf((1 + level) / 2)


def variance_interval(gained: Any, lost: Any, cases: Any, level: float) -> tuple[Floats, Floats]:
    """Interval of a difference of two shares of one sample by its variance; ``cases`` above 0.

    Examples
    --------
    >>> low, high = variance_interval(100, 40, 200, 0.95)
    >>> round(float(high - low) / 2, 3)
    0.108
    """
    b, c, n = (np.asarray(value, dtype="float64") for value in (gained, lost, cases))
    difference = (b - c) / n
    half = two_sided_z(level) * np.sqrt(np.maximum((b + c) / n - difference**2, 0.0) / n)
    return np.maximum(difference - half, -1.0), np.minimum(difference + half, 1.0)


def score_interval(gained: Any, lost: Any, cases: Any, level: float) -> tuple[Floats, Floats]:
    """Interval of a difference of two shares of one sample that inverts the score test.

    Parameters
    ----------
    gained, lost, cases : arrays of counts
        Cases of the one kind, of the other, of all kinds; ``cases`` above 0.
    level : float
        A fraction.

    References
    ----------
    Tango, T. (1998). Equivalence Test and Confidence Interval for the Difference in Proportions for the Paired-Sample
    Design. Statistics in Medicine 17, 891–908.

    Examples
    --------
    >>> low, high = score_interval([12, 10], [2, 0], [50, 10], 0.95)
    >>> low.round(4), high.round(4)
    (array([0.0611, 0.4449]), array([0.3447, 1.    ]))
    """
    b, c, n = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(value, dtype="float64")) for value in (gained, lost, cases))
    )
    z, observed = two_sided_z(level), (b - c) / n

    def bound(beyond: float) -> Floats:
        near, far = observed.copy(), np.full_like(observed, beyond)
        for _ in range(_HALVINGS):
            middle = (near + far) / 2
            inside = np.abs(_score(b, c, n, middle)) <= z
            near, far = np.where(inside, middle, near), np.where(inside, far, middle)
        return near

    return bound(-1.0), bound(1.0)


def _score(b: Floats, c: Floats, n: Floats, difference: Floats) -> Floats:
    """Tango's statistic at a supposed difference, with the lost share at its maximum likelihood under it."""
    linear = -b - c + (2 * n - b + c) * difference
    constant = -c * difference * (1 - difference)
    lost = (np.sqrt(np.maximum(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
    variance = n * np.maximum(2 * lost + difference * (1 - difference), 0.0)
    away = b - c - n * difference
    sure = variance <= 1e-14 * n
    return np.where(sure, np.where(np.abs(away) <= 1e-9 * n, 0.0, np.sign(away) * 1e12),
                    away / np.sqrt(np.where(sure, 1.0, variance)))  # fmt: skip


def mean_interval(
    mean: Any, deviation: Any, cases: Any, level: float, *, lowest: float, highest: float
) -> tuple[Floats, Floats]:
    """Student's interval of a mean on a scale with two ends, ``cases`` above 0.

    Where all answers are alike the deviation says nothing: then the bounds suppose the largest share u of other
    answers that is still likely, u = 1 − (1 − level)^(1/n) with half of it on each side, at the far end of the scale.

    Examples
    --------
    >>> low, high = mean_interval([5.0, 7.0], [1.2, 0.0], [30, 10], 0.95, lowest=1, highest=7)
    >>> low.round(2), high.round(2)
    (array([4.55, 5.15]), array([5.45, 7.  ]))
    """
    from scipy.special import stdtrit

    m, s, n = (np.asarray(value, dtype="float64") for value in (mean, deviation, cases))
    half = stdtrit(np.maximum(n - 1, 1), (1 + level) / 2) * s / np.sqrt(n)
    other = 1 - ((1 - level) / 2) ** (1 / n)
    alike = (s <= 1e-12) | (n < 2)
    low = np.where(alike, m - other * (m - lowest), m - half)
    high = np.where(alike, m + other * (highest - m), m + half)
    return np.maximum(low, lowest), np.minimum(high, highest)


def difference_interval(
    first: Any, first_low: Any, first_high: Any, second: Any, second_low: Any, second_high: Any
) -> tuple[Floats, Floats]:
    """Interval of the difference of two independent figures from their own intervals (MOVER).

    References
    ----------
    Zou, G. Y., Donner, A. (2008). Construction of Confidence Limits about Effect Measures: A General Approach.
    Statistics in Medicine 27, 1693–1702. Newcombe, R. G. (1998). Interval Estimation for the Difference between
    Independent Proportions. Statistics in Medicine 17, 873–890 (method 10).

    Examples
    --------
    >>> from crm_toolkit.analysis.cohorts import wilson_interval
    >>> ends = [wilson_interval(np.array(x), np.array(n), 0.95) for x, n in ((56, 70), (48, 80))]
    >>> low, high = difference_interval(0.8, *ends[0], 0.6, *ends[1])
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    a, a_low, a_high, b, b_low, b_high = (
        np.asarray(value, dtype="float64") for value in (first, first_low, first_high, second, second_low, second_high)
    )
    d = a - b
    return d - np.hypot(a - a_low, b_high - b), d + np.hypot(a_high - a, b - b_low)
