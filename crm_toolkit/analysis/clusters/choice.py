"""How many clusters, and whether any: structure, stability, silhouette, side by side for every k.

structure    the test of `structure_test`: without it no k is right, and the answer is one cluster
gap          the smallest k from 2 whose gap is not below the next one's by more than its standard error (Tibshirani,
             Walther and Hastie 2001): the k that is suggested
stability    draw the customers again with replacement, cluster the draw, put all customers into its clusters, and
             compare with the clusters of all: the adjusted Rand index, 1 for the same, 0 for what chance would give
silhouette   (b − a) / max(a, b) of a customer: a is the mean distance to the own cluster, b to the nearest other; the
             mean of all. Not defined for one cluster, or if every different customer is one

The three often disagree, and a business seldom needs the best k: with three people in the department four treatments
are too many. What has to be refused are clusters that another draw would cut elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.clusters.fitting import (
    FEATURES,
    METHODS,
    STARTS,
    Rule,
    fit_points,
    ward_labels,
    ward_tree,
)
from crm_toolkit.analysis.clusters.null import (
    LEVEL,
    MOST_CLUSTERS,
    REFERENCES,
    SAMPLE,
    StructureTest,
    compare_with_clouds,
    part_of,
)
from crm_toolkit.analysis.clusters.scaling import (
    SCALES,
    read_features,
    require_transform,
    scale_features,
)
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say, say_count

DRAWS = Knob("draws", 20, 5, 500, 5, mark("Number of repeated draws"), origin="convention",
             reference="enough for a mean")  # fmt: skip
STABLE = Knob("stable", 0.8, 0.0, 1.0, 0.05, mark("Adjusted Rand index from which clusters count as stable"),
              origin="convention", reference="usual for resampled clusters")  # fmt: skip


@dataclass(frozen=True, eq=False)
class ClusterChoice:
    """What speaks for each number of clusters.

    Parameters
    ----------
    table : pandas.DataFrame
        A row for each k from 1: ``k``, ``within_share`` (squared distances within clusters as a share of all, by
        k-means), ``gap``, ``gap_error``, ``stability`` (mean adjusted Rand index), ``stability_low`` (the 10 % quantile
        of the draws) and ``silhouette`` (−1 to 1, missing where it is not defined). One cluster is always stable: 1.
    suggested : int
        1 without structure, else the k of the gap.
    best_silhouette, most_stable : int or None
        The k from 2 with the highest silhouette or stability (of equal ones the larger); None if there is none.
    test : StructureTest
    method : {"kmeans", "gaussian_mixture", "ward"}
        What made the clusters of stability and silhouette.
    draws, seed : int
    """

    table: pd.DataFrame
    suggested: int
    best_silhouette: int | None
    most_stable: int | None
    test: StructureTest
    method: str
    draws: int
    seed: int

    @property
    def stable(self) -> bool:
        """Whether the suggested clusters are found again: a mean adjusted Rand index from 0.8."""
        return bool(self.table["stability"][self.suggested - 1] >= STABLE.default)

    @property
    def verdict(self) -> str:
        """The result in a sentence or two, in the reader's language."""
        if not self.test.structure:
            return self.test.verdict
        index = format_number(float(self.table["stability"][self.suggested - 1]), 2)
        told = say_count("{count} cluster is suggested.", "{count} clusters are suggested.", self.suggested)
        if self.stable:
            again = say("Other draws of the customers find it again (adjusted Rand index {index}).", index=index)
        else:
            again = say("Other draws of the customers cut elsewhere (adjusted Rand index {index}).", index=index)
        return f"{self.test.verdict} {told} {again}"


def choose_clusters(
    table: Any,
    columns: Sequence[str] = FEATURES,
    *,
    most_k: int = int(MOST_CLUSTERS.default),
    method: str = "kmeans",
    key: str = "customer_id",
    transform: Any = "auto",
    scale: str = "standard",
    alpha: float = LEVEL.default,
    draws: int = int(DRAWS.default),
    references: int = int(REFERENCES.default),
    sample: int = int(SAMPLE.default),
    seed: int = 0,
    starts: int = int(STARTS.default),
) -> ClusterChoice:
    """Try all numbers of clusters and say what speaks for each.

    Parameters
    ----------
    table : frame or relation
        One row per customer with the key and the features.
    columns, key, transform, scale, starts :
        As of `fit_clusters`.
    most_k : int
        Most clusters tried, 2 to 20; of few different customers not more than these.
    method : {"kmeans", "gaussian_mixture", "ward"}
        What makes the clusters whose stability and silhouette are measured; the test always uses k-means.
    alpha, references : float, int
        Of the test of structure: level and number of clouds without structure.
    draws, sample, seed : int
        Repeated draws for the stability, 5 to 500; most customers looked at (a random part of larger tables), 50 to
        5,000; seed of the luck.

    Returns
    -------
    ClusterChoice
        The same for the same seed, whatever the order of the rows.

    Raises
    ------
    InputError
        As `fit_clusters` and `structure_test`.

    References
    ----------
    Hubert, L. and Arabie, P. (1985). Comparing Partitions. Journal of Classification 2, 193–218. Fang, Y. and Wang, J.
    (2012). Selection of the Number of Clusters via the Bootstrap Method. Computational Statistics and Data Analysis 56,
    468–477. Rousseeuw, P. J. (1987). Silhouettes. Journal of Computational and Applied Mathematics 20, 53–65.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(2)
    >>> table = pd.DataFrame({"customer_id": range(150), "visits": luck.normal(10, 1, 150) + np.arange(150) % 3 * 8})
    >>> choice = choose_clusters(table, ["visits"], most_k=5, draws=5)
    >>> choice.suggested, choice.best_silhouette, choice.stable
    (3, 3, True)
    """
    names = [columns] if isinstance(columns, str) else list(dict.fromkeys(columns))
    most, times, again = int(MOST_CLUSTERS.check(most_k)), int(REFERENCES.check(references)), int(DRAWS.check(draws))
    size, tries, level = int(SAMPLE.check(sample)), int(STARTS.check(starts)), LEVEL.check(alpha)
    (luck,) = require_numbers("choose_clusters", seed=(seed, 0, 2**32 - 1))
    require_choice("method", method, METHODS)
    require_choice("scale", scale, SCALES)
    require_transform(transform, names)
    customers, values = read_features(table, names, key, asked_by="choose_clusters")
    scaling = scale_features(values, names, transform, scale)
    values, points = part_of(values, scaling.points(values), size, int(luck))
    test = compare_with_clouds(values, points, scaling, most, times, level, len(customers), int(luck))
    ks = test.table["k"].tolist()
    labels = _labels(points, ks, method, int(luck), tries)
    agreement = _stability(points, labels, ks, method, int(luck), tries, again)
    found = test.table[["k", "within_share", "gap", "gap_error"]].copy()
    found["stability"] = agreement.mean(axis=0)
    found["stability_low"] = np.quantile(agreement, 0.1, axis=0)
    found["silhouette"] = _silhouettes(points, labels)
    return ClusterChoice(
        found, _by_gap(found) if test.structure else 1, _highest(found, "silhouette"), _highest(found, "stability"),
        test, method, again, int(luck),
    )  # fmt: skip


