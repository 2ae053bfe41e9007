"""One line of time: what happened between the customer and all departments, the newest first.

Six lanes: contacts, orders, payments, requests, touches (campaigns and advertising) and surveys. What is told by one
lane is not told again by another: the contact in which an order was placed or a request was made gives way to it, if
the role sees that one; a payment at the desk on the day of its bill is told by the order. Each event carries its
department; touches belong to the department of acquisition, payments and surveys to none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.schema.store import REQUEST_KINDS
from crm_toolkit.store.card.identity import moment
from crm_toolkit.store.card.reading import AT, CUSTOMER, Reading, money
from crm_toolkit.store.layout import TABLES, WHOLE
from crm_toolkit.texts import join_names, mark

if TYPE_CHECKING:
    import pandas as pd

PAGE = 30
LANES: dict[str, str] = {
    "contacts": mark("contacts"), "orders": mark("orders"), "payments": mark("payments"),
    "requests": mark("requests and complaints"), "touches": mark("campaigns and advertising"),
    "surveys": mark("surveys"),
}  # fmt: skip
# lane → time, kind, channel, text, money, what it belongs to
_TOLD: dict[str, tuple[str, str, str, str, str, str]] = {
    "contacts": ("opened_at", "kind", "channel", "subject", "", ""),
    "orders": ("ordered_at", "", "channel", "", "amount_minor", "order_id"),
    "payments": ("", "kind", "method", "", "paid_amount_minor", "order_id"),
    "requests": ("opened_at", "kind", "", "subject", "remedy_amount_minor", "order_id"),
    "touches": ("touched_at", "purpose", "channel", "", "", "campaign_id"),
    "surveys": ("sent_at", "", "", "", "", "order_id"),
}
_OPINION = ("nps", "csat", "ces")
# what a role must read of a lane to have it: its times, and its key
_TIMES: dict[str, tuple[str, ...]] = {
    "contacts": ("contact_id", "opened_at"), "orders": ("order_id", "ordered_at"),
    "payments": ("payment_id", "due_on", "paid_at"), "requests": ("request_id", "opened_at"),
    "touches": ("touch_id", "touched_at"), "surveys": ("survey_id", "sent_at", "answered_at"),
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One event of the timeline.

    Parameters
    ----------
    at : datetime
    lane : str
        One of `LANES`.
    key : int
        Key of its row in the lane's table.
    kind : str
        As in the table; for an order "order", for a survey "answered" or "unanswered".
    channel : str or None
        Channel; for a payment the way of paying.
    department_id, employee_id : int or None
    text : str
        One line in words as far as the role may read it: subject, what was bought, name of the campaign, scores.
    amount : float or None
        Money of the event in currency units, if the role may read it.
    """

    at: dt.datetime
    lane: str
    key: int
    kind: str
    channel: str | None
    department_id: int | None
    employee_id: int | None
    text: str
    amount: float | None


@dataclass(frozen=True)
class Timeline:
    """A page of events, the newest first.

    Parameters
    ----------
    events : tuple of Event
    counts : mapping of str to int
        Lane → events in all; a lane that the role does not see is absent.
    departments : mapping of int to str
        Names of the departments.
    offset : int
        Events left out before the first.
    """

    events: tuple[Event, ...]
    counts: dict[str, int]
    departments: dict[int, str]
    offset: int = 0

    @property
    def more(self) -> bool:
        """Whether older events follow."""
        return self.offset + len(self.events) < sum(self.counts.values())

    def by_department(self) -> dict[str, tuple[Event, ...]]:
        """Name of the department → its events of this page; "" for events of none."""
        names = [self.departments.get(event.department_id or 0, "") for event in self.events]
        return {
            name: tuple(event for event, whose in zip(self.events, names, strict=True) if whose == name)
            for name in sorted(set(names), key=lambda name: (not name, name))
        }

    def frame(self) -> pd.DataFrame:
        """The events as a table."""
        import pandas as pd

        return pd.DataFrame([astuple(event) for event in self.events], columns=[one.name for one in fields(Event)])


def timeline_of(
    reading: Reading, departments: dict[int, tuple[str, str]], *, limit: int = PAGE, offset: int = 0, lane: str = ""
) -> Timeline:
    """A page of the customer's timeline.

    Parameters
    ----------
    reading : Reading
        Of the customer.
    departments : mapping of int to (str, str)
        Key → name and stage.
    limit, offset : int
        Events on the page, and left out before it.
    lane : str
        Only this one, if given.
    """
    names = {key: name for key, (name, _) in departments.items()}
    acquiring = [key for key, (_, stage) in departments.items() if stage == "acquisition"]
    lanes = [one for one in _TOLD if lane in ("", one) and reading.reads(one, *_TIMES[one])]
    if not lanes:
        return Timeline((), {}, names, offset)

    def every() -> sa.Subquery:
        return sa.union_all(
            *(_lane(reading, one, acquiring[0] if len(acquiring) == 1 else None) for one in lanes)
        ).subquery()

    def counting() -> sa.Select:
        events = every()
        return sa.select(events.c.lane, sa.func.count()).group_by(events.c.lane)

    def turning() -> sa.Select:
        events = every()
        latest_first = (events.c.at.desc(), events.c.lane, events.c.key.desc())
        return sa.select(events).order_by(*latest_first).limit(sa.bindparam("limit")).offset(sa.bindparam("offset"))

    counted = reading.ask(f"lanes {lane}", counting)
    counts = dict.fromkeys(lanes, 0) | {str(one): int(number) for one, number in counted}
    page = reading.ask(f"timeline {lane}", turning, limit=limit, offset=offset).mappings().all()
    bought = _bought(reading, [row["key"] for row in page if row["lane"] == "orders"])
    campaigns = _campaigns(reading) if any(row["belongs"] and row["lane"] == "touches" for row in page) else {}
    return Timeline(tuple(_event(row, bought, campaigns) for row in page), counts, names, offset)


