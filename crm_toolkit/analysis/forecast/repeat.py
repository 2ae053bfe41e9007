"""How many purchases will today's customers make? A model of their histories against "as many as lately".

Only customers already known are counted; the sum of old and new ones is a question for `forecast_series`. The naive
forecast is the number of repeat purchases in the last period of the same length. First both are tried: the history ends
earlier, by the length of the horizon, and what came is compared. Then the model is estimated on everything.

The interval is that of the model's own chance, with the parameters taken as known: histories drawn from the customers
are continued at random (BG/NBD: a rate from the gamma, a chance of leaving from the beta distribution, given the
history). With many customers that is narrow, and the model's own error is what matters: so the interval is never
narrower, in proportion, than the miss of the trial (assumption: one trial is little, but better than none).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.btyd.bgnbd import BGNBD, fit_bgnbd
from crm_toolkit.analysis.btyd.reading import compressed, read_columns
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.purchases import UNIT_DAYS, purchase_summary
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.engines import laid_out
from crm_toolkit.errors import InputError
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_date, format_number, say

_NEEDED = ("customer_id", "ordered_at", "amount")
_SAMPLE, _FUTURES, _MOST_PURCHASES = 1_000, 50, 2_000


@dataclass(frozen=True, eq=False)
class RepeatForecast:
    """Repeat purchases to come from the customers known today.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per period ahead: ``step``, ``ends_on``, ``forecast``, ``low``, ``high`` (purchase days of all
        customers together in the period), ``naive``.
    total, low, high, naive : float
        Of the whole horizon.
    model : BGNBD
    customers : int
    level : float
    tried_on : datetime.date or None
        Last day that the trial saw; ``None`` if the history was too short for one.
    happened, expected, naive_expected : float or None
        In the trial: repeat purchases of the customers then known, by the model, by the naive forecast.
    """

    table: pd.DataFrame
    total: float
    low: float
    high: float
    naive: float
    model: BGNBD
    customers: int
    level: float
    tried_on: dt.date | None
    happened: float | None
    expected: float | None
    naive_expected: float | None

    @property
    def beat_naive(self) -> bool | None:
        """Whether the model was nearer in the trial; ``None`` without a trial."""
        if self.happened is None or self.expected is None or self.naive_expected is None:
            return None
        return abs(self.expected - self.happened) < abs(self.naive_expected - self.happened)

    def reading(self) -> str:
        """Say what the trial showed."""
        if self.tried_on is None or self.happened is None:
            return say("The history was too short for a trial: how good the forecast is has not been seen.")
        numbers: dict[str, Any] = {
            "day": format_date(self.tried_on),
            "happened": format_number(round(self.happened)),
            "expected": format_number(round(self.expected or 0)),
            "naive": format_number(round(self.naive_expected or 0)),
        }
        told = say("Put back to {day}, the model expected {expected} repeat purchases, “as many as lately” {naive}; "
                   "{happened} happened.", **numbers)  # fmt: skip
        if self.beat_naive:
            return told
        return told + " " + say("The model did not beat the naive forecast.")


def forecast_repeat_purchases(
    purchases: Any, *, as_of: Any, horizon: int, unit: str = "week", level: float = 0.8, seed: int = 0
) -> RepeatForecast:
    """Forecast the repeat purchases of the customers known today, and try the forecast on the past.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units, negative on
        a return: no purchase). Purchases of a customer on one day count once.
    as_of : date, datetime or str
        Last day of the data.
    horizon : int
        Periods ahead, from 1.
    unit : {"day", "week", "month"}
        Length of a period: 1, 7 or 30.4375 days.
    level : float
        Level of the interval, a fraction.
    seed : int
        Of the futures drawn.

    Returns
    -------
    RepeatForecast

    Raises
    ------
    InputError
        As `purchase_summary` and `fit_bgnbd`: too few customers came back, and others.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> gaps = np.rint(luck.exponential(luck.gamma(2, 8, (300, 1)) + 3, (300, 40)))
    >>> alive = np.arange(40) <= luck.geometric(luck.beta(1, 4, (300, 1)) + 0.01)
    >>> days = luck.integers(0, 150, (300, 1)) + np.cumsum(gaps, axis=1)
    >>> who, which = np.nonzero(alive & (days < 300))
    >>> moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(days[who, which], unit="D")
    >>> purchases = pd.DataFrame({"customer_id": who, "ordered_at": moments, "amount": 5.0})
    >>> ahead = forecast_repeat_purchases(purchases, as_of="2024-10-26", horizon=8)
    >>> bool(ahead.low < ahead.total < ahead.high), ahead.customers
    (True, 300)
    """
    asked_by = "forecast_repeat_purchases"
    day = as_day(as_of, "as_of")
    require_choice("unit", unit, tuple(UNIT_DAYS))
    steps, share = require_numbers(asked_by, horizon=(horizon, 1, 500), level=(level, 0.5, 0.99))
    ahead, length = int(steps), UNIT_DAYS[unit]
    with laid_out(purchases, _NEEDED, asked_by=asked_by) as desk:
        require_columns(_NEEDED, desk.columns, asked_by=asked_by)
    summary = purchase_summary(purchases, as_of=day, unit=unit)
    model = fit_bgnbd(summary)
    histories = _histories(summary, asked_by)
    ends = np.arange(1, ahead + 1)
    expected = np.array([_expected(model, histories, float(end)) for end in ends])
    low, high = _interval(model, histories, ahead, share, seed)
    split = day - dt.timedelta(days=round(ahead * length))
    trial, known = _tried(purchases, day, split, unit, asked_by)
    lately = _repeats(histories) - known
    low, high = _widened(expected, low, high, trial)
    table = pd.DataFrame(
        {
            "step": ends,
            "ends_on": pd.to_datetime([day + dt.timedelta(days=round(length * end)) for end in ends]),
            "forecast": np.diff(expected, prepend=0.0),
            "low": low[:-1],
            "high": high[:-1],
            "naive": lately / ahead,
        }
    )
    customers = int(histories[1].sum())
    return RepeatForecast(
        table, float(expected[-1]), float(low[-1]), float(high[-1]), lately, model, customers, share, *trial
    )


_Histories = tuple[list[Any], Any]
_NO_TRIAL = (None, None, None, None)


def _histories(summary: Any, asked_by: str) -> _Histories:
    """Different histories with the number of customers of each."""
    numbers, weight = read_columns(summary, ("frequency", "recency", "T"), asked_by=asked_by)
    *rows, counted = compressed(list(numbers), weight)
    return rows, counted


def _expected(model: BGNBD, histories: _Histories, horizon: float) -> float:
    return float((histories[1] * model.conditional_expected_purchases(horizon, *histories[0])).sum())


def _repeats(histories: _Histories) -> float:
    """Repeat purchases that all customers have made so far."""
    return float((histories[0][0] * histories[1]).sum())


def _tried(
    purchases: Any, day: dt.date, split: dt.date, unit: str, asked_by: str
) -> tuple[tuple[dt.date | None, float | None, float | None, float | None], float]:
    """The trial (its day, what happened, model, naive), and the repeat purchases up to the split."""
    known = 0.0
    try:
        seen = purchase_summary(purchases, as_of=day, unit=unit, calibration_end=split)
        histories = _histories(seen, asked_by)
        known = _repeats(histories)
        before = purchase_summary(purchases, as_of=split - (day - split), unit=unit)
        model = fit_bgnbd(seen)
    except InputError:  # too short a history, or too few who came back by then
        return _NO_TRIAL, known
    (later, _), weight = read_columns(seen, ("holdout_frequency", "T_holdout"), asked_by=asked_by)
    length = (day - split).days / UNIT_DAYS[unit]
    lately = known - _repeats(_histories(before, asked_by))
    return (split, float((later * weight).sum()), _expected(model, histories, length), lately), known


def _interval(model: BGNBD, histories: _Histories, ahead: int, level: float, seed: int) -> tuple[Any, Any]:
    """Ends of the intervals of every period and, last, of the sum.

    Customers are drawn, their histories continued at random; the spread of the mean of many customers is that of one
    divided by the root of their number.
    """
    luck = np.random.default_rng(seed)
    (x, tx, age), weight = histories
    customers = float(weight.sum())
    drawn = luck.choice(len(x), min(_SAMPLE, round(customers)), p=weight / customers)
    counts = np.stack([_continued(model, x[drawn], tx[drawn], age[drawn], ahead, luck) for _ in range(_FUTURES)])
    both = np.concatenate([counts, counts.sum(axis=2, keepdims=True)], axis=2)
    sizes = both.var(axis=0).mean(axis=0)  # variance of one customer's count, given the history
    from scipy.special import ndtri

    reach = float(ndtri((1 + level) / 2)) * np.sqrt(sizes * customers)
    expected = np.array([_expected(model, histories, float(end)) for end in range(1, ahead + 1)])
    middle = np.r_[np.diff(expected, prepend=0.0), expected[-1]]
    return np.maximum(middle - reach, 0.0), middle + reach


def _widened(expected: Any, low: Any, high: Any, trial: tuple[Any, ...]) -> tuple[Any, Any]:
    """Intervals at least as wide, in proportion, as the trial's miss; of the periods by the same factor."""
    _, happened, foreseen, _ = trial
    middle = np.r_[np.diff(expected, prepend=0.0), expected[-1]]
    reach = high - middle
    if happened is None or not foreseen or reach[-1] <= 0:
        return low, high
    miss = abs(foreseen - happened) / foreseen * expected[-1]
    reach = reach * max(1.0, float(miss / reach[-1]))
    return np.maximum(middle - reach, 0.0), middle + reach


def _continued(model: BGNBD, x: Any, tx: Any, age: Any, ahead: int, luck: np.random.Generator) -> Any:
    """Purchases of each customer in each period to come, one future."""
    rate = luck.gamma(model.r + x) / (model.alpha + age)
    leaves = luck.beta(model.a, model.b + x)
    there = luck.random(len(x)) < model.probability_alive(x, tx, age)
    made, now = np.zeros((len(x), ahead)), np.zeros(len(x))
    for _ in range(_MOST_PURCHASES):
        now = np.where(there, now + luck.exponential(size=len(x)) / rate, np.inf)
        there = there & (now < ahead)
        if not there.any():
            break
        np.add.at(made, (np.flatnonzero(there), now[there].astype(int)), 1.0)
        there = there & (luck.random(len(x)) >= leaves)
    return made
