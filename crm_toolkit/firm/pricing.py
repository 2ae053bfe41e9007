"""The level of prices: a factor on the price list, and a standing discount."""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

KNOBS = (
    Knob("level", 1.0, 0.2, 5.0, 0.01, mark("Level of prices, 1 is the list"), origin="convention"),
    Knob("discount", 0.0, 0.0, 0.9, 0.01, mark("Standing discount"), unit=mark("fraction"), origin="convention"),
    Knob("from_week", 0, 0, 520, 1, mark("Week from which it holds"), unit=mark("weeks"), origin="convention"),
)


@dataclass(frozen=True)
class Pricing:
    """Prices of a policy.

    Parameters
    ----------
    level : float
        Factor on the price list.
    discount : float
        Fraction off every order.
    from_week : int
        Week from which both hold; before it the list holds.

    Examples
    --------
    >>> Pricing(level=1.1, discount=0.05).relative
    1.045
    """

    level: float = 1.0
    discount: float = 0.0
    from_week: int = 0

    def __post_init__(self) -> None:
        refuse_outside(self, KNOBS)

    @property
    def relative(self) -> float:
        """What a customer pays, as a factor on the list."""
        return round(self.level * (1.0 - self.discount), 12)
