"""Service in shares: service level kept, solved at first contact, opened again; each with Wilson's interval.

A share needs the right denominator:

SLA kept          of the requests whose deadline is over. Those whose time still runs are not counted: the quick ones
                  among them are kept already, the slow ones not yet missed, and the share would flatter.
first contact     of the first contacts on a matter that have been watched for the whole window
opened again      of the requests that were settled at least once
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.service.times import request_minutes
from crm_toolkit.analysis.shares import LEVEL, SMALLEST, group_codes, require_few_groups, share_columns
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import BusinessHours, due_at
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.store import REQUEST_KINDS
from crm_toolkit.texts import mark, say, say_count

WINDOW_DAYS = Knob(
    "window_days", 7, 1, 365, 1, mark("Days within which a second contact is about the same matter"),
    unit=mark("days"), origin="convention", reference="a week is usual in call centres; 1 to 30 days occur",
)  # fmt: skip


def sla_kept(
    requests: Any,
    *,
    as_of: Any,
    first_response_minutes: float | None = None,
    resolution_minutes: float | None = None,
    by: str | None = None,
    hours: BusinessHours | None = None,
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> pd.DataFrame:
    """Which share of the requests was answered and settled in time.

    Parameters
    ----------
    requests : frame, relation or path
        One row per request: ``opened_at``, ``first_response_at``, ``resolved_at`` (local times).
    as_of : date, datetime or str
        Last day of the analysis; the whole day takes part.
    first_response_minutes, resolution_minutes : float, optional
        What is promised, in minutes; at least one of them.
    by : str, optional
        Column of groups.
    hours : BusinessHours, optional
        When the organisation works; without it minutes run day and night.
    level, smallest
        As of `service_times`.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``target`` (``"first_response"``, ``"resolution"``), ``due`` (requests whose time is over), ``kept``,
        ``share`` (fraction; missing where nothing is due), ``low``, ``high``, ``enough`` (flag), ``running`` (requests
        whose time still runs).

    Raises
    ------
    InputError
        As `service_times`, and if no target is given.

    Notes
    -----
    Pauses do not stop the clock here. With a full service level (pauses, reopening, priorities) judge the requests by
    `firm.sla_table` and pass the answer to `sla_kept_judged`.

    Examples
    --------
    >>> import pandas as pd
    >>> opened = pd.Timestamp("2024-03-01 09:00")
    >>> answers = [opened + pd.Timedelta(minutes=m) for m in (5, 10, 20, 90)]
    >>> requests = pd.DataFrame({"opened_at": opened, "first_response_at": answers, "resolved_at": pd.NaT})
    >>> found = sla_kept(requests, as_of="2024-03-01", first_response_minutes=60)
    >>> print(found[["target", "due", "kept", "share"]].to_string(index=False))
            target  due  kept  share
    first_response    4     3   0.75
    """
    day = as_day(as_of, "as_of")
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    given = {"first_response": first_response_minutes, "resolution": resolution_minutes}
    targets = {name: value for name, value in given.items() if value is not None}
    if not targets:
        what = say("No target is given.")
        advice = say("Give `first_response_minutes` or `resolution_minutes`.")
        raise InputError(say("`{function}` can't judge these requests.", function="sla_kept"),
                         [Problem("no_target", what, advice=advice)])  # fmt: skip
    numbers = require_numbers("sla_kept", **{f"{name}_minutes": (value, 0.0, 1e9) for name, value in targets.items()})
    found = request_minutes(requests, day, by, hours, asked_by="sla_kept")
    end = np.datetime64(day + dt.timedelta(days=1), "us")
    codes, groups = group_codes(found.frame, by)
    require_few_groups(groups, by, asked_by="sla_kept")
    pieces = []
    for name, minutes in zip(targets, numbers, strict=True):
        deadline = _deadlines(found.frame["opened_at"].to_numpy(), minutes, hours)
        due = deadline <= end
        kept = due & found.over[name] & (found.ends[name] <= deadline)
        pieces.append(_share_rows(groups, codes, due, kept, share, least, target=name))
    return _in_order(pieces)


def _deadlines(opened: np.ndarray, minutes: float, hours: BusinessHours | None) -> np.ndarray:
    """The last moment at which it is in time: at the end of a working day, and not on the morning after it."""
    if hours is not None:
        return np.asarray(due_at(hours, opened, minutes), dtype="datetime64[us]")
    return opened + np.timedelta64(round(minutes * 60e6), "us")


def sla_kept_judged(
    judged: Any, *, by: str | None = None, level: float = LEVEL.default, smallest: int = int(SMALLEST.default)
) -> pd.DataFrame:
    """Which share of the targets was met, of requests that a service level has judged.

    Parameters
    ----------
    judged : frame, relation or path
        As `firm.sla_table` returns it: ``response_met``, ``resolution_met`` (flags, empty while neither
        met nor missed).
    by : str, optional
        Column of groups.
    level, smallest
        As of `service_times`.

    Returns
    -------
    pandas.DataFrame
        As `sla_kept`. ``due`` are the judged ones: among requests that still run, some are missed already and none is
        lost, so judge at a moment when most of them are over.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, or there is no row.

    Examples
    --------
    >>> import pandas as pd
    >>> judged = pd.DataFrame({"response_met": [True, True, False, None], "resolution_met": [True, None, False, None]})
    >>> found = sla_kept_judged(judged)
    >>> print(found[["target", "due", "kept", "running"]].to_string(index=False))
            target  due  kept  running
    first_response    3     2        1
        resolution    2     1        2
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    wanted = {"response_met": "flag", "resolution_met": "flag"} | ({} if by is None else {by: "label"})
    found = brought_home(judged, wanted, asked_by="sla_kept_judged")
    _require_rows(found, "sla_kept_judged")
    codes, groups = group_codes(found, by)
    require_few_groups(groups, by, asked_by="sla_kept_judged")
    pieces = []
    for target, column in (("first_response", "response_met"), ("resolution", "resolution_met")):
        met = found[column].to_numpy()
        pieces.append(_share_rows(groups, codes, ~np.isnan(met), met == 1, share, least, target=target))
    return _in_order(pieces)


