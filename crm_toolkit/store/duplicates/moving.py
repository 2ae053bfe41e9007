"""What hangs on a record that is taken in, given to the one that stays; and what only one of two can have.

Debts of a month are added up, the earlier membership counts, an assignment to the same campaign stays as the surviving
record had it. A withdrawn consent ends every consent to the same purpose that was given before it; balances of points
run over all entries together. Everything is noted so that it can be put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crm_toolkit.store import search
from crm_toolkit.store.layout import MINOR, TABLES
from crm_toolkit.texts import say

_FLAGS = {"service": "consent", "email": "consent_email", "sms": "consent_sms"}
_STAY = frozenset({"customers", "merges", "audit"})  # tables whose rows do not move
_SUMMED = tuple(f"{name}{MINOR}" for name in (
    "outstanding", "not_due", "overdue_30", "overdue_60", "overdue_90", "overdue_older", "written_off"))  # fmt: skip
_MOST_KEYS = 500

Row = dict[str, Any]


def move(
    connection: sa.Connection, survivor: int, other: int, kept: Row, moved: dict[str, int],
    touched: list[tuple[str, int]], notes: list[str],
) -> None:  # fmt: skip
    """Everything that hangs on the record that is taken in."""
    for name, table in TABLES.items():
        if name in _STAY or "customer_id" not in table.c:
            continue
        rest = [column for column in table.primary_key.columns if column.name != "customer_id"]
        found = connection.execute(sa.select(table.c.customer_id, *rest).where(table.c.customer_id == other))
        keys = [list(row)[1:] for row in found]
        if not keys:
            continue
        if len(rest) < len(table.primary_key.columns):
            keys = _put_together(connection, table, rest, survivor, other, keys, kept, notes)
        rewrite(connection, table, rest, keys, other, survivor)
        if keys:
            kept["moved"][name] = keys
            moved[name] = moved.get(name, 0) + len(keys)
        if name in search.SEARCHED:
            touched += [(name, int(key[0])) for key in keys]


def _put_together(
    connection: sa.Connection, table: sa.Table, rest: list[sa.Column], survivor: int, other: int, keys: list[list],
    kept: Row, notes: list[str],
) -> list[list]:  # fmt: skip
    """Rows that both records have and only one can: one is left, the other is kept aside; the keys that may move."""
    free = []
    for key in keys:
        same = [column == value for column, value in zip(rest, key, strict=True)]
        ours = connection.execute(sa.select(table).where(table.c.customer_id == survivor, *same)).mappings().first()
        if ours is None:
            free.append(key)
            continue
        theirs = dict(connection.execute(sa.select(table).where(table.c.customer_id == other, *same)).mappings().one())
        after: Row = {}
        if table.name == "receivables":
            after = {name: (ours[name] or 0) + (theirs[name] or 0) for name in _SUMMED}
        if table.name == "loyalty_members":
            after = {"enrolled_at": min(ours["enrolled_at"], theirs["enrolled_at"])}
        after = {name: value for name, value in after.items() if ours[name] != value}
        if after:
            connection.execute(sa.update(table).where(table.c.customer_id == survivor, *same).values(**after))
            kept["replaced"].append([table.name, key, {name: ours[name] for name in after}, after])
        connection.execute(sa.delete(table).where(table.c.customer_id == other, *same))
        kept["removed"].setdefault(table.name, []).append(theirs)
        notes.append(say("Both records had the same row in `{table}`; one is left.", table=table.name))
    return free


def rewrite(
    connection: sa.Connection, table: sa.Table, rest: list[sa.Column], keys: list[list], whose: int, becomes: int
) -> int:
    """Give rows to another customer; how many there were."""
    done = 0
    if len(rest) == 1:
        for some in some_of([key[0] for key in keys]):
            done += connection.execute(
                sa.update(table).where(rest[0].in_(some), table.c.customer_id == whose).values(customer_id=becomes)
            ).rowcount
        return done
    for key in keys:
        same = [column == value for column, value in zip(rest, key, strict=True)]
        done += connection.execute(
            sa.update(table).where(table.c.customer_id == whose, *same).values(customer_id=becomes)
        ).rowcount  # fmt: skip
    return done


def some_of(keys: list[Any]) -> Iterator[list[Any]]:
    for begin in range(0, len(keys), _MOST_KEYS):
        yield keys[begin : begin + _MOST_KEYS]


def consents_end(connection: sa.Connection, survivor: int, kept: Row) -> None:
    """A withdrawal in any of the records ends what was agreed to before it in the others."""
    table = TABLES["consents"]
    found = connection.execute(
        sa.select(table.c.consent_id, table.c.purpose, table.c.given_at, table.c.withdrawn_at)
        .where(table.c.customer_id == survivor)
    ).all()  # fmt: skip
    for one in found:
        later = [other.withdrawn_at for other in found if other.purpose == one.purpose and other.withdrawn_at
                 and other.withdrawn_at >= one.given_at]  # fmt: skip
        if one.withdrawn_at is None and later:
            connection.execute(
                sa.update(table).where(table.c.consent_id == one.consent_id).values(withdrawn_at=min(later))
            )
            kept["consents"].append([one.consent_id, min(later)])


def flags_of(connection: sa.Connection, survivor: int, at: str) -> dict[str, bool]:
    """The short flags of the customer's row as the consents say."""
    table = TABLES["consents"].c
    held = set(connection.execute(
        sa.select(table.purpose).where(
            table.customer_id == survivor, table.withdrawn_at.is_(None),
            sa.or_(table.expires_at.is_(None), table.expires_at > at),
        )
    ).scalars())  # fmt: skip
    return {flag: purpose in held for purpose, flag in _FLAGS.items()}


def balances(connection: sa.Connection, survivor: int, kept: Row) -> None:
    """The running balance of points over the entries of all records together."""
    table, total = TABLES["loyalty_ledger"], 0
    entries = connection.execute(
        sa.select(table.c.entry_id, table.c.points, table.c.balance)
        .where(table.c.customer_id == survivor).order_by(table.c.booked_at, table.c.entry_id)
    ).all()  # fmt: skip
    for one in entries:
        total += one.points or 0
        if one.balance != total:
            connection.execute(sa.update(table).where(table.c.entry_id == one.entry_id).values(balance=total))
            kept["balances"].append([one.entry_id, one.balance, total])


def referred(connection: sa.Connection, other: int, survivor: int) -> list[int]:
    """Those whom the record that was taken in had brought: now the surviving one has."""
    table = TABLES["customers"].c
    keys = [int(key) for key in connection.execute(
        sa.select(table.customer_id).where(table.referrer_id == other, table.customer_id != survivor)
    ).scalars()]  # fmt: skip
    if keys:
        connection.execute(
            sa.update(TABLES["customers"]).where(table.customer_id.in_(keys)).values(referrer_id=survivor)
        )  # fmt: skip
    return keys
