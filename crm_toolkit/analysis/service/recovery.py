"""What a failure does to coming back, and whether setting it right makes up for it.

Every order is followed for some weeks: did the customer order again? Orders are of three kinds:

not_failed     nobody complained (a failure about which the customer kept silent is among them)
recovered      a complaint was settled with a remedy
unrecovered    a complaint was not settled, or nothing was given

Those who complain are not like the others: regulars complain more readily and come back anyway. So orders are compared
within classes of earlier orders, and the classes are weighted as they occur among the failed ones (direct
standardisation). That takes one difference out of many. Who gets a remedy is decided by people who know the case; the
difference is called an effect only where it was drawn by lot. The "recovery paradox", more coming back than without a
failure, is often no more than this selection (de Matos, Henrique, Rossi 2007: it shows in satisfaction, not in
repurchase).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.lines import as_day
from crm_toolkit.analysis.shares import LEVEL, SMALLEST
from crm_toolkit.analysis.surveys.intervals import two_sided_z
from crm_toolkit.engines import with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, join_names, mark, say, say_count

STATES = {
    "not_failed": mark("no complaint"),
    "recovered": mark("complaint, set right"),
    "unrecovered": mark("complaint, not set right"),
}
WINDOW_DAYS = Knob(
    "window_days", 90, 1, 1_000, 1, mark("Days in which a customer has time to come back"), unit=mark("days"),
    origin="assumption", reference="about twice the usual pause between orders is long enough",
)  # fmt: skip
CLASSES = (1, 2, 4)
"""From how many earlier orders on a new class begins: none, 1, 2 to 3, 4 and more. An assumption."""
_CONTRASTS = (("recovered", "not_failed"), ("unrecovered", "not_failed"), ("recovered", "unrecovered"))


@dataclass(frozen=True, eq=False)
class RecoveryEffect:
    """Coming back after failure and recovery, compared.

    Parameters
    ----------
    states : pandas.DataFrame
        ``state``, ``cases``, ``customers``, ``outcome`` (mean as it is), ``standardised`` (mean with the earlier
        orders of the failed ones; missing where a class of theirs has no such case), ``enough`` (flag).
    contrasts : pandas.DataFrame
        ``first``, ``second``, ``crude`` (difference of the means as they are), ``adjusted`` (standardised), ``low``,
        ``high`` (of the adjusted one), ``overlap`` (share of the failed cases in classes where both states occur),
        ``verdict``: ``"higher"`` or ``"lower"`` (the first), ``"not_shown"``, ``"too_few"``. Differences are missing,
        and the verdict is ``"too_few"``, where no class has both.
    classes : pandas.DataFrame
        ``class_from``, ``class_to`` (earlier orders; the last one is open), ``state``, ``cases``, ``outcome``.
    randomised : bool
        Whether it was said that the remedy was drawn by lot.
    level : float
    smallest : int
    left_out : int
        Cases with a missing value.
    """

    states: pd.DataFrame
    contrasts: pd.DataFrame
    classes: pd.DataFrame
    randomised: bool
    level: float
    smallest: int
    left_out: int

    @property
    def reading(self) -> str:
        """How far the differences may be read, as a sentence."""
        if self.randomised:
            return say("The remedy was drawn by lot: the difference between set right and not set right is its effect.")
        return say("These are differences between customers who differ in more than earlier orders, not effects of the "
                   "remedy.")  # fmt: skip


def recovery_cases(
    orders: Any,
    complaints: Any,
    *,
    as_of: Any,
    window_days: int = int(WINDOW_DAYS.default),
    settled_within_days: float | None = None,
) -> pd.DataFrame:
    """Follow every order: was there a complaint, was it set right, and did the customer come back?

    Parameters
    ----------
    orders : frame, relation or path
        One row per order: ``order_id``, ``customer_id``, ``ordered_at``. Orders without a customer are left out.
    complaints : frame, relation or path
        One row per complaint: ``order_id``, ``resolved_at`` (empty if never), ``remedy`` (``"none"``: nothing was
        given) and, with ``settled_within_days``, ``opened_at``.
    as_of : date, datetime or str
        Last day of the analysis. Orders whose window is not over are no cases.
    window_days : int
        Days in which a customer has time to come back, 1 to 1,000.
    settled_within_days : float, optional
        A complaint counts as set right only if it was settled so soon.

    Returns
    -------
    pandas.DataFrame
        ``order_id``, ``customer_id``, ``ordered_at``, ``prior_orders``, ``state`` (not_failed, recovered or
        unrecovered; of several complaints about an order all must be set right), ``returned`` (1 if the customer
        ordered again within the window).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an order has no time, or no window is over.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame(
    ...     {
    ...         "order_id": [1, 2, 3],
    ...         "customer_id": ["ann", "ann", "bob"],
    ...         "ordered_at": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-15"]),
    ...     }
    ... )
    >>> complaints = pd.DataFrame({"order_id": [3], "resolved_at": [None], "remedy": ["none"]})
    >>> print(recovery_cases(orders, complaints, as_of="2024-06-30").drop(columns="ordered_at").to_string(index=False))
     order_id customer_id  prior_orders       state  returned
            1         ann             0  not_failed         1
            2         ann             1  not_failed         0
            3         bob             0 unrecovered         0
    """
    day, window = as_day(as_of, "as_of"), int(WINDOW_DAYS.check(window_days))
    found = brought_home(orders, {"order_id": "label", "customer_id": "label", "ordered_at": "when"},
                         asked_by="recovery_cases")  # fmt: skip
    wanted = {"order_id": "label", "resolved_at": "when", "remedy": "text"}
    if settled_within_days is not None:
        wanted["opened_at"] = "when"
    told = brought_home(complaints, wanted, asked_by="recovery_cases")
    _require_orders(found)
    known = found.dropna(subset=["customer_id", "order_id"])
    known = known.sort_values(["ordered_at", "order_id"], kind="stable")
    known = known.drop_duplicates("order_id").reset_index(drop=True)
    person = known.groupby("customer_id", sort=False)
    known["prior_orders"] = person.cumcount()
    pause = person["ordered_at"].shift(-1) - known["ordered_at"]
    end = np.datetime64(day + dt.timedelta(days=1), "us")
    length = pd.Timedelta(days=window)
    known["returned"] = (pause <= length).astype("int64")
    right = (
        told["resolved_at"].notna() & (told["resolved_at"] < end) & told["remedy"].notna() & (told["remedy"] != "none")
    )
    if settled_within_days is not None:
        right &= told["resolved_at"] - told["opened_at"] <= pd.Timedelta(days=float(settled_within_days))
    settled = right.groupby(told["order_id"]).all()
    state = known["order_id"].map(settled.astype("float64"))
    known["state"] = np.select([state == 1, state == 0], ["recovered", "unrecovered"], "not_failed").astype(object)
    cases = known[(known["ordered_at"] + length).to_numpy() < end]
    if cases.empty:
        what = say_count("{count} order, and none of them whose window is over.",
                         "{count} orders, and none of them whose window is over.", len(found))  # fmt: skip
        advice = say("Check the date of analysis, or choose fewer `window_days`.")
        raise InputError(say("`{function}` found no case.", function="recovery_cases"),
                         [Problem("empty", what, advice=advice, column="ordered_at")])  # fmt: skip
    cases = cases.sort_values("order_id", ignore_index=True)
    return cases[["order_id", "customer_id", "ordered_at", "prior_orders", "state", "returned"]]


def _require_orders(found: pd.DataFrame) -> None:
    timeless = int(found["ordered_at"].isna().sum())
    if timeless:
        what = say_count("{count} order has no time.", "{count} orders have no time.", timeless)
        advice = say("Fill them in or remove these lines.")
        raise InputError(say("`{function}` can't follow these orders.", function="recovery_cases"),
                         [Problem("no_date", what, advice=advice, column="ordered_at")])  # fmt: skip


def recovery_effect(
    cases: Any,
    *,
    outcome: str = "returned",
    classes: Sequence[int] = CLASSES,
    randomised: bool = False,
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> RecoveryEffect:
    """Compare coming back after no failure, a failure set right and one that was not.

    Parameters
    ----------
    cases : frame, relation or path
        As `recovery_cases` returns them: ``customer_id``, ``prior_orders``, ``state`` and the outcome.
    outcome : str
        Column of numbers or flags: whether the customer returned, or what was spent.
    classes : sequence of int
        From how many earlier orders on a new class begins.
    randomised : bool
        Whether it was drawn by lot which complaints were set right. Say so only if it was.
    level : float
        Level of the intervals, a fraction.
    smallest : int
        Cases of each state from which a difference is read.

    Returns
    -------
    RecoveryEffect
        Intervals take the orders of one customer as dependent (clustered standard errors).

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a state is unknown, or nobody failed.

    References
    ----------
    de Matos, C. A., Henrique, J. L., Rossi, C. A. V. (2007). Service Recovery Paradox: A Meta-Analysis. Journal of
    Service Research 10, 60–77.

    Examples
    --------
    >>> import pandas as pd
    >>> cases = pd.DataFrame(
    ...     {
    ...         "customer_id": range(90),
    ...         "prior_orders": 0,
    ...         "state": ["not_failed"] * 40 + ["recovered"] * 30 + ["unrecovered"] * 20,
    ...         "returned": [1] * 28 + [0] * 12 + [1] * 20 + [0] * 10 + [1] * 6 + [0] * 14,
    ...     }
    ... )
    >>> found = recovery_effect(cases, smallest=20)
    >>> print(found.contrasts[["first", "second", "adjusted", "verdict"]].round(2).to_string(index=False))
          first      second  adjusted   verdict
      recovered  not_failed     -0.03 not_shown
    unrecovered  not_failed     -0.40     lower
      recovered unrecovered      0.37    higher
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    steps = _checked_classes(classes)
    wanted = {"customer_id": "label", "prior_orders": "number", "state": "text", outcome: "number"}
    found = brought_home(_numbers(cases, outcome), wanted, asked_by="recovery_effect")
    whole = found.dropna(subset=["customer_id", "prior_orders", "state", outcome])
    _require_states(whole, len(found))
    code = whole["state"].map({name: place for place, name in enumerate(STATES)}).to_numpy()
    stage = np.searchsorted(steps, whole["prior_orders"].to_numpy(), side="right")
    value = whole[outcome].to_numpy(dtype="float64")
    people, _ = pd.factorize(whole["customer_id"])
    cell = stage * len(STATES) + code
    size = (len(steps) + 1) * len(STATES)
    number = np.bincount(cell, minlength=size).reshape(-1, len(STATES)).astype("float64")
    total = np.bincount(cell, weights=value, minlength=size).reshape(-1, len(STATES))
    mean = total / np.maximum(number, 1.0)
    failed = number[:, 1:].sum(axis=1)
    binary = bool(np.isin(value, (0.0, 1.0)).all())
    cases_of = number.sum(axis=0)
    plain = np.divide(total.sum(axis=0), cases_of, out=np.full(3, np.nan), where=cases_of > 0)
    rows = []
    for first, second in _CONTRASTS:
        one, two = (list(STATES).index(name) for name in (first, second))
        both = (number[:, one] > 0) & (number[:, two] > 0)
        weight = np.where(both, failed, 0.0)
        if weight.sum():
            weight /= weight.sum()
            difference = float((weight * (mean[:, one] - mean[:, two])).sum())
            half = two_sided_z(share) * _clustered(weight, number, mean, value, stage, code, people, (one, two), binary)
        else:
            difference = half = np.nan
        low, high = difference - half, difference + half
        few = not weight.sum() or min(cases_of[one], cases_of[two]) < least
        verdict = "too_few" if few else "higher" if low > 0 else "lower" if high < 0 else "not_shown"
        rows.append((first, second, plain[one] - plain[two], difference, low, high,
                     float(failed[both].sum() / failed.sum()), verdict))  # fmt: skip
    contrasts = pd.DataFrame(
        rows, columns=["first", "second", "crude", "adjusted", "low", "high", "overlap", "verdict"]
    )
    standard = failed / failed.sum()
    covered = ((number > 0) | (failed[:, None] == 0)).all(axis=0)
    states = pd.DataFrame(
        {
            "state": list(STATES),
            "cases": cases_of.astype("int64"),
            "customers": [len(np.unique(people[code == place])) for place in range(len(STATES))],
            "outcome": plain,
            "standardised": np.where(covered, (standard[:, None] * mean).sum(axis=0), np.nan),
            "enough": cases_of >= least,
        }
    )
    return RecoveryEffect(states, contrasts, _class_table(steps, number, mean), bool(randomised), share, least,
                          len(found) - len(whole))  # fmt: skip


