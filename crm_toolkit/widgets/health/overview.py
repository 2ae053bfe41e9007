"""Key figures with their definitions, and money and customers over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from crm_toolkit.errors import InputError
from crm_toolkit.plots.report import revenue_customers_page
from crm_toolkit.plots.style import short_money
from crm_toolkit.texts import format_date, format_money, format_number, format_percent, mark, say, say_count
from crm_toolkit.widgets.health.data import ReportData
from crm_toolkit.widgets.health.section import method, picture, says, together
from crm_toolkit.widgets.html import Html, joined, tag

YEAR = {"month": 12, "week": 52, "day": 7}
UNITS = {"month": mark("month"), "week": mark("week"), "day": mark("day")}


@dataclass(frozen=True)
class KeyFigure:
    """A number with its name and how it was computed."""

    label: str
    value: str
    definition: str
    beside: str = ""


def key_figures(data: ReportData) -> list[KeyFigure]:
    """The figures at the head of the page; one that can't be computed is left out."""
    found: list[KeyFigure] = []
    for make in (_money, _people, _staying):
        try:
            found += make(data)
        except InputError:
            continue
    return found


def key_figures_body(data: ReportData) -> tuple[Html, str]:
    """The tiles."""
    tiles = [
        tag(
            "div",
            tag("dt", figure.label),
            tag("dd", figure.value, class_="value"),
            tag("dd", figure.beside, class_="beside") if figure.beside else None,
            tag("dd", figure.definition, class_="definition"),
            class_="tile",
        )
        for figure in key_figures(data)
    ]
    return tag("dl", joined(tiles), class_="tiles"), ""


def last_periods(count: int, unit: str) -> str:
    """Words for the last finished periods."""
    if unit == "month":
        return say_count("the last {count} finished month", "the last {count} finished months", count)
    if unit == "week":
        return say_count("the last {count} finished week", "the last {count} finished weeks", count)
    return say_count("the last {count} finished day", "the last {count} finished days", count)


def _money(data: ReportData) -> list[KeyFigure]:
    revenue, orders = data.series("revenue").values, data.series("orders").values
    span = min(YEAR[data.unit], len(revenue))
    when = last_periods(span, data.unit)
    total, count = float(revenue[-span:].sum()), float(orders[-span:].sum())
    found = [
        KeyFigure(
            say("Revenue"),
            money(total, data.currency),
            say("Amounts of all lines less returns, {when}.", when=when),
            _against(total, float(revenue[-2 * span : -span].sum())) if len(revenue) >= 2 * span else "",
        ),
        KeyFigure(
            say("Orders"),
            format_number(round(count)),
            say("Different orders with a purchase, {when}.", when=when),
            _against(count, float(orders[-2 * span : -span].sum())) if len(orders) >= 2 * span else "",
        ),
    ]
    if count:
        found.append(
            KeyFigure(
                say("Average order"),
                format_money(total / count, data.currency),
                say("Revenue divided by orders, {when}.", when=when),
            )
        )
    return found


def _people(data: ReportData) -> list[KeyFigure]:
    scores = data.scores
    active = data.series("customers").finished
    again = float((scores["frequency"] >= 2).mean())
    found = [
        KeyFigure(
            say("Customers"),
            format_number(len(scores)),
            say("Known customers with at least one purchase up to {day}.", day=format_date(data.as_of)),
        ),
        *_new(data),
        KeyFigure(
            say("Came back"),
            format_percent(again, 0),
            say("Share of the customers with two orders or more."),
        ),
    ]
    if len(active):
        last = active.iloc[-1]
        found.insert(
            1,
            KeyFigure(
                say("Active customers"),
                format_number(round(float(last["value"]))),
                say(
                    "Known customers who bought in {period}, the last finished {unit}.",
                    period=last["period"],
                    unit=say(UNITS[data.unit]),
                ),
            ),
        )
    return found


def _new(data: ReportData) -> list[KeyFigure]:
    """Customers whose first purchase in the data fell into the last finished period."""
    last = data.series("orders").finished.iloc[-1:]
    if not len(last) or data.unit == "day":
        return []
    begin = last["starts_on"].iloc[0]
    end = begin + pd.Timedelta(days=int(last["days"].iloc[0]))
    new = int(((data.first_purchases >= begin) & (data.first_purchases < end)).sum())
    return [
        KeyFigure(
            say("New customers"),
            format_number(new),
            say("Known customers whose first purchase in the data fell into {period}.", period=last["period"].iloc[0]),
        )
    ]


def _staying(data: ReportData) -> list[KeyFigure]:
    churn = data.churn
    return [
        KeyFigure(
            say("Lapsed"),
            format_percent(churn.lapsed / churn.customers, 0),
            say(
                "Share of the customers who have not bought for more than {days} days; nine of ten pauses are shorter.",
                days=format_number(churn.threshold_days),
            ),
        )
    ]


def _against(now: float, before: float) -> str:
    if before <= 0:
        return ""
    change = now / before - 1
    signed = f"{'+' if change >= 0 else '−'}{format_percent(abs(change), 1)}"
    return say("{change} against the same time before", change=signed)


def money(value: float, currency: str) -> str:
    """Money for a tile: exact where it is small, short where it is large."""
    return short_money(value, currency)


def money_column(values: Iterable[float], currency: str) -> list[str]:
    """Money for a column of a table: as many digits in every row."""
    numbers = [float(value) for value in values]
    largest = max(map(abs, numbers), default=0.0)
    if largest >= 9_999_999.5:
        return [short_money(number, currency) for number in numbers]
    return [format_money(number, currency, 2 if largest < 999.5 else 0) for number in numbers]


def months_body(data: ReportData) -> tuple[Html, str]:
    """Money and active customers by period."""
    revenue, customers = data.series("revenue"), data.series("customers")
    figure = revenue_customers_page(revenue, customers, currency=data.currency)
    finished = revenue.finished
    span = min(YEAR[data.unit], len(finished))
    best = finished.iloc[int(finished["value"].to_numpy().argmax())]
    worst = finished.iloc[int(finished["value"].to_numpy().argmin())]
    text = say(
        "Highest revenue: {best} ({high}); lowest: {worst} ({low}).",
        best=best["period"],
        high=money(float(best["value"]), data.currency),
        worst=worst["period"],
        low=money(float(worst["value"]), data.currency),
    )
    values = finished["value"].to_numpy()
    brief = ""
    if len(values) >= 2 * span and values[-2 * span : -span].sum() > 0:
        change = values[-span:].sum() / values[-2 * span : -span].sum() - 1
        sentence = (
            say("Revenue of {when} is {share} higher than in the same time before.", when=last_periods(span, data.unit),
                share=format_percent(abs(change), 1))
            if change >= 0
            else say("Revenue of {when} is {share} lower than in the same time before.",
                     when=last_periods(span, data.unit), share=format_percent(abs(change), 1))
        )  # fmt: skip
        brief = sentence
    how = say("Revenue: amounts of all lines less returns. Active customers: known customers with a purchase in the "
              "period. A hatched bar is a period that is not over.")  # fmt: skip
    return together(says(text), picture(figure), method(how)), brief
