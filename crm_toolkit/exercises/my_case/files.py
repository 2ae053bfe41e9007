"""A case as one JSON file on this computer; `kept_files` holds how work is kept.

`rescue_case` takes what fits from a damaged file and leaves the file as it is. Nothing is sent anywhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crm_toolkit.behaviour.influences import Influence, canvas_from_json, canvas_to_json
from crm_toolkit.behaviour.influences.canvas import Canvas
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.kept_files import KeptWork, Place
from crm_toolkit.exercises.my_case.case import MyCase
from crm_toolkit.texts import mark


def _influences(rows: Any, problems: list[Problem]) -> tuple[Influence, ...]:
    """All influences that fit; `influences.canvas_from_json` is the judge."""
    empty = json.loads(canvas_to_json(Canvas("")))
    try:
        return canvas_from_json(json.dumps({**empty, "influences": rows})).influences
    except InputError as letter:
        problems += letter.problems
    kept: dict[str, Influence] = {}
    for row in rows if isinstance(rows, list) else []:
        try:
            (found,) = canvas_from_json(json.dumps({**empty, "influences": [row]})).influences
        except InputError:
            continue
        kept.setdefault(found.construct, found)
    return tuple(kept.values())


KEPT = KeptWork(
    "crm_toolkit.my_case",
    1,
    MyCase,
    mark("The case can't be read."),
    mark("“{path}” can't be read as a case."),
    mark("The case was not saved."),
    write={"influences": lambda case: json.loads(canvas_to_json(case.canvas))["influences"]},
    read={"influences": _influences},
)


def case_to_json(case: MyCase) -> str:
    """Write a case as a text.

    Examples
    --------
    >>> print(case_to_json(MyCase())[:130])
    {
      "layout": "crm_toolkit.my_case",
      "version": 1,
      "about": {
        "purchase": "",
        "bought_on": null,
        "setting": "",
    """
    return KEPT.to_json(case)


def case_from_json(text: str) -> MyCase:
    """Read a case from a text.

    Raises
    ------
    InputError
        With all problems.

    Examples
    --------
    >>> case_from_json(case_to_json(MyCase())) == MyCase()
    True
    """
    return KEPT.from_json(text)


def load_case(path: Place) -> MyCase:
    """Open a case.

    Raises
    ------
    InputError
        If there is no such file, or something in it does not fit: all problems at once. The file stays as it is.
    """
    return KEPT.load(path)


def rescue_case(path: Place) -> tuple[MyCase, tuple[Problem, ...]]:
    """What can be read of a damaged file, and what can't; the file stays as it is.

    Raises
    ------
    InputError
        If there is no such file or nothing in it is a case.
    """
    return KEPT.rescue(path)


def save_case(case: MyCase, path: Place, *, replacing: MyCase | None = None) -> Path:
    """Write a case to a file, whole or not at all.

    Parameters
    ----------
    case : MyCase
        What to write.
    path : path
        The folder must be there.
    replacing : MyCase, optional
        What stands in the file now, as it was opened or saved last. Without it a file that is there is not touched.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If the file holds something else than ``replacing``, can't be read, or can't be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = save_case(MyCase(), folder + "/my_case.json")
    ...     load_case(place) == MyCase()
    True
    """
    return KEPT.save(case, path, replacing=replacing)
