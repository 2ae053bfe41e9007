"""Worlds on a Spark cluster: the same block function, and Spark decides where it runs.

A plan of blocks, one for every task, goes through ``mapInArrow``: each task makes its block from the world's
definition alone, so nothing is read, joined or shuffled, and nobody here writes a scheduler. The package must be
installed where Spark's Python workers run.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from crm_toolkit.errors import InputError, MissingExtraError, Problem
from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES, Table, near_misses
from crm_toolkit.texts import say
from crm_toolkit.world.files.block_files import SHARED, Job, Make, made, write_block

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROUNDS = 8  # tasks for every core between two reports of progress
_ARROW = {
    "id": pa.int64(),
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.float64(),
    "datetime": pa.timestamp("us"),
    "date": pa.date32(),
    "flag": pa.bool_(),
}
_SPARK = {
    "id": "bigint",
    "text": "string",
    "integer": "bigint",
    "number": "double",
    "money": "double",
    "datetime": "timestamp_ntz",
    "date": "date",
    "flag": "boolean",
}


def spark_table(
    spark: SparkSession, spec: Any, name: str, *, block_size: int = 16_384, make: Make | None = None
) -> DataFrame:
    """One table of a world as a Spark frame that is made where and when it is needed.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session that makes the frame.
    spec : WorldSpec
        The world: scenario, policy, customers, weeks, seed.
    name : str
        A table of the world; a table of truth is named ``truth.…``.
    block_size : int
        Customers of a block, a multiple of 2,048; a task holds one block in memory.
    make : callable, optional
        Another maker of tables, ``make(spec, block, *, block_size, truth)``; for tests.

    Returns
    -------
    pyspark.sql.DataFrame
        The table's columns in the schema's order; times without a time zone, as the organisation's clock shows them.
        Every action makes the rows again, the same ones: ``persist`` what is used often.

    Raises
    ------
    MissingExtraError
        If PySpark is not installed.
    InputError
        If there is no table of that name.
    """
    _require_pyspark()
    table = _table(name)
    maker, truth = make or made, name.startswith("truth.")
    shared = name in maker(spec, SHARED, block_size=block_size, truth=truth)
    columns = [(column.name, _ARROW[column.kind], _SPARK[column.kind]) for column in table.columns]
    schema = pa.schema([(column, kind) for column, kind, _ in columns])

    def rows_of(plan: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in plan:
            for block in batch["id"].to_pylist():
                place = SHARED if shared else block
                tables = maker(spec, place, block_size=block_size, truth=truth)
                if name in tables:
                    yield from _as(tables[name], schema).to_batches(max_chunksize=1 << 16)

    blocks = 1 if shared else -(-spec.customers // block_size)
    names = ", ".join(f"`{column}` {kind}" for column, _, kind in columns)
    return spark.range(0, blocks, 1, blocks).mapInArrow(rows_of, names)


def write_blocks_on_spark(
    spark: SparkSession, job: Job, waiting: Sequence[int]
) -> Generator[dict[str, Any], None, None]:
    """Let Spark's executors write blocks into the job's folder, and yield the reports round by round.

    The files are those that the processes of one machine write: `write_world` calls this with ``engine=spark``.

    Raises
    ------
    MissingExtraError
        If PySpark is not installed.
    OSError
        If an executor could not write; its reason is kept.
    """
    _require_pyspark()
    step = max(1, spark.sparkContext.defaultParallelism) * ROUNDS

    def written_by(plan: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in plan:
            reports = [json.dumps(_report_or_reason(job, block)) for block in batch["block"].to_pylist()]
            yield pa.record_batch({"report": pa.array(reports, pa.string())})

    for start in range(0, len(waiting), step):
        part = [(block,) for block in waiting[start : start + step]]
        plan = spark.sparkContext.parallelize(part, len(part)).toDF("block bigint")
        reports = [json.loads(row["report"]) for row in plan.mapInArrow(written_by, "report string").collect()]
        yield from (report for report in reports if "failed" not in report)
        for report in reports:
            if "failed" in report:
                number, reason, path = report["failed"]
                raise OSError(number, reason, path)


def _report_or_reason(job: Job, block: int) -> dict[str, Any]:
    """A disk that refuses comes back as a report, not as Java's story of it."""
    try:
        return write_block(job, block)
    except OSError as error:
        return {"failed": [error.errno, error.strerror or str(error), str(error.filename or job.folder)]}


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    arrays = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _table(name: str) -> Table:
    known = {**WORLD_TABLES, **{f"truth.{short}": table for short, table in TRUTH_TABLES.items()}}
    if name not in known:
        close = near_misses(name, known)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
        problem = Problem("unknown_table", say("There is no table `{name}`.", name=name), advice=advice)
        raise InputError(say("The table can't be made."), [problem])
    return known[name]


def _require_pyspark() -> None:
    try:
        import pyspark  # noqa: F401
    except ImportError as absent:
        sentence = say("Spark's tables need PySpark: {command}", command='pip install "crm-toolkit[spark]"')
        raise MissingExtraError(sentence) from absent
