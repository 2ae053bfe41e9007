"""What follows from a case: each step worked out by `behaviour` as far as it is filled in, or why it can't be yet.

Nothing here is a finding about a person. Weights, thresholds, factors and learning rates are the person's own numbers
or declared assumptions of the course; the model orders a purchase, it can't foresee one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, TypeVar

import pandas as pd

from crm_toolkit.behaviour.decision_process import (
    Feedback,
    Recognition,
    SearchSets,
    Situation,
    choice_difficulty,
    dissonance,
    feed_back,
    fixed_sample_size,
    gap_movers,
    in_situation,
    recognise_problem,
)
from crm_toolkit.behaviour.decision_rules import (
    Choice,
    Conjunctive,
    DecisionTable,
    Disjunctive,
    EliminationByAspects,
    Flip,
    InferredWeights,
    Lexicographic,
    Rule,
    Weighted,
    apply_rules,
    compare_weights,
    importance_order,
    infer_weights,
    most_telling_pair,
    smallest_flip,
    which_rule_predicts,
)
from crm_toolkit.behaviour.expectations import KNOBS, oliver_satisfaction
from crm_toolkit.errors import CRMError, InputError
from crm_toolkit.exercises import shape
from crm_toolkit.exercises.my_case.case import MyCase
from crm_toolkit.texts import join_names, say

Found = TypeVar("Found")
MOST_LOOKS = 50
RANGE = (float(shape.LOWEST_MARK), float(shape.HIGHEST_MARK))


@dataclass(eq=False)
class Worked:
    """What could be worked out; a part is ``None`` or empty where the case does not say enough, ``missing`` says why.

    Attributes
    ----------
    recognition, movers : the gap, and what opened it
    sets, looks : the sets of the search, and how many looks the stopping rule foresees
    table, weights : the decision table (marks 1–5) and the points by criterion
    rules, choices, prediction, flips : the five rules, what each takes, which foresees the real choice, what flips it
    inferred, comparison, question : weights that the pairwise choices allow, beside the stated; the next pair to ask
    in_force, moved, moved_choices : the situations switched on, the rules as they work then, and what they take
    satisfaction : by Oliver's equation, with assumed weights
    difficulty, doubt : how near the best rival came; readiness for dissonance, 0 to 1
    feedback : beliefs and the expectation before and after
    missing : name of the part → why it could not be worked out
    """

    recognition: Recognition | None = None
    movers: dict[str, float] | None = None
    sets: SearchSets | None = None
    looks: int | None = None
    table: DecisionTable | None = None
    weights: dict[str, float] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    prediction: pd.DataFrame | None = None
    flips: dict[str, Flip | None] = field(default_factory=dict)
    inferred: InferredWeights | None = None
    comparison: pd.DataFrame | None = None
    question: tuple[str, str] | None = None
    in_force: tuple[str, ...] = ()
    moved: dict[str, Rule] = field(default_factory=dict)
    moved_choices: dict[str, Choice] = field(default_factory=dict)
    satisfaction: float | None = None
    difficulty: float | None = None
    doubt: float | None = None
    feedback: Feedback | None = None
    missing: dict[str, str] = field(default_factory=dict)


def work_out(case: MyCase) -> Worked:
    """Work a case out as far as it is filled in; never refuses.

    Examples
    --------
    >>> from crm_toolkit.exercises.my_case.case import Need
    >>> found = work_out(MyCase(need=Need(80, 50, 0.6)))
    >>> found.recognition.text
    'A problem is recognised: the weighed gap of 18 points is above the threshold of 15.'
    >>> found.missing["table"]
    'Two alternatives in the evoked set and one criterion are needed.'
    """
    found = Worked()

    def attempt(name: str, call: Callable[[], Found]) -> Found | None:
        try:
            return call()
        except InputError as letter:
            found.missing[name] = " ".join(problem.what for problem in letter.problems)
        except CRMError as letter:
            found.missing[name] = str(letter)
        return None

    _recognise(case, found, attempt)
    _search(case, found, attempt)
    _choose(case, found, attempt)
    _switch(case, found, attempt)
    _after(case, found, attempt)
    return found


Attempt = Callable[[str, Callable[[], Any]], Any]


def _recognise(case: MyCase, found: Worked, attempt: Attempt) -> None:
    need = case.need
    if None in (need.desired, need.actual, need.importance):
        found.missing["recognition"] = say("Desired state, actual state and importance are needed.")
        return
    found.recognition = attempt("recognition", lambda: recognise_problem(need.desired, need.actual, need.importance,
                                                                         threshold=need.threshold))  # fmt: skip
    if need.desired_before is not None and need.actual_before is not None:
        before, now = (need.desired_before, need.actual_before), (float(need.desired or 0), float(need.actual or 0))
        found.movers = attempt("movers", lambda: gap_movers(before, now))


def _search(case: MyCase, found: Worked, attempt: Attempt) -> None:
    standings = [(one.name.strip(), one.standing) for one in case.named if one.standing]
    if not standings:
        found.missing["sets"] = say("No alternative with a set is named yet.")
    else:
        by_set = {code: tuple(name for name, standing in standings if standing == code)
                  for code in ("evoked", "inept", "inert", "unaware")}  # fmt: skip
        found.sets = attempt("sets", lambda: SearchSets(**by_set))
    spread, cost = case.search.spread, case.search.cost
    if spread is None or cost is None:
        found.missing["looks"] = say("The spread of worth and the cost of a look are needed.")
    else:
        found.looks = attempt("looks", lambda: fixed_sample_size(spread, cost, most=MOST_LOOKS)[0])


def _choose(case: MyCase, found: Worked, attempt: Attempt) -> None:
    table = attempt("table", lambda: _table(case, found))
    if table is None:
        return
    found.table = table
    criteria = [one for one in case.criteria if one.name.strip()]
    found.weights = {one.name.strip(): float(one.points or 0) for one in criteria}
    for code, rule in _rules(case, found).items():
        choice = attempt(code, lambda rule=rule: apply_rules(table, [rule]))  # type: ignore[misc]
        if choice:
            found.rules[code], found.choices[code] = rule, next(iter(choice.values()))
    real = case.choice.chosen.strip()
    if real in table.alternatives and found.rules:
        found.prediction = attempt("prediction", lambda: which_rule_predicts(table, real, found.rules))
    elif found.rules:
        found.missing["prediction"] = say("The real choice is not among the alternatives of the table.")
    whole = all(float(score).is_integer() for row in table.scores for score in row)
    for code, rule in found.rules.items():
        found.flips[code] = attempt(f"flip_{code}", lambda rule=rule: smallest_flip(  # type: ignore[misc]
            table, rule, step=1.0 if whole else None))  # fmt: skip
    _infer(case, found, table, attempt)


def _table(case: MyCase, found: Worked) -> DecisionTable | None:
    criteria = [(place, one.name.strip()) for place, one in enumerate(case.criteria) if one.name.strip()]
    rows = case.considered
    if len(rows) < 2 or not criteria:
        found.missing["table"] = say("Two alternatives in the evoked set and one criterion are needed.")
        return None
    marks = [[one.marks[place] if place < len(one.marks) else None for place, _ in criteria] for one in rows]
    lacking = [f"{one.name.strip()} – {name}" for one, row in zip(rows, marks, strict=True)
               for (_, name), mark in zip(criteria, row, strict=True) if mark is None]  # fmt: skip
    if lacking:
        found.missing["table"] = say("Marks are missing: {names}.", names=join_names(lacking))
        return None
    names = tuple(one.name.strip() for one in rows)
    return DecisionTable(names, tuple(name for _, name in criteria), tuple(map(tuple, marks)),  # type: ignore[arg-type]
                         (RANGE,) * len(criteria))  # fmt: skip


def _rules(case: MyCase, found: Worked) -> dict[str, Rule]:
    named = [one for one in case.criteria if one.name.strip()]
    minimums = {one.name.strip(): float(one.minimum) for one in named if one.minimum is not None}
    enough = {one.name.strip(): float(one.enough) for one in named if one.enough is not None}
    rules: dict[str, Rule] = {}
    if minimums:
        rules["conjunctive"] = Conjunctive(minimums)
    else:
        found.missing["conjunctive"] = say("No criterion has a minimum.")
    if enough:
        rules["disjunctive"] = Disjunctive(enough)
    else:
        found.missing["disjunctive"] = say("No criterion has a mark that alone would be enough.")
    if any(found.weights.values()):
        order = tuple(name for name in importance_order(found.weights)[0] if found.weights[name] > 0)
        rules["elimination_by_aspects"] = EliminationByAspects(
            order, {name: minimums.get(name, RANGE[0]) for name in order}
        )
        rules["lexicographic"] = Lexicographic(order)
        rules["weighted"] = Weighted(found.weights)
    else:
        for code in ("elimination_by_aspects", "lexicographic", "weighted"):
            found.missing[code] = say("No criterion has points.")
    return rules


def _infer(case: MyCase, found: Worked, table: DecisionTable, attempt: Attempt) -> None:
    known = set(table.alternatives)
    pairs = [(one.taken.strip(), one.left.strip()) for one in case.preferences]
    pairs = [pair for pair in pairs if set(pair) <= known and pair[0] != pair[1]]
    scaled = table.scaled()
    if pairs:
        inferred = attempt("inferred", lambda: infer_weights(scaled, pairs))
        found.inferred = inferred
        if inferred is not None and any(found.weights.values()):
            found.comparison = attempt("comparison", lambda: compare_weights(found.weights, inferred))
    else:
        found.missing["inferred"] = say("No choice between two alternatives is given.")
    found.question = attempt("question", lambda: most_telling_pair(scaled, found.inferred))
    asked = {frozenset(pair) for pair in pairs}
    if found.question is not None and frozenset(found.question) in asked:
        found.question = None


def _switch(case: MyCase, found: Worked, attempt: Attempt) -> None:
    on = [one for one in case.situations if one.on and one.kind]
    if not on or not found.rules or found.table is None:
        found.missing["moved"] = say("No situation is switched on, or no rule can be applied.")
        return
    table = found.table
    factors: dict[str, float] = {}
    for name in table.attributes:
        own = [one.factor for one in on if one.criterion.strip() == name and one.factor is not None]
        if own:
            factors[name] = prod(own)
    stricter = sum(one.stricter or 0.0 for one in on)
    cutoffs = dict.fromkeys(table.attributes, stricter) if stricter else {}
    counts = [int(one.considered) for one in on if one.considered is not None]
    names = tuple(one.name.strip() or one.kind for one in on)
    situation = Situation(on[0].kind, "; ".join(names), factors, cutoffs, min(counts) if counts else None)
    found.in_force = names
    for code, rule in found.rules.items():
        moved = attempt(f"moved_{code}", lambda rule=rule: in_situation(  # type: ignore[misc]
            rule, situation, importance=found.weights))  # fmt: skip
        choice = attempt(f"moved_{code}", lambda moved=moved: apply_rules(table, [moved])) if moved else None  # type: ignore[misc]
        if choice:
            found.moved[code], found.moved_choices[code] = moved, next(iter(choice.values()))


def _after(case: MyCase, found: Worked, attempt: Attempt) -> None:
    meeting, need = case.encounter, case.need
    expected, performed = meeting.expectation, meeting.performance
    if expected is None or performed is None:
        found.missing["satisfaction"] = say("Expectation and performance are needed.")
    else:
        found.satisfaction = attempt("satisfaction", lambda: float(oliver_satisfaction(
            [expected], [performed], loss_weight=KNOBS["loss_weight"].default)[0]))  # fmt: skip
    sums, real = found.choices.get("weighted"), case.choice.chosen.strip()
    if sums is not None and real in (sums.scores or {}):
        found.difficulty = attempt("difficulty", lambda: choice_difficulty(sums, real))
    known = (need.importance, meeting.irrevocability, meeting.proneness, found.difficulty)
    if None in known:
        found.missing["doubt"] = say("Importance, irrevocability, readiness to doubt and a table with the real choice "
                                     "are needed.")  # fmt: skip
    else:
        found.doubt = attempt("doubt", lambda: float(dissonance(need.importance, meeting.irrevocability,
                                                                found.difficulty, meeting.proneness)))  # fmt: skip
    _learn(case, found, attempt)


def _learn(case: MyCase, found: Worked, attempt: Attempt) -> None:
    told = [one for one in case.experience.beliefs if one.construct and None not in (one.before, one.experienced)]
    before: dict[str, float] = {}
    seen: dict[str, float] = {}
    twice = sorted({one.construct for one in told if sum(one.construct == other.construct for other in told) > 1})
    if twice:
        found.missing["feedback"] = say("A construct stands among the beliefs twice.")
        return
    for one in told:
        before[one.construct], seen[one.construct] = float(one.before or 0), float(one.experienced or 0)
    meeting = case.encounter
    if meeting.expectation is not None and meeting.performance is not None:
        before["expectation"], seen["expectation"] = float(meeting.expectation), float(meeting.performance)
    if not before:
        found.missing["feedback"] = say("A belief with the experience, or expectation and performance are needed.")
        return
    found.feedback = attempt("feedback", lambda: feed_back(before, seen, learning=case.experience.learning))


def stages_done(case: MyCase, found: Worked) -> tuple[str, ...]:
    """Codes of the stages of the decision process that are worked through."""
    reached: Mapping[str, bool] = {
        "problem_recognition": found.recognition is not None,
        "information_search": found.sets is not None and bool(case.search.looks),
        "alternative_evaluation": bool(found.choices),
        "outlet_and_purchase": bool(case.choice.chosen.strip() and case.encounter.provider.strip()),
        "postpurchase": found.satisfaction is not None and bool(case.encounter.happened.strip()),
    }
    return tuple(code for code, done in reached.items() if done)
