"""How regularly do customers buy: which k belongs into BG/CNBD-k?

If the times between purchases of a customer are gamma distributed with shape k and a rate of their own, then

k = 1   purchases come by chance (Poisson); the time since the last one says nothing about the next
k > 1   purchases are spaced: two soon after each other are rare
k < 1   purchases come in bursts

Two estimates that need no rates. Wheat and Morrison (1990): of the last two times between purchases the first one's
share M of both is beta(k, k), so that Var M = 1 / (4 (2k + 1)) and k = (1 - 4 Var M) / (8 Var M); the variance is taken
around 1/2, M and 1 - M being equally likely. Dirichlet: all times of a customer, divided by their sum, are
Dirichlet(k, …, k) whatever the rate, and k is where the likelihood of all customers is highest.

The time from the last purchase to the end of observation takes no part in either, so long times are somewhat rare among
those counted and k comes out a little too high where customers made few purchases. `regularity_profile` fits
BG/CNBD-k itself for k = 1, 2, …, where nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.analysis.btyd.bgnbd import fit_bgcnbd
from crm_toolkit.analysis.lines import as_day, checked, require_purchases, used_lines
from crm_toolkit.analysis.purchases import UNIT_DAYS
from crm_toolkit.analysis.value_formulas import require_choice, require_numbers
from crm_toolkit.engines import laid_out
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count

Floats = NDArray[np.float64]

METHODS = ("wheat_morrison", "dirichlet")
MIN_CUSTOMERS = 30  # convention, as for the models
_NEEDED = ("customer_id", "ordered_at", "amount")


@dataclass(frozen=True)
class PurchaseRegularity:
    """How regular the times between purchases are.

    Parameters
    ----------
    estimate : float
        k, above 0; 1 is chance.
    low, high : float
        Interval that covers k in the share ``level`` of samples of customers; ``low`` from 0.
    level : float
        0 to 1.
    method : {"wheat_morrison", "dirichlet"}
    customers, intervals : int
        Customers with three purchase days or more, and the times between purchases that were used.
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str
    customers: int
    intervals: int

    @property
    def whole(self) -> int:
        """The nearest k that `fit_bgcnbd` takes, 1 to 20."""
        return int(np.clip(round(self.estimate), 1, 20))


def purchase_regularity(
    purchases: Any, *, as_of: Any, method: str = "wheat_morrison", level: float = 0.95
) -> PurchaseRegularity:
    """Estimate how regularly customers buy.

    Parameters
    ----------
    purchases : frame, relation or path
        Lines with ``customer_id``, ``ordered_at`` (datetime), ``amount`` (currency units). All purchases of a day are
        one; returns are none.
    as_of : date, datetime or str
        Last day of observation.
    method : {"wheat_morrison", "dirichlet"}
        The head of this module says both exactly.
    level : float
        Of the interval, 0 to 1.

    Returns
    -------
    PurchaseRegularity

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an option is not allowed, fewer than 30 customers have three
        purchase days, or all times between purchases of every customer are equal.

    References
    ----------
    Wheat, R. D. and Morrison, D. G. (1990). Estimating Purchase Regularity with Two Interpurchase Times. Journal of
    Marketing Research 27 (1), 87–93.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> days = np.round(luck.gamma(3.0, 10.0, (200, 6)).cumsum(axis=1))
    >>> purchases = pd.DataFrame({"customer_id": np.repeat(np.arange(200), 6), "amount": 1.0})
    >>> purchases["ordered_at"] = pd.Timestamp("2022-01-01") + pd.to_timedelta(days.ravel(), unit="D")
    >>> found = purchase_regularity(purchases, as_of="2024-12-31")
    >>> found.low < 3 < found.high, found.whole
    (True, 3)
    """
    asked_by = "purchase_regularity"
    require_choice("method", method, METHODS)
    require_numbers(asked_by, level=(level, 0.01, 0.9999))
    customer, gap = _gaps(purchases, as_of, asked_by)
    last = _last_places(customer)
    several = np.bincount(customer)[customer[last]] >= 2
    people = int(several.sum())
    if people < MIN_CUSTOMERS:
        what = say_count(
            "{count} customer has three purchase days or more; at least {least} are needed.",
            "{count} customers have three purchase days or more; at least {least} are needed.",
            people,
            least=MIN_CUSTOMERS,
        )
        advice = say("Observe longer, or take k = 1: BG/NBD.")
        raise InputError(_heading(asked_by), [Problem("too_few_repeats", what, advice=advice)])
    if method == "wheat_morrison":
        late = last[several]
        off = gap[late - 1] / (gap[late - 1] + gap[late]) - 0.5
        variance, intervals = float((off**2).mean()), 2 * people
        error = float((off**2).std()) / np.sqrt(people)
        estimate = _k_of(variance, asked_by)
        reach = _reach(level) * error / (8 * max(variance, 1e-300) ** 2)  # dk / dV = -1 / (8 V²)
    else:
        kept = np.bincount(customer)[customer] >= 2
        estimate, error, intervals = *_dirichlet(customer[kept], gap[kept], asked_by), int(kept.sum())
        reach = _reach(level) * error
    return PurchaseRegularity(
        estimate, float(max(estimate - reach, 0.0)), float(estimate + reach), level, method, people, intervals
    )


