"""NPS of two waves by hand: scores, margins, and the margin of the change. The truth is `analysis.nps_change`."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_number, mark

_WAVES = ("first", "second")
_Z = 1.96
_Counts = tuple[float, float, float]


def _draw(luck: random.Random) -> Data:
    rows = []
    for wave in _WAVES:
        weights = [1, 1, 1, 2, 2, 4, 5, 9, luck.randrange(10, 16), luck.randrange(12, 20), luck.randrange(12, 20)]
        answers = luck.choices(range(11), weights=weights, k=luck.randrange(150, 401))
        rows += [(wave, score, answers.count(score)) for score in range(11)]
    return {"answers": pd.DataFrame(rows, columns=["wave", "answer", "people"])}


def _counts(data: Data, wave: str, *, promoters: int = 9, detractors: int = 6) -> _Counts:
    """Promoters, detractors, all answers."""
    rows = zip(*(data["answers"][name].tolist() for name in ("wave", "answer", "people")), strict=True)
    mine = [(answer, people) for one, answer, people in rows if one == wave]
    up = sum(people for answer, people in mine if answer >= promoters)
    down = sum(people for answer, people in mine if answer <= detractors)
    return float(up), float(down), float(sum(people for _, people in mine))


def _score(counts: _Counts) -> float:
    up, down, n = counts
    return 100 * (up - down) / n


def _variance(counts: _Counts) -> float:
    up, down, n = counts
    p, d = up / n, down / n
    return 100**2 * (p + d - (p - d) ** 2) / n


def _values(data: Data, counted: Callable[[str], _Counts], variance: Callable[[_Counts], float] = _variance) -> Values:
    found = {wave: counted(wave) for wave in _WAVES}
    nps = {wave: _score(counts) for wave, counts in found.items()}
    spread = {wave: variance(counts) for wave, counts in found.items()}
    return {
        "nps": nps | {"change": nps["second"] - nps["first"]},
        "margin": {wave: _Z * math.sqrt(one) for wave, one in spread.items()}
        | {"change": _Z * math.sqrt(sum(spread.values()))},
    }


def _right(data: Data) -> Values:
    return _values(data, lambda wave: _counts(data, wave))


def _tellable(luck: random.Random) -> Data:
    """Two waves whose change looks like progress and lies within its margin."""
    while True:
        data = _draw(luck)
        found = _right(data)
        if 2 <= found["nps"]["change"] <= min(7, 0.8 * found["margin"]["change"]) and found["nps"]["first"] > 8:
            return data


def _without_passives(data: Data) -> Values:
    def counted(wave: str) -> _Counts:
        up, down, _ = _counts(data, wave)
        return up, down, up + down

    return _values(data, counted)


def _as_one_share(data: Data) -> Values:
    def spread(counts: _Counts) -> float:
        share = _score(counts) / 100
        return 100**2 * share * (1 - share) / counts[2]

    return {"margin": _values(data, lambda wave: _counts(data, wave), spread)["margin"]}


def _change_margin(how: Callable[[float, float], float]) -> Callable[[Data], Values]:
    def values(data: Data) -> Values:
        margin = _right(data)["margin"]
        return {"margin": margin | {"change": how(margin["first"], margin["second"])}}

    return values


def _hundredth(data: Data) -> Values:
    return {name: {row: value / 100 for row, value in cells.items()} for name, cells in _right(data).items()}


def _one_error(data: Data) -> Values:
    return {"margin": {row: value / _Z for row, value in _right(data)["margin"].items()}}


def _words(data: Data) -> dict[str, Any]:
    found = _right(data)
    up, down, n = _counts(data, "first")
    lines = ["| wave | nps | margin |", "|---|---|---|"]
    lines += [f"| {row} | {format_number(value, 2)} | {format_number(found['margin'][row], 2)} |"
              for row, value in found["nps"].items()]  # fmt: skip
    change, margin = found["nps"]["change"], found["margin"]["change"]
    return {"up": format_number(up), "down": format_number(down), "n": format_number(n), "table": "\n".join(lines),
            "low": format_number(change - margin, 1), "high": format_number(change + margin, 1)}  # fmt: skip


NPS_TWO_WAVES = Task(
    id="nps_two_waves",
    lesson="11",
    topic="surveys",
    key="wave",
    title=mark("Two waves of NPS, and what lies between them"),
    statement=mark(
        "Customers were asked in two waves, different people each time: would you recommend us, 0 to 10? `answers` "
        "says how many `people` gave each `answer` in each `wave`. The director speaks of progress.\n\n"
        "Compute NPS in points for both waves and its change (second less first), and for all three the margin of "
        "the 95 per cent interval: how many points either way. Take 1.96, and for one NPS the variance "
        "`100² · (p + d − (p − d)²) / n` with shares p of promoters and d of detractors. Hand in a table with `wave` "
        "(`first`, `second`, `change`), `nps` and `margin`."
    ),
    generate=_tellable,
    answer=_right,
    misconceptions=(
        Misconception("LUCK_FORGOTTEN", _change_margin(lambda one, two: 0.0),
                      mark("The change is taken for a fact. Other people were asked each time: with nothing changed at "
                           "all, the two scores would differ too. How far?"), credit=0.25),
        Misconception("MARGINS_ADDED", _change_margin(lambda one, two: one + two),
                      mark("It looks as if the two margins were added. It seldom happens that both waves are wrong in "
                           "opposite directions: variances add up, margins don't."), credit=0.5),
        Misconception("ONE_WAVE_ONLY", _change_margin(lambda one, two: two),
                      mark("It looks as if only the second wave was uncertain. The first one was a sample as well."),
                      credit=0.25),
        Misconception("PASSIVES_AS_PROMOTERS",
                      lambda data: _values(data, lambda wave: _counts(data, wave, promoters=7)),
                      mark("Sevens and eights were counted as promoters. They are passives and count in the number of "
                           "answers only."), credit=0.25),
        Misconception("PASSIVES_LEFT_OUT", _without_passives,
                      mark("The passives are missing below the line. They promote nobody and they did answer."),
                      credit=0.5),
        Misconception("SIX_IS_PASSIVE", lambda data: _values(data, lambda wave: _counts(data, wave, detractors=5)),
                      mark("A six was counted as passive. Detractors answer 0 to 6."), credit=0.5),
        Misconception("SHARE_NOT_POINTS", _hundredth,
                      mark("These are shares. NPS is told in points, from −100 to 100."), credit=0.5),
        Misconception("NPS_AS_A_SHARE", _as_one_share,
                      mark("It looks as if NPS was taken for one share. It is a difference of two shares of the same "
                           "people and varies more."), credit=0.5),
        Misconception("STANDARD_ERROR", _one_error,
                      mark("These are standard errors. The margin of 95 per cent is wider."), credit=0.5),
    ),
    words=_words,
    hints=(
        mark("First three counts for each wave: promoters 9 and 10, detractors 0 to 6, all answers. Then scores, then "
             "variances, and roots last."),
        mark("Variance of the change = variance of the first + variance of the second, since different people "
             "answered. Margin = 1.96 times the root."),
        mark('`answers.loc[answers["answer"] >= 9].groupby("wave")["people"].sum()`'),
    ),
    solution=mark("First wave: {up} promoters and {down} detractors of {n}. The interval of the change goes from "
                  "{low} to {high}: no progress is shown, and none is ruled out. The package: "
                  "`analysis.nps_change`.\n\n{table}"),
    tolerance=0.051,
    tolerance_reason=mark("half a unit of the first decimal"),
)  # fmt: skip

TASKS = (NPS_TWO_WAVES,)
