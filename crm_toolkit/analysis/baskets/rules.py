"""Association rules: of the baskets with A, how many also hold B, and is that more than by chance.

With n baskets, of which a hold A (the antecedent), b hold B (the consequent) and c hold both:

support     c / n                          how much of the trade the rule is about
confidence  c / a                          how often it holds
lift        c n / (a b)                    how many times more often than if A and B had nothing to do with each other
leverage    c / n − (a / n)(b / n)         the same as a difference of shares of baskets
conviction  (1 − b / n) / (1 − c / a)      how many times more often it would be broken by chance

A rule that was never broken (c = a) has no conviction, whatever programs print: the column is missing there and
``never_broken`` says why. High confidence alone says nothing if everybody buys B: look at the lift.

A search through thousands of rules finds some that shine by chance. The test is Fisher's exact one (one-sided), and
its p-value is multiplied by the number of rules of the same shape that the frequent items could form, found or not,
times the number of shapes (Webb's layered critical values): among baskets without any connection, not one rule in a
table would be called proven at 0.05 in 95 of 100 tables. A rule shows what goes together, not what a display or a
discount would cause.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.baskets.itemsets import FrequentItemsets, named
from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

MIN_CONFIDENCE = Knob("min_confidence", 0.5, 0.0, 1.0, 0.05, mark("Least confidence of a rule"), origin="convention",
                      reference="holds at least every second time")  # fmt: skip
_COLUMNS = ("antecedent", "consequent", "count", "antecedent_count", "consequent_count", "support", "confidence",
            "confidence_low", "confidence_high", "lift", "leverage", "conviction", "never_broken", "p_value",
            "p_adjusted")  # fmt: skip


def association_rules(
    itemsets: FrequentItemsets,
    *,
    min_confidence: float = MIN_CONFIDENCE.default,
    consequents: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Make rules "who buys A also buys B" out of frequent itemsets.

    Parameters
    ----------
    itemsets : FrequentItemsets
        As `frequent_itemsets` returns them; rules are as large as they are.
    min_confidence : float
        Least confidence, a fraction; a rule with exactly this confidence is in the table.
    consequents : int
        Most items on the right side, 1 to 5.
    level : float
        Level of the intervals of the confidence, a fraction.

    Returns
    -------
    pandas.DataFrame
        By descending lift: ``antecedent``, ``consequent`` (tuples of items), ``count``, ``antecedent_count``,
        ``consequent_count`` (baskets), ``support``, ``confidence``, ``confidence_low``, ``confidence_high`` (Wilson's
        interval, fractions), ``lift``, ``leverage``, ``conviction`` (missing where the rule was never broken),
        ``never_broken``, ``p_value`` (Fisher, one-sided), ``p_adjusted`` (for all rules that could have been found).

    Raises
    ------
    InputError
        If an option lies outside its range, or ``itemsets`` is something else.

    References
    ----------
    Agrawal, R., Imielinski, T. and Swami, A. (1993). Mining Association Rules between Sets of Items in Large Databases.
    ACM SIGMOD, 207–216. Brin, S. et al. (1997). Dynamic Itemset Counting and Implication Rules for Market Basket Data.
    ACM SIGMOD, 255–264. Webb, G. I. (2008). Layered Critical Values: A Powerful Direct-Adjustment Approach to
    Discovering Significant Patterns. Machine Learning 71, 307–323.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.baskets.itemsets import frequent_itemsets
    >>> orders = [(1, "swim"), (1, "towel"), (2, "swim"), (2, "towel"), (3, "swim"), (4, "yoga")]
    >>> lines = pd.DataFrame(orders, columns=["order_id", "item"])
    >>> rules = association_rules(frequent_itemsets(lines, min_support=0.5, returns=None))
    >>> columns = ["antecedent", "consequent", "count", "confidence", "lift", "conviction", "never_broken"]
    >>> print(rules[columns].round(2).to_string(index=False))
    antecedent consequent  count  confidence  lift  conviction  never_broken
      (towel,)    (swim,)      2        1.00  1.33         NaN          True
       (swim,)   (towel,)      2        0.67  1.33         1.5         False
    """
    _require_itemsets(itemsets)
    share, right, within = require_numbers(
        "association_rules",
        min_confidence=(min_confidence, 0, 1),
        consequents=(consequents, 1, 5),
        level=(level, 0.5, 0.999),
    )
    levels, items = itemsets._levels, len(itemsets._names)
    keys, parts = _keys(levels, items), []

    def counted(sets: np.ndarray) -> np.ndarray:
        return levels[sets.shape[1] - 1][1][_numbers(sets, keys, items)]

    for sets, counts in levels[1:]:
        size = sets.shape[1]
        for taken in (
            chosen for k in range(1, min(int(right), size - 1) + 1) for chosen in combinations(range(size), k)
        ):
            left = np.delete(sets, taken, axis=1)
            whole = counted(left)
            kept = counts >= _least(whole, share)
            consequent = sets[kept][:, taken]
            numbers = np.column_stack([counts[kept], whole[kept], counted(consequent)])
            parts.append((left[kept], consequent, numbers))
    return _measured(parts, itemsets, within, items, int(right))


