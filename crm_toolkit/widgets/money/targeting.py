"""Explore targeting: which members to call, by value, by risk, by uplift or by lot, against what calls really do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis.churn import fit_churn
from crm_toolkit.analysis.uplift import TargetingRules, fit_uplift, targeting_rules
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.retention_lab import FEATURES, retention_trial

RULES = {
    "value": mark("highest value"),
    "risk": mark("highest risk of leaving"),
    "uplift": mark("highest uplift, learned"),
    "random": mark("drawn by lot"),
    "gain": mark("if the truth were known"),
}
"""Rule → what it is called; the last one nobody can follow."""
SHARE = Knob("share", 0.3, 0.0, 1.0, 0.05, mark("Share of the members called"), origin="convention")
COST = Knob("contact_cost", 6.0, 0.0, 100.0, 1.0, mark("Cost of a call"), unit=mark("units of money"),
            origin="assumption", reference="ten minutes of a manager")  # fmt: skip
_ROWS = (("rule", "share", "contact_cost"), ("conclusion",), ("picture",), ("rules",))


@dataclass(frozen=True, eq=False)
class TargetingView:
    """What `explore_targeting` shows.

    Parameters
    ----------
    rules : analysis.TargetingRules
        Profit of every rule by the share called, by the truth.
    members : pandas.DataFrame
        The half of the members that the rules were tried on, with a score for each rule, and the truth.
    rule, share
        As chosen.
    """

    rules: TargetingRules
    members: pd.DataFrame
    rule: str
    share: float


def scored_members(seed: int = 8) -> pd.DataFrame:
    """Members of the laboratory with scores of every rule: learned on one half, given to the other.

    Returns
    -------
    pandas.DataFrame
        The second half of `world.retention_lab.retention_trial`, members and truth, with ``risk`` (of leaving
        uncalled), ``uplift`` (share kept by a call, times value) and ``random``, beside ``value`` and ``gain``.

    Examples
    --------
    >>> table = scored_members()
    >>> len(table), float(table["risk"].between(0, 1).mean())
    (3000, 1.0)
    """
    return _scored(seed).copy()


@cache
def _scored(seed: int) -> pd.DataFrame:
    from sklearn.tree import DecisionTreeClassifier

    trial = retention_trial(seed=seed)
    table = trial.members.merge(trial.truth, on="customer_id")
    learned, tried = table[::2], table[1::2].copy()
    uncalled = learned[learned["treated"] == 0]
    leaving = fit_churn(uncalled[["customer_id", *FEATURES]].assign(churned=1 - uncalled["stayed"]))
    tried["risk"] = np.asarray(leaving.probabilities(tried[list(FEATURES)]))
    tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=50, random_state=0)
    moved = fit_uplift(learned, list(FEATURES), "stayed", "treated", model=tree).predict(tried)
    tried["uplift"] = moved * tried["value"]
    tried["random"] = np.random.default_rng(seed).random(len(tried))
    return tried


def explore_targeting(*, rule: str = "risk", share: float | None = None, contact_cost: float | None = None) -> Explorer:
    """Choose whom a fitness club calls and how many, and see what the calls really bring.

    Parameters
    ----------
    rule : {"value", "risk", "uplift", "random"}
        Where the rule starts.
    share, contact_cost : float, optional
        Where they start: a fraction of the members, and units of money.

    Returns
    -------
    Explorer
        A notebook shows controls, the profit of every rule by the share called against the truth, and what stands
        behind it at this share. ``.result`` is a `TargetingView`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If a starting value is not allowed.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_targeting()
    >>> at = explorer.result.rules.at(0.3).set_index("rule")["profit"]
    >>> bool(at["risk"] < 0 < at["uplift"] < at["gain"])
    True
    """
    start: dict[str, Any] = {"rule": rule, "share": SHARE.check(SHARE.default if share is None else share),
             "contact_cost": COST.check(COST.default if contact_cost is None else contact_cost)}  # fmt: skip

    def controls() -> dict[str, Any]:
        options = [(say(text), code) for code, text in RULES.items() if code != "gain"]
        return {"rule": choice_control(say("Whom to call first"), options, value=rule),
                "share": number_control(SHARE, value=start["share"]),
                "contact_cost": number_control(COST, value=start["contact_cost"])}  # fmt: skip

    return Explorer(_look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _look(*, rule: str, share: float, contact_cost: float) -> View:
    members = _scored(8)
    found = targeting_rules(members, list(RULES), contact_cost=contact_cost)
    names = {code: say(text) for code, text in RULES.items()}
    chart = plots.targeting_rules_chart(found, names=names, share=share)
    at: Any = found.at(share).set_index("rule")
    told = say("Calling {share} of {count} members by “{rule}” brings {profit}; by “{best}” {other}.",
               share=format_percent(share, 0), count=format_number(len(members)), rule=names[rule],
               profit=format_number(at.loc[rule, "profit"], 0), best=_best(at, names, rule),
               other=format_number(at["profit"].drop([rule, "gain"]).max(), 0))  # fmt: skip
    if rule == "risk":
        told += " " + say("Risk is not persuadability: many of the riskiest leave whether they are called or not, "
                          "and a "
                          "call reminds some that they may.")  # fmt: skip
    elif rule == "value":
        told += " " + say("The most valuable come often and would stay anyhow: a call changes little.")
    areas: dict[str, Any] = {"picture": plots.show(chart), "rules": _rules(found, members, names, share)}
    notes = (say("Risk and uplift were learned on one half of an experiment, the rules were tried on the other half. "
                 "In "
                 "a real club the truth is not known; what is known is the experiment."),)  # fmt: skip
    return View(told, areas, TargetingView(found, members, rule, share), notes)


def _best(at: pd.DataFrame, names: dict[str, str], rule: str) -> str:
    return names[str(at["profit"].drop([rule, "gain"]).idxmax())]


def _rules(found: TargetingRules, members: pd.DataFrame, names: dict[str, str], share: float) -> Table:
    heads = (say("Rule"), say("Called"), say("Would have left"), say("Kept by the call"), say("Driven away"),
             say("Profit here"), say("Best share"), say("Profit there"))  # fmt: skip
    at: Any = found.at(share).set_index("rule")
    best: Any = found.best.set_index("rule")
    rows = []
    for code, name in names.items():
        chosen = members.nlargest(round(share * len(members)), code)
        stay, called = chosen["stays_without"], chosen["stays_with"]
        counts = (len(chosen), int((stay == 0).sum()), int(((stay == 0) & (called == 1)).sum()),
                  int(((stay == 1) & (called == 0)).sum()))  # fmt: skip
        rows.append((name, *map(format_number, counts), format_number(at.loc[code, "profit"], 0),
                     format_percent(best.loc[code, "share"], 0),
                     format_number(best.loc[code, "profit"], 0)))  # fmt: skip
    note = say("Counted are both lives of each member, with the same luck; profit is expected, in units of money.")
    return Table(say("What stands behind the curves"), heads, tuple(rows), note)
