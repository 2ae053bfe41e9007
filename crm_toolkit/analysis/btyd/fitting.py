"""Maximum likelihood for the models of this room: Newton's steps on log parameters, or BFGS with the exact gradient.

All parameters are positive, so their logarithms are free. At the maximum the Hessian of the log likelihood (exact where
a model has it, else central differences of the gradient) gives the covariance of the log parameters; that of the
parameters follows by the delta method. Intervals are symmetric on the log scale, hence never below zero.

A prior is log-normal: ``LogPrior(median, spread)`` says that a parameter is about ``median``, within a factor
e^±spread in two of three cases. The result is then the posterior mode (MAP), its covariance Laplace's
approximation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]
Curved = Callable[[Floats], tuple[float, Floats, Floats]]

_MOST_ERROR = 5.0  # standard error of a logarithm: beyond it nothing is known of the parameter
_FLATTEST = 1e-8  # curvature per customer below which a direction counts as flat
_FARTHEST = 9.0  # a parameter e^9 times off its start has run away: the likelihood has no maximum there


@dataclass(frozen=True)
class LogPrior:
    """A prior for one parameter: its logarithm is normal.

    Parameters
    ----------
    median : float
        The prior's median, above 0, in the parameter's own unit.
    spread : float
        Standard deviation of the logarithm, above 0.
    """

    median: float
    spread: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.median) and np.isfinite(self.spread) and self.median > 0 and self.spread > 0):
            what = say("Median and spread of a prior must be above 0.")
            heading = say("`{name}` can't be {value}.", name="LogPrior", value=(self.median, self.spread))
            raise InputError(heading, [Problem("outside_range", what)])


Priors = Mapping[str, LogPrior] | str | None


@dataclass(frozen=True)
class Estimation:
    """How parameters were estimated, and how sure they are.

    Parameters
    ----------
    log_likelihood : float
        Natural logarithm of the likelihood at the estimate, the prior not counted in.
    customers, customers_repeat, customers_unobserved : int
        Customers in all, those who came back, and those with T = 0, who say nothing.
    rows : int
        Different histories among them.
    priors : tuple of (str, LogPrior)
        Priors that took part; empty for maximum likelihood.
    prior_driven : bool
        Whether so few customers came back that the prior decides.
    covariance : pandas.DataFrame
        Of the parameters, by their names.
    log_covariance : array
        Of their logarithms; of a covariate's coefficient itself.
    free : tuple of str
        Parameters that may be negative: coefficients of covariates.
    """

    log_likelihood: float
    customers: int
    customers_repeat: int
    customers_unobserved: int
    rows: int
    priors: tuple[tuple[str, LogPrior], ...] = ()
    prior_driven: bool = False
    covariance: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False, repr=False)
    log_covariance: Floats = field(default_factory=lambda: np.zeros((0, 0)), compare=False, repr=False)
    free: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where a log likelihood is highest."""

    values: Floats
    log_likelihood: float
    log_covariance: Floats

    def covariance(self, names: Sequence[str], free: Sequence[str] = ()) -> pd.DataFrame:
        """Covariance of the parameters themselves, by the delta method."""
        scale = np.array([1.0 if name in free else value for name, value in zip(names, self.values, strict=True)])
        return pd.DataFrame(self.log_covariance * scale[:, None] * scale, index=list(names), columns=list(names))


