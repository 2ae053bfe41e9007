"""Chain ladder: how many points of each cohort will be redeemed in the end, from how older cohorts went on.

Rows of a triangle are cohorts (points given in one quarter), columns their age in periods, cells what was redeemed *up
to* that age: C. Young cohorts know only their first columns. Every age has a factor, the growth of all cohorts that
have lived through it,

    f_k = Σ C_(i,k+1) / Σ C_(i,k),        ultimate_i = C_(i,last known) · f · f · …

Mack's (1993) standard errors need no distribution: with σ²_k = Σ C_(i,k)·(C_(i,k+1)/C_(i,k) − f_k)² / (rows − 1), and
for the last age, which has one row only, the smaller of σ⁴/σ² before and of the two σ² before,

    SE²_i = U_i² · Σ_k σ²_k/f_k² · (1/Ĉ_(i,k) + 1/Σ_j C_(j,k)).

What it assumes: growth from age to age is the same for all cohorts (a new rule of expiry breaks it), and nothing is
redeemed after the last column, unless a tail is named. One row of the triangle gives no error: where fewer than three
cohorts have lived through the first step, there are no standard errors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import LEVEL, normal_quantile
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count


@dataclass(frozen=True, eq=False)
class ChainLadder:
    """A triangle carried on to the end.

    Parameters
    ----------
    triangle : pandas.DataFrame
        As given: cumulative, NaN where nothing is known yet.
    factors : pandas.DataFrame
        ``age`` (from), ``factor``, ``sigma2`` (Mack's, missing where it can't be known), ``cohorts`` (how many).
    table : pandas.DataFrame
        One row per cohort: ``cohort``, ``age`` (last known), ``latest``, ``ultimate``, ``to_come``,
        ``standard_error`` (of the ultimate; 0 for a cohort that is complete, missing where Mack's can't be computed),
        ``low``, ``high`` (normal, never below the latest).
    tail : float
    level : float
    total, total_standard_error : float
        Sum of the ultimates and its standard error, which counts that all cohorts share the factors.
    """

    triangle: pd.DataFrame = field(repr=False)
    factors: pd.DataFrame
    table: pd.DataFrame
    tail: float
    level: float
    total: float
    total_standard_error: float

    def completed(self) -> pd.DataFrame:
        """The triangle with its lower half filled in."""
        filled = self.triangle.to_numpy(dtype="float64", copy=True)
        factor = self.factors["factor"].to_numpy()
        for column in range(filled.shape[1] - 1):
            empty = np.isnan(filled[:, column + 1])
            filled[empty, column + 1] = filled[empty, column] * factor[column]
        return pd.DataFrame(filled, index=self.triangle.index, columns=self.triangle.columns)


def chain_ladder(triangle: pd.DataFrame, *, tail: float = 1.0, level: float = LEVEL.default) -> ChainLadder:
    """Carry a triangle of cumulative numbers on to the end.

    Parameters
    ----------
    triangle : pandas.DataFrame
        One row per cohort, the oldest first, one column per age, cumulative, missing (NaN) after what is known. The
        oldest cohort knows every age; a younger one never knows more than an older one.
    tail : float
        Growth after the last column, 1 or more.
    level : float
        Level of the intervals.

    Returns
    -------
    ChainLadder

    Raises
    ------
    InputError
        If it is no such triangle, or an age has nothing to grow from.

    References
    ----------
    Mack, T. (1993). Distribution-free Calculation of the Standard Error of Chain Ladder Reserve Estimates. ASTIN
    Bulletin 23 (2), 213–225.

    Examples
    --------
    >>> nothing = float("nan")
    >>> rows = [[100, 180, 220, 235], [110, 200, 242, nothing], [130, 235, nothing, nothing], [150] + [nothing] * 3]
    >>> ladder = chain_ladder(pd.DataFrame(rows))
    >>> ladder.factors["factor"].round(4).tolist(), ladder.table["ultimate"].round(1).tolist()
    ([1.8088, 1.2158, 1.0682], [235.0, 258.5, 305.2, 352.4])
    """
    asked_by = "chain_ladder"
    sure = LEVEL.check(level)
    (end,) = require_numbers(asked_by, tail=(tail, 1, 100))
    cells = _cells(triangle, asked_by)
    rows, ages = cells.shape
    known = (~np.isnan(cells)).sum(axis=1)
    factor, sigma2, counted = np.ones(ages - 1), np.full(ages - 1, np.nan), np.zeros(ages - 1, dtype="int64")
    for k in range(ages - 1):
        both = known > k + 1
        now, then = cells[both, k], cells[both, k + 1]
        counted[k], base = int(both.sum()), float(now.sum())
        if base <= 0:
            what = say("At age {age} no cohort has anything to grow from.", age=triangle.columns[k])
            _refuse([Problem("nothing", what, advice=say("Take longer periods."))], asked_by)
        factor[k] = then.sum() / base
        if counted[k] >= 2 and (now > 0).all():
            sigma2[k] = float((now * (then / now - factor[k]) ** 2).sum() / (counted[k] - 1))
    if ages >= 4 and counted[-1] == 1 and np.isfinite(sigma2[-3:-1]).all():  # Mack's rule for the last age
        sigma2[-1] = min(sigma2[-2] ** 2 / sigma2[-3] if sigma2[-3] > 0 else 0.0, sigma2[-2], sigma2[-3])
    latest = cells[np.arange(rows), known - 1]
    later = np.append(np.cumprod(factor[::-1])[::-1], 1.0)
    ultimate = latest * later[known - 1] * end
    error, total_error = _mack(cells, known, factor, sigma2, ultimate, counted)
    half = normal_quantile(sure) * error
    table = pd.DataFrame(
        {
            "cohort": triangle.index, "age": [triangle.columns[number - 1] for number in known], "latest": latest,
            "ultimate": ultimate, "to_come": ultimate - latest, "standard_error": error,
            "low": np.maximum(ultimate - half, latest), "high": ultimate + half,
        }
    )  # fmt: skip
    factors = pd.DataFrame({"age": list(triangle.columns[:-1]), "factor": factor, "sigma2": sigma2, "cohorts": counted})
    return ChainLadder(triangle, factors, table, end, sure, float(ultimate.sum()), total_error)


def _mack(
    cells: np.ndarray, known: np.ndarray, factor: np.ndarray, sigma2: np.ndarray, ultimate: np.ndarray,
    counted: np.ndarray,
) -> tuple[np.ndarray, float]:  # fmt: skip
    """Standard errors of the ultimates, and of their sum (Mack 1993, theorem 3 and its corollary)."""
    rows, ages = cells.shape
    filled = cells.copy()
    base = np.zeros(ages - 1)
    for k in range(ages - 1):
        empty = np.isnan(filled[:, k + 1])
        filled[empty, k + 1] = filled[empty, k] * factor[k]
        base[k] = cells[known > k + 1, k].sum()
    share = sigma2 / factor**2
    squares = np.zeros(rows)
    for row in range(rows):
        steps = slice(int(known[row]) - 1, ages - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            squares[row] = ultimate[row] ** 2 * (share[steps] * (1 / filled[row, steps] + 1 / base[steps])).sum()
    if ages > 1 and counted[0] < 2:
        squares[known < ages] = np.nan
    squares = np.where(np.isfinite(squares), squares, np.nan)
    total = float(squares.sum())
    for row in range(rows):
        steps = slice(int(known[row]) - 1, ages - 1)
        total += float(ultimate[row] * ultimate[row + 1 :].sum() * (2 * share[steps] / base[steps]).sum())
    return np.sqrt(squares), float(np.sqrt(total)) if np.isfinite(total) else float("nan")


def _cells(triangle: Any, asked_by: str) -> np.ndarray:
    """The numbers, if they form a triangle."""
    if not isinstance(triangle, pd.DataFrame):
        what = say("A table of kind `{kind}` was given.", kind=type(triangle).__name__)
        _refuse([Problem("unknown_kind", what)], asked_by)
    try:
        cells: np.ndarray = triangle.to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError):
        _refuse([Problem("not_numbers", say("The triangle must hold numbers."))], asked_by)
    problems = []
    if cells.shape[0] < 2 or cells.shape[1] < 2:
        _refuse([Problem("too_few", say("A triangle needs two cohorts and two ages."))], asked_by)
    missing = np.isnan(cells)
    known = (~missing).sum(axis=1)
    if (missing[:, :-1] & ~missing[:, 1:]).any() or (known == 0).any():
        problems.append(Problem("hole", say("After a missing cell no number may follow, and no row may be empty.")))
    if missing[0].any() or (np.diff(known) > 0).any():
        problems.append(Problem("not_sorted", say("The oldest cohort stands first and knows every age.")))
    if np.isinf(cells).any() or (cells < 0).any():
        problems.append(Problem("unsound_number", say("The numbers must be finite and not negative.")))
    falling = int((np.diff(cells, axis=1) < 0).any(axis=1).sum())
    if falling:
        what = say_count(
            "In {count} cohort the numbers fall with age.", "In {count} cohorts the numbers fall with age.", falling
        )
        problems.append(Problem("falling", what, advice=say("They are cumulative: up to that age, not at it.")))
    _refuse(problems, asked_by)
    return cells


def _refuse(problems: list[Problem], asked_by: str) -> None:
    if problems:
        raise InputError(say("`{function}` can't use this triangle.", function=asked_by), problems)
