"""Service quality as expectation and perception (SERVQUAL), or perception alone (SERVPERF), by dimension.

gap        perception less expectation, on one item (Parasuraman, Zeithaml, Berry 1988); below zero: worse than expected
SERVPERF   perception alone (Cronin, Taylor 1992): expectations are high everywhere, and perception alone often predicts
           satisfaction better
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL, SMALLEST, group_codes, require_few_groups
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say, say_count


@dataclass(frozen=True, eq=False)
class ServiceQuality:
    """Expectation, perception and their gap by dimension of service quality, and in all.

    Parameters
    ----------
    dimensions : pandas.DataFrame
        ``dimension``, ``respondents``, ``expectation``, ``perception`` (means of the scale), ``perception_low``,
        ``perception_high``, ``gap`` (perception less expectation), ``gap_low``, ``gap_high``, ``weight`` (fractions,
        1 in all), ``enough`` (flag). The largest shortfall stands first.
    overall : pandas.DataFrame
        The rows ``"gap"`` (mean of the dimensions' gaps), ``"weighted_gap"``, ``"servperf"`` (mean of their
        perceptions), ``"weighted_servperf"``: ``measure``, ``value``, ``low``, ``high``.
    respondents : int
        People with at least one whole item.
    left_out : int
        Rows with a missing answer or without a dimension.
    level : float
    smallest : int
    """

    dimensions: pd.DataFrame
    overall: pd.DataFrame
    respondents: int
    left_out: int
    level: float
    smallest: int


def servqual_table(
    items: Any,
    *,
    weights: Mapping[Any, float] | None = None,
    respondent: str = "survey_id",
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> ServiceQuality:
    """Compare what customers expect with what they get, dimension by dimension.

    Parameters
    ----------
    items : frame, relation or path
        One row per person and item: the column ``respondent``, ``dimension``, ``expectation`` and ``perception``
        (numbers of one scale). Rows with a missing answer are left out.
    weights : mapping, optional
        Dimension → importance (any numbers from 0, such as 100 points divided); by default all alike.
    respondent : str
        Column with the key of the filled-in questionnaire.
    level : float
        Level of the intervals, a fraction.
    smallest : int
        Respondents from which a figure is read by itself.

    Returns
    -------
    ServiceQuality
        The gap of a person on a dimension is the mean of the person's items; intervals are Student's, over persons.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, fewer than two people answered a dimension, or the weights do not
        fit the dimensions.

    References
    ----------
    Parasuraman, A., Zeithaml, V. A., Berry, L. L. (1988). SERVQUAL. Journal of Retailing 64, 12–40. Cronin, J. J.,
    Taylor, S. A. (1992). Measuring Service Quality. Journal of Marketing 56(3), 55–68. The items are protected: write
    your own.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame(
    ...     {
    ...         "survey_id": [1, 1, 2, 2, 3, 3],
    ...         "dimension": ["empathy", "reliability"] * 3,
    ...         "expectation": [6, 7, 6, 6, 7, 7],
    ...         "perception": [6, 5, 5, 5, 7, 4],
    ...     }
    ... )
    >>> quality = servqual_table(items, weights={"reliability": 60, "empathy": 40})
    >>> print(quality.dimensions[["dimension", "expectation", "perception", "gap"]].round(2).to_string(index=False))
      dimension  expectation  perception   gap
    reliability         6.67        4.67 -2.00
        empathy         6.33        6.00 -0.33
    >>> quality.overall["value"].round(3).tolist()
    [-1.167, -1.333, 5.333, 5.2]
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    wanted = {respondent: "label", "dimension": "label", "expectation": "number", "perception": "number"}
    found = brought_home(items, wanted, asked_by="servqual_table")
    whole = found[[respondent, "dimension", "expectation", "perception"]].notna().all(axis=1)
    kept = found[whole]
    codes, names = group_codes(kept, "dimension")
    require_few_groups(names, "dimension", asked_by="servqual_table")
    people, _ = pd.factorize(kept[respondent])
    count = int(people.max()) + 1 if len(people) else 0
    cells = people * max(len(names), 1) + codes
    size = count * len(names)
    answered = np.bincount(cells, minlength=size).reshape(count, -1) if size else np.zeros((0, 0))
    _require_pairs(answered, names, len(found))
    each = [
        np.bincount(cells, weights=kept[name].to_numpy(), minlength=size).reshape(count, -1) / np.maximum(answered, 1)
        for name in ("expectation", "perception")
    ]
    weight = _checked_weights(weights, names)
    there = answered > 0
    number = there.sum(axis=0)
    means, spreads = {}, {}
    for name, values in (("expectation", each[0]), ("perception", each[1]), ("gap", each[1] - each[0])):
        means[name] = np.where(there, values, 0.0).sum(axis=0) / number
        spreads[name] = np.where(there, values - means[name], 0.0)
    half = {name: _student(share, number) * np.sqrt((away**2).sum(axis=0) / (number - 1) / number)
            for name, away in spreads.items()}  # fmt: skip
    table = pd.DataFrame(
        {
            "dimension": names,
            "respondents": number,
            "expectation": means["expectation"],
            "perception": means["perception"],
            "perception_low": means["perception"] - half["perception"],
            "perception_high": means["perception"] + half["perception"],
            "gap": means["gap"],
            "gap_low": means["gap"] - half["gap"],
            "gap_high": means["gap"] + half["gap"],
            "weight": weight,
            "enough": number >= least,
        }
    ).sort_values(
        ["gap", "dimension"], ignore_index=True, key=lambda c: c.round(9) if c.name == "gap" else c.astype(str)
    )
    equal = np.full(len(names), 1 / len(names))
    overall = pd.DataFrame(
        [
            (said, *_combined(means[name], spreads[name], there, parts, share))
            for said, name, parts in (
                ("gap", "gap", equal),
                ("weighted_gap", "gap", weight),
                ("servperf", "perception", equal),
                ("weighted_servperf", "perception", weight),
            )
        ],
        columns=["measure", "value", "low", "high"],
    )
    return ServiceQuality(table, overall, count, int(len(found) - len(kept)), share, least)


