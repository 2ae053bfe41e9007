"""Rows of the database as frames of the contract: money in currency units, times as times, yes and no as such."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import Column
from crm_toolkit.store import bulk
from crm_toolkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

_RAW = {"id": pa.int64(), "integer": pa.int64(), "flag": pa.int64(), "money": pa.int64(), "number": pa.float64()}
_CHUNK = 50_000
FEW = 2_000  # rows that are read one by one sooner than column by column


def arrow(
    connection: sa.Connection, wanted: sa.Select, columns: Sequence[tuple[Column, str]], *, few: bool = False
) -> pa.Table:
    """The rows of a select as an Arrow table.

    Parameters
    ----------
    connection : Connection
        A transaction that reads.
    wanted : Select
        As `Rights.readable` makes it, narrowed or not; its columns in the order of ``columns``.
    columns : sequence of (Column, rule)
        What the columns are, and whether they are masked; a masked column is text.
    few : bool
        Whether only some rows are expected: then they are read row by row, which begins sooner. The table is the same.

    Returns
    -------
    Table
        Columns named as in the contract; money in currency units, dates and times as timestamps of seconds.
    """
    raw = [pa.string() if rule == "masked" else _RAW.get(column.kind, pa.string()) for column, rule in columns]
    try:
        whole = None if few or not columns else bulk.columns(connection, wanted, raw)
        if whole is None:
            whole = _row_by_row(connection, wanted, raw)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        what = say("A text stands where a number has to, or the other way round: the database is damaged.")
        raise InputError(say("The database does not answer."), [
            Problem("damaged", what, advice=say("Take the last copy of the file."))
        ]) from None  # fmt: skip
    return pa.table(
        {
            column.name: value if rule == "masked" else typed(value, column)
            for value, (column, rule) in zip(whole, columns, strict=True)
        }
    )


def _row_by_row(connection: sa.Connection, wanted: sa.Select, raw: Sequence[pa.DataType]) -> list[pa.ChunkedArray]:
    result = connection.execution_options(stream_results=True).execute(wanted)
    pieces: list[list[pa.Array]] = [[] for _ in raw]
    for rows in result.partitions(_CHUNK):
        for place, values in enumerate(zip(*rows, strict=True)):
            pieces[place].append(pa.array(values, type=raw[place]))
    return [pa.chunked_array(piece, type=kind) for piece, kind in zip(pieces, raw, strict=True)]


def typed(values: pa.Array | pa.ChunkedArray, column: Column) -> pa.Array | pa.ChunkedArray:
    """Values as the database keeps them, as what they mean.

    Raises
    ------
    InputError
        If they can't mean that: the file is damaged.
    """
    try:
        return _meant(values, column)
    except pa.ArrowInvalid:
        what = say("The column `{column}` holds something that is no {kind}: the database is damaged.",
                   column=column.name, kind=f"`{column.kind}`")  # fmt: skip
        raise InputError(say("The database does not answer."), [
            Problem("damaged", what, advice=say("Take the last copy of the file."), column=column.name)
        ]) from None  # fmt: skip


def _meant(values: pa.Array | pa.ChunkedArray, column: Column) -> pa.Array | pa.ChunkedArray:
    if column.kind == "money":
        return pc.divide(values.cast(pa.float64()), 100.0)
    if column.kind == "flag":
        return values.cast(pa.bool_())
    if column.kind in ("datetime", "date"):
        return values.cast(pa.timestamp("s"))
    return values


def frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a pandas frame; whole numbers stay whole where some are missing."""
    import pandas as pd

    made = table.to_pandas(date_as_object=False)
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if table.column(name).null_count and pa.types.is_integer(kind):
            column = table.column(name)
            made[name] = pd.arrays.IntegerArray(
                column.fill_null(0).to_numpy().copy(), column.is_null().to_numpy().copy()
            )
        elif table.column(name).null_count and pa.types.is_boolean(kind):
            made[name] = table.column(name).to_pandas().astype("boolean")
    return made
