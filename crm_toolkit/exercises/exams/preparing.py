"""`prepare_exam`: a class list becomes a paper for each student, one archive each.

An archive holds a notebook and, for each task, a file of data: what a student sees of the task, and neither its answer
nor what it was drawn from. The same key, exam and list give the same bytes.
"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import exercise
from crm_toolkit.exercises.exams.deadlines import read_deadline
from crm_toolkit.exercises.exams.exam_cells import SETUP, exam_cells, exam_tasks
from crm_toolkit.exercises.exams.keys import Exam, Keys, is_exam_name, new_keys, read_keys
from crm_toolkit.exercises.exams.paper import facts_of
from crm_toolkit.exercises.exams.roster import Listed, read_roster
from crm_toolkit.exercises.grading.file_names import written_id
from crm_toolkit.exercises.tasks import Exercise
from crm_toolkit.texts import join_names, language, say, say_count

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_OPENED = re.compile(r'crm\.exercise\("(\w+)", student=student\)')


@dataclass(frozen=True)
class PreparedExam:
    """What `prepare_exam` made.

    Parameters
    ----------
    exam : Exam
    papers : tuple of Path
        An archive for each student.
    left_out : tuple of str
        Tasks of the lesson that can't be set in an exam.
    new_key : bool
        Whether the key file was made now.
    """

    exam: Exam
    papers: tuple[Path, ...] = field(repr=False)
    left_out: tuple[str, ...]
    new_key: bool

    def __str__(self) -> str:
        said = [
            say_count("{count} paper of the exam “{name}” was written.", "{count} papers of the exam “{name}” were "
                      "written.", len(self.papers), name=self.exam.name),
        ]  # fmt: skip
        if self.left_out:
            names = join_names(self.left_out, most=20)
            said.append(
                say("Left out, since all have the same numbers or the work lies elsewhere: {names}.", names=names)
            )
        if self.new_key:
            said.append(
                say("A new key was made: keep its file, without it nothing can be graded, and show it to nobody.")
            )
        return " ".join(said)


def prepare_exam(
    tasks: Iterable[str],
    *,
    roster: str | os.PathLike[str],
    key: str | os.PathLike[str],
    out: str | os.PathLike[str],
    name: str = "",
    deadline: str = "",
    salt: str = "",
    code: str | None = None,
    course: str | os.PathLike[str] | None = None,
    on_progress: Callable[[int, int, str], object] | None = None,
) -> PreparedExam:
    """Write a paper for each student of a class.

    Parameters
    ----------
    tasks : iterable of str
        One lesson, such as ``["04_ranking"]``, or names of tasks.
    roster : str or path
        The class list (`read_roster`).
    key : str or path
        The instructor's key file; made if it is missing.
    out : str or path
        The folder for the papers, ``<id>_exam-<name>_paper.zip``.
    name : str
        What the exam is called: small Latin letters, digits, dashes. The lesson's name without it.
    deadline : str
        Date and time; stands in the paper and is signed. Work after it is reported.
    salt : str
        A word; another one gives everybody other numbers.
    code : {"en", "ru"}, optional
        The language of students for whom the list names none; the one spoken now without it.
    course : str or path, optional
        The folder of the course; found by itself.
    on_progress : callable, optional
        ``on_progress(done, all, name)`` after each paper.

    Raises
    ------
    InputError
        If a task, the list, the key, the name or the deadline can't be used, or the key knows another exam of this
        name.
    """
    tasks, key, out = list(tasks), Path(key), Path(out)
    chosen, left_out = exam_tasks(tasks, course)  # type: ignore[arg-type]
    listed, deadline = read_roster(roster), read_deadline(deadline)  # type: ignore[arg-type]
    exam = Exam(name or _name_of(tasks), chosen, salt)
    new_key = not key.exists()
    keys = new_keys(key) if new_key else read_keys(key)
    _look_at(exam, keys, out, key)
    keys = keys.with_exam(exam)
    papers = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        keys.write()
        for done, one in enumerate(listed, start=1):
            spoken = one.language or code or str(language())
            with language(spoken):
                data = paper(keys, exam, one, code=spoken, deadline=deadline, course=course)
            path = out / f"{written_id(one.student)}_{exam.lesson}_paper.zip"
            part = path.with_suffix(".part")
            part.write_bytes(data)
            part.replace(path)
            papers.append(path)
            if on_progress:
                on_progress(done, len(listed), path.name)
    except OSError as reason:
        what = say("Nothing can be written into “{folder}”.", folder=reason.filename or out)
        raise _cannot([Problem("no_access", what, str(reason.strerror or reason))]) from reason
    return PreparedExam(exam, tuple(papers), left_out, new_key)


def _cannot(problems: list[Problem]) -> InputError:
    return InputError(say("The exam can't be prepared."), problems)


def _name_of(tasks: list[str]) -> str:
    return re.sub(r"[^a-z0-9]+", "-", tasks[0].lower()).strip("-")[:40].strip("-") if len(tasks) == 1 else "1"


def _look_at(exam: Exam, keys: Keys, out: Path, key: Path) -> None:
    problems = []
    if not is_exam_name(exam.name):
        what = say("An exam can't be called “{name}”.", name=exam.name[:60])
        problems.append(Problem("bad_name", what, advice=say("Take small Latin letters, digits and dashes.")))
    known = keys.exams.get(exam.name)
    if known is not None and known != exam:
        what = say("The key file knows an exam “{name}” with other tasks or another word.", name=exam.name)
        problems.append(Problem("other_exam", what, advice=say("Call this one differently: `--name`.")))
    if key.resolve().is_relative_to(out.resolve()):
        what = say("The key file lies in the folder of the papers, “{folder}”.", folder=out)
        problems.append(Problem("key_among_papers", what, advice=say("Keep it where no student gets it.")))
    if not exam.tasks:
        problems.append(Problem("no_tasks", say("No task of this lesson can be set in an exam.")))
    if problems:
        raise _cannot(problems)


def paper(keys: Keys, exam: Exam, one: Listed, *, code: str, deadline: str, course: Any = None) -> bytes:
    """The archive of one student, in the language spoken now."""
    room = io.BytesIO()
    own = {
        task: exercise(task, student=one.student, salt=keys.own_salt(exam, one.student, task)) for task in exam.tasks
    }
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        book = paper_notebook(keys, exam, one, own, code=code, deadline=deadline, course=course)
        _put(archive, f"{exam.lesson}.ipynb", book)
        for task in exam.tasks:
            _put(archive, f"data/{task}.json", facts_of(own[task]))  # type: ignore[arg-type]
    return room.getvalue()


def _put(archive: zipfile.ZipFile, name: str, facts: Any) -> None:
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(member, json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "replace"))


def paper_notebook(
    keys: Keys, exam: Exam, one: Listed, own: dict[str, Any], *, code: str, deadline: str, course: Any = None
) -> dict[str, Any]:
    """The notebook of one student, as JSON."""
    cells = exam_cells(exam.tasks, code, course)
    made = [_markdown("exam-about", _about(exam, one, deadline))]
    for cell in cells:
        if cell.task:
            made.append(
                _markdown(f"{cell.task}-heading"[:64], _heading(own[cell.task], exam.tasks.index(cell.task) + 1))
            )
        if cell.kind == "markdown":
            made.append(_markdown(cell.id, cell.source))
            continue
        source = _OPENED.sub(r'paper.task("\1")', cell.source)
        if cell.id == SETUP:
            source += f'\nfrom crm_toolkit.exercises.exams import open_paper\n\nlanguage = crm.language("{code}")\n'
            source += 'paper = open_paper("data")'
        facts = {"tags": ["solution"]} if cell.gap else {}
        made.append({"id": cell.id, "cell_type": "code", "source": source, "metadata": facts, "outputs": [],
                     "execution_count": None})  # fmt: skip
    facts = keys.facts(exam, one.student, deadline=deadline)
    facts |= {"gaps": [cell.id for cell in cells if cell.gap], "cells": [cell["id"] for cell in made]}
    about = {"lesson": exam.lesson, "language": code, "edition": "exam", "exam": facts}
    metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}, "crm_toolkit": about}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"id": name, "cell_type": "markdown", "source": text, "metadata": {}}


def _heading(own: Exercise, number: int) -> str:
    return f"## {say('Task {number}', number=number)}. {own.title}"


def _about(exam: Exam, one: Listed, deadline: str) -> str:
    lines = [
        f"# {say('Exam “{name}”', name=exam.name)}",
        say("For {student} only: the numbers are drawn for you and signed.", student=f"**{one.student}**"),
        say("Fill in the cells with `...`; what an answer needs must stand in them. Compute from the data of the task: "
            "the cells are run again with other numbers. A check tells how your answer is read, not whether it is "
            "right."),
        say("Save the notebook and hand it in: {command}", command=_command(exam, one)),
    ]  # fmt: skip
    if deadline:
        shown = deadline[:16].replace("T", " ") + f" (UTC{deadline[19:]})"
        lines.insert(2, say("Deadline: {moment}.", moment=shown))
    return "\n\n".join(lines)


def _command(exam: Exam, one: Listed) -> str:
    return f"`crm-toolkit submit {exam.lesson}.ipynb --student {written_id(one.student)}`"
