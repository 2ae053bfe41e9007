"""One import under way: the file, how it is to be read, and what was noticed so far; and rows written in bulk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import loading
from crm_toolkit.store.imports.reading import Source
from crm_toolkit.store.imports.values import Found
from crm_toolkit.store.layout import TABLES

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store


@dataclass
class Job:
    """One import under way.

    Parameters
    ----------
    store : Store
        Opened for the person who imports.
    connection : Connection
        A transaction: one that reads if it is only tried, one that writes otherwise.
    source : Source
    name, key, system, match, words, basis, text_version, add_customers
        As in `Store.import_file`.
    at : str
        The store's time, ISO.
    problems : list
        ``(row, column, value, rule, what)``.
    notes : list of str
    """

    store: Store
    connection: sa.Connection
    source: Source
    name: str
    key: str
    system: str
    match: Sequence[str]
    words: Mapping[str, str]
    basis: str
    text_version: str
    add_customers: bool
    at: str
    problems: Found = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows of the file."""
        return self.source.frame

    @property
    def rows(self) -> np.ndarray:
        """Their numbers in the file."""
        return self.source.rows

    def trouble(self, place: int, column: str, value: Any, rule: str, what: str) -> None:
        """Note a problem of a row by its place in the frame."""
        shown = "" if value is None or value != value else str(value)[:60]
        self.problems.append((int(self.rows[place]), column, shown, rule, what))

    def good(self) -> np.ndarray:
        """Which rows have no problem."""
        return ~np.isin(self.rows, [problem[0] for problem in self.problems])


@dataclass
class Plan:
    """What an import would do.

    Parameters
    ----------
    added, changed, unchanged, skipped : int
    write : callable
        Does it; returns the rows whose texts are searched, as (table, key).
    changes : DataFrame
    also : dict of str to int
    """

    added: int
    changed: int
    unchanged: int
    skipped: int
    write: Callable[[], list[tuple[str, int]]]
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    also: dict[str, int] = field(default_factory=dict)


def new_keys(connection: sa.Connection, entity: str, count: int) -> np.ndarray:
    """Keys for new rows of a table."""
    name = STORE_TABLES[entity].table.key[0]
    if connection.dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(f'"{entity}"', name)
        wanted = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count).alias("n"))
        return np.array(list(connection.execute(wanted).scalars()), dtype=np.int64)
    largest = connection.execute(sa.select(sa.func.max(TABLES[entity].c[name]))).scalar() or 0
    return np.arange(largest + 1, largest + 1 + count, dtype=np.int64)


def write_rows(connection: sa.Connection, table: str, columns: Mapping[str, Any], count: int) -> None:
    """New rows in bulk; a value in place of a column is every row's."""
    if not count:
        return
    made = {}
    for name, values in columns.items():
        if values is None:
            continue
        if isinstance(values, (str, int)):
            made[name] = pa.array([values] * count)
        elif isinstance(values, np.ndarray) and values.dtype != object:
            made[name] = pa.array(values)
        else:
            made[name] = pa.array([None if value is None or value != value else value for value in values])
    loading.load(connection, table, pa.table({
        name: column for name, column in made.items() if not pa.types.is_null(column.type)
    }))  # fmt: skip


def write_outside_keys(
    connection: sa.Connection, job: Job, entity: str, names: Sequence[str], keys: np.ndarray, customers: np.ndarray
) -> None:
    """What rows are called in the program that the file came from."""
    write_rows(connection, "outside_keys", {
        "system": job.system, "entity": entity, "outside_key": list(names), "row_key": keys, "customer_id": customers,
    }, len(names))  # fmt: skip
