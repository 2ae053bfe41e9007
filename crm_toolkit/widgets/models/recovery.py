"""Explore service recovery: budget, speed and authority, through voice and exit, to repurchase and profit."""

from __future__ import annotations

from typing import Any

from crm_toolkit import plots
from crm_toolkit.analysis.recovery_budget import KNOBS, LIMITS, RecoveryBudget, recovery_budget
from crm_toolkit.behaviour import exit_voice, service_recovery
from crm_toolkit.plots.recovery_budget import recovery_budget_page
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

_TURNED = {
    **{name: KNOBS[name] for name in ("budget", "hours", "empowerment", "margin", "generosity", "paperwork")},
    "effort": exit_voice.KNOBS["effort"],
    **{name: service_recovery.KNOBS[name] for name in ("severity", "blame")},
}
_ROWS = (
    ("budget", "hours", "empowerment"),
    ("effort", "severity", "blame"),
    ("margin", "generosity", "paperwork"),
    ("conclusion",),
    ("picture",),
    ("outcomes",),
    ("origins",),
)


def explore_recovery() -> Explorer:
    """Turn what is spent on putting failures right, how fast it is and who may decide, and see who speaks up and
    returns.

    Returns
    -------
    Explorer
        A notebook shows controls, satisfaction after one failure and after two, profit with the best budget, and a
        table of outcomes. ``.result`` is a `RecoveryBudget`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_recovery()
    >>> best = explorer.result.best
    >>> explorer.controls["empowerment"].value = 1.0  # no approvals: the same effect for less money
    >>> explorer.result.best < best
    True
    """
    start = {name: knob.default for name, knob in _TURNED.items()}

    def controls() -> dict[str, Any]:
        return {name: number_control(knob) for name, knob in _TURNED.items()}

    return Explorer(_look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _look(**at: float) -> View:
    found = recovery_budget(**at)
    picture = plots.show(recovery_budget_page(found))
    areas: dict[str, Any] = {"picture": picture, "outcomes": _outcomes(found), "origins": _origins(found)}
    notes = (
        say("A meta-analysis found the paradox in satisfaction, and none in repurchase, word of mouth or image."),
        say(LIMITS),
    )
    return View(_conclusion(found), areas, found, notes)


def _conclusion(found: RecoveryBudget) -> str:
    here, best = found.row(found.budget), found.row(found.best)
    if here["satisfaction_one"] > 0 >= here["satisfaction_two"]:
        told = say("With a budget of {budget} the paradox appears after one failure and is gone after the second.",
                   budget=format_number(found.budget))  # fmt: skip
    elif here["satisfaction_two"] > 0:
        told = say("With a budget of {budget} those who complained are more satisfied than without a failure, even "
                   "after two.", budget=format_number(found.budget))  # fmt: skip
    else:
        told = say("With a budget of {budget} there is no paradox: who complained stays less satisfied than without a "
                   "failure.", budget=format_number(found.budget))  # fmt: skip
    told += " " + say("{voice} complain, and {returns} of all return.", voice=format_percent(here["voice"], 0),
                      returns=format_percent(here["returns"], 0))  # fmt: skip
    told += " " + say("The best budget is {best}: profit {profit} instead of {now}. Without the failure it would be "
                      "{none}.",
                      best=format_number(found.best), profit=format_number(best["profit"], 1),
                      now=format_number(here["profit"], 1), none=format_number(found.without_failure, 1))  # fmt: skip
    return told


def _outcomes(found: RecoveryBudget) -> Table:
    heads = (say("Budget"), say("Complain"), say("Leave for good"), say("Tell others"), say("Keep silent"),
             say("Return, of all"), say("Return, of those who complained"), say("Profit"))  # fmt: skip
    names = {0: say("nothing: {budget}", budget=0), found.best: say("the best: {budget}", budget=found.best),
             found.budget: say("yours: {budget}", budget=found.budget)}  # fmt: skip
    shares = ("voice", "exit", "told_others", "silent", "returns", "returns_complained")
    rows = []
    for budget in sorted(names):
        row = found.row(budget)
        rows.append((names[budget], *(format_percent(row[one], 0) for one in shares), format_number(row["profit"], 1)))
    note = say("For one customer with one failure. A failure that nobody hears of is not put right.")
    return Table(say("What budgets come to"), heads, tuple(rows), note)


def _origins(found: RecoveryBudget) -> Table:
    """Where the parts of the model come from."""
    rows = (
        (say("Who speaks up, leaves, tells others, says nothing"), say("form after Hirschman 1970; weights assumed")),
        (say("Satisfaction after one failure and after two"),
         say("direction after Maxham and Netemeyer 2002; weights assumed")),
        (say("Return falls with severity whatever the recovery"),
         say("direction after de Matos and others 2007, Soares and Proença 2015; weights assumed")),
        (say("Money with diminishing returns, approvals, over-giving"), say("assumption of the course")),
        (say("The best budget"), say("exact: every whole unit from 0 to {most} is tried", most=len(found.table) - 1)),
    )  # fmt: skip
    return Table(say("Where it comes from"), (say("Part of the model"), say("Origin")), rows)
