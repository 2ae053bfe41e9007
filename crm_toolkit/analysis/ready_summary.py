"""Whether a table that came ready can be a purchase summary.

The models need whole frequencies, times that are in order and money that is not negative: what breaks a rule is
refused by name, for a fit on it would return numbers all the same.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from crm_toolkit.engines import Desk, rows
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import PURCHASE_SUMMARY, require_columns
from crm_toolkit.texts import join_names, say, say_count


def require_summary(desk: Desk) -> None:
    """Refuse what is no purchase summary, with every rule that is broken and the customers that break it."""
    require_columns(PURCHASE_SUMMARY.column_names, desk.columns, asked_by="PurchaseSummary.from_frame")
    schema, numbers = desk.lines.collect_schema(), PURCHASE_SUMMARY.column_names[1:]
    kinds = [name for name in numbers if not schema[name].is_numeric()]
    heading = say("This is not a purchase summary.")
    if kinds:
        raise InputError(
            heading,
            [
                Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
                for name in kinds
            ],
        )
    value = {name: nw.col(name).cast(nw.Float64) for name in numbers}
    problems = [
        problem
        for name in numbers
        for problem in _broken(
            desk,
            ~(value[name].is_finite() & (value[name] >= 0)).fill_null(False),
            "bad_number",
            lambda count, name=name: say_count(
                "{count} value of `{name}` is missing, infinite or negative.",
                "{count} values of `{name}` are missing, infinite or negative.",
                count,
                name=name,
            ),
            name,
        )
    ]
    rules = [
        (
            value["frequency"] != value["frequency"].floor(),
            "not_whole",
            lambda count: say_count(
                "{count} value of `frequency` is not whole.", "{count} values of `frequency` are not whole.", count
            ),
            "frequency",
        ),
        (
            value["recency"] > value["T"],
            "recency_above_T",
            lambda count: say_count(
                "{count} customer bought last after the end of observation: `recency` exceeds `T`.",
                "{count} customers bought last after the end of observation: `recency` exceeds `T`.",
                count,
            ),
            "recency",
        ),
        (
            (value["frequency"] == 0) & (value["recency"] > 0),
            "recency_without_repeat",
            lambda count: say_count(
                "{count} customer has no repeat purchase, yet a recency above 0.",
                "{count} customers have no repeat purchase, yet a recency above 0.",
                count,
            ),
            "recency",
        ),
    ]
    for condition, code, what, column in rules:
        problems += _broken(desk, condition.fill_null(False), code, what, column)
    problems += _repeated(desk)
    if problems:
        raise InputError(heading, problems)


def _broken(desk: Desk, condition: nw.Expr, code: str, what: Any, column: str) -> list[Problem]:
    broken = desk.lines.filter(condition)
    count = int(desk.row(broken.select(count=nw.len()))["count"])
    if not count:
        return []
    named = [row["customer_id"] for row in rows(broken.select("customer_id").head(8))]
    return [Problem(code, what(count), found=say("Customers: {names}.", names=join_names(named)), column=column)]


def _repeated(desk: Desk) -> list[Problem]:
    twice = desk.lines.group_by("customer_id").agg(times=nw.len()).filter(nw.col("times") > 1)
    count = int(desk.row(twice.select(count=nw.len()))["count"])
    if not count:
        return []
    named = sorted(row["customer_id"] for row in rows(twice.select("customer_id")))
    what = say_count("{count} customer stands in several rows.", "{count} customers stand in several rows.", count)
    found = say("Customers: {names}.", names=join_names(named))
    return [Problem("repeated_customer", what, found=found, column="customer_id")]
