"""What would have to change for the choice to change: the smallest move of one weight, cutoff or place in an order.

As one parameter moves, a choice is constant between thresholds: points where two weighted sums meet, scores that a
cutoff passes, differences that a threshold of notice passes. All thresholds are worked out, and the nearest one behind
which the choice is another one is reported: this is exact, no search over a grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crm_toolkit.behaviour.decision_rules.choice import leaders
from crm_toolkit.behaviour.decision_rules.compensatory import AdditiveDifference, IdealPoint, Weighted, pairs_won
from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.behaviour.decision_rules.lexicographic import Lexicographic
from crm_toolkit.behaviour.decision_rules.parameters import finite, in_order, refuse
from crm_toolkit.behaviour.decision_rules.screening import Conjunctive, Disjunctive, EliminationByAspects, excess
from crm_toolkit.behaviour.decision_rules.table import DecisionTable, unknown_names, unknown_option
from crm_toolkit.behaviour.decision_rules.together import Rule
from crm_toolkit.errors import Problem
from crm_toolkit.texts import format_number, join_names, mark, say

TURNS = ("weight", "cutoff", "order", "just_noticeable")
HOLD = ("others", "sum")
_BEYOND = {
    ("weight", 1): mark("Weight of {attribute}: raised from {current} past {threshold}: {after}."),
    ("weight", -1): mark("Weight of {attribute}: lowered from {current} past {threshold}: {after}."),
    ("cutoff", 1): mark("Cutoff of {attribute}: raised from {current} past {threshold}: {after}."),
    ("cutoff", -1): mark("Cutoff of {attribute}: lowered from {current} past {threshold}: {after}."),
    ("just_noticeable", 1): mark(
        "Difference not noticed in {attribute}: raised from {current} past {threshold}: {after}."
    ),
    ("just_noticeable", -1): mark(
        "Difference not noticed in {attribute}: lowered from {current} past {threshold}: {after}."
    ),
}
_ATTAINED = {
    "weight": mark("Weight of {attribute}: {threshold} instead of {current}: {after}."),
    "cutoff": mark("Cutoff of {attribute}: {threshold} instead of {current}: {after}."),
    "order": mark("{attribute} in place {threshold} instead of {current}: {after}."),
    "just_noticeable": mark("Difference not noticed in {attribute}: {threshold} instead of {current}: {after}."),
}
_AT_ONCE = {
    ("weight", 1): mark("Weight of {attribute}: raised from {current} by however little: {after}."),
    ("weight", -1): mark("Weight of {attribute}: lowered from {current} by however little: {after}."),
    ("cutoff", 1): mark("Cutoff of {attribute}: raised from {current} by however little: {after}."),
    ("cutoff", -1): mark("Cutoff of {attribute}: lowered from {current} by however little: {after}."),
    ("just_noticeable", 1): mark(
        "Difference not noticed in {attribute}: raised from {current} by however little: {after}."
    ),
    ("just_noticeable", -1): mark(
        "Difference not noticed in {attribute}: lowered from {current} by however little: {after}."
    ),
}
Pick = Callable[[float], tuple[str, ...]]


@dataclass(frozen=True)
class Flip:
    """One move that changes the choice.

    Parameters
    ----------
    turn : {"weight", "cutoff", "order", "just_noticeable"}
        What is moved.
    attribute : str
    current, threshold : float
        Where it stands and where the choice changes; places in an order count from 1.
    attained : bool
        Whether the choice is changed *at* the threshold, or only beyond it, by however little. At a threshold of
        weights the two choices tie.
    before, after : tuple of str
        What is chosen now and then.
    side : {1, -1}
        Whether it is raised or lowered.
    """

    turn: str
    attribute: str
    current: float
    threshold: float
    attained: bool
    before: tuple[str, ...]
    after: tuple[str, ...]
    side: int

    @property
    def change(self) -> float:
        """How far it must move, with its sign."""
        return self.threshold - self.current

    @property
    def text(self) -> str:
        """The flip as a sentence in the reader's language."""
        told = _ATTAINED[self.turn] if self.attained else (_BEYOND if self.change else _AT_ONCE)[self.turn, self.side]
        after = join_names(self.after) if self.after else say("nothing is chosen")
        return say(told, attribute=self.attribute, current=format_number(round(self.current, 3)),
                   threshold=format_number(round(self.threshold, 3)), after=after)  # fmt: skip


@takes(table="table", rule="rule", turn="text", to="text", hold="text")
def smallest_flip(
    table: DecisionTable,
    rule: Rule,
    *,
    turn: str | None = None,
    to: str | None = None,
    hold: str = "others",
    step: float | None = None,
) -> Flip | None:
    """The smallest change of one parameter that changes the choice; the first of `nearest_flips`.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import LAPTOP_WEIGHTS, Weighted, laptops
    >>> flip = smallest_flip(laptops(), Weighted(LAPTOP_WEIGHTS))
    >>> flip.attribute, flip.current, flip.threshold, flip.after
    ('processor', 10.0, 15.0, ('Gateway/Acer', 'Compaq'))
    >>> smallest_flip(laptops(), Weighted(LAPTOP_WEIGHTS), to="HP") is None  # no single weight brings it to the top
    True
    """
    found = nearest_flips(table, rule, turn=turn, to=to, hold=hold, step=step)
    return found[0] if found else None


