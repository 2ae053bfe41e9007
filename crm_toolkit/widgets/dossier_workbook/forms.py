"""The fields of the nine steps of a dossier: widgets in, the dossier out, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crm_toolkit.errors import Problem
from crm_toolkit.exercises import organisation_dossier as room
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.case_canvas.fields import Entry, PartForm, RowsForm, word_options
from crm_toolkit.widgets.dated_sources import offer_sources, source_rows
from crm_toolkit.widgets.dossier_workbook.told import cards_table
from crm_toolkit.widgets.html import Html, tag
from crm_toolkit.widgets.numbered import Chosen, brief, heading, offer, row_name, without_empty_end
from crm_toolkit.widgets.self_grade import GradesForm
from crm_toolkit.widgets.store_style import html_area

INTRODUCTIONS = {
    1: mark("Choose an organisation that you can visit. Enter your sources with their days, then facts and segments, "
            "each with the number of its source."),
    2: mark("How do people come to hear of it and to come for the first time? Technologies as they are done here, and "
            "at least one number."),
    3: mark("What happens when they are there, and what when it goes wrong? Technologies, and at least one number."),
    4: mark("What brings them back, and what is done when they stay away? Technologies, and at least one number."),
    5: mark("Count from the first contact to a client who is still there. Shares and intervals are worked out."),
    6: mark("Walk the way of a client, row by row: what is seen, what is done behind it, where it fails."),
    7: mark("Where does value leak? Point at a number or a row, and plan the comparison that would show it."),
    8: mark("One recommendation: its cost, its risk, whom it could harm, which data of people it needs, when to stop."),
    9: mark("Grade yourself by the rubric, then export the skeleton of your report."),
}  # fmt: skip


class DossierForm:
    """All fields of a dossier.

    Parameters
    ----------
    changed : callable
        Called when something was typed.
    """

    def __init__(self, changed: Callable[[], Any]):
        self._call, self._quiet = changed, True
        self.organisation = self._part(room.Organisation, {
            "name": Entry(say("Organisation")), "service": Entry(say("Its service")),
            "size": Entry(say("Size: clients, employees, places; since when?"), "words"),
        })  # fmt: skip
        self.sources = source_rows(self.changed)
        self.facts = RowsForm(room.Fact, self._fact, room.MOST_FACTS, 3, say("Add a fact"))
        self.segments = RowsForm(room.Segment, self._segment, room.MOST_SEGMENTS, 2, say("Add a segment"))
        self.technologies = {stage: RowsForm(room.Technology, self._technology(stage), room.MOST_OF_STAGE, 1,
                                             say("Add a technology")) for stage in room.STAGES}  # fmt: skip
        self.measures = {stage: RowsForm(room.Measure, self._measure(stage), room.MOST_OF_STAGE, 1,
                                         say("Add a key figure")) for stage in room.STAGES}  # fmt: skip
        self.frame = self._part(room.FunnelFrame, {
            "period": Entry(say("Of which time are the counts?")),
            "same_people": Entry(say("The same people at all steps, or others?")),
            "spend": Entry(say("Spend on attraction in this time, currency units"), "number",
                           hint=say("may stay empty")),
        })  # fmt: skip
        self.funnel = RowsForm(room.FunnelStep, self._step, room.MOST_STEPS, 4, say("Add a step of the funnel"))
        self.blueprint = RowsForm(room.BlueprintStep, self._row, room.MOST_ROWS, 3, say("Add a step of the service"))
        self.diagnosis = self._part(room.Diagnosis, {
            "leak": Entry(say("Where does value leak?"), "words"),
            "evidence": Entry(say("By what is that seen? Name the number or the row."), "words"),
            "counterfactual": Entry(say("Compared with what: what would have been otherwise?"), "words"),
            "test": Entry(say("The test: who, by what lot, which number, how long?"), "words"),
            "step": Chosen(say("Step of the funnel that is to be mended")),
            "rise": Entry(say("Smallest rise of its share worth knowing, 0–1"), "number"),
            "clients": Entry(say("Clients who come to the step before it"), "number",
                             hint=say("in the time of the test")),
        })  # fmt: skip
        self.recommendation = self._part(room.Recommendation, {
            "what": Entry(say("What should be done?"), "words"),
            "cost": Entry(say("What does it cost, in money and in hours of whom?"), "words"),
            "risk": Entry(say("What can go wrong?"), "words"),
            "ethics": Entry(say("Whom could it harm; is it fair?"), "words"),
            "data": Entry(say("Which personal data: which, on which ground, seen by whom, kept how long?"), "words"),
            "stop": Entry(say("At which result would you give it up?"), "words"),
        })  # fmt: skip
        self.grades = GradesForm(room.RUBRIC, self.changed)
        self.places: dict[int, list[Any]] = {
            1: [self.organisation.box, heading(say("Sources")), self.sources.box, heading(say("Facts")),
                self.facts.box, heading(say("Segments of clients")), self.segments.box],
            5: [self.frame.box, self.funnel.box], 6: [self.blueprint.box], 7: [self.diagnosis.box],
            8: [self.recommendation.box], 9: [self.grades.box],
        }  # fmt: skip
        for stage, step in room.STEP_OF.items():
            cards = html_area(tag("details", tag("summary", say("Cards of technologies")),
                                  Html(cards_table(stage).html)))  # fmt: skip
            self.places[step] = [heading(say("Technologies")), cards, self.technologies[stage].box,
                                 heading(say("Key figures of this stage")), self.measures[stage].box]  # fmt: skip
        self._quiet = False

    def changed(self) -> None:
        """Tell that something was typed, unless fields are being filled."""
        if not self._quiet:
            self._call()

    def collect(self) -> tuple[room.Dossier, list[Problem]]:
        """The dossier as typed, and everything that can't be used, told beside its field too."""
        problems: list[Problem] = []
        where = {step: say("Step {step}", step=step) for step in room.STEPS}

        def rows(form: RowsForm, step: int) -> tuple[Any, ...]:
            return without_empty_end(form.collect(where[step], problems), form.cls())

        def of_stages(forms: dict[str, RowsForm]) -> tuple[Any, ...]:
            given = ((stage, one) for stage, form in forms.items() for one in rows(form, room.STEP_OF[stage]))
            return tuple(replace(one, stage=stage) for stage, one in given)

        dossier = room.Dossier(
            self.organisation.collect(where[1], problems), rows(self.sources, 1), rows(self.facts, 1),
            rows(self.segments, 1), of_stages(self.technologies), of_stages(self.measures),
            self.frame.collect(where[5], problems), rows(self.funnel, 5), rows(self.blueprint, 6),
            self.diagnosis.collect(where[7], problems), self.recommendation.collect(where[8], problems),
            self.grades.collect(where[9], problems),
        )  # fmt: skip
        return dossier, problems

    def show(self, dossier: room.Dossier) -> None:
        """Put a dossier into the fields."""
        self._quiet = True
        try:
            for name in ("organisation", "sources", "facts", "segments", "frame", "funnel", "blueprint", "diagnosis",
                         "recommendation", "grades"):  # fmt: skip
                getattr(self, name).show(getattr(dossier, name))
            for forms, parts in ((self.technologies, dossier.technologies), (self.measures, dossier.measures)):
                for stage, form in forms.items():
                    form.show([replace(one, stage="") for one in parts if one.stage == stage])
        finally:
            self._quiet = False

    def follow(self, dossier: room.Dossier) -> None:
        """Offer sources and steps of the funnel wherever one is chosen."""
        rows = [
            *self.facts.rows,
            *self.segments.rows,
            *self.funnel.rows,
            *(row for forms in (self.technologies, self.measures) for form in forms.values() for row in form.rows),
        ]
        self._quiet = True
        try:
            offer_sources([row.entries["source"].control for row in rows], dossier.sources)
            steps = [
                ("–", ""),
                *((f"{number}. {brief(one.name, 40)}", number) for number, one in dossier.steps.items()),
            ]
            offer(self.diagnosis.entries["step"].control, steps)
        finally:
            self._quiet = False

    def _part(self, cls: type, entries: dict[str, Entry]) -> PartForm:
        return PartForm(cls, entries, self.changed)

    def _fact(self, place: int) -> PartForm:
        name = say("Fact")
        return self._part(room.Fact, {
            "words": Entry(row_name(name, place)), "source": Chosen(row_name(name, place, say("source"))),
        })  # fmt: skip

    def _segment(self, place: int) -> PartForm:
        name = say("Segment")
        return self._part(room.Segment, {
            "who": Entry(row_name(name, place, say("who"))),
            "need": Entry(row_name(name, place, say("what they come for"))),
            "share": Entry(row_name(name, place, say("share, 0–1")), "number"),
            "source": Chosen(row_name(name, place, say("source"))),
        })  # fmt: skip

    def _technology(self, stage: str) -> Callable[[int], PartForm]:
        offered = {card.code: card.name for card in room.cards_of(stage)} | {room.OWN: room.CHOICES[room.OWN]}

        def one(place: int) -> PartForm:
            name = say("Technology")
            return self._part(room.Technology, {
                "card": Entry(row_name(name, place), "word", word_options(offered)),
                "source": Chosen(row_name(name, place, say("source"))),
                "how": Entry(row_name(name, place, say("what exactly is done here")), "words"),
                "works": Entry(row_name(name, place, say("why should it work, and with whom")), "words"),
            })  # fmt: skip

        return one

    def _measure(self, stage: str) -> Callable[[int], PartForm]:
        def one(place: int) -> PartForm:
            name = say("Key figure")
            return self._part(room.Measure, {
                "name": Entry(row_name(name, place, say("what it is called"))),
                "definition": Entry(row_name(name, place, say("definition"))),
                "hits": Entry(row_name(name, place, say("so many")), "number"),
                "of": Entry(row_name(name, place, say("of so many")), "number"),
                "value": Entry(row_name(name, place, say("or a value")), "number"),
                "low": Entry(row_name(name, place, say("at least")), "number"),
                "high": Entry(row_name(name, place, say("at most")), "number"),
                "source": Chosen(row_name(name, place, say("source"))),
            })  # fmt: skip

        return one

    def _step(self, place: int) -> PartForm:
        name = say("Funnel step")
        return self._part(room.FunnelStep, {
            "name": Entry(row_name(name, place)),
            "count": Entry(row_name(name, place, say("how many")), "number"),
            "definition": Entry(row_name(name, place, say("what counts"))),
            "source": Chosen(row_name(name, place, say("source"))),
        })  # fmt: skip

    def _row(self, place: int) -> PartForm:
        name = say("Service step")
        return self._part(room.BlueprintStep, {
            "name": Entry(row_name(name, place)),
            "client": Entry(row_name(name, place, say("what the client does"))),
            "front": Entry(row_name(name, place, say("what the client sees of employees"))),
            "back": Entry(row_name(name, place, say("what is done behind"))),
            "support": Entry(row_name(name, place, say("what supports it"))),
            "failure": Entry(row_name(name, place, say("what fails here"))),
            "fails": Entry(say("Service step {number} is a fail point", number=place + 1), "flag"),
        })  # fmt: skip
