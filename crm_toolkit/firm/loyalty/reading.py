"""Definitions of programmes as plain values, TOML and JSON: out, and back with every slip told.

Reading trusts nothing: unknown names are refused with what was probably meant, kinds of values are checked, and the
letter lists everything that is wrong in the whole definition, with the place of each.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say

LARGEST = 1_000_000


def plain(value: Any) -> Any:
    """A part as dicts, lists and plain values, without what is not there."""
    if is_dataclass(value):
        inside = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        return {name: one for name, one in inside.items() if one is not None and one != []}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


def programme_of(given: Any) -> LoyaltyProgramme:
    """A programme of plain values."""
    heading = say("The programme can't be read.")
    problems: list[Problem] = []
    if not isinstance(given, dict):
        raise InputError(heading, [Problem("no_table", say("A table of names and values is needed."))])
    made = built(LoyaltyProgramme, given, "", problems)
    if made is None or problems:
        raise InputError(heading, problems)
    return made


def built(kind: Any, given: dict[str, Any], place: str, problems: list[Problem]) -> Any:
    """A part of plain values, or None with the reasons added to the problems."""
    before = len(problems)
    hints = get_type_hints(kind)
    known = {one.name: one for one in fields(kind)}
    values = {}
    for name, value in given.items():
        where = f"{place}.{name}" if place else str(name)
        if name not in known:
            close = near_misses(str(name), known)
            what = say("There is no key `{key}` in {where}.", key=name, where=f"`{place}`" if place else
                       say("the programme"))  # fmt: skip
            advice = (say("Did you mean `{close}`?", close=close[0]) if close
                      else say("Known: {names}.", names=join_names(known, most=20)))  # fmt: skip
            problems.append(Problem("unknown_key", what, advice=advice, column=where))
        else:
            values[name] = _taken(hints[name], value, where, problems)
    for name, one in known.items():
        if name not in given and one.default is MISSING and one.default_factory is MISSING:
            where = f"{place}.{name}" if place else name
            problems.append(Problem("missing_key", say("`{name}` is missing.", name=where), column=where))
    if len(problems) > before:
        return None
    try:
        return kind(**values)
    except InputError as letter:
        problems += [Problem(one.code, f"`{place}`: {one.what}" if place else one.what, one.found, one.advice,
                             one.rows, f"{place}.{one.column}" if place else one.column)
                     for one in letter.problems]  # fmt: skip
        return None


def _taken(hint: Any, value: Any, where: str, problems: list[Problem]) -> Any:
    """A value of the kind that a field wants."""
    if isinstance(hint, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not types.NoneType)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            problems.append(Problem("no_list", say("`{name}` must be a list.", name=where), column=where))
            return ()
        inner = get_args(hint)[0]
        return tuple(_taken(inner, one, f"{where}[{place}]", problems) for place, one in enumerate(value))
    if is_dataclass(hint):
        if not isinstance(value, dict):
            what = say("`{name}` must be a table of names and values.", name=where)
            problems.append(Problem("no_table", what, column=where))
            return None
        return built(hint, value, where, problems)
    if hint is dt.date and isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            value = None
    fits = {str: isinstance(value, str), bool: isinstance(value, bool), dt.date: type(value) is dt.date}
    if not fits.get(hint, True):
        words = {str: say("a text"), bool: say("true or false"), dt.date: say("a day such as 2026-03-01")}
        what = say("`{name}` must be {wanted}.", name=where, wanted=words[hint])
        problems.append(Problem("wrong_kind", what, column=where))
    if hint is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def json_of(value: dict[str, Any]) -> str:
    """Readable JSON; days are texts."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=dt.date.isoformat) + "\n"


def json_read(text: str) -> Any:
    """Plain values of a JSON text."""
    try:
        return json.loads(_short(text).removeprefix("\ufeff"))
    except (ValueError, RecursionError) as slip:
        raise _no_text("JSON", slip) from None


def toml_read(text: str) -> Any:
    """Plain values of a TOML text."""
    try:
        return tomllib.loads(_short(text).removeprefix("\ufeff"))
    except (ValueError, RecursionError) as slip:
        raise _no_text("TOML", slip) from None


def toml_of(value: dict[str, Any]) -> str:
    """TOML of plain values: tables for parts, a table for every step of a list."""
    lines: list[str] = []
    _toml_table(value, "", lines)
    return "\n".join(lines).lstrip("\n") + "\n"


def _toml_table(table: dict[str, Any], place: str, lines: list[str]) -> None:
    deeper = {name: one for name, one in table.items()
              if isinstance(one, dict) or (isinstance(one, list) and one and isinstance(one[0], dict))}  # fmt: skip
    lines += [f"{_toml_key(name)} = {_toml_value(one)}" for name, one in table.items() if name not in deeper]
    for name, one in deeper.items():
        where = f"{place}.{_toml_key(name)}" if place else _toml_key(name)
        for inner in one if isinstance(one, list) else [one]:
            lines += ["", f"[[{where}]]" if isinstance(one, list) else f"[{where}]"]
            _toml_table(inner, where, lines)


def _toml_key(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else json.dumps(name, ensure_ascii=False)


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def _short(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LARGEST:
        what = say("A text of at most {most} signs is needed.", most=LARGEST)
        raise InputError(say("The programme can't be read."), [Problem("no_text", what)])
    return text


def _no_text(kind: str, slip: Exception) -> InputError:
    what = say("The text is no {kind}.", kind=kind)
    return InputError(say("The programme can't be read."), [Problem("no_text", what, found=str(slip))])
