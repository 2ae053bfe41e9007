"""Rules of choice by hand: what five rules pick from one table, and elimination by aspects as chance.

Every variant of the table holds the two places where textbooks fall silent: a tie on the most important criterion, and
a step of elimination that would eliminate all that are left. The task says its own convention (the step is skipped,
equal sums are all picked), and the truth comes from `crm_toolkit.behaviour.decision_rules`.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pandas as pd

from crm_toolkit.behaviour.decision_rules import (
    Choice,
    Conjunctive,
    DecisionTable,
    Disjunctive,
    EliminationByAspects,
    EqualWeights,
    Lexicographic,
    Rule,
    Step,
    Weighted,
    elimination_chances,
    luce_chances,
)
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, join_names, mark, say

SERVICES = {
    mark("A customer chooses a fitness club."): ("price", "nearness", "equipment", "trainers"),
    mark("A customer chooses a dental clinic."): ("price", "nearness", "dentists", "waiting"),
    mark("A customer chooses a language school."): ("price", "timetable", "teachers", "group_size"),
    mark("A customer chooses a car workshop."): ("price", "speed", "warranty", "honesty"),
}
_NAMES = "ABCDEF"
_WEIGHTS = ((40, 30, 20, 10), (35, 30, 25, 10), (45, 25, 20, 10))


def _draw_rules(luck: random.Random) -> Data:
    told = luck.choice(list(SERVICES))
    criteria = SERVICES[told]
    while True:
        marks = {one: [luck.randrange(1, 6) for _ in _NAMES] for one in criteria}
        order = luck.sample(criteria, len(criteria))
        weights = dict(zip(order, luck.choice(_WEIGHTS), strict=True))
        minimums = {one: luck.choice((1, 2, 2, 3)) for one in criteria}
        cutoffs = {one: luck.choice((3, 4, 4, 5)) for one in criteria}
        if _telling(marks, order, weights, minimums, cutoffs):
            break
    rules = pd.DataFrame(
        {
            "criterion": criteria,
            "importance": [order.index(one) + 1 for one in criteria],
            "weight": [weights[one] for one in criteria],
            "minimum": [minimums[one] for one in criteria],
            "cutoff": [cutoffs[one] for one in criteria],
            "excellent": [5 if one in order[:2] else None for one in criteria],
        }
    ).astype({"excellent": "Int64"})
    return {"alternatives": pd.DataFrame({"alternative": list(_NAMES), **marks}), "criteria": rules, "_told": told}


def _telling(
    marks: dict[str, list[int]],
    order: list[str],
    weights: dict[str, int],
    minimums: dict[str, int],
    cutoffs: dict[str, int],
) -> bool:
    """Whether the variant holds the tie and the emptied step, and its slips lead elsewhere: a quick look before all."""
    rows = range(len(_NAMES))

    def eliminated(by: list[str], on_empty: str) -> tuple[list[int], list[str]]:
        left, kinds = list(rows), []
        for one in by:
            kept = [row for row in left if marks[one][row] >= cutoffs[one]]
            kinds.append("skipped" if not kept else "eliminated" if len(kept) < len(left) else "kept")
            if kept or on_empty == "empty":
                left = kept
            elif on_empty == "relax":
                top = max(marks[one][row] for row in left)
                left = [row for row in left if marks[one][row] == top]
            if len(left) <= 1:
                break
        return left, kinds

    def lexicographic(by: list[str]) -> list[int]:
        left = list(rows)
        for one in by:
            top = max(marks[one][row] for row in left)
            left = [row for row in left if marks[one][row] == top]
        return left

    def best(sums: list[int]) -> list[int]:
        return [row for row in rows if sums[row] == max(sums)]

    in_columns = list(marks)
    picked, kinds = eliminated(order, "skip")
    ways = [picked, *(eliminated(order, one)[0] for one in ("relax", "empty")), eliminated(in_columns, "skip")[0]]
    if "skipped" not in kinds or "eliminated" not in kinds or len({*map(tuple, ways)}) < len(ways):
        return False
    first = [row for row in rows if marks[order[0]][row] == max(marks[order[0]])]
    if len({tuple(first), tuple(lexicographic(order)), tuple(lexicographic(in_columns))}) < 3:
        return False
    every = [row for row in rows if all(marks[one][row] >= minimums[one] for one in marks)]
    above = [row for row in rows if all(marks[one][row] > minimums[one] for one in marks)]
    excellent = [sum(marks[one][row] == 5 for one in order[:2]) for row in rows]
    if not 0 < len(every) < 5 or every == above or len({*excellent}) < 3:
        return False
    plain, weighted = ([sum(by[one] * marks[one][row] for one in marks) for row in rows]
                       for by in (dict.fromkeys(marks, 1), weights))  # fmt: skip
    return best(plain) != best(weighted)


def _parts(data: Data) -> tuple[DecisionTable, dict[str, Any]]:
    rules = data["criteria"]
    criteria = tuple(rules["criterion"])
    table = DecisionTable.from_frame(data["alternatives"], attributes=criteria, ranges=(1, 5))
    marked = rules[rules["excellent"].notna()]
    return table, {
        "order": tuple(rules.sort_values("importance")["criterion"]),
        "weights": dict(zip(criteria, rules["weight"].astype(float), strict=True)),
        "minimums": dict(zip(criteria, rules["minimum"].astype(float), strict=True)),
        "cutoffs": dict(zip(criteria, rules["cutoff"].astype(float), strict=True)),
        "marks": dict(zip(marked["criterion"], marked["excellent"].astype(float), strict=True)),
    }


def _elimination(data: Data, on_empty: str = "skip") -> EliminationByAspects:
    _, by = _parts(data)
    return EliminationByAspects(by["order"], by["cutoffs"], on_empty)


def _cells(data: Data, chosen: tuple[str, ...]) -> dict[str, float]:
    return {name: float(name in chosen) for name in data["alternatives"]["alternative"]}


def _choices(data: Data) -> dict[str, Choice]:
    table, by = _parts(data)
    rules: dict[str, Rule] = {
        "conjunctive": Conjunctive(by["minimums"]),
        "disjunctive": Disjunctive(by["marks"]),
        "elimination": _elimination(data),
        "lexicographic": Lexicographic(by["order"]),
        "compensatory": Weighted(by["weights"]),
    }
    return {name: rule.choose(table) for name, rule in rules.items()}


def _picked(data: Data) -> Values:
    return {name: _cells(data, choice.chosen) for name, choice in _choices(data).items()}


def _any_for_all(data: Data) -> Values:
    table, by = _parts(data)
    every = [one for one in table.alternatives if all(table.score(one, k) >= c for k, c in by["marks"].items())]
    return {
        "conjunctive": _cells(data, Disjunctive(by["minimums"]).choose(table).chosen),
        "disjunctive": _cells(data, tuple(every)),
    }


def _strict(data: Data) -> Values:
    table, by = _parts(data)
    above = {one: cutoff + 0.5 for one, cutoff in by["minimums"].items()}
    return {"conjunctive": _cells(data, Conjunctive(above).choose(table).chosen)}


def _by_columns(data: Data) -> Values:
    table, by = _parts(data)
    order = tuple(table.attributes)
    return {
        "elimination": _cells(data, EliminationByAspects(order, by["cutoffs"], "skip").choose(table).chosen),
        "lexicographic": _cells(data, Lexicographic(order).choose(table).chosen),
    }


def _tied_at_first(data: Data) -> Values:
    table, by = _parts(data)
    top = table.column(by["order"][0])
    return {"lexicographic": _cells(data, tuple(one for one, score in top.items() if score == max(top.values())))}


def _on_empty(on_empty: str) -> Any:
    def values(data: Data) -> Values:
        return {"elimination": _cells(data, _elimination(data, on_empty).choose(_parts(data)[0]).chosen)}

    return values


def _in_code(step: Step) -> Step:
    kept, dropped = (tuple(f"`{name}`" for name in names) for names in (step.kept, step.dropped))
    return replace(step, attribute=f"`{step.attribute}`", kept=kept, dropped=dropped)


def _rules_words(data: Data) -> dict[str, Any]:
    right = _picked(data)
    lines = ["| alternative | " + " | ".join(right) + " |", "|---" * (len(right) + 1) + "|"]
    for name in data["alternatives"]["alternative"]:
        lines.append("| " + " | ".join([name, *(f"{cells[name]:.0f}" for cells in right.values())]) + " |")
    choices, (table, by) = _choices(data), _parts(data)
    sums = Weighted(by["weights"]).choose(table).scores or {}
    return {
        "told": say(data["_told"]),
        "number": format_number(len(table.alternatives)),
        "order": join_names(f"`{one}`" for one in by["order"]),
        "first": f"`{by['order'][0]}`",
        "marked": join_names(f"`{one}`" for one in by["marks"]),
        "steps": " ".join(_in_code(step).text for step in choices["elimination"].steps),
        "sums": join_names(f"`{name}` {format_number(value)}" for name, value in sums.items()),
        "table": "\n".join(lines),
    }


FIVE_RULES = Task(
    id="five_rules",
    lesson="06",
    topic="decision_rules",
    key="alternative",
    title=mark("Five rules, one table"),
    statement=mark(
        "{told} {number} alternatives have marks from 1 to 5, where more is always better (`alternatives`); `criteria` "
        "says how important each criterion is (1 is the most important), its weight, its minimum, the stricter cutoff "
        "for elimination, and for {marked} what counts as excellent.\n\n"
        "Which alternatives does each rule pick? A mark equal to its limit reaches it.\n\n"
        "- `conjunctive`: all that reach every minimum;\n"
        "- `disjunctive`: all that are excellent on at least one of {marked};\n"
        "- `elimination` by aspects: from the most important criterion on, those below the cutoff are eliminated, "
        "until one is left or the criteria end; a step that would eliminate all that are left is skipped;\n"
        "- `lexicographic`: the best on the most important criterion; a tie is broken by the next one;\n"
        "- `compensatory`: the largest weighted sum; equal sums are all picked.\n\n"
        "Hand in a table with `alternative` and the five columns: 1 if the rule picks it, 0 if not. Columns may be "
        "handed in one by one."
    ),
    generate=_draw_rules,
    answer=_picked,
    misconceptions=(
        Misconception(
            "ANY_FOR_ALL",
            _any_for_all,
            mark(
                "“At least one” and “every” have changed places. The conjunctive rule joins its conditions by “and”, "
                "the disjunctive rule by “or”."
            ),
            credit=0.25,
        ),
        Misconception(
            "STRICT",
            _strict,
            mark("It looks as if a mark equal to the minimum was failed. What is just enough is enough."),
            credit=0.5,
        ),
        Misconception(
            "EMPTY_SET",
            _on_empty("empty"),
            mark(
                "Nothing is left: one step has eliminated everybody. What does the task say about a step that would "
                "leave nobody?"
            ),
            credit=0.25,
        ),
        Misconception(
            "RELAXED",
            _on_empty("relax"),
            mark(
                "It looks as if the cutoff was lowered to the best mark that is left. Some do so, and it is a "
                "convention too; this task skips the step."
            ),
            credit=0.5,
        ),
        Misconception(
            "ORDER_OF_COLUMNS",
            _by_columns,
            mark("It looks as if the criteria were taken in the order of the table. Who says which one is first?"),
            credit=0.25,
        ),
        Misconception(
            "TIE_LEFT_OPEN",
            _tied_at_first,
            mark("Several are equally good on the most important criterion. The lexicographic rule has a next step."),
            credit=0.5,
        ),
        Misconception(
            "NOT_WEIGHTED",
            lambda data: {"compensatory": _cells(data, EqualWeights().choose(_parts(data)[0]).chosen)},
            mark("It looks as if the marks were added up as they are. The criteria are not equally important."),
            credit=0.25,
        ),
    ),
    words=_rules_words,
    hints=(
        mark(
            "Two rules screen (they may let several pass), two go criterion by criterion, and only one adds up: only "
            "there a good mark makes up for a bad one."
        ),
        mark("For `elimination` and `lexicographic` go in the order {order}. Several are tied on {first}: go on."),
        mark(
            '`marks = alternatives.set_index("alternative")`, and then '
            '`(marks >= criteria.set_index("criterion")["minimum"]).all(axis=1)`.'
        ),
    ),
    solution=mark(
        "Elimination, step by step. {steps}\n\nWeighted sums: {sums}. The package agrees: "
        "`behaviour.decision_rules.apply_rules`.\n\n{table}"
    ),
    tolerance=0.011,
    tolerance_reason=mark("a cell is 1 or 0"),
)

_ASPECTS = (
    (mark("A guest chooses where to have lunch."), ("warm_food", "garden", "buffet", "quiet_hall", "live_music")),
    (mark("A family chooses a swimming pool."), ("warm_water", "slide", "sauna", "deep_lane", "late_hours")),
    (mark("A tourist chooses an excursion."), ("guide", "sea_trip", "museum", "small_group", "lunch")),
)


def _draw_aspects(luck: random.Random) -> Data:
    told, (common, alone, shared, first, second) = luck.choice(_ASPECTS)
    rows = [
        (common, luck.randrange(5, 30), 1, 1, 1),
        (alone, luck.randrange(10, 50), 1, 0, 0),
        (shared, luck.randrange(10, 50), 0, 1, 1),
        (first, luck.randrange(3, 25), 0, 1, 0),
        (second, luck.randrange(3, 25), 0, 0, 1),
    ]
    luck.shuffle(rows)
    table = pd.DataFrame(rows, columns=["aspect", "weight", "A", "B", "C"])
    named = {"_common": common, "_alone": alone, "_shared": shared, "_first": first, "_second": second}
    return {"aspects": table, "asked": luck.choice(("B", "C")), "_told": told, **named}


def _sets(data: Data) -> tuple[dict[str, list[str]], dict[str, float]]:
    table = data["aspects"]
    held = {name: list(table.loc[table[name] == 1, "aspect"]) for name in "ABC"}
    return held, dict(zip(table["aspect"], table["weight"].astype(float), strict=True))


def _weights_of(data: Data) -> tuple[float, float, float, float, float]:
    """Weights of: the common aspect, that of A alone, the shared one, the asked one's own, its twin's own."""
    weight = _sets(data)[1]
    own, twin = ("_first", "_second") if data["asked"] == "B" else ("_second", "_first")
    common, alone, shared, mine, other = (weight[data[name]] for name in ("_common", "_alone", "_shared", own, twin))
    return common, alone, shared, mine, other


def _chance(data: Data) -> Values:
    held, weight = _sets(data)
    return one_number(elimination_chances(held, weight).chances[data["asked"]])


def _luce(data: Data) -> Values:
    held, weight = _sets(data)
    worth = {name: sum(weight[one] for one in own) for name, own in held.items()}
    return one_number(luce_chances(worth)[data["asked"]])


def _common_counted(data: Data) -> Values:
    common, alone, shared, own, twin = _weights_of(data)
    return one_number((own + shared * own / (own + twin)) / (common + alone + shared + own + twin))


def _whole_branch(data: Data) -> Values:
    _, alone, shared, own, twin = _weights_of(data)
    return one_number((own + shared) / (alone + shared + own + twin))


def _halved(data: Data) -> Values:
    _, alone, shared, own, twin = _weights_of(data)
    return one_number((own + shared / 2) / (alone + shared + own + twin))


def _one_draw(data: Data) -> Values:
    _, alone, shared, own, twin = _weights_of(data)
    return one_number(own / (alone + shared + own + twin))


def _chance_words(data: Data) -> dict[str, Any]:
    _, alone, shared, own, twin = _weights_of(data)
    told = {name: format_number(value) for name, value in
            {"own": own, "shared": shared, "twin": twin, "all": alone + shared + own + twin}.items()}  # fmt: skip
    return told | {
        "told": say(data["_told"]),
        "asked": data["asked"],
        "other": "C" if data["asked"] == "B" else "B",
        "common_name": f"`{data['_common']}`",
        "shared_name": f"`{data['_shared']}`",
        "answer": format_number(_chance(data)[""][""], 3),
    }


EBA_CHANCES = Task(
    id="eba_chances",
    lesson="06",
    topic="decision_rules",
    title=mark("Elimination by aspects as chance"),
    statement=mark(
        "{told} The places A, B and C have the aspects that `aspects` marks with 1; `weight` says how strongly an "
        "aspect draws.\n\n"
        "By Tversky (1972) one of the aspects that only some of the places have is drawn, in proportion to its weight; "
        "the places without it are eliminated; and so on until one place is left. With what probability is **{asked}** "
        "chosen? Give a fraction with three decimals."
    ),
    generate=_draw_aspects,
    answer=_chance,
    misconceptions=(
        Misconception(
            "LUCE",
            _luce,
            mark(
                "It looks as if the weights of a place were added up and divided by the sum of all: that is Luce's "
                "rule. Here aspects are drawn one after another, and places that resemble each other share what they "
                "win."
            ),
            credit=0.25,
        ),
        Misconception(
            "COMMON_COUNTED",
            _common_counted,
            mark("An aspect that every place has eliminates nobody. Does it take part in the draw?"),
            credit=0.5,
        ),
        Misconception(
            "WHOLE_BRANCH",
            _whole_branch,
            mark(
                "It looks as if the shared aspect decided for {asked} at once. After it two places are left, and the "
                "draw goes on."
            ),
            credit=0.25,
        ),
        Misconception(
            "HALVED",
            _halved,
            mark("It looks as if the two that are left had equal chances. Which of their own aspects draws more?"),
            credit=0.5,
        ),
        Misconception(
            "ONE_DRAW",
            _one_draw,
            mark("This is the chance to be chosen by the first draw alone. {asked} can also win in two steps."),
            credit=0.25,
        ),
        Misconception(
            "EQUAL",
            lambda data: one_number(1 / 3),
            mark("A third each would be choice by lot. The aspects have weights."),
        ),
    ),
    words=_chance_words,
    hints=(
        mark("Which aspect tells nobody apart? Leave it out. Then: on which ways can {asked} be the last one left?"),
        mark("Two ways: its own aspect is drawn at once; or {shared_name} is drawn, and then its own against {other}."),
        mark('`drawn = aspects[aspects["aspect"] != …]` without {common_name}, and then the shares of `weight`.'),
    ),
    solution=mark(
        "{common_name} eliminates nobody and is left out. At once: {own}/{all}. In two steps: {shared}/{all} · "
        "{own}/({own} + {twin}). Together **{answer}**. The package agrees: "
        "`behaviour.decision_rules.elimination_chances`."
    ),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)

TASKS = (FIVE_RULES, EBA_CHANCES)
