"""Do groups stay for equally long? The log-rank test, and survival in one number: the restricted mean.

Log-rank. At every time of an event with d events among n at risk, a group with n_g at risk expects d n_g / n of them.
Observed less expected, with weights w added up over time, is compared with its covariance (hypergeometric):

    U_g = Σ w (d_g − d n_g / n),   V_gh = Σ w² d (n − d) / (n − 1) · n_g/n (δ_gh − n_h/n),   U' V⁻ U ~ χ²(groups − 1).

weights                     w                       looks above all at
``"logrank"``               1                       proportional hazards (Mantel 1966)
``"wilcoxon"``              n                       early times (Gehan 1965, Breslow 1970)
``"tarone-ware"``           √n                      in between
``"peto"``                  S(t) of Peto            early times, less bent by censoring
``"fleming-harrington"``    S(t−)^rho (1 − S(t−))^gamma   early (rho) or late (gamma) times

A test says whether, not how much. The restricted mean says how much: the mean time stayed within a horizon h, the
area under S up to h; it exists where a mean or a median does not. Its variance is Σ A(t)² d / (n (n − d)), A(t) the
area from t to h (Irwin 1949; Klein and Moeschberger 2003, section 4.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.survival.kaplan_meier import LEVEL, KaplanMeier, risk_table
from crm_toolkit.analysis.survival.reading import Floats, Lives, read_lives
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say, say_count

WEIGHTS = ("logrank", "wilcoxon", "tarone-ware", "peto", "fleming-harrington")


@dataclass(frozen=True, eq=False)
class LogRank:
    """Whether the survival functions of groups differ.

    Parameters
    ----------
    statistic : float
        Chi-squared.
    degrees_of_freedom : int
        Groups less one.
    p_value : float
        Probability of so large a statistic if there is no difference.
    table : pandas.DataFrame
        For each group: ``group``, ``customers``, ``events``, ``expected`` (events if there were no difference).
    weights : str
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    table: pd.DataFrame
    weights: str


def log_rank(
    lives: Any,
    group: str,
    *,
    duration: str = "duration",
    event: str = "event",
    entry: str | None = None,
    weights: str = "logrank",
    rho: float = 0.0,
    gamma: float = 0.0,
) -> LogRank:
    """Test whether customers of two or more groups stay for equally long.

    Parameters
    ----------
    lives : frame, relation or path
        One row per customer, such as `durations` returns.
    group : str
        Column by which to divide; two to 50 different values.
    duration, event, entry : str
        Columns as in `kaplan_meier`.
    weights : {"logrank", "wilcoxon", "tarone-ware", "peto", "fleming-harrington"}
        What counts how much; the head of this module has the list. Choose before looking.
    rho, gamma : float
        Exponents of ``"fleming-harrington"``, 0 to 10.

    Returns
    -------
    LogRank

    Raises
    ------
    InputError
        As `kaplan_meier`, or if there is one group only, nobody has left, or a group is never at risk when somebody
        leaves.

    References
    ----------
    Mantel, N. (1966). Evaluation of Survival Data and Two New Rank Order Statistics Arising in Its Consideration.
    Cancer Chemotherapy Reports 50, 163–170.

    Examples
    --------
    >>> lives = pd.DataFrame({"duration": [2, 3, 4, 5, 6, 7, 8, 9], "event": 1, "channel": list("aaaabbbb")})
    >>> test = log_rank(lives, "channel")
    >>> round(test.statistic, 3), test.degrees_of_freedom, round(test.p_value, 4)
    (7.344, 1, 0.0067)
    >>> print(test.table.round(2).to_string(index=False))
    group  customers  events  expected
        a          4       4      1.46
        b          4       4      6.54
    """
    asked_by = "log_rank"
    require_choice("weights", weights, WEIGHTS)
    rho, gamma = require_numbers(asked_by, rho=(rho, 0.0, 10.0), gamma=(gamma, 0.0, 10.0))
    read = read_lives(lives, duration=duration, event=event, entry=entry, group=group, asked_by=asked_by,
                      counted=True)  # fmt: skip
    _require_comparable(read, group)
    at_risk, events = _by_group(read)
    n, d = at_risk.sum(axis=1), events.sum(axis=1)
    _require_seen(at_risk, read)
    w = _weights(weights, n, d, rho, gamma)
    share = at_risk / n[:, None]
    spread = w**2 * d * (n - d) / np.maximum(n - 1, 1)
    difference = (w[:, None] * (events - d[:, None] * share)).sum(axis=0)
    covariance = -np.einsum("t,tg,th->gh", spread, share, share)
    covariance[np.diag_indices(len(difference))] += (spread[:, None] * share).sum(axis=0)
    kept = slice(0, len(difference) - 1)  # the differences add up to 0
    statistic = float(difference[kept] @ np.linalg.pinv(covariance[kept, kept], hermitian=True) @ difference[kept])
    from scipy.special import chdtrc

    freedom = len(read.groups) - 1
    people = np.bincount(read.code, read.weight, len(read.groups))
    table = pd.DataFrame(
        {
            "group": read.groups,
            "customers": people.round().astype(np.int64),
            "events": events.sum(axis=0).round().astype(np.int64),
            "expected": (d[:, None] * share).sum(axis=0),
        }
    )
    return LogRank(statistic, freedom, float(chdtrc(freedom, statistic)), table, weights)