def maximise_curved(
    curved: Curved,
    names: Sequence[str],
    start: Sequence[float],
    *,
    asked_by: str,
    scale: float,
    priors: Mapping[str, LogPrior] | None = None,
) -> Maximum:
    """Climb by Newton's steps where the Hessian is known exactly, too; where they fail, as `maximise`.

    Parameters
    ----------
    curved : callable
        Takes the parameters, all positive; returns log likelihood, gradient and Hessian with respect to them.
    names, start, asked_by, scale, priors
        As for `maximise`.
    """
    priors = priors or {}
    centre = np.array([np.log(priors[name].median) if name in priors else 0.0 for name in names])
    pull = np.array([priors[name].spread ** -2.0 if name in priors else 0.0 for name in names])

    def downhill(point: Floats) -> tuple[float, Floats, Floats]:
        values = np.exp(point)
        height, gradient, hessian = curved(values)
        off, slope = point - centre, gradient * values
        bend = hessian * values[:, None] * values + np.diag(slope - pull)
        return -(height - 0.5 * float((pull * off * off).sum())) / scale, (pull * off - slope) / scale, -bend / scale

    first = np.log(np.asarray(start, dtype=np.float64))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = _newton(downhill, first)
    if found is None:
        return maximise(lambda values: curved(values)[:2], names, start, asked_by=asked_by, scale=scale, priors=priors)
    point, height, hessian = found
    covariance: Floats = np.asarray(np.linalg.inv(hessian) / scale, dtype=np.float64)
    flat = [name for name, error in zip(names, np.sqrt(np.diag(covariance)), strict=True) if not error < _MOST_ERROR]
    if flat:
        raise _without_maximum(asked_by, flat, names, np.exp(point))
    off = point - centre
    return Maximum(np.exp(point), -height * scale + 0.5 * float((pull * off * off).sum()), covariance)


def _newton(downhill: Curved, point: Floats) -> tuple[Floats, float, Floats] | None:
    """Minimise by Newton's steps: the lowest point, its value and Hessian; nothing if they do not get there."""
    first = point
    value, slope, hessian = downhill(point)
    for _ in range(60):
        if not (np.isfinite(value) and np.isfinite(slope).all() and np.isfinite(hessian).all()):
            return None
        bends, axes = np.linalg.eigh(hessian)
        steep = np.where(bends > _FLATTEST, bends, np.maximum(np.abs(bends), 1e-3))
        step = -(axes * ((axes * slope[:, None]).sum(axis=0) / steep)).sum(axis=1)
        longest = float(np.abs(step).max())
        descent = float((step * slope).sum())
        if longest < 1e-5 and bends[0] > _FLATTEST:  # the next point is exact to 1e-10 and more
            return point + step, value + descent / 2, hessian
        step, descent = step / max(1.0, longest), descent / max(1.0, longest)
        for length in (1.0, 0.3, 0.1, 0.03):
            ahead = point + length * step
            found = downhill(ahead)
            if found[0] <= value + 1e-4 * length * descent + 1e-14:
                break
        else:
            return None
        if np.abs(ahead - first).max() > _FARTHEST:
            return None
        point, (value, slope, hessian) = ahead, found
    return None


def maximise(
    objective: Objective,
    names: Sequence[str],
    start: Sequence[float],
    *,
    asked_by: str,
    scale: float,
    priors: Mapping[str, LogPrior] | None = None,
    free: Sequence[str] = (),
    curvature: Floats | None = None,
) -> Maximum:
    """Climb to the maximum of a log likelihood.

    Parameters
    ----------
    objective : callable
        Takes the parameters, returns log likelihood and gradient with respect to them.
    names, start : sequences
        Parameters and where to start.
    asked_by : str
        The public function that asks, for the letter.
    scale : float
        Number of customers: the climb goes by the mean per customer.
    priors : mapping, optional
        Log-normal priors by the parameter's name; for a free parameter a normal one around 0 with that ``spread``.
    free : sequence of str
        Parameters that may be negative.
    curvature : array, optional
        Covariance of the log parameters per customer, if a former climb knows it.

    Raises
    ------
    InputError
        If the likelihood has no maximum at finite parameters.
    """
    logged = np.array([name not in free for name in names])
    priors = priors or {}
    centre = np.array([np.log(priors[name].median) if name in priors else 0.0 for name in names])
    centre[~logged] = 0.0
    pull = np.array([priors[name].spread ** -2.0 if name in priors else 0.0 for name in names])

    def values_at(point: Floats) -> Floats:
        return np.where(logged, np.exp(np.where(logged, point, 0.0)), point)

    def downhill(point: Floats) -> tuple[float, Floats]:
        values = values_at(point)
        height, gradient = objective(values)
        off = point - centre
        height -= 0.5 * float((pull * off * off).sum())
        slope = np.where(logged, gradient * values, gradient) - pull * off
        if not (np.isfinite(height) and np.isfinite(slope).all()):
            return 1e10, np.zeros_like(point)
        return -height / scale, -slope / scale

    first = np.array([np.log(value) if log else value for value, log in zip(start, logged, strict=True)])
    point = _descend(downhill, first, curvature)
    away = [name for name, far in zip(names, np.abs(point - first) > _FARTHEST - 0.1, strict=True) if far]
    if away:
        raise _without_maximum(asked_by, away, names, values_at(point))
    for _ in range(3):  # Newton's steps take the last digits
        hessian = _hessian(downhill, point)
        if not (np.isfinite(hessian).all() and _rises_everywhere(hessian)):
            raise _without_maximum(asked_by, list(names), names, values_at(point))
        step = np.linalg.solve(hessian, downhill(point)[1])
        if np.abs(step).max() > 0.5 or downhill(point - step)[0] > downhill(point)[0] + 1e-13:
            break
        point = point - step
        if np.abs(step).max() < 1e-4:
            break
    covariance: Floats = np.asarray(np.linalg.inv(hessian) / scale, dtype=np.float64)
    flat = [name for name, error in zip(names, np.sqrt(np.diag(covariance)), strict=True) if not error < _MOST_ERROR]
    if flat:
        raise _without_maximum(asked_by, flat, names, values_at(point))
    values = values_at(point)
    return Maximum(values, float(objective(values)[0]), covariance)


