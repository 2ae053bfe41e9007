"""Contacts and complaints.

Every encounter is a contact. Before some orders the customer asks something, after some orders something has to
be done; what is not settled at first contact comes back within days. Failures that are voiced are complaints.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crm_toolkit.streams import Stream
from crm_toolkit.world.people.population import branch_of
from crm_toolkit.world.record.book import Book, by_owner_and_time, coded, keys, moments, money_column, staff_places
from crm_toolkit.world.record.orders import department_id

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

KINDS = ("purchase", "visit", "service_request", "information_request", "complaint")
PURCHASE, VISIT, SERVICE, INFORMATION, COMPLAINT = range(5)
REMEDIES = ("none", "apology", "voucher", "refund")
VOICE = 1
_AFTER_FAILURE = 2.0  # how many times more service requests follow a failure; assumption
_VOUCHER, _REFUND = 0.15, 0.5  # of the order's money; assumptions
_NOTHING = 0.98  # of complaints not settled well, so that 56 % of all get nothing (National Customer Rage Survey 2013)
_DAY = 1 / 7


def contacts(book: Book) -> dict[str, pa.Table]:
    """The tables ``contacts`` and ``complaints``."""
    spec, events, scenario = book.spec, book.events, book.spec.scenario
    n = len(book.customer)
    luck = book.luck("contacts", 2)
    here = np.arange(n)
    asks = here[luck[0] < scenario["info_share"]]
    wanting = np.minimum(scenario["service_share"] * np.where(events["failed"], _AFTER_FAILURE, 1.0), 1.0)
    needs = here[luck[1] < wanting]
    voices = here[events["reaction"] == VOICE]
    first = scenario["first_contact_share"]
    need, ask = book.luck("service request", 3, needs), book.luck("information request", 3, asks)
    later = book.time[needs] + (0.05 + 6.0 * need[0]) * _DAY
    earlier = book.time[asks] - (0.05 + 2.0 * ask[0]) * _DAY
    complained = book.time[voices] + (0.01 + 2.0 * book.luck("voice", 1, voices)[0]) * _DAY
    unsettled, unanswered = need[1] >= first, ask[1] >= first
    comes_back, asks_again = needs[unsettled], asks[unanswered]
    again = later[unsettled] + (1.0 + 4.0 * need[2][unsettled]) * _DAY
    asked_again = earlier[unanswered] + 0.04 * _DAY * ask[2][unanswered]
    source = np.concatenate([here, needs, asks, voices, comes_back, asks_again])
    kind = np.concatenate([
        np.where(events["bought"], np.int8(PURCHASE), np.int8(VISIT)),
        np.repeat(np.array([SERVICE, INFORMATION, COMPLAINT, SERVICE, INFORMATION], dtype=np.int8),
                  [len(needs), len(asks), len(voices), len(comes_back), len(asks_again)]),
    ])  # fmt: skip
    time = np.concatenate([book.time, later, earlier, complained, again, asked_again])
    settled = np.concatenate([
        np.ones(n, dtype=bool), ~unsettled, ~unanswered,
        events.at("repaired", voices), np.ones(len(comes_back) + len(asks_again), dtype=bool),
    ])  # fmt: skip
    inside = np.flatnonzero((time >= 0) & (time < spec.weeks))
    source, time = source.take(inside), time.take(inside)
    order = by_owner_and_time(book.customer.take(source), time, standing=int(np.searchsorted(inside, n)))
    source, time, inside = source.take(order), time.take(order), inside.take(order)
    kind, settled = kind.take(inside), settled.take(inside)
    customer = book.customer.take(source)
    key = keys(customer)
    moment = book.calendar.moment(time)
    sale = np.where(kind == INFORMATION, -1, book.order_of.take(source))
    order_id = np.where(sale >= 0, book.sales.key.take(sale), -1) if len(book.sales.key) else np.full(len(sale), -1)
    table = _table(book, source, kind, customer, key, moment, settled, order_id)
    return {"contacts": table, "complaints": _complaints(book, source, kind, customer, key, time, order_id, sale)}


def _table(
    book: Book, source: Integers, kind: Integers, customer: Integers, key: Integers, moment: NDArray,
    settled: NDArray, order_id: Integers,
) -> pa.Table:  # fmt: skip
    spec, lists = book.spec, book.spec.scenario.lists
    served = (kind == PURCHASE) | (kind == VISIT)
    asked = np.flatnonzero(~served)
    branch = branch_of(customer)
    words = list(dict.fromkeys([*lists["order_channels"], "branch", *lists["contact_channels"],
                                *lists["complaint_channels"]]))  # fmt: skip
    luck = Stream(spec.seed, "contact").many(3, customer[asked], key[asked])
    channel = np.full(len(kind), words.index("branch"), dtype=np.int16)
    bought = np.flatnonzero(kind == PURCHASE)
    channel[bought] = book.order_channel.take(book.order_of.take(source.take(bought)))
    channel[asked] = np.where(
        kind[asked] == COMPLAINT, _drawn(lists["complaint_channels"], luck[0], words),
        _drawn(lists["contact_channels"], luck[0], words),
    )  # fmt: skip
    department = np.array(["service", "service", "support", "sales", "support"])
    ids = np.array([department_id(spec, name) for name in department])
    employee = branch * 100 + staff_places(spec)["service"][0]
    employee += book.events["employee"].take(source)
    for name in ("support", "sales"):
        mine = department[kind[asked]] == name
        employee[asked[mine]] = book.employee(name, luck[1][mine], branch[asked[mine]])
    minutes = np.array([lists["handle_minutes"][name] for name in KINDS], dtype=np.float64)
    effort = Stream(spec.seed, "handling").many(1, customer, key)[0]
    transfers = np.zeros(len(kind), dtype=np.int64)
    transfers[asked] = (~settled[asked]).astype(np.int64) + (effort[asked] > 0.93)
    effort *= 1.2
    effort += 0.4
    effort *= minutes.take(kind)
    handled = np.round(effort, 1, out=effort)
    wait = np.round(book.events["wait"].astype(np.float64), 1).take(source)
    wait[asked] = np.round(-np.log(luck[2]) * 3.0, 1)
    return pa.table(
        {
            "contact_id": pa.array(key),
            "customer_id": pa.array(customer),
            "opened_at": moments(moment),
            "kind": coded(kind, KINDS),
            "channel": coded(channel, words),
            "branch_id": pa.array(branch),
            "department_id": pa.array(ids.take(kind)),
            "employee_id": pa.array(employee),
            "order_id": pa.array(order_id, mask=order_id < 0),
            "wait_minutes": pa.array(wait),
            "handle_minutes": pa.array(handled),
            "transfers": pa.array(transfers),
            "resolved_first_contact": pa.array(settled),
        }
    )


def _drawn(shares: dict[str, float], luck: Floats, words: list[str]) -> Integers:
    cumulative = np.cumsum(list(shares.values()))
    codes = np.array([words.index(name) for name in shares])
    return codes[np.searchsorted(cumulative / cumulative[-1], luck, side="right").clip(0, len(codes) - 1)]


def _complaints(
    book: Book, source: Integers, kind: Integers, customer: Integers, key: Integers, time: Floats,
    order_id: Integers, sale: Integers,
) -> pa.Table:  # fmt: skip
    spec, events = book.spec, book.events
    mine = np.flatnonzero(kind == COMPLAINT)
    source, customer, key, time, order_id = source[mine], customer[mine], key[mine], time[mine], order_id[mine]
    luck = Stream(spec.seed, "complaint").many(3, customer, key)
    repaired, severity = events.at("repaired", source), events.at("severity", source).astype(np.int64)
    remedy = np.where(repaired, np.minimum(severity, 3), np.where(luck[0] < _NOTHING, 0, 1))
    paid = np.zeros(len(mine), dtype=np.int64)
    about = np.flatnonzero(sale[mine] >= 0)
    paid[about] = book.sales.amount[sale[mine][about]]
    share = np.array([0.0, 0.0, _VOUCHER, _REFUND])[remedy]
    amount = np.rint(paid * share).astype(np.int64)
    remedy = np.where((remedy >= 2) & (amount == 0), 1, remedy)
    settled = time + (0.1 + 9.0 * luck[1] * np.where(repaired, 0.5, 1.0)) * _DAY
    open_still = ((remedy == 0) & (luck[2] < 0.6)) | (settled >= spec.weeks)
    amount = np.where(open_still, 0, amount)
    remedy = np.where(open_still, 0, remedy)
    shares = spec.scenario.lists["failures"]
    failure = _drawn(shares, Stream(spec.seed, "failure kind").many(1, customer, key)[0], list(shares))
    return pa.table(
        {
            "contact_id": pa.array(key),
            "customer_id": pa.array(customer),
            "order_id": pa.array(order_id, mask=order_id < 0),
            "opened_at": moments(book.calendar.moment(time)),
            "failure": coded(failure, list(shares)),
            "severity": pa.array(severity),
            "resolved_at": moments(book.calendar.moment(np.where(open_still, 0.0, settled)), open_still),
            "remedy": coded(remedy, REMEDIES),
            "remedy_amount": money_column(amount),
            "repeated": pa.array(events.at("repeated", source)),
        }
    )
