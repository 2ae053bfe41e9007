"""An experiment as a whole: was the lottery right, and several arms at once.

Sample ratio mismatch. If the plan was half and half and the table has 5,300 against 4,700, something lost customers of
one arm on the way, and the rest is no longer comparable. The chi-square test of the counts against the plan is looked
at before any effect; by convention (Fabijan and others 2019) p below 0.001 means: find the cause, do not read on.

Several arms. Every arm is compared with the control group. Each single interval errs in 5 %, so of many one errs
easily; Holm's (1979) p-values keep the chance of any false alarm at 5 %: the smallest of m is multiplied by m, the next
by m − 1, …, never falling. ``low_joint`` and ``high_joint`` are Bonferroni's intervals, which hold all at once.

Groups of customers within an experiment: `experiment_groups`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.means import EffectEstimate, mean_effect
from crm_toolkit.analysis.experiments.rates import rate_effect
from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    arm_codes,
    control_of,
    figure,
    numbers,
    p_words,
    read_columns,
    refuse,
    refuse_numbers,
)
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say, say_count

MISMATCH = Knob("threshold", 0.001, 1e-6, 0.05, 0.001, mark("p below which the arms' sizes contradict the plan"),
                origin="convention", reference="Fabijan and others 2019")  # fmt: skip
KINDS = ("mean", "rate")


@dataclass(frozen=True, eq=False)
class SampleRatio:
    """Sizes of the arms beside the plan.

    Parameters
    ----------
    arms : pandas.DataFrame
        ``arm``, ``customers``, ``expected`` (customers by the plan), ``share``, ``planned`` (fractions).
    statistic, df, p_value : float
        Chi-square of the counts against the plan.
    mismatch : bool
        Whether p lies below ``threshold``.
    threshold : float
    left_out : int
        Rows without an arm.
    """

    arms: pd.DataFrame
    statistic: float
    df: int
    p_value: float
    mismatch: bool
    threshold: float
    left_out: int

    def reading(self) -> str:
        """The check in words, in the reader's language."""
        parts = [say("“{arm}” {customers} of {expected} expected", arm=row.arm, customers=format_number(row.customers),
                     expected=figure(row.expected)) for row in _rows(self.arms)]  # fmt: skip
        told = say("Sizes of the arms: {parts}; {p}.", parts=join_names(parts), p=p_words(self.p_value))
        if self.mismatch:
            return told + " " + say("The sizes contradict the plan: find out who is missing before reading any effect.")
        return told + " " + say("The sizes agree with the plan.")


@dataclass(frozen=True, eq=False)
class ArmComparison:
    """Every arm against the control group.

    Parameters
    ----------
    effects : tuple of EffectEstimate
        One per arm.
    table : pandas.DataFrame
        ``arm``, ``customers``, ``value``, ``estimate``, ``low``, ``high`` (each by itself), ``low_joint``,
        ``high_joint`` (all at once), ``p_value``, ``p_holm``, ``differs`` (whether p_holm lies below 1 − level).
    control : object
    level : float
    """

    effects: tuple[EffectEstimate, ...]
    table: pd.DataFrame
    control: Any
    level: float

    def reading(self) -> str:
        """The comparison in words, in the reader's language."""
        found = [row.arm for row in _rows(self.table) if row.differs]
        told = say_count("{count} arm against “{control}”, Holm's p-values at {level}.",
                         "{count} arms against “{control}”, Holm's p-values at {level}.", len(self.table),
                         control=self.control, level=format_percent(self.level, 0))  # fmt: skip
        if not found:
            return told + " " + say("None differs from the control group beyond chance.")
        return told + " " + say("Beyond chance differ: {names}.", names=join_names(found))


