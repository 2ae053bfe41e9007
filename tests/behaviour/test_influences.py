"""A canvas of influences: values that stay what they are, a file that a person can read, a review that never judges."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.behaviour.influences import (
    BLOCKS,
    CONSTRUCTS,
    INVOLVEMENT_ITEMS,
    TYPOLOGY_ITEMS,
    Canvas,
    Influence,
    canvas_from_json,
    canvas_to_json,
    constructs_of,
    involvement_score,
    person_type,
    review_canvas,
    typology_scores,
)
from crm_toolkit.errors import InputError

DAY = dt.date(2024, 5, 31)
GYM = Canvas(
    "a year at the gym",
    (
        Influence("emotions", "I was annoyed with myself after New Year.", 2, 0.8, DAY),
        Influence("reference_groups", "Two colleagues go there and told of it.", 3, 0.9, DAY),
        Influence("culture", not_manifest="I don't see how."),
    ),
)


def filled(direction=1, confidence=0.9):
    """A canvas with evidence of its own for every construct."""
    every = (Influence(code, f"What was noticed about {code}.", direction, confidence, DAY) for code in CONSTRUCTS)
    return Canvas("a haircut", tuple(every))


@st.composite
def canvases(draw):
    words = st.text(max_size=30)
    made = []
    for code in draw(st.lists(st.sampled_from(list(CONSTRUCTS)), unique=True, max_size=6)):
        evidence = draw(words)
        manifest = bool(evidence.strip()) or draw(st.booleans())
        day = draw(st.none() | st.dates())
        made.append(Influence(code, evidence, draw(st.integers(-3, 3)) if manifest else 0, draw(st.floats(0, 1)), day,
                              "" if manifest else draw(words)))  # fmt: skip
    return Canvas(draw(words), tuple(made), draw(st.sampled_from(["local", "redacted", "share"])))


def test_the_model_has_seven_external_seven_internal_and_four_selves_from_memory():
    assert {block: len(constructs_of(block)) for block in BLOCKS} == {
        "external": 7, "internal": 7, "self_concept": 4, "lifestyle": 1, "needs": 1}  # fmt: skip


def test_influences_stand_in_the_order_of_the_model_and_are_replaced_not_doubled():
    assert [one.construct for one in GYM.influences] == ["culture", "reference_groups", "emotions"]
    changed = GYM.with_influence(Influence("emotions", "On second thought I was ashamed.", 3))
    assert changed.of("emotions").direction == 3
    assert GYM.of("emotions").direction == 2
    assert changed.without("emotions").of("emotions") is None
    assert (GYM.filled, GYM.not_manifest, len(GYM.empty)) == (("reference_groups", "emotions"), ("culture",), 17)


def test_a_redacted_canvas_keeps_numbers_and_no_word_of_the_person():
    bare = canvas_to_json(GYM.redacted())
    for word in ("gym", "colleagues", "annoyed", "2024", "how."):
        assert word not in bare
    assert GYM.redacted().of("reference_groups").direction == 3
    assert GYM.redacted().not_manifest == ("culture",)


@settings(max_examples=15, deadline=None)
@given(canvas=canvases())
def test_a_canvas_comes_back_from_its_file_as_it_was_and_the_file_is_stable(canvas):
    text = canvas_to_json(canvas)
    assert canvas_from_json(text) == canvas
    assert canvas_to_json(canvas_from_json(text)) == text
    mixed = Canvas(canvas.purchase, tuple(reversed(canvas.influences)), canvas.privacy)
    assert canvas_to_json(mixed) == text


def test_the_file_is_readable_cyrillic_too():
    text = canvas_to_json(Canvas("стрижка", (Influence("memory", "Название пришло само.", 1),)))
    assert '"purchase": "стрижка"' in text
    assert "Название пришло само." in text
    awkward = Canvas(' a "b"\n\t', (Influence("culture", not_manifest="  why?\n "), Influence("memory", "\u2028 'x' ")))
    assert canvas_from_json(canvas_to_json(awkward)) == awkward


def changed(**values):
    return json.dumps({**json.loads(canvas_to_json(GYM)), **values})


def influence(**values):
    return changed(influences=[{"construct": "memory", "evidence": "x", **values}])


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("{", "no JSON: line 1"),
        ("[]", "no canvas of influences"),
        ("[" * 100_000, "nesting that no canvas has"),
        ('{"version": NaN}', "numbers or nesting"),
        ("x" * 1_000_001, "at most 1000000 signs"),
        (None, "A text of at most"),
        (changed(layout="other"), "no canvas of influences"),
        (changed(version=2), "has version 2 of the layout; this toolkit reads version 1"),
        (changed(version=None), "does not say the version"),
        (changed(influences={}), "`influences` must be a list"),
        (changed(purchase=5, privacy="locl"), r"(?s)`purchase` must be a text.*Did you mean `local`"),
        (changed(notes="x"), "no key `notes` in the canvas"),
        (changed(influences=[5, {"evidence": "x"}]), r"(?s)Influence 1: It must be.*Influence 2: The key"),
        (influence(construct="memmory", direction=4), r"(?s)1: `construct`.*Did you mean `memory`.*`direction`"),
        (influence(confidence="high", date="31.05.2024"), r"(?s)`date` must be a day.*`confidence` must lie"),
        (influence(direction=1.5, not_manifest="no"), "`direction` must be a whole number"),
        (influence(evidence=None), "`evidence` must be a text"),
        (influence(construct=["a"]), "`construct` can't be"),
        (changed(influences=[{"construct": "memory"}, {"construct": "memory"}]), "canvas once; twice: memory"),
    ],
)  # fmt: skip
def test_what_can_t_be_read_is_refused_with_its_place(text, letter):
    with pytest.raises(InputError, match=letter):
        canvas_from_json(text)


@pytest.mark.parametrize(
    ("values", "letter"),
    [
        ({"construct": "cultur"}, "Did you mean `culture`"),
        ({"direction": True, "confidence": float("nan")}, r"(?s)`direction`.*`confidence`"),
        ({"evidence": "x" * 5000}, "4000 signs at most"),
        ({"evidence": "It was so.", "not_manifest": "no"}, "neither evidence nor a direction"),
        ({"direction": 1, "not_manifest": "no"}, "neither evidence nor a direction"),
        ({"date": "2024-05-31"}, "must be a calendar day"),
    ],
)
def test_influences_that_do_not_fit_are_refused(values, letter):
    with pytest.raises(InputError, match=letter):
        Influence(**{"construct": "culture", **values})


def test_a_full_canvas_is_complete_and_one_opinion_is_as_good_as_another():
    for direction in (-3, 0, 3):
        review = review_canvas(filled(direction), today=DAY)
        assert review.complete
        assert [finding.kind for finding in review.findings] == (["one_sided"] if direction else [])
    one, other = review_canvas(filled(3)), review_canvas(filled(-3))
    assert [finding.text for finding in one.findings] == [finding.text for finding in other.findings]


def test_gaps_and_contradictions_are_asked_about():
    canvas = (
        GYM.with_influence(Influence("family", "Nobody.", -3, 0.2))
        .with_influence(Influence("memory", "I was annoyed with  myself after new year.", 1, 0.5, dt.date(2024, 6, 1)))
    )  # fmt: skip
    review = review_canvas(canvas, today=DAY)
    found = {finding.kind: finding.constructs for finding in review.findings}
    assert set(found) == {"empty", "thin", "undated", "unsure", "future", "repeated"}
    assert found["thin"] == found["undated"] == found["unsure"] == ("family",)
    assert (found["future"], found["repeated"]) == (("memory",), ("memory", "emotions"))
    assert (review.answered, review.by_block["external"]) == (5, (3, 7))
    assert not review.complete


# --- items ------------------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(answers=st.lists(st.integers(1, 7), min_size=8, max_size=8))
def test_turned_items_count_the_other_way_and_the_score_stays_between_nothing_and_all(answers):
    given_ = dict(zip([item.code for item in INVOLVEMENT_ITEMS], answers, strict=True))
    score = involvement_score(given_)
    mirrored = involvement_score({code: 8 - answer for code, answer in given_.items()})
    assert 0 <= score.value <= 1
    assert score.value + mirrored.value == pytest.approx(1)
    item = INVOLVEMENT_ITEMS[1]
    more = involvement_score({**given_, item.code: min(given_[item.code] + 1, 7)})
    assert item.turned
    assert more.value <= score.value


def test_the_same_answer_to_everything_is_noticed_and_missing_answers_are_declared():
    same = dict.fromkeys((item.code for item in INVOLVEMENT_ITEMS), 6)
    assert involvement_score(same).straight
    part = dict.fromkeys(list(same)[:5], 6)
    score = involvement_score(part, missing="leave_out")
    assert (score.answered, score.items) == (5, 8)
    for answers, options, letter in [
        (part, {}, "no answer to: dull, says_of_me|no answer to: says_of_me, dull, delegate"),
        (dict(list(same.items())[:3]), {"missing": "leave_out"}, "no answer to"),
        ({**same, "matters": 9, "matter": 1}, {}, r"(?s)no item `matter`.*whole number from 1 to 7"),
        (same, {"missing": "mean"}, "can't be 'mean'"),
    ]:
        with pytest.raises(InputError, match=letter):
            involvement_score(answers, **options)


def test_types_follow_the_sides_of_both_axes_and_the_middle_is_no_type():
    def person(planning, together):
        side = {"planning": planning, "together": together}
        answers = {item.code: (6 - side[item.axis]) if item.turned else side[item.axis] for item in TYPOLOGY_ITEMS}
        return person_type(typology_scores(answers))

    assert [person(5, 5), person(5, 1), person(1, 5), person(1, 1), person(3, 5)] == [
        "organiser", "strategist", "companion", "explorer", "between"]  # fmt: skip
    with pytest.raises(InputError, match=r"(?s)no item `calender`.*Did you mean `calendar`.*no answer to"):
        typology_scores({"calender": 3})
