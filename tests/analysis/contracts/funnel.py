"""Contracts of funnels: conversions, comparison, times at a stage, the absorbing chain."""

import numpy as np
import pandas as pd

from crm_toolkit.analysis.funnel.chain import funnel_chain
from crm_toolkit.analysis.funnel.comparison import funnel_comparison
from crm_toolkit.analysis.funnel.conversion import funnel_table
from crm_toolkit.analysis.funnel.times import stage_times
from tests.analysis.contract import AS_OF, Contract

STAGES = ["new", "offer", "agreed", "won"]
_COLUMNS = ("deal_id", "to_stage", "moved_at")


def moves(deals: int = 60, seed: int = 3) -> pd.DataFrame:
    """Moves of deals that skip stages, go back, are lost, or are still open."""
    luck = np.random.default_rng(seed)
    rows = []
    for deal in range(deals):
        moment = pd.Timestamp("2023-11-01") + pd.Timedelta(hours=int(luck.integers(0, 1500)))
        place = 0
        while True:
            name = "lost" if place < 0 else STAGES[place]
            rows.append((deal, "north" if deal % 3 else "south", name, moment))
            if place < 0 or place == 3 or luck.random() < 0.15:
                break
            step = luck.choice([-9, -1, 1, 2], p=[0.25, 0.1, 0.5, 0.15])
            place = -1 if step == -9 else min(max(place + int(step), 0), 3)
            moment += pd.Timedelta(hours=int(luck.integers(1, 300)))
    return pd.DataFrame(rows, columns=["deal_id", "branch", "to_stage", "moved_at"])


CONTRACTS = [
    Contract("funnel_table", moves, lambda t: funnel_table(t, STAGES, as_of=AS_OF), _COLUMNS, numbers=("deal_id",),
             allows=("infinite", "text"), missing=("conversion", "low", "high", "decided_conversion", "decided_low",
                                                   "decided_high"), note="an id may be anything"),
    Contract("funnel_table: recorded, latest", moves,
             lambda t: funnel_table(t, STAGES, as_of=AS_OF, skipped="recorded", backward="latest", within_days=30),
             _COLUMNS, missing=("conversion", "low", "high", "decided_conversion", "decided_low", "decided_high")),
    Contract("funnel_comparison", moves, lambda t: funnel_comparison(t, STAGES, as_of=AS_OF, group="branch"),
             (*_COLUMNS, "branch")),
    Contract("funnel_comparison: split", moves,
             lambda t: funnel_comparison(t, STAGES, as_of=AS_OF, split="2023-12-01", within_days=20), _COLUMNS),
    Contract("stage_times", moves, lambda t: stage_times(t, STAGES, as_of=AS_OF), _COLUMNS,
             missing=("median_days", "low", "high", "ended_median_days", "longest_days")),
    Contract("funnel_chain", moves, lambda t: funnel_chain(t, STAGES, as_of=AS_OF), _COLUMNS),
]  # fmt: skip
