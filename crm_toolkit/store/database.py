"""Where the data live: one SQLite file, or a PostgreSQL server, behind the same few functions.

A transaction that writes takes the right to write at its start (``BEGIN IMMEDIATE``), so two writers wait for each
other instead of failing half-way; one that reads sees one moment. SQLite keeps a write-ahead log, so readers and one
writer work at the same time. On PostgreSQL rows that are read to be changed are locked (``FOR UPDATE``).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm_toolkit.errors import InputError, MissingExtraError, Problem
from crm_toolkit.store import bulk
from crm_toolkit.texts import say

WAIT_SECONDS = 30
# A page is a program of its own that asks one thing at a time: it keeps one connection to PostgreSQL, so that a class
# of thirty stays well below the hundred that a server allows as it comes; a program with threads may have a few more.
KEPT_CONNECTIONS, MOST_CONNECTIONS = 1, 6
_WRITING = "crm_writing"
T = TypeVar("T")


def engine_for(url: str | os.PathLike[str], *, create: bool = False) -> sa.Engine:
    """A door to the database of that address.

    Parameters
    ----------
    url : str or path
        A file (``"crm.db"``), or a URL: ``sqlite:///crm.db``, ``postgresql://user@host/base``.
    create : bool
        Whether the file may be new.

    Raises
    ------
    InputError
        If the address can't be used: no such file, a folder, a kind of database that is not supported.
    MissingExtraError
        If PostgreSQL is asked for and its driver is not installed.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address, create)
    if address.get_backend_name() == "postgresql":
        return _postgresql(address)
    raise InputError(
        say("The database can't be opened."),
        [Problem("unknown_database", say("“{kind}” is not supported.", kind=address.get_backend_name()),
                 advice=say("Use a file name such as `crm.db`, or `postgresql://user@host/base`."))],
    )  # fmt: skip


def _address(url: str | os.PathLike[str]) -> sa.URL:
    text = os.fspath(url)
    if "://" not in text:
        return sa.URL.create("sqlite", database=text)
    try:
        return make_url(text)
    except sa.exc.ArgumentError:
        raise InputError(
            say("The database can't be opened."),
            [Problem("bad_address", say("“{url}” is no address of a database.", url=text),
                     advice=say("Use a file name such as `crm.db`, or `postgresql://user@host/base`."))],
        ) from None  # fmt: skip


