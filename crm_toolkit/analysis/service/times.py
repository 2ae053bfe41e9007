"""How long customers wait for an answer and for a solution, from the course of requests.

first response   from opening to the first answer; a solution without an answer before it is the answer too
resolution       from opening to the solution

A mean hides the long tail that makes customers leave, so times are told as percentiles: half within so many minutes,
nine of ten within so many. Requests that are still open are part of it, as long as they have been seen; to leave them
out would be to leave out the slow ones. Minutes run by the clock on the wall or, with business hours, only while the
organisation works (`firm.working_minutes`). Pauses in which one waits for the customer are not taken off here; the
clock of a service level does that, `firm.sla_table`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home, checked_kinds, laid_out_with
from crm_toolkit.analysis.lines import as_day, count_where
from crm_toolkit.analysis.periods import PERIODS, period_label, period_of
from crm_toolkit.analysis.service.quantiles import time_quantiles
from crm_toolkit.analysis.shares import ALL, LEVEL, SMALLEST, group_codes, require_few_groups
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import BusinessHours, working_minutes
from crm_toolkit.schema.store import REQUEST_EVENTS
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

MEASURES = {
    "first_response": mark("First response"),
    "resolution": mark("Resolution"),
}
_MINUTE = np.timedelta64(1, "m") / np.timedelta64(1, "us")


@dataclass(frozen=True, eq=False)
class ServiceTimes:
    """How long it takes, by group and period.

    Parameters
    ----------
    table : pandas.DataFrame
        For each group, period, measure and quantile: ``group`` (``"all"`` where none were asked for), ``period`` (of
        the opening; ``"all"``), ``measure`` (``"first_response"``, ``"resolution"``), ``requests``, ``done``, ``open``,
        ``quantile`` (fraction), ``minutes``, ``low``, ``high``, ``reached`` (flag: so many are done that the quantile
        is known) and ``enough`` (flag). ``minutes`` is missing where it is not reached, ``high`` where the data give
        no upper bound.
    as_of : datetime.date
        Last day of the analysis; open requests were seen up to its end.
    working_time : bool
        Whether only business hours count.
    level : float
    smallest : int
    left_out : int
        Requests opened after ``as_of``, or without a group.
    """

    table: pd.DataFrame
    as_of: dt.date
    working_time: bool
    level: float
    smallest: int
    left_out: int


def requests_from_events(events: Any) -> Any:
    """Put the events of requests together: when each was opened, answered, settled and opened again.

    Parameters
    ----------
    events : frame, relation or path
        One row per event, as the store keeps them: ``request_id``, ``happened_at`` (local time), ``event`` (opened,
        assigned, responded, message, paused, resumed, resolved, reopened or rejected).

    Returns
    -------
    frame of the same kind
        ``request_id``, ``opened_at`` (of the first event if none says opened), ``first_response_at`` (first answer or
        solution; missing if none), ``resolved_at`` (last solution; missing if there is none or it was reopened after
        it), ``reopened`` (how often), ``rejected`` (flag), sorted by request.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a request or a time is missing, or an event is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame(
    ...     {
    ...         "request_id": [1, 1, 1, 2],
    ...         "happened_at": pd.to_datetime(
    ...             ["2024-03-01 09:00", "2024-03-01 09:20", "2024-03-02 10:00", "2024-03-03 08:00"]
    ...         ),
    ...         "event": ["opened", "responded", "resolved", "opened"],
    ...     }
    ... )
    >>> print(requests_from_events(events)[["request_id", "first_response_at", "reopened"]].to_string(index=False))
     request_id   first_response_at  reopened
              1 2024-03-01 09:20:00         0
              2                 NaT         0
    """
    wanted = {"request_id": "label", "happened_at": "when", "event": "text"}
    with laid_out_with(events, wanted, asked_by="requests_from_events") as desk:
        kinds = checked_kinds(desk, wanted, asked_by="requests_from_events")
        lines = desk.lines.select(*kinds.values()).with_columns(
            happened_at=nw.col("happened_at").cast(nw.Datetime("us"))
        )
        event = nw.col("event")
        unknown = ~event.is_in(list(REQUEST_EVENTS)).fill_null(False)
        found = desk.row(lines.select(rows=nw.len(), nobody=count_where(nw.col("request_id").is_null()),
                                      timeless=count_where(nw.col("happened_at").is_null()),
                                      unknown=count_where(unknown)))  # fmt: skip
        _require_events(found)

        def at(*names: str) -> nw.Expr:
            return nw.when(event.is_in(list(names))).then(nw.col("happened_at"))

        whole = lines.group_by("request_id").agg(
            first=nw.col("happened_at").min(),
            opened=at("opened").min(),
            first_response_at=at("responded", "resolved").min(),
            settled=at("resolved").max(),
            again=at("reopened").max(),
            reopened=nw.when(event == "reopened").then(nw.lit(1)).count(),
            rejections=nw.when(event == "rejected").then(nw.lit(1)).count(),
        )
        stands = nw.col("again").is_null() | (nw.col("settled") > nw.col("again"))
        whole = whole.select(
            "request_id",
            nw.coalesce("opened", "first").alias("opened_at"),
            "first_response_at",
            nw.when(stands).then(nw.col("settled")).alias("resolved_at"),
            nw.col("reopened").cast(nw.Int64),
            (nw.col("rejections") > 0).alias("rejected"),
        )
        return desk.hand_back(whole.sort("request_id"))


def _require_events(found: dict[str, Any]) -> None:
    problems = []
    if not found["rows"]:
        problems.append(Problem("empty", say("The table has no row.")))
    if found["nobody"]:
        what = say_count("{count} event belongs to no request.", "{count} events belong to no request.",
                         int(found["nobody"]))  # fmt: skip
        problems.append(Problem("no_request", what, column="request_id"))
    if found["timeless"]:
        what = say_count("{count} event has no time.", "{count} events have no time.", int(found["timeless"]))
        problems.append(Problem("no_time", what, column="happened_at"))
    if found["unknown"]:
        what = say_count("{count} event is of an unknown kind.", "{count} events are of an unknown kind.",
                         int(found["unknown"]))  # fmt: skip
        advice = say("Known: {names}.", names=join_names(REQUEST_EVENTS, most=12))
        problems.append(Problem("unknown_event", what, advice=advice, column="event"))
    if problems:
        raise InputError(
            say("`{function}` can't put these events together.", function="requests_from_events"), problems
        )


def service_times(
    requests: Any,
    *,
    as_of: Any,
    by: str | None = None,
    unit: str | None = None,
    hours: BusinessHours | None = None,
    quantiles: Sequence[float] = (0.5, 0.9),
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> ServiceTimes:
    """How long first response and resolution take, as percentiles with intervals.

    Parameters
    ----------
    requests : frame, relation or path
        One row per request: ``opened_at``, ``first_response_at``, ``resolved_at`` (local times, the latter two empty
        while it is not done), as the store keeps them or `requests_from_events` makes them.
    as_of : date, datetime or str
        Last day of the analysis; the whole day takes part, and what happened later is not yet known.
    by : str, optional
        Column of groups: channel, department, employee.
    unit : {"day", "week", "month", "quarter", "year"}, optional
        Period of the calendar of the opening; by default all together.
    hours : BusinessHours, optional
        When the organisation works; without it minutes run day and night.
    quantiles : sequence of float
        Fractions between 0 and 1.
    level : float
        Level of the intervals, a fraction.
    smallest : int
        Requests from which a figure is read by itself.

    Returns
    -------
    ServiceTimes

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a request has no opening or was done before it, none was opened by
        ``as_of``, or an option is not allowed.

    References
    ----------
    Brookmeyer, R., Crowley, J. (1982). A Confidence Interval for the Median Survival Time. Biometrics 38, 29–41.

    Examples
    --------
    >>> import pandas as pd
    >>> opened = pd.Timestamp("2024-03-01 09:00")
    >>> requests = pd.DataFrame(
    ...     {
    ...         "opened_at": opened,
    ...         "first_response_at": [opened + pd.Timedelta(minutes=m) for m in (5, 10, 20, 40)] + [None],
    ...         "resolved_at": [opened + pd.Timedelta(hours=h) for h in (1, 2, 3)] + [None, None],
    ...     }
    ... )
    >>> times = service_times(requests, as_of="2024-03-01", quantiles=[0.5])
    >>> print(times.table[["measure", "done", "open", "minutes", "reached"]].to_string(index=False))
           measure  done  open  minutes  reached
    first_response     4     1     20.0     True
        resolution     3     2    180.0     True
    """
    day = as_day(as_of, "as_of")
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    wanted_shares = _checked_quantiles(quantiles)
    if unit is not None:
        require_choice("unit", unit, PERIODS)
    found = request_minutes(requests, day, by, hours, asked_by="service_times")
    codes, groups = group_codes(found.frame, by)
    require_few_groups(groups, by, asked_by="service_times")
    if unit is None:
        periods, stage = [ALL], np.zeros(len(codes), dtype="int64")
    else:
        numbers = np.array([period_of(one, unit) for one in pd.to_datetime(found.frame["opened_at"]).dt.date])
        first = int(numbers.min())
        periods = [period_label(one, unit) for one in range(first, int(numbers.max()) + 1)]
        stage = numbers - first
    rows = []
    for group, name in enumerate(groups):
        for place, period in enumerate(periods):
            here = (codes == group) & (stage == place)
            if not here.any():
                continue
            for measure in MEASURES:
                minutes, over = found.minutes[measure][here], found.over[measure][here]
                counts = (int(here.sum()), int(over.sum()), int((~over).sum()))
                for one in time_quantiles(minutes, over, wanted_shares, share):
                    rows.append((name, period, measure, *counts, one.quantile, one.value, one.low, one.high,
                                 one.reached, counts[0] >= least))  # fmt: skip
    names = ["group", "period", "measure", "requests", "done", "open", "quantile", "minutes", "low", "high", "reached",
             "enough"]  # fmt: skip
    left = found.later + int((codes < 0).sum())
    return ServiceTimes(pd.DataFrame(rows, columns=names), day, hours is not None, share, least, left)


@dataclass(frozen=True, eq=False)
class RequestMinutes:
    """Every request with how long it took, or has taken so far."""

    frame: pd.DataFrame
    minutes: dict[str, np.ndarray]
    over: dict[str, np.ndarray]
    ends: dict[str, np.ndarray]
    later: int


def request_minutes(
    requests: Any, day: dt.date, by: str | None, hours: BusinessHours | None, *, asked_by: str
) -> RequestMinutes:
    """Minutes to first response and resolution, of what was known at the end of a day."""
    times = {"opened_at": "when", "first_response_at": "when", "resolved_at": "when"}
    frame = brought_home(requests, times | ({by: "label"} if by is not None and by not in times else {}),
                         asked_by=asked_by)  # fmt: skip
    _require_order(frame, asked_by)
    end = np.datetime64(day + dt.timedelta(days=1), "us")
    now_open = frame["opened_at"].to_numpy() < end
    kept = frame[now_open].reset_index(drop=True)
    if kept.empty:
        what = say_count("{count} request, and none of them opened by then.",
                         "{count} requests, and none of them opened by then.", len(frame))  # fmt: skip
        advice = say("Check the date of analysis.")
        raise InputError(say("`{function}` found no request.", function=asked_by),
                         [Problem("empty", what, advice=advice, column="as_of")])  # fmt: skip
    opened, solved = kept["opened_at"].to_numpy(), kept["resolved_at"].to_numpy()
    answered = kept["first_response_at"].to_numpy()
    answered = np.where(np.isnat(answered), solved, answered)
    ends = {"first_response": answered, "resolution": solved}
    over = {name: ~np.isnat(at) & (at < end) for name, at in ends.items()}
    minutes = {name: _minutes(opened, np.where(over[name], at, end), hours) for name, at in ends.items()}
    return RequestMinutes(kept, minutes, over, ends, int((~now_open).sum()))


def _minutes(start: np.ndarray, end: np.ndarray, hours: BusinessHours | None) -> np.ndarray:
    if hours is not None:
        return np.asarray(working_minutes(hours, start, end), dtype="float64")
    return (end - start).astype("timedelta64[us]").astype("float64") / _MINUTE


def _require_order(frame: pd.DataFrame, asked_by: str) -> None:
    problems = []
    missing = int(frame["opened_at"].isna().sum())
    if missing:
        what = say_count("{count} request has no opening.", "{count} requests have no opening.", missing)
        advice = say("Fill them in or remove these lines.")
        problems.append(Problem("no_date", what, advice=advice, column="opened_at"))
    for name in ("first_response_at", "resolved_at"):
        early = int((frame[name] < frame["opened_at"]).sum())
        if early:
            what = say_count("`{name}` of {count} request lies before its opening.",
                             "`{name}` of {count} requests lies before their opening.", early, name=name)  # fmt: skip
            problems.append(Problem("reversed", what, advice=say("Correct these times."), column=name))
    if problems:
        raise InputError(say("`{function}` can't measure these requests.", function=asked_by), problems)


def _checked_quantiles(quantiles: Any) -> list[float]:
    given = [quantiles] if isinstance(quantiles, (int, float)) else list(quantiles)
    try:
        numbers = [float(one) for one in given if not isinstance(one, (bool, str))]
    except (TypeError, ValueError):
        numbers = []
    if numbers and len(numbers) == len(given) and all(0 < one < 1 for one in numbers):
        return numbers
    what = say("`quantiles` must be fractions between {low} and {high}.", low=format_number(0), high=format_number(1))
    raise InputError(say("`{function}` can't measure these requests.", function="service_times"),
                     [Problem("outside_range", what, say("Found: {value}.", value=repr(quantiles)),
                              column="quantiles")])  # fmt: skip
