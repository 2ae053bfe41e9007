"""The page of the game: what it shows is what the functions say; the truth stays closed; files come back."""

import pytest

from crm_toolkit.exercises.helm_game import load_game, new_played_game, save_game
from crm_toolkit.texts import language
from crm_toolkit.widgets.helm_game import helm, helm_report
from crm_toolkit.widgets.helm_game import page as page_module
from crm_toolkit.widgets.helm_game import report as report_module
from crm_toolkit.widgets.helm_game.debrief import debriefed
from crm_toolkit.widgets.helm_game.told import dashboard_told
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.helm import LEVERS, twins

SMALL = 200


@pytest.fixture(autouse=True)
def few_pictures(monkeypatch, request):
    """Pictures take their time and are looked at by tests of their own."""
    if "pictures" not in request.node.name:
        for name in ("report_pictures", "debrief_pictures"):
            for module in (page_module, report_module):
                monkeypatch.setattr(module, name, lambda *_: [], raising=True)


@pytest.fixture
def page(tmp_path):
    return helm("growth", folder=tmp_path, people=SMALL)


def typed(page, **levers):
    for name, text in levers.items():
        page.form.levers.entries[name].control.value = text


def test_every_lever_has_a_field_with_its_cost_and_its_side_effect(page):
    assert set(page.form.levers.entries) == set(LEVERS)
    assert "Cost: wages" in page.form.levers.entries["staff"].note.value
    assert page.tabs["debrief"].disabled


def test_a_quarter_that_can_t_be_run_loses_nothing(page):
    typed(page, staff="eleven", training="20")
    page.run()
    assert page.played.quarters == ()
    assert "can&#x27;t be run" in page._file.said.value
    assert page.form.levers.entries["training"].control.value == "20"
    typed(page, staff="11")
    page.form.forecast.entries["cash_low"].control.value = "5"
    page.run()
    assert "needs both ends" in page._file.said.value
    page.form.forecast.entries["cash_high"].control.value = "50000"
    page.run()
    assert page.tab == "report"
    assert page.played.quarters[0].levers.staff == 11
    assert page.played.quarters[0].forecast.cash_high == 50000


def test_the_report_shows_what_the_engine_says_and_gaps_as_gaps(page):
    typed(page, data="0")
    page.run()
    table = next(one for one in dashboard_told(page.played.game) if isinstance(one, Table))
    shown = {row[0]: row for row in table.rows}
    visits = page.played.game.quarters[0].figure("till_visits")
    assert shown[visits.label][1] == f"{visits.value:,.0f}"
    assert shown["Satisfaction in the survey, 1 to 5"][1] == "–"
    assert shown["Satisfaction in the survey, 1 to 5"][3] == "not bought"
    page.choose("debrief")
    assert page.tab == "report"
    assert "nobody saw" not in page._follows.value


def test_the_debrief_opens_after_the_last_quarter_and_agrees_with_the_twins(page, tmp_path):
    typed(page, staff="11")
    page.run()
    page.run_on()
    assert page.tab == "debrief"
    assert not page.tabs["debrief"].disabled
    found = twins(page.played.game)
    assert f"{found.table['score'].iloc[0]:.1f}" in page._follows.value
    assert "nobody saw" in page._follows.value
    page._closing.control.value = "It was worth it."
    page.save()
    again = load_game(tmp_path / "helm.json")
    assert again == page.played
    assert again.closing.sentence == "It was worth it."
    assert not page.unsaved


def test_a_saved_game_is_opened_again_and_another_needs_to_be_asked_for_twice(tmp_path):
    played = new_played_game("law", people=SMALL)
    save_game(played.play(played.game.standing), tmp_path / "helm.json")
    page = helm(folder=tmp_path, people=SMALL)
    assert page.played.setup.scenario == "law"
    assert len(page.played.quarters) == 1
    page.run()
    page.begin()
    assert len(page.played.quarters) == 2
    page.begin()
    assert page.played.quarters == ()
    assert page.tab == "quarter"


def test_the_static_copy_and_the_report_speak_russian(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    with language("ru"):
        text = helm("price_war", folder=tmp_path, people=SMALL)._repr_mimebundle_()["text/plain"]
        played = new_played_game(people=SMALL)
        for _ in range(2):
            played = played.play(played.game.standing.with_(staff=12))
        report = helm_report(played).html
        told = " ".join(one if isinstance(one, str) else one.text for one in debriefed(played))
    assert "У руля: Война скидок" in text
    for words in (text, told):
        assert not any(f" {word} " in words for word in ("the", "of", "and", "quarter"))
    assert "<main>" in report


@pytest.mark.slow
def test_pictures_of_report_and_debrief_are_told(page):
    page.run()
    assert page._pictures.value.count("<img") == 4
    page.run_on()
    assert page._pictures.value.count("alt=") == 2  # nothing was changed, so there is nothing to attribute
