"""What the base of customers tells about customers like this one: who came back, who stayed, what they brought.

All rates come from the orders that the role may see, and are computed once for a day and kept while the store is open.
A *pause* is the time from one day with an order to the next; pauses are compared within classes of frequency: begun
after the 1st order, the 2nd or 3rd, the 4th to 7th, or a later one. One *period* is a year, or a third of the record
if that is shorter.

Churn risk of a customer who has paused for *p* days: among the base's pauses of the same class that lasted at least
*p* days and began long enough ago to be judged, the share that did not end within one more period. The 95 % interval
is Jeffreys' (Brown, Cai and DasGupta 2001), with the effective number of pauses, since those of one customer are no
independent witnesses (Korn and Graubard 1998).

Retention *r*: of those who bought in the last period but one, the share who bought in the last one. Margin of a
customer who stays: a least-squares line of the margin in the last period on that in the one before, over those who
bought in the last one; it draws extremes towards the mean as far as they were chance.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from crm_toolkit.store import database
from crm_toolkit.store.card.reading import ISO, kept_for
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.rights import Rights
from crm_toolkit.store.shares import jeffreys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crm_toolkit.store.door import Store

CLASS_STARTS = (1, 2, 4, 8)  # convention: first order day of each class of frequency
FEWEST = 20  # convention: customers whom a rate needs
LONGEST_PERIOD_DAYS, SHORTEST_PERIOD_DAYS = 365, 28
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval.

    Parameters
    ----------
    share, low, high : float
    cases, customers : int
        Cases counted, and customers to whom they belong.
    pause_days : int
        Length of the pause that was compared: shorter than the customer's own where none as long can be judged yet.
    """

    share: float
    low: float
    high: float
    cases: int
    customers: int
    pause_days: int = 0

    @property
    def error(self) -> float:
        """Standard error, read from the interval."""
        return (self.high - self.low) / (2 * Z95)


@dataclass(frozen=True)
class MarginLine:
    """The line of the last period's margin on that of the period before, over those who bought in the last."""

    level: float
    slope: float
    mean: float
    spread: float
    residual: float
    customers: int

    def expected(self, margin: float) -> tuple[float, float]:
        """Expected margin of a period for a customer with that margin in the last one, and its standard error."""
        apart = margin - self.mean
        scatter = self.residual * np.sqrt(1 / self.customers + (apart**2 / self.spread if self.spread else 0.0))
        return max(self.level + self.slope * apart, 0.0), float(scatter)


@dataclass(frozen=True)
class BaseRates:
    """What the base tells, as of a day; made by `base_rates`.

    Parameters
    ----------
    day : date
    period_days : int
        Length of a period; 0 if the record is too short for any rate.
    retention : Rate or None
    margin : MarginLine or None
        None if the role may not read costs or there are too few customers.
    """

    day: dt.date
    period_days: int
    retention: Rate | None
    margin: MarginLine | None
    _pauses: dict[int, NDArray[Any]] = field(repr=False, compare=False, default_factory=dict)
    _asked: dict[tuple[int, int], Rate | None] = field(repr=False, compare=False, default_factory=dict)

    def churn(self, orders: int, pause_days: int) -> Rate | None:
        """Churn risk of a customer with so many order days who has paused for so long; None if too few are alike."""
        asked = (class_of(orders), pause_days)
        if asked not in self._asked:
            self._asked[asked] = self._churn(*asked)
        return self._asked[asked]

    def _churn(self, kind: int, pause_days: int) -> Rate | None:
        if kind not in self._pauses or not self.period_days:
            return None
        customer, length, age = self._pauses[kind]
        while pause_days >= 0:
            alike = (length >= pause_days) & (age >= pause_days + self.period_days)
            who = customer[alike]
            if len(np.unique(who)) >= FEWEST:
                return clustered(who, length[alike] >= pause_days + self.period_days, pause_days)
            if pause_days == 0:
                return None
            pause_days = int(pause_days * 0.9)
        return None


def class_of(orders: int) -> int:
    """The class of frequency: the first number of order days that belongs to it.

    >>> class_of(1), class_of(3), class_of(40)
    (1, 2, 8)
    """
    return max(start for start in CLASS_STARTS if start <= max(orders, 1))


def clustered(who: NDArray[Any], happened: NDArray[Any], pause_days: int = 0) -> Rate:
    """The share of cases in which it happened, with an interval that counts every customer as one witness.

    The effective number of cases is share × (1 - share) / variance of the ratio over customers, at most the cases.
    """
    _, place = np.unique(who, return_inverse=True)
    cases, hits = np.bincount(place), np.bincount(place, weights=happened)
    total, share = len(who), float(happened.mean())
    customers = len(cases)
    variance = float(((hits - share * cases) ** 2).sum()) / total**2 * customers / max(customers - 1, 1)
    effective = min(share * (1 - share) / variance, total) if variance > 0 else customers
    low, high = jeffreys(share * effective, effective)
    return Rate(share, low, high, total, customers, pause_days)


def base_rates(store: Store, as_of: dt.datetime | None = None) -> BaseRates:
    """What the base of customers that this person sees tells, as of a day.

    Parameters
    ----------
    store : Store
        Opened for the person whose view of the base counts.
    as_of : datetime, optional
        The store's time by default.

    Returns
    -------
    BaseRates
        Kept for the day while the store is open; orders entered later that day are counted the next time.
    """
    with database.reading(store.engine) as connection:
        return rates_for(connection, store.rights, (as_of or store.now()).strftime(ISO))


