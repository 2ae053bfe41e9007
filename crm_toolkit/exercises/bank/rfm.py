"""RFM by hand: recency, frequency and monetary value of eight customers, and scores where many are tied.

Recency is counted in days from the last purchase to the date of analysis, frequency in orders, monetary value
in money with refunds subtracted. What happened after the date of analysis is not known yet. Equal customers
get equal scores: tied ranks are replaced by their mean (Kendall's midranks).
"""

from __future__ import annotations

import math
import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import format_date, format_number, mark, say

_SHOPS = (
    (mark("A barbershop"), ((mark("haircut"), 18.0), (mark("beard trim"), 11.5), (mark("hair wash"), 6.0))),
    (mark("A car service"), ((mark("oil change"), 45.0), (mark("wheel alignment"), 38.5), (mark("car wash"), 12.0))),
    (mark("A clinic"), ((mark("consultation"), 40.0), (mark("blood test"), 14.5), (mark("massage"), 32.0))),
    (mark("A small hotel"), ((mark("night"), 65.0), (mark("breakfast"), 9.5), (mark("airport transfer"), 25.0))),
)
_CUSTOMERS = 8
_BINS = 3


def _draw_purchases(luck: random.Random) -> Data:
    shop, price_list = luck.choice(_SHOPS)
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


def _rfm_words(data: Data) -> dict[str, Any]:
    shop = data["_shop"]
    rows = pd.DataFrame(_rfm(data))
    table = ["| customer_id | recency_days | frequency | monetary |", "|---|---|---|---|"]
    table += [
        f"| {customer} | {format_number(row[0])} | {format_number(row[1])} | {format_number(row[2], 2)} |"
        for customer, row in zip(rows.index, rows.to_numpy().tolist(), strict=True)
    ]
    return {"shop": say(shop), "as_of": format_date(data["as_of"].date(), "long"), "table": "\n".join(table)}


