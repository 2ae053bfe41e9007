"""Numbers that a model was given: read one after the other, refused all at once.

A model asks for each of its numbers by name; whatever is no finite number, has the wrong shape or lies outside its
range is remembered, and `Given.refuse_if_wrong` writes one letter about all of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import format_number, join_names, say, say_count

Floats = NDArray[np.float64]


class Given:
    """What one function was given.

    Parameters
    ----------
    asked_by : str
        The public function, for the letter.

    Examples
    --------
    >>> given = Given("example")
    >>> p, shares = given.number("p", 0.02, above=0), given.array("shares", [0.1, 2.0], low=0, high=1)
    >>> given.refuse_if_wrong()
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: `example` can't use these numbers.
    <BLANKLINE>
    1. `shares` has 1 number outside its range.
       The first one is 2.0, in place 2.
       A value from 0 to 1 is allowed.
    """

    def __init__(self, asked_by: str):
        self.asked_by = asked_by
        self.problems: list[Problem] = []

    def number(
        self, name: str, value: Any, *, low: float = -math.inf, high: float = math.inf, above: float | None = None
    ) -> float:
        """A finite number from ``low`` to ``high``, or above ``above``; NaN if it is none, until all is refused."""
        try:
            number = math.nan if isinstance(value, (bool, str, np.bool_)) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or not low <= number <= high or (above is not None and number <= above):
            what = say("`{name}` can't be {value}.", name=name, value=repr(value))
            self.problems.append(Problem("outside_range", what, advice=allowed_range(low, high, above), column=name))
        return number

    def whole(self, name: str, value: Any, *, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        before = len(self.problems)
        number = self.number(name, value, low=low, high=high)
        if len(self.problems) > before:
            return low
        if number != math.floor(number):
            what = say("`{name}` can't be {value}.", name=name, value=repr(value))
            self.problems.append(Problem("not_whole", what, advice=say("A whole number is needed."), column=name))
        return int(number)

    def array(
        self,
        name: str,
        value: Any,
        *,
        dimensions: int | None = None,
        low: float = -math.inf,
        high: float = math.inf,
        least: int = 1,
    ) -> Floats:
        """Finite numbers from ``low`` to ``high``, at least so many, of so many dimensions (``None``: of any)."""
        found = _as_numbers(value)
        if found is None:
            self.add("wrong_kind", say("`{name}` must hold numbers.", name=name), column=name)
            return np.zeros((least,) * (1 if dimensions is None else dimensions))
        if dimensions is not None and found.ndim != dimensions:
            need = (
                say("It must be numbers in a row.")
                if dimensions == 1
                else say("It must be rows and columns of numbers.")
            )
            self.add("wrong_shape", say("`{name}` has the wrong shape.", name=name), advice=need, column=name)
            return np.zeros((least,) * dimensions)
        if found.size < least:
            what = say_count("`{name}` has {count} number; at least {least} are needed.",
                             "`{name}` has {count} numbers; at least {least} are needed.", found.size, name=name,
                             least=least)  # fmt: skip
            self.add("too_few", what, column=name)
            return found
        self._check_values(name, found, low, high)
        return found

    def _check_values(self, name: str, found: Floats, low: float, high: float) -> None:
        unknown = np.flatnonzero(~np.isfinite(found.ravel()))
        if len(unknown):
            what = say_count("`{name}` has {count} number that is missing or infinite.",
                             "`{name}` has {count} numbers that are missing or infinite.", len(unknown),
                             name=name)  # fmt: skip
            where = say("The first one is in place {place}.", place=int(unknown[0]) + 1) if found.ndim else ""
            self.add("not_finite", what, found=where, column=name)
        outside = np.flatnonzero((np.isfinite(found) & ~((found >= low) & (found <= high))).ravel())
        if len(outside):
            what = say_count("`{name}` has {count} number outside its range.",
                             "`{name}` has {count} numbers outside its range.", len(outside), name=name)  # fmt: skip
            seen = say("The first one is {value}, in place {place}.", value=float(found.ravel()[outside[0]]),
                       place=int(outside[0]) + 1)  # fmt: skip
            self.add("outside_range", what, found=seen, advice=allowed_range(low, high, None), column=name)

    def choice(self, name: str, value: Any, allowed: Sequence[str]) -> str:
        """One of the allowed words."""
        if isinstance(value, str) and value in allowed:
            return value
        what = say("`{name}` can't be {value}.", name=name, value=repr(value))
        self.add("unknown_option", what, advice=_meant(value, allowed), column=name)
        return allowed[0]

    def names(self, name: str, found: Iterable[Any], allowed: Sequence[str]) -> None:
        """Names that must all be among the allowed ones."""
        for key in found:
            if key not in allowed:
                what = say("`{name}` has an unknown name: {value}.", name=name, value=repr(key))
                self.add("unknown_name", what, advice=_meant(key, allowed), column=str(key))

    def same_shape(self, **arrays: Floats) -> None:
        """Arrays of one shape."""
        shapes = {name: value.shape for name, value in arrays.items()}
        if len(set(shapes.values())) > 1:
            what = say("These must have the same shape: {names}.", names=join_names(f"`{name}`" for name in shapes))
            seen = say("Their shapes: {shapes}.", shapes=join_names(str(shape) for shape in shapes.values()))
            self.add("wrong_shape", what, found=seen, column=next(iter(shapes)))

    def add(self, code: str, what: str, *, found: str = "", advice: str = "", column: str = "") -> None:
        """One more thing that is wrong."""
        self.problems.append(Problem(code, what, found, advice, column=column))

    def refuse_if_wrong(self) -> None:
        """Raise one letter about everything that was wrong, if anything was.

        Raises
        ------
        InputError
            With a problem for each.
        """
        if self.problems:
            raise InputError(say("`{function}` can't use these numbers.", function=self.asked_by), self.problems)


def _as_numbers(value: Any) -> Floats | None:
    try:
        plain = np.asarray(value)
        if plain.dtype.kind in "USMmb" or (
            plain.dtype.kind == "O" and any(isinstance(one, (str, bool)) for one in plain.ravel())
        ):
            return None
        return plain.astype(np.float64)
    except (TypeError, ValueError):
        return None


def _meant(value: Any, allowed: Sequence[str]) -> str:
    close = near_misses(str(value), allowed)
    if close:
        return say("Did you mean `{close}`?", close=close[0])
    return say("Allowed: {names}.", names=join_names(map(repr, allowed)))


def allowed_range(low: float, high: float, above: float | None = None) -> str:
    """Which values are allowed, as a sentence."""
    if above is not None and high == math.inf:
        return say("A value above {low} is allowed.", low=format_number(above))
    if above is not None:
        return say("A value above {low} and up to {high} is allowed.", low=format_number(above),
                   high=format_number(high))  # fmt: skip
    if low == -math.inf and high == math.inf:
        return say("A finite number is needed.")
    if high == math.inf:
        return say("A value from {low} upwards is allowed.", low=format_number(low))
    if low == -math.inf:
        return say("A value up to {high} is allowed.", high=format_number(high))
    return say("A value from {low} to {high} is allowed.", low=format_number(low), high=format_number(high))