def _descend(downhill: Objective, first: Floats, inverse: Floats | None) -> Floats:
    """Minimise by BFGS that starts from the true curvature; sums instead of BLAS, whose threads cost more than they do.

    Stops at the edge of the box e^±9 around the start.
    """
    point = first.copy()
    value, slope = downhill(point)
    if inverse is None:
        steps = np.eye(len(point)) * 1e-4
        hessian = np.array([(downhill(point + step)[1] - slope) / 1e-4 for step in steps])
        curvature, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        inverse = np.einsum("ik,k,jk->ij", vectors, 1 / np.maximum(np.abs(curvature), 1e-3), vectors)
    for _ in range(300):
        step = -(inverse * slope).sum(axis=1)
        descent = float((step * slope).sum())
        if not descent < 0:
            step, descent = -slope, -float((slope * slope).sum())
        if -descent < 1e-14:
            break
        longest = 1.5 / max(1.5, float(np.abs(step).max()))
        step, descent = step * longest, descent * longest
        length = 1.0
        while True:
            ahead = np.clip(point + length * step, first - _FARTHEST, first + _FARTHEST)
            new_value, new_slope = downhill(ahead)
            if new_value <= value + 1e-4 * length * descent or length < 1e-8:
                break
            length *= 0.3
        if length < 1e-8 or (np.abs(ahead - first) >= _FARTHEST).any():
            return ahead if new_value < value else point
        moved, turned = ahead - point, new_slope - slope
        along = float((moved * turned).sum())
        if along > 1e-16:
            across = (inverse * turned).sum(axis=1)
            factor = (1 + float((turned * across).sum()) / along) / along
            mixed = moved[:, None] * across / along
            inverse = inverse + factor * moved[:, None] * moved - mixed - mixed.T
        point, value, slope = ahead, new_value, new_slope
    return point


def _rises_everywhere(hessian: Floats) -> bool:
    """Whether a function with that Hessian rises in every direction, and not by rounding alone."""
    bends = np.linalg.eigvalsh(hessian)
    return bool(bends[0] > len(bends) * np.finfo(np.float64).eps * bends[-1])


def _hessian(downhill: Objective, point: Floats, step: float = 1e-4) -> Floats:
    columns = []
    for k in range(len(point)):
        aside = np.zeros_like(point)
        aside[k] = step
        columns.append((downhill(point + aside)[1] - downhill(point - aside)[1]) / (2 * step))
    hessian = np.array(columns)
    return (hessian + hessian.T) / 2


def _without_maximum(asked_by: str, away: Sequence[str], names: Sequence[str], values: Floats) -> InputError:
    reached = ", ".join(f"{name} = {value:.3g}" for name, value in zip(names, values, strict=True))
    problem = Problem(
        "no_maximum",
        say(
            "The likelihood has no clear maximum: it keeps growing or stays flat in {names}.",
            names=join_names(f"`{name}`" for name in away),
        ),
        found=say("The climb was stopped at {values}.", values=reached),
        advice=say('Such data do not tell these parameters: give `priors="weak"`, or fit a simpler model.'),
    )
    return InputError(say("`{function}` can't be estimated.", function=asked_by), [problem])


