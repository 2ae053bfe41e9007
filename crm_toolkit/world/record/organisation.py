"""The organisation itself: branches, staff, price list, campaigns; capacity, budgets and key figures.

Capacity, budgets and key figures are added up from the other tables, never drawn.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crm_toolkit.streams import Stream
from crm_toolkit.world.baskets import catalogue
from crm_toolkit.world.outlook import outlook
from crm_toolkit.world.people.population import branch_cities, branch_of, person_names
from crm_toolkit.world.record.book import Book, coded, days, money_column, says, staff_places

if TYPE_CHECKING:
    from crm_toolkit.world.block import WorldSpec

Integers = NDArray[np.int64]

STAGES = {"marketing": "acquisition", "sales": "deal", "service": "service", "support": "service"}
WAGE = {"marketing": 1.15, "sales": 1.0, "service": 1.0, "support": 0.9}  # factors on the scenario's wage; assumption
LINES = ("wages", "rent", "materials", "advertising", "campaigns", "remedies")
MEMBERSHIP = "membership"


def shared(spec: WorldSpec) -> dict[str, pa.Table]:
    """The tables ``products``, ``prices``, ``departments``, ``campaigns``."""
    rows = list(spec.scenario.lists["products"])
    minor = catalogue(spec.scenario)
    price, cost = minor.list_minor.tolist(), minor.cost_minor.tolist()
    if spec.scenario.contractual:
        rows.append([MEMBERSHIP, "membership", "service"])
        price.append(round(spec.scenario["fee"] * 100))
        cost.append(0)
    products = pa.table(
        {
            "product_id": pa.array(np.arange(1, len(rows) + 1)),
            "item": pa.array([row[0] for row in rows]),
            "category": pa.array([row[1] for row in rows]),
            "kind": pa.array([row[2] for row in rows]),
            "list_price": money_column(price),
            "unit_cost": money_column(cost),
        }
    )
    staff = list(spec.scenario.lists["staff"])
    departments = pa.table(
        {
            "department_id": pa.array(np.arange(1, len(staff) + 1)),
            "department": pa.array(staff),
            "stage": pa.array([STAGES[name] for name in staff]),
        }
    )
    plans = spec.policy.campaigns
    start = np.datetime64(spec.scenario.start, "D")
    starts = np.array([one.start_week for one in plans], dtype=np.int64)
    ends = starts + np.array([one.weeks for one in plans], dtype=np.int64)
    campaigns = pa.table(
        {
            "campaign_id": pa.array(np.arange(1, len(plans) + 1)),
            "campaign": pa.array([one.name for one in plans], pa.string()),
            "design": pa.array([one.design for one in plans], pa.string()),
            "channel": pa.array([one.channel for one in plans], pa.string()),
            "starts_on": days(start + starts * 7),
            "ends_on": days(start + (ends * 7 - 1)),
            "discount": pa.array([one.discount for one in plans], pa.float64()),
            "holdout_share": pa.array([one.holdout_share for one in plans], pa.float64()),
            "contact_cost": money_column([round(one.contact_cost * 100) for one in plans]),
        }
    )
    return {
        "products": products, "prices": _prices(spec, price), "departments": departments, "campaigns": campaigns,
    }  # fmt: skip


def _prices(spec: WorldSpec, listed: list[int]) -> pa.Table:
    """Every price of every product with the day from which it holds."""
    factor = outlook(spec.scenario, spec.policy, spec.weeks).list_factor
    changes = np.flatnonzero(np.concatenate([[True], factor[1:] != factor[:-1]]))
    start = np.datetime64(spec.scenario.start, "D")
    minor = np.maximum(np.rint(np.array(listed)[None, :] * factor[changes][:, None]), 1).astype(np.int64)
    product = np.broadcast_to(np.arange(1, len(listed) + 1), minor.shape)
    since = np.broadcast_to((start + changes * 7)[:, None], minor.shape)
    order = np.lexsort((since.ravel(), product.ravel()))
    return pa.table(
        {
            "product_id": pa.array(product.ravel()[order]),
            "valid_from": days(since.ravel()[order]),
            "price": money_column(minor.ravel()[order]),
        }
    )


def organisation(book: Book, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables ``branches``, ``employees``, ``capacity``, ``budgets``, ``kpi_months``."""
    ids = book.lived.people.ids
    branches = np.unique(branch_of(ids[ids <= book.spec.customers]))
    sums = _Sums(book, tables, branches)
    return {
        "branches": _branches(book.spec, branches),
        "employees": _employees(book.spec, branches),
        "capacity": _capacity(book, tables["contacts"], branches),
        "budgets": _budgets(book.spec, sums, branches),
        "kpi_months": _kpi(sums, branches),
    }


def _branches(spec: WorldSpec, branches: Integers) -> pa.Table:
    cities, regions = branch_cities(branches, seed=spec.seed, locale=spec.scenario.locale)
    return pa.table({"branch_id": pa.array(branches), "city": cities, "region": regions})


