"""Rates of rare events: exact intervals, and two rates compared.

Events that come one by one, independently, are Poisson's. Their rate has an exact interval (Garwood 1936). Of two
rates, given all events together, those of the first are binomial: an exact test, and an exact interval of the ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


@dataclass(frozen=True)
class RateComparison:
    """Two rates beside each other.

    Parameters
    ----------
    first, second : float
        The rates.
    ratio : float or None
        First by second; ``None`` where the second has no event.
    low, high : float or None
        Exact interval of the ratio; ``high`` is ``None`` where the second has no event: the data give no upper bound.
    p_value : float
        Exact, two-sided, of equal rates.
    """

    first: float
    second: float
    ratio: float | None
    low: float | None
    high: float | None
    p_value: float


def poisson_interval(events: Any, exposure: Any, level: float = LEVEL.default) -> tuple[np.ndarray, np.ndarray]:
    """Exact interval of a rate of events, exposure above 0.

    References
    ----------
    Garwood, F. (1936). Fiducial Limits for the Poisson Distribution. Biometrika 28, 437–442.

    Examples
    --------
    >>> low, high = poisson_interval(137, 24.19893)
    >>> round(float(low), 6), round(float(high), 6)
    (4.753125, 6.692709)
    """
    from scipy.special import gammaincinv

    count, of = np.asarray(events, dtype="float64"), np.asarray(exposure, dtype="float64")
    tail = (1 - level) / 2
    low = np.where(count > 0, gammaincinv(np.maximum(count, 1e-300), tail), 0.0)
    return low / of, gammaincinv(count + 1, 1 - tail) / of


def compare_event_rates(
    first_events: int,
    first_exposure: float,
    second_events: int,
    second_exposure: float,
    *,
    level: float = LEVEL.default,
) -> RateComparison:
    """Compare two rates by the exact conditional test.

    Parameters
    ----------
    first_events, second_events : int
        Complaints.
    first_exposure, second_exposure : float
        Orders, contacts or customer-months, above 0.
    level : float
        Level of the interval, a fraction.

    Returns
    -------
    RateComparison

    Raises
    ------
    InputError
        If a number lies outside its range, or there was no complaint at all.

    References
    ----------
    Przyborowski, J., Wilenski, H. (1940). Homogeneity of Results in Testing Samples from Poisson Series. Biometrika 31,
    313–323.

    Examples
    --------
    >>> found = compare_event_rates(11, 800, 21, 3011)
    >>> round(found.ratio, 4), round(found.low, 4), round(found.high, 4), round(found.p_value, 5)
    (1.9715, 0.8584, 4.2773, 0.07967)
    """
    share = LEVEL.check(level)
    one, two, of_one, of_two = require_numbers(
        "compare_event_rates", first_events=(first_events, 0, 1e12), second_events=(second_events, 0, 1e12),
        first_exposure=(first_exposure, 1e-12, 1e15), second_exposure=(second_exposure, 1e-12, 1e15),
    )  # fmt: skip
    heading = say("`{function}` can't compare these rates.", function="compare_event_rates")
    if one != int(one) or two != int(two):
        raise InputError(heading, [Problem("no_count", say("Events must be whole numbers."))])
    if not one + two:
        raise InputError(heading, [Problem("no_events", say("There was no complaint in either."))])
    low, high, p_value = rate_ratio(int(one), int(two), of_one, of_two, share)
    second = two / of_two
    ratio = one / of_one / second if two else None
    return RateComparison(one / of_one, second, ratio, low, high, p_value)


def rate_ratio(one: int, two: int, of_one: float, of_two: float, level: float) -> tuple[float, float | None, float]:
    """Clopper and Pearson's interval of the first's share of all events, as a ratio; and the exact p-value."""
    from scipy.special import betaincinv

    total, tail, scale = one + two, (1 - level) / 2, of_two / of_one
    low = float(betaincinv(one, two + 1, tail)) if one else 0.0
    high = float(betaincinv(one + 1, two, 1 - tail)) if two else None
    p_value = _as_unlikely(one, total, of_one / (of_one + of_two))
    return low / (1 - low) * scale, None if high is None else high / (1 - high) * scale, p_value


def _as_unlikely(count: int, total: int, share: float) -> float:
    """Binomial probability of all counts that are no likelier than this one (as R's and scipy's exact tests)."""
    from scipy.special import bdtr, bdtrc, gammaln, xlog1py, xlogy

    def log(k: int) -> float:
        chosen = gammaln(total + 1) - gammaln(k + 1) - gammaln(total - k + 1)
        return float(chosen + xlogy(k, share) + xlog1py(total - k, -share))

    limit, mode = log(count) + 1e-7, int((total + 1) * share)
    if log(mode) <= limit:
        return 1.0
    below = count < mode
    near, far = (mode, total + 1) if below else (mode, -1)  # where the other side becomes as unlikely
    while abs(far - near) > 1:
        middle = (near + far) // 2
        near, far = (middle, far) if log(middle) > limit else (near, middle)
    if below:
        rest = float(bdtrc(far - 1, total, share)) if far <= total else 0.0
        return min(float(bdtr(count, total, share)) + rest, 1.0)
    rest = float(bdtr(far, total, share)) if far >= 0 else 0.0
    return min(float(bdtrc(count - 1, total, share)) + rest, 1.0)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's adjusted p-values.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    order, m = np.argsort(p_values, kind="stable"), len(p_values)
    stepped = np.maximum.accumulate(p_values[order] * (m - np.arange(m)))
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
