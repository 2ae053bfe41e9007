"""The questions that `checks` asks: what the schema promises of every table, and what the tables promise each other.

A rule is a query for the rows that break a promise. Those about columns, keys and references are made from the
schema; those about facts, sums and the organisation's months stand in `check_facts`, `check_sums`, `check_months`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES, Table
from crm_toolkit.schema.world import REFERENCES
from crm_toolkit.texts import mark, say

FAMILIES = {
    "files": mark("files"),
    "columns": mark("columns and missing values"),
    "keys": mark("keys"),
    "references": mark("references between tables"),
    "facts": mark("facts within a row and its order"),
    "sums": mark("sums that must reconcile"),
    "months": mark("months and weeks of the organisation, added up once more"),
}
# one thing of varying price is sold, and maybe a membership beside it; its cost is a share of its price
FREE_PRICE = "category <> 'membership' and (select count(*) from products where category <> 'membership') = 1"
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_REAL = ("DOUBLE", "FLOAT", "DECIMAL")
_TIMES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_KINDS = {
    "id": (*_WHOLE, *_REAL),
    "integer": (*_WHOLE, *_REAL),
    "number": (*_REAL, *_WHOLE),
    "money": (*_REAL, *_WHOLE),
    "text": ("VARCHAR", "ENUM"),
    "datetime": _TIMES,
    "date": ("DATE", *_TIMES),
    "flag": ("BOOLEAN",),
}


@dataclass(frozen=True)
class Rule:
    """A promise as a query.

    Parameters
    ----------
    family, name, about : str
        As in `checks.Check`.
    tables : tuple of str
        The tables that the query reads; the first one's rows are those that are looked at.
    wrong : str
        A query whose rows break the promise.
    values : mapping
        What stands in the places of ``about``.
    """

    family: str
    name: str
    about: str
    tables: tuple[str, ...]
    wrong: str
    values: Mapping[str, Any] = field(default_factory=dict)


def same(
    family: str, name: str, about: str, tables: tuple[str, ...], keys: str, expected: str, columns: Mapping[str, str],
    **values: Any,
) -> Rule:  # fmt: skip
    """The first table holds what the query ``expected`` computes; ``columns`` has a test of ``found`` against ``made``.

    A row that only one of the two has counts as zeros in the other.
    """
    shown = ", ".join(f"found.{column} as {column}, made.{column} as {column}_expected" for column in columns)
    query = (
        f'with made as ({expected}) select {keys}, {shown} from "{tables[0]}" found '
        f"full join made using ({keys}) where {' or '.join(columns.values())}"
    )
    return Rule(family, f"{tables[0]}.{name}", about, tables, query, values)


def as_money(column: str) -> str:
    """The test of money; ``made`` holds whole minor units."""
    return f"cents(found.{column}) <> coalesce(made.{column}, 0)"


def as_count(column: str) -> str:
    """The test of a number of things."""
    return f"coalesce(found.{column}, 0) <> coalesce(made.{column}, 0)"


def as_share(column: str) -> str:
    """The test of a share with four decimals, missing where there is nothing to divide by."""
    return (
        f"((found.{column} is null) <> (made.{column} is null) "
        f"or abs(found.{column} - made.{column}) > 0.00006 * greatest(1, abs(made.{column})))"
    )


def known_tables() -> dict[str, Table]:
    """Every table of the schema by the name it has in a folder.

    >>> "truth.orders" in known_tables()
    True
    """
    return {**WORLD_TABLES, **{f"truth.{name}": table for name, table in TRUTH_TABLES.items()}}


def column_problems(name: str, found: Mapping[str, str]) -> list[str]:
    """What is wrong with the columns of a table, one line each.

    Parameters
    ----------
    name : str
        The table.
    found : mapping of str to str
        DuckDB's type of every column.

    Examples
    --------
    >>> column_problems("branches", {"branch_id": "VARCHAR", "city": "VARCHAR"})
    ['branch_id: VARCHAR', 'region: missing']
    """
    table = known_tables()[name]
    wrong = []
    for column in table.columns:
        if column.name not in found:
            wrong.append(f"{column.name}: {say('missing')}")
        elif found[column.name].split("(")[0] not in _KINDS[column.kind] and not _empty(found[column.name]):
            wrong.append(f"{column.name}: {found[column.name]}")
    return [*wrong, *(f"{other}: {say('not in the schema')}" for other in found if other not in table.column_names)]


def _empty(kind: str) -> bool:
    """Arrow's type of a column without any value."""
    return kind == '"NULL"' or kind == "NULL"


def rules_for(present: set[str]) -> list[Rule]:
    """Every rule whose tables are all there."""
    from crm_toolkit.world.checking.facts import FACTS
    from crm_toolkit.world.checking.months import MONTHS
    from crm_toolkit.world.checking.sums import SUMS

    return [rule for rule in [*_of_schema(), *FACTS, *SUMS, *MONTHS] if present.issuperset(rule.tables)]


def _of_schema() -> Iterator[Rule]:
    for name, table in known_tables().items():
        yield from _values(name, table)
        if table.key:
            keys = ", ".join(table.key)
            yield Rule(
                "keys", f"{name}.key", mark("`{table}`: no key `{column}` stands there twice"), (name,),
                f'select {keys}, count(*) as times from "{name}" group by {keys} having count(*) > 1',
                {"table": name, "column": keys},
            )  # fmt: skip
        for column, target, key in _references(name, table):
            yield Rule(
                "references", f"{name}.{column}", mark("`{table}`: every `{column}` is a row of `{target}`"),
                (name, target),
                f'select distinct {column} from "{name}" one where {column} is not null '
                f'and not exists (select 1 from "{target}" other where other.{key} = one.{column})',
                {"table": name, "column": column, "target": target},
            )  # fmt: skip


def _values(name: str, table: Table) -> Iterator[Rule]:
    """No missing value where none may be; whole numbers where the schema says so; no amount below a minor unit."""
    needed = [column for column in table.columns if not column.nullable]
    tests = [f"{column.name} is null" for column in needed]
    tests += [f"isnan({column.name}::double)" for column in table.columns if column.kind in ("number", "money")]
    shown = ", ".join(dict.fromkeys([*table.key, *(column.name for column in needed)]))
    yield Rule(
        "columns", f"{name}.missing", mark("`{table}`: nothing is missing where nothing may be"), (name,),
        f'select {shown} from "{name}" where {" or ".join(tests)}', {"table": name},
    )  # fmt: skip
    money = [column.name for column in table.columns if column.kind == "money"]
    if money:
        tests = [f"abs(100 * {column} - round(100 * {column})) > 1e-4" for column in money]
        yield Rule(
            "columns", f"{name}.money", mark("`{table}`: money has no part of a minor unit"), (name,),
            f'select {", ".join([*table.key, *money])} from "{name}" where {" or ".join(tests)}', {"table": name},
        )  # fmt: skip


def _references(name: str, table: Table) -> Iterator[tuple[str, str, str]]:
    if name in WORLD_TABLES:
        yield from ((one.column, one.table, one.key) for one in REFERENCES[name])
        return
    targets = {"customer_id": "customers", "order_id": "orders", "employee_id": "employees", "campaign_id": "campaigns"}
    for column in table.columns:
        if column.name in targets:
            yield column.name, targets[column.name], column.name
