"""Two funnels side by side: two groups, or before and after a day.

The difference of two conversions has Newcombe's interval (1998, his method 10), made of the two Wilson intervals, and
the p-value of the test for two shares with a common variance. Many stages are many tests, so the p-values are also
given after Holm (1979): the smallest one is multiplied by the number of stages, the next by one less, and so on.

A difference between groups is not an effect: groups differ in more than their name, and so do periods. Before and
after are compared fairly only if everybody has had the same time, so for periods ``within_days`` is required.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.event_lines import DAY, end_of, listed
from crm_toolkit.analysis.funnel.conversion import BACKWARD, SKIPPED, Journeys, checked_numbers, rate_with_interval
from crm_toolkit.analysis.funnel.moves import Moves, read_moves
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_date, say, say_count


@dataclass(frozen=True, eq=False)
class FunnelComparison:
    """Conversions of two groups, stage by stage.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per stage but the last: ``stage``; ``reached_a``, ``moved_on_a``, ``conversion_a`` and the same of b;
        ``difference`` (b less a, a fraction), ``low``, ``high``, ``p_value``, ``p_holm``. The rates, and what follows
        from them, are missing where nobody of a group came to the stage.
    a, b : str
        The two groups; of periods, the days before and from the split.
    entities_a, entities_b : int
    left_out : int
        Entities of other groups, without a group, or too young for ``within_days``.
    """

    table: pd.DataFrame
    a: str
    b: str
    entities_a: int
    entities_b: int
    left_out: int


def funnel_comparison(
    moves: Any,
    stages: Sequence[str],
    *,
    as_of: Any,
    group: str | None = None,
    groups: Sequence[Any] | None = None,
    split: Any = None,
    within_days: float | None = None,
    lost: Sequence[str] = ("lost",),
    skipped: str = "passed",
    backward: str = "furthest",
    level: float = 0.95,
    entity: str = "deal_id",
    stage: str = "to_stage",
    moment: str = "moved_at",
) -> FunnelComparison:
    """Compare the conversions of two groups, or of entities that came before a day and from it on.

    Parameters
    ----------
    moves : frame, relation or path
        As `funnel_table` takes it.
    stages : sequence of str
        Names of the stages in order; the last one is the goal.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    group : str, optional
        The column of the group; every entity has one. Either this or ``split`` is given.
    groups : two names, optional
        Which two groups, a and b; needed if there are more than two.
    split : date, datetime or str, optional
        First day of period b; an entity belongs to the period of its first move.
    within_days : float, optional
        Days for which each entity is followed; required with ``split``.
    lost, skipped, backward, level, entity, stage, moment
        As of `funnel_table`.

    Returns
    -------
    FunnelComparison

    Raises
    ------
    InputError
        As `funnel_table`, and if there are not two groups, a group is empty, an entity has several groups, or both or
        neither of ``group`` and ``split`` are given.

    References
    ----------
    Newcombe, R. G. (1998). Interval Estimation for the Difference Between Independent Proportions: Comparison of Eleven
    Methods. Statistics in Medicine 17, 873–890. Holm, S. (1979). A Simple Sequentially Rejective Multiple Test
    Procedure. Scandinavian Journal of Statistics 6, 65–70.

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame(
    ...     [
    ...         (k, branch, name, pd.Timestamp("2024-03-01"))
    ...         for k, (branch, won) in enumerate([("north", 3), ("south", 1)])
    ...         for k in range(100 * k, 100 * k + 4)
    ...         for name in ("new", "won")[: 2 if k % 100 < won else 1]
    ...     ],
    ...     columns=["deal_id", "branch", "to_stage", "moved_at"],
    ... )
    >>> found = funnel_comparison(moves, ["new", "won"], as_of="2024-03-31", group="branch")
    >>> columns = ["stage", "conversion_a", "conversion_b", "difference", "low", "high", "p_value"]
    >>> print(found.a, found.b)
    north south
    >>> print(found.table[columns].round(3).to_string(index=False))
    stage  conversion_a  conversion_b  difference    low  high  p_value
      new          0.75          0.25        -0.5 -0.789 0.135    0.157
    """
    day = as_day(as_of, "as_of")
    require_choice("skipped", skipped, SKIPPED)
    require_choice("backward", backward, BACKWARD)
    share, days = checked_numbers("funnel_comparison", level, within_days)
    begin = _checked_way(group, groups, split, days, day)
    found = read_moves(moves, stages, lost, day, entity=entity, stage=stage, moment=moment, within_days=days,
                       group=group, asked_by="funnel_comparison")  # fmt: skip
    if begin is not None:
        names = (say("before {day}", day=format_date(begin)), say("from {day}", day=format_date(begin)))
        side = (found.seconds[found.starts] >= end_of(begin) - DAY).astype("int64")
    else:
        names, side = _sides(found, groups, str(group))
    sizes = (int((side == 0).sum()), int((side == 1).sum()))
    empty = [name for name, size in zip(names, sizes, strict=True) if not size]
    if empty:
        problems = [Problem("empty_group", say("The group “{name}” is empty.", name=name)) for name in empty]
        raise InputError(say("`{function}` can't compare these groups.", function="funnel_comparison"), problems)
    journeys = Journeys.of(found, skipped, backward)
    table = _compared(journeys, side, found.stages, share)
    others = found.entities - sum(sizes) + found.too_recent
    return FunnelComparison(table, names[0], names[1], sizes[0], sizes[1], others)


def _compared(journeys: Journeys, side: np.ndarray, stages: tuple[str, ...], level: float) -> pd.DataFrame:
    last = len(stages) - 1
    on = journeys.reached & (journeys.position[:, None] > np.arange(last + 1)[None, :])
    came, went = (
        np.array([cells[side == one, :last].sum(axis=0) for one in (0, 1)]) for cells in (journeys.reached, on)
    )
    difference, low, high, p_value = share_difference(went[0], came[0], went[1], came[1], level)
    rates = [rate_with_interval(went[one], came[one], level)[0] for one in (0, 1)]
    return pd.DataFrame(
        {
            "stage": list(stages[:last]),
            "reached_a": came[0],
            "moved_on_a": went[0],
            "conversion_a": rates[0],
            "reached_b": came[1],
            "moved_on_b": went[1],
            "conversion_b": rates[1],
            "difference": difference,
            "low": low,
            "high": high,
            "p_value": p_value,
            "p_holm": _holm(p_value),
        }
    )


def share_difference(
    won_a: np.ndarray, of_a: np.ndarray, won_b: np.ndarray, of_b: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Share b less share a with Newcombe's interval, and the two-sided p-value; missing without trials.

    >>> for number in share_difference(*(np.array([n]) for n in (48, 80, 56, 70)), 0.95):
    ...     print(number.round(4))
    [0.2]
    [0.0524]
    [0.3339]
    [0.008]
    """
    (p_a, low_a, high_a), (p_b, low_b, high_b) = (
        rate_with_interval(won, of, level) for won, of in ((won_a, of_a), (won_b, of_b))
    )
    difference = p_b - p_a
    low = difference - np.sqrt((p_b - low_b) ** 2 + (high_a - p_a) ** 2)
    high = difference + np.sqrt((high_b - p_b) ** 2 + (p_a - low_a) ** 2)
    both = np.where(np.isnan(difference), 1, of_a + of_b)
    pooled = (won_a + won_b) / both
    spread = (
        pooled * (1 - pooled) * np.where(np.isnan(difference), 0.0, 1 / np.maximum(of_a, 1) + 1 / np.maximum(of_b, 1))
    )
    z = np.divide(np.abs(difference), np.sqrt(spread), out=np.zeros_like(difference), where=spread > 0)
    tail = np.array([2 * (1 - NormalDist().cdf(float(one))) for one in z])
    return difference, low, high, np.where(np.isnan(difference), np.nan, tail)


