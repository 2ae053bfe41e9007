"""A row of one table, made or changed, whatever the table is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import POINTS_TO, STORE_TABLES
from crm_toolkit.store import audit
from crm_toolkit.store.actors import Actor
from crm_toolkit.store.forms import Form
from crm_toolkit.store.layout import MINOR, TABLES, stored_name
from crm_toolkit.store.rights import Rights
from crm_toolkit.texts import say


@dataclass(frozen=True)
class Submission:
    """One form on its way into the database.

    Parameters
    ----------
    connection : Connection
        The writing transaction.
    rights : Rights
        Of the person who hands it in.
    form : Form
    values : dict
        As `forms.checked` read them.
    at : str
        Now, ISO.
    key : bytes
        Key of the log's tokens.
    row : int, optional
        Key of the row that is changed.
    expected_version : int, optional
        The version of that row which the person saw.
    """

    connection: sa.Connection
    rights: Rights
    form: Form
    values: Mapping[str, Any]
    at: str
    key: bytes
    row: int | None = None
    expected_version: int | None = None

    @property
    def actor(self) -> Actor:
        """Who hands it in."""
        return self.rights.actor


@dataclass(frozen=True)
class Submitted:
    """What came of a form.

    Parameters
    ----------
    entity : str
        Table.
    key : int
        Key of the row that was made or changed.
    version : int or None
        Its version now, where rows have one.
    pending : tuple of str
        Fields whose new value waits for an employee.
    touched : tuple of (str, int)
        Every row that changed, as (table, key): what a search index has to read again.
    """

    entity: str
    key: int
    version: int | None = None
    pending: tuple[str, ...] = ()
    touched: tuple[tuple[str, int], ...] = ()


class ConflictError(InputError):
    """Somebody else changed the row meanwhile.

    ``.values`` is what was typed, ``.current`` what stands there now in the fields that differ, as far as the person
    may read it; money in currency units, dates and times as text, ready to be typed again.
    """

    def __init__(self, problem: Problem, values: Mapping[str, Any], current: Mapping[str, Any]):
        super().__init__(say("Somebody else changed this meanwhile; nothing was saved."), [problem])
        self.values, self.current = dict(values), dict(current)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems[0], self.values, self.current))


def created(one: Submission, **more: Any) -> Submitted:
    """Make a row of the form's table from the form's values.

    What the form does not ask is filled in: the person, the moment, the branch, the first version.
    """
    entity = STORE_TABLES[one.form.entity]
    if one.actor.kind == "customer" and "customer_id" in entity.table.column_names:
        more = {"customer_id": one.actor.customer_id} | more
    typed = {_stored(entity.name, name): value for name, value in one.values.items()}
    references_seen(one, typed | ({"customer_id": more["customer_id"]} if "customer_id" in more else {}))
    values = typed | more
    _fill_in(one, entity.name, values)
    key = insert(one.connection, entity.name, values)
    whose = key if entity.name == "customers" else values.get("customer_id")
    audit.record(
        one.connection, one.actor, one.at, "create", entity.name, key, customer_id=whose, key=one.key,
        changes={name: (None, typed[_stored(entity.name, name)]) for name, value in one.values.items()
                 if value is not None},
    )  # fmt: skip
    return Submitted(entity.name, key, values.get("version"), touched=((entity.name, key),))


def edited(one: Submission, **more: Any) -> Submitted:
    """Change a row of the form's table, if nobody changed it since the person saw it."""
    entity = one.form.entity
    before = seen_row(one)
    typed = {_stored(entity, name): value for name, value in one.values.items()}
    references_seen(one, typed)
    if "version" in before:
        require_version(one, before, audit.changed(before, typed))
    changes = audit.changed(before, typed | more)
    version = update(one, before, {name: after for name, (_, after) in changes.items()})
    if changes:
        audit.record(
            one.connection, one.actor, one.at, "edit", entity, one.row, key=one.key,
            changes={_contract_name(entity, name): change for name, change in changes.items()},
            customer_id=one.row if entity == "customers" else before.get("customer_id"),
        )  # fmt: skip
    return Submitted(entity, int(one.row or 0), version, touched=((entity, int(one.row or 0)),))


def seen_row(one: Submission) -> dict[str, Any]:
    """The row that is to be changed, whole, if the person may see it; locked until the end of the transaction.

    Raises
    ------
    InputError
        If there is no such row for this person: the same words whether it is missing or forbidden.
    """
    entity = one.form.entity
    table, key = TABLES[entity], STORE_TABLES[entity].table.key[0]
    allowed = one.rights.rows(entity) if one.rights.role.scope(entity) != "none" else sa.false()
    found = one.connection.execute(
        sa.select(table).where(table.c[key] == one.row, allowed).with_for_update()
    ).mappings().first()  # fmt: skip
    if found is None:
        raise no_such_row(entity, one.row)
    return dict(found)


def no_such_row(entity: str, row: object) -> InputError:
    """The letter for a row that is not there, or not for this person."""
    what = say("There is no row {key} of `{table}` that you can see.", key=row, table=entity)
    return InputError(say("This can't be done."), [Problem("no_such_row", what, column=entity)])


