"""What can go wrong, said as a letter to a reader: what is wrong, what was found, what to try.

Every refusal of a learner's input is one `InputError` that holds *all* its problems, so that a file is
mended once and not line by line. The sentences arrive here already in the reader's language: this room
knows no language of its own.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from dataclasses import dataclass
from traceback import walk_tb


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Parameters
    ----------
    code : str
        A stable word for programs and tests, such as ``"missing_column"``.
    what : str
        What is wrong, a sentence, with the place in it.
    found : str
        What was found there, a sentence; may be empty.
    advice : str
        What to try, a sentence; may be empty.
    rows : tuple of int
        Line or row numbers as the user's own program shows them, counted from 1.
    column : str
        The name of the column as it stands in the input, if one is meant.

    Examples
    --------
    >>> print(Problem("missing_column", "There is no date.", advice="Name the column: ordered_at=…"))
    There is no date.
       Name the column: ordered_at=…
    """

    code: str
    what: str
    found: str = ""
    advice: str = ""
    rows: tuple[int, ...] = ()
    column: str = ""

    def __str__(self) -> str:
        return "\n   ".join(part for part in (self.what, self.found, self.advice) if part)


class CRMError(Exception):
    """The root of every error that the toolkit raises on purpose.

    A notebook shows it as a letter under the reader's own line; scripts show Python's traceback as ever.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the line of the reader's cell, and the letter."""
        frames = [*walk_tb(self.__traceback__)]
        own = [(frame, line) for frame, line in frames if frame.f_globals.get("__name__") == "__main__"]
        where = [
            f"----> {line} {text}"
            for frame, line in own[-1:]
            if (text := linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip())
        ]
        return [*where, *([""] if where else []), *str(self).splitlines()]


class InputError(CRMError, ValueError):
    """An input can't be used; ``str()`` of it reads as a letter, ``.problems`` as data.

    Parameters
    ----------
    heading : str
        What could not be done, a sentence.
    problems : iterable of Problem
        Everything that is wrong, at least one.

    Examples
    --------
    >>> problem = Problem("empty", "The file is empty.")
    >>> print(InputError("“sales.csv” can't be read.", [problem]))
    “sales.csv” can't be read.
    <BLANKLINE>
    1. The file is empty.
    """

    def __init__(self, heading: str, problems: Iterable[Problem]):
        self.heading = heading
        self.problems = tuple(problems)
        super().__init__(heading)

    def __str__(self) -> str:
        numbered = (f"{number}. {problem}" for number, problem in enumerate(self.problems, start=1))
        return "\n".join([self.heading, "", *numbered]) if self.problems else self.heading

    def __reduce__(self) -> tuple[type[InputError], tuple[str, tuple[Problem, ...]]]:
        return (type(self), (self.heading, self.problems))


class MissingExtraError(CRMError, ImportError):
    """An optional package is not installed; the message names the one command that adds it."""
