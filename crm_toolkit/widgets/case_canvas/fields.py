"""Fields of the canvas: typed text becomes a value of the case or a remark beside the field; the text itself stays.

`Entry` is one field. `PartForm` holds the fields of one part of a case, `RowsForm` several parts of one kind. Their
widgets are made once and never replaced, so that what is typed stays where it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from crm_toolkit.behaviour.influences import HIGHEST, LOWEST, Construct, Influence
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.store_style import button, column, html_area

Options = Sequence[tuple[str, Any]]
NOTHING = ("–", None)
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


class Entry:
    """One field with its label and a place for a remark.

    Parameters
    ----------
    label : str
    kind : {"text", "words", "number", "day", "flag", "word"}
    options : sequence of (str, value), optional
        Of a field that offers a choice.
    hint : str
    """

    def __init__(self, label: str, kind: str = "text", options: Options = (), hint: str = "", hidden: bool = False):
        tools = pieces.toolbox()
        self.label, self.kind = label, kind
        self._nothing = bool(options) and options[0][1] is None  # a choice that is made of nothing would look empty
        if kind == "word":
            options = [(text, "" if code is None else code) for text, code in options]
            self.control = tools.Dropdown(description=label, options=list(options), value=options[0][1])
        elif kind == "flag":
            self.control = tools.Checkbox(description=label, value=False, indent=False)
        elif kind == "words":
            self.control = pieces.whole(tools.Textarea(description=label))
        else:
            self.control = pieces.whole(tools.Text(description=label))
        if kind == "day" and not hint:
            hint = say("such as {example}", example="31.05.2024" if str(language()) == "ru" else "2024-05-31")
        self._hint = tag("span", hint, class_="crm-hint") if hint else ""
        self.note = html_area(self._hint)
        self.box = column([self.control, self.note], "crm-field", *(["crm-wide"] if kind in ("words", "flag") else []))
        if hidden:
            self.control.add_class("crm-hidden-label")

    def read(self) -> tuple[Any, str]:
        """The value, and what is wrong with what was typed."""
        typed = self.control.value
        if self.kind in ("number", "day"):
            text = typed.strip()
            if not text:
                return None, ""
            try:
                return (_number(text) if self.kind == "number" else _day(text)), ""
            except ValueError:
                return None, say("“{text}” is no number", text=text) if self.kind == "number" else say(
                    "“{text}” is no day", text=text)  # fmt: skip
        return (None if self._nothing and typed == "" else typed), ""

    def show(self, value: Any) -> None:
        """Put a value into the field."""
        if self.kind == "number":
            self.control.value = "" if value is None else _plain(value)
        elif self.kind == "day":
            pattern = "%d.%m.%Y" if str(language()) == "ru" else "%Y-%m-%d"
            self.control.value = "" if value is None else value.strftime(pattern)
        elif self.kind == "word":
            value = "" if value is None else value
            known = [code for _, code in self.control.options]
            if value not in known:
                self.control.options = [*self.control.options, (str(value), value)]
            self.control.value = value
        else:
            self.control.value = value

    def remark(self, text: str) -> None:
        """Say beside the field what is wrong; nothing takes the remark away."""
        self.note.value = tag("span", text, class_="crm-problem", role="alert") if text else self._hint
        (self.box.add_class if text else self.box.remove_class)("crm-wrong")


class PartForm:
    """The fields of one part of a case.

    Parameters
    ----------
    cls : type
        The part.
    entries : mapping of str to Entry
        By the name of its field; fields without an entry keep what was shown last.
    changed : callable
        Called when something was typed.
    """

    def __init__(self, cls: type, entries: Mapping[str, Entry], changed: Callable[[], Any]):
        self.cls, self.entries = cls, dict(entries)
        self._kept: dict[str, Any] = {}
        for entry in self.entries.values():
            entry.control.observe(lambda _: changed(), names="value")
        self.box = column([entry.box for entry in self.entries.values()], "crm-fields")

    def collect(self, where: str, problems: list[Problem]) -> Any:
        """The part as typed; what can't be used is told, beside its field too."""
        given = dict(self._kept)
        faults = {one.name: one.metadata["fault"] for one in fields(self.cls) if "fault" in one.metadata}
        for name, entry in self.entries.items():
            value, wrong = entry.read()
            wrong = wrong or faults[name](value)
            entry.remark(wrong)
            if wrong:
                what = say("{where}, {field}: {problem}.", where=where, field=entry.label, problem=wrong)
                problems.append(Problem("field", what, column=name))
            else:
                given[name] = value
        return self.cls(**given)

    def show(self, part: Any) -> None:
        """Put a part into the fields."""
        self._kept = {one.name: getattr(part, one.name) for one in fields(part) if one.name not in self.entries}
        for name, entry in self.entries.items():
            entry.show(getattr(part, name))


