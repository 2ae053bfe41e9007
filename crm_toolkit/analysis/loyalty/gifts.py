"""A gift without a cause: how much of the rewards goes to customers who would have done the same anyhow.

Rewards are earned by all purchases of a member. With twins (the same customer with and without the programme, as only a
simulated world has them) two questions are told apart:

customers   share of the reward cost paid to members who bought no more than without the programme;
purchases   share of the reward cost earned on purchases that would have been made anyhow: Σ cost·min(1, without/with).

An organisation has no twins. From an experiment it knows the mean lift δ of members, and that answers the second
question: of the spend that earned rewards, 1/(1 + δ) would have come anyhow. Which customers they are it does not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import figure, numbers, read_columns
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_percent, mark, say, say_count

GROUPS = {
    "more": mark("bought more"),
    "same": mark("changed nothing"),
    "less": mark("bought less"),
}


@dataclass(frozen=True, eq=False)
class GiftSplit:
    """Whom rewards went to, by what the programme changed in them.

    Parameters
    ----------
    table : pandas.DataFrame
        ``group`` (``"more"``, ``"same"``, ``"less"``), ``members``, ``cost`` (currency units), ``cost_share``,
        ``without``, ``with`` (sum of the behaviour).
    cost : float
        All rewards, currency units.
    customer_share : float
        Share of the cost paid to members who did not buy more; NaN where rewards cost nothing.
    purchase_share : float
        Share of the cost earned on purchases that would have been made anyhow; NaN likewise.
    """

    table: pd.DataFrame
    cost: float
    customer_share: float
    purchase_share: float

    def reading(self) -> str:
        """The split in words, in the reader's language."""
        if not self.cost:
            return say("No rewards were paid.")
        return say("Of rewards for {cost}, {customers} went to members who bought no more than they would have anyhow, "
                   "and {purchases} were earned on purchases that would have been made anyhow.",
                   cost=figure(self.cost), customers=format_percent(self.customer_share, 0),
                   purchases=format_percent(self.purchase_share, 0))  # fmt: skip


def gift_split(
    twins: Any, *, cost: str = "reward_cost", after: str = "with", before: str = "without", tolerance: float = 0.0
) -> GiftSplit:
    """Split the cost of rewards by what the programme changed in the members who got them.

    Parameters
    ----------
    twins : frame, relation or path
        One row per member: cost of the rewards, and the behaviour (orders or spend) with and without the programme.
    cost : str
        Column of the cost of the rewards redeemed by the member, currency units, from 0.
    after, before : str
        Columns of the behaviour with the programme, and of the twin without it, from 0.
    tolerance : float
        A difference up to this counts as none.

    Returns
    -------
    GiftSplit

    Raises
    ------
    InputError
        If a column is missing or wrong, a number is negative, or a member stands twice.

    Examples
    --------
    >>> twins = pd.DataFrame({"reward_cost": [10, 5, 5], "with": [20, 12, 4], "without": [20, 10, 5]})
    >>> split = gift_split(twins)
    >>> split.customer_share, round(split.purchase_share, 3)
    (0.75, 0.958)
    """
    asked_by = "gift_split"
    (slack,) = require_numbers(asked_by, tolerance=(tolerance, 0, 1e12))
    frame, problems = read_columns(twins, [cost, after, before], asked_by=asked_by, unit="member_id",
                                   numeric=[cost, after, before])  # fmt: skip
    paid, having, lacking = (numbers(frame, name, problems) for name in (cost, after, before))
    for name, values in ((cost, paid), (after, having), (before, lacking)):
        below = int((values < 0).sum())
        if below:
            what = say_count(
                "{count} value of `{name}` is negative.", "{count} values of `{name}` are negative.", below, name=name
            )
            problems.append(Problem("negative", what, column=name))
    if not problems and not len(frame):
        problems.append(Problem("empty", say("The table has no rows.")))
    if problems:
        raise InputError(say("`{function}` can't use these twins.", function=asked_by), problems)
    change = having - lacking
    masks = {"more": change > slack, "same": np.abs(change) <= slack, "less": change < -slack}
    total = float(paid.sum())
    rows = [
        (name, int(mask.sum()), float(paid[mask].sum()), float(paid[mask].sum()) / total if total else float("nan"),
         float(lacking[mask].sum()), float(having[mask].sum()))
        for name, mask in masks.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "members", "cost", "cost_share", "without", "with"])
    if not total:
        return GiftSplit(table, 0.0, float("nan"), float("nan"))
    anyhow = np.minimum(np.divide(lacking, having, out=np.ones(len(having)), where=having > 0), 1.0)
    return GiftSplit(table, total, float(1 - table["cost_share"][0]), float((paid * anyhow).sum() / total))


@dataclass(frozen=True)
class GiftEstimate:
    """Share of the reward cost earned on purchases that would have been made anyhow, from a lift.

    Parameters
    ----------
    share, low, high : float
        1/(1 + δ) at the estimate, and at both ends of its interval; a lift below 0 counts as none.
    lift, lift_low, lift_high : float
        δ, a fraction of the spend without the programme.
    """

    share: float
    low: float
    high: float
    lift: float
    lift_low: float
    lift_high: float


def gift_estimate(lift: float, low: float, high: float) -> GiftEstimate:
    """Estimate from an experiment how much of the rewards is a gift without a cause.

    Parameters
    ----------
    lift, low, high : float
        The relative effect on members' spend with its interval, such as ``relative``, ``relative_low`` and
        ``relative_high`` of a comparison of means; fractions above −1.

    Returns
    -------
    GiftEstimate

    Raises
    ------
    InputError
        If a number lies outside its range or the interval does not hold the lift.

    Examples
    --------
    >>> found = gift_estimate(0.05, 0.01, 0.09)
    >>> round(found.share, 3), round(found.low, 3), round(found.high, 3)
    (0.952, 0.917, 0.99)
    """
    middle, least, most = require_numbers("gift_estimate", lift=(lift, -0.99, 100), low=(low, -0.99, 100),
                                          high=(high, -0.99, 100))  # fmt: skip
    if not least <= middle <= most:
        what = say("The interval from {low} to {high} does not hold {value}.", low=figure(least), high=figure(most),
                   value=figure(middle))  # fmt: skip
        heading = say("`{function}` can't use these numbers.", function="gift_estimate")
        raise InputError(heading, [Problem("outside_range", what, column="lift")])
    share, fewest, largest = (1 / (1 + max(value, 0.0)) for value in (middle, most, least))
    return GiftEstimate(share, fewest, largest, middle, least, most)