def _numbers(cases: Any, outcome: str) -> Any:
    """Flags of a pandas frame as numbers; the rest as it is."""
    cases = with_named_columns(cases)
    if isinstance(cases, pd.DataFrame) and list(cases.columns).count(outcome) == 1 and cases[outcome].dtype == bool:
        return cases.assign(**{outcome: cases[outcome].astype("int64")})
    return cases


def _clustered(
    weight: np.ndarray, number: np.ndarray, mean: np.ndarray, value: np.ndarray, stage: np.ndarray, code: np.ndarray,
    people: np.ndarray, pair: tuple[int, int], binary: bool,
) -> float:  # fmt: skip
    """Standard error of a standardised difference; for yes and no never below that of smoothed shares."""
    influence, floor = np.zeros(len(value)), 0.0
    for state, sign in zip(pair, (1.0, -1.0), strict=True):
        mine = (code == state) & (weight[stage] > 0)
        influence[mine] = (
            sign * (weight[stage] / np.maximum(number[stage, state], 1.0) * (value - mean[stage, state]))[mine]
        )
        n = number[:, state]
        smooth = (mean[:, state] * n + 1) / (n + 2)
        floor += float((weight**2 * np.where(n > 0, smooth * (1 - smooth) / np.maximum(n + 2, 1.0), 0.0)).sum())
    counted = np.isin(code, pair)
    clusters = len(np.unique(people[counted]))
    summed = np.bincount(people, weights=influence)
    variance = float((summed**2).sum()) * clusters / max(clusters - 1, 1)
    return max(variance, floor if binary else 0.0) ** 0.5


