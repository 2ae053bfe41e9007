"""The canonical purchases frame out of recognised columns: money, returns, orders, and what must be said.

One row is one line of an order. ``amount`` is the money of the line: the file's own, or quantity × price
rounded half to even to the minor unit. A return is negative.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake import aliases, limits, numbers
from crm_toolkit.intake.dates import Moments, read_dates
from crm_toolkit.intake.encoding import note_mojibake
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells, Grid, plain_text
from crm_toolkit.intake.ids import read_ids, texts
from crm_toolkit.intake.report import Report, report_of
from crm_toolkit.intake.status import cancelled_invoices, read_status
from crm_toolkit.schema import PURCHASES
from crm_toolkit.texts import format_money, join_names, say, say_count

_MONEY_FIELDS = ("quantity", "unit_price", "amount")


@dataclass(frozen=True)
class Hints:
    """What the user said about values, beside the names of columns."""

    decimal: str = ""
    day_first: bool | None = None
    timezone: str = ""
    currency: str = ""
    keep_cancelled: bool = False


def build_purchases(
    grid: Grid, fields: Mapping[str, Cells], hints: Hints, findings: Findings
) -> tuple[pd.DataFrame, Report]:
    """Read every column by its kind, refuse with all problems at once, compute money, note what is odd."""
    if not len(grid):
        raise findings.stop(
            "no_rows",
            say("There are no rows: the table is empty below its header (0 rows)."),
        )
    rows = grid.rows
    columns = {name: numbers.survey(name, fields[name]) for name in _MONEY_FIELDS if name in fields}
    numbers.decide(columns.values(), findings, rows, hints.decimal)
    currency = _currency(columns, fields, hints, findings)
    moments = read_dates(_with_time(fields), findings, rows, day_first=hints.day_first, timezone=hints.timezone)
    customers = read_ids(fields["customer_id"], "customer_id", findings, rows)
    orders = read_ids(fields["order_id"], "order_id", findings, rows) if "order_id" in fields else None
    items = _items(fields.get("item"), findings, len(grid))
    values = _money(columns, findings, rows)
    _refuse_blank_dates(fields["ordered_at"], moments, findings, rows)
    findings.stop_if_wrong()
    assert moments is not None
    quantity, price, amount = values
    cancelled = returned = np.zeros(len(grid), bool)
    if "status" in fields:
        cancelled, returned = read_status(fields["status"], findings, rows, keep_cancelled=hints.keep_cancelled)
    quantity, amount = _signs(quantity, price, amount, returned, findings, rows)
    keep = np.ones(len(grid), bool) if hints.keep_cancelled else ~cancelled
    if not keep.any():
        raise findings.stop("no_rows", say("There are no rows left: every line is marked as cancelled."))
    order_ids = _orders(orders, customers, moments, findings, rows)
    frame = pd.DataFrame(
        {
            "order_id": _pandas(order_ids),
            "customer_id": _pandas(customers),
            "ordered_at": pd.Series(moments.values.astype("datetime64[us]")),
            "item": _pandas(items),
            "quantity": quantity,
            "unit_price": price,
            "amount": amount,
        }
    )[list(PURCHASES.column_names)]
    if not keep.all():
        frame, rows = frame[keep].reset_index(drop=True), rows[keep]
        order_ids = order_ids.filter(pa.array(keep))
        customers = customers.filter(pa.array(keep))
    _note_oddities(frame, order_ids, customers, moments.has_times, findings, rows, "order_id" in fields)
    return frame, report_of(findings, fields, len(frame), _totals(frame, customers, order_ids), currency)


def _items(cells: Cells | None, findings: Findings, count: int) -> pa.ChunkedArray:
    if cells is None:
        findings.warn("no_items", say("There is no column with items; `item` is empty."))
        return pa.chunked_array([pa.nulls(count, pa.large_string())])
    if cells.native is not None and pa.types.is_integer(cells.native.type):
        return cells.native
    item = texts(cells)
    note_mojibake([value for value in item.unique().to_pylist()[:50_000] if value], findings)
    return item


def _with_time(fields: Mapping[str, Cells]) -> Cells:
    """The date column, joined with a separate column of times where the dates have none."""
    day, time = fields["ordered_at"], fields.get("time")
    if time is None or day.text is None or time.text is None:
        return day
    day_text = pc.replace_substring_regex(plain_text(day), r"[ T]00:00(:00)?$", "")
    if pc.any(pc.match_substring_regex(day_text, r"\d:\d\d"), min_count=0).as_py():
        return day
    time_text = pc.replace_substring_regex(plain_text(time), r"^(1899-12-3[01]|1900-01-0\d)[ T]", "")
    joined = pc.utf8_trim_whitespace(
        pc.binary_join_element_wise(day_text, time_text, pa.scalar(" ", pa.large_string()))
    )
    return replace(day, text=pc.if_else(pc.equal(day_text, ""), "", joined))


def _currency(
    columns: Mapping[str, numbers.NumberColumn], fields: Mapping[str, Cells], hints: Hints, findings: Findings
) -> str:
    found: set[str] = set()
    for column in columns.values():
        found |= column.currencies
        found.add(numbers.currency_code(aliases.without_unit(column.cells.header)[1]))
    if "currency" in fields:
        words = [word for word in plain_text(fields["currency"]).unique().to_pylist() if word]
        found |= {numbers.currency_code(word) or word.upper() for word in words}
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


def _money(
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
        hole = np.isnan(values) & blank & (columns[name].blank if columns[name].blank is not None else True)
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


def _refuse_blank_dates(cells: Cells, moments: Moments | None, findings: Findings, rows: np.ndarray) -> None:
    if moments is None or not moments.blank.any():
        return
    at = moments.blank
    findings.problem(
        "missing_date",
        say_count(
            "The date (“{column}”) is missing in {count} row: {where}.",
            "The date (“{column}”) is missing in {count} rows: {where}.",
            int(at.sum()),
            column=shown(cells.header),
            where=findings.where(rows[at]),
        ),
        advice=say("Fill the cells in, or delete these rows."),
        rows=rows[at],
        column=cells.header,
    )


def _signs(
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


def _codes(values: pa.ChunkedArray) -> np.ndarray:
    """A whole number for each different value; -1 for a missing one."""
    encoded = values.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    return pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _orders(
    orders: pa.ChunkedArray | None,
    customers: pa.ChunkedArray,
    moments: Moments,
    findings: Findings,
    rows: np.ndarray,
) -> pa.ChunkedArray:
    """The file's order numbers; without them, one order for each customer and moment."""
    if orders is not None:
        blank = pc.is_null(orders).to_numpy(zero_copy_only=False)
        if not blank.any():
            return orders
        findings.warn(
            "missing_orders",
            say_count(
                "{count} line has no order number and counts as an order of its own ({where}).",
                "{count} lines have no order number and count as orders of their own ({where}).",
                int(blank.sum()),
                where=findings.where(rows[blank]),
            ),
            rows=rows[blank],
        )
        own = pa.chunked_array([pa.array([f"row-{row}" for row in rows], pa.large_string())])
        return pc.if_else(pc.is_null(orders), own, orders.cast(pa.large_string()))
    who = _codes(customers)
    alone = who < 0
    moment = moments.values.astype("datetime64[us]").astype(np.int64)
    key = pd.MultiIndex.from_arrays([np.where(alone, -1 - np.arange(len(who)), who), moment])
    numbers_, _ = pd.factorize(key)
    findings.warn(
        "no_orders",
        say("There is no column with order numbers: lines of one customer at one time make one order.")
        if moments.has_times
        else say("There is no column with order numbers: lines of one customer on one day make one order."),
    )
    return pc.cast(pa.chunked_array([pa.array(numbers_ + 1)]), pa.large_string())


