"""Members compared with others who were as likely to join: the propensity estimated, then weights or matches.

The propensity e(x) is the chance of joining given what was known of a customer before; here by a logit. If joining
depends on nothing else that matters for the outcome (no hidden selection), members and others with equal e are
comparable (Rosenbaum and Rubin 1983). Both ways give the effect *on members*, who are the question:

weighting   an other weighs e/(1 − e); interval from the influence function, the estimate of e included
matching    every member gets the nearest others by the logit of e, with replacement, within a caliper of 0.2 standard
            deviations (Austin 2011); members without a match are left out and counted; variance of Abadie and Imbens
            (2006), e taken as known, which as a rule is a little too wide for the effect on members.

Neither removes what is in no column: a taste for the shop, plans to buy. Look at the overlap and at the balance after:
they show what the method did, never that nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    normal_quantile,
    numbers,
    p_words,
    read_columns,
    refuse,
    treated_flag,
    two_sided_p,
)
from crm_toolkit.analysis.experiments.weighting import IMBALANCE, overlap_table
from crm_toolkit.analysis.survival.hazard_scoring import scored
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

CALIPER = Knob("caliper", 0.2, 0.01, 5.0, 0.01, mark("Widest distance of a match, in standard deviations of the logit"),
               origin="source", reference="Austin 2011")  # fmt: skip
MATCHES = Knob("matches", 1, 1, 20, 1, mark("Matches for every member"), origin="convention")
HEAVY = Knob("heavy", 0.03, 0.001, 1.0, 0.001, mark("Share of one customer in the comparison group that is too large"),
             mark("fraction"), origin="assumption", reference="own trials")  # fmt: skip
METHODS = {"weighting": mark("weighting on propensity"), "matching": mark("matching on propensity")}
_EXTREME = 25.0


@dataclass(frozen=True, eq=False)
class SelectionEffect:
    """The effect on members, compared with others who were as likely to join.

    Parameters
    ----------
    metric : str
    method : {"weighting", "matching"}
    estimate, low, high, level, p_value, standard_error : float
        In the outcome's unit, for one member.
    naive : float
        The plain difference of means.
    member_value, other_value : float
        Mean of the members counted, and of others as weighted or matched.
    members, others : int
        Customers counted.
    left_out : int
        Members without a match.
    effective_others : float
        To how many equally weighted others the comparison group is worth, (Σw)²/Σw².
    largest_share : float
        Share of the one other who weighs most in the comparison group: where it is large, the interval is too short.
    overlap : pandas.DataFrame
        As `overlap_table` returns it, for the estimated propensity.
    balance : pandas.DataFrame
        ``covariate``, ``member_mean``, ``other_mean``, ``difference`` (standardised), ``adjusted_mean`` (of others),
        ``adjusted_difference``, ``imbalanced`` (beyond 0.1 after adjustment).
    propensity : numpy.ndarray
        Estimated, in the order of the rows.
    """

    metric: str
    method: str
    estimate: float
    low: float
    high: float
    level: float
    p_value: float
    standard_error: float
    naive: float
    member_value: float
    other_value: float
    members: int
    others: int
    left_out: int
    effective_others: float
    largest_share: float
    overlap: pd.DataFrame = field(repr=False)
    balance: pd.DataFrame = field(repr=False)
    propensity: np.ndarray = field(repr=False)

    def reading(self) -> str:
        """The result in words, in the reader's language."""
        told = [
            say("Effect on members by {method}: {estimate}, {level} interval from {low} to {high}, {p}; the plain "
                "difference of means is {naive}.", method=say(METHODS[self.method]), estimate=figure(self.estimate),
                level=format_percent(self.level, 0), low=figure(self.low), high=figure(self.high),
                p=p_words(self.p_value), naive=figure(self.naive)),
            say("{others} others are worth {effective} equally weighted ones.", others=format_number(self.others),
                effective=figure(self.effective_others, 3)),
        ]  # fmt: skip
        if self.left_out:
            told.append(say_count("{count} member has no match and is left out.",
                                  "{count} members have no match and are left out.", self.left_out))  # fmt: skip
        if self.largest_share > HEAVY.default:
            told.append(say("Caution: a few customers with large weights rule the result."))
        away = self.balance.loc[self.balance["imbalanced"], "covariate"].tolist()
        if away:
            told.append(say("Still out of balance: {names}.", names=", ".join(away)))
        told.append(say("What is in no column may still part members from others."))
        return " ".join(told)


