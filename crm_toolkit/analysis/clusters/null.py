"""Is there structure at all? Clusters of the customers beside clusters of one cloud without any.

k-means cuts every cloud into parts, so that parts are there proves nothing. The question is whether the customers lie
closer to k centres than customers of *one* cloud would. The reference is made of the same customers: each feature
keeps the form of its distribution, made single-peaked (the nearest distribution that rises to one peak and falls; whole
numbers with few values stay whole), and all features keep how they go together (a Gaussian copula with the correlation
of the normal scores). A skewed or slanted cloud, or one of few different values, is therefore no structure, a valley
between two crowds is.

For each k the gap is the mean of ln(W/T) of the references less that of the customers (Tibshirani, Walther and Hastie
2001): W is the squared distance to the nearest of k centres, T to the common centre. The gap over its standard
deviation, at the k where it is largest, is the test's statistic; its p-value is the rank among the references, which
are treated in the same way. So the chance to call one such cloud structured is the level of the test, whatever number
of k is tried. Real customers often are one long cloud from small to large: then clusters are slices of it. They may be
useful to talk about, but nothing in the customers says where to put the knife.

What it can't see: with 200 customers and three features, two equal crowds that lie four standard deviations apart in
*one* feature are hardly ever found (1,000 customers: always); apart in two features they always are. So look at the
histogram of every feature too: two heaps in one of them are structure that one sees without a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.clusters.fitting import FEATURES
from crm_toolkit.analysis.clusters.scaling import (
    SCALES,
    FeatureScaling,
    read_features,
    require_transform,
    scale_features,
)
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say, say_count

MOST_CLUSTERS = Knob("most_k", 8, 2, 20, 1, mark("Most clusters that are tried"), origin="convention",
                     reference="more can hardly be treated differently")  # fmt: skip
REFERENCES = Knob("references", 59, 19, 999, 20, mark("Number of clouds without structure"), origin="convention",
                  reference="the smallest p-value is 1/60")  # fmt: skip
LEVEL = Knob("alpha", 0.05, 0.001, 0.5, 0.01, mark("Chance of a false finding that is accepted"), origin="convention",
             reference="one in twenty")  # fmt: skip
SAMPLE = Knob("sample", 1_000, 50, 5_000, 50, mark("Customers that are looked at"), origin="convention",
              reference="all, or a random part of this size")  # fmt: skip
LEAST_CUSTOMERS = 10
_STARTS, _TURNS, _WHOLE, _BINS, _HILLS = 3, 40, 200, 60, 8


@dataclass(frozen=True, eq=False)
class StructureTest:
    """Whether customers lie closer together than one cloud.

    Parameters
    ----------
    table : pandas.DataFrame
        For each k from 1: ``k``, ``within_share`` (W/T of the customers, fraction), ``reference_share`` (of the mean
        reference), ``gap`` (of the logarithms), ``gap_error`` (its standard error).
    p_value : float
        Share of clouds without structure that look as structured as the customers, 1/(references + 1) to 1.
    structure : bool
        Whether the p-value is not above ``alpha``.
    alpha : float
    customers, used : int
        Customers of the table, and how many were looked at.
    scaling : FeatureScaling
    references, seed : int
    """

    table: pd.DataFrame
    p_value: float
    structure: bool
    alpha: float
    customers: int
    used: int
    scaling: FeatureScaling
    references: int
    seed: int

    @property
    def verdict(self) -> str:
        """The result in a sentence, in the reader's language."""
        p = format_number(self.p_value, 3)
        if self.structure:
            return say("There is structure: one cloud would hardly look so (p = {p}).", p=p)
        return say("No structure is shown: one cloud without groups looks the same (p = {p}).", p=p)


