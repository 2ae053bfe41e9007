"""The name of a submission: ``<id>_<lesson>.zip``, the second attempt ``<id>_<lesson>_2.zip``, and so on.

The id in the name says whose work it is: the channel (a mailbox, Moodle, a shared folder) is what the instructor
trusts, and never what a notebook says of itself. The highest attempt counts. A browser's copy, ``name (1).zip``,
is newer than ``name.zip`` and older than the next attempt. An exam stands in place of a lesson, ``exam-04``.

Moodle's *download all submissions* puts the sender before the name, ``Name Surname_12345_assignsubmission_file_``, or
makes a folder of that name for each sender. The id is still the one in the file's own name; the sender is kept, so that
files of several senders under one id are noticed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.variants import normalise_id

LONGEST_ID = 60
_EXAM = r"exam-[a-z0-9]+(?:-[a-z0-9]+)*"
_SENDER = re.compile(r"^(?P<sender>.*_\d{1,12}_assignsubmission_file)_(?P<rest>.*)$", re.DOTALL)
_FOLDER = re.compile(r"^.*_\d{1,12}_assignsubmission_file_?$", re.DOTALL)
_COPY = re.compile(r"^(?P<stem>.*?)(?: ?\((?P<copy>\d{1,3})\))?$", re.DOTALL)


@dataclass(frozen=True, order=True)
class FileName:
    """What the name of a submission says; ordered by person, lesson and attempt.

    Parameters
    ----------
    key : str
        The student's id in its one form (`normalise_id`).
    lesson : str
        The file name of the lesson, such as ``"04_ranking"``.
    attempt, copy : int
        The number of the attempt, from 1; the number of a browser's copy, 0 without one.
    student : str
        The id as it is written.
    sender : str
        Whom Moodle names as the sender; empty elsewhere.
    """

    key: str
    lesson: str
    attempt: int
    copy: int
    student: str
    sender: str = ""


def written_id(student: object) -> str:
    """An id as it goes into a file's name; empty if it can't go there.

    >>> written_id(" ИВТ 21/05 "), written_id("../x"), written_id("a_b")
    ('ИВТ-21-05', 'x', 'a-b')
    """
    text = re.sub(r"[^\w.-]+|_+", "-", str(student).strip()).strip("-.")
    return text if len(text) <= LONGEST_ID and normalise_id(text) else ""


def submission_name(student: str, lesson: str, attempt: int = 1) -> str:
    """The name of a submission.

    >>> submission_name("A-1", "04_ranking"), submission_name("A-1", "04_ranking", 2)
    ('A-1_04_ranking.zip', 'A-1_04_ranking_2.zip')
    """
    return f"{written_id(student)}_{lesson}{f'_{attempt}' if attempt > 1 else ''}.zip"


def read_name(name: str) -> FileName | None:
    """Read the name of a submission; nothing if it is none.

    >>> read_name("а-1_04_ranking_3.zip")
    FileName(key='A-1', lesson='04_ranking', attempt=3, copy=0, student='а-1', sender='')
    >>> read_name("A-1_04_ranking (1).zip").copy
    1
    >>> read_name("A-1_ranking.zip") is None
    True
    >>> read_name("Ann Lee_12345_assignsubmission_file_A-1_04_ranking.zip").student
    'A-1'
    """
    sent = _SENDER.match(name)
    if sent:
        found_name = read_name(sent["rest"])
        return found_name and replace(found_name, sender=sent["sender"])
    if not name.lower().endswith(".zip") or len(name) > 200:
        return None
    found = _COPY.match(name[:-4])
    stem = found["stem"] if found else ""
    for lesson in (*(one.file for one in LESSONS), _EXAM):
        match = re.fullmatch(rf"(?P<id>[^_]+)_(?P<lesson>{lesson})(?:_(?P<attempt>[1-9]\d{{0,3}}))?", stem)
        if match and found and written_id(match["id"]) == match["id"]:
            return FileName(
                normalise_id(match["id"]),
                match["lesson"],
                int(match["attempt"] or 1),
                int(found["copy"] or 0),
                match["id"],
            )
    return None


def is_senders_folder(name: str) -> bool:
    """Whether Moodle made a folder of this name for a sender.

    >>> is_senders_folder("Ann Lee_12345_assignsubmission_file"), is_senders_folder("week 1")
    (True, False)
    """
    return len(name) <= 200 and _FOLDER.match(name) is not None
