"""How people answer to prices and messages.

Price: the purchase rate falls by the power of a customer's own elasticity. Message: an opened message multiplies
the rate for a while, by a factor of the customer's own, which lies below 1 for those who would rather be left
alone (sleeping dogs); the more messages of late, the weaker the next one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESPONSE_TYPES = ("lost_cause", "sure_thing", "persuadable", "sleeping_dog")
_NOTICEABLE = 0.1


def price_multiplier(relative_price: float, elasticity: Floats) -> Floats:
    """By what factor a price (1 is the usual one) changes the purchase rate; constant elasticity.

    >>> price_multiplier(1.1, np.array([0.0, 1.0, 2.0])).round(3)
    array([1.   , 0.909, 0.826])
    """
    return np.exp(-elasticity * np.log(relative_price))


def message_effect(response: Floats, opened: NDArray, fatigue: Floats, *, strength: float, by_fatigue: float) -> Floats:
    """Change of the logarithm of the purchase rate by a message.

    >>> message_effect(np.array([0.5, -0.2]), np.array([True, True]), np.zeros(2), strength=1.0, by_fatigue=0.3)
    array([ 0.5, -0.2])
    """
    return np.where(opened, response * strength * np.exp(-by_fatigue * fatigue), 0.0)


def response_type(response: Floats, need_rate: Floats, typical_rate: float) -> NDArray:
    """The four kinds of customers of a campaign, as codes into `RESPONSE_TYPES` (Radcliffe, Simpson 2008 name them).

    >>> codes = response_type(np.array([0.5, -0.3, 0.0, 0.0]), np.array([1.0, 1.0, 2.0, 0.1]), 0.5)
    >>> [RESPONSE_TYPES[code] for code in codes]
    ['persuadable', 'sleeping_dog', 'sure_thing', 'lost_cause']
    """
    unmoved = np.where(need_rate >= typical_rate, 1, 0)
    return np.where(response > _NOTICEABLE, 2, np.where(response < -_NOTICEABLE, 3, unmoved)).astype(np.int8)
