"""Features of customers made comparable before distances are measured between them.

Distance mixes units: a rouble more and a day more would count alike, and a few large spenders would stretch the space
until everybody else is one heap. So each feature is, where it is skewed to the right, replaced by its logarithm (a
difference then means "so many times more"), and divided by its spread.

``"log"``    ln x, if all values are above 0        ``"log1p"``  ln(1 + x), if some are 0; the unit then matters a bit
``"none"``   as it is: not skewed, or with negative values, or the logarithm would be more skewed

``"standard"`` subtracts the mean and divides by the standard deviation (divided by n); ``"robust"`` subtracts the
median and divides by the interquartile range over 1.349, which is the standard deviation of a normal distribution.
What was done to each feature stands in the result, and centres are turned back into the units of the table: of a
logarithm that is the geometric mean, which lies below the mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.tables import collected, opened
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import join_names, mark, say, say_count

SCALES = ("standard", "robust", "none")
TRANSFORMS = ("log", "log1p", "none")
SKEWED = Knob("skewed", 1.0, 0.0, 10.0, 0.1, mark("Skewness above which a feature is taken as a logarithm"),
              origin="convention", reference="a skewness above 1 is usually called strong")  # fmt: skip
_LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class FeatureScaling:
    """What was done to each feature; the same can be done to new customers and undone for centres.

    Parameters
    ----------
    table : pandas.DataFrame
        ``feature``, ``transform`` ("log", "log1p", "none"), ``reason`` ("skewed", "not_skewed", "negative",
        "more_skewed", "asked"), ``centre``, ``spread`` (of the transformed feature), ``used`` (False if all customers
        have the same value: such a feature tells nobody apart and is left out).
    scale : {"standard", "robust", "none"}
    """

    table: pd.DataFrame
    scale: str

    @property
    def features(self) -> list[str]:
        """All features, also those left out."""
        return self.table["feature"].tolist()

    @property
    def left_out(self) -> list[str]:
        """Features with the same value for everybody."""
        return self.table.loc[~self.table["used"], "feature"].tolist()

    def points(self, values: np.ndarray, *, asked_by: str = "FeatureScaling.points") -> np.ndarray:
        """Customers as points: a row each, the used features transformed and divided by their spread."""
        columns, problems = [], []
        row: Any
        for place, row in enumerate(self.table.itertuples(index=False)):
            if not row.used:
                continue
            raw = values[:, place].astype("float64")
            least = {"log": 0.0, "log1p": -1.0}.get(str(row.transform), -np.inf)
            bad = int((raw <= least).sum())
            if bad:
                what = say_count("{count} value of `{name}` has no logarithm.", "{count} values of `{name}` have no "
                                 "logarithm.", bad, name=row.feature)  # fmt: skip
                problems.append(Problem("no_logarithm", what, column=str(row.feature)))
                continue
            columns.append((_transformed(raw, str(row.transform)) - row.centre) / row.spread)
        if problems:
            raise InputError(say("`{function}` can't use these numbers.", function=asked_by), problems)
        return np.column_stack(columns) if columns else np.zeros((len(values), 0))

    def undo(self, points: np.ndarray) -> pd.DataFrame:
        """Points in the units of the table; a feature that was left out has its one value."""
        columns, place = {}, 0
        row: Any
        for row in self.table.itertuples(index=False):
            if not row.used:
                columns[row.feature] = np.full(len(points), _restored(np.array(row.centre), str(row.transform)))
                continue
            columns[row.feature] = _restored(points[:, place] * row.spread + row.centre, str(row.transform))
            place += 1
        return pd.DataFrame(columns)


def scale_features(values: np.ndarray, features: Sequence[str], transform: Any, scale: str) -> FeatureScaling:
    """Decide on each feature's logarithm and measure its centre and spread."""
    rows = []
    for place, name in enumerate(features):
        raw = np.sort(values[:, place].astype("float64"))  # sorted: the sums do not depend on the order of rows
        chosen, reason = _choose(raw, transform.get(name, "auto") if isinstance(transform, Mapping) else transform)
        shaped = _transformed(raw, chosen)
        constant = bool(raw[0] == raw[-1]) or float(shaped.std()) <= 1e-12 * max(float(np.abs(shaped).max()), 1e-300)
        centre, spread = (float(shaped[0]), 1.0) if constant else _spread(shaped, scale)
        rows.append((name, chosen, reason, centre, spread, not constant))
    columns = ["feature", "transform", "reason", "centre", "spread", "used"]
    return FeatureScaling(pd.DataFrame(rows, columns=columns), scale)


