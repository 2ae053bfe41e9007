"""The tables that rooms hand to each other: columns, keys, units. The only contract between rooms.

contract      what a column and a table are; the tables of purchases, customers, summaries and scores
world         the tables of a simulated organisation, and the tables of truth behind it
"""

from crm_toolkit.schema.contract import (
    CONTACTS,
    CUSTOMER_EXTRAS,
    CUSTOMERS,
    PURCHASE_SUMMARY,
    PURCHASES,
    RFM_SCORES,
    Column,
    Table,
    near_misses,
    require_columns,
    require_frame,
    require_single,
)
from crm_toolkit.schema.world import TRUTH_TABLES, WORLD_TABLES, Reference

__all__ = [
    "CONTACTS",
    "CUSTOMERS",
    "CUSTOMER_EXTRAS",
    "PURCHASES",
    "PURCHASE_SUMMARY",
    "RFM_SCORES",
    "TRUTH_TABLES",
    "WORLD_TABLES",
    "Column",
    "Reference",
    "Table",
    "near_misses",
    "require_columns",
    "require_frame",
    "require_single",
]
