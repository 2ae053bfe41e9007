"""What a series of numbers must be before a method may see it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.forecast.series import PeriodSeries
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count

MINIMUM_PERIODS = 8  # assumption: fewer leave no trial worth the name


def checked_values(values: ArrayLike, least: int, *, asked_by: str) -> list[float]:
    """The values as plain numbers, or a letter: too few, not in a row, not finite."""
    heading = say("`{function}` can't use this series.", function=asked_by)
    try:
        x = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        x = np.zeros((0, 0))
    if x.ndim != 1:
        what = say("A series is numbers in a row, one for each period, the oldest first.")
        raise InputError(heading, [Problem("wrong_kind", what)])
    problems = []
    if len(x) < least:
        found = say_count("{count} period was given.", "{count} periods were given.", len(x))
        what = say_count("At least {count} period is needed.", "At least {count} periods are needed.", least)
        problems.append(Problem("too_few", what, found))
    bad = np.flatnonzero(~np.isfinite(x))
    if len(bad):
        what = say_count("{count} value is missing or infinite.", "{count} values are missing or infinite.", len(bad))
        advice = say("A period in which nothing happened is a 0; `demand_series` lays periods out.")
        problems.append(Problem("not_finite", what, advice=advice, rows=tuple((bad[:20] + 1).tolist())))
    if problems:
        raise InputError(heading, problems)
    return x.tolist()


def whole_season(season_length: Any, asked_by: str, least: int = 2) -> int:
    """The season as a whole number of periods."""
    (number,) = require_numbers(asked_by, season_length=(season_length, least, 1000))
    if number != int(number):
        what = say("A whole number is needed.")
        heading = say("`{name}` can't be {value}.", name="season_length", value=repr(season_length))
        raise InputError(heading, [Problem("not_whole", what, column="season_length")])
    return int(number)


def read_series(
    series: Any, season_length: int | None, *, asked_by: str, least: int = MINIMUM_PERIODS
) -> tuple[NDArray[np.float64], list[Any], int]:
    """Values, labels and season of a series, or a letter."""
    if isinstance(series, PeriodSeries):
        values, labels = series.values, series.finished["period"].tolist()
        m = series.season_length if season_length is None else whole_season(season_length, asked_by, 1)
    else:
        values = series
        m = 1 if season_length is None else whole_season(season_length, asked_by, 1)
        labels = []
    x = np.array(checked_values(values, least, asked_by=asked_by))
    return x, labels or list(range(1, len(x) + 1)), m