class RowsForm:
    """Several parts of one kind, one under the other; a row that is left empty is none."""

    def __init__(self, cls: type, make: Callable[[int], PartForm], most: int, first: int, more: str):
        self.cls, self._make, self.most = cls, make, most
        self.rows: list[PartForm] = []
        self._column = column([], "crm-rows")
        self._more = button(more, self._go_on)
        self.box = column([self._column, self._more])
        self._first = first
        for _ in range(first):
            self.add()

    def add(self) -> None:
        """One more row, as long as there may be."""
        if len(self.rows) < self.most:
            self.rows.append(self._make(len(self.rows)))
            self.rows[-1].box.add_class("crm-row")
            self._column.children = [row.box for row in self.rows]
        self._more.disabled = len(self.rows) >= self.most

    def _go_on(self) -> None:
        """A row for somebody who wants to fill it in at once."""
        self.add()
        next(iter(self.rows[-1].entries.values())).control.focus()

    def collect(self, where: str, problems: list[Problem]) -> list[Any]:
        """All rows; a wholly empty one as an empty part."""
        return [row.collect(f"{where} {place}", problems) for place, row in enumerate(self.rows, start=1)]

    def show(self, parts: Sequence[Any]) -> None:
        """Put parts into the rows; the others are emptied."""
        while len(self.rows) < min(len(parts), self.most):
            self.add()
        for place, row in enumerate(self.rows):
            row.show(parts[place] if place < len(parts) else self.cls())


class InfluenceForm:
    """What one construct did to the purchase, or why it did nothing."""

    def __init__(self, construct: Construct, changed: Callable[[], Any]):
        self.code, self.name = construct.code, say(construct.label)
        signs = [(f"{one:+d}".replace("-", "−") if one else "0", one) for one in range(LOWEST, HIGHEST + 1)]
        named = {LOWEST: say("strongly against"), 0: say("took part"), HIGHEST: say("strongly for")}
        directions = [(f"{text} {named[value]}" if value in named else text, value) for text, value in signs]
        self.entries = {
            "evidence": Entry(say("{construct}: evidence", construct=self.name), "words"),
            "direction": Entry(say("{construct}: direction", construct=self.name), "word", directions),
            "confidence": Entry(say("{construct}: confidence", construct=self.name), "word", share_options()),
            "date": Entry(say("{construct}: day", construct=self.name), "day"),
            "not_manifest": Entry(say("{construct}: or why it did not manifest itself", construct=self.name)),
        }
        self.show(None)
        for entry in self.entries.values():
            entry.control.observe(lambda _: changed(), names="value")
        head = html_area(tag("h4", self.name[:1].upper() + self.name[1:]) + tag("p", say(construct.question)))
        self.box = column([head, column([one.box for one in self.entries.values()], "crm-fields")], "crm-form")

    def collect(self, where: str, problems: list[Problem]) -> Influence | None:
        """The influence as typed; nothing where nothing is said, or where it does not fit together."""
        given = {}
        wrong = False
        for name, entry in self.entries.items():
            given[name], told = entry.read()
            entry.remark(told)
            if told:
                wrong = True
                what = say("{where}, {field}: {problem}.", where=where, field=entry.label, problem=told)
                problems.append(Problem("field", what, column=name))
        if wrong or given == {"evidence": "", "direction": 0, "confidence": 0.5, "date": None, "not_manifest": ""}:
            return None
        try:
            return Influence(self.code, **given)
        except InputError as letter:
            for problem in letter.problems:
                self.entries[problem.column or "evidence"].remark(problem.what)
                told = say("{where}, {field}: {problem}", where=where, field=self.name, problem=problem.what)
                problems.append(Problem("field", told, column=problem.column))
            return None

    def show(self, one: Influence | None) -> None:
        """Put an influence into the fields."""
        one = one or Influence(self.code)
        for name, entry in self.entries.items():
            entry.show(getattr(one, name))


def share_options(*, empty: bool = False) -> Options:
    """Quarters from 0 to 100 %."""
    return [*([NOTHING] if empty else []), *((format_percent(one, 0), one) for one in SHARES)]


def scale_options(low: int, high: int, named: Mapping[int, str] | None = None) -> Options:
    """Whole numbers of a scale, or nothing yet."""
    told = named or {}
    signed = low < 0
    made = []
    for one in range(low, high + 1):
        text = (f"{one:+d}" if one and signed else str(one)).replace("-", "−")
        made.append((f"{text} {told[one]}" if one in told else text, one))
    return [NOTHING, *made]


def word_options(words: Mapping[str, str], *, empty: bool = True) -> Options:
    """Stable words by what they are called."""
    said = [(say(label), code) for code, label in words.items()]
    return [*([("–", "")] if empty else []), *((text[:1].upper() + text[1:], code) for text, code in said)]


def _number(text: str) -> float:
    value = float(text.replace("\u00a0", "").replace(" ", "").replace("−", "-").replace(",", "."))
    return int(value) if value.is_integer() and "." not in text and "," not in text else value


def _day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d.%m.%Y").date() if "." in text else dt.date.fromisoformat(text)


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else format_number(value)