def regularity_profile(
    purchases: Any, *, as_of: Any, unit: str = "week", most: int = 4, leaves_at_first: bool = False
) -> pd.DataFrame:
    """Fit BG/CNBD-k for k = 1, 2, … and say how well each k fits.

    Parameters
    ----------
    purchases : frame, relation or path
        As for `purchase_regularity`.
    as_of : date, datetime or str
        Last day of observation.
    unit : {"day", "week", "month"}
        Unit of time of the models.
    most : int
        The highest k, 1 to 20.
    leaves_at_first : bool
        Whether a customer may leave right after the first purchase: MBG/CNBD-k.

    Returns
    -------
    pandas.DataFrame
        One row per k: ``regularity`` (k), ``log_likelihood`` (of all moments of purchase, comparable between rows),
        ``below_best`` (how far below the best one, from 0), ``r``, ``alpha``, ``a``, ``b``.

    Raises
    ------
    InputError
        As `purchase_regularity` and `fit_bgcnbd`.

    References
    ----------
    Platzer, M. and Reutterer, T. (2016). Ticking Away the Moments. Marketing Science 35 (5), 779–799.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> stages = luck.gamma(2.0, 1.0, (400, 40)) / luck.gamma(2.0, 0.03, (400, 1))
    >>> days = np.column_stack([np.zeros(400), stages.cumsum(axis=1)]).round()
    >>> made = (days <= 365) & (np.arange(41) < 1 + luck.geometric(luck.beta(1.0, 4.0, (400, 1))))
    >>> customer, _ = np.nonzero(made)
    >>> purchases = pd.DataFrame({"customer_id": customer, "amount": 1.0})
    >>> purchases["ordered_at"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(days[made], unit="D")
    >>> profile = regularity_profile(purchases, as_of="2024-01-01", most=3)
    >>> profile.loc[profile["below_best"] == 0, "regularity"].tolist()
    [2]
    """
    from scipy.special import gammaln

    asked_by = "regularity_profile"
    require_choice("unit", unit, tuple(UNIT_DAYS))
    require_numbers(asked_by, most=(most, 1, 20))
    table, gaps = _summary(purchases, as_of, unit, asked_by)
    logs = float(np.log(gaps).sum())
    rows = []
    for k in range(1, int(most) + 1):
        model = fit_bgcnbd(table, regularity=k, leaves_at_first=leaves_at_first)
        # what a summary does not hold: the product of t^(k-1) / Γ(k) over the times between purchases
        height = model.log_likelihood + (k - 1) * logs - len(gaps) * float(gammaln(k))
        rows.append({"regularity": k, "log_likelihood": height, **model.parameters})
    profile = pd.DataFrame(rows)
    profile.insert(2, "below_best", profile["log_likelihood"].max() - profile["log_likelihood"])
    return profile


