"""Frequent itemsets: which items are often bought in one basket.

support(X) = baskets that hold all items of X / all baskets. An itemset is frequent if it is in at least the least
number of baskets. Every part of a frequent itemset is frequent too, so the search grows frequent sets item by item
and never looks at the others (Agrawal and Srikant 1994).

How: for each item, from the rarest, only the baskets that hold it are looked at; for each partner in them a row of
bits says in which, and a larger set is the bitwise "and" of two rows (Zaki 2000). Counts are whole numbers and the
comparison with the threshold is one of whole numbers: no set at the border is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.baskets.lines import MIN_SUPPORT, BasketCoverage, Baskets, apart, least_count, read_baskets
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say

MAX_SIZE = Knob("max_size", 3, 1, 20, 1, mark("Most items in an itemset"), origin="convention",
                reference="rules with one or two items on the left can be read and acted upon")  # fmt: skip
MOST_ITEMSETS = 2_000_000
_BLOCK = 1 << 25
_BITS_OF_BYTE = np.array([bin(byte).count("1") for byte in range(256)], dtype="uint8")


@dataclass(frozen=True, eq=False)
class FrequentItemsets:
    """Itemsets that are in enough baskets.

    Parameters
    ----------
    table : pandas.DataFrame
        ``itemset`` (tuple of items, sorted), ``size``, ``count`` (baskets), ``support`` (fraction of the baskets);
        small sets first, then the most frequent.
    baskets : int
        All baskets.
    min_count : int
        A set is frequent from so many baskets on.
    max_size : int
        Larger sets were not looked for.
    coverage : BasketCoverage
        Which lines became baskets and which were left out.
    """

    table: pd.DataFrame
    baskets: int
    min_count: int
    max_size: int
    coverage: BasketCoverage
    _names: np.ndarray = field(repr=False)
    _levels: tuple[tuple[np.ndarray, np.ndarray], ...] = field(repr=False)


def frequent_itemsets(
    purchases: Any,
    *,
    min_support: float = MIN_SUPPORT.default,
    min_count: int | None = None,
    max_size: int = int(MAX_SIZE.default),
    as_of: Any = None,
    returns: str | None = "amount",
) -> FrequentItemsets:
    """Find all itemsets that are in at least a given share of the baskets.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``order_id``, ``item`` (text or number) and ``amount`` (currency units, negative on a return).
    min_support : float
        Least share of the baskets, a fraction; a set with exactly this share is frequent.
    min_count : int, optional
        Least number of baskets, instead of a share.
    max_size : int
        Most items in a set, 1 to 20.
    as_of : date, datetime or str, optional
        Date of analysis: lines after that day are left out, which needs ``ordered_at``. By default all lines count.
    returns : str or None
        The column that is negative on a return; ``None`` if the table has no returns.

    Returns
    -------
    FrequentItemsets
        The same for every engine and every order of the lines. If nothing is frequent, its table is empty.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a line has no order, an amount is missing, no basket is left, an
        option is not allowed, or more than 2,000,000 sets are frequent.

    References
    ----------
    Agrawal, R. and Srikant, R. (1994). Fast Algorithms for Mining Association Rules. Proceedings of the 20th VLDB
    Conference, 487–499. Zaki, M. J. (2000). Scalable Algorithms for Association Mining. IEEE Transactions on Knowledge
    and Data Engineering 12 (3), 372–390.

    Examples
    --------
    >>> import pandas as pd
    >>> lines = pd.DataFrame(
    ...     {
    ...         "order_id": [1, 1, 1, 2, 2, 3, 3, 4],
    ...         "item": ["swim", "towel", "bar", "swim", "towel", "swim", "bar", "yoga"],
    ...         "amount": 9.0,
    ...     }
    ... )
    >>> found = frequent_itemsets(lines, min_support=0.5)
    >>> print(found.table.to_string(index=False))
           itemset  size  count  support
           (swim,)     1      3     0.75
            (bar,)     1      2     0.50
          (towel,)     1      2     0.50
       (bar, swim)     2      2     0.50
     (swim, towel)     2      2     0.50
    """
    MIN_SUPPORT.check(min_support)
    largest = int(MAX_SIZE.check(max_size))
    baskets = read_baskets(purchases, as_of, returns, asked_by="frequent_itemsets")
    least = least_count(min_support, min_count, baskets.coverage.baskets, asked_by="frequent_itemsets")
    names, levels = _mined(baskets, least, largest)
    return FrequentItemsets(
        _table(names, levels, baskets.coverage.baskets), baskets.coverage.baskets, least, largest, baskets.coverage,
        names, tuple(levels),
    )  # fmt: skip


def _mined(baskets: Baskets, least: int, largest: int) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Names of the frequent items, and for each size the sets (rows of item numbers, sorted) and their counts."""
    frequent = np.flatnonzero(baskets.counts >= least)
    names = baskets.names[frequent]
    if not len(frequent):
        return names, []
    rare_first = frequent[np.argsort(baskets.counts[frequent], kind="stable")]
    place = np.full(len(baskets.counts), -1, dtype="int32")
    place[rare_first] = np.arange(len(rare_first))
    code = place[baskets.item]
    kept = code >= 0
    key = baskets.basket[kept].astype("int64")
    key *= len(rare_first)
    key += code[kept]
    del code, kept
    key.sort()
    basket, item = apart(key, len(rare_first))
    del key
    search = _Search(least, largest, len(rare_first))
    search.found(np.arange(len(rare_first))[:, None], baskets.counts[rare_first])
    if largest > 1:
        _search_pairs(search, basket, item)
    by_name = np.searchsorted(frequent, rare_first)
    return names, [_sorted_level(by_name, parts) for parts in search.levels if parts]


