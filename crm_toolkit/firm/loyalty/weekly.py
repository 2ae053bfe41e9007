"""Points by the week, the form of a programme that a simulated world turns: points for money, a reward at a threshold.

The rules are executable over arrays of accounts, week by week; a whole programme stands in `programme`. Money is in
minor units, points are whole numbers. The oldest points are used first, so what expires in a week is what was earned a
validity ago and has not left the account since: max(0, earned up to then − redeemed − expired before).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

Integers = NDArray[np.int64]

KNOBS = (
    Knob("points_per_unit", 1.0, 0.0, 100.0, 0.1, mark("Points for one currency unit"), origin="assumption"),
    Knob("threshold", 200, 1, 1_000_000, 10, mark("Points that a reward takes"), unit=mark("points"),
         origin="assumption"),
    Knob("reward", 10.0, 0.0, 100_000.0, 0.5, mark("Value of a reward"), unit=mark("currency units"),
         origin="assumption"),
    Knob("valid_weeks", 52, 4, 260, 1, mark("Weeks that points are valid"), unit=mark("weeks"), origin="assumption"),
    Knob("from_week", 0, 0, 520, 1, mark("Week from which it holds"), unit=mark("weeks"), origin="convention"),
    Knob("status_points", 0, 0, 10_000_000, 10, mark("Points for the status; 0 is no status"), unit=mark("points"),
         origin="assumption"),
    Knob("status_weeks", 52, 4, 260, 1, mark("Weeks whose points count for the status"), unit=mark("weeks"),
         origin="assumption"),
    Knob("invited_share", 1.0, 0.0, 1.0, 0.05, mark("Share of customers who are asked to join, drawn at random"),
         unit=mark("fraction"), origin="convention"),
)  # fmt: skip


@dataclass(frozen=True)
class WeeklyPoints:
    """Rules of a programme with points, as the clock of a world runs them.

    Parameters
    ----------
    points_per_unit : float
        Points for one currency unit of what was paid; parts of a point are cut off.
    threshold : int
        Points that one reward takes.
    reward : float
        Value of a reward, currency units off an order.
    valid_weeks : int
        Weeks after which unused points expire.
    from_week : int
        Week in which the programme starts.
    status_points : int
        Points within the last ``status_weeks`` weeks that give the status; 0 is no status. Its privileges are no money.
    status_weeks : int
    invited_share : float
        Share of the customers who are asked to join, drawn at random: the others are the holdout of an experiment.

    Examples
    --------
    >>> WeeklyPoints().face_rate  # value given back for one currency unit, if every point is used
    0.05
    """

    points_per_unit: float = 1.0
    threshold: int = 200
    reward: float = 10.0
    valid_weeks: int = 52
    from_week: int = 0
    status_points: int = 0
    status_weeks: int = 52
    invited_share: float = 1.0

    def __post_init__(self) -> None:
        refuse_outside(self, KNOBS)

    @property
    def face_rate(self) -> float:
        """Value of the points for one currency unit, if every point is used."""
        return self.points_per_unit * self.reward / self.threshold

    def earned(self, paid_minor: Integers) -> Integers:
        """Points for amounts paid, in minor units.

        >>> WeeklyPoints(points_per_unit=0.5).earned(np.array([199, 1999]))
        array([0, 9])
        """
        per_million = round(self.points_per_unit * 1_000_000)
        return np.maximum(paid_minor, 0) * per_million // 100_000_000

    def progress(self, balance: Integers) -> NDArray[np.float64]:
        """How much of the way to the next reward is done, from 0 to 1.

        >>> WeeklyPoints(threshold=200).progress(np.array([0, 150, 450]))
        array([0.  , 0.75, 1.  ])
        """
        return np.minimum(balance / self.threshold, 1.0)
