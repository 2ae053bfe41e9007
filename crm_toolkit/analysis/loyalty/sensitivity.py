"""How much the economics of a programme hang on each number: tornado, two numbers at once, Monte Carlo.

Tornado. Every number is moved to both ends of its range, the others stay; the longest bar is the number to find out
first. The default range is a quarter up and down, which is an assumption and treats a well-known margin like a guessed
lift: give ranges of your own.

Monte Carlo. Behaviour is drawn from published findings (`effects`): one of the usable findings with equal chances,
since they disagree and none is the right one, its size times a factor evenly between 0.5 and 1.5 (an assumption: other
programmes are not that programme). What the firm knows of itself may be given as ranges, drawn evenly. The result is a
picture of our ignorance, no forecast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.experiments.trial import figure, refuse_numbers
from crm_toolkit.analysis.loyalty.economics import MEASURES, NUMBERS, ProgrammeEconomics
from crm_toolkit.analysis.loyalty.effects import EFFECTS, Effect
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say

STEP = Knob("step", 0.25, 0.01, 1.0, 0.01, mark("How far each number is moved"), mark("fraction"),
            origin="assumption")  # fmt: skip
DRAWS = Knob("draws", 4000, 100, 200_000, 100, mark("Number of draws"), origin="convention",
             reference="enough for two digits")  # fmt: skip
SPREAD = Knob("spread", 0.5, 0.0, 1.0, 0.05, mark("How far an effect may lie from the published one"),
              mark("fraction"), origin="assumption")  # fmt: skip


def tornado_table(
    economics: ProgrammeEconomics,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    *,
    measure: str = "value_change",
    step: float = STEP.default,
) -> pd.DataFrame:
    """Move every number of a programme to both ends of its range, one at a time.

    Parameters
    ----------
    economics : ProgrammeEconomics
        The programme in the middle.
    ranges : mapping of str to (float, float), optional
        Numbers to move with both ends; by default all that are not 0, by ``step`` of themselves, of retention by
        ``step`` of the share that leaves (an assumption).
    measure : {"value_change", "profit_change", "break_even_lift"}
        What is looked at.
    step : float
        Fraction by which numbers without a range are moved.

    Returns
    -------
    pandas.DataFrame
        ``number``, ``low``, ``high`` (its two values), ``at_low``, ``at_high`` (the measure there), ``base`` (the
        measure in the middle), ``swing`` (distance of the two); the longest first.

    Raises
    ------
    InputError
        If a number is unknown, a range is no range or leaves what is allowed.

    Examples
    --------
    >>> middle = ProgrammeEconomics(lift=0.05, retention_gain=0.01)
    >>> table = tornado_table(middle, {"lift": (0, 0.1), "spend": (300, 500)})
    >>> print(table.drop(columns="base").round(2).to_string(index=False))
    number   low  high  at_low  at_high  swing
      lift   0.0   0.1  -19.14    26.95  46.09
     spend 300.0 500.0    2.93     4.88   1.95
    """
    require_choice("measure", measure, tuple(MEASURES))
    share = STEP.check(step)
    if ranges is None:
        asked = {name: _stepped(economics, name, share) for name in NUMBERS}
        asked = {name: ends for name, ends in asked.items() if ends[0] < ends[1]}
    else:
        asked = {name: _ends(name, ends) for name, ends in ranges.items()}
    base, rows = economics.measure(measure), []
    for name, ends in asked.items():
        at = [economics.changed(**{name: value}).measure(measure) for value in ends]
        rows.append((name, *ends, *at, base, abs(at[1] - at[0])))
    names = ["number", "low", "high", "at_low", "at_high", "base", "swing"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["swing", "number"], ascending=[False, True], kind="stable", ignore_index=True)


def sensitivity_grid(
    economics: ProgrammeEconomics,
    x: str,
    xs: Sequence[float],
    y: str,
    ys: Sequence[float],
    *,
    measure: str = "value_change",
) -> pd.DataFrame:
    """The measure for every pair of two numbers: what a heat map shows.

    Parameters
    ----------
    economics : ProgrammeEconomics
        The programme whose other numbers stay.
    x, y : str
        Names of the two numbers, such as ``"lift"`` and ``"unit_cost"``.
    xs, ys : sequence of float
        Their values.
    measure : {"value_change", "profit_change", "break_even_lift"}
        What is looked at.

    Returns
    -------
    pandas.DataFrame
        One row for each value of ``y`` (the index), one column for each of ``x``.

    Raises
    ------
    InputError
        If a number is unknown, both are the same, or a value is not allowed.

    Examples
    --------
    >>> grid = sensitivity_grid(
    ...     ProgrammeEconomics(), "lift", [0, 0.05, 0.1], "unit_cost", [0.45, 1], measure="profit_change"
    ... )
    >>> print(grid.round(1))
    lift        0.00  0.05  0.10
    unit_cost
    0.45        -6.8   1.9  10.6
    1.00       -15.0  -6.8   1.5
    """
    require_choice("measure", measure, tuple(MEASURES))
    for name in (x, y):
        _known(name)
    if x == y:
        refuse_numbers([Problem("twice", say("Name two different numbers."), column="y")], asked_by="sensitivity_grid")
    cells = [[economics.changed(**{x: a, y: b}).measure(measure) for a in xs] for b in ys]
    return pd.DataFrame(cells, index=pd.Index(ys, name=y), columns=pd.Index(xs, name=x))


@dataclass(frozen=True, eq=False)
class EconomicsMonteCarlo:
    """What a programme may bring, over what is not known of behaviour.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a draw: ``effect`` (code of the finding), ``strength``, ``lift``, ``retention_gain``, a column for every
        number with a range, ``profit_change``, ``value_change`` (currency units for one member).
    by_effect : pandas.DataFrame
        ``effect``, ``draws``, ``lift``, ``retention_gain``, ``value_change`` (means), ``low``, ``high`` (middle
        90 % of the change of value), ``loses`` (share of draws in which the value falls).
    mean, low, high : float
        Mean and the middle 90 % of the change of lifetime value.
    loses : float
        Share of draws in which the lifetime value falls.
    draws, seed : int
    """

    table: pd.DataFrame
    by_effect: pd.DataFrame
    mean: float
    low: float
    high: float
    loses: float
    draws: int
    seed: int

    def reading(self) -> str:
        """The draws in words, in the reader's language."""
        return say("Of {draws} draws {loses} lose money. The lifetime value of a member changes by {mean} on average, "
                   "in nine draws of ten by {low} to {high}; that is what is not known, not a forecast.",
                   draws=format_number(self.draws), loses=format_percent(self.loses, 0), mean=figure(self.mean, 3),
                   low=figure(self.low, 3), high=figure(self.high, 3))  # fmt: skip


