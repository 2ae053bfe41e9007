"""Is a world the same everywhere? Workers, blocks, engines, versions of numpy and instruction sets, compared by digest.

Run with ``python course.py bench determinism``; it writes ``docs/determinism.md``. Every setup is a fresh process
that writes whole worlds, truth included, to a folder of its own and hands back the digest of every table
(`crm_toolkit.world.digest`: whole numbers, and money and numbers rounded to hundredths and ten-thousandths, whatever
the order of rows). An old numpy comes from pip into an environment of its own, so that setup needs a package index.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks._machine import processor

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "determinism.md"
# scenario, locale, customers, weeks, seed: bills and a long tail; memberships and the other alphabet
WORLDS = (("hotel", "en_US", 20_000, 52, 2026), ("fitness_club", "ru_RU", 9_000, 26, 7))
OLD = ("numpy==1.26.4", "scipy==1.11.4", "pandas==2.2.3", "pyarrow==17.0.0")


def main() -> None:
    """Run every setup, compare, and write the page."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--make", help=argparse.SUPPRESS)
    chosen = words.parse_args()
    if chosen.make:
        print(json.dumps(_made(json.loads(chosen.make))))
        return
    setups = _setups()
    results = {}
    for name, setup in setups.items():
        print(f"{name} …", end=" ", flush=True)
        results[name] = _run(setup)
        same = results[name].get("worlds") == next(iter(results.values())).get("worlds")
        print(results[name].get("failed") or ("the same" if same else "OTHER DIGESTS"))
    PAGE.write_text(_page(results), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


def _setups() -> dict[str, dict[str, Any]]:
    """What is tried: options for `write_world`, environment variables, and another Python."""
    usable, oldest = _disabled(sys.executable), None
    setups: dict[str, dict[str, Any]] = {
        "one process, blocks of 16,384": {"block_size": 16_384},
        "one process, blocks of 4,096": {},
        "blocks in shuffled order": {"shuffled": True},
        "2 workers": {"workers": 2},
        "7 workers": {"workers": 7, "block_size": 2_048},
        "Spark, local[2]": {"spark": True},
        "another hash seed, locale and time zone": {
            "env": {"PYTHONHASHSEED": "4242", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "CRM_LANGUAGE": "ru"}
        },
    }
    if usable:
        name = f"without the instruction sets {usable}"
        setups[name] = {"env": {"NPY_DISABLE_CPU_FEATURES": usable}}
    setups["last bits moved on purpose"] = {"nudged": True}
    oldest = _old_python()
    if oldest:
        setups[", ".join(OLD).replace("==", " ")] = {"python": oldest}
        usable = _disabled(oldest)
        setups[f"numpy 1.26.4 without {usable}"] = {"python": oldest, "env": {"NPY_DISABLE_CPU_FEATURES": usable}}
    return setups


def _disabled(python: str) -> str:
    """The instruction sets that this processor has, that numpy chooses at run time, and that can be switched off."""
    code = (
        "import importlib, numpy\n"
        "core = 'numpy._core' if int(numpy.__version__.split('.')[0]) > 1 else 'numpy.core'\n"
        "inner = importlib.import_module(core + '._multiarray_umath')\n"
        "print(*(one for one in inner.__cpu_dispatch__ if inner.__cpu_features__.get(one)))"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _old_python() -> str | None:
    """A Python with an old numpy, kept in the cache from run to run; None without a package index."""
    place = Path(tempfile.gettempdir()) / "crm-determinism-old-numpy"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", *OLD], check=False)
        if done.returncode:
            return None
        (place / "ready").touch()
    return str(python)


def _run(setup: dict[str, Any]) -> dict[str, Any]:
    """One setup in a fresh process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **setup.get("env", {})}
    words = [setup.get("python", sys.executable), __file__, "--make", json.dumps(setup)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        return {"failed": last[:300]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def _made(setup: dict[str, Any]) -> dict[str, Any]:
    """In the child: write the worlds and say their digests, and with what they were made."""
    import random

    if setup.get("nudged"):
        nudge()
    import numpy
    import pandas
    import pyarrow
    import scipy

    from crm_toolkit.world.block import WorldSpec
    from crm_toolkit.world.setting import scenario
    from crm_toolkit.world.writing import write_world

    block_size, engine = setup.get("block_size", 4_096), _spark() if setup.get("spark") else None
    began, worlds = time.perf_counter(), {}
    for name, locale, customers, weeks, seed in WORLDS:
        told = scenario(name, locale=locale)
        spec = WorldSpec(told, told.policy, customers, weeks, seed)
        order = list(range(-(-customers // block_size)))
        random.Random(5).shuffle(order)
        with tempfile.TemporaryDirectory() as folder:
            manifest = write_world(
                spec, folder, block_size=block_size, workers=setup.get("workers", 1), truth=True, engine=engine,
                order=order if setup.get("shuffled") else None,
            )  # fmt: skip
        worlds[f"{name} {locale}"] = {table: record.digest for table, record in sorted(manifest.tables.items())}
    seconds = time.perf_counter() - began
    versions = {one.__name__: one.__version__ for one in (numpy, scipy, pandas, pyarrow)}
    if engine is not None:
        engine.stop()
    return {"worlds": worlds, "versions": versions, "seconds": seconds, "bits": _bits()}


def nudge() -> None:
    """Let functions that machines may round differently be off by one last bit, before anybody imports them."""
    import numpy as np
    import scipy.special

    def moved(function: Any) -> Any:
        def other(*values: Any, **options: Any) -> Any:
            exact = function(*values, **options)
            result = np.asarray(exact)
            if result.dtype != np.float64:
                return exact
            up = (result.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(63)
            nudged = np.where(np.isfinite(result), np.nextafter(result, np.where(up > 0, np.inf, -np.inf)), result)
            if options.get("out") is None:
                return nudged if nudged.ndim else np.float64(nudged)
            options["out"][...] = nudged
            return options["out"]

        return other

    quantiles = ("ndtr", "ndtri", "gammaincinv", "gammainccinv", "betaincinv", "logit")
    for room, names in ((np, ("exp", "log", "log1p", "expm1")), (scipy.special, quantiles)):
        for name in names:
            setattr(room, name, moved(getattr(room, name)))


def _bits() -> str:
    """A hash of raw floating-point numbers before any rounding: moments of leaving and encounters of one block."""
    from crm_toolkit.world.block import WorldSpec, block_ids, live
    from crm_toolkit.world.setting import scenario

    name, locale, customers, weeks, seed = WORLDS[0]
    told = scenario(name, locale=locale)
    spec = WorldSpec(told, told.policy, customers, weeks, seed)
    lived = live(spec, block_ids(spec, 0, 4_096))
    raw = lived.happened.left.tobytes() + lived.happened.encounters["time"].tobytes()
    return hashlib.sha256(raw).hexdigest()[:8]


def _spark() -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    return builder.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()


def _page(results: dict[str, dict[str, Any]]) -> str:
    """The page: what was tried, and the digest of every table."""
    first = next(iter(results.values()))
    made = {name: one for name, one in results.items() if "worlds" in one}
    told = [
        "# Determinism: one world, however it is made",
        "",
        "*Written by `benchmarks/determinism.py`, which says how it is measured; again with "
        "`python course.py bench determinism`.*",
        "",
        f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores{processor()}; "
        f"Python {platform.python_version()}; {date.today().isoformat()}.",
        "",
        "A world is a function of generator version, scenario, policy, seed and customer. Every row below is a fresh "
        "process that wrote the same worlds, tables of truth included: "
        + "; ".join(f"`{name}` ({locale}), {customers:,} customers, {weeks} weeks, seed {seed}"
                    for name, locale, customers, weeks, seed in WORLDS)
        + ". Compared are the digests of all tables (`crm_toolkit.world.digest`): whole numbers, texts and times "
        "exactly, money rounded to hundredths, other numbers to ten-thousandths, rows in any order.",
        "",
        "Bits before rounding are a hash of raw floating-point numbers inside the engine (times of one block). They "
        "may differ between instruction sets and versions of numpy, and nothing published may show it. Where the "
        "processor at hand makes no difference itself, the row “last bits moved on purpose” does: there every "
        "exponential, logarithm, normal score and quantile is off by one last bit, up or down by a hash of its bits.",
        "",
        "| made with | numpy | scipy | pandas | pyarrow | bits before rounding | tables with equal digests | wall s |",
        "|---|---|---|---|---|---|---:|---:|",
    ]  # fmt: skip
    for name, one in results.items():
        if "failed" in one:
            told.append(f"| {name} | – | – | – | – | – | not run: {one['failed']} | – |")
            continue
        equal = sum(digest == first["worlds"][world].get(table)
                    for world, tables in one["worlds"].items() for table, digest in tables.items())  # fmt: skip
        number = sum(len(tables) for tables in first["worlds"].values())
        versions = " | ".join(one["versions"][name] for name in ("numpy", "scipy", "pandas", "pyarrow"))
        versions += f" | `{one['bits']}`"
        told.append(f"| {name} | {versions} | {equal} of {number} | {one['seconds']:.1f} |")
    for world in first["worlds"]:
        told += ["", f"## `{world.split()[0]}` ({world.split()[1]})", "",
                 "| table | rows | digest | equal in |", "|---|---:|---|---:|"]  # fmt: skip
        for table, digest in first["worlds"][world].items():
            words, rows = digest.split("-")
            others = [name for name, one in made.items() if one["worlds"][world].get(table) != digest]
            equal = f"all {len(made)}" if not others else f"all but: {'; '.join(others)}"
            told.append(f"| `{table}` | {int(rows):,} | `{words}` | {equal} |")
    return "\n".join(told) + "\n"


if __name__ == "__main__":
    main()
