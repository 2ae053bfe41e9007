"""Benches of lesson 05 show what the functions return, and speak Russian."""

import re

import pytest

pytest.importorskip("ipywidgets")

from crm_toolkit.datasets import make_segment_customers
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets import automation_rules, explore_segments, segments_bench

pytestmark = pytest.mark.usefixtures("unpainted", "light")


@pytest.fixture
def light(monkeypatch):
    """Fewer draws and clouds: what is shown is the matter here, not how sure it is."""
    monkeypatch.setattr(segments_bench, "_LIGHT", {"draws": 5, "references": 19, "sample": 120, "starts": 1})


def said(explorer):
    return re.sub(r"base64,[^\"]*|<[^>]*>", " ", " ".join(area.value for area in explorer._areas.values()))


def test_one_cloud_is_called_one_and_the_truth_stays_hidden_until_asked():
    explorer = explore_segments(data="C")
    view = explorer.result
    assert not view.choice.test.structure
    assert "No structure is shown" in explorer.view.conclusion
    assert f"{100 * view.clusters.explained:.0f}% of the squared distances" in explorer.view.notes[0]
    assert "The truth" not in said(explorer)
    explorer.controls["truth"].value = True
    assert "one cloud without groups, and everybody answers alike" in said(explorer)
    explorer.controls["data"].value = "A"  # the same customers, other answers
    assert explorer.result.choice is view.choice
    assert explorer.result.policy.gain > 1


@pytest.mark.slow
def test_a_table_of_ones_own_needs_no_treatment_and_speaks_russian():
    made = make_segment_customers("groups_pay", customers=120).customers.drop(columns=["treatment", "outcome"])
    with language("ru"):
        explorer = explore_segments(made, columns=["visits", "receipt"])
        words = " ".join(control.description for control in explorer.controls.values()) + said(explorer)
    assert explorer.result.policy is None
    assert "Измерить выигрыш нельзя" in words
    assert not re.findall(r"[A-Za-z]{3,} [A-Za-z]{3,}", words)
    with pytest.raises(InputError, match="`receit`"):
        explore_segments(made, columns=["receit"])


def test_rules_are_counted_before_they_are_switched_on():
    explorer = automation_rules()
    run = explorer.result.run
    assert run.dry
    assert f"{run.actions['customer_id'].nunique()} customers are affected" in explorer.view.conclusion
    held = len(run.held_back)
    explorer.controls["consent"].value = False
    assert not (explorer.result.run.held_back["reason"] == "no_consent").any()
    assert "break the law" in said(explorer)
    explorer.controls["rest_days"].value = 0
    assert len(explorer.result.run.held_back) == 0 < held


def test_the_rules_are_told_in_russian():
    with language("ru"):
        words = said(automation_rules())
    assert not re.findall(r"[A-Za-z]{3,} [A-Za-z]{3,}", words)
