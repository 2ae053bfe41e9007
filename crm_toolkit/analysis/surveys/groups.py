"""Scores of groups beside each other: which difference is more than noise.

With many groups some pair looks different by luck alone. So beside the interval of every difference stands a wider one
that holds for all pairs together (Bonferroni): a difference is called one only if that wider interval excludes zero.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.surveys.counts import group_scores
from crm_toolkit.analysis.surveys.intervals import difference_interval
from crm_toolkit.analysis.surveys.scores import SurveyScore
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import join_names, say, say_count

MOST_PAIRS = 1_000


def compare_survey_groups(score: SurveyScore, *, baseline: Any = None) -> pd.DataFrame:
    """Compare the groups of a survey with each other, or all with one of them.

    Parameters
    ----------
    score : SurveyScore
        With ``by``.
    baseline : optional
        Group with which the others are compared; by default every pair is.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``, ``difference`` (first less second, in the score's unit), ``low``, ``high`` (interval of
        this difference alone), ``joint_low``, ``joint_high`` (interval that holds for all pairs together) and
        ``verdict``: ``"higher"`` or ``"lower"`` (the first), ``"not_shown"`` (may be noise), ``"too_few"`` (one of the
        groups has too few answers). Groups in which nobody answered are left out.

    Raises
    ------
    InputError
        If there are no two groups with answers, the baseline is none of them, or there are more than 1,000 pairs.

    Notes
    -----
    Intervals come from those of the groups (MOVER, see `survey_intervals`; of NPS those of `interval="auto"`). The
    groups must be of different people.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.analysis.surveys.scores import net_promoter_score
    >>> surveys = pd.DataFrame({"nps": [10] * 90 + [5] * 10 + [10] * 45 + [2] * 55, "branch": [1] * 100 + [2] * 100})
    >>> found = compare_survey_groups(net_promoter_score(surveys, by="branch"))
    >>> print(found[["first", "second", "difference", "low", "high", "verdict"]].round(1).to_string(index=False))
     first  second  difference  low  high verdict
         1       2        90.0 67.2 112.8  higher
    """
    table = score.table
    there = np.flatnonzero(table["answers"].to_numpy() > 0)
    names = table["group"].tolist()
    heading = say("`{function}` can't compare these groups.", function="compare_survey_groups")
    if len(there) < 2:
        what = say_count("{count} group has answers; two are needed.", "{count} groups have answers; two are needed.",
                         len(there))  # fmt: skip
        raise InputError(heading, [Problem("not_two", what, advice=say("Ask for the score with `by=…`."))])
    known = [names[place] for place in there]
    if baseline is not None and baseline not in known:
        what = say("`{name}` can't be {value}.", name="baseline", value=repr(baseline))
        found = say("Groups: {names}.", names=join_names(map(repr, known)))
        raise InputError(heading, [Problem("unknown_option", what, found, column="baseline")])
    if baseline is None:
        pairs = np.array(list(combinations(there, 2)))
    else:
        middle = names.index(baseline)
        pairs = np.array([(place, middle) for place in there if place != middle])
    if len(pairs) > MOST_PAIRS:
        what = say("There are {count} pairs; {most} can be compared.", count=len(pairs), most=MOST_PAIRS)
        advice = say("Choose a `baseline`, or join groups.")
        raise InputError(heading, [Problem("too_many", what, advice=advice)])
    joint = 1 - (1 - score.level) / len(pairs)
    bounds = []
    for level in (score.level, joint):
        value, low, high, _ = group_scores(score._counts, score._shares, score.measure, score.scale, level, "auto")
        one, two = pairs[:, 0], pairs[:, 1]
        bounds.append(difference_interval(value[one], low[one], high[one], value[two], low[two], high[two]))
    first, second = pairs[:, 0], pairs[:, 1]
    scores, enough = table["score"].to_numpy(), table["enough"].to_numpy(dtype=bool)
    verdict = np.where(bounds[1][0] > 0, "higher", np.where(bounds[1][1] < 0, "lower", "not_shown"))
    verdict = np.where(enough[first] & enough[second], verdict, "too_few")
    return pd.DataFrame(
        {
            "first": [names[place] for place in first],
            "second": [names[place] for place in second],
            "difference": scores[first] - scores[second],
            "low": bounds[0][0],
            "high": bounds[0][1],
            "joint_low": bounds[1][0],
            "joint_high": bounds[1][1],
            "verdict": verdict,
        }
    )
