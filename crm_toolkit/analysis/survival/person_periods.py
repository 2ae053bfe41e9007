"""Lives cut into periods: who was at risk in each, and who left.

In a *person-period table* every customer has a row for each period in which he was at risk. Rows that agree are counted
together here, which is the same to any likelihood. What counts as a period at risk:

event at 2.4 or at 3          at risk in periods 1, 2, 3; left in period 3
followed up to 2.4 so far     at risk in periods 1 and 2; the third is not over
entered at the age of 2.4     at risk from period 4 on, the first seen from its beginning
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.reading import read_frame, read_lives, weight_of
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say

MOST_CELLS = 50_000_000


def person_period_table(
    lives: Any,
    by: Sequence[str] = (),
    *,
    duration: str = "duration",
    event: str = "event",
    entry: str | None = None,
) -> pd.DataFrame:
    """Count, for every period of life, the customers at risk and those who left in it.

    Parameters
    ----------
    lives : frame, relation or path
        One row per customer, such as `durations` returns; one unit of ``duration`` is a period.
    by : sequence of str
        Columns that divide the customers, such as covariates; with the customer's key among them every customer has
        rows of his own.
    duration, event, entry : str
        Columns as in `kaplan_meier`.

    Returns
    -------
    pandas.DataFrame
        The columns ``by``, then ``period`` (from 1), ``at_risk``, ``events``, ``hazard`` (events / at_risk); periods
        without anybody at risk are left out. Periods that are not over for a customer do not count for him.

    Raises
    ------
    InputError
        As `kaplan_meier`, or if nobody was at risk for a whole period, or the table would be too large.

    Examples
    --------
    >>> lives = pd.DataFrame({"duration": [1, 2.4, 2.4, 3], "event": [1, 1, 0, 0]})
    >>> print(person_period_table(lives).to_string(index=False))
     period  at_risk  events  hazard
          1        4       1    0.25
          2        3       0    0.00
          3        2       1    0.50
    """
    asked_by = "person_period_table"
    keys = [by] if isinstance(by, str) else list(by)
    names = [*keys, duration, event, *([entry] if entry else [])]
    frame = read_frame(lives, names, asked_by=asked_by, counted=True)
    read = read_lives(frame, duration=duration, event=event, entry=entry, asked_by=asked_by)
    weight = weight_of(frame)
    heading = say("`{function}` can't use these lives.", function=asked_by)
    gaps = [name for name in keys if frame[name].isna().any()]
    if gaps:
        raise InputError(heading, [
            Problem("no_group", say("The column `{name}` has gaps.", name=name),
                    advice=say("Fill them in or remove these lines."), column=name)
            for name in gaps
        ])  # fmt: skip
    last = np.where(read.event, np.maximum(np.ceil(read.duration - 1e-9), 1), np.floor(read.duration + 1e-9))
    first = np.ones(len(last)) if read.entry is None else np.ceil(read.entry - 1e-9) + 1
    if keys:
        grouped = frame.groupby(keys, sort=True, observed=True)
        code, size = grouped.ngroup().to_numpy(), grouped.ngroups
        patterns = frame[keys].iloc[np.unique(code, return_index=True)[1]].reset_index(drop=True)
    else:
        code, size, patterns = np.zeros(len(last), dtype=np.intp), 1, pd.DataFrame(index=[0])
    seen = last >= first
    periods = int(last[seen].max(initial=0))
    if not periods:
        what = say("Nobody was at risk for a whole period.")
        raise InputError(heading, [Problem("too_short", what, advice=say("Choose a shorter unit."), column=duration)])
    if size * periods > MOST_CELLS:
        what = say("{groups} groups times {periods} periods are more than {most} rows.", groups=format_number(size),
                   periods=format_number(periods), most=format_number(MOST_CELLS))  # fmt: skip
        raise InputError(heading, [Problem("too_many", what, advice=say("Choose a longer unit."), column=duration)])
    cells = size * (periods + 2)
    place = code[seen] * (periods + 2)
    comes = np.bincount(place + first[seen].astype(np.intp), weight[seen], cells)
    goes = np.bincount(place + last[seen].astype(np.intp) + 1, weight[seen], cells)
    at_risk = np.cumsum((comes - goes).reshape(size, -1), axis=1)[:, 1 : periods + 1]
    gone = seen & read.event
    events = np.bincount(code[gone] * (periods + 2) + last[gone].astype(np.intp), weight[gone], cells)
    events = events.reshape(size, -1)[:, 1 : periods + 1]
    rows, columns = np.nonzero(at_risk > 0.5)
    table = patterns.iloc[rows].reset_index(drop=True)
    table["period"] = columns + 1
    table["at_risk"] = at_risk[rows, columns].round().astype(np.int64)
    table["events"] = events[rows, columns].round().astype(np.int64)
    table["hazard"] = table["events"] / table["at_risk"]
    return table
