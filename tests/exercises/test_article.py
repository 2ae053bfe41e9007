"""The work on an article is kept whole, counted and never judged; practice texts are consistent in both languages."""

import json
import re
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank
from crm_toolkit.exercises.article import (
    ENTRIES,
    FLAWS,
    OWN,
    SEEN,
    SIGNS,
    STATES,
    TOPICS,
    TYPES,
    ArticleWork,
    Claim,
    EvidenceLink,
    Link,
    Method,
    Position,
    Reference,
    Section,
    article_from_json,
    article_to_json,
    entry,
    evidence_bank,
    light,
    load_article,
    practice_text,
    rescue_article,
    review_article,
    save_article,
)
from crm_toolkit.exercises.article.practice import TEXTS
from crm_toolkit.texts import language

TEN = ArticleWork(
    Reference("A practice text", 2024, "Ten minutes", "Course", "1", 1, 4, "practice", None, "Who returns?"),
    (Section("Question", 1, 1), Section("Findings", 3, 3), Section("Conclusions", 4, 4)),
    (
        Claim("By waiting we mean minutes on the bench.", False, 1, "definition", ""),
        Claim("Of those who waited up to ten minutes, 60% returned.", False, 3, "empirical", "A count."),
        Claim("Waiting drives guests away.", False, 3, "empirical", "A trial with two benches."),
        Claim("No guest may wait longer than ten minutes.", True, 4, "normative", ""),
        Claim("In services waiting decides about loyalty.", False, 4, "empirical", "Other services."),
    ),
    (Link(2, "supports", 3), Link(3, "supports", 4), Link(3, "supports", 5), Link(5, "assumes", 1)),
    (
        EvidenceLink(5, "against", "dong_2011", "", "Loyalty has several causes and shapes."),
        EvidenceLink(2, "for", OWN, "Own count at the till", "The same shops."),
    ),
    Method("empirical", "400", "Minutes", "No trial", "Shares", "One owner", "One October"),
    Position("I rely on claim 2.", "A trial by lot.", ""),
)


def codes(work, **options):
    return {one.code for one in review_article(work, **options).findings}


def test_a_work_is_written_and_read_word_for_word(tmp_path):
    place = save_article(TEN, tmp_path / "article.json")
    assert load_article(place) == TEN
    assert json.loads(place.read_text(encoding="utf-8"))["claims"][4]["type"] == "empirical"
    changed = replace(TEN, claims=TEN.claims[:2])
    with pytest.raises(InputError, match="not saved"):
        save_article(changed, place)
    assert load_article(place) == TEN
    save_article(changed, place, replacing=TEN)
    assert load_article(place) == changed


@given(st.text(max_size=40), st.integers(1, 30), st.sampled_from(sorted(TYPES)), st.sampled_from(sorted(ENTRIES)))
@settings(max_examples=15, deadline=None)
def test_whatever_is_typed_survives_the_file(words, number, kind, code):
    work = ArticleWork(claims=(Claim(words, True, number, kind, words),), position=Position(words),
                       evidence=(EvidenceLink(number, "for", code, words, words),))  # fmt: skip
    assert article_from_json(article_to_json(work)) == work


def test_a_damaged_file_tells_all_at_once_and_what_fits_is_taken(tmp_path):
    content = json.loads(article_to_json(TEN))
    content["claims"][1]["type"] = "empirica"
    content["links"][0]["one"] = 99
    del content["method"]["age"]
    place = tmp_path / "article.json"
    place.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match="did you mean `empirical`") as caught:
        load_article(place)
    assert len(caught.value.problems) == 3
    rescued, problems = rescue_article(place)
    assert len(problems) == 3
    assert rescued.claims[1].words == TEN.claims[1].words
    assert rescued.claims[1].type == ""
    assert rescued.position == TEN.position
    case = place.with_name("my_case.json")
    case.write_text('{"layout": "crm_toolkit.my_case", "version": 1}', encoding="utf-8")
    with pytest.raises(InputError, match="of another kind"):
        load_article(case)


def test_every_field_of_the_work_is_declared_and_refuses_what_does_not_fit():
    parts = [ArticleWork, *(item.metadata["cls"] for item in fields(ArticleWork))]
    assert all(is_dataclass(part) for part in parts)
    assert all("kind" in item.metadata for part in parts for item in fields(part))
    with pytest.raises(InputError) as caught:
        Claim(words=3, page=0, type="opinion")
    assert [one.column for one in caught.value.problems] == ["words", "page", "type"]


