"""Rules of whom to contact, side by side, against the gain that each contact brings.

Every rule ranks the customers by a score of its own: the highest value, the highest risk of leaving, the highest
uplift. Contacting the first s of a ranking brings the sum of their gains less the cost of the contacts. The gain of a
customer is what he does *because* of the contact. In a simulated world it is known; in an organisation it is never
seen, and only an experiment shows it for groups (`targeting_profit`, `uplift_at_k`).

A high risk says that somebody may leave, and not that a message would hold him: risk is not persuadability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.reading import numbers_of, read_frame
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

_POINTS = 100


@dataclass(frozen=True, eq=False)
class TargetingRules:
    """The profit of rules of contacting, by the share contacted.

    Parameters
    ----------
    curves : pandas.DataFrame
        One row per rule and share, for 0 and 100 shares: ``rule``, ``share``, ``customers``, ``gain`` (sum),
        ``profit`` (gain less contacts, currency units). Equal scores share what is left of a border.
    best : pandas.DataFrame
        For each rule: ``rule``, ``share`` with the highest profit, ``profit`` there.
    contact_cost : float
    customers : int
    """

    curves: pd.DataFrame
    best: pd.DataFrame
    contact_cost: float
    customers: int

    def at(self, share: float) -> pd.DataFrame:
        """The row of every rule at the share nearest to this one."""
        (wanted,) = require_numbers("TargetingRules.at", share=(share, 0, 1))
        shares = self.curves["share"].unique()
        near = shares[np.abs(shares - wanted).argmin()]
        return self.curves[self.curves["share"] == near].reset_index(drop=True)


def targeting_rules(customers: Any, rules: Sequence[str], *, gain: str = "gain", contact_cost: float) -> TargetingRules:
    """Compare rules of contacting by the profit that they would really bring.

    Parameters
    ----------
    customers : frame, relation or path
        One row per customer: a score for each rule, the higher the sooner contacted, and the gain of a contact.
    rules : sequence of str
        Columns of scores.
    gain : str
        Column of what a contact brings before its cost, currency units; negative where it does harm.
    contact_cost : float
        Of one contact, currency units, from 0.

    Returns
    -------
    TargetingRules

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing, no rule is named, or nobody is there.

    References
    ----------
    Ascarza, E. (2018). Retention Futility: Targeting High-Risk Customers Might Be Ineffective. Journal of Marketing
    Research 55 (1), 80–98.

    Examples
    --------
    >>> table = pd.DataFrame({"risk": [0.9, 0.8, 0.3, 0.1], "uplift": [0, 1, 9, 2], "gain": [-2.0, 1, 10, 3]})
    >>> found = targeting_rules(table, ["risk", "uplift"], contact_cost=2)
    >>> print(found.at(0.5)[["rule", "customers", "profit"]].to_string(index=False))
      rule  customers  profit
      risk        2.0    -5.0
    uplift        2.0     9.0
    """
    asked_by = "targeting_rules"
    (cost,) = require_numbers(asked_by, contact_cost=(contact_cost, 0, 1e12))
    names = [rules] if isinstance(rules, str) else list(dict.fromkeys(rules))
    frame = read_frame(customers, [*names, gain], asked_by=asked_by)
    problems: list[Problem] = []
    worth = numbers_of(frame, gain, problems)
    scores = {name: numbers_of(frame, name, problems) for name in names}
    if not names:
        problems.append(Problem("empty", say("No rule is named."), column="rules"))
    if not problems and not len(frame):
        problems.append(Problem("no_customers", say("The table has 0 customers.")))
    if problems:
        raise InputError(say("`{function}` can't use these customers.", function=asked_by), problems)
    n, shares = len(worth), np.linspace(0, 1, _POINTS + 1)
    parts, best = [], []
    for name in names:
        gained = np.interp(shares * n, np.arange(n + 1), _gained(scores[name], worth))
        profit = gained - shares * n * cost
        parts.append(pd.DataFrame({"rule": name, "share": shares, "customers": shares * n, "gain": gained,
                                   "profit": profit}))  # fmt: skip
        top = int(profit.argmax())
        best.append((name, shares[top], profit[top]))
    table = pd.concat(parts, ignore_index=True)
    return TargetingRules(table, pd.DataFrame(best, columns=["rule", "share", "profit"]), cost, n)


def _gained(score: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """What contacting the first 0, 1, 2 … customers brings; equal scores count with the mean of their gains."""
    levels, place = np.unique(-score, return_inverse=True)
    sizes = np.bincount(place, minlength=len(levels))
    means = np.bincount(place, weights=worth, minlength=len(levels)) / sizes
    return np.r_[0.0, np.cumsum(np.repeat(means, sizes))]
