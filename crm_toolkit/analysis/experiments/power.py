"""How many customers an experiment needs, what it will find, and what it can't see.

Power is the chance that a true effect is found. Three numbers hang together: the effect, the customers, the power; name
two and the third follows. The formulas are those of R's ``power.prop.test`` and ``power.t.test`` (two-sided, the other
tail left out), widened to arms of unequal size: with the share h of the control group, n₀ = h·N and n₁ = (1−h)·N,

    shares:  Φ( (|p₁−p₀| − z·√(p̄q̄(1/n₁+1/n₀))) / √(p₁q₁/n₁ + p₀q₀/n₀) ),
    means:   noncentral t with N − 2 degrees of freedom at δ / (σ·√(1/n₁+1/n₀)).

A covariate from before the assignment with correlation ρ (CUPED) leaves the share 1 − ρ² of the variance; so many of
the customers are needed.

A holdout of 10 % costs less than half and half in lost sales, and needs 1/(4·0.1·0.9) = 2.8 times the customers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import LEVEL, figure, normal_quantile, refuse_numbers
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say

POWER = Knob("power", 0.8, 0.01, 0.999, 0.01, mark("Power: chance to find the effect"), origin="convention",
             reference="Cohen 1988")  # fmt: skip
CONTROL_SHARE = Knob("control_share", 0.5, 0.001, 0.999, 0.01, mark("Share of customers in the control group"),
                     origin="convention", reference="half and half needs the fewest customers")  # fmt: skip
CORRELATION = Knob("correlation", 0.0, 0.0, 0.999, 0.05, mark("Correlation of the outcome with the covariate"),
                   origin="assumption", reference="0: no covariate")  # fmt: skip
MOST_CUSTOMERS = 1e12


@dataclass(frozen=True)
class ExperimentPlan:
    """Effect, customers and power that belong together.

    Parameters
    ----------
    kind : {"rate", "mean"}
    solved : {"customers", "power", "effect"}
        Which of the three was asked for.
    control_value, treated_value : float or None
        The two shares; ``None`` for means.
    effect : float
        The difference, in the metric's unit; of shares with its sign.
    customers : float
        Of both arms together, not rounded.
    treated_n, control_n : int
        Whole customers of each arm, rounded up.
    power, level, control_share : float
    sd : float or None
        Standard deviation, of means.
    correlation : float
        Of the covariate; 0 for none.
    """

    kind: str
    solved: str
    control_value: float | None
    treated_value: float | None
    effect: float
    customers: float
    treated_n: int
    control_n: int
    power: float
    level: float
    control_share: float
    sd: float | None
    correlation: float

    @property
    def per_arm(self) -> float:
        """Customers of the smaller arm, not rounded: R's ``n`` where both arms are equal."""
        return self.customers * min(self.control_share, 1 - self.control_share)

    def reading(self) -> str:
        """The plan in words, in the reader's language."""
        if self.kind == "rate" and self.control_value is not None and self.treated_value is not None:
            effect = say("from {control} to {treated}", control=format_percent(self.control_value, 2),
                         treated=format_percent(self.treated_value, 2))  # fmt: skip
        else:
            effect = say("of {effect} with a standard deviation of {sd}", effect=figure(self.effect),
                         sd=figure(self.sd))  # fmt: skip
        numbers = {
            "effect": effect, "treated": format_number(self.treated_n), "control": format_number(self.control_n),
            "power": format_percent(self.power), "level": format_percent(self.level, 0),
        }  # fmt: skip
        if self.solved == "customers":
            told = say("A change {effect} is found with a power of {power} at {level} confidence by {treated} treated "
                       "and {control} of the control group.", **numbers)  # fmt: skip
        elif self.solved == "power":
            told = say("{treated} treated and {control} of the control group find a change {effect} with a power of "
                       "{power} at {level} confidence.", **numbers)  # fmt: skip
        else:
            told = say("The smallest change that {treated} treated and {control} of the control group find with a "
                       "power of {power} at {level} confidence is one {effect}.", **numbers)  # fmt: skip
        if self.correlation:
            told += " " + say("A covariate with correlation {rho} is counted in; it leaves {share} of the variance.",
                              rho=format_number(self.correlation, 2),
                              share=format_percent(1 - self.correlation**2))  # fmt: skip
        return told


