"""How things stand with the customer now: open requests and their SLA clock, debts by age, points, household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError
from crm_toolkit.firm import BusinessHours, ServiceLevel, SLAStatus, sla_status
from crm_toolkit.store.card.identity import moment
from crm_toolkit.store.card.reading import AT, CUSTOMER, DAY, ISO, Reading
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import mark

OPEN_STATES = ("new", "assigned", "waiting", "reopened")
# convention: an organisation puts in its own
_HOURS = BusinessHours({weekday: ((dt.time(9), dt.time(18)),) for weekday in range(6)})
SERVICE_LEVELS: dict[str, ServiceLevel] = {
    "urgent": ServiceLevel("urgent", 30, 240, _HOURS),
    "high": ServiceLevel("high", 60, 540, _HOURS),
    "normal": ServiceLevel("normal", 120, 1080, _HOURS),
    "low": ServiceLevel("low", 540, 2700, _HOURS),
}
# event of a request → what it is to the clock; the others don't move it
_CLOCK = {"responded": "responded", "paused": "paused", "resumed": "resumed", "resolved": "resolved",
          "rejected": "resolved", "reopened": "reopened"}  # fmt: skip
_LOGGED = ("request_id", "happened_at", "event")
AGES: dict[str, str] = {
    "not_due": mark("not yet due"), "overdue_30": mark("overdue by 1–30 days"),
    "overdue_60": mark("overdue by 31–60 days"), "overdue_90": mark("overdue by 61–90 days"),
    "overdue_older": mark("overdue by more than 90 days"),
}  # fmt: skip


@dataclass(frozen=True)
class OpenRequest:
    """One request or complaint that is not settled.

    Parameters
    ----------
    request_id : int
    kind, priority, status : str
    subject : str or None
        If the role may read it.
    opened_at : datetime
    employee_id : int or None
        Who handles it.
    sla : SLAStatus or None
        Where it stands against the service level of its priority; None if its history does not fit the clock, or the
        role does not see `request_events`.
    """

    request_id: int
    kind: str
    priority: str
    status: str
    subject: str | None
    opened_at: dt.datetime | None
    employee_id: int | None
    sla: SLAStatus | None


@dataclass(frozen=True)
class Debts:
    """What the customer owes, by the age of the bills.

    Parameters
    ----------
    outstanding : float
        Currency units; the sum of ``by_age``.
    by_age : mapping of str to float
        `AGES` → money.
    written_off : float
        Debts that were given up, not among the outstanding ones; 0 if the role does not see `receivables`.
    oldest_due_on : date or None
        Day on which the oldest of the open bills was due.
    """

    outstanding: float
    by_age: Mapping[str, float]
    written_off: float
    oldest_due_on: dt.date | None


@dataclass(frozen=True)
class Points:
    """The customer's account of points.

    Parameters
    ----------
    member_since : datetime or None
        None if the customer is no member.
    balance : int
    expiring, expires_on : int, date or None
        The points that expire next, and when; the oldest points are taken to be used first.
    """

    member_since: dt.datetime | None
    balance: int = 0
    expiring: int = 0
    expires_on: dt.date | None = None


def open_requests(reading: Reading, levels: Mapping[str, ServiceLevel] = SERVICE_LEVELS) -> tuple[OpenRequest, ...]:
    """Requests that are open as of the card's moment, the oldest first."""
    found = reading.rows(
        "open", "requests",
        lambda c: (c.opened_at <= AT, sa.or_(c.status.in_(OPEN_STATES), c.resolved_at > AT)), order=("opened_at",),
    )  # fmt: skip
    if not found:
        return ()
    events: dict[int, list[tuple[str, str]]] = {}
    if reading.reads("request_events", *_LOGGED):
        known = reading.rows(
            "events", "request_events", lambda c: (c.happened_at <= AT, c.event.in_(tuple(_CLOCK))),
            order=("happened_at", "event_id"),
        )  # fmt: skip
        for event in known:
            events.setdefault(event["request_id"], []).append((event["happened_at"], _CLOCK[event["event"]]))
    return tuple(
        OpenRequest(
            row["request_id"], row["kind"], row["priority"], row["status"], row.get("subject"),
            moment(row["opened_at"]), row["employee_id"],
            _judged(levels.get(row["priority"]), row, events.get(row["request_id"], ()), reading)
            if reading.reads("request_events", *_LOGGED) else None,
        )
        for row in found
    )  # fmt: skip


