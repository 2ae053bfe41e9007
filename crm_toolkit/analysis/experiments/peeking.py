"""What peeking does: experiments whose effect is known, looked at many times.

Each run draws an experiment, looks at it after every batch of customers, and asks whether an ordinary interval, or the
always-valid one of `sequential`, leaves out 0. Without any effect each such finding is a false alarm: of an ordinary
interval looked at 20 times about one experiment in four has one, of the always-valid interval at most one in twenty.
With an effect the same table shows how soon it is found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.sequential import BURN_IN, CUSTOMERS, LOOKS, always_valid_half_width
from crm_toolkit.analysis.experiments.trial import LEVEL, figure, normal_quantile, refuse_numbers
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say

RUNS = Knob("runs", 1_000, 20, 100_000, 20, mark("Number of repetitions"), origin="convention")
MOST_LOOKS, MOST_DRAWS = 20_000_000, 50_000_000


@dataclass(frozen=True, eq=False)
class PeekingSimulation:
    """What peeking does to experiments whose effect is known.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per look: ``look``, ``customers``, ``peeking`` (share of runs in which an ordinary interval has left out
        0 at this look or before), ``single_look`` (share in which it does at this look), ``always_valid`` (share in
        which the always-valid interval has left out 0 so far).
    effect : float
        The true effect in standard deviations; with 0 every finding is a false alarm.
    runs, seed : int
    level : float
    mean_customers : float
        Customers that an always-valid test uses on average: to its finding, or all.
    """

    table: pd.DataFrame
    effect: float
    runs: int
    level: float
    seed: int
    mean_customers: float

    def reading(self) -> str:
        """The end of the simulation in words, in the reader's language."""
        last = self.table.iloc[-1]
        shares = {name: format_percent(float(last[name])) for name in ("peeking", "single_look", "always_valid")}
        if self.effect == 0:
            return say(
                "No effect, {looks} looks: {peeking} of the experiments are “significant” at some look, "
                "{single_look} at the last one alone, {always_valid} by the always-valid interval.",
                looks=format_number(len(self.table)), **shares,
            )  # fmt: skip
        return say(
            "Effect {effect} standard deviations, {looks} looks: a single look at the end finds it in {single_look}, "
            "the always-valid interval in {always_valid}, with {customers} customers on average.",
            effect=figure(self.effect), looks=format_number(len(self.table)), customers=figure(self.mean_customers, 3),
            **shares,
        )  # fmt: skip


def peeking_simulation(
    *,
    customers: int = int(CUSTOMERS.default),
    looks: int = int(LOOKS.default),
    effect: float = 0.0,
    runs: int = int(RUNS.default),
    level: float = LEVEL.default,
    kind: str = "normal",
    seed: int = 0,
) -> PeekingSimulation:
    """Run many experiments whose effect is known, look at each many times, and count the findings.

    Parameters
    ----------
    customers : int
        Customers of an experiment, half of them treated.
    looks : int
        Looks, evenly spread; at most half of the customers.
    effect : float
        True effect in standard deviations; 0 for none.
    runs, seed : int
        Number of experiments and the seed of their luck.
    level : float
        Confidence level, 0.5 to 0.999.
    kind : {"normal", "skewed"}
        Outcomes from a normal distribution, or from an exponential one, as of money.

    Returns
    -------
    PeekingSimulation

    Raises
    ------
    InputError
        If an option is not allowed, there are fewer than two customers of an arm between looks, or runs times looks
        exceed 20 million, or runs times customers of skewed outcomes 50 million.

    Examples
    --------
    >>> found = peeking_simulation(customers=2000, looks=20, runs=500, seed=1)
    >>> print(found.reading())
    No effect, 20 looks: 21.8% of the experiments are “significant” at some look, 4.4% at the last one alone, 0.6% by
    the always-valid interval.
    """
    require_choice("kind", kind, ("normal", "skewed"))
    people, times = int(CUSTOMERS.check(customers)), int(RUNS.check(runs))
    count, sure = int(LOOKS.check(looks)), LEVEL.check(level)
    problems = []
    if not (isinstance(effect, (int, float, np.floating)) and math.isfinite(effect)):
        problems.append(Problem("outside_range", say("`{name}` can't be {value}.", name="effect", value=repr(effect)),
                                column="effect"))  # fmt: skip
    if people // 2 < 2 * count:
        what = say("Each look needs at least two new customers in each arm.")
        problems.append(Problem("too_many", what, advice=say("Ask for fewer looks."), column="looks"))
    if times * count > MOST_LOOKS:
        what = say("{runs} runs times {looks} looks are more than {most}.", runs=format_number(times),
                   looks=format_number(count), most=format_number(MOST_LOOKS))  # fmt: skip
        problems.append(Problem("too_many", what, advice=say("Ask for fewer."), column="runs"))
    if kind == "skewed" and times * people > MOST_DRAWS:
        what = say("{runs} runs times {customers} customers are more than {most}.", runs=format_number(times),
                   customers=format_number(people), most=format_number(MOST_DRAWS))  # fmt: skip
        problems.append(Problem("too_many", what, advice=say("Ask for fewer."), column="runs"))
    refuse_numbers(problems, asked_by="peeking_simulation")
    sizes = np.diff(np.linspace(0, people // 2, count + 1).astype(int)).astype(float)
    luck = np.random.default_rng(seed)
    n = np.cumsum(sizes)
    means, squares = [], []
    for shift in (float(effect), 0.0):
        sums, rest = _batches(luck, sizes, times, kind)
        total = np.cumsum(sums + shift * sizes, axis=1)
        inner = rest + (sums / sizes + shift) ** 2 * sizes
        means.append(total / n)
        squares.append(np.maximum(np.cumsum(inner, axis=1) - total**2 / n, 0.0) / (n - 1))
    estimate, variance = means[0] - means[1], (squares[0] + squares[1]) / n
    out = np.abs(estimate) > normal_quantile(sure) * np.sqrt(variance)
    half = np.asarray(always_valid_half_width(variance, n / n[-1], sure))
    found = np.logical_or.accumulate((np.abs(estimate) > half) & (n >= BURN_IN.default), axis=1)
    used = np.where(found.any(axis=1), n[found.argmax(axis=1)], n[-1]) * 2
    table = pd.DataFrame(
        {
            "look": np.arange(1, count + 1),
            "customers": (2 * n).astype("int64"),
            "peeking": np.logical_or.accumulate(out, axis=1).mean(axis=0),
            "single_look": out.mean(axis=0),
            "always_valid": found.mean(axis=0),
        }
    )
    return PeekingSimulation(table, float(effect), times, sure, int(seed), float(used.mean()))


def _batches(luck: np.random.Generator, sizes: np.ndarray, times: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Sum and inner sum of squares of every batch of customers, mean 0 and variance 1, drawn as such."""
    shape = (times, len(sizes))
    if kind == "normal":
        sums = luck.standard_normal(shape) * np.sqrt(sizes)
        return sums, luck.chisquare(np.maximum(sizes - 1, 1), shape) * (sizes > 1)
    sums, rest = np.empty(shape), np.empty(shape)
    for place, size in enumerate(sizes.astype(int)):
        drawn = luck.standard_exponential((times, size)) - 1.0
        sums[:, place] = drawn.sum(axis=1)
        rest[:, place] = ((drawn - drawn.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return sums, rest
