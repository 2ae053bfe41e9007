"""Points in the accounts: which part of a sale is deferred for the points, and when it becomes revenue (IFRS 15).

Points that give a right which a customer would not have without the purchase are a performance obligation of their own
(material right, B39–B43). The price paid is shared out between goods and points in proportion of their stand-alone
selling prices; that of the points is the value times the chance that they are redeemed:

    points part  A = price · SSP(points) / (SSP(goods) + SSP(points)),   SSP(points) = points · value · u.

The goods' part is revenue at once, A is a liability. It becomes revenue as points are redeemed, measured against all
that are expected to be redeemed in the end; when that expectation changes, what was recognised before is put right in
the same period (catch-up, not backwards):

    revenue to date = A · redeemed to date / expected total.

A is fixed at the sale and is not split again later. Money is rounded to the minor unit, half a unit upwards; revenue to
date is rounded and the period gets the difference, so that nothing is lost. This is the arithmetic, no accounting
advice: whether there is a material right, and discounts, tax and agency, are for the accountant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import numbers, read_columns
from crm_toolkit.analysis.lines import MINOR_DIGITS
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


@dataclass(frozen=True)
class PriceAllocation:
    """A price shared out between goods and points.

    Parameters
    ----------
    price : float
        What was paid, currency units.
    goods_price, points_price : float
        Stand-alone selling prices.
    goods, points : float
        Parts of the price, rounded to the minor unit; they add up to the price.
    per_point : float
        Deferred for one point, not rounded; 0 without points.
    """

    price: float
    goods_price: float
    points_price: float
    goods: float
    points: float
    per_point: float


def price_allocation(
    price: float,
    points: float,
    point_value: float,
    *,
    redeemed_share: float = 1.0,
    goods_price: float | None = None,
    minor_digits: int = int(MINOR_DIGITS.default),
) -> PriceAllocation:
    """Share a price out between the goods and the points that come with them (IFRS 15).

    Parameters
    ----------
    price : float
        What was paid, currency units.
    points : float
        Points given.
    point_value : float
        Value of one point to the customer, currency units.
    redeemed_share : float
        Share of the points that is expected to be redeemed, 0 to 1.
    goods_price : float, optional
        Stand-alone selling price of the goods; by default the price.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    PriceAllocation

    Raises
    ------
    InputError
        If a number lies outside its range, or goods and points are both worth nothing.

    References
    ----------
    IFRS 15, B39–B43 and illustrative example 52 (IE267–IE270).

    Examples
    --------
    >>> split = price_allocation(100_000, 10_000, 1.0, redeemed_share=0.95, minor_digits=0)
    >>> split.goods, split.points
    (91324.0, 8676.0)
    """
    digits = int(MINOR_DIGITS.check(minor_digits))
    paid, count, value, share, own = require_numbers(
        "price_allocation", price=(price, 0, 1e12), points=(points, 0, 1e12), point_value=(point_value, 0, 1e9),
        redeemed_share=(redeemed_share, 0, 1), goods_price=(price if goods_price is None else goods_price, 0, 1e12),
    )  # fmt: skip
    worth = count * value * share
    if own + worth == 0:
        what = say("Goods and points are both worth nothing.")
        heading = say("`{function}` can't use these numbers.", function="price_allocation")
        raise InputError(heading, [Problem("nothing", what, column="goods_price")])
    exact = paid * worth / (own + worth)
    part = round_half_up(exact, digits)
    return PriceAllocation(paid, own, worth, round(paid - part, digits), part, exact / count if count else 0.0)


def points_revenue(
    periods: Any, allocated: float, *, redeemed: str = "redeemed", expected: str = "expected",
    minor_digits: int = int(MINOR_DIGITS.default),
) -> pd.DataFrame:  # fmt: skip
    """Recognise what was deferred for points, period by period, as expectations change.

    Parameters
    ----------
    periods : frame, relation or path
        One row per period, in order of time.
    allocated : float
        Deferred for the points of one group of sales (A), currency units.
    redeemed : str
        Column of points redeemed in the period.
    expected : str
        Column of all points that are expected, as of the end of the period, to be redeemed in the end; not fewer than
        have been redeemed by then.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    pandas.DataFrame
        ``redeemed``, ``redeemed_to_date``, ``expected`` (points), ``recognised`` (revenue of the period), ``catch_up``
        (the part of it that only puts earlier periods right), ``recognised_to_date``, ``liability`` (left at the end),
        currency units.

    Raises
    ------
    InputError
        If a column is missing or wrong, points are negative, or fewer are expected than were redeemed.

    Examples
    --------
    >>> periods = pd.DataFrame({"redeemed": [4500, 4000], "expected": [9500, 9700]})
    >>> print(points_revenue(periods, 8676, minor_digits=0).drop(columns="redeemed_to_date").to_string(index=False))
    redeemed  expected  recognised  catch_up  recognised_to_date  liability
        4500      9500      4110.0       0.0              4110.0     4566.0
        4000      9700      3493.0     -85.0              7603.0     1073.0
    """
    asked_by = "points_revenue"
    digits = int(MINOR_DIGITS.check(minor_digits))
    (deferred,) = require_numbers(asked_by, allocated=(allocated, 0, 1e12))
    frame, problems = read_columns(periods, [redeemed, expected], asked_by=asked_by, numeric=[redeemed, expected])
    now, total = numbers(frame, redeemed, problems), numbers(frame, expected, problems)
    to_date = np.cumsum(now)
    if not problems:
        if not len(frame):
            problems.append(Problem("empty", say("The table has no rows.")))
        elif (now < 0).any():
            problems.append(Problem("negative", say("Redeemed points can't be negative."), column=redeemed))
        elif (short := np.flatnonzero((total < to_date) | (total <= 0))).size:
            row = int(short[0])
            what = say("In row {row} {expected} points are expected in all, and {redeemed} were redeemed by then.",
                       row=row + 1, expected=f"{total[row]:g}", redeemed=f"{to_date[row]:g}")  # fmt: skip
            advice = say("Expected are all points that are ever redeemed, those of earlier periods too.")
            problems.append(Problem("too_few", what, advice=advice, rows=(row + 1,), column=expected))
    if problems:
        raise InputError(say("`{function}` can't use these periods.", function=asked_by), problems)
    done = np.array([round_half_up(deferred * share, digits) for share in to_date / total])
    before = np.concatenate([[0.0], done[:-1]])
    anew = np.array([round_half_up(deferred * share, digits) for share in (to_date - now) / total])
    return pd.DataFrame(
        {
            "redeemed": frame[redeemed], "redeemed_to_date": frame[redeemed].cumsum(),
            "expected": frame[expected], "recognised": np.round(done - before, digits),
            "catch_up": np.round(anew - before, digits) + 0.0, "recognised_to_date": done,
            "liability": np.round(deferred - done, digits),
        }
    )  # fmt: skip


def round_half_up(value: float, digits: int) -> float:
    """Round to the minor unit, half a unit away from zero downwards to upwards.

    >>> round_half_up(0.125, 2), round_half_up(4109.684, 0)
    (0.13, 4110.0)
    """
    unit = 10**digits
    return math.floor(round(value * unit, 6) + 0.5) / unit
