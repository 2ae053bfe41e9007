"""A parameter declared once: default, range, step, unit, label and where the number comes from.

Functions take their defaults from a knob, widgets their range and label, documents their origin, so that no
number is declared twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say

ORIGINS = ("source", "calibrated", "assumption", "convention")


@dataclass(frozen=True)
class Knob:
    """A number that a person may turn.

    Parameters
    ----------
    name : str
        The parameter's name in code.
    default, low, high, step : float
        The value at rest, the ends of the range (both allowed) and the step of a slider.
    label : str
        English label, marked for the catalogue; `texts.say` translates it.
    unit : str
        Unit of the value; empty for a pure number.
    origin : {"source", "calibrated", "assumption", "convention"}
        Where the default comes from.
    reference : str
        The source or the reason, for the reader.

    Examples
    --------
    >>> bins = Knob("bins", 5, 2, 10, 1, "Number of bins", origin="convention", reference="quintiles")
    >>> bins.check(7)
    7
    >>> bins.check(99)
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: `bins` can't be 99.
    <BLANKLINE>
    1. A value from 2 to 10 is allowed.
    """

    name: str
    default: float
    low: float
    high: float
    step: float
    label: str
    unit: str = ""
    origin: str = "assumption"
    reference: str = ""

    def __post_init__(self) -> None:
        if self.origin not in ORIGINS:
            raise ValueError(f"knob {self.name!r}: origin {self.origin!r} is none of {ORIGINS}")
        if not self.low <= self.default <= self.high:
            raise ValueError(f"knob {self.name!r}: default {self.default} lies outside {self.low}…{self.high}")

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed: every one of default, range and step is an int."""
        return all(isinstance(value, int) for value in (self.default, self.low, self.high, self.step))

    def check(self, value: object) -> float:
        """Return the value if it is allowed; a numpy number is as good as a Python one.

        Raises
        ------
        InputError
            If it is not a number, not whole where it must be, or outside the range.
        """
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            number = float("nan")
        fits = not isinstance(value, (bool, str)) and self.low <= number <= self.high
        if self.whole and fits:
            fits = number == int(number)
        if not fits:
            low, high = format_number(self.low), format_number(self.high)
            allowed = (
                say("A whole number from {low} to {high} is allowed.", low=low, high=high)
                if self.whole and number != number // 1
                else say("A value from {low} to {high} is allowed.", low=low, high=high)
            )
            raise InputError(
                say("`{name}` can't be {value}.", name=self.name, value=value),
                [Problem("outside_range", allowed, column=self.name)],
            )
        return int(number) if self.whole else number
