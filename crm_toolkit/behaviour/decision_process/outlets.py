"""Choice of the outlet (the provider) together with the offer: which is decided first changes what is bought.

The Hawkins–Best–Coney textbook knows three sequences (from memory): the offer first and then where; the outlet first
and then what it has; both at once. Each side has a decision table and a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_toolkit.behaviour.decision_rules.choice import leaders
from crm_toolkit.behaviour.decision_rules.compensatory import Weighted
from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.behaviour.decision_rules.parameters import finite
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, unknown_names, unknown_option
from crm_toolkit.behaviour.decision_rules.together import Rule
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import mark, say

SEQUENCES = {
    "offer_first": mark("first what, then where"),
    "outlet_first": mark("first where, then what"),
    "together": mark("what and where at once"),
}


@dataclass(frozen=True)
class Purchase:
    """What is bought where.

    Parameters
    ----------
    sequence : str
        A code of `SEQUENCES`.
    pairs : tuple of (str, str)
        Offer and outlet; several if the rules leave it open, none if nothing chosen is to be had.
    """

    sequence: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def decided(self) -> bool:
        """Whether exactly one pair is left."""
        return len(self.pairs) == 1


@takes(offers="table", outlets="table", available="lists", offer_rule="rule", outlet_rule="rule", sequence="text")
def choose_purchase(
    offers: DecisionTable,
    outlets: DecisionTable,
    available: Mapping[str, Iterable[str]],
    *,
    offer_rule: Rule,
    outlet_rule: Rule,
    sequence: str = "offer_first",
    outlet_weight: float = 0.5,
) -> Purchase:
    """Choose an offer and an outlet in one of three sequences.

    Parameters
    ----------
    offers, outlets : DecisionTable
        What can be bought, and where.
    available : mapping of str to iterable of str
        By outlet, the offers that it has.
    offer_rule, outlet_rule : rule
        For ``"together"`` both must be `Weighted`.
    sequence : {"offer_first", "outlet_first", "together"}
        In ``"offer_first"`` the rule sees offers that some outlet has, then the outlets that have what was chosen; the
        other way round in ``"outlet_first"``; ``"together"`` weighs both sums on their scales from 0 to 1.
    outlet_weight : float
        For ``"together"``: share of the outlet in the whole, from 0 to 1.

    Returns
    -------
    Purchase

    Raises
    ------
    InputError
        If ``available`` names what is not in the tables or leaves nothing, or an option can't be used.

    Examples
    --------
    >>> offers = DecisionTable(("basic", "deluxe"), ("quality",), ((2,), (5,)), ((1, 5),))
    >>> outlets = DecisionTable(("near", "far"), ("closeness",), ((5,), (1,)), ((1, 5),))
    >>> rules = {"offer_rule": Weighted({"quality": 1}), "outlet_rule": Weighted({"closeness": 1})}
    >>> for sequence in SEQUENCES:
    ...     choose_purchase(offers, outlets, {"near": ["basic"], "far": ["deluxe"]}, sequence=sequence, **rules).pairs
    (('deluxe', 'far'),)
    (('basic', 'near'),)
    (('basic', 'near'),)
    """
    if sequence not in SEQUENCES:
        raise unknown_option("sequence", sequence, list(SEQUENCES))
    stock = {outlet: tuple(dict.fromkeys(have)) for outlet, have in available.items()}
    problems = unknown_names(stock, outlets.alternatives, what=say("`available` names an outlet that is not there."))
    every = list(dict.fromkeys(name for have in stock.values() for name in have))
    problems += unknown_names(every, offers.alternatives, what=say("`available` names an offer that is not there."))
    if not every:
        problems.append(Problem("empty", say("No outlet has anything.")))
    if not finite(outlet_weight) or not 0 <= outlet_weight <= 1:
        problems.append(Problem("outside_range", say("`outlet_weight` must lie between 0 and 1.")))
    if sequence == "together" and not (isinstance(offer_rule, Weighted) and isinstance(outlet_rule, Weighted)):
        problems.append(Problem("wrong_rule", say("Only weighted rules can be weighed against each other.")))
    if problems:
        raise InputError(say("The purchase can't be worked out."), problems)
    pairs = [(offer, outlet) for outlet in outlets.alternatives for offer in offers.alternatives
             if offer in stock.get(outlet, ())]  # fmt: skip
    if sequence == "offer_first":
        wanted = offer_rule.choose(offers.only(every)).chosen
        pairs = [pair for pair in pairs if pair[0] in wanted]
        where = outlet_rule.choose(outlets.only({outlet for _, outlet in pairs})).chosen if pairs else ()
        return Purchase(sequence, tuple(pair for pair in pairs if pair[1] in where))
    if sequence == "outlet_first":
        where = outlet_rule.choose(outlets.only({outlet for _, outlet in pairs})).chosen
        pairs = [pair for pair in pairs if pair[1] in where]
        wanted = offer_rule.choose(offers.only({offer for offer, _ in pairs})).chosen if pairs else ()
        return Purchase(sequence, tuple(pair for pair in pairs if pair[0] in wanted))
    what, place = _shares(offers, offer_rule), _shares(outlets, outlet_rule)
    worth = [(1 - outlet_weight) * what[offer] + outlet_weight * place[outlet] for offer, outlet in pairs]
    best = leaders([str(number) for number in range(len(pairs))], worth)
    return Purchase(sequence, tuple(pairs[int(number)] for number in best))


def _shares(table: DecisionTable, rule: Rule) -> dict[str, float]:
    """Weighted sums on a scale from 0 (worst possible) to 1."""
    scores = rule.choose(table.scaled()).scores
    assert scores is not None
    assert isinstance(rule, Weighted)
    total = sum(rule.weights.values())
    return {name: value / total for name, value in scores.items()}