def plan_rates(
    control_rate: float,
    *,
    treated_rate: float | None = None,
    customers: float | None = None,
    power: float | None = None,
    level: float = LEVEL.default,
    control_share: float = CONTROL_SHARE.default,
    correlation: float = CORRELATION.default,
) -> ExperimentPlan:
    """Plan an experiment on a share: name two of the treated group's share, customers and power; get the third.

    Parameters
    ----------
    control_rate : float
        Share without the treatment, above 0 and below 1.
    treated_rate : float, optional
        Share with it.
    customers : float, optional
        Of both arms together, 4 or more.
    power : float, optional
        Chance to find the effect.
    level : float
        Confidence level of the test, two-sided.
    control_share : float
        Share of the customers in the control group.
    correlation : float
        Correlation of the outcome with a covariate from before the assignment.

    Returns
    -------
    ExperimentPlan
        Without ``treated_rate``: the smallest *rise* that is found.

    Raises
    ------
    InputError
        If not exactly two of the three are named, a number is not allowed, the shares are equal, or no share below 1
        can be found with so few customers.

    Examples
    --------
    >>> round(plan_rates(0.10, treated_rate=0.12, power=0.8).per_arm, 3)  # R: power.prop.test
    3840.847
    >>> print(plan_rates(0.10, customers=20_000, power=0.8, control_share=0.1).reading())
    The smallest change that 18,000 treated and 2,000 of the control group find with a power of 80.0% at 95% confidence
    is one from 10.00% to 12.10%.
    """
    asked_by = "plan_rates"
    problems = _one_unknown({"treated_rate": treated_rate, "customers": customers, "power": power})
    for name, value in (("control_rate", control_rate), ("treated_rate", treated_rate)):
        if value is not None and not _number(value, 0, 1):
            problems.append(_not_allowed(name, value, say("A value above 0 and below 1 is allowed.")))
    if not problems and treated_rate is not None and treated_rate == control_rate:
        what = say("Both shares are {value}: there is no effect to be found.", value=format_percent(control_rate, 2))
        problems.append(Problem("no_effect", what, column="treated_rate"))
    sure, share, rho = _options(level, control_share, correlation, customers, power, problems, asked_by)

    def chance(rate: float, people: float) -> float:
        return _rate_power(float(control_rate), rate, people, sure, share, rho)

    treated, people, chances = treated_rate, customers, power
    if people is None and treated is not None and chances is not None:
        goal = float(treated)
        people = _solved(lambda n: chance(goal, n), chances, 2.0, MOST_CUSTOMERS, "customers", asked_by)
        solved = "customers"
    elif treated is None and people is not None and chances is not None:
        size = float(people)
        treated = _solved(lambda rate: chance(rate, size), chances, control_rate + 1e-12, 1 - 1e-12, "effect", asked_by)
        solved = "effect"
    else:
        chances, solved = chance(float(treated or 0), float(people or 0)), "power"
    assert treated is not None
    assert people is not None
    return _plan("rate", solved, float(control_rate), float(treated), float(treated - control_rate), float(people),
                 float(chances), sure, share, None, rho)  # fmt: skip


