"""Consent to one purpose: given as a record of its own, with the version of the text; withdrawn as easily.

A consent may end by itself on a day; from then on it is as if it had been withdrawn, and there is nothing to withdraw.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import audit
from crm_toolkit.store.entering.generic import Submission, Submitted, created, customer_of, references_seen
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import say

# purpose → the short flag of the customer's row that says the same
FLAGS = {"service": "consent", "email": "consent_email", "sms": "consent_sms"}


def consent(one: Submission) -> Submitted:
    """A consent given, or the one in force withdrawn."""
    values = {"text_version": None} | dict(one.values)
    agreed = bool(values.pop("agreed"))
    customer = customer_of(one)
    references_seen(one, {"customer_id": customer})
    if agreed and not values["text_version"]:
        what = say("“{label}” is empty.", label=say("Version of the text"))
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("empty", what, advice=say("Fill it in."), column="text_version")])  # fmt: skip
    ends = values.get("expires_at") if agreed else values.pop("expires_at", None)
    if agreed and ends is not None and ends <= one.at:
        what = say("“{label}” lies not after today.", label=say("Holds until"))
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("too_early", what, column="expires_at")])  # fmt: skip
    table, customers = TABLES["consents"], TABLES["customers"]
    one.connection.execute(  # two who consent at the same time wait for each other here
        sa.select(customers.c.customer_id).where(customers.c.customer_id == customer).with_for_update()
    )
    standing = one.connection.execute(
        sa.select(table.c.consent_id)
        .where(table.c.customer_id == customer, table.c.purpose == values["purpose"], table.c.withdrawn_at.is_(None),
               sa.or_(table.c.expires_at.is_(None), table.c.expires_at > one.at))
        .with_for_update()
    ).scalars().all()  # fmt: skip
    if not agreed and not standing:
        what = say("There is no consent to this purpose that could be withdrawn.")
        raise InputError(say("This can't be done."), [Problem("no_consent", what, column="agreed")])
    one.connection.execute(
        sa.update(table).where(table.c.consent_id.in_(standing)).values(withdrawn_at=one.at)
    )  # a new version of the text replaces the old consent, a refusal ends it
    _flag(one, customer, values["purpose"], agreed)
    for key in standing:
        action = "replace" if agreed else "withdraw"
        audit.record(one.connection, one.actor, one.at, action, "consents", key, customer_id=customer, key=one.key)
    if agreed:
        source = values.pop("source", None) or ("account" if one.actor.kind == "customer" else "desk")
        done = created(replace(one, values=values), basis="consent", source=source)
        return replace(done, touched=(*done.touched, ("customers", customer)))
    return Submitted("consents", int(standing[-1]), touched=(("consents", int(standing[-1])), ("customers", customer)))


def _flag(one: Submission, customer: int, purpose: str, agreed: bool) -> None:
    name = FLAGS.get(purpose)
    if name:
        table = TABLES["customers"]
        one.connection.execute(
            sa.update(table)
            .where(table.c.customer_id == customer)
            .values(**{name: int(agreed), "version": table.c.version + 1})
        )
