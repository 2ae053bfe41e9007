"""The file as bytes: opened, recognised by its first bytes, unpacked within limits.

Nothing is extracted to disk, no archive inside an archive is opened, and what an archive claims about its
sizes is not believed: bytes are counted while they come out.
"""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError
from crm_toolkit.intake import limits, signatures
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.texts import format_number, join_names, say


@dataclass(frozen=True)
class Content:
    """The bytes of a table and what they are: "text", "xlsx", "xls" or "parquet"."""

    name: str
    kind: str
    data: bytes


def name_of(source: Any, name: str = "") -> str:
    """How to call a source in a letter: the file's own name, without its folders."""
    if name:
        return shown(Path(str(name)).name, 80)
    if isinstance(source, (str, os.PathLike)) and not is_table_text(source):
        return shown(Path(source).name or str(source), 80)
    return shown(Path(str(getattr(source, "name", "") or say("the upload"))).name, 80)


def load(source: Any, findings: Findings) -> Content:
    """Read a path, bytes or an open file, and recognise and unpack what is inside."""
    data = _bytes_of(source, findings)
    if data.startswith(signatures.GZIP):
        data = _gunzip(data, findings)
        findings.fact(say("Packed"), "gzip")
        if data.startswith((signatures.GZIP, signatures.ZIP)) and not _is_workbook(data):
            raise findings.stop("archive_in_archive", say("There is an archive inside the archive; unpack it first."))
    if data.startswith(signatures.ZIP) and not _is_workbook(data):
        data = _only_member(data, findings)
    return Content(findings.name, _kind(data, findings), data)


def _bytes_of(source: Any, findings: Findings) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    elif hasattr(source, "read"):
        data = _read(source, findings)
    elif not isinstance(source, (str, os.PathLike)):
        raise findings.stop(
            "not_a_source",
            say("A file or a table is needed; this is an object of the type {kind}.", kind=type(source).__name__),
            advice=say("Give the path of a file, its bytes, an open file, or a table: pd.DataFrame(…)."),
        )
    elif is_table_text(source):
        raise findings.stop(
            "text_for_path",
            say("It is the text of a table, where the path of a file is needed."),
            advice=say("Give the text as bytes: text.encode()."),
        )
    else:
        data = _file(Path(source), findings)
    if len(data) > limits.FILE_BYTES:
        raise _too_large(len(data), findings)
    if not data:
        raise findings.stop("empty", say("The file is empty: it has 0 bytes."))
    return data


def is_table_text(source: object) -> bool:
    r"""Whether a string is the text of a table, given where a path is meant.

    >>> is_table_text("a,b\n1,2\n"), is_table_text("sales.csv")
    (True, False)
    """
    return isinstance(source, str) and "\n" in source.strip()


def _read(source: Any, findings: Findings) -> bytes:
    try:
        data = source.read(limits.FILE_BYTES + 1)
        data = data.encode("utf-8") if isinstance(data, str) else bytes(memoryview(data))
    except MemoryError:
        raise
    except Exception as trouble:
        reason = getattr(trouble, "strerror", None) or str(trouble)
        raise findings.stop(
            "unreadable",
            say("The open file can't be read: {reason}.", reason=shown(reason)),
            advice=say("Open it again with open(path, 'rb'), or give its path."),
        ) from None
    return data


