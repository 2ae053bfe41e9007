"""Attitudes and judgements by hand: Fishbein's sum, the weighted gap of SERVQUAL, Kano's two coefficients.

The truth comes from `crm_toolkit.behaviour`: `attitudes`, `service_quality`, `kano`.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.attitudes import fishbein_attitudes
from crm_toolkit.behaviour.kano import better_worse, kano_category
from crm_toolkit.behaviour.service_quality import quality_gaps
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, mark

_OBJECTS = ("A", "B", "C")
_ATTRIBUTES = ("fast", "friendly", "expensive", "crowded", "near")


def _draw_beliefs(luck: random.Random) -> Data:
    evaluations = [luck.choice((1, 2, 3)), luck.choice((1, 2, 3)), -luck.choice((1, 2, 3)), -luck.choice((1, 2, 3)),
                   luck.choice((1, 2, 3))]  # fmt: skip
    beliefs = {one: [luck.randrange(-3, 4) for _ in _ATTRIBUTES] for one in _OBJECTS}
    return {"beliefs": pd.DataFrame({"attribute": _ATTRIBUTES, "evaluation": evaluations, **beliefs})}


def _attitude(data: Data) -> Values:
    table = data["beliefs"]
    found = fishbein_attitudes(table[list(_OBJECTS)].T.to_numpy(), table["evaluation"], objects=_OBJECTS).table
    return {name: dict(zip(found["object"], found[name].astype(float), strict=True)) for name in ("attitude", "rank")}


def _rank_reversed(data: Data) -> Values:
    attitude = _attitude(data)["attitude"]
    return {"rank": {one: 1.0 + sum(other < value for other in attitude.values()) for one, value in attitude.items()}}


def _attitude_by(how: Any) -> Any:
    def values(data: Data) -> Values:
        table = data["beliefs"]
        return {"attitude": {one: float(how(table[one], table["evaluation"])) for one in _OBJECTS}}

    return values


def _attitude_words(data: Data) -> dict[str, Any]:
    table, right = data["beliefs"], _attitude(data)
    attitude, rank = right["attitude"], right["rank"]
    rows = [f"| {one} | {format_number(value)} | {rank[one]:.0f} |" for one, value in attitude.items()]
    terms = " + ".join(f"({b})·({e})" for b, e in zip(table["A"], table["evaluation"], strict=True))
    return {"terms": terms, "table": "\n".join(["| service | attitude | rank |", "|---|---|---|", *rows])}


FISHBEIN_ATTITUDE = Task(
    id="fishbein_attitude",
    lesson="06",
    topic="attitudes",
    key="service",
    title=mark("What an attitude adds up to"),
    statement=mark(
        "A guest was asked about three cafés, A, B and C (`beliefs`): how good or bad each attribute is (`evaluation`, "
        "−3 to +3), and how strongly the guest believes that the café has it (columns A, B, C, −3 to +3).\n\n"
        "What is the guest's attitude towards each café by Fishbein's formula? Hand in a table with `service`, "
        "`attitude` and `rank` (1 is the best; equal attitudes share a rank)."
    ),
    generate=_draw_beliefs,
    answer=_attitude,
    misconceptions=(
        Misconception("BELIEFS_ONLY", _attitude_by(lambda b, e: b.sum()),
                      mark("It looks as if beliefs alone were added up. To be expensive for certain is no merit: what "
                           "does the guest think of each attribute?"), credit=0.25),
        Misconception("SIGN_LOST", _attitude_by(lambda b, e: (b * e.abs()).sum()),
                      mark("It looks as if the minus of the evaluations was lost. A bad attribute that a café has "
                           "counts against it."), credit=0.25),
        Misconception("MEAN", _attitude_by(lambda b, e: (b * e).mean()),
                      mark("This is the mean of the products. Fishbein adds them up, so that every further belief "
                           "counts."), credit=0.5),
        Misconception("GOOD_ONLY", _attitude_by(lambda b, e: (b * e).clip(lower=0).sum()),
                      mark("It looks as if what speaks against a café was left out. Negative products count too."),
                      credit=0.25),
        Misconception("SUM_OF_SUMS", _attitude_by(lambda b, e: (b + e).sum()),
                      mark("It looks as if beliefs and evaluations were added. Each belief is weighed by its "
                           "evaluation."), credit=0.25),
        Misconception("RANK_REVERSED", _rank_reversed,
                      mark("The ranks run the other way: the café that the guest likes best has rank 1."), credit=0.5),
    ),
    words=_attitude_words,
    hints=(
        mark("An attitude weighs what one believes by what one thinks of it. Two minuses speak for the café."),
        mark("For each attribute the product of belief and evaluation, with signs; then the sum for each café."),
        mark('`products = beliefs[["A", "B", "C"]].mul(beliefs["evaluation"], axis=0)`'),
    ),
    solution=mark("For A: {terms}. The same for B and C. The package agrees: "
                  "`behaviour.attitudes.fishbein_attitudes`.\n\n{table}"),
    tolerance=0.011,
    tolerance_reason=mark("products of whole numbers are whole"),
)  # fmt: skip

_DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


def _draw_gaps(luck: random.Random) -> Data:
    points = [luck.randrange(1, 9) * 5 for _ in _DIMENSIONS[1:]]
    expectation = [round(luck.uniform(5.2, 6.8), 2) for _ in _DIMENSIONS]
    shortfall = [round(luck.uniform(-1.9, -0.2), 2) for _ in _DIMENSIONS]
    shortfall[luck.randrange(5)] = round(luck.uniform(0.05, 0.2), 2)
    points = [max(100 - sum(points), 5), *points]
    table = pd.DataFrame({"dimension": _DIMENSIONS, "expectation": expectation})
    table["perception"] = (table["expectation"] + shortfall).round(2)
    table["points"] = [*points[:-1], 0]
    while sum(points) != 100:
        largest = points.index(max(points))
        points[largest] += 5 if sum(points) < 100 else -5
    table["points"] = points
    return {"dimensions": table}


def _found_gaps(data: Data) -> Any:
    table = data["dimensions"]
    return quality_gaps(table["expectation"], table["perception"], table["points"])


def _gap_words(data: Data) -> dict[str, Any]:
    table, found = data["dimensions"], _found_gaps(data)
    terms = " + ".join(
        f"{format_number(points / 100, 2)}·({format_number(gap, 2)})"
        for points, gap in zip(table["points"], found.gaps, strict=True)
    )
    return {"terms": terms, "answer": format_number(found.weighted_gap, 3)}


SERVQUAL_WEIGHTED = Task(
    id="servqual_weighted",
    lesson="06",
    topic="service_quality",
    title=mark("One number for the quality of a service"),
    statement=mark(
        "Guests of a hotel said what they expect of a very good hotel and how they perceived this one, on a scale from "
        "1 to 7, and divided 100 points of importance among the dimensions (`dimensions`: `expectation`, `perception`, "
        "`points`).\n\n"
        "What is the weighted SERVQUAL gap? Give a number with three decimals and its sign."
    ),
    generate=_draw_gaps,
    answer=lambda data: one_number(_found_gaps(data).weighted_gap),
    misconceptions=(
        Misconception("REVERSED", lambda data: one_number(-_found_gaps(data).weighted_gap),
                      mark("The sign is turned round: a gap is perception less expectation, so falling short is below "
                           "zero."), credit=0.5),
        Misconception("NOT_WEIGHTED", lambda data: one_number(_found_gaps(data).mean_gap),
                      mark("This is the plain mean of the gaps. What matters most to guests must weigh most."),
                      credit=0.25),
        Misconception("PERCEPTION_ONLY", lambda data: one_number(_found_gaps(data).weighted_servperf),
                      mark("This is perception alone, which is SERVPERF. A gap is measured against the expectation."),
                      credit=0.25),
        Misconception("POINTS_NOT_SHARES", lambda data: one_number(100 * _found_gaps(data).weighted_gap),
                      mark("It looks as if points were taken for shares. 100 points make one whole."), credit=0.5),
        Misconception("SIZE_ONLY", lambda data: one_number(-float(_found_gaps(data).weights
                                                                  @ np.abs(_found_gaps(data).gaps))),
                      mark("It looks as if every gap was taken for a shortfall. On one dimension the hotel is better "
                           "than expected."), credit=0.25),
        Misconception("WORST_ONLY", lambda data: one_number(float(_found_gaps(data).gaps.min())),
                      mark("This is the worst dimension alone. One number for all of them is asked for.")),
    ),
    words=_gap_words,
    hints=(
        mark("A gap for each dimension first. Which way round, so that a disappointment is negative?"),
        mark("Perception less expectation, times points, summed, and divided by the sum of points."),
        mark('`gap = dimensions["perception"] - dimensions["expectation"]`'),
    ),
    solution=mark("Shares of points times gaps: {terms} = **{answer}**. The package agrees: "
                  "`behaviour.service_quality.quality_gaps`. A gap is not a fact of the hotel: expectations are high "
                  "everywhere, so look at perception too."),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip

_FEATURES = ("online_booking", "late_hours", "free_parking", "chat", "birthday_gift", "clean_towels")


def _draw_answers(luck: random.Random) -> Data:
    rows = []
    for feature in luck.sample(_FEATURES, 3):
        pairs = [(1, luck.choice((2, 3, 4))), (1, 5), (luck.choice((2, 3, 4)), 5), (3, 3), (2, 4)]
        pairs += [(luck.choice((3, 4, 5)), 1), luck.choice(((1, 1), (5, 5)))]
        rows += [(feature, *pair, luck.randrange(3, 45)) for pair in pairs]
    luck.shuffle(rows)
    return {"answers": pd.DataFrame(rows, columns=["feature", "functional", "dysfunctional", "people"])}


def _counts(data: Data, *, turned: bool = False, people: bool = True) -> dict[str, dict[str, float]]:
    table = data["answers"]
    one, two = table["functional"], table["dysfunctional"]
    category = kano_category(two, one) if turned else kano_category(one, two)
    weight = table["people"] if people else pd.Series(1, index=table.index)
    counted = weight.groupby([table["feature"], category]).sum()
    features = list(dict.fromkeys(sorted(table["feature"])))
    return {one: {str(c): float(v) for c, v in counted[one].items()} for one in features}


def _coefficients(counts: dict[str, dict[str, float]]) -> Values:
    found = {feature: better_worse(by) for feature, by in counts.items()}
    return {
        "better": {feature: one.better for feature, one in found.items()},
        "worse": {feature: one.worse for feature, one in found.items()},
    }


def _kano(data: Data) -> Values:
    return _coefficients(_counts(data))


def _everybody(data: Data) -> Values:
    values: Values = {"better": {}, "worse": {}}
    for feature, by in _counts(data).items():
        values["better"][feature] = (by.get("A", 0) + by.get("O", 0)) / sum(by.values())
        values["worse"][feature] = -(by.get("O", 0) + by.get("M", 0)) / sum(by.values())
    return values


def _one_category(data: Data) -> Values:
    values: Values = {"better": {}, "worse": {}}
    for feature, by in _counts(data).items():
        whole = sum(by.get(letter, 0) for letter in "AOMI")
        values["better"][feature], values["worse"][feature] = by.get("A", 0) / whole, -by.get("M", 0) / whole
    return values


def _kano_words(data: Data) -> dict[str, Any]:
    right = _kano(data)
    lines = ["| feature | better | worse |", "|---|---|---|"]
    for feature, better in right["better"].items():
        lines.append(f"| {feature} | {format_number(better, 3)} | {format_number(right['worse'][feature], 3)} |")
    feature, by = next(iter(_counts(data).items()))
    counts = ", ".join(f"`{letter}` {format_number(by.get(letter, 0))}" for letter in "AOMIRQ")
    return {"feature": f"`{feature}`", "counts": counts, "table": "\n".join(lines)}


KANO_BETTER_WORSE = Task(
    id="kano_better_worse",
    lesson="06",
    topic="kano",
    key="feature",
    title=mark("What delights and what is taken for granted"),
    statement=mark(
        "Customers of a fitness club answered Kano's two questions about three features: how do you feel if it is "
        "there (`functional`), and if it is not (`dysfunctional`)? 1 I like it, 2 I expect it, 3 I don't mind, 4 I can "
        "live with it, 5 I dislike it. Each row of `answers` is a pair of answers and the number of `people` who gave "
        "it.\n\n"
        "The evaluation table, rows by `functional` 1 to 5, columns by `dysfunctional` 1 to 5: `QAAAO`, `RIIIM`, "
        "`RIIIM`, `RIIIM`, `RRRRQ`.\n\n"
        "Compute both coefficients for each feature, with three decimals: hand in a table with `feature`, `better` and "
        "`worse` (which is not above zero)."
    ),
    generate=_draw_answers,
    answer=_kano,
    misconceptions=(
        Misconception("EVERYBODY", _everybody,
                      mark("It looks as if reverse and questionable answers were counted below the line. They take no "
                           "part: only `A`, `O`, `M` and `I` do."), credit=0.5),
        Misconception("ONE_CATEGORY", _one_category,
                      mark("One category is missing above the line: the one-dimensional feature both pleases by being "
                           "there and annoys by being absent."), credit=0.25),
        Misconception("TABLE_TURNED", lambda data: _coefficients(_counts(data, turned=True)),
                      mark("It looks as if rows and columns of the evaluation table changed places: the row is the "
                           "answer to “if it is there”."), credit=0.25),
        Misconception("ROWS_COUNTED", lambda data: _coefficients(_counts(data, people=False)),
                      mark("It looks as if rows were counted. A row stands for as many customers as `people` says."),
                      credit=0.25),
        Misconception("SIGN", lambda data: {"worse": {key: -value for key, value in _kano(data)["worse"].items()}},
                      mark("The size is right, the sign is not: an absent feature takes satisfaction away."),
                      credit=0.5),
    ),
    words=_kano_words,
    hints=(
        mark("First a letter for every pair of answers, then people by letter and feature, and only then shares."),
        mark("For {feature}: {counts}. Above the line of `better` stand `A` and `O`, of `worse` `O` and `M`; below "
             "the line `A`, `O`, `M` and `I`."),
        mark('`letter = behaviour.kano.kano_category(answers["functional"], answers["dysfunctional"])`'),
    ),
    solution=mark("People by category, for {feature}: {counts}. Better: `(A + O) / (A + O + M + I)`, worse: "
                  "`−(O + M) / (A + O + M + I)`.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip

TASKS = (FISHBEIN_ATTITUDE, SERVQUAL_WEIGHTED, KANO_BETTER_WORSE)
