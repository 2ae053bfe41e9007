"""A history of contacts into the store: every contact once, of customers who are here.

A contact is known by the number that the file's program gave it; without numbers, by customer, moment, kind and text,
each as often as it stands in the file. What was recorded is not rewritten: a contact that is here already stays as it
is. A complaint or request comes in as the contact that it was; it opens no request, for what became of it is not in
such a file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_toolkit.store.declared import FORMS
from crm_toolkit.store.forms import FormField
from crm_toolkit.store.imports.job import Job, Plan, new_keys, write_outside_keys, write_rows
from crm_toolkit.store.imports.matching import outside_keys, words
from crm_toolkit.store.imports.values import read_column, read_moments
from crm_toolkit.store.imports.whose import NOBODY, bring_in, customers_of
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import say_count

_BY = ["customer_id", "opened_at", "kind", "channel", "subject", "body"]


def plan(job: Job) -> Plan:
    """What the history would bring."""
    whose, names, branches, new = customers_of(job)
    columns = _columns(job, whose)
    numbers = words(job.frame["contact_id"]) if job.source.has("contact_id") else None
    good = job.good() & (whose != NOBODY)
    there = _by_number(job, numbers) if numbers is not None else _by_content(job, columns, good)
    made = np.flatnonzero(good & ~there)

    def write() -> list[tuple[str, int]]:
        ids = bring_in(job, new)
        owner = whose[made] if not ids else np.where(whose[made] < 0, names.iloc[made].map(ids).fillna(0), whose[made])
        owner = owner.astype(np.int64)
        keys = new_keys(job.connection, "contacts", len(made))
        branch = pd.Series(owner).map(branches)
        write_rows(job.connection, "contacts", {
            "contact_id": keys, "customer_id": owner, "entered_kind": "import",
            "direction": np.where(columns["kind"][made] == "campaign", "out", "in").astype(object),
            "branch_id": [None if pd.isna(one) else int(one) for one in branch],
            **{name: column[made] for name, column in columns.items() if name != "customer_id"},
        }, len(made))  # fmt: skip
        if numbers is not None and job.key == "outside":
            write_outside_keys(job.connection, job, "contacts", [numbers[place] for place in made], keys, owner)
        return [("contacts", int(key)) for key in keys]

    return Plan(len(made), 0, int((good & there).sum()), int((~good).sum()), write, also={"customers": len(new)})


def _columns(job: Job, whose: np.ndarray) -> dict[str, np.ndarray]:
    """The columns as the database keeps them."""
    fields: dict[str, FormField] = {one.name: one for one in FORMS["contact"].fields}
    made: dict[str, Any] = {
        "customer_id": whose,
        "opened_at": read_moments(fields["opened_at"], job.frame["opened_at"], job.rows, job.problems, now=job.at),
        "kind": job.frame["kind"].to_numpy(dtype=object),
    }
    for name in ("channel", "subject", "body"):
        made[name] = read_column(fields[name], job.frame[name], job.rows, job.problems, words=job.words)
    for name, entity, title in (
        ("department_id", "departments", "department"),
        ("employee_id", "employees", "full_name"),
    ):
        made[name] = _by_name(job, "department" if name == "department_id" else "employee", entity, name, title)
    orders = (
        outside_keys(job.connection, job.system, "orders") if job.key == "outside" else _own(job, "orders", "order_id")
    )
    made["order_id"] = _order(job, orders)
    return made


def _own(job: Job, entity: str, key: str) -> dict[str, int]:
    return {str(one): int(one) for one in job.connection.execute(sa.select(TABLES[entity].c[key])).scalars()}


def _order(job: Job, orders: dict[str, int]) -> np.ndarray:
    named = pd.Series(words(job.frame["order_id"]))
    found = named.map(orders)
    lost = int((found.isna() & (named != "")).sum())
    if lost:
        job.notes.append(say_count("{count} contact names an order that is not here.",
                                   "{count} contacts name orders that are not here.", lost))  # fmt: skip
    return np.array([None if pd.isna(one) else int(one) for one in found], dtype=object)


def _by_name(job: Job, column: str, entity: str, key: str, title: str) -> np.ndarray:
    """Departments and employees by their names; a name that two have, or nobody, says nothing."""
    values = job.frame[column]
    if values.isna().all():
        return np.full(len(values), None, dtype=object)
    table = TABLES[entity].c
    known: dict[str, list[int]] = {}
    for one, name in job.connection.execute(sa.select(table[key], table[title])):
        known.setdefault(str(name).casefold(), []).append(int(one))
    single = {name: ones[0] for name, ones in known.items() if len(ones) == 1}
    codes, uniques = pd.factorize(values)
    read = np.array([single.get(str(name).strip().casefold()) for name in uniques], dtype=object)
    lost = sum(one is None for one in read)
    if lost:
        job.notes.append(say_count("{count} name in “{column}” is not known here and stays empty.",
                                   "{count} names in “{column}” are not known here and stay empty.", lost,
                                   column=column))  # fmt: skip
    return np.array([None if code < 0 else read[code] for code in codes], dtype=object)


def _by_number(job: Job, numbers: list[str]) -> np.ndarray:
    """Which contacts are here already by their numbers."""
    known = outside_keys(job.connection, job.system, "contacts") if job.key == "outside" else \
        _own(job, "contacts", "contact_id")  # fmt: skip
    return pd.Series(numbers).isin(known).to_numpy() if known else np.zeros(len(numbers), bool)


def _by_content(job: Job, columns: dict[str, np.ndarray], good: np.ndarray) -> np.ndarray:
    """Which contacts are here already by what they say, each as often as it stands here."""
    asked = pd.DataFrame({name: columns[name] for name in _BY})
    if not good.any():
        return np.zeros(len(asked), bool)
    moments = asked.loc[good, "opened_at"]
    table = TABLES["contacts"].c
    stored = job.connection.execute(
        sa.select(*(table[name] for name in _BY)).where(table.opened_at.between(moments.min(), moments.max()))
    ).all()  # fmt: skip
    if not stored:
        return np.zeros(len(asked), bool)
    here = pd.DataFrame([tuple(row) for row in stored], columns=_BY).fillna("").astype(str)
    asked = asked.fillna("").astype(str)
    here["turn"], asked["turn"] = here.groupby(_BY).cumcount(), asked.groupby(_BY).cumcount()
    together = asked.merge(here, how="left", on=[*_BY, "turn"], indicator="found")
    return (together["found"] == "both").to_numpy()
