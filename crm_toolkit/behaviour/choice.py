"""Choosing one of several offers: utilities, the logit, and what follows from it.

    U = Σ β x        P_j = exp(U_j) / Σ_i exp(U_i)                               multinomial logit (MNL; McFadden 1974)

share of preference   the mean of people's probabilities: everybody is a little undecided
first choice          everybody takes the offer with the highest utility; equal ones are reported, never drawn by lot

The logit has the property of *independence from irrelevant alternatives* (IIA): the odds of two offers do not depend on
the others, so a copy of an offer takes from all in proportion. A nested logit puts similar offers into one nest with a
dissimilarity λ (1 is the MNL, near 0 a copy takes only from its twin).

Stated choices are not purchases: people are freer with money that they don't spend (hypothetical bias).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.inputs import Floats, given_array, given_number, given_word, settle
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark, say

LIMITS = mark(
    "A choice that costs nothing says more than a purchase would show: read shares and prices as comparisons, not as "
    "forecasts of sales."
)
IIA_LIMITS = mark(
    "In the logit a copy of an offer takes from all others in proportion; real copies take from their twin."
)
RULES = ("preference", "first_choice")
TIES = ("split", "refuse")
_SAME = 1e-12  # utilities nearer than this, as a share of the largest, are equal


@dataclass(frozen=True, eq=False)
class MarketShares:
    """Shares of offers among people.

    Parameters
    ----------
    shares : numpy.ndarray
        One fraction for each offer; they add up to 1.
    rule : {"preference", "first_choice"}
    people : int
    tied : int
        People with two or more best offers; under first choice their vote was split evenly among these.
    """

    shares: Floats
    rule: str
    people: int
    tied: int


@with_kinds_told
def logit_shares(utilities: ArrayLike, *, scale: float = 1.0) -> Floats:
    """Probabilities of choice by the multinomial logit, along the last axis.

    Parameters
    ----------
    utilities : array
        Utility of every offer, in units of the error's scale; one row for each person, or one row.
    scale : float
        Multiplies the utilities: 0 is choice by lot, a large one is first choice. 0 to 1,000.

    Returns
    -------
    numpy.ndarray
        Of the same shape; the last axis adds up to 1.

    Raises
    ------
    InputError
        If utilities are no finite numbers or the scale is out of range.

    References
    ----------
    McFadden, D. (1974). Conditional Logit Analysis of Qualitative Choice Behavior. In: Zarembka, P. (ed.), Frontiers in
    Econometrics, 105–142.

    Examples
    --------
    >>> logit_shares([1.0, 0.5, 0.0]).round(4)
    array([0.5065, 0.3072, 0.1863])
    """
    problems: list[Problem] = []
    found = given_array(problems, "utilities", utilities, dimensions=(1, 2))
    stretch = given_number(problems, "scale", scale, 0.0, 1_000.0)
    settle(problems, "logit_shares")
    return _softmax(stretch * found)


def _softmax(utility: Floats) -> Floats:
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


@with_kinds_told
def market_shares(utilities: ArrayLike, *, rule: str = "preference", ties: str = "split") -> MarketShares:
    """Shares of offers among people who each have their own utilities.

    Parameters
    ----------
    utilities : array, people × offers
        One row is allowed: one person, or people who are all alike.
    rule : {"preference", "first_choice"}
        Mean of the logit's probabilities, or everybody's best offer.
    ties : {"split", "refuse"}
        What to do with people who have several best offers under first choice; they are counted in either case.

    Returns
    -------
    MarketShares

    Raises
    ------
    InputError
        If the numbers or options can't be used, or someone has two best offers and ``ties="refuse"``.

    Examples
    --------
    >>> likes = [[1.0, 0.5, 0.0], [0.0, 0.9, 1.0]]
    >>> market_shares(likes).shares.round(3)
    array([0.334, 0.353, 0.313])
    >>> market_shares(likes, rule="first_choice").shares
    array([0.5, 0. , 0.5])
    """
    problems: list[Problem] = []
    found = np.atleast_2d(given_array(problems, "utilities", utilities, dimensions=(1, 2)))
    given_word(problems, "rule", rule, RULES)
    given_word(problems, "ties", ties, TIES)
    settle(problems, "market_shares")
    highest = found.max(axis=1, keepdims=True)
    best = found >= highest - _SAME * np.maximum(np.abs(found).max(axis=1, keepdims=True), 1.0)
    tied = int((best.sum(axis=1) > 1).sum())
    if rule == "first_choice" and tied and ties == "refuse":
        what = say("{tied} of {people} people have more than one best offer.", tied=tied, people=len(found))
        advice = say('Take `ties="split"`, or the share of preference, which has no ties.')
        raise InputError(say("`{function}` can't use these numbers.", function="market_shares"),
                         [Problem("tie", what, advice=advice, column="utilities")])  # fmt: skip
    each = _softmax(found) if rule == "preference" else best / best.sum(axis=1, keepdims=True)
    return MarketShares(each.mean(axis=0), rule, len(found), tied)


@with_kinds_told
def nested_logit_shares(utilities: ArrayLike, nests: Sequence[Any], dissimilarity: float) -> Floats:
    """Probabilities of choice where offers of one nest are alike.

    Parameters
    ----------
    utilities : array
        One utility for each offer.
    nests : sequence
        The nest of each offer: any labels.
    dissimilarity : float
        λ of every nest, 0.01 to 1; 1 is the multinomial logit.

    Returns
    -------
    numpy.ndarray
        P(nest) · P(offer | nest), with exp(U/λ) within a nest and λ·log Σ exp(U/λ) between nests.

    Raises
    ------
    InputError
        If the numbers can't be used or there is not one nest for each offer.

    References
    ----------
    McFadden, D. (1978). Modelling the Choice of Residential Location. In: Spatial Interaction Theory and Planning
    Models, 75–96. Formula from memory, not checked against the source.

    Examples
    --------
    >>> nested_logit_shares([0, 0, 0], ["car", "bus", "bus"], 1.0).round(3)
    array([0.333, 0.333, 0.333])
    >>> nested_logit_shares([0, 0, 0], ["car", "bus", "bus"], 0.01).round(3)
    array([0.498, 0.251, 0.251])
    """
    problems: list[Problem] = []
    found = given_array(problems, "utilities", utilities)
    strength = given_number(problems, "dissimilarity", dissimilarity, 0.01, 1.0)
    labels = list(nests) if not isinstance(nests, str) else []
    if len(found) and len(labels) != len(found):
        what = say("There are {found} nests for {offers} offers.", found=len(labels), offers=len(found))
        problems.append(Problem("wrong_shape", what, advice=say("Name one nest for each offer."), column="nests"))
    settle(problems, "nested_logit_shares")
    codes = pd.factorize(np.array(labels, dtype=object))[0]
    within = found / strength
    tops = np.array([within[codes == nest].max() for nest in range(codes.max() + 1)])
    sums = np.bincount(codes, weights=np.exp(within - tops[codes]))
    inclusive = strength * (tops + np.log(sums))
    return _softmax(inclusive)[codes] * np.exp(within - tops[codes]) / sums[codes]


@with_kinds_told
def copied_offer_shares(
    utilities: Mapping[str, float], copied: str, *, dissimilarity: float = 0.1, copy: str = "copy"
) -> pd.DataFrame:
    """What a copy of one offer takes from the others: the logit's answer beside the nested logit's.

    Parameters
    ----------
    utilities : mapping
        Offer → utility, two or more.
    copied : str
        Which offer is copied: the copy has the same utility and stands in one nest with it.
    dissimilarity : float
        λ of that nest, 0.01 to 1: how far people tell the two apart.
    copy : str
        Name of the copy.

    Returns
    -------
    pandas.DataFrame
        ``offer``, ``before`` (share without the copy), ``logit``, ``nested`` (shares with it), ``logit_kept``,
        ``nested_kept`` (fraction of its share that the offer keeps; missing for the copy). Under the logit all keep the
        same fraction: that is IIA.

    Raises
    ------
    InputError
        If there are fewer than two offers, the copied one is not among them, or a number can't be used.

    Examples
    --------
    >>> shares = copied_offer_shares({"car": 0.0, "red bus": 0.0}, "red bus", copy="blue bus")
    >>> print(shares[["offer", "before", "logit", "nested"]].round(3).to_string(index=False))
       offer  before  logit  nested
         car     0.5  0.333   0.483
     red bus     0.5  0.333   0.259
    blue bus     NaN  0.333   0.259
    """
    problems: list[Problem] = []
    names = list(utilities) if isinstance(utilities, Mapping) else []
    if len(names) < 2:
        problems.append(Problem("too_few", say("Two offers or more are needed."), column="utilities"))
    else:
        given_word(problems, "copied", copied, names)
    if copy in names:
        what = say("`{name}` can't be {value}.", name="copy", value=repr(copy))
        problems.append(Problem("unknown_option", what, say("An offer of this name is there already."), column="copy"))
    values = [given_number(problems, name, utilities[name], -500.0, 500.0) for name in names]
    given_number(problems, "dissimilarity", dissimilarity, 0.01, 1.0)
    settle(problems, "copied_offer_shares")
    more = np.array([*values, values[names.index(copied)]])
    before = _softmax(np.array(values))
    logit = _softmax(more)
    nested = nested_logit_shares(more, [*names, copied], dissimilarity)
    return pd.DataFrame(
        {
            "offer": [*names, copy],
            "before": [*before, np.nan],
            "logit": logit,
            "nested": nested,
            "logit_kept": [*(logit[:-1] / before), np.nan],
            "nested_kept": [*(nested[:-1] / before), np.nan],
        }
    )
