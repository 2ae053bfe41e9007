"""What stands at the top of a checkout: what was agreed on, and nothing that an experiment left behind."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"notebooks", "crm_toolkit", "datasets", "exercises", "tests", "docs", "benchmarks", ".ci"}
FILES = {"environment.yml", "README.md", "README.ru.md", "LICENSE", "Makefile", "course.py", "pyproject.toml"}
LOCKS = {f"requirements{kind}.lock.txt" for kind in ("", "-dev", "-spark")}


def test_nothing_else_is_handed_in():
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no checkout")
    told = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = {line.partition("/")[0] for line in told.splitlines()}
    assert found == FOLDERS | FILES | LOCKS | {".gitattributes", ".gitignore"}
