"""nbgrader and otter themselves run an exported workbook: right, wrong and empty work gets the points that we give.

The peers are looked for in the interpreter that ``CRM_LMS_PYTHON`` names, or in this one.
"""

import csv
import json
import os
import subprocess
from pathlib import Path

import nbformat
import pytest

from benchmarks.grading import LESSON, PYTHON, ROOT, filled
from crm_toolkit.exercises.exports import export_nbgrader, export_otter
from crm_toolkit.exercises.exports.checks import STEPS
from crm_toolkit.exercises.grading import grade, submit

pytestmark = [pytest.mark.lms, pytest.mark.slow]
WAYS = {"R-1": "right", "W-1": "wrong", "E-1": "empty"}


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    """Runs a module of the peers' interpreter; skips where the peers are missing."""
    home = tmp_path_factory.mktemp("home")
    words = dict(os.environ, HOME=str(home), PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1", CRM_STATIC="1")
    words["PATH"] = os.pathsep.join([str(Path(PYTHON).parent), words.get("PATH", "")])
    words.pop("CRM_PROGRESS", None)

    def run(folder, *asked):
        done = subprocess.run(
            [PYTHON, "-m", *asked], cwd=folder, env=words, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    there = subprocess.run(
        [PYTHON, "-c", "import nbgrader, otter, jupytext"], env=words, capture_output=True, check=False
    )
    if there.returncode:
        pytest.skip('needs extra lms: `pip install "crm-toolkit[lms]"`, or CRM_LMS_PYTHON names a Python that has it')
    return run


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """What our grader gives: student → task → score."""
    root = tmp_path_factory.mktemp("ours")
    for student, way in WAYS.items():
        path = root / f"{LESSON}.ipynb"
        nbformat.write(filled(ROOT / "exercises" / "en" / f"{LESSON}.ipynb", way, student), path)
        submit(path, student=student, folder=root / "in")
    found = grade(root / "in", out=root / "out", workers=1)
    return {one.student: {task.id: task.score for task in one.tasks} for one in found.results}


def test_our_grader_tells_the_three_apart(ours):
    assert sum(ours["R-1"].values()) == 13
    assert 1 < sum(ours["W-1"].values()) < 9
    assert 0.5 in ours["W-1"].values()  # partial credit
    assert sum(ours["E-1"].values()) < 1


def test_nbgrader_gives_the_same_points(peer, ours, tmp_path):
    export_nbgrader(LESSON, out=tmp_path)
    peer(tmp_path, "nbgrader", "generate_assignment", LESSON)
    release = tmp_path / "release" / LESSON / f"{LESSON}.ipynb"
    assert "SOLUTION" not in release.read_text(encoding="utf-8")
    for student, way in WAYS.items():
        path = tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(filled(release, way, "demo-01" if way == "right" else student), path)
    peer(tmp_path, "nbgrader", "autograde", LESSON)
    peer(tmp_path, "nbgrader", "export")
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as table:
        points = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(table)}
    for student in WAYS:
        assert points[student] == pytest.approx((sum(ours[student].values()), 13), abs=0.002)
    graded = (tmp_path / "autograded" / "W-1" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert "This answer can't be read" in graded


def test_otter_gives_the_same_points_rounded_down_to_its_steps(peer, ours, tmp_path):
    export_otter(LESSON, out=tmp_path)
    peer(tmp_path, "otter", "assign", f"{LESSON}.ipynb", "dist", "--no-pdfs")  # runs the tests on the solution too
    student_edition = tmp_path / "dist" / "student" / f"{LESSON}.ipynb"
    assert "BEGIN" not in student_edition.read_text(encoding="utf-8")
    autograder = next((tmp_path / "dist" / "autograder").glob("*.zip"))
    for student, way in WAYS.items():
        nbformat.write(filled(student_edition, way, student), tmp_path / f"{student}.ipynb")
        (tmp_path / student).mkdir()
        peer(tmp_path, "otter", "run", "-a", str(autograder), "-o", student, f"{student}.ipynb")
        tests = json.loads((tmp_path / student / "results.json").read_text(encoding="utf-8"))["tests"]
        scores = {test["name"]: test.get("score", 0) for test in tests if test["name"] in ours[student]}
        wanted = {task: int(score * STEPS + 1e-9) / STEPS for task, score in ours[student].items()}
        assert scores == pytest.approx(wanted)
        if way == "wrong":
            assert any("This answer can't be read" in test["output"] for test in tests)
