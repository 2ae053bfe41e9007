"""Reading what a student hands in: numbers and small tables in whatever form they come.

A number may be Python's or numpy's, a Decimal, or text as people write it: "0,786", "78.6 %", "1 234,5",
"$5", "11/14". A table may be a pandas or polars frame, a Series, or dictionaries. Whatever comes, reading
ends in a `Reading` and not in a traceback; what can't be read says why, in the reader's language.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.texts import join_names, say, say_count

KEY = "customer_id"


@dataclass(frozen=True)
class Reading:
    """A number as it was read: its possible values, or why there is none.

    ``values`` holds several numbers only where a text allows several readings ("1,234"). Nothing in
    ``values`` and no ``trouble`` means that nothing was handed in.
    """

    values: tuple[float, ...] = ()
    trouble: str = ""

    @property
    def missing(self) -> bool:
        """Whether nothing was handed in."""
        return not self.values and not self.trouble


@dataclass(frozen=True)
class TableReading:
    """A table as it was read: column → customer → number; or why it can't be."""

    columns: dict[str, dict[str, Reading]] = field(default_factory=dict)
    trouble: str = ""


def is_blank(answer: object) -> bool:
    """Whether an answer says "I have not tried yet": None, ``...``, an empty text or table.

    >>> is_blank(...), is_blank("  "), is_blank(0)
    (True, True, False)
    """
    if answer is None or answer is Ellipsis or answer is NotImplemented:
        return True
    if isinstance(answer, str):
        return unicodedata.normalize("NFKC", str.__str__(answer)).strip(" \t\r\n.?_-–—") == ""
    if isinstance(answer, np.ndarray):
        return answer.size == 0
    if isinstance(answer, (dict, list, tuple, set, pd.Series, pd.DataFrame)):
        return len(answer) == 0
    return False


def read_number(answer: object) -> Reading:
    """Read one number.

    >>> read_number("0,786").values, read_number("78.6 %").values, read_number("1 234,5").values
    ((0.786,), (0.786,), (1234.5,))
    >>> read_number("1,234").values
    (1.234, 1234.0)
    >>> read_number(None).missing
    True
    """
    try:
        return _read_number(answer)
    except Exception:  # an object of the student's own may raise anything
        return Reading(trouble=_wanted_number())


def _read_number(answer: object) -> Reading:
    if is_blank(answer):
        return Reading()
    if isinstance(answer, str):
        return _read_text(str.__str__(answer))
    if isinstance(answer, (bool, np.bool_)):
        return Reading(trouble=say("True or False came; a number is wanted."))
    if isinstance(answer, (complex, np.complexfloating)):
        return Reading(trouble=say("A complex number came; an ordinary number is wanted."))
    if isinstance(answer, pd.DataFrame):
        return Reading(trouble=_too_many(answer.size)) if answer.size != 1 else _read_number(answer.iloc[0, 0])
    if isinstance(answer, (pd.Series, pd.Index, np.ndarray, list, tuple)):
        values = np.asarray(answer, dtype=object).ravel()
        return Reading(trouble=_too_many(len(values))) if len(values) != 1 else _read_number(values[0])
    if isinstance(answer, (np.datetime64, np.timedelta64, bytes, bytearray)):
        return Reading(trouble=_wanted_number())
    if callable(answer):
        return Reading(trouble=say("A function came, not its result: call it, as in `my_function(data)`."))
    return _finite(float(answer))  # type: ignore[arg-type]


def _finite(value: float) -> Reading:
    if math.isnan(value):
        return Reading(trouble=say("“Not a number” came (NaN): a missing value, or 0 divided by 0, is on the way."))
    if math.isinf(value):
        return Reading(trouble=say("An infinite number came: somewhere something is divided by 0."))
    return Reading((value,))


def _wanted_number() -> str:
    return say("A number is wanted, such as 0.5 or 1200.")


def _too_many(count: int) -> str:
    return say_count("{count} value came; one number is wanted.", "{count} values came; one number is wanted.", count)


def _read_text(text: str) -> Reading:
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").replace("\N{FRACTION SLASH}", "/")
    plain = re.sub(r"^=|(?<=\d)[\s'’`](?=\d{3}(?!\d))", "", plain.strip())
    plain = re.sub(r"(?i)^[$€£¥₽]|[$€£¥₽]$|(руб|rub|usd|eur)\.?$|р\.$", "", plain.strip()).strip()
    percent = plain.endswith(("%", "процентов", "процента", "процент", "percent", "per cent"))
    if percent:
        plain = re.sub(r"\s*(%|процент(ов|а)?|percent|per cent)$", "", plain)
    ratio = re.fullmatch(r"([+-]?\d{1,15})\s*/\s*(\d{1,15})", plain)
    if ratio and int(ratio[2]):
        found = [Decimal(ratio[1]) / Decimal(ratio[2])]
    else:
        found = [Decimal(form) for form in _forms(plain)]
    values = tuple(float(value / 100 if percent else value) for value in found)
    values = tuple(value for value in values if math.isfinite(value))
    return Reading(values) if values else Reading(trouble=_wanted_number())


