"""Breakage: the share of points that is never redeemed, estimated in three ways.

naive         1 − redeemed / given, of all points to date. Young points had no time to be redeemed yet, so it is too
              high as long as the programme is young or grows.
chain ladder  cohorts by period, carried on as older cohorts went (`chain_ladder`).
survival      each point is followed from the day it was given: it is redeemed, expires, or has done neither yet
              (censored). The cumulative incidence of redemption (Aalen and Johansen 1978),
              F(t) = Σ S(a−)·redeemed(a)/at risk(a), with S the share that is still outstanding.

The last two assume that young points will go as old ones did. What is beyond the age of the oldest points nobody knows:
the survival estimate leaves it open and says so, the chain ladder takes it as nothing unless a tail is named. Points of
a member go together: its intervals are by bootstrap over members.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import LEVEL, normal_quantile
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.loyalty.chain_ladder import ChainLadder, chain_ladder
from crm_toolkit.analysis.loyalty.lots import EXPIRED, GIVEN, REDEEMED, REVERSED, LotMovements, read_movements
from crm_toolkit.analysis.periods import first_day, period_of
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_date, format_percent, mark, say

PERIODS = ("month", "quarter", "year")
METHODS = {"naive": mark("naive"), "chain_ladder": mark("chain ladder"), "survival": mark("survival of points")}
DRAWS = Knob("draws", 200, 0, 10_000, 10, mark("Bootstrap draws"), origin="convention",
             reference="enough for a 95 % interval")  # fmt: skip
_MONTH = 365.25 / 12


@dataclass(frozen=True, eq=False)
class RedemptionTriangle:
    """Points redeemed by cohort and age.

    Parameters
    ----------
    cumulative : pandas.DataFrame
        One row per cohort (first day of its period), one column per age in periods (0: the period of giving): points
        redeemed up to then, NaN after the last complete period.
    given : pandas.Series
        Points given to the cohort, less those taken back.
    period : str
    """

    cumulative: pd.DataFrame
    given: pd.Series
    period: str


@dataclass(frozen=True, eq=False)
class RedemptionCurve:
    """What becomes of points by their age.

    Parameters
    ----------
    table : pandas.DataFrame
        ``age`` (months), ``redeemed``, ``expired``, ``outstanding`` (shares of the points, they add up to 1), ``low``,
        ``high`` (interval of ``redeemed``; missing without draws).
    redeemed_share, low, high : float
        Share redeemed by the oldest age.
    open_share : float
        Share that is still outstanding at the oldest age: the redeemed share may grow by up to that.
    points, members : int
    level : float
    draws, seed : int
    """

    table: pd.DataFrame = field(repr=False)
    redeemed_share: float
    low: float
    high: float
    open_share: float
    points: int
    members: int
    level: float
    draws: int
    seed: int


def redemption_triangle(movements: Any, *, as_of: Any, period: str = "quarter") -> RedemptionTriangle:
    """Arrange redeemed points by the period in which they were given and by their age.

    Parameters
    ----------
    movements : frame, relation or path
        Movements of points by lot: ``lot_id``, ``at`` (datetime), ``kind``, ``points`` (signed), as
        `firm.loyalty.replay` or `movements_by_fifo` returns them.
    as_of : date, datetime or str
        Day of analysis; only periods that are complete by then take part.
    period : {"month", "quarter", "year"}
        Length of a cohort and of a step of age.

    Returns
    -------
    RedemptionTriangle
        What `chain_ladder` takes is its ``cumulative``.

    Raises
    ------
    InputError
        If a column is missing or wrong, a lot gives out more than it had, or fewer than two periods are complete.

    Examples
    --------
    >>> at = pd.to_datetime(["2025-01-10", "2025-02-01", "2025-05-01", "2025-04-10", "2025-06-01"])
    >>> moves = pd.DataFrame({"lot_id": [1, 1, 1, 2, 2], "at": at, "points": [100, -30, -20, 80, -30]})
    >>> moves["kind"] = ["earn", "redeem", "redeem", "earn", "redeem"]
    >>> print(redemption_triangle(moves, as_of="2025-06-30").cumulative)
    age            0     1
    cohort
    2025-01-01  30.0  50.0
    2025-04-01  30.0   NaN
    """
    asked_by = "redemption_triangle"
    require_choice("period", period, PERIODS)
    day = as_day(as_of, "as_of")
    last = period_of(day, period)
    if period_of(day + dt.timedelta(days=1), period) == last:
        last -= 1  # the running period is not complete
    read = read_movements(movements, first_day(last + 1, period) - dt.timedelta(days=1), asked_by=asked_by)
    born, moved = (_periods(values, period) for values in (read.born, read.day))
    first = int(born.min())
    size = last - first + 1
    if size < 2:
        what = say("Fewer than two periods are complete by {day}.", day=format_date(day))
        raise InputError(say("`{function}` can't use these movements of points.", function=asked_by),
                         [Problem("too_few", what, advice=say("Take shorter periods or a later day."))])  # fmt: skip
    taken = read.what == REDEEMED
    place = (born[taken] - first) * size + (moved - born)[taken]
    redeemed = np.bincount(place, read.points[taken], size * size).astype("float64")
    cells = redeemed.reshape(size, size).cumsum(axis=1)
    cells[np.add.outer(np.arange(size), np.arange(size)) >= size] = np.nan
    sign = np.select([read.what == GIVEN, read.what == REVERSED], [1, -1], 0)
    given = np.bincount(born - first, read.points * sign, size)
    kept = given > 0
    cohorts = pd.DatetimeIndex([first_day(first + int(k), period) for k in np.flatnonzero(kept)], name="cohort")
    ages = pd.RangeIndex(size, name="age")
    frame = pd.DataFrame(cells[kept], index=cohorts, columns=ages)
    return RedemptionTriangle(frame.dropna(axis=1, how="all"), pd.Series(given[kept], index=cohorts, name="given"),
                              period)  # fmt: skip


def redemption_curve(
    movements: Any, *, as_of: Any, level: float = LEVEL.default, draws: int = int(DRAWS.default), seed: int = 0
) -> RedemptionCurve:
    """Follow points from the day they were given: redeemed, expired or still outstanding, by age.

    Parameters
    ----------
    movements : frame, relation or path
        Movements of points by lot: ``lot_id``, ``member_id``, ``at`` (datetime), ``kind``, ``points`` (signed).
    as_of : date, datetime or str
        Day of analysis; the whole day takes part.
    level : float
        Level of the intervals.
    draws, seed : int
        Bootstrap draws over members (0: no intervals), and the seed of the luck.

    Returns
    -------
    RedemptionCurve

    Raises
    ------
    InputError
        If a column is missing or wrong, or a lot gives out more than it had.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An Empirical Transition Matrix for Non-homogeneous Markov Chains Based on
    Censored Observations. Scandinavian Journal of Statistics 5, 141–150.

    Examples
    --------
    >>> at = pd.to_datetime(["2025-01-01", "2025-02-15", "2025-07-01", "2025-05-01"])
    >>> moves = pd.DataFrame({"lot_id": [1, 1, 1, 2], "member_id": [5, 5, 5, 6], "at": at})
    >>> moves["points"] = [100, -60, -40, 50]
    >>> moves["kind"] = ["earn", "redeem", "expire", "earn"]
    >>> curve = redemption_curve(moves, as_of="2025-12-31", draws=0)
    >>> round(curve.redeemed_share, 3), round(curve.open_share, 3)
    (0.4, 0.333)
    """
    asked_by = "redemption_curve"
    sure, times = LEVEL.check(level), int(DRAWS.check(draws))
    read = read_movements(movements, as_day(as_of, "as_of"), asked_by=asked_by, members=True)
    age, kind, points, member = _fates(read)
    size = int(age.max()) + 1
    redeemed, expired, outstanding = _incidence(age, kind, points.astype("float64"), size)
    months = np.arange(size) / _MONTH
    drawn = np.full((times, size), np.nan)
    luck = np.random.default_rng(seed)
    for draw in range(times):
        weight = np.bincount(luck.integers(0, read.members, read.members), minlength=read.members)
        drawn[draw] = _incidence(age, kind, points * weight[member], size)[0]
    sides = (1 - sure) / 2
    low, high = np.nanquantile(drawn, [sides, 1 - sides], axis=0) if times else (np.full(size, np.nan),) * 2
    table = pd.DataFrame({"age": months, "redeemed": redeemed, "expired": expired, "outstanding": outstanding,
                          "low": low, "high": high})  # fmt: skip
    given = int(points.sum())
    return RedemptionCurve(table, float(redeemed[-1]), float(low[-1]), float(high[-1]), float(outstanding[-1]), given,
                           read.members, sure, times, seed)  # fmt: skip


def breakage_table(
    movements: Any, *, as_of: Any, period: str = "quarter", level: float = LEVEL.default,
    draws: int = int(DRAWS.default), seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Estimate the share of points that is never redeemed in three ways, side by side.

    Parameters
    ----------
    movements : frame, relation or path
        Movements of points by lot: ``lot_id``, ``member_id``, ``at`` (datetime), ``kind``, ``points`` (signed).
    as_of : date, datetime or str
        Day of analysis; the whole day takes part.
    period : {"month", "quarter", "year"}
        Of the chain ladder.
    level : float
        Level of the intervals.
    draws, seed : int
        Bootstrap draws of the survival estimate.

    Returns
    -------
    pandas.DataFrame
        ``method`` (``"naive"``, ``"chain_ladder"``, ``"survival"``), ``breakage``, ``low``, ``high`` (within 0 and 1,
        missing where there is none), ``note`` (in the reader's language). The chain ladder stands there missing, with
        the reason, where no triangle can be made, or where a short history would carry more points on to redemption
        than were given.

    Raises
    ------
    InputError
        If a column is missing or wrong, or a lot gives out more than it had.

    Examples
    --------
    >>> at = pd.to_datetime(["2025-01-10", "2025-02-01", "2025-05-01", "2025-04-10", "2025-06-01"])
    >>> moves = pd.DataFrame({"lot_id": [1, 1, 1, 2, 2], "member_id": 3, "at": at, "points": [100, -30, -20, 80, -30]})
    >>> moves["kind"] = ["earn", "redeem", "redeem", "earn", "redeem"]
    >>> breakage_table(moves, as_of="2025-06-30", draws=0)[["method", "breakage"]].round(3)
             method  breakage
    0         naive     0.556
    1  chain_ladder     0.444
    2      survival     0.476
    """
    day, sure = as_day(as_of, "as_of"), LEVEL.check(level)
    read = read_movements(movements, day, asked_by="breakage_table", members=True)
    total = {what: int(read.points[read.what == what].sum()) for what in (GIVEN, REDEEMED, EXPIRED, REVERSED)}
    given = total[GIVEN] - total[REVERSED]
    if given <= 0:
        what = say("No points are left that were not taken back.")
        raise InputError(say("`{function}` can't use these movements of points.", function="breakage_table"),
                         [Problem("empty", what, column="points")])  # fmt: skip
    still = 1 - (total[REDEEMED] + total[EXPIRED]) / given
    note = say("{share} of the points are still outstanding and counted as lost", share=format_percent(still))
    nothing = float("nan")
    rows: list[tuple[Any, ...]] = [("naive", 1 - total[REDEEMED] / given, nothing, nothing, note)]
    try:
        ladder, count = _ladder(movements, day, period, sure)
        ultimate = ladder.total / count
        half = normal_quantile(sure) * ladder.total_standard_error / count
        note = say("nothing after the oldest age; complete periods only")
        if ultimate > 1:
            note = say("impossible as a share: carried on, {share} of the points given would be redeemed; the history "
                       "is too short or too uneven for this method", share=format_percent(ultimate))  # fmt: skip
            rows.append(("chain_ladder", nothing, nothing, nothing, note))
        else:
            low, high = np.clip([1 - ultimate - half, 1 - ultimate + half], 0.0, 1.0)
            rows.append(("chain_ladder", 1 - ultimate, low, high, note))
    except InputError as letter:
        if letter.problems[0].code not in ("too_few", "nothing", "not_sorted"):
            raise
        rows.append(("chain_ladder", nothing, nothing, nothing, letter.problems[0].what))
    curve = redemption_curve(movements, as_of=day, level=sure, draws=draws, seed=seed)
    note = say("{share} are still outstanding at the oldest age and counted as lost",
               share=format_percent(curve.open_share))  # fmt: skip
    rows.append(("survival", 1 - curve.redeemed_share, 1 - curve.high, 1 - curve.low, note))
    return pd.DataFrame(rows, columns=["method", "breakage", "low", "high", "note"])


