"""What share is still there after a given time, when many have not left yet: the estimator of Kaplan and Meier.

At every time t at which somebody leaves, d of the n under observation leave; who has been followed to t stays with
probability 1 − d/n. The survival function is the product of these steps,

    S(t) = Π (1 − d/n),    Var S(t) = S(t)² Σ d / (n (n − d))    (Greenwood 1926).

Censored customers count in n as long as they were followed, and then no more: neither as faithful nor as lost. This
holds if the end of observation has nothing to do with leaving. The interval is computed for log(−log S), which keeps
it within 0 and 1 and covers best in small samples; for "log" and "plain" likewise by name.

Where the formula gives nothing: before the first event its variance is 0, and the lower limit is that of a binomial
with no event among the n still followed, (α/2)^(1/n); when the last one followed has left, S is 0 and the upper limit
is carried on. Median survival is the first time at which S is 1/2 or less; the limits of its interval are the times
at which those of S are (Brookmeyer and Crowley 1982). R takes the middle of the step where S is exactly 1/2.

Late entry: whoever came under observation at an age counts in n only after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.reading import Floats, Lives, read_lives
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say, say_count

LEVEL = Knob("level", 0.95, 0.5, 0.999, 0.01, mark("Share of samples whose interval holds the truth"),
             origin="convention", reference="95 %")  # fmt: skip
INTERVALS = ("log-log", "log", "plain")
_TOLERANCE = 1e-9  # S is a product of floats; 1/2 exactly may come out a little above


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """Survival functions of one or several groups.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for every different duration of a group: ``group`` ("all" without groups), ``time``, ``at_risk``
        (customers under observation just before it), ``events``, ``censored``, ``survival`` (share, 0 to 1),
        ``standard_error`` (Greenwood), ``low``, ``high``.
    summary : pandas.DataFrame
        One row for every group: ``group``, ``customers``, ``events``, ``last_time`` (longest duration),
        ``last_survival``, ``median``, ``median_low``, ``median_high`` (missing where the curve, or the limit, does not
        come down to 1/2), ``median_reached`` (flag).
    level : float
        Level of the intervals.
    interval : {"log-log", "log", "plain"}
        How they were computed.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    level: float
    interval: str

    def __str__(self) -> str:
        return "\n".join(_in_words(dict(row)) for _, row in self.summary.iterrows())

    def survival_at(self, times: Any) -> pd.DataFrame:
        """The survival function at chosen times.

        Parameters
        ----------
        times : float or sequence of float
            From 0, in the unit of the durations.

        Returns
        -------
        pandas.DataFrame
            ``group``, ``time``, ``survival``, ``low``, ``high``, ``known`` (flag). After the longest duration of a
            group, unless all have left, nothing is known: the three numbers are missing there.

        Raises
        ------
        InputError
            If a time is negative or no number.

        Examples
        --------
        >>> lives = pd.DataFrame({"duration": [1, 2, 2, 3], "event": [1, 1, 0, 0]})
        >>> print(kaplan_meier(lives).survival_at([0.5, 2, 9]).round(2).to_string(index=False))
        group  time  survival  low  high  known
          all   0.5       1.0 0.40  1.00   True
          all   2.0       0.5 0.06  0.84   True
          all   9.0       NaN  NaN   NaN  False
        """
        moments = require_times(times, asked_by="survival_at")
        parts = []
        for group, curve in self.curves():
            place = np.searchsorted(curve["time"].to_numpy(), moments, side="right") - 1
            before = place < 0
            known = (moments <= curve["time"].iloc[-1]) | (curve["survival"].iloc[-1] == 0)
            first = int(curve["at_risk"].iloc[0])
            found = {"group": group, "time": moments}
            start = {"survival": 1.0, "low": (0.5 - self.level / 2) ** (1 / max(first, 1)), "high": 1.0}
            for name, value in start.items():
                column = np.where(before, value, curve[name].to_numpy()[np.maximum(place, 0)])
                found[name] = np.where(known, column, np.nan)
            parts.append(pd.DataFrame(found).assign(known=known))
        return pd.concat(parts, ignore_index=True)

    def curves(self) -> list[tuple[Any, pd.DataFrame]]:
        """The table of each group."""
        return [(group, part) for group, part in self.table.groupby("group", sort=False)]


