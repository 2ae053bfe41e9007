"""Explore the Bass model: what innovation, word of mouth and the potential do to who comes when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.behaviour.diffusion import (
    CATEGORIES,
    KNOBS,
    PUBLISHED,
    BassPeak,
    bass_peak,
    bass_table,
)
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.diffusion import bass_chart
from crm_toolkit.texts import format_number, format_percent, mark, say
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

PERIODS = Knob(
    "periods", 20, 2, 200, 1, mark("Periods shown"), origin="convention", reference="twenty years of a durable"
)
FORM_WORDS = {
    "continuous": mark("all the time (continuous)"),
    "discrete": mark("only from earlier periods (discrete)"),
}
_ROWS = (("p", "q", "potential"), ("periods", "form"), ("conclusion",), ("picture", "categories"))


@dataclass(frozen=True, eq=False)
class BassView:
    """What `explore_bass` shows.

    Parameters
    ----------
    table : pandas.DataFrame
        `behaviour.bass_table`.
    peak : behaviour.BassPeak
        Of the continuous curve.
    """

    table: pd.DataFrame
    peak: BassPeak


def explore_bass(
    *, p: float | None = None, q: float | None = None, potential: int | None = None, form: str = "continuous"
) -> Explorer:
    """Turn innovation, word of mouth and the potential, and see who comes when.

    Parameters
    ----------
    p, q : float, optional
        Where innovation and imitation start, shares per period; by default clothes dryers (Bass 1969).
    potential : int, optional
        Where m starts.
    form : {"continuous", "discrete"}
        Where the form starts.

    Returns
    -------
    Explorer
        A notebook shows controls, the curve with those who were told apart, and other product categories beside it.
        ``.result`` is a `BassView`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If a starting value is not allowed.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_bass()
    >>> explorer.controls["q"].value = 0.0
    >>> explorer.result.peak.inside
    False
    """
    start: dict[str, Any] = {
        name: KNOBS[name].check(KNOBS[name].default if value is None else value)
        for name, value in (("p", p), ("q", q), ("potential", potential))
    }
    start |= {"periods": int(PERIODS.default), "form": form}

    def controls() -> dict[str, Any]:
        forms = [(say(text), code) for code, text in FORM_WORDS.items()]
        return {
            **{name: number_control(KNOBS[name], value=start[name]) for name in KNOBS},
            "periods": number_control(PERIODS),
            "form": choice_control(say("Word of mouth works"), forms, value=form),
        }

    return Explorer(_look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _look(*, p: float, q: float, potential: int, periods: int, form: str) -> View:
    table = bass_table(periods, p=p, q=q, potential=potential, form=form)
    peak = bass_peak(p=p, q=q, potential=potential)
    picture = plots.show(bass_chart(table, peak=peak if form == "continuous" else None))
    told = float(table["imitators"].sum() / table["adopters"].sum())
    ends = say("{told} of those who came were told by others; {share} of all have come after {periods} periods.",
               told=format_percent(told, 0), share=format_percent(float(table["share"].iloc[-1]), 0),
               periods=periods)  # fmt: skip
    if not peak.inside:
        first = say("No peak: innovation outweighs word of mouth, so sales fall from the start.")
    elif form == "discrete":
        highest = int(table["adopters"].to_numpy().argmax()) + 1
        first = say("Most come in period {period}, later than on the continuous curve: every period hears of earlier "
                    "ones only.", period=highest)  # fmt: skip
    else:
        first = say("The peak is {time} periods after the start, at {height} per period; by then {share} have come.",
                    time=format_number(peak.time, 1), height=format_number(peak.adopters, 0),
                    share=format_percent(peak.share, 0))  # fmt: skip
    notes = (say("The numbers of the beginning are those of clothes dryers in Bass 1969, from memory."),)
    return View(f"{first} {ends}", {"picture": picture, "categories": _categories(p, q)}, BassView(table, peak), notes)


def _categories(p: float, q: float) -> Table:
    heads = (say("Product"), say("p"), say("q"), say("Years to the peak"), say("Share that has come by then"))
    rows = []
    mine = {"own": (p, q), **PUBLISHED}
    for code, (innovation, imitation) in mine.items():
        peak = bass_peak(p=innovation, q=imitation)
        name = say("these numbers") if code == "own" else say(CATEGORIES[code])
        when = format_number(peak.time, 1) if peak.inside else say("no peak")
        rows.append((name, format_number(innovation, 4), format_number(imitation, 3), when,
                     format_percent(peak.share, 0) if peak.inside else "–"))  # fmt: skip
    note = say(
        "Published estimates per year: the first three by Bass (from memory), the others averages of a compilation."
    )
    return Table(say("Beside other products"), heads, tuple(rows), note)
