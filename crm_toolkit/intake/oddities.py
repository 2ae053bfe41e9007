"""What is odd in purchases that were read: said with counts and rows, and never mended in silence."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa

from crm_toolkit.intake.findings import Findings
from crm_toolkit.intake.orders import codes_of, note_shared_orders
from crm_toolkit.intake.status import cancelled_invoices
from crm_toolkit.texts import format_money, say_count


def note_oddities(
    frame: pd.DataFrame,
    orders: pa.ChunkedArray,
    customers: pa.ChunkedArray,
    has_times: bool,
    findings: Findings,
    rows: np.ndarray,
    numbered: bool,
) -> None:
    quantity, amount = frame["quantity"].to_numpy(), frame["amount"].to_numpy()
    missing = frame["customer_id"].isna().to_numpy()
    _count(
        findings,
        "missing_customers",
        missing,
        rows,
        say_count(
            "{count} line has no customer (missing, anonymous); it is kept ({where}).",
            "{count} lines have no customer (missing, anonymous); they are kept ({where}).",
            int(missing.sum()),
            where=findings.where(rows[missing]),
        ),
    )
    returns = (quantity < 0) | (amount < 0)
    _count(
        findings,
        "returns",
        returns,
        rows,
        say_count(
            "{count} line is a return (negative), {money} in all ({where}).",
            "{count} lines are returns (negative), {money} in all ({where}).",
            int(returns.sum()),
            money=format_money(float(amount[returns].sum())),
            where=findings.where(rows[returns]),
        ),
    )
    negative_price = frame["unit_price"].to_numpy() < 0
    _count(
        findings,
        "negative_prices",
        negative_price,
        rows,
        say_count(
            "{count} line has a negative price; it is kept ({where}).",
            "{count} lines have a negative price; they are kept ({where}).",
            int(negative_price.sum()),
            where=findings.where(rows[negative_price]),
        ),
    )
    marked = cancelled_invoices(orders)
    _count(
        findings,
        "cancelled_invoices",
        marked,
        rows,
        say_count(
            "{count} line belongs to a cancelled invoice (its number begins with C); it is kept ({where}).",
            "{count} lines belong to cancelled invoices (their numbers begin with C); they are kept ({where}).",
            int(marked.sum()),
            where=findings.where(rows[marked]),
        ),
    )
    positive = marked & (amount > 0)
    _count(
        findings,
        "positive_cancelled_invoices",
        positive,
        rows,
        say_count(
            "{count} line of a cancelled invoice is positive and counts as a sale, {money} ({where}).",
            "{count} lines of cancelled invoices are positive and count as sales, {money} ({where}).",
            int(positive.sum()),
            money=format_money(float(amount[positive].sum())),
            where=findings.where(rows[positive]),
        ),
    )
    zero = (quantity == 0) | (amount == 0)
    _count(
        findings,
        "zero_lines",
        zero,
        rows,
        say_count(
            "{count} line has zero quantity or zero amount (a gift?); it is kept ({where}).",
            "{count} lines have zero quantity or zero amount (gifts?); they are kept ({where}).",
            int(zero.sum()),
            where=findings.where(rows[zero]),
        ),
    )
    twice = _repeated(frame, orders, customers)
    _count(
        findings,
        "duplicates",
        twice,
        rows,
        say_count(
            "{count} line repeats an earlier one exactly (duplicate); it is kept ({where}).",
            "{count} lines repeat earlier ones exactly (duplicates); they are kept ({where}).",
            int(twice.sum()),
            where=findings.where(rows[twice]),
        ),
    )
    _note_odd_dates(frame, findings, rows)
    if numbered:
        note_shared_orders(frame, orders, customers, findings)


def _count(findings: Findings, code: str, mask: np.ndarray, rows: np.ndarray, sentence: str) -> None:
    findings.counts[code] = int(mask.sum())
    if mask.any():
        findings.warn(code, sentence, rows=rows[mask])


def _repeated(frame: pd.DataFrame, orders: pa.ChunkedArray, customers: pa.ChunkedArray) -> np.ndarray:
    mixed = np.zeros(len(frame), np.uint64)
    item = frame["item"]
    parts = [
        codes_of(orders),
        codes_of(customers),
        frame["ordered_at"].to_numpy().astype(np.int64),
        pd.factorize(item)[0],
        frame["quantity"].to_numpy().view(np.int64),
        frame["amount"].to_numpy().view(np.int64),
    ]
    for part in parts:
        mixed = (mixed ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    likely = pd.Series(mixed).duplicated(keep=False).to_numpy()
    if not likely.any():
        return likely
    result = np.zeros(len(frame), bool)
    result[likely] = frame[likely].duplicated().to_numpy()
    return result


def _note_odd_dates(frame: pd.DataFrame, findings: Findings, rows: np.ndarray) -> None:
    moments = frame["ordered_at"].to_numpy()
    old = moments < np.datetime64("1970-01-02")
    _count(
        findings,
        "old_dates",
        old,
        rows,
        say_count(
            "{count} date is suspiciously early, such as {example}: a placeholder for a missing date (1900, 1970)? "
            "It is kept ({where}).",
            "{count} dates are suspiciously early, such as {example}: placeholders for missing dates (1900, 1970)? "
            "They are kept ({where}).",
            int(old.sum()),
            example=str(moments[old][0])[:10] if old.any() else "",
            where=findings.where(rows[old]),
        ),
    )
    future = moments >= np.datetime64(dt.date.today() + dt.timedelta(days=2), "us")
    _count(
        findings,
        "future_dates",
        future,
        rows,
        say_count(
            "{count} date lies in the future (later than today), such as {example}; it is kept ({where}).",
            "{count} dates lie in the future (later than today), such as {example}; they are kept ({where}).",
            int(future.sum()),
            example=str(moments[future][0])[:10] if future.any() else "",
            where=findings.where(rows[future]),
        ),
    )
