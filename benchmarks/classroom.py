"""A class of thirty in one database on PostgreSQL: nothing is lost, nobody is refused; how long each step takes.

Every person signs in, then searches, opens cards, takes in requests, sells, corrects profiles that others correct at
the same moment, and asks whether something has changed, as an open page does. Each is a program of its own with its
own connection, as a page served by Voilà is. Between two steps a person thinks for a moment (``--think``); without it
all of them work as fast as the computer lets them, which no class does.

    python course.py bench classroom                    a private server of PostgreSQL, some minutes
    python -m benchmarks.classroom --database postgresql://user@host/empty_base
    python -m benchmarks.classroom --people 10 --rounds 2 --think 0
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import crm_toolkit as crm
from crm_toolkit.store import ConflictError, accounts, database

ROOT = Path(__file__).resolve().parent.parent
SHARED = 5  # customers whose profiles everybody corrects
STEPS = ("sign in", "search", "card", "request", "purchase", "correction", "list of requests", "anything new?")


@dataclass
class Work:
    """What one person did: seconds by step, seconds of processor in them, corrections by customer, what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    processor: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    raised: dict[int, int] = field(default_factory=dict)
    saved: int = 0
    conflicts: int = 0
    trouble: list[str] = field(default_factory=list)


def person(url: str, login: str, password: str, number: int, rounds: int, think: float, shared: list[int]) -> Work:
    """One person's evening at the desk."""
    done, luck = Work(), random.Random(number)

    def timed(step: str, call: Any) -> Any:
        if think and step not in ("sign in", "anything new?"):
            time.sleep(luck.expovariate(1 / think))
        began, worked = time.perf_counter(), time.thread_time()
        found = call()
        done.seconds[step].append(time.perf_counter() - began)
        done.processor[step].append(time.thread_time() - worked)
        return found

    try:
        gate = accounts.Gate.open(url)
        desk = gate.enter(timed("sign in", lambda: gate.sign_in(login, password)).token)
        for turn in range(rounds):
            customer = shared[(number + turn) % len(shared)]
            word = luck.choice(["an", "complaint", "ol", "555"])
            timed("search", lambda sought=word: desk.search(sought))
            timed("card", lambda one=customer: desk.card(one))
            asked = {"customer_id": customer, "kind": "complaint", "subject": f"{login} {turn}"}
            timed("request", lambda values=asked: desk.submit("request", values))
            bought = {"customer_id": customer, "product_id": 1, "quantity": 1, "method": "card", "unit_price": 5}
            timed("purchase", lambda values=bought: desk.submit("purchase", values))
            done.saved += 1
            timed("correction", lambda one=customer: _corrected(desk, one, done))
            timed("list of requests", lambda: desk.list("requests", order="-opened_at", limit=9))
            timed("anything new?", desk.last_change)
        gate.close()
    except Exception as error:  # whatever it is, the report has it
        done.trouble.append(f"{login}: {type(error).__name__}: {error}"[:300])
    return done


def _corrected(desk: crm.Store, customer: int, done: Work) -> None:
    """One more unit of income, over whatever stands there: who comes second looks again, as a person does."""
    while True:
        row = desk.row("customers", customer)
        income = float(row["income_month"] or 0) + 1
        try:
            desk.submit("profile", {"income_month": income}, row=customer, expected_version=int(row["version"]))
        except ConflictError:
            done.conflicts += 1
            continue
        done.raised[customer] = done.raised.get(customer, 0) + 1
        return


