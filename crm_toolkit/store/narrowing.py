"""Rows narrowed by equality and put in order: what `Store.list` is asked, as SQL over what a person may see.

A condition names a column of the contract and what must stand in it: a value, several values, or ``None`` for nothing
at all. Money is given in currency units, dates and times as such or as ISO text; a day given for a moment means the
whole day. A value that can't stand in the column is a slip and is refused. What is masked is compared with its mask.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import Column, near_misses
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store.layout import stored_name
from crm_toolkit.store.rights import Rights
from crm_toolkit.texts import say

_MOST = 2**63 - 1
_MOMENT, _DAY = "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"


def selected(
    rights: Rights,
    entity: str,
    *,
    where: Mapping[str, Any] | None = None,
    order: str | Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
) -> sa.Select:
    """A select of what a person sees of a table, narrowed and in order.

    Rows that are alike in the order, and all rows of a page without one, are ordered by the table's key, so that no
    row is on two pages; what is empty comes last.

    Parameters
    ----------
    rights : Rights
        Of the person.
    entity : str
        Table.
    where : mapping of str to object, optional
        Column → a value, several values, or None.
    order : str or sequence of str
        Columns, with a minus before the name from the last.
    limit, offset : int
        How many rows, and how many are left out before them.

    Raises
    ------
    InputError
        If the person does not see the table or a column, or a value can't stand in its column: all problems at once.
    """
    base = rights.readable(entity).subquery(entity)
    seen = {column.name: (column, rule) for column, rule in rights.columns(entity)}
    orders = [order] if isinstance(order, str) else [str(one) for one in order]
    problems, conditions = [], []
    for name, value in (where or {}).items():
        if name not in seen:
            problems.append(_no_column(str(name), seen))
            continue
        column, rule = seen[name]
        try:
            conditions.append(_condition(base.c[stored_name(column)], column, rule, value))
        except _WrongError as wrong:
            what = say("`{value}` can't stand in `{column}`.", value=str(wrong.args[0])[:40], column=name)
            problems.append(Problem("bad_value", what, column=name))
    problems += [_no_column(one, seen) for one in (one.removeprefix("-") for one in orders) if one not in seen]
    for word, number in (("limit", limit), ("offset", offset)):
        if number is not None and (isinstance(number, bool) or not _is_whole(number) or not 0 <= number <= _MOST):
            what = say("`{name}` must be a whole number from 0 on.", name=word)
            problems.append(Problem("bad_value", what, column=word))
    if problems:
        raise InputError(say("Nothing can be shown."), problems)
    wanted = sa.select(base).where(*conditions)
    for one in orders:
        column = seen[one.removeprefix("-")][0]
        place = base.c[stored_name(column)].desc() if one.startswith("-") else base.c[stored_name(column)].asc()
        wanted = wanted.order_by(place.nulls_last() if column.nullable else place)
    if orders or limit is not None:
        named = {one.removeprefix("-") for one in orders}
        keys = (key for key in STORE_TABLES[entity].table.key if key in seen and key not in named)
        wanted = wanted.order_by(*(base.c[key] for key in keys))
    return wanted.limit(None if limit is None else operator.index(limit)).offset(operator.index(offset) or None)


class _WrongError(Exception):
    """A value that can't stand in the column."""


def _condition(place: sa.ColumnElement, column: Column, rule: str, value: Any) -> sa.ColumnElement[bool]:
    if isinstance(value, (list, tuple, set, frozenset)) or type(value).__name__ in ("ndarray", "Series", "Index"):
        several = list(value)
        found: sa.ColumnElement[bool] = place.in_(
            [
                _comparable(column, rule, one)
                for one in several
                if not _is_nothing(one) and not _is_day(column, rule, one)
            ]
        )
        odd = [one for one in several if _is_nothing(one) or _is_day(column, rule, one)]
        return sa.or_(found, *(_condition(place, column, rule, one) for one in odd)) if odd else found
    if _is_nothing(value):
        return place.is_(None)
    if _is_day(column, rule, value):
        return sa.func.substr(place, 1, 10) == _moment(value).strftime(_DAY)
    return place == _comparable(column, rule, value)


def _comparable(column: Column, rule: str, value: Any) -> Any:
    """A value as it stands in the column of the database."""
    if rule == "masked" or column.kind == "text":
        return str(value)
    if column.kind in ("id", "integer", "flag"):
        return _whole(value)
    if column.kind in ("date", "datetime"):
        return _moment(value).strftime(_DAY if column.kind == "date" else _MOMENT)
    try:
        number = Decimal(str(value))
        if isinstance(value, bool) or not number.is_finite():
            raise _WrongError(value)
        if column.kind == "number":
            return float(number)
        minor = round(number, 6) * 100
        return _whole(int(minor)) if minor == minor.to_integral_value() else -_MOST  # finer than money can be: no row
    except (InvalidOperation, OverflowError):
        raise _WrongError(value) from None


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value).__name__ == "bool":  # numpy's too
        value = int(value)
    try:
        found = operator.index(value)
    except TypeError:
        raise _WrongError(value) from None
    if abs(found) > _MOST:
        raise _WrongError(value)
    return found


def _moment(value: Any) -> dt.datetime:
    if type(value).__name__ == "datetime64":
        value = value.astype("datetime64[s]").item()
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None, microsecond=0)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    try:
        return dt.datetime.fromisoformat(str(value).strip()).replace(tzinfo=None, microsecond=0)
    except ValueError:
        raise _WrongError(value) from None


def _is_day(column: Column, rule: str, value: Any) -> bool:
    """Whether a day is given for a moment: the whole day is meant."""
    if column.kind != "datetime" or rule == "masked":
        return False
    if isinstance(value, str):
        return len(value.strip()) == 10
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _is_nothing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def _is_whole(value: Any) -> bool:
    try:
        operator.index(value)
    except TypeError:
        return False
    return True


def _no_column(name: str, columns: Mapping[str, Any]) -> Problem:
    close = near_misses(name, columns)
    what = say("There is no column `{name}` that you can see.", name=name)
    return Problem("unknown_column", what, column=name,
                   advice=say("Did you mean `{close}`?", close=close[0]) if close else "")  # fmt: skip
