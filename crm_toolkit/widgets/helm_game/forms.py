"""The fields of a quarter: levers by group with cost, delay and side effect; forecasts; the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.helm_game import Forecast, LogEntry, played_decision
from crm_toolkit.exercises.helm_game.played import REASONS, PlayedDecision, forecast_problems
from crm_toolkit.texts import format_number, say
from crm_toolkit.widgets.case_canvas.fields import Entry, PartForm, word_options
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.store_style import column, html_area
from crm_toolkit.world.helm import GROUPS, LEVERS, Decision


class QuarterForm:
    """All fields of a quarter.

    Parameters
    ----------
    changed : callable
        Called when something was typed.
    """

    def __init__(self, changed: Callable[[], Any]):
        self._call, self._quiet = changed, False
        self.levers = PartForm(PlayedDecision, {name: _entry(name) for name in LEVERS}, self.changed)
        self.forecast = PartForm(Forecast, {
            "profit": Entry(say("Probability that the profit is above 0"), "number", hint=say("0 to 1")),
            "busy": Entry(say("Probability that the load is above 90%"), "number", hint=say("0 to 1")),
            "cash_low": Entry(say("Cash at the end: lower end"), "number"),
            "cash_high": Entry(say("Cash at the end: upper end"), "number",
                               hint=say("the interval shall hold in 8 of 10 cases")),
            "visits_low": Entry(say("Visits at the till: lower end"), "number"),
            "visits_high": Entry(say("Visits at the till: upper end"), "number",
                                 hint=say("the interval shall hold in 8 of 10 cases")),
        }, self.changed)  # fmt: skip
        self.log = PartForm(LogEntry, {
            "reason": Entry(say("The decision rests on"), "word", word_options(REASONS)),
            "why": Entry(say("Why, in one sentence"), "words"),
            "wrong_if": Entry(say("What would show that it was wrong?"), "words"),
        }, self.changed)  # fmt: skip
        self.before = html_area()
        groups = []
        for group, label in GROUPS.items():
            boxes = [entry.box for name, entry in self.levers.entries.items() if LEVERS[name].group == group]
            groups.append(column([html_area(tag("h4", say(label))), column(boxes, "crm-fields")], "crm-lever-group"))
        self.lever_box = column(groups, "crm-form", "crm-levers")
        self.forecast_box = column([html_area(tag("h4", say("Your forecast, before the quarter is run"))),
                                    self.forecast.box], "crm-form")  # fmt: skip
        self.log_box = column([html_area(tag("h4", say("Log of the decision"))), self.log.box], "crm-form")

    def changed(self) -> None:
        """Tell that something was typed, unless fields are being filled."""
        if not self._quiet:
            self._call()

    def collect(self) -> tuple[Decision, Forecast, LogEntry, list[Problem]]:
        """What is typed, and everything that can't be used; told beside its field too."""
        problems: list[Problem] = []
        kept = self.levers.collect(say("Levers"), problems)
        forecast = self.forecast.collect(say("Forecast"), problems)
        log = self.log.collect(say("Log"), problems)
        problems += forecast_problems(forecast)
        try:
            decision = Decision(**asdict(kept))
        except InputError as letter:
            problems += letter.problems
            decision = Decision()
        return decision, forecast, log, problems

    def show(self, decision: Decision) -> None:
        """Put the standing levers into the fields, and empty forecast and log."""
        self._quiet = True
        try:
            self.levers.show(played_decision(decision))
            self.forecast.show(Forecast())
            self.log.show(LogEntry())
        finally:
            self._quiet = False


def _entry(name: str) -> Entry:
    lever = LEVERS[name]
    knob = lever.knob
    label = say(knob.label) + (f", {say(knob.unit)}" if knob.unit else "")
    hint = say("Cost: {cost}. {delay}. Besides: {effect}.", cost=say(lever.cost).rstrip("."),
               delay=_capital(say(lever.delay)), effect=say(lever.side_effect).rstrip("."))  # fmt: skip
    if lever.words:
        options = [(_capital(say(word)), place) for place, word in enumerate(lever.words)]
        return Entry(label, "word", options, hint=hint)
    span = say("{low} to {high}", low=format_number(knob.low), high=format_number(knob.high))
    return Entry(label, "number", hint=f"{span}. {hint}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
