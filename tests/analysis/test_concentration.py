"""Concentration of money: closed forms, laws, odd money."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis import spend_concentration
from crm_toolkit.errors import InputError


def spent(*money) -> pd.DataFrame:
    return pd.DataFrame({"monetary": money})


def test_equal_money_lies_on_the_diagonal():
    result = spend_concentration(spent(*[7.0] * 10))
    assert result.gini == 0
    assert result.points["money_share"].tolist() == result.points["customer_share"].tolist()
    assert result.top_20_share == pytest.approx(0.2)


def test_one_who_pays_for_all_gives_the_largest_gini():
    result = spend_concentration(spent(*[0.0] * 9, 100.0))
    assert result.gini == pytest.approx(0.9)
    assert result.top_share(0.1) == pytest.approx(1)
    assert result.top_share(0.05) == pytest.approx(0.5)
    assert (result.top_share(0), result.top_share(1)) == (0, 1)


@given(money=st.lists(st.integers(0, 10**7), min_size=1, max_size=60).filter(any))
@settings(max_examples=80, deadline=None)
def test_gini_equals_the_mean_difference_of_pairs(money):
    result = spend_concentration(spent(*[cents / 100 for cents in money]))
    pairs = np.abs(np.subtract.outer(money, money)).sum()
    assert result.gini == pytest.approx(pairs / (2 * len(money) * sum(money)), abs=1e-9)
    points = result.points
    assert (points["money_share"] <= points["customer_share"] + 1e-12).all()
    assert points.iloc[0].tolist() == [0, 0]
    assert points.iloc[-1].tolist() == pytest.approx([1, 1])
    assert result.total == sum(money) / 100


def test_the_top_fifth_of_many_equals_the_plain_sum():
    money = np.round(np.random.default_rng(4).gamma(0.5, 100, 5_000), 2)
    result = spend_concentration(spent(*money))
    assert result.top_20_share == pytest.approx(np.sort(money)[-1_000:].sum() / money.sum(), rel=1e-12)
    assert len(result.points) == 401


def test_negative_money_counts_as_nothing_and_is_said():
    result = spend_concentration(spent(-50.0, 0.0, 10.0, 10.0))
    assert result.customers_negative == 1
    assert (result.customers, result.total) == (4, 20.0)
    assert result.gini == pytest.approx(spend_concentration(spent(0.0, 0.0, 10.0, 10.0)).gini)


@pytest.mark.parametrize("money", [[0.0, -1.0], [1.0, np.nan], [1.0, np.inf], ["a", "b"], []])
def test_what_can_not_be_measured_is_refused(money):
    with pytest.raises(InputError):
        spend_concentration(pd.DataFrame({"monetary": money}))


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
def test_a_share_outside_0_to_1_is_refused(fraction):
    with pytest.raises(InputError):
        spend_concentration(spent(1.0)).top_share(fraction)


def test_any_column_of_money_will_do():
    assert spend_concentration(pd.DataFrame({"margin": [1.0, 3.0]}), "margin").total == 4
    with pytest.raises(InputError, match="`monetary` is missing"):
        spend_concentration(pd.DataFrame({"margin": [1.0]}))
