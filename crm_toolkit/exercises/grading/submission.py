"""`submit`: a student's notebook becomes one file with the student's id in its name.

Checked before it is written, while the student can still mend it: is it the workbook, was it worked with the own id,
are the cells to fill in still there.
"""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crm_toolkit import __version__
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import progress
from crm_toolkit.exercises.exams.keys import PREFIX
from crm_toolkit.exercises.grading.file_names import LONGEST_ID, read_name, submission_name, written_id
from crm_toolkit.exercises.grading.lesson_plan import COURSE, Plan, PlannedCell, lesson_plan
from crm_toolkit.exercises.grading.notebook_bytes import LARGEST_NOTEBOOK, Notebook, Refusal, read_notebook
from crm_toolkit.exercises.grading.parcel import FACTS, NOTEBOOK, REASONS
from crm_toolkit.exercises.grading.shared_record import RECORD, lines_to_share
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.variants import normalise_id, variant_code
from crm_toolkit.texts import LANGUAGES, join_names, language, say, say_count

FORMAT = 1
_LARGEST_WITH_OUTPUTS = 200_000_000


def submit(
    notebook: str | os.PathLike[str],
    *,
    student: str,
    folder: str | os.PathLike[str] = ".",
    course: str | os.PathLike[str] | None = None,
    share_progress: bool = False,
) -> Path:
    """Pack a workbook for the instructor.

    Parameters
    ----------
    notebook : str or path
        The saved workbook.
    student : str
        The student's id, the one with which the workbook was done.
    folder : str or path
        Where the file goes.
    course : str or path, optional
        The folder of the course; found by itself.
    share_progress : bool
        Whether to add, of your own will, what your record (``my_work/progress.jsonl``) says of this lesson: which
        check found what, in which order, and which hints were opened. No times, no answers, no other lesson. It helps
        the seminar and never touches a grade; without it nothing of the record leaves your computer.

    Returns
    -------
    Path
        ``<id>_<lesson>.zip``; a second attempt becomes ``<id>_<lesson>_2.zip``, and the highest number counts. No
        file is ever overwritten. Outputs of cells are left out: they are not looked at.

    Warns
    -----
    UserWarning
        If code stands in cells of the student's own: the instructor runs only the cells of the workbook. Also says
        how much of the record is shared, or that there is none to share.

    Raises
    ------
    InputError
        Naming everything that would cost the student points: not a workbook, another id, cells that are gone.
    """
    path = Path(notebook)
    try:
        data = _without_outputs(path)
        read = read_notebook(data)
    except Refusal as reason:
        raise _cannot(
            [Problem(reason.code.lower(), say(REASONS[reason.code]), say("File: {path}", path=path))]
        ) from None
    lesson = read.lesson or path.stem
    problems = []
    if not written_id(student) or normalise_id(written_id(student)) != normalise_id(student):
        problems.append(
            Problem(
                "bad_id",
                say("“{id}” can't be the id in a file's name.", id=str(student)[:80]),
                advice=say("Up to {count} letters, digits, dots and dashes.", count=LONGEST_ID),
            )
        )
    is_exam = lesson.startswith(PREFIX) and bool(read.exam)
    if lesson not in {one.file for one in LESSONS} and not is_exam:
        problems.append(
            Problem(
                "unknown_lesson",
                say("“{name}” is no lesson of the course.", name=lesson[:80]),
                advice=say("Submit a workbook from the folder `exercises`."),
            )
        )
        raise _cannot(problems)
    plan = _plan_of_paper(read) if is_exam else lesson_plan(lesson, course)
    problems += _problems(read, plan, student)
    if is_exam and read.exam.get("student") != normalise_id(student):
        what = say("The exam in it is another student's than “{id}”.", id=student)
        problems.append(Problem("another_paper", what, advice=say("Hand in your own paper under your own id.")))
    if problems:
        raise _cannot(problems)
    _tell_about_own_cells(read, plan)
    facts = {
        "format": FORMAT,
        "student": str(student),
        "lesson": lesson,
        "language": read.language if read.language in LANGUAGES else str(language()),
        "edition": read.edition,
        "package": __version__,
        "variants": read.exam.get("variants") if is_exam else {t.id: variant_code(t.id, student) for t in plan.tasks},
        "submitted_at": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    members = {NOTEBOOK: data, FACTS: json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "replace")}
    if share_progress:
        shared = _shared(read, plan, student, course)
        members |= {RECORD: shared} if shared else {}
    return _written(Path(folder), written_id(student), lesson, members)


def _shared(read: Notebook, plan: Plan, student: str, course: str | os.PathLike[str] | None) -> bytes:
    """The lines of the student's own record that go along; the student is told how many, or that there are none."""
    place = progress.kept_in() or Path(course or COURSE) / "my_work" / "progress.jsonl"
    number = next((one.number for one in LESSONS if one.file == plan.lesson), "")
    tasks = {task.id for task in plan.tasks}
    events = progress.read_progress(place).events
    shared = lines_to_share(events, tasks=tasks, lesson=number, student=student, salts=["", *_salts(read)])
    count = shared.count(b"\n")
    told = say_count(
        "Shared: {count} line of your record about this lesson (checks, what they found, opened hints; no times).",
        "Shared: {count} lines of your record about this lesson (checks, what they found, opened hints; no times).",
        count,
    ) if count else say("Nothing is shared: your record says nothing about this lesson and your id. File: {path}",
                        path=place)  # fmt: skip
    warnings.warn(told, UserWarning, stacklevel=3)
    return shared


