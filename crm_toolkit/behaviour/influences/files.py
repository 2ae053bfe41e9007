"""A canvas as one JSON text: readable, in a fixed order, with the version of its layout; read with all slips told.

The order of keys and constructs is fixed, so that two versions of a canvas can be compared line by line. Reading trusts
nothing: it takes no other keys, no other numbers than JSON's own, and reports every problem with its place.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from crm_toolkit.behaviour.influences.canvas import Canvas, Influence, unknown_word
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say

LAYOUT = "crm_toolkit.influences"
VERSION = 1
LARGEST = 1_000_000
_KEYS = ("layout", "version", "purchase", "privacy", "influences")
_INFLUENCE_KEYS = ("construct", "evidence", "direction", "confidence", "date", "not_manifest")


def canvas_to_json(canvas: Canvas) -> str:
    """Write a canvas.

    Examples
    --------
    >>> print(canvas_to_json(Canvas("a haircut", (Influence("memory", "The name came first.", 1, 0.7),))), end="")
    {
      "layout": "crm_toolkit.influences",
      "version": 1,
      "purchase": "a haircut",
      "privacy": "local",
      "influences": [
        {
          "construct": "memory",
          "evidence": "The name came first.",
          "direction": 1,
          "confidence": 0.7,
          "date": null,
          "not_manifest": ""
        }
      ]
    }
    """
    written = {
        "layout": LAYOUT,
        "version": VERSION,
        "purchase": canvas.purchase,
        "privacy": canvas.privacy,
        "influences": [
            {
                "construct": one.construct,
                "evidence": one.evidence,
                "direction": one.direction,
                "confidence": float(one.confidence),
                "date": one.date.isoformat() if one.date else None,
                "not_manifest": one.not_manifest,
            }
            for one in canvas.influences
        ],
    }
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"


def canvas_from_json(text: str) -> Canvas:
    """Read a canvas.

    Raises
    ------
    InputError
        If the text is no JSON, of another layout or a later version, or something in it does not fit; all problems at
        once.

    Examples
    --------
    >>> canvas = Canvas("a haircut", (Influence("memory", "The name came first.", 1, 0.7),))
    >>> canvas_from_json(canvas_to_json(canvas)) == canvas
    True
    """
    heading = say("The canvas can't be read.")
    content = _parsed(text, heading)
    problems = _other_keys(content, _KEYS, say("the canvas"))
    if content.get("layout") != LAYOUT:
        problems.append(Problem("other_layout", say("This file is no canvas of influences."), column="layout"))
    elif not isinstance(content.get("version"), int) or isinstance(content.get("version"), bool):
        what = say("The file does not say the version of its layout.")
        problems.append(Problem("no_version", what, column="version"))
    elif content["version"] != VERSION:
        what = say("The file has version {found} of the layout; this toolkit reads version {known}.",
                   found=content["version"], known=VERSION)  # fmt: skip
        problems.append(Problem("other_version", what, advice=say("Update the toolkit."), column="version"))
    rows = content.get("influences", [])
    if not isinstance(rows, list):
        problems.append(Problem("no_list", say("`influences` must be a list."), column="influences"))
        rows = []
    influences = []
    for place, row in enumerate(rows, start=1):
        try:
            influences.append(_influence(row, place))
        except InputError as letter:
            problems += [_placed(problem, place) for problem in letter.problems]
    if problems:
        raise InputError(heading, problems)
    try:
        return Canvas(content.get("purchase", ""), tuple(influences), content.get("privacy", "local"))
    except InputError as letter:
        raise InputError(heading, letter.problems) from None


def _parsed(text: Any, heading: str) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > LARGEST:
        what = say("A text of at most {most} signs is needed.", most=LARGEST)
        raise InputError(heading, [Problem("no_text", what)])
    try:
        content = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except json.JSONDecodeError as slip:
        what = say("The text is no JSON: line {line}, sign {column}.", line=slip.lineno, column=slip.colno)
        raise InputError(heading, [Problem("no_json", what, rows=(slip.lineno,))]) from None
    except (ValueError, RecursionError):
        what = say("The text holds numbers or nesting that no canvas has.")
        raise InputError(heading, [Problem("no_json", what)]) from None
    if not isinstance(content, dict):
        raise InputError(heading, [Problem("other_layout", say("This file is no canvas of influences."))])
    return content


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _influence(row: Any, place: int) -> Influence:
    if not isinstance(row, dict):
        raise InputError("", [Problem("no_object", say("It must be an object with keys and values."))])
    problems = _other_keys(row, _INFLUENCE_KEYS, say("an influence"))
    if "construct" not in row:
        problems.append(Problem("missing_key", say("The key `construct` is missing.")))
    day = row.get("date")
    if day is not None:
        try:
            day = dt.date.fromisoformat(day)
        except (TypeError, ValueError):
            what = say("`date` must be a day such as 2024-05-31.")
            problems.append(Problem("no_date", what, say("Found: {value}.", value=repr(day)), column="date"))
            day = None
    given = {key: value for key, value in row.items() if key in _INFLUENCE_KEYS and key != "date"}
    if isinstance(given.get("construct", ""), str):
        try:
            made = Influence(**{"construct": "culture", **given}, date=day)
        except InputError as letter:
            problems += letter.problems
    else:
        problems.append(unknown_word("construct", given["construct"], ["culture"]))
    if problems:
        raise InputError("", problems)
    return made


def _other_keys(content: dict[str, Any], known: tuple[str, ...], where: str) -> list[Problem]:
    problems = []
    for key in content:
        if key not in known:
            close = near_misses(key, known)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            what = say("There is no key `{key}` in {where}.", key=key, where=where)
            found = say("Known: {names}.", names=join_names(known))
            problems.append(Problem("unknown_key", what, found, advice, column=key))
    return problems


def _placed(problem: Problem, place: int) -> Problem:
    what = say("Influence {place}: {what}", place=place, what=problem.what)
    return Problem(problem.code, what, problem.found, problem.advice, (place,), problem.column)
