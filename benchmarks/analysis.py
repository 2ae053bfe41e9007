"""The analysis room against what an analyst would pick instead: fits, cohorts, survival, attribution, baskets, uplift.

Every topic has a module ``benchmarks/_analysis_<topic>.py`` that makes its data, names the contestants of each question
and says when two answers are equal. Contestants run in fresh processes, first once for the answers, which must be
equal, then in turn (A B C … A B C …) for the clock. Only the question is timed: the data lie in memory, the library is
imported. CPU seconds count all threads; the peak is that of the whole process.

    python course.py bench analysis                                   everything, half an hour or so
    python -m benchmarks.analysis --size small --rounds 1             a quick look
    python -m benchmarks.analysis --only btyd --peer lifetimes=/envs/lifetimes/bin/python
    python -m benchmarks.analysis --write docs/benchmarks-analysis.md the whole page

A peer is the beginning of a contestant's name; one that is installed nowhere is said to be missing.
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
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks._machine import processor
from benchmarks._one_analysis import module_of, unpacked

ROOT = Path(__file__).resolve().parent.parent
SMALL_SIZE = 20_000
Runs = dict[str, list[dict[str, Any]]]


def topics_of(room: str) -> list[str]:
    """The topics of a room that have a module of contestants."""
    start = f"_{room}_"
    return sorted(path.stem.removeprefix(start) for path in Path(__file__).parent.glob(f"{start}*.py"))


def python_of(label: str, pythons: dict[str, str]) -> str:
    """The interpreter of a contestant."""
    plain = label.lower().replace("-", "_")
    return next((python for peer, python in pythons.items() if plain.startswith(peer.lower().replace("-", "_"))),
                sys.executable)  # fmt: skip


def start(python: str, words: list[str], patience: float) -> dict[str, Any]:
    """Run a contestant in a process of its own; its last line says what it took, if it came in time."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    if python == sys.executable:
        environment["PYTHONPATH"] = str(ROOT)
    try:
        done = subprocess.run([python, *words], capture_output=True, text=True, encoding="utf-8", env=environment,
                              timeout=patience)  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"late": patience}
    if done.returncode and "ModuleNotFoundError" in done.stderr:
        return {"missing": done.stderr.strip().splitlines()[-1]}
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def sizes_of(module: Any, size: str) -> dict[str, int | None]:
    """Sizes by their label; ``None`` is the module's own."""
    if size == "full":
        return getattr(module, "SIZES", {"": None})
    return getattr(module, "SMALL", {f"small, {SMALL_SIZE:,}": SMALL_SIZE})


def compete(
    module: Any, question: str, names: dict[str, str], count: int | None, folder: Path, pythons: dict[str, str],
    rounds: int, patience: float,
) -> Runs:  # fmt: skip
    """Compare the answers of all, then time them in turn."""
    here, data = Path(module.__file__), folder / f"{module.__name__}-{count}.parquet"
    alone = hasattr(module, "agree")  # such a module is a contestant by itself
    if not alone and not data.exists():
        module.make_data(data, *([] if count is None else [count]))

    def words(name: str, save: Path | None = None) -> list[str]:
        if alone:
            return [str(here), name, *([] if count is None else [str(count)])]
        command = [str(here.with_name("_one_analysis.py")), module.__name__, name, str(data)]
        return command + (["--save", str(save)] if save else [])

    runs: Runs = {label: [] for label in names}
    answers, missing = {}, {}
    for label, name in names.items():
        file = folder / f"{name}.answer"
        first = start(python_of(label, pythons), words(name, file), patience)
        if "late" in first:
            runs[label] = [first]
            print(f"  {label}: stopped after {patience:g} s", flush=True)
            continue
        if "missing" in first:
            missing[label] = first["missing"]
            print(f"  {label}: {first['missing']}", flush=True)
            continue
        answers[label] = first["numbers"] if alone else unpacked(file)
    labels = list(answers)
    for label in labels[1:]:
        if alone:
            assert module.agree(question, answers[labels[0]], answers[label]), f"{label} answers otherwise"
        else:
            module.assert_equal(answers[labels[0]], answers[label])
    answers.clear()
    for number in range(rounds):
        for label in labels:
            runs[label].append(start(python_of(label, pythons), words(names[label]), 2 * patience))
            print(f"  round {number + 1}: {label}: {runs[label][-1]['cpu']:.3f} s CPU", flush=True)
    return runs