def _require_itemsets(itemsets: Any) -> None:
    if not isinstance(itemsets, FrequentItemsets):
        what = say("A value of kind `{kind}` was given.", kind=type(itemsets).__name__)
        advice = say("Pass what `frequent_itemsets` returns.")
        heading = say("`{function}` can't read this table.", function="association_rules")
        raise InputError(heading, [Problem("unknown_kind", what, advice=advice)])


def _least(counts: np.ndarray, share: float) -> np.ndarray:
    """The smallest count that is at least this share of each count, in whole numbers."""
    exact = Fraction(repr(share))
    values, place = np.unique(counts, return_inverse=True)
    return np.array([math.ceil(exact * value) for value in values.tolist()], dtype="int64")[place]


def _keys(levels: tuple[tuple[np.ndarray, np.ndarray], ...], items: int) -> list[np.ndarray]:
    """For each size from 2: the number of a set without its last item, times the items, plus the last item.

    A set's number is its place among the sorted sets of its size, so the keys of a size rise.
    """
    keys: list[np.ndarray] = []
    for sets, _ in levels[1:]:
        keys.append(_numbers(sets[:, :-1], keys, items) * items + sets[:, -1])
    return keys


def _numbers(sets: np.ndarray, keys: list[np.ndarray], items: int) -> np.ndarray:
    number = sets[:, 0]
    for column in range(1, sets.shape[1]):
        number = np.searchsorted(keys[column - 1], number * items + sets[:, column])
    return number


def _measured(
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
    itemsets: FrequentItemsets,
    within: float,
    items: int,
    right: int,
) -> pd.DataFrame:
    from scipy.stats import hypergeom

    n, names = itemsets.baskets, itemsets._names
    antecedents: list[tuple[Any, ...]] = []
    consequents: list[tuple[Any, ...]] = []
    possible, numbers = [], [np.empty((0, 3), dtype="int64")]
    shapes = sum(min(right, size - 1) for size in range(2, itemsets.max_size + 1))
    for left, taken, counts in parts:
        antecedents += named(names, left)
        consequents += named(names, taken)
        a, b = left.shape[1], taken.shape[1]
        rules = math.comb(items, a) * math.comb(items - a, b) * shapes
        possible.append(np.full(len(left), float(rules)))
        numbers.append(counts)
    both, before, after = np.concatenate(numbers).T
    confidence = both / before
    low, high = wilson_interval(both, before, within)
    never = both == before
    broken = np.where(never, np.nan, (before - both) / before)
    p_value = np.clip(hypergeom.sf(both - 1, n, before, after), 0.0, 1.0)
    tested = np.concatenate(possible) if possible else np.empty(0)
    rules_table = pd.DataFrame(
        {
            "antecedent": pd.Series(antecedents, dtype=object),
            "consequent": pd.Series(consequents, dtype=object),
            "count": both,
            "antecedent_count": before,
            "consequent_count": after,
            "support": both / n,
            "confidence": confidence,
            "confidence_low": low,
            "confidence_high": high,
            "lift": confidence * n / after,
            "leverage": both / n - (before / n) * (after / n),
            "conviction": (1 - after / n) / broken,
            "never_broken": never,
            "p_value": p_value,
            "p_adjusted": np.minimum(p_value * tested, 1.0),
        },
        columns=list(_COLUMNS),
    )
    by_worth = [-rules_table[name].to_numpy().round(12) for name in ("confidence", "count", "lift")]  # equal to the eye
    order = np.lexsort([np.arange(len(both)), *by_worth])
    return rules_table.iloc[order].reset_index(drop=True)
