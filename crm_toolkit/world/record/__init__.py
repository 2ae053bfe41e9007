"""What the organisation records of a block, table by table, and the truth behind it.

book          the encounters of a block in order, with keys, dates and branches
customers     profiles, how they were found, contracts
orders        orders and their lines
money         payments, refunds, debts
contacts      contacts and complaints
loyalty       members and their accounts of points
surveys       invitations, answers, items on quality
marketing     assignments to campaigns, touches
organisation  branches, staff, price list, capacity, budgets, key figures
truth         what the organisation never sees
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit.world.record import (
    contacts,
    customers,
    loyalty,
    marketing,
    money,
    orders,
    organisation,
    surveys,
    truth,
)
from crm_toolkit.world.record.book import open_book

if TYPE_CHECKING:
    import pyarrow as pa

    from crm_toolkit.world.block import Lived, WorldSpec


def recorded(spec: WorldSpec, lived: Lived) -> dict[str, pa.Table]:
    """Every table of record of a block."""
    book = open_book(spec, lived)
    tables = {"customers": customers.customers(book), "contracts": customers.contracts(book)}
    tables |= orders.orders(book) | contacts.contacts(book)
    tables |= money.money(book, tables["complaints"]) | loyalty.loyalty(book) | surveys.surveys(book)
    tables |= marketing.marketing(book)
    return tables | organisation.organisation(book, tables)


def truth_tables(spec: WorldSpec, lived: Lived, *, with_states: bool = False) -> dict[str, pa.Table]:
    """Every table of truth of a block that needs no second world; weekly states only if the clock has kept them."""
    book = open_book(spec, lived)
    return truth.truth(book) | ({"states": truth.states(book)} if with_states else {})
