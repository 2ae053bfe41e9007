"""Cohorts on a full grid of the calendar: nobody is a zero, not yet over is missing."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from crm_toolkit import analysis
from crm_toolkit.analysis import cohorts
from crm_toolkit.errors import InputError

FREQUENCIES = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def lines(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def by_hand(purchases, as_of, unit, last):
    """The same grid with pandas, the long way."""
    known = purchases[(purchases["ordered_at"] < pd.Timestamp(as_of) + pd.Timedelta(days=1))].dropna()
    period = known["ordered_at"].dt.to_period(FREQUENCIES[unit])
    known = known.assign(period=period)
    first = known[known["amount"] >= 0].groupby("customer_id")["period"].min().rename("first")
    known = known.join(first, on="customer_id", how="inner")
    grid = pd.period_range(first.min(), pd.Period(last, FREQUENCIES[unit]), freq=FREQUENCIES[unit])
    bought = known[known["amount"] >= 0].drop_duplicates(["customer_id", "period"])
    counts = {(a, b): n for (a, b), n in bought.groupby(["first", "period"]).size().items()}
    money = {(a, b): m for (a, b), m in known.groupby(["first", "period"])["amount"].sum().items()}
    size = len(grid)
    people, sums = np.full((size, size), np.nan), np.full((size, size), np.nan)
    for row in range(size):
        for age in range(size - row):
            people[row, age] = counts.get((grid[row], grid[row + age]), 0)
            sums[row, age] = money.get((grid[row], grid[row + age]), 0.0)
    return people, sums


@pytest.mark.parametrize(("unit", "as_of", "last"), [
    ("month", "2024-01-31", "2024-01-31"), ("month", "2024-01-15", "2023-12-31"), ("week", "2024-01-31", "2024-01-28"),
    ("quarter", "2024-01-31", "2023-12-31"), ("year", "2023-12-31", "2023-12-31"), ("day", "2023-02-10", "2023-02-10"),
])  # fmt: skip
def test_the_grid_equals_the_long_way(make_purchases, unit, as_of, last):
    purchases = make_purchases(6, lines=1500)
    table = analysis.retention_table(purchases, as_of=as_of, unit=unit)
    people, sums = by_hand(purchases, as_of, unit, last)
    np.testing.assert_array_equal(table.customers.to_numpy(dtype=float, na_value=np.nan), people)
    np.testing.assert_allclose(table.revenue.to_numpy(), sums, atol=1e-6)
    assert table.last_day == dt.date.fromisoformat(last)


def test_gaps_of_the_calendar_are_rows_and_columns_of_zeros():
    table = analysis.retention_table(
        lines([(1, "2024-01-05", 5.0), (1, "2024-05-05", 5.0), (2, "2024-04-30", 5.0)]), as_of="2024-05-31"
    )
    assert table.customers.loc["2024-01"].tolist() == [1, 0, 0, 0, 1]
    assert table.sizes.to_dict() == {"2024-01": 1, "2024-02": 0, "2024-03": 0, "2024-04": 1, "2024-05": 0}
    assert table.customers.isna().sum(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert table.retention.loc["2024-02"].isna().all()


days = st.integers(0, 400).map(lambda day: dt.datetime(2023, 1, 1) + dt.timedelta(days=day, hours=day % 24))
rows_ = st.lists(st.tuples(st.integers(0, 12), days, st.integers(0, 90).map(float)), min_size=1, max_size=60)


@settings(max_examples=8, deadline=None)
@given(rows_, st.sampled_from(["month", "week", "quarter"]), st.randoms(use_true_random=False))
def test_nobody_is_lost_and_the_order_of_lines_is_free(rows, unit, luck):
    end = "2024-06-30"
    age, calendar = (analysis.retention_table(lines(rows), as_of=end, unit=unit, by=by, unfinished="keep")
                     for by in ("age", "calendar"))  # fmt: skip
    assert age.sizes.sum() == len({row[0] for row in rows})
    assert age.sizes.tolist() == calendar.sizes.tolist()
    assert age.revenue.sum().sum() == pytest.approx(sum(row[2] for row in rows))
    assert calendar.revenue.sum().sum() == pytest.approx(age.revenue.sum().sum())
    assert not calendar.customers.isna().any().any()
    missing = age.customers.isna().to_numpy()
    assert (missing == np.fliplr(np.tri(len(missing), k=-1, dtype=bool))).all()
    shuffled = list(rows)
    luck.shuffle(shuffled)
    again = analysis.retention_table(lines(shuffled), as_of=end, unit=unit, unfinished="keep")
    pd.testing.assert_frame_equal(again.customers, age.customers)
    twice = analysis.retention_table(lines(rows + rows), as_of=end, unit=unit, unfinished="keep")
    pd.testing.assert_frame_equal(twice.customers, age.customers)


@pytest.mark.parametrize("unit", ["week", "month"])
def test_few_periods_as_bits_of_a_number_give_what_the_long_way_gives(make_purchases, monkeypatch, unit):
    purchases = make_purchases(seed=4)
    purchases.loc[purchases.index[::9], "amount"] *= -1
    long = analysis.retention_table(purchases, as_of="2024-01-31", unit=unit)
    monkeypatch.setattr(cohorts, "_MANY", 0)
    of_bits = analysis.retention_table(purchases, as_of="2024-01-31", unit=unit)
    pd.testing.assert_frame_equal(of_bits.customers, long.customers)
    pd.testing.assert_frame_equal(of_bits.revenue, long.revenue)


def test_the_sixty_third_period_is_a_bit_and_the_sixty_fourth_goes_the_long_way(monkeypatch):
    monkeypatch.setattr(cohorts, "_MANY", 0)
    for days in (62, 63):
        last = pd.Timestamp("2024-01-01") + pd.Timedelta(days=days)
        table = analysis.retention_table(
            lines([("ann", "2024-01-01", 5.0), ("ann", last, 7.0), ("bob", last, 1.0)]), as_of=last, unit="day"
        )
        assert table.customers.iloc[0].tolist() == [1] + [0] * (days - 1) + [1]
        assert table.customers[0].sum() == 2
        assert table.revenue.iloc[0, days] == 7.0


def test_twins_double_every_cell(make_purchases):
    one = make_purchases(7, lines=500)
    both = pd.concat([one, one.assign(customer_id=one["customer_id"] + 1_000_000)])
    ask = {"as_of": "2024-01-31"}
    pd.testing.assert_frame_equal(
        analysis.retention_table(both, **ask).customers, analysis.retention_table(one, **ask).customers * 2
    )


def test_the_unfinished_period_is_not_shown_unless_asked_for():
    rows = [(1, "2024-01-05", 5.0), (1, "2024-02-05", 5.0), (2, "2024-02-06", 5.0)]
    assert list(analysis.retention_table(lines(rows), as_of="2024-02-28").customers.index) == ["2024-01"]
    kept = analysis.retention_table(lines(rows), as_of="2024-02-28", unfinished="keep")
    assert (list(kept.customers.index), kept.last_day) == (["2024-01", "2024-02"], dt.date(2024, 2, 28))
    with pytest.raises(InputError, match="No period is over"):
        analysis.retention_table(lines(rows), as_of="2024-01-30")


def test_a_return_is_money_but_no_activity():
    rows = [(1, "2024-01-05", 50.0), (1, "2024-02-05", -20.0), (2, "2024-01-05", -5.0), (2, "2024-02-05", 9.0)]
    table = analysis.retention_table(lines(rows), as_of="2024-02-29")
    assert table.customers.loc["2024-01"].tolist() == [1, 0]
    assert table.revenue.loc["2024-01"].tolist() == [50.0, -20.0]
    assert table.revenue.loc["2024-02", 0] == 9.0  # the return before the first purchase is nobody's


def test_revenue_per_customer_and_calendar_retention_have_the_cohort_below_them():
    rows = [(1, "2024-01-05", 50.0), (1, "2024-02-05", 20.0), (2, "2024-01-09", 30.0), (3, "2024-02-09", 7.0)]
    table = analysis.retention_table(lines(rows), as_of="2024-02-29", by="calendar")
    assert table.revenue_per_customer.loc["2024-01"].tolist() == [40.0, 10.0]
    assert table.retention.loc["2024-01"].tolist() == [1.0, 0.5]
    assert np.isnan(table.retention.loc["2024-02", "2024-01"])


def test_curve_and_wilson_interval_by_hand():
    rows = [(n, "2024-01-05", 1.0) for n in range(10)] + [(n, "2024-02-05", 1.0) for n in range(3)]
    rows += [(n, "2024-02-05", 1.0) for n in range(10, 15)] + [(10, "2024-03-01", 1.0)]
    table = analysis.retention_table(lines(rows), as_of="2024-03-31")
    curve = analysis.retention_curve(table)
    assert curve[["cohorts", "customers", "active"]].to_numpy().tolist() == [[2, 15, 15], [2, 15, 4], [1, 10, 0]]
    wilson = binomtest(4, 15).proportion_ci(0.95, method="wilson")
    assert curve.loc[1, ["low", "high"]].tolist() == pytest.approx([wilson.low, wilson.high])
    one = analysis.retention_curve(table, cohort="2024-02")
    assert one["active"].tolist() == [5, 1]


def test_intervals_cover_the_planted_retention():
    """400 worlds of 80 customers with retention 0.3: a 90 % interval covers it in 90 ± 4.5 % (three errors)."""
    luck = np.random.default_rng(8)
    active = luck.binomial(80, 0.3, 400)
    from crm_toolkit.analysis.cohorts import wilson_interval

    low, high = wilson_interval(active, np.full(400, 80), 0.9)
    assert abs(((low <= 0.3) & (high >= 0.3)).mean() - 0.9) < 0.045


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda f: analysis.retention_table(f, as_of="2024-03-31", unit="months"), "Allowed: 'day'"),
        (lambda f: analysis.retention_table(f, as_of="2024-03-31", by="date"), "'calendar'"),
        (lambda f: analysis.retention_table(f, as_of="2034-03-31", unit="day"), "3,739 periods|3739 periods"),
        (lambda f: analysis.retention_table(f, as_of="2023-03-31"), "0 purchases are left"),
        (lambda f: analysis.retention_curve(analysis.retention_table(f, as_of="2024-03-31"), cohort="2021-01"),
         "no cohort “2021-01”"),
        (lambda f: analysis.retention_curve(analysis.retention_table(f, as_of="2024-03-31"), cohort="2024-02"),
         "has no customers"),
        (lambda f: analysis.retention_curve(analysis.retention_table(f, as_of="2024-03-31", by="calendar")),
         "by calendar"),
    ],
)  # fmt: skip
def test_what_can_not_be_laid_out_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask(lines([(1, "2024-01-05", 5.0)]))
