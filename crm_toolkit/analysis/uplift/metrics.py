"""How good is a ranking of customers by uplift: Qini, uplift curve, uplift at k, by decile.

Nobody's own uplift is ever seen: a customer was treated or was not. But among the k customers with the highest scores
some were treated by lottery and some were not, and their difference is what treating the k brings. With the cumulated
counts n₁, n₀ and outcomes y₁, y₀ of the treated and the control group among the first k,

    Qini curve    y₁ − y₀·n₁/n₀           (Radcliffe 2007: counted in treated customers)
    uplift curve  (y₁/n₁ − y₀/n₀)·k       (k = n₁ + n₀: counted in customers; its area is AUUC)

A group of which nobody is among the first k counts as 0. Customers with equal scores are targeted together, so the
order of rows never matters. ``area`` is what lies between the curve and the straight line to its end, both axes divided
by all customers; 0 is a random ranking. ``coefficient`` divides by the area of a perfect ranking of a 0/1 outcome:
treated who answered first, control who answered last (Qini), as `qini_auc_score` and `uplift_auc_score` of
scikit-uplift 0.5 do with their default options; nobody reaches 1: no score can know who would have answered anyway.

Intervals: bootstrap within the arms. Each arm is cut by chance into up to 1,000 groups, the groups are drawn anew and
everything is computed again; with fewer customers a group is a customer. The score is taken as given: of a model that
was fitted on the same customers take cross-fitted scores (`uplift_scores`), else everything here is too good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.rates import wilson_limits
from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    numbers,
    probabilities,
    read_columns,
    refuse,
    treated_flag,
)
from crm_toolkit.analysis.uplift.areas import (
    area_over_line,
    curve_height,
    drawn_sums,
    grouped_sums,
    is_binary,
    outcome_cells,
    perfect_area,
)
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say

DRAWS = Knob("draws", 200, 0, 10_000, 50, mark("Bootstrap repetitions"), origin="convention",
             reference="0 for none; 200 are enough for a 95 % interval to the eye")  # fmt: skip
K = Knob("k", 0.3, 0.001, 1.0, 0.05, mark("Share of customers with the highest scores"), origin="convention",
         reference="scikit-uplift's default")  # fmt: skip
GROUPS = Knob("groups", 10, 2, 100, 1, mark("Number of groups"), origin="convention", reference="deciles")
GRID = 100
KINDS = ("qini", "uplift")


@dataclass(frozen=True, eq=False)
class UpliftCurve:
    """What treating the first k of a ranking brings.

    Parameters
    ----------
    kind : {"qini", "uplift"}
    points : pandas.DataFrame
        One row per distinct score, from the highest, after a row of zeros: ``targeted`` (customers), ``gain``
        (outcomes more than without treatment).
    band : pandas.DataFrame
        The same at up to 101 shares: ``share`` (of the customers), ``targeted``, ``gain``, ``random`` (the line of a
        random ranking), ``low``, ``high`` (bootstrap, each share by itself; missing without draws).
    area, area_low, area_high : float or None
        Area over the random line, per customer; the interval is ``None`` without draws.
    coefficient, coefficient_low, coefficient_high : float or None
        The area divided by that of a perfect ranking; ``None`` if the outcome is not 0 or 1 or no ranking could gain.
    total : float
        Gain of treating everybody.
    customers, treated_n, control_n : int
    level : float
    draws, seed : int
    """

    kind: str
    points: pd.DataFrame
    band: pd.DataFrame
    area: float
    area_low: float | None
    area_high: float | None
    coefficient: float | None
    coefficient_low: float | None
    coefficient_high: float | None
    total: float
    customers: int
    treated_n: int
    control_n: int
    level: float
    draws: int
    seed: int

    def reading(self) -> str:
        """The curve in words, in the reader's language."""
        name = say("Qini curve") if self.kind == "qini" else say("Uplift curve")
        told = say("{name} of {customers} customers: area over a random ranking {area} per customer.", name=name,
                   customers=format_number(self.customers), area=figure(self.area))  # fmt: skip
        if self.coefficient is not None:
            told += " " + say("That is {share} of a perfect ranking.", share=format_percent(self.coefficient))
        if self.area_low is None or self.area_high is None:
            return told
        told += " " + say("{level} interval of the area from {low} to {high}.", level=format_percent(self.level, 0),
                          low=figure(self.area_low), high=figure(self.area_high))  # fmt: skip
        if self.area_low > 0:
            return told + " " + say("The ranking is better than a random one.")
        if self.area_high < 0:
            return told + " " + say("The ranking is worse than a random one.")
        return told + " " + say("The data do not show that the ranking is better than a random one.")


