"""A history of purchases into the store: orders with their lines and payments, every order once.

An order is known by the number that the file's program gave it; without numbers, by customer, moment and sum. A
product is found by its name; one that is not here yet is entered with the usual price of the file. What such a file
calls sold counts as paid at that moment; a return is an order with a negative sum and a refund. A prospect who has
bought is a client. What an order says is not rewritten by a later file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_toolkit.store.declared import FORMS
from crm_toolkit.store.forms import MOST_MONEY
from crm_toolkit.store.imports.job import Job, Plan, new_keys, write_outside_keys, write_rows
from crm_toolkit.store.imports.matching import outside_keys, words
from crm_toolkit.store.imports.values import read_moments
from crm_toolkit.store.imports.whose import NOBODY, bring_in, customers_of
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import say

_MOST_PIECES = 10_000


def plan(job: Job) -> Plan:
    """What the history would bring."""
    whose, names, branches, new = customers_of(job)
    lines = _lines(job, whose, names)
    made_up = lines["order"].str.startswith("row-") | (not job.source.has("order_id"))
    content = "\x00" + lines["name"] + "\x00" + lines["at"].astype(str) + "\x00" + lines["order"]
    lines["group"] = np.where(made_up, content, lines["order"])
    shared = lines.groupby("group")["name"].transform("nunique") > 1
    for place in np.flatnonzero(shared):
        what = say("The order belongs to several customers.")
        job.trouble(int(place), "order_id", lines["order"].iloc[place], "several_customers", what)
    bad = ~job.good() | (whose == NOBODY)
    bad = lines.assign(bad=bad).groupby("group")["bad"].transform("any").to_numpy()  # an order is whole or left out
    orders = lines[~bad].groupby("group", sort=False).agg(
        name=("name", "first"), whose=("whose", "first"), at=("at", "min"), amount=("amount", "sum"),
        gross=("gross", "sum"), made_up=("order", "first"),
    )  # fmt: skip
    numbered = ~pd.Series(made_up.to_numpy(), index=lines["group"]).groupby(level=0).first().reindex(
        orders.index
    ).to_numpy(bool)
    there = _there(job, orders, numbered)
    fresh = orders[~there]
    kept = lines[~bad & lines["group"].isin(fresh.index).to_numpy()]
    products, unknown = _products(job, kept)

    def write() -> list[tuple[str, int]]:
        _write(job, fresh, kept, numbered[~there], branches, bring_in(job, new), products, unknown)
        return []

    skipped = int(lines.loc[bad, "group"].nunique())
    payments = int((fresh["amount"] != 0).sum())
    also = {"lines": len(kept), "payments": payments, "products": len(unknown), "customers": len(new)}
    return Plan(len(fresh), 0, int(there.sum()), skipped, write, also=also)


def _lines(job: Job, whose: np.ndarray, names: pd.Series) -> pd.DataFrame:
    frame = job.frame
    moment = FORMS["contact"].fields
    when = next(one for one in moment if one.name == "opened_at")
    made = pd.DataFrame({
        "name": names.to_numpy(), "whose": whose, "order": words(frame["order_id"]),
        "at": read_moments(when, frame["ordered_at"], job.rows, job.problems, now=job.at),
        "item": words(frame["item"]), "quantity": frame["quantity"].astype(float).to_numpy(),
    })  # fmt: skip
    for name in ("unit_price", "amount"):
        made[name] = np.rint(frame[name].fillna(0).astype(float).to_numpy() * 100)
    odd = (made["quantity"] != made["quantity"].round()) | (made["quantity"].abs() > _MOST_PIECES)
    for place in np.flatnonzero(odd):
        what = say("A quantity is a whole number up to {most}.", most=_MOST_PIECES)
        job.trouble(int(place), "quantity", made["quantity"].iloc[place], "not_whole", what)
    for place in np.flatnonzero(made["amount"].abs() > MOST_MONEY * 100):
        job.trouble(int(place), "amount", frame["amount"].iloc[place], "outside_range", say("The number is too large."))
    made["gross"] = made["quantity"].fillna(0) * made["unit_price"]
    return made


def _there(job: Job, orders: pd.DataFrame, numbered: np.ndarray) -> np.ndarray:
    """Which orders are here already."""
    table = TABLES["orders"].c
    if job.key == "outside":
        known = set(outside_keys(job.connection, job.system, "orders"))
    else:
        known = {str(one) for one in job.connection.execute(sa.select(table.order_id)).scalars()}
    there = pd.Series(orders.index).isin(known).to_numpy() & numbered
    if (~numbered).any():
        moments = orders.loc[~numbered, "at"]
        stored = job.connection.execute(
            sa.select(table.customer_id, table.ordered_at, table.amount_minor)
            .where(table.ordered_at.between(moments.min(), moments.max()))
        ).all()  # fmt: skip
        by = ["whose", "at", "amount"]
        here = pd.DataFrame([tuple(row) for row in stored], columns=by)
        here["turn"] = here.groupby(by).cumcount()
        asked = orders.loc[~numbered, by].reset_index(drop=True)
        asked["turn"] = asked.groupby(by).cumcount()
        here = here.astype({"whose": "int64", "at": object, "amount": "float64"})
        found = asked.astype({"at": object}).merge(here, how="left", on=[*by, "turn"], indicator="found")["found"]
        there[~numbered] = (found == "both").to_numpy()
    return there


def _products(job: Job, lines: pd.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Product by its name in small letters; and those that are not here yet with their usual price."""
    table = TABLES["products"].c
    known = {
        str(item).casefold(): int(one) for one, item in job.connection.execute(sa.select(table.product_id, table.item))
    }
    if job.key == "store":
        known |= {str(one): one for one in list(known.values())}
    named = lines[lines["item"] != ""]
    strange = named[~named["item"].str.casefold().isin(known)]
    prices = (
        strange.groupby(strange["item"].str.casefold())["unit_price"].median()
        if len(strange)
        else pd.Series(dtype=float)
    )
    return known, {str(item): round(price) for item, price in prices.items()}


