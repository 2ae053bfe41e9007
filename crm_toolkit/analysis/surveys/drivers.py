"""What satisfaction depends on: the importance of its drivers, with bootstrap intervals.

Drivers move together, so "the" share of one in explaining the outcome depends on which others are already there:

standardised coefficient   change of the outcome, in its standard deviations, by one of the driver, the others held
LMG                        gain in R² by the driver, averaged over all orders of entering (Lindeman, Merenda, Gold 1980;
                           the Shapley value of R²); exact, over all 2^p sets of drivers
relative weight            the same question answered by nearest orthogonal variables (Johnson 2000); almost equal, and
                           possible for many drivers

LMG and relative weights add up to R². None of the three says what would happen if the firm improved a driver: that is
a question of causes, for an experiment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

MOST_EXACT = 12
MOST_DRIVERS = 40
REPLICATIONS = Knob(
    "replications", 500, 100, 10_000, 100, mark("Samples drawn again for intervals"), origin="convention",
    reference="percentile intervals move little from 500 on",
)  # fmt: skip
COLLINEAR = Knob(
    "collinear", 5.0, 1.5, 100.0, 0.5, mark("Variance inflation from which drivers are called collinear"),
    origin="convention", reference="5 or 10 by rule of thumb; 5 means that four fifths of a driver are the others",
)  # fmt: skip
QUADRANTS = {
    "fix_first": mark("important, performs badly: improve first"),
    "keep_up": mark("important, performs well: keep it up"),
    "low_priority": mark("less important, performs badly: later"),
    "possible_excess": mark("less important, performs well: perhaps too much effort"),
}


@dataclass(frozen=True, eq=False)
class DriverImportance:
    """How much each driver has to do with the outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        The most important first: ``driver``, ``mean`` (of its answers), ``correlation``, ``coefficient``
        (standardised), ``importance`` (share of R², fraction; adds up to 1), ``low``, ``high`` (its interval), ``lmg``
        and ``relative_weight`` (parts of R²; ``lmg`` up to 12 drivers, else missing), ``variance_inflation``,
        ``collinear`` (flag).
    outcome : str
    r_squared, r_squared_low, r_squared_high : float
        R² of all drivers together; the interval of the bootstrap lies a little high, as R² does.
    measure : {"lmg", "relative_weight"}
        Which one the shares are of.
    respondents, left_out : int
        Whole rows; rows with a missing answer.
    level : float
    replications, seed : int
    """

    table: pd.DataFrame
    outcome: str
    r_squared: float
    r_squared_low: float
    r_squared_high: float
    measure: str
    respondents: int
    left_out: int
    level: float
    replications: int
    seed: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before believing the table, in words."""
        close = self.table.loc[self.table["collinear"], "driver"].tolist()
        told = []
        if close:
            told.append(say("These drivers move together, so their coefficients say little each by itself: {names}.",
                            names=join_names(close)))  # fmt: skip
        if self.respondents < 10 * len(self.table):
            told.append(say_count("{count} respondent for {drivers} drivers: fewer than ten for each.",
                                  "{count} respondents for {drivers} drivers: fewer than ten for each.",
                                  self.respondents, drivers=len(self.table)))  # fmt: skip
        return tuple(told)


