"""The shape of kept work: which kind of value each field takes, told once and used to check, to write and to read it.

A part of a work is a frozen dataclass whose fields are declared with `text`, `number`, `day`, `flag`, `word`, `marks`
and `many`. An empty field is ``""``, ``None`` or an empty tuple: a work is one from the first day, empty.
`kept_files` keeps such a work in one local file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, fields
from typing import Any

from crm_toolkit.behaviour.decision_rules.parameters import finite
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import format_number, join_names, say

LONGEST = 4000
MOST = 8  # criteria, situations, beliefs
MOST_ALTERNATIVES = 8
MOST_ROWS = 40
LOWEST_MARK, HIGHEST_MARK = 1, 5
LOWEST_FEELING, HIGHEST_FEELING = -3, 3

Fault = Callable[[Any], str]


def text() -> Any:
    """A field for words."""
    return _declared("", _text_fault)


def own_kind(default: Any) -> Any:
    """A field of a kind of its own, whose part checks it and whose file has its own way to write and to read it."""
    return field(default=default, metadata={"kind": "own"})


def number(low: float, high: float, default: float | None = None, *, whole: bool = False) -> Any:
    """A field for a number or nothing yet."""

    def fault(value: Any) -> str:
        if value is None and default is None:
            return ""
        fits = finite(value) and low <= value <= high and (not whole or value == int(value))
        if fits:
            return ""
        span = {"low": format_number(low), "high": format_number(high)}
        if whole:
            return say("needs a whole number from {low} to {high}", **span)
        return say("needs a number from {low} to {high}", **span)

    return _declared(default, fault)


def day() -> Any:
    """A field for a calendar day or nothing yet."""
    return _declared(None, _day_fault, kind="day")


def flag() -> Any:
    """A field for yes or no."""
    return _declared(False, lambda value: "" if isinstance(value, bool) else say("needs yes or no"))


def word(words: Mapping[str, object], default: str = "") -> Any:
    """A field for one of some stable words; empty is allowed where it is the default."""

    def fault(value: Any) -> str:
        if isinstance(value, str) and (value in words or value == default):
            return ""
        close = near_misses(value, words) if isinstance(value, str) else []
        told = say("needs one of: {names}", names=join_names(words, most=30))
        return told + (" " + say("(did you mean `{close}`?)", close=close[0]) if close else "")

    return _declared(default, fault)


def marks() -> Any:
    """A field for the marks of an alternative by criterion, in their order; ``None`` where there is none yet."""

    def fault(value: Any) -> str:
        if not isinstance(value, tuple | list) or len(value) > MOST:
            return say("needs a list of at most {most} marks", most=MOST)
        good = all(one is None or (finite(one) and LOWEST_MARK <= one <= HIGHEST_MARK) for one in value)
        told = say("holds marks that are not from {low} to {high}", low=LOWEST_MARK, high=HIGHEST_MARK)
        return "" if good else told

    return _declared((), fault, kind="marks")


def many(cls: type, most: int = MOST) -> Any:
    """A field for several parts of one kind."""

    def fault(value: Any) -> str:
        if not isinstance(value, tuple) or not all(isinstance(one, cls) for one in value):
            return say("needs values of `{kind}`", kind=cls.__name__)
        return "" if len(value) <= most else say("may have {most} entries at most", most=most)

    return _declared((), fault, kind="many", cls=cls, most=most)


def one(cls: type) -> Any:
    """A field for a part of its own."""
    wrong = lambda value: "" if isinstance(value, cls) else say("needs a value of `{kind}`", kind=cls.__name__)  # noqa: E731
    return field(default_factory=cls, metadata={"fault": wrong, "kind": "one", "cls": cls})


def require(part: Any) -> None:
    """Refuse a part with a field that does not fit; all at once. Lists become tuples."""
    for item in fields(part):
        if isinstance(getattr(part, item.name), list):
            object.__setattr__(part, item.name, tuple(getattr(part, item.name)))
    problems = [
        _problem(item.name, item.metadata["fault"](getattr(part, item.name)), getattr(part, item.name))
        for item in fields(part)
        if "fault" in item.metadata and item.metadata["fault"](getattr(part, item.name))
    ]
    if problems:
        raise InputError(say("This does not fit."), problems)


def written(part: Any) -> Any:
    """A part as JSON takes it, every field in its order."""
    if isinstance(part, tuple):
        return [written(item) for item in part]
    if isinstance(part, dt.date):
        return part.isoformat()
    if hasattr(part, "__dataclass_fields__"):
        return {item.name: written(getattr(part, item.name)) for item in fields(part)}
    return part


def read(cls: type, content: Any, where: str, problems: list[Problem]) -> Any:
    """A part from JSON; what does not fit is told and left at its default."""
    if not isinstance(content, dict):
        problems.append(Problem("no_object", say("{where} must be an object with keys and values.", where=where)))
        return cls()
    declared = {item.name: item for item in fields(cls)}
    problems += unknown_keys(content, declared, where)
    given: dict[str, Any] = {}
    for name, item in declared.items():
        place = f"{where}: {name}"
        if name not in content:
            problems.append(Problem("missing_key", say("{where}: the key `{key}` is missing.", where=where, key=name),
                                    column=name))  # fmt: skip
            continue
        value = content[name]
        if item.metadata["kind"] == "one":
            given[name] = read(item.metadata["cls"], value, place, problems)
            continue
        if item.metadata["kind"] == "many":
            given[name] = read_several(item.metadata, value, place, problems)
            continue
        found = _taken(item.metadata, value)
        wrong = item.metadata["fault"](found)
        if wrong:
            problems.append(_problem(name, wrong, value, where))
        else:
            given[name] = found
    return cls(**given)


def unknown_keys(content: dict[str, Any], known: Iterable[str], where: str) -> list[Problem]:
    """One problem for each key that nobody knows, with the likely slip."""
    names, problems = list(known), []
    for key in content:
        if key not in names:
            close = near_misses(key, names)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            what = say("There is no key `{key}` in {where}.", key=key, where=where)
            problems.append(Problem("unknown_key", what, say("Known: {names}.", names=join_names(names, most=20)),
                                    advice, column=key))  # fmt: skip
    return problems


def read_several(rule: Mapping[str, Any], value: Any, where: str, problems: list[Problem]) -> tuple[Any, ...]:
    """Several parts of one kind from JSON."""
    if not isinstance(value, list):
        problems.append(Problem("no_list", say("{where} must be a list.", where=where)))
        return ()
    if len(value) > rule["most"]:
        told = say("may have {most} entries at most", most=rule["most"])
        problems.append(_problem(where, told, len(value)))
    rows = value[: rule["most"]]
    return tuple(read(rule["cls"], row, f"{where} {place}", problems) for place, row in enumerate(rows, start=1))


def _taken(rule: Mapping[str, Any], value: Any) -> Any:
    """A value as a part holds it: a day from its text, marks from a list; what can't be turned stays as it is."""
    if rule["kind"] == "day" and isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return tuple(value) if rule["kind"] == "marks" and isinstance(value, list) else value


def _declared(default: Any, fault: Fault, **more: Any) -> Any:
    return field(default=default, metadata={"kind": "plain", **more, "fault": fault})


def _text_fault(value: Any) -> str:
    if not isinstance(value, str):
        return say("needs a text")
    return "" if len(value) <= LONGEST else say("may have {most} signs at most", most=LONGEST)


def _day_fault(value: Any) -> str:
    fits = value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime))
    return "" if fits else say("needs a day such as 2024-05-31")


def _problem(name: str, told: str, value: Any, where: str = "") -> Problem:
    shown = repr(value)
    found = say("Found: {value}.", value=shown if len(shown) <= 80 else shown[:79] + "…")
    said = say("{where}: `{name}` {told}.", where=where, name=name, told=told) if where else say(
        "`{name}` {told}.", name=name, told=told)  # fmt: skip
    return Problem("bad_value", said, found, column=name)
