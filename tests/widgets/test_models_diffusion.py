"""explore_bass, explore_nicosia, explore_expectations: pictures of public functions, letters, both languages."""

import re

import pytest

from crm_toolkit import plots
from crm_toolkit.behaviour.diffusion import bass_table
from crm_toolkit.behaviour.expectations import expectation_path
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets.models.bass import PERIODS, explore_bass
from crm_toolkit.widgets.models.expectation import explore_expectations
from crm_toolkit.widgets.models.nicosia import explore_nicosia


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch):
    """Charts are made and told, but not painted: `tests/plots` looks at them."""
    monkeypatch.setattr(plots, "show", lambda chart: plots.Picture(b"", plots.alt_text(chart), 1, 1))


def said(explorer):
    """Everything that a reader sees but the pictures."""
    words = [control.description for control in explorer.controls.values()]
    words += [text for control in explorer.controls.values() for text, _ in getattr(control, "options", ())]
    view = explorer.view
    parts = [view.conclusion, *view.notes, *(getattr(part, "alt", part.html) for part in view.areas.values())]
    return re.sub(r"<[^>]*>", " ", " ".join(words + parts))


def test_bass_shows_the_table_and_its_peak():
    explorer = explore_bass()
    result = explorer.result
    assert result.table.equals(bass_table(int(PERIODS.default), p=0.017206, q=0.35688, potential=15092))
    assert "The peak is 8.1 periods after the start" in explorer.view.conclusion
    assert "no rival and no shortage" in said(explorer)
    explorer.controls["form"].value = "discrete"
    assert "later than on the continuous curve" in explorer.view.conclusion
    explorer.controls["q"].value = 0.0
    assert "No peak" in explorer.view.conclusion
    assert "no peak" in said(explorer)
    explorer.controls["q"].value = 1.2
    assert explorer.view is None  # discrete with p + q above 1: a letter
    assert "more than there are left" in explorer._areas["conclusion"].value


def test_nicosia_tells_rest_fading_and_what_no_market_does():
    explorer = explore_nicosia()
    assert "attitude comes to rest at 4.14 and purchases at 1.72" in explorer.view.conclusion
    explorer.controls["message_until"].value = 20
    assert "both fade to zero" in explorer.view.conclusion
    assert explorer.result.path["message"].iloc[-1] == 0
    explorer.controls["motivation"].value = 1.2
    assert "No market does that" in explorer.view.conclusion
    assert explorer.result.rest is None
    assert "nobody has measured its coefficients" in said(explorer)


def test_a_promise_costs_at_first_and_is_forgotten():
    explorer = explore_expectations(promise=2.0)
    view = explorer.result
    assert view.path["satisfaction"][0] < view.honest["satisfaction"][0]
    assert (
        "The promise costs 1.60 of satisfaction at the first encounter, and nothing is left" in explorer.view.conclusion
    )
    performed = view.path["performance"].to_numpy()
    assert view.path.equals(expectation_path(performed, expectation=2.0, loss_weight=2.0))
    explorer.controls["promise"].value = -1.0
    assert "The promise brings" in explorer.view.conclusion
    explorer.controls["learning"].value = 0.0
    assert "is still felt in the last five" in explorer.view.conclusion
    explorer.controls["promise"].value = 0.0
    assert "changes nothing" in explorer.view.conclusion


def test_bad_beginnings_are_refused_with_a_letter():
    for explore, options in (
        (explore_bass, {"p": 0.0}),
        (explore_bass, {"form": "diskrete"}),
        (explore_nicosia, {"motivation": -1}),
        (explore_expectations, {"promise": 9}),
    ):
        with pytest.raises(InputError, match="can't"):
            explore(**options)


def test_the_russian_boxes_are_russian(monkeypatch):
    with language("ru"):
        boxes = [explore_bass(form="discrete"), explore_nicosia(), explore_expectations()]
    for box in boxes:
        assert re.findall("[A-Za-z]{2,}", re.sub(r"&[a-z]+;", " ", said(box))) == []
    monkeypatch.setenv("CRM_STATIC", "1")
    with language("ru"):
        still = explore_nicosia()
    assert still.controls == {}
    assert [type(part).__name__ for part in still.static_parts()] == ["Sentence"] * 2 + ["Picture", "Table"]
