"""Deciles: equal customers share a group, everything adds up."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis
from crm_toolkit.errors import InputError


def deciles(values, **options):
    return analysis.decile_table(pd.DataFrame({"monetary": values}), **options)


def test_a_hundred_different_customers_make_ten_groups_of_ten():
    table = deciles(range(1, 101))
    assert table["customers"].tolist() == [10] * 10
    assert table["lowest"].tolist() == list(range(91, 0, -10))
    assert table["lift"].iloc[0] == pytest.approx(95.5 / 50.5)
    assert table["cumulative_money_share"].iloc[-1] == pytest.approx(1)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(-20, 60), min_size=1, max_size=80), st.integers(2, 12), st.randoms(use_true_random=False))
def test_groups_add_up_do_not_overlap_and_ignore_order(values, groups, luck):
    table = deciles(values, groups=groups)
    assert table["customers"].sum() == len(values)
    assert table["money"].sum() == pytest.approx(sum(values))
    full = table.dropna(subset=["lowest"])
    assert (full["lowest"].to_numpy()[:-1] > full["highest"].to_numpy()[1:]).all()
    shuffled = list(values)
    luck.shuffle(shuffled)
    pd.testing.assert_frame_equal(deciles(shuffled, groups=groups), table)


def test_seventy_equal_customers_share_a_group_and_leave_others_empty():
    table = deciles([1] * 70 + list(range(2, 32)))
    assert sorted(table["customers"].tolist())[-1] == 70
    assert (table["customers"] == 0).sum() >= 5


def test_a_total_that_is_not_above_zero_has_no_shares():
    table = deciles([5, -5])
    assert table["money_share"].isna().all()
    assert table["money"].sum() == 0
    with pytest.raises(InputError, match="no rows"):
        deciles([])
