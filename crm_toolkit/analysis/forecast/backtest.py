"""How good is a forecast? Put it back to earlier dates, let it see nothing later, and compare with what came.

Rolling origin: the history ends at an origin, every method forecasts the periods after it, the origin moves on by one
period. Scores are means over all origins and steps, the same ones for every method:

    MAE                   mean absolute error, in the units of the series
    MASE                  errors divided by the seasonal naive method's mean absolute error within the history of the
                          origin (Hyndman and Koehler 2006); below 1 is better than that
    bias                  mean of forecast less value
    pinball               mean pinball loss of the ends of the interval and of the forecast taken for the median
    coverage              share of the values that fell into their interval, to be compared with its level
    value added           1 − MAE / MAE of the naive method: what a method brings beyond "as last time" (forecast value
                          added); negative where it does harm

Intervals come from the method's own futures, see `forecast_methods`, widened by conformal calibration: from the steps
whose outcome was known at the origin, the factor is learned by which intervals had to be wider to hold their level. It
is never below 1 (assumption: a lucky past is no reason for narrower intervals). So the coverage shown is that of
intervals that could have been given at the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.forecast.methods import FOR_SEASONS, FOR_ZEROS, METHODS, fitted, least_periods
from crm_toolkit.analysis.forecast.series import PeriodSeries
from crm_toolkit.analysis.forecast.series_values import MINIMUM_PERIODS, read_series
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import join_names, mark, say, say_count

Floats = NDArray[np.float64]

ORIGINS = Knob("origins", 12, 3, 200, 1, mark("Trial forecasts"), origin="convention", reference="a year of months")
LEVEL = Knob("level", 0.8, 0.5, 0.99, 0.01, mark("Level of the intervals"), origin="convention",
             reference="wider ones need longer histories to be checked")  # fmt: skip
_REPLICATIONS = 400
_LEAST_SHARE = 0.02  # assumption: with a value below this share of the mean a season does not multiply
_LEAST_KNOWN = 8  # steps from which a conformal factor is learned


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts as they would have been, beside what came.

    Parameters
    ----------
    trials : pandas.DataFrame
        One row per method, origin and step: ``method``, ``origin`` (periods seen), ``step`` (from 1), ``period`` (its
        label), ``forecast``, ``low``, ``high``, ``actual``.
    scores : pandas.DataFrame
        One row per method, the best MAE first: ``method``, ``mae``, ``mase``, ``bias``, ``pinball``, ``coverage``
        (fraction), ``value_added`` (fraction; against naive). ``mase`` is missing where the history never changed,
        ``value_added`` where the naive method made no error.
    horizon, origins, season_length : int
    level : float
        Of the intervals.
    """

    trials: pd.DataFrame
    scores: pd.DataFrame
    horizon: int
    origins: int
    season_length: int
    level: float
    factors: dict[str, float] = field(default_factory=dict, repr=False)

    def score(self, method: str) -> dict[str, float]:
        """The scores of a method by name."""
        row = self.scores[self.scores["method"] == method]
        return {str(name): float(value) for name, value in row.drop(columns="method").iloc[0].items()}

    def by_step(self) -> pd.DataFrame:
        """Errors and coverage by how far ahead was looked.

        Returns
        -------
        pandas.DataFrame
            ``method``, ``step`` (from 1), ``trials``, ``mae``, ``coverage`` (fraction), in the order of ``scores``.
        """
        trials = self.trials.assign(
            mae=(self.trials["forecast"] - self.trials["actual"]).abs(),
            coverage=self.trials["actual"].between(self.trials["low"], self.trials["high"]).astype(float),
        )
        told = trials.groupby(["method", "step"], sort=False).agg(
            trials=("mae", "size"), mae=("mae", "mean"), coverage=("coverage", "mean")
        )
        order = {name: place for place, name in enumerate(self.scores["method"])}
        return told.reset_index().sort_values(["method", "step"], key=lambda part: part.map(order).fillna(part),
                                              ignore_index=True)  # fmt: skip


