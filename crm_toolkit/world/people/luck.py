"""Luck in small coins: several draws out of one random word, and lists as tables of quantiles.

A word of `streams.Stream` has 64 bits, more than most decisions need. Half of it is a uniform number on a grid
of 2⁻³², a quarter looks up one of 65,536 cells; so a person costs a few words and not one for every trait.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from crm_toolkit.streams import Floats, Integers, Stream

CELLS = 1 << 16
_KNOTS = 4096
_OUTER = 16 / _KNOTS
_AT = np.clip(np.arange(_KNOTS + 1) / _KNOTS, 1e-12, 1 - 1e-12)
_SLOPES = np.diff(ndtri(_AT)) / np.diff(_AT)
_STARTS = ndtri(_AT[:-1]) - _SLOPES * _AT[:-1]


def halves(stream: Stream, keys: ArrayLike, words: int) -> Floats:
    """Uniform numbers strictly between 0 and 1, two rows for every word.

    >>> halves(Stream(7, "example"), np.arange(5), 3).shape
    (6, 5)
    """
    drawn = stream.words(keys, 0, np.arange(words)[:, None])
    luck = np.empty((2 * words, drawn.shape[1]))
    luck[0::2] = drawn >> np.uint64(32)
    luck[1::2] = drawn & np.uint64(0xFFFFFFFF)
    luck += 0.5
    luck *= 2.0**-32
    return luck


def normal(luck: Floats) -> Floats:
    """Standard normal numbers by linear interpolation in a table; exact at its knots and beyond its outer ones.

    The error stays below 0.0003, and the function is monotone, as every quantile function here.

    >>> luck = np.array([1e-6, 0.025, 0.3, 0.5])
    >>> bool(np.abs(normal(luck) - ndtri(luck)).max() < 3e-4)
    True
    """
    cell = (luck * _KNOTS).astype(np.int32)
    z = _SLOPES[cell]
    z *= luck
    z += _STARTS[cell]
    outer = np.flatnonzero((luck < _OUTER) | (luck > 1 - _OUTER))
    z[outer] = ndtri(luck[outer])
    return z


def quarter(words: NDArray[np.uint64], number: int) -> NDArray[np.uint16]:
    """One of the four 16-bit quarters of every word, counted from the lowest.

    >>> quarter(np.array([1 << 16], dtype=np.uint64), 1)
    array([1], dtype=uint16)
    """
    return (words >> np.uint64(16 * number)).astype(np.uint16)


def quantile_cells(weights: ArrayLike, cells: int = CELLS) -> Integers:
    """Which of several things each of ``cells`` equal parts of luck means: a quantile function as a table.

    >>> quantile_cells([1, 3], 8)
    array([0, 0, 1, 1, 1, 1, 1, 1])
    """
    shares = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(shares / shares[-1], (np.arange(cells) + 0.5) / cells, side="right").astype(np.int64)
