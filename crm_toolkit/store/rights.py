"""The one place below every view where a role's rules become SQL.

Card, list, search, export, history, counts, frames and messages all read through `Rights.readable`. What a role may
not see is not selected; what is masked is masked inside the database, so neither a filter nor an order nor a count can
ask about the value behind the mask. In a SQLite file that a person holds in their hands, roles guide and protect from
mistakes; they are no lock. A server of PostgreSQL that only the program reaches is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import Column, near_misses
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store.actors import Actor
from crm_toolkit.store.forms import MASK as DOTS
from crm_toolkit.store.layout import TABLES, cell, stored_name
from crm_toolkit.store.roles import Role
from crm_toolkit.texts import say

# own rows are those of the employee who stands in this column
_OWNER = {"customers": "responsible_id", "contacts": "employee_id", "requests": "employee_id", "orders": "employee_id",
          "leads": "employee_id", "deals": "employee_id"}  # fmt: skip


@dataclass(frozen=True)
class Rights:
    """A role's rules for one person.

    Parameters
    ----------
    role : Role
        The rules.
    actor : Actor
        The person.
    """

    role: Role
    actor: Actor

    def columns(self, entity: str) -> list[tuple[Column, str]]:
        """The columns of a table that may be seen, each with ``"read"`` or ``"masked"``."""
        ruled = ((column, self.role.rule(entity, column.name)) for column in STORE_TABLES[entity].table.columns)
        return [(column, rule) for column, rule in ruled if rule != "none"]

    def readable(self, entity: str) -> sa.Select:
        """A select of everything in a table that the person may see, columns named as the database names them.

        A customer's record that went into another one is no person any more and is left out.
        """
        self.require_rows(entity)
        seen = self.rows(entity)
        if entity == "customers":
            seen = sa.and_(seen, TABLES["customers"].c.merged_into.is_(None))
        shown = [
            self._value(entity, column) if rule == "read" else masked(entity, column)
            for column, rule in self.columns(entity)
        ]
        return sa.select(*(one.label(stored_name(column)) for one, (column, _) in
                           zip(shown, self.columns(entity), strict=True))).where(seen)  # fmt: skip

    def rows(self, entity: str) -> sa.ColumnElement[bool]:
        """The condition on the rows of a table that the person may see."""
        table, scope = TABLES[entity], self.role.scope(entity)
        allowed = self._scoped(entity, table, scope)
        if entity == "profile_values":
            hidden = [name for name in PROFILE_FIELDS if self.role.rule("customers", name) == "none"]
            allowed = sa.and_(allowed, table.c.field.not_in(hidden))
        if entity == "articles" and self.actor.kind == "customer":
            allowed = sa.and_(allowed, table.c.status == "published")
        if entity == "contacts" and self.actor.kind == "customer":  # a note is the employees' own
            allowed = sa.and_(allowed, table.c.kind != "note")
        return allowed

    def _scoped(self, entity: str, table: sa.Table, scope: str) -> sa.ColumnElement[bool]:
        if scope == "all":
            return sa.true()
        if scope == "self":
            whose = table.c.get("customer_id")
            return sa.false() if whose is None or self.actor.customer_id is None else whose == self.actor.customer_id
        owner = _OWNER.get(entity)
        if scope == "own" and self.actor.employee_id is not None:
            if owner:
                return table.c[owner] == self.actor.employee_id
            return self._by_customer(table, "responsible_id", self.actor.employee_id)
        if scope == "team" and self.actor.branch_id is not None:
            if "branch_id" in table.c:
                return table.c.branch_id == self.actor.branch_id
            return self._by_customer(table, "branch_id", self.actor.branch_id)
        return sa.false()

    def _by_customer(self, table: sa.Table, column: str, value: int) -> sa.ColumnElement[bool]:
        """Rows of customers with that value; asked row by row, so that one customer's rows cost one look-up."""
        if "customer_id" not in table.c:
            return sa.false()
        whose = TABLES["customers"].alias("whose")
        there = (
            sa.select(1).select_from(whose).where(whose.c.customer_id == table.c.customer_id, whose.c[column] == value)
        )
        return there.correlate(table).exists()

    def _value(self, entity: str, column: Column) -> sa.ColumnElement:
        if entity == "profile_values" and column.name == "value":
            return _profile_value(self.role)
        return cell(entity, column.name)

    def require_rows(self, entity: str) -> None:
        """Refuse a table of which the person sees no row, with a letter that tells nothing of what is in it."""
        if entity not in STORE_TABLES:
            what, close = say("There is no table `{name}`.", name=entity), near_misses(str(entity), STORE_TABLES)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            raise InputError(
                say("Nothing can be shown."), [Problem("unknown_table", what, advice=advice, column=str(entity))]
            )
        if self.role.scope(entity) == "none":
            what = say("The role “{role}” may not see `{name}`.", role=say(self.role.title), name=entity)
            raise InputError(say("Nothing can be shown."), [Problem("not_allowed", what, column=entity)])

    def require(self, right: str) -> None:
        """Refuse what the role has no right to."""
        if right not in self.role.rights:
            what = say("The role “{role}” has no right to this.", role=say(self.role.title))
            raise InputError(say("This can't be done."), [Problem("not_allowed", what, column=right)])

    def require_action(self, action: str, entity: str) -> None:
        """Refuse a change that the role may not make."""
        if not self.role.may(action, entity):
            what = say("The role “{role}” may not change `{name}`.", role=say(self.role.title), name=entity)
            raise InputError(say("This can't be saved."), [Problem("not_allowed", what, column=entity)])


def masked(entity: str, column: Column) -> sa.ColumnElement:
    """A trace of the value, made inside the database; nothing stays nothing."""
    value = cell(entity, column.name)
    kind = STORE_TABLES[entity].classes.get(column.name, "")
    if column.kind not in ("text", "date"):
        return sa.case((value.is_(None), sa.null()), else_=DOTS)
    return _trace(value, column.name, kind)


def _trace(value: sa.ColumnElement, name: str, kind: str) -> sa.ColumnElement:
    length = sa.func.length(value)
    if kind == "name":
        shown = sa.func.substr(value, 1, 1) + DOTS
    elif name == "phone":
        shown = sa.case((length > 6, DOTS + sa.func.substr(value, length - 1, 2)), else_=DOTS)
    elif name == "email":
        shown = sa.case((length > 6, sa.func.substr(value, 1, 1) + f"{DOTS}@{DOTS}"), else_=DOTS)
    elif kind == "birth":
        shown = sa.func.substr(value, 1, 4)
    else:
        shown = sa.literal(DOTS)
    return sa.case((value.is_(None), sa.null()), else_=shown)


def _profile_value(role: Role) -> sa.ColumnElement:
    """The value of a profile's field: its field decides whether it is shown or masked."""
    table = TABLES["profile_values"]
    cases = [
        (table.c.field == name, _trace(table.c.value, name, kind))
        for name, kind in PROFILE_FIELDS.items()
        if role.rule("customers", name) == "masked"
    ]
    return sa.case(*cases, else_=table.c.value) if cases else table.c.value


def masked_columns(rights: Rights, entity: str) -> frozenset[str]:
    """Names of the columns of a table of which the person sees only a trace."""
    return frozenset(column.name for column, rule in rights.columns(entity) if rule == "masked")
