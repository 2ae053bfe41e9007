"""What a programme does to its members' minds, beyond the money: mechanisms that can be switched off one by one.

A reward that is near draws (that one is in the clock, `points_pressure`); the others stand here. Strengths are effects
on the logarithm of a rate. A scenario whose strengths are 0 has none of them, and its world is the same bit for bit
as one without this module.

mechanism                  what it does
post_reward_reset          after a reward the goal is far again: fewer purchases, a weaker bond; it wears off
redemption_momentum        whoever has a reward at hand or has just taken one buys more
rewarded_behaviour         a reward pleases: satisfaction rises
expiry_churn               points that expire annoy: the hazard of leaving rises; it wears off
tier_pull                  near the status the next purchase comes sooner; once it is reached, no longer
tier_demotion              a status that is lost hurts: the hazard of leaving rises; it wears off
light_buyers_respond       light buyers respond more, heavy ones less: of all the other effects
competitor_programme       holders of a competitor's card buy less and leave sooner from some week on
gaming                     some members get several times the points for the same purchases
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.behaviour.satisfaction import within_scale
from crm_toolkit.streams import Stream

if TYPE_CHECKING:
    from crm_toolkit.firm import WeeklyPoints
    from crm_toolkit.world.setting import Scenario
    from crm_toolkit.world.traits import Traits

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STRENGTHS: dict[str, tuple[str, ...]] = {
    "post_reward_reset": ("reset_to_rate", "reset_to_churn"),
    "redemption_momentum": ("momentum_to_rate",),
    "rewarded_behaviour": ("reward_to_satisfaction",),
    "expiry_churn": ("expiry_to_churn",),
    "tier_pull": ("tier_to_rate",),
    "tier_demotion": ("demotion_to_churn",),
    "light_buyers_respond": ("light_response",),
    "competitor_programme": ("rival_to_rate", "rival_to_churn"),
    "gaming": ("gaming_share",),
}
"""Mechanism → the numbers of a scenario that say how strong it is; 0 is not at all."""

MOMENTUM_WEEKS = 4  # after a reward; assumption
NEAR_STATUS = 0.6  # of the points for the status, from where it draws; assumption
WEARS_OFF = 0.85  # of an effect that is left a week later: half in four weeks; assumption


@dataclass
class Membership:
    """The block's members and what the programme has done to them.

    Arrays have one value for each customer, in the order of the traits.

    Parameters
    ----------
    strength : dict
        By the names in `STRENGTHS`; 0 where the mechanism is off.
    rules : WeeklyPoints or None
        None where there is no programme: then only a competitor's may act.
    member : array
    weight : array
        How strongly each customer responds, 1 for a middling one.
    rival : array
        Who holds a competitor's card.
    factor : array of int, optional
        What a customer's points are multiplied by; None for nobody's.
    """

    strength: dict[str, float]
    rules: WeeklyPoints | None
    member: NDArray[np.bool_]
    weight: Floats
    rival: NDArray[np.bool_]
    rival_from: int
    factor: Integers | None
    reset: Floats = field(init=False)
    sore: Floats = field(init=False)
    """What is left of the annoyance at expired points, and of a lost status, as an effect on the log hazard."""
    rewarded: Integers = field(init=False)
    """Week of the last reward."""
    status: NDArray[np.bool_] = field(init=False)
    window: Integers | None = field(init=False, default=None)
    """Points earned so far at the end of each week of the window; a ring."""

    def __post_init__(self) -> None:
        n = len(self.member)
        self.reset, self.sore = np.zeros(n), np.zeros(n)
        self.rewarded = np.full(n, -10_000)
        self.status = np.zeros(n, dtype=bool)
        if self._tiers:
            assert self.rules is not None
            self.window = np.zeros((self.rules.status_weeks + 1, n), dtype=np.int64)

    @property
    def _tiers(self) -> bool:
        wanted = self.strength["tier_to_rate"] or self.strength["demotion_to_churn"]
        return bool(wanted and self.rules is not None and self.rules.status_points)

    def moved(
        self, week: int, earned: Integers, used: Integers, drive: Floats | None, strain: Floats | None
    ) -> tuple[Floats | None, Floats | None]:
        """Changes of the log purchase rate and of the log leaving rate, this module's added to the others'.

        Parameters
        ----------
        week : int
            The week that begins.
        earned, used : array
            Points so far, of those who are there.
        drive, strain : array or None
            What moves the rates already; may be changed in place.
        """
        here, strength, rules = len(earned), self.strength, self.rules
        if rules is not None and week >= rules.from_week:
            rate, leaving = np.zeros(here), np.zeros(here)
            if strength["momentum_to_rate"]:
                ready = earned - used >= rules.threshold
                ready |= week - self.rewarded[:here] <= MOMENTUM_WEEKS
                rate += strength["momentum_to_rate"] * ready
            if strength["reset_to_rate"] or strength["reset_to_churn"]:
                rate -= strength["reset_to_rate"] * self.reset[:here]
                leaving += strength["reset_to_churn"] * self.reset[:here]
            if self.window is not None and strength["tier_to_rate"]:
                rate += strength["tier_to_rate"] * self._near_status(week, earned)
            leaving += self.sore[:here]
            responds = self.weight[:here] * self.member[:here]
            drive = _added(drive, rate * responds)
            strain = _added(strain, leaving * responds)
        if week >= self.rival_from and (strength["rival_to_rate"] or strength["rival_to_churn"]):
            drive = _added(drive, -strength["rival_to_rate"] * self.rival[:here].astype(np.float64))
            strain = _added(strain, strength["rival_to_churn"] * self.rival[:here].astype(np.float64))
        return drive, strain

    def _near_status(self, week: int, earned: Integers) -> Floats:
        assert self.window is not None
        assert self.rules is not None
        share = (earned - self.window[week % len(self.window), : len(earned)]) / self.rules.status_points
        return np.where(share < 1.0, np.maximum(share - NEAR_STATUS, 0.0) / (1.0 - NEAR_STATUS), 0.0)

    def redeemed(self, person: Integers, week: int, satisfaction: Floats) -> None:
        """Some members take a reward; ``satisfaction`` is that of everybody, changed in place."""
        self.rewarded[person] = week
        self.reset[person] = 1.0
        gain = self.strength["reward_to_satisfaction"]
        if gain:
            satisfaction[person] = within_scale(satisfaction[person] + gain * self.weight[person])

    def expired(self, person: Integers) -> None:
        """Some members lose points."""
        self.sore[person] = np.maximum(self.sore[person], self.strength["expiry_to_churn"])

    def week_over(self, week: int, earned: Integers) -> None:
        """What there was wears off; who has earned enough in the window has the status, who has no longer loses it."""
        self.reset *= WEARS_OFF
        self.sore *= WEARS_OFF
        if self.window is None or self.rules is None:
            return
        here = len(earned)
        begun = self.window[(week + 1) % len(self.window), :here].copy()  # of the week that leaves the window
        holds = earned - begun >= self.rules.status_points
        lost = (self.status[:here] & ~holds).nonzero()[0]
        self.sore[lost] = np.maximum(self.sore[lost], self.strength["demotion_to_churn"])
        self.status[:here] = holds
        self.window[week % len(self.window), :here] = earned


def membership(
    scenario: Scenario, rules: WeeklyPoints | None, traits: Traits, member: NDArray[np.bool_], *, seed: int
) -> Membership | None:
    """The mechanisms that are on and of any strength; None if there are none."""
    strength = {
        name: scenario[name] if scenario.on(mechanism) else 0.0
        for mechanism, names in STRENGTHS.items() for name in names
    }  # fmt: skip
    acting = [name for name, value in strength.items() if value and (rules is not None or name.startswith("rival"))]
    if not acting:
        return None
    from scipy.special import ndtr

    chance = Stream(seed, "membership").many(2, traits.ids)
    weight = np.ones(len(member))
    if strength["light_response"]:
        weight = 1.0 + strength["light_response"] * (1.0 - 2.0 * ndtr(traits.score["need"]))
    factor = None
    if strength["gaming_share"]:
        factor = np.where(chance[1] < strength["gaming_share"], int(scenario["gaming_factor"]), 1)
    return Membership(
        strength=strength, rules=rules, member=member, weight=np.maximum(weight, 0.0),
        rival=chance[0] < scenario["rival_share"], rival_from=int(scenario["rival_from_week"]), factor=factor,
    )  # fmt: skip


def invited(scenario: Scenario, rules: WeeklyPoints, ids: NDArray[np.int64], *, seed: int) -> NDArray[np.bool_]:
    """Who is asked to join: everybody, or a share that is drawn at random and is the same under every policy."""
    if rules.invited_share >= 1.0:
        return np.ones(len(ids), dtype=bool)
    return Stream(seed, "invitation").many(1, ids)[0] < rules.invited_share


def _added(before: Floats | None, more: Floats) -> Floats:
    return more if before is None else np.add(before, more, out=before)
