"""Complaints by what they could have come from: a number of complaints says nothing without its denominator.

per order, per contact        opportunities to be dissatisfied
per customer-month            time under care: a customer counts from the first purchase on, a month is 365.25/12 days

Rates are of rare events, so intervals are Poisson's exact ones (Garwood 1936), and two rates are compared by the exact
conditional test. All of it supposes that complaints come one by one: an outage that makes a hundred complain at once is
one event.

More complaints can be good news. Most who are dissatisfied say nothing and leave; a firm that makes complaining easy
hears more of them and can repair more. So look at the share of the dissatisfied who complain (`voiced_share`) before
calling a rise bad.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import checked_kinds, laid_out_with
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.periods import PERIODS, first_day, period_label, period_number, period_of
from crm_toolkit.analysis.rates import holm, poisson_interval, rate_ratio
from crm_toolkit.analysis.shares import ALL, LEVEL, require_few_groups, sorting_key
from crm_toolkit.analysis.tables import collected
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

MONTH_DAYS = 365.25 / 12
DENOMINATORS = {
    "order": mark("complaints per order"),
    "contact": mark("complaints per contact"),
    "customer_month": mark("complaints per customer and month"),
}
_TIME_OF = {"order": "ordered_at", "contact": "opened_at", "customer_month": "acquired_at"}
FEWEST = Knob(
    "fewest", 5, 1, 1_000, 1, mark("Complaints from which a rate is read by itself"), origin="convention",
    reference="below it an exact interval spans more than a factor of five",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ComplaintRates:
    """Complaints beside their denominator.

    Parameters
    ----------
    table : pandas.DataFrame
        ``group`` (``"all"`` where none were asked for), ``period`` (``"all"``), ``complaints``, ``exposure`` (orders,
        contacts or customer-months), ``rate`` (complaints for one of them), ``low``, ``high`` (exact), ``enough``
        (flag: so many complaints that the rate is read by itself). Rate and bounds are missing where the exposure is 0.
    per : {"order", "contact", "customer_month"}
    as_of : datetime.date
    level : float
    left_out : int
        Complaints after ``as_of``, or of a group that the denominator does not have.
    """

    table: pd.DataFrame
    per: str
    as_of: dt.date
    level: float
    left_out: int


def complaint_rates(
    complaints: Any,
    base: Any,
    *,
    per: str,
    as_of: Any,
    by: str | None = None,
    unit: str | None = None,
    base_time: str | None = None,
    left: str | None = None,
    level: float = LEVEL.default,
    fewest: int = int(FEWEST.default),
) -> ComplaintRates:
    """Complaints per order, per contact or per customer-month, with exact intervals.

    Parameters
    ----------
    complaints : frame, relation or path
        One row per complaint: ``opened_at`` (local time).
    base : frame, relation or path
        The denominator: one row per order (``ordered_at``), per contact (``opened_at``) or per customer
        (``acquired_at``).
    per : {"order", "contact", "customer_month"}
        What the denominator is.
    as_of : date, datetime or str
        Last day of the analysis; the whole day takes part.
    by : str, optional
        Column of groups, in both tables.
    unit : {"day", "week", "month", "quarter", "year"}, optional
        Period of the calendar; by default all together.
    base_time : str, optional
        Column of the time in ``base``, if it has another name.
    left : str, optional
        With customer-months: column of the day on which a customer left, empty while there.
    level : float
        Level of the intervals, a fraction.
    fewest : int
        Complaints from which a rate is read by itself.

    Returns
    -------
    ComplaintRates

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a time is missing, the denominator is empty, or an option is not
        allowed.

    Notes
    -----
    A complaint counts in the period in which it was made, an order in the period in which it was placed: a complaint in
    July may be about an order of June.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame(
    ...     {"ordered_at": pd.date_range("2024-01-01", periods=200, freq="D"), "branch": [1, 2] * 100}
    ... )
    >>> complaints = pd.DataFrame({"opened_at": pd.date_range("2024-01-05", periods=8, freq="W"), "branch": 1})
    >>> rates = complaint_rates(complaints, orders, per="order", as_of="2024-07-31", by="branch")
    >>> print(rates.table.drop(columns=["period", "enough"]).round(3).to_string(index=False))
    group  complaints  exposure  rate   low  high
        1           8     100.0  0.08 0.035 0.158
        2           0     100.0  0.00 0.000 0.037
    """
    require_choice("per", per, tuple(DENOMINATORS))
    day = as_day(as_of, "as_of")
    share, least = LEVEL.check(level), int(FEWEST.check(fewest))
    if unit is not None:
        require_choice("unit", unit, PERIODS)
    period = unit or "day"
    time = base_time or _TIME_OF[per]
    made = _counted(complaints, "opened_at", None, by, period, day, "complaints")
    gone, step = (left, "day") if per == "customer_month" else (None, period)
    under = _counted(base, time, gone, by, step, day, "base")
    if under.empty:
        what = say("The denominator has no row up to {day}.", day=day)
        raise InputError(say("`{function}` found nothing to divide by.", function="complaint_rates"),
                         [Problem("empty", what, column=time)])  # fmt: skip
    exposure = _customer_months(under, unit, day) if per == "customer_month" else _rows_of(under, unit)
    groups = sorted({group for group, _ in exposure}, key=sorting_key)
    require_few_groups(groups, by, asked_by="complaint_rates")
    numerator = _rows_of(made[made["at"] >= 0], unit)
    places = _all_places(groups, exposure, numerator)
    rows = [(group, ALL if unit is None else period_label(place, unit), int(numerator.get((group, place), 0)),
             float(exposure.get((group, place), 0.0))) for group, place in places]  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "period", "complaints", "exposure"])
    some = table["exposure"].to_numpy() > 0
    divisor = np.where(some, table["exposure"], 1.0)
    low, high = poisson_interval(table["complaints"], divisor, share)
    table["rate"] = np.where(some, table["complaints"] / divisor, np.nan)
    table["low"], table["high"] = np.where(some, low, np.nan), np.where(some, high, np.nan)
    table["enough"] = table["complaints"] >= least
    total = int(made["n"].sum()) + int(made.attrs["later"])
    return ComplaintRates(table, per, day, share, total - int(table["complaints"].sum()))


def compare_complaint_rates(rates: ComplaintRates, *, baseline: Any = None) -> pd.DataFrame:
    """Compare the rates of groups, or of periods where there is only one group.

    Parameters
    ----------
    rates : ComplaintRates
        Groups or periods, not both.
    baseline : optional
        With which the others are compared; by default every pair is.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``, ``ratio`` (of their rates; missing where the second has no complaint), ``low``, ``high``
        (exact; ``high`` missing where it has no bound), ``p_value``, ``p_adjusted`` (Holm, for all pairs), ``differs``
        (flag: adjusted below 1 − level).

    Raises
    ------
    InputError
        If there are no two groups or periods with exposure, or both groups and periods.

    References
    ----------
    Holm, S. (1979). A Simple Sequentially Rejective Multiple Test Procedure. Scandinavian Journal of Statistics 6,
    65–70.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame(
    ...     {"ordered_at": pd.date_range("2024-01-01", periods=200, freq="D"), "branch": [1, 2] * 100}
    ... )
    >>> complaints = pd.DataFrame({"opened_at": pd.date_range("2024-01-05", periods=8, freq="W"), "branch": 1})
    >>> rates = complaint_rates(complaints, orders, per="order", as_of="2024-07-31", by="branch")
    >>> compare_complaint_rates(rates)[["first", "second", "differs"]].values.tolist()
    [[1, 2, True]]
    """
    table = rates.table[rates.table["exposure"] > 0]
    column = "period" if table["group"].nunique() == 1 else "group"
    heading = say("`{function}` can't compare these rates.", function="compare_complaint_rates")
    if column == "group" and table["period"].nunique() > 1:
        what = say("There are both groups and periods.")
        raise InputError(heading, [Problem("both", what, advice=say("Ask for the rates with one of them."))])
    names = table[column].tolist()
    if len(names) < 2:
        raise InputError(heading, [Problem("not_two", say("Two groups or periods are needed."))])
    if baseline is not None and baseline not in names:
        what = say("`{name}` can't be {value}.", name="baseline", value=repr(baseline))
        found = say("Groups: {names}.", names=join_names(map(repr, names)))
        raise InputError(heading, [Problem("unknown_option", what, found, column="baseline")])
    counts, of = table["complaints"].tolist(), table["exposure"].tolist()
    if baseline is None:
        pairs = list(combinations(range(len(names)), 2))
    else:
        middle = names.index(baseline)
        pairs = [(place, middle) for place in range(len(names)) if place != middle]
    rows = []
    for one, two in pairs:
        if counts[one] + counts[two]:
            low, high, p_value = rate_ratio(counts[one], counts[two], of[one], of[two], rates.level)
            ratio = counts[one] / of[one] / (counts[two] / of[two]) if counts[two] else np.nan
        else:
            ratio, low, high, p_value = np.nan, 0.0, None, 1.0
        rows.append((names[one], names[two], ratio, low, np.nan if high is None else high, p_value))
    compared = pd.DataFrame(rows, columns=["first", "second", "ratio", "low", "high", "p_value"])
    compared["p_adjusted"] = holm(compared["p_value"].to_numpy())
    return compared.assign(differs=compared["p_adjusted"] < 1 - rates.level)


def _counted(
    table: Any, time: str, left: str | None, by: str | None, unit: str, day: dt.date, which: str
) -> pd.DataFrame:
    """Rows up to a day by group, period of their time and, if asked for, day of leaving: a small table.

    Rows after the day are counted in ``attrs["later"]``, rows without a group have none.
    """
    wanted = {time: "when"} | ({left: "when"} if left else {}) | ({by: "label"} if by is not None else {})
    with laid_out_with(table, wanted, asked_by="complaint_rates") as desk:
        kinds = checked_kinds(desk, wanted, asked_by="complaint_rates")
        when = {"at": kinds[time].cast(nw.Date)} | ({"gone": kinds[left].cast(nw.Date)} if left else {})
        lines = desk.lines.select(**when, **({"group": nw.col(by)} if by is not None else {}))
        lines = lines.with_columns(at=period_number("at", "day"), when=period_number("at", unit))
        if left:
            lines = lines.with_columns(gone=period_number("gone", "day"))
        late = nw.col("at") > day.toordinal()
        keys = ["when", "late", *(["gone"] if left else []), *(["group"] if by is not None else [])]
        lines = lines.with_columns(late=nw.when(nw.col("at").is_null()).then(nw.lit(None)).otherwise(late))
        found = collected(lines.group_by(*keys).agg(n=nw.len()))
    timeless = int(found.loc[found["late"].isna(), "n"].sum())
    if timeless:
        what = say_count("{count} row has no time in `{name}`.", "{count} rows have no time in `{name}`.", timeless,
                         name=time)  # fmt: skip
        advice = say("Fill them in or remove these lines.")
        heading = say("`{function}` can't count the rows of `{which}`.", function="complaint_rates", which=which)
        raise InputError(heading, [Problem("no_time", what, advice=advice, column=time)])
    after = found["late"].astype(bool)
    kept = found[~after].reset_index(drop=True).rename(columns={"when": "at"})
    kept["at"] = kept["at"].astype("int64")
    if by is None:
        kept["group"] = ALL
    kept.attrs["later"] = int(found.loc[after, "n"].sum())
    return kept


def _rows_of(counted: pd.DataFrame, unit: str | None) -> dict[tuple[Any, int], float]:
    known = counted[counted["group"].notna()]
    places = known["at"] if unit is not None else pd.Series(0, index=known.index)
    added: dict[tuple[Any, int], float] = {}
    for group, place, n in zip(known["group"].tolist(), places.tolist(), known["n"].tolist(), strict=True):
        added[group, place] = added.get((group, place), 0) + n
    return added


def _customer_months(counted: pd.DataFrame, unit: str | None, day: dt.date) -> dict[tuple[Any, int], float]:
    """Days under care in every period, in months of 365.25/12 days."""
    known = counted[counted["group"].notna()]
    begin = known["at"].to_numpy(dtype="float64")
    end = np.full(len(known), day.toordinal() + 1.0)
    if "gone" in known:
        end = np.minimum(end, known["gone"].fillna(np.inf).to_numpy(dtype="float64"))
    people, group = known["n"].to_numpy(dtype="float64"), known["group"].tolist()
    codes, names = pd.factorize(pd.Series(group, dtype=object))
    if unit is None:
        bounds = [(0, 0.0, day.toordinal() + 1.0)]
    elif len(begin):
        first = period_of(dt.date.fromordinal(int(begin.min())), unit)
        bounds = [(place, float(first_day(place, unit).toordinal()), float(first_day(place + 1, unit).toordinal()))
                  for place in range(first, period_of(day, unit) + 1)]  # fmt: skip
    else:
        bounds = []
    added: dict[tuple[Any, int], float] = {}
    for place, start, stop in bounds:
        days = np.maximum(np.minimum(end, stop) - np.maximum(begin, start), 0.0) * people
        total = np.bincount(codes, weights=days, minlength=len(names))
        added |= {(name, place): float(one) / MONTH_DAYS for name, one in zip(names, total, strict=True)}
    return added


def _all_places(
    groups: list[Any], exposure: Mapping[tuple[Any, int], float], complaints: Mapping[tuple[Any, int], float]
) -> list[tuple[Any, int]]:
    """Every group in every period from the first to the last: a period without orders is shown, not left out."""
    known = {place for _, place in exposure} | {place for group, place in complaints if group in set(groups)}
    span = range(min(known), max(known) + 1)
    if len(span) * len(groups) > 100_000:
        what = say("There are {count} groups and periods.", count=format_number(len(span) * len(groups)))
        advice = say("Choose a longer `unit`, or remove rows with a wrong date.")
        heading = say("`{function}` can't lay out these periods.", function="complaint_rates")
        raise InputError(heading, [Problem("too_many_periods", what, advice=advice)])
    return [(group, place) for group in groups for place in span]
