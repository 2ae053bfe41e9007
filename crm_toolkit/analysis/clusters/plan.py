"""The treatment of each segment by given profits: a plan on paper, and its break-even.

If somebody knows, or supposes, what each treatment earns per customer of each segment, the best for each segment and
the best for all follow by comparison; their difference is what segmenting may cost at most. Where the profits are
estimates the difference is too high, since the best of noisy numbers is too good: `segment_policy` measures it on
customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.clusters.profit import require_numeric
from crm_toolkit.analysis.tables import collected, opened
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count


@dataclass(frozen=True, eq=False)
class SegmentPlan:
    """What a different treatment brings if the profits per customer are given.

    Parameters
    ----------
    table : pandas.DataFrame
        ``segment``, ``customers``, ``treatment`` (the best there), ``profit_per_customer``, ``for_all_per_customer``,
        ``gain`` (of the whole segment), currency units.
    for_all : str
        The treatment that is best if all get the same.
    profit, profit_for_all : float
        Profit of all customers, currency units, before the fixed cost.
    fixed_cost : float
    """

    table: pd.DataFrame
    for_all: str
    profit: float
    profit_for_all: float
    fixed_cost: float

    @property
    def gain(self) -> float:
        """Gain before the fixed cost, currency units; also the fixed cost at which segmenting just pays."""
        return self.profit - self.profit_for_all

    @property
    def net_gain(self) -> float:
        """Gain less the fixed cost, currency units."""
        return self.gain - self.fixed_cost


def segment_plan(
    effects: Any,
    treatments: Sequence[str],
    *,
    segment: str = "segment",
    customers: str = "customers",
    fixed_cost: float = 0.0,
) -> SegmentPlan:
    """Choose the treatment of each segment from given profits per customer, and compare with the best one for all.

    Parameters
    ----------
    effects : frame or relation
        One row per segment: its name, its number of customers, and for each treatment the profit per customer,
        currency units.
    treatments : sequence of str
        The columns of the treatments; of equal profits the first named is taken.
    segment, customers : str
        The other columns.
    fixed_cost : float
        What the different treatment costs once, currency units.

    Returns
    -------
    SegmentPlan
        If the profits are estimates, the gain is too high, as `segment_policy` explains; this is for profits that are
        known, or for a what-if.

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a value is missing or infinite, a segment stands twice, or a number of
        customers is negative.

    Examples
    --------
    >>> import pandas as pd
    >>> effects = pd.DataFrame(
    ...     {"segment": ["new", "loyal"], "customers": [600, 200], "call": [4.0, 1.0], "points": [2.0, 6.0]}
    ... )
    >>> plan = segment_plan(effects, ["call", "points"], fixed_cost=500)
    >>> print(plan.table[["segment", "treatment", "gain"]].to_string(index=False))
    segment treatment   gain
        new      call    0.0
      loyal    points 1000.0
    >>> plan.for_all, plan.gain, plan.net_gain
    ('call', 1000.0, 500.0)
    """
    (cost,) = require_numbers("segment_plan", fixed_cost=(fixed_cost, 0, 1e15))
    ways = [treatments] if isinstance(treatments, str) else list(dict.fromkeys(treatments))
    heading = say("`{function}` can't compare these treatments.", function="segment_plan")
    if len(ways) < 2:
        what = say("Two or more treatments are needed.")
        raise InputError(heading, [Problem("too_few", what, column="treatments")])
    frame = opened(effects, (segment, customers, *ways), asked_by="segment_plan")
    require_numeric(frame, [customers, *ways], "segment_plan")
    found = collected(frame.select(segment, customers, *ways))
    _require_effects(found, segment, customers, ways, heading)
    people = found[customers].to_numpy(dtype="float64")
    each = found[ways].to_numpy(dtype="float64")
    overall = int((people[:, None] * each).sum(axis=0).argmax())
    best = each.argmax(axis=1)
    best = np.where(each[:, overall] >= each.max(axis=1), overall, best)
    own = each[np.arange(len(each)), best]
    table = pd.DataFrame(
        {
            "segment": found[segment],
            "customers": found[customers],
            "treatment": [ways[number] for number in best],
            "profit_per_customer": own,
            "for_all_per_customer": each[:, overall],
            "gain": people * (own - each[:, overall]),
        }
    )
    total = float((people * each[:, overall]).sum())
    return SegmentPlan(table, ways[overall], float((people * own).sum()), total, cost)


def _require_effects(found: pd.DataFrame, segment: str, customers: str, ways: list[str], heading: str) -> None:
    problems = []
    if not len(found):
        problems.append(Problem("empty", say("The table has no rows.")))
    repeated = int(found[segment].duplicated().sum())
    if repeated:
        what = say_count("{count} row repeats a segment.", "{count} rows repeat a segment.", repeated)
        problems.append(Problem("repeated_segment", what, column=segment))
    for name in (customers, *ways):
        value = found[name].to_numpy(dtype="float64", na_value=np.nan)
        bad = int((~np.isfinite(value)).sum())
        if bad:
            what = say_count("{count} value of `{name}` is missing or infinite.",
                             "{count} values of `{name}` are missing or infinite.", bad, name=name)  # fmt: skip
            problems.append(Problem("unsound_number", what, column=name))
        elif name == customers and (value < 0).any():
            what = say_count("{count} value of `{name}` is negative.", "{count} values of `{name}` are negative.",
                             int((value < 0).sum()), name=name)  # fmt: skip
            problems.append(Problem("negative", what, column=name))
    if problems:
        raise InputError(heading, problems)
