"""A small course in a folder with a space and Cyrillic letters: course.py works there as if it were its own."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

import course


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder that course.py takes for the course, without an environment yet."""
    folder = tmp_path / "Мой курс"
    folder.mkdir()
    for name in (course.BASE, course.DEV, course.SPARK):
        (folder / name).write_text("six==1.17.0\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "crm_toolkit").mkdir()
    (folder / "crm_toolkit" / "__init__.py").touch()
    monkeypatch.setattr(course, "ROOT", folder)
    monkeypatch.setattr(course, "SPOKEN", "en")
    return folder


@pytest.fixture
def asked_of_pip(home, monkeypatch):
    """What pip was asked for; no pip is run and environments are made without one."""
    asked = []
    monkeypatch.setattr(course, "pip", lambda *words: asked.append(words))
    monkeypatch.setattr(course, "create_venv", lambda: bare_venv(home))
    return asked


def bare_venv(folder):
    """A real environment, quickly made: it holds nothing, not even pip."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)


def lend_pip(folder):
    """Let an environment see the pip of this one: much faster than installing it."""
    pip = importlib.util.find_spec("pip")
    if pip is None:
        pytest.skip("there is no pip here to lend")
    (site,) = {path.resolve() for path in (folder / ".venv").rglob("site-packages")}
    (site / "lent.pth").write_text(str(Path(pip.origin).parent.parent), encoding="utf-8")


def stamp_of(folder):
    return json.loads((folder / ".venv" / "course-stamp.json").read_text(encoding="utf-8"))
