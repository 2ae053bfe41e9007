"""Explore budgets: what is spent on acquiring and on retaining, customer equity, and where the next coin goes."""

from __future__ import annotations

from typing import Any

from crm_toolkit import plots
from crm_toolkit.analysis.budgets import ResponseCurve
from crm_toolkit.analysis.spending import Spending, judge_spending
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

_PAPER = "the example of the course, after the form of Blattberg and Deighton (1996)"
_UNITS = mark("units of money")
KNOBS = {
    knob.name: knob
    for knob in (
        Knob("acquisition_spend", 3.0, 0.0, 60.0, 0.5, mark("Acquisition, per prospect"), unit=_UNITS,
             origin="convention", reference=_PAPER),
        Knob("retention_spend", 20.0, 0.0, 120.0, 1.0, mark("Retention, per client and year"), unit=_UNITS,
             origin="convention", reference=_PAPER),
        Knob("margin", 50.0, 5.0, 500.0, 5.0, mark("Margin of a client in a year"), unit=_UNITS, origin="convention",
             reference=_PAPER),
        Knob("discount", 0.2, 0.01, 1.0, 0.01, mark("Discount rate of a year"), origin="convention", reference=_PAPER),
        Knob("acquisition_ceiling", 0.5, 0.05, 1.0, 0.05, mark("Acquisition: most that can be won"),
             origin="convention", reference=_PAPER),
        Knob("acquisition_speed", 0.35, 0.01, 2.0, 0.01, mark("Acquisition: speed"), origin="convention",
             reference=_PAPER),
        Knob("retention_ceiling", 0.7, 0.05, 0.98, 0.01, mark("Retention: most that can be kept"),
             origin="convention", reference=_PAPER),
        Knob("retention_speed", 0.15, 0.01, 2.0, 0.01, mark("Retention: speed"), origin="convention",
             reference=_PAPER),
    )
}  # fmt: skip
_ROWS = (
    ("acquisition_spend", "retention_spend"),
    ("margin", "discount"),
    ("acquisition_ceiling", "acquisition_speed"),
    ("retention_ceiling", "retention_speed"),
    ("conclusion",),
    ("picture",),
    ("costs",),
)


def explore_budget(*, acquisition_spend: float | None = None, retention_spend: float | None = None) -> Explorer:
    """Turn what is spent on acquisition and on retention, and see customer equity and the cost of the next client.

    Parameters
    ----------
    acquisition_spend, retention_spend : float, optional
        Where the two spendings start, units of money per prospect and per client and year.

    Returns
    -------
    Explorer
        A notebook shows controls, customer equity over both spendings with yours and the optimum, and average and
        marginal costs beside what a client is worth. ``.result`` is an `analysis.Spending`. With ``CRM_STATIC=1`` there
        is only the static copy.

    Raises
    ------
    InputError
        If a starting value is not allowed.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_budget()
    >>> explorer.result.next_coin
    'acquisition'
    >>> explorer.controls["acquisition_spend"].value, explorer.controls["retention_spend"].value = 9.0, 5.0
    >>> explorer.result.next_coin
    'retention'
    """
    given = {"acquisition_spend": acquisition_spend, "retention_spend": retention_spend}
    start = {name: knob.check(knob.default if given.get(name) is None else given[name])
             for name, knob in KNOBS.items()}  # fmt: skip

    def controls() -> dict[str, Any]:
        return {name: number_control(knob, value=start[name]) for name, knob in KNOBS.items()}

    return Explorer(_look, controls=controls, start=start, rows=_ROWS)


def _look(*, acquisition_spend: float, retention_spend: float, margin: float, discount: float, **curves: float) -> View:
    found = judge_spending(
        acquisition_spend, retention_spend,
        acquisition=ResponseCurve(curves["acquisition_ceiling"], curves["acquisition_speed"]),
        retention=ResponseCurve(curves["retention_ceiling"], curves["retention_speed"]),
        margin=margin, discount=discount,
    )  # fmt: skip
    told = found.reading()
    if found.next_coin not in (found.averages_say, "none"):
        told += " " + say("The averages would have sent it to the other side.")
    areas: dict[str, Any] = {"picture": plots.show(plots.spending_page(found)), "costs": _costs(found)}
    notes = (say("“Retaining is always cheaper” speaks of averages. Look for curves with which acquisition wins, and "
                 "for others with which it loses."),)  # fmt: skip
    return View(told, areas, found, notes)


def _costs(found: Spending) -> Table:
    best = found.best
    heads = (say("Costs and value"), say("yours"), say("optimum"))
    rows = (
        (say("Spent on a prospect"), _money(found.acquisition_spend), _money(best.acquisition_spend)),
        (say("Spent on a client and year"), _money(found.retention_spend), _money(best.retention_spend)),
        (say("Acquired of the prospects"), format_percent(found.acquisition_rate),
         format_percent(best.acquisition_rate)),
        (say("Retained of the clients"), format_percent(found.retention_rate), format_percent(best.retention_rate)),
        (say("An acquired client, on average"), _money(found.acquisition_average),
         _money(best.acquisition.average_cost(best.acquisition_rate))),
        (say("One more acquired client"), _money(found.acquisition_marginal), _money(best.acquisition_marginal_cost)),
        (say("A retained client, on average"), _money(found.retention_average),
         _money(best.retention.average_cost(best.retention_rate))),
        (say("One more retained client"), _money(found.retention_marginal), _money(best.retention_marginal_cost)),
        (say("What a client is worth (CLV)"), _money(found.value), _money(best.value)),
        (say("Customer equity of a prospect"), _money(found.equity), _money(best.equity)),
    )  # fmt: skip
    note = say("At the optimum three numbers are equal: one more acquired, one more retained, and CLV. Where a "
               "spending "
               "is best at 0, the first client there already costs more than that.")  # fmt: skip
    return Table(say("Your spending beside the optimum, units of money"), heads, rows, note)


def _money(value: float) -> str:
    return format_number(value, 2) if value < 1e6 else say("beyond all bounds")
