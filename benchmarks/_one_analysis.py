"""One contestant of `benchmarks.analysis`, one run, in a fresh process of any interpreter: prints its figures as JSON.

    python _one_analysis.py _analysis_btyd ours_bgnbd DATA --save ANSWER

Needs numpy, pandas and only the library that it measures: the module of the topic is loaded by its path. A module reads
its file by its own ``read(path)``, if it has one, else as Parquet.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import pickle
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

FRAME, CALLED = "frame", "called"


def module_of(name: str) -> Any:
    """A module of this folder, whatever package it stands in."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def peak_bytes() -> int | None:
    """The largest memory of this process; on Linux since it began, for ``ru_maxrss`` keeps that of the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def packed(answer: Any) -> dict[str, Any]:
    """An answer in plain values that every version of pandas can take up again."""
    called = callable(answer)
    answer = answer() if called else answer
    if isinstance(answer, pd.DataFrame):
        plain = {str(name): answer[name].tolist() for name in answer.columns}
        return {FRAME: True, CALLED: called, "value": plain}
    if not isinstance(answer, (dict, list, tuple, int, float, str)) and not hasattr(answer, "dtype"):
        answer = list(answer)
    return {FRAME: False, CALLED: called, "value": answer}


def unpacked(file: Path) -> Any:
    """What `packed` put away."""
    found = pickle.loads(file.read_bytes())
    value = pd.DataFrame(found["value"]) if found[FRAME] else found["value"]
    return (lambda: value) if found[CALLED] else value


def main() -> None:
    """Run one contestant once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module")
    parser.add_argument("name")
    parser.add_argument("data", type=Path)
    parser.add_argument("--save", type=Path)
    asked = parser.parse_args()
    module = module_of(asked.module)
    read = getattr(module, "read", pd.read_parquet)
    try:
        run = getattr(module, asked.name)(read(asked.data), asked.data)
    except ImportError as missing:
        print(json.dumps({"missing": str(missing)}))
        return
    cpu, wall = time.process_time(), time.perf_counter()
    answer = run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    goes = [(cpu, wall)]
    while sum(go[1] for go in goes) < getattr(module, "AT_LEAST", 0.0) and len(goes) < 200:  # short work: several goes
        begin_cpu, begin = time.process_time(), time.perf_counter()
        run()
        goes.append((time.process_time() - begin_cpu, time.perf_counter() - begin))
    cpu, wall = (statistics.median(go[place] for go in goes) for place in (0, 1))
    peak = peak_bytes()
    if asked.save:
        asked.save.write_bytes(pickle.dumps(packed(answer), protocol=4))
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": peak, "goes": len(goes)}))


if __name__ == "__main__":
    main()
