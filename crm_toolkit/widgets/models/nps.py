"""Explore NPS: how it jumps while nothing happens, what it hides, and how many answers a change needs."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis.surveys.intervals import two_sided_z
from crm_toolkit.analysis.surveys.nps_change import nps_noise, nps_sample_size, same_score_table
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.nps import nps_noise_chart
from crm_toolkit.texts import format_number, format_percent, mark, say
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

_OURS = "the example of the course: NPS 30"
KNOBS = {
    knob.name: knob
    for knob in (
        Knob("promoters", 0.5, 0.0, 1.0, 0.01, mark("True share of promoters (9 and 10)"),
             origin="convention", reference=_OURS),
        Knob("detractors", 0.2, 0.0, 1.0, 0.01, mark("True share of detractors (0 to 6)"),
             origin="convention", reference=_OURS),
        Knob("answers", 200, 20, 20_000, 20, mark("Answers in each survey"), origin="convention", reference=_OURS),
        Knob("surveys", 12, 2, 60, 1, mark("Surveys"), origin="convention", reference="a year, month by month"),
        Knob("change", 3.0, 0.5, 50.0, 0.5, mark("A change that should be found"), unit=mark("points of NPS"),
             origin="convention", reference="what is often celebrated"),
        Knob("seed", 1, 1, 1_000, 1, mark("Draw again: number of the draw"), origin="convention"),
    )
}  # fmt: skip
_ROWS = (("promoters", "detractors", "answers"), ("surveys", "change", "seed"), ("conclusion",),
         ("picture",), ("alike",))  # fmt: skip


@dataclass(frozen=True, eq=False)
class NPSView:
    """What `explore_nps` shows.

    Parameters
    ----------
    surveys : pandas.DataFrame
        `analysis.nps_noise`.
    margin : float
        Points either way for one survey, at 95 per cent.
    moved : float
        Share of pairs of neighbouring surveys that differ by the change or more, though nothing happened.
    needed : int
        Answers in each survey that find the change in 8 of 10 cases; 0 where nothing varies.
    alike : pandas.DataFrame
        `analysis.same_score_table`.
    """

    surveys: pd.DataFrame
    margin: float
    moved: float
    needed: int
    alike: pd.DataFrame


def explore_nps() -> Explorer:
    """Turn true shares and the number of answers, and see how NPS jumps while nothing happens.

    Returns
    -------
    Explorer
        A notebook shows controls, surveys with their intervals around the truth, and quite different answers that make
        the same score. ``.result`` is an `NPSView`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_nps()
    >>> round(explorer.result.margin, 1), explorer.result.needed
    (10.8, 10640)
    >>> explorer.controls["answers"].value = 1000
    >>> round(explorer.result.margin, 1)
    4.8
    """
    start = {name: knob.default for name, knob in KNOBS.items()}

    def controls() -> dict[str, Any]:
        return {name: number_control(knob) for name, knob in KNOBS.items()}

    return Explorer(_look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _look(*, promoters: float, detractors: float, answers: int, surveys: int, change: float, seed: int) -> View:
    if promoters + detractors > 1 + 1e-9:
        what = say("Promoters and detractors together are {total}; 1 at most is possible.",
                   total=format_number(promoters + detractors))  # fmt: skip
        raise InputError(say("This survey can't be."), [Problem("outside_range", what, column="promoters")])
    table = nps_noise(promoters=promoters, detractors=detractors, answers=answers, surveys=surveys, seed=seed)
    spread = max(promoters + detractors - (promoters - detractors) ** 2, 0.0)
    margin = 100 * two_sided_z(0.95) * sqrt(spread / answers)
    error = 100 * sqrt(2 * spread / answers)
    moved = erfc(change / error / sqrt(2)) if error > 0 else 0.0
    needed = nps_sample_size(change, promoters=promoters, detractors=detractors) if spread > 0 else 0
    score = 100 * (promoters - detractors)
    told = say("With {answers} answers one NPS is known to {margin} points either way.",
               answers=format_number(answers), margin=format_number(margin, 1))  # fmt: skip
    told += " " + say("Though nothing happens, {share} of neighbouring surveys differ by {change} points or more.",
                      share=format_percent(moved, 0), change=format_number(change, 1))  # fmt: skip
    if needed:
        told += " " + say("To find such a change in 8 of 10 cases each survey needs {needed} answers.",
                          needed=format_number(needed))  # fmt: skip
    alike = same_score_table(round(score, 6), steps=5)
    notes = (
        say("NPS was not found to predict growth better than satisfaction: 21 firms, more than 15,500 interviews."),
        say("Only luck is shown here. That some answer and others don't comes on top, and no interval knows it."),
    )
    areas: dict[str, Any] = {"picture": plots.show(nps_noise_chart(table)), "alike": _alike(alike, score)}
    return View(told, areas, NPSView(table, margin, moved, needed, alike), notes)


def _alike(table: pd.DataFrame, score: float) -> Table:
    heads = (say("Promoters"), say("Passives"), say("Detractors"), say("Margin with 400 answers, points"))
    rows = [(*(format_percent(row[name], 0) for name in ("promoters", "passives", "detractors")),
             format_number(row["margin"], 1)) for row in table.to_dict("records")]  # fmt: skip
    return Table(say("Different answers, the same NPS of {score}", score=format_number(score, 0)), heads, tuple(rows))
