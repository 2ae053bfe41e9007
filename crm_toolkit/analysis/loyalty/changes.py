"""Difference in differences: how much more members changed than others did, and whether that is a fair comparison.

    effect = (members after − before) − (others after − before).

What both groups would have changed anyhow (season, a new rival) drops out, and so does any lasting difference between
them. It is the effect only if members *would have* changed like the others: parallel trends. Members join at a moment
of their own, often when they buy most, and fall back to their usual level afterwards; then the estimate is too low.
Earlier periods show some of it: between them, when there was no programme, the same difference should be nothing
(placebo). A clear placebo speaks against the method; an unclear one proves nothing.

Each customer's change is one number, so that periods of a customer need not be independent; the interval is Welch's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.means import EffectEstimate, mean_effect
from crm_toolkit.analysis.experiments.trial import LEVEL, figure, numbers, p_words, read_columns, refuse, treated_flag
from crm_toolkit.errors import Problem
from crm_toolkit.texts import format_percent, say

CLEAR = 0.05


@dataclass(frozen=True, eq=False)
class DifferenceInDifferences:
    """The effect by difference in differences, with the check of earlier trends.

    Parameters
    ----------
    effect : EffectEstimate
        Of the change; ``treated_value`` and ``control_value`` are the mean changes of members and others.
    means : pandas.DataFrame
        ``period`` (column), ``members``, ``others`` (means), in order of time.
    placebo : pandas.DataFrame
        Between each earlier period and the next one before the programme: ``period``, ``estimate``, ``low``, ``high``,
        ``p_value``. Empty with one period before.
    parallel : bool or None
        Whether no placebo is clear (p from 0.05, Bonferroni); ``None`` without an earlier period.
    """

    effect: EffectEstimate
    means: pd.DataFrame
    placebo: pd.DataFrame
    parallel: bool | None

    def reading(self) -> str:
        """The result in words, in the reader's language."""
        one = self.effect
        told = say("Members changed by {members}, others by {others}: difference in differences {estimate}, {level} "
                   "interval from {low} to {high}, {p}.", members=figure(one.treated_value),
                   others=figure(one.control_value), estimate=figure(one.estimate), level=format_percent(one.level, 0),
                   low=figure(one.low), high=figure(one.high), p=p_words(one.p_value))  # fmt: skip
        if self.parallel is None:
            return told + " " + say("With one period before, nothing is known of earlier trends.")
        if self.parallel:
            return told + " " + say("Earlier trends do not clearly differ; that proves nothing of what came later.")
        return told + " " + say("Earlier trends differ already: this is not the effect of the programme.")


def difference_in_differences(
    table: Any,
    before: str | Sequence[str],
    after: str,
    member: str = "member",
    *,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> DifferenceInDifferences:
    """Compare how members changed with how others did.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer.
    before : str or sequence of str
        Column of the outcome before the programme; several are in order of time, of equally long periods, the last
        right before the programme. Earlier ones check the trends.
    after : str
        Column of the outcome since.
    member : str
        Column of 0 and 1, of flags, or of an arm with a control group.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    DifferenceInDifferences

    Raises
    ------
    InputError
        If a column is missing or wrong, a group has fewer than two customers, or nothing varies.

    References
    ----------
    Ashenfelter, O. and Card, D. (1985). Using the Longitudinal Structure of Earnings to Estimate the Effect of Training
    Programs. Review of Economics and Statistics 67, 648–660.

    Examples
    --------
    >>> table = pd.DataFrame({"member": [1, 1, 1, 0, 0, 0], "earlier": [8, 9, 10, 4, 5, 6]})
    >>> table["before"] = [9, 10, 12, 5, 7, 6]
    >>> table["after"] = [12, 14, 15, 6, 7, 7]
    >>> found = difference_in_differences(table, ["earlier", "before"], "after")
    >>> round(found.effect.estimate, 2), found.parallel
    (2.67, True)
    """
    asked_by = "difference_in_differences"
    sure = LEVEL.check(level)
    names = [before] if isinstance(before, str) else list(before)
    wanted = [*names, after]
    frame, problems = read_columns(table, [*wanted, member], asked_by=asked_by, unit=customer, numeric=wanted)
    if not names:
        problems.append(Problem("empty", say("Name a column of the outcome before the programme."), column="before"))
    values = {name: numbers(frame, name, problems) for name in wanted}
    flag = treated_flag(frame, member, problems)
    if not problems and min(flag.sum(), (1 - flag).sum()) < 2:
        problems.append(Problem("too_few", say("Both groups need two customers or more."), column=member))
    refuse(problems, asked_by=asked_by)
    mine, theirs = flag == 1, flag == 0
    steps = list(pairwise(wanted))
    changes = {then: values[then] - values[now] for now, then in steps}
    effect = mean_effect(changes[after][mine], changes[after][theirs], metric=after, treated=1, control=0, level=sure,
                         asked_by=asked_by, method="difference_in_differences")  # fmt: skip
    rows = []
    for now, then in steps[:-1]:
        change = changes[then]
        if np.ptp(change) > 0:
            one = mean_effect(change[mine], change[theirs], metric=then, treated=1, control=0, level=sure,
                              asked_by=asked_by)  # fmt: skip
            rows.append((f"{now} → {then}", one.estimate, one.low, one.high, one.p_value))
        else:
            rows.append((f"{now} → {then}", 0.0, 0.0, 0.0, 1.0))
    placebo = pd.DataFrame(rows, columns=["period", "estimate", "low", "high", "p_value"])
    levels = [(name, float(values[name][mine].mean()), float(values[name][theirs].mean())) for name in wanted]
    means = pd.DataFrame(levels, columns=["period", "members", "others"])
    parallel = None if placebo.empty else bool((placebo["p_value"] >= CLEAR / len(placebo)).all())
    return DifferenceInDifferences(effect, means, placebo, parallel)
