"""How many of the dissatisfied complain: what more or fewer complaints mean.

Most who are dissatisfied say nothing and leave. A firm that makes complaining easy hears more of them and can repair
more. So a rise of complaints is good news where the share of the dissatisfied who complain has risen, and bad news
where it has not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL, SMALLEST, share_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

SILENT_CSAT = Knob(
    "dissatisfied_to", 2, 0, 10, 1, mark("Highest answer that counts as dissatisfied"), origin="convention",
    reference="the two lowest of five",
)  # fmt: skip


def voiced_share(
    surveys: Any,
    complaints: Any,
    *,
    question: str = "csat",
    dissatisfied_to: int = int(SILENT_CSAT.default),
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> pd.DataFrame:
    """Which share of the dissatisfied complained about the same order: what a rise of complaints may mean.

    Parameters
    ----------
    surveys : frame, relation or path
        One row per answer: ``order_id`` and the column ``question`` (numbers; empty without an answer).
    complaints : frame, relation or path
        One row per complaint: ``order_id`` (empty where it was about none).
    question : str
        A question on satisfaction with the order.
    dissatisfied_to : int
        Highest answer that counts as dissatisfied.
    level, smallest
        As of `complaint_rates`, of the people.

    Returns
    -------
    pandas.DataFrame
        The rows ``"dissatisfied"`` and ``"others"``: ``feeling``, ``orders``, ``complained``, ``share`` (missing where
        there is no such order), ``low``, ``high``, ``enough`` (flag). Only those who answered are counted, and the
        annoyed answer more readily.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, or nobody answered.

    Examples
    --------
    >>> import pandas as pd
    >>> surveys = pd.DataFrame({"order_id": [1, 2, 3, 4], "csat": [1, 2, 5, 4]})
    >>> complaints = pd.DataFrame({"order_id": [2, 9]})
    >>> voiced_share(surveys, complaints)[["feeling", "orders", "complained"]].values.tolist()
    [['dissatisfied', 2, 1], ['others', 2, 0]]
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    limit = SILENT_CSAT.check(dissatisfied_to)
    asked = brought_home(surveys, {"order_id": "label", question: "number"}, asked_by="voiced_share")
    told = brought_home(complaints, {"order_id": "label"}, asked_by="voiced_share")
    asked = asked.dropna(subset=["order_id", question])
    if asked.empty:
        raise InputError(say("`{function}` found no answer.", function="voiced_share"),
                         [Problem("no_answers", say("No order has an answer."), column=question)])  # fmt: skip
    voiced = asked["order_id"].isin(set(told["order_id"].dropna())).to_numpy()
    annoyed = (asked[question] <= limit).to_numpy()
    of = np.array([annoyed.sum(), (~annoyed).sum()])
    won = np.array([(annoyed & voiced).sum(), (~annoyed & voiced).sum()])
    shown = share_columns(won, of, level=share, smallest=least)
    return pd.DataFrame({"feeling": ["dissatisfied", "others"], "orders": of, "complained": won} | shown)
