"""Whether a store is whole: the file itself, what points where, codes, sums of orders, the search index."""

from __future__ import annotations

import sqlalchemy as sa

from crm_toolkit.errors import Problem
from crm_toolkit.schema.store import POINTS_TO, STORE_TABLES
from crm_toolkit.store import database
from crm_toolkit.store.door import Store
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.search import index
from crm_toolkit.texts import say, say_count


def faults(store: Store) -> list[Problem]:
    """What is not whole in a store; an empty list if nothing is.

    Parameters
    ----------
    store : Store
        Opened by somebody with the right "accounts".

    Returns
    -------
    list of Problem
        Codes: ``damaged``, ``points_nowhere``, ``unknown_word``, ``wrong_sum``, ``index_differs``.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=50, weeks=20, seed=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     print(faults(store))
    ...     store.close()
    []
    """
    store.rights.require("accounts")
    with database.reading(store.engine) as connection:
        return [
            *_file(connection), *_references(connection), *_codes(connection), *_sums(connection), *_index(connection)
        ]  # fmt: skip


def _file(connection: sa.Connection) -> list[Problem]:
    if connection.dialect.name != "sqlite":
        return []
    told = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
    what = say("The file of the database is damaged.")
    return [Problem("damaged", what, found=str(line)) for line in told if line != "ok"]


def _references(connection: sa.Connection) -> list[Problem]:
    problems = []
    for name, table in TABLES.items():
        for column in table.c:
            target, key = POINTS_TO.get(column.name, ("", ""))
            if not column.foreign_keys:
                continue
            there = TABLES[target].alias("there")
            lost = sa.select(sa.func.count()).select_from(table).where(
                column.is_not(None), ~sa.exists().where(there.c[key] == column)
            )  # fmt: skip
            count = int(connection.execute(lost).scalar_one())
            if count:
                what = say_count("`{table}`: {count} row points to a row of `{target}` that is not there ({column}).",
                                 "`{table}`: {count} rows point to rows of `{target}` that are not there ({column}).",
                                 count, table=name, target=target, column=f"`{column.name}`")  # fmt: skip
                problems.append(Problem("points_nowhere", what, column=column.name))
    return problems


def _codes(connection: sa.Connection) -> list[Problem]:
    problems = []
    for name, entity in STORE_TABLES.items():
        for column, words in entity.codes.items():
            cell = TABLES[name].c[column]
            unknown = sa.select(sa.func.count()).where(cell.is_not(None), cell.not_in(words))
            count = int(connection.execute(unknown).scalar_one())
            if count:
                what = say_count("`{table}`: the word in {column} is not known in {count} row.",
                                 "`{table}`: the word in {column} is not known in {count} rows.",
                                 count, table=name, column=f"`{column}`")  # fmt: skip
                problems.append(Problem("unknown_word", what, column=column))
    return problems


def _sums(connection: sa.Connection) -> list[Problem]:
    orders, lines = TABLES["orders"], TABLES["order_lines"]
    sums = sa.select(lines.c.order_id, sa.func.sum(lines.c.amount_minor).label("amount")).group_by(lines.c.order_id)
    of_lines = sums.subquery()
    differ = (
        sa.select(sa.func.count())
        .select_from(orders.join(of_lines, of_lines.c.order_id == orders.c.order_id))
        .where(orders.c.amount_minor != of_lines.c.amount)
    )
    count = int(connection.execute(differ).scalar_one())
    if not count:
        return []
    what = say_count(
        "{count} order is not the sum of its lines.", "{count} orders are not the sum of their lines.", count
    )
    return [Problem("wrong_sum", what, column="amount")]


def _index(connection: sa.Connection) -> list[Problem]:
    problems = []
    key = "rowid" if connection.dialect.name == "sqlite" else "key"
    for entity in index.SEARCHED:
        kept = set(connection.exec_driver_sql(f"SELECT {key} FROM {index.table_of(entity)}").scalars())
        meant = {row[0] for row in connection.execute(index.texts_of(entity))}
        count = len(kept ^ meant)
        if count:
            what = say_count("The search index of `{table}` differs in {count} row.",
                             "The search index of `{table}` differs in {count} rows.", count, table=entity)  # fmt: skip
            problems.append(Problem("index_differs", what))
    return problems
