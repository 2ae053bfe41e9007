"""Kano's categories from a survey: counts, the mode and how sure it is, better and worse with intervals.

The category of a feature is the one that most people fall into. That hides splits: where 45 per cent find it attractive
and 40 take it for granted, the next survey may say otherwise, and both groups are real. So beside the mode stand the
runner-up, in how many resampled surveys the mode would be the same (``mode_sure``), and, with ``by``, every group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import ALL, LEVEL, SMALLEST, group_codes, require_few_groups
from crm_toolkit.behaviour.kano import CATEGORIES, EVALUATION_TABLE
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

REPLICATIONS = Knob(
    "replications", 2_000, 100, 100_000, 100, mark("Samples drawn again for intervals"), origin="convention",
    reference="enough for the second digit of an interval's ends",
)  # fmt: skip
SURE_FROM = Knob(
    "sure_from", 0.95, 0.5, 1.0, 0.01, mark("Share of resampled surveys with the same category, to call it sure"),
    unit=mark("fraction"), origin="convention", reference="as the usual level of intervals",
)  # fmt: skip
_LETTERS = list(CATEGORIES)


@dataclass(frozen=True, eq=False)
class KanoSurvey:
    """Categories of features.

    Parameters
    ----------
    table : pandas.DataFrame
        ``feature``, ``group`` (``"all"`` without groups), ``people``, the counts ``A``, ``O``, ``M``, ``I``, ``R``,
        ``Q``, ``category`` (the mode; letters of all that are tied, such as ``"A/M"``), ``runner_up`` (empty where
        nobody is in another), ``mode_share`` (fraction), ``mode_sure`` (fraction of resampled surveys with this mode),
        ``split`` (flag: the mode is not sure), ``better``, ``better_low``, ``better_high`` (0 to 1), ``worse``,
        ``worse_low``, ``worse_high`` (−1 to 0), ``enough`` (flag). Better and worse are missing where nobody is in A,
        O, M or I.
    level : float
    smallest, left_out : int
        People from which a row is read by itself; rows with a missing answer.
    """

    table: pd.DataFrame
    level: float
    smallest: int
    left_out: int

    def __str__(self) -> str:
        return "\n".join(self.in_words(place) for place in range(len(self.table)))

    def in_words(self, place: int = 0) -> str:
        """One row of the table as a sentence."""
        row = self.table.iloc[place]
        name = str(row["feature"]) if row["group"] == ALL else f"{row['feature']}, {row['group']}"
        letters = row["category"].split("/")
        said = "/".join(say(CATEGORIES[letter]) for letter in letters)
        told = say(
            "{name}: {category} ({share}).", name=name, category=said, share=format_percent(row["mode_share"], 0)
        )
        if not np.isnan(row["better"]):
            told += " " + say("Better {better}, worse {worse}.", better=format_number(row["better"], 2),
                              worse=format_number(row["worse"], 2))  # fmt: skip
        if row["split"] and row["runner_up"]:
            others = "/".join(say(CATEGORIES[letter]) for letter in row["runner_up"].split("/"))
            told += " " + say("Not sure: next comes {category}.", category=others)
        if not row["enough"]:
            told += " " + say("Too few answers to tell: {least} are needed.", least=self.smallest)
        return told


def kano_table(
    answers: Any,
    *,
    feature: str = "feature",
    functional: str = "functional",
    dysfunctional: str = "dysfunctional",
    by: str | None = None,
    level: float = LEVEL.default,
    replications: int = int(REPLICATIONS.default),
    seed: int = 0,
    smallest: int = int(SMALLEST.default),
) -> KanoSurvey:
    """Classify features by Kano's pairs of questions.

    Parameters
    ----------
    answers : frame, relation or path
        One row for each person and feature: ``feature``, ``functional`` and ``dysfunctional`` (whole numbers 1 to 5, as
        `behaviour.kano.ANSWERS` has them). Rows with a missing answer are left out.
    feature, functional, dysfunctional : str
        Names of these columns.
    by : str, optional
        Column of groups, each with rows of its own; rows without a group are left out.
    level : float
        Level of the intervals, a fraction.
    replications, seed : int
        Of the resampled surveys (bootstrap over people).
    smallest : int
        People from which a row is read by itself.

    Returns
    -------
    KanoSurvey

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, an answer is no whole number from 1 to 5, or nothing is left.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = [(1, 3)] * 30 + [(1, 5)] * 25 + [(3, 5)] * 35 + [(3, 3)] * 10
    >>> answers = pd.DataFrame(pairs, columns=["functional", "dysfunctional"]).assign(feature="sauna")
    >>> print(kano_table(answers))
    sauna: must-be (35%). Better 0.55, worse -0.60. Not sure: next comes attractive.
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    draws = int(REPLICATIONS.check(replications))
    wanted = {feature: "label", functional: "number", dysfunctional: "number"} | ({by: "label"} if by else {})
    found = brought_home(answers, wanted, asked_by="kano_table")
    whole = found.dropna(ignore_index=True)
    heading = say("`{function}` can't classify these answers.", function="kano_table")
    if whole.empty:
        what = say_count("{count} row, and none of them whole.", "{count} rows, and none of them whole.", len(found))
        raise InputError(heading, [Problem("empty", what)])
    _require_answers(whole, (functional, dysfunctional), heading)
    features, groups = group_codes(whole, feature), group_codes(whole, by)
    require_few_groups(features[1], feature, asked_by="kano_table")
    require_few_groups(groups[1], by, asked_by="kano_table")
    table = np.array([[_LETTERS.index(letter) for letter in row] for row in EVALUATION_TABLE])
    code = table[whole[functional].to_numpy().astype(int) - 1, whole[dysfunctional].to_numpy().astype(int) - 1]
    counts = np.zeros((len(features[1]), len(groups[1]), len(_LETTERS)), dtype="int64")
    np.add.at(counts, (features[0], groups[0], code), 1)
    rng = np.random.default_rng(seed)
    rows = [
        (name, group, *_row(counts[i, j], share, draws, rng, least))
        for i, name in enumerate(features[1])
        for j, group in enumerate(groups[1])
        if counts[i, j].sum()
    ]
    columns = ["feature", "group", "people", *_LETTERS, "category", "runner_up", "mode_share", "mode_sure", "split",
               "better", "better_low", "better_high", "worse", "worse_low", "worse_high", "enough"]  # fmt: skip
    return KanoSurvey(pd.DataFrame(rows, columns=columns), share, least, len(found) - len(whole))


