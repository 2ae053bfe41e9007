"""What makes customers leave sooner: Cox's proportional hazards.

The hazard h(t | x), the rate of leaving at age t among those still there, is a baseline that may have any form, times
a factor that does not change with age:

    h(t | x) = h₀(t) exp(β'x).

exp(β) is the hazard ratio of one unit of a covariate: 1.5 means leaving at a rate half as high again, at every age.
β comes from the partial likelihood (Cox 1972), ties after Efron (1977), by Newton's method. Three cautions.

The assumption. A factor that changes with age makes β a mean over the ages seen; `proportional_hazards_table` looks
for that. The reading. β says who leaves sooner, not what would make anybody stay: for that an experiment is needed.
The data. Covariates must have been known when the life began. One that is collected over the life (visits in all,
last invoice) is the future in disguise.

The likelihood has no maximum where a covariate, or a sum of several, parts those who left from the others without
exception (*separation*): the covariate is named, no number comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.concordance import concordance_of
from crm_toolkit.analysis.survival.cox_likelihood import Likelihood, RiskSets, likelihood, risk_sets
from crm_toolkit.analysis.survival.kaplan_meier import LEVEL, require_times
from crm_toolkit.analysis.survival.reading import Floats, Lives, numbers_of, read_frame, read_lives
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say, say_count

_MOST_STEPS = 60


@dataclass(frozen=True, eq=False)
class CoxModel:
    """A proportional hazards model, estimated.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        One row for each covariate: ``covariate``, ``coefficient`` (per unit), ``standard_error``, ``hazard_ratio``,
        ``low``, ``high`` (interval of the hazard ratio), ``z``, ``p_value`` (Wald).
    covariance : pandas.DataFrame
        Of the coefficients, by name.
    tests : pandas.DataFrame
        Whether the covariates say anything at all: ``test`` ("likelihood_ratio", "wald", "score"), ``statistic``,
        ``degrees_of_freedom``, ``p_value``.
    baseline : pandas.DataFrame
        For a customer whose covariates are all at ``means``: ``time`` (of an event), ``cumulative_hazard``,
        ``survival``.
    means : pandas.Series
        Mean of each covariate.
    log_likelihood, log_likelihood_null : float
        Logarithm of the partial likelihood, with the covariates and without.
    customers, events : int
    last_time : float
        Longest duration; beyond it nothing is known.
    level : float
        Level of the intervals.
    duration, event, entry : str
        Columns that were read.
    """

    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    tests: pd.DataFrame
    baseline: pd.DataFrame
    means: pd.Series
    log_likelihood: float
    log_likelihood_null: float
    customers: int
    events: int
    last_time: float
    level: float
    duration: str = "duration"
    event: str = "event"
    entry: str | None = None
    _fit: _Fit | None = field(default=None, repr=False)

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the covariates."""
        return tuple(self.coefficients["covariate"])

    def concordance(self, lives: Any) -> float:
        """Harrell's concordance index: how often the customer with the higher risk leaves first.

        Parameters
        ----------
        lives : frame, relation or path
            Duration, event and covariates; best of customers that the model has not seen: among those that it was
            estimated from it is a little too good.

        Returns
        -------
        float
            Share of comparable pairs in the right order, 0 to 1; 0.5 is chance.

        Raises
        ------
        InputError
            If a column is missing or wrong, or no pair can be compared.
        """
        read = read_lives(lives, duration=self.duration, event=self.event, entry=self.entry, covariates=self.covariates,
                          asked_by="concordance")  # fmt: skip
        risk = (read.covariates - self.means.to_numpy()) @ self._beta
        found = concordance_of(read.duration, read.event, read.entry, risk)
        if found is None:
            what = say("No customer was seen to leave while another was still under observation.")
            heading = say("`{function}` can't use these lives.", function="concordance")
            raise InputError(heading, [Problem("no_pairs", what)])
        return found

    def log_hazard_ratio(self, customers: Any) -> Floats:
        """β'(x − means) of each row: 0 for a customer like the mean, higher for those who leave sooner.

        Parameters
        ----------
        customers : frame, relation or path
            The covariates, without gaps.

        Raises
        ------
        InputError
            If a column is missing or not of finite numbers.
        """
        return (self._read(customers, "log_hazard_ratio") - self.means.to_numpy()) @ self._beta

    def predict_survival(self, customers: Any, times: Any) -> pd.DataFrame:
        """The share of customers like these that is still there after given times.

        Parameters
        ----------
        customers : frame, relation or path
            One row per customer with the covariates; rows keep their order in pandas.
        times : float or sequence of float
            From 0, in the unit of the durations, not beyond ``last_time``.

        Returns
        -------
        pandas.DataFrame
            For each row and time: ``row`` (place in the table, from 0), ``time``, ``survival``, ``low``, ``high``
            (interval of the curve, symmetric for log(−log S); it does not say when one customer leaves).

        Raises
        ------
        InputError
            If a column is missing or not of finite numbers, or a time is negative or beyond what is known.

        Examples
        --------
        >>> lives = pd.DataFrame({"duration": [1, 2, 3, 4, 5, 6], "event": 1, "app": [0, 0, 1, 0, 1, 1]})
        >>> model = fit_cox(lives, ["app"])
        >>> print(model.predict_survival(pd.DataFrame({"app": [0, 1]}), [3]).round(2).to_string(index=False))
         row  time  survival  low  high
           0   3.0      0.27 0.01  0.71
           1   3.0      0.78 0.15  0.97
        """
        assert self._fit is not None
        x = self._read(customers, "predict_survival") - self.means.to_numpy()
        moments = require_times(times, asked_by="predict_survival")
        if (moments > self.last_time).any():
            what = say("The curve is known up to {last}, the horizon is {until}.", last=format_number(self.last_time),
                       until=format_number(float(moments.max())))  # fmt: skip
            heading = say("`{function}` can't look so far.", function="predict_survival")
            raise InputError(heading, [Problem("beyond_data", what, column="times")])
        survival, low, high = self._fit.survival(self.baseline, self._beta, x, moments, self.level)
        return pd.DataFrame(
            {
                "row": np.repeat(np.arange(len(x)), len(moments)),
                "time": np.tile(moments, len(x)),
                "survival": survival.ravel(),
                "low": low.ravel(),
                "high": high.ravel(),
            }
        )

    @property
    def _beta(self) -> Floats:
        return self.coefficients["coefficient"].to_numpy()

    def _read(self, customers: Any, asked_by: str) -> Floats:
        frame = read_frame(customers, self.covariates, asked_by=asked_by)
        problems: list[Problem] = []
        columns = [numbers_of(frame, name, problems) for name in self.covariates]
        if problems:
            raise InputError(say("`{function}` can't use these customers.", function=asked_by), problems)
        return np.array(columns).T.reshape(len(frame), len(columns))


