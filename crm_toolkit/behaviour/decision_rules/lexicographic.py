"""The lexicographic rule and its semi-order: the best on the most important attribute, others only where that ties.

The semi-order (Tversky 1969, from memory, not checked against the source) takes a difference below the just-noticeable
one for no difference. Among more than two alternatives this toolkit's convention is: stay with all that lie within the
threshold of the *best* one left. Compared two at a time, a semi-order can go in a circle; `circles` shows where.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import ClassVar

from crm_toolkit.behaviour.decision_rules.choice import Choice, Step
from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.behaviour.decision_rules.parameters import number_problems, order_problems, refuse
from crm_toolkit.behaviour.decision_rules.table import DecisionTable
from crm_toolkit.texts import mark, say


@dataclass(frozen=True)
class Lexicographic:
    """Take the best on the most important attribute; go to the next one only to break a tie.

    Parameters
    ----------
    order : tuple of str
        Attributes by importance, the most important first.
    just_noticeable : mapping of str to float
        Differences up to this size count as none; 0 where nothing is given, which is the plain rule.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import Lexicographic, laptops
    >>> Lexicographic(("price", "weight")).choose(laptops()).chosen
    ('Gateway/Acer',)
    >>> Lexicographic(("price", "weight"), {"price": 1}).choose(laptops()).chosen
    ('Dell',)
    """

    code: ClassVar[str] = "lexicographic"
    label: ClassVar[str] = mark("Lexicographic")
    order: tuple[str, ...]
    just_noticeable: Mapping[str, float] = field(default_factory=dict)

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        problems = order_problems(self.order, table)
        problems += number_problems(self.just_noticeable, table, "just_noticeable", least=0.0)
        refuse(say("The lexicographic rule can't be applied."), problems)
        left, steps = table.alternatives, []
        for attribute in self.order:
            if len(left) == 1:
                break
            scores, threshold = table.column(attribute), float(self.just_noticeable.get(attribute, 0.0))
            best = max(scores[name] for name in left)
            kept = tuple(name for name in left if best - scores[name] <= threshold)
            kind, shown = ("within", best - threshold) if threshold else ("best", best)
            steps.append(Step(kind, attribute, shown, kept, tuple(name for name in left if name not in kept)))
            left = kept
        return Choice(self.code, left, left if len(left) > 1 else (), tuple(steps))


@takes(table="table", rule="rule")
def circles(table: DecisionTable, rule: Lexicographic) -> tuple[tuple[str, str, str], ...]:
    """Triples that go in a circle two at a time: the first beats the second, the second the third, the third the first.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import DecisionTable
    >>> table = DecisionTable(("A", "B", "C"), ("price", "comfort"), ((5, 1), (4, 3), (3, 5)))
    >>> circles(table, Lexicographic(("price", "comfort"), {"price": 1}))
    (('A', 'C', 'B'),)
    """
    beats = set()
    for pair in combinations(table.alternatives, 2):
        chosen = rule.choose(table.only(pair)).chosen
        if len(chosen) == 1:
            beats.add((chosen[0], next(name for name in pair if name != chosen[0])))
    place = table.alternatives.index
    triples = permutations(table.alternatives, 3)
    return tuple((a, b, c) for a, b, c in triples
                 if place(a) == min(map(place, (a, b, c))) and {(a, b), (b, c), (c, a)} <= beats)  # fmt: skip
