"""RFM by hand: recency, frequency and monetary value of a few customers.

Recency is counted in days from the last purchase to the date of analysis, frequency in orders, monetary value
in money with refunds subtracted. What happened after the date of analysis is not known yet.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_date, format_number, mark, say

SHOPS = {
    mark("A barbershop"): (("haircut", 18.0), ("beard_trim", 11.5), ("hair_wash", 6.0)),
    mark("A car service"): (("oil_change", 45.0), ("wheel_alignment", 38.5), ("car_wash", 12.0)),
    mark("A clinic"): (("consultation", 40.0), ("blood_test", 14.5), ("massage", 32.0)),
    mark("A small hotel"): (("night", 65.0), ("breakfast", 9.5), ("airport_transfer", 25.0)),
}
_CUSTOMERS = 8


def _draw_purchases(luck: random.Random) -> Data:
    shop, price_list = luck.choice(list(SHOPS.items()))
    as_of = pd.Timestamp(2025, luck.randrange(1, 13), luck.randrange(1, 29))
    customers = sorted(f"C-{number}" for number in luck.sample(range(101, 190), _CUSTOMERS))
    late = set(luck.sample(customers, 2))
    refunded = set(luck.sample(customers, 2))
    orders: list[tuple[int, str, bool]] = []
    for customer in customers:
        days = luck.sample(range(2, 170), luck.randrange(1, 4))
        orders += [(-day, customer, day == min(days) and customer in refunded) for day in days]
        orders += [(luck.randrange(1, 20), customer, False)] if customer in late else []
    rows = []
    for number, (day, customer, refund) in enumerate(sorted(orders), start=luck.randrange(1000, 8000)):
        items = luck.sample(price_list, 2 if refund or luck.random() < 0.4 else 1)
        lines = [(item, luck.choice((1, 1, 1, 2)), price) for item, price in items]
        lines += [(lines[-1][0], -1, lines[-1][2])] if refund else []
        for item, quantity, price in lines:
            rows.append((number, customer, as_of + pd.Timedelta(days=day), item, quantity, price, quantity * price))
    columns = ["order_id", "customer_id", "ordered_at", "item", "quantity", "unit_price", "amount"]
    return {"purchases": pd.DataFrame(rows, columns=columns), "as_of": as_of, "_shop": shop}


def _known(data: Data) -> pd.DataFrame:
    """What is known on the date of analysis."""
    return data["purchases"][data["purchases"]["ordered_at"] <= data["as_of"]]


def _recency(purchases: pd.DataFrame, as_of: pd.Timestamp, which: str = "max") -> dict[str, float]:
    days = purchases.groupby("customer_id")["ordered_at"].agg(which)
    return {str(customer): float((as_of - day).days) for customer, day in days.items()}


def _frequency(purchases: pd.DataFrame) -> dict[str, float]:
    return _as_numbers(purchases.groupby("customer_id")["order_id"].nunique())


def _monetary(purchases: pd.DataFrame) -> dict[str, float]:
    return _as_numbers(purchases.groupby("customer_id")["amount"].sum().round(2))


def _as_numbers(by_customer: pd.Series) -> dict[str, float]:
    return {str(customer): float(value) for customer, value in by_customer.items()}


def _rfm(data: Data) -> Values:
    known = _known(data)
    return {
        "recency_days": _recency(known, data["as_of"]),
        "frequency": _frequency(known),
        "monetary": _monetary(known),
    }


def _as_of_ignored(data: Data) -> Values:
    every = data["purchases"]
    return {
        "recency_days": _recency(every, every["ordered_at"].max()),
        "frequency": _frequency(every),
        "monetary": _monetary(every),
    }


def _lines_counted(data: Data) -> Values:
    return {"frequency": _as_numbers(_known(data).groupby("customer_id").size())}


def _returns_ignored(data: Data) -> Values:
    known = _known(data)
    return {"monetary": _monetary(known[known["amount"] > 0])}


def _mean_order(data: Data) -> Values:
    money, orders = _rfm(data)["monetary"], _rfm(data)["frequency"]
    return {"monetary": {customer: money[customer] / orders[customer] for customer in money}}


def _negative(data: Data) -> dict[str, float]:
    return {key: -days for key, days in _faded(data)["recency_days"].items()}


def _table_of(values: Values) -> str:
    """The answer as a Markdown table."""
    rows = pd.DataFrame(values)
    table = ["| customer_id | recency_days | frequency | monetary |", "|---|---|---|---|"]
    table += [
        f"| {customer} | {format_number(row[0])} | {format_number(row[1])} | {format_number(row[2], 2)} |"
        for customer, row in zip(rows.index, rows.to_numpy().tolist(), strict=True)
    ]
    return "\n".join(table)


def _rfm_words(data: Data) -> dict[str, Any]:
    shop = data["_shop"]
    return {"shop": say(shop), "as_of": format_date(data["as_of"].date(), "long"), "table": _table_of(_rfm(data))}


RFM_BY_HAND = Task(
    id="rfm_by_hand",
    lesson="04",
    topic="rfm",
    title=mark("Recency, frequency and money of eight customers"),
    statement=mark(
        "{shop} gives you its customers' purchases (`purchases`): one row is one line of an order, a refund stands "
        "in its order as a line with a negative amount. Describe every customer as of **{as_of}** (`as_of`), the date "
        "of analysis:\n\n"
        "- `recency_days`: days from the last purchase to the date of analysis;\n"
        "- `frequency`: the number of orders;\n"
        "- `monetary`: money of all orders, refunds subtracted.\n\n"
        "Hand in a table with `customer_id` and these columns, in any order of rows. "
        "Columns may be handed in one by one."
    ),
    generate=_draw_purchases,
    answer=_rfm,
    misconceptions=(
        Misconception(
            "AS_OF_IGNORED",
            _as_of_ignored,
            mark(
                "It looks as if the whole table was used. On the date of analysis the later rows had not happened "
                "yet: compare `ordered_at` with `as_of`."
            ),
            credit=0.25,
        ),
        Misconception(
            "FREQUENCY_COUNTS_LINES",
            _lines_counted,
            mark("It looks as if rows were counted. An order with two services is one visit: what names an order?"),
            credit=0.25,
        ),
        Misconception(
            "FIRST_ORDER_LEFT_OUT",
            lambda data: {"frequency": {key: orders - 1 for key, orders in _rfm(data)["frequency"].items()}},
            mark(
                "It looks as if only repeat orders were counted. Models of repeat purchase do so; "
                "RFM counts every order."
            ),
            credit=0.5,
        ),
        Misconception(
            "RETURNS_IGNORED",
            _returns_ignored,
            mark("It looks as if refunds were left out. What the customer got back was not earned."),
            credit=0.25,
        ),
        Misconception(
            "MEAN",
            _mean_order,
            mark("It looks like the money of an average order. Here all orders of a customer are added up."),
            credit=0.25,
        ),
        Misconception(
            "FIRST_PURCHASE",
            lambda data: {"recency_days": _recency(_known(data), data["as_of"], "min")},
            mark(
                "It looks as if time runs from the first purchase: that is the customer's age. Recency asks "
                "when the customer was seen last."
            ),
        ),
        Misconception(
            "SIGN",
            lambda data: {"recency_days": {key: -days for key, days in _rfm(data)["recency_days"].items()}},
            mark("The days are negative: from which date is which one subtracted?"),
            credit=0.5,
        ),
    ),
    words=_rfm_words,
    hints=(
        mark("Imagine that today is {as_of}: which rows do you know? Each customer then becomes one row."),
        mark(
            "Drop what came later, group by customer, and ask three questions: the last date, the number of "
            "different orders, the sum of money."
        ),
        mark('`known = purchases[purchases["ordered_at"] <= as_of]`, and then `known.groupby("customer_id")`.'),
    ),
    solution=mark(
        "Rows after {as_of} are left out. Then for each customer: days from the last `ordered_at`, the number of "
        "different `order_id`, the sum of `amount` with its signs.\n\n{table}"
    ),
    tolerance=0.011,
    tolerance_reason=mark("days and orders are whole numbers, and money is rounded to the cent"),
)


def _two_customers(_luck: random.Random) -> Data:
    """The two customers of the lesson's faded example, the same for everybody."""
    from crm_toolkit.datasets.generated import make_purchases

    purchases = make_purchases(600, weeks=51, seed=2026)
    known = purchases[purchases["ordered_at"] < "2025-07-01"]
    two = known[known["customer_id"].isin(["C00302", "C00514"])].reset_index(drop=True)
    return {"purchases": two, "as_of": pd.Timestamp(2025, 6, 30)}


