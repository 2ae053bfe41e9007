"""A firm's policy: everything that it can decide, in one value that two worlds can be compared by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.campaigns import Campaign
from crm_toolkit.firm.loyalty.weekly import WeeklyPoints
from crm_toolkit.firm.pricing import Pricing
from crm_toolkit.firm.service import Service
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

ADVERTISING = Knob("advertising", 1.0, 0.0, 5.0, 0.1, mark("Advertising, 1 is the usual budget"), origin="convention")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a firm does. ``Policy()`` does nothing special: no campaigns, list prices, no programme, usual service.

    Parameters
    ----------
    campaigns : tuple of Campaign
    pricing : Pricing
    loyalty : WeeklyPoints, optional
        ``None`` is no programme.
    service : Service
    advertising : float
        Factor on the budget that brings new customers.

    Raises
    ------
    InputError
        All problems of the declaration at once.

    Examples
    --------
    >>> Policy(campaigns=(Campaign("spring", start_week=12),), loyalty=WeeklyPoints()).campaigns[0].name
    'spring'
    """

    campaigns: tuple[Campaign, ...] = ()
    pricing: Pricing = field(default_factory=Pricing)
    loyalty: WeeklyPoints | None = None
    service: Service = field(default_factory=Service)
    advertising: float = 1.0

    def __post_init__(self) -> None:
        given = self.campaigns if isinstance(self.campaigns, Iterable) else (self.campaigns,)
        object.__setattr__(self, "campaigns", tuple(given))
        problems: list[Problem] = []
        wanted: tuple[tuple[str, Any, type, bool], ...] = (
            ("pricing", self.pricing, Pricing, False),
            ("service", self.service, Service, False),
            ("loyalty", self.loyalty, WeeklyPoints, True),
            *((f"campaigns[{n}]", one, Campaign, False) for n, one in enumerate(self.campaigns)),
        )
        for name, value, kind, may_be_none in wanted:
            if not (isinstance(value, kind) or (may_be_none and value is None)):
                what = say(
                    "`{name}` must be a `{kind}`, not {value}.", name=name, kind=kind.__name__, value=repr(value)
                )
                problems.append(Problem("wrong_kind", what, column=name))
        names = [one.name for one in self.campaigns if isinstance(one, Campaign)]
        if len(set(names)) < len(names):
            problems.append(Problem("twice", say("Two campaigns have the same name."), column="campaigns"))
        try:
            ADVERTISING.check(self.advertising)
        except InputError as letter:
            problems += [
                Problem(one.code, f"{letter.heading} {one.what}", column="advertising") for one in letter.problems
            ]
        if problems:
            raise InputError(say("`{kind}` can't be made.", kind="Policy"), problems)
