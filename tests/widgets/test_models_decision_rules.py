"""The bench shows what the rules return, moves with its controls, refuses with letters; the diagram speaks too."""

import re
import xml.etree.ElementTree as ET

import pytest

from crm_toolkit.behaviour.decision_process import STAGES, Situation, feed_back
from crm_toolkit.behaviour.decision_rules import LAPTOP_WEIGHTS, DecisionTable, Weighted, laptops, nearest_flips
from crm_toolkit.behaviour.influences import CONSTRUCTS, Canvas, Influence
from crm_toolkit.errors import InputError
from crm_toolkit.plots import Picture
from crm_toolkit.texts import language
from crm_toolkit.widgets.models import decision_rules as room
from crm_toolkit.widgets.models.decision_rules import explore_decision_rules
from crm_toolkit.widgets.models.model_diagram import model_diagram

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def undrawn():
    """Pictures that cost nothing; what they show is tested where they are made."""
    blank = Picture(b"", "…", 1, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_choices_picture", lambda result, real: blank)
        patch.setattr(room, "_flips_picture", lambda flips: blank)
        yield


@pytest.fixture(scope="module")
def bench(undrawn):
    """The bench with the laptops; every test turns its controls back."""
    return explore_decision_rules(real_choice="Dell")


@pytest.fixture
def turn(bench):
    """Turn controls for one test."""
    rest = {name: control.value for name, control in bench.controls.items()}

    def turned(**values):
        for name, value in values.items():
            bench.controls[name].value = value
        return bench

    yield turned
    turned(**rest)


def test_it_starts_with_the_textbook_s_choices(bench):
    chosen = {code: choice.chosen for code, choice in bench.result.choices.items()}
    assert chosen == {
        "conjunctive": ("HP", "Compaq"),
        "disjunctive": ("Gateway/Acer", "Compaq", "Dell"),
        "elimination_by_aspects": ("Dell",),
        "lexicographic": ("Gateway/Acer",),
        "weighted": ("Dell",),
        "equal_weights": ("HP", "Compaq", "Dell", "Toshiba"),
        "additive_difference": ("Dell",),
    }
    assert (
        "different rules: Dell (elimination by aspects, compensatory (weighted), additive difference)"
        in bench.view.conclusion
    )
    told = " ".join(bench.view.notes)
    assert "3 rules pick it alone: one choice doesn't show which of them was used." in told
    assert "Nearest to a change: Weight of processor: raised from 10 past 15: Gateway/Acer, Compaq." in told
    assert "it can't foresee a particular purchase" in told
    names = dict(zip(bench.result.table.attributes, LAPTOP_WEIGHTS, strict=True))
    flips = nearest_flips(laptops(), Weighted(LAPTOP_WEIGHTS))
    assert [(names[one.attribute], one.threshold) for one in bench.result.flips] == [
        (one.attribute, one.threshold) for one in flips
    ]


def test_weights_cutoffs_conventions_and_situations_move_the_rules(turn):
    assert turn(weight_2=16).result.choices["weighted"].ties == ("Gateway/Acer", "Compaq")
    assert turn(cutoff_5=6, on_empty="empty").result.choices["elimination_by_aspects"].chosen == ()
    assert turn(on_empty="skip").result.choices["elimination_by_aspects"].ties == ("HP", "Compaq")
    bench = turn(weight_2=10, situation="ten minutes before closing")
    assert bench.result.rules["lexicographic"].order == ("price", "lightness")
    assert bench.result.choices["weighted"].chosen == ("Gateway/Acer",)
    assert turn(situation="", take="first").result.choices["conjunctive"].chosen == ("HP",)
    assert "Lexicographic" in turn(closer="lexicographic").view.areas["steps"].caption
    assert "No change of a single parameter" in turn(closer="equal_weights").view.areas["flips"].rows[0][1]


def test_weights_of_nothing_are_refused_with_a_letter_and_the_bench_recovers(turn):
    bench = turn(**{f"weight_{row}": 0 for row in range(6)})
    assert bench.view is None
    assert "at least one weight must be above 0" in bench._areas["conclusion"].value
    assert turn(weight_0=1).result.choices["weighted"].chosen == ("Gateway/Acer",)


def test_a_table_of_one_s_own_comes_with_its_own_scales_and_names(undrawn, words_of):
    table = DecisionTable((HOSTILE, "B"), ("x", "y"), ((0.5, 10.0), (0.75, 5.0)), ((0.0, 1.0), (0.0, 20.0)))
    bench = explore_decision_rules(table, weights={"x": 10, "y": 1}, situations=[Situation("task", "a gift", {"x": 2})])
    assert bench.result.choices["weighted"].chosen == (HOSTILE,)
    assert bench.controls["minimum_0"].step == 0.01
    assert "<script" not in "".join(area.value for area in bench._areas.values())
    assert "Minimum (conjunctive): x" in words_of(bench.box)


@pytest.mark.parametrize(
    ("options", "letter"),
    [
        ({"real_choice": "Del", "weights": {"price": 1}}, r"(?s)no weight for.*Did you mean `Dell`"),
        ({"minimums": {"prise": 1}}, "Did you mean `price`"),
        ({"table": DecisionTable(tuple("abcdefghijklm"), ("x",), ((1,),) * 13)}, "At most 12 alternatives"),
        ({"situations": [Situation("task", "a gift", {"colour": 2})]}, "“a gift” names an attribute"),
    ],
)
def test_bad_beginnings_are_refused_with_a_letter(options, letter):
    with pytest.raises(InputError, match=letter):
        explore_decision_rules(**options)


def test_the_russian_bench_is_russian():
    brands = set(re.findall("[A-Za-z]{2,}", " ".join(laptops().alternatives)))
    with language("ru"):
        bench = explore_decision_rules(real_choice="HP")
        view = bench.view
        words = " ".join(control.description for control in bench.controls.values())
        words += " ".join(text for control in bench.controls.values() for text, _ in getattr(control, "options", ()))
        words += " ".join(
            [
                view.conclusion,
                *view.notes,
                *(part.html for name, part in view.areas.items() if name in ("steps", "scores")),
            ]
        )
        words += " ".join(part.alt for part in view.areas.values() if hasattr(part, "alt"))
    text = re.sub(r"<[^>]*>|`[^`]*`|&[a-z]+;", " ", words)
    assert set(re.findall("[A-Za-z]{2,}", text)) <= brands


def test_the_copy_for_exports_holds_pictures_and_tables(monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    bench = explore_decision_rules()
    assert bench.box is None
    assert [type(part).__name__ for part in bench.static_parts()][-4:] == ["Picture", "Picture", "Table", "Table"]


# --- the diagram of the model -----------------------------------------------------------------------------------------


def drawn(**options):
    canvas = Canvas(
        HOSTILE, (Influence("memory", "The name came first.", 2, 0.7), Influence("culture", not_manifest="no idea"))
    )
    return model_diagram(canvas, **options)


def test_what_is_filled_in_lights_up_with_its_direction_and_stands_in_words_too():
    diagram = drawn(stages=["problem_recognition"], situation="in a hurry")
    svg = ET.fromstring(diagram.svg)
    space = "{http://www.w3.org/2000/svg}"
    lit = [one for one in svg.iter(f"{space}rect") if one.get("fill") == "#0072B2"]
    dashed = [one for one in svg.iter(f"{space}rect") if one.get("stroke-dasharray")]
    texts = [one.text for one in svg.iter(f"{space}text")]
    assert (len(lit), len(dashed)) == (2, 1)
    assert {"+2", "–", "✓", "in a hurry"} <= set(texts)
    assert len({one.label for one in CONSTRUCTS.values()} & set(texts)) == len(CONSTRUCTS)
    assert set(STAGES.values()) <= set(texts)
    assert svg.get("role") == "img"
    assert "memory +2" in diagram.text
    assert "culture (did not manifest itself)" in diagram.text
    assert "problem recognition (worked through); information search (not yet)" in diagram.text
    assert "can't foresee" in diagram.lines[-1]
    assert svg.find(f"{space}desc").text == " ".join(diagram.lines)


def test_return_arrows_grow_with_what_experience_moved():
    def widths(diagram):
        paths = ET.fromstring(diagram.svg).iter("{http://www.w3.org/2000/svg}path")
        return [float(one.get("stroke-width")) for one in paths if " 145 " in one.get("d", "")]

    plain, moved = (
        drawn(),
        drawn(feedback=feed_back({"marketing": 4.0, "memory": 3.0}, {"marketing": 2.0}, learning=0.5)),
    )
    assert widths(plain) == [1.6, 1.6]
    assert widths(moved) == [7.6, 1.6]
    assert "External influences: largest move 1" in moved.text


def test_words_of_others_stay_words_and_bad_stages_are_refused():
    assert "<script" not in drawn(situation=HOSTILE).html
    with pytest.raises(InputError, match=r"(?s)no stage `serch`.*above 0"):
        drawn(stages=["serch"], feedback_scale=0)


def test_a_setting_is_worked_out_once(turn, monkeypatch):
    runs = []
    usual = room.apply_rules
    monkeypatch.setattr(room, "apply_rules", lambda *args: runs.append(1) or usual(*args))
    turn(weight_0=33)
    turn(weight_0=34)
    turn(weight_0=33)
    assert len(runs) == 2
