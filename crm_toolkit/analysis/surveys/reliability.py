"""How far the items of a scale agree: Cronbach's alpha, and what each item does to it.

    α = k/(k−1) · (1 − Σ variances of the k items / variance of their sum)        Cronbach 1951

Alpha says how much of the sum's variance the items share. High α does not show that a scale measures one thing, or the
right thing; it grows with the number of items alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say, say_count


@dataclass(frozen=True, eq=False)
class Reliability:
    """How far the items of a scale agree.

    Parameters
    ----------
    alpha, low, high : float
        Cronbach's alpha and Feldt's interval; at most 1, may be below 0.
    standardised_alpha : float
        The same from correlations, as if all items had one variance.
    items : pandas.DataFrame
        ``item``, ``mean``, ``deviation``, ``item_rest_correlation`` (with the sum of the others), ``alpha_if_dropped``,
        ``reversed`` (flag: turned round on request), ``against`` (flag: runs against the first principal
        component of all, look whether it should be reversed), ``constant`` (flag: everybody gave one
        answer; its correlation is missing).
        With two items nothing is left to compare when one is dropped: ``alpha_if_dropped`` is missing.
    respondents, left_out : int
        People with all items; people without an answer to some.
    level : float
    """

    alpha: float
    low: float
    high: float
    standardised_alpha: float
    items: pd.DataFrame
    respondents: int
    left_out: int
    level: float

    def __str__(self) -> str:
        return say_count(
            "Cronbach's alpha {alpha} (from {low} to {high}), {items} items, {count} respondent.",
            "Cronbach's alpha {alpha} (from {low} to {high}), {items} items, {count} respondents.",
            self.respondents,
            alpha=format_number(self.alpha, 3),
            low=format_number(self.low, 3),
            high=format_number(self.high, 3),
            items=len(self.items),
        )


def cronbach_alpha(
    answers: Any,
    items: Sequence[str],
    *,
    reversed_items: Sequence[str] = (),
    scale: tuple[float, float] | None = None,
    level: float = LEVEL.default,
) -> Reliability:
    """Measure how far the items of a scale agree, and what each one does to it.

    Parameters
    ----------
    answers : frame, relation or path
        One row per person, a column of numbers for each item. People who left an item out take no part.
    items : sequence of str
        The columns, two or more.
    reversed_items : sequence of str
        Items that ask the other way round; their answers are turned: lowest plus highest less the answer.
    scale : tuple of float, optional
        Lowest and highest answer; needed for reversed items.
    level : float
        Level of the interval, a fraction.

    Returns
    -------
    Reliability

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, there are fewer than two items or three whole rows, an answer lies
        outside the scale, or the sum of the items is the same for everybody.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient Alpha and the Internal Structure of Tests. Psychometrika 16, 297–334. Feldt,
    L. S. (1965). The Approximate Sampling Distribution of Kuder–Richardson Reliability Coefficient Twenty.
    Psychometrika 30, 357–370.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 2, 3, 5, 5], "c": [5, 4, 3, 1, 1]})
    >>> print(cronbach_alpha(answers, ["a", "b", "c"], reversed_items=["c"], scale=(1, 5)))
    Cronbach's alpha 0.985 (from 0.924 to 0.998), 3 items, 5 respondents.
    >>> cronbach_alpha(answers, ["a", "b", "c"]).items["against"].tolist()
    [False, False, True]
    """
    share, names = LEVEL.check(level), [items] if isinstance(items, str) else list(items)
    heading = say("`{function}` can't measure this scale.", function="cronbach_alpha")
    problems = []
    if len(names) < 2 or len(set(names)) < len(names):
        what = say("A scale needs two items or more, each named once.")
        problems.append(Problem("too_few_items", what, say("Found: {value}.", value=repr(names)), column="items"))
    strangers = [name for name in reversed_items if name not in names]
    if strangers:
        what = say("These are not among the items: {names}.", names=join_names(strangers))
        problems.append(Problem("unknown_item", what, column="reversed_items"))
    if len(reversed_items) and scale is None:
        what = say("Reversed items need the ends of the scale.")
        problems.append(Problem("no_scale", what, advice=say("Give them: `scale=(1, 7)`."), column="scale"))
    if problems:
        raise InputError(heading, problems)
    found = brought_home(answers, dict.fromkeys(names, "number"), asked_by="cronbach_alpha")[names].to_numpy()
    whole = ~np.isnan(found).any(axis=1)
    values = found[whole]
    values = values[np.lexsort(values.T)]  # the same sums for every order of the rows
    if len(values) < 3:
        what = say_count("{count} person answered all items; three are needed at least.",
                         "{count} people answered all items; three are needed at least.", len(values))  # fmt: skip
        raise InputError(heading, [Problem("too_few", what)])
    turned = np.array([name in set(reversed_items) for name in names])
    values = _turned(values, names, turned, scale, heading)
    covariance = np.cov(values, rowvar=False)
    k, n, total = len(names), len(values), float(covariance.sum())
    variances = np.diagonal(covariance)
    if total <= 1e-12 * max(float(np.abs(covariance).sum()), 1e-300):
        what = say("The sum of the items is the same for everybody.")
        advice = say("Look whether an item has to be reversed, and whether people answered at all.")
        raise InputError(heading, [Problem("no_spread", what, advice=advice)])
    alpha = _alpha(float(variances.sum()), total, k)
    low, high = alpha_interval(alpha, n, k, share)
    return Reliability(alpha, low, high, _standardised(covariance), _item_table(names, values, covariance, turned), n,
                       int((~whole).sum()), share)  # fmt: skip


def _turned(values: np.ndarray, names: list[str], turned: np.ndarray, scale: Any, heading: str) -> np.ndarray:
    if scale is None:
        return values
    try:
        low, high = (float(end) for end in scale)
        fits = np.isfinite([low, high]).all() and low < high
    except (TypeError, ValueError):
        low = high = np.nan
        fits = False
    if not fits:
        what = say("`scale` must be the lowest and the highest answer, two numbers such as (1, 7).")
        raise InputError(
            heading, [Problem("bad_scale", what, say("Found: {value}.", value=repr(scale)), column="scale")]
        )
    problems = []
    for place, name in enumerate(names):
        count = int(((values[:, place] < low) | (values[:, place] > high)).sum())
        if count:
            what = say_count("{count} answer to `{name}` lies outside {low} to {high}.",
                             "{count} answers to `{name}` lie outside {low} to {high}.", count, name=name,
                             low=format_number(low), high=format_number(high))  # fmt: skip
            problems.append(Problem("outside_scale", what, column=name))
    if problems:
        raise InputError(heading, problems)
    return np.where(turned, low + high - values, values)


def _alpha(variances: float, total: float, items: int) -> float:
    return items / (items - 1) * (1 - variances / total)


def alpha_interval(alpha: Any, people: int, items: int, level: float = LEVEL.default) -> tuple[Any, Any]:
    """Feldt's interval of alpha.

    >>> low, high = alpha_interval(0.8431428, 30, 7)
    >>> round(low, 3), round(high, 3)
    (0.739, 0.916)
    """
    from scipy.special import fdtri

    ends = fdtri(people - 1, (people - 1) * (items - 1), [(1 + level) / 2, (1 - level) / 2])
    return 1 - (1 - alpha) * float(ends[0]), 1 - (1 - alpha) * float(ends[1])


def _standardised(covariance: np.ndarray) -> float:
    deviation = np.sqrt(np.diagonal(covariance))
    varying = deviation > 0
    part = covariance[np.ix_(varying, varying)] / np.outer(deviation[varying], deviation[varying])
    size = int(varying.sum())
    if size < 2:
        return 0.0
    total = float(part.sum())
    return _alpha(float(size), total, size) if total > 1e-12 else 0.0


def _against(covariance: np.ndarray) -> np.ndarray:
    """Items that run against the first principal component of the whole scale."""
    deviation = np.sqrt(np.diagonal(covariance))
    varying = deviation > 0
    scale = np.where(varying, deviation, 1.0)
    first = np.linalg.eigh(covariance / np.outer(scale, scale))[1][:, -1]
    return varying & (first * np.sign(first.sum() or 1.0) < -1e-9)


def _item_table(names: list[str], values: np.ndarray, covariance: np.ndarray, turned: np.ndarray) -> pd.DataFrame:
    variances, total, k = np.diagonal(covariance), float(covariance.sum()), len(names)
    with_all = covariance.sum(axis=0)
    rest = total - 2 * with_all + variances
    together = with_all - variances
    known = (variances > 1e-14) & (rest > 1e-14)
    correlation = np.where(known, together / np.sqrt(np.where(known, variances * rest, 1.0)), np.nan)
    if k > 2:
        dropped = np.where(rest > 1e-14, (k - 1) / (k - 2) * (1 - (variances.sum() - variances)
                                                              / np.where(rest > 1e-14, rest, 1.0)), np.nan)  # fmt: skip
    else:
        dropped = np.full(k, np.nan)
    return pd.DataFrame(
        {
            "item": names,
            "mean": values.mean(axis=0),
            "deviation": np.sqrt(variances),
            "item_rest_correlation": correlation,
            "alpha_if_dropped": dropped,
            "reversed": turned,
            "against": _against(covariance),
            "constant": variances <= 1e-14,
        }
    )
