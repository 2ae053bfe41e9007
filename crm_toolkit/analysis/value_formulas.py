"""What a customer is worth, by formula: margin multiple, Berger and Nasr, payback and the ratio to acquisition cost.

m   contribution margin of one period, currency units       r   retention: share of customers who stay on, 0 to 1
i   discount rate of one period, fraction                   g   growth of the margin of those who stay, fraction

The multiple of the margin, by when the first margin comes (Gupta and Lehmann 2003; the three differ by a factor):

``"uncertain"``  at the end of the first period, from those who stay:   r / (1 + i − r(1 + g))
``"certain"``    at the end of the first period, from everyone:          1 / (1 + i − r(1 + g))
``"immediate"``  now, from everyone:                               (1 + i) / (1 + i − r(1 + g))

Each is the sum of a geometric series with the ratio q = r(1 + g) / (1 + i); n periods instead of all give 1 − qⁿ of
it. A constant r is an assumption: among real customers those who are left are the loyal ones, and r rises with age.
The period of m, r and i must be the same: a yearly retention beside a monthly margin is a common mistake.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say

FIRST_MARGINS = ("uncertain", "certain", "immediate")
"""When the first margin comes, as `margin_multiple` knows it."""


def require_numbers(asked_by: str, **given: tuple[Any, float, float]) -> list[float]:
    """Refuse what is no finite number within its range, all at once; ``name=(value, low, high)``, ends allowed."""
    problems, numbers = [], []
    for name, (value, low, high) in given.items():
        try:
            number = math.nan if isinstance(value, (bool, str)) else float(value)
        except (TypeError, ValueError):
            number = math.nan
        numbers.append(number)
        if math.isfinite(number) and low <= number <= high:
            continue
        if low == -math.inf and high == math.inf:
            allowed = say("A finite number is needed.")
        elif high == math.inf:
            allowed = say("A value from {low} upwards is allowed.", low=format_number(low))
        else:
            allowed = say("A value from {low} to {high} is allowed.", low=format_number(low), high=format_number(high))
        what = say("`{name}` can't be {value}.", name=name, value=repr(value))
        problems.append(Problem("outside_range", what, advice=allowed, column=name))
    if problems:
        raise InputError(say("`{function}` can't use these numbers.", function=asked_by), problems)
    return numbers


def require_choice(name: str, value: Any, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is none of the allowed ones."""
    if value not in allowed:
        raise InputError(
            say("`{name}` can't be {value}.", name=name, value=repr(value)),
            [Problem("unknown_option", say("Allowed: {names}.", names=join_names(map(repr, allowed))), column=name)],
        )


def margin_multiple(
    retention: float,
    discount: float,
    *,
    growth: float = 0.0,
    first_margin: str = "uncertain",
    periods: int | None = None,
) -> float:
    """How many margins of one period a customer is worth.

    Parameters
    ----------
    retention, discount : float
        Share that stays on each period, 0 to 1, and discount rate of one period, a fraction from 0.
    growth : float
        Growth of the margin from period to period, a fraction above −1.
    first_margin : {"uncertain", "certain", "immediate"}
        When the first margin comes; the head of this module says it exactly.
    periods : int, optional
        Number of margins; by default all that ever come.

    Returns
    -------
    float
        Multiple, from 0; times the margin it is the customer's value.

    Raises
    ------
    InputError
        If a number lies outside its range, or the sum of all margins has no end: r(1 + g) reaches 1 + i.

    References
    ----------
    Gupta, S. and Lehmann, D. R. (2003). Customers as Assets. Journal of Interactive Marketing 17 (1), 9–24.

    Examples
    --------
    >>> round(margin_multiple(0.8, 0.10), 2)
    2.67
    >>> round(margin_multiple(0.8, 0.10, first_margin="immediate"), 2)
    3.67
    """
    require_choice("first_margin", first_margin, FIRST_MARGINS)
    r, i, g, n = require_numbers(
        "margin_multiple",
        retention=(retention, 0, 1),
        discount=(discount, 0, math.inf),
        growth=(growth, -1, math.inf),
        periods=(1 if periods is None else periods, 1, math.inf),
    )
    ratio = r * (1 + g) / (1 + i)
    first = {"uncertain": r / (1 + i), "certain": 1 / (1 + i), "immediate": 1.0}[first_margin]
    if periods is not None:
        return first * (n if ratio == 1 else (1 - ratio**n) / (1 - ratio))
    if ratio >= 1:
        what = say("The margins of those who stay do not shrink: r(1 + g) is {left}, 1 + i is {right}.",
                   left=format_number(r * (1 + g)), right=format_number(1 + i))  # fmt: skip
        advice = say("Name a number of `periods`, or a higher discount rate.")
        raise InputError(say("This sum has no end."), [Problem("endless", what, advice=advice)])
    return first / (1 - ratio)


def berger_nasr_value(margin: float, promotion: float, *, retention: float, discount: float, periods: int) -> float:
    """What a customer is worth by case 1 of Berger and Nasr: sales once a period, promotion in the middle of it.

    CLV = GC · Σₜ₌₀ⁿ (r / (1 + d))ᵗ − M · Σₜ₌₁ⁿ rᵗ⁻¹ / (1 + d)ᵗ⁻⁰·⁵; the first sale is made now.

    Parameters
    ----------
    margin, promotion : float
        Gross contribution (GC) and cost of promotion (M) of one customer in one period, currency units.
    retention, discount : float
        r, 0 to 1, and d of one period, a fraction from 0.
    periods : int
        n, number of periods after the first sale, from 0.

    Returns
    -------
    float
        Currency units.

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Berger, P. D. and Nasr, N. I. (1998). Customer Lifetime Value: Marketing Models and Applications. Journal of
    Interactive Marketing 12 (1), 17–30; case 1.

    Examples
    --------
    >>> round(berger_nasr_value(260, 50, retention=0.75, discount=0.2, periods=10), 2)
    568.78
    """
    gc, m, r, d, n = require_numbers(
        "berger_nasr_value",
        margin=(margin, -math.inf, math.inf),
        promotion=(promotion, 0, math.inf),
        retention=(retention, 0, 1),
        discount=(discount, 0, math.inf),
        periods=(periods, 0, 10_000),
    )
    sales = sum((r / (1 + d)) ** t for t in range(int(n) + 1))
    costs = sum(r ** (t - 1) / (1 + d) ** (t - 0.5) for t in range(1, int(n) + 1))
    return gc * sales - m * costs


