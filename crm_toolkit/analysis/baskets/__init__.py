"""What is bought together.

lines        orders as sets of items, and what was left out
itemsets     itemsets often bought together
rules        rules made of them
cross_sell   pairs of items, and which item to offer with which
"""

from crm_toolkit.analysis.baskets.cross_sell import ItemPairs, cross_sell_table, item_pairs, lift_table
from crm_toolkit.analysis.baskets.itemsets import FrequentItemsets, frequent_itemsets
from crm_toolkit.analysis.baskets.lines import BasketCoverage
from crm_toolkit.analysis.baskets.rules import association_rules

__all__ = [
    "BasketCoverage",
    "FrequentItemsets",
    "ItemPairs",
    "association_rules",
    "cross_sell_table",
    "frequent_itemsets",
    "item_pairs",
    "lift_table",
]
