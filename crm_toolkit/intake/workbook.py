"""An Excel workbook as a grid: the right sheet, its header, cells with the type that Excel knows."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from crm_toolkit.errors import InputError
from crm_toolkit.intake import limits
from crm_toolkit.intake.cleaning import Layout, clean
from crm_toolkit.intake.container import Content
from crm_toolkit.intake.delimited import locate_header
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.forms import Form
from crm_toolkit.intake.grid import Cells, Grid
from crm_toolkit.intake.headers import assign, find_header, missing_fields
from crm_toolkit.intake.workbook_safety import SheetScan, WorkbookScan, address, broken_workbook, column_letters, scan
from crm_toolkit.intake.workbook_styles import Shown, shown_by_formats
from crm_toolkit.texts import join_names, say, say_count


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, whether it is shown, its rows from the first one."""

    name: str
    visible: bool
    rows: list[list[Any]]

    def text_row(self, index: int) -> list[str]:
        """The cells of one row as text."""
        return [cell_text(cell)[0] for cell in self.rows[index]]


def workbook_grid(
    content: Content,
    form: Form,
    columns: Mapping[str, object],
    findings: Findings,
    *,
    sheet: str | int | None = None,
    header_row: int | None = None,
    currency: str = "",
    tick: Callable[[float], None] | None = None,
) -> tuple[Grid, dict[str, Cells]]:
    """Open the workbook, choose the sheet, hand out one column for each field that was found."""
    scanned = scan(content.data, findings) if content.kind == "xlsx" else WorkbookScan({}, False)
    if scanned.macros:
        findings.warn("macros", say("The workbook holds macros; they were not run."))
    if tick:
        tick(0.3)
    sheets = _sheets(content.data, findings)
    if tick:
        tick(0.8)
    chosen = _choose(sheets, form, columns, findings, sheet)
    top = [chosen.text_row(index) for index in range(min(len(chosen.rows), limits.HEADER_SEARCH))]
    if not top:
        raise findings.stop("empty", say("The sheet “{name}” is empty.", name=shown(chosen.name)))
    findings.top = top
    header = locate_header(top, list(range(1, len(top) + 1)), form, columns, findings, header_row)
    roles = assign(header, form, columns, findings)
    missing_fields(roles, header, form, findings)
    findings.stop_if_wrong()
    begin = header.row + header.height
    body = chosen.rows[begin:]
    look = _look(content, scanned, chosen, roles)
    dates = {place for role, place in roles.items() if role in _DATES and scanned.since_1904}
    cells = {
        place: _column(body, place, header.names[place], begin, look, 1462 if place in dates else 0)
        for place in sorted(set(roles.values()))
    }
    grid = Grid(tuple(cells.values()), np.arange(begin + 1, begin + 1 + len(body)))
    sheet_scan = scanned.sheets.get(chosen.name, SheetScan())
    _refuse_odd_cells(sheet_scan, set(cells), begin, header.names, findings)
    _refuse_date_ids(body, begin, roles, header.names, findings)
    _refuse_currencies(look, begin, currency, findings)
    _note_rows(sheet_scan, begin, findings)
    findings.stop_if_wrong()
    if dates and any(isinstance(row[place], (int, float)) for row in body for place in dates if place < len(row)):
        findings.warn(
            "since_1904", say("The workbook counts days from 1904; dates that stand as plain numbers were read so.")
        )
    kept = clean(grid, roles, Layout(header, form, chosen.text_row), begin, findings)
    findings.counts["rows_read"] = len(grid)
    grid = grid.keep(kept) if not kept.all() else grid
    by_place = {column.position - 1: column for column in grid.columns}
    return grid, {role: by_place[place] for role, place in roles.items()}


def _sheets(data: bytes, findings: Findings) -> list[Sheet]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = []
        for meta in book.sheets_metadata:
            if meta.typ == calamine.SheetTypeEnum.WorkSheet:
                rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
                found.append(Sheet(meta.name, meta.visible == calamine.SheetVisibleEnum.Visible, rows))
        return found
    except calamine.PasswordError:
        raise findings.stop("encrypted", say("The workbook is encrypted: it is protected by a password.")) from None
    except (KeyboardInterrupt, SystemExit, MemoryError, InputError):
        raise
    except BaseException as trouble:
        if isinstance(trouble, Exception) or type(trouble).__name__ == "PanicException":
            raise broken_workbook(findings) from None
        raise


