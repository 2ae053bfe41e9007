"""Figures of a calibration report on buying: concentration, coming back, months and weekdays, tickets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.world.calibrating.evidence import FEWEST, YEAR, Estimate, Evidence, Floats, Integers

# Spending


def top_20_share(seen: Evidence) -> Estimate | None:
    """Share of the money that the fifth of the customers who spend most brings."""
    return _of_spend(seen, _top_fifth)


def gini(seen: Evidence) -> Estimate | None:
    """Gini index of the money of the customers."""
    return _of_spend(seen, _gini)


def _of_spend(seen: Evidence, measure: Callable[[Floats], float]) -> Estimate | None:
    """The money of those who bought at all within the span: a year for a shop with a panel, else all weeks."""
    inside = seen.last_year if seen.scenario.name == "grocery" else seen.order_time < _cdnow_weeks(seen)
    money = np.bincount(seen.order_person[inside], weights=seen.order_amount[inside], minlength=len(seen.ids))
    spend = np.asarray(money, dtype=np.float64)
    buyers = np.flatnonzero(spend > 0)
    return seen.grouped(lambda rows: measure(spend[buyers[rows]]), buyers)


def _cdnow_weeks(seen: Evidence) -> float:
    return 78.0 if seen.scenario.ticket == "gamma_gamma" else float(seen.weeks)


def _top_fifth(spend: Floats) -> float:
    ordered = np.sort(spend)[::-1]
    return float(ordered[: round(0.2 * len(ordered))].sum() / ordered.sum())


def _gini(spend: Floats) -> float:
    ordered, n = np.sort(spend), len(spend)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


# Coming back


def repeat_year(seen: Evidence) -> Estimate | None:
    """Share of customers, of those who could be watched for a year, who ordered again within it."""
    return _repeat(seen, 52.0)


def repeat_18_months(seen: Evidence) -> Estimate | None:
    """The same for one and a half years."""
    return _repeat(seen, 78.0)


def _repeat(seen: Evidence, span: float) -> Estimate | None:
    again = (seen.nth_order == 1) & (seen.order_time - seen.begun[seen.order_person] <= span)
    came = np.zeros(len(seen.ids), dtype=bool)
    came[seen.order_person[again]] = True
    watched = np.flatnonzero(seen.begun <= seen.weeks - span)
    return seen.share(came[watched], watched)


def repeat_2_to_3(seen: Evidence) -> Estimate | None:
    """Of customers with at least two orders, the share with at least three."""
    return _next_order(seen, 2)


def repeat_3_to_4(seen: Evidence) -> Estimate | None:
    """Of customers with at least three orders, the share with at least four."""
    return _next_order(seen, 3)


def _next_order(seen: Evidence, after: int) -> Estimate | None:
    """In the world's first 78 weeks, as in CDNOW, where all came within the first twelve of them."""
    inside = seen.order_time < min(78.0, seen.weeks)
    number = np.bincount(seen.order_person[inside], minlength=len(seen.ids))
    have = np.flatnonzero(number >= after)
    return seen.share(number[have] > after, have)


def orders_per_year(seen: Evidence) -> Estimate | None:
    """Orders of a customer in a year, fees not counted, of those who were customers before it and came in it."""
    inside = np.flatnonzero(seen.last_year & _chosen(seen))
    active = np.unique(seen.order_person[inside])
    active = active[seen.begun[active] <= seen.weeks - 52]
    number = np.bincount(seen.order_person[inside], minlength=len(seen.ids))
    return seen.ratio(number[active] * (YEAR / 52), np.ones(len(active)), active) if len(active) >= FEWEST else None


def _chosen(seen: Evidence) -> NDArray[np.bool_]:
    """Which orders are no fee of a membership."""
    if not seen.scenario.contractual:
        return np.ones(len(seen.order_person), dtype=bool)
    lines = seen.tables["order_lines"]
    products = seen.tables["products"]
    fee = products["product_id"].to_numpy()[(products["category"] == "membership").to_numpy()]
    fees = lines["order_id"].to_numpy()[np.isin(lines["product_id"].to_numpy(), fee)]
    return ~np.isin(seen.tables["orders"]["order_id"].to_numpy(), fees)


# The year and the week


def month_lowest(seen: Evidence) -> Estimate | None:
    """Money of the weakest month of a year over that of the mean month, months as long as they are."""
    return _month(seen, np.min)


def month_highest(seen: Evidence) -> Estimate | None:
    """The same of the strongest month."""
    return _month(seen, np.max)


def _month(seen: Evidence, extreme: Callable[[Floats], float]) -> Estimate | None:
    if seen.weeks < 104:
        return None
    day = np.floor(seen.order_time * 7).astype(np.int64)
    year = np.minimum(day // 364, 2)
    month = seen.tables["orders"]["ordered_at"].to_numpy().astype("datetime64[M]").astype(np.int64) % 12
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.float64)

    def index(rows: Integers) -> float:
        money = np.zeros((2, 12))
        inside = rows[year[rows] < 2]
        np.add.at(money, (year[inside], month[inside]), seen.order_amount[inside])
        grown = money[1, 3:].sum() / money[0, 3:].sum()  # newcomers and leavers: the same months a year apart
        steady = money[1] / _covered(seen) * days * grown ** -((np.arange(12) + 0.5) / 12)
        return float(extreme(steady / steady.mean()))

    return seen.grouped(index, seen.order_person)


def _covered(seen: Evidence) -> Floats:
    """Days of the second year of 52 weeks that fall into each month."""
    every = (seen.start.astype("datetime64[D]") + np.arange(364, 728)).astype("datetime64[M]").astype(np.int64) % 12
    return np.bincount(every, minlength=12).astype(np.float64)


def saturday_share(seen: Evidence) -> Estimate | None:
    """Share of orders on Saturdays."""
    return _weekday(seen, 5)


def sunday_share(seen: Evidence) -> Estimate | None:
    """Share of orders on Sundays."""
    return _weekday(seen, 6)


def midweek_share(seen: Evidence) -> Estimate | None:
    """Share of orders on Wednesdays."""
    return _weekday(seen, 2)


def _weekday(seen: Evidence, which: int) -> Estimate | None:
    day = (np.floor(seen.order_time * 7).astype(np.int64)) % 7
    return seen.share(day == which, seen.order_person)


# Tickets


def ticket_mean(seen: Evidence) -> Estimate | None:
    """Mean money of an order, in the price unit of the scenario's file."""
    unit = _price_unit(seen)
    return seen.ratio(seen.order_amount / unit, np.ones(len(seen.order_amount)), seen.order_person)


def ticket_median(seen: Evidence) -> Estimate | None:
    """Median money of an order, in the price unit of the scenario's file."""
    unit, amount = _price_unit(seen), seen.order_amount
    return seen.grouped(lambda rows: float(np.median(amount[rows])) / unit, seen.order_person)


def _price_unit(seen: Evidence) -> float:
    from crm_toolkit.world.setting import scenario

    dollars = scenario(seen.scenario.name, locale="en_US")
    return float(seen.scenario.lists["products"][0][3] / dollars.lists["products"][0][3])


def lines_per_order(seen: Evidence) -> Estimate | None:
    """Lines of an order."""
    lines = seen.tables["order_lines"]
    person = np.concatenate([seen.person(lines), seen.order_person])
    one = np.zeros(len(person))
    one[: len(lines)] = 1
    return seen.ratio(one, 1 - one, person)
