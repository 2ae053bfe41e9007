"""Rules that let a good score make up for a bad one: weighted sum, equal weights, additive difference, ideal point.

weighted             argmax_j Σ_k w_k x_jk
equal weights        the same with w_k = 1: hard to beat where weights are guessed (Dawes 1979, from memory)
additive difference  alternatives in pairs: i beats j if Σ_k w_k φ(x_ik − x_jk) > 0, φ(d) = sign(d)·abs(d)^power
                     (Tversky 1969, from memory); power 1 is the weighted sum, power 0 counts attributes won
ideal point          argmin_j Σ_k w_k·abs(I_k − x_jk): more is better only up to the ideal

Weights are used as given (100 points or shares alike): only their ratios decide. Scores must be comparable between
attributes: use `DecisionTable.scaled` where scales differ. All ties are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crm_toolkit.behaviour.decision_rules.choice import Choice, Step, leaders, listed
from crm_toolkit.behaviour.decision_rules.parameters import (
    finite,
    in_order,
    number_problems,
    refuse,
    weight_problems,
)
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, Floats
from crm_toolkit.errors import Problem
from crm_toolkit.texts import join_names, mark, say


@dataclass(frozen=True)
class Weighted:
    """Take the largest weighted sum of scores.

    Parameters
    ----------
    weights : mapping of str to float
        Weight of every attribute, 0 or more.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import Weighted, laptops
    >>> points = dict(price=30, weight=25, processor=10, battery=5, support=10, display=20)
    >>> choice = Weighted(points).choose(laptops())
    >>> choice.chosen, choice.scores["Dell"]
    (('Dell',), 385.0)
    """

    code: ClassVar[str] = "weighted"
    label: ClassVar[str] = mark("Compensatory (weighted)")
    weights: Mapping[str, float]

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        refuse(say("The compensatory rule can't be applied."), weight_problems(self.weights, table))
        return _summed(self.code, table, table.matrix @ in_order(self.weights, table))

    def contributions(self, table: DecisionTable) -> Floats:
        """What one point of weight on an attribute does for the first of a pair against the second: (K, J, J)."""
        columns = table.matrix.T
        return columns[:, :, None] - columns[:, None, :]


@dataclass(frozen=True)
class EqualWeights:
    """Take the largest plain sum of scores.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import EqualWeights, laptops
    >>> EqualWeights().choose(laptops()).ties
    ('HP', 'Compaq', 'Dell', 'Toshiba')
    """

    code: ClassVar[str] = "equal_weights"
    label: ClassVar[str] = mark("Compensatory (equal weights)")

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        return _summed(self.code, table, table.matrix.sum(axis=1))


@dataclass(frozen=True)
class AdditiveDifference:
    """Compare alternatives in pairs, attribute by attribute; take the one that wins most pairs.

    Parameters
    ----------
    weights : mapping of str to float
        Weight of every attribute, 0 or more.
    power : float
        How differences are felt, 0 or more: 1 in proportion, below 1 large ones less than that, above 1 more, 0 only
        which one is better.

    Notes
    -----
    With a power other than 1 the comparisons may go in a circle. That all pairs are compared and a draw counts one half
    is this toolkit's convention; alternatives with equally many pairs are reported as tied.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import AdditiveDifference, DecisionTable
    >>> table = DecisionTable(("A", "B", "C"), ("x", "y", "z"), ((3, 2, 1), (2, 1, 3), (1, 3, 2)))
    >>> circle = AdditiveDifference({"x": 1, "y": 1, "z": 1}, power=0).choose(table)
    >>> circle.ties
    ('A', 'B', 'C')
    """

    code: ClassVar[str] = "additive_difference"
    label: ClassVar[str] = mark("Additive difference")
    weights: Mapping[str, float]
    power: float = 1.0

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        problems = weight_problems(self.weights, table)
        if not finite(self.power) or self.power < 0:
            problems.append(Problem("outside_range", say("`power` must be a number from 0."),
                                    say("Found: {value}.", value=repr(self.power)), column="power"))  # fmt: skip
        refuse(say("The rule of additive differences can't be applied."), problems)
        weights = in_order(self.weights, table)
        parts = weights[:, None, None] * self.contributions(table)
        won = pairs_won(parts.sum(axis=0), np.abs(parts).sum(axis=0))
        scores = dict(zip(table.alternatives, won.tolist(), strict=True))
        chosen = leaders(table.alternatives, won)
        steps = [Step("pairs", threshold=listed(scores))]
        if won.max() < len(won) - 1:
            steps.append(Step("circle"))
        return Choice(self.code, chosen, chosen if len(chosen) > 1 else (), tuple(steps), scores)

    def contributions(self, table: DecisionTable) -> Floats:
        """What one point of weight on an attribute does for the first of a pair against the second: (K, J, J)."""
        columns = table.matrix.T
        apart = columns[:, :, None] - columns[:, None, :]
        return np.sign(apart) * np.abs(apart) ** float(self.power)


@dataclass(frozen=True)
class IdealPoint:
    """Take what lies nearest to the ideal.

    Parameters
    ----------
    weights : mapping of str to float
        Weight of every attribute, 0 or more.
    ideal : mapping of str to float
        The ideal score of every attribute.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import DecisionTable, IdealPoint
    >>> spicy = DecisionTable(("mild", "hot", "fierce"), ("heat",), ((1,), (3,), (5,)))
    >>> choice = IdealPoint({"heat": 1}, {"heat": 3.5}).choose(spicy)
    >>> choice.chosen, choice.scores
    (('hot',), {'mild': 2.5, 'hot': 0.5, 'fierce': 1.5})
    """

    code: ClassVar[str] = "ideal_point"
    label: ClassVar[str] = mark("Ideal point")
    weights: Mapping[str, float]
    ideal: Mapping[str, float]

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        refuse(say("The rule of the ideal point can't be applied."), self._problems(table))
        away = np.abs(in_order(self.ideal, table) - table.matrix) @ in_order(self.weights, table)
        distances = dict(zip(table.alternatives, away.tolist(), strict=True))
        chosen = leaders(table.alternatives, away.max() - away) if away.max() > 0 else table.alternatives
        steps = (Step("distances", threshold=listed(distances)),)
        return Choice(self.code, chosen, chosen if len(chosen) > 1 else (), steps, distances)

    def contributions(self, table: DecisionTable) -> Floats:
        """What one point of weight on an attribute does for the first of a pair against the second: (K, J, J)."""
        columns = -np.abs(in_order(self.ideal, table) - table.matrix).T
        return columns[:, :, None] - columns[:, None, :]

    def _problems(self, table: DecisionTable) -> list[Problem]:
        problems = weight_problems(self.weights, table) + number_problems(self.ideal, table, "ideal")
        if not problems:
            lacking = [name for name in table.attributes if name not in self.ideal]
            if lacking:
                what = say("There is no ideal for: {names}.", names=join_names(lacking))
                problems.append(Problem("missing_ideal", what))
        return problems


def pairs_won(difference: Floats, size: Floats) -> Floats:
    """Pairs won by each alternative, a draw counting one half; differences that are rounding only are draws."""
    sure = np.abs(difference) > 1e-9 * size
    won = np.where(sure, difference > 0, 0.5)
    np.fill_diagonal(won, 0.0)
    return won.sum(axis=1)


def _summed(code: str, table: DecisionTable, sums: Floats) -> Choice:
    scores = dict(zip(table.alternatives, sums.tolist(), strict=True))
    chosen = leaders(table.alternatives, sums)
    return Choice(code, chosen, chosen if len(chosen) > 1 else (), (Step("summed", threshold=listed(scores)),), scores)
