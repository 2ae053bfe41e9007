"""A form for a concrete real programme: every field with its source and the day it was read, or "not stated".

The toolkit ships no facts about real organisations; a learner fills the form from what an organisation publishes. What
it does not state is said so, and is neither guessed nor taken from a default in silence: `gaps` lists what is open, and
`programme` compiles the form as soon as what it needs is stated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.firm.loyalty.reading import json_of, json_read, plain, programme_of, toml_of, toml_read
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import format_date, join_names, say, say_count

_OWN = ("name", "origin", "reference")  # the form itself knows these
OLD_DAYS = 365


@dataclass(frozen=True)
class Stated:
    """What an organisation says about one field.

    Parameters
    ----------
    value : object
        A number, a text, true or false, a list of tables; None is "not stated by the organisation".
    source : str
        Where it stands: a page, a document, a sign at the counter.
    read_on : date, optional
        When it was read.
    """

    value: Any
    source: str = ""
    read_on: dt.date | None = None

    @property
    def not_stated(self) -> bool:
        """Whether the organisation does not say it."""
        return self.value is None


@dataclass(frozen=True)
class ProgrammeForm:
    """A form; made by `programme_form`.

    Parameters
    ----------
    organisation : str
    entries : mapping of str to Stated
        By the path of the field, such as ``"earning.per_unit"``.
    """

    organisation: str
    entries: Mapping[str, Stated] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", dict(self.entries))
        problems, known = [], form_fields()
        if not (isinstance(self.organisation, str) and self.organisation.strip()):
            problems.append(Problem("no_name", say("The form needs the organisation's name."), column="organisation"))
        for path, entry in self.entries.items():
            if path not in known:
                close = near_misses(str(path), known)
                advice = (say("Did you mean `{close}`?", close=close[0]) if close
                          else say("Known: {names}.", names=join_names(known)))  # fmt: skip
                what = say("There is no field `{path}` in the form.", path=path)
                problems.append(Problem("unknown_key", what, advice=advice, column=str(path)))
            elif not isinstance(entry, Stated):
                what = say("`{name}` must be a `{kind}`, not {value}.", name=path, kind="Stated", value=repr(entry))
                problems.append(Problem("wrong_kind", what, column=path))
        if problems:
            raise InputError(say("The form can't be made."), problems)

    def state(self, path: str, value: Any, source: str, read_on: dt.date | str) -> ProgrammeForm:
        """The form with one more field.

        Raises
        ------
        InputError
            If the field or the day is none.
        """
        return replace(self, entries={**self.entries, path: Stated(plain(value), source, _day(read_on, path))})

    def not_stated(self, path: str, source: str = "", read_on: dt.date | str | None = None) -> ProgrammeForm:
        """The form with the remark that the organisation does not state a field, and where that was looked for."""
        day = None if read_on is None else _day(read_on, path)
        return replace(self, entries={**self.entries, path: Stated(None, source, day)})

    def gaps(self, today: dt.date | str | None = None) -> tuple[Problem, ...]:
        """What is open: fields of a part that was begun and that nobody filled in, missing sources and days, old days.

        Parameters
        ----------
        today : date, optional
            To tell what was read more than a year ago.
        """
        found = []
        begun = {path.split(".")[0] for path in self.entries if "." in path}
        for path in form_fields():
            entry = self.entries.get(path)
            if entry is None:
                if path.split(".")[0] in begun and "." in path:
                    advice = say("State it with its source, or say that the organisation does not.")
                    found.append(Problem("open", say("`{path}` is open.", path=path), advice=advice, column=path))
                continue
            if entry.not_stated:
                what = say("`{path}` is not stated by the organisation.", path=path)
                found.append(Problem("not_stated", what, column=path))
                continue
            if not entry.source.strip():
                found.append(Problem("no_source", say("`{path}` has no source.", path=path), column=path))
            if entry.read_on is None:
                found.append(Problem("no_day", say("`{path}` does not say when it was read.", path=path), column=path))
            elif today is not None and (_day(today, "today") - entry.read_on).days > OLD_DAYS:
                what = say("`{path}` was read on {day}, more than a year ago.", path=path,
                           day=format_date(entry.read_on))  # fmt: skip
                found.append(Problem("old", what, advice=say("Read it again: rules change."), column=path))
        return tuple(found)

    def programme(self) -> LoyaltyProgramme:
        """The programme that the form states; what is open or not stated takes the definition's default.

        `gaps` says which fields these are: show it beside every result.

        Raises
        ------
        InputError
            If what is stated is not enough for a programme or contradicts itself; all problems at once.

        Examples
        --------
        >>> form = programme_form("an organisation of the example")
        >>> form = form.state("earning.per_unit", 0.05, "rules on paper, page 2", "2026-03-01")
        >>> form = form.state("burning.point_value", 1.0, "rules on paper, page 3", "2026-03-01")
        >>> form.not_stated("life.validity").programme().face_rate
        0.05
        """
        given: dict[str, Any] = {}
        days = [entry.read_on for entry in self.entries.values() if entry.read_on and not entry.not_stated]
        for path, entry in self.entries.items():
            if not entry.not_stated:
                *parts, last = path.split(".")
                inner = given
                for part in parts:
                    inner = inner.setdefault(part, {})
                inner[last] = entry.value
        reference = say_count("{count} stated field", "{count} stated fields", sum(
            not entry.not_stated for entry in self.entries.values()))  # fmt: skip
        if days:
            reference += f", {format_date(min(days))} – {format_date(max(days))}"
        return programme_of({**given, "name": self.organisation, "origin": "source", "reference": reference})

    def to_dict(self) -> dict[str, Any]:
        """Plain values: a table for every field, with ``value`` or ``stated = false``."""
        rows = {}
        for path, entry in self.entries.items():
            told = {"stated": False} if entry.not_stated else {"value": plain(entry.value)}
            rows[path] = {**told, "source": entry.source, **({"read_on": entry.read_on} if entry.read_on else {})}
        return {"organisation": self.organisation, "fields": rows}

    def to_toml(self) -> str:
        """The form as TOML."""
        return toml_of(self.to_dict())

    def to_json(self) -> str:
        """The form as JSON."""
        return json_of(self.to_dict())

    @classmethod
    def from_dict(cls, given: Any) -> ProgrammeForm:
        """Read a form of plain values; all problems at once."""
        heading, problems, entries = say("The form can't be read."), [], {}
        if not isinstance(given, dict) or not isinstance(given.get("fields", {}), dict):
            raise InputError(heading, [Problem("no_table", say("A table of names and values is needed."))])
        for path, row in given.get("fields", {}).items():
            known = ("value", "stated", "source", "read_on")
            odd = [name for name in row if name not in known] if isinstance(row, dict) else ["?"]
            if odd or ("value" in row) == (row.get("stated") is False):
                what = say("`{path}` needs `value`, or `stated = false`, and `source` and `read_on`.", path=path)
                problems.append(Problem("wrong_entry", what, column=str(path)))
                continue
            try:
                day = _day(row["read_on"], path) if "read_on" in row else None
                entries[path] = Stated(row.get("value"), str(row.get("source", "")), day)
            except InputError as letter:
                problems += letter.problems
        try:
            made = cls(given.get("organisation", ""), entries)
        except InputError as letter:
            problems += letter.problems
        if problems:
            raise InputError(heading, problems)
        return made

    @classmethod
    def from_toml(cls, text: str) -> ProgrammeForm:
        """Read a form.

        Examples
        --------
        >>> form = programme_form("an organisation of the example").not_stated("life.validity")
        >>> ProgrammeForm.from_toml(form.to_toml()) == form
        True
        """
        return cls.from_dict(toml_read(text))

    @classmethod
    def from_json(cls, text: str) -> ProgrammeForm:
        """Read a form, as `from_toml` does."""
        return cls.from_dict(json_read(text))


def programme_form(organisation: str) -> ProgrammeForm:
    """An empty form for the programme of a concrete organisation; `form_fields` lists what can be stated.

    Examples
    --------
    >>> form = programme_form("an organisation of the example").state("earning.per_unit", 0.05, "", "2026-03-01")
    >>> [problem.column for problem in form.gaps() if problem.code == "no_source"]
    ['earning.per_unit']
    """
    return ProgrammeForm(organisation)


def form_fields() -> tuple[str, ...]:
    """Paths of all fields of a programme, part by part.

    >>> form_fields()[:3]
    ('earning.per_unit', 'earning.per_visit', 'earning.base')
    """
    found = []
    for name, hint in get_type_hints(LoyaltyProgramme).items():
        if isinstance(hint, UnionType):
            hint = next(one for one in get_args(hint) if one is not NoneType)
        if is_dataclass(hint):
            found += [f"{name}.{one.name}" for one in fields(hint)]
        elif name not in _OWN and (get_origin(hint) is tuple or hint is str):
            found.append(name)
    return tuple(found)


def _day(given: dt.date | str, path: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        day = None
    if type(day) is not dt.date:
        problem = Problem("no_date", say("`{name}` must be {wanted}.", name=path, wanted=say(
            "a day such as 2026-03-01")), say("Found: {value}.", value=repr(given)), column=path)  # fmt: skip
        raise InputError(say("The form can't be made."), [problem])
    return day
