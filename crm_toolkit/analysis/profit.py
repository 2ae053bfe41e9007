"""Profit customer by customer: revenue, cost of the goods, cost to serve.

revenue         money of all lines, returns subtracted
cost of goods   unit cost × quantity of every line (a return gives the goods back), or a share of the revenue
margin          revenue − cost of goods
cost to serve   Σ over contacts of rate(kind) + minutes × minute cost (activity-based costing)
profit          margin − cost to serve

Conventions, each of which moves the result: costs that no contact causes (rent, management) are not shared out; a
minute costs the same whoever works it; goods that come back are sold again; contacts of nobody known are left out, and
so are purchases of nobody known. Every line and contact is rounded to the minor unit, so that all engines agree.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import pandas as pd

from crm_toolkit.analysis.lines import (
    MINOR_DIGITS,
    as_day,
    checked,
    count_where,
    divided,
    require_purchases,
    used_lines,
)
from crm_toolkit.analysis.tables import collected
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.engines import Desk, laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import say, say_count

_SUMS = ("revenue", "goods", "contacts", "minutes", "serve")


def customer_profit(
    purchases: Any,
    contacts: Any = None,
    *,
    as_of: Any,
    minute_cost: float,
    margin_rate: float | None = None,
    rates: Mapping[str, float] | None = None,
    minor_digits: int = 2,
) -> Any:
    """Work out what every customer brings after goods and service.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time), ``amount`` (currency units, negative on a
        return) and, unless ``margin_rate`` is given, ``quantity`` (negative on a return) and ``unit_cost`` (currency
        units of one piece). Lines without a customer or after ``as_of`` are left out.
    contacts : frame, relation or path, optional
        One row per contact: ``customer_id``, ``opened_at`` (datetime, local time), ``kind`` (text) and
        ``handle_minutes`` (minutes of an employee; missing counts as 0). Of the same kind of table as ``purchases``.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    minute_cost : float
        Cost of a minute of an employee, currency units, from 0.
    margin_rate : float, optional
        Share of the revenue that is left after the goods, 0 to 1, where no unit costs are known.
    rates : mapping, optional
        Further cost of one contact by ``kind``, currency units; a kind that is not named costs its minutes only.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    frame
        One row per customer who bought *or* was served, of the kind given, sorted by ``customer_id``: ``customer_id``,
        ``revenue``, ``cost_of_goods``, ``margin``, ``contacts`` (count), ``minutes``, ``cost_to_serve``, ``profit``
        (currency units).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount, a quantity, a cost or a date is missing, money and
        quantity of a line have opposite signs, no purchase is left, the two tables are of different kinds, or a number
        lies outside its range.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.Timestamp("2024-03-01")
    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2],
    ...         "ordered_at": day,
    ...         "quantity": [2, 1, 1],
    ...         "amount": [20.0, 9.5, 30.0],
    ...         "unit_cost": [6.0, 4.0, 21.0],
    ...     }
    ... )
    >>> contacts = pd.DataFrame(
    ...     {"customer_id": [2, 2], "opened_at": day, "kind": ["complaint", "visit"], "handle_minutes": [10.0, 4.0]}
    ... )
    >>> table = customer_profit(purchases, contacts, as_of=day, minute_cost=0.5, rates={"complaint": 3.0})
    >>> print(table.drop(columns=["contacts", "minutes"]).to_string(index=False))
     customer_id  revenue  cost_of_goods  margin  cost_to_serve  profit
               1     29.5           16.0    13.5            0.0    13.5
               2     30.0           21.0     9.0           10.0    -1.0
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    cost, priced = _checked_costs(minute_cost, rates, "customer_profit")
    if margin_rate is not None:
        require_numbers("customer_profit", margin_rate=(margin_rate, 0, 1))
    needed = ("customer_id", "ordered_at", "amount") + (() if margin_rate is not None else ("quantity", "unit_cost"))
    with laid_out(purchases, needed, asked_by="customer_profit") as desk:
        counts = checked(desk, needed, day, digits, asked_by="customer_profit")
        require_purchases(counts, day, asked_by="customer_profit")
        if margin_rate is None:
            _require_measured(desk, ("quantity", "unit_cost"), "customer_profit")
        bought = _goods(desk, day, digits, counts, margin_rate)
        if contacts is None:
            return desk.hand_back(_in_money(_added(bought), 10**digits))
        sold = desk.hand_back(bought)
    with laid_out(contacts, _CONTACTS, asked_by="customer_profit") as desk:
        _require_contacts(desk, "customer_profit")
        served = desk.hand_back(_served(desk, day, digits, cost, priced))
    return _together(sold, served, 10**digits)


