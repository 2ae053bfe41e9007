"""Rules that screen by cutoffs: conjunctive, disjunctive, elimination by aspects.

conjunctive      passes what reaches *every* minimum: {j : x_jk ≥ c_k for all k}
disjunctive      passes what reaches a high mark on *any* important attribute: {j : x_jk ≥ c_k for some k in K*}
elimination      attribute by attribute, the most important first, whatever misses the cutoff is eliminated until one is
by aspects       left or attributes end (the textbook's deterministic form of Tversky 1972; see `aspects` for his own)

A score equal to its cutoff passes. Where textbooks differ the rule has an option and no rule is silent about it: books
speak of "all" or "the first" that passes, one of them takes the alternative that exceeds a cutoff "by the most", and
hardly any says what happens if a step would eliminate everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from crm_toolkit.behaviour.decision_rules.choice import Choice, Step, leaders
from crm_toolkit.behaviour.decision_rules.parameters import number_problems, order_problems, refuse
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, require_option
from crm_toolkit.errors import Problem
from crm_toolkit.texts import join_names, mark, say

TAKE = ("all", "first", "exceeds_most")
ON_EMPTY = ("relax", "skip", "empty")


@dataclass(frozen=True)
class Conjunctive:
    """Take what reaches every minimum.

    Parameters
    ----------
    cutoffs : mapping of str to float
        Minimum by attribute; an attribute without one screens nobody.
    take : {"all", "first"}
        All that pass, or the first of them in the order of the table (the order in which they are met).

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import Conjunctive, laptops
    >>> minimums = {"price": 3, "weight": 4, "processor": 3, "battery": 1, "support": 2, "display": 3}
    >>> Conjunctive(minimums).choose(laptops()).chosen
    ('HP', 'Compaq')
    """

    code: ClassVar[str] = "conjunctive"
    label: ClassVar[str] = mark("Conjunctive")
    cutoffs: Mapping[str, float]
    take: str = "all"

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        require_option("take", self.take, TAKE[:2])
        _require_cutoffs(self.cutoffs, table, say("The conjunctive rule can't be applied."))
        left, steps = list(table.alternatives), []
        for attribute in table.attributes:
            if attribute in self.cutoffs:
                passing = _reaching(table, attribute, self.cutoffs[attribute])
                dropped = tuple(name for name in left if name not in passing)
                left = [name for name in left if name in passing]
                steps.append(Step("screened", attribute, float(self.cutoffs[attribute]), tuple(left), dropped))
        return _taken(self.code, tuple(left), steps, self.take, table, self.cutoffs)


@dataclass(frozen=True)
class Disjunctive:
    """Take what reaches a high mark on at least one important attribute.

    Parameters
    ----------
    cutoffs : mapping of str to float
        Marks of the important attributes, usually high.
    take : {"all", "first", "exceeds_most"}
        All that pass; the first of them in the order of the table; or the one that exceeds one of its marks by the
        most, measured in shares of the attribute's range (a definition that some textbooks add).

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import Disjunctive, laptops
    >>> Disjunctive({"price": 5, "weight": 5, "display": 5}).choose(laptops()).chosen
    ('Gateway/Acer', 'Compaq', 'Dell')
    """

    code: ClassVar[str] = "disjunctive"
    label: ClassVar[str] = mark("Disjunctive")
    cutoffs: Mapping[str, float]
    take: str = "all"

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        require_option("take", self.take, TAKE)
        _require_cutoffs(self.cutoffs, table, say("The disjunctive rule can't be applied."))
        passed: set[str] = set()
        steps = []
        for attribute in table.attributes:
            if attribute in self.cutoffs:
                reaching = _reaching(table, attribute, self.cutoffs[attribute])
                passed |= set(reaching)
                others = tuple(name for name in table.alternatives if name not in reaching)
                steps.append(Step("accepted", attribute, float(self.cutoffs[attribute]), reaching, others))
        left = tuple(name for name in table.alternatives if name in passed)
        return _taken(self.code, left, steps, self.take, table, self.cutoffs)


@dataclass(frozen=True)
class EliminationByAspects:
    """Eliminate attribute by attribute, the most important first, until one is left.

    Parameters
    ----------
    order : tuple of str
        Attributes by importance, the most important first.
    cutoffs : mapping of str to float
        Cutoff of each of them.
    on_empty : {"relax", "skip", "empty"}
        When a step would eliminate everybody: the cutoff is lowered to the best score there is; the step is skipped; or
        nothing is chosen.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import EliminationByAspects, laptops
    >>> choice = EliminationByAspects(("price", "weight", "display"), dict(price=3, weight=4, display=4)).choose(
    ...     laptops()
    ... )
    >>> print(*choice.told, sep=chr(10))
    price ≥ 3. Stay: Gateway/Acer, HP, Compaq, Dell. Eliminated: IBM, Toshiba.
    weight ≥ 4. Stay: HP, Compaq, Dell. Eliminated: Gateway/Acer.
    display ≥ 4. Stay: Dell. Eliminated: HP, Compaq.
    Chosen: Dell.
    """

    code: ClassVar[str] = "elimination_by_aspects"
    label: ClassVar[str] = mark("Elimination by aspects")
    order: tuple[str, ...]
    cutoffs: Mapping[str, float] = field(default_factory=dict)
    on_empty: str = "relax"

    def choose(self, table: DecisionTable) -> Choice:
        """Apply the rule to a table."""
        require_option("on_empty", self.on_empty, ON_EMPTY)
        problems = order_problems(self.order, table) + number_problems(self.cutoffs, table, "cutoffs")
        if not problems:
            lacking = [name for name in self.order if name not in self.cutoffs]
            if lacking:
                what = say("There is no cutoff for: {names}.", names=join_names(lacking))
                problems.append(Problem("missing_cutoff", what))
        refuse(say("Elimination by aspects can't be applied."), problems)
        left, steps = table.alternatives, []
        for attribute in self.order:
            if len(left) <= 1:
                break
            left, step = self._step(table, attribute, left)
            steps.append(step)
        return Choice(self.code, left, left if len(left) > 1 else (), tuple(steps))

    def _step(self, table: DecisionTable, attribute: str, left: tuple[str, ...]) -> tuple[tuple[str, ...], Step]:
        cutoff, kind = float(self.cutoffs[attribute]), "eliminated"
        scores = table.column(attribute)
        kept = tuple(name for name in left if scores[name] >= cutoff)
        if not kept and self.on_empty == "skip":
            return left, Step("skipped", attribute, cutoff, left)
        if not kept and self.on_empty == "relax":
            cutoff, kind = max(scores[name] for name in left), "relaxed"
            kept = tuple(name for name in left if scores[name] >= cutoff)
        elif not kept:
            kind = "emptied"
        return kept, Step(kind, attribute, cutoff, kept, tuple(name for name in left if name not in kept))


def _require_cutoffs(cutoffs: Mapping[str, float], table: DecisionTable, heading: str) -> None:
    problems = number_problems(cutoffs, table, "cutoffs")
    if not problems and not cutoffs:
        problems = [Problem("empty", say("`{name}` is empty.", name="cutoffs"))]
    refuse(heading, problems)


def _reaching(table: DecisionTable, attribute: str, cutoff: float) -> tuple[str, ...]:
    return tuple(name for name, score in table.column(attribute).items() if score >= cutoff)


def _taken(
    code: str, passed: tuple[str, ...], steps: list[Step], take: str, table: DecisionTable, cutoffs: Mapping[str, float]
) -> Choice:
    """The choice from those that passed: all, the first, or the one furthest above a mark."""
    if take == "all" or len(passed) <= 1:
        return Choice(code, passed, (), tuple(steps))
    if take == "first":
        return Choice(code, passed[:1], (), (*steps, Step("first", kept=passed[:1], dropped=passed[1:])))
    most = leaders(
        passed, [max(excess(table, name, one, cutoff) for one, cutoff in cutoffs.items()) for name in passed]
    )
    dropped = tuple(name for name in passed if name not in most)
    return Choice(code, most, most if len(most) > 1 else (), (*steps, Step("exceeds", kept=most, dropped=dropped)))


def excess(table: DecisionTable, alternative: str, attribute: str, cutoff: float) -> float:
    """By how much a score exceeds its cutoff, in shares of the attribute's range."""
    low, high = table.range_of(attribute)
    return (table.score(alternative, attribute) - cutoff) / ((high - low) or 1.0)
