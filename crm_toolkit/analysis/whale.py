"""The whale curve: how much profit the best customers bring, and how much of it the worst eat up.

Sort the customers from the most profitable to the least and add their profits up, as a share of the profit of all. The
curve rises above 100 %, reaches its peak where profit turns into loss, and comes back down to 100 %: the peak less
100 % is what unprofitable customers cost.

The coefficient after Storbacka (1997), who draws this curve as the Stobachoff curve: the area between curve and
diagonal, divided by the area under the curve, (S − 1/2) / S. It is 0 if all are equally profitable, 1/2 if one customer
in a large base brings everything and nobody costs anything, and above that only if some customers lose money. The
literature gives the index in words; this is the formula here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.abc_xyz import distinct_money
from crm_toolkit.analysis.tables import minor_units_of, opened
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say

MOST_POINTS = 400


@dataclass(frozen=True, eq=False)
class WhaleCurve:
    """Cumulated profit from the most to the least profitable customer.

    Parameters
    ----------
    points : pandas.DataFrame
        From (0, 0) to (1, 1): ``customer_share``, ``profit_share`` (fractions, above 1 in between). Not more than 402
        points, all exact; the peak is one of them.
    total : float
        Profit of all, currency units.
    peak : float
        Profit of the profitable customers as a share of the total, from 1.
    peak_customers : float
        Share of customers who are profitable, fraction.
    customers, profitable, unprofitable : int
        All customers; with profit above 0; below 0. The others bring exactly nothing.
    coefficient : float
        The Stobachoff coefficient; the head of this module has the formula.
    """

    points: pd.DataFrame
    total: float
    peak: float
    peak_customers: float
    customers: int
    profitable: int
    unprofitable: int
    coefficient: float

    @property
    def lost(self) -> float:
        """What unprofitable customers cost, as a share of the total profit."""
        return self.peak - 1.0


def whale_curve(table: Any, column: str = "profit", *, minor_digits: int = 2) -> WhaleCurve:
    """Add up customers' profits from the best to the worst.

    Parameters
    ----------
    table : frame or relation
        One row per customer, such as `customer_profit` returns.
    column : str
        Profit of the customer, currency units; negative is a loss.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    WhaleCurve

    Raises
    ------
    InputError
        If the column is missing or not of numbers, a value is missing or infinite, or all together bring no profit, so
        that there is no share of it.

    References
    ----------
    Storbacka, K. (1997). Segmentation Based on Customer Profitability: Retrospective Analysis of Retail Bank Customer
    Bases. Journal of Marketing Management 13 (5), 479–492. Kaplan, R. S. and Narayanan, V. G. (2001). Measuring and
    Managing Customer Profitability. Journal of Cost Management 15 (5), 5–15.

    Examples
    --------
    >>> import pandas as pd
    >>> whale = whale_curve(pd.DataFrame({"profit": [60, 50, 40, -10, -40]}))
    >>> whale.peak, whale.peak_customers, whale.unprofitable, round(whale.coefficient, 3)
    (1.5, 0.6, 2, 0.51)
    """
    frame = opened(table, (column,), asked_by="whale_curve")
    unit, minor = minor_units_of(column, minor_digits)
    counted = distinct_money(frame, column, minor, asked_by="whale_curve")
    value, people = counted["minor"].to_numpy()[::-1], counted["n"].to_numpy()[::-1]
    total, everyone = float((value * people).sum()), int(people.sum())
    if total <= 0:
        what = say("All customers together bring {value}: there is no share of a profit.",
                   value=format_number(total / unit))  # fmt: skip
        advice = say("Check the costs; the sums themselves stand in the table.")
        heading = say("`{function}` can't measure this table.", function="whale_curve")
        raise InputError(heading, [Problem("no_profit", what, advice=advice, column=column)])
    ends = np.concatenate([[0], np.cumsum(people)]) / everyone
    reached = np.concatenate([[0.0], np.cumsum(value * people)]) / total
    area = float(((reached[1:] + reached[:-1]) / 2 * np.diff(ends)).sum())
    profitable, unprofitable = int(people[value > 0].sum()), int(people[value < 0].sum())
    top = int((value > 0).sum())
    shares = ends if len(ends) <= MOST_POINTS + 1 else np.union1d(np.linspace(0, 1, MOST_POINTS + 1), ends[top])
    return WhaleCurve(
        points=pd.DataFrame({"customer_share": shares, "profit_share": np.interp(shares, ends, reached)}),
        total=total / unit,
        peak=float(reached[top]),
        peak_customers=profitable / everyone,
        customers=everyone,
        profitable=profitable,
        unprofitable=unprofitable,
        coefficient=(area - 0.5) / area,
    )
