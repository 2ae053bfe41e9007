"""Purchases: an order with its line, the payment or the bill, and money received for a bill."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import audit
from crm_toolkit.store.entering.generic import Submission, Submitted, created, insert, references_seen, seen_row
from crm_toolkit.store.forms import MOST_MONEY
from crm_toolkit.store.layout import MINOR, TABLES
from crm_toolkit.texts import format_number, say


def purchase(one: Submission) -> Submitted:
    """One thing that was bought: order, line, payment (or bill) and the contact."""
    values = dict(one.values)
    product, quantity = int(values.pop("product_id")), int(values.pop("quantity"))
    method, due_on = values.pop("method"), values.pop("due_on", None)
    price = values.pop("unit_price", None)
    references_seen(one, {"customer_id": values["customer_id"], "product_id": product})
    if price is None:
        price = _price_of(one, product)
    amount = price * quantity
    if amount > MOST_MONEY * 100:
        what = say("“{label}”: {what}", label=say("Quantity"), what=say("The number is too large."))
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("outside_range", what, column="quantity")])  # fmt: skip
    channel = values.pop("channel", None) or "branch"
    done = created(replace(one, values=values), channel=channel, gross_minor=amount, discount_minor=0,
                   points_value_minor=0, amount_minor=amount)  # fmt: skip
    common = {"order_id": done.key, "customer_id": values["customer_id"]}
    one.connection.execute(sa.insert(TABLES["order_lines"]).values(
        **common, line_no=1, product_id=product, quantity=quantity, unit_price_minor=price, discount_minor=0,
        amount_minor=amount,
    ))  # fmt: skip
    insert(one.connection, "payments", {
        **common, "kind": "payment", "method": method, "due_on": due_on or one.at[:10], "due_amount_minor": amount,
        "paid_at": None if due_on else one.at, "paid_amount_minor": 0 if due_on else amount,
    })  # fmt: skip
    contact = insert(one.connection, "contacts", {
        "customer_id": values["customer_id"], "opened_at": one.at, "kind": "purchase", "channel": channel,
        "direction": "in", "branch_id": one.actor.branch_id, "employee_id": one.actor.employee_id,
        "order_id": done.key, "entered_kind": one.actor.kind,
    })  # fmt: skip
    customers, customer = TABLES["customers"], int(values["customer_id"])
    won = one.connection.execute(
        sa.update(customers)
        .where(customers.c.customer_id == customer, customers.c.kind == "prospect")
        .values(kind="client", acquired_at=one.at, version=customers.c.version + 1)
    ).rowcount
    if won:
        audit.record(one.connection, one.actor, one.at, "edit", "customers", customer, customer_id=customer,
                     key=one.key, changes={"kind": ("prospect", "client")})  # fmt: skip
    return replace(done, touched=(*done.touched, ("contacts", contact), *((("customers", customer),) if won else ())))


def _price_of(one: Submission, product: int) -> int:
    """The price in force today: the latest that has begun, else the list's."""
    prices, products = TABLES["prices"], TABLES["products"]
    found = one.connection.execute(
        sa.select(prices.c.price_minor)
        .where(prices.c.product_id == product, prices.c.valid_from <= one.at[:10])
        .order_by(prices.c.valid_from.desc())
        .limit(1)
    ).scalar()
    if found is None:
        found = one.connection.execute(
            sa.select(products.c.list_price_minor).where(products.c.product_id == product)
        ).scalar()
    if found is None:
        what = say("Product {product} has no price.", product=product)
        problem = Problem("no_price", what, advice=say("Write the price in."), column="unit_price")
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)), [problem])
    return int(found)


def payment(one: Submission) -> Submitted:
    """Money received for a bill; never more than is owed.

    A part that is paid becomes a row of its own, and the bill shrinks by it: so every row is either paid, at one
    moment, or open, and what is due for an order stays what it was.
    """
    before = seen_row(one)
    received = int(one.values["received"])
    owed = int(before["due_amount_minor"]) - int(before["paid_amount_minor"])
    if received > owed:
        what = say("{received} is more than the {owed} that is owed.",
                   received=format_number(received / 100), owed=format_number(max(owed, 0) / 100))  # fmt: skip
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("too_much", what, column="received")])  # fmt: skip
    table, row = TABLES["payments"], int(one.row or 0)
    paid_at = one.values.get("paid_at") or one.at
    touched = [("payments", row)]
    if received == owed:
        values = {"paid_amount_minor": int(before["paid_amount_minor"]) + received, "paid_at": paid_at}
    else:
        values = {"due_amount_minor": int(before["due_amount_minor"]) - received}
        part = {name: before[name] for name in ("order_id", "customer_id", "kind", "method", "due_on")}
        part |= {"due_amount_minor": received, "paid_amount_minor": received, "paid_at": paid_at}
        touched.append(("payments", insert(one.connection, "payments", part)))
        audit.record(
            one.connection, one.actor, one.at, "create", "payments", touched[-1][1], key=one.key,
            customer_id=before["customer_id"], changes={"paid_amount": (None, received)},
        )  # fmt: skip
    one.connection.execute(sa.update(table).where(table.c.payment_id == row).values(**values))
    changes = {name.removesuffix(MINOR): change for name, change in audit.changed(before, values).items()}
    audit.record(one.connection, one.actor, one.at, "edit", "payments", row, customer_id=before["customer_id"],
                 key=one.key, changes=changes)  # fmt: skip
    return Submitted("payments", row, touched=tuple(touched))
