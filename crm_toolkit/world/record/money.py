"""Payments, refunds and debts.

What is not paid at once is billed: an invoice in one part, an instalment plan in three. A bill that is never
paid is written off half a year after it was due.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crm_toolkit.world.events import AT_ONCE, NEVER_PAID
from crm_toolkit.world.record.book import Book, coded, days, keys, moments, money_column, says

Integers = NDArray[np.int64]
WRITTEN_OFF_DAYS = 180
_PARTS, _PART_DAYS = 3, 30
_NOON = np.timedelta64(12, "h")


def money(book: Book, complaints: pa.Table) -> dict[str, pa.Table]:
    """The tables ``payments`` and ``receivables``."""
    sales, scenario = book.sales, book.spec.scenario
    methods = list(scenario.lists["methods"])
    paying = np.flatnonzero(sales.amount > 0)
    method = book.of_sales("method", methods.index("card"))[paying]
    delay = book.of_sales("delay", AT_ONCE)[paying]
    instalment = methods.index("instalment") if "instalment" in methods else -9
    parts = np.where((method == instalment) & (delay != AT_ONCE), _PARTS, 1)
    order = np.repeat(np.arange(len(paying)), parts)
    part = np.arange(len(order)) - np.repeat(np.cumsum(parts) - parts, parts)
    amount = sales.amount[paying][order]
    share = amount // parts[order]
    due = np.where(part == parts[order] - 1, amount - share * (parts[order] - 1), share)
    ordered = book.sold_at[paying][order]
    late, at_once = delay[order], delay[order] == AT_ONCE
    wait = int(scenario["due_days"]) + _PART_DAYS * part
    due_on = ordered.astype("datetime64[D]") + np.where(at_once, 0, wait)
    paid_at = np.where(at_once, ordered, (due_on + np.maximum(late, 0)).astype("datetime64[s]") + _NOON)
    unpaid = (late == NEVER_PAID) | (paid_at >= book.calendar.end)
    bills = {
        "sale": paying[order], "kind": np.zeros(len(order), dtype=np.int64), "method": method[order],
        "due_on": due_on, "due": due, "paid_at": paid_at, "unpaid": unpaid,
        "customer": sales.customer[paying[order]], "at_once": at_once,
    }  # fmt: skip
    method_of = np.zeros(len(sales.key), dtype=np.int64)
    method_of[paying] = method
    refunds = _refunds(book, complaints, method_of)
    rows = {name: np.concatenate([values, refunds[name]]) for name, values in bills.items()}
    if len(refunds["sale"]):
        sorting = np.argsort(rows["sale"] * 2 + rows["kind"], kind="stable")
        rows = {name: values[sorting] for name, values in rows.items()}
    table = pa.table(
        {
            "payment_id": pa.array(keys(rows["customer"])),
            "order_id": pa.array(sales.key[rows["sale"]]),
            "customer_id": pa.array(rows["customer"]),
            "kind": coded(rows["kind"], ("payment", "refund")),
            "method": coded(rows["method"], methods),
            "due_on": days(rows["due_on"]),
            "due_amount": money_column(rows["due"]),
            "paid_at": moments(rows["paid_at"], rows["unpaid"]),
            "paid_amount": money_column(np.where(rows["unpaid"], 0, rows["due"])),
        }
    )
    return {"payments": table, "receivables": _receivables(book, bills, ordered)}


def _refunds(book: Book, complaints: pa.Table, method_of: Integers) -> dict[str, NDArray]:
    given = says(complaints, "remedy", "refund")
    order = complaints.column("order_id").to_numpy()[given]
    sale = np.searchsorted(book.sales.key, order)
    when = complaints.column("resolved_at").to_numpy(zero_copy_only=False)[given].astype("datetime64[s]")
    amount = np.rint(complaints.column("remedy_amount").to_numpy()[given] * 100).astype(np.int64)
    return {
        "sale": sale.astype(np.int64), "kind": np.ones(len(given), dtype=np.int64),
        "method": method_of[sale],
        "due_on": when.astype("datetime64[D]"), "due": -amount, "paid_at": when,
        "unpaid": np.zeros(len(given), dtype=bool), "customer": book.sales.customer[sale],
        "at_once": np.ones(len(given), dtype=bool),
    }  # fmt: skip


def _receivables(book: Book, bills: dict[str, NDArray], ordered: NDArray) -> pa.Table:
    """Debts at the end of each month: every open bill in every month, added up by customer."""
    calendar = book.calendar
    months, as_of = calendar.months, calendar.as_of()
    billed = np.flatnonzero(~bills["at_once"])
    customer, due, due_on = bills["customer"][billed], bills["due"][billed], bills["due_on"][billed]
    opened = calendar.month_of(ordered[billed])
    paid = np.where(bills["unpaid"][billed], len(months), calendar.month_of(bills["paid_at"][billed]))
    gone_on = due_on + np.timedelta64(WRITTEN_OFF_DAYS, "D")
    lost = np.minimum(calendar.month_of(gone_on), 10**6)
    lost = np.where(lost < paid, lost, 10**6)
    lost = np.where((lost < len(months)) & (gone_on <= as_of[np.minimum(lost, len(months) - 1)]), lost, 10**6)
    until = np.minimum(np.minimum(paid, lost + 1), len(months))
    spans = np.maximum(until - opened, 0)
    bill = np.repeat(np.arange(len(billed)), spans)
    month = np.arange(len(bill)) - np.repeat(np.cumsum(spans) - spans, spans) + opened[bill]
    writes = month == lost[bill]
    late = (as_of[month] - due_on[bill]).astype(np.int64)
    bucket = np.where(late <= 0, 0, np.minimum((late - 1) // 30 + 1, 4))
    value = due[bill]
    group = customer[bill] * np.int64(10_000) + month
    who, place = np.unique(group, return_inverse=True)

    def total(which: NDArray) -> Integers:
        return np.rint(np.bincount(place[which], weights=value[which], minlength=len(who))).astype(np.int64)

    parts = [total(~writes & (bucket == one)) for one in range(5)]
    names = ("not_due", "overdue_30", "overdue_60", "overdue_90", "overdue_older")
    return pa.table(
        {
            "customer_id": pa.array(who // 10_000),
            "month": days(months[who % 10_000]),
            "outstanding": money_column(sum(parts, np.zeros(len(who), dtype=np.int64))),
            **{name: money_column(part) for name, part in zip(names, parts, strict=True)},
            "written_off": money_column(total(writes)),
        }
    )