def test_lamps_tell_support_inside_outside_and_none():
    lamps = light(TEN)
    assert [one.state for one in lamps.claims] == ["term", "for", "inside", "inside", "against"]
    assert [one.lit for one in lamps.claims] == [False, False, True, True, False]
    assert lamps.sections == {"Question": (1,), "Findings": (2, 3), "Conclusions": (4, 5)}
    assert lamps.bare_pages == (2,)
    assert lamps.sources == (entry("dong_2011").source, "Own count at the till")
    bare = replace(TEN, links=())
    assert light(bare).unsupported == (3, 4)
    both = replace(TEN, evidence=(*TEN.evidence, EvidenceLink(5, "for", "keaveney_1995", "", "A reason told.")))
    assert light(both).of(5).state == "contested"
    limits = replace(TEN, evidence=(EvidenceLink(3, "limits", "singh_1990", "", "Other services."),))
    assert light(limits).of(3).state == "limited"
    assert set(SIGNS) == set(STATES)
    assert len(set(SIGNS.values())) == len(SIGNS)


def test_a_link_or_evidence_without_its_claim_counts_for_nothing():
    work = replace(TEN, claims=TEN.claims[:2])
    assert [(one.one, one.other) for one in work.whole_links] == []
    assert [one.claim for one in work.whole_evidence] == [2]
    assert {"lost", "lost_claim"} <= codes(work)


