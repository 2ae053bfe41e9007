"""Does the effect of an experiment differ between groups of customers.

The effect within each group with its interval, and Cochran's (1954) Q: do the effects differ more than chance
lets them? A group with p < 0.05 beside one with p > 0.05 is no difference yet; Q asks for the difference itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.arms import KINDS, arm_effect, chi2_tail, holm
from crm_toolkit.analysis.experiments.means import EffectEstimate
from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    arm_codes,
    figure,
    numbers,
    p_words,
    read_columns,
    refuse,
    two_arms,
)
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import Problem
from crm_toolkit.texts import say, say_count


@dataclass(frozen=True, eq=False)
class GroupEffects:
    """The effect within groups, and whether it differs between them.

    Parameters
    ----------
    table : pandas.DataFrame
        ``group``, ``treated_n``, ``control_n``, ``treated_value``, ``control_value``, ``estimate``, ``low``, ``high``,
        ``p_value``, ``p_holm``. A group that can't be compared has a missing estimate and stands in ``skipped``.
    overall : EffectEstimate
        Of all groups together.
    q, p_heterogeneity : float or None
        Cochran's Q and its p; ``None`` with fewer than two groups that can be compared.
    df : int
    i_squared : float or None
        Share of the variation of the estimates that is not chance, max(0, 1 − df/Q).
    skipped : tuple
        Groups without two customers, or without any spread, in an arm.
    """

    table: pd.DataFrame
    overall: EffectEstimate
    q: float | None
    p_heterogeneity: float | None
    df: int
    i_squared: float | None
    skipped: tuple[Any, ...]

    def reading(self) -> str:
        """The comparison of the groups in words, in the reader's language."""
        if self.p_heterogeneity is None:
            return say("Fewer than two groups can be compared.")
        told = say_count(
            "Cochran's Q of {count} group: {q}, {p}.", "Cochran's Q of {count} groups: {q}, {p}.", self.df + 1,
            q=figure(self.q), p=p_words(self.p_heterogeneity),
        )  # fmt: skip
        if self.p_heterogeneity < 0.05:
            return told + " " + say("The effects differ between the groups more than chance lets them.")
        return told + " " + say("The data do not show that the effect differs between the groups.")


def effect_by_group(
    table: Any,
    outcome: str,
    group: str,
    arm: str = "arm",
    *,
    control: Any = None,
    treated: Any = None,
    kind: str = "mean",
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> GroupEffects:
    """Measure the effect within each group, and whether it differs between groups.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    outcome : str
        Column of numbers (``kind="mean"``) or of 0 and 1 (``kind="rate"``).
    group : str
        Column of the group, known before the assignment. A missing value is left out.
    arm : str
        Column of the arm. Rows without one are left out and counted.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    kind : {"mean", "rate"}
        Welch's comparison of means, or Newcombe's of shares.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    GroupEffects

    Raises
    ------
    InputError
        If a column is missing or wrong, an arm is empty, or no group can be compared.

    References
    ----------
    Cochran, W. G. (1954). The Combination of Estimates from Different Experiments. Biometrics 10, 101–129.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = [("new", 1, 30, 100), ("new", 0, 10, 100), ("old", 1, 20, 100), ("old", 0, 20, 100)]
    >>> table = pd.DataFrame(
    ...     [(g, t, int(k < won)) for g, t, won, n in cells for k in range(n)], columns=["group", "arm", "bought"]
    ... )
    >>> found = effect_by_group(table, "bought", "group", kind="rate")
    >>> print(found.table[["group", "estimate", "low", "high"]].round(3).to_string(index=False))
    group  estimate    low  high
      new       0.2  0.090 0.306
      old       0.0 -0.111 0.111
    >>> found.reading()
    "Cochran's Q of 2 groups: 6.452, p = 0.011. The effects differ between the groups more than chance lets them."
    """
    asked_by = "effect_by_group"
    require_choice("kind", kind, KINDS)
    sure = LEVEL.check(level)
    frame, problems = read_columns(table, [outcome, group, arm], asked_by=asked_by, unit=customer, numeric=[outcome])
    value = numbers(frame, outcome, problems, binary=kind == "rate")
    first, second, chosen, base = two_arms(frame, arm, control, treated, problems)
    codes, names = arm_codes(frame, group)
    used = (codes >= 0) & (first | second)
    if not problems and not (used & first).any():
        problems.append(Problem("empty", say("No row has all three values."), column=group))
    refuse(problems, asked_by=asked_by)
    left_out = int((~used).sum())
    sides = [[value[mask & (codes == place)] for mask in (first, second)] for place in range(len(names))]
    effects = {
        name: arm_effect(one, other, kind, outcome, chosen, base, sure, asked_by, 0)
        for name, (one, other) in zip(names, sides, strict=True)
        if _comparable(one, other, kind)
    }
    skipped = tuple(name for name in names if name not in effects)
    if not effects:
        what = say("No group has two customers in both arms, with values that differ.")
        refuse([Problem("no_overlap", what, column=group)], asked_by=asked_by)
    overall = arm_effect(
        value[used & first], value[used & second], kind, outcome, chosen, base, sure, asked_by, left_out
    )
    adjusted = dict(zip(effects, holm([effect.p_value for effect in effects.values()]), strict=True))
    rows = []
    for name, (one, other) in zip(names, sides, strict=True):
        mine = effects.get(name)
        means = [float(part.mean()) if len(part) else np.nan for part in (one, other)]
        numbers_of = (mine.estimate, mine.low, mine.high, mine.p_value, adjusted[name]) if mine else (np.nan,) * 5
        rows.append((name, len(one), len(other), *means, *numbers_of))
    columns = ["group", "treated_n", "control_n", "treated_value", "control_value", "estimate", "low", "high",
               "p_value", "p_holm"]  # fmt: skip
    q, p, i2 = _heterogeneity(list(effects.values()))
    return GroupEffects(pd.DataFrame(rows, columns=columns), overall, q, p, len(effects) - 1, i2, skipped)


def _comparable(one: np.ndarray, other: np.ndarray, kind: str) -> bool:
    if kind == "rate":
        return len(one) > 0 and len(other) > 0
    return min(len(one), len(other)) >= 2 and float(one.std()) + float(other.std()) > 1e-12 * max(
        abs(float(one.mean())), abs(float(other.mean())), 1e-300
    )


def _heterogeneity(effects: list[EffectEstimate]) -> tuple[float | None, float | None, float | None]:
    """Cochran's Q with weights 1/SE²; of shares a group without variance gets the one with half a success more."""
    if len(effects) < 2:
        return None, None, None
    weights, values = [], []
    for effect in effects:
        variance = (effect.standard_error or 0.0) ** 2
        if effect.kind == "rate" and variance == 0:
            n1, n0 = effect.treated_n, effect.control_n
            p1, p0 = (effect.treated_value * n1 + 0.5) / (n1 + 1), (effect.control_value * n0 + 0.5) / (n0 + 1)
            variance = p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0
        weights.append(1 / variance)
        values.append(effect.estimate)
    w, x = np.array(weights), np.array(values)
    q = float((w * (x - (w * x).sum() / w.sum()) ** 2).sum())
    df = len(effects) - 1
    return q, chi2_tail(q, df), max(0.0, 1 - df / q) if q > 0 else 0.0
