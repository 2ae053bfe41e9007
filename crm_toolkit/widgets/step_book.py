"""Guided work in steps on one page: fields, what follows from them at once, what is open, the file, the report.

A `Workbook` says what the work is about: its steps, its form, its review and its report. `StepBook` is the page; every
practical task is one of these two together, and none has a page of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from crm_toolkit.errors import CRMError, Problem
from crm_toolkit.exercises.kept_files import KeptWork, write_whole
from crm_toolkit.exercises.step_review import Finding, StepReview
from crm_toolkit.texts import NO_FORMULAS, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.case_canvas.style import STYLE
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.kept_box import KeptBox
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.skeleton import FORMATS, Block, Skeleton, block_html
from crm_toolkit.widgets.store_style import STYLE as DOOR_STYLE
from crm_toolkit.widgets.store_style import button, column, html_area, letter, line, own_language, switched, told


class StepForm(Protocol):
    """The fields of all steps: ``places`` holds the widgets of each."""

    places: dict[int, list[Any]]

    def collect(self) -> tuple[Any, list[Problem]]:
        """The work as typed, and what can't be used."""

    def show(self, work: Any) -> None:
        """Put a work into the fields."""

    def follow(self, work: Any) -> None:
        """Bring what is offered into line with what was typed."""


@dataclass(frozen=True)
class Workbook:
    """Work in steps as it is declared.

    Parameters
    ----------
    kept : KeptWork
        The kind of work and its file.
    file_name : str
        By default.
    title : str
        Marked.
    steps, introductions : mapping of int to str
        Marked; from 1 on.
    form : callable
        Makes the fields; is given what to call when something was typed.
    review : callable
        What a work lacks.
    follows : callable
        Of a step, a work and its review: what is worked out.
    report : callable
        The skeleton of a report on a work.
    picture : callable
        Of a step, a work and its review: a heading with a drawing, or nothing.
    cards : tuple of (str, str, callable)
        Further files to be written at the last step: what the button says (marked), ending, content of a work.
    """

    kept: KeptWork[Any]
    file_name: str
    title: str
    steps: Mapping[int, str]
    introductions: Mapping[int, str]
    form: Callable[[Callable[[], Any]], StepForm]
    review: Callable[[Any], StepReview]
    follows: Callable[[int, Any, Any], Sequence[Block]]
    report: Callable[[Any], Skeleton]
    picture: Callable[[int, Any, Any], tuple[str, Diagram] | None] = lambda _step, _work, _review: None
    cards: tuple[tuple[str, str, Callable[[Any], str]], ...] = ()