def kaplan_meier(
    lives: Any,
    *,
    duration: str = "duration",
    event: str = "event",
    entry: str | None = None,
    group: str | None = None,
    level: float = LEVEL.default,
    interval: str = "log-log",
) -> KaplanMeier:
    """Estimate what share of customers is still there after every time.

    Parameters
    ----------
    lives : frame, relation or path
        One row per customer, such as `durations` returns, of any kind of table.
    duration : str
        Column of times followed, 0 or more, one unit.
    event : str
        Column of flags: left at that time (1, true), or only followed so far (0, false).
    entry : str, optional
        Column of ages at which observation began, 0 for the beginning.
    group : str, optional
        Column by which to divide; up to 50 different values.
    level : float
        Level of the intervals, 0.5 to 0.999.
    interval : {"log-log", "log", "plain"}
        Scale on which the interval is symmetric; the head of this module says what happens at 0 and 1.

    Returns
    -------
    KaplanMeier
        ``str()`` of it says the medians, or that they were not reached.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing, infinite or negative, an event is no flag, a
        group is missing, the table is empty, or all under observation leave before others enter late.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric Estimation from Incomplete Observations. Journal of the American
    Statistical Association 53, 457–481.

    Examples
    --------
    >>> lives = pd.DataFrame({"duration": [1, 2, 2, 3, 4], "event": [1, 1, 0, 1, 0]})
    >>> curve = kaplan_meier(lives)
    >>> columns = ["time", "at_risk", "events", "censored", "survival", "low", "high"]
    >>> print(curve.table[columns].round(3).to_string(index=False))
     time  at_risk  events  censored  survival   low  high
      1.0        5       1         0       0.8 0.204 0.969
      2.0        4       1         1       0.6 0.126 0.882
      3.0        2       1         0       0.3 0.012 0.719
      4.0        1       0         1       0.3 0.012 0.719
    >>> print(curve)
    5 customers, 3 left. Median 3, interval from 1 to not reached (> 4).
    >>> print(kaplan_meier(lives.assign(event=0)))
    5 customers, no churn observed, median not reached (> 4).
    """
    share = LEVEL.check(level)
    require_choice("interval", interval, INTERVALS)
    read = read_lives(lives, duration=duration, event=event, entry=entry, group=group, asked_by="kaplan_meier",
                      counted=True)  # fmt: skip
    parts, rows = [], []
    for code, name in enumerate(read.groups):
        times, at_risk, events, censored = risk_table(read, code)
        _require_risk(times, at_risk, events, name, len(read.groups) > 1)
        curve = _estimate(times, at_risk, events, censored, share, interval)
        curve.insert(0, "group", name)
        parts.append(curve)
        rows.append({"group": name, **_summary(curve, read, code)})
    table = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    return KaplanMeier(table, pd.DataFrame(rows), share, interval)


def require_times(times: Any, *, asked_by: str) -> Floats:
    """Times from 0 as an array, or a letter."""
    values = np.atleast_1d(np.asarray(times, dtype=object)).ravel()
    return np.array(require_numbers(asked_by, **{f"times[{n}]": (t, 0.0, np.inf) for n, t in enumerate(values)}))


