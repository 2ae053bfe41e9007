"""Who is meant by an id, and which variant belongs to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import exercise, normalise_id, variant_code
from crm_toolkit.exercises.variants import variant_luck
from crm_toolkit.texts import language


@pytest.mark.parametrize(
    "written",
    [
        "ИВТ-21-05",
        "ивт-21-05",
        " ИВТ – 21 — 05 ",
        "ИВТ 21 05",
        "ИBT-21-05",
        "ИВТ\u00a021\u201105",
        "ИВТ_21_05",
        "ИВТ-２1-05",
        "ИВ\u200bТ-21-05",
    ],
)
def test_one_person_in_many_spellings(written):
    assert normalise_id(written) == normalise_id("ИВТ-21-05")
    assert variant_code("retention_rate", written) == variant_code("retention_rate", "ИВТ-21-05")
    assert exercise("retention_rate", student=written).data == exercise("retention_rate", student="ИВТ-21-05").data


@pytest.mark.parametrize("other", ["ИВТ-21-06", "ИВТ-2-105", "ИВТ2105", "ПВТ-21-05", "ИВТ-21-05-1"])
def test_other_people_are_other_people(other):
    assert normalise_id(other) != normalise_id("ИВТ-21-05")


@given(st.text())
def test_one_form_is_one_form(text):
    once = normalise_id(text)
    assert normalise_id(once) == once
    assert normalise_id(f"  {text}\t") == once


def test_codes_tell_students_tasks_and_salts_apart():
    codes = {
        variant_code(task, f"S-{student}", salt)
        for task in ("retention_rate", "rfm_by_hand")
        for student in range(300)
        for salt in ("", "exam")
    }
    assert len(codes) == 1200
    assert all(len(code) == 9 and code[4] == "-" for code in codes)


def test_salt_gives_other_numbers():
    plain = exercise("retention_rate", student="A-1")
    assert exercise("retention_rate", student="A-1", salt="exam").data != plain.data
    assert exercise("retention_rate", student="A-1", salt="").data == plain.data


def test_luck_is_the_one_of_the_docstring():
    import hashlib
    import random

    expected = random.Random(hashlib.sha256(b"1|retention_rate|A-1").digest()).random()
    assert variant_luck("retention_rate", "а-1").random() == expected


@pytest.mark.parametrize("empty", ["", "  ", "…", "...", "---", None, True, "\u200b"])
def test_an_empty_id_is_refused_with_advice(empty):
    with pytest.raises(InputError, match="The student's id is empty") as caught:
        exercise("retention_rate", student=empty)
    assert caught.value.problems[0].code == "no_student"


def test_a_number_is_an_id():
    assert exercise("retention_rate", student=2105).data == exercise("retention_rate", student="2105").data


def test_unknown_task_is_refused_with_the_near_miss_and_all_problems_at_once():
    with pytest.raises(InputError, match="Did you mean “retention_rate”") as caught:
        exercise("retention_rat", student="")
    assert [problem.code for problem in caught.value.problems] == ["unknown_task", "no_student"]
    with pytest.raises(InputError):
        exercise(["not", "a", "name"], student="A-1")
    with pytest.raises(InputError):
        exercise(None, student="A-1")


def test_language_of_an_exercise_is_kept_whatever_is_spoken():
    own = exercise("retention_rate", student="A-1", language="ru")
    assert own.title == "Коэффициент удержания"
    assert own.check(None).heading == "Ещё не решали."
    assert own.statement.count("Клиентов на начало") == 1
    with pytest.raises(InputError, match="Подсказки 7 нет"):
        own.hint(7)
    assert language() == "en"
    free = exercise("retention_rate", student="A-1")
    with language("ru"):
        assert free.title == own.title
    with pytest.raises(InputError, match="“de” is not available"):
        exercise("retention_rate", student="A-1", language="de")


@pytest.mark.parametrize("level", [0, 4, "1", None, True, 1.5])
def test_there_are_three_hints(level):
    with pytest.raises(InputError, match="There is no hint"):
        exercise("retention_rate", student="A-1").hint(level)
