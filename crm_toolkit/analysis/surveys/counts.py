"""Answers of a survey counted by group, stratum and answer, and the scores of such counts."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from crm_toolkit.analysis.cohorts import wilson_interval
from crm_toolkit.analysis.fields import checked_kinds, laid_out_with
from crm_toolkit.analysis.lines import count_where
from crm_toolkit.analysis.surveys.intervals import mean_interval, score_interval, two_sided_z, variance_interval
from crm_toolkit.analysis.tables import collected
from crm_toolkit.engines import Desk
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say, say_count

VARIANCE_FROM = Knob(
    "variance_from",
    100,
    2,
    100_000,
    1,
    mark("Answers from which the interval of NPS follows its variance"),
    origin="assumption",
    reference="below it, or with fewer than 5 promoters or detractors, the score interval is used",
)
_FEWEST_OF_A_KIND = 5


def answer_counts(
    surveys: Any, question: str, by: str | None, strata: str | None, ends: tuple[int, int], asked_by: str
) -> pd.DataFrame:
    """Rows by group, stratum and answer: a small table, whatever the size of the survey."""
    wanted = {question: "number"} | {name: "label" for name in (by, strata) if name is not None and name != question}
    with laid_out_with(surveys, wanted, asked_by=asked_by) as desk:
        kinds = checked_kinds(desk, wanted, asked_by=asked_by)
        lines = desk.lines.select(answer=kinds[question], **{f"_{role}": nw.col(name) for role, name in
                                                             (("by", by), ("strata", strata)) if name})  # fmt: skip
        lines = lines.with_columns(answer=nw.when(~nw.col("answer").is_nan()).then(nw.col("answer")))
        _require_scale(desk, lines, question, ends, asked_by)
        keys = ["answer", *(f"_{role}" for role, name in (("by", by), ("strata", strata)) if name)]
        counted = collected(lines.group_by(*keys).agg(rows=nw.len()))
    names = {f"_{role}": name for role, name in (("by", by), ("strata", strata)) if name}
    if by == strata and by is not None:
        counted = counted.drop(columns="_strata")
    return counted.rename(columns=names)


def _require_scale(desk: Desk, lines: Any, question: str, ends: tuple[int, int], asked_by: str) -> None:
    answer = nw.col("answer")
    outside = (answer < ends[0]) | (answer > ends[1]) | (answer != answer.floor())
    found = desk.row(lines.select(n=count_where(outside), low=answer.min(), high=answer.max()))
    if not found["n"]:
        return
    what = say_count("{count} answer is no whole number from {low} to {high}.",
                     "{count} answers are no whole numbers from {low} to {high}.", int(found["n"]), low=ends[0],
                     high=ends[1])  # fmt: skip
    seen = say("The answers lie between {low} and {high}.", low=format_number(found["low"]),
               high=format_number(found["high"]))  # fmt: skip
    advice = say("Look whether the scale is another one, and whether a code such as 99 stands for no answer.")
    heading = say("`{function}` can't read these answers.", function=asked_by)
    raise InputError(heading, [Problem("outside_scale", what, seen, advice, column=question)])


def require_answers(counts: np.ndarray, rows: int, question: str, asked_by: str) -> None:
    if counts[:, :, :-1].sum():
        return
    what = say_count("{count} row, and no answer in `{name}`.", "{count} rows, and no answer in `{name}`.", rows,
                     name=question)  # fmt: skip
    raise InputError(say("`{function}` found no answer.", function=asked_by),
                     [Problem("no_answers", what, column=question)])  # fmt: skip


def checked_scale(scale: Any, asked_by: str) -> tuple[int, int]:
    try:
        low, high = (int(end) for end in scale)
        fits = low < high <= low + 100 and [low, high] == list(scale)
    except (TypeError, ValueError):
        fits = False
    if fits:
        return low, high
    what = say("`scale` must be the lowest and the highest answer, two whole numbers such as (1, 5).")
    found = say("Found: {value}.", value=repr(scale))
    raise InputError(say("`{function}` can't read these answers.", function=asked_by),
                     [Problem("bad_scale", what, found, column="scale")])  # fmt: skip


def _worth(measure: str, ends: tuple[int, int]) -> np.ndarray:
    """What one answer adds to the score."""
    answer = np.arange(ends[0], ends[1] + 1)
    if measure == "nps":
        return np.where(answer >= 9, 100.0, np.where(answer <= 6, -100.0, 0.0))
    return (answer > ends[1] - 2).astype("float64") if measure == "csat" else answer.astype("float64")


def group_scores(
    counts: np.ndarray, shares: np.ndarray | None, measure: str, ends: tuple[int, int], level: float, interval: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Score, bounds and kind of interval of every group, from counts by group, stratum and answer."""
    worth = _worth(measure, ends)
    answers = counts[:, :, :-1].sum(axis=1).astype("float64")
    n = answers.sum(axis=1)
    whole = np.maximum(n, 1.0)
    score = answers @ worth / whole
    spread = np.sqrt(np.maximum(answers @ worth**2 - n * score**2, 0.0) / np.maximum(n - 1, 1))
    if measure == "nps":
        up, down = answers[:, 9:].sum(axis=1), answers[:, :7].sum(axis=1)
        exact = score_interval(up, down, whole, level)
        formula = variance_interval(up, down, whole, level)
        many = (n >= VARIANCE_FROM.default) & (np.minimum(up, down) >= _FEWEST_OF_A_KIND)
        by_formula = {"auto": many, "variance": n > 0, "score": n < 0}[interval]
        low, high = (100 * np.where(by_formula, one, other) for one, other in zip(formula, exact, strict=True))
        kind = np.where(by_formula, "variance", "score").astype(object)
    elif measure == "csat":
        low, high = wilson_interval(answers[:, -2:].sum(axis=1), whole, level)
        kind = np.full(len(n), "wilson", dtype=object)
    else:
        low, high = mean_interval(score, spread, whole, level, lowest=ends[0], highest=ends[1])
        kind = np.full(len(n), "t", dtype=object)
    if shares is not None:
        score, low, high, kind = _weighted(counts, shares, worth, level, (score, low, high, kind))
    nobody = n == 0
    kind = np.where(nobody, "none", kind)
    score, low, high = (np.where(nobody, np.nan, values) for values in (score, low, high))
    return score, low, high, kind


def _weighted(
    counts: np.ndarray, shares: np.ndarray, worth: np.ndarray, level: float, plain: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Strata weighted by their known shares; the variance is that within the strata, given who answered."""
    answers = counts[:, :, :-1].astype("float64")
    n = answers.sum(axis=2)
    whole = np.maximum(n, 1.0)
    mean = answers @ worth / whole
    variance = np.maximum(answers @ worth**2 / whole - mean**2, 0.0) / np.maximum(n - 1, 1.0)
    score = (shares * mean).sum(axis=1)
    half = two_sided_z(level) * np.sqrt((shares**2 * variance).sum(axis=1))
    sure = half <= 1e-12  # all answered alike: the unweighted interval still says how little that proves
    low = np.where(sure, plain[1] - plain[0] + score, np.maximum(score - half, worth.min()))
    high = np.where(sure, plain[2] - plain[0] + score, np.minimum(score + half, worth.max()))
    return score, low, high, np.where(sure, plain[3], "weighted")
