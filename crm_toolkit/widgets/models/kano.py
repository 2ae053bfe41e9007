"""Explore Kano: how many people of each category make a feature attractive, must-be or split."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis.kano import KanoSurvey, kano_table
from crm_toolkit.behaviour.kano import CATEGORIES, EVALUATION_TABLE, LIMITS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.kano import kano_chart, kano_curves_chart
from crm_toolkit.texts import format_number, format_percent, language, mark, say
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

_PEOPLE = mark("people")
_EXAMPLE = "an invented survey of 100 people; better 0.55 and worse −0.60"
KNOBS = {
    letter: Knob(letter, default, 0, 500, 5, CATEGORIES[letter], unit=_PEOPLE, origin="convention", reference=_EXAMPLE)
    for letter, default in (("A", 30), ("O", 25), ("M", 35), ("I", 10), ("R", 0), ("Q", 0))
}
_ROWS = (("A", "O", "M"), ("I", "R", "Q"), ("conclusion",), ("picture", "curves"), ("counts",))


def explore_kano(**people: int) -> Explorer:
    """Turn the numbers of people by category, and see category, better and worse, and how sure they are.

    Parameters
    ----------
    **people : int
        Where the numbers start: letters of `behaviour.kano.CATEGORIES`, 0 to 500; by default 30, 25, 35, 10, 0, 0.

    Returns
    -------
    Explorer
        A notebook shows controls, better and worse with their intervals beside Kano's shapes, and the counts.
        ``.result`` is the `KanoSurvey`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If a letter is unknown, a number not allowed, or nobody was asked.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_kano()
    >>> explorer.controls["A"].value = 90
    >>> row = explorer.result.table.iloc[0]
    >>> row["category"], bool(row["split"])
    ('A', False)
    """
    _require_letters(people)
    start = {letter: int(knob.check(people.get(letter, knob.default))) for letter, knob in KNOBS.items()}

    def controls() -> dict[str, Any]:
        return {letter: number_control(knob, value=start[letter]) for letter, knob in KNOBS.items()}

    return Explorer(_look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _require_letters(people: dict[str, int]) -> None:
    strangers = [letter for letter in people if letter not in KNOBS]
    if strangers:
        what = say("`{name}` can't be {value}.", name="people", value=repr(strangers[0]))
        found = say("Known: {names}.", names=", ".join(KNOBS))
        raise InputError(say("`{function}` can't start.", function="explore_kano"),
                         [Problem("unknown_option", what, found)])  # fmt: skip


def _look(**counts: int) -> View:
    survey = kano_table(_answers(counts))
    row = survey.table.iloc[0]
    areas: dict[str, Any] = {"curves": _curves(str(language())), "counts": _counts(row)}
    if np.isnan(row["better"]):
        areas["picture"] = Table(say("Nobody is in A, O, M or I."), (say("Category"), say("People")), ())
    else:
        areas["picture"] = plots.show(kano_chart(survey))
    return View(_conclusion(survey), areas, survey, (say(LIMITS),))


@lru_cache(maxsize=2)
def _curves(_spoken: str) -> plots.Picture:
    """The shapes, drawn once for each language."""
    return plots.show(kano_curves_chart())


def _answers(counts: dict[str, int]) -> pd.DataFrame:
    """A pair of answers for each person that falls into the wished category."""
    pair = {row[k]: (i + 1, k + 1) for i, row in enumerate(EVALUATION_TABLE) for k in range(5)}
    rows = [pair[letter] for letter, number in counts.items() for _ in range(number)]
    return pd.DataFrame(rows, columns=["functional", "dysfunctional"], dtype="float64").assign(feature=say("feature"))


def _conclusion(survey: KanoSurvey) -> str:
    row = survey.table.iloc[0]
    names = "/".join(say(CATEGORIES[letter]) for letter in row["category"].split("/"))
    share = format_percent(row["mode_share"], 0)
    told = say("The commonest category is {category} ({share}).", category=names, share=share)
    if not np.isnan(row["better"]):
        told += " " + say("It can please {better} of the people, and its absence annoys {worse}.",
                          better=format_percent(row["better"], 0), worse=format_percent(-row["worse"], 0))  # fmt: skip
    if "/" in row["category"]:
        return told + " " + say("Several categories are equally frequent: the label says nothing here.")
    if not row["split"]:
        return told + " " + say("Another survey of this size would say the same.")
    return told + " " + say("The label is not sure: {share} of such surveys would give it again. Look at the groups.",
                            share=format_percent(row["mode_sure"], 0))  # fmt: skip


def _counts(row: pd.Series) -> Table:
    rows = tuple(
        (f"{letter}: {say(text)}", format_number(int(row[letter])), format_percent(row[letter] / row["people"], 0))
        for letter, text in CATEGORIES.items()
    )
    heads = (say("Category"), say("People"), say("Share"))
    if np.isnan(row["better"]):
        return Table(say("Answers by category"), heads, rows)
    bounds = ("better", "better_low", "better_high", "worse", "worse_low", "worse_high")
    note = say("Better {better} (from {better_low} to {better_high}), worse {worse} (from {worse_low} to "
               "{worse_high}).", **{name: format_number(row[name], 2) for name in bounds})  # fmt: skip
    return Table(say("Answers by category"), heads, rows, note)
