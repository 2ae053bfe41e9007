"""How many of a cohort with contracts will still be there? The shifted beta-geometric model against a constant rate.

The naive forecast takes the retention rate of the last renewal for ever. That rate is the luck of one renewal, and it
usually still rises, since those who are most likely to leave go first. Whether that matters for *these* customers is
tried out: the last renewals are kept back, both forecast them, and the errors are compared.

The interval comes from the parameters' uncertainty and from chance in a cohort of this size: parameters are drawn from
their normal approximation on the log scale, the number of survivors from a binomial distribution. It knows nothing of a
change of prices or terms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.analysis.btyd.shifted_beta_geometric import ShiftedBetaGeometric, fit_shifted_beta_geometric
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_percent, say, say_count

_DRAWS = 2_000


@dataclass(frozen=True, eq=False)
class RetentionForecast:
    """A cohort's survivors, those to come, and what the forecast is worth.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per renewal from 0: ``renewal``, ``survivors`` (seen; missing in the future), ``forecast``, ``low``,
        ``high``, ``naive`` (customers; in the past the model's fit and no interval).
    model : ShiftedBetaGeometric
    level : float
        Of the interval.
    held_back : int
        Renewals that the trial forecast; 0 if there were too few for a trial.
    error, naive_error : float or None
        Mean absolute errors in the trial, as a fraction of the cohort.
    """

    table: pd.DataFrame
    model: ShiftedBetaGeometric
    level: float
    held_back: int
    error: float | None
    naive_error: float | None

    @property
    def beat_naive(self) -> bool | None:
        """Whether the model was nearer in the trial; ``None`` without a trial."""
        if self.error is None or self.naive_error is None:
            return None
        return self.error < self.naive_error

    def reading(self) -> str:
        """Say what the trial showed."""
        if self.error is None or self.naive_error is None:
            return say("There were too few renewals for a trial: how good the forecast is has not been seen.")
        numbers = {"error": format_percent(self.error), "naive": format_percent(self.naive_error)}
        tried = say_count(
            "The last renewal was kept back and forecast.",
            "The last {count} renewals were kept back and forecast.",
            self.held_back,
        )
        if self.beat_naive:
            told = say("The model missed by {error} of the cohort on average, a constant rate by {naive}.", **numbers)
        else:
            told = say("The model did not beat the naive forecast: it missed by {error} of the cohort on average, a "
                       "constant rate by {naive}.", **numbers)  # fmt: skip
        return f"{tried} {told}"


def forecast_retention(
    survivors: ArrayLike, *, horizon: int, level: float = 0.8, held_back: int | None = None, seed: int = 0
) -> RetentionForecast:
    """Project how many customers of a cohort will renew, and compare with a constant rate.

    Parameters
    ----------
    survivors : sequence of float
        Customers of one cohort at the start and after each renewal; at least two renewals.
    horizon : int
        Renewals ahead, from 1.
    level : float
        Level of the interval, a fraction.
    held_back : int, optional
        Renewals kept back for the trial; by default a third of them, if at least two remain to learn from.
    seed : int
        Of the draws for the interval.

    Returns
    -------
    RetentionForecast

    Raises
    ------
    InputError
        As `fit_shifted_beta_geometric`; or if a number is out of range.

    References
    ----------
    Fader, P. S. and Hardie, B. G. S. (2007). How to Project Customer Retention. Journal of Interactive Marketing
    21 (1), 76-90.

    Examples
    --------
    >>> ahead = forecast_retention([1000, 631, 468, 382, 326, 289, 262, 241], horizon=2, held_back=3)
    >>> ahead.table[["renewal", "forecast", "naive"]].tail(2).round().astype(int).to_numpy().tolist()
    [[8, 222, 222], [9, 206, 204]]
    >>> print(ahead.reading())
    The last 3 renewals were kept back and forecast. The model missed by 0.8% of the cohort on average, a constant rate
    by 2.5%.
    """
    asked_by = "forecast_retention"
    ahead, share = require_numbers(asked_by, horizon=(horizon, 1, 200), level=(level, 0.5, 0.99))
    model = fit_shifted_beta_geometric(survivors)
    left = np.asarray(survivors, dtype=float)
    renewals, size = len(left) - 1, int(ahead)
    kept = renewals // 3 if held_back is None else held_back
    require_numbers(asked_by, held_back=(kept, 0, 200))
    kept = int(kept)
    if held_back is not None and renewals - kept < 2:
        what = say("To learn from, at least two renewals must remain; {found} would.", found=renewals - kept)
        heading = say("`{function}` can't be estimated.", function=asked_by)
        raise InputError(heading, [Problem("too_few_renewals", what, column="held_back")])
    later = np.arange(renewals + 1, renewals + size + 1)
    forecast = left[-1] * model.survival(later) / model.survival(renewals)
    low, high = _interval(model, left, later, share, seed)
    past = np.arange(renewals + 1)
    gap = np.full(renewals + 1, np.nan)
    table = pd.DataFrame(
        {
            "renewal": np.r_[past, later],
            "survivors": np.r_[left, np.full(size, np.nan)],
            "forecast": np.r_[left[0] * model.survival(past), forecast],
            "low": np.r_[gap, low],
            "high": np.r_[gap, high],
            "naive": np.r_[gap, _constant(left, size)],
        }
    )
    error, naive_error = _tried(left, kept) if renewals - kept >= 2 and kept else (None, None)
    return RetentionForecast(table, model, share, kept if error is not None else 0, error, naive_error)


def _constant(left: np.ndarray, ahead: int) -> np.ndarray:
    """Survivors if the rate of the last renewal goes on."""
    rate = left[-1] / left[-2] if left[-2] > 0 else 0.0
    return left[-1] * rate ** np.arange(1, ahead + 1)


def _tried(left: np.ndarray, kept: int) -> tuple[float | None, float | None]:
    seen, later = left[:-kept], left[-kept:]
    try:
        model = fit_shifted_beta_geometric(seen)
    except InputError:  # nobody left so far, or no maximum: no trial
        return None, None
    steps = np.arange(len(seen), len(left))
    forecast = seen[-1] * model.survival(steps) / model.survival(len(seen) - 1)
    errors = [np.abs(made - later).mean() / left[0] for made in (forecast, _constant(seen, kept))]
    return float(errors[0]), float(errors[1])


def _interval(
    model: ShiftedBetaGeometric, left: np.ndarray, later: np.ndarray, level: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    luck = np.random.default_rng(seed)
    spread = model.estimation.log_covariance if model.estimation else np.zeros((2, 2))
    drawn = np.exp(luck.multivariate_normal(np.log([model.alpha, model.beta]), spread, _DRAWS))
    # the share that renews at each later renewal, (β + t − 1) / (α + β + t − 1), multiplied up
    rates = (drawn[:, 1:] + later - 1) / (drawn.sum(axis=1, keepdims=True) + later - 1)
    survivors = luck.binomial(round(left[-1]), np.cumprod(rates, axis=1))
    low, high = np.quantile(survivors, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
