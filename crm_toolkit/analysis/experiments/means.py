"""A/B: what a treatment changed in a mean, with an interval that says how sure we may be.

Customers were put into arms by a lottery, so that the arms differ in the treatment and in chance alone. The effect is
the mean of the treated less the mean of the control group. Its interval is Welch's (1947): the arms may have different
variances,

    SE² = s₁²/n₁ + s₀²/n₀,   df = SE⁴ / ((s₁²/n₁)²/(n₁−1) + (s₀²/n₀)²/(n₀−1)).

CUPED (Deng, Xu, Kohavi and Walker 2013) takes out of the outcome what was known before the experiment:
y′ = y − θ·(x − x̄), θ = cov(y, x) / var(x) over both arms, x the same customer's number *before* the assignment. The
effect stays the same on average, its variance falls by the share ρ². A covariate measured after the assignment may be
changed by the treatment and then hides part of the effect.

Winsorising sets the largest values to a quantile, the same for both arms. It makes the interval shorter where few large
customers rule the mean, and changes the question: it is the effect on the capped outcome. So it is an option that must
be declared, and the result says it.

Shares: `experiment_rates`; ratios and ranks: `experiment_ratios`; several arms and the check of the lottery:
`experiment_arms`; groups: `experiment_groups`; looking at a running test: `sequential`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    normal_quantile,
    numbers,
    p_words,
    read_columns,
    refuse,
    two_arms,
    two_sided_p,
)
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

WINSORISE = Knob("winsorise", 0.99, 0.5, 1.0, 0.005, mark("Quantile above which values are capped"),
                 origin="convention", reference="declared by the analyst before the results are seen")  # fmt: skip
FEW_CUSTOMERS = Knob("few_customers", 30, 2, 1000, 1, mark("Customers in an arm below which the result warns"),
                     origin="convention", reference="rule of thumb for a mean of skewed amounts")  # fmt: skip
METRICS = ("mean", "rate", "ratio", "superiority")
_FIRST = {
    "mean": mark("Mean of `{metric}`: {treated_value} in “{treated}” (n = {treated_n}), "
                 "{control_value} in “{control}” (n = {control_n})."),
    "rate": mark("Share of `{metric}`: {treated_value} in “{treated}” (n = {treated_n}), "
                 "{control_value} in “{control}” (n = {control_n})."),
    "ratio": mark("`{metric}`: {treated_value} in “{treated}” (n = {treated_n}), "
                  "{control_value} in “{control}” (n = {control_n})."),
    "superiority": mark("Median of `{metric}`: {treated_value} in “{treated}” (n = {treated_n}), "
                        "{control_value} in “{control}” (n = {control_n})."),
}  # fmt: skip
_SECOND = {
    "points": mark("Difference {estimate} percentage points, {level} interval from {low} to {high}, {p}."),
    "difference": mark("Difference {estimate}, {level} interval from {low} to {high}, {p}."),
    "ratio": mark("Ratio {estimate}, {level} interval from {low} to {high}, {p}."),
    "superiority": mark("A random customer of the first has more than one of the second with probability {estimate}, "
                        "{level} interval from {low} to {high}, {p}."),
}  # fmt: skip
_CAUTIONS = {
    "few_customers": mark("Caution: an arm has fewer than 30 customers; of skewed amounts the interval is rough."),
    "covariate_differs": mark(
        "Caution: the covariate differs between the arms more than chance allows; was it measured before the "
        "assignment, and was the assignment random?"
    ),
    "constant_arm": mark("Caution: in one arm all values are equal; its variance counts as 0."),
    "rare": mark("Caution: fewer than 5 successes or failures in an arm; look at Newcombe's interval, not at p."),
}


@dataclass(frozen=True)
class EffectEstimate:
    """The effect of one arm against another, with its interval.

    Parameters
    ----------
    metric : str
        The outcome's column, of a ratio both columns.
    kind : {"mean", "rate", "ratio", "superiority"}
    scale : {"difference", "ratio", "superiority"}
        What the estimate is: treated less control, treated divided by control, or the probability that a random
        treated customer has more than a random one of the control group (ties count half).
    treated, control : object
        Names of the arms.
    treated_n, control_n : int
        Customers in the arms.
    treated_value, control_value : float
        Mean, rate, ratio or median of each arm, in the metric's unit; with CUPED the adjusted means.
    estimate, low, high : float
        The effect and its interval.
    level : float
        The confidence that the interval has.
    p_value : float
        Two-sided, of no effect.
    standard_error : float or None
        ``None`` where the method has none.
    statistic, df : float or None
        The test statistic, and its degrees of freedom (``None``: normal or chi-square with one).
    relative, relative_low, relative_high : float or None
        The effect as a fraction of the control group's value, delta method; ``None`` where that value is not clearly
        above 0.
    method : str
        ``"welch"``, ``"cuped"``, ``"newcombe"``, ``"wald"``, ``"prop_test"``, ``"delta"``, ``"rank_sum"``.
    left_out : int
        Rows of other arms or without an arm.
    capped, cap_low, cap_high : int, float or None
        How many values winsorising changed, and to what.
    theta, variance_reduction : float or None
        Of CUPED: the coefficient, and the share of the variance that it took away.
    cautions : tuple of str
        Codes of what to be careful about; `reading` says them.
    """

    metric: str
    kind: str
    scale: str
    treated: Any
    control: Any
    treated_n: int
    control_n: int
    treated_value: float
    control_value: float
    estimate: float
    low: float
    high: float
    level: float
    p_value: float
    method: str
    standard_error: float | None = None
    statistic: float | None = None
    df: float | None = None
    relative: float | None = None
    relative_low: float | None = None
    relative_high: float | None = None
    left_out: int = 0
    capped: int = 0
    cap_low: float | None = None
    cap_high: float | None = None
    theta: float | None = None
    variance_reduction: float | None = None
    cautions: tuple[str, ...] = ()

    @property
    def nothing(self) -> float:
        """What the estimate is where there is no effect: 0 of a difference, 1 of a ratio, 1/2 of superiority."""
        return {"difference": 0.0, "ratio": 1.0, "superiority": 0.5}[self.scale]

    def reading(self) -> str:
        """The result in words, in the reader's language."""
        percent = self.kind == "rate"
        form = (lambda value: format_percent(value, 2)) if percent else figure
        points = percent and self.scale == "difference"
        effect = (lambda value: figure(value * 100, 3)) if points else figure
        first = say(
            _FIRST[self.kind], metric=self.metric, treated=self.treated, control=self.control,
            treated_n=format_number(self.treated_n), control_n=format_number(self.control_n),
            treated_value=form(self.treated_value), control_value=form(self.control_value),
        )  # fmt: skip
        second = say(
            _SECOND["points" if points else self.scale], estimate=effect(self.estimate), low=effect(self.low),
            high=effect(self.high), level=format_percent(self.level, 0), p=p_words(self.p_value),
        )  # fmt: skip
        if self.low > self.nothing:
            third = say("The whole interval lies above “no effect”: the treatment raised it.")
        elif self.high < self.nothing:
            third = say("The whole interval lies below “no effect”: the treatment lowered it.")
        else:
            third = say("The interval holds “no effect”: that is possible, and so is every other value in it.")
        told = [first, second, third]
        if self.theta is not None and self.variance_reduction is not None:
            told.append(say("CUPED took away {share} of the variance.", share=format_percent(self.variance_reduction)))
        if self.cap_high is not None:
            told.append(say_count("Winsorised: {count} value was capped; the effect is on the capped outcome.",
                                  "Winsorised: {count} values were capped; the effect is on the capped outcome.",
                                  self.capped))  # fmt: skip
        return " ".join([*told, *(say(_CAUTIONS[code]) for code in self.cautions)])


