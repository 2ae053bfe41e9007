"""What a public function of the room promises of tables, written down once: the registry behind `test_contract`.

A topic lists its functions in `contracts/<topic>.py` as ``CONTRACTS = [Contract(...), ...]``; the walk in
`test_contract` finds the file by itself. The tables at the end of this module are small, alike in every run and
made once.
"""

from __future__ import annotations

import dataclasses
import importlib
import math
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import analysis
from tests.analysis.conftest import random_purchases

AS_OF = "2024-01-31"
LINES = ("customer_id", "ordered_at", "amount")


@dataclass(frozen=True)
class Contract:
    """One question put to one table.

    Parameters
    ----------
    name : str
        The function, as a learner calls it: ``rfm_scores``, ``PurchaseSummary.from_frame``. A second way of asking is
        written ``rfm_scores: cuts``.
    table : callable
        Makes a table that gets a good answer; called once, everybody works on copies.
    ask : callable
        Puts the question to a table: a frame, a frozen value that may hold frames, an array or a number comes back.
    columns : tuple of str
        Columns without which there is no answer.
    order_free : bool
        Whether the answer is the same for the rows in any order.
    numbers : tuple of str
        Columns of numbers, into which nonsense is planted.
    missing : tuple of str
        Columns, fields or keys of the answer that may be wholly missing (NaN), because the docstring says when.
    allows : tuple of str
        Nonsense that the function is documented to live with although it would usually be refused:
        ``"infinite"``, ``"text"``; a column may be named: ``"infinite:weight"``.
    warns : bool
        Whether the docstring announces a ``UserWarning``.
    note : str
        Why something is so.
    """

    name: str
    table: Callable[[], pd.DataFrame]
    ask: Callable[[pd.DataFrame], object]
    columns: tuple[str, ...]
    order_free: bool = True
    numbers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    warns: bool = False
    note: str = ""

    @property
    def function(self) -> str:
        """The function that is asked."""
        return self.name.split(":")[0]

    def allowed(self, nonsense: str, column: str) -> bool:
        """Whether this nonsense in this column need not be refused."""
        return nonsense in self.allows or f"{nonsense}:{column}" in self.allows


def every_contract() -> list[Contract]:
    """The entries of all topics, by the names of the files."""
    folder = Path(__file__).with_name("contracts")
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return [entry for name in names for entry in importlib.import_module(f"tests.analysis.contracts.{name}").CONTRACTS]


def same(one: Any, two: Any, *, tolerance: float = 1e-9) -> bool:
    """Whether two answers are equal: frames, arrays, frozen values, mappings, sequences, numbers to a tolerance.

    Frames with a ``customer_id`` are sorted by it first: the order of an answer may follow the order of the question.
    """
    if dataclasses.is_dataclass(one) and not isinstance(one, type):
        names = [field.name for field in dataclasses.fields(one)]
        return type(one) is type(two) and all(
            same(getattr(one, name), getattr(two, name), tolerance=tolerance) for name in names
        )
    if isinstance(one, pd.DataFrame):
        return isinstance(two, pd.DataFrame) and _same_frames(one, two, tolerance)
    if isinstance(one, pd.Series):
        return isinstance(two, pd.Series) and _same_frames(one.to_frame(), two.to_frame(), tolerance)
    if isinstance(one, np.ndarray):
        if not isinstance(two, np.ndarray) or one.shape != two.shape:
            return False
        if one.dtype.kind == "f":
            return bool(np.allclose(one, two, rtol=tolerance, atol=tolerance, equal_nan=True))
        return bool((one == two).all())
    if isinstance(one, Mapping):
        return (
            isinstance(two, Mapping)
            and set(one) == set(two)
            and all(same(one[key], two[key], tolerance=tolerance) for key in one)
        )
    if isinstance(one, (list, tuple)):
        return (
            type(one) is type(two)
            and len(one) == len(two)
            and all(same(left, right, tolerance=tolerance) for left, right in zip(one, two, strict=True))
        )
    if isinstance(one, (float, np.floating)) and isinstance(two, (float, np.floating, int)):
        return (math.isnan(one) and math.isnan(two)) or math.isclose(one, two, rel_tol=tolerance, abs_tol=tolerance)
    return type(one) is type(two) and bool(one == two)


def _same_frames(one: pd.DataFrame, two: pd.DataFrame, tolerance: float) -> bool:
    try:
        pd.testing.assert_frame_equal(_in_order(one), _in_order(two), rtol=tolerance, atol=tolerance)
    except AssertionError:
        return False
    return True


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    if "customer_id" not in frame.columns:
        return frame
    by = ["customer_id", *(name for name in frame.columns if name != "customer_id" and frame[name].dtype.kind in "iuM")]
    return frame.sort_values(by, kind="stable", ignore_index=True)


def unflagged(answer: Any, missing: tuple[str, ...], place: str = "answer") -> Iterator[str]:
    """Places of an answer that hold an infinity, or nothing but NaN though nobody announced it."""
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        for field in dataclasses.fields(answer):
            yield from unflagged(getattr(answer, field.name), missing, field.name)
    elif isinstance(answer, pd.DataFrame):
        for name in answer.columns:
            yield from unflagged(answer[name].to_numpy(), missing, str(name))
    elif isinstance(answer, pd.Series):
        yield from unflagged(answer.to_numpy(), missing, place)
    elif isinstance(answer, Mapping):
        for key, value in answer.items():
            yield from unflagged(value, missing, str(key))
    elif isinstance(answer, (list, tuple)):
        for value in answer:
            yield from unflagged(value, missing, place)
    elif isinstance(answer, (float, np.floating, np.ndarray)):
        values = np.asarray(answer)
        if place not in missing and values.dtype.kind == "f" and values.size:
            if np.isinf(values).any():
                yield f"{place}: infinite"
            if np.isnan(values).all():
                yield f"{place}: nothing but NaN"


@cache
def purchases() -> pd.DataFrame:
    """240 lines of 20 customers with returns, free goods and lines without a customer."""
    return random_purchases(8, lines=240)


@cache
def summary() -> pd.DataFrame:
    """``customer_id, frequency, recency, T, monetary`` in weeks."""
    return analysis.purchase_summary(purchases(), as_of=AS_OF).table


@cache
def scores() -> pd.DataFrame:
    """RFM scores, segments and a made-up ``half`` of every customer."""
    found = analysis.rfm_scores(purchases(), as_of=AS_OF)
    return analysis.rfm_segments(found.assign(half=found["customer_id"].to_numpy() % 2))