def _file(path: Path, findings: Findings) -> bytes:
    try:
        if path.is_dir():
            raise findings.stop("folder", say("It is a folder; a file is needed."))
        if path.exists() and not path.is_file():
            raise findings.stop("not_a_file", say("It is not an ordinary file."))
        if path.stat().st_size > limits.FILE_BYTES:
            raise _too_large(path.stat().st_size, findings)
        return path.read_bytes()
    except InputError:
        raise
    except FileNotFoundError:
        near = _neighbours(path)
        raise findings.stop(
            "no_such_file",
            say("There is no such file: {path}", path=shown(path, 300)),
            advice=say("Files of that kind nearby: {names}.", names=join_names(near, most=5)) if near else "",
        ) from None
    except PermissionError:
        raise findings.stop(
            "locked",
            say("The file may not be opened: no permission, or another program holds it."),
            advice=say("Close it in Excel and try again, or copy it to a folder of your own."),
        ) from None
    except (OSError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or str(trouble)
        raise findings.stop("unreadable", say("The file can't be opened: {reason}.", reason=shown(reason))) from None


def _neighbours(path: Path) -> list[str]:
    try:
        return sorted(other.name for other in path.parent.iterdir() if other.suffix == path.suffix)[:20]
    except OSError:
        return []


def _too_large(size: int, findings: Findings) -> InputError:
    return findings.stop(
        "too_large",
        say(
            "The file is too large: {size} MB, and the limit is {limit} MB.",
            size=format_number(size // limits.MEBIBYTE),
            limit=format_number(limits.FILE_BYTES // limits.MEBIBYTE),
        ),
        advice=say("Split it by years, or save it as Parquet and work on it with DuckDB."),
    )


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether so many bytes out of so few are more than an honest table packs.

    >>> is_bomb(400_000_000, 400_000), is_bomb(400_000_000, 30_000_000)
    (True, False)
    """
    return unpacked > limits.BOMB_FLOOR and unpacked > limits.BOMB_RATIO * max(packed, 1)


def bomb(findings: Findings) -> InputError:
    """The refusal of an archive that unpacks to far more than an honest table would."""
    return findings.stop(
        "bomb",
        say(
            "The archive is too large when unpacked: past {limit} MB it still packs more than {ratio} times, "
            "as only an archive bomb does.",
            limit=format_number(limits.BOMB_FLOOR // limits.MEBIBYTE),
            ratio=limits.BOMB_RATIO,
        ),
        advice=say("If the table is honest, unpack it yourself and read the unpacked file."),
    )


def broken_archive(findings: Findings) -> InputError:
    """The refusal of an archive that ends too early or does not match its checksum."""
    return findings.stop(
        "broken_archive",
        say("The archive is incomplete or corrupt (truncated); nothing was read from it."),
        advice=say("Download or copy the file again."),
    )


def _gunzip(data: bytes, findings: Findings) -> bytes:
    out = bytearray()
    position = 0
    view = memoryview(data)
    while position < len(data):
        if not data.startswith(signatures.GZIP, position):
            if data[position:].strip(b"\x00"):
                raise broken_archive(findings)
            break
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            chunk = view[position : position + limits.MEBIBYTE]
            if not chunk:
                raise broken_archive(findings)
            try:
                out += unpacker.decompress(chunk, 4 * limits.MEBIBYTE)
            except zlib.error:
                raise broken_archive(findings) from None
            position += len(chunk) - len(unpacker.unconsumed_tail) - len(unpacker.unused_data)
            if is_bomb(len(out), position):
                raise bomb(findings)
            if len(out) > limits.FILE_BYTES:
                raise _too_large(len(out), findings)
    if not out:
        raise findings.stop("empty", say("The file is empty: it has 0 bytes."))
    return bytes(out)


def _is_workbook(data: bytes) -> bool:
    head = data[:4096]
    return any(sign in head for sign in (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis")) or (
        _workbook_kind(data) != ""
    )


def _workbook_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return ""
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        return "office"
    if "content.xml" in names:
        return "ods"
    return "xlsx" if "[Content_Types].xml" in names else ""


_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".parquet")
_BESIDE = (".md", ".pdf", ".rtf", ".doc", ".docx", ".html", ".htm", ".png", ".jpg", ".jpeg", ".url", ".ini", ".nfo")


def _is_beside(name: str) -> bool:
    """Whether a file of an archive explains the table and holds none: a readme, a licence, a picture.

    >>> _is_beside("README.txt"), _is_beside("sales.txt"), _is_beside("about.pdf")
    (True, False, True)
    """
    path = Path(name.lower())
    said = ("readme", "read_me", "license", "licence", "прочти", "прочитай", "читай", "лицензия")
    return path.suffix in _BESIDE or (path.suffix in ("", ".txt") and path.name.startswith(said))


def _only_member(data: bytes, findings: Findings) -> bytes:
    """The one table inside a zip archive; it never touches the disk."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir() and not Path(member.filename).name.startswith((".", "__MACOSX"))
            ]
            if len(members) > limits.ARCHIVE_ENTRIES:
                raise bomb(findings)
            tables = [m for m in members if Path(m.filename).suffix.lower() in _TABLES]
            if (
                len(members) > 1
                and len(tables) == 1
                and all(_is_beside(m.filename) for m in members if m not in tables)
            ):
                beside = join_names(shown(m.filename) for m in members if m not in tables)
                findings.warn(
                    "beside_the_table", say("The archive also holds what was not read: {names}.", names=beside)
                )
                members = tables
            if len(members) != 1:
                raise findings.stop(
                    "archive",
                    say("It is a zip archive with {number} files; one table is needed.", number=len(members)),
                    found=say("Inside: {names}.", names=join_names(shown(m.filename) for m in members))
                    if members
                    else "",
                    advice=say("Unpack it and read the file that holds the table."),
                )
            member = members[0]
            if member.flag_bits & 1:
                raise findings.stop("encrypted", say("The archive is protected by a password; unpack it first."))
            unpacked = _inflate(archive, member, findings)
    except InputError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        raise broken_archive(findings) from None
    findings.fact(say("Packed"), say("zip, the table inside: {name}", name=shown(member.filename)))
    if unpacked.startswith((signatures.ZIP, signatures.GZIP)) and not _is_workbook(unpacked):
        raise findings.stop("archive_in_archive", say("There is an archive inside the archive; unpack it first."))
    if not unpacked:
        raise findings.stop("empty", say("The file is empty: it has 0 bytes."))
    return unpacked


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, findings: Findings) -> bytes:
    out = bytearray()
    if is_bomb(member.file_size, member.compress_size):
        raise bomb(findings)
    with archive.open(member) as packed:
        while chunk := packed.read(limits.MEBIBYTE):
            out += chunk
            if is_bomb(len(out), member.compress_size):
                raise bomb(findings)
            if len(out) > limits.FILE_BYTES:
                raise _too_large(len(out), findings)
    return bytes(out)


def _kind(data: bytes, findings: Findings) -> str:
    if data.startswith(signatures.PARQUET):
        return "parquet"
    if data.startswith(signatures.ZIP):
        kind = _workbook_kind(data)
        if kind == "xlsx":
            return "xlsx"
        if kind == "":
            raise broken_archive(findings)
        names = {"xlsb": "Excel (.xlsb)", "ods": "OpenDocument (.ods)", "office": "Word / PowerPoint"}
        raise findings.stop(
            "unsupported_workbook",
            say("It is a document of the kind {kind}, which is not read.", kind=names[kind]),
            advice=say("Open it and save it as an Excel workbook (.xlsx) or as CSV."),
        )
    if data.startswith(signatures.OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise findings.stop(
                "encrypted",
                say("The workbook is encrypted: it is protected by a password."),
                advice=say("Open it in Excel, remove the password and save it again."),
            )
        if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
            return "xls"
        raise findings.stop("not_a_table", say("It is not a table: it is {kind}.", kind=say("an old Office document")))
    if data.startswith(signatures.EMPTY_ZIP):
        raise findings.stop("empty", say("The archive is empty."))
    kind = signatures.not_a_table(data)
    if kind:
        raise findings.stop(
            "not_a_table",
            say("It is not a table: it is {kind}.", kind=say(kind)),
            advice=say("A CSV, Excel (.xlsx) or Parquet file is needed."),
        )
    return "text"