def _employees(spec: WorldSpec, branches: Integers) -> pa.Table:
    from crm_toolkit.world.people.names import full_names

    staff = staff_places(spec)
    locals_ = np.concatenate([first + np.arange(number) for first, number in staff.values()])
    department = np.repeat(np.arange(len(staff)), [number for _, number in staff.values()])
    key = (branches[:, None] * 100 + locals_).ravel()
    names = person_names(key, seed=spec.seed, purpose="employee", locale=spec.scenario.locale)
    luck = Stream(spec.seed, "employees").many(2, key)
    factors = np.array([WAGE[name] for name in staff])
    wage = np.tile(factors[department], len(branches)) * spec.scenario["wage"] * (0.85 + 0.3 * luck[0])
    hired = np.datetime64(spec.scenario.start, "D") - (1 + luck[1] * 1800).astype(np.int64)
    return pa.table(
        {
            "employee_id": pa.array(key),
            "branch_id": pa.array(np.repeat(branches, len(locals_))),
            "department_id": pa.array(np.tile(department + 1, len(branches))),
            "full_name": full_names(names, spec.scenario.locale),
            "hired_on": days(hired),
            "salary_month": money_column(np.rint(wage / 10) * 1000),
        }
    )


def _capacity(book: Book, contacts: pa.Table, branches: Integers) -> pa.Table:
    """Contacts of each week, department and branch, beside what the staff can take."""
    spec = book.spec
    names = list(spec.scenario.lists["staff"])
    served = [place for place, name in enumerate(names) if name != "marketing"]
    weeks, width = spec.weeks, len(names)
    week = book.calendar.week_of(contacts.column("opened_at").to_numpy())
    branch = contacts.column("branch_id").to_numpy() - branches[0]
    department = contacts.column("department_id").to_numpy() - 1
    cells = (branch * weeks + week) * width + department
    counts = np.bincount(cells, minlength=len(branches) * weeks * width).reshape(len(branches), weeks, width)
    usual = counts.mean(axis=1, keepdims=True) / spec.scenario["utilisation"]
    staff = outlook(spec.scenario, spec.policy, weeks).staff
    capacity = np.maximum(np.ceil(usual * staff[None, :, None]), 1).astype(np.int64)[:, :, served]
    counts = counts[:, :, served]
    start = book.calendar.start.astype("datetime64[D]") + 7 * np.arange(weeks)
    shape = counts.shape
    return pa.table(
        {
            "week_start": days(np.broadcast_to(start[None, :, None], shape).ravel()),
            "branch_id": pa.array(np.broadcast_to(branches[:, None, None], shape).ravel()),
            "department_id": pa.array(np.broadcast_to(np.array(served) + 1, shape).ravel()),
            "capacity": pa.array(capacity.ravel()),
            "contacts": pa.array(counts.ravel()),
            "utilisation": pa.array(np.round(counts / capacity, 4).ravel()),
        }
    )


class _Sums:
    """Sums of other tables by month and branch."""

    def __init__(self, book: Book, tables: dict[str, pa.Table], branches: Integers):
        self.book, self.tables, self.branches = book, tables, branches
        self.months = book.calendar.months
        self.shape = (len(self.months), len(branches))
        self.orders = self.cells("orders", "ordered_at")

    def column(self, table: str, name: str) -> NDArray:
        return self.tables[table].column(name).to_numpy(zero_copy_only=False)

    def says(self, table: str, name: str, word: str) -> Integers:
        """The rows that have this word in a column of words."""
        return says(self.tables[table], name, word)

    def minor(self, table: str, name: str, which: Integers | slice = slice(None)) -> Integers:
        return np.rint(self.column(table, name)[which] * 100).astype(np.int64)

    def cells(self, table: str, when: str, which: NDArray | slice = slice(None)) -> Integers:
        month = self.book.calendar.month_of(self.column(table, when)[which])
        branch = branch_of(self.column(table, "customer_id")[which]) - self.branches[0]
        return month * len(self.branches) + branch

    def total(self, cells: Integers, values: NDArray | None = None) -> Integers:
        size = self.shape[0] * self.shape[1]
        if values is None:
            return np.bincount(cells, minlength=size)
        return np.rint(np.bincount(cells, weights=values, minlength=size)).astype(np.int64)

    @cached_property
    def materials(self) -> Integers:
        """Variable cost of what was sold, by month and branch of the order."""
        minor = catalogue(self.book.spec.scenario).cost_minor
        cost = np.concatenate([minor, [0]])[self.column("order_lines", "product_id") - 1]
        value = cost * self.column("order_lines", "quantity")
        if self.book.spec.scenario.ticket == "gamma_gamma":
            share = self.book.spec.scenario.lists["products"][0][4]
            value = np.rint(self.minor("order_lines", "unit_price") * share).astype(np.int64)
        order = np.cumsum(self.column("order_lines", "line_no") == 1) - 1  # lines stand by order
        return self.total(self.orders.take(order), value)

    @cached_property
    def acquisition(self) -> Integers:
        ads = self.says("touches", "purpose", "acquisition")
        return self.total(self.cells("touches", "touched_at", ads), self.minor("touches", "cost", ads))


