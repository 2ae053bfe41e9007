"""A new store: built beside its place, filled, checked, and put there whole.

A file is written under another name, without the log that only protects what is there already, and gets its name when
everything in it is on the disk. Whatever happens on the way, under the store's name there is either nothing or all of
it. On PostgreSQL one transaction does the same.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import database, filling, first_articles, search, versions
from crm_toolkit.store.layout import INFO, ROLES
from crm_toolkit.store.roles import READY
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say

_ISO = "%Y-%m-%d %H:%M:%S"


def create(
    url: str | os.PathLike[str], tables: Mapping[str, Any] | None, *, currency: str, language: str, timezone: str
) -> None:
    """Make a new store; see `Store.create`."""
    engine = database.engine_for(url, create=True)
    try:
        with spoken(language or str(spoken())):
            about = {"currency": currency, "language": str(spoken()), "timezone": timezone}
            with database.refusals(say("The store can't be made.")):
                if engine.dialect.name == "sqlite":
                    _in_a_file(Path(engine.url.database or ""), engine, tables, about)
                else:
                    with database.writing(engine) as connection:
                        _require_empty(connection)
                        _made(connection, tables, about)
    finally:
        engine.dispose()


def _in_a_file(place: Path, engine: sa.Engine, tables: Mapping[str, Any] | None, about: Mapping[str, str]) -> None:
    if place.exists() and place.stat().st_size:
        with database.reading(engine) as connection:
            _require_empty(connection)
        engine.dispose()
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        with database.unlogged(part) as connection:
            _made(connection, tables, about)
        _put(part, place)
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + end).unlink(missing_ok=True)


def _require_empty(connection: sa.Connection) -> None:
    if sa.inspect(connection).get_table_names():
        raise _occupied(str(connection.engine.url.database))


def _occupied(name: str) -> InputError:
    what = say("There are tables already in “{url}”.", url=name)
    advice = say("Open it with `crm.Store.open(…)`, or choose another name.")
    return InputError(say("The store can't be made."), [Problem("not_empty", what, advice=advice)])


def _made(connection: sa.Connection, tables: Mapping[str, Any] | None, about: Mapping[str, str]) -> None:
    """All tables with what is in them; what helps to find and to check is made when the rows are there."""
    versions.build_tables(connection)
    last = filling.fill(connection, tables) if tables is not None else ""
    begun = dt.datetime.now()
    offset = int((begun - dt.datetime.strptime(last, _ISO)).total_seconds()) if last else 0
    whole = dict(about) | {
        "clock_offset": str(offset), "created_at": begun.strftime(_ISO), "key": secrets.token_hex(32),
    }  # fmt: skip
    connection.execute(sa.insert(INFO), [{"name": name, "value": value} for name, value in whole.items()])
    connection.execute(sa.insert(ROLES), [{"role": one.name, "rules": one.as_json()} for one in READY.values()])
    first_articles.write_first_articles(connection, last or begun.strftime(_ISO))
    search.rebuild(connection)
    versions.build_indexes(connection)
    filling.set_sequences(connection)


def _put(part: Path, place: Path) -> None:
    """Give the finished file its name, unless another store has taken it meanwhile."""
    _on_disk(part)
    empty = place.exists() and not place.stat().st_size
    if empty or (place.exists() and not _has_tables(place)):
        os.replace(part, place)
    else:
        try:
            os.link(part, place)
        except FileExistsError:
            raise _occupied(str(place)) from None
        except OSError:  # a disk without links
            if place.exists():
                raise _occupied(str(place)) from None
            os.rename(part, place)
    if os.name == "posix":
        _on_disk(place.parent)


def _has_tables(place: Path) -> bool:
    engine = database.engine_for(place)
    with _let_go(engine), database.reading(engine) as connection:
        return bool(sa.inspect(connection).get_table_names())


@contextmanager
def _let_go(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()


def _on_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, have reached the disk."""
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