def plan_means(
    sd: float,
    *,
    difference: float | None = None,
    customers: float | None = None,
    power: float | None = None,
    level: float = LEVEL.default,
    control_share: float = CONTROL_SHARE.default,
    correlation: float = CORRELATION.default,
) -> ExperimentPlan:
    """Plan an experiment on a mean: name two of the difference, customers and power; get the third.

    Parameters
    ----------
    sd : float
        Standard deviation of the outcome between customers, in its unit, above 0.
    difference : float, optional
        The effect, in the same unit; its sign does not matter.
    customers : float, optional
        Of both arms together, 4 or more.
    power : float, optional
        Chance to find the effect.
    level : float
        Confidence level of the test, two-sided.
    control_share : float
        Share of the customers in the control group.
    correlation : float
        Correlation of the outcome with a covariate from before the assignment (CUPED).

    Returns
    -------
    ExperimentPlan

    Raises
    ------
    InputError
        If not exactly two of the three are named, or a number is not allowed.

    Examples
    --------
    >>> round(plan_means(2, difference=0.5, power=0.8).per_arm, 4)  # R: power.t.test
    252.1281
    >>> round(plan_means(2, difference=0.5, power=0.8, correlation=0.6).per_arm, 4)  # about 64 % of that
    161.711
    """
    asked_by = "plan_means"
    problems = _one_unknown({"difference": difference, "customers": customers, "power": power})
    if not _number(sd, 0, 1e300):
        problems.append(_not_allowed("sd", sd, say("A number above 0 is allowed.")))
    if difference is not None and not (_number(difference, -1e300, 1e300) and difference):
        problems.append(_not_allowed("difference", difference, say("A number other than 0 is allowed.")))
    sure, share, rho = _options(level, control_share, correlation, customers, power, problems, asked_by)
    spread = float(sd) * math.sqrt(1 - rho**2)

    def chance(effect: float, people: float) -> float:
        return _mean_power(abs(effect) / spread, people, sure, share)

    effect, people, chances = difference, customers, power
    if people is None and effect is not None and chances is not None:
        goal = float(effect)
        people = _solved(lambda n: chance(goal, n), chances, 2.0 + 1e-6, MOST_CUSTOMERS, "customers", asked_by)
        solved = "customers"
    elif effect is None and people is not None and chances is not None:
        size = float(people)
        effect = _solved(lambda one: chance(one, size), chances, 1e-9 * spread, 1e4 * spread, "effect", asked_by)
        solved = "effect"
    else:
        chances, solved = chance(float(effect or 0), float(people or 0)), "power"
    assert effect is not None
    assert people is not None
    return _plan("mean", solved, None, None, float(effect), float(people), float(chances), sure, share, float(sd), rho)


def power_table(
    customers: Sequence[float],
    effects: Sequence[float],
    *,
    control_rate: float | None = None,
    sd: float | None = None,
    level: float = LEVEL.default,
    control_share: float = CONTROL_SHARE.default,
    correlation: float = CORRELATION.default,
) -> pd.DataFrame:
    """Power for several sizes of the experiment and several effects: the curves of a plan.

    Parameters
    ----------
    customers : sequence of float
        Of both arms together, 4 or more each.
    effects : sequence of float
        Differences, in the metric's unit; of shares as fractions, such as 0.02 for two percentage points.
    control_rate : float, optional
        Of an experiment on a share.
    sd : float, optional
        Of an experiment on a mean. One of the two must be named.
    level, control_share, correlation
        As in `plan_rates`.

    Returns
    -------
    pandas.DataFrame
        ``effect``, ``customers``, ``power``: a row for each pair.

    Raises
    ------
    InputError
        If not one of ``control_rate`` and ``sd`` is named, nothing is asked for, or a number is not allowed.

    Examples
    --------
    >>> print(power_table([2000, 8000], [0.02], control_rate=0.10).round(3).to_string(index=False))
     effect  customers  power
       0.02     2000.0  0.298
       0.02     8000.0  0.816
    """
    asked_by = "power_table"
    problems = []
    if (control_rate is None) == (sd is None):
        what = say("Name either `control_rate` or `sd`.")
        problems.append(Problem("one_of_two", what, column="control_rate"))
    for name, values in (("customers", customers), ("effects", effects)):
        if isinstance(values, (str, bytes)) or not len(values):
            problems.append(_not_allowed(name, values, say("One or more numbers are needed.")))
    refuse_numbers(problems, asked_by=asked_by)
    shared: dict[str, Any] = {"level": level, "control_share": control_share, "correlation": correlation}
    rows = []
    for effect in effects:
        for people in customers:
            if sd is not None:
                plan = plan_means(sd, difference=effect, customers=people, **shared)
            else:
                rate = float(control_rate or 0)
                plan = plan_rates(rate, treated_rate=rate + effect, customers=people, **shared)
            rows.append((float(effect), float(people), plan.power))
    return pd.DataFrame(rows, columns=["effect", "customers", "power"])


