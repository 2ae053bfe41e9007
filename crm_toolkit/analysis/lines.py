"""Which lines of the purchases count, and what was left out.

A line counts if its customer is known and it was ordered up to the date of analysis, that whole day
included. A line with a negative amount is a return; any other line, also one of zero money, is a purchase.

Money is added in whole minor units (cents, kopecks): every line is rounded to the minor unit, half a unit
upwards, and whole numbers below 2⁵³ are added exactly in any order. So every engine gives the same total to
the cent, whatever the order of the lines.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw

from crm_toolkit.engines import Desk
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_date, join_names, mark, say, say_count

MINOR_DIGITS = Knob(
    "minor_digits",
    2,
    0,
    4,
    1,
    mark("Digits of the currency's minor unit"),
    origin="convention",
    reference="ISO 4217: 2 for most currencies, 0 for the yen, 3 for the Kuwaiti dinar",
)

_MOST_MINOR_UNITS = 4.5e15
_TEXT_ADVICE = mark("`crm.datasets.read_purchases` reads dates and money in many ways of writing.")


def as_day(moment: Any, name: str) -> dt.date:
    """Understand a date that a user wrote: a date, a datetime of any kind or ISO text."""
    try:
        if isinstance(moment, str):
            return dt.datetime.fromisoformat(moment.strip()).date()
        if isinstance(moment, dt.datetime):  # also pandas.Timestamp; NaT has no date
            return dt.date(moment.year, moment.month, moment.day)
        if isinstance(moment, dt.date):
            return moment
        return dt.date.fromisoformat(str(moment.astype("datetime64[D]")))
    except (AttributeError, TypeError, ValueError):
        raise InputError(
            say("`{name}` can't be {value}.", name=name, value=repr(moment)),
            [
                Problem(
                    "not_a_date",
                    say("This is not a date."),
                    advice=say("Write it as year-month-day, for instance 2024-06-30."),
                    column=name,
                )
            ],
        ) from None


def checked(
    desk: Desk, needed: tuple[str, ...], day: dt.date, digits: int, *, asked_by: str, money: bool = False
) -> dict[str, int]:
    """Refuse what can't be added up; return the counts, and the money left out, of one pass over the lines."""
    require_columns(needed, desk.columns, asked_by=asked_by)
    schema = desk.lines.collect_schema()
    _require_kinds(desk, schema, asked_by)
    amount = nw.col("amount").cast(nw.Float64)
    nobody, late = _nobody(schema["customer_id"]), nw.col("ordered_at").cast(nw.Date) > nw.lit(day)
    sound = amount.is_finite().fill_null(False)
    asked = {
        "without_customer": count_where(nobody),
        "without_date": count_where(nw.col("ordered_at").is_null()),
        "unsound": count_where(~sound),
        "after": count_where(~nobody & late),
        "returns": count_where(~nobody & ~late & (amount < 0)),
    }
    if "order_id" in needed:
        asked["without_order"] = count_where(nw.col("order_id").is_null())
    if money:
        asked["minor_without_customer"] = sum_where(nobody & sound, _minor(digits))
        asked["minor_after"] = sum_where(~nobody & late & sound, _minor(digits))
    found = desk.row(desk.lines.select(lines=nw.len(), size=sum_where(sound, amount.abs()), **asked))
    counts = {"without_order": 0} | {name: int(value or 0) for name, value in found.items()}
    counts["bought"] = counts["lines"] - counts["without_customer"] - counts["after"] - counts["returns"]
    _require_sound(counts, 10**digits, asked_by)
    return counts


def used_lines(desk: Desk, day: dt.date, digits: int, counts: dict[str, int], *others: str) -> nw.LazyFrame:
    """The lines that count: ``customer_id``, ``day``, ``minor`` (money in minor units), ``bought`` (no return).

    What the counts say to be absent is not looked for again.
    """
    lines = desk.lines
    if counts["without_customer"]:
        lines = lines.filter(~_nobody(lines.collect_schema()["customer_id"]))
    lines = lines.select(
        "customer_id",
        *others,
        day=nw.col("ordered_at").cast(nw.Date),
        minor=_minor(digits),
        bought=nw.col("amount") >= 0,
    )
    return lines.filter(nw.col("day") <= nw.lit(day)) if counts["after"] else lines


