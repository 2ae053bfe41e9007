"""A merge undone: whatever still stands as the merge left it is put back.

What somebody changed since stays as it is now, and so do rows that were entered since: they remain with the surviving
record, and the result says so. Versions of rows only grow, so that nobody who saw the merged record can write over the
parted ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import audit, database, search
from crm_toolkit.store.duplicates.joining import Joined, open_record
from crm_toolkit.store.duplicates.moving import Row, rewrite, some_of
from crm_toolkit.store.entering.generic import no_such_row
from crm_toolkit.store.layout import MINOR, TABLES
from crm_toolkit.texts import join_names, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store


def undo(store: Store, merge_id: int) -> Joined:
    """Take two records apart again; see `Store.undo_merge`."""
    store.rights.require("merge")
    return database.written(store.engine, lambda connection: _undone(connection, store, int(merge_id)))


def _undone(connection: sa.Connection, store: Store, merge_id: int) -> Joined:
    merges, customers = TABLES["merges"], TABLES["customers"]
    row = connection.execute(
        sa.select(merges).where(merges.c.merge_id == merge_id, store.rights.rows("merges")).with_for_update()
    ).mappings().first()  # fmt: skip
    if row is None:
        raise no_such_row("merges", merge_id)
    survivor, other = int(row["customer_id"]), int(row["merged_id"])
    if row["undone_at"] is not None:
        raise _refused("settled", say("This merge was undone already."))
    if row["kept"] is None:
        raise _refused("closed", say("The data of customer {customer} were erased.", customer=survivor))
    ours = open_record(connection, store, survivor)
    kept, notes = json.loads(row["kept"]), []
    touched: list[tuple[str, int]] = [("customers", survivor), ("customers", other)]
    moved: dict[str, int] = {}
    for name, keys in kept["moved"].items():
        table = TABLES[name]
        rest = [column for column in table.primary_key.columns if column.name != "customer_id"]
        done = rewrite(connection, table, rest, keys, survivor, other)
        moved[name] = done
        if done < len(keys):
            gone = len(keys) - done
            notes.append(say_count("{count} row of `{table}` is not there any more.",
                                   "{count} rows of `{table}` are not there any more.", gone, table=name))  # fmt: skip
        if name in search.SEARCHED:
            touched += [(name, int(key[0])) for key in keys]
    _put_back(connection, survivor, kept, notes)
    back = {name: before for name, (before, after) in kept["fields"].items() if ours[name] == after}
    changed_since = [name for name in kept["fields"] if name not in back]
    if changed_since:
        names = join_names(f"`{name.removesuffix(MINOR)}`" for name in changed_since)
        notes.append(say("Changed since the merge, and left as it is now: {names}.", names=names))
    _states_back(connection, other, kept, {name.removesuffix(MINOR) for name in changed_since})
    at = store.now_iso()
    connection.execute(
        sa.update(customers).where(customers.c.customer_id == survivor).values(**back, version=customers.c.version + 1)
    )
    connection.execute(
        sa.update(customers).where(customers.c.customer_id == other)
        .values(merged_into=None, version=customers.c.version + 1)
    )  # fmt: skip
    for some in some_of(kept["referred"]):
        connection.execute(
            sa.update(customers).where(customers.c.customer_id.in_(some), customers.c.referrer_id == survivor)
            .values(referrer_id=other)
        )  # fmt: skip
    connection.execute(
        sa.update(merges).where(merges.c.merge_id == merge_id)
        .values(undone_at=at, kept=json.dumps({"decided": kept["decided"]}))
    )  # fmt: skip
    audit.record(connection, store.actor, at, "undo", "merges", merge_id, customer_id=other, key=store.key)
    if back:
        changes = {name.removesuffix(MINOR): (ours[name], value) for name, value in back.items()}
        audit.record(connection, store.actor, at, "undo", "customers", survivor, customer_id=survivor, key=store.key,
                     changes=changes)  # fmt: skip
    new = _entered_since(connection, survivor, row["merged_at"])
    if new:
        notes.append(say_count("{count} contact or order entered since the merge stays with customer {survivor}.",
                               "{count} contacts and orders entered since the merge stay with customer {survivor}.",
                               new, survivor=survivor))  # fmt: skip
    search.refresh(connection, touched)
    fields = dict.fromkeys((name.removesuffix(MINOR) for name in back), survivor)
    return Joined(survivor, (other,), (merge_id,), fields, moved, tuple(notes))


def _refused(code: str, what: str) -> InputError:
    return InputError(say("This can't be done."), [Problem(code, what, column="merge_id")])


def _put_back(connection: sa.Connection, survivor: int, kept: Row, notes: list[str]) -> None:
    """Rows that were put together, consents that ended, and balances."""
    for name, key, before, after in reversed(kept["replaced"]):
        table = TABLES[name]
        rest = [column for column in table.primary_key.columns if column.name != "customer_id"]
        same = [column == value for column, value in zip(rest, key, strict=True)]
        still = [table.c[column] == value for column, value in after.items()]
        done = connection.execute(
            sa.update(table).where(table.c.customer_id == survivor, *same, *still).values(**before)
        ).rowcount  # fmt: skip
        if not done:
            notes.append(say("Changed since the merge, and left as it is now: {names}.", names=f"`{name}`"))
    for name, rows in kept["removed"].items():
        connection.execute(sa.insert(TABLES[name]), rows)
    consents, ledger = TABLES["consents"], TABLES["loyalty_ledger"]
    for key, ended in kept["consents"]:
        connection.execute(
            sa.update(consents).where(consents.c.consent_id == key, consents.c.withdrawn_at == ended)
            .values(withdrawn_at=None)
        )  # fmt: skip
    for key, before, after in kept["balances"]:
        connection.execute(
            sa.update(ledger).where(ledger.c.entry_id == key, ledger.c.balance == after).values(balance=before)
        )  # fmt: skip


def _states_back(connection: sa.Connection, other: int, kept: Row, changed_since: set[str]) -> None:
    """Entries of the profile as they were, except the surviving record's in fields that somebody changed since."""
    entries = TABLES["profile_values"]
    for key, name, before, after in kept["states"]:
        whose = entries.c.customer_id == other if name in changed_since else sa.true()
        connection.execute(
            sa.update(entries).where(entries.c.value_id == key, entries.c.status == after, whose).values(status=before)
        )
    for some in some_of(kept["made"]):
        connection.execute(sa.delete(entries).where(entries.c.value_id.in_(some)))


def _entered_since(connection: sa.Connection, survivor: int, at: str) -> int:
    return sum(
        int(connection.execute(
            sa.select(sa.func.count()).select_from(TABLES[name])
            .where(TABLES[name].c.customer_id == survivor, TABLES[name].c[moment] > at)
        ).scalar_one())
        for name, moment in (("contacts", "opened_at"), ("orders", "ordered_at"))
    )  # fmt: skip
