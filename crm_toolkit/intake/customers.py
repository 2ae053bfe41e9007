"""The canonical customers frame out of recognised columns; texts as they stand, consent never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.aliases import squeezed
from crm_toolkit.intake.consent import read_consent
from crm_toolkit.intake.dates import read_dates
from crm_toolkit.intake.encoding import note_mojibake
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, Grid
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.ids import read_ids, refuse_ruined, texts, without_point_zero
from crm_toolkit.intake.profile import read_extras
from crm_toolkit.intake.report import Report, report_of
from crm_toolkit.schema import CUSTOMERS
from crm_toolkit.texts import join_names, say, say_count

_FIRST_NAMES = frozenset({"имя", "name"})
_PLACEHOLDERS = np.array(["1900-01-01", "1899-12-30", "1970-01-01"], "datetime64[D]")


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
    columns["consent"] = read_consent(fields.get("consent"), findings, rows, len(grid))
    extras = read_extras(fields, hints, findings, rows)
    findings.stop_if_wrong()
    frame = pd.DataFrame(columns)[list(CUSTOMERS.column_names)].assign(**extras)
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
    empty = pd.Series(np.full(count, np.datetime64("NaT", "us"), "datetime64[us]"))
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