@dataclass(frozen=True)
class UpliftAtK:
    """The uplift among the customers with the highest scores.

    Parameters
    ----------
    k : float
        Share asked for.
    strategy : {"overall", "by_group"}
    targeted : int
        Customers with such scores; with equal scores at the border more than asked for.
    treated_n, control_n : int
        Of these.
    treated_value, control_value : float
        Mean outcome of each.
    estimate, low, high : float or None
        The difference and its bootstrap interval (``None`` without draws).
    level : float
    draws, seed : int
    """

    k: float
    strategy: str
    targeted: int
    treated_n: int
    control_n: int
    treated_value: float
    control_value: float
    estimate: float
    low: float | None
    high: float | None
    level: float
    draws: int
    seed: int


def qini_curve(
    table: Any,
    score: str = "uplift",
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    level: float = LEVEL.default,
    draws: int = int(DRAWS.default),
    seed: int = 0,
    customer: str = "customer_id",
) -> UpliftCurve:
    """Draw the Qini curve of a score on the customers of a randomised experiment.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    score : str
        Column of numbers: the higher, the sooner the customer is treated.
    outcome : str
        Column of 0 and 1, or of numbers such as money.
    treated : str
        Column of 0 and 1, of flags, or of an arm with a control group (such as "treated" and "holdout").
    level : float
        Confidence level of the bootstrap intervals.
    draws, seed : int
        Bootstrap repetitions, 0 to 10,000 (0: no intervals), and the seed of their luck.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    UpliftCurve
        Gains are counted in treated customers: on the whole curve y₁ − y₀·n₁/n₀.

    Raises
    ------
    InputError
        If a column is missing or wrong, a value is missing or infinite, or a group is empty.

    References
    ----------
    Radcliffe, N. J. (2007). Using Control Groups to Target on Predicted Lift. Direct Marketing Analytics Journal 1,
    14–21.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "uplift": [9, 8, 7, 6, 5, 4, 3, 2],
    ...         "treated": [1, 0, 1, 0, 1, 0, 1, 0],
    ...         "outcome": [1, 0, 1, 0, 0, 0, 0, 1],
    ...     }
    ... )
    >>> curve = qini_curve(table, draws=0)
    >>> curve.points["gain"].tolist()
    [0.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0]
    >>> round(curve.area, 4), round(curve.coefficient, 4)
    (0.1328, 0.8947)
    """
    return _curve(table, "qini", score, outcome, treated, None, level, draws, seed, customer, "qini_curve")


def uplift_curve(
    table: Any,
    score: str = "uplift",
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    propensity: str | None = None,
    level: float = LEVEL.default,
    draws: int = int(DRAWS.default),
    seed: int = 0,
    customer: str = "customer_id",
) -> UpliftCurve:
    """Draw the uplift (gain) curve of a score; its area is AUUC.

    Parameters
    ----------
    table, score, outcome, treated, level, draws, seed, customer
        As in `qini_curve`.
    propensity : str, optional
        Column of the probability of being treated, where it differs between customers: the means among the first k are
        weighted by 1/e and 1/(1−e). Then there is no coefficient.

    Returns
    -------
    UpliftCurve
        Gains are counted in customers: (mean of the treated − mean of the control group) · k.

    Raises
    ------
    InputError
        As `qini_curve`, and if a propensity is not between 0 and 1.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "uplift": [9, 8, 7, 6, 5, 4, 3, 2],
    ...         "treated": [1, 0, 1, 0, 1, 0, 1, 0],
    ...         "outcome": [1, 0, 1, 0, 0, 0, 0, 1],
    ...     }
    ... )
    >>> uplift_curve(table, draws=0).points["gain"].round(2).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 3.33, 4.0, 3.5, 2.0]
    """
    return _curve(table, "uplift", score, outcome, treated, propensity, level, draws, seed, customer, "uplift_curve")


