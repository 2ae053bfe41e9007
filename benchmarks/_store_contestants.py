"""The contestants of ``benchmarks.store``; each runs alone in a fresh process.

A contestant prepares (imports, opening, a warm-up) and returns what is run under the clock. Those that answer many
small questions return the seconds of each. ADBC brings an SQLite of its own and never shares a process with Python's.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Job = dict[str, Any]
WORDS = ("поздно", "долго ждали", "счёт", "мастер", "возврат", "жалоба", "late", "bill", "complaint", "question")


def tables_of(job: Job) -> dict[str, Any]:
    """The world that all fill in."""
    return pickle.loads(Path(job["tables"]).read_bytes())


def create_ours(job: Job) -> Callable[[], int]:
    """A whole store: all tables, checks, log, profiles with sources, search index."""
    import crm_toolkit as crm

    tables = tables_of(job)
    place = Path(job["folder"], "ours.db")

    def run() -> int:
        store = crm.Store.create(place, tables)
        store.close()
        return _rows(place)

    return run


def create_ours_without_index(job: Job) -> Callable[[], int]:
    """The same without the search index."""
    from crm_toolkit.store import search

    search.rebuild = lambda connection: None
    return create_ours(job)


def create_to_sql(job: Job) -> Callable[[], int]:
    """The world's own tables by pandas, without keys, checks and indexes."""
    import pandas as pd  # noqa: F401

    tables = tables_of(job)
    place = Path(job["folder"], "pandas.db")

    def run() -> int:
        with sqlite3.connect(place) as connection:
            for name, frame in tables.items():
                if name != "purchases":
                    frame.to_sql(name, connection, index=False)
        return _rows(place)

    return run


def create_adbc(job: Job) -> Callable[[], int]:
    """The world's own tables by ADBC, without keys, checks and indexes."""
    import pyarrow as pa
    from adbc_driver_sqlite import dbapi

    tables = {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in tables_of(job).items()}
    place = Path(job["folder"], "adbc.db")

    def run() -> int:
        rows = 0
        with dbapi.connect(str(place)) as connection, connection.cursor() as cursor:
            for name, table in tables.items():
                if name != "purchases":
                    rows += cursor.adbc_ingest(name, table)
            connection.commit()
        return rows

    return run


def frame_ours(job: Job) -> Callable[[], int]:
    """`Store.tables`: through the rules, typed, money in currency units."""
    import crm_toolkit as crm

    store = crm.Store.open(job["store"])
    store.list("contacts", limit=None if job["warm"] else 5_000)
    return lambda: len(store.tables("contacts"))


def frame_read_sql(job: Job) -> Callable[[], int]:
    """`pandas.read_sql`, moments parsed."""
    import pandas as pd

    connection = sqlite3.connect(job["store"])
    pd.read_sql("SELECT * FROM contacts LIMIT 5000", connection)
    return lambda: len(pd.read_sql("SELECT * FROM contacts", connection, parse_dates=["opened_at"]))


def frame_rows(job: Job) -> Callable[[], int]:
    """Raw sqlite3: tuples into a frame, nothing parsed."""
    import pandas as pd

    connection = sqlite3.connect(job["store"])
    return lambda: len(pd.DataFrame(connection.execute("SELECT * FROM contacts").fetchall()))


def frame_adbc(job: Job) -> Callable[[], int]:
    """ADBC into Arrow, then pandas; moments cast."""
    import pyarrow as pa
    from adbc_driver_sqlite import dbapi

    connection = dbapi.connect(job["store"])
    cursor = connection.cursor()

    def run() -> int:
        cursor.execute("SELECT * FROM contacts")
        table = cursor.fetch_arrow_table()
        place = table.column_names.index("opened_at")
        table = table.set_column(place, "opened_at", table.column(place).cast(pa.timestamp("s")))
        rows = len(table.to_pandas())
        cursor.close()
        connection.close()
        return rows

    return run


def _file_of_contacts(job: Job) -> str:
    """A CSV file of 100,000 contacts that are not in the store yet: a minute before each."""
    import pandas as pd

    contacts = tables_of(job)["contacts"].head(100_000)
    told = contacts[["customer_id", "kind", "channel"]].assign(
        opened_at=contacts["opened_at"] - pd.Timedelta(minutes=1), subject="A question about the bill",
        kind=contacts["kind"].where(contacts["kind"] != "purchase", "visit"),
    )  # fmt: skip
    place = Path(job["folder"], "contacts.csv")
    told.to_csv(place, index=False)
    return str(place)


def import_ours(job: Job) -> Callable[[], int]:
    """`Store.import_file`: read, checked, matched, one transaction, log, search index."""
    import crm_toolkit as crm

    place, store = _file_of_contacts(job), crm.Store.open(job["store"])
    before = store.count("contacts")

    def run() -> int:
        store.import_file(place, "contacts", key="store")
        return store.count("contacts") - before

    return run


def import_to_sql(job: Job) -> Callable[[], int]:
    """pandas: the file into a table, nothing checked."""
    import pandas as pd

    place, connection = _file_of_contacts(job), sqlite3.connect(job["store"])

    def run() -> int:
        frame = pd.read_csv(place, parse_dates=["opened_at"])
        frame.to_sql("contacts_of_a_file", connection, index=False)
        connection.commit()
        return len(frame)

    return run


