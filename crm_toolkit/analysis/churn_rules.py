"""Who has left: by the contract that ends, or, where nobody gives notice, by a pause that is too long.

Contractual. A contract runs from its first day until the day on which it is not renewed. The churn rate of a period is

    contracts that ran on its first day and ended within it / contracts that ran on its first day.

Contracts that began *and* ended within the period are told apart: they were in no denominator.

Not contractual. A customer counts as lapsed if the pause since the last purchase is longer than a threshold: a
quantile of the pauses between purchase days, of all customers together or of the customer's own (where there are
enough). That is a rule, not a fact: some who are called lapsed come back. How many is measured on the data: the rule
is put back to an earlier date, may see nothing later, and what happened afterwards shows how often it was wrong.

Two cautions. Pauses that are still going on are not among those from which the threshold is learned, so it is a little
low. And customers who buy often give many pauses, so the base's quantile is theirs above all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from crm_toolkit.analysis.lines import as_day, checked, count_where, day_number, require_purchases, used_lines
from crm_toolkit.analysis.periods import PERIODS, first_day, period_label, period_number, period_of
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.engines import Desk, laid_out, rows
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import format_date, mark, say, say_count

PAUSE_QUANTILE = Knob(
    "quantile",
    0.9,
    0.5,
    0.99,
    0.01,
    mark("Share of the pauses that do not exceed the threshold"),
    origin="convention",
    reference="nine of ten pauses are shorter",
)
MINIMUM_GAPS = Knob(
    "minimum_gaps",
    5,
    1,
    100,
    1,
    mark("Pauses from which a customer has a threshold of his own"),
    origin="assumption",
    reference="fewer say little about a quantile",
)
_NEEDED = ("customer_id", "ordered_at", "amount")


@dataclass(frozen=True)
class PauseTest:
    """What became of customers whom the rule would have called lapsed, and of the others.

    Parameters
    ----------
    tested_on, seen_until : datetime.date
        The rule saw everything up to the first date; what happened is known up to the second.
    threshold_days : int
        The base's threshold as it was then.
    flagged, returned : int
        Customers called lapsed; of them those who bought again.
    unflagged, gone : int
        The other customers; of them those who did not buy again.
    """

    tested_on: dt.date
    seen_until: dt.date
    threshold_days: int
    flagged: int
    returned: int
    unflagged: int
    gone: int

    @property
    def false_alarm_rate(self) -> float | None:
        """Share of those called lapsed who bought again; it can only grow with time. ``None`` if nobody was."""
        return self.returned / self.flagged if self.flagged else None

    @property
    def missed_rate(self) -> float | None:
        """Share of the others who have not bought again so far; ``None`` if there are none."""
        return self.gone / self.unflagged if self.unflagged else None


@dataclass(frozen=True, eq=False)
class PauseChurn:
    """Customers who have paused too long.

    Parameters
    ----------
    table : frame
        ``customer_id``, ``purchase_days`` (from 1), ``pause_days`` (since the last one), ``threshold_days``,
        ``lapsed`` (flag); of the kind that the purchases were.
    threshold_days : int
        The base's threshold.
    customers, lapsed, pauses : int
        All customers, those who have lapsed, and the pauses from which the threshold was learned.
    quantile : float
    of : {"base", "customer"}
    as_of : datetime.date
    test : PauseTest or None
        How the rule fared at an earlier date; ``None`` if nobody had come back by then.
    """

    table: Any
    threshold_days: int
    customers: int
    lapsed: int
    pauses: int
    quantile: float
    of: str
    as_of: dt.date
    test: PauseTest | None


def pause_churn(
    purchases: Any,
    *,
    as_of: Any,
    quantile: float = PAUSE_QUANTILE.default,
    of: str = "base",
    minimum_gaps: int = int(MINIMUM_GAPS.default),
    tested_on: Any = None,
) -> PauseChurn:
    """Find customers who have paused longer than customers do, and measure how often that is a false alarm.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units, negative on
        a return: no purchase). Lines without a customer or after ``as_of`` are left out.
    as_of : date, datetime or str
        Date of analysis; the whole day takes part.
    quantile : float
        The threshold is the shortest pause that this share of the pauses does not exceed; 0.5 to 0.99.
    of : {"base", "customer"}
        Whose pauses: of all customers together, or each customer's own where there are enough of them.
    minimum_gaps : int
        With ``of="customer"``: pauses from which a customer has a threshold of his own; others take the base's.
    tested_on : date, datetime or str, optional
        Earlier date for the test; by default the middle between the first purchase and ``as_of``.

    Returns
    -------
    PauseChurn

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an amount or a date is missing, no purchase is left, nobody has
        bought on two days, or an option is not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(
    ...     ["2024-01-01", "2024-01-11", "2024-01-21", "2024-03-25", "2024-01-02", "2024-01-12", "2024-02-25"]
    ... )
    >>> purchases = pd.DataFrame({"customer_id": [1, 1, 1, 1, 2, 2, 3], "ordered_at": days, "amount": 5.0})
    >>> churn = pause_churn(purchases, as_of="2024-03-31", quantile=0.75)
    >>> print(churn.table.to_string(index=False))
     customer_id  purchase_days  pause_days  threshold_days  lapsed
               1              4           6              10   False
               2              2          79              10    True
               3              1          35              10    True
    >>> churn.test.flagged, churn.test.returned, churn.test.false_alarm_rate
    (2, 1, 0.5)
    """
    day = as_day(as_of, "as_of")
    share, least = PAUSE_QUANTILE.check(quantile), int(MINIMUM_GAPS.check(minimum_gaps))
    require_choice("of", of, ("base", "customer"))
    earlier = None if tested_on is None else as_day(tested_on, "tested_on")
    if earlier is not None and earlier >= day:
        heading = say("`tested_on` is {split}, `as_of` is {day}.", split=format_date(earlier), day=format_date(day))
        raise InputError(heading, [Problem("wrong_order", say("The test must lie before the date of analysis."))])
    with laid_out(purchases, _NEEDED, asked_by="pause_churn") as desk:
        counts = checked(desk, _NEEDED, day, 2, asked_by="pause_churn")
        require_purchases(counts, day, asked_by="pause_churn")
        lines = used_lines(desk, day, 2, counts).filter(nw.col("bought"))
        days = lines.select("customer_id", d=day_number("day")).group_by("customer_id", "d").agg(lines=nw.len())
        days = desk.settle(days.select("customer_id", "d"))
        lengths = _lengths(days)
        threshold = _quantile_of(lengths, share)
        if threshold is None:
            people = desk.row(days.select(n=nw.col("customer_id").n_unique()))["n"]
            what = say_count("{count} customer bought, and nobody on two days.",
                             "{count} customers bought, and nobody on two days.", people)  # fmt: skip
            advice = say("A pause needs two purchases; ask again when customers have come back.")
            raise InputError(
                say("`{function}` found no pause.", function="pause_churn"), [Problem("no_pauses", what, advice=advice)]
            )
        flagged = _flagged(days, day.toordinal(), threshold, share, of, least)
        table = desk.hand_back(flagged.sort("customer_id"))
        found = desk.row(flagged.select(customers=nw.len(), lapsed=count_where(nw.col("lapsed"))))
        test = _tested(desk, days, earlier, day, share, of, least)
    return PauseChurn(table, threshold, int(found["customers"]), int(found["lapsed"]), sum(lengths.values()), share, of,
                      day, test)  # fmt: skip


def _gaps(days: nw.LazyFrame) -> nw.LazyFrame:
    """Every pause between two purchase days of a customer that follow each other, in days."""
    earlier = nw.col("d").shift(1).over("customer_id", order_by="d")
    return days.with_columns(gap=nw.col("d") - earlier).filter(~nw.col("gap").is_null())


def _lengths(days: nw.LazyFrame) -> dict[int, int]:
    """How many pauses of each length there are."""
    return {int(row["gap"]): int(row["n"]) for row in rows(_gaps(days).group_by("gap").agg(n=nw.len()))}


def _quantile_of(lengths: dict[int, int], share: float) -> int | None:
    reached, needed = 0, share * sum(lengths.values()) - 1e-9
    for length in sorted(lengths):
        reached += lengths[length]
        if reached >= needed:
            return length
    return None


def _flagged(days: nw.LazyFrame, today: int, threshold: int, share: float, of: str, least: int) -> nw.LazyFrame:
    """One row per customer with the pause of today and the threshold that holds for him."""
    customers = days.group_by("customer_id").agg(last=nw.col("d").max(), purchase_days=nw.len())
    limit: nw.Expr = nw.lit(threshold)
    if of == "customer":
        counted = _gaps(days).group_by("customer_id", "gap").agg(n=nw.len())
        counted = counted.with_columns(nw.col("n").cast(nw.Int64))
        upto = nw.col("n").cum_sum().over("customer_id", order_by="gap").cast(nw.Int64)
        counted = counted.with_columns(upto=upto, total=nw.col("n").sum().over("customer_id"))
        reached = counted.filter(nw.col("upto").cast(nw.Float64) >= nw.col("total").cast(nw.Float64) * share - 1e-9)
        own = reached.filter(nw.col("total") >= least).group_by("customer_id").agg(own=nw.col("gap").min())
        customers = customers.join(own, on="customer_id", how="left")
        limit = nw.when(nw.col("own").is_null()).then(nw.lit(threshold)).otherwise(nw.col("own"))
    customers = customers.with_columns(
        purchase_days=nw.col("purchase_days").cast(nw.Int64),
        pause_days=(today - nw.col("last")).cast(nw.Int64),
        threshold_days=limit.cast(nw.Int64),
    )
    return customers.select(
        "customer_id",
        "purchase_days",
        "pause_days",
        "threshold_days",
        (nw.col("pause_days") > nw.col("threshold_days")).alias("lapsed"),
    )


def _tested(
    desk: Desk, days: nw.LazyFrame, earlier: dt.date | None, day: dt.date, share: float, of: str, least: int
) -> PauseTest | None:
    """Put the rule back to an earlier date and count what happened afterwards."""
    start = int(desk.row(days.select(first=nw.col("d").min()))["first"])
    then = earlier.toordinal() if earlier else start + (day.toordinal() - start) // 2
    known = days.filter(nw.col("d") <= then)
    threshold = _quantile_of(_lengths(known), share)
    if threshold is None or then >= day.toordinal():
        return None
    flagged = _flagged(known, then, threshold, share, of, least)
    later = days.filter(nw.col("d") > then).group_by("customer_id").agg(visits=nw.len())
    both = flagged.join(later, on="customer_id", how="left")
    lapsed, back = nw.col("lapsed"), ~nw.col("visits").is_null()
    found = desk.row(
        both.select(
            flagged=count_where(lapsed),
            returned=count_where(lapsed & back),
            unflagged=count_where(~lapsed),
            gone=count_where(~lapsed & ~back),
        )
    )
    numbers = {name: int(value) for name, value in found.items()}
    return PauseTest(dt.date.fromordinal(then), day, threshold, **numbers)


def contract_churn(contracts: Any, *, as_of: Any, unit: str = "month") -> pd.DataFrame:
    """Count the contracts that were not renewed, period by period.

    Parameters
    ----------
    contracts : frame, relation or path
        One row per contract: ``started_on`` and ``ended_on`` (dates; empty while it runs). Contracts that begin after
        ``as_of`` are left out, ends after it are not yet known.
    as_of : date, datetime or str
        Date of analysis. The period in which it lies is shown only if that is its last day.
    unit : {"day", "week", "month", "quarter", "year"}
        Period of the calendar.

    Returns
    -------
    pandas.DataFrame
        One row for every period of the calendar from the first contract on: ``period``, ``at_start`` (contracts that
        ran on its first day, begun earlier), ``ended`` (of these), ``churn_rate`` (fraction; missing where
        nothing ran), ``started`` (new ones) and ``ended_at_once`` (of the new ones).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a first day is missing, a contract ends before it begins, or no
        period is over.

    Examples
    --------
    >>> import pandas as pd
    >>> contracts = pd.DataFrame(
    ...     {
    ...         "started_on": pd.to_datetime(["2024-01-10", "2024-01-20", "2024-02-05", "2024-02-10"]),
    ...         "ended_on": pd.to_datetime(["2024-02-20", None, "2024-02-28", None]),
    ...     }
    ... )
    >>> print(contract_churn(contracts, as_of="2024-03-31").to_string(index=False))
     period  at_start  ended  churn_rate  started  ended_at_once
    2024-01         0      0         NaN        2              0
    2024-02         2      1         0.5        2              1
    2024-03         2      0         0.0        0              0
    """
    day = as_day(as_of, "as_of")
    require_choice("unit", unit, PERIODS)
    with laid_out(contracts, ("started_on", "ended_on"), asked_by="contract_churn") as desk:
        counted = _contract_counts(desk, day, unit)
    last = period_of(day, unit)
    if first_day(last + 1, unit) != day + dt.timedelta(days=1):
        last -= 1
    start = min((row["start"] for row in counted), default=last + 1)
    if start > last:
        what = say("No period is over in which a contract ran.")
        advice = say("Check the date of analysis, or choose a shorter `unit`.")
        raise InputError(
            say("`{function}` can't lay out these periods.", function="contract_churn"),
            [Problem("no_period", what, advice=advice, column="as_of")],
        )
    table = []
    running = 0
    ended_in: dict[int, int] = {}
    at_once: dict[int, int] = {}
    started: dict[int, int] = {}
    for row in counted:
        n, begin, end = int(row["n"]), int(row["start"]), row["end"]
        started[begin] = started.get(begin, 0) + n
        if end is not None:
            into = at_once if end == begin else ended_in
            into[int(end)] = into.get(int(end), 0) + n
    for period in range(start, last + 1):
        ended, new, short = (part.get(period, 0) for part in (ended_in, started, at_once))
        rate = ended / running if running else float("nan")
        table.append((period_label(period, unit), running, ended, rate, new, short))
        running += new - ended - short
    return pd.DataFrame(table, columns=["period", "at_start", "ended", "churn_rate", "started", "ended_at_once"])


def _contract_counts(desk: Desk, day: dt.date, unit: str) -> list[dict[str, Any]]:
    require_columns(("started_on", "ended_on"), desk.columns, asked_by="contract_churn")
    heading = say("`{function}` can't count these contracts.", function="contract_churn")
    schema = desk.lines.collect_schema()
    running = not (schema["ended_on"] == nw.Date or schema["ended_on"] == nw.Datetime)
    if running and desk.row(desk.lines.select(n=count_where(~nw.col("ended_on").is_null())))["n"]:
        wrong = ["ended_on"]
    else:
        wrong = []
    if not (schema["started_on"] == nw.Date or schema["started_on"] == nw.Datetime):
        wrong.insert(0, "started_on")
    if wrong:
        what = say("It must hold dates.")
        raise InputError(
            heading,
            [
                Problem("wrong_kind", say("The column `{name}` is of kind {kind}.", name=name, kind=schema[name]), what,
                        column=name)
                for name in wrong
            ],
        )  # fmt: skip
    lines = desk.lines.with_columns(s=nw.col("started_on").cast(nw.Date))
    lines = lines.with_columns(e=nw.lit(None).cast(nw.Date) if running else nw.col("ended_on").cast(nw.Date))
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
    lines = lines.filter(nw.col("s") <= nw.lit(day)).with_columns(
        start=period_number("s", unit),
        end=nw.when(nw.col("e") <= nw.lit(day)).then(period_number("e", unit)),
    )
    return rows(lines.group_by("start", "end").agg(n=nw.len()))
