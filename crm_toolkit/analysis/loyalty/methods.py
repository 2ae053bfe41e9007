"""All methods side by side: what each says of a programme, with its interval and what it takes for granted.

naive         members less others. Assumes that they are alike.
changes       difference in differences. Assumes that members would have changed like the others.
matching      members with others who were as likely to join. Assumes that all that parts them is in the columns.
weighting     the same by weights.
late          by a lottery of invitations. Assumes that an invitation moves only those who join.
itt, cuped    by the lottery, for an invited customer; no assumption but the lottery.

All but the last two are about one member; they may be compared with each other. The first four compare the customers
who could join; with a lottery in the table, that is the invited. None of them is right because it lies between others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.means import EffectEstimate, compare_means
from crm_toolkit.analysis.experiments.trial import LEVEL, figure, numbers, read_columns, refuse, treated_flag, two_arms
from crm_toolkit.analysis.loyalty.changes import DifferenceInDifferences, difference_in_differences
from crm_toolkit.analysis.loyalty.holdout import HoldoutEffect, holdout_effect
from crm_toolkit.analysis.loyalty.selection import HEAVY, SelectionEffect, selection_effect
from crm_toolkit.texts import format_percent, mark, say

METHODS = {
    "naive": mark("naive comparison"),
    "changes": mark("difference in differences"),
    "matching": mark("matching on propensity"),
    "weighting": mark("weighting on propensity"),
    "late": mark("holdout: effect of joining (LATE)"),
    "itt": mark("holdout: effect of inviting (ITT)"),
    "cuped": mark("holdout: effect of inviting, CUPED"),
}
TAKES = {
    "naive": mark("members and others are alike"),
    "changes": mark("members would have changed like the others"),
    "matching": mark("all that parts members from others is in the columns"),
    "weighting": mark("all that parts members from others is in the columns"),
    "late": mark("an invitation moves only those who join"),
    "itt": mark("nothing but the lottery"),
    "cuped": mark("nothing but the lottery"),
}
CAUTIONS = {
    "selected": mark("members differed before they joined"),
    "trends": mark("earlier trends differ already"),
    "unknown_trends": mark("nothing is known of earlier trends"),
    "imbalanced": mark("covariates are still out of balance"),
    "heavy": mark("a few customers with large weights rule it"),
    "left_out": mark("members without a match are left out"),
    "few_joined": mark("too few joined"),
}


@dataclass(frozen=True, eq=False)
class ProgrammeEvaluation:
    """What every method says of a programme.

    Parameters
    ----------
    table : pandas.DataFrame
        ``method``, ``name`` (in the reader's language), ``about`` (``"member"`` or ``"invited"``: whose effect),
        ``estimate``, ``low``, ``high`` (in the outcome's unit; missing ends: none can be given), ``p_value``,
        ``customers`` (counted), ``takes`` (what is taken for granted), ``caution`` (empty or what speaks against it).
    naive : EffectEstimate
    changes : DifferenceInDifferences
    selection : dict of str to SelectionEffect
        ``"matching"`` and ``"weighting"``; empty without covariates.
    holdout, holdout_cuped : HoldoutEffect or None
        Only with a lottery.
    outcome : str
    level : float
    """

    table: pd.DataFrame
    naive: EffectEstimate = field(repr=False)
    changes: DifferenceInDifferences = field(repr=False)
    selection: dict[str, SelectionEffect] = field(repr=False)
    holdout: HoldoutEffect | None = field(repr=False)
    holdout_cuped: HoldoutEffect | None = field(repr=False)
    outcome: str
    level: float

    def reading(self) -> str:
        """All methods in words, in the reader's language."""
        lines = [say("Effect on `{metric}`, {level} intervals:", metric=self.outcome,
                     level=format_percent(self.level, 0))]  # fmt: skip
        for row in self.table.to_dict("records"):
            told = say("{name}: {estimate} (from {low} to {high}); assumes: {takes}.", name=row["name"],
                       estimate=figure(row["estimate"]), low=figure(row["low"]), high=figure(row["high"]),
                       takes=row["takes"])  # fmt: skip
            lines.append(told + (" " + say("Caution: {what}.", what=row["caution"]) if row["caution"] else ""))
        if self.holdout is None:
            lines.append(say("Without a lottery none of this is sure: who joins chooses to."))
        else:
            lines.append(say("Believe the lottery. Look once, at the planned end, or use `always_valid_means`."))
        return "\n".join(lines)


def evaluate_programme(
    table: Any,
    outcome: str = "after",
    before: str | Sequence[str] = ("before_2", "before_1"),
    member: str = "member",
    *,
    covariates: Sequence[str] | None = None,
    arm: str | None = None,
    joined: str | None = None,
    control: Any = None,
    treated: Any = None,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> ProgrammeEvaluation:
    """Estimate the effect of a programme by every method that the table allows, side by side.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer who could have joined, such as `programme_panel` makes.
    outcome : str
        Column of the outcome after the start.
    before : str or sequence of str
        Columns of the outcome before it, in order of time.
    member : str
        Column of 0 and 1: who counts as a member.
    covariates : sequence of str, optional
        Columns known before the start, for matching and weighting; by default those of ``before``.
    arm : str, optional
        Column of a lottery of invitations, if there was one; the held out could not join.
    joined : str, optional
        With a lottery: column of who joined by the end; by default ``member``. The last of ``before`` is CUPED's
        covariate.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    ProgrammeEvaluation

    Raises
    ------
    InputError
        If a column is missing or wrong, or a group or an arm is too small.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> usual = luck.gamma(2, 10, 2000)
    >>> table = pd.DataFrame({"arm": ["invited", "holdout"] * 1000, "before_2": usual + luck.normal(0, 5, 2000)})
    >>> table["before_1"] = usual + luck.normal(0, 5, 2000)
    >>> keen = luck.random(2000) < 1 / (1 + np.exp(-(usual - 20) / 10))
    >>> table["member"] = (keen & (table["arm"] == "invited")).astype(int)
    >>> table["after"] = usual + 3 * table["member"] + luck.normal(0, 5, 2000)
    >>> found = evaluate_programme(table, arm="arm")
    >>> print(found.table[["method", "about", "estimate"]].round(1).to_string(index=False))
       method   about  estimate
        naive  member      15.6
      changes  member       3.3
     matching  member       4.3
    weighting  member       5.1
         late  member       4.4
          itt invited       2.2
        cuped invited       1.8
    """
    asked_by = "evaluate_programme"
    sure = LEVEL.check(level)
    periods = [before] if isinstance(before, str) else list(before)
    known = periods if covariates is None else ([covariates] if isinstance(covariates, str) else list(covariates))
    wanted = list(dict.fromkeys([outcome, *periods, *known]))
    others = list(dict.fromkeys([member, *([arm] if arm else []), *([joined] if joined else [])]))
    frame, problems = read_columns(table, [*wanted, *others], asked_by=asked_by, unit=customer, numeric=wanted)
    for name in wanted:
        numbers(frame, name, problems)
    able = frame
    if arm:
        first, _, chosen, base = two_arms(frame, arm, control, treated, problems)
        able = frame.loc[first]
    if not problems:
        treated_flag(able, member, problems)
    refuse(problems, asked_by=asked_by)
    rows: list[tuple[Any, ...]] = []
    flagged = able.assign(**{member: treated_flag(able, member, [])})
    told: dict[str, Any] = {"control": 0.0, "treated": 1.0, "level": sure, "customer": customer}
    naive = compare_means(flagged, outcome, member, **told)
    apart = compare_means(flagged, periods[-1], member, **told) if _varies(able[periods[-1]]) else None
    rows.append(_row("naive", naive, "selected" if apart is not None and apart.p_value < 0.05 else ""))
    changes = difference_in_differences(able, periods, outcome, member, level=sure, customer=customer)
    trend = {None: "unknown_trends", True: "", False: "trends"}[changes.parallel]
    rows.append(_row("changes", changes.effect, trend))
    selection = {}
    for way in ("matching", "weighting") if known else ():
        one = selection_effect(able, outcome, known, member, method=way, level=sure, customer=customer)
        selection[way] = one
        signs = {"imbalanced": one.balance["imbalanced"].any(), "heavy": one.largest_share > HEAVY.default,
                 "left_out": one.left_out > 0}  # fmt: skip
        caution = next((code for code, holds in signs.items() if holds), "")
        rows.append(_line(way, one.estimate, one.low, one.high, one.p_value, one.members + one.others, caution))
    plain = cuped = None
    if arm:
        said: dict[str, Any] = {"control": base, "treated": chosen, "level": sure, "customer": customer}
        plain = holdout_effect(frame, outcome, joined or member, arm, **said)
        rows.append(_late(plain))
        rows.append(_row("itt", plain.itt, ""))
        if _varies(frame[periods[-1]]):
            cuped = holdout_effect(frame, outcome, joined or member, arm, covariate=periods[-1], **said)
            rows.append(_row("cuped", cuped.itt, ""))
    names = ["method", "name", "about", "estimate", "low", "high", "p_value", "customers", "takes", "caution"]
    side_by_side = pd.DataFrame(rows, columns=names)
    return ProgrammeEvaluation(side_by_side, naive, changes, selection, plain, cuped, outcome, sure)


def _varies(column: pd.Series) -> bool:
    return bool(np.ptp(column.to_numpy(dtype="float64")) > 0)


def _row(method: str, effect: EffectEstimate, caution: str) -> tuple[Any, ...]:
    count = effect.treated_n + effect.control_n
    return _line(method, effect.estimate, effect.low, effect.high, effect.p_value, count, caution)


def _late(found: HoldoutEffect) -> tuple[Any, ...]:
    nothing = float("nan")
    low, high = (nothing if end is None else end for end in (found.late_low, found.late_high))
    caution = "few_joined" if found.late_low is None else ""
    count = found.itt.treated_n + found.itt.control_n
    return _line("late", found.late, low, high, found.late_p, count, caution)


def _line(method: str, estimate: float, low: float, high: float, p: float, count: int, caution: str) -> tuple[Any, ...]:
    about = "invited" if method in ("itt", "cuped") else "member"
    told = say(CAUTIONS[caution]) if caution else ""
    return (method, say(METHODS[method]), about, estimate, low, high, p, count, say(TAKES[method]), told)
