"""Would the ranking be the same again, and is it the same by another measure?

Noise. What customers bought in a year is one draw of what they might have bought. Each order gets a weight from the
Poisson distribution with mean 1 (the Poisson bootstrap), so that it is left out, counted once, twice, …; the ranking is
made again, many times. A rank that moves by hundreds of places is no reason to treat a customer differently from his
neighbour. This repeats the same customers with as many orders more or less; it knows nothing of who will leave.

Measures. Money so far, margin, expected value: two rankings of the same customers are compared by Kendall's tau-b
(pairs in the same order less pairs in the opposite order, corrected for ties; 1 is the same, 0 unrelated, −1 reversed),
by how many of the first k they share, and by the customers who move most. Rank 1 is the best; customers with equal
values share the mean of their ranks, so that the order of rows never matters. On the border of the first k, customers
with equal values are all in or all out, whichever comes nearer to k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day, checked, require_purchases, used_lines
from crm_toolkit.analysis.tables import collected, opened
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.engines import laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say, say_count

REPLICATIONS = Knob("replications", 200, 20, 10_000, 10, mark("Number of repetitions"), origin="convention",
                    reference="enough for the middle 90 %")  # fmt: skip
TOP = Knob("top", 0.1, 0.001, 0.9, 0.01, mark("Share of customers that counts as the top"), origin="convention",
           reference="the best tenth")  # fmt: skip
MOST_RANKS = 40_000_000
_NEEDED = ("order_id", "customer_id", "ordered_at", "amount")


@dataclass(frozen=True, eq=False)
class RankStability:
    """How far a ranking holds when the orders are drawn again.

    Parameters
    ----------
    customers : pandas.DataFrame
        Best first: ``customer_id``, ``value`` (money in currency units, or orders), ``rank`` (1 is best), ``rank_low``,
        ``rank_high`` (the middle 90 % of the repetitions), ``top_share`` (fraction of repetitions in the top).
    summary : pandas.DataFrame
        ``measure`` ("kendall_tau_b", "top_overlap"), ``mean``, ``low``, ``high`` (the middle 90 %).
    top : int
        How many customers are the top.
    replications, seed : int
    """

    customers: pd.DataFrame
    summary: pd.DataFrame
    top: int
    replications: int
    seed: int


@dataclass(frozen=True, eq=False)
class RankChanges:
    """Rankings of the same customers by several measures.

    Parameters
    ----------
    pairs : pandas.DataFrame
        For each two measures: ``first``, ``second``, ``kendall_tau_b``, ``top_overlap`` (fraction of the first k).
    customers : pandas.DataFrame
        Every customer, who moves most first: the key, ``rank_<measure>`` for each and ``change`` (largest less
        smallest rank).
    top : int
        k.
    """

    pairs: pd.DataFrame
    customers: pd.DataFrame
    top: int


def rank_stability(
    purchases: Any,
    *,
    as_of: Any,
    measure: str = "monetary",
    top: float = TOP.default,
    replications: int = int(REPLICATIONS.default),
    seed: int = 0,
    minor_digits: int = 2,
) -> RankStability:
    """Rank customers by what they bought, and find out how much of the ranking is chance.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``order_id``, ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units,
        negative on a return). Lines without a customer or after ``as_of`` are left out.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    measure : {"monetary", "frequency"}
        Money of all lines, or number of orders that are not returns.
    top : float
        Share of customers that is the top, 0.001 to 0.9.
    replications, seed : int
        Repetitions, 20 to 10,000, and the seed of their luck.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    RankStability

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount, a date or an order is missing, fewer than two customers
        are left, an option is not allowed, or customers times repetitions exceed 40 million.

    Examples
    --------
    >>> import pandas as pd
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "order_id": range(30),
    ...         "customer_id": ["often"] * 25 + ["seldom"] * 5,
    ...         "ordered_at": pd.Timestamp("2024-03-01"),
    ...         "amount": 10.0,
    ...     }
    ... )
    >>> stable = rank_stability(purchases, as_of="2024-03-31", top=0.5)
    >>> print(stable.customers.to_string(index=False))
    customer_id  value  rank  rank_low  rank_high  top_share
          often  250.0   1.0       1.0        1.0        1.0
         seldom   50.0   2.0       2.0        2.0        0.0
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    require_choice("measure", measure, ("monetary", "frequency"))
    share, times = TOP.check(top), int(REPLICATIONS.check(replications))
    with laid_out(purchases, _NEEDED, asked_by="rank_stability") as desk:
        counts = checked(desk, _NEEDED, day, digits, asked_by="rank_stability")
        require_purchases(counts, day, asked_by="rank_stability")
        bought = nw.when(nw.col("bought")).then(nw.lit(1)).otherwise(nw.lit(0))
        lines = used_lines(desk, day, digits, counts, "order_id")
        added = lines.group_by("customer_id", "order_id").agg(minor=nw.col("minor").sum(), bought=bought.max())
        orders = collected(added.sort("customer_id", "order_id"))
    codes, names = pd.factorize(orders["customer_id"])
    worth: np.ndarray = orders["minor" if measure == "monetary" else "bought"].to_numpy(dtype="float64")
    buyers = np.bincount(codes, weights=orders["bought"].to_numpy(dtype="float64")) > 0
    _require_size(int(buyers.sum()), times)
    kept = buyers[codes]
    codes, worth = np.unique(codes[kept], return_inverse=True)[1], worth[kept]
    names = names[buyers]
    value = np.bincount(codes, weights=worth)
    people, wanted = len(value), max(round(share * len(value)), 1)
    luck, rank, best = np.random.default_rng(seed), _ranks(value), _top(value, wanted)
    ranks = np.empty((times, people), dtype="float32")
    held, taus, overlaps = np.zeros(people), np.empty(times), np.empty(times)
    for turn in range(times):
        again = np.bincount(codes, weights=worth * luck.poisson(1.0, len(worth)), minlength=people)
        ranks[turn] = _ranks(again)
        chosen = _top(again, wanted)
        held += chosen
        taus[turn] = kendall_tau_b(value, again)
        overlaps[turn] = _overlap(best, chosen)
    low, high = np.quantile(ranks, [0.05, 0.95], axis=0)
    unit = 10**digits if measure == "monetary" else 1
    customers = pd.DataFrame(
        {
            "customer_id": names,
            "value": value / unit,
            "rank": rank,
            "rank_low": low.astype("float64"),
            "rank_high": high.astype("float64"),
            "top_share": held / times,
        }
    ).sort_values(["rank", "customer_id"], ignore_index=True)
    summary = pd.DataFrame(
        [
            (name, found.mean(), *np.quantile(found, [0.05, 0.95]))
            for name, found in (("kendall_tau_b", taus), ("top_overlap", overlaps))
        ],
        columns=["measure", "mean", "low", "high"],
    )
    return RankStability(customers, summary, wanted, times, seed)


