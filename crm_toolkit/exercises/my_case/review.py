"""What a case still lacks and where it contradicts itself: step by step, with what to do; opinions are never judged.

Every finding is either ``"gap"`` (something is not said yet) or ``"question"`` (two things the author said do not go
together, or may have been forgotten). The completeness of a step counts what it asks for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from crm_toolkit.behaviour.influences import review_canvas
from crm_toolkit.exercises.my_case.case import MyCase
from crm_toolkit.exercises.my_case.worked import Worked, work_out
from crm_toolkit.exercises.step_review import Finding, StepReview
from crm_toolkit.texts import format_number, join_names, say

LEAST_ALTERNATIVES = 3
LEAST_CRITERIA = 3
LEAST_PAIRS = 3


def review_case(case: MyCase, *, today: dt.date | None = None, worked: Worked | None = None) -> StepReview:
    """Look through a case for gaps and contradictions.

    Parameters
    ----------
    case : MyCase
        As it stands.
    today : datetime.date, optional
        Days after it are asked about; without it they are not.
    worked : Worked, optional
        What follows from the case, if it is known already.

    Returns
    -------
    StepReview

    Examples
    --------
    >>> review = review_case(MyCase())
    >>> print(review.text)
    0 of 10 steps are complete; 0 of 56 answers are there.
    >>> review.findings[0].advice
    'Name one particular purchase of a service, not a kind of purchase.'
    """
    found = worked or work_out(case)
    asked = _asked(case, found)
    by_step = {step: (sum(map(bool, checks)), len(checks)) for step, checks in asked.items()}
    findings = [*_gaps(case, found), *_influences(case, today), *_questions(case, found, today)]
    return StepReview(by_step, tuple(sorted(findings, key=lambda one: one.step)))


def _asked(case: MyCase, found: Worked) -> dict[int, list[object]]:
    about, need, search, choice = case.about, case.need, case.search, case.choice
    meeting, criteria = case.encounter, [one for one in case.criteria if one.name.strip()]
    situations = [one for one in case.situations if one.name.strip() and one.kind]
    moves = [one for one in situations if one.factor is not None or one.stricter or one.considered]
    return {
        1: [about.purchase.strip(), about.bought_on, about.setting.strip()],
        2: [code not in case.canvas.empty for code in _every_construct()],
        3: [need.desired is not None, need.actual is not None, need.importance is not None, need.story.strip()],
        4: [search.looks, len(case.named) >= LEAST_ALTERNATIVES, found.sets, any(one.inspected for one in case.named),
            found.looks],
        5: [len(criteria) >= LEAST_CRITERIA, found.table, any(one.minimum is not None for one in criteria),
            any(one.enough is not None for one in criteria), any(one.points for one in criteria),
            bool(case.preferences) and (len(case.preferences) >= LEAST_PAIRS or found.question is None)],
        6: [choice.chosen.strip(), choice.why.strip(), choice.rule],
        7: [situations, moves],
        8: [meeting.provider.strip(), meeting.sequence, meeting.happened.strip(), meeting.expectation is not None,
            meeting.performance is not None, meeting.satisfaction is not None, meeting.irrevocability is not None,
            meeting.proneness is not None],
        9: [any(one.believed.strip() for one in case.experience.beliefs),
            found.feedback is not None and any(name != "expectation" for name in found.feedback.before)],
        10: [case.reflection.not_explained.strip(), case.reflection.for_provider.strip(),
             found.choices],
    }  # fmt: skip


def _every_construct() -> tuple[str, ...]:
    from crm_toolkit.behaviour.influences import CONSTRUCTS

    return tuple(CONSTRUCTS)


def _gaps(case: MyCase, found: Worked) -> Iterator[Finding]:
    def gap(step: int, code: str, text: str, advice: str) -> Finding:
        return Finding(step, "gap", code, text, advice)

    if not case.about.purchase.strip():
        yield gap(1, "no_purchase", say("No purchase is named."),
                  say("Name one particular purchase of a service, not a kind of purchase."))  # fmt: skip
    if case.about.bought_on is None:
        yield gap(1, "no_day", say("The purchase has no day."), say("Give the day, at least roughly."))
    if not case.about.setting.strip():
        yield gap(1, "no_setting", say("The circumstances are not told."), say("Where, when, with whom, what for?"))
    if found.recognition is None:
        yield gap(3, "no_recognition", say("The gap between desired and actual state is not given."),
                  found.missing.get("recognition", ""))  # fmt: skip
    if not case.need.story.strip():
        yield gap(3, "no_story", say("It is not told what opened the gap."),
                  say("Did you begin to want more, or to have less? What happened?"))  # fmt: skip
    if not case.search.looks:
        yield gap(4, "no_looks", say("The timeline of the search is empty."),
                  say("Even a glance into memory is a step of it: enter it."))  # fmt: skip
    if len(case.named) < LEAST_ALTERNATIVES:
        yield gap(4, "few_alternatives", say("Fewer than three alternatives are named."),
                  say("Name those too that you rejected or did not think about."))  # fmt: skip
    unset = [one.name.strip() for one in case.named if not one.standing]
    if unset:
        yield gap(4, "no_standing", say("No set is given for: {names}.", names=join_names(unset)),
                  say("Considered, rejected, indifferent, or not known at the time?"))  # fmt: skip
    if found.looks is None:
        yield gap(4, "no_stopping", say("The stopping rule has no numbers."), found.missing.get("looks", ""))
    if found.table is None:
        yield gap(5, "no_table", say("The table of criteria and alternatives can't be used yet."),
                  found.missing.get("table", ""))  # fmt: skip
    lacking = [found.missing[code] for code in ("conjunctive", "disjunctive", "weighted") if code in found.missing]
    if found.table is not None and lacking:
        yield gap(5, "no_rule", say("Not all five rules can run."), " ".join(lacking))
    if found.table is not None and found.inferred is None:
        yield gap(5, "no_pairs", say("No choice between two alternatives is given."),
                  say("Answer a few pairs below the table: stated weights and choices may differ."))  # fmt: skip
    if found.inferred is not None and len(case.preferences) < LEAST_PAIRS and found.question is not None:
        yield gap(5, "few_pairs", say("Few choices between two are given."),
                  say("Answer a few pairs below the table: stated weights and choices may differ."))  # fmt: skip
    if not case.choice.chosen.strip():
        yield gap(6, "no_choice", say("The real choice is not given."), say("Which of the alternatives did you take?"))
    if not case.choice.rule:
        yield gap(6, "no_rule_named", say("You do not say how you chose."),
                  say("Which of the five rules comes nearest to it, as you remember?"))  # fmt: skip
    if not any(one.name.strip() and one.kind for one in case.situations):
        yield gap(7, "no_situation", say("No situation is described."),
                  say("Think of haste, company, a gift, a mood, a place: what would have been otherwise?"))  # fmt: skip
    if not case.encounter.provider.strip() or not case.encounter.happened.strip():
        yield gap(8, "no_encounter", say("The provider or what happened there is not told."),
                  say("Tell the encounter in the order in which it happened."))  # fmt: skip
    if found.satisfaction is None:
        yield gap(8, "no_satisfaction", say("Expectation or performance is missing."),
                  found.missing.get("satisfaction", ""))  # fmt: skip
    if case.encounter.satisfaction is None:
        yield gap(8, "no_stated_satisfaction", say("Your own satisfaction is not given."),
                  say("Say it before you look at the equation."))  # fmt: skip
    if found.doubt is None:
        yield gap(8, "no_doubt", say("Doubt after the purchase can't be worked out."), found.missing.get("doubt", ""))
    if not case.experience.beliefs:
        yield gap(9, "no_belief", say("No belief is given that the experience changed or confirmed."),
                  say("What did you think before, and what did you meet?"))  # fmt: skip
    if not case.reflection.not_explained.strip():
        yield gap(10, "no_limits", say("It is not told what the model does not explain."),
                  say("What in this purchase fits into none of the steps?"))  # fmt: skip
    if not case.reflection.for_provider.strip():
        yield gap(10, "no_implication", say("Nothing follows for the provider yet."),
                  say("Which one thing should the provider do otherwise, and at which step would it act?"))  # fmt: skip


def _influences(case: MyCase, today: dt.date | None) -> Iterator[Finding]:
    for one in review_canvas(case.canvas, today=today).findings:
        kind = "gap" if one.kind in ("empty", "undated") else "question"
        yield Finding(2, kind, one.kind, one.text, "")


def _questions(case: MyCase, found: Worked, today: dt.date | None) -> Iterator[Finding]:
    def question(step: int, code: str, text: str, advice: str) -> Finding:
        return Finding(step, "question", code, text, advice)

    bought, real = case.about.bought_on, case.choice.chosen.strip()
    if today is not None and bought is not None and bought > today:
        yield question(1, "future", say("The purchase lies in the future."), say("Take one that is over."))
    if found.recognition is not None and not bool(found.recognition.recognised.reshape(-1)[0]):
        yield question(3, "not_recognised", say("By your numbers no problem was recognised, and yet you bought."),
                       say("Was the importance higher, the threshold lower, was it an impulse?"))  # fmt: skip
    later = [one for one in case.search.looks if one.day is not None and bought is not None and one.day > bought]
    if later:
        yield question(4, "search_after", say("The search goes on after the day of the purchase."),
                       say("Is a day wrong, or did you look for confirmation? Then say so in step 8."))  # fmt: skip
    if found.sets is not None:
        inspected = [one.name.strip() for one in case.named if one.inspected and one.standing]
        for told in found.sets.doubts(real or None, inspected):
            yield question(4, "sets", told, say("Look again at the sets of step 4."))
    if found.looks is not None and found.sets is not None:
        inspected_count = sum(one.inspected for one in case.named)
        if inspected_count and abs(inspected_count - found.looks) >= 2:
            told = say("You inspected {inspected}, the stopping rule foresees {looks}.", inspected=inspected_count,
                       looks=found.looks)  # fmt: skip
            yield question(4, "looks", told, say("Which cost or which hope is not in the two numbers?"))
    points = [one.points for one in case.criteria if one.name.strip() and one.points is not None]
    if points and abs(sum(points) - 100) > 1e-9:
        yield question(5, "not_hundred", say("The points add up to {sum}, not to 100.", sum=format_number(sum(points))),
                       say("The rules only use their proportions; divide 100 to compare with others."))  # fmt: skip
    names = [one.name.strip().casefold() for one in case.named]
    if len(set(names)) < len(names):
        yield question(5, "twice", say("An alternative is named twice."), say("Give each its own name."))
    nameless = [one for one in case.criteria if not one.name.strip()] + [
        one for one in case.alternatives if not one.name.strip()
    ]
    if nameless:
        yield question(5, "nameless", say("A row without a name is left out of the table."), say("Give it a name."))
    if found.comparison is not None and not found.comparison["fits"].all():
        odd = list(found.comparison.loc[~found.comparison["fits"], "attribute"])
        yield question(5, "weights_differ",
                       say("Stated points and your choices between two do not agree on: {names}.",
                           names=join_names(odd)),
                       say("Which of the two is nearer to what you did?"))  # fmt: skip
    if found.prediction is not None:
        rule = case.choice.rule
        own = found.prediction[found.prediction["rule"] == rule]
        if rule and len(own) and not bool(own["predicts"].iloc[0]):
            yield question(6, "rule_differs", say("The rule that you name does not lead to your real choice."),
                           say("Is a criterion missing, a mark wrong, or was it another rule?"))  # fmt: skip
        if not found.prediction["predicts"].any():
            yield question(6, "no_rule_predicts", say("None of the rules leads to your real choice."),
                           say("What counted that is not in the table?"))  # fmt: skip
    known = {one.name.strip() for one in case.criteria}
    strange = [one.criterion.strip() for one in case.situations if one.criterion.strip() not in {"", *known}]
    if strange:
        yield question(7, "unknown_criterion", say("A situation names a criterion that is not in the table: {names}.",
                                                   names=join_names(strange)),
                       say("Choose one of step 5."))  # fmt: skip
    stated, expected = case.encounter.satisfaction, found.satisfaction
    if stated is not None and expected is not None and stated * expected < 0:
        yield question(8, "satisfaction_differs",
                       say("Your satisfaction and the equation point in different directions."),
                       say("What else counted besides expectation and performance?"))  # fmt: skip
    if "feedback" in found.missing and case.experience.beliefs:
        yield question(9, "feedback", found.missing["feedback"], say("Mend the beliefs of step 9."))