@dataclass(frozen=True, eq=False)
class _Fit:
    """What predictions and their intervals need, covariates centred and scaled."""

    scale: Floats
    covariance: Any  # array
    spread: Any  # array: cumulated Σ 1/den²
    pull: Floats  # cumulated Σ (R₁ − f D₁)/den²

    def survival(
        self, baseline: pd.DataFrame, beta: Floats, x: Floats, times: Floats, level: float
    ) -> tuple[Floats, Floats, Floats]:
        from scipy.special import ndtri

        place = np.searchsorted(baseline["time"].to_numpy(), times, side="right")
        hazard = np.concatenate([[0.0], baseline["cumulative_hazard"].to_numpy()])[place]
        spread = np.concatenate([[0.0], self.spread])[place]
        pull = np.vstack([np.zeros((1, len(beta))), self.pull])[place]
        ratio = np.exp(x @ beta)
        aside = pull[None, :, :] - hazard[None, :, None] * (x / self.scale)[:, None, :]
        variance = spread[None, :] + np.einsum("itk,kl,itl->it", aside, self.covariance, aside)
        with np.errstate(divide="ignore", invalid="ignore"):  # of log H: the ratio falls out
            reach = float(ndtri(0.5 + level / 2)) * np.where(hazard > 0, np.sqrt(variance) / hazard, 0.0)
        total = ratio[:, None] * hazard[None, :]
        return np.exp(-total), np.exp(-total * np.exp(reach)), np.exp(-total * np.exp(-reach))


