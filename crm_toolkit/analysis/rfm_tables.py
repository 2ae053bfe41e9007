"""RFM scores at a glance: the heat map's numbers, and what each score means in days, orders and money."""

from __future__ import annotations

import math
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.rfm import BINS, MEASURES
from crm_toolkit.analysis.tables import collected, minor_units_of, opened, require_sound, whole_score
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say, say_count

HEATMAP_VALUES = ("customers", "monetary", "monetary_mean")


def rfm_heatmap_table(
    scores: Any, value: str = "customers", *, bins: int | None = None, minor_digits: int = 2
) -> pd.DataFrame:
    """Count customers or money in every cell of recency and frequency scores.

    Parameters
    ----------
    scores : frame or relation
        ``r_score``, ``f_score``, ``monetary``, such as `rfm_scores` returns.
    value : {"customers", "monetary", "monetary_mean"}
        What a cell shows: number of customers, their money, or money per customer (currency units).
    bins : int, optional
        Number of classes the scores were made with; by default 5.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    pandas.DataFrame
        Every cell: rows are ``r_score`` from 1, columns ``f_score`` from 1. A cell without customers holds 0;
        for ``"monetary_mean"``, which has no value there, NaN.

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a number is missing or infinite, a score lies outside 1 to ``bins``,
        or ``value`` is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"r_score": [1, 2, 2], "f_score": [1, 2, 2], "monetary": [5.0, 7.0, 9.0]})
    >>> rfm_heatmap_table(scores, bins=2)
    f_score  1  2
    r_score
    1        1  0
    2        0  2
    """
    classes = int(BINS.check(BINS.default if bins is None else bins))
    if value not in HEATMAP_VALUES:
        options = say("Allowed: {names}.", names=join_names(map(repr, HEATMAP_VALUES)))
        heading = say("`{name}` can't be {value}.", name="value", value=repr(value))
        raise InputError(heading, [Problem("unknown_option", options, column="value")])
    frame = opened(scores, ("r_score", "f_score", "monetary"), asked_by="rfm_heatmap_table")
    require_sound(frame, ("monetary",), asked_by="rfm_heatmap_table")
    require_scores(frame, ("r_score", "f_score"), classes)
    unit, minor = minor_units_of("monetary", minor_digits)
    cells = collected(
        frame.select(r_score=nw.col("r_score").cast(nw.Int64), f_score=nw.col("f_score").cast(nw.Int64), minor=minor)
        .group_by("r_score", "f_score")
        .agg(customers=nw.len(), minor=nw.col("minor").sum())
    ).astype({"customers": "int64", "minor": "float64"})
    cells["monetary"] = cells["minor"] / unit
    cells["monetary_mean"] = cells["minor"] / (cells["customers"] * unit)
    every = pd.RangeIndex(1, classes + 1)
    table = cells.pivot(index="r_score", columns="f_score", values=value).reindex(
        index=every.rename("r_score"), columns=every.rename("f_score")
    )
    if value == "customers":
        return table.fillna(0).astype("int64")
    return table.fillna(0.0) if value == "monetary" else table


def score_ranges(scores: Any) -> pd.DataFrame:
    """Say what every score means: how many customers have it, from which value to which.

    Parameters
    ----------
    scores : frame or relation
        Such as `rfm_scores` returns.

    Returns
    -------
    pandas.DataFrame
        One row per measure and score that occurs, best first: ``measure`` (``recency_days``, ``frequency``,
        ``monetary``), ``score``, ``customers``, ``lowest``, ``highest`` (days, orders, currency units).

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a number is missing or infinite, or a score is not whole from 1 to 10.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame(
    ...     {
    ...         **{"recency_days": [3, 90], "frequency": [4, 1], "monetary": [50.0, 9.5]},
    ...         **{"r_score": [2, 1], "f_score": [2, 1], "m_score": [2, 1]},
    ...     }
    ... )
    >>> print(score_ranges(scores).head(3).to_string(index=False))
         measure  score  customers  lowest  highest
    recency_days      2          1     3.0      3.0
    recency_days      1          1    90.0     90.0
       frequency      2          1     4.0      4.0
    """
    needed = tuple(name for letter, measure in MEASURES.items() for name in (measure, f"{letter}_score"))
    frame = opened(scores, needed, asked_by="score_ranges")
    require_sound(frame, tuple(MEASURES.values()), asked_by="score_ranges")
    require_scores(frame, tuple(f"{letter}_score" for letter in MEASURES), int(BINS.high))
    parts = []
    for letter, measure in MEASURES.items():
        number = nw.col(measure).cast(nw.Float64)
        part = collected(
            frame.select(score=nw.col(f"{letter}_score").cast(nw.Int64), number=number)
            .group_by("score")
            .agg(customers=nw.len(), lowest=nw.col("number").min(), highest=nw.col("number").max())
        ).sort_values("score", ascending=False)
        part.insert(0, "measure", measure)
        parts.append(part)
    return pd.concat(parts, ignore_index=True).astype({"score": "int64", "customers": "int64"})


