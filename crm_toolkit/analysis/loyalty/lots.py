"""Movements of points by lot: the table that breakage and liability are worked out from.

A lot is a number of points that were given together and expire together. A *movement* is one change of one lot:
``lot_id``, ``member_id``, ``at`` (time), ``kind`` and ``points`` (signed). `firm.loyalty.replay` makes this table from
the events of a programme; where an organisation keeps only an account book (given, redeemed, expired; no lots),
`movements_by_fifo` says which lot every redemption came from, the oldest expiry first.

By kind, points of a lot are

    given      any positive movement (earn, adjust, restore …)
    redeemed   ``redeem``
    expired    ``expire``, and ``forfeit`` where a member left: given, never to be redeemed
    reversed   every other negative movement (refund, transfer, adjust …): counted as never given

A movement that changes no points (reserve, activate …) does not count, nor one without a lot (a balance below zero).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.analysis.experiments.trial import read_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_date, say, say_count

Integers = NDArray[np.int64]
GIVEN, REDEEMED, EXPIRED, REVERSED = range(4)
_OF_KIND = {"redeem": REDEEMED, "expire": EXPIRED, "forfeit": EXPIRED}


@dataclass(frozen=True, eq=False)
class LotMovements:
    """Movements read and sorted by lot and time: one entry per movement that changes points.

    ``lot`` and ``member`` are codes from 0; ``born`` is the day on which the lot was given, ``day`` that of the
    movement (days since 1970); ``what`` is `GIVEN` … `REVERSED`; ``points`` is positive.
    """

    lot: Integers
    member: Integers
    born: Integers
    day: Integers
    what: Integers
    points: Integers
    lots: int
    members: int
    as_of: dt.date


def read_movements(movements: Any, as_of: dt.date, *, asked_by: str, members: bool = False) -> LotMovements:
    """Read movements up to a day, that whole day included; refuse what can't be a lot's life."""
    wanted = ["lot_id", "at", "kind", "points", *(["member_id"] if members else [])]
    frame, problems = read_columns(movements, wanted, asked_by=asked_by)
    points = _whole(frame["points"], problems)
    at = dates(frame["at"], "at", problems)
    if frame["kind"].isna().any():
        problems.append(Problem("missing", say("In `{name}` something is missing.", name="kind"), column="kind"))
    if members and frame["member_id"].isna().any():
        what = say("In `{name}` something is missing.", name="member_id")
        problems.append(Problem("missing", what, column="member_id"))
    _refuse(problems, asked_by)
    day = at.to_numpy().astype("datetime64[D]").astype("int64")
    counted = frame["lot_id"].notna().to_numpy() & (points != 0) & (day <= as_of.toordinal() - 719163)
    if not counted.any():
        what = say("No points moved by {day}.", day=format_date(as_of))
        _refuse([Problem("empty", what, column="points")], asked_by)
    frame, points = frame.loc[counted], points[counted]
    day, moment = day[counted], at[counted].to_numpy().astype("datetime64[us]").astype("int64")
    lot, names = pd.factorize(frame["lot_id"], sort=False)
    kind = frame["kind"].astype(str).str.strip().str.lower()
    what_is = np.where(points > 0, GIVEN, kind.map(_OF_KIND).fillna(REVERSED).to_numpy(dtype="int64"))
    order = np.lexsort((points < 0, moment, lot))
    lot, points, day, what_is = lot[order], points[order], day[order], what_is[order]
    starts = np.flatnonzero(np.diff(lot, prepend=-1))
    left = np.cumsum(points)
    left -= np.repeat(left[starts] - points[starts], np.diff(np.append(starts, len(lot))))
    if (below := np.unique(lot[left < 0])).size:
        what = say_count("{count} lot gives out more points than it had.",
                         "{count} lots give out more points than they had.", len(below))  # fmt: skip
        found = say("The first is {name}.", name=repr(names[below[0]]))
        _refuse([Problem("below_zero", what, found, column="points")], asked_by)
    who, count = lot, len(names)
    if members:
        who, people = pd.factorize(frame["member_id"].to_numpy()[order])
        count = len(people)
    born = np.repeat(day[starts], np.diff(np.append(starts, len(lot))))
    return LotMovements(lot, who, born, day, what_is, np.abs(points), len(names), count, as_of)


def movements_by_fifo(
    ledger: Any, *, customer: str = "customer_id", at: str = "booked_at", kind: str = "kind", points: str = "points",
    expires: str | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Say for every point that left an account which lot it came from: the oldest expiry first.

    Parameters
    ----------
    ledger : frame, relation or path
        One row per booking: the account's holder, the time, a kind and signed points.
    customer, at, kind, points : str
        Its columns.
    expires : str, optional
        Column of the day on which points that were given expire (missing: never); without it the oldest points go
        first. Which lot was used is exact where points given later never expire earlier.

    Returns
    -------
    pandas.DataFrame
        ``lot_id`` (number of the booking that gave the points, from 0), ``member_id``, ``at``, ``kind``, ``points``
        (signed): as the functions on breakage and liability take it. A booking that took from several lots is several
        rows.

    Raises
    ------
    InputError
        If a column is missing or wrong, or an account is overdrawn.

    Examples
    --------
    >>> day = pd.to_datetime(["2025-01-10", "2025-02-10", "2025-03-01"])
    >>> book = pd.DataFrame({"customer_id": 7, "booked_at": day, "kind": ["earn", "earn", "redeem"]})
    >>> print(movements_by_fifo(book.assign(points=[30, 20, -40])).drop(columns="at").to_string(index=False))
    lot_id  member_id   kind  points
         0          7   earn      30
         0          7 redeem     -30
         1          7   earn      20
         1          7 redeem     -10
    """
    asked_by = "movements_by_fifo"
    wanted = [customer, at, kind, points, *([expires] if expires else [])]
    frame, problems = read_columns(ledger, wanted, asked_by=asked_by)
    moved, when = _whole(frame[points], problems, points), dates(frame[at], at, problems)
    for name in (customer, kind):
        if frame[name].isna().any():
            problems.append(Problem("missing", say("In `{name}` something is missing.", name=name), column=name))
    _refuse(problems, asked_by)
    who, people = pd.factorize(frame[customer], sort=True)
    moment = when.to_numpy().astype("datetime64[us]").astype("int64")
    last = np.full(len(frame), np.iinfo("int64").max)
    if expires:
        ends = pd.to_datetime(frame[expires], errors="coerce")
        last = np.where(ends.isna(), last, ends.to_numpy().astype("datetime64[us]").astype("int64"))
    row = np.arange(len(frame))
    given = row[moved > 0]
    given = given[np.lexsort((moment[given], last[given], who[given]))]
    taken = row[moved < 0]
    taken = taken[np.lexsort((moment[taken], who[taken]))]
    income = np.bincount(who[given], moved[given], len(people)).astype("int64")
    outgo = np.bincount(who[taken], -moved[taken], len(people)).astype("int64")
    if (over := np.flatnonzero(outgo > income)).size:
        what = say_count("{count} account gives out more points than it got.",
                         "{count} accounts give out more points than they got.", len(over))  # fmt: skip
        _refuse([Problem("below_zero", what, say("The first is {name}.", name=repr(people[over[0]])), column=points)],
                asked_by)  # fmt: skip
    offset = np.cumsum(income) - income  # every account's points stand on one line, one behind the other
    lot_end = np.cumsum(moved[given])
    out = -moved[taken]
    within = np.cumsum(out) - np.repeat(*_before(out, who[taken]))
    out_end = offset[who[taken]] + within
    out_start = out_end - out
    edges = np.unique(np.concatenate([[0], lot_end, out_start, out_end]))
    starts = edges[:-1]
    source = np.searchsorted(out_end, starts, side="right")
    inside = source < len(taken)
    inside[inside] = out_start[source[inside]] <= starts[inside]
    piece = pd.DataFrame(
        {
            "lot_id": given[np.searchsorted(lot_end, starts[inside], side="right")],
            "row": taken[source[inside]],
            "points": -np.diff(edges)[inside],
        }
    )
    all_pieces = pd.concat(
        [pd.DataFrame({"lot_id": given, "row": given, "points": moved[given]}), piece], ignore_index=True
    )
    rows = all_pieces["row"].to_numpy()
    table = pd.DataFrame(
        {
            "lot_id": all_pieces["lot_id"], "member_id": frame[customer].to_numpy()[rows],
            "at": when.to_numpy()[rows], "kind": frame[kind].to_numpy()[rows], "points": all_pieces["points"],
        }
    )  # fmt: skip
    return table.sort_values(["member_id", "lot_id", "at"], kind="stable", ignore_index=True)


