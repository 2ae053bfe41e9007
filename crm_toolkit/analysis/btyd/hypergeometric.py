"""Gauss's hypergeometric function ₂F₁(a, b; c; q) as forecasts need it: c above 0, 0 ≤ q < 1.

Where few terms of its series are enough (Abramowitz and Stegun 1964, 15.1.1) they are added up from the last to the
first, block by block, so that a block stays in the processor's cache: quicker than `scipy.special`, whose loading takes
12 MB and longer than a forecast. Elsewhere, for a horizon far beyond the time observed or for extreme parameters,
scipy's function is asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_MOST_TERMS = 120
_CANCEL = -4.0  # with a or b below it terms of both signs cancel one another
_SMALL = 1e-17  # of a term that need not be added
_BLOCK = 4_096


def gauss_function(a: ArrayLike, b: ArrayLike, c: ArrayLike, q: ArrayLike) -> Floats:
    """₂F₁ of arrays of one shape, or numbers.

    >>> import numpy as np
    >>> from crm_toolkit.analysis.btyd.hypergeometric import gauss_function
    >>> gauss_function(1.0, 1.0, 2.0, np.array([0.0, 0.5])).round(12).tolist()  # -ln(1-q) / q
    [1.0, 1.38629436112]
    """
    first, second, third, ratio = (np.asarray(one, dtype=np.float64) for one in (a, b, c, q))
    terms = _terms(first, second, third, ratio)
    if terms is None:
        from scipy.special import hyp2f1

        return np.asarray(hyp2f1(first, second, third, ratio))
    found = np.ones(np.broadcast_shapes(*(one.shape for one in (first, second, third, ratio))))
    flat = found.reshape(-1)
    rows = [np.broadcast_to(one, found.shape).reshape(-1) if one.ndim else one for one in (first, second, third, ratio)]
    for begin in range(0, len(flat), _BLOCK):
        place = slice(begin, begin + _BLOCK)
        _added_up(terms, flat[place], *(one[place] if one.ndim else float(one) for one in rows))
    return found


def _terms(a: Floats, b: Floats, c: Floats, q: Floats) -> int | None:
    """How many terms of the series are enough for all; None where they are too many, or not exact."""
    if not min(one.size for one in (a, b, c, q)):
        return 0
    if not (a.min() >= _CANCEL and b.min() >= _CANCEL and c.min() > 0 and q.min() >= 0):  # nor for what is no number
        return None
    far, near = float(q.max()), float(c.min())
    (a_low, a_high), (b_low, b_high) = ((float(one.min()), float(one.max())) for one in (a, b))
    term = 1.0  # the largest that it can be
    for n in range(_MOST_TERMS):
        if term < _SMALL:
            return n
        upper = max(abs(a_low + n), abs(a_high + n)) * max(abs(b_low + n), abs(b_high + n))
        term *= upper / ((near + n) * (n + 1)) * far
    return None


def _added_up(terms: int, total: Floats, a: Any, b: Any, c: Any, q: Any) -> None:
    """1 + k₀ q/c (1 + k₁ q/(c+1) (1 + …)), kₙ = (a+n) (b+n) / (n+1), from inside; ``total`` is 1 at first."""
    below = c + float(terms)
    for n in range(terms - 1, -1, -1):
        below = below - 1.0
        total *= q
        total /= below
        total *= (a + n) * (b + n) / (n + 1)
        total += 1.0
