"""Satisfaction: performance against expectation, habit, and what both do to coming back.

Disconfirmation is performance less expectation (Oliver 1980). A disappointment weighs more than a pleasant
surprise of the same size (Anderson, Sullivan 1993; the size is an assumption). Expectation learns from what was
experienced. Between contacts satisfaction drifts back to the customer's usual level. Repurchase grows faster
than satisfaction (increasing returns: Mittal, Kamakura 2001), so it is an exponential here. Habit grows with
every purchase towards 1 and fades with time. All quantities are in standard deviations of performance; 0 is the
customer's usual.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LOWEST, HIGHEST = -4.0, 4.0


def disconfirmed(
    satisfaction: Floats,
    expectation: Floats,
    performance: Floats,
    *,
    gain: float,
    loss_weight: float,
    learning: float,
) -> tuple[Floats, Floats, Floats]:
    """Satisfaction, expectation and disconfirmation after an experience.

    Parameters
    ----------
    satisfaction, expectation, performance : arrays
        In standard deviations.
    gain : float
        How much of a pleasant surprise goes into satisfaction.
    loss_weight : float
        How many times more a disappointment weighs, 1 or more.
    learning : float
        Share of the disconfirmation by which the expectation moves.

    Examples
    --------
    >>> s, e, d = disconfirmed(np.zeros(2), np.zeros(2), np.array([1.0, -1.0]), gain=0.5, loss_weight=2.0, learning=0.1)
    >>> s, e, d
    (array([ 0.5, -1. ]), array([ 0.1, -0.1]), array([ 1., -1.]))
    """
    difference = performance - expectation
    moved = satisfaction + reaction(difference, gain=gain, loss_weight=loss_weight)
    return within_scale(moved), expectation + learning * difference, difference


def reaction(disconfirmation: Floats, *, gain: float, loss_weight: float) -> Floats:
    """What a disconfirmation adds to satisfaction, as long as that stays on its scale.

    >>> reaction(np.array([1.0, -1.0]), gain=0.5, loss_weight=2.0)
    array([ 0.5, -1. ])
    """
    change = np.minimum(disconfirmation, loss_weight * disconfirmation)
    change *= gain
    return change


def within_scale(satisfaction: Floats) -> Floats:
    """Satisfaction, kept between its lowest and its highest value.

    >>> within_scale(np.array([-5.0, 1.0]))
    array([-4.,  1.])
    """
    return np.minimum(np.maximum(satisfaction, LOWEST), HIGHEST)


def return_multiplier(satisfaction: Floats, habit: Floats, *, by_satisfaction: float, by_habit: float) -> Floats:
    """By what factor satisfaction and habit change a rate; below 1 for leaving, so both weights are negative there.

    Examples
    --------
    >>> return_multiplier(np.array([-1.0, 0.0, 1.0]), np.zeros(3), by_satisfaction=0.25, by_habit=0.0).round(3)
    array([0.779, 1.   , 1.284])
    """
    return np.exp(by_satisfaction * satisfaction + by_habit * habit)
