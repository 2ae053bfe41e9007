"""The card of one customer, put together in one reading transaction from a few small queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import database
from crm_toolkit.store.card.gaps import Gaps, gaps_of
from crm_toolkit.store.card.identity import CardField, ConsentState, consents_of, fields_of, moment
from crm_toolkit.store.card.reading import ISO, Reading
from crm_toolkit.store.card.standing import Debts, OpenRequest, Points, debts_of, household_of, open_requests, points_of
from crm_toolkit.store.card.timeline import LANES, PAGE, Timeline, timeline_of
from crm_toolkit.store.card.value import ValueStrip, value_of
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import join_names, mark, say

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store

# section → title, and the columns of tables without which a role does not have it
SECTIONS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "provenance": (mark("Where the values come from"), {"profile_values": ("field", "status")}),
    "consents": (
        mark("Consents"),
        {"consents": ("purpose", "given_at", "expires_at", "withdrawn_at", "source", "text_version")},
    ),
    "value": (mark("Value of the customer"), {"orders": ("ordered_at",)}),
    "requests": (
        mark("Open requests"),
        {"requests": ("request_id", "kind", "priority", "status", "opened_at", "resolved_at", "employee_id")},
    ),
    "debts": (
        mark("Debts"),
        {"payments": ("due_on", "due_amount", "paid_at", "paid_amount"), "orders": ("ordered_at",)},
    ),
    "points": (
        mark("Points"),
        {"loyalty_members": ("enrolled_at",), "loyalty_ledger": ("booked_at", "points", "expires_on")},
    ),
}
# column of the customer's row → what else the head of the card tells
_HEAD = ("kind", "branch_id", "responsible_id", "acquired_at", "acquisition_channel", "referrer_id", "household_id",
         "note", "merged_into", "erased_at", "version")  # fmt: skip


@dataclass(frozen=True)
class Card:
    """Everything that a role may know of one customer; made by `Store.card`.

    Parameters
    ----------
    customer_id : int
    as_of : datetime
        The moment as of which events are told. Fields of the profile are those of now.
    head : mapping of str to object
        Client or prospect, branch, who looks after the customer, since when, by which channel, remark, version: as
        far as the role sees them.
    fields : tuple of CardField
        The profile. A field that the role may not see is absent.
    consents : tuple of ConsentState or None
    timeline : Timeline
        The first page; `Store.timeline` turns to the next one.
    value : ValueStrip or None
    requests : tuple of OpenRequest or None
        Open ones.
    debts : Debts or None
    points : Points or None
    household : tuple of (int, str)
        The others who live together with the customer, as far as the role sees them.
    gaps : Gaps
        What we do not know.
    withheld : mapping of str to str
        Section that is None because the role may not see it → the sentence to put in its place.
    """

    customer_id: int
    as_of: dt.datetime
    head: Mapping[str, Any]
    fields: tuple[CardField, ...]
    consents: tuple[ConsentState, ...] | None
    timeline: Timeline
    value: ValueStrip | None
    requests: tuple[OpenRequest, ...] | None
    debts: Debts | None
    points: Points | None
    household: tuple[tuple[int, Any], ...]
    gaps: Gaps
    withheld: Mapping[str, str]

    def field(self, name: str) -> CardField | None:
        """The field of that name; None if the role may not see it."""
        return next((one for one in self.fields if one.name == name), None)


def card_of(store: Store, customer_id: int, *, as_of: dt.datetime | None = None, limit: int = PAGE) -> Card:
    """The card of one customer; see `Store.card`.

    Parameters
    ----------
    store : Store
        Opened for the person who looks.
    customer_id : int
        The customer.
    as_of : datetime, optional
        The store's time by default.
    limit : int
        Events on the first page of the timeline.

    Raises
    ------
    InputError
        If there is no such customer for this person.
    """
    at = (as_of or store.now()).strftime(ISO)
    store.rights.require_rows("customers")
    with database.reading(store.engine) as connection:
        reading = Reading.of(connection, store.rights, int(customer_id), at)
        row = _row(reading)
        fields = fields_of(reading, row)
        withheld = {
            section: say("“{section}” is not for the role “{role}”.", section=say(title), role=say(store.role.title))
            for section, (title, tables) in SECTIONS.items()
            if not all(reading.reads(table, *columns) for table, columns in tables.items())
        }
        consents = None if "consents" in withheld else consents_of(reading)
        return Card(
            int(customer_id), dt.datetime.strptime(at, ISO),
            {name: _plain(name, row[name]) for name in _HEAD if name in row},
            fields, consents, timeline_of(reading, _departments(reading), limit=limit),
            None if "value" in withheld else value_of(reading),
            None if "requests" in withheld else open_requests(reading),
            None if "debts" in withheld else debts_of(reading),
            None if "points" in withheld else points_of(reading), household_of(reading, row.get("household_id")),
            gaps_of(reading, fields, consents or ()), withheld,
        )  # fmt: skip


def timeline_page(
    store: Store,
    customer_id: int,
    *,
    lane: str = "",
    as_of: dt.datetime | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> Timeline:
    """A page of a customer's timeline; see `Store.timeline`."""
    if lane and lane not in LANES:
        what = say("There is no lane `{name}`.", name=lane)
        advice = say("Allowed: {names}.", names=join_names(f"`{one}`" for one in LANES))
        raise InputError(say("Nothing can be shown."), [Problem("unknown_lane", what, advice=advice, column="lane")])
    at = (as_of or store.now()).strftime(ISO)
    store.rights.require_rows("customers")
    with database.reading(store.engine) as connection:
        reading = Reading.of(connection, store.rights, int(customer_id), at)
        _row(reading)
        return timeline_of(reading, _departments(reading), limit=limit, offset=offset, lane=lane)


def _row(reading: Reading) -> dict[str, Any]:
    found = reading.rows("row", "customers")
    if not found:
        what = say("There is no customer with the number {number} whom you can see.", number=reading.customer_id)
        raise InputError(say("The card can't be shown."), [Problem("no_such_row", what, column="customer_id")])
    return found[0]


def _plain(name: str, value: Any) -> Any:
    return moment(value) if name.endswith("_at") else value


def _departments(reading: Reading) -> dict[int, tuple[str, str]]:
    if not reading.seen("departments"):
        return {}
    table = TABLES["departments"]
    columns = (table.c.department_id, table.c.department, table.c.stage)
    found = reading.ask("departments", lambda: sa.select(*columns).where(reading.rights.rows("departments")))
    return {int(key): (str(name), str(stage)) for key, name, stage in found}
