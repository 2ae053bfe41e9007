"""Employees one by one: skill that grows by training and fades, fatigue that follows the load, leaving."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.streams import Stream
from crm_toolkit.world.helm.parameters import WEEKS

PLACES = 40
HIRING, DISMISSAL = 90_000, 150_000  # minor units; conventions of the game
REFILL = (0, 6)  # weeks of a quarter in which vacancies are filled
BEST_SKILL, PLAIN_SKILL, NEW_SKILL = 1.4, 0.8, 0.8


class Team:
    """The employees of a voyage; a vacant place has no fatigue.

    Parameters
    ----------
    seed : int
    numbers : mapping of str to float
        By names of `parameters.KNOBS`.
    count : int
        Employees at the start.
    skill, fatigue : float
        At the start.
    """

    def __init__(self, seed: int, numbers: Mapping[str, float], count: int, skill: float, fatigue: float):
        self._luck, self._numbers = Stream(seed, "helm staff"), numbers
        self._places = np.arange(PLACES)
        self.works: NDArray[np.bool_] = self._places < count
        self.skill = np.where(self.works, skill, 0.0)
        self.fatigue = np.where(self.works, fatigue, 0.0)
        self.tenure = np.where(self.works, 52, 0)
        self.left = self.hired = self.dismissed = 0

    @property
    def count(self) -> int:
        """Employees now."""
        return int(np.count_nonzero(self.works))

    def fill(self, wanted: int) -> int:
        """Hire or dismiss until so many are there; the cost in minor units."""
        missing = wanted - self.count
        if missing > 0:
            free = np.flatnonzero(~self.works)[:missing]
            self.works[free], self.skill[free], self.fatigue[free], self.tenure[free] = True, NEW_SKILL, 0.1, 0
            self.hired += len(free)
            return HIRING * len(free)
        if missing < 0:
            order = np.argsort(np.where(self.works, self.tenure, 10**6), kind="stable")[:-missing]
            self.works[order], self.skill[order], self.fatigue[order] = False, 0.0, 0.0
            self.fatigue[self.works] = np.minimum(self.fatigue[self.works] - 0.04 * missing, 1.0)
            self.dismissed -= missing
            return -DISMISSAL * missing
        return 0

    def prepare(self, week: int) -> None:
        """Draw the luck of a quarter that begins with this week."""
        self._drawn = self._luck.uniform(self._places[:, None], week + np.arange(WEEKS))

    def capacity(self, training: float) -> float:
        """Full-time people's worth of work in a week."""
        ready = np.minimum(0.5 + self.tenure / 26, 1.0)
        worth = ready * (1 - 0.25 * self.fatigue) * (0.8 + 0.2 * self.skill)
        return max(float(worth[self.works].sum()) * (1 - training / 520), 0.2)

    def means(self) -> tuple[float, float]:
        """Skill and fatigue of those who work."""
        if not self.works.any():
            return NEW_SKILL, 1.0
        return float(self.skill[self.works].mean()), float(self.fatigue[self.works].mean())

    def live(self, week: int, load: float, training: float, *, poaching: float) -> None:
        """A week of work at a load (1 is all that can be done)."""
        given = self._numbers
        aim = min(max((load - 0.7) * 2.0, 0.0), 1.0)
        self.fatigue += np.where(self.works, given["fatigue_speed"] * (aim - self.fatigue), 0.0)
        learnt = training / 40 * 0.02 * (BEST_SKILL - self.skill)
        faded = given["skill_loss"] * (self.skill - PLAIN_SKILL)
        self.skill += np.where(self.works, learnt - faded, 0.0)
        self.tenure += self.works
        hazard = given["staff_exit"] * poaching * np.exp(given["fatigue_to_exit"] * (self.fatigue - 0.2))
        gone = self.works & (self._drawn[:, week % WEEKS] < 1 - np.exp(-hazard))
        if gone.any():
            self.left += int(np.count_nonzero(gone))
            self.works &= ~gone
            self.skill[gone] = self.fatigue[gone] = 0.0
