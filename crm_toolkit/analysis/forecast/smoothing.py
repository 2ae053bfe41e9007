"""Exponential smoothing: SES, Holt and Holt-Winters.

    level    l_t = α (y_t − s_{t−m}) + (1 − α) (l_{t−1} + φ b_{t−1})         multiplicative: y_t / s_{t−m}
    trend    b_t = β (l_t − l_{t−1}) + (1 − β) φ b_{t−1}
    season   s_t = γ (y_t − l_t) + (1 − γ) s_{t−m}                           multiplicative: y_t / l_t
    forecast y_{t+h} = l_t + (φ + … + φ^h) b_t + s_{t−m+1+(h−1) mod m}       multiplicative: (…) · s

SES has the level only, Holt no season. φ = 1 is the usual trend, φ < 1 damps it (Gardner and McKenzie 1985). α, β and
γ, from 0 to 1, minimise the squares of the one-step errors. Starting values are those of R's ``HoltWinters``: the level
is the first value; for Holt the level is the second value and the trend the first difference; for a season the level
and the trend are the regression on the centred moving averages of the first two seasons and the season the mean
deviation from them. Other programs start elsewhere and estimate the start as well: their numbers differ.

References
----------
Holt, C. C. (1957; reprinted 2004). Forecasting seasonals and trends by exponentially weighted moving averages.
International Journal of Forecasting 20, 5-10. Winters, P. R. (1960). Forecasting sales by exponentially weighted moving
averages. Management Science 6, 324-342.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.forecast.series_values import checked_values, whole_season
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

Floats = NDArray[np.float64]
_FIRST_GUESS, _OTHER_GUESS = (0.3, 0.1, 0.1), (0.8, 0.05, 0.05)  # the first is R's
_LEAST = 1e-12  # a level or a season that multiplies stays above 0


@dataclass(frozen=True, eq=False)
class ExponentialSmoothing:
    """A smoothed series: where it stands and how it goes on.

    Parameters
    ----------
    alpha : float
    beta, gamma : float or None
        ``None`` without a trend or a season.
    level, trend : float
        At the end of the series; the trend is 0 without one.
    season : array
        Season of the next periods, the next one first; empty without one.
    seasonal : {None, "additive", "multiplicative"}
    damping : float
        φ.
    fitted : array
        One-step forecasts of ``values[start:]``.
    residuals : array
        Their errors, value less forecast.
    """

    alpha: float
    beta: float | None
    gamma: float | None
    level: float
    trend: float
    season: Floats
    seasonal: str | None
    damping: float
    fitted: Floats = field(repr=False)
    residuals: Floats = field(repr=False)

    @property
    def sse(self) -> float:
        """Sum of the squared one-step errors."""
        return float(np.square(self.residuals).sum())

    @property
    def parameters(self) -> tuple[float, ...]:
        """α, and β and γ where there are any."""
        return tuple(value for value in (self.alpha, self.beta, self.gamma) if value is not None)

    def forecast(self, horizon: int) -> Floats:
        """Forecasts of the next periods."""
        return self.paths(np.zeros((1, int(horizon))))[0]

    def paths(self, shocks: Floats) -> Floats:
        """Futures in which these errors happen, one row a future, one column a period; the model learns on the way.

        An error is added to the one-step forecast of its period, and level, trend and season take it up.
        """
        level, trend = np.full(len(shocks), self.level), np.full(len(shocks), self.trend)
        season = [np.full(len(shocks), s) for s in self.season]
        beta, gamma = self.beta or 0.0, self.gamma or 0.0
        made = np.empty_like(shocks)
        for step in range(shocks.shape[1]):
            trend = trend * self.damping
            base = level + trend
            if not season:
                made[:, step] = base + shocks[:, step]
                level = base + self.alpha * shocks[:, step]
                trend = trend + self.alpha * beta * shocks[:, step]
                continue
            place, multiply = step % len(season), self.seasonal == "multiplicative"
            s = season[place]
            made[:, step] = value = (base * s if multiply else base + s) + shocks[:, step]
            if multiply:
                made[:, step] = value = np.maximum(value, 0.0)
            new = self.alpha * (value / s if multiply else value - s) + (1 - self.alpha) * base
            trend = beta * (new - level) + (1 - beta) * trend
            level = np.maximum(new, _LEAST) if multiply else new
            season[place] = gamma * (value / level if multiply else value - level) + (1 - gamma) * s
            if multiply:
                season[place] = np.maximum(season[place], _LEAST)
        return made


def fit_ses(
    values: ArrayLike, *, alpha: float | None = None, first_guess: Sequence[float] | None = None
) -> ExponentialSmoothing:
    """Smooth a series without trend and season: simple exponential smoothing.

    Parameters
    ----------
    values : sequence of float
        One number a period, the oldest first; at least 3.
    alpha : float, optional
        From 0 to 1; by default the one with the smallest squared one-step errors.
    first_guess : sequence of float, optional
        Where the search for the parameters begins; by default at R's place and at another one.

    Returns
    -------
    ExponentialSmoothing

    Raises
    ------
    InputError
        If values are too few or not finite, or ``alpha`` lies outside 0 to 1.

    Examples
    --------
    >>> model = fit_ses([10, 12, 11, 13, 12], alpha=0.5)
    >>> model.forecast(2)
    array([12., 12.])
    """
    x = checked_values(values, 3, asked_by="fit_ses")
    given = _given("fit_ses", alpha=alpha)
    run = _plain_run(x[1:], x[0], 0.0, 1.0, with_trend=False)
    return _smoothed(run, x[1:], _smallest(run, given, first_guess))


def fit_holt(
    values: ArrayLike,
    *,
    alpha: float | None = None,
    beta: float | None = None,
    damping: float = 1.0,
    first_guess: Sequence[float] | None = None,
) -> ExponentialSmoothing:
    """Smooth a series with a trend: Holt's method.

    Parameters
    ----------
    values : sequence of float
        One number a period, the oldest first; at least 4.
    alpha, beta : float, optional
        From 0 to 1; by default those with the smallest squared one-step errors.
    damping : float
        φ, above 0 up to 1; 1 continues the trend for ever, less lets it fade.
    first_guess : sequence of float, optional
        Where the search for the parameters begins; by default at R's place and at another one.

    Returns
    -------
    ExponentialSmoothing

    Raises
    ------
    InputError
        If values are too few or not finite, or a number lies outside its range.

    Examples
    --------
    >>> fit_holt([3, 5, 7, 9, 11, 13]).forecast(3)
    array([15., 17., 19.])
    """
    x = checked_values(values, 4, asked_by="fit_holt")
    given = _given("fit_holt", alpha=alpha, beta=beta)
    _given("fit_holt", damping=damping)
    run = _plain_run(x[2:], x[1], x[1] - x[0], float(damping), with_trend=True)
    return _smoothed(run, x[2:], _smallest(run, given, first_guess), damping=float(damping))


def fit_holt_winters(
    values: ArrayLike,
    *,
    season_length: int,
    seasonal: str = "additive",
    alpha: float | None = None,
    beta: float | None = None,
    gamma: float | None = None,
    first_guess: Sequence[float] | None = None,
) -> ExponentialSmoothing:
    """Smooth a series with trend and season: the method of Holt and Winters.

    Parameters
    ----------
    values : sequence of float
        One number a period, the oldest first; at least two seasons and a period.
    season_length : int
        Periods in a season, from 2.
    seasonal : {"additive", "multiplicative"}
        Whether the season is added or multiplies; the second needs values above 0.
    alpha, beta, gamma : float, optional
        From 0 to 1; by default those with the smallest squared one-step errors.
    first_guess : sequence of float, optional
        Where the search for the parameters begins; by default at R's place and at another one.

    Returns
    -------
    ExponentialSmoothing
        With R's starting values, see the head of this module.

    Raises
    ------
    InputError
        If values are too few, not finite or, for ``"multiplicative"``, not above 0, or a number is outside its range.

    Examples
    --------
    >>> values = [12, 30, 9, 17, 15, 33, 12, 20, 18, 36, 15, 23]
    >>> fit_holt_winters(values, season_length=4).forecast(4).round(2)
    array([21., 39., 18., 26.])
    """
    require_choice("seasonal", seasonal, ("additive", "multiplicative"))
    asked_by = "fit_holt_winters"
    m = whole_season(season_length, asked_by)
    x = checked_values(values, 2 * m + 1, asked_by=asked_by)
    if seasonal == "multiplicative" and min(x) <= 0:
        what = say("A season that multiplies needs values above 0; the smallest is {value}.", value=f"{min(x):g}")
        advice = say('Take `seasonal="additive"`.')
        heading = say("`{function}` can't be estimated.", function=asked_by)
        raise InputError(heading, [Problem("not_positive", what, advice=advice)])
    given = _given(asked_by, alpha=alpha, beta=beta, gamma=gamma)
    level, trend, season = _seasonal_start(np.array(x[: 2 * m]), m, seasonal)
    run = _seasonal_run(x[m:], level, trend, season, seasonal == "multiplicative")
    return _smoothed(run, x[m:], _smallest(run, given, first_guess), seasonal=seasonal)


Run = Callable[[Sequence[float], "list[float] | None"], "tuple[float, float, float, list[float]]"]


def _plain_run(x: list[float], level0: float, trend0: float, phi: float, *, with_trend: bool) -> Run:
    """The recursion without a season: parameters to (squares, level, trend, season); ``fitted`` is filled if given."""

    def run(at: Sequence[float], fitted: list[float] | None = None) -> tuple[float, float, float, list[float]]:
        alpha, beta = at[0], at[1] if with_trend else 0.0
        level, trend, squares = level0, trend0, 0.0
        for value in x:
            trend *= phi
            expected = level + trend
            error = value - expected
            squares += error * error
            level = expected + alpha * error
            trend += alpha * beta * error  # = β (l − l₋₁) + (1 − β) φ b
            if fitted is not None:
                fitted.append(expected)
        return squares, level, trend, []

    return run


def _seasonal_run(x: list[float], level0: float, trend0: float, season0: list[float], multiply: bool) -> Run:
    m = len(season0)

    def run(at: Sequence[float], fitted: list[float] | None = None) -> tuple[float, float, float, list[float]]:
        alpha, beta, gamma = at
        level, trend, squares = level0, trend0, 0.0
        season = list(season0)
        for step, value in enumerate(x):
            place, base = step % m, level + trend
            s = season[place]
            expected = base * s if multiply else base + s
            error = value - expected
            squares += error * error
            new = alpha * (value / s if multiply else value - s) + (1 - alpha) * base
            if multiply and new < _LEAST:
                new = _LEAST
            trend = beta * (new - level) + (1 - beta) * trend
            level = new
            fresh = gamma * (value / level if multiply else value - level) + (1 - gamma) * s
            season[place] = max(fresh, _LEAST) if multiply else fresh
            if fitted is not None:
                fitted.append(expected)
        turn = len(x) % m
        return squares, level, trend, season[turn:] + season[:turn]

    return run


def _seasonal_start(x: Floats, m: int, seasonal: str) -> tuple[float, float, list[float]]:
    """R's start: moving averages of two seasons, a line through them, mean deviations by place in the season."""
    weights = np.full(m, 1.0 / m) if m % 2 else np.r_[0.5, np.ones(m - 1), 0.5] / m
    averages = np.convolve(x, weights, mode="valid")
    first = len(weights) // 2
    slope, intercept = (
        np.polyfit(np.arange(1, len(averages) + 1), averages, 1) if len(averages) > 1 else (0.0, averages[0])
    )
    part = x[first : first + len(averages)]
    away = part - averages if seasonal == "additive" else part / averages
    place = (first + np.arange(len(averages))) % m
    figure = np.bincount(place, away, m) / np.bincount(place, minlength=m)
    figure = figure - figure.mean() if seasonal == "additive" else figure / figure.mean()
    return float(intercept), float(slope), figure.tolist()


