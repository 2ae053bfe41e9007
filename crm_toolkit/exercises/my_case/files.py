"""A case as one JSON file on this computer: readable, in a fixed order, written whole, never over a stranger.

Writing goes to a file beside it that takes its place in one move, readable for its owner only. A file that can't be
read as a case, or that somebody changed meanwhile, is never overwritten. Reading tells every problem at once;
`rescue_case` takes what fits from a damaged file and leaves the file as it is. Nothing is sent anywhere.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

from crm_toolkit.behaviour.influences import Influence, canvas_from_json, canvas_to_json
from crm_toolkit.behaviour.influences.canvas import Canvas
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.my_case import shape
from crm_toolkit.exercises.my_case.case import MyCase
from crm_toolkit.texts import say

LAYOUT = "crm_toolkit.my_case"
VERSION = 1
LARGEST = 4_000_000
Place = str | os.PathLike[str]


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
    parts: dict[str, Any] = {"layout": LAYOUT, "version": VERSION}
    for item in fields(case):
        value = getattr(case, item.name)
        whole = item.name != "influences"
        parts[item.name] = shape.written(value) if whole else json.loads(canvas_to_json(case.canvas))["influences"]
    return json.dumps(parts, ensure_ascii=False, indent=2) + "\n"


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
    case, problems = rescued(text)
    if problems:
        raise InputError(say("The case can't be read."), problems)
    return case


def rescued(text: str) -> tuple[MyCase, tuple[Problem, ...]]:
    """What fits of a text, and everything that does not.

    Raises
    ------
    InputError
        If nothing of it is a case: no JSON, another layout, another version.
    """
    content = _content(text)
    problems: list[Problem] = []
    known = [item.name for item in fields(MyCase)]
    problems += shape.unknown_keys(content, ["layout", "version", *known], say("the case"))
    given: dict[str, Any] = {}
    for item in fields(MyCase):
        if item.name not in content:
            what = say("The key `{key}` is missing.", key=item.name)
            problems.append(Problem("missing_key", what, column=item.name))
        elif item.name == "influences":
            given[item.name] = _influences(content[item.name], problems)
        elif item.metadata["kind"] == "one":
            given[item.name] = shape.read(item.metadata["cls"], content[item.name], item.name, problems)
        else:
            given[item.name] = shape.read_several(item.metadata, content[item.name], item.name, problems)
    return MyCase(**given), tuple(problems)


def load_case(path: Place) -> MyCase:
    """Open a case.

    Raises
    ------
    InputError
        If there is no such file, or something in it does not fit: all problems at once. The file stays as it is.
    """
    case, problems = rescue_case(path)
    if problems:
        raise InputError(say("“{path}” can't be read as a case.", path=Path(path)), problems)
    return case


def rescue_case(path: Place) -> tuple[MyCase, tuple[Problem, ...]]:
    """What can be read of a damaged file, and what can't; the file stays as it is.

    Raises
    ------
    InputError
        If there is no such file or nothing in it is a case.
    """
    place = Path(path)
    heading = say("“{path}” can't be read as a case.", path=place)
    try:
        with place.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise InputError(heading, [Problem("too_long", say("The file is too large to be a case."))])
        return rescued(raw.decode("utf-8"))
    except FileNotFoundError:
        raise InputError(heading, [Problem("no_file", say("There is no such file."))]) from None
    except OSError as error:
        raise InputError(heading, [Problem("no_file", say("It can't be opened: {reason}.",
                                                          reason=error.strerror or error))]) from None  # fmt: skip
    except UnicodeDecodeError:
        raise InputError(heading, [Problem("no_json", say("It is no text in UTF-8."))]) from None
    except InputError as letter:
        raise InputError(heading, letter.problems) from None


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
    place = Path(path)
    heading = say("The case was not saved.")
    advice = say("Save under another name; what is on the page stays.")
    if place.exists() or place.is_symlink():
        try:
            there = load_case(place)
        except InputError as letter:
            what = say("“{path}” holds something that can't be read as a case, and it is not overwritten.", path=place)
            raise InputError(heading, [Problem("unreadable_there", what, advice=advice), *letter.problems]) from None
        if there == case:
            return place
        if there != replacing:
            what = say("“{path}” holds another case, or was changed by somebody else.", path=place)
            raise InputError(heading, [Problem("changed_there", what, advice=advice)])
    text = case_to_json(case)
    if case_from_json(text) != case:
        raise InputError(heading, [Problem("not_stable", say("What is on the page does not survive being written."))])
    write_whole(place, text.encode("utf-8"), heading)
    return place


def write_whole(place: Path, content: bytes, heading: str) -> None:
    """Write a file in one move; readable for its owner only."""
    made = ""
    try:
        target = place.resolve() if place.is_symlink() else place
        handle, made = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".partial", dir=target.parent)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(made, target)
    except OSError as error:
        if made:
            Path(made).unlink(missing_ok=True)
        what = say("“{path}” can't be written: {reason}.", path=place, reason=error.strerror or error)
        raise InputError(heading, [Problem("not_writable", what)]) from error


def _content(text: Any) -> dict[str, Any]:
    heading = say("The case can't be read.")
    if not isinstance(text, str) or len(text) > LARGEST:
        raise InputError(heading, [Problem("no_text", say("A text of at most {most} signs is needed.", most=LARGEST))])
    try:
        content = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except json.JSONDecodeError as slip:
        what = say("The text is no JSON: line {line}, sign {column}.", line=slip.lineno, column=slip.colno)
        raise InputError(heading, [Problem("no_json", what, rows=(slip.lineno,))]) from None
    except (ValueError, RecursionError):
        what = say("The text holds numbers or nesting that no case has.")
        raise InputError(heading, [Problem("no_json", what)]) from None
    if not isinstance(content, dict) or content.get("layout") != LAYOUT:
        raise InputError(heading, [Problem("other_layout", say("This file is no case of this course."))])
    version = content.get("version")
    if version != VERSION or isinstance(version, bool):
        what = say("The file has version {found} of the layout; this toolkit reads version {known}.",
                   found=repr(version), known=VERSION)  # fmt: skip
        raise InputError(heading, [Problem("other_version", what, advice=say("Update the toolkit."))])
    return content


def _no_constant(name: str) -> float:
    raise ValueError(name)


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