def structure_test(
    table: Any,
    columns: Sequence[str] = FEATURES,
    *,
    most_k: int = int(MOST_CLUSTERS.default),
    key: str = "customer_id",
    transform: Any = "auto",
    scale: str = "standard",
    alpha: float = LEVEL.default,
    references: int = int(REFERENCES.default),
    sample: int = int(SAMPLE.default),
    seed: int = 0,
) -> StructureTest:
    """Test whether customers fall into groups or are one cloud.

    Parameters
    ----------
    table : frame or relation
        One row per customer with the key and the features.
    columns : sequence of str
        The features, columns of numbers or flags.
    most_k : int
        Most clusters tried, 2 to 20.
    key : str
        The column that names the customer.
    transform, scale :
        As of `fit_clusters`.
    alpha : float
        Chance to call one cloud structured.
    references, sample, seed : int
        Clouds without structure, 19 to 999; most customers looked at, 50 to 5,000; seed of the luck.

    Returns
    -------
    StructureTest
        The same for the same seed, whatever the order of the rows. With fewer than 10 customers, or if all are equal,
        nothing can be shown: the p-value is 1.

    Raises
    ------
    InputError
        As `fit_clusters`; if alpha is too small for the number of references.

    References
    ----------
    Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the Number of Clusters in a Data Set via the Gap
    Statistic. Journal of the Royal Statistical Society B 63, 411–423. The single-peaked reference: Hartigan, J. A. and
    Hartigan, P. M. (1985). The Dip Test of Unimodality. Annals of Statistics 13, 70–84.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(1)
    >>> cloud = pd.DataFrame({"customer_id": range(200), "visits": luck.normal(20, 5, 200)})
    >>> cloud["spend"] = cloud["visits"] * 3 + luck.normal(0, 8, 200)
    >>> structure_test(cloud, ["visits", "spend"]).structure
    False
    >>> crowds = cloud.assign(spend=cloud["spend"] + 90 * (cloud.index % 2))
    >>> structure_test(crowds, ["visits", "spend"]).structure
    True
    """
    names = [columns] if isinstance(columns, str) else list(dict.fromkeys(columns))
    most, times, size = int(MOST_CLUSTERS.check(most_k)), int(REFERENCES.check(references)), int(SAMPLE.check(sample))
    level, (luck,) = LEVEL.check(alpha), require_numbers("structure_test", seed=(seed, 0, 2**32 - 1))
    require_choice("scale", scale, SCALES)
    require_transform(transform, names)
    if level * (times + 1) < 1:
        what = say_count("With {count} reference no p-value is below {least}.",
                         "With {count} references no p-value is below {least}.", times,
                         least=format_number(1 / (times + 1)))  # fmt: skip
        heading = say("`{function}` can't test at this level.", function="structure_test")
        raise InputError(heading, [Problem("outside_range", what, column="references")])
    customers, values = read_features(table, names, key, asked_by="structure_test")
    scaling = scale_features(values, names, transform, scale)
    values, points = part_of(values, scaling.points(values), size, int(luck))
    return compare_with_clouds(values, points, scaling, most, times, level, len(customers), int(luck))