def uplift_at_k(
    table: Any,
    score: str = "uplift",
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    k: float = K.default,
    strategy: str = "overall",
    propensity: str | None = None,
    level: float = LEVEL.default,
    draws: int = int(DRAWS.default),
    seed: int = 0,
    customer: str = "customer_id",
) -> UpliftAtK:
    """Measure the uplift among the customers with the highest scores.

    Parameters
    ----------
    table, score, outcome, treated, level, draws, seed, customer
        As in `qini_curve`.
    k : float
        Share of the customers, 0.001 to 1; ⌊k·n⌋ of them, and all who share the last one's score.
    strategy : {"overall", "by_group"}
        The first k of all customers, or of each arm by itself.
    propensity : str, optional
        As in `uplift_curve`.

    Returns
    -------
    UpliftAtK

    Raises
    ------
    InputError
        As `qini_curve`, and if nobody of an arm is among the first k.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "uplift": [9, 8, 7, 6, 5, 4, 3, 2],
    ...         "treated": [1, 0, 1, 0, 1, 0, 1, 0],
    ...         "outcome": [1, 0, 1, 0, 0, 0, 0, 1],
    ...     }
    ... )
    >>> found = uplift_at_k(table, k=0.75, draws=0)
    >>> round(found.estimate, 3), found.targeted
    (0.667, 6)
    """
    asked_by = "uplift_at_k"
    require_choice("strategy", strategy, ("overall", "by_group"))
    sure, share, times = LEVEL.check(level), K.check(k), int(DRAWS.check(draws))
    s, y, t, w = ranked_columns(table, score, outcome, treated, propensity, customer, asked_by)
    top = np.zeros(len(s), dtype=bool)
    parts = [np.ones(len(s), dtype=bool)] if strategy == "overall" else [t == 1, t == 0]
    for part in parts:
        wanted = max(int(part.sum() * share + 1e-9), 1)
        inside = s[part]
        top |= part & (s >= np.partition(inside, len(inside) - wanted)[len(inside) - wanted])
    counts = int((top & (t == 1)).sum()), int((top & (t == 0)).sum())
    problems = []
    for arm, count in zip((1, 0), counts, strict=True):
        if not count:
            name = say("treated") if arm else say("untreated")
            what = say("Nobody of the arm “{name}” is among the customers with the highest scores.", name=name)
            problems.append(Problem("no_overlap", what, advice=say("Choose a larger `k`."), column="k"))
    refuse(problems, asked_by=asked_by)
    sums = grouped_sums(y, t, w, top.astype(int) ^ 1, 2, seed) if times else None
    m1, m0 = (float((w * y)[top & (t == arm)].sum() / w[top & (t == arm)].sum()) for arm in (1, 0))
    low: float | None = None
    high: float | None = None
    if sums is not None:
        drawn = drawn_sums(sums, times, seed)
        with np.errstate(invalid="ignore", divide="ignore"):
            differences = drawn["y1"][:, 0] / drawn["w1"][:, 0] - drawn["y0"][:, 0] / drawn["w0"][:, 0]
        differences = differences[np.isfinite(differences)]
        low, high = (float(q) for q in np.quantile(differences, [(1 - sure) / 2, (1 + sure) / 2]))
    n1, n0 = counts
    return UpliftAtK(share, strategy, int(top.sum()), n1, n0, m1, m0, m1 - m0, low, high, sure, times, seed)


