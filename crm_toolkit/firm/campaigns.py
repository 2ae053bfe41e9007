"""A campaign: one message with an offer, and the rule by which customers get it.

Randomised: every eligible customer is treated with the same chance, the rest is the holdout, so a difference of
means is an effect. Targeted: those who bought lately are treated more often, as marketing departments like to,
so a difference of means is mostly the difference between people. The chance itself (the propensity) depends on
recorded things only and is kept, so that weighting can undo the choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

Floats = NDArray[np.float64]
DESIGNS = ("randomised", "targeted")
CHANNELS = ("email", "sms")

KNOBS = (
    Knob("start_week", 20, 0, 520, 1, mark("Week of the message"), unit=mark("weeks"), origin="convention"),
    Knob("weeks", 6, 1, 52, 1, mark("Weeks that the offer lasts"), unit=mark("weeks"), origin="assumption"),
    Knob("discount", 0.1, 0.0, 0.9, 0.05, mark("Discount of the offer"), unit=mark("fraction"), origin="assumption"),
    Knob("holdout_share", 0.5, 0.0, 1.0, 0.05, mark("Share of the holdout"), mark("fraction"), "convention"),
    Knob("aim", 1.2, 0.0, 5.0, 0.1, mark("How strongly recent buyers are preferred"), origin="assumption"),
    Knob("strength", 1.0, 0.0, 5.0, 0.1, mark("Strength of the message"), origin="convention"),
    Knob("contact_cost", 0.05, 0.0, 1000.0, 0.01, mark("Cost of one message"), unit=mark("currency units"),
         origin="assumption"),
)  # fmt: skip


@dataclass(frozen=True)
class Campaign:
    """One campaign.

    Parameters
    ----------
    name : str
    start_week : int
        Week of the message, from 0.
    weeks : int
        How long the offer lasts and the message works.
    channel : {"email", "sms"}
    discount : float
        Fraction off an order made with the offer.
    design : {"randomised", "targeted"}
    holdout_share : float
        Share of the eligible who are not treated; on average, where the design is targeted.
    aim : float
        Targeted only: how strongly recent buyers are preferred; 0 is random.
    strength : float
        Multiplies every customer's response; 0 is a message that moves nobody.
    contact_cost : float
        Currency units for one message.

    Raises
    ------
    InputError
        All problems of the declaration at once.

    Examples
    --------
    >>> Campaign("spring", start_week=12).design
    'randomised'
    """

    name: str
    start_week: int = 20
    weeks: int = 6
    channel: str = "email"
    discount: float = 0.1
    design: str = "randomised"
    holdout_share: float = 0.5
    aim: float = 1.2
    strength: float = 1.0
    contact_cost: float = 0.05

    def __post_init__(self) -> None:
        refuse_outside(self, KNOBS, {"design": DESIGNS, "channel": CHANNELS})

    def propensity(self, recent: Floats) -> Floats:
        """Chance of being treated, given a weight of recent orders (1 for one order just now, fading).

        Parameters
        ----------
        recent : array
            Weight of recent orders of every eligible customer.

        Returns
        -------
        array
            Between 0.02 and 0.98 for a targeted campaign, so that every customer could have been in either arm.

        Examples
        --------
        >>> Campaign("a", design="targeted").propensity(np.array([0.0, 1.0, 3.0])).round(2)
        array([0.23, 0.5 , 0.92])
        """
        usual = 1.0 - self.holdout_share
        if self.design == "randomised":
            return np.full(len(recent), usual)
        shift = np.log(np.clip(usual, 0.01, 0.99) / (1 - np.clip(usual, 0.01, 0.99)))
        return np.clip(1 / (1 + np.exp(-(shift + self.aim * (recent - 1.0)))), 0.02, 0.98)
