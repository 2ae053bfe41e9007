"""Tags of complaints: both languages, negation, what made which tag, agreement with people, own dictionaries."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.complaints.tag_dictionary import ComplaintTag, read_complaint_tags, ready_complaint_tags
from crm_toolkit.analysis.complaints.tag_matching import matches_in, phrase_index
from crm_toolkit.analysis.complaints.tags import tag_agreement, tag_complaints
from crm_toolkit.errors import InputError
from crm_toolkit.store.filling import CAUSES, FURTHER_CAUSES
from crm_toolkit.texts import LANGUAGES, language, say
from tests.analysis.complaint_texts import HELD_BACK, KNOWN


def tags_of(text, tags=None):
    return tag_complaints(pd.DataFrame({"text": [text]}), tags=tags).complaints["tags"][0]


def agreement(pairs):
    found = tag_complaints(pd.DataFrame({"text": [text for _, text in pairs]}))
    causes = pd.DataFrame({"row": range(len(pairs)), "cause": [cause for cause, _ in pairs]})
    return found, tag_agreement(found, causes)


@pytest.mark.parametrize(("pairs", "least"), [(KNOWN, 0.95), (HELD_BACK, 0.85)])
def test_tags_agree_with_the_cause_that_a_person_names(pairs, least):
    found, table = agreement(pairs)
    assert table["both"].sum() / len(pairs) >= least
    assert table["tagged"].sum() - table["both"].sum() <= 0.1 * len(pairs)  # tags too many
    assert found.coverage >= least


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_subjects_that_a_store_writes_get_the_tag_of_their_cause(code):
    """A world's complaints have a cause and no text; the store words it, and the words lead back."""
    with language(code):
        pairs = [(cause, say(title)) for cause, title in (CAUSES | FURTHER_CAUSES).items()]
    pairs = [("out_of_stock" if cause == "not_available" else cause, title) for cause, title in pairs]
    _, table = agreement(pairs)
    assert table["recall"].dropna().eq(1).all()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Мастер не опоздал, но нагрубил", "rude_staff"),
        ("Опоздал не мастер, а я сам", "late_start"),
        ("Никакой очереди нет", ""),
        ("Персонал не грубый", ""),
        ("Staff wasn't rude", ""),
        ("Never late, never rude, but the bill was wrong", "wrong_bill"),
        ("Не только опоздали, но и нахамили", "late_start, rude_staff"),
        ("Кондиционер не работает", "broken_equipment"),
        ("Everything is fine", ""),
    ],
)
def test_a_negation_turns_a_phrase_off_unless_it_belongs_to_it(text, tags):
    assert tags_of(text) == tags


def test_forms_letters_and_spelling_do_not_matter():
    for text in ("ГРУБОСТЬ", "грубостью", "Грубый приём", "грубияны"):
        assert tags_of(text) == "rude_staff"
    assert tags_of("Всё сломалось снова") == tags_of("Все сломалось снова") == "repair_again"


def test_words_of_a_phrase_must_stand_near_and_in_one_clause():
    assert tags_of("Неверный, как потом оказалось, счёт") == ""
    assert tags_of("Неверно выставленный вами счёт") == "wrong_bill"
    assert tags_of("Счёт пришёл поздно вечером и был совсем неверный") == ""


def test_it_is_shown_which_words_made_which_tag():
    found = tag_complaints(pd.DataFrame({"id": ["a", "b"], "text": ["Ждали минут сорок", "Не грубили"]}), key="id")
    assert found.matches.to_dict("list") == {
        "id": ["a", "b"], "tag": ["long_queue", "rude_staff"],
        "phrase": ["ждал*/прождал*/ожидал* час*/минут*/долго", "груб*"],
        "words": ["Ждали минут", "грубили"], "negated": [False, True],
    }  # fmt: skip


def test_coverage_and_the_words_of_untagged_texts_are_told():
    texts = ["Странная музыка в холле", "Странная музыка опять", "Опоздали", None, "  "]
    found = tag_complaints(pd.DataFrame({"text": texts}))
    assert (found.texts, found.tagged, found.empty) == (3, 1, 2)
    assert found.untagged_words["word"].tolist()[:2] == ["музыка", "странная"]
    assert str(found) == "1 of 3 texts have a tag (67% without one)."


def test_an_own_dictionary_takes_the_place_of_the_ready_one(tmp_path):
    file = tmp_path / "tags.toml"
    file.write_text('[parking]\ntitle = { ru = "парковка" }\nen = ["no parking"]\nru = ["негде припарк*"]\n', "utf-8")
    own = read_complaint_tags(file)
    assert tags_of("Негде припарковаться, и грубят", own) == "parking"
    with language("ru"):
        assert own[0].title == "парковка"
    assert own[0].title == "parking"


@pytest.mark.parametrize(
    ("content", "code"), [("[a]\nen = []\n", "no_phrases"), ("[a\n", "bad_file"), ("", "empty"), (None, "no_file")]
)
def test_a_dictionary_that_can_t_be_read_is_refused(tmp_path, content, code):
    file = tmp_path / "tags.toml"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(InputError) as refusal:
        read_complaint_tags(file)
    assert refusal.value.problems[0].code == code


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        (["rude"], "no_tag"),
        ([ComplaintTag("a", ("x",)), ComplaintTag("a", ("y",))], "bad_tag"),
        ([ComplaintTag("a", ("…",))], "empty_phrase"),
        ([], "empty"),
    ],
)
def test_tags_that_make_no_sense_are_refused(tags, code):
    with pytest.raises(InputError) as refusal:
        tags_of("text", tags)
    assert refusal.value.problems[0].code == code


def test_the_ready_dictionary_speaks_both_languages_and_knows_every_cause():
    ready = {tag.name: tag for tag in ready_complaint_tags()}
    assert set(CAUSES) | set(FURTHER_CAUSES) <= {*ready, "not_available"}
    for tag in ready.values():
        assert set(tag.titles) == set(LANGUAGES)
        assert tag.group
        scripts = {any("а" <= letter <= "я" for letter in phrase.casefold()) for phrase in tag.phrases}
        assert scripts == {True, False}, tag.name


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(KNOWN + HELD_BACK), min_size=1, max_size=4), st.text(alphabet="абвxyz ", max_size=20))
def test_texts_side_by_side_have_the_tags_of_each(pairs, noise):
    index = phrase_index(ready_complaint_tags())
    each = {match[0] for _, text in pairs for match in matches_in(text, index) if not match[3]}
    whole = {
        match[0] for match in matches_in(f"{noise}. " + ". ".join(text for _, text in pairs), index) if not match[3]
    }
    assert each <= whole


def test_agreement_is_cohen_s_kappa():
    """By hand: 10 complaints, 4 tagged, 5 with the cause, 3 both; (.7 − .5) / .5 = .4."""
    found = tag_complaints(pd.DataFrame({"text": ["rude"] * 4 + ["fine"] * 6}))
    causes = pd.DataFrame(
        {"row": range(10), "cause": ["rude_staff"] * 3 + ["noise"] + ["rude_staff"] * 2 + ["noise"] * 4}
    )
    row = tag_agreement(found, causes).set_index("tag").loc["rude_staff"]
    assert row[["tagged", "caused", "both"]].tolist() == [4, 5, 3]
    assert row["kappa"] == pytest.approx(0.4)
    assert (row["precision"], row["recall"]) == (0.75, 0.6)