def checked_priors(priors: Priors, weak: Mapping[str, LogPrior], *, asked_by: str) -> dict[str, LogPrior]:
    """The priors asked for; ``"weak"`` means those of the model."""
    if priors is None:
        return {}
    if isinstance(priors, str):
        if priors == "weak":
            return dict(weak)
        allowed = say("Allowed: {names}.", names=join_names(["'weak'", "None", "{name: LogPrior(median, spread)}"]))
        heading = say("`{name}` can't be {value}.", name="priors", value=repr(priors))
        raise InputError(heading, [Problem("unknown_option", allowed, column="priors")])
    unknown = [name for name in priors if name not in weak]
    wrong = [name for name, prior in priors.items() if not isinstance(prior, LogPrior)]
    if unknown or wrong:
        problems = [
            Problem(
                "unknown_option",
                say("The model has no parameter `{name}`.", name=name),
                found=say("Its parameters: {names}.", names=join_names(weak)),
            )
            for name in unknown
        ] + [
            Problem("wrong_kind", say("The prior of `{name}` must be a `LogPrior`.", name=name))
            for name in wrong
            if name not in unknown
        ]
        raise InputError(say("`{function}` can't use these priors.", function=asked_by), problems)
    return dict(priors)


def interval_table(values: Mapping[str, float], estimation: Estimation, level: float) -> pd.DataFrame:
    """Estimates with standard errors and the interval of this level, symmetric on the log scale."""
    from scipy.special import ndtri

    if not 0 < level < 1:
        heading = say("`{name}` can't be {value}.", name="level", value=repr(level))
        raise InputError(heading, [Problem("outside_range", say("A value between 0 and 1 is needed."))])
    reach = float(ndtri(0.5 + level / 2)) * np.sqrt(np.diag(estimation.log_covariance))
    names, estimate = list(values), np.array(list(values.values()))
    free = np.array([name in estimation.free for name in names])
    low = np.where(free, estimate - reach, estimate * np.exp(-reach))
    high = np.where(free, estimate + reach, estimate * np.exp(reach))
    error = np.sqrt(np.diag(estimation.covariance.to_numpy()))
    return pd.DataFrame(
        {"estimate": estimate, "standard_error": error, "low": low, "high": high}, index=pd.Index(names, name="name")
    )


def estimation_of(model: Any) -> Estimation:
    """The estimation behind a model, or a letter where its parameters were given by hand."""
    if model.estimation is None:
        what = say("The parameters of this model were given, not estimated.")
        heading = say("`{kind}` has no likelihood and no standard errors.", kind=type(model).__name__)
        raise InputError(heading, [Problem("not_estimated", what)])
    return model.estimation


def log_likelihood_of(model: Any) -> float:
    """Natural logarithm of the likelihood at the estimate."""
    return estimation_of(model).log_likelihood


def covariance_of(model: Any) -> pd.DataFrame:
    """Covariance of the parameters."""
    return estimation_of(model).covariance


def standard_errors_of(model: Any) -> dict[str, float]:
    """Standard errors by the parameter's name."""
    covariance = covariance_of(model)
    return dict(zip(covariance.columns, np.sqrt(np.diag(covariance.to_numpy())).tolist(), strict=True))


def interval_of(model: Any, level: float = 0.95) -> pd.DataFrame:
    """Estimates, standard errors and an interval that covers the truth in the share ``level`` of samples.

    Returns
    -------
    pandas.DataFrame
        ``estimate, standard_error, low, high`` for every parameter.
    """
    return interval_table(model.parameters, estimation_of(model), level)


def customers_of(model: Any) -> int:
    """Number of customers that the estimate comes from."""
    return estimation_of(model).customers


def require_positive(model: Any, **values: float) -> None:
    """Refuse parameters that are not positive numbers."""
    wrong = [name for name, value in values.items() if not (np.isfinite(value) and value > 0)]
    if wrong:
        problems = [
            Problem(
                "outside_range",
                say("`{name}` must be above 0, not {value}.", name=name, value=format_number(values[name])),
                column=name,
            )
            for name in wrong
        ]
        raise InputError(say("There is no {kind} with such parameters.", kind=type(model).__name__), problems)
