"""What of the purchases takes part in an analysis and what is left out: nothing goes in silence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from crm_toolkit.analysis.lines import (
    MINOR_DIGITS,
    as_day,
    checked,
    count_where,
    left_out,
    sum_where,
    used_lines,
)
from crm_toolkit.engines import laid_out
from crm_toolkit.texts import say_count


@dataclass(frozen=True)
class PurchaseCoverage:
    """What of a purchases table takes part in an analysis, counted; nothing is left out in silence.

    Parameters
    ----------
    as_of : datetime.date
        Last day of the analysis.
    lines : int
        All lines of the table.
    lines_without_customer : int
        Lines whose customer is missing; left out.
    lines_after : int
        Lines of known customers after ``as_of``; left out.
    lines_used : int
        The rest: ``lines = lines_without_customer + lines_after + lines_used``.
    return_lines : int
        Lines used whose amount is negative.
    customers : int
        Customers with at least one line used.
    customers_only_returns : int
        Those of them who have no purchase up to ``as_of``, only returns; they get no scores.
    amount, amount_without_customer, amount_after, amount_only_returns, amount_scored : float
        Money of all lines and of each of its parts, in currency units: the four parts add up to ``amount``.
    """

    as_of: dt.date
    lines: int
    lines_without_customer: int
    lines_after: int
    lines_used: int
    return_lines: int
    customers: int
    customers_only_returns: int
    amount: float
    amount_without_customer: float
    amount_after: float
    amount_only_returns: float
    amount_scored: float

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return not (self.lines_without_customer or self.lines_after or self.customers_only_returns)

    def __str__(self) -> str:
        return "\n".join(
            [
                say_count("{count} line", "{count} lines", self.lines),
                *left_out(self.lines_without_customer, self.lines_after, self.as_of),
                say_count("{count} line of a return", "{count} lines of returns", self.return_lines),
                say_count("{count} customer", "{count} customers", self.customers),
                say_count(
                    "{count} customer with returns only",
                    "{count} customers with returns only",
                    self.customers_only_returns,
                ),
            ]
        )


def purchase_coverage(purchases: Any, *, as_of: Any, minor_digits: int = 2) -> PurchaseCoverage:
    """Count what of the purchases takes part in `rfm_scores` at a date and what is left out.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units).
    as_of : date, datetime or str
        Last day of the analysis, ``"2024-06-30"``; the whole day takes part.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    PurchaseCoverage
        Lines, customers and money, used and left out; the parts of the money add up exactly.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, or amounts, dates are missing or infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", None],
    ...         "ordered_at": pd.to_datetime(["2024-01-02", "2024-03-01", "2024-01-05"]),
    ...         "amount": [10.0, 5.0, 2.5],
    ...     }
    ... )
    >>> counts = purchase_coverage(purchases, as_of="2024-01-31")
    >>> counts.lines, counts.lines_without_customer, counts.lines_after, counts.amount_scored
    (3, 1, 1, 10.0)
    """
    day = as_day(as_of, "as_of")
    digits = int(MINOR_DIGITS.check(minor_digits))
    with laid_out(purchases, ("customer_id", "ordered_at", "amount"), asked_by="purchase_coverage") as desk:
        counts = checked(
            desk, ("customer_id", "ordered_at", "amount"), day, digits, asked_by="purchase_coverage", money=True
        )
        customers = (
            used_lines(desk, day, digits, counts)
            .group_by("customer_id")
            .agg(minor=nw.col("minor").sum(), bought=count_where(nw.col("bought")))
        )
        only_returns = nw.col("bought") == 0
        people = desk.row(
            customers.select(
                customers=nw.len(),
                customers_only_returns=count_where(only_returns),
                minor_only_returns=sum_where(only_returns, nw.col("minor")),
                minor_scored=sum_where(~only_returns, nw.col("minor")),
            )
        )
    unit = 10**digits
    without, after = _money(counts["minor_without_customer"]), _money(counts["minor_after"])
    returned, scored = _money(people["minor_only_returns"]), _money(people["minor_scored"])
    return PurchaseCoverage(
        as_of=day,
        lines=counts["lines"],
        lines_without_customer=counts["without_customer"],
        lines_after=counts["after"],
        lines_used=counts["lines"] - counts["without_customer"] - counts["after"],
        return_lines=counts["returns"],
        customers=int(people["customers"]),
        customers_only_returns=_money(people["customers_only_returns"]),
        amount=(without + after + returned + scored) / unit,
        amount_without_customer=without / unit,
        amount_after=after / unit,
        amount_only_returns=returned / unit,
        amount_scored=scored / unit,
    )


def _money(minor: Any) -> int:
    return int(minor or 0)
