"""Who comes when: the Bass model (Bass 1969).

Of those who have not come yet, a share p comes by itself in a unit of time, and a share q·F because of the share
F who are there already: word of mouth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def bass_share(time: ArrayLike, *, p: float, q: float) -> Floats:
    """Share of all who have come by a time: F(t) = (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t}).

    >>> bass_share([0, 8.1], p=0.017206, q=0.35688).round(3)
    array([0.   , 0.475])
    """
    fallen = np.exp(-(p + q) * np.asarray(time, dtype=np.float64))
    return (1 - fallen) / (1 + q / p * fallen)


def bass_time(share: ArrayLike, *, p: float, q: float) -> Floats:
    """The time by which a share has come: the inverse of `bass_share`.

    >>> bass_time(bass_share(8.1, p=0.017206, q=0.35688), p=0.017206, q=0.35688).round(6)
    np.float64(8.1)
    """
    come = np.asarray(share, dtype=np.float64)
    return np.log((1 + q / p * come) / (1 - come)) / (p + q)


def word_of_mouth_share(share: ArrayLike, *, p: float, q: float) -> Floats:
    """Of those who come when F have come: the share that was told, qF / (p + qF).

    >>> word_of_mouth_share([0.0, 0.5], p=0.02, q=0.04)
    array([0. , 0.5])
    """
    told = q * np.asarray(share, dtype=np.float64)
    return told / (p + told)
