"""Tables that have types already: pandas, polars and Arrow frames, DuckDB relations, Parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.errors import InputError
from crm_toolkit.intake import limits
from crm_toolkit.intake.container import bomb
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.forms import Form
from crm_toolkit.intake.grid import Cells, Grid, is_text
from crm_toolkit.intake.headers import Header, assign, match, missing_fields
from crm_toolkit.intake.odd_values import BYTES, DURATIONS, OBJECTS, PERIODS, Odd, oddity
from crm_toolkit.intake.workbook import cell_text
from crm_toolkit.texts import format_number, join_names, say


def is_frame(source: Any) -> bool:
    """Whether it is a table of pandas or Arrow, or Narwhals takes it as one."""
    import narwhals.stable.v2 as nw

    if isinstance(source, (pd.DataFrame, pa.Table)):
        return True
    try:
        return nw.from_native(source, pass_through=True) is not source
    except (TypeError, ValueError):
        return False


def frame_grid(
    source: Any, form: Form, columns: Mapping[str, object], findings: Findings
) -> tuple[Grid, dict[str, Cells]]:
    """A frame as a grid: only the columns that are needed are taken."""
    if isinstance(source, pd.DataFrame):
        _refuse_levels(source, findings)
        findings.top = [["" if _is_missing(value) else str(value) for value in row] for row in _head(source)]
        names = [str(name) for name in source.columns]
        index = [str(name) for name in source.index.names if name is not None]
        places = _roles(names, form, columns, findings, index)
        cells = {place: _pandas_cells(source.iloc[:, place], names[place], place) for place in places.values()}
    else:
        names, places, table = _arrow_table(source, form, columns, findings)
        cells = {place: _arrow_cells(_of(table, names, place), names[place], place) for place in places.values()}
    return _grid(cells, places, findings)


def _arrow_table(
    source: Any, form: Form, columns: Mapping[str, object], findings: Findings
) -> tuple[list[str], dict[str, int], pa.Table]:
    """Any other table through Narwhals; a lazy one is computed here, and may fail for reasons of its own."""
    import narwhals.stable.v2 as nw

    if isinstance(source, pa.Table):
        names = list(source.column_names)
        return names, _roles(names, form, columns, findings), source
    try:
        frame = nw.from_native(source)
        names = list(frame.collect_schema().names())
        places = _roles(names, form, columns, findings)
        chosen = frame.select(*(nw.col(names[place]) for place in sorted(set(places.values()))))
        return names, places, (chosen.collect("pyarrow") if isinstance(chosen, nw.LazyFrame) else chosen).to_arrow()
    except (InputError, MemoryError):
        raise
    except Exception as trouble:
        reason = (str(trouble).strip() or type(trouble).__name__).splitlines()[0]
        raise findings.stop(
            "broken_frame",
            say("The table can't be computed: {reason}.", reason=shown(reason.rstrip("."), 160)),
            advice=say("Compute it yourself first, for example with frame.collect(), and mend what fails there."),
        ) from None


def _head(source: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The first rows, for a preview."""
    return list(source.head(limits.PREVIEW_ROWS).itertuples(index=False, name=None))


def _of(table: pa.Table, names: list[str], place: int) -> pa.ChunkedArray:
    """The column of a place, also where names are repeated."""
    twins = [position for position, name in enumerate(table.column_names) if name == names[place]]
    return table.column(twins[min(names[:place].count(names[place]), len(twins) - 1)])


def _refuse_levels(source: pd.DataFrame, findings: Findings) -> None:
    if source.columns.nlevels > 1:
        raise findings.stop(
            "column_levels",
            say(
                "The columns of the table have names of {number} levels; one is needed.", number=source.columns.nlevels
            ),
            advice=say("Keep the last level: {code}.", code="frame.columns = frame.columns.get_level_values(-1)"),
        )


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
            "broken_parquet",
            say("The Parquet file is incomplete or corrupt; nothing was read from it."),
            advice=say("Download, copy or write the file again."),
        ) from trouble
    cells = {place: _arrow_cells(_of(table, names, place), names[place], place) for place in places.values()}
    for place in {place for role, place in places.items() if role in _TEXTS}:
        cells[place] = _apostrophes_kept(cells[place])
    return _grid(cells, places, findings)


_TEXTS = (
    *("customer_id", "order_id", "item", "full_name", "phone", "email", "contact_id", "channel", "department"),
    *("employee", "subject", "body", "marital_status", "education", "profession", "city", "region"),
)


def _apostrophes_kept(cells: Cells | Odd) -> Cells | Odd:
    """Texts of a Parquet file are never guarded by an apostrophe; one more is put where the reader takes one off."""
    if isinstance(cells, Odd) or cells.text is None:
        return cells
    own = pc.fill_null(pc.starts_with(cells.text, "'"), False)
    if not pc.any(own, min_count=0).as_py():
        return cells
    doubled = pc.binary_join_element_wise(
        pa.scalar("'", pa.large_string()), cells.text, pa.scalar("", pa.large_string())
    )
    return replace(cells, text=pc.if_else(own, doubled, cells.text))


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


