"""Clusters by hand: distance, agreement of two divisions, structure or none.

The truth is that of the package: `analysis.adjusted_rand`, and the rank of `analysis.structure_test`.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, mark

_THREE = mark("three decimals are asked for")


def _draw_customers(luck: random.Random) -> Data:
    names = [f"C-{number}" for number in range(1, 7)]
    visits = luck.sample(range(2, 30), 6)
    spend = [luck.randrange(8, 120) * 10 for _ in names]
    return {"customers": pd.DataFrame({"customer_id": names, "visits": visits, "spend": spend})}


def _differences(data: Data, *, ddof: int = 0, scale: str = "deviation") -> np.ndarray:
    table = data["customers"][["visits", "spend"]].astype("float64")
    by = {"deviation": table.std(ddof=ddof), "variance": table.var(ddof=0), "raw": table.std(ddof=0) * 0 + 1}[scale]
    return ((table.iloc[0] - table.iloc[1]) / by).to_numpy()


def _distance(data: Data, **how: Any) -> Values:
    return one_number(float(np.sqrt((_differences(data, **how) ** 2).sum())))


def _distance_words(data: Data) -> dict[str, Any]:
    table = data["customers"]
    one, two = (abs(value) for value in _differences(data))
    return {
        "visits": format_number(abs(int(table["visits"][0] - table["visits"][1]))),
        "spend": format_number(abs(int(table["spend"][0] - table["spend"][1]))),
        "sd_visits": format_number(float(table["visits"].std(ddof=0)), 2),
        "sd_spend": format_number(float(table["spend"].std(ddof=0)), 2),
        "one": format_number(one, 3), "two": format_number(two, 3),
        "answer": format_number(_distance(data)[""][""], 3),
    }  # fmt: skip


STANDARDISED_DISTANCE = Task(
    id="standardised_distance",
    lesson="05",
    topic="segments",
    title=mark("Standardise before you measure a distance"),
    statement=mark(
        "Six customers with visits and spend of a year (`customers`). How far are C-1 and C-2 from each other, if both "
        "columns are standardised first?\n\n"
        "Divide by the standard deviation of the six (divided by n, as `std(ddof=0)`), then take the straight "
        "(Euclidean) distance. Give it with three decimals."
    ),
    generate=_draw_customers,
    answer=_distance,
    misconceptions=(
        Misconception("RAW_UNITS", lambda data: _distance(data, scale="raw"),
                      mark("The distance was measured in the units of the table: a unit of money counts as much as a "
                           "visit, so only money decides.")),
        Misconception("VARIANCE_FOR_DEVIATION", lambda data: _distance(data, scale="variance"),
                      mark("The columns were divided by their variance. The spread in the column's own unit is the "
                           "standard deviation."), credit=0.25),
        Misconception("SAMPLE_DEVIATION", lambda data: _distance(data, ddof=1),
                      mark("Nearly: the deviation was divided by n − 1. Here the six customers are all there are."),
                      credit=0.75),
        Misconception("CITY_BLOCKS", lambda data: one_number(float(np.abs(_differences(data)).sum())),
                      mark("The differences were added up as they are, along the streets. The straight way is asked "
                           "for."), credit=0.5),
        Misconception("NOT_ROOTED", lambda data: one_number(float((_differences(data) ** 2).sum())),
                      mark("This is the squared distance; one step is missing."), credit=0.5),
    ),
    words=_distance_words,
    hints=(
        mark("A distance adds up columns. What has to be done so that a visit and a unit of money may be added?"),
        mark("Difference / standard deviation for each column; square, add, take the root."),
        mark('`spread = customers[["visits", "spend"]].std(ddof=0)`'),
    ),
    solution=mark("Visits differ by {visits}, at a deviation of {sd_visits}: {one}. Spend differs by {spend}, at "
                  "{sd_spend}: {two}. √({one}² + {two}²) = **{answer}**."),
    tolerance=0.0011,
    tolerance_reason=_THREE,
    unit="fraction",
)  # fmt: skip


def _draw_divisions(luck: random.Random) -> Data:
    groups, care = ("a", "b", "c"), luck.uniform(0.55, 0.85)
    rows = [(one, one if luck.random() < care else luck.choice(groups))
            for one in groups for _ in range(luck.randrange(6, 16))]  # fmt: skip
    first, second = (pd.Series(side) for side in zip(*rows, strict=True))
    table = pd.crosstab(first, second)
    counts = table.reindex(index=list(groups), columns=list(groups), fill_value=0)
    return {"counts": counts.rename_axis(index="first", columns="second")}


def _pairs(counts: Any) -> float:
    return float((np.asarray(counts) * (np.asarray(counts) - 1.0) / 2).sum())


def _parts(data: Data) -> tuple[float, float, float, float, float]:
    """Pairs together in both, in the first, in the second; expected together; the most possible."""
    counts = data["counts"]
    both, first, second = _pairs(counts), _pairs(counts.sum(axis=1)), _pairs(counts.sum(axis=0))
    return both, first, second, first * second / _pairs(counts.to_numpy().sum()), (first + second) / 2


def _rand(data: Data) -> float:
    both, _, _, expected, most = _parts(data)
    return (both - expected) / (most - expected)


def _plain_rand(data: Data) -> Values:
    both, first, second, _, _ = _parts(data)
    every = _pairs(data["counts"].to_numpy().sum())
    return one_number((every + 2 * both - first - second) / every)


def _rand_words(data: Data) -> dict[str, Any]:
    both, first, second, expected, most = _parts(data)
    return {
        "customers": format_number(int(data["counts"].to_numpy().sum())), "both": format_number(both),
        "first": format_number(first), "second": format_number(second),
        "every": format_number(_pairs(data["counts"].to_numpy().sum())), "expected": format_number(expected, 2),
        "most": format_number(most, 1), "answer": format_number(_rand(data), 3),
    }  # fmt: skip


ADJUSTED_RAND = Task(
    id="adjusted_rand_index",
    lesson="05",
    topic="segments",
    title=mark("Two divisions of the same customers: how far do they agree?"),
    statement=mark(
        "The same {customers} customers were clustered twice, from two draws. `counts` says how many stand in each "
        "cluster of the first (rows) and of the second division (columns).\n\n"
        "Compute the adjusted Rand index, with three decimals."
    ),
    generate=_draw_divisions,
    answer=lambda data: one_number(_rand(data)),
    misconceptions=(
        Misconception("PLAIN_RAND", _plain_rand,
                      mark("This is the share of pairs that both divisions treat alike, the plain Rand index. Many "
                           "pairs agree by chance: subtract what chance gives."), credit=0.5),
        Misconception("SHARE_SAME", lambda data: one_number(
                          float(np.trace(data["counts"])) / float(data["counts"].to_numpy().sum())),
                      mark("This is the share of customers on the diagonal. Names of clusters mean nothing (a may be "
                           "called c next time), so the index looks at pairs."), credit=0.25),
        Misconception("CHANCE_IN_TOP_ONLY", lambda data: one_number((_parts(data)[0] - _parts(data)[3])
                                                                    / _parts(data)[4]),
                      mark("Chance was subtracted above the line only. Below it stands what was possible beyond "
                           "chance."), credit=0.5),
        Misconception("NO_CHANCE", lambda data: one_number(_parts(data)[0] / _parts(data)[4]),
                      mark("Chance is missing altogether: two random divisions would get more than 0 by this."),
                      credit=0.25),
    ),
    words=_rand_words,
    hints=(
        mark("Look at pairs of customers: together in both divisions, or not?"),
        mark("Index = (pairs together in both − expected) / ((pairs of the first + pairs of the second) / 2 − "
             "expected); expected = first · second / all pairs. A cell of n customers has n(n − 1) / 2 pairs."),
        mark("`both = (counts * (counts - 1) / 2).to_numpy().sum()`"),
    ),
    solution=mark("Together in both: {both} pairs; in the first {first}, in the second {second}, of {every} pairs. "
                  "Expected: {first} · {second} / {every} = {expected}. ({both} − {expected}) / ({most} − {expected}) "
                  "= **{answer}**. The package agrees: `analysis.adjusted_rand`."),
    tolerance=0.0011,
    tolerance_reason=_THREE,
    unit="fraction",
)  # fmt: skip

_BASES = "ABCDE"
_CLOUDS = 19


def _draw_bases(luck: random.Random) -> Data:
    shapes = [(True, 0.25), (True, 0.62), (False, 0.27), (False, 0.64), (luck.random() < 0.5, 0.45)]
    luck.shuffle(shapes)
    rows = {}
    for name, (real, level) in zip(_BASES, shapes, strict=True):
        clouds = sorted(round(level * luck.uniform(0.93, 1.07), 3) for _ in range(_CLOUDS))
        if real:
            own = round(clouds[0] - luck.uniform(0.02, 0.06), 3)
        else:
            place = luck.randrange(3, _CLOUDS - 2)
            own = round((clouds[place - 1] + clouds[place]) / 2, 4)
        luck.shuffle(clouds)
        rows[name] = [own, *clouds]
    columns = ["customers", *(f"cloud_{number:02}" for number in range(1, _CLOUDS + 1))]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("base").reset_index()
    return {"shares": table}


def _p_values(data: Data, *, above: bool = False, plus: bool = True) -> dict[str, float]:
    table = data["shares"].set_index("base")
    clouds, own = table.drop(columns="customers"), table["customers"]
    as_tight = (clouds.ge(own, axis=0) if above else clouds.le(own, axis=0)).sum(axis=1)
    return {str(name): float((count + plus) / (_CLOUDS + plus)) for name, count in as_tight.items()}


def _structure(p_values: dict[str, float]) -> dict[str, float]:
    return {name: float(p <= 0.05 + 1e-9) for name, p in p_values.items()}


def _null_words(data: Data) -> dict[str, Any]:
    p = _p_values(data)
    rows = [f"| {name} | {format_number(p[name], 2)} | {_structure(p)[name]:.0f} |" for name in p]
    return {"clouds": _CLOUDS, "table": "\n".join(["| base | p_value | structure |", "|---|---|---|", *rows])}


NULL_DATA = Task(
    id="null_data",
    lesson="05",
    topic="segments",
    key="base",
    title=mark("Are there groups at all?"),
    statement=mark(
        "Five customer bases, A to E. k-means cut each into three clusters; `shares` holds what was left of the "
        "squared distances (`customers`, a fraction) and what is left when clouds without any group are cut in the "
        "same way ({clouds} clouds each). Groups show in *less* being left than in clouds.\n\n"
        "p = (1 + number of clouds with as little left or less) / (1 + number of clouds). Hand in a table with `base`, "
        "`p_value` and `structure` (1 if p ≤ 0.05, else 0)."
    ),
    generate=_draw_bases,
    answer=lambda data: {"p_value": _p_values(data), "structure": _structure(_p_values(data))},
    misconceptions=(
        Misconception("CLUSTERS_ALWAYS_EXIST", lambda data: {"structure": dict.fromkeys(_BASES, 1.0)},
                      mark("Structure everywhere. k-means cuts every cloud into parts, so clusters that were found "
                           "prove nothing: what do clouds without groups look like when they are cut?")),
        Misconception("EXPLAINED_SHARE", lambda data: {"structure": {
                          str(name): float(value < 0.5)
                          for name, value in data["shares"].set_index("base")["customers"].items()}},
                      mark("It looks as if the share that is left decided by itself. How little is left depends on "
                           "the shape of the cloud as well; only the comparison tells."), credit=0.25),
        Misconception("WRONG_SIDE", lambda data: {"p_value": _p_values(data, above=True)},
                      mark("The clouds with *more* left were counted. Unusual would be a cloud as tight as the "
                           "customers."), credit=0.25),
        Misconception("NO_PLUS_ONE", lambda data: {"p_value": _p_values(data, plus=False)},
                      mark("The customers themselves are missing in the count: with 19 clouds a p-value of 0 would "
                           "claim too much."), credit=0.75),
    ),
    words=_null_words,
    hints=(
        mark("A cut always leaves less than no cut. The question is: less than what?"),
        mark("For every base count the clouds whose share is not above that of the customers, add one, divide by 20."),
        mark('`clouds = shares.drop(columns=["base", "customers"])`'),
    ),
    solution=mark("Where no cloud is as tight as the customers, p is 1/20; elsewhere clouds do as well, and the "
                  "clusters are slices of one cloud.\n\n{table}"),
    tolerance=0.011,
    tolerance_reason=mark("two decimals are asked for"),
)  # fmt: skip

TASKS = (STANDARDISED_DISTANCE, ADJUSTED_RAND, NULL_DATA)
