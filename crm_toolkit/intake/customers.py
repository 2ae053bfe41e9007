"""The canonical customers frame out of recognised columns; texts as they stand, consent never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.dates import read_dates
from crm_toolkit.intake.encoding import note_mojibake
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, Grid, plain_text
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.ids import read_ids, texts
from crm_toolkit.intake.report import Report, report_of
from crm_toolkit.schema import CUSTOMERS
from crm_toolkit.texts import say, say_count

YES = frozenset(
    {"yes", "y", "true", "1", "+", "да", "д", "истина", "согласен", "согласна", "есть", "agreed", "granted", "on"}
)
NO = frozenset(
    {
        "no",
        "n",
        "false",
        "0",
        "-",
        "−",
        "нет",
        "н",
        "ложь",
        "не согласен",
        "не согласна",
        "отказ",
        "refused",
        "denied",
        "off",
        "withdrawn",
        "отозвано",
    }
)


def build_customers(
    grid: Grid, fields: Mapping[str, Cells], hints: Hints, findings: Findings
) -> tuple[pd.DataFrame, Report]:
    """Read every column by its kind and refuse with all problems at once."""
    if not len(grid):
        raise findings.stop("no_rows", say("There are no rows: the table is empty below its header (0 rows)."))
    rows = grid.rows
    ids = read_ids(fields["customer_id"], "customer_id", findings, rows)
    missing = pc.is_null(ids).to_numpy(zero_copy_only=False)
    if missing.any():
        findings.problem(
            "missing_id",
            say_count(
                "{count} row has no customer id (“{column}” is empty): {where}.",
                "{count} rows have no customer id (“{column}” is empty): {where}.",
                int(missing.sum()),
                column=shown(fields["customer_id"].header),
                where=findings.where(rows[missing]),
            ),
            advice=say("Give these customers an id, or delete the rows."),
            rows=rows[missing],
            column=fields["customer_id"].header,
        )
    columns: dict[str, object] = {"customer_id": ids.to_pandas()}
    for name in ("full_name", "phone", "email"):
        columns[name] = _text(fields.get(name), len(grid), findings).to_pandas()
    columns["birth_date"] = _births(fields.get("birth_date"), hints, findings, rows, len(grid))
    columns["consent"] = _consent(fields.get("consent"), findings, rows, len(grid))
    findings.stop_if_wrong()
    frame = pd.DataFrame(columns)[list(CUSTOMERS.column_names)]
    twice = frame.duplicated().to_numpy()
    same = frame["customer_id"].duplicated(keep=False).to_numpy() & ~frame.duplicated(keep=False).to_numpy()
    findings.counts["duplicates"] = int(twice.sum())
    if twice.any():
        findings.warn(
            "duplicates",
            say_count(
                "{count} line repeats an earlier one exactly (duplicate); it is kept ({where}).",
                "{count} lines repeat earlier ones exactly (duplicates); they are kept ({where}).",
                int(twice.sum()),
                where=findings.where(rows[twice]),
            ),
            rows=rows[twice],
        )
    findings.counts["shared_ids"] = int(same.sum())
    if same.any():
        findings.warn(
            "shared_ids",
            say_count(
                "{count} row shares its customer id with another row that says something else (duplicate ids): "
                "{where}.",
                "{count} rows share their customer ids with other rows that say something else (duplicate ids): "
                "{where}.",
                int(same.sum()),
                where=findings.where(rows[same]),
            ),
            rows=rows[same],
        )
    totals = {"customers": int(frame["customer_id"].nunique())}
    return frame, report_of(findings, fields, len(frame), totals)


def _text(cells: Cells | None, count: int, findings: Findings) -> pa.ChunkedArray:
    if cells is None:
        return pa.chunked_array([pa.nulls(count, pa.large_string())])
    text = texts(cells)
    note_mojibake([value for value in text.unique().to_pylist()[:50_000] if value], findings)
    return text


def _births(cells: Cells | None, hints: Hints, findings: Findings, rows: np.ndarray, count: int) -> pd.Series:
    empty = pd.Series(np.full(count, np.datetime64("NaT"), "datetime64[us]"))
    if cells is None:
        return empty
    moments = read_dates(cells, findings, rows, day_first=hints.day_first, birth=True)
    if moments is None:
        return empty
    future = ~moments.blank & (moments.values > np.datetime64(dt.date.today(), "us"))
    if future.any():
        findings.problem(
            "birth_in_future",
            say_count(
                "{count} date of birth lies in the future ({where}).",
                "{count} dates of birth lie in the future ({where}).",
                int(future.sum()),
                where=findings.where(rows[future]),
            ),
            rows=rows[future],
            column=cells.header,
        )
    return pd.Series(moments.values.astype("datetime64[D]").astype("datetime64[us]"))


def _consent(cells: Cells | None, findings: Findings, rows: np.ndarray, count: int) -> pd.Series:
    """Yes, no, or unknown where the cell is empty; any other word is refused."""
    if cells is None:
        return pd.Series(pd.array([None] * count, dtype="boolean"))
    words = plain_text(cells).combine_chunks().dictionary_encode()
    codes, values = words.indices.to_numpy(), words.dictionary.to_pylist()
    meanings = [
        None if not v else True if v.casefold() in YES else False if v.casefold() in NO else "?" for v in values
    ]
    strange = np.array([meaning == "?" for meaning in meanings])[codes]
    if strange.any():
        odd = [value for value, meaning in zip(values, meanings, strict=True) if meaning == "?"]
        findings.problem(
            "consent",
            say_count(
                "{count} answer about consent (“{column}”) is neither yes nor no: {examples} ({where}).",
                "{count} answers about consent (“{column}”) are neither yes nor no: {examples} ({where}).",
                int(strange.sum()),
                column=shown(cells.header),
                examples=", ".join(in_quotes(word, 30) for word in odd[:3]),
                where=findings.where(rows[strange]),
            ),
            advice=say("Consent may not be guessed: write yes or no, or leave the cell empty where it is unknown."),
            rows=rows[strange],
            column=cells.header,
        )
        meanings = [None if meaning == "?" else meaning for meaning in meanings]
    blank = int(sum(1 for code in codes.tolist() if not values[code]))
    if blank:
        findings.warn(
            "consent_unknown",
            say_count(
                "{count} customer did not answer about consent: unknown, not yes.",
                "{count} customers did not answer about consent: unknown, not yes.",
                blank,
            ),
        )
    return pd.Series(pd.array([meanings[code] for code in codes.tolist()], dtype="boolean"))
