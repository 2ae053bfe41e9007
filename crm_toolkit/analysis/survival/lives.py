"""How long customers stay: from contracts, or from purchases where nobody gives notice.

Contracts. The life of a contract runs from its first day to the day on which it is not renewed. A contract that still
runs at the date of analysis has a duration so far: its end is *censored*. If the data hold only contracts that ran on
some day or later, those that had ended before are missing; whoever began before that day comes under observation at
the age he had reached (``entry``, left truncation). Leaving this out makes customers look more faithful than they are.

Purchases. Somebody who pauses longer than a threshold is called lapsed (`pause_churn` finds a threshold). The life ends
at the moment at which the rule would have said so: the last purchase before the first such pause, plus the threshold.
Until then nobody knew; an end put back to the last purchase would count knowledge of the future as survival.

Days are whole days of the calendar; a unit has 1, 7, 365.25 / 12 or 365.25 of them, and nothing is rounded.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from crm_toolkit.analysis.lines import (
    as_day,
    checked,
    count_where,
    day_number,
    divided,
    require_purchases,
    used_lines,
)
from crm_toolkit.analysis.purchases import UNIT_DAYS
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.engines import Desk, laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_date, mark, say, say_count

LIFE_UNITS = {**UNIT_DAYS, "year": 365.25}
LAPSE_DAYS = Knob("threshold_days", 90, 1, 3_650, 1, mark("Pause from which a customer counts as lapsed"),
                  mark("days"), origin="assumption", reference="`pause_churn` learns one from the data")  # fmt: skip
_PURCHASES = ("customer_id", "ordered_at", "amount")


def durations(contracts: Any, *, as_of: Any, unit: str = "month", observed_from: Any = None) -> Any:
    """Turn contracts into lives: how long each ran, and whether its end was seen.

    Parameters
    ----------
    contracts : frame, relation or path
        One row per contract: ``customer_id``, ``started_on``, ``ended_on`` (dates; empty while it runs); a column
        ``contract_id`` comes along. Contracts that begin after ``as_of`` are left out, ends after it not yet known.
    as_of : date, datetime or str
        Date of analysis, the last day of observation.
    unit : {"day", "week", "month", "year"}
        Unit of ``duration`` and ``entry``.
    observed_from : date, datetime or str, optional
        First day of observation, if contracts that had ended before are missing from the data (those that are there
        are left out): the answer has a column ``entry``.

    Returns
    -------
    frame of the same kind
        ``contract_id`` (if given), ``customer_id``, ``duration`` (from 0), ``event`` (flag: ended by ``as_of``) and,
        with ``observed_from``, ``entry`` (age at the first day of observation, 0 if it began later).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a first day is missing, a contract ends before it begins, nothing
        is left, or the days are in the wrong order.

    Examples
    --------
    >>> import pandas as pd
    >>> contracts = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 2, 3],
    ...         "started_on": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-03-01"]),
    ...         "ended_on": pd.to_datetime(["2024-02-12", None, None]),
    ...     }
    ... )
    >>> print(durations(contracts, as_of="2024-03-31", unit="week").round(2).to_string(index=False))
     customer_id  duration  event
               1      6.00   True
               2      8.57  False
               3      4.29  False
    """
    day = as_day(as_of, "as_of")
    start = None if observed_from is None else as_day(observed_from, "observed_from")
    require_choice("unit", unit, tuple(LIFE_UNITS))
    if start is not None and start > day:
        heading = say("`observed_from` is {start}, `as_of` is {day}.", start=format_date(start), day=format_date(day))
        raise InputError(heading, [Problem("wrong_order", say("Observation must begin before the date of analysis."))])
    needed = ("customer_id", "started_on", "ended_on")
    with laid_out(contracts, (*needed, "contract_id"), asked_by="durations") as desk:
        require_columns(needed, desk.columns, asked_by="durations")
        keys = ["contract_id", "customer_id"] if "contract_id" in desk.columns else ["customer_id"]
        lines = dated_contracts(desk, keys, asked_by="durations").filter(nw.col("s") <= nw.lit(day))
        ended = (~nw.col("e").is_null()) & (nw.col("e") <= nw.lit(day)).fill_null(False)
        last = nw.when(ended).then(day_number("e")).otherwise(nw.lit(day.toordinal()))
        lives = lines.select(*keys, begin=day_number("s"), last=last.cast(nw.Int64), event=ended)
        if start is not None:
            lives = lives.filter(nw.col("last") > start.toordinal())
        lives = desk.settle(lives)
        if not desk.row(lives.select(n=nw.len()))["n"]:
            what = say("No contract ran between the first day of observation and the date of analysis.")
            heading = say("`{function}` can't count these contracts.", function="durations")
            raise InputError(heading, [Problem("empty", what, advice=say("Check the dates."), column="as_of")])
        divisor = LIFE_UNITS[unit]
        lives = lives.with_columns(days=nw.col("last") - nw.col("begin"))
        columns = [divided(nw.col("days"), divisor, beside="days").alias("duration"), nw.col("event")]
        if start is not None:
            began = nw.lit(start.toordinal()) - nw.col("begin")
            age = nw.when(began > 0).then(began).otherwise(nw.lit(0))
            columns.append(divided(age, divisor, beside="days").alias("entry"))
        return desk.hand_back(lives.select(*keys, *columns).sort(*keys, "duration"))


def lapse_durations(
    purchases: Any, *, as_of: Any, threshold_days: int = int(LAPSE_DAYS.default), unit: str = "month"
) -> Any:
    """Turn purchases into lives that end when a customer has paused too long.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units, negative on
        a return: no purchase). Lines without a customer or after ``as_of`` are left out.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    threshold_days : int
        A longer pause ends the life, on the day on which it grows longer than this. `pause_churn` learns a threshold.
    unit : {"day", "week", "month", "year"}
        Unit of ``duration``.

    Returns
    -------
    frame of the same kind
        ``customer_id``, ``duration`` (from the first purchase to the day on which the customer counted as lapsed for
        the first time, or to ``as_of``), ``event`` (flag: lapsed). Whoever came back later has lapsed all the same.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount or a date is missing, no purchase is left, or an option
        is not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-11", "2024-03-25", "2024-01-02", "2024-03-20"])
    >>> purchases = pd.DataFrame({"customer_id": [1, 1, 1, 2, 3], "ordered_at": days, "amount": 5.0})
    >>> lives = lapse_durations(purchases, as_of="2024-03-31", threshold_days=30, unit="day")
    >>> print(lives.to_string(index=False))
     customer_id  duration  event
               1      41.0   True
               2      31.0   True
               3      11.0  False
    """
    day, most = as_day(as_of, "as_of"), int(LAPSE_DAYS.check(threshold_days))
    require_choice("unit", unit, tuple(LIFE_UNITS))
    with laid_out(purchases, _PURCHASES, asked_by="lapse_durations") as desk:
        counts = checked(desk, _PURCHASES, day, 2, asked_by="lapse_durations")
        require_purchases(counts, day, asked_by="lapse_durations")
        lines = used_lines(desk, day, 2, counts).filter(nw.col("bought"))
        visits = lines.select("customer_id", d=day_number("day")).group_by("customer_id", "d").agg(lines=nw.len())
        visits = desk.settle(visits.select("customer_id", "d"))
        after = nw.col("d").shift(-1).over("customer_id", order_by="d")
        pauses = visits.with_columns(until=after)
        until = nw.when(nw.col("until").is_null()).then(nw.lit(day.toordinal())).otherwise(nw.col("until"))
        pauses = pauses.with_columns(pause=until - nw.col("d"))
        too_long = nw.when(nw.col("pause") > most).then(nw.col("d"))
        lives = (
            pauses.with_columns(lapsed=too_long)
            .group_by("customer_id")
            .agg(begin=nw.col("d").min(), lapsed=nw.col("lapsed").min())
        )
        event = ~nw.col("lapsed").is_null()
        end = nw.when(event).then(nw.col("lapsed") + (most + 1)).otherwise(nw.lit(day.toordinal()))
        lives = lives.with_columns(days=end.cast(nw.Int64) - nw.col("begin"), event=event)
        duration = divided(nw.col("days"), LIFE_UNITS[unit], beside="days")
        return desk.hand_back(lives.select("customer_id", duration.alias("duration"), "event").sort("customer_id"))


def dated_contracts(desk: Desk, keys: list[str], *, asked_by: str) -> Any:
    """The contracts with their first day ``s`` and last day ``e``, or a letter."""
    heading = say("`{function}` can't count these contracts.", function=asked_by)
    schema = desk.lines.collect_schema()
    dated = {name: schema[name] == nw.Date or schema[name] == nw.Datetime for name in ("started_on", "ended_on")}
    if not dated["ended_on"]:  # a column of nothing but gaps has no kind
        dated["ended_on"] = not desk.row(desk.lines.select(n=count_where(~nw.col("ended_on").is_null())))["n"]
        running = dated["ended_on"]
    else:
        running = False
    wrong = [name for name, sound in dated.items() if not sound]
    if wrong:
        what = say("It must hold dates.")
        raise InputError(heading, [
            Problem("wrong_kind", say("The column `{name}` is of kind {kind}.", name=name, kind=schema[name]), what,
                    column=name)
            for name in wrong
        ])  # fmt: skip
    lines = desk.lines.select(
        *keys,
        s=nw.col("started_on").cast(nw.Date),
        e=nw.lit(None).cast(nw.Date) if running else nw.col("ended_on").cast(nw.Date),
    )
    found = desk.row(
        lines.select(
            undated=count_where(nw.col("s").is_null()),
            backwards=count_where((nw.col("e") < nw.col("s")).fill_null(False)),
        )
    )
    problems = []
    if found["undated"]:
        what = say_count("{count} contract has no first day.", "{count} contracts have no first day.", found["undated"])
        problems.append(
            Problem("no_date", what, advice=say("Fill them in or remove these lines."), column="started_on")
        )
    if found["backwards"]:
        what = say_count("{count} contract ends before it begins.", "{count} contracts end before they begin.",
                         found["backwards"])  # fmt: skip
        problems.append(Problem("wrong_order", what, advice=say("Correct these lines."), column="ended_on"))
    if problems:
        raise InputError(heading, problems)
    return lines