def read_features(table: Any, columns: Sequence[str], key: str, *, asked_by: str) -> tuple[pd.Series, np.ndarray]:
    """The customers and their features as numbers, with everything that is wrong said at once."""
    names = [columns] if isinstance(columns, str) else list(dict.fromkeys(columns))
    heading = say("`{function}` can't use these customers.", function=asked_by)
    if not names:
        what = say("At least one feature is needed.")
        raise InputError(heading, [Problem("too_few", what, column="columns")])
    frame = opened(table, (key, *names), asked_by=asked_by)
    schema = frame.collect_schema()
    problems = [
        Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
        for name in names
        if not (schema[name].is_numeric() or schema[name] == nw.Boolean)
    ]
    if problems:
        raise InputError(heading, problems)
    small = frame.select(key, *(nw.col(name) for name in names if name != key))
    found = collected(small)
    values = np.column_stack([found[name].to_numpy(dtype="float64", na_value=np.nan) for name in names])
    _require_values(found[key], values, names, key, heading)
    return found[key], values


def _require_values(customers: pd.Series, values: np.ndarray, names: list[str], key: str, heading: str) -> None:
    problems = []
    if not len(customers):
        problems.append(Problem("empty", say("The table has no rows.")))
    nobody, repeated = int(customers.isna().sum()), int(customers.dropna().duplicated().sum())
    if nobody:
        what = say_count("{count} row has no customer.", "{count} rows have no customer.", nobody)
        problems.append(Problem("no_customer", what, column=key))
    if repeated:
        what = say_count("{count} row repeats a customer.", "{count} rows repeat a customer.", repeated)
        problems.append(Problem("repeated_customer", what, column=key))
    advice = say("Fill them in or remove these customers.")
    for name, column in zip(names, values.T, strict=True):
        bad, large = int((~np.isfinite(column)).sum()), int((np.abs(column) > _LARGEST).sum())
        if bad:
            what = say_count("{count} value of `{name}` is missing or infinite.",
                             "{count} values of `{name}` are missing or infinite.", bad, name=name)  # fmt: skip
            problems.append(Problem("unsound_number", what, advice=advice, column=name))
        elif large:
            what = say_count("{count} value of `{name}` is too large to be squared.",
                             "{count} values of `{name}` are too large to be squared.", large, name=name)  # fmt: skip
            problems.append(Problem("too_large", what, advice=advice, column=name))
    if problems:
        raise InputError(heading, problems)


def require_transform(transform: Any, names: Sequence[str]) -> None:
    """Refuse what is neither "auto", "none" nor a mapping of features to transforms."""
    given = transform if isinstance(transform, Mapping) else {"transform": transform}
    allowed = TRANSFORMS if isinstance(transform, Mapping) else ("auto", "none")
    problems = [
        Problem("unknown_option", say("`{name}` can't be {value}.", name=name, value=repr(value)),
                advice=say("Allowed: {names}.", names=join_names(map(repr, allowed))), column=str(name))
        for name, value in given.items()
        if value not in allowed
    ]  # fmt: skip
    if isinstance(transform, Mapping):
        problems += [
            Problem("unknown_option", say("`{name}` is none of the features.", name=name), column=str(name))
            for name in transform
            if name not in names
        ]
    if problems:
        raise InputError(say("These features can't be transformed so."), problems)


def _choose(raw: np.ndarray, asked: str) -> tuple[str, str]:
    if asked in TRANSFORMS:
        least = {"log": 0.0, "log1p": -1.0}.get(asked, -np.inf)
        return (asked, "asked") if raw[0] > least else (("log1p", "asked") if raw[0] >= 0 else ("none", "negative"))
    skewness = _skewness(raw)
    if skewness <= SKEWED.default:
        return "none", "not_skewed"
    if raw[0] < 0:
        return "none", "negative"
    chosen = "log" if raw[0] > 0 else "log1p"
    return (chosen, "skewed") if abs(_skewness(_transformed(raw, chosen))) < skewness else ("none", "more_skewed")


def _skewness(sorted_values: np.ndarray) -> float:
    centred = sorted_values - sorted_values.mean()
    size = float(np.abs(centred).max())
    if size == 0:
        return 0.0
    centred = centred / size
    variance = float((centred**2).mean())
    return float((centred**3).mean()) / variance**1.5 if variance > 0 else 0.0


def _spread(shaped: np.ndarray, scale: str) -> tuple[float, float]:
    if scale == "none":
        return 0.0, 1.0
    if scale == "robust":
        low, middle, high = np.quantile(shaped, [0.25, 0.5, 0.75])
        if high > low:
            return float(middle), float(high - low) / 1.349
        return float(middle), float(shaped.std())
    return float(shaped.mean()), float(shaped.std())


def _transformed(raw: np.ndarray, transform: str) -> np.ndarray:
    return np.log(raw) if transform == "log" else np.log1p(raw) if transform == "log1p" else raw


def _restored(shaped: np.ndarray, transform: str) -> np.ndarray:
    return np.exp(shaped) if transform == "log" else np.expm1(shaped) if transform == "log1p" else shaped