def driver_importance(
    answers: Any,
    drivers: Sequence[str],
    *,
    outcome: str,
    level: float = LEVEL.default,
    replications: int = int(REPLICATIONS.default),
    seed: int = 0,
) -> DriverImportance:
    """Divide what drivers explain of an outcome among them.

    Parameters
    ----------
    answers : frame, relation or path
        One row per person: columns of numbers for the drivers and the outcome. Rows with a missing answer are left
        out.
    drivers : sequence of str
        Columns that may explain the outcome, two to 40. Up to 12 the shares are LMG, above relative weights.
    outcome : str
        Column to be explained, such as overall satisfaction.
    level : float
        Level of the intervals, a fraction.
    replications, seed : int
        Samples of the bootstrap, 100 to 10,000, and the seed of their luck.

    Returns
    -------
    DriverImportance

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a driver or the outcome does not vary, a driver is a sum of others,
        or there are too few whole rows (fewer than drivers plus 3).

    References
    ----------
    Grömping, U. (2007). Estimators of Relative Importance in Linear Regression Based on Variance Decomposition. The
    American Statistician 61, 139–147. Johnson, J. W. (2000). A Heuristic Method for Estimating the Relative Weight of
    Predictor Variables in Multiple Regression. Multivariate Behavioral Research 35, 1–19.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> luck = np.random.default_rng(1)
    >>> answers = pd.DataFrame(luck.normal(size=(400, 2)), columns=["speed", "price"])
    >>> answers["satisfaction"] = 2 * answers["speed"] + answers["price"] + luck.normal(size=400)
    >>> found = driver_importance(answers, ["price", "speed"], outcome="satisfaction")
    >>> print(found.table[["driver", "importance", "coefficient"]].round(2).to_string(index=False))
    driver  importance  coefficient
     speed        0.79         0.81
     price        0.21         0.42
    >>> round(found.r_squared, 2), found.warnings
    (0.8, ())
    """
    share, times = LEVEL.check(level), int(REPLICATIONS.check(replications))
    names = [drivers] if isinstance(drivers, str) else list(drivers)
    _check_names(names, outcome)
    found = brought_home(answers, dict.fromkeys([*names, outcome], "number"), asked_by="driver_importance")
    values = found[[*names, outcome]].to_numpy()
    whole = ~np.isnan(values).any(axis=1)
    values = values[whole]
    values = values[np.lexsort(values.T)]  # the same luck for every order of the rows
    _check_values(values, names, outcome)
    correlation = np.corrcoef(values, rowvar=False)
    inside, outside = correlation[:-1, :-1], correlation[:-1, -1]
    inverse = np.linalg.inv(inside)
    coefficient, inflation = inverse @ outside, np.diagonal(inverse)
    exact = len(names) <= MOST_EXACT
    weights = relative_weights(correlation[None])[0]
    lmg = shapley_shares(correlation[None])[0] if exact else np.full(len(names), np.nan)
    parts = lmg if exact else weights
    explained = float((outside * coefficient).sum())
    drawn = _drawn_again(values, times, seed)
    again = shapley_shares(drawn) if exact else relative_weights(drawn)
    whole_again = again.sum(axis=1)
    ends = [(1 - share) / 2, (1 + share) / 2]
    low, high = np.quantile(again / np.maximum(whole_again, 1e-12)[:, None], ends, axis=0)
    table = pd.DataFrame(
        {
            "driver": names,
            "mean": values[:, :-1].mean(axis=0),
            "correlation": outside,
            "coefficient": coefficient,
            "importance": parts / max(explained, 1e-12),
            "low": low,
            "high": high,
            "lmg": lmg,
            "relative_weight": weights,
            "variance_inflation": inflation,
            "collinear": inflation >= COLLINEAR.default,
        }
    ).sort_values(["importance", "driver"], ascending=[False, True], ignore_index=True)
    bottom, top = np.quantile(whole_again, ends)
    return DriverImportance(table, outcome, explained, float(bottom), float(top), "lmg" if exact else "relative_weight",
                            len(values), int((~whole).sum()), share, times, seed)  # fmt: skip


def importance_performance_table(found: DriverImportance, *, middle: float | None = None) -> pd.DataFrame:
    """Lay drivers out by importance and performance: what to improve first.

    Parameters
    ----------
    found : DriverImportance
        As `driver_importance` returns it; its drivers must share one scale.
    middle : float, optional
        Performance that divides bad from good; by default the mean of the drivers.

    Returns
    -------
    pandas.DataFrame
        ``driver``, ``importance``, ``performance`` (mean answer), ``quadrant`` (a code of `QUADRANTS`), ``sure`` (flag:
        the whole interval of the importance lies on one side), ``middle_importance``, ``middle_performance``. The line
        between important and less important is an equal share for each.

    Raises
    ------
    InputError
        If ``middle`` is no finite number.

    References
    ----------
    Martilla, J. A., James, J. C. (1977). Importance-Performance Analysis. Journal of Marketing 41(1), 77–79.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"speed": [1, 2, 2, 3, 4, 1], "price": [5, 5, 6, 4, 6, 5], "all": [1, 2, 3, 3, 5, 1]})
    >>> found = driver_importance(answers, ["speed", "price"], outcome="all")
    >>> importance_performance_table(found)[["driver", "quadrant"]].values.tolist()
    [['speed', 'fix_first'], ['price', 'possible_excess']]
    """
    from crm_toolkit.analysis.value_formulas import require_numbers

    table = found.table
    line = float(table["mean"].mean())
    if middle is not None:
        (line,) = require_numbers("importance_performance_table", middle=(middle, -1e12, 1e12))
    even = 1 / len(table)
    important, good = table["importance"] >= even, table["mean"] >= line
    quadrant = np.select([important & ~good, important & good, ~important & ~good],
                         ["fix_first", "keep_up", "low_priority"], "possible_excess")  # fmt: skip
    return pd.DataFrame(
        {
            "driver": table["driver"],
            "importance": table["importance"],
            "performance": table["mean"],
            "quadrant": quadrant.astype(object),
            "sure": (table["low"] > even) | (table["high"] < even),
            "middle_importance": even,
            "middle_performance": line,
        }
    )


def shapley_shares(correlation: np.ndarray) -> np.ndarray:
    """LMG: the Shapley value of R² of every driver, from correlation matrices whose last variable is the outcome.

    Parameters
    ----------
    correlation : array
        Matrices × variables × variables.

    Examples
    --------
    >>> shapley_shares(np.array([[[1, 0.5, 0.6], [0.5, 1, 0.2], [0.6, 0.2, 1.0]]])).round(4)
    array([[0.3467, 0.0267]])
    """
    p = correlation.shape[-1] - 1
    explained = np.empty((1 << p, len(correlation)))
    for chosen, unexplained in _subsets(correlation, 0, 0):
        explained[chosen] = 1 - unexplained
    sets = np.arange(1 << p)
    size = np.array([int(one).bit_count() for one in sets])
    weight = np.array([factorial(k) * factorial(p - k - 1) / factorial(p) for k in range(p)])
    shares = np.empty((len(correlation), p))
    for driver in range(p):
        without = sets[(sets >> driver) & 1 == 0]
        gain = explained[without | (1 << driver)] - explained[without]
        shares[:, driver] = np.einsum("s,sm->m", weight[size[without]], gain)
    return shares


