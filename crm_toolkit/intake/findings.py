"""What the reader finds on its way: facts, things to know, rows left out, and problems that stop it.

The reader goes on as far as it can and refuses once, with everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake import limits
from crm_toolkit.texts import join_names, say, say_count


@dataclass(frozen=True)
class Dropped:
    """Rows that are not in the result, with the reason.

    Parameters
    ----------
    code : str
        A stable word for programs: "blank", "total", "repeated_header", "comment", "cancelled".
    reason : str
        The reason in the reader's language.
    rows : tuple of int
        Their numbers as the user's own program shows them.
    """

    code: str
    reason: str
    rows: tuple[int, ...]


@dataclass
class Findings:
    """Collects while one file is read; nobody outside the room sees it.

    Parameters
    ----------
    name : str
        How the input is called in the letter.
    places : {"line", "row"}
        What the user's own program calls a row: a text editor has lines, Excel has rows.
    said : set of str
        Fields whose column the user named: there is nothing to ask about them.
    top : list of list of str
        The first rows as they stand, for a preview.
    header : tuple of str
        The names of the columns, once the header was found; ``header_end`` is the number of rows above the data.
    chosen : dict
        Field → position of its column from 0, once it was decided.
    """

    name: str
    places: str = "row"
    facts: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    top: list[list[str]] = field(default_factory=list)
    header: tuple[str, ...] = ()
    header_end: int = 0
    chosen: dict[str, int] = field(default_factory=dict)

    def fact(self, label: str, value: str) -> None:
        """Note what was recognised, such as the encoding."""
        self.facts.append((label, value))

    def warn(self, code: str, what: str, *, found: str = "", rows: Iterable[int] = (), column: str = "") -> None:
        """Note something the user should know; the table is still right."""
        self.warnings.append(Problem(code, what, found=found, rows=_numbers(rows), column=column))

    def problem(
        self, code: str, what: str, *, found: str = "", advice: str = "", rows: Iterable[int] = (), column: str = ""
    ) -> None:
        """Note something that forbids the import."""
        self.problems.append(Problem(code, what, found, advice, _numbers(rows), column))

    def drop(self, code: str, reason: str, rows: Iterable[int]) -> None:
        """Note rows that are left out."""
        numbers = _numbers(rows)
        if numbers:
            self.dropped.append(Dropped(code, reason, numbers))

    def where(self, rows: Sequence[int] | np.ndarray) -> str:
        """“line 5” or “lines 5, 9 and 3 more”, in the words of the user's own program."""
        numbers = _numbers(rows)
        return where(numbers, self.places)

    def refusal(self) -> InputError:
        """The one letter with everything that is wrong."""
        return InputError(say("“{name}” can't be read as a table.", name=self.name), self.problems)

    def stop_if_wrong(self) -> None:
        """Raise the letter if there is any problem."""
        if self.problems:
            raise self.refusal()

    def stop(self, code: str, what: str, **more: object) -> InputError:
        """Note a problem and return the letter, for ``raise``."""
        self.problem(code, what, **more)  # type: ignore[arg-type]
        return self.refusal()


def where(numbers: Sequence[int], places: str) -> str:
    """“line 5” or “lines 5, 9 and 3 more”.

    >>> where([5], "line"), where([5, 9], "row")
    ('line 5', 'rows 5, 9')
    """
    named = join_names(numbers, most=limits.NAMED_ROWS)
    if places == "line":
        return say_count("line {rows}", "lines {rows}", len(numbers), rows=named)
    return say_count("row {rows}", "rows {rows}", len(numbers), rows=named)


def shown(value: object, most: int = 60) -> str:
    """A value from the file, short enough for a sentence, with control signs made visible.

    >>> shown("a" * 70, most=5)
    'aaaaa…'
    """
    text = "".join(
        sign if sign.isprintable() else " " if sign.isspace() and sign not in "\t\r\n" else f"\\x{ord(sign):02x}"
        for sign in str(value)[: most + 1]
    )
    return text if len(text) <= most else text[:most] + "…"


def in_quotes(value: object, most: int = 60) -> str:
    """A value from the file in the quotation marks of the reader's language.

    >>> in_quotes("tea")
    '“tea”'
    """
    return say("“{name}”", name=shown(value, most))


def _numbers(rows: Iterable[int]) -> tuple[int, ...]:
    return tuple(int(row) for row in rows)
