"""What is in an order: a catalogue of baskets made from the price list.

A business of services sells combinations of a few things at list price, so the baskets are made once for a
scenario, ordered by their price, and every order takes one of them: its place among all is the customer's own
standing (``spend``) and chance, mixed. The sum of an order is then known as soon as the basket is, and its lines
are read off the catalogue.

Where the ticket is Gamma-Gamma (Fader, Hardie 2013), there is one thing of varying price: an order's price is
gamma distributed with shape p and a rate of the customer's own, itself gamma distributed (q, gamma).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.behaviour.distributions import gamma_quantile
from crm_toolkit.streams import Stream

if TYPE_CHECKING:
    from crm_toolkit.world.setting import Scenario

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_BASKETS = 2048
_REACH, _CELLS = 16, 1024  # scores of baskets are looked up in cells of 1/1024, finer than any basket is wide
_LARGEST_MINOR = 10**11


@dataclass(frozen=True)
class Catalogue:
    """All baskets of a scenario, from the cheapest to the dearest.

    Parameters
    ----------
    product : array (baskets, lines)
        Index of the product of a line; -1 where there is none.
    quantity : array (baskets, lines)
    lines : array
        Number of lines of a basket.
    list_minor, cost_minor : arrays
        Price in the list and variable cost of every product, in minor units.
    """

    product: NDArray[np.int16]
    quantity: NDArray[np.int16]
    lines: NDArray[np.int8]
    list_minor: Integers
    cost_minor: Integers

    def unit_minor(self, factor: float) -> Integers:
        """Price of one piece of every product under a factor on the list, in minor units."""
        return np.maximum(np.rint(self.list_minor * factor), 1).astype(np.int64)

    def gross_minor(self, factor: float) -> Integers:
        """Sum of every basket under a factor on the list, in minor units."""
        return np.where(self.product >= 0, self.unit_minor(factor)[self.product] * self.quantity, 0).sum(axis=1)

    def cost_of_basket(self) -> Integers:
        """Variable cost of every basket, in minor units."""
        return np.where(self.product >= 0, self.cost_minor[self.product] * self.quantity, 0).sum(axis=1)

    def take(self, score: Floats) -> NDArray[np.int16]:
        """The basket at a standard normal score: every basket is equally likely."""
        edges, first = _score_edges(len(self.lines))
        cell = score * _CELLS
        cell += _REACH * _CELLS
        basket = first.take(cell.astype(np.int64), mode="clip")
        basket += score >= edges.take(basket)
        return basket


@lru_cache(maxsize=8)
def _score_edges(number: int) -> tuple[Floats, NDArray[np.int16]]:
    """The scores at which one of equally likely things ends, and the thing at the beginning of every cell of scores."""
    from scipy.special import ndtri

    edges = np.append(ndtri(np.arange(1, number) / number), np.inf)
    cells = np.arange(-_REACH * _CELLS, _REACH * _CELLS) / _CELLS
    return edges, np.searchsorted(edges, cells, side="right").astype(np.int16)


def catalogue(scenario: Scenario) -> Catalogue:
    """Make the baskets of a scenario; they depend on its price list only, not on a seed."""
    rows = tuple(tuple(row) for row in scenario.lists["products"])
    return _catalogue(scenario.ticket, rows, tuple(scenario.lists["lines"]))


@lru_cache(maxsize=32)
def _catalogue(ticket: str, rows: tuple[tuple[Any, ...], ...], line_shares: tuple[float, ...]) -> Catalogue:
    price = np.array([row[3] for row in rows], dtype=np.float64)
    minor = np.rint(price * 100).astype(np.int64)
    cost = np.rint(price * 100 * np.array([row[4] for row in rows])).astype(np.int64)
    if ticket == "gamma_gamma":
        one = np.zeros((1, 1), dtype=np.int16)
        return Catalogue(one, one + np.int16(1), np.ones(1, dtype=np.int8), minor, cost)
    weights = [row[5] for row in rows]
    number = np.arange(_BASKETS)
    most = len(line_shares)
    lines = 1 + Stream(0, "basket lines").choose(line_shares, number)
    place = np.arange(most)
    product = Stream(0, "basket products").choose(weights, number[:, None], 0, place)
    goods = np.array([row[2] == "goods" for row in rows])
    several = Stream(0, "basket quantity").choose([0.8, 0.15, 0.05], number[:, None], 0, place)
    quantity = np.where(goods[product], 1 + several, 1)
    there = place < lines[:, None]
    for line in range(1, most):  # the same thing twice is one thing in a larger quantity
        for earlier in range(line):
            same = there[:, line] & there[:, earlier] & (product[:, line] == product[:, earlier])
            quantity[same, earlier] += quantity[same, line]
            there[same, line] = False
    order = np.argsort(~there, axis=1, kind="stable")
    product = np.take_along_axis(np.where(there, product, -1), order, axis=1)
    quantity = np.take_along_axis(np.where(there, quantity, 0), order, axis=1)
    total = np.where(product >= 0, minor[product] * quantity, 0).sum(axis=1)
    rank = np.argsort(total, kind="stable")
    kept = product[rank], quantity[rank]
    return Catalogue(kept[0].astype(np.int16), kept[1].astype(np.int16),
                     (kept[0] >= 0).sum(axis=1).astype(np.int8), minor, cost)  # fmt: skip


def gamma_gamma_minor(scenario: Scenario, spend: Floats, luck: Floats, factor: Floats) -> Integers:
    """Sums of orders under Gamma-Gamma, in minor units, at least one."""
    rate = gamma_quantile(-spend, scenario["ticket_q"], scenario["ticket_gamma"])
    value = gamma_quantile(luck, scenario["ticket_p"]) / rate
    return np.clip(np.rint(value * factor * 100), 1, _LARGEST_MINOR).astype(np.int64)
