"""Itemsets and rules: published counts, whole-number thresholds, what brute force finds, honest proof."""

import itertools
import os
from collections import Counter
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from crm_toolkit.analysis.baskets import itemsets as module
from crm_toolkit.analysis.baskets.itemsets import frequent_itemsets
from crm_toolkit.analysis.baskets.rules import association_rules
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


def lines_of(baskets) -> pd.DataFrame:
    pairs = [(number, item) for number, basket in enumerate(baskets) for item in basket]
    return pd.DataFrame(pairs, columns=["order_id", "item"])


def brute_force(baskets, least: int, largest: int) -> dict:
    counts = Counter(
        itemset
        for basket in baskets
        for size in range(1, largest + 1)
        for itemset in itertools.combinations(sorted(set(basket)), size)
    )
    return {itemset: count for itemset, count in counts.items() if count >= least}


def found_of(result) -> dict:
    return dict(zip(result.table["itemset"], result.table["count"], strict=True))


SHELVES = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=6), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(SHELVES, st.integers(1, 5), st.integers(1, 5))
def test_exactly_the_frequent_sets_are_found(baskets, least, largest):
    found = frequent_itemsets(lines_of(baskets), min_count=least, max_size=largest, returns=None)
    assert found_of(found) == brute_force(baskets, least, largest)
    assert (found.table["support"] == found.table["count"] / len(baskets)).all()
    sizes = found.table["size"].tolist()
    assert sizes == sorted(sizes) == [len(itemset) for itemset in found.table["itemset"]]


@settings(max_examples=25, deadline=None)
@given(SHELVES, st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]), st.integers(1, 2))
def test_exactly_the_rules_that_hold_often_enough_are_found(baskets, share, right):
    itemsets = frequent_itemsets(lines_of(baskets), min_count=2, max_size=4, returns=None)
    rules = association_rules(itemsets, min_confidence=share, consequents=right)
    known, expected = brute_force(baskets, 2, 4), {}
    for itemset, count in known.items():
        for size in range(1, min(right, len(itemset) - 1) + 1):
            for consequent in itertools.combinations(itemset, size):
                antecedent = tuple(item for item in itemset if item not in consequent)
                if Fraction(count, known[antecedent]) >= Fraction(str(share)):
                    expected[antecedent, consequent] = (count, known[antecedent], known[consequent])
    columns = ["count", "antecedent_count", "consequent_count"]
    numbers = list(rules[columns].itertuples(index=False, name=None))
    assert dict(zip(zip(rules["antecedent"], rules["consequent"], strict=True), numbers, strict=True)) == expected
    np.testing.assert_allclose(rules["lift"], rules["confidence"] * len(baskets) / rules["consequent_count"])
    assert (rules["never_broken"] == (rules["count"] == rules["antecedent_count"])).all()
    assert (rules["conviction"].isna() == rules["never_broken"]).all()
    assert np.isfinite(rules.drop(columns=["antecedent", "consequent", "conviction"]).to_numpy("float64")).all()
    assert ((rules["confidence_low"] <= rules["confidence"]) & (rules["confidence"] <= rules["confidence_high"])).all()


def test_the_example_of_three_meals():
    meals = [("eggs", "bacon", "soup"), ("eggs", "bacon", "apple"), ("soup", "bacon", "banana")]
    itemsets = frequent_itemsets(lines_of(meals), min_support=0.5, returns=None)
    rules = association_rules(itemsets, min_confidence=1.0)
    assert list(zip(rules["antecedent"], rules["consequent"], strict=True)) == [
        (("eggs",), ("bacon",)),
        (("soup",), ("bacon",)),
    ]


@pytest.mark.parametrize(("share", "baskets"), [(0.07, 100), (0.14, 50), (0.28, 25), (0.55, 100), (0.001, 9000)])
def test_a_set_exactly_at_the_threshold_is_frequent(share, baskets):
    count = ceil(Fraction(str(share)) * baskets)
    assert count == round(share * baskets)
    shelves = [("a", "b") if number < count else ("c",) for number in range(baskets)]
    found = found_of(frequent_itemsets(lines_of(shelves), min_support=share, returns=None))
    assert found["a", "b"] == count
    fewer = [*shelves[1:], ("c",)]
    assert ("a", "b") not in found_of(frequent_itemsets(lines_of(fewer), min_support=share, returns=None))


def test_a_rule_exactly_at_the_threshold_is_kept():
    shelves = [("a", "b") if number < 7 else ("a",) for number in range(10)]
    itemsets = frequent_itemsets(lines_of(shelves), min_count=1, returns=None)
    assert len(association_rules(itemsets, min_confidence=0.7)) == 2
    assert len(association_rules(itemsets, min_confidence=0.71)) == 1


