"""Conjoint analysis of ratings: what each level of an offer adds to how well people like it.

    rating = level of the person + Σ part-worths + error          least squares

The part-worths of an attribute add up to 0, so that they read as "better or worse than the average level". Where people
rate several profiles, everybody's own height of ratings is taken out and errors are clustered by person. Importance is
the range of the part-worths as a share of all ranges: a fact of the levels shown, and too large for an attribute that
does nothing, since noise has a range too (see its interval).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL, sorting_key
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, join_names, say, say_count

_DRAWS = 2_000


@dataclass(frozen=True, eq=False)
class ConjointFit:
    """Part-worths of a conjoint analysis of ratings.

    Parameters
    ----------
    part_worths : pandas.DataFrame
        ``attribute``, ``level``, ``part_worth`` (points of the rating, 0 on average of an attribute's levels),
        ``standard_error``, ``low``, ``high``.
    importance : pandas.DataFrame
        ``attribute``, ``range``, ``importance`` (fraction, 1 in all), ``low``, ``high``.
    intercept : float
        Rating of a profile of average levels.
    r_squared : float
        Share of the variance that is explained; with people, of the variance within them.
    ratings, people, left_out : int
        Ratings; people (0 where they were not named); rows with a missing value.
    errors : {"plain", "clustered"}
    level : float
    """

    part_worths: pd.DataFrame
    importance: pd.DataFrame
    intercept: float
    r_squared: float
    ratings: int
    people: int
    left_out: int
    errors: str
    level: float

    def __str__(self) -> str:
        head = say_count(
            "Conjoint analysis of {count} rating, R² {r2}.",
            "Conjoint analysis of {count} ratings, R² {r2}.",
            self.ratings,
            r2=format_number(self.r_squared, 3),
        )
        told = [say("{name}: importance {share}.", name=row["attribute"], share=format_percent(row["importance"]))
                for _, row in self.importance.iterrows()]  # fmt: skip
        return "\n".join([head, *told])

    @property
    def worths(self) -> dict[str, dict[Any, float]]:
        """Attribute → {level: part-worth}, as `profile_utilities` takes it."""
        found: dict[str, dict[Any, float]] = {}
        for attribute, level, worth in self.part_worths[["attribute", "level", "part_worth"]].itertuples(index=False):
            found.setdefault(attribute, {})[level] = float(worth)
        return found


def fit_ratings_conjoint(
    ratings: Any,
    attributes: Sequence[str],
    *,
    rating: str = "rating",
    person: str | None = None,
    level: float = LEVEL.default,
    seed: int = 0,
) -> ConjointFit:
    """Fit part-worths to ratings of profiles by least squares.

    Parameters
    ----------
    ratings : frame, relation or path
        One row for each rated profile: ``rating`` (number) and the attributes (labels; a price is a label too, since
        its part-worths need not lie on a line). Rows with a missing value are left out.
    attributes : sequence of str
        Columns of levels, two or more levels each.
    rating : str
        Column of ratings, the higher the better.
    person : str, optional
        Column of people who rate several profiles: their mean is taken out, errors are clustered by person.
    level : float
        Level of the intervals, a fraction.
    seed : int
        Of the draws behind the intervals of importance.

    Returns
    -------
    ConjointFit

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an attribute has one level, levels always go together, or there are
        no more ratings than part-worths.

    References
    ----------
    Green, P. E., Srinivasan, V. (1978). Conjoint Analysis in Consumer Research. Journal of Consumer Research 5,
    103–123.

    Examples
    --------
    >>> import pandas as pd
    >>> ratings = pd.DataFrame(
    ...     {
    ...         "hall": ["small", "small", "large", "large"] * 2,
    ...         "price": [20, 30] * 4,
    ...         "rating": [6, 4, 9, 7, 6, 5, 9, 6],
    ...     }
    ... )
    >>> fit = fit_ratings_conjoint(ratings, ["hall", "price"])
    >>> print(fit.part_worths[["attribute", "level", "part_worth"]].to_string(index=False))
    attribute level  part_worth
         hall large        1.25
         hall small       -1.25
        price    20        1.00
        price    30       -1.00
    >>> fit.importance["importance"].round(3).tolist()
    [0.556, 0.444]
    """
    share = LEVEL.check(level)
    names = [attributes] if isinstance(attributes, str) else list(attributes)
    named = [*names, rating, *([person] if person is not None else [])]
    heading = say("`{function}` can't fit these ratings.", function="fit_ratings_conjoint")
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice or not names:
        what = (say("These columns are named twice: {names}.", names=join_names(twice)) if twice
                else say("Name one attribute or more."))  # fmt: skip
        raise InputError(heading, [Problem("too_few", what, column="attributes")])
    wanted = {**dict.fromkeys(names, "label"), rating: "number"} | ({person: "label"} if person is not None else {})
    found = brought_home(ratings, wanted, asked_by="fit_ratings_conjoint")
    whole = found.dropna(ignore_index=True)
    levels = {name: sorted(whole[name].unique().tolist(), key=sorting_key) for name in names}
    _require_levels(levels, len(found), len(whole), heading)
    X, spans = _effects(whole, levels)
    y = whole[rating].to_numpy(dtype="float64")
    codes, people = np.arange(len(y)), 0
    if person is not None:
        codes, labels = pd.factorize(whole[person])
        people = len(labels)
        each = np.bincount(codes)
        X_in = X - np.stack([np.bincount(codes, weights=column) / each for column in X.T], axis=1)[codes]
        y_in = y - (np.bincount(codes, weights=y) / each)[codes]
    else:
        X_in, y_in = X - X.mean(axis=0), y - y.mean()
    spare = len(y) - X.shape[1] - (people or 1)
    _require_apart(X_in, levels, spans, spare, heading)
    inverse = np.linalg.inv(X_in.T @ X_in)
    beta = inverse @ (X_in.T @ y_in)
    residual = y_in - X_in @ beta
    if people:
        scores = np.stack([np.bincount(codes, weights=column * residual) for column in X_in.T], axis=1)
        covariance = inverse @ (scores.T @ scores) @ inverse * people / max(people - 1, 1)
    else:
        covariance = inverse * float(residual @ residual) / spare
    total = float(y_in @ y_in)
    explained = 1 - float(residual @ residual) / total if total > 1e-12 else 0.0
    freedom = people - 1 if people else spare
    worths = _worth_table(beta, covariance, levels, spans, share, freedom)
    importance = _importance_table(beta, covariance, levels, spans, share, seed)
    intercept = float(y.mean() - X.mean(axis=0) @ beta)
    return ConjointFit(worths, importance, intercept, explained, len(y), people, len(found) - len(whole),
                       "clustered" if people else "plain", share)  # fmt: skip


def _require_levels(levels: dict[str, list[Any]], rows: int, whole: int, heading: str) -> None:
    if not whole:
        what = say_count("{count} row, and none of them whole.", "{count} rows, and none of them whole.", rows)
        raise InputError(heading, [Problem("empty", what)])
    alone = [name for name, every in levels.items() if len(every) < 2]
    if alone:
        what = say("These attributes have a single level: {names}.", names=join_names(alone))
        raise InputError(heading, [Problem("no_contrast", what, column=alone[0])])


def _effects(table: pd.DataFrame, levels: dict[str, list[Any]]) -> tuple[np.ndarray, dict[str, slice]]:
    """Effect coding: the last level is minus the sum of the others."""
    parts, spans, start = [], {}, 0
    for name, every in levels.items():
        code = table[name].map({level: place for place, level in enumerate(every)}).to_numpy()
        parts.append(_contrast(len(every))[code])
        spans[name] = slice(start, start + len(every) - 1)
        start += len(every) - 1
    return np.concatenate(parts, axis=1), spans


def _contrast(levels: int) -> np.ndarray:
    return np.vstack([np.eye(levels - 1), -np.ones(levels - 1)])


def _require_apart(
    X: np.ndarray, levels: dict[str, list[Any]], spans: dict[str, slice], spare: int, heading: str
) -> None:
    values, vectors = np.linalg.eigh(X.T @ X / len(X))
    loose = values <= 1e-9
    problems = []
    if loose.any():
        weight = np.abs(vectors[:, loose]).max(axis=1)
        both = [name for name in levels if weight[spans[name]].max() > 1e-6]
        what = say("The levels of these can't be told apart by the profiles: {names}.", names=join_names(both))
        advice = say("Show profiles in which they vary by themselves.")
        problems.append(Problem("collinear", what, advice=advice, column=both[0]))
    elif spare < 1:
        what = say("There are no more ratings than part-worths.")
        problems.append(Problem("too_few", what, advice=say("Collect more ratings, or merge levels.")))
    if problems:
        raise InputError(heading, problems)


def _worth_table(
    beta: np.ndarray, covariance: np.ndarray, levels: dict[str, list[Any]], spans: dict[str, slice], share: float,
    freedom: int,
) -> pd.DataFrame:  # fmt: skip
    from scipy.special import stdtrit

    rows = []
    t = float(stdtrit(max(freedom, 1), (1 + share) / 2))
    for name, every in levels.items():
        contrast, mine = _contrast(len(every)), spans[name]
        worth = contrast @ beta[mine]
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", contrast, covariance[mine, mine], contrast), 0.0))
        rows += [(name, level, w, e, w - t * e, w + t * e) for level, w, e in zip(every, worth, error, strict=True)]
    return pd.DataFrame(rows, columns=["attribute", "level", "part_worth", "standard_error", "low", "high"])


def _importance_table(
    beta: np.ndarray, covariance: np.ndarray, levels: dict[str, list[Any]], spans: dict[str, slice], share: float,
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = beta + np.random.default_rng(seed).normal(size=(_DRAWS, len(beta))) @ root.T
    every = np.vstack([beta, drawn])
    ranges = np.stack(
        [np.ptp(every[:, spans[name]] @ _contrast(len(levels[name])).T, axis=1) for name in levels], axis=1
    )
    total = ranges.sum(axis=1, keepdims=True)
    shares = np.divide(ranges, total, out=np.full_like(ranges, 1 / len(levels)), where=total > 1e-12)
    low, high = np.quantile(shares[1:], [(1 - share) / 2, (1 + share) / 2], axis=0)
    return pd.DataFrame(
        {"attribute": list(levels), "range": ranges[0], "importance": shares[0],
         "low": np.minimum(low, shares[0]), "high": np.maximum(high, shares[0])}
    )  # fmt: skip
