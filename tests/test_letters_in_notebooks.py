"""In a notebook a refusal is a letter under the reader's own line, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("IPython")

from crm_toolkit.errors import CRMError, InputError, MissingExtraError, Problem

ROOT = Path(__file__).resolve().parents[1]
CELL = """import pandas as pd
from crm_toolkit import plots
def mine(table):
    return plots.retention_chart(table)
mine(pd.DataFrame({"a": [1]}))"""
SAID = {
    "en": ["----> 4 return plots.retention_chart(table)", "", "`retention_chart` can't use what it was given.", "",
           "1. `table` takes a value of the kind `CohortTable`.", "   Given was one of the kind `DataFrame`."],
    "ru": ["----> 4 return plots.retention_chart(table)", "", "`retention_chart`: переданное не подходит.", "",
           "1. Параметр `table` принимает значение вида `CohortTable`.", "   Передано значение вида `DataFrame`."],
}  # fmt: skip


@pytest.mark.parametrize("code", ["en", "ru"])
def test_a_refused_cell_shows_its_line_and_the_letter(code):
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "CRM_LANGUAGE": code, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", "-c", CELL]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=settings)
    said = [line.rstrip() for line in (done.stdout + done.stderr).strip().splitlines()]
    assert said == SAID[code]


@pytest.mark.parametrize(
    "error",
    [
        InputError("No.", [Problem("one", "First.", advice="Try."), Problem("two", "Second.")]),
        MissingExtraError("Install it."),
        CRMError("Not so."),
    ],
)
def test_an_error_that_never_was_in_a_cell_is_its_letter_alone(error):
    assert "\n".join(error._render_traceback_()) == str(error)
