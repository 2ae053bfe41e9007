"""Work as one JSON file on this computer: readable, in a fixed order, written whole, never over a stranger.

Writing goes to a file beside it that takes its place in one move, readable for its owner only. A file that can't be
read, or that somebody changed meanwhile, is never overwritten. Reading tells every problem at once; `KeptWork.rescue`
takes what fits from a damaged file and leaves the file as it is. Nothing is sent anywhere.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import shape
from crm_toolkit.texts import say

LARGEST = 4_000_000
Place = str | os.PathLike[str]
Work = TypeVar("Work")


@dataclass(frozen=True)
class KeptWork(Generic[Work]):
    """A kind of work that is kept in one file.

    Parameters
    ----------
    layout, version : str, int
        What stands at the head of its files.
    cls : type
        A frozen dataclass whose fields are declared with `shape`.
    unreadable, unreadable_place, not_saved : str
        Marked headings of letters: it can't be read, the file “{path}” can't be read as one, it was not saved.
    write, read : dict
        For fields of a kind of their own: from the whole work to JSON, and from JSON and a list of problems back.
    """

    layout: str
    version: int
    cls: type[Work]
    unreadable: str
    unreadable_place: str
    not_saved: str
    write: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    read: dict[str, Callable[[Any, list[Problem]], Any]] = field(default_factory=dict)

    def to_json(self, work: Work) -> str:
        """The work as a text, every field in its order."""
        parts: dict[str, Any] = {"layout": self.layout, "version": self.version}
        for item in fields(self.cls):  # type: ignore[arg-type]
            name = item.name
            parts[name] = self.write[name](work) if name in self.write else shape.written(getattr(work, name))
        return json.dumps(parts, ensure_ascii=False, indent=2) + "\n"

    def from_json(self, text: str) -> Work:
        """Read a work from a text.

        Raises
        ------
        InputError
            With all problems.
        """
        work, problems = self.rescued(text)
        if problems:
            raise InputError(say(self.unreadable), problems)
        return work

    def rescued(self, text: str) -> tuple[Work, tuple[Problem, ...]]:
        """What fits of a text, and everything that does not.

        Raises
        ------
        InputError
            If nothing of it is such a work: no JSON, another layout, another version.
        """
        content = self._content(text)
        problems: list[Problem] = []
        declared = {item.name: item for item in fields(self.cls)}  # type: ignore[arg-type]
        problems += shape.unknown_keys(content, ["layout", "version", *declared], say("the file"))
        given: dict[str, Any] = {}
        for name, item in declared.items():
            if name not in content:
                what = say("The key `{key}` is missing.", key=name)
                problems.append(Problem("missing_key", what, column=name))
            elif name in self.read:
                given[name] = self.read[name](content[name], problems)
            elif item.metadata["kind"] == "one":
                given[name] = shape.read(item.metadata["cls"], content[name], name, problems)
            else:
                given[name] = shape.read_several(item.metadata, content[name], name, problems)
        return self.cls(**given), tuple(problems)

    def load(self, path: Place) -> Work:
        """Open a file.

        Raises
        ------
        InputError
            If there is no such file, or something in it does not fit: all problems at once. The file stays as it is.
        """
        work, problems = self.rescue(path)
        if problems:
            raise InputError(say(self.unreadable_place, path=Path(path)), problems)
        return work

    def rescue(self, path: Place) -> tuple[Work, tuple[Problem, ...]]:
        """What can be read of a damaged file, and what can't; the file stays as it is.

        Raises
        ------
        InputError
            If there is no such file or nothing in it is such a work.
        """
        place = Path(path)
        heading = say(self.unreadable_place, path=place)
        try:
            with place.open("rb") as opened:
                raw = opened.read(LARGEST + 1)
            if len(raw) > LARGEST:
                raise InputError(heading, [Problem("too_long", say("The file is too large."))])
            return self.rescued(raw.decode("utf-8"))
        except FileNotFoundError:
            raise InputError(heading, [Problem("no_file", say("There is no such file."))]) from None
        except OSError as error:
            raise InputError(heading, [Problem("no_file", say("It can't be opened: {reason}.",
                                                              reason=error.strerror or error))]) from None  # fmt: skip
        except UnicodeDecodeError:
            raise InputError(heading, [Problem("no_json", say("It is no text in UTF-8."))]) from None
        except InputError as letter:
            raise InputError(heading, letter.problems) from None

    def save(self, work: Work, path: Place, *, replacing: Work | None = None) -> Path:
        """Write a work to a file, whole or not at all.

        Parameters
        ----------
        work : Work
            What to write.
        path : path
            The folder must be there.
        replacing : Work, optional
            What stands in the file now, as it was opened or saved last. Without it a file that is there is not touched.

        Raises
        ------
        InputError
            If the file holds something else than ``replacing``, can't be read, or can't be written.
        """
        place = Path(path)
        heading = say(self.not_saved)
        advice = say("Save under another name; what is on the page stays.")
        if place.exists() or place.is_symlink():
            try:
                there = self.load(place)
            except InputError as letter:
                what = say("“{path}” holds something that can't be read, and it is not overwritten.", path=place)
                problem = Problem("unreadable_there", what, advice=advice)
                raise InputError(heading, [problem, *letter.problems]) from None
            if there == work:
                return place
            if there != replacing:
                what = say("“{path}” holds other work, or was changed by somebody else.", path=place)
                raise InputError(heading, [Problem("changed_there", what, advice=advice)])
        text = self.to_json(work)
        if self.from_json(text) != work:
            unstable = Problem("not_stable", say("What is on the page does not survive being written."))
            raise InputError(heading, [unstable])
        write_whole(place, text.encode("utf-8"), heading)
        return place

    def _content(self, text: Any) -> dict[str, Any]:
        heading = say(self.unreadable)
        if not isinstance(text, str) or len(text) > LARGEST:
            what = say("A text of at most {most} signs is needed.", most=LARGEST)
            raise InputError(heading, [Problem("no_text", what)])
        try:
            content = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
        except json.JSONDecodeError as slip:
            what = say("The text is no JSON: line {line}, sign {column}.", line=slip.lineno, column=slip.colno)
            raise InputError(heading, [Problem("no_json", what, rows=(slip.lineno,))]) from None
        except (ValueError, RecursionError):
            what = say("The text holds numbers or nesting that no such file has.")
            raise InputError(heading, [Problem("no_json", what)]) from None
        if not isinstance(content, dict) or content.get("layout") != self.layout:
            raise InputError(heading, [Problem("other_layout", say("This file is of another kind."))])
        version = content.get("version")
        if version != self.version or isinstance(version, bool):
            what = say("The file has version {found} of the layout; this toolkit reads version {known}.",
                       found=repr(version), known=self.version)  # fmt: skip
            raise InputError(heading, [Problem("other_version", what, advice=say("Update the toolkit."))])
        return content


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


def _no_constant(name: str) -> float:
    raise ValueError(name)