def rates_for(connection: sa.Connection, rights: Rights, at: str) -> BaseRates:
    """As `base_rates`, in a transaction."""
    kept = kept_for(connection.engine, rights)
    asked = ("base rates", at[:10])
    if asked not in kept:
        kept[asked] = _computed(connection, rights, at)
    return kept[asked]


def _computed(connection: sa.Connection, rights: Rights, at: str) -> BaseRates:
    day = np.datetime64(at[:10], "D")
    plain = day.astype(dt.date)
    rule = rights.role.rule
    if rights.role.scope("orders") == "none" or {rule("orders", "customer_id"), rule("orders", "ordered_at")} != {
        "read"
    }:
        return BaseRates(plain, 0, None, None)
    orders = TABLES["orders"]
    on = sa.func.substr(orders.c.ordered_at, 1, 10)
    found = connection.execute(
        sa.select(orders.c.customer_id, on).where(rights.rows("orders"), orders.c.ordered_at <= at)
        .group_by(orders.c.customer_id, on).order_by(orders.c.customer_id, on)
    ).all()  # fmt: skip
    if not found:
        return BaseRates(plain, 0, None, None)
    customer = np.array([row[0] for row in found], dtype=np.int64)
    days = np.array([row[1] for row in found], dtype="datetime64[D]")
    span = int((day - days.min()).astype(int)) + 1
    period = min(LONGEST_PERIOD_DAYS, span // 3)
    if period < SHORTEST_PERIOD_DAYS:
        return BaseRates(plain, 0, None, None)
    cut, before = (day - np.timedelta64(number * period, "D") for number in (1, 2))
    late, earlier = customer[days > cut], np.unique(customer[(days <= cut) & (days > before)])
    retention = None
    if len(earlier) >= FEWEST:
        stayed = np.isin(earlier, late)
        retention = Rate(float(stayed.mean()), *jeffreys(int(stayed.sum()), len(earlier)), len(earlier), len(earlier))
    line = _margin_line(connection, rights, at, str(cut), str(before), np.unique(late))
    return BaseRates(plain, period, retention, line, _pauses_of(customer, days, day))


def _pauses_of(customer: NDArray[Any], days: NDArray[Any], day: np.datetime64) -> dict[int, NDArray[Any]]:
    """Class → customer, length and age of every pause, in days; a pause that has not ended is as long as it is old."""
    first = np.r_[True, customer[1:] != customer[:-1]]
    starts = np.flatnonzero(first)
    number = np.arange(len(customer)) - np.repeat(starts, np.diff(np.r_[starts, len(customer)])) + 1
    ends = np.r_[days[1:], day]
    ends[np.r_[first[1:], True]] = day
    length, age = (ends - days).astype(np.int64), (day - days).astype(np.int64)
    kinds = np.array(CLASS_STARTS)[np.searchsorted(CLASS_STARTS, number, side="right") - 1]
    every = np.stack([customer, length, age])
    return {kind: every[:, kinds == kind] for kind in CLASS_STARTS}


def may_read_margin(rights: Rights) -> bool:
    """Whether the role may read what margins are made of."""
    rule = rights.role.rule
    seen = all(rights.role.scope(name) != "none" for name in ("orders", "order_lines", "products"))
    needed = (("order_lines", "amount"), ("order_lines", "quantity"), ("order_lines", "customer_id"),
              ("orders", "ordered_at"), ("products", "unit_cost"))  # fmt: skip
    return seen and all(rule(table, column) == "read" for table, column in needed)


def margin_of_lines() -> sa.ColumnElement:
    """Money of a line less the variable cost of what was sold, in minor units."""
    lines, products = TABLES["order_lines"], TABLES["products"]
    return lines.c.amount_minor - lines.c.quantity * sa.func.coalesce(products.c.unit_cost_minor, 0)


def lines_joined(rights: Rights) -> tuple[Any, sa.ColumnElement[bool]]:
    """Lines with their orders and products, and the condition on what the role sees of them."""
    lines, orders, products = TABLES["order_lines"], TABLES["orders"], TABLES["products"]
    joined = lines.join(orders, lines.c.order_id == orders.c.order_id).outerjoin(
        products, lines.c.product_id == products.c.product_id
    )
    return joined, sa.and_(*(rights.rows(name) for name in ("order_lines", "orders")))


def _margin_line(
    connection: sa.Connection, rights: Rights, at: str, cut: str, before: str, late: NDArray[Any]
) -> MarginLine | None:
    if not may_read_margin(rights) or len(late) < FEWEST:
        return None
    joined, allowed = lines_joined(rights)
    at_of, who = TABLES["orders"].c.ordered_at, TABLES["order_lines"].c.customer_id
    margin = margin_of_lines()
    found = connection.execute(
        sa.select(who, sa.func.sum(sa.case((at_of > f"{cut} 24", margin), else_=0)),
                  sa.func.sum(sa.case((at_of > f"{cut} 24", 0), else_=margin)))
        .select_from(joined).where(allowed, at_of > f"{before} 24", at_of <= at).group_by(who)
    ).all()  # fmt: skip
    table = np.array([tuple(map(float, row)) for row in found], dtype=np.float64).reshape(-1, 3)
    table = table[np.isin(table[:, 0].astype(np.int64), late)]
    if len(table) < FEWEST:
        return None
    now, then = table[:, 1] / 100, table[:, 2] / 100
    apart = then - then.mean()
    spread = float((apart**2).sum())
    slope = float((apart * (now - now.mean())).sum() / spread) if spread else 0.0
    residual = float(np.sqrt(((now - now.mean() - slope * apart) ** 2).sum() / (len(table) - 2)))
    return MarginLine(float(now.mean()), slope, float(then.mean()), spread, residual, len(table))
