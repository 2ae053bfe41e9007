"""Purchases to summaries and scores: ours beside pandas by hand, DuckDB SQL by hand, lifetimes and pymc-marketing.

Every contestant runs in a fresh process and in turn (A B C … A B C …), first once for the results, which must be
equal, then for the clock. Only the question is timed: the frame lies in memory, the library is imported; a
contestant that works on a file reads it inside the time. CPU seconds count all threads.

    python course.py bench rfm                                       one million customers, ten million purchases
    python -m benchmarks.rfm --purchases 1e6 --rounds 1              a quick look
    python -m benchmarks.rfm --peer lifetimes=/envs/lifetimes/bin/python --peer pymc_marketing=/envs/pymc/bin/python
    python -m benchmarks.rfm --write docs/benchmarks.md              the whole page

lifetimes needs pandas < 3, so the two libraries run with interpreters of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import _contestants
from benchmarks._machine import processor

ROOT = Path(__file__).resolve().parent.parent
SEED = 20231231
CHUNK = 5_000_000
IDS = ("integer", "text")
QUESTIONS = {"purchase_summary": _contestants.SUMMARIES, "rfm_scores": _contestants.SCORES}


@dataclass
class Runs:
    """What one contestant needed in every round."""

    name: str
    missing: str = ""
    each: list[dict] = field(default_factory=list)

    def median(self, what: str) -> float:
        """The median over the rounds."""
        return statistics.median(run[what] for run in self.each)


def make_purchases(file: Path, purchases: int, customers: int) -> None:
    """Two years of purchases in the order of time; customers differ in how often they come (gamma)."""
    luck = np.random.default_rng(SEED)
    weight = np.cumsum(luck.gamma(1.0, 1.0, customers))
    begin, length = np.datetime64("2022-01-01", "us").astype("int64"), 730 * 86_400 * 1_000_000
    writer = None
    for start in range(0, purchases, CHUNK):
        count = min(CHUNK, purchases - start)
        moment = np.sort(luck.integers(start, start + count, count)) / purchases * length
        lines = pa.table(
            {
                "order_id": np.arange(start, start + count),
                "customer_id": np.searchsorted(weight, luck.random(count) * weight[-1]),
                "ordered_at": (begin + moment.astype("int64")).astype("datetime64[us]"),
                "amount": np.round(luck.gamma(2.0, 15.0, count) + 0.01, 2),
            }
        )
        writer = writer or pq.ParquetWriter(file, lines.schema)
        writer.write_table(lines, row_group_size=1_000_000)
    if writer:
        writer.close()


def with_text_ids(source: Path, file: Path) -> None:
    """The same purchases with customers such as C00000042."""
    query = f"select * replace ('C' || lpad(cast(customer_id as varchar), 8, '0') as customer_id) from '{source}'"
    duckdb.connect().sql(query).write_parquet(str(file), row_group_size=1_000_000)


def run_once(name: str, data: Path, python: str, *, save: Path | None = None, memory: str = "") -> dict:
    """Start a contestant in a process of its own."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    if python == sys.executable:
        environment["PYTHONPATH"] = str(ROOT)
    if memory:
        environment["CRM_MEMORY_LIMIT"] = memory
    command = [python, str(ROOT / "benchmarks" / "_contestants.py"), name, str(data)]
    command += ["--save", str(save)] if save else []
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def assert_equal(results: dict[str, Path]) -> None:
    """Refuse to time contestants who do not answer the same question."""
    first, *others = results
    expected = np.load(results[first])
    for other in others:
        found = np.load(results[other])
        order = np.argsort(found["customer_id"], kind="stable")
        wanted = np.argsort(expected["customer_id"], kind="stable")
        assert (found["customer_id"][order] == expected["customer_id"][wanted]).all(), other
        for name in expected.files:
            if name != "customer_id":
                np.testing.assert_allclose(
                    found[name][order], expected[name][wanted], rtol=1e-9, atol=1e-6, err_msg=other
                )


