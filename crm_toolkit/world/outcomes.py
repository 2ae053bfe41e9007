"""Truth that needs a second look at the same luck: weekly states, and what a campaign does to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.world.block import Lived, block_ids, blocks_of, live
from crm_toolkit.world.record.book import open_book
from crm_toolkit.world.record.marketing import kept_assignments
from crm_toolkit.world.record.truth import states

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.world.clock import Force
    from crm_toolkit.world.simulate import World

Integers = NDArray[np.int64]


def weekly_states(world: World) -> pd.DataFrame:
    """The states of all customers at the end of every week: the world lived once more, with its states kept."""
    import pandas as pd

    from crm_toolkit.world.simulate import to_frame

    spec = world.spec
    frames = []
    for block in blocks_of(spec.customers):
        lived = live(spec, block_ids(spec, block), keep_states=True)
        frames.append(to_frame(states(open_book(spec, lived))))
    return pd.concat(frames, ignore_index=True)


def potential_outcomes(world: World) -> pd.DataFrame:
    """Orders and money of everybody eligible for a campaign, within its weeks, had nobody or everybody been treated.

    Both worlds share the luck of the real one up to the last draw, so each row's difference is that customer's own
    causal effect. Other campaigns go out as they really did.
    """
    import pandas as pd

    pieces = []
    for block, real in enumerate(world.lived):
        for place in range(len(world.spec.policy.campaigns)):
            pieces.append(_of_campaign(world, block, real, place))
    columns = ["campaign_id", "customer_id", "treated", "orders_untreated", "orders_treated", "amount_untreated",
               "amount_treated", "effect"]  # fmt: skip
    if not pieces:
        return pd.DataFrame(columns=columns)
    frame = pd.concat(pieces, ignore_index=True)[columns]
    return frame.sort_values(["campaign_id", "customer_id"], ignore_index=True)


def _of_campaign(world: World, block: int, real: Lived, place: int) -> pd.DataFrame:
    import pandas as pd

    spec = world.spec
    campaign = spec.policy.campaigns[place]
    assigned = kept_assignments(open_book(spec, real))
    mine = assigned["campaign"] == place
    person = assigned["person"][mine]
    window = (campaign.start_week, campaign.start_week + campaign.weeks)
    columns: dict[str, NDArray] = {
        "campaign_id": np.full(len(person), place + 1),
        "customer_id": assigned["customer"][mine],
        "treated": assigned["treated"][mine],
    }
    money: dict[str, Integers] = {}
    ways: tuple[tuple[str, Force], ...] = (("untreated", "none"), ("treated", "all"))
    for name, force in ways:
        orders, amount = in_window(live(spec, block_ids(spec, block), force={place: force}), *window)
        columns[f"orders_{name}"] = orders[person]
        money[name] = amount[person]
        columns[f"amount_{name}"] = money[name] / 100.0
    columns["effect"] = (money["treated"] - money["untreated"]) / 100.0
    return pd.DataFrame(columns)


def in_window(lived: Lived, begin: float, end: float) -> tuple[Integers, Integers]:
    """Number and money (minor units) of every customer's orders in some weeks, in the order of ``traits``."""
    events, n = lived.happened.encounters, len(lived.traits.ids)
    inside = np.flatnonzero((events["time"] >= begin) & (events["time"] < end) & events["bought"])
    person = events["person"][inside]
    amount = np.bincount(person, weights=events["amount"][inside], minlength=n)
    return np.bincount(person, minlength=n), np.rint(amount).astype(np.int64)