def _judged(
    level: ServiceLevel | None, row: Mapping[str, Any], events: Sequence[tuple[str, str]], reading: Reading
) -> SLAStatus | None:
    if level is None:
        return None
    try:
        return sla_status(level, row["opened_at"], events, reading.at)
    except InputError:
        return None


def debts_of(reading: Reading) -> Debts:
    """Open bills by age.

    A bill is open if it is not wholly paid as of the card's moment. Debts that were written off are taken from the
    oldest bills.
    """

    def open_bills() -> sa.Select:
        payments, orders = TABLES["payments"], TABLES["orders"]
        paid = sa.case((payments.c.paid_at <= AT, payments.c.paid_amount_minor), else_=0)
        return (
            sa.select(payments.c.due_on, payments.c.due_amount_minor - paid)
            .join_from(payments, orders, payments.c.order_id == orders.c.order_id)
            .where(reading.rights.rows("payments"), payments.c.customer_id == CUSTOMER, payments.c.kind == "payment",
                   orders.c.ordered_at <= AT, payments.c.due_amount_minor > paid)
            .order_by(payments.c.due_on)
        )  # fmt: skip

    bills = reading.ask("bills", open_bills).all()
    written_off = 0
    if reading.reads("receivables", "written_off", "month"):
        table = TABLES["receivables"]
        written_off = int(reading.ask("written off", lambda: sa.select(sa.func.sum(table.c.written_off_minor)).where(
            reading.rights.rows("receivables"), table.c.customer_id == CUSTOMER, table.c.month <= DAY,
        )).scalar() or 0)  # fmt: skip
    today = dt.datetime.strptime(reading.at, ISO).date()
    by_age, left, oldest = dict.fromkeys(AGES, 0), written_off, None
    for due_on, owed in bills:
        gone = min(left, owed)
        left -= gone
        if owed > gone:
            due = dt.date.fromisoformat(due_on)
            oldest = oldest or due
            by_age[age_of((today - due).days)] += owed - gone
    return Debts(sum(by_age.values()) / 100, {name: owed / 100 for name, owed in by_age.items()},
                 written_off / 100, oldest)  # fmt: skip


def age_of(days_overdue: int) -> str:
    """The class of age of a bill by the days since it was due.

    >>> [age_of(days) for days in (0, 1, 30, 31, 90, 91)]
    ['not_due', 'overdue_30', 'overdue_30', 'overdue_60', 'overdue_90', 'overdue_older']
    """
    names = list(AGES)
    return names[0] if days_overdue <= 0 else names[min((days_overdue - 1) // 30 + 1, 4)]


def points_of(reading: Reading) -> Points:
    """The account of points as of the card's moment."""
    member = reading.rows("member", "loyalty_members", lambda c: (c.enrolled_at <= AT,))
    if not member:
        return Points(None)
    entries = reading.rows("points", "loyalty_ledger", lambda c: (c.booked_at <= AT,), order=("booked_at", "entry_id"))
    lots = [[entry["points"], entry["expires_on"] or "9999-12-31"] for entry in entries if entry["points"] > 0]
    used = -sum(entry["points"] for entry in entries if entry["points"] < 0)
    balance = sum(lot[0] for lot in lots) - used
    lots.sort(key=lambda lot: lot[1])
    for lot in lots:
        taken = min(used, lot[0])
        lot[0], used = lot[0] - taken, used - taken
    ahead = [lot for lot in lots if lot[0] > 0 and reading.at[:10] <= lot[1] < "9999"]
    when = min((lot[1] for lot in ahead), default=None)
    return Points(
        moment(member[0]["enrolled_at"]), balance, sum(lot[0] for lot in ahead if lot[1] == when),
        dt.date.fromisoformat(when) if when else None,
    )  # fmt: skip


def household_of(reading: Reading, household_id: int | None) -> tuple[tuple[int, Any], ...]:
    """The others of the household whom the role sees: number, and name as far as it may be read."""
    if household_id is None:
        return ()
    table = TABLES["customers"]
    found = reading.ask("household", lambda: reading.rights.readable("customers").where(
        table.c.household_id == sa.bindparam("household"), table.c.customer_id != CUSTOMER,
        table.c.merged_into.is_(None), table.c.erased_at.is_(None),
    ).order_by(table.c.customer_id).limit(20), household=household_id).mappings()  # fmt: skip
    return tuple((int(row["customer_id"]), row.get("full_name")) for row in found)
