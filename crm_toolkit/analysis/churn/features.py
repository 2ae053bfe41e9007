"""Tables from which churn can be learned: what was known on a day, and who left after it.

Everything that a row says of a customer was known at the end of ``as_of``; the *label* looks at the days after it, up
to the horizon. A model is then tried on a later day than the one it was learned on:

    |---- features ----| train_as_of |---- label ----| test_as_of |---- label ----| as_of
                       |---- features of the test up to test_as_of ----|

so that no day of the test's labels was seen in learning. A random split of one day's customers would flatter the
model: its future is everybody's future, with the same weather and the same campaigns.

Without contracts ``churned`` means: no purchase within the horizon. Whoever buys once a year has then "left" in most
quarters; choose a horizon longer than the usual pause (`pause_churn` knows it), and leave out those who are gone
already, with ``active_within_days``: to foretell their absence is no art.

purchase_days          days with a purchase               amount, amount_mean    money, less returns; per purchase day
recency_days           since the last one                 purchase_days_recent   of the last ``recent_days``
tenure_days            since the first one                amount_recent          of the last ``recent_days``
gap_days               mean pause; of those who bought    returns                lines of returns
                       once, the tenure                   pause_ratio            recency by gap (of at least a day)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from crm_toolkit.analysis.lines import (
    as_day,
    checked,
    count_where,
    day_number,
    divided,
    require_purchases,
    sum_where,
    used_lines,
)
from crm_toolkit.analysis.survival.lives import dated_contracts
from crm_toolkit.analysis.survival.reading import read_frame
from crm_toolkit.engines import Desk, laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_date, mark, say, say_count

HORIZON_DAYS = Knob("horizon_days", 90, 1, 3_650, 1, mark("Days in which a customer must buy to have stayed"),
                    mark("days"), origin="assumption", reference="a quarter")  # fmt: skip
RECENT_DAYS = Knob("recent_days", 90, 1, 3_650, 1, mark("Days that count as recent"), mark("days"),
                   origin="convention", reference="a quarter")  # fmt: skip
FEATURES = (
    "purchase_days", "recency_days", "tenure_days", "gap_days", "pause_ratio", "purchase_days_recent", "amount",
    "amount_mean", "amount_recent", "returns",
)  # fmt: skip
_NEEDED = ("customer_id", "ordered_at", "amount")


@dataclass(frozen=True, eq=False)
class ChurnSplit:
    """Customers of an earlier day, to learn from, and of a later one, to test on.

    Parameters
    ----------
    train, test : pandas.DataFrame
        As `churn_features` returns them, with ``churned``.
    train_as_of, test_as_of, as_of : datetime.date
        The three days of the head of this module.
    horizon_days : int
    """

    train: pd.DataFrame
    test: pd.DataFrame
    train_as_of: dt.date
    test_as_of: dt.date
    as_of: dt.date
    horizon_days: int


def churn_features(
    purchases: Any,
    *,
    as_of: Any,
    horizon_days: int | None = None,
    recent_days: int = int(RECENT_DAYS.default),
    active_within_days: int | None = None,
    observed_until: Any = None,
) -> Any:
    """Describe every customer as he was known on a day and, if the days after it are known, say who stayed away.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units, negative on
        a return: no purchase). Lines without a customer are left out.
    as_of : date, datetime or str
        Last day of the features, the whole day; the label begins on the next.
    horizon_days : int, optional
        Days after ``as_of`` in which somebody who stays buys. Without it there is no ``churned``: for the customers
        of today, of whom a model shall say it.
    recent_days : int
        Days up to ``as_of`` that count as recent.
    active_within_days : int, optional
        Only customers whose last purchase is not longer ago than this.
    observed_until : date, datetime or str, optional
        Last day of the data; by default the day of the last line.

    Returns
    -------
    frame of the same kind
        ``customer_id``, the features that the head of this module lists, and with ``horizon_days`` the flag
        ``churned``; by customer. Customers with returns only are left out.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount or a date is missing, no purchase is left, the data end
        before the horizon does, or an option is not allowed.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-11", "2024-02-05", "2024-01-21", "2024-03-31"])
    >>> purchases = pd.DataFrame({"customer_id": [1, 1, 1, 2, 3], "ordered_at": days, "amount": [10.0, 20, 5, 7, 9]})
    >>> table = churn_features(purchases, as_of="2024-01-31", horizon_days=30)
    >>> columns = ["customer_id", "purchase_days", "recency_days", "gap_days", "amount", "churned"]
    >>> print(table[columns].to_string(index=False))
     customer_id  purchase_days  recency_days  gap_days  amount  churned
               1              2            20      10.0    30.0    False
               2              1            10      10.0     7.0     True
    """
    asked_by = "churn_features"
    day, recent = as_day(as_of, "as_of"), int(RECENT_DAYS.check(recent_days))
    horizon = 0 if horizon_days is None else int(HORIZON_DAYS.check(horizon_days))
    active = None if active_within_days is None else int(RECENT_DAYS.check(active_within_days))
    until = day + dt.timedelta(days=horizon)
    with laid_out(purchases, _NEEDED, asked_by=asked_by) as desk:
        counts = checked(desk, _NEEDED, until, 2, asked_by=asked_by)
        if horizon:
            _require_observed(desk, observed_until, "ordered_at", day, until, asked_by)
        lines = used_lines(desk, until, 2, counts)
        past = lines.filter(nw.col("day") <= nw.lit(day))
        bought = nw.when(nw.col("bought")).then(nw.lit(1)).otherwise(nw.lit(0))
        days = past.select("customer_id", "minor", d=day_number("day"), one=bought)
        days = days.group_by("customer_id", "d").agg(
            minor=nw.col("minor").sum(), bought=nw.col("one").max(), lines=nw.len(), bought_lines=nw.col("one").sum()
        )
        customers = desk.settle(_described(days, day.toordinal(), recent))
        if not desk.row(customers.select(n=nw.len()))["n"]:
            require_purchases(counts | {"bought": 0}, day, asked_by=asked_by)
        if active is not None:
            customers = customers.filter(nw.col("recency_days") <= active)
        columns = ["customer_id", *FEATURES]
        if horizon:
            later = lines.filter(nw.col("day") > nw.lit(day)).filter(nw.col("bought"))
            visits = later.group_by("customer_id").agg(visits=nw.len())
            customers = customers.join(visits, on="customer_id", how="left")
            customers = customers.with_columns(churned=nw.col("visits").is_null())
            columns.append("churned")
        return desk.hand_back(customers.select(*columns).sort("customer_id"))


def contract_churn_labels(contracts: Any, *, as_of: Any, horizon_days: int, observed_until: Any = None) -> Any:
    """Take the contracts that ran on a day and say which of them ended within the horizon.

    Parameters
    ----------
    contracts : frame, relation or path
        One row per contract: ``customer_id``, ``started_on``, ``ended_on`` (dates; empty while it runs).
    as_of : date, datetime or str
        Contracts that began by this day and had not ended are taken.
    horizon_days : int
        Days after ``as_of`` in which an end counts.
    observed_until : date, datetime or str, optional
        Last day of the data; by default the last date in the table.

    Returns
    -------
    frame of the same kind
        ``customer_id``, ``tenure_days`` (age of the contract on ``as_of``), ``churned`` (flag); by customer. Join it
        with what was known of the customers on that day, `churn_features` of their purchases for instance.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a first day is missing, a contract ends before it begins, none
        ran on that day, or the data end before the horizon does.

    Examples
    --------
    >>> contracts = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 2, 3],
    ...         "started_on": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-03-01"]),
    ...         "ended_on": pd.to_datetime(["2024-02-12", None, None]),
    ...     }
    ... )
    >>> print(contract_churn_labels(contracts, as_of="2024-01-31", horizon_days=28).to_string(index=False))
     customer_id  tenure_days  churned
               1           30     True
               2            0    False
    """
    asked_by = "contract_churn_labels"
    day, horizon = as_day(as_of, "as_of"), int(HORIZON_DAYS.check(horizon_days))
    until = day + dt.timedelta(days=horizon)
    needed = ("customer_id", "started_on", "ended_on")
    with laid_out(contracts, needed, asked_by=asked_by) as desk:
        require_columns(needed, desk.columns, asked_by=asked_by)
        lines = dated_contracts(desk, ["customer_id"], asked_by=asked_by)
        dated = desk.row(lines.select(s=nw.col("s").max(), e=nw.col("e").max()))
        last = max((date for date in dated.values() if date is not None), default=day)
        _require_reached(last if observed_until is None else as_day(observed_until, "observed_until"), until, asked_by)
        runs = nw.col("e").is_null() | (nw.col("e") > nw.lit(day)).fill_null(False)
        lines = desk.settle(lines.filter(nw.col("s") <= nw.lit(day)).filter(runs))
        if not desk.row(lines.select(n=nw.len()))["n"]:
            what = say("No contract ran on {day}.", day=format_date(day))
            heading = say("`{function}` can't count these contracts.", function=asked_by)
            raise InputError(heading, [Problem("empty", what, advice=say("Check the dates."), column="as_of")])
        tenure = (nw.lit(day.toordinal()) - day_number("s")).cast(nw.Int64)
        ended = (~nw.col("e").is_null()) & (nw.col("e") <= nw.lit(until)).fill_null(False)
        return desk.hand_back(
            lines.select("customer_id", tenure_days=tenure, churned=ended).sort("customer_id", "tenure_days")
        )


def churn_split(
    purchases: Any,
    *,
    as_of: Any,
    horizon_days: int,
    recent_days: int = int(RECENT_DAYS.default),
    active_within_days: int | None = None,
) -> ChurnSplit:
    """Make a table to learn from and a later one to test on, so that the future stays unseen.

    Parameters
    ----------
    purchases : frame, relation or path
        As for `churn_features`.
    as_of : date, datetime or str
        Last day of the data; the test's labels end on it.
    horizon_days, recent_days, active_within_days : int
        As for `churn_features`.

    Returns
    -------
    ChurnSplit
        The test's features end ``horizon_days`` before ``as_of``, those of the training twice as long before.

    Raises
    ------
    InputError
        As `churn_features`, or if nobody had bought by then.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", "2024-06-30", freq="7D")
    >>> purchases = pd.DataFrame({"customer_id": [1] * 26, "ordered_at": days, "amount": 10.0})
    >>> split = churn_split(purchases, as_of="2024-06-24", horizon_days=60)
    >>> print(split.train_as_of, split.test_as_of, len(split.test))
    2024-02-25 2024-04-25 1
    """
    day, horizon = as_day(as_of, "as_of"), int(HORIZON_DAYS.check(horizon_days))
    test = day - dt.timedelta(days=horizon)
    train = test - dt.timedelta(days=horizon)
    frame = read_frame(purchases, _NEEDED, asked_by="churn_split")
    with laid_out(frame, _NEEDED, asked_by="churn_split") as desk:
        counts = checked(desk, _NEEDED, train, 2, asked_by="churn_split")
        require_purchases(counts, train, asked_by="churn_split")
    learn, try_out = (
        churn_features(frame, as_of=moment, horizon_days=horizon, recent_days=recent_days,
                       active_within_days=active_within_days, observed_until=day)
        for moment in (train, test)
    )  # fmt: skip
    return ChurnSplit(learn, try_out, train, test, day, horizon)


def _described(days: nw.LazyFrame, today: int, recent: int) -> nw.LazyFrame:
    """One row per customer with the features; ``days`` has one row per customer and day."""
    visit, late = nw.col("bought") == 1, nw.col("d") > today - recent
    found = days.group_by("customer_id").agg(
        purchase_days=nw.col("bought").sum(),
        first=nw.when(nw.col("bought") == 1).then(nw.col("d")).min(),
        last=nw.when(nw.col("bought") == 1).then(nw.col("d")).max(),
        minor=nw.col("minor").sum(),
        all_lines=nw.col("lines").sum(),
        bought_lines=nw.col("bought_lines").sum(),
        purchase_days_recent=count_where(visit & late),
        minor_recent=sum_where(late, nw.col("minor")),
    )
    found = found.filter(nw.col("purchase_days") > 0).with_columns(
        recency_days=(today - nw.col("last")).cast(nw.Int64),
        tenure_days=(today - nw.col("first")).cast(nw.Int64),
        purchase_days=nw.col("purchase_days").cast(nw.Int64),
        purchase_days_recent=nw.col("purchase_days_recent").cast(nw.Int64),
        returns=(nw.col("all_lines") - nw.col("bought_lines")).cast(nw.Int64),
        minor_recent=nw.col("minor_recent").fill_null(0),
    )
    several = nw.col("purchase_days") > 1
    steps = nw.when(several).then(nw.col("purchase_days") - 1).otherwise(nw.lit(1)).cast(nw.Float64)
    span = nw.when(several).then(nw.col("last") - nw.col("first")).otherwise(nw.col("tenure_days")).cast(nw.Float64)
    found = found.with_columns(gap_days=span / steps)
    gap = nw.when(nw.col("gap_days") > 1).then(nw.col("gap_days")).otherwise(nw.lit(1.0))
    return found.with_columns(
        pause_ratio=nw.col("recency_days").cast(nw.Float64) / gap,
        amount=divided(nw.col("minor"), 100.0, beside="purchase_days"),
        amount_recent=divided(nw.col("minor_recent"), 100.0, beside="purchase_days"),
        amount_mean=nw.col("minor").cast(nw.Float64) / (nw.col("purchase_days").cast(nw.Float64) * 100.0),
    )


def _require_observed(
    desk: Desk, observed_until: Any, column: str, day: dt.date, until: dt.date, asked_by: str
) -> None:
    if observed_until is not None:
        _require_reached(as_day(observed_until, "observed_until"), until, asked_by)
        return
    last = desk.row(desk.lines.select(last=nw.col(column).cast(nw.Date).max()))["last"]
    if last is not None:
        _require_reached(last, until, asked_by)


def _require_reached(last: dt.date, until: dt.date, asked_by: str) -> None:
    if last >= until:
        return
    what = say_count(
        "The data end on {last}, {count} day before the horizon does: who stayed is not known yet.",
        "The data end on {last}, {count} days before the horizon does: who stayed is not known yet.",
        (until - last).days, last=format_date(last),
    )  # fmt: skip
    advice = say("Choose an earlier `as_of` or a shorter `horizon_days`; if nobody came at the end, give "
                 "`observed_until`.")  # fmt: skip
    raise InputError(
        say("`{function}` can't know who left.", function=asked_by),
        [Problem("beyond_data", what, advice=advice, column="horizon_days")],
    )
