"""Contracts of money on clients: the portfolio, winning back, rules of targeting."""

import numpy as np
import pandas as pd

from crm_toolkit.analysis.portfolio import portfolio_matrix
from crm_toolkit.analysis.uplift.targeting_rules import targeting_rules
from crm_toolkit.analysis.win_back import win_back_table
from tests.analysis.contract import Contract

_LAPSED = ("group", "customers", "regain_ratio", "by_themselves", "second_value", "contact_cost", "offer_cost")


def _customers() -> pd.DataFrame:
    luck = np.random.default_rng(4)
    return pd.DataFrame({"customer_id": range(40), "longevity": luck.integers(1, 60, 40),
                         "profit": luck.normal(10, 40, 40).round(2), "risk": luck.random(40),
                         "gain": luck.normal(0, 5, 40).round(2)})  # fmt: skip


def _lapsed() -> pd.DataFrame:
    return pd.DataFrame([("price", 200, 0.2, 0.08, 120, 4, 20), ("moved", 100, 0.02, 0.01, 90, 4, 20)],
                        columns=_LAPSED)  # fmt: skip


CONTRACTS = [
    Contract(
        "portfolio_matrix", _customers, lambda t: portfolio_matrix(t).corners, ("customer_id", "longevity", "profit"),
        numbers=("longevity", "profit"), missing=("profit_share", "mean_profit"),
    ),
    Contract(
        "win_back_table", _lapsed, win_back_table, _LAPSED, order_free=False, numbers=_LAPSED[1:],
        note="one row per group, in the order of the table",
    ),
    Contract(
        "targeting_rules", _customers, lambda t: targeting_rules(t, ["risk"], contact_cost=1.0).curves,
        ("risk", "gain"), numbers=("risk", "gain"),
    ),
]  # fmt: skip
