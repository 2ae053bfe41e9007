"""Rankings: what chance moves, what another measure moves, and what stays."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, rankdata

from crm_toolkit import analysis
from crm_toolkit.errors import InputError


def table(*columns):
    names = [f"m{place}" for place in range(len(columns))]
    return pd.DataFrame({"customer_id": range(len(columns[0]))} | dict(zip(names, columns, strict=True)))


def test_tau_and_ranks_equal_scipy():
    luck = np.random.default_rng(3)
    one, two = luck.integers(0, 30, 200), luck.integers(0, 30, 200)
    changes = analysis.rank_changes(table(one, two), ["m0", "m1"])
    assert changes.pairs["kendall_tau_b"].item() == pytest.approx(kendalltau(one, two).statistic)
    ranks = changes.customers.sort_values("customer_id")
    assert ranks["rank_m0"].tolist() == rankdata(-one).tolist()
    assert ranks["change"].tolist() == np.abs(rankdata(-one) - rankdata(-two)).tolist()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=40), st.randoms())
def test_order_of_rows_and_units_of_measures_are_free(pairs, luck):
    one, two = (list(side) for side in zip(*pairs, strict=True))
    frame = table(one, two)
    found = analysis.rank_changes(frame, ["m0", "m1"], top=0.3)
    order = list(range(len(frame)))
    luck.shuffle(order)
    again = analysis.rank_changes(frame.iloc[order].assign(m1=lambda t: t["m1"] * 7.5 + 3), ["m0", "m1"], top=0.3)
    pd.testing.assert_frame_equal(found.customers, again.customers)
    pd.testing.assert_frame_equal(found.pairs, again.pairs)


def test_the_same_measure_twice_changes_nobody_and_its_reverse_everybody():
    same = analysis.rank_changes(table([3, 2, 1, 0], [30, 20, 10, 0], [0, 1, 2, 3]), ["m0", "m1", "m2"], top=0.5)
    assert same.pairs["kendall_tau_b"].tolist() == [1, -1, -1]
    assert same.pairs["top_overlap"].tolist() == [1, 0, 0]
    assert same.customers["change"].tolist() == [3, 3, 1, 1]


def orders(counts, amount=10.0):
    rows = [(f"c{place:02d}", amount) for place, count in enumerate(counts) for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["customer_id", "amount"])
    return frame.assign(order_id=range(len(frame)), ordered_at=pd.Timestamp("2024-02-02"))


def test_wide_differences_hold_and_narrow_ones_do_not():
    wide = analysis.rank_stability(orders([400, 200, 100, 50]), as_of="2024-03-31", top=0.25)
    assert wide.customers["top_share"].tolist() == [1, 0, 0, 0]
    narrow = analysis.rank_stability(orders([20, 19, 18, 17, 16, 15, 14, 13]), as_of="2024-03-31", top=0.25)
    assert narrow.summary["mean"].iloc[0] < wide.summary["mean"].iloc[0]
    assert (narrow.customers["rank_high"] - narrow.customers["rank_low"]).min() >= 2


def test_customers_with_one_order_each_take_turns_at_the_top():
    """All are equal; the five of fifty on top are those with a weight of 3 or more: P(Poisson(1) ≥ 3) = 0.080."""
    found = analysis.rank_stability(orders([1] * 50), as_of="2024-03-31", top=0.1, measure="frequency")
    assert found.customers["rank"].tolist() == [25.5] * 50
    assert found.customers["top_share"].mean() == pytest.approx(0.08, abs=0.03)  # 200 draws of 50; now and then ≥ 2


def test_luck_repeats_with_the_seed_and_ignores_the_order_of_lines(make_purchases):
    lines = make_purchases(1, lines=500)
    ask = lambda frame, seed=4: analysis.rank_stability(frame, as_of="2024-01-31", replications=30, seed=seed)  # noqa: E731
    one, mixed, other = ask(lines), ask(lines.sample(frac=1, random_state=0)), ask(lines, 5)
    pd.testing.assert_frame_equal(one.customers, mixed.customers)
    pd.testing.assert_frame_equal(one.summary, mixed.summary)
    assert not one.summary.equals(other.summary)


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: analysis.rank_changes(table([1, 2]), ["m0"]), "Two or more measures"),
        (lambda: analysis.rank_changes(table([1], [2]), ["m0", "m1"]), "There is 1 customer"),
        (lambda: analysis.rank_changes(table([1, 2], [np.nan, 1]), ["m0", "m1"]), "1 value of `m1`"),
        (lambda: analysis.rank_changes(table([1, 2], list("ab")), ["m0", "m1"]), "must hold numbers"),
        (
            lambda: analysis.rank_changes(table([1, 2], [1, 2]).assign(customer_id=1), ["m0", "m1"]),
            "repeats a customer",
        ),
        (lambda: analysis.rank_stability(orders([3]), as_of="2024-03-31"), "There is 1 customer"),
        (lambda: analysis.rank_stability(orders([3, 2]), as_of="2024-03-31", measure="clv"), "Allowed"),
    ],
)
def test_what_can_not_be_ranked_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()
