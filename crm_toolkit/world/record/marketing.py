"""Assignments to campaigns, with the propensity that was in force, and touches: advertisements and messages."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crm_toolkit.streams import Stream
from crm_toolkit.world.clock import STRATA
from crm_toolkit.world.record.book import Book, coded, days, keys, moments, money_column
from crm_toolkit.world.record.customers import by_number, found_by

Integers = NDArray[np.int64]
PURPOSES = ("acquisition", "campaign")
_MOST_ADS = 4
_ADS = (0.4, 0.3, 0.2, 0.1)  # chances of one, two … advertisements on the way to the first order; assumption
_MESSAGE_TIME = 0.2  # share of the week's business at which messages go out; convention
_BOUNCED = 0.0106  # share of e-mails that do not arrive (Campaign Monitor 2018); none of those that are opened


def marketing(book: Book) -> dict[str, pa.Table]:
    """The tables ``assignments`` and ``touches``."""
    return {"assignments": _assignments(book), "touches": _touches(book)}


def kept_assignments(book: Book) -> dict[str, NDArray]:
    """Assignments of customers of the world, by campaign and customer."""
    assigned = dict(book.lived.happened.assignments)
    assigned["customer"] = book.lived.traits.ids[assigned["person"]]
    keep = np.flatnonzero(assigned["customer"] <= book.spec.customers)
    order = keep[np.lexsort((assigned["customer"][keep], assigned["campaign"][keep]))]
    return {name: values[order] for name, values in assigned.items()}


def _assignments(book: Book) -> pa.Table:
    assigned = kept_assignments(book)
    starts = np.array([one.start_week for one in book.spec.policy.campaigns] or [0])
    day = book.calendar.start.astype("datetime64[D]") + starts[assigned["campaign"]] * 7
    return pa.table(
        {
            "campaign_id": pa.array(assigned["campaign"].astype(np.int64) + 1),
            "customer_id": pa.array(assigned["customer"]),
            "assigned_on": days(day),
            "arm": coded(assigned["treated"], ("holdout", "treated")),
            "stratum": coded(assigned["stratum"], STRATA),
            "propensity": pa.array(np.round(assigned["propensity"], 6)),
        }
    )


def _touches(book: Book) -> pa.Table:
    scenario, seed = book.spec.scenario, book.spec.seed
    channels = [*scenario.lists["ad_channels"], "email", "sms"]
    ads = _advertisements(book)
    assigned = kept_assignments(book)
    sent = np.flatnonzero(assigned["treated"])
    assigned = {name: values[sent] for name, values in assigned.items()}
    plans = book.spec.policy.campaigns
    starts = np.array([one.start_week for one in plans] or [0])
    by = np.array([channels.index(one.channel) for one in plans] or [0])
    costs = np.array([round(one.contact_cost * 100) for one in plans] or [0])
    campaign = assigned["campaign"].astype(np.int64)
    lost = Stream(seed, "bounce").many(1, assigned["customer"], campaign)[0] < _BOUNCED / max(
        1 - scenario["open_share"], _BOUNCED
    )
    customer = np.concatenate([ads["customer"], assigned["customer"]])
    time = np.concatenate([ads["time"], starts[campaign] + np.full(len(sent), _MESSAGE_TIME)])
    channel = np.concatenate([ads["channel"], by[campaign]])
    number = np.concatenate([np.full(len(ads["customer"]), -1), campaign])
    cost = np.concatenate([ads["cost"], costs[campaign]])
    no_ads = np.zeros(len(ads["customer"]), dtype=bool)
    opened = np.concatenate([~no_ads, assigned["opened"]])
    delivered = np.concatenate([~no_ads, assigned["opened"] | ~lost])
    clicked = np.concatenate([ads["clicked"], assigned["clicked"]])
    gone = np.concatenate([no_ads, assigned["unsubscribed"]])
    order: Integers | slice = slice(None)  # advertisements stand by customer and time
    if len(sent):
        order = np.lexsort((number, time, customer))
    return pa.table(
        {
            "touch_id": pa.array(keys(customer[order])),
            "customer_id": pa.array(customer[order]),
            "touched_at": moments(book.calendar.moment(time[order])),
            "channel": coded(channel[order], channels),
            "purpose": coded(number[order] >= 0, PURPOSES),
            "campaign_id": pa.array(number[order] + 1, mask=number[order] < 0),
            "delivered": pa.array(delivered[order]),
            "opened": pa.array(opened[order]),
            "clicked": pa.array(clicked[order]),
            "unsubscribed": pa.array(gone[order]),
            "cost": money_column(cost[order]),
        }
    )


def _advertisements(book: Book) -> dict[str, NDArray]:
    """Advertisements on the way to the first order; the last one is that of the acquisition channel."""
    scenario, people = book.spec.scenario, book.lived.people
    acquired, came = by_number(book, book.lived.traits.acquired), by_number(book, book.came)
    channel, referrer = found_by(book)
    who = np.flatnonzero(came & (referrer < 0))
    luck = Stream(book.spec.seed, "advertisements").many(1 + 2 * _MOST_ADS, people.ids[who])
    number = 1 + np.searchsorted(np.cumsum(_ADS)[:-1], luck[0], side="right")
    person = np.repeat(np.arange(len(who)), number)
    back = np.repeat(np.cumsum(number), number) - 1 - np.arange(len(person))  # 0 is the last one
    shares = np.cumsum(list(scenario.lists["ad_channels"].values()))
    other = np.searchsorted(shares / shares[-1], luck[1 + back, person], side="right")
    before = np.cumsum(0.02 - np.log(luck[1 + _MOST_ADS : 1 + 2 * _MOST_ADS]) * 0.6, axis=0)
    time = acquired[who][person] - before[back, person]
    inside = np.flatnonzero(time >= 0)
    person, back = person[inside], back[inside]
    cost = round(scenario["advertising_cost"] * 100)
    return {
        "customer": people.ids[who][person],
        "time": time[inside],
        "channel": np.where(back == 0, channel[who][person], other[inside]).astype(np.int64),
        "clicked": back == 0,
        "cost": np.full(len(person), cost),
    }
