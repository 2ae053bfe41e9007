"""Simulated respondents of the orientation scales: staff who mean well, clients who say what reaches them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.analysis.orientation import HIGHEST, LOWEST, asked
from crm_toolkit.knobs import Knob
from crm_toolkit.streams import Stream
from crm_toolkit.texts import mark

KNOBS = {
    knob.name: knob
    for knob in (
        Knob("staff_level", 5.6, 1.0, 7.0, 0.1, mark("How staff see it, 1 to 7"), origin="assumption"),
        Knob("client_level", 4.4, 1.0, 7.0, 0.1, mark("How clients see it, 1 to 7"), origin="assumption"),
        Knob("consistency", 0.6, 0.0, 0.95, 0.05, mark("How alike a person answers the items of one thing"),
             origin="assumption"),
        Knob("staff_count", 40, 5, 500, 5, mark("Employees asked"), origin="convention"),
        Knob("client_count", 120, 5, 2_000, 5, mark("Clients asked"), origin="convention"),
    )
}  # fmt: skip
_SHIFT = {"customer": 0.5, "competitor": -0.4, "coordination": -0.1, "generation": -0.5, "dissemination": -0.6,
          "responsiveness": 0.1, "selling": 0.4}  # fmt: skip
_CLIENT_SHIFT = {"customer": 0.1, "coordination": -0.5, "generation": -0.1, "responsiveness": -0.3, "selling": 0.6}
_SPREAD = 1.1


@dataclass(frozen=True, eq=False)
class OrientationSurvey:
    """Answers 1 to 7, a row per respondent and a column per item: ``staff``, ``clients``."""

    staff: pd.DataFrame
    clients: pd.DataFrame


def make_orientation_survey(
    *,
    staff_level: float = KNOBS["staff_level"].default,
    client_level: float = KNOBS["client_level"].default,
    consistency: float = KNOBS["consistency"].default,
    staff_count: int = int(KNOBS["staff_count"].default),
    client_count: int = int(KNOBS["client_count"].default),
    seed: int = 1,
) -> OrientationSurvey:
    """Make staff and clients who answer the items of `analysis.orientation`.

    Parameters
    ----------
    staff_level, client_level : float
        Mean view of both sides, 1 to 7; dimensions lie around it.
    consistency : float
        Correlation of a person's answers to two items, 0 to 0.95.
    staff_count, client_count : int
        How many employees and clients answer.
    seed : int
        Of the luck.

    Returns
    -------
    OrientationSurvey
        Reversed items are answered as they are asked, so that they have to be turned.

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> made = make_orientation_survey(staff_count=30)
    >>> made.staff.shape, made.clients.shape
    ((30, 16), (120, 12))
    """
    alike = KNOBS["consistency"].check(consistency)
    sides = {
        "staff": (KNOBS["staff_level"].check(staff_level), int(KNOBS["staff_count"].check(staff_count)), _SHIFT),
        "clients": (KNOBS["client_level"].check(client_level), int(KNOBS["client_count"].check(client_count)),
                    _CLIENT_SHIFT),
    }  # fmt: skip
    made = {}
    for who, (level, count, shifts) in sides.items():
        number = np.arange(1, count + 1)
        view = Stream(seed, f"orientation {who}").normal(0.0, 1.0, number)
        columns = {}
        for place, item in enumerate(asked(who)):
            own = Stream(seed, f"orientation {who} item").normal(0.0, 1.0, number, place)
            value = level + shifts.get(item.dimension, 0.0) + _SPREAD * (alike**0.5 * view + (1 - alike) ** 0.5 * own)
            answer = np.clip(np.rint(value), LOWEST, HIGHEST).astype("int64")
            columns[item.code] = LOWEST + HIGHEST - answer if item.reversed else answer
        made[who] = pd.DataFrame(columns)
    return OrientationSurvey(made["staff"], made["clients"])
