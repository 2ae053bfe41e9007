"""Values that declare their own limits: every problem of a declaration comes in one letter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import join_names, say


def refuse_outside(what: object, knobs: Iterable[Knob], choices: Mapping[str, Sequence[Any]] | None = None) -> None:
    """Refuse a declaration whose fields lie outside their knobs' ranges or lists of choices.

    Parameters
    ----------
    what : object
        A value with a field for every knob.
    knobs : iterable of Knob
        One for every field that is a number.
    choices : dict, optional
        Field → allowed values.

    Raises
    ------
    InputError
        With one problem for each field.
    """
    problems: list[Problem] = []
    for knob in knobs:
        try:
            knob.check(getattr(what, knob.name))
        except InputError as letter:
            problems += [Problem(one.code, f"{letter.heading} {one.what}", column=knob.name) for one in letter.problems]
    for name, allowed in (choices or {}).items():
        value = getattr(what, name)
        if not _is_among(value, allowed):
            said = say("`{name}` can't be {value}.", name=name, value=repr(value))
            problems.append(
                Problem(
                    "unknown_choice", said, advice=say("Possible: {names}.", names=join_names(allowed)), column=name
                )
            )
    if problems:
        raise InputError(say("`{kind}` can't be made.", kind=type(what).__name__), problems)


def _is_among(value: Any, allowed: Collection[Any]) -> bool:
    try:
        return bool(value in allowed)
    except (TypeError, ValueError):  # what can't even be compared, such as a frame
        return False