def test_what_is_left_out_is_counted():
    lines = pd.DataFrame(
        {
            "order_id": [1, 1, 1, 2, 2, 3, 4, 5],
            "item": ["swim", "swim", "towel", "swim", None, "swim", "bar", "bar"],
            "amount": [5.0, 5, 2, 5, 1, -5, 3, 3],
            "ordered_at": pd.to_datetime(["2024-01-05 10:00"] * 6 + ["2024-02-01 00:00", "2024-01-31 23:59"]),
        }
    )
    found = frequent_itemsets(lines, min_count=1, as_of="2024-01-31")
    coverage = found.coverage
    assert (coverage.lines, coverage.returns, coverage.without_item, coverage.after) == (8, 1, 1, 1)
    assert (found.baskets, coverage.items, coverage.basket_items) == (3, 3, 4)
    assert found_of(found)[("swim",)] == 2


def test_the_same_from_every_kind_of_table_and_in_every_order(tmp_path):
    import polars
    import pyarrow as pa

    luck = np.random.default_rng(2)
    lines = pd.DataFrame(
        {
            "order_id": [f"№ {number}" for number in luck.integers(0, 90, 400)],
            "item": np.array(["бассейн", "бар", "йога", "сауна"])[luck.integers(0, 4, 400)],
            "amount": luck.choice([-1.0, 4, 4, 4], 400),
        }
    )
    expected = frequent_itemsets(lines, min_support=0.05)
    file = tmp_path / "lines.parquet"
    lines.to_parquet(file, index=False)
    arrow = pa.Table.from_pandas(lines, preserve_index=False)
    kinds = [lines.sample(frac=1, random_state=1), lines.astype({"item": "category"}), file, arrow]
    kinds += [polars.from_arrow(arrow), polars.from_arrow(arrow).lazy()]
    kinds += [polars.from_arrow(arrow).with_columns(polars.col("item").cast(polars.Categorical))]
    for table in kinds:
        found = frequent_itemsets(table, min_support=0.05)
        pd.testing.assert_frame_equal(found.table, expected.table)
        assert found.coverage == expected.coverage


def test_every_way_of_counting_bits_gives_the_same(monkeypatch):
    luck = np.random.default_rng(4)
    lines = pd.DataFrame({"order_id": luck.integers(0, 700, 5000), "item": luck.integers(0, 9, 5000)})
    ask = {"min_support": 0.05, "max_size": 5, "returns": None}
    expected = frequent_itemsets(lines, **ask).table
    assert expected["size"].max() == 5
    monkeypatch.setattr(module, "_BLOCK", 512)
    pd.testing.assert_frame_equal(frequent_itemsets(lines, **ask).table, expected)
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    pd.testing.assert_frame_equal(frequent_itemsets(lines, **ask).table, expected)


def test_p_values_are_those_of_fisher():
    luck = np.random.default_rng(6)
    shelves = [[item for item in range(4) if luck.random() < 0.4] or [9] for _ in range(60)]
    rules = association_rules(frequent_itemsets(lines_of(shelves), min_count=3, returns=None), min_confidence=0)
    assert len(rules) > 10
    for row in rules.head(6).itertuples():
        both, a, b = row.count, row.antecedent_count, row.consequent_count
        table = [[both, a - both], [b - both, 60 - a - b + both]]
        assert row.p_value == pytest.approx(fisher_exact(table, "greater").pvalue)


def false_proofs(seeds) -> int:
    tables = 0
    for seed in seeds:
        luck = np.random.default_rng([21, seed])
        bought = luck.random((250, 8)) < luck.uniform(0.05, 0.5, 8)
        order, item = np.nonzero(bought)
        lines = pd.DataFrame({"order_id": order, "item": item})
        rules = association_rules(frequent_itemsets(lines, min_count=3, returns=None), min_confidence=0)
        tables += bool((rules["p_adjusted"] <= 0.05).any())
    return tables


def test_among_baskets_without_connection_hardly_a_rule_is_proven():
    assert false_proofs(range(20)) <= 3  # 1 expected at most


@pytest.mark.slow
def test_among_many_baskets_without_connection_hardly_a_rule_is_proven():
    assert false_proofs(range(400)) <= 400 * 0.05 + 3 * np.sqrt(400 * 0.05 * 0.95)