def _write(
    job: Job, fresh: pd.DataFrame, kept: pd.DataFrame, numbered: np.ndarray, branches: dict[int, int | None],
    ids: dict[str, int], products: dict[str, int], unknown: dict[str, int],
) -> None:  # fmt: skip
    connection = job.connection
    spelled = {item.casefold(): item for item in kept["item"]}
    made = new_keys(connection, "products", len(unknown))
    write_rows(connection, "products", {
        "product_id": made, "item": [spelled[item] for item in unknown], "category": "import", "kind": "goods",
        "list_price_minor": np.array(list(unknown.values()), dtype=np.int64),
        "unit_cost_minor": np.zeros(len(unknown), dtype=np.int64),
    }, len(unknown))  # fmt: skip
    products = products | dict(zip(unknown, made.tolist(), strict=True))
    owner = np.where(fresh["whose"] < 0, fresh["name"].map(ids).fillna(0), fresh["whose"]).astype(np.int64)
    keys = new_keys(connection, "orders", len(fresh))
    amount = fresh["amount"].to_numpy().astype(np.int64)
    gross = np.maximum(fresh["gross"].to_numpy().astype(np.int64), amount)
    branch = [None if pd.isna(one) else int(one) for one in pd.Series(owner).map(branches)]
    moments = fresh["at"].to_numpy(dtype=object)
    write_rows(connection, "orders", {
        "order_id": keys, "customer_id": owner, "ordered_at": moments, "branch_id": branch, "gross_minor": gross,
        "discount_minor": gross - amount, "points_value_minor": 0, "amount_minor": amount,
    }, len(fresh))  # fmt: skip
    order_of = dict(zip(fresh.index, keys.tolist(), strict=True))
    customer_of = dict(zip(fresh.index, owner.tolist(), strict=True))
    total = kept["amount"].to_numpy().astype(np.int64)
    at_price = np.maximum(kept["gross"].to_numpy().astype(np.int64), total)
    write_rows(connection, "order_lines", {
        "order_id": kept["group"].map(order_of).to_numpy(np.int64),
        "line_no": kept.groupby("group").cumcount().to_numpy() + 1,
        "customer_id": kept["group"].map(customer_of).to_numpy(np.int64),
        "product_id": [products.get(item.casefold()) for item in kept["item"]],
        "quantity": kept["quantity"].fillna(1).to_numpy().astype(np.int64),
        "unit_price_minor": kept["unit_price"].to_numpy().astype(np.int64), "discount_minor": at_price - total,
        "amount_minor": total,
    }, len(kept))  # fmt: skip
    paid = amount != 0
    write_rows(connection, "payments", {
        "order_id": keys[paid], "customer_id": owner[paid],
        "kind": np.where(amount[paid] > 0, "payment", "refund").astype(object),
        "due_on": [str(at)[:10] for at in moments[paid]], "due_amount_minor": amount[paid], "paid_at": moments[paid],
        "paid_amount_minor": amount[paid],
    }, int(paid.sum()))  # fmt: skip
    if job.key == "outside":
        write_outside_keys(connection, job, "orders", list(fresh.index[numbered]), keys[numbered], owner[numbered])
    _won(job, owner, moments)


def _won(job: Job, owner: np.ndarray, moments: np.ndarray) -> None:
    """Who has bought is a client, since the first purchase that is known."""
    customers = TABLES["customers"]
    first = pd.Series(moments).groupby(owner).min()
    rows: list[dict[str, Any]] = [{"whose": one, "at_first": at} for one, at in first.to_dict().items()]
    if rows:
        mine = customers.c.customer_id == sa.bindparam("whose")
        job.connection.execute(
            sa.update(customers).where(mine, customers.c.kind == "prospect")
            .values(kind="client", version=customers.c.version + 1), [{"whose": row["whose"]} for row in rows],
        )  # fmt: skip
        job.connection.execute(
            sa.update(customers).where(
                mine, sa.or_(customers.c.acquired_at.is_(None), customers.c.acquired_at > sa.bindparam("at_first"))
            )
            .values(acquired_at=sa.bindparam("at_first")), rows,
        )  # fmt: skip
