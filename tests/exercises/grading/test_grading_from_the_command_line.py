"""``crm-toolkit submit`` and ``crm-toolkit grade`` are `submit` and `grade`, with letters in place of tracebacks."""

import json
import sys

import pytest

from crm_toolkit.cli import main
from crm_toolkit.exercises.grading import lesson_plan


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="walls are there under Linux only")
@pytest.mark.parametrize(("code", "said"), [("en", "1 submission graded"), ("ru", "Оценена 1 работа")])
def test_a_workbook_is_handed_in_and_graded(tmp_path, capsys, monkeypatch, hand, small_course, code, said):
    monkeypatch.setattr(lesson_plan, "COURSE", small_course)
    path = tmp_path / "00_start.ipynb"
    book = hand.notebook(setup='student = "A-1"')
    path.write_text(json.dumps(book), encoding="utf-8")
    assert main(["submit", str(path), "--student", "A-1", "--out", str(tmp_path / "in"), "--language", code]) == 0
    assert capsys.readouterr().out.strip().endswith("A-1_00_start.zip")
    words = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--language", code]
    assert main(words) == 0
    assert said in capsys.readouterr().out
    assert (tmp_path / "out" / "grades.csv").exists()


@pytest.mark.parametrize("code", ["en", "ru"])
def test_what_cannot_be_handed_in_gets_a_letter(tmp_path, capsys, code):
    assert main(["submit", str(tmp_path / "x.ipynb"), "--student", "A-1", "--language", code]) == 1
    assert main(["grade", str(tmp_path / "x"), "--out", str(tmp_path / "out"), "--language", code]) == 1
    told = capsys.readouterr().err
    assert "x.ipynb" in told
    assert "Traceback" not in told
