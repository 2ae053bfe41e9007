"""Quantile tables beside scipy's own functions, over the whole range and for shapes from 0.1 to 20."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from crm_toolkit.behaviour.distributions import beta_quantile, gamma_quantile

# off the table's knots (the step is 16.4 / 8192), out to one customer in 10^15; and all of the middle
SCORES = np.concatenate([np.linspace(-8, 8, 12_347), np.random.default_rng(1).normal(size=20_000)])
PROMISED = 1e-5  # of the module: off by less than a hundred-thousandth
SHAPES = [0.1, 0.243, 0.5, 0.553, 0.606, 1.0, 2.2, 3.74, 6.25, 20.0]


def exact(score, below, above):
    """The quantile from the nearer tail, so that neither loses its digits."""
    chance = special.ndtr(-np.abs(score))
    return np.where(score < 0, below(chance), above(chance))


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_quantiles_are_those_of_scipy_to_a_hundred_thousandth(shape):
    true = exact(SCORES, lambda u: special.gammaincinv(shape, u), lambda u: special.gammainccinv(shape, u)) / 4.414
    usual = true > 1e-280  # below it scipy itself has no digits left
    assert np.abs(gamma_quantile(SCORES, shape, 4.414) / true - 1)[usual].max() < PROMISED
    assert usual.mean() > 0.99


@pytest.mark.parametrize(
    ("a", "b"), [(0.1, 0.1), (0.1, 20), (20, 0.1), (0.35, 4.5), (0.793, 2.426), (1, 1), (2, 3), (20, 20)]
)
def test_beta_quantiles_are_those_of_scipy_to_a_hundred_thousandth(a, b):
    true = exact(SCORES, stats.beta(a, b).ppf, stats.beta(a, b).isf)
    drawn = beta_quantile(SCORES, a, b)
    usual = (true > 1e-280) & (true < 1 - 1e-10)  # so near to 1, a number has no digits left for the distance
    assert np.abs(drawn / true - 1)[true > 1e-280].max() < PROMISED
    assert np.abs((1 - drawn[usual]) / (1 - true[usual]) - 1).max() < 3 * PROMISED  # 1e-16 / 1e-10 is rounding
    assert ((drawn >= 0) & (drawn <= 1)).all()


def test_means_are_shape_over_rate_and_a_over_a_plus_b():
    """Over equally spaced luck the mean is an integral; the midpoint rule of 10^6 cells is good to four digits."""
    score = special.ndtri((np.arange(1_000_000) + 0.5) / 1e6)
    for shape in SHAPES:
        assert gamma_quantile(score, shape, 2.0).mean() == pytest.approx(shape / 2.0, rel=2e-4)
    assert beta_quantile(score, 0.793, 2.426).mean() == pytest.approx(0.793 / 3.219, rel=2e-4)


@settings(max_examples=30, deadline=None)
@given(shape=st.floats(0.1, 20), other=st.floats(0.1, 20), seed=st.integers(0, 2**32))
def test_quantiles_rise_with_luck_and_with_the_shape(shape, other, seed):
    luck = np.sort(np.random.default_rng(seed).normal(size=300))
    low, high = sorted([shape, other])
    assert (np.diff(gamma_quantile(luck, low)) >= 0).all()
    assert (np.diff(beta_quantile(luck, low, high)) >= 0).all()
    assert (gamma_quantile(luck, high) >= gamma_quantile(luck, low) * (1 - 2 * PROMISED)).all()
    assert np.isfinite(gamma_quantile(np.array([-40.0, 40.0]), shape)).all()  # beyond the table it stops
