"""The judge: the only place that knows the answers. It never runs a line of a student's code.

For every task of the plan the last answer that came is judged by `checking.diagnose`, with the numbers recomputed from
the id in the file's name. Practical tasks whose work lives in the child (a store, a role) are reported as the child saw
them and never count.
"""

from __future__ import annotations

import hashlib
import json
import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm_toolkit.exercises import checking, exercise
from crm_toolkit.exercises.answers import read_number, read_table
from crm_toolkit.exercises.grading.handed_in import answer_of, clean, said_lines
from crm_toolkit.exercises.grading.lesson_plan import Plan, PlannedTask
from crm_toolkit.exercises.grading.notebook_bytes import Notebook
from crm_toolkit.exercises.grading.running import Run
from crm_toolkit.exercises.practice import PracticeExercise
from crm_toolkit.exercises.tasks import Exercise
from crm_toolkit.exercises.verdict import STATUSES, Verdict, make_verdict
from crm_toolkit.texts import language, mark, say

NOTES = {
    "gone": mark("The cell to fill in is gone."),
    "twice": mark("The cell to fill in stands there twice, so it was not run."),
    "no_code": mark("The cell to fill in is no code cell, or too long."),
    "stopped": mark("The cell to fill in stopped: {error}"),
    "not_handed_in": mark("The answer could not be handed in: {error}"),
    "time": mark("The time was over before this task was reached."),
    "too_much": mark("The run was stopped: the cells wrote too much."),
    "died": mark("The run ended before this task was reached."),
    "not_started": mark("The cells could not be started; this is not the student's fault. {error}"),
    "no_answer": mark("No answer came."),
}


@dataclass(frozen=True)
class TaskResult:
    """The result of one task of one submission.

    Parameters
    ----------
    id, title : str
        The task, its title in the student's language.
    status, score, code, message
        As in `Verdict`.
    note, error : str
        A word of `NOTES`: why there is no answer, or what stopped on the way; and what Python said then.
    counts : bool
        Whether it counts; what only the child saw does not.
    digest : str
        First 16 hex digits of a digest of the verdict and of the answer, rounded to the task's tolerance.
    """

    id: str
    title: str
    status: str
    score: float
    code: str
    message: str
    note: str
    error: str
    counts: bool
    digest: str

    @property
    def told(self) -> str:
        """The note as a sentence, in the reader's language; empty without one."""
        return say(NOTES[self.note], error=self.error) if self.note else ""


Salts = Callable[[str], str]
"""From a task to the salt of its numbers."""


def hand_over(plan: Plan, notebook: Notebook, *, student: str, salts: Salts, code: str) -> dict[str, Any]:
    """What the child gets: the plan's cells with the student's in the gaps, and the numbers of every task."""
    cells = []
    for cell in plan.cells:
        source = _gap(notebook, cell.id)[0] if cell.gap else cell.source
        cells.append({"id": cell.id, "source": source, "gap": cell.gap, "forget": cell.forget})
    tasks = []
    with language(code):
        for task in {task.id: task for task in plan.tasks}.values():
            own = exercise(task.id, student=student, salt=salts(task.id))
            inside = isinstance(own, PracticeExercise) and not _judged_here(own)
            tasks.append(
                {
                    "id": own.id,
                    "title": str(own.title),
                    "statement": str(own.statement),
                    "variant": own.variant_code,
                    "columns": own.columns if isinstance(own, Exercise) else (),
                    "rows": own.customers if isinstance(own, Exercise) else (),
                    "data": pickle.dumps(own.details if inside else own.data),  # type: ignore[union-attr]
                    "module": own.task.generate.__module__ if inside else "",
                }
            )
    return {"cells": cells, "tasks": tasks}


