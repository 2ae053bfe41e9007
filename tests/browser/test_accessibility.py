"""Whole pages, not only our boxes in them: without a mouse, enlarged, and in the colours that a reader has set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.lab import PATIENCE, violations
from tests.browser.places import ROOT
from tests.browser.test_lessons import write_notebook

HINDERS = ("critical", "serious")
APPS = sorted(path.stem for path in (ROOT / "notebooks" / "apps").glob("*.ipynb"))
pytestmark = pytest.mark.slow


def keep(page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page, if ``CRM_PICTURES`` names a folder for people to look at."""
    folder = os.environ.get("CRM_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=whole)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", APPS)
def test_whole_page_of_an_application_has_nothing_that_hinders(page, serve_app, name, language):
    page.goto(serve_app(name, language), wait_until="commit", timeout=PATIENCE)
    page.locator(".crm-box:visible").first.wait_for(timeout=2 * PATIENCE)  # some simulate first
    page.wait_for_timeout(3000)
    keep(page, f"whole_{name}_{language}", whole=True)
    assert page.locator("html").get_attribute("lang") == language
    assert violations(page, "html", impacts=HINDERS) == []


@pytest.mark.parametrize("name", ["rfm", "desk", "models"])
def test_application_enlarged_twice_needs_no_scrolling_sideways(chromium, serve_app, name):
    """A window of 1280 pixels at 200 % shows 640 of the page's own."""
    page = chromium.new_page(viewport={"width": 640, "height": 512}, device_scale_factor=2)
    page.goto(serve_app(name, "ru"), wait_until="commit", timeout=PATIENCE)
    page.locator(".crm-box:visible").first.wait_for(timeout=2 * PATIENCE)  # some simulate first
    page.wait_for_timeout(3000)
    keep(page, f"zoom_{name}", whole=True)
    wide = page.evaluate("() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    page.close()
    assert wide <= 1


@pytest.mark.parametrize("name", ["rfm", "desk", "models"])
def test_application_in_the_readers_own_colours(chromium, serve_app, name):
    page = chromium.new_page(viewport={"width": 1280, "height": 1000}, forced_colors="active", color_scheme="dark")
    page.goto(serve_app(name, "ru"), wait_until="commit", timeout=PATIENCE)
    page.locator(".crm-box:visible").first.wait_for(timeout=2 * PATIENCE)  # some simulate first
    page.wait_for_timeout(3000)
    for _ in range(3):
        page.keyboard.press("Tab")
    keep(page, f"forced_{name}", whole=True)
    edges = page.locator(".crm-box button.jupyter-button:visible").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).borderTopWidth))"
    )
    page.close()
    assert all(edges), "a button without an edge is taken for text where grounds are not drawn"


CONTROLS = [
    "import crm_toolkit as crm\nfrom crm_toolkit import widgets\nfrom crm_toolkit.datasets import generated",
    'crm.language("ru")\nwidgets.predict("top_fifth")',
    'widgets.quiz("start")',
    "widgets.explore_rfm(generated.make_purchases(300, weeks=40, seed=5))",
]


def test_controls_of_a_lesson_in_a_dark_theme_of_high_contrast_enlarged_and_in_own_colours(lab, lab_server):
    write_notebook(lab_server.folder / "controls.ipynb", CONTROLS)
    lab.open("controls.ipynb")
    lab.run_all()
    lab.page.locator(".crm-live img").wait_for(timeout=PATIENCE)
    for theme in ("JupyterLab Dark", "JupyterLab Dark High Contrast"):
        lab.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        lab.page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme, timeout=PATIENCE)
        lab.page.wait_for_timeout(2000)
        keep(lab.page, f"lab_{theme.replace(' ', '_')}")
        assert lab.violations() == []
    lab.page.emulate_media(forced_colors="active")
    keep(lab.page, "lab_forced")
    lab.page.set_viewport_size({"width": 750, "height": 700})
    lab.page.wait_for_timeout(2000)
    keep(lab.page, "lab_zoom")


