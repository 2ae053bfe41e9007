"""Contracts of brand switching."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.brand_switching import fit_brand_switching
from tests.analysis.contract import Contract


@cache
def answers() -> pd.DataFrame:
    """60 customers, two brands, one driver."""
    luck = np.random.default_rng(3)
    ratings, last = luck.normal(3.5, 1.0, (60, 2)), luck.integers(0, 2, 60)
    utility = ratings + np.eye(2)[last] + luck.gumbel(size=(60, 2))
    table = {"customer_id": np.repeat(np.arange(60), 2), "brand": ["north", "south"] * 60}
    table |= {"last": np.eye(2)[last].ravel(), "chosen": np.eye(2)[utility.argmax(axis=1)].ravel()}
    return pd.DataFrame(table | {"service": ratings.ravel()})


CONTRACTS = [
    Contract(
        "fit_brand_switching", answers, lambda t: fit_brand_switching(t, ["service"]),
        ("customer_id", "brand", "last", "chosen", "service"), numbers=("last", "chosen", "service"),
    ),
]  # fmt: skip
