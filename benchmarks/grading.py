"""Grading a class: ours, nbgrader autograde and otter on the same work in one run; CPU, wall clock, memory, points.

    python course.py bench grading                   prints a table
    python -m benchmarks.grading --count 60 --write docs/benchmarks-grading.md

The peers are looked for in the interpreter that ``CRM_LMS_PYTHON`` names, or in this one. Each grader works through
the class one work at a time; otter does it without its containers, in one process.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LESSON = "04_ranking"
WAYS = ("right", "wrong", "empty")
SLIPS = ("", "\nanswer = 0.123", "\nanswer = 'no idea'", "\nanswer = 100 * answer")
PYTHON = os.environ.get("CRM_LMS_PYTHON", sys.executable)
_OTTER = """
import json, sys
from otter.api import grade_submission
autograder, out, *paths = sys.argv[1:]
points = {}
for path in paths:
    points[path] = grade_submission(path, autograder, quiet=True).total
json.dump(points, open(out, "w"))
"""


def filled(path: Path, way: str, student: str, lesson: str = LESSON) -> Any:
    """A student's copy of a notebook: solved, solved with slips in three of four cells, or left as it was."""
    import nbformat

    from crm_toolkit.exercises.exports.lesson_parts import workbook_parts

    parts = [part for part in workbook_parts(lesson) if part.pieces]
    blank = {"\n".join(line for piece in part.pieces for line in piece.blank): part.id for part in parts}
    solved = {part.id: "\n".join(line for piece in part.pieces for line in piece.solution) for part in parts}
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = cell.source.replace('student = "demo-01"', f'student = "{student}"')
            known = cell.id if cell.id in solved else blank.get(cell.source)  # otter gives cells other ids
            if known and way != "empty":
                slip = SLIPS[list(solved).index(known) % len(SLIPS)]
                cell.source = solved[known] + (slip if way == "wrong" and "answer" in solved[known] else "")
    return book


@dataclass(frozen=True)
class Cost:
    """What a command took: CPU and wall-clock seconds, and the most memory of all its processes together in MB."""

    cpu: float
    wall: float
    memory: float


