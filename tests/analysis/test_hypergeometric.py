"""The hypergeometric function of forecasts, beside that of scipy."""

import numpy as np
import pytest
from scipy.special import hyp2f1

from crm_toolkit.analysis.btyd import hypergeometric
from crm_toolkit.analysis.btyd.hypergeometric import gauss_function

LUCK = np.random.default_rng(20261126)
COUNTS, RATIOS = LUCK.integers(1, 60, 5_000) + LUCK.random(5_000), LUCK.uniform(0, 0.6, 5_000)


@pytest.mark.parametrize("a", [-0.9, -0.2, 0.0, 1.5, 4.0])
@pytest.mark.parametrize("b", [-3.5, 0.0, 0.4, 6.0])
def test_it_agrees_with_scipy_over_customers(a, b):
    c = COUNTS + max(a, b, 0)
    assert hypergeometric._terms(np.asarray(a), np.asarray(b), c, RATIOS) is not None, "scipy would be asked"
    np.testing.assert_allclose(gauss_function(a, b, c, RATIOS), hyp2f1(a, b, c, RATIOS), rtol=2e-14)


def test_parameters_may_differ_from_customer_to_customer():
    a, b = LUCK.uniform(-0.9, 2, 5_000), LUCK.uniform(-1, 3, 5_000)
    found = gauss_function(a, b, COUNTS + 3, RATIOS)
    np.testing.assert_allclose(found, hyp2f1(a, b, COUNTS + 3, RATIOS), rtol=2e-14)
    assert gauss_function(a[0], b[0], COUNTS[0] + 3, RATIOS[0]) == pytest.approx(found[0], rel=1e-15)


def test_shapes_are_those_of_numpy():
    grid = gauss_function(0.5, 1.0, COUNTS[:3], RATIOS[:4, None])
    assert grid.shape == (4, 3)
    assert grid == pytest.approx(hyp2f1(0.5, 1.0, COUNTS[:3], RATIOS[:4, None]), rel=1e-14)
    assert gauss_function(0.5, 1.0, 2.0, 0.25).shape == ()
    assert gauss_function(0.5, 1.0, np.empty(0), np.empty(0)).shape == (0,)


@pytest.mark.parametrize(
    ("a", "b", "c", "q"),
    [
        (0.5, 2.0, 3.0, 0.999),
        (30.0, 40.0, 71.0, 0.9),
        (0.5, -60.0, 4.0, 0.5),
        (0.5, 2.0, -0.5, 0.3),
        (0.5, 2, 3, np.nan),
    ],
)
def test_what_the_series_does_not_give_comes_from_scipy(a, b, c, q):
    assert hypergeometric._terms(*(np.asarray(one) for one in (a, b, c, q))) is None
    assert gauss_function(a, b, c, q) == pytest.approx(hyp2f1(a, b, c, q), rel=1e-14, nan_ok=True)
