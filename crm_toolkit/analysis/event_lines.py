"""Events brought home: who, what, when; checked and counted where the table lives, then three narrow columns.

Funnels and paths of touches ask about the order of a customer's events. The engine refuses what is unsound, drops what
lies after the date of analysis and hands over the few columns that count; the rest is arithmetic on sorted whole
numbers. Times are read to the second, and a day alone is its midnight.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.analysis.lines import count_where
from crm_toolkit.engines import Desk, laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import join_names, say, say_count

DAY = 86_400
_TOO_MANY_NAMES = 100_000


@dataclass(frozen=True, eq=False)
class Events:
    """Events of known persons up to the date of analysis.

    Parameters
    ----------
    columns : pyarrow.Table
        The columns that were asked for.
    seconds : array of int
        When, seconds since 1970 of the local clock.
    rows, without_who, without_what, after : int
        Rows of the table; rows without a person, without a thing where that is allowed, and after the date.
    """

    columns: pa.Table
    seconds: np.ndarray
    rows: int
    without_who: int
    without_what: int
    after: int


def read_events(
    table: Any, day: dt.date, *, who: str, when: str, what: str | None = None, others: tuple[str, ...] = (),
    if_there: str | None = None, money: str | None = None, may_lack_what: bool = False, asked_by: str,
) -> Events:  # fmt: skip
    """Check a table of events, and bring home what counts of it; ``if_there`` names a column that may be absent."""
    needed = tuple(dict.fromkeys(name for name in (who, what, when, *others, money) if name))
    with laid_out(table, (*needed, *((if_there,) if if_there else ())), asked_by=asked_by) as desk:
        require_columns(needed, desk.columns, asked_by=asked_by)
        if if_there in desk.columns and if_there not in needed:
            needed = (*needed, str(if_there))
        schema = desk.lines.collect_schema()
        problems = kind_problems(desk, schema, when, money)
        if problems:
            raise InputError(say("`{function}` can't read this table.", function=asked_by), problems)
        nobody, late = absent(who, schema), nw.col(when).cast(nw.Date) > nw.lit(day)
        nothing = absent(what, schema) if what else nw.lit(False)
        asked = {"without_who": count_where(nobody), "undated": count_where(nw.col(when).is_null())}
        asked["after"] = count_where(~nobody & late)
        asked["without_what"] = count_where(~nobody & ~late & nothing)
        if money:
            asked["unsound"] = count_where(~nw.col(money).cast(nw.Float64).is_finite().fill_null(False))
        found = desk.row(desk.lines.select(rows=nw.len(), **asked))
        counts = {name: int(value or 0) for name, value in found.items()}
        _require_sound(counts, when, what, money, may_lack_what, asked_by)
        lines = desk.lines.filter(~nobody & ~late & ~nothing) if what else desk.lines.filter(~nobody & ~late)
        home = lines.select(*needed).collect("pyarrow").to_native()
    return Events(home, _seconds(home.column(when)), counts["rows"], counts["without_who"], counts["without_what"],
                  counts["after"])  # fmt: skip


def absent(name: str, schema: Any) -> nw.Expr:
    """Whether a value is missing; in a column of numbers also "not a number" and infinity."""
    return ~nw.col(name).is_finite().fill_null(False) if schema[name].is_float() else nw.col(name).is_null()


def kind_problems(desk: Desk, schema: Any, when: str, money: str | None = None) -> list[Problem]:
    """What is wrong with the kinds of a column of moments and of a column of money."""
    problems = []
    kind = schema[when]
    heading = say("The column `{name}` is of kind {kind}.", name=when, kind=kind)
    if not (kind == nw.Date or kind == nw.Datetime):
        problems.append(Problem("wrong_kind", heading, say("It must hold dates."), column=when))
    elif kind == nw.Datetime and kind.time_zone is not None and not desk.spark:
        advice = say("Turn it into local time of the organisation without a zone first.")
        found = say("It must hold local time, without a time zone.")
        problems.append(Problem("wrong_kind", heading, found, advice, column=when))
    if money and not schema[money].is_numeric():
        what = say("The column `{name}` must hold numbers.", name=money)
        problems.append(Problem("wrong_kind", what, column=money))
    return problems


def _require_sound(
    counts: dict[str, int], when: str, what: str | None, money: str | None, may_lack_what: bool, asked_by: str
) -> None:
    problems = []
    if counts["undated"]:
        wrong = say_count("{count} row has no date in `{name}`.", "{count} rows have no date in `{name}`.",
                          counts["undated"], name=when)  # fmt: skip
        problems.append(Problem("no_date", wrong, advice=say("Fill them in or remove these rows."), column=when))
    if counts["without_what"] and not may_lack_what:
        wrong = say_count("{count} row has nothing in `{name}`.", "{count} rows have nothing in `{name}`.",
                          counts["without_what"], name=what)  # fmt: skip
        problems.append(Problem("no_value", wrong, advice=say("Fill them in or remove these rows."), column=what or ""))
    if money and counts["unsound"]:
        wrong = say_count("{count} value of `{name}` is missing or infinite.",
                          "{count} values of `{name}` are missing or infinite.", counts["unsound"],
                          name=money)  # fmt: skip
        problems.append(
            Problem("unsound_number", wrong, advice=say("Fill them in or remove these rows."), column=money)
        )
    if problems:
        raise InputError(say("`{function}` can't count these events.", function=asked_by), problems)


def _seconds(column: pa.ChunkedArray) -> np.ndarray:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:  # Spark's moments, shown in the session's zone
        column = pc.local_timestamp(column)
    stamps = column.cast(pa.timestamp("s"), safe=False)
    return stamps.cast(pa.int64()).to_numpy().astype("int64", copy=False)


def end_of(day: dt.date) -> int:
    """The second at which a day is over."""
    return (day - dt.date(1970, 1, 1)).days * DAY + DAY


def numbers_of(column: pa.ChunkedArray) -> np.ndarray:
    """A column of numbers as floats."""
    return column.cast(pa.float64()).to_numpy()


def plain_ids(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Ids in one of three forms: whole numbers, other numbers, text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain_ids(column.cast(kind.value_type))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64())
        whole = pc.and_(pc.equal(numbers, pc.floor(numbers)), pc.less(pc.abs(numbers), 2.0**53))
        return numbers if pc.all(whole).as_py() is False else numbers.cast(pa.int64())
    return column.cast(pa.large_string())


def codes_of(*columns: pa.ChunkedArray, asked_by: str, name: str) -> list[np.ndarray]:
    """A whole number for every different id, the same over several columns."""
    plain = [plain_ids(column) for column in columns]
    kinds = {str(column.type) for column in plain if len(column)}
    if len(kinds) > 1:
        heading = say("`{function}` can't join these tables.", function=asked_by)
        what = say("`{name}` is of kind {one} in one table and of kind {other} in another.", name=name,
                   one=str(columns[0].type), other=str(columns[-1].type))  # fmt: skip
        raise InputError(heading, [Problem("unlike_kinds", what, column=name)])
    filled = [column for column in plain if len(column)]
    if not filled:
        return [np.zeros(0, dtype="int64") for _ in plain]
    whole = pa.chunked_array([chunk for column in filled for chunk in column.chunks], type=filled[0].type)
    if pa.types.is_integer(whole.type):
        codes = pd.factorize(whole.to_numpy())[0].astype("int64")
    else:
        codes = pc.dictionary_encode(whole).combine_chunks().indices.to_numpy().astype("int64")
    ends = np.cumsum([len(column) for column in plain])
    return [codes[end - len(column) : end] for end, column in zip(ends, plain, strict=True)]


def names_of(column: pa.ChunkedArray, *, asked_by: str, name: str) -> tuple[np.ndarray, list[str]]:
    """Codes of a column of a few names, and the names as text, in alphabetical order."""
    encoded = pc.dictionary_encode(plain_ids(column)).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    if len(encoded.dictionary) > _TOO_MANY_NAMES:
        what = say("`{name}` has {count} different values.", name=name, count=len(encoded.dictionary))
        raise InputError(say("`{function}` can't count these events.", function=asked_by),
                         [Problem("too_many", what, column=name)])  # fmt: skip
    words = [str(word) for word in encoded.dictionary.to_pylist()]
    order = sorted(range(len(words)), key=words.__getitem__)
    place = np.empty(len(words), dtype="int64")
    place[order] = np.arange(len(words))
    return place[encoded.indices.to_numpy()], [words[one] for one in order]


def in_time(who: np.ndarray, seconds: np.ndarray, what: np.ndarray) -> np.ndarray:
    """The order of events by person, time and, where the times are equal, the number of the thing."""
    if not len(who):
        return np.zeros(0, dtype="int64")
    start, kinds = int(seconds.min()), int(what.max()) + 1
    span = int(seconds.max()) - start + 1
    if (int(who.max()) + 1) * span * kinds < 2**62:
        return np.argsort((who * span + (seconds - start)) * kinds + what, kind="stable")
    return np.lexsort((what, seconds, who))


def starts_of(who: np.ndarray) -> np.ndarray:
    """Where each person begins, of sorted persons."""
    return np.flatnonzero(np.r_[True, who[1:] != who[:-1]]) if len(who) else np.zeros(0, dtype="int64")


def listed(names: Any) -> str:
    """Names in quotes for a letter."""
    return join_names(repr(str(name)) for name in names)
