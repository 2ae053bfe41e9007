"""A person asks to be erased: written down with the day by which it is due, done by whoever has the right.

How long an organisation may take is a matter of law, and laws change: a month is the order of magnitude of the rules
that were looked at in September 2025. Check the version in force.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.store.entering.generic import Submission, Submitted, created, customer_of
from crm_toolkit.store.forms import Form, FormField
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import mark, say

ERASURE_DAYS = Knob(
    "erasure_days", 30, 1, 90, 1, mark("Days until a request to be erased is due"), unit=mark("days"),
    origin="convention", reference="a month, as usual in September 2025; check the version of the law in force",
)  # fmt: skip

FORMS: tuple[Form, ...] = (
    Form("erasure", mark("Request to be erased"), "erasures", "create", (
        FormField("customer_id", mark("Customer's number"), "key", required=True, low=1, doors=("employee",)),
        FormField("mode", mark("How"), "choice", choices=("anonymise", "pseudonymise"), doors=("employee",)),
    ), ("employee", "customer")),
)  # fmt: skip


def erasure(one: Submission) -> Submitted:
    """The request; a second one while the first is open says so."""
    table, customer = TABLES["erasures"], customer_of(one)
    waiting = one.connection.execute(
        sa.select(table.c.due_on).where(table.c.customer_id == customer, table.c.done_at.is_(None))
    ).scalar()  # fmt: skip
    if waiting is not None:
        what = say("This was asked for already; it is due on {day}.", day=waiting)
        raise InputError(say("This can't be done."), [Problem("asked_already", what, column="customer_id")])
    due = dt.date.fromisoformat(one.at[:10]) + dt.timedelta(days=int(ERASURE_DAYS.default))
    return created(one, mode=one.values.get("mode") or "anonymise", due_on=due.isoformat())


HANDLERS = {"erasure": erasure}
