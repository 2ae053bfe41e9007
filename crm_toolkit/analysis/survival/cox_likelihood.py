"""The partial likelihood of Cox by sorting and cumulative sums, ties after Efron: no loop over customers or times.

Rows are sorted by duration once. A row is at risk at the j-th time of an event if it lasted to it and had entered
before; sums over the risk set are cumulative sums from the last time backwards. With R and D the sums of w = exp(x'β)
over the risk set and over the d who leave at that time, Efron's denominators are R − (l/d) D, l = 0 … d − 1. Sums over
l of 1, l/d and (l/d)² over them and their squares are all that the gradient and the information need:

    gradient      Σ x (δ − w (A − δ B)),   A the cumulated Σ 1/den up to the row's end, B the tie part Σ (l/d)/den
    information   Σ w (A − δ B) xx'  −  Σ_t Σ_l (R₁ − f D₁)(R₁ − f D₁)' / den²

so that products of two covariates are never summed over risk sets. Memory: the covariates once more, and a few
columns beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.analysis.survival.reading import Floats, Lives

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Rows sorted by duration, and where each stands among the times of events.

    Parameters
    ----------
    times : array
        Different times of events.
    deaths : array
        Events at each.
    x : array
        Covariates, centred and scaled, sorted, one column in memory after the other.
    until, since : arrays of int
        A row is at risk at the times with ``since <= j < until``; ``since`` is ``None`` without late entry.
    event : array of int
        Places of rows with an event, in the order of time.
    order : array of int
        Rows of the input in the order of ``x``.
    """

    times: Floats
    deaths: Places
    x: Floats
    until: Places
    since: Places | None
    event: Places
    order: Places


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The partial likelihood at one point, with what baselines and residuals need.

    Parameters
    ----------
    value : float
        Log likelihood.
    gradient, information : arrays
    increments, spread : arrays
        For every time Σ 1/den (the step of the cumulative hazard at covariates 0) and Σ 1/den².
    pull : array
        For every time Σ (R₁ − f D₁)/den², a column for each covariate.
    mean : array
        For every time the mean covariates of who leaves, as the model expects.
    """

    value: float
    gradient: Floats
    information: Floats
    increments: Floats
    spread: Floats
    pull: Floats
    mean: Floats


def risk_sets(lives: Lives, centre: Floats, scale: Floats) -> RiskSets:
    """Sort rows by duration, events first, and find their places."""
    order = np.argsort(lives.duration, kind="stable")
    duration, event = lives.duration[order], lives.event[order]
    times, deaths = np.unique(duration[event], return_counts=True)
    x = np.empty((len(order), len(centre)), order="F")
    for k in range(len(centre)):
        x[:, k] = (lives.covariates[order, k] - centre[k]) / scale[k]
    since = None if lives.entry is None else np.searchsorted(times, lives.entry[order], side="right")
    if since is not None:
        since[lives.entry[order] == 0] = 0  # type: ignore[index]
    until = np.searchsorted(times, duration, side="right")
    return RiskSets(times, deaths, x, until, since, np.flatnonzero(event), order)


def likelihood(sets: RiskSets, beta: Floats, *, detailed: bool = False) -> Likelihood:
    """Log likelihood, gradient and information at β, for covariates as `risk_sets` scaled them.

    Only ``detailed`` brings ``pull`` and ``mean``.
    """
    size, many = len(sets.times), len(beta)
    eta = sets.x @ beta
    shift = float(eta.max(initial=0.0))
    w = np.exp(eta - shift)
    left = w[sets.event]
    slot = sets.until[sets.event] - 1
    risk = _at_risk(sets, w)
    leaving = np.bincount(slot, left, size)
    ends = np.cumsum(sets.deaths)
    tied = len(sets.event) > size
    if tied:
        starts = ends - sets.deaths
        fraction = (np.arange(len(sets.event)) - starts[slot]) / sets.deaths[slot]
        denominator = risk[slot] - fraction * leaving[slot]
        inverse = 1 / denominator
        logs = float(np.log(denominator).sum())
        a, b, c0, c1, c2 = (
            np.add.reduceat(part, starts)
            for part in (inverse, fraction * inverse, inverse**2, fraction * inverse**2, (fraction * inverse) ** 2)
        )
    else:
        inverse = 1 / risk
        logs = float(np.log(risk).sum())
        a, c0 = inverse, inverse**2
        b = c1 = c2 = np.zeros(size)
    value = float(eta[sets.event].sum()) - logs - shift * len(sets.event)
    cumulated = np.concatenate([[0.0], np.cumsum(a)])
    expected = cumulated[sets.until]
    if sets.since is not None:
        expected -= cumulated[sets.since]
    if tied:
        expected[sets.event] -= b[slot]
    expected *= w
    surplus = -expected
    surplus[sets.event] += 1.0
    gradient = np.array([float(np.dot(sets.x[:, k], surplus)) for k in range(many)])
    information = np.empty((many, many))
    first = np.empty((size, many))
    gone = np.empty((size, many)) if tied or detailed else np.zeros((0, many))
    for k in range(many):
        column = sets.x[:, k]
        information[k] = (column * expected) @ sets.x
        column = column * w
        first[:, k] = _at_risk(sets, column)
        if len(gone):
            gone[:, k] = np.bincount(slot, column[sets.event], size)
    information -= (first * c0[:, None]).T @ first
    if tied:
        crossed = (first * c1[:, None]).T @ gone
        information += crossed + crossed.T - (gone * c2[:, None]).T @ gone
    pull = mean = np.zeros((0, many))
    if detailed:
        pull = first * c0[:, None] - gone * c1[:, None]
        mean = (first * a[:, None] - gone * b[:, None]) / sets.deaths[:, None]
    back = np.exp(-shift)
    return Likelihood(value, gradient, (information + information.T) / 2, a * back, c0 * back**2, pull * back, mean)


def _at_risk(sets: RiskSets, values: Floats) -> Floats:
    """Sums over the risk set at every time of an event."""
    size = len(sets.times)
    total: Floats = np.bincount(sets.until, values, size + 1).astype(np.float64, copy=False)
    if sets.since is not None:
        total = total - np.bincount(sets.since, values, size + 1)
    return np.cumsum(total[::-1])[::-1][1:]
