"""From an answer to a verdict: right, a known slip, close, wrong, missing or unreadable.

Score of a column: 1 where every number is right; the misconception's credit where every number is either
right or the value of one misconception; else half of the share of right numbers. An answer with several
columns gets the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_toolkit.exercises.answers import KEY, Reading, is_blank, read_number, read_table
from crm_toolkit.exercises.verdict import Verdict, make_verdict
from crm_toolkit.texts import join_names, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.exercises.tasks import Case, Misconception, Task

_HAIR = 1e-9  # an answer exactly at the tolerance must not fail for a binary fraction's sake
_ROUGHLY = 10  # times the tolerance: so near lies only an answer that was rounded on the way
_ROUNDING_CREDIT = 0.5
_SLIP_STATUSES = ("misconception", "wrong", "unreadable", "not_attempted")


@dataclass(frozen=True)
class _Finding:
    """What is said about one column (or the one number)."""

    status: str
    score: float
    code: str
    message: str


def diagnose(task: Task, case: Case, answer: object) -> Verdict:
    """The verdict on an answer to a task with these data; never an exception.

    Parameters
    ----------
    task : Task
        What is asked.
    case : Case
        The student's own numbers, solved.
    answer : object
        Anything at all.
    """
    right = case.right
    slips = list(zip(task.misconceptions, case.slips, strict=True))
    if _blank(answer):
        return make_verdict("not_attempted", 0.0, "NOT_ATTEMPTED", say("Pass your answer: `.check(answer)`."))
    if "" in right:
        number = read_number(answer)
        found = _judge_number(
            task, case.data, number, right[""][""], [(slip, values[""][""]) for slip, values in slips]
        )
        return make_verdict(found.status, found.score, found.code, found.message)
    table = read_table(answer, tuple(right), task.key)
    if table.trouble:
        return make_verdict("unreadable", 0.0, "UNREADABLE", table.trouble)
    findings = {
        column: _judge_column(
            task,
            case.data,
            table.columns.get(column, {}),
            right[column],
            [(slip, values[column]) for slip, values in slips if column in values],
        )
        for column in right
    }
    return _together(findings)


def _blank(answer: object) -> bool:
    try:
        return is_blank(answer)
    except Exception:  # an object of the student's own may raise anything
        return False


def _near(value: float, wanted: float, tolerance: float) -> bool:
    return abs(value - wanted) <= tolerance + _HAIR * max(1.0, abs(wanted))


def _judge_number(
    task: Task, data: dict[str, Any], number: Reading, right: float, slips: list[tuple[Misconception, float]]
) -> _Finding:
    if number.trouble:
        return _Finding("unreadable", 0.0, "UNREADABLE", number.trouble)
    if number.missing:
        return _Finding("not_attempted", 0.0, "NOT_ATTEMPTED", "")
    values = number.values
    hundredths = tuple(value / 100 for value in values) if task.unit == "fraction" else ()
    if any(_near(value, right, task.tolerance) for value in values):
        return _Finding("right", 1.0, "RIGHT", "")
    for slip, wrong in slips:
        if any(_near(value, wrong, task.tolerance) for value in values):
            return _Finding("misconception", slip.credit, slip.code, _said(task, data, slip))
    if any(_near(value, right, task.tolerance) for value in hundredths):
        return _Finding("misconception", task.percent_credit, "PERCENT", _percent())
    for slip, wrong in slips:
        if any(_near(value, wrong, task.tolerance) for value in hundredths):
            credit = slip.credit * task.percent_credit
            return _Finding("misconception", credit, slip.code, f"{_said(task, data, slip)} {_percent()}")
    nearly = _ROUGHLY * task.tolerance
    if not task.estimate and any(_near(value, right, nearly) for value in values + hundredths):
        rounding = say("Very close: it looks rounded too early. Keep all digits until the last step.")
        return _Finding("misconception", _ROUNDING_CREDIT, "ROUNDING", rounding)
    return _Finding("wrong", 0.0, "WRONG", say("This is none of the usual slips. The hints go step by step."))


def _said(task: Task, data: dict[str, Any], slip: Misconception) -> str:
    return task.say(slip.diagnosis, data)


def _percent() -> str:
    return say(
        "The number is in per cent; a fraction is wanted (0.5, not 50). A text with the sign, “50%”, is understood."
    )


def _judge_column(
    task: Task,
    data: dict[str, Any],
    cells: dict[str, Reading],
    right: dict[str, float],
    slips: list[tuple[Misconception, dict[str, float]]],
) -> _Finding:
    unread = [key for key, cell in cells.items() if cell.trouble]
    if unread:
        message = f"{unread[0]}: {cells[unread[0]].trouble}"
        return _Finding("unreadable", 0.0, "UNREADABLE", message)
    if all(cell.missing for cell in cells.values()):
        return _Finding("not_attempted", 0.0, "NOT_ATTEMPTED", say("not filled in yet."))
    strange = [key for key in cells if key not in right]
    if strange:
        names = join_names(strange, most=3)
        if task.key == KEY:
            return _Finding("wrong", 0.0, "UNKNOWN_CUSTOMERS", say("unknown customers: {names}.", names=names))
        return _Finding("wrong", 0.0, "UNKNOWN_ROWS", say("unknown rows: {names}.", names=names))
    given = {key: cell.values for key, cell in cells.items() if not cell.missing}

    def agree(wanted: dict[str, float]) -> set[str]:
        return {key for key in given if any(_near(value, wanted[key], task.tolerance) for value in given[key])}

    good = agree(right)
    missing = [key for key in right if key not in given]
    if len(good) == len(right):
        return _Finding("right", 1.0, "RIGHT", say("right."))
    bad = [key for key in right if key in given and key not in good]
    if not bad:
        message = say("so far right; not filled in: {names}.", names=join_names(missing, most=3))
        return _Finding("not_attempted", 0.5 * len(good) / len(right), "INCOMPLETE", message)
    where = _off(task.key, len(bad), len(right), bad[0])
    fitting = [(slip, agree(values)) for slip, values in slips]
    fitting = [(slip, same) for slip, same in fitting if set(bad) <= same]
    if fitting:
        slip, _ = max(fitting, key=lambda pair: len(pair[1]))
        return _Finding("misconception", slip.credit, slip.code, f"{where} {_said(task, data, slip)}")
    return _Finding("wrong", 0.5 * len(good) / len(right), "WRONG", where)


def _off(key: str, count: int, everyone: int, example: str) -> str:
    if key == KEY:
        return say_count(
            "{count} customer of {all} is off, for example {example}.",
            "{count} customers of {all} are off, for example {example}.",
            count,
            all=everyone,
            example=example,
        )
    return say_count(
        "{count} row of {all} is off, for example {example}.",
        "{count} rows of {all} are off, for example {example}.",
        count,
        all=everyone,
        example=example,
    )


def _together(findings: dict[str, _Finding]) -> Verdict:
    """One verdict over several columns; its code is that of the first column that is not right."""
    score = sum(found.score for found in findings.values()) / len(findings)
    codes = tuple(found.code for found in findings.values())
    lines = "\n".join(f"`{column}`: {found.message}" for column, found in findings.items())
    open_ones = [found for found in findings.values() if found.status != "right"]
    if not open_ones:
        return make_verdict("right", 1.0, "RIGHT", "")
    first = min(open_ones, key=lambda found: _SLIP_STATUSES.index(found.status))
    code = first.code
    if first.status == "not_attempted":
        code = "INCOMPLETE" if score or "INCOMPLETE" in codes else "NOT_ATTEMPTED"
    return make_verdict(first.status, score, code, lines, codes)
