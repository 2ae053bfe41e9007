"""What a list of customers may say beyond names and addresses: sex, family, education, work, income, town, consents.

A column is read only where the file has it. Texts stand as in the file; sex becomes ``female`` or ``male``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake import numbers
from crm_toolkit.intake.consent import UNKNOWN, read_consent
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, is_text, plain_text
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.ids import texts
from crm_toolkit.schema.contract import CUSTOMER_EXTRAS
from crm_toolkit.texts import say, say_count

_SEXES = {
    **dict.fromkeys(("female", "f", "w", "woman", "ж", "жен", "женский", "женщина", "ж.", "жен."), "female"),
    **dict.fromkeys(("male", "m", "man", "м", "муж", "мужской", "мужчина", "м.", "муж."), "male"),
}
_GAPS = UNKNOWN | {"-", "–", "—", "?", "не указан", "не указана", "none", "null", "nan"}
_MOST_CHILDREN = 30


def read_extras(
    fields: Mapping[str, Cells], hints: Hints, findings: Findings, rows: np.ndarray
) -> dict[str, pd.Series]:
    """The optional columns that the file has, in the order of the schema."""
    found: dict[str, pd.Series] = {}
    figures = {
        name: numbers.survey(name, _without_gaps(fields[name]))
        for name in ("children", "income_month")
        if name in fields
    }
    numbers.decide(figures.values(), findings, rows, hints.decimal)
    for column in CUSTOMER_EXTRAS:
        name = column.name
        if name not in fields:
            continue
        if name == "sex":
            found[name] = _sex(fields[name], findings, rows)
        elif column.kind == "flag":
            found[name] = read_consent(fields[name], findings, rows, len(rows))
        elif name in figures:
            found[name] = _figures(figures[name], findings, rows)
        else:
            found[name] = texts(fields[name]).to_pandas()
    return found


def _without_gaps(cells: Cells) -> Cells:
    """A column of numbers with words for “unknown” emptied."""
    if cells.text is None or not is_text(cells.text.type):
        return cells
    plain = plain_text(cells)
    gaps = pc.is_in(pc.utf8_lower(plain), value_set=pa.array(sorted(_GAPS), pa.large_string()))
    return replace(cells, text=pc.if_else(gaps, pa.scalar("", pa.large_string()), cells.text))


def _sex(cells: Cells, findings: Findings, rows: np.ndarray) -> pd.Series:
    said = [value.casefold() for value in plain_text(cells).to_pylist()]
    read = [None if value in _GAPS else _SEXES.get(value, "?") for value in said]
    strange = np.array([value == "?" for value in read], bool)
    if strange.any():
        words = list(dict.fromkeys(word for word, odd in zip(said, strange, strict=True) if odd))
        findings.problem(
            "unknown_sex",
            say_count(
                "{count} value of “{column}” is neither female nor male: {examples} ({where}).",
                "{count} values of “{column}” are neither female nor male: {examples} ({where}).",
                int(strange.sum()),
                column=shown(cells.header),
                examples=", ".join(in_quotes(word, 30) for word in words[:8]),
                where=findings.where(rows[strange]),
            ),
            advice=say("Write female or male, or leave the cell empty where it is unknown."),
            rows=rows[strange],
            column=cells.header,
        )
    return pd.Series(read, dtype="str" if pd.__version__ >= "3" else object)


def _figures(column: numbers.NumberColumn, findings: Findings, rows: np.ndarray) -> pd.Series:
    """Income in currency units, children as whole numbers; impossible ones are refused."""
    if column.values is None or column.blank is None:
        return pd.Series(np.full(len(rows), np.nan))
    values = np.where(column.blank, np.nan, column.values)
    with np.errstate(invalid="ignore"):
        wrong = values < 0
        if column.name == "children":
            wrong |= (values > _MOST_CHILDREN) | (~np.isnan(values) & (values != np.floor(values)))
    if wrong.any():
        findings.problem(
            "impossible_number",
            say_count(
                "{count} value of “{column}” can't be right, such as {example} ({where}).",
                "{count} values of “{column}” can't be right, such as {example} ({where}).",
                int(wrong.sum()),
                column=shown(column.cells.header),
                example=shown(values[wrong][0]),
                where=findings.where(rows[wrong]),
            ),
            advice=say("Correct it in the file, or leave the cell empty where it is unknown."),
            rows=rows[wrong],
            column=column.cells.header,
        )
    if column.name == "children":
        return pd.Series(values).mask(wrong).astype("Int64")
    return pd.Series(np.round(values, 2))
