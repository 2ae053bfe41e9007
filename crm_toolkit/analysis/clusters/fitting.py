"""Clusters: customers who are near each other in recency, frequency, money or any other numbers.

kmeans            k centres such that the squared distances of customers to the nearest centre add up to the least
gaussian_mixture  k overlapping normal clouds of any slant; a customer belongs to each with a probability
ward              every customer begins alone; the two groups whose union adds least to the squared distances unite,
                  until k are left. No luck in it, but work grows with the square of the number of customers

Clusters are an answer to "cut these customers into k parts", and there always is one, also where nothing holds the
parts together: `choose_clusters` says whether there is structure, `segment_policy` whether it pays to treat the parts
differently. Clusters are numbered by money, from 1 for those who bring most, never by the luck of the start.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

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

FEATURES = ("recency_days", "frequency", "monetary")
METHODS = ("kmeans", "gaussian_mixture", "ward")
CLUSTERS = Knob("k", 4, 1, 50, 1, mark("Number of clusters"), origin="convention",
                reference="few enough to be treated differently")  # fmt: skip
STARTS = Knob("starts", 10, 1, 200, 1, mark("Random starts, of which the best is kept"), origin="convention",
              reference="enough for a few clusters")  # fmt: skip
MOST_FOR_WARD = 5_000
_MONEY = ("monetary", "clv", "revenue", "amount", "profit")


@dataclass(frozen=True, eq=False)
class Clusters:
    """Customers in clusters, and what the clusters are like.

    Parameters
    ----------
    labels : pandas.DataFrame
        The customers in the order of the table: the key, ``cluster`` (from 1, those with most money first) and, for a
        mixture, ``probability`` (of belonging to this cluster, fraction).
    centres : pandas.DataFrame
        ``cluster``, ``customers``, ``customer_share`` (fraction), and each feature at the centre, in its own unit; of a
        feature taken as a logarithm this is the geometric mean.
    k_asked, k : int
        Clusters asked for and found: fewer are found if fewer customers differ, or a cloud of the mixture is empty.
    method : {"kmeans", "gaussian_mixture", "ward"}
    scaling : FeatureScaling
        What was done to each feature before distances were measured.
    order_by : str
        The feature by whose mean the clusters are numbered.
    within, total : float
        Squared distances to the own cluster's centre and to the common one, in scaled units.
    bic : float or None
        Bayesian information criterion of a mixture, less is better; otherwise None.
    converged : bool
        Whether the search came to rest.
    seed : int
    """

    labels: pd.DataFrame
    centres: pd.DataFrame
    k_asked: int
    k: int
    method: str
    scaling: FeatureScaling
    order_by: str
    within: float
    total: float
    bic: float | None
    converged: bool
    seed: int
    _key: str = field(repr=False)
    _rule: Rule = field(repr=False)

    @property
    def explained(self) -> float:
        """Share of the squared distances that lies between clusters, 0 to 1; 0 if all customers are equal."""
        return 1.0 - self.within / self.total if self.total > 0 else 0.0

    def assign(self, table: Any) -> pd.DataFrame:
        """Put other customers into these clusters: the nearest centre, or the likeliest cloud.

        Parameters
        ----------
        table : frame or relation
            The key and the features.

        Returns
        -------
        pandas.DataFrame
            The key and ``cluster``.

        Raises
        ------
        InputError
            As `fit_clusters`, or if a value has no logarithm where the feature was taken as one.
        """
        customers, values = read_features(table, self.scaling.features, self._key, asked_by="Clusters.assign")
        number = self._rule.labels(self.scaling.points(values, asked_by="Clusters.assign"))
        return pd.DataFrame({self._key: customers, "cluster": number + 1})


@dataclass(frozen=True, eq=False)
class Rule:
    """How a point finds its cluster: by the nearest centre or, with covariances, by the likeliest cloud."""

    centres: np.ndarray
    weights: np.ndarray | None = None
    covariances: np.ndarray | None = None

    def labels(self, points: np.ndarray) -> np.ndarray:
        """The number of each point's cluster, from 0."""
        return self.scores(points).argmax(axis=1)

    def scores(self, points: np.ndarray) -> np.ndarray:
        """Log of weight times density of each cloud at each point; of centres, the negative squared distance."""
        if self.weights is None or self.covariances is None:
            return -squared_distances(points, self.centres)
        columns = []
        for weight, centre, covariance in zip(self.weights, self.centres, self.covariances, strict=True):
            factor = np.linalg.cholesky(covariance)
            away = np.linalg.solve(factor, (points - centre).T)
            size = 2 * np.log(np.diag(factor)).sum() + points.shape[1] * np.log(2 * np.pi)
            columns.append(np.log(weight) - 0.5 * ((away**2).sum(axis=0) + size))
        return np.column_stack(columns)

    def kept(self, order: np.ndarray) -> Rule:
        """The same rule with only these clusters, in this order."""
        if self.weights is None or self.covariances is None:
            return Rule(self.centres[order])
        return Rule(self.centres[order], self.weights[order], self.covariances[order])


