"""What programmes have beside points: tiers, a discount ladder, a punch card, partners, a fee, a family, privileges.

Every part is a frozen value that declares its own limits; `LoyaltyProgramme` puts them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say


@dataclass(frozen=True)
class Tier:
    """A level: what it takes and how many times the points it gives.

    Parameters
    ----------
    name : str
    threshold : float
        What must be gathered in the window: currency units, visits or points, as `Tiers.measure` says.
    multiplier : float
        Points times so much.
    """

    name: str
    threshold: float
    multiplier: float = 1.0

    KNOBS = (
        Knob("threshold", 0.0, 0.0, 1e9, 1.0, mark("What a tier takes"), origin="assumption"),
        Knob("multiplier", 1.0, 0.0, 100.0, 0.1, mark("Points times"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS)


@dataclass(frozen=True)
class Tiers:
    """Levels by what is gathered in a window; upgrades at once, downgrades at reviews.

    Parameters
    ----------
    steps : tuple of Tier
        From the lowest; the first begins at 0.
    measure : {"spend", "visits", "points"}
        Points are those of the earning rule before a tier multiplies them.
    window : {"calendar", "rolling"}
        The current calendar year, reviewed at its end; or the last ``window_days`` days, reviewed every month.
    window_days : int
    downgrade : {"one_down", "by_balance", "never"}
        One level at a review, to what the window supports, or never.
    grace_days : int
        Days after a review at which a level would be lost before it is; one that is earned again meanwhile stays.

    Examples
    --------
    >>> Tiers((Tier("base", 0), Tier("silver", 500, 1.5))).names
    ('base', 'silver')
    """

    steps: tuple[Tier, ...]
    measure: str = "spend"
    window: str = "calendar"
    window_days: int = 365
    downgrade: str = "by_balance"
    grace_days: int = 0

    KNOBS = (
        Knob("window_days", 365, 1, 3660, 1, mark("Length of the window"), unit=mark("days"), origin="assumption"),
        Knob("grace_days", 0, 0, 27, 1, mark("Days of grace"), unit=mark("days"), origin="assumption"),
    )  # fmt: skip
    CHOICES = {  # noqa: RUF012
        "measure": ("spend", "visits", "points"), "window": ("calendar", "rolling"),
        "downgrade": ("one_down", "by_balance", "never"),
    }  # fmt: skip

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))
        problems = _rising([one.threshold for one in self.steps], "steps", from_zero=True)
        if len(set(self.names)) < len(self.steps):
            problems.append(Problem("twice", say("Two steps have the same name."), column="steps"))
        _refuse(self, self.KNOBS, self.CHOICES, problems)

    @property
    def names(self) -> tuple[str, ...]:
        """Names from the lowest level."""
        return tuple(one.name for one in self.steps)

    def level(self, gathered: Any) -> NDArray[np.int64]:
        """Level that an amount in the window supports, 0 is the lowest.

        >>> Tiers((Tier("base", 0), Tier("silver", 500, 1.5))).level([499.99, 500]).tolist()
        [0, 1]
        """
        return np.searchsorted([one.threshold for one in self.steps], np.asarray(gathered), side="right") - 1


@dataclass(frozen=True)
class LadderStep:
    """From so much spend since joining, so much discount."""

    spend: float
    discount: float

    KNOBS = (
        Knob("spend", 0.0, 0.0, 1e9, 100.0, mark("Spend since joining"), unit=mark("currency units"),
             origin="assumption"),
        Knob("discount", 0.0, 0.0, 0.9, 0.01, mark("Discount"), unit=mark("fraction"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS)


@dataclass(frozen=True)
class DiscountLadder:
    """A discount that grows with the spend since joining and never falls.

    Parameters
    ----------
    steps : tuple of LadderStep
        In rising order.
    """

    steps: tuple[LadderStep, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))
        problems = _rising([one.spend for one in self.steps], "steps")
        problems += _rising([one.discount for one in self.steps], "steps")[: 0 if problems else None]
        _refuse(self, (), {}, problems)

    def discount(self, spend_before: Any) -> NDArray[np.float64]:
        """Discount, by the spend before the order in currency units.

        >>> DiscountLadder((LadderStep(0, 0.02), LadderStep(55_000, 0.05))).discount([0, 54_999, 55_000]).tolist()
        [0.02, 0.02, 0.05]
        """
        place = np.searchsorted([one.spend for one in self.steps], np.asarray(spend_before), side="right")
        return np.array([0.0, *(one.discount for one in self.steps)])[place]


@dataclass(frozen=True)
class PunchCard:
    """The n-th is free: one stamp a visit, a reward for a full card.

    Parameters
    ----------
    stamps : int
        Stamps on a full card.
    head_start : int
        Stamps that stand on the first card already.
    reward : float
        Value of the reward, in currency units.

    Examples
    --------
    >>> PunchCard(12, head_start=2).left([0, 9, 10]).tolist()
    [10, 1, 12]
    """

    stamps: int
    head_start: int = 0
    reward: float = 0.0

    KNOBS = (
        Knob("stamps", 10, 1, 1000, 1, mark("Stamps on a full card"), origin="assumption"),
        Knob("head_start", 0, 0, 999, 1, mark("Stamps at the start"), origin="assumption"),
        Knob("reward", 0.0, 0.0, 1e6, 1.0, mark("Value of a reward"), unit=mark("currency units"),
             origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        problems = []
        if isinstance(self.head_start, int) and isinstance(self.stamps, int) and self.head_start >= self.stamps >= 1:
            what = say("A head start of {start} stamps fills a card of {stamps}.", start=self.head_start,
                       stamps=self.stamps)  # fmt: skip
            problems.append(Problem("full_at_once", what, column="head_start"))
        _refuse(self, self.KNOBS, {}, problems)

    def rewards(self, visits: Any) -> NDArray[np.int64]:
        """Full cards after so many visits.

        >>> PunchCard(10, head_start=2).rewards([7, 8, 18]).tolist()
        [0, 1, 2]
        """
        return (np.asarray(visits, dtype=np.int64) + self.head_start) // self.stamps

    def left(self, visits: Any) -> NDArray[np.int64]:
        """Visits that the card under way still takes."""
        return self.stamps - (np.asarray(visits, dtype=np.int64) + self.head_start) % self.stamps


@dataclass(frozen=True)
class Partner:
    """A firm of a coalition: points for one currency unit spent there, and whether it takes points."""

    name: str
    per_unit: float
    accepts: bool = True

    KNOBS = (
        Knob("per_unit", 1.0, 0.0, 1000.0, 0.01, mark("Points for one currency unit"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS, {"accepts": (True, False)})


@dataclass(frozen=True)
class Coalition:
    """Many firms, one currency: who issues a point pays its settlement price, who takes one is paid it.

    Parameters
    ----------
    partners : tuple of Partner
    settlement_price : float
        Currency units for a point, between the partners.
    """

    partners: tuple[Partner, ...]
    settlement_price: float = 1.0

    KNOBS = (
        Knob("settlement_price", 1.0, 0.0, 100_000.0, 0.01, mark("Settlement price of a point"),
             unit=mark("currency units"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        object.__setattr__(self, "partners", tuple(self.partners))
        problems = []
        names = [one.name for one in self.partners]
        if not names:
            problems.append(Problem("empty", say("A coalition needs a partner."), column="partners"))
        if len(set(names)) < len(names):
            problems.append(Problem("twice", say("Two partners have the same name."), column="partners"))
        _refuse(self, self.KNOBS, {}, problems)

    def settle(self, issued: dict[str, int], taken: dict[str, int]) -> dict[str, int]:
        """What every partner gets from the others, in minor units; negative is paid. What is outstanding stays with the
        operator, so the sum is minus its fund.

        >>> two = Coalition((Partner("hotel", 1.0), Partner("taxi", 1.0)), settlement_price=0.5)
        >>> two.settle({"hotel": 1000}, {"taxi": 400})
        {'hotel': -50000, 'taxi': 20000}
        """
        price = round(self.settlement_price * 1_000_000)
        points = {one.name: taken.get(one.name, 0) - issued.get(one.name, 0) for one in self.partners}
        return {name: (1 if number >= 0 else -1) * ((abs(number) * price + 5_000) // 10_000)
                for name, number in points.items()}  # fmt: skip


@dataclass(frozen=True)
class PaidMembership:
    """A fee up front for what members get.

    Parameters
    ----------
    fee : float
        For a period, in currency units.
    period_months, trial_days : int
    multiplier : float
        Points of paying members times so much.
    """

    fee: float
    period_months: int = 12
    trial_days: int = 0
    multiplier: float = 1.0

    KNOBS = (
        Knob("fee", 0.0, 0.0, 1e6, 10.0, mark("Fee for a period"), unit=mark("currency units"), origin="assumption"),
        Knob("period_months", 12, 1, 120, 1, mark("Months that a fee lasts"), unit=mark("months"),
             origin="assumption"),
        Knob("trial_days", 0, 0, 366, 1, mark("Days of trial"), unit=mark("days"), origin="assumption"),
        Knob("multiplier", 1.0, 0.0, 100.0, 0.1, mark("Points times"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS)


@dataclass(frozen=True)
class FamilyAccount:
    """Points of a family in one account.

    Parameters
    ----------
    most_members : int
    bonus_from : int
        Members from whom on points are multiplied; 0 is never.
    bonus_factor : float
    """

    most_members: int = 4
    bonus_from: int = 0
    bonus_factor: float = 1.0

    KNOBS = (
        Knob("most_members", 4, 2, 100, 1, mark("Most members of a family"), origin="assumption"),
        Knob("bonus_from", 0, 0, 100, 1, mark("Members from whom points are multiplied"), origin="assumption"),
        Knob("bonus_factor", 1.0, 0.0, 100.0, 0.1, mark("Points times"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS)


@dataclass(frozen=True)
class Privilege:
    """Something that is no money for the member: recognition, access, time.

    Parameters
    ----------
    name : str
    cost, value : float
        For one member and year, in currency units: what it costs the firm, what it is worth to the member.
    tier : str
        From which tier; empty is everybody.
    """

    name: str
    cost: float = 0.0
    value: float = 0.0
    tier: str = ""

    KNOBS = (
        Knob("cost", 0.0, 0.0, 1e6, 10.0, mark("Cost of a privilege"), unit=mark("currency units"),
             origin="assumption"),
        Knob("value", 0.0, 0.0, 1e6, 10.0, mark("Perceived value of a privilege"), unit=mark("currency units"),
             origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS)


@dataclass(frozen=True)
class Referral:
    """Points for bringing somebody, for both sides.

    Parameters
    ----------
    referrer_points, friend_points : int
    cap_year : int
        Most rewarded friends of one member in a calendar year; 0 is no cap.
    on : {"registration", "first_order"}
    """

    referrer_points: int = 0
    friend_points: int = 0
    cap_year: int = 0
    on: str = "first_order"

    KNOBS = (
        Knob("referrer_points", 0, 0, 1_000_000, 10, mark("Points for who brings"), unit=mark("points"),
             origin="assumption"),
        Knob("friend_points", 0, 0, 1_000_000, 10, mark("Points for who is brought"), unit=mark("points"),
             origin="assumption"),
        Knob("cap_year", 0, 0, 100_000, 1, mark("Most rewarded friends a year, 0 is no cap"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS, {"on": ("registration", "first_order")})


def _rising(values: list[float], column: str, *, from_zero: bool = False) -> list[Problem]:
    if not values:
        return [Problem("empty", say("`{name}` needs at least one step.", name=column), column=column)]
    if any(later <= earlier for earlier, later in pairwise(values)):
        return [Problem("not_rising", say("The steps of `{name}` must rise.", name=column), column=column)]
    if from_zero and values[0] != 0:
        what = say("The first step must begin at 0, not at {value}.", value=values[0])
        return [Problem("not_from_zero", what, column=column)]
    return []


def _refuse(what: object, knobs: tuple[Knob, ...], choices: dict[str, Any], problems: list[Problem]) -> None:
    """Refuse with the problems of the fields and these."""
    try:
        refuse_outside(what, knobs, choices)
    except InputError as letter:
        raise InputError(letter.heading, [*letter.problems, *problems]) from None
    if problems:
        raise InputError(say("`{kind}` can't be made.", kind=type(what).__name__), problems)
