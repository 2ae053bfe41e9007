"""What a programme earned on its cost: ROI from an experiment, with an interval.

Customers were invited or held out by a lottery. Of every customer the margin *before* rewards and the cost of the
programme (rewards redeemed, messages, cost to serve where it differs) are known. Per invited customer

    incremental margin  Δm = mean margin of the invited − mean margin of the held out
    incremental cost    Δc = the same of the cost, plus fixed cost per invited customer
    net                 Δm − Δc,          ROI = (Δm − Δc)/Δc.

ROI is a ratio of two estimates; its interval is Fieller's (1954), which stays right where the cost is not known well,
and has no ends where the cost could be nothing. An interval for ROI is wide where that of the effect is: report it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.analysis.experiments.trial import (
    LEVEL,
    figure,
    normal_quantile,
    numbers,
    read_columns,
    refuse,
    two_arms,
)
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import Problem
from crm_toolkit.texts import format_percent, say


@dataclass(frozen=True)
class ProgrammeReturn:
    """What a programme brought and cost, per invited customer.

    Parameters
    ----------
    margin, margin_low, margin_high : float
        Incremental margin before rewards, currency units.
    cost : float
        Incremental cost, fixed cost included.
    net, net_low, net_high : float
        Margin less cost.
    roi : float
        (margin − cost)/cost.
    roi_low, roi_high : float or None
        Fieller's interval; ``None`` where it has no ends.
    invited, held_out : int
    level : float
    """

    margin: float
    margin_low: float
    margin_high: float
    cost: float
    net: float
    net_low: float
    net_high: float
    roi: float
    roi_low: float | None
    roi_high: float | None
    invited: int
    held_out: int
    level: float

    def reading(self) -> str:
        """The return in words, in the reader's language."""
        told = say("An invited customer brought {margin} more margin (from {low} to {high}) for a cost of {cost}: net "
                   "{net}, from {net_low} to {net_high}.", margin=figure(self.margin), low=figure(self.margin_low),
                   high=figure(self.margin_high), cost=figure(self.cost), net=figure(self.net),
                   net_low=figure(self.net_low), net_high=figure(self.net_high))  # fmt: skip
        if self.roi_low is None or self.roi_high is None:
            return told + " " + say("The cost is so uncertain that a return on it has no interval.")
        return told + " " + say("Return on cost {roi}, {level} interval from {low} to {high}.",
                                roi=format_percent(self.roi, 0), level=format_percent(self.level, 0),
                                low=format_percent(self.roi_low, 0), high=format_percent(self.roi_high, 0))  # fmt: skip


def programme_return(
    table: Any,
    margin: str = "margin",
    cost: str = "programme_cost",
    arm: str = "arm",
    *,
    fixed_cost: float = 0.0,
    control: Any = None,
    treated: Any = None,
    level: float = LEVEL.default,
    customer: str = "customer_id",
) -> ProgrammeReturn:
    """Work out what a programme earned on its cost, from customers invited by a lottery.

    Parameters
    ----------
    table : frame, relation or path
        One row per customer of the experiment.
    margin : str
        Column of the margin before rewards, currency units (0 for who bought nothing).
    cost : str
        Column of the cost of rewards, messages and additional service, currency units (0 in the holdout, as a rule).
    arm : str
        Column of the arm.
    fixed_cost : float
        Further cost of one invited customer, currency units.
    control, treated : optional
        Values of the two arms, as in `compare_means`.
    level : float
        Level of the intervals.
    customer : str
        Column of the customer; where the table has it, a customer who stands twice is refused.

    Returns
    -------
    ProgrammeReturn

    Raises
    ------
    InputError
        If a column is missing or wrong, an arm has fewer than two customers, or the programme costs nothing.

    References
    ----------
    Fieller, E. C. (1954). Some Problems in Interval Estimation. Journal of the Royal Statistical Society B 16, 175–185.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"arm": ["invited", "holdout"] * 50})
    >>> table["margin"] = [12, 10, 14, 10, 13, 13, 16, 11, 15, 11] * 10
    >>> table["programme_cost"] = [2, 0, 1, 0, 2, 0, 3, 0, 2, 0] * 10
    >>> found = programme_return(table)
    >>> found.margin, found.cost, found.roi, round(found.roi_low, 2), round(found.roi_high, 2)
    (3.0, 2.0, 0.5, 0.26, 0.74)
    """
    asked_by = "programme_return"
    sure = LEVEL.check(level)
    (fixed,) = require_numbers(asked_by, fixed_cost=(fixed_cost, 0, 1e12))
    frame, problems = read_columns(table, [margin, cost, arm], asked_by=asked_by, unit=customer, numeric=[margin, cost])
    earned, spent = numbers(frame, margin, problems), numbers(frame, cost, problems)
    first, second, _, _ = two_arms(frame, arm, control, treated, problems)
    if not problems and min(first.sum(), second.sum()) < 2:
        problems.append(Problem("too_few", say("Both arms need two customers or more."), column=arm))
    refuse(problems, asked_by=asked_by)
    z = normal_quantile(sure)
    more, price = (float(v[first].mean() - v[second].mean()) for v in (earned, spent))
    price += fixed
    if price <= 0:
        what = say("The programme cost nothing more than the holdout: a return on it is not defined.")
        refuse([Problem("nothing", what, column=cost)], asked_by=asked_by)
    both = [np.cov(np.stack([earned[mask], spent[mask]])) / mask.sum() for mask in (first, second)]
    cov = both[0] + both[1]
    net_se = math.sqrt(max(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1], 0.0))
    low, high = fieller(more, price, cov, z)
    se, net = math.sqrt(cov[0, 0]), more - price
    return ProgrammeReturn(
        more, more - z * se, more + z * se, price, net, net - z * net_se, net + z * net_se, more / price - 1,
        None if low is None else low - 1, None if high is None else high - 1, int(first.sum()), int(second.sum()), sure,
    )  # fmt: skip


def fieller(a: float, b: float, cov: np.ndarray, z: float) -> tuple[float | None, float | None]:
    """The interval of a/b: all ratios that a and b do not contradict; none where b is not clearly above 0."""
    square = b * b - z * z * cov[1, 1]
    if square <= 0:
        return None, None
    middle = a * b - z * z * cov[0, 1]
    root = middle**2 - square * (a * a - z * z * cov[0, 0])
    half = math.sqrt(max(root, 0.0))
    return float((middle - half) / square), float((middle + half) / square)
