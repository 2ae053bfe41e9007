"""Points that never come back: young quarters carried on by the growth of older ones (chain ladder).

The truth is that of `crm_toolkit.analysis.chain_ladder`.
"""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, mark

_COHORTS = ("Q1", "Q2", "Q3", "Q4")
_AGES = ("age_1", "age_2", "age_3", "age_4")


def _draw_triangle(luck: random.Random) -> Data:
    growth = [luck.uniform(1.5, 2.1), luck.uniform(1.15, 1.35), luck.uniform(1.03, 1.12)]
    rows: dict[str, list[float]] = {}
    issued: dict[str, int] = {}
    for place, cohort in enumerate(_COHORTS):
        value = luck.randrange(80, 220) * (1 + 0.25 * place)
        row = [float(round(value))]
        for step in growth[: 3 - place]:
            value *= 1 + (step - 1) * luck.uniform(0.8, 1.2)
            row.append(float(round(value)))
        rows[cohort] = row + [float("nan")] * place
        final = rows[cohort][0] * growth[0] * growth[1] * growth[2]
        issued[cohort] = round(final / luck.uniform(0.66, 0.84))
    triangle = pd.DataFrame.from_dict(rows, orient="index", columns=list(_AGES)).rename_axis("quarter").reset_index()
    triangle.insert(1, "issued", list(issued.values()))
    return {"triangle": triangle}


def _cells(data: Data) -> list[list[float]]:
    return [[value for value in row if value == value] for row in data["triangle"][list(_AGES)].to_numpy().tolist()]


def _factors(cells: list[list[float]], *, averaged: bool = False) -> list[float]:
    found = []
    for age in range(len(_AGES) - 1):
        both = [row for row in cells if len(row) > age + 1]
        ratios = [row[age + 1] / row[age] for row in both]
        whole = sum(row[age + 1] for row in both) / sum(row[age] for row in both)
        found.append(sum(ratios) / len(ratios) if averaged else whole)
    return found


def _ultimates(data: Data, *, averaged: bool = False, steps: int = 3) -> Values:
    cells = _cells(data)
    factors, ends = _factors(cells, averaged=averaged), []
    for row in cells:
        value = row[-1]
        for factor in factors[len(row) - 1 :][:steps]:
            value *= factor
        ends.append(value)
    return {"ultimate": dict(zip(_COHORTS, ends, strict=True))}


def _summed(data: Data) -> Values:
    return {"ultimate": dict(zip(_COHORTS, (sum(row) for row in _cells(data)), strict=True))}


def _triangle_words(data: Data) -> dict[str, Any]:
    right, cells = _ultimates(data)["ultimate"], _cells(data)
    issued = int(data["triangle"]["issued"].sum())
    total = sum(right.values())
    return {
        "factors": ", ".join(format_number(one, 4) for one in _factors(cells)),
        "youngest": format_number(cells[-1][0]), "total": format_number(total, 1), "issued": format_number(issued),
        "table": small_table("quarter", "ultimate", right), "answer": format_number(1 - total / issued, 3),
    }  # fmt: skip


CHAIN_LADDER = Task(
    id="chain_ladder",
    lesson="09",
    topic="loyalty",
    key="quarter",
    title=mark("How many points will be redeemed in the end"),
    statement=mark(
        "`triangle` has a row for the points that were given in one quarter: how many (`issued`), and how many of them "
        "were redeemed *up to* each age in quarters (`age_1` … `age_4`, thousands of points). Young quarters have seen "
        "little yet; after four quarters points expire.\n\n"
        "Carry every quarter on to the end by the growth of the older ones (chain ladder). Hand in a table with "
        "`quarter` and `ultimate`, two decimals, thousands."
    ),
    generate=_draw_triangle,
    answer=_ultimates,
    misconceptions=(
        Misconception("YOUNG_AS_OLD", lambda data: _ultimates(data, steps=0),
                      mark("These are the latest numbers, as if nothing were redeemed any more. Young quarters have "
                           "most of it before them."), credit=0.25),
        Misconception("AVERAGE_OF_AVERAGES", lambda data: _ultimates(data, averaged=True),
                      mark("The growth rates of the quarters were averaged, as if all were equally large. Add up both "
                           "columns, then divide."), credit=0.5),
        Misconception("ONE_STEP", lambda data: _ultimates(data, steps=1),
                      mark("Each quarter was carried on by one step. The youngest has three before it."), credit=0.5),
        Misconception("NOT_CUMULATIVE", _summed,
                      mark("The cells of a row were added up. They are cumulative already: up to that age, not at "
                           "it."), credit=0.25),
    ),
    words=_triangle_words,
    hints=(
        mark("How did the older quarters go on from the age at which the young one is now?"),
        mark("Factor of an age: the next column, summed over the quarters that know it, divided by this column, summed "
             "over the same quarters. Then multiply the latest number by all factors that are to come."),
        mark('`old = triangle.dropna(subset="age_2")`'),
    ),
    solution=mark("Factors: {factors}. The youngest quarter, {youngest} so far, takes all three. The package agrees: "
                  "`analysis.chain_ladder`.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip


def _breakage(data: Data, ultimates: dict[str, float]) -> Values:
    return one_number(1 - sum(ultimates.values()) / data["triangle"]["issued"].sum())


def _by_cohort(data: Data) -> list[float]:
    right = _ultimates(data)["ultimate"]
    return [1 - right[row.quarter] / row.issued for row in data["triangle"].itertuples()]


POINTS_BREAKAGE = Task(
    id="points_breakage",
    lesson="09",
    topic="loyalty",
    title=mark("Breakage: which share never comes back"),
    statement=mark(
        "`triangle` has a row for the points that were given in one quarter: how many (`issued`), and how many of them "
        "were redeemed up to each age in quarters (`age_1` … `age_4`, thousands of points). After four quarters points "
        "expire.\n\n"
        "Which share of all points given in the four quarters will never be redeemed? Carry the young quarters on by "
        "chain ladder first. Give a fraction with three decimals."
    ),
    generate=_draw_triangle,
    answer=lambda data: _breakage(data, _ultimates(data)["ultimate"]),
    misconceptions=(
        Misconception("NAIVE_BREAKAGE", lambda data: _breakage(data, _ultimates(data, steps=0)["ultimate"]),
                      mark("What is not redeemed *yet* was counted as never redeemed. Who books this as profit has to "
                           "give it back when the members come."), credit=0.25),
        Misconception("REDEEMED_SHARE", lambda data: one_number(
                          1 - _breakage(data, _ultimates(data)["ultimate"])[""][""]),
                      mark("This is the share that is redeemed. Breakage is the rest."), credit=0.5),
        Misconception("OLDEST_ONLY", lambda data: one_number(_by_cohort(data)[0]),
                      mark("This is the oldest quarter alone, the only one that is complete. The question is about all "
                           "four."), credit=0.25),
        Misconception("AVERAGE_OF_AVERAGES", lambda data: one_number(sum(_by_cohort(data)) / 4),
                      mark("The shares of the quarters were averaged, as if each had the same number of points."),
                      credit=0.5),
    ),
    words=_triangle_words,
    hints=(
        mark("Not redeemed so far and never redeemed are two things."),
        mark("First the ultimate numbers of all quarters. Then 1 − their sum / sum of the points given."),
        mark('`old = triangle.dropna(subset="age_2")`'),
    ),
    solution=mark("With the factors {factors} the four quarters end at {total} together. 1 − {total} / {issued} = "
                  "**{answer}**."),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)  # fmt: skip

TASKS = (CHAIN_LADDER, POINTS_BREAKAGE)
