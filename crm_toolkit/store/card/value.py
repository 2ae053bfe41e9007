"""What the customer is worth: revenue, margin, cost to serve, expected value, and the risk of losing them.

Every term comes with its definition and with where its parameters come from. Terms about costs are there only for a
role that reads costs; wages only for one that reads salaries.

Expected value (CLV). With *q* the chance that the customer comes back within one period (1 - churn risk), *m* the
margin of a period if they stay, *r* the base's retention for a period and *d* the discount rate for a period:

    CLV = q m / (1 + d - r)

the margins q m r^(t-1) at the ends of periods t = 1, 2, … discounted and added up; with q = r it is Gupta and Lehmann's
(2003) margin multiple m r / (1 + d - r). *q*, *m* and *r* come from `base_rates`. The 95 % interval is by the delta
method from the errors of q, m and r. It is one of the mean of customers like this one: a single customer scatters far
more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from crm_toolkit.knobs import Knob
from crm_toolkit.store.card.base_rates import (
    Z95,
    BaseRates,
    Rate,
    lines_joined,
    margin_of_lines,
    may_read_margin,
    rates_for,
)
from crm_toolkit.store.card.reading import AT, CUSTOMER, Reading
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import mark

WORK_MINUTES_MONTH = Knob(
    "work_minutes_month", 9_900.0, 1_000.0, 20_000.0, 60.0, mark("Working minutes of a month"), unit=mark("minutes"),
    origin="convention", reference=mark("165 hours: a forty-hour week"),
)  # fmt: skip
DISCOUNT_RATE = Knob(
    "annual_discount_rate", 0.15, 0.0, 1.0, 0.01, mark("Discount rate of a year"), unit=mark("fraction"),
    origin="assumption", reference=mark("the order of a bank loan; an organisation puts in its own"),
)  # fmt: skip

# term → title, definition
TERMS: dict[str, tuple[str, str]] = {
    "orders": (mark("Orders"), mark("number of orders so far")),
    "revenue": (mark("Revenue"), mark("money of all orders so far, after discounts and points")),
    "margin": (mark("Margin"), mark("revenue less the variable cost of what was sold, at today's unit costs")),
    "labour": (mark("Work"), mark("minutes of handling contacts × salary of the month ÷ working minutes of a month")),
    "remedies": (mark("Remedies"), mark("money value of what was given for requests and complaints")),
    "touches": (mark("Messages and advertising"), mark("cost of all touches that reached for the customer")),
    "cost_to_serve": (mark("Cost to serve"), mark("work, remedies, and messages and advertising together")),
    "profit": (mark("Profit so far"), mark("margin less cost to serve")),
    "churn_risk": (
        mark("Churn risk"),
        mark("share of comparable customers' pauses, at least as long as this one, that did not end within a period"),
    ),
    "clv": (
        mark("Expected value (CLV)"),
        mark("discounted margin still to come: chance to come back × margin of a period ÷ (1 + discount - retention)"),
    ),
}


@dataclass(frozen=True)
class ValueTerm:
    """One number of the strip.

    Parameters
    ----------
    name : str
        One of `TERMS`.
    amount : float or None
        Currency units, a number of orders, or for the churn risk a fraction; None if it can't be told.
    low, high : float or None
        Ends of the 95 % interval, for an estimate.
    """

    name: str
    amount: float | None
    low: float | None = None
    high: float | None = None

    @property
    def title(self) -> str:
        """English title; `texts.say` translates it."""
        return TERMS[self.name][0]

    @property
    def definition(self) -> str:
        """What the number is, in English; `texts.say` translates it."""
        return TERMS[self.name][1]


@dataclass(frozen=True)
class ValueStrip:
    """What the customer is worth, as far as the role may read it.

    Parameters
    ----------
    terms : tuple of ValueTerm
        A term that the role may not see is absent.
    period_days : int
        Length of a period of churn risk and expected value; 0 if the record is too short.
    pause_days : int or None
        Days since the last order.
    comparable : Rate or None
        The comparable pauses behind the churn risk.
    parameters : mapping of str to float
        What went into the expected value: ``q``, ``m``, ``r``, ``d``.
    """

    terms: tuple[ValueTerm, ...]
    period_days: int = 0
    pause_days: int | None = None
    comparable: Rate | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)

    def term(self, name: str) -> ValueTerm | None:
        """The term of that name; None if the role may not see it."""
        return next((term for term in self.terms if term.name == name), None)


def value_of(reading: Reading, *, annual_discount_rate: float = DISCOUNT_RATE.default) -> ValueStrip:
    """The strip of one customer.

    Parameters
    ----------
    reading : Reading
        Of the customer.
    annual_discount_rate : float
        As a fraction.
    """
    bought = _orders(reading)
    if reading.rights.actor.kind == "customer":  # how the organisation judges its customers is not for their account
        return ValueStrip((ValueTerm("orders", bought["orders"]), ValueTerm("revenue", (bought["amount"] or 0) / 100)))
    rates = rates_for(reading.connection, reading.rights, reading.at)
    terms = [ValueTerm("orders", bought["orders"])]
    if reading.reads("orders", "amount"):
        terms.append(ValueTerm("revenue", (bought["amount"] or 0) / 100))
    recent = 0.0
    if may_read_margin(reading.rights):
        margin, recent = _margins(reading, rates)
        terms.append(ValueTerm("margin", margin))
        terms += _costs(reading, margin)
    pause, churn = None, None
    if bought["last_at"]:
        pause = (dt.date.fromisoformat(reading.at[:10]) - dt.date.fromisoformat(bought["last_at"][:10])).days
        churn = rates.churn(bought["days"], pause)
        terms.append(ValueTerm("churn_risk", *((churn.share, churn.low, churn.high) if churn else (None,))))
    parameters: dict[str, float] = {}
    if "margin" in {term.name for term in terms}:
        worth, parameters = _expected(rates, churn, recent, annual_discount_rate)
        terms.append(worth)
    return ValueStrip(tuple(terms), rates.period_days, pause, churn, parameters)


def _orders(reading: Reading) -> dict[str, Any]:
    def build() -> sa.Select:
        table = TABLES["orders"]
        return sa.select(
            sa.func.count().label("orders"), sa.func.sum(table.c.amount_minor).label("amount"),
            sa.func.max(table.c.ordered_at).label("last_at"),
            sa.func.count(sa.distinct(sa.func.substr(table.c.ordered_at, 1, 10))).label("days"),
        ).where(reading.rights.rows("orders"), table.c.customer_id == CUSTOMER, table.c.ordered_at <= AT)  # fmt: skip

    return dict(reading.ask("orders", build).mappings().one())


def _margins(reading: Reading, rates: BaseRates) -> tuple[float, float]:
    """Margin so far, and of the last period."""

    def build() -> sa.Select:
        joined, allowed = lines_joined(reading.rights)
        at_of, margin = TABLES["orders"].c.ordered_at, margin_of_lines()
        recent = sa.case((at_of > sa.bindparam("since", type_=sa.Text()), margin), else_=0)
        return sa.select(sa.func.sum(margin), sa.func.sum(recent)).select_from(joined).where(
            allowed, TABLES["order_lines"].c.customer_id == CUSTOMER, TABLES["orders"].c.customer_id == CUSTOMER,
            at_of <= AT,
        )  # fmt: skip

    since = dt.date.fromisoformat(reading.at[:10]) - dt.timedelta(days=rates.period_days)
    whole, recent = reading.ask("margins", build, since=f"{since.isoformat()} 24").one()
    return float(whole or 0) / 100, float(recent or 0) / 100


def _costs(reading: Reading, margin: float) -> list[ValueTerm]:
    """Cost to serve by its terms; the sum only if the role sees them all."""
    made: list[ValueTerm] = []
    if reading.reads("contacts", "handle_minutes", "opened_at", "employee_id") and reading.reads(
        "employees", "salary_month"
    ):
        minutes = reading.ask("labour", lambda: _labour(reading)).scalar()
        made.append(ValueTerm("labour", float(minutes or 0) / WORK_MINUTES_MONTH.default / 100))
    for term, entity, amount, at in (
        ("remedies", "requests", "remedy_amount", "resolved_at"), ("touches", "touches", "cost", "touched_at"),
    ):  # fmt: skip
        if reading.reads(entity, amount, at):
            spent = reading.ask(term, partial(_spent, reading, entity, amount, at)).scalar()
            made.append(ValueTerm(term, float(spent or 0) / 100))
    if len(made) == 3:
        cost = sum(term.amount or 0 for term in made)
        made += [ValueTerm("cost_to_serve", cost), ValueTerm("profit", margin - cost)]
    return made


def _spent(reading: Reading, entity: str, amount: str, at: str) -> sa.Select:
    """A sum of money over the customer's rows of a table."""
    table = TABLES[entity]
    return sa.select(sa.func.sum(table.c[f"{amount}_minor"])).where(
        reading.rights.rows(entity), table.c.customer_id == CUSTOMER, table.c[at] <= AT
    )


