"""Recency, frequency, monetary value: three scores for every customer.

recency     days from the customer's last purchase to the date of analysis
frequency   number of orders with at least one line that is not a return
monetary    money of all lines, returns subtracted

Each is turned into a score from 1 to the number of bins; the best customers get the highest: the most recent,
the most frequent, those who spend most. How the limits of the classes are found is the method:

``"quantile"``  each number by itself. Sort the customers from worst to best; a customer's place is the middle
    of all who have the same value, counted as a share of everyone: p = (below + equal / 2) / n. The score is
    ⌊bins · p⌋ + 1. Customers with equal values share a score and the order of rows never matters. Without ties
    the classes are equal in size, give or take one. Where a value is shared by many, a class may stay empty:
    of 100 customers 70 with one order have p = 0.35 and score 2 of 5. If all are equal, everybody gets the middle
    score, ⌊bins / 2⌋ + 1. A handful of customers is spread evenly: three of them get 1, 3 and 5.
``"cuts"``      limits that you name, equal for every date and every table.
``"nested"``    frequency is scored by the same rule among the customers of one recency class, money among those
    of one recency and frequency class: the sequential sorting of Hughes (Strategic Database Marketing, 1994).
    Classes of frequency and money are then of even size, but "frequency 4" means something else in every class.

Without ties, and with as many customers as fill the classes evenly, ``"quantile"`` is the usual recipe of cutting
at quantiles. The package rfm on CRAN adds one unit to interpolated quantiles; `quantile_cuts` finds its limits.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day, checked, day_number, divided, require_purchases, used_lines
from crm_toolkit.engines import Desk, laid_out, rows
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import warn_asker
from crm_toolkit.texts import join_names, mark, say

BINS = Knob(
    "bins",
    5,
    2,
    10,
    1,
    mark("Number of classes for each score"),
    origin="convention",
    reference="quintiles (Hughes 1994)",
)
METHODS = ("quantile", "cuts", "nested")
MEASURES = {"r": "recency_days", "f": "frequency", "m": "monetary"}
_NEEDED = ("order_id", "customer_id", "ordered_at", "amount")


def rfm_scores(
    purchases: Any,
    *,
    as_of: Any,
    bins: int | None = None,
    method: str = "quantile",
    cuts: Mapping[str, Sequence[float]] | None = None,
    minor_digits: int = 2,
) -> Any:
    """Score every customer by how recently, how often and for how much he or she has bought.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``order_id``, ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency
        units, negative on a return). Lines without a customer or after ``as_of`` are left out, and so are
        customers with returns only: `purchase_coverage` counts them.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    bins : int
        Number of classes for each score, 2 to 10; by default 5, or as many as ``cuts`` make.
    method : {"quantile", "cuts", "nested"}
        How limits are found; the head of this module says it exactly.
    cuts : mapping, optional
        For ``"cuts"``: for each of ``"r"`` (days), ``"f"`` (orders), ``"m"`` (currency units) the ``bins - 1``
        limits in ascending order. The better class includes its limit: with ``{"r": [30, 90], …}`` customers of
        up to 30 days get 3, up to 90 days 2, later 1; with ``{"f": [2, 5], …}`` from 5 orders 3, from 2 orders 2.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    frame
        One row per customer with at least one purchase, of the kind given (pandas for a path), sorted by
        ``customer_id``: ``customer_id``, ``recency_days`` (days, from 0), ``frequency`` (orders, from 1),
        ``monetary`` (currency units, exact to the minor unit; negative if more was returned than bought in
        the table), ``r_score``, ``f_score``, ``m_score`` (1 to ``bins``, best is highest) and ``rfm``
        (text such as ``"543"``; with 10 bins ``"10-4-3"``).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount, a date or an order is missing, no purchase is
        left, or an option is not allowed.

    Warns
    -----
    UserWarning
        If all customers are equal in recency, in frequency or in money, so that the score says nothing.

    Notes
    -----
    Equal on every engine, exactly. On Spark and on a DuckDB relation the result is a plan that runs when you
    ask for it. The limits of ``"quantile"`` are found first: the engine counts distinct values and only the
    limits, not more than ``bins`` for each measure, come to the driver; so the lines are read once for the
    checks, once for the limits and once for the result.

    Examples
    --------
    >>> import pandas as pd
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "order_id": [1, 1, 2, 3, 4],
    ...         "customer_id": ["ann", "ann", "ann", "bob", "eve"],
    ...         "ordered_at": pd.to_datetime(["2024-03-01", "2024-03-01", "2024-03-28", "2024-01-15", "2024-02-10"]),
    ...         "amount": [20.0, 5.5, 30.0, 12.0, 99.0],
    ...     }
    ... )
    >>> scores = rfm_scores(purchases, as_of="2024-03-31", bins=3)
    >>> print(scores.to_string(index=False))
    customer_id  recency_days  frequency  monetary  r_score  f_score  m_score rfm
            ann             3          2      55.5        3        3        2 332
            bob            76          1      12.0        1        2        1 121
            eve            50          1      99.0        2        2        3 223
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    if method not in METHODS:
        raise InputError(
            say("`{name}` can't be {value}.", name="method", value=repr(method)),
            [
                Problem(
                    "unknown_option", say("Allowed: {names}.", names=join_names(map(repr, METHODS))), column="method"
                )
            ],
        )
    given = _checked_cuts(cuts, bins, 10**digits) if method == "cuts" or cuts is not None else None
    classes = len(given["r"]) + 1 if given else int(BINS.check(BINS.default if bins is None else bins))
    if given is not None and method != "cuts":
        raise InputError(
            say("`cuts` were given, but `method` is {method}.", method=repr(method)),
            [Problem("unused_option", say('Write `method="cuts"` or leave `cuts` out.'), column="cuts")],
        )
    with laid_out(purchases, _NEEDED, asked_by="rfm_scores") as desk:
        counts = checked(desk, _NEEDED, day, digits, asked_by="rfm_scores")
        require_purchases(counts, day, asked_by="rfm_scores")
        customers = desk.settle(_customers(desk, day, digits, counts))
        if method == "nested":
            scored = _nested_scores(desk, customers, classes)
        else:
            limits = given or _quantile_limits(customers, classes)
            scored = customers.with_columns(
                **{f"{measure}_score": _score(measure, limits[measure]) for measure in MEASURES}
            )
        return desk.hand_back(_finished(scored, 10**digits, classes))