def _note_oddities(
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
        _note_shared_orders(frame, orders, customers, findings)


def _count(findings: Findings, code: str, mask: np.ndarray, rows: np.ndarray, sentence: str) -> None:
    findings.counts[code] = int(mask.sum())
    if mask.any():
        findings.warn(code, sentence, rows=rows[mask])


def _repeated(frame: pd.DataFrame, orders: pa.ChunkedArray, customers: pa.ChunkedArray) -> np.ndarray:
    mixed = np.zeros(len(frame), np.uint64)
    item = frame["item"]
    parts = [
        _codes(orders),
        _codes(customers),
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


def _note_shared_orders(
    frame: pd.DataFrame, orders: pa.ChunkedArray, customers: pa.ChunkedArray, findings: Findings
) -> None:
    order, who = _codes(orders), _codes(customers)
    known = who >= 0
    pairs = pd.DataFrame({"order": order[known], "who": who[known]}).drop_duplicates()
    shared = pairs["order"].duplicated()
    if shared.any():
        count = int(pairs.loc[shared, "order"].nunique())
        at = int(np.flatnonzero(order == int(pairs.loc[shared, "order"].iloc[0]))[0])
        findings.counts["orders_of_several_customers"] = count
        findings.warn(
            "orders_of_several_customers",
            say_count(
                "{count} order number belongs to several customers, such as {example}; it is kept.",
                "{count} order numbers belong to several customers, such as {example}; they are kept.",
                count,
                example=shown(frame["order_id"].iloc[at]),
            ),
        )
    days = frame["ordered_at"].to_numpy().astype("datetime64[D]").astype(np.int64)
    pairs = pd.DataFrame({"order": order, "day": days}).drop_duplicates()
    shared = pairs["order"].duplicated()
    if shared.any():
        count = int(pairs.loc[shared, "order"].nunique())
        at = int(np.flatnonzero(order == int(pairs.loc[shared, "order"].iloc[0]))[0])
        findings.counts["orders_on_several_days"] = count
        findings.warn(
            "orders_on_several_days",
            say_count(
                "{count} order number stands on several days, such as {example}; it is kept.",
                "{count} order numbers stand on several days, such as {example}; they are kept.",
                count,
                example=shown(frame["order_id"].iloc[at]),
            ),
        )


def _totals(frame: pd.DataFrame, customers: pa.ChunkedArray, orders: pa.ChunkedArray) -> dict[str, object]:
    cents = int(np.rint(frame["amount"].to_numpy() * 100).astype(np.int64).sum())
    return {
        "amount": cents / 100,
        "customers": int(pc.count_distinct(customers, mode="only_valid").as_py()),
        "orders": int(pc.count_distinct(orders, mode="only_valid").as_py()),
        "first": frame["ordered_at"].min().date(),
        "last": frame["ordered_at"].max().date(),
    }


def _pandas(values: pa.ChunkedArray) -> pd.Series:
    """A pandas column: text as pandas' own text, integers with gaps as Int64."""
    if pa.types.is_integer(values.type):
        return values.to_pandas() if not values.null_count else values.to_pandas(types_mapper=_NULLABLE.get)
    return values.to_pandas()


_NULLABLE = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}