def _subsets(left: np.ndarray, driver: int, chosen: int) -> Iterator[tuple[int, np.ndarray]]:
    """Every set of drivers with the unexplained variance of the outcome, by pivoting driver after driver."""
    if left.shape[-1] == 1:
        yield chosen, left[:, 0, 0]
        return
    rest = left[:, 1:, 1:]
    yield from _subsets(rest, driver + 1, chosen)
    pivot = left[:, :1, :1]
    there = pivot > 1e-10
    swept = rest - np.where(there, left[:, 1:, :1] * left[:, :1, 1:] / np.where(there, pivot, 1.0), 0.0)
    yield from _subsets(swept, driver + 1, chosen | (1 << driver))


def relative_weights(correlation: np.ndarray) -> np.ndarray:
    """Johnson's relative weights of every driver, from correlation matrices whose last variable is the outcome.

    Examples
    --------
    >>> relative_weights(np.array([[[1, 0.5, 0.6], [0.5, 1, 0.2], [0.6, 0.2, 1.0]]])).round(4)
    array([[0.3467, 0.0267]])
    """
    values, vectors = np.linalg.eigh(correlation[:, :-1, :-1])
    root = np.sqrt(np.maximum(values, 0.0))
    near = np.einsum("mik,mk,mjk->mij", vectors, root, vectors)
    inverse = np.where(root > 1e-6, 1 / np.where(root > 1e-6, root, 1.0), 0.0)
    beta = np.einsum("mik,mk,mjk,mj->mi", vectors, inverse, vectors, correlation[:, :-1, -1])
    return np.einsum("mij,mj->mi", near**2, beta**2)


def _drawn_again(values: np.ndarray, times: int, seed: int) -> np.ndarray:
    """Correlation matrices of samples drawn again; what does not vary in a sample correlates with nothing."""
    n, size = values.shape
    luck = np.random.default_rng(seed)
    centred = values - values.mean(axis=0)
    drawn = np.empty((times, size, size))
    for turn in range(times):
        weight = np.bincount(luck.integers(0, n, n), minlength=n) / n
        mean = weight @ centred
        drawn[turn] = (centred * weight[:, None]).T @ centred - np.outer(mean, mean)
    deviation = np.sqrt(np.maximum(np.einsum("mii->mi", drawn), 0.0))
    deviation = np.where(deviation > 1e-9 * centred.std(axis=0), deviation, np.inf)
    drawn = drawn / deviation[:, :, None] / deviation[:, None, :]
    np.einsum("mii->mi", drawn)[:] = 1.0
    return drawn


def _check_names(names: list[str], outcome: str) -> None:
    problems = []
    if len(names) < 2 or len(set(names)) < len(names):
        what = say("Importance needs two drivers or more, each named once.")
        problems.append(Problem("too_few_drivers", what, say("Found: {value}.", value=repr(names)), column="drivers"))
    if len(names) > MOST_DRIVERS:
        what = say("{count} drivers are given; {most} can be compared.", count=len(names), most=MOST_DRIVERS)
        problems.append(Problem("too_many", what, column="drivers"))
    if outcome in names:
        what = say("`{name}` is the outcome and a driver.", name=outcome)
        problems.append(Problem("outcome_drives", what, column="outcome"))
    if problems:
        raise InputError(say("`{function}` can't compare these drivers.", function="driver_importance"), problems)


def _check_values(values: np.ndarray, names: list[str], outcome: str) -> None:
    heading = say("`{function}` can't compare these drivers.", function="driver_importance")
    if len(values) < len(names) + 3:
        what = say_count("{count} row is whole; {least} are needed for so many drivers.",
                         "{count} rows are whole; {least} are needed for so many drivers.", len(values),
                         least=len(names) + 3)  # fmt: skip
        raise InputError(heading, [Problem("too_few", what)])
    deviation = values.std(axis=0)
    scale = np.maximum(np.abs(values).max(axis=0), 1e-300)
    problems = [
        Problem("constant", say("`{name}` is the same in every row.", name=name), column=name)
        for name, still in zip([*names, outcome], deviation <= 1e-12 * scale, strict=True)
        if still
    ]
    if not problems:
        inside = np.corrcoef(values[:, :-1], rowvar=False)
        vector, smallest = np.linalg.eigh(inside)[1][:, 0], float(np.linalg.eigvalsh(inside)[0])
        if smallest < 1e-9:
            involved = [name for name, part in zip(names, vector, strict=True) if abs(part) > 1e-4]
            what = say("One of these drivers is made of the others: {names}.", names=join_names(involved))
            found = say("The smallest eigenvalue of their correlations is {value}.", value=format_number(smallest, 6))
            problems.append(Problem("collinear", what, found, say("Leave one of them out."), column=involved[0]))
    if problems:
        raise InputError(heading, problems)
