"""«My case», served by Voilà: filled from empty to the exported report, by keyboard and mouse, in both languages."""

from __future__ import annotations

import os

import pytest

from crm_toolkit.exercises.my_case import STEPS, load_case
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from tests.browser.lab import violations

PATIENCE = 40_000
HOSTILE = '<img src=x onerror="window.pwned=1">'
OWN = {
    "en": {"purchase": "three months at the pool", "names": ("North gym", "River pool", "Home videos"),
           "criteria": ("price", "trainer"), "day": "2024-09-14", "evidence": "My sister had bought a ticket."},
    "ru": {"purchase": "три месяца в бассейне", "names": ("Зал «Север»", "Бассейн «Река»", "Занятия по видео"),
           "criteria": ("цена", "тренер"), "day": "14.09.2024", "evidence": "Сестра купила абонемент."},
}  # fmt: skip
MARKS = ((2, 5), (4, 3), (5, 1))


class CasePage:
    """The canvas as a person handles it: fields and buttons by their names."""

    def __init__(self, page):
        self.page = page

    def step(self, number):
        self.page.get_by_role("button", name=f"{number}. {say(STEPS[number])}").click()
        self.page.locator("h3", has_text=f"{number}. {say(STEPS[number])}").wait_for()

    def fill(self, label, text):
        field = self.page.get_by_label(label, exact=True)
        field.fill("")
        field.press_sequentially(text)  # as people type, letter by letter
        field.press("Tab")

    def choose(self, label, option):
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def told(self, text):
        self.page.locator(".crm-case").get_by_text(text).first.wait_for()


@pytest.mark.slow  # the long tour: tests/widgets drive the same steps, and the article is driven in a browser
@pytest.mark.parametrize("code", ["ru", "en"])
def test_a_case_is_filled_from_empty_to_the_exported_report(page, serve_app, tmp_path, code):
    own, place = OWN[code], tmp_path / "case.json"
    page.set_default_timeout(PATIENCE)
    page.goto(serve_app("my_case", code), timeout=180_000)
    with spoken(code):
        case = CasePage(page)
        page.locator(".crm-case progress").wait_for(timeout=180_000)
        case.fill(say("File on this computer"), str(place))
        fill_in(case, own)
        assert violations(page, ".crm-box") == []
        keep(page, f"my_case_{code}")
        case.step(10)
        case.fill(say("What does the model not explain?"), HOSTILE)
        case.press(say("Save"))
        case.told("case.json")
        saved = load_case(place)
        assert saved.about.purchase == own["purchase"]
        assert saved.choice.chosen == own["names"][1]
        assert [one.marks for one in saved.alternatives] == list(MARKS)
        assert saved.reflection.not_explained == HOSTILE
        box = page.get_by_label(
            say("withhold {what}", what=say("names of providers and alternatives, and what was bought"))
        )
        box.focus()
        box.press("Space")
        case.press(say("Export the report"))
        case.told(f"case-{say('report')}.html")
        made = tmp_path / f"case-{say('report')}.html"
        assert violations(page, ".crm-box") == []
        assert page.evaluate("() => window.pwned") is None
        page.goto(made.as_uri())
        text = page.locator("main").inner_text()
        assert own["names"][1] in text
        assert own["evidence"] not in text
        assert say("To write: {question}", question="")[:8] in text
        assert violations(page, "main") == []
        keep(page, f"my_case_report_{code}")


def fill_in(case, own):
    case.fill(say("What did you buy?"), own["purchase"])
    case.fill(say("Day of the purchase"), own["day"])
    case.step(2)
    case.fill(say("{construct}: evidence", construct=say("family and household")), own["evidence"])
    case.choose(say("{construct}: direction", construct=say("family and household")), "+2")
    case.page.locator(".crm-diagram svg text", has_text="+2").first.wait_for()  # the construct lights up
    case.step(3)
    case.fill(say("Desired state, 0–100"), "80")
    case.fill(say("Actual state, 0–100"), "45")
    case.choose(say("Importance"), "75%" if say("yes") == "yes" else "75\u00a0%")
    case.told("26.25" if say("yes") == "yes" else "26,25")  # the weighed gap
    case.step(4)
    for number, name in enumerate(own["names"], start=1):
        case.fill(f"{say('Alternative')} {number}", name)
        evoked = say("evoked set")
        case.choose(f"{say('Set of alternative')} {number}", evoked[:1].upper() + evoked[1:])
    case.step(5)
    for number, (name, points) in enumerate(zip(own["criteria"], ("60", "40"), strict=True), start=1):
        case.fill(f"{say('Criterion')} {number}", name)
        case.fill(f"{say('Points of criterion')} {number}", points)
        case.choose(f"{say('Minimum of criterion')} {number}", "3")
    for name, row in zip(own["names"], MARKS, strict=True):
        for criterion, value in zip(own["criteria"], row, strict=True):
            case.choose(say("{alternative}: {criterion}", alternative=name, criterion=criterion), str(value))
    case.told(say("If there were only these two, which would you take?"))
    case.step(6)
    case.choose(say("Really chosen"), own["names"][1])
    case.told(say("Five rules on your own table"))
    case.told(say("Leads to the real choice"))


def keep(page, name):
    """Keep a picture of the page, if ``CRM_PICTURES`` names a folder for people to look at."""
    if os.environ.get("CRM_PICTURES"):
        page.screenshot(path=os.path.join(os.environ["CRM_PICTURES"], f"{name}.png"), full_page=True)
