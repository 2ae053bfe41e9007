"""`submit`: what is written, under which name, and what is said before it costs points."""

import json
import warnings
import zipfile

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.exercises.grading import submit
from crm_toolkit.exercises.grading.file_names import read_name, submission_name, written_id
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.variants import normalise_id, variant_code


@pytest.fixture
def workbook(tmp_path, hand):
    def write(name="00_start.ipynb", **changes):
        path = tmp_path / "мои тетради" / name
        path.parent.mkdir(exist_ok=True)
        book = hand.notebook(**({"setup": 'student = "ИВТ 21-05"'} | changes))
        path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def handed_in(path, folder, course, student="ИВТ 21-05"):
    return submit(path, student=student, folder=folder, course=course)


def codes(trouble):
    return [problem.code for problem in trouble.value.problems]


@pytest.mark.parametrize("lesson", [lesson.file for lesson in LESSONS])
@pytest.mark.parametrize("student", ["A-1", "ИВТ-21-05", "x.y-9", "3_2"])
def test_a_name_says_whose_work_it_is(lesson, student):
    for attempt in (1, 2, 17):
        name = read_name(submission_name(student, lesson, attempt))
        assert (name.key, name.lesson, name.attempt) == (normalise_id(student), lesson, attempt)


@pytest.mark.parametrize(
    "name",
    ["A-1_ranking.zip", "_04_ranking.zip", "A-1_04_ranking.rar", "A-1_04_ranking_0.zip", "A-1_04_ranking_x.zip",
     ".zip", "=1_04_ranking.zip", "../A_04_ranking.zip", "A 1_04_ranking.zip", "..._04_ranking.zip",
     90 * "A" + "_04_ranking.zip"],
)  # fmt: skip
def test_a_name_that_says_no_student_is_no_submission(name):
    assert read_name(name) is None


def test_a_written_id_means_the_same_person():
    for student in ("ИВТ 21-05", "a_b", " A|1 "):
        assert normalise_id(written_id(student)) == normalise_id(student)


def test_the_file_holds_the_notebook_without_outputs_and_the_facts(workbook, tmp_path, small_course):
    path = workbook()
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 6_000_000}]
    path.write_text(json.dumps(book), encoding="utf-8")
    made = handed_in(path, tmp_path / "out", small_course)
    assert made.name == "ИВТ-21-05_00_start.zip"
    with zipfile.ZipFile(made) as archive:
        facts = json.loads(archive.read("submission.json"))
        assert "xxx" not in archive.read("notebook.ipynb").decode()
    assert facts["variants"]["retention_rate"] == variant_code("retention_rate", "ИВТ-21-05")
    assert (facts["student"], facts["lesson"], facts["language"]) == ("ИВТ 21-05", "00_start", "en")


def test_a_second_attempt_gets_a_number_and_nothing_is_overwritten(workbook, tmp_path, small_course):
    out = tmp_path / "out"
    first = handed_in(workbook(), out, small_course)
    before = first.read_bytes()
    names = [handed_in(workbook(), out, small_course).name for _ in range(2)]
    assert names == ["ИВТ-21-05_00_start_2.zip", "ИВТ-21-05_00_start_3.zip"]
    assert first.read_bytes() == before


def test_work_done_with_another_id_is_told_before_it_costs_points(workbook, tmp_path, small_course):
    with pytest.raises(InputError, match="demo-01") as trouble:
        handed_in(workbook(setup='student = "demo-01"'), tmp_path, small_course)
    assert codes(trouble) == ["another_id"]


def test_gone_and_doubled_cells_are_told_together(workbook, tmp_path, small_course):
    path = workbook()
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"] = [cell for cell in book["cells"] if cell["id"] != "gap-1"]
    book["cells"].append(next(cell for cell in book["cells"] if cell["id"] == "gap-2"))
    path.write_text(json.dumps(book), encoding="utf-8")
    with pytest.raises(InputError) as trouble:
        handed_in(path, tmp_path, small_course)
    assert codes(trouble) == ["cells_gone", "cells_twice"]


def test_another_notebook_is_no_workbook(workbook, tmp_path, small_course):
    path = workbook()
    path.write_text(json.dumps({"cells": []}), encoding="utf-8")
    with pytest.raises(InputError) as trouble:
        handed_in(path, tmp_path, small_course)
    assert codes(trouble) == ["not_the_workbook"]


@pytest.mark.parametrize(("text", "code"), [(None, "no_file"), ("{", "no_json"), ("[]", "no_notebook")])
def test_what_is_no_notebook_gets_a_letter(tmp_path, small_course, text, code):
    path = tmp_path / "00_start.ipynb"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as trouble:
        handed_in(path, tmp_path, small_course)
    assert codes(trouble) == [code]


def test_an_unknown_lesson_and_a_bad_id_are_told_together(workbook, tmp_path, small_course):
    path = workbook("mine.ipynb")
    book = json.loads(path.read_text(encoding="utf-8"))
    book["metadata"] = {}
    path.write_text(json.dumps(book), encoding="utf-8")
    with pytest.raises(InputError) as trouble:
        handed_in(path, tmp_path, small_course, student="...")
    assert codes(trouble) == ["bad_id", "unknown_lesson"]


def test_code_in_own_cells_is_told_and_only_then(workbook, tmp_path, small_course):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        handed_in(workbook(), tmp_path, small_course)
    path = workbook()
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"].append({"id": "mine", "cell_type": "code", "source": "def helper(): ...", "metadata": {}})
    path.write_text(json.dumps(book), encoding="utf-8")
    with pytest.warns(UserWarning, match="1 cell of your own"):
        handed_in(path, tmp_path, small_course)
