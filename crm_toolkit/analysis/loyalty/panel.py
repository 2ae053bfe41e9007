"""One row per customer around the start of a programme: what `evaluate_programme` and its methods take.

Only customers who bought before the start take part: those the firm could have invited. Periods before the start are
equally long and do not overlap; the outcome is counted after the start.

When does a customer count as a member? Many join at a purchase, so "joined at any time" makes sure that members bought
after the start and others perhaps did not: members would come out ahead even if the programme did nothing (immortal
time). A landmark takes that away: members are those who joined within the first ``join_weeks``, and the outcome is
counted from then on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import numbers, read_columns
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.loyalty.lots import dates
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_date, mark, say

WEEKS = Knob("weeks", 26, 1, 520, 1, mark("Weeks of a period"), mark("weeks"), origin="convention")
JOIN_WEEKS = Knob("join_weeks", 8, 0, 260, 1, mark("Weeks after the start within which a member must have joined"),
                  mark("weeks"), origin="assumption")  # fmt: skip
PERIODS = Knob("periods", 2, 1, 20, 1, mark("Periods before the start"), origin="convention",
               reference="two check the trend")  # fmt: skip
_WEEK = np.timedelta64(7, "D")


def programme_panel(
    purchases: Any,
    members: Any,
    *,
    start: Any,
    weeks: int = int(WEEKS.default),
    periods: int = int(PERIODS.default),
    join_weeks: int = int(JOIN_WEEKS.default),
    amount: str = "amount",
) -> pd.DataFrame:
    """Lay out purchases around the start of a programme, one row per customer who bought before it.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and the amount (currency units).
    members : frame, relation or path
        One row per member: ``customer_id``, ``enrolled_at`` (datetime).
    start : date, datetime or str
        First day of the programme.
    weeks : int
        Length of every period, 1 to 520.
    periods : int
        Periods before the start, 1 to 20; two or more check the trend.
    join_weeks : int
        Landmark: who joined within so many weeks counts as a member, and the outcome begins after them.
    amount : str
        Column of money; take it before rewards are deducted, or rewards look like a loss of custom.

    Returns
    -------
    pandas.DataFrame
        ``customer_id``, ``before_2``, ``before_1`` (amounts of the periods before the start, currency units, the last
        ends at the start; as many as ``periods``), ``orders_before`` (days with a purchase in all of them),
        ``weeks_since`` (weeks from the last purchase to the start), ``after`` (amount of the period after the
        landmark), ``orders_after`` (days with a purchase), ``member`` (joined by the landmark), ``joined`` (joined by
        the end).

    Raises
    ------
    InputError
        If a column is missing or wrong, or nobody bought before the start.

    Examples
    --------
    >>> when = pd.to_datetime(["2024-06-01", "2024-12-01", "2025-04-01", "2024-11-01"])
    >>> lines = pd.DataFrame({"customer_id": [1, 1, 1, 2], "ordered_at": when, "amount": [10.0, 20.0, 30.0, 5.0]})
    >>> members = pd.DataFrame({"customer_id": [1], "enrolled_at": pd.to_datetime(["2025-01-20"])})
    >>> panel = programme_panel(lines, members, start="2025-01-01")
    >>> print(panel[["customer_id", "before_2", "before_1", "after", "member"]].to_string(index=False))
    customer_id  before_2  before_1  after  member
              1      10.0      20.0   30.0       1
              2       0.0       5.0    0.0       0
    """
    asked_by = "programme_panel"
    length, count, late = int(WEEKS.check(weeks)), int(PERIODS.check(periods)), int(JOIN_WEEKS.check(join_weeks))
    first_day = as_day(start, "start")
    begin = np.datetime64(first_day)
    wanted = ["customer_id", "ordered_at", amount]
    lines, problems = read_columns(purchases, wanted, asked_by=asked_by, numeric=[amount])
    joins, more = read_columns(members, ["customer_id", "enrolled_at"], asked_by=asked_by, unit="customer_id")
    problems += more
    money = numbers(lines, amount, problems)
    when = dates(lines["ordered_at"], "ordered_at", problems).to_numpy()
    enrolled = dates(joins["enrolled_at"], "enrolled_at", problems).to_numpy()
    if not problems and lines["customer_id"].isna().any():
        keep = lines["customer_id"].notna().to_numpy()
        lines, money, when = lines.loc[keep], money[keep], when[keep]
    week = (when - begin) / _WEEK
    known = week < 0
    if not problems and not known.any():
        what = say("Nobody bought before {day}.", day=format_date(first_day))
        problems.append(Problem("empty", what, column="ordered_at"))
    if problems:
        raise InputError(say("`{function}` can't use these tables.", function=asked_by), problems)
    who, people = pd.factorize(lines["customer_id"], sort=True)
    base = np.flatnonzero(np.bincount(who[known], minlength=len(people)))
    frame = pd.DataFrame({"customer_id": people[base]})

    def total(low: int, high: int) -> np.ndarray:
        mask = (week >= low) & (week < high)
        return np.bincount(who[mask], money[mask], len(people))[base].round(6)

    def days(low: int, high: int) -> np.ndarray:
        mask = (week >= low) & (week < high)
        seen = pd.DataFrame({"who": who[mask], "day": when[mask].astype("datetime64[D]")}).drop_duplicates()
        return np.bincount(seen["who"], minlength=len(people))[base]

    for number in range(count, 0, -1):
        frame[f"before_{number}"] = total(-number * length, -(number - 1) * length)
    frame["orders_before"] = days(-count * length, 0)
    last = np.full(len(people), -np.inf)
    np.maximum.at(last, who[known], week[known])
    frame["weeks_since"] = -last[base].round(4)
    frame["after"], frame["orders_after"] = total(late, late + length), days(late, late + length)
    since = (enrolled - begin) / _WEEK
    place = pd.Series(since, index=joins["customer_id"]).reindex(frame["customer_id"]).to_numpy()
    frame["member"] = ((place >= 0) & (place < late)).astype("int64")
    frame["joined"] = ((place >= 0) & (place < late + length)).astype("int64")
    return frame
