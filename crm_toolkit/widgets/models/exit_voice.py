"""Explore exit, voice and loyalty: what the unhappy do, and what a complaint policy does to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import plots
from crm_toolkit.behaviour.exit_voice import KNOBS, LIMITS, complaint_policy_table, exit_voice_chances
from crm_toolkit.plots.switching import exit_voice_chart
from crm_toolkit.texts import format_number, say
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

FAILURES = 1_000
_ROWS = (
    ("success_chance", "benefit", "effort"),
    ("alternative", "switching_cost", "anger", "loyalty"),
    ("axis",),
    ("conclusion",),
    ("picture",),
    ("policies",),
)
_SPAN = {"effort": (0.0, 6.0), "alternative": (-3.0, 5.0), "switching_cost": (0.0, 6.0), "anger": (-3.0, 5.0),
         "benefit": (0.0, 6.0)}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ExitVoiceView:
    """What `explore_exit_voice` shows.

    Parameters
    ----------
    curve : pandas.DataFrame
        ``value`` of what is changed, and the chances of the four reactions.
    policies : pandas.DataFrame
        `behaviour.complaint_policy_table` of three policies, per 1,000 failures.
    """

    curve: pd.DataFrame
    policies: pd.DataFrame


def explore_exit_voice(*, axis: str = "loyalty") -> Explorer:
    """Turn what complaining and leaving cost, and see what the unhappy do.

    Parameters
    ----------
    axis : str
        What is changed along the picture at the start: a name of `behaviour.exit_voice.KNOBS`.

    Returns
    -------
    Explorer
        A notebook shows controls, the four reactions, and three complaint policies. ``.result`` is an `ExitVoiceView`.
        With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If the axis is unknown.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_exit_voice()
    >>> before = explorer.result.policies["exits"].iloc[0]
    >>> explorer.controls["switching_cost"].value = 5.0
    >>> bool(explorer.result.policies["exits"].iloc[0] < before)
    True
    """
    start: dict[str, Any] = {name: knob.default for name, knob in KNOBS.items()} | {"axis": axis}

    def controls() -> dict[str, Any]:
        choices = [(say(knob.label), name) for name, knob in KNOBS.items()]
        return {name: number_control(knob) for name, knob in KNOBS.items()} | {
            "axis": choice_control(say("Along the picture changes"), choices, value=axis)
        }

    return Explorer(_look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _look(*, axis: str, **at: float) -> View:
    from crm_toolkit.analysis.value_formulas import require_choice

    require_choice("axis", axis, tuple(KNOBS))
    low, high = _SPAN.get(axis, (KNOBS[axis].low, KNOBS[axis].high))
    values = np.linspace(min(low, at[axis]), max(high, at[axis]), 81)
    chances = exit_voice_chances(**(at | {axis: values}))
    curve = pd.DataFrame({"value": values, "voice": chances.voice, "exit": chances.exit,
                          "word_of_mouth": chances.word_of_mouth, "stay": chances.stay})  # fmt: skip
    policies = complaint_policy_table(
        {
            say("as it is"): at,
            say("easy to complain, answered"): at | {
                "effort": max(at["effort"] - 1.0, 0.0), "success_chance": min(at["success_chance"] + 0.3, 1.0)},
            say("complaints hidden away"): at | {
                "effort": min(at["effort"] + 1.5, 10.0), "success_chance": max(at["success_chance"] - 0.2, 0.0)},
        },
        failures=FAILURES,
    )  # fmt: skip
    now = policies.iloc[0]
    told = say("Of 1,000 unhappy customers {voice} complain, {exit} leave, {told} tell others and {silent} stay and "
               "say nothing: the firm hears of the {voice} only.", voice=format_number(round(now["complaints"])),
               exit=format_number(round(now["exits"])), told=format_number(round(now["told_others"])),
               silent=format_number(round(now["silent"])))  # fmt: skip
    fewer = policies.iloc[2]
    told += " " + say("Complaints hidden away would be {complaints}, and {more} more would leave.",
                      complaints=format_number(round(fewer["complaints"])),
                      more=format_number(round(fewer["exits"] - now["exits"])))  # fmt: skip
    picture = plots.show(exit_voice_chart(curve, name=say(KNOBS[axis].label), now=at[axis]))
    return View(told, {"picture": picture, "policies": _policies(policies)}, ExitVoiceView(curve, policies),
                (say(LIMITS),))  # fmt: skip


def _policies(table: pd.DataFrame) -> Table:
    heads = (say("Policy"), say("Complaints"), say("Exits"), say("Told others"), say("Silent"))
    counts = ("complaints", "exits", "told_others", "silent")
    rows = [(row["policy"], *(format_number(round(row[name])) for name in counts)) for row in table.to_dict("records")]
    note = say("Easy: the effort is 1 lower, the chance of success 0.3 higher; hidden: 1.5 higher and 0.2 lower.")
    return Table(say("Complaint policies, per 1,000 failures"), heads, tuple(rows), note)
