"""How a state of mind becomes an answer on a scale, and who answers at all.

An answer is a latent feeling, satisfaction plus the person's leaning plus the mood of the moment, cut at ordered
points. Who answers depends on the feeling: the very pleased and the very annoyed answer more readily than the
indifferent (assumption; non-response bias is documented, its size varies).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cut_points(shares: Sequence[float]) -> Floats:
    """Standard normal cut points that give an ordered scale these shares.

    >>> cut_points([0.5, 0.5])
    array([0.])
    """
    from scipy.special import ndtri

    cumulative = np.cumsum(np.asarray(shares, dtype=np.float64))
    return ndtri(cumulative[:-1] / cumulative[-1])


def ordinal_answer(feeling: Floats, cuts: Floats, lowest: int) -> NDArray:
    """The answer on an ordered scale that starts at ``lowest``.

    >>> ordinal_answer(np.array([-1.0, 0.2, 3.0]), np.array([-0.5, 0.5]), 1)
    array([1, 2, 3], dtype=int8)
    """
    return (np.searchsorted(cuts, feeling, side="right") + lowest).astype(np.int8)


def answer_chance(feeling: Floats, *, usual: float, by_strength: float) -> Floats:
    """Chance of answering: the usual one at rest, more with a strong feeling of either sign.

    >>> answer_chance(np.array([-2.0, 0.0, 2.0]), usual=0.3, by_strength=0.4).round(3)
    array([0.488, 0.3  , 0.488])
    """
    odds = usual / (1 - usual) * np.exp(by_strength * np.abs(feeling))
    return odds / (1 + odds)