def compare_means(
    table: Any,
    outcome: str,
    arm: str = "arm",
    *,
    control: Any = None,
    treated: Any = None,
    covariate: str | None = None,
    winsorise: float | None = None,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> EffectEstimate:
    """Compare the mean outcome of two arms: Welch's interval, with CUPED and winsorising where asked for.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    outcome : str
        Column of numbers, such as money in the campaign's window (0 for who bought nothing).
    arm : str
        Column of the arm. Rows without one are left out and counted.
    control, treated : optional
        Values of the two arms. By default the control group is False, 0, "control", "holdout", "none" or "untreated",
        and the treated are the only other arm.
    covariate : str, optional
        Column of numbers known before the assignment, for CUPED; the best is the same outcome of an earlier period.
    winsorise : float, optional
        Quantile of both arms together, 0.5 to 1: larger outcomes are set to it (of an outcome with negative values,
        smaller ones than 1 − quantile to that one as well). Declare it before you see the results.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    EffectEstimate
        In the outcome's unit.

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a value is missing or infinite, an arm is empty or has one customer,
        all values are equal, or the covariate is constant.

    References
    ----------
    Welch, B. L. (1947). The Generalization of “Student's” Problem. Biometrika 34, 28–35. Deng, A., Xu, Y., Kohavi, R.,
    Walker, T. (2013). Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data.
    WSDM 2013.

    Examples
    --------
    >>> import pandas as pd
    >>> extra = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    >>> sleep = pd.DataFrame({"drug": [1] * 10 + [2] * 10, "extra": extra})  # Student 1908: hours of sleep, two drugs
    >>> effect = compare_means(sleep, "extra", "drug", control=2)
    >>> round(effect.statistic, 4), round(effect.df, 3), round(effect.p_value, 4)
    (-1.8608, 17.776, 0.0794)
    >>> print(effect.reading())
    Mean of `extra`: 0.75 in “1” (n = 10), 2.33 in “2” (n = 10). Difference -1.58, 95% interval from -3.365 to 0.2055,
    p = 0.079. The interval holds “no effect”: that is possible, and so is every other value in it. Caution: an arm has
    fewer than 30 customers; of skewed amounts the interval is rough.
    """
    asked_by = "compare_means"
    sure = LEVEL.check(level)
    quantile = None if winsorise is None else WINSORISE.check(winsorise)
    wanted = [outcome, arm, *([covariate] if covariate else [])]
    numeric = [name for name in wanted if name != arm]
    frame, problems = read_columns(table, wanted, asked_by=asked_by, unit=customer, numeric=numeric)
    value = numbers(frame, outcome, problems)
    known = numbers(frame, covariate, problems) if covariate else None
    first, second, chosen, base = two_arms(frame, arm, control, treated, problems)
    if not problems:
        problems += _too_few(first, chosen) + _too_few(second, base)
    refuse(problems, asked_by=asked_by)
    both = first | second
    caps: tuple[float, float] | None = None
    capped = 0
    if quantile is not None:
        low = np.quantile(value[both], 1 - quantile) if (value[both] < 0).any() else -np.inf
        high = np.quantile(value[both], quantile)
        capped = int(((value[both] < low) | (value[both] > high)).sum())
        value, caps = np.clip(value, low, high), (float(low), float(high))
    theta, cut, cautions = None, None, []
    if known is not None:
        theta, cut, differs = _theta(value, known, first, second)
        if theta is None:
            what = say("The covariate `{name}` is the same for everybody.", name=covariate)
            refuse([Problem("constant", what, advice=say("Leave it out."), column=str(covariate))], asked_by=asked_by)
        else:
            value = value - theta * (known - known[both].mean())
        cautions += ["covariate_differs"] if differs else []
    return mean_effect(
        value[first], value[second], metric=outcome, treated=chosen, control=base, level=sure, asked_by=asked_by,
        method="welch" if known is None else "cuped", left_out=int((~both).sum()), theta=theta,
        variance_reduction=cut, capped=capped, cap_low=caps[0] if caps and np.isfinite(caps[0]) else None,
        cap_high=caps[1] if caps else None, cautions=tuple(cautions),
    )  # fmt: skip


def mean_effect(
    treated_values: np.ndarray, control_values: np.ndarray, *, metric: str, treated: Any, control: Any, level: float,
    asked_by: str, method: str = "welch", cautions: tuple[str, ...] = (), **more: Any,
) -> EffectEstimate:  # fmt: skip
    """Welch's comparison of two samples of at least two values each."""
    n1, n0 = len(treated_values), len(control_values)
    m1, m0 = float(treated_values.mean()), float(control_values.mean())
    v1, v0 = float(treated_values.var(ddof=1)) / n1, float(control_values.var(ddof=1)) / n0
    size = max(abs(m1), abs(m0), 1e-300)
    if v1 + v0 <= (1e-13 * size) ** 2:
        what = say("All values of `{name}` are equal within both arms.", name=metric)
        found = say("Without spread there is no measure of chance; the difference is {value}.", value=figure(m1 - m0))
        refuse([Problem("constant", what, found, column=metric)], asked_by=asked_by)
    se = float(np.sqrt(v1 + v0))
    df = (v1 + v0) ** 2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))
    t = (m1 - m0) / se
    from scipy.special import stdtr, stdtrit

    half = float(stdtrit(df, (1 + level) / 2)) * se
    notes = [*cautions]
    if min(n1, n0) < FEW_CUSTOMERS.default:
        notes.append("few_customers")
    if min(v1, v0) == 0:
        notes.append("constant_arm")
    relative = relative_effect(m1, v1, m0, v0, level)
    return EffectEstimate(
        metric, "mean", "difference", treated, control, n1, n0, m1, m0, m1 - m0, m1 - m0 - half, m1 - m0 + half, level,
        float(2 * stdtr(df, -abs(t))), method, se, t, float(df), **relative, cautions=tuple(notes), **more,
    )  # fmt: skip