def require_purchases(counts: dict[str, int], day: dt.date, *, asked_by: str) -> None:
    """Refuse a table in which no purchase is left, with the counts that say why."""
    if counts["bought"]:
        return
    found = [say_count("{count} line", "{count} lines", counts["lines"])]
    found += left_out(counts["without_customer"], counts["after"], day)
    found.append(say_count("{count} line of a return", "{count} lines of returns", counts["returns"]))
    raise InputError(
        say("`{function}` found no purchase.", function=asked_by),
        [
            Problem(
                "no_purchases",
                say("0 purchases are left after the filters."),
                found=join_names(found),
                advice=say("Check the date of analysis and the column with the customer."),
            )
        ],
    )


def day_number(name: str) -> nw.Expr:
    """Days since the year 1 by the calendar's own arithmetic, so that every engine subtracts days alike."""
    years = nw.col(name).dt.year().cast(nw.Float64) - 1.0
    leap_days = (years * 0.25).floor() - (years * 0.01).floor() + (years * 0.0025).floor()
    return (years * 365.0 + leap_days).cast(nw.Int64) + nw.col(name).dt.ordinal_day().cast(nw.Int64)


def divided(value: nw.Expr, by: float, *, beside: str) -> nw.Expr:
    """A value divided by a constant, rounded once on every engine.

    polars multiplies by the reciprocal of a constant, which rounds twice; so the divisor is made a column, out
    of any whole number ``beside``.
    """
    return value.cast(nw.Float64) / (nw.col(beside).cast(nw.Float64) * 0.0 + float(by))


def left_out(without_customer: int, after: int, day: dt.date) -> list[str]:
    """Lines that were left out, in words."""
    return [
        say_count("{count} line without a customer", "{count} lines without a customer", without_customer),
        say_count("{count} line after {day}", "{count} lines after {day}", after, day=format_date(day)),
    ]


def _minor(digits: int) -> nw.Expr:
    return (nw.col("amount").cast(nw.Float64) * 10**digits + 0.5).floor()


def _nobody(kind: Any) -> nw.Expr:
    missing = nw.col("customer_id").is_null()
    return missing | nw.col("customer_id").is_nan().fill_null(True) if kind.is_float() else missing


def count_where(condition: nw.Expr) -> nw.Expr:
    """How many rows meet the condition."""
    return nw.when(condition).then(nw.lit(1)).count()


def sum_where(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    """The sum of a value over the rows that meet the condition."""
    return nw.when(condition).then(value).sum()


def _require_kinds(desk: Desk, schema: Any, asked_by: str) -> None:
    problems = []
    if not schema["amount"].is_numeric():
        problems.append(_wrong_kind("amount", schema, say("It must hold numbers."), say(_TEXT_ADVICE)))
    when = schema["ordered_at"]
    if not (when == nw.Date or when == nw.Datetime):
        problems.append(_wrong_kind("ordered_at", schema, say("It must hold dates."), say(_TEXT_ADVICE)))
    elif when == nw.Datetime and when.time_zone is not None and not desk.spark:
        advice = say("Turn it into local time of the organisation without a zone first.")
        problems.append(_wrong_kind("ordered_at", schema, say("It must hold local time, without a time zone."), advice))
    if problems:
        raise InputError(say("`{function}` can't read this table.", function=asked_by), problems)


def _wrong_kind(name: str, schema: Any, what: str, advice: str) -> Problem:
    heading = say("The column `{name}` is of kind {kind}.", name=name, kind=schema[name])
    return Problem("wrong_kind", heading, found=what, advice=advice, column=name)


def _require_sound(counts: dict[str, int], minor_units: int, asked_by: str) -> None:
    problems = []
    if counts["unsound"]:
        what = say_count(
            "{count} amount is missing or infinite.", "{count} amounts are missing or infinite.", counts["unsound"]
        )
        advice = say("Fill them in or remove these lines; 0 means that the goods were free.")
        problems.append(Problem("unsound_amount", what, advice=advice, column="amount"))
    if counts["without_date"]:
        what = say_count("{count} line has no date.", "{count} lines have no date.", counts["without_date"])
        problems.append(
            Problem("no_date", what, advice=say("Fill them in or remove these lines."), column="ordered_at")
        )
    if counts["without_order"]:
        what = say_count("{count} line has no order.", "{count} lines have no order.", counts["without_order"])
        advice = say("Give every line an order number: frequency counts orders.")
        problems.append(Problem("no_order", what, advice=advice, column="order_id"))
    if counts["size"] * minor_units >= _MOST_MINOR_UNITS:
        what = say("The amounts are too large to be added exactly.")
        problems.append(
            Problem("too_large", what, advice=say("Give them in thousands or in another unit."), column="amount")
        )
    if problems:
        raise InputError(say("`{function}` can't add these purchases up.", function=asked_by), problems)