def rank_changes(
    table: Any, measures: Sequence[str], *, key: str = "customer_id", top: float = TOP.default
) -> RankChanges:
    """Rank the same customers by several measures and list who changes place.

    Parameters
    ----------
    table : frame or relation
        One row per customer, a column for each measure, of which more is better.
    measures : sequence of str
        Two or more columns of numbers.
    key : str
        The column that names the customer.
    top : float
        Share of customers that is the top, 0.001 to 0.9.

    Returns
    -------
    RankChanges

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a value is missing or infinite, a customer stands twice, or there are
        fewer than two measures or customers.

    References
    ----------
    Kendall, M. G. (1945). The Treatment of Ties in Ranking Problems. Biometrika 33 (3), 239–251.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"customer_id": list("abcd"), "monetary": [100, 80, 60, 40], "profit": [10, 30, 20, 5]})
    >>> changes = rank_changes(table, ["monetary", "profit"], top=0.5)
    >>> print(changes.pairs.round(3).to_string(index=False))
       first second  kendall_tau_b  top_overlap
    monetary profit          0.333          0.5
    >>> print(changes.customers.head(2).to_string(index=False))
    customer_id  rank_monetary  rank_profit  change
              a            1.0          3.0     2.0
              b            2.0          1.0     1.0
    """
    share, names = TOP.check(top), list(dict.fromkeys(measures))
    frame = opened(table, (key, *names), asked_by="rank_changes")
    _require_measures(frame, names)
    found = collected(frame.select(key, *(nw.col(name).cast(nw.Float64) for name in names)))
    _require_values(found, key, names)
    values = {name: found[name].to_numpy(dtype="float64") for name in names}
    wanted = max(round(share * len(found)), 1)
    ranks = {name: _ranks(value) for name, value in values.items()}
    pairs = [
        (one, two, kendall_tau_b(values[one], values[two]),
         _overlap(_top(values[one], wanted), _top(values[two], wanted)))
        for one, two in combinations(names, 2)
    ]  # fmt: skip
    every = np.array(list(ranks.values()))
    customers = pd.DataFrame(
        {key: found[key], **{f"rank_{name}": rank for name, rank in ranks.items()}, "change": np.ptp(every, axis=0)}
    )
    customers = customers.sort_values(
        ["change", f"rank_{names[0]}", key], ascending=[False, True, True], ignore_index=True
    )
    columns = ["first", "second", "kendall_tau_b", "top_overlap"]
    return RankChanges(pd.DataFrame(pairs, columns=columns), customers, wanted)


