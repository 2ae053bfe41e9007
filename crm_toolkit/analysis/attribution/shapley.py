"""Attribution by the Shapley value: each channel gets its mean contribution over all orders of joining.

With a worth v(S) of every set S of channels, the value of c is the mean over all orders in which channels could join of
v(those before c, with c) − v(those before c); Shapley (1953). It is the only division that is fair in his sense, *given
the worths*: everything depends on what v(S) is taken to be, and that is a convention. Two are common:

"conversions"   v(S) = conversions of the paths that use channels of S only. Then the value has a closed form: every
                conversion is shared equally among the different channels of its path (Harsanyi's dividends), so any
                number of channels is exact.
"rate"          v(S) = conversion rate of these paths, converted / all, 0 where there are none. A channel whose paths
                seldom convert lowers the rate of a set and may get a *negative* value. Values are multiplied by the
                number of all paths, so that they add up to the conversions. Needs all 2ⁿ sets: exact up to a limit,
                by sampled orders above it, with a standard error.

The order of touches plays no part in either. By order, Zhao, Mahboobi and Bagheri (2018) tell apart at which place of
the path a channel earned its credit; `shapley_positions` does so for the first convention.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.attribution.paths import TouchPaths, equal_paths, taken
from crm_toolkit.analysis.attribution.rules import Attribution, credited, nothing_converted, require_paths
from crm_toolkit.analysis.value_formulas import require_choice
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say

MOST_EXACT = Knob("exact_up_to", 15, 1, 20, 1, mark("Most channels for which all sets are gone through"),
                  origin="convention", reference="2 to the 15th are 32,768 sets")  # fmt: skip
ORDERS = Knob("orders", 2000, 20, 1_000_000, 10, mark("Number of sampled orders"), origin="convention",
              reference="enough for two digits")  # fmt: skip


def shapley_values(worths: Any) -> np.ndarray:
    """The Shapley value of every player of a game that is given by all its worths.

    Parameters
    ----------
    worths : array of 2ⁿ floats
        Worth of every set of the n players: the set with players i, j, … stands at 2^i + 2^j + …; the empty set, at 0,
        is worth 0. Up to 20 players.

    Returns
    -------
    numpy.ndarray
        n values; they add up to the worth of all together.

    Raises
    ------
    InputError
        If the number of worths is no power of 2, one is missing or infinite, or the empty set is not worth 0.

    References
    ----------
    Shapley, L. S. (1953). A Value for n-Person Games. Contributions to the Theory of Games II, 307–317.

    Examples
    --------
    Two have a left glove each, one a right one; a pair is worth 1:

    >>> pairs = [min((k & 1) + (k >> 1 & 1), k >> 2 & 1) for k in range(8)]
    >>> shapley_values(pairs).round(4)
    array([0.1667, 0.1667, 0.6667])
    """
    heading = say("`{function}` can't divide this game.", function="shapley_values")
    try:
        worth = np.asarray(worths, dtype="float64").ravel()
    except (TypeError, ValueError):
        raise InputError(heading, [Problem("not_numbers", say("The worths must be numbers."))]) from None
    players = len(worth).bit_length() - 1
    problems = []
    if len(worth) < 2 or len(worth) != 1 << players or players > MOST_EXACT.high:
        what = say("There are {count} worths; 2, 4, 8, … up to {most} are needed.", count=len(worth),
                   most=format_number(1 << int(MOST_EXACT.high)))  # fmt: skip
        problems.append(Problem("wrong_number", what))
    elif not np.isfinite(worth).all():
        problems.append(Problem("unsound_number", say("A worth is missing or infinite.")))
    elif worth[0] != 0:
        problems.append(Problem("wrong_worth", say("The empty set must be worth 0.")))
    if problems:
        raise InputError(heading, problems)
    return _exact(worth, players)


def shapley_attribution(
    paths: TouchPaths,
    *,
    worth: str = "conversions",
    exact_up_to: int = int(MOST_EXACT.default),
    orders: int = int(ORDERS.default),
    seed: int = 0,
) -> Attribution:
    """Share conversions out by the Shapley value.

    Parameters
    ----------
    paths : TouchPaths
        As `touch_paths` or `paths_from_table` returns them.
    worth : {"conversions", "rate"}
        What a set of channels is worth; the head of this module says it exactly.
    exact_up_to : int
        With ``"rate"``: most channels for which the value is exact, 1 to 20; above it orders are sampled.
    orders, seed : int
        How many orders are sampled, 20 to 1,000,000 (each with its reverse), and the seed of the luck.

    Returns
    -------
    Attribution
        The table also has ``standard_error`` of the credit if orders were sampled. With ``"conversions"`` the value is
        shared out like the conversions; with ``"rate"`` in proportion to them.

    Raises
    ------
    InputError
        If an option is not allowed.

    References
    ----------
    Shapley, L. S. (1953). A Value for n-Person Games. Zhao, K., Mahboobi, S. H., Bagheri, S. R. (2018). Shapley Value
    Methods for Attribution Modeling in Online Advertising, arXiv 1804.05327. Castro, J., Gómez, D., Tejada, J. (2009).
    Polynomial Calculation of the Shapley Value Based on Sampling. Computers & Operations Research 36, 1726–1730.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.attribution.paths import paths_from_table
    >>> table = pd.DataFrame(
    ...     {"path": ["G", "M", "G > M", "G"], "conversions": [2, 1, 1, 0], "unconverted": [0, 0, 0, 1]}
    ... )
    >>> paths = paths_from_table(table)
    >>> print(shapley_attribution(paths).table.to_string(index=False))
    channel  conversions  share
          G          2.5  0.625
          M          1.5  0.375
    >>> print(shapley_attribution(paths, worth="rate").table.round(3).to_string(index=False))
    channel  conversions  share
          G        1.167  0.292
          M        2.833  0.708
    """
    require_paths(paths, "shapley_attribution")
    require_choice("worth", worth, ("conversions", "rate"))
    limit, times = int(MOST_EXACT.check(exact_up_to)), int(ORDERS.check(orders))
    notes, count = nothing_converted(paths), len(paths.channels)
    if worth == "conversions":
        code, owner = _members(paths)
        each = 1.0 / np.bincount(owner, minlength=len(paths.starts))[owner]
        equal: np.ndarray = np.bincount(code, weights=each * paths.conversions[owner], minlength=count)
        value = None
        if paths.value is not None:
            value = np.bincount(code, weights=each * paths.value[owner], minlength=count)
        convention = say("A set of channels is worth the conversions of the paths that use no other channel.")
        return credited(paths, equal, value, "shapley", convention, notes)
    everybody = float((paths.conversions + paths.unconverted).sum())
    credit: np.ndarray
    others: dict[str, np.ndarray] = {}
    if notes:
        credit = np.zeros(count)
    elif count <= limit:
        credit = _exact(_rates(paths), count) * everybody
    else:
        credit, error = (found * everybody for found in _sampled(paths, times, seed))
        others["standard_error"] = error
        notes = (*notes, say("{orders} sampled orders: the credits have a standard error.",
                             orders=format_number(times)))  # fmt: skip
    if (credit < -1e-9).any():
        notes = (*notes, say("A negative credit: paths with this channel convert less often than those without."))
    worth_of = None if paths.total_value is None else credit / max(paths.total, 1e-300) * paths.total_value
    convention = say("A set of channels is worth the conversion rate of the paths that use no other channel.")
    return credited(paths, credit, worth_of, "shapley_rate", convention, notes, **others)


def shapley_positions(paths: TouchPaths) -> pd.DataFrame:
    """At which place of the path each channel earned its Shapley credit.

    Parameters
    ----------
    paths : TouchPaths
        As `touch_paths` or `paths_from_table` returns them.

    Returns
    -------
    pandas.DataFrame
        A row for each channel, a column for each place (1 is the first touch): credit in conversions by the worth
        ``"conversions"``. A channel stands at the place of its first touch, counted among the different channels of the
        path. Rows add up to the credits of `shapley_attribution`.

    References
    ----------
    Zhao, K., Mahboobi, S. H., Bagheri, S. R. (2018). Shapley Value Methods for Attribution Modeling in Online
    Advertising, arXiv 1804.05327, section 4.

    Examples
    --------
    >>> from crm_toolkit.analysis.attribution.paths import paths_from_table
    >>> table = pd.DataFrame({"path": ["G", "M", "G > M", "G"], "conversions": [2, 1, 1, 0], "unconverted": 0})
    >>> print(shapley_positions(paths_from_table(table)))
    place      1    2
    channel
    G        2.5  0.0
    M        1.0  0.5
    """
    require_paths(paths, "shapley_positions")
    code, owner = _members(paths)
    size = np.bincount(owner, minlength=len(paths.starts))
    begins = np.cumsum(size) - size
    place = np.arange(len(code)) - begins[owner]
    most = int(size.max(initial=1))
    weight = paths.conversions[owner] / size[owner]
    cells = np.bincount(code * most + place, weights=weight, minlength=len(paths.channels) * most)
    return pd.DataFrame(
        cells.reshape(-1, most),
        index=pd.Index(paths.channels, name="channel"),
        columns=pd.RangeIndex(1, most + 1, name="place"),
    )


def _members(paths: TouchPaths) -> tuple[np.ndarray, np.ndarray]:
    """The different channels of each path in the order of their first touch, and the path of each."""
    key = paths.owner * len(paths.channels) + paths.codes
    first = np.sort(np.unique(key, return_index=True)[1])
    return paths.codes[first], paths.owner[first]


def _rates(paths: TouchPaths) -> np.ndarray:
    """The conversion rate within every set of channels, by sums over its subsets."""
    count = len(paths.channels)
    code, owner = _members(paths)
    chosen = np.bincount(owner, weights=(1 << code).astype("float64"), minlength=len(paths.starts)).astype("int64")
    won, tried = (
        np.bincount(chosen, weights=number, minlength=1 << count)
        for number in (paths.conversions, paths.conversions + paths.unconverted)
    )
    for player in range(count):
        for sums in (won, tried):
            halves = sums.reshape(-1, 2, 1 << player)
            halves[:, 1] += halves[:, 0]
    return np.divide(won, tried, out=np.zeros(len(won)), where=tried > 0)


def _exact(worth: np.ndarray, players: int) -> np.ndarray:
    """Mean contributions, by the sizes of the sets that a player joins."""
    size = np.zeros(1, dtype="int64")
    for _ in range(players):
        size = np.concatenate([size, size + 1])
    chance = np.empty(players)
    chance[0] = 1.0 / players
    for joined in range(1, players):  # joined! (players − joined − 1)! / players!
        chance[joined] = chance[joined - 1] * joined / (players - joined)
    values = np.empty(players)
    for player in range(players):
        halves = worth.reshape(-1, 2, 1 << player)
        without = size.reshape(-1, 2, 1 << player)[:, 0]
        values[player] = ((halves[:, 1] - halves[:, 0]) * chance[without]).sum()
    return values


def _sampled(paths: TouchPaths, orders: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean contributions over sampled orders, each with its reverse, and their standard errors."""
    count, pairs = len(paths.channels), max(orders // 2, 2)
    code, owner = _members(paths)
    inner = np.lexsort((code, owner))
    size = np.bincount(owner, minlength=len(paths.starts))
    begins = np.cumsum(size) - size
    chosen, number = equal_paths(code[inner], begins, count)  # paths of the same channels are one
    code, begins = taken(code[inner], begins, chosen)
    converted, tried = (
        np.bincount(number, weights=counted, minlength=len(chosen))
        for counted in (paths.conversions, paths.conversions + paths.unconverted)
    )
    luck = np.random.default_rng(seed)
    total, squares = np.zeros(count), np.zeros(count)
    for _ in range(pairs):
        rank = luck.permutation(count)
        gain = np.zeros(count)
        for place in (rank, count - 1 - rank):
            complete = np.maximum.reduceat(place[code], begins)  # a path counts once its last channel has joined
            won = np.bincount(complete, weights=converted, minlength=count).cumsum()
            all_of = np.bincount(complete, weights=tried, minlength=count).cumsum()
            rate = np.divide(won, all_of, out=np.zeros(count), where=all_of > 0)
            gain += np.diff(rate, prepend=0.0)[place] / 2
        total += gain
        squares += gain**2
    mean = total / pairs
    spread = np.maximum(squares / pairs - mean**2, 0.0) * pairs / (pairs - 1)
    return mean, np.sqrt(spread / pairs)
