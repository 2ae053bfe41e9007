"""Money unevenly spread: the share of the best customers, and the mean receipt of several places.

The share of the top fifth is their revenue divided by the revenue of all. A mean over groups of different
size is weighted by what the mean is *per*: receipts, and not branches.
"""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, one_number
from crm_toolkit.texts import format_money, format_number, mark

_TOP = 0.2


def _draw_spend(luck: random.Random) -> Data:
    number = luck.choice((20, 25, 30))
    spent = [round(luck.lognormvariate(5.0, 0.8), 2) for _ in range(number)]
    visits = [max(1, round(amount / 60 * luck.uniform(0.4, 2.2))) for amount in spent]
    customers = [f"C-{key}" for key in luck.sample(range(101, 990), number)]
    return {"customers": pd.DataFrame({"customer_id": customers, "visits": visits, "spent": spent})}


def _top(table: pd.DataFrame, by: str = "spent", *, ascending: bool = False) -> float:
    """Money of the first fifth of customers in an order; ties keep the order of rows."""
    count = round(_TOP * len(table))
    return float(table.sort_values(by, ascending=ascending, kind="stable")["spent"].head(count).sum())


def _share(data: Data) -> float:
    return _top(data["customers"]) / float(data["customers"]["spent"].sum())


def _share_above_mean(data: Data) -> float:
    spent = data["customers"]["spent"]
    return float(spent[spent > spent.mean()].sum() / spent.sum())


def _customers_for_80(data: Data) -> float:
    spent = data["customers"]["spent"].sort_values(ascending=False)
    return float(((spent.cumsum() - spent) < 0.8 * spent.sum()).mean())


def _share_words(data: Data) -> dict[str, Any]:
    table = data["customers"]
    return {
        "number": format_number(len(table)),
        "top": format_number(round(_TOP * len(table))),
        "money": format_money(_top(table)),
        "total": format_money(float(table["spent"].sum())),
        "answer": format_number(_share(data), 3),
    }


SPEND_SHARE_TOP = Task(
    id="spend_share_top",
    lesson="04",
    topic="spend",
    title=mark("What the best fifth brings"),
    statement=mark(
        "A beauty salon lists {number} customers with the number of visits and the money spent in a year "
        "(`customers`: `visits`, `spent`).\n\n"
        "Which share of all revenue comes from the 20% of customers who spend most? "
        "Give a fraction with three decimals."
    ),
    generate=_draw_spend,
    answer=lambda data: one_number(_share(data)),
    misconceptions=(
        Misconception(
            "NOT_SORTED",
            lambda data: one_number(
                float(data["customers"]["spent"].head(round(_TOP * len(data["customers"]))).sum())
                / float(data["customers"]["spent"].sum())
            ),
            mark("These are the first rows of the table as it came. Who spends most? Sort first."),
            credit=0.25,
        ),
        Misconception(
            "SORTED_ASCENDING",
            lambda data: one_number(_top(data["customers"], ascending=True) / float(data["customers"]["spent"].sum())),
            mark("This is the share of those who spend least: look at the direction of sorting."),
            credit=0.25,
        ),
        Misconception(
            "BY_VISITS",
            lambda data: one_number(_top(data["customers"], "visits") / float(data["customers"]["spent"].sum())),
            mark("These are the customers who come most often. They are not always those who spend most."),
            credit=0.25,
        ),
        Misconception(
            "BASE_MIXED_UP",
            lambda data: one_number(
                _top(data["customers"]) / (float(data["customers"]["spent"].sum()) - _top(data["customers"]))
            ),
            mark("The best are compared with the others. A share has the whole below the line, the best included."),
            credit=0.25,
        ),
        Misconception(
            "MEAN",
            lambda data: one_number(_share_above_mean(data)),
            mark("This is the share of those who spend more than the mean. How many people are 20% of the list?"),
        ),
        Misconception(
            "SHARE_OF_CUSTOMERS",
            lambda data: one_number(_customers_for_80(data)),
            mark(
                "This is a share of customers: how many are needed for 80% of revenue. "
                "The question goes the other way: a share of revenue."
            ),
        ),
    ),
    words=_share_words,
    hints=(
        mark("Line the customers up by money. How many of them are 20%, and what do they bring together?"),
        mark("20% of {number} customers are {top}. Their money is the upper part of the fraction; whose is the lower?"),
        mark('`best = customers.sort_values("spent", ascending=False).head({top})`.'),
    ),
    solution=mark(
        "The best {top} of {number} customers spent {money}, all together {total}: {money} / {total} = **{answer}**."
    ),
    tolerance=0.0005,
    tolerance_reason=mark("half a unit of the third decimal"),
    unit="fraction",
)


