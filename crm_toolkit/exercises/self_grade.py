"""Self-grades by a rubric as a part of kept work: a level for each criterion, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm_toolkit.errors import CRMError
from crm_toolkit.exercises import shape
from crm_toolkit.exercises.rubrics import LEVELS, Criterion, load_rubric
from crm_toolkit.exercises.step_review import Finding
from crm_toolkit.texts import join_names, language, say


@dataclass(frozen=True)
class Grade:
    """The level that a criterion has reached by the author's own judgement, and what shows it.

    Examples
    --------
    >>> Grade("description", 2, "Every field has a source.").level
    2
    """

    criterion: str = shape.text()
    level: int | None = shape.number(LEVELS[0], LEVELS[-1], whole=True)
    why: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


def criteria_of(rubric_id: str) -> tuple[Criterion, ...]:
    """The criteria of a rubric; none where the course's folder of rubrics is not there."""
    try:
        return load_rubric(rubric_id).criteria
    except CRMError:
        return ()


def graded(grades: Sequence[Grade]) -> dict[str, Grade]:
    """The grades that have a level, by criterion."""
    return {one.criterion: one for one in grades if one.level is not None}


def grades_asked(rubric_id: str, grades: Sequence[Grade]) -> list[object]:
    """For each criterion whether it has a level with a reason."""
    given = graded(grades)
    return [one.id in given and bool(given[one.id].why.strip()) for one in criteria_of(rubric_id)]


def grade_findings(step: int, rubric_id: str, grades: Sequence[Grade], complete: dict[str, bool]) -> Iterator[Finding]:
    """What the self-grade lacks, and where it is higher than the work shows.

    Parameters
    ----------
    step : int
        At which they are given.
    rubric_id : str
        The rubric.
    grades : sequence of Grade
        As chosen.
    complete : dict of str to bool
        By criterion whether what it asks for is complete; only criteria that can be told.
    """
    given, code = graded(grades), str(language())
    names = {one.id: one.name[code] for one in criteria_of(rubric_id)}
    open_ = [name for one, name in names.items() if one not in given]
    if open_:
        yield Finding(step, "gap", "ungraded", say("Not graded yet: {names}.", names=join_names(open_)),
                      say("Read the levels and choose the highest one that your work fully meets."))  # fmt: skip
    mute = [names.get(one, one) for one, grade in given.items() if not grade.why.strip()]
    if mute:
        yield Finding(step, "gap", "no_reason", say("A level without a reason: {names}.", names=join_names(mute)),
                      say("Point at the place in your work that shows it."))  # fmt: skip
    high = [names[one] for one, done in complete.items()
            if one in names and one in given and not done and (given[one].level or 0) >= 2]  # fmt: skip
    if high:
        what = say("Level 2 or 3, and something that it asks for is open: {names}.", names=join_names(high))
        yield Finding(step, "question", "too_high", what, say("Look at what is open there, or choose a lower level."))