def fit_cox(
    lives: Any,
    covariates: Sequence[str],
    *,
    duration: str = "duration",
    event: str = "event",
    entry: str | None = None,
    level: float = LEVEL.default,
) -> CoxModel:
    """Estimate how covariates go with leaving sooner or later.

    Parameters
    ----------
    lives : frame, relation or path
        One row per customer: duration, event and the covariates, numbers without gaps that were known when the life
        began; code kinds as 0 and 1.
    covariates : sequence of str
        Columns.
    duration, event, entry : str
        Columns as in `kaplan_meier`.
    level : float
        Level of the intervals, 0.5 to 0.999.

    Returns
    -------
    CoxModel

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing or infinite, nobody has left, a covariate is
        the same for all, follows from others, or parts those who left from the others without exception.

    References
    ----------
    Cox, D. R. (1972). Regression Models and Life-Tables. Journal of the Royal Statistical Society B 34, 187–220.
    Efron, B. (1977). The Efficiency of Cox's Likelihood Function for Censored Data. Journal of the American
    Statistical Association 72, 557–565.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> discount = luck.integers(0, 2, 500)
    >>> left = luck.exponential(10 / np.exp(0.7 * discount))
    >>> lives = pd.DataFrame({"duration": np.minimum(left, 12), "event": left <= 12, "discount": discount})
    >>> model = fit_cox(lives, ["discount"])
    >>> columns = ["covariate", "coefficient", "standard_error", "hazard_ratio", "low", "high"]
    >>> print(model.coefficients[columns].round(2).to_string(index=False))
    covariate  coefficient  standard_error  hazard_ratio  low  high
     discount         0.74             0.1          2.09 1.71  2.56
    """
    asked_by = "fit_cox"
    share = LEVEL.check(level)
    names = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    heading = say("`{function}` can't be estimated.", function=asked_by)
    if not names or len(set(names)) < len(names):
        what = say("Name at least one covariate.") if not names else say("A covariate is named twice.")
        raise InputError(heading, [Problem("covariates", what, column="covariates")])
    read = read_lives(lives, duration=duration, event=event, entry=entry, covariates=names, asked_by=asked_by)
    centre, scale = _scaling(read, names, heading)
    sets = risk_sets(read, centre, scale)
    beta, found, null = _climb(sets, names, heading)
    return _model(read, sets, names, beta, found, null, centre, scale, share, (duration, event, entry))


def _scaling(read: Lives, names: tuple[str, ...], heading: str) -> tuple[Floats, Floats]:
    problems = []
    if not read.events:
        what = say_count("{count} customer, no churn observed: nothing tells who leaves sooner.",
                         "{count} customers, no churn observed: nothing tells who leaves sooner.",
                         read.customers)  # fmt: skip
        problems.append(Problem("no_events", what, advice=say("Observe longer."), column="event"))
    centre, scale = read.covariates.mean(axis=0), read.covariates.std(axis=0)
    low, high = read.covariates.min(axis=0), read.covariates.max(axis=0)
    flat = [name for name, one, two in zip(names, low, high, strict=True) if one == two]
    problems += [
        Problem("constant", say("The covariate `{name}` is the same for all customers.", name=name), column=name)
        for name in flat
    ]
    if not problems:
        problems = _dependent(read.covariates, centre, scale, names)
    if problems:
        raise InputError(heading, problems)
    return centre, scale


def _dependent(x: Floats, centre: Floats, scale: Floats, names: tuple[str, ...]) -> list[Problem]:
    """Covariates that follow from those before them."""
    many = len(names)
    cross = np.zeros((many, many))
    for k in range(many):
        column = (x[:, k] - centre[k]) / scale[k]
        for other in range(k + 1):
            cross[k, other] = cross[other, k] = np.dot(column, (x[:, other] - centre[other]) / scale[other]) / len(x)
    problems, kept = [], [0]
    for k in range(1, many):
        inner = cross[np.ix_(kept, kept)]
        slopes = np.linalg.solve(inner, cross[kept, k])
        if cross[k, k] - cross[kept, k] @ slopes > 1e-9:
            kept.append(k)
            continue
        sources = [names[j] for j, slope in zip(kept, slopes, strict=True) if abs(slope) > 1e-6]
        what = say("The covariate `{name}` follows from: {names}.", name=names[k], names=join_names(sources))
        problems.append(Problem("dependent", what, advice=say("Leave one of them out."), column=names[k]))
    return problems


