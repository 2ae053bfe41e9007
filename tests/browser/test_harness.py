"""The harness itself: a small notebook in both languages, so that a failure in a lesson is the lesson's own."""

from __future__ import annotations

import re

import pytest

SMALL = [
    "import crm_toolkit as crm\nfrom crm_toolkit import widgets\nfrom crm_toolkit.datasets import generated",
    'code = crm.language("{language}")',
    "widgets.explore_rfm(generated.make_purchases(300, weeks=40, seed=5))",
]


def write_notebook(path, cells):
    """A notebook without outputs."""
    import nbformat  # seconds: not while tests are collected

    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book.cells = [nbformat.v4.new_code_cell(text) for text in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, str(path))


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
