"""The value of all customers: customer equity, and how it moves with retention, margin and acquisition cost.

Those who are customers now, N of them, are worth N·m·M with the multiple M = r / (1 + i − r). Every period n new ones
come; each is worth m·(1 + M) − c when he comes (the first margin at once, c his acquisition), and the stream of them
for ever is worth n·(m·(1 + M) − c)·(1 + i) / i, the first ones now.

The elasticity of a lever is by how many per cent equity rises when the lever is improved by one per cent. Gupta,
Lehmann and Stuart (2004) found about 5 for retention, 1 for margin and 0.1 for acquisition cost: that ordering.
Retention can't exceed 1, and one per cent of it may cost more than one per cent of anything else; an elasticity does
not say what a lever costs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from crm_toolkit.analysis.value_formulas import margin_multiple, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say

LEVERS = ("retention", "margin", "acquisition_cost", "discount")
"""What `CustomerEquity.elasticities` improves; cost and discount are improved by being lowered."""


@dataclass(frozen=True)
class CustomerEquity:
    """The value of the customers of today and of those to come.

    Parameters
    ----------
    current, future : float
        Value of today's customers and of the stream of new ones, currency units.
    customers, new_customers : float
        Today's, and new ones per period.
    margin, retention, discount, acquisition_cost : float
        As asked: currency units per period, fractions, currency units.
    """

    current: float
    future: float
    customers: float
    new_customers: float
    margin: float
    retention: float
    discount: float
    acquisition_cost: float

    @property
    def total(self) -> float:
        """Customer equity, currency units."""
        return self.current + self.future

    def elasticities(self, step: float = 0.01) -> pd.DataFrame:
        """By how much equity rises when each lever is improved by a small part of itself.

        Parameters
        ----------
        step : float
            The improvement, a fraction above 0, to 0.1.

        Returns
        -------
        pandas.DataFrame
            ``lever`` (retention, margin, acquisition_cost, discount), ``before`` and ``after`` (the lever),
            ``equity`` (after, currency units), ``elasticity`` (relative rise of equity divided by ``step``).

        Raises
        ------
        InputError
            If equity is not above 0, or the improved retention exceeds 1.
        """
        (part,) = require_numbers("elasticities", step=(step, 1e-9, 0.1))
        if self.total <= 0:
            what = say("Customer equity is {value}: a relative rise is not defined.", value=format_number(self.total))
            raise InputError(say("There is no elasticity."), [Problem("no_equity", what)])
        rows = []
        for lever in LEVERS:
            before = getattr(self, lever)
            after = before * (1 + part if lever in ("retention", "margin") else 1 - part)
            changed = {name: getattr(self, name) for name in ("customers", "new_customers", *LEVERS) if name != lever}
            equity = customer_equity(**changed, **{lever: after}).total
            rows.append((lever, before, after, equity, (equity / self.total - 1) / part))
        return pd.DataFrame(rows, columns=["lever", "before", "after", "equity", "elasticity"])

    def changed(self, **levers: float) -> CustomerEquity:
        """The same organisation with other numbers: ``equity.changed(retention=0.85)``."""
        asked = ("customers", "new_customers", *LEVERS)
        return customer_equity(**{name: getattr(self, name) for name in asked} | levers)


def customer_equity(
    *,
    customers: float,
    new_customers: float,
    margin: float,
    retention: float,
    discount: float,
    acquisition_cost: float,
) -> CustomerEquity:
    """Value all customers, those of today and those to come.

    Parameters
    ----------
    customers, new_customers : float
        Today's customers; new ones of every period, from 0.
    margin : float
        Contribution margin of a customer in a period, currency units.
    retention, discount : float
        Of one period: 0 to 1, and a fraction above 0.
    acquisition_cost : float
        Of one new customer, currency units, from 0.

    Returns
    -------
    CustomerEquity

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Gupta, S., Lehmann, D. R. and Stuart, J. A. (2004). Valuing Customers. Journal of Marketing Research 41 (1), 7–18.

    Examples
    --------
    >>> equity = customer_equity(
    ...     customers=1000, new_customers=150, margin=100, retention=0.85, discount=0.12, acquisition_cost=50
    ... )
    >>> round(equity.current), round(equity.future)
    (314815, 510741)
    >>> print(equity.elasticities()[["lever", "elasticity"]].round(2).to_string(index=False))
               lever  elasticity
           retention        3.92
              margin        1.08
    acquisition_cost        0.08
            discount        0.97
    """
    now, new, m, r, i, c = require_numbers(
        "customer_equity",
        customers=(customers, 0, math.inf),
        new_customers=(new_customers, 0, math.inf),
        margin=(margin, -math.inf, math.inf),
        retention=(retention, 0, 1),
        discount=(discount, 1e-9, math.inf),
        acquisition_cost=(acquisition_cost, 0, math.inf),
    )
    multiple = margin_multiple(r, i)
    future = new * (m * (1 + multiple) - c) * (1 + i) / i
    return CustomerEquity(now * m * multiple, future, now, new, m, r, i, c)
