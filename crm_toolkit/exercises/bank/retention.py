"""Retention: which share of the customers at the start is still there at the end.

``retention rate = (customers at the end − new customers) / customers at the start``; churn rate is what is
left to 1. Over several periods the survivors of one period are the base of the next, so rates are multiplied.
"""

from __future__ import annotations

import math
import random
from typing import Any

from crm_toolkit.exercises.tasks import Data, Misconception, Task, one_number
from crm_toolkit.texts import format_number, format_percent, mark, say

_PLACES = (
    mark("A fitness club closes its quarter."),
    mark("A language school closes its term."),
    mark("A clinic reviews its contracts for regular check-ups."),
    mark("A car service reviews its maintenance contracts."),
)


def _draw_rate(luck: random.Random) -> Data:
    start = luck.randrange(180, 980)
    stayed = round(start * luck.uniform(0.62, 0.93))
    new = round(start * luck.uniform(0.06, 0.34))
    return {"_place": luck.choice(_PLACES), "start": start, "end": stayed + new, "new": new}


def _rate(data: Data) -> float:
    return (data["end"] - data["new"]) / data["start"]


def _rate_words(data: Data) -> dict[str, Any]:
    place = data["_place"]
    return {
        "place": say(place),
        "start": format_number(data["start"]),
        "end": format_number(data["end"]),
        "new": format_number(data["new"]),
        "stayed": format_number(data["end"] - data["new"]),
        "answer": format_number(_rate(data), 3),
    }


RETENTION_RATE = Task(
    id="retention_rate",
    lesson="04",
    topic="retention",
    title=mark("Retention rate"),
    statement=mark(
        "{place} At the start it had **{start}** customers (`start`), at the end it has **{end}** (`end`). "
        "In between, **{new}** new customers came (`new`), and all of them are still there.\n\n"
        "Which share of the customers of the start has stayed? "
        "Give a fraction with three decimals, such as 0.512."
    ),
    generate=_draw_rate,
    answer=lambda data: one_number(_rate(data)),
    misconceptions=(
        Misconception(
            "NEW_NOT_SUBTRACTED",
            lambda data: one_number(data["end"] / data["start"]),
            mark(
                "New customers are counted as if they had stayed. They were not there at the start, "
                "so they can't be kept: who among those at the end was there before?"
            ),
            credit=0.25,
        ),
        Misconception(
            "CHURN",
            lambda data: one_number(1 - _rate(data)),
            mark("This is the share that left, the churn rate. The question is about those who stayed."),
            credit=0.5,
        ),
        Misconception(
            "BASE_MIXED_UP",
            lambda data: one_number((data["end"] - data["new"]) / data["end"]),
            mark(
                "Those who stayed are divided by the customers at the end. "
                "Whose fate do we follow? Their number is the base."
            ),
            credit=0.25,
        ),
        Misconception(
            "NEW_SHARE",
            lambda data: one_number(data["new"] / data["start"]),
            mark("This compares new customers with the start: it measures acquisition, not retention."),
        ),
        Misconception(
            "NET_LOSS",
            lambda data: one_number((data["start"] - data["end"]) / data["start"]),
            mark(
                "This is the net change of the base: arrivals hide departures in it. Look at the old customers alone."
            ),
        ),
    ),
    words=_rate_words,
    hints=(
        mark("Follow only the people who were there at the start. New ones play no part in retention."),
        mark(
            "First find how many of the {end} customers at the end are old ones; "
            "then compare them with the {start} of the start."
        ),
        mark('`stayed = data["end"] - data["new"]`, and then divide by the base.'),
    ),
    solution=mark(
        "Old customers at the end: {end} − {new} = {stayed}.\n\nTheir share among the {start} of the start: "
        "{stayed} / {start} = **{answer}**."
    ),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)


def _draw_periods(luck: random.Random) -> Data:
    return {
        "start": luck.randrange(20, 90) * 10,
        "rates": [round(luck.uniform(0.7, 0.95), 2) for _ in range(4)],
    }


def _periods_words(data: Data) -> dict[str, Any]:
    return {
        "start": format_number(data["start"]),
        "rates": ", ".join(format_percent(rate, 0) for rate in data["rates"]),
        "product": " · ".join(format_number(rate, 2) for rate in data["rates"]),
        "answer": format_number(math.prod(data["rates"]), 3),
    }


RETENTION_OVER_PERIODS = Task(
    id="retention_over_periods",
    lesson="04",
    topic="retention",
    title=mark("Retention over four quarters"),
    statement=mark(
        "In January {start} people joined a fitness club, and only these are followed. Of those of them who were "
        "still members at a quarter's start, these shares were members at its end: {rates} (`rates`, four quarters "
        "in a row).\n\n"
        "Which share of the January members is still there after all four quarters? "
        "Give a fraction with three decimals."
    ),
    generate=_draw_periods,
    answer=lambda data: one_number(math.prod(data["rates"])),
    misconceptions=(
        Misconception(
            "SUM_NOT_PRODUCT",
            lambda data: one_number(1 - sum(1 - rate for rate in data["rates"])),
            mark(
                "The losses of the quarters are added up. But the second quarter can lose only those whom "
                "the first one left: on what base does each share stand?"
            ),
            credit=0.25,
        ),
        Misconception(
            "MEAN",
            lambda data: one_number(sum(data["rates"]) / 4),
            mark("This is the mean of the four rates: the retention of a typical quarter, not of the whole year."),
        ),
        Misconception(
            "SHIFT",
            lambda data: one_number(math.prod(data["rates"][:-1])),
            mark("One quarter too few: the last one counts as well."),
            credit=0.5,
        ),
        Misconception(
            "LAST_ONLY",
            lambda data: one_number(data["rates"][-1]),
            mark(
                "This is the last quarter alone. Its base is not the members of January "
                "but those still there in October."
            ),
        ),
        Misconception(
            "CHURN",
            lambda data: one_number(1 - math.prod(data["rates"])),
            mark("This is the share that left during the year. The question is about those who stayed."),
            credit=0.5,
        ),
    ),
    words=_periods_words,
    hints=(
        mark("Take 100 members of January and follow them quarter by quarter. How many are left after the second?"),
        mark("Each rate applies to those whom the quarter before has left: a share of a share."),
        mark('`share = 1.0`, then `for rate in data["rates"]:` change the share by the rate.'),
    ),
    solution=mark("A share of a share is a product: {product} = **{answer}**."),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)

TASKS = (RETENTION_RATE, RETENTION_OVER_PERIODS)
