"""What follows from a dossier: shares with intervals, the funnel, the average cost of a client, the size of a test.

Intervals are Wilson's at 95 %: they take clients as independent and alike. A funnel of counts from one period compares
different people at its steps; only counts of the same people are conversions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_toolkit import analysis
from crm_toolkit.analysis.funnel.conversion import rate_with_interval
from crm_toolkit.errors import CRMError
from crm_toolkit.exercises.organisation_dossier.work import Dossier, FunnelStep
from crm_toolkit.texts import join_names, say

LEVEL = 0.95
POWER = 0.8


@dataclass(frozen=True)
class Share:
    """A share with Wilson's interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Passage:
    """A step of the funnel and what came of it.

    Parameters
    ----------
    number : int
        Of its row.
    step : FunnelStep
    of_first, of_previous : Share or None
        Against the first step and the one before; nothing where more came than there.
    cost : float or None
        Spend on attraction for each who came, currency units: an average.
    """

    number: int
    step: FunnelStep
    of_first: Share | None
    of_previous: Share | None
    cost: float | None


@dataclass(frozen=True)
class WorkedDossier:
    """What follows.

    Parameters
    ----------
    passages : tuple of Passage
    widest : Passage or None
        The step at which the largest share of those before is lost.
    rising : tuple of str
        Names of steps to which more came than to the one before.
    plan, least : ExperimentPlan or None
        A test of the rise that the diagnosis names, and what the clients there are can show.
    missing : str
        What the plan lacks.
    """

    passages: tuple[Passage, ...]
    widest: Passage | None
    rising: tuple[str, ...]
    plan: Any
    least: Any
    missing: str


def share_of(hits: float, of: float) -> Share | None:
    """A share with its interval; nothing where it is none.

    >>> share = share_of(30, 120)
    >>> round(share.value, 3), round(share.low, 3), round(share.high, 3)
    (0.25, 0.181, 0.334)
    >>> share_of(5, 0) is None, share_of(6, 5) is None
    (True, True)
    """
    if of <= 0 or not 0 <= hits <= of:
        return None
    value, low, high = rate_with_interval([hits], [of], LEVEL)
    return Share(float(value[0]), float(low[0]), float(high[0]))


def work_out_dossier(dossier: Dossier) -> WorkedDossier:
    """Work out what follows.

    Parameters
    ----------
    dossier : Dossier
        As it stands.

    Returns
    -------
    WorkedDossier

    Examples
    --------
    >>> steps = (FunnelStep("calls", "", 400), FunnelStep("visits", "", 120), FunnelStep("second visits", "", 30))
    >>> found = work_out_dossier(Dossier(funnel=steps))
    >>> found.widest.step.name, round(found.passages[2].of_first.value, 3)
    ('second visits', 0.075)
    """
    passages: list[Passage] = []
    first: FunnelStep | None = None
    before: FunnelStep | None = None
    rising = []
    for number, step in dossier.steps.items():
        count = step.count or 0
        of_previous = None
        if before is not None:
            of_previous = share_of(count, before.count or 0)
            if count > (before.count or 0):
                rising.append(step.name.strip())
        first = first or step
        of_first = share_of(count, first.count or 0) if step is not first else None
        spend = dossier.frame.spend
        cost = spend / count if spend is not None and count else None
        passages.append(Passage(number, step, of_first, of_previous, cost))
        before = step
    moved = [one for one in passages if one.of_previous is not None]
    widest = min(moved, key=lambda one: one.of_previous.value if one.of_previous else 1.0, default=None)
    plan, least, missing = _planned(dossier, passages)
    return WorkedDossier(tuple(passages), widest, tuple(rising), plan, least, missing)


def _planned(dossier: Dossier, passages: list[Passage]) -> tuple[Any, Any, str]:
    one = dossier.diagnosis
    chosen = next((passage for passage in passages if passage.number == one.step), None)
    lacks = [say("the step at which value leaks")] * (one.step is None)
    lacks += [say("the smallest rise worth knowing")] * (one.rise is None)
    if lacks:
        return None, None, say("For the size of a test there is still needed: {names}.", names=join_names(lacks))
    if chosen is None or chosen.of_previous is None:
        return None, None, say("Nothing moves on to that step from one before: choose another.")
    base, rise = chosen.of_previous.value, float(one.rise or 0)
    try:
        plan = analysis.plan_rates(base, treated_rate=base + rise, power=POWER)
        least = analysis.plan_rates(base, customers=one.clients, power=POWER) if one.clients else None
    except CRMError as letter:
        return None, None, " ".join(str(letter).split())
    return plan, least, ""
