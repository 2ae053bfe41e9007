"""Does an effect change with age? Schoenfeld's residuals against time.

At the time of an event, the customer who leaves has covariates x; among those at risk, weighted by their hazards, the
mean is x̄. Schoenfeld's residual is x − x̄ (with ties the mean over Efron's denominators). Multiplied by the covariance
of the coefficients and the number of events it varies around the coefficient's course over time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.cox import CoxModel
from crm_toolkit.analysis.survival.cox_likelihood import likelihood, risk_sets
from crm_toolkit.analysis.survival.reading import read_lives
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

TRANSFORMS = ("rank", "identity", "log")


def proportional_hazards_table(model: CoxModel, lives: Any, *, transform: str = "rank") -> pd.DataFrame:
    """Look for covariates whose effect changes with age.

    Schoenfeld's residual of a customer who leaves is his covariate less the mean that the model expects at that time.
    Scaled (Grambsch and Therneau 1994), it follows the coefficient's course over time; a slope against a function of
    time is a sign that the hazards are not proportional. In a large base a small departure is significant too: look at
    ``correlation`` first.

    Parameters
    ----------
    model : CoxModel
        As `fit_cox` returns it.
    lives : frame, relation or path
        The table that it was estimated from.
    transform : {"rank", "identity", "log"}
        Function of time: the rank of the event, the time itself (above 0 for the logarithm).

    Returns
    -------
    pandas.DataFrame
        ``covariate``, ``correlation`` (of residual and function of time, −1 to 1), ``statistic`` (chi-squared, one
        degree of freedom), ``p_value``.

    Raises
    ------
    InputError
        As `fit_cox`, or if the time is 0 for the logarithm, or all events have one time.

    References
    ----------
    Grambsch, P. M. and Therneau, T. M. (1994). Proportional Hazards Tests and Diagnostics Based on Weighted Residuals.
    Biometrika 81, 515–526.

    Examples
    --------
    >>> from crm_toolkit.analysis.survival.cox import fit_cox
    >>> lives = pd.DataFrame({"duration": [1, 2, 3, 4, 5, 6, 7, 8], "event": 1, "app": [1, 0, 1, 0, 0, 1, 1, 1]})
    >>> found = proportional_hazards_table(fit_cox(lives, ["app"]), lives)
    >>> list(found.columns), found["covariate"].tolist()
    (['covariate', 'correlation', 'statistic', 'p_value'], ['app'])
    """
    asked_by = "proportional_hazards_table"
    require_choice("transform", transform, TRANSFORMS)
    if not isinstance(model, CoxModel) or model._fit is None:
        what = say("A value of kind `{kind}` was given.", kind=type(model).__name__)
        raise InputError(say("`{function}` needs a `CoxModel`.", function=asked_by), [Problem("unknown_kind", what)])
    read = read_lives(lives, duration=model.duration, event=model.event, entry=model.entry,
                      covariates=model.covariates, asked_by=asked_by)  # fmt: skip
    scale = model._fit.scale
    sets = risk_sets(read, model.means.to_numpy(), scale)
    found = likelihood(sets, model._beta * scale, detailed=True)
    slot = sets.until[sets.event] - 1
    residual = sets.x[sets.event] - found.mean[slot]
    times = sets.times[slot]
    heading = say("`{function}` can't look at these lives.", function=asked_by)
    if len(sets.times) < 2 or (transform == "log" and not (times > 0).all()):
        what = say("Events have one time only.") if len(sets.times) < 2 else say("An event at time 0 has no logarithm.")
        raise InputError(heading, [Problem("no_transform", what, column=model.duration)])
    if transform == "rank":
        course = np.arange(1, len(times) + 1).astype(float)
        course = (np.bincount(slot, course) / sets.deaths)[slot]  # those who leave together share their rank
    else:
        course = np.log(times) if transform == "log" else times
    course = course - course.mean()
    variance = model._fit.covariance
    scaled = len(times) * residual @ variance
    statistic = (course @ scaled) ** 2 / (len(times) * np.diag(variance) * (course @ course))
    aside = scaled - scaled.mean(axis=0)
    width = np.sqrt((aside**2).sum(axis=0) * (course @ course))
    correlation = np.where(width > 0, (course @ aside) / np.where(width > 0, width, 1.0), 0.0)
    from scipy.special import chdtrc

    return pd.DataFrame(
        {"covariate": model.covariates, "correlation": correlation, "statistic": statistic,
         "p_value": chdtrc(1, statistic)}
    )  # fmt: skip
