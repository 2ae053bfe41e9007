"""Rules by which somebody else would have worked through the same day: first come, by value, by label, by judgement.

All of them give every event the answer that it needs and the minutes that it takes; they differ only in what they take
first. So a difference between two of them is a difference of order, and a difference between a player and all of them
is one of answers too. Nobody of them spends time on reading.

judgement    what is lost by waiting for a minute of work, weighed by how near the real deadline is: the index of
apparent
             tardiness cost (Vepsalainen, Morton 1987). A good rule, not the best possible day.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from crm_toolkit.exercises.inbox.events import Event, InboxDay
from crm_toolkit.exercises.inbox.play import WAIT, Move, needed
from crm_toolkit.exercises.inbox.taxonomy import ANSWERS, CARRIED, DAY_MINUTES, LATE
from crm_toolkit.texts import mark

POLICIES = {
    "first_come": mark("first come, first served"),
    "by_value": mark("the most valuable customer first"),
    "by_label": mark("the nearest deadline by the label first"),
    "judgement": mark("by judgement: reads the texts, weighs loss against minutes"),
}
LOOK_AHEAD = 4.0  # times the mean work of an event within which a deadline is near; usual values are 1 to 5

Order = Callable[[InboxDay, Event, int, int], float]


def _urgency(day: InboxDay, event: Event, minute: int, minutes: int) -> float:
    """Loss saved for a minute of work, fading with the slack until it must be begun."""
    mean = sum(one.minutes for one in day.events) / len(day.events)
    if event.real_due > DAY_MINUTES:
        saved, until = event.stake * (1 - CARRIED.default), DAY_MINUTES
    elif minute + minutes > event.real_due:
        saved, until = event.stake * LATE.default, DAY_MINUTES
    else:
        saved, until = event.stake, event.real_due
    eased = [one for one in day.events if one.eased_by == event.id]
    if eased:  # a ready article saves minutes of every question of its theme; it is written first or not at all
        minutes_saved = sum(one.minutes - ANSWERS["article"].minutes for one in eased)
        saved += minutes_saved * day.stakes / sum(one.minutes for one in day.events)
        until = min(one.arrives for one in eased)
    return saved / minutes * math.exp(-max(until - minutes - minute, 0) / (LOOK_AHEAD * mean))


_FIRST: dict[str, Order] = {
    "first_come": lambda day, event, minute, minutes: -event.arrives,
    "by_value": lambda day, event, minute, minutes: event.margin,
    "by_label": lambda day, event, minute, minutes: -event.label_due,
    "judgement": _urgency,
}


def moves_of(day: InboxDay, policy: str) -> list[Move]:
    """The moves of a rule on a day.

    Examples
    --------
    >>> from crm_toolkit.exercises.inbox.events import draw_day
    >>> from crm_toolkit.exercises.inbox.play import result_of
    >>> day = draw_day("A-1")
    >>> kept = {policy: result_of(day, moves_of(day, policy)).kept for policy in POLICIES}
    >>> max(kept, key=kept.get)
    'judgement'
    """
    first, moves = _FIRST[policy], list[Move]()
    minute, settled, taken = 0, list[str](), set[str]()
    while minute < DAY_MINUTES:
        found = []
        for one in day.events:
            if one.arrives <= minute and one.id not in taken:
                answer, minutes = needed(day, one.id, settled)
                if minute + minutes <= DAY_MINUTES:
                    found.append((first(day, one, minute, minutes), -one.arrives, one, answer, minutes))
        if not found:
            moves.append(Move(WAIT))
            minute = min((one.arrives for one in day.events if one.arrives > minute), default=DAY_MINUTES)
            continue
        _, _, one, answer, minutes = max(found, key=lambda row: row[:2])
        moves.append(Move(one.id, answer, minutes, one.task))
        taken.add(one.id)
        settled.append(one.id)
        minute += minutes
    return moves
