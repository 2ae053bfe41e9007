"""Customers who move between states: recency states that lapse, and brands among which people switch.

Recency (Pfeifer and Carraway 2000). A customer in state k bought last k periods ago; he is contacted at the cost of
M, buys with probability pₖ (a margin of NC, back to state 1) or moves to k + 1; past the last state he is lost. With
the matrix P of these moves and the reward vector R, (NC − M) in state 1 and −M in the others, the value is

V = Σₜ (P / (1 + d))ᵗ R,  for ever  V = (I − P / (1 + d))⁻¹ R,  for a horizon T the sum over t = 0 … T.

Brands (Rust, Lemon and Zeithaml 2004). A customer of brand i buys brand j at his t-th purchase with probability
(Bᵗ)ᵢⱼ; with f purchases a year and a contribution v the value to brand j is Σₜ₌₁ (1 + d)^(−t/f) · v · (Bᵗ)ᵢⱼ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


def migration_value(
    margin: float,
    contact_cost: float,
    purchase_probabilities: Sequence[float],
    *,
    discount: float,
    periods: int | None = None,
) -> pd.DataFrame:
    """What a customer is worth by how long ago he bought, if he is contacted every period until he is lost.

    Parameters
    ----------
    margin, contact_cost : float
        NC of a purchase and M of a contact, currency units; the cost from 0.
    purchase_probabilities : sequence of float
        p₁, p₂, …: probability of a purchase in the next period after 1, 2, … periods without; each 0 to 1.
    discount : float
        Of one period, a fraction above 0.
    periods : int, optional
        T, horizon in periods; by default without end.

    Returns
    -------
    pandas.DataFrame
        ``recency`` (periods, from 1), ``purchase_probability`` (fraction), ``value`` (currency units),
        ``worth_contacting`` (whether the value is above 0). A customer just past the last state is lost, worth 0.

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Pfeifer, P. E. and Carraway, R. L. (2000). Modeling Customer Relationships as Markov Chains. Journal of
    Interactive Marketing 14 (2), 43–55.

    Examples
    --------
    >>> table = migration_value(40, 4, [0.30, 0.20, 0.15, 0.05], discount=0.2)
    >>> print(table.round(3).to_string(index=False))
     recency  purchase_probability  value  worth_contacting
           1                  0.30 52.320              True
           2                  0.20  5.554              True
           3                  0.15  1.251              True
           4                  0.05 -1.820             False
    """
    nc, m, d, horizon = require_numbers(
        "migration_value",
        margin=(margin, -math.inf, math.inf),
        contact_cost=(contact_cost, 0, math.inf),
        discount=(discount, 1e-9, math.inf),
        periods=(0 if periods is None else periods, 0, 100_000),
    )
    p = _probabilities(purchase_probabilities)
    states = len(p)
    moves = np.zeros((states, states))
    moves[:, 0] = p
    moves[np.arange(states - 1), np.arange(1, states)] += 1 - p[:-1]
    rewards = np.full(states, -m)
    rewards[0] += nc
    if periods is None:
        value = np.linalg.solve(np.eye(states) - moves / (1 + d), rewards)
    else:
        value = rewards.copy()
        for _ in range(int(horizon)):
            value = rewards + moves @ value / (1 + d)
    return pd.DataFrame(
        {
            "recency": np.arange(1, states + 1),
            "purchase_probability": p,
            "value": value,
            "worth_contacting": value > 0,
        }
    )


def brand_switching_value(
    switching: Any,
    *,
    start: int = 0,
    purchases_per_year: float,
    annual_discount_rate: float,
    years: float,
    contribution: float = 1.0,
) -> pd.Series:
    """What a customer who bought one brand last will be worth to every brand.

    Parameters
    ----------
    switching : array or pandas.DataFrame
        Square: row i, column j is the probability that a customer of brand i buys brand j next; rows add up to 1.
    start : int
        Row of the brand that he bought last, from 0.
    purchases_per_year : float
        f, above 0.
    annual_discount_rate, years : float
        d, a fraction from 0; the horizon, above 0: ⌊f · years⌋ purchases.
    contribution : float
        v of a purchase, currency units.

    Returns
    -------
    pandas.Series
        Value to every brand, currency units, named by the columns.

    Raises
    ------
    InputError
        If the matrix is not square, holds no probabilities, or a number lies outside its range.

    References
    ----------
    Rust, R. T., Lemon, K. N. and Zeithaml, V. A. (2004). Return on Marketing: Using Customer Equity to Focus
    Marketing Strategy. Journal of Marketing 68 (1), 109–127.

    Examples
    --------
    >>> value = brand_switching_value([[0.8, 0.2], [0.3, 0.7]], purchases_per_year=2, annual_discount_rate=0.1, years=3)
    >>> [round(one, 4) for one in value]
    [3.4172, 1.6779]
    """
    matrix, names = _switching(switching)
    f, d, horizon, v, first = require_numbers(
        "brand_switching_value",
        purchases_per_year=(purchases_per_year, 1e-9, 1e6),
        annual_discount_rate=(annual_discount_rate, 0, math.inf),
        years=(years, 0, 1_000),
        contribution=(contribution, -math.inf, math.inf),
        start=(start, 0, len(matrix) - 1),
    )
    bought, value = np.eye(len(matrix))[int(first)], np.zeros(len(matrix))
    for t in range(1, math.floor(f * horizon + 1e-9) + 1):
        bought = bought @ matrix
        value = value + (1 + d) ** (-t / f) * v * bought
    return pd.Series(value, index=names, name="value")


def _probabilities(given: Sequence[float]) -> np.ndarray:
    numbers = np.asarray(list(given), dtype=float)
    bad = [place for place, p in enumerate(numbers, start=1) if not 0 <= p <= 1]
    if bad or not len(numbers):
        what = say("`{name}` must hold probabilities, each from 0 to 1.", name="purchase_probabilities")
        raise InputError(
            say("`{function}` can't use these numbers.", function="migration_value"),
            [Problem("outside_range", what, found=repr(list(given)), column="purchase_probabilities")],
        )
    return numbers


def _switching(given: Any) -> tuple[np.ndarray, list[Any]]:
    heading = say("`{function}` can't use these numbers.", function="brand_switching_value")
    matrix = np.asarray(given, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        what = say("`switching` must be a square matrix.")
        raise InputError(heading, [Problem("not_square", what, found=str(matrix.shape), column="switching")])
    problems = [
        Problem(
            "no_probabilities",
            say("Row {row} of `switching` holds no probabilities that add up to 1.", row=place),
            found=", ".join(f"{one:g}" for one in row),
            rows=(place,),
            column="switching",
        )
        for place, row in enumerate(matrix, start=1)
        if not (np.all(row >= 0) and abs(row.sum() - 1) < 1e-6)
    ]
    if problems:
        raise InputError(heading, problems)
    return matrix, list(given.columns) if isinstance(given, pd.DataFrame) else list(range(len(matrix)))
