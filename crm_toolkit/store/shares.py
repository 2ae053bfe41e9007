"""Shares of few cases, with the interval that belongs to them."""

from __future__ import annotations


def jeffreys(successes: float, cases: float) -> tuple[float, float]:
    """Jeffreys' 95 % interval of a share.

    Source: Brown, Cai and DasGupta (2001), section 4: quantiles of Beta(x + 1/2, n - x + 1/2), 0 and 1 at the ends.

    >>> [round(end, 3) for end in jeffreys(0, 10)]
    [0.0, 0.217]
    """
    from scipy.special import betaincinv

    low = float(betaincinv(successes + 0.5, cases - successes + 0.5, 0.025)) if successes > 0 else 0.0
    high = float(betaincinv(successes + 0.5, cases - successes + 0.5, 0.975)) if successes < cases else 1.0
    return low, high