def kendall_tau_b(one: np.ndarray, two: np.ndarray) -> float:
    """Kendall's tau-b; missing where all values of one side are equal."""
    from scipy.stats import kendalltau

    return float(kendalltau(one, two).statistic)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank 1 for the largest value, equal values share their mean rank."""
    _, place, count = np.unique(-values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    return ((2 * ends - count + 1) / 2)[place]


def _top(values: np.ndarray, wanted: int) -> np.ndarray:
    """The customers of the top: equal values are all in or all out, whichever comes nearer to the number wanted."""
    border = np.partition(values, len(values) - wanted)[len(values) - wanted]
    above, upto = values > border, values >= border
    return above if above.any() and wanted - above.sum() < upto.sum() - wanted else upto


def _overlap(one: np.ndarray, two: np.ndarray) -> float:
    """Customers in both, as a share of the larger group."""
    return float((one & two).sum() / max(one.sum(), two.sum()))


def _require_size(people: int, times: int) -> None:
    heading = say("`{function}` can't rank these customers.", function="rank_stability")
    if people < 2:
        what = say_count(
            "There is {count} customer; a ranking needs two.",
            "There are {count} customers; a ranking needs two.",
            people,
        )
        raise InputError(heading, [Problem("too_few", what)])
    if people * times > MOST_RANKS:
        what = say("{people} customers times {times} repetitions are more than {most} ranks.",
                   people=format_number(people), times=format_number(times),
                   most=format_number(MOST_RANKS))  # fmt: skip
        advice = say("Ask for fewer repetitions, or for a random part of the customers.")
        raise InputError(heading, [Problem("too_many", what, advice=advice, column="replications")])


def _require_measures(frame: Any, names: list[str]) -> None:
    heading = say("`{function}` can't compare these rankings.", function="rank_changes")
    if len(names) < 2:
        raise InputError(heading, [Problem("too_few", say("Two or more measures are needed."), column="measures")])
    schema = frame.collect_schema()
    problems = [
        Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
        for name in names
        if not schema[name].is_numeric()
    ]
    if problems:
        raise InputError(heading, problems)


def _require_values(found: pd.DataFrame, key: str, names: list[str]) -> None:
    problems = []
    if len(found) < 2:
        what = say_count(
            "There is {count} customer; a ranking needs two.",
            "There are {count} customers; a ranking needs two.",
            len(found),
        )
        problems.append(Problem("too_few", what))
    repeated = int(found[key].duplicated().sum())
    if repeated:
        what = say_count("{count} row repeats a customer.", "{count} rows repeat a customer.", repeated)
        problems.append(Problem("repeated_customer", what, column=key))
    for name in names:
        bad = int((~np.isfinite(found[name].to_numpy(dtype="float64"))).sum())
        if bad:
            what = say_count("{count} value of `{name}` is missing or infinite.",
                             "{count} values of `{name}` are missing or infinite.", bad, name=name)  # fmt: skip
            problems.append(Problem("unsound_number", what, column=name))
    if problems:
        raise InputError(say("`{function}` can't compare these rankings.", function="rank_changes"), problems)