FOCUS = """() => { const one = document.activeElement, shown = getComputedStyle(one), box = one.getBoundingClientRect();
  return {tag: one.tagName, type: one.type || '', text: (one.ariaLabel || one.innerText || '').slice(0, 40),
          inBox: Boolean(one.closest('.crm-box')), inNotebook: Boolean(one.closest('.jp-Notebook')),
          seen: shown.outlineStyle !== 'none' && parseFloat(shown.outlineWidth) >= 2,
          inWindow: box.bottom > 0 && box.top < innerHeight}; }"""


def tab_to(page, wanted, *, most: int = 80) -> dict:
    """Press Tab until what has the focus is what is wanted; every stop inside our boxes has to show that it has it."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        if wanted(stops[-1]):
            return stops[-1]
    raise AssertionError(f"not reached by Tab: {stops}")


def back_to_cell(page, *, most: int = 20) -> None:
    """Shift+Tab leads out of an output; a cell that has the focus takes Shift+Enter again."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Shift+Tab")
        stops.append(page.evaluate("() => document.activeElement.className + ' ' + document.activeElement.tagName"))
        if "cm-content" in stops[-1]:
            page.keyboard.press("Escape")  # out of the editor to its cell
            return
        if "jp-Cell " in stops[-1] + " ":
            return
    raise AssertionError(f"no way back to the cell: {stops}")


@pytest.mark.data
def test_one_lesson_from_its_first_cell_to_a_quiz_without_a_mouse(lab):
    """Cells are run, a guess is committed, a control is turned, a quiz is answered: by keys that a keyboard has."""
    lab.open("notebooks/en/04_ranking.ipynb")
    page = lab.page
    assert page.evaluate(FOCUS)["inNotebook"]

    def run_until(box) -> None:
        for _ in range(200):
            if box.count() and box.first.is_visible():
                page.keyboard.press("k")  # the selection has gone on to the cell below
                return
            page.keyboard.press("Shift+Enter")
            lab.idle()
            page.wait_for_timeout(150)
        raise AssertionError(f"the cell was not reached by Shift+Enter: {page.evaluate(FOCUS)}")

    def arrive(wanted, name: str, most: int = 80) -> None:
        stop = tab_to(page, wanted, most=most)
        keep(page, f"keyboard_{name}")
        assert stop["seen"], f"nothing shows where the keyboard is: {stop}"
        assert stop["inWindow"], stop

    boxes = page.locator(".crm-box")
    guess = boxes.filter(has=page.get_by_role("button", name="Commit")).first
    run_until(guess)
    arrive(lambda one: one["inBox"] and one["tag"] == "INPUT", "1_guess")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    guess.get_by_text("Committed: 60").wait_for(timeout=60_000)
    assert page.evaluate(FOCUS)["inBox"], "the focus was lost with the answer"

    back_to_cell(page)
    page.keyboard.press("Shift+Enter")
    picture = page.locator(".crm-live img")
    run_until(picture)
    arrive(lambda one: one["inBox"] and one["type"] == "number", "2_control")
    before = picture.first.get_attribute("alt")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("old => document.querySelector('.crm-live img').alt !== old", arg=before, timeout=60_000)

    back_to_cell(page)
    page.keyboard.press("Shift+Enter")
    quiz = boxes.filter(has=page.get_by_role("button", name="Check")).filter(has=page.get_by_role("radio")).first
    run_until(quiz)
    arrive(lambda one: one["inBox"] and one["type"] == "radio", "3_choice")
    page.keyboard.press("ArrowDown")
    arrive(lambda one: one["inBox"] and one["tag"] == "BUTTON", "4_button", most=3)
    page.keyboard.press("Space")
    quiz.locator(".crm-verdict").wait_for(timeout=60_000)
    keep(page, "keyboard_5_answer")
