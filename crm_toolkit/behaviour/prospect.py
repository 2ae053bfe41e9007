"""Gains and losses from where one stands: the value function of prospect theory (Kahneman and Tversky 1979).

v(x) = x^α                 for a gain x ≥ 0
v(x) = −λ (−x)^β           for a loss

Three things are in it: outcomes are changes from a reference point, more of the same counts less and less (α, β below
1), and a loss weighs more than a gain of its size (λ above 1). α = β = 0.88 and λ = 2.25 are Tversky and Kahneman's
(1992) medians, from memory, not checked against the source. Used here for points: points that expire and a tier that
is taken away are losses, points that are promised are gains.

Limits: λ, α and β were found with lotteries among students, and differ from person to person and from stake to stake;
the reference point is the analyst's choice. The theory's weighting of probabilities is not in this module.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.checks import Floats, Given
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark

LIMITS = mark(
    "The value curve comes from choices between lotteries; how much a lost status weighs for your customers is not "
    "known from it."
)
_MEDIANS = "median of Tversky and Kahneman 1992, from memory"
ALPHA = Knob("alpha", 0.88, 0.1, 1.0, 0.01, mark("Curvature of gains, α"), origin="source", reference=_MEDIANS)
BETA = Knob("beta", 0.88, 0.1, 1.0, 0.01, mark("Curvature of losses, β"), origin="source", reference=_MEDIANS)
LOSS_AVERSION = Knob(
    "loss_aversion", 2.25, 0.5, 10.0, 0.05, mark("Loss aversion, λ"), origin="source", reference=_MEDIANS
)


@with_kinds_told
def prospect_value(
    change: ArrayLike,
    *,
    alpha: float = ALPHA.default,
    beta: float = BETA.default,
    loss_aversion: float = LOSS_AVERSION.default,
) -> Floats:
    """Value of a change from the reference point.

    Parameters
    ----------
    change : array
        Gains above 0, losses below, in one unit: points, currency units.
    alpha, beta : float
        Curvatures of gains and losses, above 0 up to 1.
    loss_aversion : float
        λ, from 0.5 to 10; 1 is none.

    Returns
    -------
    array
        Value, in a unit of its own: only comparisons have a meaning.

    Raises
    ------
    InputError
        If a number is missing or outside its range.

    References
    ----------
    Kahneman, D., Tversky, A. (1979). Prospect Theory: An Analysis of Decision under Risk. Econometrica 47, 263–291.

    Examples
    --------
    >>> prospect_value([100, 0, -100]).round(1)
    array([  57.5,    0. , -129.5])
    """
    given = Given("prospect_value")
    x = given.array("change", change)
    a, b, heavier = _shape(given, alpha, beta, loss_aversion)
    given.refuse_if_wrong()
    return np.where(x >= 0, np.maximum(x, 0.0) ** a, -heavier * np.maximum(-x, 0.0) ** b)


@with_kinds_told
def compensating_gain(
    loss: ArrayLike,
    *,
    alpha: float = ALPHA.default,
    beta: float = BETA.default,
    loss_aversion: float = LOSS_AVERSION.default,
) -> Floats:
    """The gain that makes up for a loss: v(gain) + v(−loss) = 0.

    Parameters
    ----------
    loss : array
        Size of the loss, from 0.
    alpha, beta, loss_aversion : float
        As for `prospect_value`.

    Returns
    -------
    array
        Size of the gain, in the unit of the loss.

    Raises
    ------
    InputError
        If a number is missing or outside its range.

    Examples
    --------
    >>> compensating_gain(100).round(1)
    np.float64(251.3)
    """
    given = Given("compensating_gain")
    lost = given.array("loss", loss, low=0.0, high=1e15)
    a, b, heavier = _shape(given, alpha, beta, loss_aversion)
    given.refuse_if_wrong()
    return (heavier * lost**b) ** (1 / a)


def _shape(given: Given, alpha: float, beta: float, loss_aversion: float) -> tuple[float, float, float]:
    return (
        given.number("alpha", alpha, above=0, high=1),
        given.number("beta", beta, above=0, high=1),
        given.number("loss_aversion", loss_aversion, low=LOSS_AVERSION.low, high=LOSS_AVERSION.high),
    )
