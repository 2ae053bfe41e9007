"""What channels cause, measured with a holdout, beside what attribution credits them with.

A part of the customers who would have got the message was kept out on purpose. For each campaign (or channel)

effect        mean conversions of the treated − mean conversions of the holdout, within so many days
incremental   effect × number of treated: the conversions that would not have come without the messages

Attribution asks another question: whose touch stood on the path? Customers who would have bought anyway have touches on
their paths too, so credits are usually above the incremental conversions, and most so where messages go to those who
buy a lot. The difference is *bookkeeping, not cause*: no rule of attribution removes it.

Where the chance of being treated differed between customers and was recorded (the propensity p), the holdout is
weighted by p/(1 − p), which makes it look like the treated (the effect on the treated); with one chance for all this is
the plain difference of means. Intervals are Welch's, with the variance of a weighted mean Σ w²(y − ȳ)²/(Σ w)².
Where few of the holdout carry most of the weight (``holdout_effective`` far below ``holdout``), the weighted mean is
skewed and the interval too short: in 80 simulated worlds whose campaign was strongly aimed at recent buyers, the mean
error was within its own error of 0, but intervals of 95 % held the truth in 84 of 100.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.attribution.paths import merged_conversions
from crm_toolkit.analysis.attribution.table import AttributionTable
from crm_toolkit.analysis.event_lines import DAY, codes_of, end_of, listed, names_of, read_events
from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count


@dataclass(frozen=True, eq=False)
class HoldoutIncrements:
    """Incremental conversions, with intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per campaign or channel: ``channel`` (its name as text), ``treated``, ``holdout`` (customers),
        ``holdout_effective`` ((Σ w)²/Σ w²: as many customers of equal weight would tell as much), ``treated_mean``,
        ``holdout_mean`` (conversions of one customer; the holdout's weighted), ``effect``, ``incremental``,
        ``standard_error`` (of it), ``low``, ``high``; with a value also ``incremental_value``, ``value_low``,
        ``value_high`` (currency units). Errors and intervals are missing where the customers of each
        arm are all alike, such as when nobody converted: then nothing is known of the spread.
    days : float
        For how long conversions are counted after the assignment.
    level : float
    too_recent : int
        Assignments whose days are not over at ``as_of``; left out.
    left_out : int
        Assignments without a customer, without a campaign, or after ``as_of``.
    weighted : bool
        Whether propensities differed and were used.
    as_of : datetime.date
    """

    table: pd.DataFrame
    days: float
    level: float
    too_recent: int
    left_out: int
    weighted: bool
    as_of: dt.date


@dataclass(frozen=True, eq=False)
class AttributionCheck:
    """Credits beside incremental conversions.

    Parameters
    ----------
    table : pandas.DataFrame
        ``channel``, ``method``, ``credited``, ``incremental``, ``low``, ``high``, ``difference`` (credited −
        incremental), ``reading``: ``"above"``, ``"within"`` or ``"below"`` the interval, ``"unknown"`` where there is
        none.
    statement : str
        What the difference is, in a sentence.
    untested : tuple of str
        Channels with credits and no experiment: nothing is known of what they cause.
    """

    table: pd.DataFrame
    statement: str
    untested: tuple[str, ...]


def holdout_increments(
    assignments: Any,
    conversions: Any,
    *,
    days: float,
    as_of: Any,
    by: str = "campaign_id",
    value: str | None = None,
    level: float = 0.95,
    treated: str = "treated",
    holdout: str = "holdout",
    arm: str = "arm",
    propensity: str | None = "propensity",
    customer: str = "customer_id",
    assigned_on: str = "assigned_on",
    converted_at: str = "ordered_at",
    minor_digits: int = 2,
) -> HoldoutIncrements:
    """Measure the conversions that campaigns caused, from customers who were kept out at random.

    Parameters
    ----------
    assignments : frame, relation or path
        One row per customer and campaign, such as the world's ``assignments``: customer, campaign, arm, day.
    conversions : frame, relation or path
        One row per conversion, as `touch_paths` takes it; those of a customer at the same second are one.
    days : float
        Conversions of so many days from the assigned day on count, 1 hour to 3,650 days.
    as_of : date, datetime or str
        Date of analysis; assignments whose days are not over are left out and counted.
    by : str
        The column of the assignments that names the campaign or channel.
    value : str, optional
        A column of the conversions with money, currency units; rows with less than 0 are left out.
    level : float
        Level of the intervals, 0.5 to 0.999.
    treated, holdout : str
        The two arms in the column ``arm``.
    propensity : str or None
        A column with the chance of being treated, a fraction; used if the table has it. Without it the design must be
        random with one chance for all, or the answer is wrong.
    arm, customer, assigned_on, converted_at : str
        Names of the other columns.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    HoldoutIncrements

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a value is missing, an arm is unknown, an arm of a campaign has
        fewer than two customers, a propensity is not between 0 and 1, or nothing is left.

    Examples
    --------
    >>> import pandas as pd
    >>> assigned = pd.DataFrame(
    ...     {
    ...         "campaign_id": 1,
    ...         "customer_id": range(200),
    ...         "assigned_on": pd.Timestamp("2024-03-04"),
    ...         "arm": ["treated", "holdout"] * 100,
    ...     }
    ... )
    >>> orders = pd.DataFrame({"customer_id": [*range(0, 60, 2), *range(1, 41, 2)], "ordered_at": "2024-03-10"})
    >>> orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    >>> found = holdout_increments(assigned, orders, days=28, as_of="2024-04-30").table
    >>> print(found[["channel", "treated", "effect", "incremental", "low", "high"]].round(2).to_string(index=False))
    channel  treated  effect  incremental   low  high
          1      100     0.1         10.0 -2.06 22.06
    """
    day, digits = as_day(as_of, "as_of"), int(MINOR_DIGITS.check(minor_digits))
    length, share = require_numbers("holdout_increments", days=(days, 1 / 24, 3650), level=(level, 0.5, 0.999))
    given = read_events(assignments, day, who=customer, what=by, when=assigned_on, others=(arm,), if_there=propensity,
                        may_lack_what=True, asked_by="holdout_increments")  # fmt: skip
    bought = read_events(conversions, day, who=customer, when=converted_at, money=value, asked_by="holdout_increments")
    who, buyer = codes_of(given.columns.column(customer), bought.columns.column(customer),
                          asked_by="holdout_increments", name=customer)  # fmt: skip
    group, names = names_of(given.columns.column(by), asked_by="holdout_increments", name=by)
    in_treated = _arms(given.columns.column(arm), arm, treated, holdout)
    chance = None
    if propensity is not None and propensity in given.columns.column_names:
        chance = _chances(given.columns.column(propensity), propensity)
    over = given.seconds + length * DAY <= end_of(day)
    who, group, in_treated, start = who[over], group[over], in_treated[over], given.seconds[over]
    chance = None if chance is None else chance[over]
    _require_arms(group, in_treated, names, int((~over).sum()))
    buyer, moment, minor, _, _ = merged_conversions(buyer, bought, value, digits)
    counted, money = _outcomes(who, start, length, buyer, moment, minor)
    rows, weighted = [], False
    for number, name in enumerate(names):
        here = group == number
        if not here.any():
            continue
        side, p = in_treated[here], None if chance is None else chance[here]
        weighted = weighted or bool(p is not None and np.ptp(p) > 0)
        mean_1, mean_0, error, reach = _effect(counted[here], side, p, share)
        people = int(side.sum())
        odds = np.ones(int((~side).sum())) if p is None else p[~side] / (1 - p[~side])
        effective = float(odds.sum() ** 2 / (odds**2).sum())
        row = [name, people, len(odds), effective, mean_1, mean_0, mean_1 - mean_0, people * (mean_1 - mean_0),
               people * error, people * (mean_1 - mean_0 - reach), people * (mean_1 - mean_0 + reach)]  # fmt: skip
        if value:
            paid_1, paid_0, _, paid_reach = _effect(money[here] / 10**digits, side, p, share)
            row += [people * (paid_1 - paid_0 + sign * paid_reach) for sign in (0, -1, 1)]
        rows.append(row)
    columns = ["channel", "treated", "holdout", "holdout_effective", "treated_mean", "holdout_mean", "effect",
               "incremental", "standard_error", "low", "high"]  # fmt: skip
    columns += ["incremental_value", "value_low", "value_high"] if value else []
    table = pd.DataFrame(rows, columns=columns).astype({"channel": "str"})
    return HoldoutIncrements(table, length, share, int((~over).sum()),
                             given.without_who + given.without_what + given.after, weighted, day)  # fmt: skip


def attribution_against_experiment(credits: AttributionTable, increments: HoldoutIncrements) -> AttributionCheck:
    """Put credits of attribution beside what an experiment measured.

    Parameters
    ----------
    credits : AttributionTable
        As `attribution_table` returns it, with paths whose ``channel`` is the column named by ``by`` of the experiment,
        the look-back as long as its ``days``.
    increments : HoldoutIncrements
        As `holdout_increments` returns it.

    Returns
    -------
    AttributionCheck

    Raises
    ------
    InputError
        If one of the two is something else, or no channel is in both.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.attribution.table import attribution_table
    >>> from crm_toolkit.analysis.attribution.paths import touch_paths
    >>> assigned = pd.DataFrame(
    ...     {
    ...         "campaign_id": 1,
    ...         "customer_id": range(200),
    ...         "assigned_on": pd.Timestamp("2024-03-04"),
    ...         "arm": ["treated", "holdout"] * 100,
    ...     }
    ... )
    >>> touches = assigned[assigned["arm"] == "treated"].rename(columns={"assigned_on": "touched_at"})
    >>> orders = pd.DataFrame(
    ...     {"customer_id": [*range(0, 60, 2), *range(1, 41, 2)], "ordered_at": pd.Timestamp("2024-03-10")}
    ... )
    >>> paths = touch_paths(touches, orders, as_of="2024-04-30", lookback_days=28, channel="campaign_id")
    >>> check = attribution_against_experiment(
    ...     attribution_table(paths, ["last"]), holdout_increments(assigned, orders, days=28, as_of="2024-04-30")
    ... )
    >>> print(check.table.round(2).to_string(index=False))
    channel method  credited  incremental   low  high  difference reading
          1   last      30.0         10.0 -2.06 22.06        20.0   above
    >>> print(check.statement)
    Credited less incremental is bookkeeping, not cause: credits of customers who would have bought anyway.
    """
    heading = say("`{function}` can't compare these results.", function="attribution_against_experiment")
    problems = [
        Problem("unknown_kind", say("`{name}` is of kind `{kind}`.", name=name, kind=type(thing).__name__),
                advice=say("Give what `{function}` returns.", function=function), column=name)
        for name, thing, kind, function in (
            ("credits", credits, AttributionTable, "attribution_table"),
            ("increments", increments, HoldoutIncrements, "holdout_increments"),
        )
        if not isinstance(thing, kind)
    ]  # fmt: skip
    if problems:
        raise InputError(heading, problems)
    truth = increments.table.set_index("channel")
    long = credits.credits.melt("channel", var_name="method", value_name="credited")
    tested = long[long["channel"].isin(truth.index)].reset_index(drop=True)
    if tested.empty:
        what = say("No channel has both credits and an experiment.")
        found = say("Credits: {names}. Experiments: {others}.", names=listed(credits.credits["channel"]),
                    others=listed(truth.index))  # fmt: skip
        advice = say("Make paths with `channel=` the same column that the experiment is laid out `by`.")
        raise InputError(heading, [Problem("no_overlap", what, found, advice)])
    measured = truth.loc[tested["channel"], ["incremental", "low", "high"]].reset_index(drop=True)
    table = pd.concat([tested, measured], axis=1)
    table["difference"] = table["credited"] - table["incremental"]
    above, below = table["credited"] > table["high"], table["credited"] < table["low"]
    words = np.where(above, "above", np.where(below, "below", np.where(table["low"].isna(), "unknown", "within")))
    table["reading"] = pd.Series(words, dtype="str")
    untested = tuple(name for name in credits.credits["channel"] if name not in truth.index)
    statement = say("Credited less incremental is bookkeeping, not cause: credits of customers who would have bought "
                    "anyway.")  # fmt: skip
    return AttributionCheck(table, statement, untested)


def _arms(column: Any, name: str, treated: str, holdout: str) -> np.ndarray:
    words = column.cast("string").to_numpy(zero_copy_only=False)
    known = (words == str(treated)) | (words == str(holdout))
    if not known.all():
        wrong = sorted({str(word) for word in words[~known]})
        what = say_count("{count} row of `{name}` has another arm: {names}.",
                         "{count} rows of `{name}` have another arm: {names}.", int((~known).sum()), name=name,
                         names=listed(wrong))  # fmt: skip
        advice = say("Name the two arms: `treated=…`, `holdout=…`; remove rows of other arms.")
        heading = say("`{function}` can't read these arms.", function="holdout_increments")
        raise InputError(heading, [Problem("unknown_arm", what, advice=advice, column=name)])
    return words == str(treated)


def _chances(column: Any, name: str) -> np.ndarray:
    heading = say("`{function}` can't weight these customers.", function="holdout_increments")
    try:
        chance = np.asarray(column.cast("double").to_numpy(zero_copy_only=False), dtype="float64")
    except (ValueError, TypeError, NotImplementedError):
        what = say("The column `{name}` must hold numbers.", name=name)
        raise InputError(heading, [Problem("wrong_kind", what, column=name)]) from None
    bad = int((~((chance > 0) & (chance < 1))).sum())
    if bad:
        what = say_count("{count} value of `{name}` is missing or not between 0 and 1.",
                         "{count} values of `{name}` are missing or not between 0 and 1.", bad, name=name)  # fmt: skip
        advice = say("Who could not have been in the other arm can't be compared; remove these rows.")
        raise InputError(heading, [Problem("outside_range", what, advice=advice, column=name)])
    return chance


def _require_arms(group: np.ndarray, in_treated: np.ndarray, names: list[str], too_recent: int) -> None:
    heading = say("`{function}` can't measure these campaigns.", function="holdout_increments")
    if not len(group):
        what = say("0 assignments are left after the filters.")
        found = say_count("{count} was left out because its days are not over.",
                          "{count} were left out because their days are not over.", too_recent)  # fmt: skip
        raise InputError(heading, [Problem("no_assignments", what, found, say("Check the date of analysis."))])
    problems = []
    for number, name in enumerate(names):
        here = group == number
        for side, word in ((in_treated, say("treated")), (~in_treated, say("holdout"))):
            count = int((here & side).sum())
            if here.any() and count < 2:
                what = say_count("In “{name}” the arm “{arm}” has {count} customer; two or more are needed.",
                                 "In “{name}” the arm “{arm}” has {count} customers; two or more are needed.", count,
                                 name=name, arm=word)  # fmt: skip
                problems.append(Problem("empty_group", what, column="arm"))
    if problems:
        raise InputError(heading, problems)


def _outcomes(
    who: np.ndarray, start: np.ndarray, days: float, buyer: np.ndarray, moment: np.ndarray, minor: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Conversions of each customer in the days after the assignment, and their money in minor units."""
    if not len(moment):
        return np.zeros(len(who)), np.zeros(len(who))
    until = start + round(days * DAY)
    first = min(int(start.min()), int(moment.min()))
    span = max(int(until.max()), int(moment.max())) - first + 2
    both = np.concatenate([buyer, who])
    _, compact = np.unique(both, return_inverse=True)
    compact = compact.ravel()
    key = compact[: len(buyer)] * span + (moment - first)
    sorting = np.argsort(key, kind="stable")
    key, total = key[sorting], np.concatenate([[0.0], np.cumsum(minor[sorting])])
    mine = compact[len(buyer) :] * span - first
    begin, end = (np.searchsorted(key, mine + edge, side="left") for edge in (start, until))
    return (end - begin).astype("float64"), total[end] - total[begin]


def _effect(
    outcome: np.ndarray, treated: np.ndarray, chance: np.ndarray | None, level: float
) -> tuple[float, float, float, float]:
    """Mean of the treated, weighted mean of the holdout, standard error of the difference, half the interval."""
    from scipy.stats import t as student

    odds = np.ones(len(outcome)) if chance is None else chance / (1.0 - chance)
    means, variances, sizes = [], [], []
    for values, weights in ((outcome[treated], np.ones(int(treated.sum()))), (outcome[~treated], odds[~treated])):
        mean = float((weights * values).sum() / weights.sum())
        size = float(weights.sum() ** 2 / (weights**2).sum())
        spread = float((weights**2 * (values - mean) ** 2).sum() / weights.sum() ** 2)
        count = len(values)
        means.append(mean)
        variances.append(spread * count / (count - 1))
        sizes.append(max(size, 1.5))
    variance = sum(variances)
    below = sum(part**2 / (size - 1) for part, size in zip(variances, sizes, strict=True))
    freedom = variance**2 / below if below > 0 else 1e6
    error = float(np.sqrt(variance)) if variance > 0 else float("nan")
    return means[0], means[1], error, error * float(student.ppf((1 + level) / 2, max(freedom, 1.0)))