def _roles(
    names: list[str], form: Form, columns: Mapping[str, object], findings: Findings, index: Sequence[str] = ()
) -> dict[str, int]:
    header = Header(0, 1, tuple(names), match(names, form, columns))
    places = assign(header, form, columns, findings)
    findings.header_end = 0  # the names of a typed table are no row
    missing_fields(places, header, form, findings)
    if findings.problems and match(index, form, {}).candidates:
        findings.problem(
            "index_not_read",
            say(
                "The index of the table, {names}, is not read; only columns are.",
                names=join_names(map(in_quotes, index)),
            ),
            advice=say("Make columns of it: {code}.", code="frame.reset_index()"),
        )
    findings.stop_if_wrong()
    return places


def _grid(cells: dict[int, Cells | Odd], places: dict[str, int], findings: Findings) -> tuple[Grid, dict[str, Cells]]:
    plain: dict[int, Cells] = {}
    for place, found in sorted(cells.items()):
        if isinstance(found, Odd):
            ids = any(places.get(role) == place for role in ("customer_id", "order_id"))
            found.refuse(findings, "no_ids" if ids else "odd_values")
        else:
            plain[place] = found
            if any(places.get(role) == place for role in ("customer_id", "order_id")):
                _refuse_inexact_ids(found, findings)
    findings.stop_if_wrong()
    first = next(iter(plain.values()))
    length = len(first.native if first.native is not None else first.text)  # type: ignore[arg-type]
    findings.counts["rows_read"] = length
    grid = Grid(tuple(plain[place] for place in sorted(plain)), np.arange(1, length + 1))
    return grid, {role: plain[place] for role, place in places.items()}


def _refuse_inexact_ids(cells: Cells, findings: Findings) -> None:
    """Numbers with a fraction, or too long for a floating point, have lost what they stood for."""
    if cells.native is None or not pa.types.is_floating(cells.native.type):
        return
    values = cells.native.to_numpy().astype(float)
    with np.errstate(invalid="ignore"):
        odd = ~np.isnan(values) & ((values != np.floor(values)) | (np.abs(values) > 2**53))
    if odd.any():
        rows = np.flatnonzero(odd) + 1
        findings.problem(
            "no_ids",
            say(
                "“{column}” holds numbers with a point that can't be identifiers, such as {example} ({where}).",
                column=shown(cells.header),
                example=shown(values[odd][0]),
                where=findings.where(rows),
            ),
            advice=say(
                "Read the column as text where the table comes from; past 2⁵³ such numbers lose their last digits."
            ),
            rows=rows,
            column=cells.header,
        )


def _pandas_cells(series: pd.Series, name: str, place: int) -> Cells | Odd:
    if isinstance(series.dtype, pd.PeriodDtype):
        return Odd(name, PERIODS)
    if series.dtype == object:
        return _object_cells(series.tolist(), name, place)
    try:
        return _arrow_cells(pa.chunked_array([pa.Array.from_pandas(series)]), name, place)
    except (pa.ArrowException, TypeError, ValueError):
        return _object_cells(series.tolist(), name, place)


def _object_cells(values: list[Any], name: str, place: int) -> Cells | Odd:
    """A column of mixed Python values: each one says what it is."""
    texts, exact = [], np.zeros(len(values), bool)
    odd: dict[str, list[int]] = {}
    for row, given in enumerate(values):
        value = "" if _is_missing(given) else _plain(given)
        kind = oddity(value)
        if kind:
            odd.setdefault(kind, []).append(row + 1)
        elif not odd:
            text, typed = cell_text(value)
            texts.append(text)
            exact[row] = typed and not isinstance(value, int)
    if odd:
        kind, rows = next(iter(odd.items()))
        return Odd(name, kind, tuple(rows))
    return Cells(name, place + 1, pa.chunked_array([pa.array(texts, pa.large_string())]), exact)


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value
    return value.item() if isinstance(value, np.generic) else value


def _arrow_cells(column: Any, name: str, place: int) -> Cells | Odd:
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if is_text(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return Cells(name, place + 1, text=column.cast(pa.large_string()))
    if any(test(kind) for test in _BINARY):
        try:
            return Cells(name, place + 1, text=column.cast(pa.large_binary()).cast(pa.large_string()))
        except pa.ArrowException:
            return Odd(name, BYTES)
    if pa.types.is_duration(kind):
        return Odd(name, DURATIONS)
    if pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType) or pa.types.is_interval(kind):
        return Odd(name, OBJECTS)
    if pa.types.is_time(kind):
        return Cells(name, place + 1, text=_stringed(column))
    return Cells(name, place + 1, native=column)


_BINARY = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_binary_view,
)


def _stringed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = ["" if value is None else str(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.large_string())])
