"""The tables as the database has them: SQLAlchemy's description, made from the contract in `schema.store`.

The same SQL runs on SQLite and PostgreSQL, because every value is of one of three kinds: whole numbers (keys, counts,
yes and no, money in minor units), fractions, and text. Times and dates are text in ISO form
(``2026-03-01 09:30:00``), which sorts as time does. SQLite's tables are STRICT: no text can hide in a number's column.
"""

from __future__ import annotations

import sqlalchemy as sa

from crm_toolkit.schema import Column
from crm_toolkit.schema.contract import Table
from crm_toolkit.schema.store import POINTS_TO, STORE_TABLES, Entity

WHOLE: sa.types.TypeEngine[int] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FRACTION: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
_KINDS: dict[str, sa.types.TypeEngine] = {
    "id": WHOLE, "integer": WHOLE, "flag": WHOLE, "money": WHOLE, "number": FRACTION,
    "text": sa.Text(), "datetime": sa.Text(), "date": sa.Text(),
}  # fmt: skip
MINOR = "_minor"

metadata = sa.MetaData()

# what the store keeps for itself; no role reads these
INFO = sa.Table(
    "store_info",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sqlite_strict=True,
)
ACCOUNTS = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_id", WHOLE, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("employee_id", WHOLE),
    sa.Column("customer_id", WHOLE),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("disabled_at", sa.Text),
    sqlite_strict=True,
)
SIGN_INS = sa.Table(
    "sign_ins",
    metadata,
    sa.Column("attempt_id", WHOLE, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, index=True),
    sa.Column("tried_at", WHOLE, nullable=False),
    sa.Column("succeeded", WHOLE, nullable=False),
    sqlite_strict=True,
)
SESSIONS = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_digest", sa.Text, primary_key=True),
    sa.Column("account_id", WHOLE, sa.ForeignKey("accounts.account_id"), nullable=False),
    sa.Column("created_at", WHOLE, nullable=False),
    sa.Column("seen_at", WHOLE, nullable=False),
    sa.Column("ended_at", WHOLE),
    sqlite_strict=True,
)
ROLES = sa.Table(
    "roles",
    metadata,
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("rules", sa.Text, nullable=False),
    sqlite_strict=True,
)

# what a row is called in the system that a file came from, so that the same file twice adds nothing
OUTSIDE_KEYS = sa.Table(
    "outside_keys",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("outside_key", sa.Text, primary_key=True),
    sa.Column("row_key", WHOLE, nullable=False),
    sa.Column("customer_id", WHOLE, sa.ForeignKey("customers.customer_id"), nullable=False, index=True),
    sqlite_strict=True,
)
# keyed tokens of a person who was pseudonymised; nobody reads them without the key, which is not kept here
PSEUDONYMS = sa.Table(
    "pseudonyms",
    metadata,
    sa.Column("customer_id", WHOLE, sa.ForeignKey("customers.customer_id"), primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, primary_key=True, index=True),
    sqlite_strict=True,
)


def stored_name(column: Column) -> str:
    """The name that a column of the contract has in the database: money says that it is in minor units.

    >>> stored_name(Column("amount", "money", "money of the line"))
    'amount_minor'
    """
    return column.name + MINOR if column.kind == "money" else column.name


def _table(entity: Entity) -> sa.Table:
    contract = entity.table
    columns: list[sa.Column] = []
    for column in contract.columns:
        target = POINTS_TO.get(column.name)
        points = []
        if target and target[0] != contract.name:
            points = [sa.ForeignKey(f"{target[0]}.{target[1]}")]
        elif target and column.name not in contract.key:
            points = [sa.ForeignKey(f"{contract.name}.{target[1]}")]
        key = column.name in contract.key
        columns.append(
            sa.Column(
                stored_name(column), _KINDS[column.kind], *points, primary_key=key,
                nullable=column.nullable and not key, autoincrement=key and _is_counted(contract, column.name),
                index=not key and column.name in _LOOKED_UP,
            )
        )  # fmt: skip
    checks = [
        sa.CheckConstraint(sa.column(name).in_(words), name=f"{contract.name}_{name}_is_known")
        for name, words in entity.codes.items()
    ]
    return sa.Table(contract.name, metadata, *columns, *checks, sqlite_strict=True)


def _is_counted(contract: Table, key: str) -> bool:
    """Whether the database gives the next number to a new row."""
    return len(contract.key) == 1 and key not in _KEYS_FROM_ELSEWHERE.get(contract.name, ())


_LOOKED_UP = frozenset({"customer_id", "request_id", "deal_id", "order_id", "article_id", "responsible_id",
                         "household_id"})  # fmt: skip
_KEYS_FROM_ELSEWHERE = {"loyalty_members": ("customer_id",)}

TABLES: dict[str, sa.Table] = {name: _table(entity) for name, entity in STORE_TABLES.items()}


def cell(entity: str, column: str) -> sa.Column:
    """The database's column of an entity's column as the contract names it.

    >>> cell("payments", "paid_amount").name
    'paid_amount_minor'
    """
    return TABLES[entity].c[stored_name(STORE_TABLES[entity].table.column(column))]
