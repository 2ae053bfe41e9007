"""Pages of a graded class: feedback for a student, the board for the projector, the list for the teacher.

Everything that came from a student is escaped, and no page runs a script or fetches anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from crm_toolkit.exercises.grading.board_page import STYLE as BOARD_STYLE
from crm_toolkit.exercises.grading.board_page import board_html
from crm_toolkit.exercises.grading.judging import TaskResult
from crm_toolkit.exercises.grading.page_parts import check_title
from crm_toolkit.exercises.grading.page_parts import lesson_title as _lesson
from crm_toolkit.exercises.grading.page_parts import words as _words
from crm_toolkit.exercises.grading.parcel import REASONS
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.exercises.grading.shared_record import Tried
from crm_toolkit.exercises.grading.similarity import Alike
from crm_toolkit.exercises.verdict import make_verdict
from crm_toolkit.texts import NO_FORMULAS, format_number, join_names, language, mark, say, say_count

_STYLE = """
body { font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: #1d2730; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #c9d1d8; }
td:nth-child(2), td:nth-child(3) { white-space: nowrap; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; } .quiet { color: #55606a; }
section { border-left: .3rem solid #5f6b76; padding: .1rem .9rem; margin: 1rem 0; } section.right { border-color: #1b7f4d; }
section.misconception { border-color: #b26a00; } section.wrong { border-color: #b3261e; } h2 { margin: .2rem 0; font-size: 1.15rem; }
p { margin: .4rem 0; }
"""  # noqa: E501
_WIDE = "body { max-width: 90rem; margin-top: 1rem; } h1 { font-size: 1.6rem; margin: .3rem 0; }"
NOTES = {
    "OTHER_VARIANT": mark("was done with the numbers of another id"),
    "OTHER_LESSON": mark("the notebook in it calls itself another lesson"),
    "SEVERAL_FILES": mark("several files for one attempt: ask the student which is theirs"),
    "time": mark("the time limit stopped it"),
    "too_much": mark("wrote too much and was stopped"),
    "died": mark("ended itself before the last cell"),
    "not_started": mark("could not be started"),
    "LATE": mark("handed in after the deadline, by the student's clock"),
    "UNSIGNED": mark("the exam's signature is gone"),
    "RECORD_UNREADABLE": mark("the record of progress in it could not be read; the grade is not touched"),
    "RECORD_PARTLY": mark("some lines of the record of progress in it could not be read; the grade is not touched"),
    "GRADER_ERROR": mark("the grader failed on it; it has to be looked at by hand"),
}


def feedback_page(result: SubmissionResult) -> str:
    """A student's page, in the student's language."""
    with language(result.language):
        title = f"{result.student} · {_lesson(result.lesson)}"
        if result.refused:
            body = f"<p>{_words(say('This submission could not be graded.'))} {_words(reason(result.refused))}</p>"
            advice = say("Submit the saved workbook again with `submit`, or speak to your instructor.")
            return _page(title, body + f"<p>{_words(advice)}</p>")
        got = say("{got} of {most} points", got=format_number(result.total), most=format_number(result.possible))
        parts = [f"<p><b>{_words(got)}</b></p>"]
        if result.credit < 1:
            late = say("Handed in late: {share} % of the points count.", share=format_number(100 * result.credit))
            parts.append(f"<p>{_words(late)}</p>")
        for task in result.tasks:
            said = make_verdict(task.status, task.score, task.code, task.message)
            points = say("{got} of 1", got=format_number(task.score)) if task.counts else say("judged by the teacher")
            parts.append(
                f'<section class="{escape(task.status)}"><h2>{said.sign} {_words(task.title)}</h2>'
                f'<p><b>{_words(said.heading)}</b> <span class="quiet">{_words(points)}</span></p>'
                + "".join(f"<p>{_words(line)}</p>" for line in (*task.message.split("\n"), task.told) if line)
                + "</section>"
            )
        return _page(title, "".join(parts))


def board_page(results: Iterable[SubmissionResult]) -> str:
    """The board for the projector: checks, no names."""
    told = say("Without names: this page can be shown. The numbers in the diagnoses are those of the student demo-01.")
    body = f'<p class="quiet">{_words(told)}</p>{board_html(results)}'
    return _page(say("Seminar board"), body, style=BOARD_STYLE + _WIDE)


def students_page(
    results: Iterable[SubmissionResult], *, isolation: str, unread: Iterable[str], alike: Iterable[Alike] = ()
) -> str:
    """The teacher's list: names, points, and what has to be looked at. Not for the projector."""
    told = f"{say('With names: not for the projector.')} {say('Isolation: {name}.', name=isolation)}"
    body = f'<p class="quiet">{_words(told)}</p>{students_html(results, unread=unread)}'
    body += _alike_part(list(alike))
    return _page(say("The class, student by student"), body, style=_WIDE)


def students_html(results: Iterable[SubmissionResult], *, unread: Iterable[str]) -> str:
    """The list itself, for the page and for the instructor's side of the board that is served."""
    heads = (say("Student"), say("Lesson"), say("Points"), say("Tasks, and the way there"), say("To look at"))
    rows = []
    for one in results:
        lines = "<br>".join(_task_line(task, one.record) for task in one.tasks)
        signs = " ".join(make_verdict(task.status, 0, task.code, "").sign for task in one.tasks)
        tasks = f"<details><summary>{signs}</summary>{lines}</details>" if lines else ""
        if one.record is None and not one.refused:
            tasks += f'<span class="quiet">{_words(say("the way there: not shared"))}</span>'
        points = "–" if one.refused else f"{format_number(one.total)} / {one.possible}"
        look = (
            [reason(one.refused)]
            if one.refused
            else [say(NOTES[word]) for word in (one.end, *one.notes) if word in NOTES]
        )
        look += [
            f"{_title(task)}: {say('judged by the teacher')} ({task.code})" for task in one.tasks if not task.counts
        ]
        look += [f"{_title(task)}: {task.told}" for task in one.tasks if task.note]
        typed = [_title(task) for task in one.tasks if task.id in one.typed_in]
        if typed:
            look.append(say("right, but not with other numbers (typed in?): {tasks}", tasks=join_names(typed, most=9)))
        cells = (one.student, _lesson(one.lesson), points)
        rows.append(
            "<tr>" + "".join(f"<td>{_words(cell)}</td>" for cell in cells) + f"<td>{tasks}</td>"
            + f"<td>{'<br>'.join(_words(word) for word in look)}</td></tr>"
        )  # fmt: skip
    unread = sorted(unread)
    lost = "".join(f"<li>{_words(name)}</li>" for name in unread[:200])
    what = say("Files that are no submissions: the name is not “<id>_<lesson>.zip”.")
    lost = f"<p>{_words(what)}</p><ul>{lost}</ul>" if lost else ""
    name = _words(say("The class, student by student"))
    return (
        f'<div style="overflow-x: auto" tabindex="0" role="region" aria-label="{name}">'
        "<table><thead><tr>" + "".join(f'<th scope="col">{_words(head)}</th>' for head in heads)
        + f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{lost}"
    )  # fmt: skip


def _alike_part(alike: list[Alike]) -> str:
    """Pairs of works that share rare pieces; to be looked at by a person."""
    if not alike:
        return ""
    heads = (say("Lesson"), say("Works"), say("Rare pieces in both"), say("Share of the smaller"))
    rows = "".join(
        f"<tr><td>{_words(_lesson(one.lesson))}</td><td>{_words(one.first)}, {_words(one.second)}</td>"
        f'<td class="number">{one.shared}</td><td class="number">{round(100 * one.share)} %</td></tr>'
        for one in alike
    )
    about = say(
        "Counted are sequences of signs that hardly anybody else in the class has; names, numbers and spacing are "
        "ignored, and so is what the workbook came with. Working together and a common source look the same: read "
        "both and talk to both before you judge."
    )
    head = "".join(f"<th{' class=number' if at > 1 else ''}>{_words(word)}</th>" for at, word in enumerate(heads))
    return f"<h2>{_words(say('Alike'))}</h2><p>{_words(about)}</p><table><tr>{head}</tr>{rows}</table>"


def _task_line(task: TaskResult, record: tuple[Tried, ...] | None) -> str:
    """One task of one student: sign and code, and what their own record says of the way."""
    sign = make_verdict(task.status, 0, task.code, "").sign
    said = [f"{sign} {_title(task)}"] + ([task.code] if task.status not in ("right", "not_attempted") else [])
    way = next((one for one in record or () if one.id == task.id), None)
    if record is not None:
        said.append(_way(way))
    return _words(" · ".join(said))


def _way(way: Tried | None) -> str:
    if way is None:
        return say("no try in the record")
    tries = say_count("{count} try", "{count} tries", way.tries)
    right = say("right at try {number}", number=way.right_at) if way.right_at else say("not right in the record")
    hints = say("hints {levels}", levels=", ".join(map(str, way.hints))) if way.hints else ""
    return ", ".join(filter(None, [tries, right if way.tries else "", hints]))


def _title(task: TaskResult) -> str:
    """The task's title in the language of the reader of this page."""
    return check_title("task", task.id)


def reason(code: str) -> str:
    """Why a submission could not be graded, as a sentence."""
    return say(REASONS[code]) if code in REASONS else say(NOTES["GRADER_ERROR"])


def _page(title: str, body: str, *, style: str = "") -> str:
    meta = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    return (
        f'<!doctype html><html lang="{language()}"><head>{meta}<title>{_words(title)}</title>'
        f'<style>{_STYLE}{style}</style></head><body class="{NO_FORMULAS}"><main><h1>{_words(title)}</h1>{body}'
        "</main></body></html>\n"
    )
