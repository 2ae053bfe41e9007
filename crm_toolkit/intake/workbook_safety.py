"""A workbook looked through before it is opened: sizes counted, document types refused, odd cells found.

The parts of an .xlsx file are XML inside a zip archive. They are unpacked piece by piece and only counted and
searched here; formulas are never computed, links never followed, macros never run. A few bytes can claim a
cell in the last row and column, or repeat one long text a million times, so the space that the sheet would
take is computed first.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np

from crm_toolkit.errors import InputError
from crm_toolkit.intake import limits
from crm_toolkit.intake.container import bomb, broken_archive, is_bomb
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.texts import format_number, say

_OVERLAP = 2048
_ERROR = re.compile(rb"<(?:\w+:)?c\s[^>]*\bt=[\"']e[\"'][^>]*>.{0,400}?</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]{0,1500}</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_USUAL_CELL = re.compile(rb"<c r=\"([A-Z]{1,3})(\d{1,7})\"")
_UNUSUAL_CELL = re.compile(rb"<(?:\w+:c\b|c(?![\w:])(?! r=\"[A-Z]{1,3}\d{1,7}\"))")
_DECLARED = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_ROW = re.compile(rb"<row\b[^>]*?\sr=\"(\d{1,8})\"[^>]*>")
_HIDDEN = re.compile(rb"\shidden=\"(?:1|true)\"")
_SINCE_1904 = re.compile(rb"\bdate1904=[\"'](?:1|true|on)[\"']")
_SHARED = re.compile(rb"\bt=\"s\"[^>]*><v>(\d{1,9})</v>")
_KEPT = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")


@dataclass
class SheetScan:
    """What one sheet holds: odd cells by address, and the area that its cells span."""

    errors: dict[str, str] = field(default_factory=dict)
    uncomputed: list[str] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0
    shared: int = 0
    unusual: bool = False
    impossible: str = ""
    hidden: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    row: int = 0


@dataclass(frozen=True)
class WorkbookScan:
    """What was found before opening: sheets by name, their parts, macros, and days counted from 1904."""

    sheets: dict[str, SheetScan]
    macros: bool
    parts: dict[str, str] = field(default_factory=dict)
    since_1904: bool = False


def scan(data: bytes, findings: Findings) -> WorkbookScan:
    """Count, search, and refuse what is dangerous."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _scan(archive, findings)
    except InputError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        raise broken_archive(findings) from None
    except expat.ExpatError:
        raise broken_workbook(findings) from None


def broken_workbook(findings: Findings) -> InputError:
    """The refusal of a workbook whose archive is whole while a part inside is missing or no XML."""
    return findings.stop(
        "broken_workbook",
        say("The workbook is damaged inside: a part of it is missing or broken."),
        advice=say("Open it in Excel, which may repair it, and save it again."),
    )


def _scan(archive: zipfile.ZipFile, findings: Findings) -> WorkbookScan:
    members = archive.infolist()
    if len(members) > limits.ARCHIVE_ENTRIES or len({member.filename for member in members}) < len(members):
        raise bomb(findings)
    if any(member.flag_bits & 1 for member in members):
        raise findings.stop("encrypted", say("The workbook is encrypted: it is protected by a password."))
    sheets: dict[str, SheetScan] = {}
    small: dict[str, bytes] = {}
    longest, total = 0, 0
    for member in members:
        name = member.filename
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        sheet = SheetScan() if name.startswith("xl/worksheets/") and name.endswith(".xml") else None
        for window, fresh in _windows(archive, member, total, findings):
            total += fresh
            if sheet is not None:
                _look_at_cells(window, sheet)
                _look_at_rows(window, len(window) - fresh, sheet)
            elif name.endswith("sharedStrings.xml"):
                longest = max(longest, max(map(len, window.split(b"<si>")), default=0))
            elif name in _KEPT:
                small[name] = window
        if sheet is not None:
            if sheet.unusual:
                _measure(archive, member, sheet)
            sheets[name] = sheet
            _refuse_vast(sheet, findings)
    if longest * sum(sheet.shared for sheet in sheets.values()) > limits.WORKBOOK_BYTES:
        _refuse_repeated(archive, sheets, findings)
    macros = any(member.filename.endswith("vbaProject.bin") for member in members)
    names = _sheet_parts(small)
    found = {name: sheets[part] for name, part in names.items() if part in sheets}
    since_1904 = bool(_SINCE_1904.search(small.get("xl/workbook.xml", b"")))
    return WorkbookScan(found, macros, {name: names[name] for name in found}, since_1904)


