"""Right to be forgotten: identity goes, statistics stay, and no byte of what was erased is left in the files.

anonymise       everything that says who the person was goes; the row stays, with orders, payments, points and answers
                in numbers, so that no sum changes
pseudonymise    names, ways to reach the person, birth and free text go; sex, family, work and town stay, and a keyed
                token is kept, by which whoever holds the key recognises the person who comes back. What is left is
                still about a person

Free text cannot be judged by a program and goes whole. In the log tokens go, while who did what and when stays. On
SQLite the file is written anew at the end, since a database that only forgets where something stood still holds it.
Copies that left the store before, exports and back-ups, can't be reached from here; the report says how many there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store import audit, database, search
from crm_toolkit.store.duplicates.joining import family_of, survivor_of
from crm_toolkit.store.entering.generic import insert, no_such_row
from crm_toolkit.store.layout import ACCOUNTS, OUTSIDE_KEYS, PSEUDONYMS, SESSIONS, TABLES, stored_name
from crm_toolkit.store.privacy.pseudonyms import check_key, pseudonym
from crm_toolkit.texts import join_names, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store

MODES = ("anonymise", "pseudonymise")
# what says who it is; the other fields of the profile stay where a person is only pseudonymised
IDENTITY = ("full_name", "phone", "email", "birth_date")
_ALWAYS = ("last_name", "first_name", "middle_name", "note", "household_id")
# free text by table; a name that may not be missing becomes a dash
_TEXTS: dict[str, tuple[str, ...]] = {
    "contacts": ("subject", "body"), "requests": ("subject", "body"), "request_events": ("text",),
    "deals": ("title", "lost_reason"),
}  # fmt: skip
_NOBODY = "—"
_PATIENCE_MS = 3_000  # how long readers are waited for before the files are written anew
_SHORTEST_TRACE = 6  # letters: shorter values stand everywhere


@dataclass(frozen=True)
class Erased:
    """What an erasure did.

    Parameters
    ----------
    customer_id : int
        The person's number, which stays.
    mode : {"anonymise", "pseudonymise"}
    erasure_id : int
        Row of `erasures`.
    removed : mapping of str to int
        Table → rows from which something was removed.
    stays : mapping of str to int
        Table → rows of the person that stay for the statistics.
    traces : tuple of (str, int)
        Table and key of rows of others that still hold the name, a telephone or an address of the person in their
        text: somebody has to look at them.
    clean : bool
        Whether the files were written anew; if not, somebody was reading: call `Store.compact` later.
    report : str
        The same in words.
    """

    customer_id: int
    mode: str
    erasure_id: int
    removed: Mapping[str, int] = field(default_factory=dict)
    stays: Mapping[str, int] = field(default_factory=dict)
    traces: tuple[tuple[str, int], ...] = ()
    clean: bool = False
    report: str = ""

    def __str__(self) -> str:
        return self.report


def erase(store: Store, customer_id: int, *, mode: str = "anonymise", key: bytes | None = None) -> Erased:
    """Erase a person; see `Store.erase`."""
    store.rights.require("erase")
    heading = say("This can't be done.")
    if mode not in MODES:
        close = near_misses(str(mode), MODES)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
            "Allowed: {names}.", names=join_names(f"`{one}`" for one in MODES))  # fmt: skip
        what = say("There is no way of erasing `{name}`.", name=mode)
        raise InputError(heading, [Problem("unknown_mode", what, advice=advice, column="mode")])
    if mode == "pseudonymise":
        check_key(key)
    elif key is not None:
        what = say("Who is anonymised gets no token: no key is needed.")
        raise InputError(heading, [Problem("needless_key", what, column="key")])
    erased = database.written(store.engine, lambda connection: _erased(connection, store, int(customer_id), mode, key))
    clean = compact(store.engine)
    later = say("The files could not be written anew: somebody is reading. Call compact() when everybody has left.")
    return replace(erased, clean=clean, report=erased.report if clean else f"{erased.report}\n{later}")


def _erased(connection: sa.Connection, store: Store, customer_id: int, mode: str, key: bytes | None) -> Erased:
    survivor = survivor_of(connection, customer_id)
    customers = TABLES["customers"]
    mine = (customers.c.customer_id == survivor, store.rights.rows("customers"))
    row = connection.execute(sa.select(customers).where(*mine).with_for_update()).mappings().first()
    if row is None:
        raise no_such_row("customers", customer_id)
    if row["erased_at"] is not None:
        what = say("The data of customer {customer} were erased.", customer=survivor)
        raise InputError(say("This can't be done."), [Problem("closed", what, column="customer_id")])
    family, at = family_of(connection, survivor), store.now_iso()
    known = _known(connection, family)
    if mode == "pseudonymise" and key is not None:
        _keep_tokens(connection, survivor, known, key)
    forgotten = _keys_of_texts(connection, family)
    removed = _remove(connection, family, mode, at)
    for entity, keys in {"customers": family, **forgotten}.items():
        search.forget(connection, entity, keys)
    traces = _traces(connection, known)
    stays = _stays(connection, family)
    report = _report(connection, survivor, mode, removed, stays, traces)
    erasure = _settle(connection, store, survivor, family, mode, at, report)
    return Erased(survivor, mode, erasure, removed, stays, traces, report=report)


def _known(connection: sa.Connection, family: list[int]) -> dict[str, list[str]]:
    """Every name, telephone, address and date of birth that the person has or had here."""
    customers, entries = TABLES["customers"], TABLES["profile_values"]
    found: dict[str, set[str]] = {name: set() for name in IDENTITY}
    for row in connection.execute(sa.select(customers).where(customers.c.customer_id.in_(family))).mappings():
        for name in IDENTITY:
            found[name] |= {str(row[name])} if row[name] else set()
    for name, value in connection.execute(
        sa.select(entries.c.field, entries.c.value)
        .where(entries.c.customer_id.in_(family), entries.c.field.in_(IDENTITY), entries.c.value.is_not(None))
    ):  # fmt: skip
        found[name].add(str(value))
    return {name: sorted(values) for name, values in found.items()}


def _keep_tokens(connection: sa.Connection, survivor: int, known: Mapping[str, list[str]], key: bytes) -> None:
    tokens = {(kind, pseudonym(value, key=key, kind=kind)) for kind in ("phone", "email") for value in known[kind]}
    tokens |= {
        ("person", _person_token(name, born, key)) for name in known["full_name"] for born in known["birth_date"]
    }
    rows = [{"customer_id": survivor, "kind": kind, "token": token} for kind, token in sorted(tokens) if token]
    if rows:
        connection.execute(sa.insert(PSEUDONYMS), rows)


def _person_token(name: str, born: str, key: bytes) -> str:
    known = pseudonym(name, key=key, kind="name")
    return pseudonym(f"{known} {born}", key=key) if known and born else ""


def recognise(
    store: Store, *, key: bytes, phone: str = "", email: str = "", full_name: str = "", birth_date: str = ""
) -> tuple[int, ...]:
    """Whether somebody was here before and was pseudonymised; see `Store.recognise`."""
    store.rights.require("erase")
    check_key(key)
    tokens = {
        pseudonym(phone, key=key, kind="phone"), pseudonym(email, key=key, kind="email"),
        _person_token(full_name, str(birth_date)[:10], key),
    } - {""}  # fmt: skip
    if not tokens:
        what = say("Give a telephone, an e-mail address, or a name with the date of birth.")
        raise InputError(say("Nobody can be recognised."), [Problem("nothing_given", what)])
    with database.reading(store.engine) as connection:
        wanted = sa.select(PSEUDONYMS.c.customer_id).where(PSEUDONYMS.c.token.in_(tokens)).distinct()
        return tuple(sorted(int(one) for one in connection.execute(wanted).scalars()))


def _keys_of_texts(connection: sa.Connection, family: list[int]) -> dict[str, list[int]]:
    """Rows with searched text of the person, read before the text goes."""
    found = {}
    for entity in search.SEARCHED:
        table = TABLES[entity]
        if entity != "customers" and "customer_id" in table.c:
            key = table.c[STORE_TABLES[entity].table.key[0]]
            texts = [table.c[name].is_not(None) for name in search.SEARCHED[entity]]
            wanted = sa.select(key).where(table.c.customer_id.in_(family), sa.or_(*texts))
            found[entity] = [int(one) for one in connection.execute(wanted).scalars()]
    return found


def _remove(connection: sa.Connection, family: list[int], mode: str, at: str) -> dict[str, int]:
    """Everything that says who the person was; table → rows that lost something."""
    removed: dict[str, int] = {}

    def note(name: str, done: sa.CursorResult[Any]) -> None:
        if done.rowcount:
            removed[name] = removed.get(name, 0) + done.rowcount

    fields = tuple(PROFILE_FIELDS) if mode == "anonymise" else IDENTITY
    customers, entries, consents = TABLES["customers"], TABLES["profile_values"], TABLES["consents"]
    empty = [stored_name(STORE_TABLES["customers"].table.column(name)) for name in (*fields, *_ALWAYS)]
    empty += ["residence_type"] if mode == "anonymise" else []
    note("customers", connection.execute(
        sa.update(customers).where(customers.c.customer_id.in_(family)).values(
            **dict.fromkeys(empty), consent=0, consent_email=0, consent_sms=0, erased_at=at,
            version=customers.c.version + 1,
        )
    ))  # fmt: skip
    note("profile_values", connection.execute(
        sa.delete(entries).where(entries.c.customer_id.in_(family), entries.c.field.in_(fields))
    ))  # fmt: skip
    for name, columns in _TEXTS.items():
        table = TABLES[name]
        told = sa.or_(*(table.c[column].is_not(None) for column in columns))
        note(name, connection.execute(
            sa.update(table).where(table.c.customer_id.in_(family), told).values(**dict.fromkeys(columns))
        ))  # fmt: skip
    leads = TABLES["leads"]
    lead_keys = list(connection.execute(sa.select(leads.c.lead_id).where(leads.c.customer_id.in_(family))).scalars())
    note("leads", connection.execute(
        sa.update(leads).where(leads.c.customer_id.in_(family)).values(full_name=_NOBODY, phone=None, email=None)
    ))  # fmt: skip
    merges = TABLES["merges"]
    note("merges", connection.execute(
        sa.update(merges).where(sa.or_(merges.c.customer_id.in_(family), merges.c.merged_id.in_(family)),
                                merges.c.kept.is_not(None)).values(kept=None)
    ))  # fmt: skip
    note("consents", connection.execute(  # no consent outlives the person's data
        sa.update(consents).where(consents.c.customer_id.in_(family), consents.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    ))  # fmt: skip
    log = TABLES["audit"]
    about = sa.or_(
        log.c.customer_id.in_(family), sa.and_(log.c.entity == "customers", log.c.entity_id.in_(family)),
        sa.and_(log.c.entity == "leads", log.c.entity_id.in_(lead_keys)),
    )  # fmt: skip
    note("audit", connection.execute(
        sa.update(log).where(about, sa.or_(log.c.before_token.is_not(None), log.c.after_token.is_not(None)))
        .values(before_token=None, after_token=None)
    ))  # fmt: skip
    note("outside_keys", connection.execute(sa.delete(OUTSIDE_KEYS).where(OUTSIDE_KEYS.c.customer_id.in_(family))))
    accounts = sa.select(ACCOUNTS.c.account_id).where(ACCOUNTS.c.customer_id.in_(family))
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.account_id.in_(accounts)))
    note("accounts", connection.execute(sa.delete(ACCOUNTS).where(ACCOUNTS.c.customer_id.in_(family))))
    return removed


def _traces(connection: sa.Connection, known: Mapping[str, list[str]]) -> tuple[tuple[str, int], ...]:
    """Rows of any table whose text still holds a name, telephone or address of the person."""
    words = [
        value for name in ("full_name", "phone", "email") for value in known[name] if len(value) >= _SHORTEST_TRACE
    ]
    found = []
    for name, table in TABLES.items():
        passed = {"actor", "query", *STORE_TABLES[name].codes}
        texts = [column for column in table.c if isinstance(column.type, sa.Text) and column.name not in passed
                 and not column.name.endswith(("_at", "_on", "_token"))]  # fmt: skip
        if not words or not texts or name in ("audit", "erasures", "exports"):
            continue
        key = next(iter(table.primary_key.columns))
        told = sa.or_(*(column.contains(word, autoescape=True) for column in texts for word in words))
        keys = connection.execute(sa.select(key).where(told).order_by(key).limit(100)).scalars()
        found += [(name, int(one)) for one in keys if isinstance(one, int)]
    return tuple(found)


def _stays(connection: sa.Connection, family: list[int]) -> dict[str, int]:
    counts = {}
    for name in (
        "orders",
        "order_lines",
        "payments",
        "receivables",
        "loyalty_ledger",
        "contacts",
        "requests",
        "surveys",
    ):
        table = TABLES[name]
        counts[name] = int(connection.execute(
            sa.select(sa.func.count()).select_from(table).where(table.c.customer_id.in_(family))
        ).scalar_one())  # fmt: skip
    return {name: count for name, count in counts.items() if count}


def _report(
    connection: sa.Connection, survivor: int, mode: str, removed: Mapping[str, int], stays: Mapping[str, int],
    traces: tuple[tuple[str, int], ...],
) -> str:  # fmt: skip
    lines = [
        say("Customer {number} was anonymised.", number=survivor) if mode == "anonymise"
        else say("Customer {number} was pseudonymised: what is left is still about a person.", number=survivor)
    ]  # fmt: skip
    lines.append(
        say("Removed from: {names}.", names=join_names(f"`{name}` ({count})" for name, count in removed.items()))
    )
    if stays:
        lines.append(say("Stays, without saying whose it is: {names}.",
                         names=join_names(f"`{name}` ({count})" for name, count in stays.items())))  # fmt: skip
    if traces:
        lines.append(say("Look at these rows of others, whose text may still name the person: {names}.",
                         names=join_names(f"`{name}` {key}" for name, key in traces)))  # fmt: skip
    exports = int(connection.execute(sa.select(sa.func.count()).select_from(TABLES["exports"])).scalar_one())
    if exports:
        lines.append(say_count("{count} export left the store before; it can't be reached from here.",
                               "{count} exports left the store before; they can't be reached from here.",
                               exports))  # fmt: skip
    return "\n".join(lines)


def _settle(
    connection: sa.Connection, store: Store, survivor: int, family: list[int], mode: str, at: str, report: str
) -> int:
    """The request is done, or is written down now; the log keeps who erased whom and when."""
    erasures = TABLES["erasures"]
    waiting = connection.execute(
        sa.select(erasures.c.erasure_id).where(erasures.c.customer_id.in_(family), erasures.c.done_at.is_(None))
        .order_by(erasures.c.erasure_id)
    ).scalars().all()  # fmt: skip
    if waiting:
        key = int(waiting[0])
        connection.execute(
            sa.update(erasures).where(erasures.c.erasure_id.in_(waiting)).values(mode=mode, done_at=at, report=report)
        )
    else:
        key = insert(connection, "erasures", {
            "customer_id": survivor, "requested_at": at, "due_on": at[:10], "mode": mode, "done_at": at,
            "report": report, "actor": store.actor.label,
        })  # fmt: skip
    audit.record(connection, store.actor, at, "erase", "customers", survivor, customer_id=survivor, key=store.key)
    return key


def compact(engine: sa.Engine) -> bool:
    """Write the database's files anew, so that nothing that was erased is left in them; False if somebody is reading.

    On SQLite the log is copied into the file and emptied, the file is written anew, and the log is emptied again. On
    PostgreSQL dead rows are removed; its own log and back-ups are the administrator's.
    """
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return True
    raw = engine.raw_connection()
    desk = raw.driver_connection
    assert isinstance(desk, sqlite3.Connection)
    try:
        desk.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        desk.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        desk.execute("VACUUM")
        return desk.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            return False
        raise
    finally:
        desk.execute(f"PRAGMA busy_timeout = {database.WAIT_SECONDS * 1000}")
        raw.close()
