"""The workbook on a real programme, served by Voilà: from the empty page to the exported report, by names of fields."""

from __future__ import annotations

import pytest

from crm_toolkit.exercises.real_programme import LABELS, PARTS, STEPS, USES, load_programme_work
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from tests.browser.lab import violations
from tests.browser.test_article import Workshop, capital
from tests.browser.test_my_case import HOSTILE, PATIENCE, keep

OWN = {
    "en": {"organisation": "Car wash K", "source": "rules on paper, page 1", "day": "2026-03-03", "rate": "5%"},
    "ru": {"organisation": "Мойка «К»", "source": "правила на бумаге, с. 1", "day": "03.03.2026", "rate": "5 %"},
}
RULES = {"earning": {"earning.per_unit": ""}, "burning": {"burning.point_value": "1", "burning.threshold": "500"}}
NUMBERS = {"Members": "2000", "Contribution margin, share of the spend": "0.4",
           "Share of the points that is redeemed in the end": "0.7",
           "What one unit of reward costs the firm": "0.5"}  # fmt: skip


class Programme(Workshop):
    """The workbook as a person handles it."""

    def step(self, number):
        self.page.get_by_role("button", name=f"{number}. {say(STEPS[number])}").click()
        self.page.locator("h3", has_text=f"{number}. {say(STEPS[number])}").wait_for()

    def part(self, part):
        self.page.get_by_role("button", name=say(PARTS[part])).click()


@pytest.mark.slow  # the same page of steps as the article, which the normal run drives in a browser
@pytest.mark.parametrize("code", ["ru", "en"])
def test_a_real_programme_goes_from_its_description_to_the_report(page, serve_app, tmp_path, code):
    own, place = OWN[code], tmp_path / "work.json"
    page.set_default_timeout(PATIENCE)
    page.goto(serve_app("real_programme", code), timeout=180_000)
    with spoken(code):
        one = Programme(page)
        page.locator(".crm-case progress").wait_for(timeout=180_000)
        one.fill(say("File on this computer"), str(place))
        one.fill(say("Organisation"), own["organisation"])
        one.fill(f"{say('Source')} 1", own["source"])
        one.fill(f"{say('Source')} 1: {say('read on')}", own["day"])
        for part, fields in RULES.items():
            one.part(part)
            for path, value in fields.items():
                name = say(LABELS[path])
                one.fill(name, value or own["rate"])
                one.choose(say("{field}: source", field=name), f"[1] {own['source']}")
        one.choose(say(LABELS["burning.mode"]), capital(say("whole rewards only")))
        one.press(say("Mark what is open in this part as not stated"))
        assert violations(page, ".crm-box") == []
        keep(page, f"real_programme_1_{code}")
        one.step(2)
        one.told(say("The rules run. Read aloud from what you entered:"))
        keep(page, f"real_programme_2_{code}")
        one.step(3)
        one.fill(say("First visit"), own["day"])
        for label, value in (("Days between visits", "21"), ("Visits", "18"),
                             ("Amount of a visit, currency units", "600")):  # fmt: skip
            one.fill(say(label), value)
        one.choose(say("Uses points"), capital(say(USES["soon"])))
        page.locator(".crm-pictures img").first.wait_for()
        assert violations(page, ".crm-box") == []
        keep(page, f"real_programme_3_{code}")
        one.step(4)
        for label, value in NUMBERS.items():
            one.fill(say(label), value)
            origin = say("{number}: where from", number=say(label))
            one.choose(origin, capital(say("own assumption")))
        one.told(say("Numbers that the results rest on"))
        one.told("4.6%" if code == "en" else "4,6\u00a0%")  # the break-even lift
        keep(page, f"real_programme_4_{code}")
        one.step(6)
        one.fill(say("Who wins, who pays?"), HOSTILE)
        keep(page, f"real_programme_6_{code}")
        one.step(7)
        page.get_by_role("radio").nth(2).check()
        one.told(say("Export the report"))
        assert violations(page, ".crm-box") == []
        keep(page, f"real_programme_7_{code}")
        one.press(say("Save"))
        one.told("work.json")
        saved = load_programme_work(place)
        assert saved.stated["burning.threshold"].value == "500"
        assert saved.stated["burning.minimum"].not_stated
        assert saved.critique.winners == HOSTILE
        assert [(grade.criterion, grade.level) for grade in saved.grades] == [("description", 2)]
        one.press(say("Export the report"))
        made = tmp_path / f"work-{say('report')}.html"
        one.told(made.name)
        assert page.evaluate("() => window.pwned") is None
        page.goto(made.as_uri())
        text = page.locator("main").inner_text()
        assert own["organisation"] in text
        assert own["source"] in text
        assert violations(page, "main") == []
        keep(page, f"real_programme_report_{code}")
