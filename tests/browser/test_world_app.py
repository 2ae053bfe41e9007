"""The page of two policies, served by Voilà: controls answer the keyboard, a refusal is a letter, all is read aloud."""

from __future__ import annotations

import os
import re

import pytest

from tests.browser.lab import violations

WORDS = {
    "en": {
        "level": "Level of prices, 1 is the list",
        "scenario": "Scenario",
        "loyalty": "Loyalty programme",
        "bare": "BG/NBD: the published process alone",
        "now": "as now",
        "conclusion": "Policy B against policy A, 104 weeks",
        "letter": "This organisation has never had a loyalty programme",
    },
    "ru": {
        "level": "Уровень цен, 1 — по прейскуранту",
        "scenario": "Сценарий",
        "loyalty": "Программа лояльности",
        "bare": "Модель BG/NBD в чистом виде",
        "now": "как сейчас",
        "conclusion": "Политика Б по сравнению с политикой А за 104 недели",
        "letter": "У этой организации никогда не было программы лояльности",
    },
}
ALLOWED = {"BG", "NBD", "USD", "RUB"}


@pytest.mark.slow  # the long tour: tests/widgets/test_explore_world.py drives it without a browser
@pytest.mark.parametrize("language", ["ru", "en"])
def test_policies_are_compared_and_refused_by_keyboard(page, serve_app, language):
    words = WORDS[language]
    page.goto(serve_app("world", language), timeout=180_000)
    page.locator(".crm-live img").first.wait_for(timeout=120_000)
    conclusion = page.locator(".crm-live .crm-conclusion p").first
    pictures = page.locator(".crm-live img")
    assert pictures.count() == 2
    assert words["conclusion"] in conclusion.inner_text()
    before = pictures.first.get_attribute("alt"), conclusion.inner_text()

    level = page.get_by_role("spinbutton", name=words["level"])
    level.focus()
    level.press("ArrowUp")
    page.wait_for_function(
        "before => document.querySelector('.crm-live img').alt !== before", arg=before[0], timeout=60_000
    )
    assert level.input_value().replace(",", ".") == "1.01"
    assert conclusion.inner_text() != before[1]
    at_rest(page)
    assert violations(page, ".crm-box") == []
    keep(page, f"world_{language}")
    said = page.locator(".crm-live").inner_text()
    if language == "ru":
        assert set(re.findall("[A-Za-z]{2,}", re.sub(r"`[^`]*`", "", said))) <= ALLOWED | {"Pareto"}
    else:
        assert re.findall("[а-яё]+", said, flags=re.IGNORECASE) == []

    page.get_by_label(words["scenario"]).select_option(label=words["bare"])
    loyalty = page.get_by_label(words["loyalty"])
    loyalty.focus()
    loyalty.press("End")
    page.locator(".crm-letter").wait_for(timeout=60_000)
    assert words["letter"] in page.locator(".crm-letter").inner_text()
    assert "Traceback" not in page.inner_text("body")
    at_rest(page)
    assert violations(page, ".crm-box") == []
    keep(page, f"world_letter_{language}")
    loyalty.press("Home")
    page.locator(".crm-letter").wait_for(state="detached", timeout=60_000)


def at_rest(page):
    """Wait until nothing is being computed: a page at work is faded, which is no contrast to be judged."""
    page.wait_for_function("() => !document.querySelector('.crm-busy')", timeout=60_000)


def keep(page, name):
    """Keep a picture of the page, if ``CRM_PICTURES`` names a folder for people to look at."""
    if os.environ.get("CRM_PICTURES"):
        page.screenshot(path=os.path.join(os.environ["CRM_PICTURES"], f"{name}.png"), full_page=True)
