"""Quizzes, predictions and rubrics: every choice has its diagnosis, every level its description, in both languages."""

import re

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank, load_rubric
from crm_toolkit.exercises.quiz import Choice, Prediction, QuizItem
from crm_toolkit.texts import language, say

QUIZZES = bank.every_quiz()
every_quiz = pytest.mark.parametrize("quiz", QUIZZES.values(), ids=QUIZZES)


def cyrillic(text):
    return bool(re.search("[а-яё]", text, re.IGNORECASE))


@every_quiz
def test_a_quiz_has_four_to_six_items_of_four_choices(quiz):
    assert 4 <= len(quiz.items) <= 6
    assert all(len(item.choices) == 4 for item in quiz.items)
    assert len({item.id for item in quiz.items}) == len(quiz.items)


@every_quiz
def test_every_choice_answers_with_its_own_diagnosis(quiz):
    diagnoses = [choice.diagnosis for item in quiz.items for choice in item.choices]
    assert all(diagnoses)
    assert len(set(diagnoses)) == len(diagnoses)


@every_quiz
def test_the_right_choice_stands_in_different_places(quiz):
    places = [next(place for place, choice in enumerate(item.choices) if choice.right) for item in quiz.items]
    assert len(set(places)) >= 3


@every_quiz
def test_the_right_choice_is_not_told_by_its_length(quiz):
    for code in ("en", "ru"):
        with language(code):
            longest = [max(item.choices, key=lambda choice: len(say(choice.text))).right for item in quiz.items]
        assert sum(longest) <= len(longest) / 2


@every_quiz
def test_quizzes_exist_in_both_languages(quiz):
    texts = [quiz.title, *(item.question for item in quiz.items)]
    texts += [text for item in quiz.items for choice in item.choices for text in (choice.text, choice.diagnosis)]
    for text in texts:
        assert not cyrillic(text)
        with language("ru"):
            assert cyrillic(say(text)), text


def test_predictions_exist_in_both_languages():
    for prediction in bank.every_prediction().values():
        for text in (prediction.question, *prediction.choices):
            with language("ru"):
                assert cyrillic(say(text))


@pytest.mark.parametrize("rights", [0, 2])
def test_an_item_has_exactly_one_right_choice(rights):
    choices = tuple(Choice(str(place), "why", right=place < rights) for place in range(3))
    with pytest.raises(ValueError, match="exactly one right choice"):
        QuizItem("item", "?", choices)


def test_a_prediction_is_a_number_or_a_choice():
    with pytest.raises(ValueError, match="does not fit"):
        Prediction("one", "00", "?", kind="choice")
    with pytest.raises(ValueError, match="does not fit"):
        Prediction("one", "00", "?", kind="number", choices=("a", "b"))


def test_rubric_describes_four_levels_in_both_languages():
    rubric = load_rubric("insight_card")
    assert [criterion.id for criterion in rubric.criteria] == [
        "claim", "evidence", "limits", "decision", "review", "form",
    ]  # fmt: skip
    for criterion in rubric.criteria:
        assert len(criterion.levels) == 4
        for texts in (criterion.name, *criterion.levels):
            assert cyrillic(texts["ru"])
            assert not cyrillic(texts["en"])
    assert "**Claim**" in rubric.to_markdown()
    with language("ru"):
        assert "**Утверждение**" in rubric.to_markdown()


def test_the_rubric_of_the_own_case_follows_the_course_in_both_languages():
    rubric = load_rubric("my_case")
    assert [criterion.id for criterion in rubric.criteria] == [
        "purchase", "influences", "process", "feedback", "use", "form",
    ]  # fmt: skip
    for criterion in rubric.criteria:
        assert len({level["en"] for level in criterion.levels}) == 4
        for texts in (criterion.name, *criterion.levels):
            assert cyrillic(texts["ru"])
            assert not cyrillic(texts["en"])


def test_the_rubric_of_an_article_follows_the_course_in_both_languages():
    rubric = load_rubric("article")
    assert [criterion.id for criterion in rubric.criteria] == [
        "reference", "claims", "evidence", "critique", "position", "form",
    ]  # fmt: skip
    for criterion in rubric.criteria:
        assert len({level["en"] for level in criterion.levels}) == 4
        for texts in (criterion.name, *criterion.levels):
            assert cyrillic(texts["ru"])
            assert not cyrillic(texts["en"])


@pytest.mark.parametrize("rubric_id", ["my_case", "article"])
def test_samples_of_a_rubric_show_a_poor_and_a_good_level_of_every_criterion_in_both_languages(rubric_id):
    for criterion in load_rubric(rubric_id).criteria:
        assert [one.level for one in criterion.samples] == [1, 3], criterion.id
        for one in criterion.samples:
            assert cyrillic(one.text["ru"])
            assert not cyrillic(one.text["en"])
    assert load_rubric("insight_card").samples_to_markdown() == ""
    assert "3,85" in load_rubric("my_case").samples_to_markdown().replace("3.85", "3,85")
    with language("ru"):
        assert "Уровень 3: «" in load_rubric("my_case").samples_to_markdown()


def test_a_sample_of_no_level_or_without_a_language_is_refused(tmp_path):
    text = (
        '[title]\nen = "Mine"\nru = "Моё"\n[[criteria]]\nid = "claim"\nname = { en = "Claim", ru = "Тезис" }\n'
        'levels = [{ en = "0", ru = "0" }, { en = "1", ru = "1" }, { en = "2", ru = "2" }, { en = "3", ru = "3" }]\n'
        'samples = [{ level = 4, en = "Good", ru = "Хорошо" }, { level = 1, en = "Poor" }]\n'
    )
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="Found: 4") as caught:
        load_rubric("mine", folder=tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["wrong_sample", "missing_text"]


def test_rubric_is_found_from_a_folder_of_the_course(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load_rubric("insight_card").id == "insight_card"
    inner = tmp_path / "exercises" / "rubrics"
    inner.mkdir(parents=True)
    own = '[title]\nen = "Mine"\nru = "Моё"\n'
    (inner / "insight_card.toml").write_text(own, encoding="utf-8")
    (tmp_path / "notebooks" / "en").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "en")
    assert load_rubric("insight_card").title["en"] == "Mine"


def test_unknown_rubric_is_refused_with_the_near_miss():
    with pytest.raises(InputError, match="Did you mean “insight_card”"):
        load_rubric("insight_cart")


def test_an_incomplete_rubric_names_all_that_is_missing(tmp_path):
    text = (
        '[title]\nen = "Mine"\n[[criteria]]\nid = "claim"\n'
        'name = { en = "Claim", ru = "Тезис" }\nlevels = [{ en = "No" }]\n'
    )
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rubric("mine", folder=tmp_path)
    assert sorted(problem.code for problem in caught.value.problems) == ["missing_text", "missing_text", "wrong_levels"]
