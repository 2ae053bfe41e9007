"""What customers answered: recommendation (NPS), satisfaction (CSAT) and effort (CES), with intervals.

NPS    share of 9 and 10 less share of 0 to 6 on "how likely to recommend", in points from −100 to 100
CSAT   share of the two highest answers on "how satisfied" (top-2-box), a fraction
CES    mean of the answers on "how easy it was"; here the highest answer is the easiest

A score is an estimate from those who were asked and answered, so it has an interval; below a stated number of answers
it says that there are too few to tell. NPS discards most of what was answered: its margin with 200 answers is about
11 points, and a change of 3 points between two such surveys is noise.

Who answers is not who was asked. If groups answer unevenly, and their shares among all customers are known, the groups'
scores are weighted by these shares (post-stratification, Holt and Smith 1979). That repairs unevenness *between* the
groups, never within them: if only the annoyed answer in every group, no weight helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.shares import ALL, LEVEL, SMALLEST, group_codes, require_few_groups
from crm_toolkit.analysis.surveys.counts import answer_counts, checked_scale, group_scores, require_answers
from crm_toolkit.analysis.surveys.weights import stratum_shares
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

MEASURES = {
    "nps": mark("NPS, points"),
    "csat": mark("CSAT, share of the satisfied"),
    "ces": mark("CES, mean of the scale"),
}


@dataclass(frozen=True, eq=False)
class SurveyScore:
    """Scores of a survey, of all who answered or by group.

    Parameters
    ----------
    table : pandas.DataFrame
        ``group`` (``"all"`` where none were asked for), ``rows`` (also those without an answer), ``answers``; for NPS
        ``promoters``, ``passives``, ``detractors``; for CSAT ``satisfied``; then ``score``, ``low``, ``high``,
        ``interval`` (its kind: ``"variance"``, ``"score"``, ``"wilson"``, ``"t"``, ``"weighted"``, ``"none"``) and
        ``enough`` (flag). Scores are missing where nobody answered.
    measure : {"nps", "csat", "ces"}
    scale : tuple of int
        Lowest and highest answer.
    level : float
        Level of the intervals.
    smallest : int
        Answers from which a score is read by itself.
    weighted : bool
        Whether groups of known size were weighted.
    without_group : int
        Rows without a group or a stratum, left out.
    """

    table: pd.DataFrame
    measure: str
    scale: tuple[int, int]
    level: float
    smallest: int
    weighted: bool
    without_group: int
    _counts: np.ndarray = field(repr=False)
    _shares: np.ndarray | None = field(repr=False)

    def __str__(self) -> str:
        return "\n".join(self.in_words(place) for place in range(len(self.table)))

    def in_words(self, place: int = 0) -> str:
        """One row of the table as a sentence."""
        row = self.table.iloc[place]
        name = say(MEASURES[self.measure]) if row["group"] == ALL else str(row["group"])
        if not row["answers"]:
            return say("{name}: nobody answered.", name=name)
        told = say_count(
            "{name}: {score} (from {low} to {high}), {count} answer.",
            "{name}: {score} (from {low} to {high}), {count} answers.",
            int(row["answers"]),
            name=name,
            score=self.written(row["score"]),
            low=self.written(row["low"]),
            high=self.written(row["high"]),
        )
        if row["enough"]:
            return told
        return say("{told} Too few answers to tell: {least} are needed.", told=told, least=self.smallest)

    def written(self, value: float) -> str:
        """A score as people write it: points, per cent or a mean."""
        if self.measure == "csat":
            return format_percent(value)
        return format_number(value, 1 if self.measure == "nps" else 2)


def net_promoter_score(
    surveys: Any,
    *,
    question: str = "nps",
    by: str | None = None,
    strata: str | None = None,
    shares: Mapping[Any, float] | None = None,
    interval: str = "auto",
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> SurveyScore:
    """How readily customers recommend the organisation: promoters less detractors, in points.

    Parameters
    ----------
    surveys : frame, relation or path
        One row per invitation or answer: the column ``question`` with whole numbers from 0 to 10, empty without an
        answer.
    question : str
        Its name.
    by : str, optional
        Column of groups, each with a score of its own.
    strata : str, optional
        Column of groups that answer unevenly; their scores are weighted by their known shares.
    shares : mapping, optional
        Stratum → its share among all customers (any positive numbers); by default their shares of the rows of the
        table, also those without an answer: right where a row is an invitation.
    interval : {"auto", "variance", "score"}
        ``"auto"`` takes the variance formula from 100 answers with 5 promoters and 5 detractors, else Tango's score
        interval. Weighted scores have an interval by the variance within strata.
    level : float
        Level of the intervals, a fraction.
    smallest : int
        Answers from which a score is read by itself.

    Returns
    -------
    SurveyScore
        Score and interval in points, −100 to 100.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an answer lies outside the scale, nobody answered, a stratum of
        known share has fewer than two answers, or an option is not allowed.

    References
    ----------
    Reichheld, F. F. (2003). The One Number You Need to Grow. Harvard Business Review 81(12), 46–54. Rocks, B. (2016).
    Interval Estimation for the “Net Promoter Score”. The American Statistician 70, 365–372. Keiningham, T. L. et al.
    (2007). A Longitudinal Examination of Net Promoter and Firm Revenue Growth. Journal of Marketing 71, 39–51: the
    claim that NPS predicts growth best was not replicated.

    Examples
    --------
    >>> import pandas as pd
    >>> surveys = pd.DataFrame({"nps": [10] * 100 + [8] * 60 + [3] * 40 + [None] * 300})
    >>> print(net_promoter_score(surveys))
    NPS, points: 30.0 (from 19.2 to 40.8), 200 answers.
    """
    _require_option("interval", interval, ("auto", "variance", "score"), asked_by="net_promoter_score")
    return _scored(surveys, question, by, strata, shares, (0, 10), "nps", level, smallest, "net_promoter_score",
                   interval)  # fmt: skip


def customer_satisfaction_score(
    surveys: Any,
    *,
    question: str = "csat",
    by: str | None = None,
    strata: str | None = None,
    shares: Mapping[Any, float] | None = None,
    scale: tuple[int, int] = (1, 5),
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> SurveyScore:
    """Which share of the answers is one of the two highest.

    Parameters
    ----------
    surveys : frame, relation or path
        One row per invitation or answer: the column ``question`` with whole numbers of the scale.
    question, by, strata, shares, level, smallest
        As of `net_promoter_score`.
    scale : tuple of int
        Lowest and highest answer.

    Returns
    -------
    SurveyScore
        Share and Wilson's interval, fractions.

    Raises
    ------
    InputError
        As `net_promoter_score`.

    Examples
    --------
    >>> import pandas as pd
    >>> surveys = pd.DataFrame({"csat": [5, 4, 4, 3, 5, 1], "branch": list("aaabbb")})
    >>> print(customer_satisfaction_score(surveys, by="branch", smallest=3))
    a: 100.0% (from 43.9% to 100.0%), 3 answers.
    b: 33.3% (from 6.1% to 79.2%), 3 answers.
    """
    return _scored(surveys, question, by, strata, shares, scale, "csat", level, smallest,
                   "customer_satisfaction_score")  # fmt: skip


def customer_effort_score(
    surveys: Any,
    *,
    question: str = "ces",
    by: str | None = None,
    strata: str | None = None,
    shares: Mapping[Any, float] | None = None,
    scale: tuple[int, int] = (1, 7),
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> SurveyScore:
    """How easy customers found it, on average; the highest answer is the easiest.

    Parameters
    ----------
    surveys : frame, relation or path
        One row per invitation or answer: the column ``question`` with whole numbers of the scale.
    question, by, strata, shares, level, smallest
        As of `net_promoter_score`.
    scale : tuple of int
        Lowest and highest answer.

    Returns
    -------
    SurveyScore
        Mean and Student's interval, in points of the scale; where all answer alike, the interval supposes what others
        might have answered.

    Raises
    ------
    InputError
        As `net_promoter_score`.

    References
    ----------
    Dixon, M., Freeman, K., Toman, N. (2010). Stop Trying to Delight Your Customers. Harvard Business Review 88(7/8),
    116–122.

    Examples
    --------
    >>> import pandas as pd
    >>> print(customer_effort_score(pd.DataFrame({"ces": [7, 6, 6, 5, 4, None]})))
    CES, mean of the scale: 5.60 (from 4.18 to 7.00), 5 answers. Too few answers to tell: 30 are needed.
    """
    return _scored(surveys, question, by, strata, shares, scale, "ces", level, smallest, "customer_effort_score")


def _scored(
    surveys: Any,
    question: str,
    by: str | None,
    strata: str | None,
    shares: Mapping[Any, float] | None,
    scale: tuple[int, int],
    measure: str,
    level: float,
    smallest: int,
    asked_by: str,
    interval: str = "auto",
) -> SurveyScore:
    ends = checked_scale(scale, asked_by)
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    if shares is not None and strata is None:
        what = say("Known shares are given, but not the column of their strata.")
        heading = say("`{function}` can't weight these answers.", function=asked_by)
        raise InputError(heading, [Problem("no_strata", what, advice=say("Name it: `strata=…`."), column="strata")])
    found = answer_counts(surveys, question, by, strata, ends, asked_by)
    groups, layers = group_codes(found, by), group_codes(found, strata)
    require_few_groups(groups[1], by, asked_by=asked_by)
    require_few_groups(layers[1], strata, asked_by=asked_by)
    kept = (groups[0] >= 0) & (layers[0] >= 0)
    rows = found["rows"].to_numpy(dtype="int64")
    size = ends[1] - ends[0] + 2  # the last place is for no answer
    counts = np.zeros((len(groups[1]), len(layers[1]), size), dtype="int64")
    place = (found["answer"] - ends[0]).fillna(size - 1).to_numpy(dtype="int64")
    np.add.at(counts, (groups[0][kept], layers[0][kept], place[kept]), rows[kept])
    require_answers(counts, int(rows.sum()), question, asked_by)
    known = None if strata is None else stratum_shares(counts, groups[1], layers[1], shares, strata, asked_by=asked_by)
    table = _score_table(counts, known, groups[1], measure, ends, share, least, interval)
    return SurveyScore(table, measure, ends, share, least, known is not None, int(rows[~kept].sum()), counts, known)


def _require_option(name: str, value: Any, allowed: tuple[str, ...], *, asked_by: str) -> None:
    if value not in allowed:
        what = say("`{name}` can't be {value}.", name=name, value=repr(value))
        found = say("Allowed: {names}.", names=", ".join(map(repr, allowed)))
        raise InputError(say("`{function}` can't read these answers.", function=asked_by),
                         [Problem("unknown_option", what, found, column=name)])  # fmt: skip


def _score_table(
    counts: np.ndarray,
    shares: np.ndarray | None,
    groups: list[Any],
    measure: str,
    ends: tuple[int, int],
    level: float,
    smallest: int,
    interval: str,
) -> pd.DataFrame:
    answers = counts[:, :, :-1].sum(axis=1)
    people = answers.sum(axis=1)
    columns: dict[str, Any] = {"group": groups, "rows": counts.sum(axis=(1, 2)), "answers": people}
    if measure == "nps":
        columns |= {"promoters": answers[:, 9:].sum(axis=1), "passives": answers[:, 7:9].sum(axis=1),
                    "detractors": answers[:, :7].sum(axis=1)}  # fmt: skip
    elif measure == "csat":
        columns["satisfied"] = answers[:, -2:].sum(axis=1)
    score, low, high, kind = group_scores(counts, shares, measure, ends, level, interval)
    columns |= {"score": score, "low": low, "high": high, "interval": kind, "enough": people >= smallest}
    return pd.DataFrame(columns)
