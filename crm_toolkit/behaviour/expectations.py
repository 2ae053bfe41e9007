"""Expectation, performance, satisfaction: Oliver's expectancy and disconfirmation (Oliver 1980), step by step.

S = α + β₁E + β₂P + β₃(P − E)            satisfaction with what was expected (E) and what was experienced (P)
E' = E + η (P − E)                       the expectation learns a share η of the surprise

E, P and P − E are three columns of rank two: only β₁ − β₃ and β₂ + β₃ can be seen in data, whatever the sample
(`identified_weights`); `analysis.fit_disconfirmation` therefore fits a response surface in E and P. β₁ above 0 is
assimilation (one sees what one expected), β₃ above 0 is contrast with the expectation. A disappointment may weigh more
than a pleasant surprise of the same size (``loss_weight``; the size is an assumption). The reaction to the difference
is that of `satisfaction.reaction`, which the simulated world uses.

Limits: one encounter, one scale, no other customer and no mood; the equation foresees means, not a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.checks import Floats, Given
from crm_toolkit.behaviour.satisfaction import reaction
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark

LIMITS = mark(
    "The equation tells of many customers on average; how satisfied a particular one will be it does not foresee."
)
_ASKED = "no study fixes it; the meta-analyses only rank disconfirmation first"
KNOBS = {
    one.name: one
    for one in (
        Knob("by_expectation", 0.2, -1.0, 1.0, 0.05, mark("Weight of the expectation, β₁"), origin="assumption",
             reference=_ASKED),
        Knob("by_performance", 0.3, -1.0, 1.0, 0.05, mark("Weight of the performance, β₂"), origin="assumption",
             reference=_ASKED),
        Knob("by_disconfirmation", 0.5, 0.0, 2.0, 0.05, mark("Weight of the difference, β₃"), origin="assumption",
             reference=_ASKED),
        Knob("loss_weight", 2.0, 1.0, 4.0, 0.1, mark("How many times more a disappointment weighs"),
             origin="assumption", reference="losses weigh about twice as much as gains elsewhere; here it is a guess"),
        Knob("learning", 0.3, 0.0, 1.0, 0.05, mark("Share of the surprise that is learnt, η"), origin="assumption",
             reference=_ASKED),
    )
}  # fmt: skip


@dataclass(frozen=True)
class IdentifiedWeights:
    """What data can tell of Oliver's three weights.

    Parameters
    ----------
    expectation, performance : float
        β₁ − β₃ and β₂ + β₃: the slopes of satisfaction by E and by P.
    """

    expectation: float
    performance: float


@with_kinds_told
def oliver_satisfaction(
    expectation: ArrayLike,
    performance: ArrayLike,
    *,
    by_expectation: float = KNOBS["by_expectation"].default,
    by_performance: float = KNOBS["by_performance"].default,
    by_disconfirmation: float = KNOBS["by_disconfirmation"].default,
    loss_weight: float = 1.0,
    intercept: float = 0.0,
) -> Floats:
    """Satisfaction by Oliver's equation.

    Parameters
    ----------
    expectation, performance : array
        E and P on one scale, with a common zero.
    by_expectation, by_performance, by_disconfirmation : float
        β₁, β₂, β₃.
    loss_weight : float
        How many times more a disappointment (P < E) weighs in β₃, from 1; 1 is Oliver's equation.
    intercept : float
        α.

    Returns
    -------
    array
        Satisfaction, in the unit that the weights make.

    Raises
    ------
    InputError
        If a number is missing or outside its range, or the arrays do not belong together.

    References
    ----------
    Oliver, R. L. (1980). A Cognitive Model of the Antecedents and Consequences of Satisfaction Decisions. Journal of
    Marketing Research 17, 460–469. The equation with three weights is a textbook form, from memory.

    Examples
    --------
    >>> oliver_satisfaction([1.0, 1.0], [2.0, 0.0], by_expectation=0.2, by_performance=0.3, by_disconfirmation=0.5)
    array([ 1.3, -0.3])
    """
    given = Given("oliver_satisfaction")
    expected = given.array("expectation", expectation)
    performed = given.array("performance", performance)
    b1, b2, b3, base = (
        given.number(name, value)
        for name, value in (
            ("by_expectation", by_expectation),
            ("by_performance", by_performance),
            ("by_disconfirmation", by_disconfirmation),
            ("intercept", intercept),
        )
    )
    heavier = given.number("loss_weight", loss_weight, low=1)
    try:
        np.broadcast_shapes(expected.shape, performed.shape)
    except ValueError:
        given.same_shape(expectation=expected, performance=performed)
    given.refuse_if_wrong()
    surprise = np.asarray(performed - expected)
    return base + b1 * expected + b2 * performed + b3 * reaction(surprise, gain=1.0, loss_weight=heavier)


@with_kinds_told
def identified_weights(by_expectation: float, by_performance: float, by_disconfirmation: float) -> IdentifiedWeights:
    """What data can tell of the three weights: two sums; every other split fits as well.

    Parameters
    ----------
    by_expectation, by_performance, by_disconfirmation : float
        β₁, β₂, β₃.

    Returns
    -------
    IdentifiedWeights

    Raises
    ------
    InputError
        If a number is missing.

    Examples
    --------
    >>> identified_weights(0.5, 0.25, 0.25) == identified_weights(0.25, 0.5, 0.0)
    True
    """
    given = Given("identified_weights")
    b1, b2, b3 = (
        given.number(name, value)
        for name, value in (
            ("by_expectation", by_expectation),
            ("by_performance", by_performance),
            ("by_disconfirmation", by_disconfirmation),
        )
    )
    given.refuse_if_wrong()
    return IdentifiedWeights(b1 - b3, b2 + b3)


@with_kinds_told
def expectation_path(
    performances: ArrayLike,
    *,
    expectation: float = 0.0,
    learning: float = KNOBS["learning"].default,
    by_expectation: float = KNOBS["by_expectation"].default,
    by_performance: float = KNOBS["by_performance"].default,
    by_disconfirmation: float = KNOBS["by_disconfirmation"].default,
    loss_weight: float = 1.0,
) -> pd.DataFrame:
    """Encounter after encounter: satisfaction, and the expectation that learns from each.

    Parameters
    ----------
    performances : array
        P of each encounter, in their order.
    expectation : float
        E before the first one.
    learning : float
        η, share of the surprise that the expectation takes over, 0 to 1.
    by_expectation, by_performance, by_disconfirmation, loss_weight : float
        As for `oliver_satisfaction`.

    Returns
    -------
    pandas.DataFrame
        ``encounter`` (from 1), ``expectation`` (before it), ``performance``, ``disconfirmation`` (P − E),
        ``satisfaction``.

    Raises
    ------
    InputError
        If a number is missing or outside its range.

    Examples
    --------
    >>> path = expectation_path([1, 1, 1], learning=0.5, by_expectation=0, by_performance=0, by_disconfirmation=1)
    >>> path[["expectation", "satisfaction"]].values.tolist()
    [[0.0, 1.0], [0.5, 0.5], [0.75, 0.25]]
    """
    given = Given("expectation_path")
    performed = given.array("performances", performances, dimensions=1)
    start = given.number("expectation", expectation)
    share = given.number("learning", learning, low=0, high=1)
    given.refuse_if_wrong()
    expected = np.empty(len(performed))
    now = start
    for place, value in enumerate(performed):
        expected[place] = now
        now += share * (value - now)
    satisfaction = oliver_satisfaction(
        expected,
        performed,
        by_expectation=by_expectation,
        by_performance=by_performance,
        by_disconfirmation=by_disconfirmation,
        loss_weight=loss_weight,
    )
    return pd.DataFrame(
        {
            "encounter": np.arange(1, len(performed) + 1),
            "expectation": expected,
            "performance": performed,
            "disconfirmation": performed - expected,
            "satisfaction": satisfaction,
        }
    )