def fit_clusters(
    table: Any,
    columns: Sequence[str] = FEATURES,
    *,
    k: int = int(CLUSTERS.default),
    method: str = "kmeans",
    key: str = "customer_id",
    transform: Any = "auto",
    scale: str = "standard",
    order_by: str | None = None,
    seed: int = 0,
    starts: int = int(STARTS.default),
) -> Clusters:
    """Cut customers into k clusters.

    Parameters
    ----------
    table : frame or relation
        One row per customer with the key and the features, such as `rfm_scores` returns.
    columns : sequence of str
        The features, columns of numbers or flags.
    k : int
        Number of clusters, 1 to 50, not above the number of customers.
    method : {"kmeans", "gaussian_mixture", "ward"}
        The head of this module says what they do; "ward" takes up to 5,000 customers.
    key : str
        The column that names the customer.
    transform : {"auto", "none"} or mapping
        Logarithms of features skewed to the right, none at all, or for some features "log", "log1p" or "none" (the
        others as "auto"); a logarithm that a value does not have becomes "log1p", or "none" where values are negative.
    scale : {"standard", "robust", "none"}
        What the features are divided by.
    order_by : str, optional
        The feature whose mean numbers the clusters, the highest first; by default the first of ``monetary``, ``clv``,
        ``revenue``, ``amount``, ``profit`` among the features, else the first feature.
    seed, starts : int
        Seed of the luck, and random starts of which the best is kept, 1 to 200.

    Returns
    -------
    Clusters
        The same for the same seed, whatever the order of the rows. Customers with equal features share a cluster. If
        fewer than k customers differ, each different one is a cluster and ``.k`` is below ``.k_asked``.

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a value is missing or infinite, a customer stands twice or has no
        name, k exceeds the number of customers, or an option is not allowed.

    References
    ----------
    Lloyd, S. (1982). Least Squares Quantization in PCM. IEEE Transactions on Information Theory 28 (2), 129–137.
    Arthur, D. and Vassilvitskii, S. (2007). k-means++: The Advantages of Careful Seeding. SODA, 1027–1035. Ward, J. H.
    (1963). Hierarchical Grouping to Optimize an Objective Function. Journal of the American Statistical Association 58,
    236–244.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"customer_id": list("abcdef"), "frequency": [1, 2, 1, 9, 8, 9], "monetary": [10, 15, 12, 300, 260, 330]}
    ... )
    >>> found = fit_clusters(table, ["frequency", "monetary"], k=2)
    >>> print(found.centres.round(2).to_string(index=False))
     cluster  customers  customer_share  frequency  monetary
           1          3             0.5       8.67     296.67
           2          3             0.5       1.33      12.33
    >>> found.labels["cluster"].tolist()
    [2, 2, 2, 1, 1, 1]
    """
    names = [columns] if isinstance(columns, str) else list(dict.fromkeys(columns))
    wanted, times = int(CLUSTERS.check(k)), int(STARTS.check(starts))
    (luck,) = require_numbers("fit_clusters", seed=(seed, 0, 2**32 - 1))
    require_choice("method", method, METHODS)
    require_choice("scale", scale, SCALES)
    require_transform(transform, names)
    leading = order_by or next((name for name in _MONEY if name in names), names[0] if names else "")
    require_choice("order_by", leading, tuple(names) or ("",))
    customers, values = read_features(table, names, key, asked_by="fit_clusters")
    require_size(len(customers), wanted, method, asked_by="fit_clusters")
    scaling = scale_features(values, names, transform, scale)
    points = scaling.points(values)
    order = np.lexsort(points.T[::-1]) if points.shape[1] else np.arange(len(points))
    ordered = points[order]
    rule, sorted_labels, bic, converged = fit_points(ordered, wanted, method, int(luck), times)
    label = np.empty(len(points), dtype="int64")
    label[order] = sorted_labels
    label, rule = _numbered(label, rule, values, names.index(leading))
    found = int(label.max()) + 1
    middle = np.array([points[order][label[order] == number].mean(axis=0) for number in range(found)])
    sizes = np.bincount(label)
    centres = pd.concat(
        [
            pd.DataFrame(
                {"cluster": np.arange(1, found + 1), "customers": sizes, "customer_share": sizes / len(label)}
            ),
            scaling.undo(middle),
        ],
        axis=1,
    )
    labels = pd.DataFrame({key: customers, "cluster": label + 1})
    if method == "gaussian_mixture":
        labels["probability"] = _probability(rule, points, label)
    within = float(((ordered - middle[label[order]]) ** 2).sum())
    total = float(((ordered - ordered.mean(axis=0)) ** 2).sum())
    return Clusters(labels, centres, wanted, found, method, scaling, leading, within, total, bic, converged, int(luck),
                    key, rule)  # fmt: skip


