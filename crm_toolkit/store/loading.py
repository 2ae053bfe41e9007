"""Whole tables into the database: a frame's columns as the database keeps them, checked at once and written in bulk.

A value is looked at as a column of Arrow and never by itself: a million rows are converted, checked against the
contract (kinds, codes, keys, what points where) and written in a second or two. SQLite takes them by one statement for
many rows; columns that hold one value or nothing go into the statement itself. PostgreSQL takes them by COPY.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from crm_toolkit.errors import Problem
from crm_toolkit.schema import Column
from crm_toolkit.schema.store import POINTS_TO, STORE_TABLES
from crm_toolkit.store.layout import stored_name
from crm_toolkit.texts import format_number, join_names, say, say_count

BATCH = 50_000
_MINOR_OF_UNIT = 100
_SHOWN = 3


def columns_as_stored(name: str, frame: pd.DataFrame) -> tuple[pa.Table, list[Problem]]:
    """A frame as the database keeps it, with everything in it that is not of the contract.

    Parameters
    ----------
    name : str
        Table of the store.
    frame : DataFrame
        Columns named as in the contract, money in currency units; other columns are left out.

    Returns
    -------
    (Table, list of Problem)
        Whole numbers, fractions and text, columns named as in the database; a column that can't be read is left out
        and is among the problems.

    Examples
    --------
    >>> table, problems = columns_as_stored("prices", pd.DataFrame({"product_id": [1], "price": [9.95]}))
    >>> table.to_pylist(), [problem.what for problem in problems]
    ([{'product_id': 1, 'price_minor': 995}], [])
    """
    made, problems = {}, []
    for column in STORE_TABLES[name].table.columns:
        if column.name not in frame:
            continue
        try:
            made[stored_name(column)] = _AS_STORED[column.kind](frame[column.name])
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            what = say("The column `{column}` of `{table}` holds values that are no {kind}.", table=name,
                       column=column.name, kind=f"`{column.kind}`")  # fmt: skip
            problems.append(
                Problem("bad_value", what, found=_first_bad(frame[column.name], column), column=column.name)
            )
    table = pa.table(made)
    return table, problems + _not_of_contract(name, table)


def _first_bad(values: pd.Series, column: Column) -> str:
    """The first value that can't be read; nothing if only the whole can't."""
    for place, value in enumerate(values.head(BATCH)):
        try:
            _AS_STORED[column.kind](pd.Series([value]))
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            return say("Row {row}: “{value}”.", row=place + 1, value=str(value)[:40])
    return ""


def _whole(values: pd.Series) -> pa.Array:
    made = pa.array(values, from_pandas=True)
    return pc.cast(made, pa.int64())  # 3.0 is whole, 3.5 is not and is refused


def _fraction(values: pd.Series) -> pa.Array:
    numbers = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise ValueError
    return pa.array(numbers, from_pandas=True)


def _money(values: pd.Series) -> pa.Array:
    numbers = _fraction(values)
    minor = np.rint(pc.fill_null(numbers, 0.0).to_numpy() * _MINOR_OF_UNIT)
    if (np.abs(minor) >= 2.0**53).any():
        raise ValueError
    return pa.array(minor.astype(np.int64), mask=numbers.is_null().to_numpy(zero_copy_only=False))


def _text(values: pd.Series) -> pa.Array:
    made = pa.array(values, from_pandas=True) if values.dtype != object else None
    if made is None or not (pa.types.is_string(made.type) or pa.types.is_large_string(made.type)):
        made = pa.array(values.astype("string"), from_pandas=True)
    made = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    return made.cast(pa.string())


def _dated(unit: str, kind: pa.DataType) -> Callable[[pd.Series], pa.Array]:
    def stored(values: pd.Series) -> pa.Array:
        stamps = pd.to_datetime(values)
        if isinstance(stamps.dtype, pd.DatetimeTZDtype):
            stamps = stamps.dt.tz_localize(None)  # times are the organisation's own
        return pa.array(stamps.to_numpy().astype(f"datetime64[{unit}]")).cast(kind).cast(pa.string())

    return stored


_AS_STORED: dict[str, Callable[[pd.Series], pa.Array]] = {
    "id": _whole, "integer": _whole, "flag": _whole, "money": _money, "number": _fraction, "text": _text,
    "datetime": _dated("s", pa.timestamp("s")), "date": _dated("D", pa.date32()),
}  # fmt: skip


def _not_of_contract(name: str, table: pa.Table) -> list[Problem]:
    """Gaps where none may be, words that are not known, keys that stand twice."""
    entity, problems = STORE_TABLES[name], []
    for column in entity.table.columns:
        if stored_name(column) not in table.column_names:
            continue
        values = table.column(stored_name(column))
        if values.null_count and (not column.nullable or column.name in entity.table.key):
            what = say_count("The column `{column}` of `{table}` is empty in {count} row.",
                             "The column `{column}` of `{table}` is empty in {count} rows.",
                             values.null_count, table=name, column=column.name)  # fmt: skip
            problems.append(Problem("empty", what, found=_rows(values.is_null()), column=column.name))
        if column.name in entity.codes:
            known = pc.is_in(values, value_set=pa.array([*entity.codes[column.name], None], pa.string()))
            if not pc.all(known, min_count=0).as_py():
                words = pc.unique(values.filter(pc.invert(known))).to_pylist()[:_SHOWN]
                what = say("The column `{column}` of `{table}` holds words that are not known: {words}.", table=name,
                           column=column.name, words=join_names(f"“{word}”" for word in words))  # fmt: skip
                allowed = say("Allowed: {names}.", names=join_names(f"`{one}`" for one in entity.codes[column.name]))
                problems.append(Problem("unknown_word", what, found=_rows(pc.invert(known)), advice=allowed,
                                        column=column.name))  # fmt: skip
    keys = [stored_name(entity.table.column(key)) for key in entity.table.key]
    if set(keys) <= set(table.column_names) and (double := table.num_rows - _distinct(table, keys)):
        what = say_count("{count} row of `{table}` has a key that stands there already ({key}).",
                         "{count} rows of `{table}` have a key that stands there already ({key}).",
                         double, table=name, key=join_names(f"`{one}`" for one in entity.table.key))  # fmt: skip
        problems.append(Problem("double_key", what, column=entity.table.key[0]))
    return problems


def _distinct(table: pa.Table, keys: list[str]) -> int:
    if len(keys) == 1:
        return int(pc.count_distinct(table.column(keys[0]), mode="all").as_py())
    return int(table.select(keys).group_by(keys).aggregate([]).num_rows)


def _rows(wrong: pa.ChunkedArray) -> str:
    """The first rows that are meant, counted from 1."""
    places = np.flatnonzero(wrong.to_numpy())
    shown = ", ".join(format_number(int(place) + 1) for place in places[:_SHOWN])
    more = ", …" if len(places) > _SHOWN else ""
    return say("Rows: {rows}.", rows=shown + more)


def pointing_nowhere(name: str, table: pa.Table, keys: Mapping[str, pa.ChunkedArray | None]) -> list[Problem]:
    """Columns that point to rows which are not there.

    Parameters
    ----------
    name : str
        Table of the store.
    table : Table
        As `columns_as_stored` makes it.
    keys : mapping of str to ChunkedArray
        Table → the keys in it.
    """
    problems = []
    for column in table.column_names:
        target, _ = POINTS_TO.get(column, ("", ""))
        if not target or (target == name and column in STORE_TABLES[name].table.key):
            continue
        there = keys.get(target)
        nobody = pa.array([None], pa.int64())
        found = pc.is_in(table.column(column), value_set=pa.chunked_array([*(there.chunks if there else ()), nobody]))
        missing = table.num_rows - pc.sum(found).as_py() if table.num_rows else 0
        if missing:
            what = say_count("`{table}`: {count} row points to a row of `{target}` that is not there ({column}).",
                             "`{table}`: {count} rows point to rows of `{target}` that are not there ({column}).",
                             missing, table=name, target=target, column=f"`{column}`")  # fmt: skip
            problems.append(Problem("points_nowhere", what, found=_rows(pc.invert(found)), column=column))
    return problems


def load(connection: sa.Connection, name: str, table: pa.Table) -> None:
    """Write a checked table into the database's table of that name.

    Parameters
    ----------
    connection : Connection
        A writing transaction.
    name : str
        Table of the store.
    table : Table
        As `columns_as_stored` makes it.
    """
    if table.num_rows and connection.dialect.name == "postgresql":
        _copy(connection, name, table)
    elif table.num_rows:
        _execute_many(connection, name, table)


def _execute_many(connection: sa.Connection, name: str, table: pa.Table) -> None:
    once = {column: _only_value(table.column(column)) for column in table.column_names}
    same = {column: value[0] for column, value in once.items() if value is not None}
    moving = [column for column in table.column_names if column not in same] or table.column_names[:1]
    columns = dict.fromkeys(moving, "?") | {
        column: _literal(value) for column, value in same.items() if value is not None and column not in moving
    }
    names = ", ".join(f'"{column}"' for column in columns)
    order = f'INSERT INTO "{name}" ({names}) VALUES ({", ".join(columns.values())})'
    raw: Any = connection.connection.cursor()
    for batch in table.select(moving).to_batches(max_chunksize=BATCH):
        raw.executemany(order, zip(*(values.to_pylist() for values in batch.columns), strict=True))
    raw.close()


def _only_value(values: pa.ChunkedArray) -> tuple[Any] | None:
    """The one value that a column holds throughout, nothing if there are several."""
    first = values[0]
    if pa.types.is_floating(values.type) or first.as_py() != values[-1].as_py():
        return None
    alike = values.null_count == len(values) if not first.is_valid else (
        not values.null_count and pc.all(pc.equal(values, first)).as_py())  # fmt: skip
    return (first.as_py(),) if alike else None


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''").replace("\x00", "") + "'"


def _copy(connection: sa.Connection, name: str, table: pa.Table) -> None:
    from pyarrow import csv

    names = ", ".join(f'"{column}"' for column in table.column_names)
    raw: Any = connection.connection
    with raw.cursor() as cursor, cursor.copy(f'COPY "{name}" ({names}) FROM STDIN WITH (FORMAT csv)') as copy:
        for batch in table.to_batches(max_chunksize=BATCH):
            sink = pa.BufferOutputStream()  # a gap is written as nothing, an empty text as ""
            csv.write_csv(batch, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
            copy.write(memoryview(sink.getvalue()))
