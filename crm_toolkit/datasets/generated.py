"""Purchases of a barbershop that never was: a small generated table for lessons, tests and demonstrations.

The process is BG/NBD (Fader, Hardie, Lee 2005): while active, a customer buys at a rate of their own, gamma
distributed over customers; after every purchase they leave for good with a probability of their own, beta
distributed. Here it starts at a different day for every customer.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from crm_toolkit.knobs import Knob
from crm_toolkit.streams import Stream
from crm_toolkit.texts import mark

CUSTOMERS = Knob("customers", 1000, 1, 10_000_000, 1, mark("Customers"), origin="convention")
WEEKS = Knob("weeks", 52, 2, 1040, 1, mark("Weeks of observation"), unit="weeks", origin="convention")
RATE_SHAPE = Knob("r", 0.9, 0.05, 10.0, 0.05, mark("Evenness of the customers' purchase rates"), origin="assumption")
WEEKS_BETWEEN = Knob(
    "weeks_between", 5.0, 0.5, 52.0, 0.5, mark("Mean weeks between visits"), unit="weeks", origin="assumption"
)
LEAVE_A = Knob(
    "a", 0.793, 0.05, 10.0, 0.05, mark("Shape a of the leaving probability"), origin="source",
    reference="BG/NBD on CDNOW: Fader, Hardie, Lee 2005",
)  # fmt: skip
LEAVE_B = Knob(
    "b", 2.426, 0.05, 20.0, 0.05, mark("Shape b of the leaving probability"), origin="source",
    reference="BG/NBD on CDNOW: Fader, Hardie, Lee 2005",
)  # fmt: skip
RETURN_SHARE = Knob("return_share", 0.02, 0.0, 0.5, 0.01, mark("Share of lines that come back"), origin="assumption")

# service, list price in currency units, weight of demand: assumptions
_MENU = (("haircut", 25.0, 6.0), ("beard_trim", 15.0, 3.0), ("colouring", 60.0, 1.0), ("hair_care_goods", 18.0, 1.5))
_MOST_VISITS = 400


def make_purchases(
    customers: int = 1000,
    *,
    weeks: int = 52,
    seed: int = 1,
    start: datetime.date | str = "2025-01-06",
    r: float = RATE_SHAPE.default,
    weeks_between: float = WEEKS_BETWEEN.default,
    a: float = LEAVE_A.default,
    b: float = LEAVE_B.default,
    return_share: float = RETURN_SHARE.default,
) -> pd.DataFrame:
    """Generate the purchases of a barbershop.

    Parameters
    ----------
    customers : int
        How many customers come at least once. Customer 17 is the same person whatever this number is.
    weeks : int
        Length of the observation. First visits are spread evenly over its first half.
    seed : int
        Seed; the same arguments give the same table on every machine.
    start : date
        First day.
    r, weeks_between, a, b : float
        The process: shape of the gamma distribution of visit rates, the mean rate as its inverse in weeks, and
        the two shapes of the beta distribution of leaving after a visit.
    return_share : float
        Fraction of lines that come back within two weeks, as lines with a negative quantity.

    Returns
    -------
    DataFrame
        `schema.PURCHASES`, ordered by time: ``order_id`` and ``customer_id`` are texts.

    Raises
    ------
    InputError
        If a parameter lies outside its range.

    Examples
    --------
    >>> purchases = make_purchases(100, weeks=26, seed=7)
    >>> list(purchases.columns)
    ['order_id', 'customer_id', 'ordered_at', 'item', 'quantity', 'unit_price', 'amount']
    >>> purchases.customer_id.nunique()
    100
    """
    asked = {CUSTOMERS: customers, WEEKS: weeks, RATE_SHAPE: r, WEEKS_BETWEEN: weeks_between, LEAVE_A: a, LEAVE_B: b}
    for knob, value in (asked | {RETURN_SHARE: return_share}).items():
        knob.check(value)
    number = np.arange(1, customers + 1)
    first_day = np.datetime64(str(start)[:10], "D")
    visits = _visits(number, seed=seed, weeks=weeks, r=r, weeks_between=weeks_between, a=a, b=b)
    lines = _lines(visits, seed=seed, return_share=return_share, days=weeks * 7)
    minutes = np.rint(lines["day"].to_numpy() * 24 * 60).astype("timedelta64[m]")
    table = pd.DataFrame(
        {
            "order_id": lines["order_id"],
            "customer_id": "C" + lines["customer"].astype(str).str.zfill(5),
            "ordered_at": (first_day.astype("datetime64[m]") + minutes).astype("datetime64[s]"),
            "item": lines["item"],
            "quantity": lines["quantity"],
            "unit_price": lines["unit_price"],
            "amount": (lines["quantity"] * lines["unit_price"]).round(2),
        }
    )
    return table.sort_values(["ordered_at", "order_id", "item"], kind="stable").reset_index(drop=True)


def _visits(
    number: np.ndarray, *, seed: int, weeks: int, r: float, weeks_between: float, a: float, b: float
) -> pd.DataFrame:
    """Days of all visits: customer, visit number, day from the start as a fraction."""
    rate_per_day = Stream(seed, "rate").gamma(r, r * weeks_between * 7, number)
    leaving = Stream(seed, "leaving").beta(a, b, number)
    waits, exits, hours = Stream(seed, "wait"), Stream(seed, "exit"), Stream(seed, "hour")
    day = np.floor(Stream(seed, "first visit").uniform(number) * weeks * 7 / 2)
    here = np.ones(len(number), dtype=bool)
    made = []
    for visit in range(_MOST_VISITS):
        hour = 10 + 10 * hours.uniform(number[here], visit)
        made.append(pd.DataFrame({"customer": number[here], "visit": visit, "day": day[here] + hour / 24}))
        here = here & ~exits.happens(leaving, number, visit)
        day = day + np.maximum(1.0, np.rint(waits.exponential(1 / np.maximum(rate_per_day, 1e-9), number, visit)))
        here &= day < weeks * 7
        if not here.any():
            break
    return pd.concat(made, ignore_index=True)


def _lines(visits: pd.DataFrame, *, seed: int, return_share: float, days: int) -> pd.DataFrame:
    """What was bought at each visit: one to three lines at list price times the customer's own level."""
    customer, visit = visits["customer"].to_numpy(), visits["visit"].to_numpy()
    names, prices, weights = (np.array(column) for column in zip(*_MENU, strict=True))
    level = np.exp(Stream(seed, "price level").normal(0.0, 0.35, customer))
    how_many = 1 + np.minimum(Stream(seed, "lines").poisson(0.4, customer, visit), 2)
    taken = []
    for line in range(3):
        has = how_many > line
        item = Stream(seed, "item").choose(weights, customer[has], visit[has], line)
        bought = visits[has].assign(
            order_id=[f"{c:05d}-{v + 1:03d}" for c, v in zip(customer[has], visit[has], strict=True)],
            item=names[item],
            quantity=1,
            unit_price=np.round(prices[item] * level[has], 0),
        )
        back = Stream(seed, "return").happens(return_share, customer[has], visit[has], line)
        later = 1 + np.floor(14 * Stream(seed, "return day").uniform(customer[has], visit[has], line))
        returned = bought[back].assign(quantity=-1, day=bought["day"][back] + later[back])
        returned["order_id"] = returned["order_id"] + "-R"
        taken += [bought, returned[returned["day"] < days]]
    key = ["order_id", "customer", "day", "item", "unit_price"]
    return pd.concat(taken).groupby(key, sort=False).agg(quantity=("quantity", "sum")).reset_index()
