"""Who lives in the market: traits that no decision changes, each drawn at the address of its person.

So the same person has the same thresholds in every twin: whoever is not reached by a larger budget is not reached by a
smaller one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from crm_toolkit.streams import Stream

Floats = NDArray[np.float64]
_GRID = 4096


@dataclass(frozen=True, eq=False)
class Market:
    """People of a market, in the order of their numbers 0, 1, 2 …

    Parameters
    ----------
    rate : array
        Visits in a week.
    ticket : array of int
        Usual price of a visit, minor units.
    elasticity : array
        Relative to the mean: 1 is usual.
    wants_person, outspoken : array
        Annoyance by self-service; readiness to complain; 0 to 1 and 0.5 to 1.5.
    threshold : array
        Exposure at which a person comes.
    search, social, talk : array
        How much a person takes in by each channel; 1 is usual.
    joins : array
        Luck of joining a programme; heavy buyers join more readily.
    channel, platform : array
        Luck of the channel to which a person's coming is ascribed, and of coming through a platform.
    response : array
        Effect of a retention offer on the logarithm of the visit rate; below 0 for those who want to be left alone.
    client : array of bool
        Who is a client at the start.
    mood : array
        Satisfaction at the start.
    """

    rate: Floats
    ticket: NDArray[np.int64]
    elasticity: Floats
    wants_person: Floats
    outspoken: Floats
    threshold: Floats
    search: Floats
    social: Floats
    talk: Floats
    joins: Floats
    channel: Floats
    platform: Floats
    response: Floats
    client: NDArray[np.bool_]
    mood: Floats


@cache
def _gamma_of(shape: float) -> tuple[Floats, Floats]:
    """Quantiles of a gamma distribution with mean 1 on a fine grid; in between a line."""
    grid = (np.arange(_GRID) + 0.5) / _GRID
    return grid, gammaincinv(shape, grid) / shape


def market(seed: int, people: int, numbers: Mapping[str, float]) -> Market:
    """The people of a seed.

    >>> from crm_toolkit.world.helm.scenarios import helm_scenario
    >>> small, large = (market(7, count, helm_scenario().numbers) for count in (100, 1000))
    >>> bool((small.ticket == large.ticket[:100]).all())
    True
    """
    luck = Stream(seed, "helm people").many(14, np.arange(people))
    grid, quantiles = _gamma_of(numbers["visit_spread"])
    heaviness = np.interp(luck[0], grid, quantiles)
    normal = ndtri(luck[1:4])
    spread = numbers["ticket_spread"]
    elasticity = 0.4 + 1.2 * luck[4]
    wants = numbers["offer_mean"] + numbers["offer_spread"] * normal[1]
    return Market(
        rate=numbers["visit_rate"] * np.clip(heaviness, 0.02, 5.0),
        ticket=np.rint(100 * numbers["ticket"] * np.exp(spread * normal[0] - spread**2 / 2)).astype(np.int64),
        elasticity=elasticity,
        wants_person=luck[5],
        outspoken=0.5 + luck[6],
        threshold=-np.log1p(-luck[7]),
        search=0.5 + luck[8],
        social=(0.5 + luck[9]) * elasticity,
        talk=0.5 + luck[10],
        joins=luck[11] / np.minimum(0.55 + 0.45 * heaviness, 1.6),
        channel=luck[12],
        platform=luck[13],
        response=np.clip(wants, -1.0, 1.2),
        client=Stream(seed, "helm client").uniform(np.arange(people)) < numbers["clients_share"],
        mood=0.5 * normal[2],
    )