_CONTACTS = ("customer_id", "opened_at", "kind", "handle_minutes")


def cost_to_serve_table(
    contacts: Any,
    *,
    as_of: Any,
    minute_cost: float,
    rates: Mapping[str, float] | None = None,
    minor_digits: int = 2,
) -> pd.DataFrame:
    """Show what service costs by kind of contact.

    Parameters
    ----------
    contacts, as_of, minute_cost, rates, minor_digits
        As for `customer_profit`.

    Returns
    -------
    pandas.DataFrame
        One row per kind, the dearest in all first: ``kind``, ``contacts``, ``customers``, ``minutes``, ``cost``
        (currency units), ``cost_share`` (fraction; missing where nothing costs anything), ``cost_per_contact``.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a date is missing, a contact lasts less than nothing or for ever,
        no contact is left, or a number lies outside its range.

    Examples
    --------
    >>> import pandas as pd
    >>> contacts = pd.DataFrame(
    ...     {
    ...         "customer_id": [2, 2, 5],
    ...         "opened_at": pd.Timestamp("2024-03-01"),
    ...         "kind": ["complaint", "visit", "visit"],
    ...         "handle_minutes": [10.0, 4.0, 6.0],
    ...     }
    ... )
    >>> print(
    ...     cost_to_serve_table(contacts, as_of="2024-03-31", minute_cost=0.5, rates={"complaint": 3}).to_string(
    ...         index=False
    ...     )
    ... )
         kind  contacts  customers  minutes  cost  cost_share  cost_per_contact
    complaint         1          1     10.0   8.0    0.615385               8.0
        visit         2          2     10.0   5.0    0.384615               2.5
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    cost, priced = _checked_costs(minute_cost, rates, "cost_to_serve_table")
    with laid_out(contacts, _CONTACTS, asked_by="cost_to_serve_table") as desk:
        _require_contacts(desk, "cost_to_serve_table")
        lines = _contact_lines(desk, day, digits, cost, priced)
        found = collected(
            lines.group_by("kind").agg(
                contacts=nw.len(),
                customers=nw.col("customer_id").n_unique(),
                hundredths=nw.col("hundredths").sum(),
                serve=nw.col("serve").sum(),
            )
        )
    if found.empty:
        what = say("0 contacts of known customers are left after the filters.")
        heading = say("`{function}` found no contact.", function="cost_to_serve_table")
        raise InputError(heading, [Problem("no_contacts", what, advice=say("Check the date of analysis."))])
    found = found.sort_values(["serve", "kind"], ascending=[False, True], ignore_index=True)
    money = found["serve"].astype("float64") / 10**digits
    total = float(money.sum())
    return pd.DataFrame(
        {
            "kind": found["kind"],
            "contacts": found["contacts"].astype("int64"),
            "customers": found["customers"].astype("int64"),
            "minutes": found["hundredths"].astype("float64") / 100,
            "cost": money,
            "cost_share": money / total if total else math.nan,
            "cost_per_contact": money / found["contacts"].astype("float64"),
        }
    )


def _checked_costs(
    minute_cost: float, rates: Mapping[str, float] | None, asked_by: str
) -> tuple[float, dict[str, float]]:
    given = dict(rates or {})
    numbers = require_numbers(
        asked_by,
        minute_cost=(minute_cost, 0, 1e9),
        **{f"rates[{kind!r}]": (rate, 0, 1e9) for kind, rate in given.items()},
    )
    return numbers[0], dict(zip(given, numbers[1:], strict=True))


def _rounded(value: nw.Expr) -> nw.Expr:
    return (value + 0.5).floor()


def _goods(desk: Desk, day: dt.date, digits: int, counts: dict[str, int], margin_rate: float | None) -> nw.LazyFrame:
    """Revenue and cost of goods by customer, in minor units."""
    others = () if margin_rate is not None else ("quantity", "unit_cost")
    lines = used_lines(desk, day, digits, counts, *others)
    if margin_rate is None:
        goods = nw.col("quantity").cast(nw.Float64) * nw.col("unit_cost").cast(nw.Float64) * 10**digits
    else:
        goods = nw.col("minor").cast(nw.Float64) * (1.0 - margin_rate)
    lines = lines.with_columns(goods=_rounded(goods))
    added = lines.group_by("customer_id").agg(revenue=nw.col("minor").sum(), goods=nw.col("goods").sum())
    nothing = nw.lit(0.0)
    return added.select(
        "customer_id",
        revenue=nw.col("revenue").cast(nw.Float64),
        goods=nw.col("goods").cast(nw.Float64),
        contacts=nothing,
        minutes=nothing,
        serve=nothing,
    )


def _contact_lines(desk: Desk, day: dt.date, digits: int, minute_cost: float, rates: dict[str, float]) -> nw.LazyFrame:
    nobody = nw.col("customer_id").is_null()
    if desk.lines.collect_schema()["customer_id"].is_float():
        nobody = nobody | nw.col("customer_id").is_nan().fill_null(True)
    lines = desk.lines.filter(~nobody & (nw.col("opened_at").cast(nw.Date) <= nw.lit(day)))
    minutes = nw.col("handle_minutes").cast(nw.Float64)
    known = nw.when(minutes.is_finite().fill_null(False)).then(minutes).otherwise(nw.lit(0.0))
    rate: nw.Expr = nw.lit(0.0)
    for kind, cost in rates.items():
        rate = nw.when((nw.col("kind") == kind).fill_null(False)).then(nw.lit(float(cost))).otherwise(rate)
    lines = lines.select("customer_id", "kind", minutes=known, rate=rate)
    return lines.select(
        "customer_id",
        "kind",
        hundredths=_rounded(nw.col("minutes") * 100),
        serve=_rounded((nw.col("rate") + nw.col("minutes") * minute_cost) * 10**digits),
    )


def _served(desk: Desk, day: dt.date, digits: int, minute_cost: float, rates: dict[str, float]) -> nw.LazyFrame:
    """Contacts, hundredths of minutes and cost to serve by customer."""
    added = (
        _contact_lines(desk, day, digits, minute_cost, rates)
        .group_by("customer_id")
        .agg(contacts=nw.len(), minutes=nw.col("hundredths").sum(), serve=nw.col("serve").sum())
    )
    nothing = nw.lit(0.0)
    return added.select(
        "customer_id",
        revenue=nothing,
        goods=nothing,
        contacts=nw.col("contacts").cast(nw.Float64),
        minutes=nw.col("minutes").cast(nw.Float64),
        serve=nw.col("serve").cast(nw.Float64),
    )


def _together(sold: Any, served: Any, minor_units: int) -> Any:
    """Both sides in one table, of the kind that was given."""
    first, second = nw.from_native(sold), nw.from_native(served)
    heading = say("`{function}` can't join these tables.", function="customer_profit")
    kinds = [frame.collect_schema()["customer_id"] for frame in (first, second)]
    if first.implementation is not second.implementation or type(first) is not type(second):
        what = say("Purchases and contacts are tables of different kinds.")
        advice = say("Give both as the same kind, for instance both as pandas frames.")
        raise InputError(heading, [Problem("unlike_kinds", what, advice=advice)])
    if kinds[0] != kinds[1]:
        what = say("`customer_id` is of kind {one} in the purchases and of kind {other} in the contacts.",
                   one=kinds[0], other=kinds[1])  # fmt: skip
        raise InputError(heading, [Problem("unlike_kinds", what, column="customer_id")])
    both: Any = nw.concat([first, second])
    table = _in_money(_added(both), minor_units).to_native()
    return table.reset_index(drop=True) if isinstance(table, pd.DataFrame) else table


def _added(parts: Any) -> Any:
    return parts.group_by("customer_id").agg(*(nw.col(name).sum() for name in _SUMS))


def _in_money(added: Any, minor_units: int) -> Any:
    def money(value: nw.Expr) -> nw.Expr:
        return divided(value, minor_units, beside="contacts")

    revenue, goods, serve = nw.col("revenue"), nw.col("goods"), nw.col("serve")
    return added.select(
        "customer_id",
        money(revenue).alias("revenue"),
        money(goods).alias("cost_of_goods"),
        money(revenue - goods).alias("margin"),
        nw.col("contacts").cast(nw.Int64),
        divided(nw.col("minutes"), 100, beside="contacts").alias("minutes"),
        money(serve).alias("cost_to_serve"),
        money(revenue - goods - serve).alias("profit"),
    ).sort("customer_id")


def _require_measured(desk: Desk, names: tuple[str, ...], asked_by: str) -> None:
    """Refuse a column that is not of numbers or lacks one."""
    schema, problems = desk.lines.collect_schema(), []
    numeric = [name for name in names if schema[name].is_numeric()]
    for name in names:
        if name not in numeric:
            what = say("The column `{name}` must hold numbers.", name=name)
            problems.append(Problem("wrong_kind", what, column=name))
    if numeric:
        bad = {name: count_where(~nw.col(name).cast(nw.Float64).is_finite().fill_null(False)) for name in numeric}
        for name, count in desk.row(desk.lines.select(**bad)).items():
            if count:
                what = say_count("{count} value of `{name}` is missing or infinite.",
                                 "{count} values of `{name}` are missing or infinite.", count, name=name)  # fmt: skip
                advice = say("Fill them in, or name a `margin_rate` instead of unit costs.")
                problems.append(Problem("unsound_number", what, advice=advice, column=name))
    if not problems:
        amount, quantity = nw.col("amount").cast(nw.Float64), nw.col("quantity").cast(nw.Float64)
        crossed = ((amount < 0) & (quantity > 0)) | ((amount > 0) & (quantity < 0))
        count = desk.row(desk.lines.select(n=count_where(crossed.fill_null(False))))["n"]
        if count:
            what = say_count(
                "In {count} line money and quantity have opposite signs.",
                "In {count} lines money and quantity have opposite signs.",
                count,
            )
            advice = say("On a return both are negative: the goods come back and so does their cost.")
            problems.append(Problem("opposite_signs", what, advice=advice, column="quantity"))
    if problems:
        raise InputError(say("`{function}` can't add these purchases up.", function=asked_by), problems)


def _require_contacts(desk: Desk, asked_by: str) -> None:
    require_columns(_CONTACTS, desk.columns, asked_by=asked_by)
    heading = say("`{function}` can't add these contacts up.", function=asked_by)
    schema, problems = desk.lines.collect_schema(), []
    if not (schema["opened_at"] == nw.Date or schema["opened_at"] == nw.Datetime):
        kind = say("The column `{name}` is of kind {kind}.", name="opened_at", kind=schema["opened_at"])
        problems.append(Problem("wrong_kind", kind, say("It must hold dates."), column="opened_at"))
    if not schema["handle_minutes"].is_numeric():
        what = say("The column `{name}` must hold numbers.", name="handle_minutes")
        problems.append(Problem("wrong_kind", what, column="handle_minutes"))
    if problems:
        raise InputError(heading, problems)
    found = desk.row(
        desk.lines.select(
            undated=count_where(nw.col("opened_at").is_null()),
            negative=count_where((nw.col("handle_minutes").cast(nw.Float64) < 0).fill_null(False)),
            endless=count_where((nw.col("handle_minutes").cast(nw.Float64) == math.inf).fill_null(False)),
        )
    )
    if found["undated"]:
        what = say_count("{count} contact has no date.", "{count} contacts have no date.", found["undated"])
        advice = say("Fill them in or remove these lines.")
        problems.append(Problem("no_date", what, advice=advice, column="opened_at"))
    if found["negative"]:
        what = say_count("{count} contact lasts less than 0 minutes.", "{count} contacts last less than 0 minutes.",
                         found["negative"])  # fmt: skip
        problems.append(Problem("negative", what, advice=say("Correct these lines."), column="handle_minutes"))
    if found["endless"]:
        what = say_count("{count} contact lasts for ever.", "{count} contacts last for ever.", found["endless"])
        problems.append(Problem("infinite", what, advice=say("Correct these lines."), column="handle_minutes"))
    if problems:
        raise InputError(heading, problems)
