"""The canonical customers frame out of recognised columns; texts as they stand, consent never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.aliases import squeezed
from crm_toolkit.intake.dates import read_dates
from crm_toolkit.intake.encoding import note_mojibake
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, Grid, plain_text
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.ids import read_ids, refuse_ruined, texts, without_point_zero
from crm_toolkit.intake.report import Report, report_of
from crm_toolkit.schema import CUSTOMERS
from crm_toolkit.texts import join_names, say, say_count

YES = frozenset(
    {
        *("yes", "y", "true", "1", "1.0", "+", "да", "д", "истина", "согласен", "согласна", "есть", "подписан"),
        *("подписана", "agreed", "granted", "on", "ok", "ок", "subscribed", "✓", "✔", "ja", "sí", "oui"),
    }
)
NO = frozenset(
    {
        *("no", "n", "false", "0", "0.0", "нет", "н", "ложь", "не согласен", "не согласна", "отказ", "refused"),
        *("denied", "off", "withdrawn", "отозвано", "unsubscribed", "отписан", "отписана", "nein", "non", "✗", "✘"),
    }
)
_FIRST_NAMES = frozenset({"имя", "name"})
UNKNOWN = frozenset({"", "n/a", "na", "unknown", "н/д", "неизвестно", "не указано", "нет данных"})
_PLACEHOLDERS = np.array(["1900-01-01", "1899-12-30", "1970-01-01"], "datetime64[D]")
_MINUS = frozenset({"-", "−", "–", "—"})


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
    columns["full_name"] = _names(fields, len(grid), findings).to_pandas()
    columns["phone"] = _phones(fields.get("phone"), len(grid), findings, rows).to_pandas()
    columns["email"] = _text(fields.get("email"), len(grid), findings).to_pandas()
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


def _names(fields: Mapping[str, Cells], count: int, findings: Findings) -> pa.ChunkedArray:
    """Full names, or what several columns hold of them, joined in the order of the file."""
    parts = [fields[name] for name in ("last_name", "first_name", "middle_name") if name in fields]
    whole = fields.get("full_name")
    first_only = whole is not None and squeezed(whole.header) in _FIRST_NAMES and "full_name" not in findings.said
    if whole is not None and parts and first_only and "first_name" not in fields:
        parts.append(whole)
    elif whole is not None or not parts:
        return _text(whole, count, findings)
    parts.sort(key=lambda cells: cells.position)
    joined = pc.binary_join_element_wise(
        *(pc.utf8_trim_whitespace(_text(cells, count, findings)) for cells in parts),
        pa.scalar(" ", pa.large_string()),
        null_handling="skip",
    )
    if len(parts) > 1:
        findings.fact(say("Names"), say("joined of {columns}", columns=join_names(in_quotes(c.header) for c in parts)))
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.large_string()), joined)


def _phones(cells: Cells | None, count: int, findings: Findings, rows: np.ndarray) -> pa.ChunkedArray:
    text = _text(cells, count, findings)
    if cells is None:
        return text
    text = without_point_zero(text, cells, findings)
    refuse_ruined(text, cells, findings, rows)
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
    placeholder = ~moments.blank & np.isin(moments.values.astype("datetime64[D]"), _PLACEHOLDERS)
    findings.counts["placeholder_births"] = int(placeholder.sum())
    if placeholder.any():
        findings.warn(
            "placeholder_births",
            say_count(
                "{count} date of birth is {day}, often a placeholder for an unknown one; it is kept ({where}).",
                "{count} dates of birth are such as {day}, often a placeholder for an unknown one; they are kept "
                "({where}).",
                int(placeholder.sum()),
                day=str(moments.values[placeholder][0])[:10],
                where=findings.where(rows[placeholder]),
            ),
            rows=rows[placeholder],
            column=cells.header,
        )
    return pd.Series(moments.values.astype("datetime64[D]").astype("datetime64[us]"))


def _consent(cells: Cells | None, findings: Findings, rows: np.ndarray, count: int) -> pd.Series:
    """Yes, no, or unknown where the cell is empty; any other word is refused."""
    if cells is None:
        return pd.Series(pd.array([None] * count, dtype="boolean"))
    words = plain_text(cells).combine_chunks().dictionary_encode()
    codes, values = words.indices.to_numpy(), words.dictionary.to_pylist()
    minus_is_no = any(value.strip() == "+" for value in values)
    meanings = [_answer(value.casefold(), minus_is_no) for value in values]
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
    blank = int(sum(1 for code in codes.tolist() if values[code].casefold() in UNKNOWN))
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


def _answer(value: str, minus_is_no: bool) -> bool | str | None:
    """What one answer means; a minus is a no only beside a plus, otherwise it may stand for nothing."""
    if value in UNKNOWN:
        return None
    if value in YES:
        return True
    return False if value in NO or (minus_is_no and value in _MINUS) else "?"
