"""Looking at an experiment every day without fooling oneself: always-valid intervals.

An ordinary 95 % interval errs in 5 % of experiments if it is looked at once, at a size fixed in advance. Who looks
every day and stops at the first p < 0.05 has many chances to err: with looks enough, most experiments without any
effect are “significant” at some time. `peeking_simulation` in `peeking` shows it.

An always-valid interval (a confidence sequence) holds at all looks together: the chance that it *ever* leaves out the
truth is at most 1 − level. It comes from Robbins' (1970) normal mixture, the statistic of the mixture sequential
probability ratio test (Johari, Koomen, Pekelis and Walsh 2022): with the estimate θ̂ and its variance V at a look,

    half-width² = V · (1 + 1/η) · (2·ln(1/α) + ln(1 + η)),   Λ = exp(½ · η/(1+η) · θ̂²/V) / √(1 + η),

η = η* · m / m_planned, where m = n₁·n₀/(n₁+n₀) is how much the look knows. η* makes the interval narrowest at the
planned size: η* = 2·ln(1/α) + ln(1 + η*), 8.2 for α = 0.05; there it is about half again as wide as an ordinary
interval, which is the price of looking whenever one likes. The p-value is the smallest 1/Λ so far and never grows.

The guarantee is asymptotic in the size of the first look (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024): means
need some customers before it holds, hence ``burn_in``, a convention. Variances are estimated from the data; of shares
with half a success and half a failure more in each arm, so that an early 0 of 50 does not count as certainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    normal_quantile,
    numbers,
    p_words,
    read_columns,
    refuse,
    two_arms,
)
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

BURN_IN = Knob("burn_in", 50, 2, 100_000, 1, mark("Customers in each arm before the first look"), origin="convention",
               reference="the guarantee is asymptotic; more for skewed amounts")  # fmt: skip
LOOKS = Knob("looks", 20, 1, 10_000, 1, mark("Number of looks at the results"), origin="convention")
CUSTOMERS = Knob("customers", 2_000, 20, 10_000_000, 20, mark("Customers of the experiment"), origin="convention")


@dataclass(frozen=True, eq=False)
class SequentialTest:
    """An experiment followed look by look.

    Parameters
    ----------
    path : pandas.DataFrame
        One row per look: ``look`` (from 1), ``upto`` (the value of the column of order), ``treated_n``, ``control_n``,
        ``estimate``, ``low``, ``high`` (always valid), ``fixed_low``, ``fixed_high`` (valid for a single look only),
        ``p_always``, ``p_fixed``.
    metric : str
    kind : {"mean", "rate"}
    treated, control : object
    level : float
    planned : int
        Customers of both arms at which the interval is narrowest.
    stopped : int or None
        The first look at which the always-valid interval leaves out 0; ``None`` if none does.
    fixed_stopped : int or None
        The same of the ordinary interval: where a peeker would have stopped, without a guarantee.
    left_out : int
        Rows of other arms, without an arm or without a moment.
    """

    path: pd.DataFrame
    metric: str
    kind: str
    treated: Any
    control: Any
    level: float
    planned: int
    stopped: int | None
    fixed_stopped: int | None
    left_out: int

    def reading(self) -> str:
        """The state at the last look in words, in the reader's language."""
        last = self.path.iloc[-1]
        first = say_count(
            "After {count} look, {customers} customers: difference {estimate}, always-valid {level} interval from "
            "{low} to {high}, {p}.",
            "After {count} looks, {customers} customers: difference {estimate}, always-valid {level} interval from "
            "{low} to {high}, {p}.",
            len(self.path), customers=format_number(int(last["treated_n"] + last["control_n"])),
            estimate=figure(last["estimate"]), low=figure(last["low"]), high=figure(last["high"]),
            level=format_percent(self.level, 0), p=p_words(float(last["p_always"])),
        )  # fmt: skip
        if self.stopped is None:
            second = say("It has held 0 at every look: go on, or stop without a finding.")
        else:
            second = say("It left out 0 at look {look}: you may stop there and keep the guarantee.", look=self.stopped)
        if self.fixed_stopped is not None and self.fixed_stopped != self.stopped:
            second += " " + say("An ordinary interval, looked at each time, left out 0 at look {look} already; "
                                "that is no evidence.", look=self.fixed_stopped)  # fmt: skip
        return f"{first} {second}"


