"""The instructor's edition: plans complete in both languages, slides without a network, folders kept apart."""

import re
import shutil
from pathlib import Path

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank, editions, instructor, seminars, slides
from crm_toolkit.exercises.seed_map import PARTS

ROOT = Path(__file__).parent.parent.parent
LESSONS = sorted(path.stem for path in (ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py"))
PLANS = {
    path.stem: seminars.read_seminar(path.stem) for path in sorted((ROOT / "notebooks" / "seminars").glob("*.toml"))
}


def read_notebook(path):
    """A notebook as nbformat reads it."""
    import nbformat  # seconds: not while tests are collected

    return nbformat.read(path, as_version=4)


def texts(plan, code):
    """All that a person wrote in a plan, in one language."""
    found = [plan.aim, *plan.prepare, *(step.words for step in plan.steps), *plan.predictions.values()]
    found += [words for row in (*plan.questions, *plan.answers) for words in (row.words, row.listen)]
    return [words[code] for words in found]


def test_every_lesson_has_a_seminar_plan():
    assert set(LESSONS) <= set(PLANS)


def test_plans_say_the_same_in_both_languages():
    for plan in PLANS.values():
        for english, russian in zip(texts(plan, "en"), texts(plan, "ru"), strict=True):
            assert not re.search("[А-Яа-яЁё]", english)
            assert re.search("[А-Яа-яЁё]{3}", russian)
            assert english.count("`") == russian.count("`")
        assert sum(step.minutes for step in plan.steps) == seminars.MINUTES
        assert plan.prepare
        assert plan.questions


def test_every_question_of_the_chapter_is_discussed_in_some_seminar():
    asked = {row.chapter for plan in PLANS.values() for row in plan.questions}
    assert asked - {""} == {f"Q{number}" for number in range(1, PARTS["Q"] + 1)}


def test_plans_speak_of_predictions_that_their_lesson_makes():
    for lesson, plan in PLANS.items():
        here = {made.id for made in bank.every_prediction().values() if made.lesson == lesson[:2]}
        assert set(plan.predictions) <= here, lesson


@pytest.mark.parametrize(("lesson", "code"), [(name, ("en", "ru")[place % 2]) for place, name in enumerate(LESSONS)])
def test_a_page_holds_every_slip_of_the_lessons_tasks_and_every_quiz_question(lesson, code):
    page = seminars.seminar_page(PLANS[lesson], code=code)
    for task in bank.every_task().values():
        if task.lesson == lesson[:2]:
            assert all(f"`{slip.code}`" in page for slip in task.misconceptions), task.id
    questions = sum(len(quiz.items) for quiz in bank.every_quiz().values() if quiz.lesson == lesson[:2])
    assert page.count("\n- ✓ ") == questions
    prose = re.sub(r"`[^`]*`", "", page)
    assert not re.search(r"\{\w+\}", prose), "a place that was not filled"
    if code == "en":
        assert not re.search("[А-Яа-яЁё]{3}", prose)
    else:
        assert not re.search(r"\b(the|of|and|with)\b", prose)


def test_a_page_says_what_truth_the_prediction_meets():
    page = seminars.seminar_page(PLANS["09_loyalty"], code="ru")
    assert re.search(r"получается \d,\d", page)


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda text: text.replace("minutes = 5", "minutes = 6", 1), "wrong_minutes"),
        (lambda text: re.sub(r'^ru = "[^"]+"', 'ru = " "', text, count=1, flags=re.M), "missing_text"),
    ],
)
def test_an_incomplete_plan_is_refused_with_the_reason(break_it, code, tmp_path):
    folder = tmp_path / "notebooks" / "seminars"
    folder.mkdir(parents=True)
    text = (ROOT / "notebooks" / "seminars" / "04_ranking.toml").read_text(encoding="utf-8")
    (folder / "04_ranking.toml").write_text(break_it(text), encoding="utf-8")
    with pytest.raises(InputError) as letter:
        seminars.read_seminar("04_ranking", tmp_path)
    assert [problem.code for problem in letter.value.problems] == [code]
    with pytest.raises(InputError, match=r"04_ranking"):
        seminars.read_seminar("05_nothing", tmp_path)


@pytest.fixture(scope="module")
def shown():
    lesson = read_notebook(ROOT / "notebooks" / "en" / "04_ranking.ipynb")
    return lesson, slides.slide_notebook(lesson, code="en")


def test_slides_leave_out_what_a_student_does_alone(shown):
    lesson, deck = shown
    assert any("crm.exercise(" in cell.source for cell in lesson.cells)
    assert not any("crm.exercise(" in cell.source or "`demo-01`" in cell.source for cell in deck.cells)
    assert not any("*(check:" in cell.source for cell in deck.cells)


