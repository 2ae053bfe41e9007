"""`grade`: a folder of submissions becomes grades, feedback and a board.

Each submission is read, run and judged for itself: whatever one of them does, the others are graded. A submission that
was run to its end by the same course before is not run again, so an interrupted run goes on where it stopped, and
grading twice writes the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from crm_toolkit import __version__
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.exams.keys import read_keys
from crm_toolkit.exercises.grading import pages
from crm_toolkit.exercises.grading.attempts import Attempt, sorted_out
from crm_toolkit.exercises.grading.file_names import written_id
from crm_toolkit.exercises.grading.isolation import LEVELS, Isolation, strongest_isolation
from crm_toolkit.exercises.grading.notebook_bytes import Refusal
from crm_toolkit.exercises.grading.one_submission import Grader, Plans, write
from crm_toolkit.exercises.grading.parcel import read_bytes, read_parcel
from crm_toolkit.exercises.grading.results import SubmissionResult, grades_csv, report_json
from crm_toolkit.exercises.grading.running import WALL_SECONDS
from crm_toolkit.exercises.grading.similarity import Alike, alike
from crm_toolkit.texts import language, say, say_count

Progress = Callable[[int, int, str], object]


@dataclass(frozen=True)
class Grades:
    """A graded class.

    Parameters
    ----------
    out : Path
        Where ``grades.csv``, ``board.html``, ``board_students.html``, ``report.json`` and ``feedback/`` are.
    results : tuple of SubmissionResult
        By lesson and student; of several attempts the newest.
    isolation : str
        The level: ``"bubblewrap"``, ``"namespaces"``, ``"limits"`` or ``"trusted"``.
    run : int
        How many submissions were run this time; the others were graded before.
    unread : tuple of str
        Files whose names say no student and lesson.
    older : tuple of str
        Files of older attempts, which do not count.
    alike : tuple of Alike
        Pairs of works that share what hardly anybody else has; to be looked at, never a judgement.
    """

    out: Path
    results: tuple[SubmissionResult, ...] = field(repr=False)
    isolation: str
    run: int
    unread: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    alike: tuple[Alike, ...] = ()

    def __str__(self) -> str:
        refused = sum(bool(one.refused) for one in self.results)
        said = [
            say_count("{count} submission graded, {run} of them now.", "{count} submissions graded, {run} of them now.",
                      len(self.results) - refused, run=self.run),
            say("Isolation: {name}.", name=say(LEVELS[self.isolation])),
        ]  # fmt: skip
        if refused:
            said.append(say_count("{count} submission could not be graded.", "{count} submissions could not be graded.",
                                  refused))  # fmt: skip
        if self.unread:
            said.append(say_count("{count} file is no submission.", "{count} files are no submissions.",
                                  len(self.unread)))  # fmt: skip
        return " ".join(said)


def grade(
    folder: str | os.PathLike[str],
    *,
    out: str | os.PathLike[str],
    trusted: bool = False,
    salt: str = "",
    key: str | os.PathLike[str] | None = None,
    accept_unsigned: bool = False,
    late_credit: float = 1.0,
    workers: int | None = None,
    on_progress: Progress | None = None,
    wall_seconds: float = WALL_SECONDS,
    isolation: Isolation | None = None,
    course: str | os.PathLike[str] | None = None,
) -> Grades:
    """Grade a folder of submissions.

    Parameters
    ----------
    folder : str or path
        Where the files ``<id>_<lesson>.zip`` are.
    out : str or path
        Where the results go.
    trusted : bool
        The instructor says that the submissions are harmless: needed on Windows and macOS, unused under Linux.
    salt : str
        A word that changes everybody's numbers of the lessons; exams have their own in the key file.
    key : str or path, optional
        The instructor's key file of an exam (`crm_toolkit.exercises.exams.prepare_exam`); lessons do without.
    accept_unsigned : bool
        Grade papers without a signature too; otherwise they are refused. Altered and swapped ones always are.
    late_credit : float
        The share of the points that is given for work after the deadline: 1 only reports it, 0 gives none.
    workers : int, optional
        Submissions at a time; the number of processors, at most 4, without it.
    on_progress : callable, optional
        ``on_progress(done, all, name)`` after each submission.
    wall_seconds : float
        After so long a submission is stopped; its later tasks are not attempted.
    isolation : Isolation, optional
        Other walls than the strongest that this computer has.
    course : str or path, optional
        The folder of the course with the workbooks; found by itself.

    Returns
    -------
    Grades

    Raises
    ------
    InputError
        If there is no such folder, nothing can be written, or this system has no isolation; with a key also if the
        isolation would let a notebook read it.
    """
    folder, out = Path(folder), Path(out)
    problems = []
    if not folder.is_dir():
        problems.append(Problem("no_folder", say("There is no folder “{path}”.", path=folder)))
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        problems.append(Problem("bad_workers", say("The number of workers must be 1 or more.")))
    if not 0 <= late_credit <= 1:
        problems.append(Problem("bad_credit", say("The credit for late work is a share from 0 to 1.")))
    if problems:
        raise InputError(say("Nothing was graded."), problems)
    chosen = isolation or strongest_isolation(trusted=trusted)
    newest, older, unread = sorted_out(folder)
    keys = None if key is None else read_keys(Path(key))
    if keys and chosen.level in ("namespaces", "limits") and not trusted:
        what = say("Behind these walls a notebook could read the key file: {name}.", name=chosen)
        advice = say("Install bubblewrap, or say that the submissions can be trusted: `--trusted`.")
        raise InputError(say("Nothing was graded."), [Problem("key_in_reach", what, advice=advice)])
    plans = Plans(keys, course)
    for name in {name.lesson for name, _, _ in newest}:
        plans.of(name)
    store = out / "graded"
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise _no_access(out, reason) from reason
    results, fresh = [], 0
    told = on_progress or (lambda done, everyone, name: None)
    one = Grader(chosen, salt, store, wall_seconds, plans, accept_unsigned, late_credit)
    with ThreadPoolExecutor(workers or min(4, os.cpu_count() or 1)) as pool:
        waiting = {pool.submit(one.result, name, path, notes): path for name, path, notes in newest}
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                result, new = future.result()
                results.append(result)
                fresh += new
                told(done, len(waiting), waiting[future].name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    results.sort(key=lambda one: (one.lesson, one.student))
    pairs = _alike(newest, plans)
    grades = Grades(out, tuple(results), chosen.level, fresh, tuple(sorted(unread)), tuple(sorted(older)), pairs)
    try:
        _write_everything(grades)
    except OSError as reason:
        raise _no_access(out, reason) from reason
    return grades


def _no_access(out: Path, reason: OSError) -> InputError:
    what = say("Nothing can be written into “{folder}”.", folder=out)
    return InputError(say("Nothing was graded."), [Problem("no_access", what, str(reason.strerror or reason))])


def _alike(newest: list[Attempt], plans: Plans) -> tuple[Alike, ...]:
    """Pairs of works of one lesson that share rare pieces; what can't be read is in none."""
    works: dict[str, dict[str, list[str]]] = {}
    for name, path, _ in newest:
        plan = plans.of(name.lesson)
        try:
            sources = read_parcel(read_bytes(path)).notebook.sources
        except Refusal:
            continue
        if plan is not None:
            filled = [text for cell in plan.cells if cell.gap for text in sources.get(cell.id, ())]
            works.setdefault(name.lesson, {})[name.student] = filled
    found: list[Alike] = []
    for lesson, mine in sorted(works.items()):
        plan = plans.of(lesson)
        found += alike(lesson, mine, [cell.source for cell in plan.cells] if plan else [])
    return tuple(found)


def _write_everything(grades: Grades) -> None:
    out, results = grades.out, grades.results
    (out / "feedback").mkdir(exist_ok=True)
    for one in results:
        name = f"{written_id(one.student)}_{one.lesson}.html"
        write(out / "feedback" / name, pages.feedback_page(one).encode("utf-8", "replace"))
    about = say(LEVELS[grades.isolation])
    write(out / "grades.csv", grades_csv(results))
    write(out / "board.html", pages.board_page(results).encode("utf-8", "replace"))
    page = pages.students_page(results, isolation=about, unread=grades.unread, alike=grades.alike)
    write(out / "board_students.html", page.encode("utf-8", "replace"))
    with language("en"):
        about = say(LEVELS[grades.isolation])
    facts = {"unread": grades.unread, "older": grades.older, "alike": grades.alike}
    write(out / "report.json", report_json(results, isolation=about, package=__version__, **facts))  # type: ignore[arg-type]
