"""Series and forecasts keep the room's promises."""

from functools import cache

import numpy as np
import pandas as pd

from crm_toolkit.analysis.forecast.repeat import forecast_repeat_purchases
from crm_toolkit.analysis.forecast.series import demand_series, event_series
from tests.analysis.contract import AS_OF, LINES, Contract, purchases


@cache
def leaving() -> pd.DataFrame:
    """Purchases of 300 customers of whom some leave."""
    luck = np.random.default_rng(2)
    gaps = luck.exponential(1 / luck.gamma(1.0, 1 / 20.0, (300, 1)), (300, 40)).cumsum(axis=1)
    stays = np.arange(40) < luck.geometric(luck.beta(0.7, 1.8, (300, 1)))
    day = luck.integers(0, 60, (300, 1)) + np.concatenate([np.zeros((300, 1)), np.where(stays, gaps, 1e6)], axis=1)
    who, which = np.nonzero(day < 245)
    when = pd.Timestamp("2023-06-01") + pd.to_timedelta(day[who, which], unit="D")
    frame = pd.DataFrame({"customer_id": who, "ordered_at": when.floor("s"), "amount": 10.0})
    return frame.reset_index(drop=True)


CONTRACTS = [
    Contract(
        "demand_series",
        purchases,
        lambda table: demand_series(table, as_of=AS_OF),
        ("order_id", *LINES),
        numbers=("amount",),
    ),
    Contract(
        "event_series",
        purchases,
        lambda table: event_series(table, as_of=AS_OF, time="ordered_at"),
        ("ordered_at",),
    ),
    Contract(
        "forecast_repeat_purchases",
        leaving,
        lambda table: forecast_repeat_purchases(table, as_of=AS_OF, horizon=4),
        LINES,
        numbers=("amount",),
    ),
]
