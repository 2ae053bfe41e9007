"""The funnel as an absorbing Markov chain: where it ends, and after how many moves.

From a transient state the next one is drawn with the probabilities of its row; an absorbing state (won, lost) is never
left. With Q between transient states and R from them to the ends,

N = (I − Q)⁻¹               expected visits of each state, by the state of the start (fundamental matrix)
B = N R                     probability of each end
t = N 1                     expected number of moves to the end
v = (2N − I) t − t ∘ t      its variance

(Kemeny and Snell 1960, chapter 3). The chain has no memory: what comes next depends on the stage alone, not on how long
or how often one was there. Estimated rows are counts of moves; stays that have not ended count nowhere, so the chain
speaks about moves that were made. Errors of B and t follow from the errors of the rows by the delta method: row k of
n_k moves enters through N's column k, with the variance of next values Σ p x² − (Σ p x)².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.analysis.event_lines import listed
from crm_toolkit.analysis.funnel.conversion import checked_numbers
from crm_toolkit.analysis.funnel.moves import read_moves
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count


@dataclass(frozen=True, eq=False)
class AbsorbingChain:
    """An absorbing chain, solved.

    Parameters
    ----------
    transition : pandas.DataFrame
        Probabilities; a row for each transient state, a column for each state.
    fundamental : pandas.DataFrame
        N: expected visits, the start counted as one.
    absorption : pandas.DataFrame
        B: a row for each transient state, a column for each end; rows add up to 1.
    steps : pandas.DataFrame
        By transient state: ``expected``, ``variance``, and of an estimated chain ``standard_error`` of ``expected``.
    ends : pandas.DataFrame
        Long form of B: ``state``, ``end``, ``probability``, and of an estimated chain ``low``, ``high`` (Wilson's
        interval with as many trials as give the delta method's error; where that error is 0, the moves from the state).
    counts : pandas.DataFrame or None
        Moves from state to state of an estimated chain.
    open_stays : int
        Stays that have not ended: in no row.
    moves_after_end : int
        Moves after the first end: not counted.
    unvisited : tuple of str
        Stages where nobody has been: not in the chain.
    """

    transition: pd.DataFrame
    fundamental: pd.DataFrame
    absorption: pd.DataFrame
    steps: pd.DataFrame
    ends: pd.DataFrame
    counts: pd.DataFrame | None = None
    open_stays: int = 0
    moves_after_end: int = 0
    unvisited: tuple[str, ...] = ()


def absorbing_chain(transition: pd.DataFrame) -> AbsorbingChain:
    """Solve an absorbing chain that is given by its probabilities.

    Parameters
    ----------
    transition : pandas.DataFrame
        A row for each transient state (its name in the index), a column for each state, also the absorbing ones: the
        columns that have no row. Probabilities from 0 to 1; every row adds up to 1.

    Returns
    -------
    AbsorbingChain

    Raises
    ------
    InputError
        If it is no frame, a name is repeated, a column is missing, there is no absorbing state, a probability is
        missing or outside 0 to 1, a row does not add up to 1, or from a state no end can be reached.

    References
    ----------
    Kemeny, J. G., Snell, J. L. (1960). Finite Markov Chains. Van Nostrand, chapter 3.

    Examples
    --------
    >>> walk = pd.DataFrame(
    ...     [[0, 0.5, 0, 0.5, 0], [0.5, 0, 0.5, 0, 0], [0, 0.5, 0, 0, 0.5]],
    ...     index=list("123"),
    ...     columns=["1", "2", "3", "home", "bar"],
    ... )
    >>> chain = absorbing_chain(walk)
    >>> print(chain.absorption.round(2))
       home   bar
    1  0.75  0.25
    2  0.50  0.50
    3  0.25  0.75
    >>> print(chain.steps.round(2))
       expected  variance
    1       3.0       8.0
    2       4.0       8.0
    3       3.0       8.0
    """
    matrix = _checked(transition)
    return _solved(matrix, None, 0.95)


def funnel_chain(
    moves: Any,
    stages: Sequence[str],
    *,
    as_of: Any,
    lost: Sequence[str] = ("lost",),
    level: float = 0.95,
    entity: str = "deal_id",
    stage: str = "to_stage",
    moment: str = "moved_at",
) -> AbsorbingChain:
    """Estimate the chain of a funnel from its moves: the goal and the ends as lost are absorbing.

    Parameters
    ----------
    moves : frame, relation or path
        As `funnel_table` takes it. An entity's journey ends with its first arrival at the goal or at an end as lost;
        later moves are counted, but not used. Moves to the same stage twice in a row are one.
    stages : sequence of str
        Names of the stages in order; the last one is the goal.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    lost : sequence of str
        Names of the ends as lost.
    level : float
        Level of the intervals, 0.5 to 0.999.
    entity, stage, moment : str
        Names of the three columns.

    Returns
    -------
    AbsorbingChain

    Raises
    ------
    InputError
        As `funnel_table`, and if nobody has ever left a stage or, from a stage, nobody has ever come to an end.

    Examples
    --------
    >>> journeys = ["new offer won", "new offer lost", "new lost", "new offer new offer won"]
    >>> rows = [
    ...     (deal, name, pd.Timestamp("2024-03-01") + pd.Timedelta(days=day))
    ...     for deal, journey in enumerate(journeys)
    ...     for day, name in enumerate(journey.split())
    ... ]
    >>> moves = pd.DataFrame(rows, columns=["deal_id", "to_stage", "moved_at"])
    >>> chain = funnel_chain(moves, ["new", "offer", "won"], as_of="2024-03-31")
    >>> print(chain.counts)
           new  offer  won  lost
    new      0      4    0     1
    offer    1      0    2     1
    >>> print(chain.absorption.round(3))
             won   lost
    new    0.500  0.500
    offer  0.625  0.375
    """
    day = as_day(as_of, "as_of")
    share, _ = checked_numbers("funnel_chain", level, None)
    found = read_moves(moves, stages, lost, day, entity=entity, stage=stage, moment=moment, asked_by="funnel_chain")
    owner, place = found.owner, found.place
    goal = len(found.stages) - 1
    over = place >= goal
    ended = np.cumsum(over)
    before: np.ndarray = ended - over - np.repeat((ended - over)[found.starts], found.ends - found.starts)
    inside = before == 0
    after_end = int((~inside).sum())
    owner, place = owner[inside], place[inside]
    fresh = np.r_[True, (owner[1:] != owner[:-1]) | (place[1:] != place[:-1])]
    owner, place = owner[fresh], place[fresh]
    same = owner[1:] == owner[:-1]
    size = len(found.stages) + len(found.lost)
    counts = np.bincount(place[:-1][same] * size + place[1:][same], minlength=size * size).reshape(size, size)
    still = int((~np.r_[same, False] & (place < goal)).sum())
    names = [*found.stages, *found.lost]
    visited = np.bincount(place, minlength=size) > 0
    unvisited = tuple(names[one] for one in range(goal) if not visited[one])
    transient = [one for one in range(goal) if visited[one]]
    absorbing = [one for one in range(goal, size) if visited[one]]
    _require_left(names, transient, counts, "funnel_chain")
    kept = [*transient, *absorbing]
    table = pd.DataFrame(counts[np.ix_(transient, kept)], index=[names[one] for one in transient],
                         columns=[names[one] for one in kept])  # fmt: skip
    _require_ends(table.to_numpy() > 0, list(table.index), "funnel_chain")
    matrix = table.div(table.sum(axis=1), axis=0)
    chain = _solved(matrix, table, share)
    return AbsorbingChain(chain.transition, chain.fundamental, chain.absorption, chain.steps, chain.ends, table, still,
                          after_end, unvisited)  # fmt: skip


def _solved(matrix: pd.DataFrame, counts: pd.DataFrame | None, level: float) -> AbsorbingChain:
    states = list(matrix.index)
    ends = [name for name in matrix.columns if name not in states]
    q, r = matrix[states].to_numpy(dtype="float64"), matrix[ends].to_numpy(dtype="float64")
    fundamental = np.linalg.inv(np.eye(len(states)) - q)
    absorption = fundamental @ r
    expected = fundamental.sum(axis=1)
    variance = np.maximum(2 * fundamental @ expected - expected - expected**2, 0.0)
    steps = pd.DataFrame({"expected": expected, "variance": variance}, index=states)
    long = pd.DataFrame(
        {
            "state": np.repeat(np.array(states, dtype=object), len(ends)),
            "end": np.tile(np.array(ends, dtype=object), len(states)),
            "probability": absorption.ravel(),
        }
    )
    if counts is not None:
        row = np.hstack([q, r])
        n = counts.to_numpy().sum(axis=1)
        later = np.vstack([absorption, np.eye(len(ends))])
        error = np.sqrt(fundamental**2 @ (_spread(row, later) / n[:, None]))
        left = np.append(expected, np.zeros(len(ends)))[:, None]
        steps["standard_error"] = np.sqrt(fundamental**2 @ (_spread(row, left) / n[:, None]))[:, 0]
        trials = np.broadcast_to(n[:, None], error.shape).astype("float64")
        inner = absorption * (1 - absorption)
        some = (error > 1e-9) & (inner > 1e-12)
        trials = np.where(some, np.divide(inner, error**2, out=np.ones_like(inner), where=some), trials)
        low, high = wilson_interval(np.clip(absorption, 0, 1) * trials, trials, level)
        long["low"], long["high"] = low.ravel(), high.ravel()
    return AbsorbingChain(
        matrix,
        pd.DataFrame(fundamental, index=states, columns=states),
        pd.DataFrame(absorption, index=states, columns=ends),
        steps,
        long,
    )


def _spread(row: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Variance of the value after a move, by the state before it."""
    return np.maximum(row @ value**2 - (row @ value) ** 2, 0.0)


def _checked(transition: Any) -> pd.DataFrame:
    heading = say("`{function}` can't solve this chain.", function="absorbing_chain")
    if not isinstance(transition, pd.DataFrame):
        what = say("A table of kind `{kind}` was given.", kind=type(transition).__name__)
        advice = say("Give a pandas frame with a row for each transient state.")
        raise InputError(heading, [Problem("unknown_kind", what, advice=advice)])
    states, columns = list(transition.index), list(transition.columns)
    problems = []
    for name, given in (("index", states), ("columns", columns)):
        twice = sorted({str(one) for one in given if given.count(one) > 1})
        if twice:
            what = say("{names} stand in the {place} several times.", names=listed(twice), place=name)
            problems.append(Problem("repeated_state", what))
    lacking = [one for one in states if one not in columns]
    if lacking:
        what = say("These states have a row but no column: {names}.", names=listed(lacking))
        problems.append(Problem("missing_column", what))
    if not states:
        problems.append(Problem("empty", say("There is no transient state.")))
    if not [one for one in columns if one not in states]:
        what = say("There is no absorbing state: every column has a row.")
        problems.append(Problem("no_end", what, advice=say("Leave out the rows of the ends.")))
    if problems:
        raise InputError(heading, problems)
    ends = [one for one in columns if one not in states]
    numbers = transition[[*states, *ends]].apply(pd.to_numeric, errors="coerce").astype("float64")
    cells = numbers.to_numpy()
    bad = np.logical_not((cells >= 0) & (cells <= 1))
    rows_bad: Any = np.asarray(bad).any(axis=1)
    for name in [states[one] for one in np.flatnonzero(rows_bad)]:
        what = say("In the row “{name}” a probability is missing or outside 0 to 1.", name=name)
        problems.append(Problem("outside_range", what))
    for one in np.flatnonzero(~rows_bad & (np.abs(cells.sum(axis=1) - 1) > 1e-6)):
        what = say("The row “{name}” adds up to {total}, not to 1.", name=states[one], total=round(cells[one].sum(), 6))
        problems.append(Problem("wrong_sum", what))
    if problems:
        raise InputError(heading, problems)
    _require_ends(cells > 0, states, "absorbing_chain")
    return numbers.div(numbers.sum(axis=1), axis=0)


def _require_ends(leads: np.ndarray, states: list[Any], asked_by: str) -> None:
    """Refuse states from which no end can be reached."""
    size = len(states)
    reaches: Any = leads[:, size:].any(axis=1)
    for _ in range(size):
        reaches = reaches | (leads[:, :size] & reaches[None, :]).any(axis=1)
    if reaches.all():
        return
    problems = [
        Problem("no_way_out", say("From the state “{name}” no end can be reached.", name=states[one]))
        for one in np.flatnonzero(~reaches)
    ]
    raise InputError(say("`{function}` can't solve this chain.", function=asked_by), problems)


def _require_left(names: list[str], transient: list[int], counts: np.ndarray, asked_by: str) -> None:
    heading = say("`{function}` can't solve this chain.", function=asked_by)
    if not transient:
        raise InputError(heading, [Problem("empty", say("There is no transient state."))])
    stuck = [names[one] for one in transient if not counts[one].sum()]
    if stuck:
        what = say_count("Nobody has left {count} stage yet: {names}.", "Nobody has left {count} stages yet: {names}.",
                         len(stuck), names=listed(stuck))  # fmt: skip
        advice = say("Ask again when some have moved on, or leave these stages out.")
        raise InputError(heading, [Problem("never_left", what, advice=advice)])
