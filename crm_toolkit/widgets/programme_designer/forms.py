"""The fields of the seven steps: widgets in, a design out, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crm_toolkit.analysis.loyalty.methods import METHODS
from crm_toolkit.errors import Problem
from crm_toolkit.texts import format_percent, mark, say
from crm_toolkit.widgets.case_canvas.fields import Entry, PartForm, word_options
from crm_toolkit.widgets.programme_designer.plan import (
    OUTCOMES,
    RULES,
    Belief,
    Conclusion,
    DesignedRules,
    ExperimentDesign,
    ProgrammeDesign,
)

INTRODUCTIONS = {
    1: mark("What is the programme for, and what are its rules? They are told in sentences below, with what is wrong."),
    2: mark("Look at your rules from the other side: one member of a small pilot, booking by booking."),
    3: mark("Plan before you run: who is held out, which effect would matter, and at which result the answer is go. "
            "The rule is locked when the programme runs."),
    4: mark("Every method answers the same question and takes something else for granted. Which one do you believe? "
            "The truth is shown after you have committed."),
    5: mark("The same people with the same luck, without the programme: only a laboratory knows this."),
    6: mark("What stands in the books, and whom the money went to."),
    7: mark("Why did it come out so, what does it hang on, and what would the money have done elsewhere?"),
}  # fmt: skip
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
POWERS = (0.7, 0.8, 0.9, 0.95)
PARTS: dict[str, type] = {"rules": DesignedRules, "experiment": ExperimentDesign, "belief": Belief,
                          "conclusion": Conclusion}  # fmt: skip
STEP_OF = {"rules": 1, "experiment": 3, "belief": 4, "conclusion": 7}


class DesignForm:
    """All fields of a design.

    Parameters
    ----------
    changed : callable
        Called when something was typed.
    """

    def __init__(self, changed: Callable[[], Any]):
        self._call, self._quiet = changed, False
        self._base = ProgrammeDesign()
        self.rules = self._part("rules", {
            "goal": Entry(say("Goal: what shall members do that they don't do now?"), "words"),
            "points_per_unit": Entry(say("Points for one currency unit"), "number"),
            "threshold": Entry(say("Points that a reward takes"), "number"),
            "reward": Entry(say("Value of a reward, currency units"), "number"),
            "valid_weeks": Entry(say("Points are valid for, weeks"), "number"),
            "status_points": Entry(say("Points for the status; 0 is no status"), "number"),
            "status_weeks": Entry(say("Weeks whose points count for the status"), "number"),
            "from_week": Entry(say("Week in which the programme starts"), "number"),
            "unit_cost": Entry(say("Cost κ of one unit of reward"), "number",
                               hint=say("1 for money off, less for a service at its own variable cost")),
            "fixed_cost": Entry(say("Fixed cost of a member in a year, currency units"), "number"),
        })  # fmt: skip
        self.experiment = self._part("experiment", {
            "invited_share": Entry(say("Share of customers who are invited"), "word", _shares(SHARES),
                                   hint=say("the others are the holdout, by lottery")),
            "outcome": Entry(say("Outcome"), "word", word_options(OUTCOMES, empty=False)),
            "smallest": Entry(say("Smallest effect worth knowing, per invited customer"), "number",
                              hint=say("in currency units or orders, in 26 weeks")),
            "power": Entry(say("Power: chance to find it"), "word", _shares(POWERS)),
            "rule": _wide(Entry(say("Rule of the decision"), "word", word_options(RULES))),
        })  # fmt: skip
        self.belief = self._part("belief", {
            "method": _wide(Entry(say("Method that I believe"), "word", word_options(METHODS))),
            "why": Entry(say("Why, in one sentence"), "words"),
        })  # fmt: skip
        self.conclusion = self._part("conclusion", {
            "sentence": Entry(say("Conclusion: what should the organisation do, and why?"), "words"),
        })  # fmt: skip
        self.places: dict[int, list[Any]] = {step: [] for step in range(1, 8)}
        for name, step in STEP_OF.items():
            self.places[step] = [getattr(self, name).box]

    def _part(self, name: str, entries: dict[str, Entry]) -> PartForm:
        return PartForm(PARTS[name], entries, self.changed)

    def changed(self) -> None:
        """Tell that something was typed, unless fields are being filled."""
        if not self._quiet:
            self._call()

    def collect(self) -> tuple[ProgrammeDesign, list[Problem]]:
        """The design as typed, and everything that can't be used, told beside its field too."""
        problems: list[Problem] = []
        given = {name: getattr(self, name).collect(say("Step {step}", step=step), problems)
                 for name, step in STEP_OF.items()}  # fmt: skip
        return replace(self._base, **given), problems

    def show(self, design: ProgrammeDesign) -> None:
        """Put a design into the fields; what is committed can't be changed."""
        self._quiet, self._base = True, design
        try:
            for name in STEP_OF:
                getattr(self, name).show(getattr(design, name))
            for part, locked in ((self.rules, design.ran), (self.experiment, design.ran),
                                 (self.belief, design.belief.committed)):  # fmt: skip
                for entry in part.entries.values():
                    entry.control.disabled = locked
        finally:
            self._quiet = False


def _wide(entry: Entry) -> Entry:
    entry.box.add_class("crm-wide")
    return entry


def _shares(shares: tuple[float, ...]) -> list[tuple[str, float]]:
    return [(format_percent(one, 0), one) for one in shares]
