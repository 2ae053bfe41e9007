"""The effect of a treatment that was not given by a fair lottery, where the chances are known.

A campaign aimed at good customers reaches those who would have bought anyhow: treated and untreated differ before the
treatment, and the plain difference of means counts that as effect. If for every customer the probability e of being
treated is known (the propensity: the firm's own rule, exported with the assignment) and lies strictly between 0 and 1,
weights undo the choice (Horvitz and Thompson 1952; Rosenbaum and Rubin 1983): a treated customer stands for 1/e
customers, an untreated one for 1/(1−e). With sums over n customers,

    Horvitz–Thompson:  Σ( T·y/e − (1−T)·y/(1−e) ) / n
    Hájek:             Σ(T·y/e)/Σ(T/e) − Σ((1−T)·y/(1−e))/Σ((1−T)/(1−e)).

The first has no bias at all, the second nearly none and usually a much smaller variance, above all of money; it is the
default. Intervals are normal, from the influence function of the estimate, with propensities taken as known.

What weights can't do: they remove what the recorded propensity knows. If the choice also looked at something that is
in no column, the bias stays. And customers with e close to 0 or 1 carry huge weights: look at `overlap_table` first, at
the effective numbers of customers (Σw)²/Σw², and at `balance_table` after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    normal_quantile,
    numbers,
    p_words,
    probabilities,
    read_columns,
    refuse,
    treated_flag,
    two_sided_p,
)
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

IMBALANCE = Knob("imbalance", 0.1, 0.01, 1.0, 0.01, mark("Standardised difference that counts as imbalance"),
                 origin="convention", reference="Austin 2009")  # fmt: skip
FEW_EFFECTIVE = 30
_ESTIMANDS = {"all": mark("mean over all customers"), "treated": mark("mean over the treated customers")}


@dataclass(frozen=True)
class WeightedEffect:
    """An effect by inverse propensity weights, beside the plain difference.

    Parameters
    ----------
    metric : str
        The outcome's column.
    estimate, low, high, level, p_value, standard_error : float
        The effect in the outcome's unit, its interval and the p-value of no effect.
    naive : float
        The plain difference of means: what a reader who does not know of the choice would believe.
    treated_value, control_value : float
        Weighted means.
    treated_n, control_n : int
        Customers counted.
    treated_effective, control_effective : float
        To how many equally weighted customers they are worth, (Σw)²/Σw².
    propensity_low, propensity_high : float
        Smallest and largest propensity counted.
    trimmed : int
        Customers left out because their propensity lies outside ``trim``.
    estimator, estimand : str
    """

    metric: str
    estimate: float
    low: float
    high: float
    level: float
    p_value: float
    standard_error: float
    naive: float
    treated_value: float
    control_value: float
    treated_n: int
    control_n: int
    treated_effective: float
    control_effective: float
    propensity_low: float
    propensity_high: float
    trimmed: int
    estimator: str
    estimand: str

    def reading(self) -> str:
        """The result in words, in the reader's language."""
        told = [
            say("Effect on `{metric}`, {whom}: {estimate}, {level} interval from {low} to {high}, {p}; the plain "
                "difference of means is {naive}.", metric=self.metric, whom=say(_ESTIMANDS[self.estimand]),
                estimate=figure(self.estimate), level=format_percent(self.level, 0), low=figure(self.low),
                high=figure(self.high), p=p_words(self.p_value), naive=figure(self.naive)),
            say("{treated} treated are worth {treated_effective}, {control} untreated {control_effective} equally "
                "weighted ones.", treated=format_number(self.treated_n), control=format_number(self.control_n),
                treated_effective=figure(self.treated_effective, 3),
                control_effective=figure(self.control_effective, 3)),
        ]  # fmt: skip
        if self.trimmed:
            told.append(say_count("{count} customer outside the common range was left out: the effect is that of the "
                                  "others.", "{count} customers outside the common range were left out: the effect is "
                                  "that of the others.", self.trimmed))  # fmt: skip
        if min(self.treated_effective, self.control_effective) < FEW_EFFECTIVE:
            told.append(say("Caution: a few customers with large weights rule the result."))
        return " ".join(told)


