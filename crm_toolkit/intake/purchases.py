"""The canonical purchases frame out of recognised columns.

One row is one line of an order. ``amount`` is the money of the line: the file's own, or quantity × price
rounded half to even to the minor unit. A return is negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake import numbers
from crm_toolkit.intake.dates import Moments, read_dates
from crm_toolkit.intake.doubts import ask_about_amounts, total_rows
from crm_toolkit.intake.encoding import note_mojibake
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells, Grid, plain_text
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.ids import read_ids, texts
from crm_toolkit.intake.money import currency_of, money_of, signed
from crm_toolkit.intake.oddities import note_oddities
from crm_toolkit.intake.orders import groups_of, orders_of
from crm_toolkit.intake.report import Report, report_of
from crm_toolkit.intake.status import read_status
from crm_toolkit.schema import PURCHASES
from crm_toolkit.texts import say, say_count

_MONEY_FIELDS = ("quantity", "unit_price", "amount")


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
    currency = currency_of(columns, fields, hints, findings)
    moments = read_dates(moment_cells(fields), findings, rows, day_first=hints.day_first, timezone=hints.timezone)
    customers = read_ids(fields["customer_id"], "customer_id", findings, rows)
    orders = read_ids(fields["order_id"], "order_id", findings, rows) if "order_id" in fields else None
    items = _items(fields.get("item"), findings, len(grid))
    values = money_of(columns, findings, rows)
    if "amount" in columns:
        ask_about_amounts(columns, groups_of(orders, customers, moments), findings, rows)
    refuse_blank_dates(fields["ordered_at"], moments, findings, rows)
    findings.stop_if_wrong()
    assert moments is not None
    quantity, price, amount = values
    left_out, returned = read_status(fields, findings, rows, keep_cancelled=hints.keep_cancelled)
    quantity, amount = signed(quantity, price, amount, returned, findings, rows)
    keep = ~(left_out | total_rows(customers, orders, amount, findings, rows))
    if not keep.any():
        raise findings.stop(
            "no_rows", say("There are no rows left: every line is marked as cancelled or as no purchase.")
        )
    order_ids = orders_of(orders, customers, moments, findings, rows)
    frame = pd.DataFrame(
        {
            "order_id": pandas_column(order_ids),
            "customer_id": pandas_column(customers),
            "ordered_at": pd.Series(moments.values.astype("datetime64[us]")),
            "item": pandas_column(items),
            "quantity": quantity,
            "unit_price": price,
            "amount": amount,
        }
    )[list(PURCHASES.column_names)]
    if not keep.all():
        frame, rows = frame[keep].reset_index(drop=True), rows[keep]
        order_ids = order_ids.filter(pa.array(keep))
        customers = customers.filter(pa.array(keep))
    note_oddities(frame, order_ids, customers, moments.has_times, findings, rows, "order_id" in fields)
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


def moment_cells(fields: Mapping[str, Cells], name: str = "ordered_at") -> Cells:
    """The date column, joined with a separate column of times where the dates have none."""
    day, time = fields[name], fields.get("time")
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


def refuse_blank_dates(cells: Cells, moments: Moments | None, findings: Findings, rows: np.ndarray) -> None:
    """A problem for rows without a date."""
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


def _totals(frame: pd.DataFrame, customers: pa.ChunkedArray, orders: pa.ChunkedArray) -> dict[str, object]:
    cents = int(np.rint(frame["amount"].to_numpy() * 100).astype(np.int64).sum())
    return {
        "amount": cents / 100,
        "customers": int(pc.count_distinct(customers, mode="only_valid").as_py()),
        "orders": int(pc.count_distinct(orders, mode="only_valid").as_py()),
        "first": frame["ordered_at"].min().date(),
        "last": frame["ordered_at"].max().date(),
    }


def pandas_column(values: pa.ChunkedArray) -> pd.Series:
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
