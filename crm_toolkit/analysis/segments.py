"""Customers by the name of their segment, and segments side by side."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from crm_toolkit.analysis.rfm import BINS
from crm_toolkit.analysis.rfm_tables import require_scores
from crm_toolkit.analysis.segment_grid import DEFAULT_GRID, SegmentGrid
from crm_toolkit.analysis.tables import collected, minor_units_of, opened, require_sound
from crm_toolkit.schema.arguments import warn_asker
from crm_toolkit.texts import say


def segment_label(code: str, grid: SegmentGrid = DEFAULT_GRID) -> str:
    """Name a segment in the reader's language.

    Raises
    ------
    InputError
        If the grid has no such segment.

    Examples
    --------
    >>> segment_label("at_risk")
    'At risk'
    """
    return say(grid.segment(code).label)


def rfm_segments(scores: Any, *, grid: SegmentGrid = DEFAULT_GRID, bins: int | None = None) -> Any:
    """Give every scored customer the name of a segment.

    Parameters
    ----------
    scores : frame or relation
        A table with ``r_score``, ``f_score`` and ``m_score``, such as `rfm_scores` returns.
    grid : SegmentGrid
        The division of the cells.
    bins : int, optional
        The number of classes that the scores were made with; by default that of the grid. If it is another one,
        scores are stretched to the grid's scale, lowest to lowest and highest to highest, in even steps: with 3
        bins 1, 2, 3 become 1, 3, 5; with 10 bins pairs become one.

    Returns
    -------
    frame or relation
        The same table with one more column, ``segment`` (the code, text).

    Raises
    ------
    InputError
        If a column is missing, or a score is missing, not whole or outside 1 to ``bins``.

    Warns
    -----
    UserWarning
        If ``bins`` is not given and no score reaches the highest of the grid: they may come from fewer classes.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"customer_id": [7, 8], "r_score": [5, 1], "f_score": [5, 3], "m_score": [5, 5]})
    >>> rfm_segments(scores)["segment"].tolist()
    ['champions', 'at_risk']
    """
    classes = int(BINS.check(grid.bins if bins is None else bins))
    names = ("r_score", "f_score", "m_score")
    frame = opened(scores, names, asked_by="rfm_segments")
    require_scores(frame, names, classes)
    if bins is None:
        _warn_of_few_classes(frame, names, classes)
    segment = nw.lit(grid.segments[-1].code)
    for candidate in reversed(grid.segments[:-1]):
        inside = nw.lit(True)
        for name, limits in zip(names, (candidate.r, candidate.f, candidate.m), strict=True):
            if limits is not None:
                scaled = _stretched(name, classes, grid.bins)
                between = (scaled >= limits[0]) & (scaled <= limits[1])
                inside = inside & between
        segment = nw.when(inside).then(nw.lit(candidate.code)).otherwise(segment)
    return frame.with_columns(segment=segment).to_native()


def segment_table(segmented: Any, *, grid: SegmentGrid = DEFAULT_GRID, minor_digits: int = 2) -> pd.DataFrame:
    """Compare segments: how many customers, how much money, how recent and how frequent.

    Parameters
    ----------
    segmented : frame or relation
        ``segment``, ``recency_days``, ``frequency``, ``monetary``, such as `rfm_segments` returns.
    grid : SegmentGrid
        Gives the order of the rows.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    pandas.DataFrame
        One row per segment that has customers, in the order of the grid: ``segment`` (code), ``customers``,
        ``customer_share`` (fraction), ``monetary`` (all money, currency units), ``money_share`` (fraction of all
        money; NaN where all money is not above 0), ``monetary_mean``, ``recency_median`` (days),
        ``frequency_median`` (orders).

    Raises
    ------
    InputError
        If a column is missing or not of numbers, or a number is missing or infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> segmented = pd.DataFrame(
    ...     {
    ...         "segment": ["new", "new", "loyal"],
    ...         "recency_days": [1, 3, 9],
    ...         "frequency": [1, 1, 6],
    ...         "monetary": [5.0, 7, 48],
    ...     }
    ... )
    >>> print(
    ...     segment_table(segmented)[["segment", "customers", "money_share", "recency_median"]].to_string(index=False)
    ... )
    segment  customers  money_share  recency_median
      loyal          1          0.8             9.0
        new          2          0.2             2.0
    """
    frame = opened(segmented, ("segment", "recency_days", "frequency", "monetary"), asked_by="segment_table")
    require_sound(frame, ("recency_days", "frequency", "monetary"), asked_by="segment_table")
    unit, minor = minor_units_of("monetary", minor_digits)
    table = collected(
        frame.select(
            "segment",
            minor=minor,
            recency=nw.col("recency_days").cast(nw.Float64),
            orders=nw.col("frequency").cast(nw.Float64),
        )
        .group_by("segment")
        .agg(
            customers=nw.len(),
            minor=nw.col("minor").sum(),
            recency_median=nw.col("recency").median(),
            frequency_median=nw.col("orders").median(),
        )
    )
    place = {code: number for number, code in enumerate(grid.codes)}
    order = sorted(
        range(len(table)), key=lambda row: (place.get(table["segment"][row], len(place)), table["segment"][row])
    )
    table = table.iloc[order].reset_index(drop=True)
    customers, money = table["customers"].astype("int64"), table["minor"].astype("float64")
    whole = money.sum()
    return pd.DataFrame(
        {
            "segment": table["segment"],
            "customers": customers,
            "customer_share": customers / max(customers.sum(), 1),
            "monetary": money / unit,
            "money_share": money / whole if whole > 0 else float("nan"),
            "monetary_mean": money / (customers * unit),
            "recency_median": table["recency_median"],
            "frequency_median": table["frequency_median"],
        }
    )


def _warn_of_few_classes(frame: Any, names: tuple[str, ...], classes: int) -> None:
    most = collected(frame.select(*(nw.col(name).max() for name in names)))
    highest = max((int(value) for value in most.iloc[0] if not pd.isna(value)), default=classes)
    if highest < classes:
        what = say(
            "No score is above {highest}, the grid has {classes} classes: if the scores were made with other ones, "
            "write `bins=…`.",
            highest=highest,
            classes=classes,
        )
        warn_asker(what)


def _stretched(name: str, classes: int, bins: int) -> nw.Expr:
    score = nw.col(name).cast(nw.Int64)
    if classes == bins:
        return score
    return (score * (2 * (bins - 1)) + (classes - 1) - 2 * (bins - 1)) // (2 * (classes - 1)) + 1