def _before(out: Integers, who: Integers) -> tuple[Integers, Integers]:
    """What had gone out of all accounts before each one's first outgo, and how often to repeat it."""
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    total = np.cumsum(out)
    return total[starts] - out[starts], np.diff(np.append(starts, len(who)))


def _whole(column: pd.Series, problems: list[Problem], name: str = "points") -> Integers:
    """Whole numbers, or a problem."""
    values = pd.to_numeric(column, errors="coerce") if column.dtype == object else column
    sound = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    plain = values.to_numpy(dtype="float64", na_value=np.nan) if sound else np.full(len(column), np.nan)
    bad = ~np.isfinite(plain) | (np.abs(plain) > 2**52)
    odd = int((bad | (np.where(bad, 0, plain) != np.floor(np.where(bad, 0, plain)))).sum())
    if odd:
        what = say_count("{count} value of `{name}` is no whole number.", "{count} values of `{name}` are no whole "
                         "numbers.", odd, name=name)  # fmt: skip
        problems.append(Problem("not_whole", what, column=name))
        return np.zeros(len(column), dtype="int64")
    return plain.astype("int64")


def dates(column: pd.Series, name: str, problems: list[Problem]) -> pd.Series:
    """Datetimes without a zone, or a problem."""
    if not pd.api.types.is_datetime64_dtype(column):
        problems.append(Problem("wrong_kind", say("The column `{name}` must hold dates.", name=name), column=name))
    elif missing := int(column.isna().sum()):
        what = say_count("{count} date in `{name}` is missing.", "{count} dates in `{name}` are missing.", missing,
                         name=name)  # fmt: skip
        problems.append(Problem("missing", what, column=name))
    else:
        return column
    return pd.Series(np.zeros(len(column), dtype="datetime64[ns]"), index=column.index)


def _refuse(problems: list[Problem], asked_by: str) -> None:
    if problems:
        raise InputError(say("`{function}` can't use these movements of points.", function=asked_by), problems)
