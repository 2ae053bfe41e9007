"""Seminar plans: what a person wrote for a lesson, and what the bank knows of its tasks, on one page for the teacher.

The human part is a file ``notebooks/seminars/NN_topic.toml`` in both languages: the aim, what to prepare, 90 minutes in
steps, questions with what to listen for, predictions, typical answers. The part about tasks and quizzes (codes,
diagnoses, answers) is written from the bank whenever the page is made, so it is never out of date.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import bank, exercise
from crm_toolkit.exercises.tasks import Exercise
from crm_toolkit.texts import LANGUAGES, format_number, format_percent, language, say, say_count

MINUTES = 90
_ROOT = Path(__file__).resolve().parent.parent.parent
_STUDENT = "demo-01"

Words = dict[str, str]
"""A text by language code."""


@dataclass(frozen=True)
class Step:
    """Some minutes of the seminar."""

    minutes: int
    words: Words


@dataclass(frozen=True)
class Asked:
    """A question, and what is worth hearing in the answers; perhaps the question of the chapter that it stands for.

    Parameters
    ----------
    words, listen : Words
    chapter : str
        Such as ``"Q3"``; empty where the question is the course's own.
    """

    words: Words
    listen: Words
    chapter: str = ""


@dataclass(frozen=True)
class SeminarPlan:
    """The human part of a seminar's plan.

    Parameters
    ----------
    lesson : str
        The lesson's file name without ending.
    aim : Words
        What is different after these 90 minutes.
    prepare : tuple of Words
        What to have ready.
    steps : tuple of Step
        90 minutes in all.
    questions : tuple of Asked
        For discussion.
    predictions : dict
        Id of a prediction → what is usually guessed, and what to make of it.
    answers : tuple of Asked
        Where the lesson says "write one sentence": what is typical.
    """

    lesson: str
    aim: Words
    prepare: tuple[Words, ...]
    steps: tuple[Step, ...]
    questions: tuple[Asked, ...]
    predictions: dict[str, Words]
    answers: tuple[Asked, ...]


def read_seminar(lesson: str, root: str | Path = _ROOT) -> SeminarPlan:
    """Read the plan of a lesson.

    Raises
    ------
    InputError
        If there is none, a text lacks a language, or the minutes are not 90.

    Examples
    --------
    >>> sum(step.minutes for step in read_seminar("04_ranking").steps)
    90
    """
    path = Path(root, "notebooks", "seminars", f"{lesson}.toml")
    if not path.exists():
        known = ", ".join(sorted(found.stem for found in path.parent.glob("*.toml")))
        problem = Problem(
            "no_plan", say("There is no file {path}.", path=path.name), say("Found: {value}.", value=known)
        )
        raise InputError(say("The seminar's plan can't be read."), [problem])
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    problems: list[Problem] = []

    def both(texts: dict, where: str) -> Words:
        for code in LANGUAGES:
            if not str(texts.get(code, "")).strip():
                what = say("{where}: the text in the language “{code}” is missing.", where=where, code=code)
                problems.append(Problem("missing_text", what))
        return {code: str(texts.get(code, "")) for code in LANGUAGES}

    def asked(kind: str) -> tuple[Asked, ...]:
        return tuple(
            Asked(both(row, f"{kind} {number}"), both(row.get("listen", {}), f"{kind} {number}, listen"),
                  row.get("chapter", ""))
            for number, row in enumerate(told.get(kind, []), 1)
        )  # fmt: skip

    plan = SeminarPlan(
        lesson,
        both(told.get("aim", {}), "aim"),
        tuple(both(row, f"prepare {number}") for number, row in enumerate(told.get("prepare", []), 1)),
        tuple(
            Step(row["minutes"], both(row, f"steps {number}")) for number, row in enumerate(told.get("steps", []), 1)
        ),
        asked("questions"),
        {row["id"]: both(row, f"predictions {row['id']}") for row in told.get("predictions", [])},
        asked("answers"),
    )
    minutes = sum(step.minutes for step in plan.steps)
    if minutes != MINUTES:
        what = say("The steps take {minutes} minutes in all, not {wanted}.", minutes=minutes, wanted=MINUTES)
        problems.append(Problem("wrong_minutes", what))
    if problems:
        raise InputError(say("The seminar's plan {name} is incomplete.", name=path.name), problems)
    return plan


def seminar_page(plan: SeminarPlan, *, code: str, root: str | Path = _ROOT) -> str:
    """The plan of a seminar in one language, as Markdown.

    Parameters
    ----------
    plan : SeminarPlan
        The human part.
    code : {"en", "ru"}
        The language.
    root : path
        The course's folder, where the executed lesson tells the truth that predictions meet.
    """
    lesson = _executed(plan.lesson, code, root)
    title = re.search(r"^# +(.+)$", lesson.cells[0].source, re.M) if lesson is not None else None
    with language(code):
        lines = [f"# {say('Seminar plan')}: {title[1] if title else plan.lesson}", "", plan.aim[code], ""]
        lines += [f"## {say('To prepare')}", "", *(f"- {words[code]}" for words in plan.prepare), ""]
        lines += [
            f"## {say('90 minutes')}",
            "",
            f"| {say('from minute')} | {say('minutes')} | {say('what happens')} |",
            "|---:|---:|---|",
        ]
        begun = 0
        for step in plan.steps:
            lines.append(f"| {begun} | {step.minutes} | {step.words[code]} |")
            begun += step.minutes
        lines += ["", f"## {say('Predictions')}", "", *_predictions(plan, lesson, code)]
        lines += [f"## {say('Questions for discussion')}", "", *_asked(plan.questions, code)]
        if plan.answers:
            lines += [f"## {say('Typical answers')}", "", *_asked(plan.answers, code)]
        lines += _tasks(plan.lesson, lesson, code)
        lines += _quizzes(plan.lesson[:2])
    return "\n".join(lines).rstrip() + "\n"


def _executed(lesson: str, code: str, root: str | Path) -> Any:
    import nbformat

    path = Path(root, "notebooks", code, f"{lesson}.ipynb")
    return nbformat.read(path, as_version=4) if path.exists() else None


def _asked(rows: tuple[Asked, ...], code: str) -> list[str]:
    lines = []
    for row in rows:
        mark = f" *({row.chapter})*" if row.chapter else ""
        lines += [f"**{row.words[code]}**{mark}", "", say("Listen for: {what}", what=row.listen[code]), ""]
    return lines


def _predictions(plan: SeminarPlan, lesson: object | None, code: str) -> list[str]:
    lines = []
    truths = _truths(lesson)
    for made in bank.every_prediction().values():
        if made.lesson == plan.lesson[:2]:
            lines += [f"**{say(made.question)}**", ""]
            if made.id in truths:
                truth = truths[made.id]
                shown = format_percent(truth / 100, 1) if made.unit == "%" else format_number(round(truth, 1))
                lines += [say("In the lesson the truth is {truth}.", truth=shown), ""]
            if made.id in plan.predictions:
                lines += [plan.predictions[made.id][code], ""]
    return lines


def _truths(lesson: object | None) -> dict[str, float]:
    """Prediction → the truth, from the outputs of the executed lesson."""
    found: dict[str, float] = {}
    waiting = ""
    for cell in getattr(lesson, "cells", ()):
        if cell.cell_type != "code":
            continue
        named = re.search(r'widgets\.predict\("(\w+)"\)', cell.source)
        waiting = named[1] if named else waiting
        for output in cell.outputs if ".reveal(" in cell.source else ():
            told = re.search(r"truth=(-?[\d.]+(?:e-?\d+)?)", output.get("data", {}).get("text/plain", ""))
            if told and waiting:
                found[waiting] = float(told[1])
    return found


def _tasks(lesson: str, executed: Any, code: str) -> list[str]:
    """Every task of the lesson: what each usual slip means, in the numbers of one student."""
    shown = "\n".join(cell.source for cell in getattr(executed, "cells", ()) if cell.cell_type == "code")
    here = re.findall(r'crm\.exercise\(\s*"(\w+)"', shown)
    tasks: dict[str, Any] = {**bank.every_task(), **bank.every_practice()}
    own = [task.id for task in tasks.values() if task.lesson == lesson[:2]]
    lines = [f"## {say('Tasks: usual slips')}", ""]
    about = say("The numbers are those of the student `{student}`; others have others.", student=_STUDENT)
    about += " " + say("The solved workbook shows the way; `{call}` shows anybody's.", call=_call_for("…"))
    lines += [about, ""]
    for task_id in dict.fromkeys([*here, *own]):
        task = exercise(task_id, student=_STUDENT, language=code)
        lines += [f"### {task.title} (`{task_id}`)", ""]
        if isinstance(task, Exercise):
            rows = [(slip, str(told)) for slip, told in task.diagnoses.items()]
            lines += [f"| {say('code')} | {say('what is said')} |", "|---|---|"]
        else:
            rows = [(need.code, str(told)) for need, told in zip(task.task.requirements, task.wanted, strict=True)]
            lines += [f"| {say('code')} | {say('what has to be there')} |", "|---|---|"]
        lines += [f"| `{slip}` | {_in_a_cell(told)} |" for slip, told in rows] + [""]
    return lines


def _call_for(student: str) -> str:
    return f'crm.exercise("…", student="{student}").solution()'


def _in_a_cell(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).replace("|", "\\|")


def _quizzes(number: str) -> list[str]:
    lines = []
    for quiz in bank.every_quiz().values():
        if quiz.lesson == number:
            counted = say_count("{count} question", "{count} questions", len(quiz.items))
            lines += [f"## {say('Quiz')}: {say(quiz.title)} ({counted})", ""]
            for item in quiz.items:
                lines += [f"**{say(item.question)}**", ""]
                for choice in item.choices:
                    sign = "✓" if choice.right else "✗"
                    lines.append(f"- {sign} {say(choice.text)} — *{say(choice.diagnosis)}*")
                lines.append("")
    return lines
