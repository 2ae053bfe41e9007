"""The frame: one call per rest of the controls, letters for refusals, the language of its making, a static copy."""

import asyncio

import pytest

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.plots import Picture
from crm_toolkit.texts import language, say
from crm_toolkit.widgets import explorer as room
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

BINS = Knob("bins", 5, 2, 10, 1, "Customers", origin="convention")


def squares(calls):
    """A function to explore: squares, but not of 9 (refused), 8 (fails) or 7 (nothing to show)."""

    def look(*, bins):
        calls.append(bins)
        if bins == 9:
            raise InputError("Nine can't be used.", [Problem("nine", "It is <nine>.")])
        if bins == 8:
            raise RuntimeError("eight <b>")
        table = Table("Squares", ("n", "n²"), ((str(bins), str(bins**2)),))
        return View(f"{say('Customers')}: {bins**2}", {"table": table}, {"square": bins**2}, ("A note.",))

    return look


def made(calls, **changes):
    """An explorer of squares."""
    controls = changes.pop("controls", lambda: {"bins": number_control(BINS)})
    return Explorer(squares(calls), controls=controls, start={"bins": 5}, rows=[["bins"], ["conclusion"], ["table"]])


def said(explorer):
    """Everything that stands in the areas."""
    return " ".join(area.value for area in explorer._areas.values())


def test_it_shows_the_start_at_once_and_gives_the_frames_to_code():
    explorer = made([])
    assert "Customers: 25" in said(explorer)
    assert "A note." in said(explorer)
    assert explorer.result == {"square": 25}


def test_a_control_changes_what_is_shown():
    explorer = made([])
    explorer.controls["bins"].value = 6
    assert explorer.result == {"square": 36}
    assert "<td>36</td>" in said(explorer)


def test_a_refusal_is_a_letter_and_the_next_good_value_heals_it():
    explorer = made([])
    explorer.controls["bins"].value = 9
    assert 'role="alert"' in said(explorer)
    assert "1. It is &lt;nine&gt;." in said(explorer)
    assert explorer.result is None
    assert "<table" not in said(explorer)
    explorer.controls["bins"].value = 4
    assert explorer.result == {"square": 16}
    assert 'role="alert"' not in said(explorer)


def test_an_unforeseen_failure_is_a_sentence_and_no_traceback():
    explorer = made([])
    explorer.controls["bins"].value = 8
    assert "This can't be shown: RuntimeError: eight &lt;b&gt;" in said(explorer)
    assert "Traceback" not in said(explorer)


def test_the_box_is_busy_only_while_it_works():
    explorer = made([])
    explorer.controls["bins"].value = 8
    explorer.controls["bins"].value = 6
    assert "crm-busy" not in explorer.box._dom_classes


def test_quick_turns_are_one_call():
    calls = []

    async def turn():
        explorer = made(calls)
        for value in (6, 7, 6, 3):
            explorer.controls["bins"].value = value
        await asyncio.sleep(3 * room.REST_SECONDS)
        return explorer

    explorer = asyncio.run(turn())
    assert calls == [5, 3]
    assert explorer.result == {"square": 9}


def test_it_stays_in_the_language_of_its_making():
    with language("ru"):
        explorer = made([])
    explorer.controls["bins"].value = 6
    assert "Клиенты: 36" in said(explorer)


def test_a_refused_start_is_an_error_of_the_call():
    with pytest.raises(InputError, match="Nine"):
        Explorer(squares([]), controls=dict, start={"bins": 9}, rows=[["conclusion"], ["table"]])


@pytest.fixture
def displayed(monkeypatch):
    """What IPython would display, as bundles of MIME types."""
    shown = []

    def display(thing, raw=False, **_):
        bundle = thing if raw else thing._repr_mimebundle_()
        shown.append(bundle[0] if isinstance(bundle, tuple) else bundle)

    monkeypatch.setattr("IPython.display.display", display)
    return shown


def test_the_static_copy_stands_under_the_box_as_one_output_and_the_box_hides_it(displayed):
    explorer = made([])
    explorer._ipython_display_()
    box, copy = displayed
    assert "application/vnd.jupyter.widget-view+json" in box
    assert copy["text/html"].startswith('<div class="crm-static ')
    assert "<td>25</td>" in copy["text/html"]
    assert "| 5 | 25 |" in copy["text/markdown"]
    assert "Customers: 25" in copy["text/plain"]
    assert ".jp-OutputArea:has(.crm-live) .crm-static { display: none; }" in explorer.box.children[0].value


def test_for_exports_there_is_only_the_copy_and_no_control_is_made(displayed, monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")

    def controls():
        raise AssertionError("a control was made")

    explorer = made([], controls=controls)
    explorer._ipython_display_()
    assert explorer.box is None
    assert not any("application/vnd.jupyter.widget-view+json" in bundle for bundle in displayed)
    assert any("<td>25</td>" in bundle["text/html"] for bundle in displayed)


def test_exports_without_widgets_keep_the_copy(displayed):
    import nbformat
    from nbconvert import HTMLExporter

    made([])._ipython_display_()
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in displayed]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=outputs)])
    html, _ = HTMLExporter().from_notebook_node(book)
    assert "<td>25</td>" in html


def test_pictures_keep_their_text_in_the_copy():
    part = Picture(b"png", "alt [text]", 1, 1)
    assert room._markdown(part) == "![alt (text)](data:image/png;base64,cG5n)"
