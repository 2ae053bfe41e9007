"""The canvas keeps what is typed, works it out at once, saves one file, and exports what its author allows."""

import datetime as dt
import html
import re
import zipfile

import pytest

from crm_toolkit.exercises.my_case import About, MyCase, load_case, redacted, save_case
from crm_toolkit.exercises.my_case.case import STEPS
from crm_toolkit.texts import language
from crm_toolkit.widgets.case_canvas import case_report, my_case
from tests.exercises.test_my_case import SECRET, full_case, laptop_case

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One canvas for tests that only fill it; building all fields takes a while."""
    return my_case(tmp_path_factory.mktemp("case") / "my_case.json")


@pytest.fixture
def book(shared, tmp_path):
    """The canvas, empty, with a file of its own."""
    shared._path.value = str(tmp_path / "my_case.json")
    shared._take(MyCase(), None)
    shared.choose(1)
    yield shared
    shared._take(MyCase(), None)


def test_what_is_typed_becomes_the_case_and_survives_save_and_open(book, tmp_path):
    book.form.show(full_case())
    book.save()
    assert load_case(tmp_path / "my_case.json") == full_case() == book.case
    assert not book.unsaved
    book.form.about.entries["purchase"].control.value = "something else"
    assert book.unsaved
    book.open()
    assert "again" in book._said.value  # unsaved words are given up only when asked twice
    assert book.case.about.purchase == "something else"
    book.open()
    assert book.case == full_case()


def test_a_new_canvas_can_be_saved_at_once(tmp_path):
    book = my_case(tmp_path / "new.json")
    assert not book.problems
    book.save()
    assert load_case(tmp_path / "new.json") == MyCase()


def test_fields_are_the_same_widgets_after_everything_was_redrawn(book):
    entry = book.form.about.entries["setting"].control
    first = book.form.alternatives.rows[0].entries["name"].control
    entry.value = "typed, and not finished"
    for step in STEPS:
        book.choose(step)
    first.value = "North"
    book.form.alternatives.add()
    assert book.form.about.entries["setting"].control is entry
    assert book.form.alternatives.rows[0].entries["name"].control is first
    assert (entry.value, first.value) == ("typed, and not finished", "North")
    assert not any(getattr(one, "continuous_update", False) for one in widgets_of(book.box) if hasattr(one, "rows"))


def widgets_of(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widgets_of(child)


def test_the_keyboard_keeps_its_place_at_the_first_and_last_step_and_in_a_new_row(book, press, held):
    press(book.box, "Next")
    press(book.box, "← Back")
    assert held == [book._next]
    book.choose(max(STEPS) - 1)
    press(book.box, "Next")
    assert held == [book._next, book._back]
    rows = book.form.looks
    rows._more.click()
    assert held[2:] == [next(iter(rows.rows[-1].entries.values())).control]


def test_what_cannot_be_used_is_told_at_its_field_and_is_not_saved_away(book, tmp_path):
    field = book.form.need.entries["desired"]
    field.control.value = "much"
    assert "much" in field.note.value
    assert book.problems
    book.save()
    assert "not saved" in book._said.value
    assert not (tmp_path / "my_case.json").exists()
    assert field.control.value == "much"
    field.control.value = "80,5"
    assert (book.case.need.desired, book.problems) == (80.5, ())


def test_evidence_beside_a_reason_why_there_is_none_is_a_contradiction(book):
    form = book.form.influences["family"]
    form.entries["evidence"].control.value = "My sister paid."
    form.entries["not_manifest"].control.value = "It did not."
    assert book.problems
    assert "crm-problem" in form.entries["not_manifest"].note.value
    form.entries["not_manifest"].control.value = ""
    assert book.case.canvas.filled == ("family",)
    assert "family and household</text>" in book._diagram.value


def test_rules_run_on_the_table_and_pairs_are_asked_and_answered(book):
    book.form.show(laptop_case())
    book.choose(6)
    assert "is picked alone by: Compensatory (weighted)" in book._follows.value
    book.choose(5)
    pair = book.worked.question
    book.form.first.click()
    assert [(one.taken, one.left) for one in book.case.preferences] == [pair]
    assert book.worked.comparison is not None
    book.form.forget.click()
    assert book.case.preferences == ()


def test_a_situation_is_toggled_and_the_choice_moves(book):
    book.form.show(laptop_case())
    book.choose(7)
    row = book.form.situations.rows[0].entries
    for name, value in {"name": "for a journey", "kind": "task", "criterion": "weight", "factor": "3"}.items():
        row[name].control.value = value
    assert book.worked.moved_choices == {}
    row["on"].control.value = True
    assert book.worked.moved_choices["weighted"].chosen == ("Compaq",)
    assert "for a journey" in book._follows.value
    assert "for a journey" in book._diagram.value


def test_a_damaged_file_is_told_rescued_and_left_alone(book, tmp_path):
    place = save_case(full_case(), tmp_path / "my_case.json")
    place.write_text(place.read_text(encoding="utf-8").replace('"actual": 45', '"actual": 4500'), encoding="utf-8")
    before = place.read_bytes()
    book.open()
    assert "4500" in book._said.value
    assert book._rescue.layout.display is None
    book.save()
    assert place.read_bytes() == before
    book.rescue()
    assert book.case.need.desired == 80
    book.save()
    assert place.read_bytes() == before
    assert load_case(tmp_path / "my_case-2.json").about == full_case().about


def test_the_report_withholds_what_is_ticked_and_never_overwrites(book, tmp_path):
    book.form.show(full_case())
    book.choose(10)
    assert all(tick.value for tick in book._hide.values())
    book.export()
    first = tmp_path / "my_case-report.html"
    assert SECRET not in first.read_text(encoding="utf-8")
    for tick in book._hide.values():
        tick.value = False
    book.export()
    second = (tmp_path / "my_case-report-2.html").read_text(encoding="utf-8")
    assert SECRET in second
    assert SECRET not in first.read_text(encoding="utf-8")


def test_what_is_withheld_makes_no_open_point():
    bare = redacted(full_case())
    assert any("no day" in one for one in case_report(bare).findings)
    told = " ".join(case_report(bare, withheld=("words", "names", "days")).findings)
    assert not re.search("no day|Evidence without a date|hardly evidence|same words", told)
    assert "constructs without an answer" in told


def test_privacy_sets_what_is_withheld(book):
    book.form.about.entries["privacy"].control.value = "share"
    assert not any(tick.value for tick in book._hide.values())
    book.form.about.entries["privacy"].control.value = "local"
    assert all(tick.value for tick in book._hide.values())


@pytest.mark.parametrize("code", ["en", "ru"])
def test_hostile_words_are_text_everywhere(code):
    with language(code):
        case = full_case()
        hostile = MyCase(**{**case.__dict__, "about": About(HOSTILE, dt.date(2024, 1, 1), HOSTILE)})
        page = case_report(hostile).html
    assert "<script" not in page
    assert "<img" not in page
    assert html.escape(HOSTILE) in page


def test_the_russian_report_has_no_english_sentence_of_ours():
    with language("ru"):
        page = case_report(full_case()).html
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).replace(SECRET, "")
    own = {"words", "One", "Two", "Three", "Ltd", "price", "trainer", "lessons"}
    assert set(re.findall("[A-Za-z]{3,}", words)) <= own


def test_a_document_holds_the_same_words():
    pytest.importorskip("docx", reason="needs the optional package python-docx")
    import io

    with zipfile.ZipFile(io.BytesIO(case_report(full_case()).docx)) as packed:
        text = packed.read("word/document.xml").decode("utf-8")
    assert SECRET in text


def test_without_the_package_a_document_is_refused_with_one_command(book, monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    book._format.value = "docx"
    book.export()
    assert "crm-toolkit[documents]" in book._said.value
    assert list(tmp_path.iterdir()) == []
    book._format.value = "html"


def test_the_static_copy_says_how_far_it_is(monkeypatch, tmp_path):
    place = save_case(full_case(), tmp_path / "my_case.json")
    monkeypatch.setenv("CRM_STATIC", "1")
    shown = my_case(place)._repr_mimebundle_()
    assert "steps are complete" in shown["text/markdown"]
    assert "<svg" in shown["text/html"]
    assert my_case(tmp_path / "none.json").case == MyCase()