@dataclass(frozen=True)
class AcquisitionCost:
    """What a new customer costs, by where the boundary of the costs is drawn.

    Parameters
    ----------
    paid : float
        Advertising alone, per new customer, currency units.
    loaded : float
        All costs of acquisition per new customer: also labour, first discounts and onboarding.
    new_customers : float
    """

    paid: float
    loaded: float
    new_customers: float


def acquisition_cost(
    advertising: float, new_customers: float, *, labour: float = 0.0, discounts: float = 0.0, onboarding: float = 0.0
) -> AcquisitionCost:
    """What a new customer costs, paid and fully loaded.

    The costs and the customers must belong together: customers who come in May because of April's advertising are
    April's.

    Parameters
    ----------
    advertising, labour, discounts, onboarding : float
        Costs of acquiring these customers, currency units, from 0.
    new_customers : float
        How many came, above 0.

    Raises
    ------
    InputError
        If a cost is negative or nobody came.

    Examples
    --------
    >>> acquisition_cost(9000, 120, labour=2400, discounts=600)
    AcquisitionCost(paid=75.0, loaded=100.0, new_customers=120.0)
    """
    paid, work, given, start, came = require_numbers(
        "acquisition_cost",
        advertising=(advertising, 0, math.inf),
        labour=(labour, 0, math.inf),
        discounts=(discounts, 0, math.inf),
        onboarding=(onboarding, 0, math.inf),
        new_customers=(new_customers, 0, math.inf),
    )
    if came == 0:
        what = say("Nobody came: `new_customers` is 0.")
        raise InputError(
            say("`{function}` can't use these numbers.", function="acquisition_cost"),
            [Problem("no_customers", what, advice=say("The cost of a new customer is not defined then."))],
        )
    return AcquisitionCost(paid / came, (paid + work + given + start) / came, came)


@dataclass(frozen=True)
class UnitEconomics:
    """One customer's value beside the cost of acquiring one.

    Parameters
    ----------
    ratio : float or None
        Value divided by cost; ``None`` where the cost is 0. "Three to one" is a rule of thumb, not a law: it says
        nothing of the next customer, who costs more than the average one.
    payback_months : float or None
        Months until the expected margin has covered the cost; ``None`` if it never does.
    value : float
        Expected margin of all months, discounted, currency units.
    most : float or None
        Expected margin of all months, not discounted: what the cost must stay below to be paid back at all;
        ``None`` if nobody ever leaves, so that it has no limit.
    """

    ratio: float | None
    payback_months: float | None
    value: float
    most: float | None


def unit_economics(
    cost: float, monthly_margin: float, *, monthly_retention: float, annual_discount_rate: float
) -> UnitEconomics:
    """Set a customer's value against what it costs to acquire one.

    The margin of month k = 0, 1, … comes from those who are still there, sᵏ, and month by month evenly; value is
    m / (1 − s / (1 + i)) with i = (1 + annual rate)^(1/12) − 1, the first margin now. Payback does not discount: the
    smallest n, fractions kept within a month, with m(1 + s + … ) = cost.

    Parameters
    ----------
    cost : float
        Acquisition cost of one customer, currency units, from 0: say which (`acquisition_cost` has two).
    monthly_margin : float
        Contribution margin of one month from a customer who is there, currency units.
    monthly_retention : float
        s, 0 to 1.
    annual_discount_rate : float
        Fraction, from 0.

    Returns
    -------
    UnitEconomics

    Raises
    ------
    InputError
        If a number lies outside its range, or value has no end (nobody leaves and nothing is discounted).

    Examples
    --------
    >>> economics = unit_economics(100, 20, monthly_retention=0.9, annual_discount_rate=0.12)
    >>> round(economics.payback_months, 2), round(economics.ratio, 2), round(economics.most, 2)
    (6.59, 1.84, 200.0)
    """
    paid, m, s, rate = require_numbers(
        "unit_economics",
        cost=(cost, 0, math.inf),
        monthly_margin=(monthly_margin, -math.inf, math.inf),
        monthly_retention=(monthly_retention, 0, 1),
        annual_discount_rate=(annual_discount_rate, 0, math.inf),
    )
    value = m * margin_multiple(s, (1 + rate) ** (1 / 12) - 1, first_margin="immediate")
    most = m / (1 - s) if s < 1 else None
    return UnitEconomics(value / paid if paid else None, _payback(paid, m, s), value, most)


def _payback(cost: float, margin: float, retention: float) -> float | None:
    """Months until Σ margin · retentionᵏ reaches the cost; the margin of a month comes evenly through it."""
    if cost == 0:
        return 0.0
    if margin <= 0 or (retention < 1 and margin / (1 - retention) <= cost):
        return None
    if retention == 1:
        return cost / margin
    whole = math.floor(math.log(1 - cost * (1 - retention) / margin) / math.log(retention) + 1e-9) if retention else 0
    covered = margin * (1 - retention**whole) / (1 - retention)
    return whole + max(cost - covered, 0.0) / (margin * retention**whole)