def weighted_effect(
    table: Any,
    outcome: str,
    treated: str = "treated",
    propensity: str = "propensity",
    *,
    estimator: str = "hajek",
    estimand: str = "all",
    trim: tuple[float, float] | None = None,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> WeightedEffect:
    """Estimate an effect from customers who were chosen with known probabilities.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer who could have been chosen.
    outcome : str
        Column of numbers.
    treated : str
        Column of 0 and 1, of flags, or of an arm with a control group (such as "treated" and "holdout").
    propensity : str
        Column of the probability of being treated, above 0 and below 1.
    estimator : {"hajek", "horvitz_thompson"}
        Weights divided by their sum, or by the number of customers.
    estimand : {"all", "treated"}
        The mean effect on all customers of the table, or on those who were treated (untreated weigh e/(1−e)).
    trim : (float, float), optional
        Keep propensities within these bounds only, such as (0.05, 0.95). This changes whom the effect is about.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    WeightedEffect

    Raises
    ------
    InputError
        If a column is missing or wrong, a propensity is not between 0 and 1, a group is empty or has one customer, or
        an option is unknown.

    References
    ----------
    Horvitz, D. G., Thompson, D. J. (1952). A Generalization of Sampling Without Replacement From a Finite Universe.
    JASA 47, 663–685. Rosenbaum, P. R., Rubin, D. B. (1983). The Central Role of the Propensity Score in Observational
    Studies for Causal Effects. Biometrika 70, 41–55. Hájek, J. (1971). Comment. Foundations of Statistical Inference.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(  # good customers spend 20, others 10; the mail adds 1 and went to 3 in 4 of the good
    ...     {
    ...         "treated": [1, 1, 1, 0, 1, 0, 0, 0] * 10,
    ...         "propensity": [0.75] * 40 + [0.25] * 40,
    ...         "spend": [21, 21, 21, 20] * 10 + [11, 10, 10, 10] * 10,
    ...     }
    ... ).assign(treated=[1, 1, 1, 0] * 10 + [1, 0, 0, 0] * 10)
    >>> effect = weighted_effect(table, "spend")
    >>> effect.naive, round(effect.estimate, 6)
    (6.0, 1.0)
    """
    asked_by = "weighted_effect"
    require_choice("estimator", estimator, ("hajek", "horvitz_thompson"))
    require_choice("estimand", estimand, tuple(_ESTIMANDS))
    sure = LEVEL.check(level)
    wanted = [outcome, treated, propensity]
    frame, problems = read_columns(table, wanted, asked_by=asked_by, unit=customer, numeric=[outcome, propensity])
    y, t = numbers(frame, outcome, problems), treated_flag(frame, treated, problems)
    e = probabilities(frame, propensity, problems)
    kept = np.ones(len(y), dtype=bool)
    if trim is not None:
        low, high = _bounds(trim, problems)
        kept = (e >= low) & (e <= high)
    y, t, e = y[kept], t[kept], e[kept]
    n1, n0 = int(t.sum()), int((1 - t).sum())
    if not problems:
        for count, name in ((n1, say("treated")), (n0, say("untreated"))):
            if count < 2:
                what = say_count("The arm “{name}” has {count} customer; a variance needs two.",
                                 "The arm “{name}” has {count} customers; a variance needs two.", count,
                                 name=name)  # fmt: skip
                problems.append(Problem("too_few", what, column=treated))
    refuse(problems, asked_by=asked_by)
    w1, w0 = (t / e, (1 - t) / (1 - e)) if estimand == "all" else (t, (1 - t) * e / (1 - e))
    size = float(len(y) if estimand == "all" else n1)
    if estimator == "hajek":
        m1, m0 = float((w1 * y).sum() / w1.sum()), float((w0 * y).sum() / w0.sum())
        influence = len(y) * (w1 * (y - m1) / w1.sum() - w0 * (y - m0) / w0.sum())
    else:
        m1, m0 = float((w1 * y).sum() / size), float((w0 * y).sum() / size)
        influence = (w1 * y - w0 * y) * len(y) / size
        influence = influence - (m1 - m0) * (1 if estimand == "all" else t * len(y) / size)
    se = float(np.sqrt((influence * influence).sum()) / len(y))
    if se <= 1e-13 * max(float(np.abs(y).max()), 1e-300):
        what = say("All values of `{name}` are equal within both arms.", name=outcome)
        refuse([Problem("constant", what, column=outcome)], asked_by=asked_by)
    half = normal_quantile(sure) * se
    naive = float(y[t == 1].mean() - y[t == 0].mean())
    return WeightedEffect(
        outcome, m1 - m0, m1 - m0 - half, m1 - m0 + half, sure, two_sided_p((m1 - m0) / se), se, naive, m1, m0, n1, n0,
        float(w1.sum() ** 2 / (w1 * w1).sum()), float(w0.sum() ** 2 / (w0 * w0).sum()), float(e.min()), float(e.max()),
        int((~kept).sum()), estimator, estimand,
    )  # fmt: skip


def overlap_table(
    table: Any, treated: str = "treated", propensity: str = "propensity", *, bins: int = 10,
    customer: str = "customer_id",
) -> pd.DataFrame:  # fmt: skip
    """Count treated and untreated by classes of propensity: is there somebody to compare with everywhere?

    Parameters
    ----------
    table : frame, relation or path
        One row per customer who could have been chosen.
    treated, propensity : str
        As in `weighted_effect`.
    bins : int
        Classes of equal width between 0 and 1, 2 to 100.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    pandas.DataFrame
        One row per class, also an empty one: ``low``, ``high`` (propensity from, below), ``customers``, ``treated``,
        ``untreated``, ``expected_treated`` (sum of propensities) and ``z`` (treated less expected in standard errors;
        beyond ±3 the propensities are not the chances; missing where the class is empty).

    Raises
    ------
    InputError
        If a column is missing or wrong, a propensity is not between 0 and 1, or a group is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"treated": [1, 0, 0, 1, 1, 0], "propensity": [0.2, 0.2, 0.3, 0.7, 0.8, 0.8]})
    >>> print(overlap_table(table, bins=2).round(2).to_string(index=False))
    low  high  customers  treated  untreated  expected_treated    z
    0.0   0.5          3        1          2               0.7 0.41
    0.5   1.0          3        2          1               2.3 -0.41
    """
    asked_by = "overlap_table"
    count = int(_BINS.check(bins))
    frame, problems = read_columns(table, [treated, propensity], asked_by=asked_by, unit=customer, numeric=[propensity])
    t, e = treated_flag(frame, treated, problems), probabilities(frame, propensity, problems)
    refuse(problems, asked_by=asked_by)
    place = np.minimum((e * count).astype(int), count - 1)
    people, chosen, expected, spread = (
        np.bincount(place, weights=weight, minlength=count) for weight in (np.ones(len(e)), t, e, e * (1 - e))
    )
    z = np.divide(chosen - expected, np.sqrt(spread), out=np.full(count, np.nan), where=spread > 0)
    return pd.DataFrame(
        {
            "low": np.arange(count) / count,
            "high": (np.arange(count) + 1) / count,
            "customers": people.astype("int64"),
            "treated": chosen.astype("int64"),
            "untreated": (people - chosen).astype("int64"),
            "expected_treated": expected,
            "z": z,
        }
    )


_BINS = Knob("bins", 10, 2, 100, 1, mark("Number of groups"), origin="convention", reference="deciles")


def balance_table(
    table: Any,
    covariates: Sequence[str],
    treated: str = "treated",
    propensity: str | None = None,
    *,
    threshold: float = IMBALANCE.default,
    customer: str = "customer_id",
) -> pd.DataFrame:
    """Compare treated and untreated before the treatment, as they are and as they are weighted.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer.
    covariates : sequence of str
        Columns of numbers known before the assignment.
    treated : str
        As in `weighted_effect`.
    propensity : str, optional
        Column of the propensity; without it only the plain comparison is made.
    threshold : float
        Absolute standardised difference that counts as imbalance.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    pandas.DataFrame
        One row per covariate: ``covariate``, ``treated_mean``, ``control_mean``, ``difference`` (standardised by
        √((s₁²+s₀²)/2) of the unweighted groups, variances with the divisor n; missing where a covariate has no
        spread), and with a propensity ``weighted_treated_mean``, ``weighted_control_mean``, ``weighted_difference``
        (the same divisor); ``imbalanced`` (of the last difference of the row; False where it is missing).

    Raises
    ------
    InputError
        If a column is missing or wrong, a group is empty, or no covariate is named.

    References
    ----------
    Austin, P. C. (2009). Balance Diagnostics for Comparing the Distribution of Baseline Covariates Between Treatment
    Groups in Propensity-Score Matched Samples. Statistics in Medicine 28, 3083–3107.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "treated": [1, 1, 1, 0] * 10 + [1, 0, 0, 0] * 10,
    ...         "propensity": [0.75] * 40 + [0.25] * 40,
    ...         "orders": [4] * 40 + [2] * 40,
    ...     }
    ... )
    >>> found = balance_table(table, ["orders"], propensity="propensity").round(2)
    >>> print(found[["treated_mean", "control_mean", "difference", "imbalanced"]].to_string(index=False))
    treated_mean  control_mean  difference  imbalanced
             3.5           2.5        1.15       False
    """
    asked_by = "balance_table"
    border = IMBALANCE.check(threshold)
    names = [covariates] if isinstance(covariates, str) else list(dict.fromkeys(covariates))
    wanted = [*names, treated, *([propensity] if propensity else [])]
    numeric = [name for name in wanted if name != treated]
    frame, problems = read_columns(table, wanted, asked_by=asked_by, unit=customer, numeric=numeric)
    if not names:
        problems.append(Problem("empty", say("Name one or more covariates."), column="covariates"))
    t = treated_flag(frame, treated, problems)
    e = probabilities(frame, propensity, problems) if propensity else None
    values = {name: numbers(frame, name, problems) for name in names}
    refuse(problems, asked_by=asked_by)
    one, other = t == 1, t == 0
    rows = []
    for name, x in values.items():
        spread = float(np.sqrt((x[one].var() + x[other].var()) / 2))
        flat = spread <= 1e-12 * max(float(np.abs(x).max()), 1e-300)
        row: dict[str, Any] = {"covariate": name, **_difference(x, one * 1.0, other * 1.0, spread, flat, "")}
        if e is not None:
            row |= _difference(x, t / e, (1 - t) / (1 - e), spread, flat, "weighted_")
        last = row["weighted_difference" if e is not None else "difference"]
        rows.append({**row, "imbalanced": bool(abs(last) > border)})
    return pd.DataFrame(rows)


def _difference(
    x: np.ndarray, w1: np.ndarray, w0: np.ndarray, spread: float, flat: bool, prefix: str
) -> dict[str, float]:
    m1, m0 = float((w1 * x).sum() / w1.sum()), float((w0 * x).sum() / w0.sum())
    return {
        f"{prefix}treated_mean": m1,
        f"{prefix}control_mean": m0,
        f"{prefix}difference": float("nan") if flat else (m1 - m0) / spread,
    }


def _bounds(trim: Any, problems: list[Problem]) -> tuple[float, float]:
    try:
        low, high = (float(bound) for bound in trim)
    except (TypeError, ValueError):
        low, high = 1.0, 0.0
    if not 0 <= low < high <= 1:
        what = say("`{name}` must be two numbers in ascending order, from {low} to {high}.", name="trim", low=0, high=1)
        problems.append(Problem("outside_range", what, column="trim"))
        return 0.0, 1.0
    return low, high
