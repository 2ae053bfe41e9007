"""The Bass model fitted to a history of adoption: p, q, m with errors, the peak, and a forecast with intervals.

Adopters of period i are expected to be m (F(i) − F(i − 1)), F as in `behaviour.bass_share`. Three ways to fit:

``"mle"``   largest likelihood of counts: each period's adopters Poisson (the limit of Schmittlein and Mahajan's 1982
            multinomial when m is a small part of the population). m is then what came divided by F of the last period.
``"nls"``   least squares of the periods (Srinivasan and Mason 1986): errors of one size in every period.
``"ols"``   Bass's own (1969): S = a + bY + cY² with Y all who came before, p = a/m, q = −mc, m the positive root of
            a + bm + cm² = 0. Simple, and biased: a year hears of last year's sales only.

Errors come from the slopes of the curve by the delta method, scaled by the dispersion φ = Σ(residual²/variance)/(n − 3)
(`"mle"`, where the error of m is that of a fixed number of people: φm less than Poisson's) or s² (`"nls"`, `"ols"`).
Intervals of p, q and m are taken on their logarithms with Student's quantile, and cut at 10,000 times the estimate.
Simulated histories are covered as promised past the peak and shortly before it; on a curve without a peak the intervals
are too short (0.85 instead of 0.95).

What no method can do: tell m before the sales have bent. The likelihood is then a ridge, on which m grows and p falls
together; such a series is refused unless the potential is given, and one that has bent but not peaked is warned of.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.bass_climb import (
    Floats,
    adopters_of,
    gaussian_likelihood,
    own_climb,
    poisson_likelihood,
    regression_fit,
    slopes_of,
)
from crm_toolkit.analysis.bass_model import BassFit
from crm_toolkit.analysis.forecast.series_values import read_series
from crm_toolkit.analysis.least_squares import student
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.behaviour.diffusion import BassPeak, bass_peak, bass_share
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say

METHODS = ("mle", "nls", "ols")
LEAST_PERIODS = 6  # assumption: three parameters, and as many degrees of freedom for the errors
_NAMES = ["p", "q", "potential"]
_WIDEST = 1e4
_FASTEST = 5.0  # per period; 99 of 100 within one
_UNBENT = 0.02  # of the potential came: below it the bend of the curve can't be told from growth without an end


def fit_bass(
    adopters: Any, *, method: str = "mle", potential: float | None = None, level: float = LEVEL.default
) -> BassFit:
    """Fit the Bass model to the number of first purchases (or subscriptions) of each period.

    Parameters
    ----------
    adopters : sequence of numbers or analysis.PeriodSeries
        New adopters of period 1, 2, … from the start of the product, 0 or more; repeat purchases do not belong in it.
        At least six periods.
    method : {"mle", "nls", "ols"}
        How; see the head of this module.
    potential : float, optional
        m, if it is known from elsewhere; then only p and q are estimated (not with ``"ols"``).
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    BassFit

    Raises
    ------
    InputError
        If there are too few periods, a value is missing or negative, nobody came, less can come than has come, or the
        series has not bent yet, so that every large potential fits as well.

    References
    ----------
    Bass, F. M. (1969). A New Product Growth for Model Consumer Durables. Management Science 15, 215–227. Schmittlein,
    D. C., Mahajan, V. (1982). Maximum Likelihood Estimation for an Innovation Diffusion Model of New Product
    Acceptance. Marketing Science 1, 57–78. Srinivasan, V., Mason, C. H. (1986). Nonlinear Least Squares Estimation of
    New Product Diffusion Models. Marketing Science 5, 169–178. All three from memory, not checked against the sources.

    Examples
    --------
    >>> from crm_toolkit.behaviour.diffusion import draw_bass_adopters
    >>> came = draw_bass_adopters(15, p=0.02, q=0.4, potential=5000, rng=np.random.default_rng(3))
    >>> fit = fit_bass(came)
    >>> print(fit.parameters.drop(columns="given").round(4).to_string(index=False))
    parameter  estimate  standard_error       low      high
            p    0.0201          0.0009    0.0182    0.0222
            q    0.3980          0.0089    0.3790    0.4180
    potential 4995.1249         19.3730 4953.0926 5037.5139
    >>> fit.stage, round(fit.peak.time, 1)
    ('after_peak', 7.1)
    """
    share = LEVEL.check(level)
    require_choice("method", method, METHODS)
    values, labels, _ = read_series(adopters, 1, asked_by="fit_bass", least=LEAST_PERIODS)
    values = np.array(values, dtype=np.float64)
    heading = say("The Bass model can't be fitted to this series.")
    known = _checked(values, method, potential, heading)
    theta = regression_fit(values, heading) if method == "ols" else own_climb(values, method == "mle", known)
    if theta is None or (known is None and bass_share(len(values), p=theta[0], q=theta[1]) < _UNBENT):
        _refuse_unbent(values, heading)
    assert theta is not None
    if theta[:2].max() > _FASTEST:
        what = say("Nearly everybody comes within one period: p is {p}, q is {q}.", p=format_number(float(theta[0])),
                   q=format_number(float(theta[1])))  # fmt: skip
        raise InputError(heading, [Problem("too_fast", what, advice=say("Take shorter periods."))])
    return _fitted(theta, values, labels, method, known is not None, share)


def _fitted(theta: Floats, values: Floats, labels: list[Any], method: str, given: bool, level: float) -> BassFit:
    count, form = len(values), "discrete" if method == "ols" else "continuous"
    expected, slope = adopters_of(theta, count, form), slopes_of(theta, count, form)
    residual = values - expected
    free = np.array([True, True, not given])
    freedom = count - int(free.sum())
    weight = 1 / np.maximum(expected, 1e-12 * expected.max()) if method == "mle" else np.ones(count)
    dispersion = float((weight * residual**2).sum() / freedom)
    covariance = np.zeros((3, 3))
    used = slope[:, free]
    size = np.maximum(np.sqrt((weight[:, None] * used**2).sum(axis=0)), 1e-300)
    information = (weight[:, None] * used / size).T @ (used / size)
    covariance[np.ix_(free, free)] = dispersion * np.linalg.pinv(information, hermitian=True) / np.outer(size, size)
    if method == "mle" and not given:  # m people, and no other: Poisson's m is that of a next market just like this one
        covariance[2, 2] = max(covariance[2, 2] - dispersion * theta[2], 0.0)
    error = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    reach = student(level, freedom)
    edge = theta <= 1e-9
    wide = np.minimum(np.exp(np.minimum(reach * error / np.where(edge, 1.0, theta), 700.0)), _WIDEST)
    parameters = pd.DataFrame(
        {
            "parameter": _NAMES,
            "estimate": theta,
            "standard_error": error,
            "low": np.where(edge, 0.0, theta / wide),
            "high": np.where(edge, reach * error, theta * wide),
            "given": ~free,
        }
    )
    p, q, m = (float(one) for one in theta)
    peak = bass_peak(p=p, q=q, potential=m)
    stage = "no_peak" if not peak.inside else "before_peak" if peak.time > count else "after_peak"
    spread = float(((values - values.mean()) ** 2).sum())
    return BassFit(
        p, q, m, parameters, pd.DataFrame(covariance, index=_NAMES, columns=_NAMES), peak,
        *_peak_interval(theta, covariance, reach, peak), stage,
        pd.DataFrame({"period": np.arange(1, count + 1), "label": labels, "adopters": values, "expected": expected,
                      "residual": residual, "cumulative": np.cumsum(values)}),
        poisson_likelihood(values, expected) if method == "mle" else gaussian_likelihood(residual),
        dispersion, 1 - float(residual @ residual) / spread if spread else 0.0, method, level, count,
    )  # fmt: skip


def _peak_interval(
    theta: Floats, covariance: Floats, reach: float, peak: BassPeak
) -> tuple[float | None, float | None, float | None, float | None]:
    """Intervals of the peak's time and height by the delta method."""
    if not peak.inside:
        return None, None, None, None
    p, q, m = theta
    total = p + q
    by_time = np.array([-1 / (p * total) - peak.time / total, 1 / (q * total) - peak.time / total, 0.0])
    by_height = np.array([m * total / (2 * q), m * total / (2 * q) - peak.adopters / q, peak.adopters / m])
    late, high = (reach * float(np.sqrt(max(slope @ covariance @ slope, 0.0))) for slope in (by_time, by_height))
    return max(peak.time - late, 0.0), peak.time + late, max(peak.adopters - high, 0.0), peak.adopters + high