def search_ours(job: Job) -> Callable[[], list[float]]:
    """`Store.search` over customers, contacts, requests and articles."""
    import crm_toolkit as crm

    store = crm.Store.open(job["store"])
    asked = _questions(store.list("customers", limit=400)["full_name"].tolist())
    store.search("warm")
    return lambda: [_seconds(store.search, text) for text in asked]


def search_like(job: Job) -> Callable[[], list[float]]:
    """Raw sqlite3, LIKE over names and subjects: what there is without an index."""
    connection = sqlite3.connect(job["store"])
    asked = _questions([row[0] for row in connection.execute("SELECT full_name FROM customers LIMIT 400")])[:40]

    def find(text: str) -> None:
        for table, column in (("customers", "full_name"), ("contacts", "subject")):
            connection.execute(f"SELECT * FROM {table} WHERE {column} LIKE ? LIMIT 20", (f"%{text}%",)).fetchall()

    return lambda: [_seconds(find, text) for text in asked]


def card_ours(job: Job) -> Callable[[], list[float]]:
    """`Store.card`: profile, money, requests, timeline, gaps."""
    import crm_toolkit as crm

    store = crm.Store.open(job["store"])
    people = _people(job, store.list("customers", limit=None)["customer_id"].tolist())
    store.card(people[0])
    return lambda: [_seconds(store.card, one) for one in people]


def card_raw(job: Job) -> Callable[[], list[float]]:
    """Raw sqlite3: the customer's rows of five tables, unshaped."""
    connection = sqlite3.connect(job["store"])
    people = _people(job, [row[0] for row in connection.execute("SELECT customer_id FROM customers")])

    def look(one: int) -> None:
        for table in ("customers", "contacts", "orders", "payments", "requests"):
            connection.execute(f"SELECT * FROM {table} WHERE customer_id = ?", (one,)).fetchall()

    return lambda: [_seconds(look, one) for one in people]


def form_ours(job: Job) -> Callable[[], list[float]]:
    """A purchase by form: checked, order, line, payment, contact, log, index, on the disk."""
    import crm_toolkit as crm

    store = crm.Store.open(job["store"])
    people = _people(job, store.list("customers", limit=None)["customer_id"].tolist())
    product = int(store.list("products", limit=1)["product_id"][0])
    values = {"product_id": product, "quantity": 1, "method": "card", "unit_price": 5}
    store.submit("purchase", values | {"customer_id": people[0]})

    def save(one: int) -> None:
        store.submit("purchase", values | {"customer_id": one})

    return lambda: [_seconds(save, one) for one in people]


def form_raw(job: Job) -> Callable[[], list[float]]:
    """Raw sqlite3: the same rows in one transaction, nothing checked."""
    connection = sqlite3.connect(job["store"], isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    people = _people(job, [row[0] for row in connection.execute("SELECT customer_id FROM customers")])
    now = "2026-01-01 10:00:00"

    def save(one: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        order = connection.execute(
            "INSERT INTO orders(customer_id, ordered_at, amount_minor) VALUES (?, ?, 500)", (one, now)
        ).lastrowid
        connection.execute(
            "INSERT INTO order_lines(order_id, line_no, customer_id, quantity, amount_minor) VALUES (?, 1, ?, 1, 500)",
            (order, one),
        )
        connection.execute(
            "INSERT INTO payments(order_id, customer_id, kind, due_on, due_amount_minor, paid_amount_minor) "
            "VALUES (?, ?, 'payment', ?, 500, 500)", (order, one, now[:10]),
        )  # fmt: skip
        connection.execute(
            "INSERT INTO contacts(customer_id, opened_at, kind, order_id, entered_kind) VALUES (?, ?, 'purchase', ?, "
            "'employee')", (one, now, order),
        )  # fmt: skip
        connection.execute(
            "INSERT INTO audit(happened_at, actor, entity, entity_id, action) VALUES (?, 'x', 'orders', ?, 'create')",
            (now, order),
        )
        connection.execute("COMMIT")

    return lambda: [_seconds(save, one) for one in people]


def _questions(names: list[str]) -> list[str]:
    dice = random.Random(7)
    return [*(name.split()[0] for name in dice.sample(names, min(90, len(names)))), *WORDS]


def _people(job: Job, everybody: list[int]) -> list[int]:
    return [int(one) for one in random.Random(7).sample(everybody, min(job["questions"], len(everybody)))]


def _seconds(work: Callable[[Any], Any], given: Any) -> float:
    began = time.perf_counter()
    work(given)
    return time.perf_counter() - began


def _rows(place: Path) -> int:
    with sqlite3.connect(place) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_%'"
        )]  # fmt: skip
        return sum(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names)


def _peak() -> int:
    """Most memory of this process, bytes; what the system's usual count says includes the process that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Run one contestant and print what it needed."""
    work, job = sys.argv[1], json.loads(sys.argv[2])
    try:
        run = globals()[work](job)
    except ImportError as missing:
        print(json.dumps({"missing": str(missing)}))
        return
    before, began = os.times(), time.perf_counter()
    result = run()
    wall, after = time.perf_counter() - began, os.times()
    told: Job = {"wall": wall, "cpu": after.user + after.system - before.user - before.system,
                 "peak": _peak()}  # fmt: skip
    if isinstance(result, list):
        each = sorted(result)
        told |= {"rows": len(each), "p50": each[len(each) // 2], "p95": each[int(len(each) * 0.95)]}
    else:
        told["rows"] = result
    print(json.dumps(told))


if __name__ == "__main__":
    main()
