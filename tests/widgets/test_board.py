"""The page of the board: without names until asked, anew when something arrives, letters where something is wrong."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from crm_toolkit import widgets
from crm_toolkit.errors import InputError
from crm_toolkit.exercises.grading.judging import TaskResult
from crm_toolkit.exercises.grading.results import SubmissionResult, report_json
from crm_toolkit.texts import language

ROOT = Path(__file__).resolve().parents[2]
TASK = TaskResult("retention_rate", "", "right", 1.0, "RIGHT", "", "", "", True, "")


def write(folder, students):
    results = [SubmissionResult(one, "00_start", 1, "en", tasks=(TASK,)) for one in students]
    data = report_json(results, isolation="x", package="1", unread=["essay.docx"], older=[])
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_bytes(data)


def hand_in(folder, student):
    """The workbook of lesson 00 as it is handed out, blank."""
    folder.mkdir(exist_ok=True)
    book = (ROOT / "exercises" / "en" / "00_start.ipynb").read_bytes()
    with zipfile.ZipFile(folder / f"{student}_00_start.zip", "w") as archive:
        archive.writestr("notebook.ipynb", book)


def test_names_are_hidden_until_the_instructor_asks_and_then_a_band_says_so(tmp_path, html_of):
    write(tmp_path, ["Anna-1", "Boris-2", "Vera-3"])
    page = widgets.board_app(tmp_path)
    assert "Anna" not in html_of(page.box)
    assert "3 submissions graded" in html_of(page.box)
    assert "1 file is no submission" in html_of(page.box)
    page.show_names(True)
    assert "Anna-1" in html_of(page.box)
    assert "Names are visible" in html_of(page.box)
    assert "essay.docx" in html_of(page.box)
    page.show_names(False)
    assert "Anna" not in html_of(page.box)


def test_it_looks_anew_only_when_something_has_changed(tmp_path, html_of):
    write(tmp_path, ["A-1", "B-2", "C-3"])
    page = widgets.board_app(tmp_path)
    assert page.look() is False
    write(tmp_path, ["A-1", "B-2", "C-3", "D-4"])
    assert page.look() is True
    assert "4 submissions graded" in html_of(page.box)


def test_a_submission_that_arrives_is_told_and_nothing_else_is(tmp_path, html_of):
    page = widgets.board_app(tmp_path)
    assert page.found.waiting == ()
    assert page._grade.layout.display == "none"
    hand_in(tmp_path, "A-1")
    (tmp_path / "essay.docx").write_bytes(b"")
    assert page.look()
    assert page.found.waiting == ("A-1_00_start.zip",)
    assert page._grade.description == "Grade the one that waits"
    assert "A-1" not in html_of(page.box)
    page.show_names(True)
    assert "A-1_00_start.zip" in html_of(page.box)
    assert "essay.docx" in html_of(page.box)


def test_grading_tells_how_far_it_is_and_a_refusal_is_a_letter(tmp_path, html_of, monkeypatch, held):
    told = []

    def graded(folder, *, out, on_progress, **_):
        on_progress(1, 3, "A-1_00_start.zip")
        told.append(page._said.value)
        write(out, ["A-1", "B-2", "C-3"])

    hand_in(tmp_path, "A-1")
    page = widgets.board_app(tmp_path)
    monkeypatch.setattr("crm_toolkit.widgets.board.grade", graded)
    page.grade_waiting()
    assert held == [page._grade, page._again]  # nothing waits any longer, so the button is gone
    assert "Grading 1 of 3" in told[0]
    assert "A-1" not in told[0]
    assert (len(page.found.results), page.found.waiting, page._grade.disabled) == (3, (), False)

    def refused(folder, **_):
        raise InputError("Nothing was graded.", [])

    monkeypatch.setattr("crm_toolkit.widgets.board.grade", refused)
    page.grade_waiting()
    assert "Nothing was graded." in html_of(page.box)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="walls are there under Linux only")
def test_what_waits_is_graded_when_the_instructor_says_so_and_waits_no_more(tmp_path, html_of, press):
    for student in ("A-1", "B-2", "C-3"):
        hand_in(tmp_path, student)
    page = widgets.board_app(tmp_path)
    press(page.box, "Grade the 3 that wait")
    assert (len(page.found.results), page.found.waiting) == (3, ())
    assert (tmp_path / "board" / "grades.csv").exists()
    assert "not tried: 3" in html_of(page.box)
    hand_in(tmp_path, "D-4")
    page.look()
    assert page.found.waiting == ("D-4_00_start.zip",)


def test_the_button_grades_with_the_word_and_the_key_that_the_command_names_and_shows_neither(
    tmp_path, html_of, monkeypatch
):
    asked = []
    monkeypatch.setattr("crm_toolkit.widgets.board.grade", lambda folder, **options: asked.append(options))
    hand_in(tmp_path, "A-1")
    widgets.board_app(tmp_path).grade_waiting()
    monkeypatch.setenv("CRM_BOARD_SALT", "autumn")
    monkeypatch.setenv("CRM_BOARD_KEY", str(tmp_path / "exam.key"))
    page = widgets.board_app(tmp_path)
    page.grade_waiting()
    page.show_names(True)
    assert "autumn" not in html_of(page.box)
    assert "exam.key" not in html_of(page.box)
    widgets.board_app(tmp_path, salt="spring", key=tmp_path / "other.key").grade_waiting()
    told = [(options["salt"], options["key"]) for options in asked]
    assert told == [("", None), ("autumn", tmp_path / "exam.key"), ("spring", tmp_path / "other.key")]


@pytest.mark.parametrize("code", ["en", "ru"])
def test_what_is_wrong_is_a_letter(tmp_path, html_of, monkeypatch, code):
    monkeypatch.delenv("CRM_BOARD", raising=False)
    said = {"en": "There is no board.", "ru": "Сводки нет."}[code]
    (tmp_path / "report.json").write_text(json.dumps({"submissions": [{"student": 1}]}), encoding="utf-8")
    with language(code):
        for folder in (tmp_path, tmp_path / "nowhere", None):
            page = widgets.board_app(folder)
            assert said in html_of(page.box)
            assert 'role="alert"' in html_of(page.box)
            assert page.look() in (True, False)


def test_an_exam_that_was_refused_without_its_key_waits_for_the_page_that_has_it(tmp_path):
    hand_in(tmp_path, "A-1")
    facts = report_json(
        [SubmissionResult("A-1", "00_start", 1, "en", refused="NO_KEY")],
        isolation="x",
        package="1",
        unread=[],
        older=[],
    )
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "report.json").write_bytes(facts)
    assert widgets.board_app(tmp_path).found.waiting == ()
    assert widgets.board_app(tmp_path, key=tmp_path / "exam.key").found.waiting == ("A-1_00_start.zip",)


def test_the_folder_is_named_by_the_variable_that_the_command_sets(tmp_path, monkeypatch):
    write(tmp_path, ["A-1"])
    monkeypatch.setenv("CRM_BOARD", str(tmp_path))
    assert len(widgets.board_app().found.results) == 1


def test_all_of_it_is_russian_for_a_russian(tmp_path, words_of):
    write(tmp_path, ["1", "2", "3"])
    hand_in(tmp_path, "4")
    with language("ru"):
        page = widgets.board_app(tmp_path)
        page.show_names(True)
    said = words_of(page.box)
    for english in ("report", "graded", "names", "wait", "Look", "Student", "shared"):
        assert english not in said
