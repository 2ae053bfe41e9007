"""The table of an experiment, read once and checked: one row per customer, an arm, what came of it.

Every function of `experiments`, `sequential`, `weighting`, `uplift` and `uplift_metrics` takes its columns through this
door. What is counted and what is refused:

* a row without an arm was not in the experiment: it is left out and counted;
* a missing or infinite outcome is refused. A customer who bought nothing has 0; leaving out those without a number
  would compare buyers with buyers, and the experiment would no longer be one;
* a customer who stands in several rows is refused where a customer is the unit: counting the same person many times
  makes every interval too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.tables import collected
from crm_toolkit.engines import laid_out, with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns, require_single
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

LEVEL = Knob("level", 0.95, 0.5, 0.999, 0.01, mark("Confidence level"), origin="convention", reference="95 %")
CONTROL_NAMES = ("control", "holdout", "none", "untreated")


def read_columns(
    table: Any, columns: Iterable[str], *, asked_by: str, unit: str | None = None, numeric: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """Bring the named columns home as pandas, and say which customers stand in several rows.

    ``unit`` is the column of the customer: read and checked where the table has it. ``numeric`` columns of a
    database's decimals come home as floats.
    """
    names = list(dict.fromkeys(columns))
    table = with_named_columns(table)
    if isinstance(table, pd.DataFrame):
        present = list(table.columns)
        require_columns(names, present, asked_by=asked_by)
        wanted = [*names, *([unit] if unit in present and unit not in names else [])]
        require_single(wanted, present, asked_by=asked_by)
        frame = table.loc[:, wanted].reset_index(drop=True)
    else:
        with laid_out(table, [*names, *([unit] if unit else [])], asked_by=asked_by) as desk:
            require_columns(names, desk.columns, asked_by=asked_by)
            wanted = [*names, *([unit] if unit in desk.columns and unit not in names else [])]
            schema = desk.lines.collect_schema()
            steps = [
                nw.col(name).cast(nw.Float64) if name in set(numeric) and schema[name].is_numeric() else nw.col(name)
                for name in wanted
            ]
            frame = collected(desk.lines.select(*steps))
    problems = []
    if unit in frame.columns and (repeats := int(frame[unit].duplicated().sum())):
        what = say_count("{count} row repeats a customer.", "{count} rows repeat a customer.", repeats)
        advice = say("The customer is the unit: add the rows up to one per customer first.")
        problems.append(Problem("repeated_customer", what, advice=advice, column=str(unit)))
    return frame, problems


def numbers(frame: pd.DataFrame, name: str, problems: list[Problem], *, binary: bool = False) -> np.ndarray:
    """A column as floats; what is wrong with it joins the problems."""
    column = frame[name]
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        what = say("The column `{name}` must hold numbers.", name=name)
        problems.append(Problem("wrong_kind", what, column=name))
        return np.zeros(len(column))
    values: np.ndarray = column.to_numpy(dtype="float64", na_value=np.nan)
    unsound = int((~np.isfinite(values)).sum())
    if unsound:
        what = say_count("{count} value of `{name}` is missing or infinite.",
                         "{count} values of `{name}` are missing or infinite.", unsound, name=name)  # fmt: skip
        advice = say("Write 0 for customers who did nothing; leaving them out would bend the comparison.")
        problems.append(Problem("unsound_number", what, advice=advice, column=name))
        values = np.where(np.isfinite(values), values, 0.0)
    elif binary and (odd := int(((values != 0) & (values != 1)).sum())):
        what = say_count("{count} value of `{name}` is neither 0 nor 1.",
                         "{count} values of `{name}` are neither 0 nor 1.", odd, name=name)  # fmt: skip
        problems.append(Problem("not_binary", what, advice=say("For amounts compare means."), column=name))
    return values


def probabilities(frame: pd.DataFrame, name: str, problems: list[Problem]) -> np.ndarray:
    """A column of propensities: strictly between 0 and 1, otherwise nobody is there to compare with."""
    values = numbers(frame, name, problems)
    if any(problem.column == name for problem in problems):
        return np.full(len(values), 0.5)
    outside = int(((values <= 0) | (values >= 1)).sum())
    if outside:
        what = say_count("{count} propensity in `{name}` is not between 0 and 1.",
                         "{count} propensities in `{name}` are not between 0 and 1.", outside, name=name)  # fmt: skip
        advice = say("Customers who are always or never treated have nobody to be compared with: leave them out.")
        problems.append(Problem("no_overlap", what, advice=advice, column=name))
        return np.full(len(values), 0.5)
    return values


def arm_codes(frame: pd.DataFrame, arm: str) -> tuple[np.ndarray, list[Any]]:
    """The arm of every row as a number, −1 where it is missing, and the arms' names in order."""
    codes, names = pd.factorize(frame[arm])
    values = [value.item() if hasattr(value, "item") else value for value in names]
    order = sorted(range(len(values)), key=lambda place: (str(type(values[place])), str(values[place])))
    rank = np.empty(len(values) + 1, dtype="int64")
    rank[order] = np.arange(len(values))
    rank[-1] = -1
    return rank[codes], [values[place] for place in order]