class StepBook:
    """A page of work in steps.

    Parameters
    ----------
    declared : Workbook
    path : path or None
        The file; by default in the working folder.

    Attributes
    ----------
    work : object
        As it is typed now, as far as it can be used.
    review : StepReview
        What it lacks, and what else is known of it.
    problems : tuple of Problem
        What was typed and can't be used.
    step : int
        The step that is shown, from 1 on.
    form, box : widgets, or None where a static copy is wanted
    """

    def __init__(self, declared: Workbook, path: str | os.PathLike[str] | None):
        self._language = str(language())
        self._declared = declared
        self.work, self.step = declared.kept.cls(), 1
        self.problems: tuple[Problem, ...] = ()
        self.box: Any = None
        place = Path(path if path is not None else declared.file_name)
        if pieces.static_wanted():
            if place.exists():
                self.work = declared.kept.load(place)
            self.review = declared.review(self.work)
            return
        self._build(place)
        if place.exists():
            self.open()
        else:
            self._show()

    def __repr__(self) -> str:
        done, asked = self.review.answered, self.review.asked
        return f"StepBook({self._declared.file_name!r}, step={self.step}, answered={done}/{asked})"

    @own_language
    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.box is not None:
            return self.box._repr_mimebundle_(**options)
        one, title = self._declared, say(self._declared.title)
        told_of = {step: (say(label), say(one.introductions[step])) for step, label in one.steps.items()}
        steps = tag("ol", *(tag("li", tag("b", label), ": ", intro) for label, intro in told_of.values()))
        drawn = one.picture(len(one.steps), self.work, self.review)
        picture = Html(drawn[1].html) if drawn else None
        html = tag("div", tag("h3", title), tag("p", self.review.text), steps, picture, class_=NO_FORMULAS)
        listed = "\n".join(f"{step}. {label}: {intro}" for step, (label, intro) in told_of.items())
        text = f"{title}\n\n{self.review.text}\n\n{listed}" + (f"\n\n{drawn[1].text}" if drawn else "")
        return {"text/html": html, "text/markdown": text, "text/plain": text}

    @property
    def unsaved(self) -> bool:
        """Whether something on the page is not in the file."""
        return self.box is not None and self._file.unsaved

    @own_language
    def choose(self, step: int) -> None:
        """Show a step."""
        self.step = step
        self._file.said.value = ""
        self._show()

    def open(self) -> None:
        """Open the file that is named; what is on the page and not saved is given up only when asked twice."""
        self._file.open()

    def save(self) -> None:
        """Save to the file that is named; refuses while something typed can't be used."""
        self._file.save()

    @own_language
    def export(self) -> None:
        """Write the skeleton of the report beside the file."""
        self._write(lambda place: self._declared.report(self.work).save(place), f"{say('report')}.{self._format.value}",
                    lambda made: say("The report is here: “{path}”.", path=made))  # fmt: skip

    def _write(self, write: Callable[[Path], Path], ending: str, done: Callable[[Path], str]) -> None:
        self._collect()
        place = self._file.place
        try:
            made = write(place.with_name(f"{place.stem}-{ending}"))
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        self._file.said.value = told(done(made))

    @own_language
    def _card(self, ending: str, content: Callable[[Any], str]) -> None:
        """Write another file beside the file; one that is there is written anew."""

        def write(place: Path) -> Path:
            write_whole(place, content(self.work).encode("utf-8"), say("The file was not written."))
            return place

        self._write(write, ending, lambda made: say("Written: “{path}”.", path=made))

    def _collect(self) -> None:
        self.work, problems = self.form.collect()
        self.problems = tuple(problems)

    def _take(self, work: Any) -> None:
        self.form.show(work)
        self._show()

    @own_language
    def _changed(self) -> None:
        self._file.changed()
        self._update()

    def _build(self, place: Path) -> None:
        tools, one = pieces.toolbox(), self._declared
        self.form = one.form(self._changed)
        self._file = KeptBox(one.kept, place, current=lambda: (self.work, self.problems), collect=self._collect,
                             take=self._take, show=self._show)  # fmt: skip
        self._state, self._intro, self._follows, self._findings, self._picture = (html_area() for _ in range(5))
        self._picture.add_class("crm-pictures")
        self.tabs = {
            step: button(f"{step}. {say(label)}", partial(self.choose, step)) for step, label in one.steps.items()
        }
        self._back = button("← " + say("Back"), self._turn(-1))
        self._next = button(say("Next") + " →", self._turn(1), primary=True)
        self._place = column([], "crm-step")
        self._format = tools.Dropdown(description=say("Report as"), value="html",
                                      options=[(say(label), code) for code, label in FORMATS.items()])  # fmt: skip
        self._format.add_class("crm-stack")
        export = [button(say("Export the report"), self.export, primary=True)]
        export += [button(say(label), partial(self._card, ending, content)) for label, ending, content in one.cards]
        self._export = column([html_area(tag("h4", say("Report"))), self._format, *export], "crm-form")
        steps = line(self.tabs.values(), "crm-row-wrap", "crm-steps")
        head = html_area(pieces.STYLE + DOOR_STYLE + STYLE + tag("h2", say(one.title)))
        self.box = column(
            [head, self._file.line, self._file.said, self._state, steps, self._intro, self._place, self._follows,
             self._findings, line([self._back, self._next]), self._picture],
            "crm-box", "crm-widget", "crm-door", "crm-case",
        )  # fmt: skip

    def _turn(self, by: int) -> Callable[[], None]:
        def turn() -> None:
            self.choose(min(max(self.step + by, 1), len(self._declared.steps)))
            ways = {-1: self._back, 1: self._next}
            pieces.hand_on(ways[by], ways[-by])

        return turn

    def _show(self) -> None:
        last, one = len(self._declared.steps), self._declared
        for step, tab in self.tabs.items():
            switched(tab, step == self.step)
        self._back.disabled, self._next.disabled = self.step == 1, self.step == last
        name = f"{self.step}. {say(one.steps[self.step])}"
        self._intro.value = tag("h3", name) + tag("p", say(one.introductions[self.step]))
        self._place.children = [*self.form.places[self.step], *([self._export] if self.step == last else [])]
        self._update()

    def _update(self) -> None:
        one = self._declared
        self._collect()
        self.review = one.review(self.work)
        self.form.follow(self.work)
        for step, tab in self.tabs.items():
            done, asked = self.review.by_step[step]
            tab.description = f"{step}. {say(one.steps[step])}" + (" ✓" if done == asked else f" {done}/{asked}")
        self._state.value = state_bar(self.review, self.unsaved)
        self._follows.value = follows_html(one.follows(self.step, self.work, self.review))
        last = self.step == len(one.steps)
        self._findings.value = findings_html(
            [found for found in self.review.findings if last or found.step == self.step]
        )
        drawn = one.picture(self.step, self.work, self.review)
        self._picture.value = tag("h3", drawn[0]) + drawn[1].html if drawn else ""


def state_bar(review: StepReview, unsaved: bool) -> str:
    """How far the work is, and whether it is saved."""
    bar = tag("progress", value=review.answered, max=review.asked, aria_label=say("Completeness of the work"))
    saved = say("not saved yet") if unsaved else say("saved")
    return tag("div", bar, " ", review.text, " ", tag("span", f"({saved})", class_="crm-quiet"))


def follows_html(blocks: Sequence[Block]) -> str:
    """What follows from a step, as a card that is read aloud; empty where nothing does."""
    if not blocks:
        return ""
    heading = tag("h4", say("What follows from it"))
    return tag("div", heading, joined(map(block_html, blocks)), class_="crm-card", aria_live="polite")


def findings_html(findings: Sequence[Finding]) -> str:
    """What is open, as a list."""
    if not findings:
        return ""
    kinds = {"gap": say("to fill in"), "question": say("a question to you")}
    items = [tag("li", tag("b", f"{one.step}. {kinds[one.kind]}: "), one.text, " ", one.advice) for one in findings]
    return tag("div", tag("h4", say("What is open")), tag("ul", *items), class_="crm-findings")
