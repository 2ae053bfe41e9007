"""A case keeps every word, is saved whole and never over a stranger, hides what is asked, and is never judged."""

import contextlib
import datetime as dt
import json
import stat
import sys
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.behaviour.decision_rules import LAPTOP_MARKS, LAPTOP_MINIMUMS, LAPTOP_WEIGHTS, laptops
from crm_toolkit.behaviour.influences import Influence
from crm_toolkit.errors import InputError
from crm_toolkit.exercises import kept_files as files_room
from crm_toolkit.exercises.my_case import (
    STEPS,
    About,
    Alternative,
    Belief,
    Criterion,
    Encounter,
    Experience,
    Look,
    MyCase,
    Need,
    Preference,
    RealChoice,
    Reflection,
    Search,
    Switch,
    case_from_json,
    case_to_json,
    load_case,
    redacted,
    rescue_case,
    review_case,
    save_case,
    work_out,
)

SECRET = "zzsecret"


def laptop_case(**more):
    table = laptops()
    criteria = tuple(Criterion(name, LAPTOP_WEIGHTS[name], LAPTOP_MINIMUMS[name], LAPTOP_MARKS.get(name))
                     for name in table.attributes)  # fmt: skip
    rows = zip(table.alternatives, table.scores, strict=True)
    alternatives = tuple(Alternative(name, "evoked", True, row) for name, row in rows)
    return MyCase(criteria=criteria, alternatives=alternatives, choice=RealChoice("Dell"), **more)


def full_case():
    said = f"{SECRET} words"
    return MyCase(
        About(f"{SECRET} lessons", dt.date(2024, 9, 14), said, "redacted"),
        (Influence("family", said, 2, 0.75, dt.date(2024, 9, 1)), Influence("culture", not_manifest=said)),
        Need(80, 45, 0.75, 15, 70, 60, said),
        Search((Look(dt.date(2024, 9, 2), "people", said),), 10, 2),
        (Alternative(f"{SECRET} One", "evoked", True, (2, 5)), Alternative(f"{SECRET} Two", "evoked", True, (4, 3)),
         Alternative(f"{SECRET} Three", "inept")),
        (Criterion(f"{SECRET} price", 60, 2, 5), Criterion("trainer", 40, 3)),
        (Preference(f"{SECRET} Two", f"{SECRET} One"),),
        RealChoice(f"{SECRET} Two", said, "weighted"),
        (Switch("temporal", said, True, f"{SECRET} price", 3, None, 1),),
        Encounter(f"{SECRET} Ltd", "outlet_first", said, 1, 2, 2, 0.5, 0.25),
        Experience(0.5, (Belief("attitudes", said, -2, 1),)),
        Reflection(said, said, said),
    )  # fmt: skip


def test_every_field_of_a_full_case_survives_the_file(tmp_path):
    case = full_case()
    place = save_case(case, tmp_path / "my_case.json")
    assert load_case(place) == case
    assert SECRET in place.read_text(encoding="utf-8")  # readable, not encoded
    assert [one.name for one in tmp_path.iterdir()] == ["my_case.json"]
    if sys.platform != "win32":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_read_is_never_overwritten(tmp_path):
    place = tmp_path / "my_case.json"
    place.write_text("my diary", encoding="utf-8")
    with pytest.raises(InputError) as letter:
        save_case(full_case(), place, replacing=MyCase())
    assert letter.value.problems[0].code == "unreadable_there"
    assert place.read_text(encoding="utf-8") == "my diary"


def test_what_another_window_saved_is_not_lost(tmp_path):
    place = save_case(MyCase(), tmp_path / "my_case.json")
    save_case(full_case(), place, replacing=MyCase())
    with pytest.raises(InputError, match="not saved") as letter:
        save_case(MyCase(About("mine")), place, replacing=MyCase())
    assert letter.value.problems[0].code == "changed_there"
    assert load_case(place) == full_case()


def test_a_write_that_breaks_off_leaves_the_old_case(tmp_path, monkeypatch):
    place = save_case(MyCase(), tmp_path / "my_case.json")

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files_room.os, "replace", full_disk)
    with pytest.raises(InputError, match="not saved"):
        save_case(full_case(), place, replacing=MyCase())
    assert load_case(place) == MyCase()
    assert [one.name for one in tmp_path.iterdir()] == ["my_case.json"]


def test_all_problems_of_a_damaged_file_are_told_and_the_rest_is_rescued(tmp_path):
    content = json.loads(case_to_json(full_case()))
    content["need"]["desired"] = 400
    content["influences"][0]["direction"] = 9
    content["alternatives"][1]["standing"] = "evokd"
    content["about"]["purchas"] = "x"
    content["search"]["looks"][0]["day"] = "yesterday"
    del content["reflection"]["notes"]
    place = tmp_path / "my_case.json"
    place.write_text(json.dumps(content), encoding="utf-8")
    before = place.read_bytes()
    with pytest.raises(InputError) as letter:
        load_case(place)
    told = str(letter.value)
    assert len(letter.value.problems) == 6
    assert all(word in told for word in ("400", "direction", "`evoked`", "`purchas`", "yesterday", "`notes`"))
    case, problems = rescue_case(place)
    assert len(problems) == 6
    assert case.about == full_case().about
    assert (case.need.desired, case.need.actual) == (None, 45)
    assert [one.construct for one in case.influences] == ["family"]  # culture stands before it and had the slip
    assert case.alternatives[1].name == f"{SECRET} Two"
    assert place.read_bytes() == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"layout": "crm_toolkit.my_case", "version": 2}', "NaN", "[" * 9999])
def test_what_is_no_case_is_refused_with_a_letter(text):
    with pytest.raises(InputError):
        case_from_json(text)


