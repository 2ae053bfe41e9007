"""What a campaign does to whom: a second and a third look at the same luck.

Both worlds share the luck of the real one up to the last draw, so each row's difference is that customer's own
causal effect. Other campaigns go out as they really did. Where crowding is on, customers share the staff, so
"everybody treated" also means a fuller branch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crm_toolkit.world.block import Lived, live
from crm_toolkit.world.record.book import money_column, open_book
from crm_toolkit.world.record.marketing import kept_assignments

if TYPE_CHECKING:
    from crm_toolkit.world.block import WorldSpec
    from crm_toolkit.world.clock import Force

Integers = NDArray[np.int64]


def potential_outcomes(spec: WorldSpec, lived: Lived) -> pa.Table:
    """Orders and money of everybody eligible for a campaign, within its weeks, had nobody or everybody been treated.

    Parameters
    ----------
    spec : WorldSpec
        What the world is.
    lived : Lived
        A block as it really was.

    Returns
    -------
    pyarrow.Table
        `schema.TRUTH_TABLES`: ``potential_outcomes``, by campaign and customer.
    """
    assigned = kept_assignments(open_book(spec, lived))
    person, campaign = assigned["person"], assigned["campaign"].astype(np.int64)
    orders, money = (np.zeros((2, len(person)), dtype=np.int64) for _ in range(2))
    ways: tuple[Force, ...] = ("none", "all")
    for place in np.unique(campaign).tolist():
        plan = spec.policy.campaigns[place]
        mine = np.flatnonzero(campaign == place)
        for way, force in enumerate(ways):
            other = live(spec, lived.people.ids, force={place: force})
            number, amount = in_window(spec, other, plan.start_week, plan.start_week + plan.weeks)
            orders[way, mine], money[way, mine] = number[person[mine]], amount[person[mine]]
    return pa.table(
        {
            "campaign_id": pa.array(campaign + 1),
            "customer_id": pa.array(assigned["customer"]),
            "treated": pa.array(assigned["treated"]),
            "orders_untreated": pa.array(orders[0]),
            "orders_treated": pa.array(orders[1]),
            "amount_untreated": money_column(money[0]),
            "amount_treated": money_column(money[1]),
            "effect": money_column(money[1] - money[0]),
        }
    )


def in_window(spec: WorldSpec, lived: Lived, begin: float, end: float) -> tuple[Integers, Integers]:
    """Number and money (minor units) of every customer's orders in some weeks, fees of memberships among them.

    In the order of ``traits``, for customers of the world; 0 for those that fill up its last branch.
    """
    sales, n = open_book(spec, lived).sales, len(lived.traits.ids)
    inside = np.flatnonzero((sales.time >= begin) & (sales.time < end))
    person = sales.person[inside]
    amount = np.bincount(person, weights=sales.amount[inside], minlength=n)
    return np.bincount(person, minlength=n), np.rint(amount).astype(np.int64)
