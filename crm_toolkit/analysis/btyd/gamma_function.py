"""The logarithm of the gamma function and its derivatives, all that a likelihood needs of them at once.

Arguments are moved up by ten steps of Γ(z+1) = z Γ(z), where eight terms of Stirling's series leave an error below the
last digit (Abramowitz and Stegun 1964, 6.1.40, 6.3.18, 6.4.12). `scipy.special` has the same functions, but loading it
takes 12 MB and longer than a fit, and its ψ′ longer than all of this.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = np.arange(10.0)[:, None]
_BERNOULLI = np.array([1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510])  # B₂ to B₁₆
_K2 = np.arange(2.0, 17.0, 2.0)
_SERIES = np.array([_BERNOULLI / (_K2 * (_K2 - 1)), _BERNOULLI / _K2, _BERNOULLI])
_CONSTANT = 0.5 * np.log(2 * np.pi)


def log_gammas(*arguments: Floats | float) -> list[Any]:
    """Of each argument, numbers above 0 in a row or a single one: ln Γ, ψ (its derivative) and ψ′.

    >>> (value, slope, bend), of_half = log_gammas(np.array([2.0, 5.0]), 0.5)
    >>> value.round(12).tolist(), slope.round(12).tolist(), bend.round(12).tolist()
    ([0.0, 3.178053830348], [0.422784335098, 1.506117668432], [0.644934066848, 0.221322955737])
    >>> [round(one, 12) for one in of_half]
    [0.572364942925, -1.963510026021, 4.934802200545]
    """
    rows = [np.atleast_1d(one) for one in arguments]
    z = np.concatenate(rows)
    below, moved = z + _STEPS, z + float(len(_STEPS))
    over, inverse, logs = 1 / below, 1 / moved, np.log(moved)
    square = inverse * inverse
    powers = np.empty((len(_K2), len(z)))
    powers[:] = square
    powers[0] = 1.0
    found = np.einsum("ik,kj->ij", _SERIES, np.multiply.accumulate(powers))
    found[0] *= inverse
    found[0] += (moved - 0.5) * logs - moved + _CONSTANT - np.add.reduce(np.log(below))
    found[1] *= -square
    found[1] += logs - 0.5 * inverse - np.add.reduce(over)
    found[2] *= inverse * square
    found[2] += inverse + 0.5 * square + np.add.reduce(over * over)
    ends = accumulate(len(row) for row in rows)
    return [
        found[:, end - len(row) : end] if np.ndim(one) else found[:, end - 1].tolist()
        for end, row, one in zip(ends, rows, arguments, strict=True)
    ]