def backtest(
    series: PeriodSeries | ArrayLike,
    *,
    horizon: int,
    methods: Sequence[str] = ("naive", "seasonal_naive", "ses", "holt", "additive"),
    season_length: int | None = None,
    origins: int = int(ORIGINS.default),
    level: float = LEVEL.default,
    seed: int = 0,
) -> Backtest:
    """Compare methods of forecasting on the past: rolling origin, the same trials for all.

    Parameters
    ----------
    series : PeriodSeries or sequence of float
        One number a period, the oldest first; at least 8.
    horizon : int
        Periods ahead, from 1.
    methods : sequence of str
        Names from `forecast_methods.METHODS`; naive always takes part, and a method that needs a longer history than
        the first origin leaves, or a season where there is none, is left out, see ``.scores``.
    season_length : int, optional
        Periods in a season; 1 is none. By default that of the series' unit, and 1 for plain numbers.
    origins : int
        Trials with all their steps, at most; near the end of the series up to ``horizon`` − 1 follow with fewer steps.
    level : float
        Of the intervals, a fraction.
    seed : int
        Of the futures drawn.

    Returns
    -------
    Backtest

    Raises
    ------
    InputError
        If there are fewer than 8 periods, a value is not finite, a method is unknown, or a number is out of range.

    References
    ----------
    Hyndman, R. J. and Koehler, A. B. (2006). Another look at measures of forecast accuracy. International Journal of
    Forecasting 22, 679-688.

    Examples
    --------
    >>> values = [20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37]
    >>> test = backtest(values, horizon=2, season_length=4, methods=["seasonal_naive"], origins=4)
    >>> print(test.scores[["method", "mae", "value_added"]].round(2).to_string(index=False))
            method   mae  value_added
    seasonal_naive  3.00         0.76
             naive 12.33         0.00
    """
    asked_by = "backtest"
    x, labels, m = read_series(series, season_length, asked_by=asked_by)
    ahead, trials, share = checked_options(asked_by, horizon, origins, level)
    chosen = known_methods(methods, m, asked_by)
    return run_backtest(x, labels, m, chosen, ahead, trials, share, int(seed))


def run_backtest(
    x: Floats, labels: Sequence[Any], m: int, methods: Sequence[str], horizon: int, origins: int, level: float,
    seed: int, *, weights: Floats | None = None, nonnegative: bool = False,
) -> Backtest:  # fmt: skip
    """`backtest` after its checks; ``weights`` are the lengths of the periods that values are divided by."""
    length = len(x)
    first = first_origin(length, m, horizon, origins)
    able = [name for name in dict.fromkeys(["naive", *methods]) if least_periods(name, m) <= first]
    able = [name for name in able if m > 1 or name not in FOR_SEASONS]
    able = [name for name in able if x.min() >= 0 or name not in FOR_ZEROS]
    able = [name for name in able if name != "multiplicative" or x.min() > _LEAST_SHARE * x.mean()]
    weight = np.ones(length) if weights is None else weights[:length]
    rate = x / weight
    rows: list[tuple[Any, ...]] = []
    factors: dict[str, float] = {}
    for name in able:
        guess: tuple[float, ...] | None = None
        known: list[tuple[int, float]] = []  # period in which an outcome became known, how much wider it had to be
        for origin in range(first, length):
            steps = min(horizon, length - origin)
            luck = np.random.default_rng([seed, origin])
            method = fitted(name, rate[:origin], m, guess)
            point, low, high = method.interval(steps, level, _REPLICATIONS, luck)
            guess = method.parameters  # the next trial begins its search there
            wider = conformal_factor([ratio for seen, ratio in known if seen <= origin], level)
            there = slice(origin, origin + steps)
            point, low, high = point * weight[there], low * weight[there], high * weight[there]
            wide_low, wide_high = point - wider * (point - low), point + wider * (high - point)
            if nonnegative:
                point, wide_low, wide_high = (np.maximum(side, 0.0) for side in (point, wide_low, wide_high))
            known += zip(range(origin + 1, origin + steps + 1), _ratios(x[there], point, low, high), strict=True)
            rows += zip([name] * steps, [origin] * steps, range(1, steps + 1), labels[there], point, wide_low,
                        wide_high, x[there], strict=True)  # fmt: skip
        factors[name] = conformal_factor([ratio for _, ratio in known], level)
    columns = ["method", "origin", "step", "period", "forecast", "low", "high", "actual"]
    trials = pd.DataFrame(rows, columns=columns)
    scores = _scores(trials, _scales(x, m, range(first, length)), level)
    return Backtest(trials, scores, horizon, length - first, m, level, factors)


