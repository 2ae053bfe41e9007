"""Sums of money that may be something else: totals of orders on every line, pieces called amount, rows of totals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.aliases import squeezed, without_unit
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import is_text
from crm_toolkit.intake.numbers import NumberColumn
from crm_toolkit.texts import format_money, say, say_count

_OF_ORDERS = frozenset(
    squeezed(name)
    for name in (
        "order total", "order amount", "order value", "order sum", "basket value", "invoice total", "receipt total",
        "сумма заказа", "сумма чека", "сумма документа", "сумма сделки", "сумма накладной", "сумма счёта",
    )
)  # fmt: skip
_SEEN_OFTEN = 3
_TOTAL = (
    r"(?i)^(?:(?:общий|промежуточный)\s+)?(?:итого?|всего|подытог|среднее|grand total|sub-?total|total|average)"
    r"(?:\s+(?:за|по|for|of)\s.+)?\s*[:.]?$"
)


def ask_about_amounts(
    columns: Mapping[str, NumberColumn], groups: np.ndarray, findings: Findings, rows: np.ndarray
) -> None:
    """Ask where the amount may be the total of an order or a number of pieces, unless the user named the column."""
    column = columns.get("amount")
    if column is None or column.values is None or "amount" in findings.said:
        return
    price = columns.get("unit_price")
    if price is not None and price.values is not None and "quantity" not in columns:
        _ask_about_pieces(column, price, findings, rows)
    _ask_about_totals(columns, column, column.values, groups, findings, rows)


def _ask_about_pieces(amount: NumberColumn, price: NumberColumn, findings: Findings, rows: np.ndarray) -> None:
    assert amount.values is not None
    assert price.values is not None
    off = np.abs(np.abs(amount.values) - np.abs(price.values)) > 0.0051
    if not off.any():
        return
    findings.problem(
        "amount_or_pieces",
        say_count(
            "“{amount}” is not “{price}” in {count} line ({where}), and no column says how many pieces were sold.",
            "“{amount}” is not “{price}” in {count} lines ({where}), and no column says how many pieces were sold.",
            int(off.sum()),
            amount=shown(amount.cells.header),
            price=shown(price.cells.header),
            where=findings.where(rows[off]),
        ),
        advice=say(
            "If “{amount}” is the number of pieces, say quantity='{amount}'; if it is the money of the line, say "
            "amount='{amount}'.",
            amount=shown(amount.cells.header),
        ),
        rows=rows[off],
        column=amount.cells.header,
    )


def _ask_about_totals(
    columns: Mapping[str, NumberColumn],
    column: NumberColumn,
    amount: np.ndarray,
    groups: np.ndarray,
    findings: Findings,
    rows: np.ndarray,
) -> None:
    """One sum on all lines of an order is its total, if the header says so or quantity × price adds up to it."""
    orders = pd.DataFrame({"amount": amount, "product": _products(columns, len(rows))})[groups >= 0].groupby(
        groups[groups >= 0], sort=False
    )
    low, high, lines = orders["amount"].min(), orders["amount"].max(), orders["amount"].size()
    several = (lines > 1) & (high.abs() > 0.005)
    same = several & ((high - low) < 0.005)
    if not same.any():
        return
    adds_up = same & ((orders["product"].sum(min_count=1) - high).abs() <= 0.0051 * lines)
    named = squeezed(without_unit(column.cells.header)[0]) in _OF_ORDERS
    by_name = named and same.sum() == several.sum()
    if by_name or 2 * adds_up.sum() >= several.sum():
        example = rows[groups == int(same.index.to_numpy()[same.to_numpy().argmax()])]
        findings.problem(
            "total_of_order",
            say(
                "“{column}” holds the same sum on every line of an order (such as {where}): it looks like the total of "
                "the order, and adding it up would count it several times.",
                column=shown(column.cells.header),
                where=findings.where(example),
            ),
            advice=say(
                "Leave quantity and price and delete the column, or keep one line for each order; if it is the money "
                "of each line, say amount='{column}'.",
                column=shown(column.cells.header),
            ),
            rows=example,
            column=column.cells.header,
        )
    elif same.sum() == several.sum() >= _SEEN_OFTEN and high[same].nunique() > 1 and "unit_price" not in columns:
        findings.warn(
            "total_of_order_perhaps",
            say(
                "In every order of several lines “{column}” is the same on each line: if it is the total of the order, "
                "it is counted several times.",
                column=shown(column.cells.header),
            ),
            column=column.cells.header,
        )


def _products(columns: Mapping[str, NumberColumn], count: int) -> np.ndarray:
    quantity, price = columns.get("quantity"), columns.get("unit_price")
    if quantity is None or price is None or quantity.values is None or price.values is None:
        return np.full(count, np.nan)
    return quantity.values * price.values


def total_rows(
    customers: pa.ChunkedArray,
    orders: pa.ChunkedArray | None,
    amount: np.ndarray,
    findings: Findings,
    rows: np.ndarray,
) -> np.ndarray:
    """Rows named like totals: left out where the sum above proves it, named in a warning otherwise."""
    named = np.zeros(len(rows), bool)
    for ids in (customers, orders):
        if ids is not None and is_text(ids.type):
            found = pc.fill_null(pc.match_substring_regex(ids, _TOTAL), False)
            named |= found.to_numpy(zero_copy_only=False)
    if not named.any():
        return named
    above = np.cumsum(np.where(named, 0.0, amount))
    proved = np.zeros(len(rows), bool)
    before = 0.0
    for row in np.flatnonzero(named):
        proved[row] = any(abs(amount[row] - total) < 0.0051 for total in (above[row], above[row] - before)) and row > 0
        before = above[row]
    if proved.any():
        findings.drop(
            "total", say_count("{count} row of totals", "{count} rows of totals", int(proved.sum())), rows[proved]
        )
    rest = named & ~proved
    if rest.any():
        findings.counts["perhaps_totals"] = int(rest.sum())
        findings.warn(
            "perhaps_totals",
            say_count(
                "{count} row is named like a total and counts as a sale, {money} ({where}); if it is a total, delete "
                "it.",
                "{count} rows are named like totals and count as sales, {money} ({where}); if they are totals, delete "
                "them.",
                int(rest.sum()),
                money=format_money(float(amount[rest].sum())),
                where=findings.where(rows[rest]),
            ),
            rows=rows[rest],
        )
    return proved
