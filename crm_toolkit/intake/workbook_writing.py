"""A plain Excel workbook with one sheet: typed cells, no formulas, no links (ECMA-376, the least of it)."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from crm_toolkit.intake.ids import DANGEROUS

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f"{_HEAD}<styleSheet {_MAIN}>"
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff\ud800-\udfff]|_x(?=[0-9A-Fa-f]{4}_)")
_EPOCH = dt.datetime(1899, 12, 30)


def workbook_bytes(table: pd.DataFrame) -> bytes:
    """The table as the bytes of an .xlsx file."""
    letters = [_letters(place) for place in range(table.shape[1])]
    rows = [_row([str(name) for name in table.columns], letters, 1)]
    columns = [table.iloc[:, place].tolist() for place in range(table.shape[1])]
    rows += [_row(list(values), letters, number) for number, values in enumerate(zip(*columns, strict=True), start=2)]
    sheet = f"{_HEAD}<worksheet {_MAIN}><sheetData>{''.join(rows)}</sheetData></worksheet>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _letters(place: int) -> str:
    """The letters of a column by its place from 0.

    >>> _letters(0), _letters(26)
    ('A', 'AA')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _row(values: list[Any], letters: list[str], number: int) -> str:
    cells = (
        _cell(value).replace("<c", f'<c r="{name}{number}"', 1) for name, value in zip(letters, values, strict=True)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "<c/>"
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (dt.datetime, dt.date)):
        return _moment(value)
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        number = value.item() if hasattr(value, "item") else value
        exact = isinstance(number, float) or abs(number) < 10**15
        return f"<c><v>{number!r}</v></c>" if exact and abs(number) != float("inf") else _text(str(number))
    return _text(str(value))


def _moment(value: dt.date) -> str:
    """A date cell, exact to the millisecond as Excel is, so that the last moment of a day stays in that day."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    if moment.tzinfo is not None or moment < dt.datetime(1900, 3, 1):
        return _text(moment.isoformat(sep=" "))
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    days = (moment - _EPOCH) / dt.timedelta(days=1)
    return f'<c s="{2 if days == int(days) else 1}"><v>{days!r}</v></c>'


def _text(value: str) -> str:
    """A text cell is no formula; an apostrophe is added only where the reader would take one off."""
    if value[:1] == "'" and value[1:2] in tuple(DANGEROUS) and len(value) > 1:
        value = "'" + value
    safe = _UNWRITABLE.sub(lambda sign: "".join(f"_x{ord(s):04X}_" for s in sign.group()[:1]) + sign.group()[1:], value)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(safe)}</t></is></c>'