def _customers(desk: Desk, day: dt.date, digits: int, counts: dict[str, int]) -> nw.LazyFrame:
    """One row per customer; ``r``, ``f``, ``m`` are whole numbers of which more is better."""
    bought = nw.when(nw.col("bought")).then(nw.col("day")) if counts["returns"] else nw.col("day")
    orders = (
        used_lines(desk, day, digits, counts, "order_id")
        .group_by("customer_id", "order_id")
        .agg(minor=nw.col("minor").sum(), last=bought.max())
    )
    customers = (
        orders.group_by("customer_id")
        .agg(m=nw.col("minor").sum(), last=nw.col("last").max(), f=nw.col("last").count())
        .filter(nw.col("f") > 0)
    )
    return customers.select(
        "customer_id",
        r=(day_number("last") - day.toordinal()).cast(nw.Int64),
        f=nw.col("f").cast(nw.Int64),
        m=nw.col("m").cast(nw.Int64),
    )


def _ranked(customers: nw.LazyFrame, measure: str, groups: Sequence[str], bins: int) -> nw.LazyFrame:
    """Distinct values of a measure (within groups) and the score of each: the rule of ``"quantile"``."""
    counted = customers.group_by(*groups, measure).agg(n=nw.len())
    counted = counted.with_columns(nw.col("n").cast(nw.Int64), whole=nw.lit(1))
    upto = nw.col("n").cum_sum().over(*groups, "whole", order_by=measure).cast(nw.Int64)
    total = nw.col("n").sum().over(*groups, "whole").cast(nw.Int64)
    score = (bins * (2 * upto - nw.col("n"))) // (2 * total) + 1
    return counted.select(*groups, measure, **{f"{measure}_score": score.cast(nw.Int64)})


