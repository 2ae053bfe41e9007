"""Points: whole-number arithmetic that never gives a point too many or too few."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.firm import WeeklyPoints

# rates that people write: up to six decimals; and money up to ten million, in cents
RATES = st.integers(0, 100_000_000).map(lambda millionths: millionths / 1e6)
PAID = st.integers(0, 1_000_000_000)


@given(rate=RATES, paid=PAID)
def test_points_are_the_exact_product_cut_off(rate, paid):
    exact = Fraction(round(rate * 1_000_000), 1_000_000) * paid / 100
    assert WeeklyPoints(points_per_unit=rate).earned(np.array([paid]))[0] == exact.numerator // exact.denominator


@pytest.mark.parametrize(("rate", "paid", "points"), [(0.1, 1000, 1), (0.07, 10_000, 7), (0.29, 10_000, 29),
                                                      (1.1, 1000, 11), (0.57, 10_000, 57)])  # fmt: skip
def test_a_point_is_not_lost_where_floating_point_would_lose_it(rate, paid, points):
    """0.29 · 100 is 28.999999999999996 in floating point."""
    assert WeeklyPoints(points_per_unit=rate).earned(np.array([paid]))[0] == points


@given(rate=RATES, one=PAID, other=PAID)
def test_paying_more_never_earns_less_and_splitting_a_bill_never_earns_more(rate, one, other):
    rules = WeeklyPoints(points_per_unit=rate)
    apart, together = rules.earned(np.array([one, other])), rules.earned(np.array([one + other]))[0]
    assert together >= apart.sum()
    assert together >= apart.max()
    assert together - apart.sum() <= 1


def test_nothing_and_refunds_earn_nothing():
    assert WeeklyPoints().earned(np.array([0, -500])).tolist() == [0, 0]


@given(threshold=st.integers(1, 10_000), balance=st.integers(0, 10**7))
def test_progress_is_the_share_of_the_way_to_the_reward(threshold, balance):
    way = WeeklyPoints(threshold=threshold).progress(np.array([balance]))[0]
    assert way == min(balance / threshold, 1.0)


def test_the_face_rate_is_what_comes_back_for_one_currency_unit():
    assert WeeklyPoints(points_per_unit=2.0, threshold=400, reward=12.0).face_rate == pytest.approx(0.06)
