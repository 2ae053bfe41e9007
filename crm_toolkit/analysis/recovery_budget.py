"""What to spend on putting a failure right: budget, speed and authority, through voice and exit, to profit.

A budget of B units of money for each complaint reaches the customer less what approvals eat; money has diminishing
returns, waiting costs (Weber–Fechner: by the logarithm):

    r(B) = worst + span · (1 − exp(−B' / reach)) − delay · ln(1 + hours' / 8)        in standard deviations
    B'   = B · (1 − paperwork · (1 − e)),   hours' = hours · (1 − quicker · e)       e: authority of the front line

Authority is not free either: a part ``generosity`` · e of the budget is given where nothing was due. What customers
hear of recoveries decides who speaks up: they take the chance Φ(r) that one is at least as good as they expect, and
react by `behaviour.exit_voice`. Who complained returns with the chance of `behaviour.service_recovery` after r, who
told others or said nothing with that after nothing (−2), who left does not:

    profit of a failure = V · returns − voice · (B · (1 + generosity · e) + handling) − word of mouth · harm

Every number of this model is an assumption of the course; its shape is the lesson. The best budget is exact: every
whole unit of money up to the limit is tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.behaviour import exit_voice, service_recovery
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say

LIMITS = mark("The numbers are assumptions: read the shape, and fit it to failures of your own before spending.")
MOST = 200
_MONEY, _SD, _PART = mark("units of money"), mark("standard deviations"), mark("fraction")
KNOBS = {
    knob.name: knob
    for knob in (
        Knob("budget", 20, 0, MOST, 5, mark("Budget for one complaint"), unit=_MONEY),
        Knob("hours", 24.0, 0.0, 240.0, 4.0, mark("Time until it is settled"), unit=mark("hours")),
        Knob("empowerment", 0.3, 0.0, 1.0, 0.05, mark("Complaints that the front line may settle itself"), unit=_PART),
        Knob("margin", 150.0, 10.0, 2_000.0, 10.0, mark("Margin of a customer who returns"), unit=_MONEY),
        Knob("handling", 6.0, 0.0, 100.0, 1.0, mark("Cost of handling one complaint"), unit=_MONEY),
        Knob("harm", 8.0, 0.0, 200.0, 1.0, mark("What one who tells others costs"), unit=_MONEY),
        Knob("worst", -2.0, -4.0, 0.0, 0.1, mark("Recovery without any budget"), unit=_SD),
        Knob("span", 4.2, 0.0, 6.0, 0.1, mark("What money can add to it"), unit=_SD),
        Knob("reach", 25.0, 1.0, 200.0, 1.0, mark("Budget that adds 63 per cent of that"), unit=_MONEY),
        Knob("delay", 0.4, 0.0, 2.0, 0.05, mark("Weight of waiting"), unit=_SD),
        Knob("paperwork", 0.4, 0.0, 0.9, 0.05, mark("Part of the budget that approvals eat"), unit=_PART),
        Knob("quicker", 0.7, 0.0, 1.0, 0.05, mark("Part of the time that authority saves"), unit=_PART),
        Knob("generosity", 0.6, 0.0, 1.0, 0.05, mark("Part given where nothing was due, with full authority"),
             unit=_PART),
    )
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class RecoveryBudget:
    """Budgets for putting failures right, compared.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each whole unit of money from 0: ``budget``, ``recovery`` (standard deviations), ``voice``,
        ``exit``, ``told_others``, ``silent`` (shares of the failures), ``satisfaction_one``, ``satisfaction_two`` (of
        those who complain, after one failure and after two, standard deviations from no failure), ``returns`` (share of
        all failures), ``returns_complained`` (of those who complain, after one failure), ``cost`` and ``profit`` (units
        of money for one failure).
    budget, best : int
        The budget asked for and the best one, units of money for one complaint.
    without_failure : float
        Profit of a customer who had no failure, units of money.
    paradox_from : int or None
        The smallest budget from which satisfaction after one failure is above that without any; ``None`` if there is
        none.
    paradox_twice_from : int or None
        The same after a second failure.
    settings : mapping of str to float
        All values of `KNOBS`.
    """

    table: pd.DataFrame
    budget: int
    best: int
    without_failure: float
    paradox_from: int | None
    paradox_twice_from: int | None
    settings: Mapping[str, float]

    def row(self, budget: int) -> pd.Series:
        """The row of a budget."""
        return self.table[self.table["budget"] == budget].iloc[0]


def recovery_budget(budget: float = KNOBS["budget"].default, **changes: float) -> RecoveryBudget:
    """Compare all budgets for putting a failure right, and find the best one.

    Parameters
    ----------
    budget : int
        The budget to look at, units of money for one complaint, 0 to 200.
    **changes
        Values of `KNOBS`, of `behaviour.exit_voice.KNOBS` (but for ``success_chance``) and of
        `behaviour.service_recovery.KNOBS` that differ from rest.

    Returns
    -------
    RecoveryBudget

    Raises
    ------
    InputError
        If a number is out of range or a change is unknown; all problems at once.

    References
    ----------
    Hirschman, A. O. (1970). Exit, Voice, and Loyalty. Maxham, J. G., Netemeyer, R. G. (2002). A Longitudinal Study of
    Complaining Customers' Evaluations of Multiple Service Failures and Recovery Efforts. Journal of Marketing 66,
    57–71.

    Examples
    --------
    >>> found = recovery_budget()
    >>> found.best, bool(found.row(found.best)["profit"] > found.row(20)["profit"])
    (38, True)
    >>> found.paradox_from is not None, found.paradox_twice_from
    (True, None)
    >>> bool(found.table["profit"].max() < found.without_failure)
    True
    """
    from scipy.special import ndtr

    at, reacting, recovering = _sorted_out(budget, changes)
    budgets = np.arange(MOST + 1)
    reached = budgets * (1 - at["paperwork"] * (1 - at["empowerment"]))
    waited = at["hours"] * (1 - at["quicker"] * at["empowerment"])
    quality = at["worst"] + at["span"] * (1 - np.exp(-reached / at["reach"])) - at["delay"] * np.log1p(waited / 8)
    quality = np.clip(quality, -4, 4)
    chances = exit_voice.exit_voice_chances(success_chance=ndtr(quality), **reacting)
    one, two = (service_recovery.equal_recoveries(quality, failures=k, **recovering) for k in (1, 2))
    nothing = service_recovery.equal_recoveries([-2.0], **recovering)["return_chance"].iloc[0]
    voice, told, silent = chances.voice, chances.word_of_mouth, chances.stay
    returns = voice * one["return_chance"].to_numpy() + (told + silent) * nothing
    cost = voice * (budgets * (1 + at["generosity"] * at["empowerment"]) + at["handling"])
    profit = at["margin"] * returns - cost - told * at["harm"]
    table = pd.DataFrame(
        {
            "budget": budgets,
            "recovery": quality,
            "voice": voice,
            "exit": chances.exit,
            "told_others": told,
            "silent": silent,
            "satisfaction_one": one["satisfaction"],
            "satisfaction_two": two["satisfaction"],
            "returns": returns,
            "returns_complained": one["return_chance"],
            "cost": cost,
            "profit": profit,
        }
    ).set_index("budget", drop=False)
    usual = recovering.get("usual_return", service_recovery.KNOBS["usual_return"].default)
    return RecoveryBudget(
        table, int(at["budget"]), int(np.argmax(profit)), at["margin"] * usual, _first(one["paradox"]),
        _first(two["paradox"]), at,
    )  # fmt: skip


def _first(flags: pd.Series) -> int | None:
    return int(flags.to_numpy().argmax()) if flags.any() else None


def _sorted_out(budget: float, changes: Mapping[str, float]) -> tuple[dict[str, float], dict[str, Any], dict[str, Any]]:
    """Values of this model; of exit and voice; of recovery: each checked by the model that owns it."""
    own = {name: knob.default for name, knob in KNOBS.items()} | {"budget": budget}
    reacting: dict[str, Any] = {}
    recovering: dict[str, Any] = {}
    problems: list[Problem] = []
    known = {**KNOBS, **exit_voice.KNOBS, **service_recovery.KNOBS}
    for name, value in changes.items():
        if name in KNOBS:
            own[name] = value
        elif name in service_recovery.KNOBS:
            recovering[name] = value
        elif name in exit_voice.KNOBS and name != "success_chance":
            reacting[name] = value
        else:
            close = near_misses(name, known)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            found = say("Known: {names}.", names=join_names(name for name in known if name != "success_chance"))
            what = say("There is no `{name}` in this model.", name=name)
            problems.append(Problem("unknown_option", what, found, advice, column=name))
    if problems:
        raise InputError(say("`{function}` can't use these numbers.", function="recovery_budget"), problems)
    numbers = require_numbers(
        "recovery_budget", **{name: (own[name], knob.low, knob.high) for name, knob in KNOBS.items()}
    )
    return dict(zip(KNOBS, numbers, strict=True)) | {"budget": round(numbers[0])}, reacting, recovering
