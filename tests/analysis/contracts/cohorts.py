"""Contracts of cohorts, churn by definition and Simpson's reversal."""

import pandas as pd

from crm_toolkit import analysis
from tests.analysis.contract import AS_OF, LINES, Contract, purchases, scores


def _contracts() -> pd.DataFrame:
    opened = purchases()["ordered_at"]
    return pd.DataFrame({"started_on": opened, "ended_on": opened + pd.Timedelta(days=40)})


_REVERSAL = ("monetary", "half", "segment")

CONTRACTS = [
    Contract(
        "retention_table", purchases, lambda t: analysis.retention_table(t, as_of=AS_OF), LINES, numbers=("amount",),
    ),
    Contract("pause_churn", purchases, lambda t: analysis.pause_churn(t, as_of=AS_OF), LINES, numbers=("amount",)),
    Contract(
        "contract_churn", _contracts, lambda t: analysis.contract_churn(t, as_of=AS_OF), ("started_on", "ended_on"),
    ),
    Contract(
        "simpson_table", scores, lambda t: analysis.simpson_table(t, *_REVERSAL), _REVERSAL,
        numbers=("monetary", "half"), allows=("text:half",), note="a treatment may be named by a word",
    ),
    Contract(
        "simpson_reversal", scores, lambda t: analysis.simpson_reversal(t, *_REVERSAL), _REVERSAL,
        numbers=("monetary", "half"), allows=("text:half",), note="a treatment may be named by a word",
    ),
]  # fmt: skip