def test_a_full_work_has_no_gap_but_the_day_of_reading():
    review = review_article(TEN)
    assert [one.code for one in review.findings if one.kind == "gap"] == ["copy"]
    assert review.answered == review.asked - 1
    assert not review.complete


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"claims": (*TEN.claims, TEN.claims[2])}, "twice"),
        ({"claims": (replace(TEN.claims[0], page=9), *TEN.claims[1:])}, "outside"),
        ({"claims": (*TEN.claims[:3], TEN.claims[4], replace(TEN.claims[4], words="x"))}, "one_sided"),
        ({"claims": (*TEN.claims, Claim("Days are alike.", type="empirical", support="x"))}, "no_page"),
        ({"claims": (*TEN.claims, Claim("Days are alike.", True, tacit=True))}, "quoted_tacit"),
        ({"links": (*TEN.links, Link(4, "supports", 2))}, "circle"),
        ({"links": (*TEN.links, Link(3, "supports", 3))}, "itself"),
        ({"links": (*TEN.links, Link(3, "attacks", 4))}, "both_ways"),
        ({"evidence": (EvidenceLink(5, "for", "zeithaml_1981_risk", "", "x"),)}, "counter_left_out"),
        ({"evidence": (EvidenceLink(5, "for", "zeithaml_1981_risk", "", "x"),)}, "from_memory"),
        ({"evidence": (EvidenceLink(4, "for", "dong_2011", "", "x"),)}, "fact_for_norm"),
        ({"evidence": (EvidenceLink(1, "against", "dong_2011", "", "x"),)}, "fact_for_term"),
        ({"evidence": (EvidenceLink(5, "for", OWN, " ", "x"),)}, "no_source"),
        ({"evidence": tuple(EvidenceLink(5, one, "dong_2011", "", "x") for one in ("for", "against"))}, "two_stances"),
        ({"evidence": TEN.evidence[1:]}, "no_counter"),
        ({"method": replace(TEN.method, kind="conceptual")}, "claims_without_data"),
        ({"method": replace(TEN.method, age="")}, "no_age"),
        ({"reference": replace(TEN.reference, first_page=9)}, "pages_turned"),
        ({"reference": replace(TEN.reference, year=2090)}, "future"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_asked_about(change, code):
    assert code not in codes(TEN, this_year=2030)
    assert code in codes(replace(TEN, **change), this_year=2030)


def test_a_tacit_assumption_needs_no_page():
    tacit = Claim("Saturday guests are like the others.", type="empirical", support="Ask where they live.", tacit=True)
    work = replace(TEN, claims=(*TEN.claims, tacit), links=(*TEN.links, Link(3, "assumes", 6), Link(2, "supports", 6)))
    assert codes(work) == codes(TEN)
    assert review_article(work).by_step == review_article(TEN).by_step


def test_opinions_and_wording_never_change_the_review():
    """Other words of the same shape bring the same review: nothing in it reads what is meant."""
    other = replace(
        TEN,
        claims=tuple(replace(one, words=f"Nonsense {place}.") for place, one in enumerate(TEN.claims)),
        position=Position("The article is wonderful.", "Nothing could.", ""),
    )
    assert codes(other) == codes(TEN)
    assert review_article(other).by_step == review_article(TEN).by_step


def test_every_entry_of_the_bank_has_source_mark_and_both_languages():
    known = {one.code for one in evidence_bank()}
    assert len(known) == len(evidence_bank()) >= 18
    assert {one.topic for one in evidence_bank()} == set(TOPICS)
    for one in evidence_bank():
        assert one.seen in SEEN
        assert set(one.against) <= known - {one.code}
        assert not re.search("[а-яё]", one.finding["en"] + one.origin["en"], re.I), one.code
        assert re.search("[а-яё]", one.finding["ru"], re.I), one.code
    assert any(one.against for one in evidence_bank())
    assert "apnyarskaya" not in article_to_json(TEN) + str(evidence_bank())


@pytest.mark.parametrize("text_id", TEXTS)
def test_a_practice_text_is_whole_in_both_languages(text_id):
    text = practice_text(text_id)
    assert {one.type for one in text.claims} == set(TYPES)
    assert {one.flaw for one in text.claims} <= set(FLAWS)
    for code in ("en", "ru"):
        words = " ".join(paragraph for part in text.parts for paragraph in part.paragraphs[code])
        assert 400 <= len(words.split()) <= 700
        assert "[" not in words
        for one in text.claims:
            assert words.count(one.words[code]) == 1
            assert bool(re.search("[а-яё]", one.words[code], re.I)) == (code == "ru")
            assert bool(re.search("[а-яё]", one.why[code], re.I)) == (code == "ru")
        with language(code):
            shown = text.to_markdown()
        assert all(f"[{number}] " in shown for number in range(1, len(text.claims) + 1))
        assert not any(one.why[code] in shown + repr(text) + repr(text.claims) for one in text.claims)
        assert "empirical" not in shown + repr(text) + repr(text.claims)
    numbers = {code: sorted(re.findall(r"\d+", " ".join(one.words[code] for one in text.claims).replace(",", "."))) for
               code in ("en", "ru")}  # fmt: skip
    assert numbers["en"] == numbers["ru"]


def test_the_numbers_of_the_practice_texts_can_be_computed_again():
    table = [[int(cell) for cell in row[1:3]] for row in practice_text("waiting").parts[2].table["en"][1:]]
    guests, returned = (sum(row[place] for row in table) for place in (0, 1))
    assert (guests, returned) == (58 + 132 + 210, 58 + 132) == (160 + 240, 190)
    assert [round(100 * back / all_) for all_, back in table] == [60, 45, 31]
    assert 1 - returned / guests == pytest.approx(0.525)  # the planted number is the share of the others
    assert round(100 * 167 / returned) == 88
    rows = practice_text("risk").parts[2].table["en"][1:]
    means = {side: [float(row[2]) for row in rows if side in row[0]] for side in ("(service)", "(good)")}
    assert sum(means["(service)"]) / 4 == pytest.approx(3.42)
    assert sum(means["(good)"]) / 4 == pytest.approx(3.36)
    half = 1.96 * 1.5 * (2 / 6000) ** 0.5
    assert (round(0.06 - half, 2), round(0.06 + half, 2)) == (0.01, 0.11)
    assert min(means["(service)"]) < min(means["(good)"])
    assert max(means["(good)"]) > max(means["(service)"])


def test_the_prediction_of_the_lesson_has_its_number():
    claims = [one for one in practice_text("waiting").claims if one.type == "empirical"]
    assert len(claims) == 6
    assert sum(not one.flaw for one in claims) == 2
    assert "six empirical claims" in bank.every_prediction()["claims_borne_out"].question


def test_an_unknown_practice_text_is_refused_with_the_near_miss():
    with pytest.raises(InputError, match="Did you mean “waiting”"):
        practice_text("waitings")
