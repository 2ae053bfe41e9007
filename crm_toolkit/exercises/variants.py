"""Own numbers for every student: who is meant by an id, and the luck that belongs to this id.

A variant is drawn from ``random.Random(sha256(version | task | student [| salt]))``: the same on every
computer and in every supported Python, which golden values in the tests hold (numpy promises less for its
own streams). The id is first brought to one form, so that capitals, spaces, the kind of dash, and letters
that look alike in the Latin, Cyrillic and Greek alphabets make no second person. An instructor may add a
salt for an exam.
"""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata

VERSION = "1"
_LOOK_ALIKE = str.maketrans(
    "АВЕЁКМНОРСТУХІЈЅ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABEEKMHOPCTYXIJS" + "ABEZHIKMNOPTYX",
)
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are misread


def normalise_id(student: object) -> str:
    """One form for all ways to write a student's id; empty if nothing readable is in it.

    >>> normalise_id(" ивт–21 05 ") == normalise_id("ИBT-21-05")
    True
    >>> normalise_id("...")
    ''
    """
    text = unicodedata.normalize("NFKC", str(student))
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc") or sign.isspace())
    text = unicodedata.normalize("NFKC", text.upper()).translate(_LOOK_ALIKE)
    text = re.sub(r"[\s_|‐-―−-]+", "-", text).strip("-")
    return text if any(sign.isalnum() for sign in text) else ""


def variant_luck(task_id: str, student: object, salt: str = "") -> random.Random:
    """The random numbers of one student's variant of one task.

    >>> variant_luck("retention_rate", "A-1").randrange(1000) == variant_luck("retention_rate", "а-1").randrange(1000)
    True
    """
    return random.Random(_digest(task_id, student, salt))


def variant_code(task_id: str, student: object, salt: str = "") -> str:
    """A short name of the variant: a submission states it, a teacher recomputes it.

    >>> variant_code("retention_rate", "A-1") == variant_code("retention_rate", " a-1")
    True
    """
    number = int.from_bytes(hashlib.sha256(_digest(task_id, student, salt)).digest()[:5], "big")
    signs = "".join(_SIGNS[number >> 5 * place & 31] for place in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def _digest(task_id: str, student: object, salt: str) -> bytes:
    parts = [VERSION, task_id, normalise_id(student), *([salt] if salt else [])]
    return hashlib.sha256("|".join(parts).encode()).digest()
