"""Baskets: frequent itemsets and rules on 500 thousand orders, ours beside mlxtend and efficient-apriori.

`CONTESTANTS` names for each question the functions of this module that answer it; each takes the frame of lines and
the file that it came from, gets them ready in the form that its library wants, and returns what is timed. So the peers
are timed on a one-hot table and on tuples that are ready, ours from the lines of orders, with reading, checking and
encoding. `make_data` writes the file; `assert_equal` brings two answers to the same mapping and compares them exactly.

mlxtend and efficient-apriori compare fractions of floating-point numbers, so the support asked for lies between two
whole numbers of orders: at a border they lose sets that belong in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 20231231
ORDERS, ITEMS = 500_000, 1_000
SUPPORT, SIZE, CONFIDENCE = 0.0050001, 3, 0.2
CONTESTANTS = {
    "frequent_itemsets": {
        "crm_toolkit": "ours_itemsets",
        "mlxtend, fpgrowth": "mlxtend_fpgrowth",
        "mlxtend, apriori (sparse, low memory)": "mlxtend_apriori",
        "efficient-apriori": "efficient_itemsets",
    },
    "association_rules": {
        "crm_toolkit": "ours_rules",
        "mlxtend, fpgrowth and association_rules": "mlxtend_rules",
        "efficient-apriori": "efficient_rules",
    },
}


def make_data(file: Path, orders: int = ORDERS, items: int = ITEMS) -> None:
    """Lines of orders: a few items in most baskets, a long tail, and hobbies whose items go together."""
    luck = np.random.default_rng(SEED)
    weight = 1 / (np.arange(items) + 4.0)
    size = 1 + luck.poisson(3.8, orders)
    order = np.repeat(np.arange(orders), size)
    hobby = luck.integers(0, 15, orders)[order]
    own = hobby * 5 + luck.integers(0, 5, len(order))
    item = np.where(luck.random(len(order)) < 0.5, own, luck.choice(items, len(order), p=weight / weight.sum()))
    names = np.array([f"item {number:04d}" for number in range(items)], dtype=object)
    shuffled = luck.permutation(len(order))
    lines = pd.DataFrame({"order_id": order[shuffled], "item": names[item[shuffled]], "amount": 1.0})
    lines.to_parquet(file, index=False)


def assert_equal(ours: Any, theirs: Any) -> None:
    """Refuse to time answers that are not the same: itemsets, or both sides of rules, with whole numbers of orders."""
    expected, found = dict(ours()), dict(theirs())
    assert expected, "there is something to find"
    assert found == expected, f"{len(expected.keys() ^ found.keys())} differ of {len(expected)}"


def ours_itemsets(lines: pd.DataFrame, _path):
    """frequent_itemsets on the lines of the orders."""
    from crm_toolkit.analysis.baskets.itemsets import frequent_itemsets

    def run():
        table = frequent_itemsets(lines, min_support=SUPPORT, max_size=SIZE).table
        return lambda: zip(table["itemset"], table["count"].tolist(), strict=True)

    return run


def ours_rules(lines: pd.DataFrame, _path):
    """frequent_itemsets and association_rules on the lines of the orders."""
    from crm_toolkit.analysis.baskets.itemsets import frequent_itemsets
    from crm_toolkit.analysis.baskets.rules import association_rules

    def run():
        itemsets = frequent_itemsets(lines, min_support=SUPPORT, max_size=SIZE)
        table = association_rules(itemsets, min_confidence=CONFIDENCE)
        sides = list(zip(table["antecedent"], table["consequent"], strict=True))
        return lambda: zip(sides, table["count"].tolist(), strict=True)

    return run


def mlxtend_fpgrowth(lines: pd.DataFrame, _path):
    """mlxtend: fpgrowth on a sparse one-hot table that is ready."""
    from mlxtend.frequent_patterns import fpgrowth

    table, orders = one_hot(lines), lines["order_id"].nunique()

    def run():
        found = fpgrowth(table, min_support=SUPPORT, use_colnames=True, max_len=SIZE)
        return lambda: _counted(found, orders)

    return run


def mlxtend_apriori(lines: pd.DataFrame, _path):
    """mlxtend: apriori on a sparse one-hot table that is ready."""
    from mlxtend.frequent_patterns import apriori

    table, orders = one_hot(lines), lines["order_id"].nunique()

    def run():
        found = apriori(table, min_support=SUPPORT, use_colnames=True, max_len=SIZE, low_memory=True)
        return lambda: _counted(found, orders)

    return run


def mlxtend_rules(lines: pd.DataFrame, _path):
    """mlxtend: fpgrowth and association_rules, of which those with one item on the right are kept."""
    from mlxtend.frequent_patterns import association_rules, fpgrowth

    table, orders = one_hot(lines), lines["order_id"].nunique()

    def run():
        found = fpgrowth(table, min_support=SUPPORT, use_colnames=True, max_len=SIZE)
        rules = association_rules(found, metric="confidence", min_threshold=CONFIDENCE)
        rules = rules[rules["consequents"].map(len) == 1]
        return lambda: {
            (tuple(sorted(row.antecedents)), tuple(row.consequents)): round(row.support * orders)
            for row in rules.itertuples(index=False)
        }.items()

    return run


def efficient_itemsets(lines: pd.DataFrame, _path):
    """efficient-apriori: itemsets_from_transactions on tuples that are ready."""
    from efficient_apriori import itemsets_from_transactions

    baskets = tuples(lines)

    def run():
        found, _ = itemsets_from_transactions(baskets, SUPPORT, max_length=SIZE)
        return lambda: ((itemset, count) for level in found.values() for itemset, count in level.items())

    return run


def efficient_rules(lines: pd.DataFrame, _path):
    """efficient-apriori: apriori on tuples that are ready, of which rules with one item on the right are kept."""
    from efficient_apriori import apriori

    baskets = tuples(lines)

    def run():
        _, found = apriori(baskets, min_support=SUPPORT, min_confidence=CONFIDENCE, max_length=SIZE)
        kept = [rule for rule in found if len(rule.rhs) == 1]
        return lambda: {(tuple(sorted(rule.lhs)), rule.rhs): rule.count_full for rule in kept}.items()

    return run


def one_hot(lines: pd.DataFrame) -> pd.DataFrame:
    """Orders by items, true where the item is in the order; sparse, since the plain table takes 0.5 GB."""
    from scipy.sparse import csr_matrix

    order, _ = pd.factorize(lines["order_id"], sort=True)
    item, names = pd.factorize(lines["item"], sort=True)
    shape = (order.max() + 1, len(names))
    cells = csr_matrix((np.ones(len(lines), dtype="int32"), (order, item)), shape=shape)
    return pd.DataFrame.sparse.from_spmatrix((cells > 0).astype("bool"), columns=names)


def tuples(lines: pd.DataFrame) -> list[tuple[str, ...]]:
    """The items of each order."""
    return [tuple(sorted(set(items))) for items in lines.groupby("order_id")["item"].agg(list)]


def _counted(found: pd.DataFrame, orders: int) -> list[tuple[tuple[str, ...], int]]:
    return [
        (tuple(sorted(itemset)), round(support * orders))
        for itemset, support in zip(found["itemsets"], found["support"], strict=True)
    ]
