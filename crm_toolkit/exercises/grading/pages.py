"""Pages of a graded class: feedback for a student, the board for the projector, the list for the teacher.

Everything that came from a student is escaped, and no page runs a script or fetches anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape

from crm_toolkit.exercises import bank, exercise
from crm_toolkit.exercises.exams.keys import PREFIX
from crm_toolkit.exercises.grading.judging import TaskResult
from crm_toolkit.exercises.grading.parcel import REASONS
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.exercises.grading.similarity import Alike
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.tasks import Exercise
from crm_toolkit.exercises.verdict import make_verdict
from crm_toolkit.texts import NO_FORMULAS, format_number, join_names, language, mark, say, say_count

_STYLE = """
body { font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: #1d2730; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #c9d1d8; }
td:nth-child(2), td:nth-child(3) { white-space: nowrap; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; } .quiet { color: #55606a; }
section { border-left: .3rem solid #5f6b76; padding: .1rem .9rem; margin: 1rem 0; } section.right { border-color: #1b7f4d; }
section.misconception { border-color: #b26a00; } section.wrong { border-color: #b3261e; } h2 { margin: .2rem 0; font-size: 1.15rem; }
.bar { background: #e3e8ec; width: 9rem; } .bar i { display: block; background: #1b7f4d; height: .8rem; } p { margin: .4rem 0; }
"""  # noqa: E501
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
    "GRADER_ERROR": mark("the grader failed on it; it has to be looked at by hand"),
}
_SLIPS = {
    "PERCENT": mark("The number is in per cent; a fraction is wanted."),
    "ROUNDING": mark("Rounded too early."),
    "WRONG": mark("None of the known slips."),
    "UNREADABLE": mark("Could not be read as an answer."),
    "INCOMPLETE": mark("Not complete."),
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
    results = [one for one in results if not one.refused]
    parts = []
    for lesson in dict.fromkeys(one.lesson for one in results):
        mine = [one for one in results if one.lesson == lesson]
        count = say_count("{count} submission", "{count} submissions", len(mine))
        parts.append(f'<h2>{_words(_lesson(lesson))}</h2><p class="quiet">{_words(count)}</p><table><tr>')
        heads = (say("Task"), say("Tried"), say("Right"), "", say("Commonest slips"))
        parts.append("".join(f"<th>{_words(head)}</th>" for head in heads) + "</tr>")
        for name in dict.fromkeys(task.id for one in mine for task in one.tasks):
            parts.append(_check_row(name, [task for one in mine for task in one.tasks if task.id == name]))
        parts.append("</table>")
    return _page(say("Seminar board"), "".join(parts) or f"<p>{_words(say('Nothing was graded yet.'))}</p>")


def _check_row(name: str, tasks: list[TaskResult]) -> str:
    own = exercise(name, student="demo-01")
    tried = [task for task in tasks if task.code != "NOT_ATTEMPTED"]
    right = sum(task.status == "right" for task in tried)
    slips = Counter(task.code for task in tried if task.status != "right")
    told = [
        f"<p>{count} × <b>{_words(code)}</b> {_words(_diagnosis(own, code))}</p>"
        for code, count in sorted(slips.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    ]
    share, title = round(100 * right / len(tried)) if tried else 0, _words(str(own.title))
    seen = "" if all(task.counts for task in tasks) else f'<p class="quiet">{_words(say("judged by the teacher"))}</p>'
    return (
        f'<tr><td>{title}{seen}</td><td class="number">{len(tried)}</td><td class="number">{right}</td>'
        f'<td><div class="bar"><i style="width: {share}%"></i></div>{share} %</td><td>{"".join(told)}</td></tr>'
    )


def _diagnosis(own: object, code: str) -> str:
    if isinstance(own, Exercise):
        for slip in own.task.misconceptions:
            if slip.code == code:
                return say(slip.diagnosis, **own.task.words(own.case.data))
    practice = bank.every_practice().get(getattr(own, "id", ""))
    for one in practice.requirements if practice else ():
        if one.code == code:
            return say(one.wanted, **practice.words(own.details))  # type: ignore[union-attr, attr-defined]
    return say(_SLIPS[code]) if code in _SLIPS else ""


def students_page(
    results: Iterable[SubmissionResult], *, isolation: str, unread: Iterable[str], alike: Iterable[Alike] = ()
) -> str:
    """The teacher's list: names, points, and what has to be looked at. Not for the projector."""
    heads = (say("Student"), say("Lesson"), say("Points"), say("Tasks"), say("To look at"))
    rows = []
    for one in results:
        tasks = " ".join(map(_sign, one.tasks))
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
    body = (
        f'<p class="quiet">{_words(say("With names: not for the projector."))} '
        f"{_words(say('Isolation: {name}.', name=isolation))}</p><table><tr>"
        + "".join(f"<th>{_words(head)}</th>" for head in heads) + f"</tr>{''.join(rows)}</table>"
        + (f"<p>{_words(what)}</p><ul>{lost}</ul>" if lost else "") + _alike_part(list(alike))
    )  # fmt: skip
    return _page(say("The class, student by student"), body)


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


def _sign(task: TaskResult) -> str:
    sign = make_verdict(task.status, 0, task.code, "").sign
    return f'<span title="{_words(_title(task))}: {_words(task.code)}">{sign}</span>'


def _title(task: TaskResult) -> str:
    """The task's title in the language of the reader of this page."""
    return str(exercise(task.id, student="demo-01").title)


def reason(code: str) -> str:
    """Why a submission could not be graded, as a sentence."""
    return say(REASONS[code]) if code in REASONS else say(NOTES["GRADER_ERROR"])


def _lesson(name: str) -> str:
    if name.startswith(PREFIX):
        return say("Exam “{name}”", name=name.removeprefix(PREFIX))
    found = next((one for one in LESSONS if one.file == name), None)
    return f"{found.number} · {say(found.title)}" if found else name


def _words(text: object) -> str:
    return escape(str(text)).encode("utf-8", "replace").decode()


def _page(title: str, body: str) -> str:
    meta = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    return (
        f'<!doctype html><html lang="{language()}"><head>{meta}<title>{_words(title)}</title>'
        f'<style>{_STYLE}</style></head><body class="{NO_FORMULAS}"><h1>{_words(title)}</h1>{body}</body></html>\n'
    )
