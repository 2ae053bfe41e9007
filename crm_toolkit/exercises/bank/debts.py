"""Ageing of debts: how much money is overdue by one to two months, counted from the day on which it was due."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_date, format_number, mark

_FROM, _TO = 31, 60


def _draw(luck: random.Random) -> Data:
    as_of = pd.Timestamp(2025, luck.randrange(3, 13), luck.randrange(1, 29))
    rows = []
    lateness = [*luck.sample(range(_FROM + 1, _TO), 3), *luck.sample(range(1, _FROM), 3)]
    lateness += [*luck.sample(range(_TO + 1, 150), 3), *(-day for day in luck.sample(range(1, 25), 3))]
    luck.shuffle(lateness)
    for number, late in enumerate(lateness, start=luck.randrange(1000, 8000)):
        due = as_of - pd.Timedelta(days=late)
        amount = float(luck.randrange(40, 400) * 10)
        paid = luck.choice((0.0, 0.0, amount, round(amount / luck.choice((2, 4)), 2)))
        terms = luck.choice((14, 30))
        rows.append((f"B-{number}", due - pd.Timedelta(days=terms), due, amount, paid))
    bills = pd.DataFrame(rows, columns=["bill_id", "ordered_on", "due_on", "due_amount", "paid_amount"])
    return {"bills": bills, "as_of": as_of}


def _overdue(data: Data, *, since: str = "due_on", low: int = _FROM, high: int = _TO, open_only: bool = True) -> Values:
    bills = data["bills"]
    days = (data["as_of"] - bills[since]).dt.days
    owed = bills["due_amount"] - bills["paid_amount"] if open_only else bills["due_amount"]
    return one_number(round(float(owed[days.between(low, high)].sum()), 2))


def _words(data: Data) -> dict[str, Any]:
    bills = data["bills"]
    days = (data["as_of"] - bills["due_on"]).dt.days
    owed = bills["due_amount"] - bills["paid_amount"]
    there = days.between(_FROM, _TO) & (owed > 0)
    terms = " + ".join(format_number(value, 2) for value in owed[there]) or "0"
    return {
        "as_of": format_date(data["as_of"].date(), "long"), "terms": terms,
        "sum": format_number(_overdue(data)[""][""], 2),
    }  # fmt: skip


DEBT_AGEING = Task(
    id="debt_ageing",
    lesson="02",
    topic="store",
    title=mark("How old is the debt"),
    statement=mark(
        "A service sells on account. In `bills` stand its bills with the day of the order, the day on which payment "
        "is due, the "
        "amount and what was paid so far. How much money is **overdue by 31 to 60 days** on **{as_of}** (`as_of`)? "
        "Hand in one "
        "number."
    ),
    generate=_draw,
    answer=_overdue,
    misconceptions=(
        Misconception("FROM_ORDER_DATE", lambda data: _overdue(data, since="ordered_on"),
                      mark("It looks as if the age was counted from the order. A debt grows old from the day on which "
                           "it was due."),
                      credit=0.25),
        Misconception("PAID_IGNORED", lambda data: _overdue(data, open_only=False),
                      mark("It looks as if whole bills were added up. What is paid already is no debt."), credit=0.25),
        Misconception("ALL_OVERDUE", lambda data: _overdue(data, low=1, high=10_000),
                      mark("It looks as if everything overdue was added up, young and old. Only one class of age is "
                           "asked for.")),
        Misconception("NOT_DUE_INCLUDED", lambda data: _overdue(data, low=-10_000, high=10_000),
                      mark("It looks as if every unpaid bill was added up. A bill that is not due yet is no "
                           "overdue debt.")),
        Misconception("OLDER_TOO", lambda data: _overdue(data, high=10_000),
                      mark("It looks as if the older debts are in the sum. They have classes of their own, and a "
                           "smaller chance of "
                           "ever being paid."), credit=0.25),
    ),
    words=_words,
    hints=(
        mark("Two questions for each bill: how much of it is still owed, and by how many days is it late?"),
        mark("Owed = `due_amount` − `paid_amount`; late = `as_of` − `due_on` in days. Keep 31 to 60, both included."),
        mark('`late = (as_of - bills["due_on"]).dt.days`'),
    ),
    solution=mark("What is still owed of the bills that are 31 to 60 days past their day: {terms} = **{sum}**."),
    tolerance=0.011,
    tolerance_reason=mark("money is rounded to the cent"),
)  # fmt: skip

TASKS = (DEBT_AGEING,)
