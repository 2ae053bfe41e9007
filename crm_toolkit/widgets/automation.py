"""Automation rules before they are switched on: turn triggers and conditions, and see who would get what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from crm_toolkit.datasets.event_log import EventLog, load_event_log
from crm_toolkit.firm.automation import HELD_BACK, REST_DAYS, Condition, Rule, RuleRun, run_rules
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_money, format_number, mark, say
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

NAMES = {
    "apology": mark("apology after a complaint"),
    "thanks": mark("thanks to the best"),
    "win_back": mark("win back the silent"),
}
ACTIONS = {"call": mark("call"), "gift": mark("gift"), "letter": mark("letter")}
ENTRIES = {"run": mark("run"), "action": mark("action"), "held_back": mark("held back")}
_ASSUMED = "an example of the course"
KNOBS = {
    knob.name: knob
    for knob in (
        Knob("after_days", 60, 14, 180, 7, mark("Silence of so many days"), unit=mark("days"), origin="convention",
             reference=_ASSUMED),
        Knob("least_orders", 3, 1, 20, 1, mark("Win back: orders so far, at least"), origin="convention",
             reference=_ASSUMED),
        Knob("least_spent", 250, 0, 2_000, 10, mark("Thanks: spent so far, at least"), unit="USD",
             origin="convention", reference=_ASSUMED),
        REST_DAYS,
    )
}  # fmt: skip
_ROWS = (("after_days", "least_orders", "least_spent"), ("rest_days", "consent", "order"), ("conclusion",), ("rules",),
         ("affected",), ("held",), ("audit",))  # fmt: skip
ORDERS = {
    "apology_first": ("apology", "thanks", "win_back"),
    "win_back_first": ("win_back", "thanks", "apology"),
}
_SHOWN = 10
_DAYS = 180


@dataclass(frozen=True, eq=False)
class RulesView:
    """What `automation_rules` shows.

    Parameters
    ----------
    run : firm.RuleRun
    log : datasets.event_log.EventLog
    """

    run: RuleRun
    log: EventLog


def automation_rules(scenario: str = "barbershop") -> Explorer:
    """Turn three rules of automation and see, on the log of an organisation, whom they would reach and what it costs.

    Parameters
    ----------
    scenario : str
        A shipped world, as for `datasets.load_world`; its last half-year is run, in dollars.

    Returns
    -------
    Explorer
        A notebook shows controls, the rules with customers, cost and expected value, who is affected, who is held back
        and the audit log. ``.result`` is a `RulesView`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If there is no such world.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> explorer = automation_rules()
    >>> first = len(explorer.result.run.actions)
    >>> explorer.controls["after_days"].value = 180
    >>> len(explorer.result.run.actions) < first
    True
    """
    log = load_event_log(scenario, locale="en_US")
    start = {name: knob.default for name, knob in KNOBS.items()} | {"consent": True, "order": "apology_first"}

    def look(**at: Any) -> View:
        return _look(log, **at)

    def controls() -> dict[str, Any]:
        orders = [(say(NAMES[names[0]]), code) for code, names in ORDERS.items()]
        return {
            **{name: number_control(knob) for name, knob in KNOBS.items()},
            "consent": choice_control(say("Consent to messages"), [(say("respected"), True), (say("ignored"), False)],
                                      value=True),
            "order": choice_control(say("First in the list"), orders, value="apology_first"),
        }  # fmt: skip

    return Explorer(look, controls=controls, start=start, rows=_ROWS)


def ready_rules(
    *, after_days: int = 60, least_orders: int = 3, least_spent: float = 250, consent: bool = True
) -> dict[str, Rule]:
    """The three rules of the lesson by their code; costs, chances and gains are assumptions.

    >>> [str(rule) for rule in ready_rules().values()][2]
    'win_back: silence 60 → orders >= 3 → letter'
    """
    return {
        "apology": Rule("apology", on="complaint", action="call", cost=4.0, success=0.3, gain=45.0,
                        needs_consent=False),
        "thanks": Rule("thanks", on="purchase", action="gift", conditions=(Condition("spent", ">=", least_spent),),
                       cost=5.0, success=0.1, gain=60.0, needs_consent=consent),
        "win_back": Rule("win_back", on="silence", after_days=int(after_days), action="letter",
                         conditions=(Condition("orders", ">=", least_orders),), cost=1.2, success=0.06, gain=40.0,
                         needs_consent=consent),
    }  # fmt: skip


def _look(
    log: EventLog, *, after_days: int, least_orders: int, least_spent: float, rest_days: int, consent: bool, order: str
) -> View:
    rules = ready_rules(after_days=after_days, least_orders=least_orders, least_spent=least_spent, consent=consent)
    since = log.last_day - pd.Timedelta(days=_DAYS)
    run = run_rules([rules[name] for name in ORDERS[order]], log.events, log.customers, since=since, until=log.last_day,
                    by="marketing", rest_days=rest_days)  # fmt: skip
    areas: dict[str, Any] = {"rules": _rules(run), "affected": _affected(run), "held": _held(run),
                             "audit": _audit(run)}  # fmt: skip
    notes = [say("The last {days} days of the log. Chance and gain are what the author of a rule expects; what it does "
                 "is measured with a holdout.", days=_DAYS)]  # fmt: skip
    if not consent:
        notes.append(say("Messages without consent break the law, whatever they bring."))
    return View(run.reading(), areas, RulesView(run, log), tuple(notes))


def _rules(run: RuleRun) -> Table:
    heads = (say("Rule"), say("Customers"), say("Actions"), say("Cost"), say("Expected after cost"), say("Held back"))
    rows = [
        (say(NAMES[row["rule"]]), *(format_number(row[name]) for name in ("customers", "actions")),
         *(format_money(row[name], "USD") for name in ("cost", "expected_value")), format_number(row["held_back"]))
        for row in run.table.to_dict("records")
    ]  # fmt: skip
    return Table(say("Who gets what, before anything is switched on"), heads, tuple(rows))


def _affected(run: RuleRun) -> Table:
    heads = (say("Customer"), say("Day"), say("Rule"), say("Action"), say("Cost"))
    rows = [
        (str(row["customer_id"]), f"{row['at']:%Y-%m-%d}", say(NAMES[row["rule"]]), say(ACTIONS[row["action"]]),
         format_money(row["cost"], "USD"))
        for row in run.actions.head(_SHOWN).to_dict("records")
    ]  # fmt: skip
    note = say("The first {shown} of {all} actions.", shown=len(rows), all=format_number(len(run.actions)))
    return Table(say("Affected customers"), heads, tuple(rows), note)


def _held(run: RuleRun) -> Table:
    heads = (say("Rule"), say("Why not"), say("Times"))
    counted = run.held_back.groupby(["rule", "reason"], sort=True).size().rename("times").reset_index()
    rows = [
        (say(NAMES[row["rule"]]), say(HELD_BACK[row["reason"]]), format_number(row["times"]))
        for row in counted.to_dict("records")
    ]
    return Table(say("Held back"), heads, tuple(rows))


def _audit(run: RuleRun) -> Table:
    heads = (say("Number"), say("Day"), say("Entry"), say("Rule"), say("Customer"))
    rows = [
        (str(row["number"]), f"{row['at']:%Y-%m-%d}", say(ENTRIES[row["entry"]]), say(NAMES[row["rule"]]),
         "–" if row["customer_id"] is None or pd.isna(row["customer_id"]) else f"{row['customer_id']:.0f}")
        for row in run.audit.head(6).to_dict("records")
    ]  # fmt: skip
    note = say("{count} entries, by: {by}. The log is kept: who was written to, by which rule, and who ran it.",
               count=format_number(len(run.audit)), by="marketing")  # fmt: skip
    return Table(say("Audit log: its beginning"), heads, tuple(rows), note)
