"""What is wrong or thin in the data: said before anybody believes a number."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from crm_toolkit.errors import InputError
from crm_toolkit.texts import format_date, format_money, format_percent, say, say_count
from crm_toolkit.widgets.health.data import ReportData

_COLLECTIVE_SHARE = 0.1  # assumption: nobody makes every tenth order of an organisation
_LEAST_ORDERS = 50
_YEAR_DAYS = 365


def cautions(data: ReportData, *, today: dt.date | None = None) -> list[str]:
    """Sentences about the data, the gravest first; empty if there is nothing to say."""
    found = [*_lines(data), *_time(data, today), *_collective(data)]
    return [*found, *dict.fromkeys([*data.warned, *data.read])]


def _lines(data: ReportData) -> list[str]:
    counts = data.coverage
    found = []
    if counts.lines_without_customer:
        found.append(
            say_count(
                "{count} line has no customer ({money}, {share} of all money): it counts as revenue, but not in what "
                "is said of customers.",
                "{count} lines have no customer ({money}, {share} of all money): they count as revenue, but not in "
                "what is said of customers.",
                counts.lines_without_customer,
                money=format_money(counts.amount_without_customer, data.currency),
                share=_share(counts.amount_without_customer, counts.amount),
            )
        )
    if counts.return_lines:
        amounts = data.purchases.column("amount").to_pandas()
        found.append(
            say_count(
                "{count} line is a return: {money} was taken off the revenue.",
                "{count} lines are returns: {money} was taken off the revenue.",
                counts.return_lines,
                money=format_money(float(-amounts[amounts < 0].sum()), data.currency),
            )
        )
    if counts.customers_only_returns:
        found.append(
            say_count(
                "{count} customer has returns only and is left out.",
                "{count} customers have returns only and are left out.",
                counts.customers_only_returns,
            )
        )
    zero = int((data.purchases.column("amount").to_pandas() == 0).sum())
    if zero * 20 > counts.lines:
        found.append(
            say(
                "{share} of the lines have an amount of 0: free, or a price that is missing?",
                share=format_percent(zero / counts.lines),
            )
        )
    return found


def _time(data: ReportData, today: dt.date | None) -> list[str]:
    found = []
    moments = data.purchases.column("ordered_at").to_pandas()
    last = moments.max().date()
    now = today or dt.date.today()
    if last > now:
        late = int((moments >= pd.Timestamp(now) + pd.Timedelta(days=1)).sum())
        found.append(
            say_count(
                "{count} line has a date in the future (the last one is {day}): check the dates.",
                "{count} lines have a date in the future (the last one is {day}): check the dates.",
                late,
                day=format_date(last),
            )
        )
    if last > data.as_of:
        after = int((moments >= pd.Timestamp(data.as_of) + pd.Timedelta(days=1)).sum())
        found.append(
            say_count(
                "{count} line lies after the date of analysis and is left out.",
                "{count} lines lie after the date of analysis and are left out.",
                after,
            )
        )
    days = (data.as_of - data.first).days + 1
    if days < _YEAR_DAYS:
        found.append(
            say_count(
                "The history covers {count} day, less than a year: seasons can't be seen.",
                "The history covers {count} days, less than a year: seasons can't be seen.",
                days,
            )
        )
    try:
        series = data.series("revenue")
    except InputError:
        return found
    unfinished = series.table[~series.table["finished"]]
    if len(unfinished):
        found.append(
            say(
                "The last period, {period}, is not over: it is drawn, but takes no part in comparisons and forecasts.",
                period=unfinished["period"].iloc[0],
            )
        )
    if series.dropped_first:
        found.append(say("The data begin in the middle of {period}: it is left out where whole periods are compared.",
                         period=series.dropped_first))  # fmt: skip
    empty = int((data.series("orders").finished["value"] == 0).sum())
    if empty:
        found.append(
            say_count(
                "{count} period has no order at all: was the organisation closed, or are data missing?",
                "{count} periods have no order at all: was the organisation closed, or are data missing?",
                empty,
            )
        )
    return found


def _collective(data: ReportData) -> list[str]:
    try:
        orders = data.scores["frequency"]
    except InputError:
        return []
    total = float(orders.sum())
    if total < _LEAST_ORDERS or len(orders) < 10 or orders.max() / total < _COLLECTIVE_SHARE:
        return []
    share = format_percent(float(orders.max()) / total)
    what = say(
        "One customer has {share} of all orders: is that a collective number for unknown customers?", share=share
    )
    return [what]


def _share(part: float, whole: float) -> str:
    return format_percent(part / whole) if whole > 0 else "—"