def _forms(plain: str) -> list[str]:
    """The ways to read digits, commas and points as one number, the decimal mark first."""
    if re.fullmatch(r"[+-]?(\d{1,400}([.,]\d{0,400})?|[.,]\d{1,400})([eE][+-]?\d{1,3})?", plain):
        forms = [plain.replace(",", ".")]
        if re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", plain):
            forms.append(re.sub("[.,]", "", plain))
        return forms
    for thousands, decimal in ((",", r"\."), (r"\.", ",")):
        if re.fullmatch(rf"[+-]?\d{{1,3}}({thousands}\d{{3}})+({decimal}\d{{1,100}})?", plain):
            return [re.sub(thousands, "", plain).replace(",", ".")]
    return []


def read_table(answer: object, columns: tuple[str, ...], key: str = KEY) -> TableReading:
    """Read a table with one number for each row and column, in any order.

    Parameters
    ----------
    answer : DataFrame, Series or dict
        A frame with the column or index ``key`` and the asked columns; for one column also a Series or a dict
        ``{customer: number}``; a dict of dicts by customer or by column.
    columns : tuple of str
        The asked columns.
    key : str
        The column that names the rows: customers, or what the task asks about instead.

    Examples
    --------
    >>> read_table({"C-2": 5, "C-1": "4,0"}, ("frequency",)).columns["frequency"]["C-1"].values
    (4.0,)
    """
    try:
        return _read_table(answer, columns, key)
    except Exception:  # an object of the student's own may raise anything
        return TableReading(trouble=_wanted_table(columns, key))


def _read_table(answer: Any, columns: tuple[str, ...], key: str) -> TableReading:
    frame = _frame(answer, columns, key)
    if frame is None:
        return TableReading(trouble=_wanted_table(columns, key))
    frame = frame.rename(columns=lambda name: str(name).strip().lower())
    if key in frame.columns:
        frame = frame.set_index(key)
    if not any(name in frame.columns for name in columns) and len(columns) == 1 and frame.shape[1] == 1:
        frame.columns = pd.Index(columns)
    present = [name for name in columns if name in frame.columns]
    if not present:
        found = say("The table has: {names}.", names=join_names(f"`{name}`" for name in frame.columns))
        return TableReading(trouble=f"{_wanted_table(columns, key)} {found}")
    customers = [str(name).strip() for name in frame.index]
    read: dict[str, dict[str, Reading]] = {}
    for name in present:
        cells = frame[name]
        if isinstance(cells, pd.DataFrame):
            return TableReading(trouble=say("The column `{name}` stands in the table twice.", name=name))
        read[name] = {}
        for customer, cell in zip(customers, cells.tolist(), strict=True):
            number = Reading() if _is_gap(cell) else read_number(cell)
            if read[name].setdefault(customer, number) != number:
                return TableReading(trouble=_twice(customer, key))
    return TableReading(read)


def _is_gap(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell))


def _twice(name: str, key: str) -> str:
    if key == KEY:
        return say("The customer {customer} stands in the table twice.", customer=name)
    return say("The row “{row}” stands in the table twice.", row=name)


def _frame(answer: Any, columns: tuple[str, ...], key: str) -> pd.DataFrame | None:
    if isinstance(answer, pd.Series):
        return answer.to_frame(answer.name if answer.name in columns else columns[0])
    if isinstance(answer, pd.DataFrame):
        lowered = [str(name).strip().lower() for name in answer.columns]
        return answer.reset_index() if answer.index.name == key and key not in lowered else answer.copy()
    if isinstance(answer, Mapping):
        return _frame_of_mapping({str(name).strip(): value for name, value in answer.items()}, columns, key)
    if isinstance(answer, list) and all(isinstance(row, Mapping) and key in row for row in answer):
        return pd.DataFrame([dict(row) for row in answer])
    if type(answer).__module__.split(".")[0] == "polars" and hasattr(answer, "to_dicts"):
        return pd.DataFrame(answer.to_dicts())
    return None


def _frame_of_mapping(answer: dict[str, Any], columns: tuple[str, ...], key: str) -> pd.DataFrame | None:
    """A frame from {column: {customer: number}}, {customer: {column: number}}, {column: list} or {customer: number}."""
    by_column = {name.lower(): cells for name, cells in answer.items() if name.lower() in columns}
    if key in answer:
        return pd.DataFrame({name: cells for name, cells in answer.items() if not is_blank(cells)})
    if by_column:
        given = {name: cells for name, cells in by_column.items() if not is_blank(cells)}
        if not all(isinstance(cells, (Mapping, pd.Series)) for cells in given.values()):
            return None
        series = {name: pd.Series(dict(cells), dtype=object) for name, cells in given.items()}
        return pd.DataFrame({name: series.get(name, pd.Series(dtype=object)) for name in by_column})
    if all(isinstance(cells, (Mapping, pd.Series)) for cells in answer.values()):
        return pd.DataFrame([{**dict(cells), key: customer} for customer, cells in answer.items()])
    return pd.DataFrame({key: list(answer), columns[0]: list(answer.values())}, dtype=object)


def _wanted_table(columns: tuple[str, ...], key: str) -> str:
    names = join_names([f"`{key}`", *(f"`{name}`" for name in columns)])
    if key == KEY:
        return say(
            "A table is wanted: a frame with the columns {names}, or a dict with a number for each customer.",
            names=names,
        )
    return say(
        "A table is wanted: a frame with the columns {names}, or a dict with a number for each row.", names=names
    )
