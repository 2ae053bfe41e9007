"""Customers for the question whether to segment: with groups or without, worth treating differently or not.

Two things are asked of segments, and they are not the same: do customers fall into groups, and does it pay to treat
them differently? So there are four kinds of customer base:

groups_pay     three groups, and what helps one does harm to another
groups_alike   the same three groups, and all answer alike to every treatment
cloud_pays     one cloud without any group, and the answer slides with the receipt
cloud_alike    one cloud, all alike: there is nothing to segment, and nothing to gain by it

Every customer was given one of three treatments by lot, so that means can be compared. The groups, the strength of the
answers and all numbers are assumptions of the course; the service is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.streams import Stream
from crm_toolkit.texts import join_names, mark, say

KINDS = ("groups_pay", "groups_alike", "cloud_pays", "cloud_alike")
TREATMENTS = ("none", "call", "points")
FEATURES = ("visits", "receipt", "questions")
COUNT = Knob("customers", 900, 60, 20_000, 30, mark("Customers"), origin="convention",
             reference="enough to measure a gain of some units per customer")  # fmt: skip
_SHARES = (0.40, 0.25, 0.35)
_VISITS, _RECEIPT, _QUESTIONS = (24.0, 4.0, 9.0), (18.0, 90.0, 34.0), (5.0, 24.0, 11.0)
_CALL, _POINTS = (-1.0, 9.0, 3.0), (6.0, -3.0, 1.0)
_ALIKE = (4.0, 2.0)
_BASE, _NOISE = 15.0, 9.0


@dataclass(frozen=True, eq=False)
class SegmentCustomers:
    """Customers as an organisation sees them and, apart from them, what is true.

    Parameters
    ----------
    customers : pandas.DataFrame
        ``customer_id``, ``visits`` (a year), ``receipt`` (mean of a visit, currency units), ``questions`` (contacts a
        year), ``monetary`` (currency units a year), ``treatment`` (given by lot: "none", "call", "points") and
        ``outcome`` (profit of the next quarter after the cost of the treatment, currency units).
    truth : pandas.DataFrame
        ``customer_id``, ``group`` (1 to 3; 0 in a cloud) and the true effect of each treatment, ``call`` and
        ``points``, on this customer's profit, currency units.
    kind : str
        One of `KINDS`.
    """

    customers: pd.DataFrame
    truth: pd.DataFrame
    kind: str


def make_segment_customers(
    kind: str = "groups_pay", *, customers: int = int(COUNT.default), seed: int = 1
) -> SegmentCustomers:
    """Make customers with or without groups, who answer differently to treatments or all alike.

    Parameters
    ----------
    kind : {"groups_pay", "groups_alike", "cloud_pays", "cloud_alike"}
        The head of this module says what they are.
    customers, seed : int
        How many, 60 to 20,000, and the seed of the luck; the first customers are the same whatever the number.

    Returns
    -------
    SegmentCustomers

    Raises
    ------
    InputError
        If there is no such kind, or a number is out of range.

    Examples
    --------
    >>> made = make_segment_customers("cloud_alike", customers=90)
    >>> made.customers.columns.tolist()[1:5], made.truth["call"].unique().tolist()
    (['visits', 'receipt', 'questions', 'monetary'], [4.0])
    """
    if kind not in KINDS:
        what = say("There is no kind of customers `{kind}`.", kind=kind)
        advice = say("Allowed: {names}.", names=join_names(map(repr, KINDS)))
        raise InputError(say("`{function}` can't use these numbers.", function="make_segment_customers"),
                         [Problem("unknown_kind", what, advice=advice, column="kind")])  # fmt: skip
    count = int(COUNT.check(customers))
    number = np.arange(1, count + 1)
    first, second = (Stream(seed, f"segments {name}").normal(0.0, 1.0, number) for name in ("visits", "receipt"))
    if kind.startswith("groups"):
        group = Stream(seed, "segments group").choose(_SHARES, number) + 1
        visits = np.array(_VISITS)[group - 1] * np.exp(0.22 * first)
        receipt = np.array(_RECEIPT)[group - 1] * np.exp(0.18 * second)
        asked = np.array(_QUESTIONS)[group - 1]
    else:
        group = np.zeros(count, dtype="int64")
        visits, receipt = 9.0 * np.exp(0.62 * first), 34.0 * np.exp(0.48 * second - 0.10 * first)
        asked = 9.0 * np.exp(0.40 * second)
    call, points = _effects(kind, group, second)
    treatment = Stream(seed, "segments treatment").choose((1.0, 1.0, 1.0), number)
    noise = Stream(seed, "segments outcome").normal(0.0, _NOISE, number)
    gained = np.select([treatment == 1, treatment == 2], [call, points], 0.0)
    whole = np.maximum(np.rint(visits), 1).astype("int64")
    table = pd.DataFrame(
        {
            "customer_id": number,
            "visits": whole,
            "receipt": np.round(receipt, 2),
            "questions": Stream(seed, "segments questions").poisson(asked, number).astype("int64"),
            "monetary": np.round(whole * np.round(receipt, 2), 2),
            "treatment": np.array(TREATMENTS, dtype=object)[treatment],
            "outcome": np.round(_BASE + gained + noise, 2),
        }
    )
    truth = pd.DataFrame({"customer_id": number, "group": group, "call": np.round(call, 4),
                          "points": np.round(points, 4)})  # fmt: skip
    return SegmentCustomers(table, truth, kind)


def _effects(kind: str, group: np.ndarray, receipt: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a call and points do to each customer's profit."""
    if kind == "groups_pay":
        return np.array(_CALL)[group - 1], np.array(_POINTS)[group - 1]
    if kind == "cloud_pays":
        return 3.0 + 5.0 * receipt, 3.2 - 5.0 * receipt
    return np.full(len(group), _ALIKE[0]), np.full(len(group), _ALIKE[1])