def sample_ratio_check(
    table: Any, arm: str = "arm", *, planned: Mapping[Any, float] | None = None, threshold: float = MISMATCH.default,
    customer: str = "customer_id",
) -> SampleRatio:  # fmt: skip
    """Check that the arms are as large as planned (sample ratio mismatch).

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    arm : str
        Column of the arm. Rows without one are left out and counted.
    planned : mapping, optional
        Share or weight of each arm, such as ``{"treated": 0.9, "holdout": 0.1}``; by default all equal.
    threshold : float
        p below which the check speaks of a mismatch.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    SampleRatio

    Raises
    ------
    InputError
        If the column is missing, there are not two arms, an arm was not planned, or a planned share is not above 0.

    References
    ----------
    Fabijan, A. and others (2019). Diagnosing Sample Ratio Mismatch in Online Controlled Experiments. KDD 2019.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"arm": ["a"] * 530 + ["b"] * 470})
    >>> check = sample_ratio_check(table)
    >>> round(check.statistic, 2), round(check.p_value, 4), check.mismatch
    (3.6, 0.0578, False)
    """
    asked_by = "sample_ratio_check"
    border = MISMATCH.check(threshold)
    frame, problems = read_columns(table, [arm], asked_by=asked_by, unit=customer)
    codes, names = arm_codes(frame, arm)
    counts = dict(zip(names, np.bincount(codes[codes >= 0], minlength=len(names)).tolist(), strict=True))
    plan = dict.fromkeys(names, 1.0) if planned is None else dict(planned)
    stray = [name for name in names if name not in plan]
    if stray:
        what = say("Arms that were not planned: {names}.", names=join_names(map(repr, stray)))
        problems.append(Problem("not_planned", what, column=arm))
    for name, share in plan.items():
        sound = not isinstance(share, (bool, str)) and np.isreal(share) and np.isfinite(share) and share > 0
        if not sound:
            what = say("The planned share of “{name}” must be above 0, not {value}.", name=name, value=repr(share))
            problems.append(Problem("outside_range", what, column="planned"))
    if len(plan) < 2:
        what = say_count("`{name}` has {count} arm; two are compared.", "`{name}` has {count} arms; two are compared.",
                         len(plan), name=arm)  # fmt: skip
        problems.append(Problem("not_two", what, column=arm))
    if not counts:
        problems.append(Problem("empty", say("No row has an arm."), column=arm))
    refuse(problems, asked_by=asked_by)
    total, weight = sum(counts.values()), float(sum(plan.values()))
    rows = [(name, counts.get(name, 0), total * share / weight, counts.get(name, 0) / total, share / weight)
            for name, share in plan.items()]  # fmt: skip
    arms = pd.DataFrame(rows, columns=["arm", "customers", "expected", "share", "planned"])
    statistic = float(((arms["customers"] - arms["expected"]) ** 2 / arms["expected"]).sum())
    df = len(plan) - 1
    p = chi2_tail(statistic, df)
    return SampleRatio(arms, statistic, df, p, p < border, border, int((codes < 0).sum()))


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Holm's p-values of several tests: the chance of any false alarm stays below the level.

    Parameters
    ----------
    p_values : sequence of float
        One for each test, 0 to 1.

    Returns
    -------
    numpy.ndarray
        In the same order, never below the p-values themselves, at most 1.

    References
    ----------
    Holm, S. (1979). A Simple Sequentially Rejective Multiple Test Procedure. Scandinavian Journal of Statistics 6,
    65–70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p_values, dtype="float64")
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        what = say("A p-value is a number from 0 to 1.")
        refuse_numbers([Problem("outside_range", what, column="p_values")], asked_by="holm")
    order = np.argsort(values, kind="stable")
    held = np.maximum.accumulate(values[order] * (len(values) - np.arange(len(values))))
    answer = np.empty(len(values))
    answer[order] = np.minimum(held, 1.0)
    return answer


