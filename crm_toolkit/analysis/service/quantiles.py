"""Quantiles of times, some of which are not over: "half of the requests are answered within so many minutes".

Where all are over, a quantile is an order statistic and its interval comes from the binomial distribution of ranks,
without any assumption on the form of the times. Where some are still running, they are not thrown away (they are the
long ones) but counted as long as they were seen: Kaplan and Meier's curve, and the interval of Brookmeyer and Crowley
(1982) in its log-minus-log form. A quantile that the curve does not reach is missing, not guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.analysis.surveys.intervals import two_sided_z

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TimeQuantile:
    """One quantile: its value, the interval, and whether it was reached. Missing bounds are those not reached.

    The lower bound of a time is 0 where the ranks give none.
    """

    quantile: float
    value: float
    low: float
    high: float

    @property
    def reached(self) -> bool:
        """Whether so many are over that the quantile is known."""
        return bool(np.isfinite(self.value))


def time_quantiles(times: Floats, over: NDArray, quantiles: Sequence[float], level: float) -> list[TimeQuantile]:
    """Quantiles of times from 0, ``over`` where the time has ended, with intervals.

    Examples
    --------
    >>> minutes = np.arange(1.0, 21.0)
    >>> time_quantiles(minutes, np.ones(20, dtype=bool), [0.5], 0.95)
    [TimeQuantile(quantile=0.5, value=10.0, low=6.0, high=15.0)]
    >>> time_quantiles(minutes, minutes < 8, [0.25, 0.5], 0.95)[1].reached
    False
    """
    if not len(times):
        return [TimeQuantile(share, np.nan, np.nan, np.nan) for share in quantiles]
    if np.all(over):
        return _order_statistics(np.sort(times), quantiles, level)
    return _product_limit(times, np.asarray(over, dtype=bool), quantiles, level)


def _order_statistics(ordered: Floats, quantiles: Sequence[float], level: float) -> list[TimeQuantile]:
    from scipy.special import bdtr

    n, tail, found = len(ordered), (1 - level) / 2, []
    for share in quantiles:
        at_most = bdtr(np.arange(n + 1), n, share)  # chance that so many values lie below the true quantile
        low = int(np.searchsorted(at_most, tail, side="right"))  # the first rank that is not too low
        high = int(np.searchsorted(at_most, 1 - tail, side="left")) + 1
        rank = min(max(int(np.ceil(share * n - 1e-9)), 1), n)
        found.append(TimeQuantile(share, float(ordered[rank - 1]), float(ordered[low - 1]) if low >= 1 else 0.0,
                                  float(ordered[high - 1]) if high <= n else np.nan))  # fmt: skip
    return found


def _product_limit(times: Floats, over: NDArray, quantiles: Sequence[float], level: float) -> list[TimeQuantile]:
    points, place = np.unique(times[over], return_inverse=True)
    if not len(points):
        return [TimeQuantile(share, np.nan, 0.0, np.nan) for share in quantiles]
    ended = np.bincount(place, minlength=len(points)).astype("float64")
    ordered = np.sort(times)
    running = len(times) - np.searchsorted(ordered, points, side="left").astype("float64")
    left = np.maximum(running - ended, 0.0)
    surviving = np.cumprod(left / running)
    steps = np.where(left > 0, ended / (running * np.where(left > 0, left, 1.0)), 0.0)
    spread = np.sqrt(np.cumsum(steps))
    inside = (surviving > 1e-12) & (surviving < 1 - 1e-12)
    log = np.log(np.where(inside, surviving, 0.5))
    z = two_sided_z(level)
    low = np.where(inside, np.exp(log * np.exp(z * spread / np.abs(log))), surviving)
    high = np.where(inside, np.exp(log * np.exp(-z * spread / np.abs(log))), surviving)
    if surviving[-1] <= 1e-12:  # the last one has ended: its chance was not zero, only what was seen of it
        high[-1] = high[-2] if len(high) > 1 else 1.0
    found = []
    for share in quantiles:
        value, bottom, top = (_first(points, curve <= 1 - share + 1e-12) for curve in (surviving, low, high))
        found.append(TimeQuantile(share, value, bottom if np.isfinite(bottom) else float(points[-1]), top))
    return found


def _first(points: Floats, reached: NDArray) -> float:
    return float(points[np.argmax(reached)]) if reached.any() else np.nan
