"""What a case says and what follows from it, in words and small tables: for the page beside the fields and the report.

`said` gives back the author's own answers, `follows` what was worked out from them with its limits, both by step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from crm_toolkit.behaviour.decision_process import LIMITS, SEQUENCES, SITUATION_KINDS, STANDINGS
from crm_toolkit.behaviour.decision_rules import RULE_LIMITS, Choice
from crm_toolkit.behaviour.expectations import LIMITS as SATISFACTION_LIMITS
from crm_toolkit.behaviour.influences import CONSTRUCTS
from crm_toolkit.exercises.my_case import RULES, SOURCES, MyCase, Worked
from crm_toolkit.texts import format_date, format_number, format_percent, join_names, say
from crm_toolkit.widgets.skeleton import Block, Words
from crm_toolkit.widgets.tables import Table


def said(step: int, case: MyCase) -> list[Block]:
    """The author's answers of a step."""
    return [block for block in _SAID[step](case) if not isinstance(block, Words) or block.text.strip()]


def follows(step: int, case: MyCase, found: Worked) -> list[Block]:
    """What is worked out from a step."""
    return list(_FOLLOWS[step](case, found)) if step in _FOLLOWS else []


def signed(value: float | None, decimals: int | None = None) -> str:
    """A number with its sign, or a dash."""
    if value is None:
        return "–"
    text = format_number(abs(round(value, 2)), decimals)
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def _plain(value: float | None) -> str:
    return "–" if value is None else format_number(value)


def _day(day: dt.date | None) -> str:
    return format_date(day) if day else "–"


def _share(value: float | None) -> str:
    return "–" if value is None else format_percent(value, 0)


def _about(case: MyCase) -> Iterator[Block]:
    yield Words(say("What was bought"), case.about.purchase)
    if case.about.bought_on:
        yield say("Bought on: {day}.", day=_day(case.about.bought_on))
    yield Words(say("Circumstances"), case.about.setting)


def _influences(case: MyCase) -> Iterator[Block]:
    rows = [
        (say(CONSTRUCTS[one.construct].label), one.evidence.strip() or say("did not manifest itself: {why}",
         why=one.not_manifest.strip()) if one.answered else "–",
         signed(one.direction, 0) if one.filled else "–", _share(one.confidence) if one.filled else "–", _day(one.date))
        for one in case.influences
    ]  # fmt: skip
    heads = (say("Construct"), say("Evidence"), say("Direction"), say("Confidence"), say("Day"))
    if rows:
        yield Table(say("Influences on the purchase"), heads, tuple(rows))


def _need(case: MyCase) -> Iterator[Block]:
    need = case.need
    rows = ((say("Desired state"), _plain(need.desired_before), _plain(need.desired)),
            (say("Actual state"), _plain(need.actual_before), _plain(need.actual)))  # fmt: skip
    heads = (say("Points from 0 to 100"), say("Some time before"), say("At the time"))
    yield Table(say("Desired and actual state"), heads, rows,
                say("Importance {importance}, threshold {threshold} points (an assumption of the course).",
                    importance=_plain(need.importance), threshold=_plain(need.threshold)))  # fmt: skip
    yield Words(say("What opened the gap"), need.story)


def _search(case: MyCase) -> Iterator[Block]:
    if case.search.looks:
        looks = sorted(case.search.looks, key=lambda one: one.day or dt.date.max)
        yield Table(say("Timeline of the search"), (say("Day"), say("Source"), say("What was learned")), tuple(
            (_day(one.day), say(SOURCES[one.source]) if one.source else "–", one.learned or "–")
            for one in looks))  # fmt: skip
    if case.named:
        yes_no = {True: say("yes"), False: say("no")}
        yield Table(say("Alternatives"), (say("Alternative"), say("Set"), say("Inspected")), tuple(
            (one.name, say(STANDINGS[one.standing]) if one.standing else "–", yes_no[one.inspected])
            for one in case.named))  # fmt: skip


def _matrix(case: MyCase) -> Iterator[Block]:
    named = [(place, one) for place, one in enumerate(case.criteria) if one.name.strip()]
    if not named:
        return
    rows = case.considered
    heads = (say("Criterion"), say("Points"), say("Minimum"), say("Enough alone"), *(one.name for one in rows))
    marks = lambda one, place: one.marks[place] if place < len(one.marks) else None  # noqa: E731
    yield Table(say("Criteria and alternatives, marks from 1 to 5, more is better"), heads, tuple(
        (one.name, _plain(one.points), _plain(one.minimum), _plain(one.enough),
         *(_plain(marks(row, place)) for row in rows)) for place, one in named))  # fmt: skip
    if case.preferences:
        yield say("Choices between two: {list}.", list="; ".join(
            say("{taken} rather than {left}", taken=one.taken, left=one.left) for one in case.preferences))  # fmt: skip


