"""Who gets the credit for a conversion: bookkeeping by rule.

A path of touches led to a conversion, and a rule shares one conversion out among them:

first, last       all to the first, or the last, touch
last_non_direct   all to the last touch that is not direct (a visit by itself); to the last one if all are direct
linear            the same to every touch
time_decay        in proportion to 2^(−days before the conversion / half-life)
position          40 % to the first, 40 % to the last, 20 % shared by those between them; a path of one touch gives it
                  all, of two touches each a half (the two ends in proportion)

These are conventions, each as arbitrary as the others: the sum of all credits is the number of conversions whatever the
rule, also if no touch changed anything. What a channel *causes* is the difference to a world without it, which only an
experiment shows; see `analysis.attribution_truth`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.analysis.attribution.paths import TouchPaths
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

RULES = ("first", "last", "last_non_direct", "linear", "time_decay", "position")
HALF_LIFE = Knob("half_life_days", 7, 0.01, 3650, 1, mark("Days after which a touch weighs half"), unit=mark("days"),
                 origin="convention", reference="the usual default of web analytics")  # fmt: skip
ENDS = (
    Knob("first_share", 0.4, 0, 1, 0.05, mark("Share of the first touch"), unit=mark("fraction"), origin="convention",
         reference="40 : 20 : 40"),
    Knob("last_share", 0.4, 0, 1, 0.05, mark("Share of the last touch"), unit=mark("fraction"), origin="convention",
         reference="40 : 20 : 40"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Attribution:
    """Credits of the channels by one method.

    Parameters
    ----------
    method : str
        ``"first"``, …, ``"markov"``, ``"shapley"``.
    convention : str
        What exactly was done, in a sentence.
    table : pandas.DataFrame
        One row per channel, in alphabetical order: ``channel``, ``conversions`` (credit), ``share`` (of all credits, a
        fraction; all 0 if there is no conversion), ``value`` (currency units, if known), and what the method adds.
    conversions : float
        All conversions with a path: the sum of the credits.
    value : float or None
        Their value, currency units.
    notes : tuple of str
        What a reader must know, such as that nothing converted.
    """

    method: str
    convention: str
    table: pd.DataFrame
    conversions: float
    value: float | None
    notes: tuple[str, ...] = ()


def rule_attribution(
    paths: TouchPaths,
    rule: str = "last",
    *,
    direct: Sequence[str] = ("direct",),
    half_life_days: float = HALF_LIFE.default,
    ends: Sequence[float] = (ENDS[0].default, ENDS[1].default),
) -> Attribution:
    """Share conversions out by a rule.

    Parameters
    ----------
    paths : TouchPaths
        As `touch_paths` or `paths_from_table` returns them.
    rule : {"first", "last", "last_non_direct", "linear", "time_decay", "position"}
        The head of this module says them exactly.
    direct : sequence of str
        Names of channels that are a visit by itself, for ``"last_non_direct"``.
    half_life_days : float
        For ``"time_decay"``: days, 0.01 to 3,650. The value of equal paths is shared out by their mean weights.
    ends : two floats
        For ``"position"``: shares of the first and of the last touch, fractions whose sum is above 0 and at most 1.

    Returns
    -------
    Attribution

    Raises
    ------
    InputError
        If the rule is unknown, a number lies outside its range, or ``"time_decay"`` is asked of paths without moments.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.attribution.paths import paths_from_table
    >>> table = pd.DataFrame({"path": ["a > b > c", "c"], "conversions": [10, 2], "unconverted": [5, 3]})
    >>> print(rule_attribution(paths_from_table(table), "position").table.round(3).to_string(index=False))
    channel  conversions  share
          a          4.0  0.333
          b          2.0  0.167
          c          6.0  0.500
    """
    require_paths(paths, "rule_attribution")
    require_choice("rule", rule, RULES)
    notes = nothing_converted(paths)
    if rule == "last_non_direct":
        if isinstance(direct, str):
            direct = (direct,)
        if not set(map(str, direct)) & set(paths.channels):
            notes = (*notes, say("No channel is direct, so the last touch that is not direct is the last touch."))
    weights = _weights(paths, rule, tuple(map(str, direct)), half_life_days, ends)
    convention = _convention(rule, half_life_days, ends)
    return shared_out(paths, weights, rule, convention, notes)


def require_paths(paths: object, asked_by: str) -> None:
    """Refuse what is no `TouchPaths`."""
    if not isinstance(paths, TouchPaths):
        what = say("A table of kind `{kind}` was given.", kind=type(paths).__name__)
        advice = say("Make paths first: `touch_paths(…)`, or `paths_from_table(…)` of a table of paths.")
        raise InputError(say("`{function}` needs paths.", function=asked_by),
                         [Problem("unknown_kind", what, advice=advice)])  # fmt: skip


def nothing_converted(paths: TouchPaths) -> tuple[str, ...]:
    """A note if there is no conversion to share out."""
    if paths.total > 0:
        return ()
    return (say("0 conversions have a path: all credits are 0."),)


def shared_out(
    paths: TouchPaths, weights: np.ndarray, method: str, convention: str, notes: tuple[str, ...]
) -> Attribution:
    """Credits from the weight of every touch within its path."""
    owner, count = paths.owner, len(paths.channels)
    credit = np.bincount(paths.codes, weights=weights * paths.conversions[owner], minlength=count)
    worth = None
    if paths.value is not None:
        worth = np.bincount(paths.codes, weights=weights * paths.value[owner], minlength=count)
    return credited(paths, credit, worth, method, convention, notes)


def credited(
    paths: TouchPaths, credit: np.ndarray, worth: np.ndarray | None, method: str, convention: str,
    notes: tuple[str, ...], **others: np.ndarray,
) -> Attribution:  # fmt: skip
    """The answer from credits by channel."""
    total = paths.total
    table = pd.DataFrame({"channel": pd.Series(paths.channels, dtype="str"), "conversions": credit,
                          "share": credit / total if total > 0 else np.zeros(len(credit))})  # fmt: skip
    if worth is not None:
        table["value"] = worth
    for name, column in others.items():
        table[name] = column
    return Attribution(method, convention, table, total, paths.total_value, notes)


def _weights(
    paths: TouchPaths, rule: str, direct: tuple[str, ...], half_life: float, ends: Sequence[float]
) -> np.ndarray:
    """Weight of every touch within its path; they add up to 1."""
    lengths, owner = paths.lengths, paths.owner
    weights = np.zeros(len(paths.codes))
    final = paths.starts + lengths - 1
    if rule == "first":
        weights[paths.starts] = 1.0
    elif rule == "last":
        weights[final] = 1.0
    elif rule == "last_non_direct":
        plain = np.isin(paths.codes, [number for number, name in enumerate(paths.channels) if name in direct])
        chosen = np.maximum.reduceat(np.where(plain, -1, np.arange(len(plain))), paths.starts)
        weights[np.where(chosen >= 0, chosen, final)] = 1.0
    elif rule == "linear":
        weights = 1.0 / lengths[owner]
    elif rule == "position":
        first, last = _checked_ends(ends)
        between = np.divide(1.0 - first - last, lengths - 2, out=np.zeros(len(lengths)), where=lengths > 2)
        weights = between[owner]
        pair = np.where(lengths > 2, 1.0, first + last)
        weights[paths.starts] = first / pair
        weights[final] = last / pair
        weights[paths.starts[lengths == 1]] = 1.0
    else:
        weights = _decayed(paths, half_life)
    return weights


def _decayed(paths: TouchPaths, half_life: float) -> np.ndarray:
    """Mean weight of every touch over the conversions of its path."""
    (half,) = require_numbers("rule_attribution", half_life_days=(half_life, HALF_LIFE.low, HALF_LIFE.high))
    times = paths.touch_times()
    if times is None:
        what = say("These paths have no moments, so nothing is known of the days before the conversion.")
        advice = say("Make them from touches: `touch_paths(…)`; or choose another rule.")
        raise InputError(say("`{function}` can't share these conversions out.", function="rule_attribution"),
                         [Problem("no_moments", what, advice=advice, column="rule")])  # fmt: skip
    path, days = times
    if not len(path):
        return np.zeros(len(paths.codes))
    lengths = paths.lengths[path]
    begins = np.cumsum(lengths) - lengths
    conversion = np.repeat(np.arange(len(path)), lengths)
    latest = days[begins + lengths - 1]  # the youngest touch weighs 1 before shares are taken, so nothing vanishes
    weight = 2.0 ** (-(days - latest[conversion]) / half)
    weight /= np.add.reduceat(weight, begins)[conversion]
    place = np.repeat(paths.starts[path] - begins, lengths) + np.arange(len(days))
    total = np.bincount(place, weights=weight, minlength=len(paths.codes))
    return total / np.maximum(np.bincount(path, minlength=len(paths.starts)), 1)[paths.owner]


def _checked_ends(ends: Sequence[float]) -> tuple[float, float]:
    try:
        first, last = (float(one) for one in ends)
    except (TypeError, ValueError):
        first = last = float("nan")
    if not (first >= 0 and last >= 0 and 0 < first + last <= 1 + 1e-9):
        what = say("`ends` must be two fractions whose sum is above 0 and at most 1.")
        raise InputError(say("`{name}` can't be {value}.", name="ends", value=repr(ends)),
                         [Problem("outside_range", what, column="ends")])  # fmt: skip
    return first, last


def _convention(rule: str, half_life: float, ends: Sequence[float]) -> str:
    from crm_toolkit.texts import format_number, format_percent

    if rule == "time_decay":
        return say("Every touch in proportion to 2^(−days before the conversion / {days}).",
                   days=format_number(half_life))  # fmt: skip
    if rule == "position":
        first, last = _checked_ends(ends)
        return say("{first} to the first touch, {last} to the last one, the rest to those between; of two touches in "
                   "proportion.", first=format_percent(first, 0), last=format_percent(last, 0))  # fmt: skip
    return {
        "first": say("All to the first touch."),
        "last": say("All to the last touch."),
        "last_non_direct": say("All to the last touch that is not direct."),
        "linear": say("The same to every touch."),
    }[rule]
