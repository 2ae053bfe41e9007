"""The bank: a file a topic, with ``TASKS``, ``PRACTICES``, ``QUIZZES`` or ``PREDICTIONS``; this face finds them all."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm_toolkit.exercises.practice import Practice
    from crm_toolkit.exercises.quiz import Prediction, Quiz
    from crm_toolkit.exercises.tasks import Task


@cache
def every_task() -> dict[str, Task]:
    """All tasks by id, in the order of lessons.

    >>> "retention_rate" in every_task()
    True
    """
    return _gather("TASKS")


@cache
def every_practice() -> dict[str, Practice]:
    """All practical tasks by id, in the order of lessons."""
    return _gather("PRACTICES")


@cache
def every_quiz() -> dict[str, Quiz]:
    """All quizzes by id, in the order of lessons.

    >>> next(iter(every_quiz()))
    'start'
    """
    return _gather("QUIZZES")


@cache
def every_prediction() -> dict[str, Prediction]:
    """All predictions by id, in the order of lessons.

    >>> next(iter(every_prediction()))
    'one_time'
    """
    return _gather("PREDICTIONS")


def _gather(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        for thing in getattr(import_module(f"{__name__}.{module}"), kind, ()):
            if thing.id in found:
                raise ValueError(f"the bank declares {thing.id!r} twice")
            found[thing.id] = thing
    return dict(sorted(found.items(), key=lambda pair: pair[1].lesson))
