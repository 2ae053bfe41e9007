"""Widgets of service quality and choice show what the functions return, refuse with letters, and speak Russian."""

import re

import numpy as np
import pytest

from crm_toolkit.analysis.kano import kano_table
from crm_toolkit.behaviour.exit_voice import complaint_policy_table
from crm_toolkit.behaviour.service_quality import five_gaps
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.widgets.models.conjoint import KNOBS as OFFER_KNOBS
from crm_toolkit.widgets.models.conjoint import _explored as explored_offers
from crm_toolkit.widgets.models.conjoint import explore_conjoint
from crm_toolkit.widgets.models.exit_voice import explore_exit_voice
from crm_toolkit.widgets.models.kano import KNOBS as KANO_KNOBS
from crm_toolkit.widgets.models.kano import _answers, _conclusion, explore_kano
from crm_toolkit.widgets.models.nps import explore_nps
from crm_toolkit.widgets.models.servqual import KNOBS as GAP_KNOBS
from crm_toolkit.widgets.models.servqual import _conclusion as tell_gaps
from crm_toolkit.widgets.models.servqual import _look as look_at_gaps
from crm_toolkit.widgets.models.servqual import explore_servqual_gaps

MADE = {"kano": explore_kano, "servqual": explore_servqual_gaps, "conjoint": explore_conjoint,
        "exit_voice": explore_exit_voice, "nps": explore_nps}  # fmt: skip


def said(explorer):
    """Everything that stands in the areas, without the pictures' bytes."""
    return re.sub(r"base64,[^\"]*", "", " ".join(area.value for area in explorer._areas.values()))


@pytest.fixture(scope="module")
def kano():
    return explore_kano()


def test_kano_shows_better_and_worse_and_says_that_the_label_is_not_sure(kano):
    row = kano.result.table.iloc[0]
    assert (row["better"], row["worse"]) == pytest.approx((0.55, -0.60))
    assert "It can please 55% of the people, and its absence annoys 60%." in kano.view.conclusion
    assert f"{100 * row['mode_sure']:.0f}% of such surveys would give it again" in kano.view.conclusion


def test_kano_tells_ties():
    assert "Several categories are equally frequent" in _conclusion(kano_table(_answers({"A": 35, "M": 35, "I": 3})))


def test_an_empty_survey_gets_a_letter():
    with pytest.raises(InputError, match="none of them whole"):
        explore_kano(**dict.fromkeys(KANO_KNOBS, 0))
    with pytest.raises(InputError, match="Known: A, O, M, I, R, Q"):
        explore_kano(X=3)
    with pytest.raises(InputError, match="0 to 500"):
        explore_kano(A=-1)
    only = kano_table(_answers({"R": 40}))
    assert "The commonest category is reverse (100%)." in _conclusion(only)


def test_the_gaps_are_those_of_the_printed_example_and_the_reason_is_told():
    explorer = explore_servqual_gaps()
    assert explorer.result.gaps.mean_gap == pytest.approx(-0.858)
    assert "The largest shortfall: reliability (−1.10). All in all −0.90" in explorer.view.conclusion
    assert "more is promised than is delivered" in explorer.view.conclusion
    honest = five_gaps(expected=6, believed=6, standard=5.5, delivered=5.2, promised=5.2, perceived=5.142)
    assert "because the standards ask for less" in tell_gaps(explorer.result.gaps, honest, list("abcde"))


def test_without_weights_there_is_a_letter():
    with pytest.raises(InputError, match="All weights are 0"):
        look_at_gaps(**{name: 0 if name.endswith("_weight") else knob.default for name, knob in GAP_KNOBS.items()})


def test_conjoint_shows_shares_by_both_rules_and_what_a_trainer_is_worth():
    explorer = explore_conjoint(copied="basic")
    shares = explorer.result.shares
    assert shares[["preference", "first_choice"]].sum().tolist() == pytest.approx([1, 1])
    assert explorer.result.pays == pytest.approx({"hall": 0.8 / 0.06, "trainer": 1.2 / 0.06})
    assert "For a personal trainer the average person pays 20.00 a month" in explorer.view.conclusion
    assert explorer.result.copied["offer"].tolist() == ["Basic", "Comfort", "Personal", "copy"]
    dearer = {name: knob.default for name, knob in OFFER_KNOBS.items()} | {"basic_price": 60}
    found = explored_offers(dearer, "basic", np.random.default_rng(7).normal(size=(200, 2)))
    assert found.shares["preference"].iloc[0] < shares["preference"].iloc[0]
    with pytest.raises(InputError, match="`copied`"):
        explore_conjoint(copied="basik")


def test_exit_and_voice_show_the_policies_that_the_function_counts():
    explorer = explore_exit_voice()
    now = complaint_policy_table({"now": {}}).iloc[0]
    assert explorer.result.policies.iloc[0, 1:].tolist() == pytest.approx(now.iloc[1:].tolist())
    assert f"{now['complaints']:.0f} complain" in explorer.view.conclusion
    explorer.controls["axis"].value = "effort"
    curve = explorer.result.curve
    assert curve["value"].iloc[-1] == 6
    assert curve["voice"].is_monotonic_decreasing
    with pytest.raises(InputError, match="`axis` can't be 'loyality'"):
        explore_exit_voice(axis="loyality")


def test_nps_knows_its_margin_and_how_many_answers_a_change_needs():
    explorer = explore_nps()
    assert explorer.result.margin == pytest.approx(10.8, abs=0.05)
    assert "With 200 answers one NPS is known to 10.8 points either way." in explorer.view.conclusion
    assert f"{explorer.result.needed:,} answers" in explorer.view.conclusion
    assert (explorer.result.alike["promoters"] - explorer.result.alike["detractors"]).tolist() == pytest.approx(
        [0.3] * 5
    )
    explorer.controls["promoters"].value = 0.9
    assert explorer.result is None
    assert "Promoters and detractors together are 1.1" in said(explorer)


@pytest.mark.parametrize("name", [pytest.param(one, marks=[] if one == "nps" else pytest.mark.slow) for one in MADE])
def test_the_russian_box_is_russian(name):
    with language("ru"):
        explorer = MADE[name]()
        words = " ".join(control.description for control in explorer.controls.values())
        words += " ".join([*explorer.view.notes, explorer.view.conclusion, said(explorer)])
        text = re.sub(r"<[^>]*>|&[a-z]+;", " ", words + " ".join(re.findall(r'alt="([^"]*)"', said(explorer))))
    assert set(re.findall("[A-Za-z]{2,}", text)) <= {"NPS", "SERVPERF"}


def test_the_copy_for_exports_needs_no_controls(monkeypatch):
    monkeypatch.setenv("CRM_STATIC", "1")
    explorer = explore_nps()
    assert explorer.controls == {}
    assert [type(part).__name__ for part in explorer.static_parts()] == ["Sentence"] * 3 + ["Picture", "Table"]
