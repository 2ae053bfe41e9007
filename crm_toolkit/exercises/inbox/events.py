"""The events of one day: drawn for a student, with an organisation of its own, in both languages at once."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from crm_toolkit.exercises.inbox.taxonomy import ANSWERS, DAY_MINUTES, HOURS, LEVELS
from crm_toolkit.exercises.variants import variant_luck
from crm_toolkit.firm.working_time import due_at
from crm_toolkit.texts import language

EVENTS = 40
DAY = dt.datetime(2026, 3, 5)  # a Thursday without holidays around it
_THERE = 0.6  # share of the events without a time of their own that wait in the morning; an assumption
_PARTS = Path(__file__).with_name("events.toml")


@dataclass(frozen=True)
class Event:
    """What came into the inbox.

    Parameters
    ----------
    id, kind, label : str
        Its name; what the sorter calls it, and how urgent (`taxonomy.KINDS`, `taxonomy.URGENCIES`).
    due, task, need : str
        How urgent it is, what task of the department, which answer settles it: what only the text tells.
    minutes : int
        What that answer takes.
    eased_by : str
        The event whose work makes a ready article of it; empty for most.
    arrives : int
        Working minutes since 9:00.
    label_due, real_due : int
        Deadlines by the label and by the text, working minutes since 9:00; beyond the day for most.
    margin : int
        What the customer brings in a year, units of money; 0 for events from colleagues.
    stake : float
        What is lost if nothing happens, units of money.
    texts : mapping
        Language → text.
    """

    id: str
    kind: str
    label: str
    due: str
    task: str
    need: str
    minutes: int
    eased_by: str
    arrives: int
    label_due: int
    real_due: int
    margin: int
    stake: float
    texts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return self.texts[str(language())]

    @property
    def hidden(self) -> bool:
        """Whether the text wants an answer within hours and the label does not say so."""
        return self.due in ("urgent", "high") and self.label in ("usual", "later")


@dataclass(frozen=True)
class InboxDay:
    """One day of the department.

    Parameters
    ----------
    organisation : str
        Code of the organisation.
    names : mapping
        Language → what kind of organisation it is.
    events : tuple of Event
        In the order of arrival.
    """

    organisation: str
    names: Mapping[str, str]
    events: tuple[Event, ...]

    def __getitem__(self, name: str) -> Event:
        return next(event for event in self.events if event.id == name)

    @property
    def stakes(self) -> float:
        """All that can be lost on this day, units of money."""
        return sum(event.stake for event in self.events)


@lru_cache(maxsize=DAY_MINUTES + 1)
def clock_of(minute: int) -> dt.datetime:
    """The moment by the clock on the wall after so many working minutes of the day.

    >>> str(clock_of(0)), str(clock_of(245)), str(clock_of(480))
    ('2026-03-05 09:00:00', '2026-03-05 14:05:00', '2026-03-05 18:00:00')
    """
    opens = DAY + dt.timedelta(hours=9)
    return opens if minute == 0 else due_at(HOURS, opens, minute)


def draw_day(student: object, *, salt: str = "") -> InboxDay:
    """The day of a student: an organisation of its own, forty events, their order, their customers.

    Parameters
    ----------
    student : str
        The student's id, as for `exercises.exercise`.
    salt : str
        An instructor's word that gives everybody another day.

    Examples
    --------
    >>> day = draw_day("A-1")
    >>> len(day.events), day == draw_day(" а-1 ")
    (40, True)
    """
    parts, luck = _parts(), variant_luck("service_inbox", student, salt)
    code = luck.choice(sorted(parts["organisations"]))
    organisation = parts["organisations"][code]
    known = parts["events"]
    always = [name for name in known if known[name].get("always")]
    drawn = luck.sample([name for name in known if name not in always], EVENTS - len(always))
    events = [_event(name, known[name], organisation, luck) for name in [*always, *drawn]]
    return InboxDay(code, organisation["name"], tuple(sorted(events, key=lambda one: (one.arrives, one.id))))


def _event(name: str, told: Mapping[str, Any], organisation: Mapping[str, Any], luck: random.Random) -> Event:
    early, last = told.get("between", (0, DAY_MINUTES - 30))
    waits, later = luck.random() < _THERE, luck.randrange(early, last + 1)
    arrives = 0 if waits and "between" not in told else later
    outside = told["kind"] != "internal"
    margin = round(luck.lognormvariate(7.3, 0.5) / 100) * 100 + 300 if outside else 0
    extra = told.get("extra", 0) * luck.uniform(0.8, 1.2)
    words = {code: {slot: texts[code] for slot, texts in organisation.items()} for code in organisation["name"]}
    texts = {code: _capital(text.format(**words[code])) for code, text in told["text"].items()}
    return Event(
        id=name, kind=told["kind"], label=told["label"], due=told["due"], task=told["task"], need=told["need"],
        minutes=told.get("minutes", ANSWERS[told["need"]].minutes), eased_by=told.get("eased_by", ""), arrives=arrives,
        label_due=arrives + int(LEVELS[told["label"]].resolution_minutes),
        real_due=arrives + int(LEVELS[told["due"]].resolution_minutes), margin=margin,
        stake=round(told.get("risk", 0.0) * margin + extra, 2), texts=texts,
    )  # fmt: skip


def _capital(text: str) -> str:
    """The text with a capital at the beginning of each sentence, where a slot began it with a small letter."""
    return "".join(
        sign.upper() if place == 0 or (place >= 2 and text[place - 2] in ".!?" and text[place - 1] == " ") else sign
        for place, sign in enumerate(text)
    )


@lru_cache(maxsize=1)
def _parts() -> dict[str, Any]:
    return tomllib.loads(_PARTS.read_text(encoding="utf-8"))