def _require_answers(whole: pd.DataFrame, names: tuple[str, str], heading: str) -> None:
    problems = []
    for name in names:
        values = whole[name].to_numpy()
        bad = int(((values < 1) | (values > 5) | (values != np.floor(values))).sum())
        if bad:
            what = say_count(
                "{count} answer of `{name}` is no whole number from 1 to 5.",
                "{count} answers of `{name}` are no whole numbers from 1 to 5.",
                bad,
                name=name,
            )
            problems.append(Problem("outside_scale", what, column=name))
    if problems:
        raise InputError(heading, problems)


def _row(counts: np.ndarray, level: float, draws: int, rng: np.random.Generator, least: int) -> tuple[Any, ...]:
    people, top = int(counts.sum()), int(counts.max())
    modes = np.flatnonzero(counts == top)
    rest = np.where(counts < top, counts, 0)
    second = np.flatnonzero((rest == rest.max()) & (rest > 0))
    again = rng.multinomial(people, counts / people, size=draws)
    leads = again[:, modes[0]] > np.delete(again, modes[0], axis=1).max(axis=1)
    sure = float(leads.mean()) if len(modes) == 1 else 0.0
    ends = [(1 - level) / 2, (1 + level) / 2]
    parts: list[float] = []
    for sign, first in ((1.0, (0, 1)), (-1.0, (1, 2))):
        whole = again[:, :4].sum(axis=1)
        known = whole > 0
        if not counts[:4].sum() or not known.any():
            parts += [np.nan] * 3
            continue
        value = sign * float(counts[list(first)].sum() / counts[:4].sum())
        drawn = sign * again[known][:, list(first)].sum(axis=1) / whole[known]
        low, high = np.quantile(drawn, ends)
        parts += [value, min(float(low), value), max(float(high), value)]
    return (people, *counts.tolist(), "/".join(_LETTERS[k] for k in modes), "/".join(_LETTERS[k] for k in second),
            top / people, sure, sure < SURE_FROM.default, *parts, people >= least)  # fmt: skip
