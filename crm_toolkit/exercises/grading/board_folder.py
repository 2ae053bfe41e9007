"""What a seminar board finds in a folder: results that stand there, submissions that wait, files that are neither.

The folder is either one of results (`grade` has written ``report.json`` into it) or one of submissions; then the board
keeps its own results in the folder ``board`` inside it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.grading.attempts import files_of, sorted_out
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.exercises.variants import normalise_id
from crm_toolkit.texts import say

REPORT, OWN = "report.json", "board"
_LARGEST_REPORT = 200_000_000


@dataclass(frozen=True)
class BoardFolder:
    """What was found; made by `read_board`.

    Parameters
    ----------
    folder, out : Path
        The folder, and where its results are.
    results : tuple of SubmissionResult
        By lesson and student, the newest attempt of each.
    waiting : tuple of str
        Names of submissions that have no result yet; empty for a folder of results.
    unread : tuple of str
        Names of files that are no submissions.
    signature : tuple
        Equal as long as nothing in the folder has changed.
    """

    folder: Path
    out: Path
    results: tuple[SubmissionResult, ...] = field(repr=False)
    waiting: tuple[str, ...]
    unread: tuple[str, ...]
    signature: tuple[tuple[str, int, int], ...] = field(repr=False)

    @property
    def has_submissions(self) -> bool:
        """Whether submissions can be graded here."""
        return self.out != self.folder


def signature(folder: str | os.PathLike[str]) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of what lies in the folder: a cheap look whether anything has changed."""
    folder = Path(folder)
    seen = []
    for path in (*_listed(folder), folder / OWN / REPORT):
        try:
            facts = path.lstat()
        except OSError:
            continue
        if not path.is_dir():
            seen.append((str(path), facts.st_size, facts.st_mtime_ns))
    return tuple(seen)


def read_board(folder: str | os.PathLike[str], *, with_key: bool = False) -> BoardFolder:
    """Look into a folder.

    Parameters
    ----------
    folder : str or path
        Of results, or of submissions.
    with_key : bool
        Whether a key file is at hand, so that exams which were refused without one wait again.

    Returns
    -------
    BoardFolder

    Raises
    ------
    InputError
        If there is no such folder, or its results can't be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        what = say("There is no folder “{path}”.", path=folder)
        raise InputError(say("There is no board."), [Problem("no_folder", what)])
    seen = signature(folder)
    if (folder / REPORT).is_file():
        results, unread = _report(folder / REPORT)
        return BoardFolder(folder, folder, results, (), unread, seen)
    out = folder / OWN
    there = (out / REPORT).is_file()
    results, _ = _report(out / REPORT) if there else ((), ())
    graded_at = (out / REPORT).stat().st_mtime_ns if there else 0
    done = {
        (normalise_id(one.student), one.lesson, one.attempt)
        for one in results
        if not (with_key and one.refused == "NO_KEY")
    }
    newest, _, others = sorted_out(folder)
    waiting = [
        path.name
        for name, path, _ in newest
        if (name.key, name.lesson, name.attempt) not in done or _newer(path, graded_at)
    ]
    return BoardFolder(folder, out, results, tuple(waiting), tuple(sorted(others)), seen)


def _listed(folder: Path) -> list[Path]:
    try:
        return list(files_of(folder))
    except OSError:
        return []


def _newer(path: Path, than: int) -> bool:
    try:
        return path.lstat().st_mtime_ns > than
    except OSError:
        return False


def _report(path: Path) -> tuple[tuple[SubmissionResult, ...], tuple[str, ...]]:
    try:
        if path.stat().st_size > _LARGEST_REPORT:
            raise ValueError
        facts = json.loads(path.read_bytes())
        rows = [{word: value for word, value in one.items() if word not in ("total", "possible")}
                for one in facts["submissions"]]  # fmt: skip
        return tuple(map(SubmissionResult.of_dict, rows)), tuple(map(str, facts["no_submissions"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as reason:
        what = say("The results in “{path}” can't be read: they are damaged, or of another version of the course.",
                   path=path)  # fmt: skip
        advice = say("Grade the submissions again: crm-toolkit grade FOLDER --out RESULTS.")
        raise InputError(say("There is no board."), [Problem("bad_report", what, advice=advice)]) from reason
