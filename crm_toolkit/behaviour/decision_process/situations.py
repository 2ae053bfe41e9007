"""Situations as moves of the same rule: Belk's five kinds change weights, cutoffs and how many criteria are looked at.

The five kinds are named in a source; their order is Belk's from memory. By how much a situation moves anything is the
learner's own number: the model says that situations matter, not how much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crm_toolkit.behaviour.decision_rules.compensatory import AdditiveDifference, EqualWeights, IdealPoint, Weighted
from crm_toolkit.behaviour.decision_rules.kinds import kind_problem, takes
from crm_toolkit.behaviour.decision_rules.lexicographic import Lexicographic
from crm_toolkit.behaviour.decision_rules.parameters import finite
from crm_toolkit.behaviour.decision_rules.screening import Conjunctive, Disjunctive, EliminationByAspects
from crm_toolkit.behaviour.decision_rules.table import unknown_names, unknown_option
from crm_toolkit.behaviour.decision_rules.together import Rule
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, mark, say

KINDS = {
    "physical": mark("physical surroundings"),
    "social": mark("social surroundings"),
    "temporal": mark("temporal perspective"),
    "task": mark("task of the purchase"),
    "antecedent": mark("antecedent states"),
}


@dataclass(frozen=True)
class Situation:
    """What a situation does to a way of choosing.

    Parameters
    ----------
    kind : {"physical", "social", "temporal", "task", "antecedent"}
        Which of Belk's five.
    name : str
        In the person's own words.
    weights : mapping of str to float
        Factor by which the weight of an attribute is multiplied, 0 or more.
    cutoffs : mapping of str to float
        What is added to the cutoff of an attribute; above 0 it becomes stricter.
    considered : int, optional
        Only so many of the most important attributes are looked at, as under time pressure.

    Raises
    ------
    InputError
        If the kind is unknown or a number can't be used; all problems at once.

    Examples
    --------
    >>> hurry = Situation("temporal", "half an hour to go", weights={"distance": 2.0}, considered=2)
    >>> hurry.kind
    'temporal'
    """

    kind: str
    name: str
    weights: Mapping[str, float] = field(default_factory=dict)
    cutoffs: Mapping[str, float] = field(default_factory=dict)
    considered: int | None = None

    def __post_init__(self) -> None:
        kinds = (("kind", "text"), ("name", "text"), ("weights", "numbers"), ("cutoffs", "numbers"))
        wrong = [kind_problem(one, getattr(self, one), kind) for one, kind in kinds]
        if any(wrong):
            raise InputError(say("This is no situation."), filter(None, wrong))
        if self.kind not in KINDS:
            raise unknown_option("kind", self.kind, list(KINDS))
        problems = []
        for label, numbers, least in (("weights", self.weights, 0.0), ("cutoffs", self.cutoffs, float("-inf"))):
            for name, value in numbers.items():
                if not finite(value) or value < least:
                    what = say("`{name}`: {attribute} can't be {value}.", name=label, attribute=name, value=repr(value))
                    problems.append(Problem("outside_range", what, column=str(name)))
        count = self.considered
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
            problems.append(Problem("outside_range", say("`considered` must be a whole number from 1.")))
        if problems:
            raise InputError(say("This is no situation."), problems)


@takes(rule="rule", situation="situation", importance="numbers")
def in_situation(rule: Rule, situation: Situation, *, importance: Mapping[str, float] | None = None) -> Any:
    """The rule as it works in a situation; the rule itself stays as it is.

    Parameters
    ----------
    rule : rule
        Weights are multiplied, cutoffs shifted. Of rules with an order only the first ``considered`` attributes are
        used, of rules with weights only the heaviest; all other weights become 0.
    situation : Situation
        What moves; it may name only attributes that the rule knows.
    importance : mapping of str to float, optional
        Weights from which rules that have an order take their order anew, after the factors of the situation; and by
        which conjunctive and disjunctive rules know their ``considered`` attributes. Without it orders stay.

    Returns
    -------
    rule
        Of the same kind.

    Raises
    ------
    InputError
        If the situation names attributes that the rule does not know, or needs ``importance`` and has none.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import LAPTOP_WEIGHTS, Weighted, laptops
    >>> travelling = Situation("task", "for travelling", weights={"weight": 3})
    >>> in_situation(Weighted(LAPTOP_WEIGHTS), travelling).choose(laptops()).chosen
    ('Compaq',)
    """
    heading = say("The rule can't be brought into the situation.")
    known = _attributes(rule, importance)
    what = say("The situation names an attribute that the rule does not know.")
    problems = unknown_names([*situation.weights, *situation.cutoffs], known, what=what) if known else []
    lacking = [name for name in _attributes(rule, None) if importance is not None and name not in importance]
    if lacking:
        told = say("`{name}` has no weight for: {names}.", name="importance", names=join_names(lacking))
        problems.append(Problem("missing_weight", told))
    if problems:
        raise InputError(heading, problems)
    if isinstance(rule, EqualWeights):
        return rule
    if isinstance(rule, Weighted | AdditiveDifference | IdealPoint):
        moved = _multiplied(rule.weights, situation)
        first = _first(moved, situation)
        return replace(rule, weights={name: value if name in first else 0.0 for name, value in moved.items()})
    if isinstance(rule, Lexicographic | EliminationByAspects):
        order = rule.order
        if importance is not None:
            moved = _multiplied(importance, situation)
            order = tuple(sorted(order, key=lambda name: -moved[name]))
        order = order[: situation.considered]
        if isinstance(rule, Lexicographic):
            return replace(rule, order=order)
        return replace(rule, order=order, cutoffs=_shifted(rule.cutoffs, situation))
    cutoffs = _shifted(rule.cutoffs, situation)
    if situation.considered is not None:
        if importance is None:
            what = say("Which attributes come first is known only with `importance`.")
            raise InputError(heading, [Problem("missing_importance", what)])
        moved = _multiplied({name: importance[name] for name in cutoffs}, situation)
        first = _first(moved, situation)
        cutoffs = {name: value for name, value in cutoffs.items() if name in first}
    return replace(rule, cutoffs=cutoffs)


def _attributes(rule: Rule, importance: Mapping[str, float] | None) -> list[str]:
    own: list[str] = []
    if isinstance(rule, Weighted | AdditiveDifference | IdealPoint):
        own = list(rule.weights)
    elif isinstance(rule, Conjunctive | Disjunctive):
        own = list(rule.cutoffs)
    elif isinstance(rule, Lexicographic | EliminationByAspects):
        own = list(rule.order)
    return list(dict.fromkeys([*own, *(importance or ())]))


def _multiplied(weights: Mapping[str, float], situation: Situation) -> dict[str, float]:
    return {name: value * situation.weights.get(name, 1.0) for name, value in weights.items()}


def _shifted(cutoffs: Mapping[str, float], situation: Situation) -> dict[str, float]:
    return {name: value + situation.cutoffs.get(name, 0.0) for name, value in cutoffs.items()}


def _first(weights: Mapping[str, float], situation: Situation) -> set[str]:
    ranked = sorted(weights, key=lambda name: -weights[name])
    return set(ranked[: situation.considered])