def _checked(values: Floats, method: str, potential: float | None, heading: str) -> float | None:
    problems = []
    negative = np.flatnonzero(values < 0)
    if len(negative):
        what = say("Adopters can't be negative.")
        found = say("The first one is {value}, in place {place}.", value=format_number(float(values[negative[0]])),
                    place=int(negative[0]) + 1)  # fmt: skip
        problems.append(Problem("negative", what, found, rows=tuple((negative[:20] + 1).tolist())))
    elif (values > 0).sum() < 3:
        some = int((values > 0).sum())
        what = say("Adopters came in too few periods: {count}; at least {least} are needed.", count=some, least=3)
        problems.append(Problem("too_few", what))
    if potential is not None and method == "ols":
        what = say('With `method="ols"` the potential is estimated; it can\'t be given.')
        problems.append(Problem("unknown_option", what, advice=say('Take `method="mle"` or `"nls"`.'),
                                column="potential"))  # fmt: skip
    if problems:
        raise InputError(heading, problems)
    if potential is None:
        return None
    (known,) = require_numbers("fit_bass", potential=(potential, 0, 1e18))
    if known <= values.sum():
        what = say("The potential is {potential}, but {came} have come already.", potential=format_number(known),
                   came=format_number(float(values.sum())))  # fmt: skip
        raise InputError(heading, [Problem("too_small", what, column="potential")])
    return known


def _refuse_unbent(values: Floats, heading: str) -> None:
    what = say("The series has not bent yet: any potential far above the {came} who have come fits as well.",
               came=format_number(float(values.sum())))  # fmt: skip
    advice = say("Wait for more periods, or name a potential that is known from elsewhere: `potential=`.")
    raise InputError(heading, [Problem("not_identified", what, advice=advice)])
