"""The price of access: personal fields that a screen shows without need, weighed by how often it is opened."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, mark

QUESTIONS = (
    "opening_hours",
    "next_appointment",
    "status_of_complaint",
    "amount_owed",
    "points_balance",
    "change_of_phone",
)


def _draw(luck: random.Random) -> Data:
    rows = []
    short = luck.randrange(len(QUESTIONS))
    for place, question in enumerate(QUESTIONS):
        needs = luck.randrange(1, 6)
        shows = needs - luck.randrange(1, min(needs, 2) + 1) if place == short else needs + luck.randrange(0, 7)
        rows.append((question, luck.randrange(3, 60), needs, shows))
    return {"questions": pd.DataFrame(rows, columns=["question", "per_day", "fields_needed", "fields_shown"])}


def _exposure(data: Data) -> Values:
    table = data["questions"]
    extra = (table["fields_shown"] - table["fields_needed"]).clip(lower=0)
    return one_number(float((extra * table["per_day"]).sum()))


def _shown(data: Data) -> Values:
    table = data["questions"]
    return one_number(float((table["fields_shown"] * table["per_day"]).sum()))


def _not_weighed(data: Data) -> Values:
    table = data["questions"]
    return one_number(float((table["fields_shown"] - table["fields_needed"]).clip(lower=0).sum()))


def _offset(data: Data) -> Values:
    table = data["questions"]
    return one_number(float(((table["fields_shown"] - table["fields_needed"]) * table["per_day"]).sum()))


def _per_question(data: Data) -> Values:
    return one_number(_exposure(data)[""][""] / float(data["questions"]["per_day"].sum()))


def _words(data: Data) -> dict[str, Any]:
    table = data["questions"]
    extra = (table["fields_shown"] - table["fields_needed"]).clip(lower=0)
    terms = " + ".join(
        f"{format_number(n)} · {format_number(k)}" for n, k in zip(table["per_day"], extra, strict=True) if k
    )
    return {"terms": terms, "sum": format_number(_exposure(data)[""][""])}


EXPOSURE = Task(
    id="exposure",
    lesson="03",
    topic="store",
    title=mark("What a screen shows without need"),
    statement=mark(
        "The table `questions` lists what customers ask a receptionist: how often a day, how many personal fields the "
        "answer needs, and "
        "how many the receptionist's screen shows. How many personal fields does the screen show **without need** in "
        "a day? Where "
        "a screen shows too little the receptionist asks a colleague; this makes up for nothing elsewhere. Hand in "
        "one number."
    ),
    generate=_draw,
    answer=_exposure,
    misconceptions=(
        Misconception("NEEDED_COUNTED", _shown,
                      mark("It looks as if all shown fields were counted. A field that the answer needs is no "
                           "needless exposure."),
                      credit=0.25),
        Misconception("NOT_WEIGHTED", _not_weighed,
                      mark("It looks as if every question was asked once. A screen that is opened forty times a day "
                           "exposes forty "
                           "times."), credit=0.25),
        Misconception("OFFSET", _offset,
                      mark("It looks as if a screen that shows too little was set off against one that shows too "
                           "much. A gap there "
                           "protects nobody here."), credit=0.5),
        Misconception("PER_QUESTION", _per_question,
                      mark("This is the exposure of one question on average. The whole day is asked for."), credit=0.5),
    ),
    words=_words,
    hints=(
        mark("For each question: how many fields are on the screen that the answer does not need?"),
        mark("Shown minus needed, never below zero, times how often a day; then the sum."),
        mark('`extra = (questions["fields_shown"] - questions["fields_needed"]).clip(lower=0)`'),
    ),
    solution=mark("Needless fields of each question times how often it is asked: {terms} = **{sum}** a day."),
    tolerance=0.06,
    tolerance_reason=mark("fields are whole numbers; a mean is off by more"),
)  # fmt: skip

TASKS = (EXPOSURE,)
