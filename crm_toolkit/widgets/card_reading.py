"""What one person may see of one customer, gathered for the page; everything comes through the store's own methods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crm_toolkit.store import Store
from crm_toolkit.store.card import Card, CardField, ConsentState
from crm_toolkit.texts import format_money
from crm_toolkit.widgets.store_words import moment_text, word

OPEN = ("new", "assigned", "waiting", "reopened")
URGENCY = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
MOST_CONTACTS = 200


@dataclass(frozen=True)
class CardView:
    """A customer as one role sees them.

    Parameters
    ----------
    card : Card
        The store's card: profile, consents, value, open requests, debts, points, what is not known.
    requests, orders, payments, contacts : DataFrame or None
        All of them, the latest first (bills by the day on which they are due); None where the role sees no such rows.
        Orders hold what was bought as ``items``.
    currency : str
    names : dict of int to str
        Employees by number.
    """

    card: Card
    requests: pd.DataFrame | None
    orders: pd.DataFrame | None
    payments: pd.DataFrame | None
    contacts: pd.DataFrame | None
    currency: str
    names: dict[int, str] = field(default_factory=dict)

    @property
    def customer_id(self) -> int:
        """The customer's number."""
        return self.card.customer_id

    def value(self, name: str) -> Any:
        """A field of the profile as the role sees it: the value, a trace of it, or None."""
        found = self.card.field(name)
        return found.value if found is not None else None

    @property
    def pending(self) -> tuple[CardField, ...]:
        """Fields for which a proposal of the customer waits."""
        return tuple(one for one in self.card.fields if one.pending_id is not None)

    @property
    def consents(self) -> dict[str, ConsentState]:
        """Purpose → where the consent stands; empty for a role that does not see consents."""
        return {one.purpose: one for one in self.card.consents or ()}

    @property
    def bills(self) -> pd.DataFrame | None:
        """Payments that are not made yet; None for a role that does not see them or their money."""
        if self.payments is None or "due_amount" not in self.payments:
            return None
        owed = self.payments["due_amount"] - self.payments["paid_amount"] > 0.004
        return self.payments[owed & (self.payments["kind"] == "payment")]


def read_card(store: Store, customer: int) -> CardView:
    """Gather what the person at the door sees of a customer.

    Parameters
    ----------
    store : Store
        Opened for whoever looks.
    customer : int
        The customer's number.

    Raises
    ------
    InputError
        If there is no such customer for this person: the same words whether they are missing or hidden.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=20, weeks=10, seed=7)
    >>> number = int(world.tables["customers"]["customer_id"].iloc[0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     view = read_card(store.as_role("marketing"), number)
    ...     store.close()
    >>> view.requests is None, view.value("phone")[:3]
    (True, '•••')
    """
    return CardView(
        card=store.card(customer),
        requests=_rows(store, "requests", customer, order="-opened_at"),
        orders=_orders(store, customer),
        payments=_rows(store, "payments", customer, order="due_on"),
        contacts=_rows(store, "contacts", customer, order="-opened_at", limit=MOST_CONTACTS),
        currency=store.info.get("currency", ""),
        names=employee_names(store),
    )


def employee_names(store: Store) -> dict[int, str]:
    """Names of the employees by number, as far as the person may see them."""
    if store.role.scope("employees") == "none":
        return {}
    found = store.list("employees", limit=1000)
    return dict(zip(found["employee_id"], found["full_name"], strict=True)) if "full_name" in found else {}


def customer_names(store: Store, numbers: Iterable[int]) -> dict[int, str]:
    """Names of customers by number, as far as the person sees them."""
    wanted = sorted(set(numbers))
    if not wanted or store.role.scope("customers") == "none" or store.role.rule("customers", "full_name") == "none":
        return {}
    found = store.list("customers", where={"customer_id": wanted}, limit=len(wanted))
    return {
        int(number): str(name)
        for number, name in zip(found["customer_id"], found["full_name"], strict=True)
        if isinstance(name, str)
    }


def product_options(store: Store) -> list[tuple[str, int]]:
    """What is sold, to choose from."""
    currency = store.info.get("currency", "")
    products = store.list("products", order="item", limit=1000)
    return [
        (f"{word('item', one['item'])}, {format_money(one['list_price'], currency)}", int(one["product_id"]))
        for one in products.to_dict("records")
    ]


def order_options(orders: pd.DataFrame | None) -> list[tuple[str, int]]:
    """The last purchases, to choose from."""
    last = orders.head(20).to_dict("records") if orders is not None else []
    return [(f"{moment_text(one['ordered_at'])}: {one['items']}", int(one["order_id"])) for one in last]


def waiting_requests(store: Store, *, most: int = 2000) -> pd.DataFrame:
    """Requests that wait for somebody, the most urgent and oldest first; no rows for a role that sees none."""
    if store.role.scope("requests") == "none":
        return pd.DataFrame(columns=["request_id"])
    found = store.list("requests", where={"status": OPEN}, order="opened_at", limit=most)
    return found.sort_values("priority", key=lambda priority: priority.map(URGENCY), kind="stable")


def _rows(
    store: Store, entity: str, customer: int, *, order: str = "", limit: int | None = None
) -> pd.DataFrame | None:
    if store.role.scope(entity) == "none":
        return None
    return store.list(entity, where={"customer_id": customer}, order=order or (), limit=limit)


def _orders(store: Store, customer: int) -> pd.DataFrame | None:
    orders = _rows(store, "orders", customer, order="-ordered_at")
    lines = _rows(store, "order_lines", customer)
    if orders is None:
        return None
    if lines is None or not len(lines) or store.role.scope("products") == "none":
        return orders.assign(items="")
    products = store.list("products", limit=None).set_index("product_id")["item"]
    said = lines.assign(
        text=[
            word("item", products.get(one.product_id, "")) + (f" × {one.quantity}" if one.quantity != 1 else "")
            for one in lines.itertuples()
        ]
    )
    texts = said.groupby("order_id")["text"].agg(", ".join)
    return orders.assign(items=orders["order_id"].map(texts).fillna(""))
