"""A day at the inbox, played: the clock, what was done, what it was worth.

One person works from 9:00 to 18:00 with a break, one event after the other; nothing is begun that can't be ended
before 18:00. A day is a list of moves, so it can be played again from its beginning, and undone.

    kept = settled · in time                settled = answer given against answer needed, and minutes against needed
    settled late        a part is kept (`taxonomy.LATE`)
    left, due today     nothing is kept
    left, due later     most of it is kept (`taxonomy.CARRIED`): tomorrow is a day too

The deadlines are working minutes by the service level of what the *text* asks for; `firm.sla_table` judges them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.inbox.events import InboxDay, clock_of
from crm_toolkit.exercises.inbox.taxonomy import ANSWERS, CARRIED, DAY_MINUTES, LATE, LEVELS, SETTLES, TASKS
from crm_toolkit.firm import sla_table
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import say

WAIT = "wait"


@dataclass(frozen=True)
class Move:
    """One thing done.

    Parameters
    ----------
    event : str
        The event's id, or ``"wait"``: until the next one arrives.
    answer : str
        One of `taxonomy.ANSWERS`.
    minutes : int
        Given to it, 1 to 120.
    task : str
        What task of the department the player takes it for; empty if not said.
    """

    event: str
    answer: str = ""
    minutes: int = 0
    task: str = ""


@dataclass(frozen=True)
class Done:
    """What a move came to: when it was begun and ended (working minutes), and the part that it settled."""

    move: Move
    begun: int
    ended: int
    settled: float


@dataclass(frozen=True)
class Standing:
    """Where a day stands after some moves.

    Parameters
    ----------
    minute : int
        Working minutes since 9:00.
    done : tuple of Done
        In their order, waiting left out.
    open : tuple of str
        Events that have arrived and were not taken, in the order of arrival.
    to_come : int
        Events that have not arrived.
    """

    minute: int
    done: tuple[Done, ...]
    open: tuple[str, ...]
    to_come: int

    @property
    def left(self) -> int:
        """Working minutes left until 18:00."""
        return DAY_MINUTES - self.minute


@dataclass(frozen=True, eq=False)
class InboxResult:
    """What a day was worth.

    Parameters
    ----------
    events : pandas.DataFrame
        One row for each event: ``event``, ``kind``, ``task``, ``answer`` (empty where it was left), ``needed``,
        ``minutes`` given, ``begun``, ``ended`` (working minutes since 9:00, missing where it was left), ``due``,
        ``in_time`` (flag; missing where it was left and is due after the day), ``hidden`` (flag), ``stake``, ``kept``
        (units of money), ``settled`` (fraction).
    clock : pandas.DataFrame
        `firm.sla_table` of the same events at 18:00.
    kept : float
        Of all that was at stake, the part that was kept, a fraction.
    in_time : float
        Of the events that were due by 18:00, the share settled in time.
    hidden_in_time, hidden : int
        Events that were more urgent than their label; of them in time.
    answered_rightly : float
        Of the events taken, the share with the answer that was needed; missing where none was.
    named, named_rightly : int
        Events whose task the player named; of them rightly.
    minutes : pandas.Series
        Minutes by task of the department, in the order of `taxonomy.TASKS`.
    """

    events: pd.DataFrame
    clock: pd.DataFrame
    kept: float
    in_time: float
    hidden_in_time: int
    hidden: int
    answered_rightly: float
    named: int
    named_rightly: int
    minutes: pd.Series


def needed(day: InboxDay, event: str, settled: Iterable[str] = ()) -> tuple[str, int]:
    """The answer that an event needs and the minutes that it takes, after these events were settled.

    >>> from crm_toolkit.exercises.inbox.events import draw_day
    >>> day = draw_day("A-1")
    >>> needed(day, "refund_1"), needed(day, "refund_1", ["write_article"])
    (('reply', 12), ('article', 5))
    """
    one = day[event]
    if one.eased_by and one.eased_by in settled:
        return "article", ANSWERS["article"].minutes
    return one.need, one.minutes


def play(day: InboxDay, moves: Iterable[Move]) -> Standing:
    """Play moves from 9:00 on.

    Raises
    ------
    InputError
        If a move can't be made: the event is unknown, has not arrived or was taken already, the answer is unknown, the
        minutes are none or don't fit into the day.

    Examples
    --------
    >>> from crm_toolkit.exercises.inbox.events import draw_day
    >>> day = draw_day("A-1")
    >>> first = play(day, []).open[0]
    >>> play(day, [Move(first, "article", 4)]).minute
    4
    """
    minute, done, taken = 0, [], dict[str, float]()
    for number, move in enumerate(moves, start=1):
        if move.event == WAIT:
            coming = [one.arrives for one in day.events if one.arrives > minute]
            minute = min(coming, default=DAY_MINUTES)
            continue
        _checked(day, move, minute, taken, number)
        answer, minutes = needed(day, move.event, [name for name, part in taken.items() if part > 0.5])
        whole = minutes if move.answer == answer else ANSWERS[move.answer].minutes
        settled = SETTLES[answer][move.answer] * min(1.0, move.minutes / whole)
        done.append(Done(move, minute, minute + move.minutes, settled))
        taken[move.event] = settled
        minute += move.minutes
    there = [one for one in day.events if one.arrives <= minute]
    waiting = tuple(one.id for one in there if one.id not in taken)
    return Standing(minute, tuple(done), waiting, len(day.events) - len(there))


def _checked(day: InboxDay, move: Move, minute: int, taken: dict[str, float], number: int) -> None:
    problems: list[Problem] = []
    known = {one.id: one for one in day.events}
    if move.event not in known:
        close = near_misses(str(move.event), known)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
        problems.append(Problem("unknown_event", say("There is no event “{id}” on this day.", id=move.event),
                                advice=advice))  # fmt: skip
    elif move.event in taken:
        problems.append(Problem("taken", say("“{id}” was done already.", id=move.event)))
    elif known[move.event].arrives > minute:
        problems.append(Problem("not_there", say("“{id}” has not arrived yet.", id=move.event)))
    if move.answer not in ANSWERS:
        problems.append(Problem("no_answer", say("Choose what to do with it.")))
    if isinstance(move.minutes, bool) or not isinstance(move.minutes, int) or not 1 <= move.minutes <= 120:
        problems.append(Problem("no_minutes", say("Give it 1 to 120 minutes, as a whole number.")))
    elif minute + move.minutes > DAY_MINUTES:
        what = say("It does not fit into the day: {left} working minutes are left.", left=DAY_MINUTES - minute)
        problems.append(Problem("too_late", what, advice=say("Give it less, take something shorter, or go home.")))
    if move.task and move.task not in TASKS:
        problems.append(Problem("unknown_task", say("The department has no such task: {task}.", task=move.task)))
    if problems:
        raise InputError(say("Move {number} can't be made.", number=number), problems)


def result_of(day: InboxDay, moves: Iterable[Move]) -> InboxResult:
    """What a day played with these moves was worth; what was not taken is left.

    Examples
    --------
    >>> from crm_toolkit.exercises.inbox.events import draw_day
    >>> round(result_of(draw_day("A-1"), []).kept, 2) < 0.5
    True
    """
    standing = play(day, moves)
    done = {one.move.event: one for one in standing.done}
    clock = _clock(day, done)
    met = dict(zip(clock["request_id"], clock["resolution_met"], strict=True))
    rows = []
    for one in day.events:
        found = done.get(one.id)
        if found:
            in_time: bool | None = bool(met[one.id])
            part = found.settled * (1.0 if in_time else LATE.default)
        else:
            in_time = None if one.real_due > DAY_MINUTES else False
            part = 0.0 if in_time is False else CARRIED.default
        rows.append({
            "event": one.id, "kind": one.kind, "task": one.task, "answer": found.move.answer if found else "",
            "needed": one.need, "minutes": found.move.minutes if found else 0,
            "begun": found.begun if found else None, "ended": found.ended if found else None, "due": one.real_due,
            "in_time": in_time, "hidden": one.hidden, "stake": one.stake, "kept": part * one.stake,
            "settled": found.settled if found else 0.0,
        })  # fmt: skip
    table = pd.DataFrame(rows).astype({"begun": "Int64", "ended": "Int64", "in_time": "boolean"})
    today = table[(table["due"] <= DAY_MINUTES) | (table["answer"] != "")]
    good = table["in_time"].fillna(False).astype(bool) & (table["settled"] > 0.5)
    taken = table[table["answer"] != ""]
    named = {one.move.event: one.move.task for one in standing.done if one.move.task}
    spent = taken.groupby("task")["minutes"].sum()
    return InboxResult(
        events=table, clock=clock, kept=float(table["kept"].sum() / day.stakes),
        in_time=float(good[today.index].mean()), hidden_in_time=int((good & table["hidden"]).sum()),
        hidden=int(table["hidden"].sum()),
        answered_rightly=float((taken["settled"] >= 0.999).mean()) if len(taken) else float("nan"), named=len(named),
        named_rightly=sum(day[event].task == task for event, task in named.items()),
        minutes=spent.reindex(list(TASKS), fill_value=0).astype("int64"),
    )  # fmt: skip


def _clock(day: InboxDay, done: dict[str, Done]) -> pd.DataFrame:
    requests = pd.DataFrame(
        [(one.id, one.due, clock_of(one.arrives)) for one in day.events],
        columns=["request_id", "priority", "opened_at"],
    )
    events = [(name, moment, kind) for name, one in done.items()
              for moment, kind in ((clock_of(one.begun), "responded"), (clock_of(one.ended), "resolved"))]  # fmt: skip
    table = pd.DataFrame(events, columns=["request_id", "at", "kind"])
    return sla_table(LEVELS, requests, table, now=clock_of(DAY_MINUTES))
