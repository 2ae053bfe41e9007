"""Demand with many zeros: the methods of Croston, of Syntetos and Boylan, and of Teunter, Syntetos and Babai.

Where most periods have no demand, the size of a demand and the wait between two of them are smoothed apart. At a
period with demand, with q periods since the last one,

    size      z = α y + (1 − α) z             interval  p = α q + (1 − α) p
    Croston   forecast of every later period  z / p
    SBA       (1 − α/2) z / p                 Croston's is too high on average; this takes most of it away
    TSB       d z, and in *every* period d = β [demand] + (1 − β) d: the chance of a demand falls while none comes

Croston and SBA learn nothing while nothing is bought: of a product that has died they forecast the old rate for ever.
TSB fades. The forecast is a rate, the mean of a period; no period will look like it.

References
----------
Croston, J. D. (1972). Forecasting and stock control for intermittent demands. Operational Research Quarterly 23,
289-303. Syntetos, A. A. and Boylan, J. E. (2005). The accuracy of intermittent demand estimates. International Journal
of Forecasting 21, 303-314. Teunter, R. H., Syntetos, A. A. and Babai, M. Z. (2011). Intermittent demand: linking
forecasting to inventory obsolescence. European Journal of Operational Research 214, 606-615.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.forecast.series_values import checked_values
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

Floats = NDArray[np.float64]

SMOOTHING = Knob("alpha", 0.1, 0.01, 0.5, 0.01, mark("Weight of the newest demand"), origin="source",
                 reference="Syntetos and Boylan (2005) use 0.05 to 0.2")  # fmt: skip
VARIANTS = ("croston", "sba", "tsb")


@dataclass(frozen=True, eq=False)
class IntermittentDemand:
    """Demand with many zeros, smoothed.

    Parameters
    ----------
    variant : {"croston", "sba", "tsb"}
    alpha, beta : float
        Weights of the newest size (and interval) and, for TSB, of the newest period.
    size : float
        Smoothed size of a demand.
    probability : float
        Chance that a period has a demand: 1 / interval, or TSB's own.
    rate : float
        Forecast of every later period.
    sizes : array
        Demands that there were.
    """

    variant: str
    alpha: float
    beta: float
    size: float
    probability: float
    rate: float
    sizes: Floats = field(repr=False)

    @property
    def interval(self) -> float:
        """Mean wait between two demands, periods; infinite if none is expected."""
        return 1 / self.probability if self.probability > 0 else np.inf

    def forecast(self, horizon: int) -> Floats:
        """Forecasts of the next periods: the same rate in each."""
        return np.full(int(horizon), self.rate)

    def draws(self, horizon: int, replications: int, luck: np.random.Generator) -> Floats:
        """Futures, one row each: a demand comes with its chance and has a size that there has been."""
        there = luck.random((replications, horizon)) < self.probability
        if not len(self.sizes):
            return np.zeros((replications, horizon))
        scale = self.rate / (self.probability * self.sizes.mean()) if self.rate > 0 else 0.0
        sizes: Floats = luck.choice(self.sizes, (replications, horizon))
        return np.where(there, sizes * scale, 0.0)


def fit_croston(
    values: ArrayLike, *, variant: str = "sba", alpha: float = SMOOTHING.default, beta: float = SMOOTHING.default
) -> IntermittentDemand:
    """Smooth demand with many zeros.

    Parameters
    ----------
    values : sequence of float
        One number a period from 0 up, the oldest first; at least 3.
    variant : {"croston", "sba", "tsb"}
        Croston (1972), corrected (2005), or with a chance that fades (2011).
    alpha : float
        Weight of the newest size and interval, above 0 up to 1.
    beta : float
        Of the newest period, for ``"tsb"``.

    Returns
    -------
    IntermittentDemand
        Started at the first demand: its size, and the periods up to it as the first interval. With no demand at all
        the rate is 0.

    Raises
    ------
    InputError
        If values are too few, not finite or negative, or an option is not allowed.

    Examples
    --------
    >>> demand = fit_croston([0, 0, 6, 0, 0, 3, 0, 0, 6], variant="croston", alpha=0.5)
    >>> demand.interval, demand.size, round(demand.rate, 3)
    (3.0, 5.25, 1.75)
    """
    require_choice("variant", variant, VARIANTS)
    require_numbers("fit_croston", alpha=(alpha, 1e-6, 1.0), beta=(beta, 1e-6, 1.0))
    x = np.array(checked_values(values, 3, asked_by="fit_croston"))
    if (x < 0).any():
        what = say("Demand can't be negative; the smallest value is {value}.", value=f"{x.min():g}")
        advice = say("Count orders, or take the returns out.")
        heading = say("`{function}` can't use this series.", function="fit_croston")
        raise InputError(heading, [Problem("negative", what, advice=advice)])
    at = np.flatnonzero(x > 0)
    if not len(at):
        return IntermittentDemand(variant, alpha, beta, 0.0, 0.0, 0.0, x[:0])
    size, interval = float(x[at[0]]), float(at[0] + 1)
    for earlier, now in pairwise(at.tolist()):
        size += alpha * (float(x[now]) - size)
        interval += alpha * (float(now - earlier) - interval)
    if variant != "tsb":
        rate = size / interval * (1 - alpha / 2 if variant == "sba" else 1.0)
        return IntermittentDemand(variant, alpha, beta, size, 1 / interval, rate, x[at])
    probability = 1 / (at[0] + 1)
    for value in x[at[0] + 1 :]:
        probability += beta * (float(value > 0) - probability)
    return IntermittentDemand(variant, alpha, beta, size, float(probability), float(probability * size), x[at])