@settings(max_examples=25, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                    max_leaves=8), st.sampled_from([one.name for one in fields(MyCase)]))  # fmt: skip
def test_no_content_of_a_key_breaks_reading(value, key):
    content = json.loads(case_to_json(full_case())) | {key: value}
    with contextlib.suppress(InputError):
        case = case_from_json(json.dumps(content))
        assert case_from_json(case_to_json(case)) == case


def test_wrong_values_are_refused_all_at_once():
    with pytest.raises(InputError) as letter:
        Need(desired=101, actual=float("nan"), importance=True)
    assert [problem.column for problem in letter.value.problems] == ["desired", "actual", "importance"]


def test_the_laptop_table_gives_the_recomputed_results_and_the_confirmed_one_of_the_conjunctive_rule():
    found = work_out(laptop_case())
    assert {code: choice.chosen for code, choice in found.choices.items()} == {
        "conjunctive": ("HP", "Compaq"), "disjunctive": ("Gateway/Acer", "Compaq", "Dell"),
        "elimination_by_aspects": ("HP", "Compaq"), "lexicographic": ("Gateway/Acer",), "weighted": ("Dell",),
    }  # fmt: skip  # elimination by the same minimums, not by the textbook's stricter cutoffs of that rule
    assert found.choices["weighted"].scores["Dell"] == 385
    assert list(found.prediction.loc[found.prediction["alone"], "rule"]) == ["weighted"]
    flip = found.flips["weighted"]
    assert (flip.attribute, flip.current, flip.threshold) == ("processor", 10, 15)


def test_a_missing_mark_stops_the_table_and_is_named():
    case = laptop_case()
    short = replace(case.alternatives[0], marks=case.alternatives[0].marks[:5])
    found = work_out(replace(case, alternatives=(short, *case.alternatives[1:])))
    assert (found.table, found.choices) == (None, {})
    assert "Gateway/Acer – display" in found.missing["table"]


def test_situations_switched_on_together_multiply_and_switched_off_do_nothing():
    heavier = Switch("task", "for travelling", True, "weight", 3)
    found = work_out(laptop_case(situations=(heavier, replace(heavier, on=False))))
    assert found.moved_choices["weighted"].chosen == ("Compaq",)
    assert found.moved["weighted"].weights["weight"] == 75
    both = work_out(laptop_case(situations=(heavier, replace(heavier, factor=2.0, stricter=1))))
    assert both.moved["weighted"].weights["weight"] == 150
    assert both.moved["conjunctive"].cutoffs == {name: low + 1 for name, low in LAPTOP_MINIMUMS.items()}


def test_experience_moves_beliefs_and_the_expectation_by_the_formulas():
    found = work_out(full_case())
    assert found.feedback.after == {"attitudes": -0.5, "expectation": 1.5}
    assert found.recognition.pressure == pytest.approx(35 * 0.75)
    assert found.movers == {"desired": 10, "actual": 15, "gap": 25}
    assert found.satisfaction == pytest.approx(0.2 * 1 + 0.3 * 2 + 0.5 * 1)
    assert found.doubt == pytest.approx(0.75 * 0.5 * 0.25 * found.difficulty)


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_in(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts_in(getattr(value, one.name))


def test_a_wholly_redacted_case_holds_no_word_name_or_day_of_the_author():
    case = redacted(full_case())
    assert not [text for text in texts_in(case) if SECRET in text]
    assert "2024" not in case_to_json(case)
    ours, theirs = work_out(full_case()), work_out(case)
    assert {code: len(choice.chosen) for code, choice in ours.choices.items()} == {
        code: len(choice.chosen) for code, choice in theirs.choices.items()
    }
    assert theirs.prediction["predicts"].tolist() == ours.prediction["predicts"].tolist()
    assert theirs.moved_choices.keys() == ours.moved_choices.keys()
    assert theirs.moved_choices


def test_names_are_hidden_in_words_too_and_what_is_not_chosen_stays():
    case = replace(full_case(), need=Need(story="I had seen ZZSECRET two before, near the lake."))
    bare = redacted(case, words=False, names=True, days=False)
    assert bare.need.story == "I had seen Alternative B before, near the lake."
    assert bare.about.bought_on == dt.date(2024, 9, 14)
    assert redacted(case, words=False, names=False, days=False) == case


def test_an_empty_case_has_a_gap_at_every_step_and_no_question():
    review = review_case(MyCase())
    assert set(review.by_step) == set(STEPS)
    assert {one.step for one in review.findings} == set(STEPS)
    assert {one.kind for one in review.findings} == {"gap"}
    assert all(one.text for one in review.findings)


def test_contradictions_are_asked_about_with_their_step():
    case = replace(
        full_case(), need=Need(50, 45, 0.5), choice=RealChoice(f"{SECRET} Three", "w", "lexicographic"),
        search=Search((Look(dt.date(2024, 10, 1), "people", "w"),), 10, 2),
        criteria=(Criterion("a", 60), Criterion("b", 60)), 
        encounter=Encounter(expectation=2, performance=-2, satisfaction=3),
    )  # fmt: skip
    found = {(one.step, one.code) for one in review_case(case).findings if one.kind == "question"}
    assert {(3, "not_recognised"), (4, "search_after"), (4, "sets"), (5, "not_hundred"), (7, "unknown_criterion"),
            (8, "satisfaction_differs")} <= found  # fmt: skip


def test_opinions_are_not_judged():
    case = full_case()
    other = replace(case, reflection=Reflection("no", "no", "no"), about=replace(case.about, setting="rubbish"))
    codes = [[one.code for one in review_case(each).findings] for each in (case, other)]
    assert codes[0] == codes[1]
