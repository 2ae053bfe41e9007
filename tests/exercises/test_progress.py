"""The learner's own record: what is written, what is read, and that no check ever fails for its sake."""

import json
import re
import stat
import sys
from pathlib import Path

import pytest

import crm_toolkit as crm
from crm_toolkit import widgets
from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank, progress
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.texts import language

SOURCES = Path(__file__).parents[2] / "notebooks" / "source"


@pytest.fixture
def record(tmp_path, monkeypatch):
    place = tmp_path / "my work" / "записи.jsonl"
    monkeypatch.setenv(progress.VARIABLE, str(place))
    monkeypatch.delenv("CRM_STATIC", raising=False)
    return place


def lines(place):
    return [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]


def test_nothing_is_written_where_no_file_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv(progress.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    crm.exercise("retention_rate", student="a").check(0.5)
    assert progress.kept_in() is None
    assert not list(tmp_path.iterdir())


def test_a_static_edition_records_nothing(record, monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    crm.exercise("retention_rate", student="a").check(0.5)
    assert not record.exists()


def test_every_kind_of_check_leaves_one_line(record):
    task = crm.exercise("retention_rate", student="a")
    task.check(task.expected)
    task.hint(2)
    sheet = widgets.rubric("insight_card")
    for criterion in sheet.rubric.criteria:
        sheet.grade(criterion.id, 2)
    widgets.quiz("start").check(bank.every_quiz()["start"].items[0].id, 0)
    widgets.predict("one_time").commit("30")
    found = [(one["kind"], one["id"], one["status"]) for one in lines(record)]
    assert found == [
        ("task", "retention_rate", "right"),
        ("hint", "retention_rate", "opened"),
        ("rubric", "insight_card", "graded"),
        ("quiz", "start:program", "wrong"),
        ("prediction", "one_time", "committed"),
    ]


def test_neither_the_answer_nor_the_students_id_is_kept(record):
    crm.exercise("retention_rate", student="ИВТ-21-05").check(0.123456)
    text = record.read_text(encoding="utf-8")
    assert "ИВТ" not in text
    assert "0.123456" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights of files in another way")
def test_the_record_is_readable_for_its_owner_only(record):
    crm.exercise("retention_rate", student="a").check(0.5)
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


def test_an_answer_that_was_not_given_is_no_attempt(record):
    crm.exercise("retention_rate", student="a").check(...)
    assert not record.exists()


def test_a_check_answers_though_its_line_can_not_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / "file" / "progress.jsonl"))
    task = crm.exercise("retention_rate", student="a")
    assert task.check(task.expected).right
    assert progress.trouble()


def test_first_try_is_the_first_attempt_and_not_the_best(record):
    task = crm.exercise("retention_rate", student="a")
    task.check(-7)
    task.check(task.expected)
    row = progress.read_progress().lessons.set_index("lesson").loc[task.task.lesson]
    assert (row["done"], row["tried"], row["right_at_first"]) == (1, 1, 0)


def test_the_same_hint_twice_is_one_hint(record):
    task = crm.exercise("retention_rate", student="a")
    for level in (1, 1, 2):
        task.hint(level)
    assert progress.read_progress().lessons.set_index("lesson").loc[task.task.lesson, "hints"] == 2


def test_what_comes_next_is_in_the_lesson_at_work_and_not_done(record):
    task = crm.exercise("rfm_by_hand", student="a")
    task.check(task.expected)
    following = progress.read_progress().next
    assert {one.lesson for one in following} == {"04"}
    assert "rfm_by_hand" not in {one.id for one in following}
    assert 1 <= len(following) <= 3


def test_a_task_borrowed_from_a_later_lesson_does_not_lead_there(record):
    progress.note("prediction", "00", "one_time", "committed")
    progress.note("quiz", "00", "start:program", "right")
    progress.note("task", "04", "retention_rate", "right")
    assert progress.read_progress().next[0].lesson == "00"


def test_when_a_lesson_is_done_the_next_one_comes(record):
    for one in progress.course_checks():
        if one.lesson == "00":
            progress.note(one.kind, "00", one.id, "right")
    assert progress.read_progress().next[0].lesson > "00"


def test_when_all_is_done_nothing_is_next(record):
    for one in progress.course_checks():
        progress.note(one.kind, one.lesson, one.id, "right")
    read = progress.read_progress()
    assert read.next == ()
    assert (read.lessons["done"] == read.lessons["checks"]).all()


def test_slips_are_counted_the_commonest_first(record):
    for code in ("CHURN", "PERCENT", "PERCENT"):
        progress.note("task", "04", "retention_rate", "misconception", code)
    assert progress.read_progress().slips == (("PERCENT", 2), ("CHURN", 1))


def test_broken_lines_are_counted_and_left_alone(record):
    progress.note("task", "04", "retention_rate", "right", "RIGHT")
    strange = ['{"half', "[1, 2]", '{"at": "x", "lesson": "04", "kind": "task", "id": "a", "status": "right"}', "\x00"]
    with open(record, "a", encoding="utf-8") as file:
        file.write("\n".join(strange) + "\n")
    before = record.read_bytes()
    read = progress.read_progress()
    assert (len(read.events), read.unreadable) == (1, len(strange))
    assert record.read_bytes() == before


def test_a_record_that_can_not_be_opened_is_a_letter(tmp_path):
    with pytest.raises(InputError, match="can't be read"):
        progress.read_progress(tmp_path)


def test_the_page_deletes_only_when_asked_twice(record):
    progress.note("task", "04", "retention_rate", "right", "RIGHT")
    box = widgets.my_progress()
    box.delete()
    assert record.exists()
    box.delete()
    assert not record.exists()
    assert box.progress.events == ()


def test_the_page_shows_what_is_done_in_both_languages(record):
    progress.note("task", "04", "retention_rate", "misconception", "PERCENT")
    progress.note("task", "04", "retention_rate", "misconception", "PERCENT")
    for code, words in {
        "en": ("What to do next", "slips came back: “Retention"),
        "ru": ("Что делать дальше", "(2)"),
    }.items():
        with language(code):
            page = widgets.my_progress()._page()
        assert all(word in page for word in words)
        assert code == "en" or not re.search(r"[a-z]{4,} [a-z]{4,}", re.sub(r"<[^>]*>|«[^»]*»", " ", page))


def test_the_lessons_are_those_of_the_course_and_every_rubric_has_its_lesson():
    assert [lesson.file for lesson in LESSONS] == sorted(path.stem for path in SOURCES.glob("[0-9]*.py"))
    assert all(lesson.file.startswith(f"{lesson.number}_") for lesson in LESSONS)
    kept = {path.stem for path in (SOURCES.parents[1] / "exercises" / "rubrics").glob("*.toml")}
    assert {name for lesson in LESSONS for name in lesson.rubrics} == kept
    checked = {one.lesson for one in progress.course_checks()}
    assert checked == {lesson.number for lesson in LESSONS}
