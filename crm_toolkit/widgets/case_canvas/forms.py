"""The forms of the ten steps: widgets in, a case out, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crm_toolkit.behaviour.decision_process import SEQUENCES, SITUATION_KINDS, STANDINGS
from crm_toolkit.behaviour.influences import BLOCKS, CONSTRUCTS, PRIVACY, constructs_of
from crm_toolkit.errors import Problem
from crm_toolkit.exercises import my_case as room
from crm_toolkit.exercises.shape import HIGHEST_FEELING, HIGHEST_MARK, LOWEST_FEELING, LOWEST_MARK, MOST
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.case_canvas.fields import (
    Entry,
    InfluenceForm,
    PartForm,
    RowsForm,
    scale_options,
    share_options,
    word_options,
)
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.store_style import button, column, html_area, line, switched

INTRODUCTIONS = {
    1: mark("Take one service that you really bought and can tell about. Everything stays in a file on this computer."),
    2: mark("For each construct: what happened, which way it pushed, how sure you are. Or give a reason why nothing."),
    3: mark("How was it, how should it have been, and how much did that matter, at the time?"),
    4: mark("When and where did you look, and what did you know of? Name also what you rejected or ignored."),
    5: mark("What did you judge by? Divide 100 points, mark the considered alternatives, answer a few pairs."),
    6: mark("What did you really take? Five rules run on your own table; none of them proves how you decided."),
    7: mark("Switch situations on and off: haste, company, a gift, a mood, a place."),
    8: mark("Where did you buy, and what happened there? Say your satisfaction before you look at the equation."),
    9: mark("What did you think before, and what did you meet? Experience flows back to the influences."),
    10: mark("What is left over, what follows for the provider; then export the skeleton of your report."),
}


class CaseForm:
    """All fields of a case.

    Parameters
    ----------
    changed : callable
        Called when something was typed.
    """

    def __init__(self, changed: Callable[[], Any]):
        self._call, self._quiet = changed, False
        self._marks: dict[tuple[int, int], Entry] = {}
        self._layout: tuple[Any, ...] | None = None
        self.preferences: list[room.Preference] = []
        feelings = scale_options(LOWEST_FEELING, HIGHEST_FEELING)
        shares = share_options(empty=True)
        self.about = self._part(room.About, {
            "purchase": Entry(say("What did you buy?")), "bought_on": Entry(say("Day of the purchase"), "day"),
            "privacy": Entry(say("Privacy"), "word", word_options(PRIVACY, empty=False)),
            "setting": Entry(say("In which circumstances: where, with whom, what for?"), "words"),
        })  # fmt: skip
        self.influences = {code: InfluenceForm(one, self.changed) for code, one in CONSTRUCTS.items()}
        self.need = self._part(room.Need, {
            "desired": Entry(say("Desired state, 0–100"), "number"),
            "actual": Entry(say("Actual state, 0–100"), "number"),
            "importance": Entry(say("Importance"), "word", shares),
            "threshold": Entry(say("Threshold, points (an assumption)"), "number"),
            "desired_before": Entry(say("Desired state some time before"), "number"),
            "actual_before": Entry(say("Actual state some time before"), "number"),
            "story": Entry(say("What opened or closed the gap?"), "words"),
        })  # fmt: skip
        self.looks = RowsForm(room.Look, self._look, 40, 3, say("Add a moment of the search"))
        self.search = self._part(room.Search, {
            "spread": Entry(say("Alternatives differ in worth by about, points"), "number"),
            "cost": Entry(say("One look costs, in the same points"), "number"),
        })  # fmt: skip
        self.alternatives = RowsForm(room.Alternative, self._alternative, 8, 4, say("Add an alternative"))
        self.criteria = RowsForm(room.Criterion, self._criterion, MOST, 4, say("Add a criterion"))
        self.grid = pieces.toolbox().GridBox([])
        self.grid.add_class("crm-marks")
        self.grid_place = column([self.grid], "crm-scroll-x")
        self.question = html_area()
        self.first, self.second = button("", self._prefer_first), button("", self._prefer_second)
        self.forget = button(say("Forget all choices between two"), self._forget)
        self.pairs = column([self.question, line([self.first, self.second, self.forget])], "crm-form")
        self._asked: tuple[str, str] | None = None
        self.choice = self._part(room.RealChoice, {
            "chosen": Entry(say("Really chosen"), "word", [("–", "")]),
            "rule": Entry(say("How, as you remember"), "word", word_options(room.RULES)),
            "why": Entry(say("Why, in your own words"), "words"),
        })  # fmt: skip
        self.situations = RowsForm(room.Switch, self._situation, MOST, 2, say("Add a situation"))
        self.encounter = self._part(room.Encounter, {
            "provider": Entry(say("Provider")), "sequence": Entry(say("Sequence"), "word", word_options(SEQUENCES)),
            "happened": Entry(say("What happened, in its order?"), "words"),
            "expectation": Entry(say("Expectation, 0 = as usual"), "word", feelings),
            "performance": Entry(say("Performance, 0 = as usual"), "word", feelings),
            "satisfaction": Entry(say("Your satisfaction, 0 = neither nor"), "word", feelings),
            "irrevocability": Entry(say("How hard to undo"), "word", shares),
            "proneness": Entry(say("Your readiness to doubt"), "word", shares),
        })  # fmt: skip
        self.beliefs = RowsForm(room.Belief, self._belief, MOST, 2, say("Add a belief"))
        self.experience = self._part(room.Experience, {
            "learning": Entry(say("Share of a surprise that is learnt, 0–1 (an assumption)"), "number"),
        })  # fmt: skip
        self.reflection = self._part(room.Reflection, {
            "not_explained": Entry(say("What does the model not explain?"), "words"),
            "for_provider": Entry(say("What follows for the provider?"), "words"),
            "notes": Entry(say("Notes"), "words"),
        })  # fmt: skip
        self._blocks = {block: button(say(label), lambda block=block: self.open_block(block))  # type: ignore[misc]
                        for block, label in BLOCKS.items()}  # fmt: skip
        self._block_place = column([])
        self.open_block("external")
        self.places = {
            1: [self.about.box], 2: [line(self._blocks.values()), self._block_place], 3: [self.need.box],
            4: [self._head(say("Timeline")), self.looks.box, self._head(say("Alternatives and their sets")),
                self.alternatives.box, self._head(say("A stopping rule")), self.search.box],
            5: [self.criteria.box, self._head(say("Marks from 1 to 5, more is better")), self.grid_place, self.pairs],
            6: [self.choice.box], 7: [self.situations.box], 8: [self.encounter.box],
            9: [self.experience.box, self.beliefs.box], 10: [self.reflection.box],
        }  # fmt: skip

    def changed(self) -> None:
        """Tell that something was typed, unless fields are being filled."""
        if not self._quiet:
            self._call()

    def open_block(self, block: str) -> None:
        """Show the constructs of a block of influences."""
        for code, tab in self._blocks.items():
            switched(tab, code == block)
        self._block_place.children = [self.influences[one.code].box for one in constructs_of(block)]

    def collect(self) -> tuple[room.MyCase, list[Problem]]:
        """The case as typed, and everything that can't be used, told beside its field too."""
        problems: list[Problem] = []
        where = {step: say("Step {step}", step=step) for step in room.STEPS}
        influences = [form.collect(where[2], problems) for form in self.influences.values()]
        criteria = self.criteria.collect(where[5], problems)
        alternatives = []
        for row, one in enumerate(self.alternatives.collect(where[4], problems)):
            given = tuple(self._mark(row, place) for place in range(len(criteria)))
            alternatives.append(replace(one, marks=_short(given, None)))
        switches = self.situations.collect(where[7], problems)
        beliefs = self.beliefs.collect(where[9], problems)
        looks = self.looks.collect(where[4], problems)
        case = room.MyCase(
            about=self.about.collect(where[1], problems),
            influences=tuple(one for one in influences if one is not None),
            need=self.need.collect(where[3], problems),
            search=replace(self.search.collect(where[4], problems), looks=_short(looks, room.Look())),
            alternatives=_short(alternatives, room.Alternative()),
            criteria=_short(criteria, room.Criterion()),
            preferences=tuple(self.preferences),
            choice=self.choice.collect(where[6], problems),
            situations=_short(switches, room.Switch()),
            encounter=self.encounter.collect(where[8], problems),
            experience=replace(self.experience.collect(where[9], problems), beliefs=_short(beliefs, room.Belief())),
            reflection=self.reflection.collect(where[10], problems),
        )
        return case, problems

    def show(self, case: room.MyCase) -> None:
        """Put a case into the fields."""
        self._quiet = True
        try:
            for code, form in self.influences.items():
                form.show(case.canvas.of(code))
            for name in ("about", "need", "search", "choice", "encounter", "experience", "reflection"):
                getattr(self, name).show(getattr(case, name))
            self.looks.show(case.search.looks)
            self.alternatives.show(case.alternatives)
            self.criteria.show(case.criteria)
            self.situations.show(case.situations)
            self.beliefs.show(case.experience.beliefs)
            self.preferences = list(case.preferences)
            for entry in self._marks.values():
                entry.show(None)
            for row, one in enumerate(case.alternatives):
                for place, value in enumerate(one.marks):
                    if value is not None:
                        self._mark_entry(row, place).show(value)
        finally:
            self._quiet = False

    def follow(self, case: room.MyCase, question: tuple[str, str] | None) -> None:
        """Bring choices and the grid of marks into line with the names that were typed."""
        self._quiet = True
        try:
            names = list(dict.fromkeys(one.name.strip() for one in case.named))
            _offer(self.choice.entries["chosen"].control, names)
            criteria = list(dict.fromkeys(one.name.strip() for one in case.criteria if one.name.strip()))
            for row in self.situations.rows:
                _offer(row.entries["criterion"].control, criteria)
        finally:
            self._quiet = False
        self._lay_grid(case)
        self._ask(question)

    def _part(self, cls: type, entries: dict[str, Entry]) -> PartForm:
        return PartForm(cls, entries, self.changed)

    def _head(self, text: str) -> Any:
        return html_area(tag("h4", text))

    def _numbered(self, label: str, place: int) -> str:
        return f"{label} {place + 1}"

    def _look(self, place: int) -> PartForm:
        return self._part(room.Look, {
            "day": Entry(self._numbered(say("Day of moment"), place), "day"),
            "source": Entry(self._numbered(say("Source of moment"), place), "word", word_options(room.SOURCES)),
            "learned": Entry(self._numbered(say("What was learned at moment"), place)),
        })  # fmt: skip

    def _alternative(self, place: int) -> PartForm:
        return self._part(room.Alternative, {
            "name": Entry(self._numbered(say("Alternative"), place)),
            "standing": Entry(self._numbered(say("Set of alternative"), place), "word", word_options(STANDINGS)),
            "inspected": Entry(say("Alternative {number} was inspected", number=place + 1), "flag"),
        })  # fmt: skip

    def _criterion(self, place: int) -> PartForm:
        marks = scale_options(LOWEST_MARK, HIGHEST_MARK)
        return self._part(room.Criterion, {
            "name": Entry(self._numbered(say("Criterion"), place)),
            "points": Entry(self._numbered(say("Points of criterion"), place), "number"),
            "minimum": Entry(self._numbered(say("Minimum of criterion"), place), "word", marks),
            "enough": Entry(self._numbered(say("Enough alone, criterion"), place), "word", marks),
        })  # fmt: skip

    def _situation(self, place: int) -> PartForm:
        return self._part(room.Switch, {
            "name": Entry(self._numbered(say("Situation"), place)),
            "kind": Entry(self._numbered(say("Kind of situation"), place), "word", word_options(SITUATION_KINDS)),
            "criterion": Entry(self._numbered(say("Criterion that it moves, situation"), place), "word", [("–", "")]),
            "factor": Entry(self._numbered(say("Factor of its weight, situation"), place), "number"),
            "stricter": Entry(self._numbered(say("Minimums stricter by, situation"), place), "number"),
            "considered": Entry(self._numbered(say("Criteria looked at, situation"), place), "number"),
            "on": Entry(say("Situation {number} is switched on", number=place + 1), "flag"),
        })  # fmt: skip

    def _belief(self, place: int) -> PartForm:
        feelings = scale_options(LOWEST_FEELING, HIGHEST_FEELING)
        labels = {code: one.label for code, one in CONSTRUCTS.items()}
        return self._part(room.Belief, {
            "believed": Entry(self._numbered(say("What was believed, belief"), place)),
            "construct": Entry(self._numbered(say("Construct of belief"), place), "word", word_options(labels)),
            "before": Entry(self._numbered(say("Before, belief"), place), "word", feelings),
            "experienced": Entry(self._numbered(say("Experienced, belief"), place), "word", feelings),
        })  # fmt: skip

    def _mark_entry(self, row: int, place: int) -> Entry:
        if (row, place) not in self._marks:
            entry = Entry("…", "word", scale_options(LOWEST_MARK, HIGHEST_MARK), hidden=True)
            entry.control.observe(lambda _: self.changed(), names="value")
            self._marks[row, place] = entry
        return self._marks[row, place]

    def _mark(self, row: int, place: int) -> float | None:
        entry = self._marks.get((row, place))
        return None if entry is None else entry.read()[0]

    def _lay_grid(self, case: room.MyCase) -> None:
        """The considered alternatives in rows, the named criteria in columns; laid anew only where names changed."""
        rows = [(row, one.name.strip()) for row, one in enumerate(case.alternatives)
                if one.name.strip() and one.standing == "evoked"]  # fmt: skip
        columns = [(place, one.name.strip()) for place, one in enumerate(case.criteria) if one.name.strip()]
        if (rows, columns) == self._layout:
            return
        self._layout = (rows, columns)
        if not rows or not columns:
            words = say("Name criteria here, and at step 4 alternatives of the evoked set; then marks can be given.")
            self.grid.children = [html_area(tag("p", words, class_="crm-hint"))]
            self.grid.layout.grid_template_columns = "1fr"
            return
        cells = [html_area(""), *(html_area(tag("b", name)) for _, name in columns)]
        for row, name in rows:
            cells.append(html_area(tag("b", name)))
            for place, criterion in columns:
                entry = self._mark_entry(row, place)
                entry.control.description = say("{alternative}: {criterion}", alternative=name, criterion=criterion)
                cells.append(entry.control)
        self.grid.children = cells
        self.grid.layout.grid_template_columns = f"minmax(7em, max-content) repeat({len(columns)}, minmax(5.5em, 9em))"

    def _ask(self, question: tuple[str, str] | None) -> None:
        self._asked = question
        self.first.layout.display = self.second.layout.display = None if question else "none"
        self.forget.layout.display = None if self.preferences else "none"
        told = [
            tag("li", say("{taken} rather than {left}", taken=one.taken, left=one.left)) for one in self.preferences
        ]
        if question:
            self.first.description, self.second.description = question
            words = say("If there were only these two, which would you take?")
        else:
            words = say("No further pair would narrow the weights, or the table is not ready.")
        self.question.value = tag("p", words) + (tag("ul", *told) if told else "")

    def _prefer_first(self) -> None:
        self._prefer(0)

    def _prefer_second(self) -> None:
        self._prefer(1)

    def _prefer(self, taken: int) -> None:
        if self._asked:
            self.preferences.append(room.Preference(self._asked[taken], self._asked[1 - taken]))
            self.changed()

    def _forget(self) -> None:
        self.preferences = []
        self.changed()


def _short(rows: Any, empty: Any) -> tuple[Any, ...]:
    """The rows without those at the end that are wholly empty."""
    kept = list(rows)
    while kept and kept[-1] == empty:
        kept.pop()
    return tuple(kept)


def _offer(control: Any, names: list[str]) -> None:
    """Offer names in a choice; what is chosen stays, even if it is no longer among them."""
    chosen = control.value or ""
    listed = [("–", ""), *((name, name) for name in names)]
    if chosen and chosen not in names:
        listed.append((chosen, chosen))
    if list(control.options) != listed:
        control.options = listed
        control.value = chosen
