"""Forecast a series and say what the forecast is worth.

Every method competes in a back-test with two that need no thought: naive, "as last time", and seasonal naive, "as a
season ago". The better of the two is the benchmark. A method is chosen only if its mean absolute error is below the
benchmark's by more than twice the standard error of that difference over the trials (convention: with one, a random
walk is "beaten" too often, since the best of several methods is looked at). Otherwise the benchmark itself is the
forecast, and `Forecast.reading` says plainly that it was not beaten.

Short histories. Below 8 periods there is no forecast, only a letter. Below two seasons a season can't be told from
chance: then only naive, mean and simple smoothing compete, and the interval is the widest of the three.

Calendar. Months have 28 to 31 days. With ``calendar="days"`` or ``"working_days"`` values are divided by the days of
their period before anything else, and multiplied by those of the period they forecast.

Nothing here knows of a promotion next month, a competitor or a law. A forecast continues the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.forecast.backtest import (
    LEVEL,
    ORIGINS,
    Backtest,
    checked_options,
    known_methods,
    run_backtest,
)
from crm_toolkit.analysis.forecast.methods import BENCHMARKS, FOR_SEASONS, FOR_ZEROS, METHODS, fitted, least_periods
from crm_toolkit.analysis.forecast.series import PeriodSeries
from crm_toolkit.analysis.forecast.series_values import read_series
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

Floats = NDArray[np.float64]

CALENDARS = ("none", "days", "working_days")
STANDARD_ERRORS = 2.0
_REPLICATIONS = 2_000
_MANY_ZEROS = 1.32  # mean wait between demands, periods: Syntetos, Boylan and Croston (2005)
_SHORT = ("naive", "mean", "ses")
_FULL = ("mean", "ses", "holt", "damped_trend", "additive", "multiplicative")
NOTES = {
    "short": mark("Fewer than two seasons have been seen: a season can't be told from chance, and the interval is the "
                  "widest of three simple methods."),
    "constant": mark("The value has never changed; an interval can't be learned from that."),
    "few_trials": mark("There were few trials: the errors themselves are uncertain."),
    "zeros": mark("Many periods are zero: the forecast is a mean rate, and no single period will look like it."),
    "seasonal_untried": mark(
        "The history is too short to try the seasonal naive forecast; it stands beside untried."
    ),
    "no_seasonal_naive": mark("The history is shorter than a season: there is no seasonal naive forecast beside."),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is to come, how sure it is, and what it is worth beside the naive forecast.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per period ahead: ``step`` (from 1), ``period`` (label), ``forecast``, ``low``, ``high`` (units of the
        series), ``naive`` and, if the history is longer than a season, ``seasonal_naive``.
    history : pandas.DataFrame
        ``period``, ``value``: what was learned from.
    method : str
        The chosen method, a name of `forecast_methods.METHODS`.
    benchmark : str
        The better one of naive and seasonal naive.
    best : str
        The best method that is no benchmark; equals ``method`` if it won.
    beat_benchmark : bool
    backtest : Backtest
    level : float
        Of the interval.
    notes : tuple of str
        Codes of what a reader must know, names of `NOTES`.
    unit, measure : str
        Of the series; empty for plain numbers.
    """

    table: pd.DataFrame
    history: pd.DataFrame
    method: str
    benchmark: str
    best: str
    beat_benchmark: bool
    backtest: Backtest
    level: float
    notes: tuple[str, ...]
    unit: str = ""
    measure: str = ""

    def reading(self) -> str:
        """Say in a few sentences what was chosen, how good it was in the trials and what to beware of."""
        test = self.backtest
        own, bench, tried = (test.score(name) for name in (self.method, self.benchmark, self.best))
        told = [
            say_count(
                "{count} trial forecast was made on the past, up to {horizon} periods ahead.",
                "{count} trial forecasts were made on the past, up to {horizon} periods ahead.",
                test.origins,
                horizon=test.horizon,
            )
        ]
        if self.beat_benchmark:
            told.append(
                say(
                    "“{method}” had a mean absolute error of {mae}, “{benchmark}” {bench}: {share} less.",
                    method=say(METHODS[self.method]),
                    mae=_short(own["mae"]),
                    benchmark=say(METHODS[self.benchmark]),
                    bench=_short(bench["mae"]),
                    share=format_percent(1 - own["mae"] / bench["mae"], 0),
                )
            )
        elif tried["mae"] < bench["mae"]:
            told.append(
                say(
                    "No method beat the naive forecast: “{method}” was better by {share}, which may be chance. "
                    "So the forecast is “{benchmark}”, with a mean absolute error of {bench}.",
                    method=say(METHODS[self.best]),
                    share=format_percent(1 - tried["mae"] / bench["mae"], 0),
                    benchmark=say(METHODS[self.benchmark]),
                    bench=_short(bench["mae"]),
                )
            )
        else:
            told.append(
                say(
                    "No method beat the naive forecast. So the forecast is “{benchmark}”, with a mean absolute error "
                    "of {bench}; the best other one, “{method}”, had {mae}.",
                    benchmark=say(METHODS[self.benchmark]),
                    bench=_short(bench["mae"]),
                    method=say(METHODS[self.best]),
                    mae=_short(tried["mae"]),
                )
            )
        told.append(
            say(
                "Intervals meant to hold {level} of the values held {coverage} in the trials.",
                level=format_percent(self.level, 0),
                coverage=format_percent(own["coverage"], 0),
            )
        )
        return " ".join([*told, *(say(NOTES[code]) for code in self.notes)])


