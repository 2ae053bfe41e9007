"""Profiles: every value with its source, who entered it, when, and on which lawful basis.

The row of `customers` holds what is in force. `profile_values` holds every value that ever stood there or waits to:
an employee's entry is in force at once; what a customer changes is marked as the customer's, and where the form says
so it waits for an employee.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store import audit
from crm_toolkit.store.entering.generic import (
    Submission,
    Submitted,
    created,
    edited,
    insert,
    require_open,
    seen_row,
    update,
)
from crm_toolkit.store.layout import MINOR, TABLES
from crm_toolkit.texts import say

_NAME_PARTS = {"last_name": None, "first_name": None, "middle_name": None}  # a new whole name makes them unknown


def new_customer(one: Submission) -> Submitted:
    """A new customer or prospect, with an entry for every value."""
    values = dict(one.values)
    basis = values.pop("basis", None) or "contract"
    values["kind"] = values.get("kind") or "prospect"
    done = created(replace(one, values=values), responsible_id=one.actor.employee_id)
    for name, value in values.items():
        if name in PROFILE_FIELDS and value is not None:
            _enter(one, done.key, name, value, basis, "current")
    return done


def profile(one: Submission) -> Submitted:
    """Changes of a profile: in force at once, or waiting for an employee."""
    values = dict(one.values)
    basis = values.pop("basis", None) or ("consent" if one.actor.kind == "customer" else "contract")
    row = one.actor.customer_id if one.row is None else one.row
    one = replace(one, row=row)
    before = seen_row(one)
    require_open(one.connection, int(row or 0), one.rights)
    if "full_name" in values and values["full_name"] is None:
        what = say("“{label}” is empty.", label=say("Name"))
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("empty", what, advice=say("Fill it in."), column="full_name")])  # fmt: skip
    waiting = {field.name for field in one.form.fields if field.moderated} if one.actor.kind == "customer" else set()
    pending = {
        name: value for name, value in values.items() if name in waiting and _text(before, name) != _plain(name, value)
    }
    now = {name: value for name, value in values.items() if name not in waiting}
    more: dict[str, Any] = dict(_NAME_PARTS) if now.get("full_name") not in (None, before["full_name"]) else {}
    done = edited(replace(one, values=now), **more)
    for name, value in now.items():
        if name in PROFILE_FIELDS and _text(before, name) != _plain(name, value):
            _supersede(one, int(row or 0), name, ("current", "pending"))
            _enter(one, int(row or 0), name, value, basis, "current")
    for name, value in pending.items():
        _supersede(one, int(row or 0), name, ("pending",))
        _enter(one, int(row or 0), name, value, basis, "pending")
        audit.record(one.connection, one.actor, one.at, "propose", "customers", row, customer_id=row, key=one.key,
                     changes={name: (before[_column(name)], value)})  # fmt: skip
    return replace(done, pending=tuple(pending))


def moderation(one: Submission) -> Submitted:
    """An employee's verdict on a value that a customer proposed."""
    entry = seen_row(one)
    if entry["status"] != "pending":
        what = say("This change is already settled.")
        raise InputError(say("This can't be done."), [Problem("settled", what, column="verdict")])
    accepted = one.values["verdict"] == "accept"
    table = TABLES["profile_values"]
    customer, name = int(entry["customer_id"]), entry["field"]
    require_open(one.connection, customer, one.rights)
    before = one.connection.execute(
        sa.select(TABLES["customers"].c[_column(name)]).where(TABLES["customers"].c.customer_id == customer)
    ).scalar()
    if accepted:
        _supersede(one, customer, name, ("current",))
        _put(one, customer, name, entry["value"])
    one.connection.execute(
        sa.update(table).where(table.c.value_id == one.row).values(status="current" if accepted else "rejected")
    )
    audit.record(one.connection, one.actor, one.at, "accept" if accepted else "reject", "profile_values", one.row,
                 customer_id=customer, key=one.key, changes={name: (before, _value(name, entry["value"]))})  # fmt: skip
    return Submitted(
        "profile_values", int(one.row or 0), touched=(("profile_values", int(one.row or 0)), ("customers", customer))
    )  # fmt: skip


def _put(one: Submission, customer: int, name: str, text: str | None) -> None:
    """An accepted value into the customer's row."""
    table = TABLES["customers"]
    before = one.connection.execute(
        sa.select(table).where(table.c.customer_id == customer).with_for_update()
    ).mappings().one()  # fmt: skip
    form = replace(one.form, entity="customers")
    values: dict[str, Any] = {_column(name): _value(name, text)}
    if name == "full_name":
        values |= _NAME_PARTS
    update(replace(one, form=form, row=customer, expected_version=before["version"]), dict(before), values)


def _enter(one: Submission, customer: int, name: str, value: Any, basis: str, status: str) -> int:
    return insert(one.connection, "profile_values", {
        "customer_id": customer, "field": name, "value": _plain(name, value), "source": one.form.name,
        "entered_kind": one.actor.kind, "actor": one.actor.label, "entered_at": one.at, "basis": basis,
        "status": status,
    })  # fmt: skip


def _supersede(one: Submission, customer: int, name: str, states: tuple[str, ...]) -> None:
    table = TABLES["profile_values"]
    one.connection.execute(
        sa.update(table)
        .where(table.c.customer_id == customer, table.c.field == name, table.c.status.in_(states))
        .values(status="superseded")
    )


def _column(name: str) -> str:
    return name + MINOR if STORE_TABLES["customers"].table.column(name).kind == "money" else name


def _plain(name: str, value: Any) -> str | None:
    """A stored value as the text that an entry keeps: money with two decimals."""
    if value is None:
        return None
    return f"{value / 100:.2f}" if _column(name) != name else str(value)


def _text(row: Mapping[str, Any], name: str) -> str | None:
    return _plain(name, row[_column(name)])


def _value(name: str, text: str | None) -> Any:
    """What an entry's text stands for in the customer's row."""
    kind = STORE_TABLES["customers"].table.column(name).kind
    if text is None or kind in ("text", "date"):
        return text
    return round(float(text) * 100) if kind == "money" else int(text)