def compete(contestants: tuple, data: Path, folder: Path, pythons: dict[str, str], rounds: int) -> list[Runs]:
    """Compare the results of all, then time them in turn."""
    table = {contestant.__name__: Runs(contestant.__name__) for contestant in contestants}
    saved: dict[str, Path] = {}
    for name, runs in table.items():
        file = folder / f"{name}.npz"
        first = run_once(name, data, pythons.get(name, sys.executable), save=file)
        runs.missing = first.get("missing", "")
        if not runs.missing:
            saved[name] = file
    assert_equal(saved)
    for file in saved.values():
        file.unlink()
    for number in range(rounds):
        for name in saved:
            table[name].each.append(run_once(name, data, pythons.get(name, sys.executable)))
            print(f"  round {number + 1}: {name} {table[name].each[-1]['cpu']:.2f} s CPU", flush=True)
    return list(table.values())


def grow(folder: Path, sizes: list[int], memory: str) -> list[str]:
    """Time our two functions on ever larger files under one memory limit."""
    lines = [
        "| purchases | customers | file, GB | function | wall s | CPU s | peak GB |",
        "|---:|---:|---:|---|---:|---:|---:|",
    ]
    for size in sizes:
        file = folder / "growth.parquet"
        make_purchases(file, size, max(size // 10, 1))
        for name in ("ours_parquet", "ours_scores_parquet"):
            run = run_once(name, file, sys.executable, memory=memory)
            question = "purchase_summary" if name == "ours_parquet" else "rfm_scores"
            print(f"  {size:,} purchases: {question} {run['wall']:.1f} s, peak {gigabytes(run['peak'])} GB", flush=True)
            lines.append(
                f"| {size:,} | {run['rows']:,} | {file.stat().st_size / 1e9:.2f} | `{question}` | {run['wall']:.1f} "
                f"| {run['cpu']:.1f} | {gigabytes(run['peak'])} |"
            )
        file.unlink()
    return lines


def gigabytes(number: float | None) -> str:
    """A size for people."""
    return "–" if number is None else f"{number / 1e9:.1f}"


def table_of(results: list[Runs]) -> list[str]:
    """The results as a table in Markdown; ratios against the first of the same source."""
    lines = [
        "| contestant | CPU s | CPU, ours = 1 | wall s | peak GB | CPU s of every round |",
        "|---|---:|---:|---:|---:|---|",
    ]
    frame, parquet = (runs for runs in results if runs.name.startswith("ours") and not runs.name.endswith("polars"))
    for runs in results:
        what = _contestants.CONTESTANTS[runs.name].__doc__.rstrip(".")
        if runs.missing:
            lines.append(f"| {what} | not installed | – | – | – | – |")
            continue
        against = parquet if runs.name.endswith("parquet") else frame
        bold = "**" if runs is against else ""
        each = " ".join(f"{run['cpu']:.2f}" for run in runs.each)
        peak = gigabytes(runs.median("peak") if runs.each[0]["peak"] else None)
        lines.append(
            f"| {bold}{what}{bold} | {runs.median('cpu'):.2f} | {runs.median('cpu') / against.median('cpu'):.2f} "
            f"| {runs.median('wall'):.2f} | {peak} | {each} |"
        )
    return lines


def goals_of(results: list[Runs]) -> list[str]:
    """The goals set beforehand, and whether these runs meet them, by the clock and by CPU seconds of all threads."""
    found = {runs.name: runs for runs in results if runs.each}
    hands = min((found["plain_pandas"], found["fast_pandas"]), key=lambda runs: runs.median("wall"))
    goals = [("no slower than the best pandas by hand", hands, 1.0)]
    goals += [(f"4 times faster than {name}", found[name], 4.0) for name in _contestants.PEERS if name in found]
    lines = []
    for goal, other, wanted in goals:
        wall, cpu = (other.median(what) / found["ours_frame"].median(what) for what in ("wall", "cpu"))
        lines.append(
            f"- {goal}: {wall:.1f} times as fast by the clock ({verdict(wall >= wanted)}), "
            f"{cpu:.1f} by CPU seconds ({verdict(cpu >= wanted)})"
        )
    wall, cpu = (found["ours_parquet"].median(what) / found["sql_parquet"].median(what) for what in ("wall", "cpu"))
    last = f"{wall:.2f} by the clock ({verdict(wall <= 1.3)}), {cpu:.2f} by CPU seconds ({verdict(cpu <= 1.3)})"
    return [*lines, f"- on Parquet within 1.3 of SQL by hand: {last}"]


def verdict(met: bool) -> str:
    """The goal's outcome in a word or two."""
    return "met" if met else "**not met**"


def machine() -> str:
    """What it ran on, without names."""
    packages = ("pandas", "numpy", "narwhals", "duckdb", "polars", "pyarrow")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages if _installed(name))
    try:
        import psutil

        memory = f", {psutil.virtual_memory().total / 2**30:.0f} GiB of memory"
    except ImportError:
        memory = ""
    system = f"{platform.system()}, {os.cpu_count()} cores{processor()}{memory}; Python {platform.python_version()}"
    return f"{system}, {versions}; load at the start {load()}."


def load() -> str:
    """How many processes want the processor, mean of a minute; more than 0.3 or so makes times longer."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def peer_versions(pythons: dict[str, str]) -> str:
    """Versions of the two libraries in their own environments."""
    code = "import importlib.metadata as m, sys; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    told = []
    for peer, python in pythons.items():
        done = subprocess.run([python, "-c", code, peer.replace("_", "-"), "pandas"], capture_output=True, text=True)
        told += [f"{done.stdout.strip()}"] if done.returncode == 0 else []
    return "; ".join(told)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purchases", type=float, default=1e7)
    parser.add_argument("--customers", type=float, help="by default a tenth of the purchases")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ids", nargs="+", choices=IDS, default=list(IDS))
    parser.add_argument("--questions", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON", help="lifetimes, pymc_marketing")
    parser.add_argument("--growth", type=float, nargs="*", default=[1e6, 1e7, 1e8], help="sizes; none to leave it out")
    parser.add_argument("--memory", default="4GiB", help="memory limit of the growth line")
    parser.add_argument("--write", type=Path, help="write the page there, in Markdown")
    asked = parser.parse_args()
    asked.pythons = dict(peer.split("=", 1) for peer in asked.peer)
    unknown = set(asked.pythons) - set(_contestants.PEERS)
    if unknown:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    return asked


def main() -> None:
    """Run everything and print, or write, the page."""
    asked = parsed()
    purchases = int(asked.purchases)
    customers = int(asked.customers or purchases // 10)
    page = [
        "# Benchmarks: purchases to summaries and scores",
        "",
        "*Written by `benchmarks/rfm.py`, which says how it is measured; again with `python course.py bench rfm`.*",
        "",
        machine(),
        *([f"In environments of their own: {peer_versions(asked.pythons)}."] if asked.pythons else []),
        "",
        f"{purchases:,} purchases of {customers:,} customers over two years, medians of {asked.rounds} rounds in turn, "
        "every run in a fresh process. All contestants of a table gave equal results. The peak is that of the whole "
        "process, with the frame and the libraries.",
        "",
    ]
    with tempfile.TemporaryDirectory(prefix="crm_toolkit-bench-") as place:
        folder = Path(place)
        files = {"integer": folder / "integer.parquet", "text": folder / "text.parquet"}
        make_purchases(files["integer"], purchases, customers)
        with_text_ids(files["integer"], files["text"])
        for question in asked.questions:
            for ids in asked.ids:
                print(f"{question}, {ids} ids; load {load()}", flush=True)
                results = compete(QUESTIONS[question], files[ids], folder, asked.pythons, asked.rounds)
                page += [f"## `{question}`, {ids} ids", "", *table_of(results), ""]
                if question == "purchase_summary":
                    page += ["Goals:", "", *goals_of(results), ""]
                publish(page, asked.write)
        for file in files.values():
            file.unlink()
        if asked.growth:
            print(f"growth under {asked.memory}; load {load()}", flush=True)
            page += [f"## Growth from Parquet, DuckDB limited to {asked.memory}", ""]
            page += [*grow(folder, [int(size) for size in asked.growth], asked.memory), ""]
            page += [
                "What does not fit is spilled to a temporary folder that is removed. The result is a pandas frame, "
                "which counts in the peak but not in the limit.",
                "",
            ]
    page += [f"Load of the machine at the end: {load()}.", ""]
    publish(page, asked.write)
    print("\n".join(page))


def publish(page: list[str], file: Path | None) -> None:
    """Write what there is so far, so that a long run that is stopped leaves its finished tables."""
    if file:
        file.write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
