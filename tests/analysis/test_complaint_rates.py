"""Complaints beside their denominators: R's exact numbers, time under care, groups, who keeps silent."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.complaints.rates import MONTH_DAYS, compare_complaint_rates, complaint_rates
from crm_toolkit.analysis.complaints.voice import voiced_share
from crm_toolkit.analysis.rates import compare_event_rates, poisson_interval
from crm_toolkit.errors import InputError
from tests.analysis.contracts.service import complaints, orders


def test_the_exact_interval_is_that_of_r_s_poisson_test():
    """poisson.test(137, 24.19893) of R's documentation."""
    assert [float(one) for one in poisson_interval(137, 24.19893)] == pytest.approx([4.753125, 6.692709], abs=5e-7)
    assert [float(one) for one in poisson_interval(0, 1)] == pytest.approx([0, 3.688879], abs=5e-7)


def test_two_rates_compare_as_in_r():
    """poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878)) of R's documentation."""
    found = compare_event_rates(11, 800, 21, 3011)
    assert (found.ratio, found.low, found.high) == pytest.approx((1.971488, 0.8584264, 4.2772659), abs=5e-7)
    assert found.p_value == pytest.approx(0.07967, abs=5e-6)


def test_the_exact_p_value_is_that_of_adding_up_all_unlikely_counts():
    for one, two, ratio in ((0, 7, 1.0), (3, 9, 0.4), (12, 1, 2.0), (5, 5, 1.0), (20, 40, 1.3)):
        share, n = ratio / (1 + ratio), one + two
        chances = np.array([math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)])
        expected = chances[chances <= chances[one] * (1 + 1e-7)].sum()
        assert compare_event_rates(one, ratio, two, 1).p_value == pytest.approx(expected)
    # as the normal distribution has it: z = 2.236
    assert compare_event_rates(10**9, 1, 10**9 + 10**5, 1).p_value == pytest.approx(0.02535, abs=5e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.floats(1, 1e4), st.floats(1, 1e4))
def test_rates_turned_round_give_the_inverse_interval(one, two, of_one, of_two):
    if not one + two:
        return
    found, turned = compare_event_rates(one, of_one, two, of_two), compare_event_rates(two, of_two, one, of_one)
    assert found.p_value == pytest.approx(turned.p_value, rel=1e-6)
    if one and two:
        assert (found.low, found.high) == pytest.approx((1 / turned.high, 1 / turned.low), rel=1e-6)
    else:
        assert (found.high is None) == (two == 0)


def test_the_exact_interval_covers_at_least_as_often_as_stated():
    drawn = np.random.default_rng(1).poisson(4.0, 20_000)
    low, high = poisson_interval(drawn, 1.0)
    assert 0.95 <= ((low <= 4) & (high >= 4)).mean() < 0.985


def test_months_under_care_are_counted_by_hand():
    """Ann from 1 January, Bob from 16 February until he left on 1 March; a leap year up to 31 March: 91 + 14 days."""
    customers = pd.DataFrame(
        {
            "acquired_at": pd.to_datetime(["2024-01-01 12:00", "2024-02-16 09:00"]),
            "left_on": pd.to_datetime([None, "2024-03-01"]),
        }
    )
    told = pd.DataFrame({"opened_at": pd.to_datetime(["2024-02-20", "2024-03-05", "2024-04-02"])})
    ask = {"per": "customer_month", "as_of": "2024-03-31", "left": "left_on"}
    whole = complaint_rates(told, customers, **ask)
    assert whole.table.loc[0, "exposure"] == pytest.approx(105 / MONTH_DAYS)
    assert (whole.table.loc[0, "complaints"], whole.left_out) == (2, 1)
    months = complaint_rates(told, customers, unit="month", **ask).table
    assert months["exposure"].tolist() == pytest.approx([31 / MONTH_DAYS, 43 / MONTH_DAYS, 31 / MONTH_DAYS])
    assert months["complaints"].tolist() == [0, 1, 1]


