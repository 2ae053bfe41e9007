"""What an agreement is worth: the weights of Fellegi and Sunter (1969), "A theory for record linkage".

For every field and level, m is its probability among pairs of one customer and u among pairs of different ones. The
weight of the level is log2(m / u) bits, positive where it speaks for one customer; a field that one side leaves empty
says nothing. The score of a pair is the sum of its weights, as if fields were independent given who is who, on top of
the odds before anything is known. Agreement in a rare name says more than in a frequent one: for names and towns u is
how often the agreeing words are met in the list.

`DECLARED_RULE` has m and u by assumption, so that nothing has to be learnt; `estimate_rule` takes u from pairs at
random and m from the pairs at hand by the EM algorithm (Winkler 1988; Dempster, Laird, Rubin 1977).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store.duplicates.blocking import candidates
from crm_toolkit.store.duplicates.comparison import LEVELS, MISSING, Comparison, Levels, compare
from crm_toolkit.store.duplicates.records import Integers, records_of
from crm_toolkit.streams import Stream
from crm_toolkit.texts import say

LEAST_PAIRS = 200
MOST_BITS = 20.0
"""No agreement of names or towns counts more, however rare they are (an assumption)."""
FAMILY_BITS = -10.0
"""What an agreement of surnames with other given names or patronymics counts at most: relatives are no strangers, they
share telephones and towns (an assumption)."""
_LEAST_PROBABILITY = 1e-6
_RANDOM_PAIRS = 200_000


@dataclass(frozen=True)
class LinkageRule:
    """Probabilities of every level, and so their weights.

    Parameters
    ----------
    m, u : mapping of str to tuple of float
        Field → probability of each level of `comparison.LEVELS` among pairs of one customer, and of different ones.
    origin : {"assumption", "estimated"}
        Where they come from.
    """

    m: Mapping[str, tuple[float, ...]]
    u: Mapping[str, tuple[float, ...]]
    origin: str = "assumption"

    def weights(self, field: str) -> NDArray[np.float64]:
        """The weight of each level of a field before frequencies are looked at, in bits.

        >>> DECLARED_RULE.weights("city").round(1).tolist()
        [1.7, 1.7, -2.8]
        """
        return np.log2(np.array(self.m[field]) / np.array(self.u[field]))

    def field_scores(self, compared: Comparison) -> dict[str, NDArray[np.float64]]:
        """The weight of every field for each pair, in bits; 0 where one side says nothing."""
        found = {}
        for field, levels in compared.levels.items():
            at = np.where(levels == MISSING, len(LEVELS[field]), levels)
            bits = np.append(self.weights(field), 0.0)[at]
            chance = compared.chance.get(field)
            if chance is not None:
                m = np.append(np.array(self.m[field]), 1.0)[at]
                with np.errstate(divide="ignore", invalid="ignore"):
                    by_frequency = np.log2(m / chance)
                bits = np.where(np.isnan(chance), bits, np.minimum(by_frequency, MOST_BITS))
            if field == "name":
                family = np.isin(levels, [LEVELS["name"].index(level) for level in ("patronymic", "surname_only")])
                bits = np.where(family, np.minimum(bits, FAMILY_BITS), bits)
            found[field] = bits
        return found

    @property
    def table(self) -> pd.DataFrame:
        """``field, level, m, u, weight_bits``: the rule as a table to be read."""
        rows = [
            (field, level, m, u, round(float(np.log2(m / u)), 2))
            for field, levels in LEVELS.items()
            for level, m, u in zip(levels, self.m[field], self.u[field], strict=True)
        ]
        return pd.DataFrame(rows, columns=["field", "level", "m", "u", "weight_bits"])


# Orders of magnitude, chosen by hand and not fitted to any list: how often a customer's own records agree, and how
# often strangers do. Towns agree often by chance, telephones nearly never.
DECLARED_RULE = LinkageRule(
    m={
        "name": (0.40, 0.10, 0.04, 0.38, 0.05, 0.005, 0.005, 0.02),
        "phone": (0.80, 0.06, 0.14),
        "email": (0.70, 0.05, 0.10, 0.10, 0.05),
        "birth_date": (0.90, 0.02, 0.04, 0.04),
        "city": (0.85, 0.05, 0.10),
    },
    u={
        "name": (0.0001, 0.0001, 0.0002, 0.01, 0.02, 0.01, 0.01, 0.9496),
        "phone": (0.0001, 0.0001, 0.9998),
        "email": (0.00001, 0.00001, 0.002, 0.2, 0.79798),
        "birth_date": (0.0001, 0.0002, 0.002, 0.9977),
        "city": (0.27, 0.015, 0.715),
    },
    origin="assumption",
)


def estimate_rule(frame: pd.DataFrame, *, seed: int | str = 0, turns: int = 50, largest_block: int = 60) -> LinkageRule:
    """Learn the rule from a list without knowing who is who.

    Parameters
    ----------
    frame : DataFrame
        As for `scoring.find_duplicates`.
    seed : int or str
        Luck of the pairs at random.
    turns : int
        Most turns of the EM algorithm.
    largest_block : int
        As for `scoring.find_duplicates`.

    Returns
    -------
    LinkageRule
        With origin "estimated"; fields that the list does not have keep the declared probabilities.

    Raises
    ------
    InputError
        If fewer than 200 pairs share a block: there is too little to learn from.

    Examples
    --------
    >>> estimate_rule(pd.DataFrame({"customer_id": ["a", "b"], "full_name": ["Ann Lee", "Bob Ray"]}))
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: The rule can't be estimated.
    <BLANKLINE>
    1. Only 0 pairs of records have anything in common; at least 200 are needed.
       Use the declared rule: DECLARED_RULE.
    """
    records = records_of(frame)
    near = candidates(records, largest_block=largest_block)
    if len(near.left) < LEAST_PAIRS:
        what = say(
            "Only {count} pairs of records have anything in common; at least {least} are needed.",
            count=len(near.left),
            least=LEAST_PAIRS,
        )
        advice = say("Use the declared rule: {code}.", code="DECLARED_RULE")
        raise InputError(say("The rule can't be estimated."), [Problem("too_few_pairs", what, advice=advice)])
    left, right = _random_pairs(len(records), seed)
    u = _shares(compare(records, left, right).levels, DECLARED_RULE.u)
    levels = compare(records, near.left, near.right).levels
    m = _expectation_maximisation(levels, u, turns)
    return LinkageRule(m, u, "estimated")


def _random_pairs(count: int, seed: int | str) -> tuple[Integers, Integers]:
    luck = Stream(seed, "pairs at random")
    number = np.arange(_RANDOM_PAIRS)
    left = (luck.uniform(number) * count).astype(np.int64)
    right = (left + 1 + (luck.uniform(number, k=1) * (count - 1)).astype(np.int64)) % count
    return np.minimum(left, right), np.maximum(left, right)


def _shares(levels: Mapping[str, Levels], declared: Mapping[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    """Shares of the levels among pairs that say something; the declared ones where nothing is said, or never met."""
    found = {}
    for field, names in LEVELS.items():
        known = levels[field][levels[field] != MISSING]
        if not len(known):
            found[field] = declared[field]
            continue
        counts = np.maximum(np.bincount(known, minlength=len(names)), 1)  # never met: met once at most
        found[field] = tuple((counts / counts.sum()).tolist())
    return found


def _expectation_maximisation(
    levels: Mapping[str, Levels], u: Mapping[str, tuple[float, ...]], turns: int
) -> dict[str, tuple[float, ...]]:
    """Maximum likelihood of m among the pairs at hand.

    Strangers at hand share a block and are more alike than strangers at random, so their probabilities (``among``) are
    learnt beside m and then forgotten.
    """
    names = list(LEVELS)
    among = {name: np.array(u[name]) for name in names}
    patterns, counts = np.unique(np.column_stack([levels[name] for name in names]), axis=0, return_counts=True)
    m = {name: np.array(DECLARED_RULE.m[name]) for name in names}
    share = 0.1
    for _ in range(turns):
        odds = np.full(len(patterns), np.log(share / (1 - share)))
        for place, name in enumerate(names):
            ratio = np.append(np.log(m[name]) - np.log(among[name]), 0.0)
            odds += ratio[np.where(patterns[:, place] == MISSING, len(ratio) - 1, patterns[:, place])]
        chance = counts / (1 + np.exp(-np.clip(odds, -700, 700)))
        before, share = share, float(np.clip(chance.sum() / counts.sum(), 1e-6, 1 - 1e-6))
        for place, name in enumerate(names):
            known = patterns[:, place] != MISSING
            if not known.any():
                continue
            weight = np.bincount(patterns[known, place], weights=chance[known], minlength=len(LEVELS[name]))
            weight = weight + np.array(DECLARED_RULE.m[name])
            m[name] = np.maximum(weight / weight.sum(), _LEAST_PROBABILITY)
            rest = np.bincount(patterns[known, place], weights=(counts - chance)[known], minlength=len(LEVELS[name]))
            rest = rest + np.array(u[name])
            among[name] = np.maximum(rest / rest.sum(), _LEAST_PROBABILITY)
        if abs(share - before) < 1e-9:
            break
    return {name: tuple((values / values.sum()).tolist()) for name, values in m.items()}