def _draw_branches(luck: random.Random) -> Data:
    names = [f"B-{letter}" for letter in range(1, 5)]
    receipts = [luck.randrange(40, 90), luck.randrange(150, 320), luck.randrange(500, 900), luck.randrange(60, 400)]
    means = [round(luck.uniform(12, 60), 2) for _ in names]
    customers = [round(count * luck.uniform(0.2, 0.9)) for count in receipts]
    table = pd.DataFrame({"branch": names, "receipts": receipts, "customers": customers, "mean_receipt": means})
    return {"branches": table}


def _revenue(data: Data) -> float:
    return float((data["branches"]["receipts"] * data["branches"]["mean_receipt"]).sum())


def _mean_receipt(data: Data) -> float:
    return _revenue(data) / float(data["branches"]["receipts"].sum())


def _branch_words(data: Data) -> dict[str, Any]:
    table = data["branches"]
    return {
        "revenue": format_money(_revenue(data)),
        "receipts": format_number(int(table["receipts"].sum())),
        "answer": format_money(_mean_receipt(data)),
    }


AVERAGE_RECEIPT = Task(
    id="average_receipt",
    lesson="04",
    topic="spend",
    title=mark("The mean receipt of a chain"),
    statement=mark(
        "A chain of four coffee shops reports for each branch the number of receipts, the number of customers and "
        "the mean receipt (`branches`: `receipts`, `customers`, `mean_receipt`).\n\n"
        "What is the mean receipt of the whole chain? Give an amount with two decimals."
    ),
    generate=_draw_branches,
    answer=lambda data: one_number(_mean_receipt(data)),
    misconceptions=(
        Misconception(
            "AVERAGE_OF_AVERAGES",
            lambda data: one_number(float(data["branches"]["mean_receipt"].mean())),
            mark(
                "The four means are averaged as if the branches were equal. A branch with many receipts must weigh "
                "more: what would you get if you had all receipts in one pile?"
            ),
            credit=0.25,
        ),
        Misconception(
            "WRONG_WEIGHTS",
            lambda data: one_number(
                float((data["branches"]["customers"] * data["branches"]["mean_receipt"]).sum())
                / float(data["branches"]["customers"].sum())
            ),
            mark("The means are weighted by customers. A mean *receipt* is money per receipt: what should weigh?"),
            credit=0.5,
        ),
        Misconception(
            "PER_CUSTOMER",
            lambda data: one_number(_revenue(data) / float(data["branches"]["customers"].sum())),
            mark("This is revenue per customer. The question is about revenue per receipt."),
            credit=0.25,
        ),
        Misconception(
            "MEDIAN",
            lambda data: one_number(float(data["branches"]["mean_receipt"].median())),
            mark("This is the median of four branch means. It says nothing about how many receipts each has."),
        ),
    ),
    words=_branch_words,
    hints=(
        mark(
            "Put the receipts of all branches into one pile. What is the total money, and how many receipts are there?"
        ),
        mark("The money of a branch is its receipts times its mean receipt. Add up the money, add up the receipts."),
        mark('`revenue = (branches["receipts"] * branches["mean_receipt"]).sum()`.'),
    ),
    solution=mark("Revenue of the chain: {revenue}; receipts: {receipts}; {revenue} / {receipts} = **{answer}**."),
    tolerance=0.0051,
    tolerance_reason=mark("half a cent"),
)

TASKS = (SPEND_SHARE_TOP, AVERAGE_RECEIPT)