def test_a_period_without_orders_is_shown_and_has_no_rate():
    sold = pd.DataFrame({"ordered_at": pd.to_datetime(["2024-01-10", "2024-03-10"])})
    told = pd.DataFrame({"opened_at": pd.to_datetime(["2024-02-10"])})
    table = complaint_rates(told, sold, per="order", as_of="2024-03-31", unit="month").table
    assert table["period"].tolist() == ["2024-01", "2024-02", "2024-03"]
    assert table["exposure"].tolist() == [1, 0, 1]
    assert table["rate"].isna().tolist() == [False, True, False]
    assert not table["enough"].any()


def test_periods_of_groups_add_up_to_the_groups_and_these_to_all():
    ask = {"per": "order", "as_of": "2024-01-31"}
    whole, groups, cells = (
        complaint_rates(complaints(), orders(), **ask, **more).table
        for more in ({}, {"by": "branch"}, {"by": "branch", "unit": "month"})
    )
    for column in ("complaints", "exposure"):
        assert groups[column].sum() == whole[column].sum()
        assert cells.groupby("group")[column].sum().tolist() == groups[column].tolist()


def test_complaints_of_an_unknown_group_are_left_out_and_counted():
    told = complaints().assign(branch=lambda t: t["branch"].where(t.index > 3, "nowhere"))
    rates = complaint_rates(told, orders(), per="order", as_of="2024-01-31", by="branch")
    assert rates.left_out == 4
    assert rates.table["group"].tolist() == ["north", "south"]


def test_a_planted_difference_is_found_and_equal_branches_are_not_called_different():
    luck, found, wrong = np.random.default_rng(3), 0, 0
    for _ in range(8):
        sold = pd.DataFrame({"ordered_at": pd.Timestamp("2024-01-01"), "branch": np.repeat([1, 2, 3], 1000)})
        made = np.repeat([1, 2, 3], luck.poisson([20, 20, 60]))
        told = pd.DataFrame({"opened_at": pd.Timestamp("2024-01-02"), "branch": made})
        pairs = compare_complaint_rates(complaint_rates(told, sold, per="order", as_of="2024-01-31", by="branch"))
        found += pairs["differs"].tolist()[1:] == [True, True]
        wrong += bool(pairs["differs"][0])
    assert found >= 7
    assert wrong <= 2


def test_the_silent_are_counted():
    surveys = pd.DataFrame({"order_id": range(100), "csat": [1] * 40 + [5] * 60})
    told = pd.DataFrame({"order_id": [*range(10), *range(95, 100), None]})
    table = voiced_share(surveys, told).set_index("feeling")
    assert table["share"].tolist() == [0.25, pytest.approx(5 / 60)]
    assert table["enough"].all()


@pytest.mark.parametrize(
    ("base", "more", "code"),
    [
        ({"ordered_at": pd.to_datetime(["2025-01-01"])}, {}, "empty"),
        ({"ordered_at": pd.to_datetime(["2024-01-01", None])}, {}, "no_time"),
        ({"ordered_at": pd.to_datetime(["2024-01-01"])}, {"per": "client"}, "unknown_option"),
        ({"ordered_at": pd.to_datetime(["1700-01-01", "2024-01-01"])}, {"unit": "day"}, "too_many_periods"),
    ],
)
def test_what_can_t_be_divided_is_refused(base, more, code):
    told = pd.DataFrame({"opened_at": pd.to_datetime(["2024-01-01"])})
    with pytest.raises(InputError) as refusal:
        complaint_rates(told, pd.DataFrame(base), **({"per": "order", "as_of": "2024-01-31"} | more))
    assert refusal.value.problems[0].code == code


def test_other_kinds_of_tables_give_the_same_rates():
    ask = {"per": "order", "as_of": "2024-01-31", "by": "branch", "unit": "quarter"}
    expected = complaint_rates(complaints(), orders(), **ask).table
    told, sold = (pa.Table.from_pandas(one, preserve_index=False) for one in (complaints(), orders()))
    pd.testing.assert_frame_equal(complaint_rates(told, sold, **ask).table, expected)
    polars = pytest.importorskip("polars")
    lazy = polars.from_arrow(sold).lazy()
    pd.testing.assert_frame_equal(complaint_rates(polars.from_arrow(told), lazy, **ask).table, expected)