def _class_table(steps: np.ndarray, number: np.ndarray, mean: np.ndarray) -> pd.DataFrame:
    starts = [0, *steps.tolist()]
    rows = [
        (start, starts[place + 1] - 1 if place + 1 < len(starts) else None, state, int(number[place, code]),
         mean[place, code])
        for place, start in enumerate(starts)
        for code, state in enumerate(STATES)
        if number[place, code]
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["class_from", "class_to", "state", "cases", "outcome"])
    return table.astype({"class_to": "Int64"})


def _checked_classes(classes: Any) -> np.ndarray:
    try:
        steps = np.array([int(one) for one in classes if int(one) == one], dtype="int64")
        fits = (
            len(steps) == len(list(classes)) and (len(steps) == 0 or steps[0] >= 1) and bool((np.diff(steps) > 0).all())
        )
    except (TypeError, ValueError, OverflowError):
        fits = False
    if fits:
        return steps
    what = say("`classes` must be rising whole numbers from 1, such as (1, 2, 4).")
    problem = Problem("bad_classes", what, say("Found: {value}.", value=repr(classes)), column="classes")
    raise InputError(say("`{function}` can't compare these cases.", function="recovery_effect"), [problem])


def _require_states(cases: pd.DataFrame, rows: int) -> None:
    heading = say("`{function}` can't compare these cases.", function="recovery_effect")
    if cases.empty:
        what = say_count("{count} row, and none of them whole.", "{count} rows, and none of them whole.", rows)
        raise InputError(heading, [Problem("empty", what)])
    unknown = sorted(set(cases["state"]) - set(STATES))
    if unknown:
        what = say("There is no state {names}.", names=join_names(map(repr, unknown)))
        found = say("Known: {names}.", names=join_names(map(repr, STATES)))
        raise InputError(heading, [Problem("unknown_state", what, found, column="state")])
    negative = int((cases["prior_orders"] < 0).sum())
    if negative:
        what = say_count("{count} value of `{name}` is negative.", "{count} values of `{name}` are negative.", negative,
                         name="prior_orders")  # fmt: skip
        found = say("The smallest is {value}.", value=format_number(float(cases["prior_orders"].min())))
        raise InputError(heading, [Problem("negative", what, found, column="prior_orders")])
    if not (cases["state"] != "not_failed").any():
        what = say_count("{count} case, and nobody complained.", "{count} cases, and nobody complained.", len(cases))
        raise InputError(heading, [Problem("no_failures", what, column="state")])
