"""Benches of money show what the functions return, in the reader's language, and refuse with letters."""

import re

import pytest

pytest.importorskip("ipywidgets")

from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets import explore_budget, explore_targeting, technology_cards
from crm_toolkit.widgets.money.budget import KNOBS, _look
from crm_toolkit.widgets.money.technologies import STAGES, TECHNOLOGIES


def said(explorer):
    """Everything that stands in the areas, without the pictures' bytes and without code."""
    shown = " ".join(area.value for area in explorer._areas.values())
    return re.sub(r"<[^>]+>|base64,[^\"]*", " ", re.sub(r"base64,[^\"]*", "", shown))


@pytest.fixture(scope="module")
def budget():
    return explore_budget()


def test_the_two_spendings_move_equity_and_the_next_coin(budget):
    assert budget.result.equity == pytest.approx(21.31, abs=0.01)
    assert "The averages would have sent it to the other side" not in budget.view.conclusion
    assert "belongs to acquisition" in budget.view.conclusion
    budget.controls["acquisition_spend"].value = 7.5
    budget.controls["retention_spend"].value = 14.0
    assert budget.result.equity == pytest.approx(budget.result.best.equity, abs=0.01)
    table = {row[0]: row[1:] for row in budget.view.areas["costs"].rows}
    assert table["One more acquired client"][1] == table["One more retained client"][1] == "78.54"
    assert table["What a client is worth (CLV)"][1] == "78.54"


def test_a_first_coin_on_retention_may_be_wasted(budget):
    view = _look(**{name: knob.default for name, knob in KNOBS.items()} | {"retention_speed": 0.01})
    assert view.result.best.retention_spend == 0
    assert view.result.best.acquisition_spend > 0
    with pytest.raises(InputError):
        explore_budget(acquisition_spend=-1)
    assert set(budget.controls) == set(KNOBS)


def test_the_riskiest_are_not_whom_to_call_and_the_truth_is_the_bound():
    bench = explore_targeting()
    at = bench.result.rules.at(0.3).set_index("rule")["profit"]
    assert at["risk"] < at["random"] < 0 < at["value"] < at["uplift"] < at["gain"]
    assert "Risk is not persuadability" in bench.view.conclusion
    bench.controls["rule"].value = "value"
    assert "would stay anyhow" in bench.view.conclusion
    bench.controls["contact_cost"].value = 100.0
    assert (bench.result.rules.best.set_index("rule")["share"].drop(["gain", "uplift"]) < 0.02).all()
    with pytest.raises(InputError):
        explore_targeting(share=2)


def test_cards_hold_all_stages_of_a_relationship_and_name_what_is_there():
    from crm_toolkit import analysis, widgets

    assert {one.stage for one in TECHNOLOGIES} == set(STAGES)
    for one in TECHNOLOGIES:
        room, name = one.tried_in.removesuffix("()").split(".")
        assert hasattr({"analysis": analysis, "widgets": widgets}[room], name), one.tried_in
    cards = technology_cards(technology="loyalty")
    assert cards.result.id == "loyalty"
    assert len(cards.view.areas["all"].rows) == len(TECHNOLOGIES)
    assert technology_cards(technology="none").result == TECHNOLOGIES[0]


@pytest.mark.parametrize(
    "make",
    [technology_cards, *(pytest.param(one, marks=pytest.mark.slow) for one in (explore_budget, explore_targeting))],
)
def test_benches_of_money_speak_russian(make):
    with language("ru"):
        text = said(make())
    words = re.findall(r"[A-Za-z]{3,}", re.sub(r"(widgets|analysis)\.\w+(\(\))?|CLV", "", text))
    assert words == [], words


def test_without_controls_there_is_a_static_copy(monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    copy = technology_cards()
    assert copy.box is None
    assert copy.static_parts()[0].text.startswith("Calls to those who may leave")