def judge(plan: Plan, notebook: Notebook, run: Run, *, student: str, salts: Salts, code: str) -> tuple[TaskResult, ...]:
    """Judge what the child said, task by task, in the student's language."""
    answers: dict[str, Any] = {}
    seen: dict[str, Any] = {}
    stopped: dict[str, str] = {}
    for facts in said_lines(run.said):
        task, cell = facts.get("task"), facts.get("cell")
        if facts.get("kind") == "answer" and isinstance(task, str):
            answers[task] = facts.get("answer")
        elif facts.get("kind") == "seen" and isinstance(task, str):
            seen[task] = facts
        elif facts.get("kind") == "stopped" and isinstance(cell, str):
            stopped.setdefault(cell, clean(facts.get("error"), 300))
    with language(code):
        return tuple(
            _result(
                task, notebook, run, answers, seen, stopped, exercise(task.id, student=student, salt=salts(task.id))
            )
            for task in plan.tasks
        )


def _result(
    task: PlannedTask,
    notebook: Notebook,
    run: Run,
    answers: dict[str, Any],
    seen: dict[str, Any],
    stopped: dict[str, str],
    own: Exercise | PracticeExercise,
) -> TaskResult:
    came, answer = task.id in answers or task.id in seen, answer_of(answers.get(task.id))
    counts = True
    if isinstance(own, Exercise):
        verdict = checking.diagnose(own.task, own.case, answer)
    elif _judged_here(own):
        verdict = own._checked(answer)
    else:
        verdict, counts = _as_seen(seen.get(task.id)), False
    note, error = _note(task, notebook, run, stopped, came=came)
    return TaskResult(
        own.id,
        str(own.title),
        verdict.status,
        verdict.score,
        verdict.code,
        "" if verdict.code == "NOT_ATTEMPTED" else verdict.message,
        note,
        error,
        counts,
        _digest(own, verdict, answer),
    )


def _judged_here(own: PracticeExercise) -> bool:
    return own.task.works_on in ("DataFrame", "dict")


def _as_seen(facts: Any) -> Verdict:
    """What the child saw of a practical task: words for the teacher, never points."""
    facts = facts if isinstance(facts, dict) else {}
    status, code = facts.get("status"), facts.get("code")
    status = status if status in STATUSES else "not_attempted"
    code = code if isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum() else "NOT_ATTEMPTED"
    return make_verdict(status, 0.0, code[:40], clean(facts.get("message") or "", 2000))


def _gap(notebook: Notebook, name: str) -> tuple[str | None, str]:
    """The source of a gap, or a word for why there is none."""
    found = notebook.sources.get(name, ())
    if len(found) == 1 and name not in notebook.others:
        return found[0], ""
    if found:
        return None, "twice"
    return None, "no_code" if name in notebook.others else "gone"


def _note(task: PlannedTask, notebook: Notebook, run: Run, stopped: dict[str, str], *, came: bool) -> tuple[str, str]:
    """Why there is no answer or what stopped on the way, and what Python said."""
    for gap in task.gaps:
        source, why = _gap(notebook, gap)
        if source is None:
            return why, ""
        if gap in stopped:
            return "stopped", stopped[gap]
    if came:
        return "", ""
    if task.check in stopped:
        return "not_handed_in", stopped[task.check]
    if run.end == "not_started":
        return run.end, clean(run.errors.strip().rpartition("\n")[2], 300)
    return run.end if run.end in NOTES else "no_answer", ""


def _digest(own: Exercise | PracticeExercise, verdict: Verdict, answer: Any) -> str:
    """Equal for equal verdicts on answers that are equal as far as they are judged."""
    facts: list[Any] = [own.id, own.variant_code, verdict.status, verdict.code, round(verdict.score, 4)]
    if isinstance(own, Exercise):
        places = max(0, math.ceil(-math.log10(own.task.tolerance)))
        if own.columns:
            table = read_table(answer, own.columns, own.task.key).columns
            facts += [
                [name, key, [round(value, places) + 0.0 for value in cell.values]]
                for name, cells in sorted(table.items())
                for key, cell in sorted(cells.items())
            ]
        else:
            facts.append([round(value, places) + 0.0 for value in read_number(answer).values])
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
