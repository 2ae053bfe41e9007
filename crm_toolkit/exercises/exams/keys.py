"""The instructor's key: whose numbers, drawn how, signed by whom.

The numbers of a task are drawn from HMAC-SHA256(key, exam, student, task), so nobody without the key can draw them,
and a paper carries an HMAC-SHA256 of what it says about itself, so nobody without the key can change that unseen. The
key lies in one file of the instructor's; no file of a student's holds it or anything that it could be computed from.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.variants import normalise_id, variant_code
from crm_toolkit.texts import join_names, say

FORMAT, KEY_BYTES = 1, 32
PREFIX = "exam-"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PAPER_FACTS = ("exam", "student", "variants", "deadline", "signature")
PAPER, FRESH = "paper", "fresh"
"""The numbers of the paper, and other numbers of the same student, on which the grader runs the same cells."""


@dataclass(frozen=True)
class Exam:
    """An exam as the key file keeps it.

    Parameters
    ----------
    name : str
        Small Latin letters, digits and dashes.
    tasks : tuple of str
    salt : str
        The instructor's word; another one gives everybody other numbers.
    """

    name: str
    tasks: tuple[str, ...]
    salt: str = ""

    @property
    def lesson(self) -> str:
        """What stands in a file's name in place of a lesson."""
        return PREFIX + self.name


@dataclass(frozen=True)
class Keys:
    """The key and the exams that were prepared with it.

    Parameters
    ----------
    path : Path
    secret : bytes
    exams : mapping of str to Exam
        By name.
    """

    path: Path
    secret: bytes = field(repr=False)
    exams: Mapping[str, Exam] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """A name of the key that tells nothing of it."""
        return self._mac("fingerprint")[:12]

    def own_salt(self, exam: Exam, student: object, task: str, purpose: str = PAPER) -> str:
        """The salt of one student's numbers of one task."""
        return self._mac("numbers", purpose, exam.name, exam.salt, normalise_id(student), task)[:32]

    def own_code(self, exam: Exam, student: object, task: str) -> str:
        """The short name of one student's variant of one task."""
        return variant_code(task, student, self.own_salt(exam, student, task))

    def facts(self, exam: Exam, student: object, *, deadline: str = "") -> dict[str, Any]:
        """What a paper says about itself, signed."""
        codes = {task: self.own_code(exam, student, task) for task in exam.tasks}
        facts = {"exam": exam.name, "student": normalise_id(student), "variants": codes, "deadline": deadline}
        return facts | {"signature": self.signature(facts)}

    def signature(self, facts: Mapping[str, Any]) -> str:
        """The signature of facts, whatever they say of their own signature."""
        said = {name: value for name, value in facts.items() if name != "signature"}
        return self._mac("paper", json.dumps(said, sort_keys=True, ensure_ascii=True))

    def trouble(self, facts: Any, exam: Exam, student: object) -> str:
        """``""``, or why a paper is not taken: ``UNSIGNED``, ``ALTERED`` or ``SWAPPED``."""
        if not isinstance(facts, dict) or not isinstance(facts.get("signature"), str):
            return "UNSIGNED"
        if not hmac.compare_digest(self.signature(facts).encode(), facts["signature"].encode("utf-8", "replace")):
            return "ALTERED"
        return "" if (facts["exam"], facts["student"]) == (exam.name, normalise_id(student)) else "SWAPPED"

    def with_exam(self, exam: Exam) -> Keys:
        """The same key with one exam more."""
        return Keys(self.path, self.secret, {**self.exams, exam.name: exam})

    def write(self) -> None:
        """Write the file, readable for its owner only where the system can do that.

        Raises
        ------
        OSError
            If it can't be written.
        """
        exams = {name: {"tasks": list(one.tasks), "salt": one.salt} for name, one in sorted(self.exams.items())}
        text = json.dumps({"format": FORMAT, "key": self.secret.hex(), "exams": exams}, ensure_ascii=False, indent=1)
        part = self.path.with_name(f"{self.path.name}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
        part.replace(self.path)

    def _mac(self, *words: str) -> str:
        return hmac.new(self.secret, json.dumps(words).encode(), hashlib.sha256).hexdigest()


def new_keys(path: str | Path) -> Keys:
    """A new key, not yet written."""
    return Keys(Path(path), secrets.token_bytes(KEY_BYTES))


def read_keys(path: str | Path) -> Keys:
    """Read the instructor's key file.

    Parameters
    ----------
    path : str or Path
        The file that `prepare_exam` wrote.

    Raises
    ------
    InputError
        If it is not there, no key file, or others on this computer may read it.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
        facts = json.loads(path.read_text(encoding="utf-8"))
        secret = bytes.fromhex(facts["key"])
        exams = {
            name: Exam(name, tuple(map(str, one["tasks"])), str(one["salt"])) for name, one in facts["exams"].items()
        }
        if facts["format"] != FORMAT or len(secret) != KEY_BYTES or not all(map(is_exam_name, exams)):
            raise ValueError
    except OSError as reason:
        what = say("The key file “{path}” can't be read.", path=path)
        raise _cannot(Problem("no_key", what, str(reason.strerror or reason))) from reason
    except (ValueError, KeyError, TypeError, AttributeError) as reason:
        what = say("“{path}” is no key file of an exam.", path=path)
        advice = say("Take the file that `crm-toolkit exam prepare --key FILE` wrote.")
        raise _cannot(Problem("no_key_file", what, advice=advice)) from reason
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        what = say("Others on this computer may read the key file “{path}”.", path=path)
        advice = say("Take that right away: `chmod 600 {path}`.", path=path)
        raise _cannot(Problem("open_key", what, advice=advice))
    return Keys(path, secret, exams)


def is_exam_name(name: object) -> bool:
    """Whether an exam may be called so.

    >>> is_exam_name("04-ranking"), is_exam_name("exam_1")
    (True, False)
    """
    return isinstance(name, str) and len(name) <= 40 and _NAME.fullmatch(name) is not None


def known_exam(keys: Keys, lesson: str) -> Exam | None:
    """The exam that a file's name means, if the key knows it."""
    return keys.exams.get(lesson.removeprefix(PREFIX)) if lesson.startswith(PREFIX) else None


def exam_names(keys: Keys) -> str:
    """The names of the exams that a key knows, to be read."""
    return join_names(sorted(keys.exams), most=20) or "–"


def _cannot(problem: Problem) -> InputError:
    return InputError(say("The exam's key can't be used."), [problem])
