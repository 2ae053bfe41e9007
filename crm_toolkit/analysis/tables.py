"""Small steps that several topics share: open a table of results, add money exactly, bring a little home."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from crm_toolkit.analysis.lines import MINOR_DIGITS
from crm_toolkit.engines import with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns, require_single
from crm_toolkit.texts import say, say_count


def opened(table: Any, needed: tuple[str, ...], *, asked_by: str) -> Any:
    """A Narwhals frame over a table of results, which keeps its kind, order and index."""
    table = with_named_columns(table)
    if isinstance(table, pd.DataFrame):
        require_single(table.columns, table.columns, asked_by=asked_by)
    try:
        frame = nw.from_native(table)
    except TypeError:
        raise InputError(
            say("`{function}` can't read this table.", function=asked_by),
            [Problem("unknown_kind", say("A table of kind `{kind}` was given.", kind=type(table).__name__))],
        ) from None
    require_columns(needed, frame.collect_schema().names(), asked_by=asked_by)
    return frame


def require_sound(frame: Any, names: tuple[str, ...], *, asked_by: str, heading: str = "") -> None:
    """Refuse columns that are not of numbers, then values that are missing or infinite: all of them at once."""
    heading = heading or say("`{function}` can't measure this table.", function=asked_by)
    schema = frame.collect_schema()
    problems = [
        Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name)
        for name in names
        if not schema[name].is_numeric()
    ]
    if not problems:
        unsound = {name: ~nw.col(name).cast(nw.Float64).is_finite().fill_null(False) for name in names}
        counts = collected(
            frame.select(
                **{name: nw.when(bad).then(nw.lit(1)).otherwise(nw.lit(0)).sum() for name, bad in unsound.items()}
            )
        )
        for name in names:
            count = int(0 if pd.isna(counts[name][0]) else counts[name][0])
            if count:
                what = say_count("{count} value of `{name}` is missing or infinite.",
                                 "{count} values of `{name}` are missing or infinite.", count, name=name)  # fmt: skip
                problems.append(Problem("unsound_number", what, column=name))
    if problems:
        raise InputError(heading, problems)


def collected(step: Any) -> pd.DataFrame:
    """Compute a *small* result and bring it home as a pandas frame."""
    frame = step.collect("pyarrow") if isinstance(step, nw.LazyFrame) else step
    return frame.to_pandas().reset_index(drop=True)


def minor_units_of(name: str, minor_digits: int) -> tuple[int, nw.Expr]:
    """Minor units in a currency unit, and a money column in whole minor units."""
    unit = 10 ** int(MINOR_DIGITS.check(minor_digits))
    return unit, (nw.col(name).cast(nw.Float64) * unit + 0.5).floor()


def whole_score(name: str, classes: int) -> nw.Expr:
    """How many values are no whole score from 1 to ``classes``."""
    score = nw.col(name).cast(nw.Float64)
    good = ((score >= 1) & (score <= classes) & (score == score.floor())).fill_null(False)
    return nw.when(good).then(nw.lit(0)).otherwise(nw.lit(1)).sum()
