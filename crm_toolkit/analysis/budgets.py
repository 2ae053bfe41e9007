"""How much to spend on acquiring and on retaining: the optimum of Blattberg and Deighton.

Spending A on every prospect acquires the share a(A) = Cₐ(1 − e^(−kₐA)) of them; spending R every period on every
customer retains the share r(R) = Cᵣ(1 − e^(−kᵣR)). C is the ceiling, k how fast it is approached. The customer equity
of one prospect, with margin m and discount rate d of one period, is

CE = a·m − A + a·(m − R/r)·r' / (1 − r'),   r' = r / (1 + d),

that is a·CLV − A with CLV = m + (m·r − R) / (1 + d − r): R is spent on everyone, r of them stay and bring m.

At the optimum the *marginal* cost of acquiring one customer more, 1 / (kₐ(Cₐ − a)), the marginal cost of retaining
one more, 1 / (kᵣ(Cᵣ − r)), and CLV are equal (Pfeifer 2005). That acquiring is "five times as dear as retaining"
speaks of averages, A/a and R/r, and says nothing of where the next coin should go.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

_LARGE = 1e12


@dataclass(frozen=True)
class ResponseCurve:
    """The share of people who respond to spending, with diminishing returns: C(1 − e^(−k·spend)).

    Parameters
    ----------
    ceiling : float
        C, the share that no spending exceeds, above 0, to 1.
    speed : float
        k, per currency unit, above 0.

    Examples
    --------
    >>> curve = ResponseCurve(ceiling=0.5, speed=0.35)
    >>> rate = curve.rate(2.0)
    >>> round(rate, 3), round(curve.spend(rate), 3)
    (0.252, 2.0)
    >>> round(curve.average_cost(rate), 2), round(curve.marginal_cost(rate), 2)
    (7.95, 11.51)
    """

    ceiling: float
    speed: float

    def __post_init__(self) -> None:
        require_numbers("ResponseCurve", ceiling=(self.ceiling, 1e-9, 1), speed=(self.speed, 1e-12, math.inf))

    def rate(self, spend: float) -> float:
        """The share that responds to a spending (currency units per person, from 0)."""
        (spent,) = require_numbers("ResponseCurve.rate", spend=(spend, 0, math.inf))
        return float(-self.ceiling * np.expm1(-self.speed * spent))

    def spend(self, rate: float) -> float:
        """The spending per person that makes this share respond; the share lies below the ceiling."""
        (share,) = require_numbers("ResponseCurve.spend", rate=(rate, 0, self.ceiling))
        self._below_ceiling(share)
        return float(-np.log1p(-share / self.ceiling) / self.speed)

    def average_cost(self, rate: float) -> float:
        """Spending divided by those who respond; 0 of them cost, in the limit, 1 / (k·C) each."""
        return self.spend(rate) / rate if rate > 0 else 1 / (self.speed * self.ceiling)

    def marginal_cost(self, rate: float) -> float:
        """What one more who responds costs: 1 / (k(C − rate)), never below the average."""
        self.spend(rate)
        return 1 / (self.speed * (self.ceiling - rate))

    def _below_ceiling(self, share: float) -> None:
        if share >= self.ceiling:
            what = say("No spending reaches the ceiling, {ceiling}.", ceiling=self.ceiling)
            raise InputError(
                say("`{name}` can't be {value}.", name="rate", value=share), [Problem("outside_range", what)]
            )


@dataclass(frozen=True)
class OptimalBudgets:
    """The spending on acquisition and retention that makes most of a prospect.

    Parameters
    ----------
    acquisition_spend, retention_spend : float
        A* per prospect, R* per customer and period, currency units.
    acquisition_rate, retention_rate : float
        a and r at the optimum, fractions.
    value : float
        CLV of an acquired customer, his acquisition not subtracted, currency units.
    equity : float
        CE per prospect, currency units; 0 with ``acquisition_spend`` 0 where nobody is worth acquiring.
    acquisition, retention : ResponseCurve
    margin, discount : float
        As asked.
    """

    acquisition_spend: float
    retention_spend: float
    acquisition_rate: float
    retention_rate: float
    value: float
    equity: float
    acquisition: ResponseCurve
    retention: ResponseCurve
    margin: float
    discount: float

    @property
    def acquisition_marginal_cost(self) -> float:
        """What one customer more costs to acquire, currency units; equal to ``value`` unless the spending is 0."""
        return self.acquisition.marginal_cost(self.acquisition_rate)

    @property
    def retention_marginal_cost(self) -> float:
        """What one customer more costs to retain, currency units; equal to ``value`` unless the spending is 0."""
        return self.retention.marginal_cost(self.retention_rate)

    def surface(self, points: int = 61, *, reach: tuple[float, float] = (0.0, 0.0)) -> pd.DataFrame:
        """Customer equity around the optimum, for a picture.

        Parameters
        ----------
        points : int
            Spendings for each axis, from 0 to twice the optimum.
        reach : tuple of float
            Spendings on acquisition and retention up to which the axes go at least.

        Returns
        -------
        pandas.DataFrame
            ``acquisition_spend``, ``retention_spend``, ``equity`` (currency units), one row per pair.
        """
        (count,) = require_numbers("surface", points=(points, 2, 500))
        far = [2 * self.acquisition_spend or 3 / self.acquisition.speed,
               2 * self.retention_spend or 3 / self.retention.speed]  # fmt: skip
        a_spend, r_spend = (np.linspace(0, max(end, least), int(count)) for end, least in zip(far, reach, strict=True))
        grid_a, grid_r = np.meshgrid(a_spend, r_spend, indexing="ij")
        a = -self.acquisition.ceiling * np.expm1(-self.acquisition.speed * grid_a)
        r = -self.retention.ceiling * np.expm1(-self.retention.speed * grid_r)
        equity = a * (self.margin + (self.margin * r - grid_r) / (1 + self.discount - r)) - grid_a
        return pd.DataFrame(
            {"acquisition_spend": grid_a.ravel(), "retention_spend": grid_r.ravel(), "equity": equity.ravel()}
        )

    def curves(self, points: int = 121) -> pd.DataFrame:
        """The two response curves up to about twice the optimum, for a picture.

        Returns
        -------
        pandas.DataFrame
            ``kind`` ("acquisition" or "retention"), ``spend`` (currency units), ``rate`` (fraction).
        """
        (count,) = require_numbers("curves", points=(points, 2, 10_000))
        parts = []
        for kind, curve, best in (
            ("acquisition", self.acquisition, self.acquisition_spend),
            ("retention", self.retention, self.retention_spend),
        ):
            spend = np.linspace(0, 2 * best or 3 / curve.speed, int(count))
            rate = -curve.ceiling * np.expm1(-curve.speed * spend)
            parts.append(pd.DataFrame({"kind": kind, "spend": spend, "rate": rate}))
        return pd.concat(parts, ignore_index=True)


def prospect_equity(
    acquisition_spend: float,
    retention_spend: float,
    *,
    acquisition: ResponseCurve,
    retention: ResponseCurve,
    margin: float,
    discount: float,
) -> float:
    """Customer equity of one prospect at given spendings.

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
    float
        CE, currency units; the head of this module has the formula.

    Examples
    --------
    >>> curves = {"acquisition": ResponseCurve(0.5, 0.35), "retention": ResponseCurve(0.7, 0.15)}
    >>> round(prospect_equity(5, 10, **curves, margin=50, discount=0.2), 3)
    26.478
    """
    A, R, m, d = require_numbers(
        "prospect_equity",
        acquisition_spend=(acquisition_spend, 0, _LARGE),
        retention_spend=(retention_spend, 0, _LARGE),
        margin=(margin, -_LARGE, _LARGE),
        discount=(discount, 1e-9, _LARGE),
    )
    return acquisition.rate(A) * _value(R, retention.rate(R), m, d) - A


def optimal_budgets(
    *, acquisition: ResponseCurve, retention: ResponseCurve, margin: float, discount: float
) -> OptimalBudgets:
    """Find how much to spend on each prospect and on each customer.

    Parameters
    ----------
    acquisition, retention : ResponseCurve
        How prospects respond to acquisition spending, customers to retention spending.
    margin, discount : float
        m, currency units, from 0, and d of one period, a fraction above 0.

    Returns
    -------
    OptimalBudgets
        Where the first coin already costs more than it brings, the spending is 0.

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Blattberg, R. C. and Deighton, J. (1996). Manage Marketing by the Customer Equity Test. Harvard Business Review
    74 (4), 136–144. Pfeifer, P. E. (2005). The Optimal Ratio of Acquisition and Retention Costs. Journal of
    Targeting, Measurement and Analysis for Marketing 13 (2), 179–188.

    Examples
    --------
    >>> best = optimal_budgets(
    ...     acquisition=ResponseCurve(0.5, 0.35), retention=ResponseCurve(0.7, 0.15), margin=50, discount=0.2
    ... )
    >>> round(best.acquisition_spend, 3), round(best.retention_spend, 3), round(best.equity, 3)
    (7.487, 14.065, 28.924)
    >>> round(best.value, 3), round(best.retention_marginal_cost, 3)
    (78.536, 78.536)
    """
    m, d = require_numbers("optimal_budgets", margin=(margin, 0, _LARGE), discount=(discount, 1e-9, _LARGE))
    r = _optimal_retention(retention, m, d)
    R = retention.spend(r)
    value = _value(R, r, m, d)
    a = max(acquisition.ceiling - 1 / (acquisition.speed * value), 0.0) if value > 0 else 0.0
    A = acquisition.spend(a)
    return OptimalBudgets(A, R, a, r, value, a * value - A, acquisition, retention, m, d)


def _value(R: float, r: float, m: float, d: float) -> float:
    return m + (m * r - R) / (1 + d - r)


def _optimal_retention(curve: ResponseCurve, m: float, d: float) -> float:
    """The retention at which one more costs as much as a customer is worth.

    Marginal cost less value crosses 0 once: where it is not negative, it rises.
    """
    low, high = 0.0, curve.ceiling
    if curve.marginal_cost(0.0) >= m:
        return 0.0
    for _ in range(200):
        r = (low + high) / 2
        if r in (low, high):
            break
        if curve.marginal_cost(r) < _value(curve.spend(r), r, m, d):
            low = r
        else:
            high = r
    return low
