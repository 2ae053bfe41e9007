"""Tables that have types already: pandas, polars and Arrow frames, DuckDB relations, Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.errors import InputError
from crm_toolkit.intake import limits
from crm_toolkit.intake.container import bomb
from crm_toolkit.intake.findings import Findings
from crm_toolkit.intake.forms import Form
from crm_toolkit.intake.grid import Cells, Grid, is_text
from crm_toolkit.intake.headers import Header, assign, match, missing_fields
from crm_toolkit.intake.workbook import cell_text
from crm_toolkit.texts import format_number, say


def is_frame(source: Any) -> bool:
    """Whether Narwhals takes it as a table."""
    import narwhals.stable.v2 as nw

    return nw.from_native(source, pass_through=True) is not source


def frame_grid(
    source: Any, form: Form, columns: Mapping[str, object], findings: Findings
) -> tuple[Grid, dict[str, Cells]]:
    """A frame as a grid: only the columns that are needed are taken."""
    import narwhals.stable.v2 as nw

    if isinstance(source, pd.DataFrame):
        names = [str(name) for name in source.columns]
        places = _roles(names, form, columns, findings)
        cells = {place: _pandas_cells(source.iloc[:, place], names[place], place) for place in places.values()}
    else:
        frame = nw.from_native(source)
        names = list(frame.collect_schema().names())
        places = _roles(names, form, columns, findings)
        chosen = frame.select(*(nw.col(names[place]) for place in sorted(set(places.values()))))
        table = (chosen.collect("pyarrow") if isinstance(chosen, nw.LazyFrame) else chosen).to_arrow()
        cells = {place: _arrow_cells(table.column(names[place]), names[place], place) for place in places.values()}
    return _grid(cells, places, findings)


def parquet_grid(
    data: bytes, form: Form, columns: Mapping[str, object], findings: Findings
) -> tuple[Grid, dict[str, Cells]]:
    """A Parquet file as a grid: only the columns that are needed are read."""
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = [str(name) for name in file.schema_arrow.names]
        texts = [field.name for field in file.schema_arrow if is_text(field.type)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        if file.metadata.num_rows > limits.PARQUET_ROWS:
            raise findings.stop(
                "too_large",
                say(
                    "The file is too large: it has {rows} rows, and the limit is {limit}.",
                    rows=format_number(file.metadata.num_rows),
                    limit=format_number(limits.PARQUET_ROWS),
                ),
                advice=say("Split it by years, or work on it with DuckDB."),
            )
        places = _roles(names, form, columns, findings)
        table = file.read(columns=[names[place] for place in sorted(set(places.values()))])
        if sum(_unfolded_bytes(column) for column in table.columns) > limits.FILE_BYTES:
            raise bomb(findings)
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as trouble:
        raise findings.stop(
            "broken_parquet", say("The Parquet file is incomplete or corrupt; nothing was read from it.")
        ) from trouble
    cells = {place: _arrow_cells(table.column(names[place]), names[place], place) for place in places.values()}
    return _grid(cells, places, findings)


def _unfolded_bytes(column: pa.ChunkedArray) -> int:
    """How much room texts take that the file keeps once and only points at."""
    if not pa.types.is_dictionary(column.type):
        return 0
    total = 0
    for chunk in column.chunks:
        lengths = pc.binary_length(chunk.dictionary)
        longest = pc.max(lengths).as_py() or 0
        if longest * len(chunk) > limits.FILE_BYTES // 8:
            total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return total


def _roles(names: list[str], form: Form, columns: Mapping[str, object], findings: Findings) -> dict[str, int]:
    header = Header(0, 1, tuple(names), match(names, form, columns))
    places = assign(header, form, columns, findings)
    missing_fields(places, header, form, findings)
    findings.stop_if_wrong()
    return places


def _grid(cells: dict[int, Cells], places: dict[str, int], findings: Findings) -> tuple[Grid, dict[str, Cells]]:
    first = next(iter(cells.values()))
    length = len(first.native if first.native is not None else first.text)  # type: ignore[arg-type]
    findings.counts["rows_read"] = length
    grid = Grid(tuple(cells[place] for place in sorted(cells)), np.arange(1, length + 1))
    return grid, {role: cells[place] for role, place in places.items()}


def _pandas_cells(series: pd.Series, name: str, place: int) -> Cells:
    if series.dtype == object:
        return _object_cells(series.tolist(), name, place)
    try:
        return _arrow_cells(pa.chunked_array([pa.Array.from_pandas(series)]), name, place)
    except (pa.ArrowException, TypeError, ValueError):
        return _object_cells(series.tolist(), name, place)


def _object_cells(values: list[Any], name: str, place: int) -> Cells:
    """A column of mixed Python values: each one says what it is."""
    pairs = [("", False) if _is_missing(value) else cell_text(_plain(value)) for value in values]
    text = pa.chunked_array([pa.array([pair[0] for pair in pairs], pa.large_string())])
    return Cells(name, place + 1, text, np.array([pair[1] for pair in pairs], bool))


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    return value.item() if isinstance(value, np.generic) else value


def _arrow_cells(column: Any, name: str, place: int) -> Cells:
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return Cells(name, place + 1, text=column.cast(pa.large_string()))
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return Cells(name, place + 1, text=column.cast(pa.large_string()))
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_time(kind):
        return Cells(name, place + 1, text=_stringed(column))
    return Cells(name, place + 1, native=column)


def _stringed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = ["" if value is None else str(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.large_string())])
