"""The results of a class: one value for each submission, and the tables that are made of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from crm_toolkit.exercises.grading.judging import TaskResult
from crm_toolkit.exercises.grading.shared_record import Tried
from crm_toolkit.exercises.grading.similarity import Alike
from crm_toolkit.intake.ids import DANGEROUS


@dataclass(frozen=True)
class SubmissionResult:
    """The result of one submission.

    Parameters
    ----------
    student, lesson, attempt
        From the file's name.
    language : {"en", "ru"}
    refused : str
        A word of `parcel.REASONS`, or ``"GRADER_ERROR"``, where nothing was run; then there is no total.
    end : str
        How the run ended, as in `Run`.
    tasks : tuple of TaskResult
    notes : tuple of str
        Stable words for the instructor: ``OTHER_VARIANT``, ``SEVERAL_FILES``, ``OTHER_LESSON``; of an exam ``LATE``,
        ``UNSIGNED``; of a shared record ``RECORD_UNREADABLE``, ``RECORD_PARTLY``.
    typed_in : tuple of str
        Tasks of an exam whose answer is right, but does not follow from the cells: with other numbers they are wrong.
    credit : float
        The share of the points that is given; less than 1 only where the instructor asked that of late work.
    record : tuple of Tried or None
        What the student shared of their record; ``None`` where none was shared. It is for the board and never counts.
    """

    student: str
    lesson: str
    attempt: int
    language: str
    refused: str = ""
    end: str = ""
    tasks: tuple[TaskResult, ...] = ()
    notes: tuple[str, ...] = ()
    typed_in: tuple[str, ...] = ()
    credit: float = 1.0
    record: tuple[Tried, ...] | None = None

    @property
    def total(self) -> float:
        """Points: the sum of the scores that count, times the credit."""
        return round(self.credit * sum(task.score for task in self.tasks if task.counts), 4)

    @property
    def possible(self) -> int:
        """Points that could be had."""
        return sum(task.counts for task in self.tasks)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON, for the report and for resuming."""
        return asdict(self)

    @staticmethod
    def of_dict(facts: dict[str, Any]) -> SubmissionResult:
        """Back from `as_dict`."""
        tasks = tuple(TaskResult(**task) for task in facts["tasks"])
        several = {name: tuple(facts.get(name, ())) for name in ("notes", "typed_in")}
        shared = facts.get("record")
        record = None if shared is None else tuple(Tried.of_dict(one) for one in shared)
        return SubmissionResult(**(facts | several | {"tasks": tasks, "record": record}))


def defused(text: object) -> str:
    """A cell that no table program takes for a formula.

    >>> defused("=1+1"), defused("A-1")
    ("'=1+1", 'A-1')
    """
    text = str(text)
    return f"'{text}" if text[:1] and text[0] in DANGEROUS else text


def grades_csv(results: Iterable[SubmissionResult]) -> bytes:
    """The grades as a table: comma, decimal point, UTF-8 with a mark at the start.

    Excel needs the mark to see Cyrillic as such, and Moodle's import takes it away.
    """
    results = list(results)
    names = list(dict.fromkeys(task.id for result in results for task in result.tasks))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(
        ["student_id", "lesson", "attempt", "total", "possible", "note"]
        + [word for name in names for word in (name, f"{name}_code")]
    )
    for one in results:
        notes = [one.refused] if one.refused else [*([one.end.upper()] if one.end != "done" else []), *one.notes]
        by_name = {task.id: task for task in one.tasks}
        row: list[object] = [one.student, one.lesson, one.attempt]
        row += ["", ""] if one.refused else [f"{one.total:g}", one.possible]
        row.append(" ".join(notes))
        for name in names:
            task = by_name.get(name)
            row += [f"{task.score:g}" if task and task.counts else "", task.code if task else ""]
        table.writerow([defused(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def report_json(
    results: Iterable[SubmissionResult],
    *,
    isolation: str,
    package: str,
    unread: Iterable[str],
    older: Iterable[str],
    alike: Iterable[Alike] = (),
) -> bytes:
    """Everything as JSON; the same bytes for the same results."""
    facts = {
        "isolation": isolation,
        "package": package,
        "submissions": [one.as_dict() | {"total": one.total, "possible": one.possible} for one in results],
        "no_submissions": sorted(unread),
        "older_attempts": sorted(older),
        "alike": [asdict(one) for one in alike],
    }
    return (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")
