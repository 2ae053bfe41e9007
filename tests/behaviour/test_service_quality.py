"""Answers on a scale: the declared shares for a usual feeling, in the order of feelings, from those who answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from crm_toolkit.behaviour.service_quality import answer_chance, cut_points, ordinal_answer

NPS = [0.02, 0.01, 0.02, 0.03, 0.03, 0.07, 0.08, 0.14, 0.2, 0.17, 0.23]


def test_a_standard_normal_feeling_gives_the_declared_shares():
    """100,000 equally spaced quantiles: every share is off by less than one of them at either end."""
    feeling = ndtri((np.arange(100_000) + 0.5) / 1e5)
    answers = ordinal_answer(feeling, cut_points(NPS), 0)
    assert np.abs(np.bincount(answers) / 1e5 - NPS).max() <= 2e-5
    assert (np.diff(answers) >= 0).all()


@given(shares=st.lists(st.floats(0.01, 1), min_size=2, max_size=11), lowest=st.integers(0, 1),
       feeling=st.floats(-40, 40))  # fmt: skip
def test_an_answer_stays_on_its_scale(shares, lowest, feeling):
    answer = ordinal_answer(np.array([feeling]), cut_points(shares), lowest)[0]
    assert lowest <= answer < lowest + len(shares)


@given(usual=st.floats(0.01, 0.99), feeling=st.floats(0, 4), more=st.floats(0, 4), strength=st.floats(0, 2))
def test_the_pleased_and_the_annoyed_answer_alike_and_more_readily_than_the_indifferent(usual, feeling, more, strength):
    feelings = np.array([0.0, feeling, feeling + more, -feeling])
    rest, mild, strong, annoyed = answer_chance(feelings, usual=usual, by_strength=strength)
    assert rest == pytest.approx(usual)
    assert usual * (1 - 1e-12) <= mild <= strong < 1 + 1e-12
    assert mild == annoyed