def _sqlite(address: sa.URL, create: bool) -> sa.Engine:
    name = address.database or ""
    path = Path(name)
    if not name or name == ":memory:":
        what = say("A store needs a file: several people work in it at the same time.")
        raise InputError(say("The database can't be opened."), [Problem("no_file", what)])
    if path.is_dir() or not path.parent.is_dir():
        what = say("“{path}” can't be a file.", path=name)
        raise InputError(say("The database can't be opened."), [Problem("bad_file", what)])
    if not create and not path.exists():
        what = say("There is no file “{path}”.", path=name)
        advice = say("Create a store first: `crm.Store.create(“{path}”, world.tables)`.", path=name)
        raise InputError(say("The database can't be opened."), [Problem("no_file", what, advice=advice)])
    if path.exists() and path.stat().st_size:
        with path.open("rb") as start:
            if start.read(16) != b"SQLite format 3\x00":
                what = say("“{path}” is a file of another kind, not a database of SQLite.", path=name)
                raise InputError(say("The database can't be opened."), [Problem("bad_file", what)])
    engine = sa.create_engine(address.set(drivername="sqlite+pysqlite"), connect_args={"timeout": WAIT_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _settle(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us
        for order in (
            f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}", "PRAGMA foreign_keys = ON", "PRAGMA secure_delete = ON",
            "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA trusted_schema = OFF",
        ):  # fmt: skip
            connection.execute(order)
        bulk.register(connection)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get(_WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(address: sa.URL) -> sa.Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise MissingExtraError(
            say("PostgreSQL needs an optional package. Install it: pip install crm-toolkit[postgres]")
        ) from None
    return sa.create_engine(
        address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args={"connect_timeout": 10},
        pool_size=KEPT_CONNECTIONS, max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS, pool_timeout=WAIT_SECONDS,
    )  # fmt: skip


@contextmanager
def unlogged(path: Path) -> Iterator[sa.Connection]:
    """A new file of SQLite of which nobody knows yet, to be filled in bulk: quick, and lost if it is interrupted.

    Foreign keys and codes are not watched; `loading` checks them before. When it is done the file is like any other.
    """
    raw = sqlite3.connect(path, isolation_level=None)
    engine = sa.create_engine("sqlite+pysqlite://", creator=lambda: raw, poolclass=sa.pool.StaticPool)
    try:
        for order in (
            "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON", "PRAGMA cache_size = -65536",
            "PRAGMA trusted_schema = OFF",
        ):  # fmt: skip
            raw.execute(order)
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            yield connection
            connection.exec_driver_sql("COMMIT")
        raw.execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()
        engine.dispose()


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One moment of the database, to read; what keeps it from being read comes out as a letter."""
    with refusals(say("The database does not answer.")), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def refusals(heading: str) -> Iterator[None]:
    """Turn what the database refuses into a letter under a heading."""
    try:
        yield
    except DBAPIError as error:
        raise _letter(error, heading) from error
    except PoolTimeout as error:
        raise _crowded(heading) from error
    except sqlite3.Error as error:
        raise _letter(DBAPIError(None, None, error), heading) from error
    except UnicodeDecodeError as error:  # bytes that are no text where a text stood
        raise _letter(DBAPIError(None, None, error), heading) from error


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that changes something: all of it, or nothing."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection = connection.execution_options(**{_WRITING: True})
        with connection.begin():
            yield connection


def written(engine: sa.Engine, work: Callable[[sa.Connection], T], *, tries: int = 6) -> T:
    """Do a piece of work in one writing transaction; begin again where the database was busy or two met.

    Nothing of a failed try stays. What is wrong for good comes out as a letter.

    Raises
    ------
    InputError
        If the database stays busy, is full, or can't be written to.
    """
    for attempt in range(tries):
        try:
            with writing(engine) as connection:
                return work(connection)
        except DBAPIError as error:
            if attempt + 1 < tries and _passing(error):
                time.sleep(0.02 * 2**attempt)
                continue
            raise _letter(error, say("The database did not take the change.")) from error
        except PoolTimeout as error:
            raise _crowded(say("The database did not take the change.")) from error
    raise AssertionError("unreachable")


def _passing(error: DBAPIError) -> bool:
    """Whether the same work may go through a moment later."""
    text = str(error.orig).lower()
    code = getattr(error.orig, "sqlstate", "") or ""
    return (isinstance(error, OperationalError) and "locked" in text) or code in {"40001", "40P01", "55P03"}


def _crowded(heading: str) -> InputError:
    what = say("The server of the database has no free place for one more connection.")
    advice = say("Nothing was saved. Try again in a moment; whoever looks after the server can allow more connections.")
    return InputError(heading, [Problem("crowded", what, advice=advice)])


def _letter(error: DBAPIError, heading: str) -> Exception:
    text = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", "") or ""
    if state == "53300" or "too many clients" in text or "remaining connection slots" in text:
        return _crowded(heading)
    for signs, code, what, advice in (
        (("locked",), "busy", say("Somebody else has been writing to the database for a long time."),
         say("Nothing was saved. Try again in a moment.")),
        (("disk is full", "no space left"), "disk_full", say("The disk is full."),
         say("Nothing was saved. Free some space and try again.")),
        (("disk i/o error",), "disk_refuses", say("The disk refuses: it is full, was taken out, or is broken."),
         say("Nothing was saved. Free some space, or copy the file to another disk, and try again.")),
        (("readonly", "read-only"), "read_only",
         say("The database may only be read: its file or folder is write-protected."),
         say("Nothing was saved. Copy the file to a folder of your own.")),
        (("unable to open",), "unreachable", say("The file of the database can't be opened: its folder or the file "
                                                 "is write-protected, or it is not there any more."),
         say("Look whether the file is there; copy it to a folder of your own.")),
        (("malformed", "not a database", "corrupt", "could not decode", "no such table", "no such column",
          "utf-8", "database disk image", "vtable constructor failed", "json cannot hold blob"), "damaged",
         say("The file of the database is damaged."), say("Nothing was saved. Take the last copy of the file.")),
        (("connection", "server closed", "terminating"), "unreachable",
         say("The server of the database can't be reached."),
         say("Nothing was saved. Ask whoever looks after the server, then try again.")),
    ):  # fmt: skip
        if any(sign in text for sign in signs):
            return InputError(heading, [Problem(code, what, advice=advice)])
    if state.startswith("28") or "authentication failed" in text:
        what = say("The server of the database does not know this name or password.")
        return InputError(heading, [Problem("not_known", what, advice=say("Look at the address once more."))])
    return error
