"""Explore expectation and satisfaction: what a promise does at the first encounter, and what is left of it later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import plots
from crm_toolkit.behaviour.expectations import KNOBS, expectation_path
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.disconfirmation import expectation_chart
from crm_toolkit.texts import format_number, mark, say
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

ENCOUNTERS = 20
_OURS = "a scale in standard deviations of performance; 0 is the usual"
OWN_KNOBS = {
    one.name: one
    for one in (
        Knob("promise", 1.0, -3.0, 3.0, 0.1, mark("Expectation before the first encounter (the promise)"),
             origin="assumption", reference=_OURS),
        Knob("performance", 0.0, -3.0, 3.0, 0.1, mark("Mean performance"), origin="convention", reference=_OURS),
        Knob("spread", 0.5, 0.0, 2.0, 0.1, mark("How much performance varies"), origin="assumption", reference=_OURS),
    )
}  # fmt: skip
_ALL = {**OWN_KNOBS, **KNOBS}
_ROWS = (
    ("promise", "performance", "spread"),
    ("learning", "loss_weight"),
    ("by_expectation", "by_performance", "by_disconfirmation"),
    ("conclusion",),
    ("picture", "comparison"),
)


@dataclass(frozen=True, eq=False)
class ExpectationView:
    """What `explore_expectations` shows.

    Parameters
    ----------
    path : pandas.DataFrame
        `behaviour.expectation_path` with the promise.
    honest : pandas.DataFrame
        The same encounters where the promise is the mean performance.
    """

    path: pd.DataFrame
    honest: pd.DataFrame


def explore_expectations(*, promise: float | None = None, seed: int = 7) -> Explorer:
    """Turn promise and performance, and see what becomes of satisfaction over twenty encounters.

    Parameters
    ----------
    promise : float, optional
        Where the expectation before the first encounter starts, in standard deviations of performance.
    seed : int
        Seed of how performance varies from encounter to encounter; the same luck for every setting.

    Returns
    -------
    Explorer
        A notebook shows controls, the encounters, and an honest promise beside this one. ``.result`` is an
        `ExpectationView`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If a starting value is not allowed.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_expectations(promise=2.0)
    >>> view = explorer.result
    >>> bool(view.path["satisfaction"][0] < view.honest["satisfaction"][0])
    True
    """
    start = {name: knob.default for name, knob in _ALL.items()}
    if promise is not None:
        start["promise"] = OWN_KNOBS["promise"].check(promise)
    luck = np.random.default_rng(seed).normal(size=ENCOUNTERS)

    def look(*, promise: float, performance: float, spread: float, **weights: float) -> View:
        performed = performance + spread * luck
        path = expectation_path(performed, expectation=promise, **weights)
        honest = expectation_path(performed, expectation=performance, **weights)
        areas: dict[str, plots.Picture | Table] = {
            "picture": plots.show(expectation_chart(path)),
            "comparison": _comparison(path, honest),
        }
        return View(_conclusion(path, honest), areas, ExpectationView(path, honest),
                    (say("All weights are assumptions."),))  # fmt: skip

    def controls() -> dict[str, Any]:
        return {name: number_control(knob, value=start[name]) for name, knob in _ALL.items()}

    return Explorer(look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _conclusion(path: pd.DataFrame, honest: pd.DataFrame) -> str:
    difference = path["satisfaction"] - honest["satisfaction"]
    first, last = difference.iloc[0], difference.iloc[-5:].mean()
    if abs(first) < 0.005:
        return say("This promise changes nothing at the first encounter.")
    begins = (
        say("The promise costs {size} of satisfaction at the first encounter", size=format_number(-first, 2))
        if first < 0
        else say("The promise brings {size} of satisfaction at the first encounter", size=format_number(first, 2))
    )
    ends = (
        say("and nothing is left of it in the last five: the expectation has learnt what the firm delivers.")
        if abs(last) < 0.05
        else say("and {size} is still felt in the last five.", size=_signed(last))
    )
    return f"{begins}, {ends}"


def _comparison(path: pd.DataFrame, honest: pd.DataFrame) -> Table:
    heads = (say("Mean satisfaction"), say("with this promise"), say("with an honest one"), say("Difference"))
    parts = (
        (say("first encounter"), slice(0, 1)),
        (say("first five"), slice(0, 5)),
        (say("last five"), slice(-5, None)),
    )
    rows = []
    for name, part in parts:
        one, other = (table["satisfaction"].iloc[part].mean() for table in (path, honest))
        rows.append((name, _signed(one), _signed(other), _signed(one - other)))
    note = say("An honest promise is the mean performance; both have the same encounters.")
    return Table(say("Promise and delivery"), heads, tuple(rows), note)


def _signed(value: float) -> str:
    return ("−" if round(value, 2) < 0 else "") + format_number(abs(value), 2)
