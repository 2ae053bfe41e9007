"""The workbook of a dossier keeps what is typed, draws the funnel, and exports a report without losing words."""

import html
from dataclasses import replace

import pytest

from crm_toolkit.exercises import organisation_dossier as room
from crm_toolkit.exercises.self_grade import Grade
from crm_toolkit.texts import language
from crm_toolkit.widgets import dossier_report, organisation_dossier
from crm_toolkit.widgets.dossier_workbook.drawing import funnel_drawing
from tests.exercises.test_organisation_dossier import WORK

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FULL = replace(WORK, grades=(Grade("measures", 2, "step 5"), Grade("of_another_course", 1, "kept")))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One page for tests that only fill it; building all fields takes a while."""
    return organisation_dossier(tmp_path_factory.mktemp("work") / "d.json")


@pytest.fixture
def book(shared, tmp_path):
    """The page, empty, with a file of its own."""
    shared._file.path.value = str(tmp_path / "d.json")
    shared._file.put(room.Dossier(), None)
    shared.choose(1)
    return shared


def test_what_is_shown_is_collected_word_for_word_and_survives_the_file(book, tmp_path):
    book._take(FULL)
    assert book.work == FULL
    book.save()
    assert room.load_dossier(tmp_path / "d.json") == FULL


def test_typing_works_out_shares_and_offers_sources_and_steps(book):
    book.form.sources.rows[0].entries["what"].control.value = "journal"
    fact = book.form.facts.rows[0].entries
    fact["words"].control.value = "Two mechanics."
    assert ("[1] journal", 1) in fact["source"].control.options
    fact["source"].control.value = 1
    assert book.work.facts == (room.Fact("Two mechanics.", 1),)
    book.choose(5)
    for row, (name, count) in zip(book.form.funnel.rows, (("calls", "400"), ("orders", "120")), strict=False):
        row.entries["name"].control.value = name
        row.entries["count"].control.value = count
    assert "30.0% (from 25.7% to 34.7%)" in book._follows.value
    assert "<svg" in book._picture.value
    assert ("2. orders", 2) in book.form.diagnosis.entries["step"].control.options


def test_every_step_tells_what_follows_from_it_in_both_languages(book):
    book._take(FULL)
    shown = {}
    for step in room.STEPS:
        book.choose(step)
        shown[step] = html.unescape(book._follows.value)
    assert "120 of 400: 30.0% (from 25.7% to 34.7%)" in shown[2]
    assert "12 (from 5 to 30)" in shown[3]
    assert "The largest share is lost on the way to “second orders”: 75.0%" in shown[5]
    assert "⚠ nobody answers" in shown[6]
    assert "1,251 treated" in shown[7]
    with language("ru"):
        text = dossier_report(FULL).html
    assert "Карта-схема услуги" in text
    assert "30,0\u00a0% (от 25,7\u00a0% до 34,7\u00a0%)" in text


def test_the_report_stands_beside_the_file_and_holds_the_funnel(book, tmp_path):
    book._take(FULL)
    book.choose(9)
    book.export()
    text = (tmp_path / "d-report.html").read_text(encoding="utf-8")
    assert "<svg" in text
    assert text.count("nobody answers") == 4  # the blueprint stands there once
    assert "journal of orders" in text


def test_the_funnel_marks_the_widest_loss_by_a_sign_and_in_words():
    drawn = funnel_drawing(room.work_out_dossier(WORK))
    assert drawn.svg.count("<rect") == 4
    assert [line.startswith("3. second orders: 30; ▼") for line in drawn.lines] == [False, False, True, False]
    assert funnel_drawing(room.work_out_dossier(room.Dossier())).svg == ""


def test_words_of_the_author_stay_words():
    hostile = replace(WORK, organisation=room.Organisation(HOSTILE, HOSTILE, HOSTILE),
                      funnel=(replace(WORK.funnel[0], name=HOSTILE), *WORK.funnel[1:]))  # fmt: skip
    made = dossier_report(hostile).html
    assert "<script>" not in made
    assert "<img" not in made


def test_the_static_copy_needs_no_widgets(monkeypatch, tmp_path):
    monkeypatch.setenv("CRM_STATIC", "1")
    place = room.save_dossier(WORK, tmp_path / "d.json")
    with language("ru"):
        shown = organisation_dossier(place)._repr_mimebundle_()
    assert "Досье организации" in shown["text/html"]
    assert "<svg" in shown["text/html"]