class _Search:
    """What has been found so far, by size."""

    def __init__(self, least: int, largest: int, items: int):
        self.least, self.largest, self.items, self.number = least, largest, items, 0
        self.levels: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in range(largest)]

    def found(self, sets: np.ndarray, counts: np.ndarray) -> None:
        self.number += len(sets)
        if self.number > MOST_ITEMSETS:
            what = say("More than {most} itemsets are frequent.", most=format_number(MOST_ITEMSETS))
            advice = say("Ask for a higher `min_support` or a smaller `max_size`.")
            heading = say("`{function}` finds too much.", function="frequent_itemsets")
            raise InputError(heading, [Problem("too_many", what, advice=advice, column="min_support")])
        self.levels[sets.shape[1] - 1].append((sets, counts))

    def grow(self, prefix: tuple[int, ...], items: np.ndarray, bits: np.ndarray) -> None:
        """Sets that begin with the prefix and one of the items; a row of bits says where prefix and item are."""
        for first in range(len(items) - 1):
            both = bits[first] & bits[first + 1 :]
            counts = _ones(both)
            kept = np.flatnonzero(counts >= self.least)
            if not len(kept):
                continue
            longer = (*prefix, int(items[first]))
            partners = items[first + 1 + kept]
            sets = np.empty((len(kept), len(longer) + 1), dtype="int64")
            sets[:, :-1], sets[:, -1] = longer, partners
            self.found(sets, counts[kept])
            if len(kept) > 1 and len(longer) + 1 < self.largest:
                self.grow(longer, partners, both[kept])


def _search_pairs(search: _Search, basket: np.ndarray, item: np.ndarray) -> None:
    """For each item the baskets that hold it, and in them the items that come behind it in the order."""
    ends = np.searchsorted(basket, basket, side="right")
    by_item = np.argsort(item, kind="stable")
    starts = np.searchsorted(item[by_item], np.arange(search.items + 1))
    for one in range(search.items - 1):
        at = by_item[starts[one] : starts[one + 1]]
        lengths = ends[at] - at - 1
        total = int(lengths.sum())
        if not total:
            continue
        upto = np.cumsum(lengths)
        inside = np.arange(total) - np.repeat(upto - lengths, lengths) + np.repeat(at + 1, lengths)
        partner = item[inside]
        counts = np.bincount(partner, minlength=search.items)
        kept = np.flatnonzero(counts >= search.least)
        if not len(kept):
            continue
        search.found(np.column_stack([np.full(len(kept), one), kept]), counts[kept])
        if len(kept) > 1 and search.largest > 2:
            row = np.full(search.items, -1, dtype="int64")
            row[kept] = np.arange(len(kept))
            rows, columns = row[partner], np.repeat(np.arange(len(at)), lengths)
            useful = rows >= 0
            search.grow((one,), kept, _bit_rows(rows[useful], columns[useful], len(kept), len(at)))


def _bit_rows(rows: np.ndarray, columns: np.ndarray, height: int, width: int) -> np.ndarray:
    """Rows of bits, 64 in a word; ``columns`` ascend."""
    step = max(_BLOCK // height // 64, 1) * 64
    words = -(-width // 64)
    packed = np.zeros((height, words * 8), dtype="uint8")
    for start in range(0, width, step):
        stop = min(start + step, width)
        part = slice(*np.searchsorted(columns, [start, stop]))
        plain = np.zeros((height, stop - start), dtype="bool")
        plain[rows[part], columns[part] - start] = True
        bits = np.packbits(plain, axis=1)
        packed[:, start // 8 : start // 8 + bits.shape[1]] = bits
    return packed.view("uint64")


def _ones(bits: np.ndarray) -> np.ndarray:
    """How many bits of each row are set."""
    if hasattr(np, "bitwise_count"):
        return np.bitwise_count(bits).sum(axis=1, dtype="int64")
    return _BITS_OF_BYTE[bits.view("uint8")].sum(axis=1, dtype="int64")


def _sorted_level(by_name: np.ndarray, parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    sets = np.sort(by_name[np.concatenate([part for part, _ in parts])], axis=1)
    counts = np.concatenate([part for _, part in parts])
    order = np.lexsort(sets.T[::-1])
    return sets[order], counts[order]


def _table(names: np.ndarray, levels: list[tuple[np.ndarray, np.ndarray]], baskets: int) -> pd.DataFrame:
    itemsets: list[tuple[Any, ...]] = []
    sizes, every = [], []
    for sets, counts in levels:
        order = np.argsort(-counts, kind="stable")
        itemsets += named(names, sets[order])
        sizes.append(np.full(len(sets), sets.shape[1]))
        every.append(counts[order])
    count = np.concatenate(every) if every else np.array([], dtype="int64")
    column = pd.Series(itemsets, dtype=object)
    size = np.concatenate(sizes) if sizes else count
    return pd.DataFrame(
        {"itemset": column, "size": size.astype("int64"), "count": count.astype("int64"), "support": count / baskets}
    )


def named(names: np.ndarray, sets: np.ndarray) -> list[tuple[Any, ...]]:
    """Sets of item numbers as tuples of items."""
    return list(zip(*(names[column].tolist() for column in sets.T), strict=True))
