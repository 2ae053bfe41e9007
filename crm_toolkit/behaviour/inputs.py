"""What a model is given, checked: numbers in their ranges, arrays without holes, words among those that are known.

Every check adds what is wrong to a list, so that a function can tell all problems in one letter (`settle`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.behaviour.checks import allowed_range
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say, say_count

Floats = NDArray[np.float64]


def given_number(
    problems: list[Problem], name: str, value: Any, low: float = -math.inf, high: float = math.inf
) -> float:
    """A finite number from ``low`` to ``high``; NaN, and a problem more, where it is none.

    >>> problems = []
    >>> given_number(problems, "cost", 2, 0, 5), len(problems)
    (2.0, 0)
    >>> given_number(problems, "cost", "two", 0, 5), problems[0].what
    (nan, "`cost` can't be 'two'.")
    """
    try:
        number = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if math.isfinite(number) and low <= number <= high:
        return number
    what = say("`{name}` can't be {value}.", name=name, value=repr(value))
    problems.append(Problem("outside_range", what, advice=allowed_range(low, high), column=name))
    return math.nan


def given_array(
    problems: list[Problem],
    name: str,
    value: Any,
    *,
    dimensions: Iterable[int] = (1,),
    length: int | None = None,
    low: float = -math.inf,
    high: float = math.inf,
) -> Floats:
    """An array of finite numbers of so many dimensions, ``length`` long in the last of them; empty where it is none.

    >>> problems = []
    >>> given_array(problems, "weights", [1, 2], low=0)
    array([1., 2.])
    >>> given_array(problems, "weights", [1, float("nan")], low=0), problems[0].code
    (array([], dtype=float64), 'unsound_number')
    """
    asked = tuple(dimensions)
    nothing = np.empty((0,) * max(asked))
    try:
        found = np.asarray(value)
        if found.dtype.kind not in "biuf" and found.size:
            found = np.asarray(value, dtype=object)
            if any(isinstance(one, str) for one in found.ravel()):
                raise ValueError
        numbers = found.astype(np.float64)
    except (TypeError, ValueError):
        what = say("`{name}` must hold numbers.", name=name)
        problems.append(Problem("wrong_kind", what, column=name))
        return nothing
    if numbers.ndim not in asked or numbers.size == 0 or (length is not None and numbers.shape[-1] != length):
        what = say("`{name}` has the shape {shape}.", name=name, shape=str(numbers.shape))
        wanted = say("{count} numbers in a row are needed.", count=length) if length is not None else ""
        problems.append(Problem("wrong_shape", what, advice=wanted, column=name))
        return nothing
    bad = int((~np.isfinite(numbers)).sum())
    if bad:
        what = say_count("{count} value of `{name}` is missing or infinite.",
                         "{count} values of `{name}` are missing or infinite.", bad, name=name)  # fmt: skip
        problems.append(Problem("unsound_number", what, column=name))
        return nothing
    outside = int(((numbers < low) | (numbers > high)).sum())
    if outside:
        what = say_count("{count} value of `{name}` is out of range.", "{count} values of `{name}` are out of range.",
                         outside, name=name)  # fmt: skip
        problems.append(Problem("outside_range", what, advice=allowed_range(low, high), column=name))
        return nothing
    return numbers


def given_word(problems: list[Problem], name: str, value: Any, allowed: Iterable[str]) -> None:
    """A word among those that are allowed, or a problem that names the likely slip.

    >>> problems = []
    >>> given_word(problems, "rule", "first_chioce", ["preference", "first_choice"])
    >>> print(problems[0])
    `rule` can't be 'first_chioce'.
       Allowed: 'preference', 'first_choice'.
       Did you mean `first_choice`?
    """
    words = list(allowed)
    if value in words:
        return
    what = say("`{name}` can't be {value}.", name=name, value=repr(value))
    found = say("Allowed: {names}.", names=join_names(map(repr, words)))
    close = near_misses(str(value), words)
    advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
    problems.append(Problem("unknown_option", what, found, advice, column=name))


def settle(problems: list[Problem], asked_by: str) -> None:
    """Refuse with all problems at once, if there are any."""
    if problems:
        raise InputError(say("`{function}` can't use these numbers.", function=asked_by), problems)