def at_work(url: str, *, people: int, rounds: int, think: float = 0.0, processes: bool = False) -> dict[str, Any]:
    """Let a class work in a store, and count afterwards.

    Returns
    -------
    dict
        ``seconds`` by step, ``conflicts``, ``saved``, ``raised``, ``trouble``; ``lost`` (what was acknowledged and is
        not there), ``deadlocks`` (as the server counts), ``connections`` (the most at once).
    """
    store = crm.Store.open(url)
    shared = [int(one) for one in store.list("customers", order="customer_id", limit=SHARED)["customer_id"]]
    before = {one: float(store.row("customers", one)["income_month"] or 0) for one in shared}
    orders, requests = store.count("orders"), store.count("requests")
    locks = _deadlocks(store)
    issued = accounts.add_class(store, [{"login": f"person{one}", "role": "manager"} for one in range(people)])
    pool: Executor
    if processes:
        store.engine.dispose()
        pool = ProcessPoolExecutor(people, mp_context=multiprocessing.get_context("fork"))
    else:
        pool = ThreadPoolExecutor(people)
    with pool:
        began, most = time.perf_counter(), 0
        futures = [
            pool.submit(person, url, one.login, one.password, number, rounds, think, shared)
            for number, one in enumerate(issued)
        ]
        while not all(one.done() for one in futures):
            most = max(most, _connections(store))
            time.sleep(0.2)
        done = [one.result() for one in futures]
    raised = {one: sum(work.raised.get(one, 0) for work in done) for one in shared}
    saved = sum(work.saved for work in done)
    lost = [
        f"customer {one}: {raised[one]} corrections" for one in shared
        if round(float(store.row("customers", one)["income_month"] or 0) - before[one]) != raised[one]
    ]  # fmt: skip
    lost += [f"{saved} purchases"] if store.count("orders") - orders != saved else []
    lost += [f"{saved} requests"] if store.count("requests") - requests != saved else []
    found = {
        "seconds": {step: [one for work in done for one in work.seconds[step]] for step in STEPS},
        "processor": {step: [one for work in done for one in work.processor[step]] for step in STEPS},
        "conflicts": sum(work.conflicts for work in done), "saved": saved, "raised": sum(raised.values()),
        "trouble": [one for work in done for one in work.trouble], "lost": lost, "wall": time.perf_counter() - began,
        "deadlocks": _deadlocks(store) - locks, "connections": most,
    }  # fmt: skip
    store.close()
    return found


def _asked(store: crm.Store, question: str) -> int:
    if store.engine.dialect.name != "postgresql":
        return 0
    with database.reading(store.engine) as connection:
        return int(connection.exec_driver_sql(question).scalar() or 0)


def _deadlocks(store: crm.Store) -> int:
    return _asked(store, "select deadlocks from pg_stat_database where datname = current_database()")


def _connections(store: crm.Store) -> int:
    return _asked(store, "select count(*) from pg_stat_activity where datname = current_database()")


def table(found: dict[str, Any]) -> str:
    """The steps with how often, half of them below, 95 % below, the longest, and the page's own processor time."""
    lines = ["| step | how often | p50, ms | p95, ms | longest, ms | CPU of the page, p50, ms |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for step, seconds in found["seconds"].items():
        if seconds:
            half, most = np.percentile(seconds, [50, 95]) * 1000
            worked = np.median(found["processor"][step]) * 1000
            lines.append(
                f"| {step} | {len(seconds)} | {half:.0f} | {most:.0f} | {max(seconds) * 1000:.0f} | {worked:.0f} |"
            )
    return "\n".join(lines)


@contextmanager
def database_of(url: str) -> Iterator[str]:
    """The address that is named, or a database on a private server that waits for the disk as one at work does."""
    if url:
        yield url
        return
    spec = importlib.util.spec_from_file_location("_postgres", ROOT / "tests" / "store" / "postgres.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_postgres"] = module
    spec.loader.exec_module(module)
    with module.running(careful=True) as server:
        yield server.new()


def main() -> None:
    """Run it and print the table."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--database", default="", help="an empty database; a private server without it")
    words.add_argument("--people", type=int, default=30)
    words.add_argument("--rounds", type=int, default=10)
    words.add_argument("--think", type=float, default=1.0, help="seconds between two steps, on average")
    asked = words.parse_args()
    with database_of(asked.database) as url:
        crm.Store.create(url, crm.simulate("barbershop", customers=1_500, weeks=104, seed=7).tables).close()
        print(f"{asked.people} people, {asked.rounds} rounds, {asked.think} s between steps; "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")  # fmt: skip
        found = at_work(url, people=asked.people, rounds=asked.rounds, think=asked.think, processes=True)
    print(table(found) + "\n")
    print(json.dumps({name: value for name, value in found.items() if name not in ("seconds", "processor")}, indent=1))


if __name__ == "__main__":
    main()