def restricted_mean(curve: KaplanMeier, *, horizon: float, level: float = LEVEL.default) -> pd.DataFrame:
    """Mean time that customers stay within a horizon, and by how much groups differ.

    Parameters
    ----------
    curve : KaplanMeier
        As `kaplan_meier` returns it.
    horizon : float
        Time within which staying is counted, above 0; not beyond the longest duration of any group, unless all have
        left.
    level : float
        Level of the intervals, 0.5 to 0.999.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``minus`` (empty, or the group whose restricted mean is subtracted), ``restricted_mean`` (in the
        unit of the durations), ``standard_error``, ``low``, ``high``: first each group, then each pair.

    Raises
    ------
    InputError
        If the curve is no `KaplanMeier`, or the horizon is not above 0 or beyond what is known.

    References
    ----------
    Irwin, J. O. (1949). The Standard Error of an Estimate of Expectation of Life. Journal of Hygiene 47, 188–189.

    Examples
    --------
    >>> from crm_toolkit.analysis.survival.kaplan_meier import kaplan_meier
    >>> lives = pd.DataFrame({"duration": [1, 2, 4, 4], "event": [1, 1, 0, 0]})
    >>> print(restricted_mean(kaplan_meier(lives), horizon=4).round(3).to_string(index=False))
    group minus  restricted_mean  standard_error   low  high
      all                   2.75            0.65 1.477   4.0
    """
    asked_by = "restricted_mean"
    share = LEVEL.check(level)
    if not isinstance(curve, KaplanMeier):
        what = say("A value of kind `{kind}` was given.", kind=type(curve).__name__)
        raise InputError(say("`{function}` needs a `KaplanMeier`.", function=asked_by), [Problem("unknown_kind", what)])
    (until,) = require_numbers(asked_by, horizon=(horizon, 0.0, np.inf))
    _require_known(curve, until)
    from scipy.special import ndtri

    reach = float(ndtri(0.5 + share / 2))
    found = [(group, *_area(part, until)) for group, part in curve.curves()]
    rows = [(group, "", mean, error, max(mean - reach * error, 0.0), min(mean + reach * error, until))
            for group, mean, error in found]  # fmt: skip
    for (one, mean, error), (two, other, its_error) in combinations(found, 2):
        difference, both = mean - other, float(np.hypot(error, its_error))
        rows.append((one, two, difference, both, difference - reach * both, difference + reach * both))
    return pd.DataFrame(rows, columns=["group", "minus", "restricted_mean", "standard_error", "low", "high"])


