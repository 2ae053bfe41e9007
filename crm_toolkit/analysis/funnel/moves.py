"""Moves from stage to stage, laid out for counting: one entity (a deal, a lead) after the other, in the order of time.

A move says that an entity came to a stage at a moment; where it came from is told by the move before. Moves of one
entity at the same second are taken in the order of the stages, the end as lost last. Names of stages are compared as
text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.analysis.event_lines import DAY, codes_of, end_of, in_time, listed, names_of, read_events, starts_of
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import format_date, say, say_count

MOST_STAGES = 40


@dataclass(frozen=True, eq=False)
class Moves:
    """Moves sorted by entity and time.

    Parameters
    ----------
    place : array of int
        Number of the stage that was reached, from 0; numbers from ``len(stages)`` on are ends as lost.
    seconds : array of int
        When.
    starts : array of int
        First move of each entity.
    group : array of int, or None
        Number of the group of each move.
    stages, lost, groups : tuple of str
    end : int
        The second at which the date of analysis is over.
    rows, without_entity, without_group, after, too_recent : int
        Rows of the table; rows without an entity, without a group, after the date; entities that came too late to be
        followed for as long as was asked.
    """

    place: np.ndarray
    seconds: np.ndarray
    starts: np.ndarray
    group: np.ndarray | None
    stages: tuple[str, ...]
    lost: tuple[str, ...]
    groups: tuple[str, ...]
    end: int
    rows: int
    without_entity: int
    without_group: int
    after: int
    too_recent: int

    @property
    def entities(self) -> int:
        """How many entities there are."""
        return len(self.starts)

    @property
    def ends(self) -> np.ndarray:
        """One past the last move of each entity."""
        return np.append(self.starts[1:], len(self.place))

    @property
    def owner(self) -> np.ndarray:
        """Number of the entity of each move."""
        return np.repeat(np.arange(self.entities), self.ends - self.starts)


def read_moves(
    table: Any, stages: Sequence[str], lost: Sequence[str], day: dt.date, *, entity: str, stage: str, moment: str,
    within_days: float | None = None, group: str | None = None, asked_by: str,
) -> Moves:  # fmt: skip
    """Read a table of moves, refuse stages that nobody named, and put everything in order."""
    order, ends = _named("stages", stages, 2, asked_by), _named("lost", lost, 0, asked_by)
    both = [name for name in order if name in ends]
    if both:
        what = say("{names} stand both in `stages` and in `lost`.", names=listed(both))
        raise InputError(say("`{function}` can't use these stages.", function=asked_by),
                         [Problem("repeated_stage", what, column="lost")])  # fmt: skip
    events = read_events(table, day, who=entity, what=stage, when=moment, others=(group,) if group else (),
                         asked_by=asked_by)  # fmt: skip
    codes, words = names_of(events.columns.column(stage), asked_by=asked_by, name=stage)
    known = (*order, *ends)
    _require_known(words, np.bincount(codes, minlength=len(words)), known, stage, asked_by)
    place = np.array([known.index(word) for word in words], dtype="int64")[codes]
    (who,) = codes_of(events.columns.column(entity), asked_by=asked_by, name=entity)
    seconds, without_group = events.seconds, 0
    groups: tuple[str, ...] = ()
    kind = None
    if group:
        column = events.columns.column(group)
        sound = np.asarray(column.is_valid().to_numpy())
        without_group = int((~sound).sum())
        place, who, seconds = place[sound], who[sound], seconds[sound]
        kind, names = names_of(column.drop_null(), asked_by=asked_by, name=group)
        groups = tuple(names)
    if not len(place):
        _refuse_empty(events.rows, events.without_who, events.after, day, asked_by)
    sorting = in_time(who, seconds, place)
    who, place, seconds = who[sorting], place[sorting], seconds[sorting]
    kind = None if kind is None else kind[sorting]
    end, too_recent = end_of(day), 0
    if within_days is not None:
        starts = starts_of(who)
        lengths = np.diff(np.append(starts, len(who)))
        entry = np.repeat(seconds[starts], lengths)
        mature = entry + within_days * DAY <= end
        too_recent = int((~mature[starts]).sum())
        kept = mature & (seconds - entry <= within_days * DAY)
        who, place, seconds = who[kept], place[kept], seconds[kept]
        kind = None if kind is None else kind[kept]
        if not len(place):
            what = say_count("The {count} entity came less than {days} days before the date of analysis was over.",
                             "All {count} entities came less than {days} days before the date of analysis was over.",
                             too_recent, days=within_days)  # fmt: skip
            advice = say("Choose a shorter `within_days`, or a later date of analysis.")
            raise InputError(say("`{function}` found no move to count.", function=asked_by),
                             [Problem("too_recent", what, advice=advice, column="within_days")])  # fmt: skip
    return Moves(place, seconds, starts_of(who), kind, order, ends, groups, end, events.rows, events.without_who,
                 without_group, events.after, too_recent)  # fmt: skip


def _named(name: str, given: Any, least: int, asked_by: str) -> tuple[str, ...]:
    problems = []
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        problems.append(say("`{name}` must be a list of names, not {value}.", name=name, value=repr(given)))
        words: tuple[str, ...] = ()
    else:
        words = tuple(str(word) for word in given)
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            problems.append(say("{names} stand in `{name}` several times.", names=listed(twice), name=name))
        if not least <= len(words) <= MOST_STAGES:
            problems.append(say_count("`{name}` has {count} name; from {low} to {high} are allowed.",
                                      "`{name}` has {count} names; from {low} to {high} are allowed.", len(words),
                                      name=name, low=least, high=MOST_STAGES))  # fmt: skip
    if problems:
        raise InputError(say("`{function}` can't use these stages.", function=asked_by),
                         [Problem("wrong_stages", what, column=name) for what in problems])  # fmt: skip
    return words


def _require_known(words: list[str], counts: np.ndarray, known: tuple[str, ...], column: str, asked_by: str) -> None:
    problems = []
    for word, count in zip(words, counts, strict=True):
        if word in known:
            continue
        what = say_count("{count} row has the stage “{stage}”, which is named neither in `stages` nor in `lost`.",
                         "{count} rows have the stage “{stage}”, which is named neither in `stages` nor in `lost`.",
                         int(count), stage=word)  # fmt: skip
        close = near_misses(word, known)
        advice = (say("Did you mean “{close}”?", close=close[0]) if close
                  else say("Name it, or remove these rows."))  # fmt: skip
        problems.append(Problem("unknown_stage", what, advice=advice, column=column))
    if problems:
        raise InputError(say("`{function}` can't place these moves.", function=asked_by), problems[:20])


def _refuse_empty(rows: int, without: int, after: int, day: dt.date, asked_by: str) -> None:
    found = ", ".join(
        [
            say_count("{count} row", "{count} rows", rows),
            say_count("{count} without an entity", "{count} without an entity", without),
            say_count("{count} after {day}", "{count} after {day}", after, day=format_date(day)),
        ]
    )
    problem = Problem("no_moves", say("0 moves are left after the filters."), found=found,
                      advice=say("Check the date of analysis and the column of the entity."))  # fmt: skip
    raise InputError(say("`{function}` found no move to count.", function=asked_by), [problem])
