"""Requests and complaints: made at either door, moved from state to state, every step an event of the SLA clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import audit
from crm_toolkit.store.entering.generic import (
    Submission,
    Submitted,
    created,
    customer_of,
    edited,
    insert,
    no_such_row,
    references_seen,
    require_open,
    require_version,
    seen_row,
)
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import mark, say

PRIORITY = {"complaint": "high", "service_request": "normal", "information_request": "low"}  # convention
_OPEN = ("new", "assigned", "waiting", "reopened")
# step → states from which it may be taken, and the state after it (None: as it was)
_STEPS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "assigned": (("new", "assigned", "reopened"), "assigned"),
    "responded": (_OPEN, None),
    "message": ((*_OPEN, "resolved", "rejected"), None),
    "paused": (("new", "assigned", "reopened"), "waiting"),
    "resumed": (("waiting",), "assigned"),
    "resolved": (_OPEN, "resolved"),
    "rejected": (_OPEN, "rejected"),
    "reopened": (("resolved", "rejected"), "reopened"),
}
# step that says something to the customer → what to write
_SAID = {
    "responded": mark("Write what was answered."),
    "message": mark("Write what was said."),
    "rejected": mark("Write why."),
}


def request(one: Submission) -> Submitted:
    """A new request: the contact in which it was made, the request, and its first event."""
    values = dict(one.values)
    channel = values.pop("channel", None) or ("account" if one.actor.kind == "customer" else "branch")
    customer = customer_of(one)
    references_seen(one, {"customer_id": customer, "order_id": values.get("order_id")})
    _own_order(one, customer, values.get("order_id"))
    branch = one.connection.execute(
        sa.select(TABLES["customers"].c.branch_id).where(TABLES["customers"].c.customer_id == customer)
    ).scalar()
    contact = insert(one.connection, "contacts", {
        "customer_id": customer, "opened_at": one.at, "kind": values["kind"], "channel": channel, "direction": "in",
        "branch_id": branch, "employee_id": one.actor.employee_id, "order_id": values.get("order_id"),
        "subject": values["subject"], "body": values.get("body"), "entered_kind": one.actor.kind,
    })  # fmt: skip
    values["priority"] = values.get("priority") or PRIORITY[values["kind"]]
    done = created(
        replace(one, values=values), contact_id=contact, status="new", reopened=0, branch_id=branch,
        **({"severity": 2} if values["kind"] == "complaint" else {}),
    )  # fmt: skip
    _event(one, done.key, customer, "opened", None)
    return replace(done, touched=(*done.touched, ("contacts", contact)))


def _own_order(one: Submission, customer: int, order: int | None) -> None:
    """Refuse an order of somebody else."""
    if order is None:
        return
    table = TABLES["orders"]
    owner = one.connection.execute(sa.select(table.c.customer_id).where(table.c.order_id == order)).scalar()
    if owner != customer:
        what = say("Order {order} is not one of this customer.", order=order)
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("wrong_order", what, column="order_id")])  # fmt: skip


def request_step(one: Submission) -> Submitted:
    """The next step of a request, taken by an employee."""
    before = seen_row(one)
    values = dict(one.values)
    event, text, taker = values.pop("event"), values.pop("text", None), values.pop("employee_id", None)
    require_version(one, before, {"status": before["status"]})
    require_open(one.connection, int(before["customer_id"]), one.rights)
    references_seen(one, {"employee_id": taker})
    after = _state_after(before["status"], event)
    if event == "responded" and after == "new":
        after = "assigned"
    more: dict[str, Any] = {"status": after}
    if taker is not None or event == "assigned" or (event == "responded" and before["status"] == "new"):
        more["employee_id"] = taker or one.actor.employee_id or before["employee_id"]
    if event in ("responded", "resolved", "rejected") and before["first_response_at"] is None:
        more["first_response_at"] = one.at
    if event in ("resolved", "rejected"):
        more["resolved_at"] = one.at
    if event == "reopened":
        more |= {"resolved_at": None, "reopened": before["reopened"] + 1}
    if event in _SAID and not text:
        what = say("“{label}” is empty.", label=say("Answer or remark"))
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("empty", what, advice=say(_SAID[event]), column="text")])  # fmt: skip
    values = {name: value for name, value in values.items() if value is not None}
    done = edited(replace(one, values=values), **more)
    audit.record(one.connection, one.actor, one.at, event, "requests", one.row, customer_id=before["customer_id"],
                 key=one.key)  # fmt: skip
    if done.version == one.expected_version:  # an event alone changes the row too: the other side has to see it
        table = TABLES["requests"]
        one.connection.execute(
            sa.update(table).where(table.c.request_id == one.row).values(version=table.c.version + 1)
        )
        done = replace(done, version=(done.version or 0) + 1)
    _event(one, int(one.row or 0), int(before["customer_id"]), event, text)
    return done


def request_reply(one: Submission) -> Submitted:
    """A customer's message: it wakes a request that was waiting, and opens a settled one again."""
    table = TABLES["requests"]
    before = one.connection.execute(
        sa.select(table).where(table.c.request_id == one.row, one.rights.rows("requests")).with_for_update()
    ).mappings().first()  # fmt: skip
    if before is None:
        raise no_such_row("requests", one.row)
    require_open(one.connection, int(before["customer_id"]), one.rights)
    event = {"waiting": "resumed", "resolved": "reopened", "rejected": "reopened"}.get(before["status"], "message")
    values: dict[str, Any] = {"status": _state_after(before["status"], event), "version": before["version"] + 1}
    if event == "reopened":
        values |= {"resolved_at": None, "reopened": before["reopened"] + 1}
    one.connection.execute(sa.update(table).where(table.c.request_id == one.row).values(**values))
    audit.record(one.connection, one.actor, one.at, event, "requests", one.row, customer_id=before["customer_id"],
                 key=one.key)  # fmt: skip
    made = _event(one, int(one.row or 0), int(before["customer_id"]), event, one.values["text"])
    return Submitted("request_events", made, touched=(("requests", int(one.row or 0)),))


def possible_steps(state: str) -> tuple[str, ...]:
    """The steps that a request in that state can take.

    >>> possible_steps("waiting")
    ('responded', 'message', 'resumed', 'resolved', 'rejected')
    """
    return tuple(step for step, (states, _) in _STEPS.items() if state in states)


def _state_after(state: str, event: str) -> str:
    allowed, after = _STEPS[event]
    if state not in allowed:
        possible = ", ".join(possible_steps(state))
        what = say("A request that is `{state}` can't take the step `{event}`.", state=state, event=event)
        advice = say("Possible now: {steps}.", steps=possible)
        raise InputError(say("This can't be done."), [Problem("wrong_step", what, advice=advice, column="event")])
    return after or state


def _event(one: Submission, request_id: int, customer: int, event: str, text: str | None) -> int:
    return insert(one.connection, "request_events", {
        "request_id": request_id, "customer_id": customer, "happened_at": one.at, "event": event, "text": text,
        "actor": one.actor.label,
    })  # fmt: skip
