"""How long customers waited, worked out when somebody asks for it.

While the clock runs only waits that are too long are of interest, because they mar the performance; the minutes of all
others follow from the luck of their address and from the load of the week.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.streams import Prepared, one_of_many
from crm_toolkit.world.events import Columns
from crm_toolkit.world.visits import WAIT

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Waits:
    """The waits of all encounters of a block, in the order of the log.

    Parameters
    ----------
    luck : Prepared
        The luck of customers' encounters.
    visits : dict of arrays
        What the clock has kept of every encounter.
    chance, mean : arrays (weeks,) or (weeks, branches)
        Chance of having to wait, and mean minutes of those who do; one for all branches unless they are crowded.
    branch : array
        Customers' branches.
    """

    luck: Prepared
    visits: Columns
    chance: Floats
    mean: Floats
    branch: NDArray[np.int64]

    @cached_property
    def minutes(self) -> NDArray[np.float32]:
        """The minutes of every encounter; none where there was no experience to speak of."""
        person, week = self.visits["person"], self.visits["week"].astype(np.int64)
        minutes = np.zeros(len(person), dtype=np.float32)
        if not self.chance.size:
            return minutes
        cell = week if self.chance.ndim == 1 else week * self.chance.shape[1] + self.branch[person]
        luck, chance = one_of_many(self.luck.addresses(self.visits["number"], person), WAIT), self.chance.take(cell)
        waiting = (luck < chance).nonzero()[0]
        minutes[waiting] = minutes_of(luck[waiting], chance[waiting], self.mean.take(cell[waiting]))
        return minutes


def minutes_of(luck: Floats, chance: Floats | float, mean: Floats | float) -> Floats:
    """Minutes of waiting: exponential for those who have to wait.

    >>> minutes_of(np.array([0.25, 0.9]), chance=0.5, mean=10.0).round(2)
    array([6.93, 0.  ])
    """
    minutes = chance / luck
    np.log(minutes, out=minutes)
    np.maximum(minutes, 0.0, out=minutes)
    minutes *= mean
    return minutes
