"""Staff, load and waiting, and what happens to a complaint.

Waiting is that of a queue with several servers, Poisson arrivals and exponential service (M/M/c, Erlang 1917):
load close to capacity makes waiting grow without bound, and failures follow it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

Floats = NDArray[np.float64]
FULLEST = 0.97

KNOBS = (
    Knob("staff", 1.0, 0.3, 3.0, 0.05, mark("Staff, 1 is the usual number"), origin="convention"),
    Knob("recovery", 1.0, 0.0, 2.0, 0.1, mark("Effort on complaints, 1 is the usual one"), origin="convention"),
    Knob("training", 0.0, 0.0, 1.0, 0.05, mark("Training: rise of performance"), unit=mark("standard deviations"),
         origin="convention"),
    Knob("from_week", 0, 0, 520, 1, mark("Week from which it holds"), unit=mark("weeks"), origin="convention"),
)  # fmt: skip


@dataclass(frozen=True)
class Service:
    """Service of a policy.

    Parameters
    ----------
    staff : float
        Factor on the number of servers: capacity, and wages with it.
    recovery : float
        Factor on the odds that a complaint is settled well.
    training : float
        Rise of mean performance, in standard deviations.
    from_week : int
        Week from which all of it holds.
    """

    staff: float = 1.0
    recovery: float = 1.0
    training: float = 0.0
    from_week: int = 0

    def __post_init__(self) -> None:
        refuse_outside(self, KNOBS)


def waiting_share(servers: int, utilisation: ArrayLike) -> Floats:
    """Chance that an arrival has to wait in an M/M/c queue (Erlang C).

    Parameters
    ----------
    servers : int
        Number of servers, c.
    utilisation : array
        Load of one server, below 1.

    Examples
    --------
    >>> waiting_share(1, [0.5, 0.8])  # with one server it is the utilisation itself
    array([0.5, 0.8])
    >>> waiting_share(3, 0.8).round(4)
    np.float64(0.6472)
    """
    busy = np.asarray(utilisation, dtype=np.float64)
    load = servers * busy
    blocked = np.ones_like(load)
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - busy * (1 - blocked))


def mean_wait(servers: int, utilisation: ArrayLike, service_minutes: float) -> Floats:
    """Mean waiting time in an M/M/c queue, in minutes; load above 97 % counts as 97 %.

    Examples
    --------
    >>> mean_wait(3, 0.8, 30.0).round(2)
    np.float64(32.36)
    """
    busy = np.minimum(np.asarray(utilisation, dtype=np.float64), FULLEST)
    return waiting_share(servers, busy) * service_minutes / (servers * (1 - busy))