def _climb(sets: RiskSets, names: tuple[str, ...], heading: str) -> tuple[Floats, Likelihood, Likelihood]:
    """Newton's method with halved steps; the last evaluation stands at the maximum."""
    beta = np.zeros(len(names))
    null = here = likelihood(sets, beta)
    width = np.ptp(sets.x, axis=0)
    for _ in range(_MOST_STEPS):
        step = _newton_step(here)
        gain = float(here.gradient @ step)
        if gain < 1e-11 * max(1.0, len(sets.event) / 1000):
            break
        length = 1.0
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            ahead = likelihood(sets, beta + step)
            while not ahead.value >= here.value - 1e-9 * abs(here.value) and length > 1e-6:
                length /= 2
                ahead = likelihood(sets, beta + length * step)
        beta, here = beta + length * step, ahead
        if (np.abs(beta) * width > 60).any():
            break
    curvature, vectors = np.linalg.eigh(here.information)
    flat = curvature <= 1e-12 * max(float(curvature.max()), 1e-300)
    error = np.sqrt((vectors**2 / np.where(flat, 1e-300, np.maximum(curvature, 1e-300))).sum(axis=1))
    away = [k for k in range(len(names)) if error[k] * width[k] > 100]
    if away:
        raise InputError(heading, [_separation(sets, names[k], k, float(beta[k])) for k in away])
    return beta, likelihood(sets, beta, detailed=True), null


def _newton_step(here: Likelihood) -> Floats:
    curvature, vectors = np.linalg.eigh(here.information)
    inverse = 1 / np.maximum(curvature, 1e-10 * max(float(curvature.max()), 1e-300))
    step = vectors @ (inverse * (vectors.T @ here.gradient))
    return step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-300))


def _separation(sets: RiskSets, name: str, k: int, slope: float) -> Problem:
    column, left = sets.x[:, k], sets.x[sets.event, k]
    reached = say("The climb was stopped at {values}.", values=f"{name} = {slope:.3g}")
    if len(np.unique(column[:10_000])) <= 2 and len(np.unique(column)) == 2:
        level = say("the higher") if (left == column.min()).all() else say("the lower")
        if len(np.unique(left)) == 1:
            what = say("Nobody with {level} value of `{name}` has left: its hazard ratio has no finite estimate.",
                       level=level, name=name)  # fmt: skip
            advice = say("Leave `{name}` out and look at the two groups apart, with `kaplan_meier`.", name=name)
            return Problem("separation", what, advice=advice, column=name)
    what = say("`{name}` parts those who left from those who stayed without exception (separation): its coefficient "
               "has no finite estimate.", name=name)  # fmt: skip
    advice = say("Leave `{name}` out, or check whether it was known before they left.", name=name)
    return Problem("separation", what, found=reached, advice=advice, column=name)


def _model(
    read: Lives, sets: RiskSets, names: tuple[str, ...], beta: Floats, found: Likelihood, null: Likelihood,
    centre: Floats, scale: Floats, level: float, columns: tuple[str, str, str | None],
) -> CoxModel:  # fmt: skip
    from scipy.special import chdtrc, ndtr, ndtri

    inner = np.linalg.inv(found.information)
    slope, error = beta / scale, np.sqrt(np.diag(inner)) / scale
    reach, z = float(ndtri(0.5 + level / 2)) * error, slope / error
    table = pd.DataFrame(
        {
            "covariate": names,
            "coefficient": slope,
            "standard_error": error,
            "hazard_ratio": np.exp(slope),
            "low": np.exp(slope - reach),
            "high": np.exp(np.minimum(slope + reach, 700.0)),
            "z": z,
            "p_value": 2 * ndtr(-np.abs(z)),
        }
    )
    tests = {
        "likelihood_ratio": 2 * (found.value - null.value),
        "wald": float(beta @ found.information @ beta),
        "score": float(null.gradient @ np.linalg.solve(null.information, null.gradient)),
    }
    rows = [(name, max(value, 0.0), len(names), float(chdtrc(len(names), max(value, 0.0)))) for name, value in
            tests.items()]  # fmt: skip
    hazard = np.cumsum(found.increments)
    baseline = pd.DataFrame({"time": sets.times, "cumulative_hazard": hazard, "survival": np.exp(-hazard)})
    fit = _Fit(scale, inner, np.cumsum(found.spread, dtype=np.float64), np.cumsum(found.pull, axis=0))
    return CoxModel(
        table,
        pd.DataFrame(inner / np.outer(scale, scale), index=list(names), columns=list(names)),
        pd.DataFrame(rows, columns=["test", "statistic", "degrees_of_freedom", "p_value"]),
        baseline,
        pd.Series(centre, index=list(names), name="mean"),
        found.value,
        null.value,
        read.customers,
        read.events,
        float(read.duration.max()),
        level,
        *columns,
        fit,
    )
