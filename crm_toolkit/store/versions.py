"""The version of the database's shape, and the steps from each version to the next."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import search
from crm_toolkit.store.layout import INFO, metadata
from crm_toolkit.texts import say

SCHEMA_VERSION = 1
# version → the step that makes the next one of it; a step runs in the transaction that writes the new number
STEPS: dict[int, Callable[[sa.Connection], None]] = {}


def is_store(connection: sa.Connection) -> bool:
    """Whether the database holds a store."""
    return sa.inspect(connection).has_table(INFO.name)


def build(connection: sa.Connection) -> None:
    """All tables of the present version in an empty database."""
    build_tables(connection)
    build_indexes(connection)


def build_tables(connection: sa.Connection) -> None:
    """The tables alone, ready to be filled in bulk; `build_indexes` has to follow."""
    later: list[sa.ForeignKeyConstraint] | None = (
        [] if connection.dialect.name == "postgresql" else None
    )  # PostgreSQL checks what points where at the end
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table, include_foreign_key_constraints=later))
    search.build(connection)
    connection.execute(sa.insert(INFO).values(name="schema_version", value=str(SCHEMA_VERSION)))


def build_indexes(connection: sa.Connection) -> None:
    """What finds rows quickly, and on PostgreSQL what holds rows to those that they point to."""
    for table in metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            connection.execute(CreateIndex(index))
        if connection.dialect.name == "postgresql":
            for points in sorted(table.foreign_key_constraints, key=lambda one: tuple(one.column_keys)):
                connection.execute(AddConstraint(points))


def info(connection: sa.Connection) -> dict[str, str]:
    """What the store says of itself: version, currency, clock …"""
    return {str(row.name): str(row.value) for row in connection.execute(sa.select(INFO.c.name, INFO.c.value))}


def require_version(connection: sa.Connection) -> int:
    """The version of the store's shape; a letter if this program is too old for it, or it is no store."""
    if not is_store(connection):
        what = say("The database holds no store.")
        advice = say("Create one first: `crm.Store.create(…)`.")
        raise InputError(say("The database can't be opened."), [Problem("no_store", what, advice=advice)])
    found = int(info(connection)["schema_version"])
    if found > SCHEMA_VERSION:
        what = say("The store was made by a newer version of this program (shape {found}, known here: {known}).",
                   found=found, known=SCHEMA_VERSION)  # fmt: skip
        raise InputError(say("The database can't be opened."),
                         [Problem("newer_store", what, advice=say("Install the newer version."))])  # fmt: skip
    return found


def brought_up_to_date(connection: sa.Connection) -> list[int]:
    """Take every step that is missing, in order; the versions that were left."""
    connection.execute(sa.select(INFO).where(INFO.c.name == "schema_version").with_for_update())  # one at a time
    left = []
    while (found := require_version(connection)) < SCHEMA_VERSION:
        STEPS[found](connection)
        connection.execute(sa.update(INFO).where(INFO.c.name == "schema_version").values(value=str(found + 1)))
        left.append(found)
    return left
