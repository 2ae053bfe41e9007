"""The boxes of a lesson: answer, quiz, prediction and rubric do with buttons what their functions do in code."""

import asyncio
import re
import subprocess
import sys

import pandas as pd
import pytest

ipywidgets = pytest.importorskip("ipywidgets")

from crm_toolkit import widgets  # noqa: E402
from crm_toolkit.errors import InputError, MissingExtraError  # noqa: E402
from crm_toolkit.exercises import bank, exercise  # noqa: E402
from crm_toolkit.texts import language  # noqa: E402
from crm_toolkit.widgets import pieces  # noqa: E402

WIDGET = "application/vnd.jupyter.widget-view+json"
MAKERS = {
    "answer, a number": lambda: widgets.answer(exercise("retention_rate", student="A-1")),
    "answer, a table": lambda: widgets.answer(exercise("rfm_by_hand", student="A-1")),
    "quiz": lambda: widgets.quiz("ranking"),
    "predict, a number": lambda: widgets.predict("top_fifth"),
    "predict, a choice": lambda: widgets.predict("Up or down?", kind="choice", choices=("up", "down")),
    "rubric": lambda: widgets.rubric("insight_card"),
}
every_widget = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def controls(box, kind):
    """All controls of a kind inside a box, in order."""
    found = [box] if isinstance(box, kind) else []
    for child in getattr(box, "children", ()):
        found += controls(child, kind)
    return found


def html(box):
    return " ".join(control.value for control in controls(box, ipywidgets.HTML))


def press(field):
    """Enter in a text field, as the browser reports it."""
    field._msg_callbacks(field, {"event": "submit"}, [])


def test_enter_waits_for_the_text_that_the_browser_sends_after_it():
    calls = []

    async def typed(then):
        field = ipywidgets.Text(value="1")
        pieces.on_enter(field, lambda: calls.append(field.value), wait=0.05)
        press(field)
        if then is not None:
            assert calls == []
            field.value = then
            field.value = "typed later, without Enter"
        for _ in range(100):
            await asyncio.sleep(0.1)
            if calls:
                break

    for then, found in (("12", ["12"]), (None, ["1"])):
        calls.clear()
        asyncio.run(typed(then))
        assert calls == found


@every_widget
def test_a_notebook_shows_controls(make):
    assert WIDGET in make()._repr_mimebundle_()


