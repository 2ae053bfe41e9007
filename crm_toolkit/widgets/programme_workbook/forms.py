"""The fields of the seven steps of a real programme: widgets in, the work out, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from crm_toolkit.errors import Problem
from crm_toolkit.exercises import real_programme as room
from crm_toolkit.exercises.real_programme.fields import HINTS, YES_NO, kind_of, paths_of, value_of
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.case_canvas.fields import Entry, PartForm, word_options
from crm_toolkit.widgets.dated_sources import offer_sources, source_rows
from crm_toolkit.widgets.numbered import Chosen, heading, without_empty_end
from crm_toolkit.widgets.self_grade import GradesForm
from crm_toolkit.widgets.store_style import button, column, line, switched

INTRODUCTIONS = {
    1: mark("Name the organisation and your sources with their days. Then go through the parts of its programme: every "
            "field has a value with its source, or is marked as not stated."),
    2: mark("What you entered is turned into rules that run, and read back to you. What is missing is told all at "
            "once."),
    3: mark("Invent one typical member and run a year: when does the first reward come, what expires, what happens "
            "when an order is paid back?"),
    4: mark("What does it cost, from which lift on does it pay, what is owed? Mark every number: stated by a source or "
            "your own assumption."),
    5: mark("How would you find out whether it works: who is held out, how many clients does it take, at which result "
            "is the answer go?"),
    6: mark("Who wins, who pays, what deceives? One proposal, its cost, and the same money put into service."),
    7: mark("Grade yourself by the rubric, then export the skeleton of your report and the card of the programme."),
}  # fmt: skip


class FieldForm:
    """One field of the form: its value, “not stated”, its source, what another source says."""

    def __init__(self, path: str, changed: Callable[[], Any]):
        self.path, name = path, say(room.LABELS[path])
        kind, hint = kind_of(path), say(HINTS[path]) if path in HINTS else ""
        if kind in ("choice", "yes_no"):
            value = Entry(name, "word", word_options(room.OPTIONS.get(path, YES_NO)), hint=hint)
        else:
            value = Entry(name, "words" if kind == "list" else "text", hint=hint)
        self.part = PartForm(room.FieldStated, {
            "value": value,
            "source": Chosen(say("{field}: source", field=name)),
            "other": Entry(say("{field}: otherwise elsewhere, and what I took", field=name)),
            "not_stated": Entry(say("{field}: not stated by the organisation", field=name), "flag"),
        }, changed)  # fmt: skip
        self.part.box.add_class("crm-row")
        self.box = self.part.box

    def collect(self, where: str, problems: list[Problem]) -> room.FieldStated:
        """The field as typed; a value that does not fit is told beside it and kept as text."""
        one = self.part.collect(where, problems)
        entry = self.part.entries["value"]
        _, wrong = value_of(self.path, "" if one.not_stated else one.value)
        entry.remark(wrong)
        return room.FieldStated(self.path, one.value, one.not_stated, one.source, one.other)


class FieldsForm:
    """The fields of the programme by part; those of a part are made when it is opened."""

    def __init__(self, changed: Callable[[], Any]):
        self._changed = changed
        self.rows: dict[str, FieldForm] = {}
        self._kept: dict[str, room.FieldStated] = {}
        self.tabs = {part: button(say(label), partial(self.open, part)) for part, label in room.PARTS.items()}
        self._place = column([])
        self._rest = button(say("Mark what is open in this part as not stated"), self.mark_rest)
        self._rest.layout.align_self = "flex-start"
        self.part = ""
        self.box = column([line(self.tabs.values(), "crm-row-wrap"), self._place, self._rest])
        self.open("earning")

    def open(self, part: str) -> None:
        """Show the fields of a part."""
        self.part = part
        for code, tab in self.tabs.items():
            switched(tab, code == part)
        new = [path for path in paths_of(part) if path not in self.rows]
        for path in new:
            self.rows[path] = FieldForm(path, self._changed)
            self.rows[path].part.show(self._kept.get(path, room.FieldStated(path)))
        self._place.children = [self.rows[path].box for path in paths_of(part)]
        if new:
            self._changed()

    def mark_rest(self) -> None:
        """Mark the fields of the part that are empty as not stated by the organisation."""
        for path in paths_of(self.part):
            entries = self.rows[path].part.entries
            if not str(entries["value"].control.value).strip():
                entries["not_stated"].control.value = True

    def collect(self, where: str, problems: list[Problem]) -> tuple[room.FieldStated, ...]:
        """The fields of which something is said, in the order of the form."""
        given = {**self._kept, **{path: row.collect(where, problems) for path, row in self.rows.items()}}
        return tuple(given[path] for path in room.LABELS if path in given and not given[path].empty)

    def show(self, stated: dict[str, room.FieldStated]) -> None:
        """Put fields into their places; those of parts that were never opened wait."""
        self._kept = dict(stated)
        for path, row in self.rows.items():
            row.part.show(stated.get(path, room.FieldStated(path)))

    def told(self, begun: dict[str, tuple[int, int]]) -> None:
        """Say on every tab how many fields are answered."""
        for part, tab in self.tabs.items():
            done = begun.get(part)
            tab.description = say(room.PARTS[part]) + (f" {done[0]}/{done[1]}" if done else "")

    @property
    def sources(self) -> list[Any]:
        """The controls in which a source is chosen."""
        return [row.part.entries["source"].control for row in self.rows.values()]


class RealProgrammeForm:
    """All fields of the work on a real programme.

    Parameters
    ----------
    changed : callable
        Called when something was typed.
    """

    def __init__(self, changed: Callable[[], Any]):
        self._call, self._quiet = changed, True
        self.about = self._part(room.About, {
            "organisation": Entry(say("Organisation")), "service": Entry(say("Its service")),
            "programme": Entry(say("Name of the programme")),
            "purpose": Entry(say("What is the programme for, and for whom?"), "words"),
        })  # fmt: skip
        self.sources = source_rows(self.changed)
        self.fields = FieldsForm(self.changed)
        self.assumed = self._part(room.Assumed, {
            "words": Entry(say("What did you have to assume where the organisation is silent?"), "words"),
        })  # fmt: skip
        self.member = self._part(room.SampleMember, {
            "who": Entry(say("Who is it: an invented member, and why typical?"), "words"),
            "first_day": Entry(say("First visit"), "day"), "every_days": Entry(say("Days between visits"), "number"),
            "visits": Entry(say("Visits"), "number"),
            "amount": Entry(say("Amount of a visit, currency units"), "number"),
            "uses": Entry(say("Uses points"), "word", word_options(room.USES)),
            "paid_back": Entry(say("Visit that is paid back, its number"), "number",
                               hint=say("may stay empty")),
            "edge": Entry(say("An edge case: what do the rules do, and is that fair?"), "words"),
        })  # fmt: skip
        self.figures = {name: self._figure(name, say(label)) for name, label in room.FIGURES.items()}
        self.plan = self._part(room.EvaluationPlan, {
            "outcome": Entry(say("What is looked at"), "word", word_options(room.OUTCOMES)),
            "clients": Entry(say("Clients that there are"), "number"),
            "holdout": Entry(say("Share held out, 0–1"), "number"),
            "weeks": Entry(say("Weeks that are counted"), "number"),
            "base": Entry(say("Share that comes back without it, 0–1"), "number", hint=say("only for that outcome")),
            "sd": Entry(say("Standard deviation between clients"), "number", hint=say("only for spend and orders")),
            "smallest": Entry(say("Smallest effect worth knowing"), "number",
                              hint=say("in the unit of what is looked at")),
            "power": Entry(say("Power, 0.5–0.99"), "number"),
            "rule": Entry(say("Rule of the decision"), "word", word_options(room.DECISIONS)),
            "why": Entry(say("Why this holdout, this effect, this rule?"), "words"),
            "too_small": Entry(say("What if there are too few clients?"), "words"),
        })  # fmt: skip
        self.critique = self._part(room.Critique, {
            "winners": Entry(say("Who wins, who pays?"), "words"),
            "fairness": Entry(say("What is fair, what is not?"), "words"),
            "flags": Entry(say("Answer to the remarks below: meant so, clumsy, or a dark pattern?"), "words"),
            "proposal": Entry(say("One proposal"), "words"),
            "cost": Entry(say("What does it cost, and which present members does it harm?"), "words"),
            "instead": Entry(say("The same money put into service: what would it buy?"), "words"),
        })  # fmt: skip
        self.grades = GradesForm(room.RUBRIC, self.changed)
        self.places: dict[int, list[Any]] = {
            1: [self.about.box, heading(say("Sources")), self.sources.box, heading(say("Rules of the programme")),
                self.fields.box],
            2: [self.assumed.box], 3: [self.member.box],
            4: [column([form.box for form in self.figures.values()], "crm-rows")], 5: [self.plan.box],
            6: [self.critique.box], 7: [self.grades.box],
        }  # fmt: skip
        self._quiet = False

    def changed(self) -> None:
        """Tell that something was typed, unless fields are being filled."""
        if not self._quiet:
            self._call()

    def collect(self) -> tuple[room.ProgrammeWork, list[Problem]]:
        """The work as typed, and everything that can't be used, told beside its field too."""
        problems: list[Problem] = []
        where = {step: say("Step {step}", step=step) for step in room.STEPS}
        figures = []
        for name, form in self.figures.items():
            one = form.collect(where[4], problems)
            figures.append(room.Figure(name, one.value, one.origin, one.why))
        work = room.ProgrammeWork(
            self.about.collect(where[1], problems),
            without_empty_end(self.sources.collect(where[1], problems), self.sources.cls()),
            self.fields.collect(where[1], problems),
            self.assumed.collect(where[2], problems),
            self.member.collect(where[3], problems),
            tuple(one for one in figures if not one.empty),
            self.plan.collect(where[5], problems),
            self.critique.collect(where[6], problems),
            self.grades.collect(where[7], problems),
        )
        return work, problems

    def show(self, work: room.ProgrammeWork) -> None:
        """Put a work into the fields."""
        self._quiet = True
        try:
            for name in ("about", "assumed", "member", "plan", "critique"):
                getattr(self, name).show(getattr(work, name))
            self.sources.show(work.sources)
            self.fields.show(work.stated)
            figures = {one.name: one for one in work.figures}
            for name, form in self.figures.items():
                form.show(figures.get(name, room.Figure(name)))
            self.grades.show(work.grades)
        finally:
            self._quiet = False

    def follow(self, work: room.ProgrammeWork) -> None:
        """Offer the sources that were typed, and say how far every part is."""
        self._quiet = True
        try:
            offer_sources(self.fields.sources, work.sources)
        finally:
            self._quiet = False
        self.fields.told(room.parts_answered(work))

    def _part(self, cls: type, entries: dict[str, Entry]) -> PartForm:
        return PartForm(cls, entries, self.changed)

    def _figure(self, name: str, label: str) -> PartForm:
        needed = say("needed") if name in room.NEEDED else say("may stay empty")
        form = self._part(room.Figure, {
            "value": Entry(label, "number", hint=needed),
            "origin": Entry(say("{number}: where from", number=label), "word", word_options(room.ORIGINS)),
            "why": Entry(say("{number}: which source, or why so much", number=label)),
        })  # fmt: skip
        form.box.add_class("crm-row")
        return form
