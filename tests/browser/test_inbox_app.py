"""The inbox served by Voilà: a day begun, worked, undone, ended by keyboard and mouse; incidents coded to a κ."""

from __future__ import annotations

import os
import re

import pytest

from crm_toolkit.exercises.inbox import ANSWERS, draw_day, moves_of, play
from crm_toolkit.exercises.incident_coding import DEFINITIONS, incidents_of
from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from crm_toolkit.widgets.inbox import _answer_text
from tests.browser.lab import violations

STUDENT = "demo-01"


def keep(locator, name):
    folder = os.environ.get("CRM_PICTURES")
    if folder:
        locator.screenshot(path=os.path.join(folder, f"{name}.png"))


@pytest.mark.parametrize("language", ["ru", pytest.param("en", marks=pytest.mark.slow)])
def test_a_day_is_played_and_incidents_are_coded(page, serve_app, language):
    page.goto(serve_app("inbox", language), timeout=180_000)
    page.set_default_timeout(60_000)
    with spoken(language):
        words = {name: say(name) for name in ("Your student number", "Begin", "What to do", "Do it", "End the day",
                                              "Undo the last move", "Compare", "Minutes")}  # fmt: skip
        kinds = {code: say(text) for code, text in DEFINITIONS.items()}
        answers = {code: _answer_text(code) for code in ANSWERS}
        made = incidents_of(STUDENT)
    field = page.get_by_label(words["Your student number"])
    field.fill(STUDENT)
    field.press("Enter")
    inbox = page.locator(".crm-inbox")
    inbox.locator(".crm-item").first.wait_for()

    day = draw_day(STUDENT)
    moves = moves_of(day, "judgement")[:6]
    for number, move in enumerate(moves, start=1):
        text = day[move.event].texts[language]
        inbox.locator(".crm-item").filter(has_text=text[:40]).first.click()
        inbox.locator("blockquote").filter(has_text=text[:40]).wait_for()
        inbox.get_by_label(words["What to do"]).select_option(label=answers[move.answer])
        minutes = inbox.get_by_label(words["Minutes"])
        usual = [minutes.element_handle(), str(ANSWERS[move.answer].minutes)]
        page.wait_for_function("([field, wanted]) => field.value === wanted", arg=usual)
        minutes.fill(str(move.minutes))
        minutes.press("Tab")
        inbox.get_by_role("button", name=words["Do it"], exact=True).press("Enter")
        left = str(play(day, moves[:number]).left)
        inbox.locator("p[role=status]").filter(has_text=left).wait_for()
    inbox.locator(".crm-item").first.click()
    inbox.locator("blockquote").wait_for()
    assert violations(page, ".crm-inbox") == []
    keep(inbox, f"inbox_{language}")
    inbox.get_by_role("button", name=words["Undo the last move"]).click()
    left = str(play(day, moves[:-1]).left)
    inbox.locator("p[role=status]").filter(has_text=left).wait_for()
    inbox.get_by_role("button", name=words["End the day"]).click()
    inbox.locator("img").wait_for()
    assert violations(page, ".crm-inbox") == []
    keep(inbox, f"inbox_evening_{language}")

    coding = page.locator(".crm-coding")
    for incident, reason in made.key[["incident_id", "reason"]].to_numpy().tolist():
        text = made.texts["text"].iloc[incident - 1]
        coding.locator("blockquote").filter(has_text=text).wait_for()
        coding.locator(".crm-kinds button").filter(has_text=kinds["pricing" if incident % 5 == 0 else reason]).click()
        if incident == 3:
            coding.locator("blockquote").filter(has_text=made.texts["text"].iloc[3]).wait_for()
            keep(coding, f"incidents_{language}")
    coding.get_by_role("button", name=words["Compare"]).click()
    coding.locator("img").wait_for()
    assert "κ" in coding.inner_text()
    assert violations(page, ".crm-coding") == []
    keep(coding, f"incidents_compared_{language}")

    said = inbox.inner_text() + coding.inner_text()
    foreign = re.findall("[А-Яа-яё]+", said) if language == "en" else re.findall("[A-Za-z]+(?: [A-Za-z]+){2,}", said)
    assert foreign == []
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1