def adjusted_rand(one: np.ndarray, two: np.ndarray) -> float:
    """Adjusted Rand index of two labellings of the same customers (Hubert and Arabie 1985); 1 if both are one cluster.

    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([5, 5, 7, 7]))
    1.0
    """
    _, first = np.unique(one, return_inverse=True)
    _, second = np.unique(two, return_inverse=True)
    wide = int(second.max()) + 1
    cells = np.bincount(first * wide + second, minlength=(int(first.max()) + 1) * wide).reshape(-1, wide)
    pairs = [float((part * (part - 1.0) / 2).sum()) for part in (cells, cells.sum(axis=1), cells.sum(axis=0))]
    every = len(one) * (len(one) - 1) / 2
    if every == 0:
        return 1.0
    expected, most = pairs[1] * pairs[2] / every, (pairs[1] + pairs[2]) / 2
    return 1.0 if most == expected else (pairs[0] - expected) / (most - expected)


def _labels(points: np.ndarray, ks: list[int], method: str, seed: int, starts: int) -> list[np.ndarray]:
    if method == "ward" and len(points) > 1:
        different = np.concatenate([[True], (points[1:] != points[:-1]).any(axis=1)])
        tree = ward_tree(points) if different.sum() > 1 else None
        return [np.zeros(len(points), dtype="int64") if tree is None or k == 1 else ward_labels(tree, len(points), k)
                for k in ks]  # fmt: skip
    return [fit_points(points, k, method, seed, starts)[1] for k in ks]


def _stability(
    points: np.ndarray, labels: list[np.ndarray], ks: list[int], method: str, seed: int, starts: int, draws: int
) -> np.ndarray:
    """Adjusted Rand indices of repeated draws (rows) for every k (columns)."""
    luck = np.random.default_rng([seed, 14])
    found = np.ones((draws, len(ks)))
    tries = min(starts, max(starts // 3, 3))
    for turn in range(draws):
        drawn = points[np.sort(luck.integers(0, len(points), len(points)))]
        if method == "ward":
            for column, label in enumerate(_labels(drawn, ks, method, seed, tries)):
                centres = [drawn[label == number].mean(axis=0) for number in range(int(label.max()) + 1)]
                found[turn, column] = adjusted_rand(labels[column], Rule(np.array(centres)).labels(points))
            continue
        for column, k in enumerate(ks):
            if k > 1:
                rule = fit_points(drawn, k, method, int(luck.integers(2**31)), tries)[0]
                found[turn, column] = adjusted_rand(labels[column], rule.labels(points))
    return found


def _silhouettes(points: np.ndarray, labels: list[np.ndarray]) -> np.ndarray:
    """Mean silhouettes; a customer alone in a cluster counts 0, as Rousseeuw has it."""
    from scipy.spatial.distance import cdist

    away = cdist(points, points) if points.shape[1] else np.zeros((len(points), len(points)))
    found = np.full(len(labels), np.nan)
    for place, label in enumerate(labels):
        sizes = np.bincount(label).astype("float64")
        if not 2 <= (sizes > 0).sum() < len(points):
            continue
        sums = away @ np.eye(len(sizes))[label]
        own, each = sizes[label], np.arange(len(label))
        a = sums[each, label] / np.maximum(own - 1, 1)
        others = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
        others[each, label] = np.inf
        b = others.min(axis=1)
        larger = np.maximum(a, b)
        alone = (own == 1) | (larger == 0)
        found[place] = float(np.where(alone, 0.0, (b - a) / np.where(larger > 0, larger, 1.0)).mean())
    return found


def _by_gap(found: pd.DataFrame) -> int:
    gap, error = found["gap"].to_numpy(), found["gap_error"].to_numpy()
    for place in range(1, len(gap) - 1):
        if gap[place] >= gap[place + 1] - error[place + 1]:
            return place + 1
    return int(gap[1:].argmax()) + 2


def _highest(found: pd.DataFrame, column: str) -> int | None:
    values = found[column].to_numpy()[1:].round(9)
    if not len(values) or np.isnan(values).all():
        return None
    return int(np.flatnonzero(values == np.nanmax(values))[-1]) + 2
