"""Loyal is not the same as profitable: customers by how long they stay and what they bring.

Reinartz and Kumar (2002) put customers on two axes and gave the four corners names and a way to treat them:

                     short relationship                       long relationship
profitable           butterflies: enjoy, do not chase         true friends: care for, do not spoil
not profitable       strangers: no investment                 barnacles: make cheaper, or let go

The borders are conventions: here the median of longevity and a profit that you name (0 by default: does the customer
pay for what serving costs). How closely the two hang together is said by the rank correlation; in four firms it was
weak to moderate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.reading import numbers_of, read_frame
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, mark, say

CORNERS = {
    "true_friends": mark("true friends"),
    "butterflies": mark("butterflies"),
    "barnacles": mark("barnacles"),
    "strangers": mark("strangers"),
}
"""Corner of the matrix → what it is called."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Customers on the matrix of longevity and profit.

    Parameters
    ----------
    customers : pandas.DataFrame
        The key, ``longevity``, ``profit``, ``corner``.
    corners : pandas.DataFrame
        ``corner``, ``customers``, ``share`` (of the customers), ``profit`` (sum), ``profit_share`` (missing where the
        total is not above 0), ``mean_profit`` (missing in an empty corner).
    longevity_border, profit_border : float
        A customer on a border counts as long, and as profitable only above it.
    correlation : float
        Spearman's rank correlation of longevity and profit; missing where one of them never changes.
    """

    customers: pd.DataFrame
    corners: pd.DataFrame
    longevity_border: float
    profit_border: float
    correlation: float

    def reading(self) -> str:
        """What the matrix says, in the reader's language."""
        at: Any = self.corners.set_index("corner")
        told = say("Of {count} customers {friends} are true friends and {barnacles} barnacles: long with us, and not "
                   "profitable.", count=format_number(len(self.customers)),
                   friends=format_number(at.loc["true_friends", "customers"]),
                   barnacles=format_number(at.loc["barnacles", "customers"]))  # fmt: skip
        if np.isfinite(self.correlation):
            told += " " + say("Rank correlation of longevity and profit: {value}.",
                              value=format_number(self.correlation, 2))  # fmt: skip
        return told


def portfolio_matrix(
    customers: Any,
    *,
    longevity: str = "longevity",
    profit: str = "profit",
    longevity_border: float | None = None,
    profit_border: float = 0.0,
    key: str = "customer_id",
) -> Portfolio:
    """Put customers on the matrix of longevity and profit.

    Parameters
    ----------
    customers : frame, relation or path
        One row per customer: the key, how long the relationship lasts, profit less the cost to serve (currency units).
    longevity, profit : str
        Names of the columns; longevity from 0, in any unit of time.
    longevity_border : float, optional
        From here on a relationship counts as long; by default the median.
    profit_border : float
        Above it a customer counts as profitable, currency units.
    key : str
        Column that names the customer.

    Returns
    -------
    Portfolio

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing, longevity is negative, or nobody is there.

    References
    ----------
    Reinartz, W. and Kumar, V. (2002). The Mismanagement of Customer Loyalty. Harvard Business Review 80 (7), 86–94.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": [1, 2, 3, 4], "longevity": [9, 8, 2, 1], "profit": [50, -5, 40, -2]})
    >>> found = portfolio_matrix(table)
    >>> print(found.corners[["corner", "customers", "profit"]].to_string(index=False))
          corner  customers  profit
    true_friends          1    50.0
     butterflies          1    40.0
       barnacles          1    -5.0
       strangers          1    -2.0
    """
    asked_by = "portfolio_matrix"
    frame = read_frame(customers, [key, longevity, profit], asked_by=asked_by)
    problems: list[Problem] = []
    stay, worth = numbers_of(frame, longevity, problems, least=0.0), numbers_of(frame, profit, problems)
    borders = (0.0 if longevity_border is None else longevity_border, profit_border)
    for name, value in zip(("longevity_border", "profit_border"), borders, strict=True):
        if isinstance(value, (bool, str)) or not np.isfinite(value):
            what = say("`{name}` can't be {value}.", name=name, value=repr(value))
            problems.append(Problem("outside_range", what, column=name))
    if not problems and not len(frame):
        problems.append(Problem("no_customers", say("The table has 0 customers.")))
    if problems:
        raise InputError(say("`{function}` can't use these customers.", function=asked_by), problems)
    border = float(np.median(stay)) if longevity_border is None else float(longevity_border)
    long, good = stay >= border, worth > profit_border
    corner = np.select([long & good, ~long & good, long & ~good], list(CORNERS)[:3], "strangers")
    table = pd.DataFrame({key: frame[key].to_numpy(), "longevity": stay, "profit": worth,
                          "corner": pd.Series(corner, dtype="str")})  # fmt: skip
    rows = []
    for name in CORNERS:
        mine = worth[corner == name]
        total = float(worth.sum())
        rows.append((name, len(mine), len(mine) / len(worth), float(mine.sum()),
                     float(mine.sum()) / total if total > 0 else np.nan,
                     mine.mean() if len(mine) else np.nan))  # fmt: skip
    heads = ["corner", "customers", "share", "profit", "profit_share", "mean_profit"]
    alike = np.ptp(stay) == 0 or np.ptp(worth) == 0
    ranks = pd.DataFrame({"stay": stay, "worth": worth}).rank()
    correlation = np.nan if alike else float(ranks["stay"].corr(ranks["worth"]))
    return Portfolio(table, pd.DataFrame(rows, columns=heads), border, float(profit_border), correlation)
