"""The log of a ledger: what may stand in it, checked as a whole, and laid out as columns of numbers.

A log is a table with one row for an event. Columns: ``event_id``, ``member_id``, ``at`` (local time), ``kind``,
``points`` (whole), and where they are needed ``amount_minor`` (minor units), ``order_id``, ``other_id`` and, to
override the programme for the lot of one event, ``active_from`` and ``expires_at``. Events of one moment happen in the
order of the rows. The same ``event_id`` twice is one event; with other content it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty.clock import NEVER
from crm_toolkit.firm.moments import MISSING
from crm_toolkit.schema import near_misses, require_frame
from crm_toolkit.texts import join_names, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd

Integers = NDArray[np.int64]

KINDS = {
    "enrol": mark("somebody joins"), "leave": mark("somebody leaves"), "re_enrol": mark("somebody comes back"),
    "earn": mark("points are earned"), "activate": mark("points of an order become active"),
    "redeem": mark("points are used"), "reserve": mark("points are held for an order"),
    "release": mark("held points are set free"), "refund": mark("an order, or a part of it, is paid back"),
    "adjust": mark("points are set right by hand"), "transfer": mark("points are given to another member"),
    "merge": mark("two accounts become one"), "erase": mark("personal data are erased"),
    "tier": mark("the tier changes"),
}  # fmt: skip
CODE = {kind: code for code, kind in enumerate(KINDS)}
NEEDED = ("event_id", "member_id", "at", "kind", "points")
_OPTIONAL = ("amount_minor", "order_id", "other_id", "active_from", "expires_at")
_WITH_ORDER = ("activate", "reserve", "release", "refund")
_WITH_OTHER = ("transfer", "merge")
_POSITIVE = ("redeem", "reserve", "transfer")
MOST_POINTS = 10**12  # of one event
NOT_GIVEN = -1  # no order, no other member
_MOST_ROWS = 5

REFUSALS = {
    "balance_too_small": mark("The balance is too small."),
    "not_a_member": mark("The account has no member at this time."),
    "already_member": mark("The member has joined already."),
    "erased": mark("The account was erased."),
    "same_account": mark("Both sides are the same account."),
    "order_of_another": mark("The order belongs to another account."),
    "unknown_order": mark("No points were earned with this order."),
    "refund_exceeds_order": mark("More is paid back than the order was worth."),
    "no_reservation": mark("So many points are not held for this order."),
    "nothing_pending": mark("No points of this order wait for an action."),
    "no_transfers": mark("The programme allows no transfers."),
    "no_burning": mark("The programme gives nothing for points."),
    "below_minimum": mark("The redemption is smaller than the programme's minimum."),
    "not_whole_rewards": mark("Points are used in whole rewards only."),
    "above_share": mark("Points would pay more of the order than the programme allows."),
}


@dataclass(frozen=True)
class Log:
    """A checked log in the order of time, as columns.

    Members and orders are numbered; ``member_labels`` and ``order_labels`` give their own names back.
    """

    event_ids: Any
    at: Integers
    kind: NDArray[np.int8]
    member: Integers
    points: Integers
    amount: Integers
    order: Integers
    other: Integers
    active: Integers | None
    expires: Integers | None
    member_labels: Any
    order_labels: Any
    repeated: int

    def __len__(self) -> int:
        return len(self.at)

    def take(self, which: Any) -> Log:
        """Some of the events, in the order given."""
        names = ("event_ids", "at", "kind", "member", "points", "amount", "order", "other")
        columns = {name: getattr(self, name)[which] for name in names}
        for name in ("active", "expires"):
            column = getattr(self, name)
            columns[name] = None if column is None else column[which]
        return replace(self, **columns)


def read_log(events: pd.DataFrame, *, asked_by: str) -> Log:
    """Check a table of events and lay it out.

    Raises
    ------
    InputError
        All problems at once, with the first rows of each.
    """
    import pandas as pd

    require_frame(events, NEEDED, asked_by=asked_by)
    problems: list[Problem] = []
    kind = _kinds(events["kind"], problems)
    at = _times(events["at"], "at", problems, needed=True)
    points = _whole(events["points"], "points", problems)
    amount = _whole(events["amount_minor"], "amount_minor", problems) if "amount_minor" in events else _all(0, events)
    members = [events["member_id"]] + ([events["other_id"]] if "other_id" in events else [])
    if events["member_id"].isna().any():
        _told(problems, "no_member", say("`member_id` is missing."), events["member_id"].isna().to_numpy(), "member_id")
    codes, member_labels = _numbered(pd.concat(members, ignore_index=True) if len(members) > 1 else members[0])
    member = codes[: len(events)]
    other = codes[len(events) :] if len(members) > 1 else _all(NOT_GIVEN, events)
    if "order_id" in events:
        order, order_labels = _numbered(events["order_id"])
    else:
        order, order_labels = _all(NOT_GIVEN, events), np.zeros(0, dtype=np.int64)
    own = {name: _times(events[name], name, problems) if name in events and events[name].notna().any() else None
           for name in ("active_from", "expires_at")}  # fmt: skip
    if not problems:
        _fitting(kind, at, points, amount, order, other, own, problems)
    ids = events["event_id"].to_numpy()
    kept: Any = slice(None)
    repeated = 0
    if not problems:
        again = _repeated(events["event_id"])
        if again is not None:
            _same_content(events, again, problems)
            kept, repeated = np.flatnonzero(~again), int(again.sum())
    if problems:
        raise InputError(say("`{function}` can't read this log.", function=asked_by), problems)
    log = Log(ids, at, kind, member, points, amount, order, other, own["active_from"], own["expires_at"],
              member_labels, order_labels, repeated)  # fmt: skip
    log = log.take(kept) if repeated else log
    if len(log) and (log.at[1:] < log.at[:-1]).any():
        log = log.take(np.argsort(log.at, kind="stable"))
    return log


def _kinds(column: pd.Series, problems: list[Problem]) -> NDArray[np.int8]:
    import pandas as pd

    words = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    codes, names = words.cat.codes.to_numpy(), [str(name) for name in words.cat.categories]
    table = np.array([CODE.get(name, NOT_GIVEN) for name in names] + [NOT_GIVEN], dtype=np.int8)
    if codes.dtype == np.int8:  # byte for byte, a missing one is 255
        table = np.concatenate([table, np.full(256 - len(table), NOT_GIVEN, dtype=np.int8)])
        found = np.frombuffer(codes.tobytes().translate(table.tobytes()), dtype=np.int8)
    else:
        found = table[codes]
    if len(found) and found.min() == NOT_GIVEN:
        wrong = found == NOT_GIVEN
        for name in sorted({names[code] if code >= 0 else "" for code in np.unique(codes[wrong]).tolist()}):
            close = near_misses(name, KINDS)
            advice = (say("The clock makes points expire: leave these rows out.") if name in ("expire", "expiry")
                      else say("Did you mean `{close}`?", close=close[0]) if close
                      else say("Known: {names}.", names=join_names(KINDS, most=20)))  # fmt: skip
            what = say("There is no kind of event “{kind}”.", kind=name)
            those = codes == (names.index(name) if name in names else -1)
            _told(problems, "unknown_kind", what, those, "kind", advice)
    return found


def _times(column: pd.Series, name: str, problems: list[Problem], *, needed: bool = False) -> Integers:
    import pandas as pd

    try:
        times = column if column.dtype.kind == "M" else pd.to_datetime(column)
    except (ValueError, TypeError) as slip:
        problems.append(Problem("no_time", say("`{name}` has no time.", name=name), found=str(slip), column=name))
        return np.zeros(len(column), dtype=np.int64)
    if getattr(times.dtype, "tz", None) is not None:
        advice = say("Give the organisation's local time without a zone: `.replace(tzinfo=None)` after converting.")
        problems.append(Problem("time_zone", say("`{name}` has a time zone.", name=name), advice=advice, column=name))
        return np.zeros(len(column), dtype=np.int64)
    found = times.to_numpy().astype("datetime64[us]", copy=False)
    missing = np.isnat(found)
    if needed and missing.any():
        _told(problems, "no_time", say("`{name}` has no time.", name=name), missing, name)
    return found.view(np.int64)


def _whole(column: pd.Series, name: str, problems: list[Problem]) -> Integers:
    import pandas as pd

    if column.dtype.kind in "iu" and isinstance(column.dtype, np.dtype):
        found = column.to_numpy().astype(np.int64, copy=False)
    else:
        number = pd.to_numeric(column, errors="coerce")
        wrong = (number.isna() & column.notna()) | (number.notna() & (number % 1 != 0))
        wrong |= column.map(lambda one: isinstance(one, bool)) if column.dtype == object else False
        if wrong.any():
            what = say("`{name}` must be whole numbers.", name=name)
            _told(problems, "not_whole", what, wrong.to_numpy(dtype=bool), name)
            return np.zeros(len(column), dtype=np.int64)
        found = number.fillna(0).to_numpy(dtype=np.float64, na_value=0)
        found = np.clip(found, -2.0 * MOST_POINTS, 2.0 * MOST_POINTS).astype(np.int64)
    if len(found) and max(int(found.max()), -int(found.min())) > MOST_POINTS:
        what = say("`{name}` holds a number beyond {most}.", name=name, most=MOST_POINTS)
        _told(problems, "too_large", what, np.abs(found) > MOST_POINTS, name)
    return found


def _numbered(column: pd.Series) -> tuple[Integers, Any]:
    """Codes from 0, and the labels; plain whole numbers that lie close together are their own code."""
    import pandas as pd

    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and len(column):
        values = column.to_numpy().astype(np.int64, copy=False)
        low, high, most = int(values.min()), int(values.max()), 4 * len(values) + 1000
        if low >= 0 and high < most:
            return values, np.arange(high + 1)
        if high - low < most:
            return values - low, np.arange(low, high + 1)
    codes, labels = pd.factorize(column, use_na_sentinel=True)
    return codes.astype(np.int64), np.asarray(labels)


def _repeated(ids: pd.Series) -> NDArray[np.bool_] | None:
    """Which rows have an id that stood further up; None where there is none."""
    if isinstance(ids.dtype, np.dtype) and ids.dtype.kind in "iu":
        values = ids.to_numpy()
        if len(values) < 2 or (values[1:] > values[:-1]).all():
            return None
    again = ids.duplicated().to_numpy()
    return again if again.any() else None


def _all(value: int, events: pd.DataFrame) -> Integers:
    """A column that is the same in every row and takes no memory."""
    return np.broadcast_to(np.int64(value), (len(events),))


def any_of(column: NDArray[Any]) -> bool:
    """Whether a column holds anything but 0; one that is the same in every row is told by its first."""
    return bool((column[:1] if column.strides == (0,) else column).any())


def kinds_there(kind: NDArray[np.int8]) -> NDArray[np.bool_]:
    """By code of `KINDS`: whether events of that kind are there."""
    there = np.zeros(len(KINDS), dtype=bool)
    for code in range(int(kind.min()), int(kind.max()) + 1) if len(kind) else ():
        there[code] = (kind == code).any()
    return there


def _same_content(events: pd.DataFrame, again: NDArray[np.bool_], problems: list[Problem]) -> None:
    names = [name for name in (*NEEDED, *_OPTIONAL) if name in events]
    several = events.loc[events["event_id"].isin(events["event_id"][again]), names]
    different = several.drop_duplicates().duplicated("event_id")
    if different.any():
        which = several.drop_duplicates()[different]
        rows = tuple(int(row) + 1 for row in np.flatnonzero(events.index.isin(which.index))[:_MOST_ROWS])
        what = say("Events have the same id and different content: {names}.",
                   names=join_names(dict.fromkeys(which["event_id"])))  # fmt: skip
        problems.append(Problem("id_twice", what, rows=rows, column="event_id"))


def _fitting(
    kind: NDArray[np.int8], at: Integers, points: Integers, amount: Integers, order: Integers, other: Integers,
    own: dict[str, Integers | None], problems: list[Problem],
) -> None:  # fmt: skip
    """What an event of a kind needs; nothing is looked for that a column as a whole rules out."""
    least, most = (int(points.min()), int(points.max())) if len(points) else (1, 1)
    there = kinds_there(kind)

    def among(names: tuple[str, ...]) -> NDArray[np.bool_] | None:
        table = np.zeros(len(KINDS), dtype=bool)
        table[[CODE[name] for name in names]] = True
        return table[kind] if (table & there).any() else None

    for may_be, code, kinds, wrong, what, column in (
        (least <= 0, "no_points", _POSITIVE, lambda: points <= 0,
         say("`points` must be above 0 to be used, held or given."), "points"),
        (least <= 0, "no_points", ("adjust",), lambda: points == 0, say("An adjustment of 0 points."), "points"),
        (least < 0, "negative", ("earn", "release"), lambda: points < 0, say("`points` must not be negative here."),
         "points"),
        (any_of(amount), "negative", tuple(KINDS), lambda: amount < 0, say("`amount_minor` must not be negative."),
         "amount_minor"),
        (True, "no_amount", ("refund",), lambda: amount == 0, say("A refund needs its money in `amount_minor`."),
         "amount_minor"),
        (True, "no_order", _WITH_ORDER, lambda: order == NOT_GIVEN, say("`order_id` is missing."), "order_id"),
        (True, "no_other", _WITH_OTHER, lambda: other == NOT_GIVEN, say("`other_id` is missing."), "other_id"),
    ):  # fmt: skip
        those = among(kinds) if may_be else None
        if those is not None and (found := those & wrong()).any():
            _told(problems, code, what, found, column)
    at_most = max(most, -least) * len(points)
    if at_most > 2**60 and float(np.abs(points).sum(dtype=np.float64)) > 2.0**60:
        problems.append(Problem("too_large", say("The points of this log can't be added up exactly."), column="points"))
    if own["expires_at"] is not None:
        begin = at if own["active_from"] is None else np.maximum(at, own["active_from"])
        wrong = (own["expires_at"] != MISSING) & (own["expires_at"] <= begin)
        if wrong.any():
            what = say("Points expire before they are active.")
            _told(problems, "expires_before", what, wrong, "expires_at")


def as_times(values: Integers) -> NDArray[np.datetime64]:
    """Microseconds as times; what never happens is no time."""
    return np.where(values == NEVER, MISSING, values).astype("datetime64[us]")


def _told(
    problems: list[Problem], code: str, what: str, which: NDArray[np.bool_], column: str, advice: str = ""
) -> None:
    rows = np.flatnonzero(which)
    count = say_count("{count} row.", "{count} rows.", len(rows))
    problems.append(Problem(code, what, found=count, advice=advice,
                            rows=tuple(int(row) + 1 for row in rows[:_MOST_ROWS]), column=column))  # fmt: skip
