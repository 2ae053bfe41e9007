"""What the columns of a dirty, scattered set of records mean: the lists of three departments, and events as filed.

The tables come from `world.observation`. Everything that people typed is text, and any of it may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crm_toolkit.schema import WORLD_TABLES, Column, Table
from crm_toolkit.texts import mark


def _typed(name: str, meaning: str) -> Column:
    return Column(name, "text", meaning, nullable=True)


def _filed(name: str, meaning: str) -> Column:
    return Column(name, "id", meaning, nullable=True)


_RECORD = Column("record_id", "id", mark("the record in this list"))
_CONSENTS = ("consent", "consent_email", "consent_sms")
_CUSTOMERS = WORLD_TABLES["customers"]

_SILOS = (
    Table("sales_customers", mark("one record in the list of sales: everybody with an order"), (
        _RECORD,
        _typed("client", mark("name in one field")),
        _typed("phone", mark("telephone number")),
        _typed("email", mark("e-mail address")),
        _typed("city", mark("place of residence")),
        Column("branch_id", "id", mark("the branch that serves the customer")),
        _typed("first_order", mark("day of the first order, typed as text")),
    ), ("record_id",)),
    Table("service_customers", mark("one record in the list of service: everybody who asked or complained"), (
        _RECORD,
        _typed("given_name", mark("given name")),
        _typed("patronymic", mark("patronymic; empty where it is not used")),
        _typed("surname", mark("surname")),
        _typed("tel", mark("telephone number")),
        _typed("born", mark("date of birth, typed as text")),
        _typed("sex", mark("sex")),
    ), ("record_id",)),
    Table("marketing_contacts", mark("one record in the list of marketing: everybody who agreed to e-mails"), (
        _RECORD,
        _typed("mail", mark("e-mail address")),
        _typed("name", mark("given name")),
        _typed("age", mark("age in years, typed as text")),
        _typed("children", mark("number of children, typed as text")),
        _typed("income", mark("income of a month as stated, typed as text")),
        _typed("town", mark("place of residence")),
        _typed("marital_status", mark("marital status")),
        _typed("education", mark("education")),
        _typed("profession", mark("profession or occupation")),
        _typed("residence_type", mark("kind of place: metropolis, city, town or village")),
        _typed("source", mark("channel that brought the customer")),
        *(_CUSTOMERS.column(name) for name in _CONSENTS),
    ), ("record_id",)),
)  # fmt: skip
_FILED = {
    column.name: column
    for column in (
        _filed("sales_record_id", mark("the record in the list of sales; empty if unknown there")),
        _filed("service_record_id", mark("the record in the list of service; empty if unknown there")),
        _filed("marketing_record_id", mark("the record in the list of marketing; empty if unknown there")),
        Column("entered_at", "datetime", mark("when it was entered; whoever looked earlier did not see it")),
        Column("amount_text", "text", mark("the amount as it was typed, where `amount` is empty"), nullable=True),
    )
}
SILO_TABLES: dict[str, Table] = {table.name: table for table in _SILOS}

MATCHES = Table("matches", mark("one record of a department, with the customer it belongs to"), (
    Column("silo", "id", mark("the list")),
    _RECORD,
    Column("customer_id", "id", mark("the customer")),
    Column("is_duplicate", "flag", mark("whether the customer was in this list already")),
), ("silo", "record_id"))  # fmt: skip
SLIPS = Table("slips", mark("one slip that was planted"), (
    Column("table", "id", mark("the table in which it is")),
    Column("key", "id", mark("key of its row")),
    Column("column", "id", mark("the column in which it is")),
    Column("kind", "text", mark("kind of slip")),
    Column("clean", "text", mark("the value as it should be"), nullable=True),
    Column("observed", "text", mark("the value as it was recorded"), nullable=True),
))  # fmt: skip


def observed_tables(frames: Mapping[str, pd.DataFrame]) -> dict[str, Table]:
    """What the columns of observed tables are, in the order in which they stand there.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        As `crm_toolkit.world.observation.observe` returns them in ``tables``.

    Returns
    -------
    dict of str to Table
        A column in which something is missing may be missing, whatever holds for it in clean tables.

    Examples
    --------
    >>> frame = pd.DataFrame({"sales_record_id": ["S-030V7C"], "enrolled_at": pd.to_datetime(["2025-03-01 10:00"])})
    >>> table = observed_tables({"loyalty_members": frame})["loyalty_members"]
    >>> [column.kind for column in table.columns]
    ['id', 'datetime']
    """
    return {name: SILO_TABLES.get(name) or _as_filed(WORLD_TABLES[name], frame) for name, frame in frames.items()}


def _as_filed(clean: Table, frame: pd.DataFrame) -> Table:
    known = {column.name: column for column in clean.columns} | _FILED
    columns = []
    for name in map(str, frame.columns):
        column, values = known[name], frame[name]
        gaps = bool(values.isna().any() or (column.kind == "text" and values.isin(["", "-"]).any()))
        columns.append(Column(name, column.kind, column.meaning, column.unit, column.nullable or gaps))
    return Table(clean.name, clean.one_row_is, tuple(columns), clean.key)