def _budgets(spec: WorldSpec, sums: _Sums, branches: Integers) -> pa.Table:
    staff = outlook(spec.scenario, spec.policy, spec.weeks).staff
    week = np.minimum(np.maximum(sums.book.calendar.week_of(sums.months.astype("datetime64[s]")), 0), spec.weeks - 1)
    employees = _employees(spec, branches)
    payroll = np.bincount(employees.column("branch_id").to_numpy() - branches[0],
                          weights=np.rint(employees.column("salary_month").to_numpy() * 100))  # fmt: skip
    wages = np.rint(payroll[None, :] * staff[week][:, None]).astype(np.int64)
    messages = sums.says("touches", "purpose", "campaign")
    sent = sums.total(sums.cells("touches", "touched_at", messages), sums.minor("touches", "cost", messages))
    remedies = sums.total(_remedy_cells(sums), sums.minor("complaints", "remedy_amount")[_settled(sums)])
    actual = np.stack([
        wages.ravel(), np.full(wages.size, round(spec.scenario["rent"] * 100)), sums.materials, sums.acquisition,
        sent, remedies,
    ])  # fmt: skip
    even = actual.reshape(len(LINES), *sums.shape).mean(axis=1, keepdims=True)
    planned = np.broadcast_to(np.rint(even / 1000) * 1000, (len(LINES), *sums.shape)).reshape(len(LINES), -1)
    line, cell = (one.ravel() for one in np.indices(actual.shape))
    order = np.lexsort((line, cell))
    line, cell = line[order], cell[order]
    return pa.table(
        {
            "month": days(sums.months[cell // len(branches)]),
            "branch_id": pa.array(branches[cell % len(branches)]),
            "line": coded(line, LINES),
            "planned": money_column(planned[line, cell].astype(np.int64)),
            "actual": money_column(actual[line, cell]),
        }
    )


def _settled(sums: _Sums) -> NDArray:
    return ~np.isnat(sums.column("complaints", "resolved_at").astype("datetime64[s]"))


def _remedy_cells(sums: _Sums) -> Integers:
    return sums.cells("complaints", "resolved_at", _settled(sums))


def _kpi(sums: _Sums, branches: Integers) -> pa.Table:
    calendar = sums.book.calendar
    orders = sums.orders
    count, revenue = sums.total(orders), sums.total(orders, sums.minor("orders", "amount"))
    person = sums.column("orders", "customer_id")
    first = np.ones(len(person), dtype=bool)  # of a customer's orders in a month; orders stand by customer and time
    first[1:] = (person[1:] != person[:-1]) | (orders[1:] != orders[:-1])  # a customer has one branch
    complaints = sums.total(sums.cells("complaints", "opened_at"))
    request = np.concatenate([
        sums.says("contacts", "kind", "service_request"), sums.says("contacts", "kind", "information_request")
    ])  # fmt: skip
    contacts = sums.cells("contacts", "opened_at", request)
    settled = sums.column("contacts", "resolved_first_contact")[request]
    answered = sums.column("surveys", "answered_at").astype("datetime64[s]")
    replied = ~np.isnat(answered)
    cells = sums.cells("surveys", "answered_at", replied)
    score = sums.column("surveys", "nps")[replied]
    refunds = sums.says("payments", "kind", "refund")
    when = sums.column("payments", "paid_at")[refunds].astype("datetime64[s]")
    refund_cells = calendar.month_of(when) * len(branches) + branch_of(
        sums.column("payments", "customer_id")[refunds]
    ) - branches[0]  # fmt: skip
    buckets = [sums.minor("receivables", f"overdue_{name}") for name in ("30", "60", "90", "older")]
    late = np.sum(buckets, axis=0)
    answers = sums.total(cells)
    leaning = sums.total(cells, (score >= 9).astype(np.int64) - (score <= 6))
    handled = sums.total(contacts)
    cell = np.arange(sums.shape[0] * sums.shape[1])
    return pa.table(
        {
            "month": days(sums.months[cell // len(branches)]),
            "branch_id": pa.array(branches[cell % len(branches)]),
            "orders": pa.array(count),
            "revenue": money_column(revenue),
            "margin": money_column(revenue - sums.materials),
            "refunds": money_column(-sums.total(refund_cells, sums.minor("payments", "paid_amount", refunds))),
            "active_customers": pa.array(sums.total(orders[first])),
            "new_customers": pa.array(sums.total(sums.cells("customers", "acquired_at"))),
            "complaints": pa.array(complaints),
            "complaints_per_1000": _ratio(1000 * complaints, count),
            "first_contact_resolution": _ratio(sums.total(contacts[settled]), handled),
            "survey_answers": pa.array(answers),
            "nps": _ratio(leaning, answers),
            "acquisition_cost": money_column(sums.acquisition),
            "overdue": money_column(sums.total(sums.cells("receivables", "month"), late)),
        }
    )


def _ratio(part: Integers, whole: Integers) -> pa.Array:
    return pa.array(np.round(part / np.maximum(whole, 1), 4), mask=whole == 0)
