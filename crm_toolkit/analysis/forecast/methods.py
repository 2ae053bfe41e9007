"""The methods that compete in a back-test, each with forecasts and with futures drawn at random.

naive            the last value goes on
seasonal_naive   the value of the same period one season ago
mean             the mean of all values
ses, holt, damped_trend, additive, multiplicative   exponential smoothing (`smoothing`)
croston, sba, tsb                                   demand with many zeros (`intermittent`)

A future is made by drawing the method's own past one-step errors, less their mean, with replacement, and letting the
method go on with them. Errors of the fit are smaller than those to come, so they are enlarged by √(n / (n − p)), p the
number of parameters; `backtest` then checks and widens what still is too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.analysis.forecast.intermittent import fit_croston
from crm_toolkit.analysis.forecast.smoothing import ExponentialSmoothing, fit_holt, fit_holt_winters, fit_ses
from crm_toolkit.texts import mark

Floats = NDArray[np.float64]
Paths = Callable[[int, int, np.random.Generator], Floats]

DAMPING = 0.9  # convention: half of the trend is gone after seven periods
METHODS = {
    "naive": mark("Naive: the last value goes on"),
    "seasonal_naive": mark("Seasonal naive: as a season ago"),
    "mean": mark("Mean of all periods"),
    "ses": mark("Simple exponential smoothing"),
    "holt": mark("Holt: level and trend"),
    "damped_trend": mark("Holt with a damped trend"),
    "additive": mark("Holt–Winters, season added"),
    "multiplicative": mark("Holt–Winters, season multiplies"),
    "croston": mark("Croston: size and interval"),
    "sba": mark("Syntetos–Boylan: Croston corrected"),
    "tsb": mark("Teunter–Syntetos–Babai: the chance fades"),
}
BENCHMARKS = ("naive", "seasonal_naive")
FOR_SEASONS = ("seasonal_naive", "additive", "multiplicative")
FOR_ZEROS = ("croston", "sba", "tsb")


@dataclass(frozen=True, eq=False)
class FittedMethod:
    """A method after it has seen a series."""

    name: str
    point: Callable[[int], Floats]
    paths: Paths
    parameters: tuple[float, ...] | None = None

    def interval(
        self, horizon: int, level: float, replications: int, luck: np.random.Generator
    ) -> tuple[Floats, Floats, Floats]:
        """Point forecasts, and the ends of the interval that holds the share ``level`` of the futures."""
        point = self.point(horizon)
        futures = self.paths(horizon, replications, luck)
        low, high = np.quantile(futures, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return point, np.minimum(low, point), np.maximum(high, point)


def least_periods(name: str, m: int) -> int:
    """Periods that a method needs."""
    if name == "seasonal_naive":
        return m + 1
    if name in FOR_SEASONS:
        return 2 * m + 1
    return 4


def fitted(name: str, x: Floats, m: int, guess: tuple[float, ...] | None = None) -> FittedMethod:
    """Let a method see a series of at least `least_periods` values; a search for parameters begins at the guess."""
    if name in FOR_ZEROS:
        demand = fit_croston(x, variant=name)
        return FittedMethod(name, demand.forecast, demand.draws)
    if name == "mean":
        mean, away = float(x.mean()), x - x.mean()
        spread = np.sqrt((1 + 1 / len(x)) * len(x) / (len(x) - 1))
        return FittedMethod(
            name, lambda h: np.full(h, mean), lambda h, n, luck: mean + spread * _drawn(away, h, n, luck)
        )
    if name == "naive":
        steps = np.diff(x)
        return FittedMethod(
            name,
            lambda h: np.full(h, x[-1]),
            lambda h, n, luck: x[-1] + np.cumsum(_drawn(steps - steps.mean(), h, n, luck), axis=1),
        )
    if name == "seasonal_naive":
        return _seasonal_naive(x, m)
    return _smoothing(name, _model(name, x, m, guess))


def _model(name: str, x: Floats, m: int, guess: tuple[float, ...] | None) -> ExponentialSmoothing:
    if name == "ses":
        return fit_ses(x, first_guess=guess)
    if name in ("holt", "damped_trend"):
        return fit_holt(x, damping=1.0 if name == "holt" else DAMPING, first_guess=guess)
    return fit_holt_winters(x, season_length=m, seasonal=name, first_guess=guess)


def _smoothing(name: str, model: ExponentialSmoothing) -> FittedMethod:
    n, p = len(model.residuals), len(model.parameters)
    away = (model.residuals - model.residuals.mean()) * np.sqrt(n / max(n - p, 1))

    def paths(horizon: int, replications: int, luck: np.random.Generator) -> Floats:
        return model.paths(_drawn(away, horizon, replications, luck))

    return FittedMethod(name, model.forecast, paths, model.parameters)


def _seasonal_naive(x: Floats, m: int) -> FittedMethod:
    last, away = x[-m:], x[m:] - x[:-m]
    away = away - away.mean() if len(away) > m else away

    def point(h: int) -> Floats:
        return np.resize(last, h)

    def paths(h: int, n: int, luck: np.random.Generator) -> Floats:
        drawn = _drawn(away, h, n, luck)
        for step in range(m, h):
            drawn[:, step] += drawn[:, step - m]
        return point(h) + drawn

    return FittedMethod("seasonal_naive", point, paths)


def _drawn(errors: Floats, horizon: int, replications: int, luck: np.random.Generator) -> Any:
    return errors[luck.integers(0, len(errors), (replications, horizon))]
