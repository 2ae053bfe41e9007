"""A submission's archive as hostile bytes: nothing of it is ever unpacked onto the disk.

Two members are read, and a third if the student shares their record; each is counted while it is unpacked. An archive
with anything strange in it (a path that leads out, a link, a password, a bomb, fifty more files) is refused whole, with
a word that says why.
"""

from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_toolkit.exercises.grading.notebook_bytes import LARGEST_NOTEBOOK, Notebook, Refusal, parse_json, read_notebook
from crm_toolkit.exercises.grading.shared_record import LARGEST_RECORD, RECORD, Tried, read_record
from crm_toolkit.texts import LANGUAGES, mark

NOTEBOOK, FACTS = "notebook.ipynb", "submission.json"
LARGEST_PARCEL = 6_000_000
_LARGEST_FACTS = 50_000
_MOST_MEMBERS = 10
REASONS = {
    "NO_FILE": mark("It is no ordinary file."),
    "TOO_LARGE": mark("It is too large: a notebook without outputs has well under 5 MB."),
    "BROKEN_ARCHIVE": mark("It is no zip archive, or a broken one."),
    "BAD_MEMBER": mark("The archive holds what `submit` never puts there: a link, a password, a path that leads out."),
    "TOO_MANY_FILES": mark("The archive holds too many files."),
    "NO_NOTEBOOK": mark("There is no notebook in it."),
    "NO_JSON": mark("The notebook in it can't be read."),
    "TOO_DEEP": mark("The notebook in it is nested too deeply."),
    "TOO_MANY_CELLS": mark("The notebook in it has too many cells."),
    "NO_KEY": mark("It is an exam: it is graded with the key file (`--key`) with which it was prepared."),
    "UNSIGNED": mark("The paper's signature is gone: hand in the notebook of the exam itself."),
    "ALTERED": mark("What the paper says about itself was altered, or another key signed it."),
    "SWAPPED": mark("It is the paper of another student or another exam."),
}


@dataclass(frozen=True)
class Parcel:
    """What is taken from an archive.

    Parameters
    ----------
    notebook : Notebook
    variants : dict of str to str
        The codes of the variants that the student saw, by task, as the archive says: material for a note, no more.
    language : str
        The language of the feedback.
    handed_in : str
        When it was packed, by the student's clock; may be empty.
    record : tuple of Tried or None
        What the student shared of their record; nothing where none was shared. Never used for a grade.
    notes : tuple of str
        ``RECORD_UNREADABLE`` or ``RECORD_PARTLY`` where a shared record could not be read, or not all of it.
    """

    notebook: Notebook
    variants: dict[str, str]
    language: str
    handed_in: str = ""
    record: tuple[Tried, ...] | None = None
    notes: tuple[str, ...] = ()


def read_bytes(path: Path) -> bytes:
    """The bytes of a submission; links, pipes and devices are not followed.

    Raises
    ------
    Refusal
        ``NO_FILE`` or ``TOO_LARGE``.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Refusal("NO_FILE")
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refusal("NO_FILE")
            data = file.read(LARGEST_PARCEL + 1)
    except OSError:
        raise Refusal("NO_FILE") from None
    if len(data) > LARGEST_PARCEL:
        raise Refusal("TOO_LARGE")
    return data


def read_parcel(data: bytes) -> Parcel:
    """Read an archive.

    Raises
    ------
    Refusal
        With one of the words of `REASONS`.
    """
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise Refusal("TOO_MANY_FILES")
            for member in members:
                _look_at(member)
            names = [member.filename for member in members]
            if names.count(NOTEBOOK) != 1 or names.count(FACTS) > 1:
                raise Refusal("NO_NOTEBOOK")
            notebook = read_notebook(_unpacked(archive, NOTEBOOK, LARGEST_NOTEBOOK))
            facts = _facts(archive) if FACTS in names else {}
            record, notes = _record(archive, names.count(RECORD))
    except Refusal:
        raise
    except Exception:  # whatever a zip reader makes of hostile bytes
        raise Refusal("BROKEN_ARCHIVE") from None
    variants = facts.get("variants")
    variants = variants if isinstance(variants, dict) else {}
    variants = {task: code for task, code in list(variants.items())[:100] if isinstance(code, str) and len(code) < 20}
    spoken = [one for one in (facts.get("language"), notebook.language) if one in LANGUAGES]
    packed = facts.get("submitted_at")
    packed = packed if isinstance(packed, str) and len(packed) < 40 else ""
    return Parcel(notebook, variants, spoken[0] if spoken else "en", packed, record, notes)


def _look_at(member: zipfile.ZipInfo) -> None:
    mode = member.external_attr >> 16
    strange = (
        member.filename not in (NOTEBOOK, FACTS, RECORD),
        stat.S_IFMT(mode) not in (0, stat.S_IFREG),
        member.flag_bits & 0x1,
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
    )
    if any(strange):
        raise Refusal("BAD_MEMBER")


def _unpacked(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as member:
        data = member.read(most + 1)
    if len(data) > most:
        raise Refusal("TOO_LARGE")
    return data


def _facts(archive: zipfile.ZipFile) -> dict[str, Any]:
    """What the archive says of itself; an unreadable slip of paper costs nobody anything."""
    try:
        facts = parse_json(_unpacked(archive, FACTS, _LARGEST_FACTS), most_bytes=_LARGEST_FACTS)
    except Refusal:
        return {}
    return facts if isinstance(facts, dict) else {}


def _record(archive: zipfile.ZipFile, count: int) -> tuple[tuple[Tried, ...] | None, tuple[str, ...]]:
    """What was shared of the record, and a word if it can't be read: a bad one costs nobody a grade."""
    if not count:
        return None, ()
    if count > 1:
        return None, ("RECORD_UNREADABLE",)
    try:
        tried, strange = read_record(_unpacked(archive, RECORD, LARGEST_RECORD))
    except Exception:  # also what a zip reader makes of hostile bytes
        return None, ("RECORD_UNREADABLE",)
    return tried, ("RECORD_PARTLY",) if strange else ()