def always_valid_means(
    table: Any,
    outcome: str,
    order: str,
    arm: str = "arm",
    *,
    planned: int | None = None,
    looks: int | None = None,
    control: Any = None,
    treated: Any = None,
    burn_in: int = int(BURN_IN.default),
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> SequentialTest:
    """Follow the difference of two means as customers come in, with intervals that allow looking at any time.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer whose outcome is known.
    outcome : str
        Column of numbers.
    order : str
        Column that says when the outcome was known (dates, or numbers); rows of the same value come in together.
    arm : str
        Column of the arm. Rows without one, or without a moment, are left out and counted.
    planned : int, optional
        Customers of both arms at which the interval shall be narrowest; fix it before the start. By default the
        customers of the table, which a running experiment does not know yet.
    looks : int, optional
        How many looks, evenly spread over the customers; by default one at each value of ``order``.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    burn_in : int
        Customers that each arm must have before the first look.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    SequentialTest
        In the outcome's unit.

    Raises
    ------
    InputError
        If a column is missing or wrong, an arm is empty, all values are equal, or no look has ``burn_in`` customers in
        each arm.

    References
    ----------
    Robbins, H. (1970). Statistical Methods Related to the Law of the Iterated Logarithm. Annals of Mathematical
    Statistics 41, 1397–1409. Johari, R., Koomen, P., Pekelis, L., Walsh, D. (2022). Always Valid Inference. Operations
    Research 70, 1806–1821. Waudby-Smith, I. and others (2024). Time-Uniform Central Limit Theory and Asymptotic
    Confidence Sequences. Annals of Statistics 52, 2613–2640.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(5)
    >>> table = pd.DataFrame({"day": np.repeat(range(1, 21), 100), "arm": luck.integers(0, 2, 2000)})
    >>> table["spend"] = luck.normal(10, 4, 2000) + table["arm"]
    >>> test = always_valid_means(table, "spend", "day")
    >>> test.stopped, len(test.path)
    (3, 19)
    """
    return _followed(table, outcome, order, arm, "mean", planned, looks, control, treated, burn_in, level, customer,
                     "always_valid_means")  # fmt: skip


def always_valid_rates(
    table: Any,
    outcome: str,
    order: str,
    arm: str = "arm",
    *,
    planned: int | None = None,
    looks: int | None = None,
    control: Any = None,
    treated: Any = None,
    burn_in: int = int(BURN_IN.default),
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> SequentialTest:
    """Follow the difference of two shares as customers come in, with intervals that allow looking at any time.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer whose outcome is known.
    outcome : str
        Column of 0 and 1, or of flags.
    order, arm, planned, looks, control, treated, burn_in, level, customer
        As in `always_valid_means`.

    Returns
    -------
    SequentialTest
        Fractions; intervals are held within −1 and 1.

    Raises
    ------
    InputError
        As `always_valid_means`, and if the outcome is not 0 or 1.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> luck = np.random.default_rng(1)
    >>> table = pd.DataFrame({"day": np.repeat(range(1, 21), 200), "arm": luck.integers(0, 2, 4000)})
    >>> table["bought"] = luck.random(4000) < 0.10
    >>> test = always_valid_rates(table, "bought", "day")
    >>> print(test.stopped)
    None
    """
    return _followed(table, outcome, order, arm, "rate", planned, looks, control, treated, burn_in, level, customer,
                     "always_valid_rates")  # fmt: skip


def mixture_factor(level: float) -> float:
    """η* of the narrowest interval at the planned size: η = 2·ln(1/α) + ln(1 + η).

    >>> round(mixture_factor(0.95), 3)
    8.212
    """
    wanted = -2 * math.log(1 - level)
    eta = wanted + 1
    for _ in range(100):
        eta = wanted + math.log1p(eta)
    return eta


def always_valid_half_width(
    variance: np.ndarray | float, information: np.ndarray | float, level: float
) -> np.ndarray | float:
    """Half the width of the interval; ``information`` is m / m_planned, a fraction of the planned size.

    >>> round(float(always_valid_half_width(1.0, 1.0, 0.95)), 2)  # an ordinary interval has 1.96
    3.04
    """
    eta = mixture_factor(level) * np.asarray(information)
    return np.sqrt(variance * (1 + 1 / eta) * (-2 * math.log(1 - level) + np.log1p(eta)))


def always_valid_p(
    estimate: np.ndarray, variance: np.ndarray, information: np.ndarray, level: float, axis: int = -1
) -> np.ndarray:
    """1/Λ of every look, the smallest so far."""
    eta = mixture_factor(level) * information
    ratio = 0.5 * eta / (1 + eta) * estimate**2 / variance - 0.5 * np.log1p(eta)
    return np.minimum.accumulate(np.exp(-np.maximum(ratio, 0.0)), axis=axis)


def _followed(
    table: Any, outcome: str, order: str, arm: str, kind: str, planned: int | None, looks: int | None, control: Any,
    treated: Any, burn_in: int, level: float, customer: str, asked_by: str,
) -> SequentialTest:  # fmt: skip
    sure, first_look = LEVEL.check(level), int(BURN_IN.check(burn_in))
    wanted_looks = None if looks is None else int(LOOKS.check(looks))
    plan = None if planned is None else int(CUSTOMERS.check(planned))
    frame, problems = read_columns(table, [outcome, order, arm], asked_by=asked_by, unit=customer, numeric=[outcome])
    value = numbers(frame, outcome, problems, binary=kind == "rate")
    when = frame[order]
    if not (pd.api.types.is_numeric_dtype(when) or pd.api.types.is_datetime64_any_dtype(when)):
        moments = pd.to_datetime(when, errors="coerce")
        if moments.isna().sum() > when.isna().sum():
            what = say("The column `{name}` must hold dates or numbers.", name=order)
            problems.append(Problem("wrong_kind", what, column=order))
        when = moments
    elif pd.api.types.is_numeric_dtype(when):
        values: np.ndarray = when.to_numpy(dtype="float64", na_value=np.nan)
        endless = int(np.isinf(values).sum())
        if endless:
            what = say_count("{count} value of `{name}` is missing or infinite.",
                             "{count} values of `{name}` are missing or infinite.", endless, name=order)  # fmt: skip
            problems.append(Problem("unsound_number", what, column=order))
    first, second, chosen, base = two_arms(frame, arm, control, treated, problems)
    used = (first | second) & when.notna().to_numpy()
    refuse(problems, asked_by=asked_by)
    place = np.argsort(when[used].to_numpy(), kind="stable")
    moment = when[used].to_numpy()[place]
    y, t = value[used][place], first[used][place]
    ends = np.flatnonzero(np.r_[moment[1:] != moment[:-1], True]) if len(moment) else np.array([], dtype=int)
    if wanted_looks is not None and len(ends):
        targets = np.linspace(len(y) / wanted_looks, len(y), wanted_looks)
        ends = np.unique(ends[np.minimum(np.searchsorted(ends + 1, targets - 1e-9), len(ends) - 1)])
    centre = float(y.mean()) if len(y) else 0.0
    n1, n0 = np.cumsum(t)[ends], np.cumsum(~t)[ends]
    ready = (n1 >= first_look) & (n0 >= first_look)
    if not ready.any():
        largest = (int(n1[-1]), int(n0[-1])) if len(ends) else (0, 0)
        what = say("No look has {burn_in} customers in each arm.", burn_in=format_number(first_look))
        found = say("At the end there are {treated} treated and {control} of the control group.",
                    treated=format_number(largest[0]), control=format_number(largest[1]))  # fmt: skip
        refuse([Problem("too_few", what, found, say("Wait for more customers."), column="burn_in")], asked_by=asked_by)
    z = y - centre
    sums = [np.cumsum(np.where(mask, part, 0.0))[ends][ready] for mask in (t, ~t) for part in (z, z * z)]
    ends, n1, n0 = ends[ready], n1[ready].astype(float), n0[ready].astype(float)
    m1, m0 = sums[0] / n1, sums[2] / n0
    if kind == "rate":
        shares = [(mean + centre, n) for mean, n in ((m1, n1), (m0, n0))]
        smooth = [((p * n + 0.5) / (n + 1), n) for p, n in shares]
        variance = sum((p * (1 - p) / n for p, n in smooth), np.zeros(len(n1)))
    else:
        spread = [np.maximum(ss - n * m * m, 0.0) / (n - 1) / n for ss, m, n in ((sums[1], m1, n1), (sums[3], m0, n0))]
        variance = spread[0] + spread[1]
        if (variance <= (1e-13 * max(float(np.abs(y).max()), 1e-300)) ** 2).any():
            what = say("All values of `{name}` are equal within both arms.", name=outcome)
            refuse([Problem("constant", what, advice=say("Ask for a later first look: `burn_in=…`."), column=outcome)],
                   asked_by=asked_by)  # fmt: skip
    everyone = len(y) if plan is None else plan
    share = n1[-1] / (n1[-1] + n0[-1])
    information = n1 * n0 / (n1 + n0) / (everyone * share * (1 - share))
    estimate = m1 - m0
    half, fixed = always_valid_half_width(variance, information, sure), normal_quantile(sure) * np.sqrt(variance)
    limit = 1.0 if kind == "rate" else np.inf
    from scipy.special import erfc

    path = pd.DataFrame(
        {
            "look": np.arange(1, len(ends) + 1),
            "upto": moment[ends],
            "treated_n": n1.astype("int64"),
            "control_n": n0.astype("int64"),
            "estimate": estimate,
            "low": np.maximum(estimate - half, -limit),
            "high": np.minimum(estimate + half, limit),
            "fixed_low": np.maximum(estimate - fixed, -limit),
            "fixed_high": np.minimum(estimate + fixed, limit),
            "p_always": always_valid_p(estimate, variance, information, sure),
            "p_fixed": erfc(np.abs(estimate) / np.sqrt(2 * variance)),
        }
    )
    return SequentialTest(
        path, outcome, kind, chosen, base, sure, everyone, _first(path["low"], path["high"]),
        _first(path["fixed_low"], path["fixed_high"]), int(len(frame) - used.sum()),
    )  # fmt: skip


def _first(low: pd.Series, high: pd.Series) -> int | None:
    """The first look whose interval leaves out 0."""
    out = ((low > 0) | (high < 0)).to_numpy()
    return int(out.argmax()) + 1 if out.any() else None
