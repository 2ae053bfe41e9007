"""Should we segment at all: profit of a different treatment for each segment against the best one for all.

Somebody who picks, in each segment, the treatment that did best there always finds a gain *in the same numbers*: the
best of several noisy means is too good. So the gain is measured on customers who had no part in the choice. They are
put into a random order and cut into parts; on the first two parts it is decided which treatment each segment gets and
which one is the best for all, on the third the difference of profit is measured; then the choice is made again on three
parts and measured on the fourth, and so on. Without differences between the segments this gain is 0 on average, while
the naive one is above 0 in every sample.

Cross-fitting, where each part is measured by a choice made on all others, would use every customer, but its interval is
too narrow just where there is nothing to choose between (Luedtke and van der Laan 2016): in a simulation segmenting
seemed to pay in one of seven samples without any difference. A choice made on earlier parts only has no such flaw.

The treatments must have been given at random within each segment. The difference of profit of a customer in segment s
who got treatment t is, with a the segment's treatment, b the treatment for all, means m of the earlier parts, and p the
share of s that got the treatment (augmented inverse probability weighting):

m(s, a) − m(s, b) + [t = a] (y − m(s, a)) / p(s, a) − [t = b] (y − m(s, b)) / p(s, b),   and 0 where a = b.

Its mean is the gain per customer, its standard error gives the interval. A different treatment costs something too: the
fixed cost stands beside the gain, and the number of customers at which it pays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.tables import collected, opened
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_money, join_names, mark, say, say_count

PARTS = Knob("parts", 5, 3, 20, 1, mark("Parts of the customers; the first two only choose"), origin="convention",
             reference="the gain is measured on three fifths")  # fmt: skip
LEAST_IN_CELL = 10


@dataclass(frozen=True, eq=False)
class SegmentPolicy:
    """What a different treatment of the segments brings, measured on customers.

    Parameters
    ----------
    cells : pandas.DataFrame
        ``segment``, ``treatment``, ``customers``, ``mean`` (outcome per customer, currency units), ``low``, ``high``.
    policy : pandas.DataFrame
        By segment: ``segment``, ``customers``, ``treatment`` (the best there, by all customers), ``mean``,
        ``mean_for_all`` (of the treatment for all).
    for_all : object
        The one treatment that is best if all get the same.
    gain, gain_low, gain_high : float
        Gain per customer, currency units, measured on customers who did not choose, with its interval: the number to
        believe. The choices were made on fewer customers than there are, so it is rather too low than too high.
    naive_gain : float
        Gain per customer as the same numbers show it that chose the treatments; too high, from 0.
    interaction_p : float
        P-value of "the differences between treatments are the same in all segments" (Wald's chi-squared).
    customers, measured : int
        All customers, and those on whom the gain was measured.
    fixed_cost : float
        What the different treatment costs once, currency units.
    level : float
    """

    cells: pd.DataFrame
    policy: pd.DataFrame
    for_all: Any
    gain: float
    gain_low: float
    gain_high: float
    naive_gain: float
    interaction_p: float
    customers: int
    measured: int
    fixed_cost: float
    level: float

    @property
    def net_gain(self) -> float:
        """Gain of as many customers as the table has, less the fixed cost, currency units."""
        return self.gain * self.customers - self.fixed_cost

    @property
    def break_even_customers(self) -> int | None:
        """Customers from which the gain covers the fixed cost; None if the gain is not above 0."""
        return math.ceil(round(self.fixed_cost / self.gain, 9)) if self.gain > 0 else None

    @property
    def decision(self) -> str:
        """Whether the gain's interval lies above the fixed cost per customer ("segment"), not above it
        ("one_treatment") or on both sides ("not_shown").
        """
        cost = self.fixed_cost / self.customers
        if self.gain_low > cost:
            return "segment"
        return "one_treatment" if self.gain_high <= cost else "not_shown"

    @property
    def verdict(self) -> str:
        """The result in a sentence, in the reader's language."""
        numbers = {
            "gain": format_money(self.gain),
            "low": format_money(self.gain_low),
            "high": format_money(self.gain_high),
            "cost": format_money(self.fixed_cost / self.customers),
        }
        if self.decision == "segment":
            return say("A different treatment of the segments pays: {gain} per customer (from {low} to {high}), "
                       "at a cost of {cost}.", **numbers)  # fmt: skip
        if self.decision == "one_treatment":
            return say("One treatment for all is better: segmenting brings {gain} per customer (from {low} to {high}), "
                       "at a cost of {cost}.", **numbers)  # fmt: skip
        return say("It is not shown that segmenting pays: {gain} per customer (from {low} to {high}), at a cost of "
                   "{cost}.", **numbers)  # fmt: skip


def segment_policy(
    responses: Any,
    *,
    segment: str = "segment",
    treatment: str = "treatment",
    outcome: str = "outcome",
    fixed_cost: float = 0.0,
    parts: int = int(PARTS.default),
    level: float = 0.95,
    seed: int = 0,
) -> SegmentPolicy:
    """Measure what a different treatment of each segment brings above the best one for all.

    Parameters
    ----------
    responses : frame or relation
        One row per customer: the segment, known before the treatment; the treatment, given at random within the
        segment; the outcome, profit after the cost of the treatment, currency units.
    segment, treatment, outcome : str
        The columns.
    fixed_cost : float
        What the different treatment costs once, currency units.
    parts, seed : int
        Parts of the customers, 3 to 20, and the seed of their order.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    SegmentPolicy
        The same for the same seed, whatever the order of the rows.

    Raises
    ------
    InputError
        If a column is missing, the outcome is not of numbers, a value is missing or infinite, there are not two or more
        segments and treatments, or a segment has fewer than 10 customers (or two for each part) under a treatment.

    References
    ----------
    Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Estimation of Regression Coefficients When Some Regressors Are
    Not Always Observed. Journal of the American Statistical Association 89, 846–866. Luedtke, A. R. and van der Laan,
    M. J. (2016). Statistical Inference for the Mean Outcome under a Possibly Non-unique Optimal Treatment Strategy.
    Annals of Statistics 44, 713–742.

    Examples
    --------
    >>> import pandas as pd
    >>> better = {("new", "call"), ("loyal", "points")}
    >>> rows = [
    ...     (s, t, 5.0 + 3 * ((s, t) in better) + k % 2)
    ...     for s, n in (("new", 60), ("loyal", 40))
    ...     for t in ("call", "points")
    ...     for k in range(n)
    ... ]
    >>> found = segment_policy(pd.DataFrame(rows, columns=["segment", "treatment", "outcome"]), fixed_cost=100)
    >>> print(found.policy[["segment", "treatment", "mean", "mean_for_all"]].to_string(index=False))
    segment treatment  mean  mean_for_all
      loyal    points   8.5           5.5
        new      call   8.5           8.5
    >>> found.gain > 1, found.net_gain > 0, found.decision
    (True, True, 'segment')
    """
    cost, wanted, within, luck = require_numbers(
        "segment_policy",
        fixed_cost=(fixed_cost, 0, 1e15),
        parts=(parts, PARTS.low, PARTS.high),
        level=(level, 0.5, 0.999),
        seed=(seed, 0, 2**32 - 1),
    )
    frame = opened(responses, (segment, treatment, outcome), asked_by="segment_policy")
    require_numeric(frame, [outcome], "segment_policy")
    found = collected(frame.select(segment, treatment, outcome))
    s, t, y, names, ways = _codes(found, segment, treatment, outcome, int(wanted))
    order = np.lexsort([y, t, s])  # rows that are equal here are interchangeable
    s, t, y = s[order], t[order], y[order]
    part = _parts(s * len(ways) + t, int(wanted), int(luck))
    shape = (len(names), len(ways))
    counts, means, variances = _moments(s, t, y, shape)
    gains = _measured(s, t, y, part, counts, int(wanted))
    z = _z(within)
    gain, error = float(gains.mean()), float(gains.std(ddof=1)) / math.sqrt(len(gains))
    best, overall = _best(counts, means)
    share = counts.sum(axis=1) / counts.sum()
    here = np.arange(len(names))
    half = z * np.sqrt(variances / counts)
    cells = pd.DataFrame(
        {
            "segment": np.repeat(names, len(ways)),
            "treatment": np.tile(ways, len(names)),
            "customers": counts.ravel().astype("int64"),
            "mean": means.ravel(),
            "low": (means - half).ravel(),
            "high": (means + half).ravel(),
        }
    )
    policy = pd.DataFrame(
        {
            "segment": names,
            "customers": counts.sum(axis=1).astype("int64"),
            "treatment": ways[best],
            "mean": means[here, best],
            "mean_for_all": means[:, overall],
        }
    )
    naive = float((share * (means[here, best] - means[:, overall])).sum())
    return SegmentPolicy(
        cells, policy, ways[overall], gain, gain - z * error, gain + z * error, naive,
        _interaction_p(counts, means, variances), len(y), len(gains), cost, within,
    )  # fmt: skip


def _z(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def _parts(cell: np.ndarray, parts: int, seed: int) -> np.ndarray:
    """A part for every customer, spread evenly within every cell of segment and treatment."""
    luck = np.random.default_rng(seed).random(len(cell))
    order = np.lexsort([luck, cell])
    starts = np.flatnonzero(np.concatenate([[True], cell[order][1:] != cell[order][:-1]]))
    place = np.arange(len(cell)) - np.repeat(starts, np.diff(np.append(starts, len(cell))))
    part = np.empty(len(cell), dtype="int64")
    part[order] = place % parts
    return part


def _sums(s: np.ndarray, t: np.ndarray, y: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    return np.bincount(s * shape[1] + t, weights=y, minlength=shape[0] * shape[1]).reshape(shape).astype("float64")


def _moments(
    s: np.ndarray, t: np.ndarray, y: np.ndarray, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    counts = _sums(s, t, None, shape)
    means = _sums(s, t, y, shape) / counts
    return counts, means, _sums(s, t, (y - means[s, t]) ** 2, shape) / (counts - 1)


def _best(counts: np.ndarray, means: np.ndarray) -> tuple[np.ndarray, int]:
    """The best treatment of each segment and the best for all; the latter wins where it is as good."""
    overall = int((counts.sum(axis=1)[:, None] * means).sum(axis=0).argmax())
    best = means.argmax(axis=1)
    return np.where(means[:, overall] >= means.max(axis=1), overall, best), overall


def _measured(
    s: np.ndarray, t: np.ndarray, y: np.ndarray, part: np.ndarray, counts: np.ndarray, parts: int
) -> np.ndarray:
    """The difference of profit of every customer from the third part on, by choices made on earlier parts."""
    gains, share = np.zeros(len(y)), counts / counts.sum(axis=1, keepdims=True)
    for number in range(2, parts):
        before, now = part < number, part == number
        known, means, _ = _moments(s[before], t[before], y[before], counts.shape)
        best, overall = _best(known, means)
        group, way, money = s[now], t[now], y[now]
        chosen = best[group]
        own, common = means[group, chosen], means[group, overall]
        gain = own - common
        gain = gain + np.where(way == chosen, (money - own) / share[group, chosen], 0.0)
        gain = gain - np.where(way == overall, (money - common) / share[group, overall], 0.0)
        gains[now] = np.where(chosen == overall, 0.0, gain)
    return gains[part >= 2]


def _interaction_p(counts: np.ndarray, means: np.ndarray, variances: np.ndarray) -> float:
    """Weighted squares that segment and treatment added together leave over, by the chi-squared distribution."""
    from scipy.stats import chi2

    pooled = float(((counts - 1) * variances).sum() / (counts - 1).sum())
    groups, ways = counts.shape
    s, t = (index.ravel() for index in np.indices(counts.shape))
    design = np.column_stack([s[:, None] == np.arange(groups), t[:, None] == np.arange(1, ways)]).astype("float64")
    scale = pooled or 1e-24 * max(float((means**2).max()), 1e-300)
    weight = np.sqrt((counts / np.maximum(variances, 1e-6 * scale)).ravel())
    target = means.ravel() * weight
    fitted = np.linalg.lstsq(design * weight[:, None], target, rcond=None)[0]
    left = float(((target - (design * weight[:, None]) @ fitted) ** 2).sum())
    return float(chi2.sf(left, (groups - 1) * (ways - 1)))


def require_numeric(frame: Any, names: list[str], asked_by: str) -> None:
    """Refuse columns that are not of numbers, all at once."""
    schema = frame.collect_schema()
    problems = [
        Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
        for name in names
        if not (schema[name].is_numeric() or schema[name] == nw.Boolean)
    ]
    if problems:
        raise InputError(say("`{function}` can't compare these treatments.", function=asked_by), problems)


def _codes(
    found: pd.DataFrame, segment: str, treatment: str, outcome: str, parts: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Segments, treatments and outcomes as numbers, and the names; refuses what can't be compared."""
    problems = []
    nowhere, untreated = int(found[segment].isna().sum()), int(found[treatment].isna().sum())
    if nowhere:
        what = say_count("{count} row has no segment.", "{count} rows have no segment.", nowhere)
        problems.append(Problem("no_segment", what, column=segment))
    if untreated:
        what = say_count("{count} row has no treatment.", "{count} rows have no treatment.", untreated)
        problems.append(Problem("no_treatment", what, column=treatment))
    y = found[outcome].to_numpy(dtype="float64", na_value=np.nan)
    bad = int((~np.isfinite(y)).sum())
    if bad:
        what = say_count("{count} value of `{name}` is missing or infinite.",
                         "{count} values of `{name}` are missing or infinite.", bad, name=outcome)  # fmt: skip
        problems.append(Problem("unsound_number", what, column=outcome))
    heading = say("`{function}` can't compare these treatments.", function="segment_policy")
    if problems:
        raise InputError(heading, problems)
    s, names = pd.factorize(found[segment], sort=True)
    t, ways = pd.factorize(found[treatment], sort=True)
    for name, known in ((segment, names), (treatment, ways)):
        if len(known) < 2:
            what = say_count("`{name}` has {count} value; two or more are needed.",
                             "`{name}` has {count} values; two or more are needed.", len(known),
                             name=name)  # fmt: skip
            problems.append(Problem("too_few", what, column=name))
    if problems:
        raise InputError(heading, problems)
    counts = _sums(s, t, None, (len(names), len(ways)))
    least = max(LEAST_IN_CELL, 2 * parts)
    short = [f"{names[i]} × {ways[j]}: {int(counts[i, j])}" for i, j in np.argwhere(counts < least)]
    if short:
        what = say("At least {least} customers of each segment must have had each treatment.", least=least)
        advice = say("Unite segments, or leave out a treatment that few have had.")
        raise InputError(heading, [Problem("too_few", what, join_names(short), advice, column=segment)])
    return s, t, y, np.asarray(names, dtype=object), np.asarray(ways, dtype=object)
