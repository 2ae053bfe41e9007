"""The index: for every field that can be searched, its words, kept in the transaction that changes the field.

One table of the index for each table that is searched, ``search_customers`` and so on: on SQLite an FTS5 table with one
column a field; on PostgreSQL a tsvector in which every field has a weight's letter of its own, with a GIN index. So a
question can be put to just those fields that a role reads. The words are made by `words`; the databases cut nothing.

`refresh`   after a change: reads the rows again
`forget`    after an erasure: no letter of the rows stays in the index
`rebuild`   everything anew
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.search.words import indexed
from crm_toolkit.texts import say

# table → field → how it is read (`words.indexed`); the order of the fields gives the letters on PostgreSQL
SEARCHED: dict[str, dict[str, str]] = {
    "customers": {"full_name": "name", "phone": "phone", "email": "email", "note": "text"},
    "contacts": {"subject": "text", "body": "text"},
    "requests": {"subject": "text", "body": "text"},
    "articles": {"title": "text", "body": "text"},
}
LETTERS = "ABCD"
WHOSE = "whose"  # column of FTS5 with the customer's number, so that a customer's own rows are found at once
_BATCH = 20_000
_GAP = 200  # places between the fields of a tsvector: no phrase goes across
_PLACES = 16_383  # the last place that a tsvector knows


def table_of(entity: str) -> str:
    """Name of the index's table.

    >>> table_of("articles")
    'search_articles'
    """
    return f"search_{entity}"


def key_of(entity: str) -> sa.Column:
    """The key of a table that is searched."""
    return TABLES[entity].c[STORE_TABLES[entity].table.key[0]]


def build(connection: sa.Connection) -> None:
    """Make the index's tables, empty.

    Raises
    ------
    InputError
        If this SQLite was built without full-text search.
    """
    for entity, fields in SEARCHED.items():
        name = table_of(entity)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"CREATE TABLE {name} (key bigint PRIMARY KEY, words tsvector NOT NULL)")
            connection.exec_driver_sql(f"CREATE INDEX {name}_words ON {name} USING gin (words)")
            continue
        try:
            columns = ", ".join([*fields, WHOSE])
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, tokenize='ascii', prefix='3')"
            )
        except sa.exc.OperationalError as error:
            if "fts5" not in str(error.orig).lower():
                raise
            what = say("The SQLite of this Python has no full-text search (FTS5).")
            raise InputError(say("The store can't be made."), [
                Problem("no_full_text_search", what, advice=say("Install Python from python.org or conda-forge."))
            ]) from None  # fmt: skip


def rebuild(connection: sa.Connection) -> None:
    """Make the index anew from what stands in the tables."""
    sqlite = connection.dialect.name == "sqlite"
    for entity in SEARCHED:
        name = table_of(entity)
        if sqlite:
            connection.exec_driver_sql(f"DELETE FROM {name}")
            connection.exec_driver_sql(f"INSERT INTO {name}({name}, rank) VALUES ('hashsize', {64 * 2**20})")
        else:
            connection.exec_driver_sql(f"DROP INDEX {name}_words")
            connection.exec_driver_sql(f"DELETE FROM {name}")
        rows = connection.execute(texts_of(entity)).yield_per(_BATCH)
        for batch in rows.partitions(_BATCH):
            _write(connection, entity, batch)
        if sqlite:
            connection.exec_driver_sql(f"INSERT INTO {name}({name}, rank) VALUES ('hashsize', {2**20})")
        else:
            connection.exec_driver_sql(f"CREATE INDEX {name}_words ON {name} USING gin (words)")
            connection.exec_driver_sql(f"ANALYZE {name}")


def refresh(connection: sa.Connection, touched: Iterable[tuple[str, int]]) -> None:
    """Read changed rows again, in the transaction that changed them.

    Parameters
    ----------
    connection : Connection
        The writing transaction.
    touched : iterable of (str, int)
        Table and key of every row that was made, changed or removed; tables that are not searched are passed over.
    """
    by_entity: dict[str, set[int]] = {}
    for entity, key in touched:
        if entity in SEARCHED:
            by_entity.setdefault(entity, set()).add(int(key))
    for entity, keys in by_entity.items():
        _drop(connection, entity, sorted(keys))
        for some in _some(sorted(keys)):
            _write(connection, entity, connection.execute(texts_of(entity).where(key_of(entity).in_(some))).all())


def forget(connection: sa.Connection, entity: str, keys: Iterable[int]) -> None:
    """Take rows out of the index so that none of their words stays in it; what stands in the rows now is read again.

    On SQLite the index is merged into one piece, for deleted words stay in its older pieces otherwise; that takes
    seconds in a large store. Their bytes leave the file itself when the write-ahead log is next copied into it
    (``PRAGMA wal_checkpoint(TRUNCATE)`` after the transaction), and those of PostgreSQL with ``VACUUM``.

    Parameters
    ----------
    connection : Connection
        The writing transaction.
    entity : str
        A table; one that is not searched is passed over.
    keys : iterable of int
        Keys of the rows.
    """
    if entity not in SEARCHED:
        return
    refresh(connection, [(entity, key) for key in keys])
    if connection.dialect.name == "sqlite":
        name = table_of(entity)
        connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES ('optimize')")
    indexed.cache_clear()


def texts_of(entity: str) -> sa.Select:
    """Key, customer and fields of the rows that have a text."""
    table = TABLES[entity]
    fields = [table.c[name] for name in SEARCHED[entity]]
    whose = table.c.customer_id if "customer_id" in table.c else sa.null().label("customer_id")
    wanted = sa.select(key_of(entity).label("key"), whose.label("customer"), *fields).where(
        sa.or_(*(one.is_not(None) for one in fields))
    )
    return wanted.where(table.c.merged_into.is_(None)) if entity == "customers" else wanted


def _write(connection: sa.Connection, entity: str, rows: Sequence[sa.Row]) -> None:
    kinds = list(SEARCHED[entity].values())
    made = []
    for key, customer, *texts in rows:
        made.append(
            (key, customer, [indexed(text, kind) if text else "" for text, kind in zip(texts, kinds, strict=True)])
        )
    name = table_of(entity)
    if not made:
        return
    if connection.dialect.name == "sqlite":
        names, marks = ", ".join(SEARCHED[entity]), ", ".join("?" * (len(kinds) + 2))
        connection.exec_driver_sql(
            f"INSERT INTO {name}(rowid, {WHOSE}, {names}) VALUES ({marks})",
            [(key, whose(customer), *texts) for key, customer, texts in made],
        )
        return
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {name} (key, words) FROM STDIN") as copy:  # type: ignore[attr-defined]
        for key, _, texts in made:
            copy.write_row((key, _vector(texts)))


def whose(customer: int | None) -> str:
    """The word of the index that says whose row it is."""
    return "" if customer is None else f"c{customer}"


def _vector(texts: Sequence[str]) -> str:
    """The words of the fields as PostgreSQL writes a tsvector: word, place, letter of the field.

    >>> _vector(["жалоб", "мастер опозда"])
    "'жалоб':1A 'мастер':202B 'опозда':203B"
    """
    places: dict[str, list[str]] = {}
    place = 0
    for letter, text in zip(LETTERS, texts, strict=False):
        for word in text.split():
            place = min(place + 1, _PLACES)
            places.setdefault(word, []).append(f"{place}{letter}")
        place += _GAP
    return " ".join(f"'{word}':{','.join(found[:250])}" for word, found in places.items())


def _drop(connection: sa.Connection, entity: str, keys: Sequence[int]) -> None:
    column = "rowid" if connection.dialect.name == "sqlite" else "key"
    table = sa.table(table_of(entity), sa.column(column))
    for some in _some(keys):
        connection.execute(sa.delete(table).where(table.c[column].in_(some)))


def _some(keys: Sequence[int], most: int = 500) -> Iterator[Sequence[int]]:
    for begin in range(0, len(keys), most):
        yield keys[begin : begin + most]


def fields_of(entity: str, readable: Mapping[str, Any] | Iterable[str]) -> dict[str, str]:
    """The searched fields of a table among those that are readable, with how each is read."""
    names = set(readable)
    return {name: kind for name, kind in SEARCHED[entity].items() if name in names}