def _purchase_days(purchases: Any, as_of: Any, asked_by: str) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Customers as numbers from 0 and their purchase days, in order; and the last day of observation."""
    day = as_day(as_of, "as_of")
    with laid_out(purchases, _NEEDED, asked_by=asked_by) as desk:
        counts = checked(desk, _NEEDED, day, 2, asked_by=asked_by)
        require_purchases(counts, day, asked_by=asked_by)
        lines = used_lines(desk, day, 2, counts).filter(nw.col("bought")).select("customer_id", "day").unique()
        found = lines.collect("pyarrow").to_native().to_pandas()
    customer = pd.factorize(found["customer_id"])[0]
    days = found["day"].to_numpy().astype("datetime64[D]").astype("int64")
    order = np.lexsort((days, customer))
    return customer[order].astype("int64"), days[order], int(np.datetime64(day, "D").astype("int64"))


def _gaps(purchases: Any, as_of: Any, asked_by: str) -> tuple[NDArray[np.int64], Floats]:
    """Times between purchases in days, with the customer of each, in order."""
    customer, days, _ = _purchase_days(purchases, as_of, asked_by)
    same = customer[1:] == customer[:-1]
    return customer[1:][same], np.diff(days)[same].astype("float64")


def _summary(purchases: Any, as_of: Any, unit: str, asked_by: str) -> tuple[pd.DataFrame, Floats]:
    """Frequency, recency and T of every customer, and all times between purchases, in units of time."""
    customer, days, end = _purchase_days(purchases, as_of, asked_by)
    begins = np.flatnonzero(np.diff(customer, prepend=-1))
    ends = np.append(begins[1:], len(customer)) - 1
    length = UNIT_DAYS[unit]
    table = pd.DataFrame(
        {
            "frequency": ends - begins,
            "recency": (days[ends] - days[begins]) / length,
            "T": (end - days[begins]) / length,
        }
    )
    same = customer[1:] == customer[:-1]
    return table, np.diff(days)[same] / length


def _last_places(customer: NDArray[np.int64]) -> NDArray[np.intp]:
    return np.flatnonzero(np.append(customer[1:] != customer[:-1], True)) if len(customer) else np.zeros(0, np.intp)


def _k_of(variance: float, asked_by: str) -> float:
    if variance <= 0:
        raise _all_equal(asked_by)
    return (1 - 4 * variance) / (8 * variance)


def _dirichlet(customer: NDArray[np.int64], gap: Floats, asked_by: str) -> tuple[float, float]:
    """The k of the highest likelihood by Newton's steps on ln k, and its standard error."""
    from scipy.special import psi, zeta

    _, who = np.unique(customer, return_inverse=True)
    many = np.bincount(who).astype("float64")
    logs = float(np.log(gap / np.bincount(who, weights=gap)[who]).sum())
    sizes, people = np.unique(many, return_counts=True)
    if logs + float((many * np.log(many)).sum()) > -1e-9:
        raise _all_equal(asked_by)
    k = 1.0
    for _ in range(100):
        slope = float((people * sizes * (psi(sizes * k) - psi(k))).sum()) + logs
        bend = float((people * (sizes**2 * zeta(2, sizes * k) - sizes * zeta(2, k))).sum())
        step = float(np.clip(-slope / (bend * k), -1.0, 1.0))
        k *= float(np.exp(step))
        if abs(step) < 1e-10:
            break
    return k, float(1 / np.sqrt(-bend))


def _reach(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def _heading(asked_by: str) -> str:
    return say("`{function}` can't be estimated.", function=asked_by)


def _all_equal(asked_by: str) -> InputError:
    what = say("The times between purchases of every customer are equal: purchases come like clockwork, k has no end.")
    return InputError(_heading(asked_by), [Problem("no_maximum", what)])
