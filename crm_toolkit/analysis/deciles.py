"""Customers in ten groups from the best to the worst: what each group brings.

A customer's place is the middle of all who have the same value, counted from the best as a share of everyone,
p = (better + equal / 2) / n; the group is ⌊groups · p⌋ + 1. Equal customers stand in the same group, the order of rows
never matters, and a group may be empty: then a value is shared by more than a tenth of the customers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.abc_xyz import distinct_money
from crm_toolkit.analysis.tables import minor_units_of, opened
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

GROUPS = Knob("groups", 10, 2, 100, 1, mark("Number of groups"), origin="convention", reference="deciles")


def decile_table(
    table: Any, column: str = "monetary", *, groups: int = int(GROUPS.default), minor_digits: int = 2
) -> pd.DataFrame:
    """Show what groups of customers bring, from the best to the worst.

    Parameters
    ----------
    table : frame or relation
        One row per customer, such as `rfm_scores` returns.
    column : str
        Money of the customer, or a score that adds up, such as an expected value; two decimals count.
    groups : int
        How many groups, 2 to 100.
    minor_digits : int
        Digits that count.

    Returns
    -------
    pandas.DataFrame
        One row per group, also an empty one: ``decile`` (1 is best), ``customers``, ``customer_share``, ``money``
        (sum), ``money_share`` (missing where the total is not above 0), ``mean``, ``lowest``, ``highest`` (missing
        where the group is empty), ``cumulative_customer_share``, ``cumulative_money_share`` and ``lift`` (the
        group's mean divided by everybody's).

    Raises
    ------
    InputError
        If the column is missing or not of numbers, a value is missing or infinite, or the table is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> spent = pd.DataFrame({"monetary": [80, 40, 20, 20, 20, 20]})
    >>> print(
    ...     decile_table(spent, groups=3)[["decile", "customers", "money", "money_share", "lift"]].to_string(
    ...         index=False
    ...     )
    ... )
     decile  customers  money  money_share  lift
          1          2  120.0          0.6   1.8
          2          0    0.0          0.0   NaN
          3          4   80.0          0.4   0.6
    """
    count = int(GROUPS.check(groups))
    frame = opened(table, (column,), asked_by="decile_table")
    unit, minor = minor_units_of(column, minor_digits)
    counted = distinct_money(frame, column, minor, asked_by="decile_table")
    if counted.empty:
        heading = say("`{function}` can't measure this table.", function="decile_table")
        raise InputError(heading, [Problem("empty", say("The table has no rows."))])
    value, people = counted["minor"].to_numpy()[::-1], counted["n"].to_numpy()[::-1]
    everyone, reached = int(people.sum()), np.cumsum(people)
    group = count * (2 * reached - people) // (2 * everyone)
    customers = np.bincount(group, weights=people, minlength=count)
    money = np.bincount(group, weights=people * value, minlength=count)
    ends = pd.DataFrame({"group": group, "value": value}).groupby("group")["value"].agg(["min", "max"])
    ends = ends.reindex(range(count)) / unit
    total = float(money.sum())
    mean = np.divide(money / unit, customers, out=np.full(count, np.nan), where=customers > 0)
    share = money / total if total > 0 else np.full(count, np.nan)
    return pd.DataFrame(
        {
            "decile": np.arange(1, count + 1),
            "customers": customers.astype("int64"),
            "customer_share": customers / everyone,
            "money": money / unit,
            "money_share": share,
            "mean": mean,
            "lowest": ends["min"].to_numpy(),
            "highest": ends["max"].to_numpy(),
            "cumulative_customer_share": np.cumsum(customers) / everyone,
            "cumulative_money_share": np.cumsum(share),
            "lift": mean / (total / unit / everyone) if total > 0 else np.full(count, np.nan),
        }
    )
