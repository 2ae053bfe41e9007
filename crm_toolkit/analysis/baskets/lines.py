"""Baskets out of purchases: which items were bought together in one order.

A basket is the set of different items of an order: how many pieces, and on how many lines, makes no difference. Lines
of returns, lines without an item and lines after the date of analysis are left out and counted; an order of which
nothing is left is no basket. A return does not take the item out of the basket in which it was bought: the lines do
not say which one that was. Who bought is not asked, so lines without a customer take part.

Thresholds are compared as whole numbers of baskets. A support of 0.07 of 100 baskets is 7 baskets; in binary
fractions 0.07 × 100 is a little more than 7, and a program that compares such numbers loses itemsets at the border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.lines import as_day, count_where
from crm_toolkit.engines import Desk, laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

MIN_SUPPORT = Knob("min_support", 0.01, 0.000001, 1.0, 0.001, mark("Least share of baskets that counts as frequent"),
                   origin="convention", reference="one basket in a hundred; a large shop needs less")  # fmt: skip


@dataclass(frozen=True)
class BasketCoverage:
    """What of the purchases became baskets.

    Parameters
    ----------
    lines : int
        All lines of the table.
    baskets : int
        Orders with at least one bought item.
    items : int
        Different items in them.
    basket_items : int
        Items of all baskets, each counted once a basket.
    returns, without_item, after : int
        Lines left out: of returns; without an item; after the date of analysis. A line is counted once, in this order.
    """

    lines: int
    baskets: int
    items: int
    basket_items: int
    returns: int
    without_item: int
    after: int


@dataclass(frozen=True, eq=False)
class Baskets:
    """Encoded baskets: a pair of numbers for each item in each basket, sorted.

    Parameters
    ----------
    basket, item : numpy.ndarray
        Number of the basket; number of the item, a place in ``names``.
    names : numpy.ndarray
        The items, sorted.
    counts : numpy.ndarray
        Baskets with each item.
    coverage : BasketCoverage
    """

    basket: np.ndarray = field(repr=False)
    item: np.ndarray = field(repr=False)
    names: np.ndarray
    counts: np.ndarray
    coverage: BasketCoverage


def least_count(min_support: float, min_count: int | None, baskets: int, *, asked_by: str) -> int:
    """The smallest number of baskets that is frequent, compared as whole numbers.

    >>> least_count(0.07, None, 100, asked_by="frequent_itemsets"), 0.07 * 100
    (7, 7.000000000000001)
    """
    if min_count is None:
        share = MIN_SUPPORT.check(min_support)
        return max(math.ceil(Fraction(repr(float(share))) * baskets), 1)
    whole = isinstance(min_count, (int, np.integer)) and not isinstance(min_count, bool) and min_count >= 1
    if not whole:
        what = say("`{name}` can't be {value}.", name="min_count", value=repr(min_count))
        advice = say("A value from {low} upwards is allowed.", low=format_number(1))
        heading = say("`{function}` can't use these numbers.", function=asked_by)
        raise InputError(heading, [Problem("outside_range", what, advice=advice, column="min_count")])
    return int(min_count)


def read_baskets(purchases: Any, as_of: Any, returns: str | None, *, asked_by: str) -> Baskets:
    """Read the lines of purchases, check them, and encode what is left as baskets."""
    day = None if as_of is None else as_day(as_of, "as_of")
    needed = ("order_id", "item", *(() if day is None else ("ordered_at",)), *(() if returns is None else (returns,)))
    with laid_out(purchases, needed, asked_by=asked_by) as desk:
        require_columns(needed, desk.columns, asked_by=asked_by)
        lines, found = _kept(desk, day, returns, asked_by)
        table = (lines.unique() if desk.spark else lines).collect("pyarrow").to_native()
    columns = {name: table[name] for name in ("order_id", "item")}  # each is let go when it is read
    del table
    key, values = _encoded(columns.pop("order_id"))
    orders, key = len(values), key.astype("int64", copy=False)
    item, values = _encoded(columns.pop("item"))
    names = values.tolist()
    order = sorted(range(len(names)), key=lambda place: (str(type(names[place])), names[place]))
    place = np.empty(len(names), dtype="int32")
    place[order] = np.arange(len(names))
    key *= max(len(names), 1)
    key += place[item]
    del item
    key.sort()
    key = key[np.concatenate([[True], key[1:] != key[:-1]])] if len(key) else key
    if not len(key):
        _refuse_nothing(found, asked_by)
    basket, item = apart(key, max(len(names), 1))
    coverage = BasketCoverage(
        found["lines"], orders, len(names), len(key), found["returns"], found["without_item"], found["after"]
    )
    sorted_names = np.empty(len(names), dtype=object)
    sorted_names[:] = [names[place] for place in order]
    return Baskets(basket, item, sorted_names, np.bincount(item, minlength=len(names)), coverage)


def apart(key: np.ndarray, items: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of basket and item out of basket · items + item, in small integers; the keys are used up.

    >>> apart(np.array([0, 7, 12]), 5)
    (array([0, 1, 2], dtype=int32), array([0, 2, 2], dtype=int32))
    """
    item = (key % items).astype("int32")
    key //= items
    return key.astype("int32"), item


