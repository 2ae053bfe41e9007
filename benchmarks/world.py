"""Simulated worlds against the clock: ours beside Faker, Mimesis, Snowfakery and the simulator of lifetimes.

Every contestant runs in a fresh process and in turn (A B C … A B C …). Imports and a small warm-up are outside the
time, except where the table says so. CPU seconds are user and system time of all threads and child processes.

    python course.py bench world                                everything, about a quarter of an hour
    python -m benchmarks.world --quick                          small sizes, to see that it runs
    python -m benchmarks.world --only profiles scaling          some sections
    python -m benchmarks.world --peer mimesis=/envs/mimesis/bin/python --peer lifetimes=/envs/lifetimes/bin/python
    python -m benchmarks.world --write docs/benchmarks-world.md the whole page

Peers run with interpreters of their own, where a peer is missing the page says so. The simulator of lifetimes 0.11.3
needs pandas < 2 (it calls DataFrame.append).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks._machine import processor

ROOT = Path(__file__).resolve().parent.parent
PEERS = {
    "faker": ("faker",),
    "mimesis": ("mimesis",),
    "snowfakery": ("snowfakery", "faker"),
    "lifetimes": ("lifetimes", "pandas", "numpy"),
}
SCENARIOS = (
    "barbershop",
    "car_service",
    "clinic",
    "fitness_club",
    "grocery",
    "hotel",
    "language_school",
    "bgnbd",
    "pareto_nbd",
)
BLOCK = 16_384
DISK_PER_CUSTOMER = 700  # bytes of a world of eight weeks, generously
_ENOUGH_BLOCKS = 16  # of a world on which the scaling is judged
MILLION, GIB = 1_000_000, 2**30


@dataclass
class Runs:
    """A contestant with its job, and what it needed in every round."""

    contestant: str
    job: dict[str, Any]
    label: str
    peer: str = ""
    missing: str = ""
    each: list[dict[str, Any]] = field(default_factory=list)

    def median(self, what: str) -> float:
        """The median over the rounds."""
        return statistics.median(run[what] for run in self.each)

    @property
    def rate(self) -> float:
        """Rows per CPU second."""
        return statistics.median(run["rows"] / run["cpu"] for run in self.each)

    def all_of(self, what: str, form: str) -> str:
        """Every round, for the reader who mistrusts medians."""
        return " ".join(format(run[what], form) for run in self.each)


@dataclass(frozen=True)
class Goal:
    """What was promised beforehand, what was found, and whether that is enough."""

    promise: str
    found: str
    met: bool


@dataclass
class Asked:
    """What the command line asks for, and what has come of it."""

    quick: bool
    rounds: int
    pythons: dict[str, str]
    goals: list[Goal] = field(default_factory=list)

    def size(self, usual: int, quick: int) -> int:
        """The usual size of something, or a small one for a quick look."""
        return quick if self.quick else usual


def run_once(runs: Runs, pythons: dict[str, str]) -> dict[str, Any]:
    """Start a contestant in a process of its own, with a folder of its own that is gone afterwards."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled once, as on the user's computer
    python = pythons.get(runs.peer, sys.executable)
    if python == sys.executable:
        environment["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory(prefix="crm_toolkit-bench-") as folder:
        job = json.dumps({**runs.job, "folder": folder})
        command = [python, str(ROOT / "benchmarks" / "_world_contestants.py"), runs.contestant, job]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=folder)
    if done.returncode:
        raise RuntimeError(f"{runs.contestant} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def in_turn(contestants: Sequence[Runs], asked: Asked, *, rounds: int = 0) -> list[Runs]:
    """Run all contestants round after round; those that aren't installed are named."""
    for number in range(rounds or asked.rounds):
        for runs in contestants:
            if runs.missing:
                continue
            found = run_once(runs, asked.pythons)
            runs.missing = found.get("missing", "")
            if not runs.missing:
                runs.each.append(found)
                print(
                    f"  round {number + 1}: {runs.label}: {found['cpu']:.2f} s CPU, {found['rows']:,} rows", flush=True
                )
    return list(contestants)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown, numbers to the right."""
    rule = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]


def side_by_side(runs: Sequence[Runs], more: dict[str, Callable[[Runs], str]]) -> list[str]:
    """The usual table: rows, seconds, rate, how many times slower than the first."""
    first = runs[0]
    rows = []
    for one in runs:
        if one.missing:
            rows.append([f"{one.label}: **missing**", *[""] * (6 + len(more))])
            continue
        figures = [f"{one.median('rows'):,.0f}", f"{one.median('cpu'):.2f}", f"{one.median('wall'):.2f}"]
        figures += [f"{one.rate:,.0f}", f"{first.rate / one.rate:,.1f}", f"{one.median('peak') / 1e9:.2f}"]
        rows.append([one.label, *figures, *(tell(one) for tell in more.values())])
    head = ["contestant", "rows", "CPU s", "wall s", "rows per CPU s", "ours is … times as fast", "peak GB", *more]
    return table(head, rows)


# the sections


def profiles(asked: Asked) -> list[str]:
    """Customers' profiles in both languages."""
    lines = [
        "Ours makes the `customers` table (22 columns: the three keys customer, household and branch, sex, full, last, "
        "first and middle name, birth date, marital status, children, education, profession, income, city, region, "
        "type of residence, e-mail, telephone, three consents) for blocks of 16,384 as Arrow tables. Its columns hang "
        "together: income on age, education and profession, city on region, e-mail on name, household on surname. "
        "The peers make 20 columns of the same meaning, without household and branch, as a list of dicts; each is "
        "drawn by itself, only the name follows the sex. They make fewer rows, and their rate is taken to hold for a "
        "million (it does: every row costs the same).",
        "",
    ]
    for locale in ("en_US", "ru_RU"):
        few, more = asked.size(20_000, 300), asked.size(100_000, 1_000)
        contestants = in_turn(
            [
                Runs(
                    "ours_profiles",
                    {"locale": locale, "rows": asked.size(MILLION, 20_000)},
                    "**ours, `people().table()`**",
                ),
                Runs("faker", {"locale": locale, "rows": few}, "Faker", "faker"),
                Runs("faker_unweighted", {"locale": locale, "rows": few}, "Faker, `use_weighting=False`", "faker"),
                Runs("mimesis", {"locale": locale, "rows": more}, "Mimesis, providers called directly", "mimesis"),
                Runs("mimesis_field", {"locale": locale, "rows": few}, "Mimesis, `Field`", "mimesis"),
            ],
            asked,
        )
        named = {"e-mail holds the surname": lambda one: f"{one.median('named'):.0%}"} if locale == "en_US" else {}
        lines += [f"### {locale}", "", *side_by_side(contestants, named), ""]
        rate = contestants[0].rate
        promise = f"profiles, {locale}: ≥ 1 million per CPU second"
        asked.goals.append(Goal(promise, f"{rate / MILLION:.2f} million", rate >= MILLION))
    return lines


def bgnbd(asked: Asked) -> list[str]:
    """Purchases of one published process."""
    job = {"customers": asked.size(10_000, 400), "weeks": 104}
    ours = {**job, "scenario": "bgnbd", "changes": {"staggered_acquisition": False}}
    contestants = in_turn(
        [
            Runs("ours_bgnbd", ours, "**ours: people, clock, orders and lines (Arrow)**"),
            Runs(
                "ours_bgnbd_world", ours, '**ours: `simulate().tables["purchases"]` (pandas), all tables on the way**'
            ),
            Runs("lifetimes", job, "lifetimes, `beta_geometric_nbd_model_transactional_data`", "lifetimes"),
        ],
        asked,
    )
    again = {"repeat purchases a customer": lambda one: f"{one.median('repeats'):.3f} ± {one.median('error'):.3f}"}
    expected = _expected_repeats(job["weeks"])
    for one in contestants:
        if one.each and abs(one.median("repeats") - expected) > 4 * one.median("error"):
            raise RuntimeError(f"{one.label} does other work: {one.median('repeats')} for {expected}")
    return [
        f"{job['customers']:,} customers who all begin on the first day, {job['weeks']} weeks, the CDNOW parameters of "
        "Fader, Hardie and Lee (2005). A row is a purchase. Ours also knows who the customers are and gives every "
        "purchase an hour, an amount, a branch and an employee; lifetimes gives a customer and a moment. It appends "
        "to one growing frame, so its rate falls with the number of customers; here all have the same number.",
        "",
        f"The same work: the model's expectation is {expected:.3f} repeat purchases a customer (equation 9 of the "
        "paper); the means lie within their Monte Carlo errors (± one standard error), else nothing would stand here.",
        "",
        *side_by_side(contestants, again),
        "",
    ]


def _expected_repeats(weeks: int) -> float:
    from scipy.special import hyp2f1

    from benchmarks._world_contestants import CDNOW

    r, alpha, a, b = (CDNOW[name] for name in ("r", "alpha", "a", "b"))
    rest = (alpha / (alpha + weeks)) ** r * hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    return float((a + b - 1) / (a - 1) * (1 - rest))


def relational(asked: Asked) -> list[str]:
    """Customers, orders, lines and payments to files."""
    ours = {"scenario": "barbershop", "customers": asked.size(32_768, 2_048), "weeks": 104}
    four = {**ours, "block_size": BLOCK, "only": ["customers", "orders", "order_lines", "payments"]}
    peer = {"customers": asked.size(2_000, 50)}
    contestants = in_turn(
        [
            Runs("ours_csv", ours, "**ours into CSV**"),
            Runs("write", four, "**ours into Parquet, `write_world(only=…)` with digests**"),
            Runs("snowfakery_csv", peer, "Snowfakery into CSV", "snowfakery"),
            Runs("snowfakery_json", peer, "Snowfakery into JSON", "snowfakery"),
        ],
        asked,
    )
    return [
        f"Four tables with keys: customers, orders, order lines, payments. Ours: a barbershop, {ours['customers']:,} "
        "customers, 104 weeks, whole lives; the world's other tables are made too and not counted. Snowfakery: a "
        f"recipe of {peer['customers']:,} customers with five columns, each with five orders of two lines and a "
        "payment; dates, items and amounts are drawn by themselves, so payments do not add up to orders.",
        "",
        *side_by_side(contestants, {}),
        "",
    ]


def block_of(name: str, weeks: int) -> int:
    """Customers of a block in a world of a million, if nobody asks for another size."""
    from crm_toolkit.world.block import WorldSpec, usual_block_size
    from crm_toolkit.world.setting import scenario

    chosen = scenario(name, locale="en_US")
    return usual_block_size(WorldSpec(chosen, chosen.policy, customers=MILLION, weeks=weeks, seed=1))


def worlds(asked: Asked) -> list[str]:
    """Every table of every scenario, written and not written."""
    pairs = {}
    for name in SCENARIOS:
        block = block_of(name, 104)
        customers = asked.size(2 * block, 512)
        job = {"scenario": name, "customers": customers, "weeks": asked.size(104, 13), "block_size": block}
        pairs[name] = (Runs("write", {**job, "workers": 1}, f"{name}, written"), Runs("make", job, f"{name}, made"))
    in_turn([one for pair in pairs.values() for one in pair], asked)
    rows = []
    for name, (written, made) in pairs.items():
        row = [f"`{name}`", f"{written.job['customers']:,}", f"{written.median('rows'):,.0f}"]
        row += [f"{written.median('bytes') / 1e6:.0f}", f"{written.median('cpu'):.2f}", f"{written.median('wall'):.2f}"]
        row += [f"**{written.rate / MILLION:.2f}**", f"{made.rate / MILLION:.2f}"]
        row += [f"{written.median('peak') / 1e9:.2f}", "met" if written.rate >= MILLION else "**not met**"]
        rows.append(row)
        promise = f"all tables of `{name}` as Parquet: ≥ 1 million rows per CPU second"
        asked.goals.append(Goal(promise, f"{written.rate / MILLION:.2f} million", written.rate >= MILLION))
    head = ["scenario", "customers", "rows", "MB", "CPU s", "wall s", "million rows per CPU s, written"]
    return [
        "Two blocks of the usual size, 104 weeks, one process. Written: `write_world` into Parquet (zstd) with digests "
        "of every table, "
        "SHA-256 of every file, and the manifest. *Made only*: the same tables in memory, dropped block after block.",
        "",
        *table([*head, "made only", "peak GB", "goal: 1 million"], rows),
        "",
    ]


def simulate(asked: Asked) -> list[str]:
    """A world in memory."""
    size = {"customers": asked.size(10_000, 500), "weeks": asked.size(104, 13)}
    all_runs: dict[str, dict[str, Runs]] = {}
    for name in SCENARIOS:
        steps = ["warm_simulate", "cold_simulate", "frames", "compared"]
        if name == "grocery":
            steps.remove("frames")
        all_runs[name] = {step: Runs(step, {"scenario": name, **size}, f"{name}, {step}") for step in steps}
    in_turn([one for steps in all_runs.values() for one in steps.values()], asked)
    rows = []
    for name, runs in all_runs.items():
        warm, cold, both = runs["warm_simulate"], runs["cold_simulate"], runs["compared"]
        met = warm.median("wall") <= 0.3
        row = [
            f"`{name}`",
            f"{warm.median('rows'):,.0f}",
            f"**{warm.median('wall'):.2f}**",
            f"{warm.median('cpu'):.2f}",
        ]
        row += [f"{cold.median('wall'):.2f}"]
        made = runs.get("frames")
        row += [f"{made.median('wall'):.2f}", f"{made.median('rows'):,.0f}"] if made else ["–", "–"]
        rows.append([*row, f"{both.median('wall'):.2f}", "met" if met else "**not met**"])
        promise = f"`simulate` of `{name}`, 10,000 × 104 weeks: ≤ 0.3 s"
        asked.goals.append(Goal(promise, f"{warm.median('wall'):.2f} s", met))
    head = ["scenario", "encounters", "`simulate`, wall s", "CPU s", "first call of a process, wall s"]
    return [
        f"{size['customers']:,} customers × {size['weeks']} weeks, nothing written. The first call of a process also "
        "loads modules and word lists; the goal is set on a later one. *Frames*: what is asked for afterwards, all "
        "tables as pandas frames (the grocery's would be some sixteen million rows, left out). *Compare*: the usual "
        "policy against a tenth off the prices, both worlds and every customer's effects.",
        "",
        "Seconds hang on the processor. On 2026-11-26, on two slower cores that took some 2.4 times as long, the "
        "grocery was made in 0.39 s, the fitness club and the language school in 0.30 and 0.31 s, the others in 0.06 "
        "to 0.13 s.",
        "",
        *table([*head, "frames, wall s", "rows of the frames", "`compare`, wall s", "goal: 0.3 s"], rows),
        "",
    ]


def growth(asked: Asked) -> list[str]:
    """From ten thousand customers to ten million."""
    rows: list[list[str]] = []
    most = 0.0
    sizes = [10_000, 30_000] if asked.quick else [10**4, 10**5, 10**6, 10**7]
    cases = [("barbershop", 8, customers) for customers in sizes]
    cases += [
        (name, asked.size(104, 8), customers) for name, customers in (("barbershop", 2**18), ("fitness_club", 2**16))
    ]
    for name, weeks, customers in cases:
        head = [f"`{name}`", f"{weeks}", f"{customers:,}"]
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if free < 2 * DISK_PER_CUSTOMER * customers + GIB:
            rows.append([*head, f"left out: {free / GIB:.0f} GiB of disk are free", *[""] * 8])
            continue
        job = {"scenario": name, "customers": customers, "weeks": weeks, "workers": 2}
        (runs,) = in_turn([Runs("write", job, f"{name}, {customers:,} customers")], asked, rounds=1)
        (found,) = runs.each
        together = found["peak"] + found["worker_peak"]
        if weeks == 8:
            most = max(most, together)
        row = [*head, f"{found['came']:,}", f"{found['rows']:,}", f"{found['bytes'] / 1e9:.2f}"]
        row += [f"{found['wall']:.1f}", f"{found['cpu']:.1f}", f"{found['rows'] / found['cpu']:,.0f}"]
        peaks = (found["peak"], found["worker_peak"], together)
        rows.append([*row, *(f"{peak / GIB:.2f}" if peak else "–" for peak in peaks)])
    promise = f"{max(sizes):,} customers: peak memory of all processes together ≤ 2 GiB"
    asked.goals.append(Goal(promise, f"{most / GIB:.2f} GiB", most <= 2 * GIB))
    columns = ["scenario", "weeks", "customers", "of whom came", "rows", "GB of Parquet", "wall s", "CPU s"]
    columns += ["rows per CPU s", "peak of the first process, GiB", "of the other", "of both, at most"]
    return [
        "Two processes, blocks of the usual size, one run each. The barbershop's customers come over eighty weeks, so "
        "within eight most have not yet: they are made, and leave no row. A process holds one block, so its peak "
        "depends on how much a block's customers live through, not on how many blocks there are: the last two lines "
        "show it for two whole years. Both is the sum, as if the peaks fell into one moment; the server that the "
        "second process is forked from holds loaded modules only, most of which the two share.",
        "",
        *table(columns, rows),
        "",
    ]


def scaling(asked: Asked) -> list[str]:
    """One process against two; of a small world only what its start costs."""
    rows = []
    cases = [("barbershop", 8), ("barbershop", 16), ("fitness_club", 16)]
    for name, blocks in cases[: 1 if asked.quick else None]:
        block = asked.size(block_of(name, 104), 2048)
        job = {"scenario": name, "customers": blocks * block, "weeks": asked.size(104, 8), "block_size": block}
        one, two = in_turn(
            [Runs("write", {**job, "workers": number}, f"{name}, {blocks} blocks, {number}") for number in (1, 2)],
            asked,
        )
        ratio = one.median("wall") / two.median("wall")
        row = [f"`{name}`", str(blocks), f"{one.median('rows') / 2:,.0f}", f"{one.median('wall'):.2f}"]
        row += [f"{two.median('wall'):.2f}", f"{one.median('cpu'):.2f}", f"{two.median('cpu'):.2f}"]
        each = " ".join(f"{a['wall'] / b['wall']:.2f}" for a, b in zip(one.each, two.each, strict=True))
        rows.append([*row, f"**{ratio:.2f}**", each])
        if blocks >= _ENOUGH_BLOCKS:
            promise = f"two processes against one, `{name}`, {blocks} blocks: ≥ 1.7 times as fast"
            asked.goals.append(Goal(promise, f"{ratio:.2f}", ratio >= 1.7))
    head = [
        "scenario",
        "blocks",
        "rows a process",
        "1 process, wall s",
        "2 processes, wall s",
        "CPU s of 1",
        "CPU s of 2",
    ]
    return [
        "The same world with `workers=1` and `workers=2`, in turn. The first process writes blocks from the start; the "
        "second one has to start, and import, first: that is inside the time. A world of eight blocks is done so soon "
        "that this delay of nearly a block, and the last block, at which one of them is alone, show; no goal is set "
        "for it.",
        "",
        *table([*head, "times as fast", "every round"], rows),
        "",
    ]


SECTIONS: dict[str, tuple[str, Callable[[Asked], list[str]]]] = {
    "profiles": ("Profiles", profiles),
    "bgnbd": ("Purchases of the BG/NBD process", bgnbd),
    "relational": ("Related tables to files", relational),
    "worlds": ("Full worlds, every table", worlds),
    "simulate": ("A world in memory", simulate),
    "growth": ("Growth to ten million customers", growth),
    "scaling": ("One process against two", scaling),
}


# the page


def environment() -> str:
    """What it ran on, without names."""
    packages = ("crm-toolkit", "numpy", "scipy", "pandas", "pyarrow")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    try:
        import psutil

        memory = f", {psutil.virtual_memory().total / GIB:.0f} GiB of memory"
    except ImportError:
        memory = ""
    system = f"{platform.system()}, {os.cpu_count()} cores{processor()}{memory}; Python {platform.python_version()}"
    return f"{system}, {versions}; load at the start {load()}."


def load() -> str:
    """How many processes want the processor, mean of a minute; more than 0.3 or so makes times longer."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def peer_versions(pythons: dict[str, str]) -> str:
    """Versions of the peers in their own environments; of those that are missing, that they are."""
    code = "import importlib.metadata as m, sys; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    told = []
    for peer, packages in PEERS.items():
        command = [pythons.get(peer, sys.executable), "-c", code, *packages]
        done = subprocess.run(command, capture_output=True, text=True)
        told.append(done.stdout.strip() if done.returncode == 0 else f"{peer} missing")
    return "; ".join(told)


def page_of(head: list[str], goals: list[Goal], body: list[str]) -> str:
    """The page: where it ran, goals, sections."""
    if not goals:
        return "\n".join([*head, *body])
    verdicts = [[goal.promise, goal.found, "met" if goal.met else "**not met**"] for goal in goals]
    return "\n".join([*head, "## Goals set beforehand", "", *table(["goal", "found", ""], verdicts), "", *body])


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes and one round, to see that it runs")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON", help=", ".join(PEERS))
    parser.add_argument("--write", type=Path, help="write the page there, in Markdown")
    asked = parser.parse_args()
    asked.pythons = dict(peer.split("=", 1) for peer in asked.peer)
    if unknown := set(asked.pythons) - set(PEERS):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    return asked


def main() -> None:
    """Run everything and print, or write, the page."""
    words = parsed()
    asked = Asked(words.quick, 1 if words.quick else words.rounds, words.pythons)
    head = [
        "# Benchmarks: simulated worlds",
        "",
        "*Written by `benchmarks/world.py`, which says how it is measured; again with `python course.py bench world`.*",
        "",
        environment(),
        f"Peers, in environments of their own: {peer_versions(asked.pythons)}.",
        "",
        f"Rounds in turn: {asked.rounds}, given are medians; every run in a fresh process. CPU seconds are user "
        "and system time of all threads and child processes; the peak is that of the whole process with its libraries.",
        "",
    ]
    if words.quick:
        head += ["**A quick look at small sizes: the rates say little, and the goals are not judged.**", ""]
    body: list[str] = []
    for name in SECTIONS:
        if name in words.only:
            title, section = SECTIONS[name]
            print(f"{title}; load {load()}", flush=True)
            body += [f"## {title}", "", *section(asked)]
            if words.write:
                words.write.write_text(page_of(head, [] if words.quick else asked.goals, body), encoding="utf-8")
    body += [f"Load of the machine at the end: {load()}.", ""]
    page = page_of(head, [] if words.quick else asked.goals, body)
    if words.write:
        words.write.write_text(page, encoding="utf-8")
    print(f"\n{page}")


if __name__ == "__main__":
    main()