def update(one: Submission, before: Mapping[str, Any], values: Mapping[str, Any]) -> int | None:
    """Write values into the row, if its version is still the one that the person saw; its new version."""
    entity = one.form.entity
    table, key = TABLES[entity], STORE_TABLES[entity].table.key[0]
    if "version" not in table.c:
        if values:
            one.connection.execute(sa.update(table).where(table.c[key] == one.row).values(**values))
        return None
    seen = require_version(one, before, values)
    if not values:
        return seen
    done = one.connection.execute(
        sa.update(table).where(table.c[key] == one.row, table.c.version == seen).values(**values, version=seen + 1)
    )
    if done.rowcount != 1:
        raise _conflict(one, before, values)
    return seen + 1


def require_version(one: Submission, before: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """The version that the person saw, if it is still the row's.

    Raises
    ------
    InputError
        If the person did not say which version was seen.
    ConflictError
        If somebody changed the row meanwhile.
    """
    if one.expected_version is None:
        what = say("Say which version of the row you saw: expected_version=….")
        raise InputError(say("This can't be saved."), [Problem("no_version", what, column="version")])
    if before["version"] != one.expected_version:
        raise _conflict(one, before, values)
    return one.expected_version


def _conflict(one: Submission, before: Mapping[str, Any], values: Mapping[str, Any]) -> ConflictError:
    """The letter, with what stands there now as far as the person may read it."""
    entity = one.form.entity
    read = {stored_name(c): c.name for c, rule in one.rights.columns(entity) if rule == "read"}
    current = {read[name]: _typed(entity, read[name], before[name]) for name in values if name in read}
    typed = {name: _typed(entity, name, value) for name, value in one.values.items()}
    what = say("You saw version {seen}, now it is {now}.", seen=one.expected_version, now=before["version"])
    advice = say("Look at what stands there now, then save again. What you typed is kept.")
    return ConflictError(Problem("conflict", what, advice=advice), typed, current)


def _typed(entity: str, name: str, value: Any) -> Any:
    """A stored value as a person types it: money in currency units."""
    return value if value is None or _stored(entity, name) == name else value / 100


def customer_of(one: Submission) -> int:
    """The customer whom the form concerns: the one at the door, or the one that was typed."""
    own = one.actor.customer_id
    return int(one.values["customer_id"] if own is None else own)


def references_seen(one: Submission, values: Mapping[str, Any]) -> None:
    """Refuse numbers of rows that are not there, or that the person can't see: all at once."""
    problems = []
    if values.get("customer_id") is not None:
        require_open(one.connection, int(values["customer_id"]), one.rights)
    for name, value in values.items():
        if value is None or name not in POINTS_TO or (one.actor.kind == "customer" and name == "customer_id"):
            continue
        target, key = POINTS_TO[name]
        table = TABLES[target]
        allowed = one.rights.rows(target) if one.rights.role.scope(target) != "none" else sa.false()
        own = name == "employee_id" and value == one.actor.employee_id
        wanted = sa.select(table.c[key]).where(table.c[key] == value, allowed)
        if not own and one.connection.execute(wanted).first() is None:
            what = say("There is no row {key} of `{table}` that you can see.", key=value, table=target)
            problems.append(Problem("no_such_row", what, column=name))
    if problems:
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)), problems)


def require_open(connection: sa.Connection, customer: int, rights: Rights | None = None) -> None:
    """Refuse to enter anything for a person who was erased, or whose record went into another one.

    With rights, nothing is said of a customer whom the person can't see; that is `references_seen`'s.
    """
    table = TABLES["customers"].c
    seen = sa.true() if rights is None else rights.rows("customers")
    found = connection.execute(
        sa.select(table.erased_at, table.merged_into).where(table.customer_id == customer, seen)
    ).first()  # fmt: skip
    if found is None or (found[0] is None and found[1] is None):
        return
    what = (
        say("The record of customer {customer} went into that of customer {other}.", customer=customer, other=found[1])
        if found[1] is not None
        else say("The data of customer {customer} were erased.", customer=customer)
    )
    raise InputError(say("This can't be done."), [Problem("closed", what, column="customer_id")])


def _fill_in(one: Submission, entity: str, values: dict[str, Any]) -> None:
    columns = set(STORE_TABLES[entity].table.column_names)
    now = {"opened_at", "created_at", "entered_at", "used_at", "moved_at", "decided_at", "happened_at", "requested_at",
           "given_at", "written_at", "ordered_at"}  # fmt: skip
    ready = dict.fromkeys(now, one.at) | {
        "version": 1, "actor": one.actor.label, "entered_kind": one.actor.kind, "employee_id": one.actor.employee_id,
        "branch_id": one.actor.branch_id,
    }  # fmt: skip
    asked = {field.name for field in one.form.fields}
    left_empty = "branch_id" if "branch_id" in asked else ""  # asked, and left empty: the whole organisation
    for name, value in ready.items():
        if name in columns and values.get(name) is None and name not in (left_empty, *STORE_TABLES[entity].table.key):
            values[name] = value


def insert(connection: sa.Connection, entity: str, values: Mapping[str, Any]) -> int:
    """Write one row and return its key."""
    table = TABLES[entity]
    made = connection.execute(sa.insert(table).values(**values))
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def _contract_name(entity: str, stored: str) -> str:
    return next((c.name for c in STORE_TABLES[entity].table.columns if stored_name(c) == stored), stored)


def _stored(entity: str, name: str) -> str:
    contract = STORE_TABLES[entity].table
    return name + MINOR if name in contract.column_names and contract.column(name).kind == "money" else name