def _choose(
    sheets: list[Sheet], form: Form, columns: Mapping[str, object], findings: Findings, hint: str | int | None
) -> Sheet:
    """The sheet that the user named, or the only one with a table of the form."""
    names = join_names(in_quotes(sheet.name) for sheet in sheets)
    if not sheets:
        raise findings.stop("empty", say("The workbook is empty: it has no sheets."))
    if hint is not None:
        named = [s for number, s in enumerate(sheets, 1) if s.name == hint or (number == hint and hint is not True)]
        if not named:
            raise findings.stop(
                "no_such_sheet",
                say("There is no sheet “{name}”.", name=shown(hint)),
                found=say("The sheets are: {names}.", names=names),
            )
        findings.fact(say("Sheet"), say("“{name}”, as you said", name=shown(named[0].name)))
        return named[0]
    headers = []
    for sheet in sheets:
        top = [sheet.text_row(index) for index in range(min(len(sheet.rows), limits.HEADER_SEARCH))]
        header = find_header(top, form, columns)
        complete = header is not None and all(
            any(all(part in header.match.candidates for part in option) for option in group) for group in form.required
        )
        if complete:
            headers.append(sheet)
    tables = [s for s in headers if s.visible] or headers
    if len(tables) > 1:
        raise findings.stop(
            "several_sheets",
            say(
                "Ambiguous: {number} sheets hold such a table: {names}.",
                number=len(tables),
                names=join_names(in_quotes(s.name) for s in tables),
            ),
            advice=say("Say which one: sheet='{name}'.", name=shown(tables[0].name)),
        )
    if tables:
        chosen = tables[0]
    else:
        filled = [s for s in sheets if s.visible and s.rows] or sheets
        chosen = max(filled, key=lambda s: len(s.rows))
    others = [s for s in sheets if s is not chosen]
    findings.fact(
        say("Sheet"),
        say("“{name}”", name=shown(chosen.name))
        + (say(" (other sheets: {names})", names=join_names(in_quotes(s.name) for s in others)) if others else ""),
    )
    if not chosen.visible:
        findings.warn("hidden_sheet", say("The sheet “{name}” is hidden in Excel.", name=shown(chosen.name)))
    hidden = [s.name for s in others if not s.visible and s.rows]
    if hidden:
        findings.warn(
            "hidden_sheet",
            say("Hidden sheets were not read: {names}.", names=join_names(in_quotes(name) for name in hidden)),
        )
    return chosen


_DATES = ("ordered_at", "birth_date")
_IDS = ("customer_id", "order_id")
_MONEY = ("amount", "unit_price")


def _look(content: Content, scanned: WorkbookScan, chosen: Sheet, roles: Mapping[str, int]) -> Shown:
    part = scanned.parts.get(chosen.name, "")
    if not part:
        return Shown()
    letters = {role: column_letters(place + 1) for role, place in roles.items()}
    money = [letters[role] for role in _MONEY if role in letters]
    return shown_by_formats(content.data, part, money, [letters[role] for role in _IDS if role in letters])


def _column(body: list[list[Any]], place: int, name: str, begin: int, look: Shown, shift: int) -> Cells:
    """One column; plain numbers get the zeros that their format shows, and days the count of the workbook."""
    texts, exact = [], np.zeros(len(body), bool)
    widths = look.widths.get(column_letters(place + 1), {})
    for index, row in enumerate(body):
        cell: Any = row[place] if place < len(row) else None
        if shift and _is_number(cell) and 1 <= cell < 2_958_466 - shift:
            cell = cell + shift
        text, typed = cell_text(cell)
        if widths and _is_number(cell) and text.isdigit():
            text = text.zfill(widths.get(begin + index + 1, 0))
        texts.append(text)
        exact[index] = typed
    return Cells(name, place + 1, pa.chunked_array([pa.array(texts, pa.large_string())]), exact)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _refuse_date_ids(
    body: list[list[Any]], begin: int, roles: Mapping[str, int], names: tuple[str, ...], findings: Findings
) -> None:
    """Excel makes dates of identifiers such as 5-1; what stood there is lost."""
    for place in {roles[role] for role in _IDS if role in roles} - {roles.get(role) for role in _DATES}:
        rows = [
            number
            for number, row in enumerate(body, start=begin + 1)
            if place < len(row) and isinstance(row[place], (dt.date, dt.time))
        ]
        if rows:
            findings.problem(
                "date_ids",
                say(
                    "“{column}” holds dates where identifiers are needed ({where}); Excel may have made them of texts "
                    "such as 5-1.",
                    column=shown(names[place]),
                    where=findings.where(rows),
                ),
                advice=say("Write the identifiers again in a column formatted as text."),
                rows=rows,
                column=names[place],
            )


