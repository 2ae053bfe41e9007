"""Quantity, price and amount of every line, from whichever of them the file has; returns are negative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crm_toolkit.intake import aliases, limits, numbers
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells, plain_text
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.spelling import currency_code
from crm_toolkit.texts import format_money, join_names, say, say_count


def currency_of(
    columns: Mapping[str, numbers.NumberColumn], fields: Mapping[str, Cells], hints: Hints, findings: Findings
) -> str:
    found: set[str] = set()
    for column in columns.values():
        found |= column.currencies
        found.add(currency_code(aliases.without_unit(column.cells.header)[1]))
    if "currency" in fields:
        words = [word for word in plain_text(fields["currency"]).unique().to_pylist() if word]
        found |= {currency_code(word) or word.upper() for word in words}
    found.discard("")
    if hints.currency:
        return hints.currency
    if len(found) > 1:
        findings.problem(
            "mixed_currencies",
            say(
                "The money is in several currencies: {names}; amounts in them can't be added.",
                names=join_names(sorted(found)),
            ),
            advice=say("Convert it to one currency, or say that it is one: currency='{code}'.", code=sorted(found)[0]),
        )
        return ""
    if found:
        findings.fact(say("Currency"), next(iter(found)))
    return next(iter(found), "")


def money_of(
    columns: Mapping[str, numbers.NumberColumn], findings: Findings, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quantity, price and amount of each line, from whichever of them the file has."""
    count = len(rows)
    given = {name: column.values for name, column in columns.items() if column.values is not None}
    if len(given) < len(columns):
        return np.empty(0), np.empty(0), np.empty(0)
    for name, values in given.items():
        limit = limits.QUANTITY if name == "quantity" else limits.MONEY
        far = np.abs(values) > limit
        if far.any():
            findings.problem(
                "too_large_number",
                say(
                    "“{column}” is too large to be true in {where}; the largest {field} believed is {limit}.",
                    column=shown(columns[name].cells.header),
                    where=findings.where(rows[far]),
                    field=name,
                    limit=f"{limit:.0e}".replace("e+0", "e").replace("e+", "e"),
                ),
                rows=rows[far],
                column=columns[name].cells.header,
            )
            given[name] = np.where(far, np.nan, values)
    quantity = given.get("quantity", np.full(count, np.nan)).copy()
    price = given.get("unit_price", np.full(count, np.nan)).copy()
    amount = given.get("amount", np.full(count, np.nan)).copy()
    if "quantity" not in given:
        findings.warn("no_quantity", say("There is no column with quantities: each line counts as one piece."))
        quantity[:] = 1.0
    if "amount" in given and "unit_price" in given and "quantity" in given:
        _compare(quantity, price, amount, columns["amount"], findings, rows)
    product = to_minor_unit(quantity * price)
    if "amount" not in given:
        _note_rounding(quantity * price, product, findings)
        amount = product
    else:
        exact = amount.copy()
        amount = to_minor_unit(amount)
        _note_rounding(exact, amount, findings)
        filled = np.isnan(amount) & ~np.isnan(product)
        if filled.any():
            amount[filled] = product[filled]
            findings.warn(
                "amount_computed",
                say_count(
                    "The amount was empty in {count} line and computed as quantity × price ({where}).",
                    "The amount was empty in {count} lines and computed as quantity × price ({where}).",
                    int(filled.sum()),
                    where=findings.where(rows[filled]),
                ),
                rows=rows[filled],
            )
        unknown = np.isnan(quantity) & ~np.isnan(amount)
        if unknown.any():
            quantity[unknown] = 1.0
            findings.warn(
                "quantity_assumed",
                say_count(
                    "The quantity was empty in {count} line and counts as one piece ({where}).",
                    "The quantity was empty in {count} lines and counts as one piece ({where}).",
                    int(unknown.sum()),
                    where=findings.where(rows[unknown]),
                ),
                rows=rows[unknown],
            )
        with np.errstate(divide="ignore", invalid="ignore"):
            computed = np.where(quantity != 0, to_minor_unit(np.abs(amount / quantity)), np.abs(amount))
        if "unit_price" not in given:
            findings.warn(
                "no_price", say("There is no column with prices: the price is the amount divided by the quantity.")
            )
        price = np.where(np.isnan(price), computed, price)
    needed = [name for name in ("quantity", "unit_price", "amount") if name in given]
    blank = np.isnan(amount)
    for name in needed:
        values = given[name]
        hole, left_empty = np.isnan(values) & blank, columns[name].blank
        if left_empty is not None:
            hole &= left_empty
        if hole.any():
            findings.problem(
                "missing_value",
                say_count(
                    "“{column}” is empty in {count} row ({where}); a missing value can't be guessed.",
                    "“{column}” is empty in {count} rows ({where}); missing values can't be guessed.",
                    int(hole.sum()),
                    column=shown(columns[name].cells.header),
                    where=findings.where(rows[hole]),
                ),
                advice=say("Fill the cells in, or delete these rows."),
                rows=rows[hole],
                column=columns[name].cells.header,
            )
    return quantity, price, amount


