"""Rows of one customer, read through the rules of a role in the transaction of the card.

A card asks some twenty small questions. Their statements depend on the role, never on the customer, so each is built
once for a role and kept while the store is open; the customer, the moment and the like are filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from crm_toolkit.store.layout import TABLES, WHOLE
from crm_toolkit.store.rights import Rights

ISO = "%Y-%m-%d %H:%M:%S"
# what is filled into a kept statement: the customer, the moment of the card, its day
CUSTOMER = sa.bindparam("customer", type_=WHOLE)
AT = sa.bindparam("at", type_=sa.Text())
DAY = sa.bindparam("day", type_=sa.Text())

_kept: WeakKeyDictionary[sa.Engine, dict[tuple[str, str], dict[Any, Any]]] = WeakKeyDictionary()


def kept_for(engine: sa.Engine, rights: Rights) -> dict[Any, Any]:
    """What is kept for a person in a role while the store is open."""
    return _kept.setdefault(engine, {}).setdefault((rights.role.as_json(), repr(rights.actor)), {})


@dataclass(frozen=True)
class Reading:
    """What the sections of a card share.

    Parameters
    ----------
    connection : Connection
        A reading transaction.
    rights : Rights
    customer_id : int
    at : str
        The moment as of which the card speaks, ISO.
    kept : dict
        Statements and base rates of this person in this role.
    """

    connection: sa.Connection
    rights: Rights
    customer_id: int
    at: str
    kept: dict[Any, Any] = field(repr=False)

    @classmethod
    def of(cls, connection: sa.Connection, rights: Rights, customer_id: int, at: str) -> Reading:
        """A reading with what is kept for the person."""
        return cls(connection, rights, customer_id, at, kept_for(connection.engine, rights))

    def seen(self, entity: str) -> bool:
        """Whether the role sees rows of a table, and whose they are."""
        role = self.rights.role
        whose = "customer_id" not in TABLES[entity].c or role.rule(entity, "customer_id") == "read"
        return role.scope(entity) != "none" and whose

    def reads(self, entity: str, *columns: str) -> bool:
        """Whether the role sees rows of a table, and the columns unmasked."""
        return self.seen(entity) and all(self.rights.role.rule(entity, name) == "read" for name in columns)

    def ask(self, name: str, build: Callable[[], Any], **more: Any) -> Any:
        """Run a statement that is kept under a name, or built now."""
        if name not in self.kept:
            self.kept[name] = build()
        filled = {"customer": self.customer_id, "at": self.at, "day": self.at[:10], **more}
        return self.connection.execute(self.kept[name], filled)

    def rows(
        self,
        name: str,
        entity: str,
        conditions: Callable[[Any], Sequence[sa.ColumnElement[bool]]] = lambda columns: (),
        order: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        """The customer's rows of a table as the role sees them; money in minor units.

        Parameters
        ----------
        name : str
            Under which the statement is kept.
        entity : str
            Table.
        conditions : callable
            The table's columns → conditions.
        order : sequence of str
            Columns to order by.
        """

        def build() -> sa.Select:
            columns = TABLES[entity].c
            wanted = self.rights.readable(entity).where(columns.customer_id == CUSTOMER, *conditions(columns))
            return wanted.order_by(*(columns[one] for one in order))

        return [dict(row) for row in self.ask(name, build).mappings()]


def money(minor: object) -> float | None:
    """Minor units as currency units; what is masked or missing stays unknown.

    >>> money(150050), money(None), money("•••")
    (1500.5, None, None)
    """
    return minor / 100 if isinstance(minor, int) else None