def forecast_series(
    series: PeriodSeries | ArrayLike,
    *,
    horizon: int,
    season_length: int | None = None,
    methods: Sequence[str] | None = None,
    origins: int = int(ORIGINS.default),
    level: float = LEVEL.default,
    calendar: str = "none",
    holidays: Iterable[Any] = (),
    counts: bool | None = None,
    seed: int = 0,
) -> Forecast:
    """Forecast a series by the method that was best on the past, if it beat the naive ones; or by those.

    Parameters
    ----------
    series : PeriodSeries or sequence of float
        As `demand_series` and `event_series` return it, or one number a period, the oldest first; at least 8 periods.
    horizon : int
        Periods ahead, from 1.
    season_length : int, optional
        Periods in a season; 1 is none. By default that of the series' unit, and 1 for plain numbers.
    methods : sequence of str, optional
        Methods that compete; by default those that the history allows: below two seasons naive, mean and simple
        smoothing; with many zeros also the methods for those.
    origins : int
        Trials with all their steps, at most.
    level : float
        Level of the intervals, a fraction.
    calendar : {"none", "days", "working_days"}
        Whether values are per day: of the calendar, or Monday to Friday without ``holidays``. Needs a PeriodSeries of
        weeks or longer periods.
    holidays : iterable of dates
        Days without work, for ``"working_days"``.
    counts : bool, optional
        Whether values count something, so that nothing below 0 is forecast. By default so if no value is negative.
    seed : int
        Of the futures drawn for intervals.

    Returns
    -------
    Forecast
        ``.reading()`` says what it is worth.

    Raises
    ------
    InputError
        If there are fewer than 8 periods, a value is not finite, or an option is not allowed.

    Examples
    --------
    >>> values = [20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37, 32, 47, 24, 40]
    >>> ahead = forecast_series(values, horizon=2, season_length=4)
    >>> ahead.method, ahead.table["forecast"].round(1).tolist(), ahead.table["seasonal_naive"].tolist()
    ('additive', [35.0, 50.0], [32.0, 47.0])
    >>> forecast_series([5, 8, 6], horizon=2)
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: `forecast_series` can't use this series.
    <BLANKLINE>
    1. At least 8 periods are needed.
       3 periods were given.
    """
    asked_by = "forecast_series"
    x, labels, m = read_series(series, season_length, asked_by=asked_by)
    ahead, trials, share = checked_options(asked_by, horizon, origins, level)
    require_choice("calendar", calendar, CALENDARS)
    weights = _weights(series, ahead, calendar, holidays, asked_by)
    short = m > 1 and len(x) < 2 * m
    chosen = _candidates(x, m, short) if methods is None else known_methods(methods, m, asked_by)
    floor = bool((x >= 0).all()) if counts is None else bool(counts)
    beside = [*BENCHMARKS, *chosen] if m > 1 else ["naive", *chosen]
    test = run_backtest(x, labels, m, beside, ahead, trials, share, int(seed), weights=weights, nonnegative=floor)
    benchmark, best, won = _verdict(test)
    method = best if won else benchmark
    table = _ahead(x, m, method, test, ahead, share, int(seed), weights, floor, short)
    later = series.later(ahead) if isinstance(series, PeriodSeries) else None
    table.insert(1, "period", later["period"] if later is not None else np.arange(len(x) + 1, len(x) + ahead + 1))
    return Forecast(
        table,
        pd.DataFrame({"period": labels, "value": x}),
        method,
        benchmark,
        best,
        won,
        test,
        share,
        _notes(x, m, short, method, test),
        getattr(series, "unit", ""),
        getattr(series, "measure", ""),
    )


