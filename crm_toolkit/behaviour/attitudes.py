"""What an attitude is made of: Fishbein's sum of beliefs times evaluations, and the theory of planned behaviour.

Fishbein (1963)             A_o = Σ b_i e_i          b how strongly the object is believed to have an attribute,
                                                     e how good or bad that attribute is
Planned behaviour           A = Σ b_i e_i,  SN = Σ n_j m_j,  PBC = Σ c_k p_k
(Ajzen 1991)                BI = w₁A + w₂SN + w₃PBC;  chance of the behaviour by a logit of BI and PBC

SN: what others are thought to expect (n) times the motivation to comply (m). PBC: what helps or hinders (c) times its
power (p). Sums of products are formative: nothing else but the answers of one person, so a zero of the scale matters
(−3 … +3 and 1 … 7 give other orders), and reliability of the items says nothing about them.

Limits: beliefs leak into each other (halo), and answers to one questionnaire share its mood (common-method variance);
intentions explain a quarter of the variance of behaviour, not all of it (Armitage and Conner 2001: 27 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.checks import Floats, Given
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, mark, say

FISHBEIN_LIMITS = mark(
    "Fishbein's sum takes beliefs as separate; a halo of the whole colours them all, and an attitude is not yet a "
    "purchase."
)
PLANNED_LIMITS = mark(
    "Intention and its causes are asked in one questionnaire, so part of what they share is the questionnaire; and an "
    "intention is not yet a behaviour."
)
LARGEST_SCALE = 1000.0


@dataclass(frozen=True, eq=False)
class FishbeinAttitudes:
    """Attitudes towards several objects, attribute by attribute.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per object in the order given: ``object``, ``attitude`` (Σ b e), ``rank`` (1 is the highest; equal
        attitudes share a rank), ``tied`` (flag: another object has the same attitude).
    contributions : pandas.DataFrame
        One row per object and attribute: ``object``, ``attribute``, ``belief``, ``evaluation``, ``contribution`` (b e).
    """

    table: pd.DataFrame
    contributions: pd.DataFrame

    @property
    def best(self) -> tuple[str, ...]:
        """The object with the highest attitude; several if they are equal."""
        return tuple(self.table.loc[self.table["rank"] == 1, "object"])


@with_kinds_told
def expectancy_value(strengths: ArrayLike, values: ArrayLike) -> Floats:
    """Sum of products along the last axis: Fishbein's Σ b e, Ajzen's Σ n m and Σ c p.

    Parameters
    ----------
    strengths, values : array
        Numbers without gaps; one may be a single row that belongs to every row of the other.

    Returns
    -------
    array
        One sum for each row.

    Raises
    ------
    InputError
        If a number is missing or infinite, or the last axes differ in length.

    Examples
    --------
    >>> expectancy_value([[3, 2, 3, 1, -1], [3, 3, 3, 3, -2]], [3, 3, -1, 3, 1])
    array([14., 22.])
    >>> expectancy_value([4], [6])
    np.float64(24.0)
    """
    given = Given("expectancy_value")
    strong = given.array("strengths", strengths, low=-LARGEST_SCALE, high=LARGEST_SCALE)
    good = given.array("values", values, low=-LARGEST_SCALE, high=LARGEST_SCALE)
    _require_pairs(given, strong, good)
    given.refuse_if_wrong()
    return (strong * good).sum(axis=-1)


@with_kinds_told
def fishbein_attitudes(
    beliefs: ArrayLike,
    evaluations: ArrayLike,
    *,
    objects: Sequence[str] = (),
    attributes: Sequence[str] = (),
) -> FishbeinAttitudes:
    """Attitudes towards objects from beliefs about them and evaluations of attributes.

    Parameters
    ----------
    beliefs : array or frame of objects × attributes
        b, how strongly each object is believed to have each attribute, usually −3 to +3. A frame names its objects in
        the index and its attributes in the columns.
    evaluations : array
        e, how good or bad each attribute is, one for each, in the order of the columns.
    objects, attributes : sequence of str
        Names; by default numbers from 1, or those of the frame.

    Returns
    -------
    FishbeinAttitudes

    Raises
    ------
    InputError
        If a number is missing, the shapes do not fit, or names are repeated or too few.

    References
    ----------
    Fishbein, M. (1963). An Investigation of the Relationships between Beliefs about an Object and the Attitude toward
    that Object. Human Relations 16, 233–239.

    Examples
    --------
    >>> found = fishbein_attitudes([[3, 2, 3, 1, -1], [3, 3, 3, 3, -2], [2, 2, 2, 2, 2]], [3, 3, -1, 3, 1])
    >>> found.table["attitude"].tolist(), found.best
    ([14.0, 22.0, 18.0], ('2',))
    """
    if isinstance(beliefs, pd.DataFrame):
        objects = objects or [str(name) for name in beliefs.index]
        attributes = attributes or [str(name) for name in beliefs.columns]
    given = Given("fishbein_attitudes")
    table = given.array("beliefs", beliefs, dimensions=2, low=-LARGEST_SCALE, high=LARGEST_SCALE)
    value = given.array("evaluations", evaluations, dimensions=1, low=-LARGEST_SCALE, high=LARGEST_SCALE)
    if not given.problems:
        _require_pairs(given, table, value)
    rows = _names(given, "objects", objects, table.shape[0])
    columns = _names(given, "attributes", attributes, table.shape[1])
    given.refuse_if_wrong()
    products = table * value
    attitude = np.round(products.sum(axis=1), 12)
    rank = (attitude[None, :] > attitude[:, None]).sum(axis=1) + 1
    return FishbeinAttitudes(
        pd.DataFrame({"object": rows, "attitude": attitude, "rank": rank, "tied": np.bincount(rank)[rank] > 1}),
        pd.DataFrame(
            {
                "object": np.repeat(rows, len(columns)),
                "attribute": np.tile(columns, len(rows)),
                "belief": table.ravel(),
                "evaluation": np.tile(value, len(rows)),
                "contribution": products.ravel(),
            }
        ),
    )


@with_kinds_told
def planned_intention(
    attitude: ArrayLike,
    subjective_norm: ArrayLike,
    perceived_control: ArrayLike,
    *,
    weights: Sequence[float],
    intercept: float = 0.0,
) -> Floats:
    """Intention by the theory of planned behaviour: BI = w₀ + w₁A + w₂SN + w₃PBC.

    Parameters
    ----------
    attitude, subjective_norm, perceived_control : array
        A, SN and PBC of the same people.
    weights : sequence of three floats
        w₁, w₂, w₃; estimate them with `analysis.fit_planned_behaviour`.
    intercept : float
        w₀.

    Returns
    -------
    array

    Raises
    ------
    InputError
        If a number is missing, or the lengths differ.

    References
    ----------
    Ajzen, I. (1991). The Theory of Planned Behavior. Organizational Behavior and Human Decision Processes 50, 179–211.

    Examples
    --------
    >>> planned_intention([1.0, -1.0], [0.5, 0.5], [2.0, 0.0], weights=[0.5, 0.2, 0.3]).round(2)
    array([ 1.2, -0.4])
    """
    given = Given("planned_intention")
    parts = {
        "attitude": given.array("attitude", attitude),
        "subjective_norm": given.array("subjective_norm", subjective_norm),
        "perceived_control": given.array("perceived_control", perceived_control),
    }
    weight = given.array("weights", weights, dimensions=1, least=3)
    base = given.number("intercept", intercept)
    given.same_shape(**parts)
    if len(weight) > 3:
        given.add("wrong_shape", say("Three weights are needed: of attitude, norm and control."), column="weights")
    given.refuse_if_wrong()
    return base + sum(w * part for w, part in zip(weight, parts.values(), strict=True))


@with_kinds_told
def behaviour_chance(
    intention: ArrayLike, perceived_control: ArrayLike, *, intercept: float, by_intention: float, by_control: float
) -> Floats:
    """Chance of the behaviour: a logit of intention and perceived control.

    Parameters
    ----------
    intention, perceived_control : array
        BI and PBC of the same people.
    intercept, by_intention, by_control : float
        Coefficients on the scale of log odds.

    Returns
    -------
    array
        Probabilities.

    Raises
    ------
    InputError
        If a number is missing, or the lengths differ.

    Examples
    --------
    >>> behaviour_chance([0.0, 2.0], [0.0, 0.0], intercept=0.0, by_intention=1.0, by_control=0.5).round(3)
    array([0.5  , 0.881])
    """
    given = Given("behaviour_chance")
    intended = given.array("intention", intention)
    control = given.array("perceived_control", perceived_control)
    base, first, second = (
        given.number(name, value, low=-100, high=100)
        for name, value in (("intercept", intercept), ("by_intention", by_intention), ("by_control", by_control))
    )
    given.same_shape(intention=intended, perceived_control=control)
    given.refuse_if_wrong()
    return 1 / (1 + np.exp(-np.clip(base + first * intended + second * control, -700, 700)))


def _require_pairs(given: Given, one: Floats, other: Floats) -> None:
    if not one.ndim or not other.ndim or one.shape[-1] != other.shape[-1]:
        what = say("There must be as many evaluations as attributes: {first} and {second} were given.",
                   first=other.shape[-1] if other.ndim else 1, second=one.shape[-1] if one.ndim else 1)  # fmt: skip
        given.add("wrong_shape", what, column="evaluations")
        return
    try:
        np.broadcast_shapes(one.shape, other.shape)
    except ValueError:
        given.same_shape(strengths=one, values=other)


def _names(given: Given, what: str, names: Sequence[str], count: int) -> list[str]:
    numbered = [str(place + 1) for place in range(count)]
    if not isinstance(names, str) and not len(names):
        return numbered
    found = [names] if isinstance(names, str) else [str(name) for name in names]
    if len(found) != count:
        said = say("`{name}` needs {count} names; {found} were given.", name=what, count=count, found=len(found))
        given.add("wrong_shape", said, column=what)
        return numbered
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        said = say("`{name}` names these twice: {names}.", name=what, names=join_names(twice))
        given.add("repeated_name", said, column=what)
    return found
