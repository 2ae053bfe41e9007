"""The Bass model beyond its curve: peak, series of periods, drawn histories; and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.behaviour.diffusion import (
    KNOBS,
    PUBLISHED,
    bass_adopters,
    bass_peak,
    bass_rate,
    bass_share,
    draw_bass_adopters,
)
from crm_toolkit.errors import InputError

INNOVATION, IMITATION = st.floats(1e-4, 0.3), st.floats(0.0, 0.7)


@pytest.mark.parametrize(
    ("p", "q", "potential", "peak"),
    [(0.017206, 0.35688, 15.092, 8.1), (0.010399, 0.41861, 16.895, 8.6), (0.027877, 0.25105, 96.717, 7.9)],
)
def test_peaks_of_bass_1969_from_memory_and_recomputed(p, q, potential, peak):
    found = bass_peak(p=p, q=q, potential=potential)
    assert round(found.time, 1) == peak
    assert found.adopters == pytest.approx(potential * bass_rate(found.time, p=p, q=q), rel=1e-12)
    assert found.share == pytest.approx(bass_share(found.time, p=p, q=q), rel=1e-12)


def test_the_discrete_series_of_dryers_recomputed():
    fixture = [0.260, 0.346, 0.457, 0.594, 0.758, 0.942, 1.133, 1.308, 1.434, 1.479, 1.424]
    found = bass_adopters(11, p=0.017206, q=0.35688, potential=15.092, form="discrete")
    assert np.allclose(found, fixture, atol=6e-4)  # printed to three digits
    assert (KNOBS["p"].default, KNOBS["q"].default) == PUBLISHED["clothes_dryer"]


@given(p=INNOVATION, q=IMITATION)
@settings(max_examples=25, deadline=None)
def test_the_rate_is_nowhere_higher_than_at_the_peak(p, q):
    peak = bass_peak(p=p, q=q)
    around = np.linspace(0, max(2 * peak.time, 10.0), 301)
    assert bass_rate(around, p=p, q=q).max() <= peak.adopters * (1 + 1e-9)
    assert peak.inside == (q > p)
    if not peak.inside:
        assert (peak.time, peak.share) == (0.0, 0.0)
        assert peak.adopters == pytest.approx(p)


@given(p=INNOVATION, q=IMITATION, potential=st.floats(1, 1e6), form=st.sampled_from(["continuous", "discrete"]))
@settings(max_examples=25, deadline=None)
def test_all_periods_together_bring_no_more_than_the_potential_and_scale_with_it(p, q, potential, form):
    found = bass_adopters(60, p=p, q=q, potential=potential, form=form)
    assert (found >= 0).all()
    assert found.sum() <= potential * (1 + 1e-12)
    assert np.allclose(found, potential * bass_adopters(60, p=p, q=q, form=form), rtol=1e-9)


def test_drawn_people_come_as_the_curve_says_and_never_twice():
    luck = np.random.default_rng(4)
    drawn = np.array([draw_bass_adopters(12, p=0.03, q=0.4, potential=400, rng=luck) for _ in range(500)])
    assert (drawn.sum(axis=1) <= 400).all()
    expected = bass_adopters(12, p=0.03, q=0.4, potential=400)
    error = np.sqrt(expected * (1 - expected / 400) / 500)
    assert (np.abs(drawn.mean(axis=0) - expected) < 4 * error).all()
    assert np.allclose(drawn.var(axis=0), expected * (1 - expected / 400), rtol=0.35)  # multinomial, not Poisson


def test_all_wrong_numbers_are_told_at_once():
    with pytest.raises(InputError) as letter:
        bass_adopters(0, p=-1, q=float("nan"), potential="many", form="contineous")
    assert {problem.column for problem in letter.value.problems} == {"periods", "form", "p", "q", "potential"}
    assert "Did you mean `continuous`?" in str(letter.value)
    with pytest.raises(InputError, match="one period would bring more than there are left"):
        bass_adopters(5, p=0.5, q=0.6, form="discrete")
    with pytest.raises(InputError, match="A whole number is needed"):
        draw_bass_adopters(3, p=0.1, q=0.1, potential=2.5, rng=np.random.default_rng(0))
