"""The canvas «My case»: ten steps with their fields, what follows from them at once, the diagram, and the file."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from crm_toolkit.errors import CRMError, Problem
from crm_toolkit.exercises.my_case import (
    HIDING,
    STEPS,
    MyCase,
    Worked,
    hidden_by_default,
    load_case,
    redacted,
    review_case,
    work_out,
)
from crm_toolkit.exercises.my_case.files import KEPT
from crm_toolkit.exercises.step_review import Finding, StepReview
from crm_toolkit.texts import NO_FORMULAS, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.case_canvas.forms import INTRODUCTIONS, CaseForm
from crm_toolkit.widgets.case_canvas.report import case_report, diagram_of
from crm_toolkit.widgets.case_canvas.style import STYLE
from crm_toolkit.widgets.case_canvas.told import follows
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.kept_box import KeptBox
from crm_toolkit.widgets.skeleton import FORMATS, block_html
from crm_toolkit.widgets.store_style import STYLE as DOOR_STYLE
from crm_toolkit.widgets.store_style import button, column, html_area, letter, line, own_language, switched, told

DEFAULT_NAME = "my_case.json"


class CaseBook:
    """The canvas of a case; made by `my_case`.

    Attributes
    ----------
    case : MyCase
        As it is typed now, as far as it can be used.
    worked, review : what follows from it, and what it lacks
    problems : tuple of Problem
        What was typed and can't be used.
    step : int
        The step that is shown, 1 to 10.
    box : widget or None
    """

    def __init__(self, path: str | os.PathLike[str] | None):
        self._language = str(language())
        self.case, self.step = MyCase(), 1
        self._static_copy: MyCase | None = None
        self.problems: tuple[Problem, ...] = ()
        self.box: Any = None
        self._place_of_file = Path(path if path is not None else DEFAULT_NAME)
        if pieces.static_wanted():
            if self._place_of_file.exists():
                self.case = self._static_copy = load_case(self._place_of_file)
            self._look()
            return
        self._build()
        if self._place_of_file.exists():
            self.open()
        else:
            self._show()

    def __repr__(self) -> str:
        return f"CaseBook({str(self._place_of_file)!r}, step={self.step})"

    @own_language
    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.box is not None:
            return self.box._repr_mimebundle_(**options)
        report = case_report(self.case)
        diagram = report.diagram
        html = tag("div", tag("h3", report.title), tag("p", self.review.text), Html(diagram.html), class_=NO_FORMULAS)
        return {"text/html": html, "text/markdown": f"{report.title}\n\n{self.review.text}\n\n{diagram.text}",
                "text/plain": f"{report.title}\n{self.review.text}\n{diagram.text}"}  # fmt: skip

    @property
    def unsaved(self) -> bool:
        """Whether something on the page is not in the file."""
        return self._file.unsaved if self.box is not None else self.case != (self.saved or MyCase())

    @property
    def saved(self) -> MyCase | None:
        """What stands in the file, as it was opened or saved last."""
        return self._static_copy if self.box is None else self._file.saved

    @own_language
    def choose(self, step: int) -> None:
        """Show a step."""
        self.step = step
        self._said.value = ""
        self._show()

    def open(self) -> None:
        """Open the file that is named; what is on the page and not saved is given up only when asked twice."""
        self._file.open()

    def rescue(self) -> None:
        """Take what can be read from a damaged file; the file stays, saving asks for another name."""
        self._file.rescue()

    def save(self) -> None:
        """Save to the file that is named; refuses while something typed can't be used."""
        self._file.save()

    @own_language
    def export(self) -> None:
        """Write the skeleton of the report beside the file, without what is to be withheld."""
        self._collect()
        hide = {name: tick.value for name, tick in self._hide.items()}
        place = self._file.place
        place = place.with_name(f"{place.stem}-{say('report')}.{self._format.value}")
        try:
            made = case_report(redacted(self.case, **hide), withheld=[name for name in hide if hide[name]]).save(place)
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
            return
        self._said.value = told(say("The report is here: “{path}”.", path=made))

    def _take(self, case: MyCase, saved: MyCase | None) -> None:
        self._file.put(case, saved)

    def _shown(self, case: MyCase) -> None:
        self.form.show(case)
        self._privacy_shown = ""
        self._show()

    def _look(self) -> None:
        self.worked: Worked = work_out(self.case)
        self.review: StepReview = review_case(self.case, today=dt.date.today(), worked=self.worked)

    def _collect(self) -> None:
        self.case, problems = self.form.collect()
        self.problems = tuple(problems)

    @own_language
    def _changed(self) -> None:
        self._file.changed()
        self._update()

    def _build(self) -> None:
        tools = pieces.toolbox()
        self.form = CaseForm(self._changed)
        self.form.show(MyCase())
        self._file = KeptBox(KEPT, self._place_of_file, current=lambda: (self.case, self.problems),
                             collect=self._collect, take=self._shown, show=self._show)  # fmt: skip
        self._path, self._said, self._rescue = self._file.path, self._file.said, self._file.rescue_button
        self._state, self._intro = html_area(), html_area()
        self.tabs = {step: button(f"{step}. {say(label)}", partial(self.choose, step)) for step, label in STEPS.items()}
        self._back = button("← " + say("Back"), self._turn(-1))
        self._next = button(say("Next") + " →", self._turn(1), primary=True)
        self._place, self._follows, self._findings = column([], "crm-step"), html_area(), html_area()
        self._diagram = html_area()
        self._format = tools.Dropdown(description=say("Report as"), value="html",
                                      options=[(say(label), code) for code, label in FORMATS.items()])  # fmt: skip
        self._format.add_class("crm-stack")
        self._hide = {name: tools.Checkbox(description=say("withhold {what}", what=say(label)), value=True,
                                           indent=False) for name, label in HIDING.items()}  # fmt: skip
        self._privacy_shown = "local"
        export = button(say("Export the report"), self.export, primary=True)
        self._export = column([html_area(tag("h4", say("Report"))), *self._hide.values(), self._format, export],
                              "crm-form")  # fmt: skip
        steps = line(self.tabs.values(), "crm-row-wrap", "crm-steps")
        head = html_area(pieces.STYLE + DOOR_STYLE + STYLE + tag("h2", say("My case")))
        self.box = column(
            [head, self._file.line, self._said, self._state, steps, self._intro, self._place, self._follows,
             self._findings, line([self._back, self._next]), self._diagram],
            "crm-box", "crm-widget", "crm-door", "crm-case",
        )  # fmt: skip

    def _turn(self, by: int) -> Callable[[], None]:
        def turn() -> None:
            self.choose(min(max(self.step + by, 1), len(STEPS)))
            ways = {-1: self._back, 1: self._next}
            pieces.hand_on(ways[by], ways[-by])

        return turn

    def _show(self) -> None:
        for step, tab in self.tabs.items():
            switched(tab, step == self.step)
        self._back.disabled, self._next.disabled = self.step == 1, self.step == len(STEPS)
        self._intro.value = tag("h3", f"{self.step}. {say(STEPS[self.step])}") + tag("p", say(INTRODUCTIONS[self.step]))
        more = [self._export] if self.step == len(STEPS) else []
        self._place.children = [*self.form.places[self.step], *more]
        self._update()

    def _update(self) -> None:
        self._collect()
        self._look()
        self.form.follow(self.case, self.worked.question)
        for step, tab in self.tabs.items():
            done, asked = self.review.by_step[step]
            sign = " ✓" if done == asked else f" {done}/{asked}"
            tab.description = f"{step}. {say(STEPS[step])}{sign}"
        if self.case.about.privacy != self._privacy_shown:
            self._privacy_shown = self.case.about.privacy
            hidden = hidden_by_default(self._privacy_shown)
            for name, tick in self._hide.items():
                tick.value = name in hidden
        self._state.value = self._bar()
        lines = [block_html(block) for block in follows(self.step, self.case, self.worked)]
        heading = tag("h4", say("What follows from it"))
        self._follows.value = tag("div", heading, joined(lines), class_="crm-card", aria_live="polite") if lines else ""
        wanted = self.review.findings if self.step == len(STEPS) else [
            one for one in self.review.findings if one.step == self.step
        ]  # fmt: skip
        self._findings.value = _findings_html(wanted)
        self._diagram.value = tag("h3", say("The whole model")) + diagram_of(self.case, self.worked).html

    def _bar(self) -> str:
        done, asked = self.review.answered, self.review.asked
        bar = tag("progress", value=done, max=asked, aria_label=say("Completeness of the case"))
        saved = say("not saved yet") if self.unsaved else say("saved")
        return tag("div", bar, " ", self.review.text, " ", tag("span", f"({saved})", class_="crm-quiet"))


def _findings_html(findings: Any) -> str:
    listed: list[Finding] = list(findings)
    if not listed:
        return ""
    kinds = {"gap": say("to fill in"), "question": say("a question to you")}
    items = [tag("li", tag("b", f"{one.step}. {kinds[one.kind]}: "), one.text, " ", one.advice) for one in listed]
    return tag("div", tag("h4", say("What is open")), tag("ul", *items), class_="crm-findings")


def my_case(path: str | os.PathLike[str] | None = None) -> CaseBook:
    """Work a purchase of your own through the Hawkins–Best–Coney model, in ten steps.

    Parameters
    ----------
    path : path, optional
        The file in which the case is kept, by default ``my_case.json`` in the working folder. If it is there, it is
        opened. It stays on this computer and is never sent anywhere.

    Returns
    -------
    CaseBook
        Shown by a notebook; ``.case`` is the case for code. With ``CRM_STATIC=1`` the diagram and how far it is.

    Raises
    ------
    InputError
        With ``CRM_STATIC=1``, if the file is damaged.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = my_case(folder + "/my_case.json")
    >>> book.review.answered
    0
    """
    return CaseBook(path)
