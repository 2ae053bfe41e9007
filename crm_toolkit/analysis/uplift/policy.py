"""Whom to treat: the value of a rule, and the profit of treating the first so many.

A rule says for each customer: treat or not. Its value is the mean outcome if everybody were handled by it. An
experiment shows it although it followed another rule: those who by chance were handled as the rule would have it, each
weighted by one over the chance of that (inverse propensity weighting; sums of weights within those whom the rule treats
and within the others):

    V(π) = share·ȳ₁(treat) + (1 − share)·ȳ₀(leave) − cost·share.

Profit of treating the share s with the highest scores, with the margin m of a unit of outcome, the cost c of a contact
and the cost δ of a treated customer's outcome (such as the discount that everybody takes who stays):

    profit(s) = n·s·( m·(ȳ₁ − ȳ₀) − c − δ·ȳ₁ ).

The best share of a sample is a little too good: it was chosen as the best on the same customers. Choose it on one half
and measure it on the other. Intervals are normal (value) and bootstrap, each share by itself (profit).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    normal_quantile,
    numbers,
    probabilities,
    read_columns,
    refuse,
    refuse_numbers,
    treated_flag,
    two_sided_p,
)
from crm_toolkit.analysis.uplift.areas import drawn_sums, grouped_sums
from crm_toolkit.analysis.uplift.metrics import DRAWS, GRID, ranked_columns
from crm_toolkit.errors import Problem
from crm_toolkit.texts import format_percent, say


@dataclass(frozen=True)
class PolicyValue:
    """The value of a rule, and what it brings more than the two plain rules.

    Parameters
    ----------
    value, low, high : float
        Mean outcome per customer less the cost of treating, and its interval.
    share : float
        Share of the customers whom the rule treats.
    against_nobody, against_nobody_low, against_nobody_high, p_nobody : float
        Value less that of treating nobody.
    against_everybody, against_everybody_low, against_everybody_high, p_everybody : float
        Value less that of treating everybody.
    cost : float
        Of treating a customer, in the outcome's unit.
    customers : int
    level : float
    """

    value: float
    low: float
    high: float
    share: float
    against_nobody: float
    against_nobody_low: float
    against_nobody_high: float
    p_nobody: float
    against_everybody: float
    against_everybody_low: float
    against_everybody_high: float
    p_everybody: float
    cost: float
    customers: int
    level: float

    def reading(self) -> str:
        """The value in words, in the reader's language."""
        return say(
            "Treating {share} of the customers by this rule is worth {value} a customer ({level} interval from {low} "
            "to {high}): {nobody} more than treating nobody (from {nobody_low} to {nobody_high}), {everybody} more "
            "than treating everybody (from {everybody_low} to {everybody_high}).",
            share=format_percent(self.share), value=figure(self.value), level=format_percent(self.level, 0),
            low=figure(self.low), high=figure(self.high), nobody=figure(self.against_nobody),
            nobody_low=figure(self.against_nobody_low), nobody_high=figure(self.against_nobody_high),
            everybody=figure(self.against_everybody), everybody_low=figure(self.against_everybody_low),
            everybody_high=figure(self.against_everybody_high),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class TargetingProfit:
    """Profit by the share of customers who are treated.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for up to 100 shares and for 0: ``share``, ``targeted`` (customers), ``incremental`` (outcomes more than
        without treatment), ``profit``, ``low``, ``high`` (missing without draws), in the unit of the margin.
    best_share, best_profit : float
        The row with the highest profit; share 0 if treating never pays.
    profit_everybody : float
        Of treating everybody.
    margin, contact_cost, response_cost : float
    customers : int
    level : float
    draws, seed : int
    """

    table: pd.DataFrame
    best_share: float
    best_profit: float
    profit_everybody: float
    margin: float
    contact_cost: float
    response_cost: float
    customers: int
    level: float
    draws: int
    seed: int

    def reading(self) -> str:
        """The profit in words, in the reader's language."""
        if self.best_share == 0:
            told = say("Treating nobody is best: no share of the customers brings back what it costs.")
        else:
            told = say("The profit is highest, {profit}, if {share} of the customers are treated.",
                       profit=figure(self.best_profit), share=format_percent(self.best_share))  # fmt: skip
        return told + " " + say("Treating everybody brings {profit}.", profit=figure(self.profit_everybody))


def policy_value(
    table: Any,
    policy: str = "policy",
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    propensity: str | None = None,
    cost: float = 0.0,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> PolicyValue:
    """Find out from an experiment what a rule of treating would be worth.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    policy : str
        Column of 0 and 1, or of flags: whom the rule treats. It must not have been made with these outcomes.
    outcome : str
        Column of numbers.
    treated : str
        Column of 0 and 1, of flags, or of an arm with a control group: who really was treated.
    propensity : str, optional
        Column of the probability of being treated; without it all had the same.
    cost : float
        Of treating a customer, in the outcome's unit.
    level : float
        Confidence level, 0.5 to 0.999.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    PolicyValue
        Per customer, in the outcome's unit.

    Raises
    ------
    InputError
        If a column is missing or wrong, a propensity is not between 0 and 1, a group is empty, or nobody of those whom
        the rule treats was treated, or untreated, and likewise for the others.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "policy": [1] * 200 + [0] * 200,
    ...         "treated": [0, 1] * 200,
    ...         "outcome": [0, 1, 0, 0] * 50 + [1, 0, 1, 1] * 50,
    ...     }
    ... )
    >>> value = policy_value(table, cost=0.1)
    >>> round(value.value, 3), round(value.against_nobody, 3), round(value.against_everybody, 3)
    (0.7, 0.2, 0.3)
    """
    asked_by = "policy_value"
    sure = LEVEL.check(level)
    wanted = [policy, outcome, treated, *([propensity] if propensity else [])]
    numeric = [name for name in wanted if name != treated]
    frame, problems = read_columns(table, wanted, asked_by=asked_by, unit=customer, numeric=numeric)
    rule, y = numbers(frame, policy, problems, binary=True), numbers(frame, outcome, problems)
    t = treated_flag(frame, treated, problems)
    e = probabilities(frame, propensity, problems) if propensity else None
    if not _sound(cost):
        what = say("`{name}` can't be {value}.", name="cost", value=repr(cost))
        problems.append(Problem("outside_range", what, column="cost"))
    if not problems:
        if e is None:
            e = np.full(len(y), t.mean())
        for chosen, place in ((1, say("those whom the rule treats")), (0, say("those whom it leaves"))):
            for arm, name in ((1, say("treated")), (0, say("untreated"))):
                if (rule == chosen).any() and not ((rule == chosen) & (t == arm)).any():
                    what = say("In the arm “{name}” there is nobody of {place}.", place=place, name=name)
                    problems.append(Problem("no_overlap", what, column=policy))
    refuse(problems, asked_by=asked_by)
    assert e is not None
    n, price = len(y), float(cost)
    cell_mean, cell_influence = {}, {}
    for chosen in (1, 0):
        for arm in (1, 0):
            w = (rule == chosen) * (t == arm) / np.where(t == 1, e, 1 - e)
            mean = float((w * y).sum() / w.sum()) if w.any() else 0.0
            share = float((rule == chosen).mean())
            cell_mean[chosen, arm] = mean - (price if arm else 0.0)
            cell_influence[chosen, arm] = n * share * w * (y - mean) / w.sum() if w.any() else np.zeros(n)

    def outcome_of(arms: tuple[int, int]) -> tuple[float, np.ndarray]:
        """Value and influence of giving the rule's two groups these arms."""
        each = np.where(rule == 1, cell_mean[1, arms[0]], cell_mean[0, arms[1]])
        value = float(each.mean())
        return value, each - value + cell_influence[1, arms[0]] + cell_influence[0, arms[1]]

    value, influence = outcome_of((1, 0))
    z = normal_quantile(sure)
    half = z * float(np.sqrt((influence**2).sum())) / n
    compared: dict[str, float] = {}
    for name, arms in (("nobody", (0, 0)), ("everybody", (1, 1))):
        other, theirs = outcome_of(arms)
        se = float(np.sqrt(((influence - theirs) ** 2).sum())) / n
        gap = value - other
        p = two_sided_p(gap / se) if se > 0 else (1.0 if gap == 0 else 0.0)
        against = f"against_{name}"
        compared |= {against: gap, f"{against}_low": gap - z * se, f"{against}_high": gap + z * se, f"p_{name}": p}
    return PolicyValue(
        value=value, low=value - half, high=value + half, share=float(rule.mean()), cost=price, customers=n, level=sure,
        **compared,
    )  # fmt: skip


def targeting_profit(
    table: Any,
    score: str = "uplift",
    outcome: str = "outcome",
    treated: str = "treated",
    *,
    margin: float = 1.0,
    contact_cost: float,
    response_cost: float = 0.0,
    propensity: str | None = None,
    level: float = LEVEL.default,
    draws: int = int(DRAWS.default),
    seed: int = 0,
    customer: str = "customer_id",
) -> TargetingProfit:
    """Measure the profit of treating the customers with the highest scores, by how many.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    score : str
        Column of numbers: the higher, the sooner the customer is treated.
    outcome : str
        Column of 0 and 1 (bought, stayed), or of money.
    treated : str
        Column of 0 and 1, of flags, or of an arm with a control group.
    margin : float
        What a unit of the outcome is worth: the value of a customer who stays, or the margin rate of money.
    contact_cost : float
        Cost of treating a customer, 0 or more, in the unit of the margin.
    response_cost : float
        Cost of a treated customer per unit of outcome, 0 or more: a discount that everybody takes who buys or stays.
    propensity : str, optional
        Column of the probability of being treated, where it differs between customers.
    level : float
        Confidence level of the bootstrap intervals.
    draws, seed : int
        Bootstrap repetitions, 0 to 10,000, and the seed of their luck.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    TargetingProfit

    Raises
    ------
    InputError
        If a column is missing or wrong, a cost is negative, or a group is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "uplift": [9, 8, 7, 6, 5, 4, 3, 2],
    ...         "treated": [1, 0, 1, 0, 1, 0, 1, 0],
    ...         "outcome": [1, 0, 1, 0, 0, 0, 0, 1],
    ...     }
    ... )
    >>> profit = targeting_profit(table, margin=10, contact_cost=4, draws=0)
    >>> profit.best_share, profit.best_profit, profit.profit_everybody
    (0.5, 24.0, -12.0)
    """
    asked_by = "targeting_profit"
    sure, times = LEVEL.check(level), int(DRAWS.check(draws))
    problems = [
        Problem("outside_range", say("`{name}` can't be {value}.", name=name, value=repr(value)), column=name)
        for name, value, least in (("margin", margin, -np.inf), ("contact_cost", contact_cost, 0.0),
                                   ("response_cost", response_cost, 0.0))
        if not (_sound(value) and value >= least)
    ]  # fmt: skip
    refuse_numbers(problems, asked_by=asked_by)
    s, y, t, w = ranked_columns(table, score, outcome, treated, propensity, customer, asked_by)
    order = np.argsort(-s)
    s, y, t, w = s[order], y[order], t[order], w[order]
    ends = np.r_[np.flatnonzero(s[1:] != s[:-1]), len(s) - 1]
    grid = np.unique(np.searchsorted(ends + 1.0, np.linspace(len(s) / GRID, len(s), GRID) - 1e-9))
    bins = np.searchsorted(grid, np.repeat(np.arange(len(ends)), np.diff(np.r_[-1, ends])))
    sums = {f"{name}{arm}": np.bincount(bins[t == arm], weights=part[t == arm], minlength=len(grid))[None, :]
            for arm in (1, 0) for name, part in (("w", w), ("y", w * y), ("n", np.ones(len(s))))}  # fmt: skip
    prices = (float(margin), float(contact_cost), float(response_cost))
    targeted, incremental, profit = (part[0] for part in _profits(sums, prices))
    table_of = pd.DataFrame({"share": np.r_[0.0, targeted] / len(s), "targeted": np.r_[0, targeted].astype("int64"),
                             "incremental": np.r_[0.0, incremental], "profit": np.r_[0.0, profit]})  # fmt: skip
    table_of["low"] = table_of["high"] = np.nan
    if times:
        ordered = np.lexsort((y, t, bins))
        drawn = drawn_sums(
            grouped_sums(y[ordered], t[ordered], w[ordered], bins[ordered], len(grid), seed), times, seed
        )
        low, high = np.quantile(_profits(drawn, prices)[2], [(1 - sure) / 2, (1 + sure) / 2], axis=0)
        table_of["low"], table_of["high"] = np.r_[0.0, low], np.r_[0.0, high]
    best = int(table_of["profit"].to_numpy().argmax())
    return TargetingProfit(
        table_of, float(table_of["share"].iloc[best]), float(table_of["profit"].iloc[best]), float(profit[-1]), *prices,
        len(s), sure, times, seed,
    )  # fmt: skip


def _profits(
    sums: dict[str, np.ndarray], prices: tuple[float, float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Targeted, incremental outcomes and profit at every cut, for every draw."""
    margin, contact, response = prices
    y1, y0, w1, w0 = (np.cumsum(sums[name], axis=1) for name in ("y1", "y0", "w1", "w0"))
    targeted = np.cumsum(sums["n1"] + sums["n0"], axis=1)
    one = np.divide(y1, w1, out=np.zeros_like(y1), where=w1 > 0)
    incremental = (one - np.divide(y0, w0, out=np.zeros_like(y0), where=w0 > 0)) * targeted
    return targeted, incremental, margin * incremental - (contact + response * one) * targeted


def _sound(value: Any) -> bool:
    return (
        not isinstance(value, (bool, str))
        and isinstance(value, (int, float, np.integer, np.floating))
        and bool(np.isfinite(value))
    )
