"""Shares by group, each with Wilson's interval and a word on whether there are enough cases to read it.

A share of few cases jumps: one case of five more is 20 points. So every share comes with an interval, and below a
stated number of cases it is marked as not to be read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say, say_count

SMALLEST = Knob(
    "smallest",
    30,
    2,
    10_000,
    1,
    mark("Cases from which a figure is read by itself"),
    origin="convention",
    reference="a rule of thumb of survey practice; with 30 cases a share of one half is known to 17 points either way",
)
LEVEL = Knob(
    "level",
    0.95,
    0.5,
    0.999,
    0.01,
    mark("Level of the intervals"),
    origin="convention",
    reference="19 of 20 such intervals hold the true value",
)
ALL = "all"  # what the only group is called where no groups are asked for
MOST_GROUPS = 1_000


def share_columns(successes: Any, cases: Any, *, level: float, smallest: int, name: str = "share") -> dict[str, Any]:
    """Columns of a table of shares: the share, ``low``, ``high`` and ``enough``; missing where there are no cases.

    Examples
    --------
    >>> found = share_columns([8, 0], [10, 0], level=0.95, smallest=30)
    >>> {name: list(column) for name, column in found.items() if name in ("share", "enough")}
    {'share': [np.float64(0.8), np.float64(nan)], 'enough': [np.False_, np.False_]}
    """
    won, of = np.asarray(successes, dtype="float64"), np.asarray(cases, dtype="float64")
    some = of > 0
    whole = np.where(some, of, 1.0)
    low, high = wilson_interval(won, whole, level)
    return {
        name: np.where(some, won / whole, np.nan),
        "low": np.where(some, low, np.nan),
        "high": np.where(some, high, np.nan),
        "enough": of >= smallest,
    }


def group_codes(frame: pd.DataFrame, by: str | None) -> tuple[np.ndarray, list[Any]]:
    """The number of every row's group, −1 without one, and the groups in order; one group where none are asked for."""
    if by is None:
        return np.zeros(len(frame), dtype="int64"), [ALL]
    codes, labels = pd.factorize(frame[by], use_na_sentinel=True)
    names = list(labels)
    order = sorted(range(len(names)), key=lambda place: sorting_key(names[place]))
    rank = np.empty(len(names) + 1, dtype="int64")
    rank[order] = np.arange(len(names))
    rank[-1] = -1
    return rank[codes], [names[place] for place in order]


def sorting_key(label: Any) -> tuple[bool, Any]:
    """Numbers by size, before all else by its text."""
    number = isinstance(label, (int, float, np.number)) and not isinstance(label, (bool, np.bool_))
    return (not number, float(label) if number else str(label))


def require_few_groups(groups: Sequence[Any], by: str | None, *, asked_by: str) -> None:
    """Refuse a column of groups that is rather a column of keys."""
    if len(groups) > MOST_GROUPS:
        what = say_count("`{name}` has {count} value; as groups {most} can be shown.",
                         "`{name}` has {count} values; as groups {most} can be shown.", len(groups), name=by,
                         most=MOST_GROUPS)  # fmt: skip
        heading = say("`{function}` can't compare so many groups.", function=asked_by)
        raise InputError(heading, [Problem("too_many_groups", what, column=by or "")])
