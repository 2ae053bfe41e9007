"""The forms of the seven steps: widgets in, the work on an article out, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_toolkit.errors import Problem
from crm_toolkit.exercises import article as room
from crm_toolkit.exercises.article.work import MOST_CLAIMS, MOST_LINKS, MOST_SECTIONS
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.article.told import bank_table
from crm_toolkit.widgets.case_canvas.fields import Entry, PartForm, RowsForm, word_options
from crm_toolkit.widgets.html import Html, tag
from crm_toolkit.widgets.numbered import Chosen, brief, heading, offer, row_name, without_empty_end
from crm_toolkit.widgets.store_style import html_area

INTRODUCTIONS = {
    1: mark("Work from your own copy of the article. Copy the reference from it, and name its parts with their pages."),
    2: mark(
        "Take out what the article asserts, sentence by sentence; say of which type it is and what would support it."
    ),
    3: mark("How do the claims hang together? Enter tacit assumptions as claims at step 2, and link them."),
    4: mark("Lay evidence from elsewhere beside the claims, and search for what speaks against them."),
    5: mark("What have you left out, and what hangs in the air? The lamps count links; they judge nothing."),
    6: mark("How did the article find it out? “The article does not say” is an answer, and a finding."),
    7: mark("What would you rely on, and what would change your mind? Then export the skeleton of your report."),
}


class ArticleForm:
    """All fields of the work on an article.

    Parameters
    ----------
    changed : callable
        Called when something was typed.
    """

    def __init__(self, changed: Callable[[], Any]):
        self._call, self._quiet = changed, False
        self.reference = self._part(room.Reference, {
            "authors": Entry(say("Authors")), "year": Entry(say("Year"), "number"),
            "title": Entry(say("Title of the article")), "journal": Entry(say("Journal or book")),
            "issue": Entry(say("Volume, number")), "first_page": Entry(say("First page"), "number"),
            "last_page": Entry(say("Last page"), "number"),
            "copy": Entry(say("My copy is"), "word", word_options(room.COPIES)),
            "read_on": Entry(say("Read on"), "day"),
            "question": Entry(say("What does the article want to find out or to convince of?"), "words"),
        })  # fmt: skip
        self.sections = RowsForm(room.Section, self._section, MOST_SECTIONS, 4, say("Add a part"))
        self.claims = RowsForm(room.Claim, self._claim, MOST_CLAIMS, 5, say("Add a claim"))
        self.links = RowsForm(room.Link, self._link, MOST_LINKS, 4, say("Add a link"))
        self.evidence = RowsForm(room.EvidenceLink, self._evidence, MOST_LINKS, 3, say("Add evidence"))
        self.method = self._part(room.Method, {
            "kind": Entry(say("Kind of article"), "word", word_options(room.KINDS)),
            "sample": Entry(say("Sample: who, how many, how chosen, where and when?"), "words"),
            "measure": Entry(say("Measure: what was counted or asked, and is it what its name promises?"), "words"),
            "design": Entry(say("Design: what was compared with what, and who decided who gets what?"), "words"),
            "analysis": Entry(say("Analysis: do numbers, tables and sentences agree? Compute one again."), "words"),
            "limits": Entry(say("Limits: those that the article names, and those that it does not"), "words"),
            "age": Entry(say("Age: what has changed since, and does the claim depend on it?"), "words"),
        })  # fmt: skip
        self.position = self._part(room.Position, {
            "stand": Entry(say("Own position: which claims would you rely on?"), "words"),
            "test": Entry(say("Which study, with which result, would change your mind?"), "words"),
            "notes": Entry(say("Notes"), "words"),
        })  # fmt: skip
        bank = tag("details", tag("summary", say("Evidence bank")), Html(bank_table().html))
        self.places = {
            1: [self.reference.box, heading(say("Parts of the article")), self.sections.box],
            2: [self.claims.box], 3: [self.links.box], 4: [self.evidence.box, html_area(bank)], 5: [],
            6: [self.method.box], 7: [self.position.box],
        }  # fmt: skip

    def changed(self) -> None:
        """Tell that something was typed, unless fields are being filled."""
        if not self._quiet:
            self._call()

    def collect(self) -> tuple[room.ArticleWork, list[Problem]]:
        """The work as typed, and everything that can't be used, told beside its field too."""
        problems: list[Problem] = []
        where = {step: say("Step {step}", step=step) for step in room.STEPS}
        work = room.ArticleWork(
            self.reference.collect(where[1], problems),
            without_empty_end(self.sections.collect(where[1], problems), room.Section()),
            without_empty_end(self.claims.collect(where[2], problems), room.Claim()),
            without_empty_end(self.links.collect(where[3], problems), room.Link()),
            without_empty_end(self.evidence.collect(where[4], problems), room.EvidenceLink()),
            self.method.collect(where[6], problems),
            self.position.collect(where[7], problems),
        )
        return work, problems

    def show(self, work: room.ArticleWork) -> None:
        """Put a work into the fields."""
        self._quiet = True
        try:
            for name in ("reference", "method", "position"):
                getattr(self, name).show(getattr(work, name))
            for name in ("sections", "claims", "links", "evidence"):
                getattr(self, name).show(getattr(work, name))
        finally:
            self._quiet = False

    def follow(self, work: room.ArticleWork) -> None:
        """Offer the claims that were typed wherever a claim is chosen."""
        self._quiet = True
        try:
            offered = [("–", ""), *((f"{number}. {brief(one.words)}", number) for number, one in work.stated.items())]
            for row in self.links.rows:
                offer(row.entries["one"].control, offered)
                offer(row.entries["other"].control, offered)
            for row in self.evidence.rows:
                offer(row.entries["claim"].control, offered)
        finally:
            self._quiet = False

    def _part(self, cls: type, entries: dict[str, Entry]) -> PartForm:
        return PartForm(cls, entries, self.changed)

    def _section(self, place: int) -> PartForm:
        return self._part(room.Section, {
            "name": Entry(row_name(say("Part"), place)),
            "first_page": Entry(row_name(say("Part"), place, say("first page")), "number"),
            "last_page": Entry(row_name(say("Part"), place, say("last page")), "number"),
        })  # fmt: skip

    def _claim(self, place: int) -> PartForm:
        return self._part(room.Claim, {
            "words": Entry(row_name(say("Claim"), place), "words"),
            "quoted": Entry(say("Claim {number} is quoted word for word", number=place + 1), "flag"),
            "tacit": Entry(say("Claim {number} is tacit: the article does not say it", number=place + 1), "flag"),
            "page": Entry(row_name(say("Claim"), place, say("page")), "number"),
            "type": Entry(row_name(say("Claim"), place, say("type")), "word", word_options(room.TYPES)),
            "support": Entry(row_name(say("Claim"), place, say("what would support it"))),
        })  # fmt: skip

    def _link(self, place: int) -> PartForm:
        return self._part(room.Link, {
            "one": Chosen(row_name(say("Link"), place, say("from claim"))),
            "relation": Entry(row_name(say("Link"), place, say("relation")), "word", word_options(room.RELATIONS)),
            "other": Chosen(row_name(say("Link"), place, say("to claim"))),
        })  # fmt: skip

    def _evidence(self, place: int) -> PartForm:
        own = say(room.ENTRIES[room.OWN])
        entries = [("–", ""), (own[:1].upper() + own[1:], room.OWN)]
        labels = {one.code: f"{say(room.TOPICS[one.topic])}: {one.source}" for one in room.evidence_bank()}
        entries += [(label[:1].upper() + label[1:], code) for code, label in labels.items()]
        return self._part(room.EvidenceLink, {
            "claim": Chosen(row_name(say("Evidence"), place, say("claim"))),
            "stance": Entry(row_name(say("Evidence"), place, say("stance")), "word", word_options(room.STANCES)),
            "entry": Entry(row_name(say("Evidence"), place, say("source")), "word", entries),
            "source": Entry(row_name(say("Evidence"), place, say("own source"))),
            "why": Entry(row_name(say("Evidence"), place, say("why it bears on the claim")), "words"),
        })  # fmt: skip
