"""Pairs of items: counts by brute force, corrections by hand, partners that chance did not choose."""

import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact

from crm_toolkit.analysis.baskets.cross_sell import adjusted, cross_sell_table, item_pairs, lift_table
from crm_toolkit.errors import InputError


def random_lines(seed: int, *, baskets: int = 300, items: int = 12, planted: bool = False) -> pd.DataFrame:
    luck = np.random.default_rng([31, seed])
    bought = luck.random((baskets, items)) < luck.uniform(0.05, 0.4, items)
    if planted:
        bought[:, 1] |= bought[:, 0] & (luck.random(baskets) < 0.5)
    order, item = np.nonzero(bought)
    return pd.DataFrame({"order_id": order, "item": item})


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=5), min_size=1, max_size=25), st.integers(1, 4))
def test_pairs_are_counted_as_by_hand(baskets, least):
    lines = pd.DataFrame([(n, item) for n, b in enumerate(baskets) for item in b], columns=["order_id", "item"])
    pairs = item_pairs(lines, min_count=least, correction="none", returns=None)
    counts = Counter(pair for b in baskets for pair in itertools.combinations(sorted(set(b)), 2))
    found = pairs.table.set_index(["item", "partner"])["count"].to_dict()
    assert found == {pair: count for pair, count in counts.items() if count >= least}
    assert (pairs.table["lift"].diff().dropna() <= 1e-9).all()


def test_corrections_are_those_of_the_books():
    p = np.array([0.01, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(adjusted(p, "holm", 4), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(adjusted(p, "benjamini_hochberg", 4), false_discovery_control(p))
    padded = false_discovery_control(np.concatenate([p, np.ones(6)]))[:4]
    np.testing.assert_allclose(adjusted(p, "benjamini_hochberg", 10), padded)


def test_every_pair_is_tested_also_those_never_bought_together():
    pairs = item_pairs(random_lines(1), min_count=1, correction="holm", returns=None)
    items = pd.unique(pairs.table[["item", "partner"]].to_numpy().ravel())
    assert pairs.tested == len(items) * (len(items) - 1) // 2
    row = pairs.table.iloc[3]
    a, b, both, n = int(row["item_count"]), int(row["partner_count"]), int(row["count"]), pairs.baskets
    expected = fisher_exact([[both, a - both], [b - both, n - a - b + both]], "greater").pvalue
    assert row["p_value"] == pytest.approx(expected)
    assert (pairs.table["p_adjusted"] >= pairs.table["p_value"]).all()


def test_among_items_without_connection_holm_proves_hardly_a_pair():
    tables = [item_pairs(random_lines(seed), min_count=1, correction="holm", returns=None) for seed in range(20)]
    assert sum(bool((pairs.table["p_adjusted"] <= 0.05).any()) for pairs in tables) <= 3


def test_a_planted_partner_comes_first_and_alone_is_proven():
    right = 0
    for seed in range(12):
        pairs = item_pairs(random_lines(seed, planted=True), min_count=5, correction="holm", returns=None)
        best = cross_sell_table(pairs, only_proven=True)
        right += set(zip(best["item"], best["partner"], strict=True)) == {(0, 1), (1, 0)}
    assert right >= 10  # one false pair in twenty tables is allowed, and a weak one may be missed


def test_partners_are_ranked_by_what_is_sure_not_by_two_lucky_baskets():
    baskets = [("swim", "towel")] * 60 + [("swim",)] * 60 + [("bar",)] * 200 + [("swim", "rare")]
    lines = pd.DataFrame([(n, item) for n, b in enumerate(baskets) for item in b], columns=["order_id", "item"])
    pairs = item_pairs(lines, min_count=1, returns=None)
    first = cross_sell_table(pairs)
    swim = first[first["item"] == "swim"]
    assert swim["partner"].tolist() == ["towel", "rare"]
    assert swim["rank"].tolist() == [1, 2]
    assert pairs.table.iloc[0][["item", "partner"]].tolist() in (["rare", "swim"], ["swim", "towel"])
    assert ((first["confidence_low"] <= first["confidence"]) & (first["confidence"] <= first["confidence_high"])).all()
    sure = cross_sell_table(pairs, only_proven=True)
    assert set(sure["partner"]) == {"swim", "towel"}
    assert (sure["lift_low"] > 1).all()


def test_each_item_has_not_more_partners_than_asked_for_and_both_directions_count():
    pairs = item_pairs(random_lines(5), min_count=2, returns=None)
    table = cross_sell_table(pairs, top=2, by="confidence")
    assert table.groupby("item")["rank"].max().max() == 2
    assert table["confidence"].tolist() == pytest.approx((table["count"] / table["item_count"]).tolist())
    assert (table.groupby("item")["confidence_low"].diff().dropna() <= 1e-9).all()


def test_the_table_of_lifts_agrees_with_the_pairs():
    pairs = item_pairs(random_lines(7), min_count=4, returns=None)
    lift = lift_table(pairs, most=5)
    cells = lift.to_numpy()
    assert np.array_equal(cells, cells.T, equal_nan=True)
    assert np.isnan(np.diag(cells)).all()
    counts = (
        pairs.table.set_index("item")["item_count"].to_dict()
        | pairs.table.set_index("partner")["partner_count"].to_dict()
    )
    assert [counts[name] for name in lift.columns] == sorted(counts.values(), reverse=True)[:5]
    for row in pairs.table.itertuples():
        if row.item in lift.columns and row.partner in lift.columns:
            assert lift.loc[row.item, row.partner] == pytest.approx(row.lift)


def test_the_order_of_lines_and_the_kind_of_table_do_not_matter():
    import polars

    lines = random_lines(9).assign(item=lambda t: "товар " + t["item"].astype(str))
    expected = item_pairs(lines, min_count=3, returns=None).table
    pd.testing.assert_frame_equal(item_pairs(lines.sample(frac=1, random_state=2), min_count=3, returns=None).table,
                                  expected)  # fmt: skip
    pd.testing.assert_frame_equal(item_pairs(polars.from_pandas(lines), min_count=3, returns=None).table, expected)


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda p: item_pairs(p, correction="fdr"), "`correction` can't be 'fdr'"),
        (lambda p: item_pairs(p, returns="amuont"), "The column `amuont` is missing"),
        (lambda p: cross_sell_table(p), "Pass what `item_pairs` returns"),
        (lambda p: lift_table(p), "Pass what `item_pairs` returns"),
        (lambda p: cross_sell_table(item_pairs(p), by="luck"), "`by` can't be 'luck'"),
        (lambda p: cross_sell_table(item_pairs(p, correction="none"), only_proven=True), "were not tested"),
        (lambda p: lift_table(item_pairs(p), most=1), "`most` can't be 1"),
    ],
)
def test_what_can_not_be_used_is_refused_with_a_reason(ask, letter):
    lines = pd.DataFrame({"order_id": [1, 1], "item": ["a", "b"], "amount": 1.0})
    with pytest.raises(InputError, match=letter):
        ask(lines)