def _candidates(x: Floats, m: int, short: bool) -> list[str]:
    if short:
        return list(_SHORT[1:])
    names = [name for name in _FULL if m > 1 or name not in FOR_SEASONS]
    if (x >= 0).all() and (x > 0).any() and len(x) / (x > 0).sum() > _MANY_ZEROS:
        names += FOR_ZEROS
    return names


def _verdict(test: Backtest) -> tuple[str, str, bool]:
    """The benchmark, the best other method, and whether it won."""
    names = test.scores["method"].tolist()
    benchmark = next(name for name in names if name in BENCHMARKS)
    others = [name for name in names if name not in BENCHMARKS]
    if not others:
        return benchmark, benchmark, False
    best = others[0]
    away = (test.trials["forecast"] - test.trials["actual"]).abs()
    by_trial = away.groupby([test.trials["method"], test.trials["origin"]]).mean().unstack(0)
    gain = by_trial[benchmark] - by_trial[best]
    error = float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else np.inf
    return (
        benchmark,
        best,
        bool(test.score(best)["mae"] < test.score(benchmark)["mae"] and gain.mean() > STANDARD_ERRORS * error),
    )


def _ahead(
    x: Floats, m: int, method: str, test: Backtest, horizon: int, level: float, seed: int, weights: Floats | None,
    floor: bool, short: bool,
) -> pd.DataFrame:  # fmt: skip
    length = len(x)
    per = np.ones(length + horizon) if weights is None else weights
    rate, later = x / per[:length], per[length:]

    def seen(name: str) -> tuple[Floats, Floats, Floats]:
        luck = np.random.default_rng([seed, length])
        point, low, high = fitted(name, rate, m).interval(horizon, level, _REPLICATIONS, luck)
        wider = test.factors.get(name, 1.0)
        return point * later, (point - wider * (point - low)) * later, (point + wider * (high - point)) * later

    point, low, high = seen(method)
    if short:
        for _, other_low, other_high in map(seen, _SHORT):
            low, high = np.minimum(low, other_low), np.maximum(high, other_high)
    columns = {"forecast": point, "low": low, "high": high, "naive": fitted("naive", rate, m).point(horizon) * later}
    if m > 1 and length >= least_periods("seasonal_naive", m):
        columns["seasonal_naive"] = fitted("seasonal_naive", rate, m).point(horizon) * later
    if floor:
        columns = {name: np.maximum(values, 0.0) for name, values in columns.items()}
    table = pd.DataFrame(columns)
    table.insert(0, "step", np.arange(1, horizon + 1))
    return table


def _notes(x: Floats, m: int, short: bool, method: str, test: Backtest) -> tuple[str, ...]:
    found = {
        "short": short,
        "constant": bool((x == x[0]).all()),
        "few_trials": test.origins < 6,
        "zeros": method in FOR_ZEROS,
        "seasonal_untried": m > 1 and len(x) > m and "seasonal_naive" not in set(test.scores["method"]),
        "no_seasonal_naive": m > 1 and len(x) <= m,
    }
    return tuple(code for code, there in found.items() if there)


def _weights(series: Any, horizon: int, calendar: str, holidays: Iterable[Any], asked_by: str) -> Floats | None:
    """Days of every period, past and to come, or nothing."""
    if calendar == "none":
        return None
    heading = say("`{function}` can't use this calendar.", function=asked_by)
    if not isinstance(series, PeriodSeries) or series.unit == "day":
        what = say("A calendar needs a series of weeks or longer periods with dates, as `demand_series` returns it.")
        raise InputError(heading, [Problem("no_calendar", what, column="calendar")])
    periods = pd.concat([series.finished, series.later(horizon)])
    if calendar == "days":
        return periods["days"].to_numpy(np.float64)
    starts = periods["starts_on"].to_numpy("datetime64[D]")
    closed = np.array([as_day(day, "holidays") for day in holidays], dtype="datetime64[D]")
    ends = starts + periods["days"].to_numpy().astype("timedelta64[D]")
    days = np.busday_count(starts, ends, holidays=closed).astype(np.float64)
    if (days <= 0).any():
        label = periods["period"].iloc[int(np.argmax(days <= 0))]
        what = say("The period {period} has no working day.", period=label)
        raise InputError(heading, [Problem("no_working_day", what, column="holidays")])
    return days


def _short(value: float) -> str:
    """A number with three digits that mean something."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return format_number(round(value, digits) if digits else round(value))