def _lane(reading: Reading, lane: str, acquiring: int | None) -> sa.Select:
    """The events of one lane, in the columns that all lanes share."""
    table = TABLES[lane]
    time, kind, channel, text, amount, belongs = _TOLD[lane]
    shown = dict(reading.rights.readable(lane).selected_columns.items())

    def whole(name: str) -> sa.ColumnElement:
        readable = name in shown and reading.reads(lane, name.removesuffix("_minor"))
        return sa.cast(shown[name], WHOLE) if readable else sa.cast(sa.null(), WHOLE)

    def words(name: str) -> sa.ColumnElement:
        return sa.cast(shown[name], sa.Text) if name in shown else sa.cast(sa.null(), sa.Text)

    at = sa.func.coalesce(table.c.paid_at, table.c.due_on + " 00:00:00") if lane == "payments" else table.c[time]
    department = sa.cast(sa.literal(acquiring), WHOLE) if lane == "touches" else whole("department_id")
    if lane == "surveys":
        answered = sa.and_(table.c.answered_at.is_not(None), table.c.answered_at <= AT)
        kinds: sa.ColumnElement = sa.case((answered, "answered"), else_="unanswered")
    else:
        kinds = words(kind) if kind else sa.literal("order")
    wanted = sa.select(
        sa.literal(lane).label("lane"), table.c[table.primary_key.columns.keys()[0]].label("key"), at.label("at"),
        kinds.label("kind"), words(channel).label("channel"), department.label("department_id"),
        whole("employee_id").label("employee_id"), words(text).label("text"), whole(amount).label("amount"),
        whole(belongs).label("belongs"), *(whole(one).label(one) for one in _OPINION),
    ).where(reading.rights.rows(lane), table.c.customer_id == CUSTOMER, at <= AT)  # fmt: skip
    return wanted.where(*_not_told_elsewhere(reading, lane, table))


def _not_told_elsewhere(reading: Reading, lane: str, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Leave out what another lane tells."""
    if lane == "payments":
        at_once = sa.and_(table.c.kind == "payment", sa.func.substr(table.c.paid_at, 1, 10) == table.c.due_on)
        return [sa.or_(table.c.paid_at.is_(None), sa.not_(at_once))]
    if lane != "contacts":
        return []
    left_out: list[sa.ColumnElement[bool]] = []
    for other, kinds, key in (("orders", ("purchase",), "order_id"), ("requests", REQUEST_KINDS, "contact_id")):
        if reading.seen(other):
            told = sa.select(TABLES[other].c[key]).where(
                reading.rights.rows(other), TABLES[other].c.customer_id == CUSTOMER,
                TABLES[other].c[key].is_not(None),
            )  # fmt: skip
            left_out.append(sa.not_(sa.and_(
                table.c.kind.in_(kinds), table.c[key].is_not(None), table.c[key].in_(told)
            )))  # fmt: skip
    return left_out


def _bought(reading: Reading, orders: list[int]) -> dict[int, str]:
    """Order → what was bought, in one line."""
    read = reading.reads("order_lines", "order_id", "product_id", "quantity") and reading.reads("products", "item")
    if not orders or not read:
        return {}

    def build() -> sa.Select:
        lines, products = TABLES["order_lines"], TABLES["products"]
        wanted = sa.select(lines.c.order_id, products.c.item, lines.c.quantity)
        wanted = wanted.join_from(lines, products, lines.c.product_id == products.c.product_id)
        return wanted.where(
            lines.c.order_id.in_(sa.bindparam("orders", expanding=True)),
            reading.rights.rows("order_lines"), reading.rights.rows("products"),
        ).order_by(lines.c.order_id, lines.c.line_no)  # fmt: skip

    said: dict[int, list[str]] = {}
    for order, item, quantity in reading.ask("bought", build, orders=orders):
        said.setdefault(order, []).append(f"{item} ×{quantity}" if quantity != 1 else str(item))
    return {order: join_names(items, most=3) for order, items in said.items()}


def _campaigns(reading: Reading) -> dict[int, str]:
    """Number → name of every campaign: there are few."""
    if not reading.reads("campaigns", "campaign_id", "campaign"):
        return {}
    table = TABLES["campaigns"]
    found = reading.ask(
        "campaigns", lambda: sa.select(table.c.campaign_id, table.c.campaign).where(reading.rights.rows("campaigns"))
    )
    return {int(key): str(name) for key, name in found}


def _event(row: Any, bought: dict[int, str], campaigns: dict[int, str]) -> Event:
    text = row["text"] or ""
    if row["lane"] == "orders":
        text = bought.get(row["key"], "")
    elif row["lane"] == "touches":
        text = campaigns.get(row["belongs"], "")
    elif row["lane"] == "surveys" and row["kind"] == "answered":
        text = ", ".join(f"{name.upper()} {row[name]}" for name in _OPINION if row[name] is not None)
    at = moment(row["at"]) or dt.datetime.min
    return Event(at, row["lane"], int(row["key"]), row["kind"] or "", row["channel"], row["department_id"],
                 row["employee_id"], text, money(row["amount"]))  # fmt: skip