@takes(table="table", rule="rule", turn="text", to="text", hold="text")
def nearest_flips(
    table: DecisionTable,
    rule: Rule,
    *,
    turn: str | None = None,
    to: str | None = None,
    hold: str = "others",
    step: float | None = None,
) -> tuple[Flip, ...]:
    """For every attribute and both directions the nearest move of its parameter that changes the choice.

    Parameters
    ----------
    table : DecisionTable
        Where the rule is applied.
    rule : rule
        Any rule but equal weights, which has nothing to move.
    turn : {"weight", "cutoff", "order", "just_noticeable"}, optional
        What moves; by default weights where a rule has them, else cutoffs, else the order.
    to : str, optional
        Count only moves that bring this alternative into the choice; if it ties now, those that make it the only one.
    hold : {"others", "sum"}
        While a weight moves, the other weights stay, or all others shrink in proportion so that the sum stays.
    step : float, optional
        Cutoffs move in whole steps of this size within the attribute's range, as marks on a scale do. By default they
        may stand anywhere, so that a cutoff equal to a score is "raised" past it by nothing at all.

    Returns
    -------
    tuple of Flip
        The smallest change first, equal ones in the order of attributes; empty where no move of one parameter suffices.

    Raises
    ------
    InputError
        If an option is unknown, the rule has no such parameter, or the rule can't be applied to the table.
    """
    possible = _turns(rule)
    problems = []
    if not possible:
        what = say("The rule “{rule}” has no weight, cutoff or order to move.", rule=getattr(rule, "code", rule))
        problems.append(Problem("nothing_to_move", what))
    if turn is not None and possible and turn not in possible:
        raise unknown_option("turn", turn, possible)
    if hold not in HOLD:
        raise unknown_option("hold", hold, HOLD)
    if step is not None and not (finite(step) and step > 0):
        problems.append(Problem("outside_range", say("`step` must be a number above 0."), column="step"))
    if to is not None:
        problems += unknown_names([to], table.alternatives, what=say("There is no such alternative."))
    refuse(say("No flip can be looked for."), problems)
    before = rule.choose(table).chosen
    moved = turn or possible[0]

    def reached(chosen: tuple[str, ...]) -> bool:
        if to is None:
            return chosen != before
        return chosen == (to,) and before != (to,) if to in before else to in chosen

    if moved == "weight":
        found = _weights(table, rule, before, reached, hold)
    elif moved == "order":
        found = _orders(table, rule, before, reached)
    elif moved == "cutoff":
        found = _cutoffs(table, rule, before, reached, step)
    else:
        found = _notices(table, rule, before, reached)
    return tuple(sorted(found, key=lambda flip: (abs(flip.change), table.attributes.index(flip.attribute))))


def _turns(rule: Any) -> tuple[str, ...]:
    if isinstance(rule, Weighted | AdditiveDifference | IdealPoint):
        return ("weight",)
    if isinstance(rule, Conjunctive | Disjunctive):
        return ("cutoff",)
    if isinstance(rule, EliminationByAspects):
        return ("cutoff", "order")
    return ("order", "just_noticeable") if isinstance(rule, Lexicographic) else ()


Reached = Callable[[tuple[str, ...]], bool]


def _weights(table: DecisionTable, rule: Any, before: tuple[str, ...], reached: Reached, hold: str) -> Iterable[Flip]:
    weights, parts = in_order(rule.weights, table), rule.contributions(table)
    now, total = np.tensordot(weights, parts, axes=1), float(weights.sum())
    size = np.abs(parts).max() * max(total, 1e-300)
    for place, attribute in enumerate(table.attributes):
        weight, slope, high = float(weights[place]), parts[place], np.inf
        if hold == "sum":
            if not total > weight:
                continue
            slope, high = slope - (now - weight * slope) / (total - weight), total - weight
        sloped = np.abs(slope) > 1e-12 * np.abs(parts).max()
        meetings = -now[sloped] / slope[sloped]

        def pick(move: float, slope: Any = slope) -> tuple[str, ...]:
            dust = np.full_like(now, size + abs(move) * float(np.abs(slope).max()))
            return leaders(table.alternatives, pairs_won(now + move * slope, dust))

        for sign, end in ((1.0, high), (-1.0, weight)):
            ahead = _distinct(sign * meetings, end, 1e-12 * total)
            if sign < 0 and not total > weight:
                ahead = ahead[ahead < end]  # the only weight can't become 0
            found = _beyond(pick, ahead, sign, end, reached)
            if found:
                move, attained, after = found
                yield Flip("weight", attribute, weight, weight + move, attained, before, after, int(sign))


def _distinct(ahead: Any, end: float, dust: float) -> Any:
    """The thresholds between here and the end, once each: what differs by rounding only is one."""
    there = np.sort(ahead[(ahead >= -dust) & (ahead <= end + dust)])
    there = np.clip(np.where(end - there <= dust, end, there), 0.0, None)
    return there[np.append(True, np.diff(there) > dust)] if len(there) else there


