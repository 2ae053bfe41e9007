"""The three stages of service consumption, and how much of them a firm's records cover.

pre-purchase     need, search, comparing, perceived risk
encounter        the contact itself: staff, surroundings, other customers, roles and scripts
post-encounter   judging quality, satisfaction, complaint, telling others, coming back

Each stage has steps (sub-models of the literature). A record of events shows some of them: a booking, a visit, a
rating. What it does not show is where the firm is blind: most of the first stage happens before it knows the customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL, require_few_groups, share_columns, sorting_key
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import format_percent, join_names, mark, say, say_count

STAGES = {
    "pre_purchase": mark("before the purchase"),
    "encounter": mark("service encounter"),
    "post_encounter": mark("after the encounter"),
}
STEPS = {
    "need": ("pre_purchase", mark("a need is felt")),
    "search": ("pre_purchase", mark("information is sought")),
    "evaluation": ("pre_purchase", mark("alternatives and risks are weighed")),
    "commitment": ("pre_purchase", mark("booking or order")),
    "contact": ("encounter", mark("contact with staff or self-service")),
    "surroundings": ("encounter", mark("surroundings and other customers")),
    "delivery": ("encounter", mark("the service is delivered")),
    "judgement": ("post_encounter", mark("quality and satisfaction are judged")),
    "voice": ("post_encounter", mark("complaint or praise")),
    "telling": ("post_encounter", mark("others are told")),
    "return": ("post_encounter", mark("coming back")),
}
"""Step → its stage and meaning. Stages after Tsiotsou and Wirtz; the cut into steps is a convention of this course."""
KINDS = {
    "message_opened": "need", "site_visit": "search", "search": "search", "price_view": "evaluation",
    "comparison": "evaluation", "consultation": "evaluation", "booking": "commitment", "order": "commitment",
    "call": "contact", "chat": "contact", "visit": "delivery", "delivery": "delivery", "payment": "delivery",
    "survey": "judgement", "rating": "judgement", "complaint": "voice", "praise": "voice", "review": "telling",
    "referral": "telling", "repeat_order": "return", "renewal": "return",
}  # fmt: skip
"""Kind of event → step, for usual names; `stage_coverage` takes others by ``kinds``."""


@dataclass(frozen=True, eq=False)
class StageCoverage:
    """What a record of events shows of the three stages.

    Parameters
    ----------
    steps : pandas.DataFrame
        ``stage``, ``step``, ``kinds`` (names of the events there, joined by commas; empty: the step leaves no trace),
        ``events``, ``customers``, ``share`` (of all customers with an event), ``low``, ``high`` (Wilson's interval).
    stages : pandas.DataFrame
        ``stage``, ``events``, ``customers``, ``share``, ``steps_seen``, ``steps``.
    unknown : dict
        Kind of event without a step → events; they are counted nowhere else.
    whole_share : float
        Share of customers with an event in each of the three stages.
    customers, left_out : int
        Customers with an event; rows with a missing value.
    """

    steps: pd.DataFrame
    stages: pd.DataFrame
    unknown: dict[str, int]
    whole_share: float
    customers: int
    left_out: int

    @property
    def blind_steps(self) -> tuple[str, ...]:
        """Steps that leave no trace in the record."""
        return tuple(self.steps.loc[self.steps["events"] == 0, "step"])

    def __str__(self) -> str:
        told = say_count(
            "{count} customer; {share} of them are seen in all three stages.",
            "{count} customers; {share} of them are seen in all three stages.",
            self.customers,
            share=format_percent(self.whole_share, 0),
        )
        if self.blind_steps:
            names = join_names((say(STEPS[step][1]) for step in self.blind_steps), most=20)
            told += " " + say("No trace of: {names}.", names=names)
        if self.unknown:
            told += " " + say("Kinds of events without a step: {names}.", names=join_names(self.unknown))
        return told


def stage_coverage(
    events: Any,
    *,
    customer: str = "customer_id",
    kind: str = "kind",
    kinds: Mapping[str, str] | None = None,
    level: float = LEVEL.default,
) -> StageCoverage:
    """See which stages of service consumption a record of events covers.

    Parameters
    ----------
    events : frame, relation or path
        One row for each event: ``customer`` and ``kind``. Rows with a missing value are left out.
    customer, kind : str
        Names of these columns.
    kinds : mapping, optional
        Kind of event → step (a key of `STEPS`); by default `KINDS`. Kinds that stand in neither are reported.
    level : float
        Level of the intervals, a fraction.

    Returns
    -------
    StageCoverage

    Raises
    ------
    InputError
        If a column is missing, a step is unknown, or nothing is left.

    References
    ----------
    Tsiotsou, R. H., Wirtz, J. (2015). The Three-stage Model of Service Consumption. In: The Handbook of Service
    Business. The year and the book are from memory, not checked against the source.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({"customer_id": [1, 1, 1, 2, 2], "kind": ["order", "visit", "survey", "order", "visit"]})
    >>> found = stage_coverage(events)
    >>> found.stages[["stage", "customers", "steps_seen", "steps"]].values.tolist()
    [['pre_purchase', 2, 1, 4], ['encounter', 2, 1, 3], ['post_encounter', 1, 1, 4]]
    >>> found.whole_share
    0.5
    """
    share = LEVEL.check(level)
    plan = dict(KINDS if kinds is None else kinds)
    heading = say("`{function}` can't place these events.", function="stage_coverage")
    problems = []
    for name, step in plan.items():
        if step not in STEPS:
            what = say("`{name}` is placed in an unknown step: {value}.", name=name, value=repr(step))
            close = near_misses(str(step), STEPS)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            problems.append(Problem("unknown_option", what, say("Known: {names}.", names=join_names(STEPS, most=20)),
                                    advice, column="kinds"))  # fmt: skip
    if problems:
        raise InputError(heading, problems)
    found = brought_home(events, {customer: "label", kind: "label"}, asked_by="stage_coverage")
    whole = found.dropna()
    if whole.empty:
        what = say_count("{count} row, and none of them whole.", "{count} rows, and none of them whole.", len(found))
        raise InputError(heading, [Problem("empty", what)])
    names = sorted(whole[kind].unique().tolist(), key=sorting_key)
    require_few_groups(names, kind, asked_by="stage_coverage")
    people = whole[customer].nunique()
    placed = whole.assign(_step=whole[kind].map(plan))
    unknown = placed.loc[placed["_step"].isna(), kind].value_counts()
    placed = placed.dropna()
    placed = placed.assign(_stage=placed["_step"].map({step: one[0] for step, one in STEPS.items()}))
    counts = _counted(placed, "_step", list(STEPS), customer)
    seen = {step: sorted(placed.loc[placed["_step"] == step, kind].unique().tolist(), key=str) for step in STEPS}
    everybody = np.full(len(STEPS), people)
    shares = share_columns(counts["customers"], everybody, level=share, smallest=1)
    steps = pd.DataFrame(
        {"stage": [one[0] for one in STEPS.values()], "step": list(STEPS),
         "kinds": [", ".join(map(str, seen[step])) for step in STEPS], **counts}
        | {name: shares[name] for name in ("share", "low", "high")}
    )  # fmt: skip
    by_stage = _counted(placed, "_stage", list(STAGES), customer)
    stages = pd.DataFrame(
        {
            "stage": list(STAGES),
            **by_stage,
            "share": by_stage["customers"] / people,
            "steps_seen": [int((steps.loc[steps["stage"] == stage, "events"] > 0).sum()) for stage in STAGES],
            "steps": [int((steps["stage"] == stage).sum()) for stage in STAGES],
        }
    )
    through = placed.groupby(customer)["_stage"].nunique()
    order = sorted(unknown.index.tolist(), key=sorting_key)
    return StageCoverage(steps, stages, {str(name): int(unknown[name]) for name in order},
                         float((through == len(STAGES)).sum() / people), people, len(found) - len(whole))  # fmt: skip


def _counted(placed: pd.DataFrame, by: str, names: list[str], customer: str) -> dict[str, np.ndarray]:
    counted = placed.groupby(by)[customer].agg(["size", "nunique"]).reindex(names, fill_value=0)
    return {"events": counted["size"].to_numpy(dtype="int64"), "customers": counted["nunique"].to_numpy(dtype="int64")}
