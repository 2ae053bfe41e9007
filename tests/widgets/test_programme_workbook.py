"""The workbook on a real programme keeps what is typed, tells what follows at once, and exports report and card."""

import html
from dataclasses import replace

import pytest

from crm_toolkit.exercises import real_programme as room
from crm_toolkit.exercises.self_grade import Grade
from crm_toolkit.firm.loyalty import ProgrammeForm
from crm_toolkit.texts import language
from crm_toolkit.widgets import programme_card, real_programme, real_programme_report
from tests.exercises.test_real_programme import WORK

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FULL = replace(WORK, grades=(Grade("form", 2, "Facts and assumptions stand apart."),))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One page for tests that only fill it; building all fields takes a while."""
    return real_programme(tmp_path_factory.mktemp("work") / "p.json")


@pytest.fixture
def book(shared, tmp_path):
    """The page, empty, with a file of its own."""
    shared._file.path.value = str(tmp_path / "p.json")
    shared._file.put(room.ProgrammeWork(), None)
    shared.choose(1)
    return shared


def test_what_is_shown_is_collected_word_for_word_and_survives_the_file(book, tmp_path):
    book._take(FULL)
    assert book.work == FULL
    book.save()
    assert room.load_programme_work(tmp_path / "p.json") == FULL
    assert not book.unsaved


def test_fields_of_parts_that_were_never_opened_are_kept(book):
    book._take(FULL)
    assert "life.validity" not in book.form.fields.rows
    assert book.work == FULL
    book.form.fields.open("life")
    assert book.form.fields.rows["life.validity"].part.entries["value"].control.value == "days"
    assert book.work == FULL


def test_a_field_that_does_not_fit_is_told_beside_it_and_at_the_rules(book):
    rows = book.form.fields.rows
    rows["earning.per_unit"].part.entries["value"].control.value = "five percent"
    assert "is no number" in rows["earning.per_unit"].part.entries["value"].note.value
    book.choose(2)
    assert "Points for one currency unit: “five percent” is no number" in book._follows.value
    assert book.tabs[2].description == "2. Rules 0/2"


def test_what_is_open_in_a_part_is_marked_as_not_stated_at_once(book):
    book.form.fields.open("returns")
    book.form.fields.rows["returns.spent"].part.entries["value"].control.value = "debt"
    book.form.fields.mark_rest()
    assert book.work.stated["returns.redeemed"].not_stated
    assert not book.work.stated["returns.spent"].not_stated
    assert book.form.fields.tabs["returns"].description == "Returns 2/2"


def test_every_step_tells_what_follows_from_it(book):
    book._take(FULL)
    shown = {}
    for step in room.STEPS:
        book.choose(step)
        shown[step] = html.unescape(book._follows.value)
    assert "500 points give a reward" in shown[2]
    assert "used 500 points" in shown[3]
    assert "own assumption" in shown[4]
    assert "assumption of the course" in shown[4]
    assert "The programme pays from a lift of 4.6%" in shown[4]
    assert "1,006 treated" in shown[5]
    book.choose(3)
    assert "<img" in book._picture.value
    book.choose(4)
    assert book._picture.value == ""


def test_the_report_and_the_card_stand_beside_the_file(book, tmp_path):
    book._take(FULL)
    book.choose(7)
    book.export()
    text = (tmp_path / "p-report.html").read_text(encoding="utf-8")
    assert "rules on paper, page 1" in text
    assert "Facts and assumptions stand apart." in text
    book._card("card.toml", programme_card)
    form = ProgrammeForm.from_toml((tmp_path / "p-card.toml").read_text(encoding="utf-8"))
    assert form == room.work_out_programme(FULL).form


def test_a_card_that_can_t_be_written_says_why(book, tmp_path):
    book._card("card.toml", programme_card)
    assert "The organisation is not named" in book._file.said.value
    assert not (tmp_path / "p-card.toml").exists()


def test_words_of_the_author_stay_words():
    hostile = replace(FULL, about=room.About(HOSTILE, HOSTILE, HOSTILE, HOSTILE), member=room.SampleMember(HOSTILE),
                      fields=(replace(FULL.fields[0], other=HOSTILE), *FULL.fields[1:]))  # fmt: skip
    made = real_programme_report(hostile).html
    assert "<script>" not in made
    assert "<img src=x" not in made


def test_the_static_copy_needs_no_widgets(monkeypatch, tmp_path):
    monkeypatch.setenv("CRM_STATIC", "1")
    place = room.save_programme_work(FULL, tmp_path / "p.json")
    with language("ru"):
        shown = real_programme(place)._repr_mimebundle_()
    assert "Программа настоящей организации" in shown["text/html"]
    assert "Описание" in shown["text/markdown"]
