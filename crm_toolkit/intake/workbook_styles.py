"""What number formats of a workbook say beside the numbers: a currency, or zeros in front.

A cell that shows ``00017`` or ``5,00 €`` may hold the plain numbers 17 and 5; only its format knows the rest.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from crm_toolkit.intake import limits
from crm_toolkit.intake.spelling import currency_code

_STYLED = re.compile(rb"<c r=\"([A-Z]{1,3})(\d{1,7})\"[^>]*?\ss=\"(\d{1,5})\"")
_WORDS = re.compile(r"\[\$([^\]\-]+)(?:-[^\]]*)?\]|\"([^\"]+)\"|\\?([$€£₽¥₴₸])")
_ZEROS = re.compile(r"0{2,32}")


@dataclass
class Shown:
    """By column, in letters: rows under each currency, and the width of numbers with zeros in front by row."""

    currencies: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    widths: dict[str, dict[int, int]] = field(default_factory=dict)


def shown_by_formats(data: bytes, part: str, money: Iterable[str], ids: Iterable[str]) -> Shown:
    """Look through the cells of one sheet for formats that say more than the number."""
    found = Shown()
    money, ids = set(money), set(ids)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            formats = _formats(archive.read("xl/styles.xml"))
            currencies = {style: code for style, text in formats.items() if (code := currency_in(text))}
            widths = {style: len(text) for style, text in formats.items() if _ZEROS.fullmatch(text)}
            if not currencies and not widths:
                return found
            with archive.open(part) as sheet:
                tail = b""
                while chunk := sheet.read(limits.MEBIBYTE * 2):
                    window = tail + chunk
                    for match in _STYLED.finditer(window):
                        column, row, style = match[1].decode(), int(match[2]), int(match[3])
                        if column in money and style in currencies:
                            found.currencies.setdefault(column, {}).setdefault(currencies[style], []).append(row)
                        elif column in ids and style in widths:
                            found.widths.setdefault(column, {})[row] = widths[style]
                    tail = window[window.rfind(b"<c ") :] if b"<c " in window[-400:] else b""
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError, zlib.error, ElementTree.ParseError):
        return Shown()
    return found


def currency_in(code: str) -> str:
    """The currency that a number format shows; empty where there is none.

    >>> currency_in("#,##0.00 [$€-407]"), currency_in('# ##0,00" ₽"'), currency_in("yyyy-mm-dd")
    ('EUR', 'RUB', '')
    """
    for groups in _WORDS.findall(code):
        found = currency_code("".join(groups).strip())
        if found:
            return found
    return ""


def _formats(styles: bytes) -> dict[int, str]:
    """Number of a cell style → its own number format, where it has one."""
    root = ElementTree.fromstring(styles)
    codes = {}
    formats: dict[int, str] = {}
    for node in root.iter():
        if node.tag.endswith("numFmt"):
            codes[node.get("numFmtId", "")] = node.get("formatCode", "")
    for node in root.iter():
        if node.tag.endswith("cellXfs"):
            for number, style in enumerate(node):
                text = codes.get(style.get("numFmtId", ""), "")
                if text:
                    formats[number] = text.split(";")[0]
    return formats