def test_a_planted_rule_is_found_and_proven():
    luck = np.random.default_rng(8)
    bought = luck.random((400, 10)) < 0.2
    bought[:, 1] |= bought[:, 0] & (luck.random(400) < 0.6)
    order, item = np.nonzero(bought)
    lines = pd.DataFrame({"order_id": order, "item": item})
    rules = association_rules(frequent_itemsets(lines, min_support=0.05, max_size=2, returns=None), min_confidence=0)
    best = rules[rules["p_adjusted"] <= 0.05]
    assert set(zip(best["antecedent"], best["consequent"], strict=True)) == {((0,), (1,)), ((1,), (0,))}


def test_groceries_as_arules_counts_them():
    """Counts of R arules 1.7-4; the file has a line (order_id, item) for each item of each of its 9,835 baskets."""
    file = Path(os.environ.get("CRM_REFERENCE_DATA", "")) / "groceries.csv"
    if not os.environ.get("CRM_REFERENCE_DATA") or not file.is_file():
        pytest.skip("CRM_REFERENCE_DATA names no folder with groceries.csv (Groceries of R's arules)")
    lines = pd.read_csv(file)
    found = frequent_itemsets(lines, min_support=0.01, max_size=10, returns=None)
    assert (found.baskets, found.coverage.items, found.coverage.basket_items) == (9835, 169, 43367)
    assert found.table["size"].value_counts().to_dict() == {1: 88, 2: 213, 3: 32}
    deep = frequent_itemsets(lines, min_support=0.001, max_size=10, returns=None)
    assert len(association_rules(deep, min_confidence=0.8)) == 410
    middle = frequent_itemsets(lines, min_support=0.006, max_size=10, returns=None)
    assert len(association_rules(middle, min_confidence=0.25)) == 463
    rules = association_rules(found, min_confidence=0.5)
    assert len(rules) == 15
    top = rules.iloc[0]
    assert (top["antecedent"], top["consequent"]) == (("citrus fruit", "root vegetables"), ("other vegetables",))
    assert top[["support", "confidence", "lift"]].tolist() == pytest.approx([0.010371, 0.586207, 3.029608], abs=5e-7)


ONE = pd.DataFrame({"order_id": [1], "item": ["swim"], "amount": [1.0]})


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: frequent_itemsets(ONE.rename(columns={"item": "itme"})), "Did you mean `itme`?"),
        (lambda: frequent_itemsets(ONE.assign(order_id=None)), "1 line has no order."),
        (lambda: frequent_itemsets(ONE.assign(amount=float("inf"))), "1 value of `amount` is missing or infinite."),
        (lambda: frequent_itemsets(ONE.assign(amount="much")), "must hold numbers"),
        (lambda: frequent_itemsets(ONE.assign(amount=-1.0)), "0 baskets are left"),
        (lambda: frequent_itemsets(ONE.head(0)), "0 baskets are left"),
        (lambda: frequent_itemsets(ONE.assign(ordered_at="2024"), as_of="2024-01-01"), "must hold dates"),
        (lambda: frequent_itemsets(ONE, min_support=0), "0.000001|from 0 to 1"),
        (lambda: frequent_itemsets(ONE, min_count=0), "`min_count` can't be 0"),
        (lambda: frequent_itemsets(ONE, max_size=2.5), "`max_size` can't be 2.5"),
        (lambda: association_rules(ONE), "Pass what `frequent_itemsets` returns"),
        (lambda: association_rules(frequent_itemsets(ONE), min_confidence=2), "`min_confidence` can't be 2"),
    ],
)
def test_what_can_not_be_used_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


def test_all_that_is_wrong_is_said_at_once_and_in_russian():
    with language("ru"), pytest.raises(InputError) as refusal:
        frequent_itemsets(ONE.assign(order_id=None, amount=float("nan")))
    assert [problem.code for problem in refusal.value.problems] == ["no_order", "unsound_number"]
    assert "не может собрать корзины" in refusal.value.heading


def test_too_many_sets_are_refused_before_memory_is_full(monkeypatch):
    monkeypatch.setattr(module, "MOST_ITEMSETS", 100)
    with pytest.raises(InputError, match="More than 100 itemsets"):
        frequent_itemsets(lines_of([range(12)] * 3), min_count=1, max_size=12, returns=None)


def test_nothing_frequent_is_an_empty_table_not_an_error():
    found = frequent_itemsets(lines_of([("a",), ("b",)]), min_count=2, returns=None)
    assert list(found.table.columns) == ["itemset", "size", "count", "support"]
    assert len(found.table) == 0
    assert len(association_rules(found)) == 0
