"""How good are the probabilities of leaving? Their order and their level.

All tables read a *scored* frame with ``churned`` (flag, what happened) and ``probability`` (what was foretold), of
customers that the model has not seen, best of a later time (`churn_split`).

AUC          probability that of two customers, one who left and one who stayed, the first had the higher probability;
             interval after DeLong, DeLong and Clarke-Pearson (1988), symmetric on the logit scale
Brier score  mean of (probability − outcome)²; 0 is perfect, base rate × (1 − base rate) says nothing; its skill is
             1 − Brier / that (Brier 1950)
calibration  of those with a probability of 30 % three in ten leave. In the large: mean probability against the rate.
             Slope: that of the outcome's log odds by the foretold log odds; below 1 the probabilities are too extreme
lift         rate of leaving among the first k by that among all; gain the share of all leavers who are among them

Customers with equal probabilities can't be told apart: where a border falls among them, each of them counts in part,
so that the order of rows never matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.kaplan_meier import LEVEL
from crm_toolkit.analysis.survival.reading import Floats, flags_of, numbers_of, read_frame
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count


@dataclass(frozen=True)
class ChurnPerformance:
    """How well probabilities of leaving fit what happened.

    Parameters
    ----------
    customers, churned : int
    churn_rate, mean_probability : float
        Share that left, and the mean of what was foretold.
    auc, auc_low, auc_high : float
        0.5 is chance, 1 perfect order.
    brier, brier_low, brier_high : float
        Mean squared error, 0 to 1.
    brier_skill : float
        1 is perfect, 0 no better than the base rate for everybody, below 0 worse.
    calibration_slope, slope_low, slope_high : float or None
        1 is right; ``None`` where all probabilities are equal or tell leavers from stayers without exception.
    level : float
    """

    customers: int
    churned: int
    churn_rate: float
    mean_probability: float
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    brier_low: float
    brier_high: float
    brier_skill: float
    calibration_slope: float | None
    slope_low: float | None
    slope_high: float | None
    level: float


def churn_performance(
    scored: Any, *, target: str = "churned", probability: str = "probability", level: float = LEVEL.default
) -> ChurnPerformance:
    """Measure order and level of foretold probabilities, with intervals.

    Parameters
    ----------
    scored : frame, relation or path
        One row per customer, with the two columns.
    target, probability : str
        Columns of flags and of numbers from 0 to 1.
    level : float
        Level of the intervals, 0.5 to 0.999.

    Returns
    -------
    ChurnPerformance

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a probability is no number from 0 to 1, or all left or all stayed.

    References
    ----------
    DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the Areas under Two or More Correlated
    Receiver Operating Characteristic Curves. Biometrics 44, 837–845.

    Examples
    --------
    >>> scored = pd.DataFrame({"churned": [0, 0, 1, 0, 1, 1], "probability": [0.1, 0.2, 0.3, 0.4, 0.7, 0.9]})
    >>> found = churn_performance(scored)
    >>> round(found.auc, 3), round(found.auc_low, 3), round(found.auc_high, 3), round(found.brier, 3)
    (0.889, 0.261, 0.995, 0.133)
    """
    share = LEVEL.check(level)
    left, p = read_scored(scored, target, probability, asked_by="churn_performance", both=True)
    auc, low, high = _auc_interval(left, p, share)
    loss = (p - left) ** 2
    reach = quantile_of(share) * float(loss.std(ddof=1) / np.sqrt(len(loss)))
    rate = float(left.mean())
    slope = _calibration_slope(left, p)
    aside = None if slope is None else quantile_of(share) * slope[1]
    brier = float(loss.mean())
    return ChurnPerformance(
        customers=len(left),
        churned=int(left.sum()),
        churn_rate=rate,
        mean_probability=float(p.mean()),
        auc=auc,
        auc_low=low,
        auc_high=high,
        brier=brier,
        brier_low=max(brier - reach, 0.0),
        brier_high=min(brier + reach, 1.0),
        brier_skill=1 - brier / (rate * (1 - rate)),
        calibration_slope=None if slope is None else slope[0],
        slope_low=None if slope is None or aside is None else slope[0] - aside,
        slope_high=None if slope is None or aside is None else slope[0] + aside,
        level=share,
    )


def churn_calibration_table(
    scored: Any,
    *,
    target: str = "churned",
    probability: str = "probability",
    bins: int = 10,
    level: float = LEVEL.default,
) -> pd.DataFrame:
    """Compare foretold probabilities with the shares that left, bin by bin.

    Parameters
    ----------
    scored : frame, relation or path
        As for `churn_performance`.
    target, probability : str
        Columns.
    bins : int
        Number of bins of about equal size, 2 to 100; equal probabilities stay in one bin, so there may be fewer.
    level : float
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        From the lowest: ``bin`` (from 1), ``customers``, ``churned``, ``probability`` (mean), ``churn_rate``, ``low``,
        ``high`` (Wilson's interval of the rate), ``within`` (flag: the mean probability lies in it).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a probability is no number from 0 to 1, or the table is empty.

    Examples
    --------
    >>> scored = pd.DataFrame({"churned": [0, 0, 0, 1] * 5 + [1, 1, 0, 1] * 5, "probability": [0.25] * 20 + [0.5] * 20})
    >>> print(churn_calibration_table(scored, bins=2).round(2).to_string(index=False))
     bin  customers  churned  probability  churn_rate  low  high  within
       1         20        5         0.25        0.25 0.11  0.47    True
       2         20       15         0.50        0.75 0.53  0.89   False
    """
    asked_by = "churn_calibration_table"
    share = LEVEL.check(level)
    (wanted,) = require_numbers(asked_by, bins=(bins, 2, 100))
    left, p = read_scored(scored, target, probability, asked_by=asked_by)
    edges = np.unique(np.quantile(p, np.arange(1, int(wanted)) / int(wanted), method="inverted_cdf"))
    place = np.searchsorted(edges, p, side="left")
    place = np.unique(place, return_inverse=True)[1]
    n, d = np.bincount(place), np.bincount(place, left)
    mean = np.bincount(place, p) / n
    low, high = wilson(d, n, share)
    return pd.DataFrame(
        {
            "bin": np.arange(1, len(n) + 1),
            "customers": n,
            "churned": d.astype(np.int64),
            "probability": mean,
            "churn_rate": d / n,
            "low": low,
            "high": high,
            "within": (low <= mean) & (mean <= high),
        }
    )


def churn_lift_table(
    scored: Any,
    *,
    target: str = "churned",
    probability: str = "probability",
    parts: int = 10,
    level: float = LEVEL.default,
) -> pd.DataFrame:
    """Count leavers among the customers with the highest probabilities, part by part.

    Parameters
    ----------
    scored : frame, relation or path
        As for `churn_performance`.
    target, probability : str
        Columns.
    parts : int
        Number of equal parts, 2 to 100; 10 are deciles.
    level : float
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        From the highest probability: ``part`` (from 1), ``customers``, ``churned`` (both may be fractions where
        probabilities are equal), ``churn_rate``, ``low``, ``high`` (Wilson's interval), ``lift`` (by the rate of all),
        ``share`` (of the customers up to here), ``gain`` (share of all leavers up to here), ``lift_so_far``.

    Raises
    ------
    InputError
        As `churn_calibration_table`, or if nobody left.

    Examples
    --------
    >>> scored = pd.DataFrame(
    ...     {"churned": [1, 1, 0, 1, 0, 0, 0, 0], "probability": [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1]}
    ... )
    >>> columns = ["part", "customers", "churned", "lift", "share", "gain"]
    >>> print(churn_lift_table(scored, parts=4)[columns].round(2).to_string(index=False))
     part  customers  churned  lift  share  gain
        1        2.0      2.0  2.67   0.25  0.67
        2        2.0      1.0  1.33   0.50  1.00
        3        2.0      0.0  0.00   0.75  1.00
        4        2.0      0.0  0.00   1.00  1.00
    """
    asked_by = "churn_lift_table"
    share = LEVEL.check(level)
    (wanted,) = require_numbers(asked_by, parts=(parts, 2, 100))
    left, p = read_scored(scored, target, probability, asked_by=asked_by)
    if not left.any():
        what = say_count("{count} customer, and nobody left: there is no lift.",
                         "{count} customers, and nobody left: there is no lift.", len(left))  # fmt: skip
        raise InputError(
            say("`{function}` can't use these customers.", function=asked_by), [Problem("no_events", what)]
        )
    ends, reached = gains(left.astype(np.float64), p)
    borders = np.arange(int(wanted) + 1) / int(wanted) * len(left)
    found = np.interp(borders, ends, reached)
    n, d = np.diff(borders), np.diff(found)
    low, high = wilson(d, n, share)
    rate = float(left.mean())
    return pd.DataFrame(
        {
            "part": np.arange(1, int(wanted) + 1),
            "customers": n,
            "churned": d,
            "churn_rate": d / n,
            "low": low,
            "high": high,
            "lift": d / n / rate,
            "share": borders[1:] / len(left),
            "gain": found[1:] / found[-1],
            "lift_so_far": found[1:] / borders[1:] / rate,
        }
    )


def read_scored(scored: Any, target: str, probability: str, *, asked_by: str, both: bool = False) -> tuple[Any, Floats]:
    """What happened and what was foretold, or a letter."""
    frame = read_frame(scored, (target, probability), asked_by=asked_by)
    problems: list[Problem] = []
    left, p = flags_of(frame, target, problems), numbers_of(frame, probability, problems)
    outside = 0 if problems else int(((p < 0) | (p > 1)).sum())
    if outside:
        what = say_count("{count} value of `{name}` is no probability, 0 to 1.",
                         "{count} values of `{name}` are no probabilities, 0 to 1.", outside,
                         name=probability)  # fmt: skip
        problems.append(Problem("outside_range", what, column=probability))
    if not problems and not len(left):
        problems.append(Problem("no_customers", say("The table has 0 customers.")))
    problems += one_sided(left, target) if both and not problems else []
    if problems:
        raise InputError(say("`{function}` can't use these customers.", function=asked_by), problems)
    return left, p


def gains(worth: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Customers and their worth added up from the highest score, at the ends of blocks of equal scores, from 0."""
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    blocks = np.add.reduceat(worth[order], np.concatenate([[0], last[:-1] + 1]))
    return np.concatenate([[0.0], last + 1.0]), np.concatenate([[0.0], np.cumsum(blocks)])


def wilson(hits: Any, n: Any, level: float) -> tuple[Floats, Floats]:
    """Wilson's interval of a share (1927).

    >>> [round(float(end), 3) for end in wilson(5, 20, 0.95)]
    [0.112, 0.469]
    """
    z = quantile_of(level)
    share = np.asarray(hits, dtype=np.float64) / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(np.maximum(share * (1 - share) / n + z**2 / (4 * n**2), 0.0))
    return np.clip(middle - reach, 0.0, 1.0), np.clip(middle + reach, 0.0, 1.0)


def one_sided(left: Any, target: str) -> list[Problem]:
    """What is wrong where all left or all stayed."""
    if left.any() and not left.all():
        return []
    what = say_count("Of {count} customer {left} left: somebody must have left and somebody stayed.",
                     "Of {count} customers {left} left: somebody must have left and somebody stayed.", len(left),
                     left=int(left.sum()))  # fmt: skip
    return [Problem("one_group", what, column=target)]


def _auc_interval(left: Any, p: Floats, level: float) -> tuple[float, float, float]:
    """AUC with DeLong's variance on the logit scale; where that is 0, an exact binomial bound of the smaller side."""
    from scipy.stats import rankdata

    ranks, many, few = rankdata(p), int(left.sum()), int((~left).sum())
    above = (ranks[left] - rankdata(p[left])) / few
    below = 1 - (ranks[~left] - rankdata(p[~left])) / many
    auc = float(above.mean())
    variance = sum(
        float(part.var(ddof=1)) / len(part) if len(part) > 1 else 0.25 for part in (above, below)
    )  # one customer alone: the most that a share can vary
    if auc in (0.0, 1.0) or variance <= 0:
        bound = (0.5 - level / 2) ** (1 / min(many, few))
        return auc, min(auc, bound), max(auc, 1 - bound) if auc < 1 else 1.0
    reach = quantile_of(level) * np.sqrt(variance) / (auc * (1 - auc))
    logit = np.log(auc / (1 - auc))
    low, high = (1 / (1 + np.exp(-np.clip(logit + side * reach, -700, 700))) for side in (-1, 1))
    return auc, float(low), float(high)


def _calibration_slope(left: Any, p: Floats) -> tuple[float, float] | None:
    """Slope of the outcome's log odds by the foretold log odds, and its standard error."""
    inner = np.clip(p, 1e-9, 1 - 1e-9)
    x = np.log(inner / (1 - inner))
    if np.ptp(x) < 1e-9:
        return None
    design, beta = np.column_stack([np.ones(len(x)), x]), np.array([0.0, 1.0])
    for _ in range(50):
        rate = 1 / (1 + np.exp(-np.clip(design @ beta, -700, 700)))
        information = (design * (rate * (1 - rate))[:, None]).T @ design
        if np.linalg.cond(information) > 1e13:
            return None
        step = np.linalg.solve(information, design.T @ (left - rate))
        beta = beta + step * min(1.0, 2.0 / float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            break
    error = float(np.sqrt(np.linalg.inv(information)[1, 1]))
    return None if abs(beta[1]) > 50 or error > 50 else (float(beta[1]), error)


def quantile_of(level: float) -> float:
    """The normal quantile of a two-sided interval of this level."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))
