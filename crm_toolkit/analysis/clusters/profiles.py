"""Profile cards: what a segment is like beside all customers.

index = 100 × mean in the segment / mean of all. 100 is like everybody, 250 two and a half times as much; for a text
column, each of its values is a share and the index compares shares. The interval takes into account that the segment
is a part of the base (delta method on the logarithm; of shares Wilson's interval over the base's share). A segment of
fewer than 10 customers gets no interval: it is an anecdote.

The features that made the clusters stand out by construction. News is what stands out among the *others*: age, branch,
complaints. Of twenty comparisons at 95 % one stands out by chance, and a segment is a mean: its customers are not all
like its card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.clusters.fitting import FEATURES
from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.analysis.tables import collected, opened
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say, say_count

LEAST = Knob("least", 10, 2, 1000, 1, mark("Customers from which an interval is given"), origin="convention",
             reference="a mean of fewer says little")  # fmt: skip
MOST_VALUES = 12


@dataclass(frozen=True, eq=False)
class SegmentProfiles:
    """Cards of all segments.

    Parameters
    ----------
    segments : pandas.DataFrame
        ``segment``, ``customers``, ``customer_share`` (fraction), ``money`` (of all its customers, currency units),
        ``money_share``, ``money_share_low``, ``money_share_high`` (fractions of all money; missing where all money is
        not above 0), ``money_per_customer``.
    features : pandas.DataFrame
        For each segment and feature, and for each value of a text column: ``segment``, ``feature``, ``value`` (missing
        for numbers), ``mean`` (or share, a fraction), ``median`` (missing for shares), ``base_mean``, ``base_median``,
        ``index``, ``low``, ``high`` (missing where not defined) and ``stands_out``: "over", "under", "alike",
        "too_few" (customers for an interval), "not_defined" (the base's mean is not above 0).
    level : float
    """

    segments: pd.DataFrame
    features: pd.DataFrame
    level: float


def segment_profiles(
    table: Any,
    columns: Sequence[str] = FEATURES,
    *,
    segment: str = "cluster",
    money: str = "monetary",
    level: float = 0.95,
) -> SegmentProfiles:
    """Describe segments by size, share of the money, medians and indices against all customers.

    Parameters
    ----------
    table : frame or relation
        One row per customer with the segment, the money and the columns that describe.
    columns : sequence of str
        Columns of numbers or flags (a mean, a median) or of text (its 12 most frequent values; a missing text counts as
        none of them).
    segment : str
        The column that names the segment: of clusters, of RFM segments, of anything.
    money : str
        Money of the customer, currency units.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    SegmentProfiles
        Segments in the order of their names or numbers.

    Raises
    ------
    InputError
        If a column is missing, a customer has no segment, a number is missing or infinite, or there are no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "cluster": [1] * 20 + [2] * 80,
    ...         "monetary": [90.0, 110.0] * 10 + [9.0, 11.0] * 40,
    ...         "city": ["A"] * 15 + ["B"] * 85,
    ...     }
    ... )
    >>> cards = segment_profiles(table, ["monetary", "city"])
    >>> print(cards.segments[["segment", "customers", "money_share"]].round(3).to_string(index=False))
     segment  customers  money_share
           1         20        0.714
           2         80        0.286
    >>> shown = cards.features[["segment", "feature", "value", "median", "index", "stands_out"]]
    >>> print(shown.round(0).head(3).to_string(index=False))
     segment  feature value  median  index stands_out
           1 monetary  None   100.0  357.0       over
           1     city     B     NaN   29.0      under
           1     city     A     NaN  500.0       over
    """
    (share,) = require_numbers("segment_profiles", level=(level, 0.5, 0.999))
    names = [columns] if isinstance(columns, str) else list(dict.fromkeys(columns))
    frame = opened(table, tuple(dict.fromkeys((segment, money, *names))), asked_by="segment_profiles")
    schema = frame.collect_schema()
    found = collected(frame.select(*dict.fromkeys((segment, money, *names))))
    numbers = [
        name for name in dict.fromkeys((money, *names)) if schema[name].is_numeric() or schema[name] == nw.Boolean
    ]
    texts = [name for name in names if name not in numbers and schema[name] in (nw.String, nw.Categorical, nw.Enum)]
    _require_rows(found, segment, money, numbers, [name for name in names if name not in (*numbers, *texts)])
    code, labels = pd.factorize(found[segment], sort=True)
    values = {name: found[name].to_numpy(dtype="float64") for name in numbers}
    sizes = np.bincount(code)
    parts = [
        _number_rows(name, values[name], code, sizes, share) if name in values else
        _text_rows(name, found[name], code, sizes, share)
        for name in names
    ]  # fmt: skip
    features = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["segment"])
    features = features.sort_values("segment", kind="stable", ignore_index=True)
    features["segment"] = [labels[number] for number in features["segment"]]
    segments = _sizes(values[money], code, sizes, share)
    segments.insert(0, "segment", labels)
    return SegmentProfiles(segments, features, share)


def _z(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def _sizes(money: np.ndarray, code: np.ndarray, sizes: np.ndarray, level: float) -> pd.DataFrame:
    sums, total = np.bincount(code, weights=money), float(money.sum())
    share = sums / total if total > 0 else np.full(len(sums), np.nan)
    square = np.bincount(code, weights=money**2)
    # x (inside − share) summed in squares: those inside with 1 − share, the others with −share
    error = np.sqrt((1 - share) ** 2 * square + share**2 * (square.sum() - square)) / abs(total or 1.0)
    error = np.where(sizes >= LEAST.default, error, np.nan)
    return pd.DataFrame(
        {
            "customers": sizes,
            "customer_share": sizes / sizes.sum(),
            "money": sums,
            "money_share": share,
            "money_share_low": share - _z(level) * error,
            "money_share_high": share + _z(level) * error,
            "money_per_customer": sums / sizes,
        }
    )


def _number_rows(name: str, value: np.ndarray, code: np.ndarray, sizes: np.ndarray, level: float) -> pd.DataFrame:
    n, base = len(value), float(value.mean())
    mean = np.bincount(code, weights=value) / sizes
    medians = pd.Series(value).groupby(code).median().to_numpy()
    rows = pd.DataFrame({"segment": np.arange(len(sizes)), "feature": name, "value": None, "mean": mean,
                         "median": medians, "base_mean": base, "base_median": float(np.median(value))})  # fmt: skip
    if base <= 0:
        return rows.assign(index=np.nan, low=np.nan, high=np.nan, stands_out="not_defined")
    ratio = mean / base
    # a customer moves the ratio by (inside · (x − mean) n / size − ratio · (x − base)) / base; squares added by segment
    spread = np.bincount(code, weights=(value - mean[code]) ** 2)
    away = np.bincount(code, weights=(value - base) ** 2)
    inside = (n / sizes - ratio) ** 2 * spread + sizes * (ratio * (mean - base)) ** 2
    error = np.sqrt(inside + ratio**2 * (away.sum() - away)) / (n * base)
    positive = ratio > 0
    width = _z(level) * error
    factor = np.exp(np.divide(width, ratio, out=np.zeros_like(width), where=positive).clip(max=50))
    low = np.where(positive, ratio / factor, ratio - width)
    high = np.where(positive, ratio * factor, ratio + width)
    return _judged(rows, 100 * ratio, 100 * low, 100 * high, sizes)


def _text_rows(name: str, value: pd.Series, code: np.ndarray, sizes: np.ndarray, level: float) -> pd.DataFrame:
    text = value.astype(object).where(value.notna(), None)
    counted = pd.Series([one for one in text if one is not None], dtype=object).map(str).value_counts()
    ranked = sorted(counted.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))[:MOST_VALUES]
    plain = np.array([None if one is None else str(one) for one in text], dtype=object)
    parts = []
    for label, count in ranked:
        inside = np.bincount(code, weights=(plain == label).astype("float64"), minlength=len(sizes))
        base = int(count) / len(plain)
        low, high = wilson_interval(inside, sizes, level)
        rows = pd.DataFrame({"segment": np.arange(len(sizes)), "feature": name, "value": label,
                             "mean": inside / sizes, "median": np.nan, "base_mean": base,
                             "base_median": np.nan})  # fmt: skip
        parts.append(_judged(rows, 100 * inside / sizes / base, 100 * low / base, 100 * high / base, sizes))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _judged(rows: pd.DataFrame, index: np.ndarray, low: np.ndarray, high: np.ndarray, sizes: np.ndarray) -> Any:
    enough = sizes >= LEAST.default
    verdict = np.where(low > 100, "over", np.where(high < 100, "under", "alike"))
    return rows.assign(
        index=index,
        low=np.where(enough, low, np.nan),
        high=np.where(enough, high, np.nan),
        stands_out=np.where(enough, verdict, "too_few"),
    )


def _require_rows(found: pd.DataFrame, segment: str, money: str, numbers: list[str], others: list[str]) -> None:
    problems = []
    if not len(found):
        problems.append(Problem("empty", say("The table has no rows.")))
    nowhere = int(found[segment].isna().sum())
    if nowhere:
        what = say_count("{count} row has no segment.", "{count} rows have no segment.", nowhere)
        problems.append(Problem("no_segment", what, column=segment))
    if money not in numbers:
        problems.append(Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=money), column=money))
    for name in others:
        what = say("The column `{name}` must hold numbers or text, not both.", name=name)
        problems.append(Problem("wrong_kind", what, column=name))
    for name in numbers:
        bad = int((~np.isfinite(found[name].to_numpy(dtype="float64", na_value=np.nan))).sum())
        if bad:
            what = say_count("{count} value of `{name}` is missing or infinite.",
                             "{count} values of `{name}` are missing or infinite.", bad, name=name)  # fmt: skip
            advice = say("Fill them in or remove these customers.")
            problems.append(Problem("unsound_number", what, advice=advice, column=name))
    if problems:
        raise InputError(say("`{function}` can't describe these segments.", function="segment_profiles"), problems)
