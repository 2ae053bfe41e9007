"""Touches become paths: what a customer was shown or sent before a conversion, in the order of time.

touch        one message or advertisement that reached for a customer (channel, moment)
conversion   an order, a sign-up; those of one customer at the same second are one, their values are added
path         the touches before a conversion, after the conversion before it (a conversion begins a new path)
look-back    a touch longer ago than so many days counts for nothing; exactly so many still count

A path that leads nowhere is kept, since it tells what a channel does not do: it ends unconverted once the look-back
has passed without another touch and without a conversion. If it has not passed by the date of analysis, the path may
yet convert: by default it is left out and counted. Touches and conversions at the same second: the touches come
first. Touches of one customer at the same second are ordered by the name of the channel, and counted.

Every touch is accounted for: in a path that converted or not, unfinished, out of the look-back, or without a customer
or channel. Conversions without a touch in the look-back are counted and get no credit from anybody.

Equal paths are one row with counts; attribution needs no more, save the moments for the rule of time decay.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.analysis.event_lines import (
    DAY,
    Events,
    codes_of,
    end_of,
    in_time,
    names_of,
    numbers_of,
    read_events,
    starts_of,
)
from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day, count_where
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.engines import laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import mark, say, say_count

LOOKBACK = Knob("lookback_days", 30, 0, 3650, 1, mark("Days before a conversion that count"), unit=mark("days"),
                origin="convention", reference="a month; no number of days follows from theory")  # fmt: skip


@dataclass(frozen=True)
class PathCoverage:
    """What became of every touch and every conversion.

    Parameters
    ----------
    touches : int
        Rows of touches: the sum of all that follow down to ``touches_unconverted``.
    touches_without_customer, touches_without_channel, touches_after : int
        Left out: no customer, no channel, after the date of analysis.
    touches_outside : int
        Left out: longer before their conversion than the look-back, though the path goes on to it.
    touches_unfinished : int
        On paths that may yet convert; left out unless they are kept.
    touches_converted, touches_unconverted : int
        On paths that converted and that did not.
    tied_touches : int
        Touches at the same second as another one of the same customer.
    conversion_rows : int
        Rows of conversions: without a customer, after the date, returns, merged, and ``conversions``.
    conversions_without_customer, conversions_after, returns, conversions_merged : int
        Left out: no customer, after the date, negative value; and merged with another one at the same second.
    conversions, conversions_without_touch : int
        Conversions up to the date; those of them without a touch in the look-back.
    paths_unfinished : int
    """

    touches: int
    touches_without_customer: int
    touches_without_channel: int
    touches_after: int
    touches_outside: int
    touches_unfinished: int
    touches_converted: int
    touches_unconverted: int
    tied_touches: int
    conversion_rows: int
    conversions_without_customer: int
    conversions_after: int
    returns: int
    conversions_merged: int
    conversions: int
    conversions_without_touch: int
    paths_unfinished: int


@dataclass(frozen=True, eq=False)
class TouchPaths:
    """Different paths, each with the conversions it led to and the times it led nowhere.

    Parameters
    ----------
    channels : tuple of str
        In alphabetical order.
    codes, starts : array of int
        The paths one after the other as numbers of channels, and where each path begins.
    conversions, unconverted : array of float
        How often each path converted and did not.
    value : array of float or None
        Value of its conversions, currency units.
    coverage : PathCoverage or None
        What was left out; ``None`` for paths that were given ready.
    lookback_days : float or None
    as_of : datetime.date or None
    """

    channels: tuple[str, ...]
    codes: np.ndarray = field(repr=False)
    starts: np.ndarray = field(repr=False)
    conversions: np.ndarray = field(repr=False)
    unconverted: np.ndarray = field(repr=False)
    value: np.ndarray | None = field(repr=False, default=None)
    coverage: PathCoverage | None = None
    lookback_days: float | None = None
    as_of: dt.date | None = None
    _age_path: np.ndarray | None = field(repr=False, default=None)
    _ages: np.ndarray | None = field(repr=False, default=None)

    @property
    def lengths(self) -> np.ndarray:
        """Touches of each path."""
        return np.diff(np.append(self.starts, len(self.codes)))

    @property
    def owner(self) -> np.ndarray:
        """Number of the path of each code."""
        return np.repeat(np.arange(len(self.starts)), self.lengths)

    @property
    def total(self) -> float:
        """All conversions with a path."""
        return float(self.conversions.sum())

    @property
    def total_value(self) -> float | None:
        """Value of all conversions with a path."""
        return None if self.value is None else float(self.value.sum())

    @cached_property
    def table(self) -> pd.DataFrame:
        """``path`` (such as ``"email > sms"``), ``touches``, ``conversions``, ``unconverted``, ``value`` if known.

        Most conversions first.
        """
        names = np.array(self.channels, dtype=object)[self.codes]
        ends = self.starts + self.lengths
        words = [" > ".join(names[one:other]) for one, other in zip(self.starts, ends, strict=True)]
        table = pd.DataFrame({"path": pd.Series(words, dtype="str"), "touches": self.lengths,
                              "conversions": self.conversions, "unconverted": self.unconverted})  # fmt: skip
        if self.value is not None:
            table["value"] = self.value
        return table.sort_values(["conversions", "unconverted", "path"], ascending=[False, False, True],
                                 ignore_index=True)  # fmt: skip

    def touch_times(self) -> tuple[np.ndarray, np.ndarray] | None:
        """For each conversion the number of its path; for its touches, one after the other, days before it."""
        return None if self._age_path is None or self._ages is None else (self._age_path, self._ages / DAY)


def touch_paths(
    touches: Any,
    conversions: Any,
    *,
    as_of: Any,
    lookback_days: float = LOOKBACK.default,
    unfinished: str = "drop",
    channel: str = "channel",
    value: str | None = None,
    customer: str = "customer_id",
    touched_at: str = "touched_at",
    converted_at: str = "ordered_at",
    minor_digits: int = 2,
) -> TouchPaths:
    """Put touches and conversions of each customer in order, and count equal paths.

    Parameters
    ----------
    touches : frame, relation or path
        One row per touch, such as the world's ``touches``: customer, moment (datetime, local time, or date), channel.
        Which touches count (delivered, opened, clicked) is for the caller to choose beforehand.
    conversions : frame, relation or path
        One row per conversion, such as the world's ``orders`` or purchases: customer, moment. It may be a table of
        another kind than the touches.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    lookback_days : float
        Days, 0 to 3,650.
    unfinished : {"drop", "keep"}
        Whether paths that may yet convert are left out or count as unconverted.
    channel : str
        The column of the touches that gets the credit: a channel, or a campaign.
    value : str, optional
        A column of the conversions with money, currency units; rows with less than 0 are returns and left out.
    customer, touched_at, converted_at : str
        Names of the other columns.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    TouchPaths

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a moment or a value is missing, the customers of the two tables are
        of different kinds, no touch is left, or an option is not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> touches = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2, 3],
    ...         "touched_at": pd.to_datetime(["2024-03-01", "2024-03-05", "2024-03-02", "2024-03-29"]),
    ...         "channel": ["search", "email", "search", "email"],
    ...     }
    ... )
    >>> orders = pd.DataFrame({"customer_id": [1, 9], "ordered_at": pd.Timestamp("2024-03-06")})
    >>> paths = touch_paths(touches, orders, as_of="2024-04-05", lookback_days=14)
    >>> print(paths.table.to_string(index=False))
              path  touches  conversions  unconverted
    search > email        2          1.0          0.0
            search        1          0.0          1.0
    >>> paths.coverage.conversions_without_touch, paths.coverage.touches_unfinished
    (1, 1)
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    (lookback,) = require_numbers("touch_paths", lookback_days=(lookback_days, LOOKBACK.low, LOOKBACK.high))
    require_choice("unfinished", unfinished, ("drop", "keep"))
    shown = read_events(touches, day, who=customer, what=channel, when=touched_at, may_lack_what=True,
                        asked_by="touch_paths")  # fmt: skip
    if not len(shown.seconds):
        _refuse_no_touch(shown)
    bought = read_events(conversions, day, who=customer, when=converted_at, money=value, asked_by="touch_paths")
    who, buyer = codes_of(shown.columns.column(customer), bought.columns.column(customer), asked_by="touch_paths",
                          name=customer)  # fmt: skip
    code, names = names_of(shown.columns.column(channel), asked_by="touch_paths", name=channel)
    sorting = in_time(who, shown.seconds, code)
    who, seconds, code = who[sorting], shown.seconds[sorting], code[sorting]
    buyer, moment, minor, returns, merged = merged_conversions(buyer, bought, value, digits)
    found = _sessions(who, seconds, buyer, moment, lookback * DAY, end_of(day))
    inside, unfinished_touch, outside = found.inside, found.unfinished, found.outside
    if unfinished == "keep":
        inside = inside | unfinished_touch
    begin = found.session[inside]
    starts = starts_of(begin)
    first = np.flatnonzero(inside)[starts]
    goal = found.goal[first]
    code = code[inside]
    order, number = equal_paths(code, starts, len(names))
    came = goal >= 0
    converted = np.bincount(number[came], minlength=len(order)).astype("float64")
    missed = np.bincount(number[~came], minlength=len(order)).astype("float64")
    worth = None
    if value:
        worth = np.bincount(number[came], weights=minor[goal[came]], minlength=len(order)) / 10**digits
    used, used_starts = taken(code, starts, order)
    age_path, ages = _times(seconds[inside], starts, number, goal, moment)
    coverage = PathCoverage(
        shown.rows, shown.without_who, shown.without_what, shown.after, int(outside.sum()),
        int(unfinished_touch.sum()) if unfinished == "drop" else 0, int((found.goal[inside] >= 0).sum()),
        int((found.goal[inside] < 0).sum()), _tied(who, seconds), bought.rows, bought.without_who, bought.after,
        returns, merged, len(moment), len(moment) - int(came.sum()),
        len(np.unique(found.session[unfinished_touch])) if unfinished == "drop" else 0,
    )  # fmt: skip
    return TouchPaths(
        tuple(names), used, used_starts, converted, missed, worth, coverage, lookback, day, age_path, ages
    )


