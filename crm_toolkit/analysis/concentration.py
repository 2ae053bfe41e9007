"""How much of the money comes from how few customers: the Lorenz curve, the Gini index, the top 20 %.

Customers are sorted from those who spend least to those who spend most. The Lorenz curve L(p) is the share of all
money that the first share p of them spends (Lorenz 1905); on the diagonal all spend alike. The Gini index is
twice the area between the diagonal and the curve: 0 if all spend alike, (n − 1) / n if one pays for all.

A customer who returned more than he bought has negative money; he is counted as one who spent nothing, and how
many there are is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.tables import collected, minor_units_of, opened
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count

MOST_POINTS = 400


@dataclass(frozen=True, eq=False)
class SpendConcentration:
    """How unevenly money is spread over customers.

    Parameters
    ----------
    points : pandas.DataFrame
        The Lorenz curve from (0, 0) to (1, 1): ``customer_share``, ``money_share`` (fractions). Not more than
        401 points, all of them exact.
    gini : float
        Gini index, from all customers.
    top_20_share : float
        Share of the money that the 20 % of customers who spend most bring.
    customers, customers_negative : int
        All customers, and those with negative money, counted as 0.
    total : float
        Money of all customers, negative ones counted as 0, in currency units.
    """

    points: pd.DataFrame
    gini: float
    top_20_share: float
    customers: int
    customers_negative: int
    total: float
    _ends: np.ndarray = field(repr=False, compare=False)
    _money: np.ndarray = field(repr=False, compare=False)

    def top_share(self, fraction: float) -> float:
        """Share of the money that this fraction of customers brings, those who spend most.

        Parameters
        ----------
        fraction : float
            From 0 to 1; a part of a customer brings the same part of his money.

        Raises
        ------
        InputError
            If ``fraction`` lies outside 0 to 1.
        """
        if not 0 <= fraction <= 1:
            raise InputError(
                say("`{name}` can't be {value}.", name="fraction", value=repr(fraction)),
                [Problem("outside_range", say("A value from {low} to {high} is allowed.", low=0, high=1))],
            )
        return 1.0 - float(_lorenz(self._ends, self._money, 1.0 - fraction))


def spend_concentration(table: Any, column: str = "monetary", *, minor_digits: int = 2) -> SpendConcentration:
    """Measure how much of the money comes from how few customers.

    Parameters
    ----------
    table : frame or relation
        One row per customer, such as `rfm_scores` returns.
    column : str
        The column with the customer's money, currency units.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    SpendConcentration
        Curve, Gini index and the share of the top 20 %. On Spark only distinct amounts and their counts
        come to the driver.

    Raises
    ------
    InputError
        If the column is missing or not of numbers, a value is missing or infinite, or nobody spent anything.

    References
    ----------
    Lorenz, M. O. (1905). Methods of Measuring the Concentration of Wealth. Publications of the American
    Statistical Association 9 (70), 209–219.

    Examples
    --------
    >>> import pandas as pd
    >>> spent = pd.DataFrame({"monetary": [0, 0, 10, 10, 80]})
    >>> result = spend_concentration(spent)
    >>> round(result.gini, 2), round(result.top_20_share, 2)
    (0.68, 0.8)
    """
    frame = opened(table, (column,), asked_by="spend_concentration")
    heading = say("`{function}` can't measure this table.", function="spend_concentration")
    if not frame.collect_schema()[column].is_numeric():
        what = say("The column `{name}` must hold numbers.", name=column)
        raise InputError(heading, [Problem("wrong_kind", what, column=column)])
    unit, minor = minor_units_of(column, minor_digits)
    sound = nw.col(column).cast(nw.Float64).is_finite().fill_null(False)
    counted = collected(
        frame.select(minor=nw.when(sound).then(minor)).group_by("minor").agg(customers=nw.len()).sort("minor")
    )
    counted = counted.astype({"minor": "float64", "customers": "int64"})
    unsound = int(counted.loc[counted["minor"].isna(), "customers"].sum())
    if unsound:
        what = say_count("{count} amount is missing or infinite.", "{count} amounts are missing or infinite.", unsound)
        raise InputError(heading, [Problem("unsound_amount", what, column=column)])
    money, people = counted["minor"].to_numpy(), counted["customers"].to_numpy()
    negative, money = int(people[money < 0].sum()), np.maximum(money, 0.0)
    customers, total = int(people.sum()), float((money * people).sum())
    if total <= 0:
        what = say_count("{count} customer spent nothing.", "{count} customers spent nothing.", customers)
        raise InputError(heading, [Problem("no_money", what, column=column)])
    ends = np.concatenate([[0], np.cumsum(people)]) / customers
    reached = np.concatenate([[0.0], np.cumsum(money * people)]) / total
    area = float(((reached[1:] + reached[:-1]) * np.diff(ends)).sum())
    return SpendConcentration(
        points=_points(ends, reached),
        gini=max(0.0, 1.0 - area),
        top_20_share=1.0 - float(_lorenz(ends, reached, 0.8)),
        customers=customers,
        customers_negative=negative,
        total=total / unit,
        _ends=ends,
        _money=reached,
    )


def _lorenz(ends: np.ndarray, reached: np.ndarray, share: Any) -> Any:
    return np.interp(share, ends, reached)


def _points(ends: np.ndarray, reached: np.ndarray) -> pd.DataFrame:
    shares = ends if len(ends) <= MOST_POINTS + 1 else np.linspace(0, 1, MOST_POINTS + 1)
    return pd.DataFrame({"customer_share": shares, "money_share": _lorenz(ends, reached, shares)})
