"""What rules ask of their parameters: weights, cutoffs and orders that fit the table; all slips told at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from crm_toolkit.behaviour.decision_rules.kinds import kind_problem
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, Floats, unknown_names
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say


def finite(value: Any) -> bool:
    """Whether a value is a finite number and no truth value.

    >>> finite(3), finite(float("nan")), finite("3"), finite(True)
    (True, False, False, False)
    """
    if isinstance(value, bool | np.bool_ | str) or value is None:
        return False
    try:
        return math.isfinite(value)
    except (TypeError, ValueError, OverflowError):
        return False


def number_problems(numbers: Any, table: DecisionTable, name: str, *, least: float | None = None) -> list[Problem]:
    """What is wrong with numbers by attribute: names that are not there, no numbers, numbers below the least."""
    if not isinstance(numbers, Mapping):
        return [Problem("no_mapping", say("`{name}` must give a number for each attribute: {example}.", name=name,
                                          example=f"{{'{table.attributes[0]}': 3}}"), column=name)]  # fmt: skip
    problems = unknown_names(
        numbers, table.attributes, what=say("`{name}` names an attribute that is not there.", name=name)
    )
    for attribute, value in numbers.items():
        if not finite(value):
            what = say("`{name}`: {attribute} must have a finite number.", name=name, attribute=attribute)
            problems.append(
                Problem("no_number", what, say("Found: {value}.", value=repr(value)), column=str(attribute))
            )
        elif least is not None and value < least:
            what = say("`{name}`: {attribute} can't be below {least}.", name=name, attribute=attribute, least=least)
            problems.append(Problem("outside_range", what, say("Found: {value}.", value=value), column=str(attribute)))
    return problems


def order_problems(order: Any, table: DecisionTable, name: str = "order") -> list[Problem]:
    """What is wrong with an order of attributes."""
    if kind_problem(name, order, "names"):
        what = say("`{name}` must list attributes, the most important first.", name=name)
        return [Problem("no_order", what, column=name)]
    listed = list(order)
    problems = unknown_names(
        listed, table.attributes, what=say("`{name}` names an attribute that is not there.", name=name)
    )
    if not listed:
        problems.append(Problem("empty", say("`{name}` is empty.", name=name), column=name))
    twice = sorted({str(one) for one in listed if listed.count(one) > 1})
    if twice:
        problems.append(
            Problem("name_twice", say("`{name}` has a name twice: {names}.", name=name, names=join_names(twice)))
        )
    return problems


def weight_problems(weights: Any, table: DecisionTable, name: str = "weights") -> list[Problem]:
    """What is wrong with weights: every attribute needs one, none is negative, one at least is above zero."""
    problems = number_problems(weights, table, name, least=0.0)
    if isinstance(weights, Mapping):
        lacking = [one for one in table.attributes if one not in weights]
        if lacking:
            what = say("`{name}` has no weight for: {names}.", name=name, names=join_names(lacking))
            advice = say("An attribute that does not matter has the weight 0.")
            problems.append(Problem("missing_weight", what, advice=advice))
        if not problems and not any(value > 0 for value in weights.values()):
            problems.append(Problem("no_weight", say("`{name}`: at least one weight must be above 0.", name=name)))
    return problems


def refuse(heading: str, problems: Sequence[Problem]) -> None:
    """Raise the letter if there is something to tell."""
    if problems:
        raise InputError(heading, problems)


def in_order(numbers: Mapping[str, float], table: DecisionTable) -> Floats:
    """Numbers by attribute as an array in the table's order."""
    return np.array([float(numbers[name]) for name in table.attributes])