def compare_arms(
    table: Any,
    outcome: str,
    arm: str = "arm",
    *,
    control: Any = None,
    kind: str = "mean",
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> ArmComparison:
    """Compare every arm with the control group, with Holm's p-values.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    outcome : str
        Column of numbers (``kind="mean"``) or of 0 and 1 (``kind="rate"``).
    arm : str
        Column of the arm. Rows without one are left out and counted.
    control : optional
        Value of the control group, as in `compare_means`.
    kind : {"mean", "rate"}
        Welch's comparison of means, or Newcombe's of shares.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    ArmComparison

    Raises
    ------
    InputError
        If a column is missing or wrong, or an arm is empty, too small or without spread.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "arm": ["control"] * 200 + ["mail"] * 200 + ["call"] * 200,
    ...         "bought": ([1] * 20 + [0] * 180) + ([1] * 30 + [0] * 170) + ([1] * 44 + [0] * 156),
    ...     }
    ... )
    >>> found = compare_arms(table, "bought", kind="rate")
    >>> print(found.table[["arm", "estimate", "p_value", "p_holm", "differs"]].round(4).to_string(index=False))
     arm  estimate  p_value  p_holm  differs
    call      0.12   0.0011  0.0021     True
    mail      0.05   0.1306  0.1306    False
    """
    asked_by = "compare_arms"
    require_choice("kind", kind, KINDS)
    sure = LEVEL.check(level)
    frame, problems = read_columns(table, [outcome, arm], asked_by=asked_by, unit=customer, numeric=[outcome])
    value = numbers(frame, outcome, problems, binary=kind == "rate")
    codes, names = arm_codes(frame, arm)
    base = control_of(names, control, arm, problems)
    others = [name for name in names if name != base]
    if base is not None and not others and not any(problem.column == arm for problem in problems):
        what = say("The treated group is empty: every row of `{arm}` is {value}.", arm=arm, value=repr(base))
        problems.append(Problem("empty_treated", what, column=arm))
    parts = {name: value[codes == place] for place, name in enumerate(names)}
    if not problems and kind == "mean":
        for name, part in parts.items():
            if len(part) < 2:
                what = say_count("The arm “{name}” has {count} customer; a variance needs two.",
                                 "The arm “{name}” has {count} customers; a variance needs two.", len(part),
                                 name=name)  # fmt: skip
                problems.append(Problem("too_few", what))
    refuse(problems, asked_by=asked_by)
    missing = int((codes < 0).sum())

    def compared(name: Any, level: float) -> EffectEstimate:
        rest = len(value) - missing - len(parts[name]) - len(parts[base])
        return arm_effect(parts[name], parts[base], kind, outcome, name, base, level, asked_by, missing + rest)

    effects = tuple(compared(name, sure) for name in others)
    joint = [compared(name, 1 - (1 - sure) / len(others)) for name in others]
    adjusted = holm([effect.p_value for effect in effects])
    rows = [
        (one.treated, one.treated_n, one.treated_value, one.estimate, one.low, one.high, wide.low, wide.high,
         one.p_value, p, bool(p < 1 - sure))
        for one, wide, p in zip(effects, joint, adjusted, strict=True)
    ]  # fmt: skip
    columns = ["arm", "customers", "value", "estimate", "low", "high", "low_joint", "high_joint", "p_value", "p_holm",
               "differs"]  # fmt: skip
    return ArmComparison(effects, pd.DataFrame(rows, columns=columns), base, sure)


def arm_effect(
    one: np.ndarray, other: np.ndarray, kind: str, outcome: str, chosen: Any, base: Any, level: float, asked_by: str,
    left_out: int,
) -> EffectEstimate:  # fmt: skip
    if kind == "rate":
        return rate_effect(int(one.sum()), len(one), int(other.sum()), len(other), metric=outcome, treated=chosen,
                           control=base, level=level, asked_by=asked_by, left_out=left_out)  # fmt: skip
    return mean_effect(one, other, metric=outcome, treated=chosen, control=base, level=level, asked_by=asked_by,
                       left_out=left_out)  # fmt: skip


def chi2_tail(statistic: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def _rows(table: pd.DataFrame) -> Any:
    """The rows of a table of results."""
    return table.itertuples()
