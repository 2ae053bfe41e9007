"""All methods of attribution side by side, and how far their credits are chance.

Where methods disagree, the data do not decide between them: they are different conventions about the same paths. The
intervals say something else: how the credits of *one* convention would move if as many paths came again. Each path's
counts are drawn anew from Poisson's distribution with the observed counts as means (the Poisson bootstrap), and the
middle part of the credits is shown. They say nothing about cause.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.analysis.attribution.markov import ORDER, markov_attribution
from crm_toolkit.analysis.attribution.paths import TouchPaths
from crm_toolkit.analysis.attribution.rules import (
    ENDS,
    HALF_LIFE,
    RULES,
    Attribution,
    nothing_converted,
    require_paths,
    rule_attribution,
)
from crm_toolkit.analysis.attribution.shapley import shapley_attribution
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import join_names, mark, say

METHODS = (*RULES, "markov", "shapley", "shapley_rate")
REPETITIONS = Knob("replications", 200, 20, 10_000, 10, mark("Number of repetitions"), origin="convention",
                   reference="enough for the middle 90 %")  # fmt: skip


@dataclass(frozen=True, eq=False)
class AttributionTable:
    """Credits of every channel by several methods.

    Parameters
    ----------
    credits : pandas.DataFrame
        ``channel`` and a column of conversions for each method.
    shares : pandas.DataFrame
        The same as fractions of all conversions; all 0 if there is none.
    methods : tuple of str
    conventions : dict of str to str
        What each method does, in a sentence.
    conversions : float
        The sum of every column of ``credits``.
    notes : tuple of str
        What a reader must know.
    """

    credits: pd.DataFrame
    shares: pd.DataFrame
    methods: tuple[str, ...]
    conventions: dict[str, str]
    conversions: float
    notes: tuple[str, ...]


def attribution_table(
    paths: TouchPaths,
    methods: Sequence[str] | None = None,
    *,
    direct: Sequence[str] = ("direct",),
    half_life_days: float = HALF_LIFE.default,
    ends: Sequence[float] = (ENDS[0].default, ENDS[1].default),
    order: int = int(ORDER.default),
) -> AttributionTable:
    """Put the credits of several methods side by side.

    Parameters
    ----------
    paths : TouchPaths
        As `touch_paths` or `paths_from_table` returns them.
    methods : sequence of str, optional
        Of ``"first"``, ``"last"``, ``"last_non_direct"``, ``"linear"``, ``"time_decay"``, ``"position"``, ``"markov"``,
        ``"shapley"``, ``"shapley_rate"``; by default all but the last, and time decay only where moments are known.
    direct, half_life_days, ends
        As of `rule_attribution`.
    order : int
        As of `markov_attribution`.

    Returns
    -------
    AttributionTable

    Raises
    ------
    InputError
        If a method is unknown, or as the method's own function.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.attribution.paths import paths_from_table
    >>> table = pd.DataFrame(
    ...     {"path": ["G", "M", "G > M", "G"], "conversions": [2, 1, 1, 0], "unconverted": [0, 0, 0, 1]}
    ... )
    >>> side = attribution_table(paths_from_table(table), ["first", "last", "linear", "markov", "shapley"])
    >>> print(side.credits.to_string(index=False))
    channel  first  last  linear  markov  shapley
          G    3.0   2.0     2.5     2.4      2.5
          M    1.0   2.0     1.5     1.6      1.5
    """
    require_paths(paths, "attribution_table")
    chosen = _chosen(paths, methods, "attribution_table")
    credits = pd.DataFrame({"channel": pd.Series(paths.channels, dtype="str")})
    shares, conventions, notes = credits.copy(), {}, dict.fromkeys(nothing_converted(paths))
    for name in chosen:
        found = _asked(paths, name, direct, half_life_days, ends, order)
        credits[name], shares[name] = found.table["conversions"], found.table["share"]
        conventions[name] = found.convention
        notes |= dict.fromkeys(found.notes)
    return AttributionTable(credits, shares, chosen, conventions, paths.total, tuple(notes))


def attribution_intervals(
    paths: TouchPaths,
    methods: Sequence[str] = ("last", "markov", "shapley"),
    *,
    replications: int = int(REPETITIONS.default),
    seed: int = 0,
    level: float = 0.9,
    direct: Sequence[str] = ("direct",),
    half_life_days: float = HALF_LIFE.default,
    ends: Sequence[float] = (ENDS[0].default, ENDS[1].default),
    order: int = int(ORDER.default),
) -> pd.DataFrame:
    """How far credits would move if as many paths came again.

    Parameters
    ----------
    paths : TouchPaths
        As `touch_paths` or `paths_from_table` returns them.
    methods : sequence of str
        As of `attribution_table`.
    replications, seed : int
        Repetitions, 20 to 10,000, and the seed of their luck.
    level : float
        Share of the repetitions in the interval, 0.5 to 0.999.
    direct, half_life_days, ends, order
        As of `attribution_table`.

    Returns
    -------
    pandas.DataFrame
        ``channel``, ``method``, ``conversions`` (the credit), ``low``, ``high``. Conversions are taken as independent.

    Raises
    ------
    InputError
        As `attribution_table`, and if a number lies outside its range.

    Examples
    --------
    >>> from crm_toolkit.analysis.attribution.paths import paths_from_table
    >>> table = pd.DataFrame({"path": ["a", "a > b"], "conversions": [100, 50], "unconverted": [900, 50]})
    >>> print(attribution_intervals(paths_from_table(table), ["last"]).round(-1).to_string(index=False))
    channel method  conversions  low  high
          a   last        100.0 80.0 120.0
          b   last         50.0 40.0  60.0
    """
    require_paths(paths, "attribution_intervals")
    chosen, times = _chosen(paths, methods, "attribution_intervals"), int(REPETITIONS.check(replications))
    (share,) = require_numbers("attribution_intervals", level=(level, 0.5, 0.999))
    luck, frames = np.random.default_rng(seed), []
    again: dict[str, list[np.ndarray]] = {name: [] for name in chosen}
    for _ in range(times):
        drawn = dataclasses.replace(paths, conversions=luck.poisson(paths.conversions).astype("float64"),
                                    unconverted=luck.poisson(paths.unconverted).astype("float64"))  # fmt: skip
        for name in chosen:
            found = _asked(drawn, name, direct, half_life_days, ends, order)
            again[name].append(found.table["conversions"].to_numpy())
    for name in chosen:
        low, high = np.quantile(np.array(again[name]), [(1 - share) / 2, (1 + share) / 2], axis=0)
        table = _asked(paths, name, direct, half_life_days, ends, order).table
        frames.append(pd.DataFrame({"channel": table["channel"], "method": name, "conversions": table["conversions"],
                                    "low": low, "high": high}))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _chosen(paths: TouchPaths, methods: Sequence[str] | None, asked_by: str) -> tuple[str, ...]:
    if methods is None:
        timed = paths.touch_times() is not None
        return tuple(name for name in METHODS[:-1] if timed or name != "time_decay")
    names = (methods,) if isinstance(methods, str) else tuple(dict.fromkeys(methods))
    problems = [
        Problem("unknown_option", say("There is no method {name}.", name=repr(name)),
                advice=say("Allowed: {names}.", names=join_names(map(repr, METHODS), 12)), column="methods")
        for name in names
        if name not in METHODS
    ]  # fmt: skip
    if not names:
        problems.append(Problem("empty", say("No method is named."), column="methods"))
    if problems:
        raise InputError(say("`{function}` can't compare these methods.", function=asked_by), problems)
    return names


def _asked(
    paths: TouchPaths, name: str, direct: Sequence[str], half_life: float, ends: Sequence[float], order: int
) -> Attribution:
    if name == "markov":
        return markov_attribution(paths, order=order)
    if name == "shapley":
        return shapley_attribution(paths)
    if name == "shapley_rate":
        return shapley_attribution(paths, worth="rate")
    return rule_attribution(paths, name, direct=direct, half_life_days=half_life, ends=ends)
