"""Whether a table that came ready can be a purchase summary.

The models need whole frequencies, times that are in order and money that is not negative: what breaks a rule is
refused by name, for a fit on it would return numbers all the same.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from crm_toolkit.analysis.lines import count_where
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
    rules = _rules()
    broken = {f"rule_{number}": rule[0] for number, rule in enumerate(rules)}
    counts = desk.row(desk.lines.select(**{name: count_where(condition) for name, condition in broken.items()}))
    problems = [
        Problem(
            code,
            what(int(counts[name])),
            found="" if code == "no_customer" else _customers(desk, broken[name]),
            column=column,
        )
        for name, (_, code, what, column) in zip(broken, rules, strict=True)
        if counts[name]
    ]
    problems += _repeated(desk)
    if problems:
        raise InputError(heading, problems)


def _rules() -> list[tuple[nw.Expr, str, Any, str]]:
    """What breaks a summary: the condition, its code, its sentence for a count, its column."""
    value = {name: nw.col(name).cast(nw.Float64) for name in PURCHASE_SUMMARY.column_names[1:]}
    unsound = [
        (
            ~(number.is_finite() & (number >= 0)).fill_null(False),
            "bad_number",
            lambda count, name=name: say_count(
                "{count} value of `{name}` is missing, infinite or negative.",
                "{count} values of `{name}` are missing, infinite or negative.",
                count,
                name=name,
            ),
            name,
        )
        for name, number in value.items()
    ]
    contrary = [
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
        (
            (value["frequency"] > 0) & (value["recency"] == 0),
            "repeat_in_no_time",
            lambda count: say_count(
                "{count} customer came back, yet recency is 0.",
                "{count} customers came back, yet recency is 0.",
                count,
            ),
            "recency",
        ),
    ]
    finite = nw.all_horizontal(*(number.is_finite().fill_null(False) for number in value.values()), ignore_nulls=False)
    nameless = (
        nw.col("customer_id").is_null(),
        "no_customer",
        lambda count: say_count("{count} row has no `customer_id`.", "{count} rows have no `customer_id`.", count),
        "customer_id",
    )
    return [nameless, *unsound, *((finite & broken, code, what, column) for broken, code, what, column in contrary)]


def _customers(desk: Desk, condition: nw.Expr) -> str:
    named = [row["customer_id"] for row in rows(desk.lines.filter(condition).select("customer_id").head(8))]
    return say("Customers: {names}.", names=join_names(named))


def _repeated(desk: Desk) -> list[Problem]:
    people = desk.row(desk.lines.select(rows=nw.len(), different=nw.col("customer_id").n_unique()))
    if people["rows"] == people["different"]:
        return []
    twice = desk.lines.group_by("customer_id").agg(times=nw.len()).filter(nw.col("times") > 1)
    named = sorted(
        row["customer_id"] for row in rows(twice.filter(~nw.col("customer_id").is_null()).select("customer_id"))
    )
    if not named:
        return []
    what = say_count("{count} customer stands in several rows.", "{count} customers stand in several rows.", len(named))
    found = say("Customers: {names}.", names=join_names(named))
    return [Problem("repeated_customer", what, found=found, column="customer_id")]