@dataclass(frozen=True, eq=False)
class _Sessions:
    """For each touch its path, the conversion that the path led to (−1: none), and what becomes of the touch."""

    session: np.ndarray
    goal: np.ndarray
    inside: np.ndarray
    unfinished: np.ndarray
    outside: np.ndarray


def _sessions(
    who: np.ndarray, seconds: np.ndarray, buyer: np.ndarray, moment: np.ndarray, lookback: float, end: int
) -> _Sessions:
    """Cut sorted touches into paths; ``buyer`` and ``moment`` are sorted too."""
    following = _first_at_or_after(who, seconds, buyer, moment)
    has = following >= 0
    fresh = np.r_[True, (who[1:] != who[:-1]) | (following[1:] != following[:-1])
                  | (seconds[1:] - seconds[:-1] > lookback)]  # fmt: skip
    session = np.cumsum(fresh) - 1
    starts = np.flatnonzero(fresh)
    last = np.append(starts[1:], len(who)) - 1
    when = np.where(has, moment[np.maximum(following, 0)], 0) if len(moment) else np.zeros(len(who), dtype="int64")
    reached = has[last] & (when[last] - seconds[last] <= lookback)
    open_path = ~has[last] & (seconds[last] + lookback >= end)
    came, waits = reached[session], open_path[session]
    outside = came & (when - seconds > lookback)
    return _Sessions(session, np.where(came, following, -1), ~outside & ~waits, waits, outside)


