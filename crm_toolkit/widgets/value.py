"""Explore value: turn the rates of cost and the levers, and see the whale curve and what moves customer equity.

Costs to serve decide who is profitable; retention, discount and acquisition cost decide what all customers together are
worth. The margin of a customer comes from the first half into the second: dearer minutes make every lever weaker.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis import CustomerEquity, WhaleCurve, customer_equity, customer_profit, whale_curve
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.style import styled
from crm_toolkit.plots.value_formulas import LEVERS
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

_OURS = "the barbershop of lesson 04"
KNOBS = {
    knob.name: knob
    for knob in (
        Knob("margin_rate", 0.6, 0.05, 1.0, 0.05, mark("Margin left of the revenue"), unit=mark("fraction"),
             reference=_OURS),
        Knob("minute_cost", 1.2, 0.0, 5.0, 0.1, mark("Cost of a minute of an employee, with workplace"),
             unit=mark("currency units"), reference=_OURS),
        Knob("complaint_cost", 30.0, 0.0, 300.0, 5.0, mark("Further cost of a complaint"),
             unit=mark("currency units"), reference=_OURS),
        Knob("retention", 0.7, 0.05, 0.95, 0.01, mark("Share of customers that stays on from year to year"),
             unit=mark("fraction"), reference=_OURS),
        Knob("discount", 0.15, 0.01, 0.6, 0.01, mark("Discount rate of a year"), unit=mark("fraction"),
             origin="convention", reference="as in analysis.customer_lifetime_value"),
        Knob("acquisition_cost", 15.0, 0.0, 300.0, 1.0, mark("Cost of a new customer"), unit=mark("currency units"),
             reference=_OURS),
    )
}  # fmt: skip
_ROWS = (("margin_rate", "minute_cost", "complaint_cost"), ("retention", "discount", "acquisition_cost"),
         ("conclusion",), ("picture",), ("levers",))  # fmt: skip


@dataclass(frozen=True, eq=False)
class ValueView:
    """What `explore_value` shows.

    Parameters
    ----------
    profit : pandas.DataFrame
        `analysis.customer_profit` of the last twelve months.
    whale : analysis.WhaleCurve
    equity : analysis.CustomerEquity
        With the margin that a customer of these twelve months left after service.
    elasticities : pandas.DataFrame
        `CustomerEquity.elasticities`.
    """

    profit: pd.DataFrame
    whale: WhaleCurve
    equity: CustomerEquity
    elasticities: pd.DataFrame


def explore_value(purchases: pd.DataFrame, contacts: pd.DataFrame, *, as_of: Any) -> Explorer:
    """Turn costs and levers: who is profitable, and what are all customers worth?

    Parameters
    ----------
    purchases : pandas.DataFrame
        ``customer_id``, ``ordered_at``, ``amount``; the last twelve months take part, and the months before tell who is
        new.
    contacts : pandas.DataFrame
        ``customer_id``, ``opened_at``, ``kind``, ``handle_minutes``.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.

    Returns
    -------
    Explorer
        A notebook shows controls, the whale curve beside the elasticities of customer equity, and the levers in a
        table. ``.result`` is a `ValueView`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If a column is missing, nobody bought in the last twelve months, or no profit is left.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> day = pd.Timestamp("2025-03-01")
    >>> bought = pd.DataFrame({"customer_id": [1, 1, 2, 3], "ordered_at": day, "amount": [60.0, 40.0, 90.0, 20.0]})
    >>> served = pd.DataFrame({"customer_id": [2, 3], "opened_at": day, "kind": "visit", "handle_minutes": [10, 15]})
    >>> explorer = explore_value(bought, served, as_of="2025-06-30")
    >>> explorer.result.whale.unprofitable
    1
    >>> explorer.controls["minute_cost"].value = 0.0
    >>> explorer.result.whale.unprofitable
    0
    """
    require_frame(purchases, ("customer_id", "ordered_at", "amount"), asked_by="explore_value")
    require_frame(contacts, ("customer_id", "opened_at", "kind", "handle_minutes"),
                    asked_by="explore_value")  # fmt: skip
    end = pd.Timestamp(as_day(as_of, "as_of")) + dt.timedelta(days=1)
    start = end - pd.DateOffset(years=1)
    seen = purchases[purchases["ordered_at"] < end]
    year = seen[seen["ordered_at"] >= start]
    if year.empty:
        what = say("Nobody bought in the twelve months before the date of analysis.")
        raise InputError(say("There is nothing to explore."), [Problem("no_purchases", what, column="as_of")])
    served = contacts[(contacts["opened_at"] >= start) & (contacts["opened_at"] < end)]
    first = seen.groupby("customer_id")["ordered_at"].min()
    new = int((first >= start).sum())

    @lru_cache(maxsize=16)
    def profit_of(margin_rate: float, minute_cost: float, complaint_cost: float) -> pd.DataFrame:
        return customer_profit(year, served, as_of=end - dt.timedelta(days=1), minute_cost=minute_cost,
                               margin_rate=margin_rate, rates={"complaint": complaint_cost})  # fmt: skip

    def look(*, margin_rate: float, minute_cost: float, complaint_cost: float, **levers: float) -> View:
        return _view(profit_of(margin_rate, minute_cost, complaint_cost), new, **levers)

    def controls() -> dict[str, Any]:
        return {name: number_control(knob) for name, knob in KNOBS.items()}

    starting = {name: knob.default for name, knob in KNOBS.items()}
    return Explorer(look, controls=controls, start=starting, rows=_ROWS)


def _view(profit: pd.DataFrame, new: int, *, retention: float, discount: float, acquisition_cost: float) -> View:
    whale = whale_curve(profit)
    equity = customer_equity(customers=whale.customers, new_customers=new, margin=whale.total / whale.customers,
                             retention=retention, discount=discount, acquisition_cost=acquisition_cost)  # fmt: skip
    table = equity.elasticities()
    best = table.sort_values("elasticity").iloc[-1]
    told = say_count(
        "{count} customer of the last twelve months left {total} after goods and service; {share} brought a loss, and "
        "the profitable ones brought {peak} of the profit.",
        "{count} customers of the last twelve months left {total} after goods and service; {share} brought a loss, and "
        "the profitable ones brought {peak} of the profit.",
        whale.customers,
        total=format_number(whale.total, 0),
        share=format_percent(whale.unprofitable / whale.customers, 0),
        peak=format_percent(whale.peak, 0),
    )
    told += " " + say("All customers, those to come included, are worth {equity}; the strongest lever is {lever}: "
                      "one per cent better raises that by {rise}.", equity=format_number(equity.total, 0),
                      lever=say(LEVERS[best["lever"]]), rise=format_percent(best["elasticity"] / 100, 1))  # fmt: skip
    notes = (
        say("The rates of cost and the levers are assumptions: turn them. Management and idle minutes are shared "
            "out to nobody; one retention for all customers is a simplification."),
        say("An elasticity says what a per cent brings, not what it costs."),
    )  # fmt: skip
    areas: dict[str, Any] = {"picture": _picture(whale, table), "levers": _levers(table)}
    return View(told, areas, ValueView(profit, whale, equity, table), notes)


def _picture(whale: WhaleCurve, table: pd.DataFrame) -> plots.Picture:
    with styled():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(14.5, 5.0), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=[1.1, 1])
    plots.whale_chart(whale, ax=left)
    plots.elasticity_chart(table, ax=right)
    return plots.show(figure)


def _levers(table: pd.DataFrame) -> Table:
    heads = (say("Lever"), say("Now"), say("One per cent better"), say("Customer equity then"),
             say("Rise of customer equity"))  # fmt: skip
    rows = [(say(LEVERS[row["lever"]]), format_number(row["before"], 3), format_number(row["after"], 3),
             format_number(row["equity"], 0), format_percent(row["elasticity"] / 100, 2))
            for row in table.to_dict("records")]  # fmt: skip
    return Table(say("Levers of customer equity"), heads, tuple(rows))
