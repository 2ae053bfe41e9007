"""Whether an NPS has changed: two surveys compared, what luck alone does, and how many answers a change needs.

    variance of one NPS = 100² · (p + d − (p − d)²) / n         p promoters, d detractors, n answers

Two surveys of 200 answers each, alike in truth, differ by 15 points in one of twenty cases; a change of 3 points is
seen in most pairs of surveys between which nothing happened. And one score hides many distributions: 40 per cent
promoters with 20 per cent detractors is +20, and so is 60 with 40. NPS was not found to predict growth better than
satisfaction (Keiningham et al. 2007: 21 firms, more than 15,500 interviews).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.shares import LEVEL
from crm_toolkit.analysis.surveys.intervals import two_sided_z
from crm_toolkit.analysis.surveys.scores import SurveyScore, net_promoter_score
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, say


@dataclass(frozen=True)
class NPSChange:
    """Two NPS compared.

    Parameters
    ----------
    before, after, difference, low, high : float
        Points; the interval is that of the difference (after less before).
    before_answers, after_answers : int
    verdict : {"higher", "lower", "not_shown"}
        Whether the second survey's score is shown to be another one.
    luck : float
        The chance that two surveys of these sizes would differ at least as much if nothing had changed.
    needed : int
        Answers in each survey from which a change of this size is found in 8 of 10 cases; 0 if there is none.
    level : float
    """

    before: float
    after: float
    difference: float
    low: float
    high: float
    before_answers: int
    after_answers: int
    verdict: str
    luck: float
    needed: int
    level: float

    def __str__(self) -> str:
        told = say("NPS went from {before} to {after}: {difference} points (from {low} to {high}).",
                   before=format_number(self.before, 1), after=format_number(self.after, 1),
                   difference=format_number(self.difference, 1), low=format_number(self.low, 1),
                   high=format_number(self.high, 1))  # fmt: skip
        luck = say("If nothing had changed, luck alone would move it so far in {share} of such pairs of surveys.",
                   share=format_percent(self.luck, 0))  # fmt: skip
        if self.verdict != "not_shown" or not self.needed:
            return f"{told} {luck}"
        needed = say("To find a change of this size, {count} answers are needed in each survey.",
                     count=format_number(self.needed))  # fmt: skip
        return f"{told} {luck} {needed}"


def nps_change(
    before: Any, after: Any, *, question: str = "nps", level: float = LEVEL.default, power: float = 0.8
) -> NPSChange:
    """Compare the NPS of two surveys of different people.

    Parameters
    ----------
    before, after : frame, relation or path
        Answers as `net_promoter_score` takes them.
    question : str
        Column of the answers, whole numbers from 0 to 10.
    level : float
        Level of the interval, a fraction.
    power : float
        Chance to find the change that ``needed`` plans for, 0.5 to 0.99.

    Returns
    -------
    NPSChange

    Raises
    ------
    InputError
        As `net_promoter_score`.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame({"nps": [10] * 100 + [8] * 60 + [3] * 40})
    >>> after = pd.DataFrame({"nps": [10] * 104 + [8] * 58 + [3] * 38})
    >>> change = nps_change(before, after)
    >>> round(change.difference, 1), change.verdict, round(change.luck, 2)
    (3.0, 'not_shown', 0.7)
    """
    from crm_toolkit.analysis.surveys.intervals import difference_interval

    require_numbers("nps_change", power=(power, 0.5, 0.99))
    one, two = (net_promoter_score(table, question=question, level=level) for table in (before, after))
    rows = [score.table.iloc[0] for score in (one, two)]
    low, high = difference_interval(rows[1]["score"], rows[1]["low"], rows[1]["high"], rows[0]["score"], rows[0]["low"],
                                    rows[0]["high"])  # fmt: skip
    difference = float(rows[1]["score"] - rows[0]["score"])
    p, d, n = _pooled(one, two)
    error = _error(p, d, n[0], n[1])
    luck = 1.0 if abs(difference) < 1e-12 else _two_sided(abs(difference) / error) if error > 0 else 0.0
    verdict = "higher" if low > 0 else "lower" if high < 0 else "not_shown"
    needed = nps_sample_size(abs(difference), promoters=p, detractors=d, level=level, power=power) if (
        0 < abs(difference) <= 200 and p + d > (p - d) ** 2) else 0  # fmt: skip
    return NPSChange(float(rows[0]["score"]), float(rows[1]["score"]), difference, float(low), float(high), n[0], n[1],
                     verdict, luck, needed, level)  # fmt: skip


def nps_sample_size(
    difference: float, *, promoters: float, detractors: float, level: float = LEVEL.default, power: float = 0.8
) -> int:
    """Answers in each of two surveys from which a change of NPS is found.

    Parameters
    ----------
    difference : float
        The change that should be found, in points, above 0.
    promoters, detractors : float
        Shares among those who answer, fractions; together 1 at most.
    level, power : float
        Level of the test, chance to find the change; fractions.

    Raises
    ------
    InputError
        If a number is out of range, or all answer alike.

    Examples
    --------
    >>> nps_sample_size(3, promoters=0.5, detractors=0.2)
    10640
    >>> nps_sample_size(15, promoters=0.5, detractors=0.2)
    426
    """
    step, p, d, share, chance = require_numbers(
        "nps_sample_size", difference=(difference, 0.01, 200.0), promoters=(promoters, 0.0, 1.0),
        detractors=(detractors, 0.0, 1.0), level=(level, 0.5, 0.999), power=(power, 0.5, 0.99),
    )  # fmt: skip
    _require_shares(p, d, "nps_sample_size")
    from statistics import NormalDist

    reach = two_sided_z(share) + NormalDist().inv_cdf(chance)
    return max(math.ceil(2 * 100**2 * _spread(p, d) * (reach / step) ** 2 - 1e-9), 1)


def nps_noise(
    *, promoters: float, detractors: float, answers: int, surveys: int = 12, seed: int = 0, level: float = LEVEL.default
) -> pd.DataFrame:
    """Surveys between which nothing happens: the same customers' opinions, drawn again and again.

    Parameters
    ----------
    promoters, detractors : float
        True shares, fractions; together 1 at most.
    answers : int
        Answers of each survey, 2 to 1,000,000.
    surveys : int
        How many, 2 to 1,000.
    seed : int
        Of the luck.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    pandas.DataFrame
        ``survey`` (from 1), ``nps``, ``low``, ``high`` (points), ``change`` (from the survey before, missing in the
        first), ``truth`` (points).

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> surveys = nps_noise(promoters=0.5, detractors=0.2, answers=200, surveys=4, seed=1)
    >>> surveys["truth"].unique()
    array([30.])
    """
    p, d, size, many, share = require_numbers(
        "nps_noise", promoters=(promoters, 0.0, 1.0), detractors=(detractors, 0.0, 1.0), answers=(answers, 2, 10**6),
        surveys=(surveys, 2, 1_000), level=(level, 0.5, 0.999),
    )  # fmt: skip
    _require_shares(p, d, "nps_noise")
    from crm_toolkit.analysis.surveys.intervals import score_interval, variance_interval

    drawn = np.random.default_rng(seed).multinomial(int(size), [p, d, max(1 - p - d, 0.0)], size=int(many))
    up, down = drawn[:, 0], drawn[:, 1]
    exact = score_interval(up, down, size, share)
    plain = variance_interval(up, down, size, share)
    many_answers = (size >= 100) & (np.minimum(up, down) >= 5)
    low, high = (100 * np.where(many_answers, one, other) for one, other in zip(plain, exact, strict=True))
    score = 100 * (up - down) / size
    return pd.DataFrame(
        {
            "survey": np.arange(1, int(many) + 1),
            "nps": score,
            "low": low,
            "high": high,
            "change": np.concatenate([[np.nan], np.diff(score)]),
            "truth": 100 * (p - d),
        }
    )


def same_score_table(score: float, *, steps: int = 5) -> pd.DataFrame:
    """Quite different answers that make one and the same NPS.

    Parameters
    ----------
    score : float
        Points, −100 to 100.
    steps : int
        Rows, 2 to 50.

    Returns
    -------
    pandas.DataFrame
        ``promoters``, ``passives``, ``detractors`` (fractions), ``margin`` (points either way with 400 answers).

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> print(same_score_table(20, steps=3).round(2).to_string(index=False))
     promoters  passives  detractors  margin
           0.2       0.8         0.0    3.92
           0.4       0.4         0.2    7.33
           0.6       0.0         0.4    9.60
    """
    net, rows = require_numbers("same_score_table", score=(score, -100.0, 100.0), steps=(steps, 2, 50))
    share = net / 100
    low = np.linspace(max(-share, 0.0), (1 - share) / 2, int(rows))
    up = low + share
    margin = 100 * two_sided_z(0.95) * np.sqrt(np.maximum(up + low - share**2, 0.0) / 400)
    rest = np.maximum(1 - up - low, 0.0)
    return pd.DataFrame({"promoters": up, "passives": rest, "detractors": low, "margin": margin})


def _pooled(one: SurveyScore, two: SurveyScore) -> tuple[float, float, tuple[int, int]]:
    rows = [score.table.iloc[0] for score in (one, two)]
    sizes = (int(rows[0]["answers"]), int(rows[1]["answers"]))
    p, d = (float(sum(row[name] for row in rows)) / sum(sizes) for name in ("promoters", "detractors"))
    return p, d, sizes


def _spread(p: float, d: float) -> float:
    return p + d - (p - d) ** 2


def _error(p: float, d: float, first: int, second: int) -> float:
    return 100 * math.sqrt(max(_spread(p, d), 0.0) * (1 / first + 1 / second))


def _two_sided(z: float) -> float:
    return math.erfc(z / math.sqrt(2))


def _require_shares(p: float, d: float, asked_by: str) -> None:
    heading = say("`{function}` can't use these numbers.", function=asked_by)
    if p + d > 1 + 1e-12:
        what = say("Promoters and detractors together are {total}; 1 at most is possible.", total=format_number(p + d))
        raise InputError(heading, [Problem("outside_range", what, column="promoters")])
    if _spread(p, d) <= 0 and asked_by == "nps_sample_size":
        raise InputError(heading, [Problem("no_spread", say("All answer alike: nothing varies."), column="promoters")])
