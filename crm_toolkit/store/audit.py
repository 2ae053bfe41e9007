"""The log of actions: who did what to which row, and when. It keeps tokens, never values.

A token is a keyed digest of a value: whoever holds the key can prove that two entries speak of the same value, and
nobody can read the value from it. When a person is erased the tokens go too; action, actor and time stay.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crm_toolkit.store.actors import Actor
from crm_toolkit.store.layout import TABLES


def token(key: bytes, value: object) -> str | None:
    """A keyed token of a value; nothing for nothing.

    >>> token(b"k" * 32, "a@example.com") == token(b"k" * 32, "a@example.com"), len(token(b"k" * 32, 1))
    (True, 24)
    """
    if value is None:
        return None
    return hmac.new(key, str(value).encode(), hashlib.sha256).hexdigest()[:24]


def record(
    connection: sa.Connection,
    actor: Actor,
    at: str,
    action: str,
    entity: str,
    entity_id: int | None,
    *,
    customer_id: int | None = None,
    key: bytes = b"",
    changes: Mapping[str, tuple[object, object]] | None = None,
) -> None:
    """Write what was done, in the transaction that does it: one entry for every changed field, or one for the row.

    Parameters
    ----------
    connection : Connection
        The transaction that makes the change.
    actor : Actor
        Who does it.
    at : str
        When, ISO.
    action, entity, entity_id, customer_id
        What, to which row, of which customer.
    key : bytes
        Key of the tokens.
    changes : mapping of str to (before, after), optional
        Field → the value before and after.
    """
    common: dict[str, Any] = {
        "happened_at": at, "actor": actor.label, "entity": entity, "entity_id": entity_id, "customer_id": customer_id,
        "action": action,
    }  # fmt: skip
    entries = [
        common | {"field": name, "before_token": token(key, before), "after_token": token(key, after)}
        for name, (before, after) in (changes or {}).items()
    ] or [common | {"field": None, "before_token": None, "after_token": None}]
    connection.execute(sa.insert(TABLES["audit"]), entries)


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """The fields that differ.

    >>> changed({"city": "Орёл", "note": None}, {"city": "Тула", "note": None})
    {'city': ('Орёл', 'Тула')}
    """
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def entity_ids(rows: Iterable[Mapping[str, Any]], key: str) -> list[int]:
    """The keys of rows."""
    return [int(row[key]) for row in rows]
