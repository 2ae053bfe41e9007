"""What personalisation promises of tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_toolkit.analysis.personalisation import personalisation_cost
from tests.analysis.contract import Contract


def _contacts() -> pd.DataFrame:
    luck = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "customer_id": luck.integers(1, 9, 40),
            "kind": luck.choice(["question", "complaint"], 40),
            "channel": luck.choice(["phone", "app"], 40),
            "handle_minutes": np.round(luck.gamma(2, 3, 40), 1),
        }
    )


CONTRACTS = [
    Contract(
        "personalisation_cost", _contacts,
        lambda t: personalisation_cost(t, minute_cost=0.5, channel_costs={"phone": 1, "app": 0.1}, kinds=["question"],
                                       to_channel="app", content_cost=20),
        ("customer_id", "kind", "channel", "handle_minutes"), numbers=("handle_minutes",),
    ),
]  # fmt: skip
