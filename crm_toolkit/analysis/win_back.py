"""Winning back: what it brings to ask those who left, by why they left.

A lapsed customer is asked at the cost of a contact; a share comes back (the regain ratio) and takes the offer. What the
one who came back is worth from now on is his *second* lifetime value, and not what he was worth before he left: both
retention and margin of a second life differ (Thomas, Blattberg and Fox 2004; Kumar, Bhagwat and Zhang 2015).

Some come back unasked. They take the offer too, and their value is no effect of it:

effect = ratio − by themselves
profit = n·(effect·second value − ratio·offer − contact)

So asking pays from the effect (contact + by themselves·offer) / (second value − offer) on. How many come by themselves
is known only if some of the lapsed, drawn by lot, are left alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.reading import numbers_of, read_frame
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

_COLUMNS = ("customers", "regain_ratio", "by_themselves", "second_value", "contact_cost", "offer_cost")


def win_back_table(groups: Any, *, group: str = "group") -> pd.DataFrame:
    """Say of every group of lapsed customers whether asking them back pays.

    Parameters
    ----------
    groups : frame, relation or path
        One row per group: its name, ``customers`` (lapsed), ``regain_ratio`` (share of the asked who come back,
        fraction), ``by_themselves`` (share who come back unasked, fraction), ``second_value``, ``contact_cost`` (of
        one asked), ``offer_cost`` (of one asked who comes back; currency units).
    group : str
        Column of the group's name.

    Returns
    -------
    pandas.DataFrame
        The group, ``customers``, ``effect`` (regain ratio less those who come by themselves), ``break_even`` (the
        effect from which asking pays; infinite where none does), ``profit`` (currency units), ``ask`` (whether the
        profit is above 0), ``naive_profit`` (as if nobody came back by himself).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing, negative or out of range.

    References
    ----------
    Thomas, J. S., Blattberg, R. C. and Fox, E. J. (2004). Recapturing Lost Customers. Journal of Marketing Research
    41 (1), 31–45. Kumar, V., Bhagwat, Y. and Zhang, X. (2015). Regaining "Lost" Customers. Journal of Marketing 79 (4),
    34–55.

    Examples
    --------
    >>> groups = pd.DataFrame(
    ...     {
    ...         "group": ["price", "moved away"],
    ...         "customers": [200, 100],
    ...         "regain_ratio": [0.2, 0.02],
    ...         "by_themselves": [0.08, 0.01],
    ...         "second_value": [120, 90],
    ...         "contact_cost": [4, 4],
    ...         "offer_cost": [20, 20],
    ...     }
    ... )
    >>> print(
    ...     win_back_table(groups)[["group", "effect", "break_even", "profit", "ask"]].round(3).to_string(index=False)
    ... )
         group  effect  break_even  profit   ask
         price    0.12       0.056  1280.0  True
    moved away    0.01       0.060  -350.0 False
    """
    asked_by = "win_back_table"
    frame = read_frame(groups, [group, *_COLUMNS], asked_by=asked_by)
    problems: list[Problem] = []
    n, ratio, alone, value, contact, offer = (numbers_of(frame, name, problems, least=0.0) for name in _COLUMNS)
    if not problems:
        for name, share in (("regain_ratio", ratio), ("by_themselves", alone)):
            if (share > 1).any():
                what = say("`{name}` must hold probabilities, each from 0 to 1.", name=name)
                problems.append(Problem("outside_range", what, column=name))
    if problems:
        raise InputError(say("`{function}` can't use these groups.", function=asked_by), problems)
    effect = ratio - alone
    profit = n * (effect * value - ratio * offer - contact)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = (contact + alone * offer) / (value - offer)
    break_even = np.where(value > offer, needed, np.inf)
    naive = n * (ratio * (value - offer) - contact)
    return pd.DataFrame(
        {group: frame[group].to_numpy(), "customers": n, "effect": effect, "break_even": break_even, "profit": profit,
         "ask": profit > 0, "naive_profit": naive}
    )  # fmt: skip