def part_of(values: np.ndarray, points: np.ndarray, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """All customers, or a random part, sorted by their points: the order of rows is forgotten."""
    order = np.lexsort(points.T[::-1]) if points.shape[1] else np.arange(len(points))
    if len(order) > size:
        order = order[np.sort(np.random.default_rng([seed, 11]).choice(len(order), size, replace=False))]
    return values[order], points[order]


def compare_with_clouds(
    values: np.ndarray,
    points: np.ndarray,
    scaling: FeatureScaling,
    most: int,
    times: int,
    level: float,
    customers: int,
    seed: int,
) -> StructureTest:
    """The test of sorted points; ``values`` are the same customers in the units of the table."""
    different = len(np.unique(points, axis=0)) if points.shape[1] else 1
    ks = list(range(1, min(most, different) + 1))
    if len(points) < LEAST_CUSTOMERS or different < 3:
        shares = np.ones(len(ks)) if different < 2 else _shares(points[None], ks, seed)[0]
        table = _table(ks, shares, shares, np.zeros(len(ks)), np.zeros(len(ks)))
        return StructureTest(table, 1.0, False, level, customers, len(points), scaling, times, seed)
    used = scaling.table["used"].to_numpy()
    clouds = one_cloud(values[:, used], points, _margins_of(values[:, used], points), times, seed)
    logs = np.log(np.maximum(_shares(np.concatenate([points[None], clouds]), ks, seed), 1e-12))
    spread = logs.std(axis=0)
    worth = np.divide(logs.mean(axis=0) - logs, spread, out=np.zeros_like(logs), where=spread > 1e-12).max(axis=1)
    p_value = float((1 + (worth[1:] >= worth[0] - 1e-12).sum()) / (times + 1))
    middle, error = logs[1:].mean(axis=0), logs[1:].std(axis=0) * np.sqrt(1 + 1 / times)
    table = _table(ks, np.exp(logs[0]), np.exp(middle), middle - logs[0], error)
    return StructureTest(table, p_value, p_value <= level, level, customers, len(points), scaling, times, seed)


def _table(ks: list[int], own: Any, reference: Any, gap: Any, error: Any) -> pd.DataFrame:
    return pd.DataFrame({"k": ks, "within_share": own, "reference_share": reference, "gap": gap, "gap_error": error})


@dataclass(frozen=True, eq=False)
class _Margin:
    """A single-peaked distribution: ``upto`` of each cell, its two ends; a cell without width is a value."""

    upto: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, share: np.ndarray) -> np.ndarray:
        cell = np.minimum(np.searchsorted(self.upto, share, side="right"), len(self.upto) - 1)
        before = np.concatenate([[0.0], self.upto])[cell]
        mass = self.upto[cell] - before
        inside = np.divide(share - before, mass, out=np.zeros_like(share), where=mass > 0)
        return self.low[cell] + np.clip(inside, 0, 1) * (self.high[cell] - self.low[cell])


def one_cloud(values: np.ndarray, points: np.ndarray, margins: list[_Margin], times: int, seed: int) -> np.ndarray:
    """Clouds with the margins and the dependence of the points; an array (times, customers, features)."""
    from scipy.special import ndtr, ndtri

    count, wide = points.shape
    scores = np.empty_like(points)
    for column in range(wide):
        _, place, sizes = np.unique(points[:, column], return_inverse=True, return_counts=True)
        scores[:, column] = ndtri(((np.cumsum(sizes) - sizes / 2) / count)[place])
    correlation = np.atleast_2d(np.corrcoef(scores, rowvar=False)) if wide > 1 else np.ones((1, 1))
    factor = np.linalg.cholesky(0.999999 * correlation + 0.000001 * np.eye(wide))
    normal = np.random.default_rng([seed, 12]).standard_normal((times, count, wide))
    share = ndtr(normal @ factor.T)
    return np.stack([margin.at(share[..., column]) for column, margin in enumerate(margins)], axis=-1)


def _margins_of(values: np.ndarray, points: np.ndarray) -> list[_Margin]:
    margins = []
    for raw, shaped in zip(values.T, points.T, strict=True):
        low, high = raw.min(), raw.max()
        if high - low <= _WHOLE and (raw == np.floor(raw)).all():
            counts = np.bincount((raw - low).astype("int64"))
            position = np.interp(np.arange(len(counts)) + low, *_known(raw, shaped))
            margins.append(_Margin(_single_peaked(counts), position, position))
        else:
            bins = int(np.clip(np.sqrt(len(raw)) * 2, 10, _BINS))
            edges = np.linspace(shaped.min(), shaped.max(), bins + 1)
            counts = np.histogram(shaped, edges)[0]
            margins.append(_Margin(_single_peaked(counts), edges[:-1], edges[1:]))
    return margins