def _ladder(movements: Any, day: Any, period: str, level: float) -> tuple[ChainLadder, float]:
    triangle = redemption_triangle(movements, as_of=day, period=period)
    return chain_ladder(triangle.cumulative, level=level), float(triangle.given.sum())


def _periods(days: np.ndarray, period: str) -> np.ndarray:
    """Numbers of periods of days since 1970, as `analysis.periods` counts them."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 1970 * 12
    return {"month": months, "quarter": months // 3, "year": months // 12}[period]


def _fates(read: LotMovements) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """One entry per part of a lot with one fate: age in days, fate (`GIVEN`: outstanding), points, member."""
    gone = read.what != GIVEN
    sign = np.where(gone, -1, 1)
    left = np.bincount(read.lot, read.points * sign, read.lots).astype("int64")
    owner, born = np.zeros(read.lots, dtype="int64"), np.zeros(read.lots, dtype="int64")
    owner[read.lot], born[read.lot] = read.member, read.born
    rest = np.flatnonzero(left > 0)
    until = read.as_of.toordinal() - 719163
    return (
        np.concatenate([(read.day - read.born)[gone], until - born[rest]]),
        np.concatenate([read.what[gone], np.full(len(rest), GIVEN)]),
        np.concatenate([read.points[gone], left[rest]]),
        np.concatenate([read.member[gone], owner[rest]]),
    )


def _incidence(
    age: np.ndarray, kind: np.ndarray, points: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cumulative incidence of redemption and of expiry, and the share that is outstanding, day by day."""
    parts = ((age[kind == k], points[kind == k]) for k in (REDEEMED, EXPIRED))
    redeemed, expired = (np.bincount(days, weights, size).astype("float64") for days, weights in parts)
    at_risk = np.bincount(age, points, size)[::-1].cumsum()[::-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        leave = np.where(at_risk > 0, 1 / at_risk, 0.0)
    hazard = (redeemed + expired) * leave
    survival = np.cumprod(1 - np.minimum(hazard, 1.0))
    before = np.append(1.0, survival[:-1])
    return (before * redeemed * leave).cumsum(), (before * expired * leave).cumsum(), survival
