"""Columns of a table of any kind, checked for their kind and brought home: what order statistics and models need whole.

A column is asked for by what it must hold:

number   numbers; nothing else counts as one, an infinite one is refused, a missing one stays missing
flag     yes and no: flags, or the numbers 0 and 1
when     dates or local times, without a time zone
text     text
label    whatever names a group or a row
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import narwhals as nw
import pandas as pd

from crm_toolkit.analysis.lines import count_where
from crm_toolkit.analysis.tables import collected
from crm_toolkit.engines import Desk, laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import mark, say, say_count

_MUST_HOLD = {
    "number": mark("It must hold numbers."),
    "flag": mark("It must hold yes and no: flags, or the numbers 0 and 1."),
    "when": mark("It must hold dates."),
    "text": mark("It must hold text."),
}


def brought_home(table: Any, wanted: Mapping[str, str], *, asked_by: str) -> pd.DataFrame:
    """The named columns as a pandas frame with an index of its own; what is of the wrong kind is refused.

    Parameters
    ----------
    table : frame, relation or path
        Of any kind that `engines` knows.
    wanted : mapping of str to str
        Column → what it must hold, see the head of this module.
    asked_by : str
        The public function that asks, for the letter.

    Returns
    -------
    pandas.DataFrame
        Numbers and flags as float64 (flags 1.0 and 0.0), times as datetime64[us], the rest as it is; missing values
        as NaN, NaT, None.

    Raises
    ------
    InputError
        With every column that is missing, or every one that is of the wrong kind or holds what can't be.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"minutes": [1, 2], "kept": [True, None]})
    >>> brought_home(table, {"minutes": "number", "kept": "flag"}, asked_by="example")
       minutes  kept
    0      1.0   1.0
    1      2.0   NaN
    """
    with laid_out_with(table, wanted, asked_by=asked_by) as desk:
        kinds = checked_kinds(desk, wanted, asked_by=asked_by)
        frame = collected(desk.lines.select(*(expression for expression in kinds.values())))
    for name, kind in wanted.items():
        if kind in ("number", "flag"):
            frame[name] = frame[name].astype("float64")
        elif kind == "when":
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame


@contextmanager
def laid_out_with(table: Any, wanted: Iterable[str], *, asked_by: str) -> Iterator[Desk]:
    """Lay a table out for work that needs these columns, or refuse it for want of them."""
    names = tuple(wanted)
    with laid_out(table, names, asked_by=asked_by) as desk:
        require_columns(names, desk.columns, asked_by=asked_by)
        yield desk


def checked_kinds(desk: Desk, wanted: Mapping[str, str], *, asked_by: str) -> dict[str, nw.Expr]:
    """An expression for every wanted column, of the kind it must be; all wrong kinds in one letter."""
    schema = desk.lines.collect_schema()
    wrong = [name for name, kind in wanted.items() if not _fits(schema[name], kind, spark=desk.spark)]
    empty = _wholly_missing(desk, wrong)
    problems = [_wrong_kind(name, schema[name], wanted[name]) for name in wrong if name not in empty]
    if not problems:
        problems = _unsound(desk, {name: kind for name, kind in wanted.items() if name not in empty}, schema)
    if problems:
        raise InputError(say("`{function}` can't read this table.", function=asked_by), problems)
    return {name: _as_kind(name, "empty" if name in empty else kind, schema) for name, kind in wanted.items()}


def _fits(found: Any, kind: str, *, spark: bool) -> bool:
    if kind == "number":
        return found.is_numeric()
    if kind == "flag":
        return found == nw.Boolean or found.is_numeric()
    if kind == "when":
        return found == nw.Date or (found == nw.Datetime and (spark or found.time_zone is None))
    return kind != "text" or found in (nw.String, nw.Categorical, nw.Enum)


def _wholly_missing(desk: Desk, names: list[str]) -> set[str]:
    if not names:
        return set()
    there = desk.row(desk.lines.select(**{f"n{place}": count_where(~nw.col(name).is_null())
                                          for place, name in enumerate(names)}))  # fmt: skip
    return {name for place, name in enumerate(names) if not there[f"n{place}"]}


def _unsound(desk: Desk, wanted: Mapping[str, str], schema: Any) -> list[Problem]:
    """Infinite numbers, and flags that are neither 0 nor 1."""
    asked, problems = {}, []
    for place, (name, kind) in enumerate(wanted.items()):
        number = nw.col(name).cast(nw.Float64) if schema[name] != nw.Boolean else nw.lit(0.0)
        known = ~nw.col(name).is_null() & ~number.is_nan().fill_null(True)
        if kind == "number" and schema[name].is_float():
            asked[f"n{place}"] = count_where(known & ~number.is_finite().fill_null(True))
        elif kind == "flag" and schema[name] != nw.Boolean:
            asked[f"n{place}"] = count_where(known & (number != 0.0) & (number != 1.0))
    counts = desk.row(desk.lines.select(**asked)) if asked else {}
    for place, (name, kind) in enumerate(wanted.items()):
        count = int(counts.get(f"n{place}") or 0)
        if count and kind == "number":
            what = say_count("{count} value of `{name}` is infinite.", "{count} values of `{name}` are infinite.",
                             count, name=name)  # fmt: skip
            advice = say("Correct it, or leave the place empty.")
            problems.append(Problem("infinite", what, advice=advice, column=name))
        elif count:
            what = say_count("{count} value of `{name}` is neither 0 nor 1.",
                             "{count} values of `{name}` are neither 0 nor 1.", count, name=name)  # fmt: skip
            problems.append(Problem("no_flag", what, say(_MUST_HOLD["flag"]), column=name))
    return problems


def _as_kind(name: str, kind: str, schema: Any) -> nw.Expr:
    if kind == "empty":
        return nw.lit(None).cast(nw.Float64).alias(name)
    if kind == "flag" and schema[name] == nw.Boolean:
        return nw.when(nw.col(name)).then(nw.lit(1.0)).when(~nw.col(name)).then(nw.lit(0.0)).alias(name)
    if kind in ("number", "flag"):
        return nw.col(name).cast(nw.Float64)
    return nw.col(name)


def _wrong_kind(name: str, found: Any, kind: str) -> Problem:
    heading = say("The column `{name}` is of kind {kind}.", name=name, kind=found)
    if kind == "when" and found == nw.Datetime:
        advice = say("Turn it into local time of the organisation without a zone first.")
        return Problem("wrong_kind", heading, say("It must hold local time, without a time zone."), advice, column=name)
    return Problem("wrong_kind", heading, say(_MUST_HOLD[kind]), column=name)