def economics_monte_carlo(
    economics: ProgrammeEconomics,
    *,
    effects: Iterable[str] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    no_effect: float = 0.0,
    spread: float = SPREAD.default,
    draws: int = int(DRAWS.default),
    seed: int = 0,
) -> EconomicsMonteCarlo:
    """Draw the behaviour of members from published findings and see what a programme brings.

    Parameters
    ----------
    economics : ProgrammeEconomics
        The programme; its own lift and gain of retention are not used.
    effects : iterable of str, optional
        Codes of findings in `effect_library`; by default all usable ones, with equal chances.
    ranges : mapping of str to (float, float), optional
        Other numbers that are drawn evenly between two ends.
    no_effect : float
        Chance that the programme moves nobody, 0 to 1.
    spread : float
        An effect is multiplied by a number evenly between 1 − spread and 1 + spread (an assumption).
    draws, seed : int
        How many draws, and the seed of the luck.

    Returns
    -------
    EconomicsMonteCarlo

    Raises
    ------
    InputError
        If a finding is unknown or has no usable number, a number is unknown or lies outside its range.

    Examples
    --------
    >>> found = economics_monte_carlo(ProgrammeEconomics(), draws=1000)
    >>> found.by_effect.round(2)[["effect", "lift", "retention_gain", "loses"]]
                  effect  lift  retention_gain  loses
    0    coalition_sales  0.02            0.00    1.0
    1        salon_value  0.06            0.04    0.0
    2  salon_value_early  0.02            0.00    1.0
    """
    count, wide = int(DRAWS.check(draws)), SPREAD.check(spread)
    if isinstance(no_effect, (bool, str)) or not 0 <= no_effect <= 1:
        what = say("`{name}` can't be {value}.", name="no_effect", value=repr(no_effect))
        refuse_numbers([Problem("outside_range", what, column="no_effect")], asked_by="economics_monte_carlo")
    pool = _pool(effects)
    drawn = {name: _ends(name, ends) for name, ends in (ranges or {}).items()}
    luck = np.random.default_rng(seed)
    which = luck.integers(0, len(pool), count)
    strength = luck.uniform(1 - wide, 1 + wide, count)
    moved = luck.random(count) >= no_effect
    others = {name: luck.uniform(*ends, size=count) for name, ends in drawn.items()}
    rows = []
    for place in range(count):
        mine = economics.changed(**{name: float(values[place]) for name, values in others.items()},
                                 lift=0.0, retention_gain=0.0)  # fmt: skip
        code, lift, gain = "none", 0.0, 0.0
        if moved[place]:
            effect = pool[which[place]]
            code, (lift, gain) = effect.code, effect.applied(mine, float(strength[place]))
        mine = mine.changed(lift=lift, retention_gain=gain)
        rows.append((code, float(strength[place]), lift, gain, *(float(v[place]) for v in others.values()),
                     mine.profit_change, mine.value_change))  # fmt: skip
    names = ["effect", "strength", "lift", "retention_gain", *others, "profit_change", "value_change"]
    table = pd.DataFrame(rows, columns=names)
    value = table["value_change"].to_numpy()
    by = table.assign(loses=value < 0).groupby("effect", sort=True)
    by_effect = by.agg(
        draws=("lift", "size"), lift=("lift", "mean"), retention_gain=("retention_gain", "mean"),
        value_change=("value_change", "mean"), low=("value_change", lambda one: one.quantile(0.05)),
        high=("value_change", lambda one: one.quantile(0.95)), loses=("loses", "mean"),
    ).reset_index()  # fmt: skip
    low, high = np.quantile(value, [0.05, 0.95])
    return EconomicsMonteCarlo(table, by_effect, float(value.mean()), float(low), float(high),
                               float((value < 0).mean()), count, seed)  # fmt: skip