RFM_BY_HAND = Task(
    id="rfm_by_hand",
    lesson="04",
    topic="rfm",
    title=mark("Recency, frequency and money of eight customers"),
    statement=mark(
        "{shop} gives you its purchases (`purchases`): one row is one line of an order, a refund stands in its "
        "order as a line with a negative amount. Describe every customer as of **{as_of}** (`as_of`), the date "
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
        mark("Imagine that it is {as_of}. Which rows do you know? Each customer then becomes one row."),
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


def _draw_ties(luck: random.Random) -> Data:
    shop, _ = luck.choice(_SHOPS)
    while True:
        customers = [f"C-{number}" for number in luck.sample(range(101, 190), 12)]
        frequency = [1] * luck.randrange(4, 7) + [2] * luck.randrange(2, 4)
        frequency += [luck.randrange(3, 9) for _ in range(12 - len(frequency))]
        recency = [luck.choice((3, 9, 14, 21, 30, 45, 60, 90, 120, 150)) for _ in customers]
        luck.shuffle(frequency)
        table = pd.DataFrame({"customer_id": customers, "recency_days": recency, "frequency": frequency})
        data = {"customers": table, "bins": _BINS, "_shop": shop}
        if _conventions_agree(table):
            return data


def _scores(values: pd.Series, *, ties: str = "average", highest_first: bool = False) -> list[float]:
    """Scores 1…bins from ranks: the share of customers at or below, in equal steps."""
    ranks = values.rank(method=ties, ascending=not highest_first)  # type: ignore[arg-type]
    return [float(math.ceil(rank * _BINS / len(values) - 1e-9)) for rank in ranks]


def _conventions_agree(table: pd.DataFrame) -> bool:
    """Midranks and quantile cuts give the same scores, so that no usual convention is called wrong; all are used."""
    for name, reverse in (("frequency", False), ("recency_days", True)):
        values = table[name]
        scores = _scores(values, highest_first=reverse)
        cuts = [values.quantile(step / _BINS) for step in range(1, _BINS)]
        below = [float(1 + sum(value > cut for cut in cuts)) for value in values]
        by_cuts = [_BINS + 1 - score for score in below] if reverse else below
        if scores != by_cuts or set(scores) != {1.0, 2.0, 3.0}:
            return False
    return True


def _tied_values(data: Data, *, recency: list[float] | None = None, frequency: list[float] | None = None) -> Values:
    customers = data["customers"]["customer_id"]
    columns = {"r_score": recency, "f_score": frequency}
    return {name: dict(zip(customers, scores, strict=True)) for name, scores in columns.items() if scores is not None}


def _tied_scores(data: Data) -> Values:
    table = data["customers"]
    recency = _scores(table["recency_days"], highest_first=True)
    return _tied_values(data, recency=recency, frequency=_scores(table["frequency"]))


def _first_come(data: Data) -> Values:
    table = data["customers"]
    return _tied_values(
        data,
        recency=_scores(table["recency_days"], ties="first", highest_first=True),
        frequency=_scores(table["frequency"], ties="first"),
    )


def _distinct_values(data: Data) -> Values:
    """Bins over the list of different values: it forgets how many customers share each."""
    scores = {}
    for name, reverse in (("recency_days", True), ("frequency", False)):
        ranks = data["customers"][name].rank(method="dense", ascending=not reverse)
        scores[name] = [float(math.ceil(rank * _BINS / ranks.max() - 1e-9)) for rank in ranks]
    return _tied_values(data, recency=scores["recency_days"], frequency=scores["frequency"])


def _ties_words(data: Data) -> dict[str, Any]:
    shop, table = data["_shop"], data["customers"]
    scores = _tied_scores(data)
    lines = ["| customer_id | r_score | f_score |", "|---|---|---|"]
    lines += [f"| {key} | {scores['r_score'][key]:.0f} | {scores['f_score'][key]:.0f} |" for key in scores["r_score"]]
    ones = int((table["frequency"] == 1).sum())
    return {
        "shop": say(shop),
        "number": format_number(len(table)),
        "bins": format_number(_BINS),
        "ones": format_number(ones),
        "rank": format_number((1 + ones) / 2),
        "table": "\n".join(lines),
    }


RFM_SCORES_WITH_TIES = Task(
    id="rfm_scores_with_ties",
    lesson="04",
    topic="rfm",
    title=mark("Scores when many customers are equal"),
    statement=mark(
        "{shop} has described {number} customers (`customers`: `recency_days`, `frequency`). "
        "Give each of them two scores from 1 to {bins}:\n\n"
        "- `f_score`: the more orders, the higher;\n"
        "- `r_score`: the more recent the last purchase, the higher.\n\n"
        "The rule: rank the customers; equal customers share the mean of their ranks; "
        "score = {bins} · rank / {number}, rounded up.\n\n"
        "Hand in a table with `customer_id`, `r_score` and `f_score`. Columns may be handed in one by one."
    ),
    generate=_draw_ties,
    answer=_tied_scores,
    misconceptions=(
        Misconception(
            "QUANTILE_TIES",
            _first_come,
            mark(
                "Customers with the same value got different scores: it looks as if ties were broken by the order "
                "of rows. Shuffle the rows: would you treat the same people differently?"
            ),
            credit=0.25,
        ),
        Misconception(
            "RECENCY_REVERSED",
            lambda data: {"r_score": {key: _BINS + 1 - score for key, score in _tied_scores(data)["r_score"].items()}},
            mark(
                "Those who have not come for long got the highest score. "
                "Few days since the last purchase are good news."
            ),
            credit=0.25,
        ),
        Misconception(
            "FREQUENCY_REVERSED",
            lambda data: {"f_score": {key: _BINS + 1 - score for key, score in _tied_scores(data)["f_score"].items()}},
            mark("Those who come most rarely got the highest score. Which end of the ranking is the best one?"),
            credit=0.25,
        ),
        Misconception(
            "DISTINCT_VALUES",
            _distinct_values,
            mark(
                "It looks as if the list of different values was divided, and not the customers. "
                "A value shared by many takes many ranks."
            ),
            credit=0.25,
        ),
    ),
    words=_ties_words,
    hints=(
        mark("A score describes a customer, so equal customers can't have different ones, in whatever row they stand."),
        mark(
            "{ones} customers ordered once. They would take the ranks from 1 to {ones}, so each has the rank {rank}. "
            "For recency, rank so that the fewest days come last."
        ),
        mark('`rank = customers["frequency"].rank(method="average")`, and then the rule with `numpy.ceil`.'),
    ),
    solution=mark(
        "Mean ranks, times {bins}, divided by {number}, rounded up; for recency the ranking is turned round "
        "(`ascending=False`).\n\n{table}"
    ),
    tolerance=0.011,
    tolerance_reason=mark("scores are whole numbers"),
)

TASKS = (RFM_BY_HAND, RFM_SCORES_WITH_TIES)