def fit_points(
    points: np.ndarray, k: int, method: str, seed: int, starts: int
) -> tuple[Rule, np.ndarray, float | None, bool]:
    """Clusters of *sorted* points: the rule, labels from 0, the BIC of a mixture, whether the search came to rest."""
    new = np.concatenate([[True], (points[1:] != points[:-1]).any(axis=1)])
    if int(new.sum()) <= k or k == 1:
        label = np.zeros(len(points), dtype="int64") if k == 1 else np.cumsum(new) - 1
        rule = Rule(np.array([points[label == number].mean(axis=0) for number in range(int(label.max()) + 1)]))
        return rule, label, None, True
    if method == "ward":
        label = ward_labels(ward_tree(points), len(points), k)
        return Rule(np.array([points[label == number].mean(axis=0) for number in range(k)])), label, None, True
    with _one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the search did not come to rest is said in the result
        return _kmeans(points, k, seed, starts) if method == "kmeans" else _mixture(points, k, seed, starts)


def _kmeans(points: np.ndarray, k: int, seed: int, starts: int) -> tuple[Rule, np.ndarray, float | None, bool]:
    from sklearn.cluster import KMeans

    model = KMeans(k, n_init=starts, random_state=seed, algorithm="lloyd").fit(points)
    rule = Rule(model.cluster_centers_)
    return rule, rule.labels(points), None, model.n_iter_ < model.max_iter


def _mixture(points: np.ndarray, k: int, seed: int, starts: int) -> tuple[Rule, np.ndarray, float | None, bool]:
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(k, n_init=starts, random_state=seed).fit(points)
    rule = Rule(model.means_, model.weights_, model.covariances_)
    return rule, rule.labels(points), float(model.bic(points)), bool(model.converged_)


def ward_tree(points: np.ndarray) -> np.ndarray:
    """The unions of Ward's method, from the cheapest, as scipy writes them."""
    from scipy.cluster.hierarchy import ward

    return ward(points)


def ward_labels(tree: np.ndarray, count: int, k: int) -> np.ndarray:
    """Clusters that are left after all but k − 1 of the unions, numbered in the order of the points."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    done = count - k
    new = np.repeat(np.arange(count, count + done), 2)
    old = tree[:done, :2].astype("int64").ravel()
    graph = coo_array((np.ones(len(new)), (new, old)), shape=(count + done, count + done))
    label = connected_components(graph, directed=False)[1][:count]
    first = np.unique(label, return_index=True)[1]
    place = np.empty(len(first), dtype="int64")
    place[np.argsort(first)] = np.arange(len(first))
    return place[np.unique(label, return_inverse=True)[1]]


def squared_distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distance of each point to each centre."""
    return np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)


def require_size(count: int, k: int, method: str, *, asked_by: str) -> None:
    """Refuse more clusters than customers, and more customers than Ward's method can hold."""
    heading = say("`{function}` can't cut these customers.", function=asked_by)
    problems = []
    if k > count:
        what = say_count(
            "{k} clusters can't be made of {count} customer.",
            "{k} clusters can't be made of {count} customers.",
            count,
            k=k,
        )
        problems.append(Problem("too_few", what, advice=say("The largest `k` is {most}.", most=count), column="k"))
    if method == "ward" and count > MOST_FOR_WARD:
        what = say_count(
            "Ward's method takes up to {most} customers; there is {count}.",
            "Ward's method takes up to {most} customers; there are {count}.",
            count,
            most=format_number(MOST_FOR_WARD),
        )
        advice = say('Take a random part of the customers, or `method="kmeans"`.')
        problems.append(Problem("too_many", what, advice=advice, column="method"))
    if problems:
        raise InputError(heading, problems)


def _numbered(label: np.ndarray, rule: Rule, values: np.ndarray, leading: int) -> tuple[np.ndarray, Rule]:
    """Number the clusters that have customers by the mean of the leading feature; the centre decides ties."""
    used, label = np.unique(label, return_inverse=True)
    rule = rule.kept(used)
    order = np.argsort(values[:, leading], kind="stable")  # sums in an order that the rows do not decide
    means = np.bincount(label[order], weights=values[order, leading]) / np.bincount(label)
    ranked = np.lexsort([*rule.centres.T[::-1], -means])
    place = np.empty(len(ranked), dtype="int64")
    place[ranked] = np.arange(len(ranked))
    return place[label], rule.kept(ranked)


def _probability(rule: Rule, points: np.ndarray, label: np.ndarray) -> np.ndarray:
    if rule.weights is None:
        return np.ones(len(points))
    scores = rule.scores(points)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (shares / shares.sum(axis=1, keepdims=True))[np.arange(len(label)), label]


def _one_thread() -> Any:
    """Sums in one order: threads would add in the order in which they finish."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)
