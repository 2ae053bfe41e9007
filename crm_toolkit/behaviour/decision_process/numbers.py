"""Numbers of the decision process, checked together: finite, within their ranges, of one length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say

Floats = NDArray[np.float64]


def checked_numbers(
    given: Mapping[str, Any],
    ranges: Mapping[str, tuple[float, float]],
    heading: str,
    *,
    together: Sequence[str] = (),
) -> dict[str, Floats]:
    """Numbers or arrays of numbers as arrays.

    Parameters
    ----------
    given : mapping
        Value by name.
    ranges : mapping
        Lowest and highest allowed number by name; infinite ends are not limited.
    heading : str
        What could not be done.
    together : sequence of str
        Names whose arrays must have one shape, single numbers aside; other names take a single number only.

    Raises
    ------
    InputError
        With all problems.

    Examples
    --------
    >>> {name: value.tolist() for name, value in checked_numbers({"x": 2}, {"x": (0, 5)}, "No.").items()}
    {'x': 2.0}
    """
    problems, found = [], {}
    for name, value in given.items():
        low, high = ranges[name]
        numbers = _array(value)
        if numbers is None or not np.isfinite(numbers).all():
            problems.append(Problem("no_number", say("`{name}` must be a finite number.", name=name),
                                    say("Found: {value}.", value=_shown(value)), column=name))  # fmt: skip
        elif numbers.ndim and name not in together:
            problems.append(Problem("shape", say("`{name}` must be a single number.", name=name), column=name))
        elif numbers.size and (numbers.min() < low or numbers.max() > high):
            worst = float(numbers.min() if numbers.min() < low else numbers.max())
            problems.append(Problem("outside_range", _allowed(name, low, high),
                                    say("Found: {value}.", value=format_number(worst)), column=name))  # fmt: skip
        else:
            found[name] = numbers
    shapes = {found[name].shape for name in together if name in found and found[name].ndim}
    if len(shapes) > 1:
        names = ", ".join(f"`{name}`" for name in together)
        problems.append(Problem("shape", say("{names} must have one length.", names=names)))
    if problems:
        raise InputError(heading, problems)
    return found


def no_pair(name: str) -> Problem:
    """The problem of something that should be a pair of numbers."""
    return Problem("no_pair", say("`{name}` must be a pair of numbers.", name=name), column=name)


def _array(value: Any) -> Floats | None:
    cells = value.tolist() if isinstance(value, np.ndarray) else value
    flat = list(cells) if isinstance(cells, Sequence) and not isinstance(cells, str) else [cells]
    if any(isinstance(one, str | bool | np.bool_) or one is None for one in flat):
        return None
    try:
        made = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return made if made.ndim <= 1 else None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _allowed(name: str, low: float, high: float) -> str:
    if np.isinf(high):
        return say("`{name}` must be {low} or more.", name=name, low=format_number(low))
    return say(
        "`{name}` must lie between {low} and {high}.", name=name, low=format_number(low), high=format_number(high)
    )