def _labour(reading: Reading) -> sa.Select:
    """Minutes of work × the salary of a month of the employee who worked; minutes of nobody cost nothing."""
    contacts, employees = TABLES["contacts"], TABLES["employees"]
    return (
        sa.select(sa.func.sum(contacts.c.handle_minutes * employees.c.salary_month_minor))
        .join_from(contacts, employees, contacts.c.employee_id == employees.c.employee_id)
        .where(reading.rights.rows("contacts"), reading.rights.rows("employees"), contacts.c.customer_id == CUSTOMER,
               contacts.c.opened_at <= AT)
    )  # fmt: skip


def _expected(
    rates: BaseRates, churn: Rate | None, recent: float, annual_discount_rate: float
) -> tuple[ValueTerm, dict[str, float]]:
    """CLV with its interval, and what went into it."""
    if churn is None or rates.retention is None or rates.margin is None:
        return ValueTerm("clv", None), {}
    q, r = 1 - churn.share, rates.retention.share
    m, m_error = rates.margin.expected(recent)
    d = (1 + annual_discount_rate) ** (rates.period_days / 365) - 1
    rest = 1 + d - r
    if rest <= 0:  # nobody ever leaves and money costs nothing: the sum has no end
        return ValueTerm("clv", None), {}
    worth = q * m / rest
    error = ((churn.error * m) ** 2 + (q * m_error) ** 2 + (worth * rates.retention.error) ** 2) ** 0.5 / rest
    low, high = max(worth - Z95 * error, 0.0), worth + Z95 * error
    return ValueTerm("clv", worth, low, high), {"q": q, "m": m, "r": r, "d": d}
