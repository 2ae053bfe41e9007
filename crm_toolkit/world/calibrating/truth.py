"""Figures of a calibration report that need the truth: silent failures, leaving unseen, satisfaction and its traces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.world.calibrating.evidence import FEWEST, GROUPS, Estimate, Evidence, Floats, Integers

HALF_YEAR = 26.0


def failure_share(seen: Evidence) -> Estimate | None:
    """Share of orders in which the service failed."""
    orders = seen.truth["orders"]
    return seen.share(orders["failed"].to_numpy(bool), seen.person(orders)) if _alive(seen) else None


def voiced_share(seen: Evidence) -> Estimate | None:
    """Share of failures of which the customer complained."""
    orders = seen.truth["orders"]
    failed = orders[orders["failed"].to_numpy(bool)]
    return seen.share((failed["reaction"] == "voice").to_numpy(), seen.person(failed))


def satisfaction_mean(seen: Evidence) -> Estimate | None:
    """Mean satisfaction after an order."""
    orders = seen.truth["orders"]
    if not _alive(seen):
        return None
    return seen.ratio(orders["satisfaction"].to_numpy(), np.ones(len(orders)), seen.person(orders))


def yearly_leaving(seen: Evidence) -> Estimate | None:
    """Share of customers who leave for good within a year of their first order; the organisation can't see it."""
    customers = seen.truth["customers"]
    begun, left = customers["acquired_week"].to_numpy(), customers["left_week"].to_numpy(np.float64)
    old = np.flatnonzero(begun <= seen.weeks - 52)
    return seen.share(left[old] - begun[old] <= 52, seen.person(customers)[old])


def convexity(seen: Evidence) -> Estimate | None:
    """Second difference of the orders of the next half-year by satisfaction in thirds, over their mean.

    Orders of the next half-year in the top, middle and bottom third of satisfaction: top − 2 · middle + bottom, each
    third at its own distance, as slopes: (top − middle) / distance less (middle − bottom) / distance. Positive where
    behaviour has increasing returns.
    """
    if not _alive(seen):
        return None
    person, time, satisfaction = _true_orders(seen)
    next_ones = _orders_within(person, time, HALF_YEAR)
    rows = np.flatnonzero(time <= seen.weeks - HALF_YEAR)
    if len(rows) < FEWEST * GROUPS:
        return None
    cuts = np.quantile(satisfaction[rows], [1 / 3, 2 / 3])

    def bend(some: Integers) -> float:
        mine = rows[some]
        third = np.searchsorted(cuts, satisfaction[mine])
        number = np.bincount(third, minlength=3)
        level = np.bincount(third, weights=satisfaction[mine], minlength=3) / number
        orders = np.bincount(third, weights=next_ones[mine], minlength=3) / number
        slope = np.diff(orders) / np.diff(level)
        return float((slope[1] - slope[0]) / next_ones[mine].mean())

    return seen.grouped(bend, person[rows])


def one_failure_repaired(seen: Evidence) -> Estimate | None:
    """Mean satisfaction after an only failure that was repaired, less that after services without failure."""
    return _against_no_failure(seen, repeated=False)


def two_failures(seen: Evidence) -> Estimate | None:
    """Mean satisfaction after a second failure within half a year, repaired as well, less that without failure."""
    return _against_no_failure(seen, repeated=True)


def _against_no_failure(seen: Evidence, *, repeated: bool) -> Estimate | None:
    if not (_alive(seen) and seen.scenario.on("recovery")):
        return None
    orders, complaints = seen.truth["orders"], seen.tables["complaints"]
    kind = complaints["repeated"].to_numpy(bool) == repeated
    known = np.isin(orders["order_id"].to_numpy(), complaints["order_id"].to_numpy()[kind])
    mended = orders["repaired"].to_numpy(bool) & orders["failed"].to_numpy(bool) & known
    usual = ~orders["failed"].to_numpy(bool)
    if mended.sum() < FEWEST:
        return None
    person, value = seen.person(orders), orders["satisfaction"].to_numpy()
    one, other = (seen.ratio(np.where(rows, value, 0.0), rows, person) for rows in (mended, usual))
    if one is None or other is None:
        return None
    return Estimate(one.value - other.value, float(np.hypot(one.error, other.error)))


def _alive(seen: Evidence) -> bool:
    return seen.scenario.on("satisfaction")


def _true_orders(seen: Evidence) -> tuple[Integers, Floats, Floats]:
    """Of every order with a truth: its customer's place, its time, satisfaction after it."""
    orders = seen.truth["orders"]
    place = np.searchsorted(seen.tables["orders"]["order_id"].to_numpy(), orders["order_id"].to_numpy())
    return seen.order_person[place], seen.order_time[place], orders["satisfaction"].to_numpy()


def _orders_within(person: Integers, time: Floats, span: float) -> NDArray[np.int64]:
    """How many more orders of the same customer follow each one within a span; sorted by customer and time."""
    keyed = person * 4096.0 + time
    return np.searchsorted(keyed, keyed + span, side="right") - np.arange(len(keyed)) - 1