def quantile_cuts(scores: Any, *, bins: int = 5) -> dict[str, list[float]]:
    """Find limits to keep: interpolated quantiles plus one unit, as the package rfm on CRAN takes them.

    Scores by ``method="quantile"`` compare customers with each other, so that somebody is always first. Limits that
    are kept let you see whether the whole base grows better: take them once, use them for later dates.

    Parameters
    ----------
    scores : frame or relation
        ``recency_days``, ``frequency``, ``monetary``, such as `rfm_scores` returns.
    bins : int
        Number of classes that the limits shall make.

    Returns
    -------
    dict
        ``{"r": […], "f": […], "m": […]}`` for ``rfm_scores(…, method="cuts", cuts=…)``: days, orders,
        currency units. Equal limits, which ties bring, stand once for each; such cuts are refused by `rfm_scores`
        until you choose other ones.

    Raises
    ------
    InputError
        If a column is missing or not of numbers, a number is missing or infinite, or there is no customer.

    Notes
    -----
    The limit between classes i and i + 1 is the interpolated quantile i / bins (Hyndman and Fan's type 7) plus 1;
    the class above begins there. "Plus 1" of what depends on the unit of money: a convention of that package
    (Hebbali, `rfm_table_order`). On its own example of 995 customers and 4,906 orders the scores are the same
    as in R for every customer.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"recency_days": [1, 5, 9], "frequency": [1, 3, 7], "monetary": [10.0, 30.0, 80.0]})
    >>> quantile_cuts(scores, bins=2)
    {'r': [5.0], 'f': [4.0], 'm': [31.0]}
    """
    classes = int(BINS.check(bins))
    frame = opened(scores, tuple(MEASURES.values()), asked_by="quantile_cuts")
    require_sound(frame, tuple(MEASURES.values()), asked_by="quantile_cuts")
    limits = {}
    for letter, measure in MEASURES.items():
        number = nw.col(measure).cast(nw.Float64)
        counted = collected(frame.select(value=number).group_by("value").agg(n=nw.len()).sort("value"))
        if counted.empty:
            heading = say("`{function}` can't measure this table.", function="quantile_cuts")
            raise InputError(heading, [Problem("empty", say("The table has no rows."))])
        values, last = counted["value"].to_numpy(), counted["n"].to_numpy().cumsum() - 1
        limits[letter] = [_quantile(values, last, step / classes) + 1 for step in range(1, classes)]
    limits["r"] = [math.ceil(limit) - 1.0 for limit in limits["r"]]
    return limits


def _quantile(values: np.ndarray, last: np.ndarray, share: float) -> float:
    """Type 7 from distinct values in order and the place, from 0, where each stands last."""
    place = share * last[-1]
    below, above = (values[np.searchsorted(last, edge(place))] for edge in (math.floor, math.ceil))
    return float(below + (above - below) * (place - math.floor(place)))


def require_scores(frame: Any, names: tuple[str, ...], classes: int) -> None:
    """Refuse scores that are missing, not whole or outside 1 to ``classes``."""
    problems, schema = [], frame.collect_schema()
    for name in names:
        try:
            if not (schema[name].is_numeric() or frame.implementation.is_pandas_like()):
                raise ValueError(name)
            bad = int(collected(frame.select(count=whole_score(name, classes)))["count"][0])
        except (ValueError, TypeError):  # words; a pandas column of objects may hold numbers and gaps
            problems.append(
                Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
            )
            continue
        if bad:
            what = say_count(
                "{count} value of `{name}` is not a whole score from 1 to {high}.",
                "{count} values of `{name}` are not whole scores from 1 to {high}.",
                bad,
                name=name,
                high=classes,
            )
            advice = say("If the scores were made with another number of classes, write `bins=…`.")
            problems.append(Problem("bad_score", what, advice=advice, column=name))
    if problems:
        raise InputError(say("These are not scores from 1 to {high}.", high=classes), problems)
