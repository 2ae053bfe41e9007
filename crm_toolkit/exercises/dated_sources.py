# ruff: noqa: RUF009 - the calls in `shape` return dataclass fields
"""Sources of facts about a real organisation: what it is, what kind, and the day on which it was read.

A fact names its source by the number of its row. The toolkit knows nothing of any organisation; whatever a work says
stands on what its author read, and on which day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from crm_toolkit.exercises import shape
from crm_toolkit.exercises.step_review import Finding
from crm_toolkit.texts import format_date, join_names, mark, say

SOURCE_KINDS = {
    "rules": mark("rules or terms, in writing"),
    "site": mark("page of the organisation"),
    "sign": mark("sign, price list, receipt"),
    "talk": mark("talk with an employee"),
    "seen": mark("own observation"),
    "data": mark("data of the organisation"),
    "other": mark("somebody else's words"),
}
MOST_SOURCES = 20
OLD_DAYS = 365


@dataclass(frozen=True)
class DatedSource:
    """Where something stands, of what kind that is, and when it was read.

    Examples
    --------
    >>> DatedSource("rules on paper, page 2", "rules", dt.date(2026, 3, 1)).line
    'rules on paper, page 2 (rules or terms, in writing; Mar 1, 2026)'
    """

    what: str = shape.text()
    kind: str = shape.word(SOURCE_KINDS)
    read_on: dt.date | None = shape.day()

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def line(self) -> str:
        """The source in one line."""
        more = [say(SOURCE_KINDS[self.kind])] if self.kind else []
        more += [format_date(self.read_on)] if self.read_on else []
        return f"{self.what.strip()} ({'; '.join(more)})" if more else self.what.strip()


def named(sources: Sequence[DatedSource]) -> dict[int, DatedSource]:
    """The sources that have words, by their number.

    >>> list(named([DatedSource(), DatedSource("a sign")]))
    [2]
    """
    return {number: one for number, one in enumerate(sources, start=1) if one.what.strip()}


def source_line(sources: Sequence[DatedSource], number: int | None) -> str:
    """A source by its number in one line; a dash where there is none."""
    known = named(sources)
    return f"[{number}] {known[number].line}" if number in known else "–"


def source_findings(
    step: int, sources: Sequence[DatedSource], used: Collection[int | None], today: dt.date | None
) -> Iterator[Finding]:
    """What the sources of a work lack.

    Parameters
    ----------
    step : int
        At which they are typed.
    sources : sequence of DatedSource
        As typed.
    used : collection of int or None
        Numbers that facts name.
    today : date, optional
        To ask about days to come and days long past.
    """
    known = named(sources)
    if not known:
        yield Finding(step, "gap", "no_sources", say("No source is named."),
                      say("What did you read, whom did you ask, what did you see, and on which day?"))  # fmt: skip
    undated = [one.what.strip() for one in known.values() if one.read_on is None]
    if undated:
        yield Finding(step, "gap", "undated", say("It is not said when this was read: {names}.",
                                                  names=join_names(undated)), say("Rules change: give the day.")
        )  # fmt: skip
    if today is not None:
        future = [one.what.strip() for one in known.values() if one.read_on and one.read_on > today]
        old = [one.what.strip() for one in known.values() if one.read_on and (today - one.read_on).days > OLD_DAYS]
        if future:
            what = say("Read on a day that has not come: {names}.", names=join_names(future))
            yield Finding(step, "question", "future", what, say("Look at the day again."))
        if old:
            what = say("Read more than a year ago: {names}.", names=join_names(old))
            yield Finding(step, "question", "old", what, say("Read it again: rules change."))
    if all(one.kind in ("talk", "other") for one in known.values() if one.kind) and any(
        one.kind for one in known.values()
    ):
        yield Finding(step, "question", "hearsay", say("Everything rests on what somebody said."),
                      say("What does the organisation itself put in writing?"))  # fmt: skip
    lost = sorted({one for one in used if one and one not in known})
    if lost:
        what = say("Facts name sources that have no words: {numbers}.", numbers=join_names(map(str, lost)))
        yield Finding(step, "question", "lost_source", what, say("Enter the source, or choose another one."))