def _beyond(
    pick: Pick, ahead: Any, sign: float, end: float, reached: Reached
) -> tuple[float, bool, tuple[str, ...]] | None:
    """The first threshold in one direction at or behind which the choice is reached."""
    for number, edge in enumerate(ahead):
        following = ahead[number + 1] if number + 1 < len(ahead) else min(end, 2 * edge + 1.0)
        at = pick(sign * edge)
        beyond = pick(sign * (edge + following) / 2) if following > edge else at
        if reached(at) and at == beyond:
            return sign * float(edge), True, at
        if reached(beyond):
            return sign * float(edge), False, beyond
        if reached(at):
            return sign * float(edge), True, at
    return None


def _cutoffs(
    table: DecisionTable, rule: Any, before: tuple[str, ...], reached: Reached, step: float | None
) -> Iterable[Flip]:
    for attribute, cutoff in rule.cutoffs.items():
        low, high = table.range_of(attribute)
        current = float(cutoff)
        edges = _edges(table, rule, attribute)

        def pick(move: float, attribute: str = attribute, current: float = current) -> tuple[str, ...]:
            return replace(rule, cutoffs={**rule.cutoffs, attribute: current + move}).choose(table).chosen

        for sign, end in ((1.0, high - current), (-1.0, current - low)):
            if step is not None:
                moves = np.arange(1, max(int(np.floor(end / step + 1e-9)), 0) + 1) * step
                found = next(((sign * move, True, pick(sign * move)) for move in moves.tolist()
                              if reached(pick(sign * move))), None)  # fmt: skip
            else:
                ahead = _distinct(sign * (edges - current), end, 1e-12 * max(high - low, 1.0))
                found = _beyond(pick, ahead, sign, end, reached)
            if found:
                move, attained, after = found
                yield Flip("cutoff", attribute, current, current + move, attained, before, after, int(sign))


def _edges(table: DecisionTable, rule: Any, attribute: str) -> Any:
    """Where a moving cutoff changes something: at a score, or where two alternatives exceed their marks equally."""
    scores = np.array(list(table.column(attribute).values()))
    edges = [scores]
    if isinstance(rule, Disjunctive) and rule.take == "exceeds_most" and len(rule.cutoffs) > 1:
        marks = {name: mark for name, mark in rule.cutoffs.items() if name != attribute}
        best = [max(excess(table, name, one, mark) for one, mark in marks.items()) for name in table.alternatives]
        low, high = table.range_of(attribute)
        edges.append((scores[:, None] - ((high - low) or 1.0) * np.array(best)[None, :]).ravel())
    return np.concatenate(edges)


def _notices(table: DecisionTable, rule: Any, before: tuple[str, ...], reached: Reached) -> Iterable[Flip]:
    for attribute in rule.order:
        scores = np.array(list(table.column(attribute).values()))
        apart = np.unique(np.abs(scores[:, None] - scores[None, :]))
        current = float(rule.just_noticeable.get(attribute, 0.0))
        above = [(float(one), True, float(one)) for one in apart if one > current]
        below: list[tuple[float, bool, float]] = []
        for one in reversed(apart[apart <= current]):  # just below a difference that now counts as none
            smaller = apart[apart < one]
            if len(smaller):
                below.append((float(one), False, float(smaller[-1])))
        for side, tries in ((1, above), (-1, below)):
            for threshold, attained, value in tries:
                after = replace(rule, just_noticeable={**rule.just_noticeable, attribute: value}).choose(table).chosen
                if reached(after):
                    yield Flip("just_noticeable", attribute, current, threshold, attained, before, after, side)
                    break


def _orders(table: DecisionTable, rule: Any, before: tuple[str, ...], reached: Reached) -> Iterable[Flip]:
    for place, attribute in enumerate(rule.order):
        others = [one for one in rule.order if one != attribute]
        for places in (range(place - 1, -1, -1), range(place + 1, len(rule.order))):
            for new in places:
                order = (*others[:new], attribute, *others[new:])
                after = replace(rule, order=order).choose(table).chosen
                if reached(after):
                    side = 1 if new > place else -1
                    yield Flip("order", attribute, place + 1.0, new + 1.0, True, before, after, side)
                    break


@takes(weights="numbers")
def importance_order(weights: Mapping[str, float]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Attributes by weight, the largest first, and the groups of equal weights, whose order is only that of the table.

    >>> importance_order({"price": 3, "comfort": 5, "speed": 3})
    (('comfort', 'price', 'speed'), (('price', 'speed'),))
    """
    wrong = [name for name, weight in weights.items() if not finite(weight)]
    if wrong:
        what = say("Weights must be finite numbers; they are none for: {names}.", names=join_names(wrong))
        refuse(say("The weights can't be put in order."), [Problem("no_number", what)])
    order = tuple(sorted(weights, key=lambda name: -weights[name]))
    equal: dict[float, list[str]] = {}
    for name in order:
        equal.setdefault(float(weights[name]), []).append(name)
    return order, tuple(tuple(names) for names in equal.values() if len(names) > 1)
