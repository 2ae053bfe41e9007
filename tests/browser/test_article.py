"""The article workshop and a practice text, served by Voilà: from the empty page to the exported report, by name."""

from __future__ import annotations

import pytest

from crm_toolkit.exercises.article import RELATIONS, STANCES, STEPS, TYPES, entry, load_article
from crm_toolkit.exercises.article.evidence import TOPICS
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from tests.browser.lab import violations
from tests.browser.test_my_case import HOSTILE, PATIENCE, keep

OWN = {
    "en": ("A text of practice", "Waiting means minutes.", "Waiting drives guests away.", "No guest may wait."),
    "ru": ("Учебный текст", "Ожидание — это минуты.", "Ожидание прогоняет клиентов.", "Ждать клиент не должен."),
}
KINDS = ("definition", "empirical", "normative")


class Workshop:
    """The workshop as a person handles it: fields and buttons by their names."""

    def __init__(self, page):
        self.page = page

    def step(self, number):
        self.page.get_by_role("button", name=f"{number}. {say(STEPS[number])}").click()
        self.page.locator("h3", has_text=f"{number}. {say(STEPS[number])}").wait_for()

    def fill(self, label, text):
        field = self.page.get_by_label(label, exact=True)
        field.fill("")
        field.press_sequentially(text)
        field.press("Tab")

    def choose(self, label, option):
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def told(self, text):
        self.page.locator(".crm-case").get_by_text(text).first.wait_for()


def row(name, number, field=""):
    return f"{say(name)} {number}: {say(field)}" if field else f"{say(name)} {number}"


def capital(text):
    return text[:1].upper() + text[1:]


@pytest.mark.parametrize("code", ["ru", pytest.param("en", marks=pytest.mark.slow)])
def test_an_article_is_taken_apart_from_empty_to_the_exported_report(page, serve_app, tmp_path, code):
    title, *claims = OWN[code]
    place = tmp_path / "work.json"
    page.set_default_timeout(PATIENCE)
    page.goto(serve_app("article", code), timeout=180_000)
    with spoken(code):
        shop = Workshop(page)
        page.locator(".crm-case progress").wait_for(timeout=180_000)
        shop.fill(say("File on this computer"), str(place))
        shop.fill(say("Title of the article"), title)
        shop.fill(say("First page"), "1")
        shop.fill(say("Last page"), "4")
        assert violations(page, ".crm-box") == []
        shop.step(2)
        for number, (words, kind) in enumerate(zip(claims, KINDS, strict=True), start=1):
            shop.fill(row("Claim", number), words)
            shop.fill(row("Claim", number, "page"), str(number))
            shop.choose(row("Claim", number, "type"), capital(say(TYPES[kind])))
        page.locator(".crm-diagram svg text", has_text=claims[2]).wait_for()  # the claim stands in the map
        shop.step(3)
        shop.choose(row("Link", 1, "from claim"), f"2. {claims[1]}")
        shop.choose(row("Link", 1, "relation"), capital(say(RELATIONS["supports"])))
        shop.choose(row("Link", 1, "to claim"), f"3. {claims[2]}")
        page.locator('.crm-diagram svg path[marker-end="url(#crm-supports)"]').wait_for(state="attached")
        assert violations(page, ".crm-box") == []
        shop.step(4)
        one = entry("dong_2011")
        shop.choose(row("Evidence", 1, "claim"), f"2. {claims[1]}")
        shop.choose(row("Evidence", 1, "stance"), capital(say(STANCES["against"])))
        topic = say(TOPICS[one.topic])
        shop.choose(row("Evidence", 1, "source"), capital(f"{topic}: {one.source}"))
        shop.step(5)
        shop.told(say("Which claims have evidence"))
        keep(page, f"article_{code}")
        shop.step(7)
        shop.fill(say("Own position: which claims would you rely on?"), HOSTILE)
        shop.press(say("Save"))
        shop.told("work.json")
        saved = load_article(place)
        assert [one.type for one in saved.claims] == list(KINDS)
        assert saved.position.stand == HOSTILE
        assert [(one.claim, one.stance, one.entry) for one in saved.evidence] == [(2, "against", "dong_2011")]
        shop.press(say("Export the report"))
        made = tmp_path / f"work-{say('report')}.html"
        shop.told(made.name)
        assert violations(page, ".crm-box") == []
        assert page.evaluate("() => window.pwned") is None
        page.goto(made.as_uri())
        text = page.locator("main").inner_text()
        assert all(words in text for words in claims)
        assert one.source in text
        assert violations(page, "main") == []
        keep(page, f"article_report_{code}")
