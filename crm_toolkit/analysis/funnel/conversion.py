"""The sales funnel: how many come to each stage, how many move on, and how sure that is.

reached      entities (deals, leads) that came to the stage or past it
moved on     those of them that came to a later stage
lost, open   those whose furthest stage it is, and who were lost there or are still there
conversion   moved on / reached: *so far*, since those who are open may still move
decided      moved on / (moved on + lost): without the open ones; too high where a loss takes longer than a success

Real deals jump and go back, so two rules are declared and never hidden:

skipped stages   ``"passed"``: who is recorded at a later stage has passed the earlier ones (reached never rises along
                 the funnel). ``"recorded"``: a stage counts only for whom it was recorded.
backward moves   ``"furthest"``: the furthest stage ever reached counts. ``"latest"``: the last one does, and going
                 back takes a deal out of the later stages.

An entity is lost if its last move is to one of the ends named in ``lost``. Who is lost without ever being recorded at a
stage was lost at the first one (``"passed"``), or is only counted (``"recorded"``).

A young deal has had less time than an old one. With ``within_days`` everybody gets the same time: moves within so many
days of the first one count, and entities that came too late to be followed for so long are left out, and counted.

Intervals are Wilson's (1927): they take entities as independent and alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.analysis.funnel.moves import Moves, read_moves
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers

SKIPPED, BACKWARD = ("passed", "recorded"), ("furthest", "latest")


@dataclass(frozen=True, eq=False)
class Funnel:
    """A funnel, counted.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per stage, in order: ``stage``, ``reached``, ``skipped`` (of these, never recorded at it),
        ``came_back`` (moves back to it), ``moved_on``, ``lost``, ``open``, ``conversion``, ``low``, ``high``,
        ``decided_conversion``, ``decided_low``, ``decided_high`` (missing at the last stage and where the denominator
        is 0), ``share_of_all``, ``share_low``, ``share_high`` (reached / entities). Rates are fractions. At every
        stage but the last ``reached = moved_on + lost + open``; at the last, the goal, only ``reached`` counts.
    entities : int
        All entities counted.
    lost_unrecorded : int
        Of them, those with an end as lost and no stage; with ``skipped="recorded"`` they stand in no row.
    rows, rows_without_entity, rows_after, too_recent : int
        Rows of the table; left out: rows without an entity, rows after ``as_of``, entities too young for
        ``within_days``.
    skipped, backward : str
        The two rules.
    within_days : float or None
    as_of : datetime.date
    """

    table: pd.DataFrame
    entities: int
    lost_unrecorded: int
    rows: int
    rows_without_entity: int
    rows_after: int
    too_recent: int
    skipped: str
    backward: str
    within_days: float | None
    as_of: dt.date


def funnel_table(
    moves: Any,
    stages: Sequence[str],
    *,
    as_of: Any,
    lost: Sequence[str] = ("lost",),
    skipped: str = "passed",
    backward: str = "furthest",
    within_days: float | None = None,
    level: float = 0.95,
    entity: str = "deal_id",
    stage: str = "to_stage",
    moment: str = "moved_at",
) -> Funnel:
    """Count who came to each stage and who moved on.

    Parameters
    ----------
    moves : frame, relation or path
        One row per move, such as the store's ``stage_moves``: the entity, the stage it came to, the moment (datetime,
        local time, or date). A list with only the present stage of each lead, and the moment of its entry, will do:
        then lost leads count at the first stage. Rows without an entity or after ``as_of`` are left out and counted.
    stages : sequence of str
        Names of the stages in order, 2 to 40; the last one is the goal.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    lost : sequence of str
        Names of the ends as lost.
    skipped : {"passed", "recorded"}
        Rule for skipped stages; the head of this module says it exactly.
    backward : {"furthest", "latest"}
        Rule for moves back.
    within_days : float, optional
        Days after its first move for which each entity is followed; by default up to ``as_of``.
    level : float
        Level of the intervals, 0.5 to 0.999.
    entity, stage, moment : str
        Names of the three columns.

    Returns
    -------
    Funnel

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a stage is unknown or missing, a moment is missing, nothing is left
        to count, or an option is not allowed.

    References
    ----------
    Wilson, E. B. (1927). Probable Inference, the Law of Succession, and Statistical Inference. Journal of the American
    Statistical Association 22, 209–212.

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame(
    ...     [
    ...         (1, "new", "2024-03-01"),
    ...         (1, "offer", "2024-03-04"),
    ...         (1, "won", "2024-03-09"),
    ...         (2, "new", "2024-03-02"),
    ...         (2, "lost", "2024-03-05"),
    ...         (3, "new", "2024-03-03"),
    ...         (3, "won", "2024-03-04"),  # no offer was recorded
    ...         (4, "new", "2024-03-08"),
    ...     ],
    ...     columns=["deal_id", "to_stage", "moved_at"],
    ... ).astype({"moved_at": "datetime64[us]"})
    >>> funnel = funnel_table(moves, ["new", "offer", "won"], as_of="2024-03-31")
    >>> columns = ["stage", "reached", "skipped", "moved_on", "lost", "open", "conversion", "low", "high"]
    >>> print(funnel.table[columns].round(3).to_string(index=False))
    stage  reached  skipped  moved_on  lost  open  conversion   low  high
      new        4        0         2     1     1         0.5 0.150  0.85
    offer        2        1         2     0     0         1.0 0.342  1.00
      won        2        0         0     0     0         NaN   NaN   NaN
    """
    day = as_day(as_of, "as_of")
    require_choice("skipped", skipped, SKIPPED)
    require_choice("backward", backward, BACKWARD)
    share, days = checked_numbers("funnel_table", level, within_days)
    found = read_moves(moves, stages, lost, day, entity=entity, stage=stage, moment=moment, within_days=days,
                       asked_by="funnel_table")  # fmt: skip
    journeys = Journeys.of(found, skipped, backward)
    table = _laid_out(journeys, found, share)
    return Funnel(table, found.entities, int((journeys.furthest < 0).sum()), found.rows, found.without_entity,
                  found.after, found.too_recent, skipped, backward, days, day)  # fmt: skip


def checked_numbers(asked_by: str, level: float, within_days: float | None) -> tuple[float, float | None]:
    """The level of intervals and the days for which everybody is followed."""
    given: dict[str, tuple[Any, float, float]] = {"level": (level, 0.5, 0.999)}
    if within_days is not None:
        given["within_days"] = (within_days, 1 / 24, 36_600)
    numbers = require_numbers(asked_by, **given)
    return numbers[0], numbers[1] if within_days is not None else None


@dataclass(frozen=True, eq=False)
class Journeys:
    """How far each entity came, by the rules.

    Parameters
    ----------
    reached, seen : array of bool
        One row per entity, one column per stage.
    position, furthest : array of int
        Stage at which the entity stands by the rules, and the furthest recorded; −1 without one.
    lost : array of bool
    """

    reached: np.ndarray
    seen: np.ndarray
    position: np.ndarray
    furthest: np.ndarray
    lost: np.ndarray

    @classmethod
    def of(cls, moves: Moves, skipped: str, backward: str) -> Journeys:
        """Apply the rules to moves."""
        count, place = len(moves.stages), moves.place
        staged = place < count
        seen = np.zeros((moves.entities, count), dtype=bool)
        seen[moves.owner[staged], place[staged]] = True
        furthest = np.maximum.reduceat(np.where(staged, place, -1), moves.starts)
        latest = np.maximum.reduceat(np.where(staged, np.arange(len(place)), -1), moves.starts)
        lost = place[moves.ends - 1] >= count
        position = furthest if backward == "furthest" else np.where(latest >= 0, place[latest], -1)
        if skipped == "passed":
            position = np.maximum(position, 0)
        reached = position[:, None] >= np.arange(count)[None, :]
        return cls(reached if skipped == "passed" else reached & seen, seen, position, furthest, lost)


def _laid_out(journeys: Journeys, moves: Moves, level: float) -> pd.DataFrame:
    count = len(moves.stages)
    stages = np.arange(count)
    reached = journeys.reached
    ahead = journeys.position[:, None] > stages[None, :]
    here = reached & ~ahead
    moved_on = (reached & ahead).sum(axis=0)
    lost = (here & journeys.lost[:, None]).sum(axis=0)
    still = (here & ~journeys.lost[:, None]).sum(axis=0)
    moved_on[-1] = lost[-1] = still[-1] = 0
    people = reached.sum(axis=0)
    goal = stages == count - 1
    conversion = rate_with_interval(moved_on, np.where(goal, 0, people), level)
    decided = rate_with_interval(moved_on, moved_on + lost, level)
    of_all = rate_with_interval(people, np.full(count, moves.entities), level)
    return pd.DataFrame(
        {
            "stage": list(moves.stages),
            "reached": people,
            "skipped": (reached & ~journeys.seen).sum(axis=0),
            "came_back": _moves_back(moves),
            "moved_on": moved_on,
            "lost": lost,
            "open": still,
            **dict(zip(("conversion", "low", "high"), conversion, strict=True)),
            **dict(zip(("decided_conversion", "decided_low", "decided_high"), decided, strict=True)),
            **dict(zip(("share_of_all", "share_low", "share_high"), of_all, strict=True)),
        }
    )


def _moves_back(moves: Moves) -> np.ndarray:
    """Moves to a stage from a later one; ends as lost in between are passed over."""
    count = len(moves.stages)
    staged = moves.place < count
    place, owner = moves.place[staged], moves.owner[staged]
    back = (owner[1:] == owner[:-1]) & (place[1:] < place[:-1])
    return np.bincount(place[1:][back], minlength=count)


def rate_with_interval(successes: Any, trials: Any, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A share with Wilson's interval; missing where there are no trials."""
    won, of = np.asarray(successes, dtype="float64"), np.asarray(trials, dtype="float64")
    some = of > 0
    safe = np.where(some, of, 1.0)
    low, high = wilson_interval(np.where(some, won, 0.0), safe, level)
    return tuple(np.where(some, value, np.nan) for value in (won / safe, low, high))  # type: ignore[return-value]
