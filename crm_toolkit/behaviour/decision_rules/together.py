"""Several rules on one table, and which of them would have foreseen a real choice; the laptops that textbooks use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import pandas as pd

from crm_toolkit.behaviour.decision_rules.choice import Choice
from crm_toolkit.behaviour.decision_rules.compensatory import AdditiveDifference, EqualWeights, IdealPoint, Weighted
from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.behaviour.decision_rules.lexicographic import Lexicographic
from crm_toolkit.behaviour.decision_rules.parameters import refuse
from crm_toolkit.behaviour.decision_rules.screening import Conjunctive, Disjunctive, EliminationByAspects
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, unknown_names
from crm_toolkit.errors import Problem
from crm_toolkit.texts import mark, say

Rule = (
    Conjunctive
    | Disjunctive
    | EliminationByAspects
    | Lexicographic
    | Weighted
    | EqualWeights
    | AdditiveDifference
    | IdealPoint
)
KINDS = get_args(Rule)

RULE_LIMITS = mark(
    "A rule describes a choice; it doesn't prove how the person decided: different rules often pick the same."
)
LAPTOP_ATTRIBUTES = {
    "price": mark("price"),
    "weight": mark("lightness"),
    "processor": mark("processor"),
    "battery": mark("battery"),
    "support": mark("support"),
    "display": mark("display"),
}
LAPTOP_WEIGHTS = {"price": 30, "weight": 25, "processor": 10, "battery": 5, "support": 10, "display": 20}
LAPTOP_MINIMUMS = {"price": 3, "weight": 4, "processor": 3, "battery": 1, "support": 2, "display": 3}
LAPTOP_MARKS = {"price": 5, "weight": 5, "display": 5}
_LAPTOPS = {
    "Gateway/Acer": (5, 3, 5, 1, 3, 3),
    "HP": (3, 4, 5, 3, 3, 3),
    "Compaq": (3, 5, 5, 1, 4, 3),
    "Dell": (4, 4, 2, 3, 3, 5),
    "IBM": (2, 3, 5, 1, 5, 3),
    "Toshiba": (1, 4, 5, 5, 3, 3),
}


def laptops() -> DecisionTable:
    """Six laptops on six criteria, marked from 1 to 5: the worked table of the Hawkins–Best–Coney textbook.

    Minimums, the rows of HP and Compaq and the reasons why others fail were seen in a source; the remaining cells are
    from memory, recomputed so that all five rules give the textbook's results, not checked against the book.
    """
    return DecisionTable(tuple(_LAPTOPS), tuple(LAPTOP_ATTRIBUTES), tuple(_LAPTOPS.values()), ((1, 5),) * 6)  # type: ignore[arg-type]


@takes(table="table", rules="rules")
def apply_rules(table: DecisionTable, rules: Mapping[str, Rule] | Sequence[Rule]) -> dict[str, Choice]:
    """Apply several rules to one table.

    Parameters
    ----------
    table : DecisionTable
        Alternatives, attributes and scores.
    rules : mapping of str to rule, or sequence of rules
        Rules by a name of your own; in a sequence they are named by their code, the second of a kind with ``_2``.

    Raises
    ------
    InputError
        If something is no rule, or does not fit the table; of the rules that don't fit the first is told.

    Examples
    --------
    >>> rules = [Conjunctive(LAPTOP_MINIMUMS), Disjunctive(LAPTOP_MARKS), Weighted(LAPTOP_WEIGHTS)]
    >>> {name: choice.chosen for name, choice in apply_rules(laptops(), rules).items()}
    {'conjunctive': ('HP', 'Compaq'), 'disjunctive': ('Gateway/Acer', 'Compaq', 'Dell'), 'weighted': ('Dell',)}
    """
    named = dict(rules) if isinstance(rules, Mapping) else _named(rules)
    problems = [
        Problem("no_rule", say("{name} is no rule of choice.", name=name),
                say("Found: {value}.", value=type(rule).__name__),
                say("Use Conjunctive, Weighted and the others of `behaviour.decision_rules`."))
        for name, rule in named.items() if not isinstance(rule, KINDS)
    ]  # fmt: skip
    if not named:
        problems.append(Problem("empty", say("No rule is given.")))
    refuse(say("The rules can't be applied."), problems)
    return {name: rule.choose(table) for name, rule in named.items()}


@takes(table="table", real_choice="text", rules="rules")
def which_rule_predicts(
    table: DecisionTable, real_choice: str, rules: Mapping[str, Rule] | Sequence[Rule]
) -> pd.DataFrame:
    """Compare what rules choose with what a person really chose.

    Parameters
    ----------
    table : DecisionTable
        Alternatives, attributes and scores.
    real_choice : str
        The alternative that was really chosen.
    rules : mapping or sequence of rules
        As for `apply_rules`.

    Returns
    -------
    pandas.DataFrame
        One row per rule: ``rule``, ``chosen`` (list of names), ``predicts`` (the real choice is among them), ``alone``
        (and it is the only one), ``chance`` (of hitting it by drawing one of the chosen, from 0 to 1).

    Notes
    -----
    One choice can't tell rules apart that agree on it: several rows with ``alone`` mean that the case does not show
    which rule was used.

    Raises
    ------
    InputError
        If the real choice is not in the table, or a rule can't be applied.

    Examples
    --------
    >>> rules = [Conjunctive(LAPTOP_MINIMUMS), Weighted(LAPTOP_WEIGHTS)]
    >>> which_rule_predicts(laptops(), "HP", rules)[["rule", "predicts", "chance"]].values.tolist()
    [['conjunctive', True, 0.5], ['weighted', False, 0.0]]
    """
    unknown = unknown_names([real_choice], table.alternatives, what=say("The real choice is not in the table."))
    refuse(say("The rules can't be compared with the real choice."), unknown)
    rows = []
    for name, choice in apply_rules(table, rules).items():
        hit = real_choice in choice.chosen
        chance = 1 / len(choice.chosen) if hit else 0.0
        rows.append((name, list(choice.chosen), hit, hit and choice.decided, chance))
    return pd.DataFrame(rows, columns=["rule", "chosen", "predicts", "alone", "chance"])


def _named(rules: Sequence[Rule]) -> dict[str, Rule]:
    named: dict[str, Rule] = {}
    for place, rule in enumerate(rules, start=1):
        code = getattr(rule, "code", str(place))
        number = sum(name.removeprefix(code).removeprefix("_").isdigit() or name == code for name in named)
        named[code if not number else f"{code}_{number + 1}"] = rule
    return named