def uplift_by_decile(
    table: Any,
    score: str = "uplift",
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    groups: int = int(GROUPS.default),
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> pd.DataFrame:
    """Measure the uplift in groups of equal size from the highest scores to the lowest.

    Parameters
    ----------
    table, score, outcome, treated, customer
        As in `qini_curve`.
    groups : int
        How many, 2 to 100. A customer's place is the middle of all with the same score, so that equal scores stand in
        the same group; a group may be empty.
    level : float
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        One row per group: ``decile`` (1 has the highest scores), ``customers``, ``treated_n``, ``control_n``,
        ``mean_score``, ``treated_value``, ``control_value``, ``uplift``, ``low``, ``high`` (Newcombe's interval of a
        0/1 outcome, otherwise Welch's). Missing where the group lacks customers of an arm.

    Raises
    ------
    InputError
        As `qini_curve`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "uplift": [9, 8, 7, 6, 5, 4, 3, 2],
    ...         "treated": [1, 0, 1, 0, 1, 0, 1, 0],
    ...         "outcome": [1, 0, 1, 0, 0, 0, 0, 1],
    ...     }
    ... )
    >>> found = uplift_by_decile(table, groups=2).round(3)
    >>> print(found[["decile", "customers", "uplift", "low"]].to_string(index=False))
     decile  customers  uplift    low
          1          4     1.0  0.070
          2          4    -0.5 -0.905
    """
    asked_by = "uplift_by_decile"
    sure, count = LEVEL.check(level), int(GROUPS.check(groups))
    s, y, t, _ = ranked_columns(table, score, outcome, treated, None, customer, asked_by)
    _, place, people = np.unique(-s, return_inverse=True, return_counts=True)
    reached = np.cumsum(people)
    group = (count * (2 * reached - people) // (2 * len(s)))[place]
    binary = is_binary(y)
    centre = float(y.mean())
    z = y - centre

    def summed(weights: np.ndarray) -> np.ndarray:
        return np.bincount(group, weights=weights, minlength=count)

    n, n1, scores = summed(np.ones(len(s))), summed(t), summed(s)
    n0 = n - n1
    with np.errstate(invalid="ignore", divide="ignore"):
        m1, m0 = summed(z * t) / n1, summed(z * (1 - t)) / n0
        v1 = (summed(z * z * t) - n1 * m1**2) / (n1 - 1) / n1
        v0 = (summed(z * z * (1 - t)) - n0 * m0**2) / (n0 - 1) / n0
        uplift = m1 - m0
        if binary:
            limits = [wilson_limits(a, b, c, d, sure) if b and d else (np.nan,) * 4
                      for a, b, c, d in zip((m1 + centre) * n1, n1, (m0 + centre) * n0, n0, strict=True)]  # fmt: skip
            l1, u1, l0, u0 = np.array(limits).T
            p1, p0 = m1 + centre, m0 + centre
            low, high = uplift - np.hypot(p1 - l1, u0 - p0), uplift + np.hypot(u1 - p1, p0 - l0)
        else:
            low, high = _welch_limits(uplift, v1, v0, n1, n0, sure)
        mean_score = scores / n
    frame = pd.DataFrame(
        {
            "decile": np.arange(1, count + 1),
            "customers": n.astype("int64"),
            "treated_n": n1.astype("int64"),
            "control_n": n0.astype("int64"),
            "mean_score": mean_score,
            "treated_value": m1 + centre,
            "control_value": m0 + centre,
            "uplift": uplift,
            "low": low,
            "high": high,
        }
    )
    return frame.replace([np.inf, -np.inf], np.nan)


def ranked_columns(
    table: Any, score: str, outcome: str, treated: str, propensity: str | None, customer: str, asked_by: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Score, outcome, treated and the weight (1, or by propensity) of every customer, checked."""
    wanted = [score, outcome, treated, *([propensity] if propensity else [])]
    numeric = [name for name in wanted if name != treated]
    frame, problems = read_columns(table, wanted, asked_by=asked_by, unit=customer, numeric=numeric)
    s, y = numbers(frame, score, problems), numbers(frame, outcome, problems)
    t = treated_flag(frame, treated, problems)
    e = probabilities(frame, propensity, problems) if propensity else None
    refuse(problems, asked_by=asked_by)
    w = np.ones(len(s)) if e is None else np.where(t == 1, 1 / e, 1 / (1 - e))
    return s, y, t, w


def _curve(
    table: Any, kind: str, score: str, outcome: str, treated: str, propensity: str | None, level: float, draws: int,
    seed: int, customer: str, asked_by: str,
) -> UpliftCurve:  # fmt: skip
    sure, times = LEVEL.check(level), int(DRAWS.check(draws))
    s, y, t, w = ranked_columns(table, score, outcome, treated, propensity, customer, asked_by)
    order = np.argsort(-s)
    s, y, t = s[order], y[order], t[order]
    weighted = propensity is not None
    w = w[order] if weighted else w
    ends = np.r_[np.flatnonzero(s[1:] != s[:-1]), len(s) - 1]
    w1 = np.cumsum(t * w if weighted else t)[ends]
    w0 = (np.cumsum(w)[ends] if weighted else ends + 1.0) - w1
    wy = w * y if weighted else y
    y1 = np.cumsum(t * wy)[ends]
    y0 = np.cumsum(wy)[ends] - y1
    targeted = ends + 1.0
    gain = curve_height(kind, y1, y0, w1, w0, targeted)
    x, value = np.r_[0.0, targeted], np.r_[0.0, gain]
    binary = is_binary(y) and not weighted
    area = float(area_over_line(x, value))
    perfect = float(perfect_area(kind, outcome_cells(y, t))) if binary else 0.0
    grid = np.unique(np.searchsorted(targeted, np.linspace(len(s) / GRID, len(s), GRID) - 1e-9))
    band = pd.DataFrame({"share": np.r_[0.0, targeted[grid]] / len(s), "targeted": np.r_[0.0, targeted[grid]],
                         "gain": np.r_[0.0, gain[grid]]})  # fmt: skip
    band["random"] = band["share"] * value[-1]
    band["low"] = band["high"] = np.nan
    limits: dict[str, float | None] = dict.fromkeys(("area_low", "area_high", "coefficient_low", "coefficient_high"))
    if times:
        bins = np.searchsorted(grid, np.repeat(np.arange(len(ends)), np.diff(np.r_[-1, ends])))
        sums = grouped_sums(y, t, w, bins, len(grid), seed)
        limits |= _intervals(kind, sums, band, area, perfect, binary, sure, times, seed)
    n1 = int(t.sum())
    return UpliftCurve(
        kind, pd.DataFrame({"targeted": x.astype("int64"), "gain": value}), band, area / len(s) ** 2,
        limits["area_low"], limits["area_high"], area / perfect if perfect > 0 else None, limits["coefficient_low"],
        limits["coefficient_high"], float(value[-1]), len(s), n1, len(s) - n1, sure, times, seed,
    )  # fmt: skip


def _intervals(
    kind: str, sums: dict[str, np.ndarray], band: pd.DataFrame, area: float, perfect: float, binary: bool,
    level: float, times: int, seed: int,
) -> dict[str, float | None]:  # fmt: skip
    """Percentile intervals of the area and the coefficient; the band gets its own."""
    drawn = drawn_sums(sums, times, seed)
    y1, y0, w1, w0 = (np.cumsum(drawn[name], axis=1) for name in ("y1", "y0", "w1", "w0"))
    targeted = np.cumsum(drawn["n1"] + drawn["n0"], axis=1)
    gain = curve_height(kind, y1, y0, w1, w0, targeted)
    size = targeted[:, -1:]
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(gain, ends, axis=0)
    band["low"], band["high"] = np.r_[0.0, low], np.r_[0.0, high]
    zeros = np.zeros((times, 1))
    areas = area_over_line(np.hstack([zeros, targeted]), np.hstack([zeros, gain])) / size[:, 0] ** 2
    everybody = float(band["targeted"].iloc[-1])
    coarse = area_over_line(band["targeted"].to_numpy(dtype="float64"), band["gain"].to_numpy()) / everybody**2
    areas = areas + (area / everybody**2 - coarse)
    answer: dict[str, float | None] = {}
    answer["area_low"], answer["area_high"] = (float(q) for q in np.quantile(areas, ends))
    if binary and perfect > 0:
        a1, c1 = y1[:, -1], y0[:, -1]
        best = perfect_area(kind, (a1, w1[:, -1] - a1, c1, w0[:, -1] - c1)) / size[:, 0] ** 2
        share = areas[best > 0] / best[best > 0]
        if len(share):
            answer["coefficient_low"], answer["coefficient_high"] = (float(q) for q in np.quantile(share, ends))
    return answer


def _welch_limits(
    uplift: np.ndarray, v1: np.ndarray, v0: np.ndarray, n1: np.ndarray, n0: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import stdtrit

    spread = v1 + v0
    df = spread**2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))
    half = stdtrit(df, (1 + level) / 2) * np.sqrt(spread)
    return uplift - half, uplift + half
