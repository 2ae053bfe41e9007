"""The clock of a service level agreement (SLA): when a request has to be answered and resolved, and whether it was.

A service level promises two things in working minutes of its business hours: a first response and a resolution. Both
clocks start when the request is opened. A pause (waiting for the customer) stops those that still run; between a
resolution and a reopening nothing runs either, and a reopened request goes on with what was left of its time. A target
is met if the thing was done not later than its deadline; a resolution without a response before it is the response
too. Only working time counts, so a pause over a night moves no deadline. Times are naive local times of the
organisation (`business_hours` says what that means for summer time).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.business_hours import BusinessHours
from crm_toolkit.firm.moments import MINUTE, MISSING, as_datetime, in_micros, moments
from crm_toolkit.firm.request_history import Spans, read_history, spans_of
from crm_toolkit.firm.working_time import WorkingTime, deadline, timetable
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import join_names, mark, say

if TYPE_CHECKING:
    import pandas as pd

STATES = ("first_response_due", "resolution_due", "paused", "fulfilled", "failed")

KNOBS = (
    Knob("first_response_minutes", 60.0, 1.0, 100_000.0, 5.0, mark("First response within"), unit=mark("minutes"),
         origin="convention"),
    Knob("resolution_minutes", 480.0, 1.0, 1_000_000.0, 30.0, mark("Resolution within"), unit=mark("minutes"),
         origin="convention"),
)  # fmt: skip


@dataclass(frozen=True)
class ServiceLevel:
    """What is promised for requests of one priority.

    Parameters
    ----------
    name : str
        Such as the priority's code.
    first_response_minutes, resolution_minutes : float
        Working minutes from opening; the response is due not later than the resolution.
    hours : BusinessHours

    Raises
    ------
    InputError
        All problems of the declaration at once.

    Examples
    --------
    >>> from datetime import time
    >>> hours = BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})
    >>> ServiceLevel("urgent", 30, 240, hours).resolution_minutes
    240
    """

    name: str
    first_response_minutes: float
    resolution_minutes: float
    hours: BusinessHours

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for knob in KNOBS:
            try:
                knob.check(getattr(self, knob.name))
            except InputError as letter:
                problems += [Problem(one.code, f"{letter.heading} {one.what}", column=knob.name)
                             for one in letter.problems]  # fmt: skip
        if not problems and self.first_response_minutes > self.resolution_minutes:
            what = say("The first response is due later than the resolution.")
            problems.append(Problem("response_after_resolution", what, column="first_response_minutes"))
        if not isinstance(self.hours, BusinessHours):
            what = say("`hours` must be `BusinessHours`, not {value}.", value=repr(self.hours))
            problems.append(Problem("no_hours", what, column="hours"))
        if problems:
            raise InputError(say("`{kind}` can't be made.", kind="ServiceLevel"), problems)


@dataclass(frozen=True)
class SLAStatus:
    """Where a request stands against its service level; made by `sla_status`.

    Parameters
    ----------
    state : {"first_response_due", "resolution_due", "paused", "fulfilled", "failed"}
        ``failed`` as soon as one target is missed, even while paused or open; ``fulfilled`` when it is resolved and
        both are met.
    response_due_at, resolution_due_at : datetime
        The deadlines with all pauses so far; while paused they move on with the clock.
    first_response_at, resolved_at : datetime or None
    response_minutes, resolution_minutes : float
        Working minutes used, pauses left out: until it was done, or until now.
    hold_working_minutes, hold_minutes : float
        Total length of the pauses, in working time and by the clock on the wall.
    response_met, resolution_met : bool or None
        None while it is neither met nor missed.
    """

    state: str
    response_due_at: dt.datetime
    resolution_due_at: dt.datetime
    first_response_at: dt.datetime | None
    resolved_at: dt.datetime | None
    response_minutes: float
    resolution_minutes: float
    hold_working_minutes: float
    hold_minutes: float
    response_met: bool | None
    resolution_met: bool | None


def sla_status(level: ServiceLevel, opened_at: Any, events: Iterable[tuple[Any, str]], now: Any) -> SLAStatus:
    """Judge one request by its service level.

    Parameters
    ----------
    level : ServiceLevel
        What is promised.
    opened_at : datetime or ISO text
        Naive local time.
    events : iterable of (datetime, str)
        In the order of time; kinds are ``opened``, ``assigned``, ``responded``, ``paused``, ``resumed``, ``resolved``,
        ``reopened``. ``opened`` may be left out.
    now : datetime or ISO text
        The moment of judgement, not before the last event.

    Returns
    -------
    SLAStatus

    Raises
    ------
    InputError
        All problems of the history at once: unknown kinds, events out of order, a pause that never ended before the
        resolution, a resumption without a pause, and so on.

    Examples
    --------
    >>> from datetime import time
    >>> hours = BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})
    >>> level = ServiceLevel("usual", 60, 480, hours)
    >>> events = [("2026-03-02 09:30", "responded"), ("2026-03-02 16:00", "paused"), ("2026-03-03 10:00", "resumed")]
    >>> status = sla_status(level, "2026-03-02 09:00", events, "2026-03-03 10:30")
    >>> status.state, str(status.resolution_due_at), status.hold_working_minutes, status.hold_minutes
    ('resolution_due', '2026-03-03 11:00:00', 120.0, 1080.0)
    """
    problems: list[Problem] = []
    (opened, _), (present, _) = (moments(opened_at, "opened_at", problems), moments(now, "now", problems))
    history = read_history(events, problems)
    spans: Spans | None = None
    if not problems:
        spans = spans_of(int(opened[0]), history, int(present[0]), problems)
    if problems or spans is None:
        raise InputError(say("The request can't be judged by the service level."), problems)
    return _judged(level, spans, _table(level, spans.opened, spans.present))


def sla_table(
    levels: Mapping[str, ServiceLevel], requests: pd.DataFrame, events: pd.DataFrame, *, now: Any
) -> pd.DataFrame:
    """Judge a queue of requests, each by the service level of its priority.

    Parameters
    ----------
    levels : mapping of str to ServiceLevel
        Priority → service level.
    requests : DataFrame
        ``request_id``, ``priority``, ``opened_at``.
    events : DataFrame
        ``request_id``, ``at``, ``kind``, in any order between requests, in the order of time within one.
    now : datetime or ISO text
        The moment of judgement.

    Returns
    -------
    DataFrame
        ``request_id`` and the fields of `SLAStatus`, one row for each request, in their order.

    Raises
    ------
    InputError
        All problems at once, with the request in each.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import time
    >>> hours = BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})
    >>> requests = pd.DataFrame({"request_id": [1], "priority": ["high"], "opened_at": ["2026-03-02 09:00"]})
    >>> events = pd.DataFrame({"request_id": [1], "at": ["2026-03-02 12:00"], "kind": ["resolved"]})
    >>> table = sla_table({"high": ServiceLevel("high", 60, 480, hours)}, requests, events, now="2026-03-04 09:00")
    >>> table[["state", "response_met", "resolution_met"]].values.tolist()
    [['failed', False, True]]
    """
    import pandas as pd

    require_frame(requests, ["request_id", "priority", "opened_at"], asked_by="sla_table")
    require_frame(events, ["request_id", "at", "kind"], asked_by="sla_table")
    problems: list[Problem] = []
    opened = _all_moments(requests["opened_at"], "opened_at", problems)
    times = _all_moments(events["at"], "at", problems)
    present, _ = moments(now, "now", problems)
    unknown = sorted({str(name) for name in requests["priority"].unique() if name not in levels})
    if unknown:
        what = say("There is no service level for the priority {names}.", names=join_names(unknown))
        problems.append(Problem("unknown_priority", what, advice=say("Known: {names}.", names=join_names(levels)),
                                column="priority"))  # fmt: skip
    ids = requests["request_id"].tolist()
    if len(set(ids)) < len(ids):
        again = requests["request_id"][requests["request_id"].duplicated()].tolist()
        what = say("Requests occur twice: {names}.", names=join_names(again))
        problems.append(Problem("request_twice", what, column="request_id"))
    histories: dict[Any, list[tuple[int, str]]] = {one: [] for one in ids}
    strangers = []
    for one, at, kind in zip(events["request_id"].tolist(), times, events["kind"].tolist(), strict=True):
        if one in histories:
            histories[one].append((at, kind))
        else:
            strangers.append(one)
    if strangers:
        what = say("Events belong to requests that are not in the table: {names}.", names=join_names(set(strangers)))
        problems.append(Problem("unknown_request", what, column="request_id"))
    rows = []
    tables: dict[str, WorkingTime] = {}
    if not problems:
        for one, priority, at in zip(ids, requests["priority"].tolist(), opened, strict=True):
            found: list[Problem] = []
            spans = spans_of(at, histories[one], int(present[0]), found)
            problems += [Problem(problem.code, say("Request {name}: {what}", name=one, what=problem.what),
                                 problem.found, problem.advice, problem.rows) for problem in found]  # fmt: skip
            if spans is not None and not problems:
                if priority not in tables:
                    tables[priority] = _table(levels[priority], min(opened), spans.present)
                rows.append(_judged(levels[priority], spans, tables[priority]))
    if problems:
        raise InputError(say("The queue can't be judged by the service levels."), problems)
    names = list(SLAStatus.__dataclass_fields__)
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in names}
    for name in ("response_due_at", "resolution_due_at", "first_response_at", "resolved_at"):
        columns[name] = pd.to_datetime(pd.Series(columns[name], dtype="object"))
    for name in ("response_met", "resolution_met"):
        columns[name] = pd.array(columns[name], dtype="boolean")
    return pd.DataFrame({"request_id": ids, **columns})


def _all_moments(given: Any, name: str, problems: list[Problem]) -> list[int]:
    found, _ = moments(given, name, problems)
    missing = np.flatnonzero(found == MISSING)
    if len(missing) and not any(problem.column == name for problem in problems):
        what = say("`{name}` has no time.", name=name)
        problems.append(Problem("no_time", what, rows=tuple(int(row) + 1 for row in missing[:5]), column=name))
    return found.tolist()


def _table(level: ServiceLevel, opened: int, present: int) -> WorkingTime:
    return timetable(level.hours, as_datetime(opened).year, as_datetime(present).year + 1)


def _judged(level: ServiceLevel, spans: Spans, table: WorkingTime) -> SLAStatus:
    worked, start = table.worked, table.worked(spans.opened)

    def target(minutes: float, done: int | None) -> tuple[int, int, bool | None]:
        until = spans.present if done is None else done
        stops = [(begin, min(end, until)) for begin, end in spans.stops if begin < until]
        used = worked(until) - start - sum(worked(end) - worked(begin) for begin, end in stops)
        due = deadline(level.hours, spans.opened, in_micros(minutes), stops, table)
        met = until <= due
        return due, used, met if done is not None else (None if met else False)

    response_due, response_used, response_met = target(level.first_response_minutes, spans.responded)
    resolution_due, resolution_used, resolution_met = target(level.resolution_minutes, spans.resolved)
    if response_met is False or resolution_met is False:
        state = "failed"
    elif spans.resolved is not None:
        state = "fulfilled"
    elif spans.paused:
        state = "paused"
    else:
        state = "first_response_due" if spans.responded is None else "resolution_due"
    return SLAStatus(
        state=state,
        response_due_at=as_datetime(response_due),
        resolution_due_at=as_datetime(resolution_due),
        first_response_at=None if spans.responded is None else as_datetime(spans.responded),
        resolved_at=None if spans.resolved is None else as_datetime(spans.resolved),
        response_minutes=response_used / MINUTE,
        resolution_minutes=resolution_used / MINUTE,
        hold_working_minutes=sum(worked(end) - worked(begin) for begin, end in spans.pauses) / MINUTE,
        hold_minutes=sum(end - begin for begin, end in spans.pauses) / MINUTE,
        response_met=response_met,
        resolution_met=resolution_met,
    )