def _pool(effects: Iterable[str] | None) -> list[Effect]:
    usable = {one.code: one for one in EFFECTS if one.usable}
    if effects is None:
        return list(usable.values())
    wanted = [effects] if isinstance(effects, str) else list(effects)
    wrong = [code for code in wanted if code not in usable]
    problems = [Problem("unknown_option", say("“{code}” is no finding with a usable number.", code=code),
                        say("Allowed: {names}.", names=join_names(map(repr, usable))), column="effects")
                for code in wrong]  # fmt: skip
    if not wanted:
        problems.append(Problem("empty", say("Name one or more findings."), column="effects"))
    refuse_numbers(problems, asked_by="economics_monte_carlo")
    return [usable[code] for code in wanted]


def _known(name: str) -> None:
    if name not in NUMBERS:
        heading = say("`{name}` is no number of a programme.", name=name)
        allowed = say("Allowed: {names}.", names=join_names(map(repr, NUMBERS)))
        raise InputError(heading, [Problem("unknown_option", allowed, column=name)])


def _ends(name: str, ends: Any) -> tuple[float, float]:
    _known(name)
    knob = NUMBERS[name]
    try:
        low, high = (knob.check(end) for end in ends)
        sound = low < high
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        sound = False
    if not sound:
        what = say("`{name}` must be two numbers in ascending order, from {low} to {high}.", name=name, low=knob.low,
                   high=knob.high)  # fmt: skip
        raise InputError(say("`{name}` can't be {value}.", name=name, value=repr(ends)),
                         [Problem("outside_range", what, column=name)])  # fmt: skip
    return float(low), float(high)


def _stepped(economics: ProgrammeEconomics, name: str, share: float) -> tuple[float, float]:
    """Both ends of a number's default range; of retention it is the leaving that is moved."""
    knob, value = NUMBERS[name], float(getattr(economics, name))
    if name == "retention":
        low, high = 1 - (1 - value) * (1 + share), 1 - (1 - value) * (1 - share)
        least, most = -economics.retention_gain, 0.9999 - economics.retention_gain
        return max(low, knob.low, least), min(high, knob.high, most)
    low, high = sorted((value * (1 - share), value * (1 + share)))
    return max(low, knob.low), min(high, knob.high)
