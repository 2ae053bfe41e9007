"""The report in a real browser: nothing sticks out on a desk or a phone, axe-core finds nothing, it prints on A4."""

from __future__ import annotations

import os

import pytest

from crm_toolkit.texts import language
from crm_toolkit.widgets.health import health_report
from crm_toolkit.widgets.health.sources import open_source
from tests.browser.lab import violations
from tests.browser.places import find_chromium


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])
def test_the_report_is_read_on_a_desk_a_phone_and_paper(chromium, tmp_path, code, monkeypatch):
    with language(code):
        source = open_source("datasets/barbershop")
        report = health_report(source.purchases, name=source.name, currency=source.currency, tables=source.tables)
    file = report.save(tmp_path / "report.html")
    context = chromium.new_context(bypass_csp=True)  # axe is a script, and the page allows none
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        loaded = "[...document.images].every(i => i.complete && i.naturalWidth)"
        assert page.evaluate(loaded)
        assert violations(page, "main") == []
        if os.environ.get("CRM_PICTURES"):
            page.screenshot(path=f"{os.environ['CRM_PICTURES']}/report_{code}_{width}.png", full_page=True)
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}
    assert said == []
    context.close()
    monkeypatch.setenv("CRM_CHROMIUM", find_chromium())
    printed = report.save(tmp_path / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") >= 2
    assert b"/MediaBox [0 0 594" in printed or b"/MediaBox [0 0 595" in printed
