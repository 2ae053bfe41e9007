"""Large results, column by column instead of row by row.

A driver that hands over a million rows makes a Python object of every cell, which costs more than everything the
database does. SQLite therefore puts each column together itself, as one JSON list (fractions as a block of doubles,
since digits would round them), and whole columns are taken apart again by arithmetic on its bytes: where the quotation
marks stand tells how long each text is and how many gaps lie before it. PostgreSQL sends the rows as CSV, which Arrow
reads. The result is the same as row by row, to the last bit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

_QUOTE, _COMMA, _N = ord('"'), ord(","), ord("n")
_NULL = len("null,")


class _Collected(list):
    """An aggregate for SQLite that hands fractions over as they are, without writing them out as digits."""

    step = list.append

    def finalize(self) -> bytes:
        return np.array(self, dtype=np.float64).tobytes()


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection of SQLite what `columns` asks of it."""
    connection.create_aggregate("collected", 1, _Collected)  # type: ignore[arg-type]


def columns(
    connection: sa.Connection, wanted: sa.Select, kinds: Sequence[pa.DataType]
) -> list[pa.Array | pa.ChunkedArray] | None:
    """The columns of a select as the database keeps them; nothing where only row by row will do.

    Parameters
    ----------
    connection : Connection
        A transaction that reads.
    wanted : Select
        Of any size and order.
    kinds : sequence of DataType
        What each column is: ``int64``, ``float64`` or ``string``.
    """
    if connection.dialect.name == "postgresql":
        return _copied(connection, wanted, kinds)
    rows = wanted.subquery("rows")
    asked = [
        sa.func.collected(cell)
        if pa.types.is_floating(kind)
        else sa.cast(sa.func.json_group_array(cell), sa.LargeBinary)
        for cell, kind in zip(rows.c, kinds, strict=True)
    ]
    try:
        count, *found = connection.execute(sa.select(sa.func.count(), *asked).select_from(rows)).one()
    except sa.exc.DBAPIError as error:
        if any(
            sign in str(error.orig) for sign in ("too big", "no such function")
        ):  # a gigabyte; a SQLite without JSON
            return None
        raise
    return [taken_apart(value, count, kind) for value, kind in zip(found, kinds, strict=True)]


def taken_apart(value: bytes, count: int, kind: pa.DataType) -> pa.Array:
    """A column out of what SQLite put together.

    Parameters
    ----------
    value : bytes
        A JSON list of whole numbers or texts with gaps, or a block of doubles with NaN for gaps.
    count : int
        How many rows there are.
    kind : DataType
        ``int64``, ``float64`` or ``string``.

    Examples
    --------
    >>> taken_apart(b'["a",null,"b, c"]', 3, pa.string()).to_pylist()
    ['a', None, 'b, c']
    >>> taken_apart(b"[7,null,-1]", 3, pa.int64()).to_pylist()
    [7, None, -1]
    """
    if not count:
        return pa.array([], kind)
    if pa.types.is_floating(kind):
        return pa.array(np.frombuffer(value, dtype=np.float64), from_pandas=True)
    if pa.types.is_integer(kind):
        return _numbers(np.frombuffer(value, dtype=np.uint8)[1:-1], count)
    if not value.isascii():
        value.decode()  # a damaged file may hold what is no text: better now than on somebody's screen
    if b"\\" in value:  # quotation marks or ends of lines inside a text
        return pa.array(json.loads(value), pa.string())
    return _texts(np.frombuffer(value, dtype=np.uint8), count)


def _numbers(digits: np.ndarray, count: int) -> pa.Array:
    commas = np.flatnonzero(digits == _COMMA)
    if len(commas) + 1 != count:
        raise pa.ArrowInvalid("no list of numbers")
    starts = np.concatenate([[0], commas + 1])
    ends = np.append(commas, len(digits))
    written = _strings(digits[digits != _COMMA], ends - starts, digits[starts] != _N)
    return written.cast(pa.int64())


def _texts(written: np.ndarray, count: int) -> pa.Array:
    is_quote = written == _QUOTE
    quotes = np.flatnonzero(is_quote)
    starts, ends = quotes[0::2] + 1, quotes[1::2]
    lengths = ends - starts
    between = np.diff(starts) - lengths[:-1] - 3  # over `","` stands five times the number of gaps
    if not len(starts):
        if len(written) != _NULL * count + 1:
            raise pa.ArrowInvalid("no list of texts")
        return pa.nulls(count, pa.string())
    places = np.concatenate([[0], np.cumsum(between // _NULL + 1)]) + (starts[0] - 2) // _NULL
    after = len(written) - ends[-1] - 2  # `,null` for every gap at the end
    if (between % _NULL).any() or (starts[0] - 2) % _NULL or after % _NULL or places[-1] + after // _NULL + 1 != count:
        raise pa.ArrowInvalid("no list of texts")
    there = np.zeros(count, dtype=bool)
    there[places] = True
    width = int(lengths[0])
    if len(starts) == count and (lengths == width).all():  # moments, days, codes of one length
        kept = written[1:].reshape(count, width + 3)[:, 1 : width + 1].ravel()
        return _strings(kept, lengths, there)
    all_lengths = np.zeros(count, dtype=np.int64)
    all_lengths[places] = lengths
    inside = np.logical_xor.accumulate(is_quote) & ~is_quote
    return _strings(written[inside], all_lengths, there)


def _strings(data: np.ndarray, lengths: np.ndarray, there: np.ndarray) -> pa.Array:
    """Texts that lie one after another."""
    ends = np.concatenate([[0], np.cumsum(lengths)])
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    kind, offset = (pa.string(), np.int32) if ends[-1] < 2**31 else (pa.large_string(), np.int64)
    return pa.Array.from_buffers(
        kind, len(lengths), [valid, pa.py_buffer(ends.astype(offset)), pa.py_buffer(np.ascontiguousarray(data))]
    )


def _copied(
    connection: sa.Connection, wanted: sa.Select, kinds: Sequence[pa.DataType]
) -> list[pa.Array | pa.ChunkedArray]:
    from pyarrow import csv

    names = [str(place) for place in range(len(kinds))]
    compiled = wanted.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    sink = pa.BufferOutputStream()
    raw: Any = connection.connection
    order = f"COPY ({compiled}) TO STDOUT WITH (FORMAT csv)"
    with raw.cursor() as cursor, cursor.copy(order, compiled.params) as copy:
        for block in copy:
            sink.write(block)
    sent = sink.getvalue()
    if not sent.size:
        return [pa.array([], kind) for kind in kinds]
    table = csv.read_csv(
        pa.BufferReader(sent),
        read_options=csv.ReadOptions(column_names=names, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(names, kinds, strict=True)), null_values=[""], strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
    return table.columns