def _refuse_currencies(look: Shown, begin: int, hint: str, findings: Findings) -> None:
    """Amounts whose formats show different currencies can't be added."""
    found = {
        code
        for by_code in look.currencies.values()
        for code, rows in by_code.items()
        if any(row > begin for row in rows)
    }
    if len(found) > 1 and not hint:
        findings.problem(
            "mixed_currencies",
            say(
                "The money is in several currencies: {names}; amounts in them can't be added.",
                names=join_names(sorted(found)),
            ),
            found=say("The formats of the cells in Excel say so."),
            advice=say("Convert it to one currency, or say that it is one: currency='{code}'.", code=sorted(found)[0]),
        )


def _note_rows(sheet: SheetScan, begin: int, findings: Findings) -> None:
    hidden = [row for row in sheet.hidden if row > begin]
    if hidden:
        findings.warn(
            "hidden_rows",
            say_count(
                "{count} row is hidden in Excel, perhaps by a filter, and was read all the same ({where}).",
                "{count} rows are hidden in Excel, perhaps by a filter, and were read all the same ({where}).",
                len(hidden),
                where=findings.where(hidden),
            ),
            rows=hidden,
        )
    if sheet.repeated:
        findings.problem(
            "repeated_rows",
            say(
                "The workbook is damaged: rows stand in it twice or out of order ({where}).",
                where=findings.where(sheet.repeated),
            ),
            advice=say("Open it in Excel and save it again."),
            rows=sheet.repeated,
        )


def cell_text(cell: Any) -> tuple[str, bool]:
    """What a cell says, and whether it was a typed value whose text can't be misread.

    >>> cell_text(17001.0), cell_text("17001.0"), cell_text(dt.datetime(2024, 6, 19, 11, 8))
    (('17001', True), ('17001.0', False), ('2024-06-19 11:08:00', True))
    """
    if isinstance(cell, str):
        return cell, False
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE"), False
    if isinstance(cell, int):
        return str(cell), True
    if isinstance(cell, float):
        return (f"{cell:.0f}" if cell == cell // 1 and abs(cell) < 1e300 else repr(float(cell))), True
    if isinstance(cell, dt.datetime):
        near = (cell + dt.timedelta(milliseconds=5)).replace(microsecond=0) if cell.microsecond > 990_000 else cell
        near = near if near.date() == cell.date() else cell
        return near.replace(microsecond=near.microsecond // 1000 * 1000).isoformat(sep=" "), True
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat(), True
    return ("" if cell is None else str(cell)), False


def _refuse_odd_cells(
    scanned: SheetScan, places: set[int], begin: int, names: tuple[str, ...], findings: Findings
) -> None:
    errors = {
        name: value
        for name, value in scanned.errors.items()
        if address(name)[0] > begin and address(name)[1] - 1 in places
    }
    if errors:
        first = next(iter(errors))
        findings.problem(
            "error_cells",
            say(
                "Cells hold an error of Excel instead of a value: {cells}.",
                cells=join_names(f"{name} ({shown(value, 12)})" for name, value in errors.items()),
            ),
            advice=say("Mend or clear them in Excel and save the workbook."),
            rows=[address(name)[0] for name in errors],
            column=names[address(first)[1] - 1],
        )
    empty = [name for name in scanned.uncomputed if address(name)[0] > begin and address(name)[1] - 1 in places]
    if empty:
        findings.problem(
            "uncomputed_formulas",
            say(
                "Formulas without a computed value stand in {cells}; the file was written by a program that does not "
                "compute.",
                cells=join_names(empty),
            ),
            advice=say("Open the workbook in Excel and save it, so that the values are stored."),
            rows=[address(name)[0] for name in empty],
            column=names[address(empty[0])[1] - 1],
        )
