"""Lesson 04 in JupyterLab as a student meets it, in both languages: run all, turn a control, answer a task.

Before it a notebook of three cells, so that a failure in a lesson is the lesson's own; both need one JupyterLab.
"""

from __future__ import annotations

import json
import os
import re

import pytest

from crm_toolkit import exercise
from tests.browser.lab import BOXES

SMALL = [
    "import crm_toolkit as crm\nfrom crm_toolkit import widgets\nfrom crm_toolkit.datasets import generated",
    'code = crm.language("{language}")',
    "widgets.explore_rfm(generated.make_purchases(300, weeks=40, seed=5))",
]
LESSON = "04_ranking.ipynb"
WORDS = {
    "en": {"bins": "Number of classes for each score", "cells": "6 by 6 cells", "answer": "Answer:"},
    "ru": {"bins": "Число классов для каждого балла", "cells": "ячеек 6 на 6", "answer": "Ответ:"},
}


def write_notebook(path, cells):
    """A notebook without outputs."""
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    book = {
        "cells": [{**code, "id": f"cell-{number}", "source": text} for number, text in enumerate(cells)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(book), encoding="utf-8")


@pytest.mark.parametrize("language", ["en", pytest.param("ru", marks=pytest.mark.slow)])
def test_the_explorer_answers_the_keyboard_and_can_be_read_aloud(lab, lab_server, language):
    write_notebook(lab_server.folder / f"small_{language}.ipynb", [cell.format(language=language) for cell in SMALL])
    lab.open(f"small_{language}.ipynb")
    lab.run_all()
    assert lab.errors() == []

    name = {"en": "Number of classes for each score", "ru": "Число классов для каждого балла"}[language]
    bins = lab.page.get_by_role("spinbutton", name=name)
    picture = lab.page.locator(".crm-live img")
    before = picture.get_attribute("alt")
    assert "5" in before
    bins.focus()
    bins.press("ArrowUp")
    lab.page.wait_for_function(
        "before => document.querySelector('.crm-live img').alt !== before", arg=before, timeout=20_000
    )
    assert bins.input_value() == "6"
    assert {"en": "6 by 6 cells", "ru": "ячеек 6 на 6"}[language] in picture.get_attribute("alt")

    day = lab.page.get_by_label({"en": "Date of analysis", "ru": "Дата анализа"}[language])
    day.focus()
    lab.page.keyboard.type("06302025")
    lab.page.get_by_text({"en": "June 30, 2025", "ru": "30 июня 2025"}[language]).wait_for(timeout=20_000)

    segment = lab.page.get_by_label({"en": "Customers of the segment", "ru": "Клиенты сегмента"}[language])
    segment.focus()
    segment.press("End")
    last = {"en": "Segment “Hibernating”", "ru": "Сегмент: Уснувшие"}[language]
    lab.page.get_by_text(last).wait_for(timeout=20_000)
    assert lab.violations() == []
    lab.keep(f"explorer_{language}")

    said = lab.page.locator(".crm-live").inner_text()
    if language == "ru":
        assert re.findall(r"[A-Za-z]{2,}", re.sub(r"`[^`]*`", "", said)) == []
    else:
        assert not re.search("[а-яё]", said, flags=re.IGNORECASE)
    assert lab.page.locator(".crm-static").is_hidden()


@pytest.mark.slow  # the long tour; the explorer above stands for JupyterLab in the normal run, nbval for the lesson
@pytest.mark.data
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_lesson_runs_answers_the_keyboard_and_checks_an_exercise(lab, lab_server, language):
    path = f"notebooks/{language}/{LESSON}"
    if not (lab_server.folder / path).exists():
        pytest.skip(f"{path} is not built yet")
    words = WORDS[language]
    lab.open(path)
    lab.run_all(seconds=240)
    assert lab.errors() == []

    picture = lab.page.locator(".crm-live img").first
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
    check, hint = box.get_by_role("button").all()[:2]
    for _ in range(3):
        hint.press("Enter")
        lab.idle()
    assert hint.is_disabled()
    assert check.evaluate("one => one === document.activeElement"), "the keyboard's place was lost with the last hint"
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
        "04_ranking",
        "05_segments",
        "06_behaviour",
        "07_forecast",
        "08_money",
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
