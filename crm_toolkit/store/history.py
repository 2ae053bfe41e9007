"""Who changed what in a row, and when: the log of actions, with values only where the person may read them.

The log itself keeps tokens, never values. Values come from `profile_values`, which keeps every value of a profile, and
from the row as it is now: a field's latest change led to what stands there. So nothing is told here that the person
could not read elsewhere, and a field that the role may not see is not even named.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store import database
from crm_toolkit.store.layout import MINOR, TABLES
from crm_toolkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.store.door import Store


@dataclass(frozen=True)
class Change:
    """One change of one field, or one action on a row.

    Parameters
    ----------
    at : str
        When, ISO.
    actor : str
        Role and number of who did it.
    action : str
        Such as create, edit, propose, accept, reject, withdraw, import.
    field : str or None
        Field that was changed; None for an action on the whole row.
    before, after : object
        Values as far as they are kept and the person may read them.
    """

    at: str
    actor: str
    action: str
    field: str | None = None
    before: Any = None
    after: Any = None


def history(store: Store, entity: str, key: int) -> pd.DataFrame:
    """The history of a row; see `Store.history`."""
    import pandas as pd

    row = store.row(entity, key)
    told = [name for name, needed in (("log", "audit"), ("values", "profile_values"), ("events", "request_events"))
            if store.role.scope(needed) != "none" and (name == "log" or entity == _OF[needed])]  # fmt: skip
    if not told:
        what = say("The role “{role}” may not see `{name}`.", role=say(store.role.title), name="audit")
        raise InputError(say("Nothing can be shown."), [Problem("not_allowed", what, column="audit")])
    with database.reading(store.engine) as connection:
        changes = _values(connection, store, key) if "values" in told else []
        if "events" in told:
            changes += _events(connection, store, key)
        if "log" in told:
            changes += _log(connection, store, entity, key, row, changes)
    changes.sort(key=lambda one: (one.at, one.field or ""))
    made = pd.DataFrame([vars(one) for one in changes], columns=[one.name for one in fields(Change)],
                        dtype=object)  # fmt: skip
    return made.assign(at=pd.to_datetime(made["at"]))


_OF = {"profile_values": "customers", "request_events": "requests"}


def _values(connection: sa.Connection, store: Store, customer: int) -> list[Change]:
    """Every value that a field of the profile had, or was to have."""
    table = TABLES["profile_values"]
    wanted = store.rights.readable("profile_values").where(table.c.customer_id == customer).order_by(table.c.value_id)
    standing: dict[str, Any] = {}
    changes = []
    for entry in connection.execute(wanted).mappings():
        name, kind = entry["field"], entry["entered_kind"]
        before = standing.get(name)
        action = "import" if kind == "import" else "enter"
        if entry["status"] in ("pending", "rejected"):
            action = "propose" if entry["status"] == "pending" else "reject"
        else:
            standing[name] = entry["value"]
        changes.append(Change(entry["entered_at"], entry["actor"] or kind, action, name, before, entry["value"]))
    return changes


def _events(connection: sa.Connection, store: Store, request: int) -> list[Change]:
    """The course of a request; the words of an answer as far as they may be read."""
    table = TABLES["request_events"]
    wanted = store.rights.readable("request_events").where(table.c.request_id == request).order_by(table.c.event_id)
    return [
        Change(event["happened_at"], event["actor"] or "", event["event"], None, None, event.get("text"))
        for event in connection.execute(wanted).mappings()
    ]


def _log(
    connection: sa.Connection, store: Store, entity: str, key: int, row: dict[str, Any], known: list[Change]
) -> list[Change]:
    """What the log says of the row, without what is told already and without fields that the role may not see."""
    table = TABLES["audit"]
    about = sa.and_(table.c.entity == entity, table.c.entity_id == key)
    if entity == "customers":
        about = sa.or_(about, sa.and_(table.c.entity == "profile_values", table.c.customer_id == key))
    wanted = sa.select(table.c.happened_at, table.c.actor, table.c.action, table.c.field)
    found = connection.execute(wanted.where(about, store.rights.rows("audit")).order_by(table.c.audit_id)).all()
    told = {(one.at, one.field) for one in known}
    columns = STORE_TABLES[entity].table.column_names
    changes: list[Change] = []
    latest: dict[str, int] = {}
    for at, actor, action, stored in found:
        name = stored.removesuffix(MINOR) if stored else None
        if name in columns and store.role.rule(entity, str(name)) == "none":
            continue
        if (at, name) in told and name in PROFILE_FIELDS and action in ("create", "edit", "propose"):
            continue
        if name in columns:
            latest[str(name)] = len(changes)
        changes.append(Change(at, actor, action, name))
    for name, place in latest.items():
        if name not in PROFILE_FIELDS or entity != "customers":
            one = changes[place]
            changes[place] = Change(one.at, one.actor, one.action, one.field, None, row.get(name))
    return changes
