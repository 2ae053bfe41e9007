"""The money of a quarter in integer minor units, line by line: opening + revenue − costs is closing, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_toolkit.texts import mark

LINES: dict[str, str] = {
    "revenue": mark("Revenue before points"),
    "points": mark("Points redeemed"),
    "material": mark("Variable cost of visits"),
    "wages": mark("Wages"),
    "hiring": mark("Hiring and dismissal"),
    "training": mark("Training"),
    "rent": mark("Rent and other fixed costs"),
    "search": mark("Search advertising"),
    "social": mark("Social networks"),
    "referral": mark("Bonuses for referrals"),
    "commission": mark("Commission of the aggregator"),
    "recovery": mark("Recovery of failures"),
    "self_service": mark("Self-service and knowledge base"),
    "data": mark("Recording of client data"),
    "reports": mark("Reports and evaluations"),
    "programme": mark("Running the programme"),
    "retention": mark("Retention offers"),
    "win_back": mark("Win-back"),
    "leaks": mark("Leaks and fines"),
    "interest": mark("Interest on the overdraft"),
}
COSTS = tuple(name for name in LINES if name != "revenue")


@dataclass(frozen=True)
class Books:
    """The books of a quarter; minor units.

    Parameters
    ----------
    opening : int
        Cash at the start.
    lines : mapping of str to int
        By `LINES`; costs are positive.

    Examples
    --------
    >>> Books(1000, {"revenue": 500, "wages": 300}).closing
    1200
    """

    opening: int
    lines: Mapping[str, int]

    @property
    def costs(self) -> int:
        """All costs."""
        return sum(self.lines.get(name, 0) for name in COSTS)

    @property
    def profit(self) -> int:
        """Revenue less costs."""
        return self.lines.get("revenue", 0) - self.costs

    @property
    def closing(self) -> int:
        """Cash at the end."""
        return self.opening + self.profit
