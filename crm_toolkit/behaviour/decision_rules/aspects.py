"""Elimination by aspects as a process of chance (Tversky 1972), and what it does that Luce's rule can't.

    P(x|T) = Σ_{α ∈ x'} u(α)·P(x|T_α) / Σ_{β ∈ T'} u(β)

T' are the aspects that some alternatives of T have and some lack; one of them is drawn in proportion to its weight u,
and alternatives without it are eliminated. Two alternatives that resemble each other share what they win, so that a
new twin takes from its twin and not from all in proportion: the similarity effect, which the independence of irrelevant
alternatives (Luce; the multinomial logit) forbids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.behaviour.decision_rules.parameters import finite, number_problems, refuse, weight_problems
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, unknown_names
from crm_toolkit.errors import Problem
from crm_toolkit.texts import join_names, say

MOST_ALTERNATIVES = 14


@dataclass(frozen=True)
class EliminationChances:
    """Chances of being chosen, and which alternatives nothing tells apart.

    Parameters
    ----------
    chances : mapping of str to float
        By alternative; they add up to 1.
    alike : tuple of tuple of str
        Groups of alternatives with the same aspects. Their common chance is split equally: a convention.
    """

    chances: Mapping[str, float]
    alike: tuple[tuple[str, ...], ...] = ()


@takes(aspects="lists", weights="numbers", offered="names")
def elimination_chances(
    aspects: Mapping[str, Iterable[str]], weights: Mapping[str, float], *, offered: Iterable[str] | None = None
) -> EliminationChances:
    """Chances of choosing each alternative if aspects are drawn in proportion to their weights.

    Parameters
    ----------
    aspects : mapping of str to iterable of str
        By alternative, the aspects that it has; at most `MOST_ALTERNATIVES` alternatives are offered.
    weights : mapping of str to float
        By aspect, how much it draws, 0 or more; an aspect of weight 0 is never drawn.
    offered : iterable of str, optional
        The alternatives to choose from; by default all.

    Returns
    -------
    EliminationChances

    Raises
    ------
    InputError
        If nothing or too much is offered, a name is unknown, or an aspect has no weight or a negative one.

    References
    ----------
    Tversky, A. (1972). Elimination by aspects. Psychological Review 79(4), 281–299.

    Examples
    --------
    A suite by Debussy and two recordings of one symphony by Beethoven that differ in trifles:

    >>> aspects = {"Debussy": ["suite"], "Beethoven 1": ["symphony", "hall"], "Beethoven 2": ["symphony", "studio"]}
    >>> weights = {"suite": 1, "symphony": 1, "hall": 1e-9, "studio": 1e-9}
    >>> found = elimination_chances(aspects, weights)
    >>> {name: round(chance, 4) for name, chance in found.chances.items()}
    {'Debussy': 0.5, 'Beethoven 1': 0.25, 'Beethoven 2': 0.25}
    """
    names = list(aspects) if offered is None else list(dict.fromkeys(offered))
    problems = unknown_names(names, list(aspects), what=say("There is no such alternative."))
    if not names:
        problems.append(Problem("empty", say("No alternative is offered.")))
    if len(names) > MOST_ALTERNATIVES:
        problems.append(Problem("too_many", say("At most {most} alternatives can be offered.", most=MOST_ALTERNATIVES)))
    held = {name: frozenset(aspects[name]) for name in names if name in aspects}
    needed = sorted(set().union(*held.values())) if held else []
    lacking = [one for one in needed if one not in weights]
    if lacking:
        problems.append(Problem("missing_weight", say("`{name}` has no weight for: {names}.", name="weights",
                                                      names=join_names(lacking))))  # fmt: skip
    for one in needed:
        if one in weights and not (finite(weights[one]) and weights[one] >= 0):
            what = say("`{name}`: {attribute} must have a finite number from 0.", name="weights", attribute=one)
            problems.append(
                Problem("outside_range", what, say("Found: {value}.", value=repr(weights[one])), column=one)
            )
    refuse(say("Elimination by aspects can't be applied."), problems)
    drawn = {name: frozenset(one for one in own if weights[one] > 0) for name, own in held.items()}
    known: dict[frozenset[str], dict[str, float]] = {}
    chances = _chances(frozenset(names), drawn, weights, known)
    alike: dict[frozenset[str], list[str]] = {}
    for name in names:
        alike.setdefault(drawn[name], []).append(name)
    groups = tuple(tuple(group) for group in alike.values() if len(group) > 1)
    return EliminationChances({name: chances[name] for name in names}, groups)


@takes(table="table", cutoffs="numbers")
def aspects_of(table: DecisionTable, cutoffs: Mapping[str, float]) -> dict[str, tuple[str, ...]]:
    """The attributes on which each alternative reaches its cutoff, as aspects.

    >>> from crm_toolkit.behaviour.decision_rules import laptops
    >>> aspects_of(laptops(), {"price": 3, "display": 4})["Dell"]
    ('price', 'display')
    """
    refuse(say("Aspects can't be read from the table."), number_problems(cutoffs, table, "cutoffs"))
    return {
        name: tuple(one for one in table.attributes if one in cutoffs and table.score(name, one) >= cutoffs[one])
        for name in table.alternatives
    }


@takes(table="table", weights="numbers", cutoffs="numbers")
def elimination_chances_of(
    table: DecisionTable, weights: Mapping[str, float], cutoffs: Mapping[str, float]
) -> EliminationChances:
    """The same for a decision table: an aspect is reaching a cutoff, and it is drawn by the attribute's weight.

    >>> from crm_toolkit.behaviour.decision_rules import laptops
    >>> points = dict(price=30, weight=25, processor=10, battery=5, support=10, display=20)
    >>> found = elimination_chances_of(laptops(), points, {"price": 5, "weight": 5, "display": 5})
    >>> round(found.chances["Dell"], 3)
    0.267
    """
    refuse(say("Elimination by aspects can't be applied."), weight_problems(weights, table))
    return elimination_chances(aspects_of(table, cutoffs), weights)


@takes(values="numbers")
def luce_chances(values: Mapping[str, float]) -> dict[str, float]:
    """Chances in proportion to values (Luce 1959): adding an alternative takes from all others in proportion.

    >>> luce_chances({"Debussy": 1, "Beethoven 1": 1, "Beethoven 2": 1})["Debussy"].__round__(4)
    0.3333
    """
    fit = bool(values) and all(finite(value) and value >= 0 for value in values.values())
    if not fit or not any(value > 0 for value in values.values()):
        what = say("Values must be finite numbers from 0, at least one above 0.")
        refuse(say("Luce's rule can't be applied."), [Problem("outside_range", what)])
    total = sum(values.values())
    return {name: float(value / total) for name, value in values.items()}


def _chances(
    names: frozenset[str],
    aspects: Mapping[str, frozenset[str]],
    weights: Mapping[str, float],
    known: dict[frozenset[str], dict[str, float]],
) -> dict[str, float]:
    """The recursion; each set is worked out once."""
    if names in known:
        return known[names]
    held = [aspects[name] for name in names]
    telling = frozenset.union(*held) - frozenset.intersection(*held)
    found = dict.fromkeys(names, 0.0)
    total = sum(weights[one] for one in sorted(telling))
    if len(names) == 1 or not telling:
        found = dict.fromkeys(names, 1.0 / len(names))
    else:
        for one in sorted(telling):
            rest = frozenset(name for name in names if one in aspects[name])
            for name, chance in _chances(rest, aspects, weights, known).items():
                found[name] += weights[one] / total * chance
    known[names] = found
    return found
