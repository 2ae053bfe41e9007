"""The climb to the best p, q and m of a Bass curve, and the curve's slopes.

For given p and q the best m is known: what came divided by F of the last period (counts), or the regression of the
periods on the shares (least squares). So a coarse grid over p + q and the time of the peak finds where to begin, for
all its points at once, and Gauss and Newton's steps with Marquardt's damping go on from there in log p, q and log m.
For counts they are Fisher scoring: the same steps with the weights 1/expected.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say

Floats = NDArray[np.float64]
_STEPS = 200


def adopters_of(theta: Any, count: int, form: str) -> Floats:
    """Expected adopters of periods 1 … count, by the form of `behaviour.bass_adopters`."""
    p, q, m = theta
    if form == "discrete":
        came, found = 0.0, np.empty(count)
        for place in range(count):
            found[place] = (p + q * came / m) * (m - came)
            came += found[place]
        return found
    return m * np.diff(_share(np.arange(count + 1), p, q))


def _share(time: Any, p: Any, q: Any) -> Floats:
    fallen = np.exp(-(p + q) * time)
    return -np.expm1(-(p + q) * time) / (1 + q / p * fallen)


def slopes_of(theta: Any, count: int, form: str) -> Floats:
    """Slopes of the expected adopters by p, q and m, a row for each period."""
    p, q, m = (float(one) for one in theta)
    if form == "discrete":
        return _discrete_slopes(p, q, m, count)
    t = np.arange(count + 1, dtype=np.float64)
    fallen = np.exp(-(p + q) * t)
    under = 1 + q / p * fallen
    up = -np.expm1(-(p + q) * t)
    by_fall = t * fallen
    by_p = (by_fall * under - up * (-q / p**2 * fallen - q / p * by_fall)) / under**2
    by_q = (by_fall * under - up * (fallen / p - q / p * by_fall)) / under**2
    return np.diff(np.column_stack([m * by_p, m * by_q, up / under]), axis=0)


def _discrete_slopes(p: float, q: float, m: float, count: int) -> Floats:
    came, pulled, found = 0.0, np.zeros(3), np.empty((count, 3))
    for place in range(count):
        share = came / m
        own = np.array([m - came, share * (m - came), p + q * share**2])
        found[place] = own + (q * (1 - share) - p - q * share) * pulled
        pulled = pulled + found[place]
        came += (p + q * share) * (m - came)
    return found


def own_climb(values: Floats, counts: bool, potential: float | None) -> Floats | None:
    """The best p, q, m of a history, or ``None`` where the climb has no end: m runs away."""
    most = 1e4 * values.sum()
    best: tuple[float, Floats] | None = None
    for miss, theta in _best_of_grid(values, counts, potential):
        if best is not None and miss >= 4 * best[0]:  # not even near what has been reached already
            break
        climbed = _climb(theta, values, counts, potential is None, most)
        if climbed is not None and (best is None or climbed[0] < best[0]):
            best = climbed
    return None if best is None or best[1][2] > most else best[1]


def _best_of_grid(values: Floats, counts: bool, potential: float | None) -> list[tuple[float, Floats]]:
    """Where to begin: the best point of a grid over p + q and the time of the peak, and the best one far from it."""
    count = len(values)
    total = np.geomspace(0.3, 12.0 * count**0.5, 20)[:, None] / count
    peak = count * np.linspace(-1.0, 2.5, 18)[None, :]
    ratio = np.exp(np.clip(total * peak, -12.0, 16.0))
    p = (total / (1 + ratio)).ravel()
    q = (total * ratio / (1 + ratio)).ravel()
    fallen = np.exp(-(p + q)[:, None] * np.arange(count + 1))
    reached = (1 - fallen) / (1 + (q / p)[:, None] * fallen)
    shares = np.maximum(reached[:, 1:] - reached[:, :-1], 1e-300)
    if counts:
        m = np.full(len(p), potential) if potential else values.sum() / shares.sum(axis=1)
        miss = m * shares.sum(axis=1) - values.sum() * np.log(m) - np.log(shares) @ values
        some = values[values > 0]
        miss = 2 * (miss + float((some * np.log(some) - some).sum()))
    else:
        m = np.full(len(p), potential) if potential else shares @ values / (shares**2).sum(axis=1)
        miss = values @ values - 2 * m * (shares @ values) + m**2 * (shares**2).sum(axis=1)
    order = np.argsort(miss, kind="stable")[:40]
    away = order[np.abs(np.log(p[order] / p[order[0]])) > 1.5][:1]
    return [(float(miss[one]), np.array([p[one], q[one], m[one]])) for one in (order[0], *away)]


def _miss(theta: Floats, values: Floats, counts: bool) -> float:
    expected = adopters_of(theta, len(values), "continuous")
    if not np.isfinite(expected).all():
        return math.inf
    if not counts:
        return float(((values - expected) ** 2).sum())
    expected = np.maximum(expected, 1e-300)
    ratio = np.where(values > 0, values, 1.0) / expected
    return float(2 * np.where(values > 0, values * np.log(ratio) - (values - expected), expected).sum())


def _climb(start: Floats, values: Floats, counts: bool, free: bool, most: float) -> tuple[float, Floats] | None:
    """Damped steps down from a start: what is missed at the end, and where that is."""
    theta, damping = start.copy(), 1e-3
    here = _miss(theta, values, counts)
    parts = 3 if free else 2
    for _ in range(_STEPS):
        expected = adopters_of(theta, len(values), "continuous")
        slope = slopes_of(theta, len(values), "continuous") * np.array([theta[0], 1.0, theta[2]])
        weight = 1 / np.maximum(expected, 1e-12 * expected.max()) if counts else np.ones(len(values))
        held = theta[1] <= 0 and float((weight * slope[:, 1]) @ (values - expected)) <= 0
        chosen = np.array([0, 2][: parts - 1] if held else range(parts))
        used = slope[:, chosen]
        information = (weight[:, None] * used).T @ used
        gradient = (weight[:, None] * used).T @ (values - expected)
        scale = np.sqrt(np.maximum(np.diagonal(information), 1e-300))
        normal = information / np.outer(scale, scale)
        promised = float(gradient / scale @ np.linalg.lstsq(normal, gradient / scale, rcond=1e-12)[0])
        if promised <= 1e-13 * here + 1e-24 * float((weight * values**2).sum()):
            break
        moved = False
        while damping < 1e12:
            step = np.zeros(3)
            step[chosen] = np.linalg.solve(normal + damping * np.eye(len(chosen)), gradient / scale) / scale
            step = np.clip(step, -2.0, 2.0)
            ahead = np.array([theta[0] * math.exp(step[0]), max(theta[1] + step[1], 0.0), theta[2] * math.exp(step[2])])
            there = _miss(ahead, values, counts)
            if there < here:
                moved = True
                break
            damping = max(damping * 8, 1e-9)
        if not moved:
            break
        small = here - there <= 1e-15 * max(abs(here), 1e-300)
        theta, here, damping = ahead, there, damping / 8
        if theta[2] > 10 * most or not 1e-290 < theta[0] < 50:
            return None
        if small:
            break
    return here, theta


def regression_fit(values: Floats, heading: str) -> Floats | None:
    """Bass's own regression of a period on all who came before; ``None`` where the parabola has not bent."""
    before = np.r_[0.0, np.cumsum(values)[:-1]]
    size = max(float(before[-1]), 1e-300)
    design = np.column_stack([np.ones(len(values)), before / size, (before / size) ** 2])
    (a, b, c), *_ = np.linalg.lstsq(design, values, rcond=None)
    b, c = b / size, c / size**2
    if not c < 0:
        return None
    if not a > 0:
        what = say("The regression gives a start below 0: p would be negative.")
        advice = say('Take `method="nls"` or `"mle"`.')
        raise InputError(heading, [Problem("negative_start", what, advice=advice)])
    m = (-b - math.sqrt(b * b - 4 * a * c)) / (2 * c)
    p, q = a / m, max(-m * c, 0.0)
    if p + q > 1:
        what = say("p + q is {value}: one period would bring more than there are left.", value=format_number(p + q))
        advice = say('Take `method="nls"` or `"mle"`.')
        raise InputError(heading, [Problem("too_fast", what, advice=advice)])
    return np.array([p, q, m])


def poisson_likelihood(values: Floats, expected: Floats) -> float:
    """Log likelihood of counts.

    >>> round(poisson_likelihood(np.array([2.0]), np.array([2.0])), 4)
    -1.3069
    """
    from scipy.special import gammaln

    expected = np.maximum(expected, 1e-300)
    return float((values * np.log(expected) - expected - gammaln(values + 1)).sum())


def gaussian_likelihood(residual: Floats) -> float:
    """Normal log likelihood at its largest variance.

    >>> round(gaussian_likelihood(np.array([1.0, -1.0])), 4)
    -2.8379
    """
    count = len(residual)
    return float(-0.5 * count * (math.log(2 * math.pi * max(float(residual @ residual), 1e-300) / count) + 1))
