"""McDonald's omega: how much of a scale's sum is one common factor.

    item = mean + λ·factor + own part (variance ψ)      ω = (Σλ)² / ((Σλ)² + Σψ)           McDonald 1999

Alpha equals omega where all loadings λ are equal, and is below it otherwise. The factor is fitted by maximum likelihood
to the covariances: given ψ, the loadings come from the first eigenvector of the covariances in units of ψ (Lawley's
equations), and ψ is what they leave. Omega supposes one factor; the residual correlations tell whether that is so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.analysis.surveys.reliability import _turned, cronbach_alpha
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say, say_count

_ROUNDS = 500
_LEAST_OWN = 0.005  # of an item's variance: below it the factor is one item by itself (a Heywood case)
_RESIDUAL = 0.2  # a correlation that the factor leaves, from which a second factor is likely (a convention)


@dataclass(frozen=True, eq=False)
class OneFactor:
    """Omega and the factor behind it.

    Parameters
    ----------
    omega, low, high : float
        McDonald's omega, 0 to 1, and its bootstrap interval over people.
    alpha : float
        Cronbach's alpha of the same items.
    items : pandas.DataFrame
        ``item``, ``loading`` (in standard deviations of the item: the correlation with the factor), ``own_share``
        (of its variance, what the factor leaves), ``reversed`` (flag).
    largest_residual : float
        The largest correlation between two items, in size, that the factor leaves unexplained.
    one_factor : bool
        Whether that is below 0.2 (a convention) and no item is the factor by itself.
    respondents, left_out : int
    level : float
    """

    omega: float
    low: float
    high: float
    alpha: float
    items: pd.DataFrame
    largest_residual: float
    one_factor: bool
    respondents: int
    left_out: int
    level: float

    def __str__(self) -> str:
        told = say_count(
            "McDonald's omega {omega} (from {low} to {high}), alpha {alpha}, {count} respondent.",
            "McDonald's omega {omega} (from {low} to {high}), alpha {alpha}, {count} respondents.",
            self.respondents,
            omega=format_number(self.omega, 3),
            low=format_number(self.low, 3),
            high=format_number(self.high, 3),
            alpha=format_number(self.alpha, 3),
        )
        if self.one_factor:
            return told
        return told + " " + say("One factor is not enough here: read neither as the reliability of one thing.")


def mcdonald_omega(
    answers: Any,
    items: Sequence[str],
    *,
    reversed_items: Sequence[str] = (),
    scale: tuple[float, float] | None = None,
    level: float = LEVEL.default,
    replications: int = 500,
    seed: int = 0,
) -> OneFactor:
    """Measure how much of a scale's sum is one common factor.

    Parameters
    ----------
    answers : frame, relation or path
        One row per person, a column of numbers for each item. People who left an item out take no part.
    items : sequence of str
        The columns, three or more.
    reversed_items, scale
        As of `cronbach_alpha`.
    level : float
        Level of the interval, a fraction.
    replications, seed : int
        Of the bootstrap over people, 100 to 10,000.

    Returns
    -------
    OneFactor

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, there are fewer than three items or ten whole rows, an item is the
        same for everybody, or items have nothing in common.

    References
    ----------
    McDonald, R. P. (1999). Test Theory. Lawley, D. N., Maxwell, A. E. (1971). Factor Analysis as a Statistical Method.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(5)
    >>> common = rng.normal(size=(300, 1))
    >>> answers = pd.DataFrame(common * [0.9, 0.7, 0.5, 0.3] + rng.normal(size=(300, 4)), columns=list("abcd"))
    >>> found = mcdonald_omega(answers, list("abcd"))
    >>> found.omega > found.alpha, found.one_factor
    (True, True)
    """
    share, names = LEVEL.check(level), [items] if isinstance(items, str) else list(items)
    heading = say("`{function}` can't measure this scale.", function="mcdonald_omega")
    problems = []
    if len(names) < 3 or len(set(names)) < len(names):
        what = say("One factor needs three items or more, each named once.")
        problems.append(Problem("too_few_items", what, say("Found: {value}.", value=repr(names)), column="items"))
    if isinstance(replications, bool) or not isinstance(replications, int) or not 100 <= replications <= 10_000:
        what = say("`{name}` can't be {value}.", name="replications", value=repr(replications))
        allowed = say("A whole number from {low} to {high} is allowed.", low=100, high=format_number(10_000))
        problems.append(Problem("outside_range", what, advice=allowed, column="replications"))
    if problems:
        raise InputError(heading, problems)
    frame = brought_home(answers, dict.fromkeys(names, "number"), asked_by="mcdonald_omega")
    agreed = cronbach_alpha(frame, names, reversed_items=reversed_items, scale=scale)
    found = frame[names].to_numpy()
    values = found[~np.isnan(found).any(axis=1)]
    values = values[np.lexsort(values.T)]  # the same sums for every order of the rows
    turned = np.array([name in set(reversed_items) for name in names])
    values = _turned(values, names, turned, scale, heading)
    _require_spread(values, names, heading)
    covariance = np.cov(values, rowvar=False)
    loading, own = one_factor(covariance[None])
    if abs(float(loading.sum())) < 1e-6 * float(np.sqrt(np.diagonal(covariance)).sum()):
        what = say("The items have nothing in common.")
        advice = say("Look whether an item has to be reversed, and whether people answered at all.")
        raise InputError(heading, [Problem("no_spread", what, advice=advice)])
    omega = float(_omega(loading, own)[0])
    drawn = _resampled(values, own[0], replications, seed)
    low, high = np.quantile(drawn, [(1 - share) / 2, (1 + share) / 2])
    deviation = np.sqrt(np.diagonal(covariance))
    standard = loading[0] / deviation
    standard = standard * (np.sign(standard.sum()) or 1.0)
    left = covariance / np.outer(deviation, deviation) - np.outer(standard, standard)
    largest = float(np.abs(left[~np.eye(len(names), dtype=bool)]).max())
    own_share = own[0] / deviation**2
    table = pd.DataFrame({"item": names, "loading": standard, "own_share": own_share, "reversed": turned})
    alone = bool((own_share <= 2 * _LEAST_OWN).any())
    return OneFactor(omega, min(float(low), omega), max(float(high), omega), agreed.alpha, table, largest,
                     largest < _RESIDUAL and not alone, len(values), agreed.left_out, share)  # fmt: skip


def one_factor(
    covariances: np.ndarray, *, start: np.ndarray | None = None, tolerance: float = 1e-9, rounds: int = _ROUNDS
) -> tuple[np.ndarray, np.ndarray]:
    """Loadings and own variances of one factor by maximum likelihood, for a stack of covariance matrices.

    Examples
    --------
    >>> loading = np.array([0.8, 0.6, 0.5])
    >>> covariance = np.outer(loading, loading) + np.diag([0.36, 0.64, 0.75])
    >>> found, own = one_factor(covariance[None])
    >>> found.round(3), own.round(3)
    (array([[0.8, 0.6, 0.5]]), array([[0.36, 0.64, 0.75]]))
    """
    total = np.diagonal(covariances, axis1=1, axis2=2)
    own = total / 2 if start is None else np.minimum(np.broadcast_to(start, total.shape), total)
    loading = np.zeros_like(total)
    own, open_ones = own.copy(), np.arange(len(total))
    for _ in range(rounds):
        mine = own[open_ones]
        root = np.sqrt(mine)
        values, vectors = np.linalg.eigh(covariances[open_ones] / (root[:, :, None] * root[:, None, :]))
        loading[open_ones] = root * vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:] - 1, 0.0))
        whole = total[open_ones]
        own[open_ones] = np.clip(whole - loading[open_ones] ** 2, _LEAST_OWN * whole, whole)
        moving = (np.abs(own[open_ones] - mine) > tolerance * whole).any(axis=1)
        open_ones = open_ones[moving]
        if not len(open_ones):
            break
    sign = np.sign(loading.sum(axis=1, keepdims=True))
    return loading * np.where(sign == 0, 1.0, sign), own


def _omega(loading: np.ndarray, own: np.ndarray) -> np.ndarray:
    common = loading.sum(axis=1) ** 2
    return common / (common + own.sum(axis=1))


def _resampled(values: np.ndarray, own: np.ndarray, replications: int, seed: int) -> np.ndarray:
    rng, size = np.random.default_rng(seed), len(values)
    weight = rng.multinomial(size, np.full(size, 1 / size), size=replications).astype("float64")
    middle = values - values.mean(axis=0)
    mean = weight @ middle / size
    k = values.shape[1]
    products = (middle[:, :, None] * middle[:, None, :]).reshape(size, -1)
    covariances = (weight @ products / size).reshape(-1, k, k) - mean[:, :, None] * mean[:, None, :]
    spread = np.diagonal(covariances, axis1=1, axis2=2).min(axis=1)
    usable = covariances[spread > 1e-12 * np.var(values, axis=0).max()]
    return _omega(*one_factor(usable * size / (size - 1), start=own, tolerance=1e-3, rounds=60))


def _require_spread(values: np.ndarray, names: list[str], heading: str) -> None:
    problems = []
    if len(values) < 10:
        what = say_count("{count} person answered all items; ten are needed at least.",
                         "{count} people answered all items; ten are needed at least.", len(values))  # fmt: skip
        problems.append(Problem("too_few", what))
    for name, spread in zip(names, np.ptp(values, axis=0) if len(values) else np.ones(len(names)), strict=True):
        if spread == 0:
            problems.append(Problem("constant", say("Everybody gave one answer to `{name}`.", name=name), column=name))
    if problems:
        raise InputError(heading, problems)
