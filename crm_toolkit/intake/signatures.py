"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm_toolkit.texts import mark


@dataclass(frozen=True)
class Signature:
    """The first bytes of a kind of file that is not a table, and how to call it."""

    start: bytes
    kind: str
    offset: int = 0


NOT_TABLES = (
    Signature(b"\x89PNG\r\n", mark("a picture (PNG)")),
    Signature(b"\xff\xd8\xff", mark("a picture (JPEG)")),
    Signature(b"GIF8", mark("a picture (GIF)")),
    Signature(b"RIFF", mark("a media file (RIFF)")),
    Signature(b"%PDF", mark("a PDF document")),
    Signature(b"{\\rtf", mark("a text document (RTF)")),
    Signature(b"Rar!\x1a", mark("a RAR archive")),
    Signature(b"7z\xbc\xaf\x27\x1c", mark("a 7-Zip archive")),
    Signature(b"BZh", mark("a bzip2 archive")),
    Signature(b"\xfd7zXZ", mark("an xz archive")),
    Signature(b"\x28\xb5\x2f\xfd", mark("a Zstandard archive")),
    Signature(b"ustar", mark("a tar archive"), offset=257),
    Signature(b"SQLite format 3\x00", mark("an SQLite database")),
    Signature(b"ARROW1", mark("an Arrow (Feather) file")),
    Signature(b"\x89HDF", mark("an HDF5 file")),
    Signature(b"\x93NUMPY", mark("a NumPy file")),
    Signature(b"\x7fELF", mark("a program")),
    Signature(b"MZ\x90", mark("a program")),
)

GZIP, ZIP, OLE, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
EMPTY_ZIP = b"PK\x05\x06"

_PICKLE = re.compile(rb"\A(?:\x80[\x02-\x05].*\.|c[\w.]+\n\w+\n\(.*R\.)\Z", re.DOTALL)
_MARKUP = re.compile(r"\A\s*<(?P<tag>!doctype html|html|head|body|table|meta|\?xml|!--)", re.IGNORECASE)


def not_a_table(data: bytes) -> str:
    """How to call a binary file that is no table at all, or an empty text.

    >>> not_a_table(b"%PDF-1.7")
    'a PDF document'
    """
    for signature in NOT_TABLES:
        if data.startswith(signature.start, signature.offset):
            return signature.kind
    if len(data) < 65536 and _PICKLE.match(data):
        return mark("a Python pickle, which may run code and is never opened")
    return ""


def not_a_text_table(text: str) -> str:
    """How to call a text that is no delimited table: a web page, XML, JSON; or an empty text.

    >>> not_a_text_table('[{"customer": 1}]')
    'a JSON document'
    """
    start = text[:4096].lstrip("\ufeff \t\r\n")
    found = _MARKUP.match(start)
    if found:
        return mark("an XML document") if found["tag"].startswith("?") else mark("a web page (HTML)")
    if re.match(r"\{\s*\"|\[\s*[\[{\"]|\[\s*\]|\{\s*\}", start):
        return mark("a JSON document")
    return ""
