"""Where a table lives: pandas, polars, DuckDB, Parquet, PySpark behind one door.

Analysis is written once, in Narwhals expressions over `Desk.lines`, and runs where the table lives:

================================  ==========================  =========================
a user brings                     it is worked on by          the answer is
================================  ==========================  =========================
pandas frame                      DuckDB, reading in place    pandas frame
path or pattern of Parquet files  DuckDB                      pandas frame
pyarrow table                     DuckDB, reading in place    pyarrow table
polars frame, lazy frame          polars                      polars frame, lazy frame
DuckDB relation                   its own connection          DuckDB relation, not yet run
PySpark frame                     Spark                       PySpark frame, not yet run
================================  ==========================  =========================

DuckDB works in a place of its own, in memory, made for one question and given up after it; what does not fit
goes to a temporary folder that is removed. Small tables are asked in one instance that the process keeps, for
opening an instance takes longer than the question; large ones, and all inside `limits`, open their own, whose memory
goes back to the machine at once. `limits` says how much memory and how many threads it may take. Nothing here touches
the connection or the settings of the user's own programs. The library is loaded with the first question that goes to
it: a model's fit needs none.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

ARROW_BATCH_ROWS = 500_000
SMALL_BYTES = 32 * 2**20  # of a table in memory that is asked in the kept instance: a decision about speed, not a limit
_SMALL_FILE_BYTES = SMALL_BYTES // 8  # Parquet on disk is a fraction of the table in memory


@dataclass(frozen=True)
class Limits:
    """What DuckDB may take of the machine; ``None`` leaves its own rule (80 % of memory, all cores)."""

    memory_gb: float | None = None
    threads: int | None = None


_LIMITS: ContextVar[Limits | None] = ContextVar("crm_toolkit_limits", default=None)


@contextmanager
def limits(*, memory_gb: float | None = None, threads: int | None = None) -> Iterator[Limits]:
    """Bound the memory and the threads of the work done inside the ``with`` block.

    Bounds hold for pandas frames, pyarrow tables and Parquet files, which DuckDB works on; polars and Spark
    have settings of their own. Outside any block the environment variables ``CRM_MEMORY_LIMIT`` (such as
    ``4GB``) and ``CRM_THREADS`` speak, and without them DuckDB's own rules.

    Parameters
    ----------
    memory_gb : float, optional
        Most memory for DuckDB's tables, in gigabytes (10⁹ bytes); what does not fit is spilled to disk.
    threads : int, optional
        Number of threads.

    Examples
    --------
    >>> with limits(memory_gb=1, threads=1) as bounds:
    ...     bounds
    Limits(memory_gb=1, threads=1)
    """
    problems = []
    if memory_gb is not None and not memory_gb > 0:
        problems.append(
            Problem(
                "outside_range", say("`memory_gb` must be above 0, not {value}.", value=memory_gb), column="memory_gb"
            )
        )
    if threads is not None and (threads != int(threads) or threads < 1):
        problems.append(
            Problem("outside_range", say("`threads` must be a whole number from 1, not {value}.", value=threads))
        )
    if problems:
        raise InputError(say("These limits can't be set."), problems)
    token = _LIMITS.set(Limits(memory_gb, threads))
    try:
        yield Limits(memory_gb, threads)
    finally:
        _LIMITS.reset(token)


@dataclass(frozen=True)
class Desk:
    """A table laid out for work.

    Parameters
    ----------
    lines : narwhals.LazyFrame
        The table; expressions over it run where it lives.
    hand_back : callable
        Turns a lazy result into the kind of table that the user brought.
    settle : callable
        Computes a lazy step once, if it is going to be read several times and the engine has a place for it.
    columns : tuple of str
        Names of all columns of the table as it was brought, also of those that the work does not need.
    spark : bool
        Whether Spark does the work.
    """

    lines: nw.LazyFrame
    hand_back: Callable[[nw.LazyFrame], Any]
    columns: tuple[str, ...]
    settle: Callable[[nw.LazyFrame], nw.LazyFrame] = field(default=lambda step: step)
    spark: bool = False

    def row(self, step: nw.LazyFrame) -> dict[str, Any]:
        """The only row of a small result, such as counts."""
        return rows(step)[0]


def rows(step: nw.LazyFrame) -> list[dict[str, Any]]:
    """Compute a *small* result and return its rows."""
    return step.collect("pyarrow").to_native().to_pylist()


@contextmanager
def laid_out(table: Any, columns: Sequence[str], *, asked_by: str) -> Iterator[Desk]:
    """Lay a table out for work; inside the ``with`` block its `Desk` answers.

    Parameters
    ----------
    table : frame, relation or path
        Any of the kinds named at the head of this module.
    columns : sequence of str
        The columns that the work needs: only they are read. A missing one is for the caller to refuse.
    asked_by : str
        The public function that asks, for the letter.

    Raises
    ------
    InputError
        If the table is of no known kind, the file does not exist, or a column can't be read.
    """
    if isinstance(table, (str, os.PathLike)):
        files = _parquet_files(table, asked_by)
        with _place_for(sum(map(os.path.getsize, files)) <= _SMALL_FILE_BYTES) as connection:
            relation = _read_parquet(connection, files, table, asked_by)
            yield _duckdb_desk(connection, relation, lambda result: result.to_pandas(), relation.columns)
        return
    table = with_named_columns(table)
    if isinstance(table, pd.DataFrame):
        _require_single(table.columns, columns, asked_by)
        kinds = {name: table[name].dtype for name in dict.fromkeys(columns) if name in table.columns}
        arrow = _arrow_of(table, list(kinds), asked_by)
        with _place_for(arrow.nbytes <= SMALL_BYTES) as connection:
            relation = connection.from_arrow(_with_a_column(arrow, len(table)))
            yield _duckdb_desk(connection, relation, lambda result: _like(result.to_pandas(), kinds), table.columns)
        return
    if isinstance(table, pa.Table):
        _require_single(table.column_names, columns, asked_by)
        chosen = table.select([name for name in dict.fromkeys(columns) if name in table.column_names])
        chosen = _with_a_column(chosen, table.num_rows)
        with _place_for(chosen.nbytes <= SMALL_BYTES) as connection:
            batches = chosen.to_batches(ARROW_BATCH_ROWS)
            relation = connection.from_arrow(pa.Table.from_batches(batches, chosen.schema))
            yield _duckdb_desk(connection, relation, lambda result: result, table.column_names)
        return
    try:
        frame = nw.from_native(table)
    except TypeError:
        frame = None
    if frame is None:
        problem = Problem(
            "unknown_kind",
            say("A table of kind `{kind}` was given.", kind=type(table).__name__),
            advice=say(
                "Give a pandas, polars or PySpark frame, a pyarrow table, a DuckDB relation or a Parquet file's path."
            ),
        )
        raise InputError(say("`{function}` can't read this table.", function=asked_by), [problem])
    yield _desk_of(frame)


def _desk_of(frame: Any) -> Desk:
    names = tuple(frame.collect_schema().names())
    if isinstance(frame, nw.LazyFrame):
        native = frame.implementation
        if native.is_polars():
            return Desk(frame, lambda step: step.to_native(), names, lambda step: step.collect().lazy())
        return Desk(frame, lambda step: step.to_native(), names, spark=native.is_spark_like())
    return Desk(frame.lazy(), lambda step: step.collect().to_native(), names, lambda step: step.collect().lazy())


def _duckdb_desk(connection: Any, relation: Any, finish: Callable[[pa.Table], Any], columns: Iterable[Any]) -> Desk:
    def settle(step: nw.LazyFrame) -> nw.LazyFrame:
        name = f"step_{uuid.uuid4().hex}"
        step.to_native().create(name)
        return nw.from_native(connection.table(name))

    def hand_back(step: nw.LazyFrame) -> Any:
        return finish(step.to_native().to_arrow_table())

    return Desk(nw.from_native(relation), hand_back, tuple(map(str, columns)), settle)


@contextmanager
def own_duckdb() -> Iterator[Any]:
    """An instance in memory for one question, with a folder for what does not fit."""
    folder = _spill_folder()
    bounds = _LIMITS.get() or Limits()
    memory = f"{bounds.memory_gb}GB" if bounds.memory_gb else os.environ.get("CRM_MEMORY_LIMIT")
    threads = bounds.threads or os.environ.get("CRM_THREADS")
    more = {**({"memory_limit": memory} if memory else {}), **({"threads": threads} if threads else {})}
    import duckdb

    try:
        connection = _opened(folder, more)
    except duckdb.Error as reason:
        what = say("`CRM_MEMORY_LIMIT` is “{memory}”, `CRM_THREADS` is “{threads}”.", memory=memory, threads=threads)
        advice = say("Write them as 4GB and 2, or remove them.")
        problem = Problem("bad_limits", what, found=str(reason).splitlines()[0], advice=advice)
        raise InputError(say("These limits can't be set."), [problem]) from reason
    try:
        with _short_memory_told():
            yield connection
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _kept_duckdb() -> Iterator[Any]:
    """A database of its own for one question in the instance that this process keeps."""
    with _KEPT_LOCK:
        if os.getpid() not in _KEPT:  # a fork may not use its parent's
            folder = _spill_folder()
            _KEPT[os.getpid()] = _opened(folder, {})
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
        kept = _KEPT[os.getpid()]
        connection, name = kept.cursor(), f"question_{uuid.uuid4().hex}"
    connection.execute(f"attach ':memory:' as {name}; use {name}")
    try:
        with _short_memory_told():
            yield connection
    finally:
        connection.close()
        import duckdb

        with _KEPT_LOCK, suppress(duckdb.Error):
            kept.execute(f"detach {name}")


_KEPT: dict[int, Any] = {}
_KEPT_LOCK = threading.Lock()


def _place_for(small: bool) -> AbstractContextManager[Any]:
    """Where a question about a small or a large table is asked."""
    bounded = _LIMITS.get() or os.environ.get("CRM_MEMORY_LIMIT") or os.environ.get("CRM_THREADS")
    return _kept_duckdb() if small and not bounded else own_duckdb()


def _spill_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"crm_toolkit-{uuid.uuid4().hex}"


def _opened(folder: Path, more: dict[str, Any]) -> Any:
    import duckdb

    config = {"temp_directory": str(folder), "preserve_insertion_order": False, **more}
    return duckdb.connect(":memory:", config=config)


@contextmanager
def _short_memory_told() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as reason:
        what = say("The work does not fit into the memory that it may take.")
        advice = say("Allow more: `with engines.limits(memory_gb=…)` or the variable `CRM_MEMORY_LIMIT`.")
        found = str(reason).splitlines()[0]
        raise InputError(say("Memory is short."), [Problem("out_of_memory", what, found, advice)]) from reason


def _read_parquet(connection: Any, files: list[str], path: str | os.PathLike, asked_by: str) -> Any:
    import duckdb

    try:
        return connection.read_parquet(files)
    except duckdb.Error as reason:
        problem = Problem(
            "bad_file",
            say("“{path}” can't be read as Parquet.", path=path),
            found=str(reason).splitlines()[0],
            advice=say("Check the path; for other kinds of files use `crm.datasets.read_purchases`."),
        )
        raise InputError(say("`{function}` can't read this table.", function=asked_by), [problem]) from reason


def _parquet_files(path: str | os.PathLike, asked_by: str) -> list[str]:
    """The files that a path or a pattern such as ``sales/*.parquet`` means; a folder means the files in it."""
    place = Path(path)
    if place.is_file():
        return [str(place)]
    pattern = str(place / "*.parquet") if place.is_dir() else str(path)
    found = sorted(glob(pattern, recursive=True))
    if not found:
        problem = Problem(
            "no_file",
            say("There is no file “{path}”.", path=path),
            advice=say("Check the path; for other kinds of files use `crm.datasets.read_purchases`."),
        )
        raise InputError(say("`{function}` can't read this table.", function=asked_by), [problem])
    return found


def with_named_columns(table: Any) -> Any:
    """A pandas frame whose columns have texts for names, like every other table's; anything else as it is.

    A frame made of rows alone counts its columns, and one that was grouped may have several names over each other.

    >>> with_named_columns(pd.DataFrame([["a", 5]])).columns.tolist()
    ['0', '1']
    """
    if not isinstance(table, pd.DataFrame) or all(isinstance(name, str) for name in table.columns):
        return table
    return table.set_axis([str(name) for name in table.columns], axis=1)


def _with_a_column(table: pa.Table, rows: int) -> pa.Table:
    """A table that DuckDB opens: it wants a column, even if none of those asked for is there."""
    return table if table.num_columns else pa.table({"": pa.nulls(rows, pa.bool_())})


def _require_single(found: Iterable[Any], needed: Sequence[str], asked_by: str) -> None:
    names = list(found)
    problems = [
        Problem(
            "repeated_column", say("The column `{name}` stands in the table several times.", name=name), column=name
        )
        for name in needed
        if names.count(name) > 1
    ]
    if problems:
        raise InputError(say("`{function}` can't read this table.", function=asked_by), problems)


def _arrow_of(table: pd.DataFrame, columns: list[str], asked_by: str) -> pa.Table:
    """The columns as Arrow, in place where the kind allows, in batches that threads can share."""
    arrays, problems = {}, []
    for name in columns:
        series = table[name]
        if isinstance(series.dtype, pd.CategoricalDtype):
            series = series.astype(series.cat.categories.dtype) if series.cat.categories.size else series.astype(object)
        try:
            arrays[name] = pa.array(series, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as reason:
            problems.append(
                Problem(
                    "mixed_kinds",
                    say("The column `{name}` mixes values of different kinds.", name=name),
                    found=str(reason).splitlines()[0],
                    advice=say("Bring it to one kind first, for instance `.astype(str)`."),
                    column=name,
                )
            )
    if problems:
        raise InputError(say("`{function}` can't read this table.", function=asked_by), problems)
    whole = pa.table(arrays)
    return pa.Table.from_batches(whole.to_batches(ARROW_BATCH_ROWS), whole.schema)


def _like(result: pd.DataFrame, kinds: dict[str, Any]) -> pd.DataFrame:
    """Give the columns that went through the question unchanged their former kind."""
    for name, kind in kinds.items():
        if name in result.columns and result[name].dtype != kind:
            result[name] = result[name].astype(kind)
    return result