def _windows(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, total: int, findings: Findings
) -> Iterator[tuple[bytes, int]]:
    """Pieces of one part, each with the end of the one before it, and how many of its bytes are new."""
    size, tail = 0, b""
    if is_bomb(member.file_size, member.compress_size):
        raise bomb(findings)
    with archive.open(member) as part:
        while chunk := part.read(limits.MEBIBYTE * 2):
            size += len(chunk)
            if is_bomb(size, member.compress_size) or (member.filename in _KEPT and size > len(chunk)):
                raise bomb(findings)
            if total + size > limits.WORKBOOK_BYTES:
                raise findings.stop(
                    "too_large",
                    say(
                        "The workbook is too large: unpacked it takes more than {limit} MB.",
                        limit=format_number(limits.WORKBOOK_BYTES // limits.MEBIBYTE),
                    ),
                    advice=say("Save the sheet as CSV and read that."),
                )
            window = tail + chunk
            if _DECLARED.search(window) or (size == len(chunk) and chunk[:2] in (b"\xff\xfe", b"\xfe\xff")):
                raise findings.stop(
                    "xml_entities",
                    say(
                        "The workbook's XML declares a document type or entities (DOCTYPE) in {part}; "
                        "honest workbooks never do, and nothing was read.",
                        part=shown(member.filename),
                    ),
                    advice=say("Open it in Excel and save it again."),
                )
            yield window, len(chunk)
            tail = window[-_OVERLAP:]


def _look_at_cells(window: bytes, sheet: SheetScan) -> None:
    if b'="e"' in window or b"='e'" in window:
        for match in _ERROR.finditer(window):
            place, value = _PLACE.search(match.group()), _VALUE.search(match.group())
            if place and len(sheet.errors) < 100_000:
                sheet.errors[(place[1] + place[2]).decode()] = value[1].decode("utf-8", "replace") if value else "#"
    if b"<f" in window or b":f" in window:
        for match in _UNCOMPUTED.finditer(window):
            name = match[1].decode()
            if len(sheet.uncomputed) < 100_000 and (not sheet.uncomputed or sheet.uncomputed[-1] != name):
                sheet.uncomputed.append(name)
    cells = _USUAL_CELL.findall(window)
    if cells:
        sheet.last_column = max(sheet.last_column, *(column_number(name.decode()) for name in {c for c, _ in cells}))
        sheet.last_row = max(sheet.last_row, int(max((row for _, row in cells), key=lambda row: (len(row), row))))
    sheet.shared += window.count(b't="s"')
    if not sheet.unusual:
        cut = len(window) - 64 if not window.rstrip().endswith(b">") else len(window)
        sheet.unusual = any(match.start() < cut for match in _UNUSUAL_CELL.finditer(window))


def _look_at_rows(window: bytes, seen: int, sheet: SheetScan) -> None:
    """Rows hidden by a filter, and rows that stand twice; what was seen in the piece before is passed over."""
    for match in _ROW.finditer(window):
        if match.end() <= seen:
            continue
        number = int(match[1])
        if number <= sheet.row and len(sheet.repeated) < 1000:
            sheet.repeated.append(number)
        sheet.row = max(number, sheet.row)
        if len(match[0]) > 20 and _HIDDEN.search(match[0]):
            sheet.hidden.append(number)


def _measure(archive: zipfile.ZipFile, member: zipfile.ZipInfo, sheet: SheetScan) -> None:
    """The area of a sheet whose cells are written in no usual way: every element is looked at."""
    place = [0, 0]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            number = attributes.get("r", "").strip()
            place[0] = int(number) if number.isdecimal() else place[0] + 1
            place[1] = 0
        elif name == "c":
            name = attributes.get("r", "")
            found = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", name)
            if name and not found:
                sheet.impossible = sheet.impossible or name
            row, column = (int(found[2]), column_number(found[1])) if found else (place[0], place[1] + 1)
            place[1] = column
            sheet.last_row, sheet.last_column = max(sheet.last_row, row), max(sheet.last_column, column)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with archive.open(member) as part:
        while chunk := part.read(limits.MEBIBYTE):
            parser.Parse(chunk)


def _refuse_vast(sheet: SheetScan, findings: Findings) -> None:
    corner = f"{column_letters(sheet.last_column)}{sheet.last_row}" if sheet.last_column else ""
    beyond = sheet.last_row > limits.EXCEL_ROWS or sheet.last_column > limits.EXCEL_COLUMNS
    if sheet.impossible or beyond:
        raise findings.stop(
            "impossible_cell",
            say("The workbook is damaged: Excel has no cell {name}.", name=shown(sheet.impossible or corner, 20)),
            advice=say("Open it in Excel and save it again."),
        )
    if sheet.last_row * sheet.last_column > limits.SHEET_CELLS:
        raise findings.stop(
            "vast_sheet",
            say(
                "A sheet is too large: its used area is {rows} rows by {columns} columns.",
                rows=format_number(sheet.last_row),
                columns=format_number(sheet.last_column),
            ),
            found=say("It reaches to the cell {name}; in Excel, Ctrl+End leads there.", name=corner),
            advice=say("Delete the empty rows and columns behind the data, or save the sheet as CSV."),
        )


def _refuse_repeated(archive: zipfile.ZipFile, sheets: dict[str, SheetScan], findings: Findings) -> None:
    """Refuse a workbook whose shared texts, put into every cell that names them, would fill the memory."""
    strings = archive.read("xl/sharedStrings.xml")
    lengths = np.array([len(text) for text in strings.split(b"<si>")[1:]] or [0])
    amount = 0
    for name in sheets:
        for match in _SHARED.finditer(archive.read(name)):
            amount += int(lengths[min(int(match[1]), len(lengths) - 1)])
            if amount > limits.WORKBOOK_BYTES:
                raise bomb(findings)


def _sheet_parts(small: dict[str, bytes]) -> dict[str, str]:
    """Sheet name → part of the archive, by the workbook's own relations."""
    try:
        book = ElementTree.fromstring(small.get("xl/workbook.xml", b"<x/>"))
        relations = ElementTree.fromstring(small.get("xl/_rels/workbook.xml.rels", b"<x/>"))
    except ElementTree.ParseError:
        return {}
    targets = {node.get("Id", ""): node.get("Target", "") for node in relations.iter() if node.get("Target")}
    found = {}
    for node in book.iter():
        if node.tag.endswith("}sheet") or node.tag == "sheet":
            key = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
            target = targets.get(key, "")
            found[node.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def column_number(letters: str) -> int:
    """The number of a column, from 1.

    >>> column_number("A"), column_number("AA")
    (1, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column by its number from 1.

    >>> column_letters(1), column_letters(16384)
    ('A', 'XFD')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(name: str) -> tuple[int, int]:
    """Row and column of a cell's name, both from 1.

    >>> address("F6")
    (6, 6)
    """
    letters = name.rstrip("0123456789")
    return int(name[len(letters) :]), column_number(letters)