def selection_effect(
    table: Any,
    outcome: str,
    covariates: Sequence[str],
    member: str = "member",
    *,
    method: str = "weighting",
    caliper: float = CALIPER.default,
    matches: int = int(MATCHES.default),
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> SelectionEffect:
    """Estimate the effect on members from others who were as likely to join.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer.
    outcome : str
        Column of numbers since the programme began.
    covariates : sequence of str
        Columns of numbers known before it.
    member : str
        Column of 0 and 1, of flags, or of an arm with a control group.
    method : {"weighting", "matching"}
        How others are made comparable; the head of this module says it.
    caliper, matches : float, int
        Of matching: widest distance in standard deviations of the logit, and matches for every member.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    SelectionEffect

    Raises
    ------
    InputError
        If a column is missing or wrong, covariates follow from each other or part members from others without
        exception, a group is too small, or no member has a match.

    References
    ----------
    Rosenbaum, P. R. and Rubin, D. B. (1983). Biometrika 70, 41–55. Abadie, A. and Imbens, G. W. (2006). Large Sample
    Properties of Matching Estimators for Average Treatment Effects. Econometrica 74, 235–267. Austin, P. C. (2011).
    Optimal Caliper Widths for Propensity-Score Matching. Pharmaceutical Statistics 10, 150–161.

    Examples
    --------
    Frequent customers spend 20, others 10; being a member adds 1, and 3 in 4 of the frequent are members:

    >>> table = pd.DataFrame({"frequent": [1, 1, 1, 1, 0, 0, 0, 0] * 10, "member": [1, 1, 1, 0, 1, 0, 0, 0] * 10})
    >>> table["spend"] = 10 + 10 * table["frequent"] + table["member"] + ([0.1] * 8 + [-0.1] * 8) * 5
    >>> found = selection_effect(table, "spend", ["frequent"])
    >>> round(found.naive, 2), round(found.estimate, 2)
    (6.0, 1.0)
    """
    asked_by = "selection_effect"
    require_choice("method", method, tuple(METHODS))
    sure, width, times = LEVEL.check(level), CALIPER.check(caliper), int(MATCHES.check(matches))
    names = [covariates] if isinstance(covariates, str) else list(dict.fromkeys(covariates))
    wanted = [outcome, *names]
    frame, problems = read_columns(table, [*wanted, member], asked_by=asked_by, unit=customer, numeric=wanted)
    if not names:
        problems.append(Problem("empty", say("Name one or more covariates."), column="covariates"))
    y, x = numbers(frame, outcome, problems), {name: numbers(frame, name, problems) for name in names}
    t = treated_flag(frame, member, problems)
    if not problems and min(t.sum(), (1 - t).sum()) < max(2, times):
        problems.append(Problem("too_few", say("Both groups need two customers or more."), column=member))
    refuse(problems, asked_by=asked_by)
    design, eta, e, information = _fitted(x, t, asked_by)
    if method == "weighting":
        weight = np.where(t == 1, 1.0, e / (1 - e))
        estimate, se, found = _weighted(y, t, e, weight, design, information)
        left = 0
    else:
        weight, se, found = _matched(y, t, eta, width, times, asked_by)
        left = int(t.sum() - weight[t == 1].sum())
        estimate = found[0] - found[1]
    if se <= 1e-13 * max(float(np.abs(y).max()), 1e-300):
        what = say("All values of `{name}` are equal within both arms.", name=outcome)
        refuse([Problem("constant", what, column=outcome)], asked_by=asked_by)
    half, other = normal_quantile(sure) * se, weight[t == 0]
    seen = overlap_table(pd.DataFrame({"treated": t, "propensity": np.clip(e, 1e-9, 1 - 1e-9)}))
    return SelectionEffect(
        outcome, method, estimate, estimate - half, estimate + half, sure, two_sided_p(estimate / se), se,
        float(y[t == 1].mean() - y[t == 0].mean()), found[0], found[1], int(weight[t == 1].sum()),
        int((other > 0).sum()), left, float(other.sum() ** 2 / (other * other).sum()),
        float(other.max() / other.sum()), seen, _balance(x, t, weight), e,
    )  # fmt: skip


def _fitted(
    x: dict[str, np.ndarray], t: np.ndarray, asked_by: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Design, linear predictor, propensity and information of the logit; covariates are standardised first."""
    columns, problems = [np.ones(len(t))], []
    for name, values in x.items():
        spread = float(values.std())
        if spread <= 1e-12 * max(float(np.abs(values).max()), 1e-300):
            what = say("The covariate `{name}` is the same for everybody.", name=name)
            problems.append(Problem("constant", what, advice=say("Leave it out."), column=name))
        columns.append((values - values.mean()) / (spread or 1.0))
    refuse(problems, asked_by=asked_by)
    design = np.stack(columns, axis=1)
    curvature, vectors = np.linalg.eigh(design.T @ design / len(t))
    if curvature[0] < 1e-9:
        tied = [name for name, part in zip(x, vectors[1:, 0], strict=True) if abs(part) > 1e-3]
        what = say("These follow from each other: {names}.", names=", ".join(tied))
        refuse([Problem("dependent", what, advice=say("Leave one of them out."), column=tied[-1])], asked_by=asked_by)
    beta, information, _ = scored(design, np.ones(len(t)), t, "logit")
    eta = design @ beta
    if np.abs(eta).max() > _EXTREME:
        what = say("The covariates part members from others without exception: nobody is left to compare with.")
        advice = say("Leave out what only members or only others have.")
        refuse([Problem("no_overlap", what, advice=advice, column="covariates")], asked_by=asked_by)
    return design, eta, 1 / (1 + np.exp(-eta)), information


def _weighted(
    y: np.ndarray, t: np.ndarray, e: np.ndarray, weight: np.ndarray, design: np.ndarray, information: np.ndarray
) -> tuple[float, float, tuple[float, float]]:
    """The effect on the treated by weights, with the standard error that counts the estimate of e."""
    w0 = weight * (1 - t)
    m1, m0 = float((t * y).sum() / t.sum()), float((w0 * y).sum() / w0.sum())
    slope = -(design * (w0 * (y - m0))[:, None]).sum(axis=0) / w0.sum()  # how the estimate moves with the logit
    own = t * (y - m1) / t.sum() - w0 * (y - m0) / w0.sum()
    by_fit = design @ np.linalg.solve(information, slope) * (t - e)
    influence = own + by_fit
    return m1 - m0, float(np.sqrt((influence * influence).sum())), (m1, m0)


def _matched(
    y: np.ndarray, t: np.ndarray, eta: np.ndarray, caliper: float, times: int, asked_by: str
) -> tuple[np.ndarray, float, tuple[float, float]]:
    """Nearest neighbours with replacement: weights, standard error (Abadie and Imbens 2006), means of both groups."""
    widest = caliper * float(eta.std())
    mine, theirs = np.flatnonzero(t == 1), np.flatnonzero(t == 0)
    near, far = _neighbours(eta[mine], eta[theirs], times)
    kept = far <= widest + 1e-12
    if not kept.any():
        what = say("No member has a match within the caliper.")
        refuse([Problem("no_overlap", what, advice=say("Take a wider caliper."), column="caliper")], asked_by=asked_by)
    mine, near = mine[kept], near[kept]
    used = np.bincount(near.ravel(), minlength=len(theirs)) / times
    gap = y[mine] - y[theirs][near].mean(axis=1)
    m1, m0 = float(y[mine].mean()), float(y[theirs][near].mean())
    spread = _own_variance(y[theirs], eta[theirs])
    extra = np.bincount(near.ravel(), minlength=len(theirs)) / times**2
    variance = ((gap - gap.mean()) ** 2).sum() + ((used**2 - extra) * spread).sum()
    weight = np.zeros(len(y))
    weight[mine], weight[theirs] = 1.0, used
    return weight, float(np.sqrt(max(variance, 0.0)) / len(mine)), (m1, m0)


def _neighbours(points: np.ndarray, among: np.ndarray, times: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of the nearest values for each point, and the distance of the farthest of them.

    Among equal values the choice is by the order of the outcome-blind hash of their place, so that not always the same
    one is used.
    """
    mixed = (np.arange(len(among), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(16)
    order = np.lexsort((mixed, among))
    values = among[order]
    middle = np.searchsorted(values, points)
    equal = np.searchsorted(values, points, side="right") - middle
    middle = middle + np.where(equal > times, np.arange(len(points)) % np.maximum(equal - times + 1, 1), 0)
    window = middle[:, None] + np.arange(-times, times)[None, :]
    inside = (window >= 0) & (window < len(values))
    window = np.clip(window, 0, len(values) - 1)
    distance = np.where(inside, np.abs(values[window] - points[:, None]), np.inf)
    best = np.argsort(distance, axis=1, kind="stable")[:, :times]
    rows = np.arange(len(points))[:, None]
    return order[window[rows, best]], distance[rows, best].max(axis=1)


def _own_variance(y: np.ndarray, eta: np.ndarray) -> np.ndarray:
    """Variance of the outcome of like customers: half the squared difference from the nearest other one."""
    order = np.argsort(eta, kind="stable")
    values, sorted_y = eta[order], y[order]
    left = np.append(np.inf, np.diff(values))
    right = np.append(np.diff(values), np.inf)
    partner = np.where(left <= right, np.arange(len(y)) - 1, np.arange(len(y)) + 1)
    found = np.empty(len(y))
    found[order] = (sorted_y - sorted_y[np.clip(partner, 0, len(y) - 1)]) ** 2 / 2
    return found


def _balance(x: dict[str, np.ndarray], t: np.ndarray, weight: np.ndarray) -> pd.DataFrame:
    one, other = t == 1, t == 0
    rows = []
    for name, values in x.items():
        spread = float(np.sqrt((values[one].var() + values[other].var()) / 2)) or float("nan")
        m1, m0 = float(values[one].mean()), float(values[other].mean())
        kept, adjusted = (float(np.average(values[part], weights=weight[part])) for part in (one, other))
        after = (kept - adjusted) / spread
        rows.append((name, m1, m0, (m1 - m0) / spread, adjusted, after, bool(abs(after) > IMBALANCE.default)))
    names = ["covariate", "member_mean", "other_mean", "difference", "adjusted_mean", "adjusted_difference",
             "imbalanced"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)
