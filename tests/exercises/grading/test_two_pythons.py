"""A grade is the same whatever Python the student's or the teacher's computer has: points, codes, digests of answers.

``CRM_OTHER_PYTHON`` names a Python of another version in which the course is installed (`python3.13 course.py test
--fast` makes one), without it the test is skipped.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm_toolkit.exercises.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[3]
OTHER = os.environ.get("CRM_OTHER_PYTHON", "")
CLASS = """
import json, sys
from pathlib import Path
import nbformat
from benchmarks.grading import ROOT, filled
from crm_toolkit.exercises.grading import grade, submit

folder, *lessons = sys.argv[1:]
folder = Path(folder)
for lesson in lessons:
    for code, way in (("en", "right"), ("ru", "wrong")):
        path, student = folder / f"{lesson}.ipynb", f"{way}-1"
        nbformat.write(filled(ROOT / "exercises" / code / f"{lesson}.ipynb", way, student, lesson), path)
        submit(path, student=student, folder=folder / "in")
found = grade(folder / "in", out=folder / "out")
told = {f"{one.student} {one.lesson} {task.id}": [task.digest, task.code, task.status, task.score]
        for one in found.results for task in one.tasks}
(folder / "told.json").write_text(json.dumps([sys.version_info[:2], told]), encoding="utf-8")
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="walls are there under Linux only"),
    pytest.mark.skipif(not OTHER, reason="CRM_OTHER_PYTHON must name another Python with the course"),
]


def told(python, folder):
    """Version of a Python, and what it says of every task of the class."""
    folder.mkdir()
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "CRM_STATIC": "1"}
    words = [python, "-c", CLASS, str(folder), *(lesson.file for lesson in LESSONS)]
    subprocess.run(words, check=True, env=settings, cwd=ROOT)
    version, found = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return tuple(version), found


def test_grades_are_the_same_under_two_pythons(tmp_path):
    (here, ours), (there, theirs) = (told(one, tmp_path / name) for one, name in ((sys.executable, "a"), (OTHER, "b")))
    assert here != there, "CRM_OTHER_PYTHON must be another version"
    assert len(ours) > 100
    assert {status for _, _, status, _ in ours.values()} >= {"right", "wrong"}
    assert ours == theirs
