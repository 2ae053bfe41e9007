"""Running one submission: a child behind walls, two pipes, a clock, and nothing left over when it ends."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_toolkit.exercises.grading.isolation import BANK, PACKAGE, Isolation, environment, packages

WALL_SECONDS = 60
CELL_SECONDS = 20
MOST_SAID = 1_000_000
_MOST_ERRORS = 20_000
_MEMORY = 3_000_000_000
_PROCESSES = 64
_LAST = b'{"kind": "end"}'


@dataclass(frozen=True)
class Run:
    """What came of a run.

    Parameters
    ----------
    said : bytes
        What the child wrote into its pipe, at most 1 MB.
    end : {"done", "time", "too_much", "died", "not_started"}
        How it ended.
    errors : str
        What Python said where the child could not even begin.
    """

    said: bytes
    end: str
    errors: str = ""


def run_cells(given: dict[str, Any], isolation: Isolation, *, wall_seconds: float = WALL_SECONDS) -> Run:
    """Run a notebook's cells in a child.

    Parameters
    ----------
    given : dict
        ``cells`` (``id, source, gap, forget``) and ``tasks``, as `child.main` reads them.
    isolation : Isolation
        The walls.
    wall_seconds : float
        After so long everything is killed.
    """
    modules = tuple(sorted({task["module"] for task in given["tasks"] if task["module"]}))
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as folder:
        inside = isolation.folder or folder
        given = given | {
            "root": str(PACKAGE.parent),
            "packages": packages(),
            "bank": str(BANK),
            "folder": inside,
            "limits": _limits(isolation, wall_seconds),
            "cell_seconds": min(CELL_SECONDS, wall_seconds / 2),
        }
        return _run(isolation.command(folder, modules), pickle.dumps(given), folder, wall_seconds)


def _run(command: list[str], given: bytes, folder: str, wall_seconds: float) -> Run:
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(folder),
        cwd=folder, **apart,
    )  # fmt: skip
    said, errors, too_much = bytearray(), bytearray(), threading.Event()
    workers = [
        threading.Thread(target=_feed, args=(child.stdin, given), daemon=True),
        threading.Thread(target=_collect, args=(child.stdout, said, MOST_SAID, too_much, child), daemon=True),
        threading.Thread(target=_collect, args=(child.stderr, errors, _MOST_ERRORS, None, child), daemon=True),
    ]
    for worker in workers:
        worker.start()
    late = False
    try:
        child.wait(timeout=wall_seconds)
    except subprocess.TimeoutExpired:
        late = True
    finally:
        kill_tree(child)
    for worker in workers:
        worker.join(timeout=2)
    data = bytes(said)
    if too_much.is_set():
        end = "too_much"
    elif late:
        end = "time"
    elif not data:
        end = "not_started"
    else:
        end = "done" if child.returncode == 0 and _LAST in data else "died"
    return Run(data, end, bytes(errors).decode("utf-8", "replace"))


def kill_tree(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and what it started."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(child.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        child.kill()
        child.wait(timeout=10)


def _feed(pipe: Any, given: bytes) -> None:
    try:
        pipe.write(given)
        pipe.close()
    except OSError:
        pass


def _collect(pipe: Any, into: bytearray, most: int, too_much: threading.Event | None, child: Any) -> None:
    """Keep what is said up to the limit; more of it ends the run, or (errors) is thrown away."""
    try:
        while piece := pipe.read1(65536):
            into += piece[: max(0, most - len(into))]
            if too_much is not None and len(into) >= most and not too_much.is_set():
                too_much.set()
                kill_tree(child)
    except (OSError, ValueError):
        pass


def _limits(isolation: Isolation, wall_seconds: float) -> dict[str, int]:
    if isolation.level == "trusted":
        return {"CORE": 0}
    return {
        "CORE": 0,
        "AS": _MEMORY,
        "CPU": int(wall_seconds) + 1,
        "FSIZE": 32_000_000,
        "NOFILE": 256,
        "NPROC": _PROCESSES + (0 if isolation.own_user else _running_already()),
    }


def _running_already() -> int:
    """Threads of this user, which count against the same limit."""
    count = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if place.stat().st_uid == os.getuid():
                count += sum(1 for _ in (place / "task").iterdir())
        except OSError:
            continue
    return count
