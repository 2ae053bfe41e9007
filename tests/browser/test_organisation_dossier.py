"""The workbook of a dossier, served by Voilà: from the empty page to the exported report, by names of fields."""

from __future__ import annotations

import pytest

from crm_toolkit.exercises.organisation_dossier import BY_CODE, STEPS, load_dossier
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from tests.browser.lab import violations
from tests.browser.test_article import Workshop, capital, row
from tests.browser.test_my_case import HOSTILE, PATIENCE, keep

OWN = {
    "en": {"name": "Bike repair B", "source": "journal of orders", "day": "2026-03-03",
           "steps": ("calls", "orders", "second orders"), "share": "25.0% (from 18.1% to 33.4%)"},
    "ru": {"name": "Мастерская «Б»", "source": "журнал заказов", "day": "03.03.2026",
           "steps": ("звонки", "заказы", "повторные заказы"),
           "share": "25,0\u00a0% (от 18,1\u00a0% до 33,4\u00a0%)"},
}  # fmt: skip


class Pages(Workshop):
    """The workbook as a person handles it."""

    def step(self, number):
        self.page.get_by_role("button", name=f"{number}. {say(STEPS[number])}").click()
        self.page.locator("h3", has_text=f"{number}. {say(STEPS[number])}").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("code", ["ru", "en"])
def test_a_dossier_goes_from_its_sources_to_the_report(page, serve_app, tmp_path, code):
    own, place = OWN[code], tmp_path / "work.json"
    page.set_default_timeout(PATIENCE)
    page.goto(serve_app("organisation_dossier", code), timeout=180_000)
    with spoken(code):
        one = Pages(page)
        page.locator(".crm-case progress").wait_for(timeout=180_000)
        one.fill(say("File on this computer"), str(place))
        one.fill(say("Organisation"), own["name"])
        one.fill(row("Source", 1), own["source"])
        one.fill(row("Source", 1, "read on"), own["day"])
        one.fill(row("Fact", 1), HOSTILE)
        one.choose(row("Fact", 1, "source"), f"[1] {own['source']}")
        assert violations(page, ".crm-box") == []
        keep(page, f"dossier_1_{code}")
        one.step(2)
        one.choose(row("Technology", 1), capital(say(BY_CODE["reviews"].name)))
        one.fill(row("Key figure", 1, "what it is called"), own["steps"][1])
        one.fill(row("Key figure", 1, "so many"), "120")
        one.fill(row("Key figure", 1, "of so many"), "400")
        one.told("400: 30")
        page.locator("summary", has_text=say("Cards of technologies")).first.click()
        assert violations(page, ".crm-box") == []
        keep(page, f"dossier_2_{code}")
        one.step(5)
        for number, (name, count) in enumerate(zip(own["steps"], ("400", "120", "30"), strict=True), start=1):
            one.fill(row("Funnel step", number), name)
            one.fill(row("Funnel step", number, "how many"), count)
        one.told(own["share"])
        page.locator(".crm-pictures svg text", has_text="▼").wait_for()
        assert violations(page, ".crm-box") == []
        keep(page, f"dossier_5_{code}")
        one.step(6)
        one.fill(row("Service step", 1), own["steps"][0])
        page.get_by_label(say("Service step {number} is a fail point", number=1)).check()
        one.told("⚠")
        keep(page, f"dossier_6_{code}")
        one.step(7)
        one.choose(say("Step of the funnel that is to be mended"), f"3. {own['steps'][2]}")
        one.fill(say("Smallest rise of its share worth knowing, 0–1"), "0.05")
        one.told("1,251" if code == "en" else "1\u00a0251")
        keep(page, f"dossier_7_{code}")
        one.step(9)
        one.press(say("Save"))
        one.told("work.json")
        saved = load_dossier(place)
        assert saved.facts[0].words == HOSTILE
        assert saved.diagnosis.step == 3
        one.press(say("Export the report"))
        made = tmp_path / f"work-{say('report')}.html"
        one.told(made.name)
        assert page.evaluate("() => window.pwned") is None
        page.goto(made.as_uri())
        assert own["source"] in page.locator("main").inner_text()
        assert violations(page, "main") == []
        keep(page, f"dossier_report_{code}")
