"""Whole tables handed over, and SQL over them: each only as far as the person's rules go.

A query does not run in the store's database. The tables that it names are read through the rules, and DuckDB answers
over these in its own memory, without files, network or settings. So a query can't see more than the tables that
`Store.tables` would give, whatever it says, on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import PURCHASES, Column, near_misses
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import database, frames
from crm_toolkit.store.layout import stored_name
from crm_toolkit.store.rights import Rights
from crm_toolkit.texts import format_number, say

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1_000_000
MOST_SECONDS = 60
_MOST_LETTERS = 100_000
# no files at all (DuckDB would always allow its own folder for what does not fit into memory), nothing loaded from
# outside, no Python variables as tables
_SEALED: dict[str, str | bool | int | float | list[str]] = {
    "python_enable_replacements": "false", "threads": "2", "memory_limit": "2GB", "temp_directory": "",
    "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
}  # fmt: skip


def arrow_of(connection: sa.Connection, rights: Rights, name: str) -> pa.Table:
    """A table, or the purchases, as far as the person may see it."""
    if name == "purchases":
        return frames.arrow(connection, *purchases(rights))
    return frames.arrow(connection, rights.readable(name), rights.columns(name))


def purchases(rights: Rights) -> tuple[sa.Select, list[tuple[Column, str]]]:
    """The lines of orders as `schema.PURCHASES`, by time; a column that the role may not see is empty."""
    lines, orders, products = (rights.readable(name).subquery(name) for name in ("order_lines", "orders", "products"))
    seen = {c.name: c for c in (*lines.c, orders.c.ordered_at, products.c.item)}
    rules = {column.name: rule for column, rule in rights.columns("order_lines")}
    columns = [(column, rules.get(column.name, "read")) for column in PURCHASES.columns]
    wanted = sa.select(*(
        seen[stored_name(c)].label(stored_name(c)) if stored_name(c) in seen else sa.null().label(stored_name(c))
        for c, _ in columns
    )).join_from(lines, orders, lines.c.order_id == orders.c.order_id)  # fmt: skip
    wanted = wanted.outerjoin(products, lines.c.product_id == products.c.product_id)
    return wanted.order_by(orders.c.ordered_at, lines.c.order_id, lines.c.line_no), columns


def asked(engine: sa.Engine, rights: Rights, text: str) -> pd.DataFrame:
    """The answer to one SELECT."""
    import duckdb

    heading = say("The query can't be answered.")
    if not isinstance(text, str) or len(text) > _MOST_LETTERS:
        raise InputError(heading, [Problem("bad_query", say("A query is a text of at most {count} letters.",
                                                            count=format_number(_MOST_LETTERS)))])  # fmt: skip
    desk = duckdb.connect(":memory:", config=_SEALED)
    clock = threading.Timer(MOST_SECONDS, desk.interrupt)
    try:
        named = _tables_named(desk, text, heading)
        known = [*STORE_TABLES, "purchases"]
        unknown = sorted(named - set(known))
        if unknown:
            raise InputError(heading, [_unknown_table(name, known) for name in unknown])
        with database.reading(engine) as connection:
            for name in sorted(named):
                desk.register(name, arrow_of(connection, rights, name))
        desk.execute("SET enable_external_access = false")
        desk.execute("SET lock_configuration = true")
        clock.start()
        answer = desk.sql(text).limit(MOST_ROWS + 1).df()
    except duckdb.InterruptException:
        what = say("The query took longer than {count} seconds.", count=MOST_SECONDS)
        raise InputError(heading, [Problem("too_long", what, advice=say("Ask for less at a time."))]) from None
    except (duckdb.Error, AttributeError) as error:
        raise InputError(heading, [Problem("bad_query", _first_line(str(error)))]) from None
    finally:
        clock.cancel()
        desk.close()
    if len(answer) > MOST_ROWS:
        what = say("The answer has more than {count} rows.", count=format_number(MOST_ROWS))
        raise InputError(heading, [Problem("too_many_rows", what, advice=say("Group, or set a LIMIT."))])
    return answer


def _tables_named(desk: Any, text: str, heading: str) -> set[str]:
    """The tables that one SELECT names; a letter if it is anything else."""
    parsed = json.loads(desk.execute("SELECT json_serialize_sql(?)", [text]).fetchall()[0][0])
    if parsed["error"] and parsed["error_type"] == "parser":
        raise InputError(heading, [Problem("bad_query", _first_line(parsed["error_message"]))])
    if parsed["error"] or len(parsed["statements"]) != 1:
        raise InputError(heading, [Problem("not_a_select", say("One SELECT is allowed; nothing can be changed here."))])
    nodes = list(_nodes(parsed["statements"]))
    own = {entry["key"].lower() for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    named = {node["table_name"].lower() for node in nodes if node.get("type") == "BASE_TABLE"}
    return {name for name in named if name and name not in own}


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    for branch in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(branch)


def _unknown_table(name: str, known: list[str]) -> Problem:
    close = near_misses(name, known)
    advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
    return Problem("unknown_table", say("There is no table `{name}`.", name=name), advice=advice, column=name)


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")