def _holm(p_values: np.ndarray) -> np.ndarray:
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    raised = p_values[order] * np.arange(len(order), 0, -1)
    adjusted = np.full(len(p_values), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return adjusted


def _checked_way(group: Any, groups: Any, split: Any, days: float | None, day: dt.date) -> dt.date | None:
    heading = say("`{function}` can't compare these groups.", function="funnel_comparison")
    if (group is None) == (split is None):
        what = say("Either `group` or `split` must be given, and not both.")
        raise InputError(heading, [Problem("one_of_two", what, column="group")])
    if split is None:
        return None
    begin = as_day(split, "split")
    problems = []
    if begin > day:
        what = say("`split` is {split}, `as_of` is {day}.", split=format_date(begin), day=format_date(day))
        problems.append(Problem("wrong_order", what, column="split"))
    if days is None:
        what = say("Periods need `within_days`: the older deals have had more time.")
        problems.append(Problem("no_window", what, column="within_days"))
    if problems:
        raise InputError(heading, problems)
    return begin


def _sides(moves: Moves, wanted: Sequence[Any] | None, column: str) -> tuple[tuple[str, str], np.ndarray]:
    """The names of the two groups, and 0, 1 or −1 (another group) for each entity."""
    heading = say("`{function}` can't compare these groups.", function="funnel_comparison")
    kind = np.asarray(moves.group)
    first, last = (reduce.reduceat(kind, moves.starts) for reduce in (np.minimum, np.maximum))
    several = int((first != last).sum())
    if several:
        what = say_count("{count} entity has several values of `{name}`.",
                         "{count} entities have several values of `{name}`.", several, name=column)  # fmt: skip
        advice = say("Give each entity one group, such as that of its first move.")
        raise InputError(heading, [Problem("several_groups", what, advice=advice, column=column)])
    present = [moves.groups[one] for one in np.unique(first)]
    names = present if wanted is None else [str(one) for one in wanted]
    if len(set(names)) != 2:
        what = say_count("`{name}` has {count} value; two are compared.",
                         "`{name}` has {count} values; two are compared.", len(set(names)), name=column)  # fmt: skip
        found = say("Values: {names}.", names=listed(present))
        advice = say("Name two of them: `groups=(…, …)`.")
        raise InputError(heading, [Problem("not_two", what, found, advice, column=column)])
    known = list(moves.groups)
    codes = [known.index(name) if name in known else -9 for name in names]
    side = np.where(first == codes[0], 0, np.where(first == codes[1], 1, -1))
    return (names[0], names[1]), side
