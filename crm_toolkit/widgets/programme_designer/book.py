"""The page of the loyalty designer: seven steps in order, two commits, the file, the report."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from crm_toolkit import __version__
from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.exercises.variants import normalise_id
from crm_toolkit.texts import NO_FORMULAS, format_number, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.case_canvas.style import STYLE as FIELDS_STYLE
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.kept_box import KeptBox
from crm_toolkit.widgets.programme_designer import lab
from crm_toolkit.widgets.programme_designer.debrief import mechanisms_told, pictures
from crm_toolkit.widgets.programme_designer.forms import INTRODUCTIONS, DesignForm
from crm_toolkit.widgets.programme_designer.plan import (
    KEPT,
    STEPS,
    Belief,
    Conclusion,
    ProgrammeDesign,
    load_design,
    new_design,
)
from crm_toolkit.widgets.programme_designer.report import programme_report
from crm_toolkit.widgets.programme_designer.told import follows
from crm_toolkit.widgets.skeleton import FORMATS, block_html
from crm_toolkit.widgets.store_style import STYLE as DOOR_STYLE
from crm_toolkit.widgets.store_style import button, column, html_area, letter, line, own_language, switched, told

STYLE = """<style>
.crm-designer .crm-table td, .crm-designer .crm-table th { font-size: 0.93em; }
.crm-designer .crm-pictures img { max-width: 100%; height: auto; }
.crm-designer .crm-step > .jupyter-button { align-self: flex-start; margin: 0.3em 0; }
</style>"""
FIRST_RUN, FIRST_TRUTH = 4, 5  # steps that need the first, the second commit


class DesignBook:
    """The designer; made by `design_programme`.

    Attributes
    ----------
    design : ProgrammeDesign
        As it is typed now, as far as it can be used.
    problems : tuple of Problem
        What was typed and can't be used.
    step : int
        The step that is shown, 1 to 7.
    shares : DataFrame or None
        What each mechanism contributed, once it was asked for.
    box : widget or None
    """

    def __init__(self, start: ProgrammeDesign, place: Path):
        self._language = str(language())
        self.design, self.step = start, 1
        self.problems: tuple[Problem, ...] = ()
        self.shares: pd.DataFrame | None = None
        self.box: Any = None
        self._shown: tuple[Any, ...] = (0,)
        self._drawn_now: Any = None
        if pieces.static_wanted():
            self.design = load_design(place) if place.exists() else start
            return
        self._build(place)
        self._file.put(start, start)
        if place.exists():
            self.open()

    def __repr__(self) -> str:
        return f"DesignBook({self.design.world.scenario!r}, step={self.step})"

    @own_language
    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.box is not None:
            return self.box._repr_mimebundle_(**options)
        title = say("Loyalty designer")
        steps = [step for step in STEPS if not self._closed(step)]
        parts = [Html(part) for step in steps for part in (tag("h4", f"{step}. {say(STEPS[step])}"), self._worked(step),
                                                           self._drawn(step))]  # fmt: skip
        html = tag("div", tag("h3", f"{title}: {self.design.title}"), *parts, class_=NO_FORMULAS)
        report = programme_report(self.design)
        told_plainly = [(one.title, [part if isinstance(part, str) else part.text for part in one.found])
                        for one in report.chapters]  # fmt: skip
        lines = [report.title, *("\n".join([title, *parts]) for title, parts in told_plainly)]
        return {"text/html": html, "text/markdown": "\n\n".join(lines), "text/plain": "\n".join(lines)}

    @property
    def unsaved(self) -> bool:
        """Whether something on the page is not in the file."""
        return self.box is not None and self._file.unsaved

    @own_language
    def choose(self, step: int) -> None:
        """Show a step; one that needs a commit first stays closed."""
        if self._closed(step):
            return
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
    def commit_plan(self) -> None:
        """Lock rules and plan, and run the three worlds."""
        self._collect()
        one, lacks = self.design.experiment, list(self.problems)
        if not one.rule:
            lacks.append(Problem("missing", say("Choose the rule of the decision."), column="rule"))
        if one.smallest is None:
            lacks.append(Problem("missing", say("Name the smallest effect worth knowing."), column="smallest"))
        committed = replace(self.design, experiment=replace(one, committed=True))
        try:
            if lacks:
                raise InputError(say("The programme can't run yet."), lacks)
            lab.estimated(committed)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        self._go_on(committed, FIRST_RUN, say("It has run. Now to what can be known of it."))

    @own_language
    def commit_belief(self) -> None:
        """Lock the belief, and show the truth."""
        self._collect()
        own, lacks = self.design.belief, list(self.problems)
        try:
            possible = list(lab.estimated(self.design).table["method"])
            if own.method not in possible:
                lacks.append(Problem("missing", say("Choose one of the methods in the table."), column="method"))
            if not own.why.strip():
                lacks.append(Problem("missing", say("Say why, in one sentence."), column="why"))
            if lacks:
                raise InputError(say("The truth stays hidden."), lacks)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        committed = replace(self.design, belief=replace(own, committed=True))
        self._go_on(committed, FIRST_TRUTH, say("Committed. This is what happened."))

    @own_language
    def again(self) -> None:
        """Another run: rules and plan may be changed, other people live; what was promised is remembered."""
        self._collect()
        self._go_on(
            self.design.again(), 1, say("A new run with other people. What members were promised is remembered.")
        )

    @own_language
    def share_out(self) -> None:
        """Share the true effect out over the mechanisms; takes some seconds."""
        self._file.said.value = told(say("The worlds are being run…"))
        try:
            self.shares = lab.shared_out(self.design)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        self._file.said.value = ""
        self._show()

    @own_language
    def export(self) -> None:
        """Write the skeleton of the report beside the file."""
        self._collect()
        place = self._file.place
        place = place.with_name(f"{place.stem}-{say('report')}.{self._format.value}")
        try:
            made = programme_report(self.design, self.shares).save(place)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        self._file.said.value = told(say("The report is here: “{path}”.", path=made))

    def _go_on(self, design: ProgrammeDesign, step: int, words: str) -> None:
        self.step = step
        self._take(design)
        self._file.changed()
        self._file.said.value = told(words)

    def _closed(self, step: int) -> bool:
        return (step >= FIRST_RUN and not self.design.ran) or (step >= FIRST_TRUTH and not self.design.revealed)

    def _collect(self) -> None:
        self.design, problems = self.form.collect()
        self.problems = tuple(problems)

    def _take(self, design: ProgrammeDesign) -> None:
        self.design, self.shares = design, None
        self.form.show(design)
        if self._closed(self.step):
            self.step = 1
        self._show()

    @own_language
    def _changed(self) -> None:
        self._file.changed()
        self._update()

    def _build(self, place: Path) -> None:
        tools = pieces.toolbox()
        self.form = DesignForm(self._changed)
        self._file = KeptBox(KEPT, place, current=lambda: (self.design, self.problems), collect=self._collect,
                             take=self._take, show=self._show)  # fmt: skip
        self._state, self._intro, self._follows, self._pictures = (html_area() for _ in range(4))
        self._pictures.add_class("crm-pictures")
        self.tabs = {step: button(f"{step}. {say(label)}", partial(self.choose, step)) for step, label in STEPS.items()}
        self._back = button("← " + say("Back"), self._turn(-1))
        self._next = button(say("Next") + " →", self._turn(1), primary=True)
        self._place = column([], "crm-step")
        self.commit_run = button(say("Commit the plan and run"), self.commit_plan, primary=True)
        self.commit_why = button(say("Commit and see the truth"), self.commit_belief, primary=True)
        self.new_run = button(say("Another run with other rules"), self.again)
        self.share = button(say("Share the effect out over mechanisms (some seconds)"), self.share_out)
        self._format = tools.Dropdown(description=say("Report as"), value="html",
                                      options=[(say(label), code) for code, label in FORMATS.items()])  # fmt: skip
        self._format.add_class("crm-stack")
        self._export = column([html_area(tag("h4", say("Report"))), self._format,
                               button(say("Export the report"), self.export, primary=True)], "crm-form")  # fmt: skip
        steps = line(self.tabs.values(), "crm-row-wrap", "crm-steps")
        head = html_area(pieces.STYLE + DOOR_STYLE + FIELDS_STYLE + STYLE + tag("h2", say("Loyalty designer")))
        self.box = column(
            [head, self._file.line, self._file.said, self._state, steps, self._intro, self._place, self._pictures,
             self._follows, line([self._back, self._next])],
            "crm-box", "crm-widget", "crm-door", "crm-case", "crm-designer",
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
        self._back.disabled = self.step == 1
        self._intro.value = tag("h3", f"{self.step}. {say(STEPS[self.step])}") + tag("p", say(INTRODUCTIONS[self.step]))
        more = {1: [self.new_run] if self.design.ran else [], 3: [] if self.design.ran else [self.commit_run],
                4: [] if self.design.revealed else [self.commit_why],
                7: [self.share, self.new_run, self._export]}  # fmt: skip
        self._place.children = [*self.form.places[self.step], *more.get(self.step, [])]
        self._update()

    def _update(self) -> None:
        self._collect()
        for step, tab in self.tabs.items():
            tab.disabled = self._closed(step)
        self._next.disabled = self.step == len(STEPS) or self._closed(self.step + 1)
        self._state.value = self._bar()
        shown = (self.step, self._what_matters(), self.problems, self.shares is None)
        if shown[0] != self._shown[0]:
            self._follows.value, self._pictures.value = tag("p", say("Working…"), class_="crm-quiet"), ""
        if shown != self._shown:
            self._follows.value = self._worked(self.step)
            plan = replace(self.design.experiment, rule="", committed=False)  # nothing in a picture of theirs
            drawn = (shown[0], replace(shown[1], experiment=plan), *shown[2:]) if self.step < FIRST_RUN else shown
            if drawn != self._drawn_now:  # pictures take a while
                self._pictures.value, self._drawn_now = self._drawn(self.step), drawn
        self._shown = shown

    def _what_matters(self) -> ProgrammeDesign:
        """The design without words from which nothing follows."""
        one = self.design
        belief = one.belief if one.revealed else Belief()
        return replace(one, rules=replace(one.rules, goal=""), belief=belief, conclusion=Conclusion())

    def _bar(self) -> str:
        world = self.design.world
        where = say("{scenario}: customers {customers}, weeks {weeks}, seed {seed}", scenario=self.design.title,
                    customers=format_number(world.customers), weeks=format_number(world.weeks),
                    seed=world.seed)  # fmt: skip
        stage = (say("the truth is shown") if self.design.revealed else say("run; the truth is hidden")
                 if self.design.ran else say("not run yet"))  # fmt: skip
        saved = say("not saved yet") if self.unsaved else say("saved") if self._file.place.exists() else say("new")
        told_by = world.version or __version__
        other = "" if told_by == __version__ else tag("p", say(
            "Made by version {made} of the toolkit; this is version {here}: numbers may differ.", made=told_by,
            here=__version__), class_="crm-hint")  # fmt: skip
        return tag("p", f"{where} · {stage} · ", tag("span", saved, class_="crm-quiet")) + other

    def _worked(self, step: int) -> str:
        if self.problems:
            return letter(str(InputError(say("Something that was typed can't be used yet."), self.problems)))
        try:
            lines = [block_html(block) for block in follows(step, self.design)]
            if step == len(STEPS) and self.shares is not None:
                currency = lab.ran(self.design).spec.scenario.currency
                lines.append(block_html(mechanisms_told(self.shares, currency)))
        except CRMError as refusal:
            return letter(str(refusal))
        heading = tag("h4", say("What follows from it"))
        return tag("div", heading, joined(lines), class_="crm-card", aria_live="polite")

    def _drawn(self, step: int) -> str:
        if self.problems:
            return ""
        return "".join(one.html for one in pictures(step, self.design, self.shares))


def design_programme(
    scenario: str = "barbershop",
    *,
    student: str | None = None,
    folder: str | os.PathLike[str] | None = None,
    customers: int = 10_000,
    weeks: int = 104,
) -> DesignBook:
    """Design a loyalty programme, test it by an experiment, decide, and only then see what it really did.

    Parameters
    ----------
    scenario : str
        One of `world.scenario_names`.
    student : str, optional
        Id of the student: whose luck, and part of the name of the file.
    folder : path, optional
        Where ``programme.json`` is kept, by default the working folder. If it is there, it is opened. It stays on this
        computer and is never sent anywhere.
    customers, weeks : int
        Size of the world.

    Returns
    -------
    DesignBook
        Shown by a notebook; ``.design`` is the design for code. With ``CRM_STATIC=1`` as far as it has come.

    Raises
    ------
    InputError
        If a number or a name is not allowed; with ``CRM_STATIC=1`` also if the file is damaged.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = design_programme(folder=folder, customers=300, weeks=60)
    >>> book.design.ran
    False
    """
    start = new_design(scenario, student=student, customers=customers, weeks=weeks)
    who = normalise_id(student or "").lower().replace("/", "-").replace("\\", "-")
    name = f"programme-{who}.json" if who else "programme.json"
    return DesignBook(start, Path(folder or ".") / name)
