"""The data of a task as JSON and back, the same in value and type: numbers, texts, lists, dates, tables.

No pickle: a file from an exam runs nothing when it is opened.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd


def as_json(value: Any) -> Any:
    """A task's data as JSON.

    Raises
    ------
    TypeError
        For a kind of value that no task has.

    Examples
    --------
    >>> as_json({"rates": [0.5, float("nan")], "day": pd.Timestamp("2025-06-30")})
    {'map': [['rates', [0.5, {'float': 'nan'}]], ['day', {'time': '2025-06-30T00:00:00', 'unit': 'us'}]]}
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if value is pd.NA or value is pd.NaT:
        return {"na": type(value).__name__}
    if isinstance(value, pd.Timestamp):
        return {"time": value.isoformat(), "unit": value.unit}
    if type(value) is dt.date:
        return {"date": value.isoformat()}
    if type(value) is int:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [as_json(one) for one in value]}
    if isinstance(value, dict):
        return {"map": [[as_json(name), as_json(one)] for name, one in value.items()]}
    if isinstance(value, pd.DataFrame):
        columns = [_column(value.iloc[:, place]) for place in range(value.shape[1])]
        names = [as_json(name) for name in value.columns.tolist()]
        return {"table": columns, "names": names, "over": value.columns.name, "index": _index(value.index)}
    if isinstance(value, pd.Series):
        return {"series": _column(value), "name": as_json(value.name), "index": _index(value.index)}
    if hasattr(value, "item"):
        return as_json(value.item())
    raise TypeError(f"no task has data of type {type(value).__name__}")


def from_json(said: Any) -> Any:
    """The counterpart of `as_json`.

    >>> from_json(as_json({"a": (1, 2.5)}))
    {'a': (1, 2.5)}
    """
    if isinstance(said, list):
        return [from_json(one) for one in said]
    if not isinstance(said, dict):
        return said
    if "na" in said:
        return pd.NA if said["na"] == "NAType" else pd.NaT
    if "time" in said:
        return pd.Timestamp(said["time"]).as_unit(said["unit"])
    if "date" in said:
        return dt.date.fromisoformat(said["date"])
    if "float" in said:
        return float(said["float"])
    if "tuple" in said:
        return tuple(from_json(one) for one in said["tuple"])
    if "map" in said:
        return {from_json(name): from_json(one) for name, one in said["map"]}
    index = _of_index(said["index"])
    if "series" in said:
        made = _of_column(said["series"]).rename(from_json(said["name"]))
        return made if index is None else made.set_axis(index)
    frame = pd.DataFrame({place: _of_column(column) for place, column in enumerate(said["table"])})
    frame.columns = pd.Index([from_json(name) for name in said["names"]], name=said["over"])
    return frame if index is None else frame.set_axis(index, axis=0)


def _column(cells: Any) -> dict[str, Any]:
    return {"type": str(cells.dtype), "cells": [as_json(one) for one in cells.tolist()]}


def _of_column(said: dict[str, Any]) -> pd.Series:
    cells = [from_json(one) for one in said["cells"]]
    return pd.Series(cells, dtype="object").astype(said["type"])


def _index(index: pd.Index) -> Any:
    if isinstance(index, pd.RangeIndex) and (index.start, index.step, index.name) == (0, 1, None):
        return None
    return _column(index) | {"name": index.name}


def _of_index(said: Any) -> pd.Index | None:
    return None if said is None else pd.Index(_of_column(said), name=said["name"])
