"""Problem recognition: the gap between the desired and the actual state, weighed by importance, against a threshold.

    recognised where (desired − actual)·importance > threshold

States stand on a scale from 0 to 100, importance from 0 to 1, the threshold in points of the weighed gap. That the two
multiply, and where the threshold lies, are assumptions of the course: the Hawkins–Best–Coney model says only that both
the size of the gap and its importance matter. A gap below zero (better off than desired) is no problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.behaviour.decision_process.numbers import checked_numbers, no_pair
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say

THRESHOLD = Knob(
    *("threshold", 15, 0, 100, 1, mark("Threshold of problem recognition"), mark("points"), "assumption"),
    reference=mark("a gap of 15 points in something that matters fully, or of 30 in something that matters half"),
)
STATES = {"desired": (0.0, 100.0), "actual": (0.0, 100.0), "importance": (0.0, 1.0), "threshold": (0.0, 100.0)}


@dataclass(frozen=True, eq=False)
class Recognition:
    """Whether a problem is recognised, for one person or an array of them.

    Parameters
    ----------
    gap : array
        Desired less actual, in points.
    pressure : array
        The gap weighed by importance, in points.
    recognised : array of bool
        Whether the pressure is above the threshold.
    threshold : float
        In points.
    """

    gap: NDArray[np.float64]
    pressure: NDArray[np.float64]
    recognised: NDArray[np.bool_]
    threshold: float

    @property
    def text(self) -> str:
        """The outcome as a sentence, for a single person."""
        values = {"pressure": format_number(float(self.pressure.reshape(-1)[0])),
                  "threshold": format_number(self.threshold)}  # fmt: skip
        if self.recognised.reshape(-1)[0]:
            return say("A problem is recognised: the weighed gap of {pressure} points is above the threshold of "
                       "{threshold}.", **values)  # fmt: skip
        return say("No problem is recognised: the weighed gap of {pressure} points is not above the threshold of "
                   "{threshold}.", **values)  # fmt: skip


def recognise_problem(
    desired: Any, actual: Any, importance: Any, *, threshold: float = THRESHOLD.default
) -> Recognition:
    """Compare the desired with the actual state.

    Parameters
    ----------
    desired, actual : float or array
        From 0 to 100.
    importance : float or array
        From 0 (does not matter) to 1.
    threshold : float
        Pressure up to this one goes unnoticed, in points from 0 to 100.

    Returns
    -------
    Recognition

    Raises
    ------
    InputError
        If a number is missing, outside its range, or the lengths don't fit.

    Examples
    --------
    >>> recognise_problem(80, 50, 0.6).text
    'A problem is recognised: the weighed gap of 18 points is above the threshold of 15.'
    >>> recognise_problem([80, 80, 40], [50, 60, 90], [0.6, 0.6, 1.0]).recognised.tolist()
    [True, False, False]
    """
    given = {"desired": desired, "actual": actual, "importance": importance, "threshold": threshold}
    heading = say("Problem recognition can't be worked out.")
    numbers = checked_numbers(given, STATES, heading, together=("desired", "actual", "importance"))
    gap = numbers["desired"] - numbers["actual"]
    pressure = gap * numbers["importance"]
    least = float(numbers["threshold"])
    return Recognition(gap, pressure, pressure > least + 1e-12 * max(least, 1.0), least)


def gap_movers(before: tuple[float, float], after: tuple[float, float]) -> dict[str, float]:
    """What opened or closed the gap between two moments: the desired state or the actual one.

    Parameters
    ----------
    before, after : (desired, actual)
        Points from 0 to 100.

    Returns
    -------
    dict
        ``desired`` (points by which the desired state rose: wanting more), ``actual`` (points by which the actual state
        fell: having less), ``gap`` (their sum, the change of the gap).

    Examples
    --------
    A friend's new gym raised the wish by 20; the old one got worse by 5:

    >>> gap_movers(before=(60, 55), after=(80, 50))
    {'desired': 20.0, 'actual': 5.0, 'gap': 25.0}
    """
    heading = say("Problem recognition can't be worked out.")
    problems: list[Problem] = []
    moments: list[tuple[float, float]] = []
    for name, pair in (("before", before), ("after", after)):
        try:
            wish, have = pair
            given = {f"{name}: desired": wish, f"{name}: actual": have}
            numbers = checked_numbers(given, dict.fromkeys(given, (0.0, 100.0)), heading)
            moments.append((float(numbers[f"{name}: desired"]), float(numbers[f"{name}: actual"])))
        except InputError as letter:
            problems += letter.problems
        except (TypeError, ValueError):
            problems.append(no_pair(name))
    if problems:
        raise InputError(heading, problems)
    (wished, had), (wishes, has) = moments
    return {"desired": wishes - wished, "actual": had - has, "gap": (wishes - has) - (wished - had)}
