"""A small database with a marked value in every personal column, to see whether a role lets one through."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES

if TYPE_CHECKING:
    from crm_toolkit.store import Role, Store

_NUMBERS = {"income_month": 987_654.0, "children": 7}


def canary(column: str) -> Any:
    """The marked value of a column: recognisable wherever it turns up.

    >>> canary("profession"), canary("birth_date")
    ('canary-profession', '1977-07-27')
    """
    if column == "birth_date":
        return "1977-07-27"
    return _NUMBERS.get(column, f"canary-{column}")


@cache
def _planted() -> Path:
    """The database, made once: two customers of one branch, all of whose values are canaries."""
    from crm_toolkit.store import Store

    folder = Path(tempfile.mkdtemp(prefix="crm-canaries-"))
    columns = [column.name for column in STORE_TABLES["customers"].table.columns]
    customer = {name: canary(name) for name in columns if name in STORE_TABLES["customers"].classes}
    branches = pd.DataFrame({"branch_id": [1], "city": ["-"], "region": ["-"]})
    departments = pd.DataFrame({"department_id": [1], "department": ["service"], "stage": ["service"]})
    employees = pd.DataFrame({
        "employee_id": [1], "branch_id": [1], "department_id": [1], "full_name": ["-"],
        "hired_on": [pd.Timestamp(2020, 1, 1)], "salary_month": [1.0],
    })  # fmt: skip
    customers = pd.DataFrame([customer | {"customer_id": 1, "branch_id": 1, "acquired_at": pd.Timestamp(2025, 1, 1)}])
    customers["birth_date"] = pd.to_datetime(customers["birth_date"])
    tables = {"branches": branches, "departments": departments, "employees": employees, "customers": customers}
    Store.create(folder / "canaries.db", tables).close()
    return folder / "canaries.db"


def leaks_of(role: Role, hidden: tuple[str, ...]) -> list[tuple[str, str]]:
    """Where values of hidden classes appear to a role: pairs of column and path, sorted.

    Parameters
    ----------
    role : Role
        The rules to be tried.
    hidden : tuple of str
        Classes of sensitivity of which no full value may appear.

    Returns
    -------
    list of (str, str)
        Column of `customers`, and ``"list"``, ``"row"``, ``"history"`` or ``"count"``.
    """
    from crm_toolkit.store import Store

    store = Store.open(_planted(), role=role, employee=1)
    found: list[tuple[str, str]] = []
    try:
        for column, kind in STORE_TABLES["customers"].classes.items():
            if kind in hidden:
                found += [(column, path) for path, look in _LOOKS.items() if _appears(look, store, column)]
    finally:
        store.close()
    return sorted(set(found))


def _appears(look: Any, store: Store, column: str) -> bool:
    try:
        return bool(look(store, column))
    except InputError as letter:  # a refusal is what one hopes for, but it may not tell the value
        return str(canary(column)) in str(letter)


def _told(values: Any, column: str) -> bool:
    return str(canary(column)) in " ".join(str(value)[:60] for value in values)


def _in_list(store: Store, column: str) -> bool:
    rows = store.list("customers")
    return column in rows and _told(rows[column], column)


def _in_row(store: Store, column: str) -> bool:
    row = store.row("customers", 1)
    return column in row and _told([row[column]], column)


def _in_history(store: Store, column: str) -> bool:
    if column not in PROFILE_FIELDS:
        return False
    entries = store.list("profile_values", where={"field": column})
    return "value" in entries and _told(entries["value"], column)


def _in_count(store: Store, column: str) -> bool:
    return store.count("customers", where={column: canary(column)}) > 0


_LOOKS = {"list": _in_list, "row": _in_row, "history": _in_history, "count": _in_count}
