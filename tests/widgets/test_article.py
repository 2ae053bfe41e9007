"""The workshop keeps what is typed, lights its lamps and draws the map at once; the key waits for the reader."""

import html
import re

import pytest

from crm_toolkit.exercises.article import (
    STEPS,
    ArticleWork,
    Claim,
    EvidenceLink,
    Link,
    load_article,
    practice_text,
    save_article,
)
from crm_toolkit.texts import language
from crm_toolkit.widgets import argument_map, article_report, article_workshop, practice_article
from crm_toolkit.widgets.article.told import bank_table
from tests.exercises.test_article import TEN

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One workshop for tests that only fill it; building all fields takes a while."""
    return article_workshop(tmp_path_factory.mktemp("work") / "article.json")


@pytest.fixture
def book(shared, tmp_path):
    """The workshop, empty, with a file of its own."""
    shared._file.path.value = str(tmp_path / "article.json")
    shared._file.put(ArticleWork(), None)
    shared.choose(1)
    return shared


def test_what_is_shown_is_collected_word_for_word_and_survives_the_file(book, tmp_path):
    book._take(TEN)
    assert book.work == TEN
    assert book.unsaved
    book.save()
    assert load_article(tmp_path / "article.json") == TEN
    assert not book.unsaved
    book.form.position.entries["stand"].control.value = "something else"
    book.open()
    assert "again" in book._file.said.value  # unsaved words are given up only when asked twice
    book.open()
    assert book.work == TEN


def test_typing_lights_the_lamps_and_the_map_at_once(book):
    book.choose(2)
    claim = book.form.claims.rows[0].entries
    claim["words"].control.value = "Waiting drives guests away."
    claim["type"].control.value = "empirical"
    assert "without support" in "".join(argument_map(book.work).lines)
    assert "Waiting drives guests" in book._picture.value
    assert book.review.lamps.unsupported == (1,)
    row = book.form.evidence.rows[0].entries
    assert (f"1. {book.work.claims[0].words}", 1) in row["claim"].control.options
    for name, value in (("claim", 1), ("stance", "against"), ("entry", "dong_2011")):
        row[name].control.value = value
    book.choose(5)
    assert "evidence against it only" in book._follows.value
    assert book.tabs[2].description == "2. Claims 0/5"


def test_what_can_t_be_used_is_told_beside_its_field_and_not_saved(book, tmp_path):
    book.form.reference.entries["year"].control.value = "about 2008"
    assert "is no number" in book.form.reference.entries["year"].note.value
    book.save()
    assert "not saved" in book._file.said.value
    assert not (tmp_path / "article.json").exists()
    book.form.reference.entries["year"].control.value = "2008"
    assert book.work.reference.year == 2008


def test_a_damaged_file_is_offered_for_rescue_and_stays(book, tmp_path):
    place = save_article(TEN, tmp_path / "article.json")
    place.write_text(place.read_text(encoding="utf-8").replace('"supports"', '"suports"', 1), encoding="utf-8")
    before = place.read_bytes()
    book.open()
    assert "did you mean `supports`" in book._file.said.value
    assert book._file.rescue_button.layout.display is None
    book._file.rescue()
    assert book.work.claims == TEN.claims
    assert book._file.path.value.endswith("article-2.json")
    assert place.read_bytes() == before


def test_every_step_shows_its_fields_and_the_last_one_exports(book, tmp_path):
    book._take(TEN)
    for step, label in STEPS.items():
        book.choose(step)
        assert label in book._intro.value
    book.export()
    made = tmp_path / "article-report.html"
    text = made.read_text(encoding="utf-8")
    assert all(html.escape(one.words) in text for one in TEN.claims)
    assert "script" not in text.split("<body>")[0].replace("Content-Security-Policy", "")
    book.export()
    assert (tmp_path / "article-report-2.html").exists()


def test_words_of_the_author_stay_words_everywhere():
    work = ArticleWork(claims=(Claim(HOSTILE, page=1, type="empirical", support=HOSTILE),),
                       evidence=(EvidenceLink(1, "for", "own", HOSTILE, HOSTILE),))  # fmt: skip
    for made in (article_report(work).html, argument_map(work).html):
        assert "<script>" not in made
        assert "<img" not in made
        assert "&lt;script&gt;" in made


def test_the_map_draws_every_link_and_tells_it_in_words():
    drawn = argument_map(TEN)
    assert drawn.svg.count('marker-end="url(#crm-supports)"') == 3
    assert drawn.svg.count('marker-end="url(#crm-assumes)"') == 1
    assert drawn.lines[4].endswith("Supported by: 3. Assumes: 1.")
    places = {
        int(number): float(y) for y, number in re.findall(r'y="([\d.]+)"[^>]*font-weight="700">(\d+)\. ', drawn.svg)
    }
    assert places[5] < places[3] < places[2]  # what supports stands below
    assert places[5] < places[1]  # and so does what is assumed


def test_a_circle_and_many_claims_are_drawn_without_overlap():
    claims = tuple(Claim(f"Claim number {number}, long enough to be wrapped over lines.") for number in range(1, 31))
    links = tuple(Link(number, "supports", number % 30 + 1) for number in range(1, 31))
    drawn = argument_map(ArticleWork(claims=claims, links=links))
    boxes = [
        tuple(map(float, found)) for found in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="256"', drawn.svg)
    ]
    assert len(set(boxes)) == 30
    for place, (x, y) in enumerate(boxes):
        assert not any(abs(x - a) < 256 and abs(y - b) < 84 for a, b in boxes[place + 1 :])


def test_a_tacit_claim_is_called_so_in_the_map_and_in_the_report():
    work = ArticleWork(claims=(Claim("Days are alike.", type="empirical", tacit=True),))
    assert "(empirical claim, tacit; without support)" in argument_map(work).lines[0]
    assert "◆ empirical · tacit" in argument_map(work).svg
    assert "<td>tacit</td>" in article_report(work).html


def test_an_empty_map_says_so():
    assert argument_map(ArticleWork()).lines == ("No claim is entered yet.",)


def test_the_bank_shows_its_marks_and_what_speaks_against():
    table = bank_table()
    row = next(one for one in table.rows if one[2].startswith("One of the hypotheses"))
    assert row[3] == "from memory, not checked"
    assert "Pérez-Cabañero (2007)" in row[4]
    with language("ru"):
        assert "по памяти, не проверено" in bank_table().html


def test_the_static_copy_needs_no_widgets(monkeypatch, tmp_path):
    monkeypatch.setenv("CRM_STATIC", "1")
    place = save_article(TEN, tmp_path / "article.json")
    book = article_workshop(place)
    assert book.box is None
    assert "<svg" in book._repr_mimebundle_()["text/html"]
    assert not book.unsaved
    with language("ru"):
        empty = article_workshop(tmp_path / "none.json")._repr_mimebundle_()["text/markdown"]
    assert "Мастерская статьи" in empty
    sheet = practice_article("waiting")._repr_mimebundle_()
    assert "[1] By waiting we mean" in sheet["text/markdown"]
    assert practice_text("waiting").claims[0].why["en"] not in str(sheet)


def shown(widget):
    """All HTML of a widget and of those inside it."""
    inner = "".join(shown(child) for child in getattr(widget, "children", ()))
    return (widget.value if hasattr(widget, "placeholder") and isinstance(widget.value, str) else "") + inner


def test_the_key_waits_until_every_claim_has_a_type():
    sheet = practice_article("risk")
    reasons = [html.escape(one.why["en"], quote=False) for one in sheet.text.claims]
    assert not any(reason in shown(sheet.box) for reason in reasons)
    assert "2, 3, 4" in sheet.commit() or sheet.commit()
    assert not sheet.committed
    with pytest.raises(ValueError, match="commit first"):
        sheet.key_table()
    for number, one in enumerate(sheet.text.claims, start=1):
        sheet._entries[2 * number - 2].control.value = one.type
    sheet._entries[3].control.value = sheet.text.claims[1].flaw
    said = sheet.commit()
    assert "10 types of 10 agree with the key; Cohen's κ = 1" in said
    assert all(entry.control.disabled for entry in sheet._entries)
    assert sheet.text.claims[3].why["en"] in [row[4] for row in sheet.key_table().rows]
    sheet.choose(1, "normative")
    assert sheet.types[1] == "definition"


def test_kappa_with_the_key_counts_what_chance_leaves():
    sheet = practice_article("waiting")
    for number in range(1, 11):
        sheet.choose(number, "empirical", "")
    with language("ru"):
        said = sheet.commit()
    assert sheet.kappa() == pytest.approx(0)  # 6 of 10 alike, and as many by chance
    assert "6 types of 10" in said
    planted = sum(bool(one.flaw) for one in sheet.text.claims)
    assert f"Of {planted} planted flaws you marked 0" in said
