"""Failure and recovery: when a good recovery seems better than no failure, and when that is over.

After a failure satisfaction falls; a recovery is judged against what the customer expects of a recovery:

    after the failure    S' = S − loss · severity · blame^(n−1)
    after the recovery   S″ = S − rest · severity · blame^(n−1) + reaction(recovery − expected recovery)

where n counts the failures of this customer, ``reaction`` weighs a disappointment more than a pleasant surprise
(`satisfaction.reaction`), and the expected recovery moves towards what was experienced. After *one* failure an
excellent recovery can lift satisfaction above where it was: the service recovery paradox. A second failure is laid at
the firm's door (blame above 1) and an excellent recovery is expected by now, so the paradox vanishes. A failure with a
bad recovery disappoints twice: a double deviation.

The intention to return falls with severity whatever the recovery did for satisfaction: a meta-analysis found the
paradox in satisfaction and none in repurchase, word of mouth or image (de Matos, Henrique, Rossi 2007); severity
lowered repurchase of 40,813 customers (Soares, Proença 2015). The form and the weights are assumptions of this course.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.inputs import Floats, given_array, given_number, given_word, settle
from crm_toolkit.behaviour.satisfaction import reaction
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark

LIMITS = mark("No reason to fail on purpose: the gain shows in satisfaction once, and not in coming back.")
_SD = mark("standard deviations")
KNOBS = {
    "severity": Knob("severity", 1.5, 0.0, 3.0, 0.1, mark("Severity of a failure")),
    "loss": Knob("loss", 1.0, 0.0, 3.0, 0.1, mark("Satisfaction lost for one unit of severity"), unit=_SD),
    "rest": Knob("rest", 0.3, 0.0, 3.0, 0.05, mark("Loss that stays after an expected recovery"), unit=_SD),
    "blame": Knob("blame", 2.0, 1.0, 5.0, 0.1, mark("Factor of the loss with every further failure")),
    "gain": Knob("gain", 0.5, 0.0, 2.0, 0.05, mark("Part of a pleasant surprise that goes into satisfaction"),
                 unit=mark("fraction")),
    "loss_weight": Knob("loss_weight", 2.0, 1.0, 5.0, 0.1, mark("Weight of a disappointment against a surprise")),
    "learning": Knob("learning", 0.5, 0.0, 1.0, 0.05, mark("How far the expected recovery moves"),
                     unit=mark("fraction")),
    "by_satisfaction": Knob("by_satisfaction", 1.0, 0.0, 5.0, 0.1, mark("Weight of satisfaction in coming back")),
    "by_severity": Knob("by_severity", 0.3, 0.0, 3.0, 0.1, mark("Weight of severity in coming back")),
    "usual_return": Knob("usual_return", 0.7, 0.01, 0.99, 0.01, mark("Chance to return without a failure"),
                         unit=mark("fraction")),
}  # fmt: skip


@with_kinds_told
def recovery_path(recoveries: Any, **changes: float) -> pd.DataFrame:
    """Follow one customer through failures, each with its recovery.

    Parameters
    ----------
    recoveries : sequence of float
        How good each recovery is, in standard deviations: 0 is what customers expect at first, 1.5 is excellent, −2 is
        nothing at all; −4 to 4. One number for each failure, up to 10.
    **changes
        Values of `KNOBS` that differ from rest.

    Returns
    -------
    pandas.DataFrame
        ``failures`` (0, 1, …), ``recovery``, ``expected_recovery`` (missing in the first row), ``after_failure``,
        ``satisfaction`` (after the recovery), both in standard deviations with 0 before all failures, ``paradox``
        (flag: above where it was without any failure), ``double_deviation`` (flag: lower after the recovery than
        right after the failure), ``return_chance``.

    Raises
    ------
    InputError
        If a recovery or a change is out of range or unknown.

    References
    ----------
    Maxham, J. G., Netemeyer, R. G. (2002): the paradox after one failure, not after two. de Matos, C. A.,
    Henrique, J. L., Rossi, C. A. V. (2007). Service Recovery Paradox: A Meta-Analysis. Journal of Service
    Research 10, 60–77.

    Examples
    --------
    >>> path = recovery_path([1.5, 1.5])
    >>> print(path[["failures", "satisfaction", "paradox", "return_chance"]].round(2).to_string(index=False))
     failures  satisfaction  paradox  return_chance
            0          0.00    False           0.70
            1          0.30     True           0.67
            2         -0.22    False           0.43
    """
    problems: list[Problem] = []
    listed = given_array(problems, "recoveries", recoveries, low=-4, high=4)
    at = _turned(problems, changes)
    if len(listed) > 10:
        given_number(problems, "recoveries", float(len(listed)), 1, 10)
    settle(problems, "recovery_path")
    rows = [(0, np.nan, np.nan, 0.0, 0.0, False, False, at["usual_return"])]
    for count, step in enumerate(_followed(listed[:, None], at), start=1):
        recovery, expected, after_failure, after, chance = (float(part[0]) for part in step)
        rows.append((count, recovery, expected, after_failure, after, after > 1e-12, after < after_failure - 1e-12,
                     chance))  # fmt: skip
    names = ["failures", "recovery", "expected_recovery", "after_failure", "satisfaction", "paradox",
             "double_deviation", "return_chance"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


@with_kinds_told
def equal_recoveries(recoveries: Any, *, failures: int = 1, **changes: float) -> pd.DataFrame:
    """What recoveries of different quality come to, for customers with so many failures, all recovered equally well.

    Parameters
    ----------
    recoveries : sequence of float
        Qualities to compare, in standard deviations, −4 to 4.
    failures : int
        1 to 10.
    **changes
        Values of `KNOBS` that differ from rest.

    Returns
    -------
    pandas.DataFrame
        ``recovery``, ``satisfaction`` (after the last recovery), ``paradox`` (flag), ``return_chance``; as
        `recovery_path`, one row for each quality.

    Raises
    ------
    InputError
        If a number is out of range or a change is unknown.

    Examples
    --------
    >>> print(equal_recoveries([0.0, 1.5], failures=1).round(2).to_string(index=False))
     recovery  satisfaction  paradox  return_chance
          0.0         -0.45    False           0.49
          1.5          0.30     True           0.67
    """
    problems: list[Problem] = []
    listed = given_array(problems, "recoveries", recoveries, low=-4, high=4)
    count = given_number(problems, "failures", failures, 1, 10)
    at = _turned(problems, changes)
    settle(problems, "equal_recoveries")
    *_, last = _followed(np.repeat(listed[None], int(count), axis=0), at)
    recovery, _, _, after, chance = last
    return pd.DataFrame(
        {"recovery": recovery, "satisfaction": after, "paradox": after > 1e-12, "return_chance": chance}
    )


def _followed(recoveries: Floats, at: dict[str, float]) -> Iterator[tuple[Floats, Floats, Floats, Floats, Floats]]:
    """Failure by failure (rows), customers side by side (columns).

    Recovery, expected recovery, satisfaction after the failure and after the recovery, chance to return.
    """
    base = np.log(at["usual_return"] / (1 - at["usual_return"]))
    now, expected = np.zeros(recoveries.shape[1]), np.zeros(recoveries.shape[1])
    for count, recovery in enumerate(recoveries, start=1):
        hurt = at["severity"] * at["blame"] ** (count - 1)
        after_failure = now - at["loss"] * hurt
        moved = reaction(recovery - expected, gain=at["gain"], loss_weight=at["loss_weight"])
        after = now - at["rest"] * hurt + moved
        odds = base + at["by_satisfaction"] * after - at["by_severity"] * at["severity"] * count
        yield recovery, expected, after_failure, after, 1 / (1 + np.exp(-odds))
        expected = expected + at["learning"] * (recovery - expected)
        now = after


@with_kinds_told
def paradox_threshold(*, failures: int = 1, **changes: float) -> float:
    """How good every one of so many recoveries must be to lift satisfaction to where it was without a failure.

    Parameters
    ----------
    failures : int
        1 to 10; all recoveries are equally good.
    **changes
        Values of `KNOBS` that differ from rest.

    Returns
    -------
    float
        In standard deviations; infinite if no recovery up to 4 does it.

    Raises
    ------
    InputError
        If a number is out of range or a change is unknown.

    Examples
    --------
    >>> round(paradox_threshold(), 3), round(paradox_threshold(failures=2), 3)
    (0.9, 1.8)
    """
    problems: list[Problem] = []
    count = given_number(problems, "failures", failures, 1, 10)
    _turned(problems, changes)
    settle(problems, "paradox_threshold")

    def reached(recovery: float) -> float:
        return float(recovery_path([recovery] * int(count), **changes)["satisfaction"].iloc[-1])

    if reached(4.0) < 0:
        return float("inf")
    low, high = -4.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) >= 0 else (middle, high)
    return high


def _turned(problems: list[Problem], changes: dict[str, float]) -> dict[str, float]:
    at = {name: knob.default for name, knob in KNOBS.items()}
    for name, value in changes.items():
        if name not in KNOBS:
            given_word(problems, "changes", name, KNOBS)
            continue
        at[name] = given_number(problems, name, value, KNOBS[name].low, KNOBS[name].high)
    return at