def _rate_power(p0: float, p1: float, people: float, level: float, share: float, rho: float) -> float:
    n0, n1 = people * share, people * (1 - share)
    whole = share * p0 + (1 - share) * p1
    left = math.sqrt(1 - rho**2)
    under = math.sqrt(whole * (1 - whole) * (1 / n1 + 1 / n0)) * left
    apart = math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * left
    return 0.5 * math.erfc(-(abs(p1 - p0) - normal_quantile(level) * under) / apart / math.sqrt(2))


def _mean_power(effect: float, people: float, level: float, share: float) -> float:
    """Noncentral t; where it has degrees of freedom in millions, the normal distribution is the same."""
    from scipy.special import nctdtr, stdtrit

    away = effect / math.sqrt(1 / (people * (1 - share)) + 1 / (people * share))
    df = people - 2
    if away > 37:
        return 1.0
    border = float(stdtrit(df, (1 + level) / 2))
    if df > 1e6:
        return 0.5 * math.erfc((border - away) / math.sqrt(2))
    return float(1 - nctdtr(df, away, border))


def _solved(
    power_at: Callable[[float], float], wanted: float, low: float, high: float, what: str, asked_by: str
) -> float:
    """Where the power, growing in its argument, reaches what is wanted; on a logarithmic scale for customers."""
    from scipy.optimize import brentq

    if power_at(high) < wanted:
        told = {
            "customers": say("Even {most} customers do not reach this power.", most=format_number(MOST_CUSTOMERS)),
            "effect": say("So few customers do not reach this power, whatever the effect."),
        }[what]
        advice = say("Ask for a lower power or for more customers.")
        refuse_numbers([Problem("out_of_reach", told, advice=advice)], asked_by=asked_by)
    if power_at(low) >= wanted:
        return low
    if what == "customers":
        return float(np.exp(brentq(lambda x: power_at(math.exp(x)) - wanted, math.log(low), math.log(high),
                                   xtol=1e-13, rtol=1e-14)))  # fmt: skip
    return float(brentq(lambda x: power_at(x) - wanted, low, high, xtol=1e-14, rtol=1e-13))


def _plan(
    kind: str, solved: str, control: float | None, treated: float | None, effect: float, people: float, power: float,
    level: float, share: float, sd: float | None, rho: float,
) -> ExperimentPlan:  # fmt: skip
    arms = [math.ceil(round(people * part, 6)) for part in (1 - share, share)]
    return ExperimentPlan(
        kind, solved, control, treated, effect, people, arms[0], arms[1], power, level, share, sd, rho
    )


def _one_unknown(three: dict[str, float | None]) -> list[Problem]:
    named = [name for name, value in three.items() if value is not None]
    if len(named) == 2:
        return []
    names = ", ".join(f"`{name}`" for name in three)
    what = say("Name exactly two of {names}; the third is the answer.", names=names)
    found = say("Named: {names}.", names=", ".join(f"`{name}`" for name in named) or "—")
    return [Problem("two_of_three", what, found)]


def _options(
    level: float, share: float, rho: float, customers: float | None, power: float | None, problems: list[Problem],
    asked_by: str,
) -> tuple[float, float, float]:  # fmt: skip
    if customers is not None and not _number(customers, 4, MOST_CUSTOMERS, ends=True):
        problems.append(_not_allowed("customers", customers, say("A number from 4 is allowed.")))
    if power is not None and not _number(power, POWER.low, POWER.high, ends=True):
        allowed = say("A value from {low} to {high} is allowed.", low=format_number(POWER.low),
                      high=format_number(POWER.high))  # fmt: skip
        problems.append(_not_allowed("power", power, allowed))
    refuse_numbers(problems, asked_by=asked_by)
    return LEVEL.check(level), CONTROL_SHARE.check(share), CORRELATION.check(rho)


def _number(value: Any, low: float, high: float, *, ends: bool = False) -> bool:
    if isinstance(value, (bool, str)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    return bool(low <= value <= high if ends else low < value < high)


def _not_allowed(name: str, value: Any, allowed: str) -> Problem:
    return Problem("outside_range", say("`{name}` can't be {value}.", name=name, value=repr(value)), allowed,
                   column=name)  # fmt: skip
