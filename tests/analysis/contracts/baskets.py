"""Contracts of itemsets and pairs of items."""

import pandas as pd

from crm_toolkit.analysis.baskets.cross_sell import cross_sell_table, item_pairs
from crm_toolkit.analysis.baskets.itemsets import frequent_itemsets
from crm_toolkit.analysis.baskets.rules import association_rules
from tests.analysis.contract import AS_OF, Contract, purchases


def _lines() -> pd.DataFrame:
    lines = purchases().drop(columns="customer_id")
    place = pd.Series(range(len(lines)))
    return lines.assign(item=[f"item {(3 * number) % 7}" for number in place])


CONTRACTS = [
    Contract(
        "frequent_itemsets", _lines, lambda t: frequent_itemsets(t, min_count=2, as_of=AS_OF),
        ("order_id", "item", "amount", "ordered_at"), numbers=("amount",),
    ),
    Contract(
        "frequent_itemsets: rules", _lines,
        lambda t: association_rules(frequent_itemsets(t, min_count=2), min_confidence=0.1),
        ("order_id", "item", "amount"), numbers=("amount",),
    ),
    Contract(
        "item_pairs", _lines, lambda t: item_pairs(t, min_count=2), ("order_id", "item", "amount"),
        numbers=("amount",),
    ),
    Contract(
        "item_pairs: partners", _lines, lambda t: cross_sell_table(item_pairs(t, min_count=1, correction="holm")),
        ("order_id", "item", "amount"), numbers=("amount",),
    ),
]  # fmt: skip
