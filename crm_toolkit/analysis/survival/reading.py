"""Lives in memory: how long each customer was followed, and whether the event was seen.

duration   time from the customer's beginning to the event or to the end of observation, one unit for all
event      whether the event (leaving, usually) was seen; without it the duration is *censored*: the life goes on
entry      age at which the customer came under observation; whoever left before was never seen (*left truncation*)

Where an engine holds the table, equal lives come home as one row with their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.engines import laid_out, with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import say, say_count

Floats = NDArray[np.float64]
MOST_GROUPS = 50
WEIGHT = "_rows_alike"
"""Column of `read_frame` with the number of equal rows."""


@dataclass(frozen=True, eq=False)
class Lives:
    """Durations with what belongs to them.

    Parameters
    ----------
    duration : array
    event : array of bool
    entry : array or None
        Ages at which observation began; ``None`` if everybody was seen from the start.
    code : array of int
        Place of the group in ``groups``.
    groups : list
        Different groups, sorted; ``["all"]`` where there is no column for them.
    weight : array
        How many customers each row stands for.
    covariates : array
        Two dimensions, one column for each covariate.
    """

    duration: Floats
    event: NDArray[np.bool_]
    entry: Floats | None
    code: NDArray[np.intp]
    groups: list[Any]
    weight: Floats
    covariates: Floats

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return round(float(self.weight.sum()))

    @property
    def events(self) -> int:
        """How many events were seen."""
        return round(float(self.weight[self.event].sum()))


def read_frame(table: Any, columns: Sequence[str], *, asked_by: str, counted: bool = False) -> pd.DataFrame:
    """Columns of any kind of table as a pandas frame in memory; one that was pandas is not copied.

    ``counted`` lets an engine unite equal rows, with their number in the column `WEIGHT`.
    """
    names = list(dict.fromkeys(columns))
    table = with_named_columns(table)
    if isinstance(table, pd.DataFrame):
        require_columns(names, tuple(map(str, table.columns)), asked_by=asked_by)
        return table
    with laid_out(table, names, asked_by=asked_by) as desk:
        require_columns(names, desk.columns, asked_by=asked_by)
        lines = desk.lines.select(*names)
        lines = lines.group_by(*names).agg(nw.len().alias(WEIGHT)) if counted else lines
        return lines.collect("pyarrow").to_native().to_pandas()


def read_lives(
    table: Any,
    *,
    duration: str,
    event: str,
    asked_by: str,
    entry: str | None = None,
    group: str | None = None,
    covariates: Sequence[str] = (),
    counted: bool = False,
) -> Lives:
    """Read lives from a table, or refuse it with everything that is wrong."""
    columns = [duration, event, *([entry] if entry else []), *([group] if group else []), *covariates]
    frame = read_frame(table, columns, asked_by=asked_by, counted=counted)
    heading = say("`{function}` can't use these lives.", function=asked_by)
    problems: list[Problem] = []
    lasted = numbers_of(frame, duration, problems, least=0.0)
    seen = flags_of(frame, event, problems)
    began = numbers_of(frame, entry, problems, least=0.0) if entry else None
    covered = [numbers_of(frame, name, problems) for name in covariates]
    code, groups = _groups_of(frame, group, problems)
    if not problems and began is not None:
        problems += _wrong_entries(lasted, began, str(entry), duration)
    if not problems and not len(frame):
        problems.append(Problem("no_customers", say("The table has 0 customers.")))
    if problems:
        raise InputError(heading, problems)
    if began is not None and not began.any():
        began = None
    return Lives(
        lasted, seen, began, code, groups, weight_of(frame), np.array(covered).T.reshape(len(frame), len(covered))
    )


def weight_of(frame: pd.DataFrame) -> Floats:
    """How many customers each row of `read_frame` stands for."""
    return frame[WEIGHT].to_numpy(dtype=np.float64) if WEIGHT in frame else np.ones(len(frame))


def numbers_of(frame: pd.DataFrame, name: str, problems: list[Problem], *, least: float = -np.inf) -> Floats:
    """A column of finite numbers from ``least`` upwards; what is wrong with it goes to ``problems``."""
    column = frame[name]
    if not (pd.api.types.is_numeric_dtype(column) or _only_numbers(column)):
        problems.append(Problem("wrong_kind", say("The column `{name}` must hold numbers.", name=name), column=name))
        return np.zeros(len(frame))
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    unsound = len(values) - int(np.isfinite(values).sum())
    if unsound:
        what = say_count("{count} value of `{name}` is missing or infinite.",
                         "{count} values of `{name}` are missing or infinite.", unsound, name=name)  # fmt: skip
        advice = say("Fill them in or remove these lines.")
        problems.append(Problem("unsound_number", what, advice=advice, column=name))
    below = int((values < least).sum()) if least > -np.inf else 0
    if below:
        what = say_count("{count} value of `{name}` is negative.", "{count} values of `{name}` are negative.", below,
                         name=name)  # fmt: skip
        problems.append(Problem("negative", what, advice=say("Correct these lines."), column=name))
    return values


def flags_of(frame: pd.DataFrame, name: str, problems: list[Problem]) -> NDArray[np.bool_]:
    """A column of yes and no, as truth values or 0 and 1; what is wrong with it goes to ``problems``."""
    column = frame[name]
    if pd.api.types.is_bool_dtype(column) and not column.isna().any():
        return column.to_numpy(dtype=bool)
    if not (pd.api.types.is_numeric_dtype(column) or _only_numbers(column)):
        problems.append(Problem("wrong_kind", say("The column `{name}` must hold 0 and 1.", name=name), column=name))
        return np.zeros(len(frame), dtype=bool)
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = int((~np.isin(values, (0.0, 1.0))).sum())
    if wrong:
        what = say_count("{count} value of `{name}` is neither 0 nor 1.",
                         "{count} values of `{name}` are neither 0 nor 1.", wrong, name=name)  # fmt: skip
        problems.append(Problem("no_flag", what, advice=say("Write 1 where it happened and 0 where not."), column=name))
    return values == 1.0


def _only_numbers(column: pd.Series) -> bool:
    """Whether a column of objects holds numbers and gaps only, as a flag with gaps does."""
    if column.dtype != object:
        return False
    return all(isinstance(value, (bool, int, float, np.number)) for value in column[column.notna()])


def _groups_of(frame: pd.DataFrame, name: str | None, problems: list[Problem]) -> tuple[NDArray[np.intp], list[Any]]:
    if name is None:
        return np.zeros(len(frame), dtype=np.intp), ["all"]
    gaps = int(frame[name].isna().sum())
    if gaps:
        what = say_count("{count} row has no group in `{name}`.", "{count} rows have no group in `{name}`.", gaps,
                         name=name)  # fmt: skip
        advice = say("Fill them in or remove these lines.")
        problems.append(Problem("no_group", what, advice=advice, column=name))
    try:
        code, found = pd.factorize(frame[name], sort=True)
    except TypeError:  # values of different kinds have no order
        code, found = pd.factorize(frame[name].astype(str), sort=True)
    groups = list(found.tolist())
    if len(groups) > MOST_GROUPS:
        what = say("`{name}` has {count} different values; {most} groups can be told apart.", name=name,
                   count=len(groups), most=MOST_GROUPS)  # fmt: skip
        advice = say("Name a column with few values, or make classes of it.")
        problems.append(Problem("too_many", what, advice=advice, column=name))
    return code.astype(np.intp), groups


def _wrong_entries(lasted: Floats, began: Floats, entry: str, duration: str) -> list[Problem]:
    late = int(((began >= lasted) & (began > 0)).sum())
    if not late:
        return []
    what = say_count(
        "{count} customer came under observation when the life was over: `{entry}` is not below `{duration}`.",
        "{count} customers came under observation when the life was over: `{entry}` is not below `{duration}`.",
        late, entry=entry, duration=duration,
    )  # fmt: skip
    return [Problem("wrong_order", what, advice=say("Correct these lines."), column=entry)]
