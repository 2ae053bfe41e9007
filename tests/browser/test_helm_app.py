"""The game at the helm, served by Voilà: a quarter to its report; the whole game to the debrief and the file."""

from __future__ import annotations

import pytest

from crm_toolkit.exercises.helm_game import load_game
from crm_toolkit.exercises.helm_game.played import REASONS
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from crm_toolkit.widgets.helm_game.page import TABS
from crm_toolkit.world.helm import LEVERS, helm_scenario
from tests.browser.lab import violations
from tests.browser.test_my_case import HOSTILE, PATIENCE, keep
from tests.browser.test_programme_designer import Designer

WHY = {"en": "The staff was at its limit in the quarter before.",
       "ru": "В прошлом квартале персонал работал на пределе."}  # fmt: skip


class Helm(Designer):
    """The page as a person handles it: fields and buttons by their names."""

    def at(self, title):
        self.page.locator(".crm-helm h3", has_text=title).first.wait_for()

    def tab(self, name):
        self.press(say(TABS[name]))
        self.page.wait_for_timeout(300)

    def told(self, text):
        self.page.locator(".crm-helm").get_by_text(text).first.wait_for()

    def lever(self, name, text):
        knob = LEVERS[name].knob
        self.fill(say(knob.label) + (f", {say(knob.unit)}" if knob.unit else ""), text)


def one_quarter(page, serve_app, place, code):
    """Open the app, choose a scenario, run the first quarter."""
    page.set_default_timeout(PATIENCE)
    page.goto(serve_app("helm", code), timeout=180_000)
    one = Helm(page)
    page.locator(".crm-helm h2").wait_for(timeout=180_000)
    one.fill(say("File on this computer"), str(place))
    one.choose(say("Scenario"), helm_scenario("burnout").title)
    one.told(helm_scenario("burnout").story)
    assert page.get_by_role("button", name=say(TABS["debrief"]), exact=True).is_disabled()
    keep(page, f"helm_start_{code}")
    page.get_by_role("button", name=say("Begin a game"), exact=True).press("Enter")  # by keyboard
    one.at(say("Quarter {number}", number=1))
    one.lever("staff", "99")
    one.told(say("needs a whole number from {low} to {high}", low=2, high=30))
    one.press(say("Run the quarter"))  # refused, and nothing is lost
    one.told(say("The quarter can't be run yet."))
    one.lever("staff", "10")
    one.lever("training", "16")
    one.fill(say("Probability that the profit is above 0"), "0.7" if code == "en" else "0,7")
    one.fill(say("Cash at the end: lower end"), "20000")
    one.fill(say("Cash at the end: upper end"), "60000")
    one.choose(say("The decision rests on"), say(REASONS["load"]))
    one.fill(say("Why, in one sentence"), WHY[code])
    one.fill(say("What would show that it was wrong?"), HOSTILE)
    assert violations(page, ".crm-box") == []
    keep(page, f"helm_quarter_{code}")
    one.press(say("Run the quarter"))
    one.told(say("What the organisation knows of quarter {number}", number=1))
    one.picture()
    assert violations(page, ".crm-box") == []
    keep(page, f"helm_report_{code}")
    return one


def test_a_quarter_is_decided_foreseen_and_reported(page, serve_app, tmp_path):
    with spoken("ru"):
        one = one_quarter(page, serve_app, tmp_path / "helm.json", "ru")
        one.tab("log")
        one.told(WHY["ru"])
        assert page.evaluate("() => window.pwned") is None


@pytest.mark.slow
@pytest.mark.parametrize("code", ["ru", "en"])
def test_a_game_is_played_to_the_debrief_saved_and_reported(page, serve_app, tmp_path, code):
    place = tmp_path / "helm.json"
    with spoken(code):
        one = one_quarter(page, serve_app, place, code)
        one.tab("log")
        one.told(WHY[code])
        keep(page, f"helm_log_{code}")
        one.tab("quarter")
        one.at(say("Quarter {number}", number=2))
        one.press(say("Leave all as it is until the end"))
        one.told(say("Twins: the same people, the same luck"))
        one.press(say("Share the result out (Shapley)"))
        one.told(say("Shapley values of four families of levers: these add up"))
        page.set_default_timeout(500_000)
        one.press(say("Luck index: 200 other worlds (some seconds)"))
        page.locator(".crm-pictures img").nth(3).wait_for()
        one.fill(say("What do you conclude, in one sentence?"), WHY[code])
        assert violations(page, ".crm-box") == []
        keep(page, f"helm_debrief_{code}")
        one.press(say("Save"))
        one.told("helm.json")
        saved = load_game(place)
        assert saved.game.over
        assert saved.closing.sentence == WHY[code]
        assert saved.quarters[0].levers.staff == 10
        one.press(say("Export the report"))
        one.told(f"helm-{say('report')}.html")
        page.goto((tmp_path / f"helm-{say('report')}.html").as_uri())
        assert WHY[code] in page.locator("main").inner_text()
        assert page.evaluate("() => window.pwned") is None
        assert violations(page, "main") == []
        keep(page, f"helm_board_{code}")
