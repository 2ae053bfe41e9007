"""What an offer against churn brings, by how many customers get it.

A contact costs c. With it comes an incentive that costs δ if it is accepted. A customer who would have left and stays
because of it is worth V. If the offer saves the share s of those who would leave, whoever they are, the gain of
contacting customer i is

    Δπ = s p V − c − δ P(accept),    p his probability of leaving.

Then the riskiest are the best, everybody above the probability (c + δ P(accept)) / (s V) pays, and a blanket offer
breaks even if it saves (c + δ P(accept)) / V of all contacted customers. That s is the same for all is an assumption,
and often wrong: `churn_targeting_table` does without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.churn.evaluation import gains, quantile_of, read_scored
from crm_toolkit.analysis.survival.kaplan_meier import LEVEL
from crm_toolkit.analysis.survival.reading import Floats, numbers_of, read_frame
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

MOST_POINTS = 1_000


@dataclass(frozen=True, eq=False)
class ChurnProfitCurve:
    """Profit of contacting the customers most at risk, by how many are contacted.

    Parameters
    ----------
    table : pandas.DataFrame
        ``customers`` (contacted, from 0), ``share``, ``expected_loss`` (probability × value, the lowest among them),
        ``profit`` (by what happened, currency units), ``low``, ``high`` (interval), ``profit_expected`` (by the
        probabilities).
    best : pandas.Series
        The row with the highest profit; picked after the event, so a little too good.
    at_break_even : pandas.Series
        The row of the rule that could have been followed: contact whose expected loss is above the break-even.
    everybody : float
        Profit of contacting all.
    break_even_loss : float or None
        Expected loss (probability × value, currency units) from which a contact pays; ``None`` if nothing is saved.
    saved_share, contact_cost, incentive, accept_probability : float
        The assumptions.
    level : float
    """

    table: pd.DataFrame
    best: pd.Series
    at_break_even: pd.Series
    everybody: float
    break_even_loss: float | None
    saved_share: float
    contact_cost: float
    incentive: float
    accept_probability: float
    level: float


def break_even_saved_share(
    *, value: float, contact_cost: float, incentive: float = 0.0, accept_probability: float = 1.0
) -> float:
    """The share of all contacted customers that an offer must keep to pay for itself.

    Parameters
    ----------
    value : float
        Worth of a customer who stays because of it, currency units, above 0.
    contact_cost, incentive : float
        Cost of a contact, and of an incentive that is accepted, currency units.
    accept_probability : float
        Share of the contacted who accept, also those who would have stayed anyway.

    Returns
    -------
    float
        A fraction; above 1 the offer can't pay.

    Raises
    ------
    InputError
        If a number is negative, no number, or the value is not above 0.

    Examples
    --------
    >>> break_even_saved_share(value=4000, contact_cost=30, incentive=500, accept_probability=0.3)
    0.045
    """
    contact, gift, accept = terms_of("break_even_saved_share", contact_cost, incentive, accept_probability)
    (worth,) = require_numbers("break_even_saved_share", value=(value, 1e-9, np.inf))
    return (contact + gift * accept) / worth


def churn_profit_curve(
    scored: Any,
    *,
    value: float | str,
    saved_share: float,
    contact_cost: float,
    incentive: float = 0.0,
    accept_probability: float = 1.0,
    target: str = "churned",
    probability: str = "probability",
    level: float = LEVEL.default,
) -> ChurnProfitCurve:
    """Profit of an offer to the customers most at risk, by how deep it goes.

    Parameters
    ----------
    scored : frame, relation or path
        One row per customer, not contacted, with what was foretold and what happened.
    value : float or str
        Worth of a customer who stays because of the offer, currency units, above 0; or the column that has it, 0 or
        more: then customers are contacted by probability × value.
    saved_share : float
        Share of those who would leave whom the offer keeps, 0 to 1: an assumption until an experiment has told.
    contact_cost, incentive : float
        Cost of a contact, and of an incentive that is accepted, currency units.
    accept_probability : float
        Share of the contacted who accept, leavers or not.
    target, probability : str
        Columns of flags and of probabilities of leaving.
    level : float
        Level of the intervals.

    Returns
    -------
    ChurnProfitCurve
        At most about 1,000 points; customers with equal probabilities are contacted together.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a probability is none, a number is out of range, or the table is
        empty.

    Examples
    --------
    >>> scored = pd.DataFrame(
    ...     {"churned": [1, 1, 0, 1, 0, 0, 0, 0], "probability": [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1]}
    ... )
    >>> curve = churn_profit_curve(
    ...     scored, value=100, saved_share=0.4, contact_cost=5, incentive=20, accept_probability=0.5
    ... )
    >>> print(curve.table[["customers", "expected_loss", "profit"]].head(5).to_string(index=False))
     customers  expected_loss  profit
             0           90.0     0.0
             1           90.0    25.0
             2           80.0    50.0
             3           70.0    35.0
             4           60.0    60.0
    >>> int(curve.best["customers"]), curve.break_even_loss, int(curve.at_break_even["customers"])
    (4, 37.5, 5)
    """
    asked_by = "churn_profit_curve"
    share = LEVEL.check(level)
    contact, gift, accept = terms_of(asked_by, contact_cost, incentive, accept_probability)
    (saved,) = require_numbers(asked_by, saved_share=(saved_share, 0.0, 1.0))
    columns = (target, probability, *([value] if isinstance(value, str) else []))
    frame = read_frame(scored, columns, asked_by=asked_by)  # once: another reading may have another order
    left, p = read_scored(frame, target, probability, asked_by=asked_by)
    worth = worth_of(frame, value, asked_by=asked_by)
    score, lost = p * worth, worth * left
    ends, reached = gains(lost, score)
    squares, foretold = gains(lost**2, score)[1], gains(score, score)[1]
    cost = contact + gift * accept
    spread = squares - np.divide(reached**2, ends, out=np.zeros_like(ends), where=ends > 0)
    reach = quantile_of(share) * saved * np.sqrt(np.maximum(spread, 0.0))
    profit = saved * reached - cost * ends
    table = pd.DataFrame(
        {
            "customers": ends.astype(np.int64),
            "share": ends / len(p),
            "expected_loss": np.concatenate([[score.max()], np.unique(score)[::-1]]),
            "profit": profit,
            "low": profit - reach,
            "high": profit + reach,
            "profit_expected": saved * foretold - cost * ends,
        }
    )
    border = cost / saved if saved > 0 else np.inf
    top = int(np.argmax(profit))
    best = table.iloc[top].rename("best")
    rule = table.iloc[int((table["expected_loss"].iloc[1:] > border).sum())].rename("at_break_even")
    if len(table) > MOST_POINTS:
        kept = np.unique(np.linspace(0, len(table) - 1, MOST_POINTS).round().astype(int))
        table = table.iloc[np.union1d(kept, [top])].reset_index(drop=True)
    least = border if np.isfinite(border) else None
    everybody = float(profit[-1])
    return ChurnProfitCurve(table, best, rule, everybody, least, saved, contact, gift, accept, share)


def worth_of(frame: pd.DataFrame, value: float | str, *, asked_by: str) -> Floats:
    """The worth of each customer: one number for all, or a column."""
    if not isinstance(value, str):
        (worth,) = require_numbers(asked_by, value=(value, 1e-9, np.inf))
        return np.full(len(frame), worth)
    problems: list[Problem] = []
    each = numbers_of(frame, value, problems, least=0.0)
    if problems:
        raise InputError(say("`{function}` can't use these customers.", function=asked_by), problems)
    return each


def terms_of(asked_by: str, contact_cost: float, incentive: float, accept_probability: float) -> list[float]:
    """Cost of a contact, of an incentive, and how often it is accepted, as numbers in their ranges."""
    return require_numbers(
        asked_by,
        contact_cost=(contact_cost, 0.0, np.inf),
        incentive=(incentive, 0.0, np.inf),
        accept_probability=(accept_probability, 0.0, 1.0),
    )