def _smallest(run: Run, given: dict[str, float | None], guess: Sequence[float] | None) -> dict[str, float]:
    """The parameters with the smallest squares; those that were given stay."""
    free = [place for place, value in enumerate(given.values()) if value is None]
    if not free:
        return {name: float(value) for name, value in given.items() if value is not None}
    from scipy.optimize import minimize

    at = [0.0 if value is None else float(value) for value in given.values()]

    def squares(point: Sequence[float]) -> float:
        for place, value in zip(free, point, strict=True):
            at[place] = value
        return run(at, None)[0]

    places = (_FIRST_GUESS, _OTHER_GUESS) if guess is None else (tuple(guess),)
    starts = [[place[name] for name in free] for place in places]
    scale = squares(starts[0]) or 1.0

    def cost(point: Any) -> tuple[float, Any]:
        here = point.tolist()
        value = squares(here) / scale
        slope = []
        for place, number in enumerate(here):  # one-sided differences that stay within 0 and 1
            step = 1e-7 if number < 0.5 else -1e-7
            moved = [*here[:place], number + step, *here[place + 1 :]]
            slope.append((squares(moved) / scale - value) / step)
        return (value, np.array(slope)) if value < 1e12 else (1e12, np.zeros(len(here)))

    best = None
    for start in starts:
        found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(free),
                         options={"ftol": 1e-11 if guess is None else 1e-8, "maxiter": 200})  # fmt: skip
        if best is None or found.fun < best.fun - 1e-9:
            best = found
    squares(best.x.tolist())  # type: ignore[union-attr]
    return dict(zip(given, at, strict=True))


def _smoothed(
    run: Run, x: list[float], found: dict[str, float], *, seasonal: str | None = None, damping: float = 1.0
) -> ExponentialSmoothing:
    fitted: list[float] = []
    _, level, trend, season = run(list(found.values()), fitted)
    expected = np.array(fitted)
    return ExponentialSmoothing(
        found["alpha"], found.get("beta"), found.get("gamma"), float(level), float(trend), np.array(season), seasonal,
        damping, expected, np.array(x) - expected,
    )  # fmt: skip


def _given(asked_by: str, **numbers: float | None) -> dict[str, float | None]:
    require_numbers(asked_by, **{name: (value, 0.0, 1.0) for name, value in numbers.items() if value is not None})
    return {name: None if value is None else float(value) for name, value in numbers.items()}
