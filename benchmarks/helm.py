"""The game at the helm: how long a voyage, twins, attribution and the luck index take, and what happens to luck.

    python course.py bench helm                      prints a table
    python -m benchmarks.helm --write docs/benchmarks-helm.md

The variance ratio compares the effect of a decision on cash with common luck and with independent luck.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks._machine import processor
from crm_toolkit.world import helm
from crm_toolkit.world.helm.voyage import sail

REPEATS, SEEDS = 3, 12


def seconds(call: Callable[[], object]) -> float:
    """The best of some runs, CPU seconds of this process."""
    taken = []
    for _ in range(REPEATS):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return min(taken)


def rows() -> list[tuple[str, str]]:
    """What is measured, and the result."""
    told = helm.helm_scenario()
    whole = [told.start.with_(staff=11, training=16, recovery=30, rule=1, reward=0.03, data=4000)] * 12
    market = 20_000
    clients = sail(told, whole[:1], seed=1, people=market)[0].truth["clients"]
    game = helm.new_game(seed=1)
    for decision in whole:
        game = game.decide(decision)
    sail(told, whole[:1], seed=1)  # warm
    found = [
        ("12 quarters, game's market of 2,000 people", f"{seconds(lambda: sail(told, whole, seed=1)):.3f} s"),
        (f"12 quarters, market of {market:,} people, {clients:,.0f} clients after the first",
         f"{seconds(lambda: sail(told, whole, seed=1, people=market)):.2f} s"),
        ("twins (nothing, simple rule)", f"{seconds(lambda: helm.twins(game)):.2f} s"),
        ("attribution by switching off (5 groups moved)", f"{seconds(lambda: helm.attribution(game)):.2f} s"),
    ]  # fmt: skip
    began = time.process_time()
    luck = helm.luck_index(game)
    found.append(("luck index, 200 worlds", f"{time.process_time() - began:.1f} s"))
    found.append(
        ("spread of the score between 200 worlds (standard deviation)", f"{statistics.stdev(luck.others):.1f}")
    )
    found.append(("variance of an effect on cash, independent over common luck", f"{variance_ratio(told):.0f}"))
    return found


def variance_ratio(told: helm.HelmScenario) -> float:
    """How many times less an effect varies when both twins have the same luck."""
    moved = [told.start.with_(recovery=30)] * 4
    cash = {
        seed: [sail(told, one, seed=seed)[-1].books.closing / 100 for one in ([told.start] * 4, moved)]
        for seed in range(1, SEEDS + 1)
    }
    common = [after - before for before, after in cash.values()]
    shifted = [cash[seed % SEEDS + 1][1] - cash[seed][0] for seed in cash]
    return statistics.variance(shifted) / statistics.variance(common)


def main() -> None:
    """Measure, print, and write a page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    table = "\n".join(["| measured | result |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows())])
    print(table)
    if asked.write:
        about = ("# Benchmarks: at the helm\n\n*Written by `benchmarks/helm.py`; again with `python course.py bench "
                 f"helm`.* CPU seconds on one of {os.cpu_count()} cores{processor()}, best of three; the luck index "
                 "once.\n\n")  # fmt: skip
        asked.write.write_text(about + table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
