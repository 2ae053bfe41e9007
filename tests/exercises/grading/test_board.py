"""The board: counts as they are, "not shared" where nothing was shared, and nobody to be recognised."""

import re

import pytest

from crm_toolkit.exercises.grading.board_counts import OTHER, board_counts
from crm_toolkit.exercises.grading.board_page import board_html
from crm_toolkit.exercises.grading.judging import TaskResult
from crm_toolkit.exercises.grading.page_parts import diagnosis
from crm_toolkit.exercises.grading.pages import board_page, students_page
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.exercises.grading.shared_record import Tried, known_codes
from crm_toolkit.texts import language

HOSTILE = "<script>alert(1)</script>"


def task(code, status="misconception", name="retention_rate", **more):
    facts = {"title": "", "score": float(status == "right"), "message": "", "note": "", "error": "", "counts": True}
    return TaskResult(id=name, status=status, code=code, digest="", **(facts | more))


def student(number, *tasks, record=None, **more):
    return SubmissionResult(f"ИВТ-{number}{HOSTILE}", "00_start", 1, "en", tasks=tasks, record=record, **more)


RIGHT, UNTOUCHED = task("RIGHT", "right"), task("NOT_ATTEMPTED", "not_attempted")
WAY = (
    Tried("task", "retention_rate", 1, 1),
    Tried("task", "retention_rate", 4, 3, (("CHURN", 2), ("WRONG", 1)), (1, 2)),
    Tried("task", "retention_rate", 2, 0, (("CHURN", 2),), (1,)),
)


@pytest.fixture
def shared():
    """Five who handed in; three of them shared their record."""
    handed_in = (RIGHT, RIGHT, task("CHURN"), task("WRONG", "wrong"), UNTOUCHED)
    records = [(one,) for one in WAY] + [None, None]
    return [
        student(place, one, record=record) for place, (one, record) in enumerate(zip(handed_in, records, strict=True))
    ]


def test_handed_in_and_on_the_way_are_counted_apart(shared):
    (lesson,) = board_counts([*shared, student(9, refused="NO_JSON")])
    (check,) = lesson.checks
    assert (lesson.submissions, lesson.refused, lesson.shared) == (5, 1, 3)
    found = check.handed_in
    assert (found.right, found.slip, found.other, found.untouched) == (2, 1, 1, 1)
    assert found.slips == (("CHURN", 1), ("WRONG", 1))
    way = check.on_the_way
    assert (way.at_first, way.later, way.never, way.tried) == (1, 1, 1, 3)
    assert (way.median_tries, way.most_tries, way.hints, way.hinted) == (2, 4, (2, 1, 0), 2)
    assert way.slips == (("CHURN", 4), ("WRONG", 1))


@pytest.mark.parametrize("code", ["en", "ru"])
def test_who_shared_nothing_is_not_shared_and_never_zero(shared, code):
    said = {"en": ("not shared", "shared by fewer than 3"), "ru": ("не показан", "показали меньше 3 человек")}[code]
    with language(code):
        silent = board_html([SubmissionResult("A", "00_start", 1, "en", tasks=one.tasks) for one in shared])
        assert said[0] in silent
        assert said[1] in board_html([student(1, RIGHT, record=WAY[:1]), *shared[2:]])
    way = {"en": "First-try|Tries|Hints", "ru": "первой попытки|Попыток|Подсказ"}[code]
    assert not re.search(way, silent)
    assert board_counts(shared[3:] + shared[3:])[0].checks[0].on_the_way is None


def test_a_try_that_is_not_in_a_shared_record_is_said_so():
    page = board_html([student(place, RIGHT, record=()) for place in range(3)])
    assert "no try in the record: 3" in page
    assert "First-try success" not in page


@pytest.mark.parametrize("code", ["en", "ru"])
def test_no_name_no_id_and_no_word_of_a_student_reaches_the_projector(shared, code):
    seen = task("ANNA_IS_A_FOOL", "wrong", "own_role", counts=False, message="ANNA", error="ANNA")
    with language(code):
        page = board_page([*shared, *(student(place, RIGHT, seen) for place in range(6, 9))])
    assert not any(word in page for word in ("ИВТ", "ANNA", "script>alert"))
    (lesson,) = board_counts([student(place, seen) for place in range(3)])
    assert lesson.checks[0].handed_in.slips == ((OTHER, 3),)


def test_fewer_than_three_are_not_counted_on_the_projector(shared):
    page = board_html(shared[:2])
    assert "Fewer than 3 submissions" in page
    assert "crm-bar" not in page


def test_every_number_of_a_bar_stands_in_it_and_in_words(shared):
    page = board_html(shared)
    bars = re.findall(r'aria-label="([^"]*)">(.*?)</div>', page)
    assert [re.findall(r">(\d+)<", inside) for _, inside in bars] == [["2", "1", "1", "1"], ["1", "1", "1"]]
    assert bars[0][0] == "Handed in: right 2, known slip 1, other answer 1, not tried 1"
    assert "right later: 1" in page
    assert "First-try success: 33% of those who tried. Tries: median 2, at most 4." in page
    assert "Hints: opened by 2 of 3 (the idea 2, the step 1, the first line 0)." in page
    assert "<b>handed in 1, on the way 4 tries</b> <code>CHURN</code>" in page
    assert "the churn rate" in page


def test_questions_of_a_quiz_are_shown_where_records_hold_them():
    quiz, codes = next((key, codes) for key, codes in known_codes().items() if key[0] == "quiz")
    wrong = Tried(*quiz, 2, 2, ((min(codes), 1),))
    page = board_html([student(place, RIGHT, record=(wrong,)) for place in range(3)])
    assert "Question</span>" in page
    assert "right later: 3" in page
    assert diagnosis(*quiz, min(codes))[:20].replace("'", "&#x27;") in page


@pytest.mark.slow
@pytest.mark.parametrize("code", ["en", "ru"])
def test_every_code_that_can_reach_the_board_has_its_words(code):
    with language(code):
        silent = [(*key, one) for key, codes in known_codes().items() for one in codes if not diagnosis(*key, one)]
    assert silent == []


def test_the_teachers_list_has_the_way_of_each_student_and_escapes_what_is_theirs(shared):
    page = students_page(shared, isolation="x", unread=[])
    assert "ИВТ-1&lt;script&gt;" in page
    assert "<script" not in page
    assert page.count("the way there: not shared") == 2
    assert "4 tries, right at try 3, hints 1, 2" in page
    assert "2 tries, not right in the record, hints 1" in page
