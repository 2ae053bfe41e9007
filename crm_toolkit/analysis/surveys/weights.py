"""Who answered and who did not: response rates, and the weights of groups that answer unevenly.

A stratum is a group whose share among all customers is known: from the invitations themselves, or from the customer
database. Weighting by it is post-stratification (Holt, Smith 1979): an answer of a stratum that is half as frequent
among the answers as among the customers counts twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import laid_out_with
from crm_toolkit.analysis.lines import count_where
from crm_toolkit.analysis.shares import ALL, LEVEL, SMALLEST, group_codes, require_few_groups, share_columns
from crm_toolkit.analysis.tables import collected
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say, say_count


def response_rate(
    surveys: Any,
    *,
    answered: str = "answered_at",
    by: str | None = None,
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> pd.DataFrame:
    """Which share of the invitations was answered.

    Parameters
    ----------
    surveys : frame, relation or path
        One row per invitation; the column ``answered`` is empty where nobody answered.
    answered : str
        A column that is filled with an answer: the time, or a question.
    by : str, optional
        Column of groups; rows without a group are left out.
    level : float
        Level of the intervals, a fraction.
    smallest : int
        Invitations from which a rate is read by itself.

    Returns
    -------
    pandas.DataFrame
        ``group`` (``"all"`` without ``by``), ``invited``, ``answered``, ``response_rate`` (fraction), ``low``,
        ``high`` (Wilson's interval), ``enough`` (flag).

    Raises
    ------
    InputError
        If a column is missing, nobody was invited, or an option is not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> surveys = pd.DataFrame({"branch": [1, 1, 1, 2], "nps": [9, None, 4, None]})
    >>> print(response_rate(surveys, answered="nps", by="branch").round(3).to_string(index=False))
    group  invited  answered  response_rate   low  high  enough
        1        3         2          0.667 0.208 0.939   False
        2        1         0          0.000 0.000 0.793   False
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    wanted = [answered, *([by] if by is not None and by != answered else [])]
    with laid_out_with(surveys, wanted, asked_by="response_rate") as desk:
        kind = desk.lines.collect_schema()[answered]
        there = ~nw.col(answered).is_null()
        if kind.is_float():
            there = there & ~nw.col(answered).is_nan().fill_null(True)
        lines = desk.lines.select(there=there, **({} if by is None else {"group": nw.col(by)}))
        counts = {"invited": nw.len(), "answered": count_where(nw.col("there"))}
        found = collected(lines.select(**counts) if by is None else lines.group_by("group").agg(**counts))
    codes, groups = group_codes(found, None if by is None else "group")
    require_few_groups(groups, by, asked_by="response_rate")
    kept = codes >= 0
    invited, given = (
        np.bincount(codes[kept], weights=found[name].to_numpy(dtype="float64")[kept], minlength=len(groups))
        .round()
        .astype("int64")
        for name in ("invited", "answered")
    )
    if not invited.sum():
        heading = say("`{function}` found nobody who was invited.", function="response_rate")
        raise InputError(heading, [Problem("empty", say("The table has no row with a group."))])
    shown = share_columns(given, invited, level=share, smallest=least, name="response_rate")
    return pd.DataFrame({"group": groups, "invited": invited, "answered": given} | shown)


def stratum_shares(
    counts: np.ndarray,
    groups: list[Any],
    strata: list[Any],
    shares: Mapping[Any, float] | None,
    column: str,
    *,
    asked_by: str,
) -> np.ndarray:
    """The known share of every stratum in every group, each group adding up to 1.

    ``counts`` by group, stratum and answer, the last place for no answer. Without ``shares`` the rows themselves are
    what is known: all who were asked.
    """
    if shares is None:
        known = counts.sum(axis=2).astype("float64")
    else:
        known = np.tile(_checked_shares(shares, strata, column, asked_by), (len(groups), 1))
    answers = counts[:, :, :-1].sum(axis=2)
    asked = answers.sum(axis=1) > 0
    thin = (known > 0) & (answers < 2) & asked[:, None]
    if thin.any():
        problems = []
        for group, stratum in zip(*np.nonzero(thin), strict=True):
            name = str(strata[stratum]) if groups == [ALL] else f"{groups[group]}, {strata[stratum]}"
            what = say_count("The stratum “{name}” has {count} answer; two are needed at least.",
                             "The stratum “{name}” has {count} answers; two are needed at least.",
                             int(answers[group, stratum]), name=name)  # fmt: skip
            advice = say("Join strata that are alike, or leave out `by`.")
            problems.append(Problem("thin_stratum", what, advice=advice, column=column))
        raise InputError(say("`{function}` can't weight these answers.", function=asked_by), problems[:20])
    total = known.sum(axis=1, keepdims=True)
    return np.divide(known, total, out=np.zeros_like(known), where=total > 0)


def _checked_shares(shares: Any, strata: list[Any], column: str, asked_by: str) -> np.ndarray:
    heading = say("`{function}` can't weight these answers.", function=asked_by)
    if not isinstance(shares, Mapping):
        what = say("`shares` must name every stratum with its share, not {value}.", value=repr(shares))
        raise InputError(heading, [Problem("no_shares", what, column="shares")])
    problems = []
    unknown = [name for name in strata if name not in shares]
    if unknown:
        what = say("The share of {names} is not given.", names=join_names(map(repr, unknown)))
        found = say("Given: {names}.", names=join_names(map(repr, shares)))
        problems.append(Problem("missing_share", what, found, column="shares"))
    for name in shares:
        try:
            number = math.nan if isinstance(shares[name], (bool, str)) else float(shares[name])
        except (TypeError, ValueError):
            number = math.nan
        if not (math.isfinite(number) and number >= 0):
            what = say("The share of {name} can't be {value}.", name=repr(name), value=repr(shares[name]))
            problems.append(Problem("outside_range", what, advice=say("Give a number from 0."), column="shares"))
        elif number > 0 and name not in strata:
            what = say("Nobody of {name} is in the table, and its share is {value}.", name=repr(name),
                       value=format_number(number))  # fmt: skip
            advice = say("Join it with a stratum that is alike: nothing is known of those who are not there.")
            problems.append(Problem("absent_stratum", what, advice=advice, column="shares"))
    if not problems and not sum(float(shares[name]) for name in strata):
        problems.append(Problem("outside_range", say("All shares are 0."), column="shares"))
    if problems:
        raise InputError(heading, problems)
    return np.array([float(shares[name]) for name in strata])
