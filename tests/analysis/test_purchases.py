"""The purchase summary: by hand, by independent code, by law, and ready ones."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis import PurchaseSummary, purchase_summary
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

UNITS = {"day": Fraction(1), "week": Fraction(7), "month": Fraction(1461, 48)}  # 365.25 / 12 days


def reference_summary(
    purchases: pd.DataFrame, as_of: str, unit: str = "week", calibration_end: str | None = None, *, net: bool = False
) -> pd.DataFrame:
    """The same written independently: customer by customer, day by day, in exact fractions rounded once."""
    end, split = pd.Timestamp(as_of), pd.Timestamp(calibration_end or as_of)
    lines = purchases[purchases["customer_id"].notna()].copy()
    lines["day"] = lines["ordered_at"].dt.normalize()
    lines["cents"] = (lines["amount"] * 100).round().astype("int64")
    lines = lines[lines["day"] <= end]
    bought = lines[lines["amount"] >= 0]
    days = bought.groupby(["customer_id", "day"])["cents"].sum()
    if net:
        days = lines.groupby(["customer_id", "day"])["cents"].sum().reindex(days.index)
    rows = []
    for customer, life in days.groupby(level=0):
        moments, cents = life.index.get_level_values(1), [int(value) for value in life]
        early = [number for number, moment in enumerate(moments) if moment <= split]
        late = [number for number, moment in enumerate(moments) if moment > split]
        if not early:
            continue
        repeats = len(early) - 1
        row = {
            "customer_id": customer,
            "frequency": repeats,
            "recency": float((moments[early[-1]] - moments[0]).days / UNITS[unit]),
            "T": float((split - moments[0]).days / UNITS[unit]),
            "monetary": float(Fraction(sum(cents[n] for n in early[1:]), 100 * repeats)) if repeats else 0.0,
        }
        if calibration_end:
            row["holdout_frequency"] = len(late)
            row["holdout_monetary"] = float(Fraction(sum(cents[n] for n in late), 100 * len(late))) if late else 0.0
            row["T_holdout"] = float((end - split).days / UNITS[unit])
        rows.append(row)
    return pd.DataFrame(rows)


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    assert list(left.columns) == list(right.columns)
    for name in left.columns:
        assert left[name].tolist() == right[name].tolist(), name


def test_five_customers_get_the_numbers_worked_out_on_paper(five):
    summary = purchase_summary(five, as_of="2024-03-31", unit="day")
    table = summary.table
    assert table["customer_id"].tolist() == ["ann", "bob", "cid", "eve"]
    assert table["frequency"].tolist() == [1, 0, 1, 2]  # ann's two orders of 5 January are one purchase
    assert table["recency"].tolist() == [30.0, 0.0, 60.0, 20.0]
    assert table["T"].tolist() == [86.0, 0.0, 121.0, 30.0]
    assert table["monetary"].tolist() == [20.1, 0.0, 99.99, 3.3]
    weeks = purchase_summary(five, as_of="2024-03-31").table
    assert weeks["recency"].tolist() == [30 / 7, 0.0, 60 / 7, 20 / 7]
    assert purchase_summary(five, as_of="2024-03-31", unit="month").table["T"].tolist()[2] == 121 / 30.4375
    assert (summary.unit, summary.as_of.isoformat(), summary.calibration_end) == ("day", "2024-03-31", None)


@pytest.mark.parametrize("unit", ["day", "week", "month"])
@pytest.mark.parametrize("seed", range(3))
def test_summary_equals_independent_pandas_code_exactly(make_purchases, seed, unit):
    purchases = make_purchases(seed, text_ids=seed == 1)
    assert_same(
        purchase_summary(purchases, as_of="2024-01-31", unit=unit).table,
        reference_summary(purchases, "2024-01-31", unit),
    )


@pytest.mark.parametrize("net", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_split_summary_equals_independent_pandas_code_exactly(make_purchases, seed, net):
    purchases = make_purchases(10 + seed, lines=1_500)
    summary = purchase_summary(
        purchases, as_of="2024-01-31", calibration_end="2023-06-30", returns="net" if net else "exclude"
    )
    assert_same(summary.table, reference_summary(purchases, "2024-01-31", "week", "2023-06-30", net=net))
    assert len(summary.table) < purchases["customer_id"].nunique()  # some came later


def test_calibration_part_does_not_know_the_holdout(make_purchases):
    purchases = make_purchases(3)
    split = purchase_summary(purchases, as_of="2024-01-31", calibration_end="2023-06-30").table
    alone = purchase_summary(purchases, as_of="2023-06-30").table
    assert_same(split[list(alone.columns)], alone)


@given(days=st.lists(st.integers(0, 400), min_size=1, max_size=30), seed=st.integers(0, 50))
@settings(max_examples=8, deadline=None)
def test_laws_of_the_summary(days, seed):
    moments = pd.Timestamp("2023-11-25 13:00") + pd.to_timedelta(days, unit="D")
    purchases = pd.DataFrame({"customer_id": [n % 3 for n in range(len(days))], "ordered_at": moments, "amount": 1.25})
    table = purchase_summary(purchases, as_of="2024-12-31", unit="day").table
    assert (table["recency"] <= table["T"]).all()
    assert ((table["frequency"] == 0) == (table["recency"] == 0)).all()
    assert (table["frequency"] <= table["recency"]).all()  # not more than one purchase a day
    assert table["frequency"].sum() + len(table) == purchases.groupby("customer_id")["ordered_at"].nunique().sum()
    shuffled = purchases.sample(frac=1, random_state=seed)
    assert_same(purchase_summary(shuffled, as_of="2024-12-31", unit="day").table, table)
    PurchaseSummary.from_frame(table, unit="day")


def test_days_are_counted_over_leap_years_and_centuries():
    moments = pd.to_datetime(["1899-12-31", "1900-03-01", "2000-02-28", "2000-03-01", "2100-03-01"])
    purchases = pd.DataFrame({"customer_id": 1, "ordered_at": moments.astype("datetime64[us]"), "amount": 1.0})
    table = purchase_summary(purchases, as_of="2101-01-01", unit="day").table
    assert table["recency"].tolist() == [(moments[-1] - moments[0]).days]
    assert table["T"].tolist() == [(pd.Timestamp("2101-01-01") - moments[0]).days]


def test_a_customer_with_returns_only_is_no_customer(five):
    for returns in ("exclude", "net"):
        assert "dan" not in purchase_summary(five, as_of="2024-03-31", returns=returns).table["customer_id"].tolist()


def test_returns_lower_the_money_of_their_own_day_only_if_asked():
    purchases = pd.DataFrame(
        {
            "customer_id": 1,
            "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-08", "2024-01-09"]),
            "amount": [5.0, 10.0, -4.0, -1.0],
        }
    )
    assert purchase_summary(purchases, as_of="2024-02-01").table["monetary"].tolist() == [10.0]
    net = purchase_summary(purchases, as_of="2024-02-01", returns="net").table
    assert (net["frequency"].tolist(), net["monetary"].tolist()) == ([1], [6.0])


@pytest.mark.parametrize(
    "options",
    [
        {"unit": "year"},
        {"returns": "keep"},
        {"calibration_end": "2024-03-31"},
        {"calibration_end": "2025-01-01"},
        {"calibration_end": "soon"},
    ],
)
def test_options_that_make_no_sense_are_refused(five, options):
    with pytest.raises(InputError):
        purchase_summary(five, as_of="2024-03-31", **options)


READY = {
    "customer_id": [11, 12, 13],
    "frequency": [2, 0, 1],
    "recency": [5.0, 0.0, 3.0],
    "T": [9.0, 4.0, 3.0],
    "monetary": [7.5, 0, 2],
}


def test_a_ready_summary_is_taken_as_it_is():
    frame = pd.DataFrame(READY)
    summary = PurchaseSummary.from_frame(frame, unit="month", as_of="2024-03-31")
    assert summary.table is frame
    assert (summary.unit, summary.as_of.isoformat()) == ("month", "2024-03-31")


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("recency", [5.0, 0.0, 3.5], "recency_above_T"),
        ("recency", [5.0, 1.0, 3.0], "recency_without_repeat"),
        ("recency", [np.nan, 0.0, 3.0], "bad_number"),
        ("T", [9.0, np.inf, 3.0], "bad_number"),
        ("monetary", [7.5, -1, 2], "bad_number"),
        ("frequency", [1.5, 0, 1], "not_whole"),
        ("frequency", ["2", "0", "1"], "wrong_kind"),
        ("customer_id", [11, 12, 11], "repeated_customer"),
    ],
)
def test_what_is_no_summary_is_refused_and_names_customers(column, values, code):
    with pytest.raises(InputError) as refusal:
        PurchaseSummary.from_frame(pd.DataFrame({**READY, column: values}))
    assert [problem.code for problem in refusal.value.problems] == [code]
    if code not in ("wrong_kind",):
        customer = next(
            (key for key, old, new in zip(READY["customer_id"], READY[column], values, strict=True) if old != new), 11
        )
        customer = 11 if column == "customer_id" else customer
        assert f"Customers: {customer}." in str(refusal.value)


def test_the_letter_about_a_summary_speaks_russian():
    with language("ru"), pytest.raises(InputError) as refusal:
        PurchaseSummary.from_frame(pd.DataFrame({**READY, "recency": [50.0, 0.0, 30.0]}))
    assert "У 2 клиентов последняя покупка позже конца наблюдения" in str(refusal.value)