def control_of(names: list[Any], control: Any, arm: str, problems: list[Problem]) -> Any:
    """Which arm is the control: as told, or one that says so (False, 0, “control”, “holdout” …)."""
    if control is not None:
        if control not in names:
            what = say("`{arm}` has no arm {value}: the control group is empty.", arm=arm, value=repr(control))
            found = say("Values: {names}.", names=join_names(map(repr, names)))
            problems.append(Problem("empty_control", what, found, column=arm))
        return control
    for name in names:
        if name is False or (isinstance(name, (int, float)) and name == 0):
            return name
    spoken = [name for name in names if isinstance(name, str) and name.strip().lower() in CONTROL_NAMES]
    if len(spoken) == 1:
        return spoken[0]
    if not names:
        problems.append(Problem("empty", say("No row has an arm."), column=arm))
    elif len(names) == 1 and (names[0] is True or names[0] == 1 or str(names[0]).lower() in ("treated", "treatment")):
        what = say("The control group is empty: every row of `{arm}` is {value}.", arm=arm, value=repr(names[0]))
        problems.append(Problem("empty_control", what, column=arm))
    else:
        what = say("It is not clear which arm of `{arm}` is the control group.", arm=arm)
        found = say("Values: {names}.", names=join_names(map(repr, names)))
        problems.append(Problem("no_control", what, found, say("Name it: `control=…`."), column=arm))
    return None


def two_arms(
    frame: pd.DataFrame, arm: str, control: Any, treated: Any, problems: list[Problem]
) -> tuple[np.ndarray, np.ndarray, Any, Any]:
    """Masks of the treated and of the control rows, and the names of both arms."""
    codes, names = arm_codes(frame, arm)
    base = control_of(names, control, arm, problems)
    others = [name for name in names if name != base]
    chosen = treated
    if base is not None and not any(problem.column == arm for problem in problems):
        found = say("Values: {names}.", names=join_names(map(repr, names)))
        if treated is not None and treated not in others:
            what = say("`{arm}` has no arm {value}: the treated group is empty.", arm=arm, value=repr(treated))
            problems.append(Problem("empty_treated", what, found, column=arm))
        elif treated is None and not others:
            what = say("The treated group is empty: every row of `{arm}` is {value}.", arm=arm, value=repr(base))
            problems.append(Problem("empty_treated", what, column=arm))
        elif treated is None and len(others) > 1:
            what = say("`{arm}` has several arms beside the control group.", arm=arm)
            advice = say("Name one: `treated=…`, or compare all of them with `compare_arms`.")
            problems.append(Problem("several_arms", what, found, advice, column=arm))
        chosen = others[0] if treated is None and others else treated
    place = {name: number for number, name in enumerate(names)}
    return codes == place.get(chosen, -2), codes == place.get(base, -2), chosen, base


def treated_flag(frame: pd.DataFrame, name: str, problems: list[Problem]) -> np.ndarray:
    """A column of 0 and 1, or of an arm of two names, as flags; both groups must be there."""
    column = frame[name]
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        flags = numbers(frame, name, problems, binary=True)
        missing = 0
    else:
        codes, names = arm_codes(frame, name)
        base = control_of(names, None, name, problems)
        missing = int((codes < 0).sum())
        flags = np.array([value != base for value in names] or [False])[codes].astype("float64")
        if len(names) > 2:
            what = say("`{arm}` has several arms beside the control group.", arm=name)
            problems.append(Problem("several_arms", what, say("Values: {names}.", names=join_names(map(repr, names))),
                                    say("Keep the rows of two arms."), column=name))  # fmt: skip
    if missing:
        what = say_count("{count} value of `{name}` is missing or infinite.",
                         "{count} values of `{name}` are missing or infinite.", missing, name=name)  # fmt: skip
        problems.append(Problem("unsound_number", what, column=name))
    if not any(problem.column == name for problem in problems):
        if not len(flags):
            problems.append(Problem("empty", say("The table has no rows.")))
        elif flags.all():
            what = say("The control group is empty: nobody has {value} in `{name}`.", value=0, name=name)
            problems.append(Problem("empty_control", what, column=name))
        elif not flags.any():
            what = say("The treated group is empty: nobody has {value} in `{name}`.", value=1, name=name)
            problems.append(Problem("empty_treated", what, column=name))
    return flags


def refuse(problems: list[Problem], *, asked_by: str) -> None:
    """One letter with all that is wrong, if anything is."""
    if problems:
        raise InputError(say("`{function}` can't compare these customers.", function=asked_by), problems)


def refuse_numbers(problems: list[Problem], *, asked_by: str) -> None:
    """The same for options alone, where there is no table."""
    if problems:
        raise InputError(say("`{function}` can't work with these numbers.", function=asked_by), problems)


def figure(value: float | None, digits: int = 4) -> str:
    """A number for a sentence: four significant digits, in the reader's language.

    >>> figure(1234.567), figure(0.0123456), figure(-0.5)
    ('1,235', '0.01235', '-0.5')
    """
    if value is None or not math.isfinite(value):
        return "—"
    decimals = 0 if value == 0 else max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    decimals = min(decimals, 9)
    text = format_number(round(value, decimals), decimals)
    point = "," if "," in text[-decimals - 1 : -decimals or None] and decimals else "."
    return text.rstrip("0").rstrip(point) if decimals else text


def p_words(p: float) -> str:
    """A p-value for a sentence: “p = 0.012”, “p < 0.001”.

    >>> p_words(0.0123), p_words(1e-9)
    ('p = 0.012', 'p < 0.001')
    """
    return f"p < {format_number(0.001, 3)}" if p < 0.001 else f"p = {format_number(p, 3)}"


def normal_quantile(level: float) -> float:
    """The two-sided quantile: 1.96 for 0.95."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def two_sided_p(z: float) -> float:
    """The two-sided p-value of a standard normal statistic."""
    return math.erfc(abs(z) / math.sqrt(2))
