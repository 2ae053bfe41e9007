"""SERVQUAL beside SERVPERF: which of them goes along better with what customers say of the whole.

Gap scores take the expectation away from the perception. Where everybody expects the best, that takes away nothing but
adds its noise; then perception alone (SERVPERF) predicts better (Cronin, Taylor 1992). Here both are correlated with an
outcome of the same people, with the difference's interval by resampling people. Correlation within one questionnaire is
too high for both: the mood of the moment colours all answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say, say_count


@dataclass(frozen=True)
class QualityPrediction:
    """Correlations of two measures of service quality with an outcome.

    Parameters
    ----------
    servqual, servperf : float
        Correlation of the mean gap, of the mean perception, with the outcome, −1 to 1.
    difference, low, high : float
        servperf less servqual, with its interval.
    expectation_spread, perception_spread : float
        Standard deviation over people of their mean expectation and perception: a small first one is the ceiling.
    respondents, left_out : int
    level : float
    """

    servqual: float
    servperf: float
    difference: float
    low: float
    high: float
    expectation_spread: float
    perception_spread: float
    respondents: int
    left_out: int
    level: float

    def __str__(self) -> str:
        return say_count(
            "{count} respondent: gaps r = {gap}, perception alone r = {perception}; difference {difference} "
            "(from {low} to {high}).",
            "{count} respondents: gaps r = {gap}, perception alone r = {perception}; difference {difference} "
            "(from {low} to {high}).",
            self.respondents,
            gap=format_number(self.servqual, 2),
            perception=format_number(self.servperf, 2),
            difference=format_number(self.difference, 2),
            low=format_number(self.low, 2),
            high=format_number(self.high, 2),
        )


def servqual_against_servperf(
    items: Any,
    *,
    outcome: str = "satisfaction",
    respondent: str = "survey_id",
    level: float = LEVEL.default,
    replications: int = 2_000,
    seed: int = 0,
) -> QualityPrediction:
    """Compare how far gaps and perceptions go along with an outcome of the same people.

    Parameters
    ----------
    items : frame, relation or path
        One row per person and item: ``respondent``, ``expectation``, ``perception`` and the outcome, which is the same
        in all rows of a person. Rows with a missing value are left out.
    outcome, respondent : str
        Names of these columns.
    level : float
        Level of the interval, a fraction.
    replications, seed : int
        Of the bootstrap over people, 100 to 100,000.

    Returns
    -------
    QualityPrediction

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a person has two outcomes, there are fewer than ten people, or a
        measure is the same for all.

    References
    ----------
    Cronin, J. J., Taylor, S. A. (1992). Measuring Service Quality. Journal of Marketing 56(3), 55–68.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(4)
    >>> seen = rng.normal(5, 1, 200)
    >>> items = pd.DataFrame({"survey_id": range(200), "perception": seen, "expectation": rng.normal(6.5, 0.6, 200)})
    >>> items["satisfaction"] = seen + rng.normal(size=200)
    >>> found = servqual_against_servperf(items)
    >>> found.servperf > found.servqual, found.low > 0
    (True, True)
    """
    share = LEVEL.check(level)
    heading = say("`{function}` can't compare the two measures.", function="servqual_against_servperf")
    if isinstance(replications, bool) or not isinstance(replications, int) or not 100 <= replications <= 100_000:
        what = say("`{name}` can't be {value}.", name="replications", value=repr(replications))
        allowed = say("A whole number from {low} to {high} is allowed.", low=100, high=format_number(100_000))
        raise InputError(heading, [Problem("outside_range", what, advice=allowed, column="replications")])
    wanted = {respondent: "label", "expectation": "number", "perception": "number", outcome: "number"}
    found = brought_home(items, wanted, asked_by="servqual_against_servperf")
    whole = found.dropna()
    people = whole.groupby(respondent)
    table = people[["expectation", "perception", outcome]].mean()
    mixed = int((people[outcome].nunique() > 1).sum()) if len(whole) else 0
    problems = []
    if mixed:
        what = say_count("{count} person has several values of `{name}`.",
                         "{count} people have several values of `{name}`.", mixed, name=outcome)  # fmt: skip
        problems.append(Problem("several_values", what, column=outcome))
    if len(table) < 10:
        what = say_count("{count} person with whole rows; ten are needed at least.",
                         "{count} people with whole rows; ten are needed at least.", len(table))  # fmt: skip
        problems.append(Problem("too_few", what))
    if problems:
        raise InputError(heading, problems)
    table = table.sort_values(list(table.columns), kind="stable")
    perception, expectation, y = (table[name].to_numpy() for name in ("perception", "expectation", outcome))
    gap = perception - expectation
    flat = [name for name, values in (("gap", gap), ("perception", perception), (outcome, y)) if np.ptp(values) < 1e-12]
    if flat:
        what = say("`{name}` is the same for everybody.", name=flat[0])
        raise InputError(heading, [Problem("no_spread", what, column=flat[0])])
    size = len(table)
    picks = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=replications).astype("float64")
    whole_sample = np.ones((1, size))
    servqual, servperf = (float(_correlation(whole_sample, one, y)[0]) for one in (gap, perception))
    drawn = _correlation(picks, perception, y) - _correlation(picks, gap, y)
    low, high = np.nanquantile(drawn, [(1 - share) / 2, (1 + share) / 2])
    return QualityPrediction(servqual, servperf, servperf - servqual, float(low), float(high),
                             float(expectation.std(ddof=1)), float(perception.std(ddof=1)), size,
                             len(found) - len(whole), share)  # fmt: skip


def _correlation(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x - x.mean(), y - y.mean()
    total = weights.sum(axis=1)
    mx, my = weights @ x / total, weights @ y / total
    vx, vy = weights @ x**2 / total - mx**2, weights @ y**2 / total - my**2
    known = (vx > 1e-14) & (vy > 1e-14)
    return np.where(known, (weights @ (x * y) / total - mx * my) / np.sqrt(np.where(known, vx * vy, 1.0)), np.nan)
