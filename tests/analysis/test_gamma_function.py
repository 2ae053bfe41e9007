"""The gamma function of the likelihoods, beside that of scipy."""

import numpy as np
import pytest
from scipy.special import gammaln, psi, zeta

from crm_toolkit.analysis.btyd.gamma_function import log_gammas

OF_SCIPY = (gammaln, psi, lambda z: zeta(2, z))


def test_it_agrees_with_scipy_from_the_smallest_parameters_to_the_largest_counts():
    z = np.concatenate([np.geomspace(1e-12, 1e12, 20_001), np.linspace(0.5, 30, 10_001)])
    (found,) = log_gammas(z)
    for ours, theirs in zip(found, OF_SCIPY, strict=True):
        error = np.abs(ours - theirs(z)) / np.maximum(np.abs(theirs(z)), 1)
        assert error.max() < 3e-14  # a sum of ten logarithms, of which each is rounded


def test_many_arguments_at_once_are_the_same_as_one_after_the_other():
    row = np.array([0.2, 3.0, 700.0])
    first, second, third = log_gammas(0.7, row, 12.5)
    assert first == pytest.approx([of(0.7) for of in OF_SCIPY], rel=1e-13)
    assert third == pytest.approx([of(12.5) for of in OF_SCIPY], rel=1e-13)
    np.testing.assert_allclose(second, [of(row) for of in OF_SCIPY], rtol=1e-13)
