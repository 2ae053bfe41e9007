"""Histories and times given by hand, checked before a formula sees them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

Floats = NDArray[np.float64]


def checked_times(**values: ArrayLike) -> list[Floats]:
    """Arrays of numbers that are neither negative nor missing nor infinite."""
    arrays, problems = [], []
    for name, value in values.items():
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            problems.append(Problem("wrong_kind", say("`{name}` must hold numbers.", name=name), column=name))
            continue
        bad = int((~(np.isfinite(array) & (array >= 0))).sum())
        if bad:
            what = say("`{name}` must be 0 or more, and finite.", name=name)
            problems.append(Problem("outside_range", what, column=name))
        arrays.append(array)
    if problems:
        raise InputError(say("The model can't answer this."), problems)
    return arrays


def checked_history(frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> list[Floats]:
    """Frequency, recency and T, broadcast against each other."""
    x, tx, age = np.broadcast_arrays(*checked_times(frequency=frequency, recency=recency, T=T))
    problems = []
    if (tx > age).any():
        problems.append(Problem("recency_above_T", say("`recency` exceeds `T`."), column="recency"))
    if ((x == 0) & (tx > 0)).any():
        what = say("A customer without a repeat purchase has recency 0.")
        problems.append(Problem("recency_without_repeat", what, column="recency"))
    if problems:
        raise InputError(say("The model can't answer this."), problems)
    return [x, tx, age]