def test_a_quiz_becomes_a_slide_to_vote_on_and_one_with_the_reasons(shown):
    prose = [cell.source for cell in shown[1].cells if cell.cell_type == "markdown"]
    for item in bank.every_quiz()["ranking"].items:
        vote, reasons = [text for text in prose if text.startswith(f"### {item.question}")]
        assert "✓" not in vote
        assert all(choice.text in vote for choice in item.choices)
        assert reasons.count("✓") == 1
        assert all(choice.diagnosis in reasons for choice in item.choices)


def test_a_slide_begins_at_every_heading_and_when_it_is_full(shown):
    room = 0.0
    for cell in shown[1].cells:
        begins = cell.metadata["slideshow"]["slide_type"] == "slide"
        assert begins or not cell.source.startswith("#")
        room = slides._height(cell) + (0 if begins else room)
        assert begins or room <= slides._LINES


def test_slides_are_one_file_that_fetches_nothing(shown, tmp_path):
    page = slides.write_slides(shown[1], tmp_path / "deck.html", code="en").read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)=["'](?!data:|#)|@import|url\(["']?http|import\(""", page)
    assert '<html lang="en">' in page
    assert page.count("<img") >= 2
    assert page.count("<section") == 2 * sum(
        cell.metadata["slideshow"]["slide_type"] == "slide" for cell in shown[1].cells
    )


TWO = ("00_start", "02_single_database")


@pytest.fixture(scope="module")
def small_course(tmp_path_factory):
    """A course of two lessons."""
    root = tmp_path_factory.mktemp("course")
    for kind, ending in (("source", "py"), ("seminars", "toml"), ("en", "ipynb"), ("ru", "ipynb")):
        (root / "notebooks" / kind).mkdir(parents=True)
        for lesson in TWO:
            shutil.copy(ROOT / "notebooks" / kind / f"{lesson}.{ending}", root / "notebooks" / kind)
    return root


@pytest.fixture
def quick(monkeypatch):
    """Lessons are not executed and slides not painted; lesson 02 in Russian fails."""

    def executed(notebook, *, folder, timeout_seconds=300):
        about = notebook.metadata["crm_toolkit"]
        if (about["lesson"], about["language"], about["edition"]) == ("02_single_database", "ru", "lesson"):
            raise RuntimeError("a cell failed")
        return notebook

    def written(notebook, path, *, code):
        path.write_text("a deck", encoding="utf-8")
        return path

    monkeypatch.setattr(editions, "execute", executed)
    monkeypatch.setattr(slides, "write_slides", written)


def test_a_lesson_that_fails_costs_no_other_page(quick, small_course, tmp_path):
    failed = instructor.build_instructor(tmp_path, root=small_course, told=lambda line: None)
    assert list(failed) == ["ru 02_single_database slides"]
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    wanted = {
        f"{code}/{lesson}_{kind}"
        for code in ("en", "ru")
        for lesson in TWO
        for kind in ("slides.html", "seminar.html", "solution.ipynb")
    }
    assert names == wanted - {"ru/02_single_database_slides.html"} | {"en/index.html", "ru/index.html"}
    solved = read_notebook(tmp_path / "en" / "00_start_solution.ipynb")
    assert solved.metadata["crm_toolkit"]["edition"] == "solution"
    assert not any("= ..." in cell.source for cell in solved.cells)
    index = (tmp_path / "ru" / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{name[3:]}"' in index for name in names if name.startswith("ru/0"))


@pytest.mark.parametrize("given", ["notebooks", "exercises/en/x"])
def test_solutions_never_go_where_students_look(given, small_course):
    with pytest.raises(InputError, match="Students get the folder"):
        instructor.build_instructor(small_course / given, root=small_course)


def test_the_folder_is_kept_out_of_the_repository():
    assert f"/{instructor.FOLDER}/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_lesson_that_does_not_exist_is_named(tmp_path, small_course):
    with pytest.raises(InputError, match=r"00_strt"):
        instructor.build_instructor(tmp_path, only=["00_strt"], root=small_course)


@pytest.mark.slow
def test_a_solved_workbook_shows_right_verdicts_only(tmp_path):
    assert instructor.build_instructor(tmp_path, only=["04_ranking"], told=lambda line: None) == {}
    for code in ("en", "ru"):
        solved = read_notebook(tmp_path / code / "04_ranking_solution.ipynb")
        checks = [cell for cell in solved.cells if cell.cell_type == "code" and ".check(" in cell.source]
        verdicts = [output["data"]["text/plain"] for cell in checks for output in cell.outputs]
        assert len(verdicts) == len(checks) >= 7
        assert all(verdict.startswith("✓") for verdict in verdicts)
        page = (tmp_path / code / "04_ranking_slides.html").read_text(encoding="utf-8")
        assert max(int(width) for width in re.findall(r'<img[^>]+ width="(\d+)"', page)) > 900
