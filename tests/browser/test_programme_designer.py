"""The loyalty designer, served by Voilà: from the rules to the debrief and the exported report, by names of fields."""

from __future__ import annotations

import pytest

from crm_toolkit.analysis.loyalty.methods import METHODS
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from crm_toolkit.widgets.programme_designer import load_design
from crm_toolkit.widgets.programme_designer.plan import RULES, STEPS
from tests.browser.lab import violations
from tests.browser.test_my_case import HOSTILE, PATIENCE, keep

OWN = {
    "en": {"threshold": "150", "smallest": "4", "why": "Only the lottery makes both groups alike before the start."},
    "ru": {"threshold": "150", "smallest": "150", "why": "Только жребий делает обе группы одинаковыми до начала."},
}


class Designer:
    """The page as a person handles it: fields and buttons by their names."""

    def __init__(self, page):
        self.page = page

    def at(self, number):
        self.page.locator("h3", has_text=f"{number}. {say(STEPS[number])}").wait_for()

    def step(self, number):
        self.press(f"{number}. {say(STEPS[number])}")
        self.at(number)

    def fill(self, label, text):
        field = self.page.get_by_label(label, exact=True)
        field.fill("")
        field.press_sequentially(text)
        field.press("Tab")

    def choose(self, label, option):
        self.page.get_by_label(label, exact=True).select_option(label=option[:1].upper() + option[1:])

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def told(self, text):
        self.page.locator(".crm-designer").get_by_text(text).first.wait_for()

    def picture(self):
        self.page.locator(".crm-pictures img").first.wait_for()


@pytest.mark.slow  # the long tour: tests/widgets/test_programme_designer*.py drive the same steps without a browser
@pytest.mark.parametrize("code", ["ru", "en"])
def test_a_programme_is_designed_from_its_rules_to_the_debrief(page, serve_app, tmp_path, code):
    own, place = OWN[code], tmp_path / "programme.json"
    page.set_default_timeout(PATIENCE)
    page.goto(serve_app("loyalty", code), timeout=180_000)
    with spoken(code):
        one = Designer(page)
        page.locator(".crm-designer h2").wait_for(timeout=180_000)
        one.at(1)
        one.fill(say("File on this computer"), str(place))
        one.fill(say("Goal: what shall members do that they don't do now?"), HOSTILE)
        one.fill(say("Points that a reward takes"), own["threshold"])
        one.told(say("To think over"))
        assert violations(page, ".crm-box") == []
        keep(page, f"designer_1_{code}")
        page.get_by_role("button", name=f"2. {say(STEPS[2])}", exact=True).press("Enter")  # by keyboard
        one.at(2)
        one.told(say("Missing to the reward"))
        one.picture()
        keep(page, f"designer_2_{code}")
        one.step(3)
        for closed in (4, 5, 6, 7):
            assert page.get_by_role("button", name=f"{closed}. {say(STEPS[closed])}", exact=True).is_disabled()
        one.fill(say("Smallest effect worth knowing, per invited customer"), own["smallest"])
        one.choose(say("Rule of the decision"), say(RULES["sure"]))
        one.picture()
        assert violations(page, ".crm-box") == []
        keep(page, f"designer_3_{code}")
        one.press(say("Commit the plan and run"))
        one.at(4)
        one.told(say("Needed to pay"))
        one.picture()
        assert page.locator(".crm-designer").get_by_text(say("Estimates and the truth")).count() == 0
        one.choose(say("Method that I believe"), say(METHODS["cuped"]))
        one.fill(say("Why, in one sentence"), own["why"])
        assert violations(page, ".crm-box") == []
        keep(page, f"designer_4_{code}")
        one.press(say("Commit and see the truth"))
        one.at(5)
        one.told(say("Estimates and the truth"))
        one.picture()
        keep(page, f"designer_5_{code}")
        one.step(6)
        one.told(say("Liability for points, month by month"))
        keep(page, f"designer_6_{code}")
        one.press(say("Next") + " →")
        one.at(7)
        one.press(say("Share the effect out over mechanisms (some seconds)"))
        one.told(say("The true effect on profit, shared out over mechanisms"))
        one.fill(say("Conclusion: what should the organisation do, and why?"), own["why"])
        assert violations(page, ".crm-box") == []
        keep(page, f"designer_7_{code}")
        one.press(say("Save"))
        one.told("programme.json")
        saved = load_design(place)
        assert saved.revealed
        assert saved.rules.threshold == int(own["threshold"])
        assert saved.conclusion.sentence == own["why"]
        one.press(say("Export the report"))
        one.told(f"programme-{say('report')}.html")
        assert page.evaluate("() => window.pwned") is None
        page.goto((tmp_path / f"programme-{say('report')}.html").as_uri())
        assert own["why"] in page.locator("main").inner_text()
        assert violations(page, "main") == []
        keep(page, f"designer_report_{code}")