def _first_at_or_after(who: np.ndarray, seconds: np.ndarray, buyer: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """Place of the customer's first conversion at or after each touch; −1 without one."""
    if not len(moment):
        return np.full(len(who), -1)
    start = min(int(seconds.min()), int(moment.min()))
    span = max(int(seconds.max()), int(moment.max())) - start + 2
    if (int(max(who.max(), buyer.max())) + 1) * span < 2**62:
        place = np.searchsorted(buyer * span + (moment - start), who * span + (seconds - start), side="left")
    else:  # dates millions of years apart
        both = np.lexsort((np.r_[np.zeros(len(who)), np.ones(len(buyer))], np.r_[seconds, moment], np.r_[who, buyer]))
        is_goal = both >= len(who)
        place = np.empty(len(who), dtype="int64")
        place[both[~is_goal]] = np.cumsum(is_goal)[~is_goal]
    held = np.minimum(place, len(buyer) - 1)
    return np.where((place < len(buyer)) & (buyer[held] == who), place, -1)


def merged_conversions(
    buyer: np.ndarray, bought: Events, value: str | None, digits: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, int]:
    """Conversions in order, each customer's at the same second as one: customer, moment, minor units; what was not."""
    seconds = bought.seconds
    money = numbers_of(bought.columns.column(value)) if value else np.zeros(len(seconds))
    kept = money >= 0
    buyer, seconds, money = buyer[kept], seconds[kept], money[kept]
    order = in_time(buyer, seconds, np.zeros(len(buyer), dtype="int64"))
    buyer, seconds, minor = buyer[order], seconds[order], np.floor(money[order] * 10**digits + 0.5)
    fresh = np.r_[True, (buyer[1:] != buyer[:-1]) | (seconds[1:] != seconds[:-1])] if len(buyer) else kept[:0]
    places = np.flatnonzero(fresh)
    total = np.add.reduceat(minor, places) if len(places) else minor
    return buyer[places], seconds[places], total, int((~kept).sum()), len(buyer) - len(places)


def equal_paths(codes: np.ndarray, starts: np.ndarray, kinds: int) -> tuple[np.ndarray, np.ndarray]:
    """For each different path one place where it stands, in a fixed order; and the number of each path."""
    lengths = np.diff(np.append(starts, len(codes)))
    if not len(starts):
        return np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
    fit = max(int(62 / np.log2(kinds + 1.5)), 1)
    number = np.zeros(len(starts), dtype="int64")
    part = np.arange(len(starts))
    for begin in range(0, int(lengths.max()), fit):
        part = part[lengths[part] > begin]
        key = np.zeros(len(part), dtype="int64")
        for step in range(begin, min(begin + fit, int(lengths[part].max()))):
            here = lengths[part] > step
            key *= kinds + 1
            key[here] += codes[starts[part[here]] + step] + 1
        rank = ranked(key)
        if begin:  # what ended before keeps its number; the others get new ones, above them
            rank = ranked(number[part] * (int(rank.max()) + 1) + rank) + int(number.max()) + 1
        number[part] = rank
    number = ranked(number) if int(lengths.max()) > fit else number
    order = np.empty(int(number.max()) + 1, dtype="int64")
    order[number] = np.arange(len(number))
    return order, number


def ranked(key: np.ndarray) -> np.ndarray:
    """The rank of each key among the different ones."""
    codes, different = pd.factorize(key)
    rank = np.empty(len(different), dtype="int64")
    rank[np.argsort(different, kind="stable")] = np.arange(len(different))
    return rank[codes]


def taken(codes: np.ndarray, starts: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The codes of some of the paths, one after the other, and where each begins."""
    lengths = np.diff(np.append(starts, len(codes)))[order]
    begins = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) - np.repeat(begins, lengths) + np.repeat(starts[order], lengths)
    return codes[places], begins


def _times(
    seconds: np.ndarray, starts: np.ndarray, number: np.ndarray, goal: np.ndarray, moment: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Path and ages of the touches of every conversion, in an order that does not depend on that of the rows."""
    lengths = np.diff(np.append(starts, len(seconds)))
    came = np.flatnonzero(goal >= 0)
    if not len(came):
        return np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
    within = np.arange(len(seconds)) - np.repeat(starts, lengths)
    ages = np.repeat(np.where(goal >= 0, moment[np.maximum(goal, 0)], 0), lengths) - seconds
    mixed = (ages.astype("uint64") + np.uint64(0x9E3779B97F4A7C15)) * (
        within.astype("uint64") * np.uint64(2) + np.uint64(0xBF58476D1CE4E5B9)
    )
    print_of = np.add.reduceat(mixed ^ (mixed >> np.uint64(29)), starts)
    order = came[np.lexsort((print_of[came], number[came]))]
    used, _ = taken(ages, starts, order)
    return number[order], used


def _tied(who: np.ndarray, seconds: np.ndarray) -> int:
    same = (who[1:] == who[:-1]) & (seconds[1:] == seconds[:-1])
    return int((np.r_[same, False] | np.r_[False, same]).sum())


def _refuse_no_touch(shown: Events) -> None:
    found = ", ".join(
        [
            say_count("{count} row", "{count} rows", shown.rows),
            say_count("{count} without a customer", "{count} without a customer", shown.without_who),
            say_count("{count} without a channel", "{count} without a channel", shown.without_what),
            say_count("{count} after the date of analysis", "{count} after the date of analysis", shown.after),
        ]
    )
    problem = Problem("no_touches", say("0 touches are left after the filters."), found=found,
                      advice=say("Check the date of analysis and the columns."))  # fmt: skip
    raise InputError(say("`{function}` found no touch.", function="touch_paths"), [problem])


def paths_from_table(
    table: Any,
    *,
    path: str = "path",
    conversions: str = "conversions",
    unconverted: str | None = "unconverted",
    value: str | None = None,
    separator: str = ">",
) -> TouchPaths:
    """Take paths that are ready, such as ``"search > email"`` with counts.

    Parameters
    ----------
    table : frame, relation or path
        One row per path: the path as text, how often it converted and how often not (numbers from 0). Equal paths are
        added. Rows without a path are left out: nobody can get their credit.
    path, conversions : str
        Names of the columns.
    unconverted, value : str, optional
        Names of the columns with the unconverted and with the value of the conversions (currency units from 0).
    separator : str
        What stands between two channels; spaces around it are dropped.

    Returns
    -------
    TouchPaths
        Without moments: the rule of time decay can't be asked.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing, infinite or below 0, or no path is left.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"path": ["G", "M", "G > M", "G"], "conversions": [2, 1, 1, 0], "unconverted": [0, 0, 0, 1]}
    ... )
    >>> print(paths_from_table(table).table.to_string(index=False))
     path  touches  conversions  unconverted
        G        1          2.0          1.0
    G > M        2          1.0          0.0
        M        1          1.0          0.0
    """
    heading = say("`{function}` can't read these paths.", function="paths_from_table")
    if not isinstance(separator, str) or not separator.strip():
        what = say("`separator` must be a sign, not {value}.", value=repr(separator))
        raise InputError(heading, [Problem("wrong_separator", what, column="separator")])
    numbers = [name for name in (conversions, unconverted, value) if name]
    with laid_out(table, (path, *numbers), asked_by="paths_from_table") as desk:
        require_columns((path, *numbers), desk.columns, asked_by="paths_from_table")
        schema = desk.lines.collect_schema()
        problems = [
            Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
            for name in numbers
            if not schema[name].is_numeric()
        ]
        if schema[path].is_numeric() or schema[path] == nw.Boolean or schema[path].is_temporal():
            problems.append(Problem("wrong_kind", say("The column `{name}` must hold text.", name=path), column=path))
        if problems:
            raise InputError(heading, problems)
        sound = {name: nw.col(name).cast(nw.Float64).is_finite().fill_null(False) for name in numbers}
        bad = {name: count_where(~sound[name] | (nw.col(name) < 0).fill_null(True)) for name in numbers}
        for name, count in desk.row(desk.lines.select(**bad)).items():
            if count:
                what = say_count("{count} value of `{name}` is missing, infinite or below 0.",
                                 "{count} values of `{name}` are missing, infinite or below 0.", count,
                                 name=name)  # fmt: skip
                problems.append(Problem("unsound_number", what, column=name))
        if problems:
            raise InputError(heading, problems)
        lines = desk.lines.filter(~nw.col(path).is_null()).select(path, *numbers)
        home = lines.collect("pyarrow").to_native()
    return _parsed(home, path, conversions, unconverted, value, separator.strip(), heading)


def _parsed(
    home: pa.Table,
    path: str,
    conversions: str,
    unconverted: str | None,
    value: str | None,
    separator: str,
    heading: str,
) -> TouchPaths:
    encoded = pc.dictionary_encode(home.column(path).cast(pa.large_string())).combine_chunks()
    words = pc.split_pattern(encoded.dictionary, separator)
    sizes = pc.list_value_length(words).to_numpy(zero_copy_only=False).astype("int64")
    parts = pc.dictionary_encode(words.flatten())
    stripped = pc.utf8_trim_whitespace(parts.dictionary).to_pylist()
    owner = np.repeat(np.arange(len(sizes)), sizes)
    names = sorted({word for word in stripped if word})
    place = np.array([names.index(word) if word else -1 for word in stripped], dtype="int64")
    codes = place[parts.indices.to_numpy()] if len(parts) else np.zeros(0, dtype="int64")
    filled = codes >= 0
    codes, owner = codes[filled], owner[filled]
    if not len(codes):
        raise InputError(heading, [Problem("no_paths", say("0 paths are left: no row names a channel."), column=path)])
    starts = starts_of(owner)
    order, number = equal_paths(codes, starts, len(names))
    of_word = np.full(len(sizes), -1)
    of_word[owner[starts]] = number
    row = of_word[encoded.indices.to_numpy()]
    known = row >= 0

    def added(name: str | None) -> np.ndarray:
        if name is None:
            return np.zeros(len(order))
        return np.bincount(row[known], weights=numbers_of(home.column(name))[known], minlength=len(order))

    used, begins = taken(codes, starts, order)
    return TouchPaths(tuple(names), used, begins, added(conversions), added(unconverted),
                      added(value) if value else None)  # fmt: skip
