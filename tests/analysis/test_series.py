"""A regular series has every period once, zeros included, and no half periods; from every kind of table."""

from importlib.util import find_spec

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.forecast.series import demand_series, event_series
from crm_toolkit.errors import InputError


def lines(rows):
    frame = pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def test_demand_equals_a_count_by_hand(five):
    """The first period is whole from the day the data cover; the one that is not over is dropped and named."""
    ask = {"as_of": "2024-04-10", "since": "2023-12-01"}
    revenue = demand_series(five, **ask)
    assert revenue.table["period"].tolist() == ["2023-12", "2024-01", "2024-02", "2024-03"]
    # the line without a customer is money and an order; returns lower the money and are no order
    assert revenue.values == pytest.approx([0.0, 119.49, 20.1 - 22.0, 15.7])
    assert demand_series(five, measure="orders", **ask).values.tolist() == [1, 3, 1, 5]
    assert demand_series(five, measure="customers", **ask).values.tolist() == [1, 2, 1, 2]
    assert (revenue.dropped_first, revenue.dropped_last) == ("", "2024-04")
    assert revenue.later(2)["period"].tolist() == ["2024-04", "2024-05"]


def test_half_periods_are_left_out_and_named():
    table = lines([(1, "a", "2024-01-15", 5.0), (2, "a", "2024-02-02", 5.0), (3, "b", "2024-04-20", 5.0)])
    series = demand_series(table, as_of="2024-04-20")
    assert series.table["period"].tolist() == ["2024-02", "2024-03"]
    assert (series.dropped_first, series.dropped_last) == ("2024-01", "2024-04")
    assert series.values.tolist() == [5.0, 0.0]
    marked = demand_series(table, as_of="2024-04-20", unfinished="mark")
    assert marked.table["finished"].tolist() == [True, True, False]
    assert marked.table["value"].tolist() == [5.0, 0.0, 5.0]
    assert marked.values.tolist() == [5.0, 0.0]
    assert demand_series(table, as_of="2024-04-30").dropped_last == ""
    whole = demand_series(table, as_of="2024-04-30", since="2023-11-01")
    assert whole.values.tolist() == [0, 0, 5, 5, 0, 5]


@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "year"])
def test_every_unit_equals_pandas(make_purchases, unit):
    table = make_purchases(3, lines=900)
    end = "2024-01-31"
    series = demand_series(table, as_of=end, unit=unit, since="2022-01-03")
    known = table[table["ordered_at"] < "2024-02-01"]
    frequency = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}[unit]
    expected = known.groupby(known["ordered_at"].dt.to_period(frequency))["amount"].sum()
    grid = pd.period_range(series.table["starts_on"].iloc[0], periods=len(series.table), freq=frequency)
    assert series.values == pytest.approx(expected.reindex(grid, fill_value=0.0).to_numpy(), abs=1e-6)
    assert (series.table["days"] == [(p.end_time - p.start_time).days + 1 for p in grid]).all()


@settings(max_examples=8, deadline=None)  # an example opens several databases
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 90).map(float)), min_size=1, max_size=40),
    st.sampled_from(["day", "week", "month"]),
    st.randoms(use_true_random=False),
)
def test_nothing_is_lost_and_the_order_of_lines_is_free(rows, unit, luck):
    start = pd.Timestamp("2023-01-01")
    table = lines([(n, n % 3, start + pd.Timedelta(days=day), money) for n, (day, money) in enumerate(rows)])
    ask = {"as_of": "2024-12-31", "unit": unit, "since": "2022-12-26", "unfinished": "mark"}
    series = demand_series(table, **ask)
    late = table[table["ordered_at"] >= series.table["starts_on"].iloc[0]]
    assert series.table["value"].sum() == pytest.approx(late["amount"].sum())
    assert event_series(table, time="ordered_at", **ask).table["value"].sum() == len(late)
    order = list(range(len(table)))
    luck.shuffle(order)
    pd.testing.assert_frame_equal(demand_series(table.iloc[order], **ask).table, series.table)


def test_every_kind_of_table_gives_the_same_series(make_purchases, tmp_path):
    table = make_purchases(5, lines=600, text_ids=True)
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    table.to_parquet(tmp_path / "lines.parquet", index=False)
    kinds = [arrow, duckdb.connect().from_arrow(arrow), tmp_path / "lines.parquet"]
    if find_spec("polars"):
        import polars

        kinds += [polars.from_arrow(arrow), polars.from_arrow(arrow).lazy()]
    for measure in ("revenue", "orders", "customers"):
        expected = demand_series(table, as_of="2024-01-31", measure=measure).table
        for kind in kinds:
            found = demand_series(kind, as_of="2024-01-31", measure=measure).table
            pd.testing.assert_frame_equal(found, expected)
    expected = event_series(table, as_of="2024-01-31", time="ordered_at").table
    for kind in kinds:
        pd.testing.assert_frame_equal(event_series(kind, as_of="2024-01-31", time="ordered_at").table, expected)


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda f: demand_series(f, as_of="2024-01-20"), "No period is over"),
        (lambda f: demand_series(f, as_of="2020-01-20"), "0 lines lie in the time asked for"),
        (lambda f: demand_series(f, as_of="2024-03-31", since="2025-01-01"), "0 lines"),
        (lambda f: demand_series(f, as_of="2024-03-31", unit="months"), "Allowed: 'day'"),
        (lambda f: demand_series(f, as_of="2024-03-31", measure="sales"), "'revenue'"),
        (
            lambda f: demand_series(f, as_of="2024-03-31", since="1950-01-01", unit="day"),
            "27,?119 periods",
        ),
        (lambda f: event_series(f, as_of="2024-03-31"), "`opened_at` is missing"),
        (lambda f: event_series(f, as_of="2024-03-31", time="amount"), "must hold dates"),
        (lambda f: event_series(f.assign(ordered_at=pd.NaT), as_of="2024-03-31", time="ordered_at"), "has no date"),
    ],
)
def test_what_can_not_be_laid_out_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask(lines([(1, "a", "2024-01-05", 5.0)]))
