"""How a state of mind becomes an answer on a scale, who answers at all, and the gaps of service quality.

An answer is a latent feeling, satisfaction plus the person's leaning plus the mood of the moment, cut at ordered
points. Who answers depends on the feeling: the very pleased and the very annoyed answer more readily than the
indifferent (assumption; non-response bias is documented, its size varies).

SERVQUAL is perception less expectation, dimension by dimension; SERVPERF is perception alone (`quality_gaps`). Where a
gap of the customer comes from is told by the five gaps of the model (`five_gaps`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.behaviour.inputs import given_array, given_number, settle
from crm_toolkit.errors import Problem
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark, say

Floats = NDArray[np.float64]
LIMITS = mark(
    "Expectations are high everywhere, so a gap is often perception read backwards; look at both, and at the interval."
)
GAPS = {
    "knowledge": mark("Gap 1: what managers believe customers expect, less what they expect"),
    "standards": mark("Gap 2: what the standards demand, less what managers believe"),
    "delivery": mark("Gap 3: what is delivered, less what the standards demand"),
    "communication": mark("Gap 4: what is delivered, less what was promised"),
    "service": mark("Gap 5: what customers perceive, less what they expect"),
}


@with_kinds_told
def cut_points(shares: Sequence[float]) -> Floats:
    """Standard normal cut points that give an ordered scale these shares.

    >>> cut_points([0.5, 0.5])
    array([0.])
    """
    from scipy.special import ndtri

    cumulative = np.cumsum(np.asarray(shares, dtype=np.float64))
    return ndtri(cumulative[:-1] / cumulative[-1])


@with_kinds_told
def ordinal_answer(feeling: Floats, cuts: Floats, lowest: int) -> NDArray:
    """The answer on an ordered scale that starts at ``lowest``.

    >>> ordinal_answer(np.array([-1.0, 0.2, 3.0]), np.array([-0.5, 0.5]), 1)
    array([1, 2, 3], dtype=int8)
    """
    return (np.searchsorted(cuts, feeling, side="right") + lowest).astype(np.int8)


@with_kinds_told
def answer_chance(feeling: Floats, *, usual: float, by_strength: float) -> Floats:
    """Chance of answering: the usual one at rest, more with a strong feeling of either sign.

    >>> answer_chance(np.array([-2.0, 0.0, 2.0]), usual=0.3, by_strength=0.4).round(3)
    array([0.488, 0.3  , 0.488])
    """
    odds = usual / (1 - usual) * np.exp(by_strength * np.abs(feeling))
    return odds / (1 + odds)


@dataclass(frozen=True, eq=False)
class QualityGaps:
    """Gaps by dimension, and in all.

    Parameters
    ----------
    gaps : numpy.ndarray
        Perception less expectation, by dimension, in points of the scale; below 0: worse than expected.
    mean_gap, weighted_gap : float
        Over the dimensions: all alike, and by their weights.
    servperf, weighted_servperf : float
        The same of perception alone.
    weights : numpy.ndarray
        Fractions, 1 in all.
    """

    gaps: Floats
    mean_gap: float
    weighted_gap: float
    servperf: float
    weighted_servperf: float
    weights: Floats


@with_kinds_told
def quality_gaps(expectation: ArrayLike, perception: ArrayLike, weights: ArrayLike | None = None) -> QualityGaps:
    """SERVQUAL and SERVPERF from means of dimensions.

    Parameters
    ----------
    expectation, perception : arrays
        Mean answers by dimension, on one scale.
    weights : array, optional
        Importance of the dimensions, such as 100 points divided among them; by default all alike.

    Raises
    ------
    InputError
        If the arrays differ in length, a number is missing, or all weights are 0.

    References
    ----------
    Parasuraman, A., Zeithaml, V. A., Berry, L. L. (1988). SERVQUAL. Journal of Retailing 64, 12–40. Cronin, J. J.,
    Taylor, S. A. (1992). Measuring Service Quality. Journal of Marketing 56(3), 55–68.

    Examples
    --------
    >>> found = quality_gaps([6.0] * 5, [5.35, 4.90, 5.17, 5.30, 4.99], [11, 32, 22, 19, 16])
    >>> round(found.mean_gap, 3), round(found.weighted_gap, 4)
    (-0.858, -0.9007)
    """
    problems: list[Problem] = []
    expected = given_array(problems, "expectation", expectation)
    size = len(expected) or None
    perceived = given_array(problems, "perception", perception, length=size)
    weight = np.ones(size or 1) if weights is None else given_array(problems, "weights", weights, length=size, low=0)
    if not problems and not weight.sum():
        problems.append(Problem("outside_range", say("All weights are 0."), column="weights"))
    settle(problems, "quality_gaps")
    part = weight / weight.sum()
    gaps = perceived - expected
    return QualityGaps(gaps, float(gaps.mean()), float(part @ gaps), float(perceived.mean()), float(part @ perceived),
                       part)  # fmt: skip


@dataclass(frozen=True)
class FiveGaps:
    """The five gaps of service quality, in points of the scale; below 0 is a shortfall.

    Parameters
    ----------
    knowledge, standards, delivery, communication, service : float
        Gaps 1 to 5, as `GAPS` names them.
    impression : float
        What customers perceive, less what is delivered: knowledge + standards + delivery + impression = service.
    deepest : tuple of str
        Which of gaps 1 to 4 fall shortest; several if they are equal, none if nothing falls short.
    """

    knowledge: float
    standards: float
    delivery: float
    communication: float
    service: float
    impression: float
    deepest: tuple[str, ...]


@with_kinds_told
def five_gaps(
    *, expected: float, believed: float, standard: float, delivered: float, promised: float, perceived: float
) -> FiveGaps:
    """Follow a shortfall from the customer's expectation to where it arises.

    Parameters
    ----------
    expected, perceived : float
        What customers expect and perceive.
    believed : float
        What managers believe customers expect.
    standard : float
        What the standards of the service demand.
    delivered : float
        What is done at the contact, measured by observation or records.
    promised : float
        What advertising and staff promise. All six on one scale.

    Raises
    ------
    InputError
        If a number is missing or infinite.

    Notes
    -----
    Parasuraman, Zeithaml and Berry (1985) name the gaps and draw them; that gaps 1 to 3 and the impression add up to
    gap 5 needs one common scale and is an assumption of this course. Gap 4 stands beside the sum: promises raise
    expectations and colour perception.

    Examples
    --------
    >>> gaps = five_gaps(expected=6.5, believed=6.0, standard=5.5, delivered=4.6, promised=6.2, perceived=4.8)
    >>> round(gaps.service, 2), gaps.deepest
    (-1.7, ('communication',))
    """
    problems: list[Problem] = []
    given = {"expected": expected, "believed": believed, "standard": standard, "delivered": delivered,
             "promised": promised, "perceived": perceived}  # fmt: skip
    e, b, s, d, p, seen = (given_number(problems, name, value) for name, value in given.items())
    settle(problems, "five_gaps")
    inside = {"knowledge": b - e, "standards": s - b, "delivery": d - s, "communication": d - p}
    least = min(inside.values())
    deepest = tuple(name for name, gap in inside.items() if least < -1e-12 and gap <= least + 1e-12)
    return FiveGaps(**inside, service=seen - e, impression=seen - d, deepest=deepest)
