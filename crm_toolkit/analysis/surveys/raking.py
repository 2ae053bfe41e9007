"""Weights against uneven non-response when several margins are known: raking (iterative proportional fitting).

The shares of men and women, of ages, of branches among all customers are known, each by itself. Weights are stretched
to fit the first margin, then the second, and so on round after round, until all fit (Deming, Stephan 1940). Among all
weights that fit they are nearest to equal ones. What it costs is told by Kish's effective size, (Σw)²/Σw²: with uneven
weights 400 answers are worth perhaps 250. It repairs what the margins know, nothing else: if only the annoyed answer
within every group, no weight helps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL, sorting_key
from crm_toolkit.analysis.surveys.intervals import two_sided_z
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, join_names, say, say_count

MOST_ROUNDS = 500
_NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class RakedWeights:
    """Weights of people that fit known margins.

    Parameters
    ----------
    weights : numpy.ndarray
        One for each row of the table, mean 1; 0 for rows that were left out.
    margins : pandas.DataFrame
        ``column``, ``level``, ``wanted`` (share), ``unweighted``, ``weighted`` (shares of the answers).
    effective : float
        Kish's effective number of answers.
    design_effect : float
        By what factor variances grow: answers / effective.
    largest, smallest : float
        Weights of a single person.
    respondents, left_out : int
    """

    weights: np.ndarray
    margins: pd.DataFrame
    effective: float
    design_effect: float
    largest: float
    smallest: float
    respondents: int
    left_out: int
    _design: np.ndarray = field(repr=False)

    def __str__(self) -> str:
        return say_count(
            "{count} answer, worth {effective} equal ones; weights from {low} to {high}.",
            "{count} answers, worth {effective} equal ones; weights from {low} to {high}.",
            self.respondents,
            effective=format_number(self.effective, 0),
            low=format_number(self.smallest, 2),
            high=format_number(self.largest, 2),
        )

    def mean(self, values: Any, *, level: float = LEVEL.default) -> tuple[float, float, float]:
        """A weighted mean with its interval: (mean, low, high).

        Parameters
        ----------
        values : array or column
            One number for each row of the table; missing ones take no part, and then the margins fit no longer exactly.
        level : float
            Level of the interval, a fraction.

        Notes
        -----
        The variance is that of the residuals from the margins (linearisation): what the margins know is not noise.
        """
        share = LEVEL.check(level)
        heading = say("`{function}` can't average these values.", function="mean")
        try:
            number = np.asarray(values, dtype="float64")
        except (TypeError, ValueError):
            raise InputError(heading, [Problem("wrong_kind", say("`{name}` must hold numbers.", name="values"),
                                               column="values")]) from None  # fmt: skip
        if number.shape != self.weights.shape or np.isinf(number).any():
            what = say("One finite number for each of the {rows} rows is needed.", rows=len(self.weights))
            raise InputError(heading, [Problem("wrong_shape", what, column="values")])
        use = (self.weights > 0) & ~np.isnan(number)
        if use.sum() < 2:
            raise InputError(heading, [Problem("too_few", say("Fewer than two answers."), column="values")])
        w, y, X = self.weights[use], number[use], self._design[use]
        mean = float(w @ y / w.sum())
        root = np.sqrt(w)
        residual = y - X @ np.linalg.lstsq(X * root[:, None], y * root, rcond=None)[0]
        size = int(use.sum())
        variance = float(((w * residual) ** 2).sum() / w.sum() ** 2 * size / (size - 1))
        half = two_sided_z(share) * math.sqrt(variance)
        return mean, mean - half, mean + half


def raking_weights(people: Any, margins: Mapping[str, Mapping[Any, float]]) -> RakedWeights:
    """Weigh the people who answered so that they fit known margins.

    Parameters
    ----------
    people : frame, relation or path
        One row for each person who answered, with the columns of the margins. Rows with a missing value get weight 0.
    margins : mapping
        Column → {level: its share among all customers}; any positive numbers, taken as shares.

    Returns
    -------
    RakedWeights

    Raises
    ------
    InputError
        If a column is missing, a level has no share or nobody of a level answered, a share is no positive number, or
        the margins can't be met together.

    References
    ----------
    Deming, W. E., Stephan, F. F. (1940). On a Least Squares Adjustment of a Sampled Frequency Table. Annals of
    Mathematical Statistics 11, 427–444. Kish, L. (1965). Survey Sampling.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"age": ["young"] * 2 + ["old"] * 8, "visits": ["few", "many"] * 5})
    >>> found = raking_weights(people, {"age": {"young": 0.5, "old": 0.5}, "visits": {"few": 0.5, "many": 0.5}})
    >>> print(found)
    10 answers, worth 6 equal ones; weights from 0.62 to 2.50.
    """
    heading = say("`{function}` can't weight these answers.", function="raking_weights")
    if not isinstance(margins, Mapping) or not margins or not all(isinstance(one, Mapping) for one in margins.values()):
        what = say("`margins` must name columns, and for each its levels with their shares.")
        raise InputError(heading, [Problem("no_shares", what, column="margins")])
    names = list(margins)
    found = brought_home(people, dict.fromkeys(names, "label"), asked_by="raking_weights")
    use = found.notna().all(axis=1).to_numpy()
    whole = found[use]
    if whole.empty:
        what = say_count("{count} row, and none of them whole.", "{count} rows, and none of them whole.", len(found))
        raise InputError(heading, [Problem("empty", what)])
    problems: list[Problem] = []
    wanted, codes, levels = [], [], []
    for name in names:
        every = sorted(whole[name].unique().tolist(), key=sorting_key)
        share = _shares(name, margins[name], every, problems)
        levels.append(every)
        wanted.append(share)
        codes.append(whole[name].map({level: place for place, level in enumerate(every)}).to_numpy())
    if problems:
        raise InputError(heading, problems)
    weight, rounds = _raked(codes, wanted)
    if rounds == MOST_ROUNDS:
        what = say("These margins can't be met together by the people who answered.")
        advice = say("Some combinations have nobody in them: merge levels, or leave a margin out.")
        raise InputError(heading, [Problem("no_fit", what, advice=advice, column=names[0])])
    size = len(whole)
    weight = weight * size
    table = pd.DataFrame(
        [
            (name, level, want[k], float((code == k).mean()), float(weight[code == k].sum() / size))
            for name, every, want, code in zip(names, levels, wanted, codes, strict=True)
            for k, level in enumerate(every)
        ],
        columns=["column", "level", "wanted", "unweighted", "weighted"],
    )
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    design = np.ones((size, 1))
    for code, every in zip(codes, levels, strict=True):
        design = np.hstack([design, np.eye(len(every))[code][:, 1:]])
    every_weight, every_row = np.zeros(len(found)), np.zeros((len(found), design.shape[1]))
    every_weight[use], every_row[use] = weight, design
    return RakedWeights(every_weight, table, effective, size / effective, float(weight.max()), float(weight.min()),
                        size, len(found) - size, every_row)  # fmt: skip


def _shares(name: str, given: Mapping[Any, float], every: list[Any], problems: list[Problem]) -> np.ndarray:
    before = len(problems)
    lacking = [level for level in every if level not in given]
    if lacking:
        what = say("`{column}`: the share of {names} is not given.", column=name, names=join_names(map(repr, lacking)))
        problems.append(Problem("missing_share", what, column=name))
    for level, value in given.items():
        number = _number(value)
        if not (math.isfinite(number) and number >= 0):
            what = say("The share of {name} can't be {value}.", name=repr(level), value=repr(value))
            problems.append(Problem("outside_range", what, advice=say("Give a number from 0."), column=name))
        elif level not in every and number > 0:
            what = say("Nobody of {name} is in the table, and its share is {value}.", name=repr(level),
                       value=format_number(number))  # fmt: skip
            advice = say("Join it with a level that is alike: nothing is known of those who are not there.")
            problems.append(Problem("absent_level", what, advice=advice, column=name))
        elif level in every and number == 0:
            what = say("The share of {name} is 0, and yet somebody answered.", name=repr(level))
            problems.append(Problem("outside_range", what, advice=say("Leave these people out first."), column=name))
    if len(problems) > before:
        return np.zeros(0)
    share = np.array([float(given[level]) for level in every])
    return share / share.sum()


def _number(value: Any) -> float:
    try:
        return math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        return math.nan


def _raked(codes: list[np.ndarray], wanted: list[np.ndarray]) -> tuple[np.ndarray, int]:
    weight = np.full(len(codes[0]), 1 / len(codes[0]))
    for number in range(MOST_ROUNDS):
        furthest = 0.0
        for code, want in zip(codes, wanted, strict=True):
            is_now = np.bincount(code, weights=weight, minlength=len(want))
            furthest = max(furthest, float(np.abs(is_now - want).max()))
            weight = weight * (want / np.maximum(is_now, 1e-300))[code]
        if furthest <= _NEAR:
            return weight, number
    return weight, MOST_ROUNDS


def margin_table_in_words(found: RakedWeights) -> list[str]:
    """Each margin as a sentence: what was wanted, what answered.

    Examples
    --------
    >>> people = pd.DataFrame({"age": ["young"] * 2 + ["old"] * 8})
    >>> print(*margin_table_in_words(raking_weights(people, {"age": {"young": 1, "old": 1}})), sep=chr(10))
    age old: 80% of the answers, 50% of all.
    age young: 20% of the answers, 50% of all.
    """
    return [
        say("{column} {level}: {found} of the answers, {wanted} of all.", column=row["column"], level=row["level"],
            found=format_percent(row["unweighted"], 0), wanted=format_percent(row["wanted"], 0))
        for _, row in found.margins.iterrows()
    ]  # fmt: skip