def table_of(runs: Runs) -> list[str]:
    """Medians of the rounds, and how many times ours each contestant takes."""
    lines = ["| contestant | CPU s | times ours | wall s | peak GB | CPU s of every round |",
             "|---|---:|---:|---:|---:|---|"]  # fmt: skip
    ours = next((rounds for rounds in runs.values() if rounds), [])
    for label, rounds in runs.items():
        if not rounds:
            lines.append(f"| {label} | **missing** | | | | |")
            continue
        if "late" in rounds[0]:
            lines.append(f"| {label} | stopped after {rounds[0]['late']:g} s | | | | |")
            continue
        bold = "**" if label.startswith("crm_toolkit") else ""
        cpu, wall = (statistics.median(run[what] for run in rounds) for what in ("cpu", "wall"))
        peaks = [run.get("peak") or run.get("peak_bytes") for run in rounds]
        peak = f"{statistics.median(peaks) / 1e9:.2f}" if all(peaks) else "–"
        ratio = cpu / max(statistics.median(run["cpu"] for run in ours), 1e-9)
        each = " ".join(f"{run['cpu']:.3f}" for run in rounds)
        lines.append(f"| {bold}{label}{bold} | {cpu:.3f} | {ratio:.2f} | {wall:.3f} | {peak} | {each} |")
    return lines


def version(name: str) -> str:
    """The version of a package, or that it is missing."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def peer_versions(pythons: dict[str, str]) -> str:
    """Versions of the libraries in environments of their own."""
    code = "import importlib.metadata as m, sys; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    told = []
    for peer, python in pythons.items():
        done = subprocess.run([python, "-c", code, peer.replace("_", "-"), "pandas"], capture_output=True, text=True)
        told += [done.stdout.strip() if done.returncode == 0 else peer]
    return "; ".join(told)


def load() -> str:
    """How many processes want the processor, mean of a minute; more than 0.3 or so makes times longer."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def parsed(room: str, told: str | None) -> argparse.Namespace:
    """Read the command line."""
    topics = topics_of(room)
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--patience", type=float, default=600, help="seconds after which a contestant is stopped")
    parser.add_argument("--only", nargs="+", choices=topics, default=topics, metavar="TOPIC")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--write", type=Path, help="write the page there, in Markdown")
    asked = parser.parse_args()
    asked.pythons = dict(peer.split("=", 1) for peer in asked.peer)
    return asked


def main(room: str = "analysis", told: str | None = __doc__) -> None:
    """Run everything of a room and print, or write, the page."""
    asked = parsed(room, told)
    libraries = ("crm-toolkit", "numpy", "scipy", "pandas", "duckdb", "numba")
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    page = [
        f"# Benchmarks: {room}", "",
        f"*Written by `benchmarks/{room}.py`, which says how it is measured; again with "
        f"`python course.py bench {room}`.*", "",
        f"{platform.system()}, {os.cpu_count()} cores{processor()}; Python {platform.python_version()}, {versions}; "
        f"load at the start {load()}.",
        *([f"In environments of their own: {peer_versions(asked.pythons)}."] if asked.pythons else []), "",
        f"Medians of {asked.rounds} rounds in turn, every run in a fresh process; all contestants of a table gave "
        "equal answers first. *Times ours* is CPU seconds: above 1 the contestant takes longer. Whoever needed more "
        f"than {asked.patience:g} s for the first answer, with reading and importing, was stopped.", "",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="crm_toolkit-bench-") as folder:
        for topic in asked.only:
            module = module_of(f"_{room}_{topic}")
            about = (module.__doc__ or topic).splitlines()[0]
            page += [f"## {about}", ""]
            for label, count in sizes_of(module, asked.size).items():
                for question, names in module.CONTESTANTS.items():
                    print(f"{topic}: {question}{f', {label}' if label else ''}; load {load()}", flush=True)
                    runs = compete(module, question, names, count, Path(folder), asked.pythons, asked.rounds,
                                   asked.patience)  # fmt: skip
                    page += [f"### {question}{f', {label}' if label else ''}", "", *table_of(runs), ""]
                    if asked.write:
                        asked.write.write_text("\n".join(page), encoding="utf-8")
    page += [f"Load of the machine at the end: {load()}.", ""]
    if asked.write:
        asked.write.write_text("\n".join(page), encoding="utf-8")
    print("\n" + "\n".join(page))


if __name__ == "__main__":
    main()
