"""A list of customers into the store: new people with all their values, known ones with what changed.

An empty cell changes nothing. A value that differs replaces the one in force, which stays in the history of the
profile; both say where they came from. A file can give a consent that was never given or refused, and it can withdraw
one; a consent that was withdrawn here is not given again by a file, for nobody knows how old its word is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store import audit
from crm_toolkit.store.declared import FORMS
from crm_toolkit.store.imports.job import Job, Plan, new_keys, write_outside_keys, write_rows
from crm_toolkit.store.imports.matching import matched, people, words
from crm_toolkit.store.imports.values import read_column
from crm_toolkit.store.layout import MINOR, TABLES, stored_name
from crm_toolkit.texts import say, say_count

_FLAGS = {"consent": "service", "consent_email": "email", "consent_sms": "sms"}
_NAME_PARTS = ("last_name", "first_name", "middle_name")


def plan(job: Job) -> Plan:
    """What the list would bring."""
    values = _values(job)
    readable = [name for name in PROFILE_FIELDS if job.store.role.rule("customers", name) == "read"]
    columns = [_column(name) for name in PROFILE_FIELDS] + list(_FLAGS)
    found = people(job.connection, job.store.rights, job.key, job.system, columns)
    looked = pd.DataFrame({"customer_id": job.frame["customer_id"]} | {
        name: values[name] for name in ("full_name", "phone", "email") if name in values
    })  # fmt: skip
    keys, troubles = matched(looked, found, job.match, readable)
    for place, column, rule, what in troubles:
        job.trouble(place, column, job.frame[column].iloc[place] if column in job.frame else "", rule, what)
    names = words(job.frame["customer_id"])
    met: set[str] = set()
    for place, one in enumerate(keys):
        if one is None and names[place] in met:
            what = say("The number {number} stands in an earlier row already.", number=names[place])
            job.trouble(place, "customer_id", names[place], "double_key", what)
        elif one is None and job.key == "store":
            what = say("There is no customer of that number here.")
            job.trouble(place, "customer_id", job.frame["customer_id"].iloc[place], "no_such_customer", what)
        elif one is None and not values["full_name"][place]:
            job.trouble(place, "full_name", "", "empty", say("A new customer needs a name."))
        met.add(names[place])
    good = job.good()
    places: list[int] = np.flatnonzero(good).tolist()
    new = [place for place in places if keys[place] is None]
    known = [(place, int(one)) for place in places if (one := keys[place]) is not None]
    changes = _changes(job, values, found.open, known, set(readable))
    agreed = _agreed(job, found.open, new, known)
    changed = {place for place, *_ in changes} | {place for place, *_ in agreed if keys[place] is not None}
    unnamed = [(place, one) for place, one in known if names[place] not in found.by_key]

    def write() -> list[tuple[str, int]]:
        made = _write_new(job, values, new)
        whose = {place: int(one) for place, one in zip(new, made, strict=True)} | dict(known)
        _write_changes(job, changes)
        _write_consents(job, agreed, whose)
        if job.key == "outside":
            named = [pair for pair in (*zip(new, made, strict=True), *unnamed) if names[pair[0]] not in found.by_key]
            ids = np.array([one for _, one in named], dtype=np.int64)
            write_outside_keys(job.connection, job, "customers", [names[place] for place, _ in named], ids, ids)
        return [("customers", int(one)) for one in (*made, *{change[1] for change in changes})]

    shown = pd.DataFrame(
        [(int(job.rows[place]), one, name, before if name in readable else None, _plain(name, after))
         for place, one, name, before, after in changes],
        columns=["row", "customer_id", "field", "before", "after"],
    )  # fmt: skip
    return Plan(len(new), len(changed), len(known) - len(changed), int((~good).sum()), write, shown,
                {"consents": sum(1 for one in agreed if one[2])})  # fmt: skip


def _values(job: Job) -> dict[str, np.ndarray]:
    """Fields of the profile as the database keeps them."""
    made = {}
    for one in FORMS["customer"].fields:
        if one.name in PROFILE_FIELDS and one.name in job.frame:
            made[one.name] = read_column(
                one, job.frame[one.name], job.rows, job.problems, now=job.at, words=job.words
            )  # fmt: skip
    return made


def _changes(
    job: Job, values: Mapping[str, np.ndarray], stored: Mapping[int, Mapping[str, Any]],
    known: list[tuple[int, int]], readable: set[str],
) -> list[tuple[int, int, str, Any, Any]]:  # fmt: skip
    """Place, customer, field, text before, value after; only of values that differ."""
    found = []
    for place, one in known:
        for name, column in values.items():
            after = column[place]
            if after is not None and stored[one][_column(name)] != after:
                found.append((place, one, name, _plain(name, stored[one][_column(name)]), after))
    return found


def _agreed(
    job: Job, stored: Mapping[int, Mapping[str, Any]], new: list[int], known: list[tuple[int, int]]
) -> list[tuple[int, str, bool]]:
    """Place, purpose, and whether a consent is given or withdrawn."""
    table, found = TABLES["consents"].c, []
    latest: dict[tuple[int, str], Any] = {}
    if known:
        wanted = sa.select(table.customer_id, table.purpose, table.withdrawn_at).order_by(
            table.given_at, table.consent_id
        )
        latest = {(int(one), str(purpose)): ended for one, purpose, ended in job.connection.execute(wanted)}
    refused = 0
    of = dict(known)
    for flag, purpose in _FLAGS.items():
        if flag not in job.frame:
            continue
        said = job.frame[flag].astype("boolean").astype(object).tolist()
        for place in (*new, *of):
            if said[place] is not True and said[place] is not False:
                continue
            state = latest.get((of[place], purpose), "never") if place in of else "never"
            if said[place] and state == "never":
                found.append((int(place), purpose, True))
            elif said[place] and state is not None:
                refused += 1
            elif not said[place] and state is None:
                found.append((int(place), purpose, False))
    if refused:
        job.notes.append(say_count(
            "{count} consent was withdrawn here before; a file does not give it again.",
            "{count} consents were withdrawn here before; a file does not give them again.", refused,
        ))  # fmt: skip
    return found


def _write_new(job: Job, values: Mapping[str, np.ndarray], new: list[int]) -> np.ndarray:
    keys = new_keys(job.connection, "customers", len(new))
    actor = job.store.actor
    columns: dict[str, Any] = {"customer_id": keys, "kind": "client", "version": 1, "branch_id": actor.branch_id}
    for name, column in values.items():
        columns[_column(name)] = column[new]
    write_rows(job.connection, "customers", columns, len(new))
    entries = [(int(key), name, _plain(name, column[place])) for place, key in zip(new, keys, strict=True)
               for name, column in values.items() if column[place] is not None]  # fmt: skip
    _enter(job, entries)
    write_rows(job.connection, "audit", {
        "happened_at": job.at, "actor": actor.label, "entity": "customers", "entity_id": keys, "customer_id": keys,
        "action": "import",
    }, len(new))  # fmt: skip
    return keys


def _enter(job: Job, entries: list[tuple[int, str, str | None]]) -> None:
    write_rows(job.connection, "profile_values", {
        "customer_id": np.array([one for one, *_ in entries], dtype=np.int64),
        "field": [name for _, name, _ in entries], "value": [value for *_, value in entries], "source": job.name,
        "entered_kind": "import", "actor": job.store.actor.label, "entered_at": job.at, "basis": job.basis,
        "status": "current",
    }, len(entries))  # fmt: skip


def _write_changes(job: Job, changes: list[tuple[int, int, str, Any, Any]]) -> None:
    if not changes:
        return
    customers, entries = TABLES["customers"], TABLES["profile_values"]
    by_customer: dict[int, dict[str, Any]] = {}
    for _, one, name, _, after in changes:
        by_customer.setdefault(one, {})[_column(name)] = after
        if name == "full_name":  # a new whole name makes its parts unknown
            by_customer[one] |= dict.fromkeys(_NAME_PARTS)
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one, row in by_customer.items():
        alike.setdefault(tuple(sorted(row)), []).append({"whose": one} | {f"new_{name}": row[name] for name in row})
    for names, rows in alike.items():
        job.connection.execute(
            sa.update(customers).where(customers.c.customer_id == sa.bindparam("whose"))
            .values({name: sa.bindparam(f"new_{name}") for name in names} | {"version": customers.c.version + 1}), rows,
        )  # fmt: skip
    job.connection.execute(
        sa.update(entries).where(
            entries.c.customer_id == sa.bindparam("whose"), entries.c.field == sa.bindparam("which"),
            sa.or_(entries.c.status == "current", entries.c.status == "pending"),
        ).values(status="superseded"),
        [{"whose": one, "which": name} for _, one, name, *_ in changes],
    )  # fmt: skip
    _enter(job, [(one, name, _plain(name, after)) for _, one, name, _, after in changes])
    key = job.store.key
    write_rows(job.connection, "audit", {
        "happened_at": job.at, "actor": job.store.actor.label, "entity": "customers", "action": "import",
        "entity_id": np.array([change[1] for change in changes]), "field": [change[2] for change in changes],
        "customer_id": np.array([change[1] for change in changes]),
        "before_token": [audit.token(key, change[3]) for change in changes],
        "after_token": [audit.token(key, change[4]) for change in changes],
    }, len(changes))  # fmt: skip


def _write_consents(job: Job, agreed: list[tuple[int, str, bool]], whose: Mapping[int, int]) -> None:
    given = [(whose[place], purpose) for place, purpose, said in agreed if said]
    ended = [(whose[place], purpose) for place, purpose, said in agreed if not said]
    write_rows(job.connection, "consents", {
        "customer_id": np.array([one for one, _ in given], dtype=np.int64),
        "purpose": [purpose for _, purpose in given],
        "basis": "consent", "source": job.name, "given_at": job.at, "text_version": job.text_version,
        "actor": job.store.actor.label,
    }, len(given))  # fmt: skip
    table, customers = TABLES["consents"], TABLES["customers"]
    for one, purpose in ended:
        job.connection.execute(
            sa.update(table).where(
                table.c.customer_id == one, table.c.purpose == purpose, table.c.withdrawn_at.is_(None)
            ).values(withdrawn_at=job.at)
        )  # fmt: skip
    flags = {purpose: flag for flag, purpose in _FLAGS.items()}
    for holds, pairs in ((1, given), (0, ended)):
        for purpose, flag in flags.items():
            rows = [{"whose": one} for one, its in pairs if its == purpose]
            if rows:
                job.connection.execute(
                    sa.update(customers).where(customers.c.customer_id == sa.bindparam("whose")).values({flag: holds}),
                    rows,
                )


def _column(name: str) -> str:
    return stored_name(STORE_TABLES["customers"].table.column(name))


def _plain(name: str, value: Any) -> str | None:
    """A stored value as the text that an entry keeps."""
    if value is None:
        return None
    return f"{value / 100:.2f}" if _column(name).endswith(MINOR) else str(value)