def _choice(case: MyCase) -> Iterator[Block]:
    yield Words(say("Really chosen"), case.choice.chosen)
    yield Words(say("Why"), case.choice.why)
    if case.choice.rule:
        yield say("By own account chosen by this rule: {rule}.", rule=say(RULES[case.choice.rule]))


def _situations(case: MyCase) -> Iterator[Block]:
    told = [one for one in case.situations if one.name.strip() or one.kind]
    if told:
        heads = (say("Situation"), say("Kind"), say("Criterion"), say("Factor"), say("Minimums stricter by"),
                 say("Criteria looked at"))  # fmt: skip
        yield Table(say("Situations; by how much each moves is the author's own number"), heads, tuple(
            (one.name or "–", say(SITUATION_KINDS[one.kind]) if one.kind else "–", one.criterion or "–",
             _plain(one.factor), signed(one.stricter), _plain(one.considered)) for one in told))  # fmt: skip


def _encounter(case: MyCase) -> Iterator[Block]:
    one = case.encounter
    yield Words(say("Provider"), one.provider)
    if one.sequence:
        yield say("Sequence: {sequence}.", sequence=say(SEQUENCES[one.sequence]))
    yield Words(say("What happened"), one.happened)
    heads = (say("From −3 to +3, 0 = as usual"), say("Value"))
    yield Table(say("The encounter in numbers"), heads, (
        (say("Expectation"), signed(one.expectation)), (say("Performance"), signed(one.performance)),
        (say("Own satisfaction"), signed(one.satisfaction))))  # fmt: skip


def _experience(case: MyCase) -> Iterator[Block]:
    told = [one for one in case.experience.beliefs if one.construct or one.believed.strip()]
    if told:
        heads = (say("About"), say("What was believed"), say("Before"), say("Experienced"))
        yield Table(say("Beliefs, from −3 to +3"), heads, tuple(
            (say(CONSTRUCTS[one.construct].label) if one.construct else "–", one.believed or "–", signed(one.before),
             signed(one.experienced)) for one in told))  # fmt: skip


def _reflection(case: MyCase) -> Iterator[Block]:
    yield Words(say("What the model does not explain"), case.reflection.not_explained)
    yield Words(say("What follows for the provider"), case.reflection.for_provider)
    yield Words(say("Notes"), case.reflection.notes)


def _recognised(case: MyCase, found: Worked) -> Iterator[Block]:
    if found.recognition is None:
        yield found.missing["recognition"]
        return
    yield found.recognition.text
    if found.movers:
        wanted, lost = (format_number(round(found.movers[name], 2)) for name in ("desired", "actual"))
        yield say("Since then the desired state rose by {wanted} points and the actual state fell by {lost}.",
                  wanted=wanted, lost=lost)  # fmt: skip


def _searched(case: MyCase, found: Worked) -> Iterator[Block]:
    yield found.sets.text if found.sets is not None else found.missing["sets"]
    inspected = sum(one.inspected for one in case.named)
    if found.looks is None:
        yield found.missing["looks"]
    else:
        yield say("You inspected {inspected}. By these numbers a searcher who decides beforehand would inspect "
                  "{looks}; people do not compute this, it is a yardstick.", inspected=inspected,
                  looks=found.looks)  # fmt: skip


def _weighed(case: MyCase, found: Worked) -> Iterator[Block]:
    if found.table is None:
        yield found.missing["table"]
        return
    total = sum(found.weights.values())
    yield say("Points given: {sum} of 100.", sum=format_number(total))
    if found.comparison is None:
        yield found.missing.get("inferred", "") or say("There are no points to compare with.")
        return
    heads = (say("Criterion"), say("Stated"), say("From choices"), say("Possible"), say("Difference"))
    rows = tuple(
        (str(row["attribute"]), _share(row["stated"]), _share(row["inferred"]),
         f"{_share(row['low'])} – {_share(row['high'])}",
         say("{points} percentage points", points=signed(100 * row["difference"], 0)))
        for row in found.comparison.to_dict("records")
    )  # fmt: skip
    yield Table(say("Weights: stated, and narrowed by choices between two"), heads, rows,
                say("Few choices leave wide ranges."))  # fmt: skip


