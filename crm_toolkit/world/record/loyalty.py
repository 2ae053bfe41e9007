"""Members of the programme and their accounts: every point that came and went, with the balance after it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from crm_toolkit.world.record.book import Book, coded, days, keys, moments, numbered

KINDS = ("redeem", "earn", "expire")  # in the order in which they are booked at one moment
_LAST_MINUTE = 1e-7


def loyalty(book: Book) -> dict[str, pa.Table]:
    """The tables ``loyalty_members`` and ``loyalty_ledger``."""
    events, rules = book.events, book.spec.policy.loyalty
    bought = np.flatnonzero(events["bought"])
    earned, redeemed = events.at("earned", bought), events.at("redeemed", bought)
    earns, redeems = bought[earned > 0], bought[redeemed > 0]
    expiries, ids = book.lived.happened.expiries, book.lived.traits.ids
    expired_by = ids[expiries["person"]]
    mine = np.flatnonzero(expired_by <= book.spec.customers)
    customer = np.concatenate([book.customer[redeems], book.customer[earns], expired_by[mine]])
    time = np.concatenate(
        [book.time[redeems], book.time[earns], expiries["week"][mine].astype(np.float64) + (1 - _LAST_MINUTE)]
    )
    kind = np.repeat([0, 1, 2], [len(redeems), len(earns), len(mine)])
    points = np.concatenate([-redeemed[redeemed > 0], earned[earned > 0], -expiries["points"][mine]])
    points = points.astype(np.int64)
    own = book.order_of
    order_id = np.concatenate([
        book.sales.key[own[redeems]], book.sales.key[own[earns]], np.full(len(mine), -1)
    ]).astype(np.int64)  # fmt: skip
    order = np.lexsort((kind, time, customer))
    customer, kind, points, order_id = (one[order] for one in (customer, kind, points, order_id))
    time = time[order]
    running = np.cumsum(points)
    place = numbered(customer)
    begins = np.arange(len(place)) - place
    balance = running - (running - points)[begins]
    valid = rules.valid_weeks if rules else 0
    start = book.calendar.start.astype("datetime64[D]")
    expires = start + ((np.floor(time).astype(np.int64) + valid) * 7 + 6)
    ledger = pa.table(
        {
            "entry_id": pa.array(keys(customer)),
            "customer_id": pa.array(customer),
            "booked_at": moments(book.calendar.moment(time)),
            "kind": coded(kind, KINDS),
            "points": pa.array(points),
            "order_id": pa.array(order_id, mask=order_id < 0),
            "balance": pa.array(balance),
            "expires_on": days(expires, kind != 1),
        }
    )
    return {"loyalty_members": _members(book), "loyalty_ledger": ledger}


def _members(book: Book) -> pa.Table:
    """Who joined, at the first order that they made as a member."""
    enrolled = book.lived.happened.enrolled
    joined = np.isfinite(enrolled[book.events["person"]]) & book.events["bought"]
    joined &= book.time >= enrolled[book.events["person"]]
    place = np.flatnonzero(joined)
    first = place[numbered(book.customer[place]) == 0]
    enrolled_at = moments(book.calendar.moment(book.time[first]))
    return pa.table({"customer_id": pa.array(book.customer[first]), "enrolled_at": enrolled_at})
