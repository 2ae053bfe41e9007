"""A course of one small workbook, and ways to hand it in honestly or not."""

import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from crm_toolkit.exercises.grading.file_names import submission_name
from crm_toolkit.exercises.variants import variant_code

LESSON = "00_start"
FIRST = 'answer = (t.data["end"] - t.data["new"]) / t.data["start"]'
SECOND = "import math\nshare = math.prod(u.data['rates'])"
CELLS = (
    ("setup", 'import crm_toolkit as crm\nstudent = "demo-01"', False),
    ("open-1", 't = crm.exercise("retention_rate", student=student)\nt', False),
    ("gap-1", "answer = ...", True),
    ("check-1", "t.check(answer)", False),
    ("open-2", 'u = crm.exercise("retention_over_periods", student=student)', False),
    ("gap-2", "share = ...", True),
    ("check-2", "u.check(share)", False),
    ("after", "raise RuntimeError('cells after the last hand-in are not run')", False),
)


def notebook(gap_1=FIRST, gap_2=SECOND, **changes):
    """A workbook as JSON, filled in."""
    sources = {name: source for name, source, _ in CELLS} | {"gap-1": gap_1, "gap-2": gap_2} | changes
    cells = [
        {"id": name, "cell_type": "code", "source": sources[name], "metadata": {"tags": ["solution"] if gap else []},
         "outputs": [], "execution_count": None}
        for name, _, gap in CELLS
    ]  # fmt: skip
    facts = {"crm_toolkit": {"lesson": LESSON, "language": "en", "edition": "workbook"}}
    return {"cells": cells, "metadata": facts, "nbformat": 4, "nbformat_minor": 5}


def packed(book, facts=None):
    """The bytes of a submission; ``book`` may be JSON or bytes."""
    data = book if isinstance(book, bytes) else json.dumps(book).encode()
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notebook.ipynb", data)
        archive.writestr("submission.json", json.dumps(facts or {}))
    return room.getvalue()


@pytest.fixture(scope="session")
def small_course(tmp_path_factory):
    """The folder of the small course."""
    root = tmp_path_factory.mktemp("course")
    place = root / "exercises" / "en"
    place.mkdir(parents=True)
    book = notebook("answer = ...", "share = ...")
    (place / f"{LESSON}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def hand():
    """Ways to hand in: ``hand.notebook``, ``hand.packed``, ``hand.put(folder, id, book)``."""

    def put(folder, student, book, attempt=1, **facts):
        folder.mkdir(parents=True, exist_ok=True)
        path = Path(folder) / submission_name(student, LESSON, attempt)
        path.write_bytes(packed(book, facts))
        return path

    return SimpleNamespace(notebook=notebook, packed=packed, put=put, lesson=LESSON, first=FIRST, code=variant_code)