def _ruled(case: MyCase, found: Worked) -> Iterator[Block]:
    if not found.choices:
        yield found.missing.get("table") or say("No rule can run yet.")
        return
    real = case.choice.chosen.strip()
    rows = []
    for code, label in RULES.items():
        if code not in found.choices:
            rows.append((say(label), found.missing.get(code, "–"), "–", "–"))
            continue
        choice, flip = found.choices[code], found.flips.get(code)
        hit = "–" if found.prediction is None else _hit(real, choice)
        rows.append((say(label), choice.text, hit, flip.text if flip else say("no single change flips it")))
    heads = (say("Rule"), say("Takes"), say("Leads to the real choice"), say("Smallest change that flips it"))
    yield Table(say("Five rules on your own table"), heads, tuple(rows))
    if found.prediction is None:
        yield found.missing.get("prediction", "")
    else:
        hits = [say(RULES[code]) for code in found.prediction.loc[found.prediction["alone"], "rule"]]
        if hits:
            yield say("The real choice, {name}, is picked alone by: {rules}.", name=real, rules=join_names(hits))
        else:
            yield say("No rule picks the real choice, {name}, alone.", name=real)
    yield say("Elimination by aspects goes through the minimums in the order of points and relaxes one that nobody "
              "reaches; a criterion without a minimum eliminates nobody: conventions of this page.")  # fmt: skip
    yield say(RULE_LIMITS)


def _hit(real: str, choice: Choice) -> str:
    if real not in choice.chosen:
        return say("no")
    return say("yes") if choice.decided else say("among others")


def _moved(case: MyCase, found: Worked) -> Iterator[Block]:
    if not found.moved_choices:
        yield found.missing["moved"]
        return
    rows = tuple((say(RULES[code]), found.choices[code].text, choice.text,
                  say("changes") if choice.chosen != found.choices[code].chosen else say("stays"))
                 for code, choice in found.moved_choices.items())  # fmt: skip
    heads = (say("Rule"), say("As it was"), say("In the situation"), say("Choice"))
    yield Table(say("Switched on: {names}", names=join_names(found.in_force)), heads, rows)
    yield say("The model says that situations matter, not how much: the factors are your own.")


def _judged(case: MyCase, found: Worked) -> Iterator[Block]:
    if found.satisfaction is None:
        yield found.missing["satisfaction"]
    else:
        yield say("By Oliver's equation with assumed weights: satisfaction {expected}; your own: {stated}.",
                  expected=signed(found.satisfaction), stated=signed(case.encounter.satisfaction))  # fmt: skip
        yield say(SATISFACTION_LIMITS)
    if found.doubt is None:
        yield found.missing["doubt"]
    else:
        yield say("Readiness for post-purchase dissonance: {doubt} of 1 (the best rival came as near as {near}; the "
                  "product is an assumption of the course).", doubt=format_number(round(found.doubt, 2)),
                  near=_share(found.difficulty))  # fmt: skip


def _learnt(case: MyCase, found: Worked) -> Iterator[Block]:
    if found.feedback is None:
        yield found.missing["feedback"]
        return
    moved = found.feedback
    rows = tuple(
        (say(CONSTRUCTS[name].label) if name in CONSTRUCTS else say("Expectation"), signed(moved.before[name]),
         signed(moved.experienced[name]), signed(moved.after[name]), signed(change))
        for name, change in moved.changes.items()
    )  # fmt: skip
    heads = (say("About"), say("Before"), say("Experienced"), say("After"), say("Change"))
    yield Table(say("Experience fed back: b′ = b + η·(P − b), η = {learning}", learning=format_number(moved.learning)),
                heads, rows)  # fmt: skip


def _limits(case: MyCase, found: Worked) -> Iterator[Block]:
    yield say(LIMITS)


_SAID: dict[int, Callable[[MyCase], Iterator[Block]]] = {
    1: _about, 2: _influences, 3: _need, 4: _search, 5: _matrix, 6: _choice, 7: _situations, 8: _encounter,
    9: _experience, 10: _reflection,
}  # fmt: skip
_FOLLOWS: dict[int, Callable[[MyCase, Worked], Iterator[Block]]] = {
    3: _recognised, 4: _searched, 5: _weighed, 6: _ruled, 7: _moved, 8: _judged, 9: _learnt, 10: _limits,
}  # fmt: skip
