"""The benches of consumer behaviour served by Voilà: chosen, turned by keyboard, all in one language, axe-clean."""

from __future__ import annotations

import os
import re

import pytest

from crm_toolkit.texts import language as spoken
from crm_toolkit.texts import say
from crm_toolkit.widgets.models.benches import BENCHES
from tests.browser.lab import violations

LATIN = {
    "BG",
    "NBD",
    "NPS",
    "SERVQUAL",
    "SERVPERF",
    "EBA",
    "HP",
    "IBM",
    "Dell",
    "Compaq",
    "Gateway",
    "Toshiba",
    "RUB",
    "USD",
}
# a bench begins to work when its control has come to rest, and may be done before anybody looks
WATCH = """() => {
    window.wasBusy = false;
    window.watch?.disconnect();
    window.watch = new MutationObserver(changes => { window.wasBusy ||= changes.some(
        ({oldValue, target}) => `${oldValue} ${target.className}`.includes('crm-busy')); });
    window.watch.observe(document.body, {attributeFilter: ['class'], attributeOldValue: true, subtree: true}); }"""


@pytest.mark.slow  # the long tour: in the normal run each bench is driven without a browser, in tests/widgets
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_bench_answers_the_keyboard(page, serve_app, language):
    page.goto(serve_app("models", language), timeout=180_000)
    page.set_default_timeout(90_000)
    with spoken(language):
        choice, titles = say("Model"), {name: say(title) for name, title in BENCHES.items()}
    page.locator(".crm-live img").first.wait_for()
    folder = os.environ.get("CRM_PICTURES")
    for name, title in titles.items():
        before = page.locator(".crm-live .crm-conclusion").inner_text()
        page.get_by_label(choice, exact=True).select_option(label=title)
        if name != "decision_rules":
            page.wait_for_function(
                "old => document.querySelector('.crm-live .crm-conclusion')?.innerText !== old", arg=before
            )
        page.locator(".crm-live img").first.wait_for()
        page.wait_for_function("() => !document.querySelector('.crm-busy')")
        shown = page.locator(".crm-live").inner_html()
        control = page.locator(".crm-live input:not([type=checkbox])").first
        control.focus()
        page.evaluate(WATCH)
        control.press("ArrowUp")
        page.wait_for_function("() => window.wasBusy && !document.querySelector('.crm-busy')")
        page.wait_for_function("old => document.querySelector('.crm-live').innerHTML !== old", arg=shown)
        assert page.locator(".crm-letter").count() == 0, name
        assert violations(page, ".crm-live") == [], name
        said = page.locator(".crm-live").inner_text()
        foreign = (
            re.findall("[А-Яа-яё]+", said) if language == "en" else re.findall("[A-Za-z]+(?: [A-Za-z]+){2,}", said)
        )
        assert foreign == [], name
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, name
        if folder:
            page.locator(".crm-live").screenshot(path=os.path.join(folder, f"{name}_{language}.png"))
