"""The whale curve rises to what the profitable bring and comes back to all."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis
from crm_toolkit.errors import InputError


def whale(values):
    return analysis.whale_curve(pd.DataFrame({"profit": values}))


def test_the_peak_is_what_profitable_customers_bring():
    found = whale([60, 50, 40, 0, -10, -40])
    assert (found.peak, found.lost, found.peak_customers) == (1.5, 0.5, 0.5)
    assert (found.profitable, found.unprofitable, found.customers) == (3, 2, 6)
    assert found.points["profit_share"].round(6).tolist() == [0, 0.6, 1.1, 1.5, 1.5, 1.4, 1.0]


def test_equal_customers_have_no_whale():
    found = whale([7.0] * 9)
    assert found.coefficient == pytest.approx(0)
    assert found.lost == 0


def test_one_payer_for_all_comes_near_one_half_and_losses_exceed_it():
    assert whale([1000] + [0] * 9_999).coefficient == pytest.approx(0.5, abs=1e-3)
    assert whale([2000] + [0] * 4_999 + [-0.2] * 5_000).coefficient > 0.5


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(-500, 800), min_size=2, max_size=60).filter(lambda v: sum(v) > 0),
    st.randoms(use_true_random=False),
    st.integers(2, 50),
)
def test_curve_ignores_order_scale_and_copies(values, luck, scale):
    found, shuffled = whale(values), list(values)
    luck.shuffle(shuffled)
    pd.testing.assert_frame_equal(whale(shuffled).points, found.points)
    for other in (whale([scale * value for value in values]), whale(values * 3)):
        assert other.peak == pytest.approx(found.peak)
        assert other.coefficient == pytest.approx(found.coefficient)
    assert found.points["profit_share"].max() == pytest.approx(found.peak)


def test_many_customers_keep_the_peak_among_few_points():
    found = whale(np.random.default_rng(2).normal(5, 10, 20_000).round(2))
    assert len(found.points) <= 402
    assert found.points["profit_share"].max() == pytest.approx(found.peak)


def test_a_loss_has_no_shares():
    with pytest.raises(InputError, match="no share of a profit"):
        whale([3, -5])
