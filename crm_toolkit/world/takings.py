"""What purchases came to: sums, points, ways of paying and delays, worked out when somebody asks for them.

The clock keeps what was bought with which offer, and where points were redeemed. Everything else about a purchase
follows from that and from the luck of its address, and is worked out for all weeks at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from crm_toolkit.streams import Prepared, Words, one_of_many
from crm_toolkit.world.baskets import Catalogue, gamma_gamma_minor
from crm_toolkit.world.events import AT_ONCE, NEVER_PAID, Columns
from crm_toolkit.world.visits import BASKET, METHOD, PAY

if TYPE_CHECKING:
    from crm_toolkit.firm import Policy
    from crm_toolkit.world.outlook import Outlook
    from crm_toolkit.world.setting import Scenario
    from crm_toolkit.world.traits import Traits

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_CALM = 0.6  # how much discipline matters for paying on time; assumption
_STICKS = 0.85  # share of payments by the preferred way; assumption


@dataclass(frozen=True, eq=False)
class Takings:
    """All purchases of a block, in the order of the log; every column is made when it is first asked for.

    Parameters
    ----------
    scenario, policy, outlook, traits, baskets
        As the clock had them.
    luck : Prepared
        The luck of customers' encounters.
    member, preferred_method, method_shares, billed, discounts
        As in `state.State`.
    points_factor : array, optional
        As `factor` in `membership.Membership`.
    kept : dict of arrays
        What the clock has kept of every purchase.
    person, number, week : arrays
        Whose purchase it is, at which of their encounters, and in which week.
    """

    scenario: Scenario
    policy: Policy
    outlook: Outlook
    traits: Traits
    baskets: Catalogue
    luck: Prepared
    member: NDArray[np.bool_]
    points_factor: Integers | None
    preferred_method: NDArray[np.int8]
    method_shares: Floats
    billed: NDArray[np.bool_]
    discounts: Floats
    kept: Columns
    person: NDArray[Any]
    number: NDArray[Any]
    week: NDArray[Any]

    def column(self, name: str) -> NDArray[Any]:
        """A column of `events.PURCHASE` or of `events.TAKINGS`."""
        return self.kept[name] if name in self.kept else getattr(self, name)

    @cached_property
    def bought(self) -> NDArray[np.bool_]:
        """True for every purchase."""
        return np.ones(len(self.person), dtype=bool)

    @cached_property
    def campaign(self) -> NDArray[np.int8]:
        """Whose offer was used, -1 for none."""
        return self.kept["offer"] - np.int8(1)

    @cached_property
    def gross(self) -> Integers:
        """Sum of the basket, minor units."""
        if self.scenario.ticket == "gamma_gamma":
            spend, chance = self.traits.score["spend"][self.person], ndtri(self._drawn(BASKET))
            return gamma_gamma_minor(self.scenario, spend, chance, self.outlook.list_factor[self.week])
        factors, epoch = np.unique(self.outlook.list_factor, return_inverse=True)
        sums = np.stack([self.baskets.gross_minor(factor) for factor in factors])
        place = (epoch * sums.shape[1]).take(self.week)
        place += self.kept["basket"]
        return sums.ravel().take(place)

    @cached_property
    def discount(self) -> Integers:
        """What price cuts and offers take off, minor units."""
        if not self.outlook.discount.any() and not self.policy.campaigns:
            return np.zeros(len(self.person), dtype=np.int64)
        left = (1 - self.outlook.discount)[:, None] * (1 - np.roll(self.discounts, 1))  # the last one is for no offer
        place = self.week * np.int64(left.shape[1])
        place += self.kept["offer"]
        return np.rint(self.gross * (1 - left).ravel().take(place)).astype(np.int64)

    @cached_property
    def amount(self) -> Integers:
        """What is to be paid, minor units."""
        return self.gross - self.discount - self.kept["points_value"]

    @cached_property
    def earned(self) -> NDArray[np.int32]:
        """Points for the purchase."""
        rules = self.policy.loyalty
        if rules is None:
            return np.zeros(len(self.person), dtype=np.int32)
        earned = rules.earned(self.amount)
        earned[~self.member[self.person]] = 0
        if self.points_factor is not None:
            earned *= self.points_factor[self.person]
        if rules.from_week > 0:
            earned[self.week < rules.from_week] = 0
        return earned.astype(np.int32)

    @cached_property
    def method(self) -> NDArray[np.int8]:
        """The way of paying, as a place on the scenario's list."""
        return way_of_paying(self._drawn(METHOD), self.preferred_method[self.person], self.method_shares)

    @cached_property
    def delay(self) -> NDArray[np.int16]:
        """The days after the due day on which a bill is paid, or one of two words of `events`."""
        delay = np.full(len(self.person), AT_ONCE, dtype=np.int16)
        if not self.billed.any():
            return delay
        place = np.flatnonzero(self.billed[self.method] & (self.amount > 0))
        discipline = self.traits.score["discipline"][self.person[place]]
        delay[place] = days_late(self.scenario, self._drawn(PAY, place), discipline)
        return delay

    @cached_property
    def _address(self) -> Words:
        return self.luck.addresses(self.number, self.person)

    def _drawn(self, row: int, which: Integers | slice = slice(None)) -> Floats:
        return one_of_many(self._address[which], row)


def way_of_paying(luck: Floats, preferred: NDArray[np.int8], shares: Floats) -> NDArray[np.int8]:
    """The way of paying: mostly the preferred one. Changes ``preferred`` in place and gives it back."""
    others = np.flatnonzero(luck >= _STICKS)
    place = np.searchsorted(shares, (luck[others] - _STICKS) / (1 - _STICKS), side="right")
    preferred[others] = np.minimum(place, len(shares) - 1)
    return preferred


def days_late(scenario: Scenario, luck: Floats, discipline: Floats) -> NDArray[np.int16]:
    """The days after the due day on which bills are paid, `events.NEVER_PAID` for those that never are."""
    if not scenario.on("payment_behaviour"):
        return np.zeros(len(luck), dtype=np.int16)
    calm = np.exp(-_CALM * discipline - _CALM**2 / 2)  # 1 on average
    default = np.minimum(scenario["default_share"] * calm, 0.9)
    late = np.minimum(scenario["late_share"] * calm, 0.95)
    within = np.clip((luck - default) / late, 0.0, 1 - 1e-9)  # among late payers, chance again
    days = np.ceil(-np.log1p(-within) * scenario["late_days"]).clip(1, 30_000)
    return np.where(luck < default, NEVER_PAID, np.where(luck < default + late, days, 0)).astype(np.int16)
