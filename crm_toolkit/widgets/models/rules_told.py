"""What the bench of decision rules says in words: the meaning, the real choice, the nearest change, ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crm_toolkit.behaviour.decision_rules import Choice, DecisionTable, Flip, Rule, importance_order
from crm_toolkit.plots.decision_rules import rule_label
from crm_toolkit.texts import format_number, join_names, say, say_count
from crm_toolkit.widgets.tables import Table


@dataclass(frozen=True)
class RulesView:
    """What the bench shows, for code.

    Parameters
    ----------
    table : DecisionTable
    rules : dict of str to rule
        As they work in the chosen situation.
    choices : dict of str to Choice
    prediction : pandas.DataFrame or None
        `which_rule_predicts`, where a real choice is given.
    flips : tuple of Flip
        Of the rule that is looked at closely.
    """

    table: DecisionTable
    rules: dict[str, Rule]
    choices: dict[str, Choice]
    prediction: pd.DataFrame | None
    flips: tuple[Flip, ...]


def conclusion(result: RulesView) -> str:
    """Who is chosen by which of the rules that pick exactly one."""
    by_name: dict[str, list[str]] = {}
    for code, choice in result.choices.items():
        if choice.decided:
            by_name.setdefault(choice.chosen[0], []).append(_lower(rule_label(code, choice)))
    if not by_name:
        return say("No rule picks exactly one alternative from this table.")
    told = "; ".join(f"{name} ({', '.join(rules)})" for name, rules in by_name.items())
    if len(by_name) == 1:
        return say("All rules that pick exactly one pick the same: {list}.", list=told)
    return say("The same table, the same person, different rules: {list}.", list=told)


def about_real(result: RulesView, real: str | None) -> str:
    """Which rules foresee the real choice, and what that does not show; empty without one."""
    if real is None or result.prediction is None:
        return ""
    hits = result.prediction[result.prediction["predicts"]]
    if hits.empty:
        return say(
            "No rule foresees the real choice, {name}: perhaps a criterion is missing from the table.", name=real
        )
    rules = [_lower(rule_label(code, result.choices[code])) for code in hits["rule"]]
    alone = int(hits["alone"].sum())
    said = say("{name} is foreseen by: {rules}.", name=real, rules=join_names(rules))
    if alone > 1:
        said += " " + say_count("{count} rule picks it alone.", "{count} rules pick it alone: one choice doesn't show "
                                "which of them was used.", alone)  # fmt: skip
    return said


def about_flip(result: RulesView) -> str:
    """The nearest change of one parameter that flips the rule looked at; empty where there is none."""
    return say("Nearest to a change: {flip}", flip=result.flips[0].text) if result.flips else ""


def about_ties(given: Mapping[str, Any], table: DecisionTable) -> str:
    """Weights that are equal, so that the order of the table decides; empty where there are none."""
    weights = {name: given[f"weight_{row}"] for row, name in enumerate(table.attributes)}
    _, equal = importance_order(weights)
    if not equal:
        return ""
    groups = "; ".join(join_names(group) for group in equal)
    return say("Equally heavy, so that the order of the table decides which comes first: {groups}.", groups=groups)


def scores_table(table: DecisionTable) -> Table:
    """The decision table for reading."""
    heads = (say("Alternative"), *table.attributes)
    rows = tuple((name, *(format_number(score) for score in row))
                 for name, row in zip(table.alternatives, table.scores, strict=True))  # fmt: skip
    return Table(say("Scores, more is better"), heads, rows)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
