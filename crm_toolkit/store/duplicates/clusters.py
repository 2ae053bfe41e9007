"""Records of one customer out of pairs, and how right a set of pairs is.

Pairs make connected components: if A is B and B is C, then A is C. One wrong pair would so chain strangers together;
therefore pairs are joined from the best one down, and two groups are not joined when a record of one contradicts a
record of the other (its score lies below the limit of contradiction).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store.duplicates.records import Integers
from crm_toolkit.texts import format_percent, say

Score = Callable[[Integers, Integers], NDArray[np.float64]]


def cluster_rows(
    count: int, left: Integers, right: Integers, scores: NDArray[np.float64], score: Score, contradiction: float
) -> Integers:
    """A cluster for every row: the smallest row of the cluster.

    Parameters
    ----------
    count : int
        How many rows there are.
    left, right, scores : arrays
        Pairs that may be joined, with their scores.
    score : function
        (left, right) → scores of any pairs of rows, for pairs that were not candidates.
    contradiction : float
        Two rows with a score below it are never put into one cluster.

    Returns
    -------
    array of int
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, parts = connected_components(coo_array((np.ones(len(left)), (left, right)), shape=(count, count)))
    first = np.full(parts.max(initial=-1) + 1, count, np.int64)
    np.minimum.at(first, parts, np.arange(count))
    cluster = first[parts]
    sizes = np.bincount(parts, minlength=len(first))
    large = np.flatnonzero(sizes[parts] > 2)
    if not len(large):
        return cluster
    order = large[np.argsort(parts[large], kind="stable")]
    bounds = np.flatnonzero(np.diff(parts[order])) + 1
    groups = np.split(order, bounds)
    ones, others = [], []
    for rows in groups:
        one, other = np.triu_indices(len(rows), 1)
        ones.append(rows[one])
        others.append(rows[other])
    a, b = np.concatenate(ones), np.concatenate(others)
    a, b = np.minimum(a, b), np.maximum(a, b)
    against = score(a, b) < contradiction
    foes: dict[int, set[int]] = {}
    for x, y in zip(a[against].tolist(), b[against].tolist(), strict=True):
        foes.setdefault(x, set()).add(y)
        foes.setdefault(y, set()).add(x)
    doubtful = np.isin(parts, np.unique(parts[np.array(sorted(foes), np.int64)])) if foes else np.zeros(count, bool)
    if not doubtful.any():
        return cluster
    home = np.flatnonzero(doubtful)
    members: dict[int, set[int]] = {row: {row} for row in home.tolist()}
    leader = {row: row for row in home.tolist()}
    here = np.flatnonzero(doubtful[left])
    for place in here[np.lexsort((right[here], left[here], -scores[here]))].tolist():
        ours, theirs = leader[int(left[place])], leader[int(right[place])]
        if ours == theirs or any(foes.get(row, set()) & members[theirs] for row in members[ours]):
            continue
        low, high = min(ours, theirs), max(ours, theirs)
        for row in members[high]:
            leader[row] = low
        members[low] |= members.pop(high)
    for row, lead in leader.items():
        cluster[row] = lead
    return cluster


def pairs_of(clusters: pd.DataFrame) -> pd.DataFrame:
    """Every pair of records that stand in one cluster: ``left_id, right_id``.

    >>> pairs_of(pd.DataFrame({"customer_id": ["a", "b", "c"], "cluster": [0, 0, 2]})).values.tolist()
    [['a', 'b']]
    """
    rows: list[tuple[object, object]] = []
    for _, ids in clusters.groupby("cluster", sort=True)["customer_id"]:
        values = ids.tolist()
        rows += [(one, other) for place, one in enumerate(values) for other in values[place + 1 :]]
    return pd.DataFrame(rows, columns=["left_id", "right_id"])


@dataclass(frozen=True)
class MatchQuality:
    """How right a set of pairs is.

    Parameters
    ----------
    found, true, right : int
        Pairs found, pairs that ought to be found, and pairs that are both.
    """

    found: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        """Right pairs as a share of those found; 1 if nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Right pairs as a share of those that ought to be found; 1 if there were none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.found + self.true
        return 2 * self.right / total if total else 1.0

    def __str__(self) -> str:
        return say(
            "precision {precision}, recall {recall}, F1 {f1}",
            precision=format_percent(self.precision),
            recall=format_percent(self.recall),
            f1=format_percent(self.f1),
        )


def match_quality(
    found_pairs: pd.DataFrame | Iterable[tuple[object, object]],
    true_pairs: pd.DataFrame | Iterable[tuple[object, object]],
) -> MatchQuality:
    """Compare pairs with the truth; the order within a pair does not matter.

    Parameters
    ----------
    found_pairs, true_pairs : DataFrame or iterable of pairs
        Of a frame the first two columns are taken.

    Returns
    -------
    MatchQuality

    Raises
    ------
    InputError
        If something in one of them is no pair, or a record is paired with itself.

    Examples
    --------
    >>> print(match_quality([("a", "b"), ("c", "d")], [("b", "a")]))
    precision 50.0%, recall 100.0%, F1 66.7%
    """
    found, true = _unordered(found_pairs, "found_pairs"), _unordered(true_pairs, "true_pairs")
    return MatchQuality(len(found), len(true), len(found & true))


def _unordered(pairs: pd.DataFrame | Iterable[tuple[object, object]], name: str) -> set[frozenset[object]]:
    rows = pairs.iloc[:, :2].itertuples(index=False, name=None) if isinstance(pairs, pd.DataFrame) else pairs
    result = set()
    for row in rows:
        pair = frozenset(row)
        if len(row) != 2 or len(pair) != 2:
            what = say("`{name}`: two different records are needed; found: {value}.", name=name, value=tuple(row))
            raise InputError(say("The pairs can't be compared."), [Problem("no_pair", what, column=name)])
        result.add(pair)
    return result
