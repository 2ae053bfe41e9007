"""Lesson 04 in JupyterLab as a student meets it, in both languages: run all, turn a control, answer a task."""

from __future__ import annotations

import os
import re

import pytest

from crm_toolkit import exercise
from tests.browser.lab import BOXES

LESSON = "04_ranking.ipynb"
WORDS = {
    "en": {"bins": "Number of classes for each score", "cells": "6 by 6 cells", "answer": "Answer:"},
    "ru": {"bins": "Число классов для каждого балла", "cells": "ячеек 6 на 6", "answer": "Ответ:"},
}


@pytest.mark.data
@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "ru"])
def test_the_lesson_runs_answers_the_keyboard_and_checks_an_exercise(lab, lab_server, language):
    path = f"notebooks/{language}/{LESSON}"
    if not (lab_server.folder / path).exists():
        pytest.skip(f"{path} is not built yet")
    words = WORDS[language]
    lab.open(path)
    lab.run_all(seconds=240)
    assert lab.errors() == []

    picture = lab.page.locator(".crm-live img")
    before = picture.get_attribute("alt")
    lab.page.get_by_role("spinbutton", name=words["bins"]).press("ArrowUp")
    lab.page.wait_for_function("old => document.querySelector('.crm-live img').alt !== old", arg=before, timeout=20_000)
    assert words["cells"] in picture.get_attribute("alt")
    lab.keep(f"lesson_explorer_{language}", ".crm-live")

    task = exercise("retention_rate", student="demo-01", language=language)
    box = lab.box(task.title)
    field = box.get_by_role("textbox", name=words["answer"])
    slip = task.task.misconceptions[0].value(task.data)[""][""]
    for answer, status in (("", "not_attempted"), (str(slip), "misconception"), (str(task.expected), "right")):
        field.fill(answer)
        field.press("Enter")
        box.locator(f".crm-verdict.crm-{status}").wait_for(timeout=20_000)
        assert task.check(answer).heading in box.inner_text()
    lab.keep(f"lesson_answer_{language}", f".crm-box:has(input):has-text('{task.title}')")

    assert lab.violations() == []
    said = " ".join(lab.page.locator(BOXES).all_inner_texts())
    foreign = re.findall("[а-яё]+", said, re.IGNORECASE) if language == "en" else english_sentences(said)
    assert foreign == []


def english_sentences(said: str) -> list[str]:
    """English phrases in a Russian text; single names of columns, programs and data sets are no phrases."""
    return re.findall(r"[A-Za-z']+(?: [A-Za-z']+){3,}", said)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    "name",
    [
        "00_start",
        "01_orientation",
        "02_single_database",
        "03_access_knowledge_speed",
        "05_segments",
        "06_behaviour",
        "09_loyalty",
        "10_article",
        "11_complaints",
        "12_helm",
    ],
)
def test_every_other_lesson_runs_live_too(lab, lab_server, language, name):
    lab.open(f"notebooks/{language}/{name}.ipynb")
    lab.run_all(seconds=300)
    assert lab.errors() == []
    lab.page.locator(BOXES).first.wait_for(timeout=60_000)
    lab.page.wait_for_timeout(3000)
    assert lab.page.locator(".jp-OutputArea mjx-container").count() == 0, "two prices were set as a formula"
    assert lab.violations() == []
    said = " ".join(lab.page.locator(BOXES).all_inner_texts())
    foreign = re.findall("[а-яё]+", said, re.IGNORECASE) if language == "en" else english_sentences(said)
    assert foreign == []
    for place in range(lab.page.locator(BOXES).count()):
        if os.environ.get("CRM_PICTURES"):
            box = lab.page.locator(BOXES).nth(place)
            box.scroll_into_view_if_needed()
            box.screenshot(path=os.path.join(os.environ["CRM_PICTURES"], f"{name}_{language}_{place:02}.png"))