def _salts(read: Notebook) -> list[str]:
    """Words of an exam that stand in the notebook, as in ``crm.exercise(…, salt="june")``."""
    found = []
    for node in _nodes(read):
        if isinstance(node, ast.keyword) and node.arg == "salt" and isinstance(node.value, ast.Constant):
            found.append(str(node.value.value))
    return found[:10]


def _plan_of_paper(read: Notebook) -> Plan:
    """What `submit` has to know of an exam: its cells, and which of them are filled in."""
    gaps, every = read.exam.get("gaps"), read.exam.get("cells")
    gaps, every = (names if isinstance(names, list) else [] for names in (gaps, every))
    cells = tuple(PlannedCell(str(name), "", True) for name in gaps)
    return Plan(read.lesson, cells, (), frozenset(map(str, every)), "")


def _cannot(problems: list[Problem]) -> InputError:
    return InputError(say("The notebook can't be submitted yet."), problems)


def _without_outputs(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_WITH_OUTPUTS:
            raise Refusal("TOO_LARGE")
        raw: Any = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError:
        raise Refusal("NO_FILE") from None
    except (ValueError, RecursionError):
        raise Refusal("NO_JSON") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise Refusal("NO_NOTEBOOK")
    for cell in raw["cells"]:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
    raw.get("metadata", {}).pop("widgets", None)
    data = json.dumps(raw, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    if len(data) > LARGEST_NOTEBOOK:
        raise Refusal("TOO_LARGE")
    return data


def _problems(read: Notebook, plan: Plan, student: str) -> list[Problem]:
    problems = []
    gaps = [cell.id for cell in plan.cells if cell.gap]
    gone = [gap for gap in gaps if gap not in read.sources]
    twice = [gap for gap in gaps if len(read.sources.get(gap, ())) > 1]
    if gone and len(gone) == len(gaps):
        what = say("None of the cells to fill in is there: this is not the workbook of this lesson.")
        advice = say("Submit the notebook with this name from the folder `exercises`.")
        return [Problem("not_the_workbook", what, advice=advice)]
    if gone:
        what = say_count("{count} cell to fill in is gone.", "{count} cells to fill in are gone.", len(gone))
        advice = say("Copy your answers into a fresh workbook: a cell of one's own is not looked at.")
        problems.append(Problem("cells_gone", what, advice=advice))
    if twice:
        what = say_count("{count} cell to fill in stands there twice.", "{count} cells to fill in stand there twice.",
                         len(twice))  # fmt: skip
        problems.append(Problem("cells_twice", what, advice=say("Keep one of each.")))
    used = _ids_used(read)
    if used and normalise_id(student) not in {normalise_id(one) for one in used}:
        problems.append(
            Problem(
                "another_id",
                say("The notebook was done with another id than yours."),
                found=say("In the notebook: {found}; yours: {id}.", found=join_names(used, most=3), id=student),
                advice=say("Write your id where the notebook says `student = …`, and run it again: numbers differ."),
            )
        )
    return problems


def _ids_used(read: Notebook) -> list[str]:
    found: list[str] = []
    for node in _nodes(read):
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "student" for one in node.targets):
            written = node.value.value if isinstance(node.value, ast.Constant) else None
            found += [written] if isinstance(written, str) else []
    return found


def _nodes(read: Notebook) -> Iterator[ast.AST]:
    """Everything that the cells say, as far as they can be parsed."""
    for text in (text for texts in read.sources.values() for text in texts):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield from ast.walk(tree)


def _tell_about_own_cells(read: Notebook, plan: Plan) -> None:
    own = [texts for name, texts in read.sources.items() if name not in plan.every_id and any(map(str.strip, texts))]
    if own:
        told = say_count(
            "{count} cell of your own is not run by the instructor: what an answer needs must stand in the cells to "
            "fill in.",
            "{count} cells of your own are not run by the instructor: what an answer needs must stand in the cells to "
            "fill in.",
            len(own),
        )
        warnings.warn(told, UserWarning, stacklevel=3)


def _written(folder: Path, student: str, lesson: str, members: Mapping[str, bytes]) -> Path:
    """Write under the next free number; a file that is there already is never touched."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = [read_name(path.name) for path in folder.iterdir()]
        mine = [one.attempt for one in there if one and (one.key, one.lesson) == (normalise_id(student), lesson)]
        attempt = max(mine, default=0) + 1
        while True:
            path = folder / submission_name(student, lesson, attempt)
            try:
                with path.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    for name, data in members.items():
                        archive.writestr(name, data)
                return path
            except FileExistsError:
                attempt += 1
    except OSError as reason:
        what = say("Nothing can be written into “{folder}”.", folder=folder)
        raise _cannot([Problem("no_access", what, str(reason.strerror or reason))]) from reason