def _known(raw: np.ndarray, shaped: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value, first = np.unique(raw, return_index=True)
    return value, shaped[first]


def _single_peaked(counts: np.ndarray) -> np.ndarray:
    """Cumulated shares of the likeliest distribution that rises to one cell and falls behind it."""
    from sklearn.isotonic import isotonic_regression

    beside = np.concatenate([[-1], counts, [-1]])
    hills = np.flatnonzero((counts >= beside[:-2]) & (counts >= beside[2:]))  # the peak is one of them
    best, chosen = -np.inf, counts.astype("float64")
    for peak in hills[np.argsort(-counts[hills], kind="stable")][:_HILLS]:
        rise = isotonic_regression(counts[: peak + 1].astype("float64"))
        fall = isotonic_regression(counts[peak:].astype("float64"), increasing=False)
        fit = np.concatenate([rise[:-1], [max(rise[-1], fall[0])], fall[1:]])
        fit = fit / fit.sum()
        worth = float((counts * np.log(np.where(counts > 0, fit, 1.0))).sum())
        if worth > best:
            best, chosen = worth, fit
    upto = np.cumsum(chosen)
    return upto / upto[-1]


def _shares(clouds: np.ndarray, ks: Sequence[int], seed: int) -> np.ndarray:
    """W/T of every cloud (a row) for every k (a column): k-means of all clouds at once."""
    centred = clouds - clouds.mean(axis=1, keepdims=True)
    square = (centred**2).sum(axis=2)
    total = square.sum(axis=1)
    total = np.where(total > 0, total, 1.0)
    shares = [np.ones(len(clouds)) if k == 1 else _within(centred, square, k, seed) / total for k in ks]
    return np.minimum.accumulate(np.column_stack(shares), axis=1)


def _within(clouds: np.ndarray, square: np.ndarray, k: int, seed: int) -> np.ndarray:
    """The least sum of squared distances to k centres that a few starts find, for every cloud."""
    luck = np.random.default_rng([seed, 13, k])
    best = np.full(len(clouds), np.inf)
    for _ in range(_STARTS):
        centres = _seeded(clouds, square, k, luck)
        moving = np.arange(len(clouds))
        label = np.zeros(clouds.shape[:2], dtype="int64")
        for _ in range(_TURNS):
            part = clouds[moving]
            away = _away(part, square[moving], centres[moving])
            new = away.argmin(axis=2)
            centres[moving] = _means(part, new, centres[moving])
            changed = (new != label[moving]).any(axis=1)
            label[moving] = new
            moving = moving[changed]
            if not len(moving):
                break
        best = np.minimum(best, _away(clouds, square, centres).min(axis=2).sum(axis=1))
    return np.maximum(best, 0.0)


def _away(clouds: np.ndarray, square: np.ndarray, centres: np.ndarray) -> np.ndarray:
    product = np.matmul(clouds, centres.transpose(0, 2, 1))
    return square[:, :, None] - 2 * product + (centres**2).sum(axis=2)[:, None, :]


def _seeded(clouds: np.ndarray, square: np.ndarray, k: int, luck: np.random.Generator) -> np.ndarray:
    """First centres, each drawn with a chance that grows with the squared distance to those before (k-means++)."""
    count, size, wide = clouds.shape
    each = np.arange(count)
    centres = np.empty((count, k, wide))
    centres[:, 0] = clouds[each, luck.integers(0, size, count)]
    nearest = np.full((count, size), np.inf)
    for number in range(1, k):
        away = _away(clouds, square, centres[:, number - 1 : number])[:, :, 0]
        nearest = np.minimum(nearest, np.maximum(away, 0.0))
        upto = np.cumsum(nearest, axis=1)
        aim = luck.random((count, 1)) * upto[:, -1:]
        centres[:, number] = clouds[each, np.minimum((upto <= aim).sum(axis=1), size - 1)]
    return centres


def _means(clouds: np.ndarray, label: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Means of the clusters of every cloud; a cluster without customers keeps its centre."""
    count, k, wide = centres.shape
    cell = (label + np.arange(count)[:, None] * k).ravel()
    sizes = np.bincount(cell, minlength=count * k)
    sums = np.column_stack(
        [np.bincount(cell, weights=clouds[..., column].ravel(), minlength=count * k) for column in range(wide)]
    )
    means = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres.reshape(count * k, wide))
    return means.reshape(count, k, wide)