def _area(curve: pd.DataFrame, until: float) -> tuple[float, float]:
    """The area under a curve up to a horizon, and its standard error."""
    kept = curve["time"].to_numpy() < until
    times, survival, n, d = (
        curve[name].to_numpy(dtype=float)[kept] for name in ("time", "survival", "at_risk", "events")
    )
    edges = np.concatenate([[0.0], times, [until]])
    steps = np.diff(edges) * np.concatenate([[1.0], survival])
    ahead = np.cumsum(steps[::-1])[::-1][1:]  # from each time to the horizon
    left = np.maximum(n - d, 1.0)  # where all leave nothing lies ahead
    return float(steps.sum()), float(np.sqrt((ahead**2 * d / (n * left)).sum()))


def _require_known(curve: KaplanMeier, until: float) -> None:
    heading = say("`{function}` can't look so far.", function="restricted_mean")
    if until <= 0:
        raise InputError(heading, [Problem("outside_range", say("`horizon` must be above 0."), column="horizon")])
    short = curve.summary[(curve.summary["last_time"] < until) & (curve.summary["last_survival"] > 0)]
    if len(short):
        problems = [
            Problem(
                "beyond_data",
                say("Group: {name}.", name=row["group"])
                + " "
                + say("The curve is known up to {last}, the horizon is {until}.", last=format_number(row["last_time"]),
                      until=format_number(until)),
                advice=say("Choose a horizon up to {most}.", most=format_number(float(short["last_time"].min()))),
                column="horizon",
            )
            for row in short.to_dict("records")
        ]  # fmt: skip
        raise InputError(heading, problems)


def _require_comparable(read: Lives, group: str) -> None:
    heading = say("`{function}` can't compare these groups.", function="log_rank")
    problems = []
    if len(read.groups) < 2:
        what = say("`{name}` has one value only: {value}.", name=group, value=repr(read.groups[0]))
        problems.append(Problem("one_group", what, advice=say("Name a column with two or more groups."), column=group))
    if not read.events:
        what = say_count(
            "{count} customer, no churn observed: there is nothing to compare.",
            "{count} customers, no churn observed: there is nothing to compare.",
            read.customers,
        )
        problems.append(Problem("no_events", what, advice=say("Observe longer."), column="event"))
    if problems:
        raise InputError(heading, problems)


def _require_seen(at_risk: Floats, read: Lives) -> None:
    never = [str(name) for name, any_ in zip(read.groups, at_risk.sum(axis=0), strict=True) if not any_]
    if never:
        what = say("Nobody of these groups was under observation when somebody left: {names}.", names=join_names(never))
        heading = say("`{function}` can't compare these groups.", function="log_rank")
        raise InputError(heading, [Problem("empty_group", what, advice=say("Observe longer, or leave them out."))])


def _by_group(read: Lives) -> tuple[Floats, Floats]:
    """At every time of an event: customers at risk and events, one column for each group."""
    times = np.unique(read.duration[read.event])
    at_risk, events = np.zeros((len(times), len(read.groups))), np.zeros((len(times), len(read.groups)))
    for code in range(len(read.groups)):
        own, _, happened, _ = risk_table(read, code)
        place = np.searchsorted(own, times, side="left")
        found = place < len(own)
        same = found.copy()
        same[found] = own[place[found]] == times[found]
        events[same, code] = happened[place[same]]
        at_risk[:, code] = _at_risk(read, code, times)
    return at_risk, events


def _at_risk(read: Lives, code: int, times: Floats) -> Floats:
    chosen = read.code == code
    weight = read.weight[chosen]

    def still_to_come(values: Floats) -> Floats:
        order = np.argsort(values)
        ahead = np.concatenate([np.cumsum(weight[order][::-1])[::-1], [0.0]])
        return ahead[np.searchsorted(values[order], times, side="left")]

    lasting = still_to_come(read.duration[chosen])
    if read.entry is None:
        return lasting
    begun = read.entry[chosen]
    return lasting - still_to_come(np.where(begun > 0, begun, -1.0))


def _weights(name: str, n: Floats, d: Floats, rho: float, gamma: float) -> Floats:
    if name == "wilcoxon":
        return n
    if name == "tarone-ware":
        return np.sqrt(n)
    if name == "peto":
        peto: Any = np.cumprod(1 - d / (n + 1))
        return peto
    if name == "fleming-harrington":
        before = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]])
        return before**rho * (1 - before) ** gamma
    return np.ones(len(n))
