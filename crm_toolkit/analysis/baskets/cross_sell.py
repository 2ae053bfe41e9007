"""Which item to offer with which: pairs of items that stand in one basket more often than by chance.

With n baskets, a with the item, b with the partner and c with both, the confidence c / a is how often a buyer of the
item takes the partner as well, and the lift (c / a) / (b / n) how many times more often than any buyer does. Two
baskets in which a rare item met another give a lift of hundreds; so partners are ranked by the *lower end* of the
interval, not by the lift itself, and pairs below a least number of baskets are not shown at all.

A shop with 1,000 items has half a million pairs, and one in twenty passes a test at 0.05 by chance alone. Fisher's
exact test (one-sided) is corrected for all pairs of the items looked at, whether they were ever bought together or
not: by Holm (not one false pair in the whole table) or by Benjamini and Hochberg (not more than a twentieth of the
pairs called proven are false, on average).

A pair shows what people buy together already. Whether an offer makes them buy more, only an experiment tells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.baskets.lines import MIN_SUPPORT, BasketCoverage, Baskets, least_count, read_baskets
from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

CORRECTIONS = ("benjamini_hochberg", "holm", "none")
ORDERS = ("lift", "confidence", "leverage")
PROVEN = Knob("alpha", 0.05, 0.0001, 0.5, 0.01, mark("Chance of a false finding that is accepted"),
              origin="convention", reference="one in twenty")  # fmt: skip


@dataclass(frozen=True, eq=False)
class ItemPairs:
    """Pairs of items that were bought together.

    Parameters
    ----------
    table : pandas.DataFrame
        Each pair once, by descending lift: ``item``, ``partner``, ``count`` (baskets with both), ``item_count``,
        ``partner_count``, ``support`` (fraction of the baskets), ``lift``, ``leverage`` (fraction of the baskets) and,
        unless the correction is "none", ``p_value`` (Fisher, one-sided) and ``p_adjusted``.
    baskets : int
    min_count : int
        Pairs in fewer baskets are not in the table.
    correction : str
    tested : int
        How many pairs the correction is for: all pairs of items that are frequent themselves.
    coverage : BasketCoverage
    """

    table: pd.DataFrame
    baskets: int
    min_count: int
    correction: str
    tested: int
    coverage: BasketCoverage
    _names: np.ndarray = field(repr=False)
    _counts: np.ndarray = field(repr=False)
    _cells: tuple[np.ndarray, np.ndarray, np.ndarray] = field(repr=False)


def item_pairs(
    purchases: Any,
    *,
    min_support: float = MIN_SUPPORT.default,
    min_count: int | None = None,
    correction: str = "benjamini_hochberg",
    as_of: Any = None,
    returns: str | None = "amount",
) -> ItemPairs:
    """Count the baskets that hold two items, for all pairs of items, and test each against chance.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``order_id``, ``item`` (text or number) and ``amount`` (currency units, negative on a return).
    min_support : float
        Least share of the baskets that hold both, a fraction.
    min_count : int, optional
        Least number of baskets, instead of a share.
    correction : {"benjamini_hochberg", "holm", "none"}
        How p-values are corrected for the number of pairs; with "none" nothing is tested, which is faster.
    as_of : date, datetime or str, optional
        Date of analysis: lines after that day are left out, which needs ``ordered_at``. By default all lines count.
    returns : str or None
        The column that is negative on a return; ``None`` if the table has no returns.

    Returns
    -------
    ItemPairs
        The same for every engine and every order of the lines.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a line has no order, an amount is missing, no basket is left, or an
        option is not allowed.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the False Discovery Rate. Journal of the Royal Statistical
    Society B 57, 289–300. Holm, S. (1979). A Simple Sequentially Rejective Multiple Test Procedure. Scandinavian
    Journal of Statistics 6, 65–70.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = [
    ...     (k, item) for k in range(8) for item in (("swim", "towel") if k < 3 else ("yoga", "bar")[: k % 2 + 1])
    ... ]
    >>> pairs = item_pairs(pd.DataFrame(orders, columns=["order_id", "item"]), min_count=2, returns=None)
    >>> print(pairs.table[["item", "partner", "count", "lift", "p_adjusted"]].round(3).to_string(index=False))
    item partner  count  lift  p_adjusted
    swim   towel      3 2.667       0.107
     bar    yoga      3 1.600       0.536
    """
    MIN_SUPPORT.check(min_support)
    require_choice("correction", correction, CORRECTIONS)
    baskets = read_baskets(purchases, as_of, returns, asked_by="item_pairs")
    n = baskets.coverage.baskets
    least = least_count(min_support, min_count, n, asked_by="item_pairs")
    names, counts, one, two, both = _counted(baskets, least)
    tested = len(names) * (len(names) - 1) // 2
    kept = both >= least
    first, second, count = one[kept], two[kept], both[kept]
    table = pd.DataFrame(
        {
            "item": pd.Series(names[first].tolist(), dtype=object).infer_objects(),
            "partner": pd.Series(names[second].tolist(), dtype=object).infer_objects(),
            "count": count,
            "item_count": counts[first],
            "partner_count": counts[second],
            "support": count / n,
            "lift": count / counts[first] * (n / counts[second]),
            "leverage": count / n - (counts[first] / n) * (counts[second] / n),
        }
    )
    if correction != "none":
        p_value = _fisher(both, counts[one], counts[two], n)
        table["p_value"] = p_value[kept]
        table["p_adjusted"] = adjusted(p_value, correction, tested)[kept]
    order = np.lexsort([np.arange(len(table)), -count, -table["lift"].to_numpy().round(12)])
    table = table.iloc[order].reset_index(drop=True)
    return ItemPairs(table, n, least, correction, tested, baskets.coverage, names, counts, (one, two, both))


def cross_sell_table(
    pairs: ItemPairs,
    *,
    top: int = 3,
    by: str = "lift",
    level: float = 0.95,
    alpha: float = PROVEN.default,
    only_proven: bool = False,
) -> pd.DataFrame:
    """For each item the partners to offer with it.

    Parameters
    ----------
    pairs : ItemPairs
        As `item_pairs` returns them.
    top : int
        Most partners of an item, 1 to 100.
    by : {"lift", "confidence", "leverage"}
        What partners are ranked by: the lower end of the lift's or of the confidence's interval, or the leverage, which
        prefers pairs that many buy.
    level : float
        Level of the intervals, a fraction.
    alpha : float
        A pair is proven if its corrected p-value is not above this.
    only_proven : bool
        Show proven pairs only; needs pairs that were tested.

    Returns
    -------
    pandas.DataFrame
        By item: ``item``, ``rank`` (from 1), ``partner``, ``count`` (baskets with both), ``item_count``,
        ``confidence`` (fraction of the item's baskets), ``confidence_low``, ``confidence_high`` (Wilson's interval),
        ``partner_support`` (fraction of all baskets), ``lift``, ``lift_low``, ``lift_high`` (the confidence's interval
        over the partner's support, which is taken as known) and, where tested, ``p_adjusted`` and ``proven``.

    Raises
    ------
    InputError
        If an option is not allowed, or proof is asked for of pairs that were not tested.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = [(k, item) for k in range(9) for item in (("swim", "towel") if k % 3 else ("swim", "bar"))]
    >>> pairs = item_pairs(pd.DataFrame(orders, columns=["order_id", "item"]), min_count=1, returns=None)
    >>> print(
    ...     cross_sell_table(pairs, top=1)[["item", "partner", "count", "confidence", "lift"]]
    ...     .round(2)
    ...     .to_string(index=False)
    ... )
     item partner  count  confidence  lift
      bar    swim      3        1.00   1.0
     swim   towel      6        0.67   1.0
    towel    swim      6        1.00   1.0
    """
    most, within, chance = require_numbers(
        "cross_sell_table", top=(top, 1, 100), level=(level, 0.5, 0.999), alpha=(alpha, PROVEN.low, PROVEN.high)
    )
    require_choice("by", by, ORDERS)
    _require_pairs(pairs, "cross_sell_table")
    if only_proven and pairs.correction == "none":
        what = say("These pairs were not tested.")
        advice = say('Ask `item_pairs` with `correction="holm"` or `correction="benjamini_hochberg"`.')
        heading = say("`{function}` can't say which pairs are proven.", function="cross_sell_table")
        raise InputError(heading, [Problem("not_tested", what, advice=advice, column="only_proven")])
    swapped = {"item": "partner", "partner": "item", "item_count": "partner_count", "partner_count": "item_count"}
    both = pd.concat([pairs.table, pairs.table.rename(columns=swapped)], ignore_index=True)[list(pairs.table.columns)]
    low, high = wilson_interval(both["count"].to_numpy(), both["item_count"].to_numpy(), within)
    support = both["partner_count"] / pairs.baskets
    table = pd.DataFrame(
        {
            "item": both["item"],
            "rank": 0,
            "partner": both["partner"],
            "count": both["count"],
            "item_count": both["item_count"],
            "confidence": both["count"] / both["item_count"],
            "confidence_low": low,
            "confidence_high": high,
            "partner_support": support,
            "lift": both["lift"],
            "lift_low": low / support,
            "lift_high": high / support,
        }
    )
    if pairs.correction != "none":
        table["p_adjusted"] = both["p_adjusted"]
        table["proven"] = both["p_adjusted"] <= chance
    worth = {"lift": table["lift_low"], "confidence": table["confidence_low"], "leverage": both["leverage"]}[by]
    if only_proven:
        table = table[table["proven"]]
    place = {name: number for number, name in enumerate(pairs._names.tolist())}
    item, partner = (table[name].map(place).to_numpy(dtype="int64") for name in ("item", "partner"))
    order = np.lexsort([partner, -table["count"].to_numpy(), -worth.loc[table.index].to_numpy().round(12), item])
    table = table.iloc[order].reset_index(drop=True)
    table["rank"] = table.groupby(item[order]).cumcount() + 1
    return table[table["rank"] <= most].reset_index(drop=True)


def lift_table(pairs: ItemPairs, *, most: int = 12) -> pd.DataFrame:
    """The lift of all pairs among the items bought most often.

    Parameters
    ----------
    pairs : ItemPairs
        As `item_pairs` returns them; pairs below its least number of baskets are in this table too.
    most : int
        How many items, 2 to 200.

    Returns
    -------
    pandas.DataFrame
        Items by items, the most frequent first: the lift, 0 if never bought together; missing on the diagonal, since
        an item is no partner of itself.

    Raises
    ------
    InputError
        If the option lies outside its range.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = [(1, "swim"), (1, "towel"), (2, "swim"), (2, "towel"), (3, "swim"), (4, "yoga")]
    >>> pairs = item_pairs(pd.DataFrame(orders, columns=["order_id", "item"]), min_count=1, returns=None)
    >>> print(lift_table(pairs).round(2).to_string())
           swim  towel  yoga
    swim    NaN   1.33   0.0
    towel  1.33    NaN   0.0
    yoga   0.00   0.00   NaN
    """
    (wanted,) = require_numbers("lift_table", most=(most, 2, 200))
    _require_pairs(pairs, "lift_table")
    chosen = np.argsort(-pairs._counts, kind="stable")[: int(wanted)]
    place = np.full(len(pairs._counts), -1)
    place[chosen] = np.arange(len(chosen))
    one, two, both = pairs._cells
    kept = (place[one] >= 0) & (place[two] >= 0)
    one, two, both = one[kept], two[kept], both[kept]
    lift = np.zeros((len(chosen), len(chosen)))
    value = both / pairs._counts[one] * (pairs.baskets / pairs._counts[two])
    lift[place[one], place[two]] = lift[place[two], place[one]] = value
    np.fill_diagonal(lift, np.nan)
    names = pairs._names[chosen].tolist()
    return pd.DataFrame(lift, index=names, columns=names)


def adjusted(p_value: np.ndarray, correction: str, tested: int) -> np.ndarray:
    """P-values corrected for ``tested`` tests, of which those not given have p = 1."""
    order = np.argsort(p_value, kind="stable")
    rank, ordered = np.arange(1, len(p_value) + 1), p_value[order]
    if correction == "holm":
        stepped = np.maximum.accumulate(ordered * (tested - rank + 1))
    else:
        stepped = np.minimum.accumulate((ordered * tested / rank)[::-1])[::-1]
    corrected = np.empty(len(p_value))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def _counted(baskets: Baskets, least: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Names and counts of frequent items, and for all pairs of them met in a basket: places and count (X'X)."""
    from scipy.sparse import csr_array

    frequent = np.flatnonzero(baskets.counts >= least)
    place = np.full(len(baskets.counts), -1, dtype="int64")
    place[frequent] = np.arange(len(frequent))
    code = place[baskets.item]
    kept = code >= 0
    rows, columns = baskets.basket[kept], code[kept]
    shape = (baskets.coverage.baskets, max(len(frequent), 1))
    matrix = csr_array((np.ones(len(rows), dtype="int32"), (rows, columns)), shape=shape)
    product = (matrix.T @ matrix).tocoo()
    upper = product.row < product.col
    one, two, both = product.row[upper], product.col[upper], product.data[upper].astype("int64")
    order = np.lexsort([two, one])
    return baskets.names[frequent], baskets.counts[frequent], one[order], two[order], both[order]


def _fisher(both: np.ndarray, one: np.ndarray, two: np.ndarray, n: int) -> np.ndarray:
    """Chance of at least so many common baskets if the two items had nothing to do with each other."""
    from scipy.stats import hypergeom

    return np.clip(hypergeom.sf(both - 1, n, one, two), 0.0, 1.0)


def _require_pairs(pairs: Any, asked_by: str) -> None:
    if not isinstance(pairs, ItemPairs):
        what = say("A value of kind `{kind}` was given.", kind=type(pairs).__name__)
        advice = say("Pass what `item_pairs` returns.")
        heading = say("`{function}` can't read this table.", function=asked_by)
        raise InputError(heading, [Problem("unknown_kind", what, advice=advice)])