@every_widget
def test_static_copy_is_text_without_controls(make, monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    shown = make()._repr_mimebundle_()
    assert WIDGET not in shown
    assert len(shown["text/html"]) > 10
    assert shown["text/markdown"]


def test_static_copy_needs_no_widget_library(monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert "Retention rate" in MAKERS["answer, a number"]()._repr_mimebundle_()["text/html"]


@every_widget
def test_a_missing_widget_library_is_one_sentence(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingExtraError, match=r'pip install "crm-toolkit\[course\]"'):
        make()


@every_widget
def test_every_control_has_a_name(make):
    box = make()._box
    for kind in (ipywidgets.Text, ipywidgets.Button):
        for control in controls(box, kind):
            assert control.description.strip()
            assert control.tooltip
    names = [control.description for control in controls(box, ipywidgets.Text)]
    assert len(set(names)) == len(names)
    for radios in controls(box, ipywidgets.RadioButtons):
        assert all(str(label).strip() for label in radios._options_labels)
        assert radios.index is None


@every_widget
def test_words_follow_the_language(make):
    with language("ru"):
        box = make()._box
    labels = [control.description for control in controls(box, ipywidgets.Button)]
    assert all(re.search("[а-яё]", label, re.IGNORECASE) for label in labels)
    for radios in controls(box, ipywidgets.RadioButtons):
        if "up" not in radios._options_labels:
            assert all(re.search("[а-яё]", label, re.IGNORECASE) for label in radios._options_labels)


def test_answer_checks_by_button_and_by_enter():
    own = exercise("retention_rate", student="A-1")
    box = widgets.answer(own)
    (field,) = controls(box._box, ipywidgets.Text)
    check, _ = controls(box._box, ipywidgets.Button)
    check.click()
    assert (box.verdict.status, box.attempts) == ("not_attempted", [])
    field.value = f"{100 * own.expected:.1f} %".replace(".", ",")
    press(field)
    assert box.verdict.right
    assert 'role="alert"' in html(box._box)
    assert "✓ Right." in html(box._box)
    field.value = str(1 - own.expected)
    check.click()
    assert box.attempts == ["RIGHT", "CHURN"]
    assert "Attempt 2" in html(box._box)


def test_hints_open_one_by_one_and_are_counted():
    own = exercise("retention_rate", student="A-1")
    box = widgets.answer(own)
    _, hint = controls(box._box, ipywidgets.Button)
    assert hint.description == "Hint (0 of 3)"
    for used in (1, 2, 3):
        assert not hint.disabled
        hint.click()
        assert (box.hints_used, hint.description) == (used, f"Hint ({used} of 3)")
        assert f"Hint {used}." in html(box._box)
        assert f"Hint {used + 1}." not in html(box._box)
    assert hint.disabled
    assert box.hint() == own.hint(3)


@pytest.mark.parametrize("make", ["answer", "practice"])
def test_the_keyboard_goes_on_at_the_check_when_the_last_hint_is_shown(make, held):
    box = {
        "answer": lambda: widgets.answer(exercise("retention_rate", student="A-1")),
        "practice": lambda: widgets.practice(exercise("definition_workbench", student="A-1"), {}),
    }[make]()
    check, hint = controls(box._box, ipywidgets.Button)[:2]
    for shown in range(1, 4):
        assert held == []
        hint.click()
        assert box.hints_used == shown
    assert held == [check]


def test_a_table_is_answered_customer_by_customer():
    own = exercise("rfm_by_hand", student="A-1")
    box = widgets.answer(own)
    fields = controls(box._box, ipywidgets.Text)
    assert len(fields) == len(own.customers) * len(own.columns)
    named = {field.description: field for field in fields}
    for column, cells in own.case.right.items():
        for customer, value in cells.items():
            named[f"{customer}, {column}"].value = f"{value:.2f}".replace(".", ",")
    press(fields[0])
    assert box.verdict.right
    fields[0].value = ""
    assert box.check().code == "INCOMPLETE"


def test_an_answer_may_come_from_code():
    own = exercise("rfm_by_hand", student="A-1")
    box = widgets.answer(own)
    assert box.check(own.expected).right
    assert "✓" in html(box._box)


def test_an_exercise_keeps_its_own_language_in_the_box():
    box = widgets.answer(exercise("retention_rate", student="A-1", language="ru"))
    assert controls(box._box, ipywidgets.Button)[0].description == "Проверить"
    assert box.hint() == box.exercise.hint(1)
    assert "Подсказка 1." in html(box._box)


def test_every_choice_of_a_quiz_answers_with_its_diagnosis():
    for quiz_id, declared in bank.every_quiz().items():
        box = widgets.quiz(quiz_id)
        radios, checks = controls(box._box, ipywidgets.RadioButtons), controls(box._box, ipywidgets.Button)
        for item, radio, check in zip(declared.items, radios, checks, strict=True):
            check.click()
            assert "Choose one of the answers first." in box._answers[item.id].value
            for place, choice in enumerate(item.choices):
                radio.index = place
                check.click()
                said = box._answers[item.id].value
                assert pieces.escape(choice.diagnosis, quote=False) in said
                assert ("✓ Right." in said) == choice.right
                assert ("✗ Not yet." in said) != choice.right


def test_only_the_first_check_counts_in_a_quiz():
    box = widgets.quiz("ranking")
    items = box.quiz.items
    for item in items:
        right = next(place for place, choice in enumerate(item.choices) if choice.right)
        if item is not items[0]:
            assert "right at the first try" not in html(box._box)
        box.check(item.id, right if item is not items[-1] else (right + 1) % 4)
        box.check(item.id, right)
    assert box.right_at_first == len(items) - 1
    assert "5 of 6 were right at the first try." in html(box._box)


def test_unknown_quiz_is_refused_with_the_near_miss():
    with pytest.raises(InputError, match="Did you mean “ranking”"):
        widgets.quiz("rankin")


@pytest.mark.parametrize(
    ("written", "value"),
    [("40", 40), ("40%", 40), ("40,5 %", 40.5), ("0", 0), ("0.4%", 0.4), ("100", 100), (40, 40)],
)
def test_a_committed_guess_is_locked(written, value):
    guess = widgets.predict("top_fifth")
    (field,), (commit,) = controls(guess._box, ipywidgets.Text), controls(guess._box, ipywidgets.Button)
    assert not guess.locked
    if isinstance(written, str):
        field.value = written
        commit.click()
    else:
        guess.commit(written)
    assert guess.locked
    assert guess.value == pytest.approx(value)
    assert not field.disabled  # what has the keyboard's focus must not vanish under it
    assert not commit.disabled
    field.value = "98"
    commit.click()
    guess.commit("99")
    assert guess.value == pytest.approx(value)
    assert field.value == str(written)


@pytest.mark.parametrize("written", ["", "many", "-1", "101", "0.4", None, "nan", "1e999"])
def test_what_is_no_guess_is_not_committed(written):
    guess = widgets.predict("top_fifth")
    assert len(guess.commit(written)) > 5
    assert not guess.locked
    assert guess.value is None


def test_enter_commits_a_guess():
    guess = widgets.predict("How many?")
    (field,) = controls(guess._box, ipywidgets.Text)
    field.value = "1 200"
    press(field)
    assert guess.value == 1200
    assert str(guess.reveal(1500)) == "Your guess: 1,200. Truth: 1,500. Difference: 300."


def test_guess_and_truth_stand_side_by_side():
    guess = widgets.predict("top_fifth")
    guess.commit("40")
    shown = guess.reveal(57.25)._repr_html_()
    assert "width: 40.0%" in shown
    assert "width: 57.2%" in shown
    assert "40.0%" in shown
    assert "Difference: 17.2 percentage points." in shown
    with language("ru"):
        guess = widgets.predict("top_fifth")
    guess.commit("40")
    assert str(guess.reveal(57.25)).startswith("Ваша догадка: 40,0\N{NO-BREAK SPACE}%.")


def test_truth_without_a_guess_says_so():
    guess = widgets.predict("top_fifth")
    assert str(guess.reveal(57.0)) == "No guess was committed. Truth: 57.0%."
    assert "Your guess" not in guess.reveal(57.0)._repr_html_()


def test_a_choice_is_a_prediction_too():
    guess = widgets.predict("Up or down?", kind="choice", choices=("up", "down"))
    (radios,), (commit,) = controls(guess._box, ipywidgets.RadioButtons), controls(guess._box, ipywidgets.Button)
    commit.click()
    assert not guess.locked
    radios.value = "down"
    commit.click()
    assert guess.value == "down"
    assert "They differ: why?" in str(guess.reveal("up"))
    assert "They agree." in guess.reveal("down")._repr_html_()


def test_a_rubric_shows_every_level_and_the_next_step():
    sheet = widgets.rubric("insight_card")
    radios = controls(sheet._box, ipywidgets.RadioButtons)
    assert len(radios) == 6
    assert all(len(one.options) == 4 for one in radios)
    for place, one in enumerate(radios):
        one.value = 1 if place == 2 else 3
    assert sheet.grades == {"claim": 3, "evidence": 3, "limits": 1, "decision": 3, "review": 3, "form": 3}
    assert "Together 16 of 18." in html(sheet._box)
    assert "Next step, Limits: At least one way" in html(sheet._box)
    radios[2].value = 3
    assert "Next step" not in html(sheet._box)


def test_samples_of_a_rubric_are_folded_away_and_stand_in_the_static_copy(monkeypatch):
    shown = html(widgets.rubric("my_case")._box)
    assert shown.count("<details") == 6
    assert "<summary>Sample paragraphs (written for this course; of no student)</summary>" in shown
    assert "<details" not in html(widgets.rubric("insight_card")._box)
    monkeypatch.setenv("CRM_STATIC", "1")
    copy = widgets.rubric("my_case")._repr_mimebundle_()
    assert copy["text/html"].count("<details") == 1
    assert "4.20, 3.85 and 3.65" in copy["text/html"]
    assert "4.20, 3.85 and 3.65" in copy["text/markdown"]


def test_grades_outside_the_rubric_are_refused():
    with pytest.raises(ValueError, match="no criterion"):
        widgets.rubric("insight_card").grade("beauty", 2)
    with pytest.raises(ValueError, match="level 4"):
        widgets.rubric("insight_card").grade("claim", 4)


def test_own_markdown_becomes_safe_html():
    assert pieces.html_of("a <b> & **c** *d* `e<f`") == (
        "<p>a &lt;b&gt; &amp; <strong>c</strong> <em>d</em> <code>e&lt;f</code></p>"
    )
    assert pieces.html_of("- a\n- b") == "<ul><li>a</li><li>b</li></ul>"
    assert pieces.html_of("### T\n\nx · y = 2 * 3 * 4") == "<p><strong>T</strong></p><p>x · y = 2 * 3 * 4</p>"
    assert "<td>2</td>" in pieces.html_of("| a | b |\n|---|---|\n| 1 | 2 |")


def test_exercises_load_no_widgets():
    code = (
        "import sys; from crm_toolkit.exercises import exercise; exercise('retention_rate', student='A').check(1); "
        "print([name for name in sys.modules if name.startswith(('ipywidgets', 'IPython', 'crm_toolkit.widgets'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_choice_of_a_rubric_shows_the_signs_of_markdown():
    for name in ("insight_card", "data_map", "department_view", "my_case", "article"):
        sheet = widgets.rubric(name)
        choices = controls(sheet._box, ipywidgets.RadioButtons)
        assert choices
        assert not [text for one in choices for text, _ in one.options if "`" in text or "**" in text]


def test_a_cell_without_a_value_is_a_dash():
    columns = {"a": pd.array([1, None], dtype="Int64"), "b": [None, 2.5], "c": [None, "x"], "d": ["2025-01-01", None]}
    frame = pd.DataFrame(columns).assign(d=lambda frame: pd.to_datetime(frame["d"]))
    shown = pieces.table_html("t", frame)
    assert not re.search("NA|NaN|None|NaT", shown)
    assert shown.count("<td>–</td>") == 4


def test_names_of_rows_and_columns_are_not_cut_in_a_table_of_answers():
    own = exercise("leakage_spotted", student="demo-01")
    _, fields, *_ = widgets.answer(own)._box.children
    for row in fields.children:
        for cell in row.children:
            text = re.sub("<[^>]+>", "", getattr(cell, "value", "")) or own.columns[0]
            assert float(cell.layout.width.removesuffix("em")) >= 0.62 * len(text), text
            assert cell.layout.flex == "0 0 auto", "it must not be squeezed"


def test_a_wide_table_of_a_task_scrolls_by_itself_and_leaves_the_words_in_sight():
    shown = pieces.table_html("shares", pd.DataFrame([range(40)], columns=[f"column_{n}" for n in range(40)]))
    (style,) = re.findall(r'role="group"[^>]*style="([^"]*)"', shown)
    assert {"overflow: auto", "width: 0", "min-width: 100%"} <= set(style.rstrip(";").split("; "))
