"""The parts that a loyalty programme is put together from, each a frozen value that declares its own limits.

Earning says what gives points, `Burning` what points give, `Life` when they may be used and when they expire, `Returns`
what a returned order does, `Account` what joining and leaving do. Tiers, a discount ladder, a punch card and so on
stand in `extras`. Money is in currency units, points are whole numbers, shares are fractions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

PERIODS = ("day", "week", "month", "quarter", "year")
_MOST = 1_000_000_000


@dataclass(frozen=True)
class Multiplier:
    """Points times a factor where all of its conditions hold; a condition that is left empty holds always.

    Parameters
    ----------
    factor : float
        2 doubles the points.
    category : str
        Category of what is bought.
    weekday : int, optional
        0 is Monday.
    start, end : date, optional
        First and last day on which it holds.

    Examples
    --------
    >>> Multiplier(2.0, weekday=1).factor
    2.0
    """

    factor: float
    category: str = ""
    weekday: int | None = None
    start: dt.date | None = None
    end: dt.date | None = None

    KNOBS = (
        Knob("factor", 1.0, 0.0, 100.0, 0.1, mark("Points times"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS, {"weekday": (None, 0, 1, 2, 3, 4, 5, 6)})


@dataclass(frozen=True)
class EventBonus:
    """Points for something else than buying, such as a birthday or a review.

    Parameters
    ----------
    event : str
        Code of the event in the log.
    points : int
        Points for each time.
    """

    event: str
    points: int

    KNOBS = (
        Knob("points", 100, 0, _MOST, 10, mark("Points for the event"), unit=mark("points"), origin="assumption"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS)


@dataclass(frozen=True)
class Earning:
    """What gives points. The base, the money that counts, is said explicitly.

    Parameters
    ----------
    per_unit : float
        Points for one currency unit of the base, to a millionth.
    per_visit : int
        Points for every order, whatever it costs.
    base : {"net", "gross"}
        Money after discounts, or list prices.
    tax, delivery, paid_with_points : bool
        Whether tax, delivery and the part paid with points count.
    rounding : {"down", "nearest", "up"}
        What becomes of a part of a point, once for an order.
    combine : {"product", "highest"}
        How several multipliers act together.
    multipliers : tuple of Multiplier
    events : tuple of EventBonus
    cap_day, cap_week, cap_month : int
        Most points for orders that a member earns in a calendar day, week (from Monday), month; 0 is no cap.

    Examples
    --------
    >>> Earning(per_unit=0.05).base
    'net'
    """

    per_unit: float = 0.0
    per_visit: int = 0
    base: str = "net"
    tax: bool = True
    delivery: bool = False
    paid_with_points: bool = False
    rounding: str = "down"
    combine: str = "product"
    multipliers: tuple[Multiplier, ...] = ()
    events: tuple[EventBonus, ...] = ()
    cap_day: int = 0
    cap_week: int = 0
    cap_month: int = 0

    KNOBS = (
        Knob("per_unit", 0.0, 0.0, 1000.0, 0.01, mark("Points for one currency unit"), origin="assumption"),
        Knob("per_visit", 0, 0, 1_000_000, 1, mark("Points for a visit"), unit=mark("points"), origin="assumption"),
        Knob("cap_day", 0, 0, _MOST, 100, mark("Most points a day, 0 is no cap"), unit=mark("points"),
             origin="assumption"),
        Knob("cap_week", 0, 0, _MOST, 100, mark("Most points a week, 0 is no cap"), unit=mark("points"),
             origin="assumption"),
        Knob("cap_month", 0, 0, _MOST, 100, mark("Most points a month, 0 is no cap"), unit=mark("points"),
             origin="assumption"),
    )  # fmt: skip
    CHOICES = {  # noqa: RUF012
        "base": ("net", "gross"), "tax": (True, False), "delivery": (True, False), "paid_with_points": (True, False),
        "rounding": ("down", "nearest", "up"), "combine": ("product", "highest"),
    }  # fmt: skip

    def __post_init__(self) -> None:
        object.__setattr__(self, "multipliers", tuple(self.multipliers))
        object.__setattr__(self, "events", tuple(self.events))
        refuse_outside(self, self.KNOBS, self.CHOICES)


@dataclass(frozen=True)
class Burning:
    """What points give.

    Parameters
    ----------
    point_value : float
        Currency units that one point takes off an order, to a millionth.
    mode : {"continuous", "threshold"}
        Any number of points, or whole rewards of ``threshold`` points.
    threshold : int
        Points that one reward takes; 1 where points are burnt continuously.
    minimum : int
        Fewest points of one redemption.
    max_share : float
        Largest share of an order that points may pay.

    Examples
    --------
    >>> Burning(point_value=0.5, mode="threshold", threshold=200).reward
    100.0
    """

    point_value: float = 1.0
    mode: str = "continuous"
    threshold: int = 1
    minimum: int = 1
    max_share: float = 1.0

    KNOBS = (
        Knob("point_value", 1.0, 0.0, 100_000.0, 0.01, mark("Value of a point"), unit=mark("currency units"),
             origin="assumption"),
        Knob("threshold", 1, 1, _MOST, 10, mark("Points that a reward takes"), unit=mark("points"),
             origin="assumption"),
        Knob("minimum", 1, 1, _MOST, 10, mark("Fewest points of one redemption"), unit=mark("points"),
             origin="assumption"),
        Knob("max_share", 1.0, 0.0, 1.0, 0.05, mark("Largest share of an order paid with points"),
             unit=mark("fraction"), origin="assumption"),
    )  # fmt: skip
    CHOICES = {"mode": ("continuous", "threshold")}  # noqa: RUF012

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS, self.CHOICES)

    @property
    def reward(self) -> float:
        """Value of one reward, in currency units."""
        return self.threshold * self.point_value

    @property
    def step(self) -> int:
        """Redemptions are multiples of so many points."""
        return self.threshold if self.mode == "threshold" else 1


@dataclass(frozen=True)
class Life:
    """When points become active and when they expire.

    Parameters
    ----------
    pending : {"none", "days", "action"}
        Points are active at once, some days after, or when something happens (the event ``activate``, such as the end
        of a stay).
    pending_days : int
    validity : {"unlimited", "days", "period_end"}
        Counted from the moment at which points become active. ``"period_end"`` is the end of the calendar period in
        which that happens, and ``more_periods`` further on.
    validity_days, more_periods : int
    period : {"day", "week", "month", "quarter", "year"}
        Of ``"period_end"``, and of rounding.
    rounding : {"exact", "period_end"}
        Whether a validity in days ends to the second, or at the end of the period in which it would.

    Examples
    --------
    >>> Life(validity="days", validity_days=365).validity_days
    365
    """

    pending: str = "none"
    pending_days: int = 0
    validity: str = "unlimited"
    validity_days: int = 365
    more_periods: int = 0
    period: str = "month"
    rounding: str = "exact"

    KNOBS = (
        Knob("pending_days", 0, 0, 3660, 1, mark("Days until points are active"), unit=mark("days"),
             origin="assumption"),
        Knob("validity_days", 365, 1, 36_600, 1, mark("Days that points are valid"), unit=mark("days"),
             origin="assumption"),
        Knob("more_periods", 0, 0, 1000, 1, mark("Further periods"), origin="assumption"),
    )  # fmt: skip
    CHOICES = {  # noqa: RUF012
        "pending": ("none", "days", "action"), "validity": ("unlimited", "days", "period_end"), "period": PERIODS,
        "rounding": ("exact", "period_end"),
    }  # fmt: skip

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS, self.CHOICES)


@dataclass(frozen=True)
class Returns:
    """What a returned order does to points.

    Earned points are taken back pro rata, from those of the order first. If they were used already:

    Parameters
    ----------
    spent : {"negative", "debt", "forgive"}
        The balance may fall below zero and later points fill it; or the member owes their value in money; or the firm
        lets them go. Each is written down.
    redeemed : {"new_lot", "lost"}
        Points that paid for the order come back as new ones, pro rata, or don't.

    Examples
    --------
    >>> Returns().spent
    'negative'
    """

    spent: str = "negative"
    redeemed: str = "new_lot"

    CHOICES = {"spent": ("negative", "debt", "forgive"), "redeemed": ("new_lot", "lost")}  # noqa: RUF012

    def __post_init__(self) -> None:
        refuse_outside(self, (), self.CHOICES)


@dataclass(frozen=True)
class Account:
    """What joining, leaving and giving points away do.

    Parameters
    ----------
    welcome_points : int
        For enrolment.
    on_leave : {"forfeit", "keep"}
        Points of who leaves expire at once, or wait, by their own clock, for a return.
    transfers : bool
        Whether members may give points to each other.

    Examples
    --------
    >>> Account(welcome_points=100).on_leave
    'forfeit'
    """

    welcome_points: int = 0
    on_leave: str = "forfeit"
    transfers: bool = True

    KNOBS = (
        Knob("welcome_points", 0, 0, _MOST, 10, mark("Points for enrolment"), unit=mark("points"),
             origin="assumption"),
    )  # fmt: skip
    CHOICES = {"on_leave": ("forfeit", "keep"), "transfers": (True, False)}  # noqa: RUF012

    def __post_init__(self) -> None:
        refuse_outside(self, self.KNOBS, self.CHOICES)
