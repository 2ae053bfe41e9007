"""A workbook looked through before it is opened: sizes counted, document types refused, odd cells found.

The parts of an .xlsx file are XML inside a zip archive. They are unpacked piece by piece and only counted and
searched here; formulas are never computed, links never followed, macros never run.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.etree import ElementTree

from crm_toolkit.errors import InputError
from crm_toolkit.intake import limits
from crm_toolkit.intake.container import bomb, broken_archive, is_bomb
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.texts import format_number, say

_OVERLAP = 2048
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)\bt=[\"']e[\"'][^>]*>(.{0,400}?)</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]{0,1500}</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_FAR = re.compile(rb"\br=[\"']([A-Z]{3})\d+[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"'](\d+)[\"']")
_DEEP = re.compile(rb"\br=[\"'][A-Z]{1,3}(\d{5,7})[\"']")
_DECLARED = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)


@dataclass
class SheetScan:
    """Odd cells of one sheet: errors and formulas without a computed value, by their address."""

    errors: dict[str, str] = field(default_factory=dict)
    uncomputed: list[str] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


@dataclass(frozen=True)
class WorkbookScan:
    """What was found before opening: sheets by name, and whether there are macros."""

    sheets: dict[str, SheetScan]
    macros: bool


def scan(data: bytes, findings: Findings) -> WorkbookScan:
    """Count, search, and refuse what is dangerous."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > limits.ARCHIVE_ENTRIES or len({m.filename for m in members}) < len(members):
                raise bomb(findings)
            if any(member.flag_bits & 1 for member in members):
                raise findings.stop("encrypted", say("The workbook is encrypted: it is protected by a password."))
            scans: dict[str, SheetScan] = {}
            small: dict[str, bytes] = {}
            total = 0
            for member in members:
                if not member.filename.endswith((".xml", ".rels", ".vml")):
                    continue
                is_sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
                sheet = scans.setdefault(member.filename, SheetScan()) if is_sheet else None
                keep = member.filename in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
                size, body = _scan_part(archive, member, sheet, keep, total, findings)
                total += size
                if keep:
                    small[member.filename] = body
            macros = any(member.filename.endswith("vbaProject.bin") for member in members)
    except InputError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        raise broken_archive(findings) from None
    for sheet in scans.values():
        _refuse_vast(sheet, findings)
    names = _sheet_parts(small)
    return WorkbookScan({name: scans[part] for name, part in names.items() if part in scans}, macros)


def _scan_part(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    sheet: SheetScan | None,
    keep: bool,
    total: int,
    findings: Findings,
) -> tuple[int, bytes]:
    size, tail, kept = 0, b"", bytearray()
    if is_bomb(member.file_size, member.compress_size):
        raise bomb(findings)
    with archive.open(member) as part:
        while chunk := part.read(limits.MEBIBYTE * 2):
            size += len(chunk)
            if is_bomb(size, member.compress_size):
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
            if _DECLARED.search(window) or (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") and size == len(chunk)):
                raise findings.stop(
                    "xml_entities",
                    say(
                        "The workbook's XML declares a document type or entities (DOCTYPE) in {part}; "
                        "honest workbooks never do, and nothing was read.",
                        part=shown(member.filename),
                    ),
                    advice=say("Open it in Excel and save it again."),
                )
            if sheet is not None:
                _scan_sheet(window, sheet)
            tail = window[-_OVERLAP:]
            if keep:
                kept += chunk
                if len(kept) > limits.MEBIBYTE * 8:
                    raise bomb(findings)
    return size, bytes(kept)


def _scan_sheet(window: bytes, sheet: SheetScan) -> None:
    for match in _CELL.finditer(window):
        place = _PLACE.search(match.group())
        value = _VALUE.search(match[2])
        if place and len(sheet.errors) < 100_000:
            sheet.errors[(place[1] + place[2]).decode()] = value[1].decode("utf-8", "replace") if value else "#"
    for match in _UNCOMPUTED.finditer(window):
        name = match[1].decode()
        if len(sheet.uncomputed) < 100_000 and (not sheet.uncomputed or sheet.uncomputed[-1] != name):
            sheet.uncomputed.append(name)
    for match in _FAR.finditer(window):
        sheet.last_column = max(sheet.last_column, column_number(match[1].decode()))
    for pattern in (_ROW, _DEEP):
        last = max((int(match[1]) for match in pattern.finditer(window)), default=0)
        sheet.last_row = max(sheet.last_row, last)


def _refuse_vast(sheet: SheetScan, findings: Findings) -> None:
    columns = max(sheet.last_column, 20 if sheet.last_row else 1)
    if sheet.last_row * columns > limits.SHEET_CELLS:
        raise findings.stop(
            "vast_sheet",
            say(
                "A sheet is too large: its used area is {rows} rows by {columns} columns.",
                rows=format_number(sheet.last_row),
                columns=format_number(columns),
            ),
            advice=say("Delete the empty rows and columns behind the data, or save the sheet as CSV."),
        )


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


def address(name: str) -> tuple[int, int]:
    """Row and column of a cell's name, both from 1.

    >>> address("F6")
    (6, 6)
    """
    letters = name.rstrip("0123456789")
    return int(name[len(letters) :]), column_number(letters)
