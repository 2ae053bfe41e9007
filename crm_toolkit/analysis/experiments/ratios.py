"""A/B of ratios of sums, and of ranks.

Ratios of sums: revenue per order, minutes per contact. The lottery drew customers, the denominator counts something
that customers make, so rows are not independent and orders can't be compared as if they were. The delta method
(Deng, Knoblich and Lu 2018) takes the customer as the unit: with R = ΣN/ΣD,

    var(R) = (s²_N − 2·R·s_ND + R²·s²_D) / (n·D̄²).

A treatment that changes the denominator changes the ratio too: look at both sums as well.

Ranks: the probability that a random treated customer has more than a random one of the control group, ties counted
half; Wilcoxon's rank-sum test (normal approximation with ties and continuity correction, as R does with ties), interval
of DeLong, DeLong and Clarke-Pearson (1988). It asks who tends to have more, not how much more: money needs the mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.means import FEW_CUSTOMERS, EffectEstimate, relative_effect
from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    normal_quantile,
    numbers,
    read_columns,
    refuse,
    two_arms,
    two_sided_p,
)
from crm_toolkit.errors import Problem
from crm_toolkit.texts import say, say_count


def compare_ratios(
    table: Any,
    numerator: str,
    denominator: str,
    arm: str = "arm",
    *,
    control: Any = None,
    treated: Any = None,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> EffectEstimate:
    """Compare a ratio of two sums, such as revenue per order, with the customer as the unit (delta method).

    Parameters
    ----------
    table : frame, relation or path
        One row per customer, or several: they are added up by customer first.
    numerator, denominator : str
        Columns of numbers; the denominator 0 or more, such as the number of orders.
    arm : str
        Column of the arm, the same in all rows of a customer.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer: the unit of the lottery.

    Returns
    -------
    EffectEstimate
        In the unit of the numerator per unit of the denominator.

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a value is missing or infinite, a denominator is negative, a customer
        is in two arms or missing, or an arm is empty, has one customer or a denominator of 0.

    References
    ----------
    Deng, A., Knoblich, U., Lu, J. (2018). Applying the Delta Method in Metric Analytics. KDD 2018.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2, 3, 4, 5, 6, 6],
    ...         "arm": ["treated"] * 4 + ["control"] * 4,
    ...         "amount": [10, 20, 30, 40, 10, 10, 20, 10],
    ...         "orders": 1,
    ...     }
    ... )
    >>> effect = compare_ratios(table, "amount", "orders")
    >>> effect.treated_value, effect.control_value, effect.treated_n, round(effect.standard_error, 3)
    (25.0, 12.5, 3, 8.028)
    """
    asked_by = "compare_ratios"
    sure = LEVEL.check(level)
    wanted = [customer, arm, numerator, denominator]
    frame, problems = read_columns(table, wanted, asked_by=asked_by, numeric=[numerator, denominator])
    top, bottom = (numbers(frame, name, problems) for name in (numerator, denominator))
    negative = int((bottom < 0).sum())
    if negative:
        what = say_count("{count} value of `{name}` is below 0.", "{count} values of `{name}` are below 0.", negative,
                         name=denominator)  # fmt: skip
        problems.append(Problem("negative", what, column=denominator))
    first, second, chosen, base = two_arms(frame, arm, control, treated, problems)
    codes, people = pd.factorize(frame[customer])
    nobody = int(((codes < 0) & (first | second)).sum())
    if nobody:
        what = say_count("{count} line has no customer.", "{count} lines have no customer.", nobody)
        problems.append(Problem("no_customer", what, column=customer))
    codes = np.where(codes < 0, len(people), codes)
    sides: list[tuple[Any, Any, Any]] = []
    for mask in (first, second):
        counted = np.bincount(codes[mask], minlength=len(people) + 1)
        sums = [np.bincount(codes[mask], weights=part[mask], minlength=len(people) + 1) for part in (top, bottom)]
        sides.append((counted > 0, sums[0], sums[1]))
    twice = int((sides[0][0] & sides[1][0]).sum())
    if twice and not nobody:
        what = say_count("{count} customer is in both arms.", "{count} customers are in both arms.", twice)
        problems.append(Problem("both_arms", what, column=arm))
    if not problems:
        for (there, _, bottoms), name in zip(sides, (chosen, base), strict=True):
            if there.sum() < 2:
                what = say_count("The arm “{name}” has {count} customer; a variance needs two.",
                                 "The arm “{name}” has {count} customers; a variance needs two.", int(there.sum()),
                                 name=name)  # fmt: skip
                problems.append(Problem("too_few", what))
            elif not bottoms.sum():
                what = say("In the arm “{name}” the sum of `{column}` is 0.", name=name, column=denominator)
                problems.append(Problem("no_ratio", what, column=denominator))
    refuse(problems, asked_by=asked_by)
    (r1, v1, n1), (r0, v0, n0) = (_ratio(n[there], d[there]) for there, n, d in sides)
    se = float(np.sqrt(v1 + v0))
    if se <= 1e-13 * max(abs(r1), abs(r0), 1e-300):
        what = say("All values of `{name}` are equal within both arms.", name=f"{numerator} / {denominator}")
        refuse([Problem("constant", what, column=numerator)], asked_by=asked_by)
    half = normal_quantile(sure) * se
    cautions = ("few_customers",) if min(n1, n0) < FEW_CUSTOMERS.default else ()
    return EffectEstimate(
        f"{numerator} / {denominator}", "ratio", "difference", chosen, base, n1, n0, r1, r0, r1 - r0, r1 - r0 - half,
        r1 - r0 + half, sure, two_sided_p((r1 - r0) / se), "delta", se, (r1 - r0) / se, None,
        **relative_effect(r1, v1, r0, v0, sure), left_out=int((~(first | second)).sum()), cautions=cautions,
    )  # fmt: skip


def _ratio(top: np.ndarray, bottom: np.ndarray) -> tuple[float, float, int]:
    """The ratio of the sums, its variance, and how many customers."""
    count, ratio = len(top), float(top.sum() / bottom.sum())
    rest = (top - top.mean()) - ratio * (bottom - bottom.mean())
    return ratio, float((rest * rest).sum() / (count - 1) / count / bottom.mean() ** 2), count


def compare_ranks(
    table: Any,
    outcome: str,
    arm: str = "arm",
    *,
    control: Any = None,
    treated: Any = None,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> EffectEstimate:
    """Compare two arms by ranks: who tends to have more (Wilcoxon, Mann–Whitney).

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    outcome : str
        Column of numbers; only their order counts.
    arm : str
        Column of the arm. Rows without one are left out and counted.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    EffectEstimate
        ``estimate`` is the probability that a random treated customer has more than a random one of the control group,
        ties counted half; ``statistic`` is R's W; the interval is held within 0 and 1.

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a value is missing or infinite, an arm is empty or has one customer,
        or all values are equal.

    Examples
    --------
    >>> import pandas as pd
    >>> extra = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    >>> sleep = pd.DataFrame({"drug": [1] * 10 + [2] * 10, "extra": extra})
    >>> effect = compare_ranks(sleep, "extra", "drug", control=2)
    >>> effect.statistic, round(effect.p_value, 5), effect.estimate
    (25.5, 0.06933, 0.255)
    """
    asked_by = "compare_ranks"
    sure = LEVEL.check(level)
    frame, problems = read_columns(table, [outcome, arm], asked_by=asked_by, unit=customer, numeric=[outcome])
    value = numbers(frame, outcome, problems)
    first, second, chosen, base = two_arms(frame, arm, control, treated, problems)
    one, other = np.sort(value[first]), np.sort(value[second])
    if not problems:
        for part, name in ((one, chosen), (other, base)):
            if len(part) < 2:
                what = say_count("The arm “{name}” has {count} customer; a variance needs two.",
                                 "The arm “{name}” has {count} customers; a variance needs two.", len(part),
                                 name=name)  # fmt: skip
                problems.append(Problem("too_few", what))
        if not problems and max(one[-1], other[-1]) == min(one[0], other[0]):
            problems.append(Problem("constant", say("All values of `{name}` are equal.", name=outcome), column=outcome))
    refuse(problems, asked_by=asked_by)
    n1, n0 = len(one), len(other)
    above = (np.searchsorted(other, one, "left") + np.searchsorted(other, one, "right")) / 2 / n0
    below = 1 - (np.searchsorted(one, other, "left") + np.searchsorted(one, other, "right")) / 2 / n1
    share = float(above.mean())
    w, size = share * n1 * n0, n1 + n0
    ties = np.unique(np.concatenate([one, other]), return_counts=True)[1].astype("float64")
    spread = n1 * n0 / 12 * (size + 1 - float((ties**3 - ties).sum()) / (size * (size - 1)))
    away = w - n1 * n0 / 2
    z = (away - np.sign(away) * 0.5) / np.sqrt(spread)
    se = float(np.sqrt(above.var(ddof=1) / n1 + below.var(ddof=1) / n0))
    half = normal_quantile(sure) * se
    cautions = ("few_customers",) if min(n1, n0) < FEW_CUSTOMERS.default else ()
    return EffectEstimate(
        outcome, "superiority", "superiority", chosen, base, n1, n0, float(np.median(one)), float(np.median(other)),
        share, max(share - half, 0.0), min(share + half, 1.0), sure, two_sided_p(float(z)), "rank_sum", se, float(w),
        left_out=int((~(first | second)).sum()), cautions=cautions,
    )  # fmt: skip
