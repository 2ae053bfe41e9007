"""What a seminar board shows: counts of a class, check by check, and never who it was.

Two sources that are not mixed. *Handed in* is what the grader found in the submissions: everybody is in it. *On the
way* comes from the records that students shared of their own will (`shared_record`): tries, whether the first one was
right, opened hints. Who shared nothing is counted as "not shared", never as 0 tries.

Groups of fewer than `FEWEST` people are not shown on a projector: a count of one is a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from crm_toolkit.exercises import bank
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.exercises.grading.shared_record import Tried, known_codes

FEWEST = 3
OTHER = "OTHER"


@dataclass(frozen=True)
class HandedIn:
    """What the grader found of one task.

    Parameters
    ----------
    right, slip, other, untouched : int
        Submissions with a right answer, a known slip, another answer that is not right (also one that can't be read or
        is not complete), and none.
    counts : bool
        Whether the task counts for points.
    slips : tuple of (str, int)
        Codes of what was not right, the commonest first.
    """

    right: int
    slip: int
    other: int
    untouched: int
    counts: bool
    slips: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class OnTheWay:
    """What shared records say of one check.

    Parameters
    ----------
    at_first, later, never : int
        People whose first try was right, a later one, none.
    median_tries : float
        Of those who tried; 0 if nobody did.
    most_tries : int
    hints : tuple of three int
        People who opened hint 1, 2, 3.
    hinted : int
        People who opened any.
    slips : tuple of (str, int)
        Codes of tries that were not right, the commonest first.
    """

    at_first: int
    later: int
    never: int
    median_tries: float
    most_tries: int
    hints: tuple[int, int, int]
    hinted: int
    slips: tuple[tuple[str, int], ...]

    @property
    def tried(self) -> int:
        """People who tried it."""
        return self.at_first + self.later + self.never


@dataclass(frozen=True)
class CheckCounts:
    """One check of a lesson; ``handed_in`` is missing for a question of a quiz, ``on_the_way`` where nobody shared."""

    kind: str
    id: str
    handed_in: HandedIn | None
    on_the_way: OnTheWay | None


@dataclass(frozen=True)
class LessonCounts:
    """A lesson of a class.

    Parameters
    ----------
    lesson : str
        The file name of the lesson.
    submissions, refused, shared : int
        Graded, could not be graded, and how many of the graded shared a record.
    checks : tuple of CheckCounts
        In the order of the workbook, then the questions of quizzes.
    """

    lesson: str
    submissions: int
    refused: int
    shared: int
    checks: tuple[CheckCounts, ...] = field(repr=False)

    @property
    def too_few(self) -> bool:
        """Whether so few handed in that a count would name a person."""
        return self.submissions < FEWEST

    @property
    def too_few_shared(self) -> bool:
        """Whether so few shared a record that a count would name a person."""
        return self.shared < FEWEST


def board_counts(results: Iterable[SubmissionResult]) -> tuple[LessonCounts, ...]:
    """Count a class, lesson by lesson.

    Parameters
    ----------
    results : iterable of SubmissionResult
        Of several attempts the newest, as `grade` gives them.

    Returns
    -------
    tuple of LessonCounts

    Examples
    --------
    >>> board_counts([SubmissionResult("A-1", "04_ranking", 1, "en", refused="NO_JSON")])
    (LessonCounts(lesson='04_ranking', submissions=0, refused=1, shared=0),)
    """
    results = list(results)
    lessons = sorted({one.lesson for one in results})
    return tuple(_lesson(name, [one for one in results if one.lesson == name]) for name in lessons)


def _lesson(name: str, results: list[SubmissionResult]) -> LessonCounts:
    graded = [one for one in results if not one.refused]
    shared = [one.record for one in graded if one.record is not None]
    checks = [
        CheckCounts(kind, task, _handed_in(kind, task, graded), _on_the_way(kind, task, shared))
        for kind, task in dict.fromkeys((_kind(task.id), task.id) for one in graded for task in one.tasks)
    ]
    asked = {(one.kind, one.id) for record in shared for one in record if one.kind == "quiz"}
    order = [key for key in known_codes() if key in asked]
    checks += [CheckCounts(*key, None, _on_the_way(*key, shared)) for key in order]
    return LessonCounts(name, len(graded), len(results) - len(graded), len(shared), tuple(checks))


def _kind(task: str) -> str:
    return "practice" if task in bank.every_practice() else "task"


def _handed_in(kind: str, name: str, graded: list[SubmissionResult]) -> HandedIn:
    tasks = [task for one in graded for task in one.tasks if task.id == name]
    known = known_codes().get((kind, name), frozenset())
    untouched = sum(task.code == "NOT_ATTEMPTED" for task in tasks)
    right = sum(task.status == "right" for task in tasks)
    slip = sum(task.status == "misconception" for task in tasks)
    # what only the student's own process saw may hold any word: a word that the task does not know is "other"
    codes = Counter(
        task.code if task.code in known else OTHER
        for task in tasks
        if task.status != "right" and task.code != "NOT_ATTEMPTED"
    )
    counts = all(task.counts for task in tasks)
    return HandedIn(right, slip, len(tasks) - untouched - right - slip, untouched, counts, _commonest(codes))


def _on_the_way(kind: str, name: str, shared: list[tuple[Tried, ...]]) -> OnTheWay | None:
    if not shared:
        return None
    found = [one for record in shared for one in record if (one.kind, one.id) == (kind, name)]
    tried = [one for one in found if one.tries]
    tries = [one.tries for one in tried]
    slips: Counter[str] = Counter()
    for one in tried:
        slips.update(dict(one.slips))
    at_first = sum(one.right_at == 1 for one in tried)
    later = sum(one.right_at > 1 for one in tried)
    levels = [sum(level in one.hints for one in found) for level in (1, 2, 3)]
    return OnTheWay(
        at_first, later, len(tried) - at_first - later, float(median(tries)) if tries else 0.0, max(tries, default=0),
        (levels[0], levels[1], levels[2]), sum(bool(one.hints) for one in found), _commonest(slips),
    )  # fmt: skip


def _commonest(codes: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(codes.items(), key=lambda pair: (-pair[1], pair[0])))
