"""Deadlines: a moment with its distance from UTC. Late is what was packed after it, by the student's clock."""

from __future__ import annotations

import datetime as dt

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


def read_deadline(text: str) -> str:
    """A deadline as it goes onto a paper; without a distance from UTC it is meant in this computer's time.

    Raises
    ------
    InputError
        If it is no date with a time.

    Examples
    --------
    >>> read_deadline("2026-12-20T18:00+10:00"), read_deadline("")
    ('2026-12-20T18:00:00+10:00', '')
    """
    if not text.strip():
        return ""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        if len(text.strip()) <= 10:
            raise ValueError
    except ValueError:
        what = say("“{text}” is no deadline.", text=text[:60])
        advice = say("Write date and time, such as 2026-12-20T18:00 or 2026-12-20T18:00+10:00.")
        raise InputError(say("The exam can't be prepared."), [Problem("bad_deadline", what, advice=advice)]) from None
    return (moment if moment.tzinfo else moment.astimezone()).isoformat(timespec="seconds")


def is_late(handed_in: str, deadline: str) -> bool:
    """Whether work was packed after the deadline; unknown times are not late.

    >>> is_late("2026-12-20T08:00:01+00:00", "2026-12-20T18:00:00+10:00"), is_late("", "2026-12-20T18:00:00+10:00")
    (True, False)
    """
    try:
        packed, latest = dt.datetime.fromisoformat(handed_in), dt.datetime.fromisoformat(deadline)
        return packed > latest
    except (ValueError, TypeError):
        return False
