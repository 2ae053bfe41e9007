"""Orders and their lines; the lines of an order add up to it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crm_toolkit.world.baskets import catalogue
from crm_toolkit.world.outlook import outlook
from crm_toolkit.world.people.population import branch_of
from crm_toolkit.world.record.book import Book, Sales, coded, moments, money_column, staff_places

Integers = NDArray[np.int64]


def orders(book: Book) -> dict[str, pa.Table]:
    """The tables ``orders`` and ``order_lines``."""
    sales, spec = book.sales, book.spec
    branch = branch_of(sales.customer)
    campaign = book.of_sales("campaign", -1)
    first, _ = staff_places(spec)["service"]
    serving = first + book.of_sales("employee", 0)
    channels = list(spec.scenario.lists["order_channels"])
    table = pa.table(
        {
            "order_id": pa.array(sales.key),
            "customer_id": pa.array(sales.customer),
            "ordered_at": moments(book.sold_at),
            "channel": coded(book.order_channel, channels),
            "branch_id": pa.array(branch),
            "department_id": pa.array(np.full(len(branch), department_id(spec, "service"))),
            "employee_id": pa.array(branch * 100 + serving),
            "campaign_id": pa.array(campaign + 1, mask=campaign < 0),
            "gross": money_column(sales.gross),
            "discount": money_column(sales.discount),
            "points_value": money_column(sales.points_value),
            "amount": money_column(sales.amount),
        }
    )
    return {"orders": table, "order_lines": _lines(book, sales)}


def department_id(spec: object, name: str) -> int:
    """``department_id`` of a department, from 1 in the order of the scenario's staff."""
    return list(spec.scenario.lists["staff"]).index(name) + 1  # type: ignore[attr-defined]


def _lines(book: Book, sales: Sales) -> pa.Table:
    spec = book.spec
    wares = catalogue(spec.scenario)
    fee = sales.encounter < 0
    basket = book.of_sales("basket", 0)
    number = np.where(fee, 1, wares.lines[basket]).astype(np.int64)
    order = np.repeat(np.arange(len(basket)), number)
    starts = np.cumsum(number) - number
    line = np.arange(len(order)) - starts[order]
    product = wares.product[basket[order], line].astype(np.int64)
    quantity = wares.quantity[basket[order], line].astype(np.int64)
    if spec.scenario.ticket == "gamma_gamma":
        price = sales.gross[order]
    else:
        factors = outlook(spec.scenario, spec.policy, spec.weeks).list_factor
        different, epoch = np.unique(factors, return_inverse=True)
        prices = np.stack([wares.unit_minor(factor) for factor in different])
        price = prices[epoch[np.floor(sales.time).astype(np.int64)[order]], product]
    by_fee = fee[order]
    if by_fee.any():
        product, quantity = np.where(by_fee, len(wares.list_minor), product), np.where(by_fee, 1, quantity)
        price = np.where(by_fee, sales.gross[order], price)
    gross = price * quantity
    off = sales.discount + sales.points_value
    less = gross * off[order] // np.maximum(sales.gross[order], 1)
    if len(order):  # what rounding left over goes to the last line
        last = starts + number - 1
        less[last] += off - np.add.reduceat(less, starts)
    return pa.table(
        {
            "order_id": pa.array(sales.key[order]),
            "line_no": pa.array(line + 1),
            "customer_id": pa.array(sales.customer[order]),
            "product_id": pa.array(product + 1),
            "quantity": pa.array(quantity),
            "unit_price": money_column(price),
            "discount": money_column(less),
            "amount": money_column(gross - less),
        }
    )