def _share_rows(
    groups: list[Any], codes: np.ndarray, due: np.ndarray, kept: np.ndarray, level: float, least: int, *, target: str
) -> pd.DataFrame:
    def counted(which: np.ndarray) -> np.ndarray:
        return np.bincount(codes[which & (codes >= 0)], minlength=len(groups))

    of, won = counted(due), counted(kept)
    shown = share_columns(won, of, level=level, smallest=least)
    return pd.DataFrame(
        {"group": groups, "target": target, "due": of, "kept": won} | shown | {"running": counted(~due)}
    )


def _in_order(pieces: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(pieces, ignore_index=True)
    size = len(pieces[0])
    order = [piece * size + row for row in range(size) for piece in range(len(pieces))]
    return table.iloc[order].reset_index(drop=True)


def first_contact_resolution(
    contacts: Any,
    *,
    rule: str = "flag",
    by: str | None = None,
    kinds: Sequence[str] | None = REQUEST_KINDS,
    as_of: Any = None,
    window_days: int = int(WINDOW_DAYS.default),
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> pd.DataFrame:
    """Which share of the requests was settled at the first contact.

    Parameters
    ----------
    contacts : frame, relation or path
        One row per contact: ``kind``; by the rule ``"flag"`` also ``resolved_first_contact``; by ``"no_repeat"`` also
        ``customer_id`` and ``opened_at``.
    rule : {"flag", "no_repeat"}
        What the employee noted, or: no second contact of the same customer and kind followed within the window. The
        second rule asks nobody's opinion; it takes contacts on different matters for one.
    by : str, optional
        Column of groups; by ``"no_repeat"`` that of the first contact.
    kinds : sequence of str, optional
        Which contacts are requests; ``None`` takes all.
    as_of : date, datetime or str, optional
        Needed by ``"no_repeat"``: last day of the analysis. First contacts whose window is not over are left out.
    window_days : int
        Days of the window, 1 to 365.
    level, smallest
        As of `service_times`.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``requests``, ``resolved``, ``share`` (fraction), ``low``, ``high``, ``enough`` (flag).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, no contact is of these kinds, or an option is not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> contacts = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2, 3],
    ...         "opened_at": pd.to_datetime(["2024-03-01", "2024-03-04", "2024-03-02", "2024-03-30"]),
    ...         "kind": "service_request",
    ...         "resolved_first_contact": [False, True, True, True],
    ...     }
    ... )
    >>> first_contact_resolution(contacts)[["requests", "resolved"]].values.tolist()
    [[4, 3]]
    >>> by_repeats = first_contact_resolution(contacts, rule="no_repeat", as_of="2024-03-31")
    >>> by_repeats[["requests", "resolved"]].values.tolist()
    [[2, 1]]
    """
    require_choice("rule", rule, ("flag", "no_repeat"))
    share, least, window = LEVEL.check(level), int(SMALLEST.check(smallest)), int(WINDOW_DAYS.check(window_days))
    wanted = {"kind": "text"} | ({} if by is None or by == "kind" else {by: "label"})
    if rule == "flag":
        wanted["resolved_first_contact"] = "flag"
    else:
        if as_of is None:
            what = say("The rule “no_repeat” needs the last day of the analysis.")
            heading = say("`{function}` can't follow these contacts.", function="first_contact_resolution")
            raise InputError(heading, [Problem("no_as_of", what, advice=say("Give it: `as_of=…`."), column="as_of")])
        wanted |= {"customer_id": "label", "opened_at": "when"}
    found = brought_home(contacts, wanted, asked_by="first_contact_resolution")
    chosen = found if kinds is None else found[found["kind"].isin(list(kinds))]
    chosen = chosen.reset_index(drop=True)
    if rule == "flag":
        known = chosen["resolved_first_contact"].notna().to_numpy()
        won = (chosen["resolved_first_contact"] == 1).to_numpy()
    else:
        chosen, known, won = _followed(chosen, as_day(as_of, "as_of"), window)
    codes, groups = group_codes(chosen, by)
    require_few_groups(groups, by, asked_by="first_contact_resolution")
    kept = known & (codes >= 0)
    if not kept.any():
        what = say_count("{count} contact, and none that can be judged.",
                         "{count} contacts, and none that can be judged.", len(found))  # fmt: skip
        advice = say("Look at `kinds`, at the date of analysis and at the window.")
        raise InputError(say("`{function}` found no request.", function="first_contact_resolution"),
                         [Problem("empty", what, advice=advice, column="kind")])  # fmt: skip
    of, solved = (np.bincount(codes[kept & which], minlength=len(groups)) for which in (kept, won))
    shown = share_columns(solved, of, level=share, smallest=least)
    return pd.DataFrame({"group": groups, "requests": of, "resolved": solved} | shown)


def _followed(contacts: pd.DataFrame, day: dt.date, window: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Which contacts are the first on their matter and were watched long enough, and after which none followed."""
    end, length = np.datetime64(day + dt.timedelta(days=1), "us"), np.timedelta64(window, "D")
    whole = contacts.dropna(subset=["customer_id", "opened_at"])
    seen = whole[whole["opened_at"].to_numpy() < end]
    seen = seen.sort_values(["opened_at"], kind="stable").reset_index(drop=True)
    matter = seen.groupby(["customer_id", "kind"], sort=False)["opened_at"]
    at = seen["opened_at"].to_numpy()
    before, after = (matter.shift(step).to_numpy() for step in (1, -1))
    first = np.isnat(before) | (at - before > length)
    alone = np.isnat(after) | (after - at > length)
    return seen, first & (at + length < end), alone


def reopen_rate(
    requests: Any, *, by: str | None = None, level: float = LEVEL.default, smallest: int = int(SMALLEST.default)
) -> pd.DataFrame:
    """Which share of the settled requests was opened again.

    Parameters
    ----------
    requests : frame, relation or path
        One row per request: ``resolved_at`` (empty while it is open) and ``reopened`` (how often it was opened again).
    by : str, optional
        Column of groups.
    level, smallest
        As of `service_times`.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``settled`` (at least once), ``reopened`` (of them, at least once), ``share`` (fraction), ``low``,
        ``high``, ``enough`` (flag). Young solutions may still be opened again: the share can only grow.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a count is negative, or no request was settled.

    Examples
    --------
    >>> import pandas as pd
    >>> requests = pd.DataFrame(
    ...     {"resolved_at": pd.to_datetime(["2024-03-01", "2024-03-02", None]), "reopened": [0, 1, 0]}
    ... )
    >>> reopen_rate(requests)[["settled", "reopened", "share"]].values.tolist()
    [[2.0, 1.0, 0.5]]
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    wanted = {"resolved_at": "when", "reopened": "number"} | ({} if by is None or by == "reopened" else {by: "label"})
    found = brought_home(requests, wanted, asked_by="reopen_rate")
    heading = say("`{function}` can't measure these requests.", function="reopen_rate")
    times = found["reopened"].to_numpy()
    wrong = int(((times < 0) | (times != np.floor(times)))[~np.isnan(times)].sum())
    if wrong:
        what = say_count("{count} value of `{name}` is no count.", "{count} values of `{name}` are no counts.", wrong,
                         name="reopened")  # fmt: skip
        raise InputError(heading, [Problem("no_count", what, column="reopened")])
    again = np.nan_to_num(times) > 0
    settled = found["resolved_at"].notna().to_numpy() | again
    codes, groups = group_codes(found, by)
    require_few_groups(groups, by, asked_by="reopen_rate")
    kept = settled & (codes >= 0)
    if not kept.any():
        what = say_count("{count} request, and none of them settled.", "{count} requests, and none of them settled.",
                         len(found))  # fmt: skip
        raise InputError(heading, [Problem("empty", what, column="resolved_at")])
    of, back = (np.bincount(codes[kept & which], minlength=len(groups)) for which in (kept, again))
    return pd.DataFrame({"group": groups, "settled": of, "reopened": back}
                        | share_columns(back, of, level=share, smallest=least))  # fmt: skip


def _require_rows(found: pd.DataFrame, asked_by: str) -> None:
    if found.empty:
        raise InputError(say("`{function}` found no request.", function=asked_by),
                         [Problem("empty", say("The table has no row."))])  # fmt: skip
