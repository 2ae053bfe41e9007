"""A randomised holdout: what inviting did (ITT), and what joining did to those who joined because of it (LATE).

A lottery decides who is invited; the others can't join. Not everyone who is invited joins.

    ITT  = mean of the invited − mean of the held out: what the decision to invite brings for an invited customer,
           joined or not. No assumption but the lottery.
    LATE = ITT / (share joined among the invited − share joined among the held out)   (Wald; Imbens and Angrist 1994)

LATE is the effect on those who joined because they were invited; with a holdout that can't join that is the effect on
members. It assumes that an invitation moves only those who join: not so if the letter itself reminds people to buy.
The interval of LATE is Fieller's, of a ratio of two differences: right also where few joined.

CUPED takes from the outcome what was known before (`compare_means`): the same question with a shorter interval.
Comparing *members* of the treated arm with the holdout throws the lottery away: that is the naive comparison again.
Look once, at the end that was planned, or use `always_valid_means`; plan the size with `plan_means` or `plan_rates`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.analysis.experiments.means import EffectEstimate, compare_means
from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    normal_quantile,
    numbers,
    read_columns,
    refuse,
    treated_flag,
    two_arms,
    two_sided_p,
)
from crm_toolkit.analysis.loyalty.returns import fieller
from crm_toolkit.errors import Problem
from crm_toolkit.texts import format_percent, say


@dataclass(frozen=True)
class HoldoutEffect:
    """What a programme with a randomised holdout did.

    Parameters
    ----------
    itt : EffectEstimate
        For an invited customer; with a covariate, by CUPED.
    take_up, holdout_take_up : float
        Shares that joined.
    late : float
        For a customer who joined because of the invitation.
    late_low, late_high : float or None
        Fieller's interval; ``None`` where too few joined to give it ends.
    late_p : float
        Of no effect (that of the ITT, normal).
    level : float
    """

    itt: EffectEstimate
    take_up: float
    holdout_take_up: float
    late: float
    late_low: float | None
    late_high: float | None
    late_p: float
    level: float

    def reading(self) -> str:
        """The result in words, in the reader's language."""
        told = say(
            "Invited customers brought {estimate} more each, {level} interval from {low} to {high}; {share} of them "
            "joined.", estimate=figure(self.itt.estimate), level=format_percent(self.level, 0),
            low=figure(self.itt.low), high=figure(self.itt.high), share=format_percent(self.take_up, 0),
        )  # fmt: skip
        if self.late_low is None or self.late_high is None:
            return told + " " + say("Too few joined to say what joining did.")
        return told + " " + say("Those who joined because of it brought {late} more, from {low} to {high}.",
                                late=figure(self.late), low=figure(self.late_low),
                                high=figure(self.late_high))  # fmt: skip


def holdout_effect(
    table: Any,
    outcome: str,
    joined: str = "member",
    arm: str = "arm",
    *,
    covariate: str | None = None,
    control: Any = None,
    treated: Any = None,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> HoldoutEffect:
    """Compare invited customers with a randomised holdout: effect of inviting and of joining.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the lottery, joined or not.
    outcome : str
        Column of numbers since the invitation (0 for who bought nothing).
    joined : str
        Column of 0 and 1: whether the customer joined by the end.
    arm : str
        Column of the arm. Rows without one are left out.
    covariate : str, optional
        Column of numbers known before the invitation, for CUPED.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    HoldoutEffect

    Raises
    ------
    InputError
        If a column is missing or wrong, an arm is too small, or no more of the invited joined than of the others.

    References
    ----------
    Imbens, G. W. and Angrist, J. D. (1994). Identification and Estimation of Local Average Treatment Effects.
    Econometrica 62, 467–475. Fieller, E. C. (1954), as in `programme_return`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"arm": ["invited"] * 40 + ["holdout"] * 40, "member": [1, 0] * 20 + [0] * 40})
    >>> table["spend"] = [14, 10, 12, 8] * 10 + [12, 10, 10, 8] * 10
    >>> found = holdout_effect(table, "spend")
    >>> found.itt.estimate, found.late
    (1.0, 2.0)
    """
    asked_by = "holdout_effect"
    sure = LEVEL.check(level)
    wanted = [outcome, joined, *([covariate] if covariate else [])]
    frame, problems = read_columns(table, [*wanted, arm], asked_by=asked_by, unit=customer,
                                   numeric=[outcome, *([covariate] if covariate else [])])  # fmt: skip
    numbers(frame, outcome, problems)
    if covariate:
        numbers(frame, covariate, problems)
    first, second, chosen, base = two_arms(frame, arm, control, treated, problems)
    both = first | second
    flag = treated_flag(frame.loc[both], joined, problems) if not problems else np.zeros(0)
    if not problems and min(first.sum(), second.sum()) < 2:
        problems.append(Problem("too_few", say("Both arms need two customers or more."), column=arm))
    refuse(problems, asked_by=asked_by)
    joins = np.zeros(len(frame))
    joins[both] = flag
    itt = compare_means(frame, outcome, arm, control=base, treated=chosen, covariate=covariate, level=sure,
                        customer=customer)  # fmt: skip
    share, other = float(joins[first].mean()), float(joins[second].mean())
    if share <= other:
        what = say("No more of the invited joined than of the held out.")
        refuse([Problem("nothing", what, column=joined)], asked_by=asked_by)
    y = frame[outcome].to_numpy(dtype="float64")
    if covariate and itt.theta is not None:
        x = frame[covariate].to_numpy(dtype="float64")
        y = y - itt.theta * (x - x[both].mean())
    cov = sum(np.cov(np.stack([y[mask], joins[mask]])) / mask.sum() for mask in (first, second))
    low, high = fieller(itt.estimate, share - other, np.asarray(cov), normal_quantile(sure))
    se = itt.standard_error or float("nan")
    late, p = itt.estimate / (share - other), two_sided_p(itt.estimate / se)
    return HoldoutEffect(itt, share, other, late, low, high, p, sure)
