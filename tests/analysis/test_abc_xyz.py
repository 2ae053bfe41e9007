"""ABC and XYZ: equal customers share a class, empty periods are zeros, cuts are where they are said to be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

money = st.lists(st.integers(-50, 5_000), min_size=1, max_size=60).filter(lambda m: max(m) > 0)


def abc(values, **options):
    return analysis.abc_classes(pd.DataFrame({"monetary": values}), **options)["abc"].tolist()


def test_the_customer_who_carries_the_sum_across_a_cut_belongs_to_the_upper_class():
    assert abc([50, 35, 5, 5, 5]) == ["A", "A", "B", "B", "B"]
    assert abc([96, 2, 1, 1]) == ["A", "C", "C", "C"]
    assert abc([80, 15, 5]) == ["A", "B", "C"]
    assert abc([7, 7, 7]) == ["A", "A", "A"]
    assert abc([10, 0, -3]) == ["A", "C", "C"]


@settings(max_examples=12, deadline=None)
@given(money, st.randoms(use_true_random=False), st.integers(1, 4), st.sampled_from([0.01, 3.0, 1000.0]))
def test_classes_ignore_order_scale_and_copies_and_treat_equals_alike(values, luck, copies, scale):
    classes = abc(values)
    assert len({(v, c) for v, c in zip(values, classes, strict=True) if v > 0}) == len({v for v in values if v > 0})
    order = list(range(len(values)))
    luck.shuffle(order)
    assert abc([values[place] for place in order]) == [classes[place] for place in order]
    assert abc([value * scale for value in values], minor_digits=2) == classes
    assert abc(values * copies) == classes * copies


@settings(max_examples=12, deadline=None)
@given(money)
def test_class_a_carries_the_cut_and_would_not_without_its_least_customer(values):
    table = analysis.abc_classes(pd.DataFrame({"monetary": values}))
    paid = table["monetary"].clip(lower=0)
    a = paid[table["abc"] == "A"]
    assert a.sum() >= 0.8 * paid.sum() - 1e-9
    assert a[a > a.min()].sum() < 0.8 * paid.sum()


def lines(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def test_periods_without_a_purchase_count_as_zero():
    table = analysis.abc_xyz_classes(lines([("a", "2024-01-05", 60.0), ("b", "2024-04-09", 1.0)]), as_of="2024-04-30")
    by_hand = np.std([60, 0, 0, 0]) / np.mean([60, 0, 0, 0])
    assert table["variation"].tolist() == pytest.approx([by_hand, by_hand])
    assert table["periods"].tolist() == [4, 4]
    own = analysis.abc_xyz_classes(
        lines([("a", "2024-01-05", 60.0), ("b", "2024-04-09", 1.0)]), as_of="2024-04-30", life="first_purchase"
    )
    assert own["periods"].tolist() == [4, 1]
    assert own["variation"].tolist() == pytest.approx([by_hand, 0.0])


def test_the_unfinished_period_takes_no_part():
    rows = [("a", f"2024-0{month}-05", 10.0) for month in (1, 2, 3)]
    table = analysis.abc_xyz_classes(lines([*rows, ("a", "2024-04-01", 10.0)]), as_of="2024-04-02")
    assert (table["periods"].item(), table["variation"].item(), table["xyz"].item()) == (3, 0.0, "X")


def test_variation_equals_numpy_on_random_purchases(make_purchases):
    purchases = make_purchases(4)
    table = analysis.abc_xyz_classes(purchases, as_of="2024-01-31", since="2023-01-01").set_index("customer_id")
    known = purchases[(purchases["ordered_at"] >= "2023-01-01") & (purchases["ordered_at"] < "2024-02-01")].dropna()
    month = known["ordered_at"].dt.to_period("M")
    grid = known.assign(month=month).pivot_table(index="customer_id", columns="month", values="amount", aggfunc="sum")
    grid = grid.fillna(0).reindex(columns=pd.period_range("2023-01", "2024-01", freq="M"), fill_value=0)
    kept = grid.sum(axis=1) > 0
    expected = grid.std(axis=1, ddof=0) / grid.sum(axis=1) * 13
    assert table.loc[kept[kept].index, "variation"].tolist() == pytest.approx(expected[kept].tolist(), rel=1e-6)


def test_splitting_a_line_in_two_changes_nothing(make_purchases):
    purchases = make_purchases(2, lines=400)
    whole = purchases.assign(amount=purchases["amount"].round(0) * 2)
    halves = pd.concat([whole.assign(amount=whole["amount"] / 2)] * 2)
    pd.testing.assert_frame_equal(
        analysis.abc_xyz_classes(whole, as_of="2024-01-31"), analysis.abc_xyz_classes(halves, as_of="2024-01-31")
    )


def test_the_nine_classes_hold_everybody_and_all_the_money(make_purchases):
    classes = analysis.abc_xyz_classes(make_purchases(3), as_of="2024-01-31")
    people, sums = (analysis.abc_xyz_table(classes, value) for value in ("customers", "monetary"))
    assert people.shape == (3, 3)
    assert people.to_numpy().sum() == len(classes)
    assert sums.to_numpy().sum() == pytest.approx(classes["monetary"].sum())


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: abc([1, 2], cuts=(0.9, 0.5)), "ascending order"),
        (lambda: abc([0, -1]), "2 customers spent nothing"),
        (lambda: abc([1, np.nan]), "1 amount is missing"),
        (lambda: analysis.abc_xyz_classes(lines([("a", "2024-01-05", 1.0)]), as_of="2024-01-31"), "two periods"),
        (lambda: analysis.abc_xyz_classes(lines([("a", "2024-01-05", 1.0)]), as_of="2024-01-31", unit="m"), "Allowed"),
    ],
)
def test_what_can_not_be_classed_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()