def _quantile_limits(customers: nw.LazyFrame, bins: int) -> dict[str, list[int | None]]:
    """The least value of every score, or ``None`` for scores that nobody reaches."""
    least = nw.concat(
        [
            _ranked(customers, measure, (), bins)
            .group_by(f"{measure}_score")
            .agg(least=nw.col(measure).min(), most=nw.col(measure).max())
            .select(nw.lit(measure).alias("measure"), nw.col(f"{measure}_score").alias("score"), "least", "most")
            for measure in MEASURES
        ]
    )
    found = sorted(rows(least), key=lambda row: -row["score"])
    limits: dict[str, list[int | None]] = {measure: [None] * (bins - 1) for measure in MEASURES}
    for row in found:
        for score in range(2, row["score"] + 1):
            limits[row["measure"]][score - 2] = row["least"]
    spread = {
        measure: {row[end] for row in found if row["measure"] == measure for end in ("least", "most")}
        for measure in MEASURES
    }
    alike = [name for measure, name in MEASURES.items() if len(spread[measure]) == 1]
    if alike:
        what = say(
            "All customers are equal in {names}: everybody gets the middle score, {middle}.",
            names=join_names(alike),
            middle=bins // 2 + 1,
        )
        warn_asker(what)
    return limits


def _score(measure: str, limits: Sequence[int | None]) -> nw.Expr:
    score = nw.lit(1).cast(nw.Int64)
    for number, limit in enumerate(limits, start=2):
        if limit is not None:
            score = nw.when(nw.col(measure) >= limit).then(nw.lit(number)).otherwise(score)
    return score.cast(nw.Int64)


def _nested_scores(desk: Desk, customers: nw.LazyFrame, bins: int) -> nw.LazyFrame:
    groups: list[str] = []
    for measure in MEASURES:
        ranked = _ranked(customers, measure, groups, bins)
        customers = desk.settle(customers.join(ranked, on=[*groups, measure], how="inner"))
        groups.append(f"{measure}_score")
    return customers


def _finished(scored: nw.LazyFrame, minor_units: int, bins: int) -> nw.LazyFrame:
    r, f, m = (nw.col(f"{measure}_score") for measure in MEASURES)
    if bins < 10:
        text = (r * 100 + f * 10 + m).cast(nw.String)
    else:
        text = nw.concat_str([score.cast(nw.String) for score in (r, f, m)], separator="-")
    return scored.select(
        "customer_id",
        (nw.col("r") * -1).alias("recency_days"),
        nw.col("f").alias("frequency"),
        divided(nw.col("m"), minor_units, beside="f").alias("monetary"),
        "r_score",
        "f_score",
        "m_score",
        text.alias("rfm"),
    ).sort("customer_id")


def _checked_cuts(cuts: Any, bins: int | None, minor_units: int) -> dict[str, list[int | None]]:
    """The limits that a user named, as whole numbers of which more is better."""
    heading = say("These `cuts` can't be used.")
    if not isinstance(cuts, Mapping) or set(cuts) != set(MEASURES):
        advice = say('Write {"r": [30, 90], "f": [2, 5], "m": [100, 500]}: days, orders, currency units.')
        raise InputError(
            heading,
            [Problem("wrong_cuts", say("Limits are needed for `r`, `f` and `m`."), advice=advice, column="cuts")],
        )
    problems, numbers = [], {}
    for measure in MEASURES:
        try:
            numbers[measure] = [float(limit) for limit in cuts[measure]]
        except (TypeError, ValueError):
            numbers[measure] = [math.nan]
        ascending = all(low < high for low, high in zip(numbers[measure], numbers[measure][1:], strict=False))
        if not ascending or not all(map(math.isfinite, numbers[measure])):
            what = say("The limits of `{name}` must be numbers in ascending order.", name=measure)
            problems.append(Problem("wrong_cuts", what, found=repr(cuts[measure]), column="cuts"))
    lengths = {measure: len(limits) for measure, limits in numbers.items()}
    if len(set(lengths.values())) > 1 or not BINS.low - 1 <= lengths["r"] <= BINS.high - 1:
        what = say(
            "`r`, `f` and `m` need equally many limits, {low} to {high}; there are {r}, {f} and {m}.",
            low=int(BINS.low) - 1,
            high=int(BINS.high) - 1,
            **lengths,
        )
        problems.append(Problem("wrong_cuts", what, column="cuts"))
    elif bins is not None and bins != lengths["r"] + 1:
        what = say(
            "{count} limits make {classes} classes, `bins` is {bins}.",
            count=lengths["r"],
            classes=lengths["r"] + 1,
            bins=bins,
        )
        problems.append(Problem("wrong_cuts", what, column="cuts"))
    if problems:
        raise InputError(heading, problems)
    return {
        "r": [-math.floor(limit) for limit in reversed(numbers["r"])],
        "f": [math.ceil(limit) for limit in numbers["f"]],
        "m": [math.floor(limit * minor_units + 0.5) for limit in numbers["m"]],
    }
