"""One submission is graded, or remembered: read, run behind walls, judged; of an exam the signature comes first.

Whatever a submission does, a result comes of it. What was run to its end by the same course before is not run again.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from crm_toolkit import __version__
from crm_toolkit.exercises.exams import exam_cells
from crm_toolkit.exercises.exams.deadlines import is_late
from crm_toolkit.exercises.exams.keys import FRESH, PAPER, PAPER_FACTS, PREFIX, Exam, Keys, known_exam
from crm_toolkit.exercises.grading.file_names import FileName
from crm_toolkit.exercises.grading.isolation import PACKAGE, Isolation
from crm_toolkit.exercises.grading.judging import Salts, TaskResult, hand_over, judge
from crm_toolkit.exercises.grading.lesson_plan import Plan, lesson_plan
from crm_toolkit.exercises.grading.notebook_bytes import Refusal
from crm_toolkit.exercises.grading.parcel import Parcel, read_bytes, read_parcel
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.exercises.grading.running import run_cells
from crm_toolkit.exercises.variants import variant_code

_SPEAKING = threading.Lock()  # a process speaks one language at a time


@dataclass(frozen=True)
class Plans:
    """What is run for a lesson or an exam; nothing for an exam whose key is not there."""

    keys: Keys | None
    course: str | os.PathLike[str] | None

    def exam(self, lesson: str) -> Exam | None:
        """The exam that stands in place of a lesson, if it is one that the key knows."""
        return known_exam(self.keys, lesson) if self.keys else None

    def of(self, lesson: str) -> Plan | None:
        """The plan; nothing for an exam that the key does not know."""
        exam = self.exam(lesson)
        if exam is not None:
            return exam_cells.exam_plan(exam, self.course)  # type: ignore[arg-type]
        return None if lesson.startswith(PREFIX) else lesson_plan(lesson, self.course)


@dataclass(frozen=True)
class Grader:
    """Grades one submission at a time, or remembers what came of it."""

    isolation: Isolation
    salt: str
    store: Path
    wall_seconds: float
    plans: Plans
    accept_unsigned: bool
    late_credit: float

    def result(self, name: FileName, path: Path, notes: tuple[str, ...]) -> tuple[SubmissionResult, bool]:
        """The result, and whether it was run now. Never an exception."""
        blank = SubmissionResult(name.student, name.lesson, name.attempt, "en", notes=notes)
        try:
            data = read_bytes(path)
            plan, exam, keys = self.plans.of(name.lesson), self.plans.exam(name.lesson), self.plans.keys
            if plan is None:
                raise Refusal("NO_KEY")
            facts = [data, name.student, name.lesson, plan.digest, self.salt, self.wall_seconds, course_digest()]
            if exam and keys:
                facts += [keys.fingerprint, exam.salt, self.accept_unsigned, self.late_credit]
            key = hashlib.sha256(b"".join(hashlib.sha256(_bytes(fact)).digest() for fact in facts)).hexdigest()
            kept = self.store / f"{key}.json"
            before = _remembered(kept)
            if before is not None:
                return replace(before, attempt=name.attempt, notes=(*notes, *before.notes)), False
            result = self._graded(name, read_parcel(data), plan)
        except Refusal as reason:
            return replace(blank, refused=reason.code), False
        except Exception:  # one submission never stops the others
            return replace(blank, refused="GRADER_ERROR"), False
        if result.end not in ("not_started", "time"):  # a busy computer is nobody's fault: tried again next time
            write(kept, json.dumps(result.as_dict(), ensure_ascii=False).encode("utf-8", "replace"))
        return replace(result, notes=(*notes, *result.notes)), True

    def _graded(self, name: FileName, parcel: Parcel, plan: Plan) -> SubmissionResult:
        exam, keys = self.plans.exam(name.lesson), self.plans.keys
        if exam and keys:
            return self._graded_exam(name, parcel, plan, exam, keys)
        end, tasks = self._run_and_judged(name, parcel, plan, lambda task: self.salt)
        notes = [*parcel.notes]
        codes = {task.id: variant_code(task.id, name.student) for task in plan.tasks}
        if any(codes.get(task, seen) != seen for task, seen in parcel.variants.items()):
            notes.append("OTHER_VARIANT")
        if parcel.notebook.lesson not in ("", name.lesson):
            notes.append("OTHER_LESSON")
        found = SubmissionResult(name.student, name.lesson, name.attempt, parcel.language, "", end, tasks, tuple(notes))
        return replace(found, record=parcel.record)

    def _graded_exam(self, name: FileName, parcel: Parcel, plan: Plan, exam: Exam, keys: Keys) -> SubmissionResult:
        """A paper: its signature first, then the paper's numbers, then the same cells with other numbers."""
        said = {word: value for word, value in parcel.notebook.exam.items() if word in PAPER_FACTS}
        trouble = keys.trouble(said, exam, name.student)
        if trouble and not (trouble == "UNSIGNED" and self.accept_unsigned):
            raise Refusal(trouble)
        notes = [*parcel.notes, *([trouble] if trouble else [])]
        late = not trouble and is_late(parcel.handed_in, said["deadline"])
        end, tasks = self._run_and_judged(
            name, parcel, plan, lambda task: keys.own_salt(exam, name.student, task, PAPER)
        )
        typed: tuple[str, ...] = ()
        if any(task.status == "right" for task in tasks) and end == "done":
            again, others = self._run_and_judged(
                name, parcel, plan, lambda task: keys.own_salt(exam, name.student, task, FRESH)
            )
            if again == "done":
                typed = tuple(
                    one.id for one, other in zip(tasks, others, strict=True) if one.status == "right" != other.status
                )
        return SubmissionResult(
            name.student, name.lesson, name.attempt, parcel.language, "", end, tasks,
            tuple([*notes, "LATE"] if late else notes), typed, self.late_credit if late else 1.0, parcel.record,
        )  # fmt: skip

    def _run_and_judged(
        self, name: FileName, parcel: Parcel, plan: Plan, salts: Salts
    ) -> tuple[str, tuple[TaskResult, ...]]:
        """How the run ended, and what came of each task."""
        book, code = parcel.notebook, parcel.language
        with _SPEAKING:
            given = hand_over(plan, book, student=name.student, salts=salts, code=code)
        run = run_cells(given, self.isolation, wall_seconds=self.wall_seconds)
        with _SPEAKING:
            return run.end, judge(plan, book, run, student=name.student, salts=salts, code=code)


def _bytes(fact: object) -> bytes:
    return fact if isinstance(fact, bytes) else str(fact).encode()


def _remembered(kept: Path) -> SubmissionResult | None:
    try:
        return SubmissionResult.of_dict(json.loads(kept.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError):
        return None


@cache
def course_digest() -> str:
    """A digest of the package: code that judges, and what it says. Another one, and everything is run again."""
    found = hashlib.sha256(__version__.encode())
    for path in _sources():
        found.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    # tasks ask the analysis and the worlds for their answers, and results keep sentences: all of it counts
    yield from sorted(path for ending in ("py", "po", "toml") for path in PACKAGE.rglob(f"*.{ending}"))


def write(path: Path, data: bytes) -> None:
    """Write a file that is whole or not there."""
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(data)
    part.replace(path)
