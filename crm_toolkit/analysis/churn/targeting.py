"""Whom to contact, so that fewer leave and it pays: risk against effect.

The gain of contacting customer i is

    Δπ = (p⁰ − p¹) V − c − δ P(accept),

p⁰ and p¹ his probabilities of leaving without and with the contact, V his worth, c the cost of a contact, δ that of an
incentive if it is accepted. Target whose gain is above 0. The gain goes with the *effect* p⁰ − p¹, not with the risk
p⁰: in two field experiments those most at risk were not those whom the contact kept (Ascarza 2018), and for some a
contact is the reminder to leave, p¹ > p⁰. Effects come from an uplift model; what a policy is worth is measured where
contacts were drawn by lot: by the difference of leavers between those contacted and those not, among the chosen.

risk, value_at_risk, effect   the customers with the highest p⁰, p⁰ V, p⁰ − p¹, as many as the budget allows
gain                          all whose Δπ by the effects is above 0
nobody, everybody             for comparison
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.churn.evaluation import quantile_of
from crm_toolkit.analysis.churn.profit import terms_of, worth_of
from crm_toolkit.analysis.survival.kaplan_meier import LEVEL
from crm_toolkit.analysis.survival.reading import Floats, flags_of, numbers_of, read_frame
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


@dataclass(frozen=True, eq=False)
class ChurnTargeting:
    """Policies of contacting customers, side by side.

    Parameters
    ----------
    policies : pandas.DataFrame
        For each policy: ``policy`` ("nobody", "risk", "value_at_risk", "effect", "gain", "everybody"), ``customers``
        (contacted), ``shared_with_risk`` (share of them whom the policy by risk contacts too), ``probability``
        (mean p⁰ of the contacted), ``effect`` (mean p⁰ − p¹, missing without effects), ``profit_expected`` (by the
        effects), ``treated``, ``control`` (customers in the experiment among them), ``profit_measured``, ``low``,
        ``high`` (by the experiment; missing without one, or with fewer than two on a side).
    customers : pandas.DataFrame
        The key and, for each policy, the share of the customer that it contacts: 0, 1, or a fraction where the border
        falls among equals.
    contacts : int
        Contacts of the policies with a budget.
    level : float
    """

    policies: pd.DataFrame
    customers: pd.DataFrame
    contacts: int
    level: float


def churn_targeting_table(
    customers: Any,
    *,
    contacts: float,
    value: float | str,
    contact_cost: float,
    incentive: float = 0.0,
    accept_probability: float = 1.0,
    probability: str = "probability",
    effect: str | None = "effect",
    treated: str | None = None,
    target: str = "churned",
    key: str = "customer_id",
    level: float = LEVEL.default,
) -> ChurnTargeting:
    """Compare contacting the riskiest customers with contacting those whom a contact keeps.

    Parameters
    ----------
    customers : frame, relation or path
        One row per customer: the key, ``probability`` and, as far as there are, the columns below.
    contacts : float
        Share of the customers that the budget allows to contact, above 0 to 1.
    value : float or str
        Worth of a customer who stays, currency units, or the column that has it.
    contact_cost, incentive, accept_probability : float
        As for `churn_profit_curve`.
    probability : str
        Column of the probability of leaving without a contact, p⁰.
    effect : str or None
        Column of p⁰ − p¹, by how much a contact lowers the probability (negative where it raises it), from an uplift
        model learned on other customers; ``None`` if there is none.
    treated : str, optional
        Column of flags: contacted in an experiment that drew by lot. Then ``target`` is read too.
    target : str
        Column of flags: left, after contact or none.
    key : str
        Column that names the customer.
    level : float
        Level of the intervals.

    Returns
    -------
    ChurnTargeting
        "gain" contacts all whose gain by the effects is above 0, without a budget; it and "effect" need effects.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, a number is missing or out of range, neither effects nor an
        experiment is given, or the experiment lacks a treated or a control group.

    References
    ----------
    Ascarza, E. (2018). Retention Futility: Targeting High-Risk Customers Might Be Ineffective. Journal of Marketing
    Research 55, 80–98.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"customer_id": [1, 2, 3, 4], "probability": [0.9, 0.6, 0.4, 0.1], "effect": [0, 0.3, 0.2, -0.1]}
    ... )
    >>> found = churn_targeting_table(table, contacts=0.5, value=100, contact_cost=5)
    >>> columns = ["policy", "customers", "shared_with_risk", "profit_expected"]
    >>> print(found.policies[columns].round(2).to_string(index=False))
           policy  customers  shared_with_risk  profit_expected
           nobody        0.0               0.0              0.0
             risk        2.0               1.0             20.0
    value_at_risk        2.0               1.0             20.0
           effect        2.0               0.5             40.0
             gain        2.0               0.5             40.0
        everybody        4.0               0.5             20.0
    """
    asked_by = "churn_targeting_table"
    share = LEVEL.check(level)
    contact, gift, accept = terms_of(asked_by, contact_cost, incentive, accept_probability)
    (budget,) = require_numbers(asked_by, contacts=(contacts, 1e-9, 1.0))
    heading = say("`{function}` can't use these customers.", function=asked_by)
    if effect is None and treated is None:
        what = say("Neither effects nor an experiment is given: nothing tells whom a contact keeps.")
        advice = say("Name the column of effects of an uplift model, `effect=`, or that of an experiment, `treated=`.")
        raise InputError(heading, [Problem("no_effect", what, advice=advice)])
    columns = [key, probability, *([effect] if effect else []), *([treated, target] if treated else [])]
    columns += [value] if isinstance(value, str) else []
    frame = read_frame(customers, columns, asked_by=asked_by)
    p, moved, drawn, left = _read(frame, probability, effect, treated, target, heading)
    worth = worth_of(frame, value, asked_by=asked_by)
    cost = contact + gift * accept
    wanted = max(round(budget * len(p)), 1)
    chosen = _choices(p, moved, worth, cost, wanted)
    risk = chosen["risk"]
    rows = []
    for name, part in chosen.items():
        people = float(part.sum())
        row = {"policy": name, "customers": people,
               "shared_with_risk": float(np.minimum(part, risk).sum()) / people if people else 0.0,
               "probability": float((part * p).sum()) / people if people else 0.0}  # fmt: skip
        if moved is not None:
            kept, money = float((part * moved).sum()), float((part * moved * worth).sum())
            row |= {"effect": kept / people if people else 0.0, "profit_expected": money - people * cost}
        else:
            row |= {"effect": np.nan, "profit_expected": np.nan}
        rows.append(row | _measured(part, drawn, left, worth, cost, share))
    flags = pd.DataFrame({key: frame[key].to_numpy(), **chosen})
    return ChurnTargeting(pd.DataFrame(rows), flags, wanted, share)


def _choices(p: Floats, moved: Floats | None, worth: Floats, cost: float, wanted: int) -> dict[str, Floats]:
    """For each policy, the share of each customer that it contacts."""
    nobody = np.zeros(len(p))
    chosen = {"nobody": nobody, "risk": _highest(p, wanted), "value_at_risk": _highest(p * worth, wanted)}
    if moved is not None:
        chosen["effect"] = _highest(moved, wanted)
        chosen["gain"] = (moved * worth - cost > 0).astype(np.float64)
    return chosen | {"everybody": nobody + 1.0}


def _highest(score: Floats, wanted: int) -> Floats:
    """The ``wanted`` highest scores; equal ones on the border share what is left."""
    border = np.partition(score, len(score) - wanted)[len(score) - wanted]
    above, level = score > border, score == border
    return above + level * ((wanted - above.sum()) / level.sum())


def _measured(part: Floats, drawn: Any, left: Any, worth: Floats, cost: float, level: float) -> dict[str, float | int]:
    """Profit of a policy by an experiment: leavers among the contacted and the others, within the chosen."""
    blank = {"profit_measured": np.nan, "low": np.nan, "high": np.nan}
    if drawn is None:
        return {"treated": 0, "control": 0} | blank
    sides = [part * drawn, part * ~drawn]
    sizes = [float(side.sum()) for side in sides]
    counts = {"treated": round(sizes[0]), "control": round(sizes[1])}
    people = float(part.sum())
    if not people:
        return counts | {"profit_measured": 0.0, "low": 0.0, "high": 0.0}
    if min(sizes) < 2:
        return counts | blank
    lost = worth * left
    means = [float((side * lost).sum()) / size for side, size in zip(sides, sizes, strict=True)]
    variance = sum(
        float((side * (lost - mean) ** 2).sum()) / size / (size - 1)
        for side, size, mean in zip(sides, sizes, means, strict=True)
    )
    profit = people * (means[1] - means[0] - cost)
    reach = quantile_of(level) * people * np.sqrt(variance)
    return counts | {"profit_measured": profit, "low": profit - reach, "high": profit + reach}


def _read(
    frame: pd.DataFrame, probability: str, effect: str | None, treated: str | None, target: str, heading: str
) -> tuple[Floats, Floats | None, Any, Any]:
    problems: list[Problem] = []
    p = numbers_of(frame, probability, problems)
    moved = numbers_of(frame, effect, problems) if effect else None
    drawn = flags_of(frame, treated, problems) if treated else None
    left = flags_of(frame, target, problems) if treated else None
    if not problems:
        outside = ((p < 0) | (p > 1)).any()
        if outside:
            what = say("`{name}` must hold probabilities, each from 0 to 1.", name=probability)
            problems.append(Problem("outside_range", what, column=probability))
        if moved is not None and (np.abs(moved) > 1).any():
            what = say("`{name}` must hold differences of probabilities, each from −1 to 1.", name=effect)
            problems.append(Problem("outside_range", what, column=str(effect)))
        if not len(p):
            problems.append(Problem("no_customers", say("The table has 0 customers.")))
        elif drawn is not None and (drawn.all() or not drawn.any()):
            what = say("The control group is empty.") if drawn.all() else say("The treated group is empty.")
            problems.append(Problem("empty_group", what, column=str(treated)))
    if problems:
        raise InputError(heading, problems)
    return p, moved, drawn, left
