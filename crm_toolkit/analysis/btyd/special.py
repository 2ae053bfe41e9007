"""Integrals of the Pareto/NBD by quadrature in logarithms, where hypergeometric functions lose all digits.

The likelihood needs ∫ (α+y)^-(r+x) (β+y)^-(s+1) dy from t_x to T. With the variable u = ln(min(α, β) + y) the
integrand is smooth, and what lies deeper than e^-34 below its top is cut off, so that 24 Gauss-Legendre nodes give
about ten digits for every history; nothing under- or overflows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NODES = 24
_DEEPEST = 34.0

Nodes = tuple[Floats, Floats]


def unit_nodes(count: int = NODES) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


_G, _W = unit_nodes()


def departure_nodes(
    low: Floats, high: Floats, power: Floats, alpha: Any, s: float, beta: Any
) -> tuple[Floats, Floats, Nodes, Nodes]:
    """Logarithm of ∫ (α+y)^-power (β+y)^-(s+1) dy from ``low`` to ``high``, and the nodes it was made of.

    Returns
    -------
    log_integral : array (histories,)
    shares : array (nodes, histories)
        Share of each node in the integral.
    of_alpha, of_beta : pairs of arrays (nodes, histories)
        ln(α+y) with α+y, and ln(β+y) with β+y.
    """
    swapped = np.asarray(alpha > beta)
    inner, outer = np.where(swapped, beta, alpha), np.where(swapped, alpha, beta)
    inner_power = np.where(swapped, s + 1, power)
    outer_power = np.where(swapped, power, s + 1)
    begin = np.log(inner + low)
    width = np.log1p((high - low) / (inner + low))
    steepness = inner_power - 1 + outer_power * (inner + low) / (outer + low)
    with np.errstate(over="ignore", divide="ignore"):
        deep = np.where(steepness > 0, _DEEPEST / np.maximum(steepness, 1e-12), np.inf)
        by_outer = np.log((outer + low) * np.exp(np.minimum(_DEEPEST / outer_power, 600.0)) - outer + inner) - begin
    width = np.minimum(width, np.minimum(deep, by_outer))
    log_inner = begin + width * _G[:, None]
    inside = np.exp(log_inner)
    outside = inside + (outer - inner)
    log_outer = np.log(outside)
    logs = (1 - inner_power) * log_inner - outer_power * log_outer
    top = logs.max(axis=0)
    shares = np.exp(logs - top) * _W[:, None]
    total = shares.sum(axis=0)
    with np.errstate(divide="ignore"):
        log_integral = top + np.log(total) + np.log(width)
    shares = shares / total
    near, far = (log_inner, inside), (log_outer, outside)
    if swapped.ndim == 0:
        return (log_integral, shares, far, near) if swapped else (log_integral, shares, near, far)
    of_alpha = np.where(swapped, log_outer, log_inner), np.where(swapped, outside, inside)
    of_beta = np.where(swapped, log_inner, log_outer), np.where(swapped, inside, outside)
    return log_integral, shares, of_alpha, of_beta