def relative_effect(m1: float, v1: float, m0: float, v0: float, level: float) -> dict[str, Any]:
    """m₁/m₀ − 1 with a delta-method interval, where the control group's value is clearly above 0 (by 3 errors)."""
    if m0 <= 0 or m0 < 3 * np.sqrt(v0):
        return {}
    ratio = m1 / m0
    half = normal_quantile(level) * float(np.sqrt(v1 + ratio**2 * v0)) / m0
    return {"relative": ratio - 1, "relative_low": ratio - 1 - half, "relative_high": ratio - 1 + half}


def _too_few(mask: np.ndarray, name: Any) -> list[Problem]:
    count = int(mask.sum())
    if count >= 2:
        return []
    what = say_count("The arm “{name}” has {count} customer; a variance needs two.",
                     "The arm “{name}” has {count} customers; a variance needs two.", count, name=name)  # fmt: skip
    return [Problem("too_few", what)]


def _theta(
    value: np.ndarray, known: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[float | None, float | None, bool]:
    """CUPED's coefficient over both arms, the share of variance it takes away, and whether the arms differed before."""
    both = first | second
    x, y = known[both] - known[both].mean(), value[both] - value[both].mean()
    xx, yy, xy = (float(v) for v in ((x * x).sum(), (y * y).sum(), (x * y).sum()))
    if xx <= (1e-13 * max(float(np.abs(known[both]).max()), 1e-300)) ** 2 * len(x):
        return None, None, False
    theta = xy / xx
    before = [known[mask] for mask in (first, second)]
    spread = sum(float(part.var(ddof=1)) / len(part) for part in before)
    z = (before[0].mean() - before[1].mean()) / np.sqrt(spread) if spread > 0 else 0.0
    return theta, xy * xy / (xx * yy) if yy > 0 else 0.0, two_sided_p(float(z)) < 0.001
