"""The store against the clock: beside raw sqlite3, pandas and ADBC, in one run and in turn.

A world of a fitness club with a million contacts is put into databases, handed over as a frame, searched, and its
customers' cards are opened. Contestants run in fresh processes, in turn (A B C … A B C …); medians are given. Ours does
more than its peers: the page says what.

    python course.py bench store                              everything, some minutes
    python -m benchmarks.store --quick                        small sizes, to see that it runs
    python -m benchmarks.store --write docs/benchmarks-store.md
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks._machine import processor

ROOT = Path(__file__).resolve().parent.parent
# section → title, contestant → label (the first is ours), what has to be known of it
WHOLE: dict[str, tuple[str, dict[str, str], str]] = {
    "creation": ("A new database", {
        "create_ours": "**ours**: keys, checks, profiles with sources, requests, search index",
        "create_ours_without_index": "ours without the search index",
        "create_to_sql": "`DataFrame.to_sql`: the world's tables, no keys, no checks, no indexes",
        "create_adbc": "ADBC: the world's tables, no keys, no checks, no indexes",
    }, "Rows are those of all tables in the end; ours has more, made of what came in."),
    "frame": ("All contacts as a pandas frame", {
        "frame_ours": "**ours, `Store.tables`**: through the role's rules, typed, money in units",
        "frame_rows": "raw sqlite3, tuples, nothing parsed",
        "frame_read_sql": "`pandas.read_sql`",
        "frame_adbc": "ADBC (not safe beside sqlite3 in one process)",
    }, "The same file for all."),
    "import": ("A file of 100,000 contacts brought in", {
        "import_ours": "**ours, `Store.import_file`**: read, checked, matched, one transaction, log, index",
        "import_to_sql": "`pandas.read_csv` and `to_sql`: nothing checked, no keys",
    }, "A CSV file of customer, time, kind, channel and subject; rows a second are rows by the time."),
}  # fmt: skip
EACH: dict[str, tuple[str, dict[str, str], str]] = {
    "search": ("Search", {
        "search_ours": "**ours, `Store.search`**: four tables, ranked, with excerpts",
        "search_like": "raw sqlite3, `LIKE` over two columns",
    }, "Ninety names and ten words of both languages."),
    "card": ("A customer's card", {
        "card_ours": "**ours, `Store.card`**: everything, shaped and explained",
        "card_raw": "raw sqlite3, five selects, unshaped",
    }, "Customers drawn at random."),
    "form": ("A purchase saved", {
        "form_ours": "**ours, `Store.submit`**: checked, five tables, log, index",
        "form_raw": "raw sqlite3, the same rows, unchecked",
    }, "One writer, every purchase a transaction that reaches the disk as SQLite's WAL has it."),
}  # fmt: skip


def run_once(work: str, job: dict[str, Any]) -> dict[str, Any]:
    """Start a contestant in a process and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="crm_toolkit-bench-") as folder:
        if work.startswith(("form_", "import_")):  # these write: each on a copy
            job = job | {"store": shutil.copy(job["store"], folder)}
        command = [sys.executable, "-m", "benchmarks._store_contestants", work, json.dumps({**job, "folder": folder})]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT,
                              env={**os.environ, "PYTHONWARNINGS": "ignore"})  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{work} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def in_turn(works: dict[str, str], job: dict[str, Any], rounds: int) -> dict[str, list[dict[str, Any]]]:
    """All contestants round after round."""
    found: dict[str, list[dict[str, Any]]] = {work: [] for work in works}
    for number in range(rounds):
        for work in works:
            found[work].append(run_once(work, job))
            print(f"  round {number + 1}: {work}: {found[work][-1]}", flush=True)
    return found


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A table in Markdown, numbers to the right."""
    rule = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]


def compared(works: dict[str, str], found: dict[str, list[dict[str, Any]]], shown: dict[str, float]) -> list[list[str]]:
    """Rows of a section's table: medians, and how many times ours each contestant takes."""
    first = next(iter(works))
    rows = []
    for work, label in works.items():
        if "missing" in found[work][0]:
            rows.append([f"{label}: **missing**", *[""] * (len(shown) + 2)])
            continue
        medians = {name: statistics.median(run[name] for run in found[work]) for name in (*shown, "rows")}
        ours = statistics.median(run[next(iter(shown))] for run in found[first])
        figures = [f"{medians[name] * scale:,.2f}" for name, scale in shown.items()]
        rows.append([label, f"{medians['rows']:,.0f}", *figures, f"{medians[next(iter(shown))] / ours:.2f}"])
    return rows


def main() -> None:
    """Run everything and print, or write, the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes and one round, to see that it runs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=[*WHOLE, *EACH], default=[*WHOLE, *EACH], metavar="SECTION")
    parser.add_argument("--write", type=Path, help="write the page there, in Markdown")
    words = parser.parse_args()
    rounds = 1 if words.quick else words.rounds
    import crm_toolkit as crm

    customers = 300 if words.quick else 12_200  # about 82 contacts a customer in two years
    tables = dict(crm.simulate("fitness_club", customers=customers, weeks=104, seed=7).tables)
    names = ("crm-toolkit", "sqlalchemy", "pandas", "pyarrow", "adbc-driver-sqlite")
    versions = ", ".join(f"{name} {_version(name)}" for name in names)
    page = [
        "# Benchmarks: the store", "",
        "*Written by `benchmarks/store.py`, which says how it is measured; again with `python course.py bench store`.*",
        "",
        f"{platform.system()}, {os.cpu_count()} cores{processor()}; Python {platform.python_version()}, {versions}; "
        f"load at the start {os.getloadavg()[0]:.1f}.", "",
        f"A fitness club of {customers:,} customers in 104 weeks: {len(tables['contacts']):,} contacts, "
        f"{sum(len(frame) for name, frame in tables.items() if name != 'purchases'):,} rows in all. Rounds in turn: "
        f"{rounds}, given are medians; every run in a fresh process. *Times ours*: below 1 the contestant is faster.",
        "",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="crm_toolkit-bench-") as folder:
        job = {"tables": f"{folder}/tables.pickle", "store": f"{folder}/crm.db", "questions": 200, "warm": True}
        Path(job["tables"]).write_bytes(pickle.dumps(tables))
        crm.Store.create(job["store"], tables).close()
        del tables
        for name, (title, works, about) in {**WHOLE, **EACH}.items():
            if name not in words.only:
                continue
            print(title, flush=True)
            found = in_turn(works, job, rounds)
            if name in WHOLE:
                head, shown = ["contestant", "rows", "wall s", "CPU s", "peak GB"], {"wall": 1, "cpu": 1, "peak": 1e-9}
            else:
                head, shown = ["contestant", "times", "p50 ms", "p95 ms"], {"p50": 1e3, "p95": 1e3}
            page += [f"## {title}", "", about, "", *table([*head, "times ours"], compared(works, found, shown)), ""]
    page += [f"Load of the machine at the end: {os.getloadavg()[0]:.1f}.", ""]
    if words.write:
        words.write.write_text("\n".join(page), encoding="utf-8")
    print("\n" + "\n".join(page))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


if __name__ == "__main__":
    main()