def first_origin(length: int, m: int, horizon: int, origins: int) -> int:
    """How many periods the first trial sees: enough for a season twice, if four trials are left then."""
    earliest = max(length - horizon - origins + 1, MINIMUM_PERIODS - 2)
    for needed in (2 * m + 1, m + 1):
        if m > 1 and needed + 4 <= length:
            earliest = max(earliest, needed)
            break
    return min(earliest, length - 2)


def conformal_factor(ratios: Sequence[float], level: float) -> float:
    """How much wider intervals had to be to hold the share ``level`` of the outcomes; never below 1."""
    n = len(ratios)
    rank = int(np.ceil((n + 1) * level))
    if n < _LEAST_KNOWN or rank > n:
        return 1.0
    return max(1.0, min(float(np.sort(ratios)[rank - 1]), 10.0))


def _ratios(actual: Floats, point: Floats, low: Floats, high: Floats) -> list[float]:
    half = np.where(actual >= point, high - point, point - low)
    error = np.abs(actual - point)
    return np.divide(error, half, out=np.where(error > 0, 10.0, 0.0), where=half > 0).tolist()


def _scales(x: Floats, m: int, origins: range) -> dict[int, float]:
    """The seasonal naive method's mean absolute error within the history of each origin."""
    lag = m if origins.start > m else 1
    away = np.abs(x[lag:] - x[:-lag])
    total = np.cumsum(away)
    return {origin: float(total[origin - lag - 1] / (origin - lag)) for origin in origins}


def _scores(trials: pd.DataFrame, scales: dict[int, float], level: float) -> pd.DataFrame:
    away = trials["forecast"] - trials["actual"]
    scale = trials["origin"].map(scales).astype(float)
    table = pd.DataFrame(
        {
            "method": trials["method"],
            "mae": away.abs(),
            "mase": (away.abs() / scale).where(scale > 0),
            "bias": away,
            "pinball": _pinball(trials, level),
            "coverage": ((trials["actual"] >= trials["low"]) & (trials["actual"] <= trials["high"])).astype(float),
        }
    )
    scores = table.groupby("method", sort=False).mean()
    naive = float(scores["mae"].loc[["naive"]].iloc[0])
    scores["value_added"] = 1 - scores["mae"] / naive if naive > 0 else np.nan
    return scores.sort_values("mae", kind="stable").reset_index()


def _pinball(trials: pd.DataFrame, level: float) -> pd.Series:
    total = pd.Series(0.0, index=trials.index)
    for name, share in (("low", (1 - level) / 2), ("forecast", 0.5), ("high", (1 + level) / 2)):
        over = trials["actual"] - trials[name]
        total += np.maximum(share * over, (share - 1) * over)
    return total / 3


def checked_options(asked_by: str, horizon: Any, origins: Any, level: Any) -> tuple[int, int, float]:
    """Horizon, trials and level, or a letter."""
    (ahead,) = require_numbers(asked_by, horizon=(horizon, 1, 1000))
    if ahead != int(ahead):
        what = say("A whole number is needed.")
        heading = say("`{name}` can't be {value}.", name="horizon", value=repr(horizon))
        raise InputError(heading, [Problem("not_whole", what, column="horizon")])
    return int(ahead), int(ORIGINS.check(origins)), LEVEL.check(level)


def known_methods(methods: Any, m: int, asked_by: str) -> list[str]:
    """Names of methods of which one at least does for a season of that length, or a letter."""
    names = [methods] if isinstance(methods, str) else list(methods)
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        what = say_count("{count} method is unknown: {names}.", "{count} methods are unknown: {names}.", len(unknown),
                         names=join_names(map(repr, unknown)))  # fmt: skip
        advice = say("Known: {names}.", names=join_names(METHODS, most=20))
        heading = say("`{function}` can't use this series.", function=asked_by)
        raise InputError(heading, [Problem("unknown_method", what, advice=advice, column="methods")])
    if m == 1 and names and set(names) <= set(FOR_SEASONS):
        what = say("Without a season there is nothing to do for: {names}.", names=join_names(map(repr, names)))
        advice = say("Give `season_length`, the number of periods in a season.")
        heading = say("`{function}` can't use this series.", function=asked_by)
        raise InputError(heading, [Problem("no_season", what, advice=advice, column="methods")])
    return names
