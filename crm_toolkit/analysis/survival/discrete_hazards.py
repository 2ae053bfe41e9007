"""Leaving period by period: hazards in discrete time, and how many will be left.

Contracts that run by the month end by the month. The hazard of period t is the probability of leaving in it for those
who were there when it began; the share still there after k periods is the product of 1 − hazard (Singer and Willett
1993); `person_period_table` counts both. The hazard follows the covariates x through one of two links,

    logit     log(h / (1 − h)) = a(t) + β'x,   exp(β) an odds ratio,
    cloglog   log(−log(1 − h)) = a(t) + β'x,   exp(β) a hazard ratio, as if Cox's model were seen by the period,

with a baseline a(t): one number for ``"each"`` period, or a function of its number that can be carried on, ``"log"``
(a₀ + a₁ log t), ``"log-squared"`` (and a₂ (log t)²) or ``"constant"``. Estimation is by iteratively reweighted least
squares (Fisher scoring).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.hazard_scoring import (
    BASELINES,
    LINKS,
    design_of,
    require_finite,
    response_of,
    scored,
    terms_of,
)
from crm_toolkit.analysis.survival.kaplan_meier import LEVEL
from crm_toolkit.analysis.survival.reading import Floats, numbers_of, read_frame
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say, say_count

_COLUMNS = ("period", "at_risk", "events")


@dataclass(frozen=True, eq=False)
class DiscreteHazard:
    """A hazard in discrete time, estimated.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``term`` (``period_1`` … or ``intercept``, ``log_period``, ``log_period_squared``, then the covariates),
        ``coefficient``, ``standard_error``, ``low``, ``high`` (interval), ``z``, ``p_value``.
    covariance : pandas.DataFrame
        Of the coefficients, by term.
    log_likelihood : float
    link : {"logit", "cloglog"}
    baseline : {"each", "log", "log-squared", "constant"}
    covariates : tuple of str
    periods : int
        Last period with somebody at risk; a forecast beyond it is carried on by the formula of the baseline.
    at_risk, events : int
        Periods at risk and events, all customers together.
    level : float
        Level of the intervals.
    """

    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    log_likelihood: float
    link: str
    baseline: str
    covariates: tuple[str, ...]
    periods: int
    at_risk: int
    events: int
    level: float

    def survival(self, customers: Any = None, *, ahead: int, age: str | None = None) -> pd.DataFrame:
        """The share of customers like these that is still there 1, 2, … periods from now.

        Parameters
        ----------
        customers : frame, relation or path, optional
            One row per customer with the covariates (none needed without covariates).
        ahead : int
            Number of periods, from 1.
        age : str, optional
            Column with the whole periods that each has been there already: survival is then conditional on that.
            Without it life begins now.

        Returns
        -------
        pandas.DataFrame
            For each row and period: ``row`` (place in the table, from 0), ``ahead``, ``period`` (age by then),
            ``hazard``, ``survival``, ``low``, ``high`` (of survival), ``extrapolated`` (flag: beyond what was seen).

        Raises
        ------
        InputError
            If a column is missing or wrong, ``ahead`` is below 1, or a period lies beyond those seen and the baseline
            has a number for each period only.

        Examples
        --------
        >>> table = pd.DataFrame({"period": [1, 2, 3], "at_risk": [100, 60, 45], "events": [40, 15, 9]})
        >>> model = fit_discrete_hazard(table)
        >>> found = model.survival(ahead=2)
        >>> print(found[["period", "hazard", "survival", "low", "high"]].round(2).to_string(index=False))
         period  hazard  survival  low  high
              1    0.40      0.60 0.50  0.69
              2    0.25      0.45 0.35  0.54
        """
        (steps,) = require_numbers("survival", ahead=(ahead, 1, 10_000))
        x, ages = self._read(customers, age, "survival")
        steps_ahead = np.arange(1, int(steps) + 1)
        period = ages[:, None] + steps_ahead[None, :]
        self._require_seen(period, "survival")
        hazard, total, slope = self._cumulated(x, period)
        variance = np.einsum("itk,kl,itl->it", slope, self.covariance.to_numpy(), slope)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = _quantile(self.level) * np.where(total > 0, np.sqrt(variance) / total, 0.0)
        return pd.DataFrame(
            {
                "row": np.repeat(np.arange(len(period)), len(steps_ahead)),
                "ahead": np.tile(steps_ahead, len(period)),
                "period": period.ravel().astype(np.int64),
                "hazard": hazard.ravel(),
                "survival": np.exp(-total).ravel(),
                "low": np.exp(-total * np.exp(reach)).ravel(),
                "high": np.exp(-total * np.exp(-reach)).ravel(),
                "extrapolated": (period > self.periods).ravel(),
            }
        )

    def retention_forecast(self, customers: Any, *, ahead: int, age: str = "age") -> pd.DataFrame:
        """How many of the customers of today will be left 1, 2, … periods from now.

        Parameters
        ----------
        customers : frame, relation or path
            One row per customer who is there today: ``age`` and the covariates.
        ahead : int
            Number of periods, from 1.
        age : str
            Column with the whole periods that each has been there, 0 or more.

        Returns
        -------
        pandas.DataFrame
            ``ahead``, ``customers`` (expected to be left), ``low``, ``high`` (the interval holds the number that will
            be left: chance of each customer and error of the estimate together), ``extrapolated`` (flag: for some the
            forecast goes beyond the ages seen).

        Raises
        ------
        InputError
            As `survival`.

        Examples
        --------
        >>> table = pd.DataFrame({"period": [1, 2, 3], "at_risk": [100, 60, 45], "events": [40, 15, 9]})
        >>> model = fit_discrete_hazard(table, baseline="log")
        >>> today = pd.DataFrame({"age": [0, 0, 1, 1, 2, 2, 2, 2]})
        >>> print(model.retention_forecast(today, ahead=3).round(1).to_string(index=False))
         ahead  customers  low  high  extrapolated
             1        5.9  3.5   8.0         False
             2        4.8  2.0   7.6          True
             3        4.1  1.1   7.1          True
        """
        (steps,) = require_numbers("retention_forecast", ahead=(ahead, 1, 10_000))
        x, ages = self._read(customers, age, "retention_forecast")
        rows, weight = np.unique(np.column_stack([ages, x]), axis=0, return_counts=True)
        period = rows[:, :1] + np.arange(1, int(steps) + 1)[None, :]
        self._require_seen(period, "retention_forecast")
        _, total, slope = self._cumulated(rows[:, 1:], period)
        stay = np.exp(-total)
        expected = (weight[:, None] * stay).sum(axis=0)
        pull = (weight[:, None, None] * stay[:, :, None] * slope).sum(axis=0)
        variance = (weight[:, None] * stay * (1 - stay)).sum(axis=0)
        variance += np.einsum("tk,kl,tl->t", pull, self.covariance.to_numpy(), pull)
        reach = _quantile(self.level) * np.sqrt(variance)
        return pd.DataFrame(
            {
                "ahead": np.arange(1, int(steps) + 1),
                "customers": expected,
                "low": np.maximum(expected - reach, 0.0),
                "high": np.minimum(expected + reach, float(weight.sum())),
                "extrapolated": (period > self.periods).any(axis=0),
            }
        )

    def _cumulated(self, x: Floats, period: Floats) -> tuple[Floats, Floats, Floats]:
        """Hazards, cumulated −log(1 − h) and its slope by every coefficient, for each row and period."""
        rows, steps = period.shape
        design = design_of(period.ravel(), np.repeat(x, steps, axis=0), self.baseline, self.periods)
        eta = design @ self.coefficients["coefficient"].to_numpy()
        hazard, slope = response_of(eta, self.link)
        stay = np.maximum(1 - hazard, 1e-300)
        steps_of = (slope / stay)[:, None] * design
        total = np.cumsum(-np.log(stay).reshape(rows, steps), axis=1)
        return hazard.reshape(rows, steps), total, np.cumsum(steps_of.reshape(rows, steps, -1), axis=1)

    def _require_seen(self, period: Floats, asked_by: str) -> None:
        if self.baseline == "each" and (period > self.periods).any():
            what = say("The hazard of period {period} is not known: the table ends with {last}.",
                       period=format_number(float(period.max())), last=self.periods)  # fmt: skip
            advice = say('A baseline that can be carried on is needed: `baseline="log"`.')
            heading = say("`{function}` can't look so far.", function=asked_by)
            raise InputError(heading, [Problem("beyond_data", what, advice=advice, column="ahead")])

    def _read(self, customers: Any, age: str | None, asked_by: str) -> tuple[Floats, Floats]:
        if customers is None and not self.covariates and age is None:
            return np.zeros((1, 0)), np.zeros(1)
        frame = read_frame(customers, [*([age] if age else []), *self.covariates], asked_by=asked_by)
        problems: list[Problem] = []
        ages = numbers_of(frame, age, problems, least=0.0) if age else np.zeros(len(frame))
        if not problems and (ages != np.floor(ages)).any():
            problems.append(Problem("not_whole", say("`{name}` must count whole periods.", name=age), column=str(age)))
        columns = [numbers_of(frame, name, problems) for name in self.covariates]
        if not len(frame):
            problems.append(Problem("no_customers", say("The table has 0 customers.")))
        if problems:
            raise InputError(say("`{function}` can't use these customers.", function=asked_by), problems)
        return np.array(columns).T.reshape(len(frame), len(columns)), ages


def fit_discrete_hazard(
    periods: Any,
    covariates: Sequence[str] = (),
    *,
    link: str = "logit",
    baseline: str = "each",
    level: float = LEVEL.default,
) -> DiscreteHazard:
    """Estimate the hazard of every period and what goes with a higher one.

    Parameters
    ----------
    periods : frame, relation or path
        ``period`` (whole, from 1), ``at_risk``, ``events`` and the covariates, as `person_period_table` returns them;
        covariates may change from period to period.
    covariates : sequence of str
        Columns of numbers; code kinds as 0 and 1.
    link : {"logit", "cloglog"}
        Odds or hazard ratios; the head of this module says more.
    baseline : {"each", "log", "log-squared", "constant"}
        How the hazard goes with age.
    level : float
        Level of the intervals, 0.5 to 0.999.

    Returns
    -------
    DiscreteHazard

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing or can't be, nobody has left, a covariate is
        the same for all or follows from others, or a period or a covariate parts those who left from the others
        without exception.

    References
    ----------
    Singer, J. D. and Willett, J. B. (1993). It's about Time: Using Discrete-Time Survival Analysis to Study Duration
    and the Timing of Events. Journal of Educational Statistics 18, 155–195.

    Examples
    --------
    >>> table = pd.DataFrame({"period": [1, 2, 3] * 2, "app": [0] * 3 + [1] * 3, "at_risk": [100, 60, 45, 100, 80, 70]})
    >>> table["events"] = [40, 15, 9, 20, 10, 6]
    >>> model = fit_discrete_hazard(table, ["app"])
    >>> print(model.coefficients[["term", "coefficient", "standard_error"]].round(2).to_string(index=False))
        term  coefficient  standard_error
    period_1        -0.42            0.18
    period_2        -1.06            0.25
    period_3        -1.40            0.30
         app        -0.94            0.24
    """
    asked_by = "fit_discrete_hazard"
    require_choice("link", link, LINKS)
    require_choice("baseline", baseline, BASELINES)
    share = LEVEL.check(level)
    names = (covariates,) if isinstance(covariates, str) else tuple(dict.fromkeys(covariates))
    heading = say("`{function}` can't be estimated.", function=asked_by)
    period, at_risk, events, x = _read_periods(periods, names, heading, asked_by)
    last = int(period.max())
    terms = terms_of(baseline, last, names)
    _require_estimable(period, at_risk, events, x, names, baseline, heading)
    design = design_of(period, x, baseline, last)
    beta, information, value = scored(design, at_risk, events, link)
    require_finite(design, information, beta, terms, heading)
    covariance = np.linalg.inv(information)
    error = np.sqrt(np.diag(covariance))
    from scipy.special import ndtr

    reach, z = _quantile(share) * error, beta / error
    table = pd.DataFrame(
        {"term": terms, "coefficient": beta, "standard_error": error, "low": beta - reach, "high": beta + reach,
         "z": z, "p_value": 2 * ndtr(-np.abs(z))}
    )  # fmt: skip
    every = pd.DataFrame(covariance, index=terms, columns=terms)
    counts = round(float(at_risk.sum())), round(float(events.sum()))
    return DiscreteHazard(table, every, value, link, baseline, names, last, *counts, share)


def _read_periods(
    periods: Any, names: tuple[str, ...], heading: str, asked_by: str
) -> tuple[Floats, Floats, Floats, Floats]:
    frame = read_frame(periods, [*_COLUMNS, *names], asked_by=asked_by)
    problems: list[Problem] = []
    period, at_risk, events = (numbers_of(frame, name, problems, least=0.0) for name in _COLUMNS)
    x = [numbers_of(frame, name, problems) for name in names]
    if not problems and ((period < 1) | (period != np.floor(period)) | (period > 10_000)).any():
        what = say("`{name}` must hold whole numbers from 1.", name="period")
        problems.append(Problem("not_whole", what, column="period"))
    if not problems and (events > at_risk).any():
        what = say_count("In {count} row more leave than are at risk.", "In {count} rows more leave than are at risk.",
                         int((events > at_risk).sum()))  # fmt: skip
        problems.append(Problem("wrong_order", what, advice=say("Correct these lines."), column="events"))
    if not problems and not at_risk.sum():
        problems.append(Problem("no_customers", say("The table has 0 customers.")))
    if problems:
        raise InputError(heading, problems)
    kept = at_risk > 0
    return period[kept], at_risk[kept], events[kept], np.array(x).T.reshape(len(frame), len(names))[kept]


def _require_estimable(
    period: Floats, at_risk: Floats, events: Floats, x: Floats, names: tuple[str, ...], baseline: str, heading: str
) -> None:
    problems = [
        Problem("constant", say("The covariate `{name}` is the same for all customers.", name=name), column=name)
        for k, name in enumerate(names)
        if np.ptp(x[:, k]) == 0
    ]
    if not events.sum() or (events == at_risk).all():
        what = say("Nobody has left: there is no hazard to estimate.") if not events.sum() else say(
            "All have left in every period: there is no hazard to estimate.")  # fmt: skip
        problems.append(Problem("no_events", what, column="events"))
    elif baseline == "each":
        place = period.astype(np.intp)
        n, d = np.bincount(place, at_risk), np.bincount(place, events)
        wrong = np.flatnonzero((n == 0) | (d == 0) | (d == n))[1:]
        if len(wrong):
            what = say("Nobody, or everybody, leaves in these periods: {names}.", names=join_names(wrong.tolist()))
            advice = say('Use a baseline that is a function of age, `baseline="log"`, or a longer unit.')
            problems.append(Problem("separation", what, advice=advice, column="period"))
    elif baseline != "constant" and len(np.unique(period)) < {"log": 2, "log-squared": 3}[baseline]:
        what = say("There are too few different periods for this baseline.")
        problems.append(Problem("too_few", what, advice=say('Use `baseline="constant"`.'), column="period"))
    if problems:
        raise InputError(heading, problems)


def _quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))
