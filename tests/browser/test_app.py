"""The page for a file of one's own, served by Voilà: a bad file gets a letter, a good one a report and the explorer."""

from __future__ import annotations

import os
import re

import pytest

from tests.browser.lab import violations

GOOD = "Клиент;Дата;Сумма\n" + "".join(
    f"К{number % 40:02};{1 + number % 28:02}.{1 + number % 12:02}.2024;{100 + 7 * number},50\n" for number in range(200)
)
WORDS = {
    "en": {"choose": "Choose a file", "title": "Who are our customers?", "scored": "40 customers scored"},
    "ru": {"choose": "Выбрать файл", "title": "Кто наши клиенты?", "scored": "баллы получили 40 клиентов"},
}


@pytest.mark.parametrize("language", ["ru", pytest.param("en", marks=pytest.mark.slow)])
def test_a_file_is_uploaded_read_and_explored(page, serve_app, language):
    words = WORDS[language]
    page.goto(serve_app("rfm", language, alone=True))
    page.get_by_role("heading", name=words["title"]).wait_for(timeout=60_000)

    def upload(name: str, content: bytes) -> None:
        with page.expect_file_chooser() as asked:
            page.get_by_role("button", name=words["choose"]).press("Enter")
        asked.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content})

    upload("bad.csv", b"name,colour\nann,red\n")
    page.locator(".crm-letter").wait_for(timeout=20_000)
    assert "Traceback" not in page.inner_text("body")

    if os.environ.get("CRM_PICTURES"):
        page.screenshot(path=os.path.join(os.environ["CRM_PICTURES"], f"app_bad_{language}.png"))
    upload("sales.csv", GOOD.encode("cp1251"))
    page.get_by_text(words["scored"]).wait_for(timeout=30_000)
    assert page.locator(".crm-letter").count() == 0
    picture = page.locator(".crm-live img")
    before = picture.get_attribute("alt")
    page.get_by_role("spinbutton").press("ArrowDown")
    page.wait_for_function(
        "before => document.querySelector('.crm-live img').alt !== before", arg=before, timeout=20_000
    )
    assert violations(page, ".crm-box") == []
    if os.environ.get("CRM_PICTURES"):
        page.screenshot(path=os.path.join(os.environ["CRM_PICTURES"], f"app_{language}.png"), full_page=True)
    said = page.locator(".crm-app").inner_text()
    if language == "en":
        assert set(re.findall("[а-яё]+", said, flags=re.IGNORECASE)) <= {"Клиент", "Дата", "Сумма", "К"}
