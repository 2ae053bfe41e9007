"""A/B of shares.

Shares: each customer did it or did not. The interval of the difference is Newcombe's (1998, method 10): Wilson's limits
l, u of both shares, put together as

    low = d − √((p₁−l₁)² + (u₀−p₀)²),   high = d + √((u₁−p₁)² + (p₀−l₀)²),

which stays within −1 and 1 and holds also where nobody or everybody did it; its p is that of the chi-square test
without correction. R's ``prop.test`` is there by its own convention, ``method="prop_test"``: Yates' continuity
correction in the test and in the interval (wider, and too careful); ``"wald"`` is the same without the correction. The
interval of the ratio p₁/p₀ puts Wilson's limits together likewise (Donner and Zou 2012, MOVER).

Ratios of sums and ranks: `experiment_ratios`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.analysis.experiments.means import EffectEstimate, relative_effect
from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    normal_quantile,
    numbers,
    read_columns,
    refuse,
    refuse_numbers,
    two_arms,
    two_sided_p,
)
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import Problem
from crm_toolkit.texts import say

RATE_METHODS = ("newcombe", "wald", "prop_test")


def compare_rates(
    table: Any,
    outcome: str,
    arm: str = "arm",
    *,
    control: Any = None,
    treated: Any = None,
    scale: str = "difference",
    method: str = "newcombe",
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> EffectEstimate:
    """Compare the shares of two arms that did something.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    outcome : str
        Column of 0 and 1, or of flags.
    arm : str
        Column of the arm. Rows without one are left out and counted.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    scale : {"difference", "ratio"}
        Treated less control, or treated divided by control.
    method : {"newcombe", "wald", "prop_test"}
        Interval and test of a difference; a ratio has Wilson's limits put together, whatever is said here.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    EffectEstimate
        Fractions.

    Raises
    ------
    InputError
        If a column is missing, the outcome is not 0 or 1, an arm is empty, an option is unknown, or a ratio is asked
        for where nobody of the control group did it.

    Examples
    --------
    >>> import pandas as pd
    >>> bought = [1] * 25 + [0] * 25 + [1] * 15 + [0] * 35
    >>> table = pd.DataFrame({"arm": ["control"] * 50 + ["mail"] * 50, "bought": bought})
    >>> effect = compare_rates(table, "bought")
    >>> round(effect.estimate, 2), round(effect.low, 3), round(effect.high, 3), round(effect.p_value, 4)
    (-0.2, -0.372, -0.008, 0.0412)
    >>> effect = compare_rates(table, "bought", method="prop_test")
    >>> round(effect.statistic, 3), round(effect.p_value, 4), round(effect.low, 3), round(effect.high, 3)
    (3.375, 0.0662, -0.408, 0.008)
    """
    asked_by = "compare_rates"
    require_choice("scale", scale, ("difference", "ratio"))
    require_choice("method", method, RATE_METHODS)
    sure = LEVEL.check(level)
    frame, problems = read_columns(table, [outcome, arm], asked_by=asked_by, unit=customer, numeric=[outcome])
    value = numbers(frame, outcome, problems, binary=True)
    first, second, chosen, base = two_arms(frame, arm, control, treated, problems)
    refuse(problems, asked_by=asked_by)
    counts = [int(value[first].sum()), int(first.sum()), int(value[second].sum()), int(second.sum())]
    return rate_effect(
        *counts, metric=outcome, treated=chosen, control=base, scale=scale, method=method, level=sure,
        asked_by=asked_by, left_out=int((~(first | second)).sum()),
    )  # fmt: skip


def compare_rate_counts(
    treated_successes: int,
    treated_n: int,
    control_successes: int,
    control_n: int,
    *,
    metric: str = "rate",
    scale: str = "difference",
    method: str = "newcombe",
    level: float = LEVEL.default,
) -> EffectEstimate:
    """Compare two shares of which only the counts are known, such as from a report.

    Parameters
    ----------
    treated_successes, treated_n, control_successes, control_n : int
        How many did it, of how many.
    metric : str
        A name for the sentence.
    scale, method, level
        As in `compare_rates`.

    Returns
    -------
    EffectEstimate

    Raises
    ------
    InputError
        If a count is not whole, negative or larger than its group, a group is empty, or an option is unknown.

    Examples
    --------
    >>> print(compare_rate_counts(60, 400, 36, 400, metric="came back").reading())
    Share of `came back`: 15.00% in “treated” (n = 400), 9.00% in “control” (n = 400). Difference 6 percentage points,
    95% interval from 1.49 to 10.5, p = 0.009. The whole interval lies above “no effect”: the treatment raised it.
    """
    asked_by = "compare_rate_counts"
    require_choice("scale", scale, ("difference", "ratio"))
    require_choice("method", method, RATE_METHODS)
    sure = LEVEL.check(level)
    counts = {"treated_successes": treated_successes, "treated_n": treated_n, "control_successes": control_successes,
              "control_n": control_n}  # fmt: skip
    problems = []
    for name, count in counts.items():
        whole = not isinstance(count, (bool, str)) and isinstance(count, (int, float, np.integer, np.floating))
        if not (whole and np.isfinite(count) and count >= 0 and count == int(count)):
            what = say("`{name}` must be a whole number from 0, not {value}.", name=name, value=repr(count))
            problems.append(Problem("outside_range", what, column=name))
    if not problems:
        for group in ("treated", "control"):
            if not counts[f"{group}_n"]:
                what = say("The group “{name}” is empty.", name=group)
                problems.append(Problem(f"empty_{group}", what, column=f"{group}_n"))
            elif counts[f"{group}_successes"] > counts[f"{group}_n"]:
                what = say("`{name}` is larger than its group.", name=f"{group}_successes")
                problems.append(Problem("outside_range", what, column=f"{group}_successes"))
    refuse_numbers(problems, asked_by=asked_by)
    return rate_effect(
        *(int(count) for count in counts.values()), metric=metric, treated="treated", control="control", scale=scale,
        method=method, level=sure, asked_by=asked_by,
    )  # fmt: skip


def rate_effect(
    x1: int, n1: int, x0: int, n0: int, *, metric: str, treated: Any, control: Any, level: float, asked_by: str,
    scale: str = "difference", method: str = "newcombe", left_out: int = 0,
) -> EffectEstimate:  # fmt: skip
    """Compare x₁ of n₁ with x₀ of n₀."""
    p1, p0 = x1 / n1, x0 / n0
    v1, v0 = p1 * (1 - p1) / n1, p0 * (1 - p0) / n0
    whole = (x1 + x0) / (n1 + n0)
    pooled = whole * (1 - whole) * (1 / n1 + 1 / n0)
    cautions = ("rare",) if min(x1, n1 - x1, x0, n0 - x0) < 5 else ()
    yates = min(0.5, abs(p1 - p0) / (1 / n1 + 1 / n0)) if method == "prop_test" and scale == "difference" else 0.0
    short = max(abs(p1 - p0) - yates * (1 / n1 + 1 / n0), 0.0)
    chi2 = short**2 / pooled if pooled > 0 else 0.0
    p = two_sided_p(np.sqrt(chi2))
    l1, u1, l0, u0 = wilson_limits(x1, n1, x0, n0, level)
    used = method
    if scale == "ratio":
        if not x0:
            what = say("Nobody of the control group did it: a ratio to 0 does not exist.")
            refuse([Problem("no_ratio", what, advice=say("Ask for the difference."), column=metric)],
                   asked_by=asked_by)  # fmt: skip
        estimate, used = p1 / p0, "newcombe"
        product = p1 * p0
        a, b = l1 * (2 * p1 - l1), u0 * (2 * p0 - u0)
        low = a / (product + np.sqrt(max(product**2 - a * b, 0.0))) if a else 0.0
        a, b = u1 * (2 * p1 - u1), l0 * (2 * p0 - l0)
        high = (product + np.sqrt(max(product**2 - a * b, 0.0))) / b
    else:
        estimate = p1 - p0
        if method == "newcombe":
            low = estimate - np.sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2)
            high = estimate + np.sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2)
        else:
            half = normal_quantile(level) * np.sqrt(v1 + v0) + yates * (1 / n1 + 1 / n0)
            low, high = max(estimate - half, -1.0), min(estimate + half, 1.0)
    return EffectEstimate(
        metric, "rate", scale, treated, control, n1, n0, p1, p0, float(estimate), float(low), float(high), level, p,
        used, float(np.sqrt(v1 + v0)) if scale == "difference" else None, float(chi2), None,
        **relative_effect(p1, v1, p0, v0, level), left_out=left_out, cautions=cautions,
    )  # fmt: skip


def wilson_limits(x1: float, n1: float, x0: float, n0: float, level: float) -> tuple[float, float, float, float]:
    """Wilson's limits of two shares: l₁, u₁, l₀, u₀."""
    low, high = wilson_interval(np.array([x1, x0], dtype=float), np.array([n1, n0], dtype=float), level)
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])