def _kept(desk: Desk, day: Any, returns: str | None, asked_by: str) -> tuple[nw.LazyFrame, dict[str, int]]:
    """The lines that count, and how many were left out and why."""
    schema = desk.lines.collect_schema()
    _require_kinds(schema, day, returns, asked_by)
    nothing = _missing("item", schema)
    asked = {"lines": nw.len(), "without_order": count_where(_missing("order_id", schema))}
    left_out = {"without_item": nothing}
    if returns is not None:
        back = nw.col(returns).cast(nw.Float64) < 0
        asked["unsound"] = count_where(~nw.col(returns).cast(nw.Float64).is_finite().fill_null(False))
        left_out = {"returns": back, "without_item": nothing & ~back}
    if day is not None:
        asked["undated"] = count_where(nw.col("ordered_at").is_null())
        late = nw.col("ordered_at").cast(nw.Date) > nw.lit(day)
        for condition in left_out.values():
            late = late & ~condition
        left_out["after"] = late
    asked |= {name: count_where(condition) for name, condition in left_out.items()}
    counted = {name: int(value or 0) for name, value in desk.row(desk.lines.select(**asked)).items()}
    found = dict.fromkeys(("unsound", "undated", "returns", "after"), 0) | counted
    _require_sound(found, returns, asked_by)
    lines = desk.lines
    for name, condition in left_out.items():
        if found[name]:
            lines = lines.filter(~condition)
    return lines.select("order_id", "item"), found


def _missing(name: str, schema: Any) -> nw.Expr:
    missing = nw.col(name).is_null()
    return missing | nw.col(name).is_nan().fill_null(True) if schema[name].is_float() else missing


def _encoded(column: Any) -> tuple[np.ndarray, Any]:
    """Numbers for the values of an Arrow column, and the values."""
    import pyarrow as pa

    if pa.types.is_integer(column.type):
        plain = column.to_numpy()
        del column
        codes, values = pd.factorize(plain)
        return codes, values
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    encoded = encoded.unify_dictionaries()
    chunks = encoded.chunks
    dictionary = chunks[0].dictionary.to_pylist() if chunks else []
    values = np.empty(len(dictionary), dtype=object)
    values[:] = dictionary
    codes = np.concatenate([np.zeros(0, "int32"), *(one.indices.to_numpy(zero_copy_only=False) for one in chunks)])
    if not pa.types.is_dictionary(column.type):
        return codes, values
    used, codes = np.unique(codes, return_inverse=True)
    return codes, values[used]


def _require_kinds(schema: Any, day: Any, returns: str | None, asked_by: str) -> None:
    problems = []
    if returns is not None and not schema[returns].is_numeric():
        problems.append((returns, say("It must hold numbers.")))
    if day is not None and not (schema["ordered_at"] == nw.Date or schema["ordered_at"] == nw.Datetime):
        problems.append(("ordered_at", say("It must hold dates.")))
    for name in ("order_id", "item"):
        if isinstance(schema[name], (nw.List, nw.Struct, nw.Array)):
            problems.append((name, say("It must hold one value in a row, no lists.")))
    if problems:
        raise InputError(
            say("`{function}` can't read this table.", function=asked_by),
            [
                Problem("wrong_kind", say("The column `{name}` is of kind {kind}.", name=name, kind=schema[name]),
                        found, column=name)
                for name, found in problems
            ],
        )  # fmt: skip


def _require_sound(found: dict[str, int], returns: str | None, asked_by: str) -> None:
    advice = say("Fill them in or remove these lines.")
    problems = []
    if found["without_order"]:
        what = say_count("{count} line has no order.", "{count} lines have no order.", found["without_order"])
        problems.append(Problem("no_order", what, advice=advice, column="order_id"))
    if found["unsound"]:
        what = say_count(
            "{count} value of `{name}` is missing or infinite.",
            "{count} values of `{name}` are missing or infinite.",
            found["unsound"],
            name=returns,
        )
        problems.append(Problem("unsound_number", what, advice=advice, column=str(returns)))
    if found["undated"]:
        what = say_count("{count} line has no date.", "{count} lines have no date.", found["undated"])
        problems.append(Problem("no_date", what, advice=advice, column="ordered_at"))
    if problems:
        raise InputError(say("`{function}` can't make baskets of these lines.", function=asked_by), problems)


def _refuse_nothing(found: dict[str, int], asked_by: str) -> None:
    told = [
        say_count("{count} line", "{count} lines", found["lines"]),
        say_count("{count} line of a return", "{count} lines of returns", found["returns"]),
        say_count("{count} line without an item", "{count} lines without an item", found["without_item"]),
        say_count("{count} line after the date of analysis", "{count} lines after the date of analysis",
                  found["after"]),
    ]  # fmt: skip
    what = say("0 baskets are left after the filters.")
    heading = say("`{function}` found no basket.", function=asked_by)
    raise InputError(heading, [Problem("no_baskets", what, join_names(told))])
