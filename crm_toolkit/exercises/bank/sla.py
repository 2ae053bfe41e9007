"""The SLA clock by hand: working minutes that are left when a request has waited for the customer overnight."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, mark

_MINUTE = pd.Timedelta(minutes=1)


def _draw(luck: random.Random) -> Data:
    opens, closes = luck.choice(((8, 17), (9, 18), (9, 17), (10, 19)))
    day = pd.Timestamp(2025, luck.randrange(1, 13), 1)
    day += pd.Timedelta(days=(1 - day.day_of_week) % 7)  # a Tuesday
    opened = day + pd.Timedelta(hours=opens, minutes=luck.randrange(5, 100))
    hold_from = day + pd.Timedelta(hours=closes, minutes=-luck.randrange(20, 100))
    hold_to = day + pd.Timedelta(days=1, hours=opens, minutes=luck.randrange(20, 110))
    now = day + pd.Timedelta(days=1, hours=luck.choice((14, 15)), minutes=luck.randrange(1, 59))
    return {
        "opens": opens, "closes": closes, "lunch": 13, "target": luck.choice((900, 960, 1020, 1080)),
        "opened_at": opened, "hold_from": hold_from, "hold_to": hold_to, "now": now,
    }  # fmt: skip


def _working(data: Data, start: pd.Timestamp, end: pd.Timestamp, *, lunch: bool = True) -> float:
    """Working minutes between two moments, minute by minute: on five rows one can count along."""
    minutes = pd.date_range(start, end, freq="min", inclusive="left")
    at = minutes.hour
    open_ = (at >= data["opens"]) & (at < data["closes"]) & (minutes.day_of_week < 5)
    if lunch:
        open_ &= at != data["lunch"]
    return float(open_.sum())


def _left(data: Data, *, lunch: bool = True, hold: str = "working", wall: bool = False) -> Values:
    used = _working(data, data["opened_at"], data["now"], lunch=lunch)
    if wall:
        used = (data["now"] - data["opened_at"]) / _MINUTE
    held = {
        "working": _working(data, data["hold_from"], data["hold_to"], lunch=lunch),
        "wall": (data["hold_to"] - data["hold_from"]) / _MINUTE,
        "none": 0.0,
    }[hold]
    return one_number(data["target"] - used + held)


def _used(data: Data) -> Values:
    return one_number(data["target"] - _left(data)[""][""])


def _words(data: Data) -> dict[str, Any]:
    def shown(moment: pd.Timestamp) -> str:
        return moment.strftime("%d.%m, %H:%M")

    used = _working(data, data["opened_at"], data["now"])
    held = _working(data, data["hold_from"], data["hold_to"])
    return {
        "opens": data["opens"], "closes": data["closes"], "target": format_number(data["target"]),
        "opened": shown(data["opened_at"]), "hold_from": shown(data["hold_from"]), "hold_to": shown(data["hold_to"]),
        "now": shown(data["now"]), "passed": format_number(used), "held": format_number(held),
        "left": format_number(data["target"] - used + held),
    }  # fmt: skip


SLA_OVERNIGHT = Task(
    id="sla_overnight",
    lesson="03",
    topic="sla",
    title=mark("Minutes left after a night on hold"),
    statement=mark(
        "A service desk works Monday to Friday from {opens}:00 to {closes}:00 with a break from 13:00 to 14:00. It "
        "promises to settle a "
        "request within **{target} working minutes**; while it waits for the customer the clock stands still.\n\n"
        "- the request was opened on Tuesday, {opened};\n"
        "- it waited for the customer from {hold_from} to {hold_to};\n"
        "- now it is {now}.\n\n"
        "How many working minutes are left until the deadline? The moments are in the data (`opened_at`, `hold_from`, "
        "`hold_to`, "
        "`now`); a negative number would mean that it has passed."
    ),
    generate=_draw,
    answer=_left,
    misconceptions=(
        Misconception("HOLD_COUNTS_THE_NIGHT", lambda data: _left(data, hold="wall"),
                      mark("It looks as if the whole hold was given back, the night included. At night the clock "
                           "stood still "
                           "anyway: only the working minutes of the hold come back."), credit=0.25),
        Misconception("HOLD_IGNORED", lambda data: _left(data, hold="none"),
                      mark("It looks as if the time of waiting for the customer was counted. During a hold the "
                           "clock stands "
                           "still."), credit=0.25),
        Misconception("WALL_CLOCK", lambda data: _left(data, wall=True, hold="none"),
                      mark("It looks as if the hours on the wall were counted. The promise is in working minutes: "
                           "nights do "
                           "not count.")),
        Misconception("LUNCH_IGNORED", lambda data: _left(data, lunch=False),
                      mark("It looks as if the break was counted as work. The desk is closed from 13:00 "
                           "to 14:00."), credit=0.5),
        Misconception("USED_FOR_LEFT", _used,
                      mark("These are the minutes that have been used. The question is how many are left."),
                      credit=0.5),
    ),
    words=_words,
    hints=(
        mark("The clock runs only while the desk is open and nobody waits for the customer. Everything else is no "
             "time at all."),
        mark("Left = promised − (working minutes from opening to now − working minutes inside the hold)."),
        mark("Day one: from the opening to {closes}:00 less the break. Day two: from {opens}:00 to now less "
             "the break."),
    ),
    solution=mark(
        "From the opening to now there were {passed} working minutes, {held} of them on hold. Left: {target} − "
        "({passed} − {held}) = "
        "**{left}**. The package agrees: `firm.sla_status`."
    ),
    tolerance=0.6,
    tolerance_reason=mark("moments are given to the minute"),
)  # fmt: skip

TASKS = (SLA_OVERNIGHT,)