def risk_table(lives: Lives, code: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Different durations of a group; customers at risk, events and censored at each."""
    chosen = slice(None) if len(lives.groups) == 1 else lives.code == code
    duration, event, weight = lives.duration[chosen], lives.event[chosen], lives.weight[chosen]
    single = bool((weight == 1).all())
    largest = float(duration.max(initial=0.0))
    if largest < max(1_000, 4 * len(duration)) and (duration == np.floor(duration)).all():  # whole: no need to sort
        whole = duration.astype(np.int64)
        size = int(largest) + 1
        all_at = np.bincount(whole, None if single else weight, size)
        events = np.bincount(whole[event], None if single else weight[event], size).astype(np.float64)
        kept = np.flatnonzero(all_at)
        times, lasted, events = kept.astype(np.float64), all_at[kept].astype(np.float64), events[kept]
    else:
        times, lasted = _counted(duration, None if single else weight)
        some, happened = _counted(duration[event], None if single else weight[event])
        events = np.zeros(len(times))
        events[np.searchsorted(times, some)] = happened
    at_risk = np.cumsum(lasted[::-1])[::-1]
    if lives.entry is not None:
        entry = lives.entry[chosen]
        late = entry > 0
        begun, many = _counted(entry[late], weight[late])
        still_out = np.concatenate([np.cumsum(many[::-1])[::-1], [0.0]])
        at_risk = at_risk - still_out[np.searchsorted(begun, times, side="left")]
    return times, at_risk, events, lasted - events


def _counted(values: Floats, weight: Floats | None) -> tuple[Floats, Floats]:
    """Different values, sorted, and how many rows there are of each."""
    if not len(values):
        return values, values
    if weight is None:
        ordered, amount = np.sort(values), None
    else:
        order = np.argsort(values, kind="stable")
        ordered, amount = values[order], weight[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if amount is None:
        return ordered[starts], np.diff(np.append(starts, len(ordered))).astype(np.float64)
    return ordered[starts], np.add.reduceat(amount, starts)


def _estimate(
    times: Floats, at_risk: Floats, events: Floats, censored: Floats, level: float, interval: str
) -> pd.DataFrame:
    survival = np.cumprod(1.0 - events / at_risk)
    survival[np.maximum.accumulate(events == at_risk)] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(events < at_risk, events / (at_risk * (at_risk - events)), 0.0)
        variance = np.cumsum(steps, dtype=np.float64)
        error = survival * np.sqrt(variance)
        low, high = _limits(survival, variance, level, interval)
    low, high = low.clip(0.0, 1.0), high.clip(0.0, 1.0)
    untouched, gone = survival == 1.0, survival == 0.0
    rest = 0.5 - level / 2
    low = np.where(untouched, rest ** (1 / at_risk), np.where(gone, 0.0, low))
    high = np.where(untouched, 1.0, high)
    if gone.any():
        first = int(np.argmax(gone))
        high[first:] = high[first - 1] if first else 1.0 - rest ** (1 / at_risk[0])
    columns = {"time": times, "at_risk": at_risk.astype(np.int64), "events": events.astype(np.int64),
               "censored": censored.astype(np.int64)}  # fmt: skip
    return pd.DataFrame({**columns, "survival": survival, "standard_error": error, "low": low, "high": high})


def _limits(survival: Any, variance: Any, level: float, interval: str) -> tuple[Floats, Floats]:
    from scipy.special import ndtri

    reach = float(ndtri(0.5 + level / 2)) * np.sqrt(variance)
    if interval == "plain":
        return survival * (1 - reach), survival * (1 + reach)
    if interval == "log":
        return survival * np.exp(-reach), survival * np.exp(reach)
    factor = np.exp(reach / np.abs(np.log(survival)))
    return survival**factor, survival ** (1 / factor)


def _summary(curve: pd.DataFrame, lives: Lives, code: int) -> dict[str, Any]:
    chosen = lives.code == code
    times = curve["time"].to_numpy()
    median, low, high = (first_time(times, curve[name].to_numpy(), 0.5) for name in ("survival", "low", "high"))
    early = bool((curve["events"] == 0).all())  # before any event the lower limit says nothing about when
    return {
        "customers": round(float(lives.weight[chosen].sum())),
        "events": int(curve["events"].sum()),
        "last_time": float(times[-1]),
        "last_survival": float(curve["survival"].iloc[-1]),
        "median": median,
        "median_low": np.nan if early else low,
        "median_high": high,
        "median_reached": bool(np.isfinite(median)),
    }


def first_time(times: Floats, curve: Floats, share: float) -> float:
    """The first time at which a curve is at a share or below it; NaN if it does not come down so far."""
    below = curve <= share + _TOLERANCE
    return float(times[np.argmax(below)]) if below.any() else float("nan")


def _in_words(row: dict[str, Any]) -> str:
    beyond = say("not reached (> {time})", time=format_number(row["last_time"]))
    name = "" if row["group"] == "all" else f"{row['group']}: "
    people = say_count("{count} customer", "{count} customers", row["customers"])
    if not row["events"]:
        return name + say("{people}, no churn observed, median {beyond}.", people=people, beyond=beyond)
    left = format_number(row["events"])
    if not (row["median_reached"] or np.isfinite(row["median_low"])):
        return name + say("{people}, {left} left, median {beyond}.", people=people, left=left, beyond=beyond)
    median, low, high = (
        format_number(row[part]) if np.isfinite(row[part]) else beyond
        for part in ("median", "median_low", "median_high")
    )
    return name + say("{people}, {left} left. Median {median}, interval from {low} to {high}.", people=people,
                      left=left, median=median, low=low, high=high)  # fmt: skip


def _require_risk(times: Floats, at_risk: Floats, events: Floats, group: Any, several: bool) -> None:
    """With late entry all may leave before others come: the product is 0 there, and would stay so."""
    emptied = np.flatnonzero(events[:-1] == at_risk[:-1])
    if not len(emptied):
        return
    place = emptied[0]
    what = say_count(
        "At {time} the only customer under observation leaves, and others enter later.",
        "At {time} all {count} customers under observation leave, and others enter later.",
        int(at_risk[place]),
        time=format_number(float(times[place])),
    )
    found = say("Group: {name}.", name=group) if several else ""
    advice = say("Leave out those who left early, or choose a later beginning for all.")
    heading = say("`{function}` can't use these lives.", function="kaplan_meier")
    raise InputError(heading, [Problem("no_risk_set", what, found=found, advice=advice)])
