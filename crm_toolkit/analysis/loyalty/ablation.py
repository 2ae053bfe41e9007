"""What each mechanism contributed: switch it off, or share the whole out by Shapley.

A result, say the revenue that a programme brought, comes from several mechanisms together. Switching one off shows what
is lost without it; having it alone shows what it can do by itself. The two differ where mechanisms need each other, and
neither adds up to the whole. The Shapley value takes the mean contribution over all orders in which mechanisms could be
switched on, and does add up. It takes 2ⁿ runs, each with the same luck.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.attribution.shapley import shapley_values
from crm_toolkit.analysis.experiments.trial import refuse_numbers
from crm_toolkit.errors import Problem
from crm_toolkit.texts import say, say_count

MOST_SWITCHES = 6


def shapley_of_switches(value_of_subset: Callable[[frozenset[str]], float], switches: Sequence[str]) -> pd.DataFrame:
    """Share a result out over mechanisms, exactly.

    Parameters
    ----------
    value_of_subset : callable
        Gives the result, a number, with only these mechanisms switched on: it gets a frozenset of names and is called
        once for each of the 2ⁿ sets. Let every call use the same luck, or the differences are mostly chance.
    switches : sequence of str
        Names of the mechanisms, 1 to 6.

    Returns
    -------
    pandas.DataFrame
        ``switch``, ``shapley`` (adds up to the result of all less that of none), ``share`` (of that; missing where it
        is 0), ``alone`` (on by itself, less none), ``lost_without`` (all, less all but this one).

    Raises
    ------
    InputError
        If there is no mechanism, more than six, one stands twice, or a result is no finite number.

    Examples
    --------
    Two mechanisms that need each other, and one that does not matter:

    >>> both = lambda on: 10.0 * ({"pressure", "reward"} <= on)
    >>> print(shapley_of_switches(both, ["pressure", "reward", "colour"]).to_string(index=False))
      switch  shapley  share  alone  lost_without
    pressure      5.0    0.5    0.0          10.0
      reward      5.0    0.5    0.0          10.0
      colour      0.0    0.0    0.0           0.0
    """
    asked_by = "shapley_of_switches"
    names = [str(name) for name in switches]
    problems = []
    if not 1 <= len(names) <= MOST_SWITCHES:
        what = say_count("{count} mechanism was named; 1 to {most} are possible.",
                         "{count} mechanisms were named; 1 to {most} are possible.", len(names),
                         most=MOST_SWITCHES)  # fmt: skip
        problems.append(Problem("wrong_number", what, column="switches"))
    if len(set(names)) < len(names):
        problems.append(Problem("twice", say("A mechanism stands twice."), column="switches"))
    refuse_numbers(problems, asked_by=asked_by)
    worth = np.zeros(1 << len(names))
    for size in range(len(names) + 1):
        for chosen in itertools.combinations(range(len(names)), size):
            subset = frozenset(names[place] for place in chosen)
            worth[sum(1 << place for place in chosen)] = _finite(value_of_subset(subset), subset, asked_by)
    everything = len(worth) - 1
    gained = worth - worth[0]
    share = shapley_values(gained)
    total = gained[everything]
    rows = [
        (name, share[place], share[place] / total if total else math.nan, gained[1 << place],
         worth[everything] - worth[everything & ~(1 << place)])
        for place, name in enumerate(names)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["switch", "shapley", "share", "alone", "lost_without"])


def _finite(value: Any, subset: frozenset[str], asked_by: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        what = say("The result with {names} is no finite number: {value}.", names=", ".join(sorted(subset)) or "—",
                   value=repr(value))  # fmt: skip
        refuse_numbers([Problem("unsound_number", what, column="value_of_subset")], asked_by=asked_by)
    return number