def _faded(data: Data) -> Values:
    bought = data["purchases"][data["purchases"]["amount"] >= 0]
    days = bought.assign(ordered_at=bought["ordered_at"].dt.normalize())
    return {
        "recency_days": _recency(days, data["as_of"]),
        "frequency": _frequency(bought),
        "monetary": _monetary(data["purchases"]),
    }


RFM_FADED = replace(
    RFM_BY_HAND,
    id="rfm_faded",
    title=mark("Two customers, two blanks"),
    statement=mark(
        "The purchases of two customers of the barbershop (`two`), as of **{as_of}** (`as_of`). Fill in the "
        "steps that are missing and hand in `recency_days`, `frequency` and `monetary`."
    ),
    generate=_two_customers,
    answer=_faded,
    misconceptions=(
        Misconception(
            "TIME_OF_DAY",
            lambda data: {"recency_days": _recency(data["purchases"], data["as_of"])},
            mark(
                "It looks as if hours were subtracted too: a purchase at 18:00 then loses a day. "
                "Take the date alone first, `.dt.normalize()`."
            ),
            credit=0.5,
        ),
        *(
            slip if slip.code != "SIGN" else replace(slip, value=lambda data: {"recency_days": _negative(data)})
            for slip in RFM_BY_HAND.misconceptions
            if slip.code in ("FREQUENCY_COUNTS_LINES", "FIRST_PURCHASE", "SIGN", "MEAN")
        ),
    ),
    words=lambda data: {"as_of": format_date(data["as_of"].date(), "long"), "table": _table_of(_faded(data))},
    hints=(
        mark("Each line answers one question about a customer: seen when for the last time, how many orders?"),
        mark("Recency: the date of analysis minus the last date. Frequency: how many different `order_id`."),
        mark(
            "`recency_days = (as_of - last).dt.days`, and "
            '`visits.groupby("customer_id")["order_id"]` for the other one.'
        ),
    ),
    own_numbers=False,
)

TASKS = (RFM_FADED, RFM_BY_HAND)
