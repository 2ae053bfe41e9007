"""What is the same for everybody in a week: season, prices, load, and the campaigns on the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm.service import FULLEST, waiting_share

if TYPE_CHECKING:
    from crm_toolkit.firm import Policy
    from crm_toolkit.world.setting import Scenario

Floats = NDArray[np.float64]
WEEKS_PER_YEAR = 365.25 / 7


@dataclass(frozen=True)
class Outlook:
    """Weekly courses of a scenario under a policy; every array has one value for each week."""

    season: Floats
    price: Floats
    """Price relative to the scenario's own list, discount and all: what the purchase rate answers to."""
    discount: Floats
    list_factor: Floats
    """Factor on the price list, growth of prices included: what an order line is priced with."""
    load: Floats
    waits: Floats
    """Chance of having to wait at the planned load."""
    wait: Floats
    """Mean waiting time in minutes of those who have to."""
    failure: Floats
    performance: Floats
    recovery: Floats
    staff: Floats
    offers: NDArray[np.bool_]
    """Whether a campaign's offer holds."""
    messages: NDArray[np.bool_]
    """Whether a campaign's message has gone out by then."""

    @property
    def weeks(self) -> int:
        """How many weeks."""
        return len(self.season)


def outlook(scenario: Scenario, policy: Policy, weeks: int) -> Outlook:
    """Work out the weekly courses."""
    week = np.arange(weeks)
    year = week / WEEKS_PER_YEAR
    season = np.ones(weeks)
    if scenario.on("season"):
        middle = np.datetime64(scenario.start) + week * np.timedelta64(7, "D") + np.timedelta64(3, "D")
        month = middle.astype("datetime64[M]").astype(np.int64) % 12
        indexes = np.asarray(scenario.lists["months"], dtype=np.float64)
        season = (indexes / indexes.mean())[month] * (1 + scenario["trend_per_year"]) ** year
    priced = week >= policy.pricing.from_week
    level = scenario["price_level"] * np.where(priced, policy.pricing.level, 1.0)
    discount = np.where(priced, policy.pricing.discount, 0.0)
    growth = (1 + scenario["price_growth_per_year"]) ** np.floor(year)
    served = week >= policy.service.from_week
    staff = np.where(served, policy.service.staff, 1.0)
    load = np.minimum(scenario["utilisation"] * season / staff, FULLEST)
    waits, wait, failure = strain(scenario, load)
    offers, messages = np.zeros(weeks, dtype=bool), np.zeros(weeks, dtype=bool)
    for one in policy.campaigns:
        offers[one.start_week : one.start_week + one.weeks] = messages[one.start_week :] = True
    return Outlook(
        season=season,
        price=level * (1 - discount),
        discount=discount,
        list_factor=level * growth,
        load=load,
        waits=waits,
        wait=wait,
        failure=failure,
        performance=np.where(served, policy.service.training, 0.0),
        recovery=np.where(served, policy.service.recovery, 1.0),
        staff=staff,
        offers=offers,
        messages=messages,
    )


def strain(scenario: Scenario, load: Floats) -> tuple[Floats, Floats, Floats]:
    """Chance of waiting, mean wait in minutes of those who do, and share of failures at a load."""
    if not scenario.on("capacity"):
        load = np.full_like(load, scenario["utilisation"])
    load = np.minimum(load, FULLEST)
    servers = int(scenario["servers"])
    waits = waiting_share(servers, load)
    wait = scenario["service_minutes"] / (servers * (1 - load))
    rise = scenario["failure_by_load"] * (load - scenario["utilisation"])
    return waits, wait, np.minimum(scenario["failure_share"] * np.exp(rise), 0.95)
