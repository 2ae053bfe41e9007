"""Weights that people state against weights that their choices betray.

From a few choices between two alternatives weights are not *estimated* but *narrowed*: all weights that agree with the
choices form a region, and linear programming finds its ends (the idea of LINMAP, Srinivasan and Shocker 1973; after
memory, not checked against the source). If no weights agree with all choices, the region is that of the smallest total
violation, and the choices that can't be explained are named. Few choices leave wide ranges: that is the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.decision_rules.kinds import kind_problem, takes
from crm_toolkit.behaviour.decision_rules.parameters import refuse, weight_problems
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, Floats, unknown_names
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class InferredWeights:
    """Weights that agree with choices between two.

    Parameters
    ----------
    table : pandas.DataFrame
        ``attribute``, ``weight`` (shares, 1 in all: the middle of the extreme answers, a convention), ``low`` and
        ``high`` (the least and the most that any agreeing weights give to the attribute).
    pairs : tuple of (str, str)
        The choices: taken, left.
    violation : float
        By how much, in units of weighted score, the choices can't be explained together; 0 where they can.
    unexplained : tuple of (str, str)
        The choices that the middle weights do not explain.
    extremes : numpy.ndarray
        Agreeing weights in which one attribute gets as little or as much as possible, one answer a row.
    """

    table: pd.DataFrame
    pairs: tuple[Pair, ...]
    violation: float
    unexplained: tuple[Pair, ...]
    extremes: Floats

    @property
    def weights(self) -> dict[str, float]:
        """The middle weights by attribute, for `Weighted`."""
        return dict(zip(self.table["attribute"], self.table["weight"].tolist(), strict=True))


@takes(table="table", pairs="list")
def infer_weights(table: DecisionTable, pairs: Sequence[Pair]) -> InferredWeights:
    """Narrow the weights of a compensatory rule from choices between two alternatives.

    Parameters
    ----------
    table : DecisionTable
        With scores on comparable scales (`DecisionTable.scaled`).
    pairs : sequence of (str, str)
        The alternative that was taken and the one that was left, at least one pair.

    Returns
    -------
    InferredWeights

    Raises
    ------
    InputError
        If a name is not in the table, a pair names one alternative twice, or there is no pair.

    Examples
    --------
    >>> table = DecisionTable(("A", "B", "C"), ("price", "comfort"), ((5, 1), (3, 3), (1, 4)), ((1, 5), (1, 5)))
    >>> found = infer_weights(table, [("A", "B"), ("B", "C")])
    >>> found.table.round(3).to_dict("records")[0]
    {'attribute': 'price', 'weight': 0.75, 'low': 0.5, 'high': 1.0}
    """
    from scipy.optimize import linprog

    chosen = _checked(table, pairs)
    rows = dict(zip(table.alternatives, table.matrix, strict=True))
    apart = np.array([rows[taken] - rows[left] for taken, left in chosen])
    size = max(float(np.abs(apart).max()), 1e-12)
    apart = apart / size
    many, count = len(table.attributes), len(chosen)
    sums = np.concatenate([np.ones(many), np.zeros(count)])[None, :]
    ask: dict[str, Any] = {"A_eq": sums, "b_eq": [1.0], "bounds": (0, None), "method": "highs"}
    upper, rest = np.hstack([-apart, -np.eye(count)]), np.zeros(count)
    least = linprog(np.concatenate([np.zeros(many), np.ones(count)]), A_ub=upper, b_ub=rest, **ask)
    _require_solved(least)
    violation = float(least.fun)
    if violation < 1e-9:
        violation = 0.0
    upper = np.vstack([upper, np.concatenate([np.zeros(many), np.ones(count)])])
    rest = np.append(rest, violation + 1e-9)
    extremes = []
    for place in range(many):
        for sign in (1.0, -1.0):
            goal = np.zeros(many + count)
            goal[place] = sign
            found = linprog(goal, A_ub=upper, b_ub=rest, **ask)
            _require_solved(found)
            extremes.append(np.clip(found.x[:many], 0.0, 1.0))
    ends = np.array(extremes)
    middle = ends.mean(axis=0) / ends.mean(axis=0).sum()
    told = pd.DataFrame({"attribute": table.attributes, "weight": middle})
    told["low"], told["high"] = ends.min(axis=0), ends.max(axis=0)
    unexplained = tuple(pair for pair, gain in zip(chosen, apart @ middle, strict=True) if gain < -1e-7)
    return InferredWeights(told, chosen, violation * size, unexplained, ends)


@takes(stated="numbers", inferred="inferred")
def compare_weights(stated: Mapping[str, float], inferred: InferredWeights) -> pd.DataFrame:
    """Lay stated weights beside those that choices allow.

    Parameters
    ----------
    stated : mapping of str to float
        Such as 100 points divided; they are turned into shares.
    inferred : InferredWeights
        As `infer_weights` returns them.

    Returns
    -------
    pandas.DataFrame
        ``attribute``, ``stated`` and ``inferred`` (shares), ``low``, ``high``, ``difference`` (stated less inferred),
        ``fits`` (whether the stated share lies within the range that the choices allow).

    Examples
    --------
    >>> table = DecisionTable(("A", "B"), ("price", "comfort"), ((5, 1), (1, 5)), ((1, 5), (1, 5)))
    >>> found = infer_weights(table, [("A", "B")])
    >>> compare_weights({"price": 40, "comfort": 60}, found)[["attribute", "stated", "fits"]].values.tolist()
    [['price', 0.4, False], ['comfort', 0.6, False]]
    """
    names = list(inferred.table["attribute"])
    blank = DecisionTable(("-",), tuple(names), ((0.0,) * len(names),))
    refuse(say("The weights can't be compared."), weight_problems(stated, blank, "stated"))
    shares = np.array([float(stated[name]) for name in names])
    shares = shares / shares.sum()
    found = inferred.table.rename(columns={"weight": "inferred"})
    found.insert(1, "stated", shares)
    found["difference"] = shares - found["inferred"]
    found["fits"] = (shares >= found["low"] - 1e-7) & (shares <= found["high"] + 1e-7)
    return found


@takes(table="table", inferred="inferred")
def most_telling_pair(table: DecisionTable, inferred: InferredWeights | None = None) -> Pair | None:
    """The pair whose choice would narrow the weights most: the answers that still agree disagree most about it.

    Parameters
    ----------
    table : DecisionTable
        The alternatives to choose between.
    inferred : InferredWeights, optional
        What is known so far; without it all weights are still possible.

    Returns
    -------
    (str, str) or None
        In the order of the table; of equally telling pairs the first. ``None`` where all agreeing answers are of one
        mind about every pair: nothing more can be learned here.

    Examples
    --------
    >>> table = DecisionTable(("A", "B", "C"), ("price", "comfort"), ((5, 1), (3, 3), (4, 0)), ((0, 5), (0, 5)))
    >>> most_telling_pair(table)
    ('A', 'B')
    """
    answers = np.eye(len(table.attributes)) if inferred is None else inferred.extremes
    sums = answers @ table.matrix.T
    best, found = 0.0, None
    for one, other in combinations(range(len(table.alternatives)), 2):
        gain = sums[:, one] - sums[:, other]
        split = min(np.mean(gain > 1e-7), np.mean(gain < -1e-7))
        if split > best:
            best, found = float(split), (table.alternatives[one], table.alternatives[other])
    return found


def _checked(table: DecisionTable, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    problems = []
    chosen: list[Pair] = []
    for place, pair in enumerate(pairs, start=1):
        if kind_problem("pair", pair, "names") or len(pair) != 2:
            problems.append(Problem("no_pair", say("Choice {place} must be a pair: taken, left.", place=place)))
            continue
        problems += unknown_names(
            pair, table.alternatives, what=say("Choice {place} names what is not there.", place=place)
        )
        if pair[0] == pair[1]:
            problems.append(Problem("same_twice", say("Choice {place} names one alternative twice.", place=place)))
        chosen.append((pair[0], pair[1]))
    if not len(pairs):
        problems.append(Problem("empty", say("No choice is given.")))
    refuse(say("Weights can't be inferred."), problems)
    return tuple(chosen)


def _require_solved(found: Any) -> None:
    if found.status != 0:
        what = say("The scores differ too much in size for the solver.")
        advice = say("Bring them to one scale: `table.scaled()`.")
        raise InputError(say("Weights can't be inferred."), [Problem("not_solved", what, advice=advice)])
