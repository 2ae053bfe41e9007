"""Does a world hold together? Keys, references, sums and dates, asked of the tables themselves.

Every promise that the tables make is one question in SQL that must find no row. DuckDB asks it over Parquet files,
which may be larger than memory, or over frames. Money is added in whole minor units.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crm_toolkit.engines import own_duckdb
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import format_number, mark, say
from crm_toolkit.world.checking.report import Check, CheckReport
from crm_toolkit.world.checking.rules import FAMILIES, Rule, column_problems, known_tables, rules_for
from crm_toolkit.world.digest import combine, kinds_of, table_digest
from crm_toolkit.world.files.block_files import folder_of
from crm_toolkit.world.files.manifest import Manifest

_EXAMPLES = 3
_MACROS = (
    "create macro cents(x) as cast(round(100 * coalesce(x, 0)) as bigint)",
    "create macro month_of(x) as cast(date_trunc('month', x) as date)",
)


@with_kinds_told
def check_folder(
    folder: str | os.PathLike[str], *, digests: bool = False, progress: Callable[[float, str], object] | None = None
) -> CheckReport:
    """Check a written world: its files against the manifest, and its tables against each other.

    Parameters
    ----------
    folder : path
        What `write_world` wrote.
    digests : bool
        Read every file and compute its digest anew.
    progress : callable, optional
        Called with a fraction and a word.

    Returns
    -------
    CheckReport

    Raises
    ------
    InputError
        If there is no finished world, or a file can't be read.
    """
    manifest = Manifest.read(folder)
    place = Path(folder)
    parts = {name: sorted(folder_of(place, name).glob("part-*.parquet")) for name in manifest.tables}
    checks = [_files(manifest, parts)]
    if not checks[0].ok:
        return CheckReport(tuple(checks))
    try:
        if digests:
            checks.append(_digests(manifest, parts, progress))
        with own_duckdb() as connection:
            for name, files in parts.items():
                connection.read_parquet([str(file) for file in files]).create_view(name)
            return _asked(connection, parts, checks, progress)
    except (duckdb.IOException, duckdb.InvalidInputException, OSError, pa.ArrowInvalid) as error:
        what = say("A file in “{folder}” can't be read.", folder=folder)
        advice = say("Remove the file and run the command that wrote the world again: it makes what is missing.")
        raise InputError(
            say("The world can't be checked."), [Problem("bad_file", what, str(error).splitlines()[0], advice)]
        ) from error


@with_kinds_told
def check_tables(tables: Mapping[str, Any]) -> CheckReport:
    """Check tables in memory against each other.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame or pyarrow.Table
        By the names of `schema.WORLD_TABLES`; a table of truth is named ``truth.…``. What is not there is not asked.

    Returns
    -------
    CheckReport

    Raises
    ------
    InputError
        If there is no such table in the schema.

    Examples
    --------
    >>> report = check_tables(
    ...     {"branches": pd.DataFrame({"branch_id": [1, 1], "city": ["A", "B"], "region": ["R", "R"]})}
    ... )
    >>> report.ok, [check.name for check in report.failed]
    (False, ['branches.key'])
    """
    tables = {name: table for name, table in tables.items() if name != "purchases"}  # the lines of orders once more
    unknown = [name for name in tables if name not in known_tables()]
    if unknown:
        close = near_misses(unknown[0], known_tables())
        advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
        problem = Problem("unknown_table", say("There is no table `{name}`.", name=unknown[0]), advice=advice)
        raise InputError(say("The world can't be checked."), [problem])
    with own_duckdb() as connection:
        for name, table in tables.items():
            connection.from_arrow(_laid_out(name, table)).create_view(name)
        return _asked(connection, tables, [], None)


def _laid_out(name: str, table: Any) -> pa.Table:
    """A table as Arrow; days, which pandas keeps as times, are days again."""
    arrow = pa.Table.from_pandas(table, preserve_index=False) if isinstance(table, pd.DataFrame) else table
    for column in known_tables()[name].columns:
        if column.kind == "date" and column.name in arrow.column_names:
            place = arrow.column_names.index(column.name)
            if pa.types.is_timestamp(arrow.schema.field(place).type):
                arrow = arrow.set_column(place, column.name, arrow.column(place).cast(pa.date32()))
    return arrow


def _asked(
    connection: Any, names: Iterable[str], checks: list[Check], progress: Callable[[float, str], object] | None
) -> CheckReport:
    """Ask every question that can be asked of these tables."""
    for macro in _MACROS:
        connection.execute(macro)
    present, whole = set(names), set()
    counts = {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in present}
    for name in known_tables():
        if name in present:
            found = dict(row[:2] for row in connection.execute(f'describe "{name}"').fetchall())
            wrong = column_problems(name, found)
            about = mark("`{table}` has the columns of the schema, and they are of its kinds")
            shown = tuple(wrong[:_EXAMPLES])
            checks.append(Check("columns", f"{name}.columns", about, {"table": name}, len(found), len(wrong), shown))
            whole |= set() if wrong else {name}
    rules = rules_for(whole)
    for done, rule in enumerate(rules):
        checks.append(_ask(connection, rule, counts))
        if progress:
            progress((done + 1) / len(rules), say(FAMILIES[rule.family]))
    missing = tuple(name for name in known_tables() if name not in present and not name.startswith("truth."))
    return CheckReport(tuple(checks), missing)


def _ask(connection: Any, rule: Rule, counts: Mapping[str, int]) -> Check:
    (wrong,) = connection.execute(f"select count(*) from ({rule.wrong})").fetchone()
    examples: tuple[str, ...] = ()
    if wrong:
        rows = connection.execute(f"select * from ({rule.wrong}) order by all limit {_EXAMPLES}")
        names = [column[0] for column in rows.description]
        examples = tuple(
            ", ".join(f"{name} = {value}" for name, value in zip(names, row, strict=True)) for row in rows.fetchall()
        )
    return Check(rule.family, rule.name, rule.about, rule.values, counts[rule.tables[0]], wrong, examples)


def _files(manifest: Manifest, parts: Mapping[str, list[Path]]) -> Check:
    """Whether the files are those that the manifest counts."""
    wrong = []
    for name, record in manifest.tables.items():
        size = sum(file.stat().st_size for file in parts[name])
        if size != record.bytes:
            wrong.append(f"{name}: {format_number(size)} ≠ {format_number(record.bytes)}")
    about = mark("the files have the sizes of the manifest")
    return Check("files", "files.bytes", about, {}, len(parts), len(wrong), tuple(wrong[:_EXAMPLES]))


def _digests(
    manifest: Manifest, parts: Mapping[str, list[Path]], progress: Callable[[float, str], object] | None
) -> Check:
    wrong = []
    for done, (name, record) in enumerate(manifest.tables.items()):
        found = combine(table_digest(pq.read_table(file), kinds_of(name)) for file in parts[name])
        if found != record.digest:
            wrong.append(f"{name}: {found} ≠ {record.digest}")
        if progress:
            progress((done + 1) / len(parts), say(FAMILIES["files"]))
    about = mark("the rows have the digests of the manifest")
    return Check("files", "files.digests", about, {}, len(parts), len(wrong), tuple(wrong[:_EXAMPLES]))
