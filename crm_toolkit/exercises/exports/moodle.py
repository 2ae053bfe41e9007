"""A graded class as a table that Moodle's gradebook imports: points and feedback, a column each for every lesson."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.exports.nbgrader import cannot_write
from crm_toolkit.exercises.grading.pages import reason
from crm_toolkit.exercises.grading.results import SubmissionResult, defused
from crm_toolkit.exercises.verdict import make_verdict
from crm_toolkit.texts import format_number, language, say

_MOST_FEEDBACK = 4_000


def export_moodle(
    results: str | Path, *, out: str | Path, lesson: str = "", emails: Mapping[str, str] | None = None
) -> Path:
    """Write a graded class for Moodle: *Grades → Import → CSV file*.

    Parameters
    ----------
    results : str or Path
        The folder with the results of `grade`.
    out : str or Path
        The folder for ``grades.csv``.
    lesson : str
        Only this lesson; all without it.
    emails : mapping of str to str, optional
        The student's id → the address by which Moodle knows the student.

    Returns
    -------
    Path
        A table ``ID number, [Email address,] <lesson>, <lesson> (feedback)``: UTF-8, comma, decimal point. A
        submission that could not be graded has no number, and the reason as feedback.

    Raises
    ------
    InputError
        If there are no results, or the folder can't be written.
    """
    graded = [one for one in _results(Path(results)) if lesson in ("", one.lesson)]
    if not graded:
        what = say("There are no results of {lesson} in “{path}”.", lesson=lesson or "–", path=results)
        raise InputError(say("Nothing was exported."), [Problem("no_results", what, advice=_advice())])
    path = Path(out) / "grades.csv"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(moodle_csv(graded, emails or {}))
    except OSError as trouble:
        raise cannot_write(Path(out), trouble) from trouble
    return path


def _advice() -> str:
    return say("Grade first: `crm-toolkit grade FOLDER --out DIR`, then export from DIR.")


def _results(folder: Path) -> list[SubmissionResult]:
    try:
        report = json.loads((folder / "report.json").read_bytes())
        facts = report["submissions"]
        return [SubmissionResult.of_dict({k: v for k, v in one.items() if k not in _MADE}) for one in facts]
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        what = say("There is no “report.json” of a graded class in “{path}”.", path=folder)
        raise InputError(say("Nothing was exported."), [Problem("no_report", what, advice=_advice())]) from trouble


_MADE = ("total", "possible")


def moodle_csv(results: list[SubmissionResult], emails: Mapping[str, str]) -> bytes:
    """The table; Moodle's own words head the columns by which it knows a student."""
    lessons = list(dict.fromkeys(one.lesson for one in results))
    students = list(dict.fromkeys(one.student for one in results))
    by_both = {(one.student, one.lesson): one for one in results}
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    head = ["ID number", *(["Email address"] if emails else [])]
    table.writerow(head + [word for name in lessons for word in (name, f"{name} (feedback)")])
    for student in students:
        row: list[str] = [student, *([emails.get(student, "")] if emails else [])]
        for name in lessons:
            one = by_both.get((student, name))
            row += [f"{one.total:g}" if one and not one.refused else "", _feedback(one) if one else ""]
        table.writerow([defused(cell) for cell in row])
    return text.getvalue().encode("utf-8", "replace")


def _feedback(one: SubmissionResult) -> str:
    with language(one.language):
        if one.refused:
            return f"{say('This submission could not be graded.')} {reason(one.refused)}"
        lines = []
        for task in one.tasks:
            said = make_verdict(task.status, task.score, task.code, task.message)
            points = f" ({format_number(task.score)}/1)" if task.counts else ""
            message = " ".join(word for word in (task.message, task.told) if word)
            lines.append(f"{said.sign} {task.title}{points}. {message}".strip())
    return "\n".join(lines)[:_MOST_FEEDBACK]