def measured(command: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end and say what it and all that it started took."""
    words = dict(os.environ, PYTHONPATH=str(ROOT), CRM_STATIC="1", HOME=str(folder / "home"), OMP_NUM_THREADS="1")
    words["PATH"] = os.pathsep.join([str(Path(command[0]).parent), words.get("PATH", "")])
    (folder / "home").mkdir(exist_ok=True)
    log = folder / "log.txt"
    began, most, over = time.perf_counter(), [0], threading.Event()
    with log.open("wb") as said:
        child = subprocess.Popen(command, cwd=folder, env=words, stdout=said, stderr=said)
        watch = threading.Thread(target=_watch, args=(child.pid, most, over), daemon=True)
        watch.start()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        over.set()
    if child.returncode:
        raise RuntimeError(f"{command[:5]} failed: {log.read_text(errors='replace')[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began, most[0] / 1000)


def _watch(root: int, most: list[int], over: threading.Event) -> None:
    """Look twice a second how much memory (PSS, kB) a process and all under it have."""
    while not over.wait(0.5):
        parents = {}
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        mine, count = {root}, 0
        while count < len(mine):
            count = len(mine)
            mine |= {child for child, parent in parents.items() if parent in mine}
        total = 0
        for process in mine:
            with contextlib.suppress(OSError, ValueError, IndexError):
                total += int(Path(f"/proc/{process}/smaps_rollup").read_text().split("Pss:")[1].split()[0])
        most[0] = max(most[0], total)


def ours(folder: Path, students: dict[str, str], lesson: str) -> tuple[Cost, dict[str, float]]:
    """Our grader, behind the strongest walls that this computer has."""
    import nbformat

    from crm_toolkit.exercises.grading import submit

    for student, way in students.items():
        path = folder / f"{lesson}.ipynb"
        nbformat.write(filled(ROOT / "exercises" / "en" / f"{lesson}.ipynb", way, student, lesson), path)
        submit(path, student=student, folder=folder / "in")
    words = ["grade", "in", "--out", "out", "--workers", "1", "--language", "en"]
    cost = measured([sys.executable, "-c", f"from crm_toolkit.cli import main; main({words!r})"], folder)
    with (folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as table:
        return cost, {row["student_id"]: float(row["total"]) for row in csv.DictReader(table)}


def nbgrader(folder: Path, students: dict[str, str], lesson: str) -> tuple[Cost, dict[str, float]]:
    """``nbgrader autograde``; preparing the assignment is not counted."""
    import nbformat

    from crm_toolkit.exercises.exports import export_nbgrader

    export_nbgrader(lesson, out=folder, code="en")
    measured([PYTHON, "-m", "nbgrader", "generate_assignment", lesson], folder)
    release = folder / "release" / lesson / f"{lesson}.ipynb"
    for student, way in students.items():
        path = folder / "submitted" / student / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(filled(release, way, student, lesson), path)
    cost = measured([PYTHON, "-m", "nbgrader", "autograde", lesson], folder)
    measured([PYTHON, "-m", "nbgrader", "export"], folder)
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as table:
        return cost, {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}


def otter(folder: Path, students: dict[str, str], lesson: str) -> tuple[Cost, dict[str, float]]:
    """Otter's own grading call, one after the other in one process; preparing the assignment is not counted."""
    import nbformat

    from crm_toolkit.exercises.exports import export_otter

    export_otter(lesson, out=folder, code="en")
    measured([PYTHON, "-m", "otter", "assign", f"{lesson}.ipynb", "dist", "--no-pdfs"], folder)
    edition = folder / "dist" / "student" / f"{lesson}.ipynb"
    for student, way in students.items():
        nbformat.write(filled(edition, way, student, lesson), folder / f"{student}.ipynb")
    autograder = next((folder / "dist" / "autograder").glob("*.zip"))
    paths = [f"{student}.ipynb" for student in students]
    cost = measured([PYTHON, "-c", _OTTER, str(autograder), "points.json", *paths], folder)
    points = json.loads((folder / "points.json").read_text())
    return cost, {Path(path).stem: float(total) for path, total in points.items()}


GRADERS = {"crm-toolkit grade": ours, "nbgrader autograde": nbgrader, "otter (without containers)": otter}


def _costs(grader: Any, students: dict[str, str], lesson: str) -> tuple[Cost, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        return grader(Path(folder), students, lesson)


def table(count: int, lesson: str = LESSON, *, together: bool = False) -> str:
    """Measure every grader and draw the table."""
    students = {f"S-{number:02}": WAYS[number % len(WAYS)] for number in range(1, count + 1)}
    lines = ["| grader | CPU, s | CPU s a work | wall clock, s | most memory, MB | points of the class |",
             "|---|---:|---:|---:|---:|---:|"]  # fmt: skip
    with ThreadPoolExecutor(len(GRADERS) if together else 1) as pool:
        waiting = {name: pool.submit(_costs, grader, students, lesson) for name, grader in GRADERS.items()}
        for name, future in waiting.items():
            cost, points = future.result()
            if set(points) != set(students):
                raise RuntimeError(f"{name} graded {sorted(points)}")
            lines.append(f"| {name} | {cost.cpu:.0f} | {cost.cpu / count:.1f} | {cost.wall:.0f} | {cost.memory:.0f} "
                         f"| {sum(points.values()):.2f} |")  # fmt: skip
            print(lines[-1], flush=True)
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write a page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--lesson", default=LESSON)
    parser.add_argument("--together", action="store_true", help="all graders at once: quicker, wall clocks mean less")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    found = table(asked.count, asked.lesson, together=asked.together)
    after = os.getloadavg()[0]
    print(found)
    if asked.write:
        from crm_toolkit.exercises.grading.isolation import strongest_isolation

        manner = "all graders at once, each" if asked.together else "a grader after the other,"
        about = (
            "# Benchmarks: grading a class\n\n*Written by `benchmarks/grading.py`; again with `python course.py bench "
            f"grading`.* {asked.count} works of lesson {asked.lesson}, a third right, a third with slips, a third "
            f"empty; {manner} one work at a time, on a two-core machine. CPU and memory (PSS) of everything that a "
            f"grader started. Ours ran behind *{strongest_isolation().level}*; otter gives points in eighths, rounded "
            "down. Load of the machine, which slows the wall clock, and CPU somewhat: "
            f"{load:.0f} before, {after:.0f} after.\n\n"
        )
        asked.write.write_text(about + found + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
