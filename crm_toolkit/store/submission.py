"""A form handed in: read, allowed, written with its log in one transaction, or refused with every reason."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import database, search
from crm_toolkit.store.declared import FORMS
from crm_toolkit.store.entering import (
    conclusions,
    consents,
    erasures,
    generic,
    knowledge,
    pipeline,
    profiles,
    purchases,
    requests,
)
from crm_toolkit.store.entering.generic import Submission, Submitted
from crm_toolkit.store.forms import Form, checked
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store

MOST = 2**63 - 1  # the largest whole number of the database
# form → what happens with it; the others make or change a row of their table
HANDLERS: dict[str, Callable[[Submission], Submitted]] = {
    "customer": profiles.new_customer,
    "profile": profiles.profile,
    "moderation": profiles.moderation,
    "request": requests.request,
    "request_step": requests.request_step,
    "request_reply": requests.request_reply,
    "purchase": purchases.purchase,
    "payment": purchases.payment,
    "consent": consents.consent,
    **knowledge.HANDLERS,
    **pipeline.HANDLERS,
    **conclusions.HANDLERS,
    **erasures.HANDLERS,
}


def submit(
    store: Store, name: str, values: Mapping[str, Any], *, row: int | None, expected_version: int | None
) -> Submitted:
    """Hand in a form for the person at the door; see `Store.submit`."""
    form = form_at(store, name)
    rights, door = store.rights, store.actor.kind
    if form.right:
        rights.require(form.right)
    else:
        rights.require_action(form.action, form.entity)
    if form.action == "edit" and row is None and not (door == "customer" and form.entity == "customers"):
        what = say("Say which row is meant: row=….")
        raise InputError(say("This can't be done."), [Problem("no_row", what, column="row")])
    row, expected_version = whole_number("row", row), whole_number("expected_version", expected_version)
    read = checked(form, values, door=door, now=store.now_iso())
    if name in conclusions.PREPARATIONS:  # queries are asked before the database is locked for writing
        read = conclusions.PREPARATIONS[name](store, read)
    handler = HANDLERS.get(name, generic.edited if form.action == "edit" else generic.created)

    def work(connection: sa.Connection) -> Submitted:
        done = handler(
            Submission(connection, rights, form, read, store.now_iso(), store.key, row, expected_version)
        )  # fmt: skip
        search.refresh(connection, done.touched)
        return done

    return database.written(store.engine, work)


def form_at(store: Store, name: str) -> Form:
    """The form of that name, if it lies at this person's door, with the fields that this person may fill in.

    A value that the person may not see at all can be entered for a new row, but not changed unseen.
    """
    door = store.actor.kind
    here = [form.name for form in FORMS.values() if door in form.doors]
    if name not in here:
        close = near_misses(str(name), here)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
            "The forms here are {names}.", names=join_names(f"`{one}`" for one in here))  # fmt: skip
        what = say("There is no form `{name}` here.", name=name)
        raise InputError(say("This can't be done."), [Problem("unknown_form", what, advice=advice, column=name)])
    form, role = FORMS[name], store.role
    if form.action == "create":
        return form
    columns = STORE_TABLES[form.entity].table.column_names
    kept = (one for one in form.fields if one.name not in columns or role.rule(form.entity, one.name) != "none")
    return replace(form, fields=tuple(kept))


def whole_number(name: str, value: object) -> int | None:
    """A key or version as the database takes it, from whatever whole number it was.

    >>> whole_number("row", 3.0)
    3
    """
    if value is None:
        return None
    try:
        found = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        found = int(value) if isinstance(value, float) and value.is_integer() else -1
    if isinstance(value, bool) or not 0 <= found <= MOST:
        what = say("`{name}` must be a whole number; it is “{value}”.", name=name, value=str(value)[:40])
        raise InputError(say("This can't be done."), [Problem("not_whole", what, column=name)])
    return found
