"""How long deals stay at a stage, with those counted that are still there.

A stay begins with the move to a stage and ends with the next move to another one, onwards, back or lost. A deal that
is still there at the date of analysis has a stay of *at least* its length so far: it is censored. The median of the
ended stays alone is too short, since the slow ones are exactly those that have not ended; leaving the others out is the
usual mistake of a pipeline report.

The share of stays that last longer than t is estimated by Kaplan and Meier (1958), S(t) = Π (1 − d_j/n_j) over the
lengths t_j ≤ t at which d_j of the n_j stays at least so long ended. The median is the first length at which S is 0.5
or less; if more than half outlast everything seen, it is not reached, and the table says so. Its interval is Brookmeyer
and Crowley's (1982) on the scale log(−log S): the lengths at which S could be 0.5.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.event_lines import DAY
from crm_toolkit.analysis.funnel.conversion import checked_numbers
from crm_toolkit.analysis.funnel.moves import read_moves
from crm_toolkit.analysis.lines import as_day


@dataclass(frozen=True, eq=False)
class StageTimes:
    """How long entities stay at each stage.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per stage but the goal: ``stage``, ``stays``, ``ended``, ``open`` (still there: censored),
        ``median_days`` (of all stays), ``low``, ``high``, ``reached`` (flag: whether the median is reached; if not,
        ``median_days`` is missing and longer than ``longest_days``), ``longest_days`` (of all stays, also open ones),
        ``ended_median_days`` (of the ended alone: too short; missing if none ended). ``low`` and ``high`` are missing
        where an end of the interval is not reached.
    curves : pandas.DataFrame
        ``stage``, ``days``, ``share`` (of the stays that last longer, a fraction), ``low``, ``high`` (missing at 1 and
        0, where the formula gives none), beginning with 1 at day 0.
    level : float
    as_of : datetime.date
    """

    table: pd.DataFrame
    curves: pd.DataFrame
    level: float
    as_of: dt.date


def stage_times(
    moves: Any,
    stages: Sequence[str],
    *,
    as_of: Any,
    lost: Sequence[str] = ("lost",),
    level: float = 0.95,
    entity: str = "deal_id",
    stage: str = "to_stage",
    moment: str = "moved_at",
) -> StageTimes:
    """Estimate how long entities stay at each stage, the open ones included.

    Parameters
    ----------
    moves : frame, relation or path
        As `funnel_table` takes it. Moves to the same stage twice in a row are one stay; who comes back has a new one.
    stages : sequence of str
        Names of the stages in order; the last one is the goal, which nobody leaves.
    as_of : date, datetime or str
        Date of analysis; open stays last to the end of that day.
    lost : sequence of str
        Names of the ends as lost.
    level : float
        Level of the intervals, 0.5 to 0.999.
    entity, stage, moment : str
        Names of the three columns.

    Returns
    -------
    StageTimes

    Raises
    ------
    InputError
        As `funnel_table`.

    References
    ----------
    Kaplan, E. L., Meier, P. (1958). Nonparametric Estimation from Incomplete Observations. Journal of the American
    Statistical Association 53, 457–481. Brookmeyer, R., Crowley, J. (1982). A Confidence Interval for the Median
    Survival Time. Biometrics 38, 29–41.

    Examples
    --------
    >>> import pandas as pd
    >>> begin = pd.Timestamp("2024-03-01")
    >>> rows = [(deal, "new", begin) for deal in range(5)]
    >>> rows += [(deal, "won", begin + pd.Timedelta(days=days)) for deal, days in enumerate([1, 2, 4])]
    >>> moves = pd.DataFrame(rows, columns=["deal_id", "to_stage", "moved_at"])
    >>> times = stage_times(moves, ["new", "won"], as_of="2024-03-10").table
    >>> columns = ["stage", "stays", "ended", "open", "median_days", "longest_days", "ended_median_days"]
    >>> print(times[columns].to_string(index=False))
    stage  stays  ended  open  median_days  longest_days  ended_median_days
      new      5      3     2          4.0          10.0                2.0
    """
    day = as_day(as_of, "as_of")
    share, _ = checked_numbers("stage_times", level, None)
    found = read_moves(moves, stages, lost, day, entity=entity, stage=stage, moment=moment, asked_by="stage_times")
    owner, place, seconds = found.owner, found.place, found.seconds
    fresh = np.r_[True, (owner[1:] != owner[:-1]) | (place[1:] != place[:-1])]
    owner, place, seconds = owner[fresh], place[fresh], seconds[fresh]
    ended = np.r_[owner[1:] == owner[:-1], False]
    days = (np.where(ended, np.r_[seconds[1:], 0], found.end) - seconds) / DAY
    rows, curves = [], []
    for number, name in enumerate(found.stages[:-1]):
        here = place == number
        row, curve = _stays(days[here], ended[here], share)
        rows.append((name, *row))
        curves.append(curve.assign(stage=name))
    table = pd.DataFrame(rows, columns=["stage", "stays", "ended", "open", "median_days", "low", "high", "reached",
                                        "longest_days", "ended_median_days"])  # fmt: skip
    drawn = pd.concat(curves, ignore_index=True)[["stage", "days", "share", "low", "high"]]
    return StageTimes(table, drawn, share, day)


def _stays(days: np.ndarray, ended: np.ndarray, level: float) -> tuple[tuple[Any, ...], pd.DataFrame]:
    """The row of one stage, and its curve."""
    count, over = len(days), int(ended.sum())
    lengths, share, low, high = _kaplan_meier(days, ended, level)
    curve = pd.DataFrame({"days": np.r_[0.0, lengths], "share": np.r_[1.0, share], "low": np.r_[np.nan, low],
                          "high": np.r_[np.nan, high]})  # fmt: skip
    at_half = [_first(lengths, side) for side in (share, low, high)]
    longest = float(days.max()) if count else np.nan
    naive = float(np.median(days[ended])) if over else np.nan
    return (count, over, count - over, *at_half, not np.isnan(at_half[0]), longest, naive), curve


def _first(lengths: np.ndarray, share: np.ndarray) -> float:
    """The first length at which a curve is 0.5 or less; missing if it stays above."""
    with np.errstate(invalid="ignore"):
        reached = np.flatnonzero(share <= 0.5 + 1e-12)
    return float(lengths[reached[0]]) if len(reached) else float("nan")


def _kaplan_meier(days: np.ndarray, ended: np.ndarray, level: float) -> tuple[np.ndarray, ...]:
    """Lengths at which stays end, the share that lasts longer, and its interval on the scale log(−log S)."""
    lengths, gone = np.unique(days[ended], return_counts=True)
    there = len(days) - np.searchsorted(np.sort(days), lengths, side="left")
    share = np.cumprod(1.0 - gone / there)
    left = there - gone
    spread = np.cumsum(np.divide(gone, there * left, out=np.zeros(len(gone)), where=left > 0))
    inner = (share > 1e-15) & (left > 0)
    logs = np.log(np.where(inner, share, 0.5))
    reach = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(spread) / np.abs(logs)
    low, high = share ** np.exp(reach), share ** np.exp(-reach)
    return lengths, share, np.where(inner, low, np.nan), np.where(inner, high, np.nan)