def _student(level: float, cases: Any) -> Any:
    from scipy.special import stdtrit

    return stdtrit(np.asarray(cases, dtype="float64") - 1, (1 + level) / 2)


def _combined(
    mean: np.ndarray, away: np.ndarray, there: np.ndarray, parts: np.ndarray, level: float
) -> tuple[float, float, float]:
    """A weighted mean of dimensions; people who answered several dimensions make these move together."""
    both = there.T.astype("float64") @ there
    number = np.diagonal(both)
    together = np.einsum("pi,pj->ij", away, away) / np.maximum(both - 1, 1.0) * (both > 1)
    variance = float((parts[:, None] * parts[None, :] * together * both / np.outer(number, number)).sum())
    value = float((parts * mean).sum())
    half = float(_student(level, number[parts > 0].min())) * max(variance, 0.0) ** 0.5
    return value, value - half, value + half


def _require_pairs(answered: np.ndarray, names: list[Any], rows: int) -> None:
    heading = say("`{function}` can't compare expectation and perception.", function="servqual_table")
    if not names:
        what = say_count("{count} row, and none of them whole.", "{count} rows, and none of them whole.", rows)
        raise InputError(heading, [Problem("empty", what)])
    thin = [name for name, number in zip(names, (answered > 0).sum(axis=0), strict=True) if number < 2]
    if thin:
        what = say("Fewer than two people answered: {names}.", names=join_names(thin))
        raise InputError(heading, [Problem("too_few", what, column="dimension")])


def _checked_weights(weights: Mapping[Any, float] | None, names: list[Any]) -> np.ndarray:
    if weights is None:
        return np.full(len(names), 1 / len(names))
    heading = say("`{function}` can't weight the dimensions.", function="servqual_table")
    if not isinstance(weights, Mapping) or set(weights) != set(names):
        what = say("`weights` must name every dimension once.")
        found = say("The dimensions: {names}.", names=join_names(names))
        raise InputError(heading, [Problem("other_dimensions", what, found, column="weights")])
    numbers = np.array(require_numbers("servqual_table", **{str(name): (weights[name], 0.0, 1e9) for name in names}))
    if not numbers.sum():
        raise InputError(heading, [Problem("outside_range", say("All weights are 0."), column="weights")])
    return numbers / numbers.sum()
