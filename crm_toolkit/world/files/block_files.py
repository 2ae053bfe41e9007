"""One block of a world as files: made, digested, written, reported. The same function under every engine.

A block is complete when its report stands in ``_blocks``: it is written after all of the block's files are in
place. Going on after an interruption means skipping the blocks whose report and files are there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crm_toolkit.world.digest import kinds_of, table_digest
from crm_toolkit.world.files.folder import BLOCKS, put
from crm_toolkit.world.files.manifest import written

ROW_GROUP = 122_880
SHARED = None  # the "block" of the tables that all blocks share

Make = Callable[..., Mapping[str, pa.Table]]


def made(spec: Any, block: int | None, *, block_size: int, truth: bool) -> Mapping[str, pa.Table]:
    """The tables of one block, or the shared ones where ``block`` is None: the world's own maker."""
    from crm_toolkit.world import block as engine

    if block is SHARED:
        return engine.shared_tables(spec)
    return engine.block_tables(spec, block, block_size=block_size, truth=truth)


@dataclass(frozen=True)
class Job:
    """What a worker must know to write any block; it travels between processes.

    Parameters
    ----------
    spec : WorldSpec
    folder : str
        Absolute path.
    block_size : int
    truth : bool
    only : tuple of str or None
        Tables to write; None is all.
    mark : str
        Fingerprint of the world's identity, kept in every report.
    make : callable
        ``make(spec, block, *, block_size, truth)`` gives the tables by name.
    """

    spec: Any
    folder: str
    block_size: int
    truth: bool
    only: tuple[str, ...] | None
    mark: str
    make: Make = made


def write_block(job: Job, block: int | None) -> dict[str, Any]:
    """Make one block, write its files and its report, and return the report."""
    tables = job.make(job.spec, block, block_size=job.block_size, truth=job.truth)
    records = {}
    for name in sorted(tables):
        if job.only is None or name in job.only:
            path = part(job, name, block)
            path.parent.mkdir(parents=True, exist_ok=True)
            content = parquet_bytes(tables[name])
            put(path, content)
            records[name] = {
                "rows": tables[name].num_rows,
                "digest": table_digest(tables[name], kinds_of(name)),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
    report = {"block": block, "world": job.mark, "tables": records}
    put(_report_path(job, block), written(report).encode())
    return report


def finished_block(job: Job, block: int | None) -> dict[str, Any] | None:
    """The report of a block that is complete, or None.

    Raises
    ------
    OSError
        If the report or a file is there and can't be looked at.
    """
    try:
        report = json.loads(_report_path(job, block).read_text(encoding="utf-8"))
        sizes = {name: record["bytes"] for name, record in report["tables"].items()}
        if report["world"] != job.mark or report["block"] != block:
            return None
        whole = all(part(job, name, block).stat().st_size == size for name, size in sizes.items())
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None
    for name in sizes:
        with open(part(job, name, block), "rb"):
            pass
    return report if whole else None


def part(job: Job, name: str, block: int | None) -> Path:
    """The file of one table and block."""
    return folder_of(Path(job.folder), name) / f"part-{block or 0:06d}.parquet"


def folder_of(folder: Path, name: str) -> Path:
    """Where the parts of a table lie.

    >>> folder_of(Path("world"), "truth.orders").as_posix()
    'world/truth/orders'
    """
    return folder.joinpath(*name.split("."))


def _report_path(job: Job, block: int | None) -> Path:
    return Path(job.folder, BLOCKS, "shared.json" if block is SHARED else f"{block:06d}.json")


def parquet_bytes(table: pa.Table) -> memoryview:
    """A table as Parquet (zstd): the same bytes for the same table, however it was cut into chunks.

    Keys and times are written as differences, which rise slowly, and texts that differ from row to row as they are.
    """
    whole = table.replace_schema_metadata(None).unify_dictionaries().combine_chunks()
    rising = {field.name: "DELTA_BINARY_PACKED" for field in whole.schema if _rises(field)}
    repeated = [field.name for field in whole.schema if field.name not in rising and not pa.types.is_string(field.type)]
    sink = pa.BufferOutputStream()
    pq.write_table(
        whole,
        sink,
        compression="zstd",
        row_group_size=ROW_GROUP,
        version="2.6",
        use_dictionary=repeated,  # type: ignore[arg-type]
        column_encoding=rising,
        write_statistics=list(rising),
    )
    return memoryview(sink.getvalue())


def _rises(field: pa.Field) -> bool:
    return pa.types.is_timestamp(field.type) or (field.name.endswith("_id") and pa.types.is_int64(field.type))