def to_minor_unit(values: np.ndarray) -> np.ndarray:
    """Money rounded half to even to hundredths; binary noise is smoothed first.

    >>> to_minor_unit(np.array([2117.865, 1375.155])).tolist()
    [2117.86, 1375.16]
    """
    return np.rint(np.round(values * 100.0, 6)) / 100.0 + 0.0


def _note_rounding(exact: np.ndarray, rounded: np.ndarray, findings: Findings) -> None:
    changed = np.abs(exact - rounded) > 1e-6
    if changed.any():
        findings.warn(
            "rounded",
            say_count(
                "{count} amount was rounded to the minor unit; unrounded, the sum is {total}.",
                "{count} amounts were rounded to the minor unit; unrounded, the sum is {total}.",
                int(changed.sum()),
                total=format_money(float(np.nansum(exact)), "", 4),
            ),
        )


def _compare(
    quantity: np.ndarray,
    price: np.ndarray,
    amount: np.ndarray,
    column: numbers.NumberColumn,
    findings: Findings,
    rows: np.ndarray,
) -> None:
    off = np.abs(quantity * price - amount) > 0.0051 + 0.005 * np.abs(quantity)
    if off.any():
        findings.counts["amount_differs"] = int(off.sum())
        findings.warn(
            "amount_differs",
            say_count(
                "In {count} line the amount is not quantity × price, perhaps because of a discount; the amount of the "
                "file is kept ({where}).",
                "In {count} lines the amount is not quantity × price, perhaps because of discounts; the amounts of the "
                "file are kept ({where}).",
                int(off.sum()),
                where=findings.where(rows[off]),
            ),
            rows=rows[off],
            column=column.cells.header,
        )


def signed(
    quantity: np.ndarray,
    price: np.ndarray,
    amount: np.ndarray,
    returned: np.ndarray,
    findings: Findings,
    rows: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns are negative, whether the file says so by a sign or by a word."""
    turned = returned & (amount > 0)
    if turned.any():
        amount, quantity = np.where(turned, -amount, amount), np.where(turned, -np.abs(quantity), quantity)
        findings.warn(
            "returns_turned",
            say_count(
                "{count} line is marked as a return and was made negative ({where}).",
                "{count} lines are marked as returns and were made negative ({where}).",
                int(turned.sum()),
                where=findings.where(rows[turned]),
            ),
            rows=rows[turned],
        )
    unlike = (quantity < 0) & (amount > 0) & (price >= 0)
    if unlike.any():
        amount = np.where(unlike, -amount, amount)
        findings.warn(
            "sign_of_amount",
            say_count(
                "{count} line has a negative quantity and a positive amount; the amount was made negative ({where}).",
                "{count} lines have a negative quantity and a positive amount; the amounts were made negative "
                "({where}).",
                int(unlike.sum()),
                where=findings.where(rows[unlike]),
            ),
            rows=rows[unlike],
        )
    return quantity, amount
