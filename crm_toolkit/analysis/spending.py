"""Where the next coin should go: spending on acquisition and on retention judged beside the optimum.

At a spending A per prospect and R per customer and period the *average* cost of an acquired customer is A / a, of a
retained one R / r. They say what was paid so far. What one more costs is the *marginal* cost, 1 / a'(A) and 1 / r'(R),
with the slope of the response curve; with diminishing returns it lies above the average everywhere.

One coin more on acquisition brings a'(A)·CLV − 1. One coin more on retention, in every period, brings on every
customer (r'(R)·CLV − 1) / (1 + d − r): the derivative of CLV by R. So each is worth while as long as its marginal cost
is below CLV, and the next coin goes where the marginal cost is lower, whatever the averages say (Pfeifer 2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crm_toolkit.analysis.budgets import OptimalBudgets, ResponseCurve, optimal_budgets, prospect_equity
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.texts import format_number, say

_LARGE = 1e9


@dataclass(frozen=True)
class Spending:
    """A spending on acquisition and retention, its averages and margins, and the optimum beside it.

    Parameters
    ----------
    acquisition_spend, retention_spend : float
        A per prospect and R per customer and period, currency units.
    acquisition_rate, retention_rate : float
        a and r, fractions.
    acquisition_average, acquisition_marginal, retention_average, retention_marginal : float
        Cost of one acquired, of one more acquired, of one retained and of one more retained, currency units.
    value : float
        CLV at this retention, the acquisition not subtracted, currency units.
    equity : float
        Customer equity of one prospect, currency units.
    best : OptimalBudgets
    """

    acquisition_spend: float
    retention_spend: float
    acquisition_rate: float
    retention_rate: float
    acquisition_average: float
    acquisition_marginal: float
    retention_average: float
    retention_marginal: float
    value: float
    equity: float
    best: OptimalBudgets

    @property
    def next_coin(self) -> str:
        """Where one coin more brings most: ``"acquisition"``, ``"retention"`` or, if it brings nothing, ``"none"``."""
        cheaper = min(self.acquisition_marginal, self.retention_marginal)
        if cheaper >= self.value:
            return "none"
        return "acquisition" if self.acquisition_marginal <= self.retention_marginal else "retention"

    @property
    def averages_say(self) -> str:
        """Where the averages would send it: to what is cheaper per head, ``"acquisition"`` or ``"retention"``."""
        return "acquisition" if self.acquisition_average <= self.retention_average else "retention"

    def reading(self) -> str:
        """The judgement in words, in the reader's language."""
        if self.next_coin == "acquisition":
            told = say("The next coin belongs to acquisition: one customer more costs {cost} to acquire, one more "
                       "{other} to retain, and a customer is worth {value}.",
                       cost=_number(self.acquisition_marginal), other=_number(self.retention_marginal),
                       value=_number(self.value))  # fmt: skip
        elif self.next_coin == "retention":
            told = say("The next coin belongs to retention: one customer more costs {cost} to retain, one more {other} "
                       "to acquire, and a customer is worth {value}.",
                       cost=_number(self.retention_marginal), other=_number(self.acquisition_marginal),
                       value=_number(self.value))  # fmt: skip
        else:
            told = say("No further coin pays: one customer more costs {cost} to acquire and {other} to retain, and is "
                       "worth {value}.",
                       cost=_number(self.acquisition_marginal), other=_number(self.retention_marginal),
                       value=_number(self.value))  # fmt: skip
        told += " " + say("Customer equity is {here} a prospect; {best} is possible.", here=_number(self.equity),
                          best=_number(self.best.equity))  # fmt: skip
        return told


def judge_spending(
    acquisition_spend: float,
    retention_spend: float,
    *,
    acquisition: ResponseCurve,
    retention: ResponseCurve,
    margin: float,
    discount: float,
) -> Spending:
    """Judge what is spent on acquisition and retention: averages, margins, customer equity, and the optimum.

    Parameters
    ----------
    acquisition_spend, retention_spend : float
        A per prospect and R per customer and period, currency units, from 0.
    acquisition, retention : ResponseCurve
        How prospects and customers respond.
    margin, discount : float
        m, currency units, and d of one period, a fraction above 0.

    Returns
    -------
    Spending
        A marginal cost is infinite where the response is at its ceiling, as far as a computer can tell.

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Pfeifer, P. E. (2005). The Optimal Ratio of Acquisition and Retention Costs. Journal of Targeting, Measurement and
    Analysis for Marketing 13 (2), 179–188.

    Examples
    --------
    >>> curves = {"acquisition": ResponseCurve(0.5, 0.35), "retention": ResponseCurve(0.7, 0.15)}
    >>> here = judge_spending(3, 20, **curves, margin=50, discount=0.2)
    >>> round(here.acquisition_average, 1), round(here.acquisition_marginal, 1), round(here.value, 1)
    (9.2, 16.3, 74.8)
    >>> here.next_coin
    'acquisition'
    """
    spent = require_numbers(
        "judge_spending",
        acquisition_spend=(acquisition_spend, 0, _LARGE),
        retention_spend=(retention_spend, 0, _LARGE),
    )
    best = optimal_budgets(acquisition=acquisition, retention=retention, margin=margin, discount=discount)
    A, R = spent
    a, r = acquisition.rate(A), retention.rate(R)
    equity = prospect_equity(A, R, acquisition=acquisition, retention=retention, margin=margin, discount=discount)
    value = best.margin + (best.margin * r - R) / (1 + best.discount - r)
    sides = [_costs(curve, spend, rate) for curve, spend, rate in ((acquisition, A, a), (retention, R, r))]
    return Spending(A, R, a, r, *sides[0], *sides[1], value, equity, best)


def _costs(curve: ResponseCurve, spend: float, rate: float) -> tuple[float, float]:
    """Average and marginal cost of one who responds; the slope is k·C·e^(−k·spend)."""
    slope = curve.speed * curve.ceiling * math.exp(-curve.speed * spend)
    average = spend / rate if rate > 0 else 1 / (curve.speed * curve.ceiling)
    return average, 1 / slope if slope > 0 else math.inf


def _number(value: float) -> str:
    if not math.isfinite(value) or value > _LARGE:
        return say("beyond all bounds")
    return format_number(value, 2 if abs(value) < 1000 else 0)
